//! Drafts in the hub: what the mail about one shows, and the words that can be given on it.
//!
//! In: a recruiter, and a draft of theirs. Out: its page; it is sent, changed or discarded. Never here: somebody else's draft; what a letter says.

use super::acts::{field, is_first, sure};
use super::{Office, Reader, trouble};
use crate::compose::{DeskLetter, DeskPart};
use crate::daemon::drafting::{Hand, Looked};
use crate::handin::{LONGEST_BODY, State};
use crate::http::hub::{Act, Acted, ActionView, DraftView, FieldView, LetterView, PartView, Person, Shown};
use crate::store::{StoreError, Tx};

/// Drafts of one recruiter that are shown.
const MOST: u32 = 100;

/// What waits for this recruiter's word.
pub(super) fn waiting(tx: &Tx<'_>, reader: &Reader) -> Result<Vec<LetterView>, StoreError> {
    let open = tx.open_drafts(reader.who.id, MOST)?;
    let line = |(id, title, until)| LetterView {
        id,
        what: title,
        at: reader.zone.spelled(until),
        ..LetterView::default()
    };
    Ok(open.into_iter().map(line).collect())
}

/// The page of one. What would be sent is tried out and taken back, which is why it is looked at where it could be written.
pub(super) async fn page(office: &Office, person: Person, id: i64) -> Shown {
    let here = office.clone();
    let looking = move |tx: &Tx<'_>| {
        let Some(reader) = here.reader(tx, person.recruiter)? else {
            return Ok(Shown::Nothing);
        };
        if !is_theirs(tx, &reader, id)? {
            return Ok(Shown::Nothing);
        }
        let (looked, letter) = here.hand(tx).look(id)?;
        Ok(Shown::Draft(Box::new(view(id, &looked, letter))))
    };
    match office.store.write(looking).await {
        Ok(shown) => shown,
        Err(error) => {
            let _ = trouble(&error);
            Shown::Busy
        }
    }
}

/// As by mail: nobody gives a word on a draft of somebody else's.
fn is_theirs(tx: &Tx<'_>, reader: &Reader, id: i64) -> Result<bool, StoreError> {
    let of = match tx.letter_draft(id)? {
        Some(kept) => Some(kept.recruiter),
        None => tx.draft(id)?.map(|kept| kept.recruiter),
    };
    Ok(of == Some(reader.who.id))
}

/// Which version of a draft is there, and whether it waits still.
const fn version(looked: &Looked) -> (u32, State) {
    match looked {
        Looked::HandIn(kept) => (kept.draft.version, kept.draft.state),
        Looked::Letter(kept) => (kept.draft.version, kept.draft.state),
    }
}

fn view(id: i64, looked: &Looked, letter: DeskLetter) -> DraftView {
    let (seen, state) = version(looked);
    let open = matches!(state, State::Open);
    DraftView {
        id,
        headline: letter.headline,
        intro: letter.intro,
        parts: letter.parts.into_iter().map(part).collect(),
        actions: if open { actions(looked) } else { Vec::new() },
        seen: seen.into(),
        once: super::once(),
    }
}

fn part(part: DeskPart) -> PartView {
    let lines = part.lines.into_iter();
    PartView {
        heading: part.heading,
        lines: lines.map(|line| (line.text, line.link)).collect(),
        as_is: part.as_is,
    }
}

