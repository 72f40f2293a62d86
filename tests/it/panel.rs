//! An interview with two interviewers, from the candidate's times to the invitations: each mail is stored and read by the daemon as if it
//! had been fetched. The contact is Ann, Jo must be there as well, in Berlin, and Max comes if he can.

mod pages;

use std::cell::Cell;

use chrono::Duration;
use replyd::conversation::{Attendee, Command, Interview, InterviewStatus, Interviewer, Order, Party, Side};
use replyd::daemon::{Clock, Daemon, steer};
use replyd::model::{ConversationId, Decision, Slot, SubmissionId, Timestamp};
use tempfile::TempDir;

use crate::conversation::people;
use crate::desk::{new_batch, reads};
use crate::senders::config;

const ANN: &str = "ann.lee@client.example";
const JO: &str = "jo.park@client.example";
const MAX: &str = "max.bauer@client.example";
const ANA: &str = "ana@mail.example";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A daemon with the batch, and mail for it.
struct Desk {
    _dir: TempDir,
    daemon: Daemon,
    clock: Clock,
    id: ConversationId,
    mails: Cell<u32>,
}

impl Desk {
    /// The candidate has been asked for times.
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path());
        let ink = config.ink.clone();
        let clock = Clock::set_to(at("2026-11-18T10:00:00Z"));
        let daemon = Daemon::new(config, clock.clone()).unwrap();
        let id = Self::hand_in(&daemon).await;
        let command = Command::Decide {
            submission: SubmissionId(1),
            decision: Decision::Interested,
            reasons: vec![],
        };
        steer(&daemon.store(), &ink.into(), id, "rita".into(), command, clock.now())
            .await
            .unwrap();
        Self {
            _dir: dir,
            daemon,
            clock,
            id,
            mails: Cell::new(0),
        }
    }

    async fn hand_in(daemon: &Daemon) -> ConversationId {
        let seats = vec![
            seat("Jo Park", JO, "Europe/Berlin", true),
            seat("Max Bauer", MAX, "Europe/London", false),
        ];
        Self::hand_in_for(daemon, "Ana", seats, true).await
    }

    async fn hand_in_for(daemon: &Daemon, candidate: &str, seats: Vec<Interviewer>, contact_attends: bool) -> ConversationId {
        let mut before = people::conversation(&[candidate], "Europe/London");
        before.policy.scheduling.order = Order::Candidate;
        (before.batch.interviewers, before.batch.contact_attends) = (seats, contact_attends);
        daemon.submit(new_batch(before)).await.unwrap()
    }

    async fn later(&self, by: Duration) {
        self.clock.push(by);
        while self.daemon.pass_deadlines().await.unwrap() > 0 {}
    }

    /// The newest letter of this kind to somebody: kind, bytes as text.
    fn letter(&self, to: Party, kind: &str) -> String {
        let letters = self.daemon.store().read(|tx| tx.letters_of(self.id)).unwrap();
        let kinds: Vec<_> = letters.iter().map(|one| (one.to, one.kind.clone())).collect();
        let found = letters.iter().rfind(|one| one.to == to && one.kind == kind);
        let id = found.unwrap_or_else(|| panic!("no {kind} to {to:?}: {kinds:?}")).id;
        String::from_utf8_lossy(&self.daemon.store().read(|tx| tx.letter_bytes(id)).unwrap()).into_owned()
    }

    fn count(&self, kind: &str) -> usize {
        let letters = self.daemon.store().read(|tx| tx.letters_of(self.id)).unwrap();
        letters.iter().filter(|one| one.kind == kind).count()
    }

    /// Somebody answers the newest letter of this kind to `to`, and the daemon reads it.
    async fn answers(&self, from: &str, vouched: bool, to: Party, kind: &str, words: &str) {
        let letter = self.letter(to, kind);
        let header = |field: &str| {
            let line = letter.lines().find_map(|line| line.strip_prefix(field)).unwrap();
            line.rsplit('<').next().unwrap().trim_end_matches('>').to_owned()
        };
        let n = self.mails.get() + 1;
        self.mails.set(n);
        let domain = from.rsplit('@').next().unwrap();
        let pass = if vouched { "pass" } else { "fail" };
        let raw = format!(
            "Return-Path: <{from}>\nAuthentication-Results: mx.agency.example; dmarc={pass} header.from={domain}\n\
             Received: from mail.example (mail.example [203.0.113.9])\n\tby mx.agency.example with ESMTPS id 4711;\n\tWed, 18 Nov 2026 10:02:11 +0000\n\
             From: {from}\nTo: {}\nSubject: Re: Interview\nDate: {}\nIn-Reply-To: <{}>\nMessage-ID: <{n}@{domain}>\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\n\n{words}\n",
            header("Reply-To: "),
            self.clock.now().to_rfc2822(),
            header("Message-ID: "),
        );
        reads(&self.daemon, n, raw.replace('\n', "\r\n"), self.clock.now()).await;
    }

    /// Max is to be at another interview then.
    async fn is_booked_elsewhere(&self, slot: Slot) {
        let seats = vec![seat("Max Bauer", MAX, "Europe/London", true)];
        let other = Self::hand_in_for(&self.daemon, "Ben", seats, false).await;
        let book = move |tx: &replyd::store::Tx<'_>| {
            let before = tx.conversation(other)?.unwrap();
            let mut after = before.clone();
            after.submissions[0].interview = Some(Interview {
                status: InterviewStatus::Scheduled,
                booked: Some(slot),
                panel: vec![Attendee::default()],
                ..Interview::new()
            });
            tx.save_after(&before, &after)
        };
        self.daemon.store().write(book).await.unwrap();
    }

    async fn ana_gives_times(&self) {
        let words = "Any time on Monday or Tuesday between 10 and 4 would be fine.";
        self.answers(ANA, true, Party::Candidate(SubmissionId(1)), "ask_times", words).await;
    }

    fn interview(&self) -> Interview {
        let after = self.daemon.store().read(|tx| tx.conversation(self.id)).unwrap().unwrap();
        after.submissions[0].interview.clone().unwrap()
    }

    fn told(&self, kind: &str) -> usize {
        let lines = self.daemon.store().read(|tx| tx.timeline(self.id, None)).unwrap();
        lines.iter().filter(|line| line.kind == kind).count()
    }
}

