//! The company: named by a label, by words in the mail that the domain of the contact repeats, or by the signature of the client's mail.

use std::ops::Range;

use super::Said;
use super::page::{Area, Page};
use super::people::said;
use super::scan::{Kind, Token, is_free, key, tokens};
use super::words::{has, spelled_out};
use crate::model::Address;

/// Words of a name of a firm that are laid against a domain.
const LONGEST: usize = 6;
/// Shorter domains are letters that stand in too many words.
const SHORTEST_KEY: usize = 4;
/// Words that an address's domain leaves out: "Bois et Pierre", "Tilbury and Marsh".
const AND: [&str; 8] = ["and", "und", "et", "y", "e", "og", "och", "en"];

/// The places where a text names the firm that the domain of an address is called after.
pub(super) fn called_after(page: &Page<'_>, address: &Address) -> Option<Said<String>> {
    let key = key(address);
    if key.len() < SHORTEST_KEY || is_free(address) {
        return None;
    }
    let subject = page.subject_page();
    let own = |area: Area| {
        page.lines
            .iter()
            .filter(move |line| line.area == area && !line.range.is_empty())
            .map(|line| line.range.clone())
    };
    let areas = [Area::Mine, Area::Below, Area::Foot];
    for area in areas {
        if let Some(found) = own(area)
            .filter_map(|range| best(page, range, &key))
            .max_by_key(|range| range.len())
        {
            return said(page, found);
        }
        if area == Area::Mine
            && let Some(found) = best(&subject, 0..subject.text.len(), &key)
        {
            return said(&subject, found).map(in_subject);
        }
    }
    None
}

/// Words of the subject have no place in the body.
pub(super) fn in_subject(mut found: Said<String>) -> Said<String> {
    found.words.range = 0..0;
    found
}

/// The longest run of a line that is called as the key is.
fn best(page: &Page<'_>, line: Range<usize>, key: &str) -> Option<Range<usize>> {
    if line.len() > 4_000 {
        return None;
    }
    let all = tokens(page.text, line);
    (0..all.len())
        .filter_map(|at| run(page, &all, at, key))
        .max_by_key(|range| range.len())
}

/// A run of words from here on that the key repeats.
fn run(page: &Page<'_>, all: &[Token], at: usize, key: &str) -> Option<Range<usize>> {
    let first = all.get(at).filter(|token| matches!(token.kind, Kind::Word | Kind::Number))?;
    if has("no name", &first.fold) && !first.capital {
        return None;
    }
    let mut forms = [String::new(), String::new(), String::new()];
    let mut end = None;
    let mut words = 0;
    for (number, token) in all.iter().enumerate().skip(at).take(LONGEST * 2) {
        match token.kind {
            Kind::Word | Kind::Number => {
                words += 1;
                let letters = |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>();
                let and = AND.contains(&token.fold.as_str());
                let [plain, bare, spelled] = &mut forms;
                plain.push_str(&letters(&token.fold));
                if !and {
                    bare.push_str(&letters(&token.fold));
                }
                spelled.push_str(&letters(&spelled_out(page.of_range(&token.range))));
                if !forms.iter().any(|form| key.starts_with(form.as_str()) || form.starts_with(key)) || words > LONGEST {
                    break;
                }
                let whole = forms.iter().any(|form| form == key);
                let longer = forms.iter().any(|form| form.len() > key.len() && form.starts_with(key));
                let most = forms
                    .iter()
                    .any(|form| key.starts_with(form.as_str()) && form.len() >= 5 && form.len() * 10 >= key.len() * 6);
                if whole && (first.capital || words > 1) || (longer || most) && first.capital {
                    end = Some(number);
                }
                if whole || longer {
                    break;
                }
            }
            Kind::Mark('&' | '+') => {
                let [_, _, spelled] = &mut forms;
                spelled.push_str("and");
            }
            Kind::Mark('-' | '\'' | '’') => {}
            // "St. Gallen", and no end of a sentence.
            Kind::Mark('.') if all.get(number.saturating_sub(1)).is_some_and(|before| before.fold.len() <= 3) => {}
            Kind::Mark(_) | Kind::Address(_) | Kind::End => break,
        }
    }
    let last = end?;
    let whole = first.range.start..extended(all, last);
    // "Tessellate's contact".
    let text = page.of_range(&whole);
    let bare = text.trim_end_matches("'s").trim_end_matches("’s");
    Some(whole.start..whole.start + bare.len())
}

