//! Whom the letter goes to.

use crate::handin::forwarded::{Forwarded, Named};
use crate::handin::page::{Area, Page};
use crate::handin::people::{Found, Person, Side, name, same_name};
use crate::handin::scan::{addresses, same_house};
use crate::handin::words::{flat, within};
use crate::handin::{About, Contact, Doubt, Said};
use crate::model::Address;

/// The contact: named by a label, by the words around them, or as the author of the client's mail below.
pub(super) fn choose(page: &Page<'_>, found: &mut Found, forwarded: Option<&Forwarded>, doubts: &mut Vec<Doubt>) -> Contact {
    let mut contact = Contact {
        name: one(&found.contact_name, |one, other| same_name(&one.value, &other.value), doubts),
        address: one(&found.contact_address, |one, other| one.value == other.value, doubts),
    };
    either(page, found, &mut contact);
    if contact.address.is_none() && found.contact_address.is_empty() {
        from_people(found, &mut contact, doubts);
    }
    if contact.name.is_none()
        && let Some(address) = &contact.address
    {
        contact.name = found
            .people
            .iter()
            .find(|one| one.addresses.iter().any(|own| own.value == address.value))
            .and_then(|one| one.name.clone());
    }
    if let Some(forwarded) = forwarded.filter(|_| contact.address.is_none() && found.contact_address.is_empty()) {
        below(page, found, forwarded, &mut contact, doubts);
    }
    let address = contact.address.clone();
    found.people.retain(|person| {
        let same = address
            .as_ref()
            .is_some_and(|one| person.addresses.iter().any(|own| own.value == one.value));
        person.side == Side::Candidate || !same || person.candidate > 3
    });
    contact
}

/// The one value of claims that agree; claims that do not are in doubt.
fn one<T: Clone>(claims: &[Said<T>], same: impl Fn(&Said<T>, &Said<T>) -> bool, doubts: &mut Vec<Doubt>) -> Option<Said<T>> {
    let (first, rest) = claims.split_first()?;
    if let Some(other) = rest.iter().find(|other| !same(first, other)) {
        doubts.push(Doubt {
            about: About::Contact,
            words: other.words.clone(),
        });
        return None;
    }
    // The fullest form of a name.
    claims.iter().max_by_key(|claim| claim.words.text.len()).or(Some(first)).cloned()
}

/// "To: Petra Vogel", "For: Acme": a person where the company is known, the company where the person is.
fn either(page: &Page<'_>, found: &mut Found, contact: &mut Contact) {
    let claims = std::mem::take(&mut found.either);
    for claim in claims {
        let person = name(page, claim.words.range.clone(), 2);
        let firm = contact.address.as_ref().is_some_and(|one| {
            flat(&claim.value)
                .split(' ')
                .any(|word| word.len() > 3 && one.value.domain().contains(word))
        });
        let known = found
            .people
            .iter()
            .any(|one| person.as_ref().is_some_and(|name| one.is_called(&name.value)));
        match person {
            Some(person) if contact.name.is_none() && !firm && (known || !found.client.is_empty()) => contact.name = Some(person),
            _ if found.client.is_empty() => found.client.push(claim),
            _ => {}
        }
    }
}

/// Somebody in a sentence or a line: the one whose words or whose domain say so.
fn from_people(found: &Found, contact: &mut Contact, doubts: &mut Vec<Doubt>) {
    let reached = found
        .people
        .iter()
        .filter(|one| one.side == Side::Unsure && !one.addresses.is_empty());
    if let Some(name) = contact.name.clone() {
        // The label names them, and their address stands elsewhere.
        let mut called = reached.filter(|one| one.is_called(&name.value));
        if let Some(person) = called
            .next()
            .filter(|person| person.addresses.len() == 1 && called.next().is_none())
        {
            take(person, contact);
        }
        return;
    }
    let likely: Vec<&Person> = reached.filter(|one| one.contact >= 2 && one.contact > one.candidate).collect();
    let most = likely.iter().map(|one| one.contact).max().unwrap_or(0);
    let best: Vec<&&Person> = likely.iter().filter(|one| one.contact == most).collect();
    match best.as_slice() {
        [only] if only.addresses.len() == 1 => take(only, contact),
        [] | [_] => {}
        [_, other, ..] => doubts.extend(other.addresses.first().map(|address| Doubt {
            about: About::Contact,
            words: address.words.clone(),
        })),
    }
}

