//! All mail of an account, fetched and parsed as the daemon does it: one stream, parsing beside it. Nothing is kept.

use std::collections::HashSet;

use chrono::NaiveDate;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::Rate;
use crate::inbox::{Account, Arrival, Collected, Cursor, Depth, Ledger, LedgerError, Place, Session, Suspects, Trouble, collect};
use crate::message::{self, Border};

/// Messages fetched and not yet parsed.
const AHEAD: usize = 64;

/// Fetches and parses everything in the account's folders. `today` is the day in UTC.
///
/// # Errors
/// What the server or the line had against it.
pub async fn run(account: &Account, border: &Border, today: NaiveDate) -> Result<Rate, Trouble> {
    let began = Instant::now();
    let (to, mut from) = mpsc::channel::<(Arrival, oneshot::Sender<()>)>(AHEAD);
    let border = border.clone();
    let parsing = tokio::task::spawn_blocking(move || {
        let mut parsed = 0;
        while let Some((arrival, done)) = from.blocking_recv() {
            parsed += u64::from(message::read(&arrival.raw, &border).is_ok());
            // Whoever waited for it may have given up.
            let _ = done.send(());
        }
        parsed
    });
    let ledger = Forgetful(to);
    let mut session = Session::open(account).await?;
    for folder in &account.folders {
        let (mut suspects, mut done) = (Suspects::default(), Collected::default());
        session = collect(session, account, folder, &ledger, today, Depth::New, &mut suspects, &mut done).await?;
    }
    session.close().await;
    drop(ledger);
    let n = parsing
        .await
        .map_err(|_| Trouble::Broken("the parser panicked; find the mail with `replyd explain`".to_owned()))?;
    Ok(Rate {
        n,
        secs: began.elapsed().as_secs_f64(),
    })
}

/// Knows of no message, and passes each on to be parsed.
struct Forgetful(mpsc::Sender<(Arrival, oneshot::Sender<()>)>);

impl Ledger for Forgetful {
    fn cursor<'a>(&'a self, _account: &'a str, _folder: &'a str, _uid_validity: u32) -> BoxFuture<'a, Result<Cursor, LedgerError>> {
        let from_the_first = Cursor {
            low: Some(1),
            ..Cursor::default()
        };
        async { Ok(from_the_first) }.boxed()
    }

    fn held<'a>(
        &'a self,
        _account: &'a str,
        _folder: &'a str,
        _uid_validity: u32,
        _from: u32,
    ) -> BoxFuture<'a, Result<HashSet<u32>, LedgerError>> {
        async { Ok(HashSet::new()) }.boxed()
    }

    fn opened<'a>(
        &'a self,
        _account: &'a str,
        _folder: &'a str,
        _uid_validity: u32,
        _low: u32,
        _uid_next: Option<u32>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        async { Ok(()) }.boxed()
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, Result<(), LedgerError>> {
        async move {
            let (done, parsed) = oneshot::channel();
            let gone = || LedgerError::Store("nobody parses any more".to_owned());
            self.0.send((arrival, done)).await.map_err(|_| gone())?;
            parsed.await.map_err(|_| gone())
        }
        .boxed()
    }

    fn vanished(&self, _place: Place) -> BoxFuture<'_, Result<(), LedgerError>> {
        async { Ok(()) }.boxed()
    }

    fn unreadable(&self, _place: Place, _why: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        async { Ok(()) }.boxed()
    }
}
