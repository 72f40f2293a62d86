//! A line that is about one person: "Ana Kovač <ana@x.example>, 0170 555 01: ten years of Go".

use std::ops::Range;

use super::page::{Page, trim};
use super::people::{Person, Side, name};
use super::scan::{Fit, addresses, fit_local, tokens};
use super::words::{begins, flat, has, within};
use super::{Said, phone, places};
use crate::model::Address;

/// What parts the name from the rest.
const PARTS: [&str; 14] = ["<", "(", "[", ",", ";", ":", "|", "\t", "/", " - ", " – ", " — ", "\n", " -- "];

/// A line that is about one person.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: Option<Said<String>>,
    pub(super) addresses: Vec<(Range<usize>, Address)>,
    pub(super) phone: Option<Range<usize>>,
    /// What is neither.
    pub(super) rest: Vec<Range<usize>>,
}

/// Reads a stretch as an entry. A single word is a name when `fewest` is one.
pub(super) fn read(page: &Page<'_>, range: Range<usize>, fewest: usize) -> Entry {
    let text = page.of_range(&range);
    let addresses: Vec<_> = addresses(text)
        .into_iter()
        .map(|(at, address)| (range.start + at.start..range.start + at.end, address))
        .collect();
    let masked = mask(text, range.start, &addresses);
    let phone = phone::find(&masked).map(|at| range.start + at.start..range.start + at.end);
    let known: Vec<Range<usize>> = addresses.iter().map(|(range, _)| range.clone()).chain(phone.clone()).collect();
    let mut start = range.start;
    let mut found = None;
    // "Second: Ana Kovač, …": what is no name before a colon announces one.
    for _ in 0..3 {
        let end = head(page, start..range.end, &known);
        found = name(page, start..end, fewest).map(|name| (name, end));
        if found.is_some() {
            break;
        }
        // "Omar Haddad. Email omar@x.example".
        let stop = page.of_range(&(start..end)).find(". ").map(|at| start + at);
        if let Some(stop) = stop.filter(|_| fewest == 1) {
            found = name(page, start..stop, fewest.max(2)).map(|name| (name, stop));
            if found.is_some() {
                break;
            }
        }
        let behind = page.of_range(&(end..range.end));
        let announced = page.of_range(&(start..end)).split_whitespace().count() <= 6;
        match behind.strip_prefix(':').filter(|_| announced) {
            Some(rest) if !rest.trim().is_empty() => start = range.end - rest.trim_start().len(),
            _ => break,
        }
    }
    let turned = turned(page, start..range.end, addresses.first());
    let (name, end) = turned.or(found).map_or((None, start), |(name, end)| (Some(name), end));
    Entry {
        name,
        rest: between(page, end..range.end, &known),
        addresses,
        phone,
    }
}

/// "Kovač, Ana <ana.kovac@x.example>" is Ana Kovač: both words stand in the address, or the first is in capitals.
fn turned(page: &Page<'_>, range: Range<usize>, address: Option<&(Range<usize>, Address)>) -> Option<(Said<String>, usize)> {
    let (at, address) = address?;
    let head = page.of_range(&(range.start..at.start.max(range.start)));
    let (last, rest) = head.split_once(',')?;
    let first = rest.trim_end_matches([' ', '<', '(', ',', '-', '–', ':', ';', '[']);
    let single = |text: &str| !text.trim().is_empty() && text.split_whitespace().count() <= 2 && !text.contains(',');
    if !single(last) || !single(first) || last.split_whitespace().count() > 1 && first.split_whitespace().count() > 1 {
        return None;
    }
    let start = range.start + last.len() + 1;
    let (last, first) = (
        name(page, range.start..range.start + last.len(), 1)?,
        name(page, start..start + first.len(), 1)?,
    );
    let sure = fit_local(&last.value, address) == Fit::Sure && fit_local(&first.value, address) > Fit::None;
    let capitals = last.value.len() > 2 && last.value.chars().all(|c| !c.is_lowercase()) && first.value.chars().any(char::is_lowercase);
    let end = first.words.range.end;
    (sure || capitals).then(|| {
        let said = Said {
            value: format!("{} {}", first.value, last.value),
            words: page.words(last.words.range.start..end),
        };
        (said, end)
    })
}

