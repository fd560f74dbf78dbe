"""Keep the department, manager and position of persons in step with their main assignments.

Rights do not need this: they read the assignments of the day. It writes down what has come into
force, so that lists, receivers of messages and numbers follow, with history and everything else
a change brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime import records
from runtime.context import day_of
from runtime.decide.forms import named, pointer_to
from runtime.errors import Invalid
from store import people, schedules
from store.record_writes import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runtime.context import Context
    from store.record_changes import Change

KIND = "transfers"
BY_ASSIGNMENT = Origin("system", source="assignment")


def put_schedule(ctx: Context, *, next_fire: int) -> None:
    """Have what comes into force at midnight written down every day from now on."""
    schedules.put(
        ctx.uow,
        key=KIND,
        kind=KIND,
        spec={"zone": ctx.zone},
        next_fire=next_fire,
        policy="last",
    )


def follow(ctx: Context, persons: Sequence[int] | None = None) -> int:
    """Write down where main assignments in force say that people stand; how many moved."""
    today = day_of(ctx.now, ctx.zone)
    moved = people.mains_in_force(ctx.uow, ctx.tables, today, persons=persons)
    for person, values in moved.items():
        records.update(ctx.as_system, people.PERSON, person, values, origin=BY_ASSIGNMENT)
    return len(moved)


def after_changes(ctx: Context, changes: Iterable[Change]) -> None:
    """Whoever got, lost or changed an assignment moves in the same transaction."""
    touched: set[int] = set()
    for change in changes:
        if change.entity == people.PERSON:
            touched.add(change.id)
        elif change.entity == people.ASSIGNMENT:
            touched |= _persons(change.before, change.after)
    if touched:
        follow(ctx, sorted(touched))


def _persons(*rows: object) -> set[int]:
    given = (row.get("person") for row in rows if isinstance(row, dict))
    return {person for person in given if isinstance(person, int)}


def check_own(ctx: Context, entity: str, record_id: int, values: Iterable[str]) -> None:
    """Refuse to write by hand what the assignments of a person say.

    Raises:
        Invalid: at the fields; a new assignment is the way to move somebody.
    """
    dated = sorted(people.DATED & set(values)) if entity == people.PERSON else []
    today = day_of(ctx.now, ctx.zone)
    if not dated or not people.is_assigned(ctx.uow, ctx.tables, record_id, today):
        return
    known = ctx.catalog.entity(entity)
    fields = [item for key in dated if (item := known.field(key)) is not None]
    raise Invalid(
        *(Diagnostic("RUN217", named(item), pointer=pointer_to(item.key)) for item in fields)
    )
