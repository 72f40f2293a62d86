//! `/metrics`.

use std::collections::BTreeMap;

use super::house::{House, KEY, Plan, batch};

/// Name and labels to value. `tests/judges/api` reads the page with Prometheus' own parser.
fn values(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
        })
        .collect()
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let house = House::open().await;
    let before = values(&house.ask("GET", "/metrics", &[], "").await.body);
    assert!(!before.contains_key("replyd_events_total{kind=\"submitted\"}"));
    assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    house.hand_in("/v1/batches", Some("two words"), &batch()).await;
    for look in 0..2 {
        let page = house.ask("GET", "/metrics", &[], "").await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, "text/plain; version=0.0.4; charset=utf-8")
        );
        let after = values(&page.body);
        // Counted once, however often somebody looks.
        assert_eq!(after["replyd_events_total{kind=\"submitted\"}"], 1.0, "look {look}: {}", page.body);
        assert_eq!(after["replyd_http_requests_total{area=\"api\",class=\"2xx\"}"], 1.0);
        assert_eq!(after["replyd_http_requests_total{area=\"api\",class=\"4xx\"}"], 1.0);
        let letters: f64 = after
            .iter()
            .filter(|(name, _)| name.starts_with("replyd_letters{"))
            .map(|(_, n)| n)
            .sum();
        assert_eq!(letters, 2.0, "the letter and a copy wait");
        assert!(after["process_resident_memory_bytes"] > 1e6);
        assert_eq!(after["replyd_healthy{check=\"database\"}"], 1.0);
        for given_away in ["@", "Ann", "Souza", "Java", "REF-"] {
            assert!(!page.body.contains(given_away), "{given_away} is in {}", page.body);
        }
    }
    house.close().await;
}

#[tokio::test]
async fn metrics_and_details_are_for_this_machine_and_for_keys() {
    let house = House::with(Plan {
        trusted_proxies: r#"["127.0.0.1"]"#,
        ..Plan::default()
    })
    .await;
    let bearer = format!("Bearer {KEY}");
    // What a proxy on this machine passes on comes from elsewhere, whatever it calls it.
    for relayed in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=203.0.113.9"),
        ("via", "1.1 proxy"),
    ] {
        house.ask("GET", "/metrics", &[relayed], "").await.is_problem(401, "no_key", None);
        let told = house.ask("GET", "/metrics", &[relayed, ("authorization", &bearer)], "").await;
        assert_eq!(told.status, 200);
        let outside = house.ask("GET", "/healthz", &[relayed], "").await.json();
        let inside = house.ask("GET", "/healthz", &[], "").await.json();
        let keyed = house
            .ask("GET", "/healthz", &[relayed, ("authorization", &bearer)], "")
            .await
            .json();
        assert!(outside["checks"][0].get("says").is_none(), "{outside}");
        assert!(inside["checks"][0]["says"].is_string() && keyed["checks"][0]["says"].is_string());
    }
    let post = house.ask("POST", "/metrics", &[], "").await;
    assert_eq!(post.status, 405);
    house.close().await;
}
