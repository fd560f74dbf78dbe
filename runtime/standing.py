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
    from collections.abc import Sequence

    from builder.catalog import Catalog
    from builder.compiled import CompiledForm
    from builder.model.entity import Entity
    from builder.model.form import Form
    from dsl.diagnostics import Diagnostic
    from runtime.context import Context
    from runtime.decide.amending import Amended
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
    compiled = standing(ctx, ctx.catalog.entity(name), form)
    was: Cells = {}  # where no rule asks for it, nothing is read
    if _has_rules(compiled):
        stored.lock(ctx.uow, ctx.tables, name, record_id)
        compiled, there = _there(ctx, compiled, [record_id])
        if record_id not in there:
            raise NotFound(name)
        was = there[record_id]
    found, problems = _judged(ctx, compiled, was, sent)
    if problems:
        raise Invalid(*problems)
    return found.values


def is_ruled(ctx: Context, name: str) -> bool:
    """Whether any rule is asked when a record of the entity is changed."""
    return _has_rules(standing(ctx, ctx.catalog.entity(name)))


def refusals(
    ctx: Context, name: str, ids: Sequence[int], sent: Cells
) -> dict[int, tuple[Diagnostic, ...]]:
    """What the rules would have against a change, by record; nothing is locked or written."""
    compiled, there = _there(ctx, standing(ctx, ctx.catalog.entity(name)), ids)
    judged = {id_: _judged(ctx, compiled, was, sent)[1] for id_, was in there.items()}
    return {id_: problems for id_, problems in judged.items() if problems}


def _judged(
    ctx: Context, compiled: CompiledForm, was: Cells, sent: Cells
) -> tuple[Amended, tuple[Diagnostic, ...]]:
    """What the rules make of a change, and all they have against it."""
    known = Known(was, load_facts(ctx, compiled, was) if was else {})
    facts = load_facts(ctx, compiled, {**was, **sent})
    found = amend(compiled, known, sent, facts=facts, params=ctx.params)
    (left_out,) = outside(ctx, found.asked, [(found.whole, facts)])
    return found, (*found.problems, *left_out)


def _has_rules(compiled: CompiledForm) -> bool:
    return any(
        each.conditions or each.checks or each.filters
        for each in (compiled, *compiled.rows.values())
    )


def _there(
    ctx: Context, compiled: CompiledForm, ids: Sequence[int]
) -> tuple[CompiledForm, dict[int, Cells]]:
    """The records as they are stored; what is made of rows pointing here is taken as it stands."""
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
    rows = read(ctx, Query(entity.name, select=keys, ids=ids), scope=SYSTEM).rows
    computed = {key: made for key, made in compiled.computed.items() if key not in fixed}
    there: dict[int, Cells] = {
        int(row["id"]): {key: own_cell(ctx, entity, key, row[key]) for key in keys} for row in rows
    }
    return replace(compiled, computed=computed), there


def own_cell(ctx: Context, entity: Entity, key: str, value: Any) -> Cell:  # noqa: ANN401 -- a raw value or rows
    """What a field holds, rows without what the store adds to them: fit to be written again."""
    item = entity.field(key)
    if item is None or item.rows is None:
        cell: Cell = value
        return cell
    child = ctx.catalog.entity(item.rows)
    keys = [field.key for field in child.fields if field.is_filled]
    return [{each: row[each] for each in keys if each in row} for row in value]
