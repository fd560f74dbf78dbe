"""Running numbers of sequence fields, and public links to forms."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
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
    op.create_table(
        "public_link",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("uid", sa.Text, nullable=False, unique=True),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("fixed", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("real_created", BIG, nullable=False),
        sa.Column("real_expires", BIG, nullable=False),
        sa.Column("real_revoked", BIG),
        sqlite_strict=True,
    )
