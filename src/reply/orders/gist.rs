//! What the words about each candidate say of the client's answer, where no order of the tables' words fits.
//!
//! In: the sentences with who is named in them. Out: an answer for each candidate of whom one is told, or that there is none yet. A passage goes
//! from the words about one name to those about the next, and on through sentences that say "she" or "so"; what it says is weighed: a yes and
//! a no in one breath are nothing, nor is what only hopes or holds under a condition.
//! Never here: a passage about two people, a question, an hour, a candidate who speaks.

use std::ops::Range;

use super::super::who::Who;
use super::kind::Kind;
use super::line::Line;
use super::people::{bytes, named, overlap};
use super::plain;
use super::reader::{Draft, Reader, What};
use super::{Decision, table};

/// Words about somebody.
struct Passage {
    who: Vec<usize>,
    /// Its sentences, the first of which names them.
    lines: Vec<usize>,
    /// As the tables have it.
    text: String,
    /// Its tokens in the first sentence.
    tokens: Range<usize>,
}

/// What a passage says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gist {
    Answer(Decision),
    /// The words lead to it and do not say it.
    Implied(Decision),
    /// There is no answer yet.
    Open,
}

impl Gist {
    fn decides(self, decision: Decision) -> bool {
        matches!(self, Self::Answer(one) | Self::Implied(one) if one == decision)
    }
}

/// Sentences behind the first one that may belong to a passage.
const MORE: usize = 2;

