//! Decisions pressed on pages, durable before they are answered, beside nginx with a static page of the same size.
//!
//! ```text
//! cargo bench --bench clicks            # needs wrk and nginx (Debian's packages); 64 connections, 8 seconds each, three rounds
//! cargo bench --bench clicks -- 8 3     # seconds, rounds
//! ```
//! Fills a database, starts `replyd run` on it and lets wrk (one thread) press "Interested", each time for another candidate of another
//! batch. Every answer comes after the fsync of its decision. One JSON line a round, with the ratio.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use replyd::config::Config;
use replyd::daemon::Clock;
use replyd::lab::{Filling, fill};
use replyd::link::{Claim, Scope};
use replyd::model::Decision;
use replyd::store::{Role, Store};

/// Submissions in the database. Every batch gives one link.
const SUBMISSIONS: u64 = 80_000;

fn config(port: u16) -> String {
    format!(
        r#"
[agency]
name = "Harbour Talent"
address = "bot@agency.test"
zone = "Europe/London"
[imap]
host = "127.0.0.1"
port = 9
user = "bot"
password_file = "password"
[smtp]
host = "127.0.0.1"
port = 9
[inbound]
authserv_id = "mx.agency.test"
border = "mx.agency.test"
[http]
listen = "127.0.0.1:{port}"
public_url = "https://answers.agency.test"
posts_per_minute = 1000000000
"#
    )
}

/// wrk's side: the next link with each request.
const SCRIPT: &str = r#"
local links = {}
for line in io.lines("links.txt") do
  local path, nonce = line:match("^(%S+) (%S+)$")
  links[#links + 1] = wrk.format("POST", path, { ["Content-Type"] = "application/x-www-form-urlencoded" }, "do=interested&nonce=" .. nonce)
end
local at = tonumber(os.getenv("FIRST_LINK"))
function request()
  at = at % #links + 1
  return links[at]
end
function done(summary, latency)
  io.write(string.format("result %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"#;

const PLAIN: &str = r#"
function done(summary, latency)
  io.write(string.format("result %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"#;

fn main() {
    let words: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let seconds = words.first().copied().unwrap_or(8);
    let rounds = words.get(1).copied().unwrap_or(3);
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path();
    let (port, other) = (free_port(), free_port());
    std::fs::write(home.join("config.toml"), config(port)).unwrap();
    std::fs::write(home.join("password"), "pw").unwrap();
    std::fs::set_permissions(home.join("password"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = Config::load(&home.join("config.toml")).unwrap();
    let keyring = Arc::clone(&config.ink.keyring);
    let now = Clock::system().now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let filling = Filling {
        store: Arc::new(Store::open(&config.database, Role::Daemon, now).unwrap()),
        ink: Arc::new(config.ink),
        policy: config.policy,
        zone: config.zone,
        now,
    };
    runtime.block_on(fill(&filling, SUBMISSIONS, |_| {})).unwrap();
    let batches = filling.store.read(|tx| tx.pipeline(None, u32::MAX)).unwrap();
    let minute = Claim::minute(now);
    let mut links = String::new();
    for batch in &batches {
        let claim = Claim {
            item: batch.submissions[0].id,
            addressed_to: 0,
            scope: Scope::Decide(Decision::Interested),
            expires_min: minute + 60 * 24,
            generation: 1,
        };
        let token = keyring.token(&claim);
        let nonce = keyring.nonce(&token, minute);
        writeln!(links, "/d/{token} {nonce}").unwrap();
    }
    drop(filling);
    std::fs::write(home.join("links.txt"), links).unwrap();
    std::fs::write(home.join("press.lua"), SCRIPT).unwrap();
    std::fs::write(home.join("plain.lua"), PLAIN).unwrap();

    let mut daemon = Running(
        Command::new(env!("CARGO_BIN_EXE_replyd"))
            .args(["run"])
            .current_dir(home)
            .env("REPLYD_LOG", "error")
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    wait_for(port);
    let mut nginx = nginx(home, other);
    wait_for(other);
    let mut first = 0;
    for round in 0..rounds {
        let page = wrk(home, "plain.lua", &format!("http://127.0.0.1:{other}/"), seconds, 0);
        let press = wrk(home, "press.lua", &format!("http://127.0.0.1:{port}/"), seconds, first);
        first = (first + press.requests) % batches.len() as u64;
        println!(
            "{{\"round\": {round}, \"presses_per_second\": {:.0}, \"p50_ms\": {:.2}, \"p99_ms\": {:.2}, \"failed\": {}, \"nginx_per_second\": {:.0}, \"ratio\": {:.3}, \"resident_kb\": {}}}",
            press.per_second,
            press.p50,
            press.p99,
            press.failed,
            page.per_second,
            press.per_second / page.per_second,
            peak(daemon.0.id())
        );
    }
    daemon.end();
    nginx.end();
}

struct Measured {
    requests: u64,
    per_second: f64,
    p50: f64,
    p99: f64,
    failed: u64,
}

fn wrk(home: &Path, script: &str, url: &str, seconds: u64, first: u64) -> Measured {
    let out = Command::new("wrk")
        .args(["-t1", "-c64", &format!("-d{seconds}s"), "-s", script, url])
        .current_dir(home)
        .env("FIRST_LINK", first.to_string())
        .output()
        .expect("wrk is missing: apt-get install wrk");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("result "))
        .unwrap_or_else(|| panic!("{text}"));
    let numbers: Vec<u64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
    Measured {
        requests: numbers[0],
        per_second: numbers[0] as f64 / (numbers[1] as f64 / 1e6),
        p50: numbers[2] as f64 / 1e3,
        p99: numbers[3] as f64 / 1e3,
        failed: numbers[4],
    }
}

/// One worker, one page of 4 KB, nothing logged.
fn nginx(home: &Path, port: u16) -> Running {
    let page = format!("<!doctype html><title>Thank you</title><p>{}</p>", "Recorded. ".repeat(400));
    std::fs::create_dir_all(home.join("www")).unwrap();
    std::fs::write(home.join("www/index.html"), page).unwrap();
    let www = home.display();
    let conf = format!(
        "daemon off; worker_processes 1; pid {www}/nginx.pid; error_log /dev/null;\nevents {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {www}/a; proxy_temp_path {www}/b; fastcgi_temp_path {www}/c;\n\
         uwsgi_temp_path {www}/d; scgi_temp_path {www}/e; server {{ listen 127.0.0.1:{port}; root {www}/www; }} }}\n"
    );
    std::fs::write(home.join("nginx.conf"), conf).unwrap();
    // Its worker is another user when we are root.
    std::fs::set_permissions(home, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let child = Command::new("nginx")
        .args(["-c", &format!("{www}/nginx.conf")])
        .stderr(Stdio::null())
        .spawn();
    Running(child.expect("nginx is missing: apt-get install nginx-light"))
}

/// A process that ends with us.
struct Running(Child);

impl Running {
    fn end(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing listens on {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The most memory the process has had, in kilobytes.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}
