//! Days as people write them: "Tuesday", "next week", "12 March", "1/12", "Mon-Wed", "w/c 7 Dec", "the day after".
//!
//! In: items, the day the mail was written, and whether the writer puts the day before the month. Out: [`Days`], definite where the words
//! are, else left to the week spoken of.
//! Never here: hours, zones, whether the day is offered or refused.

mod date;
mod days;
mod distance;
mod numeric;
mod of_month;
mod range;
mod week;

use chrono::{Datelike, Days as Count, NaiveDate};

use super::items::Items;
use super::lex::{Item, Lex, Unit, What};
pub(super) use days::{Days, Found, Week};

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
    /// The days of the first and the last slot offered.
    pub(super) slots: Option<(NaiveDate, NaiveDate)>,
    /// The last week named, for "the following week".
    pub(super) week: std::cell::Cell<Option<NaiveDate>>,
}

/// The Monday of a day's week.
pub(super) fn monday(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_sub_days(Count::new(u64::from(day.weekday().num_days_from_monday())))
}

/// The bit of a weekday.
pub(super) const fn bit(weekday: u32) -> u8 {
    1 << ((weekday + 6) % 7)
}

impl Dates<'_> {
    /// The same text read with the day first, or the month.
    fn turned(&self, day_first: bool) -> Self {
        Self {
            items: self.items,
            today: self.today,
            day_first,
            dotted: self.dotted,
            month: std::cell::Cell::new(None),
            slots: self.slots,
            week: std::cell::Cell::new(None),
        }
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
        match self.items.lex(at) {
            Some(Lex::From) => {
                let start = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                let next = start + first.used;
                if let Some(range) = self.range_on(&first, start) {
                    return Some(Found {
                        used: start + range.used - at,
                        ..range
                    });
                }
                let onwards = usize::from(self.items.lex(next) == Some(Lex::Onwards));
                // "from Monday 9 to 5" goes on with hours; a week is no beginning.
                // "any day from Monday 30th at 9am"
                let any = self.items.lex(at.wrapping_sub(1)) == Some(Lex::AnyDay);
                // "fine by Wednesday, say at 2"
                let at_hour = self.items.get(at).is_some_and(|item| item.phrase)
                    && self.items.mark(next) == Some(',')
                    && self.items.lex(next + 1) == Some(Lex::At);
                if onwards == 0 && !any && (at_hour || self.hours_follow(next) || matches!(first.days, Days::Week(_))) {
                    return Some(Found { used: next - at, ..first });
                }
                return plain(Days::Since(Box::new(first.days), 0), next + onwards - at);
            }
            // "du 3 au 12 septembre"
            Some(Lex::Of) if self.items.number(at + 1).is_some() => {
                let first = self.single(at + 1);
                if let Some(range) = first.and_then(|first| self.range_on(&first, at + 1)) {
                    return Some(Found {
                        used: range.used + 1,
                        ..range
                    });
                }
            }
            Some(Lex::After) => {
                let start = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                let earliest = self.inclusive_after(at);
                return plain(Days::Since(Box::new(first.days), u64::from(!earliest)), start + first.used - at);
            }
            Some(Lex::Before) => {
                let start = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                return plain(Days::Until(Box::new(first.days), false), start + first.used - at);
            }
            Some(Lex::Till) => {
                let start = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
                let first = self.single(start)?;
                return plain(Days::Until(Box::new(first.days), true), start + first.used - at);
            }
            Some(Lex::Between) => {
                if let Some(found) = self.between_two(at) {
                    return Some(found);
                }
            }
            _ => {}
        }
        let mut first = self.single(at)?;
        if let Some(range) = self.range_on(&first, at) {
            return Some(range);
        }
        first.used += self.weekday_behind(&first, at + first.used);
        let next = at + first.used;
        // "February 20 - 31": an end that does not exist; half of it would be a guess.
        if let Days::Day(day) = first.days
            && matches!(self.items.mark(next), Some('-' | '–'))
            && self
                .items
                .number(next + 1)
                .is_some_and(|(end, digits)| digits == 2 && end <= 31 && end > day.day() && day.with_day(end).is_none())
            && matches!(self.items.lex(at), Some(Lex::Month(_)))
        {
            return None;
        }
        // "bring Friday forward an hour"
        let shifted = matches!(
            self.items.lex(self.items.skip(next + 1, &[Lex::At, Lex::Before, Lex::Skip])),
            Some(Lex::Unit(Unit::Hour | Unit::Minute) | Lex::HalfHour | Lex::QuarterHour | Lex::HourAndHalf)
        ) || matches!(self.items.lex(next + 2), Some(Lex::Unit(Unit::Hour | Unit::Minute)));
        // "bring Friday forward to 9"
        let shifted = shifted || self.items.lex(next + 1) == Some(Lex::ToHour) && self.items.number(next + 2).is_some();
        if self.items.lex(next) == Some(Lex::Onwards) && !matches!(first.days, Days::Week(_)) && !shifted {
            return plain(Days::Since(Box::new(first.days), 0), first.used + 1);
        }
        Some(first)
    }

    /// "May 14, Friday": the weekday of a date behind it; how many items it takes.
    fn weekday_behind(&self, first: &Found, at: usize) -> usize {
        let (Days::Day(day), Some(Lex::Weekday(weekday)), Some(mark @ (',' | '('))) =
            (&first.days, self.items.lex(at + 1), self.items.mark(at))
        else {
            return 0;
        };
        let close = usize::from(mark == '(' && self.items.mark(at + 2) == Some(')'));
        let alone = self
            .weekday(at + 1, weekday)
            .is_some_and(|found| matches!(found.days, Days::Weekday(_)));
        let said_twice = day.weekday().number_from_monday() == weekday && alone;
        // "the 14th, Friday or Saturday" is a list.
        let joined = matches!(self.items.lex(at + 2), Some(Lex::And | Lex::Or));
        if said_twice && !(joined && mark == ',') && (mark == ',' || close == 1) {
            2 + close
        } else {
            0
        }
    }

    /// "between Monday and Wednesday"
    fn between_two(&self, at: usize) -> Option<Found> {
        let start = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
        let first = self.single(start)?;
        let next = start + first.used;
        let joint = matches!(self.items.lex(next), Some(Lex::And | Lex::Till | Lex::ToHour))
            || matches!(self.items.mark(next), Some('-' | '–' | '&'));
        if !joint {
            return None;
        }
        let joint = self.items.skip(next + 1, &[Lex::On, Lex::Of]);
        let second = self.single(joint)?;
        let end = joint + second.used;
        Some(Found {
            days: self.between(&first.days, start..next, &second.days, joint..end)?,
            used: end - at,
            contradicts: false,
        })
    }

    /// "not before Thursday", "nothing until Thursday" let Thursday in; "after Thursday" does not.
    fn inclusive_after(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| item.phrase)
    }

    /// "Monday 9 to 5": hours stand behind a day.
    fn hours_follow(&self, at: usize) -> bool {
        self.items.number(at).is_some() || matches!(self.items.lex(at), Some(Lex::At | Lex::Part(_) | Lex::Between))
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
        let lex = self.items.lex(at);
        match lex {
            Some(Lex::Weekday(weekday)) if self.is_weekday(at) => return self.weekday(at, weekday),
            Some(Lex::Relative(days)) => {
                let day = self.today.checked_add_signed(chrono::Duration::days(i64::from(days)))?;
                // "today, the 20th", "tomorrow (Tuesday)": said twice.
                let next = if matches!(self.items.mark(at + 1), Some(',' | '(')) {
                    at + 2
                } else {
                    at + 1
                };
                if let Some(Lex::Weekday(weekday)) = self.items.lex(next)
                    && weekday == day.weekday().number_from_monday()
                {
                    let used = self
                        .weekday(next, weekday)
                        .filter(|found| found.days == Days::Day(day))
                        .map_or(1, |found| found.used);
                    let close = usize::from(self.items.mark(at + 1) == Some('(') && self.items.mark(next + used) == Some(')'));
                    return plain(Days::Day(day), next + used + close - at);
                }
                // "tomorrow, 13/04/21": a date in full says which day.
                if let Some(date) = self.numeric(next).filter(|date| date.dated && self.items.mark(at + 1) == Some(',')) {
                    return Some(Found {
                        days: Days::Day(date.day),
                        used: next + date.used - at,
                        contradicts: date.day != day,
                    });
                }
                return plain(Days::Day(day), 1);
            }
            Some(Lex::EveryWeekday(weekday)) => {
                let mut bits = bit(weekday);
                let mut next = at + 1;
                // "Mondays and Wednesdays"
                while matches!(self.items.lex(next), Some(Lex::And | Lex::Or)) || matches!(self.items.mark(next), Some(',' | '&' | '/')) {
                    // "los martes y los jueves": the joint holds the article.
                    let article = self.items.get(next).is_some_and(|joint| joint.phrase);
                    let other = match self.items.lex(next + 1) {
                        Some(Lex::EveryWeekday(other)) => other,
                        Some(Lex::Weekday(other)) if article => other,
                        _ => break,
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
                let next = self.items.skip(at + 1, &[Lex::Every, Lex::Of, Lex::Skip]);
                // "any of Tuesday, Wednesday, Thursday": those that come next.
                if self.items.lex(at + 1) == Some(Lex::Of) && matches!(self.items.lex(next), Some(Lex::Weekday(_))) {
                    return None;
                }
                return match self.items.lex(next) {
                    Some(Lex::Weekday(weekday) | Lex::EveryWeekday(weekday)) => {
                        let (mut bits, mut end) = (bit(weekday), next + 1);
                        // "any Monday or Wednesday"
                        while (matches!(self.items.lex(end), Some(Lex::And | Lex::Or))
                            || matches!(self.items.mark(end), Some(',' | '&' | '/')))
                            && let Some(Lex::Weekday(other) | Lex::EveryWeekday(other)) = self.items.lex(end + 1)
                            && self.day_number(self.items.skip(end + 2, &[Lex::Of])).is_none()
                        {
                            bits |= bit(other);
                            end += 2;
                        }
                        plain(Days::Each(bits), end - at)
                    }
                    Some(Lex::Workdays) => plain(Days::Any, next + 1 - at),
                    Some(Lex::Unit(Unit::Day)) => plain(Days::Any, next + 1 - at),
                    Some(Lex::Weekend) => plain(Days::Weekend, next + 1 - at),
                    Some(Lex::Unit(Unit::Week) | Lex::This | Lex::Next | Lex::Following) => {
                        let week = self.single(next)?;
                        plain(week.days, next + week.used - at)
                    }
                    _ => None,
                };
            }
            Some(Lex::Workdays | Lex::AnyDay) => return plain(Days::Any, 1),
            // "a lovely weekend" is none to meet on.
            Some(Lex::Weekend) if at > 0 && matches!(self.items.what(at - 1), Some(What::Word(_))) => return None,
            Some(Lex::Weekend) => return plain(Days::Weekend, 1),
            // "the rest of the day"
            Some(Lex::Rest) if self.day_of_rest(at + 1).is_some() => {
                return plain(Days::Same, self.day_of_rest(at + 1)? - at);
            }
            Some(Lex::Rest) => return plain(Days::Rest, 1),
            Some(Lex::FollowingDay) => return plain(Days::Following, 1),
            Some(Lex::SameDay) => return plain(Days::Same, 1),
            Some(Lex::FromThen) => return plain(Days::FromThen, 1),
            Some(Lex::Fortnight) => {
                let last = self.week(1)?.monday.checked_add_days(Count::new(4))?;
                return plain(Days::Span(self.today, last), 1);
            }
            Some(Lex::WeekOf) => {
                let next = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
                let (day, used) = self.base(next)?;
                return plain(Days::Week(Week::of(monday(day)?)), next + used - at);
            }
            Some(Lex::CalendarWeek) => {
                let (number, _) = self.items.number(at + 1)?;
                return plain(Days::Week(Week::of(self.calendar_week(number)?)), 2);
            }
            Some(Lex::Unit(Unit::Week)) => {
                // "week 23"; "semaine prochaine", "week after next"
                if let Some((number, _)) = self.items.number(at + 1).filter(|(n, _)| (1..=53).contains(n)) {
                    return plain(Days::Week(Week::of(self.calendar_week(number)?)), 2);
                }
                return match self.items.lex(self.items.skip(at + 1, &[Lex::Of])) {
                    Some(Lex::Next | Lex::Following) => plain(Days::Week(self.week(1)?), self.items.skip(at + 1, &[Lex::Of]) + 1 - at),
                    Some(Lex::This) => plain(Days::Week(self.week(0)?), self.items.skip(at + 1, &[Lex::Of]) + 1 - at),
                    _ => None,
                };
            }
            Some(Lex::ThatWeek) => {
                let spoken = self.week.get().or_else(|| self.month.get().and_then(monday))?;
                return plain(Days::Week(Week::of(spoken)), 1);
            }
            Some(Lex::WeekAfterNext) => return plain(Days::Week(self.week(2)?), 1),
            Some(Lex::WeekAfter) => {
                let spoken = self
                    .week
                    .get()
                    .or_else(|| self.month.get().and_then(monday).filter(|monday| *monday > self.today));
                let week = match spoken.and_then(|monday| monday.checked_add_days(Count::new(7))) {
                    Some(monday) => Week::of(monday),
                    None => self.week(1)?,
                };
                return plain(Days::Week(week), 1);
            }
            Some(Lex::Early | Lex::Middle | Lex::Late | Lex::RestOf) => return self.part_of(at),
            Some(Lex::This | Lex::Next | Lex::Following) => return self.this_next(at),
            Some(Lex::ThisPart(_) | Lex::Tonight) => return plain(Days::Day(self.today), 1),
            Some(Lex::TomorrowPart(_)) => return plain(Days::Day(self.today.succ_opt()?), 1),
            Some(Lex::Feast(day)) => {
                // "the Saint Patrick's Day Parade" is an event.
                if matches!(self.items.what(at + 1), Some(What::Word(_))) && self.items.capital(at + 1) {
                    return None;
                }
                let year = self.year(at + 1);
                let date = self.ahead(day / 100, day % 100, year.map(|(year, _)| year))?;
                return plain(Days::Day(date), 1 + year.map_or(0, |(_, used)| used));
            }
            // "later this week": from tomorrow on
            Some(Lex::Later) if self.items.lex(at + 1) == Some(Lex::This) && self.items.lex(at + 2) == Some(Lex::Unit(Unit::Week)) => {
                let first = u64::from(self.today.weekday().num_days_from_monday()) + 1;
                let week = self.week(0)?;
                let first = if week.monday > self.today { 0 } else { first.min(4) };
                return plain(Days::Week(Week { first, ..week }), 3);
            }
            Some(Lex::Month(month)) => return self.month_first(at).or_else(|| self.days_behind_month(at, month)),
            Some(Lex::Of | Lex::On) => {
                // "in 3 days", "in two weeks", "in December"
                return self.distance(at).or_else(|| {
                    let month = self.month_alone(at + 1)?;
                    plain(month.days, month.used + 1)
                });
            }
            Some(Lex::At) => return self.lasting(at),
            _ => {}
        }
        self.nth_of_month(at).or_else(|| self.distance(at)).or_else(|| self.date(at))
    }
}

/// The first such weekday from a day on.
pub(super) fn on_or_after(day: NaiveDate, weekday: u32) -> Option<NaiveDate> {
    let ahead = (weekday + 7 - day.weekday().number_from_monday()) % 7;
    day.checked_add_days(Count::new(u64::from(ahead)))
}

/// The first days of a text, written on Friday, 20 November 2026, by somebody who puts the day first or does not.
#[cfg(test)]
fn first_of(text: &str, day_first: bool) -> Option<Days> {
    let (items, tongue) = super::lex::items(text, None);
    let dates = Dates {
        items: &items,
        today: NaiveDate::from_ymd_opt(2026, 11, 20)?,
        day_first,
        dotted: tongue == super::lex::Tongue::De,
        month: std::cell::Cell::new(None),
        slots: None,
        week: std::cell::Cell::new(None),
    };
    (0..items.len()).find_map(|at| dates.read(at)).map(|found| found.days)
}

#[cfg(test)]
fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}
