//! An answer to a letter about an interview → what it says of times, and what else a person must see.
//!
//! The times are read first. Of everything else only what a person must answer is kept: a "yes" here takes a time, a "no" refuses one, and
//! neither decides about a candidate, unless the client names another one: "The second one works. And we pass on Ben."

use std::ops::Range;

use super::outcome;
use super::times::{self, Intent};
use super::who::People;
use super::{Asked, AskedAbout, Band, Doubt, DoubtKind, Finding, Question, Reply, Says, TimesSaid, Words, read};
use crate::calendar::Zone;
use crate::message::{Label, OwnText, Part};
use crate::model::{Decision, Slot, SubmissionId, Timestamp};

/// What a letter about an interview asked, and whom.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedTimes {
    /// Whose interview.
    pub submission: SubmissionId,
    /// When the answer was written.
    pub written: Timestamp,
    /// The zone of whoever answers.
    pub zone: Zone,
    /// The zone of the other side: "your time".
    pub other_zone: Zone,
    /// How long the interview takes.
    pub minutes: u32,
    /// The times offered, in the order of the letter.
    pub options: Vec<Slot>,
    /// The time agreed, if one is; maybe one of those offered.
    pub booked: Option<Slot>,
    /// The letter asked for a yes or no: "Still on?"
    pub confirms: bool,
    /// The letter asked whether an earlier answer was theirs: a yes or no is about that, and anything else about the times.
    pub was_theirs: bool,
    /// It asks what became of the interview, and what comes next.
    pub outcome: bool,
    /// For the client: all candidates of the batch.
    pub candidates: Vec<AskedAbout>,
}

/// Reads an answer about candidates as [`read`] does, and the times beside a yes: "Yes to Ana. Mornings next week suit me." They are said of
/// everybody whom that mail says yes to; what is not clear of them stays words. `zone` is the writer's, `minutes` how long an interview takes.
#[must_use]
pub fn read_with_times(own: &OwnText, subject: &str, asked: &Asked, written: Timestamp, zone: Zone, minutes: u32) -> Reply {
    let mut reply = read(own, subject, asked);
    let sure = reply.findings.iter().filter(|one| one.band == Band::Act);
    let yes = sure.filter_map(|one| one.says.about().filter(|id| one.decides(*id) == Some(Decision::Interested)));
    let wanted: Vec<SubmissionId> = yes.collect();
    let mut given = Vec::new();
    for finding in reply.findings.iter().filter(|one| one.says == Says::Available) {
        for submission in &wanted {
            let question = AskedTimes {
                submission: *submission,
                written,
                zone,
                other_zone: zone,
                minutes,
                options: Vec::new(),
                booked: None,
                confirms: false,
                was_theirs: false,
                outcome: false,
                candidates: Vec::new(),
            };
            let sentence = OwnText {
                text: finding.words.text.clone(),
                uncertain: own.uncertain,
                ..OwnText::default()
            };
            let (said, _) = times_of(&sentence, &question);
            if said.intent == Intent::Availability && !said.ask && !said.open.is_empty() {
                given.push(Finding {
                    says: Says::Times {
                        submission: *submission,
                        said,
                    },
                    words: finding.words.clone(),
                    band: Band::Act,
                });
            }
        }
    }
    reply.findings.extend(given);
    reply
}

/// Reads an answer to a letter about an interview. Never fails.
#[must_use]
pub fn read_interview(own: &OwnText, subject: &str, asked: &AskedTimes) -> Reply {
    let text = own.text.trim();
    if text.is_empty() {
        let doubt = Doubt {
            kind: DoubtKind::Empty,
            words: Words::default(),
        };
        return Reply {
            doubts: vec![doubt],
            ..Reply::default()
        };
    }
    if asked.was_theirs {
        let question = Asked {
            candidates: Vec::new(),
            question: Question::Confirm,
            today: asked.zone.local(asked.written).date(),
        };
        let reply = read(own, subject, &question);
        let settles = |one: &Finding| one.band == Band::Act && matches!(one.says, Says::Confirm(_));
        if reply.findings.iter().any(settles) {
            return reply;
        }
    }
    if asked.outcome
        && let Some((rest, decided)) = outcome::decided(own, subject, asked)
    {
        let met = AskedTimes {
            outcome: false,
            ..asked.clone()
        };
        let mut reply = match rest.text.is_empty() {
            true => Reply::default(),
            false => read_interview(&rest, subject, &met),
        };
        reply.findings.extend(decided);
        return reply;
    }
    let (said, words) = times_of(own, asked);
    let (mut findings, doubts) = beside(own, subject, asked);
    drop_own_question(&mut findings, &said, &words);
    let attends = findings.iter().find_map(|one| {
        if let Says::Attends { yes, .. } = one.says {
            Some(yes)
        } else {
            None
        }
    });
    let needs_person = findings
        .iter()
        .any(|one| !matches!(one.says, Says::Thanks | Says::Decide { .. } | Says::Because { .. }));
    let speaks = !(matches!(said.intent, Intent::Question | Intent::Nothing) || said.ask && said.open.is_empty() && said.taken.is_empty());
    // "Yes, see you tomorrow" names the time that is agreed, and moves nothing.
    let moves = match said.intent {
        Intent::Cancel => true,
        Intent::Reschedule => attends != Some(true) || !said.open.is_empty(),
        Intent::Availability | Intent::Select | Intent::NoneWork | Intent::Question | Intent::Nothing => !said.open.is_empty(),
    };
    if attends.is_some() && moves {
        // "No, can we do Friday instead?"
        findings.retain(|one| !matches!(one.says, Says::Attends { .. }));
    }
    if speaks && (moves || attends.is_none()) || findings.is_empty() && said.intent != Intent::Question {
        findings.insert(
            0,
            found(
                own,
                Says::Times {
                    submission: asked.submission,
                    said,
                },
            ),
        );
    } else if said.intent == Intent::Question && !needs_person {
        findings.push(found(own, Says::Question));
    }
    Reply {
        findings,
        doubts,
        ..Reply::default()
    }
}

