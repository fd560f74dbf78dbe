"""The system tables. User entities have tables of their own (`store.record_tables`).

Times are microseconds since 1970-01-01T00:00Z (BIGINT), days are days since 1970-01-01,
documents are canonical JSON text. Business time unless a name starts with `real_`.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Text, UniqueConstraint

from store.table_parts import Flag, Id, big, make_table, metadata, row_id, text
from store.tables_change import publication, schema_change, schema_change_failure
from store.tables_data import (
    alert,
    audit,
    calendar_day,
    checkpoint,
    dirty,
    egress_rule,
    file,
    file_content,
    gap,
    ingest_batch,
    measurement,
    notice,
    rejected_row,
    rule_run,
    rule_state,
    sample_day,
    sealed_period,
    series,
    source_setting,
    source_state,
    sync_run,
    task,
    view_log,
)
from store.tables_records import (
    form_draft,
    record_comment,
    record_work,
    saved_view,
    search_known,
    search_word,
    work_item,
)

__all__ = [
    "Flag",
    "account",
    "alert",
    "api_token",
    "attempt",
    "audit",
    "calendar_day",
    "checkpoint",
    "definition",
    "departure",
    "dirty",
    "draft",
    "egress_rule",
    "entity_map",
    "field_map",
    "file",
    "file_content",
    "fire",
    "form_draft",
    "gap",
    "head",
    "idempotency",
    "identity",
    "incident",
    "ingest_batch",
    "job",
    "measurement",
    "metadata",
    "notice",
    "outbox",
    "pack_install",
    "public_link",
    "publication",
    "record_comment",
    "record_work",
    "rejected_row",
    "revision",
    "rule_run",
    "rule_state",
    "sample_day",
    "saved_view",
    "schedule",
    "schema_change",
    "schema_change_failure",
    "sealed_period",
    "search_known",
    "search_word",
    "second_factor",
    "sequence",
    "series",
    "session",
    "setting",
    "source_setting",
    "source_state",
    "sync_run",
    "task",
    "view_as",
    "view_log",
    "work_item",
]

# --- what the system is -------------------------------------------------------------------
setting = make_table("setting", Column("name", Text, primary_key=True), text("value"))
# head: one row (id 1). Locking it is the last lock before commit; it hands out `rev`.
head = make_table("head", row_id(), big("rev"), big("audit_seq"), text("audit_hash"))
revision = make_table(
    "revision", row_id(), big("rev"), text("author"), text("note"), big("at"), big("real_at")
)
definition = make_table(
    "definition",
    row_id(),
    text("kind"),
    text("name"),
    text("document"),
    big("from_revision"),
    big("to_revision", null=True),  # null: in force
    text("origin"),  # the pack install it came with, or "local"
    Index("definition_name", "kind", "name", "from_revision", unique=True),
)
draft = make_table(
    "draft",
    row_id(),
    text("kind"),
    text("name"),
    text("document", null=True),  # null: delete
    big("base_revision"),
    text("editor"),
    big("version"),
    big("real_at"),
    UniqueConstraint("kind", "name"),
)
pack_install = make_table(
    "pack_install",
    row_id(),
    text("pack", unique=True),
    text("version"),
    text("base_files"),
    big("revision"),
    big("at"),
)
entity_map = make_table(
    "entity_map",
    row_id(),  # physical tables are e<id> and e<id>_h
    text("name", unique=True),
    Column("log", Flag, nullable=False),
    text("parent", null=True),  # child table: the entity that owns its rows
)
field_map = make_table(
    "field_map",
    row_id(),  # physical column is c<id>
    big("entity_id"),
    text("key"),
    text("storage"),  # bigint | text | boolean | ref | child
    Column("scale", Integer, nullable=True),
    text("type"),
    text("target", null=True),  # ref, child: the entity it points to
    Column("hidden", Flag, nullable=False, server_default="0"),
    big("real_hidden_at", null=True),
    UniqueConstraint("entity_id", "key"),
)

# --- people who sign in -------------------------------------------------------------------
account = make_table(
    "account",
    row_id(),
    text("uid", unique=True),
    text("login", unique=True),
    text("password_hash", null=True),
    big("person_id", null=True),  # row id in the person entity
    text("roles"),  # JSON list of role names
    text("language"),
    Column("active", Flag, nullable=False, server_default="1"),
    big("security_version", default=0),  # raised by disable, reset, role change: ends sessions
    big("failed_logins", default=0),
    big("real_locked_until", null=True),
)
session = make_table(
    "session",
    row_id(),
    text("token_hash", unique=True),
    big("account_id"),
    big("security_version"),
    text("csrf"),
    big("real_created"),
    big("real_seen"),
    text("agent", null=True),
)
departure = make_table(
    "departure",
    row_id(),
    text("uid", unique=True),
    big("person_id"),  # row id in the person entity
    Column("leaves_on", Integer, nullable=False),  # the first day without the person
    big("successor_id", null=True),  # who takes over; the manager of that day when nobody is named
    text("state"),  # planned done cancelled
    text("by"),
    big("at"),
    Column("handed", Integer),  # tasks that went to somebody else
    Column("reassign", Text, nullable=False, server_default="[]"),  # entities whose records go too
    Column("moved", Integer),  # records that did
    Index("departure_person", "person_id"),
)
view_as = make_table(
    "view_as",
    Column("token_hash", Text, primary_key=True),
    big("account_id"),
    text("by"),
    big("real_at"),
)
api_token = make_table(
    "api_token",
    row_id(),
    text("uid", unique=True),
    text("token_hash", unique=True),
    big("account_id"),
    text("label"),
    text("scopes"),
    big("real_expires"),
    big("real_used", null=True),
)
second_factor = make_table(  # one-time codes of an account
    "second_factor",
    Column("account_id", Id, primary_key=True, autoincrement=False),
    text("secret"),  # encrypted
    big("real_since", null=True),  # null: shown, not yet confirmed by a code
    big("last_step", default=0),  # the last accepted step of 30 s: no code is taken twice
    text("recovery"),  # JSON list of hashes, each good once
)
identity = make_table(  # who an outside provider says somebody is
    "identity",
    row_id(),
    text("provider"),
    text("subject"),
    big("account_id"),
    Index("identity_subject", "provider", "subject", unique=True),
)
idempotency = make_table(
    "idempotency",
    row_id(),
    text("actor"),
    text("key"),
    text("request_hash"),
    text("response"),
    big("real_at"),
    UniqueConstraint("actor", "key"),
)

# --- durable work -------------------------------------------------------------------------
job = make_table(
    "job",
    row_id(),
    text("kind"),
    text("key", unique=True),
    text("merge_key", null=True),  # equal waiting jobs are one job; a done one is forgotten
    text("payload"),
    text("state"),  # ready leased done retry dead
    big("run_at"),  # business time
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer, nullable=False, server_default="8"),
    text("owner", null=True),
    big("real_lease_until", null=True),
    big("real_not_before", default=0),  # back-off
    text("error", null=True),
    text("cause", null=True),
    Column("depth", Integer, nullable=False, server_default="0"),
    big("at"),
    big("done_at", null=True),
)
Index("job_due", job.c.run_at, sqlite_where=job.c.state.in_(["ready", "retry"]),
      postgresql_where=job.c.state.in_(["ready", "retry"]))  # fmt: skip
Index("job_merge", job.c.merge_key, sqlite_where=job.c.state.in_(["ready", "retry"]),
      postgresql_where=job.c.state.in_(["ready", "retry"]))  # fmt: skip
outbox = make_table(
    "outbox",
    row_id(),
    text("key", unique=True),  # idempotency key; makes the Message-ID
    text("connector"),  # smtp, ...
    text("operation"),  # send_mail, ...
    text("guarantee"),  # at_least_once at_most_once
    text("payload"),
    text("state"),  # pending sending sent uncertain dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    text("owner", null=True),
    big("real_lease_until", null=True),
    big("real_next", default=0),
    text("error", null=True),
    text("response", null=True),
    Column("possibly_twice", Flag, nullable=False, server_default="0"),
    text("cause", null=True),
    big("at"),
    big("sent_at", null=True),
)
Index("outbox_due", outbox.c.real_next, sqlite_where=outbox.c.state.in_(["pending", "sending"]),
      postgresql_where=outbox.c.state.in_(["pending", "sending"]))  # fmt: skip
schedule = make_table(
    "schedule",
    row_id(),
    text("key", unique=True),  # e.g. sync:<source>, close:<calendar>:<grain>
    text("kind"),
    text("spec"),  # JSON: {"every_s"} | {"grain","calendar"}
    big("next_fire"),
    text("policy"),  # all last skip
    big("max_age_s", null=True),
    Column("enabled", Flag, nullable=False, server_default="1"),
)
fire = make_table(
    "fire",
    row_id(),
    big("schedule_id"),
    text("local_time"),  # the logical occurrence, e.g. 2026-W08 or an instant
    big("at"),
    UniqueConstraint("schedule_id", "local_time"),
)
incident = make_table(
    "incident",
    row_id(),
    text("uid", unique=True),
    text("kind"),  # job outbox source definition
    text("key", unique=True),  # one open incident per thing
    text("owner", null=True),
    text("code"),
    text("args"),
    Column("count", Integer, nullable=False, server_default="1"),
    big("opened_at"),
    big("last_at"),
    big("closed_at", null=True),
)
sequence = make_table(
    "sequence",
    row_id(),
    text("entity"),
    text("field"),
    text("period"),  # what the dates of the rule say; the count runs within it
    big("last"),  # the number given last; never taken back
    UniqueConstraint("entity", "field", "period"),
)
public_link = make_table(
    "public_link",
    row_id(),
    text("uid", unique=True),
    text("form"),
    text("label"),
    text("token_hash", unique=True),
    text("fixed"),  # JSON: values that go into every record made through the link
    text("created_by"),
    big("real_created"),
    big("real_expires"),
    big("real_revoked", null=True),
    big("per_minute", null=True),  # how often it may be sent
    big("most", null=True),  # how often in all
    big("sent", default=0),
)
attempt = make_table(  # not logged on PostgreSQL
    "attempt",
    Column("key", Text, primary_key=True),  # what is limited and for whom, as a hash
    big("began"),  # the window; real time
    big("seen"),
)
