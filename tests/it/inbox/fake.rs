//! An IMAP server that misbehaves on demand.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use replyd::inbox::{Account, Limits};
use replyd::model::Secret;
use replyd::net::{Login, Proof, Tls};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// One thing that goes wrong on one connection, when a command line that holds `on` comes in.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    on: &'static str,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Greeting(&'static str, bool),
    Answer(&'static str),
    Close,
    CloseAfter(usize),
    LeaveOut(&'static [u32]),
    Expunge(u32),
    Silence,
    Chatter(&'static str),
}

impl Fault {
    /// Says this instead of a greeting and then nothing more.
    pub(super) fn greeting(text: &'static str) -> Self {
        Self {
            on: "",
            what: What::Greeting(text, false),
        }
    }

    /// Says this for a greeting and goes on.
    pub(super) fn welcome(text: &'static str) -> Self {
        Self {
            on: "",
            what: What::Greeting(text, true),
        }
    }

    /// Says this instead of the answer; `{tag}` stands for the command's tag.
    pub(super) fn answer(on: &'static str, text: &'static str) -> Self {
        Self {
            on,
            what: What::Answer(text),
        }
    }

    /// Closes the connection instead of an answer.
    pub(super) fn close(on: &'static str) -> Self {
        Self { on, what: What::Close }
    }

    /// Closes the connection after so many FETCH answers.
    pub(super) fn close_after(on: &'static str, answers: usize) -> Self {
        Self {
            on,
            what: What::CloseAfter(answers),
        }
    }

    /// Leaves messages out and says OK.
    pub(super) fn leave_out(on: &'static str, uids: &'static [u32]) -> Self {
        Self {
            on,
            what: What::LeaveOut(uids),
        }
    }

    /// Somebody else deletes a message just now.
    pub(super) fn expunge(on: &'static str, uid: u32) -> Self {
        Self {
            on,
            what: What::Expunge(uid),
        }
    }

    /// Says this over and over and never comes to the end.
    pub(super) fn chatter(on: &'static str, text: &'static str) -> Self {
        Self {
            on,
            what: What::Chatter(text),
        }
    }

    /// Never answers.
    pub(super) fn silence(on: &'static str) -> Self {
        Self { on, what: What::Silence }
    }
}

/// The folder and what is wrong with it for good.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) uid_validity: Option<u32>,
    pub(super) uid_next: Option<u32>,
    pub(super) mails: BTreeMap<u32, Vec<u8>>,
    /// SINCE finds messages from this UID on.
    pub(super) recent_from: u32,
    /// Sizes that are not true.
    pub(super) claimed_size: HashMap<u32, u64>,
    /// Literals announced and not sent, unless only a part is asked for.
    pub(super) announced: HashMap<u32, u64>,
    /// Answers that end the connection, for a message's body; empty closes it without a word.
    pub(super) poison: HashMap<u32, String>,
    /// INTERNALDATE NIL, which no parser expects.
    pub(super) bad_date: HashSet<u32>,
    /// Folders that do not exist.
    pub(super) no_folder: Vec<&'static str>,
    /// IDLE never notifies.
    pub(super) mute: bool,
    /// How often IDLE notifies of one message.
    pub(super) notices: usize,
}

#[derive(Debug, Default)]
struct Shared {
    folder: Mutex<Folder>,
    faults: Mutex<VecDeque<Fault>>,
    transcript: Mutex<Vec<String>>,
    connections: Mutex<usize>,
    on_connection: Mutex<HashMap<usize, Vec<u8>>>,
    on_command: Mutex<HashMap<&'static str, Vec<u8>>>,
    changed: Notify,
}

/// The server. It goes when the test ends.
pub(super) struct Server {
    port: u16,
    shared: Arc<Shared>,
}

impl Server {
    /// A server whose INBOX holds this many messages.
    pub(super) async fn start(messages: u32) -> Self {
        let shared = Arc::new(Shared::default());
        {
            let mut folder = shared.folder.lock().unwrap();
            folder.uid_validity = Some(7);
            folder.uid_next = Some(messages + 1);
            folder.notices = 1;
            folder.mails = (1..=messages)
                .map(|uid| (uid, format!("Subject: {uid}\r\n\r\nmessage {uid}\r\n").into_bytes()))
                .collect();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self {
            port,
            shared: Arc::clone(&shared),
        };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        server
    }

    pub(super) fn account(&self) -> Account {
        let ms = Duration::from_millis;
        Account {
            name: "main".into(),
            host: "127.0.0.1".into(),
            port: self.port,
            tls: Tls::None,
            login: Login {
                user: "bot".into(),
                proof: Proof::Password(Secret::new("s3cret".into())),
            },
            ca_file: None,
            folders: vec!["INBOX".into()],
            limits: Limits {
                connect: ms(5000),
                silence: ms(300),
                command: ms(2000),
                done: ms(300),
                ..Limits::default()
            },
        }
    }

    /// Faults for the next connections, one each.
    pub(super) fn play(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.faults.lock().unwrap().extend(faults);
    }

    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Folder) -> T) -> T {
        change(&mut self.shared.folder.lock().unwrap())
    }

    pub(super) fn deliver(&self, raw: &[u8]) {
        self.shared.deliver(raw);
    }

    pub(super) fn deliver_and_notify(&self, raw: &[u8]) {
        self.shared.deliver(raw);
        self.shared.changed.notify_waiters();
    }

    /// Delivers when the connection of this number (from 1) is made.
    pub(super) fn deliver_on_connection(&self, number: usize, raw: &[u8]) {
        self.shared.on_connection.lock().unwrap().insert(number, raw.to_vec());
    }

    /// Delivers once, when a command line that holds this has been answered (IDLE: is under way).
    pub(super) fn deliver_on_command(&self, command: &'static str, raw: &[u8]) {
        self.shared.on_command.lock().unwrap().insert(command, raw.to_vec());
    }

    pub(super) fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }

    pub(super) fn transcript(&self) -> Vec<String> {
        self.shared.transcript.lock().unwrap().clone()
    }

    pub(super) fn forget(&self) {
        self.shared.transcript.lock().unwrap().clear();
    }
}

