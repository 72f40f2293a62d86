//! What a stranger may cost us, and the headers of every answer.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use replyd::http::{Answer, Api, ApiKey, ApiLimits, Change, Events, HandedIn, Limits, Office, Order, Problem, Traffic};
use replyd::link::{Claim, Scope, sha256};
use replyd::model::{Decision, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::house::{ANA, Heard, House, Plan};

fn check_headers(what: &str, heard: &Heard) {
    let expected = [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in expected {
        assert_eq!(heard.header(name), value, "{what}: {name}");
    }
    let policy: Vec<&str> = heard.header("content-security-policy").split("; ").collect();
    assert_eq!(policy.len(), 6, "{what}: {policy:?}");
    for directive in [
        "default-src 'none'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(&directive), "{what}: {directive} is not in {policy:?}");
    }
    for set in ["set-cookie", "server", "x-powered-by"] {
        assert_eq!(heard.header(set), "", "{what}: {set}");
    }
    // The one stylesheet that is allowed is the one on the page, and nothing comes from elsewhere.
    if let Some(style) = heard.body.split("<style>").nth(1) {
        let style = style.split("</style>").next().unwrap();
        let hash = data_encoding::BASE64.encode(&sha256(style.as_bytes()));
        assert!(policy.contains(&format!("style-src 'sha256-{hash}'").as_str()), "{what}: the hash");
        for outside in ["http://", "https://", "src=", "url(", "@import", "<script", "<link", " style="] {
            assert!(!heard.body.contains(outside), "{what} holds {outside}");
        }
    }
}

/// R-L9.
#[tokio::test]
async fn every_answer_carries_the_same_headers_errors_too() {
    let house = House::with(Plan {
        limits: Limits {
            head: Duration::from_millis(200),
            total: Duration::from_millis(200),
            posts_per_minute: 100,
            ..Limits::default()
        },
        ..Plan::default()
    })
    .await;
    let mut seen = std::collections::BTreeSet::new();
    let mut check = |what: &str, heard: &Heard| {
        check_headers(what, heard);
        seen.insert(heard.status);
    };
    for path in house.links() {
        for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
            check(method, &house.ask(method, &path, &[], "").await);
        }
        check("trap", &house.get(&format!("{path}/trap")).await);
        check("stale", &house.post(&path, &[("do", "pass")]).await);
    }
    for path in ["/", "/nowhere", "/healthz", "/robots.txt", "/d/x", "/favicon.ico", "/d/%FF%00"] {
        check(path, &house.get(path).await);
    }
    let over = Claim {
        expires_min: 1,
        ..house.claim(Scope::Decide(Decision::Pass), ANA.0)
    };
    check("expired", &house.get(&house.path(&over)).await);
    let path = house.decide(Decision::Pass, ANA);
    check("too long a body", &house.post(&path, &[("remark", &"x".repeat(9000))]).await);
    check(
        "too long a head",
        &house.ask("GET", &path, &[("x-long", &"x".repeat(20_000))], "").await,
    );
    check("too slow a head", &house.raw(b"GET / HTTP/1.1\r\nhost:").await);
    let slow = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\nconnection: close\r\n\r\nx");
    check("too slow a body", &house.raw(slow.as_bytes()).await);
    house.state.lock().unwrap().look = Some(Answer::Busy);
    check("busy", &house.get(&path).await);
    for _ in 0..100 {
        house.post(&path, &[]).await;
    }
    check("too many", &house.post(&path, &[]).await);
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [200, 204, 404, 405, 408, 410, 413, 429, 503]);
}

