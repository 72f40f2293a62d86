//! Entries of one calendar → when they take their owner's time.
//!
//! In: blocks, the clocks that the calendar describes. Out: [`Sum`]. What is looked at is counted.
//! Never here: what several calendars come to.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, Duration, NaiveDateTime, Utc};

use super::super::LocalTime;
use super::super::blocks::{Block, blocks};
use super::super::lines::Line;
use super::super::moment::{self, Clock, Clocks};
use super::super::repeat::{Repeat, Until};
use super::{Doubt, Owner};
use crate::model::Timestamp;

/// Days looked at for the rules of one entry: one that counts from the beginning of time leaves enough for the others.
const MOST_WORK_OF_ONE: usize = 30_000;
/// More doubts than anybody reads.
const MOST_DOUBTS: usize = 20;
/// An occurrence that was moved away from a time further back than this is of no matter any more.
const LONGEST_USUAL: Duration = Duration::days(100);
/// A TZID is no longer than this.
const LONGEST_NAME: usize = 200;

/// What is known while a calendar is read.
pub(super) struct Look<'a> {
    pub(super) clocks: &'a Clocks,
    /// What the names of zones lead to.
    pub(super) zones: HashMap<String, Option<Clock<'a>>>,
    /// Occurrences with an entry of their own, by UID.
    pub(super) moved: HashMap<String, HashSet<Timestamp>>,
    pub(super) owner: Owner<'a>,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) sum: Sum,
}

/// What was read, and how much work is left.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) left: usize,
    pub(super) found: Vec<(Timestamp, Timestamp)>,
    pub(super) unnamed: Vec<(Timestamp, Timestamp)>,
    pub(super) doubts: HashSet<Doubt>,
    pub(super) told: Vec<Doubt>,
}

/// A time of an entry, still on its wall.
#[derive(Clone, Copy)]
struct When<'a> {
    wall: NaiveDateTime,
    place: Place<'a>,
    /// A day without a time.
    whole_day: bool,
}

/// When an entry comes: on its wall, and the instants that can mean.
type Time<'a> = (When<'a>, (Timestamp, Timestamp));

/// Whose wall.
#[derive(Clone, Copy)]
enum Place<'a> {
    Utc,
    Of(Clock<'a>),
    Owner,
}

/// How long an entry takes. A day is one of the wall's, whatever the clocks do in it.
#[derive(Clone, Copy)]
enum Length {
    Days(u64),
    Exactly(Duration),
}

impl Length {
    /// No shorter than it is anywhere.
    fn at_most(self) -> Duration {
        match self {
            Self::Days(days) => Duration::days(i64::try_from(days).unwrap_or(0)) + Duration::hours(2),
            Self::Exactly(length) => length,
        }
    }
}

impl<'a> When<'a> {
    fn on(self, wall: NaiveDateTime) -> Self {
        Self { wall, ..self }
    }
}

impl<'a> Look<'a> {
    /// Takes in all of one calendar.
    pub(super) fn read(&mut self, object: &[u8]) {
        for block in blocks(object) {
            if let (Some(uid), Some(line)) = (block.value("UID"), block.line("RECURRENCE-ID"))
                && self.spend(1)
                && let Some(when) = self.when(line, &line.value)
                && self.is_near(when.wall, LONGEST_USUAL)
            {
                let (at, _) = self.instants(&when);
                self.moved.entry(uid.to_owned()).or_default().insert(at);
            }
        }
        for block in blocks(object) {
            if !self.spend(1) {
                break;
            }
            match block.name.as_str() {
                "VEVENT" => self.event(&block),
                "VFREEBUSY" => self.free_busy(&block),
                _ => {}
            }
        }
    }

    /// Counts work. False when there was too much of it.
    fn spend(&mut self, work: usize) -> bool {
        let enough = self.sum.left.checked_sub(work);
        self.sum.left = enough.unwrap_or(0);
        if enough.is_none() {
            self.doubt(Doubt::Most);
        }
        enough.is_some()
    }

    /// What begins at this wall somewhere, and takes so long, may be of some matter. Zones take no part in seeing that.
    fn is_near(&self, wall: NaiveDateTime, length: Duration) -> bool {
        let (begins, margin) = (wall.and_utc(), Duration::days(2));
        let ends = begins.checked_add_signed(length);
        begins <= self.to + margin && ends.is_none_or(|ends| ends >= self.from - margin)
    }

