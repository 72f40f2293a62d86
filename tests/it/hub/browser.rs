//! The hub in headless Chromium (`tests/browser/drive.py`), with scripts and without.

use std::path::Path;
use std::sync::{Arc, Mutex};

use replyd::conversation::Driver;
use replyd::model::Decision;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::process::Command;

use super::house::{Hub, LEAD, MARIA};

/// Does these steps; gives the pages that were shown. `None` where there is no browser, unless this run must have one.
async fn walk(mode: &str, steps: &[[&str; 4]]) -> Option<Vec<Value>> {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|dir| browsers.iter().any(|name| dir.join(name).is_file())) {
        assert!(std::env::var_os("REPLYD_TEST_REQUIRED").is_none(), "no Chromium");
        println!("not run: the hub in a browser (no Chromium)");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/drive.py");
    let mut command = Command::new("python3");
    command.arg(script).args(["walk", mode, &json!(steps).to_string()]);
    let ran = command.output().await.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(serde_json::from_slice(&ran.stdout).unwrap())
}

fn says(page: &Value, words: &str) {
    let said = page["said"].as_str().unwrap();
    assert!(said.contains(words), "{words:?} is not on the page: {said}");
}

impl Hub {
    /// The whole address of a page.
    fn url(&self, path: &str) -> String {
        format!("http://{}/answers{path}", self.house.address)
    }

    /// The whole address of a link into the hub.
    async fn door(&self, address: &str) -> String {
        format!("http://{}{}", self.house.address, self.link(address).await.unwrap())
    }
}

/// From the mailed link to the board, a submission, a corrected reading, and who drives.
async fn is_walked(mode: &'static str) {
    let hub = Hub::open().await;
    let mail = hub
        .receives("Ann Lee <ann.lee@client.example>", "Yes to Ana. Carl is not for us, too junior.")
        .await;
    let (door, mail_page) = (hub.door(MARIA).await, hub.url(&format!("/hub/mail/m{mail}")));
    let carl = hub.conversation(1).submissions[1].id;
    let who = carl.to_string();
    let steps = [
        ["maria", "open", &hub.url("/hub"), ""],
        ["maria", "show", "", ""],
        ["maria", "open", &door, ""],
        ["maria", "show", "", ""],
        ["maria", "press", "button.strong", ""],
        ["maria", "show", "", ""],
        ["maria", "press", "a[href$='/hub/s/1']", ""],
        ["maria", "show", "", ""],
        ["maria", "press", &format!("a[href$='/hub/mail/m{mail}']"), ""],
        ["maria", "show", "", ""],
        ["maria", "tap", "details.act > summary", ""],
        ["maria", "pick", "select[name=submission]", &who],
        ["maria", "pick", "select[name=right]", "maybe"],
        ["maria", "press", "button[value=correct]", ""],
        ["maria", "show", "", ""],
        ["maria", "open", &hub.url("/hub/s/1"), ""],
        ["maria", "press", "button[value=take]", ""],
        ["maria", "show", "", ""],
        ["maria", "press", "form.out button", ""],
        ["maria", "show", "", ""],
        ["maria", "open", &mail_page, ""],
        ["maria", "show", "", ""],
    ];
    let Some(pages) = walk(mode, &steps).await else { return };
    says(&pages[0], "Your mail address");
    says(&pages[1], "Open this device?");
    says(&pages[2], "Your submissions");
    says(&pages[2], "Ana Souza");
    says(&pages[3], "Next, by itself");
    says(&pages[3], "Yes to Ana");
    says(&pages[4], "What replyd reads in it");
    says(&pages[5], "The correction is kept");
    assert_eq!(hub.conversation(1).submission(carl).unwrap().decision(), Some(Decision::Maybe));
    assert_eq!(hub.house.store.read(|tx| tx.labels_of(mail)).unwrap().len(), 1);
    says(&pages[6], "You drive now");
    says(&pages[6], "Maria Keller drives");
    assert_eq!(hub.conversation(1).driver, Driver::Recruiter);
    says(&pages[7], "Your mail address");
    says(&pages[8], "Your mail address");
    hub.house.close().await;
}

