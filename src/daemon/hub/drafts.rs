//! Drafts in the hub: what the mail about one shows, and the words that can be given on it.
//!
//! In: a recruiter, and a draft of theirs. Out: its page; it is sent, changed or discarded. Never here: somebody else's draft; what a letter says.

use super::acts::{field, is_first, sure, typed};
use super::{Office, Reader, trouble};
use crate::compose::DeskPart;
use crate::daemon::drafting::{Hand, Looked, Seen, Unsent};
use crate::handin::{LONGEST_BODY, State};
use crate::http::hub::{Act, Acted, ActionView, DraftView, FieldView, LetterView, PartView, Person, Shown};
use crate::store::{StoreError, Tx};

/// Drafts of one recruiter that are shown.
const MOST: u32 = 100;
/// The longest correction, in characters.
const LONGEST_CHANGE: usize = 4_000;

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
        let seen = here.hand(tx).look(id)?;
        Ok(Shown::Draft(Box::new(view(id, seen, &reader))))
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

/// Which version of a draft is there.
fn version(draft: &Looked) -> i64 {
    i64::from(match draft {
        Looked::HandIn(kept) => kept.draft.version,
        Looked::Letter(kept) => kept.draft.version,
    })
}

fn view(id: i64, seen: Seen, reader: &Reader) -> DraftView {
    let Seen { draft, letter, goes } = seen;
    let letter = letter.clean();
    let (state, until) = match &draft {
        Looked::HandIn(kept) => (kept.draft.state, kept.until),
        Looked::Letter(kept) => (kept.draft.state, kept.until),
    };
    let open = state == State::Open;
    DraftView {
        id,
        headline: letter.headline,
        intro: letter.intro,
        parts: letter.parts.into_iter().map(part).collect(),
        until: if open { reader.zone.spelled(until) } else { String::new() },
        typed: String::new(),
        wide: matches!(draft, Looked::Letter(_)),
        actions: if open { actions(&draft, goes) } else { Vec::new() },
        seen: version(&draft),
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

fn actions(draft: &Looked, goes: bool) -> Vec<ActionView> {
    let discard = ActionView {
        name: "discard",
        label: "Discard it".to_owned(),
        hint: "Nothing of it is sent.".to_owned(),
        fields: vec![sure("This cannot be taken back")],
        ..ActionView::default()
    };
    match draft {
        Looked::HandIn(_) => {
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
                    kind: "letter",
                    ..FieldView::default()
                }],
                open: true,
                ..ActionView::default()
            };
            let send = goes.then_some(send);
            send.into_iter().chain([change, discard]).collect()
        }
        Looked::Letter(kept) => {
            let send = ActionView {
                name: "tell",
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
            goes.then_some(send).into_iter().chain([discard]).collect()
        }
    }
}

/// A word on a draft.
pub(super) fn act(office: &Office, tx: &Tx<'_>, reader: &Reader, act: &Act, id: i64) -> Result<Acted, StoreError> {
    if !is_theirs(tx, reader, id)? {
        return Ok(Acted::Nothing);
    }
    let hand = office.hand(tx);
    let draft = hand.kept(id)?;
    // The same form may have been sent twice: what changed since is what it did itself.
    if tx.was_acted(&act.once)? {
        return Ok(Acted::Done);
    }
    if version(&draft) != act.seen {
        return Ok(Acted::Stale);
    }
    let press = match Press::of(act, &draft) {
        Ok(press) => press,
        Err(why) => return Ok(Acted::Refused(why)),
    };
    // Only what is done counts as done: a form that was refused can be put right and pressed again.
    match press.done(&hand, id)? {
        Some(why) => Ok(Acted::Refused(why)),
        None => is_first(tx, office, act).map(|_| Acted::Done),
    }
}

/// What is pressed.
enum Press {
    Send,
    /// With this text in its place, and whether whatever it speaks of.
    SendThis(String, bool),
    Change(String),
    Discard,
}

impl Press {
    fn of(act: &Act, draft: &Looked) -> Result<Self, String> {
        match (act.name.as_str(), draft) {
            ("send", Looked::HandIn(_)) => Ok(Self::Send),
            ("tell", Looked::Letter(kept)) => {
                let body = typed(field(act, "body"));
                match body.chars().count() {
                    0 => Err("The letter is empty. To send none, discard it.".to_owned()),
                    length if length > LONGEST_BODY => Err(too_long("letter", LONGEST_BODY)),
                    _ if body == kept.draft.body.trim() && !kept.draft.edited => Ok(Self::Send),
                    _ => Ok(Self::SendThis(body, field(act, "anyway") == "yes")),
                }
            }
            ("change", Looked::HandIn(_)) => match typed(field(act, "text")) {
                text if text.chars().count() > LONGEST_CHANGE => Err(too_long("text", LONGEST_CHANGE)),
                text => Ok(Self::Change(text)),
            },
            ("discard", _) if field(act, "sure") != "yes" => Err("Say that you are sure: it cannot be taken back.".to_owned()),
            ("discard", _) => Ok(Self::Discard),
            _ => Err("This cannot be done here.".to_owned()),
        }
    }

    /// Does it; or why nothing was done.
    fn done(self, hand: &Hand<'_>, id: i64) -> Result<Option<String>, StoreError> {
        match self {
            Self::Send => Ok(hand.send(id, false)?.err().map(|why| unsent(&why))),
            Self::SendThis(body, anyway) => {
                if let Err(words) = hand.rewrite(id, &body, anyway)? {
                    return Ok(Some(protected(&words)));
                }
                match hand.send(id, true)? {
                    Ok(_) => Ok(None),
                    // Their text is in its place already: an error takes that back.
                    Err(why) => Err(StoreError::Refused(unsent(&why).trim_end_matches('.').to_owned())),
                }
            }
            Self::Change(text) => Ok(hand.change(id, &text)?.err()),
            Self::Discard => hand.end(id, State::Discarded).map(|()| None),
        }
    }
}

fn unsent(why: &Unsent) -> String {
    match why {
        Unsent::Lacks => "It was not sent: something is missing. It is listed here.".to_owned(),
        Unsent::Protected(words) => protected(&format!("“{words}”")),
        Unsent::Fault(why) => format!("It was not sent: {why}"),
    }
}

fn protected(words: &str) -> String {
    format!(
        "It was not sent: it seems to speak of something for which nobody may be refused: {words}. Change it, or tick “Send it all the same”."
    )
}

fn too_long(what: &str, most: usize) -> String {
    format!("The {what} is too long: at most {most} characters.")
}
