//! One letter for several batches: what is said in answer to it, split by batch.
//!
//! In: a reminder that speaks for other batches of the same reader, and what came in for it. Out: the events of the other batches, beside that of
//! the batch whose letter it is; all of them happen in one transaction.
//! What counts by itself names one candidate by a name that is nobody else's in that letter. "Yes to all", "the second one" and a name that
//! stands in two batches are asked about, in each batch that may be meant. Never here: a change of anything.

use super::machines::of_address;
use crate::conversation::{Conversation, Event, Party, Proxy, Side, Standing, Via};
use crate::message::{Message, OwnText};
use crate::model::{ConversationId, SubmissionId, Timestamp};
use crate::reply::{self, Asked, AskedAbout, Band, Doubt, DoubtKind, Finding, Question, Reply, Says, Words};
use crate::store::{LetterRow, StoreError, Tx};

/// The other batches that a letter to the client speaks for, as they stand now.
pub(super) fn others(tx: &Tx<'_>, letter: Option<&LetterRow>) -> Result<Vec<Conversation>, StoreError> {
    let Some(letter) = letter.filter(|letter| letter.to == Party::Client) else {
        return Ok(Vec::new());
    };
    let also = letter.says().map(|says| says.also()).unwrap_or_default();
    let ids: Vec<ConversationId> = also.iter().map(|one| one.conversation).collect();
    tx.conversations_of(&ids)
}

/// What an answer to it says of each batch: of the one whose letter it is first, then of the others.
pub(super) fn heard(
    message: &Message,
    own: &OwnText,
    leader: &Conversation,
    others: &[Conversation],
    letter: Option<&LetterRow>,
    now: Timestamp,
) -> Vec<Reply> {
    let batches: Vec<&Conversation> = std::iter::once(leader).chain(others).collect();
    let asked = asked(&batches, letter, now);
    let named = reply::named(own, &message.subject, &asked);
    let written = message.date.map_or(now, |date| date.min(now));
    let read = |of: &Conversation| {
        let (zone, minutes) = (of.batch.contact.zone, of.batch.project.duration_min);
        reply::read_with_times(own, &message.subject, &asked, written, zone, minutes)
    };
    let ways = |of: &Conversation| (of.batch.contact.zone, of.batch.project.duration_min);
    let whole = read(leader);
    let mut split = split(whole.clone(), &named, &asked, &batches);
    // Times beside a yes are cut to the interview of that batch.
    for (at, batch) in batches.iter().enumerate().filter(|(_, batch)| ways(batch) != ways(leader)) {
        let again = self::split(read(batch), &named, &asked, &batches);
        if let (Some(known), Some(theirs)) = (split.get_mut(at), again.into_iter().nth(at)) {
            *known = theirs;
        }
    }
    split
}

/// All whom the letter asked about, in its order, and those of its batches whom it did not, unless they have the name of one it did.
fn asked(batches: &[&Conversation], letter: Option<&LetterRow>, now: Timestamp) -> Asked {
    let says = letter.and_then(LetterRow::says);
    let listed: Vec<SubmissionId> = says.map(|says| says.asks_about()).unwrap_or_default();
    let all: Vec<AskedAbout> = batches.iter().flat_map(|batch| batch.asked(None, now).candidates).collect();
    let mut candidates: Vec<AskedAbout> = Vec::new();
    for id in &listed {
        candidates.extend(all.iter().find(|one| one.submission == *id).cloned());
    }
    let names: Vec<String> = candidates.iter().map(|one| one.name.to_lowercase()).collect();
    let rest = all.into_iter().filter(|one| !listed.contains(&one.submission));
    candidates.extend(rest.filter(|one| !names.contains(&one.name.to_lowercase())));
    let today = batches.first().map(|leader| leader.asked(None, now).today);
    Asked {
        candidates,
        question: Question::Decision,
        today: today.unwrap_or_else(|| now.date_naive()),
    }
}

/// Whose what was said is. What names nobody does not count for anybody.
fn split(whole: Reply, named: &[SubmissionId], asked: &Asked, batches: &[&Conversation]) -> Vec<Reply> {
    let mut split: Vec<Reply> = batches.iter().map(|_| Reply::default()).collect();
    let batch_of = |id: SubmissionId| batches.iter().position(|batch| batch.submission(id).is_some());
    let called = |words: &Words| -> Vec<usize> {
        let own = OwnText {
            text: words.text.clone(),
            ..OwnText::default()
        };
        let mut called: Vec<usize> = reply::named(&own, "", asked).into_iter().filter_map(batch_of).collect();
        called.dedup();
        called
    };
    let or_leader = |called: Vec<usize>| if called.is_empty() { vec![0] } else { called };
    for finding in whole.findings {
        let whose = match finding.says.about() {
            Some(id) => batch_of(id).into_iter().collect(),
            None => match finding.says {
                Says::Stop | Says::Later { .. } | Says::PassedOn | Says::WrongPerson => (0..batches.len()).collect(),
                Says::Thanks | Says::Confirm(_) => vec![0],
                Says::Question
                | Says::Request
                | Says::Available
                | Says::Complaint
                | Says::OtherBusiness
                | Says::Decide { .. }
                | Says::Because { .. }
                | Says::Times { .. }
                | Says::Attends { .. } => or_leader(called(&finding.words)),
            },
        };
        let words = finding.words.clone();
        let Some(finding) = sure_of_whom(finding, named) else {
            // What they wrote of somebody is never dropped: a person asks or looks.
            for at in whose {
                if let Some(reply) = split.get_mut(at) {
                    reply.doubts.push(Doubt {
                        kind: DoubtKind::What,
                        words: words.clone(),
                    });
                }
            }
            continue;
        };
        for at in whose {
            split
                .get_mut(at)
                .map(|reply| reply.findings.push(finding.clone()))
                .unwrap_or_default();
        }
    }
    // Whoever is open and nothing was said of may be meant by what names nobody.
    let decided = |at: usize, split: &[Reply]| {
        let findings = split.get(at).map(|reply| reply.findings.as_slice()).unwrap_or_default();
        let open = batches.get(at).map(|batch| batch.open_ids()).unwrap_or_default();
        open.iter().all(|id| findings.iter().any(|one| one.decides(*id).is_some()))
    };
    let left: Vec<usize> = (0..batches.len()).filter(|at| !decided(*at, &split)).collect();
    let mut spoken_of: Vec<usize> = named.iter().filter_map(|id| batch_of(*id)).collect();
    spoken_of.sort_unstable();
    spoken_of.dedup();
    for doubt in whole.doubts {
        let whose = match doubt.kind {
            DoubtKind::Empty | DoubtKind::Unreadable => vec![0],
            // Words about nobody, among words about somebody, are about them; a decision without a name may be about anybody left.
            DoubtKind::What | DoubtKind::Unclear if !spoken_of.is_empty() => match called(&doubt.words) {
                called if called.is_empty() => spoken_of.clone(),
                called => called,
            },
            DoubtKind::Whom | DoubtKind::What | DoubtKind::Unclear => or_leader(left.clone()),
        };
        for at in whose {
            let Some(reply) = split.get_mut(at) else { continue };
            if doubt.kind == DoubtKind::Whom {
                reply.homeless = whole.homeless;
            }
            reply.doubts.push(doubt.clone());
        }
    }
    split
}

