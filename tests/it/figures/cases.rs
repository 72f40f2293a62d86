//! What figures rest on: milestones of one submission, databases of before, what is asked of nobody.

use std::os::unix::fs::PermissionsExt;

use chrono::NaiveDate;
use replyd::conversation::{Milestones, Outcome, Reasons};
use replyd::figures::Question;
use replyd::model::{Decision, Reason, SubmissionId, Timestamp};
use replyd::store::{Role, Store, StoreError};

use super::House;

fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn all(now: &str) -> Question {
    Question::of_all("Europe/London".parse().unwrap(), utc(now))
}

impl House {
    fn milestones(&self, id: i64) -> Milestones {
        self.store.read(|tx| tx.milestones(SubmissionId(id))).unwrap().unwrap()
    }
}

const ANA: &str = "batch Ana in Europe/London for Northwind Energy: Backend engineer by Rita Moss
    at 2026-03-02 10:00 submitted
    at 2026-03-02 10:01 sent";

/// A word that is taken back within its grace period was none, and the next one counts from the letter again.
#[test]
fn figures_what_was_taken_back_was_not_said() {
    let mut house = House::new();
    house.plays(ANA);
    house.plays("at 2026-03-02 11:00 press Ana pass\nat 2026-03-02 11:05 undo Ana");
    let undone = house.milestones(1);
    assert_eq!(
        (undone.decided, undone.decision, undone.viewed),
        (None, None, Some(utc("2026-03-02T11:00:00Z")))
    );
    house.plays("at 2026-03-03 11:00 press Ana interested\nat 2026-03-03 11:05 press Ana maybe\nat 2026-03-03 12:00 wait");
    let said = house.milestones(1);
    assert_eq!(
        said.decided,
        Some(utc("2026-03-03T11:00:00Z")),
        "the first word that nobody took back"
    );
    assert_eq!((said.decision, said.stands), (Some(Decision::Maybe), Some(Decision::Maybe)));
    assert_eq!((said.interested, said.open_minutes), (None, Some(9 * 60 + 59)));
}

/// A machine that presses everything decides nothing.
#[test]
fn figures_a_scanner_answers_nothing() {
    let mut house = House::new();
    house.plays(ANA);
    house.plays("at 2026-03-02 10:02 press Ana interested\nat 2026-03-02 10:02:02 press Ana pass\nat 2026-03-03 10:00 wait");
    let found = house.milestones(1);
    assert_eq!((found.decided, found.decision, found.stands), (None, None, None));
}

/// A pass that does not stand any more is no pass, and what was said for it is gone with it.
#[test]
fn figures_a_change_of_mind_moves_them() {
    let mut house = House::new();
    house.plays(ANA);
    house.plays("at 2026-03-02 11:00 replies Ana pass because salary\nat 2026-03-02 13:00 wait");
    let passed = house.milestones(1);
    assert_eq!(
        (passed.passed, passed.explained),
        (Some(utc("2026-03-02T12:00:00Z")), Some(utc("2026-03-02T11:00:00Z")))
    );
    assert_eq!(passed.reasons, Reasons::of([Reason::Salary]));
    house.plays("at 2026-03-04 11:00 replies Ana interested\nat 2026-03-04 13:00 wait");
    let wanted = house.milestones(1);
    assert_eq!((wanted.passed, wanted.explained, wanted.reasons), (None, None, Reasons::default()));
    assert_eq!((wanted.decision, wanted.stands), (Some(Decision::Pass), Some(Decision::Interested)));
    assert_eq!(wanted.interested, Some(utc("2026-03-04T11:10:00Z")));
    assert!(wanted.arranged && !wanted.person);
}

