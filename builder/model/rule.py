"""Rule: scope, signal, enter, exit, quantifier, missing, actions, limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from builder.model.common import Definition, Labels

if TYPE_CHECKING:
    from collections.abc import Mapping

Missing = Literal["unknown", "breaks", "ignored"]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: so many hours in a calendar."""

    hours: int
    calendar: str


@dataclass(frozen=True, slots=True)
class CardStep:
    """One step of a task card: what it is and its settings."""

    type: Literal["chart", "records", "form", "confirm"]
    props: Mapping[str, str]  # chart: series,last; records: entity,where; form: form,subject_into
    label: Labels


@dataclass(frozen=True, slots=True)
class Mail:
    """Send a mail to each receiver (paths from the rule's root names, e.g. subject.owner)."""

    to: tuple[str, ...]
    template: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Put a message into each receiver's in-app inbox."""

    to: tuple[str, ...]
    template: str


@dataclass(frozen=True, slots=True)
class TaskCard:
    """Give one person a card with steps and a deadline."""

    to: str
    due: Due
    steps: tuple[CardStep, ...]
    label: Labels


Action = Mail | Notify | TaskCard


@dataclass(frozen=True, slots=True)
class Consecutive:
    """True in n consecutive closed periods."""

    periods: int


@dataclass(frozen=True, slots=True)
class Breaker:
    """An event of another log that restarts the count."""

    events: str
    when: str | None
    subject: str | None = None  # path to the rule's subject, where more than one leads there
    at: str | None = None  # its time field, where the log has more than one


@dataclass(frozen=True, slots=True)
class EventCount:
    """n matching events in a row, within a time, unless broken."""

    events: int
    within_s: int
    broken_by: tuple[Breaker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRule(Definition):
    """Judges the measurements of one metric, period by period. Names: value, target, subject."""

    signal: str  # metric
    enter: str
    exit: str
    quantifier: Consecutive
    missing: Missing
    actions: tuple[Action, ...]
    enabled: bool = True
    limits: Mapping[str, int] = field(default_factory=dict)  # storm: max new alerts per run


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule(Definition):
    """Judges one log in order, per subject. Names: event fields; event, subject in actions."""

    events: str  # log entity
    subject: str  # path from the event
    order: tuple[str, ...]  # event time first
    when: str
    quantifier: EventCount
    close: Literal["task_done", "acknowledged"]
    actions: tuple[Action, ...]
    enabled: bool = True
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NowRule(Definition):
    """Judges the current state of each record of an entity when it changes."""

    entity: str
    enter: str
    exit: str
    actions: tuple[Action, ...]
    enabled: bool = True
    limits: Mapping[str, int] = field(default_factory=dict)


Rule = PeriodRule | EventRule | NowRule
