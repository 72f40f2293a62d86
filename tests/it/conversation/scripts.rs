//! Scripts: at a time something happens, these letters leave, this holds. Deadlines pass by themselves on the way.
//!
//! ```text
//! batch Ana Ben in Europe/London
//! at 2026-11-18 10:00 submitted
//!   letter client submission
//! at 2026-11-18 11:00 press Ana interested
//!   rests Ana interested
//! ```
//! Indented lines below an `at` say what holds afterwards; every letter that left since the `at` before must be named, in order.

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveDateTime;
use replyd::calendar::LocalTime;
use replyd::conversation::{Content, Conversation, Driver, Effect, Entry, Event, LetterEnd, Milestones, Party, Side, Told, step};
use replyd::model::{SubmissionId, Timestamp};

use super::people;

mod happen;

/// One conversation, and what happens to it.
pub(crate) struct Play {
    pub(crate) c: Conversation,
    pub(crate) now: Timestamp,
    /// What happened, in order.
    pub(crate) steps: Vec<Stepped>,
    letters: Vec<String>,
    timeline: Vec<String>,
    /// Drafts of letters to candidates that were asked for or dropped.
    drafts: Vec<String>,
    messages: i64,
    /// What each letter says, and to whom, newest last.
    said: Vec<(Party, Content)>,
    /// And after when it must not leave.
    lasts: HashMap<Party, Option<Timestamp>>,
}

/// An event, as it is stored.
pub(crate) struct Stepped {
    pub(crate) before: Conversation,
    pub(crate) after: Conversation,
    pub(crate) entries: Vec<Entry>,
    pub(crate) letter: Option<LetterEnd>,
    pub(crate) now: Timestamp,
}

#[test]
fn scripts_come_out_as_written() {
    play_all();
}

/// Plays every script, as it is and with CRLF.
pub(crate) fn play_all() {
    let (mut played, mut failed) = (0, Vec::new());
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conversations")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let both = [text.clone(), text.replace('\n', "\r\n")];
        let plays = std::panic::catch_unwind(|| both.iter().for_each(|text| play(&path, text)));
        if plays.is_err() {
            failed.push(path);
        }
        played += 1;
    }
    assert!(failed.is_empty(), "did not come out as written: {failed:?}");
    assert!(played >= 90, "only {played} scripts were found");
}

fn play(path: &Path, text: &str) {
    let mut play: Option<Play> = None;
    let mut checked = 0;
    for (number, line) in text.lines().enumerate() {
        let place = format!("{}:{}", path.file_name().unwrap().to_string_lossy(), number + 1);
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(expectation) = line.strip_prefix("  ") {
            play.as_mut().expect(&place).expect(&place, expectation);
            checked += 1;
        } else if let Some(rest) = line.strip_prefix("batch ") {
            let (names, zone) = rest.split_once(" in ").expect(&place);
            let names: Vec<&str> = names.split(' ').collect();
            let now = "2026-01-01T00:00:00Z".parse().unwrap();
            play = Some(Play::of(people::conversation(&names, zone), now));
        } else if let Some(rest) = line.strip_prefix("at ") {
            let play = play.as_mut().expect(&place);
            assert!(play.letters.is_empty(), "{place}: nobody expected {:?}", play.letters);
            assert!(play.drafts.is_empty(), "{place}: nobody expected {:?}", play.drafts);
            play.timeline.clear();
            play.at(&place, rest);
        } else {
            panic!("{place}: not understood: {line}");
        }
    }
    let play = play.expect("a batch");
    assert!(play.letters.is_empty(), "{}: nobody expected {:?}", path.display(), play.letters);
    assert!(play.drafts.is_empty(), "{}: nobody expected {:?}", path.display(), play.drafts);
    assert!(checked >= 3, "{}: expects too little", path.display());
    milestones_are_those_of_the_timeline(path, &play);
    crate::feed::events_are_as_described(path, &play);
}

