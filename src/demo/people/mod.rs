//! People of the demo: somebody with a mail program and a browser.
//!
//! In: letters as their IMAP server holds them. Out: what they press, type and send.
//! Never here: the store, a key, anything a person at another company could not see or do.

pub(super) mod answers;
mod browser;
mod html;
mod imap;
mod shapes;

use std::time::Duration;

use crate::calendar::Zone;
use crate::compose::Envelope;
use crate::message::{self, Author, Border, ReturnPath};
use crate::model::{Address, Mailbox, MessageId, Secret, Timestamp};
use crate::net::{Login, Proof, Tls};
use crate::outbox::{self, Outcome};

use super::server::{Now, Server};
use answers::Stamp;

pub use browser::{Browser, Page};
pub use shapes::Shape;

/// How long somebody waits for a letter that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why somebody could not do what the story wants them to do.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The mailbox could not be read.
    #[error("{who} cannot read the mailbox: {source}")]
    Imap {
        /// Who.
        who: String,
        /// Why.
        source: std::io::Error,
    },
    /// The answer was not taken.
    #[error("{who} cannot send mail: {why}")]
    Smtp {
        /// Who.
        who: String,
        /// Why.
        why: String,
    },
    /// A page did not come.
    #[error("{url}: {source}")]
    Http {
        /// The page, without its token.
        url: String,
        /// Why.
        source: std::io::Error,
    },
    /// A letter that cannot be read.
    #[error("{who} got a letter that cannot be read: {why}")]
    Letter {
        /// Who.
        who: String,
        /// Why.
        why: String,
    },
    /// A letter that did not come.
    #[error("{who} waited {} s for {what}, and it did not come", PATIENCE.as_secs())]
    NoLetter {
        /// Who.
        who: String,
        /// For what.
        what: String,
    },
    /// Something that should stand in a letter or on a page.
    #[error("there is no {0}")]
    NotThere(String),
}

/// A letter as somebody reads it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its Message-ID.
    pub id: MessageId,
    /// References and In-Reply-To of its own.
    pub references: Vec<MessageId>,
    /// Who wrote it.
    pub from: Mailbox,
    /// Where an answer goes.
    pub reply_to: Address,
    /// Where a machine's answer goes: the envelope sender (RFC 3834 4).
    pub return_path: Address,
    /// Every address it was for, by its headers.
    pub to: Vec<Address>,
    /// Its subject.
    pub subject: String,
    /// Its date.
    pub date: Timestamp,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
    /// As fetched.
    pub raw: Vec<u8>,
}

/// Somebody with a mailbox and a browser.
pub struct Person {
    /// Name and address.
    pub mailbox: Mailbox,
    /// What they open links with.
    pub browser: Browser,
    outgoing: outbox::Server,
    inbox: imap::Inbox,
    now: Now,
    written: u32,
    /// Everything fetched, in the order of arrival.
    letters: Vec<Letter>,
    /// How many of them were looked at.
    looked_at: usize,
}

impl Letter {
    /// Reads what lies in somebody's mailbox.
    ///
    /// # Errors
    /// When it is no mail, or nobody in particular wrote it.
    pub(super) fn read(who: &str, raw: Vec<u8>) -> Result<Self, Trouble> {
        let unreadable = |why: String| Trouble::Letter { who: who.to_owned(), why };
        let message = message::read(&raw, &Border::default()).map_err(|error| unreadable(error.to_string()))?;
        let Author::One(from) = message.author else {
            return Err(unreadable("no single sender".to_owned()));
        };
        Ok(Self {
            id: message.id.ok_or_else(|| unreadable("no Message-ID".to_owned()))?,
            references: message.references,
            reply_to: message
                .reply_to
                .into_iter()
                .next()
                .map_or_else(|| from.address.clone(), |to| to.address),
            return_path: match message.return_path {
                ReturnPath::Address(address) => address,
                ReturnPath::Absent | ReturnPath::Null => from.address.clone(),
            },
            from,
            to: message.recipients,
            subject: message.subject,
            date: message.date.ok_or_else(|| unreadable("no Date".to_owned()))?,
            text: message.body.text.unwrap_or_default(),
            html: message.body.html.unwrap_or_default(),
            raw,
        })
    }

