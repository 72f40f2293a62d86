//! Somebody by an address: where they stand, under which names, and by which words they are known.
//!
//! In: an address, and what else to look for. Out: [`Somebody`]. Never here: a change of anything.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::scan::Found;
use crate::conversation::{Candidate, Conversation, Party};
use crate::message;
use crate::model::{Address, ConversationId, ERASED, Mailbox, Reference, SubmissionId, Traces, words_of};
use crate::store::{PersonRow, Place, Store, StoreError, Texts, Tx};

/// Rows of texts looked at with one look.
pub(super) const ROWS: u32 = 1_000;
/// Mails looked at with one look.
pub(super) const MAILS: u32 = 100;
/// Letters to one party that their answers may quote.
const QUOTED: u32 = 1_000;

/// A person, wherever they are.
#[derive(Debug, Clone, Default)]
pub struct Somebody {
    /// All addresses they were known under.
    pub addresses: Vec<Address>,
    /// All names.
    pub names: Vec<String>,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// Rows of their own.
    pub rows: Vec<PersonRow>,
    /// Their places in conversations.
    pub parties: Vec<(ConversationId, Party)>,
    /// Batches in which they are the other contact: the one who would be turned to, or the one who stayed silent.
    pub others: Vec<ConversationId>,
    /// Messages they wrote, by row.
    pub wrote: Vec<i64>,
    /// Files about them: SHA-256 and name.
    pub files: Vec<(String, String)>,
    /// Messages from which something followed for them.
    pub(super) moved: HashSet<i64>,
    /// By what they are known anywhere.
    pub(super) traces: Traces,
    /// By what they are taken out of a text that tells of them.
    pub(super) close: Traces,
    /// By both in the conversations they are in.
    pub(super) near: HashMap<ConversationId, Traces>,
}

impl Somebody {
    /// Looks for somebody; `also` are names and words that nobody could find from the address. `None` when nothing is kept of them.
    ///
    /// # Errors
    /// The database's.
    pub fn look(store: &Store, address: &Address, also: &[String]) -> Result<Option<Self>, StoreError> {
        let everybody = store.read(|tx| tx.everybody())?;
        let mut found = Self {
            addresses: vec![address.clone()],
            ..Self::default()
        };
        loop {
            let known = found.addresses.len();
            found.parties.clear();
            found.others.clear();
            each(store, Place::Batches, |tx, row| found.look_into(tx, &row))?;
            if found.addresses.len() == known {
                break;
            }
        }
        found.rows = everybody
            .iter()
            .filter(|row| Address::parse(&row.address).is_ok_and(|one| found.addresses.contains(&one)))
            .cloned()
            .collect();
        for row in found.rows.clone() {
            found.called(&row.name);
            found.reached_at(&row.phone);
        }
        let mut signed = Vec::new();
        let mut texts = Vec::new();
        let mut after = 0;
        loop {
            let page = store.read(|tx| tx.messages_after(after, MAILS))?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for mail in page.iter().filter(|mail| !message::is_stub(&mail.raw)) {
                if message::senders(&mail.raw).iter().any(|one| found.addresses.contains(one)) {
                    found.wrote.push(mail.id);
                    let said = message::said(&mail.raw);
                    texts.push(unquoted(&said.shown));
                    signed.extend(said.header.into_iter().filter(|field| field.contains('@')));
                }
            }
        }
        // A stranger's name is known from nothing but what they sign with.
        if found.rows.is_empty() && found.parties.is_empty() && found.others.is_empty() {
            for field in signed {
                let theirs = found
                    .addresses
                    .iter()
                    .find_map(|one| field.to_lowercase().find(&one.as_str().to_ascii_lowercase()));
                let name = theirs
                    .and_then(|at| field.get(..at))
                    .map(|name| name.trim_matches(|c: char| !c.is_alphanumeric()));
                found.called(name.unwrap_or_default());
            }
        }
        found.names.extend(also.iter().filter(|words| words_of(words).len() <= 4).cloned());
        texts.extend(also.iter().cloned());
        found.know(store, &everybody, &texts)?;
        let nowhere = found.rows.is_empty() && found.parties.is_empty() && found.others.is_empty() && found.wrote.is_empty();
        // Others may have written of them all the same.
        if nowhere && Found::look(store, &found)?.is_empty() {
            return Ok(None);
        }
        Ok(Some(found))
    }

    /// Whether they have a place in a conversation as this candidate.
    pub(super) fn is_candidate(&self, batch: ConversationId, id: SubmissionId) -> bool {
        self.parties.contains(&(batch, Party::Candidate(id)))
    }

    /// By what they are known in texts about a conversation.
    pub(super) fn traces_in(&self, about: ConversationId) -> &Traces {
        self.near.get(&about).unwrap_or(&self.traces)
    }

    /// By what they are taken out of what tells of them there.
    pub(super) fn close_in(&self, about: ConversationId) -> &Traces {
        self.near.get(&about).unwrap_or(&self.close)
    }

