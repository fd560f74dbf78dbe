"""Attempts that several processes count together."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; on PostgreSQL it is not logged."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "attempt",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("began", BIG, nullable=False),
        sa.Column("seen", BIG, nullable=False),
        prefixes=["UNLOGGED"] if is_postgresql else [],
        sqlite_strict=True,
    )
