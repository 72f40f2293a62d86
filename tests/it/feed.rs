//! The feed of events: what is in it, and that a cursor misses nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use replyd::conversation::{Happening, is_named, names, public_events};
use replyd::model::ConversationId;
use replyd::store::{Role, Store};
use serde_json::{Value, json};

use crate::api::house::{House, KEY, Plan, batch};
use crate::conversation::scripts::Play;

const SCHEMA: &str = include_str!("../../src/http/events.schema.json");

/// The schema as it is, and one that knows nothing beyond it.
static JUDGES: LazyLock<[Validator; 2]> = LazyLock::new(|| {
    let open: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut closed = open.clone();
    close(&mut closed);
    [open, closed].map(|schema| jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
});

/// Every object that is described holds what is described and nothing else. Conditions describe nothing by themselves.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.contains_key("properties") && fields.contains_key("type") {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
            for (name, value) in fields.iter_mut() {
                if name != "allOf" {
                    close(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// It is an event as the schema describes it, and holds nothing that it does not describe.
pub(crate) fn is_event(event: &Value) {
    for judge in JUDGES.iter() {
        let wrong: Vec<String> = judge
            .iter_errors(event)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{event:#}");
    }
}

/// Names that scripts brought forth.
static SEEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Whatever a script brings forth is described; called for each of them.
pub(crate) fn events_are_as_described(path: &Path, play: &Play) {
    let mut number = 0;
    for step in &play.steps {
        let events = public_events(&Happening {
            before: &step.before,
            after: &step.after,
            entries: &step.entries,
            letter: step.letter.as_ref(),
            at: step.now,
        });
        let whole = step.after.submissions.len();
        assert!(
            events.len() >= step.entries.len() && events.len() <= step.entries.len() * whole,
            "{}",
            path.display()
        );
        for event in events {
            number += 1;
            let body: Value = serde_json::from_str(&event.body(number)).unwrap();
            is_event(&body);
            assert_eq!(body["type"], event.name);
            assert_eq!(body["data"]["submission"]["id"].as_i64(), event.submission.map(|one| one.0));
            let people = step.after.batch.people().chain(step.before.batch.people());
            for one in people {
                let said = body["data"]["words"].as_str().unwrap().contains(one.address.as_str());
                assert!(
                    said || !body.to_string().contains(one.address.as_str()),
                    "{}: {body:#}",
                    path.display()
                );
            }
            SEEN.lock().unwrap().insert(event.name);
        }
    }
    assert!(number > 0, "{}", path.display());
}

/// Most of the names there are occur in the scripts, so that the judge has seen them.
#[test]
fn feed_scripts_bring_forth_most_events() {
    crate::conversation::scripts::play_all();
    let seen = SEEN.lock().unwrap().clone();
    let never: Vec<&str> = names().filter(|name| !seen.contains(name)).collect();
    println!("never in a script: {never:?}");
    assert!(seen.len() >= 60, "only {}: {never:?}", seen.len());
}

#[test]
fn feed_every_name_is_described_and_every_line_has_a_name() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let described: BTreeSet<&str> = schema["properties"]["type"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["const"].as_str().unwrap())
        .collect();
    assert_eq!(described, names().collect());

    let recorded =
        regex::Regex::new(r#"(?:\brecord(?:_words)?|noted)\(\s*(?:&facts,\s*)?(?:if \w+ \{ )?"(\w+)"(?: \} else \{ "(\w+)")?"#).unwrap();
    let named = regex::Regex::new(r#"(?:let kind = if \w+ \{ |=> \()"(\w+)"(?:,| \} else \{ "(\w+)")"#).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut kinds = BTreeSet::new();
    for directory in ["conversation/step", "store"] {
        for file in std::fs::read_dir(root.join(directory)).unwrap() {
            let path = file.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let further = directory == "conversation/step";
            let hits = recorded.captures_iter(&text).chain(named.captures_iter(&text).filter(|_| further));
            kinds.extend(hits.flat_map(|hit| {
                [hit.get(1), hit.get(2)]
                    .into_iter()
                    .flatten()
                    .map(|one| one.as_str().to_owned())
                    .collect::<Vec<_>>()
            }));
        }
    }
    assert!(kinds.len() > 70, "{kinds:?}");
    let nameless: Vec<&String> = kinds.iter().filter(|kind| !is_named(kind)).collect();
    assert!(
        nameless.is_empty(),
        "give them a name in src/conversation/public/names.rs: {nameless:?}"
    );
}

#[tokio::test]
async fn feed_lists_what_happened_page_by_page() {
    let house = House::open().await;
    assert_eq!(
        house.get("/v1/events").await.json(),
        json!({ "events": [], "next": "evt_0", "more": false })
    );
    for _ in 0..3 {
        assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    }
    let taken = house
        .patch("/v1/submissions/1", &[], &json!({ "driver": "recruiter", "note": "She called." }))
        .await;
    assert_eq!(taken.status, 200, "{taken:?}");
    let whole = house.get("/v1/events?limit=1000").await.json();
    let all = whole["events"].as_array().unwrap().clone();
    all.iter().for_each(is_event);
    let told: Vec<&str> = all.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(told[..6], ["submission.submitted"; 6]);
    assert_eq!(told[6..], ["conversation.taken_over", "conversation.noted"]);
    assert_eq!(all[6]["data"]["author"], json!({ "kind": "program", "name": "key" }));
    assert_eq!(all[6]["data"]["previous"]["conversation"], json!({ "driver": "bot" }));
    assert_eq!(all[7]["data"]["words"], "She called.");
    assert_eq!((&whole["more"], &whole["next"]), (&json!(false), &all[7]["id"]));

    // Page by page it is the same, byte by byte.
    let (mut after, mut pages, mut listed) = (String::new(), 0, Vec::new());
    loop {
        let page = house
            .get(&format!("/v1/events?limit=3&after={}", if after.is_empty() { "0" } else { &after }))
            .await;
        let page = page.json();
        let mut outside = page.clone();
        for event in outside["events"].as_array_mut().unwrap() {
            event["data"] = json!({});
        }
        crate::api::description::conforms("Events", &outside);
        listed.extend(page["events"].as_array().unwrap().clone());
        after = page["next"].as_str().unwrap().to_owned();
        pages += 1;
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!((pages, listed), (3, all));
    let nothing = house.get(&format!("/v1/events?after={after}")).await.json();
    assert_eq!((&nothing["events"], &nothing["next"]), (&json!([]), &json!(after)));

    for bad in ["after=soon", "limit=0", "limit=1001", "since=1", "after=1&after=2"] {
        house.get(&format!("/v1/events?{bad}")).await.is_problem(400, "bad_query", None);
    }
    house.ask("GET", "/v1/events", &[], "").await.is_problem(401, "no_key", None);
    house
        .ask("POST", "/v1/events", &[("authorization", &format!("Bearer {KEY}"))], "")
        .await
        .is_problem(405, "method_not_allowed", None);
    let schema = house.ask("GET", "/v1/events.schema.json", &[], "").await;
    assert_eq!(
        (schema.status, schema.json()),
        (200, serde_json::from_str::<Value>(SCHEMA).unwrap())
    );
    house.close().await;
}

#[tokio::test]
async fn feed_forgets_a_person_and_keeps_what_happened() {
    let house = House::open().await;
    house.hand_in("/v1/batches", None, &batch()).await;
    house.hand_in("/v1/batches", None, &batch()).await;
    house
        .patch(
            "/v1/submissions/1",
            &[],
            &json!({ "note": "Ana Souza has moved.", "decision": "maybe" }),
        )
        .await;
    let read = || house.store.read(|tx| tx.feed(0, 1000)).unwrap().bodies;
    let of_batch = |bodies: &[String], batch: i64| {
        let events = bodies.iter().map(|body| serde_json::from_str::<Value>(body).unwrap());
        events.filter(|one| one["data"]["conversation"]["id"] == batch).collect::<Vec<_>>()
    };
    let before = read();
    let forget = |candidate| move |tx: &replyd::store::Tx<'_>| tx.forget_in_feed(ConversationId(1), candidate);
    house.store.write(forget(Some(replyd::model::SubmissionId(1)))).await.unwrap();
    let after = read();
    let (first, second) = (of_batch(&after, 1), of_batch(&after, 2));
    assert!(first.iter().all(|one| !one.to_string().contains("Souza")), "{first:#?}");
    assert!(
        first.iter().any(|one| one.to_string().contains("Carl Weber")),
        "the others are still there"
    );
    first.iter().for_each(is_event);
    assert_eq!(second, of_batch(&before, 2), "other batches are as they were");
    let ids = |all: &[Value]| all.iter().map(|one| (one["id"].clone(), one["type"].clone())).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&of_batch(&before, 1)));
    house.store.write(forget(None)).await.unwrap();
    assert!(of_batch(&read(), 1).iter().all(|one| !one.to_string().contains("Ann Lee")));
    house.close().await;
}

/// Two processes' worth of writers, some of which think better of it, and somebody who reads on from where they were: what they have read in the
/// end is everything, once, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn feed_a_cursor_never_misses_what_is_committed_late() {
    let house = House::with(Plan::default()).await;
    assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    let beside = Arc::new(Store::open(&house.path("replyd.db"), Role::Command, house.clock.now()).unwrap());
    let of = house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (store, done) = (Arc::clone(&house.store), Arc::clone(&done));
        std::thread::spawn(move || {
            let (mut after, mut read) = (0, Vec::new());
            loop {
                let last = done.load(Ordering::SeqCst);
                let page = store.read(|tx| tx.feed(after, 7)).unwrap();
                after = page.last;
                read.extend(page.bodies);
                if last && !page.more {
                    return read;
                }
            }
        })
    };
    let mut writing = Vec::new();
    for writer in 0..6_u32 {
        let (store, of, now) = (
            if writer % 2 == 0 {
                Arc::clone(&house.store)
            } else {
                Arc::clone(&beside)
            },
            of.clone(),
            house.clock.now(),
        );
        writing.push(tokio::spawn(async move {
            for n in 0..60_u32 {
                let (of, gives_up) = (of.clone(), (n + writer) % 5 == 0);
                let wrote = store
                    .write(move |tx| {
                        let entry = replyd::conversation::Entry {
                            kind: "note",
                            detail: format!("{writer} {n}"),
                            ..Default::default()
                        };
                        let events = public_events(&Happening {
                            before: &of,
                            after: &of,
                            entries: &[entry.clone(), entry],
                            letter: None,
                            at: now,
                        });
                        tx.announce(of.id, &events, now)?;
                        if gives_up {
                            Err(replyd::store::StoreError::Refused("thought better of it".to_owned()))
                        } else {
                            Ok(())
                        }
                    })
                    .await;
                assert_eq!(wrote.is_err(), gives_up, "{wrote:?}");
            }
        }));
    }
    for one in writing {
        one.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let read = reader.join().unwrap();
    let all = house.store.read(|tx| tx.feed(0, 1_000_000)).unwrap().bodies;
    assert_eq!(all.len(), 2 + 6 * 48 * 2);
    assert!(read == all, "{} of {} were read, or in another order", read.len(), all.len());
    house.close().await;
}
