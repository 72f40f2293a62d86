//! Blocks → the times somebody can make.
//!
//! In: the blocks of a text, in its order; when, where and about what it was written. Out: [`Offer`]s, each with its days, its hours and the
//! bytes they rest on, and the instants of all of them together.
//! Days are decided by what was spoken of last: hours without a day belong to the days before them, a weekday to the week spoken of.
//! Never here: words; a guess where two readings differ.

use std::ops::Range;

use chrono::{Datelike, Days as Count, NaiveDate, NaiveTime};

use super::clauses::{Block, Hours};
use super::clock::{CLOSES, Clock, DAY, OPENS, hours};
use super::day::{Days, Week, bit, monday, on_or_after};
use super::{Asked, Interval};
use crate::calendar::{Spans, Zone};
use crate::model::Timestamp;

/// Days after the one it was written that are thought of when none is named.
const HORIZON: u64 = 14;

/// Days and the hours on them.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) dates: Vec<NaiveDate>,
    /// Stretches in minutes of the day; `None` for all of it.
    pub(super) windows: Option<Vec<(i32, i32)>>,
    pub(super) zone: Zone,
    pub(super) yes: bool,
    pub(super) bytes: Range<usize>,
    /// Days were named.
    dated: bool,
    /// A whole week or more was named, or any day.
    broad: bool,
    /// Said outright that any of it will do.
    any: bool,
    /// "any time".
    any_time: bool,
    /// Beginnings or ends only: "after 10".
    limit: bool,
    preferred: bool,
    told: bool,
    person: Option<u64>,
    everybody: bool,
}

/// The days and weeks spoken of.
struct Context {
    today: NaiveDate,
    dates: Vec<NaiveDate>,
    week: Option<Week>,
    zone: Zone,
}

/// Turns blocks into offers.
pub(super) fn offers(blocks: &[Block], asked: &Asked<'_>, zone: Zone, spoken: &[NaiveDate]) -> Vec<Offer> {
    let today = zone.local(asked.written).date();
    let mut context = Context {
        today,
        dates: spoken.to_vec(),
        week: list_of_weekdays(blocks, today),
        zone,
    };
    let mut out: Vec<Offer> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let week = week_of(block).or_else(|| week_behind(blocks, at));
        if let Some(week) = week {
            context.week = Some(week);
        }
        if let Some(zone) = block.zone {
            context.zone = zone;
        }
        let mut block = block.clone();
        let wide = out.iter().rev().find(|offer| offer.yes).is_some_and(|offer| offer.any && (offer.dates.is_empty() || offer.dates.len() > 7));
        if block.except && wide && context.week.is_none() {
            // "any day but Friday": no Friday at all.
            for days in &mut block.days {
                if let Days::Weekday(weekday) = days {
                    *days = Days::Each(bit(*weekday));
                }
            }
        }
        let block = &block;
        let Some((dates, broad)) = context.dates(block, week.is_some() && has_weekdays(block)) else {
            continue;
        };
        let again = asked.booked.is_none() && asked.options.is_empty() && block.clocks.iter().any(|hours| hours.clock == Clock::Same);
        let windows = if again {
            // "or Wednesday, same time"
            out.iter().rev().find(|offer| offer.yes).and_then(|offer| offer.windows.clone())
        } else {
            windows(&block.clocks, asked, context.zone)
        };
        let point = !block.clocks.is_empty()
            && block
                .clocks
                .iter()
                .all(|hours| matches!(hours.clock, Clock::Point(_) | Clock::From(_) | Clock::To(_)));
        // "I finish at 4" takes nothing away; nor does "no other day".
        if !block.yes
            && (block.told && point
                || !block.days.is_empty() && block.days.iter().all(|days| *days == Days::Rest) && block.clocks.is_empty())
        {
            continue;
        }
        let offer = Offer {
            windows,
            zone: context.zone,
            yes: block.yes,
            bytes: block.bytes.clone(),
            dated: !block.days.is_empty(),
            broad,
            any: block.days.iter().any(|days| *days == Days::Any) || block.clocks.iter().any(|hours| hours.clock == Clock::All),
            any_time: block.clocks.iter().any(|hours| hours.clock == Clock::All),
            limit: !block.clocks.is_empty()
                && block
                    .clocks
                    .iter()
                    .all(|hours| matches!(hours.clock, Clock::From(_) | Clock::To(_)) && !hours.besides),
            preferred: block.preferred,
            told: block.told,
            person: block.person,
            everybody: block.everybody,
            dates,
        };
        if offer.dated && !block.except && !(offer.broad && offer.any && block.days.contains(&Days::Any)) {
            if block.days.iter().all(|days| matches!(days, Days::Until(..))) && !offer.yes {
                // "back Monday 7th": the day spoken of is that one.
                let after = offer.dates.last().and_then(|last| last.succ_opt());
                context.dates = after.into_iter().collect();
            } else {
                context.dates = offer.dates.clone();
            }
        }
        place(offer, block, &mut out);
    }
    settle(out, &context)
}

