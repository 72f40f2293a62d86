-- replyd's tables. All instants are UTC text, "2026-11-20T10:00:00.000Z", which sorts as it reads.
-- Query them freely, but with an SQLite of 3.51.3 or newer and read-only while the daemon runs.

-- Client companies.
CREATE TABLE clients (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- People at clients. One row for each address; name and zone are the latest given.
CREATE TABLE contacts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER NOT NULL REFERENCES clients (id),
    name      TEXT NOT NULL,
    address   TEXT NOT NULL UNIQUE COLLATE NOCASE,
    zone      TEXT NOT NULL
) STRICT;

-- Roles at clients.
CREATE TABLE projects (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id    INTEGER NOT NULL REFERENCES clients (id),
    title        TEXT NOT NULL,
    interview    TEXT NOT NULL,               -- video, phone, on_site
    duration_min INTEGER NOT NULL,
    UNIQUE (client_id, title)
) STRICT;

-- Candidates. One row for each address.
CREATE TABLE candidates (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE COLLATE NOCASE,
    phone   TEXT NOT NULL DEFAULT '',
    zone    TEXT NOT NULL
) STRICT;

-- A batch is a conversation: what was handed in, and its state, as two JSON values which only the daemon reads.
CREATE TABLE batches (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT UNIQUE,                   -- the submitter's own key; handing in the same twice makes one batch
    reference  TEXT NOT NULL,                 -- what stands in subjects: 7K3Q
    client_id  INTEGER NOT NULL REFERENCES clients (id),
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    project_id INTEGER NOT NULL REFERENCES projects (id),
    driver     TEXT NOT NULL DEFAULT 'bot',   -- bot, recruiter
    created_at TEXT NOT NULL,
    handed_in  TEXT NOT NULL DEFAULT '',      -- what was handed in and how it shall behave, JSON; never changes
    state      TEXT NOT NULL DEFAULT ''       -- what has become of it, JSON
) STRICT;
CREATE INDEX batches_by_reference ON batches (reference);
CREATE INDEX batches_by_contact ON batches (contact_id, id);

-- One candidate in one batch.
CREATE TABLE submissions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id     INTEGER NOT NULL REFERENCES batches (id),
    candidate_id INTEGER NOT NULL REFERENCES candidates (id),
    position     INTEGER NOT NULL,            -- in the letter, from 1
    status       TEXT NOT NULL DEFAULT 'queued',
    resting      TEXT NOT NULL DEFAULT '',    -- a decision in its grace period
    takes_effect TEXT NOT NULL DEFAULT '',    -- when it does
    UNIQUE (batch_id, position)
) STRICT;
CREATE INDEX submissions_by_candidate ON submissions (candidate_id);

-- Interviews.
CREATE TABLE interviews (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    uid           TEXT NOT NULL UNIQUE,       -- RFC 5545 3.8.4.7
    sequence      INTEGER NOT NULL DEFAULT 0, -- RFC 5545 3.8.7.4
    status        TEXT NOT NULL,              -- proposed, scheduled, confirmed, rescheduled, cancelled, completed, no_show
    kind          TEXT NOT NULL,
    starts_at     TEXT NOT NULL,
    duration_min  INTEGER NOT NULL
) STRICT;

-- Why a client passed, one row a reason, with the words it rests on.
CREATE TABLE feedback (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    reason        TEXT NOT NULL,
    words         TEXT NOT NULL DEFAULT '',
    at            TEXT NOT NULL,
    UNIQUE (submission_id, reason)
) STRICT;

-- The timeline. Rows are only ever added.
CREATE TABLE events (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id      INTEGER NOT NULL REFERENCES batches (id),
    submission_id INTEGER REFERENCES submissions (id),
    at            TEXT NOT NULL,
    kind          TEXT NOT NULL,
    detail        TEXT NOT NULL,
    words         TEXT NOT NULL DEFAULT '',   -- the words a reading rests on
    cause         TEXT NOT NULL               -- "message 17", "click", "deadline chase", "command"
) STRICT;
CREATE INDEX events_by_batch ON events (batch_id, id);

-- Letters: every one we ever wrote, and where it stands. What it says is in letter_bytes.
CREATE TABLE letters (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id   INTEGER NOT NULL REFERENCES batches (id),
    serial     INTEGER NOT NULL,              -- its number in the conversation, from 1; signed into its addresses
    kind       TEXT NOT NULL,
    party      TEXT NOT NULL,                 -- client, candidate 12, recruiter 0
    sender     TEXT NOT NULL,                 -- MAIL FROM
    recipient  TEXT NOT NULL,                 -- RCPT TO
    message_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    about      TEXT NOT NULL DEFAULT '',      -- the letter as an instruction, JSON
    state      TEXT NOT NULL DEFAULT 'queued',-- queued, claimed, dot_intent, ambiguous, sent, failed, expired, held, cancelled
    attempts   INTEGER NOT NULL DEFAULT 0,
    doubts     INTEGER NOT NULL DEFAULT 0,    -- how often nobody could know whether it was taken
    epoch      INTEGER NOT NULL DEFAULT 0,    -- which run of the daemon claimed it
    due        TEXT NOT NULL,                 -- not tried before
    not_after  TEXT NOT NULL DEFAULT '',      -- worthless later
    repeatable INTEGER NOT NULL,              -- a second copy with the same Message-ID does no harm
    queued_at  TEXT NOT NULL,
    tried_at   TEXT NOT NULL DEFAULT '',      -- the first attempt
    sent_at    TEXT NOT NULL DEFAULT '',      -- while it is being tried: a sign that an earlier or this attempt arrived
    unprompted INTEGER NOT NULL DEFAULT 0,    -- nobody asked for it: kept a quarter of an hour from the next such one
    outcome    TEXT NOT NULL DEFAULT '',      -- the last thing a server said of it
    UNIQUE (batch_id, serial)
) STRICT;
CREATE INDEX letters_waiting ON letters (due, id) WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held');

