"""Read what followed from something: alerts, tasks, mails and notices newer than a mark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from store.rows import by_name
from store.tables import alert, notice, outbox, task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest rows before something happened."""

    alert: int = 0
    task: int = 0
    outbox: int = 0
    notice: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed, as rows by column name; JSON columns are read."""

    alerts: tuple[Mapping[str, Any], ...]
    tasks: tuple[Mapping[str, Any], ...]
    mails: tuple[Mapping[str, Any], ...]
    notices: tuple[Mapping[str, Any], ...]


def mark(uow: UnitOfWork) -> Mark:
    """Where things stand now."""
    return Mark(*(_newest(uow, table) for table in (alert, task, outbox, notice)))


def followed(uow: UnitOfWork, since: Mark) -> Followed:
    """Everything newer than a mark, oldest first."""
    return Followed(
        alerts=_rows(uow, alert, since.alert, ("evidence",)),
        tasks=_rows(uow, task, since.task, ("card", "title")),
        mails=_rows(uow, outbox, since.outbox, ("payload",)),
        notices=_rows(uow, notice, since.notice, ("body",)),
    )


def _newest(uow: UnitOfWork, table: Table) -> int:
    return int(uow.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _rows(
    uow: UnitOfWork, table: Table, since: int, read: tuple[str, ...]
) -> tuple[Mapping[str, Any], ...]:
    rows = uow.execute(select(table).where(table.c.id > since).order_by(table.c.id))
    found = (dict(by_name(row)) for row in rows)
    return tuple({**row, **{name: json.loads(row[name]) for name in read}} for row in found)
