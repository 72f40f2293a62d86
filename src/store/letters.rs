//! Letters as they stand: looked up by name, by party, by conversation; and addresses nobody writes to.

use rusqlite::{Row, params};
use serde::Serialize;

use super::tables::{optional, party, party_text, text_of};
use super::{StoreError, Tx};
use crate::conversation::{Content, Letter, Party};
use crate::message::LetterText;
use crate::model::{Address, ConversationId, LetterId, LetterKey, MessageId, Timestamp};

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Waits for its time.
    Queued,
    /// This run of the daemon is trying it.
    Claimed,
    /// About to write the final dot, or waiting for the answer to it.
    DotIntent,
    /// The dot was written and no clear answer came.
    Ambiguous,
    /// 250.
    Sent,
    /// Refused for good.
    Failed,
    /// Past its time.
    Expired,
    /// Waits for a person.
    Held,
    /// A person said that it shall not be sent.
    Cancelled,
}

/// A letter as the other operations see it.
#[derive(Debug, Clone)]
pub struct LetterRow {
    /// Its row.
    pub id: LetterId,
    /// Its name for ever.
    pub key: LetterKey,
    /// [`Content::kind`] or `copy`.
    pub kind: String,
    /// Whose it is.
    pub to: Party,
    /// What it was told to say; `None` for copies.
    pub letter: Option<Letter>,
    /// Where it stands.
    pub state: LetterState,
}

