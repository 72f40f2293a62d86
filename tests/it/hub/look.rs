//! What is shown: lanes, pages of them, what is found, the timeline with what comes next, live updates.

use std::time::{Duration, Instant};

use replyd::conversation::{Lane, WaitsFor};
use replyd::model::{ConversationId, SubmissionId};
use replyd::store::{Page, Sees};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::house::{Hub, LEAD, MARIA, said};

#[tokio::test]
async fn hub_the_board_says_what_waits_for_whom_and_since_when() {
    let hub = Hub::open().await;
    let (maria, lead) = (hub.enter(MARIA).await, hub.enter(LEAD).await);
    let board = said(&maria.get("").await);
    for words in [
        "Your submissions",
        "With the client 2",
        "Ana Souza",
        "Northwind Logistics · Senior Java developer",
        "The letter is on its way",
    ] {
        assert!(board.contains(words), "{words}: {board}");
    }
    assert!(said(&lead.get("").await).contains("Everything under way"));
    let mail = hub.receives("Ann Lee <ann.lee@client.example>", "Yes to Ana. Maybe Carl.").await;
    assert!(mail > 0);
    hub.house.clock.push(chrono::Duration::hours(5));
    for _ in 0..1_500 {
        if hub.kinds(1).iter().filter(|kind| *kind == "in_effect").count() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let board = said(&maria.get("").await);
    for words in ["Maybe 1", "Finding a time 1", "Waits for Ana Souza", "Waits for Ann Lee"] {
        assert!(board.contains(words), "{words}: {board}");
    }
    // The board's copy says what the conversation does.
    let conversation = hub.conversation(1);
    for one in &conversation.submissions {
        let card = hub.house.store.read(|tx| tx.card(one.id)).unwrap().unwrap();
        let (lane, waits) = conversation.waits(one);
        assert_eq!((Lane::of(&card.lane), WaitsFor::of(&card.waits)), (Some(lane), Some(waits)));
    }
    let page = said(&maria.get("/s/1").await);
    for words in [
        "Next, by itself",
        "Remind Ana Souza of the question about the interview",
        "in ",
        "Timeline",
        "Read in a mail",
        "Yes to Ana",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    hub.house.close().await;
}

#[tokio::test]
async fn hub_lanes_are_paged_by_key_and_nobody_is_shown_twice_or_left_out() {
    let hub = Hub::open().await;
    let mut more = crate::api::house::batch();
    for n in 0..9 {
        let candidates: Vec<_> = (0..15)
            .map(|i| serde_json::json!({ "name": format!("Person {n} {i}"), "email": format!("p{n}.{i}@mail.example"), "summary": "x" }))
            .collect();
        more["candidates"] = candidates.into();
        assert_eq!(hub.house.hand_in("/v1/batches", None, &more).await.status, 201);
    }
    let all = 2 + 9 * 15;
    let maria = hub.enter(MARIA).await;
    assert!(said(&maria.get("").await).contains(&format!("With the client {all}")));
    let mut path = "/lane/client".to_owned();
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = maria.get(&path).await;
        seen.extend(
            page.body
                .split("/hub/s/")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
        pages += 1;
        let Some((_, rest)) = page.body.split_once("?after=") else { break };
        path = format!("/lane/client?after={}", rest.split('"').next().unwrap());
    }
    assert_eq!((seen.len(), pages), (all, 3));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
    for odd in [
        "/lane/nothing",
        "/lane/client?after=x",
        "/lane/client?after=2026-01-01T00%3A00%3A00Z_x",
    ] {
        assert_eq!(maria.get(odd).await.status, 404, "{odd}");
    }
    // By the store: in both directions, and for a shared project, the same.
    let recruiter = hub
        .house
        .store
        .read(|tx| tx.recruiter(&MARIA.parse().unwrap()))
        .unwrap()
        .unwrap()
        .id;
    let project = hub.house.store.read(|tx| tx.projects_of("Northwind Logistics", None)).unwrap();
    let own = Sees::Own {
        recruiter,
        projects: project.clone(),
    };
    let shared = Sees::Own {
        recruiter: 0,
        projects: project,
    };
    for sees in [Sees::All, own, shared] {
        let total = if sees == Sees::All { all + 1 } else { all };
        assert_eq!(
            hub.house.store.read(|tx| tx.count_cards(&sees, Lane::Client)).unwrap(),
            (u32::try_from(total).unwrap(), false)
        );
        let mut after: Option<Page> = None;
        let mut found: Vec<SubmissionId> = Vec::new();
        loop {
            let cards = hub
                .house
                .store
                .read(|tx| tx.cards(&sees, Lane::Client, after.as_ref(), 10))
                .unwrap();
            let Some(last) = cards.last() else { break };
            after = Some(Page {
                since: last.since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                submission: last.submission,
            });
            found.extend(cards.iter().map(|card| card.submission));
        }
        assert_eq!(found.len(), total);
    }
    hub.house.close().await;
}

#[tokio::test]
async fn hub_people_roles_and_references_are_found_by_their_beginnings() {
    let hub = Hub::open().await;
    let lead = hub.enter(LEAD).await;
    let reference = hub.conversation(1).reference().to_string();
    for (words, finds) in [
        ("ana", true),
        ("SOU", true),
        ("ana java", true),
        ("northwind", true),
        ("ann.lee@client.example", true),
        (&reference, true),
        (reference.trim_start_matches("REF-"), true),
        ("s1", true),
        ("ana brightwell", false),
        ("xyz", false),
        ("", false),
        ("\" OR * NOT (", false),
        ("who:r1", false),
    ] {
        let page = lead
            .get(&format!(
                "/search?q={}",
                super::house::encode(&[("", words)]).trim_start_matches('=')
            ))
            .await;
        assert_eq!(page.status, 200, "{words}");
        assert_eq!(page.body.contains("/hub/s/1\""), finds, "{words}");
    }
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_stream_tells_of_changes_one_for_each_session_and_ends_with_the_daemon() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let seen = hub.house.store.read(|tx| tx.last_event(Some(ConversationId(1)))).unwrap();
    let listen = |cookie: String| {
        let address = hub.house.address;
        async move {
            let mut socket = TcpStream::connect(address).await.unwrap();
            let ask = format!("GET /hub/events?about=1&seen={seen} HTTP/1.1\r\nhost: a\r\ncookie: {cookie}\r\n\r\n");
            socket.write_all(ask.as_bytes()).await.unwrap();
            socket
        }
    };
    async fn until(socket: &mut TcpStream, heard: &mut String, words: &str) {
        let mut octets = [0; 4096];
        let reading = async {
            while !heard.contains(words) {
                let n = socket.read(&mut octets).await.unwrap();
                assert!(n > 0, "{words} never came: {heard}");
                heard.push_str(&String::from_utf8_lossy(&octets[..n]));
            }
        };
        tokio::time::timeout(Duration::from_secs(5), reading)
            .await
            .unwrap_or_else(|_| panic!("{words} never came"));
    }
    let (mut first, mut heard) = (listen(maria.cookie.clone()).await, String::new());
    until(&mut first, &mut heard, "retry:").await;
    assert!(
        heard.contains("content-type: text/event-stream") && heard.contains("no-store"),
        "{heard}"
    );
    assert_eq!(maria.press("/s/1", "note", &[("text", "called")]).await.status, 303);
    until(&mut first, &mut heard, "event: change").await;
    assert!(!heard.contains("called"), "it says that, never what");
    let (mut second, mut there) = (listen(maria.cookie.clone()).await, String::new());
    until(&mut second, &mut there, "event: change").await;
    until(&mut first, &mut heard, "event: elsewhere").await;
    let began = Instant::now();
    hub.house.close().await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}
