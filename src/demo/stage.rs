//! What every scene of the story needs: who takes part, what is told, and time that passes.
//!
//! In: a house with its people. Out: lines, and the state of the store once everything due is done.
//! Never here: what happens next: that is the scenes'.

use std::time::{Duration, Instant};

use super::DemoError;
use super::house::House;
use super::people::{Letter, Page, Person};
use crate::model::{Mailbox, Timestamp};
use crate::store::{BatchLine, StoreError, SubmissionLine, TimelineLine};

/// How long the daemon may take for something that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);
/// As wide as a time.
const MARGIN: &str = "                 ";
/// What people open links with.
pub(super) const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn stored(error: StoreError) -> DemoError {
    crate::daemon::DaemonError::from(error).into()
}

/// The people, the house, and whoever listens.
pub(super) struct Stage<'a> {
    pub(super) house: &'a House,
    tell: &'a mut (dyn FnMut(String) + Send),
    pub(super) client: Person,
    pub(super) recruiter: Person,
    /// The candidates' names.
    pub(super) names: Vec<String>,
}

impl<'a> Stage<'a> {
    pub(super) async fn set(house: &'a House, tell: &'a mut (dyn FnMut(String) + Send)) -> Result<Self, DemoError> {
        let batch = &house.new.batch;
        let nobody = || DemoError::Unexpected("the batch names no recruiter".to_owned());
        let recruiter: Mailbox = batch.recruiters.first().cloned().ok_or_else(nobody)?;
        Ok(Self {
            house,
            tell,
            client: house.person(batch.contact.mailbox.clone(), FIREFOX).await?,
            recruiter: house.person(recruiter, FIREFOX).await?,
            names: batch.candidates.iter().map(|one| one.mailbox.name.to_string()).collect(),
        })
    }

    pub(super) fn say(&mut self, what: &str) {
        let at = self.house.clock.now().format("%a %e %b %H:%M");
        (self.tell)(format!("{at}  {what}"));
    }

    /// A letter that somebody got: its subject and its first lines.
    pub(super) fn say_letter(&mut self, who: &str, letter: &Letter) {
        self.say(&format!("{who} gets \"{}\"", letter.subject));
        for line in letter.gist(4) {
            (self.tell)(format!("{MARGIN}| {line}"));
        }
    }

    /// A page that somebody sees: its first words.
    pub(super) fn say_page(&mut self, page: &Page) {
        let words = page.words();
        let mut short: String = words.chars().take(110).collect();
        if short.len() < words.len() {
            short.push('…');
        }
        (self.tell)(format!("{MARGIN}| {short}"));
    }

    /// Lets time pass on everybody's clock: from one deadline to the next, so that everything happens when it is due.
    pub(super) async fn pass(&self, time: chrono::Duration) -> Result<(), DemoError> {
        let clock = &self.house.clock;
        let end = clock.now() + time;
        loop {
            self.quiet().await?;
            let left = end - clock.now();
            if left <= chrono::Duration::zero() {
                return Ok(());
            }
            let until_next = self.next_deadline()?.map_or(left, |at| at - clock.now());
            clock.push(until_next.clamp(chrono::Duration::milliseconds(1), left));
        }
    }

    /// Waits until the daemon has done all that is due: every message read, every letter taken, every deadline passed.
    pub(super) async fn quiet(&self) -> Result<(), DemoError> {
        let began = Instant::now();
        loop {
            let store = &self.house.store;
            let (letters, messages) = store.read(|tx| Ok((tx.totals()?.waiting, tx.any_waiting()?))).map_err(stored)?;
            let due = self.next_deadline()?.is_some_and(|at| at <= self.house.clock.now());
            if letters == 0 && !messages && !due {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                return Err(DemoError::Unexpected(format!(
                    "the daemon did not come to rest: {letters} letters wait"
                )));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn next_deadline(&self) -> Result<Option<Timestamp>, DemoError> {
        self.house.store.read(|tx| tx.next_deadline()).map_err(stored)
    }

    pub(super) fn batch(&self) -> Result<BatchLine, DemoError> {
        let batches = self.house.store.read(|tx| tx.pipeline(Some(self.house.id), 1)).map_err(stored)?;
        batches
            .into_iter()
            .next()
            .ok_or_else(|| DemoError::Unexpected("the batch is gone".to_owned()))
    }

    pub(super) fn timeline(&self) -> Result<Vec<TimelineLine>, DemoError> {
        self.house.store.read(|tx| tx.timeline(self.house.id, None)).map_err(stored)
    }

    /// Where everybody stands, from the store.
    pub(super) fn standing(&self) -> Result<String, DemoError> {
        let one = |line: &SubmissionLine| match line.resting.as_str() {
            "" => format!("{} {}", line.candidate, line.status),
            resting => format!("{} {resting}, can be undone", line.candidate),
        };
        Ok(self.batch()?.submissions.iter().map(one).collect::<Vec<_>>().join("; "))
    }
}
