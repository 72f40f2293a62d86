//! How many readings of answers and of expressions are right.
//!
//! In: a folder of `*.jsonl`, every line a case with what is expected. Out: figures for each file, and the worst cases.
//! An answer is right when intent and choice are those expected and the times overlap to 95 % of both together. It does harm when more than
//! 5 % of what would be offered was never given, and it does not ask back.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::Path;

use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Input, bad, instant};
use crate::calendar::{Spans, Zone};
use crate::lab::reply::at;
use crate::reply::times::{Grain, Intent, Resolved, Times};

/// What is expected of an answer.
#[derive(Debug, Clone, Deserialize)]
struct Reply {
    intent: String,
    #[serde(default)]
    intervals: Vec<(String, String)>,
    #[serde(default)]
    selected: Vec<usize>,
    #[serde(default)]
    tz_stated: Option<String>,
}

/// What is expected of an expression.
#[derive(Debug, Clone, Deserialize)]
struct Item {
    #[serde(default)]
    start: Option<String>,
    #[serde(default)]
    end: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    daypart: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Gold {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    kinds: Vec<String>,
    expected: serde_json::Value,
    #[serde(default)]
    alternatives: Vec<serde_json::Value>,
    #[serde(default)]
    ask_ok: bool,
}

/// The figures of all files.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Scores {
    /// Of each language of each file, under "FILE LANGUAGE"; of cases that name none under "FILE".
    pub files: BTreeMap<String, Figures>,
    /// Of each file.
    pub totals: BTreeMap<String, Figures>,
    /// Cases that are not right.
    pub wrong: Vec<Wrong>,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Figures {
    /// Cases.
    pub cases: usize,
    /// Right ones.
    pub right: usize,
    /// Times offered that nobody gave, without asking.
    pub harm: usize,
    /// Asked back.
    pub asked: usize,
    /// Zones stated, and read.
    pub zones: (usize, usize),
    /// Choices expected, and made.
    pub choices: (usize, usize),
    /// Median and largest time of reading, in microseconds.
    pub us: (f64, f64),
}

/// A case that is not right.
#[derive(Debug, Clone, Serialize)]
pub struct Wrong {
    /// The file.
    pub file: String,
    /// Its name.
    pub id: String,
    /// The text.
    pub text: String,
    /// What was expected.
    pub expected: String,
    /// What was read.
    pub read: String,
    /// It does harm.
    pub harm: bool,
}

/// Scores every `*.jsonl` of a folder.
///
/// # Errors
/// When the folder or a file cannot be read, or a line is no case; says which.
pub fn score(folder: &Path) -> io::Result<Scores> {
    let mut files: Vec<_> = if folder.is_file() {
        vec![folder.to_owned()]
    } else {
        std::fs::read_dir(folder)
            .map_err(|error| at(folder, &error))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?
    };
    files.retain(|file| file.extension().is_some_and(|end| end == "jsonl"));
    files.sort();
    if files.is_empty() {
        return Err(bad(format!("{}: no *.jsonl in it", folder.display())));
    }
    let mut scores = Scores::default();
    let mut times: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for file in files {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let opened = std::fs::File::open(&file).map_err(|error| at(&file, &error))?;
        for (number, line) in io::BufReader::new(opened).lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let told = |error: &dyn fmt::Display| bad(format!("{}:{}: {error}", file.display(), number + 1));
            let case: Input = serde_json::from_str(&line).map_err(|error| told(&error))?;
            let gold: Gold = serde_json::from_str(&line).map_err(|error| told(&error))?;
            one(&name, &case, &gold, &mut scores, &mut times).map_err(|error| told(&error))?;
        }
    }
    let mut of_files: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for ((file, name), us) in times {
        of_files.entry(file.clone()).or_default().extend(&us);
        if let Some(figures) = scores.files.get_mut(&name) {
            figures.us = median_and_most(us);
            scores.totals.entry(file).or_default().add(figures);
        }
    }
    for (file, us) in of_files {
        scores.totals.entry(file).or_default().us = median_and_most(us);
    }
    Ok(scores)
}

