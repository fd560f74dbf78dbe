CREATE TABLE account (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  login TEXT NOT NULL,
  password_hash TEXT,
  person_id INTEGER,
  roles TEXT NOT NULL,
  language TEXT NOT NULL,
  active INTEGER DEFAULT '1' NOT NULL,
  security_version INTEGER DEFAULT '0' NOT NULL,
  failed_logins INTEGER DEFAULT '0' NOT NULL,
  real_locked_until INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (login)
)
 STRICT

CREATE TABLE alert (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject_entity TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  episode INTEGER NOT NULL,
  state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  opened_rev INTEGER NOT NULL,
  period INTEGER,
  closed_period INTEGER,
  acknowledged_at INTEGER,
  closed_at INTEGER,
  closed_rev INTEGER,
  corrected INTEGER DEFAULT '0' NOT NULL,
  feedback TEXT,
  evidence TEXT NOT NULL,
  count INTEGER DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (rule, subject_id, episode),
  UNIQUE (uid)
)
 STRICT

CREATE TABLE api_token (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL,
  real_expires INTEGER NOT NULL,
  real_used INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (token_hash)
)
 STRICT

CREATE TABLE audit (
  seq INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (seq)
)
 STRICT

CREATE TABLE calendar_day (
  calendar TEXT NOT NULL,
  day INTEGER NOT NULL,
  workday INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (calendar, day)
)
 STRICT

CREATE TABLE checkpoint (
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  state TEXT NOT NULL,
  checked_at INTEGER NOT NULL,
  newest_at INTEGER,
  fingerprint TEXT,
  PRIMARY KEY (source, stream)
)
 STRICT

CREATE TABLE definition (
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  from_revision INTEGER NOT NULL,
  to_revision INTEGER,
  origin TEXT NOT NULL,
  PRIMARY KEY (id)
)
 STRICT

CREATE UNIQUE INDEX definition_name ON definition (kind, name, from_revision)

CREATE TABLE dirty (
  metric TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  period INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  PRIMARY KEY (metric, subject_id, period)
)
 STRICT

CREATE TABLE draft (
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT,
  base_revision INTEGER NOT NULL,
  editor TEXT NOT NULL,
  version INTEGER NOT NULL,
  real_at INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (kind, name)
)
 STRICT

CREATE TABLE egress_rule (
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, host, port)
)
 STRICT

CREATE TABLE entity_map (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  log INTEGER NOT NULL,
  parent TEXT,
  PRIMARY KEY (id),
  UNIQUE (name)
)
 STRICT

CREATE TABLE field_map (
  id INTEGER NOT NULL,
  entity_id INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  storage TEXT NOT NULL,
  scale INTEGER,
  type TEXT NOT NULL,
  target TEXT,
  hidden INTEGER DEFAULT '0' NOT NULL,
  real_hidden_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (entity_id, "key")
)
 STRICT

CREATE TABLE file (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  uploader TEXT NOT NULL,
  at INTEGER NOT NULL,
  record_entity TEXT,
  record_id INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid)
)
 STRICT

CREATE TABLE file_content (
  sha256 TEXT NOT NULL,
  content BLOB,
  PRIMARY KEY (sha256)
)
 STRICT

CREATE TABLE fire (
  id INTEGER NOT NULL,
  schedule_id INTEGER NOT NULL,
  local_time TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (schedule_id, local_time)
)
 STRICT

CREATE TABLE gap (
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  item TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER,
  cause TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, item, from_at)
)
 STRICT

CREATE TABLE head (
  id INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  audit_seq INTEGER NOT NULL,
  audit_hash TEXT NOT NULL,
  PRIMARY KEY (id)
)
 STRICT

CREATE TABLE idempotency (
  id INTEGER NOT NULL,
  actor TEXT NOT NULL,
  "key" TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  response TEXT NOT NULL,
  real_at INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (actor, "key")
)
 STRICT

CREATE TABLE incident (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL,
  "key" TEXT NOT NULL,
  owner TEXT,
  code TEXT NOT NULL,
  args TEXT NOT NULL,
  count INTEGER DEFAULT '1' NOT NULL,
  opened_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  closed_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE ("key")
)
 STRICT

CREATE TABLE ingest_batch (
  source TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (source)
)
 STRICT

CREATE TABLE job (
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  "key" TEXT NOT NULL,
  merge_key TEXT,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  run_at INTEGER NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  max_attempts INTEGER DEFAULT '8' NOT NULL,
  owner TEXT,
  real_lease_until INTEGER,
  real_not_before INTEGER DEFAULT '0' NOT NULL,
  error TEXT,
  cause TEXT,
  depth INTEGER DEFAULT '0' NOT NULL,
  at INTEGER NOT NULL,
  done_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE ("key")
)
 STRICT

CREATE INDEX job_due ON job (run_at) WHERE state IN ('ready', 'retry')

CREATE INDEX job_merge ON job (merge_key) WHERE state IN ('ready', 'retry')

CREATE TABLE measurement (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  metric TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  period INTEGER NOT NULL,
  edition INTEGER DEFAULT '1' NOT NULL,
  value INTEGER,
  target INTEGER,
  n INTEGER NOT NULL,
  reasons TEXT NOT NULL,
  automatic_share INTEGER,
  leaves TEXT NOT NULL,
  formula_version TEXT NOT NULL,
  formula_hash TEXT NOT NULL,
  revision INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  at INTEGER NOT NULL,
  current INTEGER DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (uid)
)
 STRICT

