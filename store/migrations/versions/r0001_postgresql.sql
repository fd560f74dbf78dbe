CREATE TABLE account (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  login TEXT NOT NULL,
  password_hash TEXT,
  person_id BIGINT,
  roles TEXT NOT NULL,
  language TEXT NOT NULL,
  active BOOLEAN DEFAULT '1' NOT NULL,
  security_version BIGINT DEFAULT '0' NOT NULL,
  failed_logins BIGINT DEFAULT '0' NOT NULL,
  real_locked_until BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (login)
)

CREATE TABLE alert (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject_entity TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  episode BIGINT NOT NULL,
  state TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  opened_rev BIGINT NOT NULL,
  period BIGINT,
  closed_period BIGINT,
  acknowledged_at BIGINT,
  closed_at BIGINT,
  closed_rev BIGINT,
  corrected BOOLEAN DEFAULT '0' NOT NULL,
  feedback TEXT,
  evidence TEXT NOT NULL,
  count INTEGER DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (rule, subject_id, episode),
  UNIQUE (uid)
)

CREATE TABLE api_token (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL,
  real_expires BIGINT NOT NULL,
  real_used BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (token_hash)
)

CREATE TABLE audit (
  seq BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (seq)
)

CREATE TABLE calendar_day (
  calendar TEXT NOT NULL,
  day INTEGER NOT NULL,
  workday BOOLEAN NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (calendar, day)
)

CREATE TABLE checkpoint (
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  state TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  newest_at BIGINT,
  fingerprint TEXT,
  PRIMARY KEY (source, stream)
)

CREATE TABLE definition (
  id BIGSERIAL NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT,
  origin TEXT NOT NULL,
  PRIMARY KEY (id)
)

CREATE UNIQUE INDEX definition_name ON definition (kind, name, from_revision)

CREATE TABLE dirty (
  metric TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  period BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  PRIMARY KEY (metric, subject_id, period)
)

CREATE TABLE draft (
  id BIGSERIAL NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT,
  base_revision BIGINT NOT NULL,
  editor TEXT NOT NULL,
  version BIGINT NOT NULL,
  real_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (kind, name)
)

CREATE TABLE egress_rule (
  id BIGSERIAL NOT NULL,
  source TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, host, port)
)

CREATE TABLE entity_map (
  id BIGSERIAL NOT NULL,
  name TEXT NOT NULL,
  log BOOLEAN NOT NULL,
  parent TEXT,
  PRIMARY KEY (id),
  UNIQUE (name)
)

CREATE TABLE field_map (
  id BIGSERIAL NOT NULL,
  entity_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  storage TEXT NOT NULL,
  scale INTEGER,
  type TEXT NOT NULL,
  target TEXT,
  hidden BOOLEAN DEFAULT '0' NOT NULL,
  real_hidden_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (entity_id, key)
)

CREATE TABLE file (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  uploader TEXT NOT NULL,
  at BIGINT NOT NULL,
  record_entity TEXT,
  record_id BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid)
)

CREATE TABLE file_content (
  sha256 TEXT NOT NULL,
  content BYTEA,
  PRIMARY KEY (sha256)
)

CREATE TABLE fire (
  id BIGSERIAL NOT NULL,
  schedule_id BIGINT NOT NULL,
  local_time TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (schedule_id, local_time)
)

CREATE TABLE gap (
  id BIGSERIAL NOT NULL,
  source TEXT NOT NULL,
  item TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT,
  cause TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, item, from_at)
)

CREATE TABLE head (
  id BIGSERIAL NOT NULL,
  rev BIGINT NOT NULL,
  audit_seq BIGINT NOT NULL,
  audit_hash TEXT NOT NULL,
  PRIMARY KEY (id)
)

CREATE TABLE idempotency (
  id BIGSERIAL NOT NULL,
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  response TEXT NOT NULL,
  real_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (actor, key)
)

CREATE TABLE incident (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  owner TEXT,
  code TEXT NOT NULL,
  args TEXT NOT NULL,
  count INTEGER DEFAULT '1' NOT NULL,
  opened_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  closed_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (key)
)

CREATE TABLE ingest_batch (
  source TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (source)
)

CREATE TABLE job (
  id BIGSERIAL NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  merge_key TEXT,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  max_attempts INTEGER DEFAULT '8' NOT NULL,
  owner TEXT,
  real_lease_until BIGINT,
  real_not_before BIGINT DEFAULT '0' NOT NULL,
  error TEXT,
  cause TEXT,
  depth INTEGER DEFAULT '0' NOT NULL,
  at BIGINT NOT NULL,
  done_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (key)
)

CREATE INDEX job_due ON job (run_at) WHERE state IN ('ready', 'retry')

CREATE INDEX job_merge ON job (merge_key) WHERE state IN ('ready', 'retry')

CREATE TABLE measurement (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  metric TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  period BIGINT NOT NULL,
  edition INTEGER DEFAULT '1' NOT NULL,
  value BIGINT,
  target BIGINT,
  n BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  automatic_share BIGINT,
  leaves TEXT NOT NULL,
  formula_version TEXT NOT NULL,
  formula_hash TEXT NOT NULL,
  revision BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  at BIGINT NOT NULL,
  current BOOLEAN DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (uid)
)

CREATE UNIQUE INDEX measurement_current ON measurement (metric, period, subject_id) WHERE current

CREATE INDEX measurement_series ON measurement (metric, subject_id, period, value, target, current) WHERE current

