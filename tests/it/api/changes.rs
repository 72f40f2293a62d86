//! `PATCH` of submissions and candidates.

use serde_json::{Value, json};

use super::description::conforms;
use super::house::{House, KEY, batch};

async fn handed_in() -> House {
    let house = House::open().await;
    assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    house
}

/// Authors and names of events after so many, as the feed has them.
async fn told(house: &House, after: i64) -> Vec<(String, String)> {
    let feed = house.get(&format!("/v1/events?after={after}")).await.json();
    let events = feed["events"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    events
        .iter()
        .map(|one| {
            (
                text(&one["type"]),
                format!("{} {}", text(&one["data"]["author"]["kind"]), text(&one["data"]["author"]["name"])),
            )
        })
        .collect()
}

#[tokio::test]
async fn changes_are_events_with_their_author_and_change_nothing_twice() {
    let house = handed_in().await;
    let by = |name: &str| (name.to_owned(), "program key".to_owned());
    let first = house.get("/v1/submissions/1").await;
    conforms("Submission", &first.json());
    assert_eq!(first.header("etag"), format!("\"{}\"", first.json()["version"]));
    let change = json!({ "driver": "recruiter", "chase": "stopped", "paused_until": "2026-03-10", "summary": "Twelve years of Java." });
    let changed = house
        .patch("/v1/submissions/1", &[("if-match", first.header("etag"))], &change)
        .await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let now = changed.json();
    conforms("Submission", &now);
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&now[field], value, "{now:#}");
    }
    let mut events = told(&house, 2).await;
    events.sort();
    assert_eq!(
        events,
        [
            "conversation.chase_stopped",
            "conversation.paused",
            "conversation.taken_over",
            "submission.corrected"
        ]
        .map(by)
    );
    // What is so already is no change, also when the whole answer is sent back.
    let tag = changed.header("etag");
    for same in [&change, &now] {
        let again = house.patch("/v1/submissions/1", &[("if-match", tag)], same).await;
        assert_eq!(
            (again.status, again.json()["version"].clone()),
            (200, now["version"].clone()),
            "{again:?}"
        );
    }
    let back = house.patch("/v1/submissions/1", &[], &json!({ "driver": "bot" })).await.json();
    assert_eq!(back["driver"], "bot");
    // What the client said, and an interview that follows.
    let decided = house
        .patch(
            "/v1/submissions/1",
            &[],
            &json!({ "decision": "interested", "interview": { "starts_at": "2026-03-12T14:00:00Z" } }),
        )
        .await;
    assert_eq!(decided.status, 200, "{decided:?}");
    assert_eq!(decided.json()["interview"]["starts_at"], "2026-03-12T14:00:00Z");
    conforms("Submission", &decided.json());
    let moved = house
        .patch(
            "/v1/submissions/1",
            &[],
            &json!({ "interview": { "starts_at": "2026-03-13T15:00:00+01:00" } }),
        )
        .await
        .json();
    assert_eq!(moved["interview"]["starts_at"], "2026-03-13T14:00:00Z");
    let off = house.patch("/v1/submissions/1", &[], &json!({ "interview": null })).await.json();
    assert_eq!(off["interview"]["status"], "cancelled");
    let again = house.patch("/v1/submissions/1", &[], &json!({ "interview": null })).await;
    assert_eq!((again.status, &again.json()["version"]), (200, &off["version"]));
    let names: Vec<String> = told(&house, 0).await.into_iter().map(|(name, _)| name).collect();
    for name in [
        "submission.decision_final",
        "interview.booked",
        "interview.moved",
        "interview.cancelled",
    ] {
        assert!(names.iter().any(|one| one == name), "{name}: {names:?}");
    }
    let passed = house
        .patch("/v1/submissions/2", &[], &json!({ "decision": "pass", "reasons": ["salary"] }))
        .await
        .json();
    assert_eq!((&passed["decision"], &passed["reasons"]), (&json!("pass"), &json!(["salary"])));
    // A pass that stands is turned round only by who says so.
    let mut book = json!({ "interview": { "starts_at": "2026-03-17T14:00:00Z" } });
    let heard = house.patch("/v1/submissions/2", &[], &book).await;
    heard.is_problem(409, "conflict", None);
    assert!(heard.json()["detail"].as_str().unwrap().contains("all_the_same"), "{heard:?}");
    book["all_the_same"] = json!(true);
    let booked = house.patch("/v1/submissions/2", &[], &book).await.json();
    assert_eq!(booked["decision"], "interested");
    let out = house
        .patch("/v1/submissions/2", &[], &json!({ "status": "withdrawn" }))
        .await
        .json();
    assert_eq!(out["status"], "withdrawn");
    house.close().await;
}

