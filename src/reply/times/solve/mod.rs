//! Blocks → the times somebody can make.
//!
//! In: the blocks of a text, in its order; when, where and about what it was written. Out: [`Offer`]s, each with its days, its hours and the
//! bytes they rest on, and the instants of all of them together.
//! Days are decided by what was spoken of last: hours without a day belong to the days before them, a weekday to the week spoken of.
//! Never here: words; a guess where two readings differ.

mod booked;
mod context;
mod ends;
mod instants;
mod place;

use std::ops::Range;

use chrono::NaiveDate;

use super::Asked;
use super::clauses::{Block, Hours};
use super::clock::Clock;
use super::day::{Days, Week, bit, monday};
use crate::calendar::{Spans, Zone};
use crate::model::Timestamp;
pub(super) use booked::without_booked;
use context::{Context, has_weekdays, list_of_weekdays, week_behind, week_of};
use ends::{any_time_next, from_their_ends, goes_round};
pub(super) use instants::instants;
use instants::windows;

/// Days and the hours on them.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) dates: Vec<NaiveDate>,
    /// Stretches in minutes of the day; `None` for all of it.
    pub(super) windows: Option<Vec<(i32, i32)>>,
    pub(super) zone: Zone,
    pub(super) yes: bool,
    pub(super) bytes: Range<usize>,
    /// Words elsewhere that its hours rest on.
    also: Vec<Range<usize>>,
    pub(super) sentence: usize,
    /// "only" stands with it.
    only: bool,
    /// Days were named.
    pub(super) dated: bool,
    /// A whole week or more was named, or any day.
    pub(super) broad: bool,
    /// From a day on: "not until Thursday".
    since: bool,
    /// Said outright that any of it will do.
    any: bool,
    /// Days or a week are named, not only any day.
    placed: bool,
    /// "any time".
    pub(super) any_time: bool,
    /// Beginnings or ends only: "after 10".
    limit: bool,
    /// Beginnings only: "at 10".
    points: bool,
    preferred: bool,
    told: bool,
    /// Refused by what somebody does then.
    event: bool,
    /// Refused days that go round those offered: "away after that", "on a course the rest of the week".
    aside: bool,
    /// No day was named with it or before it: the days thought of.
    pub(super) thought_of: bool,
    /// It is said in other words than can be resolved: "the same time", "until Friday" from nowhere.
    pub(super) loose: bool,
    person: Option<u64>,
    everybody: bool,
}

