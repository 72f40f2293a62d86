//! The commands of whoever runs it: quarantine, outbox, keys, backup and restore, beside a daemon and without one.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::{House, told};
use super::road::sent_to_the_client;
use super::servers::{Lane, Mail};

/// Looks again until it holds; a running daemon needs a moment.
pub(super) fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "still not so: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Letters in a state.
fn letters(house: &House, state: &str) -> Vec<Value> {
    house
        .json(&["outbox", "list", "--json", "--state", state])
        .as_array()
        .unwrap()
        .clone()
}

fn id(line: &Value) -> String {
    line["id"].as_i64().unwrap().to_string()
}

/// The answer of the page's server to one request.
pub(super) fn http(house: &House, request: &str) -> String {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", house.http_port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

pub(super) fn get(house: &House, path: &str) -> String {
    http(
        house,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    )
}

/// The status of an answer.
pub(super) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default()
}

/// The path of the first link in a letter that leads to this kind of page.
fn link(text: &str, kind: &str) -> String {
    let at = text
        .find(&format!("/{kind}/"))
        .unwrap_or_else(|| panic!("no /{kind}/ link in {text}"));
    text[at..]
        .split(|c: char| c.is_whitespace() || ">)\"".contains(c))
        .next()
        .unwrap()
        .to_owned()
}

/// The client answers, the server receives it when replyd's clock says, and replyd reads it.
fn client_answers(house: &House, lane: &Lane, letter: &Mail, words: &str) {
    let before = lane.mail(&house.bot, "INBOX").len();
    let (to, message) = letter.answer(&lane.client(), words);
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, before + 1);
    lane.received_at(&house.bot, house.now());
    house.until_idle();
}

/// An answer that kills whoever reads it, three times over: it ends in quarantine.
fn set_aside(house: &House, lane: &Lane, words: &str) -> i64 {
    let letter = &lane.inbox(&lane.client(), 1)[0];
    let (to, message) = letter.answer(&lane.client(), words);
    let before = lane.mail(&house.bot, "INBOX").len();
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, before + 1);
    for _ in 0..3 {
        house.dies_at("inbox.reading");
    }
    house.until_idle();
    let listed = house.json(&["quarantine", "list", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    listed[0]["message"].as_i64().unwrap()
}

#[test]
fn operations_a_message_set_aside_is_shown_and_read_once_more() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    sent_to_the_client(&house, &lane);
    let message = set_aside(&house, &lane, "Yes to Ana, pass on Carl.").to_string();

    // What is shown gives nobody away; what is written out is the mail itself.
    let shown = String::from_utf8(house.replyd(&["quarantine", "show", &message]).stdout).unwrap();
    assert!(shown.contains("three times") && shown.contains("INBOX"), "{shown}");
    assert!(!shown.contains(&lane.client()), "{shown}");
    let facts = house.json(&["quarantine", "show", &message, "--json"]);
    assert_eq!(
        (facts["state"].as_str(), facts["seen"].as_bool()),
        (Some("quarantined"), Some(false))
    );
    let raw = house.path("raw.eml");
    house.ok(&["quarantine", "show", &message, "--raw", raw.to_str().unwrap()]);
    let raw = fs::read_to_string(raw).unwrap();
    assert!(raw.contains("Yes to Ana") && raw.len() as i64 == facts["size"].as_i64().unwrap());

    // No daemon runs: the next one reads it. Asked twice, it is read once; killed meanwhile, too.
    house.ok(&["quarantine", "retry", &message]);
    let again = house.replyd(&["quarantine", "retry", &message]);
    assert_eq!(again.status.code(), Some(65), "{}", told(&again));
    house.dies_at("inbox.committed");
    house.until_idle();
    house.until_idle();
    assert_eq!(house.story().count("decided"), 2, "{:#?}", house.story().lines());
    assert_eq!(house.json(&["quarantine", "list", "--json"]).as_array().unwrap().len(), 0);
    lane.inbox(&lane.client(), 2);
    lane.settle();
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 2, "one letter, one receipt");
}

