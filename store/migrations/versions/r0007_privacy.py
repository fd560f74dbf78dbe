"""Audit rows whose names were taken out: a second seal, and the triggers that let it be set."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# only who, at what and the words beside it may change, and never without the second seal
FORBIDDEN = (
    "NEW.redacted IS NULL OR NEW.seq <> OLD.seq OR NEW.rev <> OLD.rev OR NEW.at <> OLD.at "
    "OR NEW.action <> OLD.action OR NEW.hash <> OLD.hash"
)


def upgrade() -> None:
    """Add the column and set the triggers anew."""
    op.add_column("audit", sa.Column("redacted", sa.Text))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_update")
        op.execute(
            f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit WHEN {FORBIDDEN} "
            "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
        )
        return
    op.execute("DROP TRIGGER audit_no_change ON audit")
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW WHEN ({FORBIDDEN}) "
        "EXECUTE FUNCTION audit_append_only()"
    )
