"""Turn the steps of a task card into what the card keeps, and read the records behind one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from builder.compiled import CompiledEventRule, CompiledNowRule, CompiledPeriodRule
from builder.durations import parse_duration
from dsl import ir
from runtime.clock import SECOND
from runtime.decide.binding import bind, truth
from store.query import Query, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.compiled import CompiledRule
    from builder.model.rule import CardStep, TaskCard
    from dsl.formula import Formula
    from dsl.types import Raw
    from runtime.context import Context

ROOTS = ("event", "subject")


def card_of(
    ctx: Context,
    compiled: CompiledRule,
    *,
    number: int,
    action: TaskCard,
    subject_id: int,
    event_id: int | None,
) -> tuple[Mapping[str, Any], ...]:
    """The steps of a card as JSON; filters are bound to the event that raised it."""
    filters = compiled.card_filters if isinstance(compiled, CompiledEventRule) else {}
    steps = []
    for place, step in enumerate(action.steps):
        body: dict[str, Any] = {"type": step.type, "label": dict(step.label), **step.props}
        match step.type:
            case "chart":
                body |= _chart(ctx, step, subject_id)
            case "records":
                formula = filters.get(f"{number}/{place}")
                if formula is not None:
                    known = _known(ctx, compiled, formula, subject_id=subject_id, event_id=event_id)
                    body["filter"] = ir.to_json(bind(formula.ir, known, roots=ROOTS))
            case _:
                pass
        steps.append(body)
    return tuple(steps)


def _chart(ctx: Context, step: CardStep, subject_id: int) -> dict[str, Any]:
    last_us = (parse_duration(step.props["last"]) or 0) * SECOND
    return {"subject_id": subject_id, "from_at": ctx.now - last_us, "to_at": ctx.now}


def _known(
    ctx: Context,
    compiled: CompiledRule,
    formula: Formula,
    *,
    subject_id: int,
    event_id: int | None,
) -> dict[str, Raw]:
    """The values of the event and the subject that a filter reads, by path."""
    known: dict[str, Raw] = {"subject": subject_id, "event": event_id}
    if isinstance(compiled, CompiledEventRule) and event_id is not None:
        known |= _values(ctx, compiled.rule.events, event_id, formula=formula, root="event.")
    entity = subject_entity_of(compiled)
    return known | _values(ctx, entity, subject_id, formula=formula, root="subject.")


def subject_entity_of(compiled: CompiledRule) -> str:
    """The entity of the subjects of a rule."""
    match compiled:
        case CompiledPeriodRule(metric=metric):
            return metric.subject
        case CompiledEventRule(subject_entity=entity):
            return entity
        case CompiledNowRule(rule=rule):
            return rule.entity
        case _:
            assert_never(compiled)


def _values(
    ctx: Context, entity: str, record_id: int, *, formula: Formula, root: str
) -> dict[str, Raw]:
    paths = [p.removeprefix(root) for p in formula.needs.paths if p.startswith(root)]
    if not paths:
        return {}
    page = read(
        ctx.uow,
        ctx.as_system.scope,
        Query(entity, tuple(paths), ids=[record_id]),
        tables=ctx.tables,
        catalog=ctx.catalog,
        params=ctx.params,
    )
    return {f"{root}{path}": row[path] for row in page.rows for path in paths}


def filter_of(step: Mapping[str, Any]) -> Formula | None:
    """The filter a card's step was given when the card was made."""
    stored = step.get("filter")
    if stored is None:
        return None
    return truth(ir.from_json(stored))
