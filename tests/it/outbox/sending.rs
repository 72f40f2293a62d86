//! The loop: what it tells the queue, which connections it uses, when it stops.

use std::sync::Arc;
use std::time::Duration;

use replyd::daemon::Clock;
use replyd::daemon::sending::{Options, Sending, Settled, Tally};
use replyd::model::Timestamp;
use replyd::outbox::Failure;
use tokio::sync::{Notify, watch};

use super::queue::MemoryQueue;
use super::server::{At, FakeServer, Fault, Then, fault};
use super::{LETTER, LONG, account, deadlines};

/// Long enough for a busy machine, short enough to be waited for.
const SLOW: Duration = Duration::from_secs(1);

struct Pair {
    server: FakeServer,
    queue: MemoryQueue,
    clock: Clock,
    sending: Arc<Sending>,
}

async fn pair(scripts: Vec<Vec<Fault>>, each: Duration, options: Options) -> Pair {
    let server = FakeServer::start(scripts).await;
    let queue = MemoryQueue::default();
    let clock = Clock::set_to("2026-11-20T10:00:00Z".parse().unwrap());
    let sending = Sending::new(
        account(server.port, deadlines(each)),
        Arc::new(queue.clone()),
        clock.clone(),
        options,
    );
    Pair {
        server,
        queue,
        clock,
        sending: Arc::new(sending),
    }
}

impl Pair {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn push(&self, minutes: i64) {
        self.clock.push(chrono::Duration::minutes(minutes));
    }
}

const ANN: &str = "ann@client.example";
const BEN: &str = "ben@client.example";

#[tokio::test]
async fn letters_that_wait_together_share_a_connection() {
    let p = pair(vec![], LONG, Options::default()).await;
    for _ in 0..40 {
        p.queue.add(ANN, LETTER, p.now(), None);
    }
    let tally = p.sending.once().await.unwrap();
    assert_eq!(
        tally,
        Tally {
            sent: 40,
            ..Tally::default()
        }
    );
    // Letters that come soon after use it too.
    let late = p.queue.add(BEN, LETTER, p.now(), None);
    p.sending.once().await.unwrap();
    assert_eq!(p.queue.row(late).intents, 1);
    p.sending.close().await;
    let seen = p.server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].messages.len(), seen[0].count("RCPT"), seen[0].count("QUIT")), (41, 41, 1));
}

#[tokio::test]
async fn a_connection_carries_so_many_letters_and_no_more() {
    let options = Options {
        letters_per_connection: 10,
        ..Options::default()
    };
    let p = pair(vec![], LONG, options).await;
    for _ in 0..25 {
        p.queue.add(ANN, LETTER, p.now(), None);
    }
    assert_eq!(p.sending.once().await.unwrap().sent, 25);
    let counts: Vec<usize> = p.server.seen().iter().map(|seen| seen.messages.len()).collect();
    assert_eq!(counts, [10, 10, 5]);
}

/// R-O5: every try carries the stored bytes.
#[tokio::test]
async fn all_attempts_carry_identical_bytes() {
    let no = |letter| Fault {
        letter,
        ..fault(At::Dot, "451 4.3.0 not now\r\n", Then::Continue)
    };
    let p = pair(vec![vec![no(0)], vec![no(0)], vec![]], LONG, Options::default()).await;
    let letter = p.queue.add(ANN, LETTER, p.now(), None);
    for _ in 0..3 {
        p.sending.once().await.unwrap();
        p.sending.close().await;
        p.push(10);
    }
    let row = p.queue.row(letter);
    assert!(matches!(row.history.last(), Some(Settled::Sent { .. })), "{:?}", row.history);
    assert_eq!((row.attempts, row.intents), (3, 3));
    let bodies: Vec<Vec<u8>> = p.server.seen().into_iter().flat_map(|seen| seen.messages).collect();
    assert_eq!(bodies, [LETTER, LETTER, LETTER]);
}

#[tokio::test]
async fn tries_come_later_and_later() {
    let p = pair(
        vec![vec![fault(At::Mail, "451 4.3.0 not now\r\n", Then::Close)]],
        LONG,
        Options::default(),
    )
    .await;
    let letter = p.queue.add(ANN, LETTER, p.now(), None);
    let mut waits = Vec::new();
    for _ in 0..7 {
        p.sending.once().await.unwrap();
        let row = p.queue.row(letter);
        let wait = row.due.unwrap() - p.now();
        waits.push(wait.num_seconds());
        p.clock.push(wait + chrono::Duration::seconds(1));
    }
    for (wait, around) in waits.iter().zip([30, 120, 300, 900, 1800, 3600, 3600]) {
        assert!((around * 79 / 100..=around * 121 / 100).contains(wait), "{waits:?}");
    }
    assert!(
        p.sending.once().await.unwrap().deferred == 1,
        "the letter is tried again when its time has come"
    );
}

