//! How the client and the candidates are to meet, and for how long.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::page::Page;
use super::people::Found;
use super::words::{flat, has, within};
use super::{Interview, Said};

/// "45 minutes", "1,5 hour", "2 hrs", "30'".
static LENGTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(\d{1,3})(?:[.,](5|25|75))?(?:\s*-?\s*(min|mins|minute|minutes|minuten|minuti|minutos|mn|h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|hora|horas|uur|ora|ore|timme|timmar)\b|['′’](?:[\s,;.)]|$))").ok()
});

/// Lengths in words, longest first, and their minutes.
const SPOKEN: [(&str, u32); 30] = [
    ("an hour and a half", 90),
    ("one hour and a half", 90),
    ("one and a half hours", 90),
    ("hour and a half", 90),
    ("half an hour", 30),
    ("half hour", 30),
    ("a half hour", 30),
    ("quarter of an hour", 15),
    ("three quarters of an hour", 45),
    ("two hours", 120),
    ("three hours", 180),
    ("one hour", 60),
    ("an hour", 60),
    ("eine halbe stunde", 30),
    ("halbe stunde", 30),
    ("eine stunde", 60),
    ("eineinhalb stunden", 90),
    ("anderthalb stunden", 90),
    ("zwei stunden", 120),
    ("une heure", 60),
    ("une demi heure", 30),
    ("una hora", 60),
    ("media hora", 30),
    ("een uur", 60),
    ("half uur", 30),
    ("un ora", 60),
    ("mezz ora", 30),
    ("forty five minutes", 45),
    ("thirty minutes", 30),
    ("twenty minutes", 20),
];

/// The way to meet that a text names, when it names one.
pub(super) fn kind(text: &str) -> Option<Interview> {
    // "a phone chat first, and then we'll have them in"
    let flat = flat(text.split(" then ").next().unwrap_or_default());
    let (video, phone, site) = (within("video", &flat), within("phone call", &flat), within("on site", &flat));
    match (video, phone, site) {
        (true, false, false) => Some(Interview::Video),
        (false, true, false) => Some(Interview::Phone),
        (false, false, true) => Some(Interview::OnSite),
        _ => None,
    }
}

/// The length that a text names, when it names one.
pub(super) fn minutes(text: &str) -> Option<u32> {
    // "a 20 minute chat first, then an hour with the team"
    let first = text.split(" then ").next().unwrap_or_default();
    minutes_of(first).or_else(|| minutes_of(text))
}

fn minutes_of(text: &str) -> Option<u32> {
    let mut all: Vec<u32> = Vec::new();
    for found in LENGTH.as_ref()?.captures_iter(text).take(8) {
        let whole: u32 = found.get(1)?.as_str().parse().ok()?;
        // "30'" are minutes.
        let unit = found.get(3).map_or_else(|| "m".to_owned(), |unit| unit.as_str().to_lowercase());
        let part = match found.get(2).map(|part| part.as_str()) {
            Some("5") => 30,
            Some("25") => 15,
            Some("75") => 45,
            _ => 0,
        };
        all.push(if unit.starts_with('m') { whole } else { whole * 60 + part });
    }
    let flat = format!(" {} ", flat(text));
    if let Some((_, minutes)) = SPOKEN.iter().find(|(words, _)| flat.contains(&format!(" {words} "))) {
        all.push(*minutes);
    }
    all.dedup();
    match all.as_slice() {
        [minutes] if (5..=600).contains(minutes) => Some(*minutes),
        _ => None,
    }
}

/// Reads what stands behind the label "Interview".
pub(super) fn labelled(page: &Page<'_>, range: Range<usize>, found: &mut Found) {
    take(page, range, found);
}

/// Takes a way and a length where none is known yet.
fn take(page: &Page<'_>, range: Range<usize>, found: &mut Found) {
    let text = page.of_range(&range);
    let words = page.words(range);
    if let Some(value) = kind(text).filter(|_| found.interview.is_none()) {
        found.interview = Some(Said {
            value,
            words: words.clone(),
        });
    }
    if let Some(value) = minutes(text).filter(|_| found.minutes.is_none()) {
        found.minutes = Some(Said { value, words });
    }
}

/// Reads a sentence: a way to meet counts beside a word for the interview, a length too.
pub(super) fn sentence(page: &Page<'_>, range: Range<usize>, found: &mut Found) {
    let text = page.of_range(&range);
    let flat = flat(text);
    // "…, Data Centre Engineer, video call.": a clause by itself.
    if text
        .split([',', ';', '(', ')'])
        .map(super::words::flat)
        .any(|clause| has("interview clause", &clause))
    {
        return take(page, range, found);
    }
    if within("not interview", &flat) || !within("interview word", &flat) && kind(text).is_none() {
        return;
    }
    // A way to meet alone is no wish: "lovely on the phone".
    let wished = within("interview word", &flat) && (minutes(text).is_some() || within("interview wish", &flat))
        || kind(text).is_some()
            && (within("interview itself", &flat) || within("interview whom", &flat) && within("interview wish", &flat));
    if wished {
        take(page, range, found);
    }
}
