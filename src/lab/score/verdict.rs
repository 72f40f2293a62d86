//! One reading beside what was expected of it.

use std::collections::HashMap;

use super::closing::without_closing;

/// How a reading differs from the expected text that comes nearest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Equal, white space aside.
    pub exact: bool,
    /// Expected words that are not there.
    pub missing: Vec<String>,
    /// Words that are there and were not expected.
    pub extra: Vec<String>,
    /// Over 20 % of the expected words are missing, or a fragment that must be there.
    pub destroyed: bool,
    /// Two or more words too many that are over 20 % of the expected ones, or a fragment that must not be there.
    pub leak: bool,
}

impl Verdict {
    /// Neither destroyed nor a leak.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.destroyed && !self.leak
    }

    /// Against the one of several equally good texts that comes nearest. A trailing sign-off, signature or device line may be there or not.
    pub(super) fn nearest(got: &str, wanted: &[String]) -> Self {
        let got = &seen(got);
        let wanted: Vec<String> = wanted.iter().map(|wanted| seen(wanted)).collect();
        let exact = wanted.iter().any(|wanted| words(got).eq(words(wanted)));
        if exact {
            return Self { exact, ..Self::default() };
        }
        let closed = without_closing(got);
        let best = wanted
            .iter()
            .flat_map(|wanted| [against(got, wanted), against(closed, without_closing(wanted))])
            .min_by_key(|one| (one.destroyed || one.leak, one.missing.len() + one.extra.len()));
        best.unwrap_or_default()
    }

    /// A case that only names fragments which must and must not be there.
    pub(super) fn fragments(got: &str, wanted: &[String], forbidden: &[String]) -> Self {
        let flat = |text: &str| words(text).collect::<Vec<_>>().join(" ");
        let got = flat(got);
        let missing: Vec<String> = wanted.iter().filter(|part| !got.contains(&flat(part))).cloned().collect();
        let extra: Vec<String> = forbidden.iter().filter(|part| got.contains(&flat(part))).cloned().collect();
        Self {
            exact: missing.is_empty() && extra.is_empty(),
            destroyed: !missing.is_empty(),
            leak: !extra.is_empty(),
            missing,
            extra,
        }
    }
}

/// Words missing and words too many, each as often as it is, in the order of its text.
fn against(got: &str, wanted: &str) -> Verdict {
    let expected = words(wanted).count();
    let (missing, extra) = (left_over(wanted, got), left_over(got, wanted));
    Verdict {
        exact: false,
        destroyed: missing.len() * 5 > expected,
        leak: extra.len() >= 2 && extra.len() * 5 > expected,
        missing,
        extra,
    }
}

/// The words of `text` that `other` has not, or not so often.
fn left_over(text: &str, other: &str) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words(other) {
        *counts.entry(word).or_default() += 1;
    }
    let mut left = Vec::new();
    for word in words(text) {
        match counts.get_mut(word) {
            Some(count) if *count > 0 => *count -= 1,
            Some(_) | None => left.push(word.to_owned()),
        }
    }
    left
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// Without the characters that nobody sees.
fn seen(text: &str) -> String {
    let unseen = |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}');
    text.chars().filter(|c| !unseen(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(got: &str, wanted: &str) -> Verdict {
        Verdict::nearest(got, &[wanted.to_owned()])
    }

    #[test]
    fn a_fifth_of_the_words_is_the_border() {
        let ten = "one two three four five six seven eight nine ten";
        assert!(nearest("one  two three four five\nsix seven eight nine ten", ten).exact);
        let two_lost = nearest("one two three four five six seven eight", ten);
        assert!(two_lost.is_good() && !two_lost.exact && two_lost.missing == ["nine", "ten"]);
        assert!(nearest("one two three four five six seven", ten).destroyed);
        assert!(nearest(&format!("{ten} eleven twelve"), ten).is_good());
        assert!(nearest(&format!("{ten} eleven twelve thirteen"), ten).leak);
        assert!(nearest("Yes On", "Yes").is_good() && nearest("Yes On Monday", "Yes").leak);
        assert!(nearest("", "Yes").destroyed && nearest("Yes", "").is_good() && nearest("a b", "").leak);
        assert!(nearest("o\u{200b}ne two", "one two").exact);
        assert!(Verdict::nearest("No", &["Yes".into(), "No".into()]).exact);
    }

    #[test]
    fn a_closing_may_be_kept_or_cut_and_an_answer_may_not() {
        let closed = "Yes to Ana\n\nBest regards\nAnn Lee\nHead of Data\n+49 30 1234567";
        assert!(nearest("Yes to Ana", closed).missing.is_empty() && nearest(closed, "Yes to Ana").extra.is_empty());
        assert!(nearest("Yes to Ana\n\nSent from my iPhone", "Yes to Ana").is_good());
        assert!(nearest("Yes to Ana", "Yes to Ana\n\nRegards\nplease call me about Ben before noon").destroyed);
        assert!(nearest("", "Thanks").destroyed);
    }

    #[test]
    fn fragments_are_there_or_not() {
        let verdict = |got: &str| Verdict::fragments(got, &["yes  to Ana".into()], &["confidential".into()]);
        assert!(verdict("well, yes to\nAna").exact);
        assert!(verdict("yes").destroyed && verdict("yes to Ana, confidential").leak);
    }
}
