//! The days and weeks spoken of, and what days mean beside them: a weekday belongs to the week spoken of, hours to the days before them.

use chrono::{Datelike, Days as Count, NaiveDate};

use super::super::clauses::Block;
use super::super::day::{Days, Week, bit, monday, on_or_after};
use crate::calendar::Zone;

/// Days after the one it was written that are thought of when none is named.
const HORIZON: u64 = 14;

/// The days and weeks spoken of.
pub(super) struct Context {
    pub(super) today: NaiveDate,
    pub(super) dates: Vec<NaiveDate>,
    pub(super) week: Option<Week>,
    pub(super) zone: Zone,
    /// Days of the slots offered: the Friday of an answer is that Friday. So is one whose date the answer names, where no hours are.
    pub(super) offered: Vec<NaiveDate>,
    pub(super) named: Vec<NaiveDate>,
    /// The day said right before, in the same breath, when it is of a later week.
    pub(super) behind: Option<NaiveDate>,
}

/// The week a block names as the place of its weekdays.
pub(super) fn week_of(block: &Block) -> Option<Week> {
    block.days.iter().find_map(|days| match days {
        Days::Week(week) => Some(*week),
        _ => None,
    })
}

/// "Mon 10-11, Tue 2-3 next week": the week stands behind the last of them.
pub(super) fn week_behind(blocks: &[Block], at: usize) -> Option<Week> {
    let block = blocks.get(at)?;
    if !has_weekdays(block) {
        return None;
    }
    let behind = blocks.iter().skip(at + 1).take_while(|later| later.sentence == block.sentence);
    behind.filter(|later| has_weekdays(later)).find_map(week_of)
}

/// The stretch of a week or more that a block names as the place of its weekdays.
fn span(block: &Block) -> Option<(NaiveDate, NaiveDate)> {
    block.days.iter().find_map(|days| match days {
        Days::Span(first, last) if (*last - *first).num_days() >= 6 => Some((*first, *last)),
        _ => None,
    })
}

pub(super) fn has_weekdays(block: &Block) -> bool {
    block.days.iter().any(|days| {
        matches!(
            days,
            Days::Weekday(_) | Days::Weekdays(_) | Days::Any | Days::Rest | Days::Each(_) | Days::Since(..) | Days::Until(..)
        )
    })
}

/// A list of three lines or more, a weekday at the head of each, is one week, the next that lies ahead of the first.
pub(super) fn list_of_weekdays(blocks: &[Block], today: NaiveDate) -> Option<Week> {
    let heads: Vec<u32> = blocks
        .iter()
        .filter(|block| block.opens_line)
        .filter_map(|block| match block.days.first() {
            Some(Days::Weekday(weekday)) => Some(*weekday),
            _ => None,
        })
        .collect();
    let [first, second, .., last] = heads.as_slice() else { return None };
    if !(heads.windows(2).all(|pair| pair.first() < pair.last()) && second > first && last > second) {
        return None;
    }
    Some(Week::of(monday(on_or_after(today.succ_opt()?, *first)?)?))
}

impl Context {
    /// Monday to Friday of the days thought of.
    pub(super) fn workdays(&self) -> Vec<NaiveDate> {
        (0..=HORIZON)
            .filter_map(|ahead| self.today.checked_add_days(Count::new(ahead)))
            .filter(|day| day.weekday().number_from_monday() <= 5)
            .collect()
    }

    pub(super) fn horizon(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let today = self.today;
        (0..=HORIZON).filter_map(move |ahead| today.checked_add_days(Count::new(ahead)))
    }

