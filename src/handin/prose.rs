//! People in sentences: an address leads to a name, and what stands around both tells whose side they are on.

mod called;

use std::ops::Range;

use called::{in_small_letters, named_behind, named_elsewhere, named_here};

use super::entry::capitalised;
use super::forwarded::Forwarded;
use super::page::{Area, Page};
use super::people::{Found, Person, Side, name, said, same_name};
use super::scan::{Fit, addresses, fit, fit_local, key};
use super::words::{begins, ends, flat, has, within};
use super::{Said, backup, files, firm, interview, phone, places};
use crate::model::Address;

/// Words of what somebody is, between "send to" and their name.
const MOST_TITLE: usize = 5;
/// Addresses in sentences that are looked at.
const MOST_ADDRESSES: usize = 60;
/// A line shorter than this ends where its writer pressed return.
const WRAPPED_FROM: usize = 58;

/// Reads the sentences that no label, entry or row took.
pub(super) fn read(page: &Page<'_>, attached: &[String], forwarded: Option<&Forwarded>, found: &mut Found) {
    let mut last: Option<usize> = None;
    let mut left = MOST_ADDRESSES;
    let listed = found.people.len();
    for paragraph in page.paragraphs(Area::Mine) {
        let runs: Vec<Said<String>> = capitalised(page, paragraph.clone())
            .into_iter()
            .filter_map(|run| name(page, run, 1))
            .collect();
        for sentence in sentences(page, paragraph.clone()) {
            let text = page.of_range(&sentence);
            for (at, address) in addresses(text) {
                if left == 0 {
                    break;
                }
                left -= 1;
                let at = sentence.start + at.start..sentence.start + at.end;
                last = addressed(page, &sentence, &paragraph, &at, &address, &runs, last, found).or(last);
            }
            interview::sentence(page, sentence, found);
        }
        without_address(page, &paragraph, &runs, attached, found);
    }
    named_elsewhere(page, listed, found);
    for person in found.people.iter_mut().skip(listed) {
        let called = person.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
        person.candidate += if files::is_of(&called, attached) { 3 } else { 0 };
    }
    reaches(page, listed, found);
    said_of_names(page, found);
    if let Some(forwarded) = forwarded {
        for sentence in sentences(page, forwarded.body.clone()) {
            interview::sentence(page, sentence, found);
        }
    }
}

/// The sentences of a stretch.
pub(super) fn sentences(page: &Page<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let text = page.of_range(&range);
    let mut all = Vec::new();
    let mut start = 0;
    let mut line = 0;
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let end = match c {
            '\n' => {
                let long = at - line >= WRAPPED_FROM;
                line = at + 1;
                !(long && rest.starts_with(char::is_lowercase))
            }
            '.' | '!' | '?' | ';' => {
                let last = text
                    .get(start..at)
                    .unwrap_or_default()
                    .split(|c: char| c.is_whitespace() || c == '(')
                    .next_back()
                    .unwrap_or_default();
                let short = last.chars().count() == 1 && last.chars().all(char::is_alphabetic)
                    || has("title", &flat(last)) && last.chars().count() <= 4
                    || has("abbreviation", &flat(last));
                rest.starts_with(char::is_whitespace) && !(c == '.' && short)
            }
            _ => false,
        };
        if end {
            all.push(range.start + start..range.start + at);
            start = at + c.len_utf8();
        }
    }
    all.push(range.start + start..range.end);
    all.retain(|one| page.of_range(one).chars().any(char::is_alphanumeric));
    all.truncate(2_000);
    all
}

