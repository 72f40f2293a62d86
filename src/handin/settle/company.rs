//! Which company.

use crate::handin::entry::capitalised;
use crate::handin::firm;
use crate::handin::forwarded::Forwarded;
use crate::handin::page::{Area, Page};
use crate::handin::people::{Found, Person, name, said, same_name};
use crate::handin::role::is_role;
use crate::handin::scan::tokens;
use crate::handin::words::{begins, ends, flat, has, within};
use crate::handin::{About, Contact, Doubt, Said};

/// The company: named by a label, called as the contact's domain is, signed below, or named beside the contact.
pub(super) fn choose(
    page: &Page<'_>,
    found: &Found,
    contact: &Contact,
    people: &[Person],
    forwarded: Option<&Forwarded>,
    doubts: &mut Vec<Doubt>,
) -> Option<Said<String>> {
    if let Some((first, rest)) = found.client.split_first() {
        let other = rest.iter().find(|other| !same_name(&other.value, &first.value));
        doubts.extend(other.map(|other| Doubt {
            about: About::Client,
            words: other.words.clone(),
        }));
        return other.is_none().then(|| first.clone());
    }
    let called = contact
        .address
        .as_ref()
        .and_then(|address| firm::called_after(page, &address.value));
    let own = |claim: &Said<String>| {
        contact.name.as_ref().is_some_and(|name| same_name(&name.value, &claim.value))
            || people.iter().any(|one| one.is_called(&claim.value))
    };
    let inline = inline(page).filter(|claim| !own(claim));
    if let Some(called) = called.filter(|claim| !own(claim)) {
        return Some(called);
    }
    inline
        .or_else(|| signed(forwarded))
        .or_else(|| beside(page, contact).filter(|claim| !own(claim)))
        .or_else(|| meant_for(page, contact).filter(|claim| !own(claim)))
}

/// The only line of the signature that can be one; of several the one with "GmbH".
fn signed(forwarded: Option<&Forwarded>) -> Option<Said<String>> {
    match forwarded?.firms.as_slice() {
        [only] => Some(only.clone()),
        all => {
            let mut formed = all
                .iter()
                .filter(|one| flat(&one.value).split(' ').any(|word| has("company form", word)));
            formed.next().filter(|_| formed.next().is_none()).cloned()
        }
    }
}

/// "client Corvane Insurance", "company is Acme", "for the Data Analyst role at Fabrikam" in the middle of a line.
fn inline(page: &Page<'_>) -> Option<Said<String>> {
    let mut all = Vec::new();
    for paragraph in page.paragraphs(Area::Mine) {
        for run in firms(page, &paragraph) {
            let head = page.of_range(&(paragraph.start..run.start));
            let head = head.rsplit(['\n', '.', ',', ';', '(']).next().unwrap_or_default();
            let head = flat(head);
            let role_at = || {
                let at = ends("role at", &head)?;
                ends("role behind", head.get(..head.len() - at)?)
            };
            if (ends("client before", &head).is_some() || role_at().is_some()) && !is_role(page.of_range(&run)) {
                all.extend(said(page, run));
            }
        }
    }
    let first = all.first()?.clone();
    all.iter().all(|one| same_name(&one.value, &first.value)).then_some(first)
}

/// Capitalised runs with what joins them: "Tilbury & Marsh".
fn firms(page: &Page<'_>, range: &std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    for run in capitalised(page, range.clone()) {
        match out.last_mut().filter(|last| page.of_range(&(last.end..run.start)).trim() == "&") {
            Some(last) => last.end = run.end,
            None => out.push(run),
        }
    }
    // "Harrow Lane Hotels Ltd": the form may be written small.
    for run in &mut out {
        let next = tokens(page.text, run.end..range.end.min(run.end + 24)).into_iter().next();
        if let Some(token) =
            next.filter(|token| has("company form", &token.fold) && token.fold.len() > 1 && (token.capital || token.fold.len() > 3))
        {
            run.end = token.range.end;
        }
    }
    out
}

/// "Petra Vogel at Norrland Data", "Grégoire Valtin from Orfèvre Numérique".
fn beside(page: &Page<'_>, contact: &Contact) -> Option<Said<String>> {
    let place = contact.name.as_ref()?.words.range.clone();
    let line = page
        .lines
        .iter()
        .find(|line| line.range.contains(&place.start) && line.area == Area::Mine)?;
    let behind = place.end..line.range.end.max(place.end);
    let run = firms(page, &behind).into_iter().next()?;
    let between = flat(page.of_range(&(place.end..run.start)));
    let joined = has("at firm", &between) && !page.of_range(&(place.end..run.start)).contains(['.', '(', '@']);
    (joined && !is_role(page.of_range(&run))).then(|| said(page, run)).flatten()
}

/// "for Tilbury & Marsh, marketing manager role": the only firm that a line of the recruiter's begins with "for".
fn meant_for(page: &Page<'_>, contact: &Contact) -> Option<Said<String>> {
    contact.name.as_ref()?;
    let mut all = Vec::new();
    for paragraph in page.paragraphs(Area::Mine) {
        for run in firms(page, &paragraph) {
            let head = page.of_range(&(paragraph.start..run.start));
            let head = head.rsplit(['\n', '.', ',', ';', '(']).next().unwrap_or_default();
            let text = page.of_range(&run);
            let behind = page.text.get(run.end..).unwrap_or_default().trim_start_matches(' ');
            let apart = behind.is_empty() || behind.starts_with([',', '\n', '/', '-', '–', ':', '.', ';', '|']);
            let flat = flat(head);
            let firm = text.contains('&') || flat == "for" || begins("label for", &flat) == Some(flat.len());
            if apart
                && firm
                && ends("meant for", &flat).is_some()
                && !is_role(text)
                && !within("role head", &super::super::words::flat(text))
                && (text.contains(' ') || text.contains('&'))
            {
                all.extend(said(page, run));
            }
        }
    }
    let first = all.first()?.clone();
    let person = name(page, first.words.range.clone(), 2).is_some() && contact.address.is_none() && !first.value.contains('&');
    (all.len() == 1 && !person).then_some(first)
}
