//! What an absence notice says: until when, and who stands in. English, German, French, Spanish, and dates in digits in any language.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::words::{Words, head};
use crate::model::Timestamp;

/// The longest notice that is looked at, in characters; what follows is the quoted letter.
const MAX: usize = 4_000;

static GONE: Words = Words::new(
    "\
    no longer with|no longer works|no longer working|no longer employed|no longer part of|has left the company|\
    have left the company|has left the organi|left the business|nicht mehr bei|nicht mehr für|nicht mehr im unternehmen|\
    nicht länger bei|unternehmen verlassen|ne fait plus partie|ne travaille plus|a quitté|ai quitté|ya no trabaja|\
    ya no trabajo|ya no forma parte|non lavora più|werkt niet meer",
);

static AWAY: Words = Words::new(
    "\
    out of office|out of the office|out-of-office|away from|on vacation|on holiday|on leave|annual leave|parental leave|\
    maternity|currently away|i am away|i'm away|limited access|abwesen|nicht im büro|nicht im haus|im urlaub|in urlaub|\
    elternzeit|außer haus|absent|absence|en congé|en vacances|fuera de la oficina|de vacaciones|ausente|automatic reply|\
    automatische antwort|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|autosvar|\
    automatisk svar|vacation",
);

static STAND_IN: Words = Words::new(
    "\
    in my absence|during my absence|while i am away|please contact|please reach out|please get in touch|\
    contact my colleague|urgent|immediate assistance|vertretung|vertritt|wenden sie sich|wende dich|in dringenden|\
    in meiner abwesenheit|en cas d'urgence|en mon absence|pendant mon absence|contacter|contactez|en mi ausencia|\
    durante mi ausencia|contactar|en contacto con|urgente",
);

/// "No longer with the company."
pub(super) fn gone(text: &str) -> bool {
    contains_any(text, &GONE)
}

/// Away, and back later.
pub(super) fn looks_away(subject: &str, text: &str) -> bool {
    contains_any(subject, &AWAY) || contains_any(text, &AWAY)
}

fn contains_any(text: &str, phrases: &Words) -> bool {
    phrases.any_in(&head(text, MAX).to_lowercase().replace('’', "'"))
}

/// The sentence that names somebody who stands in.
pub(super) fn substitute(text: &str) -> Option<String> {
    let all = sentences(head(text, MAX));
    let cued = |sentence: &&String| contains_any(sentence, &STAND_IN);
    let named = |sentence: &&String| sentence.contains('@') || sentence.chars().filter(char::is_ascii_digit).count() >= 6;
    let best = all.iter().filter(cued).find(named).or_else(|| all.iter().find(cued))?;
    Some(best.chars().take(300).collect())
}

/// Sentences, each on one line. A full stop inside an address, a number or an abbreviation does not end one.
fn sentences(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut one = String::new();
    let mut chars = text.chars().peekable();
    let mut breaks = 0;
    while let Some(c) = chars.next() {
        if c == '\n' {
            breaks += 1;
            if breaks >= 2 {
                all.push(std::mem::take(&mut one));
            } else if !one.is_empty() {
                one.push(' ');
            }
            continue;
        }
        if !c.is_whitespace() {
            breaks = 0;
        }
        one.push(c);
        let ends = matches!(c, '.' | '!' | '?') && chars.peek().is_none_or(|next| next.is_whitespace());
        let after_digit = c == '.' && one.chars().rev().nth(1).is_some_and(|before| before.is_ascii_digit());
        if ends && !after_digit {
            all.push(std::mem::take(&mut one));
        }
    }
    all.push(one);
    let tidy = all.iter().map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "));
    tidy.filter(|s| !s.is_empty()).collect()
}

/// How near a date stands to a word of coming back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cue {
    Until,
    Back,
}

static BACK: Words = Words::new(
    "\
    back|return|returning|resume|zurück|wieder|retour|reviendrai|rentrerai|vuelvo|vuelta|regreso|regresar|regresaré|volveré|\
    reincorporo|reincorporaré|available",
);
static UNTIL: Words = Words::new("until|till|through|thru|to|bis|jusqu|jusqu'au|au|hasta|al|inclusive|einschließlich|until:|tot");

