"""What somebody who has left owned goes to the successor, batch by batch, where that was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import records
from runtime.asking import ask_a_person
from runtime.errors import NotFound, Refused
from runtime.lookups import displays
from runtime.org import can, unwritable_of
from store import audit, departures, incidents, jobs, people, person_data
from store.record_writes import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity
    from runtime.context import Context
    from store.departures import Departure

KIND = "hand_over"
BATCH = 200
BY_DEPARTURE = Origin("system", source="departure")


def owner_field(entity: Entity) -> str | None:
    """The field that says who owns a record; none where that is told by another record.

    The posts somebody held are part of the past: nobody else held them.
    """
    if entity.name == people.ASSIGNMENT:
        return None
    item = entity.field(entity.access.owner or "")
    is_own = item is not None and item.type == "person" and item.is_filled and not item.hidden
    return item.key if item is not None and is_own and not (entity.log or entity.system) else None


def movable(ctx: Context) -> tuple[str, ...]:
    """The entities whose records the actor may give to another owner."""
    return tuple(
        name
        for name, entity in sorted(ctx.catalog.entities.items())
        if (key := owner_field(entity)) is not None
        and can(ctx, name, "update")
        and key not in unwritable_of(ctx, name, "update")
    )


def start(ctx: Context, departure: Departure, heir: int) -> None:
    """Ask for the first batch."""
    if not departure.reassign:
        return
    place = {"entity": departure.reassign[0], "after": 0, "failed": 0}
    _ask(ctx, {"uid": departure.uid, "heir": heir, **place})


def step(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Give the next records away; each keeps its history, and is audited like any change."""
    found = departures.by_uid(ctx.uow, str(payload["uid"]))
    if found is None:
        return
    ctx.uow.rev()  # rules lock `head` before tasks; who does not may wait for each other
    name, after = str(payload["entity"]), int(payload["after"])
    ids = _owned(ctx, name, found.person_id, after=after)
    given = [_give(ctx, name, each, int(payload["heir"])) for each in ids]
    departures.count_moved(ctx.uow, found.uid, given.count(True))
    failed = int(payload["failed"]) + given.count(False)
    following = [each for each in found.reassign if each > name]
    if len(ids) == BATCH:
        _ask(ctx, {**payload, "after": ids[-1], "failed": failed})
    elif following:
        _ask(ctx, {**payload, "entity": following[0], "after": 0, "failed": failed})
    else:
        _end(ctx, found, failed)


def _owned(ctx: Context, name: str, person: int, *, after: int) -> list[int]:
    """The next batch."""
    entity = ctx.catalog.entities.get(name)
    key = None if entity is None else owner_field(entity)
    if key is None:
        return []  # it was removed meanwhile
    mine = ctx.tables[name]
    owner = [mine.column(key)]
    return person_data.pointing(ctx.uow, mine, owner, person, after=after, limit=BATCH)


def _give(ctx: Context, name: str, record_id: int, heir: int) -> bool | None:
    """Whether a record has another owner now; None for one in the trash, which stays as it is."""
    values = {owner_field(ctx.catalog.entity(name)) or "": heir}
    try:
        with ctx.uow.savepoint():
            records.update(ctx, name, record_id, values, origin=BY_DEPARTURE)
    except NotFound:
        return None
    except Refused:
        return False
    return True


def _end(ctx: Context, found: Departure, failed: int) -> None:
    done = departures.by_uid(ctx.uow, found.uid)
    detail = {"moved": done.moved if done else 0, "failed": failed, "person": found.person_id}
    audit.append(
        ctx.uow, actor=ctx.actor.name, action="person.records", target=found.uid, detail=detail,
        at=ctx.now,
    )  # fmt: skip
    if not failed:
        incidents.close(ctx.uow, f"{KIND}:{found.person_id}", at=ctx.now)
        return
    name = displays(ctx, people.PERSON, [found.person_id]).get(found.person_id, "")
    args = {"person": name, "count": str(failed)}
    ask_a_person(ctx, KIND, str(found.person_id), code="RUN159", args=args)


def _ask(ctx: Context, payload: Mapping[str, Any]) -> None:
    place = f"{payload['uid']}:{payload['entity']}:{payload['after']}"
    jobs.put(ctx.uow, kind=KIND, key=f"{KIND}:{place}", payload=payload, at=ctx.now)
