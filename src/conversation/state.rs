//! The state of one conversation.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    Batch, Candidate, Content, Correction, Deadlines, Elsewhere, Interviewer, Ordered, Party, Policy, Proposed, Resting, Side, Status,
    Submission,
};
use crate::calendar::Zone;
use crate::model::{Address, ConversationId, Decision, Mailbox, MessageId, Reference, SubmissionId, Timestamp};
use crate::reply::{Asked, AskedAbout, Question, Reply};

/// One batch with its submissions: what `step` works on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// What was handed in.
    pub batch: Batch,
    /// One for each candidate, in the order of the batch.
    pub submissions: Vec<Submission>,
    /// Who drives.
    pub driver: Driver,
    /// How far the chase for an answer has come.
    pub chase: Chase,
    /// What it waits for.
    pub deadlines: Deadlines,
    /// Links of an older generation lead to the expired page.
    pub generation: u32,
    /// Unclear answers in a row.
    pub unclear_running: u8,
    /// An answer that the client was asked about and has not made clear yet.
    #[serde(default)]
    pub asked_back: Option<AskedBack>,
    /// Answers that wait for a confirmation; at most twenty, the oldest gives way.
    pub parked: Vec<Parked>,
    /// The last presses of links, for the contradiction rule; at most ten.
    pub presses: Vec<Press>,
    /// Candidates whose presses are to be acknowledged together by the next receipt.
    pub unacknowledged: Vec<SubmissionId>,
    /// What was pressed lately and is not acted on before the next receipt.
    #[serde(default)]
    pub unheard: Vec<Unheard>,
    /// When the client was last written to, newest last; at most ten of each.
    pub written: Written,
    /// The client's address does not work.
    pub client_unreachable: bool,
    /// How many letters it has written; the next letter gets this plus one.
    pub letters: u32,
    /// How it behaves, as configured when it was handed in.
    pub policy: Policy,
    /// Zones that people named in their answers: they take the place of those in the batch.
    pub named_zones: Vec<NamedZone>,
    /// Addresses that recruiters corrected: they take the place of those in the batch.
    pub corrected: Vec<(Party, Address)>,
    /// What else was corrected of candidates, the latest of each kind: it takes the place of what is in the batch.
    pub corrections: Vec<(SubmissionId, Correction)>,
    /// What recruiters ordered by mail and can still take back.
    pub ordered: Vec<Ordered>,
    /// What was read in their mails and waits for their yes, the latest of each.
    pub proposed: Vec<Proposed>,
    /// What else its people have in their diaries, as far as this store knows. Looked up before a step, never saved.
    #[serde(skip)]
    pub elsewhere: Elsewhere,
    /// Whose agreed time is given up within this step, so that it is free for others. Never saved.
    #[serde(skip)]
    pub leaving: Vec<SubmissionId>,
}

/// An answer that was not clear.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AskedBack {
    /// The words that were not.
    pub words: String,
    /// The readings that were put to the client, one for a candidate at the most.
    pub readings: Vec<Wanted>,
}

/// A zone that somebody named as their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedZone {
    /// Who.
    pub party: Party,
    /// Which.
    pub zone: Zone,
    /// When the first letter with times by it was written.
    pub told: Option<Timestamp>,
}

/// A decision as it arrives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// About whom.
    pub submission: SubmissionId,
    /// What.
    pub decision: Decision,
    /// "if she can start in May".
    pub condition: Option<String>,
    /// With a Maybe: when to come back.
    pub follow_up: Option<chrono::NaiveDate>,
}

/// An answer that waits for a confirmation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// Row of the message, or what [`Parked::pressed`] gave for an answer pressed on a page.
    pub message: i64,
    /// What was read.
    pub reply: Reply,
    /// The Message-ID it came under, which our answer refers to.
    pub message_id: Option<MessageId>,
    /// Whose word it would be: theirs is the confirmation that counts.
    #[serde(default = "the_client")]
    pub by: Side,
    /// Only the addressed contact's confirmation counts; a stranger's answer cannot be confirmed by mail.
    pub can_be_confirmed: bool,
}

