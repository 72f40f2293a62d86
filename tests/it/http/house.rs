//! A listener on loopback over a desk that keeps its state in memory and writes down every press.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use replyd::compose::{Agency, Brand, Colour};
use replyd::conversation::{Offered, Proxy, Ticked};
use replyd::http::{
    Action, Answer, Api, CandidateView, Check, Confirm, Desk, Health, Limits, Pages, ParkedState, ParkedView, Press, Settings, View, serve,
};
use replyd::link::{Claim, Key, Keyring, Scope, prefix, sha256};
use replyd::model::{Address, ConversationId, Decision, Reason, SubmissionId, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) struct State {
    pub(super) now: Timestamp,
    pub(super) view: View,
    pub(super) presses: Vec<Press>,
    pub(super) seen: Vec<Claim>,
    /// What the desk answers instead of a page.
    pub(super) look: Option<Answer>,
    pub(super) press: Option<Answer>,
    pub(super) healthy: bool,
}

pub(super) struct House {
    pub(super) address: SocketAddr,
    pub(super) keyring: Keyring,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) looks: Arc<AtomicUsize>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// How a house differs from the usual one.
pub(super) struct Plan {
    pub(super) confirm: Confirm,
    pub(super) limits: Limits,
    pub(super) keys: Vec<Key>,
    pub(super) proxies: Vec<std::net::IpAddr>,
    pub(super) brands: Vec<Brand>,
    pub(super) api: Option<Api>,
}

pub(super) fn agency(name: &str, colour: Colour) -> Agency {
    Agency {
        name: name.into(),
        signature: Vec::new(),
        colour,
        website: None,
        logo: None,
    }
}

impl Default for Plan {
    fn default() -> Self {
        let limits = Limits {
            posts_per_minute: 10_000,
            ..Limits::default()
        };
        Self {
            confirm: Confirm::Press,
            limits,
            keys: vec![key(1), key(2)],
            proxies: Vec::new(),
            brands: Vec::new(),
            api: None,
        }
    }
}

pub(super) fn key(id: u8) -> Key {
    Key {
        id,
        secret: sha256(&[id]),
        retired: false,
    }
}

pub(super) const ANA: SubmissionId = SubmissionId(11);
pub(super) const CARL: SubmissionId = SubmissionId(12);
pub(super) const MAI: SubmissionId = SubmissionId(13);

fn candidate(submission: SubmissionId, name: &str, summary: &str) -> CandidateView {
    CandidateView {
        submission,
        name: name.to_owned(),
        cv: String::new(),
        summary: summary.to_owned(),
        decision: None,
        until: None,
        until_spelled: None,
        waiting: None,
        confirmed: false,
        reasons: Vec::new(),
        reason_words: String::new(),
        guess: None,
        needs_confirmation: false,
        ended: None,
    }
}

pub(super) fn view() -> View {
    View {
        batch: ConversationId(5),
        client: "Brightwell Payments".to_owned(),
        project: "Senior Java developer".to_owned(),
        reference: "REF-7K3Q".to_owned(),
        addressed_to: "j***@brightwell.example".to_owned(),
        proxy: Proxy::Confirm,
        offered: twelve(),
        shares: false,
        silent: None,
        candidates: vec![
            candidate(
                ANA,
                "Ana Souza",
                "Ten years of payment back ends in Java and Kotlin, the last four at a card issuer in Lisbon. Led a team of six.\nAvailable in four weeks, remote or two days a week in London.",
            ),
            candidate(
                CARL,
                "Carl Meyer",
                "Six years of Java, three of them on ledgers and reconciliation. Wrote the clearing adapter of a mid-sized bank. Looks for a team that ships weekly.",
            ),
            candidate(
                MAI,
                "Nguyễn Thị Mai",
                "Platform engineer with a Java past: Kafka, Postgres, on-call. Moves to London in March.",
            ),
        ],
        parked: Some(ParkedView {
            name: "Bo Lindqvist".to_owned(),
            words: "Hi, Jane is away. Yes to Ana please,\nand Carl is too junior for this.".to_owned(),
            would: vec![(ANA, Decision::Interested), (CARL, Decision::Pass)],
            state: ParkedState::Waits,
        }),
        interview: None,
        mail_instead: "mailto:talent+abc@northwind.example?subject=REF-7K3Q".to_owned(),
    }
}

impl House {
    pub(super) async fn open() -> Self {
        Self::with(Plan::default()).await
    }