/// What is noted with each event is what the timeline tells afterwards, as far as it tells it: so databases are migrated.
fn milestones_are_those_of_the_timeline(path: &Path, play: &Play) {
    let Some(first) = play.steps.first() else { return };
    let mut lines = Vec::new();
    for step in &play.steps {
        lines.extend(step.entries.iter().map(|entry| Told {
            at: step.now,
            kind: entry.kind.to_owned(),
            submission: entry.submission,
            detail: entry.detail.clone(),
        }));
    }
    for submission in &play.c.submissions {
        let id = submission.id;
        let noted = play.steps.iter().fold(Milestones::of_submitted(first.now), |known, step| {
            known.after(&step.before, &step.after, id, step.now)
        });
        let told = Milestones::told(&play.c, id, first.now, &lines);
        let but_for_looks = |one: Milestones| Milestones { viewed: None, ..one };
        assert_eq!(but_for_looks(told), but_for_looks(noted), "{}: submission {id}", path.display());
        if let Some(viewed) = told.viewed {
            assert!(
                noted.viewed.is_some_and(|noted| noted <= viewed),
                "{}: {id} was viewed {viewed}",
                path.display()
            );
        }
    }
}

impl Play {
    /// Nothing has happened yet.
    pub(crate) fn of(c: Conversation, now: Timestamp) -> Self {
        Self {
            c,
            now,
            steps: vec![],
            letters: vec![],
            timeline: vec![],
            drafts: vec![],
            messages: 0,
            said: vec![],
            lasts: HashMap::new(),
        }
    }