    /// The conversation that texts are about: the one they belong to, or, where they belong to none, the only one that they name.
    pub(super) fn about<'t>(&self, batch: ConversationId, texts: impl Iterator<Item = &'t String>) -> ConversationId {
        if batch.0 > 0 {
            return batch;
        }
        let mut named: Vec<Reference> = texts.flat_map(|text| Reference::marked_in(text)).collect();
        named.dedup();
        let only = named.first().filter(|first| named.iter().all(|one| one == *first));
        let here = only.and_then(|only| self.near.keys().find(|id| Reference::of(**id) == *only));
        here.copied().unwrap_or(batch)
    }

    /// Their places in a batch, if an address of theirs stands in it.
    fn look_into(&mut self, tx: &Tx<'_>, row: &Texts) -> Result<(), StoreError> {
        let lower: Vec<String> = row.texts.iter().map(|text| text.to_lowercase()).collect();
        let stands = |one: &Address| lower.iter().any(|text| text.contains(&one.as_str().to_lowercase()));
        if !self.addresses.iter().any(stands) {
            return Ok(());
        }
        let Some(conversation) = tx.conversation(row.batch)? else {
            return Ok(());
        };
        let handed_in: Value = row
            .texts
            .get(1)
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        for (party, now, first) in places(&conversation, &handed_in) {
            let is_theirs = |one: &Address| self.addresses.contains(one);
            if !is_theirs(&now.address) && !first.as_ref().is_some_and(|(address, _)| is_theirs(address)) {
                continue;
            }
            self.parties.push((row.batch, party));
            self.called(now.name.as_str());
            for (address, name) in first.into_iter().chain([(now.address.clone(), now.name.to_string())]) {
                self.called(&name);
                if !address.is_erased() && !self.addresses.contains(&address) {
                    self.addresses.push(address);
                }
            }
            for address in conversation.addresses_ordered(party) {
                if !self.addresses.contains(address) {
                    self.addresses.push(address.clone());
                }
            }
            if let Party::Candidate(id) = party
                && let Some(candidate) = conversation.candidate(id)
            {
                self.handed_in(candidate);
            }
        }
        let other = conversation.batch.backup.as_ref().map(|one| &one.mailbox);
        if let Some(other) = other.filter(|one| self.addresses.contains(&one.address)) {
            self.others.push(row.batch);
            self.called(other.name.as_str());
        }
        Ok(())
    }

    fn handed_in(&mut self, candidate: &Candidate) {
        self.reached_at(candidate.phone.as_ref().map_or("", |phone| phone.as_str()));
        if let Some(cv) = &candidate.cv
            && !self
                .files
                .iter()
                .any(|(sha256, name)| *sha256 == cv.sha256 && *name == *cv.name.as_str())
        {
            self.files.push((cv.sha256.clone(), cv.name.to_string()));
        }
    }

    fn called(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && name != ERASED && !self.names.iter().any(|one| one == name) {
            self.names.push(name.to_owned());
        }
    }

    fn reached_at(&mut self, phone: &str) {
        if !phone.is_empty() && !self.phones.iter().any(|one| one == phone) {
            self.phones.push(phone.to_owned());
        }
    }

    /// By which words they are known, anywhere and in their conversations.
    fn know(&mut self, store: &Store, everybody: &[PersonRow], texts: &[String]) -> Result<(), StoreError> {
        let mut conversations: HashMap<ConversationId, Conversation> = HashMap::new();
        let mut texts = texts.to_vec();
        let mut quoted = Vec::new();
        let mut rested_on = Vec::new();
        for (id, party) in self.parties.clone() {
            for (_, letter) in store.read(|tx| tx.texts_to(id, party, QUOTED))? {
                quoted.extend([letter.text, letter.html_text]);
            }
            conversations.extend(store.read(|tx| tx.conversation(id))?.map(|one| (id, one)));
            for line in store.read(|tx| tx.timeline(id, None))? {
                let message: Option<i64> = line.cause.strip_prefix("message ").and_then(|row| row.parse().ok());
                let wrote = message.is_some_and(|row| self.wrote.contains(&row));
                let about = line.submission.is_some_and(|one| party == Party::Candidate(SubmissionId(one)));
                if about {
                    self.moved.extend(message);
                }
                if wrote || about || party == Party::Client && line.cause == "click" {
                    rested_on.push(line.words);
                }
            }
            if let (Party::Candidate(one), Some(conversation)) = (party, conversations.get(&id))
                && let Some(candidate) = conversation.candidate(one)
                && candidate.summary != ERASED
            {
                rested_on.push(candidate.summary.clone());
            }
        }
        let known = |mut traces: Traces, texts: &[String]| {
            texts.iter().for_each(|one| traces.text(one));
            // What they quoted of ours tells of nobody.
            quoted.iter().for_each(|one| traces.but_not(one));
            rested_on.iter().for_each(|one| traces.text(one));
            self.addresses.iter().for_each(|one| traces.address(one));
            self.phones.iter().for_each(|one| traces.phone(one));
            traces
        };
        texts.retain(|text| !text.trim().is_empty());
        let (mut traces, mut near) = (known(Traces::far(), &texts), known(Traces::default(), &texts));
        for name in &self.names {
            near.name(name);
            let others = everybody.iter().filter(|row| !self.rows.contains(row));
            // Somebody else of the same name stays who they are.
            if !others.into_iter().any(|row| words_of(&row.name) == words_of(name)) {
                traces.name(name);
            }
        }
        for (_, file) in &self.files {
            for known in [&mut traces, &mut near] {
                if known.name_file(file) {
                    known.file(file);
                }
            }
        }
        let mut here = HashMap::new();
        let strangers = everybody.iter().filter(|row| !self.rows.contains(row));
        let mut anybody: HashSet<String> = strangers.flat_map(|row| words_of(&row.name)).collect();
        for (id, conversation) in &conversations {
            let mut of_this = near.clone();
            let others = self.others_in(*id, conversation);
            self.names.iter().for_each(|name| of_this.name_in_parts(name, &others));
            // A file that is called "CV" is called as everybody's.
            for file in self.files_in(*id, conversation) {
                if words_of(file).len() > 2 || of_this.name_file(file) {
                    of_this.file(file);
                }
            }
            here.insert(*id, of_this);
            anybody.extend(others);
        }
        // A mail that names them in full calls them by their first name too, such as one that hands them in; where nobody else has it.
        let mut close = near;
        self.names.iter().for_each(|name| close.name_in_parts(name, &anybody));
        for (_, file) in &self.files {
            if close.name_file(file) {
                close.file(file);
            }
        }
        (self.traces, self.close, self.near) = (traces, close, here);
        Ok(())
    }

    /// Names of their files that are nobody else's there.
    fn files_in<'a>(&'a self, id: ConversationId, conversation: &'a Conversation) -> impl Iterator<Item = &'a String> {
        let others = conversation
            .batch
            .candidates
            .iter()
            .filter(move |one| !self.is_candidate(id, one.submission));
        let others: Vec<Vec<String>> = others
            .filter_map(|one| one.cv.as_ref())
            .map(|cv| words_of(cv.name.as_str()))
            .collect();
        let names = self.files.iter().map(|(_, name)| name);
        names.filter(move |name| !others.contains(&words_of(name)))
    }

    /// Words that tell of somebody or something else in a conversation.
    fn others_in(&self, id: ConversationId, conversation: &Conversation) -> HashSet<String> {
        let batch = &conversation.batch;
        let people = batch.people().filter(|one| !self.addresses.contains(&one.address));
        let mut words: HashSet<String> = people.flat_map(|one| words_of(one.name.as_str())).collect();
        words.extend(words_of(batch.client.as_str()));
        words.extend(words_of(batch.project.title.as_str()));
        words.extend(words_of(batch.contact.zone.name()));
        words.extend(batch.candidates.iter().flat_map(|one| words_of(one.zone.name())));
        words.extend(words_of(&conversation.reference().to_string()));
        words.extend(words_of(&id.to_string()));
        words
    }
}

