//! Calendars of people: whose are read, what was read, and when that takes their time.

use rusqlite::params;

use super::tables::{address, instant, instant_or_none, optional, text_of};
use super::{StoreError, Tx};
use crate::calendar::{Spans, Zone};
use crate::model::{Address, ConversationId, Feed, FeedKind, Timestamp};

/// Somebody with an interview under way, or soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attending {
    /// Who.
    pub address: Address,
    /// Where they are.
    pub zone: Zone,
    /// Where a batch said that their calendar is.
    pub feed: Option<Feed>,
}

/// A calendar as it was read last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCalendar {
    /// Whose.
    pub address: Address,
    /// Where it was read.
    pub feed: Feed,
    /// As whose it was read.
    pub zone: Zone,
    /// What the server called this version of it; may be empty.
    pub etag: String,
    /// When the server said that it was changed; may be empty.
    pub modified: String,
    /// The last try.
    pub tried_at: Option<Timestamp>,
    /// The last answer.
    pub read_at: Option<Timestamp>,
    /// How far ahead it was read.
    pub reach: Option<Timestamp>,
    /// Why the last try led to nothing; empty when it led to an answer.
    pub trouble: String,
    /// What was not understood in it.
    pub doubts: Vec<String>,
}

/// What a calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarSays {
    /// When its owner is taken.
    pub spans: Spans,
    /// When they are taken by something that it does not name.
    pub unnamed: Spans,
    /// How far ahead it was looked at.
    pub reach: Timestamp,
    /// As the server gave it; may be empty.
    pub etag: String,
    /// As the server gave it; may be empty.
    pub modified: String,
    /// What was not understood.
    pub doubts: Vec<String>,
}

/// As of when something is known of a calendar, and why it is not all.
pub(super) type NotAll = (Option<Timestamp>, String);

