//! Goes through the sentences in order and makes drafts of what they order and tell.
//!
//! In: the text, the batch it is about, and where answers were typed into a quote. Out: drafts, completed by whoever was spoken of last; `settle`
//! makes orders of them. Never here: what follows from two sentences together.

use std::ops::Range;

use super::super::sentences::{Token, tokens};
use super::judge::Judged;
use super::kind::Kind;
use super::line::{Hit, Line, lines};
use super::people::{self, bytes};
use super::{Asked, Decision, Desk, NotClear, OnDesk, Orders, Spans, Whom, Wish, Words, about, table};

/// Nobody orders more in one mail; where somebody does, a person must look.
pub(super) const MOST: usize = 40;

/// What was read, before it is settled.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Do(Wish),
    Told(Vec<usize>, Decision),
    /// An interview to be booked at a time that stands elsewhere.
    BookAt(Vec<usize>),
    /// A time of nobody.
    Loose(Spans),
    /// Something that cannot be told.
    Ask,
}

#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) what: What,
    pub(super) line: usize,
    pub(super) bytes: Range<usize>,
    /// The recruiter took it back in the same breath.
    pub(super) retracted: bool,
    /// It says more than its words do: that somebody is liked, or lacks something.
    pub(super) indirect: bool,
}

/// Whom the text spoke of last.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Last {
    Nobody,
    Client,
    These(Vec<usize>),
}

