"""The numbers that formulas about metrics read: inputs in one period, value and target so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.compile import measure_scope
from builder.compiler import Compiler
from dsl.diagnostics import Diagnostic
from dsl.series import APART, periods_apart, split
from dsl.types import MEASUREMENT_SCALE
from dsl.values import parse_number
from runtime.decide.metrics import empty_leaf, leaf_row, period_params
from runtime.decide.periods import label, parse_label, period_of
from runtime.errors import Invalid, NotFound
from runtime.measuring import fold_inputs
from runtime.org import sees_metric
from store import measurements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.metric import Metric
    from dsl.backends.python import Params
    from dsl.needs import Needs
    from dsl.scope import RowScope
    from dsl.types import Raw
    from runtime.context import Context

LAST_PERIOD = 2**31


@dataclass(frozen=True, slots=True)
class Sample:
    """What a formula is tried on: a record, and where metrics are about it their numbers.

    With a metric the numbers are those on record, its inputs those of a period (by label, the
    newest measured one when none is named); for a rule others may be given instead.
    """

    uid: str | None = None
    metric: str | None = None
    value: str | None = None
    target: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a metric for one subject, as its formula reads them."""

    period: str
    row: Mapping[str, Raw]
    params: Params


def metric_of(ctx: Context, name: str | None, *, subject: str | None = None) -> Metric:
    """A metric the writer may see; with a subject only one that is about it.

    Raises:
        NotFound: there is none.
    """
    metric = ctx.catalog.metrics.get(name or "")
    about_it = metric is not None and subject in (None, metric.subject)
    if metric is None or not about_it or not sees_metric(ctx, metric.name):
        raise NotFound(f"metric {(name or '')[:64]}")
    return metric


def inputs_scope(ctx: Context, metric: Metric) -> RowScope:
    """The names the formula of a metric may use: its inputs."""
    return replace(measure_scope(Compiler(ctx.catalog), metric), grain=metric.grain)


def inputs_of(ctx: Context, metric: Metric, subject: int, period: str | None) -> Inputs:
    """What a metric counts for a subject, from the records as they are now."""
    compiled = ctx.catalog.compiled_metric(metric.name)
    at = _period(ctx, metric, subject, period)
    found = fold_inputs(ctx, compiled, periods=(at, at), subjects=[subject])
    leaves = {
        key: by_pair.get((subject, at)) or empty_leaf(compiled, key)
        for key, by_pair in found.items()
    }
    params = period_params(metric, at, ctx.params)
    return Inputs(label(at, metric.grain), leaf_row(leaves), params)


def _period(ctx: Context, metric: Metric, subject: int, text: str | None) -> int:
    """The period that is named; else the newest with a number, else the one that goes on."""
    if text is None:
        known = measurements.points(ctx.uow, metric.name, [subject], to_period=LAST_PERIOD)
        newest = known[subject][-1:]
        return newest[0][0] if newest else period_of(ctx.params.today or 0, metric.grain)
    try:
        return parse_label(text, metric.grain)
    except ValueError as error:
        args = {"name": "period", "value": text[:40]}
        raise Invalid(Diagnostic("RUN210", args, pointer="/period")) from error


# --- what a rule judges -----------------------------------------------------------------------
def numbers_of(
    ctx: Context, entity: str, subject: int, *, needs: Needs, sample: Sample
) -> dict[str, int | None]:
    """The value and target a rule judges, now and in earlier periods."""
    points = _points(ctx, entity, subject, sample.metric)
    newest = max(points, default=0)
    row: dict[str, int | None] = {}
    for path in needs.paths:
        name, back = split(path)
        if name in APART:
            row[path] = periods_apart(name, newest - back) if points else None
        elif name in {"value", "target"}:
            row[path] = points.get(newest - back, {}).get(name)
    given = {"value": sample.value, "target": sample.target}
    typed = {key: _number(key, text) for key, text in given.items() if text is not None}
    return row | typed


def _points(
    ctx: Context, entity: str, subject: int, name: str | None
) -> dict[int, dict[str, int | None]]:
    """The numbers on record about a subject, by period."""
    if name is None:
        return {}
    metric = metric_of(ctx, name, subject=entity)
    found = measurements.points(ctx.uow, metric.name, [subject], to_period=LAST_PERIOD)[subject]
    return {period: {"value": value, "target": target} for period, value, target in found}


def _number(key: str, text: str) -> int | None:
    try:
        return parse_number(text, MEASUREMENT_SCALE)
    except ValueError as error:
        args = {"name": key, "value": text[:64]}
        raise Invalid(Diagnostic("RUN210", args, pointer=f"/{key}")) from error
