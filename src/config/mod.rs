//! config.toml: as written ([`file`]), then as meant ([`Config`]).
//!
//! In: a path. Out: a value in which every key is checked, every secret read, every default filled in.
//! Never here: a secret in an error or in `Debug`; a key that is silently ignored.

mod account;
mod batch;
mod brand;
mod calendars;
mod file;
mod keys;
mod reasons;
mod recruiters;
mod secret;
mod text;
mod webhooks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveTime;

use crate::calendar::{Hours, OpenDays, Zone};
use crate::compose::{Ink, Signer, Templates};
use crate::conversation::{Order, Policy, Proxy, Scheduling, Share};
use crate::inbox::Account;
use crate::link::{AddressStyle, Links};
use crate::message::{Border, Stamps};
use crate::model::{Address, HeaderText, Mailbox, Secret};
use crate::outbox::Server;
use crate::store::Limits;

use account::Provider;

pub use account::OAuth;
pub use batch::{BatchError, batch_of_draft, contact_data_in_cvs, parse_batch, read_batch, summary};
pub use calendars::{Calendars, PersonsCalendar};
pub use file::File;
pub use keys::{KeptKey, fresh_secret, keys_file_text, put_keys_back, read_keys, reread_keys, retire_key, rotate_keys, throw_away_keyring};
pub use recruiters::Recruiter;
pub use text::{ConfigError, parse_toml};
pub use webhooks::Webhooks;

/// The configuration as meant.
#[derive(Clone)]
pub struct Config {
    /// How the agency writes.
    pub ink: Ink,
    /// The agency's zone.
    pub zone: Zone,
    /// The database.
    pub database: PathBuf,
    /// The mailbox that is read.
    pub account: Account,
    /// How often it is asked at least.
    pub poll: std::time::Duration,
    /// Where tokens come from, when the account is opened with OAuth2.
    pub oauth: Option<OAuth>,
    /// The server that takes our letters.
    pub server: Server,
    /// Connections kept to it while letters wait.
    pub connections: usize,
    /// How much is sent.
    pub limits: Limits,
    /// Whom to believe.
    pub border: Border,
    /// Where pages are served.
    pub listen: SocketAddr,
    /// Whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Presses taken from one network in a minute.
    pub posts_per_minute: u32,
    /// `decision.confirm = immediate`.
    pub immediate: bool,
    /// Templates in here replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// Calendars of people.
    pub calendars: Calendars,
    /// Who may enter the hub beside the recruiters whom batches name, and what they see there.
    pub recruiters: Vec<Recruiter>,
    /// When they are told each working day how things stand, by their own clocks; `None` for never.
    pub digest: Option<NaiveTime>,
    /// How long what was handed in by mail waits for a word.
    pub drafts: chrono::Duration,
    /// How conversations behave.
    pub policy: Policy,
    /// Each opens `/v1`; none: there is no API.
    pub api_keys: Vec<crate::http::ApiKey>,
    /// Who hears of events.
    pub webhooks: Webhooks,
    /// How often replyd writes to itself to see that mail comes through.
    pub self_ping: Option<std::time::Duration>,
    /// How long mails and letters of batches that have ended are kept; `None` for ever.
    pub mail_days: Option<chrono::Duration>,
    /// How long people are known in batches that have ended, from the last event of a batch; `None` for ever.
    pub people_days: Option<chrono::Duration>,
    /// The signing keys, for [`reread_keys`].
    pub keys_file: PathBuf,
}

/// Where an installation keeps what it knows.
#[derive(Debug, Clone)]
pub struct Places {
    /// The database.
    pub database: PathBuf,
    /// The signing keys.
    pub keys_file: PathBuf,
}

