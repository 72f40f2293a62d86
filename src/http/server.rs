//! Connections: how many, how long, how large.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, Uri};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::api::Gate;
use super::app::{App, Peer};
use super::hub::Closing;
use super::routes::routes;
use super::wire::{Meter, Metered, turn_away};
use super::{Desk, Settings};
use crate::link::network;

/// How long open requests may take after `stop`.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves pages until `stop`. Never ends by itself: a connection that fails, fails alone.
pub async fn serve(listener: TcpListener, settings: Settings, desk: Desk, stop: impl Future<Output = ()> + Send) {
    let most = settings.limits.connections;
    let app = Arc::new(App::new(settings, desk));
    let door = Arc::new(Door {
        routes: routes(app.clone()),
        prefix: super::app::path_of(&app.settings.public_url),
        crowd: Crowd::default(),
        app,
    });
    let (closing, is_closing) = watch::channel(false);
    let mut open = FuturesUnordered::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = open.next(), if !open.is_empty() => {}
            // Twice as many as are served: the other half is told that it is too many.
            accepted = listener.accept(), if open.len() < 2 * most => match accepted {
                Ok((socket, peer)) => {
                    let full = open.len() >= most;
                    let connection = door.clone().connection(socket, peer, full, is_closing.clone());
                    open.push(AssertUnwindSafe(connection).catch_unwind());
                }
                Err(error) => {
                    // Out of file descriptors, for instance: it passes when others close.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
    drop(listener);
    let _nobody_left = closing.send(true);
    let _cut = timeout(FAREWELL, async { while open.next().await.is_some() {} }).await;
}

struct Door {
    app: Arc<App>,
    routes: Router,
    /// The path under which a proxy shows us; requests come with or without it.
    prefix: String,
    crowd: Crowd,
}

impl Door {
    async fn connection(self: Arc<Self>, socket: TcpStream, peer: SocketAddr, full: bool, mut closing: watch::Receiver<bool>) {
        let limits = self.app.settings.limits;
        let is_proxy = self.app.settings.trusted_proxies.contains(&peer.ip().to_canonical());
        let _place = match self.crowd.enter(peer.ip(), limits.connections_per_network, is_proxy) {
            Some(_) if full => return self.turn_away(socket, StatusCode::SERVICE_UNAVAILABLE).await,
            Some(place) => place,
            None => return self.turn_away(socket, StatusCode::TOO_MANY_REQUESTS).await,
        };
        // A page is one small write and waits for nothing.
        let _slower = socket.set_nodelay(true);
        let meter = Meter::new(limits.request_bytes);
        let io = TokioIo::new(Metered {
            socket,
            meter: meter.clone(),
        });
        let ending = Closing(closing.clone());
        let service = service_fn(|request: Request<Incoming>| {
            meter.head_came();
            let (door, meter, ending) = (self.clone(), meter.clone(), ending.clone());
            async move {
                let answer = door.answer(request, peer.ip(), ending).await;
                meter.next_head();
                Ok::<_, Infallible>(answer)
            }
        });
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(limits.request_bytes.max(8 * 1024) * 2)
            .serve_connection(io, service);
        let ended = tokio::select! {
            ended = &mut connection => Some(ended),
            () = sleep(limits.keep_alive) => None,
            () = async { closing.wait_for(|closing| *closing).await.map_or((), |_| ()) } => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                Pin::new(&mut connection).graceful_shutdown();
                // Longer than any request may take.
                let upload = self.app.gate.as_ref().map_or(Duration::ZERO, Gate::patience);
                timeout(limits.head + 3 * limits.total + upload, &mut connection)
                    .await
                    .unwrap_or(Ok(()))
            }
        };
        let Err(error) = ended else {
            return;
        };
        tracing::debug!(%error, "a connection ended early");
        let status = if meter.is_over() {
            StatusCode::PAYLOAD_TOO_LARGE
        } else if error.is_timeout() && meter.began() {
            StatusCode::REQUEST_TIMEOUT
        } else {
            return;
        };
        self.turn_away(connection.into_parts().io.into_inner().socket, status).await;
    }

    async fn answer(&self, request: Request<Incoming>, peer: IpAddr, closing: Closing) -> axum::response::Response {
        let mut request = request.map(Body::new);
        if let Some(uri) = without(&self.prefix, request.uri()) {
            *request.uri_mut() = uri;
        }
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(closing);
        let path = request.uri().path().to_owned();
        let answer = AssertUnwindSafe(self.routes.clone().oneshot(request)).catch_unwind().await;
        let mut answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(never)) => match never {},
            Err(_) => self.app.refused(StatusCode::INTERNAL_SERVER_ERROR),
        };
        self.app.own.guard(answer.headers_mut());
        if let Some(gate) = &self.app.gate {
            gate.traffic().count(&path, answer.status());
        }
        answer
    }

    async fn turn_away(&self, socket: TcpStream, status: StatusCode) {
        let page = self.app.refused(status).into_body();
        let page = to_bytes(page, usize::MAX).await.unwrap_or_default();
        turn_away(socket, status, &self.app.own.guard_lines(), &page).await;
    }
}

/// How many connections each network has.
#[derive(Clone, Default)]
struct Crowd(Arc<Mutex<HashMap<[u8; 6], usize>>>);

struct Place(Option<(Crowd, [u8; 6])>);

impl Crowd {
    fn enter(&self, peer: IpAddr, most: usize, is_proxy: bool) -> Option<Place> {
        if is_proxy {
            return Some(Place(None));
        }
        let network = network(peer);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(network).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place(Some((self.clone(), network))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((crowd, network)) = &self.0 {
            let mut counts = crowd.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = counts.get_mut(network) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(network);
                }
            }
        }
    }
}

/// A URI without the prefix, when it has it. The query stays: a dry run without its question would hand in.
fn without(prefix: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri
        .path_and_query()?
        .as_str()
        .strip_prefix(prefix)
        .filter(|rest| !prefix.is_empty() && rest.starts_with('/'))?;
    rest.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::app::path_of;
    use super::*;

    #[test]
    fn requests_come_with_or_without_the_public_path() {
        assert_eq!(path_of("https://a.example"), "");
        assert_eq!(path_of("https://a.example/replies/"), "/replies");
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        assert_eq!(without("/replies", &uri("/replies/d/x")), Some(uri("/d/x")));
        assert_eq!(
            without("/replies", &uri("/replies/v1/batches?dry_run=true")),
            Some(uri("/v1/batches?dry_run=true"))
        );
        assert_eq!(without("/replies", &uri("/repliesd/x")), None);
        assert_eq!(without("", &uri("/d/x")), None);
    }

    #[test]
    fn a_network_has_only_so_many_places() {
        let crowd = Crowd::default();
        let peer = "192.0.2.1".parse().unwrap();
        let places: Vec<_> = (0..3).map(|_| crowd.enter(peer, 3, false).unwrap()).collect();
        assert!(crowd.enter("192.0.2.99".parse().unwrap(), 3, false).is_none());
        assert!(crowd.enter("192.0.3.1".parse().unwrap(), 3, false).is_some());
        assert!(crowd.enter(peer, 3, true).is_some());
        drop(places);
        assert!(crowd.enter(peer, 3, false).is_some());
        assert_eq!(crowd.0.lock().unwrap().len(), 0);
    }
}
