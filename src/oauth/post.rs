//! One POST of a form, one answer: over our own TLS, in limited time, of limited size, redirects not followed.   RFC 9110

use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::{Refusal, form};
use crate::net::{self, Tls};

/// How long an endpoint may take, from the first packet to the last byte.
const WITHIN: Duration = Duration::from_secs(30);
/// Longest answer read.
const LARGEST: usize = 64 * 1024;

/// An answer: who gave it, its status, its body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) endpoint: String,
    pub(super) status: u16,
    pub(super) body: Bytes,
}

/// Posts a form.
pub(super) async fn post(endpoint: &str, pairs: &[(&str, &str)], ca_file: Option<&Path>) -> Result<Answer, Refusal> {
    let wrong = || Refusal::Address(endpoint.to_owned());
    let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
    // `net` refuses plain text to anything but this machine.
    let (tls, usual) = match uri.scheme_str() {
        Some("https") => (Tls::Implicit, 443),
        Some("http") => (Tls::None, 80),
        Some(_) | None => return Err(wrong()),
    };
    let port = uri.port_u16().unwrap_or(usual);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let request = Request::post(path)
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "replyd")
        .body(Full::new(Bytes::from(form::encode(pairs))))
        .map_err(|_| wrong())?;
    let failed = |why: String| Refusal::Unreachable {
        endpoint: host.clone(),
        why,
    };
    let exchange = async {
        let stream = net::connect(&host, port, tls, ca_file, WITHIN)
            .await
            .map_err(|error| failed(error.to_string()))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failed(error.to_string()))?;
        let asking = async move {
            let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), LARGEST).collect().await;
            Ok((status, body.map_err(|error| error.to_string())?.to_bytes()))
        };
        // The connection does the work while the request waits, and ends when the request has let go of it.
        let (answered, _closed) = futures_util::future::join(asking, connection).await;
        let (status, body) = answered.map_err(|why: String| failed(why))?;
        Ok(Answer {
            endpoint: host.clone(),
            status,
            body,
        })
    };
    timeout(WITHIN, exchange)
        .await
        .unwrap_or_else(|_elapsed| Err(failed(format!("no answer within {} s", WITHIN.as_secs()))))
}
