"""Act on what one was given: finish a task, acknowledge an alert, judge it, read a notice."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from builder.model.rule import EventRule
from dsl.diagnostics import Diagnostic
from runtime import records
from runtime.apply import task_change
from runtime.clock import SECOND
from runtime.errors import Invalid, NotFound
from runtime.filling import fill_in
from runtime.read_tasks import given_by_card
from runtime.seeing import alert_of
from runtime.submit import note, remember, remembered, request_hash
from store import audit, episodes, rule_runs, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context
    from store.tasks import AlertRow, TaskRow

HOUR = 3600 * SECOND
Verdict = Literal["right", "false"]


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A finished task and the record its form became."""

    task_uid: str
    record_uid: str
    record_entity: str
    response_hours: int  # scale 6


def submit_task(
    ctx: Context, task_uid: str, values: Mapping[str, object], *, key: str
) -> TaskDone | list[Diagnostic]:
    """Send the form of a card: the record is stored, the task done, the response time measured.

    Being given the task is the right to fill in its form.
    """
    ctx.uow.rev()  # rules lock `head` before tasks and alerts; who does not may wait for each other
    request = request_hash({"task": task_uid, "values": values})
    earlier = remembered(ctx, key, request)
    if earlier is not None:
        return TaskDone(**json.loads(earlier))
    task = own_task(ctx, task_uid)
    if task.state != "open":
        raise Invalid(Diagnostic("RUN205"))
    try:
        done = _finish(ctx, task, values)
    except Invalid as refused:
        ctx.uow.roll_back()
        return list(refused.problems)
    answer = {
        "task_uid": done.task_uid,
        "record_uid": done.record_uid,
        "record_entity": done.record_entity,
        "response_hours": done.response_hours,
    }
    remember(ctx, key, request, response=json.dumps(answer))
    return done


def own_task(ctx: Context, uid: str) -> TaskRow:
    """A task of the actor, locked until commit; administrators may act on any."""
    task = tasks.lock_task(ctx.uow, uid)
    if task is None or not (ctx.actor.admin or task.assignee_id == ctx.actor.person_id):
        raise NotFound(f"task {uid[:64]}")
    return task


def form_step(task: TaskRow) -> dict[str, Any]:
    """The step of the card that asks for a form."""
    steps: list[dict[str, Any]] = json.loads(task.card)
    found = next((step for step in steps if step["type"] == "form"), None)
    if found is None:
        raise Invalid(Diagnostic("RUN211"))
    return found


def _finish(ctx: Context, task: TaskRow, values: Mapping[str, object]) -> TaskDone:
    step = form_step(task)
    name = str(step["form"])
    if name not in ctx.catalog.forms:
        raise NotFound(f"form {name}")
    compiled = ctx.catalog.compiled_form(name)
    given = given_by_card(ctx, task, step)["values"]
    filled = fill_in(ctx, compiled, {**given, **values})
    (change,) = records.insert(ctx, compiled.form.entity, [filled.values])
    note(ctx, compiled, change)
    hours = response_hours(task.opened_at, ctx.now)
    done = tasks.finish_task(
        ctx.uow,
        task,
        at=ctx.now,
        by=ctx.actor.person_id,
        response_hours=hours,
        record_entity=change.entity,
        record_id=change.id,
    )
    _audit(ctx, "task.done", f"task {task.uid}", {"record": change.uid})
    if task.alert_id is not None:
        _close_by_task(ctx, task.alert_id)
    records.follow(ctx, [task_change(done, task)])
    return TaskDone(task.uid, change.uid, change.entity, hours)


def response_hours(opened_at: int, done_at: int) -> int:
    """How long it took, in hours of scale 6, rounded half away from zero."""
    return ((done_at - opened_at) * 1_000_000 * 2 + HOUR) // (2 * HOUR)


# --- alerts -------------------------------------------------------------------------------------
def acknowledge(ctx: Context, alert_uid: str) -> None:
    """Somebody has seen the alert; for rules that ask no more, that closes it."""
    ctx.uow.rev()  # `head` before the alert, as rules do
    alert = alert_of(ctx, alert_uid)
    if alert.state == "closed":
        raise Invalid(Diagnostic("RUN209"))
    if alert.state == "acknowledged":
        return
    rule = ctx.catalog.rules.get(alert.rule)
    if isinstance(rule, EventRule) and rule.close == "acknowledged":
        _close(ctx, alert)
    else:
        tasks.acknowledge_alert(ctx.uow, alert.id, at=ctx.now)
    _audit(ctx, "alert.acknowledge", f"alert {alert_uid}", {})


def give_feedback(ctx: Context, alert_uid: str, verdict: Verdict) -> None:
    """Say whether the alert was right; precision per rule is counted from this."""
    ctx.uow.rev()  # `head` before the alert, as rules do
    alert = alert_of(ctx, alert_uid)
    if verdict not in ("right", "false"):
        raise Invalid(Diagnostic("RUN210", {"name": "verdict", "value": str(verdict)[:40]}))
    tasks.set_feedback(ctx.uow, alert.id, verdict)
    _audit(ctx, "alert.feedback", f"alert {alert_uid}", {"verdict": verdict})


def _close_by_task(ctx: Context, alert_id: int) -> None:
    alert = tasks.alert_by_id(ctx.uow, alert_id)
    if alert is None or alert.state == "closed":
        return
    rule = ctx.catalog.rules.get(alert.rule)
    if isinstance(rule, EventRule) and rule.close == "task_done":
        _close(ctx, alert)


def _close(ctx: Context, alert: AlertRow) -> None:
    """End the episode; the next one needs new events (the watermark stays)."""
    episodes.close_alerts(ctx.uow, [alert.id], at=ctx.now)
    state = rule_runs.lock_states(ctx.uow, alert.rule, [alert.subject_id])[alert.subject_id]
    if state.episode == alert.episode:
        rule_runs.put_state(ctx.uow, alert.rule, replace(state, state="inactive"))


# --- notices ------------------------------------------------------------------------------------
def read_notice(ctx: Context, uid: str) -> None:
    """The actor has read a message."""
    person = ctx.actor.person_id
    if person is None or not tasks.mark_read(ctx.uow, uid, person_id=person, at=ctx.now):
        raise NotFound(f"notice {uid[:64]}")


def _audit(ctx: Context, action: str, target: str, detail: Mapping[str, Any]) -> None:
    audit.append(
        ctx.uow,
        actor=ctx.actor.name,
        action=action,
        target=target,
        detail=detail,
        at=ctx.now,
    )
