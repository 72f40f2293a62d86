//! Text → items: words with their meaning, numbers and marks, each with its bytes.
//!
//! In: a text, and a hint at its language. Out: [`Item`]s. What a word means stands in `words/*.txt`, a table for each language: a line is
//! `meaning: phrase | phrase`, `meaning argument: phrase | phrase`; at each place the longest phrase wins, of two equal ones the first in
//! the table. `tongue` lists the words by which the language is known.
//! Never here: which day or hour is meant.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use fnv::FnvHashMap;

use crate::reply::sentences::fold;

/// What a word or phrase of the tables means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Lex {
    /// 1 is Monday.
    Weekday(u32),
    EveryWeekday(u32),
    /// "Montagvormittag".
    WeekdayPart(u32, Part),
    /// "MWF": the digits of the weekdays.
    Weekdays(u32),
    Workdays,
    Weekend,
    Month(u32),
    /// Days from today.
    Relative(i32),
    FollowingDay,
    SameDay,
    This,
    Next,
    Last,
    Every,
    AnyDay,
    AnyTime,
    Flexible,
    Rest,
    RestOf,
    Early,
    Middle,
    Late,
    WeekOf,
    /// "KW": a number of ISO 8601 follows.
    CalendarWeek,
    WeekAfter,
    WeekAfterNext,
    Fortnight,
    Unit(Unit),
    QuarterHour,
    HalfHour,
    HourAndHalf,
    FromThen,
    Part(Part),
    /// "vanmiddag": of today.
    ThisPart(Part),
    /// "morgenochtend".
    TomorrowPart(Part),
    Tonight,
    Close,
    Noon,
    Midnight,
    ClockMark,
    Am,
    Pm,
    Sharp,
    Past,
    ToHour,
    /// "half past three".
    HalfPast,
    /// "halb vier", "half vier": half past three.
    HalfTo,
    /// "y media", "e mezza": half past, said after the hour.
    AndHalf,
    /// "y cuarto", "et quart".
    AndQuarter,
    /// "menos", "moins": what follows is taken from the hour.
    Minus,
    Quarter,
    Number(u32),
    Ordinal(u32),
    OrdinalMark,
    At,
    /// "alle", "a las": at, or the joint of a range.
    AtOrTill,
    On,
    Of,
    From,
    Till,
    Between,
    And,
    Or,
    After,
    Before,
    Onwards,
    OrEarlier,
    YourTime,
    MyTime,
    SameTime,
    Not,
    Except,
    Free,
    /// "ideally", "best".
    Prefer,
    NoTrouble,
    Only,
    But,
    Correction,
    Instead,
    Everyone,
    AwayTo,
    Back,
    Later,
    Earlier,
    MoveLater,
    MoveEarlier,
    Option,
    FirstOne,
    LastOne,
    LaterOne,
    EarlierOne,
    AllOfThem,
    NoneOfThem,
    ThatOne,
    Reschedule,
    Cancel,
    Asks,
    NotClock,
    Each,
    Ago,
    Was,
    With,
    /// "exams", "in a meeting": a reason not to be free, unless the same breath offers.
    Event,
    /// "out", "off" behind a day or before one.
    Out,
    Sadly,
    /// What follows is the conclusion.
    So,
    Because,
    Subject,
    Yours,
    If,
    OfficeHours,
    OtherOnes,
    MiddleOne,
    Skip,
}

/// A measure of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A named stretch of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
    Lunch,
    FirstThing,
    MidMorning,
    LateMorning,
    EarlyAfternoon,
    MidAfternoon,
    LateAfternoon,
    DayEnd,
    AfterLunch,
    BeforeLunch,
    Business,
}

