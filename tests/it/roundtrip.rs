//! Replies made of our letters: quoted as each mail program quotes, with words typed above, below, between and inside, and changed on the
//! way as gateways change mail. What was typed must come back, white space aside: nothing of ours left, nothing of theirs lost.
//!
//! The same seed makes the same replies. `REPLYD_ROUNDTRIP` is how many, `REPLYD_ROUNDTRIP_FROM` the first seed; `tests/roundtrip` makes
//! 100,000. A failure names its seed and shows the mail.

mod clients;
pub(crate) mod dice;
mod html;
mod letters;
mod mail;
mod plain;
mod typed;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use replyd::message::{Border, LetterText, own_text, read};

use dice::Dice;
use letters::Quoted;

/// Replies made when nobody says how many.
const FEW: u64 = 1_000;

/// Failures told in full.
const SHOWN: usize = 3;

/// One reply as it arrives, and what its sender typed.
struct Reply {
    raw: Vec<u8>,
    typed: String,
    /// How it was made.
    made: String,
}

fn reply(seed: u64, letters: &[Quoted]) -> (Reply, &LetterText) {
    let mut dice = Dice::new(seed);
    let letter = dice.one_of(letters);
    (mail::reply(&mut dice, letter), &letter.text)
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// `None` when the typed words come back.
fn failure(seed: u64, letters: &[Quoted]) -> Option<String> {
    let (reply, letter) = reply(seed, letters);
    let own = match read(&reply.raw, &Border::default()) {
        Ok(message) => own_text(&message, std::slice::from_ref(letter)),
        Err(why) => return Some(format!("tests/roundtrip 1 {seed}\n{}\nunreadable: {why}", reply.made)),
    };
    (words(&own.text) != words(&reply.typed)).then(|| {
        let spans = own
            .spans
            .iter()
            .map(|span| format!("[{:?}] {}", span.label, &own.shown[span.range.clone()]));
        format!(
            "tests/roundtrip 1 {seed}\n{}\n--- typed\n{}\n--- read\n{}\n--- labelled\n{}",
            reply.made,
            reply.typed,
            own.text,
            spans.collect::<String>()
        )
    })
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.replace(['_', ','], "").parse().unwrap())
}

#[test]
fn typed_words_come_back_from_every_client() {
    static LETTERS: LazyLock<Vec<Quoted>> = LazyLock::new(letters::all);
    let first = number("REPLYD_ROUNDTRIP_FROM").unwrap_or(1);
    let last = first + number("REPLYD_ROUNDTRIP").unwrap_or(FEW);
    let next = AtomicU64::new(first);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= last {
                        break;
                    }
                    if let Some(failure) = failure(seed, &LETTERS) {
                        failures.lock().unwrap().push((seed, failure));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort_by_key(|(seed, failure)| (failure.len(), *seed));
    let told: Vec<&str> = failures.iter().take(SHOWN).map(|(_, failure)| failure.as_str()).collect();
    let seeds: Vec<u64> = failures.iter().take(200).map(|(seed, _)| *seed).collect();
    assert!(
        failures.is_empty(),
        "{} of {} replies came back changed, seeds {seeds:?}; the shortest:\n\n{}",
        failures.len(),
        last - first,
        told.join("\n\n==========\n\n")
    );
}

/// The replies are many kinds of replies: a generator that makes one kind proves nothing.
#[test]
fn roundtrip_replies_are_of_all_kinds() {
    let letters = letters::all();
    let made: String = (1..400).map(|seed| reply(seed, &letters).0.made + "\n").collect();
    for kind in [
        "html only",
        "text only",
        "both",
        "top",
        "below",
        "between",
        "in a line",
        "signature",
        "device",
        "banner",
        "disclaimer",
        "base64",
        "windows-1252",
        "flowed",
        "safe links",
        "classes renamed",
        "cut short",
        "no mark",
    ] {
        assert!(made.contains(kind), "no reply with: {kind}");
    }
}
