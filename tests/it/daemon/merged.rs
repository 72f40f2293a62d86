//! One reader with two batches: one reminder for both over real servers, answered in prose for one and by its button for the other; and a contact
//! who never answers, until the backup contact is asked.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::{Lane, Mail};
use super::storage::press;

const A_DAY: i64 = 24 * 60;

/// The paths of a candidate's buttons in a letter: Interested, Maybe, Pass.
fn buttons(letter: &Mail, name: &str) -> Vec<String> {
    let text = letter.text();
    let from = text.find(&format!("{name}\n")).unwrap_or_else(|| panic!("no {name}: {text}"));
    let starts = text[from..].match_indices("/d/").take(3).map(|(at, _)| from + at);
    starts.map(|at| text[at..].split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn daemon_reminds_once_of_two_batches_and_hears_both_answers() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    sent_to_the_client(&house, &lane);
    house.submit_dora(&lane.client(), None);
    // Nobody gets two letters within a quarter of an hour that they did not ask for.
    house.later(16);
    house.until_idle();
    lane.inbox(&lane.client(), 2);
    house.later(A_DAY);
    house.until_idle();
    let reminder = lane.inbox(&lane.client(), 3).pop().unwrap();
    for part in [
        "Senior Java developer",
        "Head of data",
        "Ana Souza",
        "Ben Okafor",
        "Carl Weber",
        "Dora Lind",
    ] {
        assert!(
            reminder.text().contains(part) && reminder.html().contains(part),
            "{part}: {}",
            reminder.text()
        );
    }
    house.until_idle();
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 3, "one reminder, not two");
    for batch in 1..=2 {
        assert_eq!(house.story_of(batch).count("nudged"), 1, "batch {batch}");
    }

    // In prose about the first batch, by its button about the second.
    client_answers(&house, &lane, &reminder, "Yes to Ana, pass on Carl: too junior.");
    let first = house.story_of(1);
    assert_eq!(["Ana", "Ben", "Carl"].map(|name| first.resting(name)), ["interested", "", "pass"]);
    assert!(first.reasons("Carl").contains("experience"), "{:?}", first.reasons("Carl"));
    assert_eq!(house.story_of(2).resting("Dora"), "");
    let running = house.start();
    let [yes, ..] = buttons(&reminder, "Dora Lind").try_into().map(|all: [String; 3]| all).unwrap();
    assert!(press(&house, &yes, "interested").starts_with("HTTP/1.1 200"));
    drop(running);
    let second = house.story_of(2);
    assert_eq!(
        (second.resting("Dora").as_str(), second.count("viewed")),
        ("interested", 1),
        "{:#?}",
        second.lines()
    );

    // And in prose about the second, in answer to the same letter.
    client_answers(&house, &lane, &reminder, "Sorry, I have to pass on Dora after all.");
    assert_eq!(house.story_of(2).resting("Dora"), "pass");
    assert_eq!(house.story_of(1).resting("Ana"), "interested");
}

#[test]
fn daemon_turns_to_the_backup_contact_when_nobody_objects() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let (backup, lead) = (lane.address("colleague", "client.test"), lane.address("other", "client.test"));
    let config = std::fs::read_to_string(house.path("config.toml")).unwrap();
    let config = format!("{config}\n[[recruiters]]\naddress = \"{lead}\"\nname = \"Lee Lead\"\nlead = true\n");
    std::fs::write(house.path("config.toml"), config).unwrap();
    house.submit_dora(&lane.client(), Some(&backup));
    house.until_idle();
    lane.inbox(&lane.client(), 1);
    // Tuesday to the Monday after: reminded twice, the recruiter told, then the lead.
    for _ in 0..6 {
        house.later(A_DAY + 5);
        house.until_idle();
    }
    lane.inbox(&lane.client(), 3);
    let told = lane.inbox(&lead, 1).pop().unwrap();
    assert!(
        told.text().contains("Still no answer from") && told.text().contains("Kim Park"),
        "{}",
        told.text()
    );
    assert!(told.text().contains("take%20over"), "{}", told.text());
    assert!(lane.mail(&backup, "INBOX").is_empty(), "nobody could object yet");
    for _ in 0..3 {
        house.later(A_DAY + 5);
        house.until_idle();
    }
    let asked = lane.inbox(&backup, 1).remove(0);
    assert!(
        asked.text().contains("Dora Lind") && asked.text().contains("we turn to you"),
        "{}",
        asked.text()
    );
    assert_eq!(house.story().count("backup_asked"), 1);
    // Their answer is the contact's from here on.
    let before = lane.mail(&house.bot, "INBOX").len();
    let (to, message) = asked.answer(&backup, "Yes please, I would like to meet Dora.");
    lane.send(&backup, &to, &message);
    lane.inbox(&house.bot, before + 1);
    house.until_idle();
    assert_eq!(house.story().resting("Dora"), "interested", "{:#?}", house.story().lines());
}
