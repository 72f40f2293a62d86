//! Rows with a head: pasted from a spreadsheet with tabs, or drawn with pipes.

use std::ops::Range;

use super::labels::{Label, label};
use super::page::{Area, Page, trim};
use super::people::{Found, Person, Side, name, said};
use super::scan::addresses;
use super::words::{flat, has, within};
use super::{Said, phone, places};

/// The rows of a table and where they end, read into people.
pub(super) fn read(page: &mut Page<'_>, found: &mut Found) {
    let mut at = 0;
    while at < page.lines.len() {
        let Some((sign, columns)) = head(page, at) else {
            at += 1;
            continue;
        };
        let mut rows = 0;
        let mut next = at + 1;
        while let Some(cells) = cells(page, next, sign).filter(|cells| cells.len() > 1) {
            if cells.iter().any(|cell| page.of_range(cell).chars().any(char::is_alphanumeric)) {
                rows += usize::from(row(page, next, &columns, &cells, found));
            }
            next += 1;
        }
        if rows > 0 {
            for line in page.lines.iter_mut().take(next).skip(at) {
                line.taken = true;
            }
        }
        at = next.max(at + 1);
    }
}

/// The columns of a head: at least two that are known, one of them of names and one of addresses or numbers.
fn head(page: &Page<'_>, at: usize) -> Option<(char, Vec<Option<Label>>)> {
    let text = page.of_range(&page.lines.get(at)?.range);
    if text.contains('@') {
        return None;
    }
    ['\t', '|', ';', ',']
        .into_iter()
        .filter(|sign| text.contains(*sign))
        .find_map(|sign| {
            let cells = cells(page, at, sign)?;
            let columns: Vec<Option<Label>> = cells.iter().map(|cell| label(&flat(page.of_range(cell)))).collect();
            let named = columns.iter().any(|one| {
                matches!(
                    one,
                    Some(Label::Name | Label::Candidate | Label::Candidates | Label::Last | Label::First)
                )
            });
            let reached = columns.iter().any(|one| {
                matches!(
                    one,
                    Some(Label::Address | Label::Phone | Label::Zone | Label::Summary | Label::ContactAddress)
                )
            });
            (named && reached && cells.len() > 1).then_some((sign, columns))
        })
}

/// The cells of a line of the recruiter's own that holds the sign.
fn cells(page: &Page<'_>, at: usize, sign: char) -> Option<Vec<Range<usize>>> {
    let line = page.lines.get(at)?;
    let text = page.of_range(&line.range);
    if line.area == Area::Below || !text.contains(sign) {
        return None;
    }
    let mut from = line.range.start;
    let mut all: Vec<Range<usize>> = Vec::new();
    for cell in text.split(sign) {
        all.push(trim(page.text, from..from + cell.len()));
        from += cell.len() + sign.len_utf8();
    }
    if sign == '|' {
        if text.starts_with('|') {
            all.remove(0);
        }
        if text.ends_with('|') {
            all.pop();
        }
    }
    Some(all)
}

/// Reads a row; false when it names nobody.
fn row(page: &Page<'_>, at: usize, columns: &[Option<Label>], cells: &[Range<usize>], found: &mut Found) -> bool {
    let cell = |wanted: Label| {
        let mut both = columns.iter().zip(cells).filter(|(column, _)| **column == Some(wanted));
        both.next().map(|(_, cell)| cell.clone()).filter(|cell| !cell.is_empty())
    };
    let start = page.lines.get(at).map_or(0, |line| line.range.start);
    let mut person = Person::new(start, Side::Candidate);
    person.listed = true;
    let whole = cell(Label::Name)
        .or_else(|| cell(Label::Candidate))
        .or_else(|| cell(Label::Candidates));
    let (first, last) = (cell(Label::First), cell(Label::Last));
    person.name = match (first, last.or_else(|| whole.clone())) {
        (Some(first), Some(last)) => joined(page, first, last),
        (first, last) => whole
            .or(last)
            .or(first)
            .and_then(|cell| name(page, turned(page, cell.clone()), 1).map(|name| swapped(page, cell, name))),
    };
    let Some(_) = &person.name else { return false };
    for (column, cell) in columns.iter().zip(cells) {
        let text = page.of_range(cell);
        let of_contact = matches!(column, Some(Label::Contact | Label::ContactName | Label::ContactAddress));
        if of_contact && !text.contains('@') {
            found.contact_name.extend(name(page, cell.clone(), 1));
        }
        for (range, value) in addresses(text) {
            let range = cell.start + range.start..cell.start + range.end;
            if of_contact && !page.is_ours(&value) {
                found.contact_name.extend(name(page, cell.start..range.start, 1));
                found.contact_address.push(Said {
                    value,
                    words: page.words(range),
                });
            } else if matches!(column, Some(Label::Other | Label::Backup)) {
                // Somebody else's: a reference, a copy.
            } else if !page.is_ours(&value) {
                person.address(Said {
                    value,
                    words: page.words(range),
                });
            }
        }
        match column {
            Some(Label::Phone) if person.phone.is_none() => {
                person.phone = phone::labelled(text).and_then(|at| said(page, cell.start + at.start..cell.start + at.end));
            }
            Some(Label::Zone) => person.zone = places::labelled(page, cell.clone()),
            Some(Label::Summary) => person.summary.push(text.to_owned()),
            Some(Label::Client) => found.client.extend(said(page, cell.clone())),
            Some(Label::Role) => found.role.extend(said(page, cell.clone())),
            _ => {}
        }
    }
    if within(
        "withdrawn",
        &flat(page.of_range(&cells.iter().fold(start..start, |all, cell| all.start..cell.end.max(all.end)))),
    ) {
        person.side = Side::Out;
    }
    found.people.push(person);
    true
}

/// "Vogt" and "Ralf" from two columns.
fn joined(page: &Page<'_>, first: Range<usize>, last: Range<usize>) -> Option<Said<String>> {
    let words = page.words(first.start.min(last.start)..first.end.max(last.end));
    let (first, last) = (name(page, first, 1)?, name(page, last, 1)?);
    Some(Said {
        value: format!("{} {}", first.value, last.value),
        words,
    })
}

/// The part of "Vogt, Ralf" that is read as a name first.
fn turned(page: &Page<'_>, cell: Range<usize>) -> Range<usize> {
    page.of_range(&cell)
        .find(',')
        .map_or(cell.clone(), |at| cell.start..cell.start + at)
}

/// "Vogt, Ralf" is Ralf Vogt.
fn swapped(page: &Page<'_>, cell: Range<usize>, last: Said<String>) -> Said<String> {
    let text = page.of_range(&cell);
    let first = text
        .split_once(',')
        .map(|(head, _)| cell.start + head.len() + 1..cell.end)
        .and_then(|rest| name(page, rest, 1));
    match first {
        Some(first) if !has("title", &flat(&first.value)) => Said {
            value: format!("{} {}", first.value, last.value),
            words: page.words(cell),
        },
        _ => last,
    }
}
