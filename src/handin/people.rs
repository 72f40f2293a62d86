//! What has been found so far: people, and claims about the rest, each with its place in the body.

use std::ops::Range;

use super::page::Page;
use super::scan::{Fit, fit};
use super::words::{flat, has};
use super::{Contact, Doubt, Interview, Said};
use crate::calendar::Zone;
use crate::model::{Address, HeaderText};

/// Longest name, in words.
const LONGEST_NAME: usize = 6;

/// Whose side somebody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Put forward.
    Candidate,
    /// Named where only their surroundings can tell.
    Unsure,
    /// Neither: a colleague, a reference, somebody who withdrew.
    Out,
}

/// Somebody named.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: Option<Said<String>>,
    pub(super) addresses: Vec<Said<Address>>,
    pub(super) phone: Option<Said<String>>,
    pub(super) zone: Option<Said<Zone>>,
    pub(super) summary: Vec<String>,
    pub(super) side: Side,
    /// A line or a row of their own.
    pub(super) listed: bool,
    /// Words around them say that the letter goes to them; how strongly.
    pub(super) contact: u8,
    /// Words around them say that they are put forward; how strongly.
    pub(super) candidate: u8,
    /// Where they are named first.
    pub(super) at: usize,
}

impl Person {
    pub(super) fn new(at: usize, side: Side) -> Self {
        Self {
            name: None,
            addresses: Vec::new(),
            phone: None,
            zone: None,
            summary: Vec::new(),
            side,
            listed: false,
            contact: 0,
            candidate: 0,
            at,
        }
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|own| same_name(&own.value, name))
    }

    /// Takes another address, unless it is there already.
    pub(super) fn address(&mut self, address: Said<Address>) {
        if !self.addresses.iter().any(|known| known.value == address.value) {
            self.addresses.push(address);
        }
    }

    pub(super) fn fits(&self, address: &Address) -> Fit {
        self.name.as_ref().map_or(Fit::None, |name| fit(&name.value, address))
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) client: Vec<Said<String>>,
    pub(super) contact_name: Vec<Said<String>>,
    pub(super) contact_address: Vec<Said<Address>>,
    /// Who is asked when the contact does not answer.
    pub(super) backup: Vec<Contact>,
    pub(super) role: Vec<Said<String>>,
    pub(super) people: Vec<Person>,
    pub(super) interview: Option<Said<Interview>>,
    pub(super) minutes: Option<Said<u32>>,
    pub(super) location: Option<Said<String>>,
    pub(super) note: Option<Said<String>>,
    pub(super) doubts: Vec<Doubt>,
    /// The label "To" or "For" with a value that may be a firm or a person.
    pub(super) either: Vec<Said<String>>,
    /// Addresses that nobody is to write to.
    pub(super) refused: Vec<Address>,
    /// Addresses and numbers behind labels that do not tell whose they are.
    pub(super) loose: Vec<Said<Address>>,
    pub(super) loose_phone: Option<Said<String>>,
    pub(super) loose_zone: Option<Said<Zone>>,
    /// A place where candidates are announced.
    pub(super) announced: bool,
}

impl Found {
    /// The address is somebody's already.
    pub(super) fn has_address(&self, address: &Address) -> bool {
        self.contact_address.iter().any(|known| known.value == *address)
            || self
                .people
                .iter()
                .any(|person| person.addresses.iter().any(|known| known.value == *address))
    }
}

