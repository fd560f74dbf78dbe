"""System tables of changes of fields: what is being converted, and what would not convert."""

from __future__ import annotations

from sqlalchemy import Column, UniqueConstraint

from store.table_parts import Flag, big, make_table, row_id, text

# a publication that waits for its data: done, failed and cancelled ones stay as its record
publication = make_table(
    "publication",
    row_id(),
    text("uid", unique=True),
    text("state"),  # filling waiting done failed cancelled
    text("proposal"),  # JSON: the documents to put, names to remove, consent
    text("author"),
    text("note"),
    text("problems"),  # JSON: why it failed or waits
    big("revision", null=True),
    big("at"),
    big("real_at"),
)
# one field on its way from one column to another
schema_change = make_table(
    "schema_change",
    row_id(),
    text("uid", unique=True),
    big("publication_id", null=True),
    text("entity"),
    text("key"),
    big("source"),  # field_map rows
    big("target"),
    text("before"),  # JSON: the field as it was and as it will be
    text("after"),
    text("phase"),  # current history switched cancelled
    Column("back", Flag, nullable=False),  # to a column that was filled before: undo
    big("cursor"),  # the last row converted: id, then hid
    big("mark"),  # versions written after it are converted as they come
    big("converted"),
    big("switched_hid", null=True),  # the newest version when the columns changed places
    big("real_switched_at", null=True),
)
schema_change_failure = make_table(
    "schema_change_failure",
    row_id(),
    big("change_id"),
    Column("history", Flag, nullable=False),
    big("row"),  # id of the current row, hid of a version
    big("record_id"),
    text("uid"),
    text("code"),
    text("args"),
    UniqueConstraint("change_id", "history", "row"),
)