fn seat(name: &str, address: &str, zone: &str, required: bool) -> Interviewer {
    Interviewer {
        mailbox: people::mailbox(name, address),
        zone: zone.parse().unwrap(),
        zone_assumed: false,
        required,
    }
}

const FIRST: Party = Party::Interviewer(0);
const SECOND: Party = Party::Interviewer(1);

/// Each by their own letter, in their own zone, and none of them reads how to reach another.
#[tokio::test]
async fn panel_is_asked_agrees_and_is_invited() {
    let desk = Desk::new().await;
    desk.ana_gives_times().await;
    let texts: Vec<String> = [Party::Client, FIRST, SECOND]
        .iter()
        .map(|to| desk.letter(*to, "offer_times"))
        .collect();
    for (text, own) in texts.iter().zip([ANN, JO, MAX]) {
        for address in [ANN, JO, MAX, ANA] {
            assert_eq!(text.contains(address), address == own, "{address} in the letter to {own}");
        }
    }
    assert!(texts[1].contains("Berlin") && !texts[2].contains("Berlin"), "everybody's own clock");
    let slots = desk.interview().slots;
    assert_eq!(slots.len(), 4, "{slots:?}");
    desk.answers(ANN, true, Party::Client, "offer_times", "1, 2 and 4 work for me")
        .await;
    assert_eq!(desk.interview().booked, None, "one answer is not enough");
    desk.answers(JO, true, FIRST, "offer_times", "I can make the second and the third one")
        .await;
    let interview = desk.interview();
    assert_eq!((interview.booked, interview.status), (Some(slots[1]), InterviewStatus::Scheduled));
    desk.later(Duration::minutes(1)).await;
    assert_eq!(desk.count("invitation"), 4, "the candidate, the contact, and both interviewers");
    let invitation = desk.letter(FIRST, "invitation");
    assert!(invitation.contains("Max Bauer") && !invitation.contains(MAX), "by name only");
    let candidate = desk.letter(Party::Candidate(SubmissionId(1)), "invitation");
    for word in ["Jo Park", "Max Bauer", JO, MAX, ANN] {
        assert!(!candidate.contains(word), "the candidate reads {word}");
    }
    // Somebody who comes if he can, and cannot.
    desk.answers(MAX, true, SECOND, "invitation", "Sorry, I can't make it.").await;
    let after = desk.interview();
    assert_eq!((after.booked, after.attendee(Side::Interviewer(1)).absent), (Some(slots[1]), true));
    assert_eq!(desk.count("called_off"), 1);
    // Without Jo there is no interview.
    desk.answers(JO, true, FIRST, "invitation", "Something came up, I can't make it.")
        .await;
    let after = desk.interview();
    assert_eq!((after.booked, after.status), (None, InterviewStatus::Rescheduled));
    assert_eq!(desk.count("called_off"), 1, "the entry stays while another time is looked for");
}

