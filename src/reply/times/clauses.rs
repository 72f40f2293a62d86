//! Items → blocks: the days and the hours that belong together, offered or refused.
//!
//! In: items of a text. Out: [`Block`]s in the order of the text, and the other things it says about times ([`Said`]).
//! A sentence falls into units at commas, "and" and "or"; a unit is refused when it says so ("Monday is out"), when the words before it do
//! ("can't do Monday or Tuesday"), or the words behind it ("Monday and Tuesday are out"). Which hours go with which days is a question of
//! what stands closer together: the cheapest way to part the sentence is taken.
//! Never here: instants; which week an unnamed Tuesday is of.

use std::ops::Range;

use super::clock::{Clock, Clocks};
use super::day::{Dates, Days};
use super::lex::{Item, Lex, Tongue, What};
use super::zones;
use crate::calendar::Zone;

/// Days, hours, or both, said together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) days: Vec<Days>,
    pub(super) clocks: Vec<Hours>,
    /// Offered, not refused.
    pub(super) yes: bool,
    /// "only after 3": no other hours of those days.
    pub(super) only: bool,
    /// Joined to what stands before it by "or".
    pub(super) or: bool,
    /// Behind "except": from what was said before.
    pub(super) except: bool,
    /// What stands before it is taken back.
    pub(super) corrects: bool,
    /// "ideally", "best".
    pub(super) preferred: bool,
    /// "between": a limit, said with "must", "done by".
    pub(super) zone: Option<Zone>,
    /// Its bytes.
    pub(super) bytes: Range<usize>,
    pub(super) sentence: usize,
    /// Opens its line.
    pub(super) opens_line: bool,
    /// Whose times these are; 0 for the writer.
    pub(super) person: Option<u64>,
    /// Refused by what is told, not by a no: "I teach 9 to 3".
    pub(super) told: bool,
    /// "ideally" and the like aside: said of everybody.
    pub(super) everybody: bool,
}

/// Hours, and how they join those before them in the block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hours {
    pub(super) clock: Clock,
    /// Besides them, not within them.
    pub(super) besides: bool,
}

/// All that a text says about times.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) blocks: Vec<Block>,
    /// Words that choose, refuse, ask, move: where, and in a refused unit or not.
    pub(super) marks: Vec<Mark>,
    /// The writer's zone, as the mail says.
    pub(super) writer: Option<Zone>,
    /// A zone is named.
    pub(super) zone: Option<Zone>,
    /// Something can be read in two ways.
    pub(super) doubt: bool,
    /// Somebody asks something.
    pub(super) asks: bool,
}

/// A word about the times as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) lex: Lex,
    /// The item it is.
    pub(super) item: usize,
    pub(super) yes: bool,
    pub(super) sentence: usize,
    /// Which unit of its sentence.
    pub(super) unit: usize,
}

/// A day or an hour where it stands.
#[derive(Debug, Clone)]
struct Term {
    what: Of,
    bytes: Range<usize>,
    sentence: usize,
    unit: usize,
    gap: Gap,
    yes: Option<bool>,
    except: bool,
    only: bool,
    preferred: bool,
    corrects: bool,
    opens_line: bool,
    zone: Option<Zone>,
    person: Option<u64>,
    told: bool,
    everybody: bool,
    /// Says itself whether it is offered: "not before 11".
    settled: bool,
    /// Its unit says whether it is offered.
    own: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Of {
    Days(Days),
    Hours(Clock),
}

/// What stands between a term and the one before it.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    comma: bool,
    joined: bool,
    or: bool,
    words: bool,
    dash: bool,
    /// "but", "so": another thought begins.
    breaks: bool,
}

impl Gap {
    /// How far apart they are, 0 to 5.
    const fn width(self) -> u32 {
        let marks = match (self.comma, self.joined, self.dash) {
            (true, true, _) => 4,
            (_, true, _) => 3,
            (_, _, true) => 3,
            (true, ..) => 2,
            _ => 0,
        };
        marks + self.words as u32
    }
}

/// A stretch of a sentence between commas and joints.
#[derive(Debug, Clone, Copy, Default)]
struct Unit {
    sentence: usize,
    /// "can't", "no".
    refuses: bool,
    /// "works", "can".
    offers: bool,
    /// "exams", "in a meeting".
    event: bool,
    /// "because", "as I".
    because: bool,
    /// Somebody who does something: "I", "we".
    subject: bool,
    /// Words of no table, before its first term and after it.
    unknown_before: usize,
    unknown_after: usize,
    /// "Thursday is", "Thursday's".
    day_is: bool,
    /// The word that decides stands before the unit's first term.
    leads: bool,
    /// Behind "except".
    except: bool,
    /// Starts anew: nothing said before is carried into it.
    fresh: bool,
    /// In brackets: goes with what stands before them.
    inside: bool,
    /// Joined to the one before by "and", "or".
    joined: bool,
    /// Set off by a dash.
    dashed: bool,
    has_days: bool,
    has_hours: bool,
    until: bool,
    words: usize,
}

/// What a unit says of its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Verdict {
    yes: bool,
    /// By what is told only.
    told: bool,
    except: bool,
}

impl Unit {
    const fn has_terms(&self) -> bool {
        self.has_days || self.has_hours
    }

    /// What the unit's own words say; `None` when they say nothing.
    fn verdict(&self, asks: bool) -> Option<Verdict> {
        let no = |told| {
            Some(Verdict {
                yes: false,
                told,
                except: self.except,
            })
        };
        if self.except || self.refuses {
            return no(false);
        }
        if self.offers {
            return Some(Verdict {
                yes: true,
                told: false,
                except: false,
            });
        }
        if self.event && !asks {
            return no(false);
        }
        let tells = self.because
            || self.subject
                && self.unknown_before + self.unknown_after > 0
                && (self.unknown_before > 0 || !self.has_terms() || self.day_is || self.has_days && self.unknown_after > 0)
            || self.unknown_before >= 2
            || self.day_is && self.unknown_after > 0
            || self.has_days && self.unknown_after >= 2
            || self.until && self.unknown_before + self.unknown_after > 0;
        if tells && (!asks || self.unknown_before >= 2) {
            no(true)
        } else {
            None
        }
    }
}

