"""People who leave: what they hold is shown first, and goes to somebody else on the day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_date, format_datetime, parse_date
from runtime import handing, records
from runtime.admins import keep_one_without
from runtime.asking import ask_a_person
from runtime.decide.calendars import day_begins
from runtime.errors import Invalid, NotAllowed, NotFound
from runtime.lookups import displays, is_seen, one_id, reachable, uids_of
from runtime.org import can, require, scope_for
from store import accounts, audit, departures, incidents, jobs, people, query, tasks
from store.conditions import Test
from store.departures import Departure
from store.query import Query
from store.tasks import NewNotice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from builder.model.entity import Entity, Field
    from runtime.context import Context

Json = dict[str, Any]
KIND = "departure"
SUBJECT = {
    "zh-CN": "{{ person }}已离职，其 {{ count }} 项待办已转交给你",
    "en": "{{ person }} has left; {{ count }} open tasks are yours now",
}
BODY = {"zh-CN": "请在待办中查看", "en": "You find them among your tasks"}


def preview(
    ctx: Context, uid: str, on: str, successor: str | None, *, reassign: bool = False
) -> Json:
    """What the person holds and who would get it; nothing is written.

    Raises:
        Invalid: the day is none, or nobody would take over.
    """
    return _told(ctx, _asked(ctx, uid, on, successor, reassign=reassign))


def arrange(
    ctx: Context, uid: str, on: str, successor: str | None, *, reassign: bool = False
) -> Json:
    """Have the person leave on that day; at once when it is here. The last word counts.

    With `reassign` the records the person owns go to the successor too, of those entities whose
    owner the actor may change.

    Raises:
        Conflicting: the person is the last administrator.
    """
    asked = _asked(ctx, uid, on, successor, reassign=reassign)
    keep_one_without(ctx, asked.person_id)
    departures.put(ctx.uow, asked)
    _note(ctx, "person.leave", uid, {"on": on, "successor": successor, "reassign": reassign})
    jobs.put(
        ctx.uow,
        kind=KIND,
        key=f"{KIND}:{asked.uid}",
        payload={"uid": asked.uid},
        at=ctx.now,
        run_at=max(ctx.now, day_begins(ctx.zone, asked.leaves_on)),
    )
    return _told(ctx, asked)


def arranged(ctx: Context, uid: str) -> Json:
    """What was arranged last, with what the person holds now."""
    found = departures.latest(ctx.uow, _person(ctx, uid))
    if found is None:
        raise NotFound(f"departure {uid[:64]}")
    return _told(ctx, found)


def take_back(ctx: Context, uid: str) -> None:
    """The person stays after all."""
    if not departures.cancel(ctx.uow, _person(ctx, uid)):
        raise NotFound(f"departure {uid[:64]}")
    _note(ctx, "person.stay", uid, {})


def carry_out(ctx: Context, uid: str) -> None:
    """Close the accounts, give the open tasks to the successor; what nobody gets is an incident."""
    found = departures.by_uid(ctx.uow, uid)
    if found is None or found.state != "planned":
        return  # it was taken back, or another day was set
    ctx.uow.rev()  # rules lock `head` before tasks; who does not may wait for each other
    person = found.person_id
    records.update(ctx, people.PERSON, person, {"active": False}, origin=handing.BY_DEPARTURE)
    for each in accounts.of_person(ctx.uow, person):
        accounts.set_active(ctx.uow, each.id, active=False)
    heir = _heir(ctx, person, found.successor_id)
    handed = 0 if heir is None else tasks.hand_over(ctx.uow, person, heir)
    departures.finish(ctx.uow, uid, handed=handed)
    _note(ctx, "person.left", uid, {"person": person, "successor": heir, "handed": handed})
    name = displays(ctx, people.PERSON, [person]).get(person, "")
    if heir is not None:
        handing.start(ctx, found, heir)
    if heir is not None and handed:
        _tell(ctx, uid, heir, {"person": name, "count": handed})
    left, _ = tasks.count_open(ctx.uow, person, now=ctx.now)
    if left:
        args = {"person": name, "count": str(left)}
        ask_a_person(ctx, KIND, str(person), code="RUN142", args=args)
    else:
        incidents.close(ctx.uow, f"{KIND}:{person}", at=ctx.now)


# --- who takes over ---------------------------------------------------------------------------
def _asked(ctx: Context, uid: str, on: str, successor: str | None, *, reassign: bool) -> Departure:
    person = _person(ctx, uid)
    try:
        day = parse_date(on)
    except ValueError as error:
        raise Invalid(Diagnostic("RUN143", pointer="/on")) from error
    named = None if successor is None else one_id(ctx, people.PERSON, successor)
    if named is not None and (named == person or people.has_left(ctx.uow, ctx.tables, named)):
        raise Invalid(Diagnostic("RUN141", pointer="/successor"))
    if _heir(ctx, person, named) is None:
        raise Invalid(Diagnostic("RUN140", pointer="/successor"))
    given = handing.movable(ctx) if reassign else ()
    return Departure(ctx.new_uid(), person, day, named, ctx.actor.name, ctx.now, reassign=given)


def _heir(ctx: Context, person: int, named: int | None) -> int | None:
    """Who takes over: who was named, else the next one up the line who is still there."""
    met, here = {person}, named if named is not None else _manager(ctx, person)
    while here is not None and here not in met:
        if not people.has_left(ctx.uow, ctx.tables, here):
            return here
        met.add(here)
        here = _manager(ctx, person if here == named else here)
    return None


def _manager(ctx: Context, person: int) -> int | None:
    return people.manager_of(ctx.uow, ctx.tables, person, ctx.today)


def _person(ctx: Context, uid: str) -> int:
    """A person whom the actor may change."""
    require(ctx, people.PERSON, "update")
    person = one_id(ctx, people.PERSON, uid)
    if not reachable(ctx, people.PERSON, [person], scope=scope_for(ctx, "update")):
        raise NotAllowed("update person")
    return person


# --- what is told -----------------------------------------------------------------------------
def _told(ctx: Context, asked: Departure) -> Json:
    person = asked.person_id
    heir = _heir(ctx, person, asked.successor_id)
    return {
        "person": _named(ctx, person),
        "on": format_date(asked.leaves_on),
        "state": asked.state,
        "successor": None if heir is None else _named(ctx, heir),
        "logins": [each.login for each in accounts.of_person(ctx.uow, person)],
        "tasks": [
            {
                "uid": each.uid,
                "title": json.loads(each.title),
                "due_at": None if each.due_at is None else format_datetime(each.due_at),
            }
            for each in tasks.tasks_of(ctx.uow, person, state="open")
        ],
        "owned": list(_owned(ctx, person, asked.reassign)),
        "handed": asked.handed,
        "moved": asked.moved,
    }


def _named(ctx: Context, person: int) -> Json:
    uid = uids_of(ctx, people.PERSON, [person])[person]
    return {"uid": uid, "display": displays(ctx, people.PERSON, [person]).get(person, "")}


def _owned(ctx: Context, person: int, reassign: Collection[str]) -> Iterator[Json]:
    """How many records name the person, by field, as far as the actor sees them."""
    for entity, item in _pointing(ctx):
        wanted = Query(entity.name, match=Test(item.key, "in", (person,)))
        found = query.count(
            ctx.uow, ctx.scope, wanted, tables=ctx.tables, catalog=ctx.catalog, params=ctx.params
        )
        if found:
            yield {
                "entity": entity.name,
                "label": dict(entity.label),
                "field": item.key,
                "field_label": dict(item.label),
                "count": found,
                "goes": entity.name in reassign and handing.owner_field(entity) == item.key,
            }


def _pointing(ctx: Context) -> Iterator[tuple[Entity, Field]]:
    """The person fields the actor sees."""
    for entity in ctx.catalog.entities.values():
        if entity.system or entity.name == people.ASSIGNMENT or not can(ctx, entity.name, "read"):
            continue
        for item in entity.fields:
            if item.type == "person" and not item.hidden and is_seen(ctx, entity.name, item.key):
                yield entity, item


def _tell(ctx: Context, uid: str, heir: int, values: Json) -> None:
    notice = NewNotice(
        uid=ctx.new_uid(),
        key=f"{KIND}:{uid}",
        person_id=heir,
        subject=json.dumps(SUBJECT, ensure_ascii=False),
        body=json.dumps({"text": BODY, "values": values}, ensure_ascii=False),
        at=ctx.now,
        link="/tasks",
    )
    tasks.put_notices(ctx.uow, [notice])


def _note(ctx: Context, action: str, uid: str, detail: Json) -> None:
    audit.append(
        ctx.uow, actor=ctx.actor.name, action=action, target=uid, detail=detail, at=ctx.now
    )
