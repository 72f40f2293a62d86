//! "The role is Lead Java Developer", "Ana's email: …", "summary for Ana: …": which field of whom, and its value.

use std::ops::Range;

use super::{Change, Correction};
use crate::handin::labels::{Label, label};
use crate::handin::page::{Page, trim};
use crate::handin::people::{name, said, same_name};
use crate::handin::prose::sentences;
use crate::handin::scan::addresses;
use crate::handin::words::{ends, flat, has, within};
use crate::handin::{About, Contact, HandIn, Said, entry, interview, phone, places};
use crate::model::Address;

/// What stands between a field and its value.
const SIGNS: [&str; 16] = [
    ":",
    " is now ",
    " should be ",
    " should read ",
    " must be ",
    " has to be ",
    " is called ",
    " would be ",
    " is ",
    " = ",
    " -> ",
    " → ",
    " ist ",
    " lautet ",
    " to ",
    " as ",
];

/// Whom a field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Candidate(usize),
    Contact,
    Backup,
}

/// Words that call somebody are all of their name: "Ana", "Kovač", "Ana Kovač".
fn is_called(name: &str, called: &str) -> bool {
    let name = flat(name);
    let words: Vec<&str> = name.split(' ').collect();
    let called = flat(called);
    !called.is_empty() && called.split(' ').all(|word| words.contains(&word))
}

/// The only candidate called so.
pub(super) fn candidate(draft: &HandIn, called: &str) -> Option<usize> {
    let all = draft.candidates.iter().enumerate();
    let mut fitting = all.filter(|(_, one)| one.name.as_ref().is_some_and(|name| is_called(&name.value, called)));
    fitting.next().filter(|_| fitting.next().is_none()).map(|(at, _)| at)
}

/// The only one of the draft called so: a name that both sides have is nobody's.
pub(super) fn person(draft: &HandIn, called: &str) -> Option<Whose> {
    let is = |one: &Contact| one.name.as_ref().is_some_and(|name| is_called(&name.value, called));
    match (candidate(draft, called), is(&draft.contact), is(&draft.backup)) {
        (Some(at), false, false) => Some(Whose::Candidate(at)),
        (None, true, false) => Some(Whose::Contact),
        (None, false, true) => Some(Whose::Backup),
        _ => None,
    }
}

/// Who has this address in the draft.
pub(super) fn holder(draft: &HandIn, address: &Address) -> Option<Whose> {
    let is = |said: &Option<Said<Address>>| said.as_ref().is_some_and(|own| own.value == *address);
    if is(&draft.contact.address) {
        return Some(Whose::Contact);
    }
    if is(&draft.backup.address) {
        return Some(Whose::Backup);
    }
    draft.candidates.iter().position(|one| is(&one.address)).map(Whose::Candidate)
}

/// Reads a field and its value into the draft; false when it is none.
pub(super) fn read(page: &Page<'_>, range: &Range<usize>, read: &mut Correction) -> bool {
    let text = page.of_range(range);
    for sign in SIGNS {
        let Some(at) = text.find(sign).filter(|at| *at > 0) else { continue };
        let value = trim(page.text, range.start + at + sign.len()..range.end);
        let head = text.get(..at).unwrap_or_default();
        if (sign == " to " || sign == " as ") && !within("change", &flat(head)) {
            continue;
        }
        let Some((label, whose)) = subject(&read.draft, head) else {
            continue;
        };
        if !value.is_empty() && set(page, label, whose, value, sign == ":", read) {
            return true;
        }
    }
    meeting(page, range, read) || replaced(page, range, read)
}

/// The field that words name, and whose it is: all of them must be known.
fn subject(draft: &HandIn, head: &str) -> Option<(Option<Label>, Option<Whose>)> {
    let plain = flat(&head.replace("'s", " ").replace("’s", " ").replace("s' ", "s "));
    let words: Vec<&str> = plain
        .split(' ')
        .filter(|word| !has("small", word) && !has("change word", word))
        .collect();
    if words.is_empty() || words.len() > 9 {
        return None;
    }
    if let Some(label) = label(&words.join(" ")).filter(|label| !matches!(label, Label::Other)) {
        return Some((Some(label), None));
    }
    // Words of a name, and the words of a label before or behind them.
    let all = (0..words.len()).flat_map(|from| (from + 1..=words.len()).rev().map(move |to| (from, to)));
    for (from, to) in all {
        let called = words.get(from..to)?.join(" ");
        let Some(whose) = person(draft, &called) else { continue };
        let rest = [words.get(..from)?, words.get(to..)?].concat().join(" ");
        if rest.is_empty() {
            return Some((None, Some(whose)));
        }
        // Of a person in a draft, "address" is the one that mail goes to.
        let mail = matches!(rest.as_str(), "address" | "adresse").then_some(Label::Address);
        if let Some(label) = mail.or_else(|| label(&rest)) {
            return Some((Some(label), Some(whose)));
        }
    }
    None
}

