//! A recruiter steers by mail: what the client said on the telephone, taking over and back, questions, and what is not theirs to order.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::{Lane, Mail};

/// The recruiter answers a letter they got, and replyd reads it. Gives the newest mail they have afterwards.
fn recruiter_answers(house: &House, lane: &Lane, letter: &Mail, words: &str) -> Mail {
    let (before, known) = (lane.mail(&house.bot, "INBOX").len(), lane.mail(&house.recruiter, "INBOX").len());
    let (to, message) = letter.answer(&house.recruiter, words);
    lane.send(&house.recruiter, &to, &message);
    lane.inbox(&house.bot, before + 1);
    house.until_idle();
    lane.inbox(&house.recruiter, known + 1).pop().unwrap()
}

/// A new mail of the recruiter's, in no thread.
pub(super) fn recruiter_writes(house: &House, lane: &Lane, subject: &str, words: &str) -> Mail {
    let (before, known) = (lane.mail(&house.bot, "INBOX").len(), lane.mail(&house.recruiter, "INBOX").len());
    let message = format!(
        "From: Maria Keller <{}>\nTo: {}\nSubject: {subject}\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nMessage-ID: <{}-{known}@agency.test>\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n",
        house.recruiter,
        house.bot,
        subject.replace(' ', "-")
    );
    lane.send(&house.recruiter, &house.bot, &message);
    lane.inbox(&house.bot, before + 1);
    house.until_idle();
    lane.inbox(&house.recruiter, known + 1).pop().unwrap()
}

#[test]
fn daemon_takes_a_recruiters_orders_by_mail() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    sent_to_the_client(&house, &lane);
    let copy = lane.inbox(&house.recruiter, 1).pop().unwrap();

    // What the client said on the telephone: told back at once, done when the time for undoing is over.
    let echo = recruiter_answers(&house, &lane, &copy, "Client called: yes to Ana, pass on Ben, too expensive.");
    assert_eq!(echo.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    let text = echo.text();
    assert!(
        text.contains("Ana Souza: Interested") && text.contains("Ben Okafor: Pass"),
        "{text}"
    );
    assert!(text.contains("undo"), "{text}");
    let story = house.story();
    assert_eq!((story.status("Ana").as_str(), story.count("ordered")), ("sent", 1));
    house.later(6);
    house.until_idle();
    let story = house.story();
    assert_eq!(
        (story.status("Ana").as_str(), story.status("Ben").as_str()),
        ("interested", "rejected")
    );
    assert!(story.reasons("Ben").contains("salary"), "{:?}", story.reasons("Ben"));
    assert_eq!(lane.inbox(&lane.client(), 1).len(), 1, "the client hears nothing of it");

    // Taken back in time: nothing follows.
    recruiter_answers(&house, &lane, &copy, "Pass on Carl.");
    let back = recruiter_answers(&house, &lane, &echo, "undo");
    assert!(
        back.text().contains("Taken back") && back.text().contains("Carl Weber"),
        "{}",
        back.text()
    );
    house.later(6);
    house.until_idle();
    assert_eq!(house.story().status("Carl"), "sent");

    // Words that only lead to an order are put to the recruiter: it is done after their yes.
    let put = recruiter_answers(&house, &lane, &copy, "Ann liked Carl, I think.");
    assert!(
        put.text().contains("Carl Weber: Interested") && put.text().contains("\"yes\""),
        "{}",
        put.text()
    );
    house.later(6);
    house.until_idle();
    assert_eq!(house.story().status("Carl"), "sent");
    let echo = recruiter_answers(&house, &lane, &put, "Yes please");
    assert!(
        echo.text().contains("Carl Weber: Interested") && echo.text().contains("undo"),
        "{}",
        echo.text()
    );
    house.later(6);
    house.until_idle();
    assert_eq!(house.story().status("Carl"), "interested");

    // Taking over happens at once. Handing back lets go what was held, and rests.
    recruiter_answers(&house, &lane, &copy, "I'll take it from here.");
    assert_eq!(house.story().count("taken"), 1);
    recruiter_answers(&house, &lane, &copy, "Over to you again");
    assert_eq!(house.story().count("released"), 0);
    house.later(6);
    house.until_idle();
    assert_eq!(house.story().count("released"), 1);

    // Questions, in a mail that answers none of ours.
    let status = recruiter_writes(&house, &lane, "status", "");
    assert!(
        status.text().contains("Ana Souza") && status.text().contains("Carl Weber"),
        "{}",
        status.text()
    );
    let report = recruiter_writes(&house, &lane, "report", "");
    assert!(report.text().contains("Figures"), "{}", report.text());
    // An answer to one of these is about no batch either.
    let again = recruiter_answers(&house, &lane, &status, "help");
    assert!(again.text().contains("Client called"), "{}", again.text());

    // What is not understood changes nothing and is asked.
    let lines = house.story().lines().len();
    let asked = recruiter_answers(&house, &lane, &copy, "Could you do the usual with the second of them, but not yet?");
    assert!(asked.text().contains("could not tell"), "{}", asked.text());
    assert_eq!(house.story().status("Ben"), "rejected");
    assert!(house.story().lines().len() <= lines + 2, "{:#?}", house.story().lines());
}

