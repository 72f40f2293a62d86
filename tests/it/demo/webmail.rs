//! The webmail of `replyd demo`: its HTTP interface as another program sees it, and the page in headless Chromium.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use replyd::demo::{DemoError, Options, Webmail};
use replyd::model::{Address, Timestamp};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// For something that should come at once, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

pub(super) struct Running {
    dir: tempfile::TempDir,
    at: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), DemoError>>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    body: String,
}

fn tuesday() -> Timestamp {
    "2026-03-03T09:05:00Z".parse().unwrap()
}

fn options() -> Options {
    Options {
        listen: Some("127.0.0.1:0".parse().unwrap()),
        start: tuesday(),
        warp: 1.0,
    }
}

impl Running {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(prepare: impl FnOnce(&Webmail)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let webmail = Webmail::open(dir.path(), options()).await.unwrap();
        prepare(&webmail);
        let at = webmail.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(webmail.serve(async {
            let _ = stopped.await;
        }));
        Self { dir, at, stop, ended }
    }

    /// Stops it; gives how long that took.
    pub(super) async fn end(self) -> Duration {
        let began = Instant::now();
        self.stop.send(()).unwrap();
        tokio::time::timeout(SOON, self.ended).await.unwrap().unwrap().unwrap();
        began.elapsed()
    }

