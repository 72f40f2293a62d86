//! A database as replyd would have left it after a long time: batches handed in, letters sent, most of them answered.
//!
//! In: how many submissions, and up to when. Out: rows, written by the store's own operations, each event by `step`.
//! Never here: the network; a letter written anew for each batch: one of each kind and size is composed, and its text is what all keep
//! for bytes, so that a million submissions fit into some gigabytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Duration;
use futures_util::{StreamExt, stream};

use crate::calendar::{Spans, Zone};
use crate::compose::{Finished, Ink, compose};
use crate::conversation::{
    Ask, Batch, Candidate, Contact, Conversation, Deadline, Effect, Event, InterviewKind, Letter, Party, Policy, Project, Side, Standing,
    Via, Visit, step,
};
use crate::link::sha256;
use crate::model::{Address, AddressError, Decision, HeaderText, LetterKey, Mailbox, Reason, SubmissionId, Timestamp};
use crate::reply::times::Intent;
use crate::reply::{Band, Finding, Reply, Says, TimesSaid, Words};
use crate::store::{Begun, Final, Limits, MessageState, NewBatch, NewMessage, Settled, Store, StoreError, Tx};

/// Candidates of a batch: 1 to 7.
const SIZES: u64 = 7;
/// Batches in one transaction, and transactions in flight.
const TOGETHER: u64 = 64;
const IN_FLIGHT: usize = 4;
/// The batches were handed in over so many days.
const DAYS: i64 = 700;
/// Every so manieth batch is still open.
const OPEN: u64 = 2;
/// Of every so manieth of the others people answer about the interview as well.
const MEET: u64 = 3;
/// What is said of the first candidate, the second, the third, and so on.
const DECISIONS: [Decision; 3] = [Decision::Interested, Decision::Pass, Decision::Pass];
/// Things that happen to a batch at the most, after it was answered: with interviews, and without.
const LONG: usize = 40;
const SHORT: usize = 8;

/// Who fills, and how they write.
#[derive(Clone)]
pub struct Filling {
    /// The database.
    pub store: Arc<Store>,
    /// Letters.
    pub ink: Arc<Ink>,
    /// How the conversations behave.
    pub policy: Policy,
    /// Everybody's zone.
    pub zone: Zone,
    /// The last batch was handed in now.
    pub now: Timestamp,
}

/// Fills the database with so many submissions more; tells how many are done as it goes. Gives the number of batches.
///
/// # Errors
/// The database's.
pub async fn fill(filling: &Filling, submissions: u64, told: impl Fn(u64)) -> Result<u64, StoreError> {
    let sizes = sizes(submissions);
    let all = sizes.len() as u64;
    let patterns: Patterns = Arc::default();
    let jobs = sizes.chunks(TOGETHER as usize).enumerate().map(|(group, sizes)| {
        let (filling, patterns, sizes) = (filling.clone(), Arc::clone(&patterns), sizes.to_vec());
        let first = group as u64 * TOGETHER;
        async move {
            let store = Arc::clone(&filling.store);
            let count: u64 = sizes.iter().sum();
            let job = move |tx: &Tx<'_>| {
                for (n, size) in (first..).zip(sizes) {
                    story(tx, &filling, &patterns, n, all, size)?;
                }
                Ok(())
            };
            store.write(job).await.map(|()| count)
        }
    });
    let mut done = 0;
    let mut jobs = stream::iter(jobs).buffered(IN_FLIGHT);
    while let Some(count) = jobs.next().await {
        done += count?;
        told(done);
    }
    Ok(all)
}

fn sizes(submissions: u64) -> Vec<u64> {
    let mut left = submissions;
    let mut sizes = Vec::new();
    while left > 0 {
        let size = (1 + sizes.len() as u64 % SIZES).min(left);
        sizes.push(size);
        left -= size;
    }
    sizes
}

/// One finished letter of each kind and size.
type Patterns = Arc<Mutex<HashMap<(&'static str, usize), Finished>>>;

/// From the handing in of one batch to where it stands today.
fn story(tx: &Tx<'_>, filling: &Filling, patterns: &Patterns, n: u64, all: u64, size: u64) -> Result<(), StoreError> {
    let ago = Duration::minutes(DAYS * 24 * 60 * i64::try_from(all - n).unwrap_or(0) / i64::try_from(all).unwrap_or(1).max(1));
    let mut now = filling.now - ago;
    let batch = batch(n, size, filling.zone).map_err(|error| StoreError::Refused(error.to_string()))?;
    let new = NewBatch {
        batch,
        policy: filling.policy.clone(),
        key: None,
        files: Vec::new(),
        calendars: Vec::new(),
    };
    let mut told = Told {
        tx,
        filling,
        patterns,
        conversation: tx.hand_in(new, now)?,
    };
    told.event(Event::Submitted, "submit", now)?;
    now += Duration::minutes(1);
    told.event(Event::SubmissionSent, "letter", now)?;
    if !n.is_multiple_of(OPEN) {
        now += Duration::hours(3);
        told.answered(n, now)?;
        let meet = n % (OPEN * MEET) == 1;
        for _ in 0..if meet { LONG } else { SHORT } {
            if let Some(answer) = told.about_interview().filter(|_| meet) {
                now += Duration::hours(1);
                told.event(answer, "click", now)?;
                continue;
            }
            let due = told
                .conversation
                .deadlines
                .iter()
                .filter(|(what, _)| !matches!(what, Deadline::Chase));
            let Some((deadline, at)) = due.min_by_key(|(_, at)| *at) else {
                break;
            };
            now = now.max(at);
            if now > filling.now {
                break;
            }
            told.event(Event::DeadlinePassed(deadline), "deadline", now)?;
        }
    }
    let conversation = told.conversation;
    tx.save(&conversation)
}

/// A conversation to which things happen.
struct Told<'a> {
    tx: &'a Tx<'a>,
    filling: &'a Filling,
    patterns: &'a Patterns,
    conversation: Conversation,
}

