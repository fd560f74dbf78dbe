"""Tasks and notices of people, and what people do to alerts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select, update

from store.bulk import among, insert_rows
from store.conflict import insert_new
from store.rows import by_name
from store.tables import alert, notice, task
from store.unit import PENDING_REV

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Row, Select

    from store.unit import UnitOfWork

TaskState = Literal["open", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to give somebody. `title`, `card` and `due_rule` are JSON text."""

    uid: str
    key: str
    kind: str
    title: str
    assignee_id: int
    card: str
    opened_at: int
    alert_id: int | None = None
    rule: str | None = None
    subject_entity: str | None = None
    subject_id: int | None = None
    due_at: int | None = None
    due_rule: str | None = None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it is."""

    id: int
    uid: str
    key: str
    kind: str
    title: str
    assignee_id: int
    alert_id: int | None
    rule: str | None
    subject_entity: str | None
    subject_id: int | None
    card: str
    state: TaskState
    opened_at: int
    due_at: int | None
    due_rule: str | None
    done_at: int | None
    done_by: int | None
    response_hours: int | None
    record_entity: str | None
    record_id: int | None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An episode of a rule as it is."""

    id: int
    uid: str
    rule: str
    subject_entity: str
    subject_id: int
    episode: int
    state: str
    opened_at: int
    opened_rev: int
    period: int | None
    closed_period: int | None
    acknowledged_at: int | None
    closed_at: int | None
    corrected: bool
    feedback: str | None
    evidence: str
    count: int


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A message for somebody's inbox. `subject` and `body` are JSON text."""

    uid: str
    key: str
    person_id: int
    subject: str
    body: str
    at: int
    link: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A message in an inbox."""

    id: int
    uid: str
    person_id: int
    subject: str
    body: str
    link: str | None
    at: int
    read_at: int | None


_TASK = tuple(each.name for each in fields(TaskRow))
_ALERT = tuple(each.name for each in fields(AlertRow))
_NOTICE = tuple(each.name for each in fields(NoticeRow))


# --- tasks --------------------------------------------------------------------------------
def put_task(uow: UnitOfWork, new: NewTask) -> TaskRow | None:
    """Give a task; None when that key was given before."""
    values = {**asdict(new), "state": "open", "opened_rev": PENDING_REV}
    task_id = insert_new(uow, task, values, unique=("key",))
    if task_id is None:
        return None
    mine = task.c.id == task_id
    uow.on_rev(lambda rev: uow.execute(update(task).where(mine).values(opened_rev=rev)))
    return _task(uow.execute(select(task).where(mine)).one())


def task_by_uid(uow: UnitOfWork, uid: str) -> TaskRow | None:
    """One task."""
    row = uow.execute(select(task).where(task.c.uid == uid)).first()
    return None if row is None else _task(row)


def lock_task(uow: UnitOfWork, uid: str) -> TaskRow | None:
    """One task, which nobody else can change before this unit commits."""
    row = uow.execute(select(task).where(task.c.uid == uid).with_for_update()).first()
    return None if row is None else _task(row)


def finish_task(
    uow: UnitOfWork,
    found: TaskRow,
    *,
    at: int,
    by: int | None,
    response_hours: int | None = None,
    record_entity: str | None = None,
    record_id: int | None = None,
) -> TaskRow:
    """An open task is done; `by` is a person, the record is what its form became."""
    values = {
        "done_at": at,
        "done_by": by,
        "response_hours": response_hours,
        "record_entity": record_entity,
        "record_id": record_id,
    }
    return _end_task(uow, found, "done", values)


def hand_over(uow: UnitOfWork, person_id: int, to: int) -> int:
    """The open tasks of a person become those of another; how many."""
    mine = (task.c.assignee_id == person_id, task.c.state == "open")
    return int(uow.execute(update(task).where(*mine).values(assignee_id=to)).rowcount)


def cancel_task(uow: UnitOfWork, found: TaskRow, *, at: int) -> TaskRow:
    """An open task is not needed any more."""
    return _end_task(uow, found, "cancelled", {"done_at": at})


def tasks_of(
    uow: UnitOfWork,
    person_id: int | None,
    *,
    state: TaskState | None = None,
    limit: int | None = None,
) -> list[TaskRow]:
    """The tasks of a person (of everybody, if None): open ones by deadline, others newest first."""
    statement: Select[Any] = select(task)
    if person_id is not None:
        statement = statement.where(task.c.assignee_id == person_id)
    if state is not None:
        statement = statement.where(task.c.state == state)
    if state == "open":
        statement = statement.order_by(task.c.due_at.asc().nulls_last(), task.c.id)
    else:
        statement = statement.order_by(task.c.id.desc())
    return [_task(row) for row in uow.execute(statement.limit(limit))]


def tasks_of_alert(uow: UnitOfWork, alert_id: int) -> list[TaskRow]:
    """The tasks an alert led to, oldest first."""
    rows = uow.execute(select(task).where(task.c.alert_id == alert_id).order_by(task.c.id))
    return [_task(row) for row in rows]


def count_open(uow: UnitOfWork, person_id: int, *, now: int) -> tuple[int, int]:
    """How many open tasks a person has, and how many of them are overdue."""
    mine = (task.c.assignee_id == person_id, task.c.state == "open")
    late = func.count().filter(task.c.due_at < now)
    row = uow.execute(select(func.count().label("n"), late.label("late")).where(*mine)).one()
    return int(row.n), int(row.late)


def _end_task(uow: UnitOfWork, found: TaskRow, state: TaskState, values: dict[str, Any]) -> TaskRow:
    mine = task.c.id == found.id
    ended = {**values, "state": state, "done_rev": PENDING_REV}
    changed = uow.execute(update(task).where(mine, task.c.state == "open").values(ended))
    if changed.rowcount != 1:
        raise ValueError(f"task {found.uid} is not open")
    uow.on_rev(lambda rev: uow.execute(update(task).where(mine).values(done_rev=rev)))
    return _task(uow.execute(select(task).where(mine)).one())


# --- alerts -------------------------------------------------------------------------------
def alert_by_uid(uow: UnitOfWork, uid: str) -> AlertRow | None:
    """One alert."""
    row = uow.execute(select(alert).where(alert.c.uid == uid)).first()
    return None if row is None else _alert(row)


def alert_by_id(uow: UnitOfWork, alert_id: int) -> AlertRow | None:
    """One alert by its row id."""
    row = uow.execute(select(alert).where(alert.c.id == alert_id)).first()
    return None if row is None else _alert(row)


def alerts_by_id(uow: UnitOfWork, ids: Collection[int]) -> dict[int, AlertRow]:
    """Alerts by row id."""
    rows = uow.execute(select(alert).where(among(uow, alert.c.id, ids)))
    return {row.id: _alert(row) for row in rows}


def list_alerts(
    uow: UnitOfWork, *, open_only: bool = False, limit: int | None = None
) -> list[AlertRow]:
    """Alerts, newest first; who may see them is the caller's business."""
    statement = select(alert).order_by(alert.c.id.desc()).limit(limit)
    if open_only:
        statement = statement.where(alert.c.state != "closed")
    return [_alert(row) for row in uow.execute(statement)]