/// The days of one block that stands behind others.
pub(super) fn dates_of(before: &[Block], block: &Block, asked: &Asked<'_>, spoken: &[NaiveDate]) -> Vec<NaiveDate> {
    let own = week_of(block);
    let context = Context {
        today: asked.zone.local(asked.written).date(),
        dates: spoken.to_vec(),
        week: own.or_else(|| before.iter().rev().find_map(week_of)),
        zone: asked.zone,
    };
    context
        .dates(block, own.is_some() && has_weekdays(block))
        .map(|(dates, _)| dates)
        .unwrap_or_default()
}

/// Puts an offer beside those before it.
fn place(mut offer: Offer, block: &Block, out: &mut Vec<Offer>) {
    if block.corrects && offer.yes {
        correct(offer, out);
        return;
    }
    if !offer.yes {
        out.push(offer);
        return;
    }
    let same_days = block.days.iter().all(|days| *days == Days::Same) && !block.days.is_empty();
    let last = out.iter().rposition(|before| before.yes);
    if let Some(last) = last {
        if !offer.dated || same_days {
            let before = &mut out[last];
            match (&mut before.windows, &offer.windows) {
                // "Monday or Tuesday. After 2."
                (None, Some(_)) if before.dated && (same_days || before.dates == offer.dates) && !(before.any && offer.preferred) => {
                    before.windows = offer.windows;
                    before.limit = offer.limit;
                    before.bytes = before.bytes.start.min(offer.bytes.start)..before.bytes.end.max(offer.bytes.end);
                    return;
                }
                (Some(had), Some(new)) if before.person != offer.person && offer.person.is_some() && before.person.is_some() => {
                    let _ = (had, new);
                }
                (Some(had), Some(new)) if block.only && !block.or || offer.limit && before.limit && !block.or => {
                    let both = intersect(had, new);
                    if !both.is_empty() {
                        *had = both;
                        return;
                    }
                }
                (Some(_), None) if offer.any && !before.dated => {}
                _ => {}
            }
            if same_days && before.dates.iter().any(|day| !offer.dates.contains(day)) && offer.dates.is_empty() {
                offer.dates.clone_from(&before.dates);
            }
            offer.dated |= !offer.dates.is_empty();
        } else if !block.preferred || !out[last].any {
            narrow(&offer, block, out);
        }
    }
    out.push(offer);
}

/// "Next week is good. Tuesday after 2 or Thursday": the week was where the days are.
fn narrow(offer: &Offer, block: &Block, out: &mut Vec<Offer>) {
    let within = |before: &Offer| {
        before.yes && before.windows.is_none() && before.broad && before.dated && offer.dates.iter().all(|day| before.dates.contains(day))
    };
    let Some(at) = out.iter().position(within) else { return };
    if block.only || block.except || out[at].any && (offer.windows.is_some() || block.preferred) {
        if block.only || !block.preferred && out[at].any && offer.windows.is_some() && !block.or {
            let dates = offer.dates.clone();
            out[at].dates.retain(|day| !dates.contains(day));
        }
        return;
    }
    if offer.dates.len() < out[at].dates.len() || offer.windows.is_some() {
        out.remove(at);
    }
}

