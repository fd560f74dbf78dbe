"""The `sys.*` entities: system tables in the shape of records, now or as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, literal, null, or_, select

from store.column_types import BIGINT, TEXT
from store.errors import UnknownNameError
from store.tables import alert, measurement, sync_run, task, view_log

if TYPE_CHECKING:
    from sqlalchemy import Subquery, Table

Rows = Callable[[int | None], "Subquery"]


def system_rows(entity: str, as_of: int | None) -> Subquery:
    """The rows of a system entity: id, uid and its fields by key."""
    rows = _ROWS.get(entity)
    if rows is None:
        raise UnknownNameError(entity)
    return rows(as_of)


def _until(
    column: ColumnElement[Any], rev: ColumnElement[int], as_of: int | None
) -> ColumnElement[Any]:
    """What became known with `rev`: blank before that."""
    if as_of is None:
        return column
    return case((rev <= as_of, column), else_=cast(null(), column.type))


def _known(rev: ColumnElement[int], as_of: int | None) -> list[ColumnElement[bool]]:
    return [] if as_of is None else [rev <= as_of]


def _tasks(as_of: int | None) -> Subquery:
    c = task.c
    state: ColumnElement[str] = c.state
    if as_of is not None:
        state = case((c.done_rev <= as_of, c.state), else_=literal("open", TEXT))
    return (
        select(
            *(c.id, c.uid, c.rule, c.title, c.assignee_id.label("assignee")),
            *(state.label("state"), c.opened_at, c.due_at),
            _until(c.done_at, c.done_rev, as_of).label("done_at"),
            _until(c.response_hours, c.done_rev, as_of).label("response_hours"),
            *(c.subject_entity, c.subject_id),
        )
        .where(*_known(c.opened_rev, as_of))
        .subquery()
    )


def _alerts(as_of: int | None) -> Subquery:
    c = alert.c
    state: ColumnElement[str] = c.state
    if as_of is not None:
        state = case((c.closed_rev <= as_of, c.state), else_=literal("firing", TEXT))
    return (
        select(
            *(c.id, c.uid, c.rule, c.subject_entity, c.subject_id, c.episode),
            *(state.label("state"), c.opened_at),
            _until(c.closed_at, c.closed_rev, as_of).label("closed_at"),
            c.feedback,
        )
        .where(*_known(c.opened_rev, as_of))
        .subquery()
    )


def _measurements(as_of: int | None) -> Subquery:
    m = measurement
    newest = [m.c.current.is_(True)] if as_of is None else [m.c.rev <= as_of, _none_later(m, as_of)]
    return (
        select(
            *(m.c.id, m.c.uid, m.c.metric, m.c.subject_id),
            *(m.c.period, m.c.value, m.c.target, m.c.n),
        )
        .where(*newest)
        .subquery()
    )


def _none_later(m: Table, as_of: int) -> ColumnElement[bool]:
    later = m.alias("later")
    same = and_(
        later.c.metric == m.c.metric,
        later.c.subject_id == m.c.subject_id,
        later.c.period == m.c.period,
        later.c.rev <= as_of,
        or_(later.c.rev > m.c.rev, and_(later.c.rev == m.c.rev, later.c.id > m.c.id)),
    )
    return ~exists().where(same)


def _sync_runs(as_of: int | None) -> Subquery:
    c = sync_run.c
    return (
        select(
            *(c.id, c.uid, c.source, c.stream, c.started_at),
            *(c.ended_at, c.state, c.rows_written),
        )
        .where(*_known(c.rev, as_of))
        .subquery()
    )


def _view_log(as_of: int | None) -> Subquery:
    c = view_log.c
    uid = literal("view-", TEXT) + cast(c.id, Text)
    return (
        select(c.id, uid.label("uid"), c.actor, c.entity, c.at)
        .where(*_known(c.rev, as_of))
        .subquery()
    )


_ROWS: Mapping[str, Rows] = {
    "sys.task": _tasks,
    "sys.alert": _alerts,
    "sys.measurement": _measurements,
    "sys.sync_run": _sync_runs,
    "sys.view_log": _view_log,
}
ONE_VERSION = literal(1, BIGINT)  # what a row of a system entity has for a version
