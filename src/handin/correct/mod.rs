//! What a recruiter answers to the preview: "send", "discard", and corrections, in lines and in prose.
//!
//! In: the draft shown, and the own text of the answer. Out: the draft as corrected, what was changed, and what was not understood.
//! Never here: sending while a sentence was not understood; what was meant by it may be the opposite.

mod fields;
mod files;

use std::collections::BTreeSet;
use std::ops::Range;

use super::entry;
use super::page::{Area, Page, trim};
use super::people::{Side, same_name};
use super::prose::sentences;
use super::scan::floor;
use super::settle::missing;
use super::words::{begins, flat, has, within};
use super::{About, Candidate, HandIn, Said};
use crate::message::OwnText;
use crate::reply::Words;

/// Longest answer that is read, in lines.
const MOST_LINES: usize = 300;
/// Places in a sentence where a clause of its own may begin.
const MOST_CLAUSES: usize = 100;

/// What becomes of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Send the letters.
    Send,
    /// Forget it.
    Discard,
}

/// Something of the draft that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The company.
    Client,
    /// The contact's name.
    ContactName,
    /// The contact's address.
    ContactAddress,
    /// The backup contact, or that there is none.
    Backup,
    /// The role.
    Role,
    /// A candidate's name, by place in the corrected draft.
    Name(usize),
    /// A candidate's address.
    Address(usize),
    /// A candidate's phone.
    Phone(usize),
    /// A candidate's zone.
    Zone(usize),
    /// A candidate's summary.
    Summary(usize),
    /// A candidate's CV.
    Cv(usize),
    /// A candidate more.
    Added(usize),
    /// A candidate less: the name.
    Removed(String),
    /// The way to meet.
    Interview,
    /// The length.
    Minutes,
    /// The place.
    Location,
    /// The message to the client.
    Note,
}

/// An answer to a preview.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The draft with all that was understood.
    pub draft: HandIn,
    /// What was changed, in the order of the answer.
    pub changes: Vec<Said<Change>>,
    /// Send or discard, when it says so.
    pub order: Option<Said<Order>>,
    /// Sentences that were not understood.
    pub unread: Vec<Words>,
}

impl Correction {
    /// The letters may go: it says so, and all of it was understood.
    #[must_use]
    pub fn sends(&self) -> bool {
        self.unread.is_empty() && self.draft.missing.is_empty() && self.order.as_ref().is_some_and(|order| order.value == Order::Send)
    }

    /// Nothing in it was understood, or nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.order.is_none()
    }
}

/// Reads the answer to a preview. `files` are the names of the files that came with the draft.
#[must_use]
pub fn correct(draft: &HandIn, own: &OwnText, files: &[String]) -> Correction {
    let page = Page::of(own, &own.shown, "", None);
    let mut read = read(draft, &page, files, true);
    // One that is uncertain in whole is asked about.
    if own.uncertain && read.unread.is_empty() && !read.is_empty() {
        read.unread.push(page.words(0..floor(page.text, page.text.len().min(80))));
    }
    read
}

/// Reads what was typed into a field beside a draft: each line of it says something, and what was not understood is unread.
#[must_use]
pub fn correct_typed(draft: &HandIn, text: &str, files: &[String]) -> Correction {
    read(draft, &Page::typed(text), files, false)
}

/// `signed`: a farewell and a name may stand below what is said.
fn read(draft: &HandIn, page: &Page<'_>, files: &[String], signed: bool) -> Correction {
    let mut reader = Reader {
        page,
        files,
        adding: false,
        read: Correction {
            draft: draft.clone(),
            changes: Vec::new(),
            order: None,
            unread: page.doubts.iter().map(|doubt| doubt.words.clone()).collect(),
        },
    };
    let lines: Vec<_> = page
        .lines
        .iter()
        .filter(|line| line.area == Area::Mine && !line.range.is_empty())
        .collect();
    for (number, line) in lines.iter().enumerate() {
        let text = page.of_range(&line.body);
        let rest = lines.len() - number - 1;
        if number >= MOST_LINES {
            reader.unread(line.body.clone());
            break;
        }
        // A farewell and the lines below it, as long as they say nothing.
        if signed
            && has("sign off", &flat(text))
            && !has("send", &flat(text))
            && rest <= 4
            && lines.iter().skip(number + 1).all(|line| is_signature(page.of_range(&line.body)))
        {
            break;
        }
        let last_name = signed
            && rest == 0
            && number > 0
            && !reader.read.is_empty()
            && is_signature(text)
            && fields::person(&reader.read.draft, text).is_none();
        if !(last_name || reader.line(line.body.clone())) {
            reader.unread(line.body.clone());
        }
    }
    let mut read = reader.read;
    read.draft.missing = missing(&read.draft);
    read
}