impl Told<'_> {
    fn event(&mut self, event: Event, cause: &str, now: Timestamp) -> Result<(), StoreError> {
        let transition = step(&self.conversation, event, now);
        self.tx.keep_milestones(&self.conversation, &transition.conversation, now)?;
        self.conversation = transition.conversation;
        for effect in transition.effects {
            match effect {
                Effect::Record(entry) => self.tx.record(self.conversation.id, &entry, cause, now)?,
                // What recruiters are told is no letter that others read.
                Effect::Send(letter) if matches!(letter.to, Party::Recruiter(_)) => {}
                Effect::Escalate { .. } => {}
                Effect::Send(letter) => self.send(&letter, now)?,
                Effect::Draft(_) | Effect::DropDraft(_) => {}
            }
        }
        Ok(())
    }

    /// A mail came and said something of everybody.
    fn answered(&mut self, n: u64, now: Timestamp) -> Result<(), StoreError> {
        let tx = self.tx;
        let uid = u32::try_from(n + 1).unwrap_or(u32::MAX);
        let raw = format!("From: contact{n}@client.example\r\nMessage-ID: <{n}@client.example>\r\n\r\nYes to the first, please.\r\n")
            .into_bytes();
        let hash = sha256(&raw);
        let identity = hash.iter().take(7).fold(1, |value: i64, byte| (value << 8) | i64::from(*byte));
        let message = NewMessage {
            account: "main".to_owned(),
            folder: "INBOX".to_owned(),
            uid_validity: 1,
            uid,
            received: Some(now),
            truncated: false,
            raw,
        };
        tx.store_message(&message, now)?;
        let Begun::Messages(begun) = tx.begin_reading(0, false, 1, now)? else {
            return Ok(());
        };
        let Some(row) = begun.first().map(|one| one.row) else {
            return Ok(());
        };
        tx.identify(row, identity)?;
        tx.end_message(row, MessageState::Applied, "person", Some(self.conversation.id), "", now)?;
        let decide = |(at, one): (usize, &Candidate)| Finding {
            says: Says::Decide {
                submission: one.submission,
                decision: DECISIONS.get(at % 3).copied().unwrap_or(Decision::Pass),
                condition: None,
                follow_up: None,
            },
            words: Words {
                text: "Yes to the first, please".to_owned(),
                range: 0..24,
            },
            band: Band::Act,
        };
        let mut findings: Vec<Finding> = self.conversation.batch.candidates.iter().enumerate().map(decide).collect();
        // Two of three say why.
        let why = Reason::ALL
            .iter()
            .cycle()
            .nth(usize::try_from(n / 6 % 12).unwrap_or(0))
            .filter(|_| !n.is_multiple_of(3));
        if let Some(reason) = why {
            let candidates = self.conversation.batch.candidates.iter().enumerate();
            let passed = candidates.filter(|(at, _)| DECISIONS.get(at % 3) == Some(&Decision::Pass));
            findings.extend(passed.map(|(_, one)| {
                pressed(Says::Because {
                    submission: one.submission,
                    reason: *reason,
                })
            }));
        }
        let reply = Reply {
            findings,
            ..Reply::default()
        };
        let via = Via::Mail {
            message: row,
            message_id: None,
            name: "Ann Lee".to_owned(),
            confirms: None,
            of: None,
        };
        let standing = Standing::Full;
        self.event(
            Event::Replied {
                by: Side::Client,
                standing,
                reply,
                via,
            },
            &format!("message {row}"),
            now,
        )
    }

    /// What somebody who was asked about an interview presses: when they can, one of the times, that it took place.
    fn about_interview(&self) -> Option<Event> {
        let asked = self.conversation.submissions.iter().find_map(|one| {
            let interview = one.interview.as_ref().filter(|interview| interview.picked.is_empty())?;
            let side = Side::ALL
                .into_iter()
                .find(|side| interview.attendee(*side).asked.is_some_and(|asked| asked.letters > 0))?;
            Some((one.id, side, interview, interview.attendee(side).asked?.what))
        });
        let (submission, by, interview, what) = asked?;
        let since = self.conversation.chase.since?;
        let says = match what {
            Ask::Times => Says::Times {
                submission,
                said: TimesSaid {
                    open: Spans::of(vec![(since + Duration::days(2), since + Duration::days(9))]),
                    ..TimesSaid::of(Intent::Availability)
                },
            },
            Ask::Choice => Says::Times {
                submission,
                said: TimesSaid {
                    taken: interview.held().iter().take(1).copied().collect(),
                    ..TimesSaid::of(Intent::Select)
                },
            },
            Ask::Outcome => Says::Attends { submission, yes: true },
        };
        let visit = Visit {
            visitor: 1,
            automated: false,
            whole_batch: false,
            someone_else: None,
            remark: String::new(),
        };
        Some(Event::Replied {
            by,
            standing: Standing::Full,
            reply: Reply {
                findings: vec![pressed(says)],
                ..Reply::default()
            },
            via: Via::Link(visit),
        })
    }

    /// Queued, and sent at once.
    fn send(&mut self, letter: &Letter, now: Timestamp) -> Result<(), StoreError> {
        let key = LetterKey {
            conversation: self.conversation.id,
            serial: self.conversation.letters + 1,
        };
        self.conversation.letters = key.serial;
        let finished = self.finished(letter, key, now)?;
        self.tx.queue(&finished, Some(letter), now)?;
        // Nobody gets two letters they did not ask for within a quarter of an hour.
        let at = now + Duration::minutes(16) * i32::try_from(key.serial).unwrap_or(i32::MAX);
        for claimed in self.tx.claim(at, 1, Limits::default())? {
            let response = "2.0.0 Ok: queued".to_owned();
            let sent = Settled::Final(Final::Sent { response });
            self.tx.settle(claimed.letter, &sent, at)?;
            self.tx.settle_send(claimed.letter, &sent, at)?;
        }
        Ok(())
    }

    fn finished(&self, letter: &Letter, key: LetterKey, now: Timestamp) -> Result<Finished, StoreError> {
        let ink = &self.filling.ink;
        let name = (letter.says.kind(), self.conversation.batch.candidates.len());
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        let pattern = match patterns.get(&name) {
            Some(pattern) => pattern.clone(),
            None => {
                let composed = compose(letter, &self.conversation, key, now, ink, &|_| None);
                let composed = composed.map_err(|refusal| StoreError::Refused(refusal.to_string()))?;
                let pattern = composed
                    .into_iter()
                    .next()
                    .ok_or_else(|| StoreError::Refused("no letter was written".to_owned()))?;
                patterns.insert(name, pattern.clone());
                pattern
            }
        };
        let mut finished = pattern;
        finished.key = key;
        finished.message_id = ink.keyring.message_id(key, &ink.message_id_domain);
        finished.envelope.to = self.conversation.batch.contact.mailbox.address.clone();
        finished.bytes = finished.shown.text.clone().into_bytes();
        finished.shown.html_text = String::new();
        Ok(finished)
    }
}

