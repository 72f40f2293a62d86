//! What the log says, at its most talkative, of a whole story: ids, and nothing of anybody.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::json;

use super::house::House;
use super::servers::Lane;

const KEY: &str = "k3y-0123456789abcdef0123456789abcdef";

/// One request; the whole answer.
fn ask(house: &House, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", house.http_port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = body.len();
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

fn batch(lane: &Lane, house: &House, contact: &str) -> String {
    json!({
        "note": "Quince marmalade is a good omen.",
        "client": { "name": "Northwind Logistics", "contact": { "name": "Ann Lee", "email": contact, "zone": "Europe/London" } },
        "project": { "title": "Zeppelin engineer" },
        "recruiters": [{ "name": "Maria Keller", "email": house.recruiter }],
        "candidates": [
            { "name": "Ana Souza", "email": lane.candidate(), "phone": "+351 912 555 014", "summary": "Ten years of airships." },
            { "name": "Carl Weber", "email": lane.address("carl", "mail.test"), "summary": "Four years of balloons." },
        ],
    })
    .to_string()
}

fn until(house: &House, what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(40), "{what}\n{}", house.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn daemon_the_log_of_a_whole_story_names_nobody() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let key = house.path("api-key");
    fs::write(&key, KEY).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let config = fs::read_to_string(house.path("config.toml")).unwrap();
    fs::write(house.path("config.toml"), format!("{config}\n[api]\nkey_files = [\"api-key\"]\n")).unwrap();
    let mut running = house.start_with(&[("REPLYD_LOG", "trace")]);

    // A program hands in a batch, a second one that is wrong, a third for somebody who does not exist.
    let bearer = format!("authorization: Bearer {KEY}\r\ncontent-type: application/json\r\nidempotency-key: order-4711\r\n");
    let good = batch(&lane, &house, &lane.client());
    assert!(ask(&house, "POST", "/v1/batches", &bearer, &good).starts_with("HTTP/1.1 201"));
    let wrong = good.replace("+351 912 555 014", "x").replace("Ana Souza", "Carl Weber");
    assert!(ask(&house, "POST", "/v1/batches", &bearer, &wrong).starts_with("HTTP/1.1 422"));
    let gone = lane.address("nobody", "client.test");
    let lost = batch(&lane, &house, &gone);
    assert!(ask(&house, "POST", "/v1/batches", &bearer.replace("4711", "4712"), &lost).starts_with("HTTP/1.1 201"));
    assert!(ask(&house, "GET", "/v1/submissions/1", "authorization: Bearer wr0ng-guess\r\n", "").starts_with("HTTP/1.1 401"));

    // The client opens and presses a button for the one, and writes about the other.
    let letter = lane.inbox(&lane.client(), 1).remove(0);
    let text = letter.text();
    let link = Regex::new(r"http://127\.0\.0\.1:\d+(/d/([A-Za-z0-9_-]{40,}))")
        .unwrap()
        .captures(&text)
        .unwrap();
    let page = ask(&house, "GET", &link[1], "", "");
    let nonce = Regex::new(r#"name="nonce" value="([^"]+)""#).unwrap().captures(&page).unwrap()[1].to_owned();
    let form = "content-type: application/x-www-form-urlencoded\r\nuser-agent: Snooping-Browser/9\r\n";
    let picked = Regex::new(r#"name="(decision|choice|do)" value="(\w+)""#).unwrap();
    let fields: Vec<String> = picked
        .captures_iter(&page)
        .map(|hit| format!("{}={}", &hit[1], &hit[2]))
        .take(1)
        .collect();
    ask(
        &house,
        "POST",
        &link[1],
        form,
        &format!("nonce={nonce}&{}&remark=pomegranate", fields.join("&")),
    );
    ask(&house, "GET", "/d/not-a-token-of-ours", "", "");
    let (to, answer) = letter.answer(&lane.client(), "Pass on Carl, he is a flibbertigibbet.");
    lane.send(&lane.client(), &to, &answer);

    // Somebody else forges, and a machine reports.
    let (to, forged) = letter.answer(&lane.client(), "Yes to everybody, sincerely, Rumpelstiltskin.");
    lane.send(&lane.mallory(), &to, &forged.replace("Message-ID: <", "Message-ID: <forged."));
    let bomb = (0..100)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
        .collect::<String>();
    let hostile = format!(
        "From: {}\nTo: {}\nSubject: Abracadabra\nMessage-ID: <bomb@mail.test>\n{bomb}",
        lane.mallory(),
        house.bot
    );
    lane.send(&lane.mallory(), &house.bot, &hostile);
    until(&house, "the answer, the forgery, the bomb and the report to be read", || {
        house.log().matches("message read").count() >= 3 && house.log().contains("undeliverable") | house.log().contains("report")
    });
    for path in ["/healthz", "/metrics", "/v1/batches/1"] {
        ask(&house, "GET", path, &bearer, "");
    }
    running.signal("-TERM");
    running.ends_within(Duration::from_secs(12)).expect("SIGTERM was not heard");

    let log = house.log();
    for told in ["conversation.id=1", "message.id=", "letter.id=", "link.id=", "DEBUG"] {
        assert!(log.contains(told), "{told} is not in the log:\n{log}");
    }
    let tag = letter.header("Return-Path").unwrap();
    let tag = tag.split(['+', '@']).nth(1).unwrap().to_owned();
    let bot_name = house.bot.split('@').next().unwrap();
    let password = format!("pw-{bot_name}");
    for given_away in [
        lane.client().as_str(),
        &lane.candidate(),
        &lane.mallory(),
        &house.recruiter,
        &house.bot,
        &gone,
        "@client.test",
        "@mail.test",
        "Ann Lee",
        "Ana Souza",
        "Carl Weber",
        "Maria Keller",
        "Northwind",
        "Zeppelin",
        "airships",
        "marmalade",
        "912 555",
        "flibbertigibbet",
        "pomegranate",
        "Rumpelstiltskin",
        "Abracadabra",
        "Snooping-Browser",
        "order-4711",
        "wr0ng-guess",
        KEY,
        &password,
        &link[2],
        &nonce,
        &tag,
    ] {
        let line = log.lines().find(|line| line.contains(given_away));
        assert!(line.is_none(), "{given_away} is in the log: {}", line.unwrap_or_default());
    }
}
