//! Busy times out of somebody's calendar: a feed of events (ICS) or an answer to "when are you free" (VFREEBUSY).   RFC 5545 3.6.1, 3.6.4
//!
//! In: the bytes, whose calendar it is, the stretch that matters. Out: when they are taken, and what was not understood.
//! Never here: fetching it. Feeds lag by hours: good for proposing around, and no word on whether a time is still free.
//! A stranger wrote it: what is looked at is counted, entry by entry and day by day, and what goes beyond is said to be left out.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, Duration, DurationRound as _, NaiveDateTime, Utc};

use super::blocks::{Block, blocks};
use super::lines::Line;
use super::moment::{self, Clock, Clocks};
use super::repeat::{Repeat, Until};
use super::{LocalTime, Spans, Zone};
use crate::model::{Address, Timestamp};

/// When somebody is taken, as far as their calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Busy {
    /// When they are taken.
    pub spans: Spans,
    /// When they are taken by something that does not say what it is (free-busy): perhaps by an interview of ours.
    pub unnamed: Spans,
    /// What was not understood: they may be taken at other times as well.
    pub doubts: Vec<Doubt>,
}

/// Whose calendar it is, as far as reading it depends on that.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Times without a zone, and whole days, are theirs.
    pub zone: Zone,
    /// What they declined under it takes no time of theirs.
    pub address: &'a Address,
    /// Whether a UID is that of an invitation of ours: when those take their time we know better than their calendar.
    pub is_ours: &'a dyn Fn(&str) -> bool,
}

/// Something in a calendar that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Doubt {
    /// Only the first time is taken into account.
    #[error("an entry repeats by the rule {0:?}, which is not understood")]
    Rule(String),
    /// The owner's zone was taken instead.
    #[error("an entry is in the zone {0:?}, which is not known")]
    Zone(String),
    /// The entry was passed over.
    #[error("an entry has a time that cannot be read")]
    Time,
    /// The rest was passed over.
    #[error("the calendar holds more than can be looked through")]
    Most,
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCalendar {
    /// Over the limit.
    #[error("the calendar has {0} bytes, more than the {LARGEST_CALENDAR} that are read: ask for one that holds less of the past")]
    TooLarge(usize),
    /// Another file.
    #[error("this is no calendar: it does not begin with BEGIN:VCALENDAR; is the address one that needs a login?")]
    Other,
}

/// The largest calendar read, in bytes: many years of a full one.
pub const LARGEST_CALENDAR: usize = 8 * 1024 * 1024;
/// Entries looked at, and days looked at to see when they come again.
const MOST_WORK: usize = 300_000;
/// The same for the rules of one entry: one that counts from the beginning of time leaves enough for the others.
const MOST_WORK_OF_ONE: usize = 30_000;
/// More doubts than anybody reads.
const MOST_DOUBTS: usize = 20;
/// More stretches than a person's calendar has in some months. What has more is taken by the quarter of an hour.
const MOST_SPANS: usize = 2_000;
/// An occurrence that was moved away from a time further back than this is of no matter any more.
const LONGEST_USUAL: Duration = Duration::days(100);
/// A TZID is no longer than this.
const LONGEST_NAME: usize = 200;

/// Reads when the owner is taken between two instants.
///
/// # Errors
/// Says why the bytes are no calendar that can be read.
pub fn busy(calendar: &[u8], owner: Owner<'_>, from: Timestamp, to: Timestamp) -> Result<Busy, NoCalendar> {
    if calendar.len() > LARGEST_CALENDAR {
        return Err(NoCalendar::TooLarge(calendar.len()));
    }
    let first = super::lines::lines(calendar).next();
    if !first.is_some_and(|line| line.name == "BEGIN" && line.value.trim().eq_ignore_ascii_case("VCALENDAR")) {
        return Err(NoCalendar::Other);
    }
    // Zones, and occurrences that were moved, may stand behind the entries they are about.
    let mut clocks = Clocks::default();
    blocks(calendar).for_each(|block| clocks.learn(&block));
    let mut look = Look {
        clocks: &clocks,
        zones: HashMap::new(),
        moved: HashMap::new(),
        owner,
        from,
        to,
        left: MOST_WORK,
        found: Vec::new(),
        unnamed: Vec::new(),
        doubts: HashSet::new(),
        told: Vec::new(),
    };
    for block in blocks(calendar) {
        if let (Some(uid), Some(line)) = (block.value("UID"), block.line("RECURRENCE-ID"))
            && look.spend(1)
            && let Some(when) = look.when(line, &line.value)
            && look.is_near(when.wall, LONGEST_USUAL)
        {
            let (at, _) = look.instants(&when);
            look.moved.entry(uid.to_owned()).or_default().insert(at);
        }
    }
    for block in blocks(calendar) {
        if !look.spend(1) {
            break;
        }
        match block.name.as_str() {
            "VEVENT" => look.event(&block),
            "VFREEBUSY" => look.free_busy(&block),
            _ => {}
        }
    }
    Ok(Busy {
        spans: few(Spans::of(look.found)).within(from, to),
        unnamed: few(Spans::of(look.unnamed)).within(from, to),
        doubts: look.told,
    })
}

/// As few stretches as a calendar of a person has: where there are more, every quarter of an hour that is touched counts as taken.
fn few(spans: Spans) -> Spans {
    if spans.iter().count() <= MOST_SPANS {
        return spans;
    }
    let quarter = Duration::minutes(15);
    let coarse = spans.iter().map(|(start, end)| {
        let round = |at: Timestamp| at.duration_trunc(quarter).unwrap_or(at);
        (round(start), round(end) + quarter)
    });
    Spans::of(coarse.collect())
}

/// What is known while a calendar is read.
struct Look<'a> {
    clocks: &'a Clocks,
    /// What the names of zones lead to.
    zones: HashMap<String, Option<Clock<'a>>>,
    /// Occurrences with an entry of their own, by UID.
    moved: HashMap<String, HashSet<Timestamp>>,
    owner: Owner<'a>,
    from: Timestamp,
    to: Timestamp,
    left: usize,
    found: Vec<(Timestamp, Timestamp)>,
    unnamed: Vec<(Timestamp, Timestamp)>,
    doubts: HashSet<Doubt>,
    told: Vec<Doubt>,
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
    /// Counts work. False when there was too much of it.
    fn spend(&mut self, work: usize) -> bool {
        let enough = self.left.checked_sub(work);
        self.left = enough.unwrap_or(0);
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
                self.found.push((first, end));
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
        let before = (*work).min(self.left);
        let mut left = before;
        let days = rule.days(start.wall.date(), from, to, &mut left);
        *work -= before - left;
        self.left -= before - left;
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
                    Some(stretch) => self.unnamed.push(stretch),
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
        if self.told.len() < MOST_DOUBTS && self.doubts.insert(doubt.clone()) {
            self.told.push(doubt);
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