/// Without words, and without doubt.
fn pressed(says: Says) -> Finding {
    Finding {
        says,
        words: Words {
            text: String::new(),
            range: 0..0,
        },
        band: Band::Act,
    }
}

fn batch(n: u64, size: u64, zone: Zone) -> Result<Batch, AddressError> {
    let client = n % 4_999;
    let mailbox = |name: String, address: String| -> Result<Mailbox, AddressError> {
        Ok(Mailbox {
            name: HeaderText::new(&name),
            address: Address::parse(&address)?,
        })
    };
    let candidate = |at: u64| -> Result<Candidate, AddressError> {
        Ok(Candidate {
            submission: SubmissionId(0),
            mailbox: mailbox(format!("Candidate {n} Number {at}"), format!("candidate{n}.{at}@mail.example"))?,
            phone: None,
            zone,
            zone_assumed: false,
            summary: "Ten years in the trade, the last five in payments.\nSpeaks English and Portuguese; could start in six weeks."
                .to_owned(),
            cv: None,
        })
    };
    Ok(Batch {
        client: HeaderText::new(&format!("Client {client} Ltd")),
        contact: Contact {
            mailbox: mailbox(format!("Contact {n}"), format!("contact{}@client{client}.example", n / 4_999))?,
            zone,
            zone_assumed: false,
        },
        project: Project {
            title: HeaderText::new(&format!("Senior engineer {}", n / 4_999)),
            interview: InterviewKind::Video,
            duration_min: 45,
            place: HeaderText::default(),
            directions: String::new(),
            reasons: Vec::new(),
        },
        backup: None,
        interviewers: Vec::new(),
        contact_attends: true,
        recruiters: vec![mailbox(
            format!("Recruiter {}", n % 40),
            format!("recruiter{}@agency.example", n % 40),
        )?],
        candidates: (1..=size).map(candidate).collect::<Result<_, _>>()?,
        note: String::new(),
    })
}
