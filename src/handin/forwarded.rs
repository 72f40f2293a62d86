//! The client's mail below the recruiter's lines: its header and the signature at its end.

use std::ops::Range;

use super::page::{Area, Page, trim};
use super::people::{name, said};
use super::scan::addresses;
use super::words::{begins, flat, has, within};
use super::{Said, interview, phone, places};
use crate::model::Address;

/// Lines of a signature below the name.
const SIGNATURE_LINES: usize = 6;

/// A forwarded mail.
#[derive(Debug, Clone)]
pub(super) struct Forwarded {
    pub(super) from: Named,
    /// Others in its header, without us.
    pub(super) others: Vec<Named>,
    pub(super) subject: Option<Said<String>>,
    /// Its text down to the next header or quotation.
    pub(super) body: Range<usize>,
    /// Parts of the signature that may be the firm.
    pub(super) firms: Vec<Said<String>>,
}

/// A name and an address, as far as they are given.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    pub(super) name: Option<Said<String>>,
    pub(super) address: Option<Said<Address>>,
}

/// The newest forwarded or quoted mail that is not ours.
pub(super) fn read(page: &Page<'_>) -> Option<Forwarded> {
    under_header(page).or_else(|| attributed(page))
}

/// "On Mon, 9 Nov 2026 at 10:12, Petra Vogel <petra@x.example> wrote:": the letter below such a line.
fn attributed(page: &Page<'_>) -> Option<Forwarded> {
    (0..page.lines.len()).take(400).find_map(|at| {
        let line = page.lines.get(at)?;
        // It may be broken in two.
        let next = page
            .lines
            .get(at + 1)
            .filter(|next| !wrote(page.of_range(&line.range)) && !next.range.is_empty());
        let end = next.map_or(line.range.end, |next| next.range.end);
        let whole = line.range.start..end.max(line.range.start);
        let text = page.of_range(&whole);
        if !wrote(text) || !text.contains(char::is_numeric) {
            return None;
        }
        let from = author_of(page, whole);
        if from.address.as_ref().is_none_or(|one| page.is_ours(&one.value))
            || from.name.as_ref().is_some_and(|name| page.is_author(&name.value))
        {
            return None;
        }
        let first = at + if next.is_some() { 2 } else { 1 };
        let last = (first..page.lines.len())
            .find(|at| {
                page.lines.get(*at).is_none_or(|line| {
                    wrote(page.of_range(&line.range)) || header(page, *at).is_some_and(|(kind, _)| has("header from", &kind))
                })
            })
            .unwrap_or(page.lines.len());
        let (start, end) = (page.lines.get(first)?.range.start, page.lines.get(last.checked_sub(1)?)?.range.end);
        let mut forwarded = Forwarded {
            firms: Vec::new(),
            from,
            others: Vec::new(),
            subject: None,
            body: start..end.max(start),
        };
        signature(page, first..last, &mut forwarded);
        Some(forwarded)
    })
}

/// The name right before the address of an attribution, and the address.
fn author_of(page: &Page<'_>, line: Range<usize>) -> Named {
    let text = page.of_range(&line);
    let Some((at, address)) = addresses(text).into_iter().next() else {
        return Named::default();
    };
    let head = text.get(..at.start).unwrap_or_default();
    let cut = head.rfind([',', ';']).map_or(0, |at| at + 1);
    let runs = super::entry::capitalised(page, line.start + cut..line.start + at.start);
    let called = runs.into_iter().rev().find_map(|run| name(page, run, 2));
    Named {
        name: called,
        address: Some(Said {
            value: address,
            words: page.words(line.start + at.start..line.start + at.end),
        }),
    }
}

