//! One request, one answer: over our own TLS, in limited time, of limited size, redirects not followed.   RFC 9110
//!
//! In: what is asked, and what it may cost. Out: status, headers, body. Never here: what is asked, or what an answer means.

use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Bytes};
use hyper::header::{CONNECTION, HOST, USER_AGENT};
use hyper::{HeaderMap, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::{Reach, Tls, connect_to};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// GET, POST, REPORT.
    pub method: &'a str,
    /// `https://…`; `http://…` on loopback.
    pub url: &'a str,
    /// Beside those that every request has.
    pub headers: &'a [(&'a str, &'a str)],
    /// May be empty.
    pub body: &'a [u8],
}

/// What it may cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost<'a> {
    /// From the first packet to the last byte.
    pub within: Duration,
    /// Bytes of the answer.
    pub largest: usize,
    /// Which addresses may be asked.
    pub reach: Reach<'a>,
    /// PEM file with further trusted CAs.
    pub ca_file: Option<&'a Path>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Bytes,
    headers: HeaderMap,
}

impl Answer {
    /// The first header of a name; `None` as well when it is not ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nothing can be asked there, however often.
    #[error("not an address of the kind https://HOST/PATH (http:// for loopback only)")]
    Address,
    /// More than was asked for.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// No connection, no answer in time, something else than HTTP.
    #[error("{0}")]
    Failed(String),
}

/// The host that a URL names.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    uri.host().map(|host| host.trim_matches(['[', ']']).to_owned())
}

/// Asks once.
///
/// # Errors
/// See [`NoAnswer`].
pub async fn ask(ask: Ask<'_>, cost: Cost<'_>) -> Result<Answer, NoAnswer> {
    let uri: Uri = ask.url.parse().map_err(|_| NoAnswer::Address)?;
    let (Some(host), Some(authority)) = (host(ask.url), uri.authority()) else {
        return Err(NoAnswer::Address);
    };
    // `net` refuses plain text to anything but this machine.
    let (tls, usual) = match uri.scheme_str() {
        Some("https") => (Tls::Implicit, 443),
        Some("http") => (Tls::None, 80),
        Some(_) | None => return Err(NoAnswer::Address),
    };
    let port = uri.port_u16().unwrap_or(usual);
    let place = match uri.port() {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    };
    let mut request = Request::builder()
        .method(ask.method)
        .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, place)
        .header(USER_AGENT, "replyd")
        .header(CONNECTION, "close");
    for (name, value) in ask.headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::copy_from_slice(ask.body)))
        .map_err(|_| NoAnswer::Address)?;
    let failed = |error: &dyn std::fmt::Display| NoAnswer::Failed(error.to_string());
    let exchange = async {
        let stream = connect_to(&host, port, tls, cost.ca_file, cost.within, cost.reach)
            .await
            .map_err(|error| failed(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failed(&error))?;
        let asking = async move {
            let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
            let (head, body) = response.into_parts();
            // Who says beforehand that it is too large is believed.
            if body.size_hint().lower() > cost.largest as u64 {
                return Err(NoAnswer::TooLarge(cost.largest));
            }
            let body = Limited::new(body, cost.largest).collect().await;
            let body = body.map_err(|error| match error.is::<http_body_util::LengthLimitError>() {
                true => NoAnswer::TooLarge(cost.largest),
                false => failed(&error),
            })?;
            Ok(Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body: body.to_bytes(),
            })
        };
        // The connection does the work while the request waits, and ends when the request has let go of it.
        let (answered, _closed) = futures_util::future::join(asking, connection).await;
        answered
    };
    timeout(cost.within, exchange)
        .await
        .unwrap_or_else(|_elapsed| Err(NoAnswer::Failed(format!("no answer within {} s", cost.within.as_secs()))))
}
