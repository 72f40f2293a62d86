//! What recruiters do in the hub: which forms are offered, and what each of them means.
//!
//! A further command is an [`ActionView`] in [`offered`] and an arm in [`command`].

use chrono::NaiveDateTime;

use super::{Office, Reader, drafts, mail, story, trouble};
use crate::calendar::LocalTime;
use crate::conversation::{Command, Conversation, Driver, Stands, Submission};
use crate::daemon::apply::{self, Despite};
use crate::http::hub::{Act, Acted, ActionView, FieldView, MailId, Person, Target};
use crate::model::{ConversationId, Decision, LetterId, Reason, Slot, SubmissionId, is_printed};
use crate::store::{Label, LetterFacts, StoreError, Tx};

/// A time as browsers send it.
const TYPED: &str = "%Y-%m-%dT%H:%M";
/// The longest note, in characters.
const NOTE: usize = 2_000;
/// What is ticked where an order turns round what counts.
const DESPITE: &str = "All the same";
/// The longest key of a form.
const KEY: usize = 100;

/// The forms on a submission's page.
pub(super) fn offered(of: &Conversation, id: SubmissionId) -> Vec<ActionView> {
    let decided = of.submission(id).and_then(|one| one.decision());
    let drive = match of.driver {
        Driver::Bot => ActionView {
            name: "take",
            label: "Take over".to_owned(),
            hint: "replyd then records everything and writes to nobody but recruiters.".to_owned(),
            ..ActionView::default()
        },
        Driver::Recruiter => ActionView {
            name: "release",
            label: "Hand back".to_owned(),
            hint: "replyd goes on from where it stands.".to_owned(),
            strong: true,
            ..ActionView::default()
        },
    };
    let decide = ActionView {
        name: "decide",
        label: "Decide for the client".to_owned(),
        hint: "Takes effect at once. A pass without a reason makes replyd ask the client why.".to_owned(),
        fields: vec![
            FieldView {
                name: "decision",
                label: "What the client said".to_owned(),
                kind: "one",
                // Nothing is chosen for them: a careless press must not become the client's word.
                options: std::iter::once((String::new(), "Choose".to_owned()))
                    .chain(Decision::ALL.iter().map(|one| (one.name().to_owned(), one.label().to_owned())))
                    .collect(),
                value: decided.map_or_else(String::new, |decision| decision.name().to_owned()),
                ..FieldView::default()
            },
            reasons(),
        ],
        ..ActionView::default()
    };
    let mut decide = decide;
    let theirs = of.submission(id).and_then(Submission::stands).filter(|stands| stands.by.is_none());
    decide.fields.extend(
        theirs
            .filter(|stands| stands.decision != Decision::Maybe)
            .map(|stands| despite(&stands, id, of)),
    );
    let note = ActionView {
        name: "note",
        label: "Add a note".to_owned(),
        fields: vec![FieldView {
            name: "text",
            label: "For the timeline".to_owned(),
            kind: "words",
            ..FieldView::default()
        }],
        ..ActionView::default()
    };
    let answered = of.waits_for_recruiter().then(|| ActionView {
        name: "answered",
        label: format!("I answered {}", of.batch.contact.mailbox.shown()),
        hint: "Nothing waits for you then, and they are waited for again.".to_owned(),
        strong: true,
        ..ActionView::default()
    });
    let mut all: Vec<ActionView> = answered.into_iter().chain([drive, decide]).collect();
    all.extend(interviewing(of, id));
    all.push(note);
    all
}

/// Agree on a time, call an interview off, and take the candidate out, as far as there is still something to be done.
fn interviewing(of: &Conversation, id: SubmissionId) -> Vec<ActionView> {
    let Some(submission) = of.submission(id) else { return Vec::new() };
    if submission.status.has_ended() {
        return Vec::new();
    }
    let zone = of.batch.contact.zone;
    let interview = submission.interview.as_ref().filter(|one| one.is_under_way());
    let booked = interview.and_then(|one| one.booked);
    let book = ActionView {
        name: "book",
        label: if booked.is_some() {
            "Move the interview"
        } else {
            "Book the interview"
        }
        .to_owned(),
        hint: format!("As agreed with both sides. It takes {} minutes.", of.batch.project.duration_min),
        fields: vec![FieldView {
            name: "at",
            label: format!("Begins, by the clock of {}", zone.name()),
            kind: "when",
            value: booked.map_or_else(String::new, |slot| zone.local(slot.start).format(TYPED).to_string()),
            ..FieldView::default()
        }],
        ..ActionView::default()
    };
    let mut book = book;
    let passed = submission.stands().filter(|stands| stands.decision == Decision::Pass);
    book.fields.extend(passed.map(|stands| despite(&stands, id, of)));
    let pressed = |name, label: &str, hint: &str| ActionView {
        name,
        label: label.to_owned(),
        hint: hint.to_owned(),
        // A field that must be ticked: one press too many is quickly made.
        fields: vec![sure("This cannot be taken back")],
        ..ActionView::default()
    };
    let cancel = pressed("cancel", "Call off the interview", "Whoever was asked or invited is told.");
    let withdraw = pressed(
        "withdraw",
        "Withdraw the candidate",
        "The client is told that the candidate is out.",
    );
    std::iter::once(book).chain(interview.map(|_| cancel)).chain([withdraw]).collect()
}

