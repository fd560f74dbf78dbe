"""How much a public link takes, and whether a leaver's records go to the successor."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("public_link", sa.Column("per_minute", BIG))
    op.add_column("public_link", sa.Column("most", BIG))
    op.add_column("public_link", sa.Column("sent", BIG, nullable=False, server_default="0"))
    reassign = sa.Column("reassign", sa.Text, nullable=False, server_default="[]")
    op.add_column("departure", reassign)
    op.add_column("departure", sa.Column("moved", sa.Integer))
