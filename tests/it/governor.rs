//! One table for whether a letter may go: what holds for its reader, and why it is written, from a nudge to an order of a recruiter.

use chrono::Duration;
use replyd::conversation::{Because, Conversation, Driver, Interview, Party, Ruling, Urge};
use replyd::model::{SubmissionId, Timestamp};

use crate::conversation::people;

const ANA: Party = Party::Candidate(SubmissionId(1));

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A Wednesday, ten in the morning in London.
fn morning() -> Timestamp {
    at("2026-11-18T10:00:00Z")
}

/// The same night.
fn night() -> Timestamp {
    at("2026-11-18T23:00:00Z")
}

fn conversation() -> Conversation {
    let mut c = people::conversation(&["Ana", "Ben"], "Europe/London");
    c.submissions[0].interview = Some(Interview::new());
    c
}

/// What holds, when it is, and what that means for each urge, in the order of [`urges`]: `.` goes now, `x` never, else the time at which it goes.
type Row = (&'static str, fn(&mut Conversation), Timestamp, Party, [&'static str; 7]);

fn urges(start: Timestamp) -> [(&'static str, Urge); 7] {
    [
        ("answer", Urge::Answer),
        ("ordered", Urge::Ordered),
        ("news", Urge::News(start)),
        ("upcoming", Urge::Upcoming(start)),
        ("question", Urge::Question),
        ("reminder", Urge::Reminder),
        ("notice", Urge::Notice),
    ]
}

fn row(what: &'static str, change: fn(&mut Conversation), now: Timestamp, to: Party, expected: [&'static str; 7]) -> Row {
    (what, change, now, to, expected)
}

fn rows() -> Vec<Row> {
    let m = morning();
    let n = night();
    vec![
        row("nothing in the way", |_| {}, m, Party::Client, [".", ".", ".", ".", ".", ".", "."]),
        row(
            "at night",
            |_| {},
            n,
            Party::Client,
            [
                ".",
                ".",
                "19 08:00 quiet",
                "19 08:00 quiet",
                "19 08:00 quiet",
                "19 08:00 quiet",
                ".",
            ],
        ),
        row(
            "at night, to a candidate",
            |_| {},
            n,
            ANA,
            [
                ".",
                ".",
                "19 08:00 quiet",
                "19 08:00 quiet",
                "19 08:00 quiet",
                "19 08:00 quiet",
                ".",
            ],
        ),
        row(
            "by the reader's own clock",
            |c| c.batch.contact.zone = "Asia/Tokyo".parse().unwrap(),
            at("2026-11-18T11:00:00Z"),
            Party::Client,
            [
                ".",
                ".",
                "18 23:00 quiet",
                "18 23:00 quiet",
                "18 23:00 quiet",
                "18 23:00 quiet",
                ".",
            ],
        ),
        row(
            "away",
            |c| c.chase.away_until = Some(at("2026-11-23T09:00:00Z")),
            m,
            Party::Client,
            [".", ".", ".", ".", ".", "23 09:00 away", "."],
        ),
        row(
            "away, to somebody else",
            |c| c.chase.away_until = Some(at("2026-11-23T09:00:00Z")),
            m,
            ANA,
            [".", ".", ".", ".", ".", ".", "."],
        ),
        row(
            "as many letters as anybody gets in a day",
            |c| c.written.unprompted = vec![at("2026-11-18T08:30:00Z"), at("2026-11-18T09:00:00Z")],
            m,
            Party::Client,
            [".", ".", ".", ".", "19 08:30 limit", "19 08:30 limit", "."],
        ),
        row(
            "as many, from other batches",
            |c| {
                c.written.unprompted = vec![at("2026-11-18T08:30:00Z")];
                c.elsewhere.written = vec![(Party::Client, vec![at("2026-11-18T09:00:00Z")])];
            },
            m,
            Party::Client,
            [".", ".", ".", ".", "19 08:30 limit", "19 08:30 limit", "."],
        ),
        row(
            "as many, a candidate",
            |c| c.elsewhere.written = vec![(ANA, vec![at("2026-11-17T12:00:00Z"), at("2026-11-17T20:00:00Z")])],
            m,
            ANA,
            [".", ".", ".", ".", "18 12:00 limit", "18 12:00 limit", "."],
        ),
        row(
            "as many, and away beyond that",
            |c| {
                c.chase.away_until = Some(at("2026-11-23T09:00:00Z"));
                c.written.unprompted = vec![at("2026-11-18T08:30:00Z"), at("2026-11-18T09:00:00Z")];
            },
            m,
            Party::Client,
            [".", ".", ".", ".", "19 08:30 limit", "23 09:00 away", "."],
        ),
        row(
            "a recruiter drives",
            |c| c.driver = Driver::Recruiter,
            m,
            Party::Client,
            ["x driven"; 7],
        ),
        row(
            "a recruiter drives, to a candidate",
            |c| c.driver = Driver::Recruiter,
            m,
            ANA,
            ["x driven"; 7],
        ),
        row(
            "a recruiter drives, to a recruiter",
            |c| c.driver = Driver::Recruiter,
            n,
            Party::Recruiter(0),
            ["."; 7],
        ),
        row(
            "letters come back",
            |c| c.client_unreachable = true,
            m,
            Party::Client,
            ["x unreachable"; 7],
        ),
        row(
            "letters come back, to somebody else",
            |c| c.client_unreachable = true,
            m,
            ANA,
            ["."; 7],
        ),
        row(
            "wants no more mail",
            |c| c.chase.stopped = true,
            m,
            Party::Client,
            [".", ".", ".", "x stopped", "x stopped", "x stopped", "."],
        ),
        row(
            "a candidate wants no more mail",
            |c| c.submissions[0].interview.as_mut().unwrap().candidate.wants_no_mail = true,
            m,
            ANA,
            [".", ".", ".", "x stopped", "x stopped", "x stopped", "."],
        ),
    ]
}

#[test]
fn governor_one_table_says_what_goes_when() {
    let mut checked = 0;
    for (what, change, now, to, expected) in rows() {
        let mut c = conversation();
        change(&mut c);
        for ((urge_name, urge), expected) in urges(now + Duration::days(3)).into_iter().zip(expected) {
            let reason = |why: Because| match why {
                Because::Driven => "driven",
                Because::Unreachable => "unreachable",
                Because::Stopped => "stopped",
                Because::Away => "away",
                Because::Quiet => "quiet",
                Because::DailyLimit => "limit",
            };
            let found = match c.may_go(to, urge, now) {
                Ruling::Now => ".".to_owned(),
                Ruling::At(later, why) => format!("{} {}", later.format("%d %H:%M"), reason(why)),
                Ruling::Never(why) => format!("x {}", reason(why)),
            };
            assert_eq!(found, expected, "{what}: {urge_name}");
            checked += 1;
        }
    }
    assert!(checked >= 100, "only {checked}");
}

/// What must not be read too late goes at night as well, and nobody is reminded of what begins before their night is over.
#[test]
fn governor_what_is_near_does_not_wait_for_the_morning() {
    let c = conversation();
    let soon = night() + Duration::hours(3);
    assert_eq!(
        c.may_go(Party::Client, Urge::News(night() + Duration::hours(1)), night()),
        Ruling::At(night() + Duration::hours(1), Because::Quiet)
    );
    assert_eq!(c.may_go(Party::Client, Urge::News(night()), night()), Ruling::Now);
    assert_eq!(
        c.may_go(Party::Client, Urge::Upcoming(soon), night()),
        Ruling::Never(Because::Quiet)
    );
}