    /// Whom it was for, each address once, as a mail program shows it.
    pub(super) fn addressed_to(&self) -> String {
        let mut shown: Vec<&str> = Vec::new();
        for one in &self.to {
            if !shown.iter().any(|other| other.eq_ignore_ascii_case(one.as_str())) {
                shown.push(one.as_str());
            }
        }
        shown.join("; ")
    }

    /// Every http link of the letter, hidden or not, as a scanner finds them.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let hrefs = html::links(html::tags(&self.html)).into_iter().map(|link| link.href);
        // A letter without HTML is made clickable by every mail program.
        let bare = self.text.split_whitespace().filter(|_| self.html.is_empty()).map(str::to_owned);
        for href in hrefs.chain(bare) {
            if href.starts_with("http") && !all.contains(&href) {
                all.push(href);
            }
        }
        all
    }

    /// The first lines of the text that say something: without greeting, links and empty lines.
    #[must_use]
    pub fn gist(&self, lines: usize) -> Vec<String> {
        let says = |line: &&str| {
            let idle = line.is_empty() || line.starts_with("Hi ") || line.starts_with('[') || line.contains("http://");
            !idle
        };
        self.text
            .lines()
            .map(str::trim)
            .filter(says)
            .take(lines)
            .map(str::to_owned)
            .collect()
    }

    /// Where the first button with these words leads that stands after a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn button(&self, name: &str, words: &str) -> Result<String, Trouble> {
        html::links(html::visible(&self.html))
            .into_iter()
            .filter(|link| link.href.starts_with("http") && link.before.contains(name))
            .find(|link| link.words.contains(words))
            .map(|link| link.href)
            .ok_or_else(|| Trouble::NotThere(format!("button {words:?} for {name} in {:?}", self.subject)))
    }
}

