//! Busy calendars, end to end: a server on loopback, a daemon that reads mail as if it had been fetched, and what is offered then. Ana's
//! interview is with Ann at Client Ltd; both are in London, and it is Wednesday afternoon.

mod fetching;
mod server;

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replyd::config::PersonsCalendar;
use replyd::conversation::{Command, Conversation, Elsewhere, Interview, Order, Party, Side};
use replyd::daemon::{Clock, Daemon, steer};
use replyd::model::{Address, ConversationId, Decision, Feed, FeedKind, Timestamp};
use replyd::store::NewBatch;
use tempfile::TempDir;

use crate::conversation::people;
use crate::desk::{new_batch, reads};
use server::{Request, Response, Server};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-18T14:05:00Z")
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

const ANA: &str = "ana@mail.example";
const ANN: &str = "ann.lee@client.example";

/// A calendar with these times taken, each `UID START END`.
fn events(taken: &[&str]) -> String {
    let mut calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n".to_owned();
    for one in taken {
        let [uid, start, end] = one.split(' ').collect::<Vec<_>>().try_into().unwrap();
        calendar += &format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:The boss\r\nEND:VEVENT\r\n");
    }
    calendar + "END:VCALENDAR\r\n"
}

/// An answer to a free-busy query, each time `START/END`.
fn free_busy(taken: &[&str]) -> String {
    let lines: String = taken.iter().map(|one| format!("FREEBUSY:{one}\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\n{lines}END:VFREEBUSY\r\nEND:VCALENDAR\r\n")
}

/// A daemon, the people's calendars, and Ana's interview about to be arranged.
struct Desk {
    _dir: TempDir,
    daemon: Daemon,
    clock: Clock,
    id: ConversationId,
    server: Arc<Server>,
    mails: Cell<u32>,
}

impl Desk {
    /// Ana's calendar is named by the batch, Ann's by config.toml: at /ana a file, at /ann/ a collection.
    async fn new(answering: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let server = Server::start(answering);
        let dir = tempfile::tempdir().unwrap();
        let mut config = crate::senders::config(dir.path());
        config.calendars.client.private = vec!["127.0.0.1".parse().unwrap()];
        config.calendars.client.within = Duration::from_secs(2);
        config.calendars.people = vec![PersonsCalendar {
            address: address("Ann.Lee@client.example"),
            feed: Feed::parse(FeedKind::Caldav, &server.url("/ann/")).unwrap(),
            login: None,
        }];
        let clock = Clock::set_to(now());
        let daemon = Daemon::new(config, clock.clone()).unwrap();
        let mut before = people::conversation(&["Ana", "Ben"], "Europe/London");
        before.policy.scheduling.order = Order::Candidate;
        // Letters of several rounds leave on one day.
        before.policy.daily_limit = 10;
        let id = daemon
            .submit(NewBatch {
                calendars: vec![(address(ANA), Some(Feed::parse(FeedKind::Ics, &server.url("/ana")).unwrap()))],
                ..new_batch(before)
            })
            .await
            .unwrap();
        Self {
            _dir: dir,
            daemon,
            clock,
            id,
            server,
            mails: Cell::new(0),
        }
    }

    /// The client is interested in Ana, and Ana is asked when she can.
    async fn interested(&self) {
        let submission = self.conversation().submissions[0].id;
        let command = Command::Decide {
            submission,
            decision: Decision::Interested,
            reasons: Vec::new(),
        };
        let ink = Arc::new(self.daemon.config().ink.clone());
        steer(
            &self.daemon.store(),
            &ink,
            self.id,
            "Rita Moss".to_owned(),
            command,
            self.clock.now(),
        )
        .await
        .unwrap();
        self.pass(11).await;
        assert!(self.interview().candidate.asked.is_some(), "Ana was not asked");
    }

    /// So many minutes pass, and what falls due in them.
    async fn pass(&self, minutes: i64) {
        self.clock.push(chrono::Duration::minutes(minutes));
        while self.daemon.pass_deadlines().await.unwrap() > 0 {}
    }

    fn conversation(&self) -> Conversation {
        self.daemon.store().read(|tx| tx.conversation(self.id)).unwrap().unwrap()
    }

    fn elsewhere(&self) -> Elsewhere {
        let now = self.clock.now();
        let conversation = self.conversation();
        self.daemon.store().read(|tx| tx.elsewhere(&conversation, now)).unwrap()
    }

    fn interview(&self) -> Interview {
        self.conversation().submissions[0].interview.clone().unwrap()
    }

    /// Somebody answers the last letter to them.
    async fn hears(&self, side: Side, says: &str) {
        let party = side.party(self.conversation().submissions[0].id);
        let letters = self.daemon.store().read(|tx| tx.letters_of(self.id)).unwrap();
        let letter = letters.into_iter().rfind(|one| one.to == party).unwrap();
        let bytes = self.daemon.store().read(|tx| tx.letter_bytes(letter.id)).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let header = |field: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap().to_owned();
            line.rsplit('<').next().unwrap().trim_end_matches('>').to_owned()
        };
        let from = match party {
            Party::Client => ANN,
            _ => ANA,
        };
        let date = self.clock.now().to_rfc2822();
        self.mails.set(self.mails.get() + 1);
        let n = self.mails.get();
        let raw = format!(
            "Return-Path: <{from}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={}\r\n\
             Received: from mail.example by mx.agency.example; {date}\r\nFrom: {from}\r\nTo: {}\r\nSubject: Re: Interview\r\n\
             Date: {date}\r\nMessage-ID: <{n}@mail.example>\r\nIn-Reply-To: <{}>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{says}\r\n",
            from.split('@').nth(1).unwrap(),
            header("From: "),
            header("Message-ID: "),
        );
        reads(&self.daemon, n, raw, self.clock.now()).await;
    }

    /// The slots of the last offer, as `DAY HH:MM`.
    fn offered(&self) -> Vec<String> {
        let interview = self.interview();
        let slots = interview.slots.get(interview.offered_from..).unwrap_or_default();
        slots.iter().map(|slot| slot.start.format("%a %H:%M").to_string()).collect()
    }

    /// Lines of this kind in the timeline.
    fn told(&self, kind: &str) -> Vec<String> {
        let lines = self.daemon.store().read(|tx| tx.timeline(self.id, None)).unwrap();
        lines.into_iter().filter(|line| line.kind == kind).map(|line| line.detail).collect()
    }

    /// What happened, for whoever wonders why it did not go as expected.
    fn story(&self) -> String {
        let lines = self.daemon.store().read(|tx| tx.timeline(self.id, None)).unwrap();
        let line = |line: &replyd::store::TimelineLine| format!("{} {}: {} {:?}", line.at, line.kind, line.detail, line.words);
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn asked(&self, path: &str) -> usize {
        self.server.asked().iter().filter(|one| one.path == path).count()
    }

    /// Whose calendars are kept.
    fn kept(&self) -> Vec<String> {
        let kept = self.daemon.store().read(|tx| tx.calendars()).unwrap();
        kept.iter().map(|one| one.address.as_str().to_ascii_lowercase()).collect()
    }
}

/// Ana is taken until eleven on Thursday and until half past ten on Friday, Ann from eleven on Friday.
fn taken_at_times(asked: &Request) -> Response {
    Response::calendar(&match asked.path.as_str() {
        "/ana" => events(&["a 20261119T090000Z 20261119T110000Z", "b 20261120T083000Z 20261120T103000Z"]),
        "/ann/" => free_busy(&["20261120T110000Z/20261120T130000Z"]),
        other => panic!("{other}"),
    })
}

const GIVEN: &str = "Thursday and Friday between 9 and 12 work for me.";

/// What somebody says in prose, less what both calendars say, is what is offered.
#[tokio::test]
async fn busy_times_are_not_offered() {
    let desk = Desk::new(taken_at_times).await;
    assert_eq!(desk.asked("/ana"), 0, "nobody is asked before there is an interview");
    desk.interested().await;
    desk.hears(Side::Candidate, GIVEN).await;
    // On Friday half an hour is left, which is too short.
    assert_eq!(desk.offered(), ["Thu 11:00"], "{}", desk.story());
    assert_eq!(desk.told("calendar_unread"), [""; 0]);
    let named = desk.elsewhere();
    assert!(named.unread.is_empty() && named.client.touches(at("2026-11-20T11:30:00Z"), at("2026-11-20T11:45:00Z")));
    // Nothing of what is in a calendar is kept but when.
    let database = std::fs::read(desk.daemon.config().database.clone()).unwrap();
    let log = std::fs::read(format!("{}-wal", desk.daemon.config().database.display())).unwrap_or_default();
    let boss = |bytes: &[u8]| bytes.windows(8).any(|found| found == b"The boss");
    assert!(!boss(&database) && !boss(&log));
}

/// A time that has been taken meanwhile is not agreed upon: whoever picks it is offered others, as for one that somebody else took.
#[tokio::test]
async fn busy_since_it_was_offered_is_not_booked() {
    let desk = Desk::new(taken_at_times).await;
    desk.interested().await;
    desk.hears(Side::Candidate, "Thursday and Friday between 9 and 13 work for me.")
        .await;
    assert_eq!(desk.offered(), ["Thu 11:00", "Thu 12:00"], "{}", desk.story());
    desk.server.answers(|asked| match asked.path.as_str() {
        "/ana" => Response::calendar(&events(&["c 20261119T110000Z 20261119T113000Z"])),
        _ => taken_at_times(asked),
    });
    let before = desk.asked("/ana");
    desk.pass(14).await;
    assert_eq!(desk.asked("/ana"), before, "not asked again so soon");
    desk.pass(2).await;
    desk.hears(Side::Client, "Thursday 11:00 is fine.").await;
    assert_eq!(desk.asked("/ana"), before + 1);
    assert_eq!(desk.interview().booked, None);
    assert_eq!(desk.told("slot_gone").len(), 1);
    assert!(!desk.offered().contains(&"Thu 11:00".to_owned()), "{:?}", desk.offered());
    assert!(!desk.offered().is_empty(), "others are offered");
    desk.hears(Side::Client, "The first one is good.").await;
    assert!(desk.interview().booked.is_some());
}

/// What we invited somebody to stands in their calendar, and does not stand in its own way when it is moved.
#[tokio::test]
async fn busy_with_our_own_interview_is_not_busy() {
    let desk = Desk::new(taken_at_times).await;
    desk.interested().await;
    desk.hears(Side::Candidate, GIVEN).await;
    desk.hears(Side::Client, "Thursday 11:00 is fine.").await;
    assert_eq!(desk.interview().booked.map(|slot| slot.start), Some(at("2026-11-19T11:00:00Z")));
    let ink = desk.daemon.config().ink.clone();
    let uid = ink.keyring.uid(desk.conversation().submissions[0].id, 1, &ink.message_id_domain);
    desk.server.answers(move |asked| {
        Response::calendar(&match asked.path.as_str() {
            "/ana" => events(&[
                &format!("{uid} 20261119T110000Z 20261119T114500Z"),
                "d 20261119T130000Z 20261119T140000Z",
            ]),
            _ => free_busy(&["20261119T110000Z/20261119T114500Z", "20261119T140000Z/20261119T150000Z"]),
        })
    });
    desk.pass(16).await;
    desk.daemon.read_calendars().await.unwrap();
    let id = desk.conversation().submissions[0].id;
    let elsewhere = desk.elsewhere();
    let touches = |hour: u32| {
        let from = at(&format!("2026-11-19T{hour}:00:00Z"));
        let to = from + chrono::Duration::minutes(45);
        (elsewhere.candidate(id).touches(from, to), elsewhere.client.touches(from, to))
    };
    assert_eq!(
        [touches(11), touches(13), touches(14)],
        [(false, false), (true, false), (false, true)]
    );
}

/// "Could not find out" is never "free": what was read last stands, with its age; where nothing was ever read the times are found without
/// it. Either is said once in the timeline with each offer, and nothing waits long.
#[tokio::test]
async fn busy_calendars_that_cannot_be_read_hold_nothing_up() {
    let desk = Desk::new(|asked| match asked.path.as_str() {
        "/ana" => Response::status(500),
        _ => Response::Silence,
    })
    .await;
    desk.interested().await;
    let began = Instant::now();
    desk.hears(Side::Candidate, GIVEN).await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(desk.offered().len() > 2, "{:?}", desk.offered());
    let told = desk.told("calendar_unread");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .any(|line| line.contains("the client could not be read (no answer from 127.0.0.1")),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.contains("the candidate could not be read (127.0.0.1 answers 500): the times are found without it")),
        "{told:?}"
    );

    // It was read, and cannot be read any more.
    let desk = Desk::new(taken_at_times).await;
    desk.interested().await;
    desk.daemon.read_calendars().await.unwrap();
    desk.server.answers(|_| Response::Garbage);
    desk.clock.push(chrono::Duration::minutes(40));
    desk.hears(Side::Candidate, GIVEN).await;
    assert_eq!(desk.offered(), ["Thu 11:00"], "what was read last stands");
    let told = desk.told("calendar_unread");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .all(|line| line.contains("it is taken as it was read on Wed 18 November 2026")),
        "{told:?}"
    );
    // A login page in the place of the calendar is no empty calendar.
    desk.server.answers(|_| Response::calendar("<html>Sign in</html>"));
    desk.clock.push(chrono::Duration::minutes(10));
    desk.daemon.read_calendars().await.unwrap();
    let kept = desk.daemon.store().read(|tx| tx.calendar(&address(ANA))).unwrap().unwrap();
    assert!(kept.trouble.contains("this is no calendar"), "{}", kept.trouble);
    assert!(
        kept.read_at
            .is_some_and(|read| read < desk.clock.now() - chrono::Duration::minutes(45))
    );
    assert_eq!(desk.elsewhere().unread.len(), 2);
    // And when it is there again nobody is told any more.
    desk.server.answers(taken_at_times);
    desk.clock.push(chrono::Duration::minutes(10));
    desk.daemon.read_calendars().await.unwrap();
    assert!(desk.elsewhere().unread.is_empty());
}

