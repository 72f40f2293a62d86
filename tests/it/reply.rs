//! Answers of clients, read: `fixtures/decisions/*.txt` hold texts and the reading expected (see the README there).

mod mails;
mod orders;
mod times;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use replyd::message::{Border, OwnText, letter_text, own_text};
use replyd::model::{Decision, SubmissionId};
use replyd::reply::{Asked, AskedAbout, Band, DoubtKind, Finding, Question, Reply, Says, read, read_leaning};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder)
}

/// A text and what it must be read as.
#[derive(Debug, Clone, Default)]
struct Case {
    file: String,
    name: String,
    candidates: Vec<(String, String)>,
    subject: String,
    /// First names; empty when all are.
    open: Vec<String>,
    asked: String,
    uncertain: bool,
    text: String,
    expected: Vec<String>,
    allowed: Vec<String>,
}

fn cases(file: &Path) -> Vec<Case> {
    let mut out: Vec<Case> = Vec::new();
    let mut candidates = Vec::new();
    let content = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    let mut current: Option<Case> = None;
    for line in content.lines() {
        if let Some(list) = line.strip_prefix("candidates: ") {
            out.extend(current.take());
            candidates = list
                .split(" | ")
                .map(|one| one.split_once(", ").unwrap())
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .collect();
        } else if let Some(name) = line.strip_prefix("## ") {
            out.extend(current.take());
            current = Some(Case {
                file: file.file_stem().unwrap().to_string_lossy().into_owned(),
                name: name.to_owned(),
                candidates: candidates.clone(),
                subject: "Re: Profiles for your role [REF-7K3Q]".to_owned(),
                ..Case::default()
            });
        } else if let Some(case) = &mut current {
            if let Some(subject) = line.strip_prefix("@subject ") {
                case.subject = subject.to_owned();
            } else if let Some(open) = line.strip_prefix("@open ") {
                case.open = vec![open.to_owned()];
            } else if let Some(asked) = line.strip_prefix("@asked ") {
                case.asked = asked.to_owned();
            } else if line == "@uncertain" {
                case.uncertain = true;
            } else if let Some(expected) = line.strip_prefix("=> ") {
                case.expected.push(expected.to_owned());
            } else if let Some(allowed) = line.strip_prefix("?> ") {
                case.allowed.push(allowed.to_owned());
            } else {
                case.text.push_str(line);
                case.text.push('\n');
            }
        }
    }
    out.extend(current);
    for case in &mut out {
        case.text = case.text.trim().to_owned();
    }
    out
}

fn all_cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures("decisions"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "txt"));
    files.sort();
    files.iter().flat_map(|file| cases(file)).collect()
}

impl Case {
    fn asked(&self) -> Asked {
        let candidates = self
            .candidates
            .iter()
            .zip(1..)
            .map(|((name, summary), id)| AskedAbout {
                submission: SubmissionId(id),
                name: name.clone(),
                summary: summary.clone(),
                open: self.open.is_empty() || self.open.iter().any(|open| name.contains(open.as_str())),
                meant: self.meant(name),
            })
            .collect();
        let question = match self.asked.split_once(' ') {
            Some(("reasons", who)) => Question::Reasons(self.submission(who)),
            Some(("whom", said)) => Question::Whom(said.parse().unwrap()),
            Some(("meant", _)) => Question::Meant,
            _ if self.asked == "confirm" => Question::Confirm,
            _ => Question::Decision,
        };
        Asked {
            candidates,
            question,
            today: NaiveDate::from_ymd_opt(2026, 7, 7).unwrap(),
        }
    }

    /// The reading of `@asked meant Lena interested, Omar pass` for this candidate.
    fn meant(&self, name: &str) -> Option<Decision> {
        let readings = self.asked.strip_prefix("meant ")?.split(", ");
        let mut readings = readings.map(|one| one.split_once(' ').unwrap());
        readings
            .find(|(who, _)| name.starts_with(who))
            .map(|(_, decision)| decision.parse().unwrap())
    }

    fn submission(&self, who: &str) -> SubmissionId {
        let at = self
            .candidates
            .iter()
            .position(|(name, _)| name.split(' ').any(|part| part == who))
            .unwrap_or_else(|| panic!("{who} in {}", self.name));
        SubmissionId(i64::try_from(at).unwrap() + 1)
    }

    fn reading(&self) -> Reply {
        let own = OwnText {
            text: self.text.clone(),
            uncertain: self.uncertain,
            ..OwnText::default()
        };
        read(&own, &self.subject, &self.asked())
    }

