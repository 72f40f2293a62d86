//! Batches handed in over HTTP.

use base64::Engine as _;
use serde_json::json;

use super::description::conforms;
use super::house::{House, KEY, OLD_KEY, Plan, batch};

#[tokio::test]
async fn api_a_batch_is_handed_in_once_however_often_it_is_sent() {
    let house = House::open().await;
    let first = house.hand_in("/v1/batches", Some("order-7"), &batch()).await;
    assert_eq!(first.status, 201, "{first:?}");
    assert_eq!(first.header("location"), "/answers/v1/batches/1");
    conforms("AcceptedBatch", &first.json());
    // Written with other blanks and by the field instead of the header: still the same batch, and the same answer.
    let mut same = batch();
    same["key"] = json!("order-7");
    for again in [
        house.hand_in("/v1/batches", Some("order-7"), &batch()).await,
        house.hand_in("/v1/batches", Some("\"order-7\""), &same).await,
        house.hand_in("/answers/v1/batches", None, &same).await,
    ] {
        assert_eq!((again.status, again.json()), (200, first.json()));
        assert_eq!(again.header("location"), first.header("location"));
    }
    // The same key for something else is a mistake, and changes nothing.
    let mut other = batch();
    other["candidates"][1]["name"] = json!("Carla Weber");
    house
        .hand_in("/v1/batches", Some("order-7"), &other)
        .await
        .is_problem(422, "key_used", None);
    assert_eq!(house.store.read(|tx| tx.pipeline(None, 9)).unwrap().len(), 1);

    // Without a key every request is a batch of its own; an empty one is none.
    let mut empty = batch();
    empty["key"] = json!("");
    for same in [&batch(), &empty, &empty] {
        assert_eq!(house.hand_in("/v1/batches", None, same).await.status, 201);
    }
    assert_eq!(house.store.read(|tx| tx.pipeline(None, 9)).unwrap().len(), 4);

    let id = first.json()["submissions"][0]["id"].as_i64().unwrap();
    let submission = house.get(&format!("/v1/submissions/{id}")).await;
    assert_eq!(submission.status, 200, "{submission:?}");
    let submission = submission.json();
    conforms("Submission", &submission);
    assert_eq!(submission["candidate"], "Ana Souza");
    assert_eq!(submission["timeline"][0]["kind"], "submitted", "{submission}");
    let whole = house.get("/answers/v1/batches/1").await.json();
    conforms("Batch", &whole);
    assert_eq!(whole["submissions"].as_array().unwrap().len(), 2);
    // Addresses and phones stay inside.
    for given_away in ["@mail.example", "@client.example", "@agency.example"] {
        assert!(!submission.to_string().contains(given_away) && !whole.to_string().contains(given_away));
    }
    house.close().await;
}

/// The same key at the same moment, and once more after a restart: one batch, one answer.
#[tokio::test]
async fn api_a_key_makes_one_batch_at_the_same_moment_and_after_a_restart() {
    let house = House::open().await;
    let batch = batch();
    // Only a few are taken at a time, and who waits too long for a turn is told to come again: the key is what makes that safe.
    let all = (0..8).map(|_| house.hand_in_until_taken("/v1/batches", "order-7", &batch));
    let mut all = futures_util::future::join_all(all).await;
    all.sort_by_key(|heard| std::cmp::Reverse(heard.status));
    let statuses: Vec<u16> = all.iter().map(|heard| heard.status).collect();
    assert_eq!(statuses, [201, 200, 200, 200, 200, 200, 200, 200]);
    assert!(all.iter().all(|heard| heard.json() == all[0].json()), "{all:#?}");
    let house = house.restart().await;
    let again = house.hand_in("/v1/batches", Some("order-7"), &batch).await;
    assert_eq!((again.status, again.json()), (200, all[0].json()));
    let mut other = batch.clone();
    other["candidates"][0]["cv"]["content"] = json!("JVBERi0xLjUK");
    house
        .hand_in("/v1/batches", Some("order-7"), &other)
        .await
        .is_problem(422, "key_used", None);
    assert_eq!(house.store.read(|tx| tx.pipeline(None, 9)).unwrap().len(), 1);
    let mut letters = house.store.read(|tx| tx.outbox(true, 9)).unwrap();
    // What a recruiter is told each morning belongs to no batch.
    letters.retain(|one| one.batch > 0);
    assert_eq!(letters.len(), 2, "the letter and a recruiter's copy, once: {letters:?}");
    house.close().await;
}