/// The day of coming back. Dates without a year mean the next such day after `sent`.
pub(super) fn until(text: &str, sent: Option<Timestamp>) -> Option<NaiveDate> {
    let sent = sent?.date_naive();
    let mut best: Option<(Cue, NaiveDate)> = None;
    for sentence in sentences(head(text, MAX)) {
        let words = words(&sentence);
        let mut cue: Option<(Cue, usize)> = None;
        let mut at = 0;
        while at < words.len() {
            let word = words.get(at).map(String::as_str).unwrap_or_default();
            if BACK.has(word) {
                cue = Some((Cue::Back, at));
            } else if UNTIL.has(word) && cue.is_none_or(|(kind, place)| kind == Cue::Until || at - place > 6) {
                cue = Some((Cue::Until, at));
            }
            let Some((date, used)) = date_at(words.get(at..).unwrap_or_default(), sent) else {
                at += 1;
                continue;
            };
            // "I will be back on", "until and including": the cue stands a few words before the date.
            if let Some((kind, place)) = cue
                && at - place <= 6
                && best.is_none_or(|(k, d)| (kind, date) > (k, d))
            {
                best = Some((kind, date));
            }
            at += used;
        }
    }
    // More than a year ahead is a misreading.
    best.map(|(_, date)| date)
        .filter(|date| *date >= sent && *date <= sent + Days::new(400))
}

/// Words, lower case, without the punctuation around them; `12.` keeps its dot away, `12.08.2026` its dots.
fn words(sentence: &str) -> Vec<String> {
    let lower = sentence.to_lowercase().replace('’', "'");
    let split = lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';'));
    let trim = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .trim_start_matches("d'")
            .trim_start_matches("l'")
            .to_owned()
    };
    split.map(trim).filter(|word| !word.is_empty()).collect()
}

/// A date at the start of `words`, and how many of them it takes.
fn date_at(words: &[String], sent: NaiveDate) -> Option<(NaiveDate, usize)> {
    let word = |n: usize| words.get(n).map(String::as_str).unwrap_or_default();
    if let Some(date) = digits_date(word(0), sent) {
        return Some((date, 1));
    }
    // "12 August 2026", "12. August", "le 12 août", "12 de agosto de 2026".
    if let Some(day) = day_number(word(0)) {
        let skip = usize::from(matches!(word(1), "de" | "of"));
        if let Some(month) = month(word(1 + skip)) {
            let more = usize::from(matches!(word(2 + skip), "de" | "del" | "of"));
            return year(word(2 + skip + more)).map_or_else(
                || next(sent, month, day).map(|date| (date, 2 + skip)),
                |year| NaiveDate::from_ymd_opt(year, month, day).map(|date| (date, 3 + skip + more)),
            );
        }
    }
    // "August 12, 2026", "August the 12th".
    if let Some(month) = month(word(0)) {
        let skip = usize::from(word(1) == "the");
        if let Some(day) = day_number(word(1 + skip)) {
            return year(word(2 + skip)).map_or_else(
                || next(sent, month, day).map(|date| (date, 2 + skip)),
                |year| NaiveDate::from_ymd_opt(year, month, day).map(|date| (date, 3 + skip)),
            );
        }
    }
    if matches!(word(0), "tomorrow" | "demain" | "mañana") {
        return Some((sent + Days::new(1), 1));
    }
    // "Monday 17 August" is the 17th: a weekday counts only when no day follows.
    let weekday = weekday(word(0))?;
    if let Some((date, used)) = words
        .get(1..)
        .and_then(|rest| rest.first().map(|_| rest))
        .and_then(|rest| date_at_no_weekday(rest, sent))
    {
        return Some((date, used + 1));
    }
    let ahead = (7 + weekday.num_days_from_monday() - sent.weekday().num_days_from_monday()) % 7;
    Some((sent + Days::new(u64::from(if ahead == 0 { 7 } else { ahead })), 1))
}

fn date_at_no_weekday(words: &[String], sent: NaiveDate) -> Option<(NaiveDate, usize)> {
    let first = words.first()?;
    let skip = usize::from(matches!(first.as_str(), "the" | "den" | "dem" | "le" | "el"));
    let rest = words.get(skip..)?;
    if weekday(rest.first()?).is_some() {
        return None;
    }
    date_at(rest, sent).map(|(date, used)| (date, used + skip))
}