/// The newest mail under a header that is not ours.
fn under_header(page: &Page<'_>) -> Option<Forwarded> {
    let below: Vec<usize> = (0..page.lines.len())
        .filter(|at| page.lines.get(*at).is_some_and(|line| line.area == Area::Below))
        .collect();
    let mut from = 0;
    for _ in 0..6 {
        let start = *below
            .iter()
            .skip(from)
            .find(|at| header(page, **at).is_some_and(|(kind, _)| has("header from", &kind)))?;
        let (forwarded, end) = letter(page, start)?;
        let ours = forwarded.from.address.as_ref().is_some_and(|one| page.is_ours(&one.value));
        if !ours {
            return Some(forwarded);
        }
        from = below.iter().position(|at| *at >= end)?;
    }
    None
}

fn header(page: &Page<'_>, at: usize) -> Option<(String, Range<usize>)> {
    let line = page.lines.get(at)?;
    page.header(line)
}

/// A letter whose header begins here, and where it ends.
fn letter(page: &Page<'_>, start: usize) -> Option<(Forwarded, usize)> {
    let mut from = Named::default();
    let mut others = Vec::new();
    let mut subject = None;
    let mut at = start;
    let mut blanks = 0;
    while let Some(line) = page.lines.get(at) {
        match header(page, at) {
            Some((kind, value)) if has("header from", &kind) && at == start => from = named(page, value),
            Some((kind, value)) if has("header subject", &kind) => subject = said(page, value),
            Some((kind, value)) if has("header to", &kind) || has("header cc", &kind) => others.extend(all_named(page, value)),
            Some(_) => {}
            None if line.range.is_empty() && at - start < 12 && blanks < 2 && header(page, at + 1).is_some() => blanks += 1,
            None => break,
        }
        at += 1;
    }
    let end = (at..page.lines.len())
        .find(|at| {
            let Some(line) = page.lines.get(*at) else { return true };
            let deeper = header(page, *at).is_some_and(|(kind, _)| has("header from", &kind)) && header(page, at + 1).is_some();
            deeper || wrote(page.of_range(&line.range)) || line.area != Area::Below && !line.range.is_empty() && line.area == Area::Mine
        })
        .unwrap_or(page.lines.len());
    let body = page.lines.get(at)?.range.start..page.lines.get(end.checked_sub(1)?)?.range.end.max(page.lines.get(at)?.range.start);
    others.retain(|one: &Named| {
        let ours = one.address.as_ref().is_some_and(|one| page.is_ours(&one.value));
        !ours && !one.name.as_ref().is_some_and(|name| page.is_author(&name.value))
    });
    let mut forwarded = Forwarded {
        firms: Vec::new(),
        from,
        others,
        subject,
        body,
    };
    signature(page, at..end, &mut forwarded);
    Some((forwarded, end))
}

/// "On 18 Mar 2024, at 17:30, Lorna wrote:": an older letter begins.
fn wrote(line: &str) -> bool {
    line.ends_with(':') && line.len() < 240 && within("wrote", &flat(line))
}

/// "Lindner, Katrin <katrin@x.example>", "Michael Obermaier".
fn named(page: &Page<'_>, value: Range<usize>) -> Named {
    let text = page.of_range(&value);
    let address = addresses(text).into_iter().next();
    let end = address.as_ref().map_or(text.len(), |(at, _)| at.start);
    let shown = text
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['<', '[', '(', ' ', ':'])
        .trim_end_matches("mailto");
    let shown = shown.trim_end_matches(['<', '[', '(', ' ']).trim_matches(['"', '\'', ' ', '*']);
    let start = value.start + text.find(shown).unwrap_or(0);
    let whole = start..start + shown.len();
    let called = match shown.split_once(',') {
        Some((last, first)) => {
            let first = name(page, whole.end - first.len()..whole.end, 1);
            let last = name(page, whole.start..whole.start + last.len(), 1);
            first.zip(last).map(|(first, last)| Said {
                value: format!("{} {}", first.value, last.value),
                words: page.words(whole.clone()),
            })
        }
        None => name(page, whole.clone(), 2).or_else(|| {
            name(
                page,
                whole.start..whole.start + shown.find(['(', '|', '/']).unwrap_or(shown.len()),
                2,
            )
        }),
    };
    Named {
        name: called,
        address: address.map(|(at, address)| Said {
            value: address,
            words: page.words(value.start + at.start..value.start + at.end),
        }),
    }
}

