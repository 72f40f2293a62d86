//! XOAUTH2 as it is spoken, against servers that play a script: what is said, and what a refused token leads to.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use replyd::inbox::{self, Account, Session};
use replyd::model::Secret;
use replyd::net::{Login, NoToken, Proof, Tls, Tokens};
use replyd::outbox::{Connection, Deadlines, Outcome, Retry, Server};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// Tokens `token-1`, `token-2`, …: another one after each refusal.
#[derive(Debug, Default)]
struct Numbered {
    refused: Mutex<Vec<String>>,
}

impl Tokens for Numbered {
    fn token(&self) -> BoxFuture<'_, Result<Secret, NoToken>> {
        let number = self.refused.lock().unwrap().len() + 1;
        async move { Ok(Secret::new(format!("token-{number}"))) }.boxed()
    }

    fn refused(&self, token: &Secret) {
        self.refused.lock().unwrap().push(token.expose().to_owned());
    }

    fn restored(&self) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }
}

fn word(token: &str) -> String {
    BASE64.encode(format!("user=bot@agency.example\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

/// Plays one script a connection: lines that begin with `>` are expected, the others are said.
async fn play(scripts: Vec<Vec<String>>) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let played = tokio::spawn(async move {
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            for line in script {
                match line.strip_prefix('>') {
                    Some(expected) => {
                        let mut heard = String::new();
                        stream.read_line(&mut heard).await.unwrap();
                        assert_eq!(heard.trim_end_matches(['\r', '\n']), expected);
                    }
                    None => stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap(),
                }
            }
        }
    });
    (port, played)
}

fn login(tokens: &Arc<Numbered>) -> Login {
    Login {
        user: "bot@agency.example".into(),
        proof: Proof::Tokens(Arc::clone(tokens) as Arc<dyn Tokens>),
    }
}

fn account(port: u16, tokens: &Arc<Numbered>) -> Account {
    Account {
        name: "main".into(),
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        login: login(tokens),
        ca_file: None,
        folders: vec!["INBOX".into()],
        limits: inbox::Limits::default(),
    }
}

fn lines(script: &[&str]) -> Vec<String> {
    script.iter().map(|line| (*line).to_owned()).collect()
}

/// The error that servers send before they refuse.
fn challenge() -> String {
    BASE64.encode(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#)
}

#[tokio::test]
async fn imap_says_the_token_at_once_where_that_is_taken_and_tries_a_fresh_one_once() {
    let tokens = Arc::new(Numbered::default());
    let first = vec![
        "* OK hello".to_owned(),
        ">C CAPABILITY".to_owned(),
        "* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2".to_owned(),
        "C OK done".to_owned(),
        format!(">A0001 AUTHENTICATE XOAUTH2 {}", word("token-1")),
        format!("+ {}", challenge()),
        ">".to_owned(),
        "A0001 NO [AUTHENTICATIONFAILED] Invalid credentials".to_owned(),
    ];
    let second = vec![
        "* OK hello".to_owned(),
        ">C CAPABILITY".to_owned(),
        "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2".to_owned(),
        "C OK done".to_owned(),
        ">A0001 AUTHENTICATE XOAUTH2".to_owned(),
        "+ ".to_owned(),
        format!(">{}", word("token-2")),
        "A0001 OK welcome".to_owned(),
    ];
    let (port, played) = play(vec![first, second]).await;
    Session::open(&account(port, &tokens)).await.unwrap();
    played.await.unwrap();
    assert_eq!(*tokens.refused.lock().unwrap(), ["token-1"]);
}

#[tokio::test]
async fn imap_asks_for_no_third_token_and_none_when_told_to_stay_away() {
    let tokens = Arc::new(Numbered::default());
    let refusing = |n: usize, words: &str| {
        vec![
            "* OK hello".to_owned(),
            ">C CAPABILITY".to_owned(),
            "* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2".to_owned(),
            "C OK done".to_owned(),
            format!(">A0001 AUTHENTICATE XOAUTH2 {}", word(&format!("token-{n}"))),
            format!("A0001 NO {words}"),
        ]
    };
    let (port, played) = play(vec![refusing(1, "no"), refusing(2, "no")]).await;
    let trouble = Session::open(&account(port, &tokens)).await.unwrap_err();
    assert!(trouble.to_string().starts_with("AUTHENTICATE: the server answered NO"), "{trouble}");
    played.await.unwrap();
    assert_eq!(*tokens.refused.lock().unwrap(), ["token-1"]);

    let throttled = "Request is throttled. Suggested Backoff Time: 299961 milliseconds";
    let (port, played) = play(vec![refusing(2, throttled)]).await;
    let trouble = Session::open(&account(port, &tokens)).await.unwrap_err();
    assert_eq!(trouble.wait(), Some(std::time::Duration::from_millis(299_961)));
    played.await.unwrap();
    assert_eq!(
        tokens.refused.lock().unwrap().len(),
        1,
        "a busy server says nothing about the token"
    );
}

fn server(port: u16, tokens: &Arc<Numbered>) -> Server {
    Server {
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        login: Some(login(tokens)),
        ca_file: None,
        hello: "agency.example".into(),
        pipelining: true,
        deadlines: Deadlines::default(),
    }
}

#[tokio::test]
async fn smtp_answers_the_error_with_an_empty_line_and_tries_a_fresh_token_once() {
    let tokens = Arc::new(Numbered::default());
    let greeted = |rest: Vec<String>| {
        let mut script = lines(&["220 hello", ">EHLO agency.example", "250-hello", "250 AUTH PLAIN XOAUTH2"]);
        script.extend(rest);
        script
    };
    let refused = |n: usize| {
        greeted(vec![
            format!(">AUTH XOAUTH2 {}", word(&format!("token-{n}"))),
            format!("334 {}", challenge()),
            ">".to_owned(),
            "535 5.7.8 Username and Password not accepted".to_owned(),
        ])
    };
    let taken = greeted(vec![format!(">AUTH XOAUTH2 {}", word("token-2")), "235 2.7.0 Accepted".to_owned()]);
    let (port, played) = play(vec![refused(1), taken]).await;
    Connection::open(&server(port, &tokens)).await.unwrap();
    played.await.unwrap();
    assert_eq!(*tokens.refused.lock().unwrap(), ["token-1"]);

    // Refused twice, the account is at fault: it pauses, and no letter is to blame.
    let (port, played) = play(vec![refused(2), refused(3)]).await;
    let outcome = Connection::open(&server(port, &tokens)).await.unwrap_err();
    assert!(matches!(outcome, Outcome::Deferred { class: Retry::Account, .. }), "{outcome:?}");
    played.await.unwrap();

    // A server that takes no tokens is not sent one.
    let script = lines(&["220 hello", ">EHLO agency.example", "250-hello", "250 AUTH PLAIN LOGIN"]);
    let (port, played) = play(vec![script.clone(), script]).await;
    let outcome = Connection::open(&server(port, &tokens)).await.unwrap_err();
    assert!(matches!(outcome, Outcome::Deferred { class: Retry::Account, .. }), "{outcome:?}");
    drop(played);
}
