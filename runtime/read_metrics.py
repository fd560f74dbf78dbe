"""Read metrics and their measurements, for subjects the actor can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from builder.model.rule import EventRule, NowRule, PeriodRule
from builder.sentence import sentence
from dsl.diagnostics import LANGUAGES, Diagnostic
from dsl.types import MEASUREMENT_SCALE
from dsl.values import format_datetime, format_number
from runtime.decide.periods import label, parse_label
from runtime.errors import Invalid, NotFound
from runtime.lookups import one_id
from runtime.org import can, sees_metric
from runtime.seeing import readable_subjects, subjects_shown
from runtime.subjects import bands
from store import measurements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.compiled import CompiledMetric, CompiledVersion
    from builder.model.metric import Metric
    from builder.model.rule import Rule
    from runtime.context import Context
    from store.measurements import Measured

Json = dict[str, Any]
MOST = 2_000


def list_metrics(ctx: Context) -> list[Json]:
    """The metrics whose numbers the actor may see."""
    return [
        {
            "name": metric.name,
            "label": dict(metric.label),
            "unit": metric.unit,
            "decimals": metric.decimals,
            "direction": metric.direction,
            "grain": metric.grain,
            "subject": metric.subject,
            "status": metric.status,
            "formula": metric.versions[-1].formula,
            "target": metric.versions[-1].target,
        }
        for metric in ctx.catalog.metrics.values()
        if sees_metric(ctx, metric.name) and can(ctx, metric.subject, "read")
    ]


def list_measurements(
    ctx: Context,
    name: str,
    *,
    subject: str | None = None,
    from_label: str | None = None,
    to_label: str | None = None,
) -> Json:
    """The numbers in force of one metric, for subjects the actor can read."""
    metric = ctx.catalog.metrics.get(name)
    if metric is None or not sees_metric(ctx, name):
        raise NotFound(name)
    found = measurements.read_series(
        ctx.uow,
        name,
        subjects=None if subject is None else [one_id(ctx, metric.subject, subject)],
        from_period=_period(metric, from_label, "from"),
        to_period=_period(metric, to_label, "to"),
    )
    readable = readable_subjects(ctx, {(metric.subject, each.subject_id) for each in found})
    shown = [each for each in found if (metric.subject, each.subject_id) in readable][-MOST:]
    return {"items": measured_items(ctx, name, shown), "next": None}


def measured_items(ctx: Context, name: str, found: Sequence[Measured]) -> list[Json]:
    """Measurements as a client gets them."""
    compiled = ctx.catalog.compiled_metric(name)
    metric = compiled.metric
    subjects = subjects_shown(ctx, {(metric.subject, each.subject_id) for each in found})
    versioned = [(each, version_of(compiled, each.formula_version)) for each in found]
    return [
        {
            "uid": each.uid,
            "subject": subjects.get((metric.subject, each.subject_id)),
            "period": each.period,
            "period_label": label(each.period, metric.grain),
            "value": number(each.value, metric.decimals),
            "target": number(each.target, metric.decimals),
            "band": band,
            "n": each.n,
            "reasons": list(each.reasons),
            "automatic_share": number(each.automatic_share, None),
            "formula_version": each.formula_version,
            "at": format_datetime(each.at),
        }
        for each, band in zip(found, bands(ctx, compiled, versioned), strict=True)
    ]


def version_of(compiled: CompiledMetric, start: str) -> CompiledVersion | None:
    """The version of a metric that starts on a day."""
    return next((v for v in compiled.versions if v.version.start == start), None)


def number(raw: int | None, decimals: int | None) -> str | None:
    """A measured number as a decimal text."""
    return None if raw is None else format_number(raw, MEASUREMENT_SCALE, decimals=decimals)


def list_rules(ctx: Context) -> list[Json]:
    """The rules in one sentence each: of metrics and records the actor may know of."""
    return [
        {
            "name": rule.name,
            "label": dict(rule.label),
            "sentence": spoken(ctx, rule),
            "kind": kind_of_rule(rule),
            "enabled": rule.enabled,
            "metric": rule.signal if isinstance(rule, PeriodRule) else None,
            "formula": _condition(ctx, rule),
        }
        for rule in ctx.catalog.rules.values()
        if _may_know(ctx, rule)
    ]


def spoken(ctx: Context, rule: Rule) -> dict[str, str]:
    """The canonical sentence of a rule in both languages."""
    said = sentence(ctx.catalog, rule)
    return {language: said.text(language) for language in LANGUAGES}


def kind_of_rule(rule: Rule) -> str:
    """The shape of a rule: period, event or now."""
    match rule:
        case PeriodRule():
            return "period"
        case EventRule():
            return "event"
        case NowRule():
            return "now"
        case _:
            assert_never(rule)


def _condition(ctx: Context, rule: Rule) -> dict[str, str]:
    """The condition a rule begins with, and what kind of row it reads."""
    match rule:
        case PeriodRule(signal=metric, enter=text):
            return {"entity": ctx.catalog.metrics[metric].subject, "scope": "rule", "text": text}
        case EventRule(events=entity, when=text) | NowRule(entity=entity, enter=text):
            return {"entity": entity, "scope": "row", "text": text}
        case _:
            assert_never(rule)


def _may_know(ctx: Context, rule: Rule) -> bool:
    match rule:
        case PeriodRule(signal=metric):
            return sees_metric(ctx, metric)
        case EventRule(events=entity) | NowRule(entity=entity):
            return can(ctx, entity, "read")
        case _:
            assert_never(rule)


def _period(metric: Metric, text: str | None, name: str) -> int | None:
    if not text:
        return None
    try:
        return parse_label(text, metric.grain)
    except ValueError as error:
        args = {"name": name, "value": text[:40]}
        raise Invalid(Diagnostic("RUN210", args, pointer=f"/{name}")) from error
