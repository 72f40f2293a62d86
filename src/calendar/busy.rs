//! Busy times out of somebody's calendar: a feed of events (ICS) or an answer to "when are you free" (VFREEBUSY).   RFC 5545 3.6.1, 3.6.4
//!
//! In: the bytes, the zone of the calendar's owner, the stretch that matters. Out: when they are taken, and what was not understood.
//! Never here: fetching it. Feeds lag by hours: good for proposing around, and no word on whether a time is still free.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};

use super::blocks::{Block, blocks};
use super::lines::Line;
use super::moment::{self, Clocks};
use super::repeat::{Repeat, Until};
use super::{LocalTime, Spans, Zone};
use crate::model::Timestamp;

/// When somebody is taken, as far as their calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Busy {
    /// When they are taken.
    pub spans: Spans,
    /// What was not understood: they may be taken at other times as well.
    pub doubts: Vec<Doubt>,
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
    #[error("the calendar has {0} bytes, more than the {MAX_BYTES} that are read: ask for one that holds less of the past")]
    TooLarge(usize),
    /// Another file.
    #[error("this is no calendar: it does not begin with BEGIN:VCALENDAR; is the address one that needs a login?")]
    Other,
}

/// The largest calendar read, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Entries looked at, and steps taken to see when they come again.
const MOST_WORK: usize = 1_000_000;
/// More doubts than anybody reads.
const MOST_DOUBTS: usize = 20;

/// Reads when the owner is taken between two instants.
///
/// # Errors
/// Says why the bytes are no calendar that can be read.
pub fn busy(calendar: &[u8], owner: Zone, from: Timestamp, to: Timestamp) -> Result<Busy, NoCalendar> {
    if calendar.len() > MAX_BYTES {
        return Err(NoCalendar::TooLarge(calendar.len()));
    }
    let first = super::lines::lines(calendar).next();
    if !first.is_some_and(|line| line.name == "BEGIN" && line.value.trim().eq_ignore_ascii_case("VCALENDAR")) {
        return Err(NoCalendar::Other);
    }
    let mut look = Look {
        clocks: Clocks::default(),
        moved: HashMap::new(),
        owner,
        from,
        to,
        left: MOST_WORK,
        found: Vec::new(),
        doubts: HashSet::new(),
        told: Vec::new(),
    };
    // Zones, and occurrences that were moved, may stand behind the entries they are about.
    let mut moved = Vec::new();
    for block in blocks(calendar) {
        look.clocks.learn(&block);
        if let (Some(uid), Some(line)) = (block.value("UID"), block.line("RECURRENCE-ID"))
            && let Some(when) = When::of(line, &line.value)
        {
            moved.push((uid.to_owned(), when));
        }
    }
    for (uid, when) in moved {
        let (at, _) = look.instants(&when);
        look.moved.entry(uid).or_default().insert(at);
    }
    for block in blocks(calendar) {
        if look.left == 0 {
            look.doubt(Doubt::Most);
            break;
        }
        look.left -= 1;
        match block.name.as_str() {
            "VEVENT" => look.event(&block),
            "VFREEBUSY" => look.free_busy(&block),
            _ => {}
        }
    }
    Ok(Busy {
        spans: Spans::of(look.found).within(from, to),
        doubts: look.told,
    })
}

/// What is known while a calendar is read.
struct Look {
    clocks: Clocks,
    /// Occurrences with an entry of their own, by UID.
    moved: HashMap<String, HashSet<Timestamp>>,
    owner: Zone,
    from: Timestamp,
    to: Timestamp,
    left: usize,
    found: Vec<(Timestamp, Timestamp)>,
    doubts: HashSet<Doubt>,
    told: Vec<Doubt>,
}

/// A time of an entry, still on its wall.
#[derive(Debug, Clone)]
struct When {
    wall: NaiveDateTime,
    place: Place,
    /// A day without a time.
    whole_day: bool,
}

/// When an entry comes: on its wall, and the instants that can mean.
type Time = (NaiveDateTime, (Timestamp, Timestamp));

/// Whose wall.
#[derive(Debug, Clone)]
enum Place {
    Utc,
    Named(String),
    Owner,
}

impl When {
    /// One of the times of a line.
    fn of(line: &Line, value: &str) -> Option<Self> {
        let value = value.trim();
        if let Some(at) = moment::utc(value) {
            return Some(Self {
                wall: at.naive_utc(),
                place: Place::Utc,
                whole_day: false,
            });
        }
        Some(Self {
            wall: moment::wall(value)?,
            place: line.parameter("TZID").map_or(Place::Owner, |name| Place::Named(name.to_owned())),
            whole_day: !value.contains(['T', 't']),
        })
    }

    fn on(&self, wall: NaiveDateTime) -> Self {
        Self { wall, ..self.clone() }
    }
}