/// Something pressed on a page that would write to somebody or could not be taken back: reasons, remarks, a deputy's answer.
/// It is acted on when [`super::Deadline::Receipt`] passes, so that a machine which presses everything is found out before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unheard {
    /// When.
    pub at: Timestamp,
    /// By whom, as far as one can tell.
    pub visitor: u64,
    /// "I am someone else": the name they gave, where their answer does not count by itself.
    pub deputy: Option<String>,
    /// All choices of the batch page, and one press.
    pub whole_batch: bool,
    /// Reasons, and a deputy's decisions.
    pub reply: Reply,
    /// Free text beside it.
    pub remark: String,
    /// Yes or no to a parked answer, by [`Parked::message`].
    #[serde(default)]
    pub confirms: Option<(i64, bool)>,
    /// A recruiter's yes or no about interviewers who do not answer.
    #[serde(default)]
    pub goes_on: Option<GoesOn>,
}

/// What a recruiter pressed about interviewers who do not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoesOn {
    /// Whose interview.
    pub submission: SubmissionId,
    /// The recruiter, as shown in the timeline.
    pub by: String,
    /// It goes on without them; otherwise they are waited for.
    pub yes: bool,
    /// Of whom the page asked.
    pub without: Vec<Side>,
}

/// When the client was written to, for the limits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// Receipts for what they pressed.
    #[serde(default)]
    pub receipts: Vec<Timestamp>,
    /// Automatic answers to their mail.
    pub answers: Vec<Timestamp>,
    /// Letters nobody asked for.
    pub unprompted: Vec<Timestamp>,
    /// Fresh links.
    pub fresh_links: Vec<Timestamp>,
}

/// Who drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// replyd writes to client and candidates.
    Bot,
    /// A recruiter does; replyd records everything and sends nothing to the other parties.
    Recruiter,
}

/// The chase for an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Chase {
    /// The last word of a person at the client, the sending of the submission, or the last step of the chase. Waiting counts from here.
    pub since: Option<Timestamp>,
    /// Steps of [`Policy::chase_hours`] already taken.
    pub step: u8,
    /// The client is away until the opening of this instant's day.
    pub away_until: Option<Timestamp>,
    /// Nudges sent so far.
    pub nudges: u8,
    /// A recruiter owes the client an answer: they are reminded instead of the client.
    pub with_recruiter: bool,
    /// Somebody said "stop" or the client left: nothing unprompted goes out any more.
    pub stopped: bool,
    /// The backup contact of the batch took the place of the one who did not answer.
    #[serde(default)]
    pub with_backup: bool,
}

/// One press of a link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Press {
    /// What rested before it.
    pub before: Option<Resting>,
    /// What the client had been asked back before it.
    #[serde(default)]
    pub asked: Option<AskedBack>,
    /// When.
    pub at: Timestamp,
    /// By whom, as far as one can tell.
    pub visitor: u64,
    /// About whom.
    pub submission: SubmissionId,
    /// What; `None` took back what rested.
    pub decision: Option<Decision>,
    /// Sent with others from the batch page.
    #[serde(default)]
    pub whole_batch: bool,
}

impl Conversation {
    /// A batch that was just handed in: everything queued, nothing said yet.
    #[must_use]
    pub fn new(id: ConversationId, batch: Batch, policy: Policy) -> Self {
        let submissions = batch
            .candidates
            .iter()
            .map(|candidate| Submission::queued(candidate.submission))
            .collect();
        Self {
            id,
            batch,
            submissions,
            driver: Driver::Bot,
            chase: Chase::default(),
            deadlines: Deadlines::default(),
            generation: 1,
            unclear_running: 0,
            asked_back: None,
            parked: Vec::new(),
            presses: Vec::new(),
            unacknowledged: Vec::new(),
            unheard: Vec::new(),
            written: Written::default(),
            client_unreachable: false,
            letters: 0,
            policy,
            named_zones: Vec::new(),
            corrected: Vec::new(),
            corrections: Vec::new(),
            ordered: Vec::new(),
            proposed: Vec::new(),
            elsewhere: Elsewhere::default(),
            leaving: Vec::new(),
        }
    }

    /// The zone in which somebody lives, as far as they said or the batch does.
    #[must_use]
    pub fn zone_of(&self, party: Party) -> Zone {
        let zone = match party {
            Party::Candidate(id) => self.candidate(id).map(|one| one.zone),
            Party::Interviewer(n) => self.interviewer(n).map(|one| one.zone),
            Party::Client | Party::Recruiter(_) => None,
        };
        zone.unwrap_or(self.batch.contact.zone)
    }

