//! The inbox's memory, over the store.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::{Clock, fault};
use crate::inbox::{Arrival, Cursor, Ledger, LedgerError, Place};
use crate::store::{NewMessage, Store, StoreError};

/// Keeps what arrives, and rings when something waits to be read.
pub(super) struct Book {
    pub(super) store: Arc<Store>,
    pub(super) clock: Clock,
    pub(super) arrived: Arc<Notify>,
}

impl Ledger for Book {
    fn cursor<'a>(&'a self, account: &'a str, folder: &'a str, uid_validity: u32) -> BoxFuture<'a, Result<Cursor, LedgerError>> {
        let (account, folder) = (account.to_owned(), folder.to_owned());
        async move {
            let state = self
                .store
                .write(move |tx| tx.folder(&account, &folder, uid_validity))
                .await
                .map_err(refused)?;
            Ok(Cursor {
                low: state.low,
                previous_validity: state.previous_validity,
                uid_next: state.uid_next,
            })
        }
        .boxed()
    }

    fn held<'a>(
        &'a self,
        account: &'a str,
        folder: &'a str,
        uid_validity: u32,
        from: u32,
    ) -> BoxFuture<'a, Result<HashSet<u32>, LedgerError>> {
        let (account, folder) = (account.to_owned(), folder.to_owned());
        async move {
            self.store
                .write(move |tx| tx.uids_held(&account, &folder, uid_validity, from))
                .await
                .map_err(refused)
        }
        .boxed()
    }

    fn opened<'a>(
        &'a self,
        account: &'a str,
        folder: &'a str,
        uid_validity: u32,
        low: u32,
        uid_next: Option<u32>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        let (account, folder) = (account.to_owned(), folder.to_owned());
        async move {
            self.store
                .write(move |tx| tx.folder_opened(&account, &folder, uid_validity, low, uid_next))
                .await
                .map_err(refused)
        }
        .boxed()
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, Result<(), LedgerError>> {
        let new = NewMessage {
            account: arrival.place.account,
            folder: arrival.place.folder,
            uid_validity: arrival.place.uid_validity,
            uid: arrival.place.uid,
            received: arrival.received,
            truncated: arrival.truncated,
            raw: arrival.raw,
        };
        let now = self.clock.now();
        async move {
            let fresh = self.store.write(move |tx| tx.store_message(&new, now)).await.map_err(refused)?;
            if fresh {
                fault::point("inbox.stored");
                self.arrived.notify_one();
            }
            Ok(())
        }
        .boxed()
    }

    fn vanished(&self, place: Place) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.not_fetched(place, false, "gone from the server before it was fetched".to_owned())
    }

    fn unreadable(&self, place: Place, why: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        tracing::error!(
            account = place.account,
            folder = place.folder,
            uid = place.uid,
            "a message cannot be fetched"
        );
        self.not_fetched(place, true, why)
    }
}

impl Book {
    fn not_fetched(&self, place: Place, fetchable: bool, why: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        let now = self.clock.now();
        async move {
            let job = move |tx: &crate::store::Tx<'_>| {
                tx.not_fetched((&place.account, &place.folder, place.uid_validity, place.uid), fetchable, &why, now)
            };
            self.store.write(job).await.map_err(refused)
        }
        .boxed()
    }
}

fn refused(error: StoreError) -> LedgerError {
    LedgerError::Store(error.to_string())
}