/// "Can we do Friday at 3?" is no question for a person: what it asks is done.
fn drop_own_question(findings: &mut Vec<Finding>, said: &TimesSaid, words: &[Range<usize>]) {
    let asks = |one: &Finding| one.says == Says::Question;
    let of_times = |one: &Finding| words.iter().any(|at| overlap(at, &one.words.range));
    let before = findings.len();
    findings.retain(|one| !(asks(one) && of_times(one)));
    let without_times = matches!(said.intent, Intent::Reschedule | Intent::Cancel | Intent::NoneWork) && findings.len() == before;
    if without_times && let Some(first) = findings.iter().position(asks) {
        findings.remove(first);
    }
}

/// What is said of times, and where in the text. Of times that were offered one may be agreed by now: they are chosen from as before, and
/// only what chooses none of them is about the time that is agreed.
fn times_of(own: &OwnText, asked: &AskedTimes) -> (TimesSaid, Vec<Range<usize>>) {
    if asked.booked.is_none() || asked.options.is_empty() {
        return times_said(own, asked);
    }
    let offered = AskedTimes {
        booked: None,
        ..asked.clone()
    };
    let chosen = times_said(own, &offered);
    match chosen.0.intent {
        Intent::Select | Intent::NoneWork | Intent::Availability if !chosen.0.ask => chosen,
        Intent::Select
        | Intent::NoneWork
        | Intent::Availability
        | Intent::Reschedule
        | Intent::Cancel
        | Intent::Question
        | Intent::Nothing => times_said(
            own,
            &AskedTimes {
                options: Vec::new(),
                ..asked.clone()
            },
        ),
    }
}

fn times_said(own: &OwnText, asked: &AskedTimes) -> (TimesSaid, Vec<Range<usize>>) {
    let options: Vec<times::Slot> = asked.options.iter().map(|slot| (slot.start, slot.end)).collect();
    let mut question = times::Asked {
        written: asked.written,
        zone: asked.zone,
        ours: asked.other_zone,
        minutes: i32::try_from(asked.minutes).unwrap_or(60),
        options: &options,
        booked: asked.booked.map(|slot| (slot.start, slot.end)),
        language: "",
        places: &[],
    };
    let places = places(own, &question);
    question.places = &places;
    let read = times::read(&own.text, &question);
    // Words that may be ours are not acted on.
    let ask = read.asks() || own.uncertain;
    let words = read.intervals.iter().map(|one| one.words.clone()).collect();
    let said = TimesSaid {
        intent: read.intent,
        open: read.open,
        taken: read.selected.iter().filter_map(|at| asked.options.get(*at).copied()).collect(),
        zone: read
            .zone
            .filter(|_| !own.uncertain && read.doubts.iter().all(|doubt| doubt.why != times::Why::Zone)),
        ask,
        readings: match read.doubts.as_slice() {
            [doubt] if doubt.readings.len() > 1 && !own.uncertain => doubt.readings.clone(),
            _ => Vec::new(),
        },
    };
    (said, words)
}

/// Answers typed between the lines of our letter, and the slot each stands under.
fn places(own: &OwnText, question: &times::Asked<'_>) -> Vec<(Range<usize>, usize)> {
    if question.options.is_empty() {
        return Vec::new();
    }
    let under = |part: &Part| {
        let above = own.shown.get(..part.shown.start)?.trim_end();
        let line = above.rsplit('\n').next()?;
        let ours = own
            .spans
            .iter()
            .any(|span| span.label == Label::QuotedOurs && span.range.contains(&above.len().saturating_sub(1)));
        let slot = ours.then(|| times::slot_named(line.trim_start_matches(['>', ' ']), question))??;
        Some((part.text.clone(), slot))
    };
    own.parts.iter().filter_map(under).collect()
}

