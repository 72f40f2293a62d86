//! Lines without a label: an entry, a name above its lines, or more about somebody.

use super::{At, Reader, found_in};
use crate::handin::backup;
use crate::handin::entry::{self, Entry};
use crate::handin::interview;
use crate::handin::labels::{Label, fields};
use crate::handin::page::Area;
use crate::handin::people::{Person, Side, name};
use crate::handin::prose::sentences;
use crate::handin::scan::Fit;
use crate::handin::words::{begins, flat, within};

impl Reader<'_, '_> {
    /// A line without a label: an entry, a name above its lines, or more about somebody.
    pub(super) fn unlabelled(&mut self, number: usize) -> bool {
        let page = self.page;
        let Some(line) = page.lines.get(number) else { return false };
        let body = line.body.clone();
        let text = page.of_range(&body);
        let entry = entry::read(page, body.clone(), if self.section { 1 } else { 2 });
        let gone = within("withdrawn", &flat(text));
        // "Petra Vogel (petra@x.example) is looking for a …" is about the contact.
        let behind = entry.addresses.last().map_or(body.end, |(at, _)| at.end);
        if begins("contact behind", &flat(page.of_range(&(behind..body.end)))).is_some() && !line.marked {
            return false;
        }
        // "If she is away write to …": prose, whoever the lines around it are about.
        if backup::says(&flat(text)) && !found_in(page, &body).is_empty() {
            return false;
        }
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
            && (line.marked && (self.numbered || self.section || self.listing || self.next_is_entry(number))
                || self.listing && !self.gap && entry.phone.is_some()
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
            self.numbered |= line.marked;
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
    pub(super) fn more(&mut self, number: usize, entry: &Entry, gone: bool) -> bool {
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
            // It may say more than that.
            return sentences(page, body).len() == 1;
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
    pub(super) fn is_one(&self, entry: &Entry, foreign: usize) -> bool {
        let name = entry.name.as_ref().map(|name| name.value.as_str()).unwrap_or_default();
        foreign == 1
            || entry
                .addresses
                .iter()
                .all(|(_, address)| crate::handin::scan::fit(name, address) == Fit::Sure)
    }

    /// The next bullet holds an address.
    pub(super) fn next_is_entry(&self, number: usize) -> bool {
        let next = self.page.lines.iter().skip(number + 1).find(|line| !line.range.is_empty());
        next.is_some_and(|line| line.marked && !found_in(self.page, &line.range).is_empty())
    }

    /// One of the next lines, before a blank one, holds an address, and its name is not another's.
    pub(super) fn reached_below(&self, number: usize) -> bool {
        let lines = self.page.lines.iter().skip(number + 1).take(3);
        let near = lines.take_while(|line| !line.range.is_empty() && line.area == Area::Mine);
        for line in near {
            let labelled = fields(self.page, &line.body)
                .iter()
                .any(|field| matches!(field.label, Label::Address | Label::Phone));
            let entry = entry::read(self.page, line.body.clone(), 2);
            // "Contact person Amy Chen amy@x.example" below the firm's name: the address is somebody else's.
            let another = entry.addresses.first().is_some_and(|(at, address)| {
                let runs = entry::capitalised(self.page, line.body.start..at.start);
                runs.iter()
                    .any(|run| crate::handin::scan::fit_local(self.page.of_range(run), address) == Fit::Sure)
            });
            if another {
                return false;
            }
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
