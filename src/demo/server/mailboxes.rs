//! The mailboxes: one INBOX for each account, in memory, with a bell that wakes whoever waits in IDLE.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::model::{Address, Secret, Timestamp};

/// Somebody with a mailbox here. The address is also the login.
#[derive(Debug, Clone)]
pub struct Account {
    /// Address without a tag.
    pub address: Address,
    /// Password.
    pub password: Secret,
}

/// All mailboxes. Clones share them.
#[derive(Clone)]
pub struct Mailboxes(Arc<Mutex<HashMap<Address, Inbox>>>);

/// A message as it lies in a mailbox.
#[derive(Debug, Clone)]
pub struct Stored {
    /// RFC 3501 2.3.1.1; counts from 1 without gaps, because nothing is ever removed.
    pub uid: u32,
    /// INTERNALDATE.
    pub received: Timestamp,
    /// The whole message with the fields of its delivery on top.
    pub raw: Arc<Vec<u8>>,
}

struct Inbox {
    password: Secret,
    messages: Vec<Stored>,
    /// Carries the number of messages.
    bell: watch::Sender<u32>,
}

impl Mailboxes {
    /// Empty mailboxes.
    #[must_use]
    pub fn new(accounts: Vec<Account>) -> Self {
        let mailboxes = Self(Arc::default());
        for account in accounts {
            mailboxes.add(account);
        }
        mailboxes
    }

    /// Makes one more mailbox; an address that has one keeps it.
    pub fn add(&self, account: Account) {
        self.lock().entry(account.address).or_insert_with(|| Inbox {
            password: account.password,
            messages: Vec::new(),
            bell: watch::Sender::new(0),
        });
    }

    /// The account behind a login, if name and password are right.
    #[must_use]
    pub fn login(&self, user: &str, password: &str) -> Option<Address> {
        let address = Address::parse(user).ok()?;
        let all = self.lock();
        let inbox = all.get(&address)?;
        (inbox.password.expose() == password).then_some(address)
    }

    /// Whose mailbox an address leads to: `bot+tag@` is `bot@` (RFC 5233).
    #[must_use]
    pub fn owner(&self, to: &Address) -> Option<Address> {
        let bare = untagged(to)?;
        self.lock().contains_key(&bare).then_some(bare)
    }

    /// True when some account has this domain.
    #[must_use]
    pub fn has_domain(&self, domain: &str) -> bool {
        self.lock().keys().any(|one| one.domain().eq_ignore_ascii_case(domain))
    }

    /// Puts a message into the mailbox an address leads to and rings the bell. `None` when there is no such mailbox.
    pub fn deliver(&self, to: &Address, received: Timestamp, raw: Vec<u8>) -> Option<u32> {
        let owner = untagged(to)?;
        let mut all = self.lock();
        let inbox = all.get_mut(&owner)?;
        let uid = u32::try_from(inbox.messages.len()).ok()?.checked_add(1)?;
        inbox.messages.push(Stored {
            uid,
            received,
            raw: Arc::new(raw),
        });
        inbox.bell.send_replace(uid);
        Some(uid)
    }

    /// All messages of an account, oldest first.
    #[must_use]
    pub fn messages(&self, owner: &Address) -> Vec<Stored> {
        self.lock().get(owner).map(|inbox| inbox.messages.clone()).unwrap_or_default()
    }

    /// The bell of an account: changes with every message and carries their number.
    #[must_use]
    pub fn bell(&self, owner: &Address) -> Option<watch::Receiver<u32>> {
        self.lock().get(owner).map(|inbox| inbox.bell.subscribe())
    }

    /// No panic can leave a mailbox half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Inbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Mailboxes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailboxes").finish_non_exhaustive()
    }
}

/// The address without its tag.
pub(super) fn untagged(address: &Address) -> Option<Address> {
    let local = address.local();
    let base = local.split_once('+').map_or(local, |(base, _)| base);
    Address::parse(&format!("{base}@{}", address.domain())).ok()
}