/// A name, a firm, a number: words with capitals and nothing that could be an order.
fn is_signature(text: &str) -> bool {
    let flat = flat(text);
    let short = text.split_whitespace().count() <= 6;
    let spoken =
        within("remove", &flat) || within("add", &flat) || has("send", &flat) || has("discard", &flat) || text.contains([':', '?']);
    short
        && !spoken
        && !text.contains('@')
        && text
            .chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || c == '+' || text.chars().count() <= 12)
}

struct Reader<'p, 't> {
    page: &'p Page<'t>,
    files: &'p [String],
    read: Correction,
    /// Below "please add:".
    adding: bool,
}

impl Reader<'_, '_> {
    /// Reads a line; false when a part of it was not understood and nothing else was noted.
    fn line(&mut self, body: Range<usize>) -> bool {
        // A label takes the whole line, with the sentences of its value.
        let parts = sentences(self.page, body.clone());
        let labelled = parts.first().is_some_and(|first| self.page.of_range(first).contains(':'));
        // "Role: Staff Engineer. Send it.": an order at its end is none of the value.
        let said = parts
            .iter()
            .rposition(|part| !self.clone_of().order_alone(part))
            .map_or(parts.len(), |last| last + 1);
        let end = parts.get(said).map_or(body.end, |order| order.start);
        if (parts.len() <= 1 || labelled) && self.unit(trim(self.page.text, body.start..end)) {
            for part in parts.into_iter().skip(said) {
                if !self.clauses(part.clone()) {
                    self.unread(part);
                }
            }
            return true;
        }
        if parts.len() > 1 {
            for part in parts {
                if !self.clauses(part.clone()) {
                    self.unread(part);
                }
            }
            return true;
        }
        self.clauses(body)
    }

    /// A sentence, or the clauses of it that a comma or "and" parts, when each is understood by itself.
    fn clauses(&mut self, range: Range<usize>) -> bool {
        self.clauses_from(range, &mut BTreeSet::new())
    }

    /// `failed`: where a rest begins that was tried before. Each is tried once, however many ways lead to it.
    fn clauses_from(&mut self, range: Range<usize>, failed: &mut BTreeSet<usize>) -> bool {
        let range = trim(self.page.text, range);
        if failed.contains(&range.start) || failed.len() > MOST_CLAUSES {
            return false;
        }
        if self.unit(range.clone()) {
            return true;
        }
        let text = self.page.of_range(&range);
        for sign in [", and ", " and ", ", ", " - ", " – ", " then ", " und "] {
            let Some(at) = text.find(sign) else { continue };
            let before = self.read.clone();
            let (first, rest) = (range.start..range.start + at, range.start + at + sign.len()..range.end);
            if self.unit(trim(self.page.text, first)) && self.clauses_from(rest, failed) {
                return true;
            }
            self.read = before;
        }
        failed.insert(range.start);
        false
    }

    /// The same reader, to try something.
    fn clone_of(&self) -> Self {
        Self {
            page: self.page,
            read: self.read.clone(),
            files: self.files,
            adding: self.adding,
        }
    }

    /// The stretch is an order and nothing else.
    fn order_alone(&mut self, range: &Range<usize>) -> bool {
        let range = self.without_courtesy(range.clone());
        let flat = flat(self.page.of_range(&range));
        self.order(&range, &flat)
    }

