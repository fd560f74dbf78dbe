"""The rules that hold however a record is written: of the form named, or the entity's own form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runtime.decide.amending import Known, amend
from runtime.errors import Invalid, NotFound
from runtime.filling import load_facts, plain_form
from runtime.fitting import outside
from runtime.lookups import read
from store import records as stored
from store.query import Query
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from builder.catalog import Catalog
    from builder.compiled import CompiledForm
    from builder.model.entity import Entity
    from builder.model.form import Form
    from runtime.context import Context
    from runtime.decide.forms import Cell, Cells


def standing(ctx: Context, entity: Entity, form: str | None = None) -> CompiledForm:
    """The rules of the form named, else of the general one, else of the only one; else none.

    Rules, not layout: every field of the entity may be written, whether it is on the form or not.

    Raises:
        NotFound: the form named is none of this entity.
    """
    catalog = ctx.catalog
    return catalog.once(("standing", entity.name, form), lambda: _standing(catalog, entity, form))


def _standing(catalog: Catalog, entity: Entity, form: str | None) -> CompiledForm:
    plain = plain_form(catalog, entity)
    chosen = _chosen(catalog, entity, form)
    if chosen is None or not chosen.rules:
        return plain
    return replace(catalog.compiled_form(chosen.name), form=plain.form)


def _chosen(catalog: Catalog, entity: Entity, form: str | None) -> Form | None:
    forms = [each for each in catalog.forms.values() if each.entity == entity.name]
    if form is not None:
        named = next((each for each in forms if each.name == form), None)
        if named is None:
            raise NotFound(f"form {form[:80]}")
        return named
    general = [each for each in forms if each.general] or forms
    return general[0] if len(general) == 1 else None


def amended(
    ctx: Context, name: str, record_id: int, sent: Cells, *, form: str | None = None
) -> dict[str, Cell]:
    """What a change writes into a record under the rules that hold for it.

    The record is locked first, so that the rules are asked of what will be there.

    Raises:
        Invalid: with every problem, each at its field.
    """
    compiled, params = standing(ctx, ctx.catalog.entity(name), form), ctx.params
    was = Known({}, {})  # where no rule asks for it, nothing is read
    if _has_rules(compiled):
        stored.lock(ctx.uow, ctx.tables, name, record_id)
        compiled, values = _there(ctx, compiled, record_id)
        was = Known(values, load_facts(ctx, compiled, values))
    facts = load_facts(ctx, compiled, {**was.values, **sent})
    found = amend(compiled, was, sent, facts=facts, params=params)
    (left_out,) = outside(ctx, found.asked, [(found.whole, facts)])
    if found.problems or left_out:
        raise Invalid(*found.problems, *left_out)
    return found.values


def _has_rules(compiled: CompiledForm) -> bool:
    return any(
        each.conditions or each.checks or each.filters
        for each in (compiled, *compiled.rows.values())
    )


def _there(ctx: Context, compiled: CompiledForm, record_id: int) -> tuple[CompiledForm, Cells]:
    """The record as it is stored; what is made of rows pointing here is taken as it stands."""
    entity = compiled.entity
    incoming = {item.key for item in entity.fields if item.type == "incoming"}
    fixed = {key for key, made in compiled.computed.items() if incoming & made.needs.rows.keys()}
    keys = tuple(
        item.key
        for item in entity.fields
        if not item.hidden
        and item.type != "incoming"
        and (item.formula is None or item.key in fixed)
    )
    rows = read(ctx, Query(entity.name, select=keys, ids=(record_id,)), scope=SYSTEM).rows
    if not rows:
        raise NotFound(entity.name)
    computed = {key: made for key, made in compiled.computed.items() if key not in fixed}
    values = {key: own_cell(ctx, entity, key, rows[0][key]) for key in keys}
    return replace(compiled, computed=computed), values


def own_cell(ctx: Context, entity: Entity, key: str, value: Any) -> Cell:  # noqa: ANN401 -- a raw value or rows
    """What a field holds, rows without what the store adds to them: fit to be written again."""
    item = entity.field(key)
    if item is None or item.rows is None:
        cell: Cell = value
        return cell
    child = ctx.catalog.entity(item.rows)
    keys = [field.key for field in child.fields if field.is_filled]
    return [{each: row[each] for each in keys if each in row} for row in value]
