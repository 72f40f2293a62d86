//! The times that an order needs: one instant to book, where an interview is moved to, when somebody can, the day a pause ends.
//!
//! In: a sentence and the part of it that an order owns. Out: instants. Reading them is [`crate::reply::times`]'s; here it is said what they are
//! read from. Never here: a time that could be another one.

use std::ops::Range;

use chrono::{Days, Months, NaiveDate};

use super::super::dates;
use super::super::times::{self, Intent};
use super::line::{Hit, Line};
use super::people::{bytes, named, overlap};
use super::plain;
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

    /// What a text says of times, in this zone.
    pub(super) fn times(&self, text: &str, zone: Zone) -> times::Times {
        let today = zone.local(self.desk.written).date();
        times::read(&plain::plain(text, today), &self.question(zone))
    }

    /// It names no time that could be told; what a date or hours beside it tell is not vague.
    fn is_vague(&self, text: &str) -> bool {
        table::is("vague", &about::folded(&plain::plain(text, self.asked.today)).join(" "))
    }

    pub(super) fn minutes(&self) -> i64 {
        self.batch.map_or(60, |one| i64::from(one.minutes))
    }

    pub(super) fn zone_of(&self, by: Whom) -> Zone {
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
    pub(super) fn stretches(&self, line: &Line, tokens: &Range<usize>) -> Vec<&str> {
        let signs = line.written.signs("~").filter(|one| overlap(one, tokens));
        signs.filter_map(|one| self.text.get(bytes(&self.all, &one))).collect()
    }

    /// The one instant that a text names.
    pub(super) fn instant(&self, text: &str, zone: Zone) -> Option<Timestamp> {
        if self.is_vague(text) {
            return None;
        }
        let read = self.times(text, zone);
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
        let read = |text: &str| self.instant(text, zone).or_else(|| self.on_same_day(text, zone));
        let instants: Vec<Timestamp> = stretches.iter().filter_map(|text| read(text)).collect();
        match (instants.as_slice(), stretches.as_slice()) {
            ([one], [_]) => Ok(*one),
            // "Thursday, Fiona confirmed it, at eleven"
            ([], [first, second]) => self.instant(&format!("{first} {second}"), zone).ok_or(NotClear),
            ([one], [_, ..]) => {
                // An hour beside it that was not understood may be the one that is meant.
                let other = |text: &&str| plain::has_hour(text, self.asked.today) && read(text).is_none();
                if stretches.iter().any(other) { Err(NotClear) } else { Ok(*one) }
            }
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

    pub(super) fn slot(&self, submission: SubmissionId) -> Option<Slot> {
        let booked = self.batch.map(|batch| batch.booked.as_slice()).unwrap_or_default();
        booked.iter().find(|(id, _)| *id == submission).map(|(_, slot)| *slot)
    }

    /// When somebody can.
    pub(super) fn availability(&self, line: &Line, hit: &Hit) -> Result<Vec<What>, NotClear> {
        if table::is("both_can", line.written.text.get(hit.at.clone()).unwrap_or_default())
            && named(&line.mentions, &line.tokens).is_empty()
        {
            return self.several_can(line, hit);
        }
        let by = self.whose(line, hit)?;
        let zone = by.map_or(self.desk.zone, |by| self.zone_of(by));
        // What stands behind the next name is theirs.
        let next = line.mentions.iter().map(|one| one.tokens.start).find(|start| *start >= hit.own.end);
        let on = hit.on.start..next.unwrap_or(hit.on.end).min(hit.on.end);
        let whole = self.text.get(bytes(&self.all, &on)).unwrap_or_default();
        let around = line.written.text.get(hit.reach.clone()).unwrap_or_default();
        if self.is_vague(whole) {
            return Err(NotClear);
        }
        let stretches = self.stretches(line, &on);
        if let Some(text) = self.same_day(whole, zone) {
            let read = self.times(&text, zone);
            let bare = table::is("bare_moment", line.written.text.get(hit.at.clone()).unwrap_or_default());
            let moment = self.on_same_day(&stretches.join(", "), zone);
            if let Some(start) = moment.filter(|_| bare) {
                return self.again(by, &Spans::of(vec![(start, start + chrono::Duration::minutes(self.minutes()))]));
            }
            let by =
                by.filter(|_| read.intent == Intent::Availability && !read.asks() && read.open.iter().all(|span| self.is_of_hours(span)));
            return by.map(|by| vec![What::Do(Wish::Times { by, open: read.open })]).ok_or(NotClear);
        }
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
        let bare = self.without_what_does_not_suit(whole, zone);
        texts.extend(bare.clone());
        texts.extend(self.with_day_before(line, whole));
        let clear = |text: &String| {
            let read = self.times(text, zone);
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
        if self.is_moment(&open) && table::is("bare_moment", line.written.text.get(hit.at.clone()).unwrap_or_default()) {
            return self.again(by, &open);
        }
        Ok(vec![match by {
            Some(by) => What::Do(Wish::Times { by, open }),
            None => What::Loose(open),
        }])
    }

    /// "Tuesday 9 to 11, not the 4th, no mornings": without the parts that only tell what does not suit; `None` where one of them could take
    /// away from what the others offer.
    fn without_what_does_not_suit(&self, whole: &str, zone: Zone) -> Option<String> {
        let parts: Vec<&str> = whole.split([',', ';', '(', ')', '.']).collect();
        let is_negative = |part: &&&str| table::is("negative", &about::folded(part).join(" "));
        let negative: Vec<&str> = parts.iter().filter(is_negative).copied().collect();
        let rest: Vec<&str> = parts.iter().filter(|part| !is_negative(part)).copied().collect();
        if negative.is_empty() || rest.is_empty() || negative.iter().any(|part| part.contains([':', '-', '–'])) {
            return None;
        }
        let rest = rest.join(",");
        let open: Vec<(Timestamp, Timestamp)> = self.times(&rest, zone).open.iter().collect();
        let touched = |text: &&str| {
            let bare = table::without("negative", &text.to_lowercase()).1;
            let busy: Vec<(Timestamp, Timestamp)> = self.times(&bare, zone).open.iter().collect();
            busy.iter()
                .any(|(start, end)| open.iter().any(|(from, to)| start < to && from < end))
        };
        (!negative.iter().any(touched)).then_some(rest)
    }

    /// "Friday the 6th. 10 to 12.": hours, with the day that the sentence before names alone.
    fn with_day_before(&self, line: &Line, whole: &str) -> Option<String> {
        let number = self.lines.iter().position(|one| one.tokens == line.tokens)?.checked_sub(1)?;
        let before = self.lines.get(number)?;
        let stretches = self.stretches(before, &before.tokens);
        let [day] = stretches.as_slice() else { return None };
        let bare = table::is("bare_time", &line.written.text) && table::is("date_alone", &about::folded(day).join(" "));
        bare.then(|| format!("{day} {whole}"))
    }

    /// "Both are free on Thursday from 2 to 5"
    fn several_can(&self, line: &Line, hit: &Hit) -> Result<Vec<What>, NotClear> {
        let who = self.everybody(line.written.text.get(hit.at.clone()).unwrap_or_default())?;
        let whole = self.text.get(bytes(&self.all, &hit.on)).unwrap_or_default();
        let read = self.times(whole, self.desk.zone);
        let sure = read.intent == Intent::Availability && !read.asks() && !read.open.is_empty() && self.zones_agree(&read, self.desk.zone);
        if !sure || !read.open.iter().all(|span| self.is_of_hours(span)) {
            return Err(NotClear);
        }
        let of_one = |at: &usize| {
            let by = self.whom(*at)?;
            Ok(What::Do(Wish::Times {
                by,
                open: read.open.clone(),
            }))
        };
        who.iter().map(of_one).collect()
    }

    /// "Nadia could do the same day 14:00-16:00": the hours, with the day that was told last.
    fn same_day(&self, whole: &str, zone: Zone) -> Option<String> {
        let lower = whole.to_lowercase();
        let at = ["same day", "that day"]
            .iter()
            .find_map(|word| lower.find(word).map(|at| at + word.len()))?;
        let day = self.day_told(zone)?;
        let hours = plain::spoken_of(lower.get(at..)?).into_iter().next()?;
        Some(format!("{day} {}", lower.get(at..)?.get(hours)?))
    }

    /// "Ana on Tuesday at 10 and Ben on the same day at 11"
    fn on_same_day(&self, text: &str, zone: Zone) -> Option<Timestamp> {
        let lower = text.to_lowercase();
        let word = ["the same day", "same day", "that day"]
            .into_iter()
            .find(|word| lower.contains(word))?;
        let rest = lower.replace(word, " ");
        let hour = rest.trim().trim_start_matches("on ").trim().trim_start_matches("at ");
        self.instant(&format!("{} at {hour}", self.day_told(zone)?), zone)
    }

    /// The day that was told last.
    fn day_told(&self, zone: Zone) -> Option<String> {
        let last = self.drafts.iter().rev().find_map(|draft| match &draft.what {
            What::Do(Wish::Times { open, .. }) => open.iter().last().map(|(start, _)| start),
            What::Do(Wish::Book { start, .. } | Wish::Move { start: Some(start), .. }) => Some(*start),
            _ => None,
        })?;
        Some(zone.local(last).format("%-d %B %Y").to_string())
    }

    /// One moment, and no stretch from which one could be chosen.
    pub(super) fn is_moment(&self, open: &Spans) -> bool {
        let mut spans = open.iter();
        let one = spans
            .next()
            .is_some_and(|(start, end)| (end - start).num_minutes() <= self.minutes());
        one && spans.next().is_none()
    }

    /// "Book Ana Tuesday at 3. Ben Thursday at 9.": the same is wanted; else a name and a moment may be a booking or an offer.
    fn again(&self, by: Option<Whom>, open: &Spans) -> Result<Vec<What>, NotClear> {
        let booked = self.drafts.last().is_some_and(|last| match &last.what {
            What::Do(wish) => matches!(wish, Wish::Book { .. } | Wish::Move { start: Some(_), .. }),
            // "Please book:", and a line for each.
            What::BookAt(who) => who.is_empty(),
            _ => false,
        });
        match (by, open.iter().next()) {
            (Some(Whom::Candidate(id)), Some((start, _))) if booked => Ok(vec![What::Do(self.booked_at(id, start))]),
            _ => Err(NotClear),
        }
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
            // "this until Friday 11 December"
            let lower = text.to_lowercase();
            let until = ["until ", "till ", "til ", "before ", "bis zum ", "bis "].iter();
            let head = until
                .filter_map(|word| lower.rfind(word).map(|at| at + word.len()))
                .max()
                .unwrap_or(0);
            let text = text.get(head..).unwrap_or(text);
            if self.is_vague(text) {
                return Err(NotClear);
            }
            let read = self.times(text, zone);
            let mut days: Vec<NaiveDate> = read.open.iter().map(|(start, _)| zone.local(start).date()).collect();
            days.dedup();
            match days.as_slice() {
                _ if read.asks() => Err(NotClear),
                [day] => Ok(Some(*day)),
                [_, ..] => Err(NotClear),
                [] => Ok(None),
            }
        };
        let mut stretches = self.stretches(line, &hit.own);
        let own = line.written.text.get(hit.at.clone()).unwrap_or_default();
        let told_before = table::is("until_then", own);
        if stretches.is_empty() && !told_before {
            stretches = self.stretches(line, &hit.on);
        }
        if stretches.is_empty() {
            // "She is away until Monday. Nothing before that."
            let number = self.lines.iter().position(|one| one.tokens == line.tokens).unwrap_or(0);
            let before = self.lines.get(..number + usize::from(!told_before)).unwrap_or_default().iter();
            stretches = before
                .rev()
                .map(|one| self.stretches(one, &one.tokens))
                .find(|all| !all.is_empty())
                .unwrap_or_default();
        }
        // "Till Monday week, the 23rd"
        let behind = line.written.text.get(hit.at.end..).unwrap_or_default();
        if behind.starts_with(" week") {
            let all = self.stretches(line, &hit.on);
            stretches = all.get(1..).map(<[&str]>::to_vec).filter(|rest| rest.len() == 1).ok_or(NotClear)?;
        }
        let found = match stretches.as_slice() {
            [one] if !table::is("duration", &about::folded(one).join(" ")) => of_text(one)?,
            [_] => None,
            [_, ..] => return Err(NotClear),
            [] => None,
        };
        let own = self.text.get(bytes(&self.all, &hit.on)).unwrap_or_default();
        let found = found.or_else(|| lasting(&about::folded(own).join(" "), today));
        let found = found.or_else(|| dates::find(&self.all, hit.on.clone(), today).map(|(_, day)| day));
        found.filter(|day| *day > today).ok_or(NotClear)
    }
}

/// Nobody names more stretches of time in one breath.
const MOST: usize = 8;

/// Hours: so long is what a day's name alone stands for.
const WHOLE_DAY: i64 = 9;

/// The day that a stretch from today on ends: "for two weeks".
fn lasting(folded: &str, today: NaiveDate) -> Option<NaiveDate> {
    let words = folded.get(table::words_of("duration", folded)?)?.split_whitespace();
    let number = words.clone().find_map(|word| match word {
        "a" | "one" | "eine" => Some(1),
        "two" | "couple" | "zwei" => Some(2),
        "three" | "drei" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        "six" => Some(6),
        "ten" => Some(10),
        digits => digits.parse::<u32>().ok(),
    })?;
    let unit = words.last()?;
    if unit.starts_with("mon") {
        return today.checked_add_months(Months::new(number));
    }
    let days = if unit.starts_with('w') { 7 } else { 1 };
    today.checked_add_days(Days::new(u64::from(number) * days))
}
