//! Zones as people name them: "3pm ET", "Paris time", "I'm based in Lisbon", "UTC+2".
//!
//! In: items, their text, and the writer's own zone. Out: the zone, and whether it is said of the writer.
//! Never here: the zone of a day's offset: CET in summer is the region's wall clock, as is EST.

use std::sync::LazyLock;

use fnv::FnvHashMap;

use super::lex::{Item, Lex, Unit, What};
use crate::calendar::Zone;
use crate::reply::sentences::fold;

/// A zone found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) zone: Zone,
    /// How many items it takes.
    pub(super) used: usize,
    /// "I'm based in …": it holds for the whole mail.
    pub(super) of_writer: bool,
    /// Another zone has the same name, and nothing tells which is meant.
    pub(super) twin: bool,
    /// That other zone.
    pub(super) other: Option<Zone>,
    /// A place or a short name that nothing says is the zone of these times.
    pub(super) perhaps: bool,
}

/// A name of the table.
struct Name {
    words: Vec<Box<str>>,
    zone: Zone,
    /// The zones of this name, when there are several.
    twins: Vec<Zone>,
}

/// The names of zones, and the words beside them that say that they are.
#[derive(Default)]
struct Book {
    names: FnvHashMap<Box<str>, Vec<Name>>,
    /// "London time".
    behind: Vec<Box<str>>,
    /// "hora de Madrid": the word, what may stand between, an article behind that.
    before: Vec<Box<str>>,
    between: Vec<Box<str>>,
    article: Vec<Box<str>>,
    /// Short names that are no abbreviations: "Oslo".
    place: Vec<Box<str>>,
    /// Words that count in small letters, too.
    plain: Vec<Box<str>>,
    /// Words that are no place by themselves: "deutsche".
    adjective: Vec<Box<str>>,
    /// "based in": what ends it, what it holds, and what takes it back.
    joint: Vec<Box<str>>,
    based: Vec<Box<str>>,
    past: Vec<Box<str>>,
}

impl Book {
    fn read(source: &'static str) -> Self {
        let mut book = Self::default();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let Some((key, list)) = line.split_once(": ") else { continue };
            let words = || list.split('|').map(|word| Box::from(&*fold(word.trim()))).collect::<Vec<_>>();
            match key {
                "@behind" => book.behind = words(),
                "@before" => book.before = words(),
                "@between" => book.between = words(),
                "@article" => book.article = words(),
                "@place" => book.place = words(),
                "@plain" => book.plain = words(),
                "@adjective" => book.adjective = words(),
                "@joint" => book.joint = words(),
                "@based" => book.based.extend(words()),
                "@past" => book.past = words(),
                zone => book.name(zone, list),
            }
        }
        for same in book.names.values_mut() {
            same.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
        }
        book
    }

    fn name(&mut self, zone: &str, names: &str) {
        let Ok(zone) = zone.trim_end_matches('?').parse::<Zone>() else {
            return;
        };
        for name in names.split('|') {
            let (name, twins) = name.split_once('=').unwrap_or((name, ""));
            let mut words = name
                .split([' ', '.'])
                .filter(|word| !word.is_empty())
                .map(|word| Box::from(&*fold(word)));
            let Some(first) = words.next() else { continue };
            self.names.entry(first).or_default().push(Name {
                words: words.collect(),
                zone,
                twins: twins.split_whitespace().filter_map(|twin| twin.parse().ok()).collect(),
            });
        }
    }
}

static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(include_str!("words/zones.txt")));

/// The zone named at an item. `hours` when a clock time stands right before it.
pub(super) fn read(text: &str, items: &[Item], at: usize, hours: bool, own: Zone, english: bool) -> Option<Named> {
    let word = |at: usize| items.get(at).and_then(|item| text.get(item.bytes.clone())).unwrap_or_default();
    let first = word(at);
    if !first.starts_with(char::is_alphabetic) {
        return None;
    }
    if let Some(named) = offset(text, items, at) {
        return Some(named);
    }
    let folded = fold(first);
    let (name, used) = BOOK.names.get(&*folded)?.iter().find_map(|name| {
        let mut next = at + 1;
        for part in &name.words {
            while word(next) == "." {
                next += 1;
            }
            if *fold(word(next)) != **part {
                return None;
            }
            next += 1;
        }
        Some((name, next - at))
    })?;
    let capitals = first.chars().all(char::is_uppercase);
    let capital = first.starts_with(char::is_uppercase);
    let end = at + used;
    let is = |list: &[Box<str>], at: Option<usize>| at.is_some_and(|at| one_of(list, &fold(word(at))));
    let back = |so_many: usize| at.checked_sub(so_many);
    // "Singapur-Zeit"
    let dash = usize::from(word(end) == "-");
    let time_follows = is(&BOOK.behind, Some(end + dash));
    let time_before = is(&BOOK.before, back(1))
        || is(&BOOK.before, back(2)) && is(&BOOK.between, back(1))
        || is(&BOOK.before, back(3)) && is(&BOOK.article, back(1));
    let short = used == 1 && first.len() <= 4 && name.words.is_empty() && !one_of(&BOOK.place, &folded);
    let based = based(text, items, at);
    let counts = if short {
        capitals && (hours || time_follows || based.is_some())
            || english && hours && first.len() == 3
            || capitals && time_before
            || time_follows
    } else {
        hours && capital || time_follows || time_before || based.is_some() && capital || hours && used == 1 && one_of(&BOOK.plain, &folded)
    };
    // "(PST)"
    let bracketed = short && capitals && word(at.wrapping_sub(1)) == "(" && word(end) == ")";
    let counts = counts || bracketed;
    let adjective = one_of(&BOOK.adjective, &folded);
    let perhaps = !counts && !adjective && (short && capitals && first.len() >= 3 || !short && capital);
    if !counts && !perhaps {
        return None;
    }
    let zone = match name.twins.as_slice() {
        [] => name.zone,
        twins => twins.iter().copied().find(|twin| *twin == own).unwrap_or(name.zone),
    };
    let twin = !name.twins.is_empty() && !name.twins.contains(&own) && !related(own, name.zone);
    Some(Named {
        zone,
        used: used + usize::from(time_follows),
        of_writer: based == Some(true) && !hours && !time_follows,
        twin: twin && counts,
        other: name.twins.iter().copied().find(|other| *other != zone),
        perhaps,
    })
}

