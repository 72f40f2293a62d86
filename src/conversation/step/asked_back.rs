//! What was not clear: asked back once, with a button for each reading; then a person takes over, with a draft.

use super::Turn;
use super::answer::{decisions, join};
use crate::conversation::{AskedBack, Content, Deadline, Driver, Notice, Party, Wanted};
use crate::model::{Decision, MessageId, SubmissionId};
use crate::reply::{Band, Doubt, DoubtKind, Finding, Reply, Says};

/// Characters kept of what was not clear: the whole of it stands in the timeline.
const WORDS_KEPT: usize = 3_000;

impl Turn {
    /// Asks back, or hands over when asking did not help.
    pub(super) fn not_understood(&mut self, reply: &Reply, readings: Vec<Wanted>, message_id: Option<MessageId>) {
        let words = doubtful_words(reply);
        let unreadable = reply.doubts.iter().any(|one| one.kind == DoubtKind::Unreadable);
        let human = !decisions(reply, Band::Human).is_empty();
        self.c.unclear_running = self.c.unclear_running.saturating_add(1);
        if unreadable || human {
            let why = if unreadable {
                "An answer came in a form that cannot be read here."
            } else {
                "An answer needs a person's judgement."
            };
            self.record_words("unclear", None, why.to_owned(), words.clone());
            self.hand_to_recruiter(why.to_owned(), words);
        } else if self.c.unclear_running >= self.c.policy.unclear_limit {
            self.note_asked_back(readings, words);
            self.not_made_clear("Answers could not be understood several times running.");
        } else if readings.is_empty() && self.c.open().next().is_none() {
            let why = "An answer could not be understood, and nothing is open to ask about.";
            self.record_words("unclear", None, "not understood for sure".to_owned(), words.clone());
            self.hand_to_recruiter(why.to_owned(), words);
        } else {
            self.record_words("unclear", None, "not understood for sure: asked back".to_owned(), words.clone());
            self.ask_back(readings, words, reply.homeless, message_id);
        }
    }

    /// Puts the readings to the client, and everybody else who is still open.
    pub(super) fn ask_back(&mut self, readings: Vec<Wanted>, words: String, said: Option<Decision>, message_id: Option<MessageId>) {
        self.note_asked_back(readings, words.clone());
        if !self.writes_to_client() {
            // A recruiter who drives has been told already.
            match self.c.driver {
                Driver::Bot => self.not_made_clear("The client could not be asked what they meant."),
                Driver::Recruiter => self.forget_asked_back(),
            }
            return;
        }
        // Another unclear answer does not put off the day on which a person takes over.
        if self.c.deadlines.get(Deadline::AskedBack).is_none() {
            let due = self.polite_after(self.now, self.patience());
            self.c.deadlines.set(Deadline::AskedBack, due);
        }
        let about = self.asked_about();
        if !self.send(Party::Client, Content::DidYouMean { about, words, said }, message_id) {
            self.not_made_clear("The client could not be asked what they meant.");
        }
    }

    /// How long the client has to make an answer clear, in hours of business time.
    fn patience(&self) -> u32 {
        self.c.policy.chase_hours.first().copied().unwrap_or(24)
    }

    /// What rests and is in doubt does not take effect before the client, or after them a recruiter, had time to say so.
    fn hold(&mut self, reading: &Wanted) {
        let asked = self.polite_after(self.now, self.patience());
        let handed_over = self.polite_after(asked, self.patience());
        let Some(resting) = self.submission_mut(reading.submission).and_then(|one| one.resting.as_mut()) else {
            return;
        };
        if resting.decision != reading.decision && resting.until < handed_over {
            resting.until = handed_over;
            self.c.deadlines.set(Deadline::TakeEffect(reading.submission), handed_over);
        }
    }

    /// Keeps what was not clear; what was said of the same candidate before gives way.
    fn note_asked_back(&mut self, readings: Vec<Wanted>, words: String) {
        // Whoever drives has been told, and holds back what they want held.
        let mut asked = self.c.asked_back.take().unwrap_or_default();
        for reading in readings {
            let known = asked.readings.iter().any(|old| old.submission == reading.submission);
            if self.c.driver == Driver::Bot && !known {
                self.hold(&reading);
            }
            asked.readings.retain(|old| old.submission != reading.submission);
            asked.readings.push(reading);
        }
        let both = [(0, asked.words.as_str()), (1, words.as_str())];
        asked.words = join(both.into_iter()).chars().take(WORDS_KEPT).collect();
        self.c.asked_back = Some(asked);
    }

