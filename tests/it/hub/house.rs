//! A daemon with a hub, and people who hold sessions in it.

use replyd::config::Config;
use replyd::conversation::Conversation;
use replyd::daemon::hub_link;
use replyd::model::{Address, ConversationId};
use serde_json::json;

use crate::api::house::{Heard, House, Plan, batch};
use crate::desk::stored;

pub(super) const MARIA: &str = "maria@agency.example";
pub(super) const TOM: &str = "tom@agency.example";
pub(super) const LEAD: &str = "lena@agency.example";

/// Maria is a recruiter of the first batch, Tom of the second, Lena leads.
const PEOPLE: &str = r#"
[[recruiters]]
address = "lena@agency.example"
name = "Lena Lead"
lead = true
[[recruiters]]
address = "sue@agency.example"
name = "Sue Shared"
zone = "Europe/Lisbon"
projects = ["Brightwell: Buyer"]
"#;

pub(super) struct Hub {
    pub(super) house: House,
    pub(super) config: Config,
    uid: std::cell::Cell<u32>,
}

/// A browser that is signed in.
pub(super) struct Session<'a> {
    hub: &'a Hub,
    pub(super) cookie: String,
}

impl Hub {
    pub(super) async fn open() -> Self {
        Self::with(9).await
    }

    /// With a server for outgoing mail on this port.
    pub(super) async fn with(smtp: u16) -> Self {
        Self::with_more(smtp, PEOPLE).await
    }

    /// The same with other sections of config.toml.
    pub(super) async fn with_more(smtp: u16, more: &'static str) -> Self {
        let house = House::with(Plan {
            more,
            smtp,
            ..Plan::default()
        })
        .await;
        assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
        let mut other = batch();
        other["client"] =
            json!({ "name": "Brightwell", "contact": { "name": "Jo Park", "email": "jo@brightwell.example", "zone": "Europe/London" } });
        other["project"]["title"] = "Buyer".into();
        other["recruiters"] = json!([{ "name": "Tom Brand", "email": TOM }]);
        other["candidates"] = json!([{ "name": "Zoë Müller", "email": "zoe@mail.example", "zone": "Europe/Berlin", "summary": "Buys." }]);
        assert_eq!(house.hand_in("/v1/batches", None, &other).await.status, 201);
        let config = Config::load(&house.path("config.toml")).unwrap();
        Self {
            house,
            config,
            uid: std::cell::Cell::new(1),
        }
    }

    pub(super) fn conversation(&self, id: i64) -> Conversation {
        self.house.store.read(|tx| tx.conversation(ConversationId(id))).unwrap().unwrap()
    }

    /// The path of a link into the hub.
    pub(super) async fn link(&self, address: &str) -> Option<String> {
        let (ink, now) = (std::sync::Arc::new(self.config.ink.clone()), self.house.clock.now());
        let address = Address::parse(address).unwrap();
        let made = hub_link(&self.house.store, &ink, &self.config.recruiters, &address, now)
            .await
            .unwrap();
        made.map(|(_, url)| url.split_once(&self.house.address.to_string()).unwrap().1.to_owned())
    }

    pub(super) async fn enter(&self, address: &str) -> Session<'_> {
        let link = self.link(address).await.unwrap();
        let heard = self.post(&link, &[], "").await;
        assert_eq!((heard.status, heard.header("location")), (303, "/answers/hub"), "{heard:?}");
        let cookie = heard.header("set-cookie").split(';').next().unwrap().to_owned();
        Session { hub: self, cookie }
    }

    pub(super) async fn get(&self, path: &str, cookie: &str) -> Heard {
        self.house.ask("GET", path, &[("cookie", cookie)], "").await
    }

    pub(super) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        // A form without fields has a body all the same, or no length is sent.
        self.house.ask("POST", path, &all, if body.is_empty() { "x=" } else { body }).await
    }

    /// A mail in the first conversation's thread comes in, and is read.
    pub(super) async fn receives(&self, from: &str, text: &str) -> i64 {
        let head = format!(
            "From: {from}\r\nSubject: Re: {}\r\nContent-Type: text/plain; charset=utf-8\r\n",
            self.conversation(1).reference()
        );
        self.receives_raw(&head, text).await
    }

    /// The same with all of its head but what every mail has.
    pub(super) async fn receives_raw(&self, head: &str, body: &str) -> i64 {
        let uid = self.uid.replace(self.uid.get() + 1);
        let raw = format!(
            "Return-Path: <ann.lee@client.example>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from=client.example\r\n\
             Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{uid}@client.example>\r\n\
             Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nTo: bot@agency.example\r\nMIME-Version: 1.0\r\n{head}\r\n{body}\r\n"
        );
        stored(&self.house.store, uid, raw, self.house.clock.now()).await;
        self.house.bell.look_around();
        for _ in 0..1_500 {
            let mails = self.house.store.read(|tx| tx.mails_of(ConversationId(1), 100)).unwrap();
            if let Some(mail) = mails
                .iter()
                .find(|mail| mail.state != "stored" && mail.state != "reading" && mail.id == i64::from(uid))
            {
                return mail.id;
            }
            let aside = self.house.store.read(|tx| tx.quarantine(10)).unwrap();
            if let Some(one) = aside.iter().find(|one| one.message == i64::from(uid)) {
                return one.message;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the mail was not read");
    }

    pub(super) fn kinds(&self, id: i64) -> Vec<String> {
        let traces = self.house.store.read(|tx| tx.traces(ConversationId(id), None, 0, 1_000)).unwrap();
        traces.into_iter().map(|one| one.kind).collect()
    }
}

impl Session<'_> {
    pub(super) async fn get(&self, path: &str) -> Heard {
        self.hub.get(&format!("/hub{path}"), &self.cookie).await
    }

    /// Sends these fields to a page, with nothing of its own.
    pub(super) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        self.hub
            .post(&format!("/hub{path}"), &[("cookie", &self.cookie)], &encode(fields))
            .await
    }

    /// Opens a page, and presses a button on it.
    pub(super) async fn press(&self, path: &str, button: &str, fields: &[(&str, &str)]) -> Heard {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        self.press_on(&page, path, button, fields).await
    }

    /// Presses a button on a page that was opened before.
    pub(super) async fn press_on(&self, page: &Heard, path: &str, button: &str, fields: &[(&str, &str)]) -> Heard {
        let (form, seen) = (value(page, "form"), value(page, "seen"));
        let once = format!("{}-{button}", value(page, "once").split('-').next().unwrap());
        let mut all = vec![("form", form.as_str()), ("seen", &seen), ("once", &once), ("do", button)];
        all.extend(fields);
        self.send(path, &all).await
    }
}

/// The first hidden field of this name.
pub(super) fn value(page: &Heard, name: &str) -> String {
    let Some((_, rest)) = page.body.split_once(&format!("name=\"{name}\" value=\"")) else {
        return String::new();
    };
    rest.split('"').next().unwrap().to_owned()
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The text of a page without its tags, for what people read.
pub(super) fn said(page: &Heard) -> String {
    let mut out = String::new();
    let mut inside = false;
    let body = page.body.split_once("</style>").map_or(page.body.as_str(), |(_, rest)| rest);
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