/// Every page of a table of texts, row by row.
pub(super) fn each(store: &Store, place: Place, mut look: impl FnMut(&Tx<'_>, Texts) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let last = store.read(|tx| {
            let page = tx.texts_after(place, after, ROWS)?;
            let last = page.last().map(|row| row.id);
            page.into_iter().try_for_each(|row| look(tx, row))?;
            Ok(last)
        })?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

type Handed<'a> = (Party, &'a Mailbox, Option<(Address, String)>);

/// Everybody in a conversation, as they are known now and as they were handed in.
fn places<'a>(conversation: &'a Conversation, handed_in: &Value) -> Vec<Handed<'a>> {
    let first = |pointer: String| {
        let mailbox = handed_in.pointer(&pointer)?;
        let address = Address::parse(mailbox.get("address")?.as_str()?).ok()?;
        Some((address, mailbox.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()))
    };
    let batch = &conversation.batch;
    // Whoever was turned to was handed in as the backup contact.
    let contact = if conversation.chase.with_backup { "backup" } else { "contact" };
    let mut all: Vec<Handed<'a>> = vec![(Party::Client, &batch.contact.mailbox, first(format!("/batch/{contact}/mailbox")))];
    for (at, one) in batch.candidates.iter().enumerate() {
        let party = Party::Candidate(one.submission);
        all.push((party, &one.mailbox, first(format!("/batch/candidates/{at}/mailbox"))));
    }
    for (at, (n, one)) in (0..=u8::MAX).zip(&batch.interviewers).enumerate() {
        all.push((
            Party::Interviewer(n),
            &one.mailbox,
            first(format!("/batch/interviewers/{at}/mailbox")),
        ));
    }
    for (at, (n, one)) in (0..=u8::MAX).zip(&batch.recruiters).enumerate() {
        all.push((Party::Recruiter(n), one, first(format!("/batch/recruiters/{at}"))));
    }
    all
}

/// A mail's text without the lines it quotes.
fn unquoted(text: &str) -> String {
    let own = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    own.collect::<Vec<_>>().join("\n")
}
