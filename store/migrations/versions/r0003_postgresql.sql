CREATE TABLE search_word (
  entity_id BIGINT NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  record_id BIGINT NOT NULL,
  PRIMARY KEY (entity_id, word, record_id)
)

CREATE TABLE search_known (
  entity_id BIGINT NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (entity_id)
)

CREATE TABLE saved_view (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  entity TEXT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  roles TEXT NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (entity, owner, name),
  UNIQUE (uid)
)

CREATE TABLE record_comment (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  entity TEXT NOT NULL,
  record_id BIGINT NOT NULL,
  author TEXT NOT NULL,
  person_id BIGINT,
  body TEXT NOT NULL,
  mentions TEXT NOT NULL,
  at BIGINT NOT NULL,
  edited_at BIGINT,
  deleted BOOLEAN DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (uid)
)

CREATE INDEX record_comment_of ON record_comment (entity, record_id)

CREATE TABLE record_work (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  entity TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL,
  total BIGINT NOT NULL,
  done BIGINT DEFAULT '0' NOT NULL,
  written BIGINT DEFAULT '0' NOT NULL,
  unchanged BIGINT DEFAULT '0' NOT NULL,
  refused BIGINT DEFAULT '0' NOT NULL,
  place TEXT,
  file_uid TEXT,
  cancel BOOLEAN DEFAULT '0' NOT NULL,
  at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid)
)

CREATE INDEX record_work_mine ON record_work (actor, at)

CREATE TABLE work_item (
  work_id BIGINT NOT NULL,
  place BIGINT NOT NULL,
  record_id BIGINT,
  version BIGINT,
  problems TEXT,
  row TEXT,
  PRIMARY KEY (work_id, place)
)
