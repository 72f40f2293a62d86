//! How much is sent: the limits of the account, of a domain, of one person's patience, and of bad luck.

use std::collections::VecDeque;
use std::path::PathBuf;

use chrono::Duration;

use replyd::compose::{Envelope, Finished};
use replyd::conversation::Party;
use replyd::message::LetterText;
use replyd::model::{Address, ConversationId, LetterId, LetterKey, MessageId, Timestamp};
use replyd::store::{Answering, Final, HeldUp, Limits, Role, Settled, Store, StoreError};

use crate::conversation::people;
use crate::desk::new_batch;

fn start() -> Timestamp {
    "2026-11-18T10:00:00Z".parse().unwrap()
}

struct Home {
    _dir: tempfile::TempDir,
    path: PathBuf,
    store: Option<Store>,
    serial: u32,
}

impl Home {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("replyd.db");
        let mut home = Self {
            _dir: dir,
            path,
            store: None,
            serial: 0,
        };
        home.restart(start());
        let conversation = people::conversation(&["Ana", "Ben"], "Europe/London");
        let new = new_batch(conversation);
        let handed_in = home.store().write(|tx| tx.hand_in(new, start()).and_then(|c| tx.save(&c))).await;
        handed_in.unwrap();
        home
    }

    fn restart(&mut self, now: Timestamp) {
        drop(self.store.take());
        self.store = Some(reopened(&self.path, now));
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    async fn queue(&mut self, to: &str, is_answer: bool, now: Timestamp) {
        self.serial += 1;
        let serial = self.serial;
        let finished = Finished {
            key: LetterKey {
                conversation: ConversationId(1),
                serial,
            },
            kind: if is_answer { "receipt" } else { "submission" },
            to: Party::Client,
            envelope: Envelope {
                from: Address::parse("bot+tag@agency.example").unwrap(),
                to: Address::parse(to).unwrap(),
            },
            message_id: MessageId(format!("{serial}@agency.example")),
            subject: "Two candidates".into(),
            bytes: b"Subject: Two candidates\r\n\r\nHello\r\n".to_vec(),
            shown: LetterText::default(),
            not_after: None,
            repeatable: true,
            unprompted: !is_answer,
        };
        self.store()
            .write(move |tx| tx.queue(&finished, None, now).map(|_| ()))
            .await
            .unwrap();
    }

    async fn claim(&self, limits: Limits, now: Timestamp) -> Option<(LetterId, Address)> {
        let claimed = self.store().write(move |tx| tx.claim(now, 1, limits)).await.unwrap().pop();
        claimed.map(|one| (one.letter, one.envelope.to))
    }

    async fn settle(&self, letter: LetterId, settled: Settled, now: Timestamp) -> bool {
        let done = move |tx: &replyd::store::Tx<'_>| {
            tx.settle(letter, &settled, now)?;
            tx.settle_send(letter, &settled, now)
        };
        self.store().write(done).await.unwrap()
    }
}

