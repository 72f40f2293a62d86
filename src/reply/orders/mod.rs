//! A recruiter's own text → [`Orders`]: what replyd is told to do, the words each order rests on, and what was not understood.
//!
//! In: own text, the subject of a new mail, and a [`Desk`]: which batches it can be about and when it was written. Out: orders in the order
//! of the text, each for one batch, and the words of which nothing is made. Reading never fails.
//! A sentence is written in words and signs (`sentence`, `people`, `numbered`), cut where it runs on (`runs`), and laid against the tables (`table`): orders, and what a client answered.
//! Each hit is judged by the words around it (`judge`), completed by the names, times and addresses that stand beside it (`reader`, `complete`,
//! `whom`, `when`, `moved`, `swap`), and what was said of one thing in several places is settled (`arrange`, `notes`, `held`, `settle`). Where no pattern knows anything
//! of a candidate, the words about them are weighed (`gist`), and sentences left are read as a client's answer is (`reported`). A candidate who
//! is named and of whom nothing is understood is asked about (`left`). What weighs and rests on words with less than full sureness is
//! proposed (`sure`): it is done when the recruiter answers yes ([`confirms`]). Where the recruiter only asks to act on what they send on,
//! that is read as what it is, an answer of the client or of a candidate (`relayed`).
//! Never here: quoted text, but for what is sent on to be acted on; I/O, a clock, a guess. What could be meant in two ways is left unread and asked.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "one kind is looked for among many; whichever else stands there means nothing at that place"
)]

mod about;
mod answered;
mod arrange;
mod complete;
mod effects;
mod gist;
mod held;
mod hours;
mod judge;
mod kind;
mod left;
mod line;
mod moved;
mod notes;
mod numbered;
mod people;
mod plain;
mod reader;
mod relayed;
mod reported;
mod rules;
mod runs;
mod sentence;
mod settle;
mod sure;
mod swap;
mod table;
mod when;
mod whom;

use chrono::NaiveDate;

use super::who::Mention;
use super::{Asked, AskedAbout, Question, Words, frame};
use crate::calendar::{Spans, Zone};
use crate::message::OwnText;
use crate::model::{Address, ConversationId, Decision, Reason, Slot, SubmissionId, Timestamp};

/// What a mail of a recruiter can be about.
#[derive(Debug, Clone)]
pub struct Desk {
    /// When it was written.
    pub written: Timestamp,
    /// The recruiter's zone.
    pub zone: Zone,
    /// The recruiter's batches that are under way, the newest first; the one that it answers before all others.
    pub batches: Vec<OnDesk>,
    /// It answers a letter of the first of them.
    pub answers: bool,
    /// That letter was about this candidate.
    pub of: Option<SubmissionId>,
}

/// A batch on the desk.
#[derive(Debug, Clone)]
pub struct OnDesk {
    /// Which.
    pub id: ConversationId,
    /// `7K3Q`.
    pub reference: String,
    /// The client company.
    pub client: String,
    /// The contact's full name.
    pub contact: String,
    /// The contact's zone.
    pub zone: Zone,
    /// The role.
    pub role: String,
    /// Its candidates, in the order of the letter, each with their zone.
    pub candidates: Vec<(AskedAbout, Zone)>,
    /// Times that are agreed.
    pub booked: Vec<(SubmissionId, Slot)>,
    /// How long an interview takes.
    pub minutes: u32,
}

/// What a recruiter's mail says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Orders {
    /// What is to be done.
    pub orders: Vec<Order>,
    /// What seems to be meant, and is done only when the recruiter says yes to it.
    pub proposed: Vec<Order>,
    /// What is to be asked, as written. Nothing follows from it.
    pub unread: Vec<Words>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// For which batch; `None` where it is about none.
    pub batch: Option<ConversationId>,
    /// What.
    pub wish: Wish,
    /// The words it rests on.
    pub words: Words,
}

/// Whom an order is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// The contact at the client.
    Client,
    /// A candidate.
    Candidate(SubmissionId),
}

