//! The links of one letter: pages for the reader, and `mailto:` answers (RFC 6068).

use std::fmt::Write as _;

use super::{Ink, Refusal};
use crate::calendar::Zone;
use crate::conversation::{Conversation, Party, Ticked};
use crate::link::{Claim, Scope};
use crate::model::{Address, Decision, Reference, Slot, SubmissionId, Timestamp};

/// Outlook stops near 2,046 characters and Gmail near 1,620; 500 leave room for clients that count otherwise.
const MAILTO_MAX: usize = 500;
/// What mail clients and gateways leave in one piece.
const URL_MAX: usize = 120;

/// Makes the links of one letter to one reader.
pub(super) struct Desk<'a> {
    ink: &'a Ink,
    conversation: &'a Conversation,
    /// As in [`Claim::addressed_to`].
    addressed_to: i64,
    expires_min: u32,
    /// The tagged address of this letter, which `mailto:` answers go to; a recruiter's letter has none.
    answers_to: Option<&'a Address>,
    /// The same of a recruiter's letter: what they write there is an order.
    orders_to: &'a Address,
}

impl<'a> Desk<'a> {
    /// A desk for a reader. A recruiter's links only show, but for the one question they are asked.
    pub(super) fn new(ink: &'a Ink, conversation: &'a Conversation, reader: Party, tagged: &'a Address, now: Timestamp) -> Self {
        let (addressed_to, answers_to) = match reader {
            Party::Client => (0, Some(tagged)),
            Party::Candidate(submission) => (-submission.0, Some(tagged)),
            Party::Interviewer(n) => (Claim::to_interviewer(n), Some(tagged)),
            Party::Recruiter(n) => (i64::from(n) + 1, None),
        };
        Self {
            ink,
            conversation,
            addressed_to,
            expires_min: Claim::minute(conversation.links_end(now)),
            answers_to,
            orders_to: tagged,
        }
    }

