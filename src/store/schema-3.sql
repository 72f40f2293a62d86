-- Where the calendar of a contact or a candidate is read, when a batch said: the latest given, empty when there is none. Whoever knows
-- the address can often read the calendar.
ALTER TABLE contacts ADD COLUMN calendar TEXT NOT NULL DEFAULT '';          -- https://…
ALTER TABLE contacts ADD COLUMN calendar_kind TEXT NOT NULL DEFAULT '';     -- ics, caldav
ALTER TABLE candidates ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
ALTER TABLE candidates ADD COLUMN calendar_kind TEXT NOT NULL DEFAULT '';

-- Who else at the client is to be in the interviews of a batch, in its order.
CREATE TABLE interviewers (
    batch_id   INTEGER NOT NULL REFERENCES batches (id),
    position   INTEGER NOT NULL,                  -- from 0
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;

-- Calendars as they were read last: those of people with an interview under way, and of nobody else. Nothing of what is in them is kept
-- but when their owners are taken.
CREATE TABLE calendars (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    address  TEXT NOT NULL UNIQUE COLLATE NOCASE, -- whose
    kind     TEXT NOT NULL,                       -- ics, caldav
    url      TEXT NOT NULL,
    zone     TEXT NOT NULL,                       -- whole days, and times without a zone, were read as times there
    etag     TEXT NOT NULL DEFAULT '',            -- RFC 9110 8.8.3, as the server gave it
    modified TEXT NOT NULL DEFAULT '',            -- Last-Modified, as the server gave it
    tried_at TEXT NOT NULL DEFAULT '',            -- the last try
    read_at  TEXT NOT NULL DEFAULT '',            -- the last answer; empty while there was none
    reach    TEXT NOT NULL DEFAULT '',            -- what lies behind this instant was not looked at
    trouble  TEXT NOT NULL DEFAULT '',            -- why the last try led to nothing; empty when it led to an answer
    doubts   TEXT NOT NULL DEFAULT ''             -- what was not understood in the answer, a line for each
) STRICT;

-- When their owners are taken.
CREATE TABLE busy (
    calendar_id INTEGER NOT NULL REFERENCES calendars (id),
    starts_at   TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    unnamed     INTEGER NOT NULL,                 -- 1 when the calendar did not say by what: perhaps by an interview of ours
    PRIMARY KEY (calendar_id, unnamed, starts_at)
) STRICT, WITHOUT ROWID;

-- Whose calendars are read: of interviews that are being arranged or ahead, and of those that a decision in its grace period leads to.
ALTER TABLE interviews ADD COLUMN with_recruiter INTEGER NOT NULL DEFAULT 0; -- 1 when a person arranges it, or asks how it was
CREATE INDEX interviews_under_way ON interviews (starts_at)
    WHERE with_recruiter = 0 AND status IN ('proposed', 'scheduled', 'confirmed', 'rescheduled');
CREATE INDEX submissions_wanted ON submissions (id) WHERE resting = 'interested';

-- By which rules of zones an interview was agreed: it is looked at again when others are built in.
ALTER TABLE interviews ADD COLUMN zone_data TEXT NOT NULL DEFAULT '';
CREATE INDEX interviews_agreed ON interviews (starts_at) WHERE status IN ('scheduled', 'confirmed');

-- Time that is taken: how long somebody is on the way before and after, and only what is not over is looked up.
ALTER TABLE taken ADD COLUMN travel_min INTEGER NOT NULL DEFAULT 0; -- kept free before and after an interview on site
DROP INDEX taken_by_contact;
DROP INDEX taken_by_candidate;
CREATE INDEX taken_by_contact ON taken (contact_id, ends_at);
CREATE INDEX taken_by_candidate ON taken (candidate_id, ends_at);