/// Only calendars of people with an interview under way are read, no more often than is configured, and they are forgotten afterwards.
#[tokio::test]
async fn busy_calendars_are_read_while_they_are_wanted_and_then_forgotten() {
    let desk = Desk::new(|asked| match (asked.path.as_str(), asked.headers.get("if-none-match")) {
        ("/ana", Some(_)) => Response::status(304),
        ("/ana", None) => Response::Whole(
            200,
            vec![("ETag", "\"1\"".to_owned())],
            events(&["a 20261119T090000Z 20261119T110000Z"]),
        ),
        _ => taken_at_times(asked),
    })
    .await;
    desk.daemon.read_calendars().await.unwrap();
    assert_eq!((desk.server.asked().len(), desk.kept().len()), (0, 0));
    desk.interested().await;
    desk.daemon.read_calendars().await.unwrap();
    let mut kept = desk.kept();
    kept.sort();
    assert_eq!(kept, [ANA, ANN]);
    assert_eq!(desk.asked("/ana"), 1);
    for asked in 1..4 {
        desk.daemon.read_calendars().await.unwrap();
        assert_eq!(desk.asked("/ana"), asked, "fresh enough");
        desk.clock.push(chrono::Duration::minutes(15));
        desk.daemon.read_calendars().await.unwrap();
        assert_eq!(desk.asked("/ana"), asked + 1);
    }
    let id = desk.conversation().submissions[0].id;
    let is_taken = || {
        desk.elsewhere()
            .candidate(id)
            .touches(at("2026-11-19T09:00:00Z"), at("2026-11-19T09:05:00Z"))
    };
    assert!(is_taken(), "unchanged is not empty");
    // What did not change for weeks is fetched whole once, as it must be read further ahead.
    desk.clock.push(chrono::Duration::days(40));
    desk.daemon.read_calendars().await.unwrap();
    let last = desk.server.asked().into_iter().rfind(|one| one.path == "/ana").unwrap();
    assert!(!last.headers.contains_key("if-none-match"), "{last:?}");
    // The interview is called off: nobody needs the calendars any more.
    let over = move |tx: &replyd::store::Tx<'_>| {
        let before = tx.conversation(ConversationId(1))?.unwrap();
        let mut after = before.clone();
        after.submissions[0].interview.as_mut().unwrap().status = replyd::conversation::InterviewStatus::Cancelled;
        tx.save_after(&before, &after)
    };
    desk.daemon.store().write(over).await.unwrap();
    desk.daemon.read_calendars().await.unwrap();
    assert_eq!(desk.kept(), [""; 0]);
    assert!(!is_taken());
}

