//! What was said in several places of one mail, put together.
//!
//! In: drafts in the order of the text. Out: orders, and what is to be asked. Never here: an order that another sentence speaks against.

use super::kind::Kind;
use super::people::{bytes, named};
use super::reader::{Draft, MOST, Reader, What};
use super::{Decision, NotClear, Order, Orders, SubmissionId, Whom, Wish, Words, reported, table};

impl Reader<'_> {
    pub(super) fn settle(mut self) -> Orders {
        let mut out = Orders::default();
        if self.void {
            return out;
        }
        if self.drafts.len() > MOST {
            out.unread.extend(self.lines.first().map(|_| self.line_words(0)));
            return out;
        }
        let note = self.drafts.iter().position(|draft| {
            let of_all = matches!(&draft.what, What::Do(Wish::Note(text)) if text.len() == self.text.trim().len());
            of_all && draft.kind == Kind::Note
        });
        if let Some(note) = note {
            self.drafts = self.drafts.get(note..=note).map(<[Draft]>::to_vec).unwrap_or_default();
        }
        self.long_note();
        self.answers_taken_back();
        self.bookings();
        self.contradictions();
        self.put_off();
        let drafts = std::mem::take(&mut self.drafts);
        let mut passes: Vec<(SubmissionId, usize)> = Vec::new();
        for draft in &drafts {
            let words = self.words(&draft.bytes);
            let wishes = match &draft.what {
                What::Do(wish) => vec![wish.clone()],
                What::Told(who, decision) => {
                    let ids = who.iter().filter_map(|at| self.id(*at).ok());
                    ids.map(|submission| {
                        passes.extend((*decision == Decision::Pass).then_some((submission, draft.line)));
                        Wish::Decide {
                            submission,
                            decision: *decision,
                            reasons: Vec::new(),
                        }
                    })
                    .collect()
                }
                // "No. Stop.": a no to nobody, beside what is ordered.
                What::Ask if matches!(draft.kind, Kind::Bare(_)) && drafts.iter().any(|other| matches!(other.what, What::Do(_))) => {
                    continue;
                }
                // "She asked to move Ana. Find a new time."
                What::Ask if draft.kind == Kind::Move && drafts.iter().any(|other| other.kind == Kind::Move && other.what != What::Ask) => {
                    continue;
                }
                What::BookAt(_) | What::Loose(_) | What::Ask => {
                    unread(&mut out, self.line_words(draft.line));
                    continue;
                }
            };
            for wish in wishes {
                self.order(&mut out, draft.kind, wish, words.clone());
            }
        }
        if note.is_none() {
            self.told_otherwise(&mut out);
            self.reasons(&mut out, &passes);
            self.left(&mut out);
        }
        out
    }

    fn order(&self, out: &mut Orders, kind: Kind, wish: Wish, words: Words) {
        let batch = self.batch.map(|one| one.id);
        if batch.is_none() && !kind.of_no_batch() {
            return unread(out, words);
        }
        if let Some(same) = out.orders.iter_mut().find(|order| merges(&order.wish, &wish)) {
            // "Thursday after 3 … and Friday 9-11": times of one person are told in several sentences.
            if let (Wish::Times { open, .. }, Wish::Times { open: more, .. }) = (&mut same.wish, &wish) {
                *open = open.union(more);
            } else if matches!(same.wish, Wish::Report(None) | Wish::Move { start: None, .. }) {
                same.wish = wish;
            }
            return;
        }
        out.orders.push(Order { batch, wish, words });
    }

    /// "Note: she hates mornings. Keith drives an hour.": where nothing else is ordered, a note goes on to the end.
    fn long_note(&mut self) {
        let alone = self.drafts.iter().all(|draft| draft.kind == Kind::Note);
        let Some(Draft { what, line: 0, bytes, .. }) = self.drafts.first_mut().filter(|_| alone) else {
            return;
        };
        if let What::Do(Wish::Note(text)) = what {
            let whole = self.text.trim_end();
            let more = whole.get(bytes.end..).unwrap_or_default();
            text.push_str(more);
            bytes.end = bytes.end.max(whole.len());
            self.drafts.truncate(1);
            for line in &mut self.lines {
                line.used = true;
            }
            self.served = (0..self.asked.candidates.len()).collect();
        }
    }

    /// "Pass on Callum, no, scratch that": what was taken back holds only where it is said again.
    fn answers_taken_back(&mut self) {
        let Some(last) = self.drafts.iter().rposition(|draft| draft.retracted) else {
            return;
        };
        let again = self.drafts.iter().skip(last + 1).any(|draft| draft.kind.decision().is_some());
        if again {
            self.drafts.retain(|draft| !draft.retracted);
        } else {
            for draft in self.drafts.iter_mut().filter(|draft| draft.retracted) {
                draft.what = What::Ask;
            }
        }
    }

    /// "Yes to Ana, but let me check first": nothing of that sentence is done.
    fn put_off(&mut self) {
        let held = &self.held;
        for draft in self.drafts.iter_mut().filter(|draft| held.contains(&draft.line)) {
            if !matches!(
                draft.kind,
                Kind::Undo | Kind::Status | Kind::Help | Kind::StopChase | Kind::Take | Kind::Pause | Kind::Note
            ) {
                draft.what = What::Ask;
            }
        }
    }

    /// "Friday at 2:30 suits Rory. Lash it in": a booking takes its time from another sentence.
    fn bookings(&mut self) {
        for number in 0..self.drafts.len() {
            let Some(What::BookAt(who)) = self.drafts.get(number).map(|draft| draft.what.clone()) else {
                continue;
            };
            let line = self.drafts.get(number).map_or(0, |draft| draft.line);
            let Ok((who, wish)) = self.booking(line, &who) else {
                if let Some(draft) = self.drafts.get_mut(number) {
                    draft.what = What::Ask;
                }
                continue;
            };
            let id = self.id(who).ok();
            if let Some(draft) = self.drafts.get_mut(number) {
                draft.what = What::Do(wish);
            }
            // The time was one to book, not one of several to choose from.
            self.drafts.retain(|draft| match &draft.what {
                What::Loose(_) => false,
                What::Do(Wish::Times { by, .. }) => *by != Whom::Client && id.is_none_or(|id| *by != Whom::Candidate(id)),
                What::Ask => draft.kind != Kind::Times,
                _ => true,
            });
        }
    }

    fn booking(&self, line: usize, who: &[usize]) -> Result<(usize, Wish), NotClear> {
        let of_line = self.lines.get(line).ok_or(NotClear)?;
        let whom = match (who, named(&of_line.mentions, &of_line.tokens).as_slice()) {
            ([one], _) | ([], [one]) => *one,
            _ => return Err(NotClear),
        };
        let mut found = Vec::new();
        for (number, near) in self
            .lines
            .iter()
            .enumerate()
            .filter(|(number, near)| *number <= line && near.under == of_line.under)
        {
            let whole = near.tokens.clone();
            if near.written.signs("~").next().is_some() && !table::is("negative", &near.written.text) {
                found.extend(self.start(near, &whole, whom).ok().map(|start| (number, start)));
            }
        }
        let here = found.iter().find(|(number, _)| *number == line);
        let start = match (here, found.as_slice()) {
            (Some((_, start)), _) | (None, [(_, start)]) => *start,
            _ => return Err(NotClear),
        };
        Ok((whom, self.booked_at(self.id(whom)?, start)))
    }

    /// Of two answers about one candidate none holds, of a way out and an answer the way out; of booking and moving the one that names a time.
    fn contradictions(&mut self) {
        let mut told: Vec<(usize, Decision, usize)> = Vec::new();
        let mut bad: Vec<usize> = Vec::new();
        for (number, draft) in self.drafts.iter().enumerate() {
            let What::Told(who, decision) = &draft.what else { continue };
            for one in who {
                for (_, _, earlier) in told.iter().filter(|(other, was, _)| other == one && was != decision) {
                    bad.extend([*earlier, number]);
                }
                told.push((*one, *decision, number));
            }
        }
        let opposite = |one: Kind, other: Kind| {
            let has = |kind: Kind| self.drafts.iter().position(|draft| draft.kind == kind);
            has(one).zip(has(other))
        };
        bad.extend(
            opposite(Kind::Take, Kind::Release)
                .into_iter()
                .flat_map(|(one, other)| [one, other]),
        );
        for number in bad {
            if let Some(draft) = self.drafts.get_mut(number) {
                draft.what = What::Ask;
            }
        }
        let out: Vec<SubmissionId> = self.wishes(|wish| match wish {
            Wish::Withdraw(id) => Some(*id),
            _ => None,
        });
        let moved: Vec<SubmissionId> = self.wishes(|wish| match wish {
            Wish::Move { submission, .. } => Some(*submission),
            _ => None,
        });
        let is_out = |at: &usize| self.asked.candidates.get(*at).is_some_and(|one| out.contains(&one.submission));
        let keep: Vec<bool> = self
            .drafts
            .iter()
            .map(|draft| match &draft.what {
                What::Told(who, Decision::Pass) => !who.iter().all(is_out),
                What::Do(Wish::CallOff(id)) => !moved.contains(id),
                _ => true,
            })
            .collect();
        let mut keep = keep.into_iter();
        self.drafts.retain(|_| keep.next().unwrap_or(true));
    }

    fn wishes(&self, pick: fn(&Wish) -> Option<SubmissionId>) -> Vec<SubmissionId> {
        let wishes = self.drafts.iter().filter_map(|draft| match &draft.what {
            What::Do(wish) => Some(wish),
            _ => None,
        });
        wishes.filter_map(pick).collect()
    }

    /// What the tables know nothing of, read as a client's answer is.
    fn told_otherwise(&mut self, out: &mut Orders) {
        let Some(batch) = self.batch else { return };
        if self.holds || self.unsure.is_some() || self.drafts_of_times(out) {
            return;
        }
        let left: Vec<usize> = (0..self.lines.len())
            .filter(|at| self.lines.get(*at).is_some_and(|line| !line.used))
            .collect();
        for (number, submission, decision) in reported::read(self, batch, &left) {
            let known = out.orders.iter().any(|order| about(&order.wish) == Some(submission));
            if !known {
                let wish = Wish::Decide {
                    submission,
                    decision,
                    reasons: Vec::new(),
                };
                out.orders.push(Order {
                    batch: Some(batch.id),
                    wish,
                    words: self.line_words(number),
                });
                if let Some(line) = self.lines.get_mut(number) {
                    line.used = true;
                }
            }
        }
    }

    fn drafts_of_times(&self, out: &Orders) -> bool {
        let of_times = |wish: &Wish| matches!(wish, Wish::Times { .. } | Wish::Book { .. } | Wish::Move { .. } | Wish::CallOff(_));
        out.orders.iter().any(|order| of_times(&order.wish))
    }

    /// Why not, of each who was passed on.
    fn reasons(&self, out: &mut Orders, passes: &[(SubmissionId, usize)]) {
        for order in &mut out.orders {
            if let Wish::Decide {
                submission,
                decision: Decision::Pass,
                reasons,
            } = &mut order.wish
            {
                let line = passes.iter().find(|(id, _)| id == submission).map(|(_, line)| *line);
                let line = line.or_else(|| {
                    let at = self.asked.candidates.iter().position(|one| one.submission == *submission)?;
                    self.lines.iter().position(|line| named(&line.mentions, &line.tokens).contains(&at))
                });
                if let Some(line) = line {
                    *reasons = reported::reasons(self, *submission, line);
                }
            }
        }
    }

    /// Candidates who were named and of whom nothing was understood are asked about; so is a mail of which nothing was.
    fn left(&self, out: &mut Orders) {
        let is_served = |at: usize| {
            let id = self.asked.candidates.get(at).map(|one| one.submission);
            self.served.contains(&at)
                || out
                    .orders
                    .iter()
                    .any(|order| about(&order.wish).is_some() && about(&order.wish) == id)
        };
        let silent: Vec<usize> = (0..self.lines.len())
            .filter(|number| {
                let Some(line) = self.lines.get(*number) else { return false };
                let stranger = named(&line.mentions, &line.tokens).into_iter().any(|at| !is_served(at));
                let unclear = line.mentions.iter().any(|one| one.who == super::super::who::Who::Unclear);
                let wants = !line.used && line.asks && table::is("wants", &line.written.text);
                stranger || unclear || wants
            })
            .collect();
        let nothing = out.orders.is_empty() && out.unread.is_empty();
        let idle = self.holds || !self.agreed && self.lines.iter().all(|line| line.used || table::is("courtesy", &line.written.text));
        if nothing && (idle || reported::is_small_talk(self)) && silent.is_empty() {
            return;
        }
        // Whoever takes something back tells why.
        let undone = out.orders.iter().any(|order| order.wish == Wish::Undo);
        if !(nothing && self.holds || undone) {
            let of_several = self.asked.candidates.len() > 1 || nothing;
            for number in silent.into_iter().filter(|_| of_several) {
                unread(out, self.line_words(number));
            }
        }
        if out.orders.is_empty() && out.unread.is_empty() && !self.holds {
            let last = self.lines.last().map_or(0..0, |line| line.tokens.clone());
            let whole = 0..bytes(&self.all, &last).end;
            unread(out, self.words(&whole));
        }
    }
}

fn unread(out: &mut Orders, words: Words) {
    if !words.text.is_empty() && !out.unread.contains(&words) {
        out.unread.push(words);
    }
}

/// The candidate that an order is about.
fn about(wish: &Wish) -> Option<SubmissionId> {
    match wish {
        Wish::Decide { submission, .. } | Wish::Book { submission, .. } | Wish::Move { submission, .. } => Some(*submission),
        Wish::CallOff(id) | Wish::Withdraw(id) => Some(*id),
        Wish::Times {
            by: Whom::Candidate(id), ..
        } => Some(*id),
        Wish::Readdress {
            who: Whom::Candidate(id), ..
        }
        | Wish::Resend(Whom::Candidate(id)) => Some(*id),
        _ => None,
    }
}

/// Two orders are one.
fn merges(one: &Wish, other: &Wish) -> bool {
    match (one, other) {
        (Wish::Times { by, .. }, Wish::Times { by: also, .. }) => by == also,
        (Wish::Report(_), Wish::Report(None)) | (Wish::Report(None), Wish::Report(_)) => true,
        (
            Wish::Move { submission, start },
            Wish::Move {
                submission: also,
                start: new,
            },
        ) => submission == also && (start.is_none() || new.is_none()),
        _ => one == other,
    }
}
