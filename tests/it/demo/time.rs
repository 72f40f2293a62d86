//! The demo's clock is never pushed past what is due, however fast time runs and whoever jumps: whatever happens by itself happens at
//! its time. At a day in a second the clock moves on by more than an hour at once, so what is passed by is seen.

use std::cell::RefCell;
use std::collections::BTreeSet;

use replyd::model::Timestamp;
use serde_json::{Value, json};

use super::webmail::{Running, mails};

/// How long the daemon may take for something, as its own clock shows.
const AT_WORK: chrono::Duration = chrono::Duration::seconds(45);

/// Times at which something was seen to be due.
#[derive(Default)]
struct Due(RefCell<BTreeSet<Timestamp>>);

impl Due {
    fn look(&self, state: &Value) {
        let batches = state["batches"].as_array().unwrap().iter();
        let next = batches.flat_map(|batch| batch["next"].as_array().unwrap());
        self.0.borrow_mut().extend(next.map(|one| time(&one["at"])));
    }

    /// Everything that happened by itself did so when it was due. Gives how much that was.
    fn check(&self, state: &Value) -> usize {
        let by_itself = ["No answer so far", "No answer", "Asked again", "Asked why", "In effect"];
        let lines = state["batches"].as_array().unwrap().iter();
        let lines = lines.flat_map(|batch| batch["timeline"].as_array().unwrap());
        let happened: Vec<&Value> = lines.filter(|line| by_itself.contains(&line["title"].as_str().unwrap())).collect();
        for line in &happened {
            let at = time(&line["at"]);
            let due = self.0.borrow().range(..=at).next_back().copied();
            let late = due.map(|due| at - due);
            assert!(
                late.is_some_and(|late| late < AT_WORK),
                "late by {late:?}: {line:#}\n{:?}",
                self.0.borrow()
            );
        }
        happened.len()
    }
}

/// The chase counts in days of work: everything that follows silence is due at the time of day of the first reminder.
fn check_daily(first: Timestamp, state: &Value) -> usize {
    let lines = state["batches"][0]["timeline"].as_array().unwrap().iter();
    let silent = lines.filter(|line| line["title"].as_str().unwrap().starts_with("No answer"));
    silent
        .inspect(|line| {
            let late = (time(&line["at"]) - first)
                .num_milliseconds()
                .rem_euclid(chrono::Duration::days(1).num_milliseconds());
            assert!(late < AT_WORK.num_milliseconds(), "late by {late} ms: {line:#}");
        })
        .count()
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn happened(state: &Value, title: &str) -> usize {
    let lines = state["batches"][0]["timeline"].as_array().unwrap();
    lines.iter().filter(|line| line["title"] == title).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_time_at_a_day_in_a_second_passes_nothing_by() {
    let (demo, due) = (Running::start().await, Due::default());
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    assert_eq!(demo.post("/api/clock", &json!({"speed": 86_400})).await.status, 200);
    let state = demo
        .until("the case is escalated", |state| {
            due.look(state);
            happened(state, "No answer so far") >= 2 && happened(state, "No answer") >= 2
        })
        .await;
    assert!(due.check(&state) >= 4, "{state:#}");
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_time_a_jump_leads_to_what_comes_next_and_no_further() {
    let (demo, due) = (Running::start().await, Due::default());
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    demo.reply(0, "gmail", "Yes to Ana. Pass on Ben. Chlo\u{e9} maybe.").await;
    demo.until("it is understood", |state| happened(state, "Understood") == 3).await;
    for _ in 0..20 {
        let state = demo.state().await;
        due.look(&state);
        if happened(&state, "Asked again") > 0 {
            break;
        }
        let next = time(&state["next"]["at"]);
        demo.jump().await;
        let now = time(&demo.state().await["clock"]["now"]);
        assert!(now >= next && now - next < AT_WORK, "jumped to {now}, not to {next}: {state:#}");
    }
    let state = demo.state().await;
    assert_eq!(happened(&state, "In effect"), 3, "{state:#}");
    // Why is asked once, and once more.
    assert_eq!(
        (happened(&state, "Asked why"), happened(&state, "Asked again")),
        (2, 1),
        "{state:#}"
    );
    assert!(due.check(&state) >= 5, "{state:#}");
    demo.end().await;
}

/// Two hands on the clock at once, while time runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_time_jumps_while_it_runs_fast_pass_nothing_by() {
    let demo = Running::start().await;
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    let state = demo
        .until("a reminder is due", |state| !state["batches"][0]["next"][0].is_null())
        .await;
    let first = time(&state["batches"][0]["next"][0]["at"]);
    assert_eq!(demo.post("/api/clock", &json!({"speed": 86_400})).await.status, 200);
    let jump = json!({"jump": {}});
    for _ in 0..8 {
        let (one, other) = tokio::join!(demo.post("/api/clock", &jump), demo.post("/api/clock", &jump));
        assert_eq!((one.status, other.status), (200, 200));
    }
    let state = demo.until("the case is escalated", |state| happened(state, "No answer") >= 2).await;
    assert!(check_daily(first, &state) >= 4, "{state:#}");
    demo.end().await;
}

/// The reminder of a letter that has just left comes before everything the daemon was sleeping for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_time_a_letter_that_left_is_followed_up_before_what_was_due_later() {
    let demo = Running::start().await;
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    demo.reply(
        0,
        "gmail",
        "Yes to Ana. Pass on Ben. Chlo\u{e9} maybe, ask me again in three weeks.",
    )
    .await;
    demo.until("it is understood", |state| happened(state, "Understood") == 3).await;
    for _ in 0..8 {
        let state = demo.state().await;
        if state["batches"][0]["next"].as_array().unwrap().len() == 1 {
            break;
        }
        demo.jump().await;
    }
    let before = demo.state().await;
    let asked_again = time(&before["next"]["at"]);
    assert!(
        asked_again - time(&before["clock"]["now"]) > chrono::Duration::days(14),
        "{before:#}"
    );
    let candidates = json!([{"name": "Maya Lindqvist", "summary": "Six years of it."}]);
    let batch = json!({"company": "Fjordkraft", "contact": "Jonas Berg", "role": "Site reliability engineer", "candidates": candidates});
    let made = demo.post("/api/batch", &batch).await;
    assert_eq!(made.status, 200);
    let state = demo
        .until("its letter has left and a reminder is due", |state| {
            time(&state["next"]["at"]) < asked_again
        })
        .await;
    let second = |state: &Value| {
        state["batches"]
            .as_array()
            .unwrap()
            .iter()
            .position(|one| one["client"] == "Fjordkraft")
            .unwrap()
    };
    let number = second(&state);
    demo.jump().await;
    demo.until("the reminder is on its way", |state| {
        let lines = state["batches"][number]["timeline"].as_array().unwrap();
        lines.iter().any(|line| line["title"] == "No answer so far")
    })
    .await;
    demo.end().await;
}
