//! One IMAP session.   RFC 3501, 2177 (IDLE), 4959 (SASL-IR), 3691 (UNSELECT)
//!
//! In: a loopback connection. Out: the INBOX of whoever logs in.
//! Never here: a change to a mailbox. Flags, folders and deletion are not kept; such commands are answered NO.

use std::io;
use std::time::Duration;

use imap_codec::imap_types::auth::{AuthMechanism, AuthenticateData};
use imap_codec::imap_types::command::{Command, CommandBody};
use imap_codec::imap_types::core::{Tag, Vec1};
use imap_codec::imap_types::mailbox::Mailbox;
use imap_codec::imap_types::response::{Capability, Code, CommandContinuationRequest, Data, Greeting, GreetingKind, StatusKind};
use imap_next::server::{Error as ProtocolError, Event, Options, ResponseHandle, Server};
use imap_next::stream::{Error as StreamError, Stream};
use imap_next::types::CommandAuthenticate;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::imap_answers::{self as answers, Refused};
use super::smtp::plain_parts;
use super::{Mailboxes, Stored};
use crate::model::Address;

/// RFC 3501 5.4: at least 30 minutes.
const PATIENCE: Duration = Duration::from_secs(1800);
/// Lines that are not IMAP before the connection is closed.
const MALFORMED: usize = 20;

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, mailboxes: Mailboxes) -> io::Result<()> {
    let greeting = Greeting {
        kind: GreetingKind::Ok,
        code: Some(Code::Capability(capabilities())),
        text: answers::text("replyd demo, this computer only"),
    };
    let mut stream = Stream::insecure(stream);
    let mut session = Session {
        server: Server::new(Options::default(), greeting),
        mailboxes,
        login: None,
        selected: false,
        told: 0,
        idle: None,
        authenticating: None,
        leaving: None,
    };
    let mut malformed = 0;
    loop {
        let event = tokio::select! {
            event = stream.next(&mut session.server) => event,
            () = rung(&mut session.idle) => {
                session.announce();
                continue;
            }
            () = tokio::time::sleep(PATIENCE) => return Ok(()),
        };
        match event {
            Ok(Event::ResponseSent { handle, .. }) if session.leaving == Some(handle) => {
                return stream.flush().await.map_err(io::Error::other);
            }
            Ok(event) => session.handle(event),
            Err(StreamError::Closed) => return Ok(()),
            Err(StreamError::Io(error)) => return Err(error),
            Err(StreamError::Tls(error)) => return Err(io::Error::other(error)),
            Err(StreamError::State(error)) if malformed < MALFORMED => {
                malformed += 1;
                session.complain(&error);
            }
            Err(StreamError::State(error)) => return Err(io::Error::other(error)),
        }
    }
}