/// R-L11: each limit answers, and within a second of being passed.
#[tokio::test]
async fn too_long_too_slow_and_too_many_requests_are_told_so() {
    let house = House::with(Plan {
        limits: Limits {
            head: Duration::from_millis(300),
            total: Duration::from_millis(300),
            ..Limits::default()
        },
        ..Plan::default()
    })
    .await;
    let path = house.decide(Decision::Pass, ANA);
    let form = "content-type: application/x-www-form-urlencoded\r\nconnection: close";
    let bodies = [
        (
            413,
            format!(
                "POST {path} HTTP/1.1\r\nhost: a\r\n{form}\r\ncontent-length: 70000\r\n\r\n{}",
                "x".repeat(70_000)
            ),
        ),
        (
            413,
            format!(
                "POST {path} HTTP/1.1\r\nhost: a\r\n{form}\r\ncontent-length: 9000000000\r\n\r\n{}",
                "x".repeat(20_000)
            ),
        ),
        (
            413,
            format!(
                "POST {path} HTTP/1.1\r\nhost: a\r\n{form}\r\ntransfer-encoding: chunked\r\n\r\n{}",
                format!("fa0\r\n{}\r\n", "x".repeat(4000)).repeat(20)
            ),
        ),
        (
            413,
            format!("GET {path} HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "x".repeat(9000)),
        ),
        (413, format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(100_000))),
        (408, "GET / HTTP/1.1\r\nhost: a\r\nx-slow".to_owned()),
        (
            408,
            format!("POST {path} HTTP/1.1\r\nhost: a\r\n{form}\r\ncontent-length: 20\r\n\r\ndo=pass"),
        ),
    ];
    for (status, request) in bodies {
        let began = Instant::now();
        let heard = house.raw(request.as_bytes()).await;
        assert_eq!(heard.status, status, "{}", request.chars().take(200).collect::<String>());
        assert!(began.elapsed() < Duration::from_millis(1300), "{:?}", began.elapsed());
    }
    // Whoever says nothing at all is not answered either.
    assert_eq!(house.raw(b"").await.status, 0);
    assert_eq!(house.presses(), []);

    let house = House::with(Plan {
        limits: Limits::default(),
        ..Plan::default()
    })
    .await;
    let path = house.decide(Decision::Pass, ANA);
    for _ in 0..60 {
        assert_eq!(house.post(&path, &[("do", "pass")]).await.status, 200);
    }
    let refused = house.press(&path, &[("do", "pass")]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "60"));
    assert_eq!(house.get(&path).await.status, 200, "looking is free");
    assert_eq!(house.presses(), []);
    house.push_clock(1);
    house.press(&path, &[("do", "pass")]).await.says("Recorded");
}

/// R-L11: the others do not wait for the slow.
#[tokio::test]
async fn slow_and_greedy_clients_do_not_delay_the_others() {
    let house = House::open().await;
    let path = house.decide(Decision::Pass, ANA);
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut socket = TcpStream::connect(house.address).await.unwrap();
        socket
            .write_all(format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\nx").as_bytes())
            .await
            .unwrap();
        slow.push(socket);
    }
    // The machine may be busy with other things for a moment; being held up by the slow would last.
    let mut worst = Vec::new();
    for _ in 0..5 {
        let mut took = Vec::new();
        for _ in 0..200 {
            let began = Instant::now();
            assert_eq!(house.get(&path).await.status, 200);
            took.push(began.elapsed());
        }
        took.sort();
        worst.push(took[197]);
    }
    assert!(worst.iter().any(|p99| *p99 < Duration::from_millis(50)), "{worst:?}");
}

