//! The IMAP door against a server that plays faults on loopback.

mod book;
mod fake;
mod memory;
mod restart;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeZone, Utc};
use replyd::daemon::Clock;
use replyd::daemon::Expecting;
use replyd::daemon::mailbox::{Health, Pace, once, watch};
use replyd::inbox::{Ledger, Session, Trouble};
use tokio::sync::watch as channel;

use book::Book;
use fake::{Fault, Server};

const PATIENCE: Duration = Duration::from_secs(20);

/// Everything quick: a minute of patience is a third of a second here.
fn pace() -> Pace {
    let ms = Duration::from_millis;
    Pace {
        idle: ms(5000),
        poll: ms(5000),
        deep: Duration::from_secs(3600),
        breath: ms(5),
        first: ms(5),
        longest: ms(40),
        healthy: Duration::from_secs(300),
    }
}

fn clock() -> Clock {
    Clock::set_to(Utc.with_ymd_and_hms(2026, 3, 6, 12, 0, 0).unwrap())
}

async fn once_with(server: &Server, book: &Book) -> Result<usize, Trouble> {
    tokio::time::timeout(PATIENCE, once(&server.account(), book, &clock(), pace()))
        .await
        .expect("reading hangs")
}

/// Watches the server until the book holds `wanted` messages, then stops; the watcher must go.
async fn watch_until(server: &Server, book: &Arc<Book>, pace: Pace, wanted: usize) -> Health {
    let (stop, stopped) = channel::channel(false);
    let (health, _) = channel::channel(Health::default());
    let watcher = tokio::spawn({
        let (account, ledger, health) = (server.account(), Arc::clone(book) as Arc<dyn Ledger>, health.clone());
        async move { watch(&account, ledger, &clock(), pace, &Expecting::default(), stopped, &health).await }
    });
    book.wait_for(wanted, PATIENCE).await;
    stop.send_replace(true);
    tokio::time::timeout(PATIENCE, watcher)
        .await
        .expect("the watcher does not stop")
        .unwrap();
    health.borrow().clone()
}

/// A fault, on a server of its own: the mail arrives on a later connection, once.
async fn check_recovery(fault: Fault) {
    let name = format!("{fault:?}");
    let server = Server::start(3).await;
    server.play([fault]);
    let book = Arc::new(Book::default());
    watch_until(&server, &book, pace(), 3).await;
    assert_eq!(book.uids(), [1, 2, 3], "{name}");
    assert_eq!(book.handed_over(), 3, "{name}: something came twice");
    assert!(server.connections() >= 2, "{name}: no new connection");
}

/// R-I1
#[tokio::test]
async fn a_fetch_cut_short_is_completed_on_the_next_connection() {
    for k in 0..5 {
        let server = Server::start(5).await;
        server.play([Fault::close_after("BODY.PEEK", k)]);
        let book = Book::default();
        assert_eq!(once_with(&server, &book).await.unwrap(), 5, "closed after {k}");
        assert_eq!(book.uids(), [1, 2, 3, 4, 5], "closed after {k}");
        assert_eq!(book.handed_over(), 5, "closed after {k}: something came twice");
        assert_eq!(server.connections(), 2, "closed after {k}");
    }
}

/// R-I1: the server says OK and has left some out.
#[tokio::test]
async fn a_fetch_that_leaves_messages_out_is_asked_again() {
    let server = Server::start(6).await;
    server.play([Fault::leave_out("BODY.PEEK", &[2, 5])]);
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 6);
    assert_eq!(book.handed_over(), 6);
}

/// A message that somebody deletes between the search and the fetch is noted as gone.
#[tokio::test]
async fn a_message_that_goes_meanwhile_has_vanished() {
    let server = Server::start(4).await;
    server.play([Fault::expunge("BODY.PEEK", 3)]);
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 3);
    assert_eq!(book.uids(), [1, 2, 4]);
    assert_eq!(book.vanished(), [3]);
}

/// R-I2, the listing side: under a new UIDVALIDITY everything recent is handed over again, under its new place.
#[tokio::test]
async fn a_new_uid_validity_lists_the_folder_again() {
    let server = Server::start(3).await;
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 3);
    server.with(|box_| {
        box_.uid_validity = Some(8);
        box_.mails = box_.mails.iter().map(|(uid, raw)| (uid + 100, raw.clone())).collect();
        box_.uid_next = Some(104);
    });
    server.deliver(b"Subject: new\r\n\r\nnew\r\n");
    server.forget();
    assert_eq!(once_with(&server, &book).await.unwrap(), 4);
    assert_eq!(book.places_under(8), [101, 102, 103, 104]);
    assert_eq!(book.contents(), 4, "old mail is known by its content");
    assert!(
        server.transcript().iter().any(|line| line.contains("UID SEARCH SINCE 3-Feb-2026")),
        "{:?}",
        server.transcript()
    );
}