    /// The candidate's name as the expectations write it.
    fn called(&self, submission: SubmissionId) -> String {
        let (name, _) = &self.candidates[usize::try_from(submission.0).unwrap() - 1];
        let lines = self.expected.iter().chain(&self.allowed).flat_map(|line| line.split(' '));
        let used: BTreeSet<&str> = lines.collect();
        name.split(' ').find(|part| used.contains(part)).unwrap_or(name).to_owned()
    }

    /// The reading, as lines of an expectation.
    fn lines(&self, reply: &Reply) -> Vec<String> {
        let mut lines = Vec::new();
        for finding in &reply.findings {
            lines.push(match &finding.says {
                Says::Decide {
                    submission,
                    decision,
                    condition,
                    follow_up,
                } => {
                    let mut line = format!("{} {decision}", self.called(*submission));
                    if finding.band == Band::Ask {
                        line += " ask";
                    }
                    if let Some(condition) = condition {
                        line += &format!(" if {condition}");
                    }
                    if let Some(day) = follow_up {
                        line += &format!(" on {day}");
                    }
                    line
                }
                Says::Because { submission, reason } => {
                    format!(
                        "{} because {reason}{}",
                        self.called(*submission),
                        if finding.band == Band::Ask { " ask" } else { "" }
                    )
                }
                Says::Confirm(true) => "yes".into(),
                Says::Confirm(false) => "no".into(),
                Says::Question => "question".into(),
                Says::Request => "request".into(),
                Says::Available | Says::Times { .. } => "times".into(),
                Says::Attends { yes, .. } => format!("attends {yes}"),
                Says::Complaint => "complaint".into(),
                Says::OtherBusiness => "other business".into(),
                Says::PassedOn => "passed on".into(),
                Says::WrongPerson => "wrong person".into(),
                Says::Stop => "stop".into(),
                Says::Later { on: Some(day) } => format!("later {day}"),
                Says::Later { on: None } => "later".into(),
                Says::Thanks => "thanks".into(),
            });
        }
        lines
    }

    /// What is wrong with the reading, in one line each.
    fn faults(&self, reply: &Reply) -> Vec<String> {
        let mut faults = Vec::new();
        let lines = self.lines(reply);
        let doubts: BTreeSet<&str> = reply.doubts.iter().map(|doubt| doubt_name(doubt.kind)).collect();
        let acted = |who: Option<SubmissionId>| {
            reply.findings.iter().any(|one| {
                one.band == Band::Act && matches!(&one.says, Says::Decide { submission, .. } if who.is_none_or(|who| who == *submission))
            })
        };
        let asks = !doubts.is_empty() || reply.findings.iter().any(|one| one.band != Band::Act);
        let (mut asked_about, mut asked_all) = (Vec::new(), false);
        for expected in &self.expected {
            let holds = match expected.as_str() {
                "ask" => {
                    asked_all = true;
                    asks && !acted(None)
                }
                "nothing" => lines.is_empty() && doubts.is_empty(),
                "whom" | "what" | "unclear" | "empty" => doubts.contains(expected.as_str()),
                other => match other.strip_prefix("ask ") {
                    Some(who) => {
                        asked_about.push(who.to_owned());
                        asks && !acted(Some(self.submission(who)))
                    }
                    None => lines.iter().any(|line| line == other),
                },
            };
            if !holds {
                faults.push(format!("missing: {expected}"));
            }
        }
        for line in &lines {
            // Times beside a yes change nothing of what is read here.
            let known = line == "times" || self.expected.iter().chain(&self.allowed).any(|expected| expected == line);
            let asking = asked_all
                && (line.contains(" ask")
                    || !line.contains(' ')
                    || line.contains("because")
                    || line.starts_with("later")
                    || line == "wrong person")
                || asked_about
                    .iter()
                    .any(|who| line.starts_with(who.as_str()) && (line.contains(" ask") || line.contains(" because ")));
            if !known && !asking {
                faults.push(format!("extra: {line}"));
            }
        }
        let expects_doubt = self
            .expected
            .iter()
            .chain(&self.allowed)
            .any(|line| line.starts_with("ask") || ["whom", "what", "unclear", "empty"].contains(&line.as_str()));
        if !expects_doubt && !doubts.is_empty() {
            faults.push(format!("doubts: {doubts:?}"));
        }
        faults
    }
}

fn doubt_name(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Whom => "whom",
        DoubtKind::What => "what",
        DoubtKind::Unclear => "unclear",
        DoubtKind::Empty => "empty",
        DoubtKind::Unreadable => "unreadable",
    }
}