impl Config {
    /// Reads a configuration file and everything it refers to. Makes the signing keys when there are none.
    ///
    /// # Errors
    /// Names the file, the line or key, and the fix.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::look(path)?.with_keys_made()
    }

    /// The same for whoever only looks: nothing is made, and where there are no signing keys yet, nothing that is signed is ever verified.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn look(path: &Path) -> Result<Self, ConfigError> {
        Self::meant(path, &Self::written(path)?, Secrets::Read)
    }

    /// The same for whoever neither fetches nor sends: no password, API key or DKIM key is read, and none need be there yet. Whatever would
    /// be signed with DKIM is not.
    ///
    /// # Errors
    /// As [`Config::load`], for what stands in the file itself.
    pub fn without_secrets(path: &Path) -> Result<Self, ConfigError> {
        Self::meant(path, &Self::written(path)?, Secrets::LeftOut)
    }

    /// Makes the signing keys when there are none, and signs with those in the file.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn with_keys_made(mut self) -> Result<Self, ConfigError> {
        self.ink.keyring = keys::load_or_make(&self.keys_file)?;
        Ok(self)
    }

    /// Only where the data lies, without reading a secret or making anything: enough for backups and keys.
    ///
    /// # Errors
    /// As [`Config::load`], for what stands in the file itself.
    pub fn places(path: &Path) -> Result<Places, ConfigError> {
        let (file, here) = (Self::written(path)?, path.parent().unwrap_or(Path::new(".")));
        Ok(Places {
            database: here.join(&file.store.database),
            keys_file: here.join(&file.links.keys_file),
        })
    }

    fn written(path: &Path) -> Result<File, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(path, format!("cannot be read: {error}; {}", elsewhere(path))))?;
        parse_toml(path, &text)
    }

    fn meant(path: &Path, file: &File, secrets: Secrets) -> Result<Self, ConfigError> {
        let here = path.parent().unwrap_or(Path::new("."));
        let key = Key { path, secrets };
        let address = key.parse::<Address>("agency.address", &file.agency.address)?;
        let agency = brand::agency(&key, here, file)?;
        let zone = key.parse::<Zone>("agency.zone", &file.agency.zone)?;
        let business = hours(&key, "hours.business", &file.hours.business, false)?;
        let polite = hours(&key, "hours.quiet", &file.hours.quiet, true)?;
        let templates = match file.templates.directory.as_str() {
            "" => Templates::builtin(),
            directory => Templates::with_overrides(&here.join(directory)),
        }
        .map_err(|error| key.wrong("templates.directory", &error.to_string()))?;
        let ink = Ink {
            brands: brand::brands(&key, here, file, &agency)?,
            bot: Mailbox {
                name: if file.agency.sender.is_empty() {
                    agency.name.clone()
                } else {
                    HeaderText::new(&file.agency.sender)
                },
                address: address.clone(),
            },
            style: AddressStyle::parse(&file.addresses.style).map_err(|error| key.wrong("addresses.style", &error.to_string()))?,
            links: Links::new(&file.http.public_url).map_err(|error| key.wrong("http.public_url", &error.to_string()))?,
            keyring: keys::load(&here.join(&file.links.keys_file))?,
            templates: Arc::new(templates),
            message_id_domain: match file.addresses.message_id_domain.as_str() {
                "" => address.domain().to_owned(),
                domain => key
                    .parse::<Address>("addresses.message_id_domain", &format!("x@{domain}"))?
                    .domain()
                    .to_owned(),
            },
            dkim: dkim(&key, here, file)?,
            agency,
        };
        let provider = Provider::of(&key, file)?;
        let recruiters = recruiters::recruiters(&key, file, zone)?;
        let oauth = account::oauth(&key, here, file, provider)?;
        let (reading, sending) = (provider.reading(&key, &file.imap)?, provider.sending(&key, &file.smtp)?);
        let (imap_login, smtp_login) = account::logins(&key, here, file, oauth.as_ref())?;
        Ok(Self {
            ink,
            zone,
            database: here.join(&file.store.database),
            account: Account {
                name: "main".to_owned(),
                host: reading.host,
                port: reading.port,
                tls: reading.tls,
                login: imap_login,
                ca_file: optional_path(here, &file.imap.ca_file),
                folders: match file.imap.folders.is_empty() {
                    true => return Err(key.wrong("imap.folders", "names no folder; nothing would ever be read")),
                    false => file.imap.folders.clone(),
                },
                limits: crate::inbox::Limits::default(),
            },
            poll: std::time::Duration::from_secs(key.within("imap.poll_s", file.imap.poll_s, 1..=3600)?),
            oauth,
            server: Server {
                host: sending.host,
                port: sending.port,
                tls: sending.tls,
                login: smtp_login,
                ca_file: optional_path(here, &file.smtp.ca_file),
                hello: file.smtp.hello.clone(),
                pipelining: file.smtp.pipelining,
                deadlines: crate::outbox::Deadlines::default(),
            },
            connections: usize::try_from(key.within("smtp.connections", file.smtp.connections, 1..=16)?).unwrap_or(1),
            limits: account::limits(&key, file, provider)?,
            border: border(&key, file, provider)?,
            listen: file.http.listen.parse().map_err(|_| {
                let what = format!(
                    "{:?} is not an address to listen on; write one with a port, such as 127.0.0.1:8025",
                    file.http.listen
                );
                key.wrong("http.listen", &what)
            })?,
            trusted_proxies: file
                .http
                .trusted_proxies
                .iter()
                .map(|one| key.parse("http.trusted_proxies", one))
                .collect::<Result<_, _>>()?,
            posts_per_minute: u32::try_from(key.within("http.posts_per_minute", file.http.posts_per_minute, 1..=u64::from(u32::MAX))?)
                .unwrap_or(u32::MAX),
            immediate: match file.decision.confirm.as_str() {
                "press" => false,
                "immediate" => true,
                other => return Err(key.wrong("decision.confirm", &format!("{other:?} is not one of press, immediate"))),
            },
            templates: optional_path(here, &file.templates.directory),
            calendars: calendars::calendars(&key, here, file)?,
            digest: digest(&key, &file.digest.at)?,
            drafts: chrono::Duration::days(i64::try_from(key.within("drafts.keep_days", file.drafts.keep_days, 1..=90)?).unwrap_or(14)),
            policy: Policy {
                leads: leads(&recruiters),
                ..policy(&key, file, business, polite)?
            },
            recruiters,
            api_keys: webhooks::api_keys(&key, here, &file.api.key_files)?,
            webhooks: webhooks::webhooks(&key, here, file)?,
            self_ping: match key.within("health.self_ping_min", file.health.self_ping_min, 0..=1440)? {
                0 => None,
                minutes => Some(std::time::Duration::from_secs(60 * minutes)),
            },
            mail_days: kept_days(&key, "retention.mail_days", file.retention.mail_days)?,
            people_days: kept_days(&key, "retention.people_days", file.retention.people_days)?,
            keys_file: here.join(&file.links.keys_file),
        })
    }
}