pub(super) struct Reader<'a> {
    /// As written; every byte of `text` stands in its place.
    pub(super) shown: &'a str,
    /// As it is read.
    pub(super) text: &'a str,
    /// Bytes of the subject before the body.
    pub(super) head: usize,
    pub(super) desk: &'a Desk,
    pub(super) batch: Option<&'a OnDesk>,
    pub(super) asked: &'a Asked,
    pub(super) all: Vec<Token<'a>>,
    pub(super) lines: Vec<Line>,
    pub(super) drafts: Vec<Draft>,
    pub(super) last: Last,
    /// The candidates spoken of last.
    pub(super) focus: Vec<usize>,
    /// The candidate that the letter was about, or the only one there is.
    pub(super) of: Option<usize>,
    /// Candidates who were named where nothing follows from it.
    pub(super) served: Vec<usize>,
    /// Nothing is to be done yet.
    pub(super) holds: bool,
    /// It is these candidates for whom nothing is to be done yet; nobody in particular where it is not said.
    pub(super) holds_for: Vec<Option<usize>>,
    /// The sentence in which somebody is left open.
    pub(super) unsure: Option<usize>,
    /// Sentences in which nothing is to be done yet.
    pub(super) put_off_lines: Vec<usize>,
    /// Those of them that are about nobody in particular.
    pub(super) held: Vec<usize>,
    /// The order read last: its sentence, and where its words end.
    pub(super) done: Option<(usize, usize)>,
    /// Sentences that ask whether something can be done.
    pub(super) proposed: Vec<usize>,
    /// Somebody agrees to something, and nothing says to what.
    pub(super) agreed: bool,
    /// Somebody is told to agree.
    pub(super) consent: bool,
    /// Sentences whose orders are put to the recruiter first.
    pub(super) wavering: Vec<usize>,
    /// Something is to stay as it is.
    pub(super) leaves: bool,
    /// Nothing holds at all.
    pub(super) void: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        (shown, text, head): (&'a str, &'a str, usize),
        desk: &'a Desk,
        batch: Option<&'a OnDesk>,
        asked: &'a Asked,
        places: Vec<(usize, Option<usize>)>,
    ) -> Self {
        let of = desk.of.filter(|_| desk.answers);
        let of = of.and_then(|of| asked.candidates.iter().position(|one| one.submission == of));
        let all = tokens(text);
        let lines = lines(text, desk, batch, asked, &all, &places);
        Self {
            shown,
            text,
            head,
            desk,
            batch,
            asked,
            all,
            lines,
            drafts: Vec::new(),
            last: Last::Nobody,
            focus: of.into_iter().collect(),
            of: of.or_else(|| (asked.candidates.len() == 1).then_some(0)),
            served: Vec::new(),
            holds: false,
            holds_for: Vec::new(),
            unsure: None,
            put_off_lines: Vec::new(),
            held: Vec::new(),
            done: None,
            proposed: Vec::new(),
            agreed: false,
            consent: false,
            wavering: Vec::new(),
            leaves: false,
            void: false,
        }
    }

    pub(super) fn read(mut self) -> Orders {
        for number in 0..self.lines.len() {
            let under = self.lines.get(number).and_then(|line| line.under);
            let before = number
                .checked_sub(1)
                .and_then(|before| self.lines.get(before))
                .and_then(|line| line.under);
            if under.is_some() && under != before {
                self.focus = under.into_iter().collect();
                self.last = Last::These(self.focus.clone());
            }
            for hit in self.hits(number) {
                self.hear(number, hit.around.start..hit.own.start);
                self.hit(number, &hit);
                self.hear(number, hit.own);
            }
            let whole = self.lines.get(number).map_or(0..0, |line| line.tokens.clone());
            self.hear(number, whole);
            if self.drafts.len() > MOST {
                break;
            }
        }
        self.settle()
    }

    /// Remembers who is spoken of in these tokens.
    fn hear(&mut self, number: usize, tokens: Range<usize>) {
        let Some(line) = self.lines.get(number) else { return };
        let client = line
            .written
            .signs("&")
            .filter(|one| people::overlap(one, &tokens))
            .map(|one| one.start)
            .max();
        let mention = line.mentions.iter().rfind(|one| people::overlap(&one.tokens, &tokens));
        if let Some(mention) = mention {
            // "Ana, Ben and Carl": all of a list.
            let list = people::named(&line.mentions, &tokens);
            let who = if line.written.text.contains("@ and @") && list.len() > 1 {
                list
            } else {
                people::named(&line.mentions, &mention.tokens)
            };
            self.focus.clone_from(&who);
            self.last = Last::These(who);
        }
        if client.is_some_and(|client| mention.is_none_or(|mention| mention.tokens.start < client)) {
            self.last = Last::Client;
        }
    }

    /// What the patterns find in a sentence.
    fn hits(&self, number: usize) -> Vec<Hit> {
        let Some(line) = self.lines.get(number) else { return Vec::new() };
        let found = table::find(&line.written.text);
        let mut from = 0;
        let ends: Vec<usize> = found
            .iter()
            .skip(1)
            .map(|(_, next)| next.start)
            .chain([line.written.text.len()])
            .collect();
        found
            .into_iter()
            .zip(ends)
            .map(|((kind, at), end)| {
                let hit = Hit {
                    kind: self.kind_of(kind, line.written.text.get(at.clone()).unwrap_or_default()),
                    own: line.written.tokens(&at),
                    around: line.written.tokens(&(from..end)),
                    on: line.written.tokens(&(at.start..end)),
                    reach: at.start..end,
                    at: at.clone(),
                };
                from = at.end;
                hit
            })
            .collect()
    }

    fn hit(&mut self, number: usize, hit: &Hit) {
        match self.judge(number, hit) {
            Judged::Nothing => {}
            Judged::Idle => self.idle(number, hit),
            Judged::Served => self.serve(number, &hit.around),
            Judged::Ask => self.draft(number, hit, What::Ask),
            Judged::Refused => {
                // Not doing what nobody has asked for is no order.
                self.holds = true;
                self.hold_for(number, &hit.around);
                self.serve(number, &hit.around);
            }
            Judged::Void => {
                self.serve(number, &hit.around);
                if !matches!(hit.kind, Kind::Times | Kind::Note) {
                    self.draft(number, hit, What::Ask);
                }
            }
            Judged::Order { proposed, either } => {
                self.proposed.extend(proposed.then_some(number));
                self.take(number, hit, either);
            }
        }
    }

    /// Makes drafts of an order that stands.
    fn take(&mut self, number: usize, hit: &Hit, either: bool) {
        match self.complete(number, hit) {
            // "That's a no, yes, definitely a no": the yes is to what was just said.
            Ok(_) if self.is_said_yes_to(number, hit) => {}
            Ok(_) if either || self.unsure == Some(number) => self.draft(number, hit, What::Ask),
            Ok(whats) => {
                if hit.kind == Kind::Note {
                    self.serve(number, &hit.on);
                }
                if whats.iter().any(|what| matches!(what, What::Do(_))) {
                    self.done = Some((number, hit.at.end));
                }
                for what in whats {
                    self.draft(number, hit, what);
                }
            }
            // "Yes, Steph.": a yes inside of other words is no answer on anybody.
            Err(NotClear) if matches!(hit.kind, Kind::Bare(_)) && !hit.is_whole(number, &self.lines) => {}
            // "that's all he's got this week", behind the times themselves; "morning" alone.
            Err(NotClear) if hit.kind == Kind::Times && self.is_idle_time(number, hit) => {}
            Err(NotClear) => self.draft(number, hit, What::Ask),
        }
    }

    fn is_said_yes_to(&self, number: usize, hit: &Hit) -> bool {
        let written = self.lines.get(number).and_then(|line| line.written.text.get(hit.at.clone()));
        let refused = |draft: &Draft| draft.line == number && draft.kind == Kind::Bare(Decision::Pass);
        written == Some("yes") && self.drafts.last().is_some_and(refused)
    }

    /// A time that says nothing more than what was read, or no hour.
    fn is_idle_time(&self, number: usize, hit: &Hit) -> bool {
        let read = |draft: &Draft| draft.line == number && matches!(draft.what, What::Do(Wish::Times { .. }));
        let own = self.text.get(bytes(&self.all, &hit.on)).unwrap_or_default();
        let bare = self
            .lines
            .get(number)
            .is_some_and(|line| table::is("bare_time", &line.written.text));
        let header = self.lines.get(number).is_some_and(|line| table::is("header", &line.written.text));
        header
            || self.is_heading(number)
            || table::is("long_time", &about::folded(own).join(" "))
            || self.drafts.iter().any(read)
            || bare && !own.contains(|c: char| c.is_ascii_digit())
    }

    /// "Availability for next week:", above the times themselves.
    fn is_heading(&self, number: usize) -> bool {
        let ends = self.lines.get(number).is_some_and(|line| line.written.text.ends_with(':'));
        let next = self.lines.get(number + 1).is_some_and(|line| line.written.text.contains('~'));
        ends && next && !self.has_hour(number)
    }

    /// What nothing is done for.
    fn idle(&mut self, number: usize, hit: &Hit) {
        let around = hit.around.clone();
        match hit.kind {
            Kind::Void => self.void = true,
            Kind::Silent => {
                // "Tuesday's no good for Megan": when, then?
                let line = self.lines.get(number);
                self.agreed |= line
                    .and_then(|line| line.written.text.get(hit.at.clone()))
                    .is_some_and(|written| table::is("not_then", written));
                self.leave(number, hit);
            }
            Kind::Hold => {
                self.holds = true;
                self.put_off_lines.push(number);
                let named = self
                    .lines
                    .get(number)
                    .is_some_and(|line| !people::named(&line.mentions, &around).is_empty());
                self.held.extend((!named).then_some(number));
                self.hold_for(number, &around);
            }
            Kind::Agreed => {
                self.consent = true;
                let line = self.lines.get(number);
                self.agreed |=
                    line.is_some_and(|line| !people::named(&line.mentions, &around).is_empty() || line.written.text.contains('~'));
            }
            Kind::Request => return self.draft(number, hit, What::Ask),
            Kind::Unsure => {
                for draft in self.drafts.iter_mut().filter(|draft| draft.line + 1 >= number) {
                    draft.what = What::Ask;
                }
                self.unsure = Some(number);
                return self.draft(number, hit, What::Ask);
            }
            Kind::Correct => {
                for draft in self
                    .drafts
                    .iter_mut()
                    .filter(|draft| draft.line == number || draft.line + 1 == number && draft.kind.decision().is_some())
                {
                    draft.retracted = true;
                }
                return;
            }
            _ => {}
        }
        self.serve(number, &around);
        if matches!(hit.kind, Kind::Hold | Kind::Silent) {
            self.served.extend(self.focus.clone());
        }
        if let Some(line) = self.lines.get_mut(number) {
            line.used = true;
        }
    }

    /// "Can we move it to 3? Actually no, leave it as it is.": what was only asked is dropped.
    fn leave(&mut self, number: usize, hit: &Hit) {
        let written = self.lines.get(number).and_then(|line| line.written.text.get(hit.at.clone()));
        if written.is_some_and(|written| table::is("leaves", written)) {
            self.leaves = true;
            // "Keep Ben's slot as it is" says nothing of what was asked for Ana.
            let named = |line: &Line| people::named(&line.mentions, &line.tokens);
            let meant = self.lines.get(number).map(named).unwrap_or_default();
            let about = |line: &Line| meant.is_empty() || named(line).iter().any(|one| meant.contains(one));
            let of_them = |at: &usize| self.lines.get(*at).is_some_and(|line| line.asks && about(line));
            let asked: Vec<usize> = (0..number).filter(of_them).collect();
            if asked.is_empty() && !meant.is_empty() {
                self.leaves = false;
            }
            let of_interview = |kind: Kind| matches!(kind, Kind::Book | Kind::Move | Kind::Cancel | Kind::Swap);
            self.drafts
                .retain(|draft| !(of_interview(draft.kind) && asked.contains(&draft.line)));
            for at in asked {
                let whole = self.lines.get(at).map_or(0..0, |line| line.tokens.clone());
                self.serve(at, &whole);
            }
        }
    }

    fn serve(&mut self, number: usize, tokens: &Range<usize>) {
        let who = self
            .lines
            .get(number)
            .map(|line| people::named(&line.mentions, tokens))
            .unwrap_or_default();
        self.served.extend(who);
    }

    fn draft(&mut self, number: usize, hit: &Hit, what: What) {
        let line = self.lines.get(number);
        let written = line.and_then(|line| line.written.text.get(hit.at.clone()));
        let tokens = if matches!(what, What::Do(Wish::Note(_))) {
            hit.on.clone()
        } else {
            hit.around.clone()
        };
        self.drafts.push(Draft {
            kind: hit.kind,
            what,
            line: number,
            bytes: bytes(&self.all, &tokens),
            retracted: false,
            indirect: hit.kind == Kind::Told(Decision::Interested) && written.is_some_and(|written| table::is("mere_liking", written)),
        });
        if let Some(line) = self.lines.get_mut(number) {
            line.used = true;
        }
    }

    pub(super) fn words(&self, bytes: &Range<usize>) -> Words {
        let written = self.shown.get(bytes.clone()).unwrap_or_default();
        let bare = written.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | '>' | '*'));
        Words {
            text: bare.to_owned(),
            range: bytes.clone(),
        }
    }

    /// The whole sentence, as written.
    pub(super) fn line_words(&self, number: usize) -> Words {
        let tokens = self.lines.get(number).map_or(0..0, |line| line.tokens.clone());
        self.words(&bytes(&self.all, &tokens))
    }

    pub(super) fn whom(&self, at: usize) -> Result<Whom, NotClear> {
        let one = self.asked.candidates.get(at).ok_or(NotClear)?;
        Ok(Whom::Candidate(one.submission))
    }
}
