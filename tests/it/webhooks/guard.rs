//! Where webhooks never go: networks that were not allowed, whatever leads there, and wherever an answer points to.

use std::time::Duration;

use replyd::webhook::{Client, Endpoint, Outcome};

use super::receiver::{Receiver, Reply};
use super::{house, states, until};
use crate::api::house::{HOOK, batch};

fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        name: "x".into(),
        url: url.into(),
        secrets: vec![HOOK.parse().unwrap()],
        events: vec![],
    }
}

/// R-S8: however an address inside is written, nothing is sent to it.
#[tokio::test]
async fn webhooks_never_reach_what_is_not_public() {
    let v4 = Receiver::open().await;
    let v6 = Receiver::at("[::1]:0").await;
    let client = Client {
        private: vec![],
        ca_file: None,
        within: Duration::from_secs(15),
    };
    let now = "2026-03-03T10:00:00Z".parse().unwrap();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::1]",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
    ];
    for host in hosts {
        let port = if host.starts_with('[') && !host.contains("ffff") {
            v6.port
        } else {
            v4.port
        };
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/hooks");
            let outcome = client.send(&endpoint(&url), "evt_1", b"{}", now).await;
            let Outcome::Failed { why, .. } = outcome else {
                panic!("{url}: {outcome:?}")
            };
            // What the resolver does not take for an address leads nowhere at all.
            assert!(
                why.contains("not on the public Internet") || why.contains("no address found"),
                "{url}: {why}"
            );
        }
    }
    for url in [
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1",
        "http://",
        "gopher://127.0.0.1:25/_x",
    ] {
        let outcome = client.send(&endpoint(url), "evt_1", b"{}", now).await;
        assert!(matches!(outcome, Outcome::Failed { .. }), "{url}: {outcome:?}");
    }
    assert!(v4.got().is_empty() && v6.got().is_empty());
    // The same client reaches them once it may: the test above would notice.
    let client = Client {
        private: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        ..client
    };
    for (host, receiver) in [("2130706433", &v4), ("[::ffff:127.0.0.1]", &v4), ("[::1]", &v6)] {
        let url = format!("http://{host}:{}/hooks", receiver.port);
        assert_eq!(
            client.send(&endpoint(&url), "evt_1", b"{}", now).await,
            Outcome::Arrived(204),
            "{url}"
        );
    }
}

#[tokio::test]
async fn webhooks_follow_no_redirect() {
    let (receiver, inside) = (Receiver::open().await, Receiver::open().await);
    let port = inside.port;
    receiver.answers(move |_, nth| Reply {
        status: [301, 302, 303, 307, 308][(nth - 1).min(4)],
        headers: format!("location: http://127.0.0.1:{port}/hooks\r\n"),
    });
    let house = house(&receiver, "").await;
    house.hand_in("/v1/batches", None, &batch()).await;
    for tries in 1..=5 {
        until("tried", || states(&house).iter().all(|(_, n, _)| *n >= tries)).await;
        house.clock.push(chrono::Duration::hours(6));
    }
    assert!(
        states(&house)
            .iter()
            .all(|(state, _, says)| state == "waiting" && says.contains("redirects are not followed")),
        "{:?}",
        states(&house)
    );
    assert!(inside.got().is_empty());
    house.close().await;
}

/// Loopback stands in no list here, as in an installation where nobody thought of it.
#[tokio::test]
async fn webhooks_into_the_own_machine_are_refused_by_default() {
    let receiver = Receiver::open().await;
    let more = format!(
        "[[webhook]]\nname = \"ats\"\nurl = \"http://localhost:{}/\"\nsecret_files = [\"hook\"]\n",
        receiver.port
    );
    let house = crate::api::house::House::with(crate::api::house::Plan {
        more: String::leak(more),
        ..Default::default()
    })
    .await;
    house.hand_in("/v1/batches", None, &batch()).await;
    until("refused", || {
        states(&house)
            .iter()
            .all(|(_, n, says)| *n == 1 && says.contains("not on the public Internet"))
    })
    .await;
    assert!(receiver.got().is_empty());
    house.close().await;
}
