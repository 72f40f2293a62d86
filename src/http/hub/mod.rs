//! The hub: the pages of recruiters, entered by a link that is mailed to them.
//!
//! In: requests below `/hub`. Out: pages, and [`Act`]s handed to the daemon.
//! Never here: the database; a change on GET or HEAD; a change without the token of the session's own forms; a link or a session in a log.
//!
//! A request is looked at in this order: whether it came from another site, its pace, the session, the form's token, and only then what is
//! wanted. What somebody may not see and what is not there are the same page.

mod events;
mod frame;
mod templates;
mod view;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use tokio::sync::watch;
use tokio::time::timeout;

use super::app::{App, Peer, path_of};
use super::cookie::Cookie;
use super::look::Look;
use super::memory::Pace;
use super::{Settings, visitor};
use crate::link::{Claim, network};
use events::Streams;

pub use view::{
    Act, Acted, ActionView, AsideView, BoardView, CardView, CardsView, CaseView, DraftView, FieldView, FigureView, FiguresAsked,
    FiguresView, FindingView, GroupView, LaneView, LetterView, LineView, MailId, MailView, NextView, PartView, Person, SectionView, Shown,
    SpanView, SubmissionView, SuggestionView, Target, Wanted,
};

/// Letters with a link that one network may ask for in a minute.
const LINKS_PER_MINUTE: u32 = 5;

/// The daemon's side of the hub.
pub trait Hub: Send + Sync {
    /// Somebody typed an address. Whether it is a recruiter's nobody is told.
    fn ask(&self, address: String);
    /// Whether a link opens something; nothing is used up.
    fn opens(&self, token: &str) -> bool;
    /// Enters by a link: the secret of a new session; `None` when the link is over, used, or not ours.
    fn enter(&self, token: String) -> BoxFuture<'_, Result<Option<String>, Trouble>>;
    /// Whose session a secret is.
    fn person(&self, secret: String) -> BoxFuture<'_, Result<Option<Person>, Trouble>>;
    /// The session ends.
    fn leave(&self, person: Person) -> BoxFuture<'_, Result<(), Trouble>>;
    /// A page.
    fn show(&self, person: Person, wanted: Wanted) -> BoxFuture<'_, Shown>;
    /// Something is to be done.
    fn act(&self, person: Person, act: Act) -> BoxFuture<'_, Acted>;
    /// The last event of a batch that they may see, or of all; `None` when it cannot be known now.
    fn last_event(&self, person: Person, batch: Option<i64>) -> BoxFuture<'_, Option<i64>>;
}

/// The database cannot be asked at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble;

/// Holds true once the listener ends: streams end with it.
#[derive(Clone)]
pub(super) struct Closing(pub(super) watch::Receiver<bool>);

/// The door of the hub.
pub(super) struct Door {
    hub: Arc<dyn Hub>,
    look: Look,
    env: Environment<'static>,
    /// Where the hub lies for browsers.
    base: String,
    cookie: Cookie,
    links: Pace<[u8; 6]>,
    streams: Streams,
}

impl Door {
    pub(super) fn new(hub: Arc<dyn Hub>, settings: &Settings) -> Option<Self> {
        let prefix = path_of(&settings.public_url);
        let env = templates::environment();
        let env = env
            .inspect_err(|error| tracing::error!(%error, "the hub has a broken template"))
            .ok()?;
        Some(Self {
            hub,
            look: Look::new(&settings.agency, templates::STYLE, &prefix).with_scripts(),
            env,
            base: format!("{prefix}/hub"),
            cookie: Cookie::of_hub(&settings.public_url),
            links: Pace::default(),
            streams: Streams::default(),
        })
    }
}

/// `/hub` and everything below.
pub(super) async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(door) = &app.hub else { return app.not_found() };
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let answer = Visit { app: &app, door }.answer(&parts, body).await;
    tracing::debug!(%method, status = answer.status().as_u16(), "the hub was asked");
    answer
}

/// One request.
struct Visit<'a> {
    app: &'a App,
    door: &'a Door,
}

/// A person with the secret of their session, and a page of theirs.
struct Inside<'a> {
    visit: &'a Visit<'a>,
    person: Person,
    secret: String,
}

