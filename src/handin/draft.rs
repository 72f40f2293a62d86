//! What was handed in, kept until somebody says "send": the draft, and what becomes of it.
//!
//! In: a reading, the files beside it, and answers to its previews. Out: the draft afterwards and what is to be done ([`Next`]).
//! Never here: who may answer, letters, storage. An answer to an older preview changes nothing: whoever wrote it had not seen what stands there.

use serde::{Deserialize, Serialize};

use super::{Change, Correction, Doubt, HandIn, MOST_FILES, Missing, Order, files};

/// How long an interview takes when nobody says it.
pub const USUAL_MINUTES: u32 = 45;
/// Largest CV kept, in octets: larger mail is refused by most servers.
const LARGEST: u64 = 10 << 20;

/// What becomes of a draft in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a word.
    Open,
    /// It was sent.
    Sent,
    /// Somebody said to drop it.
    Discarded,
    /// Nobody said anything for too long.
    Stale,
}

/// A file that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name, without the folders before it.
    pub name: String,
    /// Octets.
    pub size: u64,
    /// Why it cannot be sent as a CV.
    pub fault: Option<Fault>,
}

/// Why a file cannot be sent as a CV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing in it.
    Empty,
    /// Larger than other servers take.
    TooLarge,
    /// Of a kind that people do not open as a CV: an archive, a picture, a program.
    Kind,
    /// Its bytes are not what its name says.
    Content,
}

impl File {
    /// A file by its name and bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
        let size = bytes.len() as u64;
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
        let holds = |sign: &[u8]| head.windows(sign.len()).any(|window| window == sign);
        let content = match ending.as_deref() {
            Some("pdf") => Some(holds(b"%PDF-")),
            Some("docx" | "odt") => Some(head.starts_with(b"PK")),
            Some("doc") => Some(head.starts_with(b"\xd0\xcf\x11\xe0") || head.starts_with(b"{\\rtf")),
            Some("rtf") => Some(head.starts_with(b"{\\rtf")),
            Some("txt") => Some(!head.contains(&0)),
            Some(_) | None => None,
        };
        let fault = match content {
            None => Some(Fault::Kind),
            Some(_) if size == 0 => Some(Fault::Empty),
            Some(_) if size > LARGEST => Some(Fault::TooLarge),
            Some(false) => Some(Fault::Content),
            Some(true) => None,
        };
        Self { name, size, fault }
    }
}

/// What was handed in and has not left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// What it says.
    pub says: HandIn,
    /// The files; [`super::Candidate::cv`] is a place in here.
    pub files: Vec<File>,
    /// Counts its changes, from 1.
    pub version: u32,
    /// What became of it.
    pub state: State,
}

/// Why a preview is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// It is new.
    New,
    /// The same was handed in before and waits.
    Again,
    /// It was changed.
    Changed,
    /// It was changed in whom it goes to, and "send" was said before anybody saw that.
    LookAgain,
    /// "Send" was said and something is missing.
    Lacking,
    /// Not all of an answer was understood.
    NotUnderstood,
    /// The answer was to an older preview.
    Older,
}

/// What is to be done about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Show it.
    Preview(Because),
    /// Send the letters.
    Send,
    /// It is over: somebody dropped it.
    Drop,
    /// It was over before; nothing changes.
    Over(State),
    /// Nothing was said: a word of thanks.
    Nothing,
}

impl Draft {
    /// A new one. `files` are all that came with the mail, those that cannot be sent too.
    #[must_use]
    pub fn new(says: HandIn, files: Vec<File>) -> Self {
        let mut draft = Self {
            says,
            files,
            version: 1,
            state: State::Open,
        };
        draft.files.truncate(MOST_FILES);
        draft.keep_good_files();
        draft
    }

    /// Something that a recruiter hands in: somebody is put forward, to somebody or for something. Whatever else they write is none.
    #[must_use]
    pub fn is_one(says: &HandIn, files: &[File]) -> bool {
        let good = files.iter().any(|file| file.fault.is_none());
        let reachable = says.candidates.iter().any(|one| one.address.is_some());
        let about = [
            says.client.is_some(),
            says.contact.name.is_some() || says.contact.address.is_some(),
            says.role.is_some(),
        ];
        let about = about.into_iter().filter(|is| *is).count();
        match says.candidates.is_empty() {
            true => good && about >= 2 || about == 3 && says.contact.address.is_some(),
            false => reachable && about >= 1 || good || about >= 2,
        }
    }

