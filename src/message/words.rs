//! Word lists of the languages: one text each, with `|` between the words, so that they stay readable.

/// The words of a list.
pub(super) fn list(words: &'static str) -> impl Iterator<Item = &'static str> {
    words.split('|')
}

/// True when one of the words is exactly this.
pub(super) fn is_one(words: &'static str, word: &str) -> bool {
    list(words).any(|known| known == word)
}

/// True when one of the words stands in `text`, which is in lower case.
pub(super) fn any_in(words: &'static str, text: &str) -> bool {
    list(words).any(|known| text.contains(known))
}

/// True when `text`, in lower case, begins with one of the words.
pub(super) fn any_starts(words: &'static str, text: &str) -> bool {
    list(words).any(|known| text.starts_with(known))
}
