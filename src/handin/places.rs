//! In which zone somebody lives, as far as it is said.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::Said;
use super::page::Page;
use super::words::{flat, has, within};
use crate::calendar::Zone;
use crate::reply::times::zone_of_place;

/// Cities and regions whose names nobody uses as the name of a zone.
static CITIES: LazyLock<HashMap<&'static str, Zone>> = LazyLock::new(|| {
    let lines = include_str!("cities.txt").lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let zoned = pairs.filter_map(|(zone, list)| Some((zone.parse::<Zone>().ok()?, list)));
    zoned
        .flat_map(|(zone, list)| list.split('|').map(move |name| (name.trim(), zone)))
        .collect()
});

/// States that a place is often written with, by zone; those with several zones have none.
const STATES: [(&str, &str); 6] = [
    ("CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV", "America/New_York"),
    ("AL AR IA IL LA MN MO MS OK WI", "America/Chicago"),
    ("CO MT NM UT WY", "America/Denver"),
    ("CA NV WA", "America/Los_Angeles"),
    ("AZ", "America/Phoenix"),
    ("FL ID IN KS KY MI ND NE OR SD TN TX AK HI", ""),
];

/// Longest name of a place, in words.
const LONGEST: usize = 3;

/// The zone of a place by name.
fn zone(name: &str) -> Option<Zone> {
    if let Some(zone) = CITIES.get(name) {
        return Some(*zone);
    }
    zone_of_place(name)
}

/// What stands behind the label "City", or in its column: "Dallas, TX", "Berlin (remote)", "Europe/Berlin".
pub(super) fn labelled(page: &Page<'_>, range: Range<usize>) -> Option<Said<Zone>> {
    let text = page.of_range(&range);
    let words = page.words(range.clone());
    if let Ok(zone) = text.trim().parse::<Zone>() {
        return Some(Said { value: zone, words });
    }
    let parts = text.split([',', '(', '/', ';', '|', ')']).map(flat).filter(|part| !part.is_empty());
    if let Some((at, _)) = text.match_indices(',').next()
        && let Some(state) = state_behind(page, range.start + at + 1)
    {
        // "Durham, NC" is not the one in England; in a state of several zones only a city that is known there tells.
        let own = zone(&flat(text.get(..at).unwrap_or_default())).filter(|zone| zone.name().starts_with("America/"));
        return own.or(state).map(|value| Said { value, words });
    }
    let value = parts
        .take(4)
        .find_map(|part| zone(&part).or_else(|| at_start(&part).filter(|_| !within("zone not", &part))))?;
    Some(Said { value, words })
}

/// ", NC" behind a place: its zone, or that the state has several. `None` without a state.
fn state_behind(page: &Page<'_>, at: usize) -> Option<Option<Zone>> {
    let before = page.text.get(..at)?.chars().next_back()?;
    let rest = page.text.get(at..)?.trim_start_matches(' ');
    let code = rest
        .get(..2)
        .filter(|code| before == ',' && code.bytes().all(|byte| byte.is_ascii_uppercase()))?;
    let whole = rest.get(2..).is_none_or(|rest| !rest.starts_with(char::is_alphanumeric));
    let zone = STATES
        .iter()
        .find(|(codes, _)| codes.split(' ').any(|one| one == code))
        .map(|(_, zone)| *zone)?;
    whole.then(|| zone.parse().ok())
}

/// A place that a text begins with.
fn at_start(flat: &str) -> Option<Zone> {
    (1..=LONGEST).rev().find_map(|words| zone(&first(flat, words)))
}

fn first(flat: &str, words: usize) -> String {
    flat.split(' ').take(words).collect::<Vec<_>>().join(" ")
}

/// "lives in Lyon", "In Rotterdam", ", Budapest,": where somebody is, in what is said about them. Only what stands in the present is taken.
pub(super) fn of_person(page: &Page<'_>, range: Range<usize>) -> Option<Said<Zone>> {
    let text = page.of_range(&range);
    let mut zones: Vec<Zone> = Vec::new();
    let mut place = None;
    let mut at = range.start;
    let mut before = String::new();
    for piece in text.split_inclusive([',', ';', '.', '(', ')', '|', '/', '\n', '–', '—']) {
        let plain = piece.trim_end_matches([',', ';', '.', '(', ')', '|', '/', '\n', '–', '—', ' ', '-']);
        for plain in plain.split(" - ") {
            let flat = flat(plain);
            // "lisbon-based" needs no capital to be a place.
            let capital = plain.chars().any(char::is_uppercase) || flat.ends_with(" based");
            let state = state_behind(page, at + piece.len());
            let said = said_in(&flat).filter(|_| capital);
            // "First in Maths, Warwick": where they learnt.
            let study = within("zone study", &before) && zone(&flat).is_some();
            match (said, state) {
                _ if study => {}
                (Some(zone), Some(state)) => zones.extend(Some(zone).filter(|zone| zone.name().starts_with("America/")).or(state)),
                (Some(zone), None) => zones.push(zone),
                (None, _) => {
                    before = flat;
                    continue;
                }
            }
            before = flat;
            place = Some(at..at + piece.len());
        }
        at += piece.len();
    }
    zones.dedup();
    let [value] = zones.as_slice() else { return None };
    Some(Said {
        value: *value,
        words: page.words(place?),
    })
}

/// The zone of a clause that says where somebody is.
fn said_in(flat: &str) -> Option<Zone> {
    let bare = flat.trim_start_matches("in ").trim_start_matches("currently ");
    if let Some(zone) = zone(bare).filter(|_| bare.split(' ').count() <= LONGEST) {
        return Some(zone);
    }
    let words: Vec<&str> = flat.split(' ').collect();
    (0..words.len()).find_map(|at| {
        let rest = words.get(at..).unwrap_or_default();
        let named = (1..=LONGEST.min(rest.len())).rev().find_map(|length| {
            let name = rest.get(..length).unwrap_or_default().join(" ");
            zone(&name).map(|zone| (zone, length))
        });
        let (zone, length) = named?;
        let before = words.get(..at).unwrap_or_default().join(" ");
        let behind = rest.get(length..).unwrap_or_default().join(" ");
        // "In Valencia": the clause begins with it. "currently on a contract in Halifax".
        let begins = before == "in" || before == "currently in" || before == "now in";
        let works = before.split(' ').any(|word| has("works at", word));
        let now =
            before.starts_with("currently") && before.ends_with(" in") && !works || within("zone now", &before) && before.ends_with(" in");
        let cue = super::words::ends("zone before", &before).and_then(|length| before.get(before.len() - length..));
        // "Food technologist from Klaipėda"; castings from India, and redundant from Bradford, are something else.
        let comes = || {
            let what = before
                .strip_suffix(" from")
                .unwrap_or_default()
                .split(' ')
                .next_back()
                .unwrap_or_default();
            let country = has("country", &rest.get(..length).unwrap_or_default().join(" "));
            !country && (before == "from" || before == "aus" || has("role head", what))
        };
        let told = match cue {
            None | Some("in") => false,
            Some("from" | "aus") => comes(),
            Some(_) => true,
        };
        let after =
            before.is_empty() && behind == "based" || before.ends_with(" in") && super::words::begins("zone behind", &behind).is_some();
        let not = within("zone not", &before);
        let org = super::words::begins("zone org", &behind).is_some();
        (!not && !org && (begins || now || told || after)).then_some(zone)
    })
}

/// True when a text names a place and nothing else.
pub(super) fn is_place(text: &str) -> bool {
    let flat = flat(text);
    !has("title", &flat) && zone(&flat).is_some()
}
