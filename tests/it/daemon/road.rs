//! The main road: a batch goes out, an answer comes back, the decision stands.

use super::house::House;
use super::servers::{Lane, Mail};

/// Ana, Ben and Carl go out to this client; afterwards the client's mailbox holds one letter, and it is returned.
pub(super) fn sent_to_the_client(house: &House, lane: &Lane) -> Mail {
    house.submit(&lane.client());
    house.until_idle();
    let letters = lane.inbox(&lane.client(), 1);
    assert_eq!(letters.len(), 1);
    letters[0].clone()
}

/// The client answers in a mail client of theirs, and replyd reads it.
pub(super) fn client_answers(house: &House, lane: &Lane, letter: &Mail, words: &str) {
    let before = lane.mail(&house.bot, "INBOX").len();
    let (to, message) = letter.answer(&lane.client(), words);
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, before + 1);
    house.until_idle();
}

#[test]
fn daemon_carries_a_batch_to_decisions_that_stand() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);

    // One letter names everybody, answers reach the thread, and nobody's address is given away.
    assert!(letter.header("From").unwrap().contains("Harbour Talent"));
    assert!(letter.header("To").unwrap().contains(&lane.client()));
    for name in ["Ana Souza", "Ben Okafor", "Carl Weber"] {
        assert!(
            letter.text().contains(name) && letter.html().contains(name),
            "{name} is not in the letter"
        );
    }
    assert!(!letter.raw.contains(&lane.candidate()) && !letter.text().contains(&lane.candidate()));
    let tag = letter.header("Return-Path").unwrap();
    assert!(tag.contains('+'), "the envelope sender carries no tag: {tag}");

    // The recruiter has a copy whose headers show whom the letter went to.
    let copy = lane.inbox(&house.recruiter, 1);
    assert!(copy[0].header("To").unwrap().contains(&lane.client()), "{:?}", copy[0].header("To"));
    assert!(copy[0].text().contains("Ana Souza"));

    // A person answers in s-nail, which puts the words straight below the quoted letter.
    lane.answer_with_s_nail(&lane.client(), "Yes to Ana, pass on Carl: too junior.");
    lane.inbox(&house.bot, 1);
    house.until_idle();
    let story = house.story();
    assert_eq!(
        (story.resting("Ana").as_str(), story.resting("Carl").as_str()),
        ("interested", "pass")
    );
    assert_eq!(story.resting("Ben"), "", "nobody said anything about Ben");
    let words = story.words("decided");
    assert!(words.iter().any(|w| w.contains("Yes to Ana")), "{words:?}");
    assert!(words.iter().any(|w| w.to_lowercase().contains("pass on carl")), "{words:?}");
    assert!(story.reasons("Carl").contains("experience"), "{:?}", story.reasons("Carl"));

    // The receipt says what was understood, as an automatic answer; the recruiter has a copy of that, too.
    let receipt = lane.inbox(&lane.client(), 2).pop().unwrap();
    assert_eq!(receipt.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert!(receipt.text().contains("Ana Souza") && receipt.text().contains("Carl Weber"));
    lane.inbox(&house.recruiter, 2);

    // The days go by: both take effect, and the recruiter hears of Ana.
    house.later(61);
    house.until_idle();
    let story = house.story();
    assert_eq!(story.status("Ana"), "interested");
    assert_eq!(story.status("Carl"), "rejected");
    // A person has looked at Ben and said nothing.
    assert_eq!(story.status("Ben"), "viewed");
    assert_eq!(story.count("in_effect"), 2, "{:#?}", story.lines());
    lane.inbox(&house.recruiter, 3);

    // Nothing in the log gives anybody away.
    let log = house.log();
    let secret = format!("pw-{}", house.bot.split('@').next().unwrap());
    for given_away in [
        &lane.client(),
        &house.recruiter,
        &lane.candidate(),
        &secret,
        "Ana Souza",
        "too junior",
        "Java",
    ] {
        assert!(!log.contains(given_away), "{given_away} is in the log:\n{log}");
    }
}

#[test]
fn daemon_swaps_the_story_when_the_answer_is_swapped() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    client_answers(&house, &lane, &letter, "Pass on Ana, yes to Carl.");
    let story = house.story();
    assert_eq!(
        (story.resting("Ana").as_str(), story.resting("Carl").as_str()),
        ("pass", "interested")
    );
}

#[test]
fn daemon_asks_when_it_does_not_understand() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    client_answers(
        &house,
        &lane,
        &letter,
        "Hm, the second one maybe not, or was that the first? Let me see.",
    );
    let story = house.story();
    assert_eq!(story.count("decided"), 0, "{:#?}", story.lines());
    for name in ["Ana", "Ben", "Carl"] {
        assert_eq!(story.resting(name), "");
    }
    assert!(
        ["unclear", "handed_over", "question"].iter().any(|kind| story.count(kind) > 0),
        "{:#?}",
        story.lines()
    );
}

#[test]
fn daemon_serves_while_it_runs() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    // In the background now, as in life: IDLE brings the answer in without a push from us.
    let mut running = house.start();
    let (to, message) = letter.answer(&lane.client(), "Yes to Ana, please.");
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&lane.client(), 2);
    assert_eq!(house.story().resting("Ana"), "interested");
    running.signal("-TERM");
    let (status, _) = running
        .ends_within(std::time::Duration::from_secs(10))
        .expect("SIGTERM was not heard");
    assert!(status.success(), "{status}");
}
