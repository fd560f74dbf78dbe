"""Bring the system tables to the newest revision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from store.errors import NewerDatabaseError

if TYPE_CHECKING:
    from store.unit import UnitOfWork

MIGRATIONS = Path(__file__).parent / "migrations"
SEEN = table("alembic_version", column("version_num"))


def newest() -> str:
    """The newest revision there is: the modules bear their numbers in their names."""
    return max(path.name[1:5] for path in (MIGRATIONS / "versions").glob("r[0-9]*.py"))


def migrate(uow: UnitOfWork) -> None:
    """Run the revisions this database has not seen."""
    seen = _seen(uow)
    unknown = sorted(each for each in seen if each > newest())
    if unknown:
        raise NewerDatabaseError(*unknown)
    if newest() in seen:
        return
    # most starts find nothing to do: they need not import alembic
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = uow.connection
    command.upgrade(config, "head")


def _seen(uow: UnitOfWork) -> set[str]:
    if not inspect(uow.connection).has_table(SEEN.name):
        return set()
    return set(uow.execute(select(SEEN.c.version_num)).scalars())
