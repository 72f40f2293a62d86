//! Finding slots among fifty calendars with five hundred entries each, half a year ahead: when everybody is fairly free, when there is
//! room only near the end, and when there is none at all.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::hint::black_box;

use chrono::Duration;
use criterion::{Criterion, criterion_group, criterion_main};
use replyd::calendar::{Hours, OpenDays, Party, Search, Spans, slots};
use replyd::model::Timestamp;

const CALENDARS: i64 = 50;
const BUSY: i64 = 500;
const DAYS: i64 = 180;

fn finding(c: &mut Criterion) {
    let now: Timestamp = "2026-07-06T08:00:00Z".parse().unwrap();
    let zones = ["Europe/London", "Europe/Berlin", "Europe/Lisbon", "Europe/Helsinki", "Africa/Lagos"];
    // Entries of half an hour, one every eight or nine hours, those of one person beside those of the next.
    let party = |n: i64, until: Timestamp| {
        let busy = (0..BUSY).map(|entry| {
            let start = now + Duration::minutes((entry * DAYS * 24 * 60 / BUSY) / 30 * 30 + (n % 7) * 30);
            (start, start + Duration::minutes(30))
        });
        Party {
            zone: zones[usize::try_from(n).unwrap() % zones.len()].parse().unwrap(),
            hours: Hours::of(9, 18, OpenDays::Weekdays),
            given: None,
            busy: Spans::of(busy.chain([(now, until)]).collect()),
        }
    };
    for (name, full) in [("free", 0), ("room-at-the-end", DAYS - 7), ("no-room", DAYS)] {
        let people: Vec<Party> = (0..CALENDARS)
            .map(|n| {
                // One is away until then.
                let until = if n == CALENDARS - 1 { now + Duration::days(full) } else { now };
                party(n, until)
            })
            .collect();
        let past = Spans::default();
        let search = Search {
            now,
            required: &people,
            optional: &[],
            several: (&[], 0),
            duration: Duration::minutes(45),
            before: Duration::zero(),
            after: Duration::zero(),
            notice: Duration::hours(12),
            horizon: Duration::days(DAYS),
            past: &past,
            count: 4,
        };
        println!("{name}: {} slots", slots(&search).len());
        c.bench_function(&format!("slots-50x500x180-{name}"), |b| b.iter(|| slots(black_box(&search))));
    }
}

criterion_group!(benches, finding);
criterion_main!(benches);