/// "a las 10 hora de España": a word that counts hours elsewhere is no count where it names a zone.
pub(super) fn name_hours(text: &str, items: &mut [Item], own: Zone, english: bool) {
    let counts = |item: &Item| item.what == What::Lex(Lex::Unit(Unit::Hour));
    let named = |at: usize| (at + 1..at + 4).any(|next| read(text, items, next, false, own, english).is_some_and(|named| !named.perhaps));
    let of_zones: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(|(at, item)| counts(item) && named(*at))
        .map(|(at, _)| at)
        .collect();
    for at in of_zones {
        if let Some(item) = items.get_mut(at) {
            item.what = What::Lex(Lex::Skip);
        }
    }
}

/// The writer lives on the continent of the first of the zones of a name.
fn related(own: Zone, zone: Zone) -> bool {
    let continent = |zone: Zone| zone.name().split('/').next();
    continent(own) == continent(zone)
}

/// A list holds a folded word.
fn one_of(list: &[Box<str>], word: &str) -> bool {
    list.iter().any(|one| **one == *word)
}

/// "based in", "I'm in", "here in": `Some(true)`; nothing of the kind: `None`. "was in Tokyo last week" is none.
fn based(text: &str, items: &[Item], at: usize) -> Option<bool> {
    let mut before = String::new();
    for item in items.get(at.saturating_sub(5)..at).unwrap_or_default() {
        before.push(' ');
        before.push_str(&fold(text.get(item.bytes.clone()).unwrap_or_default()));
    }
    let led = BOOK
        .joint
        .iter()
        .any(|joint| before.strip_suffix(&**joint).is_some_and(|head| head.ends_with(' ')));
    let says = |list: &[Box<str>]| list.iter().any(|phrase| before.contains(&**phrase));
    (led && says(&BOOK.based) && !says(&BOOK.past)).then_some(true)
}

/// "UTC+2", "GMT-5", "UTC+5:30".
fn offset(text: &str, items: &[Item], at: usize) -> Option<Named> {
    let word = |at: usize| items.get(at).and_then(|item| text.get(item.bytes.clone())).unwrap_or_default();
    if !matches!(word(at), "UTC" | "GMT" | "utc" | "gmt") {
        return None;
    }
    let sign = match items.get(at + 1)?.what {
        What::Mark('+') => 1,
        What::Mark('-' | '−' | '–') => -1,
        _ => return None,
    };
    let What::Num(hours @ 0..=14, _) = items.get(at + 2)?.what else {
        return None;
    };
    if !items.get(at + 2)?.glued {
        return None;
    }
    let minutes = match (items.get(at + 3).map(|item| &item.what), items.get(at + 4).map(|item| &item.what)) {
        (Some(What::Mark(':')), Some(What::Num(minutes, 2))) => *minutes,
        _ => 0,
    };
    let name = match (sign, hours, minutes) {
        (_, 0, 0) => "UTC".to_owned(),
        // The names of the database count westwards.
        (1, hours, 0) => format!("Etc/GMT-{hours}"),
        (-1, hours, 0) => format!("Etc/GMT+{hours}"),
        (1, 5, 30) => "Asia/Kolkata".to_owned(),
        (1, 9, 30) => "Australia/Darwin".to_owned(),
        (1, 3, 30) => "Asia/Tehran".to_owned(),
        (1, 5, 45) => "Asia/Kathmandu".to_owned(),
        (1, 6, 30) => "Asia/Yangon".to_owned(),
        (1, 4, 30) => "Asia/Kabul".to_owned(),
        _ => return None,
    };
    Some(Named {
        zone: name.parse().ok()?,
        used: if minutes > 0 { 5 } else { 3 },
        of_writer: false,
        twin: false,
        other: None,
        perhaps: false,
    })
}

/// "your time", "my time".
pub(super) fn whose(items: &[Item], at: usize, own: Zone, ours: Zone) -> Option<Zone> {
    match items.get(at)?.what {
        What::Lex(Lex::YourTime) => Some(ours),
        What::Lex(Lex::MyTime | Lex::HereTime) => Some(own),
        _ => None,
    }
}