def acknowledge_alert(uow: UnitOfWork, alert_id: int, *, at: int) -> bool:
    """Somebody has seen it; False when it is past that."""
    changed = uow.execute(
        update(alert)
        .where(alert.c.id == alert_id, alert.c.state == "firing")
        .values(state="acknowledged", acknowledged_at=at)
    )
    return changed.rowcount == 1


def close_alert(uow: UnitOfWork, alert_id: int, *, at: int) -> bool:
    """The episode is over; False when it was already."""
    mine = alert.c.id == alert_id
    changed = uow.execute(
        update(alert)
        .where(mine, alert.c.state != "closed")
        .values(state="closed", closed_at=at, closed_rev=PENDING_REV)
    )
    if changed.rowcount != 1:
        return False
    uow.on_rev(lambda rev: uow.execute(update(alert).where(mine).values(closed_rev=rev)))
    return True


def set_feedback(uow: UnitOfWork, alert_id: int, verdict: Literal["right", "false"]) -> None:
    """Whether the alert was right."""
    uow.execute(update(alert).where(alert.c.id == alert_id).values(feedback=verdict))


# --- notices ------------------------------------------------------------------------------
def put_notices(uow: UnitOfWork, new: Sequence[NewNotice]) -> None:
    """Put messages into inboxes; a key that was sent before is left out."""
    if new:
        names = [each.name for each in fields(NewNotice)]
        columns = {name: [getattr(each, name) for each in new] for name in names}
        insert_rows(uow, notice, columns, {}, unless_known=("key",))


def notices_of(
    uow: UnitOfWork, person_id: int, *, unread_only: bool = False, limit: int | None = None
) -> list[NoticeRow]:
    """The inbox of a person, newest first."""
    statement = select(notice).where(notice.c.person_id == person_id)
    if unread_only:
        statement = statement.where(notice.c.read_at.is_(None))
    rows = uow.execute(statement.order_by(notice.c.id.desc()).limit(limit))
    return [NoticeRow(**{name: by_name(row)[name] for name in _NOTICE}) for row in rows]


def count_unread(uow: UnitOfWork, person_id: int) -> int:
    """How many messages a person has not read."""
    unread = (notice.c.person_id == person_id, notice.c.read_at.is_(None))
    return int(uow.execute(select(func.count()).where(*unread)).scalar_one())


def mark_read(uow: UnitOfWork, uid: str, *, person_id: int, at: int) -> bool:
    """The person has read the message; False when it is not theirs."""
    mine = (notice.c.uid == uid, notice.c.person_id == person_id)
    if uow.execute(select(notice.c.id).where(*mine)).first() is None:
        return False
    uow.execute(update(notice).where(*mine, notice.c.read_at.is_(None)).values(read_at=at))
    return True


def _task(row: Row[Any]) -> TaskRow:
    return TaskRow(**{name: by_name(row)[name] for name in _TASK})


def _alert(row: Row[Any]) -> AlertRow:
    values = {name: by_name(row)[name] for name in _ALERT}
    return AlertRow(**{**values, "corrected": bool(values["corrected"])})
