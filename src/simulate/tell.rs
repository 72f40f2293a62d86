//! Prose with its meaning beside it: people tell the times in their diaries, and choose among those they were offered.

use chrono::{Datelike, Days, Duration, NaiveDate, NaiveDateTime, Timelike, Weekday};

use super::diary::{Form, Window, spans};
use super::dice::Dice;
use super::people::{Person, Style};
use super::phrases::{File, filled, mail, phrase};
use crate::calendar::{Spans, Zone};
use crate::model::{Slot, Timestamp};

/// A text, and all times its writer meant.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) text: String,
    pub(super) means: Spans,
}

/// How many days ahead people look.
const AHEAD: u64 = 12;

/// Times to meet, for a letter that asks. `within` are those of the other side, where the letter told them.
pub(super) fn times(person: &Person, now: Timestamp, minutes: i64, within: &[Slot], dice: &mut Dice) -> Option<Told> {
    let told = sentence(person, now, minutes, within, dice)?;
    let opening = phrase(dice, File::Times, "opening");
    let aside = phrase(dice, File::Times, "aside");
    let closing = closing(person, dice);
    Some(Told {
        text: mail(&[opening, &told.text, aside, &closing]),
        means: told.means,
    })
}

/// The bare sentence.
pub(super) fn sentence(person: &Person, now: Timestamp, minutes: i64, within: &[Slot], dice: &mut Dice) -> Option<Told> {
    let today = person.zone.local(now).date();
    if let Some((window, off)) = person.diary.regular.filter(|_| within.is_empty() && dice.percent(60))
        && let Some(told) = regular(person, today, window, off, dice)
    {
        return Some(told);
    }
    let mut said = if within.is_empty() {
        some_days(person, today, minutes, dice)
    } else {
        common(person, now, minutes, within)
    };
    said.sort_by_key(|(day, _)| *day);
    let wrong = said.first().copied().filter(|_| said.len() > 1 && dice.percent(4));
    if wrong.is_some() {
        said.remove(0);
    }
    if said.is_empty() {
        return None;
    }
    let means = spans(&said, person.zone);
    let lines: Vec<String> = grouped(&said)
        .iter()
        .map(|(days, window)| day_and_hours(days, *window, today, person, dice))
        .collect();
    let text = if person.style.list && lines.len() > 1 {
        let head = phrase(dice, File::Times, "list");
        lines.iter().fold(head.to_owned(), |text, line| format!("{text}\n- {line}"))
    } else {
        let joint = phrase(dice, File::Times, "join");
        let joined = lines.join(&if joint == "or" { " or ".to_owned() } else { format!("{joint} ") });
        filled(phrase(dice, File::Times, "times"), &[("times", &joined)])
    };
    let text = match wrong {
        // First a day that is not meant, then the right ones.
        Some((day, window)) => {
            let slip = day_and_hours(&[day], window, today, person, dice);
            let right = lines.join(" or ");
            let first = filled("I could do {times}.", &[("times", &slip)]);
            let then = filled(phrase(dice, File::Times, "correction"), &[("times", &right)]);
            format!("{first} {}", then.trim())
        }
        None => capital(&text),
    };
    Some(Told { text, means })
}

/// "Next week any day except Wednesday, after three."
fn regular(person: &Person, today: NaiveDate, window: Window, off: Weekday, dice: &mut Dice) -> Option<Told> {
    let monday = next_monday(today)?;
    let days = (0..5).filter_map(|n| monday.checked_add_days(Days::new(n)));
    let said: Vec<_> = days.filter_map(|day| Some((day, person.diary.on(day)?))).collect();
    // Something else came up in that week: said day by day.
    if said.len() != 4 || said.iter().any(|(_, other)| *other != window) {
        return None;
    }
    let hours = match window.form {
        Form::AllDay => phrase(dice, File::Times, "all day").to_owned(),
        Form::Morning => "in the morning".to_owned(),
        Form::Afternoon => "in the afternoon".to_owned(),
        Form::After | Form::Before | Form::Between | Form::At => hours(window, person.style, dice),
    };
    let text = filled(phrase(dice, File::Times, "regular"), &[("off", weekday(off)), ("hours", &hours)]);
    Some(Told {
        text,
        means: spans(&said, person.zone),
    })
    .filter(|told| !told.means.is_empty())
}