/// The last batch that names a calendar counts, for all of them; one that says nothing of it changes nothing, an empty one forgets it.
#[tokio::test]
async fn busy_calendars_are_remembered_from_batch_to_batch() {
    let desk = Desk::new(taken_at_times).await;
    let again = |calendars| {
        let before = people::conversation(&["Ana", "Ben"], "Europe/London");
        desk.daemon.submit(NewBatch {
            calendars,
            ..new_batch(before)
        })
    };
    desk.interested().await;
    let feed = || {
        let people = desk.daemon.store().read(|tx| tx.attending(now())).unwrap();
        people
            .into_iter()
            .find(|one| one.address == address(ANA))
            .unwrap()
            .feed
            .map(|feed| feed.url().to_owned())
    };
    again(Vec::new()).await.unwrap();
    assert_eq!(feed(), Some(desk.server.url("/ana")));
    let other = Feed::parse(FeedKind::Ics, &desk.server.url("/ana?2")).unwrap();
    again(vec![(address(ANA), Some(other))]).await.unwrap();
    assert_eq!(feed(), Some(desk.server.url("/ana?2")));
    again(vec![(address(ANA), None)]).await.unwrap();
    assert_eq!(feed(), None);
    desk.daemon.read_calendars().await.unwrap();
    assert_eq!(desk.kept(), [ANN], "only the one that config.toml lists is left");
}

