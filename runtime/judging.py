"""Ask how a period rule stands: all subjects in the database, single ones by the oracle."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dsl.backends.sql import NotPushable as NotPushableError
from dsl.series import reach
from runtime.decide.calendars import calendar_of, closes_at
from runtime.decide.rules import Point, Quantifier, State, judge_series, replay, step
from runtime.reading import read_ids
from store import measurements, rule_questions
from store.rule_closing import MOST_PERIODS, Closing, earlier, read_closing
from store.rule_questions import SUBJECT, Asker, closing_paths, paths_of, subject_paths
from store.rule_states import Computed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.compiled import CompiledPeriodRule
    from builder.model.others import Calendar
    from runtime.context import Context
    from runtime.decide.rules import Judged, Replay
    from store.rule_states import Question


def quantifier_of(compiled: CompiledPeriodRule) -> Quantifier:
    """How many periods in a row, and what a missing one means."""
    return Quantifier(compiled.rule.quantifier.periods, compiled.rule.missing)


def calendar_for(ctx: Context, compiled: CompiledPeriodRule) -> Calendar:
    """The calendar that closes the periods of a rule."""
    return calendar_of(ctx.catalog.calendars, compiled.metric.calendar)


# --- all subjects, in the database -------------------------------------------------------------
def question_of(
    ctx: Context, compiled: CompiledPeriodRule, *, to_period: int, whole: bool = False
) -> Question:
    """The rule over the numbers in force; `whole` when all periods up to the last are asked."""
    try:
        return rule_questions.question_of(_asker(ctx), compiled)
    except NotPushableError:
        all_of_it = whole or compiled.rule.missing == "ignored"
        first = None if all_of_it else to_period - compiled.rule.quantifier.periods + 1
        first = None if first is None else first - _reach(compiled)
        numbers = measurements.read_series(
            ctx.uow, compiled.metric.name, from_period=first, to_period=to_period
        )
        points = [(each.subject_id, each.period, each.value, each.target) for each in numbers]
        truths = _computed(ctx, compiled, points)
        return rule_questions.question_computed(_asker(ctx), compiled, truths)


def questions_at(
    ctx: Context, rules: Sequence[CompiledPeriodRule], period: int
) -> Iterator[tuple[CompiledPeriodRule, Question]]:
    """Rules of one metric over a period that closes; what several of them read is read once."""
    wanted = {rule.rule.name: closing_paths(rule) for rule in rules}
    shared = [paths for paths in wanted.values() if paths is not None]
    every = {path for paths in shared for path in paths}
    if len(shared) <= 1 or len(earlier(every)) > MOST_PERIODS:
        for rule in rules:
            yield rule, question_of(ctx, rule, to_period=period)
        return
    metric = rules[0].metric
    known = ctx.tables.entities.get(metric.subject)
    subjects = None if known is None else known.current
    with read_closing(ctx.uow, metric.name, period, every, subjects=subjects) as closing:
        for rule in rules:
            shared_by = closing if wanted[rule.rule.name] is not None else None
            yield rule, _question_at(ctx, rule, period, shared_by)


def _question_at(
    ctx: Context, rule: CompiledPeriodRule, period: int, closing: Closing | None
) -> Question:
    if closing is not None:
        with suppress(NotPushableError):
            return rule_questions.question_at(_asker(ctx), rule, closing)
    return question_of(ctx, rule, to_period=period)


def _reach(compiled: CompiledPeriodRule) -> int:
    """How many periods before the one that is judged the conditions look."""
    return reach(paths_of(compiled))


def question_then(ctx: Context, compiled: CompiledPeriodRule, periods: Iterable[int]) -> Question:
    """The rule over each period's numbers as they stood when it closed."""
    calendar, grain = calendar_for(ctx, compiled), compiled.metric.grain
    closings = [(period, closes_at(calendar, period, grain)) for period in periods]
    try:
        return rule_questions.question_then(_asker(ctx), compiled, closings)
    except NotPushableError:
        points = rule_questions.points_then(ctx.uow, compiled.metric.name, closings)
        truths = _computed(ctx, compiled, points)
        return rule_questions.question_computed(_asker(ctx), compiled, truths)


def _asker(ctx: Context) -> Asker:
    return Asker(ctx.uow, ctx.tables, ctx.catalog, ctx.as_system.scope, ctx.params)


def _computed(
    ctx: Context,
    compiled: CompiledPeriodRule,
    numbers: Iterable[tuple[int, int, int | None, int | None]],
) -> list[Computed]:
    """The truth table by the oracle, for conditions the database can not compute."""
    points: dict[int, list[Point]] = {}
    for subject, period, value, target in numbers:
        points.setdefault(subject, []).append(Point(period, value, target))
    found, quantifier = [], quantifier_of(compiled)
    for subject, judged in judge_subjects(ctx, compiled, points).items():
        state = State()
        for each in judged:
            state = step(state, each, quantifier)
            complete = state.streak >= quantifier.periods
            found.append(Computed(subject, each.period, complete, each.exit))
    return found


# --- single subjects, by the oracle ------------------------------------------------------------
def replay_subjects(
    ctx: Context, compiled: CompiledPeriodRule, subjects: Sequence[int], *, to_period: int
) -> dict[int, tuple[Replay, tuple[int, ...]]]:
    """By subject: its whole series judged, and the periods whose exit is true."""
    series = measurements.points(ctx.uow, compiled.metric.name, list(subjects), to_period=to_period)
    points = {subject: [Point(*each) for each in own] for subject, own in series.items()}
    quantifier = quantifier_of(compiled)
    return {
        subject: (replay(judged, quantifier), tuple(j.period for j in judged if j.exit is True))
        for subject, judged in judge_subjects(ctx, compiled, points).items()
    }


def judge_subjects(
    ctx: Context, compiled: CompiledPeriodRule, points: Mapping[int, Sequence[Point]]
) -> dict[int, list[Judged]]:
    """The truths of every period of each subject."""
    facts = _facts_of(ctx, compiled, list(points))
    return {
        subject: judge_series(
            compiled.enter,
            compiled.exit,
            own,
            facts={"subject": subject, **facts.get(subject, {})},
            params=ctx.params,
        )
        for subject, own in points.items()
    }


def _facts_of(
    ctx: Context, compiled: CompiledPeriodRule, subjects: Sequence[int]
) -> dict[int, dict[str, Any]]:
    select = tuple(path.removeprefix(SUBJECT) for path in subject_paths(compiled))
    if not select:
        return {}
    rows = read_ids(ctx, compiled.metric.subject, subjects, select)
    return {int(row["id"]): {f"{SUBJECT}{p}": row[p] for p in select} for row in rows}
