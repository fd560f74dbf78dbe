"""Ask the database how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from store.unit import UnitOfWork


def version(uow: UnitOfWork) -> str:
    """Which database this is."""
    statement = "SELECT sqlite_version()" if uow.dialect == "sqlite" else "SHOW server_version"
    return f"{uow.dialect} {uow.execute(text(statement)).scalar_one()}"


def integrity(uow: UnitOfWork) -> list[str]:
    """What the database's own check finds; PostgreSQL checks pages as it reads them."""
    if uow.dialect != "sqlite":
        return []
    found = [str(row) for row in uow.execute(text("PRAGMA quick_check")).scalars()]
    keys = [f"foreign key {tuple(row)}" for row in uow.execute(text("PRAGMA foreign_key_check"))]
    return [each for each in found if each != "ok"] + keys
