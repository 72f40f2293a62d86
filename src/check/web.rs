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
    // A proxy on this machine has our own clock, and lets us in as it does itself.
    let elsewhere = base.parse::<Uri>().ok().and_then(|uri| uri.host().map(|host| !is_local(host)));
    let elsewhere = elsewhere == Some(true);
    web.lines.push(match whose {
        Some(whose) if whose == instance(&config.ink) => ours(base, health.as_ref(), elsewhere),
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
    if elsewhere {
        web.told = heard.date.map(|date| Told {
            by: "the TLS proxy".to_owned(),
            ahead: date - now(),
        });
    }
    web
}

/// This very replyd answers. To who comes from elsewhere it says of its checks only whether they are red: when it says more, it takes
/// everybody for a program on this machine, because the proxy does not say whom it speaks for.
fn ours(base: &str, health: Option<&serde_json::Value>, elsewhere: bool) -> Line {
    let checks = || health.and_then(|health| health["checks"].as_array()).into_iter().flatten();
    if elsewhere && checks().any(|check| check.get("says").is_some()) {
        let says = format!("{base} answers as this replyd, but takes every visitor for this machine");
        let fix = "let the TLS proxy send X-Forwarded-For, and name it in [http] trusted_proxies";
        return line("url", Verdict::Warn, says, fix);
    }
    let reds: Vec<&str> = checks()
        .filter(|check| check["ok"] == false)
        .filter_map(|check| check["name"].as_str())
        .collect();
    if reds.is_empty() {
        return ok("url", format!("{base} answers as this replyd"));
    }
    let says = format!("{base} answers as this replyd; its /healthz is red: {}", reds.join(", "));
    line("url", Verdict::Warn, says, "ask /healthz on this machine for the reasons")
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_proxy_that_hides_whom_it_speaks_for_is_found() {
        let look = |checks: serde_json::Value, elsewhere| {
            let line = ours("https://a.example", Some(&json!({ "checks": checks })), elsewhere);
            (line.verdict, line.fix.contains("X-Forwarded-For"))
        };
        let bare = json!([{ "name": "imap", "ok": true }]);
        let told = json!([{ "name": "imap", "ok": true, "says": "read 1 min ago" }]);
        assert_eq!(look(bare.clone(), true), (Verdict::Ok, false));
        assert_eq!(look(told.clone(), true), (Verdict::Warn, true));
        // Without a proxy between, this machine is told.
        assert_eq!(look(told, false), (Verdict::Ok, false));
        assert_eq!(look(json!([{ "name": "imap", "ok": false }]), true), (Verdict::Warn, false));
    }
}
