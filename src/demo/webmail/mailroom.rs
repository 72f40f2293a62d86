//! Everybody's mailbox as a mail program shows it: what came, what was sent, what was looked at.
//!
//! In: the mail server's mailboxes. Out: mails in the order of time.
//! Never here: the daemon's database: a mailbox holds what came by SMTP.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::reading::Reading;
use crate::calendar::Zone;
use crate::conversation::Batch;
use crate::demo::people::Letter;
use crate::demo::server::Server;
use crate::model::{Mailbox, Timestamp};

/// Who somebody is in the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// The contact at the client.
    Client,
    /// A candidate.
    Candidate,
    /// A recruiter of the agency.
    Recruiter,
}

/// Somebody whose mailbox can be opened. Their number is their place in the list.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    /// Name and address.
    pub(super) mailbox: Mailbox,
    /// Who they are.
    pub(super) role: Role,
    /// The client company, or the role a candidate is put forward for.
    pub(super) of: String,
    /// Where their clock stands.
    pub(super) zone: Zone,
}

/// A mail in somebody's mailbox. Its number is its place in it, from 0.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// When it came or went.
    pub(super) at: Timestamp,
    /// The mail.
    pub(super) letter: Arc<Letter>,
    /// Nobody has opened it yet.
    pub(super) unread: bool,
    /// They wrote it themselves: with how replyd reads it.
    pub(super) sent: Option<Option<Arc<Reading>>>,
}

#[derive(Debug)]
struct Seat {
    who: Somebody,
    kept: Vec<Kept>,
    /// Messages of the server's mailbox taken over so far.
    fetched: usize,
}

/// All mailboxes.
#[derive(Debug, Default)]
pub(super) struct Mailroom(Mutex<Vec<Seat>>);

impl Mailroom {
    /// Gives everybody of a batch a place: the contact first, then candidates, then recruiters. Who has one keeps it.
    pub(super) fn seat(&self, batch: &Batch, zone: Zone) {
        let contact = Somebody {
            mailbox: batch.contact.mailbox.clone(),
            role: Role::Client,
            of: batch.client.to_string(),
            zone: batch.contact.zone,
        };
        let candidates = batch.candidates.iter().map(|one| Somebody {
            mailbox: one.mailbox.clone(),
            role: Role::Candidate,
            of: batch.project.title.to_string(),
            zone: one.zone,
        });
        let recruiters = batch.recruiters.iter().map(|one| Somebody {
            mailbox: one.clone(),
            role: Role::Recruiter,
            of: String::new(),
            zone,
        });
        let mut seats = self.seats();
        for who in std::iter::once(contact).chain(candidates).chain(recruiters) {
            if !seats.iter().any(|seat| seat.who.mailbox.address == who.mailbox.address) {
                seats.push(Seat {
                    who,
                    kept: Vec::new(),
                    fetched: 0,
                });
            }
        }
    }

    /// Takes over what has come since the last look.
    pub(super) fn fetch(&self, server: &Server) {
        for seat in self.seats().iter_mut() {
            let stored = server.mailboxes.messages(&seat.who.mailbox.address);
            for one in stored.iter().skip(seat.fetched) {
                match Letter::read(&seat.who.mailbox.shown(), one.raw.to_vec()) {
                    Ok(letter) => seat.kept.push(Kept {
                        at: one.received,
                        letter: Arc::new(letter),
                        unread: true,
                        sent: None,
                    }),
                    Err(error) => tracing::warn!(%error, "a mail in the demo cannot be shown"),
                }
            }
            seat.fetched = stored.len();
        }
    }

    /// Everybody, with their mails, oldest first.
    pub(super) fn all(&self) -> Vec<(Somebody, Vec<Kept>)> {
        self.seats().iter().map(|seat| (seat.who.clone(), seat.kept.clone())).collect()
    }

    /// Somebody by number.
    pub(super) fn somebody(&self, person: usize) -> Option<Somebody> {
        self.seats().get(person).map(|seat| seat.who.clone())
    }

    /// A mail by the numbers of its owner and its own.
    pub(super) fn mail(&self, person: usize, mail: usize) -> Option<Kept> {
        self.seats().get(person)?.kept.get(mail).cloned()
    }

    /// Somebody opened it.
    pub(super) fn opened(&self, person: usize, mail: usize) {
        if let Some(kept) = self.seats().get_mut(person).and_then(|seat| seat.kept.get_mut(mail)) {
            kept.unread = false;
        }
    }

    /// Keeps what somebody sent; gives its number.
    pub(super) fn keep_sent(&self, person: usize, at: Timestamp, letter: Letter, reading: Option<Reading>) -> Option<usize> {
        let mut seats = self.seats();
        let seat = seats.get_mut(person)?;
        seat.kept.push(Kept {
            at,
            letter: Arc::new(letter),
            unread: false,
            sent: Some(reading.map(Arc::new)),
        });
        Some(seat.kept.len() - 1)
    }

    fn seats(&self) -> MutexGuard<'_, Vec<Seat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