    /// What it needs before it can be sent.
    #[must_use]
    pub fn lacks(&self) -> Vec<Missing> {
        let mut all = super::settle::missing(&self.says);
        let silent = self
            .says
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, one)| one.summary.trim().is_empty());
        all.extend(silent.map(|(at, _)| Missing::Summary(at)));
        all
    }

    /// The names of its files, as [`super::correct`] takes them.
    #[must_use]
    pub fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }

    /// What follows from an answer to the preview of a version, with more files perhaps.
    #[must_use]
    pub fn answered(&self, version: u32, said: &Correction, more: Vec<File>) -> (Self, Next) {
        let same = |next| (self.clone(), next);
        if self.state != State::Open {
            return same(Next::Over(self.state));
        }
        if version != self.version {
            return same(Next::Preview(Because::Older));
        }
        let order = said.order.as_ref().map(|order| order.value);
        let brings = !more.is_empty();
        let mut after = Self {
            says: said.draft.clone(),
            ..self.clone()
        };
        after.attach(more);
        let changed = !said.changes.is_empty() || brings;
        if changed {
            after.version = self.version.saturating_add(1);
        }
        after.says.missing = super::settle::missing(&after.says);
        let next = match order {
            _ if !said.unread.is_empty() => Next::Preview(Because::NotUnderstood),
            // Changes to what is to be dropped: one of both was not meant.
            Some(Order::Discard) if changed => Next::Preview(Because::NotUnderstood),
            Some(Order::Discard) => Next::Drop,
            Some(Order::Send) if !after.lacks().is_empty() => Next::Preview(Because::Lacking),
            Some(Order::Send) if brings || said.changes.iter().any(|one| is_delicate(&one.value)) => Next::Preview(Because::LookAgain),
            Some(Order::Send) => Next::Send,
            None if changed => Next::Preview(Because::Changed),
            None => Next::Nothing,
        };
        match next {
            Next::Drop => after.state = State::Discarded,
            Next::Preview(_) | Next::Send | Next::Over(_) | Next::Nothing => {}
        }
        (after, next)
    }

    /// Takes in more files: each is the CV of whose name it bears, in place of an older one.
    fn attach(&mut self, more: Vec<File>) {
        let first = self.files.len();
        let room = MOST_FILES.saturating_sub(first);
        let more: Vec<File> = more.into_iter().take(room).collect();
        let names: Vec<String> = self
            .says
            .candidates
            .iter()
            .map(|one| one.name.as_ref().map(|name| name.value.clone()).unwrap_or_default())
            .collect();
        let new: Vec<String> = more.iter().map(|file| file.name.clone()).collect();
        let mut doubts: Vec<Doubt> = Vec::new();
        let chosen = files::assign(&names, &new, &mut doubts);
        self.files.extend(more);
        for (one, at) in self.says.candidates.iter_mut().zip(chosen) {
            if let Some(at) = at {
                one.cv = Some(first + at);
            }
        }
        self.says.doubts.extend(doubts);
        self.keep_good_files();
    }

    /// Nobody's CV is a file that cannot be sent.
    fn keep_good_files(&mut self) {
        let good = |at: usize, files: &[File]| files.get(at).is_some_and(|file| file.fault.is_none());
        for one in &mut self.says.candidates {
            one.cv = one.cv.filter(|at| good(*at, &self.files));
        }
    }

    /// Files that are nobody's CV although they could be one.
    #[must_use]
    pub fn unclaimed(&self) -> Vec<&File> {
        let taken = |at: usize| self.says.candidates.iter().any(|one| one.cv == Some(at));
        let all = self.files.iter().enumerate();
        all.filter(|(at, file)| file.fault.is_none() && !taken(*at))
            .map(|(_, file)| file)
            .collect()
    }
}

/// A change in whom a letter goes to, or who is in it: a slip of the pen sends a stranger somebody's CV, so it is shown before it is sent.
const fn is_delicate(change: &Change) -> bool {
    match change {
        Change::Client
        | Change::ContactName
        | Change::ContactAddress
        | Change::Backup
        | Change::Name(_)
        | Change::Address(_)
        | Change::Cv(_)
        | Change::Added(_) => true,
        Change::Role
        | Change::Phone(_)
        | Change::Zone(_)
        | Change::Summary(_)
        | Change::Removed(_)
        | Change::Interview
        | Change::Minutes
        | Change::Location
        | Change::Note => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_judged_by_name_and_bytes() {
        for (name, bytes, fault) in [
            ("a/b/Ana Kovač.pdf", &b"%PDF-1.7 ..."[..], None),
            ("..\\..\\windows\\cv.docx", b"PK\x03\x04", None),
            ("cv.pdf", b"", Some(Fault::Empty)),
            ("cv.pdf", b"MZ\x90 program", Some(Fault::Content)),
            ("cvs.zip", b"PK\x03\x04", Some(Fault::Kind)),
            ("cv", b"text", Some(Fault::Kind)),
            ("cv.txt", b"Ana Kovac, Java", None),
        ] {
            let file = File::of(name, bytes);
            assert_eq!(file.fault, fault, "{name}");
            assert!(!file.name.contains(['/', '\\']), "{}", file.name);
        }
    }
}