/// Waits for the bell while the client idles; for ever when it does not.
async fn rung(idle: &mut Option<(Tag<'static>, watch::Receiver<u32>)>) {
    if let Some((_, bell)) = idle
        && bell.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

fn capabilities() -> Vec1<Capability<'static>> {
    let mut all = vec![Capability::Imap4Rev1];
    all.extend([
        Capability::Auth(AuthMechanism::Plain),
        Capability::SaslIr,
        Capability::Idle,
        Capability::LiteralPlus,
        Capability::Unselect,
    ]);
    Vec1::try_from(all).unwrap_or_else(|_| Vec1::from(Capability::Imap4Rev1))
}

struct Session {
    server: Server,
    mailboxes: Mailboxes,
    login: Option<Address>,
    selected: bool,
    /// How many messages the client has been told of: sequence numbers beyond are not valid yet.
    told: u32,
    idle: Option<(Tag<'static>, watch::Receiver<u32>)>,
    authenticating: Option<Tag<'static>>,
    leaving: Option<ResponseHandle>,
}

impl Session {
    fn handle(&mut self, event: Event) {
        match event {
            Event::GreetingSent { .. } | Event::ResponseSent { .. } => {}
            Event::CommandReceived { command } => self.command(command),
            Event::CommandAuthenticateReceived { command_authenticate } => self.authenticate(command_authenticate),
            Event::AuthenticateDataReceived { authenticate_data } => {
                if let Some(tag) = self.authenticating.take() {
                    let data = match authenticate_data {
                        AuthenticateData::Continue(data) => Some(data.declassify().to_vec()),
                        AuthenticateData::Cancel => None,
                    };
                    self.finish_authenticate(tag, data.as_deref());
                }
            }
            Event::IdleCommandReceived { tag } => self.start_idle(tag),
            Event::IdleDoneReceived => {
                if let Some((tag, _)) = self.idle.take() {
                    self.announce();
                    self.done(tag, StatusKind::Ok, None, "Idled");
                }
            }
        }
    }

    fn done(&mut self, tag: Tag<'static>, kind: StatusKind, code: Option<Code<'static>>, words: &str) -> ResponseHandle {
        self.server.enqueue_status(answers::tagged(tag, kind, code, words))
    }

    /// A line that is not IMAP: BAD with its tag, as far as it has one (RFC 3501 7.1.3).
    fn complain(&mut self, error: &ProtocolError) {
        let bytes = match error {
            ProtocolError::ExpectedCrlfGotLf { discarded_bytes }
            | ProtocolError::MalformedMessage { discarded_bytes }
            | ProtocolError::CommandTooLong { discarded_bytes } => discarded_bytes.declassify(),
            // Answered by the state machine.
            ProtocolError::LiteralTooLong { .. } => return,
        };
        let line = String::from_utf8_lossy(bytes);
        let tag = line.split(' ').next().and_then(|word| Tag::try_from(word.to_owned()).ok());
        let status = match tag {
            Some(tag) => answers::tagged(tag, StatusKind::Bad, None, "Not understood"),
            None => answers::untagged(StatusKind::Bad, None, "Not understood"),
        };
        self.server.enqueue_status(status);
    }

    fn authenticate(&mut self, command: CommandAuthenticate) {
        if command.mechanism != AuthMechanism::Plain {
            let refusal = answers::tagged(command.tag, StatusKind::No, None, "Only PLAIN");
            let _ = self.server.authenticate_finish(refusal);
            return;
        }
        match command.initial_response {
            Some(data) => self.finish_authenticate(command.tag, Some(data.declassify())),
            None => {
                self.authenticating = Some(command.tag);
                let _ = self.server.authenticate_continue(CommandContinuationRequest::base64(Vec::new()));
            }
        }
    }

    fn finish_authenticate(&mut self, tag: Tag<'static>, data: Option<&[u8]>) {
        let login = data
            .and_then(plain_parts)
            .and_then(|(user, password)| self.mailboxes.login(&user, &password));
        let status = self.logged_in(tag, login);
        let _ = self.server.authenticate_finish(status);
    }

    fn logged_in(&mut self, tag: Tag<'static>, login: Option<Address>) -> imap_codec::imap_types::response::Status<'static> {
        self.login = login;
        self.selected = false;
        match self.login {
            Some(_) => answers::tagged(tag, StatusKind::Ok, Some(Code::Capability(capabilities())), "Welcome"),
            None => answers::tagged(tag, StatusKind::No, None, "Wrong name or password"),
        }
    }

    fn start_idle(&mut self, tag: Tag<'static>) {
        let bell = self
            .login
            .as_ref()
            .filter(|_| self.selected)
            .and_then(|owner| self.mailboxes.bell(owner));
        let Some(bell) = bell else {
            let refusal = answers::tagged(tag, StatusKind::No, None, "SELECT or EXAMINE first");
            let _ = self.server.idle_reject(refusal);
            return;
        };
        if let Ok(go) = CommandContinuationRequest::basic(None, "idling") {
            let _ = self.server.idle_accept(go);
        }
        // What came before the bell was hung up is announced here, what comes later by the bell.
        self.idle = Some((tag, bell));
        self.announce();
    }

    /// EXISTS when there are more messages than the client knows of.
    fn announce(&mut self) {
        if !self.selected {
            return;
        }
        let count = u32::try_from(self.messages().len()).unwrap_or(u32::MAX);
        if count > self.told {
            self.told = count;
            self.server.enqueue_data(Data::Exists(count));
        }
    }

    fn messages(&self) -> Vec<Stored> {
        self.login.as_ref().map(|owner| self.mailboxes.messages(owner)).unwrap_or_default()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the protocol has many commands, this server a few")]
    fn command(&mut self, Command { tag, body }: Command<'static>) {
        let answered = match body {
            CommandBody::Capability => self.send([Data::Capability(capabilities())]),
            CommandBody::Noop | CommandBody::Check => Ok(()),
            CommandBody::Logout => {
                self.server.enqueue_status(answers::goodbye());
                self.leaving = Some(self.done(tag, StatusKind::Ok, None, "Logged out"));
                return;
            }
            CommandBody::Login { username, password } => {
                let user = String::from_utf8_lossy(username.as_ref()).into_owned();
                let password = String::from_utf8_lossy(password.declassify().as_ref()).into_owned();
                let login = self.mailboxes.login(&user, &password);
                let status = self.logged_in(tag, login);
                self.server.enqueue_status(status);
                return;
            }
            _ if self.login.is_none() => Err(Refused("Log in first")),
            CommandBody::List { mailbox_wildcard, .. } | CommandBody::Lsub { mailbox_wildcard, .. } => {
                self.send(answers::list(&mailbox_wildcard))
            }
            CommandBody::Status {
                mailbox: Mailbox::Inbox,
                item_names,
            } => self.send([answers::status(&self.messages(), &item_names)]),
            CommandBody::Select { mailbox: Mailbox::Inbox } => return self.open(tag, Code::ReadWrite),
            CommandBody::Examine { mailbox: Mailbox::Inbox } => return self.open(tag, Code::ReadOnly),
            CommandBody::Status { .. } | CommandBody::Select { .. } | CommandBody::Examine { .. } => Err(Refused("There is only INBOX")),
            _ if !self.selected => Err(Refused("SELECT or EXAMINE first")),
            CommandBody::Close | CommandBody::Unselect => {
                self.selected = false;
                Ok(())
            }
            CommandBody::Search { criteria, uid, .. } => {
                answers::search(&self.known(), &criteria, uid).and_then(|found| self.send([Data::Search(found)]))
            }
            CommandBody::Fetch {
                sequence_set,
                macro_or_item_names,
                uid,
            } => answers::fetch(&self.known(), &sequence_set, &macro_or_item_names, uid).and_then(|found| self.send(found)),
            _ => Err(Refused("Not on this small server")),
        };
        // RFC 3501 5.2: new messages may be announced at the end of any command.
        self.announce();
        match answered {
            Ok(()) => self.done(tag, StatusKind::Ok, None, "Done"),
            Err(Refused(why)) => self.done(tag, StatusKind::No, None, why),
        };
    }

    fn send(&mut self, all: impl IntoIterator<Item = Data<'static>>) -> Result<(), Refused> {
        for data in all {
            self.server.enqueue_data(data);
        }
        Ok(())
    }

    /// The messages the client has been told of.
    fn known(&self) -> Vec<Stored> {
        let mut messages = self.messages();
        messages.truncate(usize::try_from(self.told).unwrap_or(usize::MAX));
        messages
    }

    fn open(&mut self, tag: Tag<'static>, mode: Code<'static>) {
        let messages = self.messages();
        self.selected = true;
        self.told = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        for data in [Data::Flags(Vec::new()), Data::Exists(self.told), Data::Recent(0)] {
            self.server.enqueue_data(data);
        }
        for code in [
            Code::UidValidity(answers::UID_VALIDITY),
            Code::UidNext(answers::uid_next(&messages)),
            Code::PermanentFlags(Vec::new()),
        ] {
            self.server.enqueue_status(answers::untagged(StatusKind::Ok, Some(code), "Opened"));
        }
        self.done(tag, StatusKind::Ok, Some(mode), "INBOX is open");
    }
}
