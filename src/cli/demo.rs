//! `replyd demo`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{Datelike, Days, NaiveTime};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::scratch::Scratch;
use super::show::story;
use super::{Failure, print_line};
use crate::calendar::Zone;
use crate::demo::{DemoError, FASTEST, Options, Story, Webmail};
use crate::model::Timestamp;

/// How long what still runs may take after everything has ended.
const FAREWELL: Duration = Duration::from_millis(300);

/// The whole round trip on this computer, without a mail account.
///
/// A small mail server inside this process (real SMTP and IMAP, loopback only, in memory) and the unchanged daemon. Three candidates
/// are put forward, and a webmail on this computer lets you play client, candidates and recruiter: read mails as they come, press
/// their buttons, answer in the shape of Gmail, Outlook or a phone, see what replyd understood, and let time pass.
///
/// With --script a story plays by itself: a scanner opens every link, the client is away, presses a button, takes it back, presses
/// another one, answers the rest in words, and the decisions stand. At the end the timeline is printed as `replyd show` prints it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd demo\n  replyd demo --listen 9000 --warp 60\n  replyd demo --script\n  replyd demo --dir try     # keeps it all in try/\n  replyd --config try/config.toml list\n\nCtrl-C ends the webmail, and nothing stays behind but what --dir names. After --script the directory stays, so that the story can be looked at; it may be deleted at any time."
)]
pub(super) struct Demo {
    /// Play the story without waiting for anybody.
    #[arg(long, conflicts_with_all = ["listen", "warp"])]
    script: bool,
    /// Port, or loopback address with port, of the webmail [default: 8025, else 8080, else any].
    #[arg(long, value_name = "PORT", value_parser = address)]
    listen: Option<SocketAddr>,
    /// Time runs so many times as fast: 3600 is an hour in a second. The page can change it.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0, value_parser = speed)]
    warp: f64,
    /// An empty or new directory for configuration and database, which then stays [default: a new one for temporary files].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse()
        .map_err(|_| "write a port (9000) or a loopback address with one (127.0.0.1:9000)".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    let times: f64 = text.parse().map_err(|_| "write a number, such as 60 or 3600".to_owned())?;
    if (1.0..=FASTEST).contains(&times) {
        Ok(times)
    } else {
        Err(format!("from 1 (as on the wall) to {FASTEST} (a day in a second)"))
    }
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        let dir = match &self.dir {
            Some(dir) => Scratch::at(dir.clone()),
            None => Scratch::fresh("demo", self.script)?,
        };
        // Whatever lies there is not written over.
        if std::fs::read_dir(dir.path()).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::Input(format!(
                "{}: not empty; name a new or empty directory with --dir",
                dir.path().display()
            )));
        }
        let ended = if self.script {
            script(&runtime, dir.path())
        } else {
            runtime.block_on(self.webmail(dir.path(), dir.stays()))
        };
        // A connection that nobody closes is no reason to stay.
        runtime.shutdown_timeout(FAREWELL);
        ended
    }

    async fn webmail(&self, dir: &Path, stays: bool) -> Result<(), Failure> {
        let mut signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
            .into_iter()
            .map(signal)
            .collect::<Result<Vec<_>, _>>()
            .map_err(Failure::Output)?;
        let mut ring = signal(SignalKind::from_raw(crate::store::RING)).map_err(Failure::Output)?;
        let options = Options {
            listen: self.listen,
            start: this_tuesday(),
            warp: self.warp,
        };
        let webmail = Webmail::open(dir, options).await.map_err(failure)?;
        print_line(&format!(
            "\n  replyd demo:  http://{}\n\n  1. Open that page. You are Hannah, the client: press a button in the mail, or reply in your own words.\n  2. See what replyd understood and the words it rests on; a receipt comes back, and its undo works.\n  3. Let time pass: decisions take effect, silence is followed by reminders, the recruiter hears of it.\n\n  Everything stays on this computer. Ctrl-C ends it.\n",
            webmail.address()
        ))?;
        if stays {
            print_line(&format!("  Configuration and database: {}\n", dir.display()))?;
        }
        let bell = webmail.bell();
        let stop = async {
            let any = signals.iter_mut().map(|one| Box::pin(one.recv()));
            let mut end = futures_util::future::select_all(any);
            loop {
                tokio::select! {
                    _ = &mut end => break,
                    // A command from beside, such as `replyd keys rotate`, changed something.
                    Some(()) = ring.recv() => bell.look_around(),
                }
            }
        };
        webmail.serve(stop).await.map_err(failure)
    }
}

fn script(runtime: &tokio::runtime::Runtime, dir: &Path) -> Result<(), Failure> {
    let mut tell = |line: String| {
        // A reader that has gone is no reason to end the story in the middle.
        let _ = print_line(&line);
    };
    let told = runtime.block_on(Story::default().play(dir, &mut tell)).map_err(failure)?;
    print_line("\nWhat the database says of it:\n")?;
    print_line(&story(&told.batch, &told.timeline))?;
    print_line(&format!(
        "\nDone in {:.1} s. Look again with:  {} --config {} show {}",
        told.took.as_secs_f64(),
        // As this very program was called: with cargo it is not in the PATH.
        std::env::args().next().unwrap_or_else(|| "replyd".to_owned()),
        dir.join("config.toml").display(),
        told.batch.id
    ))
}

fn failure(error: DemoError) -> Failure {
    match error {
        DemoError::Config(error) => Failure::Config(error),
        DemoError::Daemon(error) => Failure::Daemon(error),
        DemoError::NotLoopback(_) | DemoError::Listen(..) => Failure::Input(error.to_string()),
        DemoError::File { .. } | DemoError::Server(_) | DemoError::Pages(_) | DemoError::Person(_) | DemoError::Unexpected(_) => {
            Failure::Output(std::io::Error::other(error))
        }
    }
}

/// Five past nine in London, on the Tuesday of this week: a working day with others behind it.
fn this_tuesday() -> Timestamp {
    let today = chrono::Utc::now().date_naive();
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let morning = NaiveTime::from_hms_opt(9, 5, 0).unwrap_or_default();
    "Europe/London"
        .parse()
        .unwrap_or(Zone::UTC)
        .at_or_after(monday + Days::new(1), morning)
}
