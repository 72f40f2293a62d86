//! How an agency's pages look: its name or logo, its colour, the one stylesheet that the policy allows, the headers of every answer.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use minijinja::context;
use minijinja::value::Value;

use crate::compose::{Agency, Colour, Logo};
use crate::link;

/// One look.
#[derive(Debug)]
pub(super) struct Look {
    name: String,
    style: String,
    policy: HeaderValue,
    prefix: String,
    logo: Option<Arc<Logo>>,
}

/// The headers of every answer beside the policy.
const GUARDS: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex, nofollow, noarchive"),
    ("x-content-type-options", "nosniff"),
];

impl Look {
    pub(super) fn new(agency: &Agency, style: &str, prefix: &str) -> Self {
        let style = format!("{}{style}", colours(agency.colour));
        Self {
            name: agency.name.to_string(),
            policy: policy(&style),
            style,
            prefix: prefix.to_owned(),
            logo: agency.logo.clone(),
        }
    }

    /// The same for pages that have a script of ours, ask us for news, and show mails in frames (reliability L9).
    pub(super) fn with_scripts(mut self) -> Self {
        let policy = self.policy.to_str().unwrap_or("default-src 'none'");
        let policy = format!("{policy}; script-src 'self'; connect-src 'self'; frame-src 'self'");
        self.policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        self
    }

    /// What every template sees.
    pub(super) fn values(&self) -> Value {
        let logo = self.logo.as_ref().map(|logo| {
            let source = format!("{}/logo/{}", self.prefix, logo.id);
            context! { source, width => logo.width, height => logo.height }
        });
        context! { agency => &self.name, logo, style => Value::from_safe_string(self.style.clone()) }
    }

    /// The logo with this id, if it is this look's.
    pub(super) fn logo(&self, id: &str) -> Option<&Logo> {
        self.logo.as_deref().filter(|logo| logo.id == id)
    }

    /// A finished page as an answer.
    pub(super) fn html(&self, status: StatusCode, html: Bytes) -> Response<Body> {
        let mut answer = Response::new(Body::from(html));
        *answer.status_mut() = status;
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        self.guard(answer.headers_mut());
        answer
    }

    /// The headers of every answer, errors too: nothing is kept, indexed, framed, or fetched from elsewhere.
    pub(super) fn guard(&self, headers: &mut HeaderMap) {
        // A page that has a policy has that of its own stylesheet.
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert_with(|| self.policy.clone());
        for (name, value) in GUARDS {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }

    /// The same headers as text, for answers written straight onto a connection.
    pub(super) fn guard_lines(&self) -> String {
        let policy = self.policy.to_str().unwrap_or("default-src 'none'");
        let mut lines = format!("content-security-policy: {policy}\r\n");
        for (name, value) in GUARDS {
            lines.push_str(&format!("{name}: {value}\r\n"));
        }
        lines
    }
}

/// The agency's colour as the stylesheet uses it: as the ground of buttons with what can be read on it, and as text and border in a
/// shade that stands out in the light and in the dark.
fn colours(colour: Colour) -> String {
    let (light, dark) = (colour.readable_on(Colour::WHITE), colour.readable_on(Colour::DARK_CARD));
    format!(
        ":root{{--brand:{colour};--on-brand:{};--accent:{light}}}@media (prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}\n",
        colour.on_it()
    )
}

fn policy(style: &str) -> HeaderValue {
    let hash = data_encoding::BASE64.encode(&link::sha256(style.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    // Base64 is always a header value.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::super::trial::example_agency;
    use super::*;

    #[test]
    fn the_policy_allows_the_stylesheet_in_use_and_no_other() {
        let one = Look::new(&example_agency(), "body{color:red}", "");
        let other = Look::new(&example_agency(), "body{color:blue}", "");
        assert_ne!(one.policy, other.policy);
        // Taken from the text, as a browser takes it.
        let hash = data_encoding::BASE64.encode(&link::sha256(one.style.as_bytes()));
        assert!(one.guard_lines().contains(&format!("style-src 'sha256-{hash}'")));
        assert!(one.style.ends_with("\nbody{color:red}"), "{}", one.style);
    }

    #[test]
    fn a_page_keeps_the_policy_of_its_own_look() {
        let own = Look::new(&example_agency(), "a{}", "");
        let other = Look::new(&example_agency(), "b{}", "");
        let mut answer = own.html(StatusCode::OK, Bytes::new());
        other.guard(answer.headers_mut());
        assert_eq!(answer.headers().get(header::CONTENT_SECURITY_POLICY), Some(&own.policy));
    }
}