fn take(person: &Person, contact: &mut Contact) {
    contact.address = person.addresses.first().cloned();
    contact.name = person.name.clone().or_else(|| contact.name.take());
}

/// The author of the mail below, or whom they or the recruiter name instead.
fn below(page: &Page<'_>, found: &Found, forwarded: &Forwarded, contact: &mut Contact, doubts: &mut Vec<Doubt>) {
    let candidate = |one: &Named| {
        one.name
            .as_ref()
            .is_some_and(|name| found.people.iter().any(|person| person.is_called(&name.value)))
    };
    let is_backup = |one: &Named| {
        let address = |own: &Contact| own.address.as_ref().map(|said| said.value.clone());
        let own = one.address.as_ref().map(|said| said.value.clone());
        own.is_some() && found.backup.iter().any(|other| address(other) == own)
    };
    let all: Vec<&Named> = std::iter::once(&forwarded.from)
        .chain(&forwarded.others)
        .filter(|one| !candidate(one) && !is_backup(one))
        .collect();
    // The recruiter names somebody: "Frau Lindner", "Alasdair's request", "for Gerry".
    let named: Vec<&&Named> = match &contact.name {
        Some(name) => all
            .iter()
            .filter(|one| one.name.as_ref().is_some_and(|own| same_name(&own.value, &name.value)))
            .collect(),
        None => {
            let mine = mine(page, found);
            all.iter()
                .filter(|one| one.name.as_ref().is_some_and(|own| is_mentioned(&own.value, &mine)))
                .collect()
        }
    };
    let author = !candidate(&forwarded.from);
    // Another address of theirs in the text may be the one to write to.
    let body = page.of_range(&forwarded.body);
    let from = forwarded.from.address.as_ref();
    let another = addresses(body)
        .iter()
        .any(|(_, one)| !page.is_ours(one) && from.is_none_or(|from| from.value != *one));
    let declines = another || within("not me", &flat(body));
    let chosen = match named.as_slice() {
        [only] => Some(**only),
        [] if contact.name.is_none() && author && !declines => Some(&forwarded.from),
        _ => None,
    };
    let Some(chosen) = chosen else {
        if contact.name.is_none() && author {
            doubts.extend(forwarded.from.name.as_ref().map(|name| Doubt {
                about: About::Contact,
                words: name.words.clone(),
            }));
        }
        return;
    };
    // Somebody else's people do not decide: an address of another firm than the author's is asked.
    let strange = |one: &Said<Address>| {
        forwarded
            .from
            .address
            .as_ref()
            .is_some_and(|from| !same_house(&from.value, &one.value) && from.value != one.value)
    };
    contact.address = chosen.address.clone().filter(|one| !strange(one));
    contact.name = chosen.name.clone().or_else(|| contact.name.take());
}

/// The recruiter's own words outside what is about candidates, flattened and in blanks.
fn mine(page: &Page<'_>, found: &Found) -> String {
    let lines = page.lines.iter().filter(|line| line.area == Area::Mine);
    let texts = lines.filter(|line| !found.people.iter().any(|person| person.listed && line.range.contains(&person.at)));
    format!(
        " {} ",
        texts
            .map(|line| flat(&page.of_range(&line.range).replace("'s", " ").replace("’s", " ")))
            .collect::<Vec<_>>()
            .join(" ")
    )
}

/// A first name or a surname stands in the text.
fn is_mentioned(name: &str, text: &str) -> bool {
    flat(name)
        .split(' ')
        .any(|word| word.len() > 2 && text.contains(&format!(" {word} ")))
}