/// Gives an address in a sentence to somebody; who that is, when it is one of [`Found::people`].
#[expect(clippy::too_many_arguments, reason = "where it stands, and all that is known")]
fn addressed(
    page: &Page<'_>,
    sentence: &Range<usize>,
    paragraph: &Range<usize>,
    at: &Range<usize>,
    address: &Address,
    runs: &[Said<String>],
    last: Option<usize>,
    found: &mut Found,
) -> Option<usize> {
    if page.is_ours(address) || found.has_address(address) {
        return None;
    }
    if is_refused(page, sentence, at) {
        found.refused.push(address.clone());
        return None;
    }
    if backup::take(page, sentence, at, address, found) {
        return None;
    }
    let value = Said {
        value: address.clone(),
        words: page.words(at.clone()),
    };
    let text = flat(page.of_range(sentence));
    // "Aoife Brannigan, aoife@brannigan.example": the name is no firm.
    let called = |firm: &Said<String>| {
        let within = |run: &&Said<String>| run.words.range.start <= firm.words.range.start && firm.words.range.end <= run.words.range.end;
        runs.iter().filter(within).any(|run| fit_local(&run.value, address) == Fit::Sure)
    };
    let firm = firm::called_after(page, address).filter(|firm| !called(firm));
    // A contact whose name only is known: "His address: …".
    let waits = found.contact_address.is_empty() && found.contact_name.last().is_some_and(|name| fit(&name.value, address) == Fit::Sure);
    if waits {
        found.contact_address.push(value);
        return None;
    }
    let named = named_here(page, at, paragraph, address, runs, firm.as_ref())
        .or_else(|| in_small_letters(page, sentence, at, address))
        .or_else(|| named_behind(page, at, address, runs));
    let theirs = |one: &Person| match &named {
        Some(name) => one.is_called(&name.value),
        None => one.fits(address) == Fit::Sure,
    };
    let known = found
        .people
        .iter()
        .position(theirs)
        .or_else(|| last.filter(|_| named.is_none() && pronoun(page, sentence, at)));
    if let Some(index) = known {
        let person = found.people.get_mut(index)?;
        if !person.addresses.is_empty() && within("replaced", &text) {
            person.addresses.clear();
        }
        person.address(value);
        return Some(index);
    }
    let start = named.as_ref().map_or(at.start, |name| name.words.range.start);
    let mut person = Person::new(start, Side::Unsure);
    person.addresses.push(value);
    cues(page, sentence, start, at, &mut person);
    let own = named.as_ref().is_some_and(|name| {
        let letters: String = flat(&name.value).chars().filter(char::is_ascii_alphanumeric).collect();
        let key = key(address);
        letters.contains(&key)
            || key.contains(&letters)
            || fit(&name.value, address) == Fit::Sure && flat(&name.value).split(' ').any(|word| word.len() > 3 && key.contains(word))
    });
    // "Kerr Hadleigh LLP" says more than the name of Rosalind Kerr.
    let more = |firm: &Said<String>| {
        let name = named.as_ref().map(|name| flat(&name.value)).unwrap_or_default();
        let others = |word: &&str| !name.split(' ').any(|own| own == *word);
        flat(&firm.value).split(' ').filter(others).count() > 0 && firm.value.contains(' ')
    };
    if firm.as_ref().is_some_and(|firm| !own || more(firm)) {
        person.contact += 3;
    }
    if let Some(previous) = last
        .and_then(|last| found.people.get(last))
        .filter(|previous| sentence.contains(&previous.at))
    {
        person.candidate += u8::from(previous.candidate > previous.contact && person.contact == 0);
    }
    let own_words = own_stretch(page, sentence, at);
    if within("bystander", &own_words) && person.contact < 5 || within("withdrawn", &own_words) {
        let alone = person.candidate == 0;
        person.side = if alone { Side::Out } else { Side::Unsure };
    }
    person.name = named;
    found.people.push(person);
    Some(found.people.len() - 1)
}

/// What a sentence says beside an address, up to the next one and without a bracket that is about somebody else.
fn own_stretch(page: &Page<'_>, sentence: &Range<usize>, at: &Range<usize>) -> String {
    let head = page.of_range(&(sentence.start..at.start));
    let from = addresses(head).last().map_or(sentence.start, |(one, _)| sentence.start + one.end);
    let tail = page.of_range(&(at.end..sentence.end));
    let next = addresses(tail).first().map_or(tail.len(), |(one, _)| one.start);
    let tail = tail.get(..next).unwrap_or_default();
    // "(her mother Cordelia, cordelia@x.example, …)" begins before the address in it.
    let cut = match next < page.of_range(&(at.end..sentence.end)).len() {
        true => tail.rfind('(').unwrap_or(tail.len()),
        false => tail.len(),
    };
    flat(&format!(
        "{} {}",
        page.of_range(&(from..at.start)),
        tail.get(..cut).unwrap_or_default()
    ))
}

/// "Under no circumstances write to …", "not anna@x.example": words right before the address.
fn is_refused(page: &Page<'_>, sentence: &Range<usize>, at: &Range<usize>) -> bool {
    let head = page.of_range(&(sentence.start..at.start));
    let clause = head
        .rsplit([',', ';', ':', '('])
        .find(|clause| !clause.trim().is_empty())
        .unwrap_or_default();
    ends("not this", &flat(clause)).is_some()
}

