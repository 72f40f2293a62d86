//! The subject of a mail made by one of our `mailto:` buttons: it begins with the choice and ends with the reference (RFC 6068).
//!
//! `Interested REF-7K3Q` and `Interested: Ana Souza [REF-7K3Q]` are such subjects. Anything in front of the choice, above all a
//! "Re:", makes it the subject of an answer, which says nothing.

use super::sentences::{Kind, tokens};
use crate::model::{Decision, Reference};

/// The choice of a pressed button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What.
    pub(super) decision: Decision,
    /// The name in the subject, folded words; empty when there is none.
    pub(super) name: Vec<String>,
}

/// Reads a subject.
pub(super) fn choice(subject: &str) -> Option<Choice> {
    let subject = subject.trim();
    let at = subject.to_ascii_uppercase().rfind("REF-")?;
    let reference = subject.get(at..)?;
    Reference::find(reference)?;
    let after = reference.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    if !after.trim_matches([']', ')', ' ']).is_empty() {
        return None;
    }
    let head = subject.get(..at)?.trim_end_matches(['[', '(', ' ']);
    let (word, name) = match head.split_once(':') {
        Some((word, name)) => (word.trim(), name),
        None => (head, ""),
    };
    let decision = Decision::ALL.into_iter().find(|one| word.eq_ignore_ascii_case(one.label()))?;
    let name = tokens(name)
        .into_iter()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.fold.into_owned())
        .collect();
    Some(Choice { decision, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pressed_button_is_told_from_an_answer() {
        for (subject, decision, name) in [
            ("Interested REF-7K3Q", Decision::Interested, ""),
            ("Interested: Ana Souza [REF-7K3Q]", Decision::Interested, "ana souza"),
            ("PASS: José Núñez [ref-7k3q] ", Decision::Pass, "jose nunez"),
            ("Maybe (REF-7K3Q)", Decision::Maybe, ""),
        ] {
            let read = choice(subject).unwrap();
            assert_eq!((read.decision, read.name.join(" ").as_str()), (decision, name), "{subject}");
        }
        for subject in [
            "Re: Interested: Ana Souza [REF-7K3Q]",
            "AW: Pass REF-7K3Q",
            "Interested",
            "Interested in REF-7K3Q",
            "Not interested REF-7K3Q",
            "Interested: Ana [REF-7K3Q] no, Pass",
            "Two profiles [REF-7K3Q]",
            "",
        ] {
            assert_eq!(choice(subject), None, "{subject}");
        }
    }
}