/// Sets a field.
fn set(page: &Page<'_>, label: Option<Label>, whose: Option<Whose>, value: Range<usize>, colon: bool, read: &mut Correction) -> bool {
    let whole = page.words(value.clone());
    let value = without_old(page, value);
    let text = page.of_range(&value);
    let words = page.words(value.clone());
    // A name of something is no two sentences, and does not go on with another field.
    let short = text.chars().count() <= 120 && sentences(page, value.clone()).len() <= 1 && !goes_on(&read.draft, text);
    match (label, whose) {
        (Some(Label::Client), None) => short && text_into(page, value, Change::Client, About::Client, read, |draft| &mut draft.client),
        (Some(Label::Role), _) if !matches!(whose, Some(Whose::Candidate(_))) => {
            short && text_into(page, value, Change::Role, About::Role, read, |draft| &mut draft.role)
        }
        (Some(Label::Place), _) => short && text_into(page, value, Change::Location, About::Length, read, |draft| &mut draft.location),
        (Some(Label::Note), None) => text_into(page, value, Change::Note, About::Length, read, |draft| &mut draft.note),
        (Some(Label::Interview | Label::Minutes), _) => met(page, value, read),
        (Some(Label::Contact | Label::ContactName | Label::ContactAddress | Label::To), None) => contact(page, value, read),
        (Some(Label::Backup), None) => backup(page, value, read),
        (Some(Label::Address), Some(whose)) | (Some(Label::ContactAddress), Some(whose @ Whose::Contact)) => {
            address(page, value, whose, read)
        }
        (Some(Label::Name), Some(whose)) => called(page, value, whose, read),
        (Some(Label::Phone), Some(Whose::Candidate(at))) => {
            let Some(number) = phone::labelled(text).and_then(|at| said(page, value.start + at.start..value.start + at.end)) else {
                return false;
            };
            let Some(one) = read.draft.candidates.get_mut(at) else {
                return false;
            };
            one.phone = Some(number);
            read.changed(Change::Phone(at), words, &[]);
            true
        }
        (Some(Label::Zone), Some(Whose::Candidate(at))) => {
            let Some(zone) = places::labelled(page, value) else { return false };
            let Some(one) = read.draft.candidates.get_mut(at) else {
                return false;
            };
            one.zone = Some(zone);
            read.changed(Change::Zone(at), words, &[]);
            true
        }
        (Some(Label::Summary), Some(Whose::Candidate(at))) => summary(at, whole, read),
        // "Ana: ana@new.example", "Ana is in Lisbon", "Ana: ten years of Java".
        (None, Some(whose)) => {
            let all = addresses(text);
            if let [(range, _)] = all.as_slice() {
                let alone = flat(text.get(..range.start).unwrap_or_default())
                    .split(' ')
                    .all(|word| word.is_empty() || has("small", word) || has("change word", word) || has("label address", word));
                return alone && address(page, value, whose, read);
            }
            let Whose::Candidate(at) = whose else { return false };
            if let Some(zone) = places::of_person(page, value.clone()).filter(|_| !colon) {
                let Some(one) = read.draft.candidates.get_mut(at) else {
                    return false;
                };
                one.zone = Some(zone);
                read.changed(Change::Zone(at), words, &[]);
                return true;
            }
            colon && all.is_empty() && text.split_whitespace().count() > 2 && summary(at, whole, read)
        }
        _ => false,
    }
}

