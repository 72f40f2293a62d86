//! Where the rules find no decision: which way the words lean.
//!
//! In: what an answer says of a candidate nobody has decided about, and `words/lean.txt`. Out: a decision to be asked about, or none.
//!
//! The rules know phrases; a wording they do not know says nothing to them, however plain it is. So each thing that can be seen in what is
//! said of a candidate ([`Reader::signs`]: words, how they begin, the classes of known phrases and their order, what was decided about
//! the others) has four weights, for interested, maybe, pass and nothing, and the words lean to what has the greatest sum. The weights are
//! counted on the cases of `fixtures/decisions/*.jsonl`, an averaged perceptron that sees them ten times in a fixed order:
//! `replyd lab lean fixtures/decisions/*.jsonl` prints them anew, with what they do for cases they were not counted on; a test compares.
//!
//! A leaning is right in two cases of three, so it never acts. It is only there where we ask back anyway: the letter can say "did you
//! mean interested?" in place of "what did you mean?", and of two words that contradict each other it says which is likelier. A question,
//! a forward or thanks alone ask nothing back, and stay what they are.

use std::hash::Hasher;
use std::sync::LazyLock;

use fnv::{FnvHashMap, FnvHasher};

use super::passages::{Passage, Said};
use super::read::Reader;
use super::sentences::Kind;
use super::words::Class;
use super::{AskedAbout, Band, DoubtKind, Finding, Question, Reply, Says};
use crate::model::{Decision, SubmissionId};

/// What words can lean to, in the order of the weights. `None`: nothing is decided.
pub const LEANINGS: [Option<Decision>; 4] = [Some(Decision::Interested), Some(Decision::Maybe), Some(Decision::Pass), None];

/// More words than this about one candidate are not weighed.
const MOST_WORDS: usize = 400;

/// How much each sign speaks for each of [`LEANINGS`].
#[derive(Debug, Default)]
pub struct Weights(FnvHashMap<u64, [i16; 4]>);

impl Weights {
    /// Reads a table: a line is four weights and a sign. Lines of another form say nothing.
    #[must_use]
    pub fn new(table: &str) -> Self {
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        Self(lines.filter_map(weighed).collect())
    }

    /// What these signs lean to.
    fn lean(&self, signs: &[u64]) -> Option<Decision> {
        let mut sums = [0_i32; 4];
        for weights in signs.iter().filter_map(|sign| self.0.get(sign)) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*weight);
            }
        }
        let best = *sums.iter().max()?;
        let mut leanings = LEANINGS.iter().zip(sums).filter(|(_, sum)| *sum == best);
        match (leanings.next(), leanings.next()) {
            (Some((leaning, _)), None) => *leaning,
            // Nothing speaks for one more than for another.
            _ => None,
        }
    }
}

fn weighed(line: &str) -> Option<(u64, [i16; 4])> {
    let mut rest = line;
    let mut weights = [0; 4];
    for weight in &mut weights {
        let (number, behind) = rest.trim_start().split_once(' ')?;
        *weight = number.parse().ok()?;
        rest = behind;
    }
    Some((hash(&[rest]), weights))
}

/// The weights of `words/lean.txt`.
pub(super) fn built_in() -> &'static Weights {
    static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| Weights::new(include_str!("words/lean.txt")));
    &WEIGHTS
}

/// What can be seen in what is said of one candidate.
#[derive(Debug)]
pub struct Evidence {
    /// Whom it is about.
    pub submission: SubmissionId,
    /// What the rules have found.
    pub decision: Option<Decision>,
    /// The signs, as the table writes them.
    pub signs: Vec<String>,
}

/// A sign in pieces, to be joined by spaces.
type See<'s> = dyn FnMut(&[&str]) + 's;

/// The same number for the pieces as for the line they make.
fn hash(pieces: &[&str]) -> u64 {
    let mut hasher = FnvHasher::default();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            hasher.write(b" ");
        }
        hasher.write(piece.as_bytes());
    }
    hasher.finish()
}