/// Takes back what was said last and says it anew, in part or in whole.
fn correct(mut offer: Offer, out: &mut Vec<Offer>) {
    if let Some(at) = out.iter().rposition(|before| before.yes) {
        let before = out.remove(at);
        if !offer.dated {
            offer.dates = before.dates;
            offer.dated = before.dated;
        }
        if offer.windows.is_none() {
            offer.windows = before.windows;
        }
    }
    out.push(offer);
}

/// Hours that were said once for all days, limits, and "any time".
fn settle(mut out: Vec<Offer>, context: &Context) -> Vec<Offer> {
    let unbound = |offer: &Offer| offer.yes && (!offer.dated || offer.any && offer.limit && offer.broad) && offer.windows.is_some();
    let bare: Vec<_> = (0..out.len())
        .filter(|&at| out[at].yes && out[at].dated && out[at].windows.is_none())
        .collect();
    let floating: Vec<_> = (0..out.len()).filter(|&at| unbound(&out[at])).collect();
    let said_any = bare.iter().any(|&at| out[at].any_time);
    let wish = !floating.is_empty() && said_any && floating.iter().all(|&at| out[at].preferred && !out[at].limit);
    if wish {
        for &at in floating.iter().rev() {
            out.remove(at);
        }
        return settle(out, context);
    }
    if !bare.is_empty() && !floating.is_empty() {
        let mut all: Option<Vec<(i32, i32)>> = None;
        for &at in &floating {
            let windows = out[at].windows.clone().unwrap_or_default();
            all = Some(match all {
                None => windows,
                Some(had) if out[at].limit => intersect(&had, &windows),
                Some(mut had) => {
                    had.extend(windows);
                    had
                }
            });
        }
        let zone = floating.first().map(|&at| out[at].zone);
        for at in bare {
            out[at].windows.clone_from(&all);
            if let Some(zone) = zone {
                out[at].zone = zone;
            }
        }
        for at in floating.into_iter().rev() {
            out.remove(at);
        }
    } else {
        // Two limits are one window: "not before 10, and done by 4".
        let limits: Vec<_> = (0..out.len()).filter(|&at| unbound(&out[at]) && out[at].limit).collect();
        if let [first, rest @ ..] = limits.as_slice() {
            let mut gone = Vec::new();
            for &at in rest {
                let both = intersect(
                    &out[*first].windows.clone().unwrap_or_default(),
                    &out[at].windows.clone().unwrap_or_default(),
                );
                if !both.is_empty() {
                    out[*first].windows = Some(both);
                    gone.push(at);
                }
            }
            for at in gone.into_iter().rev() {
                out.remove(at);
            }
        }
    }
    // "Mornings are best": with days and hours of their own beside it, it names no others.
    let hours = out.iter().any(|offer| offer.yes && offer.dated && offer.windows.is_some() && !(offer.any && offer.broad && offer.limit));
    if hours {
        out.retain(|offer| !(offer.yes && !offer.dated && offer.windows.is_some()));
    }
    // "any time" with nothing beside it.
    let dated = out.iter().any(|offer| offer.yes && offer.dated && !(offer.any && offer.broad));
    for offer in &mut out {
        if !offer.dated && offer.dates.is_empty() {
            offer.dates = context.workdays();
        }
    }
    if dated {
        out.retain(|offer| !(offer.yes && !offer.dated && offer.windows.is_none()));
    }
    // Nothing but refusals: the workdays without them.
    if !out.is_empty() && out.iter().all(|offer| !offer.yes) && !out.iter().all(|offer| offer.told) {
        out.insert(
            0,
            Offer {
                dates: context.workdays(),
                windows: None,
                zone: context.zone,
                yes: true,
                bytes: out.first().map_or(0..0, |first| first.bytes.clone()),
                dated: false,
                broad: true,
                any: true,
                any_time: false,
                limit: false,
                preferred: false,
                told: false,
                person: None,
                everybody: false,
            },
        );
    }
    out
}

