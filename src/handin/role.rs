//! The role: behind a label, behind "looking for a", before "role", or a title by its last word.

use std::ops::Range;

use super::Said;
use super::page::{Page, trim};
use super::people::said;
use super::scan::{Kind, Token, tokens};
use super::words::{ends, flat, has};

/// Longest role, in words.
const LONGEST: usize = 7;

/// How plainly a role is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A title between signs: "Acme, Nurse Manager, contact …".
    Title,
    /// "the Nurse Manager", "Nurse Manager search".
    Named,
    /// "looking for a Nurse Manager", "the role of Nurse Manager".
    Asked,
}

/// The word says what somebody does: by itself, or as the end of a longer one ("Servicetechniker", "shopfitter").
fn is_head(word: &str) -> bool {
    const SHORTEST: usize = 6;
    let compound = |at: usize| word.get(at..).is_some_and(|end| has("role head", end));
    let last = word.len().saturating_sub(SHORTEST);
    has("role head", word) || word.len() > SHORTEST + 2 && (3..=last).any(compound)
}

/// The text is a title: its last word says what somebody does.
pub(super) fn is_role(text: &str) -> bool {
    let bare = text.split(['(', ',']).next().unwrap_or_default();
    let flat = flat(bare);
    let words: Vec<&str> = flat.split(' ').collect();
    let last = words.last().copied().unwrap_or_default();
    let tail = words.iter().any(|word| is_head(word)) && has("role tail word", last);
    words.len() <= LONGEST && (is_head(last) || tail)
}

/// The roles that a stretch of prose names.
pub(super) fn in_prose(page: &Page<'_>, range: Range<usize>) -> Vec<(Rank, Said<String>)> {
    let all = tokens(page.text, range);
    let mut found: Vec<(Rank, Said<String>)> = Vec::new();
    let mut before = String::new();
    for (at, token) in all.iter().enumerate() {
        // Beside "position", "role": the words in front of it.
        if token.is_word() && has("role behind", &token.fold) {
            found.extend(in_front(page, &all, at).map(|role| (Rank::Asked, role)));
            found.extend(inline(page, &all, at + 1).map(|role| (Rank::Asked, role)));
        }
        if ends("role before", &before).is_some() && token.is_word() {
            found.extend(behind(page, &all, at).map(|role| (Rank::Asked, role)));
        }
        if token.is_word() && is_head(&token.fold) {
            found.extend(title(page, &all, at));
        }
        found.extend(counted(page, &all, at).map(|role| (Rank::Asked, role)));
        // "we are looking urgently for a …".
        if token.is_word() && !has("role adverb", &token.fold) {
            if !before.is_empty() {
                before.push(' ');
            }
            before.push_str(&token.fold);
            if before.len() > 120 {
                let cut = super::scan::floor(&before, before.len() - 60);
                before.drain(..cut);
            }
        } else if !token.is_word() {
            before.clear();
        }
    }
    found
}

/// "two Java Developers", "a couple of Site Managers": the title of each of them.
fn counted(page: &Page<'_>, all: &[Token], at: usize) -> Option<Said<String>> {
    let last = all.get(at).filter(|token| token.is_word() && token.capital)?;
    let one = last.fold.strip_suffix('s').filter(|one| is_head(one))?;
    let words = |token: &Token| token.is_word() && token.capital && !has("role count", &token.fold);
    let run = all.get(..at)?.iter().rev().take(LONGEST).take_while(|token| words(token)).count();
    let before = at.checked_sub(run + 1).and_then(|before| all.get(before))?;
    if !(has("role count", &before.fold) || before.kind == Kind::Number && page.of_range(&before.range).len() <= 2) {
        return None;
    }
    let mut role = span(page, all.get(at - run..=at)?)?;
    // An ending of one letter more than the title has.
    let end = role.value.len() - (last.fold.len() - one.len());
    role.value = role.value.get(..end)?.to_owned();
    Some(role)
}

/// "the marketing manager role": the words back to an article, a preposition or a sign.
fn in_front(page: &Page<'_>, all: &[Token], at: usize) -> Option<Said<String>> {
    let mut start = at;
    while let Some(before) = start.checked_sub(1).and_then(|before| all.get(before)) {
        if before.is_possessive {
            break;
        }
        // ".NET", "Sr. Developer", and no end of a sentence.
        let dot = before.is_mark(&['.'])
            && (glued(all, start - 1)
                || start
                    .checked_sub(2)
                    .and_then(|at| all.get(at))
                    .is_some_and(|token| token.fold.len() <= 2 || has("title", &token.fold)));
        let joins = before.is_mark(&['/', '&', '-', '(', ')', '+', '#']) || dot;
        // "Head of Finance role".
        let of = matches!(before.fold.as_str(), "of" | "for")
            && start
                .checked_sub(2)
                .and_then(|at| all.get(at))
                .is_some_and(|token| token.capital && is_head(&token.fold));
        if !(joins || before.is_word() || before.kind == Kind::Number) || stops(before) && !of || at - start >= LONGEST {
            break;
        }
        start -= 1;
    }
    let words = all.get(start..at)?;
    let capital = words.iter().any(|token| token.capital);
    let head = words.iter().any(|token| is_head(&token.fold));
    let first = words.first()?;
    // "an urgent role", "this position" name nothing.
    let vague = words.iter().all(|token| has("role vague", &token.fold));
    // "for the pattern cutter job": whatever stands between an article and the word.
    let article = start
        .checked_sub(1)
        .and_then(|before| all.get(before))
        .is_some_and(|token| matches!(token.fold.as_str(), "the" | "their" | "her" | "his" | "our"));
    let plain = article && !vague && words.len() <= 3 && words.iter().all(|token| token.is_word() && !has("role vague", &token.fold));
    let place = !head && super::places::is_place(page.of_range(&(first.range.start..words.last()?.range.end)));
    if place
        || vague
        || !(capital && !has("no name", &first.fold) || head || plain)
        || words.iter().any(|token| has("role behind", &token.fold))
    {
        return None;
    }
    span(page, words)
}