#[tokio::test]
async fn hub_is_walked_without_scripts() {
    is_walked("plain").await;
}

#[tokio::test]
async fn hub_is_walked_with_scripts() {
    is_walked("scripts").await;
}

/// One hears of the other's act without loading the page, and what was about to be pressed is about what is shown then. Without scripts
/// the second press does nothing and shows what changed.
#[tokio::test]
async fn hub_two_browsers_act_at_once() {
    let hub = Hub::open().await;
    let page = hub.url("/hub/s/1");
    let (maria, lena) = (hub.door(MARIA).await, hub.door(LEAD).await);
    let enter = [
        ["maria", "open", &maria, ""],
        ["maria", "press", "button.strong", ""],
        ["lena", "open", &lena, ""],
        ["lena", "press", "button.strong", ""],
        ["maria", "open", &page, ""],
        ["lena", "open", &page, ""],
    ];
    let live = [
        ["maria", "press", "button[value=take]", ""],
        ["lena", "wait", "", "Maria Keller drives"],
        ["lena", "press", "button[value=release]", ""],
        ["lena", "show", "", ""],
    ];
    let Some(pages) = walk("scripts", &[&enter[..], &live].concat()).await else {
        return;
    };
    says(&pages[0], "Handed back");
    assert_eq!(hub.conversation(1).driver, Driver::Bot);
    let before = hub.kinds(1).len();
    let (maria, lena) = (hub.door(MARIA).await, hub.door(LEAD).await);
    let enter = enter.map(|[who, what, place, text]| match (who, what) {
        ("maria", "open") if place != page => [who, what, maria.as_str(), text],
        ("lena", "open") if place != page => [who, what, lena.as_str(), text],
        _ => [who, what, place, text],
    });
    let plain = [
        ["maria", "press", "button[value=take]", ""],
        ["lena", "press", "button[value=take]", ""],
        ["lena", "show", "", ""],
    ];
    let pages = walk("plain", &[&enter[..], &plain].concat()).await.unwrap();
    says(&pages[0], "nothing was done");
    says(&pages[0], "What happened meanwhile");
    assert_eq!(hub.kinds(1).len(), before + 1, "one act");
    hub.house.close().await;
}

/// Notes what whoever comes asks for, and shows the hostile mail to whoever asks for it.
async fn trap(html: String) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(Mutex::new(Vec::new()));
    let counted = Arc::clone(&came);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (counted, html) = (Arc::clone(&counted), html.replace("TRAP", &format!("http://127.0.0.1:{port}")));
            tokio::spawn(async move {
                let mut asked = [0; 2048];
                let n = socket.read(&mut asked).await.unwrap_or(0);
                // One that asks for nothing has come all the same.
                counted
                    .lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&asked[..n]).lines().next().unwrap_or_default().to_owned());
                let body = if asked[..n].starts_with(b"GET /control") {
                    html
                } else {
                    String::new()
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
            });
        }
    });
    (port, came)
}

