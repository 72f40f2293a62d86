//! The HTML of a mail, made ready for a sandboxed frame.
//!
//! In: the HTML part as it came. Out: the same, with links that open in a new tab and `mailto:` links that open the reply box.
//! Never here: trust. What keeps scripts from running is the frame's sandbox and the policy in the header; nothing is cleaned away,
//! so that a mail is shown as it came.

/// The policy of the frame's document. No script, no connection, no form, no frame; links may open tabs, which are ordinary again.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src cid: data:; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The document. `mailto` is the address to which a clicked `mailto:` link is reported.
pub(super) fn document(html: &str, mailto: &str) -> String {
    let html = with_mailto(html, mailto);
    // Links without a target would open inside the small frame; a mail without a font has the mail program's.
    let base = "<base target=\"_blank\"><style>body{font:15px/1.45 system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}</style>";
    let lower = html.to_ascii_lowercase();
    let inside_head = lower
        .find("<head")
        .and_then(|at| lower.get(at..)?.find('>').map(|end| at + end + 1));
    match inside_head.and_then(|at| html.split_at_checked(at)) {
        Some((before, after)) => format!("{before}{base}{after}"),
        None => format!("<!DOCTYPE html><html><head><meta charset=\"utf-8\">{base}</head><body>{html}</body></html>"),
    }
}

/// A `mailto:` link would start the reader's real mail program. It is led to the demo, which opens the reply box instead and
/// answers 204, so that the frame stays as it is.
fn with_mailto(html: &str, mailto: &str) -> String {
    const START: &str = "href=\"mailto:";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(START) {
        let (link, tail) = after.split_once('"').unwrap_or((after, ""));
        let link = link.replace("&amp;", "&");
        out.push_str(before);
        out.push_str(&format!("target=\"_self\" href=\"{mailto}?link={}\"", encoded(&link)));
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The parts of a `mailto:` link (RFC 6068) without its scheme.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Mailto {
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) body: String,
}

impl Mailto {
    pub(super) fn parse(link: &str) -> Self {
        let (to, fields) = link.split_once('?').unwrap_or((link, ""));
        let mut found = Self {
            to: decoded(to),
            ..Self::default()
        };
        for field in fields.split('&') {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            match name.to_ascii_lowercase().as_str() {
                "subject" => found.subject = decoded(value),
                "body" => found.body = decoded(value).replace("\r\n", "\n"),
                _ => {}
            }
        }
        found
    }
}

/// Percent-decoding only: a `+` is a plus (RFC 6068 5).
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digits = [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()];
        let value = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(value.unwrap_or(b'?'));
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailto_links_lead_to_the_demo_and_back() {
        let html = "<html><head><title>x</title></head><body><a href=\"mailto:bot+a@x.example?subject=Yes%3A%20Ana&amp;body=a%0D%0Ab\">or by mail</a></body></html>";
        let shown = document(html, "/mailto/k/0/1");
        assert!(shown.contains("<head><base target=\"_blank\"><style>"), "{shown}");
        let (_, link) = shown.split_once("href=\"/mailto/k/0/1?link=").unwrap();
        let link = decoded(link.split_once('"').unwrap().0);
        let expected = Mailto {
            to: "bot+a@x.example".to_owned(),
            subject: "Yes: Ana".to_owned(),
            body: "a\nb".to_owned(),
        };
        assert_eq!(Mailto::parse(&link), expected);
        assert!(document("plain", "/m").starts_with("<!DOCTYPE html>"));
    }
}
