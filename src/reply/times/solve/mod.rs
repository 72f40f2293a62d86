//! Blocks → the times somebody can make.
//!
//! In: the blocks of a text, in its order; when, where and about what it was written. Out: [`Offer`]s, each with its days, its hours and the
//! bytes they rest on, and the instants of all of them together.
//! Days are decided by what was spoken of last: hours without a day belong to the days before them, a weekday to the week spoken of.
//! Never here: words; a guess where two readings differ.

mod booked;
mod context;
mod instants;
mod place;

use std::ops::Range;

use chrono::NaiveDate;

use super::Asked;
use super::clauses::Block;
use super::clock::Clock;
use super::day::{Days, Week, bit, monday};
use crate::calendar::Zone;
pub(super) use booked::without_booked;
use context::{Context, has_weekdays, list_of_weekdays, week_behind, week_of};
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
        // "Ana is out on Monday. The rest of next week is fine": the week is said afterwards.
        let own_week = context.week;
        if !block.yes && context.week.is_none() && has_weekdays(block) {
            context.week = blocks.iter().skip(at + 1).find_map(week_of);
        }
        if let Some(zone) = block.zone {
            context.zone = zone;
        }
        let mut block = block.clone();
        let wide = out
            .iter()
            .rev()
            .find(|offer| offer.yes)
            .is_some_and(|offer| offer.any && (offer.dates.is_empty() || offer.dates.len() > 7));
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
        context.week = if week.is_some() { context.week } else { own_week };
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
            any: block.days.contains(&Days::Any) || block.clocks.iter().any(|hours| hours.clock == Clock::All),
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
                // The days after it are of its week.
                context.week = after.and_then(monday).map(Week::of).filter(|week| week.monday > today);
            } else {
                context.dates = offer.dates.clone();
            }
        }
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
            dated: false,
            broad: true,
            any: true,
            any_time: false,
            limit: false,
            preferred: false,
            told: false,
            person: None,
            everybody: false,
        }
    }

    /// Days without hours.
    const fn is_bare(&self) -> bool {
        self.yes && self.dated && self.windows.is_none()
    }

    /// Hours without days.
    const fn is_unbound(&self) -> bool {
        self.yes && (!self.dated || self.any && self.limit && self.broad) && self.windows.is_some()
    }

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
    vec![Offer::any_time(&context, 0..0)]
}
