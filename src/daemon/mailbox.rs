//! Keeps one account read: connect, collect, wait for news, and start over when anything goes wrong.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::{Clock, Expecting};
use crate::inbox::{Account, Collected, Depth, Ledger, Session, Suspects, Trouble, Woken, collect};
use crate::model::Timestamp;
use crate::net::NoToken;

/// How often and how patiently.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// One IDLE: 5 min. Servers allow 30, the routers between drop it much sooner.
    pub idle: Duration,
    /// Every folder is searched this often, whatever IDLE says: 5 min.
    pub poll: Duration,
    /// Deep passes, which also find what showed up late: 6 h.
    pub deep: Duration,
    /// Between two passes that find nothing, however loud the server is: 200 ms.
    pub breath: Duration,
    /// The first back-off, doubled with each failure: 5 s.
    pub first: Duration,
    /// The longest back-off: 10 min.
    pub longest: Duration,
    /// After so much health the back-off starts anew: 5 min.
    pub healthy: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(5 * 60),
            poll: Duration::from_secs(5 * 60),
            deep: Duration::from_secs(6 * 60 * 60),
            breath: Duration::from_millis(200),
            first: Duration::from_secs(5),
            longest: Duration::from_secs(10 * 60),
            healthy: Duration::from_secs(5 * 60),
        }
    }
}

/// How an account is doing, for `/healthz` and for whoever asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// When all folders were last read to the end.
    pub last_ok: Option<Timestamp>,
    /// What went wrong since, in one line.
    pub trouble: Option<String>,
}

/// Reads an account until `stop` holds true or its sender is gone. Dropping the future is safe at any time: what the ledger
/// has not confirmed is fetched again.
pub async fn watch(
    account: &Account,
    ledger: Arc<dyn Ledger>,
    clock: &Clock,
    pace: Pace,
    expecting: &Expecting,
    mut stop: watch::Receiver<bool>,
    health: &watch::Sender<Health>,
) {
    let mut memory = Memory::default();
    let mut failures = 0;
    loop {
        let visit = AssertUnwindSafe(visit(account, &*ledger, clock, pace, expecting, health, &mut memory)).catch_unwind();
        let trouble = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            ended = visit => match ended {
                Ok(trouble) => trouble,
                Err(_panic) => Trouble::Broken("a panic while reading".to_owned()),
            },
        };
        if memory.well_since.take().is_some_and(|since| since.elapsed() >= pace.healthy) {
            failures = 0;
        }
        let most = if trouble.is_transient() {
            backoff(pace, failures)
        } else {
            pace.longest
        };
        let delay = trouble.wait().unwrap_or_default().max(jittered(most));
        failures = failures.saturating_add(1);
        tracing::warn!(
            account = account.name,
            failures,
            seconds = delay.as_secs(),
            "reading mail was interrupted: {trouble}"
        );
        health.send_modify(|health| health.trouble = Some(trouble.to_string()));
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = sleep(delay) => {}
            () = account.login.proof.restored(), if matches!(trouble, Trouble::Login(NoToken::LoginNeeded { .. })) => {}
        }
    }
}

/// Fetches everything new in all folders and returns how many messages were handed over. A broken connection is made again
/// as long as that helps.
///
/// # Errors
/// The last trouble, when several connections running brought nothing.
pub async fn once(account: &Account, ledger: &dyn Ledger, clock: &Clock, pace: Pace) -> Result<usize, Trouble> {
    let mut memory = Memory::default();
    let mut depth = Depth::Deep;
    let mut kept = 0;
    let mut fruitless = 0;
    loop {
        let mut done = Collected::default();
        let reading = async {
            let session = Session::open(account).await?;
            let session = all_folders(session, account, ledger, clock, depth, &mut memory, &mut done).await?;
            session.close().await;
            Ok(())
        };
        let ended = AssertUnwindSafe(reading)
            .catch_unwind()
            .await
            .unwrap_or_else(|_panic| Err(Trouble::Broken("a panic while reading".to_owned())));
        depth = Depth::New;
        kept += done.kept;
        fruitless = if done.kept == 0 { fruitless + 1 } else { 0 };
        match ended {
            Ok(()) if done.left == 0 || fruitless > 0 => return Ok(kept),
            Ok(()) => {}
            Err(trouble) if memory.without.is_empty() && !trouble.is_transient() || trouble.wait().is_some() || fruitless >= 3 => {
                return Err(trouble);
            }
            Err(trouble) => {
                tracing::debug!(account = account.name, "reading mail was interrupted: {trouble}");
                sleep(jittered(backoff(pace, fruitless))).await;
            }
        }
    }
}

/// What lives longer than a connection.
#[derive(Debug, Default)]
struct Memory {
    suspects: Suspects,
    /// Folders that could not be opened. Never all of them.
    without: HashSet<String>,
    /// When the next deep pass is due; the first pass is one.
    deep_due: Option<Instant>,
    /// A deep pass was begun and not yet made to its end.
    deep_begun: bool,
    /// The server refused IDLE: until then it is only polled.
    no_idle_until: Option<Instant>,
    /// Since when this connection has been of use.
    well_since: Option<Instant>,
}

