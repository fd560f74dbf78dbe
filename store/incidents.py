"""What needs a person: one open incident per thing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from store.conflict import insert_new
from store.rows import by_name
from store.tables import incident

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that failed, how often, and whose it is."""

    id: int
    uid: str
    kind: str
    key: str
    owner: str | None
    code: str
    args: Mapping[str, str]
    count: int
    opened_at: int
    last_at: int
    closed_at: int | None


def open_incident(
    uow: UnitOfWork,
    *,
    uid: str,
    kind: str,
    key: str,
    code: str,
    args: Mapping[str, str],
    at: int,
    owner: str | None = None,
) -> bool:
    """Open an incident, or count one more; False when it was open already."""
    text = json.dumps(dict(args), ensure_ascii=False, sort_keys=True)
    fresh = {"code": code, "args": text, "last_at": at}
    values = {**fresh, "uid": uid, "kind": kind, "key": key, "owner": owner, "opened_at": at}
    if insert_new(uow, incident, values, unique=("key",)) is not None:
        return True
    known = incident.c.key == key
    reopened = uow.execute(
        update(incident)
        .where(known, incident.c.closed_at.is_not(None))
        .values(**fresh, count=1, opened_at=at, closed_at=None)
    )
    if reopened.rowcount:
        return True
    uow.execute(update(incident).where(known).values(**fresh, count=incident.c.count + 1))
    return False


def close(uow: UnitOfWork, key: str, *, at: int) -> bool:
    """The thing works again; False when nothing was open."""
    closed = uow.execute(
        update(incident)
        .where(incident.c.key == key, incident.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    return closed.rowcount == 1


def get(uow: UnitOfWork, uid: str) -> Incident | None:
    """One incident."""
    row = uow.execute(select(incident).where(incident.c.uid == uid)).first()
    return None if row is None else _incident(row)


def list_open(uow: UnitOfWork) -> list[Incident]:
    """The open ones, newest first."""
    rows = uow.execute(
        select(incident)
        .where(incident.c.closed_at.is_(None))
        .order_by(incident.c.last_at.desc(), incident.c.id.desc())
    )
    return [_incident(row) for row in rows]


def _incident(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        uid=row.uid,
        kind=row.kind,
        key=row.key,
        owner=row.owner,
        code=row.code,
        args=json.loads(row.args),
        count=by_name(row)["count"],
        opened_at=row.opened_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
    )
