-- One reader of several batches: what they were written, and what of it falls due together.

-- Whose chase it is.
ALTER TABLE deadlines ADD COLUMN contact_id INTEGER NOT NULL DEFAULT 0;
UPDATE deadlines SET contact_id = (SELECT contact_id FROM batches WHERE id = batch_id) WHERE kind = 'chase';
CREATE INDEX deadlines_of_contact ON deadlines (contact_id, at) WHERE kind = 'chase';

-- The daily limit is a person's, whatever batch writes to them.
CREATE INDEX letters_unprompted ON letters (recipient COLLATE NOCASE, queued_at) WHERE unprompted;
