//! What was found → what is handed in: who the contact is, who the candidates are, what is missing and what is asked.

mod company;
mod contact;
mod guards;
mod roles;

use super::backup;
use super::forwarded::Forwarded;
use super::page::Page;
use super::people::{Found, Person, Side};
use super::scan::{Fit, bears_first, same_house};
use super::words::flat;
use super::{About, Candidate, Contact, Doubt, HandIn, Missing, Said, files};
use crate::model::Address;

/// More candidates than anybody reads in one mail.
const MOST_CANDIDATES: usize = 20;

/// Makes one reading of all that was found.
pub(super) fn settle(page: &Page<'_>, mut found: Found, forwarded: Option<&Forwarded>, attached: &[String]) -> HandIn {
    let mut doubts = page.doubts.clone();
    doubts.append(&mut found.doubts);
    for one in std::mem::take(&mut found.refused) {
        found.contact_address.retain(|said| said.value != one);
        found
            .backup
            .retain(|other| other.address.as_ref().is_none_or(|said| said.value != one));
        for person in &mut found.people {
            person.addresses.retain(|said| said.value != one);
        }
    }
    let contact = contact::choose(page, &mut found, forwarded, &mut doubts);
    let backup = backup::choose(&mut found, &contact, &mut doubts);
    let people = candidates(page, &mut found, &contact, forwarded, attached, &mut doubts);
    let client = company::choose(page, &found, &contact, &people, forwarded, &mut doubts);
    let role = roles::choose(page, &found, forwarded, client.as_ref(), &people, &mut doubts);
    let mut draft = HandIn {
        client,
        contact,
        backup,
        role,
        candidates: Vec::new(),
        interview: found.interview,
        minutes: found.minutes,
        location: found.location,
        note: found.note,
        missing: Vec::new(),
        doubts,
    };
    let names: Vec<String> = people
        .iter()
        .map(|one| one.name.as_ref().map(|name| name.value.clone()).unwrap_or_default())
        .collect();
    let chosen = files::assign(&names, attached, &mut draft.doubts);
    let addresses = addresses(page, &people, &draft.contact, &mut draft.doubts);
    for ((person, address), cv) in people.into_iter().zip(addresses).zip(chosen) {
        draft.candidates.push(Candidate {
            name: person.name,
            address,
            phone: person.phone,
            zone: person.zone,
            summary: person.summary.join("\n"),
            cv,
        });
    }
    guards::check(&mut draft);
    draft.missing = missing(&draft);
    draft
}

/// What a batch needs and a draft has not.
pub(super) fn missing(draft: &HandIn) -> Vec<Missing> {
    let mut all = Vec::new();
    let mut lacks = |is: bool, what: Missing| {
        if is {
            all.push(what);
        }
    };
    lacks(draft.client.is_none(), Missing::Client);
    lacks(draft.contact.name.is_none(), Missing::ContactName);
    lacks(draft.contact.address.is_none(), Missing::ContactAddress);
    lacks(draft.role.is_none(), Missing::Role);
    lacks(draft.candidates.is_empty(), Missing::Candidates);
    for (at, one) in draft.candidates.iter().enumerate() {
        lacks(one.name.is_none(), Missing::Name(at));
        lacks(one.address.is_none(), Missing::Address(at));
    }
    all
}

