//! Who may talk to the demo: a browser on this computer that has the demo's own page open.
//!
//! In: the head of a request. Out: yes, or why not; and the fields that go on every answer.
//! Never here: a login. The demo listens on loopback only; what must be kept out are other pages in the same browser.

use std::net::SocketAddr;

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method};

/// R-L9's policy for pages with a script of their own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Why a request is refused. `None` lets it in.
///
/// A name that leads here from elsewhere (DNS rebinding) stands in Host. A page of another site names itself in Origin, or in
/// Sec-Fetch-Site where there is no Origin; it cannot send JSON without asking first, and that question is never answered.
pub(super) fn refusal(at: SocketAddr, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let port = at.port();
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
    let known = |host: &str| names.iter().any(|name| name.eq_ignore_ascii_case(host));
    if !text(header::HOST).is_some_and(known) {
        return Some("the demo answers to 127.0.0.1 and localhost only");
    }
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    if let Some(origin) = text(header::ORIGIN)
        && !origin.strip_prefix("http://").is_some_and(known)
    {
        return Some("the demo takes nothing from other pages");
    }
    if headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
    {
        return Some("the demo takes nothing from other pages");
    }
    if text(header::CONTENT_TYPE) != Some("application/json") {
        return Some("the demo takes application/json only");
    }
    None
}

/// The fields of every answer; what a handler has set itself stays.
pub(super) fn dress(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_and_other_names_are_kept_out() {
        let at: SocketAddr = "127.0.0.1:8025".parse().unwrap();
        let refused = |method: Method, fields: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(*name, value.parse().unwrap());
            }
            refusal(at, &method, &headers).is_some()
        };
        let json = ("content-type", "application/json");
        assert!(!refused(Method::GET, &[("host", "127.0.0.1:8025")]));
        assert!(!refused(Method::GET, &[("host", "LOCALHOST:8025")]));
        assert!(refused(Method::GET, &[]));
        assert!(refused(Method::GET, &[("host", "127.0.0.1:8026")]));
        assert!(refused(Method::GET, &[("host", "rebound.example:8025")]));
        let host = ("host", "127.0.0.1:8025");
        assert!(!refused(Method::POST, &[host, json, ("origin", "http://127.0.0.1:8025")]));
        assert!(!refused(Method::POST, &[host, json]));
        assert!(refused(Method::POST, &[host, json, ("origin", "http://evil.example")]));
        assert!(refused(Method::POST, &[host, json, ("origin", "null")]));
        assert!(refused(Method::POST, &[host, json, ("sec-fetch-site", "cross-site")]));
        assert!(refused(Method::POST, &[host, ("content-type", "text/plain")]));
        assert!(refused(Method::POST, &[host]));
    }
}