/// Reads a text.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) items: &'t [Item],
    pub(super) dates: Dates<'t>,
    pub(super) clocks: Clocks<'t>,
    pub(super) own: Zone,
    pub(super) ours: Zone,
    pub(super) tongue: Tongue,
}

/// What is carried along while a text is walked through.
#[derive(Default)]
struct Walk {
    terms: Vec<Term>,
    units: Vec<Unit>,
    marks: Vec<Mark>,
    sentence: usize,
    gap: Gap,
    only: bool,
    preferred: bool,
    corrects: bool,
    opens_line: bool,
    person: Option<u64>,
    everybody: bool,
    writer: Option<Zone>,
    named: Option<Zone>,
    doubt: bool,
    asks: bool,
    /// Words of no table stand between.
    unknown: bool,
    /// Inside brackets.
    inside: bool,
    /// Which sentences end with a question mark.
    asking: Vec<bool>,
}

impl Walk {
    fn unit(&mut self) -> &mut Unit {
        if self.units.is_empty() {
            self.units.push(Unit::default());
        }
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    fn next_unit(&mut self, fresh: bool, inside: bool) {
        let sentence = self.sentence;
        self.units.push(Unit {
            sentence,
            fresh,
            inside: inside || self.inside,
            ..Unit::default()
        });
        self.preferred = false;
    }

    fn end_sentence(&mut self) {
        self.inside = false;
        self.sentence += 1;
        self.next_unit(true, false);
        self.gap = Gap::default();
        self.only = false;
        self.corrects = false;
        self.person = None;
        self.everybody = false;
        self.unknown = false;
    }

    fn term(&mut self, what: Of, bytes: Range<usize>) {
        let unit = self.units.len().saturating_sub(1);
        match &what {
            Of::Days(days) => {
                self.unit().has_days = true;
                self.unit().until |= matches!(days, Days::Until(_, true));
            }
            Of::Hours(clock) => self.unit().has_hours |= *clock != Clock::All,
        }
        self.terms.push(Term {
            what,
            bytes,
            sentence: self.sentence,
            unit,
            gap: self.gap,
            yes: None,
            except: false,
            only: self.only,
            preferred: self.preferred,
            corrects: self.corrects,
            opens_line: self.opens_line,
            zone: None,
            person: self.person,
            told: false,
            everybody: self.everybody,
            settled: false,
            own: false,
        });
        self.gap = Gap::default();
        self.corrects = false;
        self.opens_line = false;
        self.unknown = false;
    }

    fn refuses(&mut self) {
        let unit = self.unit();
        unit.leads |= !unit.has_terms();
        unit.refuses = true;
    }

    fn offers(&mut self) {
        let unit = self.unit();
        unit.leads |= !unit.has_terms();
        unit.offers = true;
    }
}

impl Scan<'_> {
    fn what(&self, at: usize) -> Option<&What> {
        self.items.get(at).map(|item| &item.what)
    }

    fn lex(&self, at: usize) -> Option<Lex> {
        match self.what(at)? {
            What::Lex(lex) => Some(*lex),
            What::Word(_) | What::Num(..) | What::Mark(_) | What::Line => None,
        }
    }

    fn bytes(&self, at: usize, used: usize) -> Range<usize> {
        let start = self.items.get(at).map_or(0, |item| item.bytes.start);
        let end = self.items.get(at + used.max(1) - 1).map_or(start, |item| item.bytes.end);
        start..end
    }

    /// Walks through the text once.
    pub(super) fn read(&self) -> Said {
        let mut walk = Walk {
            opens_line: true,
            ..Walk::default()
        };
        walk.unit().fresh = true;
        let mut at = 0;
        while at < self.items.len() {
            at += self.step(at, &mut walk).max(1);
        }
        self.polarity(&mut walk);
        zones_of_sentences(&mut walk.terms, walk.writer);
        let mut blocks = blocks(&walk.terms);
        greeting(&mut blocks, &walk.units);
        let sad: Vec<usize> = walk.marks.iter().filter(|mark| mark.lex == Lex::Sadly).map(|mark| mark.sentence).collect();
        let marks = walk
            .marks
            .iter()
            .map(|mark| Mark {
                yes: walk
                    .units
                    .get(mark.unit)
                    .is_none_or(|unit| unit.verdict(false).is_none_or(|verdict| verdict.yes) && !(unit.verdict(false).is_none() && sad.contains(&unit.sentence))),
                ..*mark
            })
            .collect();
        Said {
            blocks,
            marks,
            writer: walk.writer,
            zone: walk.named.or(walk.writer),
            doubt: walk.doubt,
            asks: walk.asks,
        }
    }

    /// Reads what begins at an item; returns how many items it takes.
    fn step(&self, at: usize, walk: &mut Walk) -> usize {
        if let Some(used) = self.separator(at, walk) {
            return used;
        }
        let hours_before = walk
            .terms
            .last()
            .is_some_and(|term| matches!(term.what, Of::Hours(_)) && walk.gap.width() == 0);
        if let Some(zone) = zones::whose(self.items, at, self.own, self.ours) {
            self.zone(zone, 1, walk);
            return 1;
        }
        if let Some(named) = zones::read(self.text, self.items, at, hours_before, self.own, self.tongue == Tongue::En) {
            walk.doubt |= named.twin;
            if named.of_writer {
                walk.writer = Some(named.zone);
            } else {
                self.zone(named.zone, named.used, walk);
            }
            return named.used;
        }
        if let Some(used) = self.both(at, walk) {
            return used;
        }
        if let Some(used) = self.day_or_hours(at, walk) {
            return used;
        }
        if self.lex(at) == Some(Lex::OfficeHours) && self.signature_follows(at) {
            return self.rest_of_line(at);
        }
        if self.lex(at) == Some(Lex::OfficeHours) {
            walk.term(Of::Hours(Clock::Part(super::lex::Part::Business)), self.bytes(at, 1));
            return 1;
        }
        self.word(at, walk);
        1
    }

