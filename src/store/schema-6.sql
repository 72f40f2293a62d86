-- The hub: who may look at what, what waits for whom, how it is found, who is signed in, and what was corrected.

-- Whose batches are whose.
CREATE TABLE batch_recruiters (
    batch_id     INTEGER NOT NULL REFERENCES batches (id),
    recruiter_id INTEGER NOT NULL REFERENCES recruiters (id),
    PRIMARY KEY (batch_id, recruiter_id)
) STRICT, WITHOUT ROWID;

-- The board: where each submission stands and whom it waits for, since when. A copy of the conversation's state.
CREATE TABLE cards (
    submission_id INTEGER PRIMARY KEY REFERENCES submissions (id),
    project_id    INTEGER NOT NULL REFERENCES projects (id),
    lane          TEXT NOT NULL,  -- desk, client, maybe, arranging, interview, done
    waits         TEXT NOT NULL,  -- recruiter, client, candidate, interviewers, grace, sending, interview, nobody
    since         TEXT NOT NULL   -- of that; in the lane interview when it begins
) STRICT;
CREATE INDEX cards_by_lane ON cards (lane, since, submission_id);
CREATE INDEX cards_by_project ON cards (project_id, lane, since, submission_id);

-- The same for each recruiter of the batch.
CREATE TABLE cards_of (
    recruiter_id  INTEGER NOT NULL REFERENCES recruiters (id),
    lane          TEXT NOT NULL,
    since         TEXT NOT NULL,
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    PRIMARY KEY (recruiter_id, lane, since, submission_id)
) STRICT, WITHOUT ROWID;

-- Words by which a submission (its rowid) is found. `who` is who may find it: r12 a recruiter, p3 whoever shares a project.
CREATE VIRTUAL TABLE found USING fts5 (who, words, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
-- What is deleted is gone from the index as well.
INSERT INTO found (found, rank) VALUES ('secure-delete', 1);

-- Devices that entered the hub. A link opens one.
CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash  TEXT NOT NULL UNIQUE,      -- SHA-256 of what the browser holds
    link         TEXT NOT NULL UNIQUE,      -- number of the link it came by
    recruiter_id INTEGER NOT NULL REFERENCES recruiters (id),
    begun_at     TEXT NOT NULL,
    ends_at      TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- Forms of the hub that were acted on within the last day: one that is sent twice is one act.
CREATE TABLE acts (
    key TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX acts_by_time ON acts (at);

-- Readings that a recruiter corrected: what a mail was taken to say of a candidate, and what it says.
CREATE TABLE labels (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id    INTEGER NOT NULL REFERENCES messages (id),
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    was           TEXT NOT NULL,            -- what was recorded of it, a line for each event
    is_right      TEXT NOT NULL,            -- interested, maybe, pass, nothing
    reasons       TEXT NOT NULL DEFAULT '', -- with pass: comma-separated
    by            TEXT NOT NULL,            -- the recruiter, as shown in the timeline
    at            TEXT NOT NULL
) STRICT;
CREATE INDEX labels_by_message ON labels (message_id);

-- Every mail of a conversation, also those from which nothing followed.
CREATE INDEX messages_by_batch ON messages (batch_id, id) WHERE batch_id IS NOT NULL;

-- What there is already. The board is as good as the columns know, until the next event of each conversation.
INSERT OR IGNORE INTO recruiters (address, name)
    SELECT r.value ->> '$.address', coalesce(r.value ->> '$.name', '') FROM batches b, json_each(b.handed_in, '$.batch.recruiters') r
     WHERE b.handed_in <> '';
INSERT OR IGNORE INTO batch_recruiters (batch_id, recruiter_id)
    SELECT b.id, k.id FROM batches b, json_each(b.handed_in, '$.batch.recruiters') r JOIN recruiters k ON k.address = r.value ->> '$.address'
     WHERE b.handed_in <> '';
INSERT INTO cards (submission_id, project_id, lane, waits, since)
    WITH stands AS (
        SELECT s.id, s.status, s.resting, b.id AS batch_id, b.project_id, b.created_at, i.starts_at,
               b.driver = 'recruiter' OR coalesce(i.with_recruiter, 0) AS by_hand
          FROM submissions s JOIN batches b ON b.id = s.batch_id LEFT JOIN interviews i ON i.submission_id = s.id
    )
    SELECT id, project_id,
           CASE WHEN status IN ('rejected', 'withdrawn', 'closed', 'completed') THEN 'done'
                WHEN by_hand THEN 'desk'
                WHEN status = 'maybe' THEN 'maybe'
                WHEN status = 'interested' THEN 'arranging'
                WHEN status = 'interview_scheduled' THEN 'interview'
                ELSE 'client' END,
           CASE WHEN status IN ('rejected', 'withdrawn', 'closed', 'completed') THEN 'nobody'
                WHEN by_hand THEN 'recruiter'
                WHEN resting <> '' THEN 'grace'
                WHEN status = 'queued' THEN 'sending'
                WHEN status = 'interested' THEN 'candidate'
                WHEN status = 'interview_scheduled' THEN 'interview'
                ELSE 'client' END,
           CASE WHEN status = 'interview_scheduled' AND NOT by_hand AND starts_at <> '' THEN starts_at
                ELSE coalesce((SELECT at FROM events e WHERE e.batch_id = stands.batch_id ORDER BY e.id DESC LIMIT 1), created_at) END
      FROM stands;
INSERT INTO cards_of (recruiter_id, lane, since, submission_id)
    SELECT r.recruiter_id, c.lane, c.since, c.submission_id
      FROM cards c JOIN submissions s ON s.id = c.submission_id JOIN batch_recruiters r ON r.batch_id = s.batch_id;
INSERT INTO found (rowid, who, words)
    SELECT s.id, 'p' || b.project_id || ' ' || coalesce((SELECT group_concat('r' || r.recruiter_id, ' ') FROM batch_recruiters r WHERE r.batch_id = b.id), ''),
           k.name || ' ' || k.address || ' ' || c.name || ' ' || p.title || ' ' || n.name || ' ' || n.address || ' ' || b.reference
      FROM submissions s JOIN batches b ON b.id = s.batch_id JOIN candidates k ON k.id = s.candidate_id
      JOIN clients c ON c.id = b.client_id JOIN projects p ON p.id = b.project_id JOIN contacts n ON n.id = b.contact_id;
