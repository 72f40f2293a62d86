//! Who gets in: by a mailed link that opens one device, for a while.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Duration as Span;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::house::{Hub, LEAD, MARIA, TOM, said};

/// A mail server that takes everything; what it took.
pub(super) async fn server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let (read, mut write) = socket.split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 mail.test ESMTP\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let verb = line.split(' ').next().unwrap().to_ascii_uppercase();
                    let answer: &[u8] = match verb.as_str() {
                        "EHLO" => b"250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n",
                        "AUTH" => b"235 2.7.0 Ok\r\n",
                        "DATA" => b"354 Go on\r\n",
                        "QUIT" => b"221 Bye\r\n",
                        _ => b"250 2.1.0 Ok\r\n",
                    };
                    if write.write_all(answer).await.is_err() {
                        return;
                    }
                    if verb == "DATA" {
                        let mut mail = String::new();
                        while let Ok(Some(line)) = lines.next_line().await {
                            if line == "." {
                                break;
                            }
                            mail.push_str(&line);
                            mail.push('\n');
                        }
                        kept.lock().unwrap().push(mail);
                        let _ = write.write_all(b"250 2.0.0 Ok: queued\r\n").await;
                    }
                }
            });
        }
    });
    (port, taken)
}

fn links(taken: &Mutex<Vec<String>>) -> Vec<(String, String)> {
    let taken = taken.lock().unwrap();
    let entries = taken.iter().filter(|mail| mail.contains("/hub/in/"));
    entries
        .map(|mail| {
            let flat = mail.replace("=\n", "");
            let to = flat.lines().find_map(|line| line.strip_prefix("To: ")).unwrap().to_owned();
            let link = flat.split_whitespace().find(|word| word.contains("/hub/in/")).unwrap().to_owned();
            (to, link)
        })
        .collect()
}

#[tokio::test]
async fn hub_a_link_goes_to_recruiters_and_to_nobody_else_and_the_pages_are_the_same() {
    let (port, taken) = server().await;
    let hub = Hub::with(port).await;
    let door = hub.get("/hub", "").await;
    assert_eq!(door.status, 200);
    assert!(said(&door).contains("Your mail address"), "{}", said(&door));
    let ask = |address: &'static str| {
        let hub = &hub;
        async move {
            hub.post("/hub/sign-in", &[], &format!("address={}", address.replace('@', "%40")))
                .await
        }
    };
    let known = ask(MARIA).await;
    let mut others = Vec::new();
    for address in ["ann.lee@client.example", "nobody@agency.example", "not an address"] {
        others.push(ask(address).await);
    }
    let lead = ask(LEAD).await;
    for page in others.iter().chain([&lead]) {
        assert_eq!(
            (page.status, &page.body),
            (200, &known.body),
            "nothing tells a recruiter from a stranger"
        );
    }
    let mut got = Vec::new();
    for _ in 0..300 {
        got = links(&taken);
        if got.len() >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let to: Vec<&str> = got.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to.len(), 2, "{to:?}");
    assert!(
        to.iter().any(|to| to.contains(MARIA)) && to.iter().any(|to| to.contains(LEAD)),
        "{to:?}"
    );
    // The link of the mail lets in.
    let (_, link) = got.iter().find(|(to, _)| to.contains(MARIA)).unwrap();
    let path = link.split_once(&hub.house.address.to_string()).unwrap().1;
    assert_eq!(hub.get(path, "").await.status, 200);
    assert_eq!(hub.post(path, &[], "").await.status, 303);
    // The sixth question from one network in a minute is answered alike, and asks for nothing.
    let page = ask(TOM).await;
    assert_eq!((page.status, &page.body), (200, &known.body));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(links(&taken).len(), 2);
    // Nothing of a link is in the database.
    let token = path.rsplit('/').next().unwrap().to_owned();
    let bytes = std::fs::read(hub.house.path("replyd.db")).unwrap();
    let wal = std::fs::read(hub.house.path("replyd.db-wal")).unwrap_or_default();
    for file in [bytes, wal] {
        assert!(!file.windows(token.len()).any(|part| part == token.as_bytes()));
    }
    hub.house.close().await;
}