/// A field that must be ticked first.
pub(super) fn sure(why: &str) -> FieldView {
    FieldView {
        name: "sure",
        label: why.to_owned(),
        kind: "some",
        options: vec![("yes".to_owned(), "I am sure".to_owned())],
        ..FieldView::default()
    }
}

/// A field that must be ticked where an order turns round what counts.
fn despite(stands: &Stands, id: SubmissionId, of: &Conversation) -> FieldView {
    FieldView {
        name: "despite",
        label: stands.told(id, of),
        kind: "some",
        options: vec![("yes".to_owned(), DESPITE.to_owned())],
        ..FieldView::default()
    }
}

/// The time that was typed for an interview.
fn begins(of: &Conversation, typed: &str) -> Result<Slot, String> {
    let zone = of.batch.contact.zone;
    let local =
        NaiveDateTime::parse_from_str(typed.get(..16).unwrap_or(typed), TYPED).map_err(|_| "Choose a day and a time.".to_owned())?;
    let start = match zone.instant(local) {
        LocalTime::One(at) | LocalTime::Two(at, _) => at,
        LocalTime::None => return Err(format!("In {} the clocks jump over that time.", zone.name())),
    };
    let end = start + chrono::Duration::minutes(i64::from(of.batch.project.duration_min));
    Ok(Slot { start, end })
}

/// What an act on a submission asks of its conversation; `Err` says what is missing.
fn command(act: &Act, of: &Conversation, submission: SubmissionId) -> Result<Command, String> {
    let sure = field(act, "sure") == "yes";
    Ok(match act.name.as_str() {
        "cancel" | "withdraw" if !sure => return Err("Say that you are sure: it cannot be taken back.".to_owned()),
        "cancel" => Command::CallOff { submission },
        "withdraw" => Command::Withdraw { submission },
        "book" => Command::Book {
            submission,
            slot: begins(of, field(act, "at"))?,
        },
        "answered" => Command::Answered,
        "take" => Command::Take,
        "release" => Command::Release,
        "decide" => {
            let decision = field(act, "decision")
                .parse()
                .map_err(|_| "Choose what the client said.".to_owned())?;
            let reasons = ticked(act);
            if decision != Decision::Pass && !reasons.is_empty() {
                return Err("Reasons go with a pass.".to_owned());
            }
            Command::Decide {
                submission,
                decision,
                reasons,
            }
        }
        "note" => match words(field(act, "text")) {
            text if text.is_empty() => return Err("The note is empty.".to_owned()),
            text => Command::Note { text },
        },
        _ => return Err("This cannot be done here.".to_owned()),
    })
}