    /// "Office hours 9-5", "Reception open Mon-Fri": the line of a signature.
    fn signature_follows(&self, at: usize) -> bool {
        let end = self.rest_of_line(at);
        (at + 1..at + end).any(|at| matches!(self.what(at), Some(What::Num(..))))
            && !(at + 1..at + end).any(|at| matches!(self.lex(at), Some(Lex::Free | Lex::So | Lex::But | Lex::Not)))
    }

    fn rest_of_line(&self, at: usize) -> usize {
        (at..self.items.len())
            .take_while(|&at| !matches!(self.what(at), Some(What::Line)))
            .count()
            .max(1)
    }

    fn zone(&self, zone: Zone, _used: usize, walk: &mut Walk) {
        walk.named = Some(zone);
        let sentence = walk.sentence;
        let Some(last) = walk.terms.last_mut().filter(|term| term.sentence == sentence) else {
            // "All times ET:" above a list.
            walk.writer.get_or_insert(zone);
            return;
        };
        last.zone = Some(zone);
    }

    /// Words that are a day and an hour at once: "tonight", "vanmiddag".
    fn both(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let (days, clock) = match self.lex(at)? {
            Lex::WeekdayPart(weekday, part) => {
                walk.term(Of::Days(Days::Weekday(weekday)), self.bytes(at, 1));
                // "Montagnachmittag um 3"
                walk.term(Of::Hours(Clock::Part(part)), self.bytes(at, 1));
                return Some(1);
            }
            Lex::ThisPart(part) => (Days::Day(self.dates.today), Clock::Part(part)),
            Lex::TomorrowPart(part) => (Days::Day(self.dates.today.succ_opt()?), Clock::Part(part)),
            Lex::Tonight => {
                let clock = self.clocks.read(at)?;
                walk.term(Of::Days(Days::Day(self.dates.today)), self.bytes(at, 1));
                walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                return Some(clock.used);
            }
            _ => return None,
        };
        walk.term(Of::Days(days), self.bytes(at, 1));
        walk.term(Of::Hours(clock), self.bytes(at, 1));
        Some(1)
    }

    fn day_or_hours(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        // "away until the 3rd", "back on Monday"
        if let Some(lex @ (Lex::AwayTo | Lex::Back)) = self.lex(at)
            && let Some(found) = self.dates.read(at + 1)
            && !matches!(found.days, Days::Since(..) | Days::Until(..))
        {
            walk.next_unit(true, false);
            walk.refuses();
            walk.term(
                Of::Days(Days::Until(Box::new(found.days), lex == Lex::AwayTo)),
                self.bytes(at, 1 + found.used),
            );
            walk.next_unit(true, false);
            return Some(1 + found.used);
        }
        // "push it back by an hour"
        let moved = walk
            .marks
            .iter()
            .rev()
            .take_while(|mark| mark.sentence == walk.sentence)
            .find_map(|mark| match mark.lex {
                Lex::MoveLater => Some(1),
                Lex::MoveEarlier | Lex::Earlier => Some(-1),
                Lex::Later => Some(1),
                _ => None,
            });
        if let Some(sign) = moved
            && let Some((minutes, used)) = self.clocks.length(at)
            && !matches!(self.lex(at + used), Some(Lex::Later | Lex::Earlier))
        {
            walk.term(Of::Hours(Clock::Shift(sign * minutes)), self.bytes(at, used));
            return Some(used);
        }
        if let Some((day, used)) = self.weekday_and_number(at) {
            walk.term(Of::Days(Days::Day(day)), self.bytes(at, used));
            return Some(used);
        }
        // "Esta semana no; la próxima sí"
        if self.lex(at) == Some(Lex::Next)
            && let Some(monday) = self.dates.week.get().and_then(|monday| monday.checked_add_days(chrono::Days::new(7)))
            && matches!(self.what(at + 1), None | Some(What::Mark(_) | What::Line | What::Lex(Lex::Subject | Lex::Free | Lex::Skip | Lex::Not)))
            && self.dates.read(at).is_none()
        {
            walk.term(Of::Days(Days::Week(super::day::Week::of(monday))), self.bytes(at, 1));
            return Some(1);
        }
        // "du 6 au 10 avril": a range of days, not of hours.
        let of_days = (self.lex(at) == Some(Lex::Of)).then(|| self.dates.read(at + 1)).flatten().filter(|found| matches!(found.days, Days::Span(..)));
        if let Some(found) = of_days {
            walk.term(Of::Days(found.days), self.bytes(at, found.used + 1));
            return Some(found.used + 1);
        }
        let day = self.dates.read(at);
        let clock = self.clocks.read(at).filter(|found| found.sure || self.is_time(at, found, walk));
        match (day, clock) {
            (Some(day), clock) if clock.is_none_or(|clock| clock.used <= day.used) => {
                // "any other time next week"
                walk.doubt |= day.contradicts;
                let unit = walk.unit();
                if day.days == Days::Rest && !(unit.refuses || unit.event) {
                    walk.next_unit(true, false);
                }
                walk.term(Of::Days(day.days), self.bytes(at, day.used));
                Some(day.used)
            }
            (_, Some(clock)) => {
                // "your afternoon" is not the writer's; "any time" starts anew.
                let part = matches!(clock.clock, Clock::Part(_));
                let before = at
                    .checked_sub(1)
                    .and_then(|before| self.items.get(before))
                    .and_then(|item| self.text.get(item.bytes.clone()))
                    .unwrap_or_default();
                if part && (self.lex(at.wrapping_sub(1)) == Some(Lex::Yours) || before.eq_ignore_ascii_case("that's") || before == "that’s")
                {
                    return Some(clock.used);
                }
                // "up all night" offers none.
                if clock.clock == Clock::Part(super::lex::Part::Night) && !walk.unit().offers && !walk.unit().has_days {
                    return Some(clock.used);
                }
                if clock.clock == Clock::All && !walk.unit().has_terms() && !walk.unit().refuses && !walk.inside {
                    walk.unit().fresh = true;
                }
                walk.term(Of::Hours(clock.clock), self.bytes(at, clock.used));
                let words = self
                    .items
                    .get(at)
                    .and_then(|item| self.text.get(item.bytes.clone()))
                    .unwrap_or_default();
                let phrase = matches!(self.lex(at), Some(Lex::After | Lex::Before)) && words.len() > 7;
                if let Some(last) = walk.terms.last_mut() {
                    last.settled = phrase;
                    last.only |= phrase && words.to_lowercase().starts_with("only");
                }
                Some(clock.used)
            }
            _ => None,
        }
    }