/// R-I2: UIDNEXT going down under the same UIDVALIDITY means that UIDs are given out twice.
#[tokio::test]
async fn a_uid_next_that_goes_down_lists_the_folder_again() {
    let server = Server::start(3).await;
    let book = Book::default();
    once_with(&server, &book).await.unwrap();
    server.with(|box_| {
        box_.mails.clear();
        box_.uid_next = Some(1);
    });
    server.deliver(b"Subject: second life\r\n\r\nof UID 1\r\n");
    assert_eq!(once_with(&server, &book).await.unwrap(), 1);
    assert_eq!(book.contents(), 4);
    assert_eq!(once_with(&server, &book).await.unwrap(), 0, "the folder is read again only once");
}

/// R-I3: each way to refuse or fall silent, in each command.
#[tokio::test]
async fn refusals_goodbyes_and_silence_lead_to_a_new_connection() {
    let mut faults = vec![
        Fault::greeting("* BYE too many connections\r\n"),
        Fault::greeting("* BAD what\r\n"),
        Fault::greeting(""),
        Fault::greeting("* PREAUTH welcome home\r\n"),
        Fault::greeting("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ];
    for command in ["LOGIN", "EXAMINE", "UID SEARCH UID", "RFC822.SIZE)", "BODY.PEEK"] {
        for answer in [
            "{tag} NO not now\r\n",
            "{tag} BAD what\r\n",
            "{tag} BAD\r\n",
            "{tag} NO\r\n",
            "* BYE going down\r\n",
            "* BYE\r\n{tag} OK done\r\n",
            "stale OK done\r\n",
            "* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n{tag} NO gone\r\n",
            "* nonsense (\r\n",
        ] {
            // A server that goes on after a goodbye and an OK to LOGIN has let us in.
            if command != "LOGIN" || !answer.ends_with("{tag} OK done\r\n") {
                faults.push(Fault::answer(command, answer));
            }
        }
        faults.push(Fault::close(command));
        faults.push(Fault::silence(command));
        faults.push(Fault::chatter(command, "* OK Hang in there..\r\n"));
    }
    assert!(faults.len() > 50);
    futures_util::future::join_all(faults.into_iter().map(check_recovery)).await;
}

/// R-I3: the same in IDLE and DONE, where mail that comes later must still arrive.
#[tokio::test]
async fn trouble_in_idle_and_done_leads_to_a_new_connection() {
    let mut faults = Vec::new();
    for command in ["IDLE", "DONE"] {
        for answer in ["{tag} NO not now\r\n", "{tag} BAD\r\n", "* BYE going down\r\n", "* nonsense (\r\n"] {
            faults.push(Fault::answer(command, answer));
        }
        faults.push(Fault::close(command));
        faults.push(Fault::silence(command));
    }
    faults.push(Fault::chatter("DONE", "* OK Still here\r\n"));
    faults.push(Fault::chatter("DONE", "* 1 EXISTS\r\n"));
    faults.push(Fault::answer("IDLE", "+ idling\r\n* BYE going down\r\n"));
    faults.push(Fault::answer("IDLE", "* OK thinking\r\n{tag} OK done\r\n"));
    for fault in faults {
        let name = format!("{fault:?}");
        let server = Server::start(1).await;
        server.play([fault]);
        server.deliver_on_connection(2, b"Subject: later\r\n\r\nlater\r\n");
        let book = Arc::new(Book::default());
        let quick = Pace {
            idle: Duration::from_millis(50),
            poll: Duration::from_millis(50),
            ..pace()
        };
        watch_until(&server, &book, quick, 2).await;
        assert_eq!(book.handed_over(), 2, "{name}");
    }
}

/// R-I3: a server that ends IDLE by itself is not waited for.
#[tokio::test]
async fn an_idle_that_the_server_ends_goes_on() {
    let server = Server::start(1).await;
    server.play([Fault::answer("IDLE", "+ idling\r\n* OK Still here\r\n{tag} OK IDLE terminated\r\n")]);
    server.deliver_on_command("IDLE", b"Subject: later\r\n\r\nlater\r\n");
    let book = Arc::new(Book::default());
    watch_until(&server, &book, pace(), 2).await;
    assert_eq!(server.connections(), 1, "it was no reason to leave");
}

/// R-I4
#[tokio::test]
async fn mail_arrives_although_idle_never_notifies() {
    let server = Server::start(1).await;
    server.with(|box_| box_.mute = true);
    server.deliver_on_command("IDLE", b"Subject: later\r\n\r\nlater\r\n");
    let book = Arc::new(Book::default());
    let quick = Pace {
        idle: Duration::from_millis(300),
        poll: Duration::from_millis(300),
        ..pace()
    };
    let began = Instant::now();
    watch_until(&server, &book, quick, 2).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(server.connections(), 1);
}

/// IDLE that works brings mail at once, and a thousand notices bring it once.
#[tokio::test]
async fn idle_brings_mail_at_once_however_loud_the_server_is() {
    let server = Server::start(1).await;
    server.with(|box_| box_.notices = 1000);
    server.deliver_on_command("IDLE", b"Subject: later\r\n\r\nlater\r\n");
    let book = Arc::new(Book::default());
    let began = Instant::now();
    watch_until(&server, &book, pace(), 2).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(book.handed_over(), 2);
}

/// While somebody is likely to answer the server is asked, whatever it says in IDLE.
#[tokio::test]
async fn mail_comes_by_asking_while_an_answer_is_likely() {
    let server = Server::start(1).await;
    server.with(|box_| box_.mute = true);
    server.deliver_on_command("NOOP", b"Subject: quick\r\n\r\nquick\r\n");
    let (book, expecting) = (Arc::new(Book::default()), Arc::new(Expecting::default()));
    let (_stop, stopped) = channel::channel(false);
    let (health, _) = channel::channel(Health::default());
    let watcher = tokio::spawn({
        let (account, ledger, expecting) = (server.account(), Arc::clone(&book) as Arc<dyn Ledger>, Arc::clone(&expecting));
        async move { watch(&account, ledger, &clock(), pace(), &expecting, stopped, &health).await }
    });
    book.wait_for(1, PATIENCE).await;
    let said = |word: &str| server.transcript().iter().any(|line| line.ends_with(word));
    while !said("IDLE") {
        tokio::task::yield_now().await;
    }
    assert!(!said("NOOP"), "nobody is expected to write");
    expecting.sign();
    book.wait_for(2, PATIENCE).await;
    assert!(said("DONE") && said("NOOP"));
    assert_eq!(server.connections(), 1);
    watcher.abort();
}

/// A server that speaks of the new message during another command does not say it again in IDLE.
#[tokio::test]
async fn news_during_another_command_is_not_forgotten() {
    let server = Server::start(1).await;
    server.with(|box_| box_.mute = true);
    server.deliver_on_command("BODY.PEEK", b"Subject: meanwhile\r\n\r\nmeanwhile\r\n");
    let book = Arc::new(Book::default());
    let began = Instant::now();
    watch_until(&server, &book, pace(), 2).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

/// A server without IDLE is polled.
#[tokio::test]
async fn a_server_without_idle_is_polled() {
    let server = Server::start(1).await;
    server.play((0..4).map(|_| Fault::answer("IDLE", "{tag} BAD unknown command\r\n")));
    server.deliver_on_connection(2, b"Subject: later\r\n\r\nlater\r\n");
    server.deliver_on_connection(3, b"Subject: too late\r\n\r\nnever\r\n");
    let book = Arc::new(Book::default());
    let quick = Pace {
        poll: Duration::from_millis(100),
        ..pace()
    };
    let health = watch_until(&server, &book, quick, 2).await;
    assert_eq!(server.connections(), 2);
    assert!(health.last_ok.is_some());
}

/// R-I5
#[tokio::test]
async fn nothing_on_the_server_is_ever_changed() {
    let server = Server::start(20).await;
    server.with(|box_| box_.claimed_size.insert(7, 30 << 20));
    server.play([Fault::close_after("BODY.PEEK", 3), Fault::answer("BODY.PEEK", "{tag} NO no\r\n")]);
    server.deliver_on_command("IDLE", b"Subject: later\r\n\r\nlater\r\n");
    let book = Arc::new(Book::default());
    watch_until(&server, &book, pace(), 21).await;
    let transcript = server.transcript();
    assert!(transcript.iter().any(|line| line.contains("EXAMINE")) && transcript.iter().any(|line| line.contains("BODY.PEEK[]")));
    for line in &transcript {
        let bare = line.to_ascii_uppercase().replace("BODY.PEEK[", "");
        for forbidden in [
            "STORE", "SELECT", "MOVE", "COPY", "EXPUNGE", "CLOSE", "DELETE", "APPEND", "BODY[", "RFC822 ", "SEEN", "FLAGS",
        ] {
            assert!(!bare.contains(forbidden), "{line}");
        }
    }
}

/// R-I6, the fetching side: a message that the server chokes on, one that cannot be read, and one that the ledger refuses
/// are reported after three tries; those after them are here at once.
#[tokio::test]
async fn one_bad_message_does_not_hold_up_the_others() {
    for bad in ["closes", "nonsense", "no", "ledger"] {
        let server = Server::start(6).await;
        let book = Arc::new(Book::default());
        match bad {
            "closes" => server.with(|box_| drop(box_.poison.insert(3, String::new()))),
            "nonsense" => server.with(|box_| drop(box_.poison.insert(3, "* 3 FETCH (UID 3 RFC822.SIZE -1)\r\n".into()))),
            "no" => server.with(|box_| drop(box_.poison.insert(3, "{tag} NO cannot open message\r\n".into()))),
            _ => book.refuse(3),
        }
        assert_eq!(once_with(&server, &book).await.unwrap(), 5, "{bad}");
        assert_eq!(book.uids(), [1, 2, 4, 5, 6], "{bad}");
        let (stop, stopped) = channel::channel(false);
        let (health, _) = channel::channel(Health::default());
        let (account, ledger) = (server.account(), Arc::clone(&book) as Arc<dyn Ledger>);
        let watcher = tokio::spawn(async move { watch(&account, ledger, &clock(), pace(), &Expecting::default(), stopped, &health).await });
        book.wait_for_unreadable(3, PATIENCE).await;
        server.deliver_and_notify(b"Subject: after\r\n\r\nthe bad one\r\n");
        let began = Instant::now();
        book.wait_for(6, PATIENCE).await;
        assert!(began.elapsed() < Duration::from_secs(1), "{bad}: {:?}", began.elapsed());
        drop(stop);
        watcher.await.unwrap();
        assert_eq!(book.unreadable(), [3], "{bad}: reported once by each of the two");
    }
}

/// A message whose answer cannot be read for its size or date alone is had without them.
#[tokio::test]
async fn a_message_with_a_broken_date_is_had_without_it() {
    let server = Server::start(3).await;
    server.with(|box_| box_.bad_date.insert(2));
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 3);
    assert_eq!(book.uids(), [1, 2, 3]);
    assert!(book.unreadable().is_empty());
}

/// R-I8: an announced literal is refused before room is made for it, and the message is had in part.
/// Memory belongs to a process, so the test runs itself again in one of its own.
#[tokio::test]
async fn an_announced_giant_costs_nothing_and_is_had_in_part() {
    const ALONE: &str = "REPLYD_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        alone
            .args(["--exact", "inbox::an_announced_giant_costs_nothing_and_is_had_in_part"])
            .env(ALONE, "1");
        let output = alone.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let server = Server::start(3).await;
    server.with(|box_| box_.announced.insert(2, 400 << 20));
    let book = Book::default();
    let before = peak_memory();
    assert_eq!(once_with(&server, &book).await.unwrap(), 3);
    let cost = peak_memory() - before;
    assert!(cost < 29 << 20, "{} MiB", cost >> 20);
    assert_eq!(book.uids(), [1, 2, 3]);
}

/// R-I8: a message that is honestly too large is had in part, and says so.
#[tokio::test]
async fn a_large_message_is_had_in_part() {
    let server = Server::start(1).await;
    let mut large = b"Subject: large\r\n\r\n".to_vec();
    large.resize(300 << 10, b'x');
    let limit = server.account().limits.head;
    server.deliver(&large);
    server.with(|box_| box_.claimed_size.insert(2, 26 << 20));
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 2);
    let arrival = book.arrival(2);
    assert!(arrival.truncated);
    assert_eq!(arrival.raw.len() as u64, limit);
    assert_eq!(arrival.size, 26 << 20);
    assert!(!book.arrival(1).truncated);
}

/// R-I9
#[tokio::test]
async fn a_server_that_asks_for_time_gets_it() {
    let server = Server::start(1).await;
    server.play([Fault::answer(
        "EXAMINE",
        "{tag} BAD Request is throttled. Suggested Backoff Time: 700 milliseconds\r\n",
    )]);
    let book = Arc::new(Book::default());
    let began = Instant::now();
    watch_until(&server, &book, pace(), 1).await;
    assert!(began.elapsed() >= Duration::from_millis(700), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_folder_without_uid_validity_is_refused_by_name() {
    let server = Server::start(1).await;
    server.with(|box_| box_.uid_validity = None);
    let error = once_with(&server, &Book::default()).await.unwrap_err();
    assert!(
        matches!(&error, Trouble::NoUidValidity { folder } if folder == "INBOX"),
        "{error:?}"
    );
    assert_eq!(server.connections(), 1, "waiting does not help");
}

/// One folder that does not exist does not keep the others unread.
#[tokio::test]
async fn a_folder_that_does_not_exist_is_left_out() {
    let server = Server::start(2).await;
    server.with(|box_| box_.no_folder.push("Junk"));
    let mut account = server.account();
    account.folders = vec!["INBOX".into(), "Junk".into()];
    let book = Book::default();
    assert_eq!(once(&account, &book, &clock(), pace()).await.unwrap(), 2);
    account.folders = vec!["Junk".into()];
    let error = once(&account, &book, &clock(), pace()).await.unwrap_err();
    assert!(
        matches!(
            error,
            Trouble::Refused {
                command: "EXAMINE",
                status: "NO",
                ..
            }
        ),
        "{error:?}"
    );
}

/// `n:*` names the last message even when its UID is smaller; and a second pass fetches nothing twice.
#[tokio::test]
async fn a_quiet_folder_is_searched_and_not_fetched() {
    let server = Server::start(3).await;
    let book = Book::default();
    once_with(&server, &book).await.unwrap();
    book.raise_low(10);
    server.forget();
    assert_eq!(once_with(&server, &book).await.unwrap(), 0);
    let transcript = server.transcript();
    assert!(transcript.iter().any(|line| line.contains("UID SEARCH UID 10:*")), "{transcript:?}");
    assert!(!transcript.iter().any(|line| line.contains("FETCH")), "{transcript:?}");
}

/// A message that shows up late, below the low-water mark, is found by the deep pass.
#[tokio::test]
async fn a_message_that_shows_up_late_is_found() {
    let server = Server::start(3).await;
    let hidden = server.with(|box_| box_.mails.remove(&2).unwrap());
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 2);
    book.raise_low(4);
    server.with(|box_| drop(box_.mails.insert(2, hidden)));
    assert_eq!(once_with(&server, &book).await.unwrap(), 1);
    assert_eq!(book.uids(), [1, 2, 3]);
}

/// When the store as a whole takes nothing, fetching stops and nothing is lost.
#[tokio::test]
async fn a_store_that_takes_nothing_stops_the_fetching() {
    let server = Server::start(50).await;
    let book = Book::default();
    book.fail_store(true);
    let error = once_with(&server, &book).await.unwrap_err();
    assert!(matches!(error, Trouble::Ledger(_)), "{error:?}");
    book.fail_store(false);
    assert_eq!(once_with(&server, &book).await.unwrap(), 50);
}

/// Two thousand waiting messages come in streamed commands, not one by one.
#[tokio::test]
async fn many_messages_come_in_few_commands() {
    let server = Server::start(2000).await;
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 2000);
    let fetches = server.transcript().iter().filter(|line| line.contains("FETCH")).count();
    assert!(fetches <= 4, "{fetches}");
}

/// Reading starts with recent mail; years of old mail are left alone.
#[tokio::test]
async fn a_folder_with_old_mail_is_read_from_the_last_thirty_days_on() {
    let server = Server::start(5).await;
    server.with(|box_| box_.recent_from = 4);
    let book = Book::default();
    assert_eq!(once_with(&server, &book).await.unwrap(), 2);
    assert_eq!(book.uids(), [4, 5]);
}

/// The greeting may be preceded by a remark, and the password is never shown.
#[tokio::test]
async fn a_remark_before_the_greeting_is_no_trouble() {
    let server = Server::start(1).await;
    server.play([Fault::welcome(
        "* OK Waiting for authentication process to respond..\r\n* OK ready\r\n",
    )]);
    let session = Session::open(&server.account()).await.unwrap();
    assert!(!format!("{session:?}{:?}", server.account()).contains("s3cret"));
    session.close().await;
}

fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<usize>().ok())
        .unwrap_or(0)
        * 1024
}
