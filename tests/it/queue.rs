//! The outbox's queue over the database: what becomes of a letter while something else happens to it.

use std::os::unix::fs::PermissionsExt;

use replyd::config::Config;
use replyd::conversation::Party;
use replyd::daemon::mailbox::Pace;
use replyd::daemon::sending::{Claimed, Settled};
use replyd::daemon::{Clock, Daemon};
use replyd::model::{ConversationId, Timestamp};
use replyd::store::{OutboxLine, Store};
use tokio::sync::watch;

use crate::conversation::people;
use crate::desk::new_batch;

fn start() -> Timestamp {
    "2026-11-18T10:00:00Z".parse().unwrap()
}

/// A daemon without a mail server, a batch handed in to it.
async fn daemon(home: &tempfile::TempDir) -> (Daemon, Clock, ConversationId) {
    let pages = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let password = home.path().join("password");
    std::fs::write(&password, "pw\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let door = "host = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nuser = \"bot\"\npassword_file = \"password\"\n";
    let config = format!(
        "[agency]\nname = \"Harbour Talent\"\naddress = \"bot@agency.test\"\nzone = \"Europe/London\"\n[imap]\n{door}[smtp]\n{door}\
         [inbound]\nauthserv_id = \"mx.agency.test\"\n[http]\nlisten = \"{pages}\"\npublic_url = \"http://{pages}\"\n[health]\nself_ping_min = 0\n"
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let clock = Clock::set_to(start());
    let daemon = begun(home, &clock);
    let conversation = people::conversation(&["Ana", "Ben"], "Europe/London");
    let new = new_batch(conversation);
    let id = daemon.submit(new).await.unwrap();
    (daemon, clock, id)
}

/// The daemon of this house, as it starts.
fn begun(home: &tempfile::TempDir, clock: &Clock) -> Daemon {
    Daemon::new(Config::load(&home.path().join("config.toml")).unwrap(), clock.clone()).unwrap()
}

/// The letter to the client, taken for an attempt.
async fn taken(daemon: &Daemon, id: ConversationId, now: Timestamp) -> Claimed {
    let letters = daemon.store().read(|tx| tx.letters_of(id)).unwrap();
    let to_client = letters.iter().find(|one| one.to == Party::Client).unwrap().id;
    let claimed = daemon.letters().claim_some(now, 10).await.unwrap();
    claimed.into_iter().find(|one| one.letter == to_client).unwrap()
}

fn line(store: &Store, letter: &Claimed) -> OutboxLine {
    let lines = store.read(|tx| tx.outbox(true, 10)).unwrap();
    lines.into_iter().find(|line| line.id == letter.letter.0).unwrap()
}

/// R-O8: the address turns out to be bad while a letter to it is in hand. It is not sent any more, and its conversation hears of that.
#[tokio::test]
async fn a_letter_in_hand_ends_with_its_address() {
    let deferred = Settled::Deferred {
        until: start(),
        why: "451 not now".into(),
        count_attempt: true,
    };
    for settled in [Some(deferred), None] {
        let home = tempfile::tempdir().unwrap();
        let (daemon, clock, id) = daemon(&home).await;
        let (letter, queue) = (taken(&daemon, id, clock.now()).await, daemon.letters());
        let bad = letter.envelope.to.clone();
        daemon
            .store()
            .write(move |tx| tx.suppress(&bad, "550 5.1.1", start()))
            .await
            .unwrap();
        match settled {
            Some(settled) => queue.settle(letter.letter, letter.attempt, settled).await.unwrap(),
            None => queue.put_back(vec![letter.letter]).await.unwrap(),
        }
        let store = daemon.store();
        assert_eq!(line(&store, &letter).state, "failed");
        let told = store.read(|tx| tx.timeline(id, None)).unwrap();
        assert!(told.iter().any(|line| line.detail.contains("suppressed")), "{told:#?}");
        let notice = store.read(|tx| tx.letters_of(id)).unwrap();
        assert!(notice.iter().any(|one| one.kind == "notice"), "the recruiter is not told");
    }
}

/// R-O6: while the mailbox cannot be read nobody can find a sign of a letter in doubt, so its second attempt waits for that.
#[tokio::test]
async fn a_letter_in_doubt_waits_while_the_mailbox_cannot_be_read() {
    let home = tempfile::tempdir().unwrap();
    let (daemon, clock, id) = daemon(&home).await;
    let letter = in_doubt(&daemon, id, clock.now()).await;
    let store = daemon.store();
    let before = line(&store, &letter);
    clock.push(chrono::Duration::minutes(16));
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(daemon.run(None, stopped));
    while line(&store, &letter).due == before.due {
        tokio::task::yield_now().await;
    }
    stop.send_replace(true);
    running.await.unwrap().unwrap();
    let after = line(&store, &letter);
    assert_eq!((after.state.as_str(), after.attempts), ("ambiguous", 1), "{after:?}");
}

/// The letter to the client, of which nobody knows whether it arrived.
async fn in_doubt(daemon: &Daemon, id: ConversationId, now: Timestamp) -> Claimed {
    let (letter, queue) = (taken(daemon, id, now).await, daemon.letters());
    queue.dot_intent(letter.letter, letter.attempt).await.unwrap();
    let unknown = Settled::Ambiguous { why: "silence".into() };
    queue.settle(letter.letter, letter.attempt, unknown).await.unwrap();
    letter
}

/// R-O6: the same for `run --until-idle`, which looks into the mailbox once.
#[tokio::test]
async fn a_letter_in_doubt_waits_while_the_mailbox_cannot_be_read_once() {
    let home = tempfile::tempdir().unwrap();
    let (mut daemon, clock, id) = daemon(&home).await;
    daemon.set_pace(Pace {
        first: std::time::Duration::ZERO,
        ..Pace::default()
    });
    let letter = in_doubt(&daemon, id, clock.now()).await;
    clock.push(chrono::Duration::minutes(16));
    daemon.until_idle().await.unwrap_err();
    let after = line(&daemon.store(), &letter);
    assert_eq!((after.state.as_str(), after.attempts), ("ambiguous", 1), "{after:?}");
}

/// R-O5: a letter that was in hand when the process was killed, and never near the server, is no letter that was sent: it goes as soon
/// as the next process starts. One that was announced waits until it could have been found.
#[tokio::test]
async fn a_letter_that_was_only_in_hand_goes_at_once_after_a_crash() {
    for announced in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let (daemon, clock, id) = daemon(&home).await;
        let letter = taken(&daemon, id, clock.now()).await;
        if announced {
            daemon.letters().dot_intent(letter.letter, letter.attempt).await.unwrap();
        }
        drop(daemon);
        clock.push(chrono::Duration::seconds(1));
        let next = begun(&home, &clock);
        let claimed = next.letters().claim_some(clock.now(), 10).await.unwrap();
        assert_eq!(
            claimed.iter().any(|one| one.letter == letter.letter),
            !announced,
            "{:?}",
            line(&next.store(), &letter)
        );
    }
}
