-- The desk: letters to recruiters that belong to no batch, such as a digest or an answer to "status".

-- Letters need a batch. This one has no candidates and is shown nowhere.
INSERT INTO clients (id, name) VALUES (-1, '');
INSERT INTO contacts (id, client_id, name, address, zone) VALUES (-1, -1, '', '', 'UTC');
INSERT INTO projects (id, client_id, title, interview, duration_min) VALUES (-1, -1, '', 'video', 0);
INSERT INTO batches (id, reference, client_id, contact_id, project_id, created_at) VALUES (-1, '', -1, -1, -1, '');

-- When each recruiter was last told how things stand.
CREATE TABLE digests (
    recruiter_id INTEGER PRIMARY KEY REFERENCES recruiters (id),
    sent_for     TEXT NOT NULL,              -- the day, where they live: 2026-11-20
    event        INTEGER NOT NULL DEFAULT 0  -- the last event there was then
) STRICT;
CREATE INDEX batch_recruiters_by_recruiter ON batch_recruiters (recruiter_id, batch_id);
