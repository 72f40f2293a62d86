//! The try-it mailbox: a webmail in which the reader plays client, candidate and recruiter of the demo's story.
//!
//! In: a directory for the daemon, an address for the page. Out: a page on this computer, until told to stop.
//! Never here: a way into the daemon that a mail, a press or a recruiter's batch file does not have, except for its clock.

mod batch;
mod flow;
mod frame;
mod front;
mod guard;
mod mailroom;
mod reading;
mod routes;
mod view;
mod words;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::house::{House, Running};
use super::people::answers::{self, Stamp};
use super::people::{self, Letter, Shape};
use super::server::Server;
use super::{DemoError, dice};
use crate::daemon::Bell;
use crate::model::{Address, HeaderText, Timestamp};
use flow::Flow;
use frame::Mailto;
use mailroom::Mailroom;
use view::ComposeView;

pub use flow::FASTEST;

/// Ports that are easy to remember; any other when these are taken.
const PORTS: [u16; 3] = [8025, 8080, 0];
/// How long a page that was opened keeps time from running fast: long enough to read it and press.
const PAGE_OPEN: Duration = Duration::from_secs(20);
/// How long a mail that was sent may be on its way to the daemon.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
/// The longest answer anybody types.
const LONGEST: usize = 20_000;
/// How long the daemon may take to end.
const FAREWELL: Duration = Duration::from_millis(1500);

/// How the webmail starts.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where the page is served; on a port that is easy to remember when `None`.
    pub listen: Option<SocketAddr>,
    /// What the demo's clock shows at first.
    pub start: Timestamp,
    /// How many times as fast as the wall's it runs.
    pub warp: f64,
}

/// A running demo with its page.
pub struct Webmail {
    address: SocketAddr,
    listener: TcpListener,
    front: TcpListener,
    shared: Arc<Shared>,
    running: Running,
    ending: watch::Sender<bool>,
}

/// What the routes share.
struct Shared {
    house: House,
    flow: Flow,
    mailroom: Mailroom,
    /// Where the page is served.
    at: SocketAddr,
    /// Stands in the address that `mailto:` links lead to, so that no other page can open the reply box.
    key: String,
    /// The last `mailto:` link that was clicked.
    compose: Mutex<Option<ComposeView>>,
    /// Mails written so far.
    written: AtomicU64,
    ending: watch::Receiver<bool>,
}

impl Webmail {
    /// Starts everything in `dir` and hands in the first batch.
    ///
    /// # Errors
    /// When no port can be had, or the daemon does not start.
    pub async fn open(dir: &Path, options: Options) -> Result<Self, DemoError> {
        let listener = listen(options.listen).await?;
        let address = listener.local_addr().map_err(DemoError::Pages)?;
        let front = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(DemoError::Pages)?;
        let pages = front.local_addr().map_err(DemoError::Pages)?;
        let (house, running) = House::open(dir, options.start, Some(pages)).await?;
        let (ending, is_ending) = watch::channel(false);
        let shared = Shared {
            flow: Flow::new(options.warp),
            mailroom: Mailroom::default(),
            at: address,
            key: dice::key()?,
            compose: Mutex::default(),
            written: AtomicU64::new(0),
            ending: is_ending,
            house,
        };
        shared.mailroom.seat(&shared.house.new.batch, shared.house.zone);
        Ok(Self {
            address,
            listener,
            front,
            shared: Arc::new(shared),
            running,
            ending,
        })
    }

    /// Where the page is.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells the daemon that something was changed from beside.
    #[must_use]
    pub fn bell(&self) -> Bell {
        self.shared.house.bell.clone()
    }

    /// The mail server, for whoever wants to deliver something from beside.
    #[must_use]
    pub fn mail_server(&self) -> &Server {
        &self.shared.house.server
    }

    /// Serves the page until `stop`, then ends everything.
    ///
    /// # Errors
    /// When the daemon ended by itself.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send) -> Result<(), DemoError> {
        let Self {
            listener,
            front,
            shared,
            mut running,
            ending,
            ..
        } = self;
        let mut is_ending = ending.subscribe();
        let farewell = async move {
            let _ = is_ending.wait_for(|ending| *ending).await;
        };
        let server = axum::serve(listener, routes::routes(Arc::clone(&shared))).with_graceful_shutdown(farewell);
        let mut serving = tokio::spawn(server.into_future());
        let noticing = Arc::clone(&shared);
        let seen = Arc::new(move || noticing.flow.hold(PAGE_OPEN));
        let ended = tokio::select! {
            () = stop => Ok(()),
            ended = running.ended() => ended.and_then(|()| Err(DemoError::Unexpected("the daemon ended by itself".to_owned()))),
            served = &mut serving => Err(DemoError::Unexpected(format!("the page is served no more: {served:?}"))),
            () = shared.flow.run(&shared.house) => Ok(()),
            () = front::pass_on(front, shared.house.pages, seen) => Ok(()),
        };
        ending.send_replace(true);
        let farewell = async {
            let _ = serving.await;
        };
        let closing = async {
            let _ = tokio::time::timeout(FAREWELL, running.close()).await;
        };
        // Whoever keeps a connection open is not waited for: the directory goes with everything in it.
        tokio::join!(closing, async {
            let _ = tokio::time::timeout(FAREWELL, farewell).await;
        });
        ended
    }
}