    /// "miércoles 11", "sábado, dia 6": the next such day of a month that is that weekday. In English such a number is an hour.
    fn weekday_and_number(&self, at: usize) -> Option<(chrono::NaiveDate, usize)> {
        let Lex::Weekday(weekday) = self.lex(at)? else { return None };
        if self.dates.read(at).is_none_or(|found| !matches!(found.days, Days::Weekday(_))) {
            return None;
        }
        if self.tongue == Tongue::En || self.tongue == Tongue::De {
            return None;
        }
        let mut next = at + 1;
        while matches!(self.what(next), Some(What::Mark(',' | '.') | What::Lex(Lex::On | Lex::Of))) && next < at + 4 {
            next += 1;
        }
        let Some(What::Num(day @ 1..=31, 1 | 2)) = self.what(next) else { return None };
        let clock = matches!(self.what(next + 1), Some(What::Mark(':' | '-' | '–' | '.' | '/') | What::Lex(Lex::Month(_) | Lex::ClockMark | Lex::Unit(_) | Lex::OrdinalMark | Lex::Am | Lex::Pm)));
        if clock {
            return None;
        }
        let date = self.dates.today.iter_days().take(45).find(|date| {
            chrono::Datelike::day(date) == *day && chrono::Datelike::weekday(date).number_from_monday() == weekday
        })?;
        Some((date, next + 1 - at))
    }

    /// A bare number is an hour beside a day or beside other hours.
    fn is_time(&self, at: usize, found: &super::clock::Found, walk: &Walk) -> bool {
        let beside = walk
            .terms
            .last()
            .is_some_and(|last| last.sentence == walk.sentence && !walk.gap.words && !walk.unknown);
        let next = at + found.used;
        let day_follows = || {
            let to = if matches!(self.lex(next), Some(Lex::On | Lex::Of)) {
                next + 1
            } else {
                next
            };
            self.dates.read(to).is_some_and(|found| !matches!(found.days, Days::Same)) && !matches!(self.lex(to), Some(Lex::Ordinal(_)))
        };
        let range = matches!(found.clock, Clock::Range(..));
        let after_word = at > 0 && matches!(self.what(at - 1), Some(What::Word(_)));
        let listed = || {
            // "9-11 or 2-4 on Tuesday"
            let after = matches!(
                self.lex(at.wrapping_sub(1)),
                Some(Lex::Free | Lex::Only | Lex::Not | Lex::Skip | Lex::At)
            ) || at == 0;
            after && (range || matches!(self.lex(at.wrapping_sub(1)), Some(Lex::Free | Lex::Not | Lex::Only)) && self.ends(next))
        };
        // "9.30, 10.15 or 11 on Tuesday"
        let dotted = found.used == 3
            && matches!(found.clock, Clock::Point(minute) if minute % 5 == 0 && (7 * 60..=20 * 60).contains(&minute))
            && !after_word;
        dotted || beside || day_follows() || range && !after_word || listed()
    }

    /// The unit ends here.
    fn ends(&self, at: usize) -> bool {
        match self.what(at) {
            None | Some(What::Line | What::Mark(',' | '.' | '?' | '!' | ';' | ')' | '(')) => true,
            Some(What::Lex(lex)) => matches!(
                lex,
                Lex::Or | Lex::And | Lex::But | Lex::Instead | Lex::Except | Lex::So | Lex::Because
            ),
            _ => false,
        }
    }