impl Part {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "morning" => Self::Morning,
            "afternoon" => Self::Afternoon,
            "evening" => Self::Evening,
            "night" => Self::Night,
            "lunch" => Self::Lunch,
            "first-thing" => Self::FirstThing,
            "mid-morning" => Self::MidMorning,
            "late-morning" => Self::LateMorning,
            "early-afternoon" => Self::EarlyAfternoon,
            "mid-afternoon" => Self::MidAfternoon,
            "late-afternoon" => Self::LateAfternoon,
            "day-end" => Self::DayEnd,
            "after-lunch" => Self::AfterLunch,
            "before-lunch" => Self::BeforeLunch,
            "business" => Self::Business,
            _ => return None,
        })
    }
}

impl Lex {
    /// The meaning a table names.
    fn named(name: &str, argument: &str) -> Option<Self> {
        let number = argument.parse::<u32>();
        Some(match name {
            "weekday" => Self::Weekday(number.ok()?),
            "every-weekday" => Self::EveryWeekday(number.ok()?),
            "weekday-part-morning" => Self::WeekdayPart(number.ok()?, Part::Morning),
            "weekday-part-afternoon" => Self::WeekdayPart(number.ok()?, Part::Afternoon),
            "weekday-part-evening" => Self::WeekdayPart(number.ok()?, Part::Evening),
            "weekday-part-lunch" => Self::WeekdayPart(number.ok()?, Part::Lunch),
            "weekdays" => Self::Weekdays(number.ok()?),
            "workdays" => Self::Workdays,
            "weekend" => Self::Weekend,
            "month" => Self::Month(number.ok()?),
            "relative" => Self::Relative(argument.parse().ok()?),
            "following-day" => Self::FollowingDay,
            "same-day" => Self::SameDay,
            "this" => Self::This,
            "next" => Self::Next,
            "last" => Self::Last,
            "every" => Self::Every,
            "any-day" => Self::AnyDay,
            "any-time" => Self::AnyTime,
            "flexible" => Self::Flexible,
            "rest" => Self::Rest,
            "rest-of" => Self::RestOf,
            "early" => Self::Early,
            "middle" => Self::Middle,
            "late" => Self::Late,
            "week-of" => Self::WeekOf,
            "calendar-week" => Self::CalendarWeek,
            "week-after" => Self::WeekAfter,
            "week-after-next" => Self::WeekAfterNext,
            "fortnight" => Self::Fortnight,
            "unit" => Self::Unit(match argument {
                "minute" => Unit::Minute,
                "hour" => Unit::Hour,
                "day" => Unit::Day,
                "week" => Unit::Week,
                "month" => Unit::Month,
                "year" => Unit::Year,
                _ => return None,
            }),
            "quarter-hour" => Self::QuarterHour,
            "half-hour" => Self::HalfHour,
            "hour-and-half" => Self::HourAndHalf,
            "from-then" => Self::FromThen,
            "part" => Self::Part(Part::named(argument)?),
            "this-part" => Self::ThisPart(Part::named(argument)?),
            "tomorrow-part" => Self::TomorrowPart(Part::named(argument)?),
            "tonight" => Self::Tonight,
            "close" => Self::Close,
            "noon" => Self::Noon,
            "midnight" => Self::Midnight,
            "clock-mark" => Self::ClockMark,
            "am" => Self::Am,
            "pm" => Self::Pm,
            "sharp" => Self::Sharp,
            "past" => Self::Past,
            "to-hour" => Self::ToHour,
            "half-past" => Self::HalfPast,
            "half-to" => Self::HalfTo,
            "and-half" => Self::AndHalf,
            "and-quarter" => Self::AndQuarter,
            "minus" => Self::Minus,
            "quarter" => Self::Quarter,
            "number" => Self::Number(number.ok()?),
            "ordinal" => Self::Ordinal(number.ok()?),
            "ordinal-mark" => Self::OrdinalMark,
            "at" => Self::At,
            "at-or-till" => Self::AtOrTill,
            "on" => Self::On,
            "of" => Self::Of,
            "from" => Self::From,
            "till" => Self::Till,
            "between" => Self::Between,
            "and" => Self::And,
            "or" => Self::Or,
            "after" => Self::After,
            "before" => Self::Before,
            "onwards" => Self::Onwards,
            "or-earlier" => Self::OrEarlier,
            "your-time" => Self::YourTime,
            "my-time" => Self::MyTime,
            "same-time" => Self::SameTime,
            "not" => Self::Not,
            "except" => Self::Except,
            "free" => Self::Free,
            "prefer" => Self::Prefer,
            "no-trouble" => Self::NoTrouble,
            "only" => Self::Only,
            "but" => Self::But,
            "correction" => Self::Correction,
            "instead" => Self::Instead,
            "everyone" => Self::Everyone,
            "away-to" => Self::AwayTo,
            "back" => Self::Back,
            "later" => Self::Later,
            "earlier" => Self::Earlier,
            "move-later" => Self::MoveLater,
            "move-earlier" => Self::MoveEarlier,
            "option" => Self::Option,
            "first-one" => Self::FirstOne,
            "last-one" => Self::LastOne,
            "later-one" => Self::LaterOne,
            "earlier-one" => Self::EarlierOne,
            "all-of-them" => Self::AllOfThem,
            "none-of-them" => Self::NoneOfThem,
            "that-one" => Self::ThatOne,
            "reschedule" => Self::Reschedule,
            "cancel" => Self::Cancel,
            "asks" => Self::Asks,
            "not-clock" => Self::NotClock,
            "each" => Self::Each,
            "ago" => Self::Ago,
            "was" => Self::Was,
            "with" => Self::With,
            "event" => Self::Event,
            "out" => Self::Out,
            "sadly" => Self::Sadly,
            "so" => Self::So,
            "because" => Self::Because,
            "subject" => Self::Subject,
            "yours" => Self::Yours,
            "if" => Self::If,
            "office-hours" => Self::OfficeHours,
            "other-ones" => Self::OtherOnes,
            "middle-one" => Self::MiddleOne,
            "skip" | "inclusive" => Self::Skip,
            _ => return None,
        })
    }
}

