"""Small pieces of answers that several nouns share."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from builder.model.entity import Entity, Field
from dsl.values import format_datetime
from runtime.clock import BusinessClock

if TYPE_CHECKING:
    from builder.diff import Plan, Step
    from runtime.wiring import Wiring


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


def clock_json(wiring: Wiring) -> dict[str, Any]:
    """Business time, where the wall clock does not say what time it is."""
    clock = wiring.clock
    factor = clock.factor if isinstance(clock, BusinessClock) else 1
    return {} if factor == 1 else {"now": format_datetime(clock.now()), "clock_factor": factor}