    /// One thing said.
    fn unit(&mut self, range: Range<usize>) -> bool {
        let range = self.without_courtesy(range);
        let text = self.page.of_range(&range);
        let flat = flat(text);
        if flat.is_empty() || has("courtesy", &flat) {
            return true;
        }
        if self.order(&range, &flat) {
            return true;
        }
        if within("question", &flat) || text.ends_with('?') {
            return false;
        }
        if self.without_backup(&range, &flat)
            || files::read(self.page, &range, self.files, &mut self.read)
            || self.adds(&range, &flat)
            || self.removes(&range)
        {
            return true;
        }
        self.adding = false;
        fields::read(self.page, &range, &mut self.read)
    }

    /// Without "Hi,", "please", "thanks" at its beginning.
    fn without_courtesy(&self, range: Range<usize>) -> Range<usize> {
        let mut range = trim(self.page.text, range);
        for _ in 0..4 {
            let text = self.page.of_range(&range);
            let signs = text.len() - text.trim_start_matches([',', '.', '!', '-', '–', ' ', ';']).len();
            let first = text.get(signs..).unwrap_or_default();
            let word = first.split_whitespace().next().unwrap_or_default();
            let courtesy =
                has("courtesy", &super::words::flat(word)) && word.len() < first.len() && !has("send", &super::words::flat(first));
            if !courtesy && signs == 0 {
                break;
            }
            let cut = signs + if courtesy { word.len() } else { 0 };
            range = trim(self.page.text, range.start + cut..range.end);
        }
        range
    }

    /// "ok", "looks good, send it", "discard".
    fn order(&mut self, range: &Range<usize>, whole: &str) -> bool {
        let text = self.page.of_range(range);
        let pieces: Vec<String> = text
            .split([',', '.', '!', ';', '–', '—'])
            .map(flat)
            .filter(|piece| !piece.is_empty() && !has("courtesy", piece))
            .collect();
        let all = |section: &str| {
            has(section, whole) || !pieces.is_empty() && pieces.iter().all(|piece| has(section, piece) || two(section, piece))
        };
        let order = match (all("send"), all("discard")) {
            (true, false) if !text.contains('?') => Order::Send,
            (false, true) if !text.contains('?') => Order::Discard,
            _ => return false,
        };
        match &self.read.order {
            // "Send. No, discard."
            Some(said) if said.value != order => return false,
            _ => {}
        }
        self.read.order = Some(Said {
            value: order,
            words: self.page.words(range.clone()),
        });
        true
    }

    /// "add Carl Jensen <carl@x.example>: ten years of Go".
    fn adds(&mut self, range: &Range<usize>, flat: &str) -> bool {
        let text = self.page.of_range(range);
        let verb = begins("add", flat).is_some();
        if verb && text.ends_with(':') && flat.split(' ').count() <= 4 {
            self.adding = true;
            return true;
        }
        if !verb && !self.adding {
            return false;
        }
        let start = if verb { self.behind_verb(range, "add") } else { range.start };
        let entry = entry::read(self.page, start..range.end, 2);
        let Some(name) = &entry.name else { return false };
        let taken = |address: &crate::model::Address| self.whose(address).is_some();
        let known = self
            .read
            .draft
            .candidates
            .iter()
            .any(|one| one.name.as_ref().is_some_and(|own| same_name(&own.value, &name.value)));
        if known || entry.addresses.len() != 1 || entry.addresses.iter().any(|(_, one)| taken(one)) {
            return false;
        }
        let person = entry.person(self.page, start, Side::Candidate);
        self.read.draft.candidates.push(Candidate {
            address: person.addresses.first().cloned(),
            name: person.name,
            phone: person.phone,
            zone: person.zone,
            summary: person.summary.join("\n"),
            cv: None,
        });
        let at = self.read.draft.candidates.len() - 1;
        self.read.changed(Change::Added(at), self.page.words(range.clone()), &[]);
        true
    }

