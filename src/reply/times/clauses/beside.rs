//! What a place in a text means by what stands before it: local time, "after that", the rest of a week, numbers that are days.
//!
//! In: a place, and what was read before it. Out: days, an hour, a zone.
//! Never here: what stands behind a place.

use super::super::clock::Clock;
use super::super::day::{Days, Found};
use super::super::doubts::{Unsure, Why};
use super::super::items::Items;
use super::super::lex::{Lex, What};
use super::Scan;
use super::walk::{Of, Walk};
use crate::calendar::Zone;

impl Scan<'_> {
    /// "Ortszeit", "heure d'ici": the zone of the place where the writer is; asked where the text names none.
    pub(super) fn place_here(&self, at: usize, walk: &mut Walk) -> Option<Zone> {
        if self.items.lex(at) != Some(Lex::HereTime) {
            return None;
        }
        let known = walk.writer.or(walk.named);
        let place = known.or_else(|| *walk.here.get_or_insert_with(|| self.place_of_writer()));
        if place.is_none() {
            walk.doubts.push(Unsure::of(Why::Zone, self.bytes(at, 1)));
        }
        place
    }

    /// "Tot woensdag 14 uur!", "Bis Mittwoch!" on its own: till we meet, then, and no end of anything; how many items the words before the day take.
    pub(super) fn till_we_meet(&self, at: usize) -> Option<usize> {
        let begins = match at.checked_sub(1).map(|before| self.items.what(before)) {
            None => true,
            Some(Some(What::Mark('.' | '!' | '?'))) => true,
            Some(Some(What::Line)) => at < 2 || self.items.what(at - 2) == Some(&What::Line),
            Some(_) => false,
        };
        if self.items.lex(at) != Some(Lex::Till) || !begins {
            return None;
        }
        let day = self.items.skip(at + 1, &[Lex::On, Lex::Of, Lex::Skip]);
        let found = self
            .dates
            .read(day)
            .filter(|found| matches!(found.days, Days::Weekday(_) | Days::Day(_)))?;
        let end = day + found.used;
        let hour = self
            .items
            .skip(end + usize::from(self.items.mark(end) == Some(',')), &[Lex::At, Lex::AtOrTill]);
        let end = self.clocks.range_or_point(hour, true).map_or(end, |clock| hour + clock.used);
        // All there is, and no call: an end after all.
        let alone = at == 0 && self.items.what(end) != Some(&What::Mark('!'));
        (!alone && matches!(self.items.what(end), None | Some(What::Line | What::Mark('!')))).then_some(day - at)
    }

    /// The hour of what was told last, where no day stands beside it: "I work until 4".
    pub(super) fn end_told(walk: &Walk) -> Option<i32> {
        let last = walk.terms.last().filter(|last| last.sentence == walk.sentence)?;
        let told = walk.units.get(last.unit).is_some_and(|unit| unit.because && !unit.has_days);
        match last.what {
            Of::Hours(Clock::Point(end) | Clock::To(end) | Clock::Range(_, end)) if told => Some(end),
            _ => None,
        }
    }

    /// "Monday not before 10, the rest of the week whenever": of the week of that Monday, when it is the next one.
    pub(super) fn rest_of_next_week(&self, at: usize, found: &Found, walk: &Walk) -> Option<Days> {
        let Days::Week(week) = found.days else { return None };
        let bare = self.items.lex(at) == Some(Lex::RestOf)
            && !(at..at + found.used).any(|at| matches!(self.items.lex(at), Some(Lex::This | Lex::Next)))
            && week.monday <= self.dates.today;
        let today = chrono::Datelike::weekday(&self.dates.today).number_from_monday();
        let of_sentence = walk.terms.iter().filter(|term| term.sentence == walk.sentence);
        let named: Vec<u32> = of_sentence
            .filter_map(|term| {
                if let Of::Days(Days::Weekday(weekday)) = term.what {
                    Some(weekday)
                } else {
                    None
                }
            })
            .collect();
        let next = !named.is_empty() && named.iter().all(|weekday| *weekday <= today);
        let bits = (1..=5_u32)
            .filter(|weekday| !named.contains(weekday))
            .fold(0_u8, |bits, weekday| bits | 1 << (weekday - 1));
        (bare && next).then_some(Days::Weekdays(bits))
    }

    /// "de 20 a 24 estou fora", "de 26 a 30": days of a month, for nobody means such hours.
    pub(super) fn numbers_past_hours(&self, at: usize) -> Option<(Days, usize)> {
        let joint = matches!(self.items.lex(at + 2), Some(Lex::AtOrTill | Lex::Till | Lex::ToHour));
        let (Some(Lex::Of | Lex::From), true, Some(What::Num(first @ 8..=31, 1 | 2)), Some(What::Num(last @ 24..=31, 2))) =
            (self.items.lex(at), joint, self.items.what(at + 1), self.items.what(at + 3))
        else {
            return None;
        };
        let counted = matches!(
            self.items.lex(at + 4),
            Some(Lex::ClockMark | Lex::Unit(_) | Lex::NotClock | Lex::Of | Lex::Month(_))
        ) || matches!(
            self.items.what(at + 4),
            Some(What::Mark(':' | '/' | '%' | '€') | What::Num(..) | What::Word(_))
        );
        if first >= last || *last == 24 && *first < 20 || counted {
            return None;
        }
        let from = self.dates.of_month_spoken(*first)?;
        let to = from.checked_add_days(chrono::Days::new(u64::from(last - first)))?;
        Some((Days::Span(from, to), 4))
    }
}
