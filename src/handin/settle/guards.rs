//! What no reading may end in, however it was come by: an address that shows by itself that it is somebody else's.

use crate::handin::scan::{Fit, fit, fit_local, key, same_house};
use crate::handin::words::{flat, has};
use crate::handin::{About, Doubt, HandIn, Said};
use crate::model::Address;

/// Letters of a firm's name that its domain must repeat, at the least.
const SHORTEST_FIRM: usize = 4;

/// Takes out addresses that are in doubt by what they are called, and asks.
pub(super) fn check(draft: &mut HandIn) {
    let names: Vec<Option<String>> = draft
        .candidates
        .iter()
        .map(|one| one.name.as_ref().map(|said| said.value.clone()))
        .collect();
    let contact = draft.contact.name.as_ref().map(|said| said.value.clone());
    let mut doubted: Vec<Said<Address>> = Vec::new();

    // The contact's address bears a candidate's name and nothing of the contact's.
    let of_candidate = |one: &Said<Address>| names.iter().flatten().any(|name| bears(name, &one.value));
    let bad = |one: &mut Said<Address>| {
        is_nobodys(&one.value) || of_candidate(one) && !contact.as_deref().is_some_and(|name| fits(name, &one.value))
    };
    doubted.extend(draft.contact.address.take_if(bad));
    let bad = |one: &mut Said<Address>| {
        let own = draft.backup.name.as_ref().is_some_and(|name| fits(&name.value, &one.value));
        is_nobodys(&one.value) || of_candidate(one) && !own
    };
    doubted.extend(draft.backup.address.take_if(bad));

    let clients: Option<Address> = draft.contact.address.as_ref().map(|said| said.value.clone());
    let client = draft.client.as_ref().map(|said| said.value.clone()).unwrap_or_default();
    for (at, one) in draft.candidates.iter_mut().enumerate() {
        let own = names.get(at).cloned().flatten().unwrap_or_default();
        let others = names
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .filter_map(|(_, name)| name.as_ref());
        let others: Vec<&String> = others.chain(contact.as_ref()).collect();
        let bad = |said: &mut Said<Address>| {
            let theirs = !own.is_empty() && !fits(&own, &said.value) && others.iter().any(|name| bears(name, &said.value));
            is_nobodys(&said.value) || theirs || is_of_firm(&said.value, &client, clients.as_ref())
        };
        doubted.extend(one.address.take_if(bad));
    }
    draft.doubts.extend(doubted.into_iter().map(|one| Doubt {
        about: About::Address,
        words: one.words,
    }));
}

/// Something of the name stands in the address.
fn fits(name: &str, address: &Address) -> bool {
    fit(name, address) > Fit::None
}

/// All of a name of two words, or its longer part, stands before the `@`.
fn bears(name: &str, address: &Address) -> bool {
    name.contains(' ') && fit_local(name, address) == Fit::Sure
}

/// Nobody reads it as themselves: "privacy@", "no-reply@".
fn is_nobodys(address: &Address) -> bool {
    has("mailbox of nobody", &flat(address.local()))
}

/// At the client's own domain, which nobody writes from who is put forward there.
fn is_of_firm(address: &Address, client: &str, contact: Option<&Address>) -> bool {
    let letters: String = flat(client).chars().filter(char::is_ascii_alphanumeric).collect();
    let key = key(address);
    let named = key.len() >= SHORTEST_FIRM && letters.len() >= SHORTEST_FIRM && (letters.contains(&key) || key.contains(&letters));
    named && contact.is_none_or(|contact| same_house(contact, address))
}
