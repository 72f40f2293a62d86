//! The mailbox and the server that takes our letters.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{Line, SOON, Verdict, WHOLE, certificate, line, ok};
use crate::compose::ping;
use crate::config::Config;
use crate::inbox::{Account, Session, Trouble};
use crate::model::Timestamp;
use crate::net::NetError;
use crate::outbox::{Connection, Deadlines, Outcome, Retry, Server};

/// How long a mail to ourselves may take.
const TRIP: Duration = Duration::from_secs(90);
/// Between two looks for it.
const GLANCE: Duration = Duration::from_secs(1);

/// The same account, with less patience.
fn hurried(account: &Account) -> Account {
    let mut account = account.clone();
    account.limits.connect = SOON;
    account.limits.silence = SOON;
    account.limits.command = SOON;
    account
}

fn hurried_server(server: &Server) -> Server {
    let deadlines = Deadlines {
        connect: SOON,
        command: SOON,
        data: SOON,
        transfer: SOON,
        dot: TRIP,
    };
    Server {
        deadlines,
        ..server.clone()
    }
}

pub(super) async fn imap(config: &Config, now: Timestamp) -> Vec<Line> {
    let account = hurried(&config.account);
    match timeout(WHOLE, reading(&account, config, now)).await {
        Ok(lines) => lines,
        Err(_elapsed) => vec![slow("imap")],
    }
}

async fn reading(account: &Account, config: &Config, now: Timestamp) -> Vec<Line> {
    let asked = async {
        let (mut session, offers) = Session::open(account).await?.offers().await?;
        let certificate = session.certificate();
        Ok::<_, Trouble>((session, offers, certificate))
    };
    let (session, offers, der) = match asked.await {
        Ok(asked) => asked,
        Err(trouble) => return vec![line("imap", Verdict::Fail, trouble.to_string(), imap_fix(&trouble))],
    };
    let mut lines = Vec::new();
    let mut session = Some(session);
    let mut good = Vec::new();
    for folder in &account.folders {
        // A session is gone after an error; the next folder gets a new one.
        let open = match session.take() {
            Some(session) => Ok(session),
            None => Session::open(account).await,
        };
        let examined = match open {
            Ok(open) => open.examine(folder).await,
            Err(trouble) => Err(trouble),
        };
        match examined {
            Ok((open, _)) => {
                good.push(folder.as_str());
                session = Some(open);
            }
            Err(trouble) => {
                let says = format!("folder {folder}: {trouble}");
                let fix = "correct [imap] folders, or make the folder on the server";
                lines.push(line("imap", Verdict::Fail, says, fix));
            }
        }
    }
    if let Some(session) = session {
        session.close().await;
    }
    let name = masked(&account.login.user);
    let plus = if offers.uidplus { ", UIDPLUS" } else { "" };
    let read = format!(
        "logged in as {name}, reads {}",
        if good.is_empty() { "nothing".to_owned() } else { good.join(", ") }
    );
    lines.insert(
        0,
        if offers.idle {
            ok("imap", format!("{read}, IDLE{plus}"))
        } else {
            let says = format!("{read}, no IDLE{plus}: answers are noticed within {} s", config.poll.as_secs());
            line("imap", Verdict::Warn, says, "make [imap] poll_s shorter")
        },
    );
    lines.extend(certificate::look("imap", der.as_deref(), now));
    lines
}

fn imap_fix(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Net(error) => net_fix(error),
        Trouble::Login(_) => "log in again: replyd login",
        Trouble::Refused { command, .. } if *command == "LOGIN" || *command == "AUTHENTICATE" => {
            "compare [imap] user and password_file with the provider's; some want a password for applications, or OAuth2"
        }
        Trouble::Refused { .. }
        | Trouble::Closed { .. }
        | Trouble::Silent { .. }
        | Trouble::Unparsable { .. }
        | Trouble::TooLarge { .. }
        | Trouble::NoUidValidity { .. }
        | Trouble::Unsendable { .. }
        | Trouble::Ledger(_)
        | Trouble::Broken(_) => "look at the mail server, and at [imap] host, port and tls",
    }
}

fn net_fix(error: &NetError) -> &'static str {
    match error {
        NetError::Tls { .. } | NetError::Name { .. } => {
            "the host's certificate must carry this name and be trusted: correct host, or name the CA in ca_file"
        }
        NetError::CaFile { .. } | NetError::NoTrust => "name a PEM file with CA certificates in ca_file",
        NetError::PlainText { .. } => "set tls to \"implicit\" or \"starttls\"",
        NetError::Resolve { .. } | NetError::Connect { .. } | NetError::Deadline { .. } | NetError::Inside { .. } => {
            "correct [imap] host, port and tls; is a firewall between?"
        }
    }
}

pub(super) async fn smtp(config: &Config, now: Timestamp) -> Vec<Line> {
    match timeout(WHOLE, sending(config, now)).await {
        Ok(lines) => lines,
        Err(_elapsed) => vec![slow("smtp")],
    }
}

