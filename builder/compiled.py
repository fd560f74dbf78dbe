"""Definitions with their formulas compiled: what the runtime executes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity
    from builder.model.form import Form, FormCheck, FormCondition, FormFilter
    from builder.model.metric import Input, Metric, MetricVersion
    from builder.model.others import Grant, Role
    from builder.model.rule import EventRule, NowRule, PeriodRule
    from dsl.formula import Formula

DateType = Literal["date", "datetime"]


@dataclass(frozen=True, slots=True)
class CompiledInput:
    """One leaf aggregate. `value` is a number of scale 6 over the record."""

    input: Input
    where: Formula | None
    value: Formula | None
    subject_path: str  # from the record to the subject; "" = the record itself
    date_path: str
    date_type: DateType


@dataclass(frozen=True, slots=True)
class CompiledVersion:
    """The formula in force for periods that start on or after `start_day` (epoch day)."""

    version: MetricVersion
    start_day: int
    formula: Formula  # over the inputs, scale 6
    target: Formula | None  # over the subject record, scale 6
    bands: Mapping[str, Formula]  # colour -> condition over value and target


@dataclass(frozen=True, slots=True)
class CompiledMetric:
    """A metric; versions oldest first."""

    metric: Metric
    inputs: Mapping[str, CompiledInput]
    versions: tuple[CompiledVersion, ...]
    scope: Formula | None

    def version_at(self, day: int) -> CompiledVersion | None:
        """The version in force for a period that starts on that day."""
        return next((v for v in reversed(self.versions) if v.start_day <= day), None)


@dataclass(frozen=True, slots=True)
class CompiledPeriodRule:
    """A period rule; enter and exit read value, target (scale 6) and subject.

    `card_filters` are the `where` of record steps: "action/step" -> formula; it reads the fields
    of the step's entity and `subject.<field>`.
    """

    rule: PeriodRule
    metric: Metric
    enter: Formula
    exit: Formula
    semantic_hash: str
    card_filters: Mapping[str, Formula] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompiledBreaker:
    """An event of `entity` that restarts the count of the subject at `subject_path`."""

    entity: str
    when: Formula | None
    subject_path: str
    at: str  # field with the time of the breaking event


@dataclass(frozen=True, slots=True)
class CompiledEventRule:
    """An event rule. `card_filters` are the `where` of record steps: "action/step" -> formula.

    A card filter reads the fields of the step's entity, `event.<field>` and `subject.<field>`.
    """

    rule: EventRule
    when: Formula
    subject_entity: str
    breakers: tuple[CompiledBreaker, ...]
    semantic_hash: str
    card_filters: Mapping[str, Formula] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompiledNowRule:
    """A now rule; enter and exit read the record itself."""

    rule: NowRule
    enter: Formula
    exit: Formula
    semantic_hash: str
    card_filters: Mapping[str, Formula] = field(default_factory=dict)


CompiledRule = CompiledPeriodRule | CompiledEventRule | CompiledNowRule


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A form with its conditions and checks; defaults and computed fields of its entity.

    `rows` is the same of each child table: what holds for one of its rows. `filters` read the
    record that is chosen; the form stands behind `form.`, the row behind `row.`.
    """

    form: Form
    entity: Entity
    conditions: tuple[tuple[FormCondition, Formula], ...]
    checks: tuple[tuple[FormCheck, Formula], ...]
    defaults: Mapping[str, Formula]
    computed: Mapping[str, Formula]
    rows: Mapping[str, CompiledForm] = field(default_factory=dict)
    filters: tuple[tuple[FormFilter, Formula], ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledRole:
    """A role; `formulas` holds the row condition of each grant with rows = formula."""

    role: Role
    formulas: Mapping[int, Formula]  # index of the grant -> condition over its entity

    def condition(self, grant: Grant) -> Formula | None:
        """The row condition of a grant of this role."""
        return self.formulas.get(self.role.grants.index(grant))
