"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only ever add; user data is never rebuilt, dropped or cast."""
    ${upgrades if upgrades else "pass"}