/// R-O3: after a timed-out attempt the next letter uses another connection, and the old one is closed.
#[tokio::test]
async fn no_later_letter_uses_the_connection_of_a_timed_out_attempt() {
    for at in [At::Mail, At::Rcpt, At::Data, At::Dot] {
        let stalled = Fault {
            letter: 1,
            ..fault(at, "", Then::Stall)
        };
        let p = pair(vec![vec![stalled], vec![]], SLOW, Options::default()).await;
        let letters = [ANN, BEN, ANN].map(|to| p.queue.add(to, LETTER, p.now(), None));
        p.sending.once().await.unwrap();
        p.server.until("the stalled connection closed", |seen| seen[0].closed).await;
        let seen = p.server.seen();
        let (last, commands) = (seen[0].commands.last().unwrap(), &seen[0].commands);
        let verb = match at {
            At::Mail => "MAIL",
            At::Rcpt => "RCPT",
            _ => "DATA",
        };
        assert!(last.starts_with(verb), "{at:?}: {commands:?}");
        // Before the dot nothing was taken: the letter goes out on a new connection at once. After it, nobody knows.
        let history = p.queue.row(letters[1]).history;
        if at == At::Dot {
            assert!(matches!(history[..], [Settled::Ambiguous { .. }]), "{at:?}: {history:?}");
        } else {
            assert!(matches!(history[..], [Settled::Sent { .. }]), "{at:?}: {history:?}");
        }
        let history = p.queue.row(letters[2]).history;
        assert!(matches!(history[..], [Settled::Sent { .. }]), "{at:?}: {history:?}");
        assert_eq!(seen.len(), 2, "{at:?}");
    }
}

/// R-O11: a refused login pauses the queue, raises no attempt counter and alarms once; the letters go out when it is put right.
#[tokio::test]
async fn a_refused_login_pauses_the_queue_and_burns_no_attempts() {
    let (alarms, _guard) = alarms();
    let no = vec![fault(At::Auth, "535 5.7.8 Error: authentication failed\r\n", Then::Continue)];
    let p = pair(vec![no.clone(), no.clone(), vec![]], LONG, Options::default()).await;
    let letters = [ANN, BEN, ANN].map(|to| p.queue.add(to, LETTER, p.now(), None));
    for tries in 1..=2 {
        p.sending.once().await.unwrap();
        p.sending.once().await.unwrap();
        assert_eq!(p.server.seen().len(), tries, "one login is tried, then the account rests");
        assert!(
            p.sending
                .paused()
                .is_some_and(|until| until > p.now() + chrono::Duration::minutes(10))
        );
        for letter in letters {
            assert_eq!(p.queue.row(letter).attempts, 0);
        }
        p.push(45);
    }
    assert_eq!(p.queue.0.lock().unwrap().pauses.len(), 2);
    assert_eq!(alarms.lock().unwrap().len(), 1, "{:?}", alarms.lock().unwrap());
    p.push(10);
    assert_eq!(p.sending.once().await.unwrap().sent, 3);
    assert_eq!(p.queue.row(letters[0]).attempts, 1);
}

/// R-O7: a letter whose time is over is not sent, whether that is found before the attempt or during it.
#[tokio::test]
async fn a_letter_past_its_time_is_never_sent() {
    let p = pair(vec![], LONG, Options::default()).await;
    let late = p.queue.add(ANN, LETTER, p.now(), Some(p.now() - chrono::Duration::seconds(1)));
    let tally = p.sending.once().await.unwrap();
    assert_eq!(p.queue.row(late).history, [Settled::Expired]);
    assert_eq!((tally.expired, p.server.seen().len()), (1, 0));

    // While the server thinks about RCPT the time runs out.
    let p = pair(vec![vec![fault(At::Rcpt, "", Then::Stall)], vec![]], SLOW, Options::default()).await;
    let late = p.queue.add(ANN, LETTER, p.now(), Some(p.now() + chrono::Duration::minutes(1)));
    let (_, once) = tokio::join!(
        async {
            p.server
                .until("RCPT", |seen| seen.first().is_some_and(|seen| seen.count("RCPT") == 1))
                .await;
            p.push(2);
        },
        p.sending.once()
    );
    assert_eq!(once.unwrap().expired, 1);
    assert_eq!(p.queue.row(late).history, [Settled::Expired]);
    assert!(p.server.seen().iter().all(|seen| seen.messages.is_empty()));
}

