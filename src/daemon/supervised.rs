//! What the service manager is told, over the protocol of sd_notify(3).
//!
//! In: where the daemon stands. Out: a datagram to `$NOTIFY_SOCKET`; nothing at all where there is none.
//! Never here: whether to stop or start.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::watch;

use crate::store::Store;

/// The pages are served and the database is ours.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The end has begun. Not said of a daemon that makes way for another one of the same process: whoever hears it brings the end about.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The configuration is read again; [`ready`] follows.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "the service manager was not told of the reload"),
    }
}

/// Tells that the daemon lives, twice in every interval the manager asks for (`WatchdogSec=`). The sign of life is an answer from
/// the thread that writes, whatever it says: a full disk is no reason to be killed, silence is.
pub(super) async fn keep_alive(store: &Store, mut stop: watch::Receiver<bool>) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    // Coarser than this would never be asked for, and a zero would spin.
    let pause = (interval / 2).max(Duration::from_millis(100));
    loop {
        let _ = store.write(|_| Ok(())).await;
        tell(&[NotifyState::Watchdog]);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}
