//! A ledger in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use replyd::inbox::{Arrival, Cursor, Ledger, LedgerError, Place};
use tokio::sync::watch;

/// A ledger in memory.
#[derive(Debug, Default)]
pub(super) struct Book {
    page: Mutex<Page>,
    count: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Page {
    arrivals: BTreeMap<Place, Arrival>,
    contents: HashSet<Vec<u8>>,
    handed_over: usize,
    vanished: BTreeSet<Place>,
    unreadable: Vec<u32>,
    cursors: HashMap<(String, u32), Cursor>,
    last_validity: HashMap<String, u32>,
    refused: HashSet<u32>,
    broken: bool,
}

impl Book {
    fn page<T>(&self, read: impl FnOnce(&mut Page) -> T) -> T {
        let answer = read(&mut self.page.lock().unwrap());
        self.count.send_modify(|_| {});
        answer
    }

    /// The UIDs kept, whatever their folder.
    pub(super) fn uids(&self) -> Vec<u32> {
        self.page(|page| page.arrivals.keys().map(|place| place.uid).collect())
    }

    pub(super) fn places_under(&self, validity: u32) -> Vec<u32> {
        self.page(|page| {
            page.arrivals
                .keys()
                .filter(|place| place.uid_validity == validity)
                .map(|place| place.uid)
                .collect()
        })
    }

    pub(super) fn arrival(&self, uid: u32) -> Arrival {
        self.page(|page| page.arrivals.values().find(|arrival| arrival.place.uid == uid).cloned())
            .unwrap()
    }

    /// How often something was handed over.
    pub(super) fn handed_over(&self) -> usize {
        self.page(|page| page.handed_over)
    }

    /// Different messages by content.
    pub(super) fn contents(&self) -> usize {
        self.page(|page| page.contents.len())
    }

    pub(super) fn vanished(&self) -> Vec<u32> {
        self.page(|page| page.vanished.iter().map(|place| place.uid).collect())
    }

    pub(super) fn unreadable(&self) -> Vec<u32> {
        self.page(|page| page.unreadable.clone())
    }

    /// Does not take this message.
    pub(super) fn refuse(&self, uid: u32) {
        self.page(|page| page.refused.insert(uid));
    }

    /// Takes nothing at all.
    pub(super) fn fail_store(&self, broken: bool) {
        self.page(|page| page.broken = broken);
    }

    pub(super) fn raise_low(&self, low: u32) {
        self.page(|page| page.cursors.values_mut().for_each(|cursor| cursor.low = Some(low)));
    }

    async fn wait(&self, patience: Duration, enough: impl Fn(&Page) -> bool) {
        let mut changes = self.count.subscribe();
        let waiting = async {
            while !enough(&self.page.lock().unwrap()) {
                changes.changed().await.unwrap()
            }
        };
        if tokio::time::timeout(patience, waiting).await.is_err() {
            panic!("it never came: {:?}", self.page.lock().unwrap());
        }
    }

    pub(super) async fn wait_for(&self, messages: usize, patience: Duration) {
        self.wait(patience, |page| page.arrivals.len() >= messages).await;
    }

    pub(super) async fn wait_for_unreadable(&self, uid: u32, patience: Duration) {
        self.wait(patience, |page| page.unreadable.contains(&uid)).await;
    }
}

impl Ledger for Book {
    fn cursor<'a>(&'a self, _: &'a str, folder: &'a str, validity: u32) -> BoxFuture<'a, Result<Cursor, LedgerError>> {
        let cursor = self.page(|page| {
            let previous_validity = page.last_validity.get(folder).copied().filter(|last| *last != validity);
            let cursor = page.cursors.get(&(folder.to_owned(), validity)).cloned().unwrap_or_default();
            Cursor {
                previous_validity,
                ..cursor
            }
        });
        async { Ok(cursor) }.boxed()
    }

    fn held<'a>(&'a self, _: &'a str, folder: &'a str, validity: u32, from: u32) -> BoxFuture<'a, Result<HashSet<u32>, LedgerError>> {
        let held = self.page(|page| {
            let places = page.arrivals.keys();
            places
                .filter(|p| p.folder == folder && p.uid_validity == validity && p.uid >= from)
                .map(|p| p.uid)
                .collect()
        });
        async { Ok(held) }.boxed()
    }

    fn opened<'a>(
        &'a self,
        _: &'a str,
        folder: &'a str,
        validity: u32,
        low: u32,
        uid_next: Option<u32>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        self.page(|page| {
            let cursor = page.cursors.entry((folder.to_owned(), validity)).or_default();
            cursor.low = Some(low);
            cursor.uid_next = uid_next;
            page.last_validity.insert(folder.to_owned(), validity);
        });
        async { Ok(()) }.boxed()
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, Result<(), LedgerError>> {
        async move {
            // As a store would: some are under way while the next are read.
            tokio::task::yield_now().await;
            self.page(|page| {
                if page.broken {
                    return Err(LedgerError::Store("disk full".into()));
                }
                if page.refused.contains(&arrival.place.uid) {
                    return Err(LedgerError::Message("not this one".into()));
                }
                page.handed_over += 1;
                page.contents.insert(arrival.raw.clone());
                page.arrivals.insert(arrival.place.clone(), arrival);
                Ok(())
            })
        }
        .boxed()
    }

    fn vanished(&self, place: Place) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.page(|page| page.vanished.insert(place));
        async { Ok(()) }.boxed()
    }

    fn unreadable(&self, place: Place, _: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.page(|page| {
            page.unreadable.push(place.uid);
            page.unreadable.dedup();
        });
        async { Ok(()) }.boxed()
    }
}