#[tokio::test]
async fn hub_one_address_gets_only_so_many_links() {
    let (port, taken) = server().await;
    let hub = Hub::with(port).await;
    for n in 0..6 {
        hub.post("/hub/sign-in", &[], "address=maria%40agency.example").await;
        // One minute between them: it is the address that is counted here, not the network.
        hub.house.clock.push(Span::minutes(1));
        for _ in 0..50 {
            if links(&taken).len() > n.min(2) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    assert_eq!(links(&taken).len(), 3);
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_link_opens_one_device_and_only_by_a_press() {
    let hub = Hub::open().await;
    let link = hub.link(MARIA).await.unwrap();
    assert_eq!(hub.link("ann.lee@client.example").await, None);
    for method in ["HEAD", "GET", "GET", "OPTIONS"] {
        let heard = hub.house.ask(method, &link, &[], "").await;
        assert_eq!(heard.header("set-cookie"), "", "{method} opens nothing");
    }
    let page = hub.get(&link, "").await;
    assert!(page.body.contains("<button") && said(&page).contains("Open this device?"));
    // A form on somebody else's page would sign a visitor in as somebody else.
    let elsewhere = hub.post(&link, &[("sec-fetch-site", "cross-site")], "").await;
    assert_eq!((elsewhere.status, elsewhere.header("set-cookie")), (403, ""));
    let first = hub.post(&link, &[("sec-fetch-site", "same-origin")], "").await;
    let cookie = first.header("set-cookie");
    for part in ["replyd-hub=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let second = hub.post(&link, &[], "").await;
    assert_eq!((second.status, second.header("set-cookie")), (410, ""), "a second device");
    let late = hub.link(MARIA).await.unwrap();
    hub.house.clock.push(Span::minutes(16));
    assert_eq!(hub.get(&late, "").await.status, 410);
    assert_eq!(hub.post(&late, &[], "").await.status, 410);
    // Any other link is none.
    for bad in ["/hub/in/x", &link[..link.len() - 1], "/hub/in/"] {
        assert!(matches!(hub.get(bad, "").await.status, 200 | 403 | 410), "{bad}");
        assert_eq!(hub.post(bad, &[], "").await.header("set-cookie"), "");
    }
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_session_ends_by_itself_and_by_signing_out() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    assert!(said(&maria.get("").await).contains("Ana Souza"));
    // What the database holds opens nothing.
    let secret = maria.cookie.split_once('=').unwrap().1;
    let database = std::fs::read(hub.house.path("replyd.db-wal")).unwrap_or_default();
    assert!(!database.windows(secret.len()).any(|part| part == secret.as_bytes()));
    let hash = replyd::link::sha256_hex(secret.as_bytes());
    assert!(!said(&hub.get("/hub", &format!("replyd-hub={hash}")).await).contains("Ana Souza"));
    let out = maria.press("", "", &[]).await;
    assert_ne!(out.status, 200, "the board takes no form");
    let page = maria.get("").await;
    let form = super::house::value(&page, "form");
    let out = maria.send("/sign-out", &[("form", &form)]).await;
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert!(
        said(&maria.get("").await).contains("Your mail address"),
        "the cookie of before opens nothing"
    );
    let again = hub.enter(MARIA).await;
    hub.house.clock.push(Span::hours(11));
    assert!(said(&again.get("").await).contains("Ana Souza"));
    hub.house.clock.push(Span::minutes(61));
    assert!(said(&again.get("").await).contains("Your mail address"));
    hub.house.close().await;
}

#[tokio::test]
async fn hub_link_is_printed_for_whoever_sits_at_the_machine() {
    let hub = Hub::open().await;
    let run = |address: &str| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_replyd"));
        command
            .arg("--config")
            .arg(hub.house.path("config.toml"))
            .args(["hub", "link", address])
            .current_dir(hub.house.path(""));
        async move { command.output().await.unwrap() }
    };
    let made = run("Maria@Agency.example").await;
    let url = String::from_utf8(made.stdout).unwrap();
    assert!(
        made.status.success() && url.starts_with(&format!("http://{}/answers/hub/in/", hub.house.address)),
        "{url}"
    );
    assert!(url.trim_end().len() <= 120, "a mail program keeps it whole");
    let refused = run("ann.lee@client.example").await;
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("[[recruiters]]"));
    hub.house.close().await;
}