/// The instants of all offers: those offered, without those refused; of several people, those all of them can make.
pub(super) fn instants(offers: &[Offer], written: Timestamp) -> (Spans, Vec<Interval>) {
    let mut people: Vec<u64> = offers
        .iter()
        .filter(|offer| offer.yes && !offer.everybody)
        .filter_map(|offer| offer.person)
        .collect();
    people.sort_unstable();
    people.dedup();
    let several = people.len() > 1;
    let mut open = Spans::default();
    for offer in offers
        .iter()
        .filter(|offer| offer.yes && !(several && offer.person.is_some() && !offer.everybody))
    {
        open = open.union(&spans(offer));
    }
    if several {
        let of = |person: u64| {
            offers
                .iter()
                .filter(|offer| offer.yes && offer.person == Some(person))
                .fold(Spans::default(), |all, offer| all.union(&spans(offer)))
        };
        let common = people
            .iter()
            .map(|person| of(*person))
            .reduce(|all, one| all.intersect(&one))
            .unwrap_or_default();
        open = open.union(&common);
    }
    for (at, offer) in offers.iter().enumerate().filter(|(_, offer)| !offer.yes) {
        // A later word on those very days outweighs: "can't do Tuesday, except after 5"; what is only told never outweighs an offer.
        let mut kept = Spans::default();
        let later = |number: usize, other: &Offer| other.yes && other.dated && !other.broad && (number > at || offer.told);
        for (_, other) in offers.iter().enumerate().filter(|(number, other)| later(*number, other)) {
            if offer.windows.is_none()
                && other.dates.iter().any(|day| offer.dates.contains(day))
                && (offer.told || other.dates.iter().all(|day| offer.dates.contains(day)))
            {
                kept = kept.union(&spans(other));
            }
        }
        open = open.minus(&spans(offer).minus(&kept));
    }
    let open = open.from(written);
    let mut shown = Vec::new();
    for offer in offers.iter().filter(|offer| offer.yes) {
        for (start, end) in spans(offer).intersect(&open).iter() {
            shown.push(Interval {
                start,
                end,
                words: offer.bytes.clone(),
            });
        }
    }
    (open, shown)
}

fn spans(offer: &Offer) -> Spans {
    let whole = if offer.yes { vec![(OPENS, CLOSES)] } else { vec![(0, DAY)] };
    let windows = offer.windows.as_ref().unwrap_or(&whole);
    let mut all = Vec::with_capacity(offer.dates.len() * windows.len());
    for &date in &offer.dates {
        for &(from, to) in windows {
            if let (Some(start), Some(end)) = (instant(offer.zone, date, from), instant(offer.zone, date, to)) {
                all.push((start, end));
            }
        }
    }
    Spans::of(all)
}

fn instant(zone: Zone, date: NaiveDate, minute: i32) -> Option<Timestamp> {
    let days = u64::try_from(minute.div_euclid(DAY)).ok()?;
    let minute = u32::try_from(minute.rem_euclid(DAY)).ok()?;
    let date = date.checked_add_days(Count::new(days))?;
    Some(zone.at_or_after(date, NaiveTime::from_hms_opt(minute / 60, minute % 60, 0)?))
}

