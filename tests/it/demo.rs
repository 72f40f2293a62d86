//! Tests of demo: the loopback mail server with real clients on real sockets, and the story played twice.
#![cfg(feature = "demo")]

mod time;
mod webmail;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use replyd::demo::server::{Account, Server, ServerError};
use replyd::demo::{Story, Told};
use replyd::model::{Address, Decision, Secret, Timestamp};
use replyd::store::TimelineLine;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const BOT: &str = "bot@agency.example";
const ANN: &str = "ann@client.example";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

async fn server() -> Server {
    let account = |text: &str| Account {
        address: address(text),
        password: Secret::new(format!("pw-{text}")),
    };
    Server::start(vec![account(BOT), account(ANN)], Arc::new(noon)).await.unwrap()
}

async fn send(server: &Server, login: &str, from: &str, to: &str, mail: &[u8]) -> Result<(), lettre::transport::smtp::Error> {
    let mut smtp = AsyncSmtpConnection::connect_tokio1(
        server.smtp,
        Some(Duration::from_secs(5)),
        &ClientId::Domain("laptop.example".to_owned()),
        None,
        None,
    )
    .await?;
    let login = Credentials::new(login.to_owned(), format!("pw-{login}"));
    smtp.auth(&[Mechanism::Plain], &login).await?;
    let envelope = lettre::address::Envelope::new(Some(from.parse().unwrap()), vec![to.parse().unwrap()]).unwrap();
    smtp.send(&envelope, mail).await?;
    smtp.quit().await?;
    Ok(())
}

/// Speaks a protocol by hand: sends each line and returns everything that came before the last answer matched.
async fn talk(at: std::net::SocketAddr, script: &[(&str, &str)]) -> Vec<String> {
    let mut stream = BufReader::new(TcpStream::connect(at).await.unwrap());
    let mut heard = Vec::new();
    for (say, until) in script {
        stream.get_mut().write_all(say.as_bytes()).await.unwrap();
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(Duration::from_secs(5), stream.read_line(&mut line));
            let count = read
                .await
                .unwrap_or_else(|_| panic!("no {until:?} after {say:?}, but {heard:?}"))
                .unwrap();
            assert!(count > 0, "closed before {until:?}: {heard:?}");
            heard.push(line.trim_end().to_owned());
            if line.starts_with(until) {
                break;
            }
        }
    }
    heard
}

#[tokio::test]
async fn demo_mail_goes_in_by_smtp_and_comes_out_by_imap() {
    let server = server().await;
    let stream = TcpStream::connect(server.imap).await.unwrap();
    let mut client = async_imap::Client::new(stream);
    client.read_response().await.unwrap();
    let mut session = client.login(BOT, format!("pw-{BOT}")).await.map_err(|(error, _)| error).unwrap();
    let inbox = session.examine("INBOX").await.unwrap();
    assert_eq!((inbox.exists, inbox.uid_validity, inbox.uid_next), (0, Some(1), Some(1)));

    // IDLE wakes for a letter that comes in meanwhile.
    let mut idle = session.idle();
    idle.init().await.unwrap();
    let (wait, _stop) = idle.wait_with_timeout(Duration::from_secs(20));
    let mail = b"From: Ann <ann@client.example>\r\nSubject: hi\r\n\r\nOne\r\n..two dots\r\n";
    let (sent, woken) = tokio::join!(send(&server, ANN, ANN, "bot+tag@agency.example", mail), wait);
    sent.unwrap();
    assert!(matches!(woken.unwrap(), async_imap::extensions::idle::IdleResponse::NewData(_)));
    let mut session = idle.done().await.unwrap();

    let found = session.uid_search("UID 1:*").await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [1]);
    assert_eq!(session.uid_search("UID 1:* SINCE 2-Mar-2026").await.unwrap().len(), 1);
    assert!(session.uid_search("SINCE 3-Mar-2026").await.unwrap().is_empty());
    let fetched: Vec<_> = session
        .uid_fetch("1:4294967295", "(UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[])")
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let [one] = fetched.as_slice() else { panic!("{fetched:?}") };
    let raw = String::from_utf8(one.body().unwrap().to_vec()).unwrap();
    assert_eq!((one.uid, one.size), (Some(1), Some(u32::try_from(raw.len()).unwrap())));
    assert_eq!(one.internal_date().unwrap(), noon());
    assert!(raw.starts_with("Return-Path: <ann@client.example>\r\nDelivered-To: bot+tag@agency.example\r\nAuthentication-Results: demo.agency.example; dmarc=pass header.from=client.example\r\nReceived: from "),
        "{raw}"
    );
    // lettre writes CRLF before its dot whether there is one or not.
    assert!(
        raw.trim_end().ends_with("\r\nSubject: hi\r\n\r\nOne\r\n..two dots"),
        "the message itself is untouched: {raw}"
    );

    let head: Vec<_> = session
        .uid_fetch("1", "(UID BODY.PEEK[]<0.11>)")
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(head[0].body().unwrap(), b"Return-Path");
    session.logout().await.unwrap();
}