/// Everything but times, and what is doubted of it: a yes or no where one was asked for, and what a person must see to.
fn beside(own: &OwnText, subject: &str, asked: &AskedTimes) -> (Vec<Finding>, Vec<Doubt>) {
    let question = if asked.confirms { Question::Confirm } else { Question::Decision };
    let reply = read(
        own,
        subject,
        &Asked {
            candidates: Vec::new(),
            question,
            today: asked.zone.local(asked.written).date(),
        },
    );
    let (others, doubts) = others(own, subject, asked);
    let kept = |one: &Finding| match one.says {
        Says::Attends { .. } => one.band == Band::Act,
        Says::Question
        | Says::Request
        | Says::Complaint
        | Says::OtherBusiness
        | Says::PassedOn
        | Says::WrongPerson
        | Says::Stop
        | Says::Later { .. }
        | Says::Thanks => true,
        Says::Decide { .. } | Says::Because { .. } | Says::Confirm(_) | Says::Available | Says::Times { .. } => false,
    };
    let submission = asked.submission;
    let attends = |mut one: Finding| {
        if let Says::Confirm(yes) = one.says {
            // A person reads all of it: "Yes, and we would like to see her again."
            one = found(own, Says::Attends { submission, yes });
        }
        one
    };
    let of_interview = reply.findings.into_iter().map(attends).filter(kept);
    // The same words are no question or complaint beside what they decide.
    let decided = |one: &Finding| others.iter().any(|other| overlap(&other.words.range, &one.words.range));
    let of_interview: Vec<Finding> = of_interview
        .filter(|one| !decided(one) || matches!(one.says, Says::Attends { .. }))
        .collect();
    (of_interview.into_iter().chain(others.iter().cloned()).collect(), doubts)
}

/// What is said of other candidates of the batch, where a sentence names them. Nothing of it rests on who is still open: here a bare yes or no
/// is about a time.
fn others(own: &OwnText, subject: &str, asked: &AskedTimes) -> (Vec<Finding>, Vec<Doubt>) {
    let question = Asked {
        candidates: asked.candidates.clone(),
        question: Question::Decision,
        today: asked.zone.local(asked.written).date(),
    };
    let people = People::of(&question);
    let is_other = |at: &usize| question.candidates.get(*at).is_some_and(|one| one.submission != asked.submission);
    if !people.called(&own.text).iter().any(is_other) {
        return (Vec::new(), Vec::new());
    }
    let reply = read(own, subject, &question);
    let named = |one: &Finding| {
        let about = one.says.about().filter(|id| *id != asked.submission);
        let at = question.candidates.iter().position(|candidate| Some(candidate.submission) == about);
        at.is_some_and(|at| people.called(&one.words.text).contains(&at))
    };
    let decides = |one: &Finding| matches!(one.says, Says::Decide { .. } | Says::Because { .. });
    let findings = reply.findings.into_iter().filter(|one| decides(one) && named(one)).collect();
    // What is doubted of somebody else is theirs too; a doubt about a time is none about a candidate.
    let doubted = |one: &Doubt| people.called(&one.words.text).iter().any(is_other);
    (findings, reply.doubts.into_iter().filter(doubted).collect())
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

fn found(own: &OwnText, says: Says) -> Finding {
    Finding {
        says,
        words: Words {
            text: own.text.trim().to_owned(),
            range: 0..own.text.len(),
        },
        band: Band::Act,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    #[test]
    fn another_candidate_is_known_by_name_however_it_is_written() {
        let about = |id, name: &str| AskedAbout {
            submission: SubmissionId(id),
            name: name.to_owned(),
            summary: String::new(),
            open: true,
            meant: None,
        };
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let asked = AskedTimes {
            submission: SubmissionId(1),
            written: Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap(),
            zone,
            other_zone: zone,
            minutes: 60,
            options: Vec::new(),
            booked: None,
            confirms: false,
            was_theirs: false,
            outcome: false,
            candidates: vec![about(1, "Ana Souza"), about(2, "José Núñez"), about(3, "Robert Whitaker")],
        };
        for (text, id) in [
            ("Friday at 3 works. And we pass on Jose.", 2),
            ("Friday at 3 works. And we pass on NUNEZ.", 2),
            ("Friday at 3 works. And we pass on Bob.", 3),
        ] {
            let own = OwnText {
                text: text.to_owned(),
                ..OwnText::default()
            };
            let reply = read_interview(&own, "", &asked);
            let passes = |one: &Finding| one.decides(SubmissionId(id)) == Some(Decision::Pass);
            assert!(reply.findings.iter().any(passes), "{text}: {reply:?}");
        }
    }
}
