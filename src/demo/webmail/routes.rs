//! The page's addresses: three files, what the page shows as JSON, mails for the frame, and what somebody does.
//!
//! In: requests that the guard let in. Out: JSON, files, and a stream of changes.
//! Never here: a change on GET, except that a clicked `mailto:` link opens the reply box.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{Stream, stream};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::frame::{self, Mailto};
use super::guard;
use super::view::{self, ClockView, ComposeView, StateView};
use super::{Shared, Typed, batch};
use crate::store::StoreError;

const PAGE: &str = include_str!("../../../templates/demo/index.html");
const SCRIPT: &str = include_str!("../../../templates/demo/app.js");
const STYLE: &str = include_str!("../../../templates/demo/style.css");
const ICON: &str = include_str!("../../../templates/demo/icon.svg");

/// How often an open page is told of changes.
const GLANCE: Duration = Duration::from_millis(150);
/// How often it is told the time when nothing changes and time runs as on the wall.
const TIME_SIGNAL: Duration = Duration::from_secs(5);

type App = State<Arc<Shared>>;

pub(super) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(async || file("text/html", PAGE)))
        .route("/app.js", get(async || file("text/javascript", SCRIPT)))
        .route("/style.css", get(async || file("text/css", STYLE)))
        .route("/icon.svg", get(async || file("image/svg+xml", ICON)))
        .route("/api/state", get(state))
        .route("/api/events", get(events))
        .route("/api/mail/{person}/{mail}", get(mail))
        .route("/api/opened", post(opened))
        .route("/api/send", post(send))
        .route("/api/clock", post(set_clock))
        .route("/api/batch", post(hand_in))
        .route("/mail/{person}/{mail}", get(mail_html))
        .route("/mailto/{key}/{person}/{mail}", get(mailto))
        .layer(from_fn_with_state(Arc::clone(&shared), at_the_door))
        .with_state(shared)
}

async fn at_the_door(State(shared): App, request: Request, next: Next) -> Response {
    let refused = guard::refusal(shared.at, request.method(), request.headers());
    let mut answer = match refused {
        Some(why) => Refused(StatusCode::FORBIDDEN, why.to_owned()).into_response(),
        None => next.run(request).await,
    };
    guard::dress(answer.headers_mut());
    answer
}

fn file(kind: &str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))], text).into_response()
}

/// Why something was not done: a sentence for the page.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut answer = json(&serde_json::json!({ "error": self.1 }));
        *answer.status_mut() = self.0;
        answer
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

fn wrong(why: impl Into<String>) -> Refused {
    Refused(StatusCode::UNPROCESSABLE_ENTITY, why.into())
}

fn missing() -> Refused {
    Refused(StatusCode::NOT_FOUND, "there is no such mail".to_owned())
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn typed<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| wrong(error.to_string()))
}

/// All the page shows.
#[derive(Serialize)]
struct Whole {
    clock: ClockView,
    compose: Option<ComposeView>,
    #[serde(flatten)]
    state: StateView,
}

fn whole(shared: &Shared) -> Result<Whole, StoreError> {
    Ok(Whole {
        state: view::state(&shared.house, &shared.mailroom)?,
        clock: view::clock(&shared.house, &shared.flow),
        compose: shared.compose(),
    })
}

async fn state(State(shared): App) -> Result<Response, Refused> {
    Ok(json(&whole(&shared)?))
}

/// What an open page was told last.
struct Told {
    shared: Arc<Shared>,
    state: String,
    time_at: Instant,
}

/// The state at once, again whenever it changes, and the time in between.
async fn events(State(shared): App) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let told = Told {
        shared,
        state: String::new(),
        time_at: Instant::now(),
    };
    Sse::new(stream::unfold(told, |mut told| async move {
        let mut ending = told.shared.ending.clone();
        loop {
            let wait = if told.state.is_empty() { Duration::ZERO } else { GLANCE };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = ending.wait_for(|ending| *ending) => return None,
            }
            if let Some(event) = told.news() {
                return Some((Ok(event), told));
            }
        }
    }))
}

impl Told {
    fn news(&mut self) -> Option<Event> {
        let whole = whole(&self.shared).ok()?;
        let without_time = serde_json::to_string(&(&whole.state, &whole.compose)).ok()?;
        if without_time != self.state {
            self.state = without_time;
            self.time_at = Instant::now();
            return serde_json::to_string(&whole)
                .ok()
                .map(|text| Event::default().event("state").data(text));
        }
        let fast = self.shared.flow.speed() > 1.0;
        if !fast && self.time_at.elapsed() < TIME_SIGNAL {
            return None;
        }
        self.time_at = Instant::now();
        serde_json::to_string(&whole.clock)
            .ok()
            .map(|text| Event::default().event("clock").data(text))
    }
}

async fn mail(State(shared): App, Path((person, mail)): Path<(usize, usize)>) -> Result<Response, Refused> {
    let who = shared.mailroom.somebody(person).ok_or_else(missing)?;
    let kept = shared.mailroom.mail(person, mail).ok_or_else(missing)?;
    Ok(json(&view::mail(&shared.house, &who, &kept)?))
}

async fn mail_html(State(shared): App, Path((person, mail)): Path<(usize, usize)>) -> Result<Response, Refused> {
    let kept = shared.mailroom.mail(person, mail).ok_or_else(missing)?;
    let mailto = format!("/mailto/{}/{person}/{mail}", shared.key);
    let fields = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, frame::POLICY),
    ];
    Ok((fields, frame::document(&kept.letter.html, &mailto)).into_response())
}

#[derive(Deserialize)]
struct Clicked {
    link: String,
}

async fn mailto(
    State(shared): App,
    Path((key, person, mail)): Path<(String, usize, usize)>,
    Query(clicked): Query<Clicked>,
) -> Result<Response, Refused> {
    if key != shared.key {
        return Err(missing());
    }
    shared.clicked(person, mail, Mailto::parse(&clicked.link));
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Opened {
    person: usize,
    mail: usize,
}

async fn opened(State(shared): App, body: Bytes) -> Result<Response, Refused> {
    let Opened { person, mail } = typed(&body)?;
    shared.mailroom.opened(person, mail);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn send(State(shared): App, body: Bytes) -> Result<Response, Refused> {
    let typed: Typed = typed(&body)?;
    let mail = shared.send(&typed).await.map_err(wrong)?;
    Ok(json(&serde_json::json!({ "mail": mail })))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Turn {
    /// So many times as fast as the wall's clock.
    Speed(f64),
    /// To the next thing that happens by itself.
    Jump {},
    /// As on the wall for so many seconds: somebody writes.
    Hold(u16),
    /// They have finished.
    Release {},
}

async fn set_clock(State(shared): App, body: Bytes) -> Result<Response, Refused> {
    let moved = match typed(&body)? {
        Turn::Speed(speed) => {
            shared.flow.run_at(speed);
            true
        }
        Turn::Jump {} => {
            let jumped = shared.flow.jump(&shared.house).await;
            jumped.map_err(|error| Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?
        }
        Turn::Hold(seconds) => {
            shared.flow.hold(Duration::from_secs(seconds.min(60).into()));
            true
        }
        Turn::Release {} => {
            shared.flow.release();
            true
        }
    };
    let clock = view::clock(&shared.house, &shared.flow);
    Ok(json(&serde_json::json!({ "moved": moved, "clock": clock })))
}

async fn hand_in(State(shared): App, body: Bytes) -> Result<Response, Refused> {
    let typed: batch::Typed = typed(&body)?;
    let id = shared.hand_in(&typed).await.map_err(wrong)?;
    Ok(json(&serde_json::json!({ "batch": id })))
}
