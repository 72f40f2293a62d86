//! What other programs do to the mailbox changes nothing.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::Lane;

/// A decided batch, and its story up to here.
fn decided(house: &House, lane: &Lane) -> Vec<String> {
    let letter = sent_to_the_client(house, lane);
    client_answers(house, lane, &letter, "Yes to Ana, pass on Carl.");
    let story = house.story();
    assert_eq!(story.count("decided"), 2, "{:#?}", story.lines());
    lane.inbox(&lane.client(), 2);
    story.lines()
}

#[test]
fn daemon_reads_without_marking_and_does_not_care_what_others_mark() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let before = decided(&house, &lane);
    let mail = lane.mail(&house.bot, "INBOX");
    assert_eq!(mail.len(), 1, "replyd moved or deleted mail");
    assert!(
        !mail[0].flags.contains("\\Seen") && !mail[0].flags.contains("\\Deleted"),
        "{}",
        mail[0].flags
    );

    // Everything is marked read, also what has not been looked at yet.
    let (to, message) = lane.inbox(&lane.client(), 1)[0].answer(&lane.client(), "Yes to Ben as well.");
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, 2);
    lane.doveadm(&["flags", "add", "-u", &house.bot, "\\Seen", "mailbox", "INBOX", "all"]);
    house.until_idle();
    let story = house.story();
    assert_eq!(story.resting("Ben"), "interested");
    assert_eq!(story.count("decided"), 3, "{:#?}", story.lines());
    assert_eq!(story.lines()[..before.len()], before);

    // And unread again.
    lane.doveadm(&["flags", "remove", "-u", &house.bot, "\\Seen", "mailbox", "INBOX", "all"]);
    house.until_idle();
    assert_eq!(house.story().lines(), story.lines());
}

#[test]
fn daemon_a_new_uidvalidity_applies_nothing_twice() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let before = decided(&house, &lane);
    let letters = lane.mail(&lane.client(), "INBOX").len();

    lane.doveadm(&["mailbox", "update", "-u", &house.bot, "--uid-validity", "77", "INBOX"]);
    house.until_idle();
    assert_eq!(house.story().lines(), before);

    // What is new after the change is read.
    let (to, message) = lane.inbox(&lane.client(), 1)[0].answer(&lane.client(), "Yes to Ben as well.");
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, 2);
    house.until_idle();
    let story = house.story();
    assert_eq!(story.resting("Ben"), "interested");
    assert_eq!(story.count("decided"), 3, "{:#?}", story.lines());
    lane.inbox(&lane.client(), letters + 1);
    lane.settle();
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), letters + 1, "a receipt went out twice");
}

#[test]
fn daemon_a_mail_moved_by_hand_is_not_applied_again() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let before = decided(&house, &lane);
    // Somebody drags the answer out of the inbox and back: the same mail under a new UID.
    lane.doveadm(&["move", "-u", &house.bot, "Processed", "mailbox", "INBOX", "all"]);
    lane.doveadm(&["move", "-u", &house.bot, "INBOX", "mailbox", "Processed", "all"]);
    house.until_idle();
    assert_eq!(house.story().lines(), before);
}