/// One name holds all words of the other.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (flat(one), flat(other));
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (words(&one), words(&other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && short.iter().all(|word| !word.is_empty() && long.contains(word))
}

/// A text as a value.
pub(super) fn said(page: &Page<'_>, range: Range<usize>) -> Option<Said<String>> {
    // Without the edge of a table.
    let bare = page.of_range(&range).trim_end_matches(['|', ' ', '\t']);
    let words = page.words(range.start..range.start + bare.len());
    let value = HeaderText::new(&words.text).to_string();
    (!value.is_empty()).then_some(Said { value, words })
}

/// "Franz Kellermann himself": how long the part is that is written as names are, when it begins as one and has two words.
fn capital_part(text: &str) -> usize {
    let mut end = 0;
    let mut at = 0;
    let mut count = 0;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end();
        let capital = bare.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase());
        if !capital && !has("particle", &flat(bare)) {
            break;
        }
        at += word.len();
        if capital {
            count += 1;
            end = at - (word.len() - bare.len());
        }
    }
    let rest = text.get(end..).unwrap_or_default().split_whitespace().count();
    if count >= 2 && rest == 1 { end } else { text.len() }
}

/// The stretch as a name, without titles; `None` when it is none: a name has letters only, and no word that no name has.
pub(super) fn name(page: &Page<'_>, range: Range<usize>, fewest: usize) -> Option<Said<String>> {
    let mut words = page.words(range);
    loop {
        let first = words.text.split([' ', '\u{a0}']).next().unwrap_or_default();
        // "M. Delorme" is a title, "J. Haas" an initial; "Dr.med." is written in one word.
        let title = has("title", &flat(first)) && (first.chars().count() > 1 || first.ends_with('.')) && first.len() < words.text.len();
        if !title {
            break;
        }
        let cut = words.text.get(first.len()..).unwrap_or_default();
        let cut = cut.len() - cut.trim_start().len() + first.len();
        words = page.words(words.range.start + cut..words.range.end);
    }
    // Robert "Bob" Hale.
    let nick = nickname(&words.text);
    let trimmed = words
        .text
        .trim_end_matches([':', ',', ';', '-', '–', '—', '*', '_', '"', ' ', '?', '!'])
        .trim_start_matches(['*', '_', '"', '-', ' ', '=', '#']);
    let start = words.text.find(trimmed).unwrap_or(0);
    let words = page.words(words.range.start + start..words.range.start + start + trimmed.len());
    // Only behind labels: a line that goes on in small letters is a sentence.
    let end = if fewest == 1 && nick.is_none() {
        capital_part(&words.text)
    } else {
        words.text.len()
    };
    let words = page.words(words.range.start..words.range.start + end);
    let flat = flat(nick.as_ref().unwrap_or(&words.text));
    let all: Vec<&str> = flat.split(' ').collect();
    let letters = nick
        .as_ref()
        .unwrap_or(&words.text)
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.' | '\u{a0}' | '‑' | '\u{300}'..='\u{36f}'));
    // "Georgia May Finch", "Will Turner".
    let capitals = words
        .text
        .split_whitespace()
        .filter(|word| word.chars().next().is_some_and(char::is_uppercase))
        .count();
    let too = |word: &str| has("name too", word) && all.len() > 1 && capitals == all.len();
    let ordinary = |word: &&&str| has("no name", word) && !has("particle", word) && !too(word);
    let full = all.len() >= fewest && all.len() <= LONGEST_NAME && !all.iter().any(|word| word.is_empty());
    // "Jan Lead" may be somebody's name, "Team Lead" is none.
    let job = all.last().is_some_and(|last| has("role head", last) && !has("surname", last))
        || all.iter().any(|word| has("company form", word) && word.len() > 2);
    if !full || !letters || job || all.iter().any(|word| ordinary(&word)) || words.text.contains(". ") && all.len() > 4 {
        return None;
    }
    Some(Said {
        value: HeaderText::new(nick.as_ref().unwrap_or(&words.text)).to_string(),
        words,
    })
}

/// A name without the one in quotation marks in its middle.
fn nickname(text: &str) -> Option<String> {
    let (head, rest) = text.split_once(['"', '“', '„'])?;
    let (nick, tail) = rest.split_once(['"', '”', '“'])?;
    let inner = !head.trim().is_empty() && !tail.trim().is_empty() && nick.split_whitespace().count() == 1;
    inner.then(|| format!("{} {}", head.trim(), tail.trim()))
}