/// The people of To and Cc.
fn all_named(page: &Page<'_>, value: Range<usize>) -> Vec<Named> {
    let text = page.of_range(&value);
    let mut start = 0;
    let mut all = Vec::new();
    for part in text.split_inclusive(['>', ';']).take(30) {
        let skip = part.len() - part.trim_start_matches([',', ';', ' ']).len();
        all.push(named(
            page,
            trim(page.text, value.start + start + skip..value.start + start + part.len()),
        ));
        start += part.len();
    }
    all
}

/// The lines below the author's name at the end of a letter: the firm is one of them, and their address may stand there.
fn signature(page: &Page<'_>, lines: Range<usize>, forwarded: &mut Forwarded) {
    let filled: Vec<&Range<usize>> = page
        .lines
        .get(lines)
        .unwrap_or_default()
        .iter()
        .map(|line| &line.range)
        .filter(|range| !range.is_empty())
        .collect();
    let called = forwarded.from.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
    let is_author = |text: &str| {
        let own = flat(text);
        let mut words = own.split(' ').filter(|word| !has("title", word)).peekable();
        let known = flat(&called);
        let all: Vec<&str> = known.split(' ').collect();
        words.peek().is_some() && own.split(' ').count() <= 5 && words.all(|word| all.contains(&word))
    };
    let off = |text: &str| begins("sign off", &flat(text)).is_some() && text.split_whitespace().count() <= 5;
    // The last line that is their name, or what follows the last farewell.
    let named = filled.iter().rposition(|range| is_author(page.of_range(range)));
    let farewell = filled.iter().rposition(|range| off(page.of_range(range)));
    let closes = named.or(farewell).filter(|at| *at > 0 || farewell.is_some());
    if let Some(range) = closes.and_then(|at| filled.get(at)) {
        forwarded.body.end = range.start.max(forwarded.body.start);
    }
    let begin = match (named, farewell) {
        (Some(named), _) => named + 1,
        (None, Some(farewell)) => {
            // Without a name in the header, the line below the farewell is theirs.
            let own = filled.get(farewell + 1).and_then(|range| name(page, (*range).clone(), 2));
            if forwarded.from.name.is_none() {
                forwarded.from.name = own;
            }
            farewell + 2
        }
        (None, None) => return,
    };
    let rest: Vec<&Range<usize>> = filled.into_iter().skip(begin).take(SIGNATURE_LINES).collect();
    for range in &rest {
        let text = page.of_range(range);
        if let Some((at, address)) = addresses(text).into_iter().next() {
            if forwarded.from.address.is_none() && !page.is_ours(&address) {
                forwarded.from.address = Some(Said {
                    value: address,
                    words: page.words(range.start + at.start..range.start + at.end),
                });
            }
            continue;
        }
        if text.len() > 90 || phone::find(text).is_some() || within("legal", &flat(text)) {
            continue;
        }
        // "VP Engineering, Ferrous Bank", "Strathmore Timber | Perth".
        let mut at = range.start;
        for part in text.split_inclusive([',', '|', '·', '•', '/', '–']) {
            let inner = trim(page.text, at..at + part.trim_end_matches([',', '|', '·', '•', '/', '–']).len());
            at += part.len();
            if is_firm(page.of_range(&inner)) {
                forwarded.firms.extend(said(page, inner));
            }
        }
    }
}

/// What may be a firm: neither a title nor a place, nor a street, nor a web address.
fn is_firm(text: &str) -> bool {
    let flat = flat(text);
    let last = flat.split(' ').next_back().unwrap_or_default();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let spoken = text.split_whitespace().count() <= 7
        && text.chars().next().is_some_and(char::is_uppercase)
        && !text.ends_with(['.', '!', '?', ':']);
    spoken
        && digits < 3
        && !within("no firm", &flat)
        && !has("role head", last)
        && !places::is_place(text)
        && !text.contains("www.")
        && flat.len() > 2
        && !has("role tail word", last)
        && interview::minutes(text).is_none()
}
