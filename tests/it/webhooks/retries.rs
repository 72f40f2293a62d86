//! What does not arrive: it comes again under the same id, holds up what it must and nothing else, and is given up in the end.

use std::time::Duration;

use replyd::store::LetterState;
use serde_json::json;
use tokio::net::TcpListener;

use super::receiver::{Receiver, Reply};
use super::{house, house_of, states, until};
use crate::api::house::{HOOK, House, batch};

/// Letters of the desk that wait: what leads are told.
fn told(house: &House) -> Vec<String> {
    let letters = house.store.read(|tx| tx.outbox_in("queued", 100)).unwrap();
    let bytes = letters
        .iter()
        .filter(|one| one.batch < 0)
        .map(|one| house.store.read(|tx| tx.letter_bytes(replyd::model::LetterId(one.id))).unwrap());
    let _ = LetterState::Queued;
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}

#[tokio::test]
async fn webhooks_keep_the_order_of_a_submission_and_hold_up_no_other() {
    let receiver = Receiver::open().await;
    // The first event of submission 1 is refused twice.
    receiver.answers(|request, nth| {
        Reply::of(
            if request.submission() == 1 && request.kind() == "submission.submitted" && nth <= 2 {
                500
            } else {
                200
            },
        )
    });
    let house = house(&receiver, "").await;
    house.hand_in("/v1/batches", None, &batch()).await;
    for id in [1, 2] {
        let heard = house
            .patch(&format!("/v1/submissions/{id}"), &[], &json!({ "decision": "maybe" }))
            .await;
        assert_eq!(heard.status, 200, "{heard:?}");
    }
    // Those of submission 2 and of the conversation come; of submission 1 only the first, in vain.
    let of = |id: i64| {
        receiver
            .got()
            .iter()
            .filter(|one| one.submission() == id)
            .map(|one| one.kind())
            .collect::<Vec<_>>()
    };
    until("submission 2 is told of", || of(2).len() == 3).await;
    assert_eq!(of(2), ["submission.submitted", "submission.decided", "submission.decision_final"]);
    assert_eq!(of(1), ["submission.submitted"]);
    house.clock.push(chrono::Duration::seconds(6));
    until("the second try", || of(1).len() == 2).await;
    until("it is written down", || states(&house).iter().any(|(_, tries, _)| *tries == 2)).await;
    assert_eq!(of(1), ["submission.submitted"; 2]);
    // The third comes five minutes later, and no sooner.
    house.clock.push(chrono::Duration::seconds(290));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(of(1).len(), 2);
    house.clock.push(chrono::Duration::seconds(50));
    until("all of submission 1 came", || of(1).len() == 5).await;
    assert_eq!(
        of(1)[2..],
        ["submission.submitted", "submission.decided", "submission.decision_final"]
    );
    let tries: Vec<_> = receiver
        .got()
        .into_iter()
        .filter(|one| one.kind() == "submission.submitted" && one.submission() == 1)
        .collect();
    assert!(
        tries
            .iter()
            .all(|one| one.id() == tries[0].id() && one.body == tries[0].body && one.is_signed_with(HOOK))
    );
    let stamps: std::collections::HashSet<_> = tries.iter().map(|one| &one.headers["webhook-timestamp"]).collect();
    assert_eq!(stamps.len(), 3, "each attempt is stamped with its own time");
    house.close().await;
}

#[tokio::test]
async fn webhooks_give_up_after_the_schedule_and_a_person_replays() {
    let receiver = Receiver::open().await;
    receiver.answers(|request, _| Reply::of(if request.submission() == 1 { 400 } else { 204 }));
    let house = house(&receiver, "").await;
    house.hand_in("/v1/batches", None, &batch()).await;
    house.patch("/v1/submissions/1", &[], &json!({ "decision": "maybe" })).await;
    for tries in 1..=10 {
        until(&format!("try {tries}"), || states(&house)[0].1 == tries).await;
        assert_eq!(states(&house)[0].0, if tries < 10 { "waiting" } else { "dead" });
        // The longest wait of the schedule and its jitter; the first goes before the others of its submission.
        house.clock.push(chrono::Duration::hours(27));
    }
    let all = states(&house);
    assert_eq!((all[0].0.as_str(), all[0].2.as_str()), ("dead", "answered 400"), "{all:?}");
    until("the next of the submission has its turn", || {
        states(&house).iter().any(|(state, tries, _)| state == "waiting" && *tries > 0)
    })
    .await;
    let dead = house.store.read(|tx| tx.dead_deliveries(Some("ats"), 10)).unwrap();
    assert_eq!(dead.len(), 1);
    until("the lead is told", || {
        told(&house).iter().any(|letter| letter.contains("lead@agency.example"))
    })
    .await;
    let health = house.get("/healthz").await.json();
    let check = health["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "webhooks")
        .unwrap()
        .clone();
    assert_eq!(check["ok"], false, "{check}");

    // The other side is put right, and the dead letter is sent again: the same id, the same bytes.
    receiver.answers(|_, _| Reply::of(200));
    let before = receiver.got().len();
    let (id, now) = (dead[0], house.clock.now());
    house.store.write(move |tx| tx.replay_delivery(id, now)).await.unwrap();
    until("it arrived", || {
        house.store.read(|tx| tx.delivery(id)).unwrap().0.state == "delivered"
    })
    .await;
    let got = receiver.got();
    let again = got[before..]
        .iter()
        .find(|one| one.id() == got[0].id() || one.kind() == "submission.submitted")
        .unwrap();
    let first = got.iter().find(|one| one.id() == again.id()).unwrap();
    assert_eq!((&first.body, first.submission()), (&again.body, 1));
    assert!(
        house.store.write(move |tx| tx.drop_delivery(id)).await.is_err(),
        "only dead letters are dropped"
    );
    let now = house.clock.now();
    house.store.write(move |tx| tx.replay_delivery(id, now)).await.unwrap();
    until("what arrived can be sent again too", || {
        receiver.got().iter().filter(|one| one.id() == first.id()).count() == 12
    })
    .await;
    house.close().await;
}

#[tokio::test]
async fn webhooks_that_answer_410_are_off_until_a_person_turns_them_on() {
    let receiver = Receiver::open().await;
    receiver.answers(|_, _| Reply::of(410));
    let house = house(&receiver, "").await;
    house.hand_in("/v1/batches", None, &batch()).await;
    let endpoint = || house.store.read(|tx| tx.endpoints()).unwrap().remove(0);
    until("it is off", || endpoint().state == "gone").await;
    until("the lead is told", || told(&house).len() == 1).await;
    let came = receiver.got().len();
    receiver.answers(|_, _| Reply::of(200));
    house.patch("/v1/submissions/1", &[], &json!({ "note": "while it is off" })).await;
    house.clock.push(chrono::Duration::hours(30));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.got().len(), came, "nothing is sent to it");
    assert_eq!(states(&house).len(), 2, "and nothing more is kept for it");
    // Off it stays over a restart.
    let house = house.restart().await;
    assert_eq!(house.store.read(|tx| tx.endpoints()).unwrap()[0].state, "gone");
    let now = house.clock.now();
    assert!(house.store.write(move |tx| tx.enable_endpoint("ats", now)).await.unwrap());
    until("what waited came", || states(&house).iter().all(|(state, ..)| state == "delivered")).await;
    house.patch("/v1/submissions/1", &[], &json!({ "note": "on again" })).await;
    until("and what is new", || {
        receiver.got().last().is_some_and(|one| one.kind() == "conversation.noted")
    })
    .await;
    assert!(house.store.write(move |tx| tx.enable_endpoint("nobody", now)).await.is_err());
    house.close().await;
}