/// Addresses hold digits that are no telephone number.
fn mask(text: &str, start: usize, addresses: &[(Range<usize>, Address)]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for (range, _) in addresses {
        let range = range.start - start..range.end - start;
        masked.push_str(text.get(at..range.start).unwrap_or_default());
        masked.extend(std::iter::repeat_n('@', range.len()));
        at = range.end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

/// Where the first part of a line ends.
fn head(page: &Page<'_>, range: Range<usize>, known: &[Range<usize>]) -> usize {
    let text = page.of_range(&range);
    let sign = PARTS.iter().filter_map(|sign| text.find(sign)).min().map(|at| range.start + at);
    let other = known.iter().map(|known| known.start).filter(|at| *at >= range.start).min();
    sign.into_iter().chain(other).min().unwrap_or(range.end)
}

/// The stretches between what is known, without signs at their ends.
fn between(page: &Page<'_>, range: Range<usize>, known: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut known: Vec<Range<usize>> = known.iter().filter(|one| one.start >= range.start).cloned().collect();
    known.sort_by_key(|one| one.start);
    let mut at = range.start;
    let mut out = Vec::new();
    for one in known.into_iter().chain(std::iter::once(range.end..range.end)) {
        let piece = trim(page.text, at..one.start.max(at));
        let text = page.of_range(&piece);
        let signs = [',', ';', ':', '|', '/', '-', '–', '—', '(', '<', '[', '>', ']', ' ', '\t'];
        let head = text.len() - text.trim_start_matches(|c| signs.contains(&c) || c == ')' || c == '.').len();
        let tail = text.len() - text.trim_end_matches(signs).len();
        let labels = begins("label phone", &flat(text)).is_some_and(|length| length == flat(text).len());
        if head + tail < text.len() && !labels {
            out.push(piece.start + head..piece.end - tail);
        }
        at = one.end.max(at);
    }
    out
}

impl Entry {
    /// The address stands with a name that is another's: then the line is about more than one person, or about a firm.
    pub(super) fn is_of_another(&self, page: &Page<'_>, range: &Range<usize>) -> bool {
        let (Some(name), Some((at, address))) = (&self.name, self.addresses.first()) else {
            return false;
        };
        fit_local(&name.value, address) != Fit::Sure
            && capitalised(page, name.words.range.end..at.start.min(range.end)).iter().any(|run| {
                let own = page.of_range(run);
                fit_local(own, address) > fit_local(&name.value, address)
            })
    }

    /// The entry as a person. An address of ours is left out.
    pub(super) fn person(&self, page: &Page<'_>, at: usize, side: Side) -> Person {
        let mut person = Person::new(at, side);
        self.fill(page, &mut person);
        person.listed = true;
        person
    }

    /// Gives somebody what the entry holds and they have not.
    pub(super) fn fill(&self, page: &Page<'_>, person: &mut Person) {
        if person.name.is_none() {
            person.name.clone_from(&self.name);
        }
        for (range, address) in self.addresses.iter().filter(|(_, address)| !page.is_ours(address)) {
            person.address(Said {
                value: address.clone(),
                words: page.words(range.clone()),
            });
        }
        if let Some(range) = self.phone.clone().filter(|_| person.phone.is_none()) {
            person.phone = super::people::said(page, range);
        }
        for range in &self.rest {
            let (place, range) = place_before(page, range);
            person.zone = person.zone.take().or(place);
            let text = page.of_range(&range);
            if text.is_empty() {
                continue;
            }
            if !within("no address", &flat(text)) || text.len() > 60 {
                person.summary.push(text.to_owned());
            }
            if person.zone.is_none() {
                person.zone = places::of_person(page, range.clone());
            }
        }
    }
}

/// "Lisbon: ten years of Java", "Paris) : six years", "Kiel": the place that a piece begins with, and what is left of it.
fn place_before(page: &Page<'_>, range: &Range<usize>) -> (Option<Said<crate::calendar::Zone>>, Range<usize>) {
    let text = page.of_range(range);
    let end = text.find([':', ')']).unwrap_or(text.len());
    let head = range.start..range.start + end;
    if end > 40 || !places::is_place(page.of_range(&head)) {
        return (None, range.clone());
    }
    let behind = text.get(end..).unwrap_or_default();
    let rest = behind.trim_start_matches([':', ')', ' ', ',', '-', '–']);
    (places::labelled(page, head), range.end - rest.len()..range.end)
}

/// Runs of capitalised words that may be a name, in order: no sign between them but the dot of a title or an initial.
pub(super) fn capitalised(page: &Page<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let tokens = tokens(page.text, range);
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut run: Option<Range<usize>> = None;
    for (at, token) in tokens.iter().enumerate() {
        let word = token.is_word();
        let own = page.of_range(&token.range);
        let short = own.chars().count() <= 2 || has("title", &token.fold);
        let dot = token.is_mark(&['.'])
            && at
                .checked_sub(1)
                .and_then(|before| tokens.get(before))
                .is_some_and(|before| before.is_word() && page.of_range(&before.range).chars().count() <= 4);
        let particle = has("particle", &token.fold)
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.is_word() && (next.capital || has("particle", &next.fold)));
        let ordinary = has("no name", &token.fold) && !(token.capital && short && has("title", &token.fold));
        let next = tokens
            .get(at + 1)
            .is_some_and(|next| next.is_word() && next.capital && !has("no name", &next.fold));
        let middle = token.capital && run.is_some() && next && has("name too", &token.fold);
        let goes_on = word && (token.capital && !ordinary || middle || particle && run.is_some());
        if goes_on {
            match &mut run {
                Some(run) => run.end = token.range.end,
                None => run = Some(token.range.clone()),
            }
            // "Gerry's brother": the name ends with the possessive.
            if own.ends_with("'s") || own.ends_with("’s") {
                let cut = own.len() - own.trim_end_matches("'s").trim_end_matches("’s").len();
                runs.extend(run.take().map(|run| run.start..run.end - cut));
            }
        } else if !(dot && run.is_some() && is_dotted(page, run.as_ref())) {
            runs.extend(run.take());
        }
    }
    runs.extend(run);
    runs.truncate(400);
    runs
}

/// The run ends with a title or an initial: its dot ends no sentence.
fn is_dotted(page: &Page<'_>, run: Option<&Range<usize>>) -> bool {
    let last = run
        .and_then(|run| page.of_range(run).split_whitespace().next_back())
        .unwrap_or_default();
    has("title", &flat(last)) || last.chars().count() == 1
}