impl Tx<'_> {
    /// The Message-ID of a letter.
    ///
    /// # Errors
    /// The database's.
    pub fn message_id(&self, id: LetterId) -> Result<Option<MessageId>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT message_id FROM letters WHERE id = ?1")?;
        optional(found.query_row([id.0], |row| row.get(0).map(MessageId)))
    }

    /// Whether a letter has this name.
    ///
    /// # Errors
    /// The database's.
    pub fn has_letter(&self, key: LetterKey) -> Result<bool, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT 1 FROM letters WHERE batch_id = ?1 AND serial = ?2")?;
        Ok(optional(found.query_row(params![key.conversation.0, key.serial], |_| Ok(())))?.is_some())
    }

    /// A letter by its name.
    ///
    /// # Errors
    /// The database's.
    pub fn letter_by_key(&self, key: LetterKey) -> Result<Option<LetterRow>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, batch_id, serial, kind, party, about, state FROM letters WHERE batch_id = ?1 AND serial = ?2")?;
        optional(found.query_row(params![key.conversation.0, key.serial], raw))?
            .map(LetterRow::try_from)
            .transpose()
    }

    /// The texts of the last letters to one party, newest first, each with its row: what an answer may quote.
    ///
    /// # Errors
    /// The database's.
    pub fn texts_to(&self, conversation: ConversationId, to: Party, limit: u32) -> Result<Vec<(LetterId, LetterText)>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT l.id, b.text, b.html_text FROM letters l JOIN letter_bytes b ON b.letter_id = l.id
             WHERE l.batch_id = ?1 AND l.party = ?2 ORDER BY l.serial DESC LIMIT ?3",
        )?;
        let rows = found.query_map(params![conversation.0, party_text(to), limit], |row| {
            Ok((LetterId(row.get(0)?), shown(row, 1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The text of one letter.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn letter_text(&self, id: LetterId) -> Result<LetterText, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT text, html_text FROM letter_bytes WHERE letter_id = ?1")?;
        optional(found.query_row([id.0], |row| shown(row, 0)))?.ok_or_else(|| StoreError::NoSuch(format!("letter {id}")))
    }

    /// What the last letters that asked for a confirmation were told to say, newest first; without their bytes.
    ///
    /// # Errors
    /// The database's.
    pub fn confirmations(&self, conversation: ConversationId) -> Result<Vec<Letter>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT about FROM letters WHERE batch_id = ?1 AND kind IN ('confirm_sender', 'confirm_deputy') ORDER BY serial DESC LIMIT 50",
        )?;
        let rows = found.query_map([conversation.0], |row| row.get::<_, String>(0))?;
        rows.map(|about| {
            serde_json::from_str(&about?).map_err(|error| StoreError::Damaged {
                place: format!("letters of batch {conversation}"),
                what: error.to_string(),
            })
        })
        .collect()
    }

    /// All letters of a conversation, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn letters_of(&self, conversation: ConversationId) -> Result<Vec<LetterRow>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, batch_id, serial, kind, party, about, state FROM letters WHERE batch_id = ?1 ORDER BY serial")?;
        let rows = found.query_map([conversation.0], raw)?;
        rows.map(|row| LetterRow::try_from(row?)).collect()
    }

    /// Nobody writes to this address again until a person lifts it. Gives the queued letters that ended with this: each of their
    /// conversations must hear of it.
    ///
    /// # Errors
    /// The database's.
    pub fn suppress(&self, address: &Address, why: &str, now: Timestamp) -> Result<Vec<LetterRow>, StoreError> {
        self.sql
            .prepare_cached("INSERT INTO suppressions (address, at, why) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![address.as_str(), text_of(now), why])?;
        let mut ended = self.sql.prepare_cached(
            "UPDATE letters SET state = 'failed', outcome = 'the address is suppressed' WHERE recipient = ?1 COLLATE NOCASE
             AND state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') AND state IN ('queued', 'ambiguous')
             RETURNING id, batch_id, serial, kind, party, about, state",
        )?;
        let rows = ended.query_map([address.as_str()], raw)?;
        // What cannot be read of a letter that ends does not keep the address in use.
        let of = |row: Raw| {
            LetterRow::try_from(row.clone()).or_else(|_| {
                let (id, batch, serial, kind, to, _, state) = row;
                LetterRow::try_from((id, batch, serial, kind, to, String::new(), state))
            })
        };
        rows.map(|row| of(row?)).collect()
    }

    /// A person lifts a suppression; true when there was one.
    ///
    /// # Errors
    /// The database's.
    pub fn lift_suppression(&self, address: &Address) -> Result<bool, StoreError> {
        let erased = self.lift_tombstone(address)?;
        Ok(self
            .sql
            .prepare_cached("DELETE FROM suppressions WHERE address = ?1")?
            .execute([address.as_str()])?
            == 1
            || erased)
    }

    /// Whether letters to this address are held back: because of a letter that came back, or because its owner was erased.
    ///
    /// # Errors
    /// The database's.
    pub fn is_suppressed(&self, address: &Address) -> Result<bool, StoreError> {
        if address.is_erased() || self.erased_since(address)?.is_some() {
            return Ok(true);
        }
        let mut found = self.sql.prepare_cached("SELECT 1 FROM suppressions WHERE address = ?1")?;
        Ok(optional(found.query_row([address.as_str()], |_| Ok(())))?.is_some())
    }
}

type Raw = (i64, i64, u32, String, String, String, String);

fn shown(row: &Row<'_>, from: usize) -> rusqlite::Result<LetterText> {
    Ok(LetterText {
        text: row.get(from)?,
        html_text: row.get(from + 1)?,
    })
}

pub(super) fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
    ))
}

impl TryFrom<Raw> for LetterRow {
    type Error = StoreError;

    fn try_from((id, batch, serial, kind, to, about, state): Raw) -> Result<Self, StoreError> {
        let place = format!("letters {id}");
        let damaged = |what: String| StoreError::Damaged {
            place: place.clone(),
            what,
        };
        let letter = if about.is_empty() {
            None
        } else {
            Some(serde_json::from_str(&about).map_err(|error| damaged(error.to_string()))?)
        };
        Ok(Self {
            id: LetterId(id),
            key: LetterKey {
                conversation: ConversationId(batch),
                serial,
            },
            kind,
            to: party(&place, &to)?,
            letter,
            state: LetterState::parse(&state).ok_or_else(|| damaged(format!("{state:?} is not a state")))?,
        })
    }
}

impl LetterState {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "queued" => Self::Queued,
            "claimed" => Self::Claimed,
            "dot_intent" => Self::DotIntent,
            "ambiguous" => Self::Ambiguous,
            "sent" => Self::Sent,
            "failed" => Self::Failed,
            "expired" => Self::Expired,
            "held" => Self::Held,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }
}

impl LetterRow {
    /// What the letter says, if it is not a copy.
    #[must_use]
    pub fn says(&self) -> Option<&Content> {
        self.letter.as_ref().map(|letter| &letter.says)
    }
}
