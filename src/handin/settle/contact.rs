//! Whom the letter goes to.

use crate::handin::entry::capitalised;
use crate::handin::forwarded::{Forwarded, Named};
use crate::handin::page::{Area, Page};
use crate::handin::people::{Found, Person, Side, name, same_name};
use crate::handin::prose::sentences;
use crate::handin::scan::{Fit, addresses, fit_local, same_house};
use crate::handin::words::{begins, ends, flat, has, within};
use crate::handin::{About, Contact, Doubt, Said};
use crate::model::Address;

/// Words between "send them to" and a name.
const REDIRECTED: usize = 8;

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
    // "Mr Howells": a letter would greet him by his surname, so the name is asked.
    if let Some(name) = contact.name.take_if(|name| is_surname(page, name)) {
        doubts.push(Doubt {
            about: About::Contact,
            words: name.words,
        });
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

/// One word behind a title.
fn is_surname(page: &Page<'_>, name: &Said<String>) -> bool {
    let before = page
        .text
        .get(..name.words.range.start)
        .unwrap_or_default()
        .trim_end_matches([' ', '.']);
    let title = before.split(|c: char| !c.is_alphabetic()).next_back().unwrap_or_default();
    !name.words.range.is_empty() && !name.value.contains([' ', '-']) && has("titled", &flat(title))
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
            let of = |one: &Named| one.name.as_ref().map(|name| mention(&name.value, &mine)).unwrap_or(Mention::None);
            let spoken: Vec<(&&Named, Mention)> = all
                .iter()
                .map(|one| (one, of(one)))
                .filter(|(_, how)| *how != Mention::None)
                .collect();
            let is_author = |one: &Named| std::ptr::eq(one, &raw const forwarded.from);
            match spoken.as_slice() {
                [(one, how)] if is_author(one) || *how == Mention::Meant => vec![*one],
                // Of several the author counts when nobody else is meant.
                all => {
                    let mut meant = all.iter().filter(|(_, how)| *how == Mention::Meant).map(|(one, _)| *one);
                    let first = meant.next().filter(|one| is_author(one) && meant.next().is_none());
                    // Two who are not both named are nobody; one who is merely named is passed over.
                    match (first, all) {
                        (Some(author), _) => vec![author],
                        (None, [] | [_]) => Vec::new(),
                        (None, several) => several.iter().map(|(one, _)| *one).collect(),
                    }
                }
            }
        }
    };
    let author = !candidate(&forwarded.from);
    // Another address of theirs in the text may be the one to write to, and somebody else whom they name.
    let body = page.of_range(&forwarded.body);
    let from = forwarded.from.address.as_ref();
    let another = addresses(body)
        .iter()
        .any(|(_, one)| !page.is_ours(one) && from.is_none_or(|from| from.value != *one));
    let flat_body = flat(body);
    let instead = redirected(page, forwarded, is_backup);
    let other = forwarded.others.iter().any(|one| {
        let first = one.name.as_ref().map(|name| flat(&name.value)).unwrap_or_default();
        let first = first.split(' ').next().unwrap_or_default().to_owned();
        first.len() > 2 && !is_backup(one) && format!(" {flat_body} ").contains(&format!(" {first} "))
    });
    let moved = page
        .lines
        .iter()
        .any(|line| line.area == Area::Mine && within("contact moved", &flat(page.of_range(&line.range))));
    let declines = another || other || moved || within("not me", &flat_body);
    let chosen: Option<Named> = match (named.as_slice(), instead) {
        // "For Petra" says whose role it is; she may have asked for the letter to go to somebody else.
        ([only], None) if declines && std::ptr::eq(**only, &raw const forwarded.from) => None,
        ([only], None) => Some((***only).clone()),
        ([only], Some(instead)) if same_person(only, &instead) || contact.name.is_some() => Some((***only).clone()),
        ([], Some(instead)) if contact.name.is_none() && !moved => Some(instead),
        ([], None) if contact.name.is_none() && author && !declines => Some(forwarded.from.clone()),
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
    contact.name = chosen
        .name
        .filter(|name| is_person(&name.value, found))
        .or_else(|| contact.name.take());
}

/// "Recruitment Team", "Acme Careers" are nobody.
fn is_person(name: &str, found: &Found) -> bool {
    let firm = found.client.iter().any(|client| flat(name).contains(&flat(&client.value)));
    !firm && !flat(name).split(' ').any(|word| has("no person", word))
}

fn same_person(one: &Named, other: &Named) -> bool {
    let address = |named: &Named| named.address.as_ref().map(|said| said.value.clone());
    address(one).is_some() && address(one) == address(other)
}

