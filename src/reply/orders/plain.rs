//! Dates and hours as recruiters write them, put in the way that the reader of times knows: "half two", "two till four", "04.03. from 10", "2/4".
//!
//! In: a text, or what it says of a time. Out: the same with digits in the places of words. Never here: which instant it is.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use chrono::{Datelike, Duration, NaiveDate, Weekday};
use regex::{Captures, Regex};

use super::super::times;
use super::rules::Rules;
use super::{about, table};

/// What stands for a time, and how the reader of times would have it.
static HOURS: LazyLock<Rules> = LazyLock::new(|| Rules::read(include_str!("../words/hours_en.txt")));

/// Hours in words, in their order.
const WORDS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// Days of a month in words, in their order.
const ORDINALS: [&str; 31] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty first",
    "twenty second",
    "twenty third",
    "twenty fourth",
    "twenty fifth",
    "twenty sixth",
    "twenty seventh",
    "twenty eighth",
    "twenty ninth",
    "thirtieth",
    "thirty first",
];

/// Such a day beside its weekday or its month: "wednesday the sixteenth", "the first of october".
static ORDINAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mut names: Vec<String> = ORDINALS.iter().map(|name| name.replace(' ', "[ -]")).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let names = names.join("|");
    let day = "(?:mon|tues|wednes|thurs|fri)day";
    let month = "january|february|march|april|may|june|july|august|september|october|november|december";
    Regex::new(&format!(
        r"(?i)\b(?:({day}),? the ({names})(?: of ({month}))?|the ({names}) of ({month}))\b"
    ))
    .ok()
});

/// Hours in words beside what makes them hours.
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let hour = r"(?:(?:half past|half|quarter past|quarter to)[ -])?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midday)(?:[ -](?:fifteen|thirty|forty[ -]?five))?";
    let digits = r"(?:half )?\d{1,2}(?:[.:]\d\d)?(?: ?[ap]m)?";
    let part = r"(?: o'? ?clock|o'clock|[ap]m| in the (?:morning|afternoon|evening)| sharp)";
    let any = format!("(?:{hour}|{digits})(?:{part})?");
    let to = "(?:to|and|till|until|til|or|-|–)";
    let day = r"(?:mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|tomorrow|today|tmrw";
    let digital = "(?:0[6-9]|1\\d)(?:00|15|30|45)\\b";
    Regex::new(&format!(
        r"(?i)\b(?:\d{{1,2}}(?:[.:]\d\d)? ?o['’]? ?clock|(?:between|from) {any} {to} {any}|{hour} {to} {any}|(?:at|before|after|by|around|until|till) {hour}\b|half (?:past )?{hour}|quarter (?:past|to) {hour}|{hour} ?{part}|(?:{day})s?,? (?:at |@ ?)?{hour}\b(?: {to} {any})?|(?:{day})['’]s (?:at )?\d{{1,2}}(?:[.:]\d\d)?(?: ?[ap]m)?\b|halb (?:eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\d+)|(?:{day}|\d{{1,2}}/\d{{1,2}})s?,? (?:at |@ ?)?{digital}(?: ?[-–] ?{digital})?|\d{{4}}-\d\d-\d\d(?: \d\d:\d\d(?: ?- ?\d\d:\d\d)?)?)(?:{part})?"
    ))
    .ok()
});

/// A day of the week with its number, and hours behind it: "Thursday 3 from 14h".
static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(mon|tue|wed|thu|fri|sat|sun)([a-z]*),? (\d{1,2}),? (from|between|at|de|à|von|um|\d{1,2}[:.h])").ok()
});

/// A day of the coming week.
static NEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\bnext (mon|tue|wed|thu|fri)(|day|s|sday|nesday|r|rs|rsday)\b").ok());

/// A date in two numbers.
static SLASHED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(^|[^\d/.])(\d{1,2})/(\d{1,2})($|[^\d/])").ok());

/// Marks said into a telephone: "comma", "full stop", "new line".
static SPOKEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(comma|full stop|new ?line|new paragraph)\b(?P<of> (?:manager|managers|of|item|items)\b)?").ok());

/// A short word with a mark that ends no sentence: "i.e. 9 to 12", "kl. 13-15", "Jan 14 (Thu) 9 to 11".
static SHORTENED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = "mon|tues?|wed|weds|thu|thurs?|fri|mo|di|mi|do|fr";
    let hour = r"\d{1,2}(?:[.:h]\d\d| ?-| ?–| ?[ap]m)";
    Regex::new(&format!(
        r"(?i)\b(?P<that>i\.? ?e\.|d\.h\.)|\b(?:kl|ca|approx)\b\.?(?P<hour> ?{hour})|(?P<date>\d(?:st|nd|rd|th)?\.?)(?P<open> ?\()(?:{day})(?:day|sday|nesday|rsday)?\.?(?P<shut>\))"
    ))
    .ok()
});

