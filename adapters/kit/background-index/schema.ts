/** Of the tables below: raised with each change of them. */
export const SCHEMA_VERSION = 1;

/** `learnt` is milliseconds since the epoch; `name` is what an entry is found by beside its key. */
export const SCHEMA = `
  CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    owner TEXT,
    time TEXT,
    learnt INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (kind, key)
  ) STRICT;
  CREATE UNIQUE INDEX entry_sequence ON entry (kind, sequence);
  CREATE INDEX entry_owner ON entry (owner) WHERE owner IS NOT NULL;
  CREATE INDEX entry_learnt ON entry (learnt);
  CREATE INDEX entry_kind_learnt ON entry (kind, learnt);
  CREATE TABLE name (
    kind TEXT NOT NULL,
    space TEXT NOT NULL,
    name TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (kind, space, name, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX name_entry ON name (entry);
  CREATE TABLE progress (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE total (entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
  INSERT INTO total VALUES (0, 0);
`;
