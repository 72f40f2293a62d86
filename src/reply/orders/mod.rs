//! A recruiter's own text → [`Orders`]: what replyd is told to do, the words each order rests on, and what was not understood.
//!
//! In: own text, the subject of a new mail, and a [`Desk`]: which batches it can be about and when it was written. Out: orders in the order
//! of the text, each for one batch, and the words of which nothing is made. Reading never fails.
//! A sentence is laid against the tables of orders first (`table`); what it orders is then completed by the names, times and addresses that
//! stand beside it. What no table knows is read as a client's answer is, because most of what recruiters write is what a client told them:
//! "client called: yes to Ana, pass on Ben, too expensive" (`reported`).
//! Never here: quoted text, I/O, a clock, a guess. What could be meant in two ways is left unread and asked.

mod reported;
mod sentence;
mod table;

use std::ops::Range;

use chrono::NaiveDate;

use super::names::Text;
use super::sentences::{Kind as TokenKind, Sentence, Token, fold, sentences, tokens};
use super::times::{self, Intent};
use super::who::{Mention, People, Who};
use super::{Asked, AskedAbout, Question, Words, dates, frame};
use crate::calendar::{Spans, Zone};
use crate::message::OwnText;
use crate::model::{Address, ConversationId, Decision, Reason, Slot, SubmissionId, Timestamp};
use sentence::{Known, Written};

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

/// Kinds of orders, as the tables name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Take,
    Release,
    Pause,
    Book,
    Move,
    Cancel,
    Withdraw,
    Address,
    Resend,
    StopChase,
    Status,
    Timeline,
    Report,
    Help,
    Undo,
    Note,
    Times,
}

impl Kind {
    fn named(section: &str) -> Option<Self> {
        Some(match section {
            "take" => Self::Take,
            "release" => Self::Release,
            "pause" => Self::Pause,
            "book" => Self::Book,
            "move" => Self::Move,
            "cancel" => Self::Cancel,
            "withdraw" => Self::Withdraw,
            "address" => Self::Address,
            "resend" => Self::Resend,
            "stop_chase" => Self::StopChase,
            "status" => Self::Status,
            "timeline" => Self::Timeline,
            "report" => Self::Report,
            "help" => Self::Help,
            "undo" => Self::Undo,
            "note" => Self::Note,
            "times" => Self::Times,
            _ => return None,
        })
    }

    /// It is about no batch, or about whichever is known.
    const fn of_no_batch(self) -> bool {
        matches!(self, Self::Status | Self::Report | Self::Help | Self::Undo)
    }
}

/// Reads what a recruiter wants. `subject` is that of a new mail, else empty: a subject that answers ours says nothing.
#[must_use]
pub fn read(own: &OwnText, subject: &str, desk: &Desk) -> Orders {
    let body = own.text.get(frame::body(&own.text)).unwrap_or_default().trim();
    let text = match (subject.trim(), body) {
        ("", body) => body.to_owned(),
        (subject, "") => subject.to_owned(),
        (subject, body) => format!("{subject}\n{body}"),
    };
    let about = batch(&text, desk);
    let mut reader = Reader::new(&text, desk, about);
    reader.read();
    if own.uncertain && !reader.out.orders.is_empty() {
        let unread = reader.out.orders.drain(..).map(|order| order.words).collect();
        reader.out.unread = unread;
    }
    reader.out
}

