//! The scenes of the recruiter's side: the morning's letter, an answer that came by telephone, a question by mail, and the hub.
//!
//! In: a batch with somebody whom the client has not made up their mind about. Out: what the recruiter wrote is done, and the hub shows it.
//! Never here: a press or a mail that a recruiter could not send.

use chrono::Duration;

use super::DemoError;
use super::stage::Stage;

/// What replyd calls a mail of the morning.
const MORNING: &str = "How things stand";
const STATUS: &str = "status";

impl Stage<'_> {
    /// The recruiter, in the morning: reads how things stand, tells what the client said on the telephone, and asks what is left.
    pub(super) async fn desk(&mut self, undecided: usize) -> Result<(), DemoError> {
        let recruiter = self.recruiter.mailbox.shown();
        let letter = self
            .recruiter
            .letter("the morning's letter", |one| one.subject.contains(MORNING))
            .await?;
        self.say_letter(&recruiter, &letter);
        self.client_has_called(undecided).await?;
        let address = self.house.ink.bot.address.clone();
        self.recruiter.write(&address, STATUS, STATUS).await?;
        self.say(&format!("{recruiter} writes: \"{STATUS}\""));
        let answer = self
            .recruiter
            .letter("the answer", |one| one.subject.contains("what you asked for"))
            .await?;
        self.say_letter(&recruiter, &answer);
        self.hub().await
    }

    /// Told in an answer to a letter of the batch: read back at once, done when the time to take it back is over.
    async fn client_has_called(&mut self, undecided: usize) -> Result<(), DemoError> {
        let recruiter = self.recruiter.mailbox.shown();
        let name = self.names.get(undecided).cloned().unwrap_or_default();
        let first = name.split(' ').next().unwrap_or(&name).to_owned();
        let reference = self.batch()?.reference;
        let about = self.recruiter.newest(|one| one.subject.contains(&reference)).await?;
        let words = format!("Client called: pass on {first}, too expensive.");
        self.recruiter.answer(&about, &words).await?;
        self.say(&format!("{recruiter} answers \"{}\": \"{words}\"", about.subject));
        let echo = self.recruiter.letter("what was read", |one| one.text.contains("undo")).await?;
        self.say_letter(&recruiter, &echo);
        self.pass(Duration::minutes(6)).await?;
        let standing = self.standing()?;
        self.say(&format!("five minutes later: {standing}"));
        Ok(())
    }

    async fn hub(&mut self) -> Result<(), DemoError> {
        let recruiter = self.recruiter.mailbox.shown();
        let address = self.recruiter.mailbox.address.to_string();
        let browser = &self.recruiter.browser;
        let page = browser.get(&format!("http://{}/hub", self.house.pages)).await?;
        browser.type_and_press(&page, ("address", &address), "Send me a link").await?;
        self.quiet().await?;
        let letter = self
            .recruiter
            .letter("the link into the hub", |one| one.text.contains("/hub/in/"))
            .await?;
        self.say_letter(&recruiter, &letter);
        let links = letter.links();
        let link = links.iter().find(|one| one.contains("/hub/in/"));
        let link = link.ok_or_else(|| DemoError::Unexpected("the letter has no link into the hub".to_owned()))?;
        let browser = &self.recruiter.browser;
        let page = browser.get(link).await?;
        let board = browser.press(&page, "Enter the hub", &[]).await?;
        let shows = self.names.iter().all(|name| board.words().contains(name.as_str()));
        self.say(&format!("{recruiter} opens the link and presses Enter the hub"));
        self.say_page(&board);
        if !shows {
            return Err(DemoError::Unexpected("the hub does not show the candidates".to_owned()));
        }
        Ok(())
    }
}
