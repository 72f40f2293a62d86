//! What comes in answer to a letter to a candidate: `fixtures/candidates/*.eml`. Each is stored and read by the daemon as if it had been
//! fetched. Only what Ana writes from the address on file speaks for her, and nothing of it is ever taken for the client's word or shown to
//! the client.

use std::path::Path;
use std::sync::Arc;

use replyd::conversation::{Command, Conversation, Party, Scheduling};
use replyd::daemon::{Clock, Daemon, steer};
use replyd::message::{self, Author, Border};
use replyd::model::{Decision, Timestamp};

use crate::conversation::people;
use crate::desk::{new_batch, reads};
use crate::senders::config;

/// What follows from a mail: times are known, and letters of these kinds leave to the client and as notices to the recruiter.
struct Case {
    name: &'static str,
    gives_times: bool,
    to_client: &'static [&'static str],
    notices: usize,
}

const CASES: [Case; 3] = [
    Case {
        name: "answers-from-her-address",
        gives_times: true,
        to_client: &["offer_times"],
        notices: 0,
    },
    Case {
        name: "answers-from-a-second-address",
        gives_times: false,
        to_client: &[],
        notices: 1,
    },
    Case {
        name: "reacts",
        gives_times: false,
        to_client: &[],
        notices: 1,
    },
];

#[tokio::test]
async fn candidates_are_heard_from_the_address_on_file_and_by_nobody_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/candidates");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), CASES.len(), "a mail without a case");
    for case in CASES {
        let text = std::fs::read_to_string(folder.join(format!("{}.eml", case.name))).unwrap();
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            check(&case, &text).await;
        }
    }
}

async fn check(case: &Case, template: &str) {
    let now: Timestamp = "2026-11-18T14:05:00Z".parse().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let (ink, database) = (Arc::new(config.ink.clone()), config.database.clone());
    let daemon = Daemon::new(config, Clock::set_to(now)).unwrap();
    let store = daemon.store();
    let mut before = people::conversation(&["Ana", "Ben"], "Europe/London");
    before.policy.scheduling = Scheduling::default();
    let new = new_batch(before);
    let id = daemon.submit(new).await.unwrap();
    let load = || -> Conversation { store.read(|tx| tx.conversation(id)).unwrap().unwrap() };
    let yes = Command::Decide {
        submission: load().submissions[0].id,
        decision: Decision::Interested,
        reasons: vec![],
    };
    steer(&store, &ink, id, "rita".into(), yes, now).await.unwrap();
    let letters = || store.read(|tx| tx.letters_of(id)).unwrap();
    let asked = letters().into_iter().find(|one| matches!(one.to, Party::Candidate(_))).unwrap();
    let bytes = store.read(|tx| tx.letter_bytes(asked.id)).unwrap();
    let sent = message::read(&bytes, &Border::default()).unwrap();
    let Author::One(tagged) = sent.author else { panic!("no author") };
    let raw = template
        .replace("{TAGGED}", tagged.address.as_str())
        .replace("{MESSAGE_ID}", &format!("<{}>", sent.id.unwrap().0));
    let known = letters().len();
    reads(&daemon, 1, raw, now).await;
    let database = rusqlite::Connection::open(&database).unwrap();
    let read = "SELECT state || ' ' || kind || ' ' || why FROM messages";
    let read: String = database.query_row(read, [], |row| row.get(0)).unwrap();
    assert!(read.starts_with("applied"), "{}: {read}", case.name);

    let after = load();
    let interview = after.submissions[0].interview.as_ref().unwrap();
    let timeline = store.read(|tx| tx.timeline(id, None)).unwrap();
    let told: Vec<(&str, &str)> = timeline.iter().map(|line| (line.kind.as_str(), line.detail.as_str())).collect();
    assert_eq!(
        interview.candidate.can.is_some(),
        case.gives_times,
        "{}: times: {told:?}",
        case.name
    );
    assert!(
        after.submissions[1].resting.is_none(),
        "{}: a candidate decided about another",
        case.name
    );
    let new = letters().split_off(known);
    let to_client: Vec<&str> = new
        .iter()
        .filter(|one| one.to == Party::Client)
        .map(|one| one.kind.as_str())
        .collect();
    assert_eq!(to_client, case.to_client, "{}: letters to the client", case.name);
    assert_eq!(
        new.iter().filter(|one| one.kind == "notice").count(),
        case.notices,
        "{}: notices",
        case.name
    );
}