/// The hours of a block; `None` when it names none.
pub(super) fn windows(clocks: &[Hours], asked: &Asked<'_>, zone: Zone) -> Option<Vec<(i32, i32)>> {
    let mut groups: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut before: Option<Clock> = None;
    for hours in clocks {
        let Some(window) = window(hours.clock, asked, zone) else { continue };
        match groups.last_mut().filter(|_| !hours.besides) {
            Some(last) => {
                let both = intersect(last, &[window]);
                if both.is_empty() {
                    // "my lunch is 1-2": the hours explain the word.
                    let part = matches!(before, Some(Clock::Part(_)));
                    if part && !matches!(hours.clock, Clock::Part(_)) {
                        *last = vec![window];
                    } else {
                        groups.push(vec![window]);
                    }
                } else {
                    *last = both;
                }
            }
            None => groups.push(vec![window]),
        }
        before = Some(hours.clock);
    }
    let all: Vec<_> = groups.into_iter().flatten().collect();
    (!all.is_empty()).then_some(all)
}

fn window(clock: Clock, asked: &Asked<'_>, zone: Zone) -> Option<(i32, i32)> {
    let length = asked.minutes;
    let fixed = || asked.booked.or_else(|| asked.options.first().copied());
    let minute_of = |at: Timestamp| {
        let local = zone.local(at);
        i32::try_from(chrono::Timelike::num_seconds_from_midnight(&local.time()) / 60).ok()
    };
    Some(match clock {
        Clock::Point(at) => (at, at + length),
        Clock::Range(start, end) => (start, end),
        Clock::From(at) => (at, if at >= CLOSES { DAY } else { CLOSES }),
        Clock::To(at) => (OPENS.min(at), at),
        Clock::Part(part) => hours(part),
        Clock::All => return None,
        Clock::Same => {
            let at = minute_of(fixed()?.0)?;
            (at, at + length)
        }
        Clock::Shift(minutes) => {
            let at = minute_of(fixed()?.0)? + minutes;
            (at.max(0), at.max(0) + length)
        }
    })
}

fn intersect(a: &[(i32, i32)], b: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut out = Vec::new();
    for &(from, to) in a {
        for &(start, end) in b {
            if from.max(start) < to.min(end) {
                out.push((from.max(start), to.min(end)));
            }
        }
    }
    out
}

impl Offer {
    /// Offered in words, not what is left when something is refused.
    pub(super) fn was_said(&self) -> bool {
        self.yes && (self.dated || self.windows.is_some())
    }
}

/// "Any time": the workdays thought of.
pub(super) fn any_time(asked: &Asked<'_>, zone: Zone) -> Vec<Offer> {
    let context = Context {
        today: zone.local(asked.written).date(),
        dates: Vec::new(),
        week: None,
        zone,
    };
    vec![Offer {
        dates: context.workdays(),
        windows: None,
        zone,
        yes: true,
        bytes: 0..0,
        dated: false,
        broad: true,
        any: true,
        any_time: false,
        limit: false,
        preferred: false,
        told: false,
        person: None,
        everybody: false,
    }]
}

/// The blocks of an answer that moves an interview, without those that say when it is now.
pub(super) fn without_booked(blocks: &[Block], booked: (Timestamp, Timestamp), zone: Zone) -> Vec<Block> {
    let local = zone.local(booked.0);
    let date = local.date();
    let minute = i32::try_from(chrono::Timelike::num_seconds_from_midnight(&local.time()) / 60).unwrap_or(0);
    let of_booked = |block: &Block| {
        let day = block.days.iter().all(|days| match days {
            Days::Since(days, 0) if matches!(**days, Days::Weekday(weekday) if date.weekday().number_from_monday() == weekday) => true,
            Days::Weekday(weekday) => date.weekday().number_from_monday() == *weekday,
            Days::Day(day) => *day == date,
            _ => false,
        });
        let hour = block.clocks.iter().all(|hours| match hours.clock {
            Clock::Point(at) => at == minute || at + DAY / 2 == minute,
            Clock::Range(from, _) => from == minute,
            _ => false,
        });
        day && hour && !(block.days.is_empty() && block.clocks.is_empty())
    };
    fn bare(days: &Days) -> &Days {
        match days {
            // "from Tuesday to Wednesday"
            Days::Since(days, 0) => days,
            days => days,
        }
    }
    let now = |days: &Days| match bare(days) {
        Days::Weekday(weekday) => date.weekday().number_from_monday() == *weekday,
        Days::Day(day) => *day == date,
        _ => false,
    };
    let mut left: Vec<Block> = blocks
        .iter()
        .filter(|block| block.yes && !of_booked(block) || !block.yes && block.except)
        .cloned()
        .collect();
    for block in &mut left {
        // "Wednesday's interview to the day after"
        if block.days.iter().any(|days| !now(days)) {
            block.days.retain(|days| !now(days));
        }
    }
    left
}

