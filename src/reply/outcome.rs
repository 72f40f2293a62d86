//! An answer to "did the interview take place, and what comes next?" → what it decides about whom they met.
//!
//! In: such an answer. Out: the pass it says and why, and the rest of it, which is read for whether they met. Only a clear no is taken: whatever else they
//! want next is a person's to arrange. A sentence that speaks of who was there decides about nobody: "no, she did not come" is no pass.

use std::sync::LazyLock;

use super::interview::AskedTimes;
use super::sentences::fold;
use super::{Asked, Band, Finding, Question, Says, read};
use crate::message::OwnText;
use crate::model::Decision;

/// Words of a sentence that can decide, at the least: a bare "no" says that they did not meet.
const FEWEST: usize = 3;
/// Pieces of an answer that are looked at.
const MOST: usize = 60;

static ATTENDED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("words/attended.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// The pass that an answer says of whom it is about, with its reasons, and the answer without those words; `None` when it says none.
pub(super) fn decided(own: &OwnText, subject: &str, asked: &AskedTimes) -> Option<(OwnText, Vec<Finding>)> {
    let mut candidate = asked.candidates.iter().find(|one| one.submission == asked.submission)?.clone();
    candidate.open = true;
    let (mut of_them, mut of_it) = (Vec::new(), Vec::new());
    let pieces = own
        .text
        .split_inclusive(['.', '!', '?', '\n', ';'])
        .flat_map(|sentence| sentence.split(" but "));
    for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()).take(MOST) {
        match decides(piece) {
            true => of_them.push(piece),
            false => of_it.push(piece),
        }
    }
    let part = |pieces: &[&str]| OwnText {
        text: pieces.join(" "),
        uncertain: own.uncertain,
        ..OwnText::default()
    };
    let question = Asked {
        candidates: vec![candidate],
        question: Question::Decision,
        today: asked.zone.local(asked.written).date(),
    };
    let said = read(&part(&of_them), subject, &question);
    let passes = |one: &Finding| one.band == Band::Act && one.decides(asked.submission) == Some(Decision::Pass);
    if own.uncertain || !said.findings.iter().any(passes) {
        return None;
    }
    let kept = |one: &Finding| passes(one) || one.band == Band::Act && matches!(one.says, Says::Because { .. });
    let found = said.findings.into_iter().filter(kept).collect();
    Some((part(&of_it), found))
}

/// It can decide: more than a word, and nothing of who was there.
fn decides(piece: &str) -> bool {
    let words: Vec<String> = piece
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .map(|word| fold(word).into_owned())
        .collect();
    let flat = format!(" {} ", words.join(" "));
    words.len() >= FEWEST && !ATTENDED.iter().any(|known| flat.contains(&format!(" {known} ")))
}
