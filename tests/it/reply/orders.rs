//! Recruiters' mails, read: `fixtures/desk/*.jsonl` hold mails and the orders they mean.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use replyd::calendar::Zone;
use replyd::message::OwnText;
use replyd::model::{ConversationId, Slot, SubmissionId, Timestamp};
use replyd::reply::AskedAbout;
use replyd::reply::orders::{Desk, OnDesk, Orders, confirms, read, says_answered};

use super::fixtures;

/// File, mails, right, wrongly acted upon: none where what was wrong has been looked at and could be helped.
const FLOORS: [(&str, usize, usize, usize); 14] = [
    ("first", 110, 99, 0),
    ("second", 110, 96, 0),
    ("third", 90, 75, 0),
    ("fourth", 120, 108, 0),
    ("fifth", 120, 107, 0),
    ("sixth", 120, 89, 0),
    ("seventh", 120, 92, 0),
    ("ninth", 150, 121, 0),
    ("eighth", 120, 94, 0),
    ("tenth", 150, 112, 3),
    ("eleventh", 150, 144, 0),
    ("twelfth", 120, 98, 2),
    // Never looked at.
    ("thirteenth", 120, 90, 3),
    ("siblings", 1715, 1594, 0),
];

/// A question that waits is closed in a word of the recruiter's that says so of the client, and by no other.
#[test]
fn an_answer_that_was_given_is_told_in_a_word() {
    let says = |text: &str| {
        let own = OwnText {
            text: text.to_owned(),
            ..OwnText::default()
        };
        says_answered(&own, "Petra Vogel")
    };
    for text in [
        "I answered Petra.",
        "Answered",
        "Done.",
        "done, thanks",
        "I've answered her by phone.",
        "Have answered Petra Vogel already",
        "Dealt with it",
        "That has been dealt with.",
        "Hi,\n\nI called Petra about it. Thanks",
        "Replied to her directly",
        "Petra has her answer.",
        "It's sorted",
    ] {
        assert!(says(text), "{text}");
    }
    for text in [
        "I answered Ben.",
        "Have you answered Petra?",
        "I will answer Petra tomorrow",
        "I called Petra, she wants to meet Ana",
        "Not done",
        "I have not answered Petra",
        "Petra answered: yes to Ana",
        "Petra called",
        "Done with Petra, withdraw Ana",
        "",
    ] {
        assert!(!says(text), "{text}");
    }
}

/// As many right ones as were reached once, less two, and no more wrongly acted upon than then.
#[test]
fn recruiters_mails_are_read() {
    for (file, mails, right, wrong) in FLOORS {
        let path = fixtures("desk").join(format!("{file}.jsonl"));
        let input = std::io::BufReader::new(std::fs::File::open(path).unwrap());
        let figures = replyd::lab::orders::score(input).unwrap().figures;
        println!(
            "{file}: {} of {} right, {} wrongly acted upon",
            figures.right, figures.mails, figures.wrong
        );
        assert_eq!(figures.mails, mails, "{file}");
        assert!(figures.right >= right && figures.wrong <= wrong, "{file}: {figures:?}");
    }
}

fn desk() -> Desk {
    let zone: Zone = "Europe/London".parse().unwrap();
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    let candidates = ["Milo Sandberg", "Farah Idris"].into_iter().zip(1..);
    let candidates = candidates.map(|(name, id)| {
        let about = AskedAbout {
            submission: SubmissionId(id),
            name: name.to_owned(),
            summary: String::new(),
            open: true,
            meant: None,
        };
        (about, zone)
    });
    Desk {
        written: at("2026-11-23T09:15:00Z"),
        zone,
        batches: vec![OnDesk {
            id: ConversationId(1),
            reference: "5TWK".to_owned(),
            client: "Osmund Freight".to_owned(),
            contact: "Renata Doyle".to_owned(),
            zone,
            role: "Fleet Planner".to_owned(),
            candidates: candidates.collect(),
            booked: vec![(
                SubmissionId(1),
                Slot {
                    start: at("2026-11-25T10:00:00Z"),
                    end: at("2026-11-25T11:00:00Z"),
                },
            )],
            minutes: 60,
        }],
        answers: true,
        of: None,
    }
}

