-- Recruiters as batches name them. One row for each address; the name is the latest given.
CREATE TABLE recruiters (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

-- Who works on a batch together: most batches of an agency have one of a few.
CREATE TABLE teams (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    members TEXT NOT NULL UNIQUE              -- ids of recruiters, ascending: "3 7"; empty: nobody
) STRICT;

-- How far each submission has come, one row for each, for figures: what each column means is written in src/conversation/milestones.rs.
-- A report reads the whole table, so instants are seconds since 1970 here (datetime(sent_at, 'unixepoch') shows one), and 0 is "not, or not yet".
-- For the same reason all but the reasons stand in one column once more, packed: a report takes a third of the time with it.
CREATE TABLE milestones (
    submission_id INTEGER PRIMARY KEY REFERENCES submissions (id),
    client_id     INTEGER NOT NULL REFERENCES clients (id),
    project_id    INTEGER NOT NULL REFERENCES projects (id),
    team_id       INTEGER NOT NULL REFERENCES teams (id),
    submitted_at  INTEGER NOT NULL,
    reasons       TEXT NOT NULL DEFAULT '',    -- those that hold, separated by spaces
    packed        BLOB NOT NULL DEFAULT x'',   -- what stands in the columns below; empty while that is nothing
    sent_at       INTEGER NOT NULL DEFAULT 0,
    viewed_at     INTEGER NOT NULL DEFAULT 0,
    decided_at    INTEGER NOT NULL DEFAULT 0,
    open_minutes  INTEGER NOT NULL DEFAULT 0,  -- of the client's business hours, from sent_at to decided_at
    decision      TEXT NOT NULL DEFAULT '',    -- the first: interested, maybe, pass
    stands        TEXT NOT NULL DEFAULT '',    -- the one in effect
    interested_at INTEGER NOT NULL DEFAULT 0,  -- the first yes in effect
    arranged      INTEGER NOT NULL DEFAULT 0,  -- 1 when replyd was to arrange an interview
    person        INTEGER NOT NULL DEFAULT 0,  -- 1 when a person had to step in before a time was agreed
    booked_at     INTEGER NOT NULL DEFAULT 0,  -- when a time was first agreed
    starts_at     INTEGER NOT NULL DEFAULT 0,  -- the start that is agreed
    days_to_start INTEGER NOT NULL DEFAULT 0,  -- the client's business days from submitted_at to starts_at
    outcome       TEXT NOT NULL DEFAULT '',    -- held, no_show, called_off
    passed_at     INTEGER NOT NULL DEFAULT 0,  -- since when a pass stands
    asked_why     INTEGER NOT NULL DEFAULT 0,  -- 1 when the client was asked for reasons
    explained_at  INTEGER NOT NULL DEFAULT 0,  -- the first reason
    ended_at      INTEGER NOT NULL DEFAULT 0,
    ended         TEXT NOT NULL DEFAULT ''     -- withdrawn, closed
) STRICT;
CREATE INDEX milestones_by_project ON milestones (project_id);
CREATE INDEX milestones_by_time ON milestones (submitted_at);
