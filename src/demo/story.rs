//! The story of `replyd demo --script`: a batch goes out, answers come back, the decisions stand, they meet.
//!
//! In: what the client decides. Out: lines while it happens, and at the end the pipeline and timeline from the store.
//! Never here: a line that was not fetched, answered or stored: change what people do, and the story changes.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveTime};

use super::house::House;
use super::people::Letter;
use super::stage::Stage;
use super::{DemoError, scanner};
use crate::calendar::Zone;
use crate::model::{Decision, Reference, Timestamp};
use crate::store::{BatchLine, TimelineLine};

/// What the client decides about the three candidates, in the order of the batch.
///
/// The first is decided by pressing a button (after a slip and an undo), the others in one answer in words.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    /// The decisions that stand in the end.
    pub decisions: [Decision; 3],
}

/// What came of it, from the store.
#[derive(Debug)]
pub struct Told {
    /// The batch as `replyd list` has it.
    pub batch: BatchLine,
    /// Its timeline as `replyd show` has it.
    pub timeline: Vec<TimelineLine>,
    /// What the recruiter's mailbox holds.
    pub recruiter: Mailbag,
    /// How long it took.
    pub took: Duration,
}

/// How many letters a recruiter got, by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailbag {
    /// Copies of what went to others.
    pub copies: usize,
    /// Notices of one batch.
    pub notices: usize,
    /// Letters of the desk: how things stand each morning.
    pub desk: usize,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            decisions: [Decision::Interested, Decision::Pass, Decision::Maybe],
        }
    }
}

impl Story {
    /// Plays it in an empty directory. `tell` gets the lines.
    ///
    /// # Errors
    /// When a part does not work, or the daemon does something else than the story is about.
    pub async fn play(&self, dir: &Path, tell: &mut (dyn FnMut(String) + Send)) -> Result<Told, DemoError> {
        let began = Instant::now();
        let (house, running) = House::open(dir, start(), None).await?;
        tell(format!(
            "SMTP on {}, IMAP on {}, pages on http://{}",
            house.server.smtp, house.server.imap, house.pages
        ));
        tell(format!("configuration, database and batch in {}", dir.display()));
        tell(String::new());
        let told = self.scenes(&house, tell).await;
        let closed = running.close().await;
        let (batch, timeline, recruiter) = told?;
        closed?;
        Ok(Told {
            batch,
            timeline,
            recruiter,
            took: began.elapsed(),
        })
    }

    async fn scenes(
        &self,
        house: &House,
        tell: &mut (dyn FnMut(String) + Send),
    ) -> Result<(BatchLine, Vec<TimelineLine>, Mailbag), DemoError> {
        let mut stage = Stage::set(house, tell).await?;
        let letter = stage.batch_goes_out().await?;
        stage.scanner_opens_everything(&letter).await?;
        stage.client_is_away(&letter).await?;
        stage.slip_undo_and_press(&letter, self.decisions[0]).await?;
        stage.answer_in_words(&letter, &self.decisions).await?;
        stage.grace_periods_pass(&self.decisions).await?;
        if let Some(first) = self.decisions.iter().position(|one| *one == Decision::Interested) {
            stage.interview(first).await?;
        }
        if self.decisions.contains(&Decision::Maybe) {
            stage.maybe_comes_back().await?;
        }
        let recruiter = stage.recruiter_looks().await?;
        Ok((stage.batch()?, stage.timeline()?, recruiter))
    }

    /// What the client types about the second and third candidate.
    fn words(decisions: &[Decision; 3], names: &[String]) -> String {
        let said = decisions.iter().zip(names).skip(1).map(|(decision, name)| {
            let first = name.split(' ').next().unwrap_or(name);
            match decision {
                Decision::Interested => format!("Yes to {first}."),
                Decision::Maybe => format!("{first} maybe, ask me again in two weeks."),
                Decision::Pass => format!("Pass on {first}, too junior."),
            }
        });
        said.collect::<Vec<_>>().join(" ")
    }
}

