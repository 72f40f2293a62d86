//! Writing one letter, from what it is to say to the bytes that leave: the receipt that answers most replies, and the letter that puts three
//! candidates forward.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use replyd::compose::compose;
use replyd::conversation::{Content, Letter};
use replyd::model::Decision;

#[path = "../tests/it/compose/people.rs"]
#[allow(dead_code, unreachable_pub)]
mod people;

fn composing(c: &mut Criterion) {
    let ink = people::ink();
    let mut batch = people::batch();
    batch.recruiters.clear();
    batch.candidates.iter_mut().for_each(|one| one.cv = None);
    let three = people::conversation_of(batch.clone());
    batch.candidates.truncate(1);
    let one = people::conversation_of(batch);
    let decided = vec![people::understood(people::ANA, Decision::Interested, &[], Some(10))];
    let receipt = people::to_client(Content::Receipt {
        decided,
        rest_unclear: false,
    });
    let submission = people::to_client(Content::Submission);
    let write = |letter: &Letter, conversation| compose(letter, conversation, people::key(2), people::now(), &ink, &|_| None).unwrap();
    c.bench_function("receipt", |b| b.iter(|| write(black_box(&receipt), &one)));
    c.bench_function("submission-of-three", |b| b.iter(|| write(black_box(&submission), &three)));
}

criterion_group!(benches, composing);
criterion_main!(benches);
