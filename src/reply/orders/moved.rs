//! Where an interview is moved to: another day, another hour, so much later.
//!
//! In: a sentence and the part of it that the order owns. Out: the new instant, or that one is to be found. Never here: a time that could be
//! the old one.

use std::sync::LazyLock;

use chrono::{Duration, NaiveDate};
use regex::Regex;

use super::line::{Hit, Line};
use super::people::bytes;
use super::plain;
use super::reader::Reader;
use super::{NotClear, Timestamp, Whom, Zone, about, table};

/// "That same Monday": the day it was on.
static SAME_DAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?:on )?(?:the |that )?(?:same|very) (?:mon|tues|wednes|thurs|fri)?day\b").ok());

impl Reader<'_> {
    /// Where an interview is moved to; `None` when no time is named.
    pub(super) fn new_start(&self, line: &Line, hit: &Hit, at: usize) -> Result<Option<Timestamp>, NotClear> {
        let submission = self.id(at)?;
        let slot = self.slot(submission).ok_or(NotClear)?;
        let zone = self.zone_of(Whom::Candidate(submission));
        let written = line.written.text.get(hit.reach.clone()).unwrap_or_default();
        let text = self.text.get(bytes(&self.all, &hit.on)).unwrap_or_default();
        let folded = about::folded(text).join(" ");
        if let Some(by) = shift(&folded) {
            return Ok(Some(slot.start + by?));
        }
        if let Some(words) = table::words_of("weeks", &folded) {
            return self.days_on(folded.get(words).unwrap_or_default(), slot.start, zone).map(Some);
        }
        let behind = line.written.text.get(hit.at.end..).unwrap_or_default().trim_start();
        let behind = behind.strip_prefix("please ").unwrap_or(behind);
        let own = line.written.text.get(hit.at.clone()).unwrap_or_default();
        if !own.contains('~') && behind.starts_with(',') && behind.contains('~') && !plain::has_hour(text, self.asked.today) {
            // "Reschedule Owen, Tamsin is ill this week": the days that do not suit.
            return Ok(None);
        }
        if table::is("new_times", written) && !table::is("new_time_is", written) {
            return Ok(None);
        }
        let (part, marked) = new_part(text);
        let mut stretches: Vec<&str> = self.stretches(line, &hit.on);
        let spoken: Vec<&str> = plain::spoken_of(part).into_iter().filter_map(|one| part.get(one)).collect();
        if !spoken.is_empty() {
            stretches.clone_from(&spoken);
        }
        let digit = |c: char| c.is_ascii_digit();
        let mut named = stretches.join(" ");
        if named.is_empty() && !part.contains(digit) {
            // Where the sentence speaks of a time, it may be the one that is meant.
            let silent = self.stretches(line, &line.tokens).is_empty() || table::is("old_time", written);
            return if silent { Ok(None) } else { Err(NotClear) };
        }
        // "Needs her at 3, not 2, tomorrow"
        let at = part.rfind(" at ").and_then(|at| part.get(at + " at ".len()..));
        if let Some(hour) = at.filter(|rest| spoken.is_empty() && !named.contains(digit) && rest.starts_with(digit)) {
            named = hour.to_owned();
        }
        // "From 9 to 11": the hour behind the "to" alone.
        let alone = spoken.is_empty() || !named.contains(digit);
        if named.is_empty() || marked && part.trim_start().starts_with(digit) && alone {
            named = part.to_owned();
        }
        let start = match stretches.as_slice() {
            [_, _, _, ..] => return Err(NotClear),
            _ if table::is("same_time", &folded) => self.at_same_hour(&named, slot.start, zone),
            _ => self.at_new_hour(&named, slot.start, zone).filter(|start| *start != slot.start),
        };
        start.map(Some).ok_or(NotClear)
    }

    /// "Friday, same time".
    pub(super) fn at_same_hour(&self, named: &str, old: Timestamp, zone: Zone) -> Option<Timestamp> {
        let bare = without(named, &["same time", "at the same time", "same hour", "at the same hour"]);
        let day = self.times(&bare, zone);
        let days: Vec<NaiveDate> = day.open.iter().map(|(start, _)| zone.local(start).date()).collect();
        let [day] = days.as_slice() else { return None };
        let hour = zone.local(old).format("%H:%M");
        self.instant(&format!("{} {hour}", day.format("%-d %B %Y")), zone)
    }

    /// An hour, of the day it was on where no day is named.
    pub(super) fn at_new_hour(&self, named: &str, old: Timestamp, zone: Zone) -> Option<Timestamp> {
        let named = named.to_lowercase();
        let named = SAME_DAY
            .as_ref()
            .map_or(named.as_str().into(), |same| same.replace_all(&named, "same day"));
        let bare = without(&named, &["same day", "that day", "on the day"]);
        let of_that_day = bare != named || !has_day(&bare);
        if of_that_day {
            let hour = bare
                .trim_matches([' ', ',', '.'])
                .trim_start_matches("at ")
                .trim_start_matches("by ");
            self.instant(&format!("{} at {hour}", zone.local(old).format("%-d %B %Y")), zone)
        } else {
            self.instant(&named, zone)
        }
    }

    /// "One week later, same hour".
    fn days_on(&self, folded: &str, start: Timestamp, zone: Zone) -> Result<Timestamp, NotClear> {
        let number = if folded.contains("two") || folded.contains('2') { 2 } else { 1 };
        let days = if folded.contains("week") { 7 * number } else { number };
        let days = if table::is("earlier", folded) { -days } else { days };
        let local = zone.local(start) + Duration::days(days);
        self.instant(&local.format("%-d %B %Y at %H:%M").to_string(), zone).ok_or(NotClear)
    }
}

