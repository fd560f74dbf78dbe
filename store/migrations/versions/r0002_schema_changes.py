"""Publications that wait for their data, and the fields that are converted for them."""

from alembic import op
from sqlalchemy import Column, Text, UniqueConstraint

from store.table_parts import Flag, Id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "publication",
        Column("id", Id, primary_key=True, autoincrement=True),
        *_texts("uid", "state", "proposal", "author", "note", "problems"),
        Column("revision", Id, nullable=True),
        *_numbers("at", "real_at"),
        UniqueConstraint("uid"),
        sqlite_strict=True,
    )
    op.create_table(
        "schema_change",
        Column("id", Id, primary_key=True, autoincrement=True),
        *_texts("uid"),
        Column("publication_id", Id, nullable=True),
        *_texts("entity", "key"),
        *_numbers("source", "target"),
        *_texts("before", "after", "phase"),
        Column("back", Flag, nullable=False),
        *_numbers("cursor", "mark", "converted"),
        Column("switched_hid", Id, nullable=True),
        Column("real_switched_at", Id, nullable=True),
        UniqueConstraint("uid"),
        sqlite_strict=True,
    )
    op.create_table(
        "schema_change_failure",
        Column("id", Id, primary_key=True, autoincrement=True),
        *_numbers("change_id"),
        Column("history", Flag, nullable=False),
        *_numbers("row", "record_id"),
        *_texts("uid", "code", "args"),
        UniqueConstraint("change_id", "history", "row"),
        sqlite_strict=True,
    )


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[Column[int]]:
    return [Column(name, Id, nullable=False) for name in names]
