-- What nobody was told: notices to recruiters that failed for good, until a person has seen to them.
CREATE INDEX letters_untold ON letters (id) WHERE state = 'failed' AND kind = 'notice';