    /// Where a recruiter's answer to this letter goes.
    pub(super) const fn orders_to(&self) -> &'a Address {
        self.orders_to
    }

    pub(super) fn decide(&self, submission: SubmissionId, decision: Decision) -> String {
        self.url(Scope::Decide(decision), submission.0)
    }

    pub(super) fn undo(&self, submission: SubmissionId) -> String {
        self.url(Scope::Undo, submission.0)
    }

    /// A slot by its place among all that were offered.
    pub(super) fn pick(&self, submission: SubmissionId, place: usize) -> String {
        match u8::try_from(place) {
            Ok(place) => self.url(Scope::Pick(place), submission.0),
            Err(_) => self.interview(submission),
        }
    }

    /// A way to read an answer that was not clear, by its place among all that were put.
    pub(super) fn meant(&self, submission: SubmissionId, place: u8) -> String {
        self.url(Scope::Meant(place), submission.0)
    }

    /// An interview as it stands: its times, another time, calling it off.
    pub(super) fn interview(&self, submission: SubmissionId) -> String {
        self.url(Scope::Interview, submission.0)
    }

    pub(super) fn confirm(&self, message: i64) -> String {
        self.url(Scope::Confirm, message)
    }

    pub(super) fn batch(&self) -> String {
        self.url(Scope::Batch, self.conversation.id.0)
    }

    /// The page of the CVs, or the one that leads to it where the URL has no room; empty for a recruiter.
    pub(super) fn cvs(&self) -> String {
        if self.answers_to.is_none() {
            return String::new();
        }
        let page = self.batch();
        let longer = format!("{page}/cv");
        if longer.len() <= URL_MAX { longer } else { page }
    }

    /// The page that asks why, with one reason already picked where the URL has room for its name.
    pub(super) fn reasons(&self, submission: SubmissionId, picked: Option<Ticked>) -> String {
        self.page_of_reasons(submission, picked.map(Ticked::name))
    }

    /// The same page, with what was read ticked: "yes, that is why".
    pub(super) fn reasons_as_read(&self, submission: SubmissionId) -> String {
        self.page_of_reasons(submission, Some("yes".to_owned()))
    }

    fn page_of_reasons(&self, submission: SubmissionId, behind: Option<String>) -> String {
        let page = self.url(Scope::Reasons, submission.0);
        match behind {
            Some(name) if self.answers_to.is_some() => {
                let longer = format!("{page}/{name}");
                if longer.len() <= URL_MAX { longer } else { page }
            }
            Some(_) | None => page,
        }
    }

    /// A mail that says one decision: `Interested: Ana Souza [REF-7K3Q]`. It has no In-Reply-To, so address and subject carry the thread.
    pub(super) fn mail_decision(&self, decision: Decision, name: &str) -> Result<Option<String>, Refusal> {
        let reference = self.conversation.reference();
        self.mailto(name, |name| {
            (
                decision_subject(decision, name, &reference),
                format!("{}: {name}\r\n", decision.label()),
            )
        })
    }

    /// A mail that takes one time, as the reader's clock shows it: "Thursday 26 March 2026, 10:00 works for me."
    pub(super) fn mail_slot(&self, subject: &str, zone: Zone, slot: &Slot) -> Result<Option<String>, Refusal> {
        let start = zone.local(slot.start).format("%A %-d %B %Y, %H:%M");
        let body = format!("{start} works for me.\r\n");
        self.mailto(subject, |subject| (subject.to_owned(), body.clone()))
    }

    /// A mail in the thread that starts with a candidate's name.
    pub(super) fn mail_about(&self, subject: &str, name: &str) -> Result<Option<String>, Refusal> {
        self.mailto(name, |name| (subject.to_owned(), format!("{name}: ")))
    }

    /// Shortens what may be long until the link is short enough; a name of ordinary length is never cut.
    fn mailto(&self, name: &str, write: impl Fn(&str) -> (String, String)) -> Result<Option<String>, Refusal> {
        let Some(to) = self.answers_to else {
            return Ok(None);
        };
        let mut name = name.to_owned();
        loop {
            let (subject, body) = write(&name);
            let link = format!(
                "mailto:{}?subject={}&body={}",
                encoded(to.as_str(), b"@+"),
                encoded(&subject, b""),
                encoded(&body, b"")
            );
            if link.len() < MAILTO_MAX {
                return Ok(Some(link));
            }
            if name.pop().is_none() {
                return Err(Refusal::LongMailto);
            }
            name.truncate(name.trim_end().len());
        }
    }

    /// Whether an interview goes on without those who do not answer: the one thing that a recruiter's link asks.
    pub(super) fn go_on(&self, submission: SubmissionId) -> String {
        self.url(Scope::GoOn, submission.0)
    }

    /// A link to a page; for a recruiter the one that only shows.
    fn url(&self, scope: Scope, item: i64) -> String {
        let mut claim = Claim {
            item,
            addressed_to: self.addressed_to,
            scope,
            expires_min: self.expires_min,
            generation: self.conversation.generation,
        };
        if claim.is_recruiters() && scope != Scope::GoOn {
            (claim.scope, claim.item) = (Scope::Look, self.conversation.id.0);
        }
        self.ink.links.to(&self.ink.keyring, &claim)
    }
}

/// The subject of a `mailto:` answer, which the reading of replies knows.
fn decision_subject(decision: Decision, name: &str, reference: &Reference) -> String {
    format!("{}: {name} [{reference}]", decision.label())
}

/// A mail that orders something (RFC 6068).
pub(super) fn order_mail(to: &Address, subject: &str, order: &str) -> String {
    let to = encoded(to.as_str(), b"@+");
    format!("mailto:{to}?subject={}&body={}", encoded(subject, b""), encoded(order, b""))
}

/// Percent-encodes all but unreserved characters (RFC 6068 2, RFC 3986 2.3) and those in `also`.
fn encoded(text: &str, also: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_links_are_percent_encoded() {
        assert_eq!(
            encoded("Interested: Ana Souza [REF-7K3Q]", b""),
            "Interested%3A%20Ana%20Souza%20%5BREF-7K3Q%5D"
        );
        assert_eq!(encoded("Zoë & co+\r\n", b""), "Zo%C3%AB%20%26%20co%2B%0D%0A");
    }
}
