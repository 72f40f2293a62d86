//! What the owner of an address in a sentence is called: the name beside it, behind it, or elsewhere in the mail.

use std::ops::Range;

use crate::handin::Said;
use crate::handin::entry::capitalised;
use crate::handin::page::{Area, Page};
use crate::handin::people::{Found, name, same_name};
use crate::handin::scan::{Fit, Kind, Token, addresses, fit, key, tokens};
use crate::handin::words::{ends, flat, spelled_out};
use crate::model::Address;

/// A name stands no further from the address that follows it, in bytes.
const NEAR: usize = 220;
/// A name that the address does not repeat stands right before it.
const BESIDE: usize = 48;

/// "Theresia Stadler von der Alpenmilch" of theresia.stadler@alpenmilch.example: the name without the firm.
fn without_firm(page: &Page<'_>, run: &Said<String>, address: &Address) -> Option<Said<String>> {
    let text = run.words.text.as_str();
    let cut = [" von der ", " von ", " vom ", " de la ", " de ", " di ", " del ", " van "]
        .iter()
        .filter_map(|sign| text.find(sign).map(|at| (at, sign.len())))
        .min_by_key(|(at, length)| (*at, usize::MAX - length))?;
    let firm: String = flat(text.get(cut.0 + cut.1..)?)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let domain = key(address);
    let theirs = firm.len() > 3 && (domain.starts_with(&firm) || firm.starts_with(&domain) && domain.len() > 3);
    let start = run.words.range.start;
    theirs.then(|| name(page, start..start + cut.0, 2)).flatten()
}

/// "blessing.mutasa@x.example full name Blessing Mutasa": a full name right behind that the address repeats in whole.
pub(super) fn named_behind(page: &Page<'_>, at: &Range<usize>, address: &Address, runs: &[Said<String>]) -> Option<Said<String>> {
    let behind = runs.iter().find(|run| run.words.range.start >= at.end)?;
    let near = behind.words.range.start - at.end <= BESIDE && addresses(page.of_range(&(at.end..behind.words.range.start))).is_empty();
    (near && repeats(&behind.value, address)).then(|| behind.clone())
}

/// First name and surname both stand before the `@`.
fn repeats(name: &str, address: &Address) -> bool {
    let plain = flat(name);
    let spelled = spelled_out(name);
    let local: String = flat(address.local()).chars().filter(char::is_ascii_alphanumeric).collect();
    [plain, spelled].iter().any(|name| {
        let mut words = name.split(' ');
        let (first, last) = (words.next().unwrap_or_default(), words.next_back().unwrap_or_default());
        first.len() > 1 && last.len() > 1 && local.contains(first) && local.contains(last)
    })
}

/// Addresses in sentences whose name stands elsewhere: the only full name of the recruiter's words that they repeat in whole.
pub(super) fn named_elsewhere(page: &Page<'_>, listed: usize, found: &mut Found) {
    let mut names: Vec<Said<String>> = Vec::new();
    for paragraph in page.paragraphs(Area::Mine) {
        names.extend(capitalised(page, paragraph).into_iter().filter_map(|run| name(page, run, 2)));
    }
    for at in listed..found.people.len() {
        let Some(person) = found.people.get(at).filter(|one| one.name.is_none() && one.addresses.len() == 1) else {
            continue;
        };
        let Some(address) = person.addresses.first().map(|one| one.value.clone()) else {
            continue;
        };
        let mut fitting = names.iter().filter(|name| repeats(&name.value, &address));
        let Some(first) = fitting
            .next()
            .cloned()
            .filter(|first| fitting.all(|other| same_name(&other.value, &first.value)))
        else {
            continue;
        };
        // Who is known by name already gets the address.
        let known = found.people.iter().position(|one| one.is_called(&first.value));
        match known {
            Some(known) => {
                let address = found.people.get(at).and_then(|one| one.addresses.first().cloned());
                if let Some((one, address)) = found.people.get_mut(known).zip(address) {
                    one.address(address);
                }
                if let Some(one) = found.people.get_mut(at) {
                    one.addresses.clear();
                }
            }
            None => {
                if let Some(person) = found.people.get_mut(at) {
                    person.at = person.at.min(first.words.range.start);
                    person.name = Some(first);
                }
            }
        }
    }
}

/// The name of an address: one that it repeats, or one that stands right before it.
pub(super) fn named_here(
    page: &Page<'_>,
    at: &Range<usize>,
    paragraph: &Range<usize>,
    address: &Address,
    runs: &[Said<String>],
    firm: Option<&Said<String>>,
) -> Option<Said<String>> {
    let before = || runs.iter().rev().filter(|run| run.words.range.end <= at.start);
    let firms = |run: &Said<String>| {
        without_firm(page, run, address).is_none()
            && firm.is_some_and(|firm| {
                firm.words.range.start < run.words.range.end && run.words.range.start < firm.words.range.end
                    || flat(&firm.value).starts_with(&flat(&run.value))
            })
    };
    let full = |run: &&Said<String>| run.value.contains(' ');
    let near = |run: &&Said<String>| at.start - run.words.range.end <= NEAR;
    let sure = before()
        .filter(full)
        .filter(near)
        .find(|run| fit(&run.value, address) == Fit::Sure && !firms(run));
    if let Some(run) = sure {
        return without_firm(page, run, address).or_else(|| Some(run.clone()));
    }
    // Nothing but signs and small words between.
    let others = addresses(page.of_range(&(paragraph.start..at.start)));
    let last_other = others.last().map_or(paragraph.start, |(range, _)| paragraph.start + range.end);
    let beside = before().find(|run| !firms(run))?;
    let between = beside.words.range.end..at.start;
    let gap = page.of_range(&between);
    let spoken = gap
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    let with_firm = firm.is_some_and(|firm| between.start <= firm.words.range.start && firm.words.range.end <= between.end);
    let close =
        gap.len() <= BESIDE && (spoken == 0 || with_firm && spoken <= 6 || fit(&beside.value, address) == Fit::Perhaps && spoken <= 6);
    (close && beside.value.contains(' ') && last_other <= beside.words.range.start && !gap.contains(['.', '\n', '!', '?']))
        .then(|| beside.clone())
}

/// "ryan tulley ryan.tulley@x.example": words right before the address that it repeats.
pub(super) fn in_small_letters(page: &Page<'_>, sentence: &Range<usize>, at: &Range<usize>, address: &Address) -> Option<Said<String>> {
    let all = tokens(page.text, sentence.start..at.start);
    let words: Vec<_> = all
        .iter()
        .rev()
        .skip_while(|token| matches!(token.kind, Kind::Mark(_)))
        .take_while(|token| token.is_word())
        .take(3)
        .collect();
    [3, 2].into_iter().find_map(|count| {
        let run = words.get(..count)?;
        let (last, first) = (run.first()?, run.last()?);
        let fits = |word: &&Token| fit(&word.fold, address) == Fit::Sure;
        // "full name bronwen maddox, bronwen@x.example".
        let announced = || {
            let head = flat(page.of_range(&(sentence.start..first.range.start)));
            ends("name announced", &head).is_some() && run.iter().any(&fits)
        };
        (run.iter().all(&fits) || announced())
            .then(|| name(page, first.range.start..last.range.end, 2))
            .flatten()
    })
}