fn kept_days(key: &Key<'_>, name: &str, days: u64) -> Result<Option<chrono::Duration>, ConfigError> {
    // Shorter than links live, an answer would find nothing to be laid against.
    let days = if days == 0 { 0 } else { key.within(name, days, 30..=36_500)? };
    Ok((days > 0).then(|| chrono::Duration::days(i64::try_from(days).unwrap_or(i64::MAX))))
}

/// Those who are told when nobody answers.
fn leads(recruiters: &[recruiters::Recruiter]) -> Vec<Mailbox> {
    recruiters.iter().filter(|one| one.lead).map(|one| one.mailbox.clone()).collect()
}

fn policy(key: &Key<'_>, file: &File, business: Hours, polite: Hours) -> Result<Policy, ConfigError> {
    let small = |name: &str, value: u64, range| key.within(name, value, range).map(|value| u8::try_from(value).unwrap_or(u8::MAX));
    let medium = |name: &str, value: u64, range| key.within(name, value, range).map(|value| u32::try_from(value).unwrap_or(u32::MAX));
    const LIFETIMES: [u64; 8] = [1, 7, 14, 30, 60, 90, 180, 365];
    if !LIFETIMES.contains(&file.links.days) {
        return Err(key.wrong(
            "links.days",
            &format!("{} is not one of 1, 7, 14, 30, 60, 90, 180, 365", file.links.days),
        ));
    }
    if file.chase.hours.is_empty() || file.chase.hours.len() > 10 || !file.chase.hours.is_sorted_by(|a, b| a < b) {
        return Err(key.wrong("chase.hours", "must hold one to ten numbers, each larger than the one before"));
    }
    Ok(Policy {
        grace_yes_min: medium("decision.grace_yes_min", file.decision.grace_yes_min, 2..=60)?,
        grace_pass_min: medium("decision.grace_pass_min", file.decision.grace_pass_min, 2..=1440)?,
        link_days: u32::try_from(file.links.days).unwrap_or(30),
        maybe_days: medium("decision.maybe_days", file.decision.maybe_days, 1..=60)?,
        chase_hours: file.chase.hours.clone(),
        unclear_limit: small("decision.unclear_limit", file.decision.unclear_limit, 1..=10)?,
        nudge_limit: small("chase.nudge_limit", file.chase.nudge_limit, 0..=4)?,
        daily_limit: small("chase.daily_limit", file.chase.daily_limit, 1..=10)?,
        backup_hours: medium("chase.backup_hours", file.chase.backup_hours, 1..=240)?,
        leads: Vec::new(),
        hourly_answers: 5,
        grace_order_min: medium("decision.grace_order_min", file.decision.grace_order_min, 1..=60)?,
        proxy: match file.decision.proxy.as_str() {
            "confirm" => Proxy::Confirm,
            "accept" => Proxy::Accept,
            "refuse" => Proxy::Refuse,
            other => return Err(key.wrong("decision.proxy", &format!("{other:?} is not one of confirm, accept, refuse"))),
        },
        reasons: reasons::checked(&file.feedback.reasons)
            .map_err(|(at, what)| key.wrong("feedback.reasons", &format!("number {}: {what}", at + 1)))?,
        share: match file.feedback.share.as_str() {
            "never" => Share::Never,
            "draft" => Share::Draft,
            other => return Err(key.wrong("feedback.share", &format!("{other:?} is not one of never, draft"))),
        },
        cv_code: file.privacy.cv_code,
        polite,
        business,
        scheduling: scheduling(key, file)?,
    })
}

