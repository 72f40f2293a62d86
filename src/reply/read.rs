//! Goes through the sentences in order and keeps what stands for each candidate.

use std::ops::Range;

use super::bands::Ground;
use super::lean::{self, Evidence, Weights};
use super::names::Text;
use super::passages::Heard;
use super::places::{Place, places};
use super::sentence::{Cue, Parts, take_apart};
use super::sentences::{Kind, Token, sentences, tokens};
use super::small::Small;
use super::stands::{Stands, Word};
use super::who::{Mention, People, Who};
use super::words::{self, Class, Hit, Strength};
use super::{Asked, Band, Doubt, DoubtKind, Finding, Question, Reply, Says, Words, confirm, frame, meant, subject};
use crate::message::OwnText;
use crate::model::{Decision, Reason, SubmissionId};

/// More own text than this is not an answer to a letter; the rest is not read and that is a doubt.
const LONGEST: usize = 32 * 1024;

/// Reads what a person said.
///
/// `own` is their own text as [`crate::message`] cut it out, `subject` the subject of their mail, `asked` what our letter asked.
#[must_use]
pub fn read(own: &OwnText, subject: &str, asked: &Asked) -> Reply {
    read_leaning(own, subject, asked, lean::built_in)
}

/// As [`read`], with other weights for the leaning; they are asked for when something is left undecided.
#[must_use]
pub fn read_leaning<'w>(own: &OwnText, subject: &str, asked: &Asked, weights: impl FnOnce() -> &'w Weights) -> Reply {
    let text = shortened(&own.text);
    let mut reply = match asked.question {
        Question::Confirm => confirm::read(text),
        Question::Meant | Question::Whom(_) => meant::read(text, own, subject, asked, weights),
        Question::Decision | Question::Reasons(_) => decisions(text, own, subject, asked, weights),
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

/// Reads decisions, and reasons where they were asked for.
pub(super) fn decisions<'w>(text: &str, own: &OwnText, subject: &str, asked: &Asked, weights: impl FnOnce() -> &'w Weights) -> Reply {
    let people = People::of(asked);
    let pressed = subject::choice(subject);
    let mut reader = Reader::new(text, asked, &people);
    reader.pressed(pressed.as_ref());
    reader.read(&places(own, asked));
    reader.finish(pressed.is_some(), weights)
}

/// The decisions [`read`] finds, and how it came to each of them; only those that nothing speaks against.
#[must_use]
pub fn grounds(own: &OwnText, asked: &Asked) -> Vec<(SubmissionId, Decision, Ground)> {
    let people = People::of(asked);
    let mut reader = Reader::new(shortened(&own.text), asked, &people);
    reader.read(&places(own, asked));
    reader.settle();
    let decided = asked.candidates.iter().zip(&reader.stands.of);
    decided
        .filter_map(|(one, stand)| {
            let stand = stand.as_ref().filter(|stand| !reader.is_doubted(stand))?;
            Some((one.submission, stand.decision, stand.reached()))
        })
        .collect()
}

/// What [`read`] would lean on for each candidate of whom anything is said, with what it has found of them.
#[must_use]
pub fn evidence(own: &OwnText, asked: &Asked) -> Vec<Evidence> {
    let people = People::of(asked);
    let mut reader = Reader::new(shortened(&own.text), asked, &people);
    reader.read(&places(own, asked));
    reader.settle();
    reader.evidence()
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
    pub(super) reasons_of_the_rest: Vec<(Reason, Range<usize>, Strength, Option<usize>)>,
    /// Reasons without a candidate: a doubt unless everybody is decided about.
    pub(super) of_nobody: Vec<Range<usize>>,
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
    pub(super) last: Option<Cue>,
    /// Those it was about.
    pub(super) last_said: Vec<usize>,
    /// Those praised and nothing else, with the words.
    pub(super) liked: Vec<(usize, Range<usize>)>,
    /// Those named in a sentence that holds nothing but names.
    pub(super) listed: Vec<(usize, Range<usize>)>,
    /// Not understood, and without a word that could turn anything: no doubt once everybody has been decided about.
    pub(super) chatter: Vec<Range<usize>>,
    /// The writer has turned to other business.
    aside: bool,
    /// Somebody was named whom the letter does not know: nobody can tell who "the rest" are.
    pub(super) stranger: bool,
    /// Candidates in the order of their names in the text.
    pub(super) named: Vec<usize>,
    /// All sentences, for what nobody has decided about.
    pub(super) heard: Vec<Heard>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, asked: &'a Asked, people: &'a People<'a>) -> Self {
        let body = frame::body(text);
        let mut all = tokens(text.get(body.clone()).unwrap_or_default());
        for token in &mut all {
            token.range = token.range.start + body.start..token.range.end + body.start;
        }
        let words = || all.iter().filter(|token| token.kind == Kind::Word);
        let foreign = words().filter(|token| words::foreign(&token.fold)).count() > words().count() / 4;
        let focus = match asked.question {
            Question::Reasons(submission) => asked
                .candidates
                .iter()
                .position(|one| one.submission == submission)
                .into_iter()
                .collect(),
            Question::Decision | Question::Meant | Question::Whom(_) | Question::Confirm => people.sole().into_iter().collect(),
        };
        Self {
            text,
            asked,
            people,
            all,
            stands: Stands::new(asked.candidates.len()),
            rest: Vec::new(),
            reasons_of_the_rest: Vec::new(),
            of_nobody: Vec::new(),
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
            last_said: Vec::new(),
            liked: Vec::new(),
            listed: Vec::new(),
            chatter: Vec::new(),
            aside: false,
            stranger: false,
            named: Vec::new(),
            heard: Vec::new(),
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
                        shaky: false,
                        ground: Ground::Button,
                    },
                );
            }
            None => {
                let cue = Cue {
                    tokens: 0..0,
                    decision: choice.decision,
                    strength: Strength::Strong,
                    ground: Ground::Button,
                };
                self.homeless = Some((cue, 0..0));
            }
        }
    }

    fn read(&mut self, places: &[Place]) {
        if places.is_empty() && self.in_order() {
            return;
        }
        let text = Text::new(self.text);
        let mut places = places.iter().peekable();
        let before = self.focus.clone();
        for sentence in sentences(&self.all) {
            let begins = self.bytes(&sentence.tokens).start;
            while let Some(place) = places.next_if(|place| place.from <= begins) {
                // What stands in another place of our letter is about whoever stands there.
                self.focus = place.under.map_or_else(|| before.clone(), |who| vec![who]);
            }
            let mut parts = take_apart(&text, &self.all, &sentence, self.people, &self.focus);
            self.told_by_the_others(&mut parts);
            let before = self.focus.clone();
            self.sentence(&parts);
            self.turned(&parts);
            self.heard.push(Heard { parts, before });
        }
    }

    /// "She has a heart of gold. But she'd need the SVQ 3": what is not understood may take back the yes before it.
    fn turned(&mut self, parts: &Parts) {
        let turns = parts
            .hits
            .first()
            .is_some_and(|hit| hit.class == Class::But && hit.tokens.start == parts.tokens.start);
        if !turns || parts.asks || !parts.is_obscure(parts.tokens.start) {
            return;
        }
        for who in self.focus.clone() {
            let yes = self.stands.get_mut(who).filter(|stand| stand.decision == Decision::Interested);
            if let Some(stand) = yes {
                stand.strength = stand.strength.min(Strength::Weak);
            }
        }
    }

    fn sentence(&mut self, parts: &Parts) {
        let named = parts.lists.iter().flatten().any(|mention| mention.named);
        let asked = self.others.iter().any(|one| matches!(one.says, Says::Question | Says::Request));
        if parts.hits.iter().any(|hit| hit.class == Class::Else) && !named && (asked || !self.stands.of.iter().all(Option::is_none)) {
            // The other branch of a condition repeats it from the other side.
            return;
        }
        // "By the way, invoice 2291 has the wrong number": other business until somebody is spoken of again.
        self.aside |= parts.opens_aside(&self.all);
        self.aside &= parts.lists.is_empty();
        if self.aside {
            self.other_intents(parts);
            self.find(Says::OtherBusiness, self.bytes(&parts.tokens), Band::Human);
            return;
        }
        // "The lady you sent in spring was wonderful, we took her on": about nobody in this letter.
        let told = |mention: &Mention| matches!(&mention.who, Who::These(these) if these.len() < self.people.count);
        let of_some = named || parts.lists.iter().flatten().any(told);
        if !of_some && parts.hits.iter().any(|hit| hit.class == Class::Elsewhere) {
            self.other_intents(parts);
            self.doubt(DoubtKind::Unclear, self.bytes(&parts.tokens));
            return;
        }
        if let Some(lost) = parts.hits.iter().find(|hit| hit.class == Class::Lost) {
            self.doubt(DoubtKind::Unclear, self.bytes(&lost.tokens));
        }
        self.stranger |= parts.stranger;
        self.corrections(parts);
        let before = self.focus.clone();
        let mut decided = self.decisions(parts);
        self.taken_from_others(parts, &decided, &before);
        self.excepted(parts, &mut decided);
        self.second(parts);
        self.role_is_over(parts);
        self.reasons(parts);
        self.reasons_inside(parts, &decided);
        self.other_intents(parts);
        self.praise(parts, &decided);
        self.shadows(parts, &decided, &before);
    }

    /// "I said yes to Omar. I take it back, we go with Lena": what is taken back was said of Omar, and what holds for him now is not said.
    fn taken_from_others(&mut self, parts: &Parts, decided: &[Said], before: &[usize]) {
        let said_now = |who: &usize| decided.iter().any(|(_, these)| these.contains(who));
        let Some(hit) = parts.hits.iter().find(|hit| hit.class == Class::Correct && !self.is_mild(hit)) else {
            return;
        };
        // "I was leaning towards Vera, but on reflection no": what is taken back stands in the same sentence.
        let of_its_own = parts
            .lists
            .iter()
            .flatten()
            .any(|mention| mention.named && mention.tokens.end <= hit.tokens.start);
        if decided.is_empty() || of_its_own || before.iter().any(said_now) {
            return;
        }
        let words = self.bytes(&hit.tokens);
        for who in before {
            self.stands.doubt(*who, words.clone());
        }
    }

    /// "Actually" alone often takes nothing back.
    fn is_mild(&self, hit: &Hit) -> bool {
        self.all.get(hit.tokens.start).is_some_and(|token| token.fold == "actually") && hit.tokens.len() == 1
    }

    fn corrections(&mut self, parts: &Parts) {
        for hit in parts.hits.iter().filter(|hit| hit.class == Class::Correct) {
            self.correcting = true;
            // "It was the opposite, I mixed them up": nothing said so far can be trusted.
            let swaps = |at: usize| self.all.get(at).is_some_and(|token| token.is(Small::Swap));
            if hit.tokens.clone().any(swaps) {
                let words = self.bytes(&hit.tokens);
                for who in 0..self.stands.of.len() {
                    self.stands.doubt(who, words.clone());
                }
            }
            // What follows an "actually" has to be understood; else nobody knows what it takes back.
            if !self.is_mild(hit) || parts.cues.is_empty() && !parts.lists.is_empty() {
                self.taken_back = Some(self.bytes(&hit.tokens));
            }
        }
    }

    /// A question with the mark behind it: without one it is told to people as a statement.
    pub(super) fn with_mark(&self, words: Range<usize>) -> Range<usize> {
        let marked = self.text.get(words.end..).is_some_and(|rest| rest.starts_with('?'));
        words.start..words.end + usize::from(marked)
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