    /// From here on somebody lives in the zone that they named.
    pub fn name_zone(&mut self, named: NamedZone) {
        match named.party {
            Party::Client => (self.batch.contact.zone, self.batch.contact.zone_assumed) = (named.zone, false),
            Party::Candidate(id) => {
                if let Some(candidate) = self.batch.candidates.iter_mut().find(|one| one.submission == id) {
                    (candidate.zone, candidate.zone_assumed) = (named.zone, false);
                }
            }
            Party::Interviewer(n) => {
                if let Some(one) = self.batch.interviewers.get_mut(usize::from(n)) {
                    (one.zone, one.zone_assumed) = (named.zone, false);
                }
            }
            Party::Recruiter(_) => return,
        }
        self.named_zones.retain(|one| one.party != named.party);
        self.named_zones.push(named);
    }

    /// From here on somebody is written to at another address.
    pub fn readdress(&mut self, who: Party, address: Address) {
        let mailbox = match who {
            Party::Client => Some(&mut self.batch.contact.mailbox),
            Party::Candidate(id) => {
                let candidate = self.batch.candidates.iter_mut().find(|one| one.submission == id);
                candidate.map(|one| &mut one.mailbox)
            }
            Party::Interviewer(n) => self.batch.interviewers.get_mut(usize::from(n)).map(|one| &mut one.mailbox),
            Party::Recruiter(n) => self.batch.recruiters.get_mut(usize::from(n)),
        };
        let Some(mailbox) = mailbox else { return };
        mailbox.address = address.clone();
        self.corrected.retain(|(one, _)| *one != who);
        self.corrected.push((who, address));
    }

    /// From here on something else is known of a candidate.
    pub fn correct(&mut self, id: SubmissionId, what: Correction) {
        match &what {
            Correction::Zone(zone) => {
                return self.name_zone(NamedZone {
                    party: Party::Candidate(id),
                    zone: *zone,
                    told: None,
                });
            }
            Correction::Phone(phone) => {
                if let Some(one) = self.batch.candidates.iter_mut().find(|one| one.submission == id) {
                    one.phone = Some(phone.clone()).filter(|phone| !phone.is_empty());
                }
            }
            Correction::Summary(text) => {
                if let Some(one) = self.batch.candidates.iter_mut().find(|one| one.submission == id) {
                    one.summary.clone_from(text);
                }
            }
        }
        let kind = std::mem::discriminant(&what);
        self.corrections
            .retain(|(of, one)| *of != id || std::mem::discriminant(one) != kind);
        self.corrections.push((id, what));
    }

    /// A letter written at this moment tells its reader that its times are by the clock they named: no letter before it has.
    #[must_use]
    pub fn tells_zone(&self, reader: Party, now: Timestamp) -> bool {
        let named = self.named_zones.iter().find(|one| one.party == reader);
        named.is_some_and(|one| one.told.is_none_or(|at| at == now))
    }

    /// What the letter that is answered has asked the client, for [`crate::reply::read`]. `now` gives the day in the client's zone.
    #[must_use]
    pub fn asked(&self, letter: Option<&Content>, now: Timestamp) -> Asked {
        let asked_back = letter.and_then(Content::asked_back).unwrap_or_default();
        let put = |id: SubmissionId| asked_back.iter().find(|(about, _)| *about == id);
        let about = |candidate: &Candidate| AskedAbout {
            submission: candidate.submission,
            name: candidate.mailbox.name.to_string(),
            summary: candidate.summary.clone(),
            open: match asked_back {
                [] => self.submission(candidate.submission).is_some_and(Submission::is_open),
                _ => put(candidate.submission).is_some(),
            },
            meant: put(candidate.submission).and_then(|(_, meant)| *meant),
        };
        let mut candidates: Vec<AskedAbout> = self.batch.candidates.iter().map(about).collect();
        // "The first" is the first of the letter that is answered.
        let place = |id: SubmissionId| asked_back.iter().position(|(about, _)| *about == id);
        candidates.sort_by_key(|one| place(one.submission).unwrap_or(usize::MAX));
        Asked {
            candidates,
            question: letter.map_or(Question::Decision, Content::question),
            today: self.batch.contact.zone.local(now).date(),
        }
    }

