"""Settings of the installation that live in the database: name to text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from store.tables import setting

if TYPE_CHECKING:
    from store.unit import UnitOfWork

_GET = select(setting.c.value).where(setting.c.name == bindparam("wanted"))


def get(uow: UnitOfWork, name: str) -> str | None:
    """The stored text, if any."""
    found = uow.execute(_GET, {"wanted": name}).scalar()
    return None if found is None else str(found)


def put(uow: UnitOfWork, name: str, value: str) -> None:
    """Store a text under a name."""
    changed = uow.execute(update(setting).where(setting.c.name == name).values(value=value))
    if changed.rowcount == 0:
        uow.execute(insert(setting).values(name=name, value=value))