    /// The days of a block, and whether they are a week or more. With no day said: none, the caller knows those spoken of.
    pub(super) fn dates(&self, block: &Block, scoped: bool) -> Option<(Vec<NaiveDate>, bool)> {
        let mut all = Vec::new();
        let mut from = None;
        let mut then = None;
        let mut broad = !block.days.is_empty();
        for days in &block.days {
            // "any weekday this week or next"
            if matches!(days, Days::Any | Days::Rest)
                && block.days.iter().any(|other| {
                    // "weekdays only Tuesdays and Thursdays"
                    matches!(other, Days::Span(..) | Days::Since(..) | Days::Until(..) | Days::Each(_))
                        || matches!(other, Days::Weekdays(bits) if bits.count_ones() > 1)
                })
            {
                continue;
            }
            if *days == Days::FromThen && block.days.len() > 1 {
                then = self.dates.iter().min().copied();
                continue;
            }
            if *days == Days::Same && block.days.iter().any(|other| *other != Days::Same) {
                continue;
            }
            // The week only says which Tuesday.
            if scoped && matches!(days, Days::Week(_)) {
                continue;
            }
            // "this week only tomorrow", "w/c 30/11: Tues 1st or Weds 2nd"
            if let Days::Week(week) = days
                && block
                    .days
                    .iter()
                    .any(|other| matches!(other, Days::Day(day) if monday(*day) == Some(week.monday)))
            {
                continue;
            }
            broad &= matches!(
                days,
                Days::Week(_) | Days::Any | Days::Rest | Days::Since(..) | Days::Span(..) | Days::FromThen | Days::Weekend
            ) || matches!(days, Days::Weekdays(bits) if bits.count_ones() >= 4);
            // "from the 30th of November, Monday to Wednesday": not before that day.
            if let Days::Since(first, 0) = days
                && let Days::Day(first) = **first
                && block.days.iter().any(Days::is_weekdays)
            {
                from = Some(first);
                continue;
            }
            // "Tuesdays over the next two weeks"
            if let (true, Some((first, last))) = (days.is_weekdays(), span(block)) {
                let bits = days.weekday_bits();
                let such: Vec<NaiveDate> = first
                    .iter_days()
                    .take_while(|day| *day <= last)
                    .take(400)
                    .filter(|day| bits & bit(day.weekday().number_from_monday()) != 0)
                    .collect();
                if !such.is_empty() {
                    all.extend(such);
                    continue;
                }
            }
            if matches!(days, Days::Span(..)) && span(block).is_some() && block.days.iter().any(Days::is_weekdays) {
                continue;
            }
            all.extend(match (days.is_weekdays(), from) {
                (true, Some(from)) => self.since(from).resolve(days)?,
                _ => self.resolve(days)?,
            });
        }
        if block.days.is_empty() {
            all.clone_from(&self.dates);
            if !block.yes && all.is_empty() {
                all = self.workdays();
            }
            if block.yes {
                all.clear();
                all.clone_from(&self.dates);
            }
        }
        // "any afternoon this week from tomorrow"
        let since = block.days.iter().any(|days| matches!(days, Days::Since(..)));
        if let (true, Some(week)) = (since, week_of(block)) {
            let of_week = |day: &NaiveDate| monday(*day) == Some(week.monday);
            if all.iter().any(of_week) {
                all.retain(of_week);
            }
        }
        // "After that any weekday": of the days thought of.
        if let Some(then) = then {
            if block.days.contains(&Days::Any) {
                all = self.workdays();
            }
            all.retain(|day| *day >= then);
        }
        // "any time until Friday" offers no weekend.
        if block.yes && !block.days.is_empty() && block.days.iter().all(|days| matches!(days, Days::Until(..))) {
            all.retain(|day| day.weekday().number_from_monday() <= 5);
        }
        // "from Wednesday on, for the rest of the week": no day behind it.
        let this_week = week_of(block).filter(|week| monday(self.today) == Some(week.monday));
        if let Some(week) = this_week.filter(|_| block.days.iter().any(|days| matches!(days, Days::Since(..)))) {
            let last = week.monday.checked_add_days(Count::new(6));
            all.retain(|day| last.is_none_or(|last| *day <= last));
        }
        all.sort_unstable();
        all.dedup();
        Some((all, broad))
    }

    /// The same words, said on the eve of a day.
    fn since(&self, first: NaiveDate) -> Self {
        Self {
            today: first.pred_opt().unwrap_or(first),
            dates: Vec::new(),
            week: None,
            zone: self.zone,
            offered: Vec::new(),
            named: Vec::new(),
            behind: None,
        }
    }