    /// The interview that an answer to a letter is about: the letter's, or that of the answer it asks to confirm.
    #[must_use]
    pub fn interview_of(&self, letter: &Content) -> Option<SubmissionId> {
        let of_parked = || {
            let message = letter.confirmation()?.message;
            let parked = self.parked.iter().find(|one| one.message == message && one.by != Side::Client)?;
            parked.reply.findings.iter().find_map(|one| one.says.about())
        };
        letter.interview().or_else(of_parked)
    }

    /// Whether a candidate may be told why the client passed; else what speaks against it.
    ///
    /// # Errors
    /// In words for a recruiter.
    pub fn may_tell_why(&self, id: SubmissionId) -> Result<(), &'static str> {
        let Some(one) = self.submission(id) else {
            return Err("there is no such candidate");
        };
        let stands = one.settled == Some(Decision::Pass) && one.resting.is_none();
        let quiet = one.interview.as_ref().is_some_and(|interview| interview.candidate.wants_no_mail);
        if one.status == Status::Withdrawn {
            Err("the candidate is out")
        } else if !stands {
            Err("the pass does not stand any more")
        } else if one.told_why {
            Err("they were told why before")
        } else if quiet {
            Err("they asked for no more mail")
        } else if self.driver == Driver::Recruiter {
            Err("a recruiter drives this batch: write to them yourself, or hand it back first")
        } else {
            Ok(())
        }
    }

    /// The visible reference.
    #[must_use]
    pub fn reference(&self) -> Reference {
        Reference::of(self.id)
    }

    /// A submission by id.
    #[must_use]
    pub fn submission(&self, id: SubmissionId) -> Option<&Submission> {
        self.submissions.iter().find(|one| one.id == id)
    }

    /// The candidate of a submission.
    #[must_use]
    pub fn candidate(&self, id: SubmissionId) -> Option<&Candidate> {
        self.batch.candidates.iter().find(|one| one.submission == id)
    }

    /// An interviewer beside the contact, by position in the batch.
    #[must_use]
    pub fn interviewer(&self, n: u8) -> Option<&Interviewer> {
        self.batch.interviewers.get(usize::from(n))
    }

    /// Name and address of a side of an interview.
    #[must_use]
    pub fn mailbox_of(&self, side: Side, submission: SubmissionId) -> Option<&Mailbox> {
        match side {
            Side::Client => Some(&self.batch.contact.mailbox),
            Side::Candidate => self.candidate(submission).map(|one| &one.mailbox),
            Side::Interviewer(n) => self.interviewer(n).map(|one| &one.mailbox),
        }
    }

    /// The submissions that still wait for the client's word.
    pub fn open(&self) -> impl Iterator<Item = &Submission> + '_ {
        self.submissions.iter().filter(|one| one.is_open())
    }

    /// The client waits for a recruiter's answer, and can be written to.
    #[must_use]
    pub const fn waits_for_recruiter(&self) -> bool {
        self.chase.with_recruiter && !self.client_unreachable
    }

    /// When links made at `now` end.
    #[must_use]
    pub fn links_end(&self, now: Timestamp) -> Timestamp {
        now + Duration::days(i64::from(self.policy.link_days))
    }
}

const fn the_client() -> Side {
    Side::Client
}

impl Parked {
    /// The number of an answer that was pressed on a page, and has no message: it holds its conversation.
    #[must_use]
    pub fn pressed(conversation: ConversationId, serial: u32) -> i64 {
        -((conversation.0 << Self::SERIAL_BITS) | i64::from(serial & ((1 << Self::SERIAL_BITS) - 1)))
    }

    /// The conversation of an answer that was pressed on a page; `None` for the row of a message.
    #[must_use]
    pub const fn conversation_of(message: i64) -> Option<ConversationId> {
        if message < 0 {
            Some(ConversationId(message.saturating_neg() >> Self::SERIAL_BITS))
        } else {
            None
        }
    }

    /// With these a number fits into the seven octets a link has for it.
    const SERIAL_BITS: u32 = 20;
}