    async fn ask(&self, request: &str, host: &str, more: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        let text = format!(
            "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n{more}\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &self.at.to_string(), "", "").await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        let json = "Content-Type: application/json\r\n";
        self.ask(&format!("POST {path}"), &self.at.to_string(), json, &body.to_string())
            .await
    }

    pub(super) async fn state(&self) -> Value {
        let answer = self.get("/api/state").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The state, as soon as it is so.
    pub(super) async fn until(&self, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let state = self.state().await;
            if so(&state) {
                return state;
            }
            assert!(began.elapsed() < SOON, "never: {what}: {state:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) async fn reply(&self, mail: u64, shape: &str, words: &str) -> Value {
        let sent = self
            .post("/api/send", &json!({"person": 0, "answers": mail, "words": words, "shape": shape}))
            .await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let sent: Value = serde_json::from_str(&sent.body).unwrap();
        let answer = self.get(&format!("/api/mail/0/{}", sent["mail"])).await;
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(super) async fn jump(&self) {
        let answer = self.post("/api/clock", &json!({"jump": {}})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

pub(super) fn mails(state: &Value, person: usize) -> usize {
    state["people"][person]["mails"].as_array().unwrap().len()
}

fn standing(state: &Value) -> Vec<(String, bool)> {
    let all = state["batches"][0]["candidates"].as_array().unwrap();
    all.iter()
        .map(|one| (one["label"].as_str().unwrap().to_owned(), one["until"].is_string()))
        .collect()
}

fn stand(labels: [&str; 3], resting: bool) -> Vec<(String, bool)> {
    labels.map(|label| (label.to_owned(), resting)).to_vec()
}

/// Three answers in the shapes of three mail programs: each is read to the letter, and the decisions come into effect in their time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_webmail_answers_in_three_shapes_lead_to_the_decisions() {
    let demo = Running::start().await;
    let state = demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    assert_eq!(state["people"][4]["role"], "recruiter");
    assert_eq!(state["clock"]["zone"], "Europe/London");
    let answers = [
        ("gmail", "Hi Ines,\n\nYes to Ana.\n\nBest,\nHannah", "gmail_quote"),
        ("outlook", "Pass on Ben, too junior.", "divRplyFwdMsg"),
        ("iphone", "Chloé maybe, ask me again in two weeks", "type=3D\"cite\""),
    ];
    for (place, (shape, words, mark)) in answers.into_iter().enumerate() {
        let sent = demo.reply(0, shape, words).await;
        assert_eq!(sent["reading"]["own"], words, "{shape}: {:#}", sent["reading"]);
        let source = sent["source"].as_str().unwrap();
        assert!(source.contains(mark), "{shape}: {source}");
        assert!(
            source.contains("\r\nIn-Reply-To: <") && source.contains("\r\nReferences: <"),
            "{source}"
        );
        // The answer's receipt: two mails more for each, the one sent and the one that came.
        demo.until("a receipt comes", |state| mails(state, 0) == 3 + 2 * place).await;
    }
    let state = demo.state().await;
    assert_eq!(standing(&state), stand(["Interested", "Pass", "Maybe"], true), "{state:#}");
    let words: Vec<&str> = state["batches"][0]["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["words"].as_str())
        .filter(|words| !words.is_empty())
        .collect();
    assert!(words.contains(&"Yes to Ana") && words.contains(&"Pass on Ben"), "{words:?}");

    // Yes and Maybe rest for ten minutes, a Pass for an hour.
    let before = state["clock"]["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let mut jumps = 0;
    while standing(&demo.state().await).iter().any(|(_, rests)| *rests) {
        demo.jump().await;
        jumps += 1;
        assert!(jumps < 10, "{:#}", demo.state().await);
    }
    let state = demo.state().await;
    assert_eq!(standing(&state), stand(["Interested", "Pass", "Maybe"], false));
    let passed = state["clock"]["now"].as_str().unwrap().parse::<Timestamp>().unwrap() - before;
    assert!(
        passed > chrono::Duration::minutes(55) && passed < chrono::Duration::minutes(65),
        "{passed}"
    );
    assert!(demo.end().await < SOON);
}

/// Silence at a day in a second: two reminders, the recruiter is told, and then the case is theirs. A machine's answer decides nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_webmail_lets_days_pass_and_reminders_come_in_order() {
    let demo = Running::start().await;
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    let fast = demo.post("/api/clock", &json!({"speed": 86_400})).await;
    assert_eq!(fast.status, 200, "{}", fast.body);
    let titles = |state: &Value| -> Vec<String> {
        let lines = state["batches"][0]["timeline"].as_array().unwrap();
        lines.iter().rev().map(|line| line["detail"].as_str().unwrap().to_owned()).collect()
    };
    let state = demo
        .until("the case is escalated", |state| {
            titles(state).iter().any(|line| line.starts_with("escalated"))
        })
        .await;
    let lines = titles(&state);
    let place = |start: &str| lines.iter().position(|line| line.starts_with(start));
    let order = [
        place("reminder 1"),
        place("reminder 2"),
        place("told the recruiter"),
        place("escalated"),
    ];
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?} {lines:#?}");
    assert_eq!(mails(&state, 0), 3, "the letter and two reminders: {lines:#?}");
    demo.post("/api/clock", &json!({"speed": 1})).await;

    let count = mails(&demo.state().await, 0);
    let sent = demo
        .reply(
            0,
            "automatic",
            "I am out of the office until 30 March 2026 and will answer when I am back.",
        )
        .await;
    assert!(sent["reading"]["machine"].is_string(), "{sent:#}");
    demo.until("the automatic answer is on the timeline", |state| {
        titles(state).iter().any(|line| line.contains("out of office"))
    })
    .await;
    let state = demo.state().await;
    assert!(
        standing(&state).iter().all(|(label, _)| label == "Waits for an answer"),
        "{state:#}"
    );
    assert_eq!(mails(&state, 0), count + 1, "a machine is answered by nothing");
    demo.end().await;
}

/// A clicked `mailto:` link comes back as an open reply box; another batch reaches another client.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_webmail_opens_the_reply_box_and_puts_forward_another_batch() {
    let demo = Running::start().await;
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    let html = demo.get("/mail/0/0").await.body;
    assert!(!html.contains("href=\"mailto:"), "no link starts a real mail program");
    let (_, link) = html.split_once("target=\"_self\" href=\"").unwrap();
    let (link, _) = link.split_once('"').unwrap();
    let forged = link.replacen("/mailto/", "/mailto/x", 1);
    assert_eq!(demo.get(&forged).await.status, 404);
    assert!(demo.state().await["compose"].is_null());
    assert_eq!(demo.get(link).await.status, 204);
    let compose = demo.state().await["compose"].clone();
    assert!(
        compose["subject"].as_str().unwrap().starts_with("Interested: Ana Souza [REF-"),
        "{compose:#}"
    );
    let sent = demo
        .post(
            "/api/send",
            &json!({"person": 0, "answers": null, "to": compose["to"], "subject": compose["subject"], "words": compose["body"], "shape": "gmail"}),
        )
        .await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    demo.until("Ana is wanted", |state| standing(state)[0] == ("Interested".to_owned(), true))
        .await;

    let batch = json!({"company": "Fjordkraft", "contact": "Jonas Berg", "role": "SRE", "candidates": [
        {"name": "Maya Lindqvist", "summary": "Six years of it."}]});
    let made = demo.post("/api/batch", &batch).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let state = demo
        .until("Jonas has mail", |state| {
            let people = state["people"].as_array().unwrap();
            people
                .iter()
                .any(|one| one["name"] == "Jonas Berg" && !one["mails"].as_array().unwrap().is_empty())
        })
        .await;
    assert_eq!(state["batches"].as_array().unwrap().len(), 2);
    let empty = demo
        .post("/api/batch", &json!({"company": "", "contact": "J", "role": "R", "candidates": []}))
        .await;
    assert_eq!(empty.status, 422, "{}", empty.body);
    assert!(empty.body.contains("candidates"), "{}", empty.body);
    demo.end().await;
}

/// Other names for this computer, other sites in the same browser, and plain forms get nothing. R-L9's policy stands on every answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_webmail_is_for_its_own_page_only() {
    let demo = Running::start().await;
    demo.until("the candidates reach the client", |state| mails(state, 0) == 1).await;
    let port = demo.at.port();
    for host in [
        format!("rebound.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1.example:{port}"),
    ] {
        for path in ["/", "/api/state", "/mail/0/0"] {
            let answer = demo.ask(&format!("GET {path}"), &host, "", "").await;
            assert_eq!(answer.status, 403, "{host}{path}: {}", answer.body);
            assert!(!answer.body.contains("Hannah"), "{}", answer.body);
        }
    }
    assert_eq!(demo.ask("GET /", &format!("localhost:{port}"), "", "").await.status, 200);
    let own = demo.at.to_string();
    let json = "Content-Type: application/json\r\n";
    let body = r#"{"speed": 60}"#;
    for more in [
        "Content-Type: text/plain\r\n".to_owned(),
        "Content-Type: application/x-www-form-urlencoded\r\n".to_owned(),
        format!("{json}Origin: http://evil.example\r\n"),
        format!("{json}Origin: null\r\n"),
        format!("{json}Origin: http://127.0.0.1:1\r\n"),
        format!("{json}Sec-Fetch-Site: cross-site\r\n"),
    ] {
        let answer = demo.ask("POST /api/clock", &own, &more, body).await;
        assert_eq!(answer.status, 403, "{more}");
    }
    assert_eq!(demo.state().await["clock"]["speed"], 1.0);
    let welcome = demo
        .ask("POST /api/clock", &own, &format!("{json}Origin: http://{own}\r\n"), body)
        .await;
    assert_eq!(welcome.status, 200, "{}", welcome.body);
    for path in ["/", "/app.js", "/style.css", "/api/state", "/nothing"] {
        let head = demo.get(path).await.head;
        assert!(
            head.contains("content-security-policy: default-src 'none'; script-src 'self';")
                && head.contains("connect-src 'self'; frame-src 'self'"),
            "{path}: {head}"
        );
        assert!(
            head.contains("x-content-type-options: nosniff") && head.contains("cache-control: no-store"),
            "{head}"
        );
    }
    let mail = demo.get("/mail/0/0").await.head;
    assert!(
        mail.contains("default-src 'none'; style-src 'unsafe-inline'; img-src cid: data:;") && mail.contains("sandbox allow-popups"),
        "{mail}"
    );
    assert!(!mail.contains("script-src") && !mail.contains("allow-scripts"), "{mail}");
    let outside = Options {
        listen: Some("0.0.0.0:0".parse().unwrap()),
        ..options()
    };
    let refused = Webmail::open(&demo.dir.path().join("second"), outside).await;
    assert!(matches!(refused, Err(DemoError::NotLoopback(_))));
    demo.end().await;
}

fn program() -> PathBuf {
    std::env::var_os("REPLYD_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_replyd")), PathBuf::from)
}

/// Starts the program; gives it and the address it prints.
async fn begin(more: &[&str], scratch: &Path) -> (tokio::process::Child, String) {
    let mut child = Command::new(program())
        .args(["demo", "--listen", "0"])
        .args(more)
        .env("TMPDIR", scratch)
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut out = tokio::io::BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    let address = loop {
        let mut line = String::new();
        let read = tokio::io::AsyncBufReadExt::read_line(&mut out, &mut line);
        assert!(tokio::time::timeout(SOON, read).await.unwrap().unwrap() > 0, "{said}");
        said.push_str(&line);
        if let Some((_, address)) = line.split_once("http://") {
            break address.trim().to_owned();
        }
    };
    // Read on, so that nothing it prints later fails.
    tokio::spawn(async move { tokio::io::copy(&mut out, &mut tokio::io::sink()).await });
    (child, address)
}

/// A command from beside is heard: the daemon of the demo takes a fresh signing key at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_program_hears_commands_from_beside() {
    let scratch = tempfile::tempdir().unwrap();
    let (mut child, _) = begin(&["--dir", scratch.path().join("try").to_str().unwrap()], scratch.path()).await;
    let config = scratch.path().join("try/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let (_, pages) = text.split_once("public_url = \"http://").unwrap();
    let (pages, _) = pages.split_once('"').unwrap();
    let before = health(pages).await;
    let rotated = Command::new(program())
        .arg("--config")
        .arg(&config)
        .args(["keys", "rotate"])
        .output()
        .await
        .unwrap();
    assert!(rotated.status.success(), "{rotated:?}");
    let end = Instant::now() + SOON;
    // Which installation it is follows from the keys.
    while health(pages).await == before {
        assert!(Instant::now() < end, "the key was not taken: {before}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().await.unwrap();
}

/// The name of the installation that answers at `pages`.
async fn health(pages: &str) -> Value {
    let mut connection = TcpStream::connect(pages).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {pages}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str::<Value>(body).unwrap()["replyd"].clone()
}

/// The program itself: prints where it is, ends on SIGTERM and SIGINT although a browser listens, and leaves nothing behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_program_ends_cleanly_and_leaves_nothing_behind() {
    for signal in ["-TERM", "-INT"] {
        let scratch = tempfile::tempdir().unwrap();
        let (mut child, address) = begin(&["--warp", "60"], scratch.path()).await;
        // Two browsers: one listens to what happens, one has connected and says nothing.
        let mut listening = TcpStream::connect(&address).await.unwrap();
        listening
            .write_all(format!("GET /api/events HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut some = [0; 512];
        assert!(tokio::time::timeout(SOON, listening.read(&mut some)).await.unwrap().unwrap() > 0);
        let _silent = TcpStream::connect(&address).await.unwrap();
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1, "the demo's directory");
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
        let ended = tokio::time::timeout(SOON, child.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "{signal}: {ended:?}");
        assert_eq!(
            std::fs::read_dir(scratch.path()).unwrap().count(),
            0,
            "{signal}: something stayed behind"
        );
    }
}

/// A mail that tries to run, to ask for something at `at`, to send a form, and to leave its frame.
fn hostile(at: std::net::SocketAddr) -> Vec<u8> {
    let html = format!(
        "<html><head><meta http-equiv=\"refresh\" content=\"0;url=http://{at}/stolen-by-refresh\"><base href=\"http://{at}/stolen-base/\"></head>\
         <body onload=\"parent.postMessage('onload','*');top.location='http://{at}/stolen-by-onload'\">\
         <script>parent.postMessage('script','*');top.location='http://{at}/stolen-by-script'</script>\
         <img src=\"http://{at}/stolen-image\" onerror=\"parent.postMessage('onerror','*')\">\
         <link rel=\"stylesheet\" href=\"http://{at}/stolen-style\"><iframe src=\"http://{at}/stolen-frame\"></iframe>\
         <svg onload=\"parent.postMessage('svg','*')\"></svg>\
         <p><a id=\"top\" target=\"_top\" href=\"http://{at}/stolen-top\">Top</a></p>\
         <form method=\"post\" action=\"http://{at}/stolen-form\" target=\"_top\"><button id=\"form\">Form</button></form></body></html>"
    );
    format!(
        "From: Eve <eve@elsewhere.example>\r\nTo: hannah@northwind.example\r\nSubject: Hostile\r\nDate: Tue, 03 Mar 2026 09:06:00 +0000\r\n\
         Message-ID: <hostile@elsewhere.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
    )
    .into_bytes()
}

/// Every button, three ways of replying, an undo, time; on a desk and on a phone; and a mail that cannot leave its frame.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_webmail_in_a_browser() {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|dir| browsers.iter().any(|name| dir.join(name).is_file())) {
        assert!(std::env::var_os("REPLYD_TEST_REQUIRED").is_none(), "no Chromium");
        println!("not run: the demo in a browser (no Chromium)");
        return;
    }
    // Whoever connects here was led here by the hostile mail.
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let trap = elsewhere.local_addr().unwrap();
    let demo = Running::start_with(|webmail| {
        let hannah = Address::parse("hannah@northwind.example").unwrap();
        webmail.mail_server().mailboxes.deliver(&hannah, tuesday(), hostile(trap)).unwrap();
    })
    .await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/demo.py");
    let pictures = std::env::var_os("REPLYD_TEST_PICTURES").map_or_else(|| demo.dir.path().join("pictures"), PathBuf::from);
    let ran = Command::new("python3")
        .arg(script)
        .arg(format!("http://{}/", demo.at))
        .arg(&pictures)
        .output()
        .await
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let seen: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(seen["errors"], json!([]), "scripts without errors, a policy that nothing breaks");
    assert_eq!(seen["desk"], json!({"wide": false, "bare": [], "pale": []}));
    for (view, measured) in seen["phone"].as_object().unwrap() {
        assert_eq!(*measured, json!({"wide": false, "small": [], "bare": [], "pale": []}), "{view}");
    }
    assert_eq!(seen["dark"], json!([]));
    assert_eq!(seen["sandbox"], "allow-popups allow-popups-to-escape-sandbox");
    assert_eq!(seen["undone"][0], "Ana Souza: Looked at, no answer yet");
    assert!(seen["mailto"].as_str().unwrap().starts_with("Pass: Ana Souza [REF-"), "{seen:#}");
    assert_eq!(seen["gmail"]["own"], "Hi Ines,\n\nYes to Ana.\n\nBest,\nHannah");
    assert_eq!(seen["outlook"]["own"], "Pass on Ben, too junior.");
    assert_eq!(seen["iphone"]["own"], "Chloé maybe, ask me again in two weeks");
    assert_eq!(seen["gmail"]["says"], json!(["Ana Souza: Interested"]));
    assert_eq!(seen["told"], true, "what is missing is said where it is seen");
    assert_eq!(seen["note"]["says"], json!([]), "a recruiter's words decide nothing");
    let becomes = seen["note"]["becomes"].as_str().unwrap();
    assert!(
        becomes.contains("orders this") && becomes.contains("Noted: Ana prefers mornings"),
        "{seen:#}"
    );
    assert_eq!(seen["words"], json!(["", "", "", ""]), "the page for all candidates");
    assert_eq!(seen["rests"], false, "time took every decision into effect");
    assert_eq!(
        seen["stands"],
        json!(["Ana Souza: Interested", "Ben Okafor: Pass", "Chloé Martin: Maybe"])
    );
    assert_eq!(seen["times"], json!(["Ana Souza: Gives times"]));
    let hostile = &seen["hostile"];
    assert_eq!(hostile["heard"], json!([]), "a script of the mail ran");
    assert_eq!(hostile["page"], format!("http://{}/", demo.at), "the mail led the page away");
    // The browser is gone, so a connection holds all that was ever sent on it. An empty one asked for nothing: Chromium connects
    // ahead to a link that is pressed.
    while let Ok(Ok((mut connection, _))) = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await {
        let mut asked = Vec::new();
        let _ = tokio::time::timeout(SOON, connection.read_to_end(&mut asked)).await.unwrap();
        let asked = String::from_utf8_lossy(&asked);
        assert!(asked.is_empty(), "the mail asked for something elsewhere: {asked}");
    }
    demo.end().await;
}
