//! Completes what a pattern found: whom it is about, and what it takes besides.
//!
//! In: a hit and the sentence around it. Out: what is wanted. Never here: a guess; what could be meant in two ways is not clear.

use std::ops::Range;

use super::kind::Kind;
use super::line::{Hit, Line};
use super::people::{bytes, named, unclear};
use super::reader::{Draft, Last, Reader, What};
use super::{Address, Decision, NotClear, SubmissionId, Whom, Wish, about, sentence, table};

/// So many words are no note.
const FEW: usize = 3;
/// So many words say something besides pointing.
const SHORT: usize = 8;

impl Reader<'_> {
    pub(super) fn complete(&self, number: usize, hit: &Hit) -> Result<Vec<What>, NotClear> {
        let line = self.lines.get(number).ok_or(NotClear)?;
        let wish = |wish: Wish| Ok(vec![What::Do(wish)]);
        match hit.kind {
            Kind::Take => wish(Wish::Take),
            Kind::Release => wish(Wish::Release),
            Kind::StopChase => wish(Wish::StopChase),
            Kind::Status => wish(Wish::Status),
            Kind::Timeline => wish(Wish::Timeline),
            Kind::Help => wish(Wish::Help),
            Kind::Undo => wish(Wish::Undo),
            Kind::Report => wish(self.report(line, hit)?),
            Kind::Note => wish(self.noted(line, hit)?),
            Kind::Pause => wish(Wish::Pause(self.day(line, hit)?)),
            Kind::Address => wish(self.readdress(line, hit)?),
            Kind::Resend => wish(Wish::Resend(self.reader_of(line, hit)?)),
            Kind::Withdraw => self.each(&self.who(line, hit)?, Wish::Withdraw),
            Kind::Cancel => self.each(&self.who_booked(line, hit)?, Wish::CallOff),
            Kind::Move => self.moving(line, hit),
            Kind::Swap => self.swapped(line, hit),
            Kind::Book => self.book(line, hit),
            Kind::Times => self.availability(line, hit),
            Kind::Told(decision) => self.told(line, hit, decision),
            Kind::Bare(decision) => self.bare(line, decision),
            Kind::Agreed | Kind::Silent | Kind::Hold | Kind::Request | Kind::Correct | Kind::Unsure | Kind::Void => Ok(Vec::new()),
        }
    }

    fn each(&self, who: &[usize], wish: fn(SubmissionId) -> Wish) -> Result<Vec<What>, NotClear> {
        let ids = who.iter().map(|at| self.id(*at));
        ids.map(|id| id.map(|id| What::Do(wish(id)))).collect()
    }

    fn report(&self, line: &Line, hit: &Hit) -> Result<Wish, NotClear> {
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        let here = self.project(&hit.on).or_else(|| self.project(&line.tokens));
        // "How are we doing on the planner search? Figures please."
        let project = here.or_else(|| self.project(&(0..self.all.len())).filter(|_| !self.desk.answers));
        let of_some = [" for ", " on ", " of "].iter().any(|word| written.contains(word)) && !table::is("all_projects", written);
        if project.is_none() && of_some {
            Err(NotClear)
        } else {
            Ok(Wish::Report(project))
        }
    }

    fn noted(&self, line: &Line, hit: &Hit) -> Result<Wish, NotClear> {
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        let says_little = |one: &Line| one.written.text.split(' ').count() < FEW || table::is("forwarded", &one.written.text);
        // "FYI, her answer:" above what was quoted; "please log" below it.
        if table::is("note_alone", &line.written.text)
            || table::is("points_at", &line.written.text) && line.written.text.split(' ').count() < SHORT
        {
            return Err(NotClear);
        }
        // "FYI" above something forwarded: what is to be noted stands in no words of theirs.
        if table::is("note_mark", written) && self.lines.iter().all(says_little) {
            return Err(NotClear);
        }
        Ok(Wish::Note(self.note(line, hit)))
    }

    fn readdress(&self, line: &Line, hit: &Hit) -> Result<Wish, NotClear> {
        let mut links = hit.around.clone().filter_map(|at| sentence::address(self.text, self.all.get(at)?));
        let address = links.next().ok_or(NotClear)?;
        if links.any(|other| other != address) {
            return Err(NotClear);
        }
        // "Should be darlene.pruitt@…": it names its owner.
        let changed = self.lines.iter().any(|line| table::is("address_changed", &line.written.text));
        if let Some(who) = self
            .spelled_by(&address)
            .or_else(|| self.family_in(&address).filter(|_| changed && line.written.text == "<mail>"))
            .filter(|_| line.mentions.is_empty() && (changed || table::is("new_address", &line.written.text)))
        {
            return Ok(Wish::Readdress { who, address });
        }
        // An address with nobody beside it may stand in a signature.
        let named = !line.mentions.is_empty() || line.written.signs("&").next().is_some();
        if !named && (self.last == Last::Nobody && self.desk.of.is_none() || !table::is("new_address", &line.written.text)) {
            return Err(NotClear);
        }
        let who = self.reader_of(line, hit)?;
        Ok(Wish::Readdress { who, address })
    }

    /// The one person of the batch whose first and last name an address holds.
    fn spelled_by(&self, address: &Address) -> Option<Whom> {
        let local = address.as_str().split('@').next()?.to_lowercase();
        let holds = |name: &str| {
            let words = about::folded(name);
            words.len() > 1
                && words
                    .first()
                    .into_iter()
                    .chain(words.last())
                    .all(|word| local.contains(word.as_str()))
        };
        let client = self.batch.filter(|batch| holds(&batch.contact)).map(|_| Whom::Client);
        let candidates = self
            .asked
            .candidates
            .iter()
            .filter(|one| holds(&one.name))
            .map(|one| Whom::Candidate(one.submission));
        let mut all = client.into_iter().chain(candidates);
        all.next().filter(|_| all.next().is_none())
    }

    /// The one person of the batch whose last name an address holds.
    fn family_in(&self, address: &Address) -> Option<Whom> {
        const LONG: usize = 4;
        let local = address.as_str().split('@').next()?.to_lowercase();
        let holds = |name: &str| {
            about::folded(name)
                .last()
                .is_some_and(|last| last.len() > LONG && local.contains(last.as_str()))
        };
        let client = self.batch.filter(|batch| holds(&batch.contact)).map(|_| Whom::Client);
        let candidates = self.asked.candidates.iter().filter(|one| holds(&one.name));
        let mut all = client.into_iter().chain(candidates.map(|one| Whom::Candidate(one.submission)));
        all.next().filter(|_| all.next().is_none())
    }

    fn moving(&self, line: &Line, hit: &Hit) -> Result<Vec<What>, NotClear> {
        // "Ana's interview can't go ahead", "please change": what is to become of it stands elsewhere, or is asked.
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        let done = |draft: &Draft| matches!(&draft.what, What::Do(wish) if !matches!(wish, Wish::Times { .. }));
        if table::is("bare_change", written) && self.drafts.iter().any(done) {
            // "She has a new address: …. Please change it."
            return Ok(Vec::new());
        }
        if table::is("not_held", written) || table::is("bare_change", written) {
            return Err(NotClear);
        }
        let who = self.who_booked(line, hit)?;
        let [at] = who.as_slice() else {
            // New times can be found for several; one time cannot be that of several.
            return match self.new_start(line, hit, *who.first().ok_or(NotClear)?)? {
                None => self.each(&who, |submission| Wish::Move { submission, start: None }),
                Some(_) => Err(NotClear),
            };
        };
        let start = self.new_start(line, hit, *at)?;
        // "Move Ada to Piotr's slot": somebody else's time is no new one.
        if start.is_none() && named(&line.mentions, &hit.on).iter().any(|one| one != at) {
            return Err(NotClear);
        }
        let submission = self.id(*at)?;
        Ok(vec![What::Do(Wish::Move { submission, start })])
    }

    fn told(&self, line: &Line, hit: &Hit, decision: Decision) -> Result<Vec<What>, NotClear> {
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        let mut who = self.who(line, hit)?;
        let of_everybody = table::is("everybody", written) && !written.contains('@');
        let but = table::is("except", &line.written.text);
        if of_everybody && !table::is("others", written) && !line.mentions.is_empty() && !but {
            // "Lukewarm on all three but would see Zara".
            return Err(NotClear);
        }
        if but && who.len() + 1 >= self.asked.candidates.len() {
            let but = named(&line.mentions, &line.tokens);
            who.retain(|one| !but.contains(one));
        }
        // "She would love to meet them": one candidate is not they; she is the candidate.
        let turned = who.len() == 1 && table::is("plural", written) && !table::is("everybody", written) && !written.contains('@');
        if turned {
            Err(NotClear)
        } else {
            Ok(vec![What::Told(who, decision)])
        }
    }

    fn bare(&self, line: &Line, decision: Decision) -> Result<Vec<What>, NotClear> {
        let of_client = self.lines.iter().any(|line| line.written.signs("&").next().is_some());
        let who = match (self.of, line.under, self.focus.as_slice()) {
            // "Yes" to a letter that asked one candidate for times says nothing of the client.
            (Some(_), None, _) if self.desk.of.is_some() && !of_client => return Err(NotClear),
            (_, _, [one]) => *one,
            (Some(one), _, []) => one,
            _ => return Err(NotClear),
        };
        Ok(vec![What::Told(vec![who], decision)])
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
        // "Book Kofi and Ingrid from 10 on": one hour is not that of two.
        let first = line.written.signs("~").map(|one| one.start).find(|start| *start >= hit.own.start);
        if named(&line.mentions, &(hit.own.start..first.unwrap_or(hit.own.end))).len() > 1 {
            return Err(NotClear);
        }
        let start = self.start(line, &hit.around, *at)?;
        Ok(vec![What::Do(self.booked_at(self.id(*at)?, start))])
    }

    pub(super) fn id(&self, at: usize) -> Result<SubmissionId, NotClear> {
        self.asked.candidates.get(at).map(|one| one.submission).ok_or(NotClear)
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
