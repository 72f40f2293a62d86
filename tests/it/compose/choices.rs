//! Letters about an interview that can be answered with one press: each link and each prepared mail says what it stands beside.

use replyd::calendar::Spans;
use replyd::conversation::*;
use replyd::message::OwnText;
use replyd::reply::times::Intent;
use replyd::reply::{Says, read_interview};

use super::headers::mail_links;
use super::meeting::{BOTH, conversation, friday, letter, letters, monday, now, write};
use super::people::{ANA, read};

const fn side(to: Party) -> Side {
    match to {
        Party::Candidate(_) => Side::Candidate,
        Party::Interviewer(n) => Side::Interviewer(n),
        Party::Client | Party::Recruiter(_) => Side::Client,
    }
}

/// A mail that a letter prepares for a slot takes that slot and no other, in the reader's zone and whatever the reference in its subject.
#[test]
fn compose_a_prepared_mail_takes_its_slot() {
    let mut tried = 0;
    for (name, letter) in letters() {
        let Content::OfferTimes { slots, .. } = &letter.says else {
            continue;
        };
        let conversation = conversation();
        let mut all = write(&letter, &conversation).unwrap();
        for copy in all.split_off(1) {
            assert!(!read(&copy.bytes).html.contains("mailto:"), "{name}: a copy answers for nobody");
        }
        let interview = Interview::new();
        let asked = interview.asked(&conversation, ANA, side(letter.to), Some(&letter.says), now());
        let mails = mail_links(&read(&all[0].bytes));
        assert_eq!(mails.len(), slots.len(), "{name}");
        for ((to, subject, body), slot) in mails.iter().zip(slots) {
            assert_eq!(to, all[0].envelope.from.as_str(), "{name}: the tagged address finds the thread");
            let own = OwnText {
                text: body.trim().to_owned(),
                ..OwnText::default()
            };
            let reply = read_interview(&own, subject, &asked);
            let [Says::Times { said, .. }] = reply.findings.iter().map(|one| &one.says).collect::<Vec<_>>()[..] else {
                panic!("{name}: {body}: {reply:?}")
            };
            assert_eq!(
                (said.intent, &said.taken[..], said.ask),
                (Intent::Select, &[*slot][..], false),
                "{name}: {body}"
            );
            tried += 1;
        }
    }
    assert!(tried >= 12, "{tried}");
}

/// Whoever named a clock reads so once, in the first letter with times by it.
#[test]
fn compose_tells_once_by_whose_clock_times_are() {
    for to in BOTH {
        let mut conversation = conversation();
        let zone = "Asia/Tokyo".parse().unwrap();
        conversation.name_zone(NamedZone {
            party: to,
            zone,
            told: None,
        });
        let invitation = Content::Invitation {
            submission: ANA,
            slot: friday(),
            sequence: 0,
            instead_of: None,
            corrected: false,
        };
        let offer = Content::OfferTimes {
            submission: ANA,
            round: 1,
            first: 0,
            slots: vec![friday(), monday()],
            unclear: None,
            instead_of: None,
            several: false,
        };
        for says in [invitation, offer] {
            let tells = |conversation: &Conversation| {
                let seen = read(&write(&letter(to, says.clone()), conversation).unwrap()[0].bytes);
                let texts = [seen.text, seen.html].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
                assert!(texts.iter().all(|text| text.contains("Tokyo, UTC")), "{texts:?}");
                texts.map(|text| text.contains("by the clock of Tokyo, which you named"))
            };
            assert_eq!(tells(&conversation), [true, true]);
            let mut later = conversation.clone();
            later.name_zone(NamedZone {
                party: to,
                zone,
                told: Some(now() - chrono::Duration::hours(1)),
            });
            assert_eq!(tells(&later), [false, false]);
        }
    }
}

/// An answer with two readings: the letter that asks spells both out, each with a link of its own; the other side's letters have none.
#[test]
fn compose_spells_out_the_readings_of_an_answer() {
    let mut conversation = conversation();
    let reading = |slot: replyd::model::Slot| Spans::of(vec![(slot.start, slot.end)]);
    let interview = conversation.submissions[0].interview.as_mut().unwrap();
    interview.readings = vec![reading(friday()), reading(monday())];
    interview.candidate.meant = vec![0, 1];
    for (to, readings) in [(Party::Candidate(ANA), 2), (Party::Client, 0)] {
        let ask = Content::AskTimes {
            submission: ANA,
            round: 2,
            unclear: Some("Friday or the Monday".to_owned()),
            other_can: Vec::new(),
            instead_of: None,
        };
        let seen = read(&write(&letter(to, ask), &conversation).unwrap()[0].bytes);
        let lines: Vec<&str> = seen.text.lines().map(str::trim).collect();
        assert_eq!(seen.html.matches("Yes, these times").count(), readings);
        assert_eq!(
            lines.iter().any(|line| line.starts_with("Which did you mean?")),
            readings > 0,
            "{lines:?}"
        );
        let linked = |day: &str| {
            let at = lines.iter().position(|line| line.starts_with(day));
            at.is_some_and(|at| lines[at + 1].contains("/i/"))
        };
        assert_eq!(
            [linked("Friday 27 March 2026"), linked("Monday 30 March 2026")],
            [readings > 0; 2],
            "{lines:?}"
        );
    }
}
