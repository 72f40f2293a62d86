//! Everything that needs more than one room: one crate, so that it links once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod api;
mod busy;
mod calendar;
mod candidates;
mod commands;
mod compose;
mod conversation;
mod cvs;
mod daemon;
mod demo;
mod desk;
mod drafts;
mod feed;
mod figures;
mod fuzz;
mod governor;
mod handin;
mod hostile_batches;
mod http;
mod hub;
mod inbox;
mod interviews;
mod invited;
mod limits;
mod merged;
mod message;
mod oauth;
mod outbox;
mod pages;
mod panel;
mod protected;
mod queue;
mod reply;
mod roundtrip;
mod scanners;
mod senders;
mod simulate;
mod store;
mod tidy;
mod webhooks;
mod zone_rules;

/// What some work gives, and how long this thread worked on it: on a busy machine it may wait much longer.
fn worked<T>(work: impl FnOnce() -> T) -> (T, std::time::Duration) {
    let now = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        std::time::Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
    };
    let began = now();
    let made = work();
    (made, now() - began)
}
