"""Hold what was chosen on a form against the filters of its fields."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from builder.fields.pointing import pointed_at
from builder.model.entity import VALUE
from dsl.diagnostics import Diagnostic
from runtime.decide.binding import bind, truth
from runtime.decide.forms import complete_row, named, plain_cells, pointer_to, rows_of
from runtime.lookups import read
from store.query import Query
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.compiled import CompiledForm
    from builder.model.entity import Field
    from builder.model.form import FormFilter
    from dsl.formula import Formula
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.forms import Cells

    Chosen = tuple[Field, Formula, tuple[str | int, ...], tuple[int, ...]]

ROOTS = ("form", "row")


def outside(
    ctx: Context, compiled: CompiledForm, rows: Sequence[tuple[Cells, Cells]]
) -> list[list[Diagnostic]]:
    """For each row (values and facts): the chosen records that its filters leave out."""
    problems: list[list[Diagnostic]] = [[] for _ in rows]
    asked: dict[tuple[str, str], list[tuple[int, Chosen]]] = defaultdict(list)
    for place, (values, facts) in enumerate(rows):
        for chosen in _chosen(ctx, compiled, values, facts):
            asked[pointed_at(chosen[0]) or "", chosen[1].hash].append((place, chosen))
    for (entity, _), several in asked.items():
        where, ids = several[0][1][1], {one for _, chosen in several for one in chosen[3]}
        fits = {int(row["id"]) for row in _fitting(ctx, entity, where, ids)}
        for place, (item, _, path, pointers) in several:
            if not fits.issuperset(pointers):
                problems[place].append(Diagnostic("RUN134", named(item), pointer=pointer_to(*path)))
    return problems


def known_of(
    root: str, compiled: CompiledForm, values: Cells, facts: Cells, ctx: Context
) -> dict[str, Raw]:
    """What stands on the form, or in a row, as the filters name it."""
    row = complete_row(compiled, values, facts=facts, params=ctx.params)
    return {f"{root}.{path}": value for path, value in plain_cells(row).items()}


def _chosen(ctx: Context, compiled: CompiledForm, values: Cells, facts: Cells) -> Iterator[Chosen]:
    """Every value that a filter speaks of, with the filter as it stands for it."""
    if not compiled.filters and not any(each.filters for each in compiled.rows.values()):
        return
    known = known_of("form", compiled, values, facts, ctx)
    yield from _filtered(compiled, values, known, ())
    for key, inner in compiled.rows.items():
        if not inner.filters:
            continue
        behind = rows_of(facts.get(key))
        for number, row in enumerate(rows_of(values.get(key))):
            mine = behind[number] if number < len(behind) else {}
            whole = known | known_of("row", inner, row, mine, ctx)
            yield from _filtered(inner, row, whole, (key, number))


def _filtered(
    compiled: CompiledForm, values: Cells, known: Mapping[str, Raw], path: tuple[str | int, ...]
) -> Iterator[Chosen]:
    for rule, formula in compiled.filters:
        item, pointers = _pointers(compiled, rule, values)
        if item is not None and pointers:
            yield item, truth(bind(formula.ir, known, roots=ROOTS)), (*path, rule.at), pointers


def _pointers(
    compiled: CompiledForm, rule: FormFilter, values: Cells
) -> tuple[Field | None, tuple[int, ...]]:
    value = values.get(rule.at)
    found = [value] if isinstance(value, int) else [row.get(VALUE) for row in rows_of(value)]
    return compiled.entity.field(rule.at), tuple(one for one in found if isinstance(one, int))


def _fitting(
    ctx: Context, entity: str, where: Formula, ids: set[int]
) -> Sequence[Mapping[str, Any]]:
    return read(ctx, Query(entity, select=(), ids=tuple(ids), where=where), scope=SYSTEM).rows