/// Turns blocks into offers.
pub(super) fn offers(blocks: &[Block], asked: &Asked<'_>, zone: Zone, spoken: &[NaiveDate]) -> Vec<Offer> {
    let today = zone.local(asked.written).date();
    let mut context = Context {
        today,
        dates: spoken.to_vec(),
        week: list_of_weekdays(blocks, today),
        zone,
        offered: asked.options.iter().map(|(start, _)| zone.local(*start).date()).collect(),
        named: Vec::new(),
        behind: None,
    };
    let blocks = &from_their_ends(blocks);
    let named: Vec<NaiveDate> = blocks
        .iter()
        .filter(|block| block.yes)
        .flat_map(|block| &block.days)
        .filter_map(Days::date)
        .collect();
    let mut out: Vec<Offer> = Vec::new();
    // The days of the hours behind were told: "this week I'm on lates, so mornings only".
    let mut told_of = false;
    for (at, block) in blocks.iter().enumerate() {
        // "I'm off work on Wednesday and Thursday, so either of those": the days off are those offered.
        let these = |later: &Block| {
            later.yes && !later.days.is_empty() && later.days.iter().all(|days| *days == Days::Same) && later.sentence - block.sentence <= 1
        };
        let taken_up =
            !block.yes && !block.except && block.clocks.is_empty() && !block.days.is_empty() && blocks.get(at + 1).is_some_and(these);
        let offered = Block {
            yes: true,
            ..block.clone()
        };
        let block = if taken_up { &offered } else { block };
        let week = week_of(block).or_else(|| week_behind(blocks, at));
        if let Some(week) = week {
            context.week = Some(week);
        }
        // "Ana is out on Monday. The rest of next week is fine": the week is said afterwards.
        let own_week = context.week;
        if !block.yes && context.week.is_none() && has_weekdays(block) {
            // "Away until Friday. The week of the 18th is better": an end is of the days before it.
            let ends = block.days.iter().all(|days| matches!(days, Days::Until(..)));
            context.week = blocks
                .iter()
                .skip(at + 1)
                .filter(|later| !ends || later.sentence == block.sentence)
                .find_map(week_of);
        }
        // "on leave from the 25th, back on the 7th": between the two.
        let from = at
            .checked_sub(1)
            .and_then(|before| blocks.get(before))
            .filter(|before| {
                !block.yes && !before.yes && before.sentence == block.sentence && matches!(before.days.as_slice(), [Days::Since(..)])
            })
            .and_then(|_| out.last())
            .filter(|_| matches!(block.days.as_slice(), [Days::Until(..)]))
            .and_then(|before| before.dates.first().copied());
        if let Some(zone) = block.zone {
            context.zone = zone;
        }
        context.named.clear();
        if block.yes && block.clocks.is_empty() {
            context.named.extend_from_slice(&named);
        }
        // "Next Tuesday or the Wednesday": of the same week.
        context.behind = at
            .checked_sub(1)
            .and_then(|before| blocks.get(before))
            .filter(|before| block.yes && before.yes && before.sentence == block.sentence)
            .and_then(|before| match before.days.as_slice() {
                [Days::Day(day)] => Some(*day),
                _ => None,
            })
            .filter(|day| monday(*day) > monday(today));
        let mut block = block.clone();
        let wide =
            out.iter().rev().find(|offer| offer.yes).is_some_and(|offer| {
                offer.any && (offer.dates.is_empty() || offer.dates.len() > 7) || !offer.dated && offer.dates.is_empty()
            });
        let firm = block.except || !block.yes && !block.told && block.clocks.is_empty();
        // "Every day but Friday" in one phrase.
        let alone = block.except && !out.iter().any(|offer| offer.yes);
        if (firm && wide || alone) && context.week.is_none() {
            // "any day but Friday": no Friday at all.
            for days in &mut block.days {
                if let Days::Weekday(weekday) = days {
                    *days = Days::Each(bit(*weekday));
                }
            }
        }
        // "in meetings till three, any time after that"
        // "I finish at 3, so any time from then until 6": and where it ends.
        let ends = match block.clocks.as_slice() {
            [hours] => match hours.clock {
                Clock::To(end) => Some(end),
                _ => None,
            },
            _ => None,
        };
        if block.days == [Days::FromThen]
            && let Some(before) = at.checked_sub(1).and_then(|before| blocks.get(before))
            && block.sentence - before.sentence <= 1
            && let Some(end) = match before.clocks.last().map(|hours| hours.clock) {
                Some(Clock::To(end) | Clock::Range(_, end) | Clock::Point(end)) if !before.yes => Some(end),
                Some(Clock::From(end)) => Some(end),
                // "bis 15 Uhr einen Termin, danach wäre ich frei": what comes before was not offered.
                Some(Clock::To(end)) if before.sentence == block.sentence && out.last().is_some_and(|last| last.bytes == before.bytes) => {
                    out.pop();
                    Some(end)
                }
                _ => None,
            }
        {
            block.days = vec![Days::Same];
            block.clocks = vec![Hours {
                clock: match ends.filter(|last| *last > end) {
                    Some(last) => Clock::Range(end, last),
                    None => Clock::From(end),
                },
                besides: false,
            }];
        }
        let block = &block;
        // "Not Monday or Friday. After 10 please", "on leave next week, otherwise wide open": the hours are of the days left.
        let any_time = block.clocks.iter().all(|hours| hours.clock == Clock::All);
        // "On nights Monday to Wednesday, so asleep during the day": the hours are of those days.
        let hours_only = block.days.is_empty() && (block.yes || !block.told && !block.except && !block.event);
        let whole = |offer: &Offer, day: &NaiveDate| {
            !offer.yes
                && offer.windows.is_none()
                && offer.dates.contains(day)
                && (block.yes || !offer.told)
                && (any_time || !block.yes || offer.sentence != block.sentence)
        };
        if hours_only
            && !context.dates.is_empty()
            && context.dates.iter().all(|day| out.iter().any(|offer| whole(offer, day)))
            && asked.booked.is_none()
        {
            context.dates.clear();
            // No such weekday at all, where nothing says which.
            let single = |offer: &Offer| {
                let same = |block: &&Block| block.bytes == offer.bytes && block.days.iter().any(|days| matches!(days, Days::Weekday(_)));
                blocks.iter().any(|block| same(&block))
            };
            if context.week.is_none() && !out.iter().any(|offer| offer.yes) {
                for offer in out.iter_mut().filter(|offer| single(offer)) {
                    let weekdays = offer.weekdays();
                    let such = |day: &NaiveDate| weekdays.contains(&chrono::Datelike::weekday(day).number_from_monday());
                    offer.dates = context.horizon().filter(such).collect();
                }
            }
        }
        // "before 10, after that I'm in meetings all day": behind the hour, not behind the day.
        let ends_before = at.checked_sub(1).and_then(|before| blocks.get(before)).is_some_and(|before| {
            before.yes && before.sentence == block.sentence && matches!(before.clocks.last().map(|hours| hours.clock), Some(Clock::To(_)))
        });
        if ends_before && !block.yes && block.days == [Days::FromThen] {
            continue;
        }
        // "That week is good. I'm out on Wednesday, and please avoid after 4:30": the hours are refused of the days left.
        let lost = |day: &NaiveDate| {
            let no = |offer: &Offer| !offer.yes && offer.windows.is_none() && offer.dates.contains(day);
            out.iter().any(no)
        };
        if block.except && block.days.is_empty() && !block.clocks.is_empty() && !context.dates.is_empty() && context.dates.iter().all(lost)
        {
            let left: Vec<NaiveDate> = out
                .iter()
                .filter(|offer| offer.yes)
                .flat_map(|offer| offer.dates.iter().copied())
                .collect();
            // "Avoid Mondays and the hour before 1": where nothing was offered yet, of any day.
            context.dates = left;
            context.dates.sort_unstable();
            context.dates.dedup();
        }
        // "Not Mondays" holds in every week that is spoken of.
        let named = context
            .week
            .take_if(|_| !block.yes && block.days.iter().all(|days| matches!(days, Days::Each(_))) && !block.days.is_empty());
        let Some((dates, broad)) = context.dates(block, week.is_some() && has_weekdays(block)) else {
            continue;
        };
        context.week = context.week.or(named);
        let mut dates = dates;
        // "on leave from the 12th to the 16th, then any day after 5": of the days behind it.
        let leave = at.checked_sub(1).and_then(|before| blocks.get(before)).filter(|before| {
            !before.yes
                && before.sentence == block.sentence
                && matches!(before.days.as_slice(), [Days::Span(..)])
                && before.clocks.is_empty()
        });
        if let ([Days::Any], true, Some(Days::Span(_, last))) =
            (block.days.as_slice(), block.yes, leave.and_then(|leave| leave.days.first()))
        {
            dates = context.workdays();
            dates.retain(|day| day > last);
        }
        // "On leave until the 11th, then every afternoon": of the days behind it.
        let until = at.checked_sub(1).and_then(|before| blocks.get(before)).filter(|before| {
            !before.yes
                && before.sentence == block.sentence
                && matches!(before.days.as_slice(), [Days::Until(..)])
                && before.clocks.is_empty()
        });
        let after = until
            .and_then(|_| out.last())
            .filter(|last| !last.yes)
            .and_then(|last| last.dates.last().copied());
        let parts = block
            .clocks
            .iter()
            .all(|hours| matches!(hours.clock, Clock::Part(_) | Clock::All | Clock::From(_) | Clock::To(_)));
        if let Some(last) = after.filter(|_| block.yes && parts)
            && (block.days == [Days::Any] || block.days.is_empty())
        {
            dates = context.workdays();
            dates.retain(|day| *day > last);
        }
        if named.is_some() {
            for week in blocks.iter().filter_map(week_of) {
                let bits = block
                    .days
                    .iter()
                    .fold(0, |bits, days| if let Days::Each(more) = days { bits | more } else { bits });
                dates.extend(context.of_week(week, bits));
            }
            dates.sort_unstable();
            dates.dedup();
        }
        if let Some(from) = from {
            dates.retain(|day| *day >= from);
            let last = dates.last().copied();
            if let Some(before) = out.last_mut() {
                before.dates.retain(|day| last.is_none_or(|last| *day <= last));
            }
        }
        let again = asked.booked.is_none() && asked.options.is_empty() && !block.clocks.is_empty()
            // "same window both days: 11 to 12"
            && block.clocks.iter().all(|hours| hours.clock == Clock::Same);
        context.week = if week.is_some() { context.week } else { own_week };
        let as_before = block.too && block.yes && block.clocks.is_empty() && asked.options.is_empty() && asked.booked.is_none();
        let windows = if as_before {
            out.last().filter(|last| last.yes).and_then(|last| last.windows.clone())
        } else if again {
            // "or Wednesday, same time"
            out.iter().rev().find(|offer| offer.yes).and_then(|offer| offer.windows.clone())
        } else {
            windows(&block.clocks, &dates, asked, context.zone)
        };
        let lost = windows.is_none();
        let until = !block.days.is_empty() && block.days.iter().all(|days| matches!(days, Days::Until(..)));
        let point = !block.clocks.is_empty()
            && block
                .clocks
                .iter()
                .all(|hours| matches!(hours.clock, Clock::Point(_) | Clock::From(_) | Clock::To(_)));
        // "(board meeting, all day)": of which day is not said.
        let whole = block.days.is_empty() && !block.clocks.is_empty() && block.clocks.iter().all(|hours| hours.clock == Clock::All);
        if !block.yes && whole && context.dates.is_empty() {
            continue;
        }
        // "I finish at 4" takes nothing away; nor does "no other day".
        if !block.yes
            && (block.told && point
                || !block.days.is_empty() && block.days.iter().all(|days| *days == Days::Rest) && block.clocks.is_empty())
        {
            if !block.days.is_empty() && block.days != [Days::Rest] {
                context.dates = dates;
            }
            continue;
        }
        // "I'm on earlies next week, so any day after 3": the week is where the hours are.
        let hours_behind = |later: &Block| later.yes && !later.clocks.is_empty();
        // "This week I have late duty, so only in the mornings": what is told of it says why.
        let only_hours = |later: &Block| hours_behind(later) && later.days.is_empty() && later.sentence == block.sentence && !later.or;
        let reason = block.told && !any_time_next(blocks, at) && blocks.get(at + 1).is_some_and(only_hours);
        // "Till Wednesday I'm on earlies, so after 3"
        let next_to_it = block.shift && !block.days.is_empty() && blocks.get(at + 1).is_some_and(only_hours);
        let before_hours = reason || block.shift && broad && blocks.iter().skip(at + 1).any(hours_behind);
        if !block.yes && (next_to_it || before_hours && block.clocks.is_empty()) {
            context.dates = dates;
            told_of = true;
            continue;
        }
        // "It is half term that week, so I could come any day of it": what goes on there is why.
        let of_same_week = |next: &Block| next.yes && next.sentence == block.sentence && week.is_some() && week_of(next) == week;
        if !block.yes && block.event && block.clocks.is_empty() && broad && blocks.get(at + 1).is_some_and(of_same_week) {
            context.dates = dates;
            continue;
        }
        let of_told = std::mem::take(&mut told_of) && block.days.is_empty() && block.yes;
        let offer = Offer {
            windows,
            zone: context.zone,
            yes: block.yes,
            bytes: block.bytes.clone(),
            also: Vec::new(),
            sentence: block.sentence,
            only: block.only,
            dated: !block.days.is_empty() || of_told,
            broad,
            since: !block.days.is_empty() && block.days.iter().all(|days| matches!(days, Days::Since(..) | Days::FromThen)),
            any: block.days.contains(&Days::Any) || block.clocks.iter().any(|hours| hours.clock == Clock::All),
            placed: block.days.iter().any(|days| !matches!(days, Days::Any | Days::Rest | Days::Same)),
            any_time: block.clocks.iter().any(|hours| hours.clock == Clock::All),
            limit: !block.clocks.is_empty()
                && block
                    .clocks
                    .iter()
                    .all(|hours| matches!(hours.clock, Clock::From(_) | Clock::To(_)) && !hours.besides),
            points: !block.clocks.is_empty()
                && block
                    .clocks
                    .iter()
                    .all(|hours| matches!(hours.clock, Clock::Point(_) | Clock::Shift(_) | Clock::Same)),
            preferred: block.preferred,
            told: block.told,
            event: block.event,
            aside: !block.yes && block.clocks.is_empty() && !block.except && goes_round(block),
            thought_of: false,
            loose: again && lost || until && blocks.iter().any(|other| other.yes && !other.days.is_empty() && other != block),
            person: block.person,
            everybody: block.everybody,
            dates,
        };
        let named = offer.dated && !of_told;
        if named && !block.except && !(offer.broad && offer.any && block.days.contains(&Days::Any)) {
            if block.days.iter().all(|days| matches!(days, Days::Until(..))) && !offer.yes {
                if block.told {
                    place::place(offer, block, &mut out);
                    continue;
                }
                // "back Monday 7th": the day spoken of is that one.
                let after = offer.dates.last().and_then(|last| last.succ_opt());
                context.dates = after.into_iter().collect();
                // The days after it are of its week.
                context.week = after.and_then(monday).map(Week::of).filter(|week| week.monday > today);
            } else {
                context.dates = offer.dates.clone();
                // "Not before the 30th. Mornings, Tue-Fri": of the week in which it begins.
                if offer.since
                    && offer.yes
                    && block
                        .days
                        .iter()
                        .all(|days| matches!(days, Days::Since(day, _) if day.date().is_some()))
                {
                    let first = offer.dates.first().copied().and_then(monday);
                    context.week = first.map(Week::of).filter(|week| week.monday > today).or(context.week);
                }
                // "away from Friday until next Wednesday, then free on Thursday": of the week in which that ends.
                if let ([Days::Span(first, last)], false) = (block.days.as_slice(), offer.yes)
                    // "I'm on a project in London this month"
                    && (*last - *first).num_days() <= 14
                {
                    let after = offer.dates.last().and_then(|last| last.succ_opt());
                    context.week = after
                        .and_then(monday)
                        .map(Week::of)
                        .filter(|week| week.monday > today)
                        .or(context.week);
                }
            }
        }
        // "the week of the 22nd I'm on 6-2, so after 2:30": the hours behind a shift are of its week.
        let stretch = |hours: &Hours| matches!(hours.clock, Clock::Range(..));
        told_of = !block.yes && block.shift && week.is_some() && !block.clocks.is_empty() && block.clocks.iter().all(stretch);
        place::place(offer, block, &mut out);
    }
    place::settle(out, &context)
}

