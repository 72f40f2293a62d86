-- Letters for which a person's word is needed before they leave: what a recruiter handed in by mail, until it is sent or dropped.

CREATE TABLE drafts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL,                     -- hand_in; letter: one of a batch that waits for "ok"
    recruiter_id INTEGER NOT NULL REFERENCES recruiters (id),  -- whose word is needed
    batch_id     INTEGER REFERENCES batches (id),   -- what a hand-in became; the batch of a letter
    message_id   INTEGER,                           -- the row of the mail it was made of, which may be gone
    state        TEXT NOT NULL DEFAULT 'open',      -- open, sent, discarded, stale
    version      INTEGER NOT NULL DEFAULT 1,        -- counts its changes: an answer to an older preview changes nothing
    title        TEXT NOT NULL DEFAULT '',          -- one line for lists
    says         TEXT NOT NULL DEFAULT '',          -- what it says, JSON; empty when it is over
    content      INTEGER NOT NULL DEFAULT 0,        -- 64 bits of a hash of what was handed in: the same mail sent anew
    made_at      TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    until        TEXT NOT NULL                      -- then it is dropped
) STRICT;
CREATE INDEX drafts_open ON drafts (until) WHERE state = 'open';
CREATE INDEX drafts_of_recruiter ON drafts (recruiter_id, until) WHERE state = 'open';
CREATE INDEX drafts_by_content ON drafts (recruiter_id, content);

-- The files beside it, while it is open.
CREATE TABLE draft_files (
    draft_id INTEGER NOT NULL REFERENCES drafts (id),
    position INTEGER NOT NULL,                      -- from 0, as the draft counts them
    bytes    BLOB NOT NULL,
    PRIMARY KEY (draft_id, position)
) STRICT, WITHOUT ROWID;

-- Which letter of the desk showed which version of it.
CREATE TABLE draft_previews (
    serial   INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts (id),
    version  INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_previews_by_draft ON draft_previews (draft_id);
