-- CVs behind a code, and batches that say nothing of people any more.

-- Codes that were mailed so that a device may open the CVs of a batch, and the devices that did. Gone a day later.
CREATE TABLE cv_codes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id   INTEGER NOT NULL REFERENCES batches (id),
    device     TEXT NOT NULL,             -- a hash of the secret in its cookie
    code       TEXT NOT NULL,             -- a keyed hash; empty once it was typed
    sent_at    TEXT NOT NULL,
    ends_at    TEXT NOT NULL,             -- of the code
    tries      INTEGER NOT NULL DEFAULT 0,
    open_until TEXT NOT NULL DEFAULT ''   -- the device may open the CVs
) STRICT;
CREATE INDEX cv_codes_by_batch ON cv_codes (batch_id, sent_at);
CREATE INDEX cv_codes_by_time ON cv_codes (sent_at);

-- Since when a batch that has ended says nothing of people any more; empty while it does, and again from the next event on.
ALTER TABLE batches ADD COLUMN forgotten_at TEXT NOT NULL DEFAULT '';
CREATE INDEX batches_with_people ON batches (id) WHERE forgotten_at = '';
CREATE INDEX interviewers_by_contact ON interviewers (contact_id);
CREATE INDEX drafts_by_batch ON drafts (batch_id) WHERE batch_id IS NOT NULL;

-- Which CVs a batch has: one that nobody has any more goes.
CREATE TABLE cv_files (
    sha256   TEXT NOT NULL,
    batch_id INTEGER NOT NULL REFERENCES batches (id),
    PRIMARY KEY (sha256, batch_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cv_files_by_batch ON cv_files (batch_id);
INSERT OR IGNORE INTO cv_files (sha256, batch_id)
    SELECT c.value ->> '$.cv.sha256', b.id FROM batches b, json_each(b.handed_in, '$.batch.candidates') c
     WHERE b.handed_in <> '' AND c.value ->> '$.cv.sha256' <> '';