    /// Whom an unclear answer may be about: first those something was read of, then whoever is open.
    fn asked_about(&self) -> Vec<(SubmissionId, Option<Decision>)> {
        let readings = self.c.asked_back.iter().flat_map(|asked| &asked.readings);
        let mut about: Vec<_> = readings.map(|one| (one.submission, Some(one.decision))).collect();
        for open in self.c.open() {
            if !about.iter().any(|(id, _)| *id == open.id) {
                about.push((open.id, None));
            }
        }
        about
    }

    /// A clear word on a candidate: that much is no longer in doubt.
    pub(super) fn made_clear(&mut self, id: SubmissionId) {
        let Some(asked) = &mut self.c.asked_back else { return };
        asked.readings.retain(|one| one.submission != id);
        if asked.readings.is_empty() {
            self.forget_asked_back();
            self.c.unclear_running = 0;
        }
    }

    /// A press that does not count has made nothing clear.
    pub(super) fn asked_as_before(&mut self, id: SubmissionId, before: Option<AskedBack>) {
        let Some(before) = before else { return };
        let Some(reading) = before.readings.iter().find(|one| one.submission == id).cloned() else {
            return;
        };
        let asked = self.c.asked_back.get_or_insert_with(|| AskedBack {
            words: before.words,
            readings: Vec::new(),
        });
        if !asked.readings.iter().any(|one| one.submission == id) {
            asked.readings.push(reading);
        }
        if self.c.deadlines.get(Deadline::AskedBack).is_none() {
            let due = self.polite_after(self.now, self.patience());
            self.c.deadlines.set(Deadline::AskedBack, due);
        }
    }

    /// Nobody waits for the client to explain themselves any more.
    pub(super) fn forget_asked_back(&mut self) {
        self.c.asked_back = None;
        self.c.deadlines.clear(Deadline::AskedBack);
    }

    /// What a reading had beside its decision goes with the press that confirms it; a condition only where the letter showed it.
    pub(super) fn as_asked(&self, wanted: &Wanted) -> Wanted {
        let Some(asked) = &self.c.asked_back else { return wanted.clone() };
        let bare = wanted.condition.is_none() && wanted.follow_up.is_none();
        let same = |one: &&Wanted| bare && one.submission == wanted.submission && one.decision == wanted.decision;
        let Some(mut reading) = asked.readings.iter().find(same).cloned() else {
            return wanted.clone();
        };
        reading.condition = reading.condition.filter(|text| asked.words.contains(text));
        reading
    }

    /// The client was asked and did not say.
    pub(super) fn asked_back_due(&mut self) {
        if let Some(until) = self.c.chase.away_until.filter(|until| *until > self.now) {
            self.c.deadlines.set(Deadline::AskedBack, self.next_polite(until));
        } else if self.c.driver == Driver::Bot && self.c.asked_back.is_some() {
            self.not_made_clear("We asked what was meant and got no answer.");
        } else {
            self.forget_asked_back();
        }
    }

    /// A person takes over, with the whole story and a draft. Waiting counts from here.
    fn not_made_clear(&mut self, why: &str) {
        let about = self.asked_about();
        let AskedBack { words, .. } = self.c.asked_back.take().unwrap_or_default();
        self.forget_asked_back();
        self.record_words("handed_over", None, why.to_owned(), words.clone());
        self.c.chase.with_recruiter = true;
        self.tell_recruiters(&Notice::NotUnderstood {
            why: why.to_owned(),
            words,
            about,
        });
        self.heard_from_person();
    }
}

/// The words that were not understood, or not for sure, with their conditions: whoever confirms them must have seen those.
fn doubtful_words(reply: &Reply) -> String {
    let unsure = || reply.findings.iter().filter(|one| one.band != Band::Act);
    let doubts = reply.doubts.iter().map(|Doubt { words, .. }| words);
    let words = || unsure().map(|one| &one.words).chain(doubts.clone());
    let condition = |one: &'_ Finding| {
        let Says::Decide { condition, .. } = &one.says else { return None };
        condition.clone().map(|text| (one.words.range.end, text))
    };
    let unseen = |text: &str| !words().any(|words| words.text.contains(text));
    let conditions: Vec<(usize, String)> = unsure().filter_map(condition).filter(|(_, text)| unseen(text)).collect();
    let words = words().map(|words| (words.range.start, words.text.as_str()));
    join(words.chain(conditions.iter().map(|(at, text)| (*at, text.as_str()))))
}
