//! Labelled lines, entries and blocks, read from top to bottom.

use std::ops::Range;

use super::entry::{self, Entry};
use super::page::{Area, Page, trim};
use super::people::{Found, Person, Side, name, said, same_name};
use super::scan::{Fit, addresses};
use super::words::{flat, has, within};
use super::{About, Doubt, Said, interview, phone, places};

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Client,
    Contact,
    ContactName,
    ContactAddress,
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
const LABELS: [(&str, Label); 21] = [
    ("label client", Label::Client),
    ("label contact name", Label::ContactName),
    ("label contact address", Label::ContactAddress),
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
    named(&words).or_else(|| bare().and_then(|(_, rest)| named(rest)))
}

/// A label in a line and what stands behind it.
#[derive(Debug, Clone)]
struct Field {
    label: Label,
    /// The label as written, flattened.
    key: String,
    value: Range<usize>,
}

/// The labels of a line: one at its start, and further ones behind signs.
fn fields(page: &Page<'_>, range: &Range<usize>) -> Vec<Field> {
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
    let signs = [":", "：", ";", "\t", "|", "=", " - ", " – ", " — ", " -> ", " → "];
    let (at, sign) = signs
        .iter()
        .filter_map(|sign| text.find(sign).map(|at| (at, *sign)))
        .min_by_key(|(at, _)| *at)?;
    let head = text.get(..at).filter(|head| head.len() <= LONGEST_LABEL)?;
    let inner = head.split_once('(').map_or(head, |(head, _)| head);
    let key = flat(inner);
    let strong = matches!(sign, ":" | "：" | "\t" | "|" | "=" | ";");
    let label = label(&key).filter(|label| strong || !matches!(label, Label::For | Label::To | Label::Other))?;
    let value = trim(page.text, range.start + at + sign.len()..range.end);
    let stars = page.of_range(&value);
    let stars = stars.len() - stars.trim_start_matches(['*', '_', ' ', '-', ':']).len();
    Some(Field {
        label,
        key,
        value: value.start + stars..value.end,
    })
}

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Nowhere in particular.
    Head,
    /// Behind what names the contact.
    Contact,
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
        (self.unlabelled(number), None)
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
        let next = self.page.lines.get(number + 1)?;
        let free = next.area == Area::Mine && !next.range.is_empty() && !next.marked;
        let value = self.page.of_range(&next.body);
        (free && value.len() <= 90 && fields(self.page, &next.body).is_empty() && self.heading(&next.body).is_none()).then_some(number + 1)
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
        person.listed = true;
        self.found.people.push(person);
        self.at = At::Person(self.found.people.len() - 1);
    }

    fn person(&mut self) -> Option<&mut Person> {
        match self.at {
            At::Person(index) => self.found.people.get_mut(index),
            At::Head | At::Contact => None,
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
        let open = matches!(self.at, At::Person(_));
        match field.label {
            Label::Client => {
                self.found.client.extend(said(page, firm_of(page, value)));
                self.at = At::Head;
            }
            Label::Role if !open || !self.section_has_role() => {
                self.found.role.extend(said(page, value));
                if open {
                    self.at = At::Head;
                }
            }
            Label::Role => self.summary(text),
            Label::Contact => self.contact(value),
            Label::ContactName => {
                self.found.contact_name.extend(name(page, value, 1));
                self.at = At::Contact;
            }
            Label::ContactAddress => self.contact_address(value),
            Label::To | Label::For => self.to(field.label, value),
            Label::Candidates => self.candidates(&field.key, value),
            Label::Candidate => self.candidate(value),
            Label::Name => self.name(value),
            Label::First | Label::Last => self.half(field.label, value),
            Label::Address => self.address(value),
            Label::Phone => {
                let at = phone::labelled(text).map(|at| value.start + at.start..value.start + at.end);
                let number = at.and_then(|at| said(page, at));
                let entry = entry::read(page, value, 9);
                if let Some(person) = self.person() {
                    person.phone = person.phone.take().or(number);
                    entry.fill(page, person);
                }
            }
            Label::Zone => {
                let zone = places::labelled(page, value);
                if let Some(person) = self.person() {
                    person.zone = person.zone.take().or(zone);
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

    /// "Petra Vogel, CFO – petra@x.example", "jobs@x.example".
    fn contact(&mut self, value: Range<usize>) {
        let page = self.page;
        // "Contact: 0170 555 01" among the lines about somebody is theirs.
        let entry = entry::read(page, value.clone(), 1);
        if entry.name.is_none() && matches!(self.at, At::Person(_)) && !value.is_empty() {
            self.fill(&entry);
            return;
        }
        self.at = At::Contact;
        let text = page.of_range(&value);
        let at_firm = [" at ", " from ", " von ", " bei ", " @ "]
            .iter()
            .find_map(|sign| text.split_once(sign));
        match (entry.name, at_firm) {
            (Some(name), _) => self.found.contact_name.push(name),
            (None, Some((head, rest))) => {
                self.found.contact_name.extend(name(page, value.start..value.start + head.len(), 1));
                let end = rest.find(['(', '<', ',', ';']).unwrap_or(rest.len());
                let start = value.end - rest.len();
                self.found.either.extend(said(page, start..start + end));
            }
            (None, None) => {}
        }
        self.addresses(entry.addresses);
    }

    /// Takes the addresses behind a label of the contact.
    fn addresses(&mut self, all: Vec<(Range<usize>, crate::model::Address)>) {
        for (range, value) in all {
            if !self.page.is_ours(&value) {
                self.found.contact_address.push(Said {
                    value,
                    words: self.page.words(range),
                });
            }
        }
    }

    /// "His mail: …": of the person the lines before it are about.
    fn contact_address(&mut self, value: Range<usize>) {
        let all = found_in(self.page, &value);
        let theirs = self.person().is_some_and(|person| person.addresses.is_empty());
        if theirs && !self.found.contact_address.is_empty() {
            let entry = entry::read(self.page, value, 9);
            self.fill(&entry);
        } else {
            self.addresses(all);
            if !theirs {
                self.at = At::Contact;
            }
        }
    }

    /// "To: Petra Vogel, petra@x.example", "For: Acme".
    fn to(&mut self, label: Label, value: Range<usize>) {
        let page = self.page;
        let text = page.of_range(&value);
        let entry = entry::read(page, value.clone(), 1);
        if !entry.addresses.is_empty() {
            self.contact(value);
        } else if super::role::is_role(text) {
            self.found.role.extend(said(page, value));
        } else {
            self.found.either.extend(said(page, firm_of(page, value)));
            self.at = if label == Label::To { At::Contact } else { At::Head };
        }
    }

    fn candidates(&mut self, key: &str, value: Range<usize>) {
        let plural = value.is_empty() || has("label candidates", key);
        if !plural {
            return self.candidate(value);
        }
        self.section = true;
        self.found.announced = true;
        self.at = At::Head;
        if value.is_empty() {
            return;
        }
        // "Candidates: Ana Kovač (ana@x.example), Ben Okafor (ben@x.example)".
        for part in split_people(self.page, value) {
            let entry = entry::read(self.page, part.clone(), 2);
            if entry.name.is_some() || !entry.addresses.is_empty() {
                let person = entry.person(self.page, part.start, Side::Candidate);
                self.open(person);
            }
        }
        self.at = At::Head;
    }

    fn candidate(&mut self, value: Range<usize>) {
        self.found.announced = true;
        let entry = entry::read(self.page, value.clone(), 1);
        // "Profile: ten years of Go" among the lines about somebody.
        if entry.name.is_none() && entry.addresses.is_empty() && !value.is_empty() && matches!(self.at, At::Person(_)) {
            return self.summary_of(value);
        }
        // "Candidate: Ana Kovač" after "Candidate 1" names the same person.
        let unnamed = self
            .person()
            .is_some_and(|person| person.name.is_none() && person.addresses.is_empty());
        if !unnamed {
            self.open(Person::new(value.start, Side::Candidate));
        }
        let gone = within("withdrawn", &flat(self.page.of_range(&value)));
        if let Some(person) = self.person().filter(|_| gone) {
            person.side = Side::Out;
        }
        self.fill(&entry);
    }

    /// "Name: Ana Kovač": of the contact right below "Contact:", else somebody new.
    fn name(&mut self, value: Range<usize>) {
        let page = self.page;
        let Some(called) = entry::read(page, value.clone(), 1).name else {
            return;
        };
        if self.at == At::Contact && self.found.contact_name.is_empty() {
            self.found.contact_name.push(called);
            let entry = entry::read(page, value, 1);
            self.addresses(entry.addresses);
            return;
        }
        if !self.person().is_some_and(|person| person.name.is_none()) {
            self.open(Person::new(value.start, Side::Candidate));
        }
        let entry = entry::read(page, value, 1);
        self.fill(&entry);
    }

    /// "First name: Ana", "Surname: Kovač", in whatever order.
    fn half(&mut self, label: Label, value: Range<usize>) {
        let Some(part) = name(self.page, value.clone(), 1) else { return };
        let single = |person: &Person| person.name.as_ref().is_some_and(|name| !name.value.contains(' ')) && person.addresses.is_empty();
        match self.person().filter(|person| single(person) || person.name.is_none()) {
            Some(person) => {
                person.name = Some(match person.name.take() {
                    Some(first) if label == Label::Last => Said {
                        value: format!("{} {}", first.value, part.value),
                        words: first.words,
                    },
                    Some(last) => Said {
                        value: format!("{} {}", part.value, last.value),
                        words: last.words,
                    },
                    None => part,
                });
            }
            None => {
                let mut person = Person::new(value.start, Side::Candidate);
                person.name = Some(part);
                self.open(person);
            }
        }
    }

    fn address(&mut self, value: Range<usize>) {
        let all = found_in(self.page, &value);
        match self.at {
            At::Contact => self.addresses(all),
            At::Person(_) => {
                let entry = entry::read(self.page, value, 9);
                self.fill(&entry);
            }
            At::Head => {
                // Whose it is the name must tell.
                for (range, value) in all {
                    let fits = self
                        .found
                        .contact_name
                        .last()
                        .is_some_and(|name| super::scan::fit(&name.value, &value) == Fit::Sure);
                    if fits {
                        self.addresses(vec![(range, value)]);
                    } else {
                        let words = self.page.words(range);
                        self.found.doubts.push(Doubt {
                            about: About::Address,
                            words,
                        });
                    }
                }
            }
        }
    }

    /// A line without a label: an entry, a name above its lines, or more about somebody.
    fn unlabelled(&mut self, number: usize) -> bool {
        let page = self.page;
        let Some(line) = page.lines.get(number) else { return false };
        let body = line.body.clone();
        let text = page.of_range(&body);
        let entry = entry::read(page, body.clone(), if self.section { 1 } else { 2 });
        let gone = within("withdrawn", &flat(text));
        let side = if self.section { Side::Candidate } else { Side::Unsure };
        let foreign = entry.addresses.iter().filter(|(_, one)| !page.is_ours(one)).count();
        let known = entry
            .name
            .as_ref()
            .is_some_and(|name| self.found.people.iter().any(|one| one.is_called(&name.value)));
        if foreign > 0 && entry.name.is_some() && !known && !entry.is_of_another(page, &body) && self.is_one(&entry, foreign) {
            let mut person = entry.person(page, body.start, if gone { Side::Out } else { side });
            person.candidate += u8::from(line.marked || self.section || self.listing);
            self.open(person);
            self.listing = true;
            return true;
        }
        // A bullet among bullets that are people.
        if entry.name.is_some()
            && !known
            && foreign == 0
            && (line.marked && (self.section || self.listing || self.next_is_entry(number))
                || self.section && self.next_is_entry(number) && self.gap)
        {
            let mut person = entry.person(page, body.start, if gone { Side::Out } else { side });
            person.candidate += 1;
            self.open(person);
            self.listing = true;
            return true;
        }
        // A name above a line with an address.
        if let Some(called) =
            name(page, body.clone(), if line.marked { 1 } else { 2 }).filter(|_| !known && foreign == 0 && self.reached_below(number))
        {
            let mut person = Person::new(body.start, side);
            person.name = Some(called);
            person.candidate += u8::from(line.marked);
            self.open(person);
            return true;
        }
        if self.section
            && entry.name.is_none()
            && entry.addresses.len() == 1
            && foreign == 1
            && !self.person().is_some_and(|one| one.addresses.is_empty())
            && line.marked
        {
            let person = entry.person(page, body.start, side);
            self.open(person);
            return true;
        }
        self.more(number, &entry, gone)
    }

    /// More about the person whose lines these are.
    fn more(&mut self, number: usize, entry: &Entry, gone: bool) -> bool {
        let page = self.page;
        let Some(line) = page.lines.get(number) else { return false };
        let body = line.body.clone();
        let gap = self.gap;
        let foreign = entry.addresses.iter().any(|(_, one)| !page.is_ours(one));
        if self.at == At::Contact && !gap && foreign && self.found.contact_address.is_empty() {
            self.addresses(entry.addresses.clone());
            return true;
        }
        // "Please 60 minutes by video" below the last of them is about all.
        let before = (self.found.interview.is_some(), self.found.minutes.is_some());
        if !foreign && entry.phone.is_none() && !line.marked {
            interview::sentence(page, body.clone(), self.found);
        }
        if before != (self.found.interview.is_some(), self.found.minutes.is_some()) {
            return true;
        }
        let short = page.of_range(&body).len() <= 120;
        let Some(person) = self.person() else { return false };
        let wants = person.addresses.is_empty() || !foreign;
        let listed = person.addresses.is_empty() && foreign && short;
        if gap && !listed || !wants {
            self.at = if gap { At::Head } else { self.at };
            self.listing &= !gap;
            return false;
        }
        if gone {
            person.side = Side::Out;
        }
        let entry = Entry {
            name: None,
            ..entry.clone()
        };
        entry.fill(page, person);
        if entry.rest.is_empty() && !foreign && entry.phone.is_none() {
            person.summary.push(page.of_range(&body).to_owned());
        }
        true
    }

    /// One address, or all of them fit the name.
    fn is_one(&self, entry: &Entry, foreign: usize) -> bool {
        let name = entry.name.as_ref().map(|name| name.value.as_str()).unwrap_or_default();
        foreign == 1
            || entry
                .addresses
                .iter()
                .all(|(_, address)| super::scan::fit(name, address) == Fit::Sure)
    }

    /// The next bullet holds an address.
    fn next_is_entry(&self, number: usize) -> bool {
        let next = self.page.lines.iter().skip(number + 1).find(|line| !line.range.is_empty());
        next.is_some_and(|line| line.marked && !found_in(self.page, &line.range).is_empty())
    }

    /// One of the next lines, before a blank one, holds an address, and its name is not another's.
    fn reached_below(&self, number: usize) -> bool {
        let lines = self.page.lines.iter().skip(number + 1).take(3);
        let near = lines.take_while(|line| !line.range.is_empty() && line.area == Area::Mine);
        for line in near {
            let labelled = fields(self.page, &line.body)
                .iter()
                .any(|field| matches!(field.label, Label::Address | Label::Phone));
            let entry = entry::read(self.page, line.body.clone(), 2);
            if labelled
                || !entry.addresses.is_empty()
                    && entry.name.is_none()
                    && line.body.start + 40 > entry.addresses.first().map_or(usize::MAX, |(range, _)| range.start)
            {
                return true;
            }
            if entry.name.is_some() {
                return false;
            }
        }
        false
    }
}

/// A firm without what is said about it in brackets.
fn firm_of(page: &Page<'_>, value: Range<usize>) -> Range<usize> {
    let text = page.of_range(&value);
    let end = text.find(" (").filter(|end| *end > 0).unwrap_or(text.len());
    trim(page.text, value.start..value.start + end)
}

fn found_in(page: &Page<'_>, range: &Range<usize>) -> Vec<(Range<usize>, crate::model::Address)> {
    let all = addresses(page.of_range(range)).into_iter();
    all.map(|(at, address)| (range.start + at.start..range.start + at.end, address))
        .collect()
}

/// Stretches with one address each: "Ana (ana@…), Ben (ben@…)"; names without addresses are parted by commas.
fn split_people(page: &Page<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let text = page.of_range(&range);
    let all = addresses(text);
    let mut parts = Vec::new();
    let mut start = 0;
    if all.is_empty() {
        for part in text.split_inclusive([',', ';', '&']) {
            let inner = part.trim_end_matches([',', ';', '&', ' ']);
            parts.push(trim(page.text, range.start + start..range.start + start + inner.len()));
            start += part.len();
        }
        return parts;
    }
    for (number, (at, _)) in all.iter().enumerate() {
        let next = all.get(number + 1).map_or(text.len(), |(next, _)| next.start);
        let rest = text.get(at.end..next).unwrap_or_default();
        let last = number + 1 == all.len();
        let cut = if last {
            None
        } else {
            rest.rfind([';', ',', '\t', '|'])
                .or_else(|| rest.rfind(" and "))
                .or_else(|| rest.rfind(" und "))
        };
        let end = cut.map_or(if last { text.len() } else { at.end }, |cut| at.end + cut);
        parts.push(trim(page.text, range.start + start..range.start + end));
        let behind = text.get(end..).unwrap_or_default();
        let skip = behind.len()
            - behind
                .trim_start_matches([')', '>', ',', ';', '|', ' ', '\t'])
                .trim_start_matches("and ")
                .trim_start_matches("und ")
                .len();
        start = end + skip;
    }
    parts
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
