//! Tests of outbox: one attempt against a server that misbehaves at every phase and byte, and the loop that makes the attempts.

mod dkim;
mod queue;
mod sending;
mod server;

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::join_all;
use replyd::compose::Envelope;
use replyd::model::Secret;
use replyd::outbox::{Connection, Deadlines, Failure, Login, Outcome, Proof, Retry, Server, Tls};

use server::{ANSWERED, At, FakeServer, Fault, Then, fault, good_words};

const LETTER: &[u8] =
    b"From: bot@agency.example\r\nSubject: two profiles\r\nMessage-ID: <1.k@agency.example>\r\n\r\nHello\r\n.\r\n..dots\r\nend\r\n";

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);

fn deadlines(each: Duration) -> Deadlines {
    Deadlines {
        connect: each,
        command: each,
        data: each,
        transfer: each,
        dot: each,
    }
}

/// Impatient in one phase, so that a slow machine cannot end the attempt in another.
fn impatient_at(at: At) -> Deadlines {
    let mut deadlines = deadlines(LONG);
    match at {
        At::Greeting | At::Ehlo | At::Auth | At::Mail | At::Rcpt => deadlines.command = SHORT,
        At::Data => deadlines.data = SHORT,
        At::Body => deadlines.transfer = SHORT,
        At::Dot => deadlines.dot = SHORT,
    }
    deadlines
}

fn account(port: u16, deadlines: Deadlines) -> Server {
    Server {
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        login: Some(Login {
            user: "bot".into(),
            proof: Proof::Password(Secret::new("s3cret".into())),
        }),
        ca_file: None,
        hello: "agency.example".into(),
        pipelining: true,
        deadlines,
    }
}

fn envelope(to: &str) -> Envelope {
    Envelope {
        from: "bot+k7@agency.example".parse().unwrap(),
        to: to.parse().unwrap(),
    }
}

/// One attempt on a new connection: what became of it, whether DOT_INTENT was committed, the connection.
async fn attempt(server: &Server, bytes: &[u8]) -> (Outcome, bool, Option<Connection>) {
    let hung = "an attempt ends by its own deadlines";
    tokio::time::timeout(2 * LONG, attempt_that_may_hang(server, bytes))
        .await
        .expect(hung)
}

async fn attempt_that_may_hang(server: &Server, bytes: &[u8]) -> (Outcome, bool, Option<Connection>) {
    let intended = Cell::new(false);
    match Connection::open(server).await {
        Err(outcome) => (outcome, false, None),
        Ok(connection) => {
            let before_dot = async || {
                intended.set(true);
                Ok(())
            };
            let (outcome, connection) = connection.deliver(&envelope("ann@client.example"), bytes, before_dot).await;
            (outcome, intended.get(), connection)
        }
    }
}

async fn attempt_with(faults: Vec<Fault>, each: Deadlines) -> (Outcome, bool, Option<Connection>, FakeServer) {
    let server = FakeServer::start(vec![faults]).await;
    let (outcome, intended, connection) = attempt(&account(server.port, each), LETTER).await;
    (outcome, intended, connection, server)
}

fn is_transient(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Deferred {
            class: Retry::Transient,
            ..
        }
    )
}

#[tokio::test]
async fn a_letter_arrives_unchanged() {
    let (outcome, intended, connection, server) = attempt_with(vec![], deadlines(LONG)).await;
    assert_eq!(
        outcome,
        Outcome::Sent {
            response: "250 2.0.0 Ok: queued as 4F2A".into()
        }
    );
    assert!(intended && connection.is_some());
    let seen = server.seen().remove(0);
    assert_eq!(seen.messages, [LETTER]);
    assert_eq!(seen.commands[0], "EHLO agency.example");
    assert_eq!(seen.commands[1], "AUTH PLAIN AGJvdABzM2NyZXQ=");
    assert_eq!(seen.commands[2], format!("MAIL FROM:<bot+k7@agency.example> SIZE={}", LETTER.len()));
    assert_eq!(seen.commands[3..], ["RCPT TO:<ann@client.example>", "DATA"]);
}

