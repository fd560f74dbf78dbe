"""Try a change of a field on the values that are there, and change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.fields import Problem
from builder.retyping import shown
from runtime.converting import Conversion, around_of
from store import reshape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.diff import NarrowField, RetypeField
    from dsl.types import Raw
    from runtime.context import Context

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Stuck:
    """A row whose value has no place in the field as it will be."""

    uid: str
    value: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a field: how many values there are, how many fail, the first of them."""

    name: str  # entity.field
    label: dict[str, str]
    values: int
    failed: int
    first: tuple[Stuck, ...]
    rows: int = 0  # rows and versions that would be written again; none where the column stays


def try_field(ctx: Context, step: RetypeField | NarrowField, *, former: int | None = None) -> Trial:
    """Convert every value in memory; `former` is the column the field comes back to."""
    conversion = Conversion(ctx, step.before, step.after, back=former is not None)
    source = ctx.tables[step.entity].column(step.before.key).id
    values = failed = 0
    first: list[Stuck] = []
    batches = reshape.values_in(ctx.uow, ctx.tables, step.entity, source=source, target=former)
    for batch in batches:
        results = conversion([value for _, value, _ in batch], [other for *_, other in batch])
        values += sum(value is not None for _, value, _ in batch)
        stuck = [
            (uid, value, result)
            for (uid, value, _), result in zip(batch, results, strict=True)
            if isinstance(result, Problem)
        ]
        failed += len(stuck)
        first += list(_described(ctx, step, stuck[: SHOWN - len(first)]))
    name = f"{step.entity}.{step.after.key}"
    return Trial(name, dict(step.after.label), values, failed, tuple(first))


def _described(
    ctx: Context, step: RetypeField | NarrowField, stuck: Sequence[tuple[str, Raw, Problem]]
) -> Iterator[Stuck]:
    around = around_of(ctx, step.before, step.before, [value for _, value, _ in stuck])
    for uid, value, problem in stuck:
        yield Stuck(uid, shown(step.before, value, around), problem)
