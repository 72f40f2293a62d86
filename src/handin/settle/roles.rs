//! Which role.

use crate::handin::firm::in_subject;
use crate::handin::forwarded::Forwarded;
use crate::handin::page::{Area, Page};
use crate::handin::people::{Found, Person, said, same_name};
use crate::handin::prose::sentences;
use crate::handin::role::{Rank, between_signs, in_prose, is_role};
use crate::handin::words::{flat, has};
use crate::handin::{About, Doubt, Said};

/// The role: behind a label, in the recruiter's words, in the client's below, or in the subject.
pub(super) fn choose(
    page: &Page<'_>,
    found: &Found,
    forwarded: Option<&Forwarded>,
    client: Option<&Said<String>>,
    people: &[Person],
    doubts: &mut Vec<Doubt>,
) -> Option<Said<String>> {
    if !found.role.is_empty() {
        return agreed(found.role.clone(), doubts);
    }
    let mut mine: Vec<(Rank, Said<String>)> = page
        .paragraphs(Area::Mine)
        .into_iter()
        .flat_map(|paragraph| in_prose(page, paragraph))
        .collect();
    let lines = page.lines.iter().filter(|line| line.area == Area::Mine && !line.taken);
    mine.extend(
        lines
            .filter_map(|line| between_signs(page, line.body.clone()))
            .map(|role| (Rank::Title, role)),
    );
    let titles: Vec<Said<String>> = forwarded
        .map(|forwarded| in_prose(page, forwarded.body.clone()).into_iter().map(|(_, role)| role).collect())
        .unwrap_or_default();
    let below = forwarded.map(|forwarded| {
        in_prose(page, forwarded.body.clone())
            .into_iter()
            .filter(|(rank, _)| *rank > Rank::Title)
            .collect::<Vec<_>>()
    });
    let subject = page.subject_page();
    let whole = 0..subject.text.len();
    let mut head: Vec<(Rank, Said<String>)> = in_prose(&subject, whole.clone());
    head.extend(between_signs(&subject, whole).map(|role| (Rank::Title, role)));
    let head: Vec<(Rank, Said<String>)> = head.into_iter().map(|(rank, role)| (rank, in_subject(announced(role)))).collect();
    let title = forwarded
        .and_then(|forwarded| forwarded.subject.clone())
        .and_then(|subject| subject_title(page, &subject));
    // "former audit partner" is said of somebody, and no job.
    let reaches: Vec<std::ops::Range<usize>> = page
        .paragraphs(Area::Mine)
        .into_iter()
        .flat_map(|paragraph| {
            let mut about = false;
            let mut all = Vec::new();
            for sentence in sentences(page, paragraph) {
                let text = flat(page.of_range(&sentence));
                let begins = people.iter().map(|one| one.at).filter(|at| sentence.contains(at)).min();
                let goes_on = about && has("pronoun", text.split(' ').next().unwrap_or_default());
                all.extend(begins.or_else(|| goes_on.then_some(sentence.start)).map(|from| from..sentence.end));
                about = begins.is_some() || goes_on;
            }
            all
        })
        .collect();
    mine.retain(|(rank, role)| {
        let place = role.words.range.start;
        !flat(&role.value).split(' ').any(|word| word == "replyd")
            && (*rank > Rank::Title || !reaches.iter().any(|reach| reach.contains(&place)))
    });
    let firm = |role: &Said<String>| client.is_some_and(|client| same_name(&client.value, &role.value) && !is_role(&role.value));
    // "For the same role Hannah Weiss": a person is none.
    let person = |role: &Said<String>| found.people.iter().chain(people).any(|one| one.is_called(&role.value)) && !is_role(&role.value);
    let everything: Vec<Said<String>> = [&mine, &head].into_iter().flatten().map(|(_, role)| role.clone()).collect();
    for mut claims in [mine, below.unwrap_or_default(), head, title.into_iter().collect()] {
        claims.retain(|(_, role)| !firm(role) && !person(role));
        if let Some(best) = claims.iter().map(|(rank, _)| *rank).max() {
            let all: Vec<Said<String>> = claims
                .iter()
                .filter(|(rank, _)| *rank == best)
                .map(|(_, role)| role.clone())
                .collect();
            return agreed(all, doubts).map(|role| spelled_out(&role, &everything).or_else(|| fuller(&role, &titles)).unwrap_or(role));
        }
    }
    None
}