impl Reader<'_> {
    /// Offers a leaning about those nobody decided about, or with words that contradict each other, where we ask back anyway.
    pub(super) fn lean<'w>(&self, reply: &mut Reply, weights: impl FnOnce() -> &'w Weights) {
        let in_doubt = |at: usize| self.stands.get(at).is_none_or(|stand| stand.against.is_some());
        // What we have asked about already is not guessed at once more.
        let open = |one: &AskedAbout| one.open && one.meant.is_none();
        let undecided = |at: &usize| in_doubt(*at) && self.asked.candidates.get(*at).is_some_and(open);
        let who: Vec<usize> = (0..self.asked.candidates.len()).filter(undecided).collect();
        if who.is_empty() || self.asked.question != Question::Decision || !asks_back(reply) {
            return;
        }
        // "Pass", and nobody can tell on whom; "Ask Karen"; "Stop writing to me": these are answered otherwise.
        let settled = |one: &Finding| matches!(one.says, Says::WrongPerson | Says::Stop);
        let said = self.passages();
        if said.of_everybody && self.homeless.is_some() || reply.findings.iter().any(settled) {
            return;
        }
        let weights = weights();
        let mut signs = Vec::new();
        for at in who {
            let (Some(of), Some(candidate)) = (said.of.get(at), self.asked.candidates.get(at)) else {
                continue;
            };
            signs.clear();
            self.signs(at, &said, &mut |pieces| signs.push(hash(pieces)));
            signs.sort_unstable();
            signs.dedup();
            let longest = of.iter().max_by_key(|passage| passage.tokens.len());
            let found = reply.findings.iter_mut().find_map(|one| {
                if let Says::Decide { submission, decision, .. } = &mut one.says {
                    (*submission == candidate.submission).then_some(decision)
                } else {
                    None
                }
            });
            if let (Some(decision), Some(found)) = (weights.lean(&signs), found) {
                *found = decision;
            } else if let (Some(decision), Some(passage)) = (weights.lean(&signs), longest) {
                let says = Says::Decide {
                    submission: candidate.submission,
                    decision,
                    condition: None,
                    follow_up: None,
                };
                let words = self.words(self.bytes(&passage.tokens));
                let band = Band::Ask;
                reply.findings.push(Finding { says, words, band });
            }
        }
        reply.findings.sort_by_key(|finding| finding.words.range.start);
    }

    /// The signs for every candidate of whom anything is said.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let said = self.passages();
        let mut out = Vec::new();
        for (at, candidate) in self.asked.candidates.iter().enumerate() {
            let mut signs = Vec::new();
            self.signs(at, &said, &mut |pieces| signs.push(pieces.join(" ")));
            signs.sort_unstable();
            signs.dedup();
            if !signs.is_empty() {
                out.push(Evidence {
                    submission: candidate.submission,
                    decision: self.stands.get(at).map(|stand| stand.decision),
                    signs,
                });
            }
        }
        out
    }

    /// Everything that can be seen in what is said of a candidate; nothing when nothing is said but the name.
    fn signs(&self, who: usize, said: &Said<'_>, see: &mut See<'_>) {
        let of = said.of.get(who).map(Vec::as_slice).unwrap_or_default();
        if !of.iter().any(|passage| self.words_of(passage, &mut |_| ()) > 0) {
            return;
        }
        let mut words = 0;
        for passage in of {
            words += self.words_of(passage, see);
            classes_of(passage, see);
            if words > MOST_WORDS {
                break;
            }
        }
        if said.of_everybody && self.asked.candidates.len() > 1 {
            see(&["of everybody"]);
        }
        if of.last().is_some_and(Passage::asks) {
            see(&["asks last"]);
        }
        if of.iter().all(Passage::asks) {
            see(&["asks only"]);
        }
        see(&["length", amount(words.max(1).ilog2())]);
        see(&["letter", amount(self.asked.candidates.len().ilog2())]);
        // Of two words that contradict each other the rules keep the last.
        if let Some(stand) = self.stands.get(who).filter(|stand| stand.against.is_some()) {
            see(&["kept", stand.decision.name()]);
        }
        for other in &self.others {
            see(&["says", name_of(&other.says)]);
        }
        let others = self.stands.of.iter().enumerate().filter(|(at, _)| *at != who);
        for stand in others.filter_map(|(_, stand)| stand.as_ref()) {
            see(&["others", stand.decision.name()]);
        }
    }

    /// Words outside names and how they begin. The answer is how many there are.
    fn words_of(&self, passage: &Passage<'_>, see: &mut See<'_>) -> usize {
        let mut words = 0;
        for at in passage.tokens.clone().filter(|at| !passage.mentions(*at)) {
            let Some(token) = self.all.get(at) else { continue };
            match token.kind {
                Kind::Word => {
                    words += 1;
                    see(&["word", &token.fold]);
                    for letters in [4, 5] {
                        if let Some((end, _)) = token.fold.char_indices().nth(letters) {
                            see(&["begins", token.fold.get(..end).unwrap_or_default()]);
                        }
                    }
                }
                Kind::Number => see(&["number"]),
                Kind::Emoji => {
                    words += 1;
                    see(&["word", &token.fold]);
                }
                Kind::Part | Kind::End | Kind::Ask | Kind::Link => {}
            }
        }
        words
    }
}

