//! What machines send back: reports and out-of-office notices, made by a real Postfix and a real Dovecot.

use super::house::House;
use super::road::{client_answers, sent_to_the_client};
use super::servers::Lane;

#[test]
fn daemon_a_bounce_of_an_unknown_user_suppresses_the_address() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let gone = lane.address("nobody", "client.test");
    house.submit(&gone);
    house.until_idle();
    let report = lane.inbox(&house.bot, 1).pop().unwrap();
    assert!(report.header("Content-Type").unwrap().contains("multipart/report"));
    // The report is tied to the letter by the tag it came back to.
    assert!(report.header("Delivered-To").unwrap().contains('+'));
    let heard_before = lane.inbox(&house.recruiter, 1).len();
    house.until_idle();
    let story = house.story();
    assert_eq!(story.count("undeliverable"), 1, "{:#?}", story.lines());
    assert!(story.details("undeliverable")[0].contains("5.1.1"));
    let notice = lane.inbox(&house.recruiter, heard_before + 1).pop().unwrap();
    assert!(
        notice.text().contains("could not be delivered") || notice.text().contains("5.1.1"),
        "{}",
        notice.text()
    );

    // A second batch for the same person is not sent, and that is visible.
    let heard_before = lane.inbox(&house.recruiter, 1).len();
    house.submit(&gone);
    house.until_idle();
    lane.settle();
    assert_eq!(
        lane.mail(&house.bot, "INBOX").len(),
        1,
        "the suppressed address was written to again"
    );
    lane.inbox(&house.recruiter, heard_before + 1);
}

#[test]
fn daemon_a_delay_report_changes_nothing() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    house.submit("greylisted@client.test");
    house.until_idle();
    let before = house.story();
    let report = lane.inbox(&house.bot, 1).pop().unwrap();
    assert!(report.raw.contains("Action: delayed"), "{}", report.raw);
    house.until_idle();
    let after = house.story();
    assert_eq!(after.count("undeliverable"), 0, "{:#?}", after.lines());
    assert_eq!(after.status("Ana"), before.status("Ana"));
}

#[test]
fn daemon_an_out_of_office_that_says_yes_decides_nothing() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    lane.answers_by_itself(
        &lane.client(),
        "Automatic reply: away",
        "Yes, I am interested in holidays. Back soon.",
    );
    let letter = sent_to_the_client(&house, &lane);
    let notice = lane.inbox(&house.bot, 1).pop().unwrap();
    assert!(notice.header("Auto-Submitted").unwrap().contains("auto-replied"));
    house.until_idle();
    let story = house.story();
    assert_eq!(story.count("decided"), 0, "{:#?}", story.lines());
    assert_eq!(story.count("auto_reply"), 1, "{:#?}", story.lines());
    lane.settle();
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 1, "an automatic reply was answered");
    // The person behind it still counts.
    client_answers(&house, &lane, &letter, "Yes to Ana.");
    assert_eq!(house.story().resting("Ana"), "interested");
}

#[test]
fn daemon_an_absence_with_a_date_moves_the_chase_and_proposes_the_substitute() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let day = chrono::DateTime::from_timestamp(house.now(), 0).unwrap().date_naive() + chrono::Days::new(10);
    let words = format!(
        "I am out of the office until {}. In urgent cases contact Priya Nair at priya.nair@client.example.",
        day.format("%-d %B %Y")
    );
    lane.answers_by_itself(&lane.client(), "Automatic reply: away", &words);
    sent_to_the_client(&house, &lane);
    lane.inbox(&house.bot, 1);
    let heard_before = lane.inbox(&house.recruiter, 1).len();
    house.until_idle();
    let story = house.story();
    let told = story.details("auto_reply");
    assert!(told[0].contains(&format!("out of office until {day}")), "{told:?}");
    let notice = lane.inbox(&house.recruiter, heard_before + 1).pop().unwrap();
    assert!(
        notice.text().contains("priya.nair@client.example seems to stand in"),
        "{}",
        notice.text()
    );
}

#[test]
fn daemon_two_instances_that_answer_by_themselves_stop_soon() {
    let Some(lane) = Lane::take() else { return };
    let one = House::new(&lane);
    let other = House::of(lane.address("bot", "second.test"), lane.address("boss", "second.test"), &lane);
    // Each puts candidates forward to the other's robot, and both mailboxes answer whatever comes.
    for house in [&one, &other] {
        lane.answers_by_itself(&house.bot, "Automatic reply: away", "I am away. Yes, interested.");
    }
    one.submit(&other.bot);
    other.submit(&one.bot);
    for _ in 0..6 {
        one.until_idle();
        other.until_idle();
        lane.settle();
        one.later(30);
        other.later(30);
    }
    let exchanged = lane.mail(&one.bot, "INBOX").len() + lane.mail(&other.bot, "INBOX").len();
    assert!((2..=5).contains(&exchanged), "{exchanged} mails went to and fro");
    assert_eq!(one.story().count("decided") + other.story().count("decided"), 0);
}