/// "Mechanical fitter x1", "Need Java Architect - urgent" as a subject.
fn subject_title(page: &Page<'_>, subject: &Said<String>) -> Option<(Rank, Said<String>)> {
    let range = subject.words.range.clone();
    let mut all = in_prose(page, range.clone());
    all.extend(between_signs(page, range.clone()).map(|role| (Rank::Title, role)));
    all.into_iter().max_by_key(|(rank, _)| *rank).or_else(|| {
        let range = bare(page, range);
        let text = page.of_range(&range);
        let plain = text.split_whitespace().count() <= 4 && !text.contains([',', ':', '?', '!']);
        (plain && is_role(text))
            .then(|| said(page, range))
            .flatten()
            .map(|role| (Rank::Title, role))
    })
}

/// "urgent nurse" as a subject is a nurse.
fn announced(mut role: Said<String>) -> Said<String> {
    let mut rest = role.value.as_str();
    while let Some((first, behind)) = rest.split_once(' ')
        && has("no role", &flat(first))
    {
        rest = behind.trim_start();
    }
    if !rest.is_empty() {
        role.value = rest.to_owned();
    }
    role
}

/// A subject without signs at its ends and without what stands before the title: "Vorschlag Buchhalter", "vraag naar Data Engineer".
fn bare(page: &Page<'_>, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let text = page.of_range(&range);
    let end = range.start + text.trim_end_matches(['!', '?', '.', ' ', '-', ':']).len();
    let mut start = range.start;
    for word in page.of_range(&(range.start..end)).split_inclusive(' ') {
        if !has("no role", &flat(word)) && !flat(word).is_empty() {
            break;
        }
        start += word.len();
    }
    crate::handin::page::trim(page.text, start.min(end)..end)
}

/// A subject of one word, "chef!!", whose title the mail says in full: "Head Chef".
fn fuller(role: &Said<String>, titles: &[Said<String>]) -> Option<Said<String>> {
    let short = flat(&role.value);
    if short.contains(' ') || !role.words.range.is_empty() && titles.iter().any(|title| flat(&title.value) == short) {
        return None;
    }
    let mut longer = titles.iter().filter(|title| flat(&title.value).ends_with(&format!(" {short}")));
    let first = longer.next()?;
    longer.all(|other| flat(&other.value) == flat(&first.value)).then(|| first.clone())
}

/// "QS" where "Quantity Surveyor" is said as well.
fn spelled_out(role: &Said<String>, all: &[Said<String>]) -> Option<Said<String>> {
    let short = role.value.as_str();
    if !(2..=4).contains(&short.len()) || !short.chars().all(char::is_uppercase) {
        return None;
    }
    let initials = |text: &str| text.split(' ').filter_map(|word| word.chars().next()).collect::<String>();
    all.iter().find(|other| initials(&other.value) == short).cloned()
}

/// The one role of several names of it: the fullest, when each of them is a part of it.
fn agreed(claims: Vec<Said<String>>, doubts: &mut Vec<Doubt>) -> Option<Said<String>> {
    let fullest = claims.iter().max_by_key(|claim| flat(&claim.value).len())?.clone();
    let whole = flat(&fullest.value);
    match claims.iter().find(|claim| !whole.contains(&flat(&claim.value))) {
        None => Some(fullest),
        Some(other) => {
            doubts.push(Doubt {
                about: About::Role,
                words: other.words.clone(),
            });
            None
        }
    }
}
