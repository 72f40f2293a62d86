//! One contact with several batches: one reminder for all of them, and an answer that is split by batch. A daemon without a mailbox reads the
//! answers as if they had been fetched.

use std::cell::Cell;
use std::sync::Arc;

use chrono::Duration;
use replyd::conversation::{Command, Content, Conversation, Deadline, Party, Status};
use replyd::daemon::sending::Settled;
use replyd::daemon::{Clock, Daemon, steer};
use replyd::model::{ConversationId, Decision, HeaderText, Timestamp};
use replyd::outbox::Failure;
use tempfile::TempDir;

use crate::conversation::people;
use crate::desk::{new_batch, reads};

const ANN: &str = "ann.lee@client.example";

/// An agency and its batches for Ann Lee.
struct Desk {
    _dir: TempDir,
    daemon: Daemon,
    clock: Clock,
    ids: Vec<ConversationId>,
    mails: Cell<u32>,
}

impl Desk {
    /// Batches by the first names of their candidates, each sent ten minutes after the one before, from a Wednesday at ten on.
    async fn new(batches: &[&[&str]], change: impl Fn(usize, &mut Conversation)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::set_to("2026-11-18T10:00:00Z".parse().unwrap());
        let mut desk = Self {
            daemon: Daemon::new(crate::senders::config(dir.path()), clock.clone()).unwrap(),
            _dir: dir,
            clock,
            ids: Vec::new(),
            mails: Cell::new(0),
        };
        for (n, names) in batches.iter().enumerate() {
            let mut before = people::conversation(names, "Europe/London");
            before.batch.project.title = HeaderText::new(["Java developer", "Data engineer", "Team lead", "Tester"][n]);
            change(n, &mut before);
            let id = desk.daemon.submit(new_batch(before)).await.unwrap();
            desk.ids.push(id);
            let now = desk.clock.now();
            let sent = move |tx: &replyd::store::Tx<'_>| {
                let before = tx.conversation(id)?.unwrap();
                let mut after = before.clone();
                after.submissions.iter_mut().for_each(|one| one.status = Status::Sent);
                after.chase.since = Some(now);
                after.deadlines.set(Deadline::Chase, now + Duration::hours(24));
                tx.save_after(&before, &after)
            };
            desk.daemon.store().write(sent).await.unwrap();
            desk.clock.push(Duration::minutes(10));
        }
        desk
    }

    async fn four() -> Self {
        Self::new(&[&["Ana", "Ben"], &["Carl"], &["Dora"], &["Emil"]], |_, _| {}).await
    }

    fn conversation(&self, n: usize) -> Conversation {
        self.daemon.store().read(|tx| tx.conversation(self.ids[n])).unwrap().unwrap()
    }

    /// Time goes by, and deadlines as they come.
    async fn until(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        while self.clock.now() < at {
            let next = self.daemon.store().read(|tx| tx.next_deadline()).unwrap();
            let to = next
                .map_or(at, |next| next.min(at))
                .max(self.clock.now() + Duration::milliseconds(1));
            self.clock.push(to - self.clock.now());
            while self.daemon.pass_deadlines().await.unwrap() > 0 {}
        }
    }

    /// Letters of a kind to somebody of a batch, oldest first: how each was told what to say, and its bytes.
    fn letters(&self, n: usize, to: Party, kind: &str) -> Vec<(Option<Content>, String)> {
        let store = self.daemon.store();
        let rows = store.read(|tx| tx.letters_of(self.ids[n])).unwrap();
        let rows = rows.into_iter().filter(|one| one.to == to && one.kind == kind);
        rows.map(|one| {
            let bytes = store.read(|tx| tx.letter_bytes(one.id)).unwrap();
            (one.says().cloned(), String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
    }

    fn nudges(&self) -> Vec<usize> {
        (0..self.ids.len()).map(|n| self.letters(n, Party::Client, "nudge").len()).collect()
    }

    fn lines(&self, n: usize, kind: &str) -> Vec<(String, String)> {
        let lines = self.daemon.store().read(|tx| tx.timeline(self.ids[n], None)).unwrap();
        lines
            .into_iter()
            .filter(|one| one.kind == kind)
            .map(|one| (one.detail, one.cause))
            .collect()
    }

    /// What is decided of each batch's candidates, in their order.
    fn decided(&self, n: usize) -> Vec<Option<Decision>> {
        self.conversation(n).submissions.iter().map(|one| one.decision()).collect()
    }

    /// The mail server says what becomes of the reminder.
    async fn reminder_ends(&self, settled: Settled) {
        let queue = self.daemon.letters();
        let nudge = self.daemon.store().read(|tx| tx.letters_of(self.ids[0])).unwrap();
        let nudge = nudge.into_iter().find(|one| one.kind == "nudge").unwrap().id;
        // The letters before it leave, and nobody gets so many within a minute.
        let mut attempt = None;
        for _ in 0..100 {
            match queue.claim(self.clock.now()).await.unwrap() {
                Some(taken) if taken.letter == nudge => {
                    attempt = Some(taken.attempt);
                    break;
                }
                Some(taken) => {
                    let sent = Settled::Sent {
                        response: "250".to_owned(),
                    };
                    queue.settle(taken.letter, taken.attempt, sent).await.unwrap();
                }
                None => self.clock.push(Duration::minutes(1)),
            }
        }
        let attempt = attempt.expect("the reminder leaves within the hour");
        queue.settle(nudge, attempt, settled).await.unwrap();
    }

    /// Somebody answers the reminder, which is a letter of the first batch.
    async fn hears(&self, from: &str, says: &str) {
        let (_, bytes) = self.letters(0, Party::Client, "nudge").pop().unwrap();
        let header = |field: &str| {
            let line = bytes.lines().find_map(|line| line.strip_prefix(field)).unwrap().to_owned();
            line.rsplit('<').next().unwrap().trim_end_matches('>').to_owned()
        };
        self.clock.push(Duration::minutes(5));
        let date = self.clock.now().to_rfc2822();
        self.mails.set(self.mails.get() + 1);
        let n = self.mails.get();
        let raw = format!(
            "Return-Path: <{from}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={}\r\n\
             Received: from mail.example by mx.agency.example; {date}\r\nFrom: {from}\r\nTo: {}\r\nSubject: Re: Java developer\r\n\
             Date: {date}\r\nMessage-ID: <{n}@mail.example>\r\nIn-Reply-To: <{}>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{says}\r\n",
            from.split('@').nth(1).unwrap(),
            header("From: "),
            header("Message-ID: "),
        );
        reads(&self.daemon, n, raw, self.clock.now()).await;
    }
}

const THURSDAY_NOON: &str = "2026-11-19T12:00:00Z";

/// Four batches, one reader: one mail, which counts for each, stands in each timeline, and brings the copies of one letter.
#[tokio::test]
async fn merged_four_batches_of_one_reader_are_one_reminder() {
    let desk = Desk::four().await;
    desk.until(THURSDAY_NOON).await;
    assert_eq!(desk.nudges(), [1, 0, 0, 0]);
    let (says, bytes) = desk.letters(0, Party::Client, "nudge").pop().unwrap();
    assert_eq!(says.unwrap().also().len(), 3);
    let message = mail_parser::MessageParser::default().parse(bytes.as_bytes()).unwrap();
    let text = message.body_text(0).unwrap().into_owned();
    for part in [
        "Java developer",
        "Data engineer",
        "Team lead",
        "Tester",
        "Ana Tester",
        "Ben Tester",
        "Carl Tester",
        "Dora Tester",
        "Emil Tester",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Three buttons for each of five candidates, and a page for each role.
    assert_eq!((text.matches("/d/").count(), text.matches("/b/").count()), (15, 4), "{text}");
    for (n, with) in (0..4).map(|n| (n, desk.conversation(0).reference().to_string())) {
        let lines = desk.lines(n, "nudged");
        assert_eq!(lines.len(), 1, "batch {n}");
        assert_eq!(lines[0].1, "deadline chase");
        assert_eq!(lines[0].0.contains(&with), n > 0, "{lines:?}");
        let chase = desk.conversation(n).chase;
        assert_eq!((chase.nudges, chase.step), (1, 1), "batch {n}");
    }
    assert_eq!(
        desk.letters(0, Party::Recruiter(0), "copy").len(),
        2,
        "of the submission and of the reminder"
    );

    // The next day of the chase is one letter again, and the recruiter hears of each batch.
    desk.until("2026-11-20T12:00:00Z").await;
    assert_eq!(desk.nudges(), [2, 0, 0, 0]);
    for n in 0..4 {
        assert_eq!(desk.conversation(n).chase.nudges, 2);
        assert_eq!(desk.letters(n, Party::Recruiter(0), "notice").len(), 1, "batch {n}");
    }
}

/// Batches of other recruiters, of other clients and of other readers keep their own letters: a copy shows nobody what is not theirs. And all
/// letters to one person count together, from whatever batch.
#[tokio::test]
async fn merged_only_what_one_reader_and_the_same_recruiters_share() {
    let desk = Desk::new(&[&["Ana"], &["Ben"], &["Carl"], &["Dora"]], |n, c| match n {
        1 => c.batch.recruiters = vec![people::mailbox("Tom Oak", "tom@agency.example")],
        2 => c.batch.contact.mailbox = people::mailbox("Kim Park", "kim@client.example"),
        3 => c.policy.daily_limit = 10,
        _ => {}
    })
    .await;
    desk.until(THURSDAY_NOON).await;
    assert_eq!(desk.nudges(), [1, 1, 1, 0], "the fourth went with the first");
    assert_eq!(desk.conversation(3).chase.nudges, 1);
    let all = desk.letters(1, Party::Client, "nudge").remove(0).1;
    assert!(!all.contains("Ana Tester"), "{all}");

    // With one letter a day the second batch of Ann's waits for the day after, though nothing was written to her for it.
    let desk = Desk::new(&[&["Ana"], &["Ben"]], |n, c| {
        c.policy.daily_limit = 1;
        if n == 1 {
            c.batch.recruiters = vec![people::mailbox("Tom Oak", "tom@agency.example")];
        }
    })
    .await;
    desk.until("2026-11-20T09:00:00Z").await;
    assert_eq!(desk.nudges(), [1, 0]);
    desk.until("2026-11-20T18:30:00Z").await;
    assert_eq!(desk.nudges().iter().sum::<usize>(), 2, "{:?}", desk.nudges());
}

/// Names say which batch an answer is about; what names nobody is asked in each.
#[tokio::test]
async fn merged_an_answer_is_split_by_names() {
    let (yes, pass) = (Some(Decision::Interested), Some(Decision::Pass));
    for (words, expected, asked) in [
        (
            "Yes to Ana, pass on Carl: too junior.",
            [vec![yes, None], vec![pass], vec![None], vec![None]],
            [0; 4],
        ),
        (
            "I would like to meet Dora.",
            [vec![None, None], vec![None], vec![yes], vec![None]],
            [0; 4],
        ),
        (
            "Pass on Ben and Emil.",
            [vec![None, pass], vec![None], vec![None], vec![pass]],
            [0; 4],
        ),
        (
            "Yes to all of them.",
            [vec![None, None], vec![None], vec![None], vec![None]],
            [1; 4],
        ),
        (
            "Yes please, let's meet.",
            [vec![None, None], vec![None], vec![None], vec![None]],
            [1; 4],
        ),
    ] {
        let desk = Desk::four().await;
        desk.until(THURSDAY_NOON).await;
        desk.hears(ANN, words).await;
        for n in 0..4 {
            assert_eq!(desk.decided(n), expected[n], "{words}: batch {n}");
            assert_eq!(desk.letters(n, Party::Client, "did_you_mean").len(), asked[n], "{words}: batch {n}");
            let receipts = usize::from(expected[n].iter().any(Option::is_some));
            assert_eq!(desk.letters(n, Party::Client, "receipt").len(), receipts, "{words}: batch {n}");
            // Whoever answered has looked at all of it, and the chase counts anew.
            let conversation = desk.conversation(n);
            assert_eq!(conversation.chase.step, 0, "{words}: batch {n}");
            assert!(
                conversation.submissions.iter().all(|one| one.status == Status::Viewed),
                "{words}: batch {n}"
            );
        }
    }
}

/// A name that stands in two batches is asked about in both; one that is somebody's alone counts beside it.
#[tokio::test]
async fn merged_a_name_in_two_batches_is_asked() {
    let desk = Desk::new(&[&["Ana", "Ben"], &["Ana", "Carl"]], |_, _| {}).await;
    desk.until(THURSDAY_NOON).await;
    assert_eq!(desk.nudges(), [1, 0]);
    desk.hears(ANN, "Yes to Ana. Pass on Carl.").await;
    assert_eq!(desk.decided(0), [None, None]);
    assert_eq!(desk.decided(1), [None, Some(Decision::Pass)]);
    let asked: Vec<usize> = (0..2).map(|n| desk.letters(n, Party::Client, "did_you_mean").len()).collect();
    assert_eq!(asked.iter().sum::<usize>(), 2, "{asked:?}");
}

/// What stops, pauses or ends the mail of a reader does so in every batch the reminder spoke for.
#[tokio::test]
async fn merged_stop_and_away_hold_for_all() {
    let desk = Desk::four().await;
    desk.until(THURSDAY_NOON).await;
    desk.hears(ANN, "Please stop sending me these mails.").await;
    for n in 0..4 {
        assert!(desk.conversation(n).chase.stopped, "batch {n}");
    }
    let desk = Desk::four().await;
    desk.until(THURSDAY_NOON).await;
    desk.hears(ANN, "I am travelling, will get back to you on Tuesday.").await;
    for n in 0..4 {
        assert!(desk.conversation(n).chase.away_until.is_some(), "batch {n}");
    }
    desk.until("2026-11-23T18:00:00Z").await;
    assert_eq!(desk.nudges(), [1, 0, 0, 0]);
}

/// When the one letter does not leave, every batch that it spoke for hears of it, and a recruiter of each.
#[tokio::test]
async fn merged_a_letter_that_dies_is_heard_of_in_all() {
    let refused = |class| Settled::Failed {
        class,
        status: Some("5.7.1".to_owned()),
        why: "550 no".to_owned(),
    };
    for (settled, kind, unreachable) in [
        (Settled::Expired, "letter_failed", false),
        (refused(Failure::Message), "undeliverable", false),
        (refused(Failure::Address), "undeliverable", true),
    ] {
        let desk = Desk::four().await;
        desk.until(THURSDAY_NOON).await;
        desk.reminder_ends(settled).await;
        for n in 0..4 {
            assert_eq!(desk.lines(n, kind).len(), 1, "{kind}: batch {n}");
            assert_eq!(desk.letters(n, Party::Recruiter(0), "notice").len(), 1, "{kind}: batch {n}");
            assert_eq!(desk.conversation(n).client_unreachable, unreachable, "{kind}: batch {n}");
        }
    }
}

/// Whoever has another address by now is reached there, in the reminder's own batch and in the others.
#[tokio::test]
async fn merged_a_bounce_is_news_of_the_address_it_is_about() {
    for moved in [0, 2] {
        let desk = Desk::four().await;
        desk.until(THURSDAY_NOON).await;
        let address = "ann.new@northwind.example".parse().unwrap();
        let who = Party::Client;
        let ink = Arc::new(desk.daemon.config().ink.clone());
        let (by, id) = ("Rita Moss".to_owned(), desk.ids[moved]);
        let command = Command::Readdress { who, address };
        steer(&desk.daemon.store(), &ink, id, by, command, desk.clock.now()).await.unwrap();
        desk.reminder_ends(Settled::Failed {
            class: Failure::Address,
            status: Some("5.1.1".to_owned()),
            why: "550 no such user".to_owned(),
        })
        .await;
        for n in 0..4 {
            assert_eq!(desk.lines(n, "undeliverable").len(), 1, "batch {n}");
            assert_eq!(desk.conversation(n).client_unreachable, n != moved, "batch {n}, moved {moved}");
        }
    }
}

/// An answer of somebody we are not sure of decides nothing in any batch, and a recruiter of each that it speaks of hears of it.
#[tokio::test]
async fn merged_somebody_elses_answer_counts_nowhere() {
    let desk = Desk::four().await;
    desk.until(THURSDAY_NOON).await;
    desk.hears("bo@client.example", "Yes to Ana, pass on Carl.").await;
    for n in 0..4 {
        assert!(desk.decided(n).iter().all(Option::is_none), "batch {n}");
    }
    assert_eq!(desk.letters(0, Party::Client, "confirm_deputy").len(), 1);
    assert_eq!(desk.letters(1, Party::Client, "confirm_deputy").len(), 0);
    assert_eq!(desk.lines(1, "needs_person").len(), 1);
    assert_eq!(desk.letters(1, Party::Recruiter(0), "notice").len(), 1);
    assert!(desk.lines(2, "needs_person").is_empty());
}