/// Loopback only: the page has no login.
async fn listen(wanted: Option<SocketAddr>) -> Result<TcpListener, DemoError> {
    if let Some(wanted) = wanted {
        if !wanted.ip().is_loopback() {
            return Err(DemoError::NotLoopback(wanted.ip()));
        }
        return TcpListener::bind(wanted).await.map_err(|source| DemoError::Listen(wanted, source));
    }
    let mut last = None;
    for port in PORTS {
        match TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    Err(DemoError::Pages(last.unwrap_or_else(|| std::io::Error::other("no port"))))
}

/// What somebody typed into the reply box.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    person: usize,
    /// The mail it answers; none for a mail of its own.
    answers: Option<usize>,
    /// Where a mail of its own goes.
    #[serde(default)]
    to: String,
    #[serde(default)]
    subject: String,
    words: String,
    shape: TypedShape,
}

/// What the mail is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum TypedShape {
    Gmail,
    Outlook,
    Iphone,
    /// The vacation responder.
    Automatic,
}

impl Shared {
    /// Sends what somebody typed, through the mail server; gives its number in their mailbox.
    async fn send(&self, typed: &Typed) -> Result<usize, String> {
        if typed.words.len() > LONGEST {
            return Err(format!("an answer has at most {LONGEST} characters"));
        }
        let who = self.mailroom.somebody(typed.person).ok_or("there is no such mailbox")?;
        self.mailroom.fetch(&self.house.server);
        let now = self.house.clock.now();
        let stamp = Stamp {
            from: &who.mailbox,
            now,
            zone: who.zone,
            id: format!(
                "CA{:04}demo{}",
                self.written.fetch_add(1, Ordering::Relaxed),
                who.mailbox.address.local()
            ),
        };
        let letter = match typed.answers {
            Some(mail) => Some(self.mailroom.mail(typed.person, mail).ok_or("that mail is gone")?.letter),
            None => None,
        };
        let shape = match typed.shape {
            TypedShape::Gmail => Some(Shape::Gmail),
            TypedShape::Outlook => Some(Shape::Outlook),
            TypedShape::Iphone => Some(Shape::Iphone),
            TypedShape::Automatic => None,
        };
        let subject = HeaderText::new(&typed.subject).to_string();
        let words = typed.words.replace("\r\n", "\n");
        let (to, mail) = match (&letter, shape) {
            (Some(letter), Some(shape)) => {
                let subject = if subject.is_empty() {
                    answers::re(&letter.subject)
                } else {
                    subject
                };
                (letter.reply_to.clone(), answers::answer(&stamp, shape, letter, &subject, &words))
            }
            (Some(letter), None) => (letter.return_path.clone(), answers::out_of_office(&stamp, letter, &words)),
            (None, shape) => {
                let to = Address::parse(typed.to.trim()).map_err(|why| format!("{}: {why}", typed.to))?;
                let mail = answers::fresh(&stamp, shape.unwrap_or(Shape::Gmail), &to, &subject, &words);
                (to, mail)
            }
        };
        // Read before it leaves: a moment later the daemon has acted on it, and other candidates are open.
        let reading = reading::read(&self.house, &mail);
        let kept = Letter::read(&who.mailbox.shown(), mail.clone()).map_err(|error| error.to_string())?;
        self.flow.hold(ON_ITS_WAY);
        let outgoing = self.house.outgoing(&who.mailbox.address);
        people::send(&outgoing, &who.mailbox, &to, &mail)
            .await
            .map_err(|error| error.to_string())?;
        self.mailroom.fetch(&self.house.server);
        self.mailroom
            .keep_sent(typed.person, now, kept, reading)
            .ok_or_else(|| "there is no such mailbox".to_owned())
    }

    /// Puts forward another batch; gives its number.
    async fn hand_in(&self, typed: &batch::Typed) -> Result<i64, String> {
        let recruiter = self.house.new.batch.recruiters.first().ok_or("there is no recruiter")?;
        let known = |name: &str| {
            let all = self.mailroom.all();
            let found = all.iter().find(|(who, _)| who.mailbox.name.as_str() == name);
            found.map(|(who, _)| who.mailbox.address.to_string())
        };
        let file = typed.file(recruiter, self.house.zone.name(), known)?;
        let (id, new) = self.house.hand_in(&file).await.map_err(|error| error.to_string())?;
        self.mailroom.seat(&new.batch, self.house.zone);
        Ok(id.0)
    }

    /// A `mailto:` link was clicked in a mail.
    fn clicked(&self, person: usize, mail: usize, mailto: Mailto) {
        let mut compose = self.compose.lock().unwrap_or_else(PoisonError::into_inner);
        let serial = compose.as_ref().map_or(1, |before| before.serial + 1);
        *compose = Some(ComposeView {
            serial,
            person,
            mail,
            mailto,
        });
    }

    fn compose(&self) -> Option<ComposeView> {
        self.compose.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