#[tokio::test]
async fn demo_server_is_for_loopback_and_its_own_users_only() {
    let outside = Server::start_on(IpAddr::V4(Ipv4Addr::UNSPECIFIED), Vec::new(), Arc::new(noon)).await;
    assert!(matches!(outside, Err(ServerError::NotLoopback(_))));

    let server = server().await;
    let unknown = send(&server, ANN, ANN, "nobody@agency.example", b"From: a@b.c\r\n\r\n")
        .await
        .unwrap_err();
    assert!(unknown.is_permanent() && unknown.to_string().contains("5.1.1"), "{unknown}");
    let abroad = send(&server, ANN, ANN, "someone@elsewhere.example", b"From: a@b.c\r\n\r\n")
        .await
        .unwrap_err();
    assert!(abroad.is_permanent() && abroad.to_string().contains("5.1.2"), "{abroad}");
    let other = send(&server, ANN, BOT, BOT, b"From: a@b.c\r\n\r\n").await.unwrap_err();
    assert!(other.is_permanent() && other.to_string().contains("5.7.1"), "{other}");
    send(
        &server,
        ANN,
        "ann+tag@client.example",
        BOT,
        b"From: bot@agency.example\r\n\r\nforged\r\n",
    )
    .await
    .unwrap();
    let raw = server.mailboxes.messages(&address(BOT)).pop().unwrap().raw;
    assert!(String::from_utf8_lossy(&raw).contains("dmarc=fail header.from=agency.example"));
}

#[tokio::test]
async fn demo_smtp_takes_pipelined_commands_and_hides_nothing_behind_a_bare_line_feed() {
    let server = server().await;
    let script = [
        ("", "220"),
        ("EHLO laptop\r\n", "250 "),
        ("AUTH PLAIN\r\n", "334"),
        ("wrong\r\n", "535"),
        ("MAIL FROM:<> SIZE=9\r\nRCPT TO:<bot@agency.example>\r\nDATA\r\n", "354"),
        (
            "From: a@b.c\r\n\r\nText\n.\nMAIL FROM:<x@y.z>\n.\r\n..\r\n.\r\nNOOP\r\nRSET\r\nWHAT\r\nDATA\r\n",
            "503",
        ),
        ("QUIT\r\n", "221"),
    ];
    let heard = talk(server.smtp, &script).await;
    assert!(heard.iter().any(|line| line == "250-PIPELINING"), "{heard:?}");
    let messages = server.mailboxes.messages(&address(BOT));
    assert_eq!(messages.len(), 1);
    let raw = String::from_utf8_lossy(&messages[0].raw).into_owned();
    assert!(raw.starts_with("Return-Path: <>\r\n"), "{raw}");
    assert!(raw.ends_with("\r\n\r\nText\n.\nMAIL FROM:<x@y.z>\n.\r\n.\r\n"), "{raw:?}");
}

