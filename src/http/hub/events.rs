//! Live updates: one stream for each session, which says that something changed and never what.   WHATWG HTML 9.2
//!
//! A stream lasts less than a minute, then the browser comes again: so it never holds up a connection's end. A second window of the same
//! session takes over from the first.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::{Hub, Person};

/// Streams at one time, whoever they are for.
const MOST: usize = 64;
/// How often is looked for what is new.
const LOOK: Duration = Duration::from_millis(700);
/// A sign of life, so that proxies keep the stream.
const BEAT: Duration = Duration::from_secs(10);
/// The end of a stream.
const LASTS: Duration = Duration::from_secs(40);

/// The streams that are open.
#[derive(Debug, Default)]
pub(super) struct Streams {
    open: Arc<AtomicUsize>,
    /// The newest stream of each session.
    newest: Arc<Mutex<HashMap<i64, u64>>>,
    /// How many there have been.
    count: AtomicU64,
}

/// Whoever holds it is counted.
struct Place {
    open: Arc<AtomicUsize>,
    newest: Arc<Mutex<HashMap<i64, u64>>>,
    session: i64,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.get(&self.session) == Some(&self.number) {
            newest.remove(&self.session);
        }
    }
}

impl Place {
    fn is_newest(&self) -> bool {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(&self.session) == Some(&self.number)
    }
}

impl Streams {
    fn enter(&self, session: i64) -> Option<Place> {
        if self.open.fetch_add(1, Ordering::SeqCst) >= MOST {
            self.open.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        newest.insert(session, number);
        drop(newest);
        Some(Place {
            open: Arc::clone(&self.open),
            newest: Arc::clone(&self.newest),
            session,
            number,
        })
    }
}

/// What a stream knows.
struct Listening {
    place: Place,
    hub: Arc<dyn Hub>,
    person: Person,
    about: Option<i64>,
    seen: Option<i64>,
    ends: Instant,
    beat: Instant,
    closing: watch::Receiver<bool>,
    over: bool,
}

/// A stream for a session, about one batch or about everything; `None` when there are too many. `seen` is the last event the page shows.
pub(super) fn stream(
    streams: &Streams,
    hub: Arc<dyn Hub>,
    person: Person,
    about: Option<i64>,
    seen: Option<i64>,
    closing: watch::Receiver<bool>,
) -> Option<Response> {
    let now = Instant::now();
    let listening = Listening {
        place: streams.enter(person.session)?,
        hub,
        person,
        about,
        seen,
        ends: now + LASTS,
        beat: now + BEAT,
        closing,
        over: false,
    };
    let hello = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"retry: 1000\n\n")) });
    let body = futures_util::StreamExt::chain(hello, stream::unfold(listening, next));
    let mut answer = Response::new(Body::from_stream(body));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // nginx collects answers otherwise.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Some(answer)
}

async fn next(mut this: Listening) -> Option<(Result<Bytes, Infallible>, Listening)> {
    loop {
        if this.over || *this.closing.borrow() || Instant::now() >= this.ends {
            return None;
        }
        if !this.place.is_newest() {
            this.over = true;
            return Some((Ok(Bytes::from_static(b"event: elsewhere\ndata: 1\n\n")), this));
        }
        let last = this.hub.last_event(this.person.clone(), this.about).await;
        match (last, this.seen) {
            (Some(last), Some(seen)) if last != seen => {
                this.seen = Some(last);
                let event = format!("id: {last}\nevent: change\ndata: {last}\n\n");
                return Some((Ok(event.into()), this));
            }
            (Some(last), None) => this.seen = Some(last),
            (Some(_) | None, _) => {}
        }
        if Instant::now() >= this.beat {
            this.beat = Instant::now() + BEAT;
            return Some((Ok(Bytes::from_static(b": alive\n\n")), this));
        }
        let mut closing = this.closing.clone();
        tokio::select! {
            () = sleep(LOOK) => {}
            _ = closing.wait_for(|closing| *closing) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_one_stream_and_all_have_only_so_many() {
        let streams = Streams::default();
        let first = streams.enter(7).unwrap();
        assert!(first.is_newest());
        let second = streams.enter(7).unwrap();
        assert!(!first.is_newest() && second.is_newest());
        drop(second);
        let third = streams.enter(7).unwrap();
        assert!(
            !first.is_newest() && third.is_newest(),
            "one that was taken over from never comes back"
        );
        drop(first);
        assert!(third.is_newest());
        let others: Vec<Place> = (100..).map_while(|session| streams.enter(session)).collect();
        assert_eq!(others.len(), MOST - 1);
        drop((third, others));
        assert_eq!(streams.open.load(Ordering::SeqCst), 0);
        assert!(streams.newest.lock().unwrap().is_empty());
    }
}
