//! `/metrics`: what can be counted, in the text format of Prometheus.
//!
//! Nothing is counted where it happens. Letters and requests are counted by their doors, in memory; events and messages by
//! reading the rows that came since the last look, so that a look costs what happened in between and not what there is.
//! No label holds anything that somebody outside chose.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::health::{Disk, Gauges, Seen, judge};
use crate::http::Traffic;
use crate::model::Timestamp;
use crate::store::{Since, StoreError, Tx, Waits};

/// Rows looked at in one go; what is beyond is counted at the next look.
const MOST_ROWS: u32 = 20_000;

/// Counts since the start, and where to look.
#[derive(Clone)]
pub(super) struct Metrics {
    gauges: Gauges,
    traffic: Arc<Traffic>,
    counted: Arc<Mutex<Counted>>,
}

#[derive(Debug, Default, Clone)]
struct Counted {
    /// Rows up to these are counted.
    since: Since,
    events: BTreeMap<String, i64>,
    messages: BTreeMap<(String, String), i64>,
}

impl Metrics {
    /// Counts from now on.
    pub(super) fn new(gauges: Gauges, traffic: Arc<Traffic>) -> Result<Self, StoreError> {
        let since = gauges.store.read(|tx| tx.newest())?;
        let counted = Counted {
            since,
            ..Counted::default()
        };
        Ok(Self {
            gauges,
            traffic,
            counted: Arc::new(Mutex::new(counted)),
        })
    }

    /// The whole page.
    pub(super) async fn text(&self, now: Timestamp) -> String {
        let this = self.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let seen = this.gauges.look(now);
            let rows = this.gauges.store.read(|tx| this.count(tx));
            (this.page(&seen, rows.as_ref().ok()), rows.err())
        });
        match looked.await {
            Ok((page, None)) => page,
            Ok((page, Some(error))) => {
                tracing::warn!(%error, "rows could not be counted for /metrics");
                page
            }
            Err(_panicked) => String::new(),
        }
    }

    /// Counts the rows that came since the last look.
    fn count(&self, tx: &Tx<'_>) -> Result<(Counted, Waits), StoreError> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = counted.clone();
        for (kind, n) in tx.count_events(&mut next.since, MOST_ROWS)? {
            *next.events.entry(kind).or_default() += n;
        }
        for (kind, state, n) in tx.count_messages(&mut next.since, MOST_ROWS)? {
            *next.messages.entry((kind, state)).or_default() += n;
        }
        let waits = tx.waits()?;
        *counted = next.clone();
        Ok((next, waits))
    }

    fn page(&self, seen: &Seen, rows: Option<&(Counted, Waits)>) -> String {
        let mut page = Page(String::new());
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        page.family("replyd_build_info", "gauge", "Which replyd this is.", [(version, 1.0)]);
        page.single("replyd_start_time_seconds", "When the daemon started.", Some(seconds(seen.started)));
        let checks = judge(seen);
        let checks = checks
            .iter()
            .map(|check| ([("check", check.name.as_str())], f64::from(u8::from(check.ok))));
        page.family("replyd_healthy", "gauge", "1 for each check of /healthz that is green.", checks);

        let tally = self.gauges.sending.tally();
        let attempts = [
            ("sent", tally.sent),
            ("deferred", tally.deferred),
            ("failed", tally.failed),
            ("ambiguous", tally.ambiguous),
            ("expired", tally.expired),
        ];
        let attempts = attempts.map(|(outcome, n)| ([("outcome", outcome)], f64::from(n)));
        page.family(
            "replyd_attempts_total",
            "counter",
            "Attempts to send a letter, by outcome.",
            attempts,
        );
        if let Some((counted, waits)) = rows {
            let letters = waits.letters.iter().map(|(state, n)| ([("state", state.as_str())], *n as f64));
            page.family(
                "replyd_letters",
                "gauge",
                "Letters that have not come to an end, by state.",
                letters,
            );
            let age = waits.oldest_letter.map_or(0.0, |due| (seen.now - due).num_seconds().max(0) as f64);
            page.single(
                "replyd_queue_age_seconds",
                "How long the longest waiting letter has been due.",
                Some(age),
            );
            let next = waits.next_deadline.map(seconds);
            page.single(
                "replyd_next_deadline_timestamp_seconds",
                "When something next happens by itself.",
                next,
            );
            let events = counted.events.iter().map(|(kind, n)| ([("kind", kind.as_str())], *n as f64));
            page.family(
                "replyd_events_total",
                "counter",
                "Lines of timelines; kind=\"decided\" are decisions.",
                events,
            );
            let messages = &counted.messages;
            let messages = messages
                .iter()
                .map(|((kind, state), n)| ([("kind", kind.as_str()), ("outcome", state.as_str())], *n as f64));
            page.family(
                "replyd_messages_total",
                "counter",
                "Messages read to an end, by kind and outcome.",
                messages,
            );
        }
        if let Ok(totals) = &seen.totals {
            page.single(
                "replyd_quarantine_unseen",
                "Messages set aside that nobody has seen.",
                Some(totals.quarantined as f64),
            );
            page.single(
                "replyd_letters_in_doubt",
                "Letters nobody knows the fate of.",
                Some(totals.ambiguous as f64),
            );
        }
        page.single(
            "replyd_imap_last_success_timestamp_seconds",
            "When all folders were last read.",
            seen.mail.last_ok.map(seconds),
        );
        page.single(
            "replyd_smtp_last_success_timestamp_seconds",
            "When the outgoing server last let us in.",
            seen.smtp.last_ok.map(seconds),
        );
        let back = seen.ping.and_then(|ping| ping.back);
        page.single(
            "replyd_self_ping_last_return_timestamp_seconds",
            "When a mail to ourselves last came back.",
            back.map(|(at, _)| seconds(at)),
        );
        page.single(
            "replyd_self_ping_round_trip_seconds",
            "How long that took.",
            back.map(|(_, took)| took.num_milliseconds() as f64 / 1000.0),
        );
        page.single(
            "replyd_wal_bytes",
            "Size of the database's write-ahead log.",
            Some(seen.wal_bytes as f64),
        );
        page.single(
            "replyd_disk_free_ratio",
            "Free share of the database's disk.",
            seen.disk.map(Disk::share),
        );
        let requests = self.traffic.counts();
        let requests = requests
            .iter()
            .map(|(area, class, n)| ([("area", *area), ("class", *class)], *n as f64));
        page.family(
            "replyd_http_requests_total",
            "counter",
            "Requests answered, by area and class.",
            requests,
        );
        page.single("process_resident_memory_bytes", "Memory in use.", resident());
        page.0
    }
}

/// The text as it grows.
struct Page(String);

impl Page {
    /// A value by itself; nothing when there is none.
    fn single(&mut self, name: &str, help: &str, value: Option<f64>) {
        let none: [(&str, &str); 0] = [];
        self.family(name, "gauge", help, value.map(|value| (none, value)));
    }

    /// All values of one name.
    fn family<'t, const N: usize>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        values: impl IntoIterator<Item = ([(&'t str, &'t str); N], f64)>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in values {
            let labels: Vec<String> = labels
                .iter()
                .map(|(label, text)| format!("{label}=\"{}\"", escaped(text)))
                .collect();
            let labels = if labels.is_empty() {
                String::new()
            } else {
                format!("{{{}}}", labels.join(","))
            };
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn seconds(at: Timestamp) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

/// What the kernel says of this process.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}
