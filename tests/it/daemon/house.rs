//! One agency with a replyd of its own: a directory with a config.toml as a person would write it, and the real binary.

use std::cell::{Cell, RefCell};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, Utc, Weekday};
use serde_json::Value;
use tempfile::TempDir;

use super::servers::{Lane, env};

/// A batch as a recruiter writes it.
const BATCH: &str = r#"
[client]
name = "Northwind Logistics"

[client.contact]
name = "Ann Lee"
email = "CONTACT"
zone = "CLIENT_ZONE"

[project]
title = "Senior Java developer"
interview = "video"
duration_min = 45

[[recruiters]]
name = "Maria Keller"
email = "RECRUITER"

[[candidates]]
name = "Ana Souza"
email = "candidate-LANE@mail.test"
zone = "ANA_ZONE"
summary = "Ten years of Java, the last five in payments."

[[candidates]]
name = "Ben Okafor"
email = "ben-LANE@mail.test"
zone = "Europe/London"
summary = "Eight years with warehouse software."

[[candidates]]
name = "Carl Weber"
email = "carl-LANE@mail.test"
zone = "Europe/Berlin"
summary = "Four years of Java and Kotlin at a card issuer."
"#;

pub(super) struct House {
    dir: TempDir,
    pub(super) bot: String,
    pub(super) recruiter: String,
    pub(super) http_port: u16,
    pub(super) smtp_port: u16,
    /// What replyd's clock shows beyond the machine's, in seconds.
    ahead: Cell<i64>,
    log: RefCell<String>,
}

/// Start and end of an interview.
pub(super) type Slot = (DateTime<Utc>, DateTime<Utc>);

/// What `show --json` tells of a batch.
pub(super) struct Story(pub(super) Value);

impl Story {
    fn rows(&self, key: &str) -> Vec<Value> {
        fn find<'a>(value: &'a Value, key: &str) -> Option<&'a Vec<Value>> {
            match value {
                Value::Object(map) => map
                    .get(key)
                    .and_then(Value::as_array)
                    .or_else(|| map.values().find_map(|v| find(v, key))),
                Value::Array(all) => all.iter().find_map(|v| find(v, key)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            }
        }
        find(&self.0, key).unwrap_or_else(|| panic!("no {key} in {}", self.0)).clone()
    }

    fn row(&self, name: &str) -> Value {
        let rows = self.rows("submissions");
        let row = rows.iter().find(|r| r["candidate"].as_str().unwrap().contains(name));
        row.unwrap_or_else(|| panic!("no {name} in {rows:?}")).clone()
    }

    fn candidate(&self, name: &str, key: &str) -> String {
        self.row(name)[key].as_str().unwrap().to_owned()
    }

    /// The interview of a candidate: status, start and end (`None` while no time is agreed), SEQUENCE.
    pub(super) fn interview(&self, name: &str) -> (String, Option<Slot>, u64) {
        let row = self.row(name);
        let text = |key: &str| row[key].as_str().unwrap();
        let starts = (!text("interview").is_empty()).then(|| text("interview").parse::<DateTime<Utc>>().unwrap());
        let takes = chrono::Duration::minutes(row["interview_minutes"].as_i64().unwrap());
        let sequence = row["interview_sequence"].as_u64().unwrap();
        (
            text("interview_status").to_owned(),
            starts.map(|start| (start, start + takes)),
            sequence,
        )
    }

    pub(super) fn status(&self, name: &str) -> String {
        self.candidate(name, "status")
    }

    /// The decision in its grace period; empty when none rests.
    pub(super) fn resting(&self, name: &str) -> String {
        self.candidate(name, "resting")
    }

    pub(super) fn reasons(&self, name: &str) -> String {
        self.candidate(name, "reasons")
    }

    /// The words of every line of this kind, oldest first.
    pub(super) fn words(&self, kind: &str) -> Vec<String> {
        self.told(kind, "words")
    }

    pub(super) fn details(&self, kind: &str) -> Vec<String> {
        self.told(kind, "detail")
    }

    pub(super) fn count(&self, kind: &str) -> usize {
        self.told(kind, "kind").len()
    }

    fn told(&self, kind: &str, key: &str) -> Vec<String> {
        let lines = self.rows("timeline");
        lines
            .iter()
            .filter(|l| l["kind"] == kind)
            .map(|l| l[key].as_str().unwrap().to_owned())
            .collect()
    }

    /// Every line, as text: two stories are the same when these are.
    pub(super) fn lines(&self) -> Vec<String> {
        self.rows("timeline")
            .iter()
            .map(|l| format!("{} {} {}", l["kind"], l["detail"], l["words"]))
            .collect()
    }
}

