//! The times a mail gives, each with the words it rests on.
//!
//! In: the own text, when it was written and in which zone. Out: [`ShownTimes`]. Never here: a booking.

use serde::Serialize;

use crate::calendar::Zone;
use crate::model::Timestamp;
use crate::reply::times::{self, Asked, Intent, Times};

/// What a mail says about times, for printing.
#[derive(Debug, Serialize)]
pub(super) struct ShownTimes {
    intent: Intent,
    intervals: Vec<ShownInterval>,
    /// The zone the mail names.
    zone: Option<&'static str>,
    /// It would be asked back.
    ask: bool,
}

#[derive(Debug, Serialize)]
struct ShownInterval {
    start: Timestamp,
    end: Timestamp,
    /// In the writer's zone, or the one the mail names.
    spelled: String,
    words: String,
}

/// Reads the times of an own text.
pub(super) fn of(text: &str, written: Timestamp, zone: Zone) -> ShownTimes {
    let asked = Asked {
        written,
        zone,
        ours: zone,
        minutes: 60,
        options: &[],
        booked: None,
        language: "",
        places: &[],
    };
    let read = times::read(text, &asked);
    let shown_in = read.zone.unwrap_or(zone);
    ShownTimes {
        intent: read.intent,
        intervals: intervals(&read, text, shown_in),
        zone: read.zone.map(Zone::name),
        ask: read.asks(),
    }
}

fn intervals(read: &Times, text: &str, zone: Zone) -> Vec<ShownInterval> {
    let words = |range: &std::ops::Range<usize>| {
        text.get(range.clone())
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    read.intervals
        .iter()
        .map(|one| ShownInterval {
            start: one.start,
            end: one.end,
            spelled: format!("{} to {}", zone.spelled(one.start), zone.local(one.end).format("%H:%M")),
            words: words(&one.words),
        })
        .collect()
}

impl ShownTimes {
    /// A line for each stretch of time.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .intervals
            .iter()
            .map(|one| format!("time   {}   \"{}\"", one.spelled, one.words))
            .collect();
        if let Some(zone) = self.zone {
            out.push(format!("zone   {zone}, as the mail says"));
        }
        if self.ask {
            out.push("times  would be asked back".to_owned());
        }
        out
    }
}