fn median_and_most(mut us: Vec<f64>) -> (f64, f64) {
    us.sort_by(f64::total_cmp);
    let at = |place: usize| us.get(place).copied().unwrap_or_default();
    (at(us.len() / 2), at(us.len().saturating_sub(1)))
}

impl Figures {
    /// Counts; the times of reading cannot be added up.
    fn add(&mut self, other: &Self) {
        let both = |one: (usize, usize), other: (usize, usize)| (one.0 + other.0, one.1 + other.1);
        self.cases += other.cases;
        self.right += other.right;
        self.harm += other.harm;
        self.asked += other.asked;
        self.zones = both(self.zones, other.zones);
        self.choices = both(self.choices, other.choices);
    }
}

fn one(file: &str, case: &Input, gold: &Gold, scores: &mut Scores, all_us: &mut BTreeMap<(String, String), Vec<f64>>) -> io::Result<()> {
    let name = match case.lang.as_deref() {
        None | Some("") => file.to_owned(),
        Some(language) => format!("{file} {language}"),
    };
    let figures = scores.files.entry(name.clone()).or_default();
    figures.cases += 1;
    let started;
    let (right, harm, expected, read) = if case.is_expression() {
        started = std::time::Instant::now();
        let resolved = case.expressions()?;
        let mut golds = vec![&gold.expected];
        golds.extend(&gold.alternatives);
        let right = golds.iter().any(|expected| expression_is(expected, gold, &resolved));
        let read = resolved.iter().map(told).collect::<Vec<_>>().join(", ");
        (right, false, gold.expected.to_string(), format!("[{}] {read}", gold.kind))
    } else {
        let own = case.own();
        started = std::time::Instant::now();
        let (times, zone) = case.times(&own)?;
        let mut golds = vec![reply(&gold.expected)?];
        for other in &gold.alternatives {
            // What an alternative does not say is as in the first reading.
            let mut whole = gold.expected.clone();
            if let (Some(whole), Some(other)) = (whole.as_object_mut(), other.as_object()) {
                whole.extend(other.clone());
            }
            golds.push(reply(&whole)?);
        }
        let right = golds.iter().any(|expected| reply_is(expected, &times)) || gold.ask_ok && times.asks();
        let harm = !times.asks() && golds.iter().all(|expected| harms(expected, &times));
        let main = golds.first().cloned();
        figures.asked += usize::from(times.asks());
        if let Some(main) = &main {
            if let Some(stated) = main.tz_stated.as_deref() {
                figures.zones.0 += 1;
                let at = instant(&case.reference)?;
                figures.zones.1 += usize::from(same_offset(stated, times.zone, at));
            }
            if !main.selected.is_empty() {
                figures.choices.0 += 1;
                figures.choices.1 += usize::from(golds.iter().any(|gold| gold.selected == times.selected));
            }
        }
        let expected = main
            .map(|main| shown(&main.intent, &main.selected, &spans(&main).unwrap_or_default(), zone))
            .unwrap_or_default();
        let intent = serde_json::to_string(&times.intent)?;
        let read = shown(intent.trim_matches('"'), &times.selected, &times.open, zone);
        (right, harm, expected, if times.asks() { format!("{read} (asks)") } else { read })
    };
    all_us
        .entry((file.to_owned(), name))
        .or_default()
        .push(started.elapsed().as_secs_f64() * 1e6);
    figures.right += usize::from(right);
    figures.harm += usize::from(harm);
    if !right || harm {
        scores.wrong.push(Wrong {
            file: file.to_owned(),
            id: case.id.as_str().map_or_else(|| case.id.to_string(), str::to_owned),
            text: case.text.clone(),
            expected,
            read,
            harm,
        });
    }
    Ok(())
}