    pub(super) async fn with(plan: Plan) -> Self {
        let keyring = Keyring::new(plan.keys).unwrap();
        let state = Arc::new(Mutex::new(State {
            now: "2026-07-14T13:00:00Z".parse().unwrap(),
            view: view(),
            presses: Vec::new(),
            seen: Vec::new(),
            look: None,
            press: None,
            healthy: true,
        }));
        let looks = Arc::new(AtomicUsize::new(0));
        let settings = Settings {
            keyring: keyring.clone(),
            agency: agency("Northwind Talent", Colour::DEFAULT),
            brands: plan.brands,
            mailbox: Some(Address::parse("talent@northwind.example").unwrap()),
            confirm: plan.confirm,
            trusted_proxies: plan.proxies,
            public_url: "https://replies.northwind.example".to_owned(),
            limits: plan.limits,
            pages: Pages::builtin().unwrap(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Desk {
            api: plan.api,
            ..desk(&state, &looks)
        };
        let serving = tokio::spawn(serve(listener, settings, desk, std::future::pending()));
        Self {
            address,
            keyring,
            state,
            looks,
            serving,
        }
    }

    pub(super) fn claim(&self, scope: Scope, item: i64) -> Claim {
        let now = Claim::minute(self.state.lock().unwrap().now);
        Claim {
            item,
            addressed_to: 0,
            scope,
            expires_min: now + 30 * 24 * 60,
            generation: 1,
        }
    }

    /// The path of a link.
    pub(super) fn path(&self, claim: &Claim) -> String {
        format!("/{}/{}", prefix(claim.scope), self.keyring.token(claim))
    }

    pub(super) fn decide(&self, decision: Decision, who: SubmissionId) -> String {
        self.path(&self.claim(Scope::Decide(decision), who.0))
    }

    /// One link of each kind.
    pub(super) fn links(&self) -> Vec<String> {
        let decide = Decision::ALL
            .into_iter()
            .flat_map(|decision| [ANA, CARL].map(|who| self.decide(decision, who)));
        let others = [
            (Scope::Undo, ANA.0),
            (Scope::Reasons, CARL.0),
            (Scope::Batch, 5),
            (Scope::Confirm, 3),
            (Scope::Look, 5),
        ];
        decide
            .chain(others.map(|(scope, item)| self.path(&self.claim(scope, item))))
            .collect()
    }

    pub(super) fn push_clock(&self, minutes: i64) {
        self.state.lock().unwrap().now += chrono::Duration::minutes(minutes);
    }

    pub(super) fn presses(&self) -> Vec<Press> {
        self.state.lock().unwrap().presses.clone()
    }

    pub(super) fn actions(&self) -> Vec<Action> {
        self.presses().into_iter().map(|press| press.action).collect()
    }

    pub(super) fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }

    pub(super) async fn get(&self, path: &str) -> Heard {
        self.ask("GET", path, &[], "").await
    }

    /// Sends a form as a browser does.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[kind], &encode(fields)).await
    }

