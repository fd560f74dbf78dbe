"""Fire now rules for the records that changed, and for those that read what changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.compiled import CompiledNowRule
from builder.paths import Reached, follow
from runtime.apply import put_job
from runtime.decide.dependencies import edges_of
from runtime.decide.effects import PutJob
from runtime.openings import Opening, tell
from runtime.reaching import touched
from runtime.reading import source_of
from store import episodes, leaves, rule_runs
from store.episodes import NewAlert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtime.context import Context
    from runtime.reaching import Reach
    from store.record_changes import Change
    from store.rule_runs import State

KIND = "judge_now"
AT_ONCE = 200  # so many records that read a change are judged with it; more by jobs, in parts


def judge_reading(reach: Reach, by_entity: Mapping[str, Sequence[Change]]) -> None:
    """Judge now rules for every record that reads something that changed.

    A change waits for those that changed themselves, and for few that only read them.
    """
    edges = edges_of(reach.ctx.catalog).rules
    due: dict[str, set[int]] = defaultdict(set)
    for entity, changes in by_entity.items():
        for edge in edges.get(entity, ()):
            if edge.is_own:
                due[edge.rule].update(touched(edge.fields, changes))
                continue
            prefix, ids = reach.owners(edge, changes)
            if ids:
                due[edge.rule].update(_few_behind(reach.ctx, edge.rule, prefix, ids))
    for rule, own in due.items():
        fire_now(reach.ctx, rule, sorted(own))


def _few_behind(ctx: Context, rule: str, prefix: str, ids: Sequence[int]) -> Sequence[int]:
    """The records of a rule that reach these by a path; none when jobs will judge them."""
    compiled = _now_rule(ctx, rule)
    found = [] if compiled is None else _part(ctx, compiled, prefix, ids, after=0)
    if len(found) < AT_ONCE:
        return found
    name = ctx.new_uid()
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        payload = {"rule": rule, "prefix": prefix, "ids": some, "after": 0}
        put_job(ctx, _later(f"{name}:{start}", payload))
    return ()


def _part(
    ctx: Context, compiled: CompiledNowRule, prefix: str, ids: Sequence[int], *, after: int
) -> list[int]:
    source, through = source_of(ctx, compiled.rule.entity), prefix or "id"
    return leaves.ids_reaching(ctx.uow, source, prefix=through, ids=ids, after=after, limit=AT_ONCE)


def _later(name: str, payload: Mapping[str, Any]) -> PutJob:
    """A part that a job judges; each is asked for once."""
    return PutJob(KIND, f"{KIND}:{name}:{payload['after']}", {**payload, "name": name})


def judge_part(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Judge some of the records that reach changed ones, and ask for the next.

    They are looked up again: what pointed there before, or does since, was judged for that.
    """
    compiled, prefix = _now_rule(ctx, str(payload["rule"])), str(payload["prefix"])
    if compiled is None:
        return
    if not isinstance(follow(ctx.catalog.entities, compiled.rule.entity, prefix), Reached):
        return  # a publication took the reference away
    ctx.uow.rev()  # first of all: what is judged is what is known at this change
    found = _part(ctx, compiled, prefix, payload["ids"], after=int(payload["after"]))
    fire_now(ctx, compiled.rule.name, found)
    if len(found) == AT_ONCE:
        put_job(ctx, _later(str(payload["name"]), {**payload, "after": found[-1]}))


def _now_rule(ctx: Context, name: str) -> CompiledNowRule | None:
    """A now rule that is judged."""
    compiled = ctx.catalog.compiled_rule(name) if name in ctx.catalog.rules else None
    if not isinstance(compiled, CompiledNowRule) or rule_runs.get_run(ctx.uow, name) is None:
        return None
    return compiled


def fire_now(ctx: Context, rule_name: str, ids: Sequence[int]) -> int:
    """Judge a now rule for these records; the episodes opened."""
    compiled = _now_rule(ctx, rule_name) if ids else None
    if compiled is None:
        return 0
    states = rule_runs.lock_states(ctx.uow, rule_name, ids)
    running = episodes.open_of(ctx.uow, rule_name, ids)
    conditions = (compiled.enter, compiled.exit)
    source = source_of(ctx, compiled.rule.entity)
    truths = leaves.truths_of(ctx.uow, source, conditions, ctx.params, ids=ids)
    openings = []
    for record_id in ids:
        state, (enters, ends) = states[record_id], truths.get(record_id, (False, True))
        if state.state == "inactive" and enters and not ends:
            openings.append(_open(ctx, compiled, state))
        elif state.state != "inactive" and ends:
            alert = running.get(record_id)
            if alert is not None:
                episodes.close_alerts(ctx.uow, [alert.id], at=ctx.now)
            rule_runs.put_state(ctx.uow, rule_name, replace(state, state="inactive"))
    tell(ctx, compiled, compiled.rule.entity, openings)
    return len(openings)


def _open(ctx: Context, compiled: CompiledNowRule, state: State) -> Opening:
    uid, number = ctx.new_uid(), state.episode + 1
    evidence = {"kind": "record", "entity": compiled.rule.entity}
    alert_id = episodes.open_alert(
        ctx.uow,
        NewAlert(
            uid=uid,
            rule=compiled.rule.name,
            subject_entity=compiled.rule.entity,
            subject_id=state.subject_id,
            episode=number,
            at=ctx.now,
            evidence="{}",
        ),
    )
    rule_runs.put_state(ctx.uow, compiled.rule.name, replace(state, state="firing", episode=number))
    return Opening(alert_id, uid, state.subject_id, number, evidence, {"period_label": ""})
