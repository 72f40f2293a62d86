//! The backup contact: who is asked when the contact does not answer.
//!
//! In: an address and the words around it. Out: whether it is the backup's, and who that is. Never here: somebody who is merely copied in.

use std::ops::Range;

use super::entry::capitalised;
use super::page::Page;
use super::people::{Found, Person, Side, name, same_name};
use super::scan::addresses;
use super::words::{begins, flat, within};
use super::{About, Contact, Doubt, Said};
use crate::model::Address;

/// The name stands no further before the address, in bytes.
const NEAR: usize = 60;
/// Words behind an address that are looked at.
const BEHIND: usize = 8;

/// Takes an address whose words say that it is the backup's; false when they do not. `stretch` is the sentence or line it stands in.
pub(super) fn take(page: &Page<'_>, stretch: &Range<usize>, at: &Range<usize>, address: &Address, found: &mut Found) -> bool {
    let all = addresses(page.of_range(stretch));
    let places = || all.iter().map(|(one, _)| stretch.start + one.start..stretch.start + one.end);
    let from = places().filter(|one| one.end <= at.start).map(|one| one.end).max();
    let next = places().filter(|one| one.start >= at.end).map(|one| one.start).min();
    let before = from.unwrap_or(stretch.start)..at.start;
    let behind = flat(page.of_range(&(at.end..next.unwrap_or(stretch.end))));
    let near: Vec<&str> = behind.split(' ').take(BEHIND).collect();
    let said = flat(page.of_range(&before));
    let is = says(&said) || begins("backup behind", &behind).is_some() || next.is_none() && closes(&near);
    if is && !page.is_ours(address) {
        found.backup.push(Contact {
            name: called(page, &before),
            address: Some(Said {
                value: address.clone(),
                words: page.words(at.clone()),
            }),
        });
    }
    is
}

/// Words before an address: "backup is", "if she is away".
pub(super) fn says(flat: &str) -> bool {
    within("backup before", flat) || within("backup if", flat) && within("backup away", flat)
}

/// Words behind the last address: "if he does not answer", "when chasing".
fn closes(words: &[&str]) -> bool {
    let text = words.join(" ");
    within("backup behind", &text) || begins("backup if", &text).is_some() && within("backup away", &text)
}

/// The last name before the address.
fn called(page: &Page<'_>, before: &Range<usize>) -> Option<Said<String>> {
    let last = capitalised(page, before.clone())
        .into_iter()
        .rev()
        .find_map(|run| name(page, run, 1))?;
    (before.end - last.words.range.end <= NEAR).then_some(last)
}

/// The one backup that was named: nobody who is the contact or a candidate.
pub(super) fn choose(found: &mut Found, contact: &Contact, doubts: &mut Vec<Doubt>) -> Contact {
    let mut claims = std::mem::take(&mut found.backup);
    claims.retain(|one| {
        let same = |own: &Said<Address>| contact.address.as_ref().is_some_and(|other| other.value == own.value);
        !one.address.as_ref().is_some_and(same)
    });
    let Some((first, rest)) = claims.split_first() else {
        return Contact::default();
    };
    let address = |one: &Contact| one.address.as_ref().map(|said| said.value.clone());
    let candidate = |person: &Person| {
        let own = address(first);
        person.side == Side::Candidate && own.is_some() && person.addresses.iter().any(|one| Some(&one.value) == own.as_ref())
    };
    let other = rest
        .iter()
        .find(|other| address(other) != address(first) && other.address.is_some());
    let doubted = other.or_else(|| found.people.iter().any(candidate).then_some(first));
    if let Some(doubted) = doubted {
        let words = doubted.address.as_ref().map(|said| said.words.clone());
        let words = words.or_else(|| doubted.name.as_ref().map(|said| said.words.clone()));
        doubts.extend(words.map(|words| Doubt {
            about: About::Contact,
            words,
        }));
        return Contact::default();
    }
    let chosen = first.clone();
    found.people.retain(|person| {
        let own = person.addresses.iter().any(|one| Some(&one.value) == address(&chosen).as_ref());
        let called = chosen
            .name
            .as_ref()
            .is_some_and(|name| person.addresses.is_empty() && person.name.as_ref().is_some_and(|own| same_name(&own.value, &name.value)));
        person.side == Side::Candidate || !own && !called
    });
    chosen
}