    pub(super) fn resolve(&self, days: &Days) -> Option<Vec<NaiveDate>> {
        Some(match days {
            Days::Weekday(weekday) => vec![self.weekday(*weekday)?],
            Days::Weekdays(bits) => self.weekdays(*bits),
            Days::Each(bits) => match self.week {
                Some(week) => self.of_week(week, *bits),
                None => self
                    .horizon()
                    .filter(|day| bits & bit(day.weekday().number_from_monday()) != 0)
                    .collect(),
            },
            Days::Day(day) => vec![*day],
            Days::Span(first, last) => {
                let weekend = |day: NaiveDate| day.weekday().number_from_monday() > 5;
                let named = weekend(*first) || weekend(*last);
                first
                    .iter_days()
                    .take_while(|day| day <= last)
                    .take(400)
                    .filter(|day| *day >= self.today && (named || !weekend(*day)))
                    .collect()
            }
            Days::Week(week) => (week.first..=week.last)
                .filter_map(|ahead| week.monday.checked_add_days(Count::new(ahead)))
                .filter(|day| *day >= self.today)
                .collect(),
            Days::Weekend => self.horizon().filter(|day| day.weekday().number_from_monday() > 5).collect(),
            Days::Any | Days::Rest => match self.week {
                Some(week) => self.of_week(week, 0b1_1111),
                None => self.workdays(),
            },
            Days::Following => vec![self.dates.last().copied().unwrap_or(self.today).succ_opt()?],
            Days::Moved(days) => {
                let spoken = self.dates.first().copied().unwrap_or(self.today);
                vec![spoken.checked_add_signed(chrono::Duration::days(*days))?]
            }
            Days::After(weekday) => match self.dates.last() {
                Some(spoken) => vec![on_or_after(spoken.succ_opt()?, *weekday)?],
                None => vec![self.weekday(*weekday)?],
            },
            Days::Same => self.dates.clone(),
            Days::FromThen => {
                let first = self.dates.first().copied().unwrap_or(self.today);
                self.workdays().into_iter().filter(|day| *day >= first).collect()
            }
            Days::Since(days, later) => {
                let first = *self.resolve(days)?.last()?;
                let first = if *later == 0 {
                    *self.resolve(days)?.first()?
                } else {
                    first.checked_add_days(Count::new(*later))?
                };
                let last = self.since_until(first)?;
                first
                    .iter_days()
                    .take_while(|day| *day <= last)
                    .filter(|day| day.weekday().number_from_monday() <= 5)
                    .collect()
            }
            Days::Until(days, with) => {
                let resolved = self.resolve(days)?;
                let last = if *with { *resolved.last()? } else { resolved.first()?.pred_opt()? };
                let first = self.week.map_or(self.today, |week| week.monday.max(self.today));
                let first = if first <= last { first } else { self.today };
                first.iter_days().take_while(|day| *day <= last).take(400).collect()
            }
        })
    }

    /// To the end of the week spoken of, or of the days thought of.
    pub(super) fn since_until(&self, first: NaiveDate) -> Option<NaiveDate> {
        if let Some(week) = self.week
            && let (Some(friday), true) = (week.day(5), week.monday <= first)
            && friday >= first
            && week.monday > self.today
        {
            return Some(friday);
        }
        let horizon = self.today.checked_add_days(Count::new(HORIZON))?;
        Some(if horizon < first {
            first.checked_add_days(Count::new(7))?
        } else {
            horizon
        })
    }

    pub(super) fn weekday(&self, weekday: u32) -> Option<NaiveDate> {
        let mut next = on_or_after(self.today.succ_opt()?, weekday)?;
        if let Some(day) = self
            .behind
            .filter(|day| day.weekday().number_from_monday() < weekday && *day > next)
        {
            next = on_or_after(day, weekday)?;
        }
        Some(match self.week.and_then(|week| week.day(weekday)) {
            Some(day) if day >= self.today => day,
            _ => {
                let mut such = self
                    .offered
                    .iter()
                    .chain(&self.named)
                    .filter(|day| day.weekday().number_from_monday() == weekday);
                such.next().copied().unwrap_or(next)
            }
        })
    }

    pub(super) fn weekdays(&self, bits: u8) -> Vec<NaiveDate> {
        if let Some(week) = self.week {
            let found = self.of_week(week, bits);
            if !found.is_empty() {
                return found;
            }
        }
        // A run such as Mon-Wed begins with its first day; single ones are each the next.
        let starts: Vec<u32> = (1..=7)
            .filter(|&day| bits & bit(day) != 0 && bits & bit((day + 5) % 7 + 1) == 0)
            .collect();
        if let ([first], true) = (starts.as_slice(), bits.count_ones() > 1)
            && let Some(first) = self.today.succ_opt().and_then(|tomorrow| on_or_after(tomorrow, *first))
        {
            return first
                .iter_days()
                .take(7)
                .filter(|day| bits & bit(day.weekday().number_from_monday()) != 0)
                .collect();
        }
        (1..=7)
            .filter(|&day| bits & bit(day) != 0)
            .filter_map(|day| self.weekday(day))
            .collect()
    }

    pub(super) fn of_week(&self, week: Week, bits: u8) -> Vec<NaiveDate> {
        (1..=7)
            .filter(|&day| bits & bit(day) != 0)
            .filter_map(|day| week.day(day))
            .filter(|day| {
                *day >= self.today
                    && (bits != 0b1_1111 || {
                        let at = u64::from(day.weekday().num_days_from_monday());
                        (week.first..=week.last).contains(&at)
                    })
            })
            .collect()
    }
}
