//! Labelled lines, entries and blocks, read from top to bottom.

mod unlabelled;
mod values;

use std::cell::OnceCell;
use std::ops::Range;

use super::entry::{self, Entry};
use super::labels::{Field, Label, fields};
use super::page::{Area, Line, Page, trim};
use super::people::{Found, Person, Side, name, said, same_name};
use super::prose::sentences;
use super::scan::addresses;
use super::words::{flat, has, within};
use super::{interview, phone, places};
use crate::model::Address;

/// Nobody hands in more people in one mail; whoever is listed behind them is not read.
const MOST_PEOPLE: usize = 60;

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Nowhere in particular.
    Head,
    /// Behind what names the contact.
    Contact,
    /// Behind what names the backup contact.
    Backup,
    /// In what is said about somebody.
    Person(usize),
}

struct Reader<'p, 't> {
    page: &'p Page<'t>,
    found: &'p mut Found,
    at: At,
    /// Below "Candidates:".
    section: bool,
    /// A blank line lies behind us.
    gap: bool,
    /// The last line had a bullet and was an entry.
    listing: bool,
    /// Somebody's name stood behind a bullet, above their lines.
    numbered: bool,
    /// The last line that announces candidates, once it was looked for.
    last_announced: OnceCell<Option<usize>>,
}

/// Reads the recruiter's lines; what was understood is no prose any more.
pub(super) fn read(page: &mut Page<'_>, found: &mut Found) {
    let mut taken: Vec<usize> = Vec::new();
    let mut reader = Reader {
        page,
        found,
        at: At::Head,
        section: false,
        gap: false,
        listing: false,
        numbered: false,
        last_announced: OnceCell::new(),
    };
    let mut skip = None;
    for number in 0..reader.page.lines.len() {
        let Some(line) = reader.page.lines.get(number).filter(|line| line.area == Area::Mine && !line.taken) else {
            continue;
        };
        if line.range.is_empty() {
            reader.gap = true;
            continue;
        }
        if skip == Some(number) {
            taken.push(number);
            continue;
        }
        let (used, next) = reader.line(number);
        if used {
            taken.push(number);
        }
        skip = next;
        reader.gap = false;
    }
    for number in taken {
        if let Some(line) = page.lines.get_mut(number) {
            line.taken = true;
        }
    }
}

impl Reader<'_, '_> {
    /// Reads a line. True when it was understood; and the line that holds its label's value.
    fn line(&mut self, number: usize) -> (bool, Option<usize>) {
        let Some(line) = self.page.lines.get(number) else {
            return (false, None);
        };
        let body = line.body.clone();
        let fields = fields(self.page, &body);
        // "For: Staff Nurse at Ridge Clinic, contact Dr. Boateng (…)" is a sentence.
        let told = fields.first().is_some_and(|field| {
            field.label == Label::For
                && !addresses(self.page.of_range(&field.value)).is_empty()
                && within("label contact person", &flat(self.page.of_range(&field.value)))
        });
        if told {
            self.at = At::Head;
            return (false, None);
        }
        if !fields.is_empty() && !self.is_entry(&fields, &body) {
            let mut skip = None;
            for field in fields {
                let below = field.value.is_empty().then(|| self.value_below(number, field.label)).flatten();
                let value = below
                    .and_then(|next| self.page.lines.get(next))
                    .map_or(field.value.clone(), |line| line.body.clone());
                skip = below.or(skip);
                self.field(&Field { value, ..field });
            }
            return (true, skip);
        }
        if let Some(rest) = self.heading(&body) {
            self.open(Person::new(body.start, Side::Candidate));
            let entry = entry::read(self.page, rest, 2);
            self.fill(&entry);
            return (true, None);
        }
        let (labelled, below) = match self.at {
            At::Person(_) => (false, None),
            At::Head | At::Contact | At::Backup => self.labels_within(number, &body),
        };
        (!labelled && self.unlabelled(number), below)
    }

    /// "Client is Acme. Contact: Petra Vogel, petra@x.example. They look for …": labels of sentences that share a line with others.
    /// True when there were any; and the line that holds the value of the last of them.
    fn labels_within(&mut self, number: usize, body: &Range<usize>) -> (bool, Option<usize>) {
        let mut any = false;
        let parts = sentences(self.page, body.clone());
        for part in parts.into_iter().skip(1) {
            let part = trim(self.page.text, part);
            for field in fields(self.page, &part) {
                let of_client = matches!(
                    field.label,
                    Label::Client | Label::Contact | Label::ContactName | Label::ContactAddress | Label::Role
                );
                // "They replace their buyer. Contact details:" above a block.
                let below = (field.label == Label::Contact && field.value.is_empty())
                    .then(|| self.value_below(number, field.label))
                    .flatten();
                if let Some(line) = below.and_then(|below| self.page.lines.get(below)) {
                    self.field(&Field {
                        value: line.body.clone(),
                        ..field
                    });
                    return (true, below);
                }
                if of_client && !field.value.is_empty() {
                    self.field(&field);
                    any = true;
                }
            }
        }
        (any, None)
    }

