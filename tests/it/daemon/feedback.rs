//! After a pass: the reasons, and the letter that tells a candidate why, which leaves on the recruiter's word alone.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::{Lane, Mail};

/// An agency that shares reasons by drafts.
fn sharing(lane: &Lane) -> House {
    let house = House::new(lane);
    let config = std::fs::read_to_string(house.path("config.toml")).unwrap();
    std::fs::write(house.path("config.toml"), format!("{config}\n[feedback]\nshare = \"draft\"\n")).unwrap();
    house
}

/// The newest mail to the recruiter that shows this draft.
fn shown(house: &House, lane: &Lane, draft: &str) -> Mail {
    let mail = lane.mail(&house.recruiter, "INBOX");
    let found = mail
        .into_iter()
        .rev()
        .find(|one| one.header("Subject").unwrap_or_default().contains(draft));
    found.unwrap_or_else(|| panic!("nothing tells of {draft}"))
}

fn answers(house: &House, lane: &Lane, letter: &Mail, words: &str) {
    let (before, known) = (lane.mail(&house.bot, "INBOX").len(), lane.mail(&house.recruiter, "INBOX").len());
    let (to, message) = letter.answer(&house.recruiter, words);
    lane.send(&house.recruiter, &to, &message);
    lane.inbox(&house.bot, before + 1);
    house.until_idle();
    lane.inbox(&house.recruiter, known + 1);
}

/// The client passes on Ana for a reason that may be said and one that may not.
fn passed(house: &House, lane: &Lane) -> Mail {
    let letter = sent_to_the_client(house, lane);
    client_answers(
        house,
        lane,
        &letter,
        "Pass on Ana, she is too expensive for us and too old for this team.",
    );
    let receipt = lane.inbox(&lane.client(), 2).pop().unwrap();
    let text = receipt.text();
    assert!(text.contains("You wrote") && text.contains("Yes, that is why"), "{text}");
    assert_eq!(lane.mail(&lane.candidate(), "INBOX").len(), 0);
    house.later(61);
    house.until_idle();
    let story = house.story();
    assert_eq!(story.status("Ana"), "rejected");
    assert!(story.reasons("Ana").contains("salary"), "{}", story.reasons("Ana"));
    shown(house, lane, "feedback to Ana Souza")
}

#[test]
fn daemon_tells_a_candidate_why_only_in_the_recruiters_words() {
    let Some(lane) = Lane::take() else { return };
    let house = sharing(&lane);
    let preview = passed(&house, &lane);
    let text = preview.text();
    let (before, kept_out) = text.split_once("Kept out of the letter").unwrap_or_else(|| panic!("{text}"));
    assert!(kept_out.contains("too old") && kept_out.contains("age"), "{kept_out}");
    let letter = before
        .split_once("The letter")
        .unwrap()
        .1
        .split_once("gave as the reason")
        .unwrap()
        .0;
    assert!(letter.contains("budget") && !letter.contains("old"), "{letter}");
    assert!(text.contains("It leaves only on your word"), "{text}");

    // Days go by: nothing leaves by itself.
    house.later(3 * 24 * 60);
    house.until_idle();
    assert_eq!(lane.mail(&lane.candidate(), "INBOX").len(), 0);
    let drafts = house.json(&["drafts", "--json"]);
    assert_eq!(
        (drafts[0]["kind"].as_str(), drafts[0]["state"].as_str()),
        (Some("letter"), Some("open"))
    );
    assert!(house.ok(&["drafts", "show", "1"]).contains("feedback to Ana Souza"));

    // A remark is no letter, and what speaks of her age is asked about.
    answers(&house, &lane, &preview, "Can you make it a bit shorter?");
    assert!(shown(&house, &lane, "Draft 1").text().contains("was not understood"));
    answers(
        &house,
        &lane,
        &preview,
        "Hi Ana,\n\nsorry, they were looking for somebody younger and cheaper.\n\nBest\nMaria",
    );
    let warned = shown(&house, &lane, "Draft 1");
    let text = warned.text();
    assert!(
        text.contains("younger") && text.contains("send anyway") && text.contains("not sent yet"),
        "{text}"
    );
    answers(&house, &lane, &warned, "ok");
    assert_eq!(lane.mail(&lane.candidate(), "INBOX").len(), 0, "ok is not enough for that");
    let refused = house.replyd(&["drafts", "send", "1"]);
    assert!(!refused.status.success(), "{refused:?}");

    // A kinder text takes its place, by whatever mail of the draft it is answered.
    answers(
        &house,
        &lane,
        &warned,
        "Please send this instead:\n\nHi Ana,\n\nthey liked your profile, and your expectation is above what they can pay.\n\nI will call you about \
         another role next week.\n\nBest regards\nMaria Keller",
    );
    // At night it waits for the morning.
    house.later(12 * 60);
    house.until_idle();
    let mail = lane.inbox(&lane.candidate(), 1).pop().unwrap();
    let text = mail.text();
    assert!(
        text.contains("above what they can pay") && text.contains("another role next week"),
        "{text}"
    );
    assert!(
        !text.contains("younger") && !text.contains("too old") && !text.contains("send this instead"),
        "{text}"
    );
    assert!(!mail.raw.contains(&lane.client()), "the candidate sees no address of the client");
    let story = house.story();
    assert_eq!((story.count("feedback_released"), story.count("feedback_shared")), (1, 1));

    // Nobody is told twice.
    answers(&house, &lane, &warned, "send anyway");
    assert!(shown(&house, &lane, "Draft 1").text().contains("sent before"));
    house.later(24 * 60);
    house.until_idle();
    assert_eq!(lane.mail(&lane.candidate(), "INBOX").len(), 1);
    assert_eq!(house.json(&["drafts", "--all", "--json"])[0]["state"].as_str(), Some("sent"));
}

#[test]
fn daemon_drops_a_letter_at_a_word_and_with_the_pass() {
    let Some(lane) = Lane::take() else { return };
    let house = sharing(&lane);
    let preview = passed(&house, &lane);
    answers(&house, &lane, &preview, "No, thanks.\n\nMaria");
    assert!(shown(&house, &lane, "Draft 1").text().contains("was dropped, and nothing was sent"));
    assert_eq!(house.story().count("feedback_dropped"), 1);
    answers(&house, &lane, &preview, "send");
    assert!(shown(&house, &lane, "Draft 1").text().contains("dropped before"));
    house.later(24 * 60);
    house.until_idle();
    assert_eq!(lane.mail(&lane.candidate(), "INBOX").len(), 0);
}
