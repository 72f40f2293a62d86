//! A zone said with times: whose it is, and the same instant said twice.
//!
//! In: a zone where it stands. Out: the terms it is of.
//! Never here: the names of zones.

use super::super::clock::Clock;
use super::super::items::Items;
use super::super::lex::{Lex, Tongue};
use super::super::zones;
use super::Scan;
use super::walk::{Of, Term, Walk};
use crate::calendar::Zone;

impl Scan<'_> {
    pub(super) fn zone(&self, zone: Zone, _used: usize, walk: &mut Walk) {
        walk.named = Some(zone);
        let sentence = walk.sentence;
        let Some(last) = walk.terms.last_mut().filter(|term| term.sentence == sentence) else {
            // "All times ET:" above a list.
            // "I write from London, but all times are Italian"
            if walk.terms.is_empty() {
                walk.writer = Some(zone);
            }
            walk.writer.get_or_insert(zone);
            return;
        };
        last.zone = Some(zone);
        // "3 ET / 12 PT": the same instant said twice.
        if let [.., first, second] = walk.terms.as_slice()
            && first.sentence == second.sentence
            && self.same_instant(first, second)
        {
            walk.terms.pop();
        }
    }

    /// The only place of other clocks that the text names: "I'm on a site in Singapore, all hours local time".
    pub(super) fn place_of_writer(&self) -> Option<Zone> {
        let noon = self.dates.today.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(12);
        let named =
            (0..self.items.len()).filter_map(|at| zones::read(self.text, self.items, at, false, self.own, self.tongue == Tongue::En));
        let mut other = named
            .map(|named| named.zone)
            .filter(|zone| zone.local(noon) != self.own.local(noon));
        let first = other.next()?;
        other.all(|zone| zone == first).then_some(first)
    }

    /// Two hours in two zones that are one instant.
    fn same_instant(&self, first: &Term, second: &Term) -> bool {
        let (Of::Hours(Clock::Point(a) | Clock::Range(a, _)), Of::Hours(Clock::Point(b) | Clock::Range(b, _))) =
            (&first.what, &second.what)
        else {
            return false;
        };
        let (Some(here), Some(there)) = (first.zone, second.zone) else {
            return false;
        };
        let noon = self.dates.today.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(12);
        let apart = (there.local(noon) - here.local(noon)).num_minutes();
        // Where neither says am or pm, twelve hours are none.
        let round = if self.says_half(first) && self.says_half(second) {
            1440
        } else {
            720
        };
        here != there && (i64::from(b - a) - apart) % round == 0
    }

    /// "9am", "4 pm": the half of the day is said.
    fn says_half(&self, term: &Term) -> bool {
        let from = self.items.partition_point(|item| item.bytes.start < term.bytes.start);
        (from..self.items.len())
            .take_while(|at| self.items.get(*at).is_some_and(|item| item.bytes.end <= term.bytes.end))
            .any(|at| matches!(self.items.lex(at), Some(Lex::Am | Lex::Pm)))
    }
}