impl Tx<'_> {
    /// The people of interviews that are being arranged or ahead, or that a decision in its grace period leads to: all of them, each once.
    ///
    /// # Errors
    /// The database's.
    pub fn attending(&self, now: Timestamp) -> Result<Vec<Attending>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "WITH wanted (id) AS (
               SELECT submission_id FROM interviews INDEXED BY interviews_under_way
               WHERE with_recruiter = 0 AND status IN ('proposed', 'scheduled', 'confirmed', 'rescheduled') AND starts_at = ''
               UNION SELECT submission_id FROM interviews INDEXED BY interviews_under_way
               WHERE with_recruiter = 0 AND status IN ('proposed', 'scheduled', 'confirmed', 'rescheduled') AND starts_at > ?1
               UNION SELECT id FROM submissions WHERE resting = 'interested')
             SELECT c.address, c.zone, c.calendar, c.calendar_kind
             FROM wanted JOIN submissions s ON s.id = wanted.id JOIN batches b ON b.id = s.batch_id JOIN contacts c ON c.id = b.contact_id
             UNION SELECT c.address, c.zone, c.calendar, c.calendar_kind
             FROM wanted JOIN submissions s ON s.id = wanted.id JOIN interviewers v ON v.batch_id = s.batch_id JOIN contacts c ON c.id = v.contact_id
             UNION SELECT p.address, p.zone, p.calendar, p.calendar_kind
             FROM wanted JOIN submissions s ON s.id = wanted.id JOIN candidates p ON p.id = s.candidate_id",
        )?;
        people(found.query([text_of(now)])?)
    }

    /// The same for one conversation.
    ///
    /// # Errors
    /// The database's.
    pub fn attending_of(&self, id: ConversationId, now: Timestamp) -> Result<Vec<Attending>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "WITH wanted (id) AS (
               SELECT s.id FROM submissions s LEFT JOIN interviews i ON i.submission_id = s.id
               WHERE s.batch_id = ?2 AND (s.resting = 'interested' OR with_recruiter = 0 AND i.status IN ('proposed', 'scheduled', 'confirmed', 'rescheduled')
                 AND (i.starts_at = '' OR i.starts_at > ?1)))
             SELECT c.address, c.zone, c.calendar, c.calendar_kind
             FROM wanted JOIN submissions s ON s.id = wanted.id JOIN batches b ON b.id = s.batch_id JOIN contacts c ON c.id = b.contact_id
             UNION SELECT c.address, c.zone, c.calendar, c.calendar_kind
             FROM wanted JOIN submissions s ON s.id = wanted.id JOIN interviewers v ON v.batch_id = s.batch_id JOIN contacts c ON c.id = v.contact_id
             UNION SELECT p.address, p.zone, p.calendar, p.calendar_kind
             FROM wanted JOIN submissions s ON s.id = wanted.id JOIN candidates p ON p.id = s.candidate_id",
        )?;
        people(found.query(params![text_of(now), id.0])?)
    }

    /// Remembers where a contact's or a candidate's calendar is; with `None` that they have none.
    pub(super) fn keep_feed(&self, whose: &Address, feed: Option<&Feed>) -> Result<(), StoreError> {
        let (url, kind) = feed.map_or(("", ""), |feed| (feed.url(), feed.kind().name()));
        self.sql
            .prepare_cached("UPDATE contacts SET calendar = ?2, calendar_kind = ?3 WHERE address = ?1")?
            .execute(params![whose.as_str(), url, kind])?;
        self.sql
            .prepare_cached("UPDATE candidates SET calendar = ?2, calendar_kind = ?3 WHERE address = ?1")?
            .execute(params![whose.as_str(), url, kind])?;
        Ok(())
    }

    /// Somebody's calendar as it was read last.
    ///
    /// # Errors
    /// The database's.
    pub fn calendar(&self, whose: &Address) -> Result<Option<KeptCalendar>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT address, kind, url, zone, etag, modified, tried_at, read_at, reach, trouble, doubts FROM calendars WHERE address = ?1",
        )?;
        let mut rows = found.query([whose.as_str()])?;
        rows.next()?.map(kept).transpose()
    }

    /// All calendars, by whose they are.
    ///
    /// # Errors
    /// The database's.
    pub fn calendars(&self) -> Result<Vec<KeptCalendar>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT address, kind, url, zone, etag, modified, tried_at, read_at, reach, trouble, doubts FROM calendars ORDER BY address",
        )?;
        let mut rows = found.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(kept(row)?);
        }
        Ok(all)
    }

    /// A calendar is about to be asked. What was read at another address, or as somebody's of another zone, is forgotten: false then.
    ///
    /// # Errors
    /// The database's.
    pub fn ask_calendar(&self, whose: &Address, feed: &Feed, zone: Zone, now: Timestamp) -> Result<bool, StoreError> {
        let same = self.calendar(whose)?.is_some_and(|kept| kept.feed == *feed && kept.zone == zone);
        if !same {
            self.drop_calendar(whose)?;
        }
        self.sql
            .prepare_cached(
                "INSERT INTO calendars (address, kind, url, zone, tried_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (address) DO UPDATE SET tried_at = ?5",
            )?
            .execute(params![whose.as_str(), feed.kind().name(), feed.url(), zone.name(), text_of(now)])?;
        Ok(same)
    }

    /// What a calendar said. Nothing, when it is no longer the one that is wanted.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_calendar(&self, whose: &Address, feed: &Feed, says: &CalendarSays, now: Timestamp) -> Result<(), StoreError> {
        let mut update = self.sql.prepare_cached(
            "UPDATE calendars SET etag = ?4, modified = ?5, tried_at = ?6, read_at = ?6, reach = ?7, trouble = '', doubts = ?8
             WHERE address = ?1 AND kind = ?2 AND url = ?3 RETURNING id",
        )?;
        let id = optional(update.query_row(
            params![
                whose.as_str(),
                feed.kind().name(),
                feed.url(),
                says.etag,
                says.modified,
                text_of(now),
                text_of(says.reach),
                says.doubts.join("\n")
            ],
            |row| row.get::<_, i64>(0),
        ))?;
        let Some(id) = id else { return Ok(()) };
        if self.busy(id)? == (says.spans.clone(), says.unnamed.clone()) {
            return Ok(());
        }
        self.sql.prepare_cached("DELETE FROM busy WHERE calendar_id = ?1")?.execute([id])?;
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO busy (calendar_id, unnamed, starts_at, ends_at) VALUES (?1, ?2, ?3, ?4)")?;
        for (unnamed, spans) in [(false, &says.spans), (true, &says.unnamed)] {
            for (start, end) in spans.iter() {
                insert.execute(params![id, unnamed, text_of(start), text_of(end)])?;
            }
        }
        Ok(())
    }

    /// A calendar has not changed since it was read.
    ///
    /// # Errors
    /// The database's.
    pub fn calendar_unchanged(&self, whose: &Address, feed: &Feed, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE calendars SET tried_at = ?4, read_at = ?4, trouble = '' WHERE address = ?1 AND kind = ?2 AND url = ?3")?
            .execute(params![whose.as_str(), feed.kind().name(), feed.url(), text_of(now)])?;
        Ok(())
    }

    /// A calendar could not be read. What it said before stands. True when that is news.
    ///
    /// # Errors
    /// The database's.
    pub fn calendar_failed(&self, whose: &Address, feed: &Feed, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        let before = self.calendar(whose)?.filter(|kept| kept.feed == *feed);
        self.sql
            .prepare_cached("UPDATE calendars SET tried_at = ?4, trouble = ?5 WHERE address = ?1 AND kind = ?2 AND url = ?3")?
            .execute(params![whose.as_str(), feed.kind().name(), feed.url(), text_of(now), why])?;
        Ok(before.is_some_and(|kept| kept.trouble != why))
    }

    /// Forgets somebody's calendar.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_calendar(&self, whose: &Address) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM busy WHERE calendar_id IN (SELECT id FROM calendars WHERE address = ?1)")?
            .execute([whose.as_str()])?;
        self.sql
            .prepare_cached("DELETE FROM calendars WHERE address = ?1")?
            .execute([whose.as_str()])?;
        Ok(())
    }

    /// When somebody's calendar says that they are taken, but for `own`: what they are invited to by us stands in it as well. And why that may
    /// not be all, when that is so. Nothing, when there is no calendar of theirs.
    pub(super) fn calendar_says(&self, whose: &Address, own: &Spans) -> Result<(Spans, Option<NotAll>), StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, read_at, trouble, doubts FROM calendars WHERE address = ?1")?;
        let mut rows = found.query([whose.as_str()])?;
        let Some(row) = rows.next()? else {
            return Ok((Spans::default(), None));
        };
        let as_of = instant_or_none("calendars", &row.get::<_, String>(1)?)?;
        let (trouble, doubts): (String, String) = (row.get(2)?, row.get(3)?);
        let why = match (as_of, trouble.as_str(), doubts.as_str()) {
            (Some(_), "", "") => None,
            (None, "", _) => Some("it was not asked yet".to_owned()),
            (Some(_), "", doubts) => Some(doubts.replace('\n', "; ")),
            (_, trouble, _) => Some(trouble.to_owned()),
        };
        let (named, unnamed) = self.busy(row.get(0)?)?;
        Ok((named.union(&unnamed.minus(own)), why.map(|why| (as_of, why))))
    }

    fn busy(&self, id: i64) -> Result<(Spans, Spans), StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT unnamed, starts_at, ends_at FROM busy WHERE calendar_id = ?1")?;
        let mut rows = found.query([id])?;
        let (mut named, mut unnamed) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let at = |column: usize| -> Result<_, StoreError> { instant("busy", row.get_ref(column)?.as_str().unwrap_or_default()) };
            let list = if row.get(0)? { &mut unnamed } else { &mut named };
            list.push((at(1)?, at(2)?));
        }
        Ok((Spans::of(named), Spans::of(unnamed)))
    }
}