impl Shared {
    fn deliver(&self, raw: &[u8]) {
        let mut folder = self.folder.lock().unwrap();
        let uid = folder.uid_next.unwrap_or(1);
        folder.mails.insert(uid, raw.to_vec());
        folder.uid_next = Some(uid + 1);
    }

    fn delivery_for(&self, line: &str) -> bool {
        let mut waiting = self.on_command.lock().unwrap();
        let Some(command) = waiting.keys().find(|command| line.contains(**command)).copied() else {
            return false;
        };
        let raw = waiting.remove(command).unwrap();
        drop(waiting);
        self.deliver(&raw);
        true
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let number = {
        let mut connections = shared.connections.lock().unwrap();
        *connections += 1;
        *connections
    };
    let early = shared.on_connection.lock().unwrap().remove(&number);
    if let Some(raw) = early {
        shared.deliver(&raw);
    }
    let mut fault = shared.faults.lock().unwrap().pop_front();
    // An error means that the client left, which is its right.
    let _ = talk(stream, &shared, &mut fault).await;
}

async fn talk(stream: TcpStream, shared: &Shared, fault: &mut Option<Fault>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    match fault.as_ref().map(|fault| &fault.what) {
        Some(What::Greeting(text, goes_on)) => {
            write.write_all(text.as_bytes()).await?;
            if !goes_on {
                std::future::pending::<()>().await;
            }
            *fault = None;
        }
        _ => write.write_all(b"* OK fake IMAP4rev1 ready\r\n").await?,
    }
    let mut idling: Option<String> = None;
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line?,
            () = shared.changed.notified(), if idling.is_some() => {
                let count = shared.folder.lock().unwrap().mails.len();
                write.write_all(format!("* {count} EXISTS\r\n").as_bytes()).await?;
                continue;
            }
        };
        let Some(line) = line else { return Ok(()) };
        shared.transcript.lock().unwrap().push(line.clone());
        let (tag, command) = match &idling {
            Some(tag) => (tag.clone(), line.clone()),
            None => line
                .split_once(' ')
                .map(|(tag, rest)| (tag.to_owned(), rest.to_owned()))
                .unwrap_or_default(),
        };
        let mut cut = usize::MAX;
        let mut left_out: &[u32] = &[];
        if fault.as_ref().is_some_and(|fault| command.contains(fault.on)) {
            match fault.take().unwrap().what {
                What::Answer(text) => {
                    write.write_all(text.replace("{tag}", &tag).as_bytes()).await?;
                    if command == "IDLE" && text.contains("{tag} OK") {
                        shared.delivery_for(&command);
                    }
                    continue;
                }
                What::Close => return Ok(()),
                What::Chatter(text) => loop {
                    write.write_all(text.as_bytes()).await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                },
                What::CloseAfter(k) => cut = k,
                What::LeaveOut(uids) => left_out = uids,
                What::Expunge(uid) => drop(shared.folder.lock().unwrap().mails.remove(&uid)),
                What::Silence | What::Greeting(..) => {
                    std::future::pending::<()>().await;
                }
            }
        }
        if command == "DONE" {
            idling = None;
            write.write_all(format!("{tag} OK IDLE terminated\r\n").as_bytes()).await?;
        } else if command == "IDLE" {
            write.write_all(b"+ idling\r\n* OK Still here\r\n").await?;
            idling = Some(tag);
            if shared.delivery_for("IDLE") {
                let (count, notices, mute) = {
                    let folder = shared.folder.lock().unwrap();
                    (folder.mails.len(), folder.notices, folder.mute)
                };
                if !mute {
                    write.write_all(format!("* {count} EXISTS\r\n").repeat(notices).as_bytes()).await?;
                }
            }
        } else if shared
            .folder
            .lock()
            .unwrap()
            .no_folder
            .iter()
            .any(|name| command == format!("EXAMINE \"{name}\""))
        {
            write.write_all(format!("{tag} NO no such folder\r\n").as_bytes()).await?;
        } else {
            let (answers, close) = answers(&shared.folder.lock().unwrap(), &command, cut, left_out, &tag);
            write.write_all(&answers).await?;
            if close {
                return Ok(());
            }
            if shared.delivery_for(&command) {
                let count = shared.folder.lock().unwrap().mails.len();
                write.write_all(format!("* {count} EXISTS\r\n").as_bytes()).await?;
            }
            write.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
            if command == "LOGOUT" {
                return Ok(());
            }
        }
    }
}