impl Visit<'_> {
    async fn answer(&self, parts: &Parts, body: Body) -> Response {
        let path = parts.uri.path();
        let path = path.strip_prefix("/hub").unwrap_or(path);
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let posts = match parts.method {
            Method::GET | Method::HEAD => false,
            Method::POST => true,
            _ => return self.allowed(),
        };
        match (segments.as_slice(), posts) {
            (["hub.js"], false) => return self.script(),
            (["in", token], false) => return self.enter_page(token),
            _ => {}
        }
        if !posts {
            return match self.person(&parts.headers).await {
                Ok(Some(inside)) => inside.get(&segments, parts).await,
                Ok(None) => self.sign_in(segments.is_empty()),
                Err(Trouble) => self.busy(),
            };
        }
        if is_elsewhere(&parts.headers) {
            return self.told(StatusCode::FORBIDDEN, "This form came from another site. Nothing was done.");
        }
        let Some(Peer(peer)) = parts.extensions.get::<Peer>() else {
            return self.nothing();
        };
        let now_min = Claim::minute((self.app.desk.now)());
        let from = network(visitor::address(*peer, &parts.headers, &self.app.settings.trusted_proxies));
        if !self.app.pace.allows(from, self.app.settings.limits.posts_per_minute, now_min) {
            return self.told(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many presses in one minute. Please go on in a minute.",
            );
        }
        let fields = match self.fields(&parts.headers, body).await {
            Ok(fields) => fields,
            Err(status) => return self.told(status, "This form could not be taken. Please go back and try again."),
        };
        match segments.as_slice() {
            ["sign-in"] => {
                // Counted whoever is asked for: a stranger learns nothing, and fills nobody's mailbox.
                if self.door.links.allows(from, LINKS_PER_MINUTE, now_min) {
                    self.door.hub.ask(first(&fields, "address").to_owned());
                }
                self.page(StatusCode::OK, "asked.html", context! {})
            }
            ["in", token] => self.enter(token).await,
            _ => match self.person(&parts.headers).await {
                Ok(Some(inside)) => inside.post(&segments, fields).await,
                Ok(None) => self.sign_in(false),
                Err(Trouble) => self.busy(),
            },
        }
    }

    async fn person<'a>(&'a self, headers: &HeaderMap) -> Result<Option<Inside<'a>>, Trouble> {
        let Some(secret) = self.door.cookie.read(headers) else {
            return Ok(None);
        };
        let found = timeout(self.app.settings.limits.total, self.door.hub.person(secret.clone())).await;
        let person = found.unwrap_or(Err(Trouble))?;
        Ok(person.map(|person| Inside {
            visit: self,
            person,
            secret,
        }))
    }

    /// A page with one press: programs that open links press nothing.
    fn enter_page(&self, token: &str) -> Response {
        if self.door.hub.opens(token) {
            return self.page(StatusCode::OK, "enter.html", context! { token });
        }
        self.over()
    }

    async fn enter(&self, token: &str) -> Response {
        let entered = timeout(self.app.settings.limits.total, self.door.hub.enter(token.to_owned())).await;
        match entered.unwrap_or(Err(Trouble)) {
            Ok(Some(secret)) => {
                let mut answer = self.seek("");
                if let Some(cookie) = self.door.cookie.set(&secret) {
                    answer.headers_mut().insert(header::SET_COOKIE, cookie);
                }
                answer
            }
            Ok(None) => self.over(),
            Err(Trouble) => self.busy(),
        }
    }

    fn over(&self) -> Response {
        self.page(
            StatusCode::GONE,
            "sign_in.html",
            context! { notice => "This link is over or was used. Ask for a fresh one." },
        )
    }

    fn sign_in(&self, at_the_door: bool) -> Response {
        let status = if at_the_door { StatusCode::OK } else { StatusCode::FORBIDDEN };
        let notice = (!at_the_door).then_some("Please sign in first. Nothing was done.");
        self.page(status, "sign_in.html", context! { notice })
    }

    /// The fields of a form, within the limits of size and time.
    async fn fields(&self, headers: &HeaderMap, body: Body) -> Result<Vec<(String, String)>, StatusCode> {
        let limits = &self.app.settings.limits;
        let bytes = timeout(limits.total, axum::body::to_bytes(body, limits.form_bytes)).await;
        let bytes = bytes
            .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
            .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let mut request = Request::new(Body::from(bytes));
        *request.method_mut() = Method::POST;
        let kind = headers.get(header::CONTENT_TYPE).ok_or(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
        request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
        form.map(|Form(fields)| fields).map_err(|_| StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }

    fn script(&self) -> Response {
        let mut answer = self
            .door
            .look
            .html(StatusCode::OK, Bytes::from_static(templates::SCRIPT.as_bytes()));
        let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        answer
    }

    /// Leads to a page of the hub (303: with GET).
    fn seek(&self, path: &str) -> Response {
        let mut answer = self.door.look.html(StatusCode::SEE_OTHER, Bytes::new());
        if let Ok(place) = HeaderValue::from_str(&format!("{}{path}", self.door.base)) {
            answer.headers_mut().insert(header::LOCATION, place);
        }
        answer
    }

    fn page(&self, status: StatusCode, name: &str, values: Value) -> Response {
        // A path of plain characters (`link::Links`): its slashes need no escape.
        let everywhere = context! { hub => Value::from_safe_string(self.door.base.clone()), person => None::<Value> };
        let values = context! { ..values, ..self.door.look.values(), ..everywhere };
        match self.door.env.get_template(name).and_then(|template| template.render(values)) {
            Ok(html) => self.door.look.html(status, html.into()),
            Err(error) => {
                tracing::error!(%error, name, "a page of the hub could not be shown");
                let mut answer = self.door.look.html(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Bytes::from_static(b"This page cannot be shown just now."),
                );
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                answer.headers_mut().insert(header::CONTENT_TYPE, plain);
                answer
            }
        }
    }

    fn told(&self, status: StatusCode, what: &str) -> Response {
        let mut answer = self.page(status, "told.html", context! { what });
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        answer
    }

    fn nothing(&self) -> Response {
        self.told(StatusCode::NOT_FOUND, "There is nothing here, or nothing for you.")
    }

    fn busy(&self) -> Response {
        self.told(
            StatusCode::SERVICE_UNAVAILABLE,
            "The database cannot be used at this moment. Nothing was done; please try again soon.",
        )
    }

    fn allowed(&self) -> Response {
        let mut answer = self.told(StatusCode::METHOD_NOT_ALLOWED, "Only looking and pressing work here.");
        let methods = HeaderValue::from_static("GET, HEAD, POST");
        answer.headers_mut().insert(header::ALLOW, methods);
        answer
    }
}

impl Inside<'_> {
    async fn get(&self, segments: &[&str], parts: &Parts) -> Response {
        let query = query(parts);
        let number = |text: &str| text.parse::<i64>().ok().filter(|id| *id > 0);
        let done = done(first(&query, "done"));
        let wanted = match segments {
            [] => Some(Wanted::Board),
            ["lane", lane] => Some(Wanted::Lane {
                lane: (*lane).to_owned(),
                after: first(&query, "after").to_owned(),
            }),
            ["search"] => Some(Wanted::Search(first(&query, "q").to_owned())),
            ["s", id] => number(id).map(|id| Wanted::Submission { id, after: None }),
            ["mail", id] => MailId::of(id).map(Wanted::Mail),
            ["mail", id, "html"] => MailId::of(id).map(Wanted::Html),
            ["mail", id, "raw"] => MailId::of(id).map(Wanted::Raw),
            ["quarantine"] => Some(Wanted::Quarantine),
            ["quarantine", id] => number(id).map(Wanted::SetAside),
            ["outbox"] => Some(Wanted::Outbox),
            ["drafts"] => Some(Wanted::Drafts),
            ["drafts", id] => number(id).map(Wanted::Draft),
            ["figures"] => Some(Wanted::Figures(FiguresAsked {
                client: first(&query, "client").to_owned(),
                project: first(&query, "project").to_owned(),
                by: match first(&query, "by") {
                    "" => "project",
                    by => by,
                }
                .to_owned(),
            })),
            ["settings"] => Some(Wanted::Settings),
            ["events"] => return self.events(&query, parts),
            _ => None,
        };
        match wanted {
            Some(wanted) => {
                let shown = self.look(wanted).await;
                self.shown(StatusCode::OK, shown, done, None)
            }
            None => self.visit.nothing(),
        }
    }

    async fn look(&self, wanted: Wanted) -> Shown {
        let shown = self.visit.door.hub.show(self.person.clone(), wanted);
        timeout(self.visit.app.settings.limits.total, shown).await.unwrap_or(Shown::Busy)
    }

    async fn post(&self, segments: &[&str], fields: Vec<(String, String)>) -> Response {
        if !self
            .visit
            .app
            .settings
            .keyring
            .check_form_token(first(&fields, "form"), &self.secret)
        {
            return self.visit.told(
                StatusCode::FORBIDDEN,
                "This form was not shown in this session. Nothing was done; please go back and load the page again.",
            );
        }
        if segments == ["sign-out"] {
            let left = self.visit.door.hub.leave(self.person.clone()).await;
            let mut answer = if left.is_ok() { self.visit.seek("") } else { self.visit.busy() };
            if let (Ok(()), Some(cookie)) = (left, self.visit.door.cookie.clear()) {
                answer.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            return answer;
        }
        let number = |text: &str| text.parse::<i64>().ok().filter(|id| *id > 0);
        let on = match segments {
            ["s", id] => number(id).map(Target::Submission),
            ["mail", id] => MailId::of(id).map(Target::Mail),
            ["quarantine", id] => number(id).map(Target::SetAside),
            ["outbox", id] => number(id).map(Target::Letter),
            ["drafts", id] => number(id).map(Target::Draft),
            _ => None,
        };
        let Some(on) = on else { return self.visit.nothing() };
        let act = Act {
            on,
            name: first(&fields, "do").to_owned(),
            seen: first(&fields, "seen").parse().unwrap_or(-1),
            once: first(&fields, "once").to_owned(),
            fields,
        };
        tracing::info!(recruiter.id = self.person.recruiter, "something was pressed in the hub");
        let acted = timeout(
            self.visit.app.settings.limits.total,
            self.visit.door.hub.act(self.person.clone(), act.clone()),
        );
        match acted.await.unwrap_or(Acted::Busy) {
            Acted::Done => self.visit.seek(&back(on, &act.name)),
            Acted::Stale if matches!(on, Target::Draft(_)) => {
                let shown = self.again(on, None).await;
                self.shown(StatusCode::CONFLICT, typed_before(shown, &act), Some(CHANGED), None)
            }
            Acted::Stale => {
                let after = Some(act.seen);
                let shown = self.again(on, after).await;
                self.shown(StatusCode::CONFLICT, shown, Some(MEANWHILE), Some(&act))
            }
            Acted::Refused(why) => {
                let shown = self.again(on, None).await;
                self.shown(StatusCode::UNPROCESSABLE_ENTITY, shown, Some(&why), Some(&act))
            }
            Acted::Nothing => self.visit.nothing(),
            Acted::Busy => self.visit.busy(),
        }
    }

    /// The page a form stood on.
    async fn again(&self, on: Target, after: Option<i64>) -> Shown {
        self.look(match on {
            Target::Submission(id) => Wanted::Submission { id, after },
            Target::Mail(id) => Wanted::Mail(id),
            Target::SetAside(id) => Wanted::SetAside(id),
            Target::Letter(_) => Wanted::Outbox,
            Target::Draft(id) => Wanted::Draft(id),
        })
        .await
    }

    fn events(&self, query: &[(String, String)], parts: &Parts) -> Response {
        let Some(Closing(closing)) = parts.extensions.get::<Closing>() else {
            return self.visit.nothing();
        };
        let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
        let seen = last.or_else(|| first(query, "seen").parse().ok());
        let about = first(query, "about").parse().ok();
        let hub = Arc::clone(&self.visit.door.hub);
        let stream = events::stream(&self.visit.door.streams, hub, self.person.clone(), about, seen, closing.clone());
        stream.unwrap_or_else(|| self.visit.busy())
    }

    /// A page with what a person inside always sees. `kept` is a form that could not be acted on: it is shown as it was filled in.
    fn shown(&self, status: StatusCode, shown: Shown, notice: Option<&str>, kept: Option<&Act>) -> Response {
        let person = context! { name => &self.person.name, lead => self.person.lead };
        let form = self.visit.app.settings.keyring.form_token(&self.secret);
        let page = |name: &str, view: Value| {
            let values = context! { view, person, form, notice, warns => kept.is_some() };
            self.visit.page(status, name, values)
        };
        match shown {
            Shown::Board(view) => page("board.html", Value::from(Serde(view))),
            Shown::Cards(view) => page("cards.html", Value::from(Serde(view))),
            Shown::Submission(mut view) => {
                refill(&mut view.actions, kept);
                page("submission.html", Value::from(Serde(view)))
            }
            Shown::Mail(mut view) => {
                refill(&mut view.actions, kept);
                page("mail.html", Value::from(Serde(view)))
            }
            Shown::Html(html) => frame::framed(&html),
            Shown::Raw(bytes) => raw(bytes),
            Shown::Quarantine(all) => page("quarantine.html", Value::from(Serde(all))),
            Shown::SetAside(view) => page("aside.html", Value::from(Serde(view))),
            Shown::Outbox(all) => page("outbox.html", Value::from(Serde(all))),
            Shown::Drafts(all) => page("drafts.html", Value::from(Serde(all))),
            Shown::Draft(mut view) => {
                refill(&mut view.actions, kept);
                page("draft.html", Value::from(Serde(view)))
            }
            Shown::Figures(view) => page("figures.html", Value::from(Serde(view))),
            Shown::Settings(all) => page("settings.html", Value::from(Serde(all))),
            Shown::Nothing => self.visit.nothing(),
            Shown::Busy => self.visit.busy(),
        }
    }
}

const MEANWHILE: &str =
    "Something happened since you opened this page, so nothing was done. It is marked below; press again if you still want to.";

const CHANGED: &str = "The draft changed since you opened this page, so nothing was done. Below it is as it is now.";

/// A draft that changed, beside what was typed for it as it was: never in the field, from where a press would send it.
fn typed_before(mut shown: Shown, act: &Act) -> Shown {
    if let Shown::Draft(view) = &mut shown {
        view.typed = [first(&act.fields, "body"), first(&act.fields, "text")].concat();
    }
    shown
}

/// What the form that could not be acted on held.
fn refill(actions: &mut [ActionView], kept: Option<&Act>) {
    let Some(kept) = kept else { return };
    for action in actions.iter_mut().filter(|action| action.name == kept.name) {
        action.open = true;
        for field in &mut action.fields {
            let typed = kept
                .fields
                .iter()
                .filter(|(name, _)| name == field.name)
                .map(|(_, value)| value.clone());
            field.chosen = typed.collect();
            field.value = field.chosen.first().cloned().unwrap_or_default();
        }
    }
}

/// Where a form leads to once it was acted on, and what is said there.
fn back(on: Target, name: &str) -> String {
    let name = if done(name).is_some() { name } else { "done" };
    match on {
        Target::Submission(id) => format!("/s/{id}?done={name}"),
        Target::Mail(id) => format!("/mail/{}?done={name}", id.name()),
        Target::SetAside(_) => format!("/quarantine?done={name}"),
        Target::Letter(_) => format!("/outbox?done={name}"),
        // What is changed is to be looked at; what is sent or discarded waits no longer.
        Target::Draft(id) if name == "change" => format!("/drafts/{id}?done={name}"),
        Target::Draft(_) => format!("/drafts?done={name}"),
    }
}

/// What is said of an act that is done. Only these can stand in an address.
fn done(name: &str) -> Option<&'static str> {
    Some(match name {
        "take" => "You drive now: replyd records everything and writes to nobody but recruiters.",
        "release" => "Handed back: replyd goes on.",
        "decide" => "The decision is recorded.",
        "book" => "The interview is agreed: everybody gets an invitation.",
        "cancel" => "The interview is called off, and everybody is told.",
        "withdraw" => "The candidate is out, and the client is told.",
        "note" => "The note is in the timeline.",
        "correct" => "Thank you. The correction is kept. Where it names a decision, that is what counts now.",
        "resend" => "The letter is on its way again.",
        "retry" => "The message is being read again.",
        "send" => "It is on its way.",
        "tell" => "It is released, and leaves in the candidate’s waking hours: the submission’s page tells when.",
        "change" => "It is changed: below is the draft as it is now.",
        "discard" => "It is discarded: nothing of it was sent.",
        "seen" => "Marked as looked at.",
        "drop" => "Nothing follows from that message.",
        "done" => "Done.",
        _ => return None,
    })
}

/// A form that another site's page sent. Browsers say so; a request without a word of it is judged by its token alone.
fn is_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// Bytes to be saved, never looked at in place.
fn raw(bytes: Vec<u8>) -> Response {
    let mut answer = Response::new(Body::from(bytes));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"mail.txt\""),
    );
    headers.insert(
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    answer
}

fn query(parts: &Parts) -> Vec<(String, String)> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map(|query| query.0)
        .unwrap_or_default()
}

fn first<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}
