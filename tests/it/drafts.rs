//! Drafts that are handed in by mail, without any server: `fixtures/drafts/*.txt` as scripts, the template, files.
//!
//! ```text
//! mail Two for Norrland
//! files Ana_Kovac.pdf, empty.pdf=0
//! | Client: Norrland Data
//!   preview new
//!   says Client: Norrland Data
//! answer
//! | send
//!   sends
//! ```
//! Lines behind a bar are the mail. Indented lines say what follows: what is done, and what the letter about it says. `answer 1` answers the
//! preview of version 1, `answer` the newest.

use std::path::Path;

use replyd::compose::{DeskLetter, Preview, TEMPLATE, preview};
use replyd::config::batch_of_draft;
use replyd::conversation::Policy;
use replyd::handin::{Because, Draft, File, HandIn, Next, State, correct, read};
use replyd::message::{Border, LetterText, Message, OwnText, files, own_text};
use replyd::model::{Address, Mailbox};
use replyd::store::NewBatch;

fn message(subject: &str, body: &str) -> (Message, OwnText) {
    let raw = format!("From: Tom Reed <tom@agency.example>\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}");
    let message = replyd::message::read(raw.as_bytes(), &Border::default()).unwrap();
    let own = own_text(&message, &[]);
    (message, own)
}

fn recruiter() -> Mailbox {
    Mailbox {
        name: "Tom Reed".into(),
        address: Address::parse("tom@agency.example").unwrap(),
    }
}

/// A draft, and what was done about the last mail.
struct Play {
    draft: Option<(Draft, Vec<Vec<u8>>)>,
    next: Option<Next>,
    unread: Vec<String>,
}

impl Play {
    fn bytes(name: &str) -> (File, Vec<u8>) {
        let (name, bytes) = match name.split_once('=') {
            Some((name, "0")) => (name, Vec::new()),
            Some((name, content)) => (name, content.as_bytes().to_vec()),
            None if name.ends_with(".docx") => (name, b"PK\x03\x04".to_vec()),
            None => (name, b"%PDF-1.4".to_vec()),
        };
        (File::of(name, &bytes), bytes)
    }

    fn mail(&mut self, subject: &str, names: &[&str], body: &str) {
        let (files, bytes): (Vec<File>, Vec<Vec<u8>>) = names.iter().map(|name| Self::bytes(name)).unzip();
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let (message, own) = message(subject, body);
        let says = read(&own, &message, subject, &names);
        self.next = None;
        self.draft = Draft::is_one(&says, &files).then(|| {
            self.next = Some(Next::Preview(Because::New));
            (Draft::new(says, files), bytes)
        });
    }

    fn answer(&mut self, to: Option<u32>, names: &[&str], body: &str) {
        let Some((draft, mut bytes)) = self.draft.take() else { return };
        let (files, more): (Vec<File>, Vec<Vec<u8>>) = names.iter().map(|name| Self::bytes(name)).unzip();
        let (_, own) = message("Re: Draft 1", body);
        let said = correct(&draft.says, &own, &draft.file_names());
        self.unread = said.unread.iter().map(|words| words.text.clone()).collect();
        let (mut after, next) = draft.answered(to.unwrap_or(draft.version), &said, files);
        bytes.extend(more);
        let next = match next {
            Next::Send => match batch(&after, &bytes) {
                Ok(_) => Next::Send,
                Err(_) => Next::Preview(Because::Lacking),
            },
            next => next,
        };
        if next == Next::Send {
            after.state = State::Sent;
        }
        self.next = Some(next);
        self.draft = Some((after, bytes));
    }

    fn letter(&self) -> DeskLetter {
        let Some((draft, bytes)) = self.draft.as_ref() else {
            return DeskLetter::default();
        };
        let fault = batch(draft, bytes).err().filter(|_| draft.lacks().is_empty());
        preview(&Preview {
            id: 1,
            draft,
            because: match self.next {
                Some(Next::Preview(because)) => because,
                _ => Because::Changed,
            },
            unread: &self.unread,
            fault: fault.as_deref(),
            looks: &[],
            letter: &[],
            zone: "Europe/Berlin".parse().unwrap(),
            until: "Friday 4 December 2026",
        })
    }
}

fn batch(draft: &Draft, bytes: &[Vec<u8>]) -> Result<NewBatch, String> {
    let zone = "Europe/Berlin".parse().unwrap();
    batch_of_draft(draft, bytes, &recruiter(), "draft 1".to_owned(), zone, &Policy::default())
}

fn all_lines(letter: &DeskLetter) -> Vec<String> {
    let mut all = vec![letter.headline.clone(), letter.todo.clone()];
    all.extend(letter.intro.iter().cloned());
    for part in &letter.parts {
        all.push(part.heading.clone());
        all.extend(part.lines.iter().map(|line| line.text.clone()));
    }
    all
}