    /// A label that is a name in front of an entry: "Mark: …", "Jobs Steve <…>" are none of ours; an address in front of the colon is none.
    fn is_entry(&self, fields: &[Field], body: &Range<usize>) -> bool {
        let first = fields.first().map_or(body.start, |field| field.value.start);
        !addresses(self.page.of_range(&(body.start..first))).is_empty()
    }

    /// "Client:" with its value on the next line.
    fn value_below(&self, number: usize, label: Label) -> Option<usize> {
        if matches!(
            label,
            Label::Candidates | Label::Candidate | Label::Other | Label::Summary | Label::Note
        ) {
            return None;
        }
        let blank = self.page.lines.get(number + 1).is_some_and(|line| line.range.is_empty());
        // An empty label above a candidate would make them the contact, so the candidates must be announced further down.
        let announced = || self.last_announced().is_some_and(|last| last >= number + 3);
        let apart = blank && matches!(label, Label::Client | Label::Contact | Label::Role) && announced();
        let below = number + if apart { 2 } else { 1 };
        let next = self.page.lines.get(below)?;
        let free = next.area == Area::Mine && !next.range.is_empty() && !next.marked;
        let value = self.page.of_range(&next.body);
        (free && value.len() <= 90 && fields(self.page, &next.body).is_empty() && self.heading(&next.body).is_none()).then_some(below)
    }

    fn last_announced(&self) -> Option<usize> {
        let announces = |line: &Line| {
            let candidates = |field: &Field| matches!(field.label, Label::Candidate | Label::Candidates);
            line.area == Area::Mine && (self.heading(&line.body).is_some() || fields(self.page, &line.body).iter().any(candidates))
        };
        *self.last_announced.get_or_init(|| self.page.lines.iter().rposition(announces))
    }

    /// "=== Candidate 1 ===", "CANDIDATE A", "Candidate no. 2": what stands behind the number.
    fn heading(&self, body: &Range<usize>) -> Option<Range<usize>> {
        let text = self.page.of_range(body);
        let signs = ['=', '*', '#', '-', '_', '~', '[', ']', ' ', '<', '>', '+'];
        let start = body.start + text.len() - text.trim_start_matches(signs).len();
        let text = text.trim_matches(signs);
        if text.len() > 80 || text.contains('@') {
            return None;
        }
        let mut words = text.split_whitespace();
        let first = words.next().map(flat)?;
        if !has("label candidate", &first) {
            return None;
        }
        let number = |word: &str| {
            let flat = flat(word);
            flat.chars().all(|c| c.is_ascii_digit())
                || matches!(flat.as_str(), "no" | "nr")
                || flat.chars().count() == 1 && word.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
        };
        let counted: Vec<&str> = words.take_while(|word| number(word)).collect();
        let last = counted.last()?;
        let end = last.as_ptr() as usize - text.as_ptr() as usize + last.len();
        let rest = text.get(end..)?.trim_start_matches([' ', ':', '-', '–', '—', '.', ')', '/']);
        let rest_start = start + text.len() - rest.len();
        let named = rest.is_empty() || name(self.page, rest_start..start + text.len(), 1).is_some();
        named.then_some(rest_start..start + text.len())
    }

    fn open(&mut self, mut person: Person) {
        if self.found.people.len() >= MOST_PEOPLE {
            self.at = At::Head;
            return;
        }
        person.listed = true;
        self.found.people.push(person);
        self.at = At::Person(self.found.people.len() - 1);
    }

    fn person(&mut self) -> Option<&mut Person> {
        match self.at {
            At::Person(index) => self.found.people.get_mut(index),
            At::Head | At::Contact | At::Backup => None,
        }
    }

    fn fill(&mut self, entry: &Entry) {
        let page = self.page;
        if let Some(person) = self.person() {
            entry.fill(page, person);
        }
    }