/// One connection, until it breaks.
async fn visit(
    account: &Account,
    ledger: &dyn Ledger,
    clock: &Clock,
    pace: Pace,
    expecting: &Expecting,
    health: &watch::Sender<Health>,
    memory: &mut Memory,
) -> Trouble {
    match stay(account, ledger, clock, pace, expecting, health, memory).await {
        Ok(never) => match never {},
        Err(trouble) => {
            let idle_refused = matches!(
                &trouble,
                Trouble::Refused {
                    command: "IDLE",
                    status: "NO" | "BAD",
                    ..
                }
            );
            if idle_refused {
                memory.no_idle_until = Some(Instant::now() + Duration::from_secs(60 * 60));
            }
            trouble
        }
    }
}

async fn stay(
    account: &Account,
    ledger: &dyn Ledger,
    clock: &Clock,
    pace: Pace,
    expecting: &Expecting,
    health: &watch::Sender<Health>,
    memory: &mut Memory,
) -> Result<std::convert::Infallible, Trouble> {
    let mut session = Session::open(account).await?;
    let mut hurried = false;
    loop {
        let deep = memory.deep_due.is_none_or(|due| due <= Instant::now());
        let depth = if deep { Depth::Deep } else { Depth::New };
        if deep && !std::mem::replace(&mut memory.deep_begun, true) {
            memory.suspects.another_chance();
        }
        let mut done = Collected::default();
        session = all_folders(session, account, ledger, clock, depth, memory, &mut done).await?;
        if deep {
            memory.without.clear();
            memory.deep_begun = false;
            memory.deep_due = Some(Instant::now() + pace.deep);
        }
        memory.well_since.get_or_insert_with(Instant::now);
        health.send_replace(Health {
            last_ok: Some(clock.now()),
            trouble: None,
        });
        if done.kept > 0 {
            tracing::info!(account = account.name, messages = done.kept, "mail arrived");
        } else {
            sleep(pace.breath).await;
        }
        // Something came while we were reading, and IDLE will not say it again. Once only: some servers always say so.
        hurried = session.has_news() && !hurried;
        if hurried {
            continue;
        }
        let may_idle = memory.no_idle_until.is_none_or(|until| Instant::now() >= until);
        session = until_news(session, pace.idle.min(pace.poll), may_idle, expecting).await?;
    }
}

/// Waits until there is news or it is time to search anyway: looking now and then while an answer is likely, in IDLE otherwise.
async fn until_news(mut session: Session, longest: Duration, may_idle: bool, expecting: &Expecting) -> Result<Session, Trouble> {
    let end = Instant::now() + longest;
    let mut took = Duration::ZERO;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(session);
        }
        if let Some(wait) = expecting.next_look(took) {
            sleep(wait.min(left)).await;
            let asked = Instant::now();
            let (next, news) = session.look().await?;
            session = next;
            took = asked.elapsed();
            if news {
                return Ok(session);
            }
        } else if may_idle {
            let (next, woken) = session.idle(left, expecting.signed()).await?;
            session = next;
            match woken {
                Woken::News | Woken::Time => return Ok(session),
                Woken::Plans => {}
            }
        } else {
            tokio::select! {
                () = sleep(left) => {}
                () = expecting.signed() => {}
            }
        }
    }
}

/// The first folder comes last, so that it is the open one when IDLE begins. A folder that cannot be opened is left out until
/// the next deep pass: one wrong name must not keep the others unread.
async fn all_folders(
    mut session: Session,
    account: &Account,
    ledger: &dyn Ledger,
    clock: &Clock,
    depth: Depth,
    memory: &mut Memory,
    done: &mut Collected,
) -> Result<Session, Trouble> {
    for folder in account.folders.iter().rev().filter(|folder| !memory.without.contains(*folder)) {
        let today = clock.now().date_naive();
        session = match collect(session, account, folder, ledger, today, depth, &mut memory.suspects, done).await {
            Ok(session) => session,
            Err(trouble) => {
                let closed = matches!(
                    trouble,
                    Trouble::NoUidValidity { .. }
                        | Trouble::Refused {
                            command: "EXAMINE",
                            status: "NO",
                            wait: None,
                            ..
                        }
                );
                if closed && memory.without.len() + 1 < account.folders.len() {
                    tracing::warn!(account = account.name, folder, "a folder cannot be opened and is left out for now");
                    memory.without.insert(folder.clone());
                }
                return Err(trouble);
            }
        };
    }
    Ok(session)
}

fn backoff(pace: Pace, failures: u32) -> Duration {
    pace.first.saturating_mul(2_u32.saturating_pow(failures)).min(pace.longest)
}

/// Full jitter: anything from nothing to `most`, so that many daemons do not come back at once.
fn jittered(most: Duration) -> Duration {
    let dice = getrandom::u32().unwrap_or(u32::MAX);
    most.mul_f64(f64::from(dice) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_doubles_up_to_its_cap_and_is_spread() {
        let pace = Pace::default();
        let seconds: Vec<u64> = (0..9).map(|n| backoff(pace, n).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(backoff(pace, u32::MAX), pace.longest);
        let spread: Vec<Duration> = (0..50).map(|_| jittered(pace.longest)).collect();
        assert!(spread.iter().all(|delay| *delay <= pace.longest));
        assert!(spread.iter().min() < spread.iter().max());
    }
}