#[tokio::test]
async fn api_a_dry_run_shows_the_letters_and_keeps_nothing() {
    let house = House::open().await;
    let shown = house.hand_in("/v1/batches?dry_run=true", Some("order-7"), &batch()).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let shown = shown.json();
    conforms("Rehearsal", &shown);
    let letters = shown["letters"].as_array().unwrap();
    assert_eq!(letters.len(), 2, "the letter and a recruiter's copy");
    assert!(letters[0]["eml"].as_str().unwrap().contains("Ana Souza"));
    // As the world sees it, under the public address.
    let outside = house.hand_in("/answers/v1/batches?dry_run=true", None, &batch()).await;
    assert_eq!(
        (outside.status, outside.json()["dry_run"].as_bool()),
        (200, Some(true)),
        "{outside:?}"
    );
    assert!(house.store.read(|tx| tx.pipeline(None, 9)).unwrap().is_empty());
    assert!(house.store.read(|tx| tx.outbox(true, 9)).unwrap().is_empty());
    // The key is still free, and a mistyped question sends nothing.
    house
        .hand_in("/v1/batches?dryrun=true", None, &batch())
        .await
        .is_problem(400, "bad_query", None);
    assert_eq!(house.hand_in("/v1/batches", Some("order-7"), &batch()).await.status, 201);
    house.close().await;
}

#[tokio::test]
async fn api_mistakes_are_named_with_their_field() {
    let house = House::open().await;
    let long = base64::engine::general_purpose::STANDARD.encode(vec![0_u8; (10 << 20) + 1]);
    let cases = [
        ("/candidates/1/email", json!("carl at mail"), "#/candidates/1/email"),
        ("/candidates/1/email", json!("ann.lee@client.example"), "#/candidates/1/email"),
        ("/candidates/0/cv", json!("../../etc/passwd.txt"), "#/candidates/0/cv"),
        (
            "/candidates/0/cv",
            json!({ "name": "ana.exe", "content": "AAAA" }),
            "#/candidates/0/cv",
        ),
        ("/candidates/0/cv/content", json!("%%%"), "#/candidates/0/cv/content"),
        ("/candidates/0/cv/content", json!(long), "#/candidates/0/cv/content"),
        ("/candidates/0/zone", json!("Europe/Atlantis"), "#/candidates/0/zone"),
        ("/candidates/0/summary", json!(7), "#/candidates/0/summary"),
        ("/candidates", json!([]), "#/candidates"),
        ("/project/duration_min", json!(1), "#/project/duration_min"),
        ("/project/place", json!("room 4"), "#/project/place"),
        ("/project/directions", json!("Write to ana@mail.example"), "#/project/directions"),
        ("/client/contact", json!({ "name": "Ann" }), "#/client/contact"),
        ("/key", json!("k".repeat(201)), "#/key"),
    ];
    for (field, value, pointer) in cases {
        let mut wrong = batch();
        wrong["key"] = json!("");
        *wrong.pointer_mut(field).unwrap() = value;
        house
            .hand_in("/v1/batches", None, &wrong)
            .await
            .is_problem(422, "bad_batch", Some(pointer));
    }
    let mut unknown = batch();
    unknown["candidates"][0]["phnoe"] = json!("+49");
    let heard = house.hand_in("/v1/batches", None, &unknown).await;
    heard.is_problem(422, "bad_batch", Some("#/candidates/0/phnoe"));
    // A contact's address in a summary would reach the other side: the letter is not written, and nothing is kept.
    let mut leaking = batch();
    leaking["candidates"][0]["summary"] = json!("Write to ana@mail.example.");
    house
        .hand_in("/v1/batches", None, &leaking)
        .await
        .is_problem(422, "bad_batch", None);
    assert!(house.store.read(|tx| tx.pipeline(None, 9)).unwrap().is_empty());

    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    house
        .ask("POST", "/v1/batches", &headers, "{")
        .await
        .is_problem(400, "not_json", Some("#"));
    let twice = format!("{}{}", batch(), batch());
    house
        .ask("POST", "/v1/batches", &headers, &twice)
        .await
        .is_problem(400, "not_json", Some("#"));
    let plain = [headers[0], ("content-type", "text/plain")];
    house
        .ask("POST", "/v1/batches", &plain, &batch().to_string())
        .await
        .is_problem(415, "not_json", None);
    let keys = [headers[0], headers[1], ("idempotency-key", "two words")];
    house
        .ask("POST", "/v1/batches", &keys, &batch().to_string())
        .await
        .is_problem(400, "bad_key", None);
    let mut differs = batch();
    differs["key"] = json!("b");
    house
        .hand_in("/v1/batches", Some("a"), &differs)
        .await
        .is_problem(422, "bad_batch", Some("#/key"));
    // Announced as too large, it is not waited for.
    let huge = [headers[0], headers[1], ("content-length", "30000000")];
    house.ask("POST", "/v1/batches", &huge, "").await.is_problem(413, "too_large", None);
    house.close().await;
}

