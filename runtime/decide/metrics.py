"""Combine the leaf aggregates of a metric into a number that explains itself; no I/O."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, assert_never

from dsl.backends.python import Params, program
from dsl.types import MEASUREMENT_SCALE, Number
from dsl.values import div_half_away, format_number, round_half_away
from runtime.decide.periods import first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.compiled import CompiledMetric, CompiledVersion
    from builder.model.metric import Aggregate, Metric
    from dsl.formula import Formula
    from dsl.types import Raw

ONE: int = 10**MEASUREMENT_SCALE
NO_RECORDS = "RUN601"
NOT_MEASURED = "RUN602"
NO_VERSION = "RUN603"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf aggregate of one subject and period, as the database gave it.

    `total` is the sum of the values (agg sum, avg), else the value itself (min, max, latest);
    `scale` is its scale. `count` counts what was folded, `records` every record that passed the
    filter, `automatic` those that came from a sensor or another system. A `carried` leaf is the
    value of an earlier period and has no record of its own.
    """

    agg: Aggregate
    count: int = 0
    total: int | None = None
    scale: int = MEASUREMENT_SCALE
    records: int = 0
    automatic: int = 0
    carried: bool = False

    @property
    def value(self) -> int | None:
        """The input of the formula, at scale 6: nothing counted is 0, nothing averaged is null."""
        match self.agg:
            case "count":
                return self.count * ONE
            case "sum":
                return self._scaled(self.total or 0)
            case "avg":
                return self._mean()
            case "min" | "max" | "latest":
                return None if self.total is None else self._scaled(self.total)
            case _:
                assert_never(self.agg)

    def _scaled(self, raw: int) -> int:
        return round_half_away(raw, self.scale, MEASUREMENT_SCALE)

    def _mean(self) -> int | None:
        if not self.count or self.total is None:
            return None
        return div_half_away(self.total * ONE, self.count * 10**self.scale)

    def as_json(self) -> dict[str, str | int | None]:
        """What a passport keeps of it; numbers are decimal strings."""
        value = self.value
        total = None if self.total is None else format_number(self.total, self.scale)
        return {
            "value": None if value is None else format_number(value, MEASUREMENT_SCALE),
            "sum": total if self.agg in {"sum", "avg"} else None,
            "count": self.count,
            "records": self.records,
            **({"carried": 1} if self.carried else {}),
            "automatic": self.automatic,
        }


@dataclass(frozen=True, slots=True)
class Computed:
    """The number of one subject and period, before it gets a row."""

    value: int | None
    target: int | None
    n: int
    reasons: tuple[str, ...]
    automatic_share: int | None
    leaves: Mapping[str, Leaf]
    formula_version: str
    formula_hash: str

    @property
    def says_something(self) -> bool:
        """Whether it is worth a row where there is none yet."""
        carried = any(leaf.carried for leaf in self.leaves.values())
        return self.n > 0 or (carried and NOT_MEASURED not in self.reasons)


def version_at(compiled: CompiledMetric, period: int) -> CompiledVersion | None:
    """The version in force when a period begins; None before the first one."""
    return compiled.version_at(first_day(period, compiled.metric.grain))


def period_params(metric: Metric, period: int, params: Params) -> Params:
    """The parameters of an evaluation for one period."""
    start, end = first_day(period, metric.grain), last_day(period, metric.grain)
    return replace(params, period_start=start, period_end=end)


@dataclass(frozen=True, slots=True)
class Asked:
    """One subject and period to compute."""

    period: int
    leaves: Mapping[str, Leaf]
    facts: Mapping[str, Any] = field(default_factory=dict)  # the subject's fields, for the target
    measured: bool = True  # in scope and inside its dates


def meaning_hash(compiled: CompiledMetric, version: CompiledVersion) -> str:
    """The identity of all that makes a number: formula, target and what each input counts."""
    parts: list[object] = [version.formula.hash, version.target and version.target.hash]
    parts += [compiled.metric.decimals, compiled.scope and compiled.scope.hash]
    for key, item in sorted(compiled.inputs.items()):
        own = item.input
        filters = [formula and formula.hash for formula in (item.where, item.value)]
        parts.append(
            [key, own.entity, own.agg, own.distinct, own.carry, own.subject, own.date, *filters]
        )
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def meaning_hashes(compiled: CompiledMetric) -> dict[int, str]:
    """The identity of every version, by its first day."""
    return {version.start_day: meaning_hash(compiled, version) for version in compiled.versions}