/// The people put forward, in the order of the mail.
fn candidates(
    page: &Page<'_>,
    found: &mut Found,
    contact: &Contact,
    forwarded: Option<&Forwarded>,
    attached: &[String],
    doubts: &mut Vec<Doubt>,
) -> Vec<Person> {
    let sure = found.people.iter().any(|one| one.side == Side::Candidate);
    let listed = found.people.iter().filter(|one| one.listed && !one.addresses.is_empty()).count();
    let has_file = |one: &Person| one.name.as_ref().is_some_and(|name| files::is_full_name(&name.value, attached));
    let mut people: Vec<Person> = Vec::new();
    let mut all = std::mem::take(&mut found.people);
    all.sort_by_key(|one| one.at);
    for mut person in all {
        let doubtful = |person: &Person, doubts: &mut Vec<Doubt>| {
            let words = person
                .name
                .as_ref()
                .map(|name| name.words.clone())
                .or_else(|| person.addresses.first().map(|one| one.words.clone()));
            doubts.extend(words.map(|words| Doubt {
                about: About::Person,
                words,
            }));
        };
        let colleague = contact
            .address
            .as_ref()
            .is_some_and(|one| person.addresses.iter().any(|own| same_house(&own.value, &one.value)));
        let is_contact = contact.name.as_ref().is_some_and(|name| person.is_called(&name.value));
        match person.side {
            Side::Out => doubtful(&person, doubts),
            Side::Unsure if colleague && person.candidate < 3 || is_contact => {}
            // Where candidates have a list, a person in a sentence beside it must be called one.
            Side::Unsure if !person.listed && (sure && person.candidate < 2 || person.contact > person.candidate) => {
                doubtful(&person, doubts)
            }
            Side::Unsure if person.name.is_none() && !person.listed => doubtful(&person, doubts),
            // Beside a list that is not announced, somebody in a sentence whom nothing calls a candidate.
            Side::Unsure if !person.listed && listed > 0 && person.candidate == 0 && !has_file(&person) => doubtful(&person, doubts),
            // "Sarah Q can start on Monday": a name alone is nobody, where no list of candidates holds it.
            Side::Unsure if person.addresses.is_empty() && person.phone.is_none() && !has_file(&person) && person.candidate < 2 => {
                doubtful(&person, doubts)
            }
            Side::Candidate | Side::Unsure => {
                if person.name.is_none() && person.addresses.is_empty() {
                    continue;
                }
                // Somebody named twice is one person.
                let twin = people.iter_mut().find(|one| {
                    person
                        .name
                        .as_ref()
                        .is_some_and(|name| one.is_called(&name.value) && flat(&name.value).contains(' '))
                });
                match twin {
                    Some(one) if one.addresses.is_empty() || person.addresses.is_empty() || one.addresses == person.addresses => {
                        one.addresses.append(&mut person.addresses);
                        one.phone = one.phone.take().or(person.phone);
                        one.zone = one.zone.take().or(person.zone);
                        one.summary.append(&mut person.summary);
                    }
                    Some(_) | None => people.push(person),
                }
            }
        }
    }
    // Nobody else is named, and their own mail with their CV is forwarded below.
    if let Some(from) = forwarded.map(|forwarded| &forwarded.from)
        && people.is_empty()
        && let (Some(name), Some(address)) = (&from.name, &from.address)
        && contact
            .address
            .as_ref()
            .is_some_and(|one| one.value != address.value && !same_house(&one.value, &address.value))
        && files::is_full_name(&name.value, attached)
    {
        let mut person = Person::new(name.words.range.start, Side::Candidate);
        person.name = Some(name.clone());
        people.push(person);
    }
    // Their own mail, forwarded below.
    if let Some(from) = forwarded.map(|forwarded| &forwarded.from)
        && let (Some(name), Some(address)) = (&from.name, &from.address)
        && contact.address.as_ref().is_none_or(|one| one.value != address.value)
        && let Some(one) = people.iter_mut().find(|one| one.is_called(&name.value) && one.addresses.is_empty())
    {
        one.addresses.push(address.clone());
    }
    loose(&mut people, found, doubts);
    if people.len() > MOST_CANDIDATES {
        people.truncate(MOST_CANDIDATES);
        doubts.push(Doubt {
            about: About::Count,
            words: page.words(0..0),
        });
    }
    people
}

/// What stands behind labels that do not say whose it is: an address by the name it bears, all of it when there is one candidate only.
fn loose(people: &mut [Person], found: &mut Found, doubts: &mut Vec<Doubt>) {
    let single = people.len() == 1;
    for address in std::mem::take(&mut found.loose) {
        let mut fitting = people
            .iter_mut()
            .filter(|one| one.addresses.is_empty() && (single || one.fits(&address.value) == Fit::Sure));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) if one.fits(&address.value) > Fit::None => one.address(address),
            _ => doubts.push(Doubt {
                about: About::Address,
                words: address.words,
            }),
        }
    }
    if let [only] = people {
        only.phone = only.phone.take().or(found.loose_phone.take());
        only.zone = only.zone.take().or(found.loose_zone.take());
    }
}

/// The address of each candidate: one that is theirs only. One for two people, or two for one, is asked.
fn addresses(page: &Page<'_>, people: &[Person], contact: &Contact, doubts: &mut Vec<Doubt>) -> Vec<Option<Said<Address>>> {
    let shared = |at: usize, address: &Address| {
        let others = people.iter().enumerate().filter(|(other, _)| *other != at);
        others
            .filter(|(_, other)| other.addresses.iter().any(|own| own.value == *address))
            .map(|(_, other)| other.fits(address))
            .max()
    };
    let only_surname = |at: usize, address: &Address| {
        let mut others = people
            .iter()
            .enumerate()
            .filter(|(other, one)| *other != at && one.addresses.iter().any(|own| own.value == *address));
        let own = people
            .get(at)
            .and_then(|one| one.name.as_ref())
            .map(|name| flat(&name.value))
            .unwrap_or_default();
        let last = own.split(' ').next_back().unwrap_or_default().to_owned();
        others.all(|(_, other)| {
            let theirs = other.name.as_ref().map(|name| flat(&name.value)).unwrap_or_default();
            let (first, surname) = theirs.split_once(' ').unwrap_or_default();
            surname == last && !flat(address.local()).split(' ').any(|part| part == first)
        })
    };
    let mut all = Vec::new();
    for (at, person) in people.iter().enumerate() {
        let mut own: Vec<&Said<Address>> = person.addresses.iter().collect();
        let clients = |one: &Said<Address>| contact.address.as_ref().is_some_and(|contact| contact.value == one.value);
        let mut doubt = |one: &Said<Address>| {
            doubts.push(Doubt {
                about: About::Address,
                words: page.words(one.words.range.clone()),
            });
        };
        own.retain(|one| {
            let taken = match shared(at, &one.value) {
                None => false,
                // It bears the first name of one of them, and nothing of the other's but perhaps the surname.
                Some(theirs) => {
                    let own = person.name.as_ref().is_some_and(|name| bears_first(&name.value, &one.value));
                    !(own && (theirs == Fit::None || only_surname(at, &one.value)))
                }
            };
            if taken || clients(one) {
                doubt(one);
            }
            !taken && !clients(one)
        });
        if let [first, _, ..] = own.as_slice() {
            doubt(first);
        }
        all.push(match own.as_slice() {
            [only] => Some((*only).clone()),
            _ => None,
        });
    }
    all
}
