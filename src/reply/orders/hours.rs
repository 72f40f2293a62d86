//! Whether all hours that a mail names went into its orders.
//!
//! In: the text, and the orders read from it. Out: whether an hour is left over: "tomorrow 9:00 to 11:30" of which nothing ends at half past
//! eleven was misread, whatever else was read. Never here: what an hour means.

use std::sync::LazyLock;

use chrono::Timelike;
use regex::Regex;

use super::reader::Reader;
use super::{Order, Whom, Wish, Zone, about, table};
use crate::model::Timestamp;

/// What is an hour whatever stands around it: with minutes behind a colon or an "h", or with a word of clocks.
static HOURS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?<hour>[01]?\d|2[0-4])(?:(?::|h)(?<minute>[0-5]\d)\b|(?<with>[.:][0-5]\d)?\s?(?:am|pm|a\.m|p\.m|uhr|(?<while>h)|o'?clock)\b)")
        .ok()
});

/// A word of talking stands no further before an hour, in characters.
const NEAR: usize = 120;

/// Nothing that is "5h" begins then.
const EARLIEST: u32 = 7;

/// An hour of a clock with twelve of them, and its minute.
type Hour = (u32, u32);

impl Reader<'_> {
    /// An hour stands in the body that no order of these begins or ends with, and no agreed interview.
    pub(super) fn leaves_hours(&self, orders: &[Order]) -> bool {
        let said = self.hours_said(orders);
        if said.is_empty() {
            return false;
        }
        let known = self.hours_known(orders);
        said.iter().any(|hour| !known.contains(hour))
    }

    fn hours_said(&self, orders: &[Order]) -> Vec<Hour> {
        let now = self.desk.zone.local(self.desk.written).time();
        let now = (Timelike::hour(&now), Timelike::minute(&now));
        let noted = |at: usize| {
            let mut notes = orders.iter().filter(|order| matches!(order.wish, Wish::Note(_)));
            notes.any(|note| note.words.range.contains(&at))
        };
        let body = self.text.get(self.head..).unwrap_or_default();
        let first = body
            .trim_start()
            .find('\n')
            .map_or(body.len(), |end| end + body.len() - body.trim_start().len());
        let all = HOURS.as_ref().into_iter().flat_map(|hours| hours.captures_iter(body));
        all.filter_map(|one| {
            let whole = one.get(0)?;
            let hour: u32 = one.name("hour")?.as_str().parse().ok()?;
            let minute = one.name("minute").or(one.name("with"));
            let minute = minute.map_or(Some(0), |said| said.as_str().trim_start_matches(['.', ':']).parse().ok())?;
            // "Lorna F 08:50: …", "spoke 09:05": when they talked.
            let line = body.get(..whole.start())?.rsplit('\n').next().unwrap_or_default();
            let near = line.char_indices().rev().nth(NEAR).map_or(0, |(at, _)| at);
            let line = line.get(near..).unwrap_or_default();
            let talked = (hour, minute) <= now && (whole.start() < first || table::is("talked", &about::folded(line).join(" ")));
            // "2h each way" is a while.
            let lasts = one.name("while").is_some() && hour < EARLIEST;
            (!talked && !lasts && !noted(self.head + whole.start())).then_some((hour % 12, minute))
        })
        .collect()
    }

    fn hours_known(&self, orders: &[Order]) -> Vec<Hour> {
        let mut known = Vec::new();
        let mut add = |zone: Zone, at: Timestamp| {
            for zone in [zone, self.desk.zone] {
                let local = zone.local(at).time();
                known.push((Timelike::hour(&local) % 12, Timelike::minute(&local)));
            }
        };
        for order in orders {
            if let Wish::Times { by, open } = &order.wish {
                for (start, end) in open.iter() {
                    add(self.zone_of(*by), start);
                    add(self.zone_of(*by), end);
                }
            }
            if let Wish::Book { submission, start }
            | Wish::Move {
                submission,
                start: Some(start),
            } = &order.wish
            {
                let length = chrono::Duration::minutes(self.minutes());
                for zone in [self.zone_of(Whom::Client), self.zone_of(Whom::Candidate(*submission))] {
                    add(zone, *start);
                    add(zone, *start + length);
                }
            }
        }
        for (submission, slot) in self.batch.into_iter().flat_map(|batch| &batch.booked) {
            for zone in [self.zone_of(Whom::Client), self.zone_of(Whom::Candidate(*submission))] {
                add(zone, slot.start);
                add(zone, slot.end);
            }
        }
        known
    }
}