    fn separator(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let glued = |at: usize| self.items.get(at).is_some_and(|item| item.glued);
        match self.what(at)? {
            What::Line => {
                // A long line that goes on in lower case was wrapped by the mail program.
                let start = self
                    .text
                    .get(..self.bytes(at, 1).start)
                    .and_then(|head| head.rfind('\n'))
                    .map_or(0, |at| at + 1);
                let length = self.bytes(at, 1).start - start;
                let goes_on = self.items.get(at + 1).is_some_and(|next| {
                    !next.capital && next.what != What::Line && !matches!(next.what, What::Mark('-' | '*' | '•' | '–' | '>'))
                });
                let joint = matches!(self.lex(at.wrapping_sub(1)), Some(Lex::Or | Lex::And))
                    || matches!(self.what(at.wrapping_sub(1)), Some(What::Mark(',')));
                walk.opens_line = true;
                if length >= 58 && goes_on || joint && at > 0 {
                    walk.opens_line = false;
                } else {
                    walk.end_sentence();
                }
                Some(1)
            }
            What::Mark(mark) => {
                match mark {
                    '.' | '!' | ';' | '…' | '。' => {
                        let number_inside = glued(at) && glued(at + 1) && matches!(self.what(at + 1), Some(What::Num(..)));
                        let short = *mark == '.'
                            && glued(at)
                            && matches!(
                                self.lex(at.wrapping_sub(1)),
                                Some(
                                    Lex::Weekday(_)
                                        | Lex::Month(_)
                                        | Lex::Sharp
                                        | Lex::Am
                                        | Lex::Pm
                                        | Lex::Part(_)
                                        | Lex::At
                                        | Lex::OrdinalMark
                                        | Lex::Skip
                                        | Lex::ClockMark
                                )
                            )
                            && self.items.get(at - 1).is_some_and(|item| item.bytes.len() <= 4)
                            && self
                                .items
                                .get(at + 1)
                                .is_some_and(|next| !next.capital || matches!(next.what, What::Num(..) | What::Lex(Lex::Month(_))))
                            && self.what(at + 1) != Some(&What::Line);
                        if !(number_inside || short) {
                            walk.end_sentence();
                        }
                    }
                    '?' => {
                        walk.asks = true;
                        walk.asking.resize(walk.sentence + 1, false);
                        if let Some(last) = walk.asking.last_mut() {
                            *last = true;
                        }
                        walk.end_sentence();
                    }
                    ',' | '/' | '&' | '+' => {
                        walk.gap.comma = true;
                        if matches!(mark, '/' | '&' | '+') {
                            walk.gap.joined = true;
                            walk.gap.or |= *mark == '/';
                        }
                        walk.next_unit(false, false);
                        walk.unit().joined = *mark != ',';
                    }
                    '-' | '–' | '—' if !glued(at) || !glued(at + 1) => {
                        let opens = walk.opens_line;
                        if !opens {
                            // "Tue  --"
                            let again = matches!(self.what(at + 1), Some(What::Mark('-' | '–'))) || *mark == '—' && self.ends(at + 1);
                            if again && self.ends(at + 2) || *mark == '—' && self.ends(at + 1) {
                                walk.refuses();
                                return Some(2);
                            }
                            walk.gap.dash = true;
                            walk.next_unit(false, false);
                            walk.unit().dashed = true;
                        }
                    }
                    '(' => {
                        walk.inside = true;
                        walk.next_unit(false, true);
                    }
                    ')' => {
                        walk.inside = false;
                        walk.next_unit(false, false);
                    }
                    // "Here is what the panel has: Monday …"
                    // "before 1: then I have a shift"
                    ':' if walk.unit().has_hours => walk.next_unit(true, false),
                    ':' => {
                        let unit = walk.unit();
                        (unit.unknown_before, unit.subject, unit.because) = (0, false, false);
                        if !unit.refuses && !unit.has_terms() {
                            unit.leads = false;
                        }
                    }
                    _ => {}
                }
                Some(1)
            }
            What::Lex(lex @ (Lex::And | Lex::Or)) => {
                walk.gap.joined = true;
                walk.gap.or |= *lex == Lex::Or;
                walk.next_unit(false, false);
                walk.unit().joined = true;
                Some(1)
            }
            What::Lex(Lex::But) => {
                // "any day but Friday"
                let excepts = matches!(
                    walk.terms.last(),
                    Some(Term {
                        what: Of::Days(Days::Any | Days::Rest | Days::Week(_)) | Of::Hours(Clock::All),
                        ..
                    })
                ) && walk.gap.width() == 0
                    && self.dates.read(at + 1).is_some()
                    && self.items.get(at).is_some_and(|item| item.bytes.len() == 3);
                walk.next_unit(!excepts, false);
                if excepts {
                    walk.unit().except = true;
                    walk.refuses();
                } else {
                    walk.gap.dash = true;
                    walk.gap.breaks = true;
                }
                Some(1)
            }
            What::Lex(Lex::Correction | Lex::Instead) => {
                if self.lex(at) == Some(Lex::Correction) {
                    walk.corrects = true;
                    walk.next_unit(true, false);
                    walk.marks.push(Mark {
                        lex: Lex::Correction,
                        item: at,
                        yes: true,
                        sentence: walk.sentence,
                        unit: walk.units.len() - 1,
                    });
                }
                Some(1)
            }
            What::Lex(Lex::Except) => {
                walk.next_unit(false, false);
                walk.unit().except = true;
                walk.refuses();
                Some(1)
            }
            What::Lex(Lex::So) => {
                walk.next_unit(true, false);
                walk.gap.dash = true;
                walk.gap.breaks = true;
                walk.person = None;
                Some(1)
            }
            What::Lex(Lex::Because) => {
                walk.next_unit(false, false);
                walk.unit().because = true;
                walk.gap.dash = true;
                walk.gap.breaks = true;
                Some(1)
            }
            What::Lex(_) | What::Word(_) | What::Num(..) => None,
        }
    }

