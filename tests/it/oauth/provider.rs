//! A provider's endpoints on loopback: it gives out tokens, or does not, as told, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// What the token endpoint does next.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    /// A token that lives so many seconds; the provider says so, and signs it so.
    Grant(u64),
    /// A token that mail servers will find to have ended, although the provider says that it lives an hour.
    Stale,
    /// This status and this error code.
    Refuse(u16, &'static str),
}

#[derive(Default)]
struct State {
    next: VecDeque<Next>,
    /// What comes when nothing is lined up.
    usual: Option<Next>,
    asked: Vec<Vec<(String, String)>>,
    /// Everything that must not show up anywhere else.
    secrets: Vec<String>,
    refresh: u32,
}

/// The provider of one account.
pub(crate) struct Provider {
    pub(crate) port: u16,
    user: String,
    key: String,
    state: Arc<Mutex<State>>,
}

impl Provider {
    /// `key` signs the tokens, as HS256.
    pub(crate) fn start(user: &str, key: &str) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let provider = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            user: user.to_owned(),
            key: key.to_owned(),
            state: Arc::default(),
        });
        let serving = Arc::downgrade(&provider);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(provider) = serving.upgrade() else { return };
                provider.answer(stream.unwrap());
            }
        });
        provider
    }

    pub(crate) fn endpoint(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// What comes next, once each.
    pub(crate) fn will(&self, next: impl IntoIterator<Item = Next>) {
        self.state.lock().unwrap().next.extend(next);
    }

    /// What comes whenever nothing else was said.
    pub(crate) fn does(&self, usual: Next) {
        self.state.lock().unwrap().usual = Some(usual);
    }

    /// The forms that were posted, oldest first.
    pub(crate) fn asked(&self) -> Vec<Vec<(String, String)>> {
        self.state.lock().unwrap().asked.clone()
    }

    /// How often this grant was asked for.
    pub(crate) fn count(&self, grant: &str) -> usize {
        self.asked().iter().filter(|form| field(form, "grant_type") == grant).count()
    }

    pub(crate) fn secrets(&self) -> Vec<String> {
        self.state.lock().unwrap().secrets.clone()
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        let mut length = 0;
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let path = line.split(' ').nth(1).unwrap().to_owned();
        assert!(line.starts_with("POST "), "{line}");
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let form = parsed(&String::from_utf8(body).unwrap());
        let (status, body) = match path.as_str() {
            "/device" => (200, self.code()),
            "/token" => self.token(&form),
            other => panic!("{other}"),
        };
        self.state.lock().unwrap().asked.push(form);
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(body.as_bytes());
    }

    fn code(&self) -> String {
        self.state.lock().unwrap().secrets.push("the-device-code".into());
        r#"{"device_code":"the-device-code","user_code":"WDJB-MJHT","verification_uri":"https://login.example/device","expires_in":900,"interval":1}"#
            .to_owned()
    }

    fn token(&self, _form: &[(String, String)]) -> (u16, String) {
        let mut state = self.state.lock().unwrap();
        let usual = state.usual.clone().unwrap_or(Next::Grant(3600));
        let next = state.next.pop_front().unwrap_or(usual);
        let now = chrono::Utc::now().timestamp();
        let (says, ends) = match next {
            Next::Refuse(status, code) => {
                return (
                    status,
                    format!(r#"{{"error":"{code}","error_description":"AADSTS0: said for {}"}}"#, self.user),
                );
            }
            Next::Grant(seconds) => (seconds, now + i64::try_from(seconds).unwrap() + 60),
            Next::Stale => (3600, now - 60),
        };
        state.refresh += 1;
        let refresh = format!("refresh-token-{}", state.refresh);
        let access = self.signed(now, ends, state.refresh);
        state.secrets.extend([refresh.clone(), access.clone()]);
        (
            200,
            format!(r#"{{"token_type":"Bearer","expires_in":{says},"access_token":"{access}","refresh_token":"{refresh}"}}"#),
        )
    }

    fn signed(&self, now: i64, ends: i64, number: u32) -> String {
        let part = |json: String| BASE64URL.encode(json);
        let head = part(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned());
        let user = &self.user;
        let claims = part(format!(
            r#"{{"email":"{user}","sub":"{user}","jti":"{number}","iat":{},"exp":{ends}}}"#,
            now - 120
        ));
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).unwrap();
        mac.update(format!("{head}.{claims}").as_bytes());
        format!("{head}.{claims}.{}", BASE64URL.encode(mac.finalize().into_bytes()))
    }
}

/// The value of a key of a posted form; empty when it is not there.
pub(crate) fn field(form: &[(String, String)], key: &str) -> String {
    form.iter()
        .find(|(found, _)| found == key)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

/// A form or a query, taken apart.
pub(crate) fn parsed(form: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    form.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}