/// Which batch the mail is about: the one it answers or names.
fn batch<'d>(text: &str, desk: &'d Desk) -> Option<&'d OnDesk> {
    let upper = text.to_uppercase();
    let named = |one: &&OnDesk| upper.split(|c: char| !c.is_alphanumeric()).any(|word| word == one.reference);
    if let Some(one) = desk.batches.iter().find(named) {
        return Some(one);
    }
    if desk.answers {
        return desk.batches.first();
    }
    // Somebody of one batch only is named, or its client, or its role.
    let words = folded(text);
    let holds = |name: &str| {
        let name = folded(name);
        !name.is_empty() && words.windows(name.len()).any(|window| window == name)
    };
    let score = |one: &OnDesk| {
        let asked = asked(one, desk);
        let people = People::of(&asked);
        let mut called = people.called(text);
        called.sort_unstable();
        called.dedup();
        let contact = folded(&one.contact).first().is_some_and(|first| words.contains(first));
        called.len() * 2 + usize::from(contact) + if holds(&one.client) { 3 } else { 0 } + if holds(&one.role) { 3 } else { 0 }
    };
    let mut scores: Vec<(usize, &OnDesk)> = desk
        .batches
        .iter()
        .map(|one| (score(one), one))
        .filter(|(score, _)| *score > 0)
        .collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match scores.as_slice() {
        [(_, only)] => Some(only),
        [(best, first), (second, _), ..] if best > second => Some(first),
        _ => None,
    }
}

fn folded(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .map(|word| fold(word).into_owned())
        .collect()
}

fn asked(batch: &OnDesk, desk: &Desk) -> Asked {
    Asked {
        candidates: batch.candidates.iter().map(|(about, _)| about.clone()).collect(),
        question: Question::Decision,
        today: desk.zone.local(desk.written).date(),
    }
}

struct Reader<'a> {
    text: &'a str,
    desk: &'a Desk,
    batch: Option<&'a OnDesk>,
    asked: Asked,
    out: Orders,
    /// Whom the last order or sentence was about.
    focus: Vec<usize>,
    /// Bytes that orders were made of.
    used: Vec<Range<usize>>,
}

