//! The address at which clients reach the pages: does it answer, and is it this replyd that does?

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::{Line, SOON, Told, Verdict, certificate, line, ok};
use crate::config::Config;
use crate::daemon::instance;
use crate::model::Timestamp;
use crate::net::{self, NetError, Tls};

/// Longest answer read.
const LARGEST: usize = 64 * 1024;

/// What was found.
pub(super) struct Web {
    pub(super) lines: Vec<Line>,
    pub(super) told: Option<Told>,
}

/// An answer of whoever answers there.
struct Heard {
    status: u16,
    date: Option<Timestamp>,
    body: Bytes,
    certificate: Option<Vec<u8>>,
}

/// `runs`: a daemon works on this database.
pub(super) async fn look(config: &Config, runs: bool, now: &(dyn Fn() -> Timestamp + Sync)) -> Web {
    let base = config.ink.links.base();
    let mut web = Web {
        lines: Vec::new(),
        told: None,
    };
    let worse = if runs { Verdict::Fail } else { Verdict::Warn };
    let start = "start replyd run (and the TLS proxy before it), then check again";
    let fix = if runs {
        "look at the TLS proxy: it must pass this address on to [http] listen"
    } else {
        start
    };
    let answer = timeout(SOON, ask(base)).await;
    let heard = match answer {
        Ok(Ok(heard)) => heard,
        Ok(Err(Trouble::Plain)) => {
            let says = format!("{base} is not protected by TLS");
            web.lines.push(line(
                "url",
                Verdict::Warn,
                says,
                "put a TLS proxy in front and set [http] public_url to https://…",
            ));
            return web;
        }
        Ok(Err(Trouble::Net(error @ NetError::Tls { .. }))) => {
            let fix = "give the TLS proxy a certificate for this name that browsers trust";
            web.lines.push(line("url", Verdict::Fail, format!("{base}: {error}"), fix));
            return web;
        }
        Ok(Err(error)) => {
            web.lines.push(line("url", worse, format!("{base}: {error}"), fix));
            return web;
        }
        Err(_elapsed) => {
            let says = format!("{base} does not answer within {} s", SOON.as_secs());
            web.lines.push(line("url", worse, says, fix));
            return web;
        }
    };
    let health: Option<serde_json::Value> = serde_json::from_slice(&heard.body).ok();
    let whose = health.as_ref().and_then(|health| health["replyd"].as_str());
    web.lines.push(match whose {
        Some(whose) if whose == instance(&config.ink) => {
            let reds: Vec<&str> = health
                .iter()
                .flat_map(|health| health["checks"].as_array().into_iter().flatten())
                .filter(|check| check["ok"] == false)
                .filter_map(|check| check["name"].as_str())
                .collect();
            if reds.is_empty() {
                ok("url", format!("{base} answers as this replyd"))
            } else {
                let says = format!("{base} answers as this replyd; its /healthz is red: {}", reds.join(", "));
                line("url", Verdict::Warn, says, "ask /healthz on this machine for the reasons")
            }
        }
        Some(_) => {
            let fix = "public_url leads to another replyd, or [links] keys_file is not the daemon's";
            line("url", Verdict::Fail, format!("{base} is answered by another replyd"), fix)
        }
        None => line(
            "url",
            worse,
            format!("{base} is answered by something else (HTTP {})", heard.status),
            fix,
        ),
    });
    web.lines.extend(certificate::look("url", heard.certificate.as_deref(), now()));
    // A proxy on this machine has our own clock.
    let elsewhere = base.parse::<Uri>().ok().and_then(|uri| uri.host().map(|host| !is_local(host)));
    if elsewhere == Some(true) {
        web.told = heard.date.map(|date| Told {
            by: "the TLS proxy".to_owned(),
            ahead: date - now(),
        });
    }
    web
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("not an address")]
    Address,
    #[error("not protected")]
    Plain,
    #[error(transparent)]
    Net(#[from] NetError),
    #[error("no HTTP: {0}")]
    Http(String),
}

async fn ask(base: &str) -> Result<Heard, Trouble> {
    let uri: Uri = format!("{base}/healthz").parse().map_err(|_| Trouble::Address)?;
    let host = uri.host().ok_or(Trouble::Address)?.trim_matches(['[', ']']).to_owned();
    let (tls, usual) = match uri.scheme_str() {
        Some("https") => (Tls::Implicit, 443),
        // Plain text goes to this machine only.
        Some("http") if is_local(&host) => (Tls::None, 80),
        Some(_) | None => return Err(Trouble::Plain),
    };
    let stream = net::connect(&host, uri.port_u16().unwrap_or(usual), tls, None, SOON).await?;
    let certificate = stream.certificate();
    let http = |error: hyper::Error| Trouble::Http(error.to_string());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(http)?;
    let request = Request::get(uri.path())
        .header(header::HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(header::USER_AGENT, "replyd check")
        .body(Empty::<Bytes>::new())
        .map_err(|_| Trouble::Address)?;
    let exchange = async {
        let answer = sender.send_request(request).await.map_err(http)?;
        let status = answer.status().as_u16();
        let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        let date = date.map(|date| date.to_utc());
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|error| Trouble::Http(error.to_string()))?.to_bytes();
        Ok(Heard {
            status,
            date,
            body,
            certificate,
        })
    };
    tokio::select! {
        heard = exchange => heard,
        // The connection is driven beside; when it ends first, there is no answer.
        ended = async { let _ = connection.await; std::future::pending::<Result<Heard, Trouble>>().await } => ended,
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
