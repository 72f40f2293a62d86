//! Days, hours and zones where they stand in a text.

use super::super::clock::{self, Clock};
use super::super::day::{Days, Week};
use super::super::lex::{Lex, Part, Tongue, What};
use super::super::zones;
use super::Scan;
use super::walk::{Of, Walk};
use crate::calendar::Zone;

/// So far before a length of time stands the word that says what is moved by it.
const WORDS_BEFORE: usize = 30;

impl Scan<'_> {
    /// Reads what begins at an item; returns how many items it takes.
    pub(super) fn step(&self, at: usize, walk: &mut Walk) -> usize {
        if let Some(used) = self.separator(at, walk) {
            return used;
        }
        let hours_before = walk
            .terms
            .last()
            .is_some_and(|term| matches!(term.what, Of::Hours(_)) && walk.gap.width() == 0);
        if let Some(zone) = zones::whose(self.items, at, self.own, self.ours) {
            self.zone(zone, 1, walk);
            return 1;
        }
        if let Some(named) = zones::read(self.text, self.items, at, hours_before, self.own, self.tongue == Tongue::En) {
            walk.doubt |= named.twin;
            if named.of_writer {
                walk.writer = Some(named.zone);
            } else {
                self.zone(named.zone, named.used, walk);
            }
            return named.used;
        }
        if let Some(used) = self.both(at, walk) {
            return used;
        }
        if let Some(used) = self.day_or_hours(at, walk) {
            return used;
        }
        if self.lex(at) == Some(Lex::OfficeHours) && self.signature_follows(at) {
            return self.rest_of_line(at);
        }
        if self.lex(at) == Some(Lex::OfficeHours) {
            walk.term(Of::Hours(Clock::Part(Part::Business)), self.bytes(at, 1));
            return 1;
        }
        self.word(at, walk);
        1
    }

    /// "Office hours 9-5", "Reception open Mon-Fri": the line of a signature.
    pub(super) fn signature_follows(&self, at: usize) -> bool {
        let end = self.rest_of_line(at);
        (at + 1..at + end).any(|at| matches!(self.what(at), Some(What::Num(..))))
            && !(at + 1..at + end).any(|at| matches!(self.lex(at), Some(Lex::Free | Lex::So | Lex::But | Lex::Not)))
    }

    pub(super) fn rest_of_line(&self, at: usize) -> usize {
        (at..self.items.len())
            .take_while(|&at| !matches!(self.what(at), Some(What::Line)))
            .count()
            .max(1)
    }

    pub(super) fn zone(&self, zone: Zone, _used: usize, walk: &mut Walk) {
        walk.named = Some(zone);
        let sentence = walk.sentence;
        let Some(last) = walk.terms.last_mut().filter(|term| term.sentence == sentence) else {
            // "All times ET:" above a list.
            walk.writer.get_or_insert(zone);
            return;
        };
        last.zone = Some(zone);
    }

    /// Words that are a day and an hour at once: "tonight", "vanmiddag".
    pub(super) fn both(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let (days, clock) = match self.lex(at)? {
            Lex::WeekdayPart(weekday, part) => {
                walk.term(Of::Days(Days::Weekday(weekday)), self.bytes(at, 1));
                // "Montagnachmittag um 3"
                walk.term(Of::Hours(Clock::Part(part)), self.bytes(at, 1));
                return Some(1);
            }
            Lex::ThisPart(part) => (Days::Day(self.dates.today), Clock::Part(part)),
            Lex::TomorrowPart(part) => (Days::Day(self.dates.today.succ_opt()?), Clock::Part(part)),
            Lex::Tonight => {
                let clock = self.clocks.read(at)?;
                walk.term(Of::Days(Days::Day(self.dates.today)), self.bytes(at, 1));
                walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                return Some(clock.used);
            }
            _ => return None,
        };
        walk.term(Of::Days(days), self.bytes(at, 1));
        walk.term(Of::Hours(clock), self.bytes(at, 1));
        Some(1)
    }

    pub(super) fn day_or_hours(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        // "away until the 3rd", "back on Monday"
        if let Some(lex @ (Lex::AwayTo | Lex::Back)) = self.lex(at)
            && let Some(found) = self.dates.read(at + 1)
            && !matches!(found.days, Days::Since(..) | Days::Until(..))
        {
            walk.next_unit(true, false);
            walk.refuses();
            walk.term(
                Of::Days(Days::Until(Box::new(found.days), lex == Lex::AwayTo)),
                self.bytes(at, 1 + found.used),
            );
            walk.next_unit(true, false);
            return Some(1 + found.used);
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
                _ => None,
            });
        if let Some(sign) = moved
            && let Some((minutes, used)) = self.clocks.length(at)
            && !matches!(self.lex(at + used), Some(Lex::Later | Lex::Earlier))
        {
            walk.term(Of::Hours(Clock::Shift(sign * minutes)), self.bytes(at, used));
            return Some(used);
        }
        if let Some((day, used)) = self.weekday_and_number(at) {
            walk.term(Of::Days(Days::Day(day)), self.bytes(at, used));
            return Some(used);
        }
        // "Esta semana no; la próxima sí"
        if self.lex(at) == Some(Lex::Next)
            && let Some(monday) = self
                .dates
                .week
                .get()
                .and_then(|monday| monday.checked_add_days(chrono::Days::new(7)))
            && matches!(
                self.what(at + 1),
                None | Some(What::Mark(_) | What::Line | What::Lex(Lex::Subject | Lex::Free | Lex::Skip | Lex::Not))
            )
            && self.dates.read(at).is_none()
        {
            walk.term(Of::Days(Days::Week(Week::of(monday))), self.bytes(at, 1));
            return Some(1);
        }
        // "du 6 au 10 avril": a range of days, not of hours.
        let of_days = (self.lex(at) == Some(Lex::Of))
            .then(|| self.dates.read(at + 1))
            .flatten()
            .filter(|found| matches!(found.days, Days::Span(..)));
        if let Some(found) = of_days {
            walk.term(Of::Days(found.days), self.bytes(at, found.used + 1));
            return Some(found.used + 1);
        }
        let day = self.dates.read(at);
        let clock = self.clocks.read(at).filter(|found| found.sure || self.is_time(at, found, walk));
        match (day, clock) {
            (Some(day), clock) if clock.is_none_or(|clock| clock.used <= day.used) => {
                // "any other time next week"
                walk.doubt |= day.contradicts;
                let unit = walk.unit();
                if day.days == Days::Rest && !(unit.refuses || unit.event) {
                    walk.next_unit(true, false);
                }
                walk.term(Of::Days(day.days), self.bytes(at, day.used));
                Some(day.used)
            }
            (_, Some(clock)) => {
                // "your afternoon" is not the writer's; "any time" starts anew.
                let part = matches!(clock.clock, Clock::Part(_));
                let before = at
                    .checked_sub(1)
                    .and_then(|before| self.items.get(before))
                    .and_then(|item| self.text.get(item.bytes.clone()))
                    .unwrap_or_default();
                if part && (self.lex(at.wrapping_sub(1)) == Some(Lex::Yours) || before.eq_ignore_ascii_case("that's") || before == "that’s")
                {
                    return Some(clock.used);
                }
                // "up all night" offers none.
                if clock.clock == Clock::Part(Part::Night) && !walk.unit().offers && !walk.unit().has_days {
                    return Some(clock.used);
                }
                // "All times ET" says where, not when.
                let place = zones::whose(self.items, at + 1, self.own, self.ours).is_some()
                    || zones::read(self.text, self.items, at + 1, true, self.own, self.tongue == Tongue::En).is_some();
                if clock.clock == Clock::All && place {
                    return Some(1);
                }
                if clock.clock == Clock::All && !walk.unit().has_terms() && !walk.unit().refuses && !walk.inside {
                    walk.unit().fresh = true;
                }
                walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                let words = self
                    .items
                    .get(at)
                    .and_then(|item| self.text.get(item.bytes.clone()))
                    .unwrap_or_default();
                let phrase = matches!(self.lex(at), Some(Lex::After | Lex::Before)) && words.len() > 7;
                if let Some(last) = walk.terms.last_mut() {
                    last.settled = phrase;
                    last.only |= phrase && words.to_lowercase().starts_with("only");
                }
                Some(clock.used)
            }
            _ => None,
        }
    }

    /// "miércoles 11", "sábado, dia 6": the next such day of a month that is that weekday. In English such a number is an hour.
    pub(super) fn weekday_and_number(&self, at: usize) -> Option<(chrono::NaiveDate, usize)> {
        let Lex::Weekday(weekday) = self.lex(at)? else { return None };
        if self.dates.read(at).is_none_or(|found| !matches!(found.days, Days::Weekday(_))) {
            return None;
        }
        if self.tongue == Tongue::En || self.tongue == Tongue::De {
            return None;
        }
        let mut next = at + 1;
        while matches!(self.what(next), Some(What::Mark(',' | '.') | What::Lex(Lex::On | Lex::Of))) && next < at + 4 {
            next += 1;
        }
        let Some(What::Num(day @ 1..=31, 1 | 2)) = self.what(next) else {
            return None;
        };
        let clock = matches!(
            self.what(next + 1),
            Some(
                What::Mark(':' | '-' | '–' | '.' | '/')
                    | What::Lex(Lex::Month(_) | Lex::ClockMark | Lex::Unit(_) | Lex::OrdinalMark | Lex::Am | Lex::Pm)
            )
        );
        if clock {
            return None;
        }
        let date = self
            .dates
            .today
            .iter_days()
            .take(45)
            .find(|date| chrono::Datelike::day(date) == *day && chrono::Datelike::weekday(date).number_from_monday() == weekday)?;
        Some((date, next + 1 - at))
    }

    /// A bare number is an hour beside a day or beside other hours.
    pub(super) fn is_time(&self, at: usize, found: &clock::Found, walk: &Walk) -> bool {
        let beside = walk
            .terms
            .last()
            .is_some_and(|last| last.sentence == walk.sentence && !walk.gap.words && !walk.unknown);
        let next = at + found.used;
        let day_follows = || {
            let to = if matches!(self.lex(next), Some(Lex::On | Lex::Of)) {
                next + 1
            } else {
                next
            };
            self.dates.read(to).is_some_and(|found| !matches!(found.days, Days::Same)) && !matches!(self.lex(to), Some(Lex::Ordinal(_)))
        };
        let range = matches!(found.clock, Clock::Range(..));
        let after_word = at > 0 && matches!(self.what(at - 1), Some(What::Word(_)));
        let listed = || {
            // "9-11 or 2-4 on Tuesday"
            let opens = at == 0 || matches!(self.what(at - 1), Some(What::Line | What::Mark('.' | '!' | '?')));
            let goes_on = matches!(self.what(next), Some(What::Mark(','))) && matches!(self.what(next + 1), Some(What::Num(..)))
                || self.lex(next) == Some(Lex::Or) && matches!(self.what(next + 1), Some(What::Num(..)))
                || matches!(self.lex(next), Some(Lex::Skip)) && matches!(self.lex(next + 1), Some(Lex::Not | Lex::Out | Lex::Free));
            let refused = matches!(self.lex(next), Some(Lex::Skip));
            if opens && goes_on && (refused || walk.terms.last().is_some_and(|last| matches!(last.what, Of::Days(_)))) {
                return true;
            }
            let after = matches!(
                self.lex(at.wrapping_sub(1)),
                Some(Lex::Free | Lex::Only | Lex::Not | Lex::Skip | Lex::At)
            ) || at == 0;
            after && (range || matches!(self.lex(at.wrapping_sub(1)), Some(Lex::Free | Lex::Not | Lex::Only)) && self.ends(next))
        };
        // "9.30, 10.15 or 11 on Tuesday"
        let dotted = found.used == 3
            && matches!(found.clock, Clock::Point(minute) if minute % 5 == 0 && (7 * 60..=20 * 60).contains(&minute))
            && !after_word;
        dotted || beside || day_follows() || range && !after_word || listed()
    }

    /// The unit ends here.
    pub(super) fn ends(&self, at: usize) -> bool {
        match self.what(at) {
            None | Some(What::Line | What::Mark(',' | '.' | '?' | '!' | ';' | ')' | '(')) => true,
            Some(What::Lex(lex)) => matches!(
                lex,
                Lex::Or | Lex::And | Lex::But | Lex::Instead | Lex::Except | Lex::So | Lex::Because
            ),
            _ => false,
        }
    }
}
