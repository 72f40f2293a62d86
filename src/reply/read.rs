//! Goes through the sentences in order and keeps what stands for each candidate.

use std::ops::Range;

use super::sentence::{Cue, Parts, take_apart};
use super::sentences::{Kind, Token, sentences, tokens};
use super::stands::{Stand, Stands, Word};
use super::who::{Mention, People, Who};
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

/// A decision said of those not spoken of otherwise.
struct OfTheRest {
    count: Option<usize>,
    cue: Cue,
    words: Range<usize>,
    corrects: bool,
}

/// The candidates of one cue, with the token it starts at.
type Said = (usize, Vec<usize>);

struct Reader<'a> {
    text: &'a str,
    asked: &'a Asked,
    people: &'a People,
    all: Vec<Token>,
    stands: Stands,
    rest: Vec<OfTheRest>,
    reasons_of_the_rest: Vec<(Reason, Range<usize>)>,
    /// A decision without a candidate.
    homeless: Option<(Cue, Range<usize>)>,
    /// Those last spoken of.
    focus: Vec<usize>,
    /// Those spoken of by name, whatever was said, with the words.
    spoken: Vec<(usize, Range<usize>)>,
    others: Vec<Finding>,
    doubts: Vec<Doubt>,
    /// The writer has taken something back and not yet said what holds.
    correcting: bool,
    /// Words that take back, still without a new decision.
    taken_back: Option<Range<usize>>,
    thanked: bool,
    praised: Option<Range<usize>>,
    understood: bool,
    foreign: bool,
    /// The choice of the subject, before the body was read.
    choice: Option<(usize, Decision)>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, asked: &'a Asked, people: &'a People) -> Self {
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
                .map(|token| token.fold.clone())
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
        for sentence in sentences(&self.all) {
            let parts = take_apart(self.text, &self.all, &sentence, self.people);
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
        let decided = self.decisions(parts);
        self.reasons(parts);
        self.other_intents(parts);
        self.shadows(parts, &decided, &before);
    }

    fn corrections(&mut self, parts: &Parts) {
        for hit in parts.hits.iter().filter(|hit| hit.class == Class::Correct) {
            self.correcting = true;
            let mild = self.all.get(hit.tokens.start).is_some_and(|token| token.fold == "actually") && hit.tokens.len() == 1;
            if !mild {
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
        if !parts.cues.is_empty() {
            self.correcting = false;
            self.taken_back = None;
            self.understood = true;
        }
        self.left_over(parts, &used, last_cue.as_ref(), &mut decided);
        decided
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
            if let (Some((cue, _)), Some(same)) = (last_cue, same)
                && !asked
                && list
                    .last()
                    .is_some_and(|mention| same.tokens.start >= cue.tokens.end && same.tokens.start.abs_diff(mention.tokens.end) <= 2)
            {
                let words = self.bytes(&(cue.tokens.start..same.tokens.end.max(list.last().map_or(0, |mention| mention.tokens.end))));
                for one in &who {
                    self.say(*one, cue, words.clone(), false, parts);
                }
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
                if !asked {
                    self.spoken.push((*one, sentence.clone()));
                }
            }
            if list.iter().any(|mention| mention.named) || self.focus.is_empty() {
                self.focus = who;
            }
        }
    }

    fn say(&mut self, who: usize, cue: &Cue, words: Range<usize>, corrects: bool, parts: &Parts) {
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
        let follow_up = (cue.decision == Decision::Maybe)
            .then(|| dates::find(&self.all, parts.tokens.clone(), self.asked.today))
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

    /// The list of mentions a cue is about, and whether that is certain.
    fn whom(&self, parts: &Parts, cue: &Cue, next_cue: usize, used: &[bool]) -> (Option<usize>, bool) {
        let free = |list: &usize| used.get(*list).is_some_and(|used| !used);
        let start = |list: &usize| {
            parts
                .lists
                .get(*list)
                .and_then(|list| list.first())
                .map(|mention| mention.tokens.start)
        };
        let stop = |list: &usize| {
            parts
                .lists
                .get(*list)
                .and_then(|list| list.last())
                .map(|mention| mention.tokens.end)
        };
        let all = || 0..parts.lists.len();
        let asked = |list: &usize| {
            parts
                .question
                .as_ref()
                .is_some_and(|question| start(list).is_some_and(|at| question.contains(&at)) && !question.contains(&cue.tokens.start))
        };
        // Inside the phrase: "take Lena no further".
        if let Some(list) = all().find(|list| start(list).is_some_and(|at| cue.tokens.contains(&at))) {
            return (Some(list), true);
        }
        let after = all()
            .filter(free)
            .filter(|list| !asked(list))
            .find(|list| start(list).is_some_and(|at| at >= cue.tokens.end && at < next_cue.max(cue.tokens.end + 1)));
        let between = |list: usize| cue.tokens.end..start(&list).unwrap_or(cue.tokens.end);
        // "pass on Omar", "yes to Lena", "not Omar": nothing but small words in between, one of them a preposition or none at all.
        let links = |list: usize, words: &[&str]| {
            between(list).all(|at| self.all.get(at).is_some_and(|token| words.contains(&token.fold.as_str())))
        };
        let ends_in_link = cue
            .tokens
            .end
            .checked_sub(1)
            .and_then(|at| self.all.get(at))
            .is_some_and(|token| LINKS.contains(&token.fold.as_str()) || token.fold == "not" || token.fold == "meet");
        if let Some(list) = after
            && links(list, &LINKS)
            && (ends_in_link || between(list).len() > 0)
        {
            return (Some(list), true);
        }
        let before = all()
            .filter(free)
            .filter(|list| !asked(list))
            .filter(|list| stop(list).is_some_and(|at| at <= cue.tokens.start))
            .collect::<Vec<_>>();
        if let Some(list) = before.last() {
            let named: Vec<_> = before
                .iter()
                .filter(|list| parts.lists.get(**list).is_some_and(|list| list.iter().any(|mention| mention.named)))
                .collect();
            return (Some(*list), named.len() <= 1);
        }
        let Some(list) = after else {
            return (None, true);
        };
        if links(list, &[]) {
            return (Some(list), true);
        }
        // "Yes: Lena", "Yes, Lena please", "No - Omar".
        if links(list, &[",", ":", "-", "–", "—", "=", "/", ">", "→", "(", "*"]) && cue.tokens.start == parts.tokens.start {
            return (Some(list), true);
        }
        // Somewhere behind, across other words.
        let near = between(list).len() <= 4 && between(list).all(|at| self.all.get(at).is_some_and(|token| !token.kind.separates()));
        if near || self.focus.is_empty() {
            (Some(list), near)
        } else {
            (None, true)
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
            let reason = match hit.class {
                Class::Because(reason) => reason,
                Class::Bare(reason) if asked_why => reason,
                _ => continue,
            };
            let before = parts.lists.iter().filter(|list| list.last().is_some_and(|last| last.tokens.end <= hit.tokens.start)).next_back();
            let inside = parts.lists.iter().find(|list| list.first().is_some_and(|first| hit.tokens.contains(&first.tokens.start)));
            let words = self.bytes(&parts.tokens);
            self.understood = true;
            let Some(list) = inside.or(before) else {
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
            let says = match hit.class {
                Class::Wants => Some((Says::Question, Band::Human)),
                Class::Stop => Some((Says::Stop, Band::Act)),
                Class::Wrong => Some((Says::WrongPerson, Band::Human)),
                Class::Later => {
                    let on = dates::find(&self.all, parts.tokens.clone(), self.asked.today).map(|(_, day)| day);
                    Some((Says::Later { on }, Band::Act))
                }
                Class::Thanks => {
                    self.thanked = true;
                    None
                }
                Class::Praise => {
                    self.praised.get_or_insert(words.clone());
                    None
                }
                _ => None,
            };
            if let Some((says, band)) = says {
                self.find(says, words.clone(), band);
                self.understood = true;
            }
        }
    }

    /// What was not understood, and whether it can change what was.
    fn shadows(&mut self, parts: &Parts, decided: &[Said], before: &[usize]) {
        let has = |class: &dyn Fn(Class) -> bool, range: &Range<usize>| parts.hits.iter().any(|hit| range.contains(&hit.tokens.start) && class(hit.class));
        let first_cue = parts.cues.first().map_or(parts.tokens.end, |cue| cue.tokens.start);
        let mut unread: Option<Range<usize>> = None;
        for clause in &parts.clauses {
            if parts.question.as_ref().is_some_and(|question| question.start <= clause.start)
                || parts
                    .condition
                    .as_ref()
                    .is_some_and(|condition| condition.tokens.contains(&clause.start))
            {
                continue;
            }
            if parts.cues.iter().any(|cue| clause.contains(&cue.tokens.start)) {
                continue;
            }
            let unknown = parts.unknown.iter().filter(|at| clause.contains(at)).count();
            let reason = has(&|class| matches!(class, Class::Because(_)), clause);
            let contrast = has(&|class| class == Class::But, clause);
            let worry = has(&|class| matches!(class, Class::Not | Class::Worry), clause);
            let settled = has(&|class| matches!(class, Class::Noise | Class::Later | Class::Stop | Class::Wrong | Class::Wants | Class::Correct), clause);
            let about = self.about(parts, clause, decided, before);
            let bytes = self.bytes(clause);
            for who in &about {
                let Some(stand) = self.stands.get(*who) else {
                    continue;
                };
                let later = decided.is_empty() || clause.start > first_cue;
                let against = match stand.decision {
                    Decision::Interested => later && (reason || (worry || contrast) && !settled && (unknown > 0 || worry)),
                    Decision::Pass => later && contrast && !reason && !worry && !settled && unknown > 1,
                    Decision::Maybe => false,
                };
                if against && stand.condition.is_none() {
                    self.stands.doubt(*who, bytes.clone());
                }
            }
            let praise = has(&|class| matches!(class, Class::Praise | Class::Thanks | Class::Regret), clause);
            let enough = if praise || contrast { 4 } else { 2 };
            if !reason && !settled && (unknown >= enough || worry && unknown > 0 && !praise) && decided.is_empty() {
                let from = unread.as_ref().map_or(bytes.start, |sofar| sofar.start);
                unread = Some(from..bytes.end);
            }
        }
        if let Some(words) = unread {
            let alone = !parts.hits.iter().any(|hit| matches!(hit.class, Class::Later | Class::Stop | Class::Wrong | Class::Wants | Class::Correct));
            if alone {
                self.doubt(DoubtKind::Unclear, words);
            }
        }
    }

    /// Whom a clause without a cue is about: those named in it, else those of the verdict before it, else those spoken of.
    fn about(&self, parts: &Parts, clause: &Range<usize>, decided: &[Said], before: &[usize]) -> Vec<usize> {
        let named = parts.lists.iter().flatten().filter(|mention| clause.contains(&mention.tokens.start)).collect::<Vec<_>>();
        if !named.is_empty() {
            let these = named.iter().filter_map(|mention| match &mention.who {
                Who::These(these) => Some(these.clone()),
                Who::Rest(_) | Who::Unclear => None,
            });
            return these.flatten().collect();
        }
        let said = decided.iter().rev().find(|(at, _)| *at <= clause.start).or_else(|| decided.first());
        match said {
            Some((_, who)) => who.clone(),
            None if self.focus.is_empty() => before.to_vec(),
            None => self.focus.clone(),
        }
    }

    fn find(&mut self, says: Says, words: Range<usize>, band: Band) {
        if !self
            .others
            .iter()
            .any(|one| std::mem::discriminant(&one.says) == std::mem::discriminant(&says))
        {
            let words = self.words(words);
            self.others.push(Finding { says, words, band });
        }
    }

    fn doubt(&mut self, kind: DoubtKind, words: Range<usize>) {
        if !self.doubts.iter().any(|doubt| doubt.kind == kind && doubt.words.range == words) {
            let words = self.words(words);
            self.doubts.push(Doubt { kind, words });
        }
    }

    fn words(&self, range: Range<usize>) -> Words {
        Words {
            text: self.text.get(range.clone()).unwrap_or_default().to_owned(),
            range,
        }
    }

    fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.all.get(tokens.start).map_or(0, |token| token.range.start);
        let end = tokens
            .end
            .checked_sub(1)
            .and_then(|at| self.all.get(at))
            .map_or(start, |token| token.range.end);
        start..end.max(start)
    }

    /// From the cue to the names it is about, whichever comes first.
    fn cue_bytes(&self, cue: &Cue, who: &[Mention]) -> Range<usize> {
        let cue = self.bytes(&cue.tokens);
        let names = who.iter().map(|mention| self.bytes(&mention.tokens));
        names.fold(cue, |sofar, name| sofar.start.min(name.start)..sofar.end.max(name.end))
    }

    fn finish(mut self, pressed: bool) -> Reply {
        self.reasons_without_a_verdict();
        self.settle_the_rest();
        if let Some(words) = self.taken_back.take() {
            for who in 0..self.stands.of.len() {
                self.stands.doubt(who, words.clone());
            }
        }
        if let Some((who, pressed)) = self.choice
            && let Some(stand) = self.stands.get_mut(who).filter(|stand| stand.decision != pressed)
        {
            // The button says one thing and the text another.
            let words = stand.words.clone();
            stand.against.get_or_insert(words);
        }
        self.reasons_that_decide();
        if let Some((_, words)) = self.homeless.take() {
            let words = if words.is_empty() { Words::default() } else { self.words(words) };
            self.doubts.push(Doubt {
                kind: DoubtKind::Whom,
                words,
            });
        }
        let mut reply = Reply {
            findings: Vec::new(),
            doubts: Vec::new(),
        };
        let mut open_doubts = Vec::new();
        for (at, stand) in self.stands.of.iter().enumerate() {
            let (Some(stand), Some(candidate)) = (stand, self.asked.candidates.get(at)) else {
                continue;
            };
            let sure = stand.strength == Strength::Strong && stand.against.is_none() && !stand.inferred;
            if let Some(against) = &stand.against {
                open_doubts.push(Doubt {
                    kind: DoubtKind::What,
                    words: self.words(against.clone()),
                });
            }
            reply.findings.push(Finding {
                says: Says::Decide {
                    submission: candidate.submission,
                    decision: stand.decision,
                    condition: stand.condition.clone().and_then(|range| self.text.get(range)).map(str::to_owned),
                    follow_up: stand.follow_up,
                },
                words: self.words(stand.words.clone()),
                band: if sure { Band::Act } else { Band::Ask },
            });
        }
        for (who, reason, words) in &self.stands.reasons {
            if let Some(candidate) = self.asked.candidates.get(*who) {
                let says = Says::Because {
                    submission: candidate.submission,
                    reason: *reason,
                };
                reply.findings.push(Finding {
                    says,
                    words: self.words(words.clone()),
                    band: Band::Act,
                });
            }
        }
        let undecided = self.stands.of.iter().any(Option::is_none);
        reply.findings.extend(
            self.others
                .iter()
                .filter(|one| undecided || !matches!(one.says, Says::Later { .. }))
                .cloned(),
        );
        reply.findings.sort_by_key(|finding| finding.words.range.start);
        self.undecided_names(&mut open_doubts);
        reply.doubts.append(&mut self.doubts);
        reply.doubts.append(&mut open_doubts);
        self.nothing_said(pressed, &mut reply);
        reply
    }

    /// "the other one is too senior": the reasons of those nobody decided about.
    fn reasons_without_a_verdict(&mut self) {
        if !self.rest.is_empty() || self.reasons_of_the_rest.is_empty() {
            return;
        }
        let open: Vec<usize> = (0..self.asked.candidates.len()).filter(|at| self.stands.get(*at).is_none()).collect();
        for (reason, words) in std::mem::take(&mut self.reasons_of_the_rest) {
            for who in &open {
                self.stands.because(*who, reason, words.clone());
            }
        }
    }

    /// "no to the rest", now that it is known who was spoken of.
    fn settle_the_rest(&mut self) {
        for rest in std::mem::take(&mut self.rest) {
            let who: Vec<usize> = (0..self.asked.candidates.len())
                .filter(|at| self.stands.get(*at).is_none() && !self.spoken.iter().any(|(spoken, _)| spoken == at))
                .collect();
            if rest.count.is_some_and(|count| count != who.len()) || who.is_empty() || who.len() == self.asked.candidates.len() {
                self.doubt(DoubtKind::Whom, rest.words);
                continue;
            }
            for who in who {
                for (reason, words) in &self.reasons_of_the_rest {
                    self.stands.because(who, *reason, words.clone());
                }
                self.stands.say(who, &Word { decision: rest.cue.decision, strength: rest.cue.strength, words: rest.words.clone(), corrects: rest.corrects });
            }
        }
    }

    /// A reason without a decision sounds like a pass: to be asked about.
    fn reasons_that_decide(&mut self) {
        if self.asked.question != Question::Decision {
            return;
        }
        for (who, _, words) in self.stands.reasons.clone() {
            if let Some(place) = self.stands.of.get_mut(who).filter(|place| place.is_none()) {
                *place = Some(Stand {
                    decision: Decision::Pass,
                    strength: Strength::Weak,
                    words,
                    against: None,
                    condition: None,
                    follow_up: None,
                    inferred: true,
                });
            }
        }
    }

    /// Somebody was spoken of and nothing was decided: what is meant?
    fn undecided_names(&self, doubts: &mut Vec<Doubt>) {
        let asked = self
            .others
            .iter()
            .any(|one| matches!(one.says, Says::Question | Says::WrongPerson | Says::Later { .. }));
        let mut seen = Vec::new();
        for (who, words) in &self.spoken {
            if self.stands.get(*who).is_none() && !seen.contains(who) && !asked && self.asked.question == Question::Decision {
                seen.push(*who);
                doubts.push(Doubt {
                    kind: DoubtKind::What,
                    words: self.words(words.clone()),
                });
            }
        }
    }

    fn nothing_said(&self, pressed: bool, reply: &mut Reply) {
        if !reply.findings.is_empty() || !reply.doubts.is_empty() {
            return;
        }
        let whole = Words {
            text: self.text.to_owned(),
            range: 0..self.text.len(),
        };
        let blank = self.text.trim().is_empty() || self.all.iter().all(|token| token.kind.separates());
        if blank && !pressed {
            reply.doubts.push(Doubt {
                kind: DoubtKind::Empty,
                words: whole,
            });
        } else if self.thanked && self.praised.is_none() && !self.understood {
            reply.findings.push(Finding {
                says: Says::Thanks,
                words: whole,
                band: Band::Act,
            });
        } else if matches!(self.asked.question, Question::Reasons(_))
            && let [who] = self.focus.as_slice()
            && let Some(candidate) = self.asked.candidates.get(*who)
        {
            let says = Says::Because {
                submission: candidate.submission,
                reason: Reason::Other,
            };
            reply.findings.push(Finding {
                says,
                words: whole,
                band: Band::Ask,
            });
        } else {
            reply.doubts.push(Doubt {
                kind: DoubtKind::Unclear,
                words: whole,
            });
        }
    }
}

/// Small words between a verdict and the name it is about.
const LINKS: [&str; 38] = [
    "to",
    "on",
    "with",
    "for",
    "in",
    "the",
    "of",
    "at",
    "from",
    "us",
    "me",
    "please",
    "pls",
    "only",
    "about",
    "meeting",
    "seeing",
    "interviewing",
    "speaking",
    "talking",
    "both",
    "meet",
    "see",
    "interview",
    "a",
    "mit",
    "fur",
    "zu",
    "bei",
    "pour",
    "para",
    "voor",
    "met",
    "con",
    "per",
    "aan",
    "as",
    "all",
];

/// "Yes to Lena, Omar no": the last of a list with a comma stands right before the next verdict.
fn steals(all: &[Token], parts: &Parts, list: usize, before: &Cue, cue: &Cue) -> Option<Mention> {
    let list = parts.lists.get(list)?;
    let (last, rest) = list.split_last()?;
    let previous = rest.last()?;
    let adjacent = last.tokens.end <= cue.tokens.start
        && (last.tokens.end..cue.tokens.start).all(|at| {
            all.get(at)
                .is_some_and(|token| matches!(token.fold.as_str(), "is" | "a" | "-" | ":" | "–"))
        });
    let comma = (previous.tokens.end..last.tokens.start).any(|at| all.get(at).is_some_and(|token| token.fold == ","));
    (adjacent && comma && before.tokens.end <= last.tokens.start).then(|| last.clone())
}
