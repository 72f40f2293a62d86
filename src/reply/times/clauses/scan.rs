//! Days, hours and zones where they stand in a text.

use super::super::clock::Clock;
use super::super::day::{Days, Week};
use super::super::doubts::{Unsure, Why};
use super::super::items::Items;
use super::super::lex::{Lex, Part, Tongue, Unit, What};
use super::super::zones;
use super::walk::{Of, Term, Walk};
use super::{Mark, Scan};

/// So far before a length of time stands the word that says what is moved by it.
pub(super) const WORDS_BEFORE: usize = 30;

impl Scan<'_> {
    /// Reads what begins at an item; returns how many items it takes.
    pub(super) fn step(&self, at: usize, walk: &mut Walk) -> usize {
        // "0113 496 0000 | Mon-Fri 9-5"
        if at > 0 && self.items.what(at - 1) == Some(&What::Line) && (self.is_signature(at) || self.reached_at(at, !walk.terms.is_empty()))
        {
            return self.rest_of_line(at);
        }
        if let Some(used) = self.greets(at) {
            walk.end_sentence();
            return used;
        }
        if let Some(used) = self.grid(at, walk) {
            return used;
        }
        if let Some((clock, used)) = self.cells(at, walk) {
            walk.term(Of::Hours(clock), self.bytes(at, used));
            return used;
        }
        if let Some(used) = self.separator(at, walk) {
            return used;
        }
        // "1) Mon 2-4pm 2) Tue after 11"
        if matches!(self.items.what(at), Some(What::Num(1..=20, 1 | 2)))
            && self.items.what(at + 1) == Some(&What::Mark(')'))
            && !walk.inside
        {
            walk.end_sentence();
            return 2;
        }
        let hours_before = walk
            .terms
            .last()
            .is_some_and(|term| matches!(term.what, Of::Hours(_)) && walk.gap.width() == 0);
        // "bei Ihnen ist es dann schon Nachmittag": the same time, as others say it.
        if self.items.lex(at) == Some(Lex::Elsewhere) && !walk.terms.is_empty() {
            let rest = (at..self.items.len()).take_while(|at| {
                !matches!(
                    self.items.what(*at),
                    Some(What::Line | What::Mark(',' | '.' | '!' | '?' | ';' | ')'))
                )
            });
            let tells_time = |at: usize| matches!(self.items.what(at), Some(What::Num(..) | What::Lex(Lex::Part(_))));
            // "mas aqui é feriado na segunda" tells something else.
            return if rest.clone().any(tells_time) { rest.count().max(1) } else { 1 };
        }
        let place = self.place_here(at, walk);
        if let Some(zone) = zones::whose(self.items, at, place.or(walk.writer).unwrap_or(self.own), self.ours) {
            self.zone(zone, 1, walk);
            return 1;
        }
        if let Some(named) = zones::read(self.text, self.items, at, hours_before, self.own, self.tongue == Tongue::En) {
            if named.twin {
                walk.doubts.push(Unsure {
                    zones: named.other.map(|other| (named.zone, other)),
                    ..Unsure::of(Why::Zone, self.bytes(at, named.used))
                });
            }
            let bytes = self.bytes(at, named.used);
            if named.perhaps
                && let Some(used) = self.stays(at + named.used, named.zone, walk)
            {
                walk.writer = Some(named.zone);
                return named.used + used;
            }
            if named.perhaps {
                walk.places.push((named.zone, bytes, walk.sentence));
                // The words count as any other.
                self.word(at, walk);
                return 1;
            }
            // "I'm in Toronto until the 20th, so think in Toronto time": where they write from, and how long.
            if let Some(used) = self.stays(at + named.used, named.zone, walk) {
                walk.writer = Some(named.zone);
                return named.used + used;
            }
            // "I'm in Rome that week": not where they write from.
            let behind = self.dates.read(self.items.skip(at + named.used, &[Lex::On, Lex::Of])).is_some();
            let before = walk.unit().has_days && !walk.unit().offers && !walk.unit().has_hours;
            // "None of those work, I'm in Houston for a rollout": why it is refused, not where they write from.
            let end = at + named.used;
            let visit = self.tongue == Tongue::En
                && self
                    .text
                    .get(self.bytes(end, 1))
                    .is_some_and(|word| word.eq_ignore_ascii_case("for"))
                && self.clocks.read(end).is_none()
                && walk.units.iter().any(|unit| unit.sentence == walk.sentence && unit.refuses);
            if named.of_writer && (behind || before || visit) {
                walk.places.push((named.zone, bytes, walk.sentence));
                // "Monday to Wednesday I'm in Paris": away, most likely.
                if before {
                    walk.unit().unknown_after += 2;
                } else if behind && self.tongue != Tongue::En {
                    // "sono a New York fino al 20": told, and nothing offered.
                    walk.unit().unknown_before += 2;
                }
            } else if named.of_writer {
                walk.writer = Some(named.zone);
            } else {
                self.zone(named.zone, named.used, walk);
            }
            return named.used;
        }
        // "your email of 5 February", "our call on Tuesday": of the past.
        if self.items.lex(at) == Some(Lex::WrittenOn) {
            let next = self.items.skip(at + 1, &[Lex::Of, Lex::On, Lex::From]);
            let day = self.dates.read(next).map_or(1, |found| next + found.used - at);
            let hour = (day > 1 && matches!(self.items.lex(at + day), Some(Lex::At | Lex::AtOrTill)))
                .then(|| self.clocks.read(at + day))
                .flatten();
            return day + hour.map_or(0, |hour| hour.used);
        }
        if let Some(used) = self.both(at, walk) {
            return used;
        }
        if let Some(used) = self.day_or_hours(at, walk) {
            return used;
        }
        // "indico gli orari italiani"
        let zone_follows =
            || zones::read(self.text, self.items, at + 1, false, self.own, self.tongue == Tongue::En).is_some_and(|named| !named.perhaps);
        if self.items.lex(at) == Some(Lex::OfficeHours) && zone_follows() {
            return 1;
        }
        if self.items.lex(at) == Some(Lex::OfficeHours) && self.signature_follows(at) {
            return self.rest_of_line(at);
        }
        // "ai vostri orari": the hours of others.
        if self.items.lex(at) == Some(Lex::OfficeHours) && self.items.lex(at.wrapping_sub(1)) != Some(Lex::Yours) {
            walk.term(Of::Hours(Clock::Part(Part::Business)), self.bytes(at, 1));
            return 1;
        }
        self.word(at, walk);
        1
    }

    /// Words that are a day and an hour at once: "tonight", "vanmiddag".
    pub(super) fn both(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let (days, clock) = match self.items.lex(at)? {
            Lex::WeekdayPart(weekday, part) => {
                walk.term(Of::Days(Days::Weekday(weekday)), self.bytes(at, 1));
                // "Montagnachmittag um 3"
                walk.term(Of::Hours(Clock::Part(part)), self.bytes(at, 1));
                return Some(1);
            }
            // "both after 2": on both days
            Lex::AllOfThem if walk.unit().has_days || !walk.terms.is_empty() && walk.gap.comma => {
                let clock = self.clocks.read(at + 1).filter(|clock| !matches!(clock.clock, Clock::All))?;
                if !(clock.sure || self.is_time(at + 1, &clock, walk)) {
                    return None;
                }
                // Of its own, beside the days named last.
                walk.gap.breaks = true;
                walk.term(Of::Days(Days::Same), self.bytes(at, 1));
                return Some(1);
            }
            Lex::ThisPart(part) => (Days::Day(self.dates.today), Clock::Part(part)),
            Lex::TomorrowPart(part) => (Days::Day(self.dates.today.succ_opt()?), Clock::Part(part)),
            Lex::Tonight => {
                let clock = self.clocks.read(at)?;
                let timed = walk.terms.last().is_some_and(|last| {
                    matches!(last.what, Of::Hours(Clock::Point(_) | Clock::Range(..)))
                        && last.sentence == walk.sentence
                        && walk.gap.width() == 0
                });
                walk.term(Of::Days(Days::Day(self.dates.today)), self.bytes(at, 1));
                // "7pm tonight or tomorrow"
                if timed {
                    return Some(1);
                }
                walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                return Some(clock.used);
            }
            _ => return None,
        };
        walk.term(Of::Days(days), self.bytes(at, 1));
        walk.term(Of::Hours(clock), self.bytes(at, 1));
        Some(1)
    }

    /// "nothing after": the phrase holds a no of its own, so that what is left is offered.
    fn negates(&self, at: usize) -> bool {
        let (Some(item), true) = (self.items.get(at), self.tongue == Tongue::En) else {
            return true;
        };
        let said = self.text.get(item.bytes.clone()).unwrap_or_default().to_lowercase();
        !["anything ", "anytime ", "any time "].iter().any(|any| said.starts_with(any))
    }

    /// "I start at 1 tomorrow, so any time before then": before the hour that was told, on its day.
    fn before_then(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let then = self.text.get(self.bytes(at + 1, 1))?.eq_ignore_ascii_case("then");
        // "done by then" is told.
        let by = self.text.get(self.bytes(at, 1))?.eq_ignore_ascii_case("by");
        if !then || by || self.tongue != Tongue::En || !matches!(self.items.lex(at), Some(Lex::Before | Lex::Till)) {
            return None;
        }
        let told = || walk.terms.iter().rev().take_while(|term| term.sentence == walk.sentence);
        let hour = told().find_map(|term| match term.what {
            Of::Hours(Clock::Point(hour) | Clock::From(hour) | Clock::Range(hour, _)) => Some(hour),
            _ => None,
        });
        // "My leave starts on the 12th, so anything before then": before the day that was told.
        let Some(hour) = hour else {
            let before = self.items.lex(at) == Some(Lex::Before);
            let near = walk.terms.last().filter(|term| before && walk.sentence - term.sentence <= 1)?;
            let Of::Days(days @ (Days::Day(_) | Days::Weekday(_) | Days::Since(..) | Days::Week(_))) = &near.what else {
                return None;
            };
            let until = Days::Until(Box::new(days.clone()), false);
            walk.term(Of::Days(until), self.bytes(at, 2));
            return Some(2);
        };
        let days = told().find_map(|term| match &term.what {
            Of::Days(days) => Some(days.clone()),
            Of::Hours(_) => None,
        });
        // "any time before then"
        let sentence = walk.sentence;
        let any = |last: &Term| last.what == Of::Hours(Clock::All) && last.sentence == sentence;
        if walk.gap.width() == 0 && walk.terms.last().is_some_and(any) {
            let gap = walk.terms.pop().map(|last| last.gap);
            walk.gap = gap.unwrap_or_default();
        }
        if let Some(days) = days {
            walk.term(Of::Days(days), self.bytes(at, 2));
        }
        walk.term(Of::Hours(Clock::To(hour)), self.bytes(at, 2));
        Some(2)
    }

    pub(super) fn day_or_hours(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        // "away until the 3rd", "back on Monday"
        // "regressa da Polónia no dia 29"
        let from_place = self.items.lex(at) == Some(Lex::Back)
            && matches!(self.items.lex(at + 1), Some(Lex::Of | Lex::From))
            && matches!(self.items.what(at + 2), Some(What::Word(_)))
            && self.items.capital(at + 2);
        let place = if from_place {
            self.items.skip(at + 3, &[Lex::On]) - at - 1
        } else {
            0
        };
        if let Some(lex @ (Lex::AwayTo | Lex::Back)) = self.items.lex(at)
            && let Some(found) = self.dates.read(at + 1 + place)
            && !matches!(found.days, Days::Since(..) | Days::Until(..))
        {
            let found = super::super::day::Found {
                used: found.used + place,
                ..found
            };
            walk.next_unit(true, false);
            walk.refuses();
            walk.term(
                Of::Days(Days::Until(Box::new(found.days), lex == Lex::AwayTo)),
                self.bytes(at, 1 + found.used),
            );
            walk.next_unit(true, false);
            return Some(1 + found.used);
        }
        // "I don't land till Tuesday night": away until then, and nobody offers the night.
        if self.items.lex(at) == Some(Lex::After)
            && self.items.get(at).is_some_and(|item| item.phrase)
            && let Some(found) = self.dates.read(at + 1)
            && matches!(found.days, Days::Weekday(_) | Days::Day(_))
            && matches!(self.items.lex(at + 1 + found.used), Some(Lex::Part(Part::Night | Part::Evening)))
        {
            walk.next_unit(true, false);
            walk.refuses();
            walk.term(Of::Days(Days::Until(Box::new(found.days), true)), self.bytes(at, 2 + found.used));
            walk.next_unit(true, false);
            return Some(2 + found.used);
        }
        if let Some(used) = self.before_then(at, walk) {
            return Some(used);
        }
        if let Some((minutes, used)) = self.late_by(at, walk) {
            walk.term(Of::Hours(Clock::Shift(minutes)), self.bytes(at, used));
            walk.unit().settled = true;
            if let Some(last) = walk.terms.last_mut() {
                last.settled = true;
            }
            return Some(used);
        }
        if let Some(used) = self
            .now_until(at, walk)
            .or_else(|| self.on_hours(at, walk))
            .or_else(|| self.lasts(at, walk))
        {
            return Some(used);
        }
        // "push it back by an hour"
        let moved = walk
            .marks
            .iter()
            .rev()
            .take(WORDS_BEFORE)
            .take_while(|mark| mark.sentence == walk.sentence)
            .find_map(|mark| match mark.lex {
                Lex::MoveLater => Some(1),
                Lex::MoveEarlier | Lex::Earlier => Some(-1),
                Lex::Later => Some(1),
                // "bring it forward an hour"
                Lex::Onwards if mark.item + 1 == at => Some(-1),
                _ => None,
            });
        // "um eine Stunde nach hinten schieben", "een uur naar achteren": the way stands behind the length.
        let moved = moved.or_else(|| {
            let (_, used) = self.clocks.length(at)?;
            let behind = self.items.skip(at + used, &[Lex::Skip, Lex::At, Lex::Reschedule]);
            match self.items.lex(behind)? {
                Lex::MoveLater => Some(1),
                Lex::MoveEarlier => Some(-1),
                _ => None,
            }
        });
        if let Some(sign) = moved
            && let Some((minutes, used)) = self.clocks.length(at)
            && !matches!(self.items.lex(at + used), Some(Lex::Later | Lex::Earlier))
        {
            walk.term(Of::Hours(Clock::Shift(sign * minutes)), self.bytes(at, used));
            return Some(used);
        }
        // "move tomorrow's interview by a week"
        let reschedules = |mark: &Mark| mark.lex == Lex::Reschedule && mark.sentence == walk.sentence;
        if matches!(self.items.lex(at), Some(Lex::Before | Lex::Back)) && walk.marks.iter().any(reschedules) {
            if let Some((days, used)) = self.dates.so_many_days(at + 1) {
                walk.term(Of::Days(Days::Moved(days)), self.bytes(at, 1 + used));
                return Some(1 + used);
            }
            // "move it back an hour"
            let back = self.items.lex(at) == Some(Lex::Back);
            if let Some((minutes, used)) = self.clocks.length(at + 1).filter(|_| back) {
                walk.term(Of::Hours(Clock::Shift(minutes)), self.bytes(at, 1 + used));
                return Some(1 + used);
            }
        }
        // "bring it forward to 9", "move it up to 3"
        let up_to = || {
            let said = self.text.get(self.bytes(at, 1)).unwrap_or_default();
            let moves = |lex: Lex| walk.marks.iter().any(|mark| mark.lex == lex && mark.sentence == walk.sentence);
            said.contains(' ') && moves(Lex::Reschedule)
        };
        // "any chance of moving to 12?"
        let moving_to = self.items.lex(at) == Some(Lex::ToHour) && self.items.lex(at.wrapping_sub(1)) == Some(Lex::Reschedule);
        if (moved.is_some() || moving_to || self.items.lex(at) == Some(Lex::Till) && up_to())
            && matches!(self.items.lex(at), Some(Lex::ToHour | Lex::Till | Lex::AtOrTill))
            && let Some(found) = self.clocks.range_or_point(at + 1, true)
        {
            walk.term(Of::Hours(found.clock), self.bytes(at, found.used + 1));
            return Some(found.used + 1);
        }
        if let Some(used) = self.till_we_meet(at) {
            return Some(used);
        }
        // "Ich arbeite bis 16 Uhr, danach bin ich erreichbar": behind the hour.
        if let (Some(Lex::FromThen), Some(end)) = (self.items.lex(at), Self::end_told(walk)) {
            walk.gap.breaks = true;
            walk.term(Of::Hours(Clock::From(end)), self.bytes(at, 1));
            return Some(1);
        }
        if let Some((days, used)) = self.dates.moved(at).or_else(|| self.dates.following(at)) {
            walk.term(Of::Days(days), self.bytes(at, used));
            return Some(used);
        }
        // "push it back a day"
        if let Some((sign, (days, used))) = moved.zip(self.dates.so_many_days(at)) {
            walk.term(Of::Days(Days::Moved(i64::from(sign) * days)), self.bytes(at, used));
            return Some(used);
        }
        if let Some(used) = self.past_day(at) {
            return Some(used);
        }
        if let Some((days, used)) = self.numbered_weekdays(at) {
            walk.term(Of::Days(days), self.bytes(at, used));
            return Some(used);
        }
        if self.on_and_off(at).is_some() {
            (walk.unit().event, walk.shifts) = (true, true);
            return self.on_and_off(at);
        }
        if let Some((day, used)) = self.weekday_and_number(at) {
            walk.term(Of::Days(Days::Day(day)), self.bytes(at, used));
            return Some(used);
        }
        // "Esta semana no; la próxima sí"
        if matches!(self.items.lex(at), Some(Lex::Next | Lex::Following))
            && let Some(monday) = self
                .dates
                .week
                .get()
                .and_then(|monday| monday.checked_add_days(chrono::Days::new(7)))
            && matches!(
                self.items.what(at + 1),
                None | Some(
                    What::Mark(_)
                        | What::Line
                        | What::Lex(
                            Lex::Subject
                                | Lex::Free
                                | Lex::Skip
                                | Lex::Not
                                | Lex::Instead
                                | Lex::Only
                                | Lex::AnyDay
                                | Lex::Every
                                | Lex::AnyTime
                                | Lex::But
                        )
                )
            )
            && self.dates.read(at).is_none()
        {
            // "El lunes que viene no, pero el siguiente sí": the Monday after.
            let weekday = walk
                .terms
                .last()
                .and_then(|last| match (&last.what, last.sentence == walk.sentence) {
                    (Of::Days(Days::Weekday(weekday)), true) => Some(*weekday),
                    (Of::Days(Days::Day(day)), true) => Some(chrono::Datelike::weekday(day).number_from_monday()),
                    _ => None,
                });
            let days = weekday.map_or(Days::Week(Week::of(monday)), Days::After);
            walk.term(Of::Days(days), self.bytes(at, 1));
            return Some(1);
        }
        // "du 6 au 10 avril": a range of days, not of hours.
        // "mon préavis est de 3 mois": nobody is free in three months.
        if matches!(self.items.lex(at), Some(Lex::Of | Lex::On))
            && let Some(Days::Day(day)) = self.dates.read(at).map(|found| found.days)
            && (at + 1..at + 4).any(|at| matches!(self.items.lex(at), Some(Lex::Unit(Unit::Month | Unit::Year | Unit::Day))))
            && day.signed_duration_since(self.dates.today).num_days() >= 28
        {
            return Some(self.dates.read(at).map_or(1, |found| found.used));
        }
        if let Some((days, used)) = self.numbers_past_hours(at) {
            walk.term(Of::Days(days), self.bytes(at, used));
            return Some(used);
        }
        let of_days = (self.items.lex(at) == Some(Lex::Of))
            .then(|| self.dates.read(at + 1))
            .flatten()
            .filter(|found| matches!(found.days, Days::Span(..)));
        if let Some(found) = of_days {
            walk.term(Of::Days(found.days), self.bytes(at, found.used + 1));
            return Some(found.used + 1);
        }
        if let Some((days, used)) = self.days_by_article(at) {
            walk.term(Of::Days(days), self.bytes(at, used));
            return Some(used);
        }
        if let Some((day, used)) = self.second_by_article(at, walk) {
            walk.term(Of::Days(Days::Day(day)), self.bytes(at, used));
            return Some(used);
        }
        if let Some(day) = self.second_of_month(at, walk).or_else(|| self.day_and_hours(at, walk)) {
            walk.term(Of::Days(Days::Day(day)), self.bytes(at, 1));
            return Some(1);
        }
        // "morgen erst ab 11." ends a sentence; it is no 11th.
        let ends_sentence = self.tongue == Tongue::De
            && matches!(self.items.lex(at), Some(Lex::From | Lex::After | Lex::Before | Lex::Till))
            && matches!(self.items.what(at + 1), Some(What::Num(7..=20, _)))
            && self.items.mark(at + 2) == Some('.')
            && (self.items.what(at + 3).is_none_or(|what| *what == What::Line) || self.items.capital(at + 3))
            && walk.unit().has_days;
        let day = self.dates.read(at).filter(|_| !ends_sentence);
        let clock = self
            .clocks
            .read(at)
            .filter(|found| found.sure || self.is_time(at, found, walk))
            .map(|found| self.lasting(at, found));
        if let (None, None, Some((end, used))) = (&day, &clock, self.end_of_something(at)) {
            walk.term(Of::Hours(Clock::To(end)), self.bytes(at, used));
            return Some(used);
        }
        match (day, clock) {
            (Some(day), clock) if clock.is_none_or(|clock| clock.used <= day.used) => {
                // "any other time next week"
                if day.contradicts {
                    walk.doubts.push(Unsure::of(Why::WhichDay, self.bytes(at, day.used)));
                }
                let unit = walk.unit();
                if day.days == Days::Rest && !(unit.refuses || unit.event || unit.has_hours) {
                    walk.next_unit(true, false);
                }
                let days = self.rest_of_next_week(at, &day, walk).unwrap_or(day.days);
                walk.term(Of::Days(days), self.bytes(at, day.used));
                Some(day.used)
            }
            (_, Some(clock)) => {
                // "your afternoon" is not the writer's; "any time" starts anew.
                let part = matches!(clock.clock, Clock::Part(_));
                let theirs = self.items.lex(at.wrapping_sub(1)) == Some(Lex::Yours)
                    // "early afternoon your end", where the hours were said before
                    || self.items.lex(at + clock.used) == Some(Lex::YourTime) && !walk.unit().has_days && !walk.terms.is_empty();
                if part && theirs {
                    return Some(clock.used);
                }
                // "up all night" offers none.
                if clock.clock == Clock::Part(Part::Night) && !walk.unit().offers && !walk.unit().has_days {
                    return Some(clock.used);
                }
                // "All times ET" says where, not when.
                let place = zones::whose(self.items, at + 1, self.own, self.ours).is_some()
                    || zones::read(self.text, self.items, at + 1, true, self.own, self.tongue == Tongue::En)
                        .is_some_and(|named| !named.perhaps);
                if clock.clock == Clock::All && place {
                    return Some(1);
                }
                // "9-12, 12-1 lunch, 1-5": a meal between hours that are free.
                let meal = matches!(clock.clock, Clock::Range(..))
                    && self.items.lex(at + clock.used) == Some(Lex::Part(Part::Lunch))
                    && self.ends(at + clock.used + 1)
                    && walk.gap.comma
                    && !walk.gap.joined
                    && walk
                        .terms
                        .iter()
                        .any(|term| term.sentence == walk.sentence && matches!(term.what, Of::Hours(Clock::Range(..))));
                if meal {
                    walk.next_unit(true, false);
                    walk.refuses();
                    walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                    walk.next_unit(true, false);
                    return Some(clock.used + 1);
                }
                // "I'm out Tuesday and all day Thursday"
                let of_list = walk.unit().joined && self.items.get(at).is_some_and(|item| item.whole_day);
                if clock.clock == Clock::All && !walk.unit().has_terms() && !walk.unit().refuses && !walk.inside && !of_list {
                    walk.unit().fresh = true;
                }
                let item = self.items.get(at);
                // "next week on earlies, then only after 3": the hours are what the shift leaves.
                let unit = walk.unit();
                let only = item.is_some_and(|item| item.only) || matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Only));
                if unit.shift && unit.has_days && !unit.has_hours && !unit.offers && only {
                    walk.next_unit(true, false);
                    walk.gap.breaks = true;
                }
                walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                // "not before 9", "only after 9" say themselves that they are offered.
                // "avoid anything after 4:30", where they are what is excepted.
                let excepted = walk.unit().except && self.items.lex(at.wrapping_sub(1)) == Some(Lex::Except) && !self.negates(at);
                let phrase =
                    matches!(self.items.lex(at), Some(Lex::After | Lex::Before)) && item.is_some_and(|item| item.limits) && !excepted;
                // "it'd need to be 5 instead of 4"
                let swapped = matches!(clock.clock, Clock::Point(_))
                    && self.items.lex(at + clock.used) == Some(Lex::Except)
                    && matches!(
                        self.clocks.read(at + clock.used + 1).map(|found| found.clock),
                        Some(Clock::Point(_))
                    )
                    && !walk.unit().refuses;
                let phrase = phrase || swapped;
                walk.unit().settled |= phrase;
                let mut whole_day = false;
                if let Some(last) = walk.terms.last_mut() {
                    last.bare = !clock.sure && clock.used == 1 && matches!(clock.clock, Clock::Point(_));
                    last.settled = phrase;
                    last.whole_day = item.is_some_and(|item| item.whole_day);
                    whole_day = last.whole_day;
                    last.only |= phrase && item.is_some_and(|item| item.only);
                }
                let unit = walk.unit();
                unit.any_hour |= clock.clock == Clock::All && !whole_day && !unit.subject && unit.unknown_before + unit.unknown_after == 0;
                Some(clock.used)
            }
            _ => None,
        }
    }
}
