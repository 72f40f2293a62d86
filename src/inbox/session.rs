//! One connection, logged in. It is passed by value: whatever goes wrong, and whoever gives up waiting, it is gone.
//!
//! Commands are written and answers read here, one by one, and the tagged end is looked at: the helpers of async-imap report
//! NO, BAD, BYE and a closed connection in the middle of FETCH or SEARCH as an empty success.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::answer::{Answer, Code, Facts};
use super::exchange::{bounded, ends, error_trouble, judged};
use super::guard::Guarded;
use super::{Limits, Trouble, folder, uids};
use crate::model::Timestamp;

/// A connection that is logged in.
#[derive(Debug)]
pub struct Session {
    pub(super) imap: async_imap::Session<Guarded>,
    pub(super) limits: Limits,
    /// The server spoke of a change in the open folder while something else was asked.
    pub(super) news: bool,
}

/// What EXAMINE said about a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// RFC 3501 2.3.1.1. Never zero.
    pub uid_validity: u32,
    /// The next UID to be given out; some servers do not say.
    pub uid_next: Option<u32>,
}

/// How much of a message is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// The first bytes.
    Head,
    /// The first bytes and nothing else that a server could get wrong.
    BareHead,
}

/// A message on its way to the ledger.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) uid: u32,
    pub(super) size: Option<u64>,
    pub(super) received: Option<Timestamp>,
    pub(super) raw: Vec<u8>,
}

/// What ended a wait for news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// The server says that the folder changed.
    News,
    /// The time was up, or the server ended IDLE.
    Time,
    /// The caller has other plans.
    Plans,
}

impl Session {
    /// Opens a folder for reading only: in a folder opened by EXAMINE nothing can become `\Seen` (RFC 3501 6.3.2).
    ///
    /// # Errors
    /// See [`Trouble`]; a folder without UIDVALIDITY is one.
    pub async fn examine(mut self, name: &str) -> Result<(Self, Opened), Trouble> {
        let tag = self.send("EXAMINE", &format!("EXAMINE {}", folder::folder(name)?)).await?;
        let mut uid_validity = None;
        let mut uid_next = None;
        self.finish("EXAMINE", &tag, |answer| {
            if let Answer::Remark { code, .. } = answer {
                match code {
                    Code::UidValidity(n) => uid_validity = Some(n).filter(|n| *n != 0),
                    Code::UidNext(n) => uid_next = Some(n).filter(|n| *n != 0),
                    Code::Other => {}
                }
            }
        })
        .await?;
        // Every EXAMINE tells how many messages there are; that is no news.
        self.news = false;
        let Some(uid_validity) = uid_validity else {
            return Err(Trouble::NoUidValidity { folder: name.to_owned() });
        };
        Ok((self, Opened { uid_validity, uid_next }))
    }

    /// The UIDs that match a key of RFC 3501 6.4.4. Empty means that the server said OK and named none.
    pub(super) async fn search(mut self, key: &str) -> Result<(Self, BTreeSet<u32>), Trouble> {
        let tag = self.send("SEARCH", &format!("UID SEARCH {key}")).await?;
        let mut found = BTreeSet::new();
        self.finish("SEARCH", &tag, |answer| {
            if let Answer::Found(uids) = answer {
                found.extend(uids.into_iter().filter(|uid| *uid != 0));
            }
        })
        .await?;
        Ok((self, found))
    }

    /// UID and RFC822.SIZE of each message of a set that is still there. What was said before an error is kept.
    pub(super) async fn sizes(mut self, set: &BTreeSet<u32>, sizes: &mut Vec<(u32, u64)>) -> Result<Self, Trouble> {
        let tag = self
            .send("FETCH", &format!("UID FETCH {} (UID RFC822.SIZE)", uids::written(set)))
            .await?;
        self.finish("FETCH", &tag, |answer| {
            if let Answer::Message(Facts {
                uid: Some(uid),
                size: Some(size),
                ..
            }) = answer
                && set.contains(&uid)
            {
                sizes.push((uid, size));
            }
        })
        .await?;
        Ok(self)
    }

    /// Fetches a set in one command and sends on each message as soon as it is here; waits while the receiver is busy.
    /// BODY.PEEK sets no flag.
    pub(super) async fn fetch(mut self, set: &BTreeSet<u32>, part: Part, to: &mpsc::Sender<Fetched>) -> Result<Self, Trouble> {
        let head = self.limits.head;
        let items = match part {
            Part::Whole => "UID RFC822.SIZE INTERNALDATE BODY.PEEK[]".to_owned(),
            Part::Head => format!("UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{head}>"),
            Part::BareHead => format!("UID BODY.PEEK[]<0.{head}>"),
        };
        let tag = self.send("FETCH", &format!("UID FETCH {} ({items})", uids::written(set))).await?;
        while let Some(fetched) = bounded("FETCH", self.limits.command, self.message(&tag, set)).await? {
            // A receiver that is gone has its own reason, which the caller knows.
            if to.send(fetched).await.is_err() {
                return Err(Trouble::Broken("nobody takes the messages".to_owned()));
            }
        }
        Ok(self)
    }

