//! End to end: the real binary, as a person runs it, against a real Dovecot and a real Postfix. Run by `tests/run`, which
//! starts the servers; without them these tests step aside and say so.

mod asked_back;
mod check;
mod crash;
mod desk_road;
mod feedback;
mod handin;
mod hostile;
mod house;
mod interview;
mod mailbox;
mod meeting;
mod merged;
mod oauth;
mod operations;
mod orders;
mod panel;
mod privacy;
mod reports;
mod road;
mod servers;
mod service;
mod storage;

fn root() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
