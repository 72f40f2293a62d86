//! What nobody can do: read others' submissions, act through a form of another session or site, run something in a page.

use super::house::{Hub, LEAD, MARIA, TOM, said, value};

const PAGES: [&str; 10] = [
    "",
    "/lane/client",
    "/search?q=ana",
    "/s/1",
    "/mail/l1",
    "/outbox",
    "/drafts",
    "/figures",
    "/quarantine",
    "/settings",
];

#[tokio::test]
async fn hub_every_page_is_guarded_and_holds_no_foreign_thing() {
    let hub = Hub::open().await;
    let lead = hub.enter(LEAD).await;
    let mut seen = 0;
    for path in PAGES.iter().chain(&["/nothing", "/s/999", "/hub.js"]) {
        let page = lead.get(path).await;
        assert_eq!(
            page.status,
            if path.contains("999") || *path == "/nothing" { 404 } else { 200 },
            "{path}"
        );
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'sha256-",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "script-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!page.body.contains("http://") && !page.body.contains("https://"), "{path}");
        seen += 1;
    }
    assert_eq!(seen, 13);
    // Pages of others have no script.
    assert!(
        !hub.house
            .get("/nothing")
            .await
            .header("content-security-policy")
            .contains("script-src")
    );
    hub.house.close().await;
}

#[tokio::test]
async fn hub_without_a_session_there_is_nothing_but_the_door() {
    let hub = Hub::open().await;
    for path in PAGES
        .iter()
        .skip(1)
        .chain(&["/events", "/mail/l1/html", "/mail/l1/raw", "/nothing", "/s/999"])
    {
        for cookie in ["", "replyd-hub=0", &format!("replyd-hub={}", "0".repeat(64))] {
            let page = hub.get(&format!("/hub{path}"), cookie).await;
            assert_eq!(page.status, 403, "{path}");
            assert!(said(&page).contains("Your mail address") && !page.body.contains("Souza"), "{path}");
        }
    }
    let before = hub.kinds(1);
    for path in ["/hub/s/1", "/hub/mail/l1", "/hub/quarantine/1", "/hub/outbox/1", "/hub/sign-out"] {
        assert_eq!(hub.post(path, &[], "do=take&seen=1&once=x").await.status, 403, "{path}");
    }
    assert_eq!(hub.kinds(1), before);
    hub.house.close().await;
}

#[tokio::test]
async fn hub_others_submissions_are_not_there() {
    let hub = Hub::open().await;
    let (maria, tom, lead) = (hub.enter(MARIA).await, hub.enter(TOM).await, hub.enter(LEAD).await);
    let sue = hub.enter("sue@agency.example").await;
    let zoe = hub.conversation(2).submissions[0].id.0;
    let letter = hub.house.store.read(|tx| tx.letters_of(replyd::model::ConversationId(2))).unwrap()[0]
        .id
        .0;
    let nothing = maria.get("/s/4711").await;
    assert_eq!(nothing.status, 404);
    let form = value(&maria.get("/s/1").await, "form");
    for path in [
        format!("/s/{zoe}"),
        format!("/mail/l{letter}"),
        format!("/mail/l{letter}/html"),
        format!("/mail/l{letter}/raw"),
    ] {
        for (session, status) in [(&maria, 404), (&tom, 200), (&lead, 200), (&sue, 200)] {
            let heard = session.get(&path).await;
            assert_eq!(heard.status, status, "{path}");
            if status == 404 {
                assert_eq!(heard.body, nothing.body, "the same as what is not there");
            }
        }
    }
    let before = hub.kinds(2);
    for (path, button) in [
        (format!("/s/{zoe}"), "take"),
        (format!("/s/{zoe}"), "note"),
        (format!("/mail/l{letter}"), "resend"),
        (format!("/outbox/{letter}"), "resend"),
    ] {
        let heard = maria
            .send(
                &path,
                &[("form", &form), ("do", button), ("seen", "1"), ("once", "a"), ("text", "hello")],
            )
            .await;
        assert_eq!(heard.status, 404, "{path}");
    }
    assert_eq!(hub.kinds(2), before);
    // Neither in lists nor by words.
    for (session, sees) in [(&maria, false), (&tom, true), (&lead, true), (&sue, true)] {
        for path in [
            "",
            "/lane/client",
            "/search?q=m%C3%BCller",
            "/search?q=muller",
            "/search?q=brightwell",
            "/outbox",
        ] {
            let page = session.get(path).await;
            let there = page.body.contains(&format!("/hub/s/{zoe}\""));
            assert_eq!(there, sees, "{path}");
        }
    }
    assert!(!said(&sue.get("").await).contains("Ana Souza") && said(&tom.get("").await).contains("Your submissions"));
    // What leads look after.
    for path in ["/quarantine", "/settings", "/quarantine/1"] {
        assert_eq!(maria.get(path).await.status, 404, "{path}");
    }
    let settings = said(&hub.enter(LEAD).await.get("/settings").await);
    assert!(settings.contains("Business, Monday to Friday 09:00 to 18:00"), "{settings}");
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_form_of_another_session_or_site_does_nothing() {
    let hub = Hub::open().await;
    let (maria, lead) = (hub.enter(MARIA).await, hub.enter(LEAD).await);
    let (own, others) = (maria.get("/s/1").await, lead.get("/s/1").await);
    let before = hub.kinds(1);
    let fields = |form: &str| {
        let (seen, once) = (value(&own, "seen"), value(&own, "once"));
        super::house::encode(&[("form", form), ("seen", &seen), ("once", &once), ("do", "take")])
    };
    let theirs = value(&others, "form");
    assert_ne!(theirs, value(&own, "form"));
    for form in ["", "x", theirs.as_str()] {
        let heard = hub.post("/hub/s/1", &[("cookie", &maria.cookie)], &fields(form)).await;
        assert_eq!(heard.status, 403);
    }
    let good = fields(&value(&own, "form"));
    for site in ["cross-site", "same-site"] {
        let heard = hub
            .post("/hub/s/1", &[("cookie", &maria.cookie), ("sec-fetch-site", site)], &good)
            .await;
        assert_eq!(heard.status, 403, "{site}");
    }
    // Another kind of body, and one without end.
    let heard = hub
        .house
        .ask(
            "POST",
            "/hub/s/1",
            &[("cookie", &maria.cookie), ("content-type", "text/plain")],
            &good,
        )
        .await;
    assert_eq!(heard.status, 415);
    let heard = hub.post("/hub/s/1", &[("cookie", &maria.cookie)], &"a".repeat(70_000)).await;
    assert_eq!(heard.status, 413);
    assert_eq!(hub.kinds(1), before);
    let heard = hub
        .post("/hub/s/1", &[("cookie", &maria.cookie), ("sec-fetch-site", "same-origin")], &good)
        .await;
    assert_eq!(heard.status, 303);
    assert_eq!(hub.kinds(1).last().map(String::as_str), Some("taken"));
    hub.house.close().await;
}
