//! Items → terms: every day, clock time, moment and length of time, and what stands between it and the one before.
//!
//! In: items, and when they were written. Out: [`Term`]s in the order of the text.
//! Never here: which terms belong together.

use chrono::{Duration, NaiveDateTime};

use super::super::clock::{self, Clock, Clocks};
use super::super::day::{self, Dates, Days};
use super::super::items::Items;
use super::super::lex::{Item, Lex, Part, Unit, What};

/// A day or an hour where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) what: Of,
    pub(super) gap: Gap,
}

/// What a term is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Of {
    Days(Days),
    Hours(Clock),
    /// "now", "in two hours".
    Moment(NaiveDateTime),
    /// "the next two hours".
    Within(Duration),
    /// "for two hours".
    Lasting(Duration),
}

/// What stands between a term and the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) comma: bool,
    /// "and", "or", "&", "/".
    pub(super) joined: bool,
    /// "to", "-": as of a range.
    pub(super) range: bool,
    /// "between" stands before the term.
    pub(super) between: bool,
    /// Words that say nothing of time.
    pub(super) words: bool,
    /// The end of a sentence or a line.
    pub(super) end: bool,
}

impl Gap {
    /// Nothing but small words, or a comma.
    pub(super) const fn near(self) -> bool {
        !(self.joined || self.range || self.words || self.end)
    }
}

/// Reads the terms of a text.
pub(super) struct Walk<'t> {
    pub(super) items: &'t [Item],
    pub(super) dates: Dates<'t>,
    pub(super) clocks: Clocks<'t>,
    pub(super) written: NaiveDateTime,
}