/// A language of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    En,
    De,
    Fr,
    Es,
    Nl,
    It,
    Pt,
}

impl Tongue {
    const ALL: [Self; 7] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Nl, Self::It, Self::Pt];

    /// By its two letters of ISO 639.
    pub(super) fn named(code: &str) -> Option<Self> {
        Some(match code.get(..2)? {
            "en" => Self::En,
            "de" => Self::De,
            "fr" => Self::Fr,
            "es" => Self::Es,
            "nl" => Self::Nl,
            "it" => Self::It,
            "pt" => Self::Pt,
            _ => return None,
        })
    }

    fn table(self) -> &'static Table {
        static TABLES: LazyLock<[Table; 7]> = LazyLock::new(|| {
            [
                Table::compile(include_str!("words/en.txt")),
                Table::compile(include_str!("words/de.txt")),
                Table::compile(include_str!("words/fr.txt")),
                Table::compile(include_str!("words/es.txt")),
                Table::compile(include_str!("words/nl.txt")),
                Table::compile(include_str!("words/it.txt")),
                Table::compile(include_str!("words/pt.txt")),
            ]
        });
        let [en, de, fr, es, nl, it, pt] = &*TABLES;
        match self {
            Self::En => en,
            Self::De => de,
            Self::Fr => fr,
            Self::Es => es,
            Self::Nl => nl,
            Self::It => it,
            Self::Pt => pt,
        }
    }
}

/// A piece of the text.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) what: What,
    /// Its bytes.
    pub(super) bytes: Range<usize>,
    /// No blank before it.
    pub(super) glued: bool,
    /// Begins with a capital.
    pub(super) capital: bool,
}

/// What a piece of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A word or phrase of the tables.
    Lex(Lex),
    /// Any other word, folded.
    Word(Box<str>),
    /// Digits: their value, and how many there are.
    Num(u32, usize),
    Mark(char),
    /// The end of a line.
    Line,
}

