//! Reasons for a pass in somebody's own words, of a batch file or of config.toml.

use serde::Deserialize;

use crate::conversation::{MOST_REASONS, OwnReason};
use crate::model::{HeaderText, Reason};

/// As it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonPart {
    /// What the client reads.
    pub label: String,
    /// Which of the twelve it is in figures.
    pub counts_as: Reason,
}

/// Longest label, in characters: two stand side by side in a letter.
const LONGEST: usize = 60;

/// The list as it is meant; else the place of what is wrong, and the fix.
pub(super) fn checked(all: &[ReasonPart]) -> Result<Vec<OwnReason>, (usize, String)> {
    let mut kept: Vec<OwnReason> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let label = HeaderText::new(&one.label);
        let wrong = if at >= MOST_REASONS {
            Some(format!("are more than {MOST_REASONS}; nobody reads that many"))
        } else if label.is_empty() {
            Some("has an empty label".to_owned())
        } else if label.as_str().chars().count() > LONGEST {
            Some(format!("has a label of more than {LONGEST} characters; it stands on a button"))
        } else if kept.iter().any(|other| other.label == label) {
            Some("has the label of another one".to_owned())
        } else {
            None
        };
        if let Some(what) = wrong {
            return Err((at, what));
        }
        kept.push(OwnReason {
            label,
            counts_as: one.counts_as,
        });
    }
    Ok(kept)
}
