//! What an answer says, in the short notation of the scripts: no reader is asked, so that a script can say exactly what was read.
//!
//! In: `Ana interested; Ben pass because salary; question` and `Ana ask interested; unclear; whom; stop; thanks; later 2026-12-01`, or a
//! button and whose it is. Out: a [`Reply`], or the finding of that button.
//! Never here: words that a person would type.

use chrono::NaiveDate;
use replyd::model::{Decision, Reason, SubmissionId};
use replyd::reply::{Band, Doubt, DoubtKind, Finding, Reply, Says};

use super::Play;
use super::answers::{certain, told};

impl Play {
    pub(super) fn said(&self, place: &str, text: &str) -> Reply {
        let mut out = Reply::default();
        for part in text.split(';').map(str::trim) {
            self.part_says(place, part, &mut out);
        }
        out
    }

    fn part_says(&self, place: &str, part: &str, out: &mut Reply) {
        let read = |says, band| Finding {
            says,
            words: told(part),
            band,
        };
        let decide = |name, decision: &str, band| read(decides(self.who(place, name), decision.parse().expect(place)), band);
        let because = |name, reason: &str| {
            let (submission, reason) = (self.who(place, name), reason.parse().expect(place));
            read(Says::Because { submission, reason }, Band::Act)
        };
        let day = |text: &str| -> NaiveDate { text.parse().expect(place) };
        let doubt = |kind| Doubt { kind, words: told(part) };
        let words: Vec<&str> = part.split_whitespace().collect();
        match words[..] {
            ["question"] => out.findings.push(read(Says::Question, Band::Human)),
            ["stop"] => out.findings.push(read(Says::Stop, Band::Human)),
            ["wrong-person"] => out.findings.push(read(Says::WrongPerson, Band::Human)),
            ["thanks"] => out.findings.push(read(Says::Thanks, Band::Human)),
            ["later", on] => out.findings.push(read(Says::Later { on: Some(day(on)) }, Band::Human)),
            ["unclear"] => out.doubts.push(doubt(DoubtKind::Unclear)),
            ["whom"] => out.doubts.push(doubt(DoubtKind::Whom)),
            ["whom", said] => {
                out.homeless = Some(said.parse().expect(place));
                out.doubts.push(doubt(DoubtKind::Whom));
            }
            // There were no words.
            ["empty"] => out.doubts.push(Doubt {
                kind: DoubtKind::Empty,
                words: told(""),
            }),
            [name, "ask", decision] => out.findings.push(decide(name, decision, Band::Ask)),
            [name, "ask", decision, "if", ..] => {
                let mut finding = decide(name, decision, Band::Ask);
                if let Says::Decide { condition, .. } = &mut finding.says {
                    *condition = part.split_once(" if ").map(|(_, text)| text.to_owned());
                }
                finding.words.text = format!("{name} {decision}");
                out.findings.push(finding);
            }
            [name, "ask", decision, "on", on] => out.findings.push(until(decide(name, decision, Band::Ask), day(on))),
            // Read, and not sure.
            [name, "perhaps", reason] => {
                let mut finding = because(name, reason);
                finding.band = Band::Ask;
                out.findings.push(finding);
            }
            [name, "because", reason] => out.findings.push(because(name, reason)),
            [name, decision] => out.findings.push(decide(name, decision, Band::Act)),
            [name, decision, "because", reason] => {
                out.findings.extend([decide(name, decision, Band::Act), because(name, reason)]);
            }
            [name, decision, "on", on] => out.findings.push(until(decide(name, decision, Band::Act), day(on))),
            _ => panic!("{place}: what does {part:?} say?"),
        }
    }

    /// A button: a decision, or a reason.
    pub(super) fn button(&self, place: &str, name: &str, button: &str) -> Finding {
        let submission = self.who(place, name);
        match (button.parse::<Decision>(), button.parse::<Reason>()) {
            (Ok(decision), _) => certain(decides(submission, decision)),
            (_, Ok(reason)) => certain(Says::Because { submission, reason }),
            (Err(_), Err(_)) => panic!("{place}: what is {button}?"),
        }
    }
}

fn decides(submission: SubmissionId, decision: Decision) -> Says {
    Says::Decide {
        submission,
        decision,
        condition: None,
        follow_up: None,
    }
}

/// The same decision until a day.
fn until(mut decides: Finding, day: NaiveDate) -> Finding {
    if let Says::Decide { follow_up, .. } = &mut decides.says {
        *follow_up = Some(day);
    }
    decides
}
