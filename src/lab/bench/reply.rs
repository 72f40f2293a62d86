//! `replyd lab bench reply`: how many answers of strangers one core reads in a second.
//!
//! Each mail of each round is read from its bytes to the findings: [`message::read`], [`own_text`], [`reply::read`].

use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use super::super::readings::below;
use super::super::reply::at;
use super::Rate;
use crate::message::{self, Border, LetterText, own_text};
use crate::model::SubmissionId;
use crate::reply::{self, Asked, AskedAbout, Question};

/// What to read, and for how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// All `*.eml` in here and below.
    pub dir: PathBuf,
    /// A letter of ours that the mails answer.
    pub letter: Option<PathBuf>,
    /// At least this long; always at least one whole round.
    pub time: Duration,
    /// Each mail is parsed by mail-parser alone as well, timed apart.
    pub floor: bool,
    /// Only the last line is written.
    pub json: bool,
}

/// Reads all mails round after round. Ends with the line `{"n": mails read, "secs": seconds}`.
///
/// # Errors
/// When a file cannot be read, there is no mail, or `out` cannot be written.
pub fn run(options: &Options, out: &mut dyn Write) -> io::Result<Rate> {
    let mails = load(&options.dir)?;
    if mails.is_empty() {
        let why = format!(
            "{}: no *.eml file in here or below; name a directory of mails",
            options.dir.display()
        );
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    }
    let thread = thread(options.letter.as_deref())?;
    let (border, asked) = (Border::default(), asked());
    let (mut reading, mut parsing) = (Duration::ZERO, Duration::ZERO);
    let mut n = 0;
    while n == 0 || reading < options.time {
        for mail in &mails {
            let started = Instant::now();
            read(black_box(mail), &border, &thread, &asked);
            reading += started.elapsed();
            if options.floor {
                let started = Instant::now();
                black_box(mail_parser::MessageParser::default().parse(black_box(mail)));
                parsing += started.elapsed();
            }
            n += 1;
        }
    }
    let rate = Rate {
        n,
        secs: reading.as_secs_f64(),
    };
    if !options.json {
        report(&mails, rate, options.floor.then_some(parsing), out)?;
    }
    rate.write(out)?;
    Ok(rate)
}

/// From the bytes to what the person said.
fn read(raw: &[u8], border: &Border, thread: &[LetterText], asked: &Asked) {
    // A mail that cannot be read is work as well.
    if let Ok(message) = message::read(raw, border) {
        let own = own_text(&message, thread);
        black_box(reply::read(&own, &message.subject, asked));
    }
}

fn report(mails: &[Vec<u8>], rate: Rate, parsing: Option<Duration>, out: &mut dyn Write) -> io::Result<()> {
    #[allow(clippy::cast_precision_loss)]
    let (read, all, bytes) = (rate.n as f64, mails.len() as f64, mails.iter().map(Vec::len).sum::<usize>() as f64);
    let micros = |secs: f64| secs * 1e6 / read;
    writeln!(
        out,
        "{:.0} mails of {:.1} KB on average: {:.0} a second, {:.1} MB/s, {:.1} us each",
        all,
        bytes / all / 1e3,
        read / rate.secs,
        bytes / all * read / rate.secs / 1e6,
        micros(rate.secs)
    )?;
    if let Some(parsing) = parsing.map(|time| time.as_secs_f64()) {
        writeln!(
            out,
            "mail-parser's full parse of the same: {:.1} us each; reading takes {:.2} times as long",
            micros(parsing),
            rate.secs / parsing
        )?;
    }
    Ok(())
}

/// The question put to the reader: three candidates, none decided.
pub(in crate::lab) fn asked() -> Asked {
    let candidate = |(number, (name, summary)): (i64, (&str, &str))| AskedAbout {
        submission: SubmissionId(number),
        name: name.to_owned(),
        summary: summary.to_owned(),
        open: true,
        meant: None,
    };
    let people = [
        (
            "Ana Souza",
            "Ten years of payment back ends in Java and Kotlin, the last four at a card issuer in Lisbon.",
        ),
        ("Ben Miller", "Site reliability engineer from Leeds, available in four weeks."),
        (
            "Carl Weber",
            "Data engineer, Spark and Airflow, led a team of six; remote or two days a week in Berlin.",
        ),
    ];
    Asked {
        candidates: (1..).zip(people).map(candidate).collect(),
        question: Question::Decision,
        today: NaiveDate::from_ymd_opt(2026, 7, 7).unwrap_or_default(),
    }
}

/// The letter that is answered, if there is one.
pub(super) fn thread(letter: Option<&Path>) -> io::Result<Vec<LetterText>> {
    let load = |path| std::fs::read(path).map_err(|error| at(path, &error));
    let raw = letter.map(load).transpose()?;
    Ok(raw.iter().map(|raw| message::letter_text(raw)).collect())
}

/// All mails below `dir`.
pub(super) fn load(dir: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mail = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("eml"));
    let load = |path: PathBuf| std::fs::read(&path).map_err(|error| at(&path, &error));
    below(dir)?.into_iter().filter(mail).map(load).collect()
}
