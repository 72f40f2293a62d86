//! An answer that a recruiter sends on with a word to act on it: "please process", above what the client wrote.
//!
//! In: the recruiter's own words and the labelled spans of the message. Out: the client's answer, read as a client's answer is
//! ([`crate::reply::read`]), or the times that a candidate offers. Never here: an order in somebody else's words, an answer that leaves a
//! doubt, the words of anybody but the contact and the candidates of the batch.

use super::super::times::Intent;
use super::reader::Reader;
use super::{Decision, Order, Orders, Reason, SubmissionId, Whom, Wish, Words, about, frame, table};
use crate::message::{Label, OwnText};
use crate::reply::{Band, Says};

/// Whoever only points at what stands below says no more.
const FEW: usize = 14;

impl Reader<'_> {
    /// What is to be done of what was sent on, if the recruiter's words do nothing but ask for it.
    pub(super) fn relayed(&self, own: &OwnText) -> Option<Orders> {
        let body = self.text.get(self.head..)?;
        let said = about::folded(body);
        let points = said.len() <= FEW && table::is("acts_on_below", &said.join(" ")) && !table::is("acts_not", &said.join(" "));
        let batch = self.batch.filter(|_| points)?;
        let spans = |label: Label| {
            let parts = own.spans.iter().filter(move |span| span.label == label);
            parts.filter_map(|span| own.shown.get(span.range.clone())).collect::<String>()
        };
        let (head, letter) = (spans(Label::Attribution), spans(Label::Forwarded));
        let is_sender = |line: &str| table::is("sender_line", &about::folded(line).join(" "));
        // The head may stand in what is labelled as forwarded.
        let (head, letter) = match letter.split_once("\n\n") {
            Some((first, rest)) if first.lines().any(is_sender) => (format!("{head}{first}"), rest.to_owned()),
            _ => (head, letter),
        };
        let letter = letter.get(frame::body(&letter)).unwrap_or_default().trim();
        let from = head.lines().find(|line| is_sender(line))?;
        let from = about::folded(from);
        let words = Words {
            text: body.trim().to_owned(),
            range: self.head..self.text.len(),
        };
        let order = |wish: Wish| Order {
            batch: Some(batch.id),
            wish,
            words: words.clone(),
        };
        let mut candidates = self.asked.candidates.iter().filter(|one| about::holds(&from, &one.name));
        let wishes = match (about::holds(&from, &batch.contact), candidates.next(), candidates.next()) {
            (true, None, None) => self.answered(letter)?,
            (false, Some(one), None) => vec![self.offered(one.submission, letter)?],
            _ => return None,
        };
        Some(Orders {
            orders: wishes.into_iter().map(order).collect(),
            ..Orders::default()
        })
    }

    /// The client's answer, when nothing of it is in doubt.
    fn answered(&self, letter: &str) -> Option<Vec<Wish>> {
        let own = OwnText {
            text: letter.to_owned(),
            ..OwnText::default()
        };
        let reply = crate::reply::read(&own, "", self.asked);
        let reasons_of = |id: SubmissionId| -> Vec<Reason> { reply.findings.iter().filter_map(|one| one.reason(id)).collect() };
        let mut wishes = Vec::new();
        for finding in &reply.findings {
            match &finding.says {
                Says::Decide {
                    submission,
                    decision,
                    condition: None,
                    ..
                } if finding.band == Band::Act => wishes.push(Wish::Decide {
                    submission: *submission,
                    decision: *decision,
                    reasons: if *decision == Decision::Pass {
                        reasons_of(*submission)
                    } else {
                        Vec::new()
                    },
                }),
                Says::Because { .. } | Says::Thanks => {}
                _ => return None,
            }
        }
        (reply.doubts.is_empty() && !wishes.is_empty()).then_some(wishes)
    }

    /// Times that a candidate offers, and nothing else.
    fn offered(&self, id: SubmissionId, letter: &str) -> Option<Wish> {
        let by = Whom::Candidate(id);
        let read = self.times(letter, self.zone_of(by));
        let sure = read.intent == Intent::Availability && !read.asks() && !read.open.is_empty();
        sure.then_some(Wish::Times { by, open: read.open })
    }
}
