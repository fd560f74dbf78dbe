"""Form documents."""

from __future__ import annotations

from typing import Any, Literal, get_args

from builder.codec.names import Names, drop_defaults, labels_of
from builder.model.form import (
    Box,
    Consequence,
    Control,
    Form,
    FormCheck,
    FormCondition,
    FormFilter,
    Rule,
)

Action = Literal["show", "require", "read_only", "offer"]
_ACTIONS: tuple[Action, ...] = get_args(Action)


def decode(document: dict[str, Any], names: Names) -> Form:
    """The form of a document that fits the schema."""
    key = document["key"]
    return Form(
        name=names.own_name(key),
        label=labels_of(document, key),
        entity=names.full(document["entity"]),
        layout=tuple(_node(item) for item in document["layout"]),
        rules=tuple(_rule(item) for item in document.get("rules", [])),
        feeds=document.get("feeds"),
        general=document.get("general", False),
    )


def _node(document: dict[str, Any]) -> Box | Control:
    if "box" not in document:
        return Control(document["id"], document["field"])
    children = tuple(_node(item) for item in document["children"])
    return Box(document["id"], document["box"], children, document.get("label"))


def _rule(document: dict[str, Any]) -> Rule:
    if "filter" in document:
        narrowed = document["filter"], document["at"]
        return FormFilter(document["id"], *narrowed, document.get("rows"))
    if "check" in document:
        return FormCheck(
            id=document["id"],
            check=document["check"],
            message=document["message"],
            at=document["at"],
            rows=document.get("rows"),
        )
    then = tuple(
        Consequence(action, item[action], tuple(item.get("options", ())))
        for item in document["then"]
        for action in _ACTIONS
        if action in item
    )
    return FormCondition(document["id"], document["when"], then, document.get("rows"))


def encode(form: Form, names: Names) -> dict[str, Any]:
    """The document of a form."""
    document = {
        "entity": names.short(form.entity),
        "feeds": form.feeds,
        "general": form.general,
        "layout": [_encode_node(node) for node in form.layout],
        "rules": [_encode_rule(rule) for rule in form.rules],
    }
    return drop_defaults(document, {"rules": [], "general": False})


def _encode_node(node: Box | Control) -> dict[str, Any]:
    if isinstance(node, Control):
        return {"id": node.id, "field": node.field}
    children = [_encode_node(child) for child in node.children]
    document = {"id": node.id, "box": node.box, "label": node.label, "children": children}
    return drop_defaults(document, {})


def _encode_rule(rule: Rule) -> dict[str, Any]:
    if isinstance(rule, FormFilter):
        narrowed = {"id": rule.id, "rows": rule.rows, "filter": rule.filter, "at": rule.at}
        return drop_defaults(narrowed, {})
    if isinstance(rule, FormCheck):
        message = dict(rule.message)
        checked = {"id": rule.id, "rows": rule.rows, "check": rule.check, "message": message}
        return drop_defaults({**checked, "at": rule.at}, {})
    then = [encode_consequence(consequence) for consequence in rule.then]
    document = {"id": rule.id, "rows": rule.rows, "when": rule.when, "then": then}
    return drop_defaults(document, {})


def encode_consequence(consequence: Consequence) -> dict[str, Any]:
    """A consequence as documents and descriptors write it."""
    document: dict[str, Any] = {consequence.action: consequence.field}
    return document | ({"options": list(consequence.options)} if consequence.options else {})
