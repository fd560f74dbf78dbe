"""Say what a publication would do before it does it: the plan that a person consents to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from builder.diff import ChangeUnique, HideField, NarrowField, RetypeField
from builder.impact import uses_of, widened
from runtime.decide.access import right, sight
from runtime.proposals import taken_away
from runtime.reshape import doubles, former_column
from runtime.trial import try_field
from store import planned_schema, reshape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.catalog import Catalog
    from builder.diff import Plan
    from builder.impact import Use, Wider
    from dsl.diagnostics import Diagnostic
    from runtime.context import Context
    from runtime.decide.access import Right
    from runtime.proposals import Checked
    from runtime.trial import Trial


Allowed = Literal["write", "read", "masked", "hidden"]


@dataclass(frozen=True, slots=True, order=True)
class NewField:
    """What a role may do with a field that an entity gets."""

    role: str
    entity: str
    field: str
    right: Allowed


@dataclass(frozen=True, slots=True)
class Impact:
    """What would happen; `consent` are the names that the request has to give back."""

    checked: Checked
    trials: tuple[Trial, ...]
    doubles: tuple[Diagnostic, ...]  # while there are any, publishing is refused
    touched: tuple[Use, ...]
    widened: tuple[Wider, ...]
    new_fields: tuple[NewField, ...]
    consent: tuple[str, ...]
    statements: tuple[str, ...]  # what would run on the tables, in the words of the database


def impact_of(ctx: Context, checked: Checked) -> Impact:
    """Try a checked proposal on the data that is there."""
    trials = tuple(_trials(ctx, checked.plan))
    shared = [
        each
        for step in checked.plan.steps
        if isinstance(step, ChangeUnique)
        for each in doubles(ctx, checked.catalog.entity(step.entity), {})
    ]
    failing = [each.name for each in trials if each.failed]
    return Impact(
        checked,
        trials,
        tuple(shared),
        uses_of(ctx.catalog, _changed(checked.plan)),
        widened(ctx.catalog, checked.catalog),
        tuple(sorted(new_fields(ctx.catalog, checked.catalog))),
        tuple(sorted({*failing, *taken_away(checked.plan)})),
        tuple(_statements(ctx, checked)),
    )


def _statements(ctx: Context, checked: Checked) -> list[str]:
    named = (*checked.plan.added, *checked.plan.changed)
    former = {
        (step.entity, step.after.key): found.source
        for step in checked.plan.steps
        if isinstance(step, RetypeField) and (found := former_column(ctx, step)) is not None
    }
    only = {name for kind, name in named if kind == "entity"}
    return planned_schema.statements(ctx.uow, checked.catalog, only=only, former=former)


def new_fields(before: Catalog, after: Catalog) -> Iterator[NewField]:
    """What each role may do with the fields that entities get, as its `new_fields` say."""
    for entity in after.entities.values():
        was = before.entities.get(entity.name)
        fresh = () if was is None else [f for f in entity.fields if was.field(f.key) is None]
        for role in after.roles.values() if fresh else ():
            seen = right(entity, "read", [role])
            if seen is None:
                continue
            changed = right(entity, "update", [role])
            for item in fresh:
                may_write = item.is_filled and changed is not None
                yield NewField(
                    role.name,
                    entity.name,
                    item.key,
                    _allowed(seen, item.key, changed if may_write else None),
                )


def _allowed(seen: Right, key: str, changed: Right | None) -> Allowed:
    said = sight(seen, key)
    if said != "shown":
        return said
    return "read" if changed is None or key in changed.unwritable else "write"


def _trials(ctx: Context, plan: Plan) -> Iterator[Trial]:
    for step in plan.steps:
        match step:
            case RetypeField():
                former = former_column(ctx, step)
                tried = try_field(ctx, step, former=None if former is None else former.source)
                after = None if former is None else former.switched_hid or 0
                rows = reshape.count_rows(ctx.uow, ctx.tables, step.entity, after=after)
                yield replace(tried, rows=rows)
            case NarrowField():
                yield try_field(ctx, step)


def _changed(plan: Plan) -> list[tuple[str, str]]:
    found = []
    for step in plan.steps:
        match step:
            case RetypeField() | NarrowField():
                found.append((step.entity, step.before.key))
            case HideField():
                found.append((step.entity, step.field))
    return found
