"""Check forms and flows: fields on the form, rules, blocks of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from builder.compile import compile_form
from builder.compiler import TRUTH
from builder.fields.pointing import pointed_at
from builder.model.form import (
    Box,
    Consequence,
    Control,
    Form,
    FormCondition,
    FormFilter,
    Rule,
)

if TYPE_CHECKING:
    from builder.check.place import Place
    from builder.model.others import Flow

Steps = Sequence[Mapping[str, Any]]


def check_form(place: Place, form: Form) -> None:
    """Everything that can be wrong with a form."""
    if not place.own_table(form.entity, "/entity"):
        return
    _one_general(place, form)
    shown: set[str] = set()
    ids: set[str] = set()
    for pointer, node in _nodes(form.layout, "/layout"):
        if node.id in ids:
            place.add("BLD116", pointer, key=node.id)
        ids.add(node.id)
        if isinstance(node, Control):
            place.field(form.entity, node.field, f"{pointer}/field")
            shown.add(node.field)
    for number, rule in enumerate(form.rules):
        at = f"/rules/{number}"
        if not isinstance(rule, FormCondition):
            _on_form(place, form, rule, (rule.at, f"{at}/at"), shown)
            continue
        for index, consequence in enumerate(rule.then):
            pointer = f"{at}/then/{index}/{consequence.action}"
            _on_form(place, form, rule, (consequence.field, pointer), shown)
            _offered(place, form, rule, consequence, f"{at}/then/{index}")
    compile_form(place, form)


def _one_general(place: Place, form: Form) -> None:
    """An entity has one form whose rules hold everywhere; the first by name is it."""
    names = [each.name for each in place.catalog.forms.values() if each.entity == form.entity
             and each.general]  # fmt: skip
    if form.general and form.name != min(names):
        place.add("BLD456", "/general", name=min(names))


def _about(place: Place, form: Form, rule: Rule) -> str:
    """The entity whose fields a rule speaks of."""
    entity = place.catalog.entities[form.entity]
    table = None if rule.rows is None else entity.field(rule.rows)
    return form.entity if table is None else table.entity or form.entity


def _on_form(
    place: Place,
    form: Form,
    rule: Rule,
    named: tuple[str, str],
    shown: set[str],
) -> None:
    key, pointer = named
    found = place.field(_about(place, form, rule), key, pointer)
    if found and (rule.rows or key) not in shown:
        place.add("BLD227", pointer, name=key)
    if found and isinstance(rule, FormFilter):
        item = place.catalog.entities[_about(place, form, rule)].field(key)
        if item is not None and pointed_at(item) is None:
            place.add("BLD435", pointer, name=key)


def _offered(
    place: Place, form: Form, rule: FormCondition, consequence: Consequence, at: str
) -> None:
    """What is offered are options of the field."""
    if consequence.action != "offer":
        return
    item = place.catalog.entities[_about(place, form, rule)].field(consequence.field)
    known = {option.id for option in item.options} if item is not None else set()
    for number, option in enumerate(consequence.options):
        if option not in known:
            place.add("BLD240", f"{at}/options/{number}", name=consequence.field, value=option)


def _nodes(nodes: Sequence[Box | Control], at: str) -> Iterator[tuple[str, Box | Control]]:
    for number, node in enumerate(nodes):
        pointer = f"{at}/{number}"
        yield pointer, node
        if isinstance(node, Box):
            yield from _nodes(node.children, f"{pointer}/children")


def check_flow(place: Place, flow: Flow) -> None:
    """Everything that can be wrong with a flow as far as flows are understood."""
    place.own_table(flow.entity, "/entity")
    place.refer("form", flow.start.get("form"), "/start/form")
    place.refer("rule", flow.start.get("rule"), "/start/rule")
    ids: set[str] = set()
    for pointer, step in _steps(flow.steps, "/steps"):
        if step["id"] in ids:
            place.add("BLD116", pointer, key=step["id"])
        ids.add(step["id"])
        branches = step.get("branches", [])
        defaults = sum(1 for branch in branches if branch.get("default"))
        if step.get("type") == "condition" and defaults != 1:
            place.add("BLD225", pointer)
        for number, branch in enumerate(branches):
            at = f"{pointer}/branches/{number}/when"
            place.row(branch.get("when"), flow.entity, pointer=at, expect=TRUTH)


def _steps(steps: Steps, at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, step in enumerate(steps):
        pointer = f"{at}/{number}"
        yield pointer, step
        yield from _steps(step.get("steps", []), f"{pointer}/steps")
        for index, branch in enumerate(step.get("branches", [])):
            yield from _steps(branch["steps"], f"{pointer}/branches/{index}/steps")
