"""Sessions that look at the system as somebody else."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "view_as",
        Column("token_hash", Text, primary_key=True),
        Column("account_id", _BIG, nullable=False),
        Column("by", Text, nullable=False),
        Column("real_at", _BIG, nullable=False),
        sqlite_strict=True,
    )
