//! The sender matrix on whole mails: `fixtures/senders/ROW-….eml`. Each is stored and read by the daemon as if it had been fetched.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use replyd::config::Config;
use replyd::conversation::{Conversation, Party};
use replyd::daemon::{Clock, Daemon};
use replyd::model::{ConversationId, Timestamp};

use crate::conversation::people;
use crate::desk::{new_batch, reads};

/// What a row of the matrix may do: a decision rests, a message is parked, these letters are queued besides the first.
struct Row {
    name: &'static str,
    rests: bool,
    parked: bool,
    to_client: &'static [&'static str],
    to_recruiter: bool,
}

const ROWS: [Row; 7] = [
    Row {
        name: "full",
        rests: true,
        parked: false,
        to_client: &["receipt"],
        to_recruiter: false,
    },
    Row {
        name: "unvouched",
        rests: false,
        parked: true,
        to_client: &["confirm_sender"],
        to_recruiter: false,
    },
    Row {
        name: "deputy",
        rests: false,
        parked: true,
        to_client: &["confirm_deputy"],
        to_recruiter: true,
    },
    Row {
        name: "stranger",
        rests: false,
        parked: true,
        to_client: &[],
        to_recruiter: true,
    },
    Row {
        name: "threadless",
        rests: false,
        parked: false,
        to_client: &["did_you_mean"],
        to_recruiter: false,
    },
    Row {
        name: "reference",
        rests: true,
        parked: false,
        to_client: &["receipt"],
        to_recruiter: false,
    },
    Row {
        name: "unmatched",
        rests: false,
        parked: false,
        to_client: &[],
        to_recruiter: false,
    },
];

fn now() -> Timestamp {
    "2026-11-18T14:05:00Z".parse().unwrap()
}

fn secret_file(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

pub(crate) fn config(dir: &Path) -> Config {
    std::fs::write(dir.join("config.toml"), include_str!("../../config.toml")).unwrap();
    secret_file(&dir.join("imap-password"), "x\n");
    secret_file(&dir.join("smtp-password"), "x\n");
    Config::load(&dir.join("config.toml")).unwrap()
}

/// R-S1.
#[tokio::test]
async fn the_sender_matrix_holds_for_whole_mails() {
    let mut counts = [0; ROWS.len()];
    let mut paths: Vec<_> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/senders"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let index = ROWS
            .iter()
            .position(|row| name.starts_with(row.name))
            .unwrap_or_else(|| panic!("{name}: which row?"));
        let text = std::fs::read_to_string(&path).unwrap();
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            check(&name, &ROWS[index], &text).await;
        }
        counts[index] += 1;
    }
    for (row, count) in ROWS.iter().zip(counts) {
        assert!(count >= 3, "row {} has only {count} mails", row.name);
    }
}

async fn check(name: &str, row: &Row, template: &str) {
    let dir = tempfile::tempdir().unwrap();
    let daemon = Daemon::new(config(dir.path()), Clock::set_to(now())).unwrap();
    let store = daemon.store();
    let before = people::conversation(&["Ana", "Ben"], "Europe/London");
    let id = daemon.submit(new_batch(before)).await.unwrap();
    let letter = store
        .read(|tx| tx.letters_of(id))
        .unwrap()
        .into_iter()
        .find(|one| one.to == Party::Client)
        .unwrap();
    let bytes = store.read(|tx| tx.letter_bytes(letter.id)).unwrap();
    let header = |field: &str| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix(field).map(str::to_owned)).unwrap();
        line.rsplit('<').next().unwrap().trim_end_matches('>').to_owned()
    };
    let reference = replyd::model::Reference::of(id).to_string();
    let raw = template
        .replace("{TAGGED}", &header("From: "))
        .replace("{MESSAGE_ID}", &format!("<{}>", header("Message-ID: ")))
        .replace("{REFERENCE}", &reference)
        .replace("{reference}", &reference.to_lowercase());
    reads(&daemon, 1, raw, now()).await;

    let after: Conversation = store.read(|tx| tx.conversation(ConversationId(id.0))).unwrap().unwrap();
    assert_eq!(
        after.submissions.iter().any(|one| one.resting.is_some()),
        row.rests,
        "{name}: rests"
    );
    assert_eq!(!after.parked.is_empty(), row.parked, "{name}: parked");
    let letters = store.read(|tx| tx.letters_of(id)).unwrap();
    let to_client: Vec<&str> = letters
        .iter()
        .filter(|one| one.to == Party::Client)
        .skip(1)
        .map(|one| one.kind.as_str())
        .collect();
    assert_eq!(to_client, row.to_client, "{name}: letters to the client");
    let to_recruiter = letters.iter().any(|one| one.kind == "notice");
    assert_eq!(to_recruiter, row.to_recruiter, "{name}: a notice to the recruiter");
    let contact = after.batch.contact.mailbox.address.clone();
    for letter in letters.iter().filter(|one| matches!(one.to, Party::Client)) {
        assert_eq!(
            store.read(|tx| tx.recipient(letter.id)).unwrap(),
            contact,
            "{name}: only the address on file is written to"
        );
    }
}

/// A rehearsal is signed with a key that is thrown away: its links and addresses open nothing and belong to nothing.
#[test]
fn letters_of_a_dry_run_open_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let batch = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/batches/three-candidates.toml");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_replyd"))
        .current_dir(dir.path())
        .args(["submit", "--dry-run", "--out", "letters"])
        .arg(batch)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let raw = std::fs::read(dir.path().join("letters/01-submission.eml")).unwrap();
    let letter = replyd::message::read(&raw, &replyd::message::Border::default()).unwrap();
    let replyd::message::Author::One(from) = &letter.author else {
        panic!("no author")
    };
    let tag = config.ink.style.tag_of(&config.ink.bot.address, &from.address).unwrap();
    assert_eq!(config.ink.keyring.read_tag(&tag), None, "the address names a real letter");
    assert_eq!(config.ink.keyring.read_message_id(&letter.id.unwrap()), None);
    let text = letter.body.text.unwrap();
    let tokens: Vec<&str> = text
        .lines()
        .filter_map(|line| line.rsplit_once("/d/").map(|(_, token)| token.trim()))
        .collect();
    assert_eq!(tokens.len(), 9, "{text}");
    for token in tokens {
        assert_eq!(config.ink.keyring.read_token(token, 0), replyd::link::Verdict::Unknown);
    }
}
