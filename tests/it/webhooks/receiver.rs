//! Another system: an HTTP server on loopback that writes down what it is sent, and answers as it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn submission(&self) -> i64 {
        self.json()["data"]["submission"]["id"].as_i64().unwrap_or(0)
    }

    /// The public library signs it so with this secret. The clock of the house may have been pushed.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let at = self.headers["webhook-timestamp"].parse().unwrap();
        let signature = Webhook::new(secret).unwrap().sign(self.id(), at, self.body.as_bytes()).unwrap();
        self.headers["webhook-signature"].split(' ').any(|one| one == signature)
    }

    /// The public library takes it as signed just now with this secret.
    pub(crate) fn is_signed_now(&self, secret: &str) -> bool {
        let mut headers = http::HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        Webhook::new(secret).unwrap().verify(self.body.as_bytes(), &headers).is_ok()
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: String,
}

impl Reply {
    pub(crate) fn of(status: u16) -> Self {
        Self {
            status,
            headers: String::new(),
        }
    }
}

type Answers = Box<dyn Fn(&Request, usize) -> Reply + Send + Sync>;

pub(crate) struct Receiver {
    pub(crate) port: u16,
    got: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<Answers>>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Answers 204 to everything.
    pub(crate) async fn open() -> Self {
        Self::at("127.0.0.1:0").await
    }

    pub(crate) async fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let got: Arc<Mutex<Vec<Request>>> = Arc::default();
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(|_, _| Reply::of(204))));
        let (kept, says) = (Arc::clone(&got), Arc::clone(&answers));
        let task = tokio::spawn(async move {
            loop {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let (kept, says) = (Arc::clone(&kept), Arc::clone(&says));
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    let request = loop {
                        let mut some = [0; 4096];
                        match socket.read(&mut some).await {
                            Ok(0) | Err(_) => return,
                            Ok(n) => bytes.extend_from_slice(&some[..n]),
                        }
                        if let Some(request) = whole(&bytes) {
                            break request;
                        }
                    };
                    let reply = {
                        let mut kept = kept.lock().unwrap();
                        kept.push(request.clone());
                        let nth = kept.iter().filter(|one| one.id() == request.id()).count();
                        says.lock().unwrap()(&request, nth)
                    };
                    let text = format!(
                        "HTTP/1.1 {} Said\r\ncontent-length: 0\r\nconnection: close\r\n{}\r\n",
                        reply.status, reply.headers
                    );
                    let _ = socket.write_all(text.as_bytes()).await;
                });
            }
        });
        Self { port, got, answers, task }
    }

    /// Answers so from here on; told the request and how often its id has come, this time included.
    pub(crate) fn answers(&self, says: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) {
        *self.answers.lock().unwrap() = Box::new(says);
    }

    pub(crate) fn got(&self) -> Vec<Request> {
        self.got.lock().unwrap().clone()
    }

    /// What came, once so many have; panics when they do not come.
    pub(crate) async fn waits_for(&self, many: usize) -> Vec<Request> {
        for _ in 0..1500 {
            if self.got().len() >= many {
                return self.got();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} came, not {many}: {:#?}", self.got().len(), self.got());
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn whole(bytes: &[u8]) -> Option<Request> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let headers: HashMap<String, String> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    (body.len() >= length).then(|| Request {
        headers,
        body: body.to_owned(),
    })
}
