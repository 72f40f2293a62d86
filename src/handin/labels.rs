//! Labels: "Client:", "Ansprechpartner –", and what stands behind them.

use std::ops::Range;

use super::backup;
use super::page::{Page, trim};
use super::words::{flat, has};

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Client,
    Contact,
    ContactName,
    ContactAddress,
    Backup,
    Role,
    Candidates,
    Candidate,
    Name,
    First,
    Last,
    Address,
    Phone,
    Zone,
    Summary,
    Interview,
    Minutes,
    Place,
    Note,
    For,
    To,
    Other,
}

/// Sections of the word table; of a word in several the first counts.
const LABELS: [(&str, Label); 22] = [
    ("label client", Label::Client),
    ("label contact name", Label::ContactName),
    ("label contact address", Label::ContactAddress),
    ("label backup", Label::Backup),
    ("label candidate", Label::Candidate),
    ("label candidates", Label::Candidates),
    ("label role", Label::Role),
    ("label name", Label::Name),
    ("label first", Label::First),
    ("label last", Label::Last),
    ("label address", Label::Address),
    ("label phone", Label::Phone),
    ("label to", Label::To),
    ("label contact", Label::Contact),
    ("label place", Label::Place),
    ("label minutes", Label::Minutes),
    ("label interview", Label::Interview),
    ("label zone", Label::Zone),
    ("label note", Label::Note),
    ("label summary", Label::Summary),
    ("label for", Label::For),
    ("label other", Label::Other),
];

/// Longest label, in bytes.
const LONGEST_LABEL: usize = 48;
/// Longest label that is set apart by blanks, in bytes.
const LONGEST_COLUMN: usize = 20;
/// Pictures that people write for labels.
const PICTURES: [(&str, Label); 9] = [
    ("🏢🏭🏬🏦🏥🏫🏨", Label::Client),
    ("🙋👤🤵", Label::Contact),
    ("💼🎯", Label::Role),
    ("👉🧑👩👨", Label::Candidate),
    ("✉📧📩📨", Label::Address),
    ("📞📱☎☏", Label::Phone),
    ("📍🏠🏡🌍🌎🌏", Label::Zone),
    ("💬📝🗒", Label::Summary),
    ("🎥📹🎦🗓", Label::Interview),
];
/// Words of one that is a clause: "if Petra is away:".
const MOST_SPOKEN: usize = 7;

/// What flattened words name as a label: without numbers, and without what says whose.
pub(super) fn label(flat: &str) -> Option<Label> {
    let words: Vec<&str> = flat.split(' ').filter(|word| !word.chars().all(|c| c.is_ascii_digit())).collect();
    let named = |words: &[&str]| {
        let key = words.join(" ");
        LABELS.iter().find(|(section, _)| has(section, &key)).map(|(_, label)| *label)
    };
    let bare = || {
        words
            .split_first()
            .filter(|(first, _)| matches!(**first, "the" | "our" | "my" | "candidate" | "candidates" | "applicant"))
    };
    let spoken = || (words.len() <= MOST_SPOKEN && backup::says(flat)).then_some(Label::Backup);
    named(&words).or_else(|| bare().and_then(|(_, rest)| named(rest))).or_else(spoken)
}

/// A label in a line and what stands behind it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) label: Label,
    /// The label as written, flattened.
    pub(super) key: String,
    pub(super) value: Range<usize>,
}

/// The labels of a line: one at its start, and further ones behind signs.
pub(super) fn fields(page: &Page<'_>, range: &Range<usize>) -> Vec<Field> {
    let text = page.of_range(range);
    let Some(first) = field(page, range.clone()) else {
        return Vec::new();
    };
    let mut all = vec![first];
    // "Client: Acme | Role: Nurse": each colon may be that of another label.
    let colons: Vec<usize> = text.match_indices([':', '：']).map(|(at, _)| at).take(40).collect();
    for colon in colons {
        let Some(last) = all.last_mut().filter(|last| range.start + colon > last.value.start) else {
            continue;
        };
        let head = page.of_range(&(last.value.start..range.start + colon));
        let Some(sign) = head
            .rfind([',', ';', '|', '/', '\t', '·', '•', '.', '('])
            .map(|at| last.value.start + at)
        else {
            continue;
        };
        let start = sign + page.of_range(&(sign..range.end)).chars().next().map_or(1, char::len_utf8);
        if let Some(next) = field(page, trim(page.text, start..range.end)).filter(|_| sign > last.value.start) {
            last.value = trim(page.text, last.value.start..sign);
            all.push(next);
        }
    }
    all
}

/// The label that a stretch begins with.
fn field(page: &Page<'_>, range: Range<usize>) -> Option<Field> {
    let text = page.of_range(&range);
    if let Some((label, rest)) = pictured(text) {
        return Some(Field {
            label,
            key: String::new(),
            value: trim(page.text, range.end - rest.len()..range.end),
        });
    }
    let signs = [":", "：", ";", "\t", "|", "=", " - ", " – ", " — ", " -> ", " → "];
    let sign = signs
        .iter()
        .filter_map(|sign| text.find(sign).map(|at| (at, *sign)))
        .min_by_key(|(at, _)| *at);
    let Some((at, sign)) = sign.or_else(|| column(text)) else {
        return heading(text, range);
    };
    let head = text.get(..at).filter(|head| head.len() <= LONGEST_LABEL)?;
    let inner = head.split_once('(').map_or(head, |(head, _)| head);
    let key = flat(inner);
    let strong = matches!(sign, ":" | "：" | "\t" | "|" | "=" | ";");
    // "Format/Dauer", "Osoba/Contact": either of both.
    let either = || {
        inner
            .split_once('/')
            .and_then(|(one, other)| label(&flat(one)).or_else(|| label(&flat(other))))
    };
    let label = label(&key)
        .or_else(either)
        .filter(|label| strong || !matches!(label, Label::For | Label::To | Label::Other))?;
    let value = trim(page.text, range.start + at + sign.len()..range.end);
    // The edge of a table.
    let bare = page.of_range(&value).trim_end_matches(['|', ' ', '\t']);
    let value = value.start..value.start + bare.len();
    let stars = page.of_range(&value);
    let stars = stars.len() - stars.trim_start_matches(['*', '_', ' ', '-', ':']).len();
    Some(Field {
        label,
        key,
        value: value.start + stars..value.end,
    })
}

/// A picture that stands for a label, and what is behind it: "📞 0170 555 01".
fn pictured(text: &str) -> Option<(Label, &str)> {
    let first = text.chars().next()?;
    let label = PICTURES
        .iter()
        .find(|(pictures, _)| pictures.contains(first))
        .map(|(_, label)| *label)?;
    let rest = text.get(first.len_utf8()..)?;
    Some((
        label,
        rest.trim_start_matches(|c: char| !c.is_ascii() && !c.is_alphanumeric() || c == ':' || c == ' '),
    ))
}

/// "mobile    0170 555 01": a known label whose value is set apart by blanks.
fn column(text: &str) -> Option<(usize, &'static str)> {
    let at = text.find("   ").filter(|at| *at <= LONGEST_COLUMN)?;
    label(&flat(text.get(..at)?)).map(|_| (at, "   "))
}

/// "Contact" or "Candidates" on a line of its own.
fn heading(text: &str, range: Range<usize>) -> Option<Field> {
    let key = flat(text.get(..LONGEST_LABEL).map_or(text, |_| ""));
    let label = label(&key).filter(|label| matches!(label, Label::Client | Label::Contact | Label::Role | Label::Candidates))?;
    Some(Field {
        label,
        key,
        value: range.end..range.end,
    })
}
