"""The system tables of rules, tasks, metrics, sources, files and the audit chain."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Text, UniqueConstraint

from store.table_parts import Flag, Id, big, make_table, row_id, text

# --- rules, tasks, messages ---------------------------------------------------------------
rule_state = make_table(
    "rule_state",
    Column("rule", Text, primary_key=True),
    Column("subject_id", Id, primary_key=True, autoincrement=False),
    text("state"),  # inactive firing acknowledged
    big("episode", default=0),
    big("streak", default=0),
    big("since_period", null=True),
    big("last_period", null=True),
    big("watermark_at", null=True),  # event rules: events up to here are used up
    text("watermark_key", null=True),
)
rule_run = make_table(  # what has been judged: a closed period is judged once, then only re-judged
    "rule_run",
    Column("rule", Text, primary_key=True),
    text("semantic_hash"),
    big("enabled_from_period", null=True),  # periods before it never fire
    big("enabled_at"),
    big("last_period", null=True),
)
alert = make_table(
    "alert",
    row_id(),
    text("uid", unique=True),
    text("rule"),
    text("subject_entity"),
    big("subject_id"),
    big("episode"),
    text("state"),  # firing acknowledged closed
    big("opened_at"),
    big("opened_rev"),
    big("period", null=True),  # dense number of the period that raised it
    big("closed_period", null=True),  # and of the one that closed it
    big("acknowledged_at", null=True),
    big("closed_at", null=True),
    big("closed_rev", null=True),
    Column("corrected", Flag, nullable=False, server_default="0"),
    text("feedback", null=True),  # right | false
    text("evidence"),  # JSON: values, periods or event uids, catalog revision
    Column("count", Integer, nullable=False, server_default="1"),  # events joined
    UniqueConstraint("rule", "subject_id", "episode"),
)
task = make_table(
    "task",
    row_id(),
    text("uid", unique=True),
    text("key", unique=True),
    text("kind"),  # card, approve, handle, ...
    text("title"),  # JSON labels
    big("assignee_id"),  # person row id
    big("alert_id", null=True),
    text("rule", null=True),
    text("subject_entity", null=True),
    big("subject_id", null=True),
    text("card"),  # JSON: the steps with what they show
    text("state"),  # open done cancelled
    big("opened_at"),
    big("opened_rev"),
    big("due_at", null=True),
    text("due_rule", null=True),  # JSON: hours, calendar
    big("done_at", null=True),
    big("done_rev", null=True),
    big("done_by", null=True),  # person row id
    big("response_hours", null=True),  # scale 6
    text("record_entity", null=True),
    big("record_id", null=True),  # the submitted record
)
Index("task_mine", task.c.assignee_id, task.c.state)
notice = make_table(  # in-app inbox
    "notice",
    row_id(),
    text("uid", unique=True),
    text("key", unique=True),
    big("person_id"),
    text("subject"),
    text("body"),
    text("link", null=True),
    big("at"),
    big("read_at", null=True),
)
Index("notice_mine", notice.c.person_id, notice.c.read_at)

# --- metrics ------------------------------------------------------------------------------
measurement = make_table(
    "measurement",
    row_id(),
    text("uid", unique=True),
    text("metric"),
    big("subject_id"),
    big("period"),  # dense number within the metric's grain
    Column("edition", Integer, nullable=False, server_default="1"),
    big("value", null=True),  # scale 6, rounded to the metric's decimals
    big("target", null=True),  # scale 6
    big("n"),
    text("reasons"),  # JSON list of null reasons
    big("automatic_share", null=True),  # scale 6
    text("leaves"),  # JSON: input -> {"value","sum","count"} as strings
    text("formula_version"),  # the version's start date
    text("formula_hash"),
    big("revision"),  # catalog revision
    big("rev"),  # what was known
    big("at"),
    Column("current", Flag, nullable=False, server_default="1"),
)
Index("measurement_current", measurement.c.metric, measurement.c.period, measurement.c.subject_id,
      unique=True, sqlite_where=measurement.c.current == 1,
      postgresql_where=measurement.c.current)  # fmt: skip
Index("measurement_series", measurement.c.metric, measurement.c.subject_id, measurement.c.period,
      measurement.c.value, measurement.c.target,
      measurement.c.current,  # SQLite reads the row for it otherwise, though the index implies it
      sqlite_where=measurement.c.current == 1, postgresql_where=measurement.c.current)  # fmt: skip
dirty = make_table(
    "dirty",
    Column("metric", Text, primary_key=True),
    Column("subject_id", Id, primary_key=True, autoincrement=False),
    Column("period", Id, primary_key=True, autoincrement=False),
    big("rev"),
)
sealed_period = make_table(
    "sealed_period",
    Column("metric", Text, primary_key=True),
    Column("period", Id, primary_key=True, autoincrement=False),
    big("rev"),
    big("at"),
)
calendar_day = make_table(
    "calendar_day",
    Column("calendar", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("workday", Flag, nullable=False),
    text("source"),
)

# --- connectors ---------------------------------------------------------------------------
source_setting = make_table(
    "source_setting",
    Column("source", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    text("value"),  # plain, or encrypted when secret
    Column("secret", Flag, nullable=False),
    text("origin", null=True),  # the scheme://host:port a secret was entered for
)
egress_rule = make_table(
    "egress_rule", row_id(), text("source"), text("host"), Column("port", Integer, nullable=False),
    UniqueConstraint("source", "host", "port"),
)  # fmt: skip
checkpoint = make_table(
    "checkpoint",
    Column("source", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    text("state"),
    big("checked_at"),  # last successful check
    big("newest_at", null=True),  # newest source time stored
    text("fingerprint", null=True),
)
sync_run = make_table(
    "sync_run",
    row_id(),
    text("uid", unique=True),
    text("source"),
    text("stream"),
    big("started_at"),
    big("ended_at", null=True),
    text("state"),  # running done failed
    text("code", null=True),
    text("args", null=True),
    big("rows_read", default=0),
    big("rows_written", default=0),
    big("rows_unchanged", default=0),
    big("rows_rejected", default=0),
    big("rev", null=True),
)
source_state = make_table(  # lost and back, once each
    "source_state",
    Column("source", Text, primary_key=True),
    text("state"),  # ok lost stopped
    big("since"),
    text("code", null=True),
    text("args", null=True),
)
rejected_row = make_table(
    "rejected_row",
    row_id(),
    text("source"),
    text("stream"),
    text("key"),
    text("raw"),
    text("code"),
    text("args"),
    text("field", null=True),
    text("state"),  # open held retried ignored
    big("first_at"),
    Column("attempts", Integer, nullable=False, server_default="1"),
    UniqueConstraint("source", "stream", "key"),
)
series = make_table(
    "series",
    row_id(),
    text("name"),  # <entity>.<series>
    big("subject_id"),
    text("source"),
    text("unit", null=True),
    big("latest_at", null=True),
    Column("latest_value", Text, nullable=True),
    big("latest_quality", null=True),  # OPC UA status codes use all 32 bits
    UniqueConstraint("name", "subject_id"),
)
gap = make_table(
    "gap",
    row_id(),
    text("source"),
    text("item"),
    big("from_at"),
    big("to_at", null=True),
    text("cause"),
    UniqueConstraint("source", "item", "from_at"),
)
sample_day = make_table("sample_day", Column("day", Integer, primary_key=True, autoincrement=False))
ingest_batch = make_table(  # the collector's batches that are in: replays are no-ops
    "ingest_batch",
    Column("source", Text, primary_key=True),
    big("sequence"),
)

# --- files, audit, full text --------------------------------------------------------------
file = make_table(
    "file",
    row_id(),
    text("uid", unique=True),
    text("name"),
    text("media_type"),
    big("size"),
    text("sha256"),
    text("uploader"),
    big("at"),
    text("record_entity", null=True),
    big("record_id", null=True),
)
file_content = make_table(
    "file_content", Column("sha256", Text, primary_key=True), Column("content", LargeBinary)
)
audit = make_table(
    "audit",
    Column("seq", Id, primary_key=True, autoincrement=False),
    big("rev"),
    big("at"),
    text("actor"),
    text("action"),
    text("target"),
    text("detail"),
    text("hash"),
    text("redacted", null=True),  # the seal of what the row says since a person was erased
)
view_log = make_table(
    "view_log",
    row_id(),
    text("actor"),
    text("entity"),
    big("record_id"),
    text("purpose", null=True),
    big("at"),
    big("rev", null=True),
    Index("view_log_record", "entity", "record_id"),
)