#[tokio::test]
async fn demo_imap_answers_what_it_does_not_know() {
    let server = server().await;
    let script = [
        ("", "* OK"),
        ("a1 CAPABILITY\r\n", "a1 OK"),
        ("a2 SELECT INBOX\r\n", "a2 NO"),
        ("a3 LOGIN ann@client.example wrong\r\n", "a3 NO"),
        ("a4 AUTHENTICATE PLAIN\r\n", "+"),
        ("AGFubkBjbGllbnQuZXhhbXBsZQBwdy1hbm5AY2xpZW50LmV4YW1wbGU=\r\n", "a4 OK"),
        ("a5 IDLE\r\n", "a5 NO"),
        ("a6 LIST \"\" *\r\n", "a6 OK"),
        ("a7 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY)\r\n", "a7 OK"),
        ("a8 EXAMINE Elsewhere\r\n", "a8 NO"),
        ("a9 EXAMINE INBOX\r\n", "a9 OK"),
        ("b1 FETCH\r\n", "b1 BAD"),
        ("b2 UID FETCH 1:* (UID)\r\n", "b2 OK"),
        ("b3 UID STORE 1 +FLAGS (\\Seen)\r\n", "b3 NO"),
        ("b4 UID SEARCH SUBJECT x\r\n", "b4 OK"),
        ("b5 CLOSE\r\n", "b5 OK"),
        ("b6 LOGOUT\r\n", "b6 OK"),
    ];
    let heard = talk(server.imap, &script).await;
    for line in [
        "* LIST () \"/\" INBOX",
        "* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1)",
        "* 0 EXISTS",
        "* BYE Goodbye",
    ] {
        assert!(heard.iter().any(|one| one == line), "{line}: {heard:?}");
    }
}

/// What `replyd check --round-trip` asks: whether a mail with this Message-ID has come.
#[tokio::test]
async fn demo_imap_searches_header_fields() {
    let server = server().await;
    for id in ["one@agency.example", "two@agency.example"] {
        let mail = format!("Subject: Hello\r\nMessage-ID:\r\n <{id}>\r\nX-Two: yes\r\n\r\nMessage-ID: three@agency.example\r\n");
        server.mailboxes.deliver(&address(ANN), noon(), mail.into_bytes()).unwrap();
    }
    let login = format!("a1 LOGIN {ANN} pw-{ANN}\r\n");
    let script = [
        ("", "* OK"),
        (login.as_str(), "a1 OK"),
        ("a2 EXAMINE INBOX\r\n", "a2 OK"),
        ("a3 UID SEARCH HEADER Message-ID \"TWO@agency.example\"\r\n", "a3 OK"),
        ("a4 UID SEARCH HEADER x-two \"\"\r\n", "a4 OK"),
        ("a5 UID SEARCH HEADER Message-ID \"three@agency.example\"\r\n", "a5 OK"),
        ("a6 UID SEARCH TEXT \"Hello\"\r\n", "a6 NO"),
    ];
    let heard = talk(server.imap, &script).await;
    let found: Vec<&str> = heard
        .iter()
        .filter_map(|line| line.strip_prefix("* SEARCH"))
        .map(str::trim)
        .collect();
    assert_eq!(found, ["2", "1 2", ""], "{heard:?}");
}

async fn told(decisions: [Decision; 3]) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = Vec::new();
    let told = Story { decisions }.play(dir.path(), &mut |line| lines.push(line)).await;
    told.unwrap_or_else(|error| panic!("{error}\n{}", lines.join("\n")))
}

/// Submission, detail and words of the timeline's lines of a kind, in their order.
fn entries(told: &Told, kind: &str) -> Vec<(i64, String, String)> {
    let lines = told.timeline.iter().filter(|line| line.kind == kind);
    lines
        .map(|line| (line.submission.unwrap_or(0), line.detail.clone(), line.words.clone()))
        .collect()
}

