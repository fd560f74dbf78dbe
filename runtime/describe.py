"""Describe entities and forms for a client: plain JSON, only what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.codec.form import encode_consequence
from builder.fields import comparisons
from builder.model.form import Box, Control
from builder.operators import COMPARISONS, aggregates_of
from dsl.backends.javascript import to_json
from runtime.decide.forms import controls
from runtime.errors import NotFound
from runtime.org import can, hidden_of, is_known, masked_of, unwritable_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.compiled import CompiledForm
    from builder.model.entity import Entity, Field
    from builder.model.form import Form
    from builder.model.others import ActionRight
    from runtime.context import Context

Json = dict[str, Any]
ACTIONS: tuple[ActionRight, ...] = ("read", "create", "update", "delete", "export")


def list_entities(ctx: Context) -> list[Json]:
    """The entities the actor may read or fill in; rows of child tables are not listed."""
    return [
        {"name": e.name, "label": dict(e.label), "system": e.system, "can": rights_of(ctx, e)}
        for e in ctx.catalog.entities.values()
        if e.parent is None and (can(ctx, e.name, "read") or can(ctx, e.name, "create"))
    ]


def describe_entity(ctx: Context, name: str) -> Json:
    """Everything a client needs to list and edit the records of an entity."""
    entity = known_entity(ctx, name)
    forms = [form.name for form in ctx.catalog.forms.values() if form.entity == name]
    return {
        "name": entity.name,
        "label": dict(entity.label),
        "display": entity.display,
        "log": entity.log,
        "system": entity.system,
        "fields": [
            describe_field(ctx, field)
            | _known_columns(ctx, field)
            | field_rights(ctx, entity, field)
            | compared(ctx, entity, field)
            for field in entity.fields
            if is_known(ctx, name, field.key) and not field.hidden
        ],
        "forms": forms,
        "can": rights_of(ctx, entity),
    }


def _known_columns(ctx: Context, field: Field) -> Json:
    """The columns of a child table that the actor may know of."""
    if field.type != "child_table" or not field.entity:
        return {}
    child = ctx.catalog.entity(field.entity)
    known = [f for f in child.fields if not f.hidden and is_known(ctx, child.name, f.key)]
    return {"columns": [describe_field(ctx, f) for f in known]}


def describe_form(ctx: Context, name: str) -> Json:
    """A form with its layout, its fields and its rules as JSON IR."""
    form = ctx.catalog.forms.get(name)
    if form is None or not can(ctx, form.entity, "create"):
        raise NotFound(name)
    return form_descriptor(ctx, form, hidden=unwritable_of(ctx, form.entity, "create"))


def form_descriptor(ctx: Context, form: Form, *, hidden: frozenset[str] = frozenset()) -> Json:
    """The descriptor of a form the actor was given (by right or by a task)."""
    compiled = ctx.catalog.compiled_form(form.name)
    on_it = set(controls(form)) - hidden
    return {
        "name": form.name,
        "label": dict(form.label),
        "entity": form.entity,
        "feeds": dict(form.feeds) if form.feeds else None,
        "layout": _nodes(form.layout, on_it),
        "fields": [describe_field(ctx, f) for f in compiled.entity.fields if f.key in on_it],
        **describe_rules(compiled),
        "rows": {
            key: describe_rules(below) for key, below in compiled.rows.items() if key in on_it
        },
    }


def describe_rules(compiled: CompiledForm) -> Json:
    """What a form, or a row of one of its child tables, does by itself: as JSON IR."""
    conditions = (
        {
            "id": condition.id,
            "when_ir": to_json(formula),
            "then": [encode_consequence(each) for each in condition.then],
        }
        for condition, formula in compiled.conditions
    )
    checks = (
        {
            "id": check.id,
            "check_ir": to_json(formula),
            "message": dict(check.message),
            "at": check.at,
        }
        for check, formula in compiled.checks
    )
    return {
        "rules": [*conditions, *checks],
        "defaults": {key: to_json(formula) for key, formula in compiled.defaults.items()},
        "calc": {key: to_json(formula) for key, formula in compiled.computed.items()},
        "filters": [
            {"at": rule.at, "reads": sorted(formula.needs.paths)}
            for rule, formula in compiled.filters
        ],
    }


def field_rights(ctx: Context, entity: Entity, field: Field) -> Json:
    """What the actor may do with one field of the entity, on the records within reach."""
    stored = field.formula is None and not entity.system
    return {
        "masked": field.key in masked_of(ctx, entity.name),
        "writable": stored and field.key not in unwritable_of(ctx, entity.name, "update"),
    }


def compared(ctx: Context, entity: Entity, field: Field) -> Json:
    """How a list may compare the field, and what groups may say of it."""
    kind = ctx.catalog.field_type(entity.name, field.key)
    return {
        "comparisons": [
            {"key": key, "takes": COMPARISONS[key].takes, "label": dict(COMPARISONS[key].label)}
            for key in comparisons(kind, field)
        ],
        "aggregates": list(aggregates_of(kind)),
    }


def describe_field(ctx: Context, field: Field) -> Json:
    """One field: what it is called, how it is typed in, what it may hold."""
    described: Json = {
        "key": field.key,
        "type": field.type,
        "label": dict(field.label),
        "help": dict(field.help) if field.help else None,
        "required": field.required,
        "computed": not field.is_filled,
        "min": field.min,
        "max": field.max,
        "decimals": field.decimals,
        "unit": field.unit,
        "options": [{"id": o.id, "label": dict(o.label)} for o in field.options],
        "entity": target_of(field),
        "privacy": _privacy(field),
    }
    if field.entities:
        described["entities"] = [
            {"name": name, "label": dict(ctx.catalog.entity(name).label)}
            for name in field.entities
            if can(ctx, name, "read")
        ]
    if field.type == "child_table" and field.entity:
        child = ctx.catalog.entity(field.entity)
        described["columns"] = [describe_field(ctx, f) for f in child.fields if not f.hidden]
    return described


def _privacy(field: Field) -> Json | None:
    """What a person is told of data about people."""
    said = field.privacy
    if said is None:
        return None
    return {
        "class": said.classification,
        "purpose": dict(said.purpose),
        "retain_days": said.retain_days,
    }


def target_of(field: Field) -> str | None:
    """The entity a field points to."""
    return field.type if field.type in ("person", "department") else field.entity


def known_entity(ctx: Context, name: str) -> Entity:
    """An entity of the catalog that the actor may know of."""
    entity = ctx.catalog.entities.get(name)
    if entity is None or not (can(ctx, name, "read") or can(ctx, name, "create")):
        raise NotFound(name)
    return entity


def rights_of(ctx: Context, entity: Entity) -> dict[str, bool]:
    """Which actions the actor has on some record of the entity."""
    return {action: can(ctx, entity.name, action) for action in ACTIONS}


def columns(ctx: Context, entity: Entity, keys: Sequence[str] | None = None) -> list[Json]:
    """The columns of a list of records."""
    hidden = hidden_of(ctx, entity.name)
    return [
        {
            "key": f.key,
            "type": f.type,
            "label": dict(f.label),
            "unit": f.unit,
            "decimals": f.decimals,
            "options": [{"id": o.id, "label": dict(o.label)} for o in f.options],
        }
        for f in entity.fields
        if f.key not in hidden and not f.hidden and (keys is None or f.key in keys)
    ]


def _nodes(nodes: Sequence[Box | Control], on_it: Collection[str]) -> list[Json]:
    """The layout with the fields that are on it; a box that is left empty is left out."""
    shown: list[Json] = []
    for node in nodes:
        match node:
            case Control() if node.field in on_it:
                shown.append({"id": node.id, "field": node.field})
            case Box() if children := _nodes(node.children, on_it):
                label = dict(node.label) if node.label else None
                shown.append({"id": node.id, "box": node.box, "label": label, "children": children})
            case _:
                continue
    return shown
