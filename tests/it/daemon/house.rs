//! One agency with a replyd of its own: a directory with a config.toml as a person would write it, and the real binary.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::servers::{Lane, env};

pub(super) struct House {
    dir: TempDir,
    pub(super) bot: String,
    pub(super) recruiter: String,
    pub(super) http_port: u16,
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
        let port = |name: &str| env(name).rsplit(':').next().unwrap().to_owned();
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

[http]
listen = "127.0.0.1:{http_port}"
public_url = "http://127.0.0.1:{http_port}"
"#,
            imap = port("REPLYD_TEST_IMAP"),
            smtp = port("REPLYD_TEST_SMTP"),
            ca = lane.ca().display(),
            authserv = env("REPLYD_TEST_AUTHSERV"),
        );
        fs::write(dir.path().join("config.toml"), config).unwrap();
        Self {
            dir,
            bot,
            recruiter,
            http_port,
        }
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
            .env_remove("REPLYD_FAULT");
        command
    }

    /// Runs a command to its end, whatever that is.
    pub(super) fn replyd(&self, arguments: &[&str]) -> Output {
        finish(self.command(arguments), arguments)
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
        let arguments = ["run", "--until-idle"];
        let mut command = self.command(&arguments);
        command.env("REPLYD_FAULT", fault);
        let output = finish(command, &arguments);
        assert!(!output.status.success(), "it should have died at {fault}: {}", told(&output));
        assert!(output.status.code().is_none(), "{fault} should kill, not end: {}", told(&output));
        output
    }

    /// `replyd run` in the background, serving.
    pub(super) fn start(&self) -> Running {
        let log = fs::File::create(self.path("run.log")).unwrap();
        let child = self.command(&["run"]).stderr(log).stdout(Stdio::null()).spawn().unwrap();
        let mut running = Running {
            child,
            began: Instant::now(),
        };
        running.wait_until(&self.path("run.log"), || {
            std::net::TcpStream::connect(("127.0.0.1", self.http_port)).is_ok()
        });
        running
    }

    /// Hands in a batch and returns what `submit` printed.
    pub(super) fn submit(&self, batch: &str) -> String {
        let file = self.path("batch.toml");
        fs::write(&file, batch).unwrap();
        self.ok(&["submit", file.to_str().unwrap()])
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
            assert!(self.began.elapsed() < Duration::from_secs(20), "replyd run is not ready\n{}", told());
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
