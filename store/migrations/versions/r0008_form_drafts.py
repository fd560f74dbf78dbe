"""Forms that are filled in half."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "form_draft",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("task", sa.Text),
        sa.Column("record", sa.Text),
        sa.Column("record_version", BIG),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("real_at", BIG, nullable=False),
        sa.UniqueConstraint("owner", "key"),
        sqlite_strict=True,
    )
