//! Whom an order is about: by name, by what was said before, or by a pronoun.
//!
//! In: a hit and the sentences so far. Out: candidates, or the client. Never here: a guess between two who fit.

use std::ops::Range;

use super::super::gender::Gender;
use super::kind::Kind;
use super::line::{Hit, Line};
use super::people::{named, overlap, unclear};
use super::reader::{Last, Reader, What};
use super::{NotClear, SubmissionId, Whom, about, table};

impl Reader<'_> {
    /// The candidates it is about: those named in it, behind its verb, before it, or spoken of last.
    pub(super) fn who(&self, line: &Line, hit: &Hit) -> Result<Vec<usize>, NotClear> {
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        if unclear(&line.mentions, &hit.own) {
            return Err(NotClear);
        }
        let own = named(&line.mentions, &hit.own);
        if own.len() > 1 && hit.kind == Kind::Withdraw && !table::is("listed", written) {
            return Err(NotClear);
        }
        if !own.is_empty() {
            return Ok(own);
        }
        // "He has accepted in an other firm" is said of him alone.
        let of_new_times = table::is("new_times", written) || hit.kind == Kind::Withdraw && table::is("somebody", written);
        if !of_new_times && table::is("everybody", written) {
            return self.everybody(written);
        }
        let pronoun = table::is("somebody", written);
        if !pronoun {
            let behind = hit.own.end..hit.on.end;
            let behind = self.until_part(&behind);
            if unclear(&line.mentions, &behind) {
                return Err(NotClear);
            }
            let who = named(&line.mentions, &behind);
            if !who.is_empty() {
                return Ok(who);
            }
        }
        let before = hit.around.start..hit.own.start;
        if unclear(&line.mentions, &before) {
            return Err(NotClear);
        }
        let who = named(&line.mentions, &before);
        match (who.as_slice(), self.focus.as_slice(), self.of) {
            ([_], ..) => Ok(who),
            // Of several, those in one list.
            ([_, _, ..], ..) if who == self.focus => Ok(who),
            ([_, _, ..], ..) => Err(NotClear),
            // "He is out", of somebody whose name is a woman's.
            ([], [one], _) if hit.kind.decision().is_none() && self.is_said_of(line, Some(*one)) == Some(false) => Err(NotClear),
            // "Milan pulled out, Anke stays. Cancel his slot.": it must be clear whose.
            ([], [one], _) if pronoun && hit.kind.decision().is_none() && self.is_among_others(line, *one) => Err(NotClear),
            // "He called about Grace and Bea. He'd like to see her": which?
            ([], [_, _, ..], _) if table::is("one_of_them", written) => Err(NotClear),
            ([], [_, ..], _) => Ok(self.focus.clone()),
            ([], [], Some(one)) => Ok(vec![one]),
            ([], [], None) => Err(NotClear),
        }
    }

    /// The sentence that named somebody last named others too, and the pronoun does not tell.
    fn is_among_others(&self, line: &Line, one: usize) -> bool {
        let mut before = self.lines.iter().filter(|other| other.tokens.start <= line.tokens.start);
        let last = before.rfind(|other| !other.mentions.is_empty());
        let several = last.is_some_and(|last| named(&last.mentions, &last.tokens).iter().any(|other| *other != one));
        several && self.is_said_of(line, Some(one)) != Some(true)
    }

    /// Tokens up to the next mark.
    fn until_part(&self, tokens: &Range<usize>) -> Range<usize> {
        let part = |at: &usize| self.all.get(*at).is_some_and(|token| token.kind.separates());
        let end = tokens.clone().find(part).unwrap_or(tokens.end);
        tokens.start..end
    }

    /// "both", "all three", "the other two".
    pub(super) fn everybody(&self, written: &str) -> Result<Vec<usize>, NotClear> {
        let count = self.asked.candidates.len();
        let all: Vec<usize> = (0..count).collect();
        let told: Vec<usize> = self.named_so_far();
        let who: Vec<usize> = if table::is("others", written) {
            if told.is_empty() {
                return Err(NotClear);
            }
            all.into_iter().filter(|at| !told.contains(at)).collect()
        } else if table::is("two", written) && count != 2 {
            let booked = self.booked_places();
            let last = self.drafts.iter().rev().find_map(|draft| match &draft.what {
                What::Told(who, _) if who.len() == 2 => Some(who.clone()),
                _ => None,
            });
            let named = self
                .lines
                .iter()
                .rev()
                .map(|line| named(&line.mentions, &line.tokens))
                .find(|who| !who.is_empty());
            let pair = named.filter(|who| who.len() == 2);
            if told.len() == 2 { told } else { last.or(pair).unwrap_or(booked) }
        } else {
            all
        };
        let wanted = [("two", 2), ("three", 3), ("four", 4), ("five", 5)];
        let wanted = wanted.iter().find(|(name, _)| table::is(name, written)).map(|(_, number)| *number);
        match wanted {
            Some(wanted) if wanted != who.len() => Err(NotClear),
            _ if who.is_empty() => Err(NotClear),
            _ => Ok(who),
        }
    }

    /// Candidates of whom something was read before this.
    fn named_so_far(&self) -> Vec<usize> {
        let mut who: Vec<usize> = Vec::new();
        let told = self.drafts.iter().filter_map(|draft| match &draft.what {
            What::Told(who, _) => Some(who),
            _ => None,
        });
        for one in told.flatten().chain(&self.focus) {
            if !who.contains(one) {
                who.push(*one);
            }
        }
        who
    }

    pub(super) fn booked_places(&self) -> Vec<usize> {
        let booked = self.batch.map(|batch| batch.booked.as_slice()).unwrap_or_default();
        let place = |id: &SubmissionId| self.asked.candidates.iter().position(|one| one.submission == *id);
        booked.iter().filter_map(|(id, _)| place(id)).collect()
    }

    /// The same, of those who have an interview: where nobody is named, the only one.
    pub(super) fn who_booked(&self, line: &Line, hit: &Hit) -> Result<Vec<usize>, NotClear> {
        let booked = self.booked_places();
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        if !table::is("new_times", written) && table::is("everybody", written) && line.mentions.is_empty() {
            let counted = !table::is("two", written) || booked.len() == 2;
            return if booked.is_empty() || !counted { Err(NotClear) } else { Ok(booked) };
        }
        match self.who(line, hit) {
            Ok(who) if who.iter().all(|one| booked.contains(one)) => Ok(who),
            Err(NotClear) if booked.len() == 1 && line.mentions.is_empty() => Ok(booked),
            // "Her interview is off", where she who was spoken of last has none: nobody else is meant either.
            _ => Err(NotClear),
        }
    }

    /// Client or candidate, to whom mail goes: whoever is named in it, or was spoken of last.
    pub(super) fn reader_of(&self, line: &Line, hit: &Hit) -> Result<Whom, NotClear> {
        for tokens in [&hit.own, &hit.around] {
            if unclear(&line.mentions, tokens) {
                return Err(NotClear);
            }
            let client = line.written.signs("&").any(|one| overlap(&one, tokens));
            match (named(&line.mentions, tokens).as_slice(), client) {
                ([one], false) => return self.whom(*one),
                ([], true) => return Ok(Whom::Client),
                ([], false) => {}
                _ => return Err(NotClear),
            }
        }
        match (&self.last, self.of) {
            (Last::Client, _) if self.is_said_of(line, None) == Some(false) => Err(NotClear),
            (Last::Client, _) => Ok(Whom::Client),
            (Last::These(who), _) => match who.as_slice() {
                [one] => self.they(line, *one),
                _ => Err(NotClear),
            },
            (Last::Nobody, Some(of)) if self.desk.of.is_some() => self.whom(of),
            // "Please send him one more time": somebody was spoken of in a way that could not be read.
            (Last::Nobody, _)
                if self.desk.answers
                    && !(self.asked.candidates.len() > 1 && table::is("somebody", &line.written.text) && hit.kind == Kind::Resend) =>
            {
                Ok(Whom::Client)
            }
            (Last::Nobody, _) => Err(NotClear),
        }
    }

    /// Whose times they are; `Ok(None)`: nobody's that could be told.
    pub(super) fn whose(&self, line: &Line, hit: &Hit) -> Result<Option<Whom>, NotClear> {
        if unclear(&line.mentions, &hit.around) {
            return Err(NotClear);
        }
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        // "She is free for Petra on Tuesday": Petra is not who can.
        let client = line.written.signs("&").any(|one| overlap(&one, &hit.own)) && !table::is("with_client", written);
        match (named(&line.mentions, &hit.own).as_slice(), client) {
            // "He has time for Ana on Thursday": not Ana's time.
            ([_], false) if table::is("with_candidate", written) => return self.sees_them(line),
            ([one], false) => return self.whom(*one).map(Some),
            ([], true) => return Ok(Some(Whom::Client)),
            ([_], true) if table::is("client_sees", written) => return Ok(Some(Whom::Client)),
            ([], false) => {
                if let Some(by) = self.by_gender(line, hit) {
                    return by.map(Some);
                }
            }
            _ => return Err(NotClear),
        }
        Ok(match (&self.last, self.of) {
            (Last::Client, Some(of)) if self.desk.of.is_some() && table::is("of_candidate", &line.written.text) => Some(self.whom(of)?),
            (Last::Client, _) if self.is_said_of(line, None) == Some(false) => match (self.of, self.desk.of) {
                (Some(of), Some(_)) if self.is_said_of(line, Some(of)) != Some(false) => Some(self.whom(of)?),
                _ => return Err(NotClear),
            },
            (Last::Client, _) => Some(Whom::Client),
            (Last::These(who), _) => match who.as_slice() {
                [one] => Some(self.they(line, *one)?),
                _ => None,
            },
            (Last::Nobody, Some(of)) if self.desk.of.is_some() => Some(self.whom(of)?),
            (Last::Nobody, _) => None,
        })
    }

    /// Whoever has time for a candidate is the client, where the mail tells of the client.
    fn sees_them(&self, line: &Line) -> Result<Option<Whom>, NotClear> {
        let told = self.drafts.iter().any(|draft| draft.kind.decision().is_some());
        let client = self.lines.iter().any(|line| line.written.signs("&").next().is_some());
        let fits = self.is_said_of(line, None) != Some(false);
        (fits && (told || client)).then_some(Some(Whom::Client)).ok_or(NotClear)
    }

    /// "Marc wants to see Chloé, and he can do Thursday": of the client and the one candidate named before it, whom the pronoun fits; `None`
    /// where the names do not tell.
    fn by_gender(&self, line: &Line, hit: &Hit) -> Option<Result<Whom, NotClear>> {
        let before = line.tokens.start..hit.own.start;
        let said = self
            .all
            .get(hit.own.clone())?
            .iter()
            .find_map(|token| Gender::of_pronoun(&token.fold))?;
        let who = named(&line.mentions, &before);
        let [one] = who.as_slice() else { return None };
        let of = |name: &str| about::folded(name).first().and_then(|first| Gender::of_name(first));
        let contact = of(&self.batch?.contact);
        let candidate = of(&self.asked.candidates.get(*one)?.name)?;
        let client = line.written.signs("&").any(|one| overlap(&one, &before));
        match (candidate == said, contact.map(|contact| contact == said)) {
            (true, Some(true) | None) if client => None,
            (true, _) => Some(self.whom(*one)),
            (false, Some(true)) => Some(Ok(Whom::Client)),
            (false, _) => Some(Err(NotClear)),
        }
    }

    /// "She" of a sentence that names nobody: the candidate spoken of last, or the client where the names leave no doubt.
    fn they(&self, line: &Line, one: usize) -> Result<Whom, NotClear> {
        let candidate = self.is_said_of(line, Some(one));
        let client = self.is_said_of(line, None);
        match (candidate, client) {
            (Some(true), Some(false)) => self.whom(one),
            (Some(false), Some(true)) => Ok(Whom::Client),
            // "She can talk with him on Tuesday": he is the candidate, and she meets him.
            (Some(false), None) if table::is("meets_them", &line.written.text) => Ok(Whom::Client),
            (Some(false), _) => Err(NotClear),
            _ if self.is_only_they(line) => self.whom(one),
            _ => Err(NotClear),
        }
    }

    /// Whether the pronouns of a sentence that names nobody can mean a candidate, or the contact; `None` where the name does not tell.
    fn is_said_of(&self, line: &Line, one: Option<usize>) -> Option<bool> {
        let name = match one {
            Some(one) => self.asked.candidates.get(one).map(|one| one.name.as_str()),
            None => self.batch.map(|batch| batch.contact.as_str()),
        };
        let first = about::folded(name?).into_iter().next()?;
        let gender = Gender::of_name(&first)?;
        let named = !line.mentions.is_empty() || line.written.signs("&").next().is_some();
        let tokens = self.all.get(line.tokens.clone()).filter(|_| !named)?;
        let said = tokens.iter().find_map(|token| Gender::of_pronoun(&token.fold))?;
        Some(said == gender)
    }

    /// "She": the candidate who was named last, unless it could be the client, of whom the mail tells as well.
    fn is_only_they(&self, line: &Line) -> bool {
        let told = self.drafts.iter().any(|draft| draft.kind.decision().is_some());
        let client = || self.lines.iter().any(|line| line.written.signs("&").next().is_some());
        let here = !line.mentions.is_empty() && line.written.signs("&").next().is_none() && !told;
        here || line.under.is_some() || self.desk.of.is_some() || !told && !client()
    }
}