fn done(next: Option<Next>) -> &'static str {
    match next {
        None => "no draft",
        Some(Next::Preview(Because::New)) => "preview new",
        Some(Next::Preview(Because::Again)) => "preview again",
        Some(Next::Preview(Because::Changed)) => "preview changed",
        Some(Next::Preview(Because::LookAgain)) => "preview look again",
        Some(Next::Preview(Because::Lacking)) => "preview lacking",
        Some(Next::Preview(Because::NotUnderstood)) => "preview not understood",
        Some(Next::Preview(Because::Older)) => "preview older",
        Some(Next::Send) => "sends",
        Some(Next::Drop) => "dropped",
        Some(Next::Over(_)) => "over",
        Some(Next::Nothing) => "nothing",
    }
}

/// What comes in, as far as it was read.
struct Coming<'a> {
    head: &'a str,
    files: Vec<&'a str>,
    body: String,
}

fn play(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut play = Play {
        draft: None,
        next: None,
        unread: Vec::new(),
    };
    let mut coming: Option<Coming<'_>> = None;
    let mut checked = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(expected) = line.strip_prefix("  ") {
            if let Some(Coming { head, files, body }) = coming.take() {
                match head.split_once(' ').unwrap_or((head, "")) {
                    ("mail", subject) => play.mail(subject, &files, &body),
                    ("answer", to) => play.answer(to.parse().ok(), &files, &body),
                    _ => panic!("line {}: {head:?} is neither a mail nor an answer", number + 1),
                }
            }
            checked += 1;
            let mut fail = |what: String| wrong.push(format!("line {}: {expected:?}: {what}", number + 1));
            if let Some(said) = expected.strip_prefix("says not ") {
                let lines = all_lines(&play.letter());
                if lines.iter().any(|line| line.contains(said)) {
                    fail(format!("{lines:#?}"));
                }
            } else if let Some(said) = expected.strip_prefix("says ") {
                let lines = all_lines(&play.letter());
                if !lines.iter().any(|line| line.contains(said)) {
                    fail(format!("{lines:#?}"));
                }
            } else if done(play.next) != expected {
                let shown = play.draft.as_ref().map(|_| all_lines(&play.letter()));
                fail(format!("{} {shown:#?}", done(play.next)));
            }
        } else if let Some(words) = line.strip_prefix('|') {
            let coming = coming.as_mut().expect("a mail or an answer before its words");
            coming.body.push_str(words.strip_prefix(' ').unwrap_or(words));
            coming.body.push('\n');
        } else if let Some(names) = line.strip_prefix("files ") {
            coming.as_mut().expect("a mail before its files").files = names.split(", ").collect();
        } else {
            coming = Some(Coming {
                head: line,
                files: Vec::new(),
                body: String::new(),
            });
        }
    }
    assert!(coming.is_none(), "the last mail is looked at by nobody");
    assert!(checked >= 2, "expects too little");
    wrong
}

