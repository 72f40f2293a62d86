//! What stands behind the labels of the contact and of candidates.

use std::ops::Range;

use super::{At, Reader, firm_of, found_in};
use crate::handin::backup;
use crate::handin::entry;
use crate::handin::labels::Label;
use crate::handin::page::{Page, trim};
use crate::handin::people::{Person, Side, name, said};
use crate::handin::scan::{Fit, addresses};
use crate::handin::words::{ends, flat, has, within};
use crate::handin::{Contact, Said};
use crate::model::Address;

impl Reader<'_, '_> {
    /// "Petra Vogel, CFO – petra@x.example", "jobs@x.example".
    pub(super) fn contact(&mut self, value: Range<usize>) {
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

    /// "Backup: Bert Klein, bert@x.example", and what stands in the lines below it.
    pub(super) fn backup(&mut self, value: Range<usize>) {
        let page = self.page;
        let entry = entry::read(page, value, 1);
        let address = entry.addresses.into_iter().find(|(_, one)| !page.is_ours(one));
        let address = address.map(|(range, value)| Said {
            value,
            words: page.words(range),
        });
        // "Backup:" and "Backup email:" are one person's, a second "Backup:" is another's.
        match self.found.backup.last_mut() {
            Some(last) if last.name.is_none() || entry.name.is_none() => {
                last.name = last.name.take().or(entry.name);
                last.address = last.address.take().or(address);
            }
            Some(_) | None => self.found.backup.push(Contact { name: entry.name, address }),
        }
        self.at = At::Backup;
    }

    /// Takes the addresses behind a label of the contact.
    pub(super) fn addresses(&mut self, all: Vec<(Range<usize>, Address)>) {
        for (range, value) in all {
            let whole = self.page.lines.iter().find(|line| line.range.contains(&range.start));
            if whole.is_some_and(|line| backup::take(self.page, &line.range, &range, &value, self.found)) {
                continue;
            }
            // "(not anna@x.example, she is on leave)".
            let line = self.page.lines.iter().find(|line| line.range.contains(&range.start));
            let before = line.map(|line| self.page.of_range(&(line.range.start..range.start)));
            let refused = before.is_some_and(|before| ends("not this", &flat(before)).is_some());
            let since = line.map(|line| {
                let head = self.page.of_range(&(line.range.start..range.start));
                let last = addresses(head).last().map_or(0, |(one, _)| one.end);
                flat(head.get(last..).unwrap_or_default())
            });
            // "(he asked to put also Tuva in cc, tuva@x.example)": behind an address it may be another's.
            let another = !self.found.contact_address.is_empty() && since.is_some_and(|since| within("bystander", &since));
            if refused {
                self.found.refused.push(value.clone());
            }
            if !self.page.is_ours(&value) && !refused && !another {
                self.found.contact_address.push(Said {
                    value,
                    words: self.page.words(range),
                });
            }
        }
    }

    /// "His mail: …": of the person the lines before it are about.
    pub(super) fn contact_address(&mut self, value: Range<usize>) {
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
    pub(super) fn to(&mut self, label: Label, value: Range<usize>) {
        let page = self.page;
        let text = page.of_range(&value);
        let entry = entry::read(page, value.clone(), 1);
        if !entry.addresses.is_empty() {
            self.contact(value);
        } else if crate::handin::role::is_role(text) {
            self.found.role.extend(said(page, value));
        } else if let Some((head, rest)) = text.split_once(',')
            && let Some(called) = name(page, value.start..value.start + head.len(), 2)
        {
            // "Victor Nash, Practice Manager, Lakeside Dental".
            self.found.contact_name.push(called);
            let last = rest.rsplit(',').next().unwrap_or_default();
            let range = trim(page.text, value.end - last.len()..value.end);
            let firm = page.of_range(&range);
            if !crate::handin::role::is_role(firm) && !within("no firm", &flat(firm)) && firm.starts_with(char::is_uppercase) {
                self.found.either.extend(said(page, range));
            }
            self.at = At::Contact;
        } else {
            self.found.either.extend(said(page, firm_of(page, value)));
            self.at = if label == Label::To { At::Contact } else { At::Head };
        }
    }

    pub(super) fn candidates(&mut self, key: &str, value: Range<usize>) {
        let plural = value.is_empty() || has("label candidates", key);
        if !plural {
            return self.candidate(key, value);
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

    pub(super) fn candidate(&mut self, key: &str, value: Range<usize>) {
        self.found.announced = true;
        let entry = entry::read(self.page, value.clone(), 1);
        // "Profile: ten years of Go" among the lines about somebody.
        if entry.name.is_none() && entry.addresses.is_empty() && !value.is_empty() && matches!(self.at, At::Person(_)) {
            return self.summary_of(value);
        }
        // "PROFILE: MASTER MARINER, 18 YEARS": a person without an address, below one who has all.
        let told = self
            .person()
            .is_some_and(|person| person.name.is_some() && (!person.addresses.is_empty() || person.phone.is_some()));
        let again = has("label of career", key);
        if told && again && entry.addresses.is_empty() && entry.phone.is_none() {
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
    pub(super) fn name(&mut self, value: Range<usize>) {
        let page = self.page;
        let Some(called) = turned(page, &value).or_else(|| entry::read(page, value.clone(), 1).name) else {
            return;
        };
        if self.at == At::Backup && self.found.backup.last().is_some_and(|last| last.name.is_none()) {
            return self.backup(value);
        }
        if self.at == At::Contact && self.found.contact_name.is_empty() {
            self.found.contact_name.push(called);
            let entry = entry::read(page, value, 1);
            self.addresses(entry.addresses);
            return;
        }
        if self.person().is_none_or(|person| person.name.is_some()) {
            self.open(Person::new(value.start, Side::Candidate));
        }
        if let Some(person) = self.person() {
            person.name.get_or_insert(called);
        }
        let entry = entry::read(page, value, 1);
        self.fill(&entry);
    }

    /// "First name: Ana", "Surname: Kovač", in whatever order.
    pub(super) fn half(&mut self, label: Label, value: Range<usize>) {
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

    pub(super) fn address(&mut self, value: Range<usize>) {
        let all = found_in(self.page, &value);
        match self.at {
            At::Contact => self.addresses(all),
            At::Backup => self.backup(value),
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
                        .is_some_and(|name| crate::handin::scan::fit(&name.value, &value) == Fit::Sure);
                    if fits {
                        self.addresses(vec![(range, value)]);
                    } else if !self.page.is_ours(&value) {
                        let words = self.page.words(range);
                        self.found.loose.push(Said { value, words });
                    }
                }
            }
        }
    }
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

/// "Kovač, Ana" is Ana Kovač.
fn turned(page: &Page<'_>, value: &Range<usize>) -> Option<Said<String>> {
    let (last, first) = page.of_range(value).split_once(',')?;
    let short = |part: &str| part.split_whitespace().count() <= 2 && !part.contains(',');
    let places = (value.start..value.start + last.len(), value.end - first.len()..value.end);
    let (last, first) = (
        Some(last).filter(|one| short(one)).map(|_| places.0)?,
        Some(first).filter(|one| short(one)).map(|_| places.1)?,
    );
    let (last, first) = (name(page, last, 1)?, name(page, first, 1)?);
    let single = !last.value.contains(' ') && !first.value.contains(' ');
    single.then(|| Said {
        value: format!("{} {}", first.value, last.value),
        words: page.words(value.clone()),
    })
}