    /// A word that is neither a day nor an hour.
    fn word(&self, at: usize, walk: &mut Walk) {
        let Some(item) = self.items.get(at) else { return };
        walk.unit().words += 1;
        match &item.what {
            What::Lex(lex) => self.known(at, *lex, walk),
            What::Word(word) => {
                walk.gap.words = true;
                walk.unknown = true;
                let name = item.capital && self.names_somebody(at);
                if name {
                    walk.person = Some(word.bytes().fold(7, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte)));
                    walk.everybody = false;
                } else if !word.is_empty() && (!item.capital || self.tongue == Tongue::De && !self.opens(at)) {
                    let unit = walk.unit();
                    if unit.has_terms() {
                        unit.unknown_after += 1;
                    } else {
                        unit.leads = true;
                        unit.unknown_before += 1;
                    }
                } else if item.capital && walk.unit().until {
                    walk.unit().unknown_after += 1;
                } else if item.capital && matches!(self.lex(at.wrapping_sub(1)), Some(Lex::Of)) && !walk.unit().has_terms() {
                    // "in Mayo", "im Urlaub"
                    walk.unit().unknown_before += 1;
                }
            }
            What::Num(..) => {
                walk.gap.words = true;
                walk.unknown = true;
                walk.doubt |= self.may_be_a_time(at, walk);
            }
            What::Mark('✓' | '✔' | '✅' | '👍') => walk.offers(),
            What::Mark('✗' | '✘' | '❌' | '👎') => walk.refuses(),
            What::Mark(_) | What::Line => {}
        }
        walk.opens_line &= matches!(item.what, What::Num(..));
    }

    fn known(&self, at: usize, lex: Lex, walk: &mut Walk) {
        match lex {
            Lex::Not | Lex::NoneOfThem => walk.refuses(),
            Lex::Event => {
                let unit = walk.unit();
                unit.leads |= !unit.has_terms();
                unit.event = true;
            }
            Lex::Out => {
                let before = at.checked_sub(1);
                let day_before = walk.terms.last().is_some_and(|last| {
                    matches!(last.what, Of::Days(_))
                        && before
                            .and_then(|at| self.items.get(at))
                            .is_some_and(|item| item.bytes.end <= last.bytes.end + 2)
                });
                let is = matches!(before.and_then(|at| self.lex(at)), Some(Lex::Skip | Lex::Subject | Lex::Only));
                if day_before
                    || walk.unit().has_days && self.ends(at + 1)
                    || is && (self.ends(at + 1) || walk.unit().has_days || self.day_near(at + 1))
                    || self.dates.read(at + 1).is_some()
                {
                    walk.refuses();
                }
            }
            Lex::Free | Lex::NoTrouble | Lex::Flexible | Lex::Prefer | Lex::ThatOne => {
                walk.preferred |= lex == Lex::Prefer;
                let units = walk.units.len();
                if lex == Lex::Prefer
                    && let Some(last) = walk.terms.last_mut().filter(|last| last.unit + 1 == units)
                {
                    last.preferred = true;
                }
                walk.offers();
            }
            Lex::Subject => {
                walk.person = Some(0);
                let unit = walk.unit();
                unit.subject = true;
            }
            Lex::Everyone => {
                walk.person = None;
                walk.everybody = true;
                walk.offers();
            }
            Lex::Sadly => {
                let sentence = walk.sentence;
                walk.marks.push(Mark {
                    lex: Lex::Sadly,
                    item: at,
                    yes: true,
                    sentence,
                    unit: walk.units.len().saturating_sub(1),
                });
            }
            Lex::Only => {
                walk.only = true;
                // "9am only"
                let sentence = walk.sentence;
                if let Some(last) = walk.terms.last_mut().filter(|last| last.sentence == sentence) {
                    last.only = true;
                }
            }
            Lex::Skip
                if walk.unit().has_days
                    && !walk.unit().has_hours
                    && self.items.get(at).is_some_and(|item| {
                        matches!(
                            self.text.get(item.bytes.clone()),
                            Some("is" | "are" | "ist" | "est" | "es" | "è" | "é")
                        )
                    }) =>
            {
                walk.unit().day_is = true;
            }
            _ => {}
        }
        let joint = matches!(
            lex,
            Lex::Skip
                | Lex::At
                | Lex::On
                | Lex::Of
                | Lex::From
                | Lex::Till
                | Lex::Only
                | Lex::AtOrTill
                | Lex::Each
                | Lex::Every
                | Lex::Subject
                | Lex::Yours
                | Lex::This
        );
        if !joint {
            walk.gap.words = true;
        }
        walk.marks.push(Mark {
            lex,
            item: at,
            yes: true,
            sentence: walk.sentence,
            unit: walk.units.len().saturating_sub(1),
        });
        walk.asks |= lex == Lex::Asks;
    }

    /// A number that was not understood, beside a day or an hour that was: "h 9-11", "before tenish".
    fn may_be_a_time(&self, at: usize, walk: &Walk) -> bool {
        let Some(What::Num(value, digits)) = self.what(at) else { return false };
        let hour = *digits <= 2 && *value <= 24 || *digits == 4 && value / 100 <= 24 && value % 100 < 60 && !(1900..2100).contains(value);
        let counted = matches!(self.what(at + 1), Some(What::Word(_) | What::Lex(Lex::NotClock | Lex::Unit(_) | Lex::Option | Lex::HalfHour | Lex::Number(_)) | What::Mark('%' | '€' | '$' | '£')));
        let money = at > 0 && matches!(self.what(at - 1), Some(What::Mark('€' | '$' | '£' | '#' | '.' | ',')) | Some(What::Lex(Lex::Option)) | Some(What::Word(_)));
        hour && !counted && !money && walk.terms.last().is_some_and(|last| last.sentence == walk.sentence)
    }

    /// A day stands within the next two items: "off all Friday".
    fn day_near(&self, at: usize) -> bool {
        (at..at + 3).any(|at| self.dates.read(at).is_some())
    }

    /// A name that does something: "Priya can", "Tom has", "Helen: ".
    fn names_somebody(&self, at: usize) -> bool {
        let next = self.what(at + 1);
        match next {
            Some(What::Lex(Lex::Free)) => true,
            Some(What::Lex(Lex::Skip | Lex::Only | Lex::Not)) => {
                let word = self
                    .items
                    .get(at + 1)
                    .and_then(|item| self.text.get(item.bytes.clone()))
                    .unwrap_or_default();
                matches!(
                    word,
                    "is" | "has"
                        | "would"
                        | "can't"
                        | "can’t"
                        | "cannot"
                        | "isn't"
                        | "ist"
                        | "hat"
                        | "est"
                        | "a"
                        | "tiene"
                        | "heeft"
                        | "ha"
                        | "tem"
                        | "only"
                )
            }
            // "Carla sits in Boston and says"
            Some(What::Word(verb)) => self.opens(at) && verb.ends_with('s') && self.items.get(at + 1).is_some_and(|item| !item.capital),
            Some(What::Mark('(')) => self.opens(at),
            Some(What::Mark(':')) => self.opens(at),
            _ => false,
        }
    }

    /// The first word of a sentence or a line.
    fn opens(&self, at: usize) -> bool {
        at == 0 || matches!(self.what(at - 1), Some(What::Line | What::Mark('.' | '!' | '?' | ',' | '-' | ';')))
    }

    /// Says of each term whether it is offered.
    fn polarity(&self, walk: &mut Walk) {
        let asking = std::mem::take(&mut walk.asking);
        let sad: Vec<usize> = walk
            .marks
            .iter()
            .filter(|mark| mark.lex == Lex::Sadly)
            .map(|mark| mark.sentence)
            .collect();
        let glad = |sentence: usize| walk.units.iter().any(|unit| unit.sentence == sentence && unit.offers);
        let mut decided: Vec<Option<Verdict>> = vec![None; walk.units.len()];
        let mut carried: Option<Verdict> = None;
        // Units before that nothing was said of yet.
        let mut open: Vec<usize> = Vec::new();
        let mut sentence = usize::MAX;
        for number in 0..walk.units.len() {
            let Some(&unit) = walk.units.get(number) else { break };
            let asks = asking.get(unit.sentence).copied().unwrap_or(false);
            if unit.sentence != sentence || unit.fresh {
                carried = None;
                open.clear();
                sentence = unit.sentence;
            }
            let mut verdict = unit.verdict(asks);
            // "I can do Friday 2 to 4, when the shifts overlap"
            if unit.event && !unit.refuses && !unit.leads && !unit.subject && !unit.day_is && carried.is_some_and(|carried| carried.yes) {
                verdict = None;
            }
            if verdict.is_none() && unit.has_terms() && sad.contains(&unit.sentence) && !glad(unit.sentence) {
                verdict = Some(Verdict {
                    yes: false,
                    told: false,
                    except: false,
                });
            }
            let own = match verdict {
                Some(own) => own,
                None => {
                    let before = number.checked_sub(1).and_then(|before| decided.get(before).copied().flatten());
                    let verdict = if unit.inside { before } else { carried };
                    if let Some(slot) = decided.get_mut(number) {
                        *slot = verdict;
                    }
                    if verdict.is_none() && unit.has_terms() {
                        open.push(number);
                    }
                    // "I'm in meetings Monday, and Tuesday 2 to 4": another shape is another thing.
                    if let (Some(last), true) = (verdict, unit.has_terms())
                        && last.told
                        && !unit.joined
                        && unit.words > 0
                    {
                        carried = None;
                    }
                    continue;
                }
            };
            if let Some(slot) = decided.get_mut(number) {
                *slot = Some(own);
            }
            let alike = |other: &Unit| other.has_hours == unit.has_hours;
            let behind = !unit.leads && unit.has_terms() && carried.is_none() && (!own.told || unit.joined);
            let concludes = unit.fresh
                && unit.words <= 2
                && !unit.has_terms()
                && number > 0
                && walk.units.get(number - 1).is_some_and(|before| before.sentence == unit.sentence);
            if concludes
                && let Some(slot) = decided.get_mut(number - 1)
                && slot.is_none()
            {
                *slot = Some(own);
            }
            let alone = !unit.has_terms() && (unit.dashed || unit.inside || unit.words <= 2) && !own.told;
            while let Some(before) = open.pop() {
                let near = walk.units.get(before).copied().unwrap_or_default();
                let joins = behind && (own.yes || alike(&near)) || alone && before + 1 == number;
                if !joins {
                    break;
                }
                if let Some(slot) = decided.get_mut(before) {
                    *slot = Some(Verdict { except: false, ..own });
                }
            }
            open.clear();
            let next_joined = walk.units.get(number + 1).is_some_and(|next| {
                let days_only = |unit: &Unit| unit.has_days && !unit.has_hours;
                next.joined || next.words == 0 && next.has_terms() || days_only(next) && days_only(&unit)
            });
            carried = if (unit.leads || unit.except)
                && !(unit.inside && !unit.has_terms())
                && (!(own.told || unit.event && !unit.refuses) || !unit.has_terms() || next_joined)
            {
                Some(own)
            } else {
                None
            };
        }
        for term in &mut walk.terms {
            let verdict = decided.get(term.unit).copied().flatten();
            term.own = walk.units.get(term.unit).is_some_and(|unit| unit.verdict(false).is_some());
            let verdict = verdict.unwrap_or(Verdict {
                yes: true,
                told: false,
                except: false,
            });
            if term.settled {
                (term.yes, term.except) = (Some(true), false);
                continue;
            }
            (term.yes, term.except, term.told) = (Some(verdict.yes), verdict.except, verdict.told);
        }
    }
}