fn reply(value: &serde_json::Value) -> io::Result<Reply> {
    Ok(serde_json::from_value(value.clone())?)
}

fn spans(reply: &Reply) -> io::Result<Spans> {
    let all = reply.intervals.iter().map(|(start, end)| Ok((instant(start)?, instant(end)?)));
    Ok(Spans::of(all.collect::<io::Result<_>>()?))
}

fn reply_is(expected: &Reply, times: &Times) -> bool {
    let Ok(gold) = spans(expected) else { return false };
    intent(&expected.intent) == Some(times.intent) && expected.selected == times.selected && {
        let union = gold.union(&times.open).length();
        let both = gold.intersect(&times.open).length();
        union.is_zero() || both * 100 >= union * 95
    }
}

fn harms(expected: &Reply, times: &Times) -> bool {
    let Ok(gold) = spans(expected) else { return false };
    let outside = times.open.minus(&gold).length();
    outside * 100 > times.open.length() * 5
}

fn intent(name: &str) -> Option<Intent> {
    Some(match name {
        "availability" => Intent::Availability,
        "select" => Intent::Select,
        "none_work" => Intent::NoneWork,
        "reschedule" => Intent::Reschedule,
        "cancel" => Intent::Cancel,
        "question" => Intent::Question,
        _ => return None,
    })
}

fn same_offset(stated: &str, read: Option<Zone>, at: DateTime<Utc>) -> bool {
    let Ok(stated) = stated.parse::<Zone>() else { return false };
    // On both sides of a clock change.
    read.is_some_and(|read| {
        [0, 7, 14]
            .iter()
            .all(|days| stated.local(at + Duration::days(*days)) == read.local(at + Duration::days(*days)))
    })
}

fn shown(intent: &str, selected: &[usize], open: &Spans, zone: Zone) -> String {
    let stretches: Vec<String> = open
        .iter()
        .map(|(start, end)| {
            let (start, end) = (zone.local(start), zone.local(end));
            let to = if start.date() == end.date() {
                end.format("%H:%M")
            } else {
                end.format("%d. %H:%M")
            };
            format!("{}-{to}", start.format("%a %d.%m. %H:%M"))
        })
        .collect();
    format!("{intent} {selected:?} {}", stretches.join(", "))
}

fn told(resolved: &Resolved) -> String {
    let at = |at: Option<NaiveDateTime>| at.map_or_else(|| "…".to_owned(), |at| at.format("%Y-%m-%dT%H:%M").to_string());
    let grain = if resolved.grain == Grain::Day { " day" } else { "" };
    format!("{}/{}{grain}", at(resolved.start), at(resolved.end))
}

fn expression_is(expected: &serde_json::Value, gold: &Gold, read: &[Resolved]) -> bool {
    let Ok(items) = serde_json::from_value::<Vec<Item>>(expected.clone()) else {
        return false;
    };
    if gold.kind == "none" || gold.kind == "recurring" {
        return gold.kind == "recurring" && !read.is_empty() || items.is_empty() && read.is_empty();
    }
    items.len() == read.len()
        && items
            .iter()
            .zip(read)
            .enumerate()
            .all(|(at, (item, read))| item_is(item, read, gold.kinds.get(at).map_or(&gold.kind, |kind| kind)))
}