/// Whom the client's mail names as the one to write to instead: somebody in its header, or an address beside their name.
fn redirected(page: &Page<'_>, forwarded: &Forwarded, is_backup: impl Fn(&Named) -> bool) -> Option<Named> {
    let from = forwarded.from.address.as_ref().map(|said| said.value.clone());
    let mut chosen: Vec<Named> = Vec::new();
    for sentence in sentences(page, forwarded.body.clone()) {
        let text = flat(page.of_range(&sentence));
        if !within("redirect", &text) {
            continue;
        }
        let words = format!(" {text} ");
        for one in forwarded.others.iter().filter(|one| !is_backup(one) && one.address.is_some()) {
            let name = one.name.as_ref().map(|name| flat(&name.value)).unwrap_or_default();
            let named = name.split(' ').any(|word| word.len() > 2 && words.contains(&format!(" {word} ")));
            let is_person = !name.split(' ').any(|word| has("no person", word));
            let own = forwarded.from.name.as_ref().is_some_and(|from| same_name(&from.value, &name));
            let not = name
                .split(' ')
                .next()
                .is_some_and(|first| words.contains(&format!(" not {first} ")));
            // The words that send somebody there stand close to the name: "direct all candidates to our plant manager Wim Kolk", "Tobias is running this".
            let close = name.split(' ').filter(|word| word.len() > 2).any(|word| {
                words.match_indices(&format!(" {word} ")).any(|(at, _)| {
                    let before: Vec<&str> = words
                        .get(..at)
                        .unwrap_or_default()
                        .split(' ')
                        .filter(|one| !one.is_empty())
                        .collect();
                    let near = before.get(before.len().saturating_sub(REDIRECTED)..).unwrap_or_default().join(" ");
                    let behind: Vec<&str> = words
                        .get(at..)
                        .unwrap_or_default()
                        .split(' ')
                        .filter(|one| !one.is_empty())
                        .skip(1)
                        .take(REDIRECTED)
                        .collect();
                    within("redirect to", &near) || within("redirect by", &behind.join(" "))
                })
            });
            let aside = within("redirect not", &text);
            if close && !aside && named && is_person && !own && !not {
                chosen.push(one.clone());
            }
        }
    }
    // "Emi's address: emi.sato@x.example", of the author's own firm.
    let all = addresses(page.of_range(&forwarded.body));
    let whole = flat(page.of_range(&forwarded.body));
    let asks = chosen.is_empty() && within("redirect by", &whole) && !within("redirect not", &whole);
    let runs = if asks {
        capitalised(page, forwarded.body.clone())
    } else {
        Vec::new()
    };
    let names: Vec<Said<String>> = runs.into_iter().filter_map(|run| name(page, run, 2)).collect();
    for (at, address) in all.iter().filter(|_| asks) {
        let own = from.as_ref().is_none_or(|from| from == address || !same_house(from, address));
        let called = names.iter().find(|name| fit_local(&name.value, address) == Fit::Sure);
        if let Some(called) = called.filter(|_| !own && !page.is_ours(address)) {
            let place = forwarded.body.start + at.start..forwarded.body.start + at.end;
            chosen.push(Named {
                name: Some(called.clone()),
                address: Some(Said {
                    value: address.clone(),
                    words: page.words(place),
                }),
            });
        }
    }
    let first = chosen.first()?.clone();
    chosen.iter().all(|one| same_person(one, &first)).then_some(first)
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

/// How the recruiter speaks of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mention {
    /// Not at all, or as somebody who is not meant.
    None,
    /// By name.
    Named,
    /// As the one that the letter goes to: "for Gerry", "Alasdair's request".
    Meant,
}

/// A first name or a surname stands in the text, not as "not Gill".
fn mention(name: &str, text: &str) -> Mention {
    let mut found = Mention::None;
    for word in flat(name).split(' ').filter(|word| word.len() > 2) {
        // "Staffing Partners" is spoken of wherever one of the words is, and never meant.
        let weak = has("no person", word) || has("no name", word);
        let cue = format!(" {word} ");
        for (at, _) in text.match_indices(&cue) {
            let mut before = text.get(..at).unwrap_or_default().to_owned();
            while let Some(length) = ends("title", &before).filter(|length| before.len() > *length) {
                before.truncate(before.trim_end().len() - length);
            }
            let before = before.trim_end();
            let behind = text.get(at + cue.len()..).unwrap_or_default();
            if before.ends_with(" not") || before.ends_with(" nicht") {
                continue;
            }
            let meant = !weak
                && (ends("toward", before).is_some()
                    || ends("contact before", before).is_some()
                    || begins("contact behind", behind).is_some()
                    || begins("contact theirs", behind).is_some());
            found = match meant {
                true => return Mention::Meant,
                false => Mention::Named,
            };
        }
    }
    found
}
