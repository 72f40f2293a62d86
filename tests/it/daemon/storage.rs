//! What the machine under it does: a full disk, a disk that fails, a clock that jumps.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::house::{House, told};
use super::operations::{eventually, get, http, status};
use super::road::sent_to_the_client;
use super::servers::{Lane, as_root, run};

/// A small disk of its own in a house's directory; unmounted at the end, however that comes.
struct Disk {
    at: PathBuf,
}

impl Disk {
    fn of(house: &House, megabytes: u32) -> Self {
        let at = house.path("disk");
        fs::create_dir(&at).unwrap();
        let me = fs::metadata(&at).unwrap();
        let options = format!("size={megabytes}m,mode=700,uid={},gid={}", me.uid(), me.gid());
        run(as_root("mount").args(["-t", "tmpfs", "-o", &options, "replyd-test"]).arg(&at));
        Self { at }
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut filler = fs::File::create(self.at.join("filler")).unwrap();
        for size in [1 << 16, 1 << 12] {
            let block = vec![0_u8; size];
            while filler.write_all(&block).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.at.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = as_root("umount").arg("-l").arg(&self.at).status();
    }
}

/// The links of a letter that decide, in their order: for each candidate Interested, Maybe, Pass.
fn links(text: &str) -> Vec<String> {
    let starts = text.match_indices("/d/").map(|(at, _)| at);
    starts.map(|at| text[at..].split_whitespace().next().unwrap().to_owned()).collect()
}

/// Opens a page and presses its button.
pub(super) fn press(house: &House, path: &str, button: &str) -> String {
    let page = get(house, path);
    let nonce = page
        .split("name=\"nonce\" value=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no form: {page}"));
    let body = format!("nonce={}&do={button}", nonce.split('"').next().unwrap());
    http(
        house,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0 Firefox/140.0\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// A database elsewhere than beside the configuration.
fn keeps_its_data_in(house: &House, database: &str) {
    let config = fs::read_to_string(house.path("config.toml")).unwrap();
    let moved = config.replace("database = \"replyd.db\"", &format!("database = \"{database}\""));
    assert_ne!(moved, config);
    fs::write(house.path("config.toml"), moved).unwrap();
}

#[test]
fn storage_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let disk = Disk::of(&house, 16);
    keeps_its_data_in(&house, "disk/replyd.db");
    let letter = sent_to_the_client(&house, &lane);
    let links = links(&letter.text());
    let mut running = house.start();
    assert_eq!(status(&press(&house, &links[0], "interested")), 200);

    // What room the files themselves still have is used up by notes, large ones and then small ones.
    disk.fill();
    for size in [50_000, 2_000, 10] {
        let note = "x".repeat(size);
        let full = (0..500)
            .map(|_| house.replyd(&["note", "1", &note]))
            .find(|output| !output.status.success());
        let full = full.expect("the disk never was full");
        assert_eq!(full.status.code(), Some(75), "{}", told(&full));
        assert!(told(&full).contains("disk is full"), "{}", told(&full));
    }
    let refused = press(&house, &links[3], "interested");
    assert_eq!(status(&refused), 503, "{refused}");
    assert!(refused.contains("mailto:"), "no other way is offered: {refused}");
    let (to, message) = letter.answer(&lane.client(), "Pass on Carl: too junior.");
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, 1);
    assert_eq!(house.story().count("decided"), 1, "{:#?}", house.story().lines());

    // Room again: the same process goes on, with what was acknowledged and with what was not.
    disk.free();
    eventually("a press is taken again", || status(&press(&house, &links[3], "interested")) == 200);
    eventually("the answer is read", || house.story().resting("Carl") == "pass");
    assert!(running.ends_within(Duration::ZERO).is_none(), "it ended: {}", house.log());
    let story = house.story();
    assert_eq!(
        (story.resting("Ana").as_str(), story.resting("Ben").as_str()),
        ("interested", "interested")
    );
    assert_eq!(story.count("decided"), 3, "{:#?}", story.lines());
}

#[test]
fn storage_a_disk_that_fails_at_a_commit_ends_the_daemon() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let links = links(&letter.text());
    let mut running = house.start_unlimited();
    assert_eq!(status(&press(&house, &links[0], "interested")), 200);
    // From here on this process cannot write beyond 64 KiB of any file: the kernel answers with EFBIG, which is neither success nor a
    // full disk. Others bring the database's log to that length.
    let process = running.id().to_string();
    run(Command::new("prlimit").args(["--pid", &process, "--fsize=65536"]));
    for _ in 0..3 {
        house.ok(&["note", "1", &"x".repeat(50_000)]);
    }
    let answer = press(&house, &links[3], "interested");
    assert_ne!(status(&answer), 200, "it was acknowledged: {answer}");
    let (ended, _) = running.ends_within(Duration::from_secs(20)).expect("it goes on");
    assert_eq!(ended.code(), Some(70), "{}", house.log());

    // Whoever starts it again finds what was acknowledged.
    let _running = house.start();
    assert_eq!(house.story().resting("Ana"), "interested");
    assert_eq!(status(&press(&house, &links[3], "interested")), 200);
}

#[test]
fn storage_a_clock_that_jumps_sends_nothing_early() {
    for days in [1_500, -365] {
        let Some(lane) = Lane::take() else { return };
        let house = House::new(&lane);
        let letter = sent_to_the_client(&house, &lane);
        let clock = house.path("clock");
        let shows = |seconds: i64| fs::write(&clock, format!("{seconds:+}\n")).unwrap();
        shows(house.ahead());
        let _running = house.start_by(&clock);
        // What is open stays open; new connections find every certificate expired, or not valid yet.
        eventually("the mailbox is read", || get(&house, "/healthz").contains("\"read 0 min ago\""));
        shows(house.ahead() + days * 86_400);
        eventually("the jump is noticed", || get(&house, "/healthz").contains("jumped by"));
        assert_eq!(status(&get(&house, "/healthz")), 503);
        assert!(house.log().contains("clock jumped"), "{}", house.log());

        // It works on, by the time before: an answer is read, and nothing else happens. (Letters wait: certificates of servers are
        // judged by the machine's clock.)
        let (to, message) = letter.answer(&lane.client(), "Yes to Ana.");
        lane.send(&lane.client(), &to, &message);
        eventually("the answer is read", || house.story().count("decided") == 1);
        house.ok(&["note", "1", "look around"]);
        lane.settle();
        let story = house.story();
        assert_eq!(story.resting("Ana"), "interested", "{:#?}", story.lines());
        for early in ["nudged", "stale", "in_effect"] {
            assert_eq!(story.count(early), 0, "{days} days: {:#?}", story.lines());
        }
        assert_eq!(lane.mail(&lane.client(), "INBOX").len(), 1);

        // Put right, it is believed again, and the receipt goes out at its next attempt.
        shows(house.ahead() + 120);
        eventually("the clock is steady again", || get(&house, "/healthz").contains("steady"));
        house.ok(&["note", "1", "look around"]);
        lane.inbox(&lane.client(), 2);
    }
}
