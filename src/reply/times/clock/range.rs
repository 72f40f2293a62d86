//! From one clock time to another: "9-11", "10 to 2", "14h-16h"; or a point alone.
//!
//! In: items. Out: a clock; a range takes its meaning from its end.
//! Never here: how a single time is written.

use super::super::items::Items;
use super::super::lex::{Lex, What};
use super::{Clock, Clocks, DAY, Found, Half, Written};

impl Clocks<'_> {
    /// A range or a point without a word before it that says so; `led` when one stood there.
    pub(in super::super) fn range_or_point(&self, at: usize, led: bool) -> Option<Found> {
        let (first, used) = self.written(at, led)?;
        let next = at + used;
        // "le 5 à 14 h": a day and an hour.
        let article = self.items.lex(at.wrapping_sub(1)) == Some(Lex::On)
            || at
                .checked_sub(1)
                .and_then(|before| self.items.get(before))
                .is_some_and(|item| item.of_days);
        let dated = !first.sure && article && self.items.lex(next) == Some(Lex::AtOrTill);
        if let Some(joint) = self.joint(next).filter(|_| !dated)
            && let Some((second, more)) = self.written(joint, true)
            && !self.counted(joint + more)
            // "6pm - 8/4 10pm": a date follows.
            && !(self.items.mark(joint + 1) == Some('/') && self.items.glued(joint + 1) && self.items.number(joint + 2).is_some())
        {
            let found = self.range(first, second, joint + more - at);
            if let Some(found) = found {
                return Some(Found {
                    sure: first.sure || second.sure || led,
                    ..found
                });
            }
        }
        // "between 10 and 12 or 2 and 5"
        let between = || (at.saturating_sub(12)..at).any(|before| self.items.lex(before) == Some(Lex::Between));
        if self.items.lex(next) == Some(Lex::And)
            && matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Or | Lex::And))
            && between()
            && let Some((second, more)) = self.written(next + 1, true)
            && let Some(found) = self.range(first, second, next + 1 + more - at)
        {
            return Some(Found { sure: true, ..found });
        }
        // "the 2 pm one" counts nothing.
        let one = first.sure && self.items.lex(next) == Some(Lex::Number(1));
        if self.counted(next) && !one || self.items.lex(next) == Some(Lex::OrdinalMark) {
            return None;
        }
        let (clock, extra) = match (self.items.lex(next), self.items.mark(next)) {
            (Some(Lex::Onwards), _) => (Clock::From(first.minutes()), 1),
            (_, Some('+')) => (Clock::From(first.minutes()), 1),
            (_, Some('-' | '–')) if self.items.lex(next + 1) == Some(Lex::Onwards) => (Clock::From(first.minutes()), 2),
            (Some(Lex::OrEarlier), _) => (Clock::To(first.minutes()), 1),
            _ => (Clock::Point(first.minutes()), 0),
        };
        Some(Found {
            clock,
            used: used + extra,
            sure: first.sure || led,
            open: first.is_open(),
        })
    }

    /// The item behind a joint of a range: "-", "to", "till".
    pub(super) fn joint(&self, at: usize) -> Option<usize> {
        match (self.items.lex(at), self.items.mark(at)) {
            (Some(Lex::Till | Lex::ToHour | Lex::AtOrTill), _) => Some(self.items.skip(at + 1, &[Lex::At, Lex::AtOrTill])),
            (_, Some('-' | '–' | '—' | '~' | '‑' | '‒' | '−')) => Some(at + 1),
            (_, Some('>')) => Some(at + 1),
            _ => None,
        }
    }

    /// A range takes its meaning from its end: "10-2", "11-1pm", "9-5".
    pub(super) fn range(&self, first: Written, second: Written, used: usize) -> Option<Found> {
        let end = second.minutes();
        let (mut start, mut end) = if first.is_open() {
            // The latest reading of the start that lies before the end.
            let morning = first.hour % 12 * 60 + first.minute;
            let evening = morning + DAY / 2;
            let same = second.half.is_some() || second.full || end > morning;
            let start = if evening < end && (second.half == Some(Half::Pm) || second.is_open() || first.hour == 12) {
                evening
            } else {
                morning
            };
            let start = if first.hour > 12 { first.minutes() } else { start };
            if same { (start, end) } else { (first.minutes(), end) }
        } else if second.half == Some(Half::Pm) && first.half.is_none() && (1..=7).contains(&first.hour) && first.hour < second.hour {
            // "de 2h à 5h de l'après-midi"
            (first.minutes() + DAY / 2, end)
        } else {
            (first.minutes(), end)
        };
        // "10am-2", "14-4", "11pm-3": the first such hour behind the beginning.
        if !first.is_open() && second.is_open() && second.hour <= 12 {
            end = second.hour % 12 * 60 + second.minute;
            while end <= start {
                end += DAY / 2;
            }
        }
        // "11 to 3am"
        if first.is_open() && second.half == Some(Half::Am) && start >= end && start < DAY / 2 {
            start += DAY / 2;
        }
        if end <= start && first.is_open() && second.half != Some(Half::Am) {
            start = first.hour % 12 * 60 + first.minute;
        }
        if end <= start {
            // Over midnight.
            end += DAY;
        }
        Some(Found {
            clock: Clock::Range(start, end),
            used,
            sure: first.sure || second.sure,
            open: false,
        })
    }

    /// Words that turn a number into a count of something.
    pub(super) fn counted(&self, at: usize) -> bool {
        match self.items.what(at) {
            Some(What::Lex(Lex::NotClock | Lex::Unit(_) | Lex::Number(_) | Lex::HalfHour)) => true,
            Some(What::Mark('%' | '€' | '$' | '£')) => true,
            Some(What::Word(word)) => {
                self.items.glued(at) || word.ends_with('s') && word.len() > 4 && self.items.get(at).is_some_and(|item| !item.capital)
            }
            _ => false,
        }
    }

    /// A clock time as written; `led` when a word before it says that it is one.
    pub(super) fn written(&self, at: usize, led: bool) -> Option<(Written, usize)> {
        self.in_words(at).or_else(|| self.in_digits(at, led))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Clock, first_of, minutes};

    #[test]
    fn the_end_decides() {
        for (text, from, to) in [
            ("from 9 to 12", 9, 12),
            ("10am-2", 10, 14),
            ("2 to 4pm", 14, 16),
            ("1am-3", 1, 3),
            ("11pm-3", 23, 27),
            ("from 11 to 3am", 23, 27),
            ("14h-16h", 14, 16),
            ("de 5 heures à 7 heures lundi", 5, 7),
        ] {
            assert_eq!(first_of(text), Some(Clock::Range(minutes(from, 0), minutes(to, 0))), "{text}");
        }
    }
}
