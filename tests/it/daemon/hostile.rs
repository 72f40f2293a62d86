//! People who are not who they say.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::{Lane, Mail};

/// The story may grow by a line about the parked message, but nobody is decided.
fn nothing_was_decided(house: &House) {
    let story = house.story();
    assert_eq!(story.count("decided"), 0, "{:#?}", story.lines());
    for name in ["Ana", "Ben", "Carl"] {
        assert_eq!(story.resting(name), "", "{:#?}", story.lines());
        assert_eq!(story.status(name), "sent");
    }
}

/// An answer in the client's name, with the thread's own references and tag.
fn forged(letter: &Mail, lane: &Lane) -> (String, String) {
    let (to, message) = letter.answer(&lane.client(), "Yes to Ana, Ben and Carl.");
    // A result of the house's own name that the sender wrote into the message.
    let claim = "Authentication-Results: mx.agency.test; dmarc=pass header.from=client.test\n";
    (to, format!("{claim}{message}"))
}

#[test]
fn daemon_a_forged_sender_decides_nothing() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let (to, message) = forged(&letter, &lane);

    // Somebody with an account elsewhere: the domain's policy fails.
    lane.send(&lane.mallory(), &to, &message);
    lane.inbox(&house.bot, 1);
    house.until_idle();
    nothing_was_decided(&house);

    // Somebody without any: nobody vouches.
    lane.send_as_stranger(&lane.client(), &to, &message.replace("Message-ID: <", "Message-ID: <x"));
    lane.inbox(&house.bot, 2);
    house.until_idle();
    nothing_was_decided(&house);

    // Nothing came back to the forger; the contact on file may have been asked.
    lane.settle();
    assert_eq!(lane.mail(&lane.mallory(), "INBOX").len(), 0);
    assert!(house.story().count("parked") > 0, "{:#?}", house.story().lines());

    // The real person's word still counts.
    client_answers(&house, &lane, &letter, "Pass on Ana.");
    assert_eq!(house.story().resting("Ana"), "pass");
}

#[test]
fn daemon_a_stranger_without_the_thread_is_not_answered() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    sent_to_the_client(&house, &lane);
    let before = house.story().lines();
    let message = format!(
        "From: {0}\nTo: {1}\nSubject: hello\nMessage-ID: <one@mail.test>\nDate: Sat, 21 Nov 2026 09:00:00 +0000\n\nInterested! Yes to Ana.\n",
        lane.mallory(),
        house.bot
    );
    lane.send(&lane.mallory(), &house.bot, &message);
    lane.inbox(&house.bot, 1);
    house.until_idle();
    assert_eq!(house.story().lines(), before);
    lane.settle();
    assert_eq!(lane.mail(&lane.mallory(), "INBOX").len(), 0);
}
