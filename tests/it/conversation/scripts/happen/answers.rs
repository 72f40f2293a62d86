//! What an answer is made of: who says it, what it says, and the way it came.
//!
//! In: a side; findings, or words and the letter they answer. Out: an [`Event::Replied`], or the parts of one.
//! Never here: the notation of the scripts.

use replyd::conversation::{Content, Event, Party, Side, Standing, Via, Visit};
use replyd::message::OwnText;
use replyd::model::{MessageId, SubmissionId};
use replyd::reply::{self, Band, Finding, Reply, Says, Words};

use super::Play;

/// Somebody says it in their own name, and nobody doubts that.
pub(super) fn replied(by: Side, reply: Reply, via: Via) -> Event {
    Event::Replied {
        by,
        standing: Standing::Full,
        reply,
        via,
    }
}

/// Somebody presses a button of a letter or of its page.
pub(super) fn by_link(by: Side, finding: Finding, visit: Visit) -> Event {
    replied(by, reply(vec![finding]), Via::Link(visit))
}

/// Somebody's calendar answers an invitation.
pub(super) fn by_calendar(by: Side, says: Says) -> Event {
    let via = Via::Calendar {
        message_id: None,
        version: (0, None),
    };
    replied(by, reply(vec![certain(says)]), via)
}

/// A look at a page, in the browser of this visitor.
pub(super) fn visit(visitor: u64) -> Visit {
    Visit {
        visitor,
        automated: false,
        whole_batch: false,
        someone_else: None,
        remark: String::new(),
    }
}

/// What a button or a calendar says leaves no doubt, and rests on no words.
pub(super) fn certain(says: Says) -> Finding {
    Finding {
        says,
        words: told(""),
        band: Band::Act,
    }
}

pub(super) fn told(text: &str) -> Words {
    Words {
        text: text.to_owned(),
        range: 0..text.len(),
    }
}

pub(super) fn reply(findings: Vec<Finding>) -> Reply {
    Reply {
        findings,
        ..Reply::default()
    }
}

/// What somebody types.
pub(super) fn own(text: &str) -> OwnText {
    OwnText {
        text: text.to_owned(),
        ..OwnText::default()
    }
}

impl Play {
    /// The next mail; `of` is whose interview it speaks of, where the letter it answers tells that.
    pub(super) fn by_mail(&mut self, of: Option<SubmissionId>) -> Via {
        self.messages += 1;
        Via::Mail {
            message: self.messages,
            message_id: Some(MessageId("a@b".into())),
            name: "Priya".into(),
            confirms: None,
            of,
        }
    }

    /// What the client answers to the last letter to them, read as the daemon reads it.
    pub(super) fn read(&self, text: &str) -> Reply {
        self.read_answer(self.last(Party::Client), Side::Client, &own(text))
    }

    /// What somebody answers to a letter, read as the daemon reads it.
    pub(super) fn read_answer(&self, letter: Option<&Content>, by: Side, own: &OwnText) -> Reply {
        let (zone, minutes) = (self.c.batch.contact.zone, self.c.batch.project.duration_min);
        match letter.and_then(|letter| self.c.interview_of(letter)) {
            Some(id) => self.read_about(id, by, letter, own),
            None => reply::read_with_times(own, "Re: Candidates", &self.c.asked(letter, self.now), self.now, zone, minutes),
        }
    }

    /// What somebody answers to the last letter to them, which is about this interview.
    pub(super) fn read_about_interview(&self, id: SubmissionId, side: Side, own: &OwnText) -> Reply {
        self.read_about(id, side, self.last(side.party(id)), own)
    }

    fn read_about(&self, id: SubmissionId, side: Side, letter: Option<&Content>, own: &OwnText) -> Reply {
        let interview = self.c.submission(id).and_then(|one| one.interview.as_ref()).expect("an interview");
        let asked = interview.asked(&self.c, id, side, letter, self.now);
        reply::read_interview(own, "Re: Interview", &asked)
    }
}
