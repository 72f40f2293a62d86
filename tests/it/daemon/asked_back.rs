//! What two readings would do differently is asked, in one mail with one-click answers; what is said to that holds.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::{Lane, Mail};
use super::storage::press;

/// The letter that asks what was meant: the newest of the client's.
fn question(lane: &Lane, letters: usize) -> Mail {
    let letter = lane.inbox(&lane.client(), letters).pop().unwrap();
    assert_eq!(letter.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    letter
}

/// The links of a candidate in such a letter: Interested, Maybe, Pass.
fn links(letter: &Mail, name: &str) -> Vec<String> {
    let text = letter.text();
    let from = text
        .find(&format!("{name}\n"))
        .or_else(|| text.find(&format!("{name}?")))
        .unwrap_or_else(|| panic!("no {name}: {text}"));
    let starts = text[from..].match_indices("/d/").map(|(at, _)| from + at);
    starts
        .take(3)
        .map(|at| text[at..].split_whitespace().next().unwrap().to_owned())
        .collect()
}

/// A decision without a name, where three are open: the letter asks whom, and a press on one of its links is applied exactly.
#[test]
fn daemon_asks_whom_and_a_press_is_what_holds() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    client_answers(&house, &lane, &letter, "Yes please, let's meet.");
    assert_eq!(house.story().count("decided"), 0, "{:#?}", house.story().lines());

    let asked = question(&lane, 2);
    assert!(
        asked.text().contains("We read \"Interested\" in it, but not about whom"),
        "{}",
        asked.text()
    );
    assert!(
        asked.text().contains("| let's meet"),
        "their words are not quoted: {}",
        asked.text()
    );
    let [_, maybe, _] = links(&asked, "Ben Okafor").try_into().unwrap();
    let running = house.start();
    assert!(press(&house, &maybe, "maybe").starts_with("HTTP/1.1 200"));
    drop(running);
    let story = house.story();
    assert_eq!(
        [story.resting("Ana"), story.resting("Ben"), story.resting("Carl")],
        ["", "maybe", ""]
    );

    // Asked and answered: no person is called.
    house.later(3 * 24 * 60);
    house.until_idle();
    assert_eq!(house.story().count("handed_over"), 0, "{:#?}", house.story().lines());
}

/// The same, answered in prose: it is read by what was asked.
#[test]
fn daemon_reads_the_answer_by_what_was_asked() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    client_answers(&house, &lane, &letter, "Carl seems a bit junior.");
    let asked = question(&lane, 2);
    assert!(asked.text().contains("Did you mean Pass for Carl Weber?"), "{}", asked.text());
    client_answers(&house, &lane, &asked, "Yes, that's right.");
    let story = house.story();
    assert_eq!(
        [story.resting("Ana"), story.resting("Ben"), story.resting("Carl")],
        ["", "", "pass"]
    );
    assert!(story.reasons("Carl").contains("experience"), "{:?}", story.reasons("Carl"));

    // "The second one" completes a yes that named nobody: the second of the letter that is answered.
    client_answers(&house, &lane, &letter, "Interested!");
    let asked = question(&lane, 4);
    client_answers(&house, &lane, &asked, "Sorry, I meant the second one.");
    let story = house.story();
    assert_eq!(
        [story.resting("Ana"), story.resting("Ben"), story.resting("Carl")],
        ["", "interested", "pass"]
    );
}

/// Asked twice in vain, or not answered: a person takes over and finds a draft.
#[test]
fn daemon_hands_over_what_asking_did_not_make_clear() {
    for answers_again in [true, false] {
        let Some(lane) = Lane::take() else { return };
        let house = House::new(&lane);
        let letter = sent_to_the_client(&house, &lane);
        client_answers(&house, &lane, &letter, "Yes to Ana. No to Ana.");
        let asked = question(&lane, 2);
        let before = lane.inbox(&house.recruiter, 2).len();
        if answers_again {
            client_answers(&house, &lane, &asked, "No.");
        } else {
            house.later(25 * 60);
            house.until_idle();
        }
        lane.settle();
        let notices = lane.inbox(&house.recruiter, before + 1).split_off(before);
        let notice = notices.iter().find(|one| one.text().contains("It is not clear what"));
        let text = notice.unwrap_or_else(|| panic!("{notices:?}")).text();
        for words in [
            "below is a draft",
            "Hi Ann,",
            "> Yes to Ana",
            "Did you mean \"Interested\" for Ana Souza?",
            "Maria Keller",
        ] {
            assert!(text.contains(words), "{words:?} is not in {text}");
        }
        assert_eq!(house.story().count("decided"), 0, "{:#?}", house.story().lines());
    }
}
