//! Completes what a pattern found: whom it is about, and what it takes besides.
//!
//! In: a hit and the sentence around it. Out: what is wanted. Never here: a guess; what could be meant in two ways is not clear.

use std::ops::Range;

use super::kind::Kind;
use super::line::{Hit, Line};
use super::people::{bytes, named, unclear};
use super::reader::{Last, Reader, What};
use super::{NotClear, SubmissionId, Whom, Wish, about, sentence, table};

impl Reader<'_> {
    pub(super) fn complete(&self, number: usize, hit: &Hit) -> Result<Vec<What>, NotClear> {
        let line = self.lines.get(number).ok_or(NotClear)?;
        let wish = |wish: Wish| Ok(vec![What::Do(wish)]);
        let each = |who: Vec<usize>, wish: fn(SubmissionId) -> Wish| -> Result<Vec<What>, NotClear> {
            let ids = who.iter().map(|at| self.id(*at));
            ids.map(|id| id.map(|id| What::Do(wish(id)))).collect()
        };
        match hit.kind {
            Kind::Take => wish(Wish::Take),
            Kind::Release => wish(Wish::Release),
            Kind::StopChase => wish(Wish::StopChase),
            Kind::Status => wish(Wish::Status),
            Kind::Timeline => wish(Wish::Timeline),
            Kind::Help => wish(Wish::Help),
            Kind::Undo => wish(Wish::Undo),
            Kind::Report => {
                let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
                let project = self.project(&line.tokens);
                let of_some = [" for ", " on ", " of "].iter().any(|word| written.contains(word)) && !table::is("all_projects", written);
                if project.is_none() && of_some {
                    return Err(NotClear);
                }
                wish(Wish::Report(project))
            }
            Kind::Note => wish(Wish::Note(self.note(line, hit))),
            Kind::Pause => wish(Wish::Pause(self.day(line, hit)?)),
            Kind::Address => {
                let mut links = hit.around.clone().filter_map(|at| sentence::address(self.text, self.all.get(at)?));
                let address = links.next().ok_or(NotClear)?;
                if links.any(|other| other != address) {
                    return Err(NotClear);
                }
                // An address with nobody beside it may stand in a signature.
                let named = !line.mentions.is_empty() || line.written.signs("&").next().is_some();
                if !named && (self.last == Last::Nobody && self.desk.of.is_none() || !table::is("new_address", &line.written.text)) {
                    return Err(NotClear);
                }
                wish(Wish::Readdress {
                    who: self.reader_of(line, hit)?,
                    address,
                })
            }
            Kind::Resend => wish(Wish::Resend(self.reader_of(line, hit)?)),
            Kind::Withdraw => each(self.who(line, hit)?, Wish::Withdraw),
            Kind::Cancel => each(self.who_booked(line, hit)?, Wish::CallOff),
            Kind::Move => {
                let who = self.who_booked(line, hit)?;
                let [at] = who.as_slice() else {
                    // New times can be found for several; one time cannot be that of several.
                    return if self.new_start(line, hit, *who.first().ok_or(NotClear)?)?.is_none() {
                        each(who, |submission| Wish::Move { submission, start: None })
                    } else {
                        Err(NotClear)
                    };
                };
                let start = self.new_start(line, hit, *at)?;
                // "Move Ada to Piotr's slot": somebody else's time is no new one.
                let others = named(&line.mentions, &hit.on).iter().any(|one| one != at);
                if start.is_none() && others {
                    return Err(NotClear);
                }
                wish(Wish::Move {
                    submission: self.id(*at)?,
                    start,
                })
            }
            Kind::Book => self.book(line, hit),
            Kind::Times => self.availability(line, hit),
            Kind::Told(decision) => {
                let who = self.who(line, hit)?;
                let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
                // "She would love to meet them": one candidate is not they; she is the candidate.
                let turned = who.len() == 1 && table::is("plural", written) && !table::is("everybody", written) && !written.contains('@');
                if turned {
                    Err(NotClear)
                } else {
                    Ok(vec![What::Told(who, decision)])
                }
            }
            Kind::Bare(decision) => match (self.of, line.under, self.focus.as_slice()) {
                // "Yes" to a letter that asked one candidate for times says nothing of the client.
                (Some(_), None, _) if self.desk.of.is_some() => Err(NotClear),
                (_, _, [one]) => Ok(vec![What::Told(vec![*one], decision)]),
                (Some(one), _, []) => Ok(vec![What::Told(vec![one], decision)]),
                _ => Err(NotClear),
            },
            Kind::Agreed | Kind::Silent | Kind::Hold | Kind::Request | Kind::Correct | Kind::Unsure | Kind::Void => Ok(Vec::new()),
        }
    }

    fn book(&self, line: &Line, hit: &Hit) -> Result<Vec<What>, NotClear> {
        let who = self.who(line, hit);
        if !line.written.signs("~").any(|time| super::people::overlap(&time, &hit.around)) {
            let who = match who {
                Ok(who) => who,
                Err(NotClear) if unclear(&line.mentions, &hit.around) => return Err(NotClear),
                Err(NotClear) => Vec::new(),
            };
            return Ok(vec![What::BookAt(who)]);
        }
        let who = who?;
        let [at] = who.as_slice() else { return Err(NotClear) };
        let start = self.start(line, &hit.around, *at)?;
        Ok(vec![What::Do(self.booked_at(self.id(*at)?, start))])
    }

    pub(super) fn id(&self, at: usize) -> Result<SubmissionId, NotClear> {
        self.asked.candidates.get(at).map(|one| one.submission).ok_or(NotClear)
    }

    /// The candidates it is about: those named in it, behind its verb, before it, or spoken of last.
    pub(super) fn who(&self, line: &Line, hit: &Hit) -> Result<Vec<usize>, NotClear> {
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        if unclear(&line.mentions, &hit.own) {
            return Err(NotClear);
        }
        let own = named(&line.mentions, &hit.own);
        if !own.is_empty() {
            return Ok(own);
        }
        let of_new_times = table::is("new_times", written);
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
            ([], [_, ..], _) => Ok(self.focus.clone()),
            ([], [], Some(one)) => Ok(vec![one]),
            ([], [], None) => Err(NotClear),
        }
    }

    /// Tokens up to the next mark.
    fn until_part(&self, tokens: &Range<usize>) -> Range<usize> {
        let part = |at: &usize| self.all.get(*at).is_some_and(|token| token.kind.separates());
        let end = tokens.clone().find(part).unwrap_or(tokens.end);
        tokens.start..end
    }

    /// "both", "all three", "the other two".
    fn everybody(&self, written: &str) -> Result<Vec<usize>, NotClear> {
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
            if told.len() == 2 { told } else { booked }
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

    fn booked_places(&self) -> Vec<usize> {
        let booked = self.batch.map(|batch| batch.booked.as_slice()).unwrap_or_default();
        let place = |id: &SubmissionId| self.asked.candidates.iter().position(|one| one.submission == *id);
        booked.iter().filter_map(|(id, _)| place(id)).collect()
    }

    /// The same, of those who have an interview: where nobody is named, the only one.
    fn who_booked(&self, line: &Line, hit: &Hit) -> Result<Vec<usize>, NotClear> {
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
    fn reader_of(&self, line: &Line, hit: &Hit) -> Result<Whom, NotClear> {
        for tokens in [&hit.own, &hit.around] {
            if unclear(&line.mentions, tokens) {
                return Err(NotClear);
            }
            let client = line.written.signs("&").any(|one| super::people::overlap(&one, tokens));
            match (named(&line.mentions, tokens).as_slice(), client) {
                ([one], false) => return self.whom(*one),
                ([], true) => return Ok(Whom::Client),
                ([], false) => {}
                _ => return Err(NotClear),
            }
        }
        match (&self.last, self.of) {
            (Last::Client, _) => Ok(Whom::Client),
            (Last::These(who), _) => match who.as_slice() {
                [one] if self.is_only_they(line) => self.whom(*one),
                _ => Err(NotClear),
            },
            (Last::Nobody, Some(of)) if self.desk.of.is_some() => self.whom(of),
            (Last::Nobody, _) if self.desk.answers => Ok(Whom::Client),
            (Last::Nobody, _) => Err(NotClear),
        }
    }

    /// Whose times they are; `Ok(None)`: nobody's that could be told.
    pub(super) fn whose(&self, line: &Line, hit: &Hit) -> Result<Option<Whom>, NotClear> {
        if unclear(&line.mentions, &hit.around) {
            return Err(NotClear);
        }
        let client = line.written.signs("&").any(|one| super::people::overlap(&one, &hit.own));
        match (named(&line.mentions, &hit.own).as_slice(), client) {
            ([one], false) => return self.whom(*one).map(Some),
            ([], true) => return Ok(Some(Whom::Client)),
            ([], false) => {}
            _ => return Err(NotClear),
        }
        Ok(match (&self.last, self.of) {
            (Last::Client, Some(of)) if self.desk.of.is_some() && table::is("of_candidate", &line.written.text) => Some(self.whom(of)?),
            (Last::Client, _) => Some(Whom::Client),
            (Last::These(who), _) => match who.as_slice() {
                [one] if self.is_only_they(line) => Some(self.whom(*one)?),
                [_] => return Err(NotClear),
                _ => None,
            },
            (Last::Nobody, Some(of)) if self.desk.of.is_some() => Some(self.whom(of)?),
            (Last::Nobody, _) => None,
        })
    }

    /// "She": the candidate who was named last, unless it could be the client, of whom the mail tells as well.
    fn is_only_they(&self, line: &Line) -> bool {
        let told = self.drafts.iter().any(|draft| draft.kind.decision().is_some());
        let client = || self.lines.iter().any(|line| line.written.signs("&").next().is_some());
        let here = !line.mentions.is_empty() && line.written.signs("&").next().is_none() && !told;
        here || line.under.is_some() || self.desk.of.is_some() || !told && !client()
    }

    /// The role or client that figures are wanted of.
    fn project(&self, tokens: &Range<usize>) -> Option<String> {
        let text = self.text.get(bytes(&self.all, tokens)).unwrap_or_default();
        let words = about::folded(text);
        let begins = |name: &str| {
            about::folded(name)
                .first()
                .is_some_and(|first| first.len() > 3 && words.contains(first))
        };
        let batches = &self.desk.batches;
        let by_role = batches
            .iter()
            .find(|one| about::holds(&words, &one.role) || words.contains(&one.reference.to_lowercase()))
            .map(|one| one.role.clone());
        let by_client = || {
            let one = batches.iter().find(|one| about::holds(&words, &one.client));
            one.or_else(|| batches.iter().find(|one| begins(&one.client)))
                .map(|one| one.client.clone())
        };
        by_role.or_else(by_client)
    }

    /// What stands behind "Note:"; all of the text where the mark stands behind it.
    fn note(&self, line: &Line, hit: &Hit) -> String {
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        if table::is("note_mark", written) {
            return self.text.trim().to_owned();
        }
        let sentence = self.text.get(bytes(&self.all, &hit.on)).unwrap_or_default();
        let head = sentence
            .char_indices()
            .take(40)
            .find(|(_, c)| matches!(c, ':' | '-' | '–' | ','))
            .map_or(0, |(at, c)| at + c.len_utf8());
        sentence.get(head..).unwrap_or_default().trim().to_owned()
    }
}