/// The phrases of a language. Words are numbers, so that thousands of phrases take little room.
struct Table {
    words: FnvHashMap<Box<str>, Word>,
    /// By the first word, the longest first.
    phrases: Vec<Vec<Phrase>>,
}

/// A word of a table.
#[derive(Debug, Clone, Copy)]
struct Word {
    number: u32,
    /// How much it speaks for the language.
    weight: u32,
}

/// The words behind the first one, and what all of them mean.
struct Phrase {
    rest: Box<[u32]>,
    lex: Lex,
}

/// No word of the table.
const UNKNOWN: u32 = u32::MAX;

impl Table {
    fn compile(source: &str) -> Self {
        let mut table = Self {
            words: FnvHashMap::default(),
            phrases: Vec::new(),
        };
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, list)) = line.split_once(": ") else {
                continue;
            };
            let (name, argument) = name.split_once(' ').unwrap_or((name, ""));
            for phrase in list.split('|') {
                let pieces = raw(phrase.trim());
                let mut numbers = pieces
                    .iter()
                    .filter(|piece| !phrase_skips(piece.text))
                    .map(|piece| table.number(&fold(piece.text)))
                    .collect::<Vec<_>>();
                if numbers.is_empty() {
                    continue;
                }
                let rest = numbers.split_off(1);
                let Some(&first) = numbers.first() else { continue };
                if name == "tongue" {
                    table.weigh(first, 2);
                } else if let Some(lex) = Lex::named(name, argument) {
                    table.add(first, rest, lex);
                } else {
                    debug_assert!(false, "a table means {name:?} {argument:?}");
                }
            }
        }
        for same in &mut table.phrases {
            same.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
            same.shrink_to_fit();
        }
        // Days and months speak for a language more than any other word.
        let named: Vec<u32> = table
            .words
            .iter()
            .filter(|(word, known)| {
                word.len() > 2
                    && matches!(
                        table.alone(known.number),
                        Some(Lex::Weekday(_) | Lex::EveryWeekday(_) | Lex::Month(_) | Lex::Relative(_) | Lex::Part(_))
                    )
            })
            .map(|(_, known)| known.number)
            .collect();
        for number in named {
            table.weigh(number, 3);
        }
        table
    }

    /// The number of a word; a new one when it has none yet.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(known) = self.words.get(word) {
            return known.number;
        }
        let number = u32::try_from(self.phrases.len()).unwrap_or(UNKNOWN);
        self.words.insert(word.into(), Word { number, weight: 0 });
        self.phrases.push(Vec::new());
        number
    }

    fn weigh(&mut self, number: u32, weight: u32) {
        if let Some(word) = self.words.values_mut().find(|word| word.number == number) {
            word.weight += weight;
        }
    }

    /// The first of two equal phrases counts.
    fn add(&mut self, first: u32, rest: Vec<u32>, lex: Lex) {
        let Some(same) = usize::try_from(first).ok().and_then(|first| self.phrases.get_mut(first)) else {
            return;
        };
        if !same.iter().any(|phrase| *phrase.rest == *rest) {
            same.push(Phrase { rest: rest.into(), lex });
        }
    }

    fn starting(&self, first: u32) -> &[Phrase] {
        usize::try_from(first)
            .ok()
            .and_then(|first| self.phrases.get(first))
            .map_or(&[], Vec::as_slice)
    }

    /// What a word means by itself.
    fn alone(&self, number: u32) -> Option<Lex> {
        self.starting(number)
            .iter()
            .find(|phrase| phrase.rest.is_empty())
            .map(|phrase| phrase.lex)
    }

    /// The longest phrase that begins at `at`: its meaning and how many pieces it takes.
    fn longest(&self, pieces: &[Piece<'_>], numbers: &[u32], at: usize) -> Option<(Lex, usize)> {
        self.starting(*numbers.get(at)?).iter().find_map(|phrase| {
            let mut next = at + 1;
            for word in &phrase.rest {
                while pieces.get(next).is_some_and(|piece| phrase_skips(piece.text)) {
                    next += 1;
                }
                if numbers.get(next)? != word {
                    return None;
                }
                next += 1;
            }
            Some((phrase.lex, next - at))
        })
    }

    /// The words of a text as numbers.
    fn numbers(&self, folded: &[Cow<'_, str>]) -> Vec<u32> {
        folded
            .iter()
            .map(|word| self.words.get(&**word).map_or(UNKNOWN, |word| word.number))
            .collect()
    }
}

/// Marks inside a phrase that do not count: "mid-morning", "a.m.".
fn phrase_skips(text: &str) -> bool {
    matches!(text, "-" | "." | "‑" | "‐")
}

/// A run of letters, of digits, or a single mark.
#[derive(Debug, Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    at: usize,
    glued: bool,
}

