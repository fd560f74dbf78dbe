"""Running numbers of sequence fields."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sequence",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("last", BIG, nullable=False),
        sa.UniqueConstraint("entity", "field", "period"),
        sqlite_strict=True,
    )