    /// Where the words begin behind a verb and the small words beside it.
    fn behind_verb(&self, range: &Range<usize>, section: &str) -> usize {
        let text = self.page.of_range(range);
        let mut at = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            let plain = flat(word);
            if !(has(section, &plain) || has("small", &plain)) {
                break;
            }
            at += word.len();
        }
        range.start + at
    }

    /// "no backup please", "take the backup contact out".
    fn without_backup(&mut self, range: &Range<usize>, flat: &str) -> bool {
        let words: Vec<&str> = flat
            .split(' ')
            .filter(|word| !has("small", word) && !has("remove", word) && !has("nobody", word))
            .collect();
        let verb = flat.split(' ').any(|word| has("remove", word) || has("nobody", word));
        if !verb || !has("label backup", &words.join(" ")) || within("hold", &flat.replace("without", "")) {
            return false;
        }
        self.read.draft.backup = super::Contact::default();
        self.read.changed(Change::Backup, self.page.words(range.clone()), &[]);
        true
    }

    /// "take Ben out", "remove Ben and Carl, they withdrew".
    fn removes(&mut self, range: &Range<usize>) -> bool {
        let text = self.page.of_range(range);
        if sentences(self.page, range.clone()).len() > 1 {
            return false;
        }
        let cut = ["because", " since ", ",", " - ", " – ", "(", ":", ";", " as he ", " as she "]
            .iter()
            .filter_map(|sign| text.find(sign))
            .min()
            .unwrap_or(text.len());
        let head = flat(&text.get(..cut).unwrap_or_default().replace("'s", " ").replace("’s", " "));
        // What follows may give the reason and nothing else.
        let reason = flat(text.get(cut..).unwrap_or_default());
        if !reason.is_empty() && begins("reason", &reason).is_none() {
            return false;
        }
        let words: Vec<&str> = head.split(' ').collect();
        let verb = words.iter().any(|word| has("remove", word)) || within("gone", &head);
        if !verb || within("keep", &head) {
            return false;
        }
        let mut rest: Vec<&str> = words
            .into_iter()
            .filter(|word| !has("remove", word) && !has("small", word) && !has("gone word", word))
            .collect();
        let mut gone: Vec<usize> = Vec::new();
        while let Some(first) = rest.first() {
            // The longest run of words that names one candidate.
            let named = (1..=rest.len().min(5)).rev().find_map(|length| {
                let called = rest.get(..length)?.join(" ");
                fields::candidate(&self.read.draft, &called).map(|at| (at, length))
            });
            let Some((at, length)) = named.filter(|_| !first.is_empty()) else {
                return false;
            };
            gone.push(at);
            rest.drain(..length);
        }
        gone.sort_unstable();
        gone.dedup();
        for at in gone.iter().rev() {
            if *at < self.read.draft.candidates.len() {
                let one = self.read.draft.candidates.remove(*at);
                let name = one.name.map(|said| said.value).unwrap_or_default();
                self.read.changed(
                    Change::Removed(name),
                    self.page.words(range.clone()),
                    &[About::Count, About::Person],
                );
                self.read.moved_down(*at);
            }
        }
        !gone.is_empty()
    }

    /// Whose address it is in the draft: `None` for nobody's.
    fn whose(&self, address: &crate::model::Address) -> Option<()> {
        fields::holder(&self.read.draft, address).map(|_| ())
    }

    fn unread(&mut self, range: Range<usize>) {
        let words = self.page.words(range);
        if !words.text.is_empty() {
            self.read.unread.push(words);
        }
    }
}

/// A piece that is two of the section's phrases: "ok send", "great go ahead".
fn two(section: &str, piece: &str) -> bool {
    piece.match_indices(' ').any(|(at, _)| {
        let (head, rest) = piece.split_at(at);
        let known = |text: &str| has(section, text.trim()) || has("courtesy", text.trim());
        known(head) && known(rest)
    })
}

impl Correction {
    /// Notes a change, and that what it settles is in doubt no more.
    fn changed(&mut self, change: Change, words: Words, settled: &[About]) {
        self.draft.doubts.retain(|doubt| !settled.contains(&doubt.about));
        self.changes.push(Said { value: change, words });
    }

    /// A candidate is gone: those behind have moved up.
    fn moved_down(&mut self, gone: usize) {
        for change in &mut self.changes {
            if let Change::Name(at)
            | Change::Address(at)
            | Change::Phone(at)
            | Change::Zone(at)
            | Change::Summary(at)
            | Change::Cv(at)
            | Change::Added(at) = &mut change.value
                && *at > gone
            {
                *at -= 1;
            }
        }
    }
}
