"""Carry out what was decided: effects become rows of the same unit of work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from runtime import records
from runtime.decide.calendars import Days, calendar_of, deadline
from runtime.decide.effects import PutJob, PutMail, PutNotice, PutTask, WriteRecord
from runtime.errors import NotFound
from runtime.filling import complete
from runtime.receivers import Receiver, receivers
from runtime.standing import amended, standing
from store import calendar_days, jobs, outbox, query, tasks
from store.record_changes import Change
from store.record_writes import Origin
from store.tasks import NewNotice, NewTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runtime.context import Context
    from runtime.decide.effects import Effect
    from store.tasks import TaskRow

SMTP, SEND_MAIL = "smtp", "send_mail"
BY_RULE = Origin("system")
TASK = "sys.task"


def apply(ctx: Context, effects: Sequence[Effect]) -> None:
    """Carry out all effects; the same key twice is done once."""
    people = receivers(ctx, _people(effects))
    opened: list[Change] = []
    _put_mails(ctx, [each for each in effects if isinstance(each, PutMail)], people)
    _put_notices(ctx, [each for each in effects if isinstance(each, PutNotice)])
    for effect in effects:
        match effect:
            case PutMail() | PutNotice():
                pass  # written all at once
            case PutTask():
                opened += _put_task(ctx, effect)
            case PutJob():
                put_job(ctx, effect)
            case WriteRecord():
                _write(ctx, effect)
            case _:
                assert_never(effect)
    records.follow(ctx, opened)


def put_job(ctx: Context, effect: PutJob) -> bool:
    """Durable work for later, one link further down the chain of causes."""
    return jobs.put(
        ctx.uow,
        kind=effect.kind,
        key=effect.key,
        payload=effect.payload,
        run_at=effect.run_at,
        at=ctx.now,
        cause=ctx.cause.what,
        depth=ctx.cause.depth,
    )


def task_change(task: TaskRow, before: TaskRow | None) -> Change:
    """A task that was opened or closed, as metrics over `sys.task` hear of it."""
    return Change(
        TASK,
        task.id,
        task.uid,
        None if before is None else _task_fields(before),
        _task_fields(task),
    )


def _people(effects: Iterable[Effect]) -> list[int]:
    return sorted({e.person_id for e in effects if isinstance(e, PutMail)})


def _put_mails(ctx: Context, mails: Sequence[PutMail], people: Mapping[int, Receiver]) -> None:
    """Outbox rows; the words are chosen when they are sent. Nobody without an address."""
    payloads = {}
    for effect in mails:
        receiver = people.get(effect.person_id)
        if receiver is not None and receiver.email:
            payloads[f"mail:{effect.key}"] = {
                "to": receiver.email,
                "to_name": receiver.name,
                "language": receiver.language,
                "template": effect.template,
                "revision": ctx.catalog.revision,
                "values": dict(effect.values),
            }
    outbox.put_all(
        ctx.uow, payloads, connector=SMTP, operation=SEND_MAIL, at=ctx.now, cause=ctx.cause.what
    )


def _put_notices(ctx: Context, notices: Sequence[PutNotice]) -> None:
    tasks.put_notices(ctx.uow, [_notice(ctx, each) for each in notices])


def _notice(ctx: Context, effect: PutNotice) -> NewNotice:
    """The words in both languages with their values; the reader's language is chosen late."""
    document = ctx.catalog.documents[effect.template]
    return NewNotice(
        uid=ctx.new_uid(),
        key=f"notice:{effect.key}",
        person_id=effect.person_id,
        subject=_text(dict(document.subject)),
        body=_text({"text": dict(document.body), "values": dict(effect.values)}),
        at=ctx.now,
        link=effect.link,
    )


def _put_task(ctx: Context, effect: PutTask) -> list[Change]:
    calendar = calendar_of(ctx.catalog.calendars, effect.due_calendar)
    days = Days(calendar, calendar_days.table_of(ctx.uow, calendar.name))
    task = tasks.put_task(
        ctx.uow,
        NewTask(
            uid=ctx.new_uid(),
            key=f"task:{effect.key}",
            kind="card",
            title=_text(dict(effect.title)),
            assignee_id=effect.person_id,
            alert_id=effect.alert_id,
            rule=effect.rule,
            subject_entity=effect.subject_entity,
            subject_id=effect.subject_id,
            card=_text(list(effect.card)),
            opened_at=ctx.now,
            due_at=deadline(days, ctx.now, effect.due_hours).due_at,
            due_rule=_text({"hours": effect.due_hours, "calendar": effect.due_calendar}),
        ),
    )
    return [] if task is None else [task_change(task, None)]


def _write(ctx: Context, effect: WriteRecord) -> None:
    """By the same rules as if somebody wrote it."""
    if effect.uid is None:
        compiled = standing(ctx, ctx.catalog.entity(effect.entity))
        filled = complete(ctx, compiled, effect.values)
        records.insert(ctx, effect.entity, [filled.values], origin=BY_RULE)
        return
    known = query.uid_to_id(ctx.uow, ctx.tables, effect.entity, [effect.uid])
    if effect.uid not in known:
        raise NotFound(f"{effect.entity} {effect.uid}")
    values = amended(ctx, effect.entity, known[effect.uid], effect.values)
    records.update(ctx, effect.entity, known[effect.uid], values, origin=BY_RULE)


def _task_fields(task: TaskRow) -> dict[str, int | str | None]:
    return {
        "rule": task.rule,
        "title": task.title,
        "assignee": task.assignee_id,
        "state": task.state,
        "opened_at": task.opened_at,
        "due_at": task.due_at,
        "done_at": task.done_at,
        "response_hours": task.response_hours,
        "subject_entity": task.subject_entity,
        "subject_id": task.subject_id,
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