/// Tuesday morning in London, in winter time: the timeline, which is in UTC, shows the same hours.
fn start() -> Timestamp {
    let day = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap_or_default();
    let nine = NaiveTime::from_hms_opt(9, 5, 0).unwrap_or_default();
    Zone::UTC.at_or_after(day, nine)
}

impl Stage<'_> {
    async fn batch_goes_out(&mut self) -> Result<Letter, DemoError> {
        let batch = &self.house.new.batch;
        let (recruiter, client) = (self.recruiter.mailbox.shown(), self.client.mailbox.shown());
        let handed_in = format!(
            "{recruiter} hands in {} for {} at {}",
            self.names.join(", "),
            batch.project.title,
            batch.client
        );
        self.say(&handed_in);
        let letter = self.client.letter("the candidates", |_| true).await?;
        self.say_letter(&client, &letter);
        let copy = self
            .recruiter
            .letter("the copy", |copy| copy.subject.contains(&letter.subject))
            .await?;
        self.say(&format!("{recruiter} gets the copy, \"{}\"", copy.subject));
        Ok(letter)
    }

    async fn scanner_opens_everything(&mut self, letter: &Letter) -> Result<(), DemoError> {
        self.pass(chrono::Duration::seconds(20)).await?;
        let before = self.timeline()?;
        let (links, answers) = scanner::open_everything(letter).await?;
        let after = self.timeline()?;
        let new = after.len().abs_diff(before.len());
        self.say(&format!(
            "a scanner opens {links} links, HEAD, GET and GET: {answers} answers, {new} events, {}",
            self.standing()?
        ));
        if new > 0 {
            return Err(DemoError::Unexpected("a scanner that only looked changed something".to_owned()));
        }
        Ok(())
    }

    /// The vacation responder answers at once; two days later, past the first reminder's time, the client is back.
    async fn client_is_away(&mut self, letter: &Letter) -> Result<(), DemoError> {
        self.pass(chrono::Duration::seconds(30)).await?;
        let words = "Thank you for your mail. I am out of the office until 5 March 2026 and will answer when I am back.";
        self.client.out_of_office(letter, words).await?;
        let client = self.client.mailbox.shown();
        self.say(&format!("{client}'s mailbox answers by itself: \"{words}\""));
        let notice = self.recruiter.letter("word that the client is away", |_| true).await?;
        let recruiter = self.recruiter.mailbox.shown();
        self.say_letter(&recruiter, &notice);
        self.pass(chrono::Duration::hours(48) + chrono::Duration::minutes(35)).await?;
        let meanwhile = self.client.new_letters().await?;
        self.say(&format!("two days later: {meanwhile} reminders came meanwhile"));
        if meanwhile > 0 {
            return Err(DemoError::Unexpected("the chase went on although the client is away".to_owned()));
        }
        Ok(())
    }

    /// The wrong button, its receipt, the undo; then the button that was meant.
    async fn slip_undo_and_press(&mut self, letter: &Letter, meant: Decision) -> Result<(), DemoError> {
        let name = self.names.first().cloned().unwrap_or_default();
        let slip = if meant == Decision::Pass {
            Decision::Interested
        } else {
            Decision::Pass
        };
        self.press(letter, &name, slip).await?;
        let receipt = self.receipt().await?;
        self.pass(chrono::Duration::minutes(3)).await?;
        let page = self.client.browser.get(&receipt.button(&name, "Undo")?).await?;
        let page = self.client.browser.press(&page, "Take back", &[]).await?;
        let client = self.client.mailbox.shown();
        self.say(&format!("{client} presses Undo in the receipt"));
        self.say_page(&page);
        self.pass(chrono::Duration::minutes(2)).await?;
        self.press(letter, &name, meant).await?;
        self.receipt().await?;
        Ok(())
    }

    async fn press(&mut self, letter: &Letter, name: &str, decision: Decision) -> Result<(), DemoError> {
        let page = self.client.browser.get(&letter.button(name, decision.label())?).await?;
        self.pass(chrono::Duration::seconds(5)).await?;
        let page = self.client.browser.press(&page, decision.label(), &[]).await?;
        let client = self.client.mailbox.shown();
        self.say(&format!("{client} presses {} for {name}", decision.label()));
        self.say_page(&page);
        Ok(())
    }

    /// Presses are acknowledged together, a moment later.
    async fn receipt(&mut self) -> Result<Letter, DemoError> {
        self.pass(chrono::Duration::seconds(20)).await?;
        self.letter("the receipt").await
    }

    async fn letter(&mut self, what: &str) -> Result<Letter, DemoError> {
        let letter = self.client.letter(what, |_| true).await?;
        let client = self.client.mailbox.shown();
        self.say_letter(&client, &letter);
        Ok(letter)
    }

    async fn answer_in_words(&mut self, letter: &Letter, decisions: &[Decision; 3]) -> Result<(), DemoError> {
        self.pass(chrono::Duration::minutes(5)).await?;
        let words = Story::words(decisions, &self.names);
        let recruiter = self.recruiter.mailbox.name.to_string();
        let hello = recruiter.split(' ').next().unwrap_or("all").to_owned();
        self.client
            .answer(letter, &format!("Hi {hello},\n\n{words}\n\nBest,\nHannah"))
            .await?;
        let client = self.client.mailbox.shown();
        self.say(&format!("{client} answers the letter: \"{words}\""));
        self.letter("the receipt").await?;
        Ok(())
    }

    async fn grace_periods_pass(&mut self, decisions: &[Decision; 3]) -> Result<(), DemoError> {
        self.pass(chrono::Duration::minutes(61)).await?;
        let standing = self.standing()?;
        self.say(&format!("the grace periods have passed: {standing}"));
        let batch = self.batch()?;
        let stands = batch
            .submissions
            .iter()
            .zip(decisions)
            .all(|(one, decision)| one.status == status_of(*decision));
        if !stands {
            return Err(DemoError::Unexpected(format!("something else was decided, and now {standing}")));
        }
        Ok(())
    }

    /// Weeks later: what the client wanted to be asked again.
    async fn maybe_comes_back(&mut self) -> Result<(), DemoError> {
        let Some(at) = self.next_deadline()? else {
            return Err(DemoError::Unexpected("a Maybe has no follow-up".to_owned()));
        };
        self.client.new_letters().await?;
        self.pass(at - self.house.clock.now()).await?;
        self.letter("the follow-up").await?;
        self.quiet().await
    }

    async fn recruiter_looks(&mut self) -> Result<Mailbag, DemoError> {
        let batch = &self.house.new.batch;
        let others = batch.candidates.iter().map(|one| &one.mailbox).chain([&batch.contact.mailbox]);
        let others: Vec<_> = others.map(|one| &one.address).collect();
        let letters = self.recruiter.all().await?;
        let copies = letters
            .iter()
            .filter(|letter| letter.to.iter().any(|to| others.contains(&to)))
            .count();
        // A letter of the desk is about no batch, so it bears no reference.
        let desk = letters.iter().filter(|letter| Reference::find(&letter.subject).is_none()).count();
        let notices = letters.len() - copies - desk;
        let recruiter = self.recruiter.mailbox.shown();
        self.say(&format!(
            "{recruiter}'s mailbox holds {copies} copies of what went to the others, {notices} notices, and {desk} letters of how things stand"
        ));
        Ok(Mailbag { copies, notices, desk })
    }
}

fn status_of(decision: Decision) -> &'static str {
    match decision {
        Decision::Interested => "interested",
        Decision::Maybe => "maybe",
        Decision::Pass => "rejected",
    }
}