fn some_days(person: &Person, today: NaiveDate, minutes: i64, dice: &mut Dice) -> Vec<(NaiveDate, Window)> {
    let mut ahead = person.diary.ahead(today, AHEAD);
    ahead.truncate(6);
    ahead.retain(|(_, window)| window.to - window.from >= minutes);
    let wanted = usize::try_from(dice.between(2, 4)).unwrap_or(2);
    while ahead.len() > wanted {
        let at = usize::try_from(dice.below(ahead.len() as u64)).unwrap_or(0);
        ahead.remove(at);
    }
    for (_, window) in &mut ahead {
        if dice.percent(15) {
            *window = window.point(minutes, dice);
        }
    }
    ahead
}

/// What of the other side's times fits.
fn common(person: &Person, now: Timestamp, minutes: i64, within: &[Slot]) -> Vec<(NaiveDate, Window)> {
    let mut found: Vec<(NaiveDate, Window)> = Vec::new();
    for slot in within.iter().filter(|slot| slot.start > now + Duration::hours(14)) {
        let (start, end) = (person.zone.local(slot.start), person.zone.local(slot.end));
        let day = start.date();
        let Some(window) = person.diary.on(day) else { continue };
        let minute = |at: NaiveDateTime| (at - day.and_time(chrono::NaiveTime::MIN)).num_minutes();
        let (from, to) = (minute(start).max(window.from), minute(end).min(window.to));
        // In whole hours.
        let (from, to) = ((from + 59) / 60 * 60, to / 60 * 60);
        if to - from >= minutes && found.len() < 4 && !found.iter().any(|(other, _)| *other == day) {
            let form = if to - from >= 120 { Form::Between } else { Form::At };
            let to = if form == Form::At { from + minutes } else { to };
            found.push((day, Window { form, from, to }));
        }
    }
    found
}

/// Days with the same hours together.
fn grouped(said: &[(NaiveDate, Window)]) -> Vec<(Vec<NaiveDate>, Window)> {
    let mut groups: Vec<(Vec<NaiveDate>, Window)> = Vec::new();
    for (day, window) in said {
        match groups.iter_mut().find(|(_, other)| other == window) {
            Some((days, _)) => days.push(*day),
            None => groups.push((vec![*day], *window)),
        }
    }
    groups
}

fn day_and_hours(days: &[NaiveDate], window: Window, today: NaiveDate, person: &Person, dice: &mut Dice) -> String {
    let names: Vec<String> = days.iter().map(|day| name_of(*day, today, person, dice)).collect();
    let day = match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let hours = hours(window, person.style, dice);
    filled(phrase(dice, File::Times, "day hours"), &[("day", &day), ("hours", &hours)])
}

fn hours(window: Window, style: Style, dice: &mut Dice) -> String {
    let section = match window.form {
        Form::AllDay => "all day",
        Form::Morning => "morning",
        Form::Afternoon => "afternoon",
        Form::After => "after",
        Form::Before => "before",
        Form::Between => "between",
        Form::At => "at",
    };
    // A bare hour only where it is one of the working day.
    let plain = window.from >= 8 * 60 && window.to <= 18 * 60 && !matches!(window.form, Form::After | Form::Before);
    let style = if style.clock == 3 && !plain { 1 } else { style.clock };
    let (from, to) = (clock(window.from, style), clock(window.to, style));
    filled(phrase(dice, File::Times, section), &[("from", &from), ("to", &to)])
}

fn clock(minutes: i64, style: u64) -> String {
    let (hour, minute) = (minutes / 60, minutes % 60);
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "am" } else { "pm" };
    match (style, minute) {
        (0, _) => format!("{hour:02}:{minute:02}"),
        (1, 0) => format!("{twelve}{half}"),
        (2, 0) => format!("{twelve} {half}"),
        (3, 0) => format!("{twelve}"),
        (_, _) => format!("{twelve}:{minute:02}{half}"),
    }
}