/// A server that takes several commands at once.
fn pipelining() -> Fault {
    let offer = good_words(At::Ehlo).replace("250 AUTH", "250-PIPELINING\r\n250 AUTH");
    fault(At::Ehlo, &offer, Then::Continue)
}

#[tokio::test]
async fn commands_go_together_where_that_is_offered_and_wanted() {
    for wanted in [true, false] {
        let server = FakeServer::start(vec![vec![pipelining()]]).await;
        let mut account = account(server.port, deadlines(LONG));
        account.pipelining = wanted;
        let (outcome, _, connection) = attempt(&account, LETTER).await;
        assert!(matches!(outcome, Outcome::Sent { .. }) && connection.is_some(), "{outcome:?}");
        let seen = server.seen().remove(0);
        assert_eq!(seen.messages, [LETTER]);
        // Three commands in one read, or one after the other.
        assert_eq!(seen.most_at_once, if wanted { 3 } else { 1 });
    }
}

/// R-O9: what was sent along with a refused recipient goes to nobody, and the connection carries on when both sides agree.
#[tokio::test]
async fn a_recipient_refused_among_pipelined_commands_harms_no_other_letter() {
    let nobody = fault(At::Rcpt, "550 5.1.1 User unknown\r\n", Then::Continue);
    let no_data = fault(At::Data, "554 5.5.1 no valid recipients\r\n", Then::Continue);
    let (outcome, intended, connection, _) = attempt_with(vec![pipelining(), nobody.clone(), no_data], deadlines(LONG)).await;
    assert!(
        matches!(&outcome, Outcome::Failed { class: Failure::Address, status: Some(status), .. } if status == "5.1.1"),
        "{outcome:?}"
    );
    assert!(!intended && connection.is_some());

    // This server waits for a message that it would give to nobody: it does not get one.
    let (outcome, intended, connection, server) = attempt_with(vec![pipelining(), nobody], deadlines(LONG)).await;
    assert!(
        matches!(
            outcome,
            Outcome::Failed {
                class: Failure::Address,
                ..
            }
        ),
        "{outcome:?}"
    );
    assert!(!intended && connection.is_none());
    server.until("the client close", |seen| seen[0].closed).await;
    assert!(server.seen()[0].messages.is_empty());
}

/// R-O4: the defaults are those that Postfix has found good.
#[test]
fn the_deadlines_are_30_300_120_180_600() {
    let d = Deadlines::default();
    assert_eq!(
        [d.connect, d.command, d.data, d.transfer, d.dot].map(|d| d.as_secs()),
        [30, 300, 120, 180, 600]
    );
}

/// R-O4, R-O3: a server that stalls or hangs up after any byte of any reply ends the attempt, with the class of its phase, and the
/// connection is closed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_or_hangup_at_any_byte_ends_the_attempt_with_the_right_class() {
    let mut cases = Vec::new();
    for at in ANSWERED {
        let words = good_words(at);
        for end in 0..words.len() {
            for pipelined in [false, true] {
                cases.push((at, &words[..end], Then::Stall, pipelined));
                cases.push((at, &words[..end], Then::Close, pipelined));
            }
        }
    }
    assert!(cases.len() > 200, "{} cases", cases.len());
    // Some at a time: all at once would make the short deadlines a matter of luck.
    for some in cases.chunks(48) {
        join_all(some.iter().map(|(at, words, then, pipelined)| async move {
            let mut faults = vec![fault(*at, words, *then)];
            faults.extend(pipelined.then(pipelining));
            let (outcome, intended, connection, server) = attempt_with(faults, impatient_at(*at)).await;
            let case = format!("{at:?} {words:?} {then:?} {pipelined}: {outcome:?}");
            if *at == At::Dot {
                assert!(matches!(outcome, Outcome::Ambiguous { .. }), "{case}");
            } else {
                assert!(is_transient(&outcome), "{case}");
            }
            assert_eq!(intended, *at == At::Dot, "{case}");
            assert!(connection.is_none(), "{case}");
            server.until("the client close", |seen| seen[0].closed).await;
        }))
        .await;
    }
}

