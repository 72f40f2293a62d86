//! Figures, from what people do to what a report says: scripts in `fixtures/figures/`, stepped by the machine, kept in a real database,
//! counted and shown. What a script is made of is that of `fixtures/conversations/` (see [`crate::conversation::scripts`]), and:
//!
//! ```text
//! batch Ana Ben in Europe/London for Northwind Energy: Backend engineer by Rita Moss, Sam Vale
//! at 2026-03-02 10:00 submitted
//! at 2026-03-04 10:00 withdrawn Ana
//! report text as of 2026-04-01 09:00 in Europe/London by client
//! |what it says, line by line
//! ```
//! Deadlines pass by themselves on the way, up to the time of the next report. With `REWRITE=1` what is said is written into the script.

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use replyd::conversation::{Order, Status, Submission};
use replyd::figures::{self, Question, Report};
use replyd::model::{HeaderText, Timestamp};
use replyd::store::{Role, Store, Tx};

use crate::conversation::people;
use crate::conversation::scripts::Play;
use crate::desk::new_batch;

mod cases;
mod shapes;

/// A database, and the conversations in it.
struct House {
    _dir: tempfile::TempDir,
    path: PathBuf,
    store: Store,
    plays: Vec<Play>,
}

impl House {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("replyd.db");
        Self {
            store: Store::open(&path, Role::Command, "2026-01-01T00:00:00Z".parse().unwrap()).unwrap(),
            path,
            _dir: dir,
            plays: Vec::new(),
        }
    }

    fn write<T: Send + 'static>(&self, job: impl FnOnce(&Tx<'_>) -> Result<T, replyd::store::StoreError> + Send + 'static) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.store.write(job)).unwrap()
    }

    /// `Ana Ben in Europe/London for Client: Title by Rita Moss, Sam Vale`; handed in with the first thing that happens to it.
    fn batch(&mut self, place: &str, line: &str) {
        let (names, rest) = line.split_once(" in ").expect(place);
        let (zone, rest) = rest.split_once(" for ").expect(place);
        let (role, recruiters) = rest.rsplit_once(" by ").unwrap_or((rest, ""));
        let (client, title) = role.split_once(": ").expect(place);
        let names: Vec<&str> = names.split(' ').collect();
        let mut c = people::conversation(&names, zone);
        c.policy.scheduling.order = Order::Candidate;
        c.batch.client = HeaderText::new(client);
        c.batch.project.title = HeaderText::new(title);
        let mailbox = |name: &str| {
            let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let local = words.collect::<Vec<_>>().join(".").to_lowercase();
            people::mailbox(name, &format!("{local}@agency.example"))
        };
        c.batch.recruiters = recruiters.split(", ").filter(|name| !name.is_empty()).map(mailbox).collect();
        let n = self.plays.len();
        c.batch.contact.mailbox = people::mailbox("Ann Lee", &format!("ann{n}@client.example"));
        for candidate in &mut c.batch.candidates {
            let address = format!("{n}.{}", candidate.mailbox.address);
            candidate.mailbox.address = replyd::model::Address::parse(&address).unwrap();
        }
        self.plays.push(Play::of(c, Timestamp::default()));
    }

    /// Something happens to the last batch.
    fn at(&mut self, place: &str, line: &str) {
        let mut play = self.plays.pop().expect(place);
        if play.steps.is_empty() && play.now == Timestamp::default() {
            let new = new_batch(play.c.clone());
            let (day, zone) = (&line[..16], play.c.batch.contact.zone);
            let local = NaiveDateTime::parse_from_str(day, "%Y-%m-%d %H:%M").expect(place);
            let now = zone.at_or_after(local.date(), local.time());
            play = Play::of(self.write(move |tx| tx.hand_in(new, now)), now);
        }
        match line.get(17..).and_then(|event| event.split_once(' ')) {
            Some(("withdrawn", name)) => self.ends(&mut play, place, &line[..16], Some(name), Status::Withdrawn),
            Some(("closed", _)) => self.ends(&mut play, place, &line[..16], None, Status::Closed),
            _ => play.at(place, line),
        }
        self.keep(&mut play);
        self.plays.push(play);
    }

    /// Until somebody can say so by a command, these states come about by nothing but being there.
    fn ends(&self, play: &mut Play, place: &str, time: &str, name: Option<&str>, status: Status) {
        play.at(place, &format!("{time} wait"));
        let before = play.c.clone();
        let meant = |one: &str| name.is_none_or(|name| one.starts_with(name));
        let ids: Vec<_> = play
            .c
            .batch
            .candidates
            .iter()
            .filter(|one| meant(one.mailbox.name.as_str()))
            .collect();
        let ids: Vec<_> = ids.into_iter().map(|one| one.submission).collect();
        // What is decided is not closed undecided.
        let ends = |one: &Submission| ids.contains(&one.id) && (status == Status::Withdrawn || one.is_open());
        for one in play.c.submissions.iter_mut().filter(|one| ends(one)) {
            one.status = status;
        }
        let after = play.c.clone();
        play.steps.push(crate::conversation::scripts::Stepped {
            before,
            after,
            letter: None,
            entries: vec![],
            now: play.now,
        });
    }

    /// What happened is stored, as the daemon stores it.
    fn keep(&self, play: &mut Play) {
        let steps = std::mem::take(&mut play.steps);
        self.write(move |tx| {
            for step in &steps {
                for entry in &step.entries {
                    tx.record(step.after.id, entry, "test", step.now)?;
                }
                tx.save_after(&step.before, &step.after)?;
                tx.keep_milestones(&step.before, &step.after, step.now)?;
            }
            Ok(())
        });
    }

    fn pass_until(&mut self, now: Timestamp) {
        let mut plays = std::mem::take(&mut self.plays);
        for play in &mut plays {
            play.pass_until(now);
            self.keep(play);
        }
        self.plays = plays;
    }

    fn report(&self, question: &Question) -> Report {
        self.store.read(|tx| tx.report(question)).unwrap()
    }

    /// Of all, at this moment by the clocks of London.
    fn report_at(&mut self, now: &str) -> Report {
        let now: Timestamp = now.parse().unwrap();
        self.pass_until(now);
        self.report(&Question::of_all("Europe/London".parse().unwrap(), now))
    }

    /// Lines of a script.
    fn plays(&mut self, lines: &str) {
        for (number, line) in lines.lines().map(str::trim).enumerate() {
            self.line(&format!("line {}", number + 1), line);
        }
    }

    fn line(&mut self, place: &str, line: &str) {
        if let Some(rest) = line.strip_prefix("batch ") {
            self.batch(place, rest);
        } else if let Some(rest) = line.strip_prefix("at ") {
            self.at(place, rest);
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "{place}: not understood: {line}");
        }
    }
}