fn item_is(item: &Item, read: &Resolved, kind: &str) -> bool {
    let at = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| NaiveDateTime::parse_from_str(text.get(..16)?, "%Y-%m-%dT%H:%M").ok())
    };
    let time = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| NaiveTime::parse_from_str(text.strip_prefix('T')?.get(..5)?, "%H:%M").ok())
    };
    let clock = |at: Option<NaiveDateTime>| at.map(|at| at.time());
    match kind {
        "day" => read.grain == Grain::Day && read.start == at(&item.start) && read.end == at(&item.end),
        "instant" => read.grain == Grain::Minute && read.start == at(&item.start) && read.end.is_none() && !read.open,
        "interval" => read.start == at(&item.start) && read.end == at(&item.end),
        "open_after" => read.open && read.start == at(&item.start) && read.end.is_none(),
        "open_before" => read.open && read.end == at(&item.end) && read.start.is_none(),
        "time" => read.grain == Grain::Minute && !read.open && clock(read.start) == time(&item.start) && read.end.is_none(),
        "timerange" => clock(read.start) == time(&item.start) && clock(read.end) == time(&item.end),
        "time_open_after" => read.open && clock(read.start) == time(&item.start) && read.end.is_none(),
        "time_open_before" => read.open && clock(read.end) == time(&item.end) && read.start.is_none(),
        "daypart" => {
            let (Some(start), Some(end)) = (read.start, read.end) else {
                return false;
            };
            let (from, to) = match item.daypart.as_deref() {
                Some("morning") => (0, 12 * 60),
                Some("noon") => (11 * 60, 14 * 60 + 30),
                Some("afternoon") => (12 * 60, 19 * 60),
                Some("evening") => (16 * 60, 24 * 60),
                Some("night") => (18 * 60, 30 * 60),
                _ => return false,
            };
            let midnight = start.date().and_time(NaiveTime::MIN);
            let date = item.date.as_deref().is_none_or(|date| start.date().to_string() == date);
            date && read.grain == Grain::Minute && start >= midnight + Duration::minutes(from) && end <= midnight + Duration::minutes(to)
        }
        _ => false,
    }
}

impl Scores {
    /// A row for each language of each file, and one for the whole file.
    fn rows(&self) -> Vec<(&str, &str, &Figures)> {
        let mut rows = Vec::new();
        for (file, total) in &self.totals {
            let of_file = self.files.iter().filter_map(|(name, one)| {
                let language = name.strip_prefix(file.as_str())?;
                match (language.strip_prefix(' '), language) {
                    (Some(language), _) if !language.contains(' ') => Some((language, one)),
                    (None, "") => Some(("unnamed", one)),
                    (Some(_) | None, _) => None,
                }
            });
            rows.extend(of_file.map(|(language, one)| (file.as_str(), language, one)));
            rows.push((file.as_str(), "total", total));
        }
        rows
    }

    /// Writes the figures and the first of the cases that are not right, those that do harm first.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, worst: usize, out: &mut impl Write) -> io::Result<()> {
        let percent = |part: usize, of: usize| if of == 0 { 0.0 } else { part as f64 * 100.0 / of as f64 };
        writeln!(
            out,
            "{:24} {:8} {:>6} {:>7} {:>7} {:>7} {:>8} {:>9} {:>10} {:>10}",
            "file", "language", "cases", "right %", "harm %", "asked %", "zones", "choices", "median us", "most us"
        )?;
        for (file, language, one) in self.rows() {
            writeln!(
                out,
                "{file:24} {language:8} {:>6} {:>7.1} {:>7.1} {:>7.1} {:>8} {:>9} {:>10.1} {:>10.1}",
                one.cases,
                percent(one.right, one.cases),
                percent(one.harm, one.cases),
                percent(one.asked, one.cases),
                format!("{}/{}", one.zones.1, one.zones.0),
                format!("{}/{}", one.choices.1, one.choices.0),
                one.us.0,
                one.us.1
            )?;
        }
        let mut wrong: Vec<_> = self.wrong.iter().collect();
        wrong.sort_by_key(|case| !case.harm);
        for case in wrong.into_iter().take(worst) {
            let harm = if case.harm { ", harm" } else { "" };
            writeln!(
                out,
                "\n{}: {}{harm}\n{}\n  expected {}\n  read     {}",
                case.file,
                case.id,
                case.text.trim_end(),
                case.expected,
                case.read
            )?;
        }
        Ok(())
    }
}