#[tokio::test]
async fn webhooks_leave_an_endpoint_alone_for_as_long_as_it_asks() {
    let receiver = Receiver::open().await;
    receiver.answers(|_, nth| Reply {
        status: if nth == 1 { 429 } else { 200 },
        headers: if nth == 1 {
            "retry-after: 600\r\n".to_owned()
        } else {
            String::new()
        },
    });
    let house = house(&receiver, "").await;
    house.hand_in("/v1/batches", None, &batch()).await;
    until("it asked", || states(&house).iter().all(|(_, tries, _)| *tries == 1)).await;
    // Not what failed, and nothing new either.
    house.patch("/v1/submissions/1", &[], &json!({ "note": "new" })).await;
    house.clock.push(chrono::Duration::seconds(590));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.got().len(), 2);
    house.clock.push(chrono::Duration::seconds(20));
    receiver.answers(|_, _| Reply::of(200));
    until("all came", || states(&house).iter().all(|(state, ..)| state == "delivered")).await;
    house.close().await;
}

#[tokio::test]
async fn webhooks_that_are_silent_or_away_hold_up_nobody_else() {
    let receiver = Receiver::open().await;
    // One takes connections and says nothing, one refuses them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let more = format!(
        "[[webhook]]\nname = \"silent\"\nurl = \"http://127.0.0.1:{}/\"\nsecret_files = [\"hook\"]\n[[webhook]]\nname = \"away\"\nurl = \"http://127.0.0.1:{away}/\"\nsecret_files = [\"hook\"]\n[[webhook]]\nname = \"well\"\nurl = \"http://127.0.0.1:{}/\"\nsecret_files = [\"hook\"]\n",
        silent.local_addr().unwrap().port(),
        receiver.port
    );
    let house = house_of(&more).await;
    for _ in 0..10 {
        assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    }
    // More requests hang at the silent one than it is sent at a time, and all reach the other all the same.
    receiver.waits_for(20).await;
    let away = house.store.read(|tx| tx.deliveries(Some("waiting"), Some("away"), 100)).unwrap();
    assert!(
        !away.is_empty() && away.iter().any(|one| one.outcome.contains("no connection")),
        "{away:?}"
    );
    let silent = house.store.read(|tx| tx.deliveries(Some("waiting"), Some("silent"), 100)).unwrap();
    assert_eq!(silent.len(), 20);
    house.close().await;
}

#[tokio::test]
async fn webhooks_go_on_after_a_restart_under_the_same_id() {
    let receiver = Receiver::open().await;
    receiver.answers(|_, _| Reply::of(503));
    let house = house(&receiver, "").await;
    house.hand_in("/v1/batches", None, &batch()).await;
    until("tried in vain", || states(&house).iter().all(|(_, tries, _)| *tries == 1)).await;
    let first: Vec<_> = receiver.got().iter().map(|one| (one.id().to_owned(), one.body.clone())).collect();
    receiver.answers(|_, _| Reply::of(200));
    let house = house.restart().await;
    house.clock.push(chrono::Duration::seconds(10));
    until("all came", || {
        states(&house).iter().all(|(state, tries, _)| state == "delivered" && *tries == 2)
    })
    .await;
    let again: Vec<_> = receiver.got()[first.len()..]
        .iter()
        .map(|one| (one.id().to_owned(), one.body.clone()))
        .collect();
    let sorted = |mut all: Vec<_>| {
        all.sort();
        all
    };
    assert_eq!(sorted(again), sorted(first));
    house.close().await;
}