#[test]
fn operations_a_running_daemon_reads_it_at_once_and_a_dropped_one_never() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    sent_to_the_client(&house, &lane);
    let message = set_aside(&house, &lane, "Yes to Ana.").to_string();
    let mut running = house.start();
    house.ok(&["quarantine", "retry", "--all"]);
    eventually("the daemon read it", || house.story().resting("Ana") == "interested");
    assert_eq!(house.story().count("decided"), 1);
    running.signal("-KILL");
    running.ends_within(Duration::from_secs(5)).unwrap();

    let second = set_aside(&house, &lane, "Yes to Ben as well.").to_string();
    assert_ne!(second, message);
    house.ok(&["quarantine", "drop", &second]);
    house.until_idle();
    assert_eq!(house.story().resting("Ben"), "");
    let gone = house.replyd(&["quarantine", "retry", &second]);
    assert_eq!(gone.status.code(), Some(65), "{}", told(&gone));
}

#[test]
fn operations_letters_are_shown_cancelled_and_sent_after_all() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    house.submit(&lane.client());
    let waiting = letters(&house, "queued");
    assert_eq!(waiting.len(), 2);
    let to_client = id(waiting.iter().find(|one| one["party"] == "client").unwrap());
    let copy = id(waiting.iter().find(|one| one["party"] != "client").unwrap());

    let shown = String::from_utf8(house.replyd(&["outbox", "show", &to_client]).stdout).unwrap();
    assert!(shown.contains("queued") && !shown.contains(&lane.client()), "{shown}");
    let full = house.json(&["outbox", "show", &to_client, "--full", "--json"]);
    assert_eq!(full["recipient"].as_str(), Some(lane.client().as_str()));
    let raw = house.path("letter.eml");
    house.ok(&["outbox", "show", &to_client, "--raw", raw.to_str().unwrap()]);
    assert!(fs::read_to_string(raw).unwrap().contains("Subject:"));

    // Cancelled is for good, but not beyond recall.
    house.ok(&["outbox", "cancel", &to_client]);
    house.until_idle();
    lane.settle();
    assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 0);
    assert_eq!(lane.mail(&house.recruiter, "INBOX").len(), 1, "the copy is a letter of its own");
    assert!(house.story().count("letter_cancelled") == 1, "{:#?}", house.story().lines());
    let sent = house.replyd(&["outbox", "cancel", &copy]);
    assert_eq!(sent.status.code(), Some(65), "{}", told(&sent));
    house.ok(&["outbox", "retry", &to_client]);
    house.until_idle();
    assert_eq!(lane.inbox(&lane.client(), 1).len(), 1);
    let twice = house.replyd(&["outbox", "retry", &to_client]);
    assert_eq!(
        twice.status.code(),
        Some(65),
        "a letter that was sent is not sent again: {}",
        told(&twice)
    );
}

#[test]
fn operations_a_letter_in_doubt_is_sent_again_only_by_somebody_who_is_sure() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    house.submit(&lane.client());
    house.dies_at("outbox.dot_intent");
    house.until_idle();
    let doubtful = id(&letters(&house, "ambiguous")[0]);
    let unsure = house.replyd(&["outbox", "retry", &doubtful]);
    assert_eq!(unsure.status.code(), Some(65), "{}", told(&unsure));
    assert!(told(&unsure).contains("--yes"), "{}", told(&unsure));
    for doubtful in letters(&house, "ambiguous") {
        house.ok(&["outbox", "retry", &id(&doubtful), "--yes"]);
    }
    assert_eq!(letters(&house, "ambiguous").len(), 0, "they wait like any other now");
    // Nobody is written to twice in a quarter of an hour, whoever asks for it.
    house.later(16);
    house.until_idle();
    assert_eq!(lane.inbox(&lane.client(), 1).len(), 1);
}