/// The week a block names as the place of its weekdays.
fn week_of(block: &Block) -> Option<Week> {
    block.days.iter().find_map(|days| match days {
        Days::Week(week) => Some(*week),
        _ => None,
    })
}

/// "Mon 10-11, Tue 2-3 next week": the week stands behind the last of them.
fn week_behind(blocks: &[Block], at: usize) -> Option<Week> {
    let block = blocks.get(at)?;
    if !has_weekdays(block) {
        return None;
    }
    let behind = blocks.iter().skip(at + 1).take_while(|later| later.sentence == block.sentence);
    behind.filter(|later| has_weekdays(later)).find_map(week_of)
}

fn has_weekdays(block: &Block) -> bool {
    block.days.iter().any(|days| {
        matches!(
            days,
            Days::Weekday(_) | Days::Weekdays(_) | Days::Any | Days::Rest | Days::Each(_) | Days::Since(..) | Days::Until(..)
        )
    })
}

/// A list of three lines or more, a weekday at the head of each, is one week, the next that lies ahead of the first.
fn list_of_weekdays(blocks: &[Block], today: NaiveDate) -> Option<Week> {
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
    fn workdays(&self) -> Vec<NaiveDate> {
        (0..=HORIZON)
            .filter_map(|ahead| self.today.checked_add_days(Count::new(ahead)))
            .filter(|day| day.weekday().number_from_monday() <= 5)
            .collect()
    }

    fn horizon(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let today = self.today;
        (0..=HORIZON).filter_map(move |ahead| today.checked_add_days(Count::new(ahead)))
    }

    /// The days of a block, and whether they are a week or more. With no day said: none, the caller knows those spoken of.
    fn dates(&self, block: &Block, scoped: bool) -> Option<(Vec<NaiveDate>, bool)> {
        let mut all = Vec::new();
        let mut broad = !block.days.is_empty();
        for days in &block.days {
            // "any weekday this week or next"
            if matches!(days, Days::Any | Days::Rest) && block.days.iter().any(|other| matches!(other, Days::Span(..))) {
                continue;
            }
            if *days == Days::Same && block.days.iter().any(|other| *other != Days::Same) {
                continue;
            }
            // The week only says which Tuesday.
            if scoped && matches!(days, Days::Week(_)) {
                continue;
            }
            broad &= matches!(days, Days::Week(_) | Days::Any | Days::Rest | Days::Since(..) | Days::Span(..))
                || matches!(days, Days::Weekdays(bits) if bits.count_ones() >= 4);
            all.extend(self.resolve(days)?);
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
        all.sort_unstable();
        all.dedup();
        Some((all, broad))
    }

    fn resolve(&self, days: &Days) -> Option<Vec<NaiveDate>> {
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
    fn since_until(&self, first: NaiveDate) -> Option<NaiveDate> {
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

    fn weekday(&self, weekday: u32) -> Option<NaiveDate> {
        let next = on_or_after(self.today.succ_opt()?, weekday)?;
        Some(match self.week.and_then(|week| week.day(weekday)) {
            Some(day) if day >= self.today => day,
            _ => next,
        })
    }

    fn weekdays(&self, bits: u8) -> Vec<NaiveDate> {
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

    fn of_week(&self, week: Week, bits: u8) -> Vec<NaiveDate> {
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
