//! Commands that need no mail server, as a person types them: what they leave alone, and what they say when something is amiss.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use replyd::config::Config;
use replyd::daemon::Clock;
use replyd::store::{Role, Store};
use tempfile::TempDir;

/// A directory with a configuration whose servers are not there.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    let password = home.path().join("password");
    std::fs::write(&password, "pw\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let door = "host = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nuser = \"bot\"\npassword_file = \"password\"\n";
    let config = format!(
        "[agency]\nname = \"Harbour Talent\"\naddress = \"bot@agency.test\"\nzone = \"Europe/London\"\n[imap]\n{door}[smtp]\n{door}\
         [inbound]\nauthserv_id = \"mx.agency.test\"\n[http]\nlisten = \"127.0.0.1:9\"\npublic_url = \"http://127.0.0.1:9\"\n"
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    home
}

fn replyd(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
    command.current_dir(home).env_remove("REPLYD_CONFIG").args(arguments);
    command.output().unwrap()
}

fn files(home: &Path) -> Vec<std::ffi::OsString> {
    let mut all: Vec<_> = std::fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    all.sort();
    all
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn commands_check_makes_nothing() {
    let home = home();
    let before = files(home.path());
    let checked = replyd(home.path(), &["check", "--dns", "127.0.0.1:9"]);
    let text = said(&checked);
    assert_eq!(checked.status.code(), Some(1), "nobody answers at port 9: {text}");
    assert!(text.contains("ok   keys      none yet; they are made at the first start"), "{text}");
    assert_eq!(files(home.path()), before);
    // A configuration that is wrong in its last line makes nothing either, whoever reads it.
    let config = home.path().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap() + "[health]\nself_ping_min = 9999\n";
    std::fs::write(&config, text).unwrap();
    for command in ["check", "list"] {
        let text = said(&replyd(home.path(), &[command]));
        assert!(text.contains("health.self_ping_min"), "{text}");
        assert_eq!(files(home.path()), before, "{command}");
    }
}

#[test]
fn commands_a_restore_can_be_tried_beside_a_daemon() {
    let home = home();
    let config = Config::load(&home.path().join("config.toml")).unwrap();
    let daemon = Store::open(&config.database, Role::Daemon, Clock::system().now()).unwrap();
    let backed_up = replyd(home.path(), &["backup", "copy.db"]);
    assert!(backed_up.status.success(), "{}", said(&backed_up));
    let before = files(home.path());
    let tried = replyd(home.path(), &["restore", "copy.db", "--dry-run"]);
    let text = said(&tried);
    assert!(tried.status.success() && text.contains("whole; batches: 0"), "{text}");
    assert!(text.contains("nothing was changed"), "{text}");
    let held = replyd(home.path(), &["restore", "copy.db"]);
    assert_eq!(held.status.code(), Some(75), "{}", said(&held));
    assert_eq!(files(home.path()), before);
    drop(daemon);
}

#[test]
fn commands_a_directory_that_will_not_do_is_named_with_the_fix() {
    let home = home();
    drop(Config::load(&home.path().join("config.toml")).unwrap());
    let before = files(home.path());
    for (arguments, fix) in [
        (&["backup", "--dir", "nowhere"][..], "make it, or name another with --dir"),
        (&["lab", "reply", "--dir", "nowhere"], "name a directory of mails"),
        (&["lab", "bench", "reply", "--dir", "nowhere"], "name a directory of mails"),
        #[cfg(feature = "demo")]
        (&["demo", "--dir", "."], "not empty; name a new or empty directory with --dir"),
        #[cfg(feature = "demo")]
        (&["demo", "--dir", "config.toml"], "name a directory that can be written with --dir"),
    ] {
        let refused = replyd(home.path(), arguments);
        let text = said(&refused);
        assert!(
            !refused.status.success() && text.contains(fix) && text.contains(arguments[arguments.len() - 1]),
            "{text}"
        );
        assert_eq!(files(home.path()), before, "{arguments:?}");
    }
}

/// Nothing is steered where nobody is waited for, and the reason is said.
#[test]
fn commands_go_on_needs_somebody_who_is_silent() {
    let home = home();
    std::fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/batches/three-candidates.toml"),
        home.path().join("batch.toml"),
    )
    .unwrap();
    let cv = "fixtures/batches/ana-souza-cv.pdf";
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(cv), home.path().join("ana-souza-cv.pdf")).unwrap();
    let submitted = replyd(home.path(), &["submit", "batch.toml"]);
    assert!(submitted.status.success(), "{}", said(&submitted));
    for (arguments, why) in [
        (&["go-on", "1"][..], "is a batch; name one of its submissions"),
        (&["go-on", "s1"], "nobody who must be there has left"),
        (&["go-on", "s1", "--wait"], "nobody who must be there has left"),
    ] {
        let refused = replyd(home.path(), arguments);
        assert!(!refused.status.success() && said(&refused).contains(why), "{}", said(&refused));
    }
    let told = said(&replyd(home.path(), &["show", "1", "--json"]));
    assert!(!told.contains("go_on"), "{told}");
}

/// A stranger's mail is shown; nothing in it moves the cursor, sets a title or turns the writing round.
#[test]
fn commands_explain_shows_a_mail_safely_with_and_without_a_database() {
    let home = home();
    let mail = "From: =?utf-8?B?G1sybQ==?= Ann <ann@client.example>\r\nSubject: =?utf-8?Q?=1B[2J=9B_Re:_two?=\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        Yes to Ana =1B]0;owned=07=1B[31m =C2=9B2J =E2=80=AEabc =E6=97=A5=E6=9C=AC\r\n\r\n"
        .to_owned()
        + &"> quoted\r\n".repeat(40);
    std::fs::write(home.path().join("mail.eml"), mail).unwrap();
    for arguments in [
        &["explain", "mail.eml", "--candidate", "Ana Souza"][..],
        &["explain", "mail.eml", "--candidate", "Ana Souza", "--json"],
        // There is no database yet.
        &["explain", "mail.eml"],
    ] {
        let output = replyd(home.path(), arguments);
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(output.status.success(), "{}", said(&output));
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert!(!text.contains('\u{202E}') && text.contains("日本"), "{text:?}");
        assert!(
            text.contains("ann@client.example") && text.to_lowercase().contains("interested"),
            "{text}"
        );
    }
    let folded = said(&replyd(home.path(), &["explain", "mail.eml", "--candidate", "Ana Souza"]));
    assert!(folded.contains("more lines; --full shows them"), "{folded}");
    let full = said(&replyd(home.path(), &["explain", "mail.eml", "--candidate", "Ana Souza", "--full"]));
    assert_eq!(full.matches("> quoted").count(), 40, "{full}");
    let help = said(&replyd(home.path(), &["lab", "kind", "--help"]));
    assert!(
        help.contains("replyd lab kind --dir fixtures/messages") && help.contains("spam_like"),
        "{help}"
    );
}