fn actions(looked: &Looked) -> Vec<ActionView> {
    let discard = ActionView {
        name: "discard",
        label: "Discard it".to_owned(),
        hint: "Nothing of it is sent.".to_owned(),
        fields: vec![sure("This cannot be taken back")],
        ..ActionView::default()
    };
    match looked {
        Looked::HandIn(kept) => {
            let send = ActionView {
                name: "send",
                label: "Send it".to_owned(),
                hint: "The letter goes to the client as shown.".to_owned(),
                strong: true,
                ..ActionView::default()
            };
            let change = ActionView {
                name: "change",
                label: "Change it".to_owned(),
                hint: "In your own words, as you would answer the mail: “Ana’s email is ana@mail.example”, “leave out Ben”, “role: Controls engineer”. \
                       Files come by mail only."
                    .to_owned(),
                fields: vec![FieldView {
                    name: "text",
                    label: "What is to be different".to_owned(),
                    kind: "words",
                    ..FieldView::default()
                }],
                open: true,
                ..ActionView::default()
            };
            let whole = kept.draft.lacks().is_empty();
            let send = whole.then_some(send);
            send.into_iter().chain([change, discard]).collect()
        }
        Looked::Letter(kept) => {
            let send = ActionView {
                name: "send",
                label: "Send it".to_owned(),
                hint: "The salutation and your name are put around it.".to_owned(),
                fields: vec![
                    FieldView {
                        name: "body",
                        label: "What it says".to_owned(),
                        kind: "letter",
                        value: kept.draft.body.clone(),
                        ..FieldView::default()
                    },
                    FieldView {
                        name: "anyway",
                        label: "Where it speaks of something protected".to_owned(),
                        kind: "some",
                        options: vec![("yes".to_owned(), "Send it all the same".to_owned())],
                        ..FieldView::default()
                    },
                ],
                strong: true,
                open: true,
            };
            vec![send, discard]
        }
    }
}

/// A word on a draft.
pub(super) fn act(office: &Office, tx: &Tx<'_>, reader: &Reader, act: &Act, id: i64) -> Result<Acted, StoreError> {
    if !is_theirs(tx, reader, id)? {
        return Ok(Acted::Nothing);
    }
    let hand = office.hand(tx);
    let (looked, _) = hand.look(id)?;
    if i64::from(version(&looked).0) != act.seen {
        // The same form may have been sent twice: what changed since is what it did itself.
        return Ok(if tx.was_acted(&act.once)? { Acted::Done } else { Acted::Stale });
    }
    match Word::of(act, &looked) {
        Err(why) => Ok(Acted::Refused(why)),
        // Only what is done counts as done: a form that was refused can be put right and pressed again.
        Ok(_) if tx.was_acted(&act.once)? => Ok(Acted::Done),
        Ok(word) => {
            let refused = word.given(&hand, id)?;
            match refused {
                Some(why) => Ok(Acted::Refused(why)),
                None => is_first(tx, office, act).map(|_| Acted::Done),
            }
        }
    }
}

/// What is pressed.
enum Word<'a> {
    Send,
    /// With this text in its place.
    SendThis(&'a str, bool),
    Change(&'a str),
    Discard,
}

impl<'a> Word<'a> {
    fn of(act: &'a Act, looked: &Looked) -> Result<Self, String> {
        match (act.name.as_str(), looked) {
            ("send", Looked::HandIn(_)) => Ok(Self::Send),
            ("send", Looked::Letter(kept)) => {
                let body = field(act, "body").trim();
                let anyway = field(act, "anyway") == "yes";
                match body.chars().count() {
                    0 => Err("The letter is empty. To send none, discard it.".to_owned()),
                    length if length > LONGEST_BODY => Err(format!("The letter is too long: at most {LONGEST_BODY} characters.")),
                    _ if is_same(body, &kept.draft.body) && !kept.draft.edited => Ok(Self::Send),
                    _ => Ok(Self::SendThis(body, anyway)),
                }
            }
            ("change", Looked::HandIn(_)) => Ok(Self::Change(field(act, "text"))),
            ("discard", _) if field(act, "sure") != "yes" => Err("Say that you are sure: it cannot be taken back.".to_owned()),
            ("discard", _) => Ok(Self::Discard),
            _ => Err("This cannot be done here.".to_owned()),
        }
    }

    /// Gives it; or why nothing was done.
    fn given(self, hand: &Hand<'_>, id: i64) -> Result<Option<String>, StoreError> {
        match self {
            Self::Send => hand.send(id, false).map(|_| None),
            Self::SendThis(body, anyway) => match hand.rewrite(id, body, anyway)? {
                Ok(()) => hand.send(id, true).map(|_| None),
                Err(words) => Ok(Some(format!(
                    "It was not sent: it seems to speak of something for which nobody may be refused: {words}. \
                     Change it, or tick “Send it all the same”."
                ))),
            },
            Self::Change(text) => Ok(hand.change(id, text)?.err()),
            Self::Discard => hand.end(id, State::Discarded).map(|()| None),
        }
    }
}

/// The same text, whatever a browser made of its line ends.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
