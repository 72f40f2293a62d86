//! Which attached file is whose CV: the one with their name in its name.

use super::words::{flat, has, spelled_out};
use super::{About, Doubt};
use crate::reply::Words;

/// How much of a name a file's name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    First,
    Last,
    /// The surname and the initial.
    Initial,
    Whole,
}

/// Words of a file's name: parted at signs, figures and capitals within.
fn words_of(file: &str) -> (Vec<String>, String) {
    let stem = file
        .rsplit_once('.')
        .filter(|(_, ending)| ending.len() <= 5)
        .map_or(file, |(stem, _)| stem);
    let mut apart = String::with_capacity(stem.len() + 8);
    let mut small = false;
    for c in stem.chars() {
        if small && c.is_uppercase() {
            apart.push(' ');
        }
        small = c.is_lowercase();
        apart.push(if c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’') {
            c
        } else {
            ' '
        });
    }
    let words: Vec<String> = flat(&apart).split(' ').map(str::to_owned).collect();
    let whole: String = flat(stem).chars().filter(|c| c.is_alphabetic()).collect();
    (words, whole)
}

fn holds(name: &str, file: &str) -> Option<Holds> {
    let (words, whole) = words_of(file);
    [flat(name), spelled_out(name)]
        .iter()
        .filter_map(|name| {
            let parts: Vec<&str> = name.split(' ').filter(|part| !has("particle", part)).collect();
            let (first, last) = (parts.first()?, parts.last()?);
            // "Al-Masri" is two words here and one in "AlMasri".
            let has_word = |part: &str| words.iter().any(|word| word == part);
            let (first_in, last_in) = (
                has_word(first),
                has_word(last) || parts.len() > 2 && parts.iter().skip(1).filter(|part| part.len() > 2).any(|part| has_word(part)),
            );
            let joined = parts.len() > 1
                && last.chars().count() > 2
                && (whole.contains(&parts.concat()) || whole.contains(&format!("{last}{first}")));
            let short = last.chars().count() < 2;
            // "A_Sen" is Anika's and not Rohan's.
            let initials: Vec<&String> = words.iter().filter(|word| word.chars().count() == 1).collect();
            let theirs = initials.iter().any(|one| first.starts_with(one.as_str()));
            match (first_in, last_in && !short) {
                (false, true) if !joined && theirs => Some(Holds::Initial),
                (false, true) if !joined && initials.len() == 1 && words.len() == 2 => None,
                _ if joined => Some(Holds::Whole),
                (true, true) if parts.len() > 1 => Some(Holds::Whole),
                (_, true) => Some(Holds::Last),
                (true, false) if first.chars().count() > 2 => Some(Holds::First),
                _ => None,
            }
        })
        .max()
}

/// Some file bears this name.
pub(super) fn is_of(name: &str, files: &[String]) -> bool {
    !name.is_empty() && files.iter().take(60).any(|file| holds(name, file) >= Some(Holds::Last))
}

/// Some file bears all of this name.
pub(super) fn is_full_name(name: &str, files: &[String]) -> bool {
    files.iter().take(60).any(|file| holds(name, file) == Some(Holds::Whole))
}

/// A file that is no CV: a certificate, a letter, the description of the job. Its words say so and do not say CV.
fn is_other(file: &str) -> bool {
    let (words, _) = words_of(file);
    words.iter().any(|word| has("file other", word)) && !words.iter().any(|word| has("file cv", word))
}

/// The CV of each of these people: the file that holds most of their name, when it holds nobody else's as much.
pub(super) fn assign(names: &[String], files: &[String], doubts: &mut Vec<Doubt>) -> Vec<Option<usize>> {
    let mut chosen: Vec<Option<usize>> = vec![None; names.len()];
    let files: Vec<&String> = files.iter().take(60).collect();
    for (at, name) in names.iter().enumerate() {
        let mut fitting: Vec<(Holds, usize)> = Vec::new();
        for (number, file) in files.iter().enumerate().filter(|(_, file)| !is_other(file)) {
            let Some(own) = holds(name, file) else { continue };
            let mut others = names.iter().enumerate().filter(|(other, _)| *other != at);
            if !others.any(|(_, other)| holds(other, file).is_some_and(|holds| holds >= own)) {
                fitting.push((own, number));
            }
        }
        let most = fitting.iter().map(|(holds, _)| *holds).max();
        let mut best: Vec<usize> = fitting
            .into_iter()
            .filter(|(holds, _)| Some(*holds) == most)
            .map(|(_, number)| number)
            .collect();
        // Of several the one that says it is the CV.
        if best.len() > 1 {
            let says: Vec<usize> = best
                .iter()
                .copied()
                .filter(|number| {
                    files
                        .get(*number)
                        .is_some_and(|file| words_of(file).0.iter().any(|word| has("file cv", word)))
                })
                .collect();
            best = if says.len() == 1 { says } else { best };
        }
        match best.as_slice() {
            [only] => {
                if let Some(slot) = chosen.get_mut(at) {
                    *slot = Some(*only);
                }
            }
            [] => {}
            [first, ..] => doubts.push(Doubt {
                about: About::File,
                words: Words {
                    text: files.get(*first).map(|file| (*file).clone()).unwrap_or_default(),
                    range: 0..0,
                },
            }),
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_theirs_whose_name_they_bear() {
        let names = ["Ana Kovač", "Ana Marić", "Ben Okafor"].map(str::to_owned);
        let files = [
            "CV_AnaKovac.pdf",
            "Marić, Ana - CV.docx",
            "Ana.pdf",
            "Okafor certificate.pdf",
            "JD.pdf",
        ]
        .map(str::to_owned);
        let mut doubts = Vec::new();
        assert_eq!(assign(&names, &files, &mut doubts), [Some(0), Some(1), None]);
        assert!(doubts.is_empty());
    }
}