fn orders(text: &str, uncertain: bool) -> Orders {
    let own = OwnText {
        text: text.to_owned(),
        uncertain,
        ..OwnText::default()
    };
    read(&own, "", &desk())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read(text in "(?s).{0,400}") {
        let _ = orders(&text, false);
    }

    #[test]
    fn words_of_orders_in_any_order_are_read(words in proptest::collection::vec(prop::sample::select(WORDS.to_vec()), 0..40)) {
        let text = words.join(" ");
        for order in orders(&text, false).orders {
            prop_assert!(text.contains(&order.words.text), "{:?}", order.words);
        }
        prop_assert!(orders(&text, true).orders.is_empty());
    }
}

const WORDS: [&str; 30] = [
    "milo",
    "Farah",
    "Renata",
    "book",
    "move",
    "cancel",
    "yes",
    "no",
    "maybe",
    "to",
    "pass on",
    "tues 2-4",
    "3pm",
    "an hour later",
    ",",
    ".",
    "\n",
    "and",
    "not",
    "?",
    "undo",
    "take it",
    "until Monday",
    "both",
    "she",
    "same time",
    "5TWK",
    "note:",
    "x@y.example",
    "\"",
];

/// Work grows with the text, not faster, and a mail longer than any order is read to its limit.
/// Alone each takes a second or so without optimization; work that grew with the square took forty.
#[test]
fn long_hostile_mails_are_read() {
    // The tables are compiled once, with the first mail.
    let _ = orders("yes", false);
    for piece in [
        "book milo tues 3pm, ",
        "yes ",
        "milo ",
        "milo and ",
        "do not ",
        "tues 2-4 ",
        "\" ",
        "client client ",
        "move milo to to to ",
        "nothing on on on ",
        "a@b.example ",
        "((((",
        "note: ",
        "yes to milo, no to farah.\n",
    ] {
        let text = piece.repeat(500_000 / piece.len());
        let began = Instant::now();
        let read = orders(&text, false);
        assert!(read.orders.is_empty(), "what is cut off is not acted upon: {piece}");
        assert!(!read.unread.is_empty(), "{piece}");
        assert!(began.elapsed() < Duration::from_secs(15), "{piece}: {:?}", began.elapsed());
    }
}

/// Only a yes or a no in so many words answers what was put to a recruiter; whatever says more is read as a new mail.
#[test]
fn a_yes_is_nothing_but_a_yes() {
    let said = |text: &str| {
        confirms(&OwnText {
            text: text.to_owned(),
            ..OwnText::default()
        })
    };
    for yes in [
        "yes",
        "Yes please!",
        "ok, go ahead",
        "correct, thanks",
        "Hi,\n\nyes, do it\n\nThanks",
        "y",
        "that's right",
        "ja, passt",
    ] {
        assert_eq!(said(yes), Some(true), "{yes}");
    }
    for no in ["no", "No, that's wrong", "nope, sorry", "drop it please", "no thanks"] {
        assert_eq!(said(no), Some(false), "{no}");
    }
    for other in [
        "",
        "yes but at 3",
        "yes to Milo",
        "ok what about Farah?",
        "no, Thursday",
        "yes no",
        "do not do it",
        "thanks",
        "not yet",
        "yes?",
    ] {
        assert_eq!(said(other), None, "{other}");
    }
    let uncertain = OwnText {
        text: "yes".to_owned(),
        uncertain: true,
        ..OwnText::default()
    };
    assert_eq!(confirms(&uncertain), None);
}

/// What cannot be cut out for sure is never acted upon, and is shown as it was written.
#[test]
fn doubtful_text_is_asked_about() {
    let sure = orders("Book Milo Thursday 3pm, Renata's fine with it", false);
    assert_eq!(sure.orders.len(), 1, "{sure:?}");
    assert!(sure.unread.is_empty(), "{sure:?}");
    let doubtful = orders("Book Milo Thursday 3pm, Renata's fine with it", true);
    assert!(doubtful.orders.is_empty(), "{doubtful:?}");
    assert!(doubtful.unread[0].text.starts_with("Book Milo Thursday 3pm"), "{doubtful:?}");
}
