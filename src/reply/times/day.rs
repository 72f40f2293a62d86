//! Days as people write them: "Tuesday", "next week", "12 March", "1/12", "Mon-Wed", "w/c 7 Dec", "the day after".
//!
//! In: items, the day the mail was written, and whether the writer puts the day before the month. Out: [`Days`], definite where the words
//! are, else left to the week spoken of.
//! Never here: hours, zones, whether the day is offered or refused.

use chrono::{Datelike, Days as Count, Months, NaiveDate};

use super::lex::{Item, Lex, Unit, What};

/// Days named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Days {
    /// The next one, or that of the week spoken of. 1 is Monday.
    Weekday(u32),
    /// Several of them: "Mon-Wed", "MWF". A bit each, Monday the lowest.
    Weekdays(u8),
    /// Every such day there is.
    Each(u8),
    /// A day, and the weekday said beside it when it is another one.
    Day(NaiveDate),
    /// From one day to another, both in it.
    Span(NaiveDate, NaiveDate),
    /// A week from Monday on, or the part of it from one day to another: scope for weekdays said with it.
    Week(Week),
    Weekend,
    /// Every workday.
    Any,
    /// What is not named otherwise.
    Rest,
    /// The day after the one spoken of.
    Following,
    /// The days spoken of.
    Same,
    /// The day spoken of and all after it.
    FromThen,
    /// From a day on; so many days later.
    Since(Box<Days>, u64),
    /// Up to a day: with it, or without.
    Until(Box<Days>, bool),
}

/// A week, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Week {
    pub(super) monday: NaiveDate,
    /// 0 for Monday.
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Week {
    pub(super) const fn of(monday: NaiveDate) -> Self {
        Self { monday, first: 0, last: 4 }
    }

    /// A weekday of it, 1 for Monday.
    pub(super) fn day(self, weekday: u32) -> Option<NaiveDate> {
        self.monday.checked_add_days(Count::new(u64::from(weekday.checked_sub(1)?)))
    }
}

/// Days found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) days: Days,
    /// How many items they take.
    pub(super) used: usize,
    /// The weekday said beside a date is another one.
    pub(super) contradicts: bool,
}

/// Reads days.
pub(super) struct Dates<'i> {
    pub(super) items: &'i [Item],
    pub(super) today: NaiveDate,
    /// 1/12 is the first of December.
    pub(super) day_first: bool,
    /// "3." is the third: German writes so.
    pub(super) dotted: bool,
    /// The last month named, for days that name none.
    pub(super) month: std::cell::Cell<Option<NaiveDate>>,
    /// The last week named, for "the following week".
    pub(super) week: std::cell::Cell<Option<NaiveDate>>,
}

/// The Monday of a day's week.
pub(super) fn monday(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_sub_days(Count::new(u64::from(day.weekday().num_days_from_monday())))
}

/// The weekdays from one to another, round the end of the week.
fn from_to(first: u32, last: u32) -> u8 {
    let mut bits = 0;
    let mut day = first;
    for _ in 0..7 {
        bits |= bit(day);
        if day == last {
            break;
        }
        day = day % 7 + 1;
    }
    bits
}

/// The bit of a weekday.
pub(super) const fn bit(weekday: u32) -> u8 {
    1 << ((weekday + 6) % 7)
}

