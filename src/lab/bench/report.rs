//! How long figures take on the database there is: everything, everything in groups, a month, one client.
//!
//! In: a database, for instance one that [`crate::lab::fill`] filled. Out: a line of JSON for each question, the slowest look and the one in the
//! middle; text is made of each as well, as `replyd report` does.
//! Never here: a write.

use std::io::Write;
use std::time::{Duration, Instant};

use chrono::Months;

use crate::calendar::Zone;
use crate::figures::{self, By, Question};
use crate::model::Timestamp;
use crate::store::{Store, StoreError};

/// Looks at each question.
const LOOKS: usize = 5;

/// Asks everything once and then again.
///
/// # Errors
/// The database's; what cannot be written is left out.
pub fn run(store: &Store, zone: Zone, now: Timestamp, out: &mut dyn Write) -> Result<(), StoreError> {
    let all = || Question::of_all(zone, now);
    let today = zone.local(now).date();
    let by_client = Question {
        by: Some(By::Client),
        ..all()
    };
    let first = store.read(|tx| tx.report(&by_client))?;
    let client = first.groups.first().map(|one| one.name.clone());
    let questions = [
        ("all", all()),
        (
            "by month",
            Question {
                by: Some(By::Month),
                ..all()
            },
        ),
        ("by client", by_client),
        (
            "by project",
            Question {
                by: Some(By::Project),
                ..all()
            },
        ),
        (
            "by recruiter",
            Question {
                by: Some(By::Recruiter),
                ..all()
            },
        ),
        (
            "the last year",
            Question {
                from: today.checked_sub_months(Months::new(12)),
                ..all()
            },
        ),
        (
            "the last month",
            Question {
                from: today.checked_sub_months(Months::new(1)),
                ..all()
            },
        ),
        ("one client", Question { client, ..all() }),
    ];
    for (name, question) in questions {
        let mut times: Vec<Duration> = Vec::new();
        let mut submissions = 0;
        for _ in 0..LOOKS {
            let began = Instant::now();
            let report = store.read(|tx| tx.report(&question))?;
            let shown = figures::text(&report);
            times.push(began.elapsed());
            submissions = if shown.is_empty() { 0 } else { report.all.funnel.submitted };
        }
        times.sort_unstable();
        let ms = |at: usize| times.get(at).map_or(0.0, |time| (time.as_secs_f64() * 1e4).round() / 10.0);
        let line = serde_json::json!({
            "question": name,
            "submissions": submissions,
            "median_ms": ms(LOOKS / 2),
            "slowest_ms": ms(LOOKS - 1),
        });
        // A reader that has seen enough.
        let _ = writeln!(out, "{line}");
    }
    Ok(())
}
