//! What programs ask: `/v1/…`, `/metrics` and `/healthz`.   RFC 6750, 9457
//!
//! In: requests with `Authorization: Bearer KEY`. Out: JSON, and batches handed to the daemon.
//! Never here: a body read before its sender's key is known; a key, or anything of a body, in a log.

mod change;
mod feed;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::memory::Pace;
use super::{Health, Problem, Traffic};
use crate::link::{network, same_secret};
use crate::model::Secret;

pub use change::{Change, Target};
pub use feed::Events;

/// The description of the API, as it is served.
const OPENAPI: &str = include_str!("openapi.json");
/// The description of events, as it is served.
const EVENTS: &str = include_str!("events.schema.json");
/// How long a body waits for its turn: those without CVs are done in no time.
const A_TURN: Duration = Duration::from_millis(800);
/// Longest key of a client's own that is kept.
const LONGEST_KEY: usize = 200;

/// The daemon's side of the API.
pub trait Office: Send + Sync {
    /// Hands in a batch, or only shows what would be written.
    fn hand_in(&self, order: Order) -> BoxFuture<'_, Result<HandedIn, Problem>>;
    /// A batch; `None` when there is none with this number.
    fn batch(&self, id: i64) -> BoxFuture<'_, Result<Option<Value>, Problem>>;
    /// A submission; `None` when there is none with this number.
    fn submission(&self, id: i64) -> BoxFuture<'_, Result<Option<Value>, Problem>>;
    /// A candidate; `None` when there is none with this number.
    fn candidate(&self, id: i64) -> BoxFuture<'_, Result<Option<Value>, Problem>>;
    /// Changes a submission or a candidate; gives it as it is then.
    fn change(&self, change: Change) -> BoxFuture<'_, Result<Option<Value>, Problem>>;
    /// Events after a number, oldest first.
    fn events(&self, after: i64, limit: u32) -> BoxFuture<'_, Result<Events, Problem>>;
    /// Everything countable, in the text format of Prometheus.
    fn metrics(&self) -> BoxFuture<'_, String>;
}

/// A batch that a program wants to hand in.
#[derive(Debug)]
pub struct Order {
    /// `Idempotency-Key`: the same key twice makes one batch.
    pub key: Option<String>,
    /// The batch as JSON.
    pub json: Bytes,
    /// Write the letters, keep and send nothing.
    pub dry_run: bool,
}

/// What became of it.
#[derive(Debug)]
pub enum HandedIn {
    /// It is new.
    New(i64, Value),
    /// This very batch was handed in before: the same answer once more.
    Before(i64, Value),
    /// What would be written.
    Rehearsed(Value),
}

/// What the listener needs for programs.
#[derive(Clone)]
pub struct Api {
    /// Each opens `/v1`; with none it is shut.
    pub keys: Vec<ApiKey>,
    /// Who answers.
    pub office: Arc<dyn Office>,
    /// Counts all requests.
    pub traffic: Arc<Traffic>,
    /// What a holder of a key may cost us.
    pub limits: ApiLimits,
}

/// A key of the API.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Under it timelines show what a program did.
    pub name: String,
    /// What programs send.
    pub secret: Secret,
}

/// What a holder of a key may cost us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiLimits {
    /// Octets of a body: what fits into one mail. More is answered with 413.
    pub body_bytes: usize,
    /// For the body to arrive. Later is answered with 408.
    pub body: Duration,
    /// Bodies held at one time. More wait a moment, and are then answered with 503.
    pub bodies: usize,
    /// Requests with one key in one minute. More are answered with 429.
    pub requests_per_minute: u32,
    /// Wrong keys from one network in one minute. More are answered with 429.
    pub wrong_keys_per_minute: u32,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            body_bytes: 25 << 20,
            body: Duration::from_secs(30),
            bodies: 4,
            requests_per_minute: 600,
            wrong_keys_per_minute: 30,
        }
    }
}

/// The door of the API.
pub(super) struct Gate {
    api: Api,
    by_key: Pace<usize>,
    by_network: Pace<[u8; 6]>,
    bodies: Semaphore,
}

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Asker {
    /// Behind proxies we trust, the address they name.
    pub(super) from: IpAddr,
    /// A program on this machine, and no proxy that speaks for somebody else.
    pub(super) local: bool,
    pub(super) now_min: u32,
}

impl Gate {
    pub(super) fn new(api: Api) -> Self {
        Self {
            by_key: Pace::default(),
            by_network: Pace::default(),
            bodies: Semaphore::new(api.limits.bodies),
            api,
        }
    }

    pub(super) fn traffic(&self) -> &Traffic {
        &self.api.traffic
    }

    /// How long a body may be on its way.
    pub(super) fn patience(&self) -> Duration {
        A_TURN + self.api.limits.body
    }

    /// `/v1/…`; `prefix` is the path under which a proxy shows us.
    pub(super) async fn answer(&self, parts: &Parts, body: Body, asker: Asker, prefix: &str) -> Response {
        let answered = self.dispatch(parts, body, asker, prefix).await;
        let answer = answered.unwrap_or_else(Problem::answer);
        tracing::debug!(method = %parts.method, status = answer.status().as_u16(), "the API was asked");
        answer
    }

