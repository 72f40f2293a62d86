-- Interviews as they stand, one for each submission. Replaces a table that was never written to.
DROP TABLE interviews;
CREATE TABLE interviews (
    submission_id INTEGER PRIMARY KEY REFERENCES submissions (id),
    status        TEXT NOT NULL,              -- proposed, scheduled, confirmed, rescheduled, cancelled, completed, no_show
    kind          TEXT NOT NULL,              -- video, phone, on_site
    starts_at     TEXT NOT NULL DEFAULT '',   -- empty while no time is agreed
    duration_min  INTEGER NOT NULL,
    sequence      INTEGER NOT NULL DEFAULT 0  -- RFC 5545 3.8.7.4
) STRICT, WITHOUT ROWID;

-- When the people of an interview under way are taken by it: at the time agreed, or at those offered and not yet answered.
CREATE TABLE taken (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    contact_id    INTEGER NOT NULL REFERENCES contacts (id),
    candidate_id  INTEGER NOT NULL REFERENCES candidates (id),
    starts_at     TEXT NOT NULL,
    ends_at       TEXT NOT NULL
) STRICT;
CREATE INDEX taken_by_submission ON taken (submission_id);
CREATE INDEX taken_by_contact ON taken (contact_id);
CREATE INDEX taken_by_candidate ON taken (candidate_id);