#[tokio::test]
async fn a_network_holds_only_so_many_connections() {
    let house = House::with(Plan {
        limits: Limits {
            connections: 20,
            connections_per_network: 10,
            ..Limits::default()
        },
        ..Plan::default()
    })
    .await;
    let path = house.decide(Decision::Pass, ANA);
    let mut lines = Vec::new();
    for _ in 0..10 {
        let mut line = house.line().await;
        assert_eq!(line.ask("GET", &path).await.status, 200);
        lines.push(line);
    }
    assert_eq!(house.get(&path).await.status, 429);
    // Another network still gets in, until all places are taken.
    for n in 0..10 {
        let mut line = house.line_from("127.1.0.1").await;
        assert_eq!(line.ask("GET", &path).await.status, 200, "{n}");
        lines.push(line);
    }
    let mut line = house.line_from("127.2.0.1").await;
    assert_eq!(line.ask("GET", &path).await.status, 503);
    drop(lines);
    let mut status = 0;
    for _ in 0..50 {
        status = house.get(&path).await.status;
        if status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_connection_is_kept_and_ends() {
    let house = House::with(Plan {
        limits: Limits {
            keep_alive: Duration::from_millis(300),
            ..Limits::default()
        },
        ..Plan::default()
    })
    .await;
    let path = house.decide(Decision::Pass, ANA);
    let mut line = house.line().await;
    for _ in 0..3 {
        assert_eq!(line.ask("GET", &path).await.status, 200);
    }
    let ended = tokio::time::timeout(Duration::from_secs(2), line.ended()).await;
    assert!(ended.is_ok(), "still open");
}

#[tokio::test]
async fn a_visitor_behind_a_trusted_proxy_is_told_apart() {
    let house = House::with(Plan {
        proxies: vec!["127.0.0.1".parse().unwrap()],
        limits: Limits {
            posts_per_minute: 2,
            ..Limits::default()
        },
        ..Plan::default()
    })
    .await;
    let path = house.decide(Decision::Pass, ANA);
    for (from, status) in [("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.3", 429), ("198.51.100.1", 200)] {
        let heard = house.ask("POST", &path, &[("x-forwarded-for", from)], "x=1").await;
        assert_eq!(heard.status, status, "{from}");
    }
}

/// A connection that is kept.
pub(super) struct Line(TcpStream);

impl House {
    pub(super) async fn line(&self) -> Line {
        self.line_from("127.0.0.1").await
    }

    async fn line_from(&self, from: &str) -> Line {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        Line(socket.connect(self.address).await.unwrap())
    }
}

impl Line {
    pub(super) async fn ask(&mut self, method: &str, path: &str) -> Heard {
        let text = format!("{method} {path} HTTP/1.1\r\nhost: a\r\n\r\n");
        self.0.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut octets = [0; 16 * 1024];
        loop {
            let n = self.0.read(&mut octets).await.unwrap();
            answer.extend(&octets[..n]);
            let heard = Heard::parse(&answer);
            let length: usize = heard.header("content-length").parse().unwrap_or(usize::MAX);
            if n == 0 || heard.body.len() >= length {
                return heard;
            }
        }
    }

    async fn ended(&mut self) {
        let mut rest = Vec::new();
        let _ = self.0.read_to_end(&mut rest).await;
    }
}

/// An office that takes every batch.
struct Taking;

impl Office for Taking {
    fn hand_in(&self, order: Order) -> BoxFuture<'_, Result<HandedIn, Problem>> {
        let octets = order.json.len();
        async move { Ok(HandedIn::New(1, octets.into())) }.boxed()
    }

    fn batch(&self, _: i64) -> BoxFuture<'_, Result<Option<serde_json::Value>, Problem>> {
        async { Ok(None) }.boxed()
    }

    fn submission(&self, _: i64) -> BoxFuture<'_, Result<Option<serde_json::Value>, Problem>> {
        async { Ok(None) }.boxed()
    }

    fn candidate(&self, _: i64) -> BoxFuture<'_, Result<Option<serde_json::Value>, Problem>> {
        async { Ok(None) }.boxed()
    }

    fn change(&self, _: Change) -> BoxFuture<'_, Result<Option<serde_json::Value>, Problem>> {
        async { Ok(None) }.boxed()
    }

    fn events(&self, after: i64, _: u32) -> BoxFuture<'_, Result<Events, Problem>> {
        let none = Events {
            bodies: vec![],
            last: after,
            more: false,
        };
        async move { Ok(none) }.boxed()
    }

    fn metrics(&self) -> BoxFuture<'_, String> {
        async { String::new() }.boxed()
    }
}

/// A batch with large CVs may come slowly, also over a connection whose time is over meanwhile.
#[tokio::test]
async fn a_slow_batch_is_not_cut_by_the_life_of_its_connection() {
    let key = "0123456789abcdef0123456789abcdef";
    let api = Api {
        keys: vec![ApiKey {
            name: "key".into(),
            secret: Secret::new(key.to_owned()),
        }],
        office: std::sync::Arc::new(Taking),
        traffic: std::sync::Arc::new(Traffic::default()),
        limits: ApiLimits::default(),
    };
    let short = Duration::from_millis(50);
    let limits = Limits {
        head: short,
        total: short,
        keep_alive: short,
        ..Limits::default()
    };
    let house = House::with(Plan {
        limits,
        api: Some(api),
        ..Plan::default()
    })
    .await;
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n"
    );
    socket.write_all(format!("{head}0123456789").as_bytes()).await.unwrap();
    // Many times as long as a page may take.
    tokio::time::sleep(20 * short).await;
    socket.write_all(b"0123456789").await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let heard = Heard::parse(&answer);
    assert_eq!((heard.status, heard.body.as_str()), (201, "20"));
}