/// A finding as far as it is sure whom it is about. A reason is asked about with the decision it was given for.
fn sure_of_whom(finding: Finding, named: &[SubmissionId]) -> Option<Finding> {
    match finding.says.about() {
        Some(id) if !named.contains(&id) => matches!(finding.says, Says::Decide { .. }).then(|| Finding {
            band: finding.band.max(Band::Ask),
            ..finding
        }),
        Some(_) | None => Some(finding),
    }
}

/// What happens to the other batches when `event` happens to the one whose letter it is; `said` is what was said of each of the others.
pub(super) fn along(event: &Event, leader: &Conversation, others: &[Conversation], said: Vec<Reply>) -> Vec<(ConversationId, Event)> {
    let Event::Replied { standing, via, .. } = event else {
        return Vec::new();
    };
    others
        .iter()
        .zip(said)
        .filter_map(|(other, reply)| Some((other.id, heard_along(other, standing_in(other, leader, *standing), via, reply)?)))
        .collect()
}

/// Whoever is the contact of the one and not, or no longer, of the other speaks there as a colleague does.
fn standing_in(other: &Conversation, leader: &Conversation, standing: Standing) -> Standing {
    let same = other.batch.contact.mailbox.address == leader.batch.contact.mailbox.address;
    let colleague = standing == Standing::Full && !same;
    if colleague { Standing::Deputy } else { standing }
}

/// The event of the batch whose letter it is: when all that was said is about the others, they looked at this one and said nothing.
pub(super) fn of_leader(event: Event, leader: &Conversation) -> Option<Event> {
    if let Event::Replied { standing, reply, via, .. } = &event
        && reply.findings.is_empty()
        && reply.doubts.is_empty()
    {
        return heard_along(leader, *standing, via, Reply::default());
    }
    Some(event)
}

fn heard_along(other: &Conversation, standing: Standing, via: &Via, reply: Reply) -> Option<Event> {
    let said_nothing = reply.findings.is_empty() && reply.doubts.is_empty();
    let counts = match standing {
        Standing::Full => true,
        Standing::Deputy => other.policy.proxy == Proxy::Accept,
        Standing::Unvouched | Standing::Stranger | Standing::Threadless | Standing::Unmatched => false,
    };
    match (counts, said_nothing) {
        // They read it, and answered for another batch.
        (true, true) => Some(Event::Viewed { submission: None }),
        (true, false) => Some(Event::Replied {
            by: Side::Client,
            standing,
            reply,
            via: via.clone(),
        }),
        (false, true) => None,
        (false, false) => Some(Event::NeedsPerson {
            why: "An answer to a reminder of several roles came from somebody we are not sure of; it was not acted on.".to_owned(),
            words: said_words(&reply),
            owed_to_client: true,
        }),
    }
}

fn said_words(reply: &Reply) -> String {
    let findings = reply.findings.iter().map(|one| &one.words.text);
    let doubts = reply.doubts.iter().map(|one| &one.words.text);
    let mut all: Vec<&str> = findings.chain(doubts).map(String::as_str).collect();
    all.dedup();
    all.join(" … ")
}

/// What a machine says of the reader or of the letter holds for the other batches as well: they are away, have left, their address does not
/// work, or the letter never left.
pub(super) fn by_machine(tx: &Tx<'_>, event: &Event, letter: Option<&LetterRow>) -> Result<Vec<(ConversationId, Event)>, StoreError> {
    let of_reader = matches!(
        event,
        Event::AutoReplied { .. } | Event::Undeliverable { to: Party::Client, .. } | Event::LetterDied { to: Party::Client, .. }
    );
    let Some(letter) = letter.filter(|_| of_reader) else {
        return Ok(Vec::new());
    };
    let others = others(tx, Some(letter))?;
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let reader = tx.recipient(letter.id)?;
    // Who took over in the meantime is another reader, and not away; that the reminder did not arrive is true all the same.
    let heard = |other: Conversation| {
        let same = other.batch.contact.mailbox.address == reader;
        let heard = same || !matches!(event, Event::AutoReplied { .. });
        heard.then(|| (other.id, of_address(event.clone(), &other, &reader)))
    };
    Ok(others.into_iter().filter_map(heard).collect())
}
