"""What the picker of a form offers: the records its filters and the actor's rights let see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.fields.pointing import pointed_at
from runtime.decide.binding import bind, both, truth
from runtime.decide.forms import controls, plain_cells, rows_of
from runtime.errors import Invalid, NotAllowed, NotFound
from runtime.filling import load_facts
from runtime.fitting import ROOTS, known_of
from runtime.lookups import look_up
from runtime.opened import opened
from runtime.values import parse
from store.errors import HiddenFieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from runtime.opened import Place


def choices(ctx: Context, place: Place, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Records for the picker of a field, as far as the filters and the actor's rights let see.

    `asked` has the `field`, what is typed (`q`), the `values` of the form so far, the `limit`, and
    inside a child table its `table` and the values of the `row`.

    Raises:
        NotFound: there is no such field on the form.
        NotAllowed: a filter reads what is hidden from the actor.
    """
    entity = opened(ctx, place)
    if place.form not in ctx.catalog.forms:
        raise NotFound(place.form[:64])
    compiled = ctx.catalog.compiled_form(place.form)
    table, key = asked.get("table"), str(asked["field"])
    inner = compiled.rows.get(str(table)) if table else compiled
    item = None if inner is None else inner.entity.field(key)
    target = None if item is None else pointed_at(item)
    if inner is None or target is None or (table or key) not in controls(compiled.form):
        raise NotFound(key[:64])
    values = _readable(ctx, entity, asked.get("values") or {})
    row = _readable(ctx, inner.entity, asked.get("row") or {}) if table else {}
    facts = load_facts(
        ctx, compiled, {**values, **({str(table): [plain_cells(row)]} if table else {})}
    )
    known = known_of("form", compiled, values, facts, ctx)
    if table:
        known |= known_of("row", inner, row, _first(facts.get(str(table))), ctx)
    where = None
    for rule, formula in inner.filters:
        if rule.at == key:
            where = both(where, truth(bind(formula.ir, known, roots=ROOTS)))
    try:
        typed, limit = str(asked.get("q") or ""), int(asked.get("limit") or 20)
        return look_up(ctx, target, typed, limit=limit, where=where)
    except HiddenFieldError as hidden:
        raise NotAllowed(key[:64]) from hidden


def _readable(ctx: Context, entity: Entity, values: Mapping[str, object]) -> dict[str, Cell]:
    """What can be read of a form that is filled in half; the rest is as good as blank."""
    read_so_far: dict[str, Cell] = {}
    for key, value in values.items():
        try:
            read_so_far |= parse(ctx, entity, {key: value})
        except Invalid:
            continue
    return read_so_far


def _first(cell: Cell) -> Mapping[str, Raw]:
    rows = rows_of(cell)
    return rows[0] if rows else {}