/// The untagged answers to a command, and whether the connection ends after them.
fn answers(folder: &Folder, command: &str, cut: usize, left_out: &[u32], tag: &str) -> (Vec<u8>, bool) {
    let mut text = String::new();
    if command.starts_with("EXAMINE ") {
        let _ = write!(text, "* {} EXISTS\r\n* 0 RECENT\r\n", folder.mails.len());
        if let Some(n) = folder.uid_validity {
            let _ = write!(text, "* OK [UIDVALIDITY {n}] valid\r\n");
        }
        if let Some(n) = folder.uid_next {
            let _ = write!(text, "* OK [UIDNEXT {n}] next\r\n");
        }
    } else if let Some(key) = command.strip_prefix("UID SEARCH ") {
        let found: Vec<String> = if key.starts_with("SINCE ") {
            folder
                .mails
                .keys()
                .filter(|uid| **uid >= folder.recent_from)
                .map(u32::to_string)
                .collect()
        } else {
            let wanted = set(key.strip_prefix("UID ").unwrap(), folder);
            folder.mails.keys().filter(|uid| wanted.contains(uid)).map(u32::to_string).collect()
        };
        let _ = write!(text, "* SEARCH {}\r\n", found.join(" "));
    } else if let Some(rest) = command.strip_prefix("UID FETCH ") {
        let (uids, items) = rest.split_once(' ').unwrap();
        return fetch(folder, &set(uids, folder), items, cut, left_out, tag);
    }
    (text.into_bytes(), false)
}

fn fetch(folder: &Folder, wanted: &BTreeSet<u32>, items: &str, cut: usize, left_out: &[u32], tag: &str) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut answers = 0;
    for (at, (uid, raw)) in folder.mails.iter().enumerate().filter(|(_, (uid, _))| wanted.contains(uid)) {
        if answers == cut {
            return (out, true);
        }
        if left_out.contains(uid) {
            continue;
        }
        answers += 1;
        let size = folder.claimed_size.get(uid).copied().unwrap_or(raw.len() as u64);
        let mut facts = format!("* {} FETCH (UID {uid}", at + 1);
        if items.contains("RFC822.SIZE") {
            let _ = write!(facts, " RFC822.SIZE {size}");
        }
        if items.contains("INTERNALDATE") {
            facts.push_str(if folder.bad_date.contains(uid) {
                " INTERNALDATE NIL"
            } else {
                " INTERNALDATE \" 5-Mar-2026 10:00:00 +0000\""
            });
        }
        if items.contains("BODY.PEEK[]") {
            if let Some(poison) = folder.poison.get(uid) {
                out.extend(poison.replace("{tag}", tag).into_bytes());
                return (out, true);
            }
            let part = items
                .split_once("<0.")
                .and_then(|(_, rest)| rest.split_once('>'))
                .map(|(n, _)| n.parse::<usize>().unwrap());
            let body = raw.get(..part.unwrap_or(usize::MAX).min(raw.len())).unwrap();
            let announced = folder
                .announced
                .get(uid)
                .copied()
                .filter(|_| part.is_none())
                .unwrap_or(body.len() as u64);
            let _ = write!(facts, " BODY[]{} {{{announced}}}\r\n", if part.is_some() { "<0>" } else { "" });
            out.extend(facts.into_bytes());
            out.extend_from_slice(body);
        } else {
            out.extend(facts.into_bytes());
        }
        out.extend_from_slice(b")\r\n");
    }
    (out, answers == cut)
}

/// A sequence set; `n:*` reaches the last message even when n lies above it.
fn set(text: &str, folder: &Folder) -> BTreeSet<u32> {
    let last = folder.mails.keys().last().copied().unwrap_or(0);
    let number = |text: &str| if text == "*" { last } else { text.parse().unwrap() };
    let mut set = BTreeSet::new();
    for range in text.split(',') {
        let (a, b) = range.split_once(':').unwrap_or((range, range));
        let (a, b) = (number(a), number(b));
        set.extend(a.min(b)..=a.max(b));
    }
    set
}