/// "Lead Java Engineer, and Ben's summary: eight years of Go": what stands behind a comma or "and" is a field of its own.
fn goes_on(draft: &HandIn, value: &str) -> bool {
    let joints = [", ", " and ", " und "];
    let behind = joints
        .iter()
        .flat_map(|joint| value.match_indices(joint).filter_map(|(at, _)| value.get(at + joint.len()..)));
    behind.map(|rest| rest.strip_prefix("and ").unwrap_or(rest)).any(|rest| {
        let heads = SIGNS.iter().filter_map(|sign| rest.get(..rest.find(sign)?));
        heads.filter(|head| !head.is_empty()).any(|head| subject(draft, head).is_some())
    })
}

/// "Lead Java Developer, not Senior": without what it was.
fn without_old(page: &Page<'_>, value: Range<usize>) -> Range<usize> {
    let text = page.of_range(&value);
    let cut = [", not ", " (not ", " not the ", " instead of ", " rather than ", ", nicht "]
        .iter()
        .filter_map(|sign| text.find(sign))
        .min()
        .unwrap_or(text.len());
    let text = text.get(..cut).unwrap_or_default();
    let text = text.trim_end_matches(|c: char| matches!(c, '.' | ',' | '!' | ';') || c.is_whitespace());
    let quoted = text.len() - text.trim_start_matches(['"', '“', '„', '\'']).len();
    let end = text.trim_end_matches(['"', '”', '“', '\'']).len();
    trim(page.text, value.start + quoted.min(end)..value.start + end)
}

fn text_into(
    page: &Page<'_>,
    value: Range<usize>,
    change: Change,
    about: About,
    read: &mut Correction,
    field: impl Fn(&mut HandIn) -> &mut Option<Said<String>>,
) -> bool {
    let Some(text) = said(page, value) else { return false };
    if within("unclear value", &flat(&text.value)) {
        return false;
    }
    let words = text.words.clone();
    *field(&mut read.draft) = Some(text);
    read.changed(change, words, &[about]);
    true
}

fn summary(at: usize, words: crate::reply::Words, read: &mut Correction) -> bool {
    let Some(one) = read.draft.candidates.get_mut(at) else {
        return false;
    };
    one.summary.clone_from(&words.text);
    read.changed(Change::Summary(at), words, &[]);
    true
}

/// "contact: Petra Vogel, petra@x.example", and either of both.
fn contact(page: &Page<'_>, value: Range<usize>, read: &mut Correction) -> bool {
    let entry = entry::read(page, value.clone(), 1);
    let words = page.words(value);
    let foreign = |address: &Address| holder(&read.draft, address).is_none_or(|whose| whose == Whose::Contact);
    if entry.addresses.len() > 1
        || !entry.addresses.iter().all(|(_, address)| foreign(address))
        || entry.name.is_none() && entry.addresses.is_empty()
    {
        return false;
    }
    let another = entry.name.as_ref().is_some_and(|name| {
        read.draft
            .contact
            .name
            .as_ref()
            .is_some_and(|old| !same_name(&old.value, &name.value))
    });
    if let Some(name) = entry.name {
        read.draft.contact.name = Some(name);
        // Another person has another address.
        if another && entry.addresses.is_empty() {
            read.draft.contact.address = None;
        }
        read.changed(Change::ContactName, words.clone(), &[About::Contact]);
    }
    for (range, value) in entry.addresses {
        read.draft.contact.address = Some(Said {
            value,
            words: page.words(range),
        });
        read.changed(Change::ContactAddress, words.clone(), &[About::Contact]);
    }
    true
}

/// "backup is Bert Klein, bert@x.example", and either of both; "backup: none" takes them out.
fn backup(page: &Page<'_>, value: Range<usize>, read: &mut Correction) -> bool {
    let words = page.words(value.clone());
    if has("nobody", &flat(&words.text)) {
        read.draft.backup = Contact::default();
        read.changed(Change::Backup, words, &[]);
        return true;
    }
    let entry = entry::read(page, value, 1);
    let foreign = |address: &Address| holder(&read.draft, address).is_none_or(|whose| whose == Whose::Backup);
    let known = entry
        .name
        .as_ref()
        .is_some_and(|name| person(&read.draft, &name.value).is_some_and(|whose| whose != Whose::Backup));
    if known
        || entry.addresses.len() > 1
        || !entry.addresses.iter().all(|(_, address)| foreign(address))
        || entry.name.is_none() && entry.addresses.is_empty()
    {
        return false;
    }
    let old = read.draft.backup.name.as_ref();
    let another = entry
        .name
        .as_ref()
        .is_some_and(|name| old.is_none_or(|old| !same_name(&old.value, &name.value)));
    if let Some(name) = entry.name {
        // Another person has another address.
        if another && old.is_some() && entry.addresses.is_empty() {
            read.draft.backup.address = None;
        }
        read.draft.backup.name = Some(name);
    }
    for (range, value) in entry.addresses {
        read.draft.backup.address = Some(Said {
            value,
            words: page.words(range),
        });
    }
    read.changed(Change::Backup, words, &[About::Contact]);
    true
}

