//! The times that an order needs: one instant to book, where an interview is moved to, when somebody can, the day a pause ends.
//!
//! In: a sentence and the part of it that an order owns. Out: instants. Reading them is [`crate::reply::times`]'s; here it is said what they are
//! read from. Never here: a time that could be another one.

use std::ops::Range;

use chrono::{Duration, NaiveDate};

use super::super::dates;
use super::super::times::{self, Intent};
use super::line::{Hit, Line};
use super::people::{bytes, overlap};
use super::reader::{Reader, What};
use super::{NotClear, Slot, Spans, SubmissionId, Timestamp, Whom, Wish, Zone, about, table};

impl Reader<'_> {
    fn question(&self, zone: Zone) -> times::Asked<'static> {
        times::Asked {
            written: self.desk.written,
            zone,
            ours: self.desk.zone,
            minutes: i32::try_from(self.minutes()).unwrap_or(60),
            options: &[],
            booked: None,
            language: "",
            places: &[],
        }
    }

    fn minutes(&self) -> i64 {
        self.batch.map_or(60, |one| i64::from(one.minutes))
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

    /// The stretches of these tokens that speak of a time, as written.
    fn stretches(&self, line: &Line, tokens: &Range<usize>) -> Vec<&str> {
        let signs = line.written.signs("~").filter(|one| overlap(one, tokens));
        signs.filter_map(|one| self.text.get(bytes(&self.all, &one))).collect()
    }

    /// The one instant that a text names.
    fn instant(&self, text: &str, zone: Zone) -> Option<Timestamp> {
        if table::is("vague", &about::folded(text).join(" ")) {
            return None;
        }
        let read = times::read(text, &self.question(zone));
        let spans: Vec<(Timestamp, Timestamp)> = read.open.iter().collect();
        match spans.as_slice() {
            [(start, end)] if (*end - *start).num_minutes() <= self.minutes() && !read.asks() && self.zones_agree(&read, zone) => {
                (*start > self.desk.written).then_some(*start)
            }
            _ => None,
        }
    }

    /// The one instant that these tokens name.
    pub(super) fn start(&self, line: &Line, tokens: &Range<usize>, at: usize) -> Result<Timestamp, NotClear> {
        let zone = self.zone_of(self.whom(at)?);
        let stretches = self.stretches(line, tokens);
        let instants: Vec<Timestamp> = stretches.iter().filter_map(|text| self.instant(text, zone)).collect();
        match (instants.as_slice(), stretches.as_slice()) {
            ([one], [_]) => Ok(*one),
            // "Thursday, Fiona confirmed it, at eleven"
            ([], [first, second]) => self.instant(&format!("{first} {second}"), zone).ok_or(NotClear),
            ([one], [_, ..]) => Ok(*one),
            _ => Err(NotClear),
        }
    }

    /// A booking; where the interview is booked for another time, it is moved.
    pub(super) fn booked_at(&self, submission: SubmissionId, start: Timestamp) -> Wish {
        let booked = self.slot(submission).is_some_and(|slot| slot.start != start);
        if booked {
            Wish::Move {
                submission,
                start: Some(start),
            }
        } else {
            Wish::Book { submission, start }
        }
    }

    fn slot(&self, submission: SubmissionId) -> Option<Slot> {
        let booked = self.batch.map(|batch| batch.booked.as_slice()).unwrap_or_default();
        booked.iter().find(|(id, _)| *id == submission).map(|(_, slot)| *slot)
    }

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
        let local = zone.local(slot.start);
        if table::is("new_times", written) {
            return Ok(None);
        }
        // Behind the last "to": what stands before it is where it is moved from.
        let to = [" to ", "->", "→", "=>", " becomes ", " until ", " till ", " auf "];
        let lower = text.to_lowercase();
        let head = to
            .iter()
            .filter_map(|word| lower.rfind(word).map(|found| found + word.len()))
            .max()
            .unwrap_or(0);
        let part = text.get(head..).unwrap_or(text);
        // "9 that day, he has a flight at lunch"; but "Monday 30th, 10am".
        let goes_on = |rest: &str| rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        let cut = part.find([',', ';', '(']).filter(|at| !part.get(at + 1..).is_some_and(goes_on));
        let clause = cut.and_then(|at| part.get(..at)).unwrap_or(part);
        let part = if clause.contains(|c: char| c.is_ascii_digit()) {
            clause
        } else {
            part
        };
        let mut stretches: Vec<&str> = self.stretches(line, &hit.on);
        let parts: Vec<&str> = times::spoken_of(part).into_iter().filter_map(|one| part.get(one)).collect();
        if !parts.is_empty() {
            stretches = parts;
        }
        let mut named = stretches.join(" ");
        if named.is_empty() && !part.chars().any(|c| c.is_ascii_digit()) {
            // Where the sentence speaks of a time, it may be the one that is meant.
            let silent = self.stretches(line, &line.tokens).is_empty() || table::is("old_time", written);
            return if silent { Ok(None) } else { Err(NotClear) };
        }
        if named.is_empty()
            || head > 0 && part.trim_start().starts_with(|c: char| c.is_ascii_digit()) && !named.contains(|c: char| c.is_ascii_digit())
        {
            named = part.to_owned();
        }
        if stretches.len() > 2 {
            return Err(NotClear);
        }
        let same_time = table::is("same_time", &folded);
        if same_time {
            let day = times::read(
                &without(&named, &["same time", "at the same time", "same hour", "at the same hour"]),
                &self.question(zone),
            );
            let days: Vec<NaiveDate> = day.open.iter().map(|(start, _)| zone.local(start).date()).collect();
            let [day] = days.as_slice() else { return Err(NotClear) };
            return self
                .instant(&format!("{} {}", day.format("%-d %B %Y"), local.format("%H:%M")), zone)
                .map(Some)
                .ok_or(NotClear);
        }
        let named = named.to_lowercase();
        let bare = without(&named, &["same day", "that day", "on the day"]);
        let of_that_day = bare != named || !has_day(&bare);
        let read = if of_that_day {
            let hour = bare.trim().trim_start_matches("at ").to_owned();
            self.instant(&format!("{} at {hour}", local.format("%-d %B %Y")), zone)
        } else {
            self.instant(&named, zone)
        };
        read.filter(|start| *start != slot.start).map(Some).ok_or(NotClear)
    }

    /// When somebody can.
    pub(super) fn availability(&self, line: &Line, hit: &Hit) -> Result<Vec<What>, NotClear> {
        let by = self.whose(line, hit)?;
        let zone = by.map_or(self.desk.zone, |by| self.zone_of(by));
        // What stands behind the next name is theirs.
        let next = line.mentions.iter().map(|one| one.tokens.start).find(|start| *start >= hit.own.end);
        let on = hit.on.start..next.unwrap_or(hit.on.end).min(hit.on.end);
        let whole = self.text.get(bytes(&self.all, &on)).unwrap_or_default();
        let around = line.written.text.get(hit.reach.clone()).unwrap_or_default();
        if table::is("vague", &about::folded(whole).join(" ")) {
            return Err(NotClear);
        }
        let stretches = self.stretches(line, &on);
        let mut texts = vec![whole.to_owned()];
        if !table::is("negative", around) {
            texts.insert(0, stretches.join(", "));
            texts.extend(
                stretches
                    .first()
                    .and_then(|first| whole.get(whole.find(first)?..))
                    .map(ToOwned::to_owned),
            );
        }
        let clear = |text: &String| {
            let read = times::read(text, &self.question(zone));
            let sure = read.intent == Intent::Availability && !read.asks() && !read.open.is_empty() && self.zones_agree(&read, zone);
            sure.then_some(read.open)
                .filter(|open| open.iter().take(MOST + 1).count() <= MOST && open.iter().all(|span| self.is_of_hours(span)))
        };
        // Several that are clear each, in a sentence that is not clear as a whole.
        let each = || {
            let all: Option<Vec<Spans>> = stretches.iter().map(|one| clear(&(*one).to_owned())).collect();
            let all = all.filter(|all| !all.is_empty() && !table::is("negative", around))?;
            Some(all.iter().fold(Spans::default(), |open, more| open.union(more)))
        };
        let open: Spans = texts.iter().find_map(clear).or_else(each).ok_or(NotClear)?;
        // "13:00 same day", of an interview that is booked: a new time for it, or one more that suits?
        let booked = matches!(by, Some(Whom::Candidate(id)) if self.slot(id).is_some());
        if booked && line.mentions.is_empty() && table::is("bare_time", &line.written.text) {
            return Err(NotClear);
        }
        Ok(vec![match by {
            Some(by) => What::Do(Wish::Times { by, open }),
            None => What::Loose(open),
        }])
    }

    /// Somebody named hours: neither a whole day, nor from the very moment of writing on.
    fn is_of_hours(&self, (start, end): (Timestamp, Timestamp)) -> bool {
        (end - start).num_hours() < WHOLE_DAY && start != self.desk.written
    }

    /// The day a pause ends.
    pub(super) fn day(&self, line: &Line, hit: &Hit) -> Result<NaiveDate, NotClear> {
        let zone = self.desk.zone;
        let today = zone.local(self.desk.written).date();
        let of_text = |text: &str| {
            if table::is("vague", &about::folded(text).join(" ")) {
                return Err(NotClear);
            }
            let read = times::read(text, &self.question(zone));
            let mut days: Vec<NaiveDate> = read.open.iter().map(|(start, _)| zone.local(start).date()).collect();
            days.dedup();
            match days.as_slice() {
                _ if read.asks() => Err(NotClear),
                [day] => Ok(Some(*day)),
                _ => Ok(None),
            }
        };
        let mut stretches = self.stretches(line, &hit.own);
        if stretches.is_empty() {
            stretches = self.stretches(line, &hit.on);
        }
        let found = match stretches.as_slice() {
            [one] => of_text(one)?,
            [_, ..] => return Err(NotClear),
            [] => None,
        };
        let found = found.or_else(|| dates::find(&self.all, hit.on.clone(), today).map(|(_, day)| day));
        found.filter(|day| *day > today).ok_or(NotClear)
    }
}

/// Nobody names more stretches of time in one breath.
const MOST: usize = 8;

/// Hours: so long is what a day's name alone stands for.
const WHOLE_DAY: i64 = 9;

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
    words.iter().any(is_day) || text.contains('/') && text.chars().any(|c| c.is_ascii_digit())
}