/// Words that lean on the next one: "l'après-midi", "dell'ufficio".
const ELIDED: [&str; 18] = [
    "l", "d", "j", "m", "t", "n", "c", "qu", "jusqu", "lorsqu", "dell", "all", "nell", "dall", "sull", "un", "quest", "quell",
];

/// Splits a text into runs of letters, runs of digits, and marks.
fn raw(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::with_capacity(text.len() / 4);
    let mut rest = text.char_indices().peekable();
    let mut glued = false;
    while let Some((at, first)) = rest.next() {
        if first.is_whitespace() && first != '\n' {
            glued = false;
            continue;
        }
        let mut end = at + first.len_utf8();
        if first.is_ascii_digit() {
            while let Some((next, _)) = rest.next_if(|(_, c)| c.is_ascii_digit()) {
                end = next + 1;
            }
        } else if first.is_alphabetic() {
            while let Some((next, c)) =
                rest.next_if(|&(next, c)| c.is_alphabetic() || apostrophe(c) && !elided(text, at, next) && letter_follows(text, next, c))
            {
                end = next + c.len_utf8();
            }
        }
        out.push(Piece {
            text: text.get(at..end).unwrap_or_default(),
            at,
            glued,
        });
        glued = first != '\n';
    }
    out
}

const fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | '\u{300}'..='\u{36f}')
}

fn elided(text: &str, start: usize, end: usize) -> bool {
    let word = text.get(start..end).unwrap_or_default();
    ELIDED.iter().any(|short| word.eq_ignore_ascii_case(short))
}

fn letter_follows(text: &str, at: usize, c: char) -> bool {
    let next = text.get(at + c.len_utf8()..).and_then(|tail| tail.chars().next());
    matches!(c, '\u{300}'..='\u{36f}') || next.is_some_and(char::is_alphabetic)
}

