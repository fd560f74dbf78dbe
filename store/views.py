"""Saved views of lists: kept by somebody, shared with roles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from store.conflict import insert_new
from store.tables_records import saved_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at the records of an entity."""

    uid: str
    entity: str
    name: str
    owner: str
    roles: tuple[str, ...]
    document: Mapping[str, Any]
    version: int
    at: int


def put(uow: UnitOfWork, view: View) -> bool:
    """Keep a new view; False when its owner has one of that name."""
    values = {"uid": view.uid, "entity": view.entity, "owner": view.owner, **_values(view)}
    return insert_new(uow, saved_view, values, unique=("entity", "owner", "name")) is not None


def replace(uow: UnitOfWork, view: View) -> bool:
    """Keep the view under the version after `view.version`; False when that is not in force."""
    mine = (saved_view.c.uid == view.uid, saved_view.c.version == view.version)
    values = {**_values(view), "version": view.version + 1}
    return bool(uow.execute(update(saved_view).where(*mine).values(values)).rowcount)


def of_entity(uow: UnitOfWork, entity: str) -> list[View]:
    """All views of an entity by name."""
    chosen = select(saved_view).where(saved_view.c.entity == entity)
    return [_view(row) for row in uow.execute(chosen.order_by(saved_view.c.name, saved_view.c.id))]


def by_uid(uow: UnitOfWork, uid: str) -> View | None:
    """One view."""
    row = uow.execute(select(saved_view).where(saved_view.c.uid == uid)).first()
    return None if row is None else _view(row)


def remove(uow: UnitOfWork, uid: str) -> None:
    """Forget a view."""
    uow.execute(delete(saved_view).where(saved_view.c.uid == uid))


def name_is_taken(uow: UnitOfWork, view: View) -> bool:
    """Whether the owner has another view of that name."""
    c = saved_view.c
    mine = (c.entity == view.entity, c.owner == view.owner, c.name == view.name, c.uid != view.uid)
    return uow.execute(select(c.id).where(*mine)).first() is not None


def _values(view: View) -> dict[str, Any]:
    return {
        "name": view.name,
        "roles": json.dumps(list(view.roles)),
        "document": json.dumps(view.document, ensure_ascii=False, sort_keys=True),
        "version": view.version,
        "at": view.at,
    }


def _view(row: Row[Any]) -> View:
    return View(
        uid=row.uid, entity=row.entity, name=row.name, owner=row.owner,
        roles=tuple(json.loads(row.roles)), document=json.loads(row.document),
        version=row.version, at=row.at,
    )  # fmt: skip