    async fn dispatch(&self, parts: &Parts, body: Body, asker: Asker, prefix: &str) -> Result<Response, Problem> {
        if self.api.keys.is_empty() {
            let what = "The API is off: no key is configured. Name a file with a key in [api] key_files.";
            return Err(Problem::new(404, "api_off", what));
        }
        let mut path = parts.uri.path().split('/').skip(2);
        let resource = match (path.next(), path.next(), path.next()) {
            (Some("openapi.json"), None, None) => Resource::Description,
            (Some("batches"), None, None) => Resource::Batches,
            (Some("batches"), Some(id), None) => Resource::Batch(number(id)?),
            (Some("submissions"), Some(id), None) => Resource::Submission(number(id)?),
            (Some("candidates"), Some(id), None) => Resource::Candidate(number(id)?),
            (Some("events"), None, None) => Resource::Events,
            (Some("events.schema.json"), None, None) => Resource::EventSchema,
            _ => return Err(not_found()),
        };
        let (allowed, fits) = match resource {
            Resource::Batches => ("POST", parts.method == Method::POST),
            Resource::Description | Resource::EventSchema | Resource::Events | Resource::Batch(_) => {
                ("GET, HEAD", matches!(parts.method, Method::GET | Method::HEAD))
            }
            Resource::Submission(_) | Resource::Candidate(_) => {
                let fits = matches!(parts.method, Method::GET | Method::HEAD | Method::PATCH);
                ("GET, HEAD, PATCH", fits)
            }
        };
        if !fits {
            let mut answer = Problem::new(405, "method_not_allowed", format!("This address takes {allowed}.")).answer();
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
            return Ok(answer);
        }
        // The description is no secret.
        if resource == Resource::Description {
            return Ok(text(StatusCode::OK, "application/json", OPENAPI.to_owned()));
        }
        if resource == Resource::EventSchema {
            return Ok(text(StatusCode::OK, "application/schema+json", EVENTS.to_owned()));
        }
        let program = self.admit(&parts.headers, asker)?;
        let office = &self.api.office;
        let target = match resource {
            Resource::Submission(id) => Some(Target::Submission(id)),
            Resource::Candidate(id) => Some(Target::Candidate(id)),
            Resource::Description | Resource::EventSchema | Resource::Events | Resource::Batches | Resource::Batch(_) => None,
        };
        if let Some(target) = target.filter(|_| parts.method == Method::PATCH) {
            let change = self.change(parts, body, target, &program.name).await?;
            return found(office.change(change).await?);
        }
        match resource {
            Resource::Batches => self.hand_in(parts, body, prefix).await,
            Resource::Batch(id) => found(office.batch(id).await?),
            Resource::Submission(id) => found(office.submission(id).await?),
            Resource::Candidate(id) => found(office.candidate(id).await?),
            Resource::Events => {
                let (after, limit) = feed::asked(parts.uri.query())?;
                Ok(office.events(after, limit).await?.answer())
            }
            Resource::Description | Resource::EventSchema => Err(not_found()),
        }
    }

    async fn hand_in(&self, parts: &Parts, body: Body, prefix: &str) -> Result<Response, Problem> {
        let dry_run = rehearses(parts.uri.query())?;
        let key = client_key(&parts.headers)?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/json") {
            let what = "A batch is handed in as JSON: send Content-Type: application/json.";
            return Err(Problem::new(415, "not_json", what));
        }
        let Ok(Ok(_place)) = timeout(A_TURN, self.bodies.acquire()).await else {
            return Err(Problem::new(
                503,
                "busy",
                "Too many batches are coming in at this moment; try again in a minute.",
            ));
        };
        let limits = self.api.limits;
        let too_large = || {
            let what = format!(
                "A batch may have {} MiB with its CVs; most mail servers take no larger letter.",
                limits.body_bytes >> 20
            );
            Problem::new(413, "too_large", what)
        };
        // What is announced as too large is not waited for.
        if body.size_hint().lower() > limits.body_bytes as u64 {
            return Err(too_large());
        }
        let arrived = timeout(limits.body, to_bytes(body, limits.body_bytes)).await;
        let json = arrived
            .map_err(|_| Problem::new(408, "too_slow", "The batch did not arrive in time."))?
            .map_err(|_| too_large())?;
        let (status, id, value) = match self.api.office.hand_in(Order { key, json, dry_run }).await? {
            HandedIn::New(id, value) => (StatusCode::CREATED, Some(id), value),
            HandedIn::Before(id, value) => (StatusCode::OK, Some(id), value),
            HandedIn::Rehearsed(value) => (StatusCode::OK, None, value),
        };
        let mut answer = text(status, "application/json", value.to_string());
        if let Some(place) = id.and_then(|id| HeaderValue::from_str(&format!("{prefix}/v1/batches/{id}")).ok()) {
            answer.headers_mut().insert(header::LOCATION, place);
        }
        Ok(answer)
    }

    /// `/metrics`: for this machine, and for who holds a key.
    pub(super) async fn metrics(&self, headers: &HeaderMap, asker: Asker) -> Response {
        if !asker.local
            && let Err(problem) = self.admit(headers, asker)
        {
            return problem.answer();
        }
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        text(StatusCode::OK, kind, self.api.office.metrics().await)
    }

    /// Whether the details of `/healthz` are for this asker.
    pub(super) fn may_know(&self, headers: &HeaderMap, asker: Asker) -> bool {
        asker.local || self.holds_key(headers).is_some()
    }

    fn admit(&self, headers: &HeaderMap, asker: Asker) -> Result<&ApiKey, Problem> {
        let limits = self.api.limits;
        let too_many = |what: &str| Err(Problem::new(429, "too_many_requests", what));
        let held = self.holds_key(headers);
        match held.and_then(|index| Some((index, self.api.keys.get(index)?))) {
            Some((index, key)) if self.by_key.allows(index, limits.requests_per_minute, asker.now_min) => Ok(key),
            Some(_) => too_many("Too many requests with this key; go on in a minute."),
            None if !self
                .by_network
                .allows(network(asker.from), limits.wrong_keys_per_minute, asker.now_min) =>
            {
                too_many("Too many requests without a good key; go on in a minute.")
            }
            None => {
                let what = "This needs a key: send Authorization: Bearer KEY, with a key from a file named in [api] key_files.";
                Err(Problem::new(401, "no_key", what))
            }
        }
    }

    /// Which key a request bears. All keys are compared, so that the time says nothing of their order either.
    fn holds_key(&self, headers: &HeaderMap) -> Option<usize> {
        let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let same = self.api.keys.iter().map(|known| same_secret(key.trim(), known.secret.expose()));
        same.enumerate()
            .fold(None, |held, (index, same)| if same { Some(index) } else { held })
    }
}