impl Walk<'_> {
    pub(super) fn read(&self) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let mut gap = Gap::default();
        let mut at = 0;
        while at < self.items.len() {
            let begun = terms.len();
            let used = self.term(at, gap, &mut terms);
            if terms.len() > begun {
                gap = Gap::default();
            } else {
                self.between(at, &mut gap);
            }
            at += used.max(1);
        }
        terms
    }

    /// Reads a term; returns how many items it takes.
    fn term(&self, at: usize, gap: Gap, terms: &mut Vec<Term>) -> usize {
        let mut push = |what| terms.push(Term { what, gap });
        if let Some(days) = self.the_day(at) {
            push(Of::Days(days));
            return 1;
        }
        if let Some((days, used)) = self.bounded(at) {
            push(Of::Days(days));
            return used;
        }
        if let Some((what, used)) = self.moment(at) {
            push(what);
            return used;
        }
        if let Some(used) = self.both(at, gap, terms) {
            return used;
        }
        let mut day = self.dates.read(at).or_else(|| self.month(at));
        // "for 8/4", "around 18 and 19 June"
        if day.is_none() && self.items.lex(at) == Some(Lex::At) {
            day = self
                .dates
                .read(at + 1)
                .filter(|found| matches!(found.days, Days::Day(_) | Days::Span(..)));
            if let Some(day) = &mut day {
                day.used += 1;
            }
        }
        let clock = self
            .clocks
            .read(at)
            .filter(|found| found.sure || self.is_time(at, found, gap, terms.last()));
        match (day, clock) {
            (Some(day), clock) if clock.is_none_or(|clock| clock.used <= day.used) => {
                terms.push(Term {
                    what: Of::Days(day.days),
                    gap,
                });
                day.used
            }
            (_, Some(clock)) => {
                if self.is_meal(at, clock) {
                    return 0;
                }
                let mut gap = gap;
                // "de 16:00 de hoy a 17:00 de mañana"
                let before = |back: usize| terms.len().checked_sub(back).and_then(|at| terms.get(at)).map(|term| &term.what);
                gap.range |= self.items.lex(at) == Some(Lex::AtOrTill)
                    && matches!(
                        (before(2), before(1)),
                        (Some(Of::Hours(Clock::Point(_) | Clock::From(_))), Some(Of::Days(_)))
                    );
                terms.push(Term {
                    what: Of::Hours(clock.clock),
                    gap,
                });
                clock.used
            }
            _ => 0,
        }
    }

    /// "the day", "my day", "the week": those it was written in; "of the day" names none.
    fn the_day(&self, at: usize) -> Option<Days> {
        let Some(Lex::Unit(unit @ (Unit::Day | Unit::Week))) = self.items.lex(at) else {
            return None;
        };
        let led = matches!(self.items.lex(at.checked_sub(1)?), Some(Lex::Of | Lex::Skip))
            && !matches!(self.items.lex(at.wrapping_sub(2)), Some(Lex::Of | Lex::Each | Lex::Every))
            && !matches!(self.items.what(at.wrapping_sub(2)), Some(What::Num(..)));
        let alone = matches!(
            self.items.what(at + 1),
            None | Some(What::Line | What::Mark('.' | '!' | '?' | ',') | What::Word(_))
        );
        match unit {
            Unit::Day if led && alone && at > 1 => Some(Days::Day(self.dates.today)),
            Unit::Week if led && alone && self.items.lex(at - 1) == Some(Lex::Of) => self.dates.this_week().map(Days::Week),
            _ => None,
        }
    }

    /// "more than two weeks after Monday", "less than 3 days from today": what lies beyond, or before.
    fn bounded(&self, at: usize) -> Option<(Days, usize)> {
        let which = self.items.lex(at)?;
        if !matches!(which, Lex::MoreThan | Lex::LessThan) {
            return None;
        }
        let found = self.dates.read(at + 1)?;
        let Days::Day(day) = found.days else { return None };
        let days = match which {
            Lex::MoreThan => Days::Since(Box::new(Days::Day(day)), 0),
            _ => Days::Span(self.dates.today, day.pred_opt()?),
        };
        Some((days, 1 + found.used))
    }

    /// Words that are a day and an hour at once: "tonight", "vanmiddag".
    fn both(&self, at: usize, gap: Gap, terms: &mut Vec<Term>) -> Option<usize> {
        let (days, clock, used) = match self.items.lex(at)? {
            Lex::WeekdayPart(weekday, part) => (Days::Weekday(weekday), Clock::Part(part), 1),
            Lex::ThisPart(part) => (Days::Day(self.dates.today), Clock::Part(part), 1),
            Lex::TomorrowPart(part) => (Days::Day(self.dates.today.succ_opt()?), Clock::Part(part), 1),
            Lex::Tonight => {
                let found = self.clocks.read(at)?;
                // Alone it is the night: of hours beside it it says which half of the day they are of.
                let alone = found.used == 1
                    && self.clocks.read(at + 1).is_none()
                    && !matches!(terms.last(), Some(Term { what: Of::Hours(_), .. }))
                    && self.items.number(at + 1).is_none();
                let clock = if alone { Clock::Part(Part::Night) } else { found.clock };
                (Days::Day(self.dates.today), clock, found.used)
            }
            _ => return None,
        };
        terms.push(Term { what: Of::Days(days), gap });
        terms.push(Term {
            what: Of::Hours(clock),
            gap: Gap::default(),
        });
        Some(used)
    }

    /// A month without a day: "February", "after March". In a letter that gives times it seldom is one of them.
    fn month(&self, at: usize) -> Option<day::Found> {
        let joint = self
            .items
            .lex(at)
            .filter(|lex| matches!(lex, Lex::After | Lex::Before | Lex::Till | Lex::From));
        let found = self.dates.month_alone(at + usize::from(joint.is_some()))?;
        let month = Box::new(found.days);
        let days = match joint {
            Some(Lex::After) => Days::Since(month, 1),
            Some(Lex::Before) => Days::Until(month, false),
            Some(Lex::Till) => Days::Until(month, true),
            Some(_) => Days::Since(month, 0),
            None => *month,
        };
        Some(day::Found {
            days,
            used: found.used + usize::from(joint.is_some()),
            contradicts: false,
        })
    }

    /// "a lunch meeting", "lunch with Ann": what is done, not when.
    fn is_meal(&self, at: usize, found: clock::Found) -> bool {
        let meal = found.clock == Clock::Part(super::super::lex::Part::Lunch) && found.used == 1 && self.items.length(at) <= 5;
        meal && (matches!(self.items.what(at + 1), Some(What::Word(_) | What::Lex(Lex::Event | Lex::With)))
            || matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Skip)))
    }

    /// "in two hours", "half an hour from now", "an hour later", "for two hours".
    fn moment(&self, at: usize) -> Option<(Of, usize)> {
        // "tra due ore", "over twee uur": words that stand before a range or behind an hour as well.
        let counts = matches!(self.items.lex(at), Some(Lex::Between | Lex::Past))
            && !matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Of | Lex::On));
        let lead = self.items.lex(at).filter(|lex| counts || matches!(lex, Lex::Of | Lex::At));
        if let Some((length, used)) = self.coming(at) {
            return Some((Of::Within(length), used));
        }
        let start = at + usize::from(lead.is_some());
        // "-2hr5min", "+20 min"
        let sign = match self.items.mark(at) {
            Some('+') => 1,
            Some('-' | '−') if at == 0 || self.items.what(at - 1) == Some(&What::Line) => -1,
            _ => 0,
        };
        if sign != 0
            && let Some((length, used)) = self.lasting(at + 1).filter(|_| self.items.glued(at + 1))
        {
            let moment = self.written.checked_add_signed(length * sign)?;
            return Some((Of::Moment(moment), 1 + used));
        }
        let (length, used) = self.days_before(start).or_else(|| self.lasting(start))?;
        let next = start + used;
        // "de 5 heures à 7 heures", "um 8 Uhr" are clock times.
        let hour = self.items.lex(next - 1) == Some(Lex::ClockMark);
        let goes_on = matches!(
            self.items.lex(next),
            Some(Lex::Till | Lex::ToHour | Lex::AtOrTill | Lex::Part(_) | Lex::And | Lex::AndHalf | Lex::AndQuarter | Lex::Number(_))
        ) || self.items.mark(next).is_some_and(|mark| matches!(mark, '-' | '–'))
            || self.items.number(next).is_some();
        if hour && (goes_on || lead == Some(Lex::At)) {
            return None;
        }
        let then = || self.written.checked_add_signed(length).map(Of::Moment);
        match (lead, self.items.lex(next)) {
            (Some(Lex::At), _) => Some((Of::Lasting(length), next - at)),
            (_, Some(Lex::Later)) => Some((then()?, next + 1 - at)),
            (_, Some(Lex::From)) if self.items.lex(next + 1) == Some(Lex::Skip) => Some((then()?, next + 2 - at)),
            (Some(_), _) => Some((then()?, next - at)),
            _ => None,
        }
    }

    /// "the next two hours", "las próximas 3 horas", "the 3 next hours"
    fn coming(&self, at: usize) -> Option<(Duration, usize)> {
        let unit = |at: usize| matches!(self.items.lex(at), Some(Lex::Unit(Unit::Hour | Unit::Minute)));
        if !matches!(self.items.lex(at), Some(Lex::Next | Lex::Following)) {
            return None;
        }
        let (length, used) = self.lasting(at + 1)?;
        unit(at + used).then_some((length, 1 + used))
    }

    /// "1d 2hr 5min", "1d, 2hr, and 5min": days before hours and minutes.
    fn days_before(&self, at: usize) -> Option<(Duration, usize)> {
        let (days, 1 | 2) = self.items.number(at)? else { return None };
        let letter = matches!(self.items.what(at + 1), Some(What::Word(letter)) if &**letter == "d") && self.items.glued(at + 1);
        let unit = letter || self.items.lex(at + 1) == Some(Lex::Unit(Unit::Day));
        let next = at + 2 + usize::from(self.items.mark(at + 2) == Some(','));
        let (rest, used) = self.lasting(next).filter(|_| unit)?;
        Some((Duration::days(i64::from(days)).checked_add(&rest)?, next + used - at))
    }

    /// A length of time in hours and minutes: "1 hour and 20 minutes".
    fn lasting(&self, at: usize) -> Option<(Duration, usize)> {
        // "12 hours": a length longer than any interview.
        let long = || {
            let (hours, 1 | 2) = self.items.number(at)? else { return None };
            let unit = matches!(self.items.lex(at + 1), Some(Lex::Unit(Unit::Hour) | Lex::ClockMark));
            unit.then(|| Some((i32::try_from(hours).ok()? * 60, 2))).flatten()
        };
        let (mut minutes, mut used) = self.clocks.length(at).or_else(long)?;
        let comma = at + used + usize::from(self.items.mark(at + used) == Some(','));
        let next = comma + usize::from(self.items.lex(comma) == Some(Lex::And));
        if let Some((more, taken)) = self.clocks.length(next).filter(|(more, _)| *more < 60 && minutes >= 60) {
            (minutes, used) = (minutes + more, next + taken - at);
        }
        Some((Duration::minutes(i64::from(minutes)), used))
    }

    /// A bare number is an hour beside a day, or where nothing else stands.
    fn is_time(&self, at: usize, found: &clock::Found, gap: Gap, last: Option<&Term>) -> bool {
        let next = at + found.used;
        let beside = last.is_some_and(|last| matches!(last.what, Of::Days(_) | Of::Hours(_)) && !gap.words && !gap.end);
        let to = next + usize::from(matches!(self.items.lex(next), Some(Lex::On | Lex::Of)));
        let day_follows = self.dates.read(to).is_some_and(|found| !matches!(found.days, Days::Same))
            && !matches!(self.items.lex(to), Some(Lex::Ordinal(_)));
        let after_word = matches!(self.items.what(at.wrapping_sub(1)), Some(What::Word(_)));
        let range = matches!(found.clock, Clock::Range(..));
        let dotted = found.used == 3
            && matches!(found.clock, Clock::Point(minute) if minute % 5 == 0 && (7 * 60..=20 * 60).contains(&minute))
            && !after_word;
        // "building 4 this afternoon": the number is the building's.
        let counted = after_word && !range && self.items.number(at).is_some() && found.used == 1;
        dotted || (beside || day_follows) && !counted || range && !after_word
    }

    /// Takes note of an item between two terms.
    fn between(&self, at: usize, gap: &mut Gap) {
        let Some(what) = self.items.what(at) else { return };
        match what {
            What::Line => gap.end = true,
            What::Mark('.' | '!' | '?' | ';' | '…') => {
                let short = self.items.glued(at) && self.items.length(at.wrapping_sub(1)) <= 4 && !self.items.capital(at + 1);
                gap.end |= !short;
            }
            What::Mark(',' | ':') => gap.comma = true,
            What::Mark('/' | '&' | '+') => gap.joined = true,
            What::Mark('-' | '–' | '—' | '~' | '>') => gap.range = true,
            What::Mark(_) => {}
            What::Lex(Lex::And | Lex::Or) => gap.joined = true,
            What::Lex(Lex::Till | Lex::ToHour | Lex::AtOrTill) => gap.range = true,
            What::Lex(Lex::Between) => gap.between = true,
            What::Lex(Lex::Skip | Lex::At | Lex::On | Lex::Of | Lex::From | Lex::This | Lex::Sharp | Lex::OrdinalMark | Lex::Each) => {}
            What::Word(_) | What::Num(..) | What::Lex(_) => gap.words = true,
        }
    }
}