/// An agreed time is one until it does not hold; the days to it are the client's business days.
#[test]
fn figures_the_start_is_the_one_that_is_agreed() {
    let mut house = House::new();
    house.plays(ANA);
    house.plays(
        "at 2026-03-02 11:00 press Ana interested
         at 2026-03-02 14:00 candidate Ana I can do Thursday and Friday this week, 9 to 12.
         at 2026-03-02 15:00 picks Ana 1
         at 2026-03-02 16:00 wait",
    );
    let booked = house.milestones(1);
    assert!(booked.booked.is_some() && !booked.person);
    let starts = booked.starts.unwrap().date_naive();
    assert!((5..=6).contains(&chrono::Datelike::day(&starts)), "{starts}");
    assert_eq!(booked.days_to_start, Some(chrono::Datelike::day(&starts) - 2));
    house.plays("at 2026-03-03 10:00 writes We have to cancel the interview, the role is on hold.");
    let off = house.milestones(1);
    assert_eq!((off.starts, off.days_to_start, off.outcome), (None, None, Some(Outcome::CalledOff)));
    assert_eq!(off.booked, booked.booked, "it was agreed once");
}

/// Whoever books has arranged it: such an interview is not booked without a person, however the order came.
#[test]
fn figures_a_recruiter_who_books_has_stepped_in() {
    for wanted in ["", "at 2026-03-02 11:00 press Ana interested\nat 2026-03-02 13:00 wait\n"] {
        for booked in [
            "at 2026-03-02 14:00 book Ana 2026-03-05 14:00",
            "at 2026-03-02 14:00 orders Book Ana for Thursday 14:00\nat 2026-03-02 14:10 wait",
        ] {
            let mut house = House::new();
            house.plays(ANA);
            house.plays(&format!("{wanted}{booked}"));
            let found = house.milestones(1);
            assert!(found.booked.is_some(), "{wanted}{booked}");
            assert!(found.person, "{wanted}{booked}");
        }
    }
}

/// What is asked about must be there, and says how it is found.
#[test]
fn figures_of_nobody_are_refused_with_the_fix() {
    let mut house = House::new();
    house.plays(ANA);
    for (client, project, recruiter, says) in [
        (Some("Nortwind"), None, None, "--by client"),
        (None, Some("Frontend"), None, "--by project"),
        (Some("Northwind"), Some("Frontend"), None, "--by project"),
        (None, None, Some("Paul"), "--by recruiter"),
        (None, None, Some("paul@agency.example"), "--by recruiter"),
    ] {
        let question = Question {
            client: client.map(str::to_owned),
            project: project.map(str::to_owned),
            recruiter: recruiter.map(str::to_owned),
            ..all("2026-03-03T10:00:00Z")
        };
        let refused = house.store.read(|tx| tx.report(&question));
        let Err(StoreError::NoSuch(what)) = refused else {
            panic!("{refused:?}")
        };
        assert!(what.contains(says), "{what}");
    }
    for recruiter in ["rita", "MOSS", "Rita.Moss@agency.example"] {
        let question = Question {
            recruiter: Some(recruiter.to_owned()),
            ..all("2026-03-03T10:00:00Z")
        };
        assert_eq!(house.report(&question).all.funnel.submitted, 1, "{recruiter}");
    }
}

/// A name that is another's beginning means itself.
#[test]
fn figures_a_whole_name_means_nobody_else() {
    let mut house = House::new();
    house.plays(ANA);
    house.plays(
        "batch Ben in Europe/London for Northwind Energy Trading: Backend engineer by Rita Moss
         at 2026-03-02 10:00 submitted",
    );
    let of = |client: &str| {
        let question = Question {
            client: Some(client.to_owned()),
            ..all("2026-03-03T10:00:00Z")
        };
        house.report(&question).clients
    };
    assert_eq!(of("northwind"), ["Northwind Energy", "Northwind Energy Trading"]);
    assert_eq!(of("NORTHWIND energy"), ["Northwind Energy"]);
}

