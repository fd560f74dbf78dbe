"""Who leaves on which day, and who takes over."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "departure",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("uid", sa.Text, nullable=False, unique=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("leaves_on", sa.Integer, nullable=False),
        sa.Column("successor_id", BIG),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("handed", sa.Integer),
        sqlite_strict=True,
    )
    op.create_index("departure_person", "departure", ["person_id"])
