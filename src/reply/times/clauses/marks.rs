//! What parts a text: the ends of lines and sentences, commas, brackets, and the words that join or part.

use super::super::clock::Clock;
use super::super::day::Days;
use super::super::items::Items;
use super::super::lex::{Lex, Tongue, What};
use super::walk::{Of, Term, Walk};
use super::{Mark, Scan};

impl Scan<'_> {
    /// "then", where it may mean at that time.
    fn is_then(&self, at: usize) -> bool {
        self.tongue == Tongue::En
            && self
                .text
                .get(self.bytes(at, 1))
                .is_some_and(|word| word.eq_ignore_ascii_case("then"))
    }

    /// A face of two marks, not a bracket.
    fn smiles(&self, at: usize, inside: bool) -> bool {
        self.items.glued(at + 1) && matches!((self.items.mark(at + 1), inside), (Some('('), _) | (Some(')'), false))
    }

    pub(super) fn separator(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let glued = |at: usize| self.items.get(at).is_some_and(|item| item.glued);
        match self.items.what(at)? {
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
                let joint = matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Or | Lex::And | Lex::Otherwise))
                    || matches!(self.items.what(at.wrapping_sub(1)), Some(What::Mark(',')));
                walk.opens_line = true;
                if length >= 58 && goes_on || joint && at > 0 {
                    walk.opens_line = false;
                } else {
                    walk.end_sentence();
                }
                Some(1)
            }
            // "I have covid :( hoping for Monday"
            What::Mark(':' | ';') if self.smiles(at, walk.inside) => {
                walk.gap.comma = true;
                walk.next_unit(true, false);
                Some(2)
            }
            What::Mark(mark) => {
                match mark {
                    // "I'm in Tenerife 😎 Back on the 15th"
                    '\u{1f300}'..='\u{1faff}' if self.items.capital(at + 1) => walk.end_sentence(),
                    ';' if walk.inside => {
                        walk.gap.comma = true;
                        walk.next_unit(false, false);
                    }
                    '.' | '!' | ';' | '…' | '。' => {
                        let number_inside = glued(at) && glued(at + 1) && matches!(self.items.what(at + 1), Some(What::Num(..)));
                        let short = *mark == '.'
                            && glued(at)
                            && matches!(
                                self.items.lex(at.wrapping_sub(1)),
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
                            // "bis 12 uhr. mittwoch gar nicht"
                            && !(self.items.lex(at.wrapping_sub(1)) == Some(Lex::ClockMark) && matches!(self.tongue, Tongue::De | Tongue::Nl) && self.dates.read(at + 1).is_some())
                            // "after 1pm. tomorrow is no good"
                            && (!matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Am | Lex::Pm))
                                || self.text.get(self.bytes(at - 1, 1)).is_some_and(|half| half.contains('.')))
                            && self
                                .items
                                .get(at + 1)
                                .is_some_and(|next| !next.capital || matches!(next.what, What::Num(..) | What::Lex(Lex::Month(_))))
                            // "the 26th. 23rd and 27th are fine"
                            && (self.items.lex(at.wrapping_sub(1)) != Some(Lex::OrdinalMark)
                                || matches!(self.items.lex(at + 1), Some(Lex::Month(_))))
                            && self.items.what(at + 1) != Some(&What::Line);
                        // "slot no. 2"
                        let counts = self.items.lex(at.wrapping_sub(1)) == Some(Lex::Option)
                            && matches!(self.items.what(at + 1), Some(What::Num(..)));
                        if !(number_inside || short || counts) {
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
                        let told = *mark == ',' && walk.reason_of_correction() && self.dates.read(at + 1).is_some();
                        walk.next_unit(told, false);
                        walk.unit().joined = *mark != ',';
                    }
                    '-' | '–' | '—' if !glued(at) || !glued(at + 1) => {
                        let opens = walk.opens_line;
                        if !opens {
                            // "Tue  --"
                            let again = matches!(self.items.what(at + 1), Some(What::Mark('-' | '–'))) || *mark == '—' && self.ends(at + 1);
                            if again && self.ends(at + 2) || *mark == '—' && self.ends(at + 1) {
                                walk.refuses();
                                return Some(2);
                            }
                            // "Tue: -"
                            let nothing = walk.gap.colon && matches!(self.items.what(at + 1), None | Some(What::Line));
                            if nothing && walk.unit().has_days && !walk.unit().has_hours {
                                walk.refuses();
                                return Some(1);
                            }
                            walk.gap.dash = true;
                            // "Mon - free 10-12, Tue - busy": the day heads what follows.
                            let heads = walk.unit().has_days && !walk.unit().has_hours && walk.unit().words == 0;
                            if !heads {
                                let told = walk.reason_of_correction();
                                walk.next_unit(told, false);
                                walk.unit().dashed = true;
                            }
                        }
                    }
                    '(' => {
                        walk.inside = true;
                        walk.next_unit(false, true);
                    }
                    // "[x] Mon 10:00", "[ ] Tue 11:00"
                    '[' => {
                        let closed = |at: usize| self.items.what(at) == Some(&What::Mark(']'));
                        if closed(at + 1) {
                            walk.refuses();
                            return Some(2);
                        }
                        if closed(at + 2) {
                            walk.offers();
                            return Some(3);
                        }
                    }
                    ')' => {
                        walk.inside = false;
                        walk.next_unit(false, false);
                    }
                    // "Here is what the panel has: Monday …"
                    // "before 1: then I have a shift"
                    ':' if walk.unit().has_hours => walk.next_unit(true, false),
                    ':' => {
                        walk.gap.colon = true;
                        if walk.unit().concludes && !walk.unit().has_terms() && self.items.what(at + 1) == Some(&What::Line) {
                            walk.told_before = walk.terms.partition_point(|term| term.sentence < walk.sentence);
                        }
                        let unit = walk.unit();
                        (unit.unknown_before, unit.subject, unit.because) = (0, false, false);
                        if !unit.refuses && !unit.has_terms() {
                            unit.leads = false;
                        }
                    }
                    // "Called in tomorrow 🙄 Thursday or Friday instead?": a face ends what was said.
                    '\u{1f600}'..='\u{1f64f}' | '\u{1f900}'..='\u{1f9ff}' if self.items.capital(at + 1) => walk.end_sentence(),
                    _ => {}
                }
                Some(1)
            }
            What::Lex(lex @ (Lex::And | Lex::Or | Lex::Otherwise)) => {
                walk.gap.joined = true;
                walk.gap.or |= *lex != Lex::And;
                // "The 3rd would be perfect, otherwise the 4th after 2": the hours are of the second choice.
                walk.gap.breaks |= *lex == Lex::Otherwise && walk.unit_offers_days();
                let opens = walk.unit().words == 0 && !walk.unit().has_terms() && walk.unit().fresh;
                walk.next_unit(false, false);
                let unit = walk.unit();
                unit.joined = true;
                unit.either = *lex != Lex::And;
                unit.opens_sentence = opens;
                Some(1)
            }
            // "before 9 or any time after 3": the phrase holds the joint.
            What::Lex(Lex::Onwards | Lex::OrEarlier)
                if matches!(
                    self.items
                        .what(self.items.skip(at + 1, &[Lex::Of, Lex::On, Lex::AtOrTill, Lex::From])),
                    Some(What::Num(..))
                ) =>
            {
                let said = self.text.get(self.bytes(at, 1)).unwrap_or_default();
                if said.contains(' ') {
                    walk.gap.joined = true;
                    walk.gap.or = true;
                    walk.next_unit(false, false);
                    walk.unit().joined = true;
                }
                None
            }
            // "Giovedì invece sono libera": what is said of the day stands behind it.
            What::Lex(Lex::But)
                if self.tongue != Tongue::En
                    && walk.unit().has_days
                    && !walk.unit().has_hours
                    && walk.gap.width() == 0
                    && match walk.unit().words {
                        0 => matches!(self.items.lex(at + 1), Some(Lex::Skip | Lex::Subject)),
                        // "Montag ist allerdings Feiertag"
                        1 => self.items.get(at - 1).is_some_and(|item| item.copula) && !self.ends(at + 1),
                        _ => false,
                    }
                    && !self.day_near(at + 1) =>
            {
                Some(1)
            }
            What::Lex(Lex::But) => {
                // "any day but Friday", "any afternoon but Friday"
                let excepts = (walk.unit().every && walk.unit().has_terms()
                    || matches!(
                        walk.terms.last(),
                        Some(Term {
                            what: Of::Days(Days::Any | Days::Rest | Days::Week(_)) | Of::Hours(Clock::All),
                            ..
                        })
                    ))
                    && walk.gap.width() == 0
                    // "I can't do this week but next week is good"
                    && !(walk.unit().refuses || walk.unit().event)
                    && {
                        let next = at + 1 + usize::from(self.items.lex(at + 1) == Some(Lex::Of));
                        // "any time but lunch"
                        let part = matches!(self.clocks.read(next).map(|found| found.clock), Some(Clock::Part(_)));
                        self.dates.read(next).is_some() || part && self.ends(next + 1)
                    }
                    && self.items.get(at).is_some_and(|item| item.bytes.len() == 3);
                // "Monday, or Tuesday but only after 2": the hours are of the last day.
                let last_only = !excepts
                    && walk.gap.width() == 0
                    && walk.terms.last().is_some_and(|last| {
                        // "the end of next week, on Thursday only afternoons"
                        let before = walk.terms.iter().rev().nth(1).filter(|before| before.sentence == last.sentence);
                        let of_week = before.is_some_and(|before| matches!(before.what, Of::Days(Days::Week(_))));
                        matches!(last.what, Of::Days(_)) && last.gap.comma && (last.gap.joined || of_week)
                    })
                    && (self.clocks.read(at + 1).is_some() || self.items.lex(at + 1) == Some(Lex::Only));
                if last_only {
                    if let Some(last) = walk.terms.last_mut() {
                        last.gap.breaks = true;
                    }
                    return Some(1);
                }
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
            What::Lex(lex @ (Lex::Correction | Lex::Instead)) => {
                if *lex == Lex::Correction {
                    walk.corrects = true;
                    walk.next_unit(true, false);
                }
                walk.marks.push(Mark {
                    lex: *lex,
                    item: at,
                    yes: true,
                    sentence: walk.sentence,
                    unit: walk.units.len().saturating_sub(1),
                    only: false,
                    firm: false,
                    asked: false,
                });
                Some(1)
            }
            // "todos menos la del lunes"; "las dos menos cuarto" is an hour.
            What::Lex(Lex::Minus)
                if !matches!(self.items.what(at + 1), Some(What::Num(..)))
                    && !matches!(
                        self.items.lex(at + 1),
                        Some(Lex::Number(_) | Lex::Quarter | Lex::QuarterHour | Lex::HalfHour)
                    ) =>
            {
                walk.next_unit(false, false);
                walk.unit().except = true;
                walk.refuses();
                Some(1)
            }
            What::Lex(Lex::Except) => {
                walk.next_unit(false, false);
                walk.unit().except = true;
                walk.refuses();
                Some(1)
            }
            // "Thursday is out. So is Friday."
            What::Lex(Lex::So) if self.items.get(at + 1).is_some_and(|next| next.copula) => {
                let before = walk.units.iter().rev().find_map(|unit| unit.verdict(false));
                walk.next_unit(true, false);
                match before {
                    Some(verdict) if verdict.yes => walk.offers(),
                    Some(_) => walk.refuses(),
                    None => {}
                }
                Some(1)
            }
            // "I can take a call then, Tuesday or Thursday", "any time then": of what was told.
            What::Lex(Lex::So) if self.is_then(at) && self.ends(at + 1) && !walk.unit().fresh_and_empty() && !walk.unit().has_hours => {
                let any = walk.unit().any_time;
                if any || !walk.unit().has_terms() {
                    walk.unit().refers = true;
                }
                Some(1)
            }
            What::Lex(lex @ (Lex::So | Lex::ApartFromThat)) => {
                if *lex == Lex::ApartFromThat {
                    walk.apart.push(self.bytes(at, 1));
                }
                walk.next_unit(true, false);
                walk.unit().concludes = true;
                walk.gap.dash = true;
                walk.gap.breaks = true;
                walk.person = None;
                Some(1)
            }
            What::Lex(Lex::If) => {
                walk.next_unit(false, false);
                walk.unit().iffy = true;
                Some(1)
            }
            What::Lex(Lex::Because) => {
                // "Friday I finish at 1": the day is of what is told.
                let beside = walk.gap.width() == 0;
                let unit = walk.unit();
                if beside && unit.has_days && !unit.has_hours && unit.words <= 1 && !unit.joined {
                    unit.because = true;
                    return Some(1);
                }
                walk.next_unit(false, false);
                walk.unit().because = true;
                walk.gap.dash = true;
                walk.gap.breaks = true;
                Some(1)
            }
            What::Lex(_) | What::Word(_) | What::Num(..) => None,
        }
    }
}
