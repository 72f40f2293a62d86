//! The private Dovecot and Postfix that `tests/run` starts, as a test sees them: a lane of mailboxes of its own,
//! mail handed in by a client that is none of ours, mailboxes read by Dovecot's own tool.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use mail_parser::MimeHeaders;

/// As many as `tests/servers/up` makes.
const LANES: usize = 300;

/// Coordinates of the servers, and the lane of this test.
pub(super) struct Lane {
    root: PathBuf,
    number: String,
}

/// One message in a mailbox.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    pub(super) uid: u32,
    pub(super) flags: String,
    /// Raw, LF line ends.
    pub(super) raw: String,
}

pub(super) fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests/run"))
}

impl Lane {
    /// Each test takes the next lane. Without the servers: nothing, said aloud, and a failure when
    /// they are promised.
    pub(super) fn take() -> Option<Self> {
        let Ok(root) = std::env::var("REPLYD_TEST_ROOT") else {
            assert!(
                std::env::var_os("REPLYD_TEST_REQUIRED").is_none(),
                "REPLYD_TEST_REQUIRED is set but REPLYD_TEST_ROOT is not"
            );
            println!("not run: needs tests/run");
            return None;
        };
        let root = PathBuf::from(root);
        for number in 1..=LANES {
            let number = format!("{number:03}");
            let mark = root.join("lanes").join(&number);
            if OpenOptions::new().write(true).create_new(true).open(mark).is_ok() {
                return Some(Self { root, number });
            }
        }
        panic!("all {LANES} lanes are taken: start the servers anew");
    }

    /// `address("client", "client.test")`: this lane's client.
    pub(super) fn address(&self, who: &str, domain: &str) -> String {
        format!("{who}-{}@{domain}", self.number)
    }

    pub(super) fn bot(&self) -> String {
        self.address("bot", "agency.test")
    }

    pub(super) fn recruiter(&self) -> String {
        self.address("recruiter", "agency.test")
    }

    pub(super) fn client(&self) -> String {
        self.address("client", "client.test")
    }

    pub(super) fn candidate(&self) -> String {
        self.address("candidate", "mail.test")
    }

    pub(super) fn mallory(&self) -> String {
        self.address("mallory", "mail.test")
    }

    pub(super) fn ca(&self) -> PathBuf {
        self.root.join("ca/ca.pem")
    }

    /// Hands a message in with the sender's own login.
    pub(super) fn send(&self, sender: &str, recipient: &str, message: &str) {
        send(&[sender, recipient], message);
    }

    /// Hands a message in from outside, without a login.
    pub(super) fn send_as_stranger(&self, sender: &str, recipient: &str, message: &str) {
        send(&["--stranger", sender, recipient], message);
    }

    /// A person opens the newest letter of this mailbox in s-nail, over IMAP, and answers it. s-nail puts what they write
    /// straight below the quoted letter.
    pub(super) fn answer_with_s_nail(&self, address: &str, words: &str) {
        let home = tempfile::TempDir::new().unwrap();
        let port = |name: &str| env(name).rsplit(':').next().unwrap().to_owned();
        let login = format!(
            "{}:pw-{}@localhost",
            address.replace('@', "%40"),
            address.split('@').next().unwrap()
        );
        let settings = [
            "v15-compat".to_owned(),
            "hold".to_owned(),
            "keep".to_owned(),
            "quote".to_owned(),
            "indentprefix=\"> \"".to_owned(),
            "sendwait".to_owned(),
            "ttycharset=UTF-8".to_owned(),
            format!("from={address}"),
            format!("tls-ca-file={}", self.ca().display()),
            "tls-verify=strict".to_owned(),
            "smtp-auth=plain".to_owned(),
            format!("mta=smtps://{login}:{}", port("REPLYD_TEST_SMTP")),
        ];
        let settings: String = settings.iter().map(|one| format!("set {one}\n")).collect();
        let file = home.path().join("settings");
        std::fs::write(&file, settings).unwrap();
        let mut child = Command::new("s-nail")
            .args(["-:/", "-#", "-X", &format!("source {}", file.display()), "-f"])
            .arg(format!("imaps://{login}:{}/INBOX", port("REPLYD_TEST_IMAP")))
            .env("HOME", home.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        write!(child.stdin.take().unwrap(), "reply $\n{words}\n~.\nxit\n").unwrap();
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !told.contains("not sent"), "s-nail: {told}");
    }

