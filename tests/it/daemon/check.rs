//! `replyd check` against the real servers, with each thing right and each thing wrong.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::house::{House, told};
use super::servers::Lane;

/// A DNS server that knows nothing but these TXT records.
fn dns(records: &'static [(&str, &str)]) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut packet = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            let question = &packet[12..length];
            // Labels up to the root, then type and class.
            let (mut name, mut at) = (Vec::new(), 0);
            while question[at] != 0 {
                let label = &question[at + 1..at + 1 + usize::from(question[at])];
                name.push(String::from_utf8_lossy(label).to_lowercase());
                at += 1 + label.len();
            }
            let found = records.iter().find(|(known, _)| *known == name.join("."));
            let mut answer = packet[..2].to_vec();
            answer.extend([
                0x84,
                if found.is_some() { 0 } else { 3 },
                0,
                1,
                0,
                u8::from(found.is_some()),
                0,
                0,
                0,
                0,
            ]);
            answer.extend(&question[..at + 5]);
            if let Some((_, text)) = found {
                let length = u8::try_from(text.len()).unwrap();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, length + 1, length]);
                answer.extend(text.as_bytes());
            }
            let _ = socket.send_to(&answer, from);
        }
    });
    address
}

/// The lines, and whether the command was content.
fn check(house: &House, more: &[&str]) -> (Vec<Value>, Option<i32>) {
    let output = house.replyd(&[&["check", "--json"], more].concat());
    let lines = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(&output)));
    (lines, output.status.code())
}

fn verdicts<'l>(lines: &'l [Value], name: &str) -> Vec<&'l str> {
    let named = lines.iter().filter(|line| line["name"] == name);
    named.map(|line| line["verdict"].as_str().unwrap()).collect()
}

fn says(lines: &[Value], name: &str) -> String {
    let named = lines.iter().filter(|line| line["name"] == name);
    named.map(|line| line["says"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

fn change(house: &House, from: &str, to: &str) {
    let config = fs::read_to_string(house.path("config.toml")).unwrap();
    assert!(config.contains(from), "{from} is not in {config}");
    fs::write(house.path("config.toml"), config.replace(from, to)).unwrap();
}

#[test]
fn check_finds_nothing_wrong_where_nothing_is() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let server = dns(&[("agency.test", "v=spf1 mx -all"), ("_dmarc.agency.test", "v=DMARC1; p=none")]);
    let (lines, code) = check(&house, &["--dns", &server, "--round-trip"]);
    assert_eq!(code, Some(0), "{lines:#?}");
    for (name, expected) in [
        ("config", &["ok"][..]),
        ("imap", &["ok", "ok"]),
        ("smtp", &["ok", "ok"]),
        ("spf", &["ok"]),
        ("dmarc", &["ok"]),
        ("dkim", &["skip"]),
        ("zones", &["ok"]),
        // Nobody serves yet, and nobody wrote.
        ("url", &["warn"]),
        ("senders", &["skip"]),
        ("address", &["ok"]),
    ] {
        assert_eq!(verdicts(&lines, name), expected, "{name}: {lines:#?}");
    }
    assert!(says(&lines, "imap").contains("IDLE, UIDPLUS"), "{lines:#?}");
    assert!(says(&lines, "database").contains("none yet"), "{lines:#?}");
    let all = serde_json::to_string(&lines).unwrap();
    assert!(!all.contains(&house.bot) && all.contains("b***@agency.test"), "{all}");
    // Looking left no letter behind but the one round trip.
    lane.settle();
    assert_eq!(lane.mail(&house.bot, "INBOX").len(), 1);
    assert!(!house.path("replyd.db").exists());
    // A silent DNS says nothing about the domain.
    let (lines, code) = check(&house, &["--dns", "127.0.0.1:9"]);
    assert_eq!((code, verdicts(&lines, "dns")), (Some(0), vec!["skip"]), "{lines:#?}");
}

#[test]
fn check_works_beside_a_daemon_and_recognises_it() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    house.submit(&lane.client());
    let running = house.start();
    let server = dns(&[]);
    let (lines, code) = check(&house, &["--dns", &server]);
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(
        says(&lines, "database").contains(&format!("process {}", running.id())),
        "{lines:#?}"
    );
    assert!(says(&lines, "url").contains("answers as this replyd"), "{lines:#?}");
    assert_eq!(
        (verdicts(&lines, "spf"), verdicts(&lines, "dmarc")),
        (vec!["warn"], vec!["warn"]),
        "{lines:#?}"
    );
    // Other signing keys: links of the one are nothing to the other.
    change(&house, "[http]", "[links]\nkeys_file = \"other.keys\"\n\n[http]");
    let (lines, code) = check(&house, &["--dns", &server]);
    assert_eq!((code, verdicts(&lines, "url")), (Some(1), vec!["fail"]), "{lines:#?}");
}

#[test]
fn check_says_what_is_wrong_and_what_to_do() {
    let Some(lane) = Lane::take() else { return };
    let server = dns(&[]);
    type Breaking = fn(&House);
    let cases: [(&str, &str, Breaking); 7] = [
        ("imap", "password_file", |house| {
            fs::write(house.path("password"), "wrong\n").unwrap()
        }),
        ("smtp", "password_file", |house| {
            fs::write(house.path("password"), "wrong\n").unwrap()
        }),
        ("imap", "CA", |house| {
            let config = fs::read_to_string(house.path("config.toml")).unwrap();
            let kept: Vec<&str> = config.lines().filter(|line| !line.starts_with("ca_file")).collect();
            fs::write(house.path("config.toml"), kept.join("\n")).unwrap();
        }),
        ("smtp", "port", |house| house.sends_through(9)),
        ("imap", "folders", |house| {
            change(house, "[smtp]", "folders = [\"INBOX\", \"Nowhere\"]\n\n[smtp]")
        }),
        ("config", "chmod 600", |house| {
            fs::set_permissions(house.path("password"), fs::Permissions::from_mode(0o644)).unwrap();
        }),
        ("database", "chmod 600", |house| {
            fs::write(house.path("replyd.db"), "").unwrap();
            fs::set_permissions(house.path("replyd.db"), fs::Permissions::from_mode(0o644)).unwrap();
        }),
    ];
    for (name, fix, breaking) in cases {
        let house = House::new(&lane);
        breaking(&house);
        let (lines, code) = check(&house, &["--dns", &server]);
        assert_eq!(code, Some(1), "{name}, {fix}: {lines:#?}");
        let failed: Vec<&Value> = lines.iter().filter(|line| line["verdict"] == "fail").collect();
        let named = failed
            .iter()
            .find(|line| line["name"] == name)
            .unwrap_or_else(|| panic!("{name}, {fix}: {lines:#?}"));
        let whole = format!("{} {}", named["says"], named["fix"]);
        assert!(whole.contains(fix), "{name}, {fix}: {whole}");
        // What the configuration says of itself holds its fix.
        assert!(
            failed.iter().all(|line| line["fix"] != "" || line["name"] == "config"),
            "{failed:?}"
        );
    }
    // For people: one line each, on stdout.
    let house = House::new(&lane);
    fs::write(house.path("password"), "wrong\n").unwrap();
    let output = house.replyd(&["check", "--dns", &server]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(
        text.contains("\nFAIL imap ") && text.contains("; fix: compare [imap] user"),
        "{}",
        told(&output)
    );
    assert!(text.starts_with("ok   config "), "{text}");
}