/// A database as it was before milestones, which are the fifth step of the schema, and all that came later.
fn make_old(database: &rusqlite::Connection) {
    database
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             DROP TABLE erased;
             DROP INDEX letters_unprompted; DROP INDEX deadlines_of_contact; ALTER TABLE deadlines DROP COLUMN contact_id;
             DROP TABLE draft_previews; DROP TABLE draft_files; DROP TABLE drafts;
             DROP TABLE deliveries; DROP TABLE endpoints; DROP TABLE feed;
             DROP TABLE digests; DELETE FROM batches WHERE id < 0; DELETE FROM projects WHERE id < 0;
             DELETE FROM contacts WHERE id < 0; DELETE FROM clients WHERE id < 0;
             DROP TABLE labels; DROP TABLE acts; DROP TABLE sessions; DROP TABLE found; DROP TABLE cards_of; DROP TABLE cards;
             DROP TABLE batch_recruiters; DROP INDEX messages_by_batch;
             DROP TABLE cv_codes; DROP TABLE cv_files; DROP INDEX batches_with_people; DROP INDEX interviewers_by_contact; ALTER TABLE batches DROP COLUMN forgotten_at; DROP TABLE milestones; DROP TABLE teams; DROP TABLE recruiters; PRAGMA user_version = 4",
        )
        .unwrap();
}

/// A database from before milestones tells them by its timelines, and the same report comes of it.
#[test]
fn figures_of_an_older_database_are_told_by_its_timelines() {
    let script =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/figures/two-clients.txt")).unwrap();
    let mut house = House::new();
    for line in script.lines().filter(|line| !line.starts_with("report") && !line.starts_with('|')) {
        house.line("two-clients", line);
    }
    let report = house.report_at("2026-03-31T08:00:00Z");
    assert!(report.all.funnel.decided > 5);
    let House { _dir, path, store, .. } = house;
    drop(store);
    let old = rusqlite::Connection::open(&path).unwrap();
    make_old(&old);
    drop(old);
    let store = Store::open(&path, Role::Command, utc("2026-03-31T08:00:00Z")).unwrap();
    let again = store.read(|tx| tx.report(&all("2026-03-31T08:00:00Z"))).unwrap();
    assert_eq!(
        serde_json::to_string_pretty(&again).unwrap(),
        serde_json::to_string_pretty(&report).unwrap()
    );
}

/// What cannot be read any more is counted as handed in, and stops no migration.
#[test]
fn figures_a_damaged_batch_does_not_stop_a_migration() {
    let mut house = House::new();
    house.plays(ANA);
    let House { _dir, path, store, .. } = house;
    drop(store);
    let old = rusqlite::Connection::open(&path).unwrap();
    make_old(&old);
    old.execute("UPDATE batches SET state = '{'", []).unwrap();
    drop(old);
    let store = Store::open(&path, Role::Command, utc("2026-03-31T08:00:00Z")).unwrap();
    let found = store.read(|tx| tx.report(&all("2026-03-31T08:00:00Z"))).unwrap();
    assert_eq!((found.all.funnel.submitted, found.all.funnel.sent), (1, 0));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Days are those of the agency, both ends included.
#[test]
fn figures_of_a_day_are_those_of_its_two_midnights() {
    let mut house = House::new();
    house.plays(ANA);
    let of = |from: &str, to: &str, zone: &str| {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let question = Question {
            from: day(from),
            to: day(to),
            ..Question::of_all(zone.parse().unwrap(), utc("2026-04-01T00:00:00Z"))
        };
        house.report(&question).all.funnel.submitted
    };
    assert_eq!(of("2026-03-02", "2026-03-02", "Europe/London"), 1);
    assert_eq!(of("2026-03-03", "2026-03-09", "Europe/London"), 0);
    assert_eq!(of("2026-02-01", "2026-03-01", "Europe/London"), 0);
    // Handed in at ten in London: an hour before midnight in Kiritimati's day, and still Monday in Honolulu.
    assert_eq!(of("2026-03-03", "2026-03-03", "Pacific/Kiritimati"), 1);
    assert_eq!(of("2026-03-02", "2026-03-02", "Pacific/Honolulu"), 1);
}