/// R-O7: the last look at the clock comes right before the dot.
#[tokio::test]
async fn a_letter_whose_time_ends_during_the_dialogue_gets_no_dot() {
    let p = pair(
        vec![vec![fault(At::Data, "354 go ahead\r\n", Then::Linger)]],
        LONG,
        Options::default(),
    )
    .await;
    let late = p.queue.add(ANN, LETTER, p.now(), Some(p.now() + chrono::Duration::minutes(1)));
    let (_, once) = tokio::join!(
        async {
            p.server
                .until("DATA", |seen| seen.first().is_some_and(|seen| seen.count("DATA") == 1))
                .await;
            p.push(2);
        },
        p.sending.once()
    );
    assert_eq!(once.unwrap().expired, 1);
    let row = p.queue.row(late);
    assert_eq!((row.history, row.intents), (vec![Settled::Expired], 0));
    p.server.until("the client close", |seen| seen[0].closed).await;
    assert!(p.server.seen()[0].messages.is_empty());
}

/// R-O7: without a time of its own a letter is given up after five days.
#[tokio::test]
async fn a_letter_is_given_up_after_five_days() {
    let p = pair(
        vec![vec![fault(At::Rcpt, "451 4.3.0 not now\r\n", Then::Continue)]],
        LONG,
        Options::default(),
    )
    .await;
    let letter = p.queue.add(ANN, LETTER, p.now(), None);
    let start = p.now();
    let mut tries = 0;
    while p.queue.row(letter).due.is_some() {
        p.sending.once().await.unwrap();
        p.sending.close().await;
        tries += 1;
        assert!(tries < 500);
        p.push(30);
    }
    assert_eq!(p.queue.row(letter).history.last(), Some(&Settled::Expired));
    let days = (p.now() - start).num_hours();
    assert!((119..=122).contains(&days), "{days} hours");
}

/// R-O8, R-O9: one refused recipient is reported as an address failure; the others' letters go out.
#[tokio::test]
async fn one_refused_recipient_leaves_the_others_alone() {
    let words = "550 5.1.1 <ann@client.example>: User unknown\r\n";
    let p = pair(vec![vec![fault(At::Rcpt, words, Then::Continue)]], LONG, Options::default()).await;
    let letters = [ANN, BEN, BEN].map(|to| p.queue.add(to, LETTER, p.now(), None));
    let tally = p.sending.once().await.unwrap();
    assert_eq!((tally.sent, tally.failed), (2, 1));
    let history = p.queue.row(letters[0]).history;
    let [Settled::Failed { class, status, .. }] = &history[..] else {
        panic!("{history:?}")
    };
    assert_eq!((*class, status.as_deref()), (Failure::Address, Some("5.1.1")));
    assert_eq!(p.server.seen().len(), 1);
}

#[tokio::test]
async fn a_doubtful_refusal_is_believed_after_six_tries() {
    let words = "550 5.5.0 Requested action not taken\r\n";
    let p = pair(vec![vec![fault(At::Rcpt, words, Then::Close)]], LONG, Options::default()).await;
    let letter = p.queue.add(ANN, LETTER, p.now(), None);
    for _ in 0..10 {
        p.sending.once().await.unwrap();
        p.push(90);
    }
    let history = p.queue.row(letter).history;
    assert_eq!(history.len(), 6, "{history:?}");
    assert!(matches!(history.last(), Some(Settled::Failed { .. })), "{history:?}");
}

#[tokio::test]
async fn a_full_disk_keeps_the_dot_back() {
    let p = pair(vec![], LONG, Options::default()).await;
    p.queue.0.lock().unwrap().broken_intent = true;
    let letter = p.queue.add(ANN, LETTER, p.now(), None);
    p.sending.once().await.unwrap();
    assert!(matches!(p.queue.row(letter).history[..], [Settled::Deferred { .. }]));
    p.queue.0.lock().unwrap().broken_intent = false;
    p.push(1);
    p.sending.once().await.unwrap();
    assert!(matches!(p.queue.row(letter).history[..], [_, Settled::Sent { .. }]));
    let bodies: usize = p.server.seen().iter().map(|seen| seen.messages.len()).sum();
    assert_eq!(bodies, 1);
}

/// An outcome that cannot be stored takes no other one with it: what the server said of the letter after it is written down.
#[tokio::test]
async fn an_outcome_that_cannot_be_stored_takes_no_other_along() {
    let p = pair(vec![], LONG, Options::default()).await;
    // The second and third are claimed together, and the outcome of the second is stored while the third is at the server.
    let letters = [(); 3].map(|()| p.queue.add(ANN, LETTER, p.now(), None));
    p.queue.0.lock().unwrap().broken_outcome = Some(letters[1]);
    assert!(p.sending.once().await.is_err());
    let bodies: usize = p.server.seen().iter().map(|seen| seen.messages.len()).sum();
    assert_eq!(bodies, 3);
    let history = p.queue.row(letters[2]).history;
    assert!(matches!(history[..], [Settled::Sent { .. }]), "{history:?}");
}