/// "Morning. Both of us …" greets.
fn greeting(blocks: &mut Vec<Block>, units: &[Unit]) {
    let alone = units.iter().filter(|unit| unit.sentence == 0).all(|unit| unit.words == 0);
    let part = matches!(blocks.first(), Some(first) if first.sentence == 0 && first.days.is_empty() && matches!(first.clocks.as_slice(), [Hours { clock: Clock::Part(_), .. }]));
    if alone && part && blocks.iter().any(|block| !block.days.is_empty()) {
        blocks.remove(0);
    }
}

/// A zone said in a sentence holds for all of it; one said later for the later times.
fn zones_of_sentences(terms: &mut [Term], writer: Option<Zone>) {
    let mut start = 0;
    while start < terms.len() {
        let sentence = terms[start].sentence;
        let end = terms[start..]
            .iter()
            .position(|term| term.sentence != sentence)
            .map_or(terms.len(), |more| start + more);
        let Some(group) = terms.get_mut(start..end) else { break };
        let mut next = None;
        for term in group.iter_mut().rev() {
            next = term.zone.or(next);
            term.zone = next;
        }
        let mut last = writer;
        for term in group.iter_mut() {
            last = term.zone.or(last);
            term.zone = last;
        }
        start = end;
    }
}

/// The cheapest way to part the terms of each sentence into blocks.
fn blocks(terms: &[Term]) -> Vec<Block> {
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(first) = terms.get(start) {
        let end = terms
            .get(start..)
            .and_then(|rest| rest.iter().position(|term| term.sentence != first.sentence))
            .map_or(terms.len(), |more| start + more);
        // Nobody says so many times in one sentence; the cut keeps the work linear.
        let end = end.min(start + 60);
        part(terms.get(start..end).unwrap_or_default(), &mut out);
        start = end;
    }
    out
}