impl Offer {
    /// The workdays thought of, at any time.
    fn any_time(context: &Context, bytes: Range<usize>) -> Self {
        Self {
            dates: context.workdays(),
            windows: None,
            zone: context.zone,
            yes: true,
            bytes,
            also: Vec::new(),
            sentence: 0,
            only: false,
            dated: false,
            broad: true,
            since: false,
            any: true,
            placed: false,
            any_time: false,
            limit: false,
            points: false,
            preferred: false,
            told: false,
            event: false,
            aside: false,
            thought_of: false,
            loose: false,
            person: None,
            everybody: false,
        }
    }

    /// Days without hours.
    const fn is_bare(&self) -> bool {
        self.yes && self.dated && self.windows.is_none()
    }

    /// "any day after 4": a bound of days that are not named.
    const fn is_any_limit(&self) -> bool {
        self.any && self.broad && self.limit && !self.placed
    }

    /// Hours without days.
    const fn is_unbound(&self) -> bool {
        self.yes && (!self.dated || self.is_any_limit()) && self.windows.is_some()
    }

    /// Its days as weekdays, in the order of the dates.
    pub(super) fn weekdays(&self) -> Vec<u32> {
        self.dates
            .iter()
            .map(|day| chrono::Datelike::weekday(day).number_from_monday())
            .collect()
    }

