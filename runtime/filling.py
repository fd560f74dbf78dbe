"""Make a record from what was filled in: read values, load facts, apply the form's rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from builder.compiled import CompiledForm
from builder.fields import FIELD_TYPES
from builder.model.form import Control, Form
from dsl.diagnostics import Diagnostic
from runtime.decide.forms import (
    Cell,
    Filled,
    controls,
    fill,
    plain_cells,
    pointer_to,
    with_defaults,
)
from runtime.errors import Invalid
from runtime.fitting import outside
from runtime.lookups import POINTING, facts_of
from runtime.values import parse

if TYPE_CHECKING:
    from builder.catalog import Catalog
    from builder.model.entity import Entity
    from builder.model.others import ActionRight
    from dsl.formula import Formula
    from runtime.context import Context

Cells = Mapping[str, Cell]


def fill_in(
    ctx: Context,
    compiled: CompiledForm,
    values: Mapping[str, object],
    *,
    action: ActionRight | None = None,
    fixed: Cells | None = None,
) -> Filled:
    """The record a form becomes; with an action, of the fields the actor may write.

    `fixed` are values that were settled without the sender.

    Raises:
        Invalid: with every problem, each at its field.
    """
    allowed = frozenset(controls(compiled.form))
    strange = [
        Diagnostic("RUN102", {"field": key[:80]}, pointer=pointer_to(key))
        for key in values
        if key not in allowed
    ]
    if strange:
        raise Invalid(*strange)
    sent = parse(ctx, compiled.entity, values, action=action)
    return complete(ctx, compiled, {**sent, **(fixed or {})})


def complete(ctx: Context, compiled: CompiledForm, sent: Cells) -> Filled:
    """The record that values already read become under the rules of a form.

    Raises:
        Invalid: with every problem, each at its field.
    """
    facts = load_facts(ctx, compiled, sent)
    defaults = with_defaults(compiled, sent, facts=facts, params=ctx.params)
    if any(_points(compiled.entity, key) for key in defaults.keys() - sent.keys()):
        facts = load_facts(ctx, compiled, {**defaults, **sent})
    filled = fill(compiled, sent, defaults=defaults, facts=facts, params=ctx.params)
    (left_out,) = outside(ctx, compiled, [(filled.values, facts)])
    if filled.problems or left_out:
        raise Invalid(*filled.problems, *left_out)
    return filled


def plain_form(catalog: Catalog, entity: Entity) -> CompiledForm:
    """The form of an entity that has none: all its fields, no rules."""
    fields = [f for f in entity.fields if f.is_filled and not f.hidden]
    form = Form(
        name=entity.name,
        label=entity.label,
        entity=entity.name,
        layout=tuple(Control(f.key, f.key) for f in fields),
    )
    defaults = {
        f.key: formula
        for f in fields
        if f.default is not None
        and (formula := _default(catalog, entity, f.key, f.default)) is not None
    }
    rows = {
        f.key: plain_form(catalog, catalog.entity(f.entity or ""))
        for f in fields
        if f.type == "child_table"
    }
    return CompiledForm(form, entity, (), (), defaults, {}, rows)


def load_facts(ctx: Context, compiled: CompiledForm, values: Cells) -> dict[str, Cell]:
    """What the form's formulas read behind the references that were filled in."""
    needs = [formula.needs for formula in _formulas(compiled)]
    wanted = _wanted(compiled)
    facts = _facts(ctx, compiled.entity, values, wanted)
    tables = [path for each in needs for path in each.rows if "." not in path]
    for key in dict.fromkeys((*tables, *compiled.rows)):
        own = _formulas(compiled.rows[key]) if key in compiled.rows else ()
        read = (each.rows[key] for each in needs if key in each.rows)
        chosen = _filtering(compiled.rows[key], "row") if key in compiled.rows else ()
        paths = (path for each in (*read, *(f.needs for f in own)) for path in each.paths)
        inside = _behind((*paths, *chosen))
        item, rows = compiled.entity.field(key), values.get(key)
        if inside and item is not None and not isinstance(rows, str | int | None):
            child = ctx.catalog.entity(item.entity or "")
            facts[key] = [{**row, **plain_cells(_facts(ctx, child, row, inside))} for row in rows]
    return facts


def facts_of_rows(ctx: Context, compiled: CompiledForm, rows: Sequence[Cells]) -> list[Cells]:
    """What the form's formulas read behind the references of many records, one read per field."""
    wanted = _wanted(compiled)
    facts: list[dict[str, Cell]] = [{} for _ in rows]
    for key, paths in wanted.items():
        item = compiled.entity.field(key)
        pointers = {p for row in rows if type(p := row.get(key)) is int}
        if item is None or not pointers:
            continue
        known = facts_of(ctx, item.entity or item.type, sorted(pointers), paths)
        for row, mine in zip(rows, facts, strict=True):
            pointer = row.get(key)
            if isinstance(pointer, int):
                found = known.get(pointer, {})
                mine.update({f"{key}.{path}": found.get(path) for path in paths})
    return list(facts)


def _facts(
    ctx: Context, entity: Entity, values: Cells, wanted: Mapping[str, list[str]]
) -> dict[str, Cell]:
    facts: dict[str, Cell] = {}
    for key, paths in wanted.items():
        pointer, item = values.get(key), entity.field(key)
        if isinstance(pointer, int) and item is not None:
            found = facts_of(ctx, item.entity or item.type, [pointer], paths).get(pointer, {})
            facts.update({f"{key}.{path}": found.get(path) for path in paths})
    return facts


def _points(entity: Entity, key: str) -> bool:
    item = entity.field(key)
    return item is not None and item.type in POINTING


def _formulas(compiled: CompiledForm) -> Iterator[Formula]:
    yield from (formula for _, formula in compiled.conditions)
    yield from (formula for _, formula in compiled.checks)
    yield from compiled.defaults.values()
    yield from compiled.computed.values()


def _wanted(compiled: CompiledForm) -> dict[str, list[str]]:
    """By reference field of the record: what the form reads behind it."""
    needs = [formula.needs for formula in _formulas(compiled)]
    parts = (compiled, *compiled.rows.values())
    filtering = (path for part in parts for path in _filtering(part, "form"))
    return _behind((*(path for each in needs for path in (*each.paths, *each.rows)), *filtering))


def _filtering(compiled: CompiledForm, root: str) -> Iterator[str]:
    """What the filters read of the form, or of a row of it."""
    for _, formula in compiled.filters:
        start = f"{root}."
        yield from (p.removeprefix(start) for p in formula.needs.paths if p.startswith(start))


def _behind(paths: Iterable[str]) -> dict[str, list[str]]:
    """By reference field: what is read of the record it points to."""
    wanted: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        start, dot, rest = path.partition(".")
        if dot:
            wanted.setdefault(start, []).append(rest)
    return wanted


def _default(catalog: Catalog, entity: Entity, key: str, source: str) -> Formula | None:
    item = entity.field(key)
    expect = None if item is None else FIELD_TYPES[item.type].formula_type(item)
    return catalog.row_formula(source, entity.name, expect=expect).formula