    /// `2026-11-18 10:00 submitted`: that happens then, by the client's clock, and before it whatever falls due.
    pub(crate) fn at(&mut self, place: &str, line: &str) {
        let until_blank = |from: usize| line[from..].find(' ').map_or(line.len(), |at| from + at);
        let (time, event) = line.split_at(until_blank(11));
        let local = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M")
            .or_else(|_| NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S"))
            .expect(place);
        let LocalTime::One(at) = self.c.batch.contact.zone.instant(local) else {
            panic!("{place}: no such time")
        };
        self.pass_until(at);
        self.now = at;
        self.happen(place, event.trim());
    }

    /// Deadlines fall due on the way, earliest first.
    pub(crate) fn pass_until(&mut self, at: Timestamp) {
        while let Some((deadline, due)) = self.c.deadlines.iter().filter(|(_, due)| *due <= at).min_by_key(|(_, due)| *due) {
            self.now = due.max(self.now);
            self.step(Event::DeadlinePassed(deadline));
        }
    }

    fn step(&mut self, event: Event) {
        let letter = LetterEnd::of(&event);
        let transition = step(&self.c, event, self.now);
        let before = std::mem::replace(&mut self.c, transition.conversation);
        let mut entries = Vec::new();
        for effect in transition.effects {
            match effect {
                Effect::Escalate { .. } => self.letters.push("leads escalated".to_owned()),
                Effect::Send(letter) => {
                    self.letters.push(format!("{} {}", party(letter.to), kind(&letter.says)));
                    self.lasts.insert(letter.to, letter.not_after);
                    self.said.push((letter.to, letter.says));
                }
                Effect::Record(entry) => {
                    self.timeline.push(entry.kind.to_owned());
                    entries.push(entry);
                }
                Effect::Draft(id) => self.drafts.push(format!("draft {}", self.short_name(id))),
                Effect::DropDraft(id) => self.drafts.push(format!("drop {}", self.short_name(id))),
            }
        }
        self.steps.push(Stepped {
            before,
            after: self.c.clone(),
            entries,
            letter,
            now: self.now,
        });
    }

    fn short_name(&self, id: SubmissionId) -> String {
        let name = self.c.candidate(id).map_or("nobody", |one| one.mailbox.name.as_str());
        name.split(' ').next().unwrap_or_default().to_owned()
    }

    fn who(&self, place: &str, name: &str) -> SubmissionId {
        let found = self
            .c
            .batch
            .candidates
            .iter()
            .find(|one| one.mailbox.name.as_str().starts_with(name));
        found.unwrap_or_else(|| panic!("{place}: who is {name}?")).submission
    }

    /// A side at the client: Ann is the contact, others are interviewers.
    fn seat(&self, place: &str, name: &str) -> Side {
        if name == "Ann" {
            return Side::Client;
        }
        let mut names = self.c.batch.interviewers.iter().map(|one| one.mailbox.name.as_str());
        let at = names.position(|known| known.starts_with(name));
        Side::Interviewer(u8::try_from(at.unwrap_or_else(|| panic!("{place}: who is {name}?"))).unwrap())
    }

    /// What the last letter to somebody says.
    fn last(&self, party: Party) -> Option<&Content> {
        self.said.iter().rev().find(|(to, _)| *to == party).map(|(_, says)| says)
    }

    fn expect(&mut self, place: &str, line: &str) {
        let (what, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        match what {
            "letter" => {
                assert!(!self.letters.is_empty(), "{place}: no letter left, expected {rest}");
                assert_eq!(self.letters.remove(0), rest, "{place}; then {:?}", self.letters);
            }
            // `draft Ana`, `drop Ana`: a letter to Ana is drafted for the recruiter's word, or dropped.
            "draft" | "drop" => {
                assert!(!self.drafts.is_empty(), "{place}: no draft, expected {what} {rest}");
                assert_eq!(self.drafts.remove(0), format!("{what} {rest}"), "{place}; then {:?}", self.drafts);
            }
            // `tells Ana They chose somebody else.`: what the last letter to Ana says.
            "tells" => {
                let (name, text) = rest.split_once(' ').expect(place);
                let Some(Content::Feedback { body, .. }) = self.last(Party::Candidate(self.who(place, name))) else {
                    panic!("{place}: {:?}", self.said.last())
                };
                assert_eq!(body, text, "{place}");
            }
            // `reads "…" salary`, `again`: what the last letter that asks why shows of their words, or that it is the reminder.
            "reads" => {
                let Some(Content::AskReasons { words, known, again, .. }) = self.last(Party::Client) else {
                    panic!("{place}: {:?}", self.said.last())
                };
                let known: Vec<&str> = known.iter().map(|one| one.name()).collect();
                let shown = if *again {
                    "again".to_owned()
                } else {
                    format!("{} in {words}", known.join(", "))
                };
                assert_eq!(shown, rest, "{place}");
            }
            "nothing" => assert!(self.letters.is_empty(), "{place}: {:?}", self.letters),
            "timeline" => assert!(self.timeline.iter().any(|kind| kind == rest), "{place}: {:?}", self.timeline),
            "status" => {
                let (name, status) = rest.split_once(' ').expect(place);
                let id = self.who(place, name);
                assert_eq!(self.c.submission(id).unwrap().status.name(), status, "{place}");
            }
            // `interview Ana scheduled 2026-03-31 10:00`: in the client's zone.
            "interview" => {
                let (name, expected) = rest.split_once(' ').expect(place);
                let interview = self.c.submission(self.who(place, name)).unwrap().interview.as_ref().expect(place);
                let found = match interview.booked {
                    Some(slot) => format!(
                        "{} {}",
                        interview.status.name(),
                        self.c.batch.contact.zone.local(slot.start).format("%Y-%m-%d %H:%M")
                    ),
                    None => interview.status.name().to_owned(),
                };
                assert_eq!(found, expected, "{place}");
            }
            // `comes Ana Ann Jo`: who is expected at the agreed time, and whose calendar shows it, of the client's side.
            "comes" | "invited" => {
                let (name, expected) = rest.split_once(' ').unwrap_or((rest, ""));
                let interview = self.c.submission(self.who(place, name)).unwrap().interview.as_ref().expect(place);
                let mut sides = interview.sides();
                sides.retain(|side| *side != Side::Candidate);
                sides.retain(|side| match what {
                    "comes" => interview.booked.is_some() && !interview.attendee(*side).absent,
                    _ => interview.booked.is_some() && interview.attendee(*side).invited == interview.booked,
                });
                let names = sides
                    .iter()
                    .map(|side| self.c.mailbox_of(*side, SubmissionId(1)).unwrap().name.as_str());
                let names: Vec<&str> = names.map(|name| name.split(' ').next().unwrap()).collect();
                assert_eq!(names.join(" "), expected, "{place}");
            }
            // `entry Ana Jo 2`: SEQUENCE of Jo's entry.
            "entry" => {
                let words: Vec<&str> = rest.split(' ').collect();
                let side = self.seat(place, words[1]);
                let interview = self
                    .c
                    .submission(self.who(place, words[0]))
                    .unwrap()
                    .interview
                    .as_ref()
                    .expect(place);
                assert_eq!(interview.sequence_of(side).to_string(), words[2], "{place}");
            }
            // `stays Jo 2`: the last letter to Jo is their calendar's: the time stands, with this SEQUENCE.
            "stays" => {
                let (name, expected) = rest.split_once(' ').expect(place);
                let Some(Content::StaysAsIs { sequence, counter, .. }) = self.last(self.seat(place, name).party(SubmissionId(1))) else {
                    panic!("{place}: {:?}", self.said.last())
                };
                assert_eq!((sequence.to_string().as_str(), *counter), (expected, true), "{place}");
            }
            // `offered Ana 03-31 10:00, 04-01 09:00`: what is held, in the client's zone.
            "offered" => {
                let (name, expected) = rest.split_once(' ').expect(place);
                let interview = self.c.submission(self.who(place, name)).unwrap().interview.as_ref().expect(place);
                let zone = self.c.batch.contact.zone;
                let held: Vec<String> = interview
                    .held()
                    .iter()
                    .map(|slot| zone.local(slot.start).format("%m-%d %H:%M").to_string())
                    .collect();
                assert_eq!(held.join(", "), expected, "{place}");
            }
            // `clock Ana America/New_York`, `clock client Europe/Berlin`: by which their letters tell times.
            "clock" => {
                let (name, zone) = rest.split_once(' ').expect(place);
                let party = match name {
                    "client" => Party::Client,
                    name => Party::Candidate(self.who(place, name)),
                };
                assert_eq!(self.c.zone_of(party).name(), zone, "{place}");
            }
            // `lasts 2026-03-27 10:00`: after that the last letter to the client must not leave.
            "lasts" => {
                let until = self.lasts[&Party::Client].map(|at| self.c.batch.contact.zone.local(at).format("%Y-%m-%d %H:%M").to_string());
                assert_eq!(until.as_deref(), Some(rest), "{place}");
            }
            "rests" => {
                let (name, decision) = rest.split_once(' ').expect(place);
                let id = self.who(place, name);
                let resting = self.c.submission(id).unwrap().resting.as_ref().map(|one| one.decision.name());
                assert_eq!(resting.unwrap_or("nothing"), decision, "{place}");
            }
            "condition" => {
                let (name, text) = rest.split_once(' ').expect(place);
                let resting = self.c.submission(self.who(place, name)).unwrap().resting.as_ref();
                assert_eq!(resting.and_then(|one| one.condition.as_deref()), Some(text), "{place}");
            }
            "shows" => {
                let Some(Content::DidYouMean { words, .. }) = self.last(Party::Client) else {
                    panic!("{place}: {:?}", self.said.last())
                };
                assert!(words.contains(rest), "{place}: {words}");
            }
            "deadline" => assert!(self.c.deadlines.iter().any(|(one, _)| one.name() == rest), "{place}"),
            "next" => {
                let (deadline, at) = rest.split_once(' ').expect(place);
                let due = self.c.deadlines.iter().find(|(one, _)| one.name() == deadline).map(|(_, due)| due);
                let due = due.unwrap_or_else(|| panic!("{place}: {deadline} is not set"));
                assert_eq!(
                    self.c.batch.contact.zone.local(due).format("%Y-%m-%d %H:%M").to_string(),
                    at,
                    "{place}"
                );
            }
            // Whom the last letter asks about, each with the reading it puts to the client; at the end what was said of nobody.
            "asks" => {
                let Some(Content::DidYouMean { about, said, .. }) = self.last(Party::Client) else {
                    panic!("{place}: {:?}", self.said.last())
                };
                let named = |id: &SubmissionId| {
                    self.c
                        .candidate(*id)
                        .unwrap()
                        .mailbox
                        .name
                        .as_str()
                        .split(' ')
                        .next()
                        .unwrap()
                        .to_owned()
                };
                let readings = about.iter().map(|(id, meant)| match meant {
                    Some(meant) => format!("{} {meant}", named(id)),
                    None => named(id),
                });
                let said = said.iter().map(|said| format!("whom {said}"));
                assert_eq!(readings.chain(said).collect::<Vec<_>>().join("; "), rest, "{place}");
            }
            "no-deadline" => assert!(self.c.deadlines.iter().all(|(one, _)| one.name() != rest), "{place}"),
            "reasons" => {
                let (name, reasons) = rest.split_once(' ').expect(place);
                let known = &self.c.submission(self.who(place, name)).unwrap().reasons;
                let known: Vec<&str> = known.iter().map(|one| one.name()).collect();
                assert_eq!(
                    if known.is_empty() { "none".to_owned() } else { known.join(" ") },
                    reasons,
                    "{place}"
                );
            }
            "driver" => assert_eq!(if self.c.driver == Driver::Bot { "bot" } else { "recruiter" }, rest, "{place}"),
            other => panic!("{place}: what is {other}?"),
        }
    }
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Client => "client",
        Party::Candidate(_) => "candidate",
        Party::Interviewer(0) => "interviewer1",
        Party::Interviewer(_) => "interviewer2",
        Party::Recruiter(_) => "recruiter",
    }
}

fn kind(says: &Content) -> String {
    use replyd::conversation::Notice;
    let Content::Notice(notice) = says else {
        return says.kind().to_owned();
    };
    match notice {
        Notice::Interested { .. } => "interested",
        Notice::ArrangeYourself { .. } => "arrange_yourself",
        Notice::GoOnWithout { .. } => "go_on_without",
        Notice::Passed { .. } => "passed",
        Notice::NeedsPerson { .. } => "needs_person",
        Notice::Erased { .. } => "erased",
        Notice::NotUnderstood { .. } => "not_understood",
        Notice::SomeoneElse { asked: true, .. } => "someone_else",
        Notice::SomeoneElse { asked: false, .. } => "someone_else_refused",
        Notice::Stale { escalated: false, .. } => "stale",
        Notice::Stale { escalated: true, .. } => "escalated",
        Notice::Away { substitute: Some(_), .. } => "away_with_substitute",
        Notice::Away { substitute: None, .. } => "away",
        Notice::Undeliverable { .. } => "undeliverable",
        Notice::LetterRefused { .. } => "letter_refused",
        Notice::LetterFailed { .. } => "letter_failed",
        Notice::WhileYouDrive { .. } => "while_you_drive",
        Notice::Driver { .. } => "driver",
        Notice::NotDone { .. } => "not_done",
        Notice::Ordered { undone: Some(_), .. } => "taken_back",
        Notice::Ordered { proposed, .. } if !proposed.is_empty() => "proposed",
        Notice::Ordered { unread, .. } if !unread.is_empty() => "asked_back",
        Notice::Ordered { .. } => "echo",
    }
    .to_owned()
}
