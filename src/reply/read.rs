//! Goes through the sentences in order and keeps what stands for each candidate.

use std::ops::Range;

use super::names::Text;
use super::sentence::{Cue, Parts, take_apart};
use super::sentences::{Kind, Token, sentences, tokens};
use super::stands::{Stands, Word};
use super::who::{Mention, People, Who};
use super::whom::steals;
use super::words::{self, Class, Strength};
use super::{Asked, Band, Doubt, DoubtKind, Finding, Question, Reply, Says, Words, confirm, dates, frame, subject};
use crate::message::OwnText;
use crate::model::{Decision, Reason};

/// More own text than this is not an answer to a letter; the rest is not read and that is a doubt.
const LONGEST: usize = 32 * 1024;

/// Reads what a person said.
///
/// `own` is their own text as [`crate::message`] cut it out, `subject` the subject of their mail, `asked` what our letter asked.
#[must_use]
pub fn read(own: &OwnText, subject: &str, asked: &Asked) -> Reply {
    let text = shortened(&own.text);
    let people = People::of(asked);
    let mut reply = if asked.question == Question::Confirm {
        confirm::read(text)
    } else {
        let pressed = subject::choice(subject);
        let mut reader = Reader::new(text, asked, &people);
        reader.pressed(pressed.as_ref());
        reader.read();
        reader.finish(pressed.is_some())
    };
    if text.len() < own.text.len() {
        let words = Words {
            text: own.text.get(text.len()..).unwrap_or_default().chars().take(80).collect(),
            range: text.len()..own.text.len(),
        };
        reply.doubts.push(Doubt {
            kind: DoubtKind::Unclear,
            words,
        });
    }
    if own.uncertain || text.len() < own.text.len() {
        for finding in &mut reply.findings {
            finding.band = finding.band.max(Band::Ask);
        }
    }
    reply
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// More doubts than this say nothing new.
const MOST_DOUBTS: usize = 24;

/// A decision said of those not spoken of otherwise.
pub(super) struct OfTheRest {
    pub(super) count: Option<usize>,
    pub(super) cue: Cue,
    pub(super) words: Range<usize>,
    pub(super) corrects: bool,
}

/// The candidates of one cue, with the token it starts at.
pub(super) type Said = (usize, Vec<usize>);

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) asked: &'a Asked,
    pub(super) people: &'a People<'a>,
    pub(super) all: Vec<Token<'a>>,
    pub(super) stands: Stands,
    pub(super) rest: Vec<OfTheRest>,
    pub(super) reasons_of_the_rest: Vec<(Reason, Range<usize>)>,
    /// A decision without a candidate.
    pub(super) homeless: Option<(Cue, Range<usize>)>,
    /// Those last spoken of.
    pub(super) focus: Vec<usize>,
    /// Those spoken of by name, whatever was said, with the words.
    pub(super) spoken: Vec<(usize, Range<usize>)>,
    pub(super) others: Vec<Finding>,
    pub(super) doubts: Vec<Doubt>,
    /// The writer has taken something back and not yet said what holds.
    pub(super) correcting: bool,
    /// Words that take back, still without a new decision.
    pub(super) taken_back: Option<Range<usize>>,
    pub(super) thanked: bool,
    pub(super) praised: Option<Range<usize>>,
    pub(super) understood: bool,
    pub(super) foreign: bool,
    /// The choice of the subject, before the body was read.
    pub(super) choice: Option<(usize, Decision)>,
    /// The last verdict, which "Carl too" repeats.
    last: Option<Cue>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, asked: &'a Asked, people: &'a People<'a>) -> Self {
        let body = frame::body(text);
        let mut all = tokens(text.get(body.clone()).unwrap_or_default());
        for token in &mut all {
            token.range = token.range.start + body.start..token.range.end + body.start;
        }
        let foreign = all.iter().filter(|token| words::foreign(&token.fold)).count()
            > all.iter().filter(|token| token.kind == Kind::Word).count() / 4;
        let focus = match asked.question {
            Question::Reasons(submission) => asked
                .candidates
                .iter()
                .position(|one| one.submission == submission)
                .into_iter()
                .collect(),
            Question::Decision | Question::Confirm => people.sole().into_iter().collect(),
        };
        Self {
            text,
            asked,
            people,
            all,
            stands: Stands::new(asked.candidates.len()),
            rest: Vec::new(),
            reasons_of_the_rest: Vec::new(),
            homeless: None,
            focus,
            spoken: Vec::new(),
            others: Vec::new(),
            doubts: Vec::new(),
            correcting: false,
            taken_back: None,
            thanked: false,
            praised: None,
            understood: false,
            foreign,
            choice: None,
            last: None,
        }
    }

    /// A pressed button decides for its candidate before the body says a word.
    fn pressed(&mut self, choice: Option<&subject::Choice>) {
        let Some(choice) = choice else {
            return;
        };
        let named = |one: &super::AskedAbout| {
            tokens(&one.name)
                .iter()
                .filter(|token| token.kind == Kind::Word)
                .map(|token| token.fold.to_string())
                .collect::<Vec<_>>()
        };
        let mut fits = self
            .asked
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, one)| named(one) == choice.name)
            .map(|(at, _)| at);
        let who = match (fits.next(), fits.next(), choice.name.is_empty()) {
            (Some(one), None, _) => Some(one),
            (_, _, true) => self.people.sole(),
            _ => None,
        };
        match who {
            Some(who) => {
                self.choice = Some((who, choice.decision));
                self.focus = vec![who];
                self.stands.say(
                    who,
                    &Word {
                        decision: choice.decision,
                        strength: Strength::Strong,
                        words: 0..0,
                        corrects: false,
                    },
                );
            }
            None => {
                let cue = Cue {
                    tokens: 0..0,
                    decision: choice.decision,
                    strength: Strength::Strong,
                };
                self.homeless = Some((cue, 0..0));
            }
        }
    }

    fn read(&mut self) {
        let text = Text::new(self.text);
        for sentence in sentences(&self.all) {
            let parts = take_apart(&text, &self.all, &sentence, self.people);
            self.sentence(&parts);
        }
    }

    fn sentence(&mut self, parts: &Parts) {
        if parts.hits.iter().any(|hit| hit.class == Class::Else) && !self.stands.of.iter().all(Option::is_none) {
            // The other branch of a condition repeats it from the other side.
            return;
        }
        self.corrections(parts);
        let before = self.focus.clone();
        let mut decided = self.decisions(parts);
        self.excepted(parts, &mut decided);
        self.role_is_over(parts);
        self.reasons(parts);
        self.other_intents(parts);
        self.shadows(parts, &decided, &before);
    }

    fn corrections(&mut self, parts: &Parts) {
        for hit in parts.hits.iter().filter(|hit| hit.class == Class::Correct) {
            self.correcting = true;
            // What follows an "actually" has to be understood; else nobody knows what it takes back.
            let mild = self.all.get(hit.tokens.start).is_some_and(|token| token.fold == "actually") && hit.tokens.len() == 1;
            if !mild || parts.cues.is_empty() && !parts.lists.is_empty() {
                self.taken_back = Some(self.bytes(&hit.tokens));
            }
        }
    }

    /// Gives each cue of the sentence its candidates. The answer holds those decided here.
    fn decisions(&mut self, parts: &Parts) -> Vec<Said> {
        let mut decided: Vec<Said> = Vec::new();
        let mut used = vec![false; parts.lists.len()];
        let mut last_cue: Option<(Cue, usize)> = None;
        let bare = self.asked.question != Question::Decision;
        for (number, cue) in parts.cues.iter().enumerate() {
            // Asked why, "yes, too junior" is no new decision; only a strong phrase is.
            if bare && (cue.strength < Strength::Strong || cue.tokens.len() == 1 && cue.decision != Decision::Pass) {
                continue;
            }
            let next_cue = parts.cues.get(number + 1).map_or(parts.tokens.end, |cue| cue.tokens.start);
            let (list, certain) = self.whom(parts, cue, next_cue, &used);
            let mut who: Vec<Mention> = Vec::new();
            if let Some(list) = list {
                if let Some(used) = used.get_mut(list) {
                    *used = true;
                }
                who = parts.lists.get(list).cloned().unwrap_or_default();
            }
            // "Yes to Lena, Omar no": the last of the list belongs to the next verdict.
            if who.is_empty()
                && let Some((before, list)) = &last_cue
                && let Some(stolen) = steals(&self.all, parts, *list, before, cue)
            {
                self.unsay(&stolen, before);
                who = vec![stolen];
            }
            let sentence = self.bytes(&parts.tokens);
            let words = self.cue_bytes(cue, &who);
            let corrects = self.correcting;
            let strength = if self.weakened(parts, cue) {
                Strength::Weak.min(cue.strength)
            } else {
                cue.strength
            };
            let cue = Cue { strength, ..cue.clone() };
            if who.is_empty() {
                if self.focus.is_empty() {
                    if cue.strength > Strength::Faint {
                        self.homeless = Some((cue.clone(), words));
                    }
                } else {
                    for who in self.focus.clone() {
                        self.say(who, &cue, words.clone(), corrects, parts);
                    }
                    decided.push((cue.tokens.start, self.focus.clone()));
                }
            } else {
                if !decided.is_empty() && who.iter().any(|mention| mention.named) {
                    self.focus.clear();
                }
                let mut focus = Vec::new();
                for mention in &who {
                    let mut cue = cue.clone();
                    if !(mention.sure && certain) {
                        cue.strength = cue.strength.min(Strength::Weak);
                    }
                    match &mention.who {
                        Who::These(these) => {
                            for who in these {
                                self.say(*who, &cue, words.clone(), corrects, parts);
                                self.spoken.push((*who, sentence.clone()));
                                focus.push(*who);
                            }
                        }
                        Who::Rest(count) => {
                            self.rest.push(OfTheRest {
                                count: *count,
                                cue,
                                words: words.clone(),
                                corrects,
                            });
                            self.understood = true;
                        }
                        Who::Unclear => self.doubt(DoubtKind::Whom, words.clone()),
                    }
                }
                decided.push((cue.tokens.start, focus.clone()));
                self.focus = focus;
                if let Some(list) = list {
                    last_cue = Some((cue, list));
                }
            }
        }
        if let Some(last) = parts.cues.last() {
            self.last = Some(last.clone());
            self.correcting = false;
            self.taken_back = None;
            self.understood = true;
        }
        self.left_over(parts, &used, last_cue.as_ref(), &mut decided);
        decided
    }

    /// "Yes to everyone but Omar" is a no to Omar, and what follows is about him.
    fn excepted(&mut self, parts: &Parts, decided: &mut Vec<Said>) {
        let yes = !parts.cues.is_empty() && parts.cues.iter().all(|cue| cue.decision == Decision::Interested);
        let Some(cue) = parts.cues.first().filter(|_| yes) else { return };
        let cue = Cue {
            decision: Decision::Pass,
            ..cue.clone()
        };
        let words = self.bytes(&parts.tokens);
        for who in &parts.excepted {
            if self.stands.get(*who).is_none() {
                self.say(*who, &cue, words.clone(), false, parts);
            }
        }
        if !parts.excepted.is_empty() {
            self.focus.clone_from(&parts.excepted);
            decided.push((cue.tokens.end, parts.excepted.clone()));
        }
    }

    /// "The position has been filled" decides about everybody, "hiring is frozen" keeps everybody waiting.
    fn role_is_over(&mut self, parts: &Parts) {
        let over = parts.hits.iter().find_map(|hit| {
            let Class::Over(decision) = hit.class else { return None };
            Some((decision, hit.tokens.clone()))
        });
        let Some((decision, tokens)) = over else { return };
        let denied = parts.hits.iter().any(|hit| {
            matches!(hit.class, Class::Not | Class::Unsure) && hit.tokens.end <= tokens.start && tokens.start - hit.tokens.end <= 3
        });
        let named = parts.lists.iter().flatten().any(|mention| mention.named);
        if denied || named || self.asked.question != Question::Decision {
            return;
        }
        let cue = Cue {
            tokens,
            decision,
            strength: Strength::Strong,
        };
        let words = self.bytes(&parts.tokens);
        for who in 0..self.asked.candidates.len() {
            self.say(who, &cue, words.clone(), false, parts);
            self.stands.because(who, Reason::RoleChanged, words.clone());
        }
        self.understood = true;
    }

    /// Mentions that no cue took: "Grace too", a name after a bare "yes", or just somebody spoken of.
    fn left_over(&mut self, parts: &Parts, used: &[bool], last_cue: Option<&(Cue, usize)>, decided: &mut Vec<Said>) {
        let sentence = self.bytes(&parts.tokens);
        for (list, _) in parts.lists.iter().zip(used).filter(|(_, used)| !**used) {
            let asked = parts
                .question
                .as_ref()
                .is_some_and(|question| list.iter().any(|mention| question.contains(&mention.tokens.start)));
            let mut who: Vec<usize> = Vec::new();
            for mention in list {
                match &mention.who {
                    Who::These(these) => who.extend(these),
                    Who::Rest(_) => {}
                    Who::Unclear if !asked && parts.cues.is_empty() => self.doubt(DoubtKind::Whom, sentence.clone()),
                    Who::Unclear => {}
                }
            }
            if who.is_empty() {
                continue;
            }
            let same = parts.hits.iter().find(|hit| hit.class == Class::Same);
            // "Actually, Ana as well" in a sentence of its own repeats the verdict before it.
            let alone = parts.cues.is_empty() && parts.unknown.is_empty();
            let before = self.last.clone().filter(|_| alone).map(|cue| (cue, 0));
            if let (Some((cue, _)), Some(same)) = (last_cue.or(before.as_ref()), same)
                && !asked
                && list.last().is_some_and(|mention| {
                    (alone || same.tokens.start >= cue.tokens.end) && same.tokens.start.abs_diff(mention.tokens.end) <= 2
                })
            {
                let words = self.bytes(&(cue.tokens.start..same.tokens.end.max(list.last().map_or(0, |mention| mention.tokens.end))));
                for one in &who {
                    self.say(*one, cue, words.clone(), false, parts);
                }
                self.taken_back = None;
                decided.push((same.tokens.start, who.clone()));
            } else if parts.cues.is_empty()
                && !asked
                && parts.unknown.is_empty()
                && parts.hits.iter().all(|hit| {
                    matches!(
                        hit.class,
                        Class::Filler | Class::Thanks | Class::Only | Class::Person | Class::Set(_)
                    )
                })
                && let Some((cue, words)) = self.homeless.take()
            {
                for one in &who {
                    self.say(*one, &cue, words.clone(), false, parts);
                }
                decided.push((parts.tokens.start, who.clone()));
            }
            for one in &who {
                // "We went through both profiles" beside a verdict says nothing of either.
                if !asked && (parts.cues.is_empty() || list.iter().any(|mention| mention.named)) {
                    self.spoken.push((*one, sentence.clone()));
                }
            }
            if list.iter().any(|mention| mention.named) || self.focus.is_empty() {
                self.focus = who;
            }
        }
    }

    pub(super) fn say(&mut self, who: usize, cue: &Cue, words: Range<usize>, corrects: bool, parts: &Parts) {
        let mut cue = cue.clone();
        let condition = parts.condition.as_ref().filter(|condition| {
            // A condition belongs to the verdict it stands beside.
            let between = parts
                .cues
                .iter()
                .filter(|other| other.tokens.start > cue.tokens.start && other.tokens.start < condition.tokens.start)
                .count();
            between == 0
                && !(condition.tokens.start < cue.tokens.start
                    && parts.cues.first().is_some_and(|first| first.tokens.start != cue.tokens.start))
        });
        if condition.is_some_and(|condition| condition.own) && cue.decision == Decision::Interested {
            // In the hands of the writer's own house it is no yes yet.
            cue.decision = Decision::Maybe;
            cue.strength = cue.strength.min(Strength::Weak);
        }
        if condition.is_some() && cue.decision == Decision::Pass {
            cue.strength = cue.strength.min(Strength::Weak);
        }
        self.stands.say(
            who,
            &Word {
                decision: cue.decision,
                strength: cue.strength,
                words,
                corrects,
            },
        );
        // A day inside the condition is not the day to ask again: "maybe if she can start in January".
        let conditional = parts.condition.as_ref().map(|condition| condition.tokens.clone());
        let spoken = conditional.map_or(parts.tokens.clone(), |condition| match condition.start > cue.tokens.start {
            true => parts.tokens.start..condition.start,
            false => condition.end..parts.tokens.end,
        });
        let follow_up = (cue.decision == Decision::Maybe)
            .then(|| dates::find(&self.all, spoken, self.asked.today))
            .flatten();
        let condition = condition.map(|condition| self.bytes(&condition.tokens));
        if let Some(stand) = self.stands.get_mut(who).filter(|stand| stand.decision == cue.decision) {
            if condition.is_some() {
                stand.condition = condition;
            }
            if let Some((_, day)) = follow_up {
                stand.follow_up = Some(day);
            }
        }
    }

    /// Takes back what a cue had said of a mention that turned out to belong to the next one.
    fn unsay(&mut self, mention: &Mention, cue: &Cue) {
        if let Who::These(these) = &mention.who {
            for who in these {
                if self
                    .stands
                    .get(*who)
                    .is_some_and(|stand| stand.decision == cue.decision && stand.against.is_none())
                    && let Some(place) = self.stands.of.get_mut(*who)
                {
                    *place = None;
                }
            }
        }
    }

    /// "probably", a negation in front of the phrase, or words of a language we read only in part.
    fn weakened(&self, parts: &Parts, cue: &Cue) -> bool {
        let clause = parts
            .clauses
            .iter()
            .find(|clause| clause.contains(&cue.tokens.start))
            .cloned()
            .unwrap_or(parts.tokens.clone());
        let unsure = parts
            .hits
            .iter()
            .any(|hit| hit.class == Class::Unsure && clause.contains(&hit.tokens.start));
        let denied = parts.hits.iter().any(|hit| {
            hit.class == Class::Not
                && clause.contains(&hit.tokens.start)
                && hit.tokens.end <= cue.tokens.start
                && cue.tokens.start - hit.tokens.end <= 4
                && !parts.cues.iter().any(|other| other.tokens.contains(&hit.tokens.start))
                && !parts
                    .cues
                    .iter()
                    .any(|other| other.tokens.start >= hit.tokens.end && other.tokens.end <= cue.tokens.start)
                && !parts
                    .lists
                    .iter()
                    .flatten()
                    .any(|mention| (hit.tokens.end..cue.tokens.start).contains(&mention.tokens.start))
        });
        let half_read = self.foreign
            && parts
                .unknown
                .iter()
                .filter(|at| !parts.clauses.is_empty() && clause.contains(at))
                .count()
                > 1;
        unsure || denied || half_read
    }

    fn reasons(&mut self, parts: &Parts) {
        let asked_why = matches!(self.asked.question, Question::Reasons(_));
        for hit in &parts.hits {
            let Some(reason) = hit.class.reason(asked_why) else {
                continue;
            };
            let before = parts
                .lists
                .iter()
                .rfind(|list| list.last().is_some_and(|last| last.tokens.end <= hit.tokens.start));
            let inside = parts
                .lists
                .iter()
                .find(|list| list.first().is_some_and(|first| hit.tokens.contains(&first.tokens.start)));
            let words = self.bytes(&parts.tokens);
            self.understood = true;
            let several = parts.hits.iter().filter(|hit| matches!(hit.class, Class::Because(_))).count() > 1;
            let Some(list) = inside.or(before) else {
                if self.focus.len() > 1 && several {
                    // "Too junior the one, too expensive the other."
                    self.doubt(DoubtKind::Whom, words);
                    continue;
                }
                if self.focus.is_empty() && self.rest.is_empty() {
                    self.doubt(DoubtKind::Whom, words.clone());
                }
                for who in self.focus.clone() {
                    self.stands.because(who, reason, words.clone());
                }
                continue;
            };
            for mention in list {
                match &mention.who {
                    Who::These(these) => these.iter().for_each(|who| self.stands.because(*who, reason, words.clone())),
                    Who::Rest(_) => self.reasons_of_the_rest.push((reason, words.clone())),
                    Who::Unclear => self.doubt(DoubtKind::Whom, words.clone()),
                }
            }
        }
    }

    fn other_intents(&mut self, parts: &Parts) {
        let words = self.bytes(&parts.tokens);
        if parts.question.is_some() && !parts.request {
            let question = parts.question.as_ref().map_or(words.clone(), |question| self.bytes(question));
            self.find(Says::Question, question, Band::Human);
            self.understood = true;
        }
        for hit in &parts.hits {
            self.thanked |= hit.class == Class::Thanks;
            if hit.class == Class::Praise {
                self.praised.get_or_insert(words.clone());
            }
            let says = if hit.class == Class::Wants {
                Some((Says::Question, Band::Human))
            } else if hit.class == Class::Stop {
                Some((Says::Stop, Band::Act))
            } else if hit.class == Class::Wrong {
                Some((Says::WrongPerson, Band::Human))
            } else if hit.class == Class::Later && parts.cues.is_empty() {
                let on = dates::find(&self.all, parts.tokens.clone(), self.asked.today).map(|(_, day)| day);
                Some((Says::Later { on }, Band::Act))
            } else {
                None
            };
            if let Some((says, band)) = says {
                self.find(says, words.clone(), band);
                self.understood = true;
            }
        }
    }

    pub(super) fn find(&mut self, says: Says, words: Range<usize>, band: Band) {
        if !self
            .others
            .iter()
            .any(|one| std::mem::discriminant(&one.says) == std::mem::discriminant(&says))
        {
            let words = self.words(words);
            self.others.push(Finding { says, words, band });
        }
    }

    pub(super) fn doubt(&mut self, kind: DoubtKind, words: Range<usize>) {
        if self.doubts.len() < MOST_DOUBTS && !self.doubts.iter().any(|doubt| doubt.kind == kind && doubt.words.range == words) {
            let words = self.words(words);
            self.doubts.push(Doubt { kind, words });
        }
    }

    pub(super) fn words(&self, range: Range<usize>) -> Words {
        Words {
            text: self.text.get(range.clone()).unwrap_or_default().to_owned(),
            range,
        }
    }

    pub(super) fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.all.get(tokens.start).map_or(0, |token| token.range.start);
        let end = tokens
            .end
            .checked_sub(1)
            .and_then(|at| self.all.get(at))
            .map_or(start, |token| token.range.end);
        start..end.max(start)
    }

    /// From the cue to the names it is about, whichever comes first.
    pub(super) fn cue_bytes(&self, cue: &Cue, who: &[Mention]) -> Range<usize> {
        let cue = self.bytes(&cue.tokens);
        let names = who.iter().map(|mention| self.bytes(&mention.tokens));
        names.fold(cue, |sofar, name| sofar.start.min(name.start)..sofar.end.max(name.end))
    }
}