#[tokio::test]
async fn api_only_a_key_opens_it() {
    let house = House::open().await;
    for path in ["/v1/batches/1", "/v1/submissions/1"] {
        let nobody = house.ask("GET", path, &[], "").await;
        nobody.is_problem(401, "no_key", None);
        assert_eq!(nobody.header("www-authenticate"), "Bearer realm=\"replyd\"");
        for wrong in [
            "Bearer ",
            "Bearer x",
            "Basic YTpi",
            &format!("Bearer {}", &KEY[1..]),
            &format!("Bearer {KEY}0"),
            KEY,
        ] {
            house
                .ask("GET", path, &[("authorization", wrong)], "")
                .await
                .is_problem(401, "no_key", None);
        }
        // Every key opens, so that one can be replaced without a pause.
        for key in [KEY, OLD_KEY] {
            house
                .ask("GET", path, &[("authorization", &format!("bearer {key}"))], "")
                .await
                .is_problem(404, "not_found", None);
        }
    }
    // Nothing of a body is read before its key is known: this one never comes.
    let endless = [("content-type", "application/json"), ("content-length", "9000")];
    house.ask("POST", "/v1/batches", &endless, "").await.is_problem(401, "no_key", None);
    for path in [
        "/v1/nothing",
        "/v1/batches/x",
        "/v1/batches/1/x",
        "/v1/submissions/s1",
        "/v1/submissions/0",
    ] {
        house.get(path).await.is_problem(404, "not_found", None);
    }
    for (method, path, allow) in [
        ("GET", "/v1/batches", "POST"),
        ("DELETE", "/v1/batches/1", "GET, HEAD"),
        ("PUT", "/v1/submissions/1", "GET, HEAD, PATCH"),
        ("POST", "/v1/openapi.json", "GET, HEAD"),
    ] {
        let heard = house.ask(method, path, &[("authorization", &format!("Bearer {KEY}"))], "").await;
        heard.is_problem(405, "method_not_allowed", None);
        assert_eq!(heard.header("allow"), allow);
    }
    // Guessing is slowed down, and does not shut out who holds a key.
    let mut last = 0;
    for _ in 0..40 {
        last = house
            .ask("GET", "/v1/batches/1", &[("authorization", "Bearer guess")], "")
            .await
            .status;
    }
    assert_eq!(last, 429);
    house.get("/v1/batches/1").await.is_problem(404, "not_found", None);
    house.close().await;
}

#[tokio::test]
async fn api_without_a_configured_key_is_off_and_says_so() {
    let house = House::with(Plan {
        keys: false,
        ..Plan::default()
    })
    .await;
    for path in ["/v1/batches", "/v1/openapi.json"] {
        let heard = house.hand_in(path, None, &batch()).await;
        heard.is_problem(404, "api_off", None);
        assert!(heard.body.contains("[api] key_files"));
    }
    house.close().await;
}

#[tokio::test]
async fn api_answers_carry_the_headers_of_every_page() {
    let house = House::open().await;
    for heard in [
        house.get("/v1/batches/9").await,
        house.get("/v1/openapi.json").await,
        house.get("/metrics").await,
    ] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(heard.header(name), value, "{heard:?}");
        }
        assert!(heard.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(heard.header("server"), "");
    }
    house.close().await;
}
