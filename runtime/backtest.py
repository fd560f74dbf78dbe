"""Try a rule on the past: who would have been told, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from builder.compiled import CompiledPeriodRule
from dsl.diagnostics import Diagnostic
from runtime.decide.periods import label
from runtime.errors import Invalid, NotFound
from runtime.judging import question_of, question_then
from runtime.openings import display_texts, receivers_of
from store import measurements, rule_states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context

Known = Literal["today", "then"]
NOT_A_PERIOD_RULE = "RUN607"


@dataclass(frozen=True, slots=True)
class Firings:
    """How often a rule would have fired with one period."""

    period: int
    period_label: str
    firings: int


@dataclass(frozen=True, slots=True)
class PastEpisode:
    """One episode that would have been; `closed` None: it goes on."""

    subject_id: int
    subject_uid: str
    display: str
    opened: int
    opened_label: str
    closed: int | None
    closed_label: str | None
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """How many messages one person would have had."""

    person_id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """A rule on the past, by today's organisation."""

    rule: str
    known: Known
    periods: tuple[Firings, ...]
    episodes: tuple[PastEpisode, ...]
    receivers: tuple[Told, ...]


def backtest(
    ctx: Context, rule_name: str, *, from_period: int, to_period: int, known: Known = "today"
) -> Backtest:
    """Replay a period rule over closed periods, in one statement.

    `known` = today judges with the numbers in force; then, with those that were in force when
    each period closed. Receivers are those of today's organisation.
    """
    compiled = _period_rule(ctx, rule_name)
    if known == "today":
        question = question_of(ctx, compiled, to_period=to_period, whole=True)
    else:
        oldest = measurements.oldest_period(ctx.uow, compiled.metric.name)
        first = from_period if oldest is None else min(oldest, from_period)
        question = question_then(ctx, compiled, range(first, to_period + 1))
    spans = rule_states.spans(ctx.uow, question, to_period=to_period)
    found = [(s.subject_id, s.opened, s.closed) for s in spans if from_period <= s.opened]
    return _report(ctx, compiled, found, periods=range(from_period, to_period + 1), known=known)


def _period_rule(ctx: Context, name: str) -> CompiledPeriodRule:
    if name not in ctx.catalog.rules:
        raise NotFound(name)
    compiled = ctx.catalog.compiled_rule(name)
    if not isinstance(compiled, CompiledPeriodRule):
        raise Invalid(Diagnostic(NOT_A_PERIOD_RULE, {"rule": name}))
    return compiled


def _report(
    ctx: Context,
    compiled: CompiledPeriodRule,
    found: list[tuple[int, int, int | None]],
    *,
    periods: range,
    known: Known,
) -> Backtest:
    entity, grain = compiled.metric.subject, compiled.metric.grain
    subjects = sorted({subject for subject, _, _ in found})
    told = receivers_of(ctx, compiled.rule, entity, subjects)
    texts = display_texts(ctx, entity, subjects)
    people = sorted({person for own in told.values() for person in own})
    names = {person: text for person, (_, text) in display_texts(ctx, "person", people).items()}
    by_period = Counter(opened for _, opened, _ in found)
    messages = Counter(person for subject, _, _ in found for person in told.get(subject, ()))
    return Backtest(
        rule=compiled.rule.name,
        known=known,
        periods=tuple(Firings(p, label(p, grain), by_period[p]) for p in periods),
        episodes=tuple(
            PastEpisode(
                subject_id=subject,
                subject_uid=texts.get(subject, ("", ""))[0],
                display=texts.get(subject, ("", "?"))[1],
                opened=opened,
                opened_label=label(opened, grain),
                closed=closed,
                closed_label=None if closed is None else label(closed, grain),
                receivers=_names(told.get(subject, ()), names),
            )
            for subject, opened, closed in sorted(found, key=lambda each: (each[1], each[0]))
        ),
        receivers=tuple(Told(p, names.get(p, "?"), n) for p, n in messages.most_common()),
    )


def _names(people: tuple[int, ...], names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names.get(person, "?") for person in people)