impl Dates<'_> {
    fn what(&self, at: usize) -> Option<&What> {
        self.items.get(at).map(|item| &item.what)
    }

    fn lex(&self, at: usize) -> Option<Lex> {
        match self.what(at)? {
            What::Lex(lex) => Some(*lex),
            What::Word(_) | What::Num(..) | What::Mark(_) | What::Line => None,
        }
    }

    fn mark(&self, at: usize) -> Option<char> {
        match self.what(at)? {
            What::Mark(mark) => Some(*mark),
            What::Lex(_) | What::Word(_) | What::Num(..) | What::Line => None,
        }
    }

    fn glued(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| item.glued)
    }

    fn capital(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| item.capital)
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.what(at)? {
            What::Num(value, digits) => Some((*value, *digits)),
            What::Lex(_) | What::Word(_) | What::Mark(_) | What::Line => None,
        }
    }

    fn skip(&self, mut at: usize, these: &[Lex]) -> usize {
        while self.lex(at).is_some_and(|lex| these.contains(&lex)) {
            at += 1;
        }
        at
    }

    /// The days that begin at an item.
    pub(super) fn read(&self, at: usize) -> Option<Found> {
        let plain = |days, used| {
            Some(Found {
                days,
                used,
                contradicts: false,
            })
        };
        match self.lex(at) {
            Some(Lex::From) => {
                let start = self.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                let next = start + first.used;
                if let Some(range) = self.range_on(&first, start) {
                    return Some(Found {
                        used: start + range.used - at,
                        ..range
                    });
                }
                let onwards = usize::from(self.lex(next) == Some(Lex::Onwards));
                // "from Monday 9 to 5" goes on with hours; a week is no beginning.
                if onwards == 0 && (self.hours_follow(next) || matches!(first.days, Days::Week(_))) {
                    return Some(Found { used: next - at, ..first });
                }
                return plain(Days::Since(Box::new(first.days), 0), next + onwards - at);
            }
            Some(Lex::After) => {
                let start = self.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                let earliest = self.inclusive_after(at);
                return plain(Days::Since(Box::new(first.days), u64::from(!earliest)), start + first.used - at);
            }
            Some(Lex::Before) => {
                let start = self.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                return plain(Days::Until(Box::new(first.days), false), start + first.used - at);
            }
            Some(Lex::Till) => {
                let start = self.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                return plain(Days::Until(Box::new(first.days), true), start + first.used - at);
            }
            Some(Lex::Between) => {
                let start = self.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                let mut next = start + first.used;
                if matches!(self.lex(next), Some(Lex::And | Lex::Till | Lex::ToHour)) || matches!(self.mark(next), Some('-' | '–' | '&'))
                {
                    next += 1;
                } else {
                    return None;
                }
                let second = self.single(self.skip(next, &[Lex::On, Lex::Of]))?;
                let used = self.skip(next, &[Lex::On, Lex::Of]) + second.used - at;
                return plain(self.join(&first.days, &second.days)?, used);
            }
            _ => {}
        }
        let first = self.single(at)?;
        if let Some(range) = self.range_on(&first, at) {
            return Some(range);
        }
        let next = at + first.used;
        if self.lex(next) == Some(Lex::Onwards) && !matches!(first.days, Days::Week(_)) {
            return plain(Days::Since(Box::new(first.days), 0), first.used + 1);
        }
        Some(first)
    }

    /// "not before Thursday", "nothing until Thursday" let Thursday in; "after Thursday" does not.
    fn inclusive_after(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| item.bytes.len() > 7)
    }

    /// "Monday 9 to 5": hours stand behind a day.
    fn hours_follow(&self, at: usize) -> bool {
        self.number(at).is_some() || matches!(self.lex(at), Some(Lex::At | Lex::Part(_) | Lex::Between))
    }

    /// A range, when a joint and a second day follow the first one.
    fn range_on(&self, first: &Found, at: usize) -> Option<Found> {
        let next = at + first.used;
        let joint = match (self.lex(next), self.mark(next)) {
            (Some(Lex::Till | Lex::AtOrTill | Lex::ToHour), _) => self.skip(next + 1, &[Lex::On, Lex::Of]),
            (_, Some('-' | '–' | '—' | '/' | '‑' | '−' | '>')) => next + 1,
            _ => return None,
        };
        let slash = self.mark(next) == Some('/');
        let (second, used) = match self.single(joint) {
            Some(second) => (second.days, second.used),
            // "Dec 8-10": the second day is of the same month.
            None => {
                let Days::Day(from) = first.days else { return None };
                let (day, used) = self.day_number(joint)?;
                let clock = matches!(self.mark(joint + used), Some(':'))
                    || matches!(self.lex(joint + used), Some(Lex::Am | Lex::Pm | Lex::ClockMark));
                let to = from.with_day(day).filter(|to| *to > from && !clock)?;
                (Days::Day(to), used)
            }
        };
        if slash {
            // "13th/14th", "Tue/Wed" are two days, not a range.
            return match (&first.days, &second) {
                (Days::Weekday(a), Days::Weekday(b)) => Some(Found {
                    days: Days::Weekdays(bit(*a) | bit(*b)),
                    used: joint + used - at,
                    contradicts: false,
                }),
                _ => None,
            };
        }
        Some(Found {
            days: self.join(&first.days, &second)?,
            used: joint + used - at,
            contradicts: false,
        })
    }

    fn join(&self, first: &Days, second: &Days) -> Option<Days> {
        Some(match (first, second) {
            (Days::Weekday(a), Days::Weekday(b)) => Days::Weekdays(from_to(*a, *b)),
            (Days::Day(a), Days::Day(b)) if a <= b => Days::Span(*a, *b),
            (Days::Day(a), Days::Weekday(b)) => Days::Span(*a, on_or_after(*a, *b)?),
            (Days::Weekday(a), Days::Day(b)) => Days::Span(on_or_after(self.today.succ_opt()?, *a).filter(|a| a <= b)?, *b),
            (Days::Day(a), Days::Week(week)) => Days::Span(*a, week.monday.checked_add_days(Count::new(week.last))?),
            (Days::Week(a), Days::Week(b)) => Days::Span(
                a.monday.checked_add_days(Count::new(a.first))?,
                b.monday.checked_add_days(Count::new(b.last))?,
            ),
            (Days::Day(a), Days::Span(_, b)) => Days::Span(*a, *b),
            _ => return None,
        })
    }

    /// Days without a range.
    fn single(&self, at: usize) -> Option<Found> {
        let plain = |days, used| {
            Some(Found {
                days,
                used,
                contradicts: false,
            })
        };
        let lex = self.lex(at);
        match lex {
            Some(Lex::Weekday(weekday)) if self.is_weekday(at) => return self.weekday(at, weekday),
            Some(Lex::Relative(days)) => {
                let day = self.today.checked_add_signed(chrono::Duration::days(i64::from(days)))?;
                // "today, the 20th", "tomorrow (Tuesday)": said twice.
                let next = if matches!(self.mark(at + 1), Some(',' | '(')) {
                    at + 2
                } else {
                    at + 1
                };
                if let Some(Lex::Weekday(weekday)) = self.lex(next)
                    && weekday == day.weekday().number_from_monday()
                {
                    let used = self
                        .weekday(next, weekday)
                        .filter(|found| found.days == Days::Day(day))
                        .map_or(1, |found| found.used);
                    let close = usize::from(self.mark(at + 1) == Some('(') && self.mark(next + used) == Some(')'));
                    return plain(Days::Day(day), next + used + close - at);
                }
                return plain(Days::Day(day), 1);
            }
            Some(Lex::EveryWeekday(weekday)) => {
                let mut bits = bit(weekday);
                let mut next = at + 1;
                // "Mondays and Wednesdays"
                while matches!(self.lex(next), Some(Lex::And | Lex::Or)) || matches!(self.mark(next), Some(',' | '&' | '/')) {
                    let Some(Lex::EveryWeekday(other)) = self.lex(next + 1) else {
                        break;
                    };
                    bits |= bit(other);
                    next += 2;
                }
                return plain(Days::Each(bits), next - at);
            }
            Some(Lex::Weekdays(digits)) => {
                let bits = digits
                    .to_string()
                    .chars()
                    .filter_map(|c| c.to_digit(10))
                    .fold(0, |bits, day| bits | bit(day));
                return plain(Days::Weekdays(bits), 1);
            }
            Some(Lex::Every) => {
                let next = self.skip(at + 1, &[Lex::Every, Lex::Of, Lex::Skip]);
                return match self.lex(next) {
                    Some(Lex::Weekday(weekday) | Lex::EveryWeekday(weekday)) => plain(Days::Each(bit(weekday)), next + 1 - at),
                    Some(Lex::Workdays) => plain(Days::Any, next + 1 - at),
                    Some(Lex::Unit(Unit::Day)) => plain(Days::Any, next + 1 - at),
                    Some(Lex::Weekend) => plain(Days::Weekend, next + 1 - at),
                    Some(Lex::Unit(Unit::Week) | Lex::This | Lex::Next) => {
                        let week = self.single(next)?;
                        plain(week.days, next + week.used - at)
                    }
                    _ => None,
                };
            }
            Some(Lex::Workdays | Lex::AnyDay) => return plain(Days::Any, 1),
            // "a lovely weekend" is none to meet on.
            Some(Lex::Weekend) if at > 0 && matches!(self.what(at - 1), Some(What::Word(_))) => return None,
            Some(Lex::Weekend) => return plain(Days::Weekend, 1),
            Some(Lex::Rest) => return plain(Days::Rest, 1),
            Some(Lex::FollowingDay) => return plain(Days::Following, 1),
            Some(Lex::SameDay) => return plain(Days::Same, 1),
            Some(Lex::FromThen) => return plain(Days::FromThen, 1),
            Some(Lex::Fortnight) => {
                let last = self.week(1)?.monday.checked_add_days(Count::new(4))?;
                return plain(Days::Span(self.today, last), 1);
            }
            Some(Lex::WeekOf) => {
                let next = self.skip(at + 1, &[Lex::On, Lex::Of]);
                let found = self.single(next)?;
                let day = match found.days {
                    Days::Day(day) => day,
                    Days::Weekday(weekday) => on_or_after(self.today.succ_opt()?, weekday)?,
                    _ => return None,
                };
                return plain(Days::Week(Week::of(monday(day)?)), next + found.used - at);
            }
            Some(Lex::CalendarWeek) => {
                let (number, _) = self.number(at + 1)?;
                return plain(Days::Week(Week::of(self.calendar_week(number)?)), 2);
            }
            Some(Lex::Unit(Unit::Week)) => {
                // "week 23"; "semaine prochaine", "week after next"
                if let Some((number, _)) = self.number(at + 1).filter(|(n, _)| (1..=53).contains(n)) {
                    return plain(Days::Week(Week::of(self.calendar_week(number)?)), 2);
                }
                return match self.lex(self.skip(at + 1, &[Lex::Of])) {
                    Some(Lex::Next) => plain(Days::Week(self.week(1)?), self.skip(at + 1, &[Lex::Of]) + 1 - at),
                    Some(Lex::This) => plain(Days::Week(self.week(0)?), self.skip(at + 1, &[Lex::Of]) + 1 - at),
                    _ => None,
                };
            }
            Some(Lex::WeekAfterNext) => return plain(Days::Week(self.week(2)?), 1),
            Some(Lex::WeekAfter) => {
                let week = match self.week.get().and_then(|monday| monday.checked_add_days(Count::new(7))) {
                    Some(monday) => Week::of(monday),
                    None => self.week(1)?,
                };
                return plain(Days::Week(week), 1);
            }
            Some(Lex::Early | Lex::Middle | Lex::Late | Lex::RestOf) => return self.part_of(at),
            Some(Lex::This | Lex::Next | Lex::Last) => return self.this_next(at),
            Some(Lex::ThisPart(_) | Lex::Tonight) => return plain(Days::Day(self.today), 1),
            Some(Lex::TomorrowPart(_)) => return plain(Days::Day(self.today.succ_opt()?), 1),
            Some(Lex::Month(_)) => return self.month_first(at),
            Some(Lex::Of | Lex::On) => {
                // "in 3 days", "in two weeks", "in December"
                return self.distance(at).or_else(|| {
                    let Some(Lex::Month(month)) = self.lex(at + 1) else { return None };
                    let free = self.number(at + 2).is_none() || self.number(at + 2).is_some_and(|(_, digits)| digits == 4);
                    let first = free.then(|| self.first_of(month)).flatten()?;
                    plain(Days::Span(first.max(self.today), last_of(first)?), 2)
                });
            }
            Some(Lex::Ordinal(n)) => {
                if let Some(found) = self.nth_weekday(at, n) {
                    return Some(found);
                }
            }
            _ => {}
        }
        self.distance(at).or_else(|| self.date(at))
    }

    /// "sat" and "sun" are weekdays with a capital, or beside one.
    fn is_weekday(&self, at: usize) -> bool {
        let short = self.items.get(at).is_some_and(|item| item.bytes.len() <= 3 && !item.capital);
        let ambiguous = matches!(self.lex(at), Some(Lex::Weekday(6 | 7)));
        !(short && ambiguous)
            || [at.wrapping_sub(1), at + 1].iter().any(|&near| {
                self.number(near).is_some()
                    || matches!(
                        self.lex(near),
                        Some(
                            Lex::And
                                | Lex::Or
                                | Lex::On
                                | Lex::This
                                | Lex::Next
                                | Lex::Part(_)
                                | Lex::At
                                | Lex::Am
                                | Lex::Pm
                                | Lex::AnyTime
                        )
                    )
                    || matches!(self.mark(near), Some(':' | '/' | '-' | '–' | ','))
            })
    }

    /// The week so many weeks from now; on a weekend all of this, the coming and the next are the one about to begin.
    fn week(&self, ahead: i64) -> Option<Week> {
        let weekend = self.today.weekday().number_from_monday() > 5;
        self.week.set(None);
        let base = monday(self.today)?;
        let ahead = if weekend { ahead.max(1) } else { ahead };
        let week = base.checked_add_signed(chrono::Duration::weeks(ahead))?;
        self.week.set(Some(week));
        Some(Week::of(week))
    }

    fn calendar_week(&self, number: u32) -> Option<NaiveDate> {
        let of = |year| NaiveDate::from_isoywd_opt(year, number, chrono::Weekday::Mon);
        let year = self.today.iso_week().year();
        of(year)
            .filter(|monday| monday.checked_add_days(Count::new(6)).is_some_and(|sunday| sunday >= self.today))
            .or_else(|| of(year + 1))
    }

    /// A weekday and what stands with it: "next", a week, a date.
    fn weekday(&self, at: usize, weekday: u32) -> Option<Found> {
        let plain = |days, used| {
            Some(Found {
                days,
                used,
                contradicts: false,
            })
        };
        let mut next = at + 1;
        // "Tues."
        if self.mark(next) == Some('.') && self.glued(next) && self.items.get(at).is_some_and(|item| item.bytes.len() <= 5) {
            next += 1;
        }
        // "lundi prochain", "Monday next"
        match self.lex(next) {
            Some(Lex::Next)
                if !matches!(self.lex(next + 1), Some(Lex::Unit(_)))
                    && !matches!(self.lex(next + 1), Some(Lex::Weekday(_)))
                    && !self.capital(next) =>
            {
                return plain(Days::Day(self.week(1)?.day(weekday)?), next + 1 - at);
            }
            // "Tuesday week": a week after it.
            Some(Lex::Unit(Unit::Week))
                if self.number(next + 1).is_none() && !matches!(self.lex(next + 1), Some(Lex::Next | Lex::This)) =>
            {
                let day = on_or_after(self.today.succ_opt()?, weekday)?.checked_add_days(Count::new(7))?;
                return plain(Days::Day(day), next + 1 - at);
            }
            _ => {}
        }
        // "Monday the 7th", "Mon, 23 Nov", "Mon (7/12)"
        let mut date_at = next;
        let mut bracket = false;
        if let Some(mark @ (',' | '(' | '-' | '–')) = self.mark(next) {
            // A dash before a bare number is a range of hours.
            bracket = mark == '(';
            if !matches!(mark, '-' | '–') || self.date(next + 1).is_some_and(|found| found.used > 1) {
                date_at = next + 1;
            }
        }
        date_at = self.skip(date_at, &[Lex::Of, Lex::On]);
        if let Some(found) = self.date_beside(date_at, weekday) {
            let end = date_at + found.used;
            let close = usize::from(bracket && self.mark(end) == Some(')'));
            return Some(Found {
                used: end + close - at,
                ..found
            });
        }
        plain(Days::Weekday(weekday), next - at)
    }

    /// The date that begins at an item and is of a weekday if it can be.
    fn date_beside(&self, at: usize, weekday: u32) -> Option<Found> {
        let is = |day: &NaiveDate| day.weekday().number_from_monday() == weekday;
        // Another order of day and month, another month, or a date that the weekday contradicts.
        let found = self.date(at)?;
        let Days::Day(day) = found.days else { return None };
        if is(&day) {
            return Some(found);
        }
        let other = Dates {
            items: self.items,
            today: self.today,
            day_first: !self.day_first,
            dotted: self.dotted,
            month: std::cell::Cell::new(None),
            week: std::cell::Cell::new(None),
        };
        if let Some(swapped) = other.date(at)
            && matches!(swapped.days, Days::Day(day) if is(&day))
        {
            return Some(swapped);
        }
        // "Monday 7th" without a month: the next 7th that is a Monday, within three months.
        if found.used <= 3 && self.month_stands(at, found.used).is_none() {
            let mut month = self.today.with_day(1)?;
            for _ in 0..4 {
                if let Some(day) = month.with_day(day.day()).filter(|day| is(day) && *day >= self.today) {
                    return Some(Found {
                        days: Days::Day(day),
                        ..found
                    });
                }
                month = month.checked_add_months(Months::new(1))?;
            }
        }
        Some(Found {
            contradicts: true,
            ..found
        })
    }

    fn month_stands(&self, at: usize, used: usize) -> Option<()> {
        (at..at + used)
            .any(|at| matches!(self.lex(at), Some(Lex::Month(_))) || matches!(self.mark(at), Some('/' | '.' | '-')))
            .then_some(())
    }

    /// "this Tuesday", "next week", "next Friday", "this weekend", "next month", "the next three days".
    fn this_next(&self, at: usize) -> Option<Found> {
        let plain = |days, used| {
            Some(Found {
                days,
                used,
                contradicts: false,
            })
        };
        let which = self.lex(at)?;
        let mut next = self.skip(at + 1, &[Lex::Of]);
        // "next next Monday", "this coming Tuesday"
        let mut ahead = i64::from(which == Lex::Next);
        while let Some(Lex::Next) = self.lex(next) {
            ahead += i64::from(which == Lex::Next);
            next += 1;
        }
        if which == Lex::Last {
            return None;
        }
        match self.lex(next)? {
            Lex::Unit(Unit::Week) => plain(Days::Week(self.week(ahead)?), next + 1 - at),
            Lex::Unit(Unit::Day) if which == Lex::Next => plain(Days::Following, next + 1 - at),
            Lex::Unit(Unit::Month) => {
                let first = self
                    .today
                    .with_day(1)?
                    .checked_add_months(Months::new(u32::from(which == Lex::Next)))?;
                plain(Days::Span(first.max(self.today), last_of(first)?), next + 1 - at)
            }
            Lex::Weekday(weekday) | Lex::EveryWeekday(weekday) => {
                let week = self.week(ahead)?;
                let day = week.day(weekday)?;
                let day = if day < self.today && which == Lex::This {
                    day.checked_add_days(Count::new(7))?
                } else {
                    day
                };
                // "next Tuesday the 8th"
                let found = self.weekday(next, weekday)?;
                let days = if let Days::Day(day) = found.days {
                    Days::Day(day)
                } else {
                    Days::Day(day)
                };
                plain(days, next + found.used - at)
            }
            Lex::Weekend => {
                let saturday = self.week(ahead)?.day(6)?;
                let saturday = if self.today.weekday().number_from_monday() > 5 {
                    saturday
                } else {
                    monday(self.today)?.checked_add_signed(chrono::Duration::days(5 + 7 * ahead))?
                };
                plain(Days::Span(saturday, saturday.succ_opt()?), next + 1 - at)
            }
            Lex::Part(_) if which == Lex::This => plain(Days::Day(self.today), next - at),
            Lex::Month(_) => {
                let found = self.month_first(next)?;
                plain(found.days, next + found.used - at)
            }
            Lex::Number(n) => self.next_days(next, n, at),
            Lex::Workdays => plain(Days::Week(self.week(ahead)?), next + 1 - at),
            _ => None,
        }
        .or_else(|| self.number(next).and_then(|(n, _)| self.next_days(next, n, at)))
    }

    /// "the next three days", "the next 2 weeks".
    fn next_days(&self, at: usize, count: u32, start: usize) -> Option<Found> {
        let days = match self.lex(at + 1)? {
            Lex::Unit(Unit::Day) | Lex::Workdays => count,
            Lex::Unit(Unit::Week) => count.checked_mul(7)?,
            _ => return None,
        };
        let last = self.today.checked_add_days(Count::new(u64::from(days.min(400))))?;
        Some(Found {
            days: Days::Span(self.today.succ_opt()?, last),
            used: at + 2 - start,
            contradicts: false,
        })
    }

    /// "early next week", "the end of the week", "the rest of this week", "mid-December".
    fn part_of(&self, at: usize) -> Option<Found> {
        let which = self.lex(at)?;
        let mut next = self.skip(at + 1, &[Lex::Of, Lex::On]);
        if self.mark(next) == Some('-') {
            next = self.skip(next + 1, &[Lex::Of, Lex::On]);
        }
        let (days, used) = match self.lex(next)? {
            Lex::Unit(Unit::Week) => match self.single(next) {
                Some(found) => (found.days, found.used),
                // "the rest of the week": of the one spoken of.
                None if which == Lex::RestOf => (Days::Rest, 1),
                None => (Days::Week(self.week(0)?), 1),
            },
            Lex::This | Lex::Next | Lex::WeekOf | Lex::CalendarWeek | Lex::WeekAfterNext | Lex::WeekAfter => {
                let found = self.single(next)?;
                (found.days, found.used)
            }
            Lex::Month(month) => {
                let first = self.first_of(month)?;
                (Days::Span(first, last_of(first)?), 1)
            }
            Lex::Unit(Unit::Month) => {
                let first = self.today.with_day(1)?;
                (Days::Span(first, last_of(first)?), 1)
            }
            _ => return None,
        };
        let days = match days {
            Days::Week(week) => {
                let today = self.today.weekday().num_days_from_monday();
                let (first, last) = match which {
                    Lex::Early => (0, 1),
                    Lex::Middle => (1, 3),
                    Lex::Late => (3, 4),
                    _ if week.monday <= self.today => (u64::from(today), 4),
                    _ => (0, 4),
                };
                Days::Week(Week { first, last, ..week })
            }
            Days::Span(first, last) => {
                let at = |n| first.with_day(n);
                match which {
                    Lex::Early => Days::Span(first, at(10)?),
                    Lex::Middle => Days::Span(at(11)?, at(20)?),
                    Lex::Late => Days::Span(at(21)?, last),
                    _ => Days::Span(self.today.max(first), last),
                }
            }
            other => other,
        };
        Some(Found {
            days,
            used: next + used - at,
            contradicts: false,
        })
    }

    /// "first Wednesday of December".
    fn nth_weekday(&self, at: usize, n: u32) -> Option<Found> {
        let Lex::Weekday(weekday) = self.lex(at + 1)? else { return None };
        let next = self.skip(at + 2, &[Lex::Of]);
        let Lex::Month(month) = self.lex(next)? else { return None };
        let first = on_or_after(self.first_of(month)?, weekday)?;
        let day = first.checked_add_days(Count::new(7 * u64::from(n.checked_sub(1)?)))?;
        Some(Found {
            days: Days::Day(day),
            used: next + 1 - at,
            contradicts: false,
        })
    }

    /// "in 3 days", "in two weeks", "3 days from now", "a week from Tuesday".
    fn distance(&self, at: usize) -> Option<Found> {
        let led = matches!(self.lex(at), Some(Lex::Of));
        let start = if led { at + 1 } else { at };
        let (count, next) = match (self.lex(start), self.number(start)) {
            (Some(Lex::Number(n)), _) => (n, start + 1),
            (_, Some((n, 1 | 2))) => (n, start + 1),
            (Some(Lex::Skip | Lex::Each), _) => (1, start + 1),
            _ => return None,
        };
        let days = match self.lex(next)? {
            Lex::Unit(Unit::Day) => count,
            Lex::Unit(Unit::Week) => count * 7,
            _ => return None,
        };
        let after = next + 1;
        let (from, used) = if matches!(self.lex(after), Some(Lex::From | Lex::FromThen | Lex::After | Lex::On)) {
            match self.single(after + 1).map(|found| (found.days, found.used)) {
                Some((Days::Day(day), used)) => (day, after + 1 + used - at),
                Some((Days::Weekday(weekday), used)) => (on_or_after(self.today.succ_opt()?, weekday)?, after + 1 + used - at),
                // "3 days from now"
                _ if !led && matches!(self.lex(after + 1), Some(Lex::Skip)) => (self.today, after + 2 - at),
                _ if led => (self.today, after - at),
                _ => return None,
            }
        } else if led {
            (self.today, after - at)
        } else {
            return None;
        };
        let day = from.checked_add_days(Count::new(u64::from(days.min(400))))?;
        Some(Found {
            days: Days::Day(day),
            used,
            contradicts: false,
        })
    }

    /// "March 12", "Dec 8th, 2026", "Oct/10".
    fn month_first(&self, at: usize) -> Option<Found> {
        let Lex::Month(month) = self.lex(at)? else { return None };
        let mut next = at + 1;
        if self.mark(next) == Some('.') && self.glued(next) || self.mark(next) == Some('/') || self.mark(next) == Some('-') {
            next += 1;
        }
        next = self.skip(next, &[Lex::Of]);
        let Some((day, used)) = self.day_number(next) else {
            // "may" and "march" alone are verbs more often than months.
            let modal = !self.capital(at) || matches!(month, 3 | 5);
            if modal
                && !matches!(
                    self.lex(at.wrapping_sub(1)),
                    Some(Lex::Of | Lex::On | Lex::Early | Lex::Late | Lex::Middle | Lex::Next | Lex::This)
                )
            {
                return None;
            }
            return None;
        };
        let mut end = next + used;
        // A clock time is no day: "March 12:30".
        if self.mark(end) == Some(':') && self.glued(end) && self.number(end + 1).is_some() && self.glued(end + 1) {
            return None;
        }
        let year = self.year(end);
        if let Some((_, used)) = year {
            end += used;
        }
        let date = self.ahead(month, day, year.map(|(year, _)| year))?;
        self.month.set(Some(date));
        Some(Found {
            days: Days::Day(date),
            used: end - at,
            contradicts: false,
        })
    }

    /// A year behind a date: ", 2027", "2027", "/27".
    fn year(&self, at: usize) -> Option<(i32, usize)> {
        let (next, skipped) = match self.mark(at) {
            Some(',' | '/' | '-' | '.') => (at + 1, 1),
            _ if self.lex(at) == Some(Lex::Of) => (at + 1, 1),
            _ => (at, 0),
        };
        let (value, digits) = self.number(next)?;
        // "Dec 8, 2030" may be a clock time with a day after it; four digits of this century are a year.
        (digits == 4 && (1990..2100).contains(&value)).then(|| Some((i32::try_from(value).ok()?, skipped + 1)))?
    }

    /// A day of the month: "12", "12th", "1er", "12."; and how many items it takes.
    fn day_number(&self, at: usize) -> Option<(u32, usize)> {
        if let Some(Lex::Ordinal(n)) = self.lex(at) {
            return Some((n, 1));
        }
        let (value, digits) = self.number(at)?;
        if digits > 2 || !(1..=31).contains(&value) {
            return None;
        }
        let mark = usize::from(self.lex(at + 1) == Some(Lex::OrdinalMark) && (self.glued(at + 1) || !self.capital(at + 1)));
        if mark == 0
            && (self.glued(at + 1)
                && matches!(
                    self.what(at + 1),
                    Some(What::Word(_) | What::Lex(Lex::Am | Lex::Pm | Lex::ClockMark | Lex::NotClock))
                ))
        {
            return None;
        }
        Some((value, 1 + mark))
    }

    fn is_ordinal(&self, at: usize) -> bool {
        matches!(self.lex(at), Some(Lex::Ordinal(_)))
            || self.lex(at + 1) == Some(Lex::OrdinalMark) && self.number(at).is_some()
            || self.dotted && self.mark(at + 1) == Some('.') && self.glued(at + 1) && self.number(at).is_some() && !self.glued(at + 2)
    }

    /// A date that begins with a number.
    fn date(&self, at: usize) -> Option<Found> {
        let plain = |day, used| {
            self.month.set(Some(day));
            Some(Found {
                days: Days::Day(day),
                used,
                contradicts: false,
            })
        };
        if matches!(self.lex(at), Some(Lex::Month(_))) {
            return self.month_first(at);
        }
        let at_number = self.number(at);
        if self.glued(at)
            && at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Word(_) | What::Num(..) | What::Mark('+' | '$' | '€' | '£' | '#' | ':'))
            )
        {
            return None;
        }
        // 2026-12-08, 2026/12/08
        if let Some((year, 4)) = at_number
            && let Some(mark @ ('-' | '/' | '.')) = self.mark(at + 1)
            && self.mark(at + 3) == Some(mark)
            && let (Some((month, _)), Some((day, _))) = (self.number(at + 2), self.number(at + 4))
        {
            return plain(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, 5);
        }
        // 8/12, 8.12., 8-12-2026, 08.12.26
        if let Some((first, 1 | 2)) = at_number
            && let Some(mark @ ('/' | '.' | '-')) = self.mark(at + 1)
            && self.glued(at + 1)
            && self.glued(at + 2)
            && let Some((second, 1 | 2)) = self.number(at + 2)
        {
            let third = (self.mark(at + 3) == Some(mark) && self.glued(at + 3) && self.glued(at + 4))
                .then(|| self.number(at + 4))
                .flatten()
                .filter(|(_, digits)| matches!(digits, 2 | 4));
            let dotted_end = mark == '.' && self.mark(at + 3) == Some('.') && self.glued(at + 3);
            // "3.15" is a clock time, "2-4" a range; "13.6" a date.
            let is_date = match mark {
                '/' => true,
                '.' => {
                    third.is_some()
                        || dotted_end
                        || self.number(at + 2).is_some_and(|(_, digits)| digits == 1) && first <= 31 && second >= 1 && self.date_led(at)
                }
                _ => third.is_some(),
            };
            let clocked = matches!(self.lex(at + 3), Some(Lex::Am | Lex::Pm | Lex::ClockMark)) && third.is_none();
            if is_date && !clocked {
                let year = third.and_then(|(year, digits)| i32::try_from(if digits == 2 { 2000 + year } else { year }).ok());
                let day_first = mark == '.' || self.day_first;
                let used = match third {
                    Some(_) => 5,
                    None if dotted_end => 4,
                    None => 3,
                };
                if let Some(day) = self.ordered(first, second, year, day_first) {
                    return plain(day, used);
                }
            }
        }
        let (day, used) = self.day_number(at)?;
        let mut next = at + used;
        let ordinal = self.is_ordinal(at);
        if self.mark(next) == Some('.') && self.glued(next) {
            next += 1;
        }
        // "12 March", "12th of March", "12-Mar", "12/Mar"
        let mut to_month = self.skip(next, &[Lex::Of, Lex::OrdinalMark]);
        if matches!(self.mark(to_month), Some('-' | '/')) && matches!(self.lex(to_month + 1), Some(Lex::Month(_))) {
            to_month += 1;
        }
        if let Some(Lex::Month(month)) = self.lex(to_month) {
            let mut end = to_month + 1;
            if self.mark(end) == Some('.') && self.glued(end) && self.glued(end + 1) {
                end += 1;
            }
            let year = self.year(end).or_else(|| self.short_year(end));
            let used = end + year.map_or(0, |(_, used)| used) - at;
            return plain(self.ahead(month, day, year.map(|(year, _)| year))?, used);
        }
        // "12th and 13th May", "14, 15 and 16 December": the month stands behind the last.
        if let Some(month) = self.month_behind(next) {
            return plain(self.ahead(month, day, None)?, next - at);
        }
        if !ordinal {
            return None;
        }
        // "2nd shift": the noun says what is counted, unless an article stands before.
        let led = matches!(
            self.lex(at.wrapping_sub(1)),
            Some(Lex::Of | Lex::On | Lex::And | Lex::Or | Lex::From | Lex::Till | Lex::After | Lex::Before)
        ) || self.mark(at.wrapping_sub(1)).is_some();
        let noun = matches!(self.what(next), Some(What::Word(_))) && !self.capital(next) || self.lex(next) == Some(Lex::Event);
        if noun && !led {
            return None;
        }
        // "the 14th": a count of something when a noun follows.
        if matches!(self.lex(next), Some(Lex::Option | Lex::NotClock))
            || matches!(self.what(next), Some(What::Word(_))) && matches!(self.lex(at), Some(Lex::Ordinal(_)))
        {
            return None;
        }
        if matches!(self.lex(at), Some(Lex::Ordinal(n)) if n <= 5) {
            return None;
        }
        // A list number: "1. yes".
        if self.mark(at + 1) == Some('.') && (at == 0 || self.what(at - 1) == Some(&What::Line)) {
            return None;
        }
        if self.mark(at + 1) == Some('.')
            && !matches!(
                self.lex(at.wrapping_sub(1)),
                Some(Lex::On | Lex::Weekday(_) | Lex::And | Lex::Or | Lex::From | Lex::Till | Lex::Of)
            )
            && self.mark(at.wrapping_sub(1)).is_none()
        {
            return None;
        }
        let used = if self.mark(at + 1) == Some('.') { 2 } else { used };
        let day = self.of_month_spoken(day)?;
        plain(day, used)
    }

    /// "am 13.6", "Mon 13.6": a word before a number with a point says that it is a date.
    fn date_led(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| {
            matches!(
                self.lex(before),
                Some(Lex::On | Lex::Weekday(_) | Lex::Of | Lex::From | Lex::Till | Lex::Or | Lex::And)
            ) || matches!(self.mark(before), Some(',' | '.' | '(' | '-' | '–'))
        })
    }

    /// "Mar '27", "8 Dec 26" is left alone: a clock time may follow.
    fn short_year(&self, at: usize) -> Option<(i32, usize)> {
        (self.mark(at) == Some('\'')).then_some(())?;
        let (year, digits) = self.number(at + 1)?;
        (digits == 2).then(|| Some((i32::try_from(2000 + year).ok()?, 2)))?
    }

    /// The month behind the last day of a list.
    fn month_behind(&self, at: usize) -> Option<u32> {
        let mut next = at;
        for _ in 0..6 {
            let joint = matches!(self.lex(next), Some(Lex::And | Lex::Or | Lex::Till | Lex::AtOrTill | Lex::ToHour))
                || matches!(self.mark(next), Some(',' | '&' | '/' | '-' | '–' | '+'));
            if !joint {
                return None;
            }
            next += 1;
            if matches!(self.lex(next), Some(Lex::And | Lex::Or | Lex::On | Lex::Of)) {
                next += 1;
            }
            if matches!(self.lex(next), Some(Lex::Weekday(_))) {
                next = self.skip(next + 1, &[Lex::Of]);
            }
            let (_, used) = self.day_number(next)?;
            next += used;
            if self.mark(next) == Some('.') && self.glued(next) {
                next += 1;
            }
            let to_month = self.skip(next, &[Lex::Of]);
            if let Some(Lex::Month(month)) = self.lex(to_month) {
                return Some(month);
            }
        }
        None
    }

    /// A day of the month named last, or the next there is.
    fn of_month_spoken(&self, day: u32) -> Option<NaiveDate> {
        if let Some(spoken) = self
            .month
            .get()
            .and_then(|spoken| spoken.with_day(day))
            .filter(|day| *day >= self.today)
        {
            return Some(spoken);
        }
        let mut month = self.today.with_day(1)?;
        for _ in 0..12 {
            if let Some(day) = month.with_day(day).filter(|day| *day >= self.today) {
                return Some(day);
            }
            month = month.checked_add_months(Months::new(1))?;
        }
        None
    }

    /// Two numbers as day and month. The other order when this one is impossible, or far off.
    fn ordered(&self, first: u32, second: u32, year: Option<i32>, day_first: bool) -> Option<NaiveDate> {
        let as_day_first = self.ahead(second, first, year);
        let as_month_first = self.ahead(first, second, year);
        let (wanted, other) = if day_first {
            (as_day_first, as_month_first)
        } else {
            (as_month_first, as_day_first)
        };
        match (wanted, other) {
            (Some(wanted), Some(other)) => {
                let far = |day: NaiveDate| (day - self.today).num_days() > 120;
                Some(if year.is_none() && far(wanted) && !far(other) {
                    other
                } else {
                    wanted
                })
            }
            (wanted, other) => wanted.or(other),
        }
    }

    /// A day of a month: of the year named, or the next one from today on.
    fn ahead(&self, month: u32, day: u32, year: Option<i32>) -> Option<NaiveDate> {
        if let Some(year) = year {
            return NaiveDate::from_ymd_opt(year, month, day);
        }
        let this = NaiveDate::from_ymd_opt(self.today.year(), month, day);
        match this {
            Some(this) if this >= self.today => Some(this),
            _ => (1..=4).find_map(|later| NaiveDate::from_ymd_opt(self.today.year() + later, month, day)),
        }
    }

    fn first_of(&self, month: u32) -> Option<NaiveDate> {
        let this = NaiveDate::from_ymd_opt(self.today.year(), month, 1)?;
        if last_of(this)? >= self.today {
            Some(this)
        } else {
            NaiveDate::from_ymd_opt(self.today.year() + 1, month, 1)
        }
    }
}

fn last_of(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(1))?.pred_opt()
}

/// The first such weekday from a day on.
pub(super) fn on_or_after(day: NaiveDate, weekday: u32) -> Option<NaiveDate> {
    let ahead = (weekday + 7 - day.weekday().number_from_monday()) % 7;
    day.checked_add_days(Count::new(u64::from(ahead)))
}
