//! Times of interviews that stand in another sentence than the order.
//!
//! In: drafts in the order of the text. Out: drafts with their times. Never here: an hour that could be another one's.

use super::kind::Kind;
use super::people::named;
use super::reader::{Draft, Reader, What};
use super::{Decision, NotClear, SubmissionId, Timestamp, Whom, Wish, about, table};

impl Reader<'_> {
    /// "Friday at 2:30 suits Rory. Lash it in": a booking takes its time from another sentence.
    pub(super) fn bookings(&mut self) {
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
                // "She wants him Monday at 8. Put it in."
                What::Ask => !matches!(draft.kind, Kind::Times | Kind::Told(Decision::Interested)),
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
    pub(super) fn new_times_told(&mut self) {
        let says_when = |number: &usize| self.has_hour(*number) || self.same_hour(*number).is_some();
        let hours: Vec<usize> = (0..self.lines.len()).filter(says_when).collect();
        for number in 0..self.drafts.len() {
            let Some(draft) = self.drafts.get(number) else { continue };
            let What::Do(Wish::Move { submission, start: None }) = draft.what else {
                continue;
            };
            let line = draft.line;
            let others: Vec<usize> = hours.iter().copied().filter(|at| *at > line && !self.is_negative(*at)).collect();
            let what = match others.as_slice() {
                [] => match self.moment_before(line) {
                    Some(before) => {
                        let start = self.new_time_agreed(before, submission);
                        let told = |draft: &Draft| draft.line == before && draft.kind == Kind::Times;
                        self.drafts
                            .iter_mut()
                            .filter(|draft| told(draft))
                            .for_each(|draft| draft.what = What::Ask);
                        self.drafts.retain(|draft| start.is_none() || !told(draft));
                        return self.move_at(submission, start);
                    }
                    None => continue,
                },
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

    /// "She would prefer Thursday 10:00 and he is fine with it, please change.": the moment is the new time.
    pub(super) fn changes_told(&mut self) {
        for number in 0..self.drafts.len() {
            let Some(draft) = self
                .drafts
                .get(number)
                .filter(|draft| draft.kind == Kind::Move && draft.what == What::Ask)
            else {
                continue;
            };
            let line = draft.line;
            let told = self
                .drafts
                .iter()
                .position(|other| other.line == line && self.moment_of(other).is_some());
            let Some((at, wish)) = told.and_then(|at| Some((at, self.drafts.get(at).and_then(|other| self.moment_of(other))?))) else {
                continue;
            };
            if let Some(draft) = self.drafts.get_mut(number) {
                draft.what = What::Do(wish);
            }
            self.drafts.remove(at);
            return;
        }
    }

    /// The move that one moment offered by a candidate who is booked stands for.
    fn moment_of(&self, draft: &Draft) -> Option<Wish> {
        let What::Do(Wish::Times {
            by: Whom::Candidate(id),
            open,
        }) = &draft.what
        else {
            return None;
        };
        let (start, _) = open.iter().next().filter(|_| self.is_moment(open))?;
        let moved = self.slot(*id).is_some_and(|slot| slot.start != start);
        moved.then_some(Wish::Move {
            submission: *id,
            start: Some(start),
        })
    }

    fn new_time_of(&self, number: usize, submission: SubmissionId) -> Option<Timestamp> {
        let line = self.lines.get(number)?;
        let at = self.asked.candidates.iter().position(|one| one.submission == submission)?;
        let agreed = !self.drafts.iter().any(|draft| draft.line == number) && line.used;
        let same = || {
            self.at_same_hour(
                self.same_hour(number)?,
                self.slot(submission)?.start,
                self.zone_of(self.whom(at).ok()?),
            )
        };
        agreed.then(|| same().or_else(|| self.start(line, &line.tokens, at).ok())).flatten()
    }

    /// "Same time on Monday", as it was written.
    fn same_hour(&self, number: usize) -> Option<&str> {
        let line = self.lines.get(number)?;
        let stretches = self.stretches(line, &line.tokens);
        let [one] = stretches.as_slice() else { return None };
        table::is("same_time", &about::folded(one).join(" ")).then_some(*one)
    }

    /// "Fiona can also Monday at 16:00 and so can he. Will you move it?": the sentence before the order offers one moment.
    fn moment_before(&self, line: usize) -> Option<usize> {
        let mut offers = self.drafts.iter().filter(|draft| draft.line < line && draft.kind == Kind::Times);
        let one = offers.next().filter(|_| offers.next().is_none())?;
        let moment = matches!(&one.what, What::Do(Wish::Times { open, .. }) | What::Loose(open) if self.is_moment(open));
        moment.then_some(one.line)
    }

    /// The moment offered in this sentence, where it says that it suits the other side too.
    fn new_time_agreed(&self, number: usize, submission: SubmissionId) -> Option<Timestamp> {
        let line = self.lines.get(number)?;
        let at = self.asked.candidates.iter().position(|one| one.submission == submission)?;
        let agreed = table::is("both_agree", &line.written.text);
        agreed.then(|| self.start(line, &line.tokens, at).ok()).flatten()
    }

    /// The interview is moved to then, or it is asked.
    fn move_at(&mut self, submission: SubmissionId, start: Option<Timestamp>) {
        let of_them = |draft: &&mut Draft| matches!(draft.what, What::Do(Wish::Move { submission: id, start: None }) if id == submission);
        for draft in self.drafts.iter_mut().filter(of_them) {
            draft.what = start.map_or(What::Ask, |at| {
                What::Do(Wish::Move {
                    submission,
                    start: Some(at),
                })
            });
        }
    }

    fn is_negative(&self, number: usize) -> bool {
        self.lines.get(number).is_some_and(|line| table::is("negative", &line.written.text))
    }

    /// Where hours in one sentence were not understood, those of another may not be all that somebody offers.
    pub(super) fn half_read_times(&mut self) {
        let day_of_next = |number: &usize| {
            let line = self.lines.get(*number)?;
            let stretches = self.stretches(line, &line.tokens);
            let [day] = stretches.as_slice() else { return None };
            let alone = table::is("date_alone", &about::folded(day).join(" "));
            let offers = |draft: &Draft| draft.line == number + 1 && matches!(draft.what, What::Do(Wish::Times { .. }));
            Some(alone && self.drafts.iter().any(offers))
        };
        let unread = |number: &usize| {
            let line = self.lines.get(*number).filter(|_| day_of_next(number) != Some(true));
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
            // "Wednesday at 10 works for her. Stick it in.": the letter was about one, or there is only one.
            ([], []) => self.of.ok_or(NotClear)?,
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
}