#[test]
fn operations_older_keys_work_until_they_are_retired() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let old = link(&letter.text(), "d");
    let _running = house.start();
    assert_eq!(status(&get(&house, &old)), 200);

    // A second key signs what comes now; what the first one signed keeps working, without a restart.
    house.ok(&["keys", "rotate"]);
    let keys = house.json(&["keys", "list", "--json"]);
    assert_eq!(
        (keys[0]["status"].as_str(), keys[1]["status"].as_str()),
        (Some("verifies"), Some("signs"))
    );
    assert!(keys[0]["since"].is_string());
    let file = fs::read_to_string(house.path("replyd.keys")).unwrap();
    let secret = file.lines().last().unwrap().split(' ').nth(1).unwrap().to_owned();
    assert!(!told(&house.replyd(&["keys", "list"])).contains(&secret));
    assert_eq!(fs::metadata(house.path("replyd.keys")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(status(&get(&house, &old)), 200);
    let (to, message) = letter.answer(&lane.client(), "Yes to Ana.");
    lane.send(&lane.client(), &to, &message);
    let receipt = lane.inbox(&lane.client(), 2).pop().unwrap();
    let new = link(&receipt.text(), "u");
    assert_eq!(status(&get(&house, &new)), 200);

    // Retired: the expired page, at once.
    let unsure = house.replyd(&["keys", "retire", "1"]);
    assert_eq!(unsure.status.code(), Some(65), "{}", told(&unsure));
    let last = house.replyd(&["keys", "retire", "2", "--yes"]);
    assert!(last.status.success(), "{}", told(&last));
    eventually("the newer key's link has expired", || status(&get(&house, &new)) == 410);
    assert_eq!(status(&get(&house, &old)), 200);
    let only = house.replyd(&["keys", "retire", "1", "--yes"]);
    assert!(told(&only).contains("rotate"), "{}", told(&only));
}

#[test]
fn operations_a_backup_under_load_is_whole_and_private() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    sent_to_the_client(&house, &lane);
    let running = house.start();
    for round in 0..5 {
        // Somebody writes all the while.
        let busy: Vec<_> = (0..6).map(|n| house.begin(&["note", "1", &format!("busy {round} {n}")])).collect();
        let done = house.json(&["backup", "--json", house.path("copy.db").to_str().unwrap()]);
        assert!(done["size"].as_i64().unwrap() > 0);
        for mut child in busy {
            assert!(child.wait().unwrap().success());
        }
    }
    let copy = house.path("copy.db");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);

    // Killed before it has its name, it leaves the older one as it was.
    let before = fs::read(&copy).unwrap();
    house.ok(&["note", "1", "one more"]);
    let died = house.dies_during("backup.written", &["backup", copy.to_str().unwrap()]);
    assert!(died.status.code().is_none(), "{}", told(&died));
    assert_eq!(fs::read(&copy).unwrap(), before);

    // A damaged one is refused by name, and so is any while a daemon runs.
    let held = house.replyd(&["restore", copy.to_str().unwrap()]);
    assert_eq!(held.status.code(), Some(75), "{}", told(&held));
    drop(running);
    let mut damaged = before.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8192].fill(0xa5);
    fs::write(house.path("damaged.db"), damaged).unwrap();
    let refused = house.replyd(&["restore", house.path("damaged.db").to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(78), "{}", told(&refused));
    house.ok(&["restore", copy.to_str().unwrap()]);
    assert_eq!(house.story().count("decided"), 0);
    assert!(house.story().count("note") >= 1, "{:#?}", house.story().lines());
}