#[test]
fn daemon_obeys_nobody_who_only_looks_like_a_recruiter() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let copy = lane.inbox(&house.recruiter, 1).pop().unwrap();
    let before = lane.mail(&house.bot, "INBOX").len();

    // The recruiter's address in From, written by a stranger: in a thread of theirs, and in none.
    let (to, message) = copy.answer(&house.recruiter, "Client called: pass on Ana.");
    lane.send_as_stranger(&lane.mallory(), &to, &message);
    let message = format!(
        "From: {}\nTo: {}\nSubject: status\nMessage-ID: <forged@mail.test>\nContent-Type: text/plain\n\nstatus\n",
        house.recruiter, house.bot
    );
    lane.send_as_stranger(&lane.mallory(), &house.bot, &message);
    lane.inbox(&house.bot, before + 2);
    house.until_idle();
    house.later(6);
    house.until_idle();
    let story = house.story();
    assert_eq!(story.count("ordered"), 0, "{:#?}", story.lines());
    assert_eq!((story.status("Ana").as_str(), story.resting("Ana").as_str()), ("sent", ""));
    assert_eq!(
        lane.mail(&house.recruiter, "INBOX")
            .iter()
            .filter(|one| one.text().contains("Where things stand"))
            .count(),
        0
    );

    // The client writes the recruiter's words: they are the client's.
    client_answers(&house, &lane, &letter, "Status");
    assert_eq!(house.story().count("ordered"), 0);
}

#[test]
fn daemon_tells_recruiters_each_morning_how_things_stand() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let config = std::fs::read_to_string(house.path("config.toml")).unwrap();
    std::fs::write(house.path("config.toml"), config.replace("at = \"\"", "at = \"09:00\"")).unwrap();
    house.clock_shows("2027-02-02T09:30:00Z".parse().unwrap());
    sent_to_the_client(&house, &lane);
    let digests = || -> Vec<Mail> {
        let all = lane.mail(&house.recruiter, "INBOX");
        all.into_iter().filter(|one| one.text().contains("How things stand")).collect()
    };
    house.until_idle();
    assert_eq!(digests().len(), 0, "whoever hands in knows how things stand");
    // The next morning it says what waits, once.
    house.clock_shows("2027-02-03T09:05:00Z".parse().unwrap());
    house.until_idle();
    house.later(30);
    house.until_idle();
    lane.settle();
    let told = digests();
    assert_eq!(told.len(), 1);
    let text = told.last().unwrap().text();
    assert!(text.contains("Waiting for the client: 3") && text.contains("Ana Souza"), "{text}");
    assert!(text.contains("/hub/"), "{text}");
    // Not on a Saturday.
    house.clock_shows("2027-02-06T09:05:00Z".parse().unwrap());
    house.until_idle();
    lane.settle();
    assert_eq!(digests().len(), 1);
}

/// What the client said themselves is not turned round by an order that may not know of it, and is never told as something they said.
#[test]
fn daemon_an_order_against_the_clients_word_waits_for_one_more() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let copy = lane.inbox(&house.recruiter, 1).pop().unwrap();
    client_answers(
        &house,
        &lane,
        &letter,
        "Pass on Ben, too junior.\n\nWhat notice period does Ana have?",
    );
    house.later(90);
    house.until_idle();
    assert_eq!(house.story().status("Ben"), "rejected");

    // The question is told as one, stands in the status, and is closed in a word.
    let status = recruiter_answers(&house, &lane, &copy, "status");
    assert!(
        status
            .text()
            .contains("waits for your answer to: “What notice period does Ana have?”"),
        "{}",
        status.text()
    );
    let closed = recruiter_answers(&house, &lane, &copy, "I've answered her by phone, thanks.");
    assert!(closed.text().contains("has your answer"), "{}", closed.text());
    assert_eq!(house.story().count("answered"), 1);

    let put = recruiter_answers(&house, &lane, &copy, "Book Ben for Friday 14:00");
    assert!(
        put.text().contains("passed on Ben Okafor on") && put.text().contains("book all the same?"),
        "{}",
        put.text()
    );
    house.later(6);
    house.until_idle();
    assert_eq!(house.story().status("Ben"), "rejected");
    recruiter_answers(&house, &lane, &put, "yes");
    house.later(6);
    house.until_idle();
    assert_eq!(house.story().status("Ben"), "interview_scheduled");
    let told: Vec<String> = lane.mail(&house.recruiter, "INBOX").iter().map(Mail::text).collect();
    assert!(
        told.iter()
            .any(|text| text.contains("You booked Ben Okafor for") && text.contains("although")),
        "{told:#?}"
    );
    assert!(!told.iter().any(|text| text.contains("wants to meet Ben")), "{told:#?}");
}