def compute(
    compiled: CompiledMetric, asked: Asked, params: Params, *, hashes: Mapping[int, str]
) -> Computed:
    """The value, target and reasons of one subject and period."""
    version = version_at(compiled, asked.period)
    leaves = {key: asked.leaves.get(key) or empty_leaf(compiled, key) for key in compiled.inputs}
    records = sum(leaf.records for leaf in leaves.values())
    share = _automatic_share(leaves.values(), records)
    nothing = not records and not any(leaf.carried for leaf in leaves.values())
    if version is None or not asked.measured or nothing:
        reason = NO_VERSION if version is None else NO_RECORDS if asked.measured else NOT_MEASURED
        start = "" if version is None else version.version.start
        formula_hash = "" if version is None else hashes[version.start_day]
        target = _target(version, compiled, asked, params) if asked.measured else None
        return Computed(None, target, records, (reason,), share, leaves, start, formula_hash)
    at = period_params(compiled.metric, asked.period, params)
    outcome = program(version.formula).evaluate(leaf_row(leaves), at)
    value = scale_to_measurement(outcome.value, version.formula)
    return Computed(
        None if value is None else round_to(value, compiled.metric.decimals),
        _target(version, compiled, asked, params),
        records,
        null_reasons(leaves, outcome.reason) if value is None else (),
        share,
        leaves,
        version.version.start,
        hashes[version.start_day],
    )


def empty_leaf(compiled: CompiledMetric, key: str) -> Leaf:
    """The leaf of an input without a record."""
    return Leaf(compiled.inputs[key].input.agg)


def leaf_row(leaves: Mapping[str, Leaf]) -> dict[str, Raw]:
    """The row a metric formula is evaluated on."""
    return {key: leaf.value for key, leaf in leaves.items()}


def null_reasons(leaves: Mapping[str, Leaf], reason: str | None) -> tuple[str, ...]:
    """Why a value is null: the formula's own reason, then the inputs that had nothing."""
    empty = [
        f"{NO_RECORDS}:{key}"
        for key, leaf in leaves.items()
        if not leaf.records and not leaf.carried
    ]
    return (*((reason,) if reason else ()), *empty)


def scale_to_measurement(raw: Raw, formula: Formula) -> int | None:
    """The number a formula gave, at scale 6; None for null."""
    if raw is None or isinstance(raw, str | bool):
        return None
    scale = formula.type.scale if isinstance(formula.type, Number) else 0
    return round_half_away(raw, scale, MEASUREMENT_SCALE)


def round_to(value: int, decimals: int) -> int:
    """A scale-6 value rounded half away from zero to `decimals`, still at scale 6."""
    if decimals >= MEASUREMENT_SCALE:
        return value
    rounded = round_half_away(value, MEASUREMENT_SCALE, decimals)
    return round_half_away(rounded, decimals, MEASUREMENT_SCALE)


def band_of(
    version: CompiledVersion,
    value: int | None,
    target: int | None,
    *,
    facts: Mapping[str, Raw] | None = None,
) -> str | None:
    """The first band whose condition holds; `facts` are the subject's fields.

    A number that every band was asked about and that none claims is green.
    """
    if value is None or not version.bands:
        return None
    row = {f"subject.{key}": fact for key, fact in (facts or {}).items()}
    row |= {"value": value, "target": target}
    answers = []
    for colour, condition in version.bands.items():
        answers.append(program(condition).evaluate(row).value)
        if answers[-1] is True:
            return colour
    is_clear = "green" not in version.bands and all(answer is False for answer in answers)
    return "green" if is_clear else None


def carried(leaves: Mapping[int, Leaf], period: int) -> Leaf | None:
    """The leaf of a period, or of the newest one before it that has a value."""
    own = leaves.get(period)
    if own is not None and own.total is not None:
        return own
    earlier = [p for p, leaf in leaves.items() if p < period and leaf.total is not None]
    if not earlier:
        return own
    seen = (0, 0) if own is None else (own.records, own.automatic)
    return replace(leaves[max(earlier)], records=seen[0], automatic=seen[1], carried=True)


def _target(
    version: CompiledVersion | None, compiled: CompiledMetric, asked: Asked, params: Params
) -> int | None:
    if version is None or version.target is None:
        return None
    at = period_params(compiled.metric, asked.period, params)
    outcome = program(version.target).evaluate(asked.facts, at)
    target = scale_to_measurement(outcome.value, version.target)
    # rounded as the value is: what is seen is what is judged
    return None if target is None else round_to(target, compiled.metric.decimals)


def _automatic_share(leaves: Iterable[Leaf], records: int) -> int | None:
    if not records:
        return None
    automatic = sum(leaf.automatic for leaf in leaves)
    return div_half_away(automatic * ONE, records)