/// Servers end a connection after so many letters, some with words that speak of too many: a new one shows whether the account is meant.
#[tokio::test]
async fn too_many_letters_on_a_connection_are_no_reason_to_pause() {
    let enough = |letter| Fault {
        letter,
        ..fault(At::Mail, "421 4.7.0 Too many messages on this connection\r\n", Then::Close)
    };
    let p = pair(vec![vec![enough(2)]], LONG, Options::default()).await;
    for _ in 0..6 {
        p.queue.add(ANN, LETTER, p.now(), None);
    }
    assert_eq!(p.sending.once().await.unwrap().sent, 6);
    assert_eq!(p.sending.paused(), None);

    let p = pair(vec![vec![enough(0)]], LONG, Options::default()).await;
    let letter = p.queue.add(ANN, LETTER, p.now(), None);
    p.sending.once().await.unwrap();
    assert!(p.sending.paused().is_some(), "said of the first letter it is meant for the account");
    assert_eq!(p.queue.row(letter).attempts, 0);
}

#[tokio::test]
async fn a_server_that_is_down_is_not_asked_once_per_letter() {
    let p = pair(
        vec![vec![fault(At::Greeting, "421 4.3.0 not today\r\n", Then::Close)]],
        LONG,
        Options::default(),
    )
    .await;
    let letters: Vec<_> = (0..20).map(|_| p.queue.add(ANN, LETTER, p.now(), None)).collect();
    p.sending.once().await.unwrap();
    assert_eq!(p.server.seen().len(), 1);
    assert_eq!(p.queue.row(letters[19]).history, []);
}

/// The running loop sends what is queued when it is woken, what falls due by itself, and closes the connection when idle.
#[tokio::test]
async fn the_loop_wakes_sends_and_rests() {
    let options = Options {
        idle: Duration::from_millis(100),
        connections: 4,
        ..Options::default()
    };
    let p = pair(vec![], LONG, options).await;
    let (wake, (stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
    let (sending, woken) = (p.sending.clone(), wake.clone());
    let running = tokio::spawn(async move { sending.run(&woken, stopped).await });
    p.queue.add(ANN, LETTER, p.now(), None);
    wake.notify_one();
    p.server
        .until("a letter", |seen| seen.iter().map(|seen| seen.messages.len()).sum::<usize>() == 1)
        .await;
    p.server.until("the idle connection closed", |seen| seen[0].closed).await;
    p.queue.add(ANN, LETTER, p.now() + chrono::Duration::seconds(50), None);
    wake.notify_one();
    tokio::task::yield_now().await;
    assert_eq!(p.server.seen().len(), 1);
    p.push(1);
    p.server
        .until("the letter that fell due", |seen| seen.len() == 2 && seen[1].messages.len() == 1)
        .await;
    stop.send(true).unwrap();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap();
}

/// R-D7: a stop ends the attempt within the grace time, at a point that is known.
#[tokio::test]
async fn a_stop_ends_the_attempt_at_a_known_point() {
    for (at, verb) in [(At::Rcpt, "RCPT"), (At::Dot, "DATA")] {
        let options = Options {
            grace: Duration::from_millis(50),
            ..Options::default()
        };
        let p = pair(vec![vec![fault(at, "", Then::Stall)]], LONG, options).await;
        let letter = p.queue.add(ANN, LETTER, p.now(), None);
        let (wake, (stop, stopped)) = (Notify::new(), watch::channel(false));
        let work = async {
            p.server
                .until(verb, |seen| {
                    seen.first()
                        .is_some_and(|seen| seen.count(verb) == 1 && (at != At::Dot || seen.messages.len() == 1))
                })
                .await;
            stop.send(true).unwrap();
        };
        let run = async { tokio::join!(work, p.sending.run(&wake, stopped)) };
        tokio::time::timeout(LONG, run).await.unwrap();
        let row = p.queue.row(letter);
        match (at, &row.history[..]) {
            (At::Dot, [Settled::Ambiguous { .. }]) => assert_eq!(row.attempts, 1),
            (At::Rcpt, [Settled::Deferred { .. }]) => assert_eq!(row.attempts, 0),
            (_, history) => panic!("{at:?}: {history:?}"),
        }
        p.server.until("the client close", |seen| seen[0].closed).await;
    }
}

type Lines = Arc<std::sync::Mutex<Vec<String>>>;

/// Collects what is logged as an error while the guard lives, on this thread.
fn alarms() -> (Lines, tracing::subscriber::DefaultGuard) {
    struct Sink(Lines);
    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let sink = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_writer(move || Sink(sink.clone()))
        .finish();
    (lines, tracing::subscriber::set_default(subscriber))
}
