//! What is found where: each address, by the methods it takes.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use minijinja::context;
use tokio::time::timeout;

use super::app::{App, Peer, path_of};
use super::{api, cvs, hub};
use crate::link::Verdict;

const CALENDAR: &str = "text/calendar; charset=utf-8";

/// All addresses. Everything else is the same page as a bad token's.
pub(super) fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", any(health))
        .route("/metrics", any(metrics))
        .route("/v1/{*rest}", any(programs))
        .route("/hub", any(hub::answer))
        .route("/hub/{*rest}", any(hub::answer))
        .route("/robots.txt", any(robots))
        .route("/logo/{id}", any(logo))
        .route("/{kind}/{token}", any(link))
        .route("/{kind}/{token}/trap", any(trap))
        .route("/{kind}/{token}/calendar.ics", any(calendar))
        .route("/{kind}/{token}/cv", any(cvs::answer))
        .route("/{kind}/{token}/cv/{file}", any(cvs::answer))
        .route("/{kind}/{token}/{reason}", any(link))
        .fallback(|State(app): State<Arc<App>>| async move { app.not_found() })
        .with_state(app)
}

/// `/{kind}/{token}`
async fn link(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(peer) = parts.extensions.get::<Peer>() else {
        return app.not_found();
    };
    let Some(opened) = app.open(parts.uri.path(), peer.0, &parts.headers) else {
        tracing::debug!("a link that is not ours");
        return app.not_found();
    };
    let answer = match parts.method {
        // A head says the same whatever the conversation is at: it is answered from the token alone.
        Method::HEAD => match opened.verdict {
            Verdict::Good(_) => app.own.html(StatusCode::OK, Bytes::new()),
            Verdict::Expired(_) | Verdict::Unknown => app.expired(&opened, None, None),
        },
        Method::GET => app.get(&opened, &parts.headers).await,
        Method::OPTIONS => allowed(&app, StatusCode::NO_CONTENT),
        Method::POST => {
            let network = crate::link::network(opened.from);
            if !app.pace.allows(network, app.settings.limits.posts_per_minute, opened.now_min) {
                app.refused(StatusCode::TOO_MANY_REQUESTS)
            } else {
                match app.form(&parts.headers, body).await {
                    Ok(form) => app.post(&opened, &form).await,
                    Err(status) => app.refused(status),
                }
            }
        }
        _ => allowed(&app, StatusCode::METHOD_NOT_ALLOWED),
    };
    tracing::debug!(link.id = %opened.id, method = %parts.method, status = answer.status().as_u16(), "a link was opened");
    answer
}

/// `/{kind}/{token}/calendar.ics`: a booked interview for whoever adds it to a calendar by hand.
async fn calendar(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(peer) = request.extensions().get::<Peer>() else {
        return app.not_found();
    };
    let opened = app.open(request.uri().path(), peer.0, request.headers());
    let Some(opened) = opened.filter(App::is_of_interview) else {
        return app.not_found();
    };
    match *request.method() {
        Method::HEAD => plain(&app, StatusCode::OK, CALENDAR, Bytes::new()),
        Method::GET => match app.calendar(&opened).await {
            Some(file) => {
                let mut answer = plain(&app, StatusCode::OK, CALENDAR, file.into());
                let name = HeaderValue::from_static("attachment; filename=\"interview.ics\"");
                answer.headers_mut().insert(header::CONTENT_DISPOSITION, name);
                answer
            }
            None => app.not_found(),
        },
        Method::OPTIONS => allowed(&app, StatusCode::NO_CONTENT),
        _ => allowed(&app, StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// `/{kind}/{token}/trap`: a form and a link that people do not see.
async fn trap(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(peer) = request.extensions().get::<Peer>() else {
        return app.not_found();
    };
    let Some(opened) = app.open(request.uri().path(), peer.0, request.headers()) else {
        return app.not_found();
    };
    if *request.method() == Method::OPTIONS {
        return allowed(&app, StatusCode::NO_CONTENT);
    }
    app.mark(&opened);
    let back = format!("../{}", opened.token);
    app.page(StatusCode::OK, "trap.html", context! { back })
}

/// `/healthz`
async fn health(State(app): State<Arc<App>>, request: Request) -> Response {
    let details = match (&app.gate, app.asker(&request)) {
        (Some(gate), Some(asker)) => gate.may_know(request.headers(), asker),
        (_, asker) => asker.is_some_and(|asker| asker.local),
    };
    let health = timeout(app.settings.limits.total, (app.desk.health)()).await;
    api::health(&health.unwrap_or_else(|_| super::Health::silent()), details)
}

/// `/metrics`
async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    match (&app.gate, app.asker(&request)) {
        (Some(gate), Some(asker)) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            gate.metrics(request.headers(), asker).await
        }
        (Some(_), Some(_)) => allowed(&app, StatusCode::METHOD_NOT_ALLOWED),
        (_, _) => app.not_found(),
    }
}

/// `/v1/…`
async fn programs(State(app): State<Arc<App>>, request: Request) -> Response {
    let (Some(gate), Some(asker)) = (&app.gate, app.asker(&request)) else {
        return app.not_found();
    };
    let (parts, body) = request.into_parts();
    let prefix = path_of(&app.settings.public_url);
    gate.answer(&parts, body, asker, &prefix).await
}

/// `/logo/{id}`: a picture of our own, which letters and pages show.
async fn logo(State(app): State<Arc<App>>, request: Request) -> Response {
    let id = request.uri().path().rsplit('/').next().unwrap_or_default();
    match app.logo(id) {
        Some(logo) => plain(&app, StatusCode::OK, logo.media_type, Bytes::copy_from_slice(&logo.bytes)),
        None => app.not_found(),
    }
}

/// `/robots.txt`
async fn robots(State(app): State<Arc<App>>) -> Response {
    let text = Bytes::from_static(b"User-agent: *\nDisallow: /\n");
    plain(&app, StatusCode::OK, "text/plain; charset=utf-8", text)
}

fn plain(app: &App, status: StatusCode, kind: &'static str, text: Bytes) -> Response {
    let mut answer = app.own.html(status, text);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

pub(super) fn allowed(app: &App, status: StatusCode) -> Response {
    let mut answer = if status == StatusCode::NO_CONTENT {
        app.own.html(status, Bytes::new())
    } else {
        app.refused(status)
    };
    let methods = HeaderValue::from_static("GET, HEAD, POST, OPTIONS");
    answer.headers_mut().insert(header::ALLOW, methods);
    answer
}