/// Classes of the phrases the rules know, with what stands beside each of them.
fn classes_of(passage: &Passage<'_>, see: &mut See<'_>) {
    let says = |class: Class| !matches!(class, Class::Filler | Class::Person);
    let hits = passage.parts.hits.iter();
    let classes = hits.filter(|hit| passage.tokens.contains(&hit.tokens.start) && says(hit.class));
    let mut before = "start";
    for hit in classes {
        let name = hit.class.name();
        see(&["class", name]);
        see(&["pair", before, name]);
        if let Class::Decide(_, strength) = hit.class {
            see(&["class", name, strength.name()]);
        } else if let Class::Because(reason, _) = hit.class {
            see(&["class", name, reason.name()]);
        } else if let Class::Role(decision) = hit.class {
            see(&["class", name, decision.name()]);
        }
        before = name;
    }
    see(&["pair", before, if passage.asks() { "question" } else { "end" }]);
}

/// The reading leaves something to ask.
fn asks_back(reply: &Reply) -> bool {
    let mut decisions = reply.findings.iter().filter(|one| matches!(one.says, Says::Decide { .. }));
    let decided = decisions.clone().next().is_some();
    decisions.any(|one| one.band == Band::Ask)
        || reply.doubts.iter().any(|doubt| match doubt.kind {
            DoubtKind::Whom | DoubtKind::What => true,
            DoubtKind::Unclear => !decided,
            DoubtKind::Empty | DoubtKind::Unreadable => false,
        })
}

const fn name_of(says: &Says) -> &'static str {
    match says {
        Says::Decide { .. } => "decision",
        Says::Because { .. } => "reason",
        Says::Confirm(_) | Says::Attends { .. } => "confirmation",
        Says::Question => "question",
        Says::Request => "request",
        Says::Available | Says::Times { .. } => "available",
        Says::Complaint => "complaint",
        Says::OtherBusiness => "other_business",
        Says::PassedOn => "passed_on",
        Says::WrongPerson => "wrong_person",
        Says::Stop => "stop",
        Says::Later { .. } => "later",
        Says::Thanks => "thanks",
    }
}

const fn amount(log: u32) -> &'static str {
    match log {
        0 => "one",
        1 => "few",
        2 => "some",
        3 => "more",
        4 => "many",
        _ => "most",
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::{Asked, read_leaning};
    use super::*;
    use crate::message::OwnText;

    const YES: &str = "  50    0    0  -50 word splendid\n   0    0   50  -50 word dreadful\n";

    fn leanings(text: &str, names: &[&str], table: &str) -> Vec<(i64, Decision, Band)> {
        let candidates = names.iter().zip(1..).map(|(name, number)| AskedAbout {
            submission: SubmissionId(number),
            name: (*name).to_owned(),
            summary: String::new(),
            open: true,
            meant: None,
        });
        let asked = Asked {
            candidates: candidates.collect(),
            question: Question::Decision,
            today: NaiveDate::default(),
        };
        let own = OwnText {
            text: text.to_owned(),
            ..OwnText::default()
        };
        let weights = Weights::new(table);
        let reply = read_leaning(&own, "", &asked, || &weights);
        let decided = reply.findings.iter().filter_map(|one| {
            let Says::Decide { submission, decision, .. } = one.says else {
                return None;
            };
            Some((submission.0, decision, one.band))
        });
        decided.collect()
    }

    #[test]
    fn what_the_rules_cannot_read_leans_to_the_greatest_sum() {
        let one = ["Lena Vogt"];
        let text = "The whole bunch considers her splendid";
        assert_eq!(leanings(text, &one, YES), [(1, Decision::Interested, Band::Ask)]);
        assert_eq!(leanings(text, &one, ""), []);
        assert_eq!(
            leanings("splendid, dreadful, who knows", &one, YES),
            [],
            "as much for one as for the other"
        );
    }

    #[test]
    fn each_candidate_has_their_own_words() {
        let two = ["Lena Vogt", "Omar Haddad"];
        let read = leanings("Lena: splendid bird. Omar: dreadful bird", &two, YES);
        assert_eq!(read, [(1, Decision::Interested, Band::Ask), (2, Decision::Pass, Band::Ask)]);
        let read = leanings("Pass on Lena. Omar: splendid bird", &two, YES);
        assert_eq!(read, [(1, Decision::Pass, Band::Act), (2, Decision::Interested, Band::Ask)]);
    }

    #[test]
    fn what_asks_nothing_back_is_left_alone() {
        let always = "1 0 0 0 length one\n1 0 0 0 length few\n1 0 0 0 length some\n1 0 0 0 length more\n";
        for text in [
            "What is her salary?",
            "Please send me her references.",
            "Talk to Priya, she runs this.",
            "Please stop mailing me.",
            "I'm on a plane and will read it tomorrow.",
            "Thanks a lot!",
            "",
        ] {
            assert_eq!(leanings(text, &["Lena Vogt"], always), [], "{text}");
        }
    }
}