    fn field(&mut self, field: &Field) {
        let (page, value) = (self.page, field.value.clone());
        let text = page.of_range(&value);
        // "Candidate's email:" below the contact is none of theirs.
        if matches!(self.at, At::Contact | At::Backup) && has("of candidate", field.key.split(' ').next().unwrap_or_default()) {
            self.at = At::Head;
        }
        let open = matches!(self.at, At::Person(_));
        match field.label {
            Label::Client => {
                self.found.client.extend(said(page, firm_of(page, value)));
                self.at = At::Head;
            }
            Label::Role if !open || !self.section_has_role() => {
                self.found.role.extend(said(page, title_of(page, value)));
                if open {
                    self.at = At::Head;
                }
            }
            Label::Role => self.summary(text),
            // "Who:" once more, when it is known for whom: one of the candidates.
            Label::Contact
                if matches!(field.key.as_str(), "who" | "person")
                    && !self.found.contact_name.is_empty()
                    && !self.found.contact_address.is_empty() =>
            {
                self.candidate(&field.key, value)
            }
            // "Contact details" of the candidate above.
            Label::Contact if field.key == "contact details" && self.person().is_some_and(|person| person.addresses.is_empty()) => {
                let entry = entry::read(page, value, 9);
                self.fill(&entry);
            }
            Label::Contact => self.contact(value),
            Label::Backup => self.backup(value),
            Label::ContactName => {
                self.found.contact_name.extend(name(page, value, 1));
                self.at = At::Contact;
            }
            Label::ContactAddress => self.contact_address(value),
            Label::To | Label::For => self.to(field.label, value),
            Label::Candidates => self.candidates(&field.key, value),
            Label::Candidate => self.candidate(&field.key, value),
            Label::Name => self.name(value),
            Label::First | Label::Last => self.half(field.label, value),
            Label::Address => self.address(value),
            Label::Phone => {
                let at = phone::labelled(text).map(|at| value.start + at.start..value.start + at.end);
                let number = at.and_then(|at| said(page, at));
                let entry = entry::read(page, value, 9);
                let head = self.at == At::Head;
                match self.person() {
                    Some(person) => {
                        person.phone = person.phone.take().or(number);
                        entry.fill(page, person);
                    }
                    None if head => self.found.loose_phone = self.found.loose_phone.take().or(number),
                    None => {}
                }
            }
            Label::Zone => {
                let zone = places::labelled(page, value);
                match self.person() {
                    Some(person) => person.zone = person.zone.take().or(zone),
                    // Of the candidate only where it says so: the job has a place too.
                    None if field.key.contains("candidate") => self.found.loose_zone = self.found.loose_zone.take().or(zone),
                    None => {}
                }
            }
            Label::Summary | Label::Note if open => self.summary_of(value),
            Label::Note => self.found.note = self.found.note.take().or_else(|| said(page, value)),
            Label::Interview | Label::Minutes => interview::labelled(page, value, self.found),
            Label::Place => {
                interview::labelled(page, value.clone(), self.found);
                self.found.location = self.found.location.take().or_else(|| said(page, value));
            }
            Label::Summary => {}
            Label::Other => {
                if open && !text.is_empty() {
                    self.summary(&format!("{}: {text}", field.key));
                }
            }
        }
    }

    /// A role is known, so that of a candidate's lines is their present one.
    fn section_has_role(&self) -> bool {
        !self.found.role.is_empty()
    }

    fn summary(&mut self, text: &str) {
        let text = text.to_owned();
        if let Some(person) = self.person().filter(|_| !text.is_empty()) {
            person.summary.push(text);
        }
    }

    /// What is said about somebody, and where they live when it is said there.
    fn summary_of(&mut self, value: Range<usize>) {
        let page = self.page;
        self.summary(page.of_range(&value));
        let zone = places::of_person(page, value);
        if let Some(person) = self.person() {
            person.zone = person.zone.take().or(zone);
        }
    }
}

/// A firm without what is said about it in brackets.
fn firm_of(page: &Page<'_>, value: Range<usize>) -> Range<usize> {
    let text = page.of_range(&value);
    let end = text.find(" (").filter(|end| *end > 0).unwrap_or(text.len());
    trim(page.text, value.start..value.start + end)
}

/// A title without the number of the vacancy before it and without what ends the sentence.
fn title_of(page: &Page<'_>, value: Range<usize>) -> Range<usize> {
    let text = page.of_range(&value);
    let bare = text.trim_start_matches(['#', ' ']);
    let digits = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = digits.trim_start_matches([' ', '-', '–', '—', ':', '|', '/', ')']);
    let numbered = bare.len() - digits.len() >= 3 && rest.len() < digits.len() && !rest.is_empty();
    let start = value.start + if numbered { text.len() - rest.len() } else { 0 };
    let end = match text.ends_with('.') && !text.ends_with("Jr.") && !text.ends_with("Sr.") {
        true => value.end - 1,
        false => value.end,
    };
    // "Sales Negotiator, Exeter office": where, and how.
    let text = page.of_range(&(start..end.max(start)));
    let place = text.split_once(',').filter(|(head, rest)| {
        let rest = flat(rest);
        crate::handin::role::is_role(head)
            && (within("role after", &rest) || places::is_place(rest.split(' ').next().unwrap_or_default()) || places::is_place(&rest))
    });
    let end = place.map_or(end, |(head, _)| start + head.len());
    trim(page.text, start..end.max(start))
}

/// The addresses of a stretch and where they stand.
fn found_in(page: &Page<'_>, range: &Range<usize>) -> Vec<(Range<usize>, Address)> {
    let all = addresses(page.of_range(range)).into_iter();
    all.map(|(at, address)| (range.start + at.start..range.start + at.end, address))
        .collect()
}

/// Somebody is called by a part of their name at the start of a line: "Ana: ten years of Go".
pub(super) fn announced<'f>(found: &'f mut Found, head: &str) -> Option<&'f mut Person> {
    let mut all = found
        .people
        .iter()
        .enumerate()
        .filter(|(_, one)| one.name.as_ref().is_some_and(|name| same_name(&name.value, head)));
    let at = all.next().map(|(at, _)| at).filter(|_| all.next().is_none())?;
    found.people.get_mut(at)
}
