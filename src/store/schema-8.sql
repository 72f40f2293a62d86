-- What other systems are told: the feed of events, and what goes to webhooks.

-- Every public event of every conversation, in the order in which they were committed. Rows are only ever added.
CREATE TABLE feed (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- the cursor; there is one writer, so that none is committed late
    batch_id      INTEGER NOT NULL REFERENCES batches (id),
    submission_id INTEGER REFERENCES submissions (id),
    name          TEXT NOT NULL,                     -- submission.decided
    body          TEXT NOT NULL                      -- JSON, the bytes that are sent
) STRICT;
CREATE INDEX feed_by_batch ON feed (batch_id, id);

-- Webhooks of config.toml, by name; those that stand there no longer are kept for what was sent to them.
CREATE TABLE endpoints (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    url        TEXT NOT NULL,
    events     TEXT NOT NULL,                        -- patterns, separated by spaces; empty: all
    state      TEXT NOT NULL,                        -- on, gone (it answered 410), removed (from config.toml)
    why        TEXT NOT NULL DEFAULT '',             -- why it is gone
    since      TEXT NOT NULL,                        -- of the state
    not_before TEXT NOT NULL DEFAULT '',             -- it asked to be left alone until then
    told_at    TEXT NOT NULL DEFAULT ''              -- recruiters were last told that something did not arrive
) STRICT;

-- One event on its way to one endpoint.
CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint_id INTEGER NOT NULL REFERENCES endpoints (id),
    feed_id     INTEGER NOT NULL REFERENCES feed (id),
    lane        INTEGER NOT NULL,                    -- the submission, or minus the batch: one after another within it
    state       TEXT NOT NULL,                       -- waiting, behind (another of its lane), delivered, dead, dropped
    attempts    INTEGER NOT NULL DEFAULT 0,
    due         TEXT NOT NULL,                       -- not tried before
    queued_at   TEXT NOT NULL,
    tried_at    TEXT NOT NULL DEFAULT '',            -- the last attempt
    outcome     TEXT NOT NULL DEFAULT '',            -- what was answered last
    UNIQUE (endpoint_id, feed_id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due, id) WHERE state = 'waiting';
CREATE INDEX deliveries_lane ON deliveries (endpoint_id, lane, feed_id) WHERE state IN ('waiting', 'behind');
CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 'dead';