#[test]
fn drafts_come_out_as_written() {
    let (mut played, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/drafts")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        wrong.extend(play(&text).into_iter().map(|what| format!("{name} {what}")));
        played += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(played >= 8, "only {played} scripts were found");
}

/// Answers are the recruiter's words even when the preview gives them as examples.
#[test]
fn examples_of_a_preview_can_be_answered() {
    let mut play = Play {
        draft: None,
        next: None,
        unread: Vec::new(),
    };
    play.mail("Candidates", &[], TEMPLATE);
    let letter = all_lines(&play.letter()).join("\n");
    let shown = LetterText {
        text: letter.clone(),
        html_text: letter.clone(),
    };
    let quoted: String = letter.lines().map(|line| format!("> {line}\n")).collect();
    for answer in [
        "send",
        "discard",
        "ok",
        "take Ben out",
        "the role is Lead Java Engineer",
        "Ana's email is ana@mail.example",
        "summary for Ana: ten years of Java",
        "Contact: Petra Vogel, petra@client.example",
    ] {
        for body in [
            answer.to_owned(),
            format!("{answer}\n\nOn Tue, 24 Nov 2026 at 10:00, Harbour Talent wrote:\n{quoted}"),
            format!("{quoted}\n{answer}\n"),
        ] {
            let raw = format!("From: tom@agency.example\r\nSubject: Re: Draft 1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}");
            let message = replyd::message::read(raw.as_bytes(), &Border::default()).unwrap();
            let own = own_text(&message, std::slice::from_ref(&shown));
            assert_eq!(own.text.trim(), answer, "{body}");
            let (draft, _) = play.draft.as_ref().unwrap();
            let said = correct(&draft.says, &own, &[]);
            assert!(said.unread.is_empty() && !said.is_empty(), "{body}\n{said:#?}");
        }
    }
}

fn values(says: &HandIn) -> Vec<String> {
    let text = |said: &Option<replyd::handin::Said<String>>| said.as_ref().map(|said| said.value.clone()).unwrap_or_default();
    let mut all = vec![
        text(&says.client),
        text(&says.contact.name),
        says.contact.address.as_ref().unwrap().value.to_string(),
        text(&says.role),
        says.minutes.as_ref().unwrap().value.to_string(),
    ];
    for one in &says.candidates {
        all.push(text(&one.name));
        all.push(one.address.as_ref().unwrap().value.to_string());
        all.push(one.zone.as_ref().unwrap().value.name().to_owned());
        all.push(one.summary.clone());
        all.push(format!("{:?}", one.cv));
    }
    all
}

/// What comes back on "help", filled in, is read without a fault: as it stands, indented as the letter shows it, and with CRLF.
#[test]
fn the_template_reads_back() {
    let expected = [
        "Norrland Data",
        "Petra Vogel",
        "petra.vogel@norrland.example",
        "Senior Java Engineer",
        "45",
        "Ana Kovač",
        "ana.kovac@mail.example",
        "Europe/Lisbon",
        "Ten years of Java, the last five in payments.",
        "Some(0)",
        "Ben Okafor",
        "ben.okafor@mail.example",
        "Europe/London",
        "Eight years with warehouse software.",
        "Some(1)",
    ];
    let filled = [
        "Brightwell Foods",
        "Sven Lindqvist",
        "s.lindqvist@brightwell.example",
        "Payroll Accountant",
        "30",
        "Chiara De Luca",
        "chiara@deluca.example",
        "Europe/Rome",
        "Runs payroll for 900 people; SAP and Datev.",
        "Some(0)",
        "Oluwaseun Bakare",
        "seun@post.example",
        "Africa/Lagos",
        "Twelve years in audit.",
        "Some(1)",
    ];
    let mut other = TEMPLATE.to_owned();
    for (old, new) in expected
        .iter()
        .zip(filled)
        .filter(|(old, _)| !old.starts_with("Some") && !old.contains('/'))
    {
        other = other.replacen(old, new, 1);
    }
    other = other.replace("Lisbon", "Rome").replace("London", "Lagos");
    for (text, expected, names) in [
        (TEMPLATE, expected, ["Ana Kovac.pdf", "Ben_Okafor_CV.pdf"]),
        (other.as_str(), filled, ["CV Chiara De Luca.pdf", "bakare.docx"]),
    ] {
        let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
        for body in [
            text.to_owned(),
            indented,
            text.replace('\n', "\r\n"),
            format!("Hi,\n\n{text}\nThanks\nTom\n"),
        ] {
            let (message, own) = message("Candidates", &body);
            let says = read(&own, &message, "Candidates", &names.map(str::to_owned));
            assert_eq!((says.missing.len(), says.doubts.len()), (0, 0), "{body}\n{says:#?}");
            assert_eq!(values(&says), expected, "{body}");
            let files: Vec<File> = names.iter().map(|name| Play::bytes(name).0).collect();
            assert!(Draft::new(says, files).lacks().is_empty());
        }
    }
}

/// Files are taken as they came, and no more of them than anybody attaches.
#[test]
fn files_of_a_mail_are_taken() {
    let mut raw = "From: tom@agency.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nHello\r\n\
        --b\r\nContent-Type: application/pdf; name=\"=?utf-8?q?Ana_Kova=C4=8D.pdf?=\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n\
        --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2Fcv.pdf\r\n\r\n\r\n\
        --b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\nContent-Disposition: inline\r\n\r\nx\r\n"
        .to_owned();
    let taken = files(raw.clone().as_bytes());
    let names: Vec<&str> = taken.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["Ana Kovač.pdf", "../../etc/cv.pdf"], "{taken:?}");
    assert_eq!(taken[0].bytes, b"%PDF-1.4");
    let judged = File::of(&taken[1].name, &taken[1].bytes);
    assert_eq!((judged.name.as_str(), judged.fault.is_some()), ("cv.pdf", true));
    for n in 0..200 {
        raw.push_str(&format!(
            "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=cv{n}.pdf\r\n\r\n%PDF-1.4\r\n"
        ));
    }
    raw.push_str("--b--\r\n");
    assert_eq!(files(raw.as_bytes()).len(), 100);
    let all: Vec<File> = files(raw.as_bytes()).iter().map(|one| File::of(&one.name, &one.bytes)).collect();
    assert!(Draft::new(HandIn::default(), all).files.len() <= 60);
}
