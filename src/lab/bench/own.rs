//! `replyd lab bench own`: how long it takes to find what the sender wrote, alone, in a message that is parsed already.
//!
//! Each reply of each round is parsed anew, because a message keeps what it has found in its HTML; only [`own_text`] is timed.

use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::reply::{load, thread};
use crate::message::{Border, own_text, read};

/// What to read, and for how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// All `*.eml` in here and below.
    pub dir: PathBuf,
    /// A letter of ours that the mails answer.
    pub letter: Option<PathBuf>,
    /// At least this long; always at least one whole round.
    pub time: Duration,
}

/// Microseconds for each reply.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Micros {
    /// Replies read, all rounds together.
    pub n: usize,
    /// Half of them took less.
    pub median: f64,
    /// One of a hundred took longer.
    pub p99: f64,
    /// The longest.
    pub most: f64,
}

/// Reads all replies round after round. Writes one line, [`Micros`] as JSON.
///
/// # Errors
/// When a file cannot be read, there is no mail that can be, or `out` cannot be written.
pub fn run(options: &Options, out: &mut dyn Write) -> io::Result<Micros> {
    let mails = load(&options.dir)?;
    let thread = thread(options.letter.as_deref())?;
    let border = Border::default();
    let mut all = Vec::new();
    let mut spent = Duration::ZERO;
    loop {
        let before = all.len();
        for message in mails.iter().filter_map(|raw| read(raw, &border).ok()) {
            let started = Instant::now();
            black_box(own_text(black_box(&message), &thread));
            let took = started.elapsed();
            spent += took;
            all.push(took);
        }
        if all.len() == before {
            return Err(none(&options.dir));
        }
        if spent >= options.time {
            break;
        }
    }
    let micros = micros(all);
    serde_json::to_writer(&mut *out, &micros)?;
    out.write_all(b"\n")?;
    Ok(micros)
}

fn none(dir: &Path) -> io::Error {
    let why = format!(
        "{}: no *.eml file in here or below that can be read; name a directory of replies",
        dir.display()
    );
    io::Error::new(io::ErrorKind::NotFound, why)
}

fn micros(mut all: Vec<Duration>) -> Micros {
    all.sort_unstable();
    let at = |part: usize| {
        let place = (all.len() * part / 100).min(all.len().saturating_sub(1));
        all.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e6)
    };
    Micros {
        n: all.len(),
        median: at(50),
        p99: at(99),
        most: at(100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slow_ones_are_told() {
        let told = micros((1..=200).rev().map(Duration::from_micros).collect());
        let rounded = [told.median, told.p99, told.most].map(f64::round);
        assert_eq!((told.n, rounded), (200, [101.0, 199.0, 200.0]));
    }
}
