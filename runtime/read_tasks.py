"""Read what a person has to do and to know: tasks, cards, alerts, notices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from builder.model.rule import EventRule, PeriodRule
from dsl.values import format_datetime
from runtime.cards import filter_of
from runtime.decide.periods import label as period_label
from runtime.describe import columns, form_descriptor
from runtime.errors import NotFound
from runtime.files import FILES
from runtime.lookups import POINTING, displays, read, uids_of
from runtime.notify import RenderError, choose
from runtime.read_metrics import number, spoken
from runtime.seeing import alert_of, seen_alerts, subjects_shown
from runtime.values import dump_rows
from store import measurements, samples, tasks
from store.query import Query
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtime.context import Context
    from runtime.notify import Renderer
    from store.tasks import AlertRow, NoticeRow, TaskRow

Json = dict[str, Any]
MOST = 200
MOST_RECORDS = 50  # rows a card shows of one entity
MOST_POINTS = 2_000  # of a curve


def summary(ctx: Context) -> Json:
    """The counters on every screen."""
    person = ctx.actor.person_id
    is_open, overdue = (0, 0) if person is None else tasks.count_open(ctx.uow, person, now=ctx.now)
    alerts = seen_alerts(ctx, tasks.list_alerts(ctx.uow, open_only=True, limit=MOST))
    firing = [alert for alert in alerts if alert.state == "firing"]
    mine = () if person is None else tasks.tasks_of(ctx.uow, person, state="open")
    answered = {task.alert_id for task in mine}
    return {
        "tasks_open": is_open,
        "tasks_overdue": overdue,
        "alerts_firing": len(firing),
        # a card and the alert it answers are one thing to do
        "to_do": is_open + sum(1 for alert in firing if alert.id not in answered),
        "notices_unread": 0 if person is None else tasks.count_unread(ctx.uow, person),
    }


# --- tasks --------------------------------------------------------------------------------------
def my_tasks(ctx: Context, *, state: Literal["open", "done"] = "open") -> Json:
    """The actor's own tasks, most urgent first; done ones newest first."""
    if ctx.actor.person_id is None:
        return {"items": [], "next": None}
    found = tasks.tasks_of(ctx.uow, ctx.actor.person_id, state=state, limit=MOST)
    return {"items": task_items(ctx, found), "next": None}


def task_items(ctx: Context, found: Sequence[TaskRow]) -> list[Json]:
    """Tasks as a client gets them. A task names its subject: whoever has it may know that."""
    keys = {(t.subject_entity or "", t.subject_id or 0) for t in found}
    subjects = subjects_shown(ctx.as_system, keys)
    ids = {t.alert_id for t in found if t.alert_id is not None}
    alerts = {each.id: each.uid for each in tasks.alerts_by_id(ctx.uow, ids).values()}
    return [
        {
            "uid": task.uid,
            "title": json.loads(task.title),
            "kind": task.kind,
            "state": task.state,
            "opened_at": instant(task.opened_at),
            "due_at": instant(task.due_at),
            "done_at": instant(task.done_at),
            "overdue": task.state == "open" and task.due_at is not None and task.due_at < ctx.now,
            "response_hours": number(task.response_hours, None),
            "subject": subjects.get((task.subject_entity or "", task.subject_id or 0)),
            "rule": _rule(ctx, task.rule),
            "alert_uid": alerts.get(task.alert_id or 0),
        }
        for task in found
    ]


def task_card(ctx: Context, uid: str) -> Json:
    """A task with what its card shows: a curve, records, the form.

    Being given the task is the right to see what its card was made to show.
    """
    task = tasks.task_by_uid(ctx.uow, uid)
    if task is None or not (ctx.actor.admin or task.assignee_id == ctx.actor.person_id):
        raise NotFound(f"task {uid[:64]}")
    steps: list[Json] = json.loads(task.card)
    alert = None if task.alert_id is None else tasks.alert_by_id(ctx.uow, task.alert_id)
    return {
        **task_items(ctx, [task])[0],
        "steps": [_step(ctx, task, step) for step in steps],
        "alert": None if alert is None else _evidence(ctx, alert),
    }