/// What an interviewer says of the candidate decides nothing, and reaches the recruiter.
#[tokio::test]
async fn panel_decides_nothing_about_a_candidate() {
    let desk = Desk::new().await;
    desk.ana_gives_times().await;
    let before = desk.daemon.store().read(|tx| tx.conversation(desk.id)).unwrap().unwrap();
    let notices = desk.count("notice");
    desk.answers(JO, true, FIRST, "offer_times", "Pass on Ana, she is too junior.")
        .await;
    let after = desk.daemon.store().read(|tx| tx.conversation(desk.id)).unwrap().unwrap();
    assert_eq!(after.submissions[0].status, before.submissions[0].status);
    assert_eq!(after.submissions[0].resting, None);
    assert!(desk.count("notice") > notices, "a recruiter reads it");
}

/// Row by row of the sender matrix: only the interviewer's own vouched-for word counts by itself.
#[tokio::test]
async fn panel_answers_of_others_are_confirmed_first() {
    for (from, vouched, asked) in [
        (JO, false, Some("confirm_sender")),
        ("kim@client.example", true, Some("confirm_deputy")),
        ("kim@client.example", false, None),
        (MAX, true, Some("confirm_deputy")),
    ] {
        let desk = Desk::new().await;
        desk.ana_gives_times().await;
        desk.answers(from, vouched, FIRST, "offer_times", "1 and 2 work").await;
        let interview = desk.interview();
        assert_eq!(interview.attendee(Side::Interviewer(0)).can, None, "{from} {vouched}");
        assert!(interview.attendee(Side::Interviewer(0)).asked.is_some());
        let Some(kind) = asked else {
            assert_eq!(desk.count("confirm_sender") + desk.count("confirm_deputy"), 0);
            assert!(desk.told("handed_over") > 0 || desk.told("needs_person") > 0);
            continue;
        };
        // To the address on file, and what they say counts.
        assert!(desk.letter(FIRST, kind).contains(JO));
        desk.answers(JO, true, FIRST, kind, "Yes, that is right").await;
        assert!(desk.interview().attendee(Side::Interviewer(0)).can.is_some(), "{from} {vouched}");
    }
}

/// Silence: one reminder, the recruiter is asked, and says yes by mail.
#[tokio::test]
async fn panel_goes_on_without_a_silent_interviewer_when_the_recruiter_says_so() {
    let desk = Desk::new().await;
    desk.ana_gives_times().await;
    desk.answers(ANN, true, Party::Client, "offer_times", "the last one suits me").await;
    for _ in 0..72 {
        desk.later(Duration::hours(1)).await;
        if desk.told("put_to_lead") > 0 {
            break;
        }
    }
    assert_eq!(desk.told("put_to_lead"), 1);
    let notice = desk.letter(Party::Recruiter(0), "notice");
    assert!(notice.contains("/g/"), "{notice}");
    desk.answers("rita@agency.example", true, Party::Recruiter(0), "notice", "Yes, go on without Jo.")
        .await;
    let after = desk.interview();
    assert!(after.attendee(Side::Interviewer(0)).excused);
    assert!(after.booked.is_some(), "{:?}", after.status);
}

/// An interviewer who is booked in another batch is not offered there again, also when they are the contact of that batch.
#[tokio::test]
async fn panel_people_are_in_one_interview_at_a_time() {
    let desk = Desk::new().await;
    desk.ana_gives_times().await;
    let held = desk.interview().held().to_vec();
    assert_eq!(held.len(), 4);
    let other = Desk::hand_in(&desk.daemon).await;
    let now = desk.clock.now();
    let elsewhere = desk
        .daemon
        .store()
        .write(move |tx| {
            let before = tx.conversation(other)?.unwrap();
            let mut after = before.clone();
            after.submissions[0].interview = Some(Interview::new());
            tx.save_after(&before, &after)?;
            tx.elsewhere(&tx.conversation(other)?.unwrap(), now)
        })
        .await
        .unwrap();
    for side in [Side::Client, Side::Interviewer(0), Side::Interviewer(1), Side::Candidate] {
        let taken = elsewhere.of(side, SubmissionId(2));
        assert!(held.iter().all(|slot| taken.covers(slot.start, slot.end)), "{side:?}: {taken:?}");
    }
}