/// The excerpt at the head of README.md is this story's: its lines in their order, and a mark wherever some are left out.
fn the_readme_shows(told: &Told) {
    let readme = include_str!("../../README.md");
    let (_, excerpt) = readme.split_once("$ replyd show REF-").unwrap();
    let (excerpt, _) = excerpt.split_once("```").unwrap();
    let (mut next, mut left_out, mut shown) = (0, false, 0);
    for line in excerpt.lines() {
        left_out |= line == "…";
        if !line.starts_with("20") {
            continue;
        }
        let is_it = |one: &TimelineLine| {
            let at = one.at.get(..16).unwrap_or_default().replace('T', " ");
            line.starts_with(&at) && line.contains(&format!("  {} ", one.kind)) && line.ends_with(&one.detail)
        };
        let at = told.timeline.iter().skip(next).position(is_it);
        let skipped = at.unwrap_or_else(|| panic!("{line}: not in {:#?}", told.timeline));
        assert_eq!(
            skipped > 0,
            std::mem::take(&mut left_out),
            "{line}: {skipped} lines are left out before it"
        );
        (next, shown) = (next + skipped + 1, shown + 1);
    }
    assert!(shown > 10 && left_out == (next < told.timeline.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_story_follows_what_people_do() {
    use Decision::{Interested, Maybe, Pass};
    for (decisions, statuses, words) in [
        (
            [Interested, Pass, Maybe],
            ["completed", "rejected", "maybe"],
            ["Pass on Ben", "Chloé maybe"],
        ),
        (
            [Pass, Maybe, Interested],
            ["rejected", "maybe", "completed"],
            ["Ben maybe", "Yes to Chloé"],
        ),
    ] {
        let told = told(decisions).await;
        let timeline = format!("{:#?}", told.timeline);
        if decisions == [Interested, Pass, Maybe] {
            the_readme_shows(&told);
        }
        let now: Vec<&str> = told.batch.submissions.iter().map(|one| one.status.as_str()).collect();
        assert_eq!(now, statuses, "{timeline}");

        // The slip by link, the press that was meant, and one line for each candidate of the answer in words, with its words.
        let decided = entries(&told, "decided");
        assert_eq!(decided.iter().map(|one| one.0).collect::<Vec<_>>(), [1, 1, 2, 3], "{timeline}");
        for (entry, decision) in decided.iter().skip(1).zip(decisions) {
            assert!(entry.1.contains(decision.label()), "{timeline}");
        }
        assert!(!decided[0].1.contains(decisions[0].label()), "the slip: {timeline}");
        assert!(
            decided[0].1.starts_with("by link") && decided[2].1.starts_with("by mail"),
            "{timeline}"
        );
        for (entry, words) in decided.iter().skip(2).zip(words) {
            assert!(entry.2.contains(words), "{words}: {timeline}");
        }
        let undone = entries(&told, "undone");
        assert_eq!(undone.iter().map(|one| one.0).collect::<Vec<_>>(), [1], "{timeline}");

        // What took effect is what was decided last, and nothing took effect that was taken back.
        let mut in_effect = entries(&told, "in_effect");
        in_effect.sort();
        let stands: Vec<(i64, String)> = in_effect.into_iter().map(|one| (one.0, one.1)).collect();
        let expected = [1, 2, 3]
            .into_iter()
            .zip(decisions)
            .map(|(id, decision)| (id, format!("{} stands", decision.label())));
        assert_eq!(stands, expected.collect::<Vec<_>>(), "{timeline}");

        // Booked as the client chose, moved as the client wished, and nobody was written to more often than the story needs.
        let kinds = ["arranging", "booked", "moved", "completed", "interview_to_recruiter"];
        let counted = kinds.map(|kind| entries(&told, kind).len());
        assert_eq!(counted, [1, 2, 1, 1, 0], "{timeline}");
        assert_eq!(entries(&told, "auto_reply").len(), 1, "{timeline}");
        let letters = entries(&told, "letter");
        let count = |start: &str| letters.iter().filter(|one| one.1.starts_with(start)).count();
        assert_eq!((count("submission to client"), count("nudge")), (1, 0), "{timeline}");
        assert_eq!((count("receipt to client"), count("follow_up to client")), (3, 1), "{timeline}");
        let of_the_interview = [
            "ask_times to candidate",
            "offer_times to client",
            "offer_times to candidate",
            "ask_outcome to client",
        ];
        assert_eq!(of_the_interview.map(count), [1; 4], "{timeline}");
        assert_eq!(count("invitation to client"), 2, "{timeline}");
        assert_eq!(count("invitation to candidate"), 2, "{timeline}");
        assert_eq!(
            (told.recruiter.copies, told.recruiter.notices),
            (count("copy to recruiter"), count("notice to recruiter")),
            "{timeline}"
        );
        let bag = told.recruiter;
        assert!(bag.copies >= 5 && bag.notices >= 2 && bag.desk >= 1, "{bag:?} {timeline}");
        assert!(told.took < Duration::from_secs(30), "{:?}", told.took);
    }
}