impl Look {
    fn event(&mut self, event: &Block) {
        let is = |name: &str, value: &str| event.value(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        if is("STATUS", "CANCELLED") || is("TRANSP", "TRANSPARENT") || is("X-MICROSOFT-CDO-BUSYSTATUS", "FREE") {
            return;
        }
        let start = event.line("DTSTART").and_then(|line| When::of(line, &line.value));
        let Some((start, length)) = start.and_then(|start| Some((start.clone(), self.length(event, &start)?))) else {
            return self.doubt(Doubt::Time);
        };
        if length == Duration::zero() {
            return;
        }
        // An occurrence that was moved is one entry, whatever rule it carries along.
        let again = event.line("RECURRENCE-ID").is_none() && event.lines.iter().any(|line| matches!(line.name.as_str(), "RRULE" | "RDATE"));
        let times = if again {
            self.again(event, &start, length)
        } else {
            vec![self.instants(&start)]
        };
        for (first, last) in times {
            if let Some(end) = last.checked_add_signed(length) {
                self.found.push((first, end));
            }
        }
    }

    /// All times at which an entry comes, within what matters.
    fn again(&mut self, event: &Block, start: &When, length: Duration) -> Vec<(Timestamp, Timestamp)> {
        let lines = |name: &'static str| event.lines.iter().filter(move |line| line.name == name);
        let mut times = vec![(start.wall, self.instants(start))];
        for line in lines("RDATE") {
            for date in line.value.split(',') {
                match When::of(line, date) {
                    Some(when) => times.push((when.wall, self.instants(&when))),
                    None => self.doubt(Doubt::Rule(line.value.chars().take(80).collect())),
                }
            }
        }
        for line in lines("RRULE") {
            match self.by_rule(&line.value, start, length) {
                Some(found) => times.extend(found),
                None => self.doubt(Doubt::Rule(line.value.chars().take(80).collect())),
            }
        }
        let mut gone: HashSet<Timestamp> = HashSet::new();
        let mut gone_days = HashSet::new();
        for line in lines("EXDATE") {
            for when in line.value.split(',').filter_map(|date| When::of(line, date)) {
                if when.whole_day && !start.whole_day {
                    gone_days.insert(when.wall.date());
                } else {
                    gone.insert(self.instants(&when).0);
                }
            }
        }
        let moved = event.value("UID").and_then(|uid| self.moved.get(uid));
        let stands = |(wall, (at, _)): &Time| {
            !gone.contains(at) && !gone_days.contains(&wall.date()) && !moved.is_some_and(|moved| moved.contains(at))
        };
        times.into_iter().filter(stands).map(|(_, instants)| instants).collect()
    }

    /// The times at which a rule brings an entry back; `None` when it is not understood, or too much work.
    fn by_rule(&mut self, rule: &str, start: &When, length: Duration) -> Option<Vec<Time>> {
        let rule = Repeat::parse(rule)?;
        let day = |at: Timestamp, more: Duration| at.checked_add_signed(more).map(|at| at.date_naive());
        // Two days more on either side: the wall may be one of anywhere.
        let (from, to) = (day(self.from, -length - Duration::days(2))?, day(self.to, Duration::days(2))?);
        let days = rule.days(start.wall.date(), from, to, &mut self.left)?;
        let walls = days.into_iter().map(|day| day.and_time(start.wall.time()));
        let times = walls.map(|wall| (wall, self.instants(&start.on(wall))));
        Some(
            times
                .filter(|(wall, (at, _))| match rule.until {
                    None => true,
                    Some(Until::Wall(until)) => *wall <= until,
                    Some(Until::Utc(until)) => at.naive_utc() <= until,
                })
                .collect(),
        )
    }

    fn free_busy(&mut self, list: &Block) {
        for line in list.lines.iter().filter(|line| line.name == "FREEBUSY") {
            if line.parameter("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("FREE")) {
                continue;
            }
            for period in line.value.split(',') {
                let read = period.trim().split_once('/').and_then(|(start, end)| {
                    let start = moment::utc(start)?;
                    let end = moment::utc(end).or_else(|| start.checked_add_signed(moment::duration(end)?))?;
                    Some((start, end))
                });
                match read {
                    Some(stretch) => self.found.push(stretch),
                    None => self.doubt(Doubt::Time),
                }
            }
        }
    }

    /// How long an entry takes: until its end, for its duration, a day that has no times, or no time at all.
    fn length(&mut self, event: &Block, start: &When) -> Option<Duration> {
        let length = match (event.line("DTEND"), event.value("DURATION")) {
            (Some(line), _) => self.instants(&When::of(line, &line.value)?).1 - self.instants(start).0,
            (None, Some(length)) => moment::duration(length)?,
            (None, None) if start.whole_day => Duration::days(1),
            (None, None) => Duration::zero(),
        };
        (length >= Duration::zero()).then_some(length)
    }

    /// The earliest and the latest instant that a wall can mean: one, but for the hour that is shown twice.
    fn instants(&mut self, when: &When) -> (Timestamp, Timestamp) {
        let mut wall = when.wall;
        // What is jumped over in spring means the time after; no zone jumps over more than a day.
        for _ in 0..=48 {
            match self.meaning(wall, &when.place) {
                LocalTime::One(at) => return (at, at),
                LocalTime::Two(first, second) => return (first, second),
                LocalTime::None => wall = wall.checked_add_signed(Duration::minutes(30)).unwrap_or(wall),
            }
        }
        let at = DateTime::from_naive_utc_and_offset(when.wall, Utc);
        (at, at)
    }

    fn meaning(&mut self, wall: NaiveDateTime, place: &Place) -> LocalTime {
        match place {
            Place::Utc => LocalTime::One(DateTime::from_naive_utc_and_offset(wall, Utc)),
            Place::Owner => self.owner.instant(wall),
            Place::Named(name) => match self.clocks.instant(name, wall) {
                Some(meant) => meant,
                None => {
                    self.doubt(Doubt::Zone(name.chars().take(80).collect()));
                    self.owner.instant(wall)
                }
            },
        }
    }

    fn doubt(&mut self, doubt: Doubt) {
        if self.told.len() < MOST_DOUBTS && self.doubts.insert(doubt.clone()) {
            self.told.push(doubt);
        }
    }
}
