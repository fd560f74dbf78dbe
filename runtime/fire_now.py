"""Fire now rules for the records that changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from builder.compiled import CompiledNowRule
from dsl.backends.python import program
from runtime.openings import Opening, tell
from runtime.reading import read_ids
from store import episodes, rule_runs
from store.episodes import NewAlert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from runtime.context import Context
    from store.record_changes import Change
    from store.rule_runs import State


def fire_now(ctx: Context, rule_name: str, changes: Sequence[Change]) -> int:
    """Judge a now rule for changed records; the episodes opened."""
    compiled = ctx.catalog.compiled_rule(rule_name)
    known = rule_runs.get_run(ctx.uow, rule_name)
    if known is None or not isinstance(compiled, CompiledNowRule):
        return 0
    ids = sorted({c.id for c in changes if c.entity == compiled.rule.entity})
    if not ids:
        return 0
    states = rule_runs.lock_states(ctx.uow, rule_name, ids)
    running = episodes.open_of(ctx.uow, rule_name, ids)
    rows = {
        int(row["id"]): row for row in read_ids(ctx, compiled.rule.entity, ids, needed(compiled))
    }
    openings = []
    for record_id in ids:
        state, row = states[record_id], rows.get(record_id)
        enters, leaves = (False, True) if row is None else truths(ctx, compiled, row)
        if state.state == "inactive" and enters and not leaves:
            openings.append(_open(ctx, compiled, state))
        elif state.state != "inactive" and leaves:
            alert = running.get(record_id)
            if alert is not None:
                episodes.close_alerts(ctx.uow, [alert.id], at=ctx.now)
            rule_runs.put_state(ctx.uow, rule_name, replace(state, state="inactive"))
    tell(ctx, compiled, compiled.rule.entity, openings)
    return len(openings)


def needed(compiled: CompiledNowRule) -> tuple[str, ...]:
    """Every path both conditions read."""
    needs = (compiled.enter.needs, compiled.exit.needs)
    return tuple(dict.fromkeys(path for need in needs for path in (*need.paths, *need.rows)))


def truths(ctx: Context, compiled: CompiledNowRule, row: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether the record enters, and whether it leaves."""
    return (
        program(compiled.enter).evaluate(row, ctx.params).value is True,
        program(compiled.exit).evaluate(row, ctx.params).value is True,
    )


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