fn check(keep: impl Fn(&Case) -> bool) -> usize {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for case in all_cases().into_iter().filter(keep) {
        seen += 1;
        let reply = case.reading();
        let faults = case.faults(&reply);
        if !faults.is_empty() {
            wrong.push(format!(
                "{}: {}\n  {:?}\n  {}\n  read: {:?} doubts: {:?}",
                case.file,
                case.name,
                case.text,
                faults.join("; "),
                case.lines(&reply),
                reply.doubts
            ));
        }
        for words in reply
            .findings
            .iter()
            .map(|one| &one.words)
            .chain(reply.doubts.iter().map(|one| &one.words))
        {
            assert!(
                words.range.is_empty() || case.text.get(words.range.clone()) == Some(words.text.as_str()),
                "{}: words {words:?}",
                case.name
            );
        }
    }
    assert!(wrong.is_empty(), "{} of {seen} read wrongly:\n{}", wrong.len(), wrong.join("\n"));
    seen
}

#[test]
fn answers_are_read_as_people_mean_them() {
    assert!(check(|_| true) >= 200);
}

/// The cases that are scored as a whole, in the order of their names.
fn scored_cases() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures("decisions"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "jsonl"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn is_the_table(name: &str, printed: Vec<u8>, command: &str) {
    let written = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reply/words").join(name);
    let written = fs::read_to_string(written).unwrap().replace("\r\n", "\n");
    let printed = String::from_utf8(printed).unwrap();
    let differs = printed.lines().zip(written.lines()).find(|(printed, written)| printed != written);
    assert!(
        printed == written,
        "print it anew: replyd lab {command} fixtures/decisions/*.jsonl > src/reply/words/{name}; {differs:?}"
    );
}

/// What may be acted on is measured: the table beside the code is what the cases say.
#[test]
fn the_bands_are_those_the_cases_earn() {
    let lines = scored_cases()
        .into_iter()
        .map(|file| fs::File::open(file).map(std::io::BufReader::new));
    let mut table = Vec::new();
    replyd::lab::decisions::bands(lines, &mut table).unwrap();
    is_the_table("bands.txt", table, "bands");
}

/// What words lean to is counted: the table beside the code is what the cases and the rules of today give.
#[test]
fn the_leaning_is_the_one_the_cases_teach() {
    let read = |file: PathBuf| {
        let lines = std::io::BufReader::new(fs::File::open(&file).unwrap());
        replyd::lab::lean::Cases::read(file.display().to_string(), lines).unwrap()
    };
    let cases: Vec<_> = scored_cases().into_iter().map(read).collect();
    let mut table = Vec::new();
    replyd::lab::lean::table(&cases, &mut table).unwrap();
    is_the_table("lean.txt", table, "lean");
}

/// A leaning is offered to be asked about, never acted on, and only where something is asked back anyway.
#[test]
fn a_leaning_changes_nothing_but_what_is_asked() {
    let empty = replyd::reply::Weights::default();
    let mut offered = 0;
    for case in all_cases() {
        let own = OwnText {
            text: case.text.clone(),
            uncertain: case.uncertain,
            ..OwnText::default()
        };
        let with = case.reading();
        let without = read_leaning(&own, &case.subject, &case.asked(), || &empty);
        // What was in doubt may lean elsewhere; it is asked about all the same.
        let sure = |one: &&Finding| !(one.band == Band::Ask && matches!(one.says, Says::Decide { .. }));
        let (found, leaning): (Vec<_>, Vec<_>) = with.findings.iter().partition(sure);
        assert_eq!(found, without.findings.iter().filter(sure).collect::<Vec<_>>(), "{}", case.name);
        assert_eq!(with.doubts, without.doubts, "{}", case.name);
        assert!(leaning.iter().all(|one| one.band == Band::Ask), "{}: {leaning:?}", case.name);
        let asks = !without.doubts.is_empty() || without.findings.iter().any(|one| one.band == Band::Ask);
        assert!(leaning.is_empty() || asks, "{}: {leaning:?}", case.name);
        offered += leaning.len();
    }
    assert!(offered > 0);
}

/// Reads a text about the first two candidates of the letter in `fixtures/letters`.
fn about_two(text: &str) -> (Case, Reply) {
    let case = Case {
        candidates: [("Ana Souza", "Java developer"), ("Maria Duarte", "Kotlin developer")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .to_vec(),
        subject: "Re: Two candidates [REF-7K3Q]".to_owned(),
        text: text.to_owned(),
        ..Case::default()
    };
    let reply = case.reading();
    (case, reply)
}

#[test]
fn one_word_and_one_emoji_are_whole_answers() {
    let mut seen = 0;
    for (text, decision) in [
        ("Yes", "interested"),
        ("Pass", "pass"),
        ("👍", "interested"),
        ("👎", "pass"),
        ("👍🏽", "interested"),
        ("Maybe", "maybe"),
    ] {
        let case = Case {
            candidates: vec![("Ana Souza".into(), "Java developer".into())],
            text: text.to_owned(),
            ..Case::default()
        };
        let reply = case.reading();
        assert_eq!(case.lines(&reply), [format!("Ana Souza {decision}")], "{text}");
        assert!(reply.doubts.is_empty(), "{text}: {:?}", reply.doubts);
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn one_answer_decides_about_two_and_a_bare_word_asks_whom() {
    let (case, reply) = about_two("Yes to the first, pass on Maria");
    assert_eq!(case.lines(&reply), ["Ana Souza interested", "Maria Duarte pass"]);
    let (case, reply) = about_two("Interested");
    assert_eq!(case.lines(&reply), Vec::<String>::new());
    assert_eq!(reply.doubts.iter().map(|doubt| doubt.kind).collect::<Vec<_>>(), [DoubtKind::Whom]);
}

#[test]
fn a_pressed_mailto_button_is_read_from_its_subject() {
    assert!(check(|case| case.file == "mailto") >= 15);
}

/// Reads a mail that answers the letter in `fixtures/letters`.
fn answer(raw: &str) -> (Case, Reply) {
    let letter = fs::read(fixtures("letters").join("submission.eml")).unwrap();
    let message = replyd::message::read(raw.as_bytes(), &Border::default()).unwrap();
    let own = own_text(&message, &[letter_text(&letter)]);
    let case = Case {
        candidates: ["Ana Souza", "Carl Jensen", "Ben Whitaker"]
            .map(|name| (name.to_owned(), "Java".to_owned()))
            .to_vec(),
        subject: message.subject.clone(),
        text: own.text.clone(),
        ..Case::default()
    };
    let reply = read(&own, &message.subject, &case.asked());
    (case, reply)
}

#[test]
fn quoted_button_words_are_not_the_answer() {
    let raw = fs::read_to_string(fixtures("replies").join("outlook-web-interested-and-question.eml")).unwrap();
    assert!(raw.contains(">Pass</a>") || raw.contains("Pass"), "the quote holds our buttons");
    let (case, reply) = answer(&raw);
    assert_eq!(case.text, "Interested in Ana, can she start in May?");
    assert_eq!(case.lines(&reply), ["Ana Souza interested", "times", "question"]);
}

#[test]
fn our_own_text_quoted_back_decides_nothing() {
    let letter = fs::read(fixtures("letters").join("submission.eml")).unwrap();
    let text = letter_text(&letter).text;
    assert!(
        text.contains("pass on Carl"),
        "the letter shows how to answer, which would be a decision if it were read"
    );
    let head = "From: Ann Lee <ann.lee@northwind.example>\nTo: talent@harborline.example\nSubject: Re: Three candidates\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n";
    let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
    for body in [
        format!("On Mon, 23 Nov 2026 at 09:30, Harbor Line Recruiting wrote:\n{quoted}"),
        quoted.clone(),
        text.clone(),
        format!(
            "Thanks!\n\nFrom: Harbor Line Recruiting\nSent: Monday, November 23, 2026 9:30 AM\nTo: Ann Lee\nSubject: Three candidates\n\n{text}"
        ),
    ] {
        let (case, reply) = answer(&format!("{head}{body}"));
        let decided: Vec<String> = case
            .lines(&reply)
            .into_iter()
            .filter(|line| !line.contains(" ask") && line != "thanks" && line != "question")
            .collect();
        assert!(decided.is_empty(), "{decided:?} from {:?}", case.text);
    }
}

#[test]
fn hostile_texts_are_read_in_bounded_time() {
    let mut seen = 0;
    for piece in [
        "yes no ",
        "not ",
        "Ana, ",
        "1 ",
        "if ",
        "(((",
        "? ",
        "👍",
        "\n",
        "a.",
        "interested in the ",
        "\u{200d}e\u{301}",
        "www.",
        "@",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let ((case, reply), took) = crate::worked(|| about_two(&text));
        assert!(took.as_secs() < 20, "{piece:?} took {took:?}");
        assert!(
            case.lines(&reply).iter().all(|line| line.contains(" ask") || !line.contains(' ')),
            "{piece:?}: {:?}",
            case.lines(&reply)
        );
        seen += 1;
    }
    assert_eq!(seen, 14);
}