/// `2026-08-12`, `12.08.2026`, `12.8.`, `12/08/2026`, `8/12/2026`.
fn digits_date(word: &str, sent: NaiveDate) -> Option<NaiveDate> {
    let parts: Vec<u32> = word.split(['-', '.', '/']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let full_year = |y: u32| i32::try_from(if y < 100 { y + 2000 } else { y }).ok();
    let dotted = word.contains('.');
    match parts.as_slice() {
        [y, m, d] if *y > 1900 => NaiveDate::from_ymd_opt(full_year(*y)?, *m, *d),
        [a, b, y] => {
            let day_first = NaiveDate::from_ymd_opt(full_year(*y)?, *b, *a);
            let month_first = NaiveDate::from_ymd_opt(full_year(*y)?, *a, *b);
            match (day_first, month_first) {
                // Slashes mean both; an absence notice speaks of the near future, so the nearer day is meant.
                (Some(d), Some(m)) if !dotted => [d, m].into_iter().filter(|date| *date >= sent).min(),
                (Some(d), _) => Some(d),
                (None, m) => m,
            }
        }
        [d, m] if dotted => next(sent, *m, *d),
        _ => None,
    }
}

fn day_number(word: &str) -> Option<u32> {
    let digits = word
        .trim_end_matches("st")
        .trim_end_matches("nd")
        .trim_end_matches("rd")
        .trim_end_matches("th")
        .trim_end_matches("er");
    digits.parse().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)
}

fn year(word: &str) -> Option<i32> {
    word.parse().ok().filter(|year| (2000..=2200).contains(year))
}

/// The next such day, counting a few days back as still this year's.
fn next(sent: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    let this = NaiveDate::from_ymd_opt(sent.year(), month, day)?;
    if this + Days::new(30) >= sent {
        Some(this)
    } else {
        NaiveDate::from_ymd_opt(sent.year() + 1, month, day)
    }
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene"],
        &["february", "feb", "februar", "février", "fevrier", "févr", "febrero"],
        &["march", "mar", "märz", "mrz", "mars", "marzo"],
        &["april", "apr", "avril", "avr", "abril", "abr"],
        &["may", "mai", "mayo"],
        &["june", "jun", "juni", "juin", "junio"],
        &["july", "jul", "juli", "juillet", "juil", "julio"],
        &["august", "aug", "août", "aout", "agosto", "ago"],
        &["september", "sep", "sept", "septembre", "septiembre", "setiembre"],
        &["october", "oct", "oktober", "okt", "octobre", "octubre"],
        &["november", "nov", "novembre", "noviembre"],
        &["december", "dec", "dezember", "dez", "décembre", "déc", "diciembre", "dic"],
    ];
    let found = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(found + 1).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&[&str], Weekday); 7] = [
        (&["monday", "montag", "lundi", "lunes"], Weekday::Mon),
        (&["tuesday", "dienstag", "mardi", "martes"], Weekday::Tue),
        (&["wednesday", "mittwoch", "mercredi", "miércoles"], Weekday::Wed),
        (&["thursday", "donnerstag", "jeudi", "jueves"], Weekday::Thu),
        (&["friday", "freitag", "vendredi", "viernes"], Weekday::Fri),
        (&["saturday", "samstag", "samedi", "sábado"], Weekday::Sat),
        (&["sunday", "sonntag", "dimanche", "domingo"], Weekday::Sun),
    ];
    DAYS.iter().find(|(names, _)| names.contains(&word)).map(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_return_is_found() {
        // Tuesday.
        let sent = "2026-07-07T10:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("I am out of the office until 12 August 2026.", "2026-08-12"),
            ("Out from July 6 to July 17, back on Monday, July 20.", "2026-07-20"),
            ("I will return on August 3rd and read my mail then.", "2026-08-03"),
            ("I'm back on Monday.", "2026-07-13"),
            ("Ich bin bis einschließlich 24.07.2026 nicht im Büro.", "2026-07-24"),
            ("Ab dem 3. August bin ich wieder am 4. August im Büro.", "2026-08-04"),
            ("Je suis absente jusqu'au 20 juillet inclus.", "2026-07-20"),
            ("De retour le lundi 27 juillet.", "2026-07-27"),
            ("Estaré fuera de la oficina hasta el 15 de agosto de 2026.", "2026-08-15"),
            ("Away until 2026-07-31.", "2026-07-31"),
            ("Away until 08/10/2026.", "2026-08-10"),
            ("Back on 5 January.", "2027-01-05"),
        ] {
            assert_eq!(until(text, Some(sent)).map(|d| d.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "I am away.",
            "Call 030 12.34.56 until further notice.",
            "Since 1 May 2019 I work elsewhere.",
            "Back in 2 weeks",
        ] {
            assert_eq!(until(text, Some(sent)), None, "{text}");
        }
    }

    #[test]
    fn the_substitute_is_one_sentence() {
        let text = "Thank you for your mail.\nI am away until Friday. In urgent cases please\ncontact Ben Ode (ben.ode@client.example). Kind regards";
        assert_eq!(
            substitute(text).as_deref(),
            Some("In urgent cases please contact Ben Ode (ben.ode@client.example).")
        );
        assert_eq!(substitute("Ich bin im Urlaub. Ihre Mail wird nicht weitergeleitet."), None);
    }
}