/// An address that is nobody else's in the draft.
fn address(page: &Page<'_>, value: Range<usize>, whose: Whose, read: &mut Correction) -> bool {
    let all = addresses(page.of_range(&value));
    let [(at, address)] = all.as_slice() else { return false };
    if holder(&read.draft, address).is_some_and(|other| other != whose) {
        return false;
    }
    let words = page.words(value.start + at.start..value.start + at.end);
    let said = Some(Said {
        value: address.clone(),
        words: words.clone(),
    });
    match whose {
        Whose::Contact => {
            read.draft.contact.address = said;
            read.changed(Change::ContactAddress, words, &[About::Contact]);
        }
        Whose::Backup => {
            read.draft.backup.address = said;
            read.changed(Change::Backup, words, &[About::Contact]);
        }
        Whose::Candidate(at) => {
            let Some(one) = read.draft.candidates.get_mut(at) else {
                return false;
            };
            one.address = said;
            read.changed(Change::Address(at), words, &[About::Address]);
        }
    }
    true
}

fn called(page: &Page<'_>, value: Range<usize>, whose: Whose, read: &mut Correction) -> bool {
    let Some(name) = name(page, value, 1) else { return false };
    let words = name.words.clone();
    match whose {
        Whose::Contact => {
            read.draft.contact.name = Some(name);
            read.changed(Change::ContactName, words, &[About::Contact]);
        }
        Whose::Backup => {
            read.draft.backup.name = Some(name);
            read.changed(Change::Backup, words, &[About::Contact]);
        }
        Whose::Candidate(at) => {
            let Some(one) = read.draft.candidates.get_mut(at) else {
                return false;
            };
            one.name = Some(name);
            read.changed(Change::Name(at), words, &[]);
        }
    }
    true
}

fn met(page: &Page<'_>, value: Range<usize>, read: &mut Correction) -> bool {
    let text = page.of_range(&value);
    let words = page.words(value);
    let (kind, minutes) = (interview::kind(text), interview::minutes(text));
    if let Some(value) = kind {
        read.draft.interview = Some(Said {
            value,
            words: words.clone(),
        });
        read.changed(Change::Interview, words.clone(), &[]);
    }
    if let Some(value) = minutes {
        read.draft.minutes = Some(Said {
            value,
            words: words.clone(),
        });
        read.changed(Change::Minutes, words, &[]);
    }
    kind.is_some() || minutes.is_some()
}

/// "make it 45 minutes", "by phone please".
fn meeting(page: &Page<'_>, range: &Range<usize>, read: &mut Correction) -> bool {
    let value = without_old(page, range.clone());
    let text = page.of_range(&value);
    let flat = flat(text);
    let known = flat.split(' ').all(|word| {
        word.chars().all(|c| c.is_ascii_digit())
            || has("small", word)
            || has("change word", word)
            || has("video", word)
            || has("phone call", word)
            || has("label interview", word)
            || has("meeting word", word)
    });
    known && flat.split(' ').count() <= 12 && met(page, value, read)
}

/// "replace ana@old.example with ana@new.example", "ana@new.example instead of ana@old.example": the old one tells whose it is.
fn replaced(page: &Page<'_>, range: &Range<usize>, read: &mut Correction) -> bool {
    let text = page.of_range(range);
    let all = addresses(text);
    let [(first, old), (second, new)] = all.as_slice() else {
        return false;
    };
    let between = flat(text.get(first.end..second.start).unwrap_or_default());
    let turned = ends("in place of", &between).is_some();
    let straight = ends("by this", &between).is_some();
    let (old, new) = match (turned, straight) {
        (true, false) => (new, (first, old)),
        (false, true) => (old, (second, new)),
        _ => return false,
    };
    let place = range.start + new.0.start..range.start + new.0.end;
    holder(&read.draft, old).is_some_and(|whose| address(page, place, whose, read))
}
