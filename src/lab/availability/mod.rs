//! Reads answers that give times, and single expressions of time, from JSON lines; scores both against what is expected.
//!
//! In: lines `{id, mode, text, reference, tz, …}`. Out: a line each, or figures.

mod score;

use std::io::{self, BufRead, Write};
use std::time::Instant;

use chrono::{DateTime, FixedOffset, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

pub use score::{Scores, score};

use crate::calendar::Zone;
use crate::message::{self, LetterText};
use crate::reply::times::{self, Asked, Grain, Resolved, Slot, Times};

/// A case of either mode.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    pub(super) id: serde_json::Value,
    #[serde(default)]
    mode: Option<Mode>,
    pub(super) text: String,
    pub(super) reference: String,
    #[serde(default)]
    tz: Option<String>,
    #[serde(default)]
    organizer_tz: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    duration_min: Option<i32>,
    #[serde(default)]
    options: Vec<(String, String)>,
    #[serde(default)]
    booked: Option<(String, String)>,
    #[serde(default)]
    date_order: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Reply,
    Expression,
}

/// What was read.
#[derive(Debug, Serialize)]
struct ReplyOutput<'a> {
    id: &'a serde_json::Value,
    intent: times::Intent,
    intervals: Vec<(String, String)>,
    selected: &'a [usize],
    #[serde(skip_serializing_if = "Option::is_none")]
    tz: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ask: bool,
    us: f64,
}

#[derive(Debug, Serialize)]
struct ExpressionOutput<'a> {
    id: &'a serde_json::Value,
    resolved: Vec<Item>,
    us: f64,
}

#[derive(Debug, Serialize)]
struct Item {
    start: Option<String>,
    end: Option<String>,
    grain: Grain,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    open: bool,
}

