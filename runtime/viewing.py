"""Who looked at whose personal data: noted in memory as people read, stored in batches."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from dsl.values import format_datetime
from runtime.clock import SECOND
from runtime.errors import NotFound
from runtime.lookups import facts_of, read
from store import view_log
from store.query import Query
from store.scope import Leads, Scope
from store.view_log import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from store.db import Database

log = logging.getLogger(__name__)
PAUSE_S = 2.0  # a killed process loses no more than that
HOUR = 3600 * SECOND  # within it, looking again is the same look
MOST_WAITING = 20_000
MOST_REMEMBERED = 50_000
MOST_OWN = 5_000  # records of one person whose views are looked up
MOST_SHOWN = 200


class ViewLog:
    """Views on their way into the table; reading never waits for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: list[View] = []
        self._seen: OrderedDict[tuple[str, str, int], int] = OrderedDict()
        self._wake = threading.Event()
        self._writer: threading.Thread | None = None

    def note(self, views: Sequence[View]) -> None:
        """Remember to store them soon; a look within an hour of the last one is the same look."""
        with self._lock:
            fresh = [view for view in views if self._is_new(view)]
            room = MOST_WAITING - len(self._waiting)
            if len(fresh) > room:
                log.error("the view log can not be written: %d views are lost", len(fresh) - room)
            self._waiting += fresh[:room]
            if self._waiting and self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_soon, name="view log", daemon=True
                )
                self._writer.start()

    def flush(self) -> None:
        """Store what waits, now.

        Raises:
            Exception: whatever the database says; then everything waits on.
        """
        with self._lock:
            views, self._waiting = self._waiting, []
        if not views:
            return
        try:
            self._database.attempt(lambda uow: view_log.append(uow, views))
        except BaseException:
            with self._lock:
                self._waiting = (views + self._waiting)[:MOST_WAITING]
            raise

    def close(self) -> None:
        """Store what waits before the database is closed."""
        self._wake.set()
        writer = self._writer
        if writer is not None:
            writer.join()
        try:
            self.flush()
        except Exception:
            log.exception("the last views could not be stored")

    def _is_new(self, view: View) -> bool:
        key = (view.actor, view.entity, view.record_id)
        last = self._seen.get(key)
        if last is not None and 0 <= view.at - last < HOUR:
            return False
        self._seen[key] = view.at
        self._seen.move_to_end(key)
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _write_soon(self) -> None:
        self._wake.wait(PAUSE_S)
        with self._lock:
            self._writer = None  # what comes from now on gets a writer of its own
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001 -- disk full, server away: tried again
            log.warning("the view log waits: %s", error)


def note_views(ctx: Context, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """The actor has read these records: note those with personal data of somebody else."""
    if ctx.views is None or ctx.actor.kind not in {"user", "token"} or not rows:
        return
    if not _shows_personal(ctx, entity):
        return
    ids = [int(row["id"]) for row in rows]
    mine = _own(ctx, entity, ids)
    views = [View(ctx.actor.name, entity.name, each, ctx.now) for each in ids if each not in mine]
    ctx.views.note(views)


def views_of_me(ctx: Context) -> list[dict[str, Any]]:
    """Who looked at records about the actor, newest first.

    Raises:
        NotFound: the account belongs to no person.
    """
    if ctx.actor.person_id is None:
        raise NotFound("person")
    found: list[View] = []
    for entity in ctx.catalog.entities.values():
        path = owner_path(entity)
        if path is None or entity.system or not is_personal(entity):
            continue
        scope = Scope(filters={entity.name: Leads(path, frozenset({ctx.actor.person_id}))})
        rows = read(ctx, Query(entity.name, select=(), limit=MOST_OWN), scope=scope).rows
        ids = [int(row["id"]) for row in rows]
        found += view_log.of_records(ctx.uow, entity.name, ids, limit=MOST_SHOWN)
    found.sort(key=lambda view: view.at, reverse=True)
    return [
        {
            "by": view.actor,
            "entity": view.entity,
            "label": dict(ctx.catalog.entity(view.entity).label),
            "at": format_datetime(view.at),
        }
        for view in found[:MOST_SHOWN]
    ]


def is_personal(entity: Entity) -> bool:
    """Whether the entity has personal or sensitive fields."""
    return any(item.classification != "normal" for item in entity.fields)


def owner_path(entity: Entity) -> str | None:
    """The path from a record to the person it is about; "" is the record itself."""
    return "" if entity.name == "person" else entity.access.owner


def _shows_personal(ctx: Context, entity: Entity) -> bool:
    return any(
        item.classification != "normal" and not ctx.scope.hides(entity.name, item.key)
        for item in entity.fields
    )


def _own(ctx: Context, entity: Entity, ids: Sequence[int]) -> set[int]:
    """Which of the records are about the actor."""
    person, path = ctx.actor.person_id, owner_path(entity)
    if person is None or path is None:
        return set()
    if not path:
        return {person}
    facts = facts_of(ctx, entity.name, ids, (path,))
    return {each for each, row in facts.items() if row.get(path) == person}