/// "position Field Service Technician", "role: Nurse", "position is Nurse Manager" in the middle of a line.
fn inline(page: &Page<'_>, all: &[Token], at: usize) -> Option<Said<String>> {
    let mut start = at;
    while all
        .get(start)
        .is_some_and(|token| token.is_mark(&[':', '-', '–', '=']) || matches!(token.fold.as_str(), "is" | "as" | "of"))
    {
        start += 1;
    }
    let first = all.get(start).filter(|token| {
        token.is_word() && token.capital && !has("no name", &token.fold) || token.is_word() && start > at && !stops(token)
    })?;
    let role = behind(page, all, start)?;
    (first.capital || is_role(&role.value)).then_some(role)
}

/// "looking for a …": the words up to what no role goes on with.
fn behind(page: &Page<'_>, all: &[Token], at: usize) -> Option<Said<String>> {
    let mut start = at;
    while all.get(start).is_some_and(|token| {
        start < at + 3
            && (has("role adverb", &token.fold)
                || matches!(
                    token.fold.as_str(),
                    "einen"
                        | "eine"
                        | "ein"
                        | "un"
                        | "une"
                        | "uno"
                        | "una"
                        | "en"
                        | "een"
                        | "ett"
                        | "a"
                        | "an"
                        | "the"
                        | "new"
                        | "another"
                        | "good"
                        | "second"
                        | "our"
                        | "some"
                        | "further"
                ))
    }) {
        start += 1;
    }
    let mut end = start;
    let mut open = false;
    while let Some(token) = all.get(end).filter(|_| end - start < LONGEST + 5) {
        let word = token.is_word() || token.kind == Kind::Number && (open || page.of_range(&token.range).len() <= 4 && end > start);
        let previous = end.checked_sub(1).and_then(|before| all.get(before)).filter(|_| end > start);
        // "Head of Payments", but neither "Engineer for Sunspire Games" nor "Buchhalter für Ferrolux".
        let of = matches!(token.fold.as_str(), "of" | "de" | "for" | "du" | "fur")
            && previous.is_some_and(|before| is_head(&before.fold))
            && all
                .get(end + 1)
                .is_some_and(|next| has("role tail word", &next.fold) || next.capital && !matches!(token.fold.as_str(), "for" | "fur"));
        let sign = token.is_mark(&['/', '&', '+', '#'])
            || token.is_mark(&['-', '.']) && glued(all, end)
            || token.is_mark(&['(', ')']) && (open || bracket_is_short(all, end));
        open = token.is_mark(&['(']) && sign || open && !token.is_mark(&[')']);
        if !(of || sign || open || word && !stops(token)) || word && has("role behind", &token.fold) {
            break;
        }
        end += 1;
    }
    // "eine Projektleiterin oder einen Projektleiter": two titles.
    if all.get(end).is_some_and(|token| has("role or", &token.fold)) {
        return None;
    }
    // "a Communications Officer, 28 hours", "a Mechanical Fitter for the night crew".
    let words = all.get(start..end)?;
    let words = match words.iter().rposition(|token| is_head(&token.fold)) {
        Some(head)
            if !words
                .iter()
                .skip(head + 1)
                .any(|token| token.capital || token.is_mark(&['(', '/', '&']) || has("role tail", &token.fold)) =>
        {
            words.get(..=head)?
        }
        _ => words,
    };
    let known = words.iter().any(|token| token.capital || is_head(&token.fold));
    let long = words.iter().filter(|token| token.is_word()).count() > LONGEST;
    let named = words
        .first()
        .is_some_and(|token| !has("no name", &token.fold) || is_head(&token.fold) || token.capital && words.len() > 1);
    (known && !long && named).then(|| span(page, words)).flatten()
}

/// No blank on either side of the sign: "E-commerce", "C++", ".NET".
fn glued(all: &[Token], at: usize) -> bool {
    let (Some(token), Some(next)) = (all.get(at), all.get(at + 1)) else {
        return false;
    };
    token.range.end == next.range.start && next.is_word()
}

