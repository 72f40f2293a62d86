//! One connection, logged in. It is passed by value: whatever goes wrong, and whoever gives up waiting, it is gone.
//!
//! Commands are written and answers read here, one by one, and the tagged end is looked at: the helpers of async-imap report
//! NO, BAD, BYE and a closed connection in the middle of FETCH or SEARCH as an empty success.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::Client;
use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::answer::{Answer, Code, Facts, Status};
use super::guard::{Guarded, Overrun};
use super::{Account, Limits, Trouble, folder, uids};
use crate::model::Timestamp;
use crate::net::{self, Tls};

/// RFC822.SIZE is a hint, so a message may be somewhat larger than announced.
const SLACK: u64 = 1 << 20;

/// A connection that is logged in.
#[derive(Debug)]
pub struct Session {
    imap: async_imap::Session<Guarded>,
    limits: Limits,
    /// The server spoke of a change in the open folder while something else was asked.
    news: bool,
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
}

impl Session {
    /// Connects, protects the connection as the account demands, and logs in.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn open(account: &Account) -> Result<Self, Trouble> {
        let limits = account.limits;
        let guarded = |stream| Guarded::new(stream, limits.message.saturating_add(SLACK), limits.silence);
        let ca_file = account.ca_file.as_deref();
        let stream = net::connect(&account.host, account.port, account.tls, ca_file, limits.connect).await?;
        let mut client = greeted(Client::new(guarded(stream)), limits).await?;
        if account.tls == Tls::StartTls {
            starttls(&mut client, limits).await?;
            // What the server sent in the clear after its OK is dropped here together with the parser that may hold it.
            let plain = client.into_inner().into_inner();
            let within = limits.connect;
            let stream = timeout(within, net::secure(plain, &account.host, ca_file))
                .await
                .map_err(|_| Trouble::Silent {
                    command: "STARTTLS",
                    within,
                })??;
            client = Client::new(guarded(stream));
        }
        // LOGIN quotes for itself, but lets a NUL through.
        folder::quoted(&account.login.user, "the account's user")?;
        folder::quoted(account.login.password.expose(), "the account's password")?;
        let login = AssertUnwindSafe(client.login(&account.login.user, account.login.password.expose())).catch_unwind();
        match timeout(limits.answer, login).await {
            Err(_elapsed) => Err(Trouble::Silent {
                command: "LOGIN",
                within: limits.answer,
            }),
            Ok(Err(_panic)) => Err(Trouble::Unparsable { command: "LOGIN" }),
            Ok(Ok(Err((error, _client)))) => Err(error_trouble("LOGIN", error, limits)),
            Ok(Ok(Ok(imap))) => Ok(Self { imap, limits, news: false }),
        }
    }

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
        loop {
            match self.next("FETCH").await? {
                Answer::Message(Facts {
                    uid: Some(uid),
                    size,
                    received,
                    body: Some(raw),
                }) if set.contains(&uid) => {
                    // A receiver that is gone has its own reason, which the caller knows.
                    if to.send(Fetched { uid, size, received, raw }).await.is_err() {
                        return Err(Trouble::Broken("nobody takes the messages".to_owned()));
                    }
                }
                answer => {
                    if ends("FETCH", &tag, &answer)? {
                        return Ok(self);
                    }
                }
            }
        }
    }

    /// Waits in IDLE (RFC 2177) until the folder changes or the time is up. Whatever wakes it, the caller searches again:
    /// neither news nor their absence is to be believed.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn idle(mut self, longest: Duration) -> Result<(Self, Woken), Trouble> {
        let longest = longest.min(self.limits.answer / 2);
        self.news = false;
        let tag = self.send("IDLE", "IDLE").await?;
        loop {
            match self.next("IDLE").await? {
                Answer::Continue => break,
                answer => {
                    if ends("IDLE", &tag, &answer)? {
                        return Err(Trouble::refused("IDLE", "OK", "IDLE ended before it began"));
                    }
                }
            }
        }
        // While idling, silence is the rule. A peer that vanished is noticed by keepalive, or after DONE.
        self.imap
            .get_mut()
            .allow_silence(longest.saturating_mul(2).max(self.limits.silence));
        let until = Instant::now() + longest;
        let woken = loop {
            if self.news {
                break Woken::News;
            }
            match timeout_at(until, self.next("IDLE")).await {
                Err(_elapsed) => break Woken::Time,
                Ok(answer) => match answer? {
                    Answer::Message(_) => break Woken::News,
                    answer => {
                        if ends("IDLE", &tag, &answer)? {
                            self.imap.get_mut().allow_silence(self.limits.silence);
                            return Ok((self, Woken::Time));
                        }
                    }
                },
            }
        };
        self.imap.get_mut().allow_silence(self.limits.silence);
        let within = self.limits.done;
        let done = async {
            self.imap
                .run_command_untagged("DONE")
                .await
                .map_err(|error| error_trouble("DONE", error, self.limits))?;
            self.finish("DONE", &tag, drop).await
        };
        match timeout(within, done).await {
            Err(_elapsed) => Err(Trouble::Silent { command: "DONE", within }),
            Ok(Err(trouble)) => Err(trouble),
            Ok(Ok(())) => Ok((self, woken)),
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
        loop {
            let answer = self.next(command).await?;
            if ends(command, tag, &answer)? {
                return Ok(());
            }
            each(answer);
        }
    }

    /// Whether the server spoke of a change since the folder was opened. IDLE does not repeat it.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.news
    }

    async fn next(&mut self, command: &'static str) -> Result<Answer, Trouble> {
        let reading = async { Ok(self.imap.read_response().await?.map(|response| Answer::read(response.parsed()))) };
        let answer = next(command, reading, self.limits).await?;
        self.news |= matches!(answer, Answer::Changed);
        Ok(answer)
    }
}