    /// Opens the page, then presses a button on it.
    pub(super) async fn press(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let page = self.get(path).await;
        let nonce = page.nonce();
        let mut all = vec![("nonce", nonce.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    pub(super) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: replies.northwind.example\r\nconnection: close\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        text.push_str(&format!("\r\n{body}"));
        self.raw(text.as_bytes()).await
    }

    /// Writes octets and reads whatever comes back until the end.
    pub(super) async fn raw(&self, octets: &[u8]) -> Heard {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // The listener may hang up on what is too long before all of it is written.
        let _ = socket.write_all(octets).await;
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        Heard::parse(&answer)
    }
}

/// Applies presses as far as pages need it: the rules proper are those of the conversation.
fn desk(state: &Arc<Mutex<State>>, looks: &Arc<AtomicUsize>) -> Desk {
    let (for_look, for_press, for_seen, for_health, for_now) = (state.clone(), state.clone(), state.clone(), state.clone(), state.clone());
    let looks = looks.clone();
    Desk {
        cvs: None,
        look: Arc::new(move |_| {
            looks.fetch_add(1, Ordering::Relaxed);
            let state = for_look.lock().unwrap();
            let answer = state.look.clone().unwrap_or_else(|| Answer::Page(Box::new(state.view.clone())));
            async move { answer }.boxed()
        }),
        press: Arc::new(move |press| {
            let mut state = for_press.lock().unwrap();
            let until = state.now + chrono::Duration::minutes(10);
            let waits = press.visit.someone_else.is_some() && state.view.proxy != Proxy::Accept;
            if !press.visit.automated && !waits {
                apply(&mut state.view, &press, until);
            }
            state.presses.push(press);
            let mailed = (state.presses.last().map(|press| &press.action) == Some(&Action::FreshLink)).then(|| Answer::Mailed {
                to: state.view.addressed_to.clone(),
                client: state.view.client.clone(),
            });
            let answer = state
                .press
                .clone()
                .or(mailed)
                .unwrap_or_else(|| Answer::Page(Box::new(state.view.clone())));
            async move { answer }.boxed()
        }),
        seen: Some(Arc::new(move |claim| for_seen.lock().unwrap().seen.push(claim))),
        health: Arc::new(move || {
            let check = Check {
                name: "imap".to_owned(),
                ok: for_health.lock().unwrap().healthy,
                says: "20 s ago".to_owned(),
                fix: String::new(),
            };
            let instance = "0011223344556677".to_owned();
            async move {
                Health {
                    checks: vec![check],
                    instance,
                }
            }
            .boxed()
        }),
        api: None,
        hub: None,
        now: Arc::new(move || for_now.lock().unwrap().now),
    }
}

/// The reasons there are.
pub(super) fn twelve() -> Vec<Offered> {
    let of = |reason: Reason| Offered {
        ticked: Ticked::Reason(reason),
        label: reason.label().to_owned(),
        reason,
    };
    Reason::ALL.map(of).to_vec()
}

const fn reason(ticked: &Ticked) -> Option<Reason> {
    match ticked {
        Ticked::Reason(reason) => Some(*reason),
        Ticked::Own(_) => None,
    }
}

fn apply(view: &mut View, press: &Press, until: Timestamp) {
    for one in &mut view.candidates {
        match &press.action {
            Action::Decide(decisions) => {
                if let Some((_, decision)) = decisions.iter().find(|(id, _)| *id == one.submission) {
                    one.decision = Some(*decision);
                    one.until = Some(until);
                    one.until_spelled = Some("Tue 14 July 2026, 14:10 (UTC+1)".to_owned());
                }
            }
            Action::Undo(id) if *id == one.submission => {
                (one.decision, one.until, one.until_spelled) = (None, None, None);
            }
            Action::Reasons(id, reasons) if *id == one.submission => one.reasons = reasons.iter().filter_map(reason).collect(),
            Action::Confirm(yes) => {
                if let Some(parked) = &mut view.parked {
                    parked.state = if *yes { ParkedState::Counts } else { ParkedState::SetAside };
                }
            }
            Action::Undo(_) | Action::Reasons(..) | Action::Interview(_) | Action::GoOn(..) | Action::FreshLink | Action::View => {}
        }
    }
}

/// An answer as it came over the wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Heard {
    pub(super) fn parse(answer: &[u8]) -> Self {
        let text = String::from_utf8_lossy(answer);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|status| status.parse().ok());
        let header = |line: &str| {
            line.split_once(": ")
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        };
        Self {
            status: status.unwrap_or(0),
            headers: lines.filter_map(header).collect(),
            body: body.to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The nonce of the page.
    pub(super) fn nonce(&self) -> String {
        let at = self.body.find("name=\"nonce\" value=\"").expect("a page with a form") + 20;
        self.body[at..].split('"').next().unwrap().to_owned()
    }

    pub(super) fn says(&self, words: &str) {
        assert!(self.body.contains(words), "{words:?} is not on the page:\n{}", self.main());
    }

    pub(super) fn says_not(&self, words: &str) {
        assert!(!self.body.contains(words), "{words:?} is on the page:\n{}", self.main());
    }

    fn main(&self) -> &str {
        self.body.split("<main>").nth(1).unwrap_or(&self.body)
    }
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
                    (b as char).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect::<String>()
    };
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

/// Marks a candidate as decided.
pub(super) fn decided(house: &House, who: SubmissionId, decision: Decision, resting: bool, reasons: &[Reason]) {
    let mut state = house.state.lock().unwrap();
    let until = state.now + chrono::Duration::minutes(10);
    let one = state.view.candidates.iter_mut().find(|one| one.submission == who).unwrap();
    one.decision = Some(decision);
    one.until = resting.then_some(until);
    one.until_spelled = resting.then(|| "Tue 14 July 2026, 14:10 (UTC+1)".to_owned());
    one.reasons = reasons.to_vec();
}