/// "She's at …", "reach him on …": the address is of the one spoken of before.
fn pronoun(page: &Page<'_>, sentence: &Range<usize>, at: &Range<usize>) -> bool {
    within("pronoun", &flat(page.of_range(&(sentence.start..at.start))))
}

/// What stands around a name in its sentence.
fn cues(page: &Page<'_>, sentence: &Range<usize>, start: usize, at: &Range<usize>, person: &mut Person) {
    let mut before = flat(page.of_range(&(sentence.start..start.max(sentence.start))));
    while let Some(length) = ends("title", &before).filter(|length| before.len() > *length) {
        before.truncate(before.len() - length);
        before.truncate(before.trim_end().len());
    }
    if ends("not them", &before).is_some() {
        person.side = Side::Out;
    }
    // "Contact at the firm is", "the hiring manager over there is".
    let clause = before.rsplit_once(" and ").map_or(before.as_str(), |(_, clause)| clause);
    let called =
        clause.contains(' ') && ends("is", clause).is_some() && clause.split(' ').count() <= 8 && within("label contact person", clause);
    // "Send to their ops director Hamid Rezai": what they are stands between.
    let raw = page.of_range(&(sentence.start..start.max(sentence.start)));
    let clause = flat(raw.rsplit([',', ';', '.', ':', '(', ')', '\n']).next().unwrap_or_default());
    let words: Vec<&str> = clause.split(' ').collect();
    let told = (1..=MOST_TITLE.min(words.len().saturating_sub(1))).any(|count| {
        let (head, title) = words.split_at(words.len() - count);
        let plain = !title.iter().any(|word| has("no part of title", word));
        plain && ends("send to", &head.join(" ")).is_some()
    });
    if called || told || ends("contact before", &before).is_some() {
        person.contact += 2;
    } else if ends("toward", &before).is_some() {
        person.contact += 1;
    } else if ends("candidate before", &before).is_some() {
        person.candidate += 2;
    }
    let behind = flat(page.of_range(&(at.end..sentence.end)));
    let between = flat(page.of_range(&(start..at.start.max(start))));
    if begins("contact behind", &behind).is_some() || within("contact behind", &between) {
        person.contact += 2;
    }
    if within("contact beside", &between) {
        person.contact += 1;
    }
}

/// Names without an address: of people whose CV is attached, and of the contact.
fn without_address(page: &Page<'_>, paragraph: &Range<usize>, runs: &[Said<String>], attached: &[String], found: &mut Found) {
    for run in runs {
        let known = found.people.iter().any(|person| person.is_called(&run.value))
            || found.contact_name.iter().any(|name| same_name(&name.value, &run.value));
        if known {
            continue;
        }
        let place = run.words.range.clone();
        let sentence = sentences(page, paragraph.clone())
            .into_iter()
            .find(|one| one.contains(&place.start))
            .unwrap_or(place.clone());
        let mut probe = Person::new(place.start, Side::Unsure);
        cues(page, &sentence, place.start, &(place.end..place.end), &mut probe);
        let titled = page
            .of_range(&(sentence.start..place.start))
            .split_whitespace()
            .next_back()
            .is_some_and(|word| has("title", &flat(word)));
        let full = run.value.contains(' ');
        // "send them to Acme" names a firm as well as a person; "the contact is …", "to … at Acme" a person.
        let behind = page
            .text
            .get(place.end..sentence.end.max(place.end))
            .unwrap_or_default()
            .trim_start();
        let personal = titled
            || ends("person before", &flat(page.of_range(&(sentence.start..place.start)))).is_some()
            || begins("of firm", &flat(behind)).is_some();
        if full && files::is_full_name(&run.value, attached) && !within("withdrawn", &flat(page.of_range(&sentence))) {
            probe.candidate += 3;
            probe.name = Some(run.clone());
            found.people.push(probe);
        } else if probe.contact >= 2 && personal && (full || titled) && found.contact_name.is_empty() && !is_firm_like(page, &place) {
            found.contact_name.push(run.clone());
        }
    }
}

/// A firm has a sign or a form beside its words: "Tilbury & Marsh".
fn is_firm_like(page: &Page<'_>, range: &Range<usize>) -> bool {
    let behind = page.text.get(range.end..).unwrap_or_default().trim_start();
    let before = page.text.get(..range.start).unwrap_or_default().trim_end();
    behind.starts_with('&') || before.ends_with('&')
}