fn people(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Attending>, StoreError> {
    let mut found: Vec<Attending> = Vec::new();
    while let Some(row) = rows.next()? {
        let who = address("contacts", &row.get::<_, String>(0)?)?;
        let feed = feed(&row.get::<_, String>(3)?, &row.get::<_, String>(2)?);
        match found.iter_mut().find(|one| one.address == who) {
            // Somebody may be a contact here and a candidate there.
            Some(known) => known.feed = known.feed.take().or(feed),
            None => found.push(Attending {
                address: who,
                zone: zone("contacts", &row.get::<_, String>(1)?)?,
                feed,
            }),
        }
    }
    Ok(found)
}

fn kept(row: &rusqlite::Row<'_>) -> Result<KeptCalendar, StoreError> {
    let text = |column: usize| row.get::<_, String>(column);
    let doubts = text(10)?;
    Ok(KeptCalendar {
        address: address("calendars", &text(0)?)?,
        feed: feed(&text(1)?, &text(2)?).ok_or_else(|| StoreError::Damaged {
            place: "calendars".to_owned(),
            what: "a row names no calendar".to_owned(),
        })?,
        zone: zone("calendars", &text(3)?)?,
        etag: text(4)?,
        modified: text(5)?,
        tried_at: instant_or_none("calendars", &text(6)?)?,
        read_at: instant_or_none("calendars", &text(7)?)?,
        reach: instant_or_none("calendars", &text(8)?)?,
        trouble: text(9)?,
        doubts: doubts.lines().map(str::to_owned).collect(),
    })
}

fn feed(kind: &str, url: &str) -> Option<Feed> {
    Feed::parse(FeedKind::of(kind)?, url).ok()
}

fn zone(place: &str, name: &str) -> Result<Zone, StoreError> {
    name.parse().map_err(|error: crate::calendar::ZoneError| StoreError::Damaged {
        place: place.to_owned(),
        what: error.to_string(),
    })
}
