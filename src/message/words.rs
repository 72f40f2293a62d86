//! Word lists of the languages: one text each, with `|` between the words, so that they stay readable.

use std::borrow::Cow;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use fnv::FnvHashSet;

use super::sieve::Sieve;

/// A list of words in lower case, made searchable at its first use.
pub(super) struct Words {
    list: Cow<'static, str>,
    sieve: OnceLock<Option<Sieve>>,
    /// Where a word is too short for the sieve.
    within: OnceLock<Option<AhoCorasick>>,
    first: OnceLock<Option<AhoCorasick>>,
    whole: OnceLock<FnvHashSet<Box<str>>>,
    /// For each byte whether a word begins with it.
    begins: OnceLock<[bool; 256]>,
}

/// Small and made quickly; a full automaton would be little faster, because a look at many bytes at once comes first.
const KIND: Option<AhoCorasickKind> = Some(AhoCorasickKind::ContiguousNFA);

impl Words {
    /// The list as written.
    pub(super) const fn new(list: &'static str) -> Self {
        Self::listed(Cow::Borrowed(list))
    }

    /// The list as put together, with `|` between the words.
    pub(super) const fn listed(list: Cow<'static, str>) -> Self {
        Self {
            list,
            sieve: OnceLock::new(),
            within: OnceLock::new(),
            first: OnceLock::new(),
            whole: OnceLock::new(),
            begins: OnceLock::new(),
        }
    }

    /// The words.
    pub(super) fn each(&self) -> impl Iterator<Item = &str> {
        self.list.split('|')
    }

    /// True when one of the words is exactly this.
    pub(super) fn has(&self, word: &str) -> bool {
        self.whole.get_or_init(|| self.each().map(Box::from).collect()).contains(word)
    }

    /// The same, whatever the case of `word`.
    pub(super) fn has_in_any_case(&self, word: &str) -> bool {
        // Most are short and plain, and cost no memory.
        let mut small = [0; 24];
        let Some(letters) = small.get_mut(..word.len()).filter(|_| word.is_ascii()) else {
            return self.has(&lower(word));
        };
        letters.copy_from_slice(word.as_bytes());
        letters.make_ascii_lowercase();
        std::str::from_utf8(letters).is_ok_and(|word| self.has(word))
    }

    /// True when one of the words stands in `text`, which is in lower case.
    pub(super) fn any_in(&self, text: &str) -> bool {
        if let Some(sieve) = self.sieve.get_or_init(|| Sieve::new(&self.list)) {
            return sieve.finds(&self.list, text);
        }
        let finder = self.within.get_or_init(|| {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostFirst).kind(KIND).build(self.each()).ok()
        });
        match finder {
            Some(finder) => finder.is_match(text),
            None => self.each().any(|word| text.contains(word)),
        }
    }

    /// True when `text`, in whatever case, begins with one of the words. Most texts are told by their first letter.
    pub(super) fn any_begins(&self, text: &str) -> bool {
        let begins = self.begins.get_or_init(|| {
            let mut begins = [false; 256];
            for word in self.each() {
                match word.bytes().next() {
                    Some(first) => begins.iter_mut().skip(first.into()).take(1).for_each(|known| *known = true),
                    None => begins.fill(true),
                }
            }
            begins
        });
        match text.bytes().next() {
            Some(first) if first.is_ascii() => {
                begins.get(usize::from(first.to_ascii_lowercase())).is_none_or(|known| *known) && self.any_starts(&lower(text))
            }
            Some(_) | None => self.any_starts(&lower(text)),
        }
    }

    /// True when `text`, in lower case, begins with one of the words.
    pub(super) fn any_starts(&self, text: &str) -> bool {
        let finder = self.first.get_or_init(|| {
            let mut builder = AhoCorasick::builder();
            builder.start_kind(StartKind::Anchored).kind(KIND).build(self.each()).ok()
        });
        match finder {
            Some(finder) => finder.find(Input::new(text).anchored(Anchored::Yes)).is_some(),
            None => self.each().any(|word| text.starts_with(word)),
        }
    }
}

/// A text in lower case. Much of what is looked at is so already.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    // The one letter whose small form depends on what stands around it.
    if text.contains('Σ') {
        return Cow::Owned(text.to_lowercase());
    }
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_at_checked(rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len())) {
        all.push_str(plain);
        let mut chars = behind.chars();
        let Some(letter) = chars.next() else { break };
        all.extend(letter.to_lowercase());
        rest = chars.as_str();
    }
    all.make_ascii_lowercase();
    Cow::Owned(all)
}

/// The first characters of a text, at most so many.
pub(super) fn head(text: &str, characters: usize) -> &str {
    let mut rest = text.chars();
    match characters.checked_sub(1).and_then(|last| rest.nth(last)) {
        Some(_) => text.strip_suffix(rest.as_str()).unwrap_or(text),
        None if characters == 0 => "",
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PETS: Words = Words::new("cat|dog|guinea pig|katze");

    #[test]
    fn words_are_found_whole_at_the_start_and_within() {
        assert!(PETS.has("dog") && !PETS.has("do") && !PETS.has("cat|dog") && !PETS.has("Dog"));
        assert!(PETS.has_in_any_case("DOG") && PETS.has_in_any_case("Guinea pig") && !PETS.has_in_any_case("Döge"));
        assert!(PETS.any_starts("guinea pigs") && !PETS.any_starts("a cat") && !PETS.any_starts(""));
        assert!(PETS.any_begins("Guinea Pigs") && PETS.any_begins("DOG") && !PETS.any_begins("a cat") && !PETS.any_begins(""));
        assert!(!PETS.any_begins("Élan") && !PETS.any_begins("guests"));
        assert!(PETS.any_in("two guinea pigs") && PETS.any_in("concatenate") && !PETS.any_in("guinea"));
    }

    #[test]
    fn small_letters_are_those_of_the_language() {
        for text in ["", "yes", "Yes", "ÄÖÜ und É", "Ärger", "ὈΔΥΣΣΕΎΣ", "İstanbul", "YES – no’s", "Ω"] {
            assert_eq!(lower(text), text.to_lowercase());
        }
    }

    #[test]
    fn the_head_of_a_text_is_counted_in_characters() {
        for (text, expected) in [("äöüß", "äö"), ("ä", "ä"), ("äö", "äö"), ("", "")] {
            assert_eq!(head(text, 2), expected);
        }
        assert_eq!(head("abc", 0), "");
    }
}
