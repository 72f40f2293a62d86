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

/// A file of the project, as whoever cloned it has it.
fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn batch_in(home: &Path) {
    std::fs::copy(shipped("fixtures/batches/three-candidates.toml"), home.join("batch.toml")).unwrap();
    std::fs::copy(shipped("fixtures/batches/ana-souza-cv.pdf"), home.join("ana-souza-cv.pdf")).unwrap();
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

/// Who only looks leaves nothing behind, not even an empty database.
#[test]
fn commands_that_look_make_nothing() {
    let home = home();
    std::fs::write(home.path().join("mail.eml"), "From: ann@client.example\r\n\r\nYes to Ana.\r\n").unwrap();
    let before = files(home.path());
    for command in [&["list"][..], &["explain", "mail.eml"], &["report"], &["outbox"], &["quarantine"]] {
        let looked = replyd(home.path(), command);
        let text = said(&looked);
        assert!(
            looked.status.success() && text.contains("there is no database at"),
            "{command:?}: {text}"
        );
        assert_eq!(files(home.path()), before, "{command:?}");
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
    batch_in(home.path());
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

#[test]
fn commands_report_says_what_it_counts_and_leaves_the_rest_alone() {
    let home = home();
    batch_in(home.path());
    let submitted = replyd(home.path(), &["submit", "batch.toml"]);
    assert!(submitted.status.success(), "{}", said(&submitted));
    let before = files(home.path());
    let text = said(&replyd(home.path(), &["report"]));
    assert!(text.starts_with("3 submissions handed in until "), "{text}");
    let four = [
        "answered within 48 hours",
        "booked without a person",
        "business days to the interview",
        "reasons for passes",
    ];
    let places = four.map(|one| text.find(one).unwrap_or_else(|| panic!("{one}: {text}")));
    assert!(places.is_sorted(), "{text}");
    let json = replyd(home.path(), &["report", "--json", "--by", "project"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["groups"][0]["figures"]["funnel"]["submitted"], 3, "{json}");
    let csv = String::from_utf8(replyd(home.path(), &["report", "--csv", "--by", "client"]).stdout).unwrap();
    assert_eq!(csv.matches("\r\n").count(), 2, "{csv}");
    assert_eq!(files(home.path()), before, "a report writes nothing");
    for (arguments, code, why) in [
        (
            &["report", "--from", "2026-03-02", "--to", "2026-03-01"][..],
            65,
            "there is no day between them",
        ),
        (
            &["report", "--client", "Nobody"],
            65,
            "`replyd report --by client` lists those there are",
        ),
        (&["report", "--from", "yesterday"], 2, "--from"),
        (&["report", "--csv", "--json"], 2, "cannot be used with"),
        (&["report", "--svg", "batch.toml"], 74, "batch.toml"),
    ] {
        let refused = replyd(home.path(), arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {}", said(&refused));
        assert!(said(&refused).contains(why), "{arguments:?}: {}", said(&refused));
    }
    assert!(replyd(home.path(), &["report", "--svg", "plots/march"]).status.success());
    for plot in ["funnel", "answers", "reasons"] {
        let svg = std::fs::read_to_string(home.path().join(format!("plots/march/{plot}.svg"))).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{plot}: {svg}");
    }
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
            text.contains("ann@client.example") && (arguments.len() == 2 || text.to_lowercase().contains("interested")),
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

/// In a fresh clone there is no password yet, and there are no keys.
#[test]
fn commands_that_only_look_need_no_password_and_make_no_keys() {
    let home = TempDir::new().unwrap();
    std::fs::copy(shipped("config.toml"), home.path().join("config.toml")).unwrap();
    batch_in(home.path());
    let before = files(home.path());
    let shown = replyd(home.path(), &["submit", "batch.toml", "--dry-run", "--out", "letters"]);
    assert!(shown.status.success(), "{}", said(&shown));
    assert!(home.path().join("letters/01-submission.eml").exists(), "{}", said(&shown));
    std::fs::remove_dir_all(home.path().join("letters")).unwrap();
    assert_eq!(files(home.path()), before);
    let wrong = std::fs::read_to_string(home.path().join("batch.toml"))
        .unwrap()
        .replace("ana-souza-cv", "ana-sousa-cv");
    std::fs::write(home.path().join("wrong.toml"), wrong).unwrap();
    let before = files(home.path());
    let refused = replyd(home.path(), &["submit", "wrong.toml", "--dry-run", "--out", "letters"]);
    assert_eq!(refused.status.code(), Some(65), "{}", said(&refused));
    assert!(said(&refused).contains("there is no such file; correct it"), "{}", said(&refused));
    let nowhere = replyd(home.path(), &["submit", "nowhere.toml", "--dry-run"]);
    assert_eq!(nowhere.status.code(), Some(74), "{}", said(&nowhere));
    assert_eq!(files(home.path()), before);
    for command in [&["list"][..], &["outbox", "list"], &["quarantine"], &["explain", "letter.eml"]] {
        std::fs::write(home.path().join("letter.eml"), ANSWER).unwrap();
        let looked = replyd(home.path(), command);
        assert!(looked.status.success(), "{command:?}: {}", said(&looked));
        assert!(!said(&looked).contains("imap-password"), "{command:?}: {}", said(&looked));
    }
    assert!(!home.path().join("replyd.keys").exists());
    // What fetches and sends does need it.
    let ran = replyd(home.path(), &["run", "--until-idle"]);
    assert_eq!(ran.status.code(), Some(78), "{}", said(&ran));
    assert!(said(&ran).contains("imap.password_file"), "{}", said(&ran));
    // Nothing has made the keys.
    for command in [&["keys", "list"][..], &["backup"]] {
        let text = said(&replyd(home.path(), command));
        assert!(text.contains("the first `replyd submit` or `replyd run` makes them"), "{text}");
    }
}

const ANSWER: &str = "From: Ana Souza <ana@mailbox.example>\r\nDate: Wed, 25 Mar 2026 10:00:00 +0000\r\nSubject: Re: Interview\r\n\r\n\
    Thursday after 2 pm or Friday morning is good for me, but not before 10.\r\n";

/// What the letter at hand asked is what its answer is read as: a candidate who names times decides about nobody.
#[test]
fn commands_explain_takes_from_a_letter_that_it_asked_for_times() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("answer.eml"), ANSWER).unwrap();
    let letter = shipped("fixtures/letters/ask-times-candidate.eml");
    let mut arguments = vec![
        "explain",
        "answer.eml",
        "--candidate",
        "Ana Souza",
        "--thread",
        letter.to_str().unwrap(),
    ];
    let bare = said(&replyd(home.path(), &arguments));
    assert!(bare.contains("--tz ZONE"), "{bare}");
    arguments.extend(["--tz", "Europe/Berlin"]);
    let text = said(&replyd(home.path(), &arguments));
    assert!(
        !text.contains("Interested") && text.contains("would move the interview along"),
        "{text}"
    );
    assert!(
        text.contains("Thu 26 March 2026, 14:00") && text.contains("Fri 27 March 2026, 10:00"),
        "{text}"
    );
}

#[test]
fn commands_explain_records_nothing_of_candidates_it_does_not_know() {
    let home = TempDir::new().unwrap();
    let mail = shipped("fixtures/messages/gmail-yes-and-no.eml");
    let (head, _) = ANSWER.split_once("\r\n\r\n").unwrap();
    let both = format!("{head}\r\n\r\nBoth are great, please set up interviews with both.\r\n");
    std::fs::write(home.path().join("both.eml"), both).unwrap();
    for mail in [mail.to_str().unwrap(), "both.eml"] {
        let text = said(&replyd(home.path(), &["explain", mail]));
        assert!(!text.contains("recorded") && !text.contains("\nact "), "{text}");
        assert!(!text.contains("Interested"), "{text}");
        assert!(text.contains("nobody is named here") && text.contains("--candidate NAME"), "{text}");
    }
    let named = [
        "explain",
        mail.to_str().unwrap(),
        "--candidate",
        "Ana Ruiz",
        "--candidate",
        "Carl Jensen",
    ];
    let text = said(&replyd(home.path(), &named));
    assert!(
        text.contains("act    Ana Ruiz: Interested") && text.contains("would be recorded"),
        "{text}"
    );
}

/// Line by line the same: a sender nobody vouches for is asked first.
#[test]
fn commands_explain_says_that_an_unvouched_answer_waits() {
    let home = home();
    batch_in(home.path());
    let submitted = replyd(home.path(), &["submit", "batch.toml"]);
    assert!(submitted.status.success(), "{}", said(&submitted));
    let letter: serde_json::Value = serde_json::from_slice(&replyd(home.path(), &["outbox", "show", "1", "--json"]).stdout).unwrap();
    let id = letter["message_id"].as_str().unwrap();
    let answer = |stamp: &str| {
        format!(
            "{stamp}From: Ann Lee <ann.lee@northwind.example>\r\nTo: bot@agency.test\r\nDate: Wed, 25 Mar 2026 10:00:00 +0000\r\n\
             In-Reply-To: <{id}>\r\nSubject: Re: Three candidates\r\n\r\nYes to Ana, please. Pass on Ben.\r\n"
        )
    };
    for (stamp, vouched) in [
        ("", false),
        (
            "Authentication-Results: mx.agency.test; dmarc=pass header.from=northwind.example\r\n\
             Received: from mail.northwind.example by mx.agency.test with ESMTPS id 4; Wed, 25 Mar 2026 10:00:03 +0000\r\n",
            true,
        ),
    ] {
        std::fs::write(home.path().join("answer.eml"), answer(stamp)).unwrap();
        let text = said(&replyd(home.path(), &["explain", "answer.eml"]));
        assert!(text.contains("act    Ana Souza: Interested"), "{text}");
        let would = text.lines().find(|line| line.starts_with("would ")).unwrap();
        assert_eq!(text.contains("nobody vouches for them"), !vouched, "{text}");
        assert_eq!(would.starts_with("would be recorded"), vouched, "{would}");
        assert_eq!(would.contains("wait for a confirmation"), !vouched, "{would}");
    }
    // Nobody works on the database, and the limits have nothing against the letter.
    let retried = said(&replyd(home.path(), &["outbox", "retry", "1"]));
    assert!(retried.contains("letter 1 is due; no daemon works on this database"), "{retried}");
    let taken = replyd(home.path(), &["take", "1"]);
    assert!(taken.status.success(), "{}", said(&taken));
    let retried = said(&replyd(home.path(), &["outbox", "retry", "1"]));
    assert!(retried.contains("until `replyd release 1`"), "{retried}");
}

/// One code for a file that is not there, whoever wants it; and the message says what would do.
#[test]
fn commands_say_what_would_do() {
    let home = home();
    std::fs::write(home.path().join("answer.eml"), ANSWER).unwrap();
    std::fs::write(home.path().join("cases.jsonl"), "{\n").unwrap();
    for (arguments, code, says) in [
        (&["explain", "x.eml"][..], 74, "x.eml"),
        (&["lab", "kind", "--dir", "mails"], 74, "name a directory of mails"),
        (&["lab", "score", "."], 74, "replyd lab score --help"),
        (&["lab", "score-availability", "nowhere"], 74, "nowhere"),
        (&["lab", "score-availability", "cases.jsonl"], 65, "cases.jsonl:1"),
        (
            &["explain", "answer.eml", "--tz", "UTC", "--reference", "2026-12-01"],
            2,
            "such as 2026-12-01T09:30:00+01:00",
        ),
        (&["check", "--dns", "nameserver"], 2, "such as 192.0.2.1:53"),
        (&["--config", "elsewhere.toml", "list"], 78, "name another file with --config"),
    ] {
        let refused = replyd(home.path(), arguments);
        let text = said(&refused);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
    std::fs::set_permissions(home.path().join("password"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let checked = said(&replyd(home.path(), &["check", "--dns", "127.0.0.1"]));
    let line = checked.lines().find(|line| line.starts_with("FAIL config")).unwrap();
    assert!(line.contains("chmod 600") && !line.contains("; fix:"), "{line}");
    std::fs::remove_file(home.path().join("config.toml")).unwrap();
    let gone = said(&replyd(home.path(), &["list"]));
    assert!(
        gone.contains("/etc/replyd/config.toml") || Path::new("/etc/replyd/config.toml").exists(),
        "{gone}"
    );
}

/// A row for each language, one for the whole file, and each says which it is.
#[test]
fn commands_scores_of_times_are_labelled() {
    let home = TempDir::new().unwrap();
    let case = |lang: &str| {
        format!(
            "{{\"id\":\"1\",\"mode\":\"reply\",\"text\":\"Tuesday 10-12\",\"reference\":\"2026-11-20T10:05:00Z\",\"tz\":\"Europe/London\",{lang}\
             \"expected\":{{\"intent\":\"availability\",\"intervals\":[[\"2026-11-24T10:00:00Z\",\"2026-11-24T12:00:00Z\"]]}}}}\n"
        )
    };
    let cases = [
        case("\"lang\":\"en\","),
        case("\"lang\":\"de\","),
        case("\"lang\":\"en\","),
        case(""),
    ]
    .concat();
    std::fs::write(home.path().join("mine.jsonl"), cases).unwrap();
    let scored = replyd(home.path(), &["lab", "score-availability", "mine.jsonl", "--worst", "0"]);
    let text = said(&scored);
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split_whitespace().take(3).collect()).collect();
    assert_eq!(
        rows,
        [
            ["mine", "unnamed", "1"],
            ["mine", "de", "1"],
            ["mine", "en", "2"],
            ["mine", "total", "4"]
        ],
        "{text}"
    );
}
