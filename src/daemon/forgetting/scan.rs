//! Every place in which somebody stands, and what is to stand there.
//!
//! In: [`Somebody`]. Out: numbers of rows; a row's texts without them. Never here: what happens to a conversation.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::who::{MAILS, Somebody, each};
use crate::link::sha256_hex;
use crate::message::{Said, is_stub, said, stub};
use crate::model::{Address, ConversationId, ERASED, SubmissionId, Traces};
use crate::store::{LetterSays, MessageSays, Place, Store, StoreError, Texts, Tx};

/// What a letter or a mail says of which nothing can be left.
const NOTHING: &str = "[erased: this told of somebody who asked to be forgotten]\n";

/// Where somebody stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Rows of tables with texts.
    pub texts: BTreeMap<Place, Vec<i64>>,
    /// Letters whose bytes tell of them.
    pub letters: Vec<i64>,
    /// Messages whose bytes do.
    pub messages: Vec<i64>,
    /// Files that nobody else is put forward with.
    pub files: Vec<String>,
}

impl Found {
    /// Nowhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.letters.is_empty() && self.messages.is_empty()
    }

    /// Looks through everything there is.
    ///
    /// # Errors
    /// The database's.
    pub fn look(store: &Store, somebody: &Somebody) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let mut files: Vec<String> = somebody.files.iter().map(|(sha256, _)| sha256.clone()).collect();
        for place in Place::ALL {
            each(store, place, |tx, row| {
                if place == Place::Batches && files.iter().any(|one| row.texts.iter().any(|text| text.contains(one))) {
                    let others = others_files(tx, &row, somebody)?;
                    files.retain(|one| !others.contains(one));
                }
                if tells(place, &row, somebody) {
                    found.texts.entry(place).or_default().push(row.id);
                }
                Ok(())
            })?;
        }
        files.dedup();
        found.files = files;
        // The subject of a letter stands in its bytes as well.
        let named: HashSet<i64> = found.texts.get(&Place::Letters).into_iter().flatten().copied().collect();
        let mut after = 0;
        loop {
            let page = store.read(|tx| tx.letters_after(after, MAILS))?;
            let Some(last) = page.last() else { break };
            after = last.id;
            found.letters.extend(
                page.iter()
                    .filter(|one| named.contains(&one.id) && !is_stub(&one.bytes) || letter_tells(one, somebody))
                    .map(|one| one.id),
            );
        }
        after = 0;
        loop {
            let page = store.read(|tx| tx.messages_after(after, MAILS))?;
            let Some(last) = page.last() else { break };
            after = last.id;
            found
                .messages
                .extend(page.iter().filter(|one| message_tells(one, somebody)).map(|one| one.id));
        }
        Ok(found)
    }
}

/// Files of other people in a batch.
fn others_files(tx: &Tx<'_>, row: &Texts, somebody: &Somebody) -> Result<Vec<String>, StoreError> {
    let Some(conversation) = tx.conversation(row.batch)? else {
        return Ok(Vec::new());
    };
    let others = conversation
        .batch
        .candidates
        .iter()
        .filter(|one| !somebody.is_candidate(row.batch, one.submission));
    Ok(others.filter_map(|one| one.cv.as_ref()).map(|cv| cv.sha256.clone()).collect())
}

fn tells(place: Place, row: &Texts, somebody: &Somebody) -> bool {
    let traces = somebody.traces_in(somebody.about(row.batch, row.texts.iter()));
    let words = words_of_theirs(place, row, somebody).filter(|words| !words.is_empty() && *words != ERASED);
    words.is_some() || row.texts.iter().any(|text| is_in(traces, text))
}

/// The words that a line about their candidacy, or one that follows from a mail of theirs, rests on.
fn words_of_theirs<'a>(place: Place, row: &'a Texts, somebody: &Somebody) -> Option<&'a String> {
    let about = row.about != SubmissionId(0) && somebody.is_candidate(row.batch, row.about);
    let message = row.texts.get(2).and_then(|cause| cause.strip_prefix("message "));
    let wrote = message
        .and_then(|id| id.parse().ok())
        .is_some_and(|id| somebody.wrote.contains(&id));
    words_at(place).and_then(|at| row.texts.get(at)).filter(|_| about || wrote)
}

/// Which of a row's texts is the words of somebody.
fn words_at(place: Place) -> Option<usize> {
    match place {
        Place::Events => Some(1),
        Place::Feedback => Some(0),
        Place::Batches
        | Place::Letters
        | Place::Messages
        | Place::Quarantine
        | Place::Labels
        | Place::Drafts
        | Place::Feed
        | Place::Deliveries => None,
    }
}

/// Whether a text, or a text within JSON, tells of them.
fn is_in(traces: &Traces, text: &str) -> bool {
    match json(text) {
        Some(value) => tells_in(traces, &value),
        None => traces.are_in(text),
    }
}