/// Terms of one block, at most.
const LARGEST: usize = 12;

fn part(terms: &[Term], out: &mut Vec<Block>) {
    // The least cost of parting the first n terms, and where the last block begins then.
    let mut best: Vec<(u32, usize)> = vec![(0, 0)];
    for end in 1..=terms.len() {
        let mut least = (u32::MAX, end - 1);
        for start in (end.saturating_sub(LARGEST)..end).rev() {
            let Some(cost) = cost(terms.get(start..end).unwrap_or_default()) else {
                continue;
            };
            let Some(&(before, _)) = best.get(start) else { continue };
            let split = if start == 0 {
                0
            } else {
                4_u32.saturating_sub(terms.get(start).map_or(0, |term| term.gap.width()))
            };
            let total = before.saturating_add(cost).saturating_add(split);
            if total < least.0 {
                least = (total, start);
            }
        }
        best.push(least);
    }
    let mut cuts = Vec::new();
    let mut end = terms.len();
    while end > 0 {
        let start = best.get(end).map_or(0, |(_, start)| *start);
        cuts.push(start..end);
        end = start;
    }
    for range in cuts.into_iter().rev() {
        if let Some(block) = block(terms.get(range).unwrap_or_default()) {
            out.push(block);
        }
    }
}

/// What it costs to read these terms as one block; `None` when they cannot be one.
fn cost(terms: &[Term]) -> Option<u32> {
    let opening = terms.first()?;
    if terms
        .iter()
        .any(|term| term.yes != opening.yes || term.except != opening.except || term.told != opening.told)
    {
        return None;
    }
    // "any time Mon or Tue after 1pm": any time is no hours where hours are said.
    let any = |term: &Term| term.what == Of::Hours(Clock::All) && !term.gap.dash;
    let narrower = terms.iter().any(|term| matches!(term.what, Of::Hours(_)) && !any(term));
    // "same window both days: 11 to 12, Tuesday and Friday"
    let same = |term: &Term| term.what == Of::Days(Days::Same);
    let dated = terms.iter().any(|term| matches!(term.what, Of::Days(_)) && !same(term));
    let mut counted = terms.iter().filter(|term| !(narrower && any(term)) && !(dated && same(term)));
    let first = counted.next()?;
    let is_day = |term: &Term| matches!(term.what, Of::Days(_));
    let mut turns = 0;
    let mut cost = 0;
    let mut before = first;
    for term in counted {
        if term.corrects || term.gap.breaks || term.person != first.person && term.person.is_some() && first.person.is_some() {
            return None;
        }
        // "11 to 12 every day, and Wednesday is blocked": each says so itself.
        if term.own && before.own && term.unit != before.unit {
            return None;
        }
        if term.zone != before.zone && term.zone.is_some() && before.zone.is_some() {
            return None;
        }
        if is_day(term) == is_day(before) {
            // Two days without a joint are seldom one list.
            cost += u32::from(term.gap.dash) * 2 + u32::from(term.opens_line);
            // Hours apart by a comma and days apart by other words.
            cost += u32::from(term.gap.words);
        } else {
            turns += 1;
            cost += term.gap.width();
            if turns > 1 && !week_behind(term) {
                return None;
            }
        }
        before = term;
    }
    let days = terms.iter().filter(|term| is_day(term)).count();
    Some(match (days, terms.len() - days) {
        (0, _) => cost + 4,
        (_, 0) => cost + 2,
        _ => cost,
    })
}

/// "2-3pm next week": the week behind the hours goes with the days before them.
fn week_behind(term: &Term) -> bool {
    matches!(&term.what, Of::Days(Days::Week(_) | Days::Same)) && term.gap.width() <= 1
}

fn block(terms: &[Term]) -> Option<Block> {
    let first = terms.first()?;
    let last = terms.last()?;
    let mut days = Vec::new();
    let mut clocks = Vec::new();
    for term in terms {
        match &term.what {
            Of::Days(found) => days.push(found.clone()),
            Of::Hours(clock) => {
                let besides = term.gap.joined || term.gap.dash;
                let comma = term.gap.comma;
                clocks.push(Hours {
                    clock: *clock,
                    besides: !clocks.is_empty() && (besides || comma && !narrows(&clocks, *clock)),
                });
            }
        }
    }
    Some(Block {
        days,
        clocks,
        yes: first.yes.unwrap_or(true),
        only: terms.iter().any(|term| term.only),
        or: first.gap.or,
        except: first.except,
        corrects: first.corrects,
        preferred: terms.iter().any(|term| term.preferred),
        zone: terms.iter().find_map(|term| term.zone),
        bytes: first.bytes.start.min(last.bytes.start)..last.bytes.end,
        sentence: first.sentence,
        opens_line: first.opens_line,
        person: terms.iter().find_map(|term| term.person),
        told: first.told,
        everybody: terms.iter().any(|term| term.everybody),
    })
}

/// "Friday afternoon, 3pm": hours inside the part of the day named before them.
fn narrows(before: &[Hours], clock: Clock) -> bool {
    let Some(Clock::Part(part)) = before.last().map(|hours| hours.clock) else {
        return false;
    };
    let (from, to) = super::clock::hours(part);
    match clock {
        Clock::Point(at) | Clock::From(at) | Clock::To(at) => (from..to).contains(&at),
        Clock::Range(start, end) => start >= from && end <= to,
        Clock::Part(_) | Clock::All | Clock::Same | Clock::Shift(_) => false,
    }
}