/// It takes place without somebody who comes if they can: the invitations of the others do not name them, and the recruiters read who it is,
/// in the copies.
#[tokio::test]
async fn panel_recruiters_read_who_is_left_out() {
    for said_so in [true, false] {
        let desk = Desk::new().await;
        desk.ana_gives_times().await;
        let slots = desk.interview().slots;
        if said_so {
            desk.answers(MAX, true, SECOND, "offer_times", "only the third one works for me")
                .await;
        } else {
            desk.is_booked_elsewhere(slots[1]).await;
        }
        desk.answers(ANN, true, Party::Client, "offer_times", "1 and 2 work for me").await;
        desk.answers(JO, true, FIRST, "offer_times", "I can make the second one").await;
        assert_eq!(desk.interview().booked, Some(slots[1]));
        desk.later(Duration::minutes(1)).await;
        assert_eq!((desk.count("invitation"), desk.told("left_out")), (3, 1), "{said_so}");
        let without = "Without Max Bauer, who cannot be there at that time.";
        for (to, with) in [(Party::Client, "Jo Park"), (FIRST, "Ann Lee")] {
            let invitation = desk.letter(to, "invitation");
            assert!(invitation.contains(&format!("With you: {with}.")), "{invitation}");
            assert!(!invitation.contains("Max Bauer"), "{invitation}");
        }
        let copies = desk.letter(Party::Recruiter(0), "copy");
        assert!(copies.contains(without), "{copies}");
    }
}

/// What was stored before there were panels is what it was.
#[test]
fn panel_fields_are_not_needed_to_read_what_was_stored_before() {
    fn without(value: &mut serde_json::Value, keys: &[&str]) {
        match value {
            serde_json::Value::Object(map) => {
                keys.iter().for_each(|key| drop(map.remove(*key)));
                map.values_mut().for_each(|one| without(one, keys));
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(|one| without(one, keys)),
            _ => {}
        }
    }
    let mut conversation = people::conversation(&["Ana"], "Europe/London");
    conversation.submissions[0].interview = Some(Interview::new());
    let mut written = serde_json::to_value(&conversation).unwrap();
    let keys = [
        "panel",
        "names",
        "excused",
        "absent",
        "wants_no_mail",
        "changes",
        "put_to_lead",
        "interviewers",
        "contact_attends",
        "quorum",
    ];
    let full = written.to_string();
    assert!(keys.iter().all(|key| full.contains(&format!("\"{key}\":"))), "{full}");
    without(&mut written, &keys);
    let read: replyd::conversation::Conversation = serde_json::from_value(written).unwrap();
    assert_eq!(read, conversation);
}

/// What a batch file may say of interviewers, and what is refused.
#[test]
fn panel_of_a_batch_file_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let read = |project: &str, interviewers: &str| {
        let path = dir.path().join("batch.toml");
        let text = format!(
            "[client]\nname = \"Client Ltd\"\n[client.contact]\nname = \"Ann Lee\"\nemail = \"ann@client.example\"\n[project]\ntitle = \"Engineer\"\n\
             {project}\n{interviewers}\n[[candidates]]\nname = \"Ana Souza\"\nemail = \"ana@mail.example\"\nsummary = \"Ten years\"\n"
        );
        std::fs::write(&path, text).unwrap();
        let policy = people::conversation(&["Ana"], "Europe/London").policy;
        replyd::config::read_batch(&path, "Europe/London".parse().unwrap(), &policy)
    };
    let seat = |name: &str, email: &str, more: &str| format!("[[interviewers]]\nname = \"{name}\"\nemail = \"{email}\"\n{more}\n");
    let jo = seat("Jo Park", JO, "zone = \"Europe/Berlin\"");
    let good = read("contact_attends = false", &jo).unwrap().batch;
    assert_eq!((good.interviewers.len(), good.contact_attends), (1, false));
    assert!(good.interviewers[0].required && !good.interviewers[0].zone_assumed);
    let plain = read("", "").unwrap().batch;
    assert!(plain.interviewers.is_empty() && plain.contact_attends);
    let optional = seat("Max Bauer", MAX, "required = false");
    for (project, interviewers, says) in [
        ("contact_attends = false", String::new(), "name at least one of [[interviewers]]"),
        ("contact_attends = false", optional, "name at least one of [[interviewers]]"),
        (
            "",
            seat("Jo Park", "ann@client.example", ""),
            "interviewers[0].email is somebody else's address",
        ),
        (
            "",
            seat("Jo Park", "ana@mail.example", ""),
            "interviewers[0].email is somebody else's address",
        ),
        ("", format!("{jo}{jo}"), "interviewers[1].email is somebody else's address"),
        ("", seat("", JO, ""), "interviewers[0].name must not be empty"),
        ("", seat("Jo Park", JO, "zone = \"Nowhere\""), "interviewers[0].zone"),
        (
            "interview = \"phone\"\nplace = \"Call jo.park@client.example\"",
            jo.clone(),
            "holds the address of Jo Park",
        ),
        (
            "",
            (0..9).map(|n| seat("Jo Park", &format!("jo{n}@client.example"), "")).collect(),
            "are more than 8 beside the contact",
        ),
    ] {
        let error = read(project, &interviewers).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\nwanted: {says}");
    }
}