#[tokio::test]
async fn hub_a_hostile_mail_runs_loads_sends_and_leaves_nothing() {
    let html = include_str!("../../../fixtures/hub/hostile.html");
    let (port, came) = trap(html.to_owned()).await;
    let hub = Hub::open().await;
    let body = html.replace("TRAP", &format!("http://127.0.0.1:{port}"));
    let head = format!(
        "From: Ann Lee <ann.lee@client.example>\r\nSubject: Re: {} <script>alert(1)</script>\r\nContent-Type: text/html; charset=utf-8\r\n",
        hub.conversation(1).reference()
    );
    let mail = hub.receives_raw(&head, &body.replace('\n', "\r\n")).await;
    let door = hub.door(MARIA).await;
    let (page, frame) = (hub.url(&format!("/hub/mail/m{mail}")), hub.url(&format!("/hub/mail/m{mail}/html")));
    for mode in ["scripts", "plain"] {
        let door = if mode == "plain" { hub.door(MARIA).await } else { door.clone() };
        let steps = [
            ["maria", "open", door.as_str(), ""],
            ["maria", "press", "button.strong", ""],
            ["maria", "open", &page, ""],
            ["maria", "rest", "", "1"],
            ["maria", "click", "iframe.mailframe", ""],
            ["maria", "rest", "", "0.5"],
            ["maria", "show", "", ""],
            // Not even by itself.
            ["maria", "open", &frame, ""],
            ["maria", "rest", "", "0.5"],
            ["maria", "show", "", ""],
        ];
        let Some(pages) = walk(mode, &steps).await else { return };
        assert_eq!(*came.lock().unwrap(), [""; 0], "{mode}: something was fetched or sent");
        assert_eq!(pages[0]["url"], format!("/answers/hub/mail/m{mail}"), "{mode}: it left");
        assert!(
            pages[0]["title"].as_str().unwrap().ends_with("· Harbour Talent"),
            "{mode}: {}",
            pages[0]["title"]
        );
        says(&pages[0], "As HTML");
        says(&pages[0], "<script>alert(1)</script>");
        assert_eq!(pages[1]["url"], format!("/answers/hub/mail/m{mail}/html"), "{mode}");
        says(&pages[1], "Click here, it is urgent");
        says(&pages[1], "outside of every frame");
    }
    // The trap is one: the same page without a guard falls into it.
    let control = format!("http://127.0.0.1:{port}/control");
    walk("scripts", &[["victim", "open", &control, ""], ["victim", "rest", "", "0.5"]])
        .await
        .unwrap();
    assert!(came.lock().unwrap().len() > 3, "{:?}", came.lock().unwrap());
    hub.house.close().await;
}

#[tokio::test]
async fn hub_pages_fit_a_phone_and_a_desk_by_day_and_by_night() {
    let hub = Hub::open().await;
    let mail = hub
        .receives(
            "Ann Lee <ann.lee@client.example>",
            "Yes to Ana, she looks great.\nPass on Carl, too junior for this team.\n\nKind regards\nAnn",
        )
        .await;
    hub.house.clock.push(chrono::Duration::hours(3));
    let kept = std::env::var("REPLYD_SCREENSHOTS").ok();
    let scratch = tempfile::tempdir().unwrap();
    let directory = kept.unwrap_or_else(|| scratch.path().to_string_lossy().into_owned());
    let door = hub.door(LEAD).await;
    let places = [
        ("board", "/hub".to_owned()),
        ("lane", "/hub/lane/client".to_owned()),
        ("submission", "/hub/s/1".to_owned()),
        ("mail", format!("/hub/mail/m{mail}")),
        ("outbox", "/hub/outbox".to_owned()),
        ("figures", "/hub/figures".to_owned()),
        ("quarantine", "/hub/quarantine".to_owned()),
        ("settings", "/hub/settings".to_owned()),
    ];
    let urls: Vec<String> = places.iter().map(|(_, path)| hub.url(path)).collect();
    let home = hub.url("/hub");
    let mut steps = vec![
        ["lena", "open", &home, ""],
        ["lena", "look", &directory, "hub-door"],
        ["lena", "open", &door, ""],
        ["lena", "press", "button.strong", ""],
    ];
    let names: Vec<String> = places.iter().map(|(name, _)| format!("hub-{name}")).collect();
    for (url, name) in urls.iter().zip(&names) {
        steps.push(["lena", "open", url, ""]);
        steps.push(["lena", "look", &directory, name]);
    }
    let Some(looked) = walk("scripts", &steps).await else { return };
    assert_eq!(looked.len(), places.len() + 1);
    for page in &looked {
        for (screen, measured) in page["measured"].as_object().unwrap() {
            let nothing = json!({"wide": false, "small": [], "bare": [], "pale": []});
            assert_eq!(*measured, nothing, "{} {screen}", page["page"]);
        }
    }
    hub.house.close().await;
}