/// The language most of whose own words stand in a text; English when nothing tells.
fn tongue(folded: &[Cow<'_, str>], hint: Option<Tongue>) -> Tongue {
    let mut best = (0, hint.unwrap_or(Tongue::En));
    for tongue in Tongue::ALL {
        let table = tongue.table();
        let own: u32 = folded
            .iter()
            .filter_map(|word| table.words.get(&**word))
            .map(|word| word.weight)
            .sum();
        let score = own + u32::from(hint == Some(tongue)) * 5 + u32::from(tongue == Tongue::En) * 2;
        if score > best.0 {
            best = (score, tongue);
        }
    }
    best.1
}

/// Splits a text into items, and tells its language.
pub(super) fn items(text: &str, hint: Option<Tongue>) -> (Vec<Item>, Tongue) {
    let pieces = raw(text);
    let folded: Vec<_> = pieces.iter().map(|piece| fold(piece.text)).collect();
    let tongue = tongue(&folded, hint);
    let words = Words {
        tongue,
        own: tongue.table().numbers(&folded),
        english: if tongue == Tongue::En {
            Vec::new()
        } else {
            Tongue::En.table().numbers(&folded)
        },
    };
    let mut out: Vec<Item> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if let Some(used) = phone(&pieces, at) {
            let last = pieces.get(at + used - 1).unwrap_or(piece);
            out.push(Item {
                what: What::Word(Box::default()),
                bytes: piece.at..last.at + last.text.len(),
                glued: piece.glued,
                capital: false,
            });
            at += used;
            continue;
        }
        let first = piece.text.chars().next().unwrap_or(' ');
        let (what, used) = if first.is_ascii_digit() {
            (What::Num(piece.text.parse().unwrap_or(u32::MAX), piece.text.len()), 1)
        } else if first == '\n' {
            (What::Line, 1)
        } else if let Some(half) = half_letter(&pieces, at) {
            (What::Lex(half), 1)
        } else if let Some((lex, used)) = words.meaning(&pieces, &folded, at) {
            (What::Lex(lex), used)
        } else if first.is_alphabetic() {
            (What::Word(folded.get(at).map(|word| Box::from(&**word)).unwrap_or_default()), 1)
        } else {
            (What::Mark(first), 1)
        };
        // "h 9-11"
        let number_follows = pieces
            .get(at + used)
            .is_some_and(|next| next.text.bytes().all(|byte| byte.is_ascii_digit()));
        let dated = out.len() >= 2 && out.get(out.len() - 2).is_some_and(|mark| mark.what == What::Mark('/'));
        let behind_number = !dated && matches!(out.last().map(|last| &last.what), Some(What::Num(..)));
        let what = if what == What::Lex(Lex::ClockMark) && number_follows && !behind_number {
            What::Lex(Lex::At)
        } else {
            what
        };
        let end = pieces.get(at + used - 1).map_or(piece.at, |last| last.at + last.text.len());
        out.push(Item {
            what,
            bytes: piece.at..end,
            glued: piece.glued,
            capital: first.is_uppercase(),
        });
        at += used;
        // "Di. 10-12", "zw. 8 und 10": the point of an abbreviation.
        if short_for(out.last(), &pieces, at) {
            at += 1;
        }
    }
    (out, tongue)
}

