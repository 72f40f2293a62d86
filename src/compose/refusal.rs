//! Why a letter is not written.

use super::TemplateError;

/// A letter that cannot be composed or must not leave. It stops that letter alone; the recruiter is told these words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The letter would show one side how to reach the other.
    #[error("the letter holds {what}; take it out and hand the batch in again")]
    Leak {
        /// Whose, what, and where it was found.
        what: String,
    },
    /// A template does not work.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The calendar part does not read back as it was meant.
    #[error(transparent)]
    Calendar(#[from] crate::calendar::Mismatch),
    /// A CV that was handed in is not in the store any more.
    #[error("the CV {name:?} of {candidate} is not in the store; hand the batch in again with the file")]
    MissingFile {
        /// Its file name.
        name: String,
        /// Whose.
        candidate: String,
    },
    /// The letter is for somebody who is not in the batch, or speaks of a candidate who is not.
    #[error("there is no {0} in this batch; the letter belongs to another conversation")]
    Nobody(String),
    /// A letter for the client to somebody else, or a notice to somebody who is not a recruiter.
    #[error("a {kind} letter is not for {reader}; this is a fault in replyd, please report it")]
    WrongReader {
        /// [`crate::conversation::Content::kind`].
        kind: &'static str,
        /// Whom it was to go to.
        reader: &'static str,
    },
    /// `mailto:` links over 500 characters do not open everywhere.
    #[error("mail links would be over 500 characters long; shorten [mailbox] address")]
    LongMailto,
    /// The tagged address is not an address.
    #[error("the tagged address does not work: {0}; shorten [mailbox] address, or choose another address style")]
    Tag(String),
    /// The reader's address is our own.
    #[error("{0} is replyd's own mailbox; give the reader's address")]
    OwnAddress(String),
    /// Mail programs cut long letters and hide the buttons.
    #[error(
        "the letter would be {kilobytes} KB of HTML, 80 at most; shorten the note and the summaries, or put forward fewer candidates at once"
    )]
    TooLong {
        /// Thousands of octets.
        kilobytes: usize,
    },
    /// The mail could not be built, or came out in a form that no server should see.
    #[error("the letter could not be built: {0}; look at the names, addresses and files of the batch")]
    Build(String),
}

impl Refusal {
    /// In a word, for logs: the whole may name somebody.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Leak { .. } => "leak",
            Self::Template(_) => "template",
            Self::Calendar(_) => "calendar",
            Self::MissingFile { .. } => "missing_file",
            Self::Nobody(_) => "nobody",
            Self::WrongReader { .. } => "wrong_reader",
            Self::LongMailto => "long_mailto",
            Self::Tag(_) => "tag",
            Self::OwnAddress(_) => "own_address",
            Self::TooLong { .. } => "too_long",
            Self::Build(_) => "build",
        }
    }
}
