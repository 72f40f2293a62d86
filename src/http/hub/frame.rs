//! The HTML of a mail, as it may be looked at: in a frame of its own that runs, loads, sends and opens nothing.
//!
//! The frame's policy and its sandbox are what holds. That the elements which would have to be held do not even stand in it is a second
//! lock: a browser with a hole in the first one still has nothing to open.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Larger ones are cut: nobody reads more, and the text shows all of it.
const LONGEST: usize = 1 << 20;

/// Nothing but its own inline style and pictures that stand in it; no scripts, no forms, an origin of its own, framed by us alone.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'self'; sandbox";

/// Elements that run, load, send, or lead away. A browser connects to where a link leads when it is only pressed, before any policy is asked.
const HELD: [&str; 26] = [
    "a",
    "applet",
    "area",
    "audio",
    "base",
    "button",
    "embed",
    "fencedframe",
    "form",
    "frame",
    "frameset",
    "iframe",
    "input",
    "isindex",
    "link",
    "meta",
    "noscript",
    "object",
    "param",
    "picture",
    "portal",
    "script",
    "select",
    "source",
    "textarea",
    "video",
];

/// The HTML as an answer.
pub(super) fn framed(html: &str) -> Response {
    // First in the document, so that a mail without any has the encoding that it was decoded to. What was a link still looks like one.
    let first = "<!doctype html><meta charset=utf-8><style>x-a{color:#0b57d0;text-decoration:underline}</style>";
    let mut answer = Response::new(Body::from(format!("{first}{}", held(html))));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Names in it are not looked up either.
    headers.insert(HeaderName::from_static("x-dns-prefetch-control"), HeaderValue::from_static("off"));
    answer
}

/// The same HTML in which the elements of [`HELD`] are unknown ones. A start tag is `<` and a letter, whatever stands around it
/// (WHATWG HTML 13.2.5.6), so a longer name is another element; where it was no tag, nothing but letters changed.
fn held(html: &str) -> String {
    let mut end = html.len().min(LONGEST);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let html = html.get(..end).unwrap_or_default();
    let mut out = String::with_capacity(html.len() + 64);
    let mut parts = html.split('<');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push('<');
        let (slash, rest) = part.strip_prefix('/').map_or(("", part), |rest| ("/", rest));
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        out.push_str(slash);
        if HELD.iter().any(|held| held.eq_ignore_ascii_case(name)) {
            out.push_str("x-");
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_or_load_is_no_such_element_any_more() {
        assert_eq!(
            held("<p>Hi<SCRIPT>alert(1)</script><a href=x>y</a><b>z</b><iFrame/src=//x><script<script>"),
            "<p>Hi<x-SCRIPT>alert(1)</x-script><x-a href=x>y</x-a><b>z</b><x-iFrame/src=//x><x-script<x-script>"
        );
        assert_eq!(held("<linked> 1 <2 </p"), "<linked> 1 <2 </p", "other elements stay");
        for name in HELD {
            for tag in [format!("<{name}"), format!("<{}\n", name.to_uppercase()), format!("<{name}/>")] {
                assert!(held(&tag).starts_with("<x-"), "{tag}");
            }
        }
        assert!(HELD.is_sorted());
    }

    #[test]
    fn a_long_one_is_cut_between_characters() {
        let long = "é".repeat(LONGEST);
        assert!(held(&long).len() <= LONGEST);
        assert!(held(&format!("a{long}")).ends_with('é'));
    }

    #[test]
    fn the_frame_has_a_policy_of_its_own() {
        let answer = framed("<b>x</b>");
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'self'", "form-action 'none'", "; sandbox"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("script") && !policy.contains("http"), "{policy}");
    }
}