#[tokio::test]
async fn changes_meet_their_version_or_are_refused() {
    let house = handed_in().await;
    let stale = house.get("/v1/submissions/1").await;
    let stale = stale.header("etag").to_owned();
    assert_eq!(house.patch("/v1/submissions/1", &[], &json!({ "note": "first" })).await.status, 200);
    let late = house
        .patch("/v1/submissions/1", &[("if-match", &stale)], &json!({ "status": "withdrawn" }))
        .await;
    late.is_problem(412, "changed_meanwhile", None);
    house
        .patch("/v1/submissions/1", &[("if-match", "42")], &json!({}))
        .await
        .is_problem(400, "bad_version", None);
    assert_eq!(house.get("/v1/submissions/1").await.json()["status"], "queued");
    let fresh = house.get("/v1/submissions/1").await;
    let tags = format!("\"x\", {}", fresh.header("etag"));
    assert_eq!(
        house
            .patch("/v1/submissions/1", &[("if-match", &tags)], &json!({ "note": "second" }))
            .await
            .status,
        200
    );
    assert_eq!(
        house
            .patch("/v1/submissions/1", &[("if-match", "*")], &json!({ "note": "third" }))
            .await
            .status,
        200
    );

    // A change under a key is made once, however often it is sent and whatever version it was meant for.
    let tag = house.get("/v1/submissions/1").await.header("etag").to_owned();
    let more = [("if-match", tag.as_str()), ("idempotency-key", "note-4")];
    for _ in 0..3 {
        assert_eq!(
            house.patch("/v1/submissions/1", &more, &json!({ "note": "fourth" })).await.status,
            200
        );
    }
    house
        .patch("/v1/submissions/1", &more, &json!({ "note": "another" }))
        .await
        .is_problem(422, "key_used", None);
    house
        .patch("/v1/submissions/2", &more[1..], &json!({ "note": "fourth" }))
        .await
        .is_problem(422, "key_used", None);
    let notes = told(&house, 0)
        .await
        .into_iter()
        .filter(|(name, _)| name == "conversation.noted")
        .count();
    assert_eq!(notes, 4);
    // One that failed may be tried again under its key.
    house
        .patch("/v1/submissions/1", &[("idempotency-key", "five")], &json!({ "notes": "fifth" }))
        .await
        .is_problem(422, "bad_change", Some("#/notes"));
    assert_eq!(
        house
            .patch("/v1/submissions/1", &[("idempotency-key", "five")], &json!({ "note": "fifth" }))
            .await
            .status,
        200
    );
    house.close().await;
}

#[tokio::test]
async fn changes_that_cannot_be_made_say_why_and_leave_everything_as_it_was() {
    let house = handed_in().await;
    // All but how its letters fare.
    let read = async || {
        let mut one = house.get("/v1/submissions/1").await.json();
        one["timeline"].as_array_mut().unwrap().retain(|line| line["kind"] != "letter");
        one
    };
    let before = read().await;
    for (change, field, says) in [
        (json!({ "stage": "x" }), "stage", "these can be changed: status, driver"),
        (json!({ "id": 7 }), "id", "cannot be changed; these can"),
        (json!({ "status": "sent" }), "status", "withdrawn only"),
        (json!({ "status": null }), "status", "withdrawn only"),
        (json!({ "driver": "me" }), "driver", "recruiter (taken over) or bot"),
        (json!({ "decision": "perhaps" }), "decision", "interested, maybe or pass"),
        (json!({ "decision": "pass", "reasons": ["dunno"] }), "reasons", "salary"),
        (json!({ "decision": "pass", "reasons": "salary" }), "reasons", "must be a list"),
        (json!({ "reasons": ["salary"] }), "reasons", "send decision as well"),
        (
            json!({ "decision": "maybe", "reasons": ["salary"] }),
            "reasons",
            "go with a pass only",
        ),
        (json!({ "interview": "tomorrow" }), "interview", "starts_at"),
        (
            json!({ "interview": { "starts_at": "2026-03-12 14:00" } }),
            "interview",
            "with its offset",
        ),
        (
            json!({ "interview": { "starts_at": null } }),
            "interview",
            "send null for interview",
        ),
        (json!({ "interview": { "place": "here" } }), "interview", "has no place"),
        (json!({ "interview": {} }), "interview", "needs starts_at"),
        (
            json!({ "interview": { "starts_at": "9999-12-31T23:59:59Z" } }),
            "interview",
            "two years",
        ),
        (json!({ "paused_until": "9999-12-31" }), "paused_until", "within a year"),
        (json!({ "interview": { "duration_min": 90 } }), "interview", "duration_min"),
        (
            json!({ "chase": "running", "driver": "recruiter", "note": 7 }),
            "note",
            "must be text",
        ),
        (json!({ "paused_until": "Monday" }), "paused_until", "2026-12-01"),
        (json!({ "summary": " " }), "summary", "empty"),
        (json!({ "summary": "Write to ana@mail.example" }), "summary", "address or phone"),
        (json!({ "note": "x".repeat(2_001) }), "note", "2,000"),
    ] {
        let heard = house.patch("/v1/submissions/1", &[], &change).await;
        heard.is_problem(422, "bad_change", Some(&format!("#/{field}")));
        assert!(heard.json()["detail"].as_str().unwrap().contains(says), "{change}: {heard:?}");
    }
    // Past, or ended: the machine says no, and what came before it in the same change is undone as well.
    let past = json!({ "driver": "recruiter", "interview": { "starts_at": "2026-01-01T10:00:00Z" } });
    let heard = house.patch("/v1/submissions/1", &[], &past).await;
    heard.is_problem(409, "conflict", None);
    assert!(heard.json()["detail"].as_str().unwrap().contains("past"), "{heard:?}");
    assert_eq!(read().await, before);
    assert_eq!(told(&house, 2).await, []);

    house
        .patch("/v1/submissions/1", &[], &json!({ "note": "x", "all_the_same": "yes" }))
        .await
        .is_problem(422, "bad_change", Some("#/all_the_same"));

    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/merge-patch+json")];
    house
        .ask("PATCH", "/v1/submissions/1", &headers, "{")
        .await
        .is_problem(400, "not_json", None);
    house
        .ask("PATCH", "/v1/submissions/1", &headers, "[]")
        .await
        .is_problem(422, "bad_change", None);
    house
        .ask("PATCH", "/v1/submissions/1", &headers[..1], "{}")
        .await
        .is_problem(415, "not_json", None);
    house
        .ask("PATCH", "/v1/submissions/1", &headers[1..], "{}")
        .await
        .is_problem(401, "no_key", None);
    house
        .patch("/v1/submissions/99", &[], &json!({}))
        .await
        .is_problem(404, "not_found", None);
    house
        .patch("/v1/candidates/99", &[], &json!({}))
        .await
        .is_problem(404, "not_found", None);
    house
        .patch("/v1/batches/1", &[], &json!({}))
        .await
        .is_problem(405, "method_not_allowed", None);
    let long = json!({ "note": "x".repeat(70_000) });
    house
        .patch("/v1/submissions/1", &[], &long)
        .await
        .is_problem(413, "too_large", None);
    house.close().await;
}