/// R-O4: the body has a deadline too, and a body that was not taken whole is surely not sent.
#[tokio::test]
async fn a_server_that_stops_reading_the_body_ends_the_attempt() {
    let server = FakeServer::start(vec![vec![fault(At::Body, "", Then::Stall)]]).await;
    let big = b"a line of no importance, of which there are many\r\n".repeat(150_000);
    let (outcome, intended, connection) = attempt(&account(server.port, impatient_at(At::Body)), &big).await;
    assert!(is_transient(&outcome), "{outcome:?}");
    assert!(!intended && connection.is_none());
    server.read_on.notify_one();
    server.until("the client close", |seen| seen[0].closed).await;
    assert!(server.seen()[0].messages.is_empty());
}

/// R-O2: only 250 is consent to the final dot.
#[tokio::test]
async fn only_250_to_the_dot_is_sent() {
    for words in [
        "354 go ahead\r\n",
        "251 2.1.5 will forward\r\n",
        "252 2.0.0 hm\r\n",
        "220 2.0.0 mx.example\r\n",
        "221 2.0.0 bye\r\n",
        "235 2.7.0 welcome\r\n",
        "200 ok\r\n",
        "334 \r\n",
        "250-half\r\n354 go\r\n",
        "2500 ok\r\n",
        "25\r\n",
        "ok\r\n",
        "\r\n",
        "\0\0\0\0",
        "HTTP/1.1 200 OK\r\n",
    ] {
        let (outcome, _, connection, _server) = attempt_with(vec![fault(At::Dot, words, Then::Continue)], impatient_at(At::Dot)).await;
        assert!(matches!(outcome, Outcome::Ambiguous { .. }), "{words:?}: {outcome:?}");
        assert!(connection.is_none(), "{words:?}: the connection was kept");
    }
    let (outcome, ..) = attempt_with(vec![fault(At::Dot, "250\r\n", Then::Close)], deadlines(LONG)).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}