def _step(ctx: Context, task: TaskRow, step: Mapping[str, Any]) -> Json:
    head = {"type": step["type"], "label": step["label"]}
    match step["type"]:
        case "chart":
            return {**head, "series": _curve(ctx, step)}
        case "records" if step["entity"] in ctx.catalog.entities:
            return {**head, **_records(ctx, step)}
        case "form":
            form = ctx.catalog.forms.get(step["form"])
            described = None if form is None else form_descriptor(ctx, form)
            given = given_by_card(ctx, task, step)
            done = task.state == "done"
            return {**head, "form": described, "done": done, **given}
        case _:
            return {**head, "done": task.state == "done"}


def given_by_card(ctx: Context, task: TaskRow, step: Mapping[str, Any]) -> Json:
    """What the card fills in: the subject of its alert, where the form has a field for it."""
    field = step.get("subject_into")
    entity, record = task.subject_entity, task.subject_id
    if field is None or entity is None or record is None:
        return {"values": {}, "display_values": {}}
    uid = uids_of(ctx, entity, [record]).get(record)
    shown = displays(ctx.as_system, entity, [record]).get(record, "")
    return {"values": {field: uid}, "display_values": {field: shown}}


def _curve(ctx: Context, step: Mapping[str, Any]) -> Json:
    found = samples.window(
        ctx.uow,
        str(step["series"]),
        int(step["subject_id"]),
        from_at=int(step["from_at"]),
        to_at=int(step["to_at"]),
    )
    series = samples.state(ctx.uow, str(step["series"]), int(step["subject_id"]))
    every = max(1, -(-len(found) // MOST_POINTS))
    return {
        "name": step["series"],
        "unit": None if series is None else series.unit,
        "points": [
            {"at": instant(each.at), "value": each.value, "quality": each.quality}
            for each in found[::every]
        ],
    }


def _records(ctx: Context, step: Mapping[str, Any]) -> Json:
    entity = ctx.catalog.entity(str(step["entity"]))
    shown = [f for f in entity.fields if f.rows is None and f.type not in FILES and not f.hidden]
    names = {
        f.key: f"{f.key}.{ctx.catalog.entity(f.entity or f.type).display}"
        for f in shown
        if f.type in POINTING
    }
    page = read(
        ctx,
        Query(
            entity.name,
            select=(*(f.key for f in shown), *names.values()),
            where=filter_of(step),
            limit=MOST_RECORDS,
        ),
        scope=SYSTEM,
    )
    rows = dump_rows(ctx, entity, page.rows)
    return {
        "entity": {"name": entity.name, "label": dict(entity.label)},
        "columns": columns(ctx.as_system, entity, [f.key for f in shown]),
        "rows": [
            {
                "uid": row["uid"],
                "values": values,
                "display_values": {key: row[path] or "" for key, path in names.items()},
            }
            for row, values in zip(page.rows, rows, strict=True)
        ],
    }


# --- alerts -------------------------------------------------------------------------------------
def my_alerts(ctx: Context, *, state: Literal["open", "all"] = "open") -> Json:
    """The alerts the actor was told of, or whose subject he can read; newest first."""
    found = tasks.list_alerts(ctx.uow, open_only=state == "open", limit=MOST)
    return {"items": alert_items(ctx, seen_alerts(ctx, found)), "next": None}


def get_alert(ctx: Context, uid: str) -> Json:
    """One alert with its evidence."""
    alert = alert_of(ctx, uid)
    return {**alert_items(ctx, [alert])[0], **_evidence(ctx, alert)}


def alert_items(ctx: Context, found: Sequence[AlertRow]) -> list[Json]:
    """Alerts as a client gets them."""
    subjects = subjects_shown(ctx.as_system, {(a.subject_entity, a.subject_id) for a in found})
    return [
        {
            "uid": alert.uid,
            "rule": _rule(ctx, alert.rule),
            "subject": subjects.get((alert.subject_entity, alert.subject_id)),
            "state": alert.state,
            "episode": alert.episode,
            "opened_at": instant(alert.opened_at),
            "acknowledged_at": instant(alert.acknowledged_at),
            "closed_at": instant(alert.closed_at),
            "period_label": _period_label(ctx, alert),
            "count": alert.count,
            "corrected": alert.corrected,
            "feedback": alert.feedback,
            "measurement_uid": _measurement_uid(ctx, alert),
        }
        for alert in found
    ]


def _evidence(ctx: Context, alert: AlertRow) -> Json:
    """Why the alert fired: its events or periods, one line each."""
    evidence: Json = json.loads(alert.evidence or "{}")
    rule = ctx.catalog.rules.get(alert.rule)
    entity = rule.events if isinstance(rule, EventRule) else None
    events = [
        {"at": e["at"], "text": e["text"], "record_uid": e["record_uid"], "entity": entity}
        for e in evidence.get("events", ())
    ]
    periods = [
        {"at": e["label"], "text": _point_text(e), "record_uid": None, "entity": None}
        for e in evidence.get("periods", ())
    ]
    return {
        "uid": alert.uid,
        "sentence": None if rule is None else spoken(ctx, rule),
        "evidence": [*events, *periods],
    }


def _point_text(point: Mapping[str, Any]) -> str:
    target = "" if point.get("target") is None else f" / {point['target']}"
    return f"{point.get('value') or '-'}{target}"


def _rule(ctx: Context, name: str | None) -> Json | None:
    if name is None:
        return None
    rule = ctx.catalog.rules.get(name)
    if rule is None:  # taken out of the catalog; what it raised stays
        return {"name": name, "label": {"zh-CN": name, "en": name}, "sentence": None}
    return {"name": name, "label": dict(rule.label), "sentence": spoken(ctx, rule)}


def _period_label(ctx: Context, alert: AlertRow) -> str | None:
    rule = ctx.catalog.rules.get(alert.rule)
    if alert.period is None or not isinstance(rule, PeriodRule):
        return None
    return period_label(alert.period, ctx.catalog.metrics[rule.signal].grain)


def _measurement_uid(ctx: Context, alert: AlertRow) -> str | None:
    rule = ctx.catalog.rules.get(alert.rule)
    if alert.period is None or not isinstance(rule, PeriodRule):
        return None
    found = measurements.read_series(
        ctx.uow,
        rule.signal,
        subjects=[alert.subject_id],
        from_period=alert.period,
        to_period=alert.period,
    )
    return found[0].uid if found else None


# --- notices ------------------------------------------------------------------------------------
def my_notices(ctx: Context, renderer: Renderer) -> Json:
    """The actor's inbox, newest first, in the actor's language."""
    if ctx.actor.person_id is None:
        return {"items": [], "next": None}
    found = tasks.notices_of(ctx.uow, ctx.actor.person_id, limit=MOST)
    return {"items": [_notice(ctx, notice, renderer) for notice in found], "next": None}


def _notice(ctx: Context, notice: NoticeRow, renderer: Renderer) -> Json:
    stored = json.loads(notice.body)
    language = ctx.actor.language
    wanted = {
        "subject": choose(json.loads(notice.subject), language),
        "body": choose(stored["text"], language),
    }
    try:
        texts = renderer.render(wanted, stored["values"])
    except RenderError:  # a broken template must not hide that there was something to say
        texts = wanted
    return {
        "uid": notice.uid,
        "subject": texts["subject"],
        "body": texts["body"],
        "link": notice.link,
        "at": instant(notice.at),
        "read_at": instant(notice.read_at),
    }


def instant(at: int | None) -> str | None:
    """An instant as JSON."""
    return None if at is None else format_datetime(at)