    /// Its times are somebody's, the other's somebody else's.
    pub(super) fn of_another(&self, other: &Self) -> bool {
        self.person != other.person && self.person.is_some() && other.person.is_some()
    }

    /// It rests on these words.
    pub(super) fn rests_on(&self, words: &Range<usize>) -> bool {
        let within = |all: &Range<usize>| all.start <= words.start && words.end <= all.end;
        within(&self.bytes) || self.also.iter().any(within)
    }

    /// Refused, and nothing of what was given is taken away by it.
    pub(super) fn refuses_nothing(&self, given: &Spans) -> bool {
        instants::spans(self).intersect(given).is_empty()
    }

    /// It says more than another does of the same days: whole days where hours were given, a week where days of it were, or hours that
    /// reach beyond others.
    pub(super) fn widens(&self, other: &Self) -> bool {
        let (Some(first), Some(last)) = (other.dates.first(), other.dates.last()) else {
            return false;
        };
        let both = self.yes && other.yes && self.dated && other.dated && !self.of_another(other) && !self.preferred && !other.preferred;
        if !both || self.dates.last() < Some(first) || self.dates.first() > Some(last) {
            return false;
        }
        let shared = other.dates.iter().any(|day| self.dates.binary_search(day).is_ok());
        shared
            && match (&self.windows, &other.windows) {
                (None, Some(_)) => true,
                (None, None) => self.broad && other.dates.len() < self.dates.len(),
                (Some(mine), Some(theirs)) => mine != theirs && !instants::intersect(mine, theirs).is_empty(),
                (Some(_), None) => false,
            }
    }

    /// Offered, and nothing of it is left but what is past.
    pub(super) fn in_vain(&self, open: &Spans, written: Timestamp) -> bool {
        let spans = instants::spans(self).from(written);
        !spans.is_empty() && spans.intersect(open).is_empty()
    }

    /// Offered in words, not what is left when something is refused.
    pub(super) fn was_said(&self) -> bool {
        self.yes && (self.dated || self.windows.is_some())
    }
}

/// All that was offered, before anything is taken away.
pub(super) fn given(offers: &[Offer]) -> Spans {
    instants::together(offers.iter().filter(|offer| offer.yes))
}

/// "Any time": the workdays thought of.
pub(super) fn any_time(asked: &Asked<'_>, zone: Zone) -> Vec<Offer> {
    let context = Context {
        today: zone.local(asked.written).date(),
        dates: Vec::new(),
        week: None,
        zone,
        offered: Vec::new(),
        named: Vec::new(),
        behind: None,
    };
    vec![Offer::any_time(&context, 0..0)]
}