impl Reader<'_> {
    /// Answers that the patterns did not find.
    pub(super) fn gists(&mut self) {
        if self.batch.is_none() || self.unsure.is_some() {
            return;
        }
        let of_client = self.lines.iter().any(|line| line.written.signs("&").next().is_some());
        if self.desk.of.is_some() && !of_client {
            return;
        }
        for passage in self.passages() {
            let gist = self.gist(&passage).or_else(|| self.ditto(&passage).map(Gist::Answer));
            if let Some(gist) = gist {
                self.take_gist(&passage, gist);
            }
        }
    }

    /// "Ben: ditto": what was said of the one before.
    fn ditto(&self, passage: &Passage) -> Option<Decision> {
        let first = passage.lines.first().filter(|_| table::is("gist_ditto", &passage.text))?;
        let at = bytes(&self.all, &passage.tokens).start;
        let before = self
            .drafts
            .iter()
            .filter(|draft| draft.bytes.start < at && draft.line + 1 >= *first);
        let last = before.max_by_key(|draft| draft.bytes.start)?;
        match &last.what {
            What::Told(_, decision) if !passage.who.is_empty() => Some(*decision),
            _ => None,
        }
    }

    fn take_gist(&mut self, passage: &Passage, gist: Gist) {
        let Some(first) = passage.lines.first().copied() else { return };
        // Of another answer in other words neither holds (`contradictions`).
        let told = |who: &usize| {
            let about = |draft: &Draft| matches!(&draft.what, What::Told(all, was) if all.contains(who) && gist.decides(*was));
            self.drafts.iter().any(about)
        };
        let new: Vec<usize> = passage.who.iter().copied().filter(|who| !told(who)).collect();
        if let Gist::Answer(decision) | Gist::Implied(decision) = gist {
            let at = bytes(&self.all, &passage.tokens);
            // What was asked for want of these words is answered by them.
            self.drafts.retain(|draft| {
                let of_answers = draft.kind.decision().is_some() && draft.what == What::Ask;
                let meeting = decision == Decision::Interested && matches!(draft.what, What::BookAt(_));
                !((of_answers || meeting) && overlap(&draft.bytes, &at))
            });
            if !new.is_empty() {
                self.drafts.push(Draft {
                    kind: Kind::Told(decision),
                    what: What::Told(new, decision),
                    line: first,
                    bytes: at,
                    retracted: false,
                    indirect: matches!(gist, Gist::Implied(_)),
                });
            }
        } else {
            self.served.extend(&new);
        }
        for line in &passage.lines {
            if let Some(line) = self.lines.get_mut(*line) {
                line.used = true;
            }
        }
    }

    /// What is said of each, from name to name.
    fn passages(&self) -> Vec<Passage> {
        let mut all: Vec<Passage> = Vec::new();
        let mut open = false;
        for (number, line) in self.lines.iter().enumerate() {
            // What a subject names is not yet said of.
            let parts = if bytes(&self.all, &line.tokens).start < self.head {
                continue;
            } else {
                parts(line)
            };
            if parts.is_empty() {
                let under = line.under.filter(|under| !all.iter().any(|one| one.who == [*under]));
                if let Some(under) = under {
                    all.push(Passage {
                        who: vec![under],
                        lines: vec![number],
                        text: line.written.text.clone(),
                        tokens: line.tokens.clone(),
                    });
                    open = true;
                    continue;
                }
                let last = all.last_mut().filter(|last| open && last.lines.len() <= MORE);
                let ordered = self
                    .drafts
                    .iter()
                    .any(|draft| draft.line == number && draft.kind.decision().is_none());
                let last = last
                    .filter(|_| !ordered)
                    .filter(|_| line.under.is_some() || table::is("gist_goes_on", &line.written.text));
                open = last.is_some();
                if let Some(last) = last {
                    last.text.push_str(" . ");
                    last.text.push_str(&line.written.text);
                    last.lines.push(number);
                }
                continue;
            }
            for (who, at) in parts {
                let tokens = line.written.tokens(&at);
                all.push(Passage {
                    who,
                    lines: vec![number],
                    text: line.written.text.get(at).unwrap_or_default().trim().to_owned(),
                    tokens,
                });
            }
            open = true;
        }
        all
    }

    fn gist(&self, passage: &Passage) -> Option<Gist> {
        let theirs = table::is("client_speaks", &passage.text).then(|| in_third_person(&passage.text));
        let text = theirs.as_deref().unwrap_or(&passage.text);
        let lines = || passage.lines.iter().filter_map(|at| self.lines.get(*at));
        let held = |at: &usize| self.put_off_lines.contains(at);
        let hour = text.contains('~') && passage.lines.iter().any(|at| self.has_hour(*at));
        if passage.who.is_empty() || self.is_ordered(passage) || lines().any(|line| line.asks) {
            return None;
        }
        if passage.who.len() == 1 && table::is("gist_conclusion", text) {
            return Some(Gist::Answer(Decision::Pass));
        }
        let (_, text) = table::without("gist_void", text);
        let doubtful = ["gist_hold", "gist_own", "conditional"].iter().any(|name| table::is(name, &text));
        let names = text.match_indices('@').map(|(at, _)| at);
        let of_theirs = |at: usize| table::is_of_theirs(text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        if names.into_iter().any(of_theirs) || doubtful || passage.lines.iter().any(held) {
            return None;
        }
        let (open, text) = table::without("gist_open", &text);
        let (maybe, text) = table::without("gist_maybe", &text);
        let (no, text) = table::without("gist_no", &text);
        let (not, text) = table::without("gist_not", &text);
        let (yes, text) = table::without("gist_yes", &text);
        let (liked, _) = table::without("gist_liked", &text);
        if open && passage.who.len() > 1 {
            return None;
        }
        match (no, maybe, yes) {
            (true, false, false) => Some(Gist::Answer(Decision::Pass)),
            (false, true, false) if !hour => Some(Gist::Answer(Decision::Maybe)),
            (false, false, true) if !not && !open && !hour => Some(Gist::Answer(Decision::Interested)),
            (false, false, false) => match (not, liked, open) {
                (true, false, false) if !hour => Some(Gist::Implied(Decision::Pass)),
                (false, true, false) if !hour => Some(Gist::Implied(Decision::Interested)),
                (false, false, true) => Some(Gist::Open),
                _ => None,
            },
            _ => None,
        }
    }

    /// Something else is ordered in these words: what is said beside it is about that.
    fn is_ordered(&self, passage: &Passage) -> bool {
        let at = bytes(&self.all, &passage.tokens);
        let within = |draft: &&Draft| overlap(&draft.bytes, &at) || passage.lines.iter().skip(1).any(|line| *line == draft.line);
        let is_order = |draft: &Draft| draft.kind.decision().is_none() && !matches!(draft.what, What::BookAt(_));
        self.drafts.iter().filter(within).any(is_order)
    }

    /// The sentence names an hour.
    pub(super) fn has_hour(&self, number: usize) -> bool {
        let stretches = self.lines.get(number).into_iter().flat_map(|line| line.written.signs("~"));
        let text = |tokens: Range<usize>| self.text.get(bytes(&self.all, &tokens)).unwrap_or_default();
        stretches.into_iter().any(|one| plain::has_hour(text(one), self.asked.today))
    }
}

