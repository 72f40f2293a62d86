//! One question, and whereto it leads: redirects are followed a few times, each to an address that is looked at anew.   RFC 9110 15.4

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Client, Login, Trouble};
use crate::model::Feed;
use crate::net::Reach;
use crate::net::http::{self, Ask, Cost, NoAnswer};

/// Servers that lead on more often lead in a circle.
const MOST_REDIRECTS: usize = 3;

/// An answer, and whose.
pub(super) struct Answer {
    pub(super) host: String,
    pub(super) got: http::Answer,
}

impl Answer {
    /// Why this is not what was asked for.
    pub(super) fn refusal(self) -> Trouble {
        let (host, status) = (self.host, self.got.status);
        match status {
            401 | 403 => Trouble::Login { host, status },
            404 | 410 => Trouble::Gone { host, status },
            _ => Trouble::Answer {
                host,
                why: format!("answers {status}"),
            },
        }
    }
}

impl Client {
    /// Asks a server, and whomever it leads to.
    pub(super) async fn ask(
        &self,
        feed: &Feed,
        login: Option<&Login>,
        method: &str,
        headers: &[(&str, &str)],
        body: &str,
        largest: usize,
    ) -> Result<Answer, Trouble> {
        let credentials = login.map(|login| {
            let both = format!("{}:{}", login.user, login.password.expose());
            format!("Basic {}", BASE64.encode(both))
        });
        let mut url = feed.url().to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let host = http::host(&url).unwrap_or_default();
            let mut headers = headers.to_vec();
            // A login is for the server it was given for.
            if let Some(credentials) = credentials.as_deref().filter(|_| origin(&url) == origin(feed.url())) {
                headers.push(("authorization", credentials));
            }
            let asked = Ask {
                method,
                url: &url,
                headers: &headers,
                body: body.as_bytes(),
            };
            let cost = Cost {
                // All of it together has a limit of its own, which says whom it waited for.
                within: self.within.saturating_mul(2),
                largest,
                reach: Reach::Public(&self.private),
                ca_file: self.ca_file.as_deref(),
            };
            let got = http::ask(asked, cost).await.map_err(|error| match error {
                NoAnswer::Address => Trouble::Failed("the address of the calendar cannot be asked".to_owned()),
                NoAnswer::TooLarge(_) => Trouble::Answer {
                    host: host.clone(),
                    why: format!("gives more than {largest} bytes: ask for a calendar that holds less of the past"),
                },
                NoAnswer::Failed(why) => Trouble::Failed(why),
            })?;
            if !matches!(got.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(Answer { host, got });
            }
            let next = got.header("location").and_then(|place| onward(&url, place));
            let Some(next) = next else {
                return Err(Trouble::Answer {
                    host,
                    why: format!("answers {} and leads nowhere that may be asked", got.status),
                });
            };
            url = next;
        }
        Err(Trouble::Answer {
            host: feed.host().to_owned(),
            why: format!("leads on more than {MOST_REDIRECTS} times"),
        })
    }
}

/// Scheme, host and port, as written.
fn origin(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let path = rest.find(['/', '?']).map_or(0, |at| rest.len() - at);
    url.get(..url.len() - path).unwrap_or(url)
}

/// Where a Location leads from an address. `None` when that is no address on the web, has a login in it, or would go on without TLS.
fn onward(from: &str, place: &str) -> Option<String> {
    let place = place.split_once('#').map_or(place, |(before, _)| before).trim();
    let (scheme, _) = from.split_once("://")?;
    let next = if place.contains("://") {
        place.to_owned()
    } else if place.starts_with("//") {
        format!("{scheme}:{place}")
    } else if place.starts_with('/') {
        format!("{}{place}", origin(from))
    } else {
        let path = from.split_once('?').map_or(from, |(path, _)| path);
        let folder = match path.rfind('/') {
            Some(at) if at >= origin(from).len() => path.get(..=at)?.to_owned(),
            Some(_) | None => format!("{}/", origin(from)),
        };
        format!("{folder}{place}")
    };
    let with_tls = next.starts_with("https://") || (next.starts_with("http://") && scheme == "http");
    let clean = next.bytes().all(|byte| byte.is_ascii_graphic()) && !origin(&next).contains('@');
    (with_tls && clean && next.len() <= 4_000).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_lead_where_they_say() {
        let from = "https://a.example:8443/x/y.ics?z=/1";
        for (place, next) in [
            ("https://b.example/z#top", Some("https://b.example/z")),
            ("//b.example/z", Some("https://b.example/z")),
            ("/z", Some("https://a.example:8443/z")),
            ("z", Some("https://a.example:8443/x/z")),
            ("?z=2", Some("https://a.example:8443/x/?z=2")),
            ("http://a.example:8443/x", None),
            ("file:///etc/passwd", None),
            ("https://ann:secret@b.example/", None),
            ("https://b.example/x y", None),
        ] {
            assert_eq!(onward(from, place).as_deref(), next, "{place}");
        }
        assert_eq!(onward("https://a.example", "z").as_deref(), Some("https://a.example/z"));
        assert_eq!(
            onward("http://127.0.0.1:1/", "http://127.0.0.1:2/").as_deref(),
            Some("http://127.0.0.1:2/")
        );
        assert_eq!(origin("https://a.example?x"), "https://a.example");
    }
}
