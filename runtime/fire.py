"""Fire period rules: judge closed periods once, and judge again when data is late or corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.compiled import CompiledPeriodRule
from builder.model.rule import PeriodRule
from dsl.types import MEASUREMENT_SCALE
from dsl.values import format_number
from runtime.decide.calendars import calendar_of
from runtime.decide.periods import label
from runtime.decide.rules import Episode, Fired, Reconciled, reconcile
from runtime.judging import quantifier_of, questions_at, replay_subjects
from runtime.measuring import carries, carry_into, measure
from runtime.openings import Opening, tell
from store import episodes, measurements, rule_runs, rule_states
from store.episodes import NewAlert
from store.rule_runs import State
from store.rule_states import Now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.model.common import Grain
    from builder.model.metric import Metric
    from runtime.context import Context
    from runtime.decide.rules import Replay
    from store.episodes import AlertRow
    from store.measurements import NewMeasurement
    from store.rule_states import Question

QUIET = frozenset({"draft", "shadow", "frozen"})  # metrics whose rules tell nobody


def close_period(ctx: Context, grain: Grain, period: int, calendar: str) -> int:
    """Judge every rule of that grain and calendar up to a closed period; the episodes opened.

    Periods that were missed are judged one after the other, each once.
    """
    ctx.uow.rev()  # first of all: the numbers judged are the ones known at this change
    rules = [rule for rule in period_rules(ctx) if _closes(ctx, rule, grain, calendar)]
    carried = [m.name for m in ctx.catalog.metrics.values() if _carried(ctx, m, grain, calendar)]
    for metric in dict.fromkeys((*(rule.metric.name for rule in rules), *carried)):
        refresh(ctx, metric)
        carry_into(ctx, metric, period)
    return _judge_up_to(ctx, rules, period)


def period_rules(ctx: Context) -> list[CompiledPeriodRule]:
    """The enabled period rules whose metric tells people."""
    compiled = [
        ctx.catalog.compiled_rule(name)
        for name, rule in ctx.catalog.rules.items()
        if isinstance(rule, PeriodRule) and rule.enabled
    ]
    return [
        rule
        for rule in compiled
        if isinstance(rule, CompiledPeriodRule) and rule.metric.status not in QUIET
    ]


def _closes(ctx: Context, rule: CompiledPeriodRule, grain: Grain, calendar: str) -> bool:
    own = calendar_of(ctx.catalog.calendars, rule.metric.calendar)
    return rule.metric.grain == grain and own.name == calendar


def _carried(ctx: Context, metric: Metric, grain: Grain, calendar: str) -> bool:
    own = calendar_of(ctx.catalog.calendars, metric.calendar)
    closes = metric.grain == grain and own.name == calendar
    return closes and carries(metric) and metric.status != "draft"


def refresh(ctx: Context, metric: str) -> int:
    """Measure what is out of date and judge the touched periods again; the numbers changed."""
    changed = measure(ctx, metric)
    judge_again(ctx, metric, changed)
    return len(changed)


def judge_again(ctx: Context, metric: str, changed: Iterable[NewMeasurement]) -> None:
    """Judge again where a number of a period that was judged already has changed."""
    numbers = list(changed)
    if not numbers:
        return
    for name in ctx.catalog.period_rules_on(metric):
        run = rule_runs.get_run(ctx.uow, name)
        if run is None or run.last_period is None:
            continue
        late = sorted({n.subject_id for n in numbers if n.period <= run.last_period})
        if late:
            rejudge(ctx, name, late)


def _judge_up_to(ctx: Context, rules: Sequence[CompiledPeriodRule], period: int) -> int:
    due: dict[tuple[int, str], list[CompiledPeriodRule]] = {}
    for rule in rules:
        for each in _due(ctx, rule, period):
            due.setdefault((each, rule.metric.name), []).append(rule)
    return sum(
        _judge(ctx, rule, question, each)
        for (each, _), together in sorted(due.items(), key=lambda item: item[0])
        for rule, question in questions_at(ctx, together, each)
    )


def _due(ctx: Context, rule: CompiledPeriodRule, period: int) -> range:
    """The periods a rule has not judged yet, up to one that closes."""
    run = rule_runs.get_run(ctx.uow, rule.rule.name)
    if run is None or run.enabled_from is None:
        return range(0)
    first = run.enabled_from if run.last_period is None else run.last_period + 1
    return range(max(first, run.enabled_from), period + 1)


def _judge(ctx: Context, rule: CompiledPeriodRule, question: Question, period: int) -> int:
    """Judge one closed period and tell of what begins; the episodes opened."""
    now = Now(ctx.now, ctx.uow.rev(), ctx.new_uid())
    fresh = rule_states.judge(ctx.uow, question, period, now)
    series = _series(ctx, rule, [new.subject_id for new in fresh], to_period=period)
    openings = [
        _opening(
            rule, series[new.subject_id], period,
            alert=(new.alert_id, new.uid), subject=(new.subject_id, new.episode),
        )
        for new in fresh
    ]  # fmt: skip
    tell(ctx, rule, rule.metric.subject, openings)
    return len(fresh)


# --- late or corrected data ----------------------------------------------------------------------
def rejudge(ctx: Context, rule_name: str, subjects: Sequence[int]) -> int:
    """Replay these subjects and reconcile their alerts; the episodes told of now."""
    compiled = ctx.catalog.compiled_rule(rule_name)
    run = rule_runs.get_run(ctx.uow, rule_name)
    if not isinstance(compiled, CompiledPeriodRule) or run is None or run.last_period is None:
        return 0
    if compiled.metric.status in QUIET:
        return 0
    ctx.uow.rev()
    states = rule_runs.lock_states(ctx.uow, rule_name, subjects)
    alerts = episodes.alerts_of(ctx.uow, rule_name, subjects)
    replays = replay_subjects(ctx, compiled, subjects, to_period=run.last_period)
    openings: list[Opening] = []
    for subject, (replayed, leaves) in replays.items():
        fired = [_fired(row) for row in alerts[subject] if row.period is not None]
        found = reconcile(fired, replayed, enabled_from=run.enabled_from or 0, leaves=leaves)
        _correct(ctx, found)
        fresh = _fire_late(ctx, compiled, states[subject], replayed, found)
        openings += fresh
    tell(ctx, compiled, compiled.metric.subject, openings)
    return len(openings)


def _fired(row: AlertRow) -> Fired:
    return Fired(row.id, Episode(row.period or 0, row.closed_period), row.is_open, row.corrected)


def _correct(ctx: Context, found: Reconciled) -> None:
    for alert_id, period in found.close:
        episodes.close_alerts(ctx.uow, [alert_id], at=ctx.now, period=period)
    episodes.mark_corrected(ctx.uow, found.corrected)
    episodes.reopen_alerts(ctx.uow, found.reopen)


def _fire_late(
    ctx: Context,
    compiled: CompiledPeriodRule,
    state: State,
    replayed: Replay,
    found: Reconciled,
) -> list[Opening]:
    """Record the episodes nobody was told of, and the state at the end of the series."""
    openings, number = [], state.episode
    series = _series(ctx, compiled, [state.subject_id], to_period=replayed.state.last or 0)
    for episode in found.fire:
        number += 1
        uid = ctx.new_uid()
        alert_id = episodes.open_alert(
            ctx.uow,
            NewAlert(
                uid=uid,
                rule=compiled.rule.name,
                subject_entity=compiled.metric.subject,
                subject_id=state.subject_id,
                episode=number,
                at=ctx.now,
                evidence="{}",
                period=episode.opened,
                closed_period=episode.closed,
            ),
        )
        openings.append(
            _opening(
                compiled, series[state.subject_id], episode.opened,
                alert=(alert_id, uid), subject=(state.subject_id, number),
            )
        )  # fmt: skip
    after = replayed.state
    name = "firing" if found.still_open or after.name != "inactive" else "inactive"
    rule_runs.put_state(
        ctx.uow,
        compiled.rule.name,
        State(state.subject_id, name, number, after.since, after.last),
        streak=after.streak,
    )
    return openings


# --- evidence ----------------------------------------------------------------------------------
def _series(
    ctx: Context, rule: CompiledPeriodRule, subjects: Sequence[int], *, to_period: int
) -> Mapping[int, list[tuple[int, int | None, int | None]]]:
    if not subjects:
        return {}
    return measurements.points(
        ctx.uow, rule.metric.name, sorted(set(subjects)), to_period=to_period
    )


def _opening(
    rule: CompiledPeriodRule,
    series: Sequence[tuple[int, int | None, int | None]],
    period: int,
    *,
    alert: tuple[int, str],
    subject: tuple[int, int],
) -> Opening:
    metric, needed = rule.metric, quantifier_of(rule).periods
    upto = [point for point in series if point[0] <= period and point[1] is not None]
    row = [_point(rule, *point) for point in upto[-needed:]]
    newest: dict[str, Any] = row[-1] if row else {"value": None, "target": None}
    values = {
        "value": newest["value"],
        "target": newest["target"],
        "period_label": label(period, metric.grain),
        "periods": row,
        "metric": {"name": metric.name, "label": dict(metric.label), "unit": metric.unit},
    }
    evidence = {"kind": "periods", "metric": metric.name, "period": period, "periods": row}
    return Opening(alert[0], alert[1], subject[0], subject[1], evidence, values)


def _point(
    rule: CompiledPeriodRule, period: int, value: int | None, target: int | None
) -> dict[str, Any]:
    return {
        "period": period,
        "label": label(period, rule.metric.grain),
        "value": None if value is None else format_number(value, MEASUREMENT_SCALE),
        "target": None if target is None else format_number(target, MEASUREMENT_SCALE),
    }
