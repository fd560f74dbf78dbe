CREATE TABLE search_word (
  entity_id INTEGER NOT NULL,
  word TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  PRIMARY KEY (entity_id, word, record_id)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE search_known (
  entity_id INTEGER NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (entity_id)
)
 STRICT

CREATE TABLE saved_view (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  entity TEXT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  roles TEXT NOT NULL,
  document TEXT NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (entity, owner, name),
  UNIQUE (uid)
)
 STRICT

CREATE TABLE record_comment (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  entity TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  author TEXT NOT NULL,
  person_id INTEGER,
  body TEXT NOT NULL,
  mentions TEXT NOT NULL,
  at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted INTEGER DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (uid)
)
 STRICT

CREATE INDEX record_comment_of ON record_comment (entity, record_id)

CREATE TABLE record_work (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  entity TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER DEFAULT '0' NOT NULL,
  written INTEGER DEFAULT '0' NOT NULL,
  unchanged INTEGER DEFAULT '0' NOT NULL,
  refused INTEGER DEFAULT '0' NOT NULL,
  place TEXT,
  file_uid TEXT,
  cancel INTEGER DEFAULT '0' NOT NULL,
  at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid)
)
 STRICT

CREATE INDEX record_work_mine ON record_work (actor, at)

CREATE TABLE work_item (
  work_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  record_id INTEGER,
  version INTEGER,
  problems TEXT,
  "row" TEXT,
  PRIMARY KEY (work_id, place)
)
 STRICT