#[test]
fn operations_a_restore_sends_nothing_that_was_sent_since_the_backup() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    // In the backup: a letter that waits, and one that was sent.
    let letter = sent_to_the_client(&house, &lane);
    client_answers(&house, &lane, &letter, "Pass on Carl: too junior.");
    house.submit(&lane.mallory());
    let backup = house.path("copy.db");
    house.ok(&["backup", backup.to_str().unwrap()]);

    // The day after it: the waiting letter goes out, an answer comes, decisions take effect, a nudge is sent.
    house.until_idle();
    house.later(30);
    client_answers(&house, &lane, &letter, "Yes to Ana.");
    // Until the candidate was reminded of the question when she can, too: nothing falls due soon after the restore.
    for _ in 0..9 {
        house.later(3 * 60 + 1);
        house.until_idle();
    }
    lane.settle();
    let story = house.story();
    assert_eq!(
        (story.status("Ana").as_str(), story.status("Carl").as_str()),
        ("interested", "rejected")
    );
    let arrived = |who: &str| -> Vec<String> { lane.mail(who, "INBOX").iter().map(|m| m.header("Message-ID").unwrap()).collect() };
    let everybody = [lane.client(), lane.mallory(), house.recruiter.clone()];
    let before: Vec<Vec<String>> = everybody.iter().map(|who| arrived(who)).collect();
    assert_eq!(before[1].len(), 2, "the second batch and a nudge: {:?}", before[1]);

    // The backup comes back. Looking first changes nothing.
    house.ok(&["restore", backup.to_str().unwrap(), "--dry-run"]);
    assert_eq!(house.story().status("Ana"), "interested");
    house.ok(&["restore", backup.to_str().unwrap()]);
    assert_eq!(house.story().status("Ana"), "viewed");
    assert_eq!(
        letters(&house, "held").len(),
        2,
        "the second batch's letter and its copy waited in the backup"
    );

    // The mail of that day is read again, its deadlines pass again, and nobody hears of it. Killed amid it, too.
    house.dies_at("inbox.committed");
    for _ in 0..5 {
        house.until_idle();
        house.later(20);
    }
    lane.settle();
    let again = house.story();
    assert_eq!(
        (again.status("Ana").as_str(), again.status("Carl").as_str()),
        ("interested", "rejected")
    );
    assert_eq!(again.count("decided"), 2, "{:#?}", again.lines());
    let after: Vec<Vec<String>> = everybody.iter().map(|who| arrived(who)).collect();
    assert_eq!(
        after,
        before,
        "a letter went out again: {:#?}",
        house.json(&["outbox", "--all", "--json"])
    );
    let held = letters(&house, "held");
    assert!(
        held.len() > 4,
        "the receipt, the notices and the nudge of that day are shown: {held:#?}"
    );

    // What happens now is answered as usual, under names that were never used before.
    house.later(10);
    client_answers(&house, &lane, &letter, "And yes to Ben.");
    lane.settle();
    let fresh: Vec<String> = arrived(&lane.client()).into_iter().filter(|one| !before[0].contains(one)).collect();
    assert_eq!(fresh.len(), 1, "one receipt");
    house.submit(&lane.client());
    let batch = house.json(&["list", "--json"])[0]["id"].as_i64().unwrap();
    assert!(
        batch > 1000,
        "a number that was given out in the lost time may not come again: {batch}"
    );

    // A person releases what is held, with open eyes.
    house.ok(&["outbox", "cancel", &id(&letters(&house, "held")[0])]);
    let left = letters(&house, "held").len();
    house.ok(&["restore", "--adopt"]);
    assert_eq!(letters(&house, "held").len(), 0);
    assert!(letters(&house, "queued").len() >= left - 1, "{left} were held");
}

#[test]
fn operations_a_restore_on_a_new_machine_brings_the_keys() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let backup = house.path("copy.db");
    house.ok(&["backup", backup.to_str().unwrap()]);
    let keys = fs::read_to_string(house.path("replyd.keys")).unwrap();
    for gone in ["replyd.db", "replyd.db-wal", "replyd.db-shm", "replyd.keys"] {
        let _ = fs::remove_file(house.path(gone));
    }
    house.ok(&["restore", backup.to_str().unwrap()]);
    // The visible reference would find the thread as well; only the key opens a link.
    assert_eq!(fs::read_to_string(house.path("replyd.keys")).unwrap(), keys);
    house.later(10);
    client_answers(&house, &lane, &letter, "Yes to Ana.");
    assert_eq!(house.story().resting("Ana"), "interested");
    let running = house.start();
    assert_eq!(status(&get(&house, &link(&letter.text(), "d"))), 200);
    drop(running);

    // Other keys are not written over, and nothing is restored that they could not read.
    fs::remove_file(house.path("replyd.keys")).unwrap();
    house.ok(&["note", "1", "signed anew"]);
    let refused = house.replyd(&["restore", backup.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(65), "{}", told(&refused));
    assert!(told(&refused).contains("keys"), "{}", told(&refused));
}