/// What is said of the new time, and whether a "to" stands before it.
fn new_part(text: &str) -> (&str, bool) {
    // What stands behind "instead of" holds no more.
    let old = [" instead of", " rather than", " and not ", " not "]
        .iter()
        .filter_map(|words| text.find(words));
    let old = old.min();
    // "Instead of 10:00, at 12:30": the new one stands behind it.
    let behind = old.and_then(|at| text.get(at..)?.split_once([',', ';']).map(|(_, rest)| rest));
    let hour = |part: &str| part.contains(|c: char| c.is_ascii_digit());
    let text = match (old.and_then(|at| text.get(..at)), behind) {
        (Some(before), Some(rest)) if !hour(before) && hour(rest) => return (rest, true),
        (Some(before), _) => before,
        _ => text,
    };
    // Behind the last "to": what stands before it is where it is moved from.
    let to = [" to ", "->", "→", "=>", " becomes ", " until ", " till ", " auf "];
    let lower = text.to_lowercase();
    let ends = to.iter().filter_map(|word| lower.rfind(word).map(|found| found + word.len()));
    let head = ends.max().unwrap_or(0);
    let part = text.get(head..).unwrap_or(text);
    // "9 that day, he has a flight at lunch"; but "Monday 30th, 10am".
    let goes_on = |rest: &str| rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let cut = part.find([',', ';', '(']).filter(|at| !part.get(at + 1..).is_some_and(goes_on));
    let clause = cut.and_then(|at| part.get(..at)).unwrap_or(part);
    let named = clause.contains(|c: char| c.is_ascii_digit());
    (if named { clause } else { part }, head > 0)
}

/// "an hour later": how much later; `Err` when it cannot be told in which direction.
fn shift(folded: &str) -> Option<Result<Duration, NotClear>> {
    let words = table::words_of("amount", folded)?;
    let amount = folded.get(words).unwrap_or_default();
    let number = amount.split_whitespace().find_map(|word| word.parse::<i64>().ok());
    let hours = amount.contains("hour") || amount.contains("hr") || amount.contains("stunde");
    let minutes = match (number, hours) {
        (Some(number), true) => number * 60,
        (Some(number), false) => number,
        (None, _) if amount.contains("half a") || amount.contains("halbe") => 30,
        (None, _) if amount.contains("quarter") => 15,
        (None, _) if amount.contains("and a half") => 90,
        (None, true) if amount.contains("two") || amount.contains("couple") => 120,
        (None, true) => 60,
        (None, false) => return Some(Err(NotClear)),
    };
    let (later, earlier) = (table::is("later", folded), table::is("earlier", folded));
    Some(match (later, earlier) {
        (true, false) => Ok(Duration::minutes(minutes)),
        (false, true) => Ok(Duration::minutes(-minutes)),
        _ => Err(NotClear),
    })
}

fn without(text: &str, words: &[&str]) -> String {
    let mut text = text.to_lowercase();
    for word in words.iter().rev() {
        text = text.replace(word, " ");
    }
    text
}

/// A day is named, not only hours.
fn has_day(text: &str) -> bool {
    let words = about::folded(text);
    let is_day = |word: &String| table::is("day", word);
    words.iter().any(is_day) || has_dotted_date(text) || text.contains('/') && text.chars().any(|c| c.is_ascii_digit())
}

/// "24.11 at 10:30": a date in two numbers, and an hour besides.
fn has_dotted_date(text: &str) -> bool {
    let numbers: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')
        .filter(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let date = |part: &str| {
        let mut parts = part.trim_end_matches('.').split('.').map(str::parse::<u32>);
        matches!((parts.next(), parts.next()), (Some(Ok(1..=31)), Some(Ok(1..=12))))
    };
    numbers.len() > 1 && numbers.iter().any(|part| date(part))
}