/// Whether an answer is the good end of a command. Its bad ends are errors, and so is a goodbye at any time.
fn ends(command: &'static str, tag: &str, answer: &Answer) -> Result<bool, Trouble> {
    match answer {
        Answer::Done { tag: ended, status, words } => match status {
            // No other command is under way: an OK to something else is out of step.
            Status::Ok if ended == tag => Ok(true),
            Status::Ok | Status::PreAuth => Err(Trouble::Unparsable { command }),
            Status::No => Err(Trouble::refused(command, "NO", words)),
            Status::Bad => Err(Trouble::refused(command, "BAD", words)),
            Status::Bye => Err(Trouble::refused(command, "BYE", words)),
        },
        Answer::Remark { .. } | Answer::Continue | Answer::Changed | Answer::Found(_) | Answer::Message(_) | Answer::Other => Ok(false),
    }
}

/// The next answer, whatever the parser does: it panics on an INTERNALDATE of NIL, for instance.
async fn next(
    command: &'static str,
    reading: impl Future<Output = std::io::Result<Option<Answer>>>,
    limits: Limits,
) -> Result<Answer, Trouble> {
    let within = limits.answer;
    match timeout(within, AssertUnwindSafe(reading).catch_unwind()).await {
        Err(_elapsed) => Err(Trouble::Silent { command, within }),
        Ok(Err(_panic)) => Err(Trouble::Unparsable { command }),
        Ok(Ok(Err(error))) => Err(io_trouble(command, &error, limits)),
        Ok(Ok(Ok(None))) => Err(Trouble::Closed { command }),
        Ok(Ok(Ok(Some(Answer::Remark {
            status: Status::Bye,
            words,
            ..
        })))) => Err(Trouble::refused(command, "BYE", &words)),
        Ok(Ok(Ok(Some(answer)))) => Ok(answer),
    }
}

/// The greeting comes before everything else (RFC 3501 7.1). Dovecot may send a remark before it, which is as good.
async fn greeted(mut client: Client<Guarded>, limits: Limits) -> Result<Client<Guarded>, Trouble> {
    const COMMAND: &str = "greeting";
    let reading = async { Ok(client.read_response().await?.map(|response| Answer::read(response.parsed()))) };
    match next(COMMAND, reading, limits).await? {
        Answer::Remark { status: Status::Ok, .. } => Ok(client),
        // Nobody has logged in: in the clear this is how STARTTLS is kept from being asked for.
        Answer::Remark {
            status: Status::PreAuth,
            words,
            ..
        } => Err(Trouble::refused(COMMAND, "PREAUTH", &words)),
        Answer::Remark {
            status: Status::No, words, ..
        } => Err(Trouble::refused(COMMAND, "NO", &words)),
        Answer::Remark {
            status: Status::Bad,
            words,
            ..
        } => Err(Trouble::refused(COMMAND, "BAD", &words)),
        Answer::Remark { status: Status::Bye, .. }
        | Answer::Done { .. }
        | Answer::Continue
        | Answer::Changed
        | Answer::Found(_)
        | Answer::Message(_)
        | Answer::Other => Err(Trouble::Unparsable { command: COMMAND }),
    }
}

async fn starttls(client: &mut Client<Guarded>, limits: Limits) -> Result<(), Trouble> {
    let within = limits.answer;
    let asking = AssertUnwindSafe(client.run_command_and_check_ok("STARTTLS", None)).catch_unwind();
    match timeout(within, asking).await {
        Err(_elapsed) => Err(Trouble::Silent {
            command: "STARTTLS",
            within,
        }),
        Ok(Err(_panic)) => Err(Trouble::Unparsable { command: "STARTTLS" }),
        Ok(Ok(Err(error))) => Err(error_trouble("STARTTLS", error, limits)),
        Ok(Ok(Ok(()))) => Ok(()),
    }
}

fn error_trouble(command: &'static str, error: async_imap::error::Error, limits: Limits) -> Trouble {
    use async_imap::error::Error;
    match error {
        Error::No(words) => Trouble::refused(command, "NO", &words),
        Error::Bad(words) => Trouble::refused(command, "BAD", &words),
        Error::Io(error) => io_trouble(command, &error, limits),
        Error::ConnectionLost => Trouble::Closed { command },
        Error::Validate(_) => Trouble::Unsendable { what: "a command" },
        _ => Trouble::Unparsable { command },
    }
}

/// The error's own text is not kept: a parser's error quotes the server, and that may be somebody's mail.
fn io_trouble(command: &'static str, error: &std::io::Error, limits: Limits) -> Trouble {
    if let Some(Overrun { announced, limit }) = error.get_ref().and_then(|inner| inner.downcast_ref::<Overrun>()) {
        return Trouble::TooLarge {
            command,
            announced: *announced,
            limit: *limit,
        };
    }
    if error.kind() == std::io::ErrorKind::TimedOut {
        return Trouble::Silent {
            command,
            within: limits.silence,
        };
    }
    if error.kind() == std::io::ErrorKind::Other {
        return Trouble::Unparsable { command };
    }
    Trouble::Closed { command }
}