/// "GmbH & Co. KG": where it ends.
fn with_partners(all: &[Token], form: usize) -> Option<usize> {
    let behind: Vec<&Token> = all.iter().skip(form + 1).filter(|token| !token.is_mark(&['.'])).take(3).collect();
    let [and, partners, form] = behind.as_slice() else { return None };
    (and.is_mark(&['&', '+']) && partners.fold == "co" && has("company form", &form.fold)).then_some(form.range.end)
}

/// "S.p.A.", "a.s.", "d.o.o.", "B.V.": where a form that is written with dots ends.
fn dotted(all: &[Token], from: usize) -> Option<usize> {
    let mut form = String::new();
    let mut at = from;
    let mut end = None;
    while let Some((letter, dot)) = all.get(at).zip(all.get(at + 1)) {
        let glued = end.is_none_or(|end| end == letter.range.start) && letter.range.end == dot.range.start;
        if !letter.is_word() || letter.fold.chars().count() != 1 || !dot.is_mark(&['.']) || !glued {
            break;
        }
        form.push_str(&letter.fold);
        end = Some(dot.range.end);
        at += 2;
    }
    // "S.r.l" without the last dot.
    if let Some((last, before)) = all.get(at).zip(end)
        && last.range.start == before
        && last.is_word()
        && last.fold.chars().count() == 1
    {
        form.push_str(&last.fold);
        end = Some(last.range.end);
    }
    end.filter(|_| form.chars().count() > 1 && has("company form", &form))
}

/// The end of a name that goes on behind a token: "Optimed Systeme GmbH", "Kestrel Payments".
fn extended(all: &[Token], last: usize) -> usize {
    let mut end = all.get(last).map_or(0, |token| token.range.end);
    let mut next = last + 1;
    let mut taken = 0;
    if all.get(last).is_some_and(|token| token.is_possessive) {
        return end;
    }
    while let Some(token) = all.get(next).filter(|_| taken < 3) {
        let joins = token.is_mark(&['&']) || AND.contains(&token.fold.as_str());
        let word = |token: &Token| token.is_word() && token.capital && !has("no name", &token.fold) && !has("role head", &token.fold);
        if let Some(end) = dotted(all, next) {
            return end;
        }
        if has("company form", &token.fold) && (token.capital || token.fold.len() > 2) {
            // The full stop of "Inc." at the end of a line that is the name belongs to it.
            let stop = all
                .get(next + 1)
                .filter(|dot| dot.is_mark(&['.']) && dot.range.start == token.range.end && next + 2 >= all.len());
            let short = has("company form with stop", &token.fold);
            let whole = stop
                .filter(|_| short && all.first().is_some_and(|first| first.capital))
                .map(|dot| dot.range.end);
            return with_partners(all, next).or(whole).unwrap_or(token.range.end);
        }
        let pair = joins && all.get(next + 1).is_some_and(word);
        if !pair && !word(token) {
            break;
        }
        let step = if pair { 2 } else { 1 };
        let Some(ends) = all.get(next + step - 1) else { break };
        // "Kestrel Payments Site Reliability Engineer": the role is no part of it.
        let role = all
            .iter()
            .skip(next)
            .take(5)
            .take_while(|token| token.is_word() && token.capital)
            .scan(false, |ended, token| {
                // "Kestrel Consulting's Graduate Analyst": what is theirs is no part of their name.
                let before = std::mem::replace(ended, token.is_possessive);
                (!before).then_some(token)
            })
            .any(|token| has("role head", &token.fold));
        if role {
            break;
        }
        end = ends.range.end;
        next += step;
        taken += 1;
        if ends.is_possessive {
            break;
        }
    }
    end
}