/// `text as of 2026-04-01 09:00 in Europe/London from 2026-03-01 to 2026-03-31 client Northwind project Backend recruiter Rita by client`
fn asked(place: &str, line: &str) -> (String, Question) {
    let words: Vec<&str> = line.split(' ').collect();
    let mut words = words.into_iter();
    let what = words.next().expect(place).to_owned();
    let mut rest = words.collect::<Vec<_>>();
    assert!(rest.len() >= 6 && rest[..2] == ["as", "of"] && rest[4] == "in", "{place}: {line}");
    let zone: replyd::calendar::Zone = rest[5].parse().expect(place);
    let local = NaiveDateTime::parse_from_str(&format!("{} {}", rest[2], rest[3]), "%Y-%m-%d %H:%M").expect(place);
    let mut question = Question::of_all(zone, zone.at_or_after(local.date(), local.time()));
    rest.drain(..6);
    for pair in rest.chunks(2) {
        let (key, value) = (pair[0], pair[1].replace('_', " "));
        match key {
            "from" => question.from = Some(value.parse().expect(place)),
            "to" => question.to = Some(value.parse().expect(place)),
            "client" => question.client = Some(value),
            "project" => question.project = Some(value),
            "recruiter" => question.recruiter = Some(value),
            "by" => question.by = Some(value.parse().expect(place)),
            other => panic!("{place}: what is {other}?"),
        }
    }
    (what, question)
}

fn said(what: &str, report: &Report) -> String {
    match what {
        "text" => figures::text(report),
        "csv" => figures::csv(report).replace("\r\n", "\n"),
        "json" => serde_json::to_string_pretty(report).unwrap() + "\n",
        "funnel" => figures::funnel_plot(&report.all.funnel).unwrap(),
        "weeks" => figures::weeks_plot(&report.weeks).unwrap(),
        "reasons" => figures::reasons_plot(&report.all.passes).unwrap(),
        other => panic!("what is {other}?"),
    }
}

#[test]
fn figures_come_out_as_written() {
    let rewrite = std::env::var_os("REWRITE").is_some();
    let mut reports = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/figures")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let mut house = House::new();
        let mut rewritten = String::new();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let place = format!("{}:{}", path.file_name().unwrap().to_string_lossy(), number + 1);
            rewritten += &format!("{line}\n");
            let Some(rest) = line.strip_prefix("report ") else {
                house.line(&place, line);
                continue;
            };
            let (what, question) = asked(&place, rest);
            house.pass_until(question.now);
            let found = said(&what, &house.report(&question));
            assert!(
                what != "text" || found.lines().all(|line| line.chars().count() <= 80),
                "{place}: too wide:\n{found}"
            );
            let mut expected = String::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with('|')) {
                expected += &format!("{}\n", &line[1..]);
            }
            for line in found.lines() {
                rewritten += &format!("|{line}\n");
            }
            reports += 1;
            if found.trim_end() != expected.trim_end() {
                wrong.push(format!("{place}: expected\n{expected}found\n{found}"));
            }
        }
        if rewrite {
            std::fs::write(&path, rewritten).unwrap();
        }
    }
    assert!(rewrite || wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(reports >= 5, "only {reports} reports were found");
}
