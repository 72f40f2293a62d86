-- Addresses of people who were erased, so that nobody writes to them again. A keyed hash of each; the key is in meta.
CREATE TABLE erased (
    hash TEXT PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