CREATE UNIQUE INDEX measurement_current ON measurement (metric, period, subject_id) WHERE current = 1

CREATE INDEX measurement_series ON measurement (metric, subject_id, period, value, target, current) WHERE current = 1

CREATE TABLE notice (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  "key" TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  link TEXT,
  at INTEGER NOT NULL,
  read_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE ("key")
)
 STRICT

CREATE INDEX notice_mine ON notice (person_id, read_at)

CREATE TABLE outbox (
  id INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  connector TEXT NOT NULL,
  operation TEXT NOT NULL,
  guarantee TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  owner TEXT,
  real_lease_until INTEGER,
  real_next INTEGER DEFAULT '0' NOT NULL,
  error TEXT,
  response TEXT,
  possibly_twice INTEGER DEFAULT '0' NOT NULL,
  cause TEXT,
  at INTEGER NOT NULL,
  sent_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE ("key")
)
 STRICT

CREATE INDEX outbox_due ON outbox (real_next) WHERE state IN ('pending', 'sending')

CREATE TABLE pack_install (
  id INTEGER NOT NULL,
  pack TEXT NOT NULL,
  version TEXT NOT NULL,
  base_files TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (pack)
)
 STRICT

CREATE TABLE rejected_row (
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  "key" TEXT NOT NULL,
  raw TEXT NOT NULL,
  code TEXT NOT NULL,
  args TEXT NOT NULL,
  field TEXT,
  state TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  attempts INTEGER DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, stream, "key")
)
 STRICT

CREATE TABLE revision (
  id INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  author TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL,
  real_at INTEGER NOT NULL,
  PRIMARY KEY (id)
)
 STRICT

CREATE TABLE rule_run (
  rule TEXT NOT NULL,
  semantic_hash TEXT NOT NULL,
  enabled_from_period INTEGER,
  enabled_at INTEGER NOT NULL,
  last_period INTEGER,
  PRIMARY KEY (rule)
)
 STRICT

CREATE TABLE rule_state (
  rule TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  episode INTEGER DEFAULT '0' NOT NULL,
  streak INTEGER DEFAULT '0' NOT NULL,
  since_period INTEGER,
  last_period INTEGER,
  watermark_at INTEGER,
  watermark_key TEXT,
  PRIMARY KEY (rule, subject_id)
)
 STRICT

CREATE TABLE sample_day (
  day INTEGER NOT NULL,
  PRIMARY KEY (day)
)
 STRICT

CREATE TABLE schedule (
  id INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  kind TEXT NOT NULL,
  spec TEXT NOT NULL,
  next_fire INTEGER NOT NULL,
  policy TEXT NOT NULL,
  max_age_s INTEGER,
  enabled INTEGER DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE ("key")
)
 STRICT

CREATE TABLE sealed_period (
  metric TEXT NOT NULL,
  period INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (metric, period)
)
 STRICT

CREATE TABLE series (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  unit TEXT,
  latest_at INTEGER,
  latest_value TEXT,
  latest_quality INTEGER,
  PRIMARY KEY (id),
  UNIQUE (name, subject_id)
)
 STRICT

CREATE TABLE session (
  id INTEGER NOT NULL,
  token_hash TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  security_version INTEGER NOT NULL,
  csrf TEXT NOT NULL,
  real_created INTEGER NOT NULL,
  real_seen INTEGER NOT NULL,
  agent TEXT,
  PRIMARY KEY (id),
  UNIQUE (token_hash)
)
 STRICT

CREATE TABLE setting (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
)
 STRICT

CREATE TABLE source_setting (
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  secret INTEGER NOT NULL,
  origin TEXT,
  PRIMARY KEY (source, name)
)
 STRICT

CREATE TABLE source_state (
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  since INTEGER NOT NULL,
  code TEXT,
  args TEXT,
  PRIMARY KEY (source)
)
 STRICT

CREATE TABLE sync_run (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  state TEXT NOT NULL,
  code TEXT,
  args TEXT,
  rows_read INTEGER DEFAULT '0' NOT NULL,
  rows_written INTEGER DEFAULT '0' NOT NULL,
  rows_unchanged INTEGER DEFAULT '0' NOT NULL,
  rows_rejected INTEGER DEFAULT '0' NOT NULL,
  rev INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid)
)
 STRICT

CREATE TABLE task (
  id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  "key" TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  assignee_id INTEGER NOT NULL,
  alert_id INTEGER,
  rule TEXT,
  subject_entity TEXT,
  subject_id INTEGER,
  card TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  opened_rev INTEGER NOT NULL,
  due_at INTEGER,
  due_rule TEXT,
  done_at INTEGER,
  done_rev INTEGER,
  done_by INTEGER,
  response_hours INTEGER,
  record_entity TEXT,
  record_id INTEGER,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE ("key")
)
 STRICT

CREATE INDEX task_mine ON task (assignee_id, state)

CREATE TABLE view_log (
  id INTEGER NOT NULL,
  actor TEXT NOT NULL,
  entity TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  purpose TEXT,
  at INTEGER NOT NULL,
  rev INTEGER,
  PRIMARY KEY (id)
)
 STRICT

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END

INSERT INTO head (id, rev, audit_seq, audit_hash) VALUES (1, 0, 0, '')
