//! A browser without scripts: fetches a page, finds the form a person would see, presses its button.   RFC 9112
//!
//! In: addresses found in fetched letters. Out: real requests over loopback, and pages.
//! Never here: a request to another computer; a guess at a token, a nonce or a field: what is sent stood on the page.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Trouble;
use super::html::{self, Tag, single_spaced};

const PATIENCE: Duration = Duration::from_secs(60);
/// More than any page of ours.
const PAGE: u64 = 4 << 20;

/// Somebody's browser.
#[derive(Debug)]
pub struct Browser {
    user_agent: String,
    /// `Cookie` of each host (RFC 6265 5.4): name and value.
    cookies: Mutex<Vec<(String, String, String)>>,
}

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was found.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// The HTML.
    pub html: String,
}

/// A form a person sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Form {
    action: String,
    /// What is sent whatever is pressed: hidden fields, chosen options, empty text fields.
    fields: Vec<(String, String)>,
    /// The words on each button, and what pressing it adds.
    buttons: Vec<(String, Option<(String, String)>)>,
    /// The words beside each box or option, and what choosing it adds.
    options: Vec<(String, (String, String))>,
}

impl Browser {
    /// One that introduces itself so.
    #[must_use]
    pub fn new(user_agent: &str) -> Self {
        Self {
            user_agent: user_agent.to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// GET.
    ///
    /// # Errors
    /// When the page cannot be fetched.
    pub async fn get(&self, url: &str) -> Result<Page, Trouble> {
        self.request("GET", url, None).await
    }

    /// HEAD, as scanners send it.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn head(&self, url: &str) -> Result<Page, Trouble> {
        self.request("HEAD", url, None).await
    }

    /// Presses the button with these words on the page, with these further options chosen.
    ///
    /// # Errors
    /// When there is no such button, or no answer.
    pub async fn press(&self, page: &Page, words: &str, choose: &[&str]) -> Result<Page, Trouble> {
        self.send_form(page, words, choose, None).await
    }

    /// Types a text into the field of this name and presses the button with these words.
    ///
    /// # Errors
    /// When there is no such button, or no answer.
    pub async fn type_and_press(&self, page: &Page, typed: (&str, &str), words: &str) -> Result<Page, Trouble> {
        self.send_form(page, words, &[], Some(typed)).await
    }

    async fn send_form(&self, page: &Page, words: &str, choose: &[&str], typed: Option<(&str, &str)>) -> Result<Page, Trouble> {
        let missing = || Trouble::NotThere(format!("a button {words:?} on {}", path_only(&page.url)));
        let (form, added) = forms(&page.html)
            .into_iter()
            .find_map(|form| {
                let button = form.buttons.iter().find(|(on_it, _)| on_it.contains(words))?.1.clone();
                Some((form, button))
            })
            .ok_or_else(missing)?;
        let mut fields = form.fields;
        for option in choose {
            let chosen = form.options.iter().find(|(beside, _)| beside.contains(option));
            let (_, field) = chosen.ok_or_else(|| Trouble::NotThere(format!("an option {option:?}")))?;
            fields.push(field.clone());
        }
        fields.extend(added);
        if let Some((name, text)) = typed {
            fields.retain(|(field, _)| field != name);
            fields.push((name.to_owned(), text.to_owned()));
        }
        let url = if form.action.starts_with("http://") {
            form.action
        } else if form.action.is_empty() {
            page.url.clone()
        } else {
            format!("http://{}{}", split(&page.url)?.0, form.action)
        };
        self.request("POST", &url, Some(encoded(&fields))).await
    }

    async fn request(&self, method: &str, url: &str, body: Option<String>) -> Result<Page, Trouble> {
        let (host, path) = split(url)?;
        let exchange = async {
            let mut stream = TcpStream::connect(host).await?;
            if !stream.peer_addr()?.ip().is_loopback() {
                return Err(std::io::Error::other("the demo opens pages of this computer only"));
            }
            let form = body.map_or_else(
                || "\r\n".to_owned(),
                |body| {
                    format!(
                        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                        body.len()
                    )
                },
            );
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {}\r\nAccept: text/html\r\nConnection: close\r\n{}{form}",
                self.user_agent,
                self.cookies_for(host)
            );
            stream.write_all(head.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.take(PAGE).read_to_end(&mut answer).await?;
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        let answer = tokio::time::timeout(PATIENCE, exchange)
            .await
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))
            .flatten()
            .map_err(|source| Trouble::Http {
                url: path_only(url),
                source,
            })?;
        let (head, html) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        self.keep_cookies(host, head);
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let location = head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("location")));
        if let (303, Some((_, to))) = (status, location) {
            let url = if to.starts_with("http://") {
                to.to_owned()
            } else {
                format!("http://{host}{to}")
            };
            return Box::pin(self.request("GET", &url, None)).await;
        }
        Ok(Page {
            url: url.to_owned(),
            status,
            html: html.to_owned(),
        })
    }
}