CREATE TABLE notice (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  key TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  link TEXT,
  at BIGINT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (key)
)

CREATE INDEX notice_mine ON notice (person_id, read_at)

CREATE TABLE outbox (
  id BIGSERIAL NOT NULL,
  key TEXT NOT NULL,
  connector TEXT NOT NULL,
  operation TEXT NOT NULL,
  guarantee TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  owner TEXT,
  real_lease_until BIGINT,
  real_next BIGINT DEFAULT '0' NOT NULL,
  error TEXT,
  response TEXT,
  possibly_twice BOOLEAN DEFAULT '0' NOT NULL,
  cause TEXT,
  at BIGINT NOT NULL,
  sent_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (key)
)

CREATE INDEX outbox_due ON outbox (real_next) WHERE state IN ('pending', 'sending')

CREATE TABLE pack_install (
  id BIGSERIAL NOT NULL,
  pack TEXT NOT NULL,
  version TEXT NOT NULL,
  base_files TEXT NOT NULL,
  revision BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (pack)
)

CREATE TABLE rejected_row (
  id BIGSERIAL NOT NULL,
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  key TEXT NOT NULL,
  raw TEXT NOT NULL,
  code TEXT NOT NULL,
  args TEXT NOT NULL,
  field TEXT,
  state TEXT NOT NULL,
  first_at BIGINT NOT NULL,
  attempts INTEGER DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (source, stream, key)
)

CREATE TABLE revision (
  id BIGSERIAL NOT NULL,
  rev BIGINT NOT NULL,
  author TEXT NOT NULL,
  note TEXT NOT NULL,
  at BIGINT NOT NULL,
  real_at BIGINT NOT NULL,
  PRIMARY KEY (id)
)

CREATE TABLE rule_run (
  rule TEXT NOT NULL,
  semantic_hash TEXT NOT NULL,
  enabled_from_period BIGINT,
  enabled_at BIGINT NOT NULL,
  last_period BIGINT,
  PRIMARY KEY (rule)
)

CREATE TABLE rule_state (
  rule TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  episode BIGINT DEFAULT '0' NOT NULL,
  streak BIGINT DEFAULT '0' NOT NULL,
  since_period BIGINT,
  last_period BIGINT,
  watermark_at BIGINT,
  watermark_key TEXT,
  PRIMARY KEY (rule, subject_id)
)

CREATE TABLE sample_day (
  day INTEGER NOT NULL,
  PRIMARY KEY (day)
)

CREATE TABLE schedule (
  id BIGSERIAL NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  spec TEXT NOT NULL,
  next_fire BIGINT NOT NULL,
  policy TEXT NOT NULL,
  max_age_s BIGINT,
  enabled BOOLEAN DEFAULT '1' NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (key)
)

CREATE TABLE sealed_period (
  metric TEXT NOT NULL,
  period BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (metric, period)
)

CREATE TABLE series (
  id BIGSERIAL NOT NULL,
  name TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  unit TEXT,
  latest_at BIGINT,
  latest_value TEXT,
  latest_quality BIGINT,
  PRIMARY KEY (id),
  UNIQUE (name, subject_id)
)

CREATE TABLE session (
  id BIGSERIAL NOT NULL,
  token_hash TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  security_version BIGINT NOT NULL,
  csrf TEXT NOT NULL,
  real_created BIGINT NOT NULL,
  real_seen BIGINT NOT NULL,
  agent TEXT,
  PRIMARY KEY (id),
  UNIQUE (token_hash)
)

CREATE TABLE setting (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
)

CREATE TABLE source_setting (
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  secret BOOLEAN NOT NULL,
  origin TEXT,
  PRIMARY KEY (source, name)
)

CREATE TABLE source_state (
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  since BIGINT NOT NULL,
  code TEXT,
  args TEXT,
  PRIMARY KEY (source)
)

CREATE TABLE sync_run (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  state TEXT NOT NULL,
  code TEXT,
  args TEXT,
  rows_read BIGINT DEFAULT '0' NOT NULL,
  rows_written BIGINT DEFAULT '0' NOT NULL,
  rows_unchanged BIGINT DEFAULT '0' NOT NULL,
  rows_rejected BIGINT DEFAULT '0' NOT NULL,
  rev BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid)
)

CREATE TABLE task (
  id BIGSERIAL NOT NULL,
  uid TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  assignee_id BIGINT NOT NULL,
  alert_id BIGINT,
  rule TEXT,
  subject_entity TEXT,
  subject_id BIGINT,
  card TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  opened_rev BIGINT NOT NULL,
  due_at BIGINT,
  due_rule TEXT,
  done_at BIGINT,
  done_rev BIGINT,
  done_by BIGINT,
  response_hours BIGINT,
  record_entity TEXT,
  record_id BIGINT,
  PRIMARY KEY (id),
  UNIQUE (uid),
  UNIQUE (key)
)

CREATE INDEX task_mine ON task (assignee_id, state)

CREATE TABLE view_log (
  id BIGSERIAL NOT NULL,
  actor TEXT NOT NULL,
  entity TEXT NOT NULL,
  record_id BIGINT NOT NULL,
  purpose TEXT,
  at BIGINT NOT NULL,
  rev BIGINT,
  PRIMARY KEY (id)
)

CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'audit is append-only'; END$$

CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()

INSERT INTO head (id, rev, audit_seq, audit_hash) VALUES (1, 0, 0, '')