fn digest(key: &Key<'_>, at: &str) -> Result<Option<NaiveTime>, ConfigError> {
    if at.trim().is_empty() {
        return Ok(None);
    }
    let time = NaiveTime::parse_from_str(at.trim(), "%H:%M");
    time.map(Some)
        .map_err(|_| key.wrong("digest.at", &format!("{at:?} is not a time such as \"08:00\", nor \"\" for never")))
}

fn scheduling(key: &Key<'_>, file: &File) -> Result<Scheduling, ConfigError> {
    let file = &file.scheduling;
    let small = |name: &str, value: u64, range| key.within(name, value, range).map(|value| u8::try_from(value).unwrap_or(u8::MAX));
    let medium = |name: &str, value: u64, range| key.within(name, value, range).map(|value| u32::try_from(value).unwrap_or(u32::MAX));
    let falling = file.reminders_min.is_sorted_by(|a, b| a > b);
    if file.reminders_min.len() > 5 || !falling || file.reminders_min.iter().any(|minutes| !(5..=20_160).contains(minutes)) {
        return Err(key.wrong(
            "scheduling.reminders_min",
            "must hold at most five numbers of minutes from 5 to 20160 (two weeks), each smaller than the one before",
        ));
    }
    Ok(Scheduling {
        order: match file.order.as_str() {
            "candidate" => Order::Candidate,
            "client" => Order::Client,
            "both" => Order::Both,
            "nobody" => Order::Nobody,
            other => {
                return Err(key.wrong(
                    "scheduling.order",
                    &format!("{other:?} is not one of candidate, client, both, nobody"),
                ));
            }
        },
        slots: small("scheduling.slots", file.slots, 1..=10)?,
        notice_h: medium("scheduling.notice_h", file.notice_h, 0..=336)?,
        travel_min: medium("scheduling.travel_min", file.travel_min, 0..=1440)?,
        nudges: small("scheduling.nudges", file.nudges, 0..=4)?,
        rounds: small("scheduling.rounds", file.rounds, 1..=10)?,
        moves: small("scheduling.moves", file.moves, 0..=10)?,
        cutoff_h: medium("scheduling.cutoff_h", file.cutoff_h, 0..=336)?,
        reminders_min: file.reminders_min.clone(),
        quorum: match file.panel.quorum {
            0 => None,
            some => Some(small("scheduling.panel.quorum", some, 1..=9)?),
        },
    })
}