/// A replyd that runs in the background; it is killed when the test is over, however it ends.
pub(super) struct Running {
    child: Child,
    began: Instant,
}

impl House {
    /// The lane's agency.
    pub(super) fn new(lane: &Lane) -> Self {
        Self::of(lane.bot(), lane.recruiter(), lane)
    }

    /// Any agency with a mailbox on these servers.
    pub(super) fn of(bot: String, recruiter: String, lane: &Lane) -> Self {
        let dir = TempDir::new().unwrap();
        let password = dir.path().join("password");
        fs::write(&password, format!("pw-{}\n", bot.split('@').next().unwrap())).unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
        let port = |name: &str| -> u16 { env(name).rsplit(':').next().unwrap().parse().unwrap() };
        let smtp_port = port("REPLYD_TEST_SMTP");
        // Free at this moment; nobody else on this machine is told.
        let http_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            r#"[agency]
name = "Harbour Talent"
address = "{bot}"
zone = "Europe/London"

[store]
database = "replyd.db"

[imap]
host = "localhost"
port = {imap}
user = "{bot}"
password_file = "password"
ca_file = "{ca}"

[smtp]
host = "localhost"
port = {smtp}
user = "{bot}"
password_file = "password"
ca_file = "{ca}"

[inbound]
authentication = "require"
authserv_id = "{authserv}"
border = "{authserv}"

[http]
listen = "127.0.0.1:{http_port}"
public_url = "http://127.0.0.1:{http_port}"

[health]
self_ping_min = 0

[digest]
at = ""
"#,
            imap = port("REPLYD_TEST_IMAP"),
            smtp = smtp_port,
            ca = lane.ca().display(),
            authserv = env("REPLYD_TEST_AUTHSERV"),
        );
        fs::write(dir.path().join("config.toml"), config).unwrap();
        Self {
            dir,
            bot,
            recruiter,
            http_port,
            smtp_port,
            ahead: Cell::new(until_tuesday()),
            log: RefCell::new(String::new()),
        }
    }

    /// Lets time go by between two commands.
    pub(super) fn later(&self, minutes: i64) {
        self.ahead.set(self.ahead.get() + minutes * 60);
    }

    /// From the next command on the clock shows this, which must lie ahead of the machine's.
    pub(super) fn clock_shows(&self, at: DateTime<Utc>) {
        let ahead = (at - Utc::now()).num_seconds();
        assert!(ahead > 0, "{at} is over: a certificate of the servers would not hold yet");
        self.ahead.set(ahead);
    }

    /// What replyd's clock shows, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        Utc::now().timestamp() + self.ahead()
    }

    /// What replyd's clock shows beyond the machine's, in seconds.
    pub(super) fn ahead(&self) -> i64 {
        self.ahead.get()
    }

    /// From the next command on, mail goes out through this port.
    pub(super) fn sends_through(&self, port: u16) {
        let config = fs::read_to_string(self.path("config.toml")).unwrap();
        let (before, smtp) = config.split_once("[smtp]").unwrap();
        let (old, _) = smtp.split_once("port = ").unwrap().1.split_once('\n').unwrap();
        let smtp = smtp.replacen(&format!("port = {old}"), &format!("port = {port}"), 1);
        fs::write(self.path("config.toml"), format!("{before}[smtp]{smtp}")).unwrap();
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
        command
            .arg("--config")
            .arg(self.path("config.toml"))
            .args(arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            // The machine's clock, moved, for this process alone; waits still take as long as they take.
            .env("LD_PRELOAD", env("REPLYD_TEST_FAKETIME"))
            .env("FAKETIME", format!("{:+}", self.ahead.get()))
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            // Everything it would ever say, so that what must not be said is missed nowhere.
            .env("REPLYD_LOG", "debug")
            .env_remove("REPLYD_FAULT");
        command
    }

    /// Runs a command to its end, whatever that is.
    pub(super) fn replyd(&self, arguments: &[&str]) -> Output {
        self.finish(self.command(arguments), arguments)
    }

    fn finish(&self, command: Command, arguments: &[&str]) -> Output {
        let output = finish(command, arguments);
        self.log.borrow_mut().push_str(&String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Runs a command that must succeed; its stdout.
    pub(super) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.replyd(arguments);
        assert!(output.status.success(), "replyd {arguments:?}: {}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn json(&self, arguments: &[&str]) -> Value {
        let out = self.ok(arguments);
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("replyd {arguments:?} --json: {e}\n{out}"))
    }

    /// Does all that is due now.
    pub(super) fn until_idle(&self) {
        self.ok(&["run", "--until-idle"]);
    }

    /// The same, but the process aborts at this point.
    pub(super) fn dies_at(&self, fault: &str) -> Output {
        self.dies_during(fault, &["run", "--until-idle"])
    }

    /// Runs a command that aborts at this point.
    pub(super) fn dies_during(&self, fault: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.env("REPLYD_FAULT", fault);
        let output = self.finish(command, arguments);
        assert!(!output.status.success(), "it should have died at {fault}: {}", told(&output));
        assert!(output.status.code().is_none(), "{fault} should kill, not end: {}", told(&output));
        output
    }

    /// Starts a command and does not wait for it.
    pub(super) fn begin(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// `replyd run` in the background, serving.
    pub(super) fn start(&self) -> Running {
        self.start_with(&[])
    }

    /// The same, with these variables set.
    pub(super) fn start_with(&self, variables: &[(&str, &str)]) -> Running {
        let mut command = self.command(&["run"]);
        command.envs(variables.iter().copied());
        self.serve(command)
    }

    /// The same, with a clock that is off by what this file says at any time.
    pub(super) fn start_by(&self, clock: &Path) -> Running {
        let mut command = self.command(&["run"]);
        command.env_remove("FAKETIME");
        command.env("FAKETIME_TIMESTAMP_FILE", clock).env("FAKETIME_NO_CACHE", "1");
        self.serve(command)
    }

    /// The same, by a shell that lets a write beyond the limit of a file's size fail instead of killing.
    pub(super) fn start_unlimited(&self) -> Running {
        let plain = self.command(&["run"]);
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg("trap '' XFSZ; exec \"$@\"")
            .arg("sh")
            .arg(plain.get_program())
            .args(plain.get_args());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.current_dir(self.dir.path()).stdin(Stdio::null());
        self.serve(shell)
    }

    fn serve(&self, mut command: Command) -> Running {
        let log = fs::File::create(self.path("run.log")).unwrap();
        let child = command.stderr(log).stdout(Stdio::null()).spawn().unwrap();
        let mut running = Running {
            child,
            began: Instant::now(),
        };
        running.wait_until(&self.path("run.log"), || {
            std::net::TcpStream::connect(("127.0.0.1", self.http_port)).is_ok()
        });
        running
    }

    /// Hands in a batch for this contact: Ana Souza, Ben Okafor and Carl Weber for a Java role.
    pub(super) fn submit(&self, contact: &str) {
        self.hand_in(BATCH, contact, "Europe/London", "Europe/Lisbon");
    }

    /// Hands in a batch for this contact: Ana Souza alone, each of the two in a zone of theirs.
    pub(super) fn submit_ana(&self, contact: &str, client_zone: &str, ana_zone: &str) {
        self.submit_ana_with(contact, client_zone, ana_zone, "");
    }

    /// The same with `more` of its file, in TOML.
    pub(super) fn submit_ana_with(&self, contact: &str, client_zone: &str, ana_zone: &str, more: &str) {
        let (others, _) = BATCH.match_indices("[[candidates]]").nth(1).unwrap();
        self.hand_in(&format!("{}{more}", &BATCH[..others]), contact, client_zone, ana_zone);
    }

    fn hand_in(&self, batch: &str, contact: &str, client_zone: &str, ana_zone: &str) {
        let lane = self.bot.rsplit_once('@').unwrap().0.rsplit_once('-').unwrap().1;
        let batch = batch
            .replace("CONTACT", contact)
            .replace("RECRUITER", &self.recruiter)
            .replace("CLIENT_ZONE", client_zone)
            .replace("ANA_ZONE", ana_zone)
            .replace("LANE", lane);
        let file = self.path("batch.toml");
        fs::write(&file, batch).unwrap();
        self.ok(&["submit", file.to_str().unwrap()]);
    }

    /// Hands in another batch for this contact: Dora Lind alone, for another role; with a backup contact if there is one.
    pub(super) fn submit_dora(&self, contact: &str, backup: Option<&str>) {
        let (others, _) = BATCH.match_indices("[[candidates]]").nth(1).unwrap();
        let backup = backup
            .map(|address| format!("[client.backup]\nname = \"Kim Park\"\nemail = \"{address}\"\nzone = \"Europe/London\"\n\n[project]"));
        let batch = BATCH[..others]
            .replace("Ana Souza", "Dora Lind")
            .replace("candidate-LANE", "dora-LANE")
            .replace("Senior Java developer", "Head of data")
            .replace("[project]", backup.as_deref().unwrap_or("[project]"));
        self.hand_in(&batch, contact, "Europe/London", "Europe/London");
    }

    /// `replyd show` of the one batch there is.
    pub(super) fn story(&self) -> Story {
        self.story_of(1)
    }

    /// `replyd show` of a batch.
    pub(super) fn story_of(&self, batch: i64) -> Story {
        Story(self.json(&["show", &batch.to_string(), "--json"]))
    }

    /// Everything that replyd ever wrote to stderr in this house.
    pub(super) fn log(&self) -> String {
        let running = fs::read_to_string(self.path("run.log")).unwrap_or_default();
        format!("{}{running}", self.log.borrow())
    }
}

impl Running {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// How it ended and after how long; `None` when it still runs at the limit.
    pub(super) fn ends_within(&mut self, limit: Duration) -> Option<(std::process::ExitStatus, Duration)> {
        let asked = Instant::now();
        while asked.elapsed() < limit {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some((status, asked.elapsed()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    fn wait_until(&mut self, log: &Path, ready: impl Fn() -> bool) {
        while !ready() {
            let ended = self.child.try_wait().unwrap();
            let told = || fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none(), "replyd run ended: {ended:?}\n{}", told());
            assert!(
                self.began.elapsed() < Duration::from_secs(20),
                "replyd run is not ready\n{}",
                told()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds until the next Tuesday, ten in the morning UTC: people work then, whenever the tests run.
fn until_tuesday() -> i64 {
    let now = Utc::now();
    let days = (i64::from(Weekday::Tue.num_days_from_monday()) - i64::from(now.weekday().num_days_from_monday())).rem_euclid(7);
    let morning = (now + chrono::Duration::days(days))
        .date_naive()
        .and_hms_opt(10, 0, 0)
        .unwrap()
        .and_utc();
    let ahead = (morning - now).num_seconds();
    if ahead < 0 { ahead + 7 * 86_400 } else { ahead }
}

/// Waits for a command, but not for ever.
fn finish(mut command: Command, arguments: &[&str]) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let (done, watched) = std::sync::mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        if watched.recv_timeout(Duration::from_secs(120)) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &id]).status();
            return true;
        }
        false
    });
    let output = child.wait_with_output().unwrap();
    drop(done);
    assert!(!watchdog.join().unwrap(), "replyd {arguments:?} did not end: {}", told(&output));
    output
}

pub(super) fn told(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