/// Phone, place and summary of people in sentences: from their name to the next one's.
fn reaches(page: &Page<'_>, listed: usize, found: &mut Found) {
    let mut starts: Vec<usize> = found.people.iter().map(|person| person.at).collect();
    starts.sort_unstable();
    let paragraphs = page.paragraphs(Area::Mine);
    for person in found.people.iter_mut().skip(listed) {
        let Some(paragraph) = paragraphs.iter().find(|one| one.contains(&person.at)) else {
            continue;
        };
        let next = starts.iter().copied().find(|start| *start > person.at).unwrap_or(usize::MAX);
        let reach = person.at..paragraph.end.min(next);
        let text = page.of_range(&reach);
        // What is said of the interview is not said of them.
        person.phone = person
            .phone
            .take()
            .or_else(|| phone::find(text).and_then(|at| said(page, reach.start + at.start..reach.start + at.end)));
        person.zone = person.zone.take().or_else(|| places::of_person(page, reach.clone()));
        // Named in one paragraph, reached in another.
        let address = person.addresses.last().map_or(reach.start, |address| address.words.range.start);
        let elsewhere = paragraphs
            .iter()
            .find(|one| one.contains(&address) && (!one.contains(&person.at) || !reach.contains(&address)));
        if let Some(paragraph) = elsewhere {
            let next = starts.iter().copied().find(|start| *start > address).unwrap_or(usize::MAX);
            let reach = address..paragraph.end.min(next);
            let number = phone::find(page.of_range(&reach)).and_then(|at| said(page, reach.start + at.start..reach.start + at.end));
            person.phone = person.phone.take().or(number);
            person.zone = person.zone.take().or_else(|| places::of_person(page, reach));
        }
        let own = person.name.as_ref().map_or(reach.start, |name| name.words.range.end);
        let own = own.max(
            person
                .addresses
                .last()
                .map_or(own, |address| address.words.range.end.min(reach.end)),
        );
        person.summary.extend(told(page, own..reach.end));
    }
}

/// What is said of somebody from behind their name or address on. "and", "for the Data Analyst role at Fabrikam, contact" go on with something
/// else, and a sentence with somebody's address or a word to us is about something else.
fn told(page: &Page<'_>, range: Range<usize>) -> Option<String> {
    let signs = [' ', ',', '(', ')', '.', ';', ':', '-', '–', '—', '\n', '>'];
    let mut kept: Vec<Range<usize>> = Vec::new();
    let first = page
        .of_range(&range)
        .find(['.', '!', '?', ';', '\n'])
        .map_or(range.end, |at| range.start + at);
    for sentence in sentences(page, range.clone()) {
        let text = page.of_range(&sentence);
        let flat = flat(text.trim_matches(signs));
        let inside = sentence.start <= first;
        let goes_on = begins("no summary", &flat).is_some() && inside || has("no summary end", &flat);
        let elsewhere = !addresses(text).is_empty() || !inside && within("to us", &flat);
        if goes_on || elsewhere {
            continue;
        }
        match kept
            .last_mut()
            .filter(|last| page.of_range(&(last.end..sentence.start)).trim_matches(signs).is_empty())
        {
            Some(last) => last.end = sentence.end,
            None => kept.push(sentence),
        }
    }
    let mut summary = String::new();
    for part in kept {
        let mut text = page.of_range(&part).trim_matches(signs);
        while let Some((rest, _)) = text.rsplit_once(' ').filter(|(_, last)| has("no summary end", &flat(last))) {
            text = rest.trim_end_matches(signs);
        }
        let blank = if summary.is_empty() || text.is_empty() { "" } else { ". " };
        summary.push_str(blank);
        summary.push_str(text);
    }
    (!summary.is_empty()).then_some(summary)
}

/// "Ana: ten years of Go", "Ben has shipped three apps": sentences that begin with the name of somebody in a list or table.
fn said_of_names(page: &Page<'_>, found: &mut Found) {
    for paragraph in page.paragraphs(Area::Mine) {
        for sentence in sentences(page, paragraph) {
            let text = page.of_range(&sentence).trim();
            let first = text.split([' ', ':', ',']).next().unwrap_or_default();
            let named = first.chars().count() > 2 && first.starts_with(char::is_uppercase) && !has("no name", &flat(first));
            let said = text
                .split_once(':')
                .filter(|(head, _)| *head == first)
                .map_or(text, |(_, rest)| rest.trim())
                .to_owned();
            if named && let Some(person) = super::lines::announced(found, first) {
                let place = places::of_person(page, sentence.clone());
                person.zone = person.zone.take().or(place);
                if person.listed {
                    person.summary.push(said);
                }
            }
        }
    }
}
