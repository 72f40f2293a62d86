//! A server of calendars on loopback: it answers as told, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

/// What is answered, byte by byte.
#[derive(Debug, Clone)]
pub(crate) enum Response {
    /// Status, headers, body, with its length.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// A body without an end, and without a length.
    Endless,
    /// A byte now and then.
    Drip,
    /// Nothing at all.
    Silence,
    /// No HTTP.
    Garbage,
}

impl Response {
    pub(crate) fn calendar(body: &str) -> Self {
        Self::Whole(
            200,
            vec![("Content-Type", "text/calendar; charset=utf-8".to_owned())],
            body.to_owned(),
        )
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Whole(status, Vec::new(), "<html>no</html>".to_owned())
    }

    pub(crate) fn leads_to(place: String) -> Self {
        Self::Whole(302, vec![("Location", place)], String::new())
    }
}

type Answering = dyn Fn(&Request) -> Response + Send + Sync;

pub(crate) struct Server {
    pub(crate) port: u16,
    answering: Mutex<Arc<Answering>>,
    asked: Mutex<Vec<Request>>,
}

impl Server {
    pub(crate) fn start(answering: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            answering: Mutex::new(Arc::new(answering)),
            asked: Mutex::default(),
        });
        let serving = Arc::downgrade(&server);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(server) = serving.upgrade() else { return };
                std::thread::spawn(move || server.answer(stream.unwrap()));
            }
        });
        server
    }

    /// From now on it answers like this.
    pub(crate) fn answers(&self, answering: impl Fn(&Request) -> Response + Send + Sync + 'static) {
        *self.answering.lock().unwrap() = Arc::new(answering);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What it was asked, oldest first.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut words = line.split(' ').map(str::to_owned);
        let mut request = Request {
            method: words.next().unwrap(),
            path: words.next().unwrap(),
            headers: HashMap::new(),
            body: String::new(),
        };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim().split_once(':') else { break };
            request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length: usize = request.headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        request.body = String::from_utf8(body).unwrap();
        let answering = Arc::clone(&self.answering.lock().unwrap());
        let response = answering(&request);
        self.asked.lock().unwrap().push(request);
        // Whoever asked may have gone.
        let _ = match response {
            Response::Whole(status, headers, body) => {
                let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
                let body = if status == 304 { String::new() } else { body };
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()))
            }
            Response::Endless => {
                let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n");
                while sent.is_ok() {
                    sent = stream.write_all(&[b'x'; 65_536]);
                }
                sent
            }
            Response::Drip => {
                let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                while sent.is_ok() {
                    std::thread::sleep(Duration::from_millis(50));
                    sent = stream.write_all(b"x");
                }
                sent
            }
            Response::Silence => {
                let mut byte = [0];
                stream.read(&mut byte).map(drop)
            }
            Response::Garbage => stream.write_all(b"220 mail.example ESMTP\r\n"),
        };
    }
}
