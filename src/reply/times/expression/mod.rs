//! A text → the days and times it names, in local wall time: for measuring, and for showing what was understood.
//!
//! In: a text, the local time it was written, its language, and the order of day and month. Out: what is named, in its order.
//! The days and hours of a text are its terms ([`terms`]); terms said together are one time ([`groups`]); times become instants ([`instants`]).
//! Never here: whether it is offered or refused.

mod groups;
mod instants;
mod terms;

use std::cell::Cell;

use chrono::NaiveDateTime;

use super::clock::Clocks;
use super::day::Dates;
use super::lex::{self, Tongue};

/// How fine a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A day or several.
    Day,
    /// A clock time.
    Minute,
}

/// A day or a time named in a text, in local wall time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// From; `None` for "before …".
    pub start: Option<NaiveDateTime>,
    /// To, not included; `None` for a point, and for "after …".
    pub end: Option<NaiveDateTime>,
    /// How fine it is.
    pub grain: Grain,
    /// It has no end, or no beginning.
    pub open: bool,
}

/// The days and times a text names.
#[must_use]
pub fn expressions(text: &str, written: NaiveDateTime, language: &str, day_first: bool) -> Vec<Resolved> {
    let (items, tongue) = lex::items(text, Tongue::named(language));
    let dates = Dates {
        items: &items,
        today: written.date(),
        day_first,
        dotted: tongue == Tongue::De,
        month: Cell::new(None),
        slots: None,
        week: Cell::new(None),
    };
    let terms = terms::Walk {
        items: &items,
        dates,
        clocks: Clocks { items: &items },
        written,
    }
    .read();
    instants::of(&groups::of(&terms), written)
}

#[cfg(test)]
mod tests {
    use super::{Grain, Resolved, expressions};

    /// What is named in a text written on Friday, 20 November 2026, at noon.
    fn named(text: &str) -> Vec<String> {
        let written = "2026-11-20T12:00:00".parse().expect("a time");
        expressions(text, written, "", true).iter().map(told).collect()
    }

    fn told(one: &Resolved) -> String {
        let form = if one.grain == Grain::Day { "%m-%d" } else { "%m-%dT%H:%M" };
        let at = |at: Option<chrono::NaiveDateTime>| at.map_or_else(String::new, |at| at.format(form).to_string());
        match (one.open, one.end) {
            (false, None) => at(one.start),
            _ => format!("{}/{}", at(one.start), at(one.end)),
        }
    }

    #[test]
    fn days_and_hours_of_one_time() {
        for (text, expected) in [
            ("Tuesday at 3pm", "11-24T15:00"),
            ("3pm on Tuesday", "11-24T15:00"),
            ("Tuesday afternoon, 1 December", "12-01T12:00/12-01T17:00"),
            ("8pm this evening", "11-20T20:00"),
            ("tonight at 7", "11-20T19:00"),
            ("in the evening between 8 and 9", "11-20T20:00/11-20T21:00"),
            ("next week on Tuesday", "11-24/11-25"),
            ("from Monday 9:00 to Wednesday 17:00", "11-23T09:00/11-25T17:00"),
            ("from 2pm till tomorrow 4:30pm", "11-20T14:00/11-21T16:30"),
            ("de 16:00 de hoy a 17:00 de mañana", "11-20T16:00/11-21T17:00"),
            ("22 to 24 December at 7pm", "12-22T19:00/12-24T19:00"),
            ("Monday 9:30 for two hours", "11-23T09:30/11-23T11:30"),
            ("Thursday before 5pm", "/11-26T17:00"),
            ("after 3pm on Thursday", "11-26T15:00/"),
            ("in half an hour", "11-20T12:30"),
            ("back in February", "02-01/03-01"),
            // Over for today.
            ("11am", "11-21T11:00"),
        ] {
            assert_eq!(named(text), [expected], "{text}");
        }
    }

    #[test]
    fn several_times() {
        for (text, expected) in [
            (
                "Tuesday or Wednesday from 10 to 2",
                ["11-24T10:00/11-24T14:00", "11-25T10:00/11-25T14:00"],
            ),
            ("3pm Tuesday or 4pm Wednesday", ["11-24T15:00", "11-25T16:00"]),
            ("Tuesday 3pm, Wednesday 4pm", ["11-24T15:00", "11-25T16:00"]),
            ("Tuesday at 3 or 4pm", ["11-24T15:00", "11-24T16:00"]),
        ] {
            assert_eq!(named(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "release 4.2.1",
            "for £45,000",
            "call me on 020 7946 0018",
            "may I ask",
            "we are 12 people",
            "at 6.5 percent",
        ] {
            assert!(named(text).is_empty(), "{text}: {:?}", named(text));
        }
    }

    #[test]
    fn what_is_done_is_no_hour() {
        assert_eq!(named("a lunch meeting tomorrow"), ["11-21/11-22"]);
        assert_eq!(named("tomorrow at lunchtime"), ["11-21T12:00/11-21T13:00"]);
    }
}
