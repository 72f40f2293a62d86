//! "cv.pdf is Ana's", "Ana's CV: ana-new.pdf", "leave cert.pdf out": which file goes to whom.

use std::ops::Range;

use super::{Change, Correction, fields};
use crate::handin::page::Page;
use crate::handin::words::{flat, has, within};

/// Reads whose a file is; false when the words say no such thing. One file and one person at a time.
pub(super) fn read(page: &Page<'_>, range: &Range<usize>, files: &[String], read: &mut Correction) -> bool {
    let text = page.of_range(range).to_lowercase();
    let named = |name: &String| !name.is_empty() && text.contains(&name.to_lowercase());
    let mut all: Vec<usize> = (0..files.len()).filter(|at| files.get(*at).is_some_and(named)).collect();
    // "cv.pdf" stands in "ana-cv.pdf" too.
    let whole: Vec<String> = all.iter().filter_map(|at| files.get(*at)).map(|name| name.to_lowercase()).collect();
    all.retain(|at| {
        let name = files.get(*at).map(|name| name.to_lowercase()).unwrap_or_default();
        !whole.iter().any(|other| other.len() > name.len() && other.contains(&name))
    });
    let [at] = all.as_slice() else { return false };
    let name = files.get(*at).map(|name| name.to_lowercase()).unwrap_or_default();
    let rest = flat(&text.replacen(&name, " , ", 1).replace("'s", " ").replace("’s", " "));
    if within("hold", &rest) {
        return false;
    }
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
    let known = |word: &&str| has("small", word) || has("change word", word) || has("file cv", word) || has("file word", word);
    let out = words.iter().any(|word| has("remove", word)) || within("gone", &rest);
    let left: Vec<&str> = words
        .into_iter()
        .filter(|word| !known(word) && !(out && (has("remove", word) || has("gone word", word))))
        .collect();
    let said = page.words(range.clone());
    if out {
        let claimed = read.draft.candidates.iter().position(|one| one.cv == Some(*at));
        let meant = left.is_empty() || claimed.is_some() && fields::candidate(&read.draft, &left.join(" ")) == claimed;
        if let Some(one) = claimed.filter(|_| meant).and_then(|at| read.draft.candidates.get_mut(at)) {
            one.cv = None;
        }
        if meant {
            read.changed(Change::Cv(claimed.unwrap_or_default()), said, &[]);
        }
        return meant;
    }
    let Some(whose) = fields::candidate(&read.draft, &left.join(" ")).filter(|_| !left.is_empty()) else {
        return false;
    };
    for (number, one) in read.draft.candidates.iter_mut().enumerate() {
        if number == whose {
            one.cv = Some(*at);
        } else {
            one.cv = one.cv.filter(|own| own != at);
        }
    }
    read.changed(Change::Cv(whose), said, &[crate::handin::About::File]);
    true
}