/// "Petra: "we want to go on with him"": those who want are not we.
fn in_third_person(text: &str) -> String {
    let turned = text.split(' ').map(|word| match word {
        "i" | "we" => "they",
        "me" | "us" => "them",
        "am" => "is",
        "my" | "our" => "their",
        other => other,
    });
    turned.collect::<Vec<_>>().join(" ")
}

/// The people named in a sentence, each group with the bytes of the words about them.
fn parts(line: &Line) -> Vec<(Vec<usize>, Range<usize>)> {
    let text = line.written.text.as_str();
    let places: Vec<&(Range<usize>, Range<usize>)> = line
        .written
        .places
        .iter()
        .filter(|(place, _)| text.get(place.clone()) == Some("@"))
        .collect();
    let joints: Vec<&str> = places
        .windows(2)
        .map(|pair| match pair {
            [(one, _), (next, _)] => text.get(one.end..next.start).unwrap_or_default().trim(),
            _ => "",
        })
        .collect();
    let lists = lists(&joints);
    let mut groups: Vec<(Vec<usize>, Range<usize>)> = Vec::new();
    for (number, (place, tokens)) in places.into_iter().enumerate() {
        let unclear = line
            .mentions
            .iter()
            .any(|one| one.who == Who::Unclear && overlap(&one.tokens, tokens));
        let who = if unclear { Vec::new() } else { named(&line.mentions, tokens) };
        let before = number.checked_sub(1).and_then(|before| lists.get(before));
        let listed = before.copied().unwrap_or(false);
        match groups.last_mut().filter(|_| listed) {
            Some((all, last)) => {
                last.end = place.end;
                all.extend(who.iter().filter(|one| !all.contains(one)).copied().collect::<Vec<_>>());
            }
            None => groups.push((who, place.clone())),
        }
    }
    let mut from = 0;
    let ends: Vec<Option<usize>> = groups
        .windows(2)
        .map(|pair| match pair {
            [(_, one), (_, next)] => cut(text, one.end..next.start),
            _ => None,
        })
        .chain([Some(text.len())])
        .collect();
    let mut parts = Vec::new();
    for ((mut who, name), end) in groups.into_iter().zip(ends) {
        // "She prefers Ana to Ben": neither has words of their own.
        if end.is_none() || from > name.start {
            who.clear();
        }
        let to = end.unwrap_or(name.end);
        parts.push((who, from..to));
        from = if end.is_some() { to } else { text.len() };
    }
    parts
}

/// Which joints are those of names in a row, the last of them behind an "and".
fn lists(joints: &[&str]) -> Vec<bool> {
    let is_link = |word: &str| matches!(word, "," | "and" | "+" | "plus" | "/" | "und" | "as" | "well");
    // "for Ana and also for Ben": but "Ana to Ben" is no list.
    let is_joint = |joint: &str| {
        joint
            .split_whitespace()
            .all(|word| is_link(word) || joint.starts_with("and ") && matches!(word, "also" | "for" | "to" | "on" | "with"))
    };
    let mut listed = false;
    let mut lists: Vec<bool> = joints
        .iter()
        .rev()
        .map(|joint| {
            listed = is_joint(joint) && (*joint != "," || listed);
            listed
        })
        .collect();
    lists.reverse();
    lists
}

/// Where the words about the next one begin.
fn cut(text: &str, between: Range<usize>) -> Option<usize> {
    let part = text.get(between.clone())?;
    let marks = [
        " , ",
        " ; ",
        " and ",
        " but ",
        " - ",
        " – ",
        " while ",
        " whereas ",
        " / ",
        " | ",
        " und ",
        " aber ",
    ];
    let at = marks.iter().filter_map(|mark| part.rfind(mark)).max()?;
    Some(between.start + at + 1)
}