impl Person {
    /// Opens the mail program.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn arrive(server: &Server, mailbox: Mailbox, password: &Secret, user_agent: &str, now: Now) -> Result<Self, Trouble> {
        let inbox = imap::Inbox::open(server.imap, mailbox.address.as_str(), password.expose())
            .await
            .map_err(|source| Trouble::Imap {
                who: mailbox.shown(),
                source,
            })?;
        let outgoing = outgoing(server, &mailbox.address, password);
        Ok(Self {
            mailbox,
            browser: Browser::new(user_agent),
            outgoing,
            inbox,
            now,
            written: 0,
            letters: Vec::new(),
            looked_at: 0,
        })
    }

    /// The next letter that fits, in the order of arrival; waits for it. Letters before it are passed over for good.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn letter(&mut self, what: &str, fits: impl Fn(&Letter) -> bool) -> Result<Letter, Trouble> {
        let waiting = async {
            loop {
                self.fetch().await?;
                while let Some(letter) = self.letters.get(self.looked_at) {
                    self.looked_at += 1;
                    if fits(letter) {
                        return Ok(letter.clone());
                    }
                }
                let who = self.mailbox.shown();
                self.inbox.wait().await.map_err(|source| Trouble::Imap { who, source })?;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => Err(Trouble::NoLetter {
                who: self.mailbox.shown(),
                what: what.to_owned(),
            }),
        }
    }

    /// How many letters came that were not looked at; they count as looked at now.
    ///
    /// # Errors
    /// When the mailbox cannot be read.
    pub async fn new_letters(&mut self) -> Result<usize, Trouble> {
        self.fetch().await?;
        let count = self.letters.len() - self.looked_at;
        self.looked_at = self.letters.len();
        Ok(count)
    }

    /// Everything in the mailbox, oldest first.
    ///
    /// # Errors
    /// When the mailbox cannot be read.
    pub async fn all(&mut self) -> Result<&[Letter], Trouble> {
        self.fetch().await?;
        Ok(&self.letters)
    }

    async fn fetch(&mut self) -> Result<(), Trouble> {
        let who = self.mailbox.shown();
        let fetched = self.inbox.fetch_new().await;
        for raw in fetched.map_err(|source| Trouble::Imap { who: who.clone(), source })? {
            self.letters.push(Letter::read(&who, raw)?);
        }
        Ok(())
    }

    /// The newest letter that fits and is there already; it counts as looked at by nobody.
    ///
    /// # Errors
    /// When there is none.
    pub async fn newest(&mut self, fits: impl Fn(&Letter) -> bool) -> Result<Letter, Trouble> {
        self.fetch().await?;
        let newest = self.letters.iter().rev().find(|one| fits(one)).cloned();
        newest.ok_or_else(|| Trouble::NotThere("a letter to answer".to_owned()))
    }

    /// Writes a mail that answers none.
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn write(&mut self, to: &Address, subject: &str, words: &str) -> Result<(), Trouble> {
        let mail = answers::fresh(&self.stamp(), Shape::Gmail, to, subject, words);
        self.send(to, &mail).await
    }

    /// Answers a letter in words, as Gmail's web page would.
    ///
    /// # Errors
    /// When the server does not take the answer.
    pub async fn answer(&mut self, letter: &Letter, words: &str) -> Result<(), Trouble> {
        let subject = answers::re(&letter.subject);
        let mail = answers::answer(&self.stamp(), Shape::Gmail, letter, &subject, words);
        self.send(&letter.reply_to, &mail).await
    }

    /// Lets the vacation responder answer a letter: to its envelope sender, which carries the tag like all our addresses.
    ///
    /// # Errors
    /// When the server does not take the answer.
    pub async fn out_of_office(&mut self, letter: &Letter, words: &str) -> Result<(), Trouble> {
        let mail = answers::out_of_office(&self.stamp(), letter, words);
        self.send(&letter.return_path, &mail).await
    }

    fn stamp(&mut self) -> Stamp<'_> {
        self.written += 1;
        Stamp {
            from: &self.mailbox,
            now: (self.now)(),
            zone: Zone::UTC,
            id: format!("CA{:04}demo{}", self.written, self.mailbox.address.local()),
        }
    }

    async fn send(&self, to: &Address, mail: &[u8]) -> Result<(), Trouble> {
        send(&self.outgoing, &self.mailbox, to, mail).await
    }
}

/// The submission server as somebody's mail program knows it.
pub(super) fn outgoing(server: &Server, address: &Address, password: &Secret) -> outbox::Server {
    outbox::Server {
        host: server.smtp.ip().to_string(),
        port: server.smtp.port(),
        tls: Tls::None,
        login: Some(Login {
            user: address.as_str().to_owned(),
            proof: Proof::Password(password.clone()),
        }),
        ca_file: None,
        hello: format!("laptop.{}", address.domain()),
        pipelining: true,
        deadlines: outbox::Deadlines::default(),
    }
}

/// Hands a mail to the server, as a mail program does: a new connection, a login, one message.
///
/// # Errors
/// When the server does not take it.
pub(super) async fn send(outgoing: &outbox::Server, from: &Mailbox, to: &Address, mail: &[u8]) -> Result<(), Trouble> {
    let failed = |why: String| Trouble::Smtp { who: from.shown(), why };
    let connection = outbox::Connection::open(outgoing)
        .await
        .map_err(|outcome| failed(format!("{outcome:?}")))?;
    let envelope = Envelope {
        from: from.address.clone(),
        to: to.clone(),
    };
    let (outcome, connection) = connection.deliver(&envelope, mail, async || Ok(())).await;
    if let Some(connection) = connection {
        connection.close().await;
    }
    match outcome {
        Outcome::Sent { .. } => Ok(()),
        Outcome::Deferred { why, .. } | Outcome::Failed { why, .. } | Outcome::Ambiguous { why } => Err(failed(why)),
    }
}
