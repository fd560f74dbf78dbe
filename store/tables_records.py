"""The system tables around records: search, saved views, comments, drafts, long work."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, UniqueConstraint

from store.column_types import TEXT
from store.table_parts import Flag, Id, big, make_table, metadata, row_id, text

search_word = Table(  # which records have a word, whatever field it is in
    "search_word",
    metadata,
    Column("entity_id", Id, primary_key=True, autoincrement=False),
    Column("word", TEXT, primary_key=True),
    Column("record_id", Id, primary_key=True, autoincrement=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
search_known = make_table(  # entities of which every record is in `search_word`
    "search_known",
    Column("entity_id", Id, primary_key=True, autoincrement=False),
    text("fields"),  # the columns that were read, to see whether one came later
)
saved_view = make_table(
    "saved_view",
    row_id(),
    text("uid", unique=True),
    text("entity"),
    text("name"),
    text("owner"),  # login
    text("roles"),  # JSON list: who else has it
    text("document"),  # JSON: filter, match, q, columns, sort, group
    big("version"),
    big("at"),
    UniqueConstraint("entity", "owner", "name"),
)
record_comment = make_table(
    "record_comment",
    row_id(),
    text("uid", unique=True),
    text("entity"),
    big("record_id"),
    text("author"),  # login
    big("person_id", null=True),
    text("body"),
    text("mentions"),  # JSON list of person row ids
    big("at"),
    big("edited_at", null=True),
    Column("deleted", Flag, nullable=False, server_default="0"),
)
Index("record_comment_of", record_comment.c.entity, record_comment.c.record_id)
record_work = make_table(  # one long piece of work of a person: export, import, bulk change
    "record_work",
    row_id(),
    text("uid", unique=True),
    text("kind"),
    text("actor"),  # login
    text("entity"),
    text("request"),  # JSON
    text("state"),  # running done cancelled
    big("total"),
    big("done", default=0),
    big("written", default=0),
    big("unchanged", default=0),
    big("refused", default=0),
    text("place", null=True),  # JSON: where the next batch begins
    text("file_uid", null=True),  # what came out of it
    Column("cancel", Flag, nullable=False, server_default="0"),
    big("at"),
    big("ended_at", null=True),
)
Index("record_work_mine", record_work.c.actor, record_work.c.at)
work_item = make_table(  # what became of one row, when there is something to remember
    "work_item",
    Column("work_id", Id, primary_key=True, autoincrement=False),
    Column("place", Id, primary_key=True, autoincrement=False),
    big("record_id", null=True),
    big("version", null=True),  # before the work changed it
    text("problems", null=True),  # JSON list of diagnostics
    text("row", null=True),  # JSON: a refused row as it came
)
form_draft = make_table(  # a form somebody has filled in half
    "form_draft",
    row_id(),
    text("owner"),  # login
    text("key"),  # the one it will be sent with
    text("form"),  # a form, or an entity that is filled in without one
    text("task", null=True),
    text("record", null=True),
    big("record_version", null=True),  # that was seen when it was opened
    text("inputs"),  # JSON as the client keeps it
    big("version"),
    big("real_at"),
    UniqueConstraint("owner", "key"),
)
TABLES = (
    search_word, search_known, saved_view, record_comment, record_work, work_item, form_draft,
)  # fmt: skip