#[tokio::test]
async fn changes_of_a_candidate_reach_every_batch_they_are_in() {
    let house = handed_in().await;
    let mut second = batch();
    second["project"]["title"] = json!("Architect");
    assert_eq!(house.hand_in("/v1/batches", None, &second).await.status, 201);
    let id = house.get("/v1/submissions/3").await.json()["candidate_id"].as_i64().unwrap();
    let path = format!("/v1/candidates/{id}");
    let ana = house.get(&path).await;
    conforms("Candidate", &ana.json());
    assert_eq!(ana.json()["submissions"].as_array().unwrap().len(), 2, "{ana:?}");
    assert!(!ana.body.contains('@'));
    let change = json!({ "email": "ana.souza@mail.example", "phone": "+351 21 000 0000", "zone": "Atlantic/Azores" });
    let changed = house.patch(&path, &[("if-match", ana.header("etag"))], &change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    conforms("Candidate", &changed.json());
    assert_eq!(
        (&changed.json()["id"], &changed.json()["zone"]),
        (&json!(id), &json!("Atlantic/Azores"))
    );
    assert!(!changed.body.contains('@') && !changed.body.contains("351"));
    let events = told(&house, 4).await;
    assert_eq!(events.len(), 6, "{events:?}");
    assert!(events.iter().all(|(_, by)| by == "program key"), "{events:?}");
    for batch in [1, 2] {
        let of = house
            .store
            .read(|tx| tx.conversation(replyd::model::ConversationId(batch)))
            .unwrap()
            .unwrap();
        let ana = &of.batch.candidates[0];
        assert_eq!(ana.mailbox.address.as_str(), "ana.souza@mail.example");
        assert_eq!(
            (ana.zone.name(), ana.phone.as_ref().map(|phone| phone.as_str())),
            ("Atlantic/Azores", Some("+351 21 000 0000"))
        );
    }
    // The same once more is nothing; no phone is none.
    let again = house.patch(&path, &[], &change).await;
    assert_eq!((again.status, again.json()), (200, changed.json()));
    assert_eq!(house.patch(&path, &[], &json!({ "phone": null })).await.status, 200);
    let of = house
        .store
        .read(|tx| tx.conversation(replyd::model::ConversationId(1)))
        .unwrap()
        .unwrap();
    assert_eq!(of.batch.candidates[0].phone, None);

    house
        .patch(&path, &[], &json!({ "email": "carl@mail.example" }))
        .await
        .is_problem(409, "conflict", None);
    house
        .patch(&path, &[], &json!({ "email": "maria@agency.example" }))
        .await
        .is_problem(409, "conflict", None);
    for (change, field) in [
        (json!({ "email": "nobody" }), "email"),
        (json!({ "email": null }), "email"),
        (json!({ "zone": "Mars/Base" }), "zone"),
        (json!({ "phone": 7 }), "phone"),
        (json!({ "name": "Anna" }), "name"),
        (json!({ "summary": "x" }), "summary"),
    ] {
        house
            .patch(&path, &[], &change)
            .await
            .is_problem(422, "bad_change", Some(&format!("#/{field}")));
    }
    let of = house
        .store
        .read(|tx| tx.conversation(replyd::model::ConversationId(2)))
        .unwrap()
        .unwrap();
    assert_eq!(of.batch.candidates[0].mailbox.address.as_str(), "ana.souza@mail.example");
    house.close().await;
}