impl Browser {
    fn cookies_for(&self, host: &str) -> String {
        let kept = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let of_host = kept.iter().filter(|(of, ..)| of == host);
        let all: Vec<String> = of_host.map(|(_, name, value)| format!("{name}={value}")).collect();
        match all.is_empty() {
            true => String::new(),
            false => format!("Cookie: {}\r\n", all.join("; ")),
        }
    }

    fn keep_cookies(&self, host: &str, head: &str) {
        let mut kept = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let fields = head.lines().filter_map(|line| line.split_once(": "));
        for (_, set) in fields.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let Some((name, value)) = set.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            kept.retain(|(of, known, _)| of != host || known != name);
            kept.push((host.to_owned(), name.to_owned(), value.to_owned()));
        }
    }
}

impl Page {
    /// The main part of the page as a person reads it, single spaces.
    #[must_use]
    pub fn words(&self) -> String {
        let main = html::visible(&self.html).into_iter().skip_while(|tag| tag.name != "main");
        let text: Vec<String> = main.map(|tag| tag.text).collect();
        single_spaced(&text.join(" "))
    }
}

/// Host with port, and path. Only `http://` is known: the demo's pages are on this computer.
fn split(url: &str) -> Result<(&str, &str), Trouble> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| Trouble::NotThere("an http:// link".to_owned()))?;
    let slash = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(slash).unwrap_or((rest, ""));
    Ok((host, if path.is_empty() { "/" } else { path }))
}

/// A link without its token, for messages.
fn path_only(url: &str) -> String {
    url.rsplit_once('/').map_or(url, |(base, _)| base).to_owned()
}

/// The forms a person sees.
fn forms(page: &str) -> Vec<Form> {
    let mut found = Vec::new();
    let mut open: Option<Form> = None;
    let mut on_button: Option<(String, Option<(String, String)>)> = None;
    let mut beside: Option<(String, String)> = None;
    for tag in html::visible(page) {
        match (tag.name.as_str(), &mut open) {
            ("form", _) => {
                open = Some(Form {
                    action: tag.attribute("action").unwrap_or_default().to_owned(),
                    ..Form::default()
                });
            }
            ("/form", _) => found.extend(open.take()),
            ("/button", Some(form)) => form.buttons.extend(on_button.take()),
            ("button", Some(_)) => on_button = Some((String::new(), field(&tag))),
            ("input", Some(form)) => beside = input(form, &tag),
            ("textarea", Some(form)) => form.fields.extend(field(&tag)),
            _ => {}
        }
        if let Some((words, _)) = &mut on_button {
            *words = single_spaced(&format!("{words} {}", tag.text));
        }
        if let (Some(choice), Some(form)) = (&beside, &mut open) {
            let words = single_spaced(&tag.text);
            if !words.is_empty() {
                form.options.push((words, choice.clone()));
                beside = None;
            }
        }
    }
    found
}

/// Puts an input's value among the fields; an unchosen box or option is handed back until its words are known.
fn input(form: &mut Form, tag: &Tag) -> Option<(String, String)> {
    let kind = tag.attribute("type").unwrap_or("text").to_ascii_lowercase();
    let field = field(tag)?;
    match kind.as_str() {
        "submit" => form.buttons.push((field.1.clone(), Some(field))),
        "checkbox" | "radio" if tag.attribute("checked").is_none() => return Some(field),
        _ => form.fields.push(field),
    }
    None
}

fn field(tag: &Tag) -> Option<(String, String)> {
    let name = tag.attribute("name")?.to_owned();
    Some((name, tag.attribute("value").unwrap_or_default().to_owned()))
}

/// application/x-www-form-urlencoded.
fn encoded(fields: &[(String, String)]) -> String {
    let one = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
                b' ' => out.push('+'),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
        out
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", one(name), one(value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_sees_the_visible_form_only() {
        let page = "<div hidden><form action='/trap'><button>Confirm</button></form></div>
            <form method=post action='/trap2' style='position: absolute; left: -9999px'><button>Confirm</button></form>
            <form method=post action='/d/1'><input type=hidden name=nonce value='a&amp;b'>
            <label><input type=radio name=choice value=pass> Pass</label><label><input type=radio name=choice value=yes checked> Interested</label>
            <textarea name=remark></textarea><button name=go value=1><b>Confirm</b> Interested</button></form>";
        let found = forms(page);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].action, "/d/1");
        assert_eq!(encoded(&found[0].fields), "nonce=a%26b&choice=yes&remark=");
        assert_eq!(
            found[0].buttons,
            [("Confirm Interested".to_owned(), Some(("go".to_owned(), "1".to_owned())))]
        );
        assert_eq!(found[0].options, [("Pass".to_owned(), ("choice".to_owned(), "pass".to_owned()))]);
    }
}