-- Letters as the bytes that left, beside their texts, which answers may quote. Written once: a change of state moves none of it.
CREATE TABLE letter_bytes (
    letter_id INTEGER PRIMARY KEY REFERENCES letters (id),
    text      TEXT NOT NULL DEFAULT '',
    html_text TEXT NOT NULL DEFAULT '',
    bytes     BLOB NOT NULL
) STRICT;

-- Letters that a server was offered within the last hour, or the last day where the account has a daily limit.
CREATE TABLE sends (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    letter_id  INTEGER NOT NULL REFERENCES letters (id),
    recipient  TEXT NOT NULL COLLATE NOCASE,
    domain     TEXT NOT NULL,                 -- empty where domains have no limit
    unprompted INTEGER NOT NULL,
    refused    INTEGER NOT NULL DEFAULT 0,
    at         TEXT NOT NULL                  -- when its fate was known; "open" until then
) STRICT;
CREATE INDEX sends_by_time ON sends (at);
CREATE INDEX sends_by_domain ON sends (domain, at) WHERE domain <> '';
CREATE INDEX sends_by_recipient ON sends (recipient, at) WHERE unprompted;
CREATE INDEX sends_open ON sends (letter_id) WHERE at = 'open';

-- When the next letter to a domain has its turn, while its limit is reached.
CREATE TABLE domains (
    domain TEXT PRIMARY KEY,
    next   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Automatic answers to mail within the last hour, against loops.
CREATE TABLE answers (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient  TEXT NOT NULL COLLATE NOCASE,
    at         TEXT NOT NULL,
    hash       INTEGER NOT NULL,              -- of what it says
    is_receipt INTEGER NOT NULL               -- what it answers: 0 a doubt, 1 a decision, 2 an order of a recruiter
) STRICT;
CREATE INDEX answers_by_time ON answers (at);
CREATE INDEX answers_same ON answers (recipient, hash);
CREATE INDEX answers_asking ON answers (recipient) WHERE NOT is_receipt;

-- Received messages, also the ledger of what was fetched from where.
CREATE TABLE messages (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT NOT NULL,
    folder       TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    state        TEXT NOT NULL,               -- stored, reading, applied, ignored, unmatched, duplicate, quarantined, vanished, unreadable
    identity     INTEGER NOT NULL DEFAULT 0,  -- 64 bits of a hash of Message-ID, From, Date and text: the same mail elsewhere
    received_at  TEXT NOT NULL DEFAULT '',    -- INTERNALDATE
    stored_at    TEXT NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    truncated    INTEGER NOT NULL DEFAULT 0,
    kind         TEXT NOT NULL DEFAULT '',
    batch_id     INTEGER REFERENCES batches (id),
    why          TEXT NOT NULL DEFAULT '',    -- why it was ignored, unmatched or quarantined
    UNIQUE (account, folder, uid_validity, uid)
) STRICT;
CREATE INDEX messages_by_identity ON messages (identity) WHERE identity <> 0;
CREATE INDEX messages_waiting ON messages (id) WHERE state IN ('stored', 'reading');

-- Received messages as they were fetched. Written once.
CREATE TABLE message_bytes (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id),
    raw        BLOB NOT NULL
) STRICT;

-- UIDVALIDITY per folder, and the UID where reading starts.
CREATE TABLE folders (
    account      TEXT NOT NULL,
    folder       TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    low          INTEGER NOT NULL DEFAULT 1,
    uid_next     INTEGER NOT NULL DEFAULT 0,   -- as the server said last; 0 when it did not
    PRIMARY KEY (account, folder)
) STRICT, WITHOUT ROWID;

-- Messages set aside for a person, with the reason. Their bytes are in message_bytes.
CREATE TABLE quarantine (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL UNIQUE REFERENCES messages (id),
    at         TEXT NOT NULL,
    reason     TEXT NOT NULL,
    seen       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX quarantine_unseen ON quarantine (id) WHERE seen = 0;

-- When to wake up for which conversation: a copy of its state, to find the earliest.
CREATE TABLE deadlines (
    batch_id      INTEGER NOT NULL REFERENCES batches (id),
    kind          TEXT NOT NULL,
    submission_id INTEGER NOT NULL DEFAULT 0,
    at            TEXT NOT NULL,
    PRIMARY KEY (batch_id, kind, submission_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_by_time ON deadlines (at);

-- Addresses that are never written to, until a person lifts it.
CREATE TABLE suppressions (
    address TEXT PRIMARY KEY COLLATE NOCASE,
    at      TEXT NOT NULL,
    why     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Attachments by content.
CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

-- Small facts of the daemon itself: which run this is, and its signing keys' ids.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