fn border(key: &Key<'_>, file: &File, provider: Provider) -> Result<Border, ConfigError> {
    let trust_mailbox = match file.inbound.authentication.as_str() {
        "require" => false,
        "trust-mailbox" => true,
        other => return Err(key.wrong("inbound.authentication", &format!("{other:?} is not one of require, trust-mailbox"))),
    };
    let stamps = match (file.inbound.server.as_str(), provider) {
        ("gmail", _) | ("", Provider::Gmail) => Stamps::Gmail,
        ("microsoft365", _) | ("", Provider::Microsoft365) => Stamps::Exchange,
        ("standard", _) | ("", Provider::Plain) => Stamps::Standard,
        (other, _) => return Err(key.wrong("inbound.server", &format!("{other:?} is not one of standard, gmail, microsoft365"))),
    };
    if !trust_mailbox && stamps == Stamps::Standard && file.inbound.authserv_id.is_empty() {
        return Err(key.wrong(
            "inbound.authserv_id",
            "is needed with authentication = \"require\": copy the first word after \"Authentication-Results:\" in a mail you received",
        ));
    }
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(Border {
        authserv_id: some(&file.inbound.authserv_id),
        host: some(&file.inbound.border),
        trust_mailbox,
        stamps,
    })
}

fn dkim(key: &Key<'_>, here: &Path, file: &File) -> Result<Option<Arc<Signer>>, ConfigError> {
    if file.dkim.domain.is_empty() && file.dkim.selector.is_empty() && file.dkim.key_file.is_empty() {
        return Ok(None);
    }
    if file.dkim.domain.is_empty() || file.dkim.selector.is_empty() || file.dkim.key_file.is_empty() {
        return Err(key.wrong("dkim", "needs all of domain, selector and key_file, or none"));
    }
    if key.secrets == Secrets::LeftOut {
        return Ok(None);
    }
    let pem = key.secret(here, "dkim.key_file", &file.dkim.key_file)?;
    let signer = Signer::from_pem(&file.dkim.domain, &file.dkim.selector, pem.expose());
    signer
        .map(|signer| Some(Arc::new(signer)))
        .map_err(|error| key.wrong("dkim.key_file", &error.to_string()))
}

/// `09:00-18:00`; with `outside`, what lies outside the span, every day.
fn hours(key: &Key<'_>, name: &str, text: &str, outside: bool) -> Result<Hours, ConfigError> {
    let time = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").ok();
    let span = text.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
    let wrong = || key.wrong(name, &format!("{text:?} is not a span such as 09:00-18:00"));
    let (from, to) = span.ok_or_else(wrong)?;
    let (from, to, days) = if outside {
        (to, from, OpenDays::Every)
    } else {
        (from, to, OpenDays::Weekdays)
    };
    if from >= to {
        return Err(key.wrong(name, "must leave some of the day open"));
    }
    Ok(Hours { from, to, days })
}

fn optional_path(here: &Path, text: &str) -> Option<PathBuf> {
    if text.is_empty() { None } else { Some(here.join(text)) }
}

/// What to do about a configuration that is not there.
fn elsewhere(path: &Path) -> &'static str {
    // Nobody named this one: it is the usual name, in the directory at hand.
    if path == Path::new("config.toml") {
        "there is none here and no /etc/replyd/config.toml; name one with --config, or start there: README, \"Run it\""
    } else {
        "name another file with --config"
    }
}

/// Whether what `…_file` names is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Read,
    LeftOut,
}

/// Makes errors that name a key.
struct Key<'a> {
    path: &'a Path,
    secrets: Secrets,
}

impl Key<'_> {
    /// The secret that a key refers to; an empty one for whoever wants none.
    fn secret(&self, here: &Path, name: &str, reference: &str) -> Result<Secret, ConfigError> {
        match self.secrets {
            Secrets::Read => secret::read(here, name, reference).map_err(|error| self.wrong(name, &error)),
            Secrets::LeftOut => Ok(Secret::new(String::new())),
        }
    }

    fn wrong(&self, key: &str, what: &str) -> ConfigError {
        ConfigError::new(self.path, format!("{key}: {what}"))
    }

    fn parse<T: FromStr>(&self, key: &str, text: &str) -> Result<T, ConfigError>
    where
        T::Err: std::fmt::Display,
    {
        text.parse().map_err(|error: T::Err| self.wrong(key, &error.to_string()))
    }

    fn within(&self, key: &str, value: u64, range: std::ops::RangeInclusive<u64>) -> Result<u64, ConfigError> {
        if range.contains(&value) {
            Ok(value)
        } else {
            Err(self.wrong(key, &format!("{value} is not between {} and {}", range.start(), range.end())))
        }
    }
}
