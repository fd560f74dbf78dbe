"""Put published rules and metrics to work: what is judged from now on, and when periods close."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from builder.compiled import CompiledEventRule, CompiledNowRule, CompiledPeriodRule
from builder.model.rule import PeriodRule
from runtime.decide.calendars import calendar_of, closes_at, last_closed, next_every
from runtime.decide.dependencies import metrics_changed, metrics_counting_in
from runtime.judging import question_of
from runtime.reading import source_of
from runtime.search import catch_up
from store import jobs, leaves, rule_runs, rule_states, schedules
from store.rule_runs import Run

if TYPE_CHECKING:
    from builder.catalog import Catalog
    from builder.compiled import CompiledRule
    from builder.diff import Plan
    from builder.model.common import Grain
    from builder.model.others import Calendar
    from runtime.context import Context
    from store.schedules import Policy

CLOSE, SYNC = "close", "sync"


def after_publish(ctx: Context, plan: Plan, *, before: Catalog) -> None:
    """Start, go on with or stop rules; measure changed metrics anew; keep schedules and words.

    `before` is the catalog that was in force.
    """
    for kind, name in (*plan.added, *plan.changed, *plan.removed):
        if kind == "calendar":
            calendar_changed(ctx, name)
    for metric in metrics_changed(before, ctx.catalog, plan):
        measure_anew(ctx, metric)
    enable_rules(ctx)
    put_schedules(ctx)
    catch_up(ctx)


def calendar_changed(ctx: Context, calendar: str) -> None:
    """Ask for all numbers of the metrics whose periods or working days come from a calendar."""
    for metric in metrics_counting_in(ctx.catalog, calendar):
        measure_anew(ctx, metric)


def measure_anew(ctx: Context, metric: str) -> None:
    """Ask for all numbers of a metric: its formula, target or inputs are others now."""
    jobs.put(
        ctx.uow,
        kind="measure",
        key=f"measure_all:{metric}",
        payload={"metric": metric, "all": True},
        at=ctx.now,
        cause=ctx.cause.what,
        depth=ctx.cause.depth,
        merge=True,
    )


# --- rules -------------------------------------------------------------------------------------
def enable_rules(ctx: Context) -> dict[str, int]:
    """Judge every enabled rule from now on; by rule that was new or changed: silently seeded."""
    runs = rule_runs.all_runs(ctx.uow)
    enabled = [name for name, rule in ctx.catalog.rules.items() if rule.enabled]
    for name in runs:
        if name not in enabled:
            rule_runs.drop_run(ctx.uow, name)
    seeded = {}
    for name in enabled:
        compiled = ctx.catalog.compiled_rule(name)
        known = runs.get(name)
        if known is None or known.semantic_hash != compiled.semantic_hash:
            seeded[name] = _enable(ctx, compiled)
    return seeded


def _enable(ctx: Context, compiled: CompiledRule) -> int:
    """Judge a rule from now on; old periods and events never fire."""
    name, since = compiled.rule.name, None
    if isinstance(compiled, CompiledPeriodRule):
        calendar = calendar_of(ctx.catalog.calendars, compiled.metric.calendar)
        since = last_closed(calendar, ctx.now, compiled.metric.grain)
    rule_runs.put_run(
        ctx.uow,
        Run(
            rule=name,
            semantic_hash=compiled.semantic_hash,
            enabled_from=None if since is None else since + 1,
            enabled_at=ctx.now,
            last_period=since,
        ),
    )
    return rule_runs.seed(ctx.uow, name, already_true(ctx, compiled, since))


def already_true(
    ctx: Context, compiled: CompiledRule, last: int | None
) -> list[tuple[int, int | None]]:
    """For whom a rule is true now, and since which period: the enable dialog counts them."""
    match compiled:
        case CompiledPeriodRule():
            question = question_of(ctx, compiled, to_period=last or 0, whole=True)
            spans = rule_states.spans(ctx.uow, question, to_period=last or 0)
            return [(span.subject_id, span.opened) for span in spans if span.closed is None]
        case CompiledNowRule(rule=rule, enter=enter):
            ids = leaves.ids_where(ctx.uow, source_of(ctx, rule.entity), enter, ctx.params)
            return [(record_id, None) for record_id in ids]
        case CompiledEventRule():
            return []


# --- schedules ---------------------------------------------------------------------------------
def put_schedules(ctx: Context) -> None:
    """One row per closing calendar and grain, one per source that has streams; others rest."""
    wanted = {f"{CLOSE}:{name}:{grain}" for name, grain in _closings(ctx)}
    for name, grain in _closings(ctx):
        calendar = calendar_of(ctx.catalog.calendars, name)
        period = last_closed(calendar, ctx.now, grain) + 1
        _put(
            ctx,
            key=f"{CLOSE}:{name}:{grain}",
            kind=CLOSE,
            spec={"grain": grain, "calendar": name, **close_spec(calendar)},
            next_fire=closes_at(calendar, period, grain),
            policy="all",
        )
    for source in ctx.catalog.sources.values():
        if not source.streams:
            continue
        wanted.add(f"{SYNC}:{source.name}")
        _put(
            ctx,
            key=f"{SYNC}:{source.name}",
            kind=SYNC,
            spec={"source": source.name, "every_s": source.every_s},
            next_fire=next_every(source.every_s, ctx.now).at,
            policy="last",
        )
    for known in schedules.list_all(ctx.uow):
        if known.kind in {CLOSE, SYNC} and known.key not in wanted and known.enabled:
            schedules.disable(ctx.uow, known.key)


def close_spec(calendar: Calendar) -> dict[str, object]:
    """What of a calendar decides when a period closes."""
    kept = ("zone", "day_start", "week_start", "close_delay_s")
    return {name: value for name, value in asdict(calendar).items() if name in kept}


def _closings(ctx: Context) -> list[tuple[str, Grain]]:
    metrics = {
        rule.signal
        for rule in ctx.catalog.rules.values()
        if isinstance(rule, PeriodRule) and rule.enabled
    }
    carried = {m.name for m in ctx.catalog.metrics.values() if any(item.carry for item in m.inputs)}
    return sorted({_closing(ctx, name) for name in metrics | carried})


def _closing(ctx: Context, metric: str) -> tuple[str, Grain]:
    found = ctx.catalog.metrics[metric]
    return calendar_of(ctx.catalog.calendars, found.calendar).name, found.grain


def _put(
    ctx: Context, *, key: str, kind: str, spec: dict[str, object], next_fire: int, policy: Policy
) -> None:
    schedules.put(ctx.uow, key=key, kind=kind, spec=spec, next_fire=next_fire, policy=policy)