/// "(Go)", "(m/w/d)".
fn bracket_is_short(all: &[Token], at: usize) -> bool {
    all.iter().skip(at).take(7).any(|token| token.is_mark(&[')']))
        && !all.iter().skip(at).take(7).any(|token| matches!(token.kind, Kind::Address(_)))
}

/// A title that ends here, all of it in capitals.
fn title(page: &Page<'_>, all: &[Token], at: usize) -> Option<(Rank, Said<String>)> {
    let mut start = at;
    while let Some(before) = start.checked_sub(1).and_then(|before| all.get(before)) {
        let word = before.is_word()
            && before.capital
            && !before.is_possessive
            && (!has("no name", &before.fold)
                || is_head(&before.fold)
                || matches!(
                    before.fold.as_str(),
                    "senior"
                        | "junior"
                        | "lead"
                        | "java"
                        | "python"
                        | "sql"
                        | "sap"
                        | "react"
                        | "linux"
                        | "go"
                        | "rust"
                        | "php"
                        | "aws"
                        | "azure"
                        | "excel"
                        | "hr"
                        | "native"
                        | "symfony"
                        | "docker"
                        | "kubernetes"
                        | "german"
                        | "french"
                        | "english"
                ));
        let joins = (before.is_mark(&['&']) || before.is_mark(&['/', '-', '.']) && glued(all, start - 1))
            && start
                .checked_sub(2)
                .and_then(|at| all.get(at))
                .is_some_and(|token| token.is_word() && token.capital);
        let small = matches!(before.fold.as_str(), "of" | "and")
            && start
                .checked_sub(2)
                .and_then(|at| all.get(at))
                .is_some_and(|token| token.capital && token.is_word() && !has("no name", &token.fold));
        if !(word || joins || small) || at - start >= LONGEST {
            break;
        }
        start -= 1;
    }
    let mut end = at + 1;
    if has("role tail", &all.get(end).map(|token| token.fold.clone()).unwrap_or_default())
        && all
            .get(end + 1)
            .is_some_and(|next| next.capital && has("role tail word", &next.fold))
    {
        end += 2;
    }
    let head = all.get(at)?;
    let words = all.get(start..end)?;
    let capitals = head.capital && (words.len() > 1 || start == at);
    let before = start.checked_sub(1).and_then(|before| all.get(before));
    let article = before.is_some_and(|token| has("role article", &token.fold));
    let next = all.get(end);
    let apart = |token: Option<&Token>| token.is_none_or(|token| matches!(token.kind, Kind::Mark(_) | Kind::End | Kind::Address(_)));
    let whole = apart(before) && apart(next);
    let rank = if article && capitals {
        Rank::Named
    } else if capitals && (whole || words.len() > 1 && apart(next)) {
        Rank::Title
    } else {
        return None;
    };
    Some((rank, span(page, words)?))
}

fn stops(token: &Token) -> bool {
    has("role stop", &token.fold) || matches!(token.fold.as_str(), "a" | "an" | "of")
}

fn span(page: &Page<'_>, words: &[Token]) -> Option<Said<String>> {
    let range = words.first()?.range.start..words.last()?.range.end;
    let text = page.of_range(&range).trim_end_matches([',', '.', '-', '/', '&', '(', ' ']);
    let signs = text.len() - text.trim_start_matches([',', '-', '/', '&', ')', ' ']).len();
    let signs = signs + text.get(signs..).filter(|rest| rest.starts_with(". ")).map_or(0, |_| 2);
    let (range, text) = (range.start + signs..range.end, text.get(signs..).unwrap_or_default());
    let open = text.matches('(').count() > text.matches(')').count();
    let text = if open { text.split('(').next().unwrap_or_default() } else { text };
    said(page, trim(page.text, range.start..range.start + text.len()))
}

/// A title between signs in a line or a subject: "Orchard Dental - practice receptionist - Dr Lena Whitcombe".
pub(super) fn between_signs(page: &Page<'_>, range: Range<usize>) -> Option<Said<String>> {
    let text = page.of_range(&range);
    let mut at = range.start;
    let mut found = None;
    let signs = [" - ", " – ", " / ", " | ", " // ", ", ", "; ", ": ", " — "];
    let mut rest = text;
    loop {
        let next = signs.iter().filter_map(|sign| rest.find(sign).map(|at| (at, sign.len()))).min();
        let (end, skip) = next.unwrap_or((rest.len(), 0));
        let part = rest.get(..end).unwrap_or_default();
        if is_role(part)
            && part.len() > 3
            && !part.contains('@')
            && part
                .split_whitespace()
                .all(|word| !has("no name", &flat(word)) || has("role head", &flat(word)) || word.starts_with(char::is_uppercase))
        {
            if found.is_some() {
                return None;
            }
            found = said(page, trim(page.text, at..at + part.len()));
        }
        if skip == 0 {
            return found;
        }
        at += end + skip;
        rest = rest.get(end + skip..).unwrap_or_default();
    }
}
