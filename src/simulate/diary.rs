//! What somebody can make: a window of hours for each day, invented once and kept. The truth that answers are told from, and that
//! bookings are held against.

use chrono::{Datelike, Days, Duration, NaiveDate, NaiveTime, Weekday};

use super::dice::Dice;
use crate::calendar::{Spans, Zone};
use crate::model::{Slot, Timestamp};

/// How a window is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    AllDay,
    Morning,
    Afternoon,
    After,
    Before,
    Between,
    /// A point: as long as the interview takes.
    At,
}

/// Minutes of a day's wall clock, and how they are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) form: Form,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What "after three" and "before ten" leave of a day, in minutes.
const DAY: (i64, i64) = (8 * 60, 20 * 60);
/// Nobody talks before or after that.
const AWAKE: (i64, i64) = (7 * 60, 22 * 60);
/// Office hours on the other side, which people have in mind when they give times.
const OFFICE: (i64, i64) = (9 * 60, 18 * 60);

/// One person's days.
#[derive(Debug, Clone)]
pub(super) struct Diary {
    pub(super) zone: Zone,
    seed: u64,
    /// Whose office hours are had in mind.
    with: Zone,
    /// Every week the same, but for one weekday.
    pub(super) regular: Option<(Window, Weekday)>,
    /// Said to be free all day.
    wide_open: Vec<(NaiveDate, NaiveDate)>,
    /// Something came up.
    gone: Vec<NaiveDate>,
}

impl Diary {
    pub(super) fn new(zone: Zone, with: Zone, seed: u64) -> Self {
        let mut diary = Self {
            zone,
            seed,
            with,
            regular: None,
            wide_open: Vec::new(),
            gone: Vec::new(),
        };
        let mut dice = Dice::of(seed, 0);
        let some_monday = NaiveDate::from_ymd_opt(2026, 6, 1);
        if let (true, Some(day)) = (dice.percent(20), some_monday) {
            let off = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
            let off = dice.one_of(&off).copied();
            diary.regular = diary.window(day, &mut dice).zip(off);
        }
        diary
    }

    /// What this person can make on a day.
    pub(super) fn on(&self, day: NaiveDate) -> Option<Window> {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        if weekend || self.gone.contains(&day) {
            return None;
        }
        if self.wide_open.iter().any(|(from, to)| (*from..=*to).contains(&day)) {
            return Some(Window::all_day());
        }
        if let Some((window, off)) = self.regular {
            return Some(window).filter(|_| day.weekday() != off);
        }
        let number = u64::try_from(day.num_days_from_ce()).unwrap_or(0);
        let mut dice = Dice::of(self.seed, number);
        if dice.percent(15) {
            return None;
        }
        self.window(day, &mut dice)
    }

    /// Whether all of a slot can be made.
    pub(super) fn allows(&self, slot: Slot) -> bool {
        let day = self.zone.local(slot.start).date();
        self.on(day).is_some_and(|window| {
            window
                .span(day, self.zone)
                .is_some_and(|(start, end)| start <= slot.start && slot.end <= end)
        })
    }

    /// The workdays from the one after `day` on, with what can be made of them.
    pub(super) fn ahead(&self, day: NaiveDate, days: u64) -> Vec<(NaiveDate, Window)> {
        let dates = (1..=days).filter_map(|n| day.checked_add_days(Days::new(n)));
        dates.filter_map(|day| Some((day, self.on(day)?))).collect()
    }

    /// Something came up on that day.
    pub(super) fn lose(&mut self, day: NaiveDate) {
        self.gone.push(day);
    }

    /// The person said so, and keeps to it.
    pub(super) fn open_wide(&mut self, from: NaiveDate, to: NaiveDate) {
        self.wide_open.push((from, to));
    }

    /// A window in which the other side works as well, if there is one on that day.
    fn window(&self, day: NaiveDate, dice: &mut Dice) -> Option<Window> {
        let at = |minutes| clock(minutes).map(|time| self.with.at_or_after(day, time));
        let (open, close) = (at(OFFICE.0)?, at(OFFICE.1)?);
        let minute = |instant| {
            let local = self.zone.local(instant);
            (local - day.and_time(NaiveTime::MIN)).num_minutes()
        };
        // On this day of their own the other side works from yesterday, today or both.
        let office = (minute(open), minute(close));
        let common = |window: &Window| {
            [-1440, 0, 1440]
                .into_iter()
                .map(|shift| window.to.min(office.1 + shift) - window.from.max(office.0 + shift))
                .max()
                .unwrap_or(0)
        };
        let drawn = std::iter::repeat_with(|| draw(dice)).take(25);
        let mut last = None;
        for window in drawn {
            if common(&window) >= 60 {
                return Some(window);
            }
            last = Some(window);
        }
        last
    }
}

fn draw(dice: &mut Dice) -> Window {
    let hour = |dice: &mut Dice, from, to| dice.between(from, to) * 60;
    let (form, from, to) = match dice.below(10) {
        0 | 1 => (Form::AllDay, DAY.0, DAY.1),
        2 => (Form::Morning, DAY.0, 12 * 60),
        3 => (Form::Afternoon, 12 * 60, 17 * 60),
        4 | 5 => (Form::After, hour(dice, 9, 17), DAY.1),
        6 => (Form::Before, DAY.0, hour(dice, 10, 16)),
        _ => {
            let from = hour(dice, AWAKE.0 / 60, AWAKE.1 / 60 - 2);
            let half = if dice.percent(20) { 30 } else { 0 };
            (Form::Between, from + half, (from + hour(dice, 2, 5)).min(AWAKE.1))
        }
    };
    Window { form, from, to }
}

impl Window {
    pub(super) const fn all_day() -> Self {
        Self {
            form: Form::AllDay,
            from: DAY.0,
            to: DAY.1,
        }
    }

    /// Just one beginning in it.
    pub(super) fn point(self, minutes: i64, dice: &mut Dice) -> Self {
        let last = (self.to - minutes).max(self.from);
        let from = dice.between((self.from + 59) / 60, last / 60) * 60;
        let from = from.clamp(self.from, last);
        Self {
            form: Form::At,
            from,
            to: from + minutes,
        }
    }

    /// The same in instants.
    pub(super) fn span(self, day: NaiveDate, zone: Zone) -> Option<(Timestamp, Timestamp)> {
        let start = zone.at_or_after(day, clock(self.from)?);
        // A point lasts as long as it lasts, whatever the clocks do meanwhile.
        let end = match self.form {
            Form::At => start + Duration::minutes(self.to - self.from),
            Form::AllDay | Form::Morning | Form::Afternoon | Form::After | Form::Before | Form::Between => {
                zone.at_or_after(day, clock(self.to)?)
            }
        };
        Some((start, end))
    }
}

/// What was said, in instants.
pub(super) fn spans(said: &[(NaiveDate, Window)], zone: Zone) -> Spans {
    Spans::of(said.iter().filter_map(|(day, window)| window.span(*day, zone)).collect())
}

fn clock(minutes: i64) -> Option<NaiveTime> {
    let seconds = u32::try_from(minutes).ok()?.checked_mul(60)?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)
}
