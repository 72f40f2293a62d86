//! Webhooks: events reach another system signed, in order, once or under the same id again.

mod guard;
mod kill;
mod receiver;
mod retries;

use serde_json::json;

use crate::api::house::{HOOK, House, OLD_HOOK, Plan, batch};
use crate::feed::is_event;
use receiver::Receiver;

/// A house that tells this receiver of events, and may reach it.
pub(crate) async fn house(receiver: &Receiver, more: &str) -> House {
    let url = format!("http://127.0.0.1:{}/hooks", receiver.port);
    house_of(&format!(
        "[[webhook]]\nname = \"ats\"\nurl = \"{url}\"\nsecret_files = [\"hook\", \"old-hook\"]\n{more}"
    ))
    .await
}

pub(crate) async fn house_of(more: &str) -> House {
    let recruiters = "[[recruiters]]\naddress = \"lead@agency.example\"\nname = \"Lea\"\nlead = true\n";
    let more = format!("{more}\n{recruiters}[webhooks]\nallow_private = [\"127.0.0.1\"]\ntimeout_s = 15\n");
    House::with(Plan {
        more: String::leak(more),
        starts: String::leak(chrono::Utc::now().to_rfc3339()),
        ..Plan::default()
    })
    .await
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1500 {
        if holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// States of all deliveries, oldest first.
pub(crate) fn states(house: &House) -> Vec<(String, i64, String)> {
    let read = |state| house.store.read(|tx| tx.deliveries(Some(state), None, 10_000)).unwrap();
    let mut all: Vec<_> = ["waiting", "behind", "delivered", "dead", "dropped"]
        .into_iter()
        .flat_map(read)
        .collect();
    all.sort_by_key(|one| one.id);
    all.into_iter().map(|one| (one.state, one.attempts, one.outcome)).collect()
}

#[tokio::test]
async fn webhooks_send_every_event_signed_as_the_public_library_wants_it() {
    let receiver = Receiver::open().await;
    let house = house(&receiver, "").await;
    assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    let change = json!({ "note": "Naïve – ünïcode “quotes” \u{1F600}", "chase": "stopped" });
    assert_eq!(house.patch("/v1/submissions/2", &[], &change).await.status, 200);
    let got = receiver.waits_for(4).await;
    let feed = house.store.read(|tx| tx.feed(0, 100)).unwrap().bodies;
    assert_eq!((feed.len(), got.len()), (4, 4));
    for one in &got {
        assert!(one.is_signed_now(HOOK) && one.is_signed_now(OLD_HOOK), "{one:?}");
        assert!(!one.is_signed_now("whsec_b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIh"));
        assert_eq!(one.headers["content-type"], "application/json");
        assert_eq!(one.headers["webhook-signature"].split(' ').count(), 2);
        is_event(&one.json());
        assert_eq!(one.json()["id"], one.id());
        // The bytes are those of the feed.
        assert!(feed.contains(&one.body), "{}", one.body);
        // Whoever changes a letter of it is found out.
        let mut forged = one.clone();
        forged.body = forged.body.replace("Ana", "Eva").replace("stopped", "going");
        assert!(forged.body == one.body || !forged.is_signed_now(HOOK));
    }
    // Those of one submission, and of the conversation, come in order.
    let of = |id: i64| {
        got.iter()
            .filter(|one| one.submission() == id)
            .map(|one| one.kind())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(0), ["conversation.chase_stopped", "conversation.noted"]);
    until("all written down", || {
        states(&house).iter().all(|(state, tries, _)| state == "delivered" && *tries == 1)
    })
    .await;
    house.close().await;
}

#[tokio::test]
async fn webhooks_are_sent_what_they_ask_for() {
    let (receiver, other) = (Receiver::open().await, Receiver::open().await);
    let second = format!(
        "events = [\"conversation.*\"]\n[[webhook]]\nname = \"decisions\"\nurl = \"http://127.0.0.1:{}/x?key=y\"\nsecret_files = [\"hook\"]\nevents = [\"submission.decision_final\", \"feedback.given\"]\n",
        other.port
    );
    let house = house(&receiver, &second).await;
    house.hand_in("/v1/batches", None, &batch()).await;
    house.patch("/v1/submissions/1", &[], &json!({ "driver": "recruiter" })).await;
    house
        .patch("/v1/submissions/1", &[], &json!({ "decision": "pass", "reasons": ["salary"] }))
        .await;
    let got = other.waits_for(2).await;
    let mut kinds: Vec<String> = got.iter().map(receiver::Request::kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["feedback.given", "submission.decision_final"]);
    assert!(
        receiver
            .waits_for(1)
            .await
            .iter()
            .all(|one| one.kind().starts_with("conversation."))
    );
    let lines = house.store.read(|tx| tx.endpoints()).unwrap();
    // What stands behind a question mark may open something.
    assert!(lines.iter().all(|one| !one.url.contains("key")) && lines.len() == 2);
    house.close().await;
}
