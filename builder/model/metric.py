"""Metric: a number per subject and period, with its inputs and dated formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from builder.model.common import Definition, Grain, Labels

if TYPE_CHECKING:
    from collections.abc import Mapping

Aggregate = Literal["count", "sum", "avg", "min", "max", "latest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One leaf aggregate: which records, of which subject and date, folded how."""

    key: str
    label: Labels
    entity: str  # JSON: "from"
    agg: Aggregate
    subject: str  # path from the record to the metric's subject; "" = the record itself
    date: str  # date or datetime field that says which period
    where: str | None = None
    value: str | None = None  # formula over the record (needed unless agg is count)
    distinct: str | None = None  # count distinct values of this field
    carry: bool = False  # "latest" may come from an earlier period


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricVersion:
    """The formula in force for periods that start on or after `start`."""

    start: str  # ISO date; JSON: "from"
    formula: str
    target: str | None = None  # formula over the subject record, PERIOD_END() allowed
    bands: Mapping[str, str] = field(default_factory=dict)  # colour -> "< 0.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric(Definition):
    """A number per subject and period. Values have scale 6, `decimals` rounds them."""

    subject: str  # entity
    grain: Grain
    inputs: tuple[Input, ...]
    versions: tuple[MetricVersion, ...]  # oldest first, at least one
    unit: str | None = None
    decimals: int = 2
    direction: Literal["up", "down"] = "up"
    status: Literal["draft", "shadow", "live", "frozen"] = "live"
    calendar: str = "office"
    parent: str | None = None
    counter_metric: str | None = None
    scope: str | None = None  # condition over the subject record: who is measured
    during: tuple[str, str] | None = None  # subject's date fields: measured from .. to
