//! Reading one reply (parse, kind, own text against the letter it answers) beside mail-parser's bare parse of the same bytes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use replyd::message::{Border, letter_text, own_text, read};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/messages").join(name)).unwrap()
}

fn reading(c: &mut Criterion) {
    let letter = letter_text(&fixture("letters/two-profiles.eml"));
    let thread = [letter];
    let border = Border::default();
    for name in [
        "gmail-yes-and-no",
        "outlook-web-interested-can-start",
        "outlook-desktop-yes-first-only",
        "plain-label-banner-disclaimer",
    ] {
        let raw = fixture(&format!("{name}.eml"));
        let mut group = c.benchmark_group(name);
        group.bench_function("mail-parser", |b| {
            b.iter(|| mail_parser::MessageParser::default().parse(black_box(&raw)))
        });
        group.bench_function("read", |b| b.iter(|| read(black_box(&raw), &border)));
        group.bench_function("read-and-own-text", |b| {
            b.iter(|| {
                let message = read(black_box(&raw), &border).unwrap();
                own_text(&message, &thread)
            });
        });
        // A message keeps what it found in its HTML: each round needs a fresh one.
        group.bench_function("own-text", |b| {
            b.iter_batched(
                || read(&raw, &border).unwrap(),
                |message| own_text(&message, &thread),
                BatchSize::SmallInput,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