/// A date that ends in a mark: "04.03. from 10".
static DOTTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\b\d{1,2}\.\d{1,2})\.( ?[a-z0-9(]| ?$|,| Ruhe| Pause| Uhr)").ok());

/// Bytes that speak of a time.
pub(super) fn spoken_of(text: &str) -> Vec<Range<usize>> {
    let mut all = times::spoken_of(text);
    all.extend(
        SAID.iter()
            .chain(ORDINAL.iter())
            .flat_map(|said| said.find_iter(text))
            .map(|hit| hit.range()),
    );
    all.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in all {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The text with no mark behind a date, that no sentence ends there, and with marks for those that were spoken; every other byte stays in its
/// place.
pub(super) fn level(text: &str) -> Cow<'_, str> {
    let Some(dotted) = DOTTED.as_ref() else { return text.into() };
    let text = dotted.replace_all(text, "$1 $2");
    let text = match SHORTENED.as_ref().filter(|short| short.is_match(&text)) {
        Some(short) => short.replace_all(&text, lengthened).into_owned().into(),
        None => text,
    };
    match SPOKEN.as_ref().filter(|spoken| spoken.is_match(&text)) {
        Some(spoken) => spoken.replace_all(&text, marked).into_owned().into(),
        None => text,
    }
}

/// The same without its mark, with blanks in the places of what is left out.
fn lengthened(hit: &Captures<'_>) -> String {
    let whole = &hit[0];
    let kept = |name: &str| hit.name(name).map(|part| part.as_str());
    match (kept("that"), kept("hour"), kept("date")) {
        (Some(that), ..) => format!(":{}", " ".repeat(that.len() - 1)),
        (_, Some(hour), _) => format!("{}{hour}", " ".repeat(whole.len() - hour.len())),
        (_, _, Some(date)) => format!("{date}{}", " ".repeat(whole.len() - date.len())),
        _ => whole.to_owned(),
    }
}

/// A mark that was spoken, as it is written, with blanks for what is left of its name.
fn marked(hit: &Captures<'_>) -> String {
    // "Her new line manager" is nobody's dictation.
    if hit.name("of").is_some() {
        return hit[0].to_owned();
    }
    let name = hit[1].to_lowercase();
    let mark = match name.as_str() {
        "comma" => ',',
        "new line" | "new paragraph" | "newline" => '\n',
        _ => '.',
    };
    format!("{mark}{}", " ".repeat(name.len() - 1))
}

/// Digits in the places of words. Dates without a month's name are those that lie near.
pub(super) fn plain(text: &str, today: NaiveDate) -> String {
    let text = ORDINAL
        .as_ref()
        .map_or_else(|| text.into(), |ordinal| ordinal.replace_all(text, |hit: &Captures<'_>| dated(hit)));
    let text = SAID.as_ref().map_or_else(
        || text.clone(),
        |said| said.replace_all(&text, |hit: &Captures<'_>| in_digits(&hit[0])),
    );
    let text = HOURS.apply(&coming(&text, today));
    let text = DAY.as_ref().map_or_else(
        || text.as_str().into(),
        |day| day.replace_all(&text, |hit: &Captures<'_>| numbered(hit, today)),
    );
    SLASHED.as_ref().map_or_else(
        || text.to_string(),
        |date| date.replace_all(&text, |hit: &Captures<'_>| near(hit, today)).into_owned(),
    )
}

/// "Next Thursday", said on a Friday, is the one that comes; said on a Monday it may be either.
fn coming(text: &str, today: NaiveDate) -> String {
    let Some(next) = NEXT.as_ref() else { return text.to_owned() };
    let told = next.replace_all(text, |hit: &Captures<'_>| {
        let passed = hit[1]
            .parse::<Weekday>()
            .is_ok_and(|day| day.num_days_from_monday() <= today.weekday().num_days_from_monday());
        if passed {
            format!("{}{}", &hit[1], &hit[2])
        } else {
            hit[0].to_owned()
        }
    });
    told.into_owned()
}

/// It names an hour or a date, and not only how long something takes: "four weeks".
pub(super) fn has_hour(said: &str, today: NaiveDate) -> bool {
    let folded = about::folded(&plain(said, today)).join(" ");
    let rest =
        table::words_of("lasting", &folded).map_or(folded.clone(), |words| folded.replace(folded.get(words).unwrap_or_default(), " "));
    rest.contains(|c: char| c.is_ascii_digit())
}

/// "half two" → "half 2".
fn in_digits(said: &str) -> String {
    let mut text = said.to_lowercase();
    for (number, word) in WORDS.iter().enumerate() {
        if text.contains(word) {
            let parts = text.split_inclusive([' ', '-', ',', '\'']);
            text = parts
                .map(|part| {
                    let bare = part.trim_end_matches([' ', '-', ',', '\'']);
                    if bare == *word {
                        part.replacen(word, &(number + 1).to_string(), 1)
                    } else {
                        part.to_owned()
                    }
                })
                .collect();
        }
    }
    text
}

/// "wednesday the sixteenth" → "wednesday 16th", "the first of october" → "1 october".
fn dated(hit: &Captures<'_>) -> String {
    let part = |at: usize| hit.get(at).map(|part| part.as_str());
    let name = part(2).or_else(|| part(4)).unwrap_or_default().to_lowercase().replace('-', " ");
    let Some(number) = ORDINALS.iter().position(|one| *one == name).map(|at| at + 1) else {
        return hit[0].to_owned();
    };
    let month = part(3).or_else(|| part(5));
    match (part(1), month) {
        (Some(day), Some(month)) => format!("{day} {number} {month}"),
        (Some(day), None) => format!("{day} {number}{}", ending(number)),
        (None, month) => format!("{number} {}", month.unwrap_or_default()),
    }
}

/// "3" is "3rd".
const fn ending(number: usize) -> &'static str {
    match number {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

/// "Thursday 3 from" → "Thursday 3rd from", where the third is a Thursday soon.
fn numbered(hit: &Captures<'_>, today: NaiveDate) -> String {
    const WEEKS: i64 = 6;
    let whole = hit[0].to_owned();
    let (Ok(weekday), Ok(number)) = (hit[1].parse::<Weekday>(), hit[3].parse::<usize>()) else {
        return whole;
    };
    let is = |days: i64| {
        let day = today + Duration::days(days);
        usize::try_from(day.day()) == Ok(number) && day.weekday() == weekday
    };
    if (0..WEEKS * 7).any(is) {
        format!("{}{} {number}{} {}", &hit[1], &hit[2], ending(number), &hit[4])
    } else {
        whole
    }
}

/// "2/4", written in the first days of February, is the fourth of that month: interviews lie near.
fn near(hit: &Captures<'_>, today: NaiveDate) -> String {
    const FAR: i64 = 42;
    const SOON: i64 = 21;
    let whole = hit[0].to_owned();
    let (Ok(first), Ok(second)) = (hit[2].parse::<u32>(), hit[3].parse::<u32>()) else {
        return whole;
    };
    let ahead = |day: u32, month: u32| {
        let years = [today.year(), today.year() + 1];
        let mut days = years.iter().filter_map(|year| NaiveDate::from_ymd_opt(*year, month, day));
        days.find(|day| *day >= today)
    };
    let away = |day: NaiveDate| (day - today).num_days();
    let far = ahead(first, second).is_none_or(|day| away(day) > FAR);
    match ahead(second, first).filter(|day| far && away(*day) <= SOON) {
        Some(day) => format!("{}{}{}", &hit[1], day.format("%-d %B"), &hit[4]),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_put_in_digits() {
        let today = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap();
        for (said, put) in [
            ("tues two till four", "tues 2 till 4"),
            ("thurs at half two", "thurs at half 2"),
            ("between nine and eleven", "between 9 and 11"),
            ("one of them", "one of them"),
            ("2/4 from 1-3pm", "4 February from 1-3pm"),
            ("12/2 at 3", "12/2 at 3"),
            ("2027-01-12 09:00-11:00", "12 January 2027 09:00-11:00"),
            ("Thursday 4 from 14h", "Thursday 4th from 14:00"),
            ("10.30 am", "10:30am"),
            ("wednesday the sixteenth nine till eleven", "wednesday 16th 9 till 11"),
            ("the first of october", "1 october"),
            ("Tues 13/10, 1400", "Tues 13/10, 14:00"),
            ("salary 1500", "salary 1500"),
            ("not before the end of next month", "not before the end of next month"),
            ("next monday", "monday"),
        ] {
            assert_eq!(plain(said, today), put);
        }
        assert_eq!(level("on 04.03. from 10"), "on 04.03  from 10");
        assert_eq!(level("It is 9.30. Thanks"), "It is 9.30. Thanks");
        assert_eq!(level("Her new line manager is Petra"), "Her new line manager is Petra");
    }
}
