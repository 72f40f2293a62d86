//! Identifiers. Database ids are plain numbers; what the world sees of them is signed by [`crate::link`].

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// One batch with its submissions and interviews: what `step` works on.
    ConversationId
);
row_id!(
    /// One candidate put forward in one batch. Unique over the whole database.
    SubmissionId
);
row_id!(
    /// The row of a letter in the outbox.
    LetterId
);

impl ConversationId {
    /// Where letters to recruiters are kept that belong to no batch.
    pub const DESK: Self = Self(-1);

    /// It is no batch.
    #[must_use]
    pub const fn is_desk(self) -> bool {
        self.0 == Self::DESK.0
    }
}

/// Names one letter for ever: the conversation and the letter's number in it, counted from 1.
/// The signed form stands in the letter's tagged address and in its Message-ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LetterKey {
    /// The conversation the letter belongs to.
    pub conversation: ConversationId,
    /// Its number in that conversation, from 1.
    pub serial: u32,
}

/// A Message-ID without its angle brackets (RFC 5322 3.6.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub String);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// The visible reference of a conversation, shown in subjects as `[REF-7K3Q]`.
///
/// It finds the thread and proves nothing. Letters and digits that are easy to mistake (0 O 1 I L U) are not used.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

const REFERENCE_DIGITS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Coprime to 30^4 and 30^6, so that neighbouring conversations get references that look unlike each other.
const REFERENCE_STEP: u64 = 486_187_739 | 1;

impl Reference {
    /// The reference of a conversation: four characters, six when there are more than 810,000 conversations.
    #[must_use]
    pub fn of(id: ConversationId) -> Self {
        let number = id.0.unsigned_abs();
        let (digits, space) = if number < 30_u64.pow(4) {
            (4, 30_u64.pow(4))
        } else {
            (6, 30_u64.pow(6))
        };
        let mut rest = (number % space) * (REFERENCE_STEP % space) % space;
        let mut text = Vec::with_capacity(digits);
        for _ in 0..digits {
            let digit = usize::try_from(rest % 30).unwrap_or(0);
            text.push(REFERENCE_DIGITS.get(digit).copied().unwrap_or(b'2'));
            rest /= 30;
        }
        Self(String::from_utf8_lossy(&text).into_owned())
    }

    /// The first `REF-7K3Q` or the like in a text, whatever its case and whatever stands around it.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::marked_in(text).next()
    }

    /// Every `REF-7K3Q` or the like in a text, from left to right.
    pub fn marked_in(text: &str) -> impl Iterator<Item = Self> + '_ {
        let marks = text
            .as_bytes()
            .windows(4)
            .enumerate()
            .filter(|(_, mark)| mark.eq_ignore_ascii_case(b"REF-"));
        marks.filter_map(|(at, _)| {
            let tail: String = text.get(at + 4..)?.chars().take_while(char::is_ascii_alphanumeric).collect();
            let tail = tail.to_ascii_uppercase();
            let known = tail.bytes().all(|b| REFERENCE_DIGITS.contains(&b));
            (known && (tail.len() == 4 || tail.len() == 6)).then_some(Self(tail))
        })
    }

    /// Every word of a text that may well be a reference, whatever its case: after `REF-`, or with a digit in it ("back" is none).
    pub fn all_in(text: &str) -> impl Iterator<Item = Self> + '_ {
        let mut marked = false;
        text.split(|c: char| !c.is_alphanumeric()).filter_map(move |word| {
            let after_mark = std::mem::replace(&mut marked, word.eq_ignore_ascii_case("ref"));
            let fits = (word.len() == 4 || word.len() == 6) && (after_mark || word.bytes().any(|b| b.is_ascii_digit()));
            let upper = fits.then(|| word.to_ascii_uppercase())?;
            upper.bytes().all(|b| REFERENCE_DIGITS.contains(&b)).then_some(Self(upper))
        })
    }

    /// The characters without the `REF-`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "REF-{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_unique_and_found_again() {
        let mut seen = std::collections::HashSet::new();
        for id in (0..50_000).chain(809_000..812_000) {
            let reference = Reference::of(ConversationId(id));
            assert_eq!(
                Reference::find(&format!("AW: Re: two profiles [{reference}]")),
                Some(reference.clone())
            );
            assert!(seen.insert(reference), "id {id} repeats a reference");
        }
    }

    #[test]
    fn a_reference_is_found_in_lower_case_and_not_in_longer_words() {
        assert_eq!(
            Reference::find("interested ref-7k3q").map(|r| r.to_string()),
            Some("REF-7K3Q".into())
        );
        assert_eq!(Reference::find("PREF-erences"), None);
        assert_eq!(Reference::find("REF-"), None);
    }
}