/// Reads every line of `input` and writes one reading per line.
///
/// # Errors
/// When a line is not such a case, names the line; or the reader's or writer's own.
pub fn availability(input: impl BufRead, mut out: impl Write) -> io::Result<()> {
    for (number, line) in input.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Input = serde_json::from_str(&line).map_err(|error| bad(format!("line {}: {error}", number + 1)))?;
        if case.is_expression() {
            let started = Instant::now();
            let resolved = case.expressions()?;
            let us = started.elapsed().as_secs_f64() * 1e6;
            let resolved = resolved.iter().map(Item::of).collect();
            serde_json::to_writer(
                &mut out,
                &ExpressionOutput {
                    id: &case.id,
                    resolved,
                    us,
                },
            )?;
        } else {
            let own = case.own();
            let started = Instant::now();
            let (times, zone) = case.times(&own)?;
            let us = started.elapsed().as_secs_f64() * 1e6;
            let reply = ReplyOutput {
                id: &case.id,
                intent: times.intent,
                intervals: times
                    .open
                    .iter()
                    .map(|(start, end)| (spelled(start, zone), spelled(end, zone)))
                    .collect(),
                selected: &times.selected,
                tz: times.zone.map(Zone::name),
                ask: times.asks(),
                us,
            };
            serde_json::to_writer(&mut out, &reply)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn bad(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// An instant as RFC 3339 says it, in UTC.
fn spelled(at: DateTime<Utc>, _zone: Zone) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Item {
    fn of(resolved: &Resolved) -> Self {
        let local = |at: NaiveDateTime| at.format("%Y-%m-%dT%H:%M").to_string();
        Self {
            start: resolved.start.map(local),
            end: resolved.end.map(local),
            grain: resolved.grain,
            open: resolved.open,
        }
    }
}

/// RFC 3339, with or without seconds.
fn instant(text: &str) -> io::Result<DateTime<Utc>> {
    let parsed = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::<FixedOffset>::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"));
    parsed
        .map(|at| at.with_timezone(&Utc))
        .map_err(|_| bad(format!("{text:?} is no time with an offset, such as 2026-11-20T10:05-05:00")))
}

/// The own text of an answer, and the options its parts stand under.
pub(super) struct Own {
    text: String,
    places: Vec<(std::ops::Range<usize>, usize)>,
}

impl Input {
    pub(super) fn is_expression(&self) -> bool {
        self.mode.map_or(self.duration_min.is_none(), |mode| mode == Mode::Expression)
    }

    fn zone(name: Option<&str>) -> io::Result<Zone> {
        name.map_or(Ok(Zone::UTC), |name| {
            name.parse().map_err(|error: crate::calendar::ZoneError| bad(error.to_string()))
        })
    }

    /// The text without what it quotes, as of a mail that holds nothing else.
    pub(super) fn own(&self) -> Own {
        let raw = format!(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
            self.text.replace('\n', "\r\n")
        );
        let Ok(message) = message::read(raw.as_bytes(), &message::Border::default()) else {
            return Own {
                text: self.text.clone(),
                places: Vec::new(),
            };
        };
        let own = message::own_text(&message, &[LetterText::default()]);
        let mut places = Vec::new();
        let quoted = |range: std::ops::Range<usize>| own.shown.get(range).unwrap_or_default();
        for part in &own.parts {
            // The last quoted line above.
            let above = quoted(0..part.shown.start).trim_end();
            let line = above.rsplit('\n').next().unwrap_or_default();
            let Some(line) = line.trim_start().strip_prefix('>') else {
                continue;
            };
            if let Some(option) = self.option_of(line) {
                places.push((part.text.clone(), option));
            }
        }
        Own { text: own.text, places }
    }

    /// The option that a quoted line of ours names: by its number, or by its time.
    fn option_of(&self, line: &str) -> Option<usize> {
        let line = line.trim_start_matches(['>', ' ', '-', '*', '•']);
        let first = line.split([' ', '.', ')', ':']).next()?;
        let at = match first.parse::<usize>() {
            Ok(number) => number.wrapping_sub(1),
            Err(_) => match first.as_bytes() {
                [letter] => usize::from(letter.to_ascii_uppercase().checked_sub(b'A')?),
                _ => return self.slot_named(line),
            },
        };
        (at < self.options.len()).then_some(at).or_else(|| self.slot_named(line))
    }

    fn slot_named(&self, line: &str) -> Option<usize> {
        let slots = self.slots().ok()?;
        times::slot_named(line, &self.asked(&slots).ok()?)
    }

    fn slots(&self) -> io::Result<Vec<Slot>> {
        self.options
            .iter()
            .map(|(start, end)| Ok((instant(start)?, instant(end)?)))
            .collect()
    }

    fn asked<'a>(&'a self, slots: &'a [Slot]) -> io::Result<Asked<'a>> {
        let booked = self
            .booked
            .as_ref()
            .map(|(start, end)| io::Result::Ok((instant(start)?, instant(end)?)))
            .transpose()?;
        Ok(Asked {
            written: instant(&self.reference)?,
            zone: Self::zone(self.tz.as_deref())?,
            ours: Self::zone(self.organizer_tz.as_deref().or(self.tz.as_deref()))?,
            minutes: self.duration_min.unwrap_or(60),
            options: slots,
            booked,
            language: self.lang.as_deref().unwrap_or_default(),
            places: &[],
        })
    }

    pub(super) fn times(&self, own: &Own) -> io::Result<(Times, Zone)> {
        let slots = self.slots()?;
        let asked = Asked {
            places: &own.places,
            ..self.asked(&slots)?
        };
        Ok((times::read(&own.text, &asked), asked.zone))
    }

    pub(super) fn expressions(&self) -> io::Result<Vec<Resolved>> {
        let written = self.reference.get(..16).unwrap_or(&self.reference);
        let written =
            NaiveDateTime::parse_from_str(written, "%Y-%m-%dT%H:%M").map_err(|_| bad(format!("{:?} is no local time", self.reference)))?;
        let lang = self.lang.as_deref().unwrap_or_default();
        let day_first = self.date_order.as_deref() == Some("dmy")
            || !matches!(lang, "" | "en")
            || self.source.as_deref().is_some_and(|source| source.starts_with("ctparse"));
        Ok(times::expressions(&self.text, written, lang, day_first))
    }
}