/// What lies below `/v1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    Description,
    Batches,
    Batch(i64),
    Submission(i64),
    Candidate(i64),
    Events,
    EventSchema,
}

/// `/healthz`: everybody learns whether all is well, and this machine and holders of a key what is not and what to do.
pub(super) fn health(health: &Health, details: bool) -> Response {
    let status = if health.ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let bare = |check: &super::Check| json!({ "name": check.name, "ok": check.ok });
    let checks: Vec<Value> = match details {
        true => health.checks.iter().map(|check| json!(check)).collect(),
        false => health.checks.iter().map(bare).collect(),
    };
    let json = json!({ "ok": health.ok(), "replyd": health.instance, "checks": checks });
    text(status, "application/json", json.to_string())
}

/// A client's own key: a string of RFC 8941, as the draft of the header has it, or the bare characters, as most send it.
fn client_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let wrong = || {
        let what = "Idempotency-Key must be given once and hold 1 to 200 visible ASCII characters.";
        Problem::new(400, "bad_key", what)
    };
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_| wrong())?.trim();
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let fits = (1..=LONGEST_KEY).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if fits && values.next().is_none() {
        Ok(Some(bare.to_owned()))
    } else {
        Err(wrong())
    }
}

/// `?dry_run=true`; any other question is a mistake, and a mistake must not send mail.
fn rehearses(query: Option<&str>) -> Result<bool, Problem> {
    match query {
        None | Some("" | "dry_run=false") => Ok(false),
        Some("dry_run=true" | "dry_run") => Ok(true),
        Some(_) => Err(Problem::new(
            400,
            "bad_query",
            "Only ?dry_run=true or ?dry_run=false may stand behind this address.",
        )),
    }
}

fn number(text: &str) -> Result<i64, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0).ok_or_else(not_found)
}

fn found(value: Option<Value>) -> Result<Response, Problem> {
    let value = value.ok_or_else(not_found)?;
    let mut answer = text(StatusCode::OK, "application/json", value.to_string());
    let version = value.get("version").and_then(Value::as_i64);
    if let Some(tag) = version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok()) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    Ok(answer)
}

fn not_found() -> Problem {
    let what = "There is nothing here: GET /v1/openapi.json tells what there is.";
    Problem::new(404, "not_found", what)
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_key_is_a_string_or_bare() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("idempotency-key", value.parse().unwrap());
            }
            client_key(&headers).map_err(|problem| problem.status)
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["order-7"]), Ok(Some("order-7".to_owned())));
        assert_eq!(read(&["\"order-7\""]), Ok(Some("order-7".to_owned())));
        for bad in [&[""][..], &["\"\""], &["two words"], &["a", "b"], &[&"x".repeat(201)]] {
            assert_eq!(read(bad), Err(400), "{bad:?}");
        }
    }

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        assert_eq!(number("7").ok(), Some(7));
        for bad in ["", "0", "-1", "+7", "7x", "s7", "99999999999999999999", "٧"] {
            assert!(number(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_mistyped_question_hands_nothing_in() {
        assert_eq!(rehearses(None).ok(), Some(false));
        assert_eq!(rehearses(Some("dry_run=true")).ok(), Some(true));
        for bad in ["dryrun=true", "dry_run=yes", "dry_run=true&x=1"] {
            assert!(rehearses(Some(bad)).is_err(), "{bad}");
        }
    }
}