/// `replyd check` asks each calendar once: what came of it, and what stands where nothing did.
#[tokio::test]
async fn busy_calendars_are_checked() {
    let desk = Desk::new(taken_at_times).await;
    desk.interested().await;
    desk.daemon.read_calendars().await.unwrap();
    desk.server.answers(|asked| match asked.path.as_str() {
        "/ana" => Response::status(401),
        _ => taken_at_times(asked),
    });
    desk.clock.push(chrono::Duration::minutes(3));
    let mut config = desk.daemon.config().clone();
    // Nobody is there: only the calendars are of interest.
    (config.account.host, config.account.port) = ("127.0.0.1".to_owned(), 1);
    (config.server.host, config.server.port) = ("127.0.0.1".to_owned(), 1);
    let options = replyd::check::Options {
        dns: Some(a_refusing_name_server().await),
        ..replyd::check::Options::default()
    };
    let clock = desk.clock.clone();
    let lines = replyd::check::all(&config, options, &move || clock.now()).await;
    let mut says: Vec<String> = lines
        .iter()
        .filter(|line| line.name == "calendar")
        .map(|line| format!("{:?}: {}", line.verdict, line.says))
        .collect();
    says.sort();
    let port = desk.server.port;
    assert_eq!(
        says,
        [
            format!("Fail: a***@mail.example at 127.0.0.1:{port}: 127.0.0.1 refuses the login (401); what it said 3 min ago stands"),
            format!("Ok: a***@client.example at 127.0.0.1:{port}: read; taken 1 times in the next 30 days"),
        ]
    );
}

/// A name server that refuses every question at once: nobody at all would be waited for.
async fn a_refusing_name_server() -> std::net::SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut packet = [0; 1024];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            // An answer, and its code: refused (RFC 1035 4.1.1).
            (packet[2], packet[3]) = (packet[2] | 0x80, 5);
            let _ = socket.send_to(&packet[..length], from).await;
        }
    });
    address
}
