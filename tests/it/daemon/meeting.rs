//! People with mailboxes and clocks who are to meet in the two weeks around the day on which Europe's clocks change and America's changed
//! already, and what other people's calendar programs hold of it (`tests/judges/agenda.py`).
//!
//! In: what a person writes, and when. Out: the letters each of them got; whether their calendars show what replyd says.
//! Never here: who they are, and what they say to each other: that is each story's own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use replyd::calendar::Zone;
use serde_json::{Value, json};

use super::house::{House, Slot};
use super::root;
use super::servers::{Lane, Mail};

/// Somebody with a mailbox and a clock.
pub(super) trait Person: Copy + Debug {
    fn address(self, lane: &Lane) -> String;
    fn zone(self) -> Zone;
}

/// An agency, and the people who are to meet.
pub(super) struct Meeting {
    pub(super) lane: Lane,
    pub(super) house: House,
    /// Monday of the week at whose end Europe's clocks change.
    monday: NaiveDate,
    /// How many invitations came in when the calendar programs were looked at last, and what they held.
    agendas: RefCell<(usize, Vec<(String, Value)>)>,
}

/// What a calendar shows of an interview.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) slot: Slot,
    pub(super) status: &'static str,
    pub(super) sequence: u64,
}

impl Meeting {
    pub(super) fn new() -> Option<Self> {
        let lane = Lane::take()?;
        let house = House::new(&lane);
        Some(Self {
            lane,
            house,
            monday: week_of_change(),
            agendas: RefCell::new((usize::MAX, Vec::new())),
        })
    }

    pub(super) fn address(&self, who: impl Person) -> String {
        who.address(&self.lane)
    }

    /// An instant by somebody's clock; days count from the Monday.
    pub(super) fn at(&self, who: impl Person, day: u64, clock: &str) -> DateTime<Utc> {
        let time: NaiveTime = clock.parse().unwrap();
        who.zone().at_or_after(self.monday + Days::new(day), time)
    }

    /// The clock moves on, and what is due is done.
    pub(super) fn clock(&self, at: DateTime<Utc>) {
        self.house.clock_shows(at);
        self.house.until_idle();
    }

    /// A Date field of now, by replyd's clock.
    pub(super) fn date(&self) -> String {
        DateTime::from_timestamp(self.house.now(), 0).unwrap().to_rfc2822()
    }

    pub(super) fn letters(&self, who: impl Person) -> Vec<Mail> {
        self.lane.settle();
        self.lane.mail(&self.address(who), "INBOX")
    }

    /// The newest letter of somebody who has got so many.
    pub(super) fn letter(&self, who: impl Person, nth: usize) -> Mail {
        let letters = self.letters(who);
        let subjects: Vec<_> = letters.iter().map(|one| one.header("Subject").unwrap()).collect();
        assert_eq!(letters.len(), nth, "{who:?}: {subjects:#?}\n{:#?}", self.house.story().lines());
        letters.last().unwrap().clone()
    }

    /// Somebody answers a letter in words of theirs, and replyd reads it.
    pub(super) fn answers(&self, who: impl Person, letter: &Mail, words: &str) {
        let from = self.address(who);
        let (to, message) = letter.answer_of(&self.date(), &from, words);
        self.receives(&from, &to, &message);
    }

    /// A message arrives at replyd's mailbox, and replyd reads it.
    pub(super) fn receives(&self, from: &str, to: &str, message: &str) {
        let before = self.lane.mail(&self.house.bot, "INBOX").len();
        self.lane.send(from, to, message);
        self.lane.inbox(&self.house.bot, before + 1);
        self.house.until_idle();
    }

    /// After all their invitations so far each person's calendar holds just this, in an entry of their own; or they got none.
    pub(super) fn calendars_hold<P: Person>(&self, held: &[(P, Option<Entry>)]) {
        let lines = self.house.story().lines();
        let folder = tempfile::TempDir::new().unwrap();
        let mut expected: BTreeMap<String, Value> = BTreeMap::new();
        let mut count = 0;
        for (who, entry) in held {
            for calendar in self.letters(*who).iter().filter_map(Mail::calendar) {
                count += 1;
                std::fs::write(folder.path().join(format!("{who:?}-{count:02}.ics")), &calendar).unwrap();
                assert_eq!(value(&calendar, "ATTENDEE"), self.address(*who), "one invitation each");
                let entry = entry.as_ref().expect("an invitation without an interview");
                expected.insert(value(&calendar, "UID"), entry.shown());
            }
        }
        let entries = held.iter().filter(|(_, entry)| entry.is_some()).count();
        assert_eq!(expected.len(), entries, "everybody has one entry, of their own: {expected:#?}");
        let mut agendas = self.agendas.borrow_mut();
        if agendas.0 != count {
            *agendas = (count, held_after(folder.path()));
        }
        for (program, held) in &agendas.1 {
            let mut expected = expected.clone();
            if program == "khal" {
                expected
                    .values_mut()
                    .for_each(|one| drop(one.as_object_mut().unwrap().remove("sequence")));
            }
            assert_eq!(*held, json!(expected), "what {program} holds, and what replyd says:\n{lines:#?}");
        }
    }
}

impl Entry {
    /// As `tests/judges/agenda.py` writes it.
    fn shown(&self) -> Value {
        let shown = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        json!({"start": shown(self.slot.0), "end": shown(self.slot.1), "status": self.status, "sequence": self.sequence})
    }
}

/// The value of the first property of this name; of people the address.
pub(super) fn value(calendar: &str, name: &str) -> String {
    let unfolded = calendar.replace("\r\n ", "");
    let line = unfolded
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_else(|| panic!("no {name}: {calendar}"));
    let at = line.rfind(":mailto:").unwrap_or_else(|| line.find(':').unwrap());
    line[at + 1..].trim_start_matches("mailto:").to_owned()
}

/// Each program that is there, and the entries it holds after these invitations.
fn held_after(folder: &Path) -> Vec<(String, Value)> {
    let output = Command::new("python3")
        .arg(root().join("tests/judges/agenda.py"))
        .arg(folder)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tests/judges/agenda.py: {told}");
    let programs: serde_json::Map<String, Value> = serde_json::from_slice(&output.stdout).unwrap();
    for line in told.lines() {
        println!("{line}");
    }
    let all = programs.len() == 3;
    assert!(
        all || std::env::var_os("REPLYD_TEST_REQUIRED").is_none(),
        "a calendar program is missing: {told}"
    );
    programs.into_iter().collect()
}

/// Monday of the next week at whose end Europe's clocks change in spring.
fn week_of_change() -> NaiveDate {
    let today = Utc::now().date_naive();
    let of = |year| {
        let last = NaiveDate::from_ymd_opt(year, 3, 31).unwrap();
        last - Days::new(u64::from(last.weekday().num_days_from_sunday()) + 6)
    };
    [today.year(), today.year() + 1]
        .map(of)
        .into_iter()
        .find(|monday| *monday > today)
        .unwrap()
}