/// The piece is the point of a short word of the tables, and the sentence goes on behind it.
fn short_for(last: Option<&Item>, pieces: &[Piece<'_>], at: usize) -> bool {
    let abbreviated = last.is_some_and(|last| {
        last.bytes.len() <= 4
            && matches!(
                last.what,
                What::Lex(Lex::Weekday(_) | Lex::Month(_) | Lex::Between | Lex::At | Lex::Part(_) | Lex::Option | Lex::From | Lex::Till)
            )
    });
    let goes_on = pieces
        .get(at + 1)
        .and_then(|next| next.text.chars().next())
        .is_some_and(|next| next.is_lowercase() || next.is_ascii_digit());
    abbreviated && goes_on && pieces.get(at).is_some_and(|piece| piece.text == "." && piece.glued)
}

/// A telephone number: groups of digits, nine or more of them, or seven as 3 and 4; how many pieces it takes.
fn phone(pieces: &[Piece<'_>], at: usize) -> Option<usize> {
    let digits = |at: usize| {
        let text = pieces.get(at)?.text;
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len())
    };
    let mut next = at;
    while matches!(pieces.get(next).map(|piece| piece.text), Some("+" | "(")) {
        next += 1;
    }
    let mut groups = Vec::new();
    // No number has more groups; a longer run of digits is none.
    while let Some(length) = digits(next).filter(|_| groups.len() < 12) {
        groups.push(length);
        next += 1;
        let mut joint = next;
        while joint < next + 2 && matches!(pieces.get(joint).map(|piece| piece.text), Some("-" | "." | ")" | "(" | "/" | "‑")) {
            joint += 1;
        }
        if digits(joint).is_none() {
            break;
        }
        next = joint;
    }
    let all: usize = groups.iter().sum();
    let date = groups.len() == 3
        && groups.iter().filter(|length| **length == 4).count() == 1
        && groups.iter().all(|length| matches!(length, 1 | 2 | 4));
    let long = groups.iter().any(|length| *length >= 3) && groups.len() <= 7;
    let number = all >= 9 && long && !groups.iter().all(|length| matches!(length, 1 | 2 | 4))
        || all >= 9 && groups.iter().any(|length| *length >= 5)
        || groups == [3, 4]
        || groups == [4, 3, 3]
        || groups.len() >= 4 && all >= 10 && long && at < next && pieces.get(at).is_some_and(|piece| piece.text == "+");
    (number && !date).then_some(next - at)
}

/// "10a", "2p".
fn half_letter(pieces: &[Piece<'_>], at: usize) -> Option<Lex> {
    let piece = pieces.get(at).filter(|piece| piece.glued)?;
    let digits = pieces.get(at.checked_sub(1)?)?.text.bytes().all(|byte| byte.is_ascii_digit());
    // "10a.m." is a phrase of the table.
    let spelled = pieces.get(at + 1).is_some_and(|dot| dot.text == ".")
        && pieces.get(at + 2).is_some_and(|m| m.glued && m.text.eq_ignore_ascii_case("m"));
    if spelled {
        return None;
    }
    match piece.text {
        "a" | "A" if digits => Some(Lex::Am),
        "p" | "P" if digits => Some(Lex::Pm),
        // "7:15am" in a German mail.
        "am" | "AM" if digits => Some(Lex::Am),
        _ => None,
    }
}

/// The words of a text as numbers of its language's table, and of the English one.
struct Words {
    tongue: Tongue,
    own: Vec<u32>,
    english: Vec<u32>,
}

impl Words {
    /// What stands at a place, in the language of the text or in English, which people mix in.
    fn meaning(&self, pieces: &[Piece<'_>], folded: &[Cow<'_, str>], at: usize) -> Option<(Lex, usize)> {
        let table = self.tongue.table();
        // "Wednesday's good", "tomorrow's call"
        if let Some(stem) = pieces
            .get(at)
            .and_then(|piece| piece.text.strip_suffix("'s").or_else(|| piece.text.strip_suffix("’s")))
            && let Some(word) = table.words.get(&*fold(stem))
            && let Some(lex @ (Lex::Weekday(_) | Lex::Relative(_))) = table.alone(word.number)
        {
            return Some((lex, 1));
        }
        let own = table.longest(pieces, &self.own, at);
        if self.tongue == Tongue::En {
            return own.or_else(|| misspelt(folded.get(at)?).map(|lex| (lex, 1)));
        }
        let english = Tongue::En
            .table()
            .longest(pieces, &self.english, at)
            .filter(|(lex, _)| travels(*lex));
        match (own, english) {
            (Some(own), Some(english)) => Some(if english.1 > own.1 { english } else { own }),
            (own, english) => own.or(english),
        }
    }
}

/// English words that stand in mails of other languages with the same meaning.
const fn travels(lex: Lex) -> bool {
    matches!(
        lex,
        Lex::Am | Lex::Pm | Lex::AnyTime | Lex::Close | Lex::Flexible | Lex::ClockMark | Lex::OrdinalMark | Lex::Option
    )
}

/// The weekday or part of the day that a long word misses by one letter.
fn misspelt(word: &str) -> Option<Lex> {
    const LONG: [(&str, Lex); 11] = [
        ("monday", Lex::Weekday(1)),
        ("tuesday", Lex::Weekday(2)),
        ("wednesday", Lex::Weekday(3)),
        ("thursday", Lex::Weekday(4)),
        ("friday", Lex::Weekday(5)),
        ("saturday", Lex::Weekday(6)),
        ("tomorrow", Lex::Relative(1)),
        ("morning", Lex::Part(Part::Morning)),
        ("mornings", Lex::Part(Part::Morning)),
        ("afternoon", Lex::Part(Part::Afternoon)),
        ("afternoons", Lex::Part(Part::Afternoon)),
    ];
    if !(5..=11).contains(&word.len()) {
        return None;
    }
    LONG.iter()
        .find(|(right, _)| right.as_bytes().first() == word.as_bytes().first() && strsim::osa_distance(right, word) == 1)
        .map(|(_, lex)| *lex)
}
