"""Small pieces of answers that several nouns share."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from builder.model.entity import Entity, Field

if TYPE_CHECKING:
    from builder.diff import Plan, Step


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as JSON: names of definitions, and steps on the tables."""
    return {
        "added": [f"{kind} {name}" for kind, name in plan.added],
        "changed": [f"{kind} {name}" for kind, name in plan.changed],
        "removed": [f"{kind} {name}" for kind, name in plan.removed],
        "steps": [_step(step) for step in plan.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    values = {f.name: _plain(getattr(step, f.name)) for f in fields(step)}
    return {"do": type(step).__name__, **values}


def _plain(value: object) -> object:
    match value:
        case Entity(name=name):
            return name
        case Field(key=key, type=kind):
            return {"key": key, "type": kind}
        case _:
            return value
