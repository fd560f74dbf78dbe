"""Fire event rules for the subjects of new events, in the transaction that brings the events."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.compiled import CompiledEventRule
from dsl.values import format_datetime
from runtime.clock import SECOND
from runtime.decide.calendars import DAY
from runtime.decide.event_rules import Happened, find_run, is_broken
from runtime.openings import Opening, display_texts, tell
from runtime.reading import source_of
from store import episodes, rule_runs
from store.episodes import NewAlert
from store.event_rows import EventQuery, read_events
from store.measurements import dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.compiled import CompiledBreaker
    from runtime.context import Context
    from runtime.decide.event_rules import Run
    from store.episodes import AlertRow
    from store.record_changes import Change
    from store.rule_runs import State

MAX_LISTED = 100  # events named in the evidence of one episode; all of them are counted


def fire_events(ctx: Context, rule_name: str, changes: Sequence[Change]) -> int:
    """Judge an event rule for the subjects of new events; the episodes opened."""
    compiled = ctx.catalog.compiled_rule(rule_name)
    run = rule_runs.get_run(ctx.uow, rule_name)
    if run is None or not isinstance(compiled, CompiledEventRule):
        return 0
    fresh = [c.id for c in changes if c.entity == compiled.rule.events and c.after is not None]
    new = _happened(ctx, compiled, _events(ctx, compiled), ids=fresh) if fresh else {}
    _recheck(ctx, compiled, changes)
    if not new:
        return 0
    states = rule_runs.lock_states(ctx.uow, rule_name, list(new))
    running = episodes.open_of(ctx.uow, rule_name, list(new))
    joined = {subject: row for subject, row in running.items() if subject in new}
    for subject, alert in joined.items():
        _join(ctx, compiled, alert, states[subject], new[subject])
    quiet = [subject for subject in new if subject not in joined]
    oldest = min((h.at for s in quiet for h in new[s]), default=0)
    since = max(run.enabled_at, oldest - compiled.rule.quantifier.within_s * SECOND)
    found = _happened(ctx, compiled, _events(ctx, compiled), subjects=quiet, since=since)
    breaks = _breaks(ctx, compiled, quiet, since)
    openings = []
    for subject in quiet:
        opened = find_run(
            [*found.get(subject, ()), *breaks.get(subject, ())],
            count=compiled.rule.quantifier.events,
            within_us=compiled.rule.quantifier.within_s * SECOND,
            after=states[subject].watermark,
        )
        if opened is not None:
            openings.append(_open(ctx, compiled, states[subject], opened))
    tell(ctx, compiled, compiled.subject_entity, openings)
    return len(openings)


# --- reading -----------------------------------------------------------------------------------
def _events(ctx: Context, compiled: CompiledEventRule) -> EventQuery:
    rule = compiled.rule
    source = source_of(ctx, rule.events)
    return EventQuery(
        source, rule.subject, rule.order[0], rule.order[1:], compiled.when, ctx.params
    )


def _is_dated(ctx: Context, entity: str, path: str) -> bool:
    field = ctx.catalog.entity(entity).field(path)
    return field is not None and field.type == "date"


def _happened(
    ctx: Context,
    compiled: CompiledEventRule,
    query: EventQuery,
    *,
    ids: Sequence[int] | None = None,
    subjects: Sequence[int] | None = None,
    since: int | None = None,
) -> dict[int, list[Happened]]:
    """The matching events by subject."""
    unit = DAY if _is_dated(ctx, compiled.rule.events, query.at_path) else 1
    start = None if since is None else -(-since // unit)
    found: dict[int, list[Happened]] = {}
    for row in read_events(ctx.uow, query, subjects=subjects, ids=ids, since=start):
        found.setdefault(row.subject_id, []).append(Happened(row.at * unit, row.key, row.id))
    return found


def _breaks(
    ctx: Context, compiled: CompiledEventRule, subjects: Sequence[int], since: int
) -> dict[int, list[Happened]]:
    found: dict[int, list[Happened]] = {}
    for breaker in compiled.breakers:
        for subject, happened in _breaks_of(ctx, breaker, subjects=subjects, since=since).items():
            found.setdefault(subject, []).extend(happened)
    return found


def _breaks_of(
    ctx: Context,
    breaker: CompiledBreaker,
    *,
    subjects: Sequence[int] | None = None,
    ids: Sequence[int] | None = None,
    since: int | None = None,
) -> dict[int, list[Happened]]:
    source = source_of(ctx, breaker.entity)
    query = EventQuery(source, breaker.subject_path, breaker.at, (), breaker.when, ctx.params)
    unit = DAY if _is_dated(ctx, breaker.entity, breaker.at) else 1
    start = None if since is None else -(-since // unit)
    found: dict[int, list[Happened]] = {}
    for row in read_events(ctx.uow, query, subjects=subjects, ids=ids, since=start):
        event = Happened(row.at * unit, row.key, row.id, breaks=True)
        found.setdefault(row.subject_id, []).append(event)
    return found


# --- what follows ------------------------------------------------------------------------------
def _open(ctx: Context, compiled: CompiledEventRule, state: State, run: Run) -> Opening:
    """Record an episode with its events."""
    rule, uid, number = compiled.rule, ctx.new_uid(), state.episode + 1
    evidence = {
        "kind": "events",
        "entity": rule.events,
        "events": _listed(ctx, compiled, (*run.events, *run.joined)),
    }
    alert_id = episodes.open_alert(
        ctx.uow,
        NewAlert(
            uid=uid,
            rule=rule.name,
            subject_entity=compiled.subject_entity,
            subject_id=state.subject_id,
            episode=number,
            at=ctx.now,
            evidence=dumps(evidence),
            count=run.count,
        ),
    )
    moved = replace(state, state="firing", episode=number, watermark=run.mark)
    rule_runs.put_state(ctx.uow, rule.name, moved, streak=run.count)
    values = {"events": evidence["events"], "count": run.count, "period_label": ""}
    last = run.events[-1].record_id
    return Opening(alert_id, uid, state.subject_id, number, evidence, values, last)


def _join(
    ctx: Context,
    compiled: CompiledEventRule,
    alert: AlertRow,
    state: State,
    new: Sequence[Happened],
) -> None:
    """More events of an episode that goes on: counted, nobody is told again."""
    evidence: dict[str, Any] = json.loads(alert.evidence)
    known = {event["record_id"] for event in evidence.get("events", ())}
    fresh = [event for event in new if event.record_id not in known]
    if not fresh:
        return
    listed = [*evidence.get("events", ()), *_listed(ctx, compiled, fresh)]
    evidence["events"] = sorted(listed, key=lambda each: each["at"])[:MAX_LISTED]
    episodes.join_alert(ctx.uow, alert.id, events=len(fresh), evidence=dumps(evidence))
    newest = max(event.mark for event in fresh)
    mark = newest if state.watermark is None else max(state.watermark, newest)
    moved = replace(state, state="firing", watermark=mark)
    rule_runs.put_state(ctx.uow, compiled.rule.name, moved, streak=alert.count + len(fresh))


def _recheck(ctx: Context, compiled: CompiledEventRule, changes: Sequence[Change]) -> None:
    """A breaker that comes late marks the episode it would have prevented as corrected."""
    for breaker in compiled.breakers:
        ids = [c.id for c in changes if c.entity == breaker.entity and c.after is not None]
        found = _breaks_of(ctx, breaker, ids=ids) if ids else {}
        if not found:
            continue
        needed = compiled.rule.quantifier.events
        wrong = []
        for subject, alert in episodes.open_of(ctx.uow, compiled.rule.name, list(found)).items():
            listed = json.loads(alert.evidence).get("events", [])[:needed]
            events = [Happened(each["at_us"], "", each["record_id"]) for each in listed]
            if is_broken(events, found[subject]):
                wrong.append(alert.id)
        episodes.mark_corrected(ctx.uow, wrong)


def _listed(
    ctx: Context, compiled: CompiledEventRule, events: Sequence[Happened]
) -> list[dict[str, Any]]:
    texts = display_texts(ctx, compiled.rule.events, [event.record_id for event in events])
    return [
        {
            "at": format_datetime(event.at, zone=ctx.zone),
            "at_us": event.at,
            "record_id": event.record_id,
            "record_uid": texts[event.record_id][0],
            "text": texts[event.record_id][1],
        }
        for event in events[:MAX_LISTED]
    ]
