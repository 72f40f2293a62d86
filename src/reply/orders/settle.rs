//! What was said in several places of one mail, put together.
//!
//! In: drafts in the order of the text. Out: orders, and what is to be asked. Never here: an order that another sentence speaks against.

use super::kind::Kind;
use super::people::named;
use super::reader::{Draft, MOST, Reader, What};
use super::{Decision, Order, Orders, SubmissionId, Whom, Wish, Words, about, reported, table};

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
        self.titles();
        self.nothing_to_note();
        let noted = self.only_the_note();
        self.long_note();
        self.answers_taken_back();
        if !noted {
            self.gists();
        }
        self.swaps();
        self.handed_on();
        self.bookings();
        self.changes_told();
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
        for draft in &drafts {
            self.ordered(&mut out, draft, &drafts);
        }
        if !noted {
            self.told_otherwise(&mut out);
            self.reasons(&mut out, &drafts);
            self.left(&mut out);
        }
        self.unsure_are_proposed(&mut out, &drafts);
        out
    }

    /// Orders of a draft, or what is to be asked.
    fn ordered(&self, out: &mut Orders, draft: &Draft, drafts: &[Draft]) {
        let words = || self.words(&draft.bytes);
        match &draft.what {
            What::Do(wish) => self.order(out, draft.kind, wish.clone(), words()),
            What::Told(who, decision) => {
                for submission in who.iter().filter_map(|at| self.id(*at).ok()) {
                    let wish = Wish::Decide {
                        submission,
                        decision: *decision,
                        reasons: Vec::new(),
                    };
                    self.order(out, draft.kind, wish, words());
                }
            }
            // "She asked to move Ana. Find a new time."
            What::Ask if is_said_again(draft, drafts) && !(draft.kind == Kind::Book && self.names_somebody(draft.line)) => {}
            What::BookAt(_) | What::Loose(_) | What::Ask => unread(out, self.line_words(draft.line)),
        }
    }

    fn names_somebody(&self, line: usize) -> bool {
        self.lines.get(line).is_some_and(|line| !line.mentions.is_empty())
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

    /// "Swap the two: Ana at 10, Ben at 2": what else the mail says of hours is said of the swap.
    fn swaps(&mut self) {
        let swapped = |draft: &Draft| draft.kind == Kind::Swap && matches!(draft.what, What::Do(_));
        let lines: Vec<usize> = self.drafts.iter().filter(|one| swapped(one)).map(|one| one.line).collect();
        // "Swap Zoë and Ben. So Ben at 11 and Zoë at 3."
        let again = |line: usize| {
            let before = line.checked_sub(1).filter(|before| lines.contains(before));
            let who = |at: usize| {
                self.lines
                    .get(at)
                    .map(|line| named(&line.mentions, &line.tokens))
                    .unwrap_or_default()
            };
            before.is_some_and(|before| who(line).len() == 2 && who(line).iter().all(|one| who(before).contains(one)))
        };
        let beside = |draft: &Draft| {
            matches!(draft.kind, Kind::Times | Kind::Move | Kind::Book)
                && (lines.contains(&draft.line) || draft.what == What::Ask && again(draft.line))
        };
        self.drafts.retain(|draft| swapped(draft) || !beside(draft));
        // Nobody is said to know of it.
        let told = self.consent || lines.iter().any(|line| self.has_hour(*line));
        self.wavering.extend(lines.iter().filter(|_| !told));
    }

    /// "Ana can do Tuesday 2-4. Over to you!": it is our turn to do just that.
    fn handed_on(&mut self) {
        let text = |draft: &Draft| about::folded(self.text.get(draft.bytes.clone()).unwrap_or_default()).join(" ");
        let paused = self.drafts.iter().any(|draft| matches!(draft.what, What::Do(Wish::Pause(_))));
        let afterwards = |draft: &Draft| {
            self.lines
                .get(draft.line)
                .is_some_and(|line| table::is("afterwards", &line.written.text))
        };
        // "Nothing until Monday, after that carry on": so does every pause end.
        let of_pause = |line: usize| {
            let pauses = |draft: &Draft| draft.line == line && matches!(draft.what, What::Do(Wish::Pause(_)));
            self.drafts.iter().any(pauses)
        };
        let soft = |draft: &Draft| {
            draft.kind == Kind::Release && (table::is("soft_release", &text(draft)) || paused && afterwards(draft) || of_pause(draft.line))
        };
        let keep: Vec<bool> = self.drafts.iter().map(|draft| !soft(draft)).collect();
        if keep.contains(&true) {
            let mut keep = keep.into_iter();
            self.drafts.retain(|_| keep.next().unwrap_or(true));
        }
    }

    /// "Yes to Ana, but let me check first": nothing of that sentence is done.
    fn put_off(&mut self) {
        let of_interview = |kind: Kind| matches!(kind, Kind::Book | Kind::Move | Kind::Cancel | Kind::Swap | Kind::Withdraw);
        let proposed = self.proposed.iter().filter(|_| !self.consent);
        for line in proposed {
            for draft in self
                .drafts
                .iter_mut()
                .filter(|draft| draft.line == *line && of_interview(draft.kind))
            {
                draft.what = What::Ask;
            }
        }
        let theirs = |line: usize| self.lines.get(line).is_some_and(|line| table::is("theirs", &line.written.text));
        let held: Vec<(usize, bool)> = self.held.iter().map(|line| (*line, theirs(*line))).collect();
        for draft in &mut self.drafts {
            let Some((_, theirs)) = held.iter().find(|(line, _)| *line == draft.line) else {
                continue;
            };
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
        let is_moved = |at: &usize| self.asked.candidates.get(*at).is_some_and(|one| moved.contains(&one.submission));
        let booked: Vec<SubmissionId> = self.wishes(|wish| match wish {
            Wish::Book { submission, .. } => Some(*submission),
            _ => None,
        });
        let is_booked = |at: &usize| self.asked.candidates.get(*at).is_some_and(|one| booked.contains(&one.submission));
        let is_out = |at: &usize| self.asked.candidates.get(*at).is_some_and(|one| out.contains(&one.submission));
        let keep: Vec<bool> = self
            .drafts
            .iter()
            .map(|draft| match &draft.what {
                What::Told(who, _) if who.iter().all(is_out) => false,
                // "She would rather see Ana first, so move her to 9": they meet anyhow.
                What::Told(who, Decision::Interested) if who.iter().all(is_moved) => false,
                // "Ana on Monday at 3, Ben at 4. Petra has accepted both.": the times.
                What::Told(who, Decision::Interested) => !(who.iter().all(is_booked) && self.is_of_times(draft)),
                What::Do(Wish::CallOff(id)) => !moved.contains(id),
                _ => true,
            })
            .collect();
        let mut keep = keep.into_iter();
        self.drafts.retain(|_| keep.next().unwrap_or(true));
    }

    /// What was accepted are times.
    fn is_of_times(&self, draft: &Draft) -> bool {
        self.lines
            .get(draft.line)
            .is_some_and(|line| table::is("accepts_times", &line.written.text))
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
    fn reasons(&self, out: &mut Orders, drafts: &[Draft]) {
        for order in &mut out.orders {
            if let Wish::Decide {
                submission,
                decision: Decision::Pass,
                reasons,
            } = &mut order.wish
            {
                let at = self.asked.candidates.iter().position(|one| one.submission == *submission);
                let passed =
                    |draft: &&Draft| matches!(&draft.what, What::Told(who, Decision::Pass) if at.is_some_and(|at| who.contains(&at)));
                let line = drafts.iter().find(passed).map(|draft| draft.line);
                let line = line.or_else(|| {
                    let at = at?;
                    self.lines.iter().position(|line| named(&line.mentions, &line.tokens).contains(&at))
                });
                if let Some(line) = line {
                    *reasons = reported::reasons(self, *submission, line);
                }
            }
        }
    }
}

/// What cannot be told of one sentence is told by another: "Both are off. Please cancel.", "Reschedule Ana. She has time from Monday."
pub(super) fn is_said_again(draft: &Draft, drafts: &[Draft]) -> bool {
    let same = |other: &Draft| other.kind == draft.kind && other.what != What::Ask;
    let sought = |other: &Draft| matches!(other.what, What::Do(Wish::Move { start: None, .. }));
    match draft.kind {
        // "Scrap that, he mixed up his weeks. Undo my last mail."
        Kind::Cancel | Kind::Move if drafts.iter().any(|other| other.kind == Kind::Undo) => true,
        // "Her interview will not take place, please cancel."
        Kind::Move
            if drafts
                .iter()
                .any(|other| other.line == draft.line && matches!(other.what, What::Do(Wish::CallOff(_)))) =>
        {
            true
        }
        // "No. Stop.": a no to nobody, beside what is ordered.
        Kind::Bare(_) => drafts.iter().any(|other| matches!(other.what, What::Do(_))),
        Kind::Told(decision) => drafts
            .iter()
            .any(|other| other.line == draft.line && matches!(other.what, What::Told(_, also) if also == decision)),
        Kind::Move | Kind::Cancel | Kind::StopChase | Kind::Take | Kind::Release | Kind::Pause => drafts.iter().any(same),
        Kind::Times => drafts.iter().any(sought),
        // "… Thursday at 10 then. So go on, book it."
        Kind::Book => drafts
            .iter()
            .any(|other| matches!(other.what, What::Do(Wish::Book { .. } | Wish::Move { start: Some(_), .. }))),
        Kind::Status => drafts.iter().any(|other| other.kind == Kind::Report),
        _ => false,
    }
}

/// Asks about these words, once.
pub(super) fn unread(out: &mut Orders, words: Words) {
    if !words.text.is_empty() && !out.unread.contains(&words) {
        out.unread.push(words);
    }
}

/// The candidate that an order is about.
pub(super) fn whose(wish: &Wish) -> Option<SubmissionId> {
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
