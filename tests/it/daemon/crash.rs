//! Dying anywhere is safe, ending is quick, and there is only one.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::house::{House, told};
use super::road::sent_to_the_client;
use super::servers::Lane;

/// Dies at a point of the outbox, starts again, and returns how often the letter reached the client and the recruiter.
fn dies_while_sending(lane: &Lane, house: &House, fault: &str) {
    house.submit(&lane.client());
    house.dies_at(fault);
    house.until_idle();
    // A letter that nobody can know about rests until it could have been found in the mailbox (RFC 1047).
    house.later(20);
    house.until_idle();
    house.later(20);
    house.until_idle();
    lane.settle();
}

/// The distinct Message-IDs among the letters, and how many letters there are.
fn received(lane: &Lane, address: &str) -> (usize, usize) {
    let mail = lane.mail(address, "INBOX");
    let ids: std::collections::BTreeSet<String> = mail.iter().map(|m| m.header("Message-ID").unwrap()).collect();
    (ids.len(), mail.len())
}

/// How often nobody could know whether the one letter to this party was taken.
fn doubts(house: &House, party: &str) -> usize {
    let letters = house.json(&["outbox", "--all", "--json"]);
    let letter = letters.as_array().unwrap().iter().find(|one| one["party"] == party).unwrap();
    let facts = house.json(&["outbox", "show", &letter["id"].to_string(), "--json"]);
    facts["doubts"].as_u64().unwrap().try_into().unwrap()
}

fn nothing_waits(house: &House) {
    let waiting = house.json(&["outbox", "--json"]);
    let waiting = waiting.to_string();
    for state in ["queued", "claimed", "dot_intent", "ambiguous"] {
        assert!(!waiting.contains(&format!("\"{state}\"")), "{waiting}");
    }
}

#[test]
fn daemon_killed_before_the_dot_sends_every_letter_once() {
    for fault in [
        "outbox.claimed",
        "outbox.before_dot_intent",
        "outbox.dot_intent",
        "outbox.settled",
        "outbox.claimed:2",
        "outbox.settled:2",
    ] {
        let Some(lane) = Lane::take() else { return };
        let house = House::new(&lane);
        dies_while_sending(&lane, &house, fault);
        // The next letter is announced while the outcome of the one before is noted. At the later points it may be on its way by then:
        // it counts as in doubt, and a second copy of it is the same letter.
        let later = fault.contains(':') || fault == "outbox.settled";
        for (party, address) in [("client", &lane.client()), ("recruiter 1", &house.recruiter)] {
            let in_doubt = if later { doubts(&house, party) } else { 0 };
            let (letters, copies) = received(&lane, address);
            assert!(
                letters == 1 && copies <= 1 + in_doubt,
                "{fault}: {copies} letters to {party}, {in_doubt} in doubt"
            );
        }
        nothing_waits(&house);
    }
}

#[test]
fn daemon_killed_after_the_dot_never_makes_a_second_letter() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    house.submit(&lane.client());
    house.dies_at("outbox.answered");
    // The server has it, we do not know: it is not sent again before the search for it ended.
    let before = received(&lane, &lane.client()).1 + received(&lane, &house.recruiter).1;
    house.until_idle();
    lane.settle();
    let outbox = house.json(&["outbox", "--json"]).to_string();
    assert!(outbox.contains("ambiguous"), "{outbox}");
    house.later(5);
    house.until_idle();
    lane.settle();
    let after = received(&lane, &lane.client()).1 + received(&lane, &house.recruiter).1;
    // The other letter of the batch may have gone out meanwhile, the doubtful one not.
    assert!(after <= before.max(1) + 1, "{before} letters, then {after}");
    assert!(received(&lane, &lane.client()).1 <= 1 && received(&lane, &house.recruiter).1 <= 1);

    // In the end everybody has the letter; a second copy, if any, is the same letter.
    house.later(20);
    house.until_idle();
    lane.settle();
    assert_eq!(received(&lane, &lane.client()).0, 1);
    assert_eq!(received(&lane, &house.recruiter).0, 1);
    nothing_waits(&house);
}

#[test]
fn daemon_killed_while_reading_applies_an_answer_once() {
    for fault in ["inbox.stored", "inbox.before_commit", "inbox.committed"] {
        let Some(lane) = Lane::take() else { return };
        let house = House::new(&lane);
        let letter = sent_to_the_client(&house, &lane);
        let (to, message) = letter.answer(&lane.client(), "Yes to Ana, pass on Carl.");
        lane.send(&lane.client(), &to, &message);
        lane.inbox(&house.bot, 1);
        house.dies_at(fault);
        house.until_idle();
        house.until_idle();
        let story = house.story();
        assert_eq!(story.count("decided"), 2, "{fault}: {:#?}", story.lines());
        assert_eq!(story.resting("Ana"), "interested", "{fault}");
        lane.inbox(&lane.client(), 2);
        lane.settle();
        assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 2, "{fault}: one letter, one receipt");
        nothing_waits(&house);
    }
}

#[test]
fn daemon_a_second_instance_is_refused_and_names_the_first() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let mut first = house.start();
    let began = Instant::now();
    let second = house.replyd(&["run", "--until-idle"]);
    let took = began.elapsed();
    assert_eq!(second.status.code(), Some(75), "{}", told(&second));
    assert!(
        told(&second).contains(&first.id().to_string()),
        "the holder is not named: {}",
        told(&second)
    );
    // 100 ms, and what the test's own machinery and a busy machine add.
    assert!(took < Duration::from_millis(600), "{took:?}");

    // The holder dies without a word: the way is free.
    first.signal("-KILL");
    first.ends_within(Duration::from_secs(5)).unwrap();
    house.until_idle();
}

#[test]
fn daemon_ends_within_ten_seconds_of_sigterm_even_amid_an_attempt() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    // A mail server that takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    house.sends_through(silent.local_addr().unwrap().port());
    house.submit(&lane.client());
    let mut running = house.start();
    let (_held, _) = silent.accept().unwrap();
    running.signal("-TERM");
    let (status, took) = running
        .ends_within(Duration::from_secs(10))
        .expect("it still runs after ten seconds");
    assert!(status.success(), "{status} after {took:?}");

    // The letter is still there, and goes out through a server that works.
    house.sends_through(house.smtp_port);
    house.later(5);
    house.until_idle();
    assert_eq!(lane.inbox(&lane.client(), 1).len(), 1);
}