    /// All mail of a folder, oldest first.
    pub(super) fn mail(&self, address: &str, folder: &str) -> Vec<Mail> {
        let listed = self.doveadm(&["-f", "json", "fetch", "-u", address, "uid flags text", "mailbox", folder, "all"]);
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let text = |mail: &serde_json::Value, key: &str| mail[key].as_str().unwrap().to_owned();
        let mut mail: Vec<Mail> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|one| Mail {
                uid: text(one, "uid").parse().unwrap(),
                flags: text(one, "flags"),
                raw: text(one, "text"),
            })
            .collect();
        mail.sort_by_key(|one| one.uid);
        mail
    }

    /// Waits until the inbox holds `n` messages; the servers need a moment between taking a message and delivering it.
    pub(super) fn inbox(&self, address: &str, n: usize) -> Vec<Mail> {
        let began = Instant::now();
        loop {
            let mail = self.mail(address, "INBOX");
            if mail.len() >= n {
                return mail;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{address} has {} messages, not {n}:\n{}",
                mail.len(),
                mail.iter()
                    .map(|m| m.header("Subject").unwrap_or_default())
                    .collect::<Vec<_>>()
                    .join("\n")
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// From now on the server says that it received the newest message of this inbox at that time: replyd's clock can be moved, the
    /// servers' cannot.
    pub(super) fn received_at(&self, address: &str, seconds: i64) {
        let folder = self.root.join("vmail").join(address).join("Maildir");
        let files = run(as_root("find").arg(folder).args(["-path", "*/new/*", "-o", "-path", "*/cur/*"]));
        let files = String::from_utf8(files.stdout).unwrap();
        // A maildir name begins with the time of delivery, then M and microseconds.
        let name = |path: &&str| path.rsplit('/').next().unwrap().split(',').next().unwrap().to_owned();
        let newest = files.lines().max_by_key(name).unwrap();
        run(as_root("touch").arg("-d").arg(format!("@{seconds}")).arg(newest));
    }

    /// Waits until Postfix has nothing left to deliver to these addresses of this lane, so that what is not there will not come.
    pub(super) fn settle(&self) {
        let began = Instant::now();
        let mine = format!("-{}", self.number);
        let conf = self.root.join("postfix/conf");
        loop {
            let queue = run(as_root("postqueue").arg("-c").arg(&conf).arg("-j"));
            let queue = String::from_utf8(queue.stdout).unwrap();
            let waiting = queue.lines().filter(|l| l.contains(&mine) && !l.contains("greylisted")).count();
            if waiting == 0 {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "Postfix still holds {waiting} messages of this lane"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Dovecot's own tool, on these servers.
    pub(super) fn doveadm(&self, arguments: &[&str]) -> String {
        let conf = self.root.join("dovecot/dovecot.conf");
        // Its global options (-f json) come before the verb, so the configuration stands first.
        let output = run(as_root("doveadm").arg("-c").arg(conf).args(arguments));
        String::from_utf8(output.stdout).unwrap()
    }

    /// From now on every message in this mailbox is answered by a real out-of-office.
    pub(super) fn answers_by_itself(&self, address: &str, subject: &str, text: &str) {
        let home = self.root.join("vmail").join(address);
        run(as_root("install").args(["-d", "-o", "5000", "-g", "5000"]).arg(&home));
        let script = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            script.path(),
            format!("require [\"vacation\"];\nvacation :days 1 :subject \"{subject}\" \"{text}\";\n"),
        )
        .unwrap();
        run(as_root("install")
            .args(["-o", "5000", "-g", "5000", "-m", "644"])
            .arg(script.path())
            .arg(home.join("answer.sieve")));
    }
}

impl Mail {
    /// The first header field of a name, unfolded.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\n\n").next().unwrap().replace("\n ", " ").replace("\n\t", " ");
        let field = format!("{}:", name.to_ascii_lowercase());
        head.lines()
            .find(|line| line.to_ascii_lowercase().starts_with(&field))
            .map(|line| line[field.len()..].trim().to_owned())
    }

    /// The displayed text, decoded.
    pub(super) fn text(&self) -> String {
        let message = mail_parser::MessageParser::default().parse(self.raw.as_bytes()).unwrap();
        message.body_text(0).unwrap().into_owned()
    }

    /// The markup, decoded.
    pub(super) fn html(&self) -> String {
        let message = mail_parser::MessageParser::default().parse(self.raw.as_bytes()).unwrap();
        message.body_html(0).unwrap().into_owned()
    }

    /// The invitation in it, as mail programs look for it, and nothing for a letter without one. The attached file must hold the same.
    pub(super) fn calendar(&self) -> Option<String> {
        let message = mail_parser::MessageParser::default().parse(self.raw.as_bytes()).unwrap();
        let found = |class, kind| -> Vec<Vec<u8>> {
            let parts = message.parts.iter().filter(|part| part.is_content_type(class, kind));
            parts.map(|part| part.contents().to_vec()).collect()
        };
        let (inline, attached) = (found("text", "calendar"), found("application", "ics"));
        assert!(inline == attached && inline.len() <= 1, "{inline:?} inside, {attached:?} attached");
        inline.first().map(|bytes| String::from_utf8(bytes.clone()).unwrap())
    }

    /// An answer as a person's mail client writes it: own words above the quoted letter.
    pub(super) fn answer(&self, from: &str, words: &str) -> (String, String) {
        self.answer_of("Sat, 21 Nov 2026 09:00:00 +0000", from, words)
    }

    /// The same, written at this time, as a Date field has it.
    pub(super) fn answer_of(&self, date: &str, from: &str, words: &str) -> (String, String) {
        let to = self.header("Reply-To").or_else(|| self.header("From")).unwrap();
        let to_address = to.rsplit('<').next().unwrap().trim_end_matches('>').to_owned();
        let id = self.header("Message-ID").unwrap();
        let quoted: String = self.text().lines().map(|l| format!("> {l}\n")).collect();
        let unique = format!("{from}{words}")
            .bytes()
            .fold(7_u64, |h, b| h.wrapping_mul(31).wrapping_add(b.into()));
        let message = format!(
            "From: {from}\nTo: {to}\nSubject: Re: {}\nDate: {date}\nMessage-ID: <{unique:x}@{}>\nIn-Reply-To: {id}\n\
             References: {id}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
             {words}\n\nOn Sat, 21 Nov 2026 at 08:00, the agency wrote:\n{quoted}",
            self.header("Subject").unwrap(),
            from.rsplit('@').next().unwrap(),
        );
        (to_address, message)
    }
}

fn send(arguments: &[&str], message: &str) {
    let script = super::root().join("tests/servers/send");
    let mut child = Command::new("python3")
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A command with root's rights: `tests/run` made sure that sudo asks nothing.
pub(super) fn as_root(program: &str) -> Command {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

/// Runs a command that must succeed.
pub(super) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
