//! What a lying server costs the program itself: the real binary against the scripted server, measured by the kernel.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::fake::Server;

/// `replyd run`, killed at the end.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A directory with the configuration of an agency that reads from this server.
pub(super) fn house(server: &Server) -> tempfile::TempDir {
    let home = tempfile::TempDir::new().unwrap();
    let password = home.path().join("password");
    std::fs::write(&password, "s3cret\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let pages = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!(
        "[agency]\nname = \"Harbour Talent\"\naddress = \"bot@agency.test\"\nzone = \"Europe/London\"\n\
         [imap]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"bot\"\npassword_file = \"password\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nuser = \"bot\"\npassword_file = \"password\"\n\
         [inbound]\nauthserv_id = \"mx.agency.test\"\n\
         [http]\nlisten = \"127.0.0.1:{pages}\"\npublic_url = \"http://127.0.0.1:{pages}\"\n",
        server.account().port
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    home
}

/// The most memory it ever had in use, in KiB, once it has asked for all of these.
async fn peak(announced: Option<u64>) -> u64 {
    let server = Server::start(3).await;
    if let Some(octets) = announced {
        server.with(|box_| box_.announced.insert(2, octets));
    }
    let home = house(&server);
    let child = Command::new(env!("CARGO_BIN_EXE_replyd"))
        .arg("run")
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let running = Running(child);
    let began = Instant::now();
    // Read to the end: all three messages are kept, the one that was announced as a giant after it was asked for in part.
    let database = home.path().join("replyd.db");
    let kept = || {
        let connection = rusqlite::Connection::open_with_flags(&database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        connection
            .query_row(
                "SELECT count(*) FROM messages WHERE state NOT IN ('stored', 'reading', 'unreadable')",
                [],
                |row| row.get::<_, i64>(0),
            )
            .ok()
    };
    while kept() != Some(3) {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{:?}; {:#?}",
            kept(),
            server.transcript()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.0.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

/// R-I8
#[tokio::test]
async fn an_announced_giant_costs_the_daemon_next_to_nothing() {
    let plain = peak(None).await;
    let giant = peak(Some(400 << 20)).await;
    println!("peak of resident memory: {plain} KiB with ordinary messages, {giant} KiB with one announced as 400 MB");
    assert!(giant < plain + 30 * 1024, "{plain} KiB, then {giant} KiB");
}
