"""Tables around records: search, saved views, comments, long work."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen statements of the dialect, one per paragraph."""
    dialect = op.get_bind().dialect.name
    script = Path(__file__).with_name(f"r0003_{dialect}.sql").read_text(encoding="utf-8")
    for statement in script.split("\n\n"):
        if statement.strip():
            op.execute(text(statement.replace(":", "\\:")))
