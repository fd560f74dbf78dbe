"""Explain a number: its formula, its inputs and the records behind them, as known at the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.explain import explain
from dsl.types import MEASUREMENT_SCALE
from dsl.values import parse_number
from runtime.behind import Behind, records_behind
from runtime.decide.metrics import leaf_row, meaning_hash, period_params
from runtime.decide.periods import first_day, label
from runtime.errors import NotFound
from runtime.lookups import displays, uids_of
from runtime.lookups import read as read_as_viewer
from runtime.measuring import compute_pairs
from runtime.org import sees_metric
from runtime.subjects import bands
from runtime.wiring import decode_catalog
from store import measurements
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.compiled import CompiledMetric, CompiledVersion
    from builder.model.metric import Metric
    from dsl.explain import Node
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.metrics import Computed
    from store.measurements import Measured

RECORDS = 50


@dataclass(frozen=True, slots=True)
class FormulaText:
    """The formula a number was computed with: as written, with keys, its version and identity."""

    text: str
    canonical: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class PassportInput:
    """One input: its aggregate and the records behind it, as far as the viewer may see them."""

    key: str
    label: Mapping[str, str]
    aggregate: str
    value: str | None
    count: int
    sum: str | None
    behind: Behind


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The same number with today's data and today's formula, beside the one on record."""

    value: int | None
    target: int | None
    tree: Node | None
    inputs: Mapping[str, Mapping[str, str | int | None]]
    difference: int | None
    formula_hash: str


@dataclass(frozen=True, slots=True)
class Passport:
    """Where a number comes from. `recomputes`: the records as known give the same inputs."""

    measurement: Measured
    metric: Metric
    subject_uid: str
    subject: str
    period_label: str
    band: str | None
    formula: FormulaText
    tree: Node | None
    inputs: tuple[PassportInput, ...]
    recomputes: bool
    now: Recomputed


def passport(
    ctx: Context, measurement_uid: str, *, limit: int = RECORDS, offset: int = 0
) -> Passport:
    """The passport of a number, masked by what the viewer may see.

    Raises:
        NotFound: there is no such number, or the viewer may not know that there is.
    """
    found = measurements.get(ctx.uow, measurement_uid)
    if found is None or not _may_see(ctx, found):
        raise NotFound(measurement_uid)
    then, version = _formula_then(ctx, found)
    metric = then.metric
    pair = (found.subject_id, found.period)
    known = compute_pairs(ctx, then, [pair], as_of=found.rev)[pair]
    stored = {key: body["value"] for key, body in found.leaves.items()}
    inputs = tuple(
        PassportInput(
            key=key,
            label=item.input.label,
            aggregate=item.input.agg,
            value=stored.get(key),
            count=int(found.leaves.get(key, {}).get("count") or 0),
            sum=found.leaves.get(key, {}).get("sum"),
            behind=records_behind(
                ctx, then, item, pair=pair, as_of=found.rev, page=(limit, offset)
            ),
        )
        for key, item in then.inputs.items()
    )
    entity = metric.subject
    return Passport(
        measurement=found,
        metric=metric,
        subject_uid=uids_of(ctx, entity, [found.subject_id]).get(found.subject_id, ""),
        subject=displays(ctx, entity, [found.subject_id]).get(found.subject_id, ""),
        period_label=label(found.period, metric.grain),
        band=bands(ctx, then, [(found, version)], as_of=None if found.current else found.rev)[0],
        formula=_formula_text(found, version),
        tree=_tree(ctx, then, version, found.period, row=_stored_row(found)),
        inputs=inputs,
        recomputes=_leaf_texts(known) == stored,
        now=_now(ctx, found),
    )


def _may_see(ctx: Context, found: Measured) -> bool:
    """A right on the metric, and on the subject."""
    metric = ctx.catalog.metrics.get(found.metric)
    if metric is None or not sees_metric(ctx, found.metric):
        return False
    return bool(read_as_viewer(ctx, Query(metric.subject, ids=[found.subject_id])).rows)


def _formula_then(ctx: Context, found: Measured) -> tuple[CompiledMetric, CompiledVersion | None]:
    """The metric as it was when the number was computed."""
    compiled = ctx.catalog.compiled_metric(found.metric)
    version = _version(compiled, found)
    if version is not None or not found.formula_hash:
        return compiled, version
    older = decode_catalog(ctx.uow, found.revision)
    compiled = older.compiled_metric(found.metric)
    return compiled, _version(compiled, found)


def _version(compiled: CompiledMetric, found: Measured) -> CompiledVersion | None:
    version = compiled.version_at(first_day(found.period, compiled.metric.grain))
    if version is None or meaning_hash(compiled, version) != found.formula_hash:
        return None
    return version


def _stored_row(found: Measured) -> dict[str, Raw]:
    return {
        key: None if body["value"] is None else parse_number(body["value"], MEASUREMENT_SCALE)
        for key, body in found.leaves.items()
    }


def _tree(
    ctx: Context,
    compiled: CompiledMetric,
    version: CompiledVersion | None,
    period: int,
    *,
    row: Mapping[str, Raw],
) -> Node | None:
    if version is None:
        return None
    params = period_params(compiled.metric, period, ctx.params)
    return explain(version.formula, row, params).tree


def _formula_text(found: Measured, version: CompiledVersion | None) -> FormulaText:
    text, canonical = ("", "") if version is None else (
        version.formula.source, version.formula.canonical
    )  # fmt: skip
    return FormulaText(text, canonical, found.formula_version, found.formula_hash)


def _leaf_texts(computed: Computed) -> dict[str, object]:
    return {key: leaf.as_json()["value"] for key, leaf in computed.leaves.items()}


def _now(ctx: Context, found: Measured) -> Recomputed:
    compiled = ctx.catalog.compiled_metric(found.metric)
    pair = (found.subject_id, found.period)
    computed = compute_pairs(ctx, compiled, [pair])[pair]
    version = compiled.version_at(first_day(found.period, compiled.metric.grain))
    both = computed.value is not None and found.value is not None
    return Recomputed(
        value=computed.value,
        target=computed.target,
        tree=_tree(ctx, compiled, version, found.period, row=leaf_row(computed.leaves)),
        inputs={key: leaf.as_json() for key, leaf in computed.leaves.items()},
        difference=(computed.value or 0) - (found.value or 0) if both else None,
        formula_hash=computed.formula_hash,
    )