    /// The next message of a set, or the good end of the command.
    async fn message(&mut self, tag: &str, set: &BTreeSet<u32>) -> Result<Option<Fetched>, Trouble> {
        loop {
            let answer = self.next("FETCH").await?;
            if ends("FETCH", tag, &answer)? {
                return Ok(None);
            }
            if let Answer::Message(Facts {
                uid: Some(uid),
                size,
                received,
                body: Some(raw),
            }) = answer
                && set.contains(&uid)
            {
                return Ok(Some(Fetched { uid, size, received, raw }));
            }
        }
    }

    /// Asks whether the folder changed (RFC 3501 6.1.2).
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn look(mut self) -> Result<(Self, bool), Trouble> {
        self.news = false;
        let tag = self.send("NOOP", "NOOP").await?;
        self.finish("NOOP", &tag, drop).await?;
        let news = self.news;
        Ok((self, news))
    }

    /// Waits in IDLE (RFC 2177) until the folder changes, the time is up or somebody has other plans. Whatever wakes it, the caller
    /// searches again: neither news nor their absence is to be believed.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn idle(mut self, longest: Duration, other_plans: impl Future<Output = ()>) -> Result<(Self, Woken), Trouble> {
        self.news = false;
        let tag = self.send("IDLE", "IDLE").await?;
        bounded("IDLE", self.limits.command, self.idling(&tag)).await?;
        // While idling, silence is the rule. A peer that vanished is noticed by keepalive, or after DONE.
        self.imap
            .get_mut()
            .allow_silence(longest.saturating_mul(2).max(self.limits.silence));
        let stirred = timeout(longest, AssertUnwindSafe(self.stirred(&tag)).catch_unwind());
        let woken = tokio::select! {
            woken = stirred => Some(woken),
            () = other_plans => None,
        };
        self.imap.get_mut().allow_silence(self.limits.silence);
        let woken = match woken {
            None => Woken::Plans,
            Some(Err(_elapsed)) => Woken::Time,
            Some(Ok(Err(_panic))) => return Err(Trouble::Unparsable { command: "IDLE" }),
            Some(Ok(Ok(stirred))) => match stirred? {
                Some(woken) => woken,
                None => return Ok((self, Woken::Time)),
            },
        };
        bounded("DONE", self.limits.done, async {
            let said = self.imap.run_command_untagged("DONE").await;
            said.map_err(|error| error_trouble("DONE", error, self.limits))?;
            self.finish("DONE", &tag, drop).await
        })
        .await?;
        Ok((self, woken))
    }

    /// Reads until the server agrees to IDLE.
    async fn idling(&mut self, tag: &str) -> Result<(), Trouble> {
        loop {
            let answer = self.next("IDLE").await?;
            if ends("IDLE", tag, &answer)? {
                return Err(Trouble::refused("IDLE", "OK", "IDLE ended before it began"));
            }
            if matches!(answer, Answer::Continue) {
                return Ok(());
            }
        }
    }

    /// Reads until the folder changes; `None` when the server has ended IDLE by itself.
    async fn stirred(&mut self, tag: &str) -> Result<Option<Woken>, Trouble> {
        loop {
            if self.news {
                return Ok(Some(Woken::News));
            }
            let answer = self.next("IDLE").await?;
            if ends("IDLE", tag, &answer)? {
                return Ok(None);
            }
            self.news |= matches!(answer, Answer::Message(_));
        }
    }

    /// Says goodbye, as politeness and for the server's log. Nobody waits long for the answer.
    pub async fn close(mut self) {
        if let Ok(tag) = self.send("LOGOUT", "LOGOUT").await {
            let within = self.limits.done;
            // BYE is the right answer here and ends the reading as an error.
            let _ = timeout(within, self.finish("LOGOUT", &tag, drop)).await;
        }
    }

    async fn send(&mut self, command: &'static str, line: &str) -> Result<String, Trouble> {
        let within = self.limits.silence;
        match timeout(within, self.imap.run_command(line)).await {
            Err(_elapsed) => Err(Trouble::Silent { command, within }),
            Ok(Err(error)) => Err(error_trouble(command, error, self.limits)),
            Ok(Ok(tag)) => Ok(tag.0),
        }
    }

    /// Reads until the command's tagged OK.
    async fn finish(&mut self, command: &'static str, tag: &str, mut each: impl FnMut(Answer)) -> Result<(), Trouble> {
        let within = self.limits.command;
        let reading = async {
            loop {
                let answer = self.next(command).await?;
                if ends(command, tag, &answer)? {
                    return Ok(());
                }
                each(answer);
            }
        };
        bounded(command, within, reading).await
    }

    /// Whether the server spoke of a change since the folder was opened. IDLE does not repeat it.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.news
    }

    async fn next(&mut self, command: &'static str) -> Result<Answer, Trouble> {
        let read = self.imap.read_response().await;
        let answer = judged(
            command,
            read.map(|response| response.map(|response| Answer::read(response.parsed()))),
            self.limits,
        )?;
        self.news |= matches!(answer, Answer::Changed);
        Ok(answer)
    }
}
