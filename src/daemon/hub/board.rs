//! The board and its lanes, and what is found by words.

use super::{Reader, told};
use crate::conversation::{Lane, WaitsFor};
use crate::http::hub::{BoardView, CardView, CardsView, LaneView, Shown};
use crate::model::SubmissionId;
use crate::store::{Card, Page, Sees, StoreError, Tx};

/// Cards of a lane on the board, on a page of its own, and of a search.
const ON_BOARD: u32 = 8;
const ON_PAGE: u32 = 60;
const FOUND: u32 = 50;

pub(super) fn board(tx: &Tx<'_>, reader: &Reader) -> Result<Shown, StoreError> {
    let mut lanes = Vec::new();
    for lane in Lane::ALL {
        let (label, hint) = told::lane(lane);
        let (count, more_than) = tx.count_cards(&reader.sees, lane)?;
        let cards = tx.cards(&reader.sees, lane, None, ON_BOARD + 1)?;
        let (cards, more) = page(cards, ON_BOARD);
        lanes.push(LaneView {
            name: lane.name().to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            count: format!("{count}{}", if more_than { "+" } else { "" }),
            cards: cards.iter().map(|one| card(one, reader)).collect(),
            more,
        });
    }
    Ok(Shown::Board(Box::new(BoardView {
        lanes,
        everybody: reader.sees == Sees::All,
        seen: tx.last_event(None)?,
    })))
}

pub(super) fn lane(tx: &Tx<'_>, reader: &Reader, name: &str, after: &str) -> Result<Shown, StoreError> {
    let Some(lane) = Lane::of(name) else { return Ok(Shown::Nothing) };
    let after = match after {
        "" => None,
        text => match read(text) {
            Some(page) => Some(page),
            None => return Ok(Shown::Nothing),
        },
    };
    let cards = tx.cards(&reader.sees, lane, after.as_ref(), ON_PAGE + 1)?;
    let (cards, more) = page(cards, ON_PAGE);
    Ok(Shown::Cards(Box::new(CardsView {
        label: told::lane(lane).0.to_owned(),
        lane: name.to_owned(),
        words: String::new(),
        cards: cards.iter().map(|one| card(one, reader)).collect(),
        more,
        seen: tx.last_event(None)?,
    })))
}

pub(super) fn search(tx: &Tx<'_>, reader: &Reader, words: &str) -> Result<Shown, StoreError> {
    let words: String = words.chars().take(200).collect();
    let number = words
        .trim()
        .strip_prefix(['s', 'S'])
        .and_then(|id| id.parse().ok())
        .map(SubmissionId);
    let mut cards = tx.find(&reader.sees, &words, FOUND)?;
    if let Some(card) = number.map(|id| tx.card(id)).transpose()?.flatten()
        && tx.may_see(&reader.sees, card.batch)?
    {
        cards.retain(|one| one.submission != card.submission);
        cards.insert(0, card);
    }
    Ok(Shown::Cards(Box::new(CardsView {
        label: String::new(),
        lane: String::new(),
        words,
        cards: cards.iter().map(|one| card(one, reader)).collect(),
        more: String::new(),
        seen: tx.last_event(None)?,
    })))
}

/// As many cards as are shown, and where the next page begins.
fn page(mut cards: Vec<Card>, most: u32) -> (Vec<Card>, String) {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = cards.len() > most;
    cards.truncate(most);
    let last = cards.last().filter(|_| more);
    let more = last.map(|one| {
        format!(
            "{}_{}",
            one.since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            one.submission
        )
    });
    (cards, more.unwrap_or_default())
}

/// `2026-11-20T10:00:00.000Z_17`.
fn read(text: &str) -> Option<Page> {
    let (since, id) = text.split_once('_')?;
    let at = chrono::DateTime::parse_from_rfc3339(since).ok()?.to_utc();
    Some(Page {
        since: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        submission: SubmissionId(id.parse().ok()?),
    })
}

/// A card, for somebody's eyes.
pub(super) fn card(one: &Card, reader: &Reader) -> CardView {
    let spelled = reader.zone.spelled(one.since);
    let waits = match WaitsFor::of(&one.waits) {
        Some(WaitsFor::Recruiter) if one.by_hand => "A recruiter drives".to_owned(),
        Some(WaitsFor::Recruiter) => "Waits for a recruiter".to_owned(),
        Some(WaitsFor::Client) => format!("Waits for {}", one.contact),
        Some(WaitsFor::Candidate) => format!("Waits for {}", one.candidate),
        Some(WaitsFor::Interviewers) => "Waits for interviewers".to_owned(),
        Some(WaitsFor::Grace) if !one.resting.is_empty() => format!("{} can still be undone", told::label(&one.resting)),
        Some(WaitsFor::Grace) => "Is being acted on".to_owned(),
        Some(WaitsFor::Sending) => "The letter is on its way".to_owned(),
        Some(WaitsFor::Interview) => "Interview".to_owned(),
        Some(WaitsFor::Nobody) | None => String::new(),
    };
    let since = match Lane::of(&one.lane) {
        Some(Lane::Interview | Lane::Done) => told::short(reader.zone, one.since, reader.now),
        Some(Lane::Desk | Lane::Client | Lane::Maybe | Lane::Arranging) | None => told::age(one.since, reader.now),
    };
    CardView {
        id: one.submission.0,
        batch: one.batch.0,
        candidate: one.candidate.clone(),
        client: one.client.clone(),
        project: one.project.clone(),
        reference: format!("REF-{}", one.reference),
        status: status(&one.status).to_owned(),
        status_name: one.status.clone(),
        waits,
        since,
        since_spelled: spelled,
        by_hand: one.by_hand,
    }
}

fn status(name: &str) -> &str {
    match name {
        "queued" => "To be sent",
        "sent" => "Sent",
        "viewed" => "Viewed",
        "interested" => "Interested",
        "maybe" => "Maybe",
        "rejected" => "Passed",
        "interview_scheduled" => "Interview",
        "completed" => "Completed",
        "withdrawn" => "Withdrawn",
        "closed" => "Closed",
        other => other,
    }
}