/// R-O2: a consent that belongs to an earlier command, or to none, is never taken for the dot's.
#[tokio::test]
async fn a_reply_out_of_turn_is_never_taken_for_the_dots() {
    for (at, words) in [
        (At::Data, "354 go ahead\r\n250 2.0.0 Ok: queued\r\n"),
        (At::Data, "250 2.0.0 Ok\r\n"),
        (At::Rcpt, "250 2.1.5 Ok\r\n354 go ahead\r\n250 2.0.0 Ok\r\n"),
        (At::Rcpt, "250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"),
        (At::Mail, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go\r\n250 Ok\r\n"),
        (At::Mail, "354 go ahead\r\n"),
        (At::Rcpt, "354 go ahead\r\n"),
        (At::Auth, "235 2.7.0 welcome\r\n250 2.1.0 Ok\r\n"),
    ] {
        let (outcome, intended, connection, server) = attempt_with(vec![fault(at, words, Then::Continue)], deadlines(LONG)).await;
        assert!(is_transient(&outcome), "{at:?} {words:?}: {outcome:?}");
        assert!(!intended && connection.is_none(), "{at:?} {words:?}");
        server.until("the client close", |seen| seen[0].closed).await;
        assert!(server.seen()[0].messages.is_empty(), "{at:?} {words:?}: the dot was written");
    }
}

/// R-O2: what comes with or after the 250 does not unsay it, but the connection is not used again.
#[tokio::test]
async fn a_connection_with_words_left_over_is_not_kept() {
    let words = "250 2.0.0 Ok: queued\r\n421 4.3.0 shutting down\r\n";
    let (outcome, _, connection, _server) = attempt_with(vec![fault(At::Dot, words, Then::Continue)], deadlines(LONG)).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert!(connection.is_none());
}

/// R-O2, R-O4: a refusal of the dot is an answer for good, not an ambiguity.
#[tokio::test]
async fn a_refused_dot_is_definite() {
    let (outcome, intended, connection, _server) = attempt_with(
        vec![fault(At::Dot, "451 4.3.0 queue file write error\r\n", Then::Continue)],
        deadlines(LONG),
    )
    .await;
    assert!(is_transient(&outcome), "{outcome:?}");
    assert!(intended && connection.is_some());
    let (outcome, _, connection, _server) = attempt_with(vec![fault(At::Dot, "554 5.7.1 no\r\n", Then::Continue)], deadlines(LONG)).await;
    let refused = Outcome::Failed {
        class: Failure::Message,
        status: Some("5.7.1".into()),
        why: "end of message: 554 5.7.1 no".into(),
    };
    assert_eq!(outcome, refused);
    assert!(connection.is_some());
    let (outcome, _, connection, _server) = attempt_with(vec![fault(At::Dot, "421 4.4.2 bye\r\n", Then::Close)], deadlines(LONG)).await;
    assert!(is_transient(&outcome), "{outcome:?}");
    assert!(connection.is_none());
}

/// R-O6, door side: when DOT_INTENT cannot be committed, the dot is not written.
#[tokio::test]
async fn without_dot_intent_the_server_never_sees_the_dot() {
    let server = FakeServer::start(vec![]).await;
    let connection = Connection::open(&account(server.port, deadlines(LONG))).await.unwrap();
    let (outcome, connection) = connection
        .deliver(&envelope("ann@client.example"), LETTER, async || Err("disk full".to_owned()))
        .await;
    assert!(is_transient(&outcome), "{outcome:?}");
    assert!(connection.is_none());
    server.until("the client close", |seen| seen[0].closed).await;
    let seen = server.seen().remove(0);
    assert_eq!(seen.commands.last().unwrap(), "DATA");
    assert!(seen.messages.is_empty(), "the dot was written");
}

/// R-O3: a cancelled attempt closes its connection.
#[tokio::test]
async fn a_cancelled_attempt_closes_its_connection() {
    for at in [At::Mail, At::Rcpt, At::Data, At::Dot] {
        let server = FakeServer::start(vec![vec![fault(at, "", Then::Stall)]]).await;
        let account = account(server.port, deadlines(LONG));
        let cancelled = tokio::time::timeout(SHORT, attempt(&account, LETTER)).await;
        assert!(cancelled.is_err(), "{at:?}");
        server.until("the client close", |seen| seen[0].closed).await;
    }
}

/// R-O8, R-O9, door side: a refused recipient is an address failure, and the next letter goes out on the same connection.
#[tokio::test]
async fn a_refused_recipient_is_an_address_failure_and_harms_no_other_letter() {
    let words = "550 5.1.1 <ann@client.example>: Recipient address rejected: User unknown\r\n";
    let (outcome, intended, connection, server) = attempt_with(vec![fault(At::Rcpt, words, Then::Continue)], deadlines(LONG)).await;
    let Outcome::Failed { class, status, why } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((class, status.as_deref()), (Failure::Address, Some("5.1.1")));
    assert!(!why.contains("ann"), "an address in {why:?}");
    assert!(!intended);
    let (outcome, connection) = connection
        .unwrap()
        .deliver(&envelope("ben@client.example"), LETTER, async || Ok(()))
        .await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    connection.unwrap().close().await;
    server.until("the end", |seen| seen[0].closed).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].count("RSET"), seen[0].count("QUIT"), seen[0].messages.len()), (1, 1, 1));
}

