//! What was said in several places of one mail, put together.
//!
//! In: drafts in the order of the text. Out: orders, and what is to be asked. Never here: an order that another sentence speaks against.

use super::kind::Kind;
use super::people::{bytes, named};
use super::reader::{Draft, MOST, Reader, What};
use super::{Decision, NotClear, Order, Orders, SubmissionId, Timestamp, Whom, Wish, Words, about, reported, table};

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
        if note.is_none() {
            self.gists();
        }
        self.bookings();
        self.half_read_times();
        self.new_times_told();
        self.contradictions();
        self.put_off();
        self.effects();
        if self.drafts.iter().any(|draft| draft.kind == Kind::Report) {
            // "How are we doing on numbers?"
            self.drafts.retain(|draft| draft.kind != Kind::Status);
        }
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
                What::Ask if is_said_again(draft, &drafts) => continue,
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

    /// "Cancel Ana's interview and tell them both": that they are told is part of it.
    fn effects(&mut self) {
        let of_interview = |draft: &Draft| {
            matches!(
                draft.what,
                What::Do(Wish::CallOff(_) | Wish::Move { .. } | Wish::Book { .. } | Wish::Withdraw(_) | Wish::Times { .. })
            )
        };
        let of_interview = self.drafts.iter().any(of_interview);
        let wanted = self.drafts.iter().any(|draft| matches!(draft.what, What::Told(_, Decision::Interested)));
        let text = |draft: &Draft| about::folded(self.text.get(draft.bytes.clone()).unwrap_or_default()).join(" ");
        let effect = |draft: &Draft| of_interview && draft.kind == Kind::Request && table::is("effect", &text(draft));
        // "Tyrell: yes! Move him forward": the same once more.
        let onward = |draft: &Draft| wanted && draft.kind == Kind::Move && draft.what == What::Ask && table::is("onward", &text(draft));
        let keep: Vec<bool> = self.drafts.iter().map(|draft| !effect(draft) && !onward(draft)).collect();
        let mut keep = keep.into_iter();
        self.drafts.retain(|_| keep.next().unwrap_or(true));
    }

    /// "Yes to Ana, but let me check first": nothing of that sentence is done.
    fn put_off(&mut self) {
        let of_interview = |kind: Kind| matches!(kind, Kind::Book | Kind::Move | Kind::Cancel | Kind::Withdraw);
        let proposed = self.proposed.iter().filter(|_| !self.consent);
        for line in proposed {
            for draft in self.drafts.iter_mut().filter(|draft| draft.line == *line && of_interview(draft.kind)) {
                draft.what = What::Ask;
            }
        }
        let theirs = |line: usize| self.lines.get(line).is_some_and(|line| table::is("theirs", &line.written.text));
        let held: Vec<(usize, bool)> = self.held.iter().map(|line| (*line, theirs(*line))).collect();
        for draft in &mut self.drafts {
            let Some((_, theirs)) = held.iter().find(|(line, _)| *line == draft.line) else { continue };
            if draft.kind.decision() == Some(Decision::Maybe) && *theirs {
                continue;
            }
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
        let of_booking = |draft: &Draft| matches!(draft.what, What::BookAt(_));
        while let Some(number) = self.drafts.iter().position(of_booking) {
            let Some(What::BookAt(who)) = self.drafts.get(number).map(|draft| draft.what.clone()) else {
                return;
            };
            let line = self.drafts.get(number).map_or(0, |draft| draft.line);
            let Ok((who, wish)) = self.booking(line, &who) else {
                if self.is_of_wish(line) {
                    self.drafts.remove(number);
                } else if let Some(draft) = self.drafts.get_mut(number) {
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

    /// "She loved Ana and wants to get her in": no time is known yet, the client would like to meet.
    fn is_of_wish(&self, line: usize) -> bool {
        let wanted = |draft: &Draft| draft.line == line && matches!(draft.what, What::Told(_, Decision::Interested));
        self.drafts.iter().any(wanted) && !(0..self.lines.len()).any(|number| self.has_hour(number))
    }

    /// "We need to move Ana. Thursday 4pm works for both.": the new time stands in another sentence, or it must be asked which hour is meant.
    fn new_times_told(&mut self) {
        let hours: Vec<usize> = (0..self.lines.len()).filter(|number| self.has_hour(*number)).collect();
        for number in 0..self.drafts.len() {
            let Some(draft) = self.drafts.get(number) else { continue };
            let What::Do(Wish::Move { submission, start: None }) = draft.what else { continue };
            let line = draft.line;
            let others: Vec<usize> = hours.iter().copied().filter(|at| *at > line && !self.is_negative(*at)).collect();
            let what = match others.as_slice() {
                [] => continue,
                [one] => self.new_time_of(*one, submission).map_or(What::Ask, |start| {
                    What::Do(Wish::Move {
                        submission,
                        start: Some(start),
                    })
                }),
                _ => What::Ask,
            };
            if let Some(draft) = self.drafts.get_mut(number) {
                draft.what = what;
            }
        }
    }

    fn new_time_of(&self, number: usize, submission: SubmissionId) -> Option<Timestamp> {
        let line = self.lines.get(number)?;
        let at = self.asked.candidates.iter().position(|one| one.submission == submission)?;
        let agreed = !self.drafts.iter().any(|draft| draft.line == number) && line.used;
        agreed.then(|| self.start(line, &line.tokens, at).ok()).flatten()
    }

    fn is_negative(&self, number: usize) -> bool {
        self.lines.get(number).is_some_and(|line| table::is("negative", &line.written.text))
    }

    /// Where hours in one sentence were not understood, those of another may not be all that somebody offers.
    fn half_read_times(&mut self) {
        let unread = |number: &usize| {
            let line = self.lines.get(*number);
            line.is_some_and(|line| !line.used && !table::is("negative", &line.written.text)) && self.has_hour(*number)
        };
        let asked = |number: usize| {
            let half = |draft: &Draft| draft.line == number && draft.kind == Kind::Times && draft.what == What::Ask;
            self.drafts.iter().any(half)
        };
        let half: Vec<usize> = (0..self.lines.len()).filter(|number| asked(*number)).collect();
        let all = (0..self.lines.len()).any(|number| unread(&number));
        if all || !half.is_empty() {
            for draft in self.drafts.iter_mut().filter(|draft| all || half.contains(&draft.line)) {
                if matches!(draft.what, What::Do(Wish::Times { .. }) | What::Loose(_)) {
                    draft.what = What::Ask;
                }
            }
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
            .filter(|(number, near)| (*number <= line || near.used) && near.under == of_line.under)
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
            let known = out.orders.iter().any(|order| whose(&order.wish) == Some(submission));
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
                    .any(|order| whose(&order.wish).is_some() && whose(&order.wish) == id)
        };
        let nothing = out.orders.is_empty() && out.unread.is_empty();
        let silent: Vec<usize> = (0..self.lines.len())
            .filter(|number| {
                let Some(line) = self.lines.get(*number) else { return false };
                let stranger = named(&line.mentions, &line.tokens).into_iter().any(|at| !is_served(at));
                let unclear = line.mentions.iter().any(|one| one.who == super::super::who::Who::Unclear);
                let wants = line.asks && (!line.used && table::is("wants", &line.written.text) || nothing && table::is("wants_advice", &line.written.text));
                let of_interview = !line.used && line.written.text.contains('~') && table::is("of_interview", &line.written.text);
                stranger || unclear || wants || of_interview
            })
            .collect();
        let idle = self.holds || !self.agreed && self.lines.iter().all(|line| line.used || table::is("courtesy", &line.written.text));
        let hours = self.holds && (0..self.lines.len()).any(|number| self.has_hour(number));
        if nothing && !hours && (idle || reported::is_small_talk(self)) && silent.is_empty() {
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
        if out.orders.is_empty() && out.unread.is_empty() && (!self.holds || hours) {
            let last = self.lines.last().map_or(0..0, |line| line.tokens.clone());
            let whole = 0..bytes(&self.all, &last).end;
            unread(out, self.words(&whole));
        }
    }
}

/// What cannot be told of one sentence is told by another: "Both are off. Please cancel.", "Reschedule Ana. She has time from Monday."
fn is_said_again(draft: &Draft, drafts: &[Draft]) -> bool {
    let same = |other: &Draft| other.kind == draft.kind && other.what != What::Ask;
    let sought = |other: &Draft| matches!(other.what, What::Do(Wish::Move { start: None, .. }));
    match draft.kind {
        Kind::Move | Kind::Cancel => drafts.iter().any(same),
        Kind::Times => drafts.iter().any(sought),
        Kind::Status => drafts.iter().any(|other| other.kind == Kind::Report),
        _ => false,
    }
}

fn unread(out: &mut Orders, words: Words) {
    if !words.text.is_empty() && !out.unread.contains(&words) {
        out.unread.push(words);
    }
}

/// The candidate that an order is about.
fn whose(wish: &Wish) -> Option<SubmissionId> {
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
