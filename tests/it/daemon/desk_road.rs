//! The recruiter's road from end to end, by mail alone: handed in, corrected, sent; a pass and a silence; the chase, the morning's letter, what
//! the client said on the telephone, taking over and handing back, the figures, the timeline.

use super::handin::{CVS, answered, body, listed, told, with_files};
use super::house::House;
use super::orders::recruiter_writes;
use super::road::client_answers;
use super::servers::{Lane, Mail};

/// The newest mail of the recruiter's that says this.
fn copy_that_says(house: &House, lane: &Lane, words: &str) -> Mail {
    let all = lane.mail(&house.recruiter, "INBOX");
    let found = all.iter().rev().find(|one| one.text().contains(words));
    found
        .unwrap_or_else(|| panic!("nothing says {words:?}: {:#?}", all.iter().map(Mail::text).collect::<Vec<_>>()))
        .clone()
}

/// At this instant everything due is done.
fn at(house: &House, instant: &str) {
    house.clock_shows(instant.parse().unwrap());
    house.until_idle();
}

#[test]
fn daemon_is_steered_by_mail_from_handing_in_to_the_figures() {
    let Some(lane) = Lane::take() else { return };
    let house = listed(&lane);
    let config = std::fs::read_to_string(house.path("config.toml")).unwrap();
    std::fs::write(house.path("config.toml"), config.replace("at = \"\"", "at = \"09:00\"")).unwrap();

    // The mailbox is known before the clock is moved: mail of months ago is left alone there at first.
    house.until_idle();

    // A Tuesday, half past nine. Handed in, corrected, sent.
    house.clock_shows("2027-02-02T09:30:00Z".parse().unwrap());
    let mail = with_files(&house.recruiter, &house.bot, "the-road", &body(&lane), &CVS);
    let preview = told(&house, &lane, &house.bot, &mail);
    assert!(preview.text().contains("Nothing has left yet"), "{}", preview.text());
    let second = answered(&house, &lane, &preview, "The role is Lead Java developer.");
    assert!(second.text().contains("Role: Lead Java developer"), "{}", second.text());
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0, "nothing leaves before a word");
    answered(&house, &lane, &second, "send");
    let letter = lane.inbox(&lane.client(), 1).pop().unwrap();
    assert!(letter.text().contains("Lead Java developer"), "{}", letter.text());

    // The client passes on one and is silent on the other.
    client_answers(&house, &lane, &letter, "Pass on Ben, he is too junior for us.");
    at(&house, "2027-02-02T11:00:00Z");
    let story = house.story();
    assert_eq!((story.status("Ben").as_str(), story.status("Ana").as_str()), ("rejected", "viewed"));
    assert!(story.reasons("Ben").contains("experience"), "{:?}", story.reasons("Ben"));

    // They are reminded of the other alone; then the recruiter hears of the silence.
    at(&house, "2027-02-03T13:00:00Z");
    at(&house, "2027-02-04T13:00:00Z");
    lane.settle();
    let letters = lane.mail(&lane.client(), "INBOX");
    let nudge = letters
        .iter()
        .rev()
        .find(|one| one.header("Subject").unwrap().contains("Re:"))
        .unwrap();
    assert!(nudge.text().contains("Ana Souza"), "{}", nudge.text());
    assert!(
        !nudge.text().contains("Ben Okafor: "),
        "what is decided is not asked again: {}",
        nudge.text()
    );
    assert!(house.story().count("nudged") >= 1, "{:#?}", house.story().lines());

    // The morning's letter says what waits, and what was decided.
    at(&house, "2027-02-05T09:10:00Z");
    lane.settle();
    let morning = copy_that_says(&house, &lane, "How things stand");
    let text = morning.text();
    assert!(text.contains("Ana Souza") && text.contains("Waiting for the client: 1"), "{text}");

    // The client called. It is told back, holds after five minutes, and nobody is chased any more.
    at(&house, "2027-02-09T14:00:00Z");
    let silence = copy_that_says(&house, &lane, "No answer from Ann Lee");
    answered(&house, &lane, &silence, "Client called: yes to Ana.");
    let echo = copy_that_says(&house, &lane, "Ana Souza: Interested");
    assert!(echo.text().contains("undo"), "{}", echo.text());
    let nudges = house.story().count("nudged");
    at(&house, "2027-02-09T14:10:00Z");
    let story = house.story();
    assert_eq!(story.status("Ana"), "interested", "{:#?}", story.lines());
    at(&house, "2027-02-12T12:00:00Z");
    assert_eq!(house.story().count("nudged"), nudges, "whoever has answered is not reminded");

    // The recruiter takes over: nobody else is written to, whatever falls due.
    answered(&house, &lane, &echo, "I'll take it from here, thanks.");
    assert_eq!(house.story().count("taken"), 1, "{:#?}", house.story().lines());
    let (with_client, with_ana) = (
        lane.mail(&lane.client(), "INBOX").len(),
        lane.mail(&lane.candidate(), "INBOX").len(),
    );
    at(&house, "2027-02-16T12:00:00Z");
    lane.settle();
    assert_eq!(
        (
            lane.mail(&lane.client(), "INBOX").len(),
            lane.mail(&lane.candidate(), "INBOX").len()
        ),
        (with_client, with_ana)
    );
    // And hands back, which rests.
    answered(&house, &lane, &echo, "Back to you now.");
    assert_eq!(house.story().count("released"), 0);
    at(&house, "2027-02-16T12:10:00Z");
    assert_eq!(house.story().count("released"), 1, "{:#?}", house.story().lines());

    // The figures, and everything that happened, by mail.
    let report = recruiter_writes(&house, &lane, "report", "");
    assert!(report.text().contains("Figures"), "{}", report.text());
    let reference = story_reference(&letter);
    let timeline = recruiter_writes(&house, &lane, &format!("timeline {reference}"), "");
    let text = timeline.text();
    let mut rest = text.as_str();
    for told in [
        "Tue 2 Feb 2027, 09:30: Ana Souza, Ben Okafor put forward to Northwind Logistics",
        "Ben Okafor: Pass stands",
        "reminder 1 to the client",
        "nobody answered",
        "Maria Keller ordered by mail",
        "Ana Souza: Interested stands",
        "Maria Keller drives",
        "Maria Keller handed back",
    ] {
        let at = rest
            .find(told)
            .unwrap_or_else(|| panic!("{told:?} is not told, or too early:\n{text}"));
        rest = &rest[at..];
    }
    let kinds = [
        "submitted",
        "sent",
        "decided",
        "in_effect",
        "nudged",
        "ordered",
        "taken",
        "released",
    ];
    let story = house.story();
    for kind in kinds {
        assert!(story.count(kind) > 0, "{kind} is not in {:#?}", story.lines());
    }
}

/// `REF-7K3Q`, as the letter's subject bears it.
fn story_reference(letter: &Mail) -> String {
    let subject = letter.header("Subject").unwrap();
    let at = subject.find("REF-").unwrap_or_else(|| panic!("no reference in {subject:?}"));
    subject[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect()
}