/// A sentence with all that is known of it.
struct Heard<'s, 't> {
    all: &'s [Token<'t>],
    sentence: &'s Sentence,
    mentions: &'s [Mention],
    written: &'s Written,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, desk: &'a Desk, batch: Option<&'a OnDesk>) -> Self {
        let asked = batch.map_or_else(
            || Asked {
                candidates: Vec::new(),
                question: Question::Decision,
                today: desk.zone.local(desk.written).date(),
            },
            |batch| asked(batch, desk),
        );
        let of = desk.of.filter(|_| desk.answers);
        let focus = of.and_then(|of| asked.candidates.iter().position(|one| one.submission == of));
        Self {
            text,
            desk,
            batch,
            asked,
            out: Orders::default(),
            focus: focus.into_iter().collect(),
            used: Vec::new(),
        }
    }

    fn read(&mut self) {
        let asked = self.asked.clone();
        let people = People::of(&asked);
        let all = tokens(self.text);
        let text = Text::new(self.text);
        let client = self.client(&all);
        let references = self.references(&all);
        let times = self.times();
        let mut asks = false;
        for sentence in sentences(&all) {
            let mentions: Vec<Mention> = people
                .names(&text, &all, sentence.tokens.clone())
                .into_iter()
                .filter(|one| one.named)
                .collect();
            let known = Known {
                mentions: &mentions,
                client: &client,
                references: &references,
                times: &times,
            };
            let written = Written::new(self.text, &all, &sentence.tokens, &known);
            let heard = Heard {
                all: &all,
                sentence: &sentence,
                mentions: &mentions,
                written: &written,
            };
            asks |= self.sentence(&heard);
            if self.note_takes_all() {
                break;
            }
        }
        if !self.note_takes_all() {
            self.reported(asks);
        }
    }

    /// "Note: …" is a note to its end.
    fn note_takes_all(&self) -> bool {
        self.out.orders.last().is_some_and(|order| matches!(order.wish, Wish::Note(_)))
    }

    /// Tokens that name the client, company or contact.
    fn client(&self, all: &[Token<'_>]) -> Vec<Range<usize>> {
        let Some(batch) = self.batch else { return Vec::new() };
        let (contact, company) = (folded(&batch.contact), folded(&batch.client));
        let candidate = |word: &str| {
            self.asked
                .candidates
                .iter()
                .any(|one| folded(&one.name).iter().any(|name| name == word))
        };
        let mut found = Vec::new();
        for (at, token) in all.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word) {
            let fold = token
                .fold
                .strip_suffix('s')
                .filter(|bare| contact.iter().any(|name| name == bare))
                .unwrap_or(&token.fold);
            let is_contact = contact.iter().any(|name| name == fold) && !candidate(fold) && fold.len() > 1;
            let is_company = company.first().is_some_and(|first| *first == *token.fold) && token.fold.len() > 2 && !candidate(fold);
            if is_contact || is_company || matches!(&*token.fold, "client" | "kunde" | "kundin") {
                let names = if is_contact { &contact } else { &company };
                let more = all
                    .get(at + 1..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|next| names.iter().any(|name| *name == *next.fold))
                    .count();
                if found.last().is_none_or(|last: &Range<usize>| last.end <= at) {
                    found.push(at..at + 1 + more);
                }
            }
        }
        found
    }

    fn references(&self, all: &[Token<'_>]) -> Vec<Range<usize>> {
        let is = |token: &&Token<'_>| self.desk.batches.iter().any(|one| one.reference.eq_ignore_ascii_case(&token.fold));
        all.iter()
            .enumerate()
            .filter(|(_, token)| is(token))
            .map(|(at, _)| at..at + 1)
            .collect()
    }

    /// Bytes that speak of a time.
    fn times(&self) -> Vec<Range<usize>> {
        times::spoken_of(self.text)
    }

    fn question(&self, zone: Zone, booked: Option<Slot>) -> times::Asked<'static> {
        times::Asked {
            written: self.desk.written,
            zone,
            ours: self.desk.zone,
            minutes: i32::try_from(self.batch.map_or(60, |one| one.minutes)).unwrap_or(60),
            options: &[],
            booked: booked.map(|slot| (slot.start, slot.end)),
            language: "",
            places: &[],
        }
    }

    /// Reads the orders of a sentence. True when something that looks like one is none: it must be asked.
    fn sentence(&mut self, heard: &Heard<'_, '_>) -> bool {
        let written = &heard.written.text;
        let mut asks = false;
        let found = table::find(written);
        let mut from = 0;
        for (number, (kind, at)) in found.iter().enumerate() {
            let end = found.get(number + 1).map_or(written.len(), |(_, next)| next.start);
            let before = written.get(from..at.start).unwrap_or_default();
            let tokens = heard.written.tokens(&(from..end));
            let own = heard.written.tokens(&(at.start..end));
            from = end;
            let question =
                heard.sentence.asks && !matches!(kind, Kind::Status | Kind::Timeline | Kind::Report | Kind::Help) && !is_request(before);
            if table::is_void(before) || question {
                asks |= !matches!(kind, Kind::Times | Kind::Note);
                continue;
            }
            match self.order(*kind, heard, &tokens, &own) {
                Ok(wishes) if wishes.is_empty() => {}
                Ok(wishes) => {
                    let bytes = bytes(heard.all, &tokens);
                    for wish in wishes {
                        self.push(wish, &bytes, *kind);
                    }
                    self.used.push(bytes);
                }
                Err(NotClear) => {
                    let bytes = bytes(heard.all, &tokens);
                    self.unread(&bytes);
                    self.used.push(bytes);
                }
            }
        }
        let named = named(heard.mentions, &heard.sentence.tokens);
        if !named.is_empty() {
            self.focus = named;
        }
        asks
    }

    fn push(&mut self, wish: Wish, bytes: &Range<usize>, kind: Kind) {
        let batch = self.batch.map(|one| one.id);
        if batch.is_none() && !kind.of_no_batch() {
            return self.unread(bytes);
        }
        if self.out.orders.iter().any(|order| order.wish == wish) {
            return;
        }
        self.out.orders.push(Order {
            batch,
            wish,
            words: self.words(bytes),
        });
    }

    fn unread(&mut self, bytes: &Range<usize>) {
        let words = self.words(bytes);
        if !self.out.unread.contains(&words) {
            self.out.unread.push(words);
        }
    }

    fn words(&self, bytes: &Range<usize>) -> Words {
        Words {
            text: self.text.get(bytes.clone()).unwrap_or_default().to_owned(),
            range: bytes.clone(),
        }
    }

    /// Completes an order. `tokens` are all that may belong to it, `own` those from its verb on.
    fn order(&self, kind: Kind, heard: &Heard<'_, '_>, tokens: &Range<usize>, own: &Range<usize>) -> Result<Vec<Wish>, NotClear> {
        let all = heard.all;
        Ok(match kind {
            Kind::Take => vec![Wish::Take],
            Kind::Release => vec![Wish::Release],
            Kind::StopChase => vec![Wish::StopChase],
            Kind::Status => vec![Wish::Status],
            Kind::Timeline => vec![Wish::Timeline],
            Kind::Help => vec![Wish::Help],
            Kind::Undo => vec![Wish::Undo],
            Kind::Report => vec![Wish::Report(self.project(all, tokens))],
            Kind::Note => vec![Wish::Note(self.rest_of_note(all, own))],
            Kind::Pause => vec![Wish::Pause(self.day(all, own).or_else(|| self.day(all, tokens)).ok_or(NotClear)?)],
            Kind::Address => {
                let address = own
                    .clone()
                    .chain(tokens.clone())
                    .find_map(|at| sentence::address(self.text, all.get(at)?))
                    .ok_or(NotClear)?;
                vec![Wish::Readdress {
                    who: self.whom(heard, tokens)?,
                    address,
                }]
            }
            Kind::Resend => vec![Wish::Resend(self.whom(heard, tokens)?)],
            Kind::Withdraw => self.each(heard, own, tokens)?.into_iter().map(Wish::Withdraw).collect(),
            Kind::Cancel => self.each_booked(heard, own, tokens)?.into_iter().map(Wish::CallOff).collect(),
            Kind::Move => {
                let who = self.one(self.each_booked(heard, own, tokens)?)?;
                vec![Wish::Move {
                    submission: who,
                    start: self.new_start(all, own, who)?,
                }]
            }
            Kind::Book => {
                let who = self.one(self.each(heard, own, tokens)?)?;
                let start = self.start(all, tokens, who)?;
                let booked = self
                    .batch
                    .is_some_and(|batch| batch.booked.iter().any(|(id, slot)| *id == who && slot.start != start));
                vec![match booked {
                    true => Wish::Move {
                        submission: who,
                        start: Some(start),
                    },
                    false => Wish::Book { submission: who, start },
                }]
            }
            Kind::Times => {
                let by = self.whom(heard, tokens)?;
                let zone = self.zone_of(by);
                let read = self.times_in(all, own, zone, None);
                let clear = read.intent == Intent::Availability && !read.asks() && !read.open.is_empty() && self.zones_agree(&read, zone);
                if !clear {
                    return Err(NotClear);
                }
                vec![Wish::Times { by, open: read.open }]
            }
        })
    }

    fn one(&self, who: Vec<SubmissionId>) -> Result<SubmissionId, NotClear> {
        match who.as_slice() {
            [one] => Ok(*one),
            _ => Err(NotClear),
        }
    }

    /// The candidates an order is about: those named behind its verb, before it, or spoken of last.
    fn each(&self, heard: &Heard<'_, '_>, own: &Range<usize>, tokens: &Range<usize>) -> Result<Vec<SubmissionId>, NotClear> {
        let unclear = heard
            .mentions
            .iter()
            .any(|one| one.who == Who::Unclear && overlap(&one.tokens, tokens));
        if unclear {
            return Err(NotClear);
        }
        let mut who = named(heard.mentions, own);
        if who.is_empty() {
            who = named(heard.mentions, tokens);
        }
        let everybody = own.clone().any(|at| {
            heard
                .all
                .get(at)
                .is_some_and(|token| matches!(&*token.fold, "both" | "all" | "beide" | "alle"))
        });
        if who.is_empty() && everybody {
            who = (0..self.asked.candidates.len()).collect();
        }
        if who.is_empty() {
            who.clone_from(&self.focus);
        }
        if who.is_empty() && self.asked.candidates.len() == 1 {
            who = vec![0];
        }
        let ids: Vec<SubmissionId> = who
            .iter()
            .filter_map(|at| self.asked.candidates.get(*at))
            .map(|one| one.submission)
            .collect();
        if ids.is_empty() { Err(NotClear) } else { Ok(ids) }
    }

    /// The same, of those who have an interview: where nobody is named, the only one.
    fn each_booked(&self, heard: &Heard<'_, '_>, own: &Range<usize>, tokens: &Range<usize>) -> Result<Vec<SubmissionId>, NotClear> {
        let booked = self.batch.map(|batch| batch.booked.as_slice()).unwrap_or_default();
        let is_booked = |id: &SubmissionId| booked.iter().any(|(one, _)| one == id);
        match (self.each(heard, own, tokens), booked) {
            (Ok(who), _) if who.iter().all(is_booked) => Ok(who),
            (Err(NotClear), [(only, _)]) if heard.mentions.is_empty() => Ok(vec![*only]),
            _ => Err(NotClear),
        }
    }

    /// Client or candidate; whoever stands nearer behind the verb.
    fn whom(&self, heard: &Heard<'_, '_>, tokens: &Range<usize>) -> Result<Whom, NotClear> {
        let client = heard
            .written
            .places
            .iter()
            .any(|(place, under)| overlap(under, tokens) && heard.written.text.get(place.clone()) == Some("&"));
        let who = named(heard.mentions, tokens);
        let unclear = heard
            .mentions
            .iter()
            .any(|one| one.who == Who::Unclear && overlap(&one.tokens, tokens));
        match (who.as_slice(), client, unclear) {
            (_, _, true) | ([_, _, ..], ..) | ([_], true, _) => Err(NotClear),
            ([one], false, false) => self.candidate(*one),
            ([], true, false) => Ok(Whom::Client),
            ([], false, false) => match self.focus.as_slice() {
                [one] => self.candidate(*one),
                _ => Err(NotClear),
            },
        }
    }

    fn candidate(&self, at: usize) -> Result<Whom, NotClear> {
        self.asked
            .candidates
            .get(at)
            .map(|one| Whom::Candidate(one.submission))
            .ok_or(NotClear)
    }

    fn zone_of(&self, by: Whom) -> Zone {
        let Some(batch) = self.batch else { return self.desk.zone };
        match by {
            Whom::Client => batch.zone,
            Whom::Candidate(id) => batch
                .candidates
                .iter()
                .find(|(one, _)| one.submission == id)
                .map_or(batch.zone, |(_, zone)| *zone),
        }
    }

    /// Hours that could be meant by two clocks are asked about.
    fn zones_agree(&self, read: &times::Times, zone: Zone) -> bool {
        let here = self.desk.zone.local(self.desk.written);
        read.zone.is_some()
            || zone.local(self.desk.written) == here && self.batch.is_none_or(|batch| batch.zone.local(self.desk.written) == here)
    }

    fn times_in(&self, all: &[Token<'_>], tokens: &Range<usize>, zone: Zone, booked: Option<Slot>) -> times::Times {
        let text = self.text.get(bytes(all, tokens)).unwrap_or_default();
        times::read(text, &self.question(zone, booked))
    }

    /// The one instant that is named.
    fn start(&self, all: &[Token<'_>], tokens: &Range<usize>, who: SubmissionId) -> Result<Timestamp, NotClear> {
        let zone = self.zone_of(Whom::Candidate(who));
        let read = self.times_in(all, tokens, zone, None);
        self.start_of(&read, zone)
    }

    fn start_of(&self, read: &times::Times, zone: Zone) -> Result<Timestamp, NotClear> {
        let minutes = chrono::Duration::minutes(i64::from(self.batch.map_or(60, |one| one.minutes)));
        let spans: Vec<(Timestamp, Timestamp)> = read.open.iter().collect();
        match spans.as_slice() {
            [(start, end)] if *end - *start <= minutes && !read.asks() && self.zones_agree(read, zone) => Ok(*start),
            _ => Err(NotClear),
        }
    }

    /// Where an interview is moved to; `None` when no time is named.
    fn new_start(&self, all: &[Token<'_>], tokens: &Range<usize>, who: SubmissionId) -> Result<Option<Timestamp>, NotClear> {
        let zone = self.zone_of(Whom::Candidate(who));
        let booked = self
            .batch
            .and_then(|batch| batch.booked.iter().find(|(id, _)| *id == who))
            .map(|(_, slot)| *slot);
        let read = self.times_in(all, tokens, zone, booked);
        if read.open.is_empty() && !read.asks() {
            return Ok(None);
        }
        self.start_of(&read, zone).map(Some)
    }

    fn day(&self, all: &[Token<'_>], tokens: &Range<usize>) -> Option<NaiveDate> {
        dates::find(all, tokens.clone(), self.asked.today).map(|(_, day)| day)
    }

    /// The role or client that figures are wanted of.
    fn project(&self, all: &[Token<'_>], tokens: &Range<usize>) -> Option<String> {
        let text = self.text.get(bytes(all, tokens)).unwrap_or_default();
        let words = folded(text);
        let holds = |name: &str| {
            let name = folded(name);
            name.first().is_some_and(|first| first.len() > 2 && words.contains(first))
                || !name.is_empty() && words.windows(name.len()).any(|window| window == name)
        };
        let batches = &self.desk.batches;
        batches
            .iter()
            .find(|one| holds(&one.role) || text.to_uppercase().contains(&one.reference))
            .map(|one| one.role.clone())
            .or_else(|| batches.iter().find(|one| holds(&one.client)).map(|one| one.client.clone()))
    }

    /// What stands behind "Note:".
    fn rest_of_note(&self, all: &[Token<'_>], own: &Range<usize>) -> String {
        let start = bytes(all, own).start;
        let text = self.text.get(start..).unwrap_or_default();
        let head = text
            .char_indices()
            .take(40)
            .find(|(_, c)| matches!(c, ':' | '-' | '–' | ','))
            .map_or(0, |(at, c)| at + c.len_utf8());
        text.get(head..).unwrap_or_default().trim().to_owned()
    }

    /// What no order was made of is what a client said.
    fn reported(&mut self, asks: bool) {
        let rest = reported::Rest::new(self.text, &self.used);
        let contact = self.batch.map(|one| (one.contact.as_str(), one.client.as_str()));
        let found = self
            .batch
            .map(|_| rest.read(&self.asked, contact, self.focus.as_slice()))
            .unwrap_or_default();
        let batch = self.batch.map(|one| one.id);
        for (submission, decision, reasons, words) in found.decided {
            let out = self.out.orders.iter().any(|order| order.wish == Wish::Withdraw(submission));
            if out {
                continue;
            }
            self.out.orders.push(Order {
                batch,
                wish: Wish::Decide {
                    submission,
                    decision,
                    reasons,
                },
                words,
            });
        }
        self.out.unread.extend(found.unread);
        let nothing = self.out.orders.is_empty() && self.out.unread.is_empty();
        if nothing && (asks || !rest.is_small_talk()) {
            self.unread(&(0..self.text.len()));
        }
    }
}

/// It cannot be told what is meant.
#[derive(Debug)]
struct NotClear;

/// "Can you book her for Tuesday?" is no question.
fn is_request(before: &str) -> bool {
    let words = before.trim_end_matches([' ', ',']);
    [
        "can you",
        "could you",
        "would you",
        "will you",
        "can you please",
        "could you please",
        "please",
        "pls",
        "kannst du",
        "konnten sie",
        "konntest du",
    ]
    .iter()
    .any(|request| words.ends_with(request))
}

fn named(mentions: &[Mention], tokens: &Range<usize>) -> Vec<usize> {
    let mut who: Vec<usize> = Vec::new();
    for mention in mentions.iter().filter(|one| overlap(&one.tokens, tokens)) {
        if let Who::These(these) = &mention.who {
            for one in these {
                if !who.contains(one) {
                    who.push(*one);
                }
            }
        }
    }
    who
}

fn bytes(all: &[Token<'_>], tokens: &Range<usize>) -> Range<usize> {
    let start = all.get(tokens.start).map_or(0, |token| token.range.start);
    let end = tokens
        .end
        .checked_sub(1)
        .and_then(|last| all.get(last))
        .map_or(start, |token| token.range.end);
    start..end.max(start)
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
