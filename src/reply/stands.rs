//! What stands for each candidate while a text is read: the last word counts, and contradictions are kept.

use std::ops::Range;

use chrono::NaiveDate;

use super::bands::Ground;
use super::words::Strength;
use crate::model::{Decision, Reason};

/// A decision as far as it has been read.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    /// What.
    pub(super) decision: Decision,
    /// How much its words carry.
    pub(super) strength: Strength,
    /// Its words: bytes of the text.
    pub(super) words: Range<usize>,
    /// Something speaks against it: these words.
    pub(super) against: Option<Range<usize>>,
    /// Its condition: bytes of the text.
    pub(super) condition: Option<Range<usize>>,
    /// When to ask again.
    pub(super) follow_up: Option<NaiveDate>,
    /// Only inferred from a reason.
    pub(super) inferred: bool,
    /// The words are denied, hedged or hang on a condition.
    pub(super) shaky: bool,
    /// How it was reached.
    pub(super) ground: Ground,
}

impl Stand {
    /// How it was reached, with the strength of its words taken in.
    pub(super) fn reached(&self) -> Ground {
        if self.strength == Strength::Strong {
            self.ground
        } else {
            Ground::Hint
        }
    }
}

impl Stand {
    /// "Sounds good": half a yes that nothing speaks against.
    pub(super) fn is_a_kind_word(&self) -> bool {
        self.decision == Decision::Interested
            && self.strength == Strength::Weak
            && self.ground != Ground::Hint
            && !self.shaky
            && self.against.is_none()
    }
}

/// One more word on a candidate.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) decision: Decision,
    pub(super) strength: Strength,
    pub(super) words: Range<usize>,
    /// The writer has just taken something back.
    pub(super) corrects: bool,
    /// See [`Stand::shaky`].
    pub(super) shaky: bool,
    pub(super) ground: Ground,
}

/// All candidates' stands, and the reasons given.
#[derive(Debug, Default)]
pub(super) struct Stands {
    /// By place in the letter.
    pub(super) of: Vec<Option<Stand>>,
    /// Candidate, reason, sentence.
    pub(super) reasons: Vec<(usize, Reason, Range<usize>)>,
}

impl Stands {
    pub(super) fn new(count: usize) -> Self {
        Self {
            of: vec![None; count],
            reasons: Vec::new(),
        }
    }

    pub(super) fn get(&self, who: usize) -> Option<&Stand> {
        self.of.get(who).and_then(Option::as_ref)
    }

    pub(super) fn get_mut(&mut self, who: usize) -> Option<&mut Stand> {
        self.of.get_mut(who).and_then(Option::as_mut)
    }

    /// Adds a word: it stands alone, agrees, corrects, or contradicts.
    pub(super) fn say(&mut self, who: usize, word: &Word) {
        let Some(place) = self.of.get_mut(who) else {
            return;
        };
        let fresh = Stand {
            decision: word.decision,
            strength: word.strength,
            words: word.words.clone(),
            against: None,
            condition: None,
            follow_up: None,
            inferred: word.ground == Ground::Reason,
            shaky: word.shaky,
            ground: word.ground,
        };
        match place {
            // "Writes well, but too junior for us. A no.": what was only inferred, and what spoke against it, is said now.
            Some(stand) if stand.decision == word.decision && stand.inferred && word.strength == Strength::Strong && !word.shaky => {
                *stand = fresh
            }
            Some(stand) if stand.decision == word.decision => {
                if word.strength > stand.strength {
                    stand.strength = word.strength;
                    stand.words = word.words.clone();
                }
                if word.strength > Strength::Faint && (stand.inferred || word.ground < stand.ground) {
                    stand.ground = word.ground;
                }
                stand.shaky &= word.shaky;
                stand.inferred = false;
            }
            // "Everything is frozen. I'd still like to see Ana then": it keeps her waiting all the same.
            Some(stand) if stand.ground == Ground::Role && stand.decision == Decision::Maybe && word.decision == Decision::Interested => {
                stand.against.get_or_insert_with(|| word.words.clone());
            }
            // "Nina over Fred. Thank Fred for us": coming second was only a guess.
            Some(stand) if stand.ground == Ground::Second && word.decision == Decision::Pass && word.strength == Strength::Strong => {
                *stand = fresh;
            }
            // "I like him, but let's wait": what is only half said gives way to what is.
            Some(stand) if word.corrects || stand.inferred || stand.strength < word.strength => *stand = fresh,
            Some(_) if word.strength == Strength::Faint => {}
            // "A no from us, she needs a visa, which we don't offer": half a word turns nothing round, and is a doubt.
            Some(stand) if word.strength < stand.strength => {
                stand.against.get_or_insert_with(|| word.words.clone());
            }
            Some(stand) => {
                let against = stand.words.clone();
                *stand = Stand {
                    against: Some(against),
                    ..fresh
                };
            }
            None => *place = Some(fresh),
        }
    }

    /// A reason without a verdict sounds like a pass: "too junior".
    ///
    /// `shaky`: hedged, or beside a question or a condition.
    pub(super) fn infer(&mut self, who: usize, strength: Strength, shaky: bool, words: Range<usize>) {
        match self.of.get_mut(who) {
            Some(place @ None) => {
                *place = Some(Stand {
                    decision: Decision::Pass,
                    strength,
                    words,
                    against: None,
                    condition: None,
                    follow_up: None,
                    inferred: true,
                    shaky,
                    ground: Ground::Reason,
                });
            }
            // "Not convinced, too junior": together they are sure.
            Some(Some(stand)) if stand.decision == Decision::Pass && (stand.inferred || !stand.shaky) => {
                if stand.inferred {
                    stand.shaky &= shaky;
                    stand.strength = stand.strength.max(strength);
                } else if stand.strength == Strength::Weak && !shaky {
                    stand.strength = Strength::Strong;
                    stand.ground = Ground::Agreed;
                }
            }
            Some(Some(_)) | None => {}
        }
    }

    /// Notes words that speak against what stands.
    pub(super) fn doubt(&mut self, who: usize, words: Range<usize>) {
        if let Some(stand) = self.get_mut(who) {
            stand.against.get_or_insert(words);
        }
    }

    pub(super) fn because(&mut self, who: usize, reason: Reason, words: Range<usize>) {
        if !self.reasons.iter().any(|(one, known, _)| *one == who && *known == reason) {
            self.reasons.push((who, reason, words));
        }
    }
}