/// A day as this person names it.
fn name_of(day: NaiveDate, today: NaiveDate, person: &Person, dice: &mut Dice) -> String {
    let ahead = (day - today).num_days();
    let name = weekday(day.weekday());
    let american = person.zone.name().starts_with("America/") && person.zone.name() != "America/Sao_Paulo";
    match person.style.day {
        0 | 1 if ahead == 1 && dice.percent(50) => "tomorrow".to_owned(),
        // A bare weekday is the next one.
        0 if (1..=7).contains(&ahead) => name.to_owned(),
        1 if (1..=7).contains(&ahead) => name.get(..3).unwrap_or(name).to_owned(),
        2 => format!("{name} {} {}", day.day(), day.format("%B")),
        3 if american => format!("{} {}/{}", name.get(..3).unwrap_or(name), day.month(), day.day()),
        3 => format!("{} {}/{}", name.get(..3).unwrap_or(name), day.day(), day.month()),
        4 => format!("{} {}", day.format("%B"), day.day()),
        _ => format!("{name} the {}{}", day.day(), ordinal_end(day.day())),
    }
}

const fn ordinal_end(day: u32) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

/// Words that take one of the offered slots.
pub(super) fn takes(person: &Person, slots: &[Slot], at: usize, now: Timestamp, dice: &mut Dice) -> Option<String> {
    let slot = *slots.get(at)?;
    let local = person.zone.local(slot.start);
    let day = local.date();
    let today = person.zone.local(now).date();
    let alone = slots
        .iter()
        .filter(|other| person.zone.local(other.start).date().weekday() == day.weekday())
        .count()
        == 1;
    const ORDINALS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let ordinal = ORDINALS.get(at).copied().unwrap_or("last");
    let number = (at + 1).to_string();
    let minutes = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let time = clock(minutes, if person.style.clock == 3 { 1 } else { person.style.clock });
    let name = if (1..=7).contains(&(day - today).num_days()) {
        weekday(day.weekday()).to_owned()
    } else {
        name_of(day, today, person, dice)
    };
    let text = match dice.below(5) {
        0 => filled(phrase(dice, File::Choice, "ordinal"), &[("ordinal", ordinal)]),
        1 => filled(phrase(dice, File::Choice, "number"), &[("number", &number)]),
        2 if alone => filled(phrase(dice, File::Choice, "day"), &[("day", weekday(day.weekday()))]),
        _ => filled(phrase(dice, File::Choice, "day and time"), &[("day", &name), ("time", &time)]),
    };
    let opening = phrase(dice, File::Times, "opening");
    let closing = closing(person, dice);
    Some(mail(&[opening, &capital(&text), &closing]))
}

/// Other words about an interview, `{times}` filled in where there are some.
pub(super) fn about_interview(person: &Person, section: &'static str, times: &str, dice: &mut Dice) -> String {
    let text = filled(phrase(dice, File::Choice, section), &[("times", times)]);
    let closing = closing(person, dice);
    mail(&[text.trim(), &closing])
}

fn closing(person: &Person, dice: &mut Dice) -> String {
    let name = person.first_name();
    match phrase(dice, File::Times, "closing") {
        "" => String::new(),
        "{name}" => name,
        closing => format!("{closing}\n{name}"),
    }
}

/// The Monday of the next week, counted as people do.
pub(super) fn next_monday(today: NaiveDate) -> Option<NaiveDate> {
    let ahead = 7 - u64::from(today.weekday().num_days_from_monday());
    today.checked_add_days(Days::new(ahead))
}

/// All of next week's working days.
pub(super) fn next_week(today: NaiveDate, zone: Zone) -> Option<(NaiveDate, NaiveDate, Spans)> {
    let monday = next_monday(today)?;
    let days: Vec<_> = (0..5)
        .filter_map(|n| Some((monday.checked_add_days(Days::new(n))?, Window::all_day())))
        .collect();
    let friday = monday.checked_add_days(Days::new(4))?;
    Some((monday, friday, spans(&days, zone)))
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
