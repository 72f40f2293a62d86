//! Words that are neither days nor hours: they offer, refuse, tell, name somebody.

use super::super::clock::Clock;
use super::super::day::Days;
use super::super::doubts::{Unsure, Why};
use super::super::items::Items;
use super::super::lex::{Lex, Tongue, Unit, What};
use super::walk::{Of, Term, Walk};
use super::{Mark, Scan};

impl Scan<'_> {
    /// A word that is neither a day nor an hour.
    pub(super) fn word(&self, at: usize, walk: &mut Walk) {
        let Some(item) = self.items.get(at) else { return };
        walk.unit().words += 1;
        match &item.what {
            What::Lex(lex) => self.known(at, *lex, walk),
            // "Tue 25/1: X"
            What::Word(_) if self.crossed_out(at) && walk.unit().has_days && !walk.unit().has_hours => walk.refuses(),
            What::Word(word) => {
                walk.gap.words = true;
                walk.unknown = true;
                let name = item.capital && self.names_somebody(at);
                walk.unit().capitals += usize::from(item.capital && !word.is_empty() && !self.opens(at));
                if name {
                    walk.third = word.bytes().fold(7, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte));
                    walk.person = Some(walk.third);
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
                } else if item.capital && matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Of)) {
                    // "in Mayo", "im Urlaub"
                    let unit = walk.unit();
                    if unit.has_terms() {
                        // "La semana que viene estaré en Toledo": away, most likely.
                        let away = unit.has_days && !unit.has_hours && !unit.offers && !matches!(self.tongue, Tongue::En | Tongue::De);
                        unit.unknown_after += 1 + usize::from(away);
                    } else {
                        unit.unknown_before += 1;
                    }
                }
            }
            What::Num(..) => {
                walk.gap.words = true;
                walk.unknown = true;
                if self.may_be_a_time(at, walk) {
                    walk.doubts.push(Unsure::of(Why::Unread, self.bytes(at, 1)));
                } else if self.may_be_an_hour(at) {
                    // "either 2 or 3, Tuesday or Wednesday": before the days it is of.
                    walk.bounds.push((self.bytes(at, 1), walk.sentence));
                }
            }
            What::Mark('✓' | '✔' | '✅' | '👍') => walk.offers(),
            What::Mark('✗' | '✘' | '❌' | '👎') => walk.refuses(),
            What::Mark(_) | What::Line => {}
        }
        walk.opens_line &= matches!(item.what, What::Num(..));
    }

    pub(super) fn known(&self, at: usize, lex: Lex, walk: &mut Walk) {
        walk.unit().shift |= lex == Lex::Shift;
        let lex = match lex {
            Lex::Shift => Lex::Event,
            // "freitags habe ich ab 13 Uhr die Kinder", "weil ich die Kinder habe"
            Lex::Care if self.ends(at + 1) || self.items.lex(at + 1) == Some(Lex::Skip) && self.ends(at + 2) => Lex::Event,
            Lex::Care => Lex::Skip,
            // "I'm on nights, but off on Thursday": a day without a shift is a free one.
            Lex::DayOff if walk.shifts && (walk.unit().has_days || self.day_near(at + 1)) => Lex::Free,
            Lex::DayOff if self.items.get(at).is_some_and(|item| item.phrase) => Lex::Not,
            Lex::DayOff => Lex::Out,
            lex => lex,
        };
        match lex {
            // "I work earlies this week": shifts, and the hours beside them are free.
            Lex::Not if self.items.get(at).is_some_and(|item| item.phrase) && self.shift_near(at + 1) => {
                let unit = walk.unit();
                unit.leads |= !unit.has_terms();
            }
            Lex::Not | Lex::NoneOfThem | Lex::CannotCome => {
                // "tuesday after 5 not wednesday"
                if walk.unit().has_terms() && self.dates.read(at + 1).is_some() {
                    walk.next_unit(false, false);
                    walk.unit().words = 1;
                }
                walk.refuses();
            }
            // "something came up on Monday": that day is lost, others are not.
            Lex::CameUp if self.dates.read(self.items.skip(at + 1, &[Lex::On, Lex::Of])).is_none() => {}
            Lex::Event | Lex::CameUp => {
                // "next week I have lectures Mon 9-1, Tue 11-3": the week is where they are.
                let number = walk.units.len().saturating_sub(1);
                let mut terms = walk.terms.iter().rev().take_while(|term| term.unit == number);
                let only_weeks = terms.all(|term| matches!(term.what, Of::Days(Days::Week(_))));
                let unit = walk.unit();
                unit.leads |= !unit.has_terms() || only_weeks;
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
                let is = matches!(before.and_then(|at| self.items.lex(at)), Some(Lex::Skip | Lex::Subject | Lex::Only));
                if day_before
                    || walk.unit().has_days && self.ends(at + 1)
                    || is && (self.ends(at + 1) || walk.unit().has_days || self.day_near(at + 1))
                    || self.dates.read(at + 1).is_some()
                {
                    walk.refuses();
                }
            }
            Lex::HasToBe => {
                // "because of the school run it would have to be after 9": the reason ends there.
                if walk.unit().because || walk.unit().event && !walk.unit().has_terms() {
                    walk.next_unit(true, false);
                    walk.gap.dash = true;
                }
                let unit = walk.unit();
                if !unit.has_terms() {
                    unit.unknown_before = 0;
                }
                walk.offers();
            }
            // "Tuesday it is", not "it is a holiday next week".
            Lex::Free if self.says(at, "it is") && !walk.unit().has_terms() && !self.ends(at + 1) => {}
            Lex::ThatTime => walk.unit().refers = true,
            // "and work 9 to 5": what somebody does all day.
            Lex::Free if self.works_hours(at, walk) => {
                let unit = walk.unit();
                (unit.leads, unit.event) = (true, true);
            }
            Lex::Free | Lex::NoTrouble | Lex::Flexible | Lex::Prefer | Lex::ThatOne => {
                // "Statt Dienstag lieber Mittwoch"
                if walk.unit().except && walk.unit().has_terms() && self.dates.read(at + 1).is_some() {
                    walk.next_unit(true, false);
                }
                walk.preferred |= lex == Lex::Prefer;
                let units = walk.units.len();
                if lex == Lex::Prefer
                    && let Some(last) = walk.terms.last_mut().filter(|last| last.unit + 1 == units)
                {
                    last.preferred = true;
                }
                if self.items.get(at).is_some_and(|item| item.leans) {
                    walk.leans();
                } else {
                    walk.offers();
                }
            }
            Lex::Skip if matches!(self.items.what(at + 1), Some(What::Mark(':'))) && self.opens(at) => walk.person = Some(0),
            // "We kindly ask you to move it to Thursday": it is asked, not told.
            // In German and Dutch the verb stands last.
            Lex::Reschedule | Lex::MoveLater | Lex::MoveEarlier
                if (!walk.unit().has_terms() || lex != Lex::Reschedule || matches!(self.tongue, Tongue::De | Tongue::Nl))
                    && !matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Subject | Lex::Them)) =>
            {
                let unit = walk.unit();
                (unit.unknown_before, unit.subject) = (0, false);
                if unit.has_terms() {
                    unit.unknown_after = 0;
                }
            }
            // "O engenheiro pode receber o candidato na terça": no question.
            Lex::Asks if self.items.get(at).is_some_and(|item| item.leans && !item.capital) && !self.is_asked(at) => walk.leans(),
            // "Ich könnte am 1. Februar anfangen"
            Lex::Starts if self.ends(at + 1) && walk.gap.width() == 0 && !walk.unit().has_hours => {
                let months = |days: &Days| match days {
                    Days::Since(since, _) => since
                        .date()
                        .is_some_and(|day| day.signed_duration_since(self.dates.today).num_days() > 21),
                    Days::Day(day) | Days::Span(day, _) => day.signed_duration_since(self.dates.today).num_days() > 21,
                    _ => false,
                };
                let sentence = walk.sentence;
                let start = |last: &&Term| last.sentence == sentence && matches!(&last.what, Of::Days(days) if months(days));
                if walk.terms.last().filter(start).is_some() {
                    walk.terms.pop();
                }
            }
            Lex::Every => walk.unit().every = true,
            Lex::Yours => walk.unit().yours = true,
            // "I have to cancel 2pm, can do 4pm"
            Lex::Cancel if self.clocks.read(at + 1).is_some_and(|found| found.sure) || self.dates.read(at + 1).is_some() => walk.refuses(),
            // "Tuesday 10 to 4, Wednesday too"
            Lex::Too => {
                let sentence = walk.sentence;
                let ends = self.ends(at + 1);
                // "and the same on Thursday"
                walk.too = !ends && self.dates.read(self.items.skip(at + 1, &[Lex::On, Lex::Of])).is_some();
                if let Some(last) = walk.terms.last_mut().filter(|last| ends && last.sentence == sentence) {
                    last.too = matches!(last.what, Of::Days(_));
                }
            }
            // "Tuesday and Thursday both work"
            Lex::AllOfThem if walk.unit().has_days => walk.offers(),
            Lex::Subject | Lex::Them => {
                walk.person = Some(if lex == Lex::Them { walk.third } else { 0 });
                // "Due to a release we ask you to move it": the reason is told, and something else begins.
                let reason = *walk.unit();
                let asks_or_says = (at + 1..at + 7).any(|at| {
                    matches!(
                        self.items.lex(at),
                        Some(Lex::Reschedule | Lex::MoveLater | Lex::CannotCome | Lex::Not | Lex::Free)
                    )
                });
                if reason.because && (reason.unknown_before > 0 || reason.event) && !reason.has_terms() && !reason.subject && asks_or_says {
                    walk.next_unit(true, false);
                }
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
                    only: false,
                    firm: false,
                    asked: false,
                });
            }
            Lex::Only => {
                walk.only = true;
                let unit = walk.unit();
                unit.only |= !unit.has_terms();
                let behind = self.items.skip(at + 1, &[Lex::Subject, Lex::Sadly, Lex::Skip]);
                let sadly = (at + 1..behind).any(|at| self.items.lex(at) == Some(Lex::Sadly));
                unit.only_these |= unit.has_terms() && (self.ends(at + 1) || sadly && self.ends(behind));
                // "9am only"
                // "Next week works, I just leave early on Friday": of its own unit.
                let number = walk.units.len().saturating_sub(1);
                if let Some(last) = walk.terms.last_mut().filter(|last| last.unit == number) {
                    last.only = true;
                }
            }
            Lex::Skip if walk.unit().has_days && !walk.unit().has_hours && self.items.get(at).is_some_and(|item| item.copula) => {
                walk.unit().day_is = true;
            }
            _ => {}
        }
        walk.unit().stated |= walk.unit().has_hours && lex == Lex::Skip && self.items.get(at).is_some_and(|item| item.copula);
        // What chooses among slots is read there.
        let chooses = self.offered && matches!(lex, Lex::LaterOne | Lex::EarlierOne);
        if self.left_over(at, lex) && !chooses {
            walk.left.push((self.bytes(at, 1), walk.sentence));
        }
        if self.unread_bound(at, lex) {
            walk.bounds.push((self.bytes(at, 1), walk.sentence));
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
                | Lex::Too
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
            only: false,
            firm: false,
            asked: false,
        });
        walk.asks |= lex == Lex::Asks;
    }

    /// An item is these words of English.
    fn says(&self, at: usize, words: &str) -> bool {
        self.tongue == Tongue::En
            && self
                .text
                .get(self.bytes(at, 1))
                .is_some_and(|said| said.eq_ignore_ascii_case(words))
    }

    /// "work" opens its unit, and hours stand right behind it.
    fn works_hours(&self, at: usize, walk: &Walk) -> bool {
        let opens = walk
            .units
            .last()
            .is_some_and(|unit| unit.words <= 1 && !unit.has_terms() && unit.joined);
        opens
            && self.says(at, "work")
            && self
                .clocks
                .read(at + 1)
                .is_some_and(|found| matches!(found.clock, Clock::Range(..)))
    }

    /// "after my standup", "ideally before that": a bound that was not read.
    fn unread_bound(&self, at: usize, lex: Lex) -> bool {
        let next = self.items.what(at + 1);
        match lex {
            Lex::After => matches!(
                next,
                Some(What::Word(_) | What::Lex(Lex::Skip | Lex::Of | Lex::Subject | Lex::Yours | Lex::Event | Lex::Shift))
            ),
            Lex::Before => matches!(
                next,
                Some(What::Lex(Lex::Skip | Lex::Subject | Lex::Yours | Lex::Event | Lex::Shift))
            ),
            _ => false,
        }
    }

    /// A word of time that no day or hour took in: it may change the times beside it.
    fn left_over(&self, at: usize, lex: Lex) -> bool {
        match lex {
            Lex::Weekday(_)
            | Lex::EveryWeekday(_)
            | Lex::Relative(_)
            | Lex::Month(_)
            | Lex::Fortnight
            | Lex::CalendarWeek
            | Lex::WeekOf
            | Lex::WeekAfter
            | Lex::WeekAfterNext
            | Lex::ThatWeek
            | Lex::HalfPast
            | Lex::HalfTo
            | Lex::Quarter
            | Lex::Past
            | Lex::Midnight
            | Lex::Unit(Unit::Week | Unit::Month) => true,
            // "an hour later"
            Lex::Later | Lex::Earlier => matches!(
                self.items.lex(at.wrapping_sub(1)),
                Some(Lex::Unit(_) | Lex::HalfHour | Lex::HourAndHalf | Lex::QuarterHour)
            ),
            // "the latest I can do is 3": a bound, where nothing chooses.
            Lex::Onwards if self.clocks.length(at + 1).is_some() => false,
            Lex::LaterOne | Lex::EarlierOne | Lex::OrEarlier | Lex::Onwards => true,
            // "the following:" heads a list.
            Lex::Next | Lex::Following => !matches!(self.items.what(at + 1), None | Some(What::Line | What::Mark(_))),
            // "two of us", "three interviews" count something.
            Lex::Number(2..) => {
                let counts = |at: usize| {
                    matches!(self.items.what(at), Some(What::Word(_)))
                        || matches!(
                            self.items.lex(at),
                            Some(Lex::NotClock | Lex::Unit(_) | Lex::Of | Lex::Option | Lex::Event | Lex::Shift | Lex::Free | Lex::Skip)
                        )
                };
                !counts(at + 1)
            }
            _ => false,
        }
    }

    /// A number that was not understood, beside a day or an hour that was: "h 9-11", "before tenish".
    pub(super) fn may_be_a_time(&self, at: usize, walk: &Walk) -> bool {
        self.may_be_an_hour(at) && walk.terms.last().is_some_and(|last| last.sentence == walk.sentence)
    }

    /// A number that could be an hour, by itself and by what counts or is paid by it.
    fn may_be_an_hour(&self, at: usize) -> bool {
        let Some(What::Num(value, digits)) = self.items.what(at) else {
            return false;
        };
        let hour = *digits <= 2 && *value <= 24 || *digits == 4 && value / 100 <= 24 && value % 100 < 60 && !(1900..2100).contains(value);
        let counted = matches!(
            self.items.what(at + 1),
            Some(
                What::Word(_)
                    | What::Lex(Lex::NotClock | Lex::Unit(_) | Lex::Option | Lex::HalfHour | Lex::Number(_))
                    | What::Mark('%' | '€' | '$' | '£')
            )
        );
        let money = at > 0
            && matches!(
                self.items.what(at - 1),
                Some(What::Mark('€' | '$' | '£' | '#' | '.' | ',')) | Some(What::Lex(Lex::Option)) | Some(What::Word(_))
            );
        hour && !counted && !money
    }

    /// The sentence ends with a question mark.
    fn is_asked(&self, at: usize) -> bool {
        const LONGEST: usize = 60;
        (at..at + LONGEST).map_while(|at| self.items.what(at)).find_map(|what| match what {
            What::Mark('?') => Some(true),
            What::Line => Some(false),
            _ => None,
        }) == Some(true)
    }

    /// Shifts are named before the next mark.
    fn shift_near(&self, at: usize) -> bool {
        const WORDS: usize = 6;
        (at..at + WORDS)
            .take_while(|at| !matches!(self.items.what(*at), None | Some(What::Mark(_) | What::Line)))
            .any(|at| self.items.lex(at) == Some(Lex::Shift))
    }

    /// A day stands within the next two items: "off all Friday".
    pub(super) fn day_near(&self, at: usize) -> bool {
        (at..at + 3).any(|at| self.dates.read(at).is_some())
    }

    /// A name that does something: "Priya can", "Tom has", "Helen: ".
    pub(super) fn names_somebody(&self, at: usize) -> bool {
        let next = self.items.what(at + 1);
        match next {
            Some(What::Lex(Lex::Free)) => true,
            // "Marco può", "Luis puede"
            Some(What::Lex(Lex::Asks)) => self.items.get(at + 1).is_some_and(|item| !item.phrase && !item.capital),
            Some(What::Lex(Lex::Skip | Lex::Only | Lex::Not)) => self.items.get(at + 1).is_some_and(|item| item.verb),
            // "Carla sits in Boston and says"
            Some(What::Word(verb)) => self.opens(at) && verb.ends_with('s') && self.items.get(at + 1).is_some_and(|item| !item.capital),
            Some(What::Mark('(')) => self.opens(at),
            Some(What::Mark(':')) => self.opens(at),
            _ => false,
        }
    }

    /// A cross alone behind a colon or a dash, at the end of a line.
    fn crossed_out(&self, at: usize) -> bool {
        matches!(self.items.mark(at.wrapping_sub(1)), Some(':' | '-' | '–'))
            && matches!(self.items.what(at + 1), None | Some(What::Line))
            && self.text.get(self.bytes(at, 1)).is_some_and(|word| word.eq_ignore_ascii_case("x"))
    }

    /// The first word of a sentence or a line.
    pub(super) fn opens(&self, at: usize) -> bool {
        at == 0
            || matches!(
                self.items.what(at - 1),
                Some(What::Line | What::Mark('.' | '!' | '?' | ',' | '-' | ';'))
            )
    }
}