/// Everything up to the point where a letter would follow: sender and recipient are accepted, and taken back.
async fn sending(config: &Config, now: Timestamp) -> Vec<Line> {
    let server = hurried_server(&config.server);
    let envelope = match ping(0, now, &config.ink) {
        Ok((envelope, _)) => envelope,
        Err(error) => {
            return vec![line(
                "smtp",
                Verdict::Fail,
                error.to_string(),
                "shorten [agency] address or choose another [addresses] style",
            )];
        }
    };
    let opened = Connection::open(&server).await;
    let mut connection = match opened {
        Ok(connection) => connection,
        Err(outcome) => return vec![refused(&outcome)],
    };
    let der = connection.certificate();
    let tried = connection.try_envelope(&envelope).await;
    connection.close().await;
    let mut lines = vec![match tried {
        Ok(()) => {
            let login = match &server.login {
                Some(login) => format!("logged in as {}", masked(&login.user)),
                None => "without a login".to_owned(),
            };
            ok(
                "smtp",
                format!("{login}; would take mail from and to our tagged address (nothing was sent)"),
            )
        }
        Err(outcome) => refused(&outcome),
    }];
    lines.extend(certificate::look("smtp", der.as_deref(), now));
    lines
}

fn refused(outcome: &Outcome) -> Line {
    let (why, account) = match outcome {
        Outcome::Deferred { class, why } => (why.as_str(), *class == Retry::Account),
        Outcome::Failed { why, .. } | Outcome::Ambiguous { why } => (why.as_str(), false),
        Outcome::Sent { response } => (response.as_str(), false),
    };
    let fix = if why.contains("TLS failed") {
        "the host's certificate must carry this name and be trusted: correct host, or name the CA in ca_file"
    } else if why.starts_with("MAIL") || why.starts_with("RCPT") {
        "let the account send as its tagged address (name+tag@domain) and to itself, or choose another [addresses] style"
    } else if account {
        "compare [smtp] user and password_file with the provider's; some want a password for applications, or OAuth2"
    } else {
        "correct [smtp] host, port and tls; is a firewall between?"
    };
    line("smtp", Verdict::Fail, why, fix)
}

/// A mail to our own tagged address, sent and found again.
pub(super) async fn round_trip(config: &Config, now: &(dyn Fn() -> Timestamp + Sync)) -> Line {
    match timeout(TRIP + WHOLE, trip(config, now)).await {
        Ok(Ok(says)) => ok("address", says),
        Ok(Err(failed)) => failed,
        Err(_elapsed) => slow("address"),
    }
}

async fn trip(config: &Config, now: &(dyn Fn() -> Timestamp + Sync)) -> Result<String, Line> {
    let fail = |says: String, fix: &str| line("address", Verdict::Fail, says, fix);
    let began = now();
    let number = u32::try_from(began.timestamp().rem_euclid(1 << 24)).unwrap_or(0);
    let written = ping(number, began, &config.ink);
    let (envelope, bytes) = written.map_err(|error| fail(error.to_string(), "choose another [addresses] style"))?;
    let id = message_id(&bytes);
    let connection = Connection::open(&hurried_server(&config.server))
        .await
        .map_err(|outcome| refused(&outcome))?;
    let (outcome, connection) = connection.deliver(&envelope, &bytes, async || Ok(())).await;
    if let Some(connection) = connection {
        connection.close().await;
    }
    if !matches!(outcome, Outcome::Sent { .. }) {
        return Err(refused(&outcome));
    }
    let account = hurried(&config.account);
    let trouble = |trouble: Trouble| fail(trouble.to_string(), imap_fix(&trouble));
    let mut session = Session::open(&account).await.map_err(trouble)?;
    for _ in 0..TRIP.as_secs() / GLANCE.as_secs() {
        for folder in &account.folders {
            let (open, _) = session.examine(folder).await.map_err(trouble)?;
            let (open, found) = open.holds(&id).await.map_err(trouble)?;
            session = open;
            if found {
                session.close().await;
                let seconds = (now() - began).num_milliseconds() as f64 / 1000.0;
                return Ok(format!("a mail to our tagged address came back to {folder} after {seconds:.1} s"));
            }
        }
        sleep(GLANCE).await;
    }
    session.close().await;
    let says = format!(
        "a mail to our tagged address was taken and did not arrive within {} s",
        TRIP.as_secs()
    );
    Err(fail(
        says,
        "the mailbox must accept name+tag@domain (see [addresses] style), and [imap] folders must hold where it lands: look in Junk",
    ))
}

/// As it stands in the message, without its angle brackets.
fn message_id(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let field = text.lines().find_map(|line| line.strip_prefix("Message-ID:")).unwrap_or_default();
    field.trim().trim_matches(['<', '>']).to_owned()
}

fn slow(name: &'static str) -> Line {
    let fix = "is the server overloaded, or a firewall between that swallows packets?";
    line(name, Verdict::Fail, format!("no end within {} s", WHOLE.as_secs()), fix)
}

/// A login name is an address more often than not.
fn masked(user: &str) -> String {
    match user.split_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
        None => format!("{}***", user.chars().next().unwrap_or('*')),
    }
}