/// The forms beside a received mail: what it really says, one for each candidate.
pub(super) fn corrections(of: &Conversation, read: &[(SubmissionId, &'static str)]) -> Vec<ActionView> {
    let mut options: Vec<(String, String)> = Decision::ALL
        .iter()
        .map(|one| (one.name().to_owned(), one.label().to_owned()))
        .collect();
    options.push(("nothing".to_owned(), "Nothing about them".to_owned()));
    let whom = of
        .batch
        .candidates
        .iter()
        .map(|one| (one.submission.to_string(), one.mailbox.shown()));
    let (first, was) = read.first().map_or((String::new(), "nothing"), |(id, was)| (id.to_string(), *was));
    vec![ActionView {
        name: "correct",
        label: "Correct the reading".to_owned(),
        hint: "What you say is kept, so that reading gets better, and the decision is recorded as yours for the client.".to_owned(),
        fields: vec![
            FieldView {
                name: "submission",
                label: "About whom".to_owned(),
                kind: "one",
                options: whom.collect(),
                value: first,
                ..FieldView::default()
            },
            FieldView {
                name: "right",
                label: "What the mail says of them".to_owned(),
                kind: "one",
                options,
                value: was.to_owned(),
                ..FieldView::default()
            },
            reasons(),
        ],
        ..ActionView::default()
    }]
}

/// The forms beside a letter of ours.
pub(super) fn on_letter(facts: &LetterFacts) -> Vec<ActionView> {
    if !may_resend(facts) {
        return Vec::new();
    }
    let sure = FieldView {
        name: "sure",
        label: "It may have arrived already".to_owned(),
        kind: "some",
        options: vec![("yes".to_owned(), "A second copy does no harm".to_owned())],
        ..FieldView::default()
    };
    vec![ActionView {
        name: "resend",
        label: "Send again".to_owned(),
        fields: if is_doubted(facts) { vec![sure] } else { Vec::new() },
        ..ActionView::default()
    }]
}

/// Whether a person can let a letter be tried (again).
pub(super) fn may_resend(facts: &LetterFacts) -> bool {
    matches!(facts.state.as_str(), "failed" | "held" | "ambiguous" | "cancelled")
}

/// Whether it may have arrived already.
pub(super) fn is_doubted(facts: &LetterFacts) -> bool {
    facts.doubts > 0 || matches!(facts.state.as_str(), "held" | "ambiguous")
}

fn reasons() -> FieldView {
    FieldView {
        name: "reason",
        label: "With a pass: why".to_owned(),
        kind: "some",
        options: Reason::ALL
            .iter()
            .map(|one| (one.name().to_owned(), one.label().to_owned()))
            .collect(),
        ..FieldView::default()
    }
}

/// Does it, in one transaction with the check that nothing happened meanwhile and that the same form was not acted on before.
pub(super) async fn act(office: &Office, person: Person, act: Act) -> Acted {
    if act.once.is_empty() || act.once.len() > KEY {
        return Acted::Refused("This form is not whole. Please load the page again.".to_owned());
    }
    let here = office.clone();
    let acting = move |tx: &Tx<'_>| {
        let Some(reader) = here.reader(tx, person.recruiter)? else {
            return Ok(Acted::Nothing);
        };
        here.acted(tx, &reader, &act)
    };
    match office.store.write(acting).await {
        Ok(acted) => acted,
        // Whoever knows better than the form: the letter was sent meanwhile, the message read.
        Err(StoreError::Refused(why) | StoreError::NoSuch(why)) => Acted::Refused(format!("Not done: {why}.")),
        Err(error) => {
            let _ = trouble(&error);
            Acted::Busy
        }
    }
}

/// Whether this form was not acted on before; it counts as acted on from here.
pub(super) fn is_first(tx: &Tx<'_>, office: &Office, act: &Act) -> Result<bool, StoreError> {
    tx.act_once(&act.once, office.clock.now())
}

impl Office {
    fn acted(&self, tx: &Tx<'_>, reader: &Reader, act: &Act) -> Result<Acted, StoreError> {
        match act.on {
            Target::Submission(id) => {
                let submission = SubmissionId(id);
                let Some(batch) = story::conversation_of(tx, reader, submission)? else {
                    return Ok(Acted::Nothing);
                };
                let Some(of) = tx.conversation(batch)? else {
                    return Ok(Acted::Nothing);
                };
                let command = match command(act, &of, submission) {
                    Ok(command) => command,
                    Err(why) => return Ok(Acted::Refused(why)),
                };
                self.steer(tx, reader, act, batch, command)
            }
            Target::Mail(MailId::Message(row)) if act.name == "correct" => self.correct(tx, reader, act, row),
            Target::Mail(MailId::Letter(row)) | Target::Letter(row) if act.name == "resend" => {
                if mail::letter_seen(tx, reader, row)?.is_none() {
                    return Ok(Acted::Nothing);
                }
                if is_first(tx, self, act)? {
                    let sure = field(act, "sure") == "yes";
                    tx.retry_letter(LetterId(row), sure, &reader.who.mailbox.shown(), self.clock.now())?;
                }
                Ok(Acted::Done)
            }
            Target::SetAside(row) if reader.lead => match act.name.as_str() {
                "seen" => tx.quarantine_seen(&[row]).map(|()| Acted::Done),
                "retry" | "drop" if !is_first(tx, self, act)? => Ok(Acted::Done),
                "retry" => tx.retry_message(row).map(|()| Acted::Done),
                "drop" => tx
                    .drop_message(row, &reader.who.mailbox.shown(), self.clock.now())
                    .map(|()| Acted::Done),
                _ => Ok(Acted::Refused("This cannot be done here.".to_owned())),
            },
            Target::Draft(id) => drafts::act(self, tx, reader, act, id),
            Target::Mail(_) | Target::Letter(_) | Target::SetAside(_) => Ok(Acted::Nothing),
        }
    }

    /// A command to a conversation, when nothing happened in it since its page was shown. A note is taken at any time.
    fn steer(&self, tx: &Tx<'_>, reader: &Reader, act: &Act, batch: ConversationId, command: Command) -> Result<Acted, StoreError> {
        let is_note = matches!(command, Command::Note { .. });
        if let Some(stop) = self.stops(tx, act, batch, is_note)? {
            return Ok(stop);
        }
        let despite = Despite::of(field(act, "despite") == "yes", "tick \"All the same\" if that is meant");
        self.happen(tx, reader, batch, command, despite)?;
        Ok(Acted::Done)
    }

    /// Nothing is kept of what cannot be done: they are told why on the page.
    fn happen(&self, tx: &Tx<'_>, reader: &Reader, batch: ConversationId, command: Command, despite: Despite) -> Result<(), StoreError> {
        let by = reader.who.mailbox.shown();
        apply::command(tx, &self.ink, batch, by, command, despite, "hub", self.clock.now())
    }

    /// Why a form is not acted on: it was before, or something happened since it was shown.
    fn stops(&self, tx: &Tx<'_>, act: &Act, batch: ConversationId, whatever_happened: bool) -> Result<Option<Acted>, StoreError> {
        let stale = !whatever_happened && tx.last_event(Some(batch))? != act.seen;
        if stale {
            // The same form may have been sent twice: what happened since is what it did itself.
            return Ok(Some(if tx.was_acted(&act.once)? { Acted::Done } else { Acted::Stale }));
        }
        Ok((!is_first(tx, self, act)?).then_some(Acted::Done))
    }

    fn correct(&self, tx: &Tx<'_>, reader: &Reader, act: &Act, row: i64) -> Result<Acted, StoreError> {
        let Some(batch) = mail::batch_of(tx, reader, row)? else {
            return Ok(Acted::Nothing);
        };
        let Some(conversation) = tx.conversation(batch)? else {
            return Ok(Acted::Nothing);
        };
        let about = field(act, "submission").parse().ok().map(SubmissionId);
        let Some(submission) = about.filter(|id| conversation.submission(*id).is_some()) else {
            return Ok(Acted::Refused("Choose whom it is about.".to_owned()));
        };
        let right: Option<Decision> = match field(act, "right") {
            "nothing" => None,
            other => match other.parse() {
                Ok(decision) => Some(decision),
                Err(_) => return Ok(Acted::Refused("Choose what the mail says.".to_owned())),
            },
        };
        let reasons = ticked(act);
        if right != Some(Decision::Pass) && !reasons.is_empty() {
            return Ok(Acted::Refused("Reasons go with a pass.".to_owned()));
        }
        if let Some(stop) = self.stops(tx, act, batch, false)? {
            return Ok(stop);
        }
        let cause = format!("message {row}");
        let was = tx.traces(batch, Some(submission), 0, 1_000)?;
        let was = was.iter().filter(|one| one.cause == cause);
        let label = Label {
            message: row,
            submission,
            was: was.map(|one| format!("{}: {} “{}”\n", one.kind, one.detail, one.words)).collect(),
            is_right: right.map_or("nothing", Decision::name).to_owned(),
            reasons: reasons.iter().map(|one| one.name()).collect::<Vec<_>>().join(","),
            by: reader.who.mailbox.shown(),
        };
        tx.keep_label(&label, self.clock.now())?;
        let stands = conversation.submission(submission).and_then(|one| one.decision());
        let command = match right {
            Some(decision) if stands != Some(decision) || !reasons.is_empty() => Command::Decide {
                submission,
                decision,
                reasons,
            },
            None if stands.is_some() => Command::Undecide { submission },
            // Nothing to decide: who corrected what is in the timeline all the same.
            Some(_) | None => Command::Note {
                text: format!("The reading of message {row} was corrected: it says {} of them.", label.is_right),
            },
        };
        // What was read is not what they said: correcting it says so.
        self.happen(tx, reader, batch, command, Despite::Yes)?;
        Ok(Acted::Done)
    }
}

pub(super) fn field<'a>(act: &'a Act, name: &str) -> &'a str {
    act.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// Ticked reasons, in the order in which they are offered.
fn ticked(act: &Act) -> Vec<Reason> {
    let ticked = |reason: &Reason| act.fields.iter().any(|(name, value)| name == "reason" && value == reason.name());
    Reason::ALL.into_iter().filter(ticked).collect()
}

/// Printable text with LF line ends.
pub(super) fn typed(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = text.chars().filter(|c| *c == '\n' || is_printed(*c));
    kept.collect::<String>().trim().to_owned()
}

/// The same, cut to the length of a note.
fn words(text: &str) -> String {
    typed(text).chars().take(NOTE).collect::<String>().trim().to_owned()
}
