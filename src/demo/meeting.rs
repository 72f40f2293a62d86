//! The scenes of the interview: times in words, a slot chosen, moved and pressed, invitations, a reminder, and whether it took place.
//!
//! In: somebody whom the client wants to meet. Out: the interview as the store has it at the end.
//! Never here: a time that nobody gave.

use chrono::Duration;

use super::DemoError;
use super::people::{Letter, Person};
use super::stage::{FIREFOX, Stage};
use crate::model::{Slot, Timestamp};

/// What the candidate answers when asked when they can. The story plays on a Thursday.
const CAN: &str = "Hello,\n\nhappy to! Monday afternoon suits me, or Tuesday between 9 and 12.\n\nBest wishes";
const PICKS: &str = "The second one works for me.";
const MOVES: &str = "Sorry, something came up. Could we make it an hour later?";
const MET: &str = "Yes, we met, thank you. We would like a second interview.";

impl Stage<'_> {
    /// From the question when the candidate can to the client's word that they met.
    pub(super) async fn interview(&mut self, place: usize) -> Result<(), DemoError> {
        let nobody = || DemoError::Unexpected("there is nobody to meet".to_owned());
        let mailbox = self.house.new.batch.candidates.get(place).map(|one| one.mailbox.clone());
        let mut candidate = self.house.person(mailbox.ok_or_else(nobody)?, FIREFOX).await?;
        self.client.new_letters().await?;
        self.gives_times(&mut candidate).await?;
        let invitation = self.picks_a_time(&mut candidate).await?;
        self.moves_it(&mut candidate, &invitation).await?;
        self.meets(&mut candidate, place).await
    }

    async fn gives_times(&mut self, candidate: &mut Person) -> Result<(), DemoError> {
        let who = candidate.mailbox.shown();
        let question = candidate.letter("the question when they can", |_| true).await?;
        self.say_letter(&who, &question);
        self.pass(Duration::minutes(20)).await?;
        candidate.answer(&question, CAN).await?;
        self.say(&format!("{who} answers: \"{}\"", one_line(CAN)));
        Ok(())
    }

    /// Gives the client's invitation.
    async fn picks_a_time(&mut self, candidate: &mut Person) -> Result<Letter, DemoError> {
        let client = self.client.mailbox.shown();
        let offer = self.client.letter("the times to choose from", |_| true).await?;
        self.say_letter(&client, &offer);
        self.pass(Duration::minutes(15)).await?;
        self.client.answer(&offer, PICKS).await?;
        self.say(&format!("{client} answers: \"{PICKS}\""));
        self.both_are_invited(candidate).await
    }

    /// Asked for in words, and settled by a press.
    async fn moves_it(&mut self, candidate: &mut Person, invitation: &Letter) -> Result<(), DemoError> {
        self.pass(Duration::hours(2)).await?;
        let (client, who) = (self.client.mailbox.shown(), candidate.mailbox.shown());
        self.client.answer(invitation, MOVES).await?;
        self.say(&format!("{client} answers the invitation: \"{MOVES}\""));
        let offer = candidate.letter("another time to choose", |_| true).await?;
        self.say_letter(&who, &offer);
        self.pass(Duration::minutes(10)).await?;
        let page = candidate.browser.get(&offer.button("", "Pick")?).await?;
        self.pass(Duration::seconds(5)).await?;
        let page = candidate.browser.press(&page, "Take this time", &[]).await?;
        self.say(&format!("{who} presses the time that was offered"));
        self.say_page(&page);
        self.pass(Duration::seconds(20)).await?;
        self.both_are_invited(candidate).await?;
        Ok(())
    }

    async fn both_are_invited(&mut self, candidate: &mut Person) -> Result<Letter, DemoError> {
        let (client, who) = (self.client.mailbox.shown(), candidate.mailbox.shown());
        let to_client = self.client.letter("the invitation", is_invitation).await?;
        self.say_letter(&client, &to_client);
        let to_candidate = candidate.letter("the invitation", is_invitation).await?;
        self.say_letter(&who, &to_candidate);
        Ok(to_client)
    }

    async fn meets(&mut self, candidate: &mut Person, place: usize) -> Result<(), DemoError> {
        let slot = self.agreed(place)?;
        self.pass(slot.start - Duration::hours(2) - self.house.clock.now()).await?;
        let (client, who) = (self.client.mailbox.shown(), candidate.mailbox.shown());
        let reminder = candidate.letter("the reminder", |_| true).await?;
        self.say_letter(&who, &reminder);
        self.client.new_letters().await?;
        self.pass(slot.end + Duration::minutes(70) - self.house.clock.now()).await?;
        let question = self
            .client
            .letter("the question whether they met", |one| one.text.contains("take place"))
            .await?;
        self.say_letter(&client, &question);
        self.client.answer(&question, MET).await?;
        self.say(&format!("{client} answers: \"{MET}\""));
        let notice = self
            .recruiter
            .letter("word that they met", |one| one.text.contains("took place"))
            .await?;
        let recruiter = self.recruiter.mailbox.shown();
        self.say_letter(&recruiter, &notice);
        let standing = self.standing()?;
        self.say(&format!("now {standing}"));
        Ok(())
    }

    fn agreed(&self, place: usize) -> Result<Slot, DemoError> {
        let nothing = || DemoError::Unexpected("no interview was agreed".to_owned());
        let batch = self.batch()?;
        let line = batch.submissions.get(place).ok_or_else(nothing)?;
        let start: Timestamp = line.interview.parse().map_err(|_| nothing())?;
        let minutes = i64::from(self.house.new.batch.project.duration_min);
        Ok(Slot {
            start,
            end: start + Duration::minutes(minutes),
        })
    }
}

/// With an entry for the reader's calendar (RFC 6047 2.4).
fn is_invitation(letter: &Letter) -> bool {
    String::from_utf8_lossy(&letter.raw).contains("text/calendar; charset=utf-8; method=REQUEST")
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