/// What can be ordered.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// The recruiter drives from here on.
    Take,
    /// The bot does again.
    Release,
    /// Nothing automatic before this day.
    Pause(NaiveDate),
    /// What the client answered.
    Decide {
        /// Whom.
        submission: SubmissionId,
        /// What.
        decision: Decision,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// When somebody can.
    Times {
        /// Who.
        by: Whom,
        /// When.
        open: Spans,
    },
    /// The interview is agreed for this time.
    Book {
        /// Whose.
        submission: SubmissionId,
        /// From when on.
        start: Timestamp,
    },
    /// The interview is at another time.
    Move {
        /// Whose.
        submission: SubmissionId,
        /// From when on; `None`: a time is to be found.
        start: Option<Timestamp>,
    },
    /// There is no interview.
    CallOff(SubmissionId),
    /// The candidate is out.
    Withdraw(SubmissionId),
    /// An address is another one.
    Readdress {
        /// Whose.
        who: Whom,
        /// Which.
        address: Address,
    },
    /// The last letter once more.
    Resend(Whom),
    /// For the timeline.
    Note(String),
    /// No more nudges.
    StopChase,
    /// What stands open.
    Status,
    /// What happened in the batch.
    Timeline,
    /// Figures, of this role or client.
    Report(Option<String>),
    /// How to write to us.
    Help,
    /// The last mail's orders are taken back.
    Undo,
}

/// More than this is no order; the rest is not read and is asked about.
const LONGEST: usize = 16 * 1024;

/// Reads what a recruiter wants. `subject` is that of a new mail, else empty: a subject that answers ours says nothing.
#[must_use]
pub fn read(own: &OwnText, subject: &str, desk: &Desk) -> Orders {
    let subject = shortened(subject.trim());
    let whole = own.text.as_str();
    let body = frame::body(shortened(whole));
    let shown = whole.get(body.clone()).unwrap_or_default();
    // The subject stands before the body, as a sentence of its own; where the body begins is remembered for what was typed into a quote.
    let head = if subject.is_empty() {
        String::new()
    } else {
        format!("{subject}\n")
    };
    let shown = format!("{head}{shown}");
    let text = plain::level(&shown);
    let batch = about::batch(&text, desk);
    let asked = batch.map_or_else(
        || Asked {
            candidates: Vec::new(),
            question: Question::Decision,
            today: desk.zone.local(desk.written).date(),
        },
        |batch| about::asked(batch, desk),
    );
    let places = super::places::places(own, &asked)
        .into_iter()
        .map(|place| ((place.from + head.len()).saturating_sub(body.start), place.under))
        .collect();
    let reader = reader::Reader::new((&shown, &text, head.len()), desk, batch, &asked, places);
    let relayed = reader.relayed(own).filter(|_| !own.uncertain);
    if let Some(relayed) = relayed {
        return relayed;
    }
    let mut orders = reader.read();
    let calls_another = about::calls_another(shown.get(head.len()..).unwrap_or_default(), desk);
    if calls_another && orders.orders.is_empty() && orders.proposed.is_empty() {
        return Orders::default();
    }
    if calls_another || about::is_to_another(whole.get(..body.start).unwrap_or_default(), desk) {
        // A colleague's mail that came here: nothing of it is an order; about a batch of the desk it is asked, to be sure.
        let meant = orders.orders.drain(..).chain(orders.proposed.drain(..));
        let unread = meant.map(|order| order.words).collect::<Vec<_>>();
        if batch.is_none() || unread.is_empty() {
            return Orders::default();
        }
        orders.unread.extend(unread);
    }
    if whole.len() > LONGEST {
        let rest = whole.get(shortened(whole).len()..).unwrap_or_default();
        orders.unread.push(Words {
            text: rest.chars().take(80).collect(),
            range: 0..0,
        });
    }
    if own.uncertain || whole.len() > LONGEST {
        orders.unread.extend(orders.orders.drain(..).map(|order| order.words));
        orders.unread.extend(orders.proposed.drain(..).map(|order| order.words));
    }
    orders
}

pub use answered::says_answered;

/// A yes or a no and nothing else, to what was put to them.
#[must_use]
pub fn confirms(own: &OwnText) -> Option<bool> {
    if own.uncertain || own.text.len() > FEW {
        return None;
    }
    let shown = own.text.as_str();
    let text = plain::level(shown.get(frame::body(shown)).filter(|body| !body.contains('?'))?);
    let words = about::folded(&text).join(" ");
    match (table::is("confirmed", &words), table::is("dropped", &words)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// A yes alone is not longer.
const FEW: usize = 400;

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// It cannot be told what is meant.
#[derive(Debug)]
struct NotClear;
