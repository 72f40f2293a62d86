//! Named points at which the process can be made to die, so that tests can show that dying anywhere is safe.
//!
//! `REPLYD_FAULT=outbox.dot_intent` aborts the process the first time it comes to that point, `…:3` the third time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The point asked for, and how many times it may still be passed.
static WANTED: OnceLock<Option<(String, AtomicU32)>> = OnceLock::new();

/// Dies here if asked to.
pub(crate) fn point(name: &str) {
    let wanted = WANTED.get_or_init(|| {
        let asked = std::env::var("REPLYD_FAULT").ok()?;
        let (name, count) = asked.split_once(':').unwrap_or((&asked, "1"));
        Some((name.to_owned(), AtomicU32::new(count.parse().unwrap_or(1))))
    });
    if let Some((at, left)) = wanted
        && at == name
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        tracing::warn!(point = name, "aborting, as REPLYD_FAULT asks");
        std::process::abort();
    }
}