fn tells_in(traces: &Traces, value: &Value) -> bool {
    match value {
        Value::String(text) => traces.are_in(text),
        Value::Array(all) => all.iter().any(|one| tells_in(traces, one)),
        Value::Object(all) => all.values().any(|one| tells_in(traces, one)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn json(text: &str) -> Option<Value> {
    text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}

fn letter_tells(letter: &LetterSays, somebody: &Somebody) -> bool {
    let about = somebody.about(letter.about, letter.texts.iter());
    let traces = somebody.traces_in(about);
    let to_them = letter.to.is_some_and(|to| somebody.parties.contains(&(letter.batch, to))) && !is_stub(&letter.bytes);
    to_them
        || letter.texts.iter().any(|text| traces.are_in(text))
        || somebody.near.contains_key(&about) && said_of(&said(&letter.bytes), somebody, traces)
}

fn message_tells(mail: &MessageSays, somebody: &Somebody) -> bool {
    let whose = somebody.wrote.contains(&mail.id) || somebody.moved.contains(&mail.id);
    let said = said(&mail.raw);
    whose && !is_stub(&mail.raw) || said_of(&said, somebody, somebody.traces_in(about_mail(mail, &said, somebody)))
}

fn about_mail(mail: &MessageSays, said: &Said, somebody: &Somebody) -> ConversationId {
    somebody.about(mail.batch.unwrap_or(ConversationId(0)), said.header.iter().chain([&said.shown]))
}

fn said_of(said: &Said, somebody: &Somebody, traces: &Traces) -> bool {
    let theirs = |sha256: String| somebody.files.iter().any(|(one, _)| *one == sha256);
    said.tells_of(traces) || !somebody.files.is_empty() && said.files.iter().any(|(_, bytes)| theirs(sha256_hex(bytes)))
}

/// A row's texts as they shall stand.
pub(super) fn rewritten(place: Place, row: &Texts, somebody: &Somebody, traces: &Traces) -> Vec<String> {
    let theirs = words_of_theirs(place, row, somebody).and(words_at(place));
    let texts = row.texts.iter().enumerate().map(|(at, text)| {
        if text.is_empty() {
            return String::new();
        }
        if theirs == Some(at) {
            return ERASED.to_owned();
        }
        // A submitter's key must stay unlike any other.
        if place == Place::Batches && at == 0 {
            let tells = is_in(traces, text);
            return if tells { format!("{ERASED} {}", row.id) } else { text.clone() };
        }
        cleaned(traces, &somebody.addresses, text)
    });
    texts.collect()
}

/// A text without them, in JSON where it was.
pub(super) fn cleaned(traces: &Traces, addresses: &[Address], text: &str) -> String {
    match json(text) {
        Some(mut value) => {
            clean(traces, addresses, &mut value);
            value.to_string()
        }
        None if is_address(addresses, text) => Address::of_erased("", 0).to_string(),
        None => one_cleaned(traces, text),
    }
}

fn clean(traces: &Traces, addresses: &[Address], value: &mut Value) {
    match value {
        Value::String(text) if is_address(addresses, text) => *text = Address::of_erased("", 0).to_string(),
        Value::String(text) if traces.are_in(text) => *text = one_cleaned(traces, text),
        Value::Array(all) => all.iter_mut().for_each(|one| clean(traces, addresses, one)),
        Value::Object(all) => all.values_mut().for_each(|one| clean(traces, addresses, one)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_address(addresses: &[Address], text: &str) -> bool {
    text.contains('@') && addresses.iter().any(|one| one.as_str().eq_ignore_ascii_case(text.trim()))
}

/// Taking something out may bring words together that are a trace again; what cannot be cleaned is gone as a whole.
fn one_cleaned(traces: &Traces, text: &str) -> String {
    let left = traces.taken_from(text).unwrap_or_else(|| text.to_owned());
    if traces.are_in(&left) { ERASED.to_owned() } else { left }
}

/// A letter as it shall stand: nothing of one to them, the rest of one to others.
pub(super) fn letter_left(letter: &LetterSays, somebody: &Somebody) -> ([String; 2], Vec<u8>) {
    let traces = somebody.close_in(somebody.about(letter.about, letter.texts.iter()));
    let to_them = letter.to.is_some_and(|to| somebody.parties.contains(&(letter.batch, to)));
    let texts = letter.texts.clone().map(|text| match text {
        text if text.is_empty() => text,
        _ if to_them => NOTHING.to_owned(),
        text => one_cleaned(traces, &text),
    });
    let bytes = stub(&letter.bytes, traces, to_them, texts.first().map_or(NOTHING, String::as_str));
    (texts, bytes)
}

/// A message as it shall stand.
pub(super) fn message_left(mail: &MessageSays, somebody: &Somebody) -> Vec<u8> {
    let said = said(&mail.raw);
    let traces = somebody.close_in(about_mail(mail, &said, somebody));
    let theirs = somebody.wrote.contains(&mail.id);
    let text = match theirs {
        true => NOTHING.to_owned(),
        false => one_cleaned(traces, &said.shown),
    };
    stub(&mail.raw, traces, theirs, &text)
}