/// R-O10: bytes that could end early on the way, or be changed, do not reach the server.
#[tokio::test]
async fn bytes_with_bare_line_ends_or_long_lines_are_refused() {
    let server = FakeServer::start(vec![]).await;
    let mut connection = Connection::open(&account(server.port, deadlines(LONG))).await.unwrap();
    let long = format!("Subject: x\r\n\r\n{}\r\n", "y".repeat(999));
    for bad in [
        "a\n.\r\nMAIL FROM:<x@y.example>\r\n",
        "a\r.\r\n",
        "a\r\n.\n",
        "a\r\r\n",
        "a\r",
        &long,
    ] {
        let before_dot = async || panic!("the dot of {bad:?} is about to be written");
        let (outcome, kept) = connection
            .deliver(&envelope("ann@client.example"), bad.as_bytes(), before_dot)
            .await;
        let refused = matches!(
            outcome,
            Outcome::Failed {
                class: Failure::Message,
                ..
            }
        );
        assert!(refused, "{bad:?}: {outcome:?}");
        connection = kept.unwrap();
    }
    connection.close().await;
    server.until("the end", |seen| seen[0].closed).await;
    assert_eq!(server.seen()[0].count("MAIL"), 0);
}

#[tokio::test]
async fn what_the_server_said_it_cannot_take_is_not_offered() {
    let (size, ascii) = ("250-mx\r\n250-AUTH PLAIN\r\n250 SIZE 20\r\n", "250-mx\r\n250 AUTH PLAIN\r\n");
    for (words, bytes) in [(size, LETTER), (ascii, "Subject: x\r\n\r\nhé\r\n".as_bytes())] {
        let server = FakeServer::start(vec![vec![fault(At::Ehlo, words, Then::Continue)]]).await;
        let (outcome, ..) = attempt(&account(server.port, deadlines(LONG)), bytes).await;
        let refused = matches!(
            outcome,
            Outcome::Failed {
                class: Failure::Message,
                ..
            }
        );
        assert!(refused, "{outcome:?}");
        assert_eq!(server.seen()[0].count("MAIL"), 0);
    }
}

fn is_account_fault(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Deferred { class: Retry::Account, .. })
}

#[tokio::test]
async fn a_login_that_cannot_be_is_the_accounts_fault() {
    for (at, words) in [
        (At::Auth, "535 5.7.8 authentication failed\r\n"),
        (At::Ehlo, "250 mx\r\n"),
        (At::Ehlo, "250-mx\r\n250 AUTH GSSAPI\r\n"),
    ] {
        let (outcome, _, connection, _server) = attempt_with(vec![fault(at, words, Then::Continue)], deadlines(LONG)).await;
        assert!(is_account_fault(&outcome), "{outcome:?}");
        assert!(connection.is_none());
    }
}

#[tokio::test]
async fn login_is_spoken_where_plain_is_not() {
    let words = "250-mx\r\n250 AUTH=LOGIN\r\n";
    let faults = vec![
        fault(At::Ehlo, words, Then::Continue),
        fault(At::Auth, "334 VXNlcm5hbWU6\r\n", Then::Continue),
    ];
    let (outcome, _, _, server) = attempt_with(faults, deadlines(LONG)).await;
    // The fake server knows no more of it than the first step.
    assert!(!matches!(outcome, Outcome::Sent { .. }));
    assert_eq!(server.seen()[0].commands[1..], ["AUTH LOGIN", "Ym90"]);
}

#[tokio::test]
async fn starttls_that_is_not_offered_or_comes_with_more_stops_before_the_login() {
    for words in ["250-mx\r\n250 AUTH PLAIN\r\n", "250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"] {
        let server = FakeServer::start(vec![vec![fault(At::Ehlo, words, Then::Continue)]]).await;
        let mut account = account(server.port, deadlines(LONG));
        account.tls = Tls::StartTls;
        let (outcome, ..) = attempt(&account, LETTER).await;
        // The fake server knows no STARTTLS: it refuses with 500, which is no reason to go on in plain text.
        assert!(is_account_fault(&outcome) || is_transient(&outcome), "{outcome:?}");
        server.until("the client close", |seen| seen[0].closed).await;
        let seen = server.seen().remove(0);
        assert_eq!((seen.count("AUTH"), seen.count("MAIL")), (0, 0));
    }
}
