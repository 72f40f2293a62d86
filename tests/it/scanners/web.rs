//! A program's view of the web: connections that are kept, pages, their forms and links.

use std::sync::LazyLock;

use regex::Regex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One visitor: a network, seen through the proxy in front.
pub(super) struct Web {
    port: u16,
    from: String,
    line: Option<TcpStream>,
}

#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) body: String,
}

/// A form as a program sees it.
#[derive(Debug)]
pub(super) struct Form {
    /// Empty for the page itself.
    pub(super) action: String,
    pub(super) hidden: bool,
    /// What is sent whatever is pressed: hidden fields, what is ticked, text.
    pub(super) fields: Vec<(String, String)>,
    /// Every box there is to tick, every line there is to fill.
    pub(super) all: Vec<(String, String)>,
    pub(super) buttons: Vec<(String, String)>,
}

impl Web {
    pub(super) fn to(port: u16, from: &str) -> Self {
        Self {
            port,
            from: from.to_owned(),
            line: None,
        }
    }

    /// Another connection of the same visitor.
    pub(super) fn another(&self) -> Self {
        Self::to(self.port, &self.from)
    }

    pub(super) async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        for _ in 0..3 {
            if let Some(page) = self.try_ask(method, path, headers, body).await {
                return page;
            }
            self.line = None;
        }
        panic!("{method} {path} is not answered");
    }

    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[kind], &encode(fields)).await
    }

    /// `None` when the connection had been closed meanwhile.
    async fn try_ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Page> {
        if self.line.is_none() {
            self.line = Some(TcpStream::connect(("127.0.0.1", self.port)).await.unwrap());
        }
        let line = self.line.as_mut()?;
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: a\r\nx-forwarded-for: {}\r\ncontent-length: {}\r\n",
            self.from,
            body.len()
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("\r\n{body}"));
        line.write_all(text.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        let mut octets = vec![0; 32 * 1024];
        loop {
            let n = line.read(&mut octets).await.ok().filter(|n| *n > 0)?;
            answer.extend(&octets[..n]);
            let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let text = String::from_utf8_lossy(&answer[..head]).to_lowercase();
            let status = text.split(' ').nth(1)?.parse().ok()?;
            let length = text
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.parse().ok());
            let length: usize = if method == "HEAD" { 0 } else { length.unwrap_or(0) };
            if answer.len() >= head + 4 + length {
                let body = String::from_utf8_lossy(&answer[head + 4..]).into_owned();
                return Some(Page { status, body });
            }
        }
    }
}

/// Opens a page as a person does, and presses a button on it.
pub(super) async fn press(web: &mut Web, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = web.ask("GET", path, &[], "").await;
    let nonce = page.nonce().expect("a page with a form");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend(fields);
    web.post(path, &all).await
}

impl Page {
    pub(super) fn nonce(&self) -> Option<String> {
        let rest = self.body.split("name=\"nonce\" value=\"").nth(1)?;
        Some(rest.split('"').next()?.to_owned())
    }

    /// Links to follow, hidden or not, resolved against the page they stand on.
    pub(super) fn links(&self, path: &str) -> Vec<String> {
        static HREF: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<a [^>]*href="([^"]+)""#).unwrap());
        let found = HREF.captures_iter(&self.body).map(|hit| unescaped(&hit[1]));
        found
            .filter(|to| !to.starts_with("mailto:"))
            .map(|to| resolved(path, &to))
            .collect()
    }

    pub(super) fn forms(&self) -> Vec<Form> {
        static FORM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<form([^>]*)>(.*?)</form>").unwrap());
        static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<(input|button|textarea)\b([^>]*)>").unwrap());
        let mut forms = Vec::new();
        for hit in FORM.captures_iter(&self.body) {
            let mut one = Form {
                action: attribute(&hit[1], "action").unwrap_or_default(),
                hidden: hit[1].contains(" hidden"),
                fields: Vec::new(),
                all: Vec::new(),
                buttons: Vec::new(),
            };
            for tag in TAG.captures_iter(&hit[2]) {
                let name = attribute(&tag[2], "name").unwrap_or_default();
                let value = attribute(&tag[2], "value").unwrap_or_default();
                match (&tag[1], attribute(&tag[2], "type").as_deref()) {
                    ("button", _) => one.buttons.push((name, value)),
                    ("textarea", _) | ("input", Some("text")) => {
                        one.fields.push((name.clone(), String::new()));
                        one.all.push((name, "Filled in by a machine".to_owned()));
                    }
                    ("input", Some("checkbox" | "radio")) => {
                        if tag[2].contains(" checked") {
                            one.fields.push((name.clone(), value.clone()));
                        }
                        one.all.push((name, value));
                    }
                    _ => {
                        one.fields.push((name.clone(), value.clone()));
                        one.all.push((name, value));
                    }
                }
            }
            forms.push(one);
        }
        forms
    }
}

/// Where a relative address leads from a page.
pub(super) fn resolved(page: &str, to: &str) -> String {
    if to.starts_with('/') {
        return to.to_owned();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let at = tag.find(&start)? + start.len();
    Some(unescaped(tag[at..].split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&#x2f;", "/").replace("&quot;", "\"").replace("&amp;", "&")
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let escaped = text.bytes().map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        });
        escaped.collect::<String>()
    };
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}