    /// One of the times of a line.
    fn when(&mut self, line: &Line, value: &str) -> Option<When<'a>> {
        let value = value.trim();
        if let Some(at) = moment::utc(value) {
            return Some(When {
                wall: at.naive_utc(),
                place: Place::Utc,
                whole_day: false,
            });
        }
        let whole_day = !value.contains(['T', 't']);
        let wall = moment::wall(value)?;
        Some(When {
            wall,
            // A day is a day where the owner is.
            place: line
                .parameter("TZID")
                .filter(|_| !whole_day)
                .map_or(Place::Owner, |name| self.place(name)),
            whole_day,
        })
    }

    fn place(&mut self, name: &str) -> Place<'a> {
        let short = name.len() <= LONGEST_NAME;
        let clock = match self.zones.get(name) {
            Some(known) => *known,
            None if short => {
                let clock = self.clocks.clock(name);
                self.zones.insert(name.to_owned(), clock);
                clock
            }
            None => None,
        };
        match clock {
            Some(clock) => Place::Of(clock),
            None => {
                self.doubt(Doubt::Zone(name.chars().take(80).collect()));
                Place::Owner
            }
        }
    }

    fn event(&mut self, event: &Block) {
        let is = |name: &str, value: &str| event.value(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        let free = is("STATUS", "CANCELLED") || is("TRANSP", "TRANSPARENT") || is("X-MICROSOFT-CDO-BUSYSTATUS", "FREE");
        let is_ours = |uid: &str| (self.owner.is_ours)(uid) || by_exchange(uid).is_some_and(|uid| (self.owner.is_ours)(&uid));
        if free || event.value("UID").is_some_and(is_ours) || self.has_declined(event) {
            return;
        }
        // An occurrence that was moved is one entry, whatever rule it carries along.
        let again = event.line("RECURRENCE-ID").is_none() && event.lines.iter().any(|line| matches!(line.name.as_str(), "RRULE" | "RDATE"));
        let Some(start) = event.line("DTSTART").and_then(|line| self.when(line, &line.value)) else {
            return self.doubt(Doubt::Time);
        };
        // Most of a calendar is past.
        if !again && last_wall(event, &start).is_some_and(|last| !self.is_near(start.wall, last - start.wall)) {
            return;
        }
        let Some(length) = self.length(event, &start) else {
            return self.doubt(Doubt::Time);
        };
        if length.at_most() == Duration::zero() {
            return;
        }
        let times = if again {
            self.again(event, &start, length)
        } else {
            vec![(start, self.instants(&start))]
        };
        for (when, (first, last)) in times {
            let end = match length {
                Length::Exactly(length) => last.checked_add_signed(length),
                Length::Days(days) => when
                    .wall
                    .checked_add_days(Days::new(days))
                    .map(|wall| self.instants(&when.on(wall)).1),
            };
            if let Some(end) = end.filter(|end| *end > self.from && first < self.to) {
                self.sum.found.push((first, end));
            }
        }
    }

    /// The owner is invited to it and will not come.
    fn has_declined(&self, event: &Block) -> bool {
        let mut attendees = event.lines.iter().filter(|line| line.name == "ATTENDEE");
        attendees.any(|line| {
            let address = line.value.trim();
            let address = address
                .split_at_checked(7)
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto:"));
            let is_owner = address.is_some_and(|(_, address)| address.eq_ignore_ascii_case(self.owner.address.as_str()));
            is_owner && line.parameter("PARTSTAT").is_some_and(|said| said.eq_ignore_ascii_case("DECLINED"))
        })
    }

    /// All times at which an entry comes, within what matters.
    fn again(&mut self, event: &Block, start: &When<'a>, length: Length) -> Vec<Time<'a>> {
        let lines = |name: &'static str| event.lines.iter().filter(move |line| line.name == name);
        let mut times = vec![(*start, self.instants(start))];
        for line in lines("RDATE") {
            for date in line.value.split(',') {
                if !self.spend(1) {
                    break;
                }
                match self.when(line, date) {
                    Some(when) => times.push((when, self.instants(&when))),
                    None => self.doubt(Doubt::Rule(line.value.chars().take(80).collect())),
                }
            }
        }
        let mut work = MOST_WORK_OF_ONE;
        for line in lines("RRULE") {
            match self.by_rule(&line.value, start, length, &mut work) {
                Some(found) => times.extend(found),
                None => self.doubt(Doubt::Rule(line.value.chars().take(80).collect())),
            }
        }
        let mut gone: HashSet<Timestamp> = HashSet::new();
        let mut gone_days = HashSet::new();
        for line in lines("EXDATE") {
            for date in line.value.split(',') {
                if !self.spend(1) {
                    break;
                }
                let Some(when) = self.when(line, date) else { continue };
                if !self.is_near(when.wall, length.at_most()) {
                    continue;
                }
                if when.whole_day && !start.whole_day {
                    gone_days.insert(when.wall.date());
                } else {
                    gone.insert(self.instants(&when).0);
                }
            }
        }
        let moved = event.value("UID").and_then(|uid| self.moved.get(uid));
        let stands = |(when, (at, _)): &Time<'_>| {
            !gone.contains(at) && !gone_days.contains(&when.wall.date()) && !moved.is_some_and(|moved| moved.contains(at))
        };
        times.retain(stands);
        times
    }

    /// The times at which a rule brings an entry back; `None` when it is not understood, or too much work.
    fn by_rule(&mut self, rule: &str, start: &When<'a>, length: Length, work: &mut usize) -> Option<Vec<Time<'a>>> {
        let rule = Repeat::parse(rule)?;
        let day = |at: Timestamp, more: Duration| at.checked_add_signed(more).map(|at| at.date_naive());
        // Two days more on either side: the wall may be one of anywhere.
        let (from, to) = (
            day(self.from, -length.at_most() - Duration::days(2))?,
            day(self.to, Duration::days(2))?,
        );
        let before = (*work).min(self.sum.left);
        let mut left = before;
        let days = rule.days(start.wall.date(), from, to, &mut left);
        *work -= before - left;
        self.sum.left -= before - left;
        let mut found = Vec::new();
        for day in days? {
            if !self.spend(1) {
                break;
            }
            let when = start.on(day.and_time(start.wall.time()));
            let instants = self.instants(&when);
            let stands = match rule.until {
                None => true,
                Some(Until::Wall(until)) => when.wall <= until,
                Some(Until::Utc(until)) => instants.0.naive_utc() <= until,
            };
            if stands {
                found.push((when, instants));
            }
        }
        Some(found)
    }

    fn free_busy(&mut self, list: &Block) {
        for line in list.lines.iter().filter(|line| line.name == "FREEBUSY") {
            if line.parameter("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("FREE")) {
                continue;
            }
            for period in line.value.split(',') {
                if !self.spend(1) {
                    return;
                }
                let read = period.trim().split_once('/').and_then(|(start, end)| {
                    let start = moment::utc(start)?;
                    let end = moment::utc(end).or_else(|| start.checked_add_signed(moment::duration(end)?))?;
                    Some((start, end))
                });
                match read {
                    Some(stretch) => self.sum.unnamed.push(stretch),
                    None => self.doubt(Doubt::Time),
                }
            }
        }
    }

    /// How long an entry takes: until its end, for its duration, a day that has no times, or no time at all.
    fn length(&mut self, event: &Block, start: &When<'a>) -> Option<Length> {
        let exactly = |length: Duration| (length >= Duration::zero()).then_some(Length::Exactly(length));
        match (event.line("DTEND"), event.value("DURATION")) {
            (Some(line), _) => {
                let end = self.when(line, &line.value)?;
                if start.whole_day && end.whole_day {
                    return u64::try_from((end.wall - start.wall).num_days()).ok().map(Length::Days);
                }
                exactly(self.instants(&end).1 - self.instants(start).0)
            }
            (None, Some(length)) => exactly(moment::duration(length)?),
            (None, None) if start.whole_day => Some(Length::Days(1)),
            (None, None) => Some(Length::Exactly(Duration::zero())),
        }
    }

    /// The earliest and the latest instant that a wall can mean: one, but for the hour that is shown twice.
    fn instants(&mut self, when: &When<'a>) -> (Timestamp, Timestamp) {
        let mut wall = when.wall;
        // What is jumped over in spring means the time after; no zone jumps over more than a day.
        for _ in 0..=48 {
            match self.meaning(wall, when.place) {
                LocalTime::One(at) => return (at, at),
                LocalTime::Two(first, second) => return (first, second),
                LocalTime::None => wall = wall.checked_add_signed(Duration::minutes(30)).unwrap_or(wall),
            }
        }
        let at = DateTime::from_naive_utc_and_offset(when.wall, Utc);
        (at, at)
    }

    fn meaning(&mut self, wall: NaiveDateTime, place: Place<'a>) -> LocalTime {
        match place {
            Place::Utc => LocalTime::One(DateTime::from_naive_utc_and_offset(wall, Utc)),
            // A zone that the calendar describes itself may be work.
            Place::Of(clock) if self.spend(clock.work()) => clock.instant(wall),
            Place::Of(_) | Place::Owner => self.owner.zone.instant(wall),
        }
    }

    fn doubt(&mut self, doubt: Doubt) {
        if self.sum.told.len() < MOST_DOUBTS && self.sum.doubts.insert(doubt.clone()) {
            self.sum.told.push(doubt);
        }
    }
}

/// Where an entry that does not come again ends on its wall, or on any other; `None` when that cannot be read.
fn last_wall(event: &Block, start: &When<'_>) -> Option<NaiveDateTime> {
    match (event.value("DTEND"), event.value("DURATION")) {
        (Some(end), _) => moment::wall(end.trim_end_matches(['Z', 'z'])),
        (None, Some(length)) => start.wall.checked_add_signed(moment::duration(length)?),
        (None, None) => start.wall.checked_add_days(Days::new(1)),
    }
}

/// The UID of an invitation as Exchange keeps it inside one of its own: in hexadecimal, behind a word that says so.   MS-OXCICAL 2.1.3.1.1.20.26
fn by_exchange(uid: &str) -> Option<String> {
    const WORD: &str = "7643616C2D55696401000000";
    if uid.len() > 2_000 {
        return None;
    }
    let upper = uid.to_ascii_uppercase();
    let (_, inner) = upper.split_once(WORD)?;
    let inner = inner.strip_suffix("00").unwrap_or(inner);
    String::from_utf8(data_encoding::HEXUPPER.decode(inner.as_bytes()).ok()?).ok()
}