/// The database, opened by the next run. A child that another test starts at this moment holds copies of all files until it is itself.
fn reopened(path: &std::path::Path, now: Timestamp) -> Store {
    loop {
        match Store::open(path, Role::Daemon, now) {
            Err(StoreError::Held { .. }) => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

fn sent() -> Settled {
    Settled::Final(Final::Sent { response: "250 Ok".into() })
}

fn refused() -> Settled {
    Settled::Final(Final::Failed {
        why: "550 no".into(),
        status: None,
        address_is_bad: false,
    })
}

/// Enough of a dice for a test that must be the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Asserts that no window of this length holds more than `limit` of these instants, in order.
fn held(times: &[Timestamp], limit: usize, window: Duration) {
    for pair in times.windows(limit + 1) {
        assert!(
            pair[limit] - pair[0] >= window,
            "{limit} within {window} were exceeded at {}",
            pair[limit]
        );
    }
}

/// R-O12. Letters are under way side by side, servers take their time, and the daemon is started anew in between. The server's
/// own clock counts them when it takes them, which is some time between claim and answer.
#[tokio::test]
async fn limits_hold_over_every_window_and_across_restarts() {
    let limits = Limits {
        minute: Some(6),
        day: Some(70),
        domain_minute: Some(4),
    };
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let mut home = Home::new().await;
        const LETTERS: usize = 90;
        for n in 0..LETTERS {
            home.queue(&format!("p{n}@d{}.example", dice.below(3)), true, start()).await;
        }
        let mut now = start();
        let mut under_way: VecDeque<(LetterId, Address, Timestamp)> = VecDeque::new();
        let mut taken: Vec<(Timestamp, String)> = Vec::new();
        let mut starts = 0;
        while taken.len() < LETTERS {
            assert!(now < start() + Duration::days(3), "seed {seed}: only {} letters left", taken.len());
            match dice.below(10) {
                // A claim, when a lane is free.
                0..=5 if under_way.len() < 4 => match home.claim(limits, now).await {
                    Some((letter, to)) => under_way.push_back((letter, to, now)),
                    None if under_way.is_empty() => {
                        let opens = home.store().read(|tx| tx.sending_opens(limits, now)).unwrap();
                        let due = home.store().write(|tx| tx.next_letter()).await.unwrap().unwrap();
                        now = now.max(due).max(opens.unwrap_or(due));
                    }
                    None => now += Duration::milliseconds(200),
                },
                6..=8 => {
                    now += Duration::milliseconds(i64::try_from(dice.below(4_000)).unwrap());
                    if let Some((letter, to, since)) = under_way.pop_front() {
                        home.settle(letter, sent(), now).await;
                        let waited = u64::try_from((now - since).num_milliseconds()).unwrap();
                        let at = since + Duration::milliseconds(i64::try_from(dice.below(waited + 1)).unwrap());
                        taken.push((at, to.domain().to_owned()));
                    }
                }
                9 if dice.below(6) == 0 => {
                    // Killed: the server may have taken what was under way, and nobody knows. The letters themselves come again.
                    now += Duration::seconds(1);
                    taken.extend(under_way.drain(..).map(|(_, to, _)| (now, to.domain().to_owned())));
                    home.restart(now);
                    starts += 1;
                }
                _ => now += Duration::milliseconds(500),
            }
        }
        assert!(starts > 0, "seed {seed}: never started anew");
        taken.sort();
        let all: Vec<Timestamp> = taken.iter().map(|(at, _)| *at).collect();
        held(&all, 6, Duration::minutes(1));
        held(&all, 70, Duration::days(1));
        for domain in ["d0.example", "d1.example", "d2.example"] {
            let of: Vec<Timestamp> = taken.iter().filter(|(_, of)| of == domain).map(|(at, _)| *at).collect();
            assert!(of.len() > 10, "seed {seed}: {domain} got {}", of.len());
            held(&of, 4, Duration::minutes(1));
        }
    }
}

/// R-O12. What waits for a domain keeps no other domain waiting, loses no attempt, and goes out at the rate that is allowed.
#[tokio::test]
async fn a_full_domain_waits_alone_and_at_its_rate() {
    let limits = Limits {
        domain_minute: Some(20),
        ..Limits::default()
    };
    let mut home = Home::new().await;
    for n in 0..200 {
        home.queue(&format!("p{n}@large.example"), true, start()).await;
    }
    home.queue("one@small.example", true, start()).await;
    let mut now = start();
    let mut moves = 0;
    let mut domains = Vec::new();
    while domains.len() < 201 {
        match home.claim(limits, now).await {
            Some((letter, to)) => {
                home.settle(letter, sent(), now).await;
                domains.push((now, to.domain().to_owned()));
            }
            None => {
                moves += 1;
                now = home.store().write(|tx| tx.next_letter()).await.unwrap().unwrap();
            }
        }
    }
    let small = domains.iter().find(|(_, domain)| domain == "small.example").unwrap();
    assert_eq!(small.0, start(), "it did not wait for the large one");
    // Twenty at once, then one every three seconds from a minute later on.
    let took = domains.last().unwrap().0 - start();
    assert!(took >= Duration::minutes(9) && took <= Duration::minutes(11), "{took}");
    assert!(moves < 400, "each letter is put off once or twice, not every minute: {moves}");
    let attempts = home.store().read(|tx| tx.outbox(true, 300)).unwrap();
    assert!(attempts.iter().all(|one| one.attempts == 1), "waiting is no attempt");
}

/// R-O12. Always, whatever the account: nobody gets two letters within a quarter of an hour that they did not ask for. What answers
/// them goes at once.
#[tokio::test]
async fn nobody_is_written_to_twice_in_a_quarter_of_an_hour_unasked() {
    let plain = Limits::default();
    let mut home = Home::new().await;
    for _ in 0..2 {
        home.queue("ann@client.example", false, start()).await;
    }
    home.queue("Ann@Client.Example", true, start()).await;
    home.queue("bob@client.example", false, start()).await;
    let mut now = start();
    let (first, _) = home.claim(plain, now).await.unwrap();
    now += Duration::minutes(2);
    home.settle(first, sent(), now).await;
    let mut others = Vec::new();
    while let Some((letter, to)) = home.claim(plain, now).await {
        home.settle(letter, sent(), now).await;
        others.push(to.as_str().to_lowercase());
    }
    assert_eq!(others, ["ann@client.example", "bob@client.example"]);
    // Also for the next run.
    home.restart(now);
    let quarter = now + Duration::minutes(15);
    assert_eq!(home.store().write(|tx| tx.next_letter()).await.unwrap(), Some(quarter));
    assert!(home.claim(plain, quarter - Duration::milliseconds(1)).await.is_none());
    assert!(home.claim(plain, quarter).await.is_some());
}

/// R-O12. What was taken and given back untried has not been sent: it stands in nobody's way, least of all its own.
#[tokio::test]
async fn a_letter_that_is_given_back_has_not_been_sent() {
    let limits = Limits {
        minute: Some(1),
        domain_minute: Some(1),
        ..Limits::default()
    };
    let mut home = Home::new().await;
    home.queue("ann@client.example", false, start()).await;
    for again in 0..3 {
        let taken = home.claim(limits, start()).await;
        let (letter, _) = taken.unwrap_or_else(|| panic!("it waits for itself, given back {again} times"));
        home.store().write(move |tx| tx.put_back(letter)).await.unwrap();
    }
    let waiting = home.store().read(|tx| tx.outbox(true, 10)).unwrap();
    assert_eq!((waiting[0].state.as_str(), waiting[0].attempts), ("queued", 0));
}

/// R-O12. More than a tenth of the last fifty refused: nothing leaves for a quarter of an hour, also after a new start; then it goes on.
#[tokio::test]
async fn many_refusals_pause_the_account() {
    let plain = Limits::default();
    let mut home = Home::new().await;
    for n in 0..70 {
        home.queue(&format!("p{n}@client.example"), true, start()).await;
    }
    let now = start();
    let mut tripped = Vec::new();
    for n in 0..60 {
        let (letter, _) = home.claim(plain, now).await.unwrap();
        // Five in fifty are a tenth, and no more than that: the sixth one is.
        let outcome = if [2, 4, 6, 8, 30, 57, 58, 59].contains(&n) {
            refused()
        } else {
            sent()
        };
        if home.settle(letter, outcome, now + Duration::milliseconds(n)).await {
            tripped.push(n);
            break;
        }
    }
    assert!(tripped.is_empty(), "refusals older than the last fifty no longer count");
    let mut now = now + Duration::seconds(1);
    for _ in 0..2 {
        let (letter, _) = home.claim(plain, now).await.unwrap();
        now += Duration::milliseconds(1);
        tripped.extend(home.settle(letter, refused(), now).await.then_some(0));
    }
    assert_eq!(tripped, [0]);
    let until = now + Duration::minutes(15);
    home.restart(now);
    assert!(home.claim(plain, until - Duration::milliseconds(1)).await.is_none());
    assert_eq!(home.store().read(|tx| tx.sending_opens(plain, now)).unwrap(), Some(until));
    let (letter, _) = home.claim(plain, until).await.unwrap();
    assert!(
        !home.settle(letter, refused(), until).await,
        "what was paused for is not paused for again"
    );
}

/// Loops are told by what we write, whatever the other side says of itself. Receipts for many decisions are no loop.
#[tokio::test]
async fn questions_back_to_one_address_and_the_same_text_come_to_an_end() {
    let home = Home::new().await;
    let ask = |to: &str, text: String, answering: Answering, now: Timestamp| {
        let to = Address::parse(to).unwrap();
        home.store().write(move |tx| tx.may_answer(&to, &text, answering, now))
    };
    for n in 0..5 {
        assert!(
            ask("ann@client.example", format!("did you mean {n}"), Answering::Doubt, start())
                .await
                .unwrap()
        );
    }
    assert!(
        !ask("ANN@client.example", "did you mean 5".into(), Answering::Doubt, start())
            .await
            .unwrap()
    );
    assert!(
        ask("bob@client.example", "did you mean 5".into(), Answering::Doubt, start())
            .await
            .unwrap()
    );
    for n in 0..40 {
        assert!(
            ask("ann@client.example", format!("yes to {n}"), Answering::Decision, start())
                .await
                .unwrap(),
            "{n}"
        );
    }
    assert!(
        ask("ann@client.example", "yes to 1".into(), Answering::Decision, start())
            .await
            .unwrap()
    );
    assert!(
        !ask("ann@client.example", "yes to 1".into(), Answering::Decision, start())
            .await
            .unwrap()
    );
    let later = start() + Duration::hours(1);
    assert!(
        ask("ann@client.example", "did you mean 5".into(), Answering::Doubt, later)
            .await
            .unwrap()
    );
    assert!(
        ask("ann@client.example", "yes to 1".into(), Answering::Decision, later)
            .await
            .unwrap()
    );
    // A recruiter steers many batches in an hour; a machine of theirs that answers the same again and again is not answered for ever.
    for n in 0..60 {
        assert!(
            ask("rita@agency.example", format!("done {n}"), Answering::Order, later)
                .await
                .unwrap(),
            "{n}"
        );
    }
    assert!(!ask("rita@agency.example", "done 60".into(), Answering::Order, later).await.unwrap());
    for n in 0..6 {
        let told = ask("tom@agency.example", "we could not tell".into(), Answering::Order, later)
            .await
            .unwrap();
        assert_eq!(told, n < 5, "{n}");
    }
}

/// A letter that a person wants tried again keeps to the limits, and they are told until when; its own refusal is none of them.
#[tokio::test]
async fn a_retried_letter_says_what_holds_it_up() {
    let plain = Limits::default();
    let mut home = Home::new().await;
    home.queue("ann@client.example", false, start()).await;
    home.queue("ann@client.example", false, start()).await;
    home.queue("bo@client.example", false, start()).await;
    let held_up = |home: &Home, letter, limits, now| home.store().read(|tx| tx.held_up(letter, limits, now)).unwrap();
    let (first, _) = home.claim(plain, start()).await.unwrap();
    home.settle(first, refused(), start()).await;
    let now = start() + Duration::minutes(1);
    // Nobody got it.
    assert_eq!(held_up(&home, first, plain, now), None);
    home.store()
        .write(move |tx| tx.retry_letter(first, true, "Maria", now))
        .await
        .unwrap();
    let (bo, _) = home.claim(plain, now).await.unwrap();
    home.settle(bo, sent(), now).await;
    let (again, _) = home.claim(plain, now).await.unwrap();
    assert_eq!(
        again, first,
        "another letter to them waits, because one of the last fifteen minutes was refused; this one does not"
    );
    home.settle(first, sent(), now).await;
    let second = LetterId(2);
    let (later, until) = (now + Duration::seconds(5), now + Duration::minutes(15));
    let Some(HeldUp::Until(told, why)) = held_up(&home, second, plain, later) else {
        panic!()
    };
    assert_eq!(told, until);
    assert!(why.contains("15 minutes"), "{why}");
    assert!(home.claim(plain, until - Duration::seconds(1)).await.is_none());
    assert_eq!(home.claim(plain, until).await.map(|(letter, _)| letter), Some(second));
    home.settle(second, sent(), until).await;
    let (one_a_day, later) = (Limits { day: Some(1), ..plain }, until + Duration::seconds(5));
    let Some(HeldUp::Until(told, why)) = held_up(&home, bo, one_a_day, later) else {
        panic!()
    };
    assert_eq!(told, until + Duration::days(1));
    assert!(why.contains("[smtp] limits"), "{why}");
}
