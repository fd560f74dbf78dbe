"""One-time codes of accounts, identities at outside providers, and an index of the view log."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make two tables and an index."""
    op.create_table(
        "second_factor",
        Column("account_id", _BIG, primary_key=True, autoincrement=False),
        Column("secret", Text, nullable=False),
        Column("real_since", _BIG, nullable=True),
        Column("last_step", _BIG, nullable=False, server_default="0"),
        Column("recovery", Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "identity",
        Column("id", _BIG, primary_key=True, autoincrement=True),
        Column("provider", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("account_id", _BIG, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("identity_subject", "identity", ["provider", "subject"], unique=True)
    op.create_index("view_log_record", "view_log", ["entity", "record_id"])
