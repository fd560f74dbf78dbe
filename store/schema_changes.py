"""Rows that say which field is on its way to another column, how far it is, and what failed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, delete, func, insert, select, update

from store import bulk
from store.tables import publication, schema_change, schema_change_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork

Phase = Literal["current", "history", "switched", "cancelled"]
State = Literal["filling", "waiting", "done", "failed", "cancelled"]
MOVING: tuple[Phase, ...] = ("current", "history")
OPEN: tuple[State, ...] = ("filling", "waiting")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication that waits until its fields are converted, or did."""

    id: int
    uid: str
    state: State
    proposal: Document
    author: str
    note: str
    problems: Sequence[Document]
    revision: int | None
    at: int


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One field between two columns; `back`: to a column that was filled before."""

    id: int
    uid: str
    publication_id: int | None
    entity: str
    key: str
    source: int
    target: int
    before: Document
    after: Document
    phase: Phase
    back: bool
    cursor: int
    mark: int
    converted: int
    switched_hid: int | None
    real_switched_at: int | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A row whose value has no place in the new column; it stays in the old one."""

    row: int  # id, or hid of a version
    record_id: int
    uid: str
    code: str
    args: Mapping[str, str]


# --- publications -------------------------------------------------------------------------
def put_publication(
    uow: UnitOfWork,
    *,
    uid: str,
    proposal: Document,
    author: str,
    note: str,
    at: int,
    real_at: int,
) -> int:
    """Remember what is to be published when its data is ready."""
    made = uow.execute(
        insert(publication)
        .values(
            uid=uid,
            state="filling",
            proposal=_text(proposal),
            author=author,
            note=note,
            problems="[]",
            at=at,
            real_at=real_at,
        )
        .returning(publication.c.id)
    )
    return int(made.scalar_one())


def move_publication(
    uow: UnitOfWork,
    number: int,
    state: State,
    *,
    problems: Sequence[Document] = (),
    revision: int | None = None,
) -> None:
    """Say what became of a publication."""
    values = {"state": state, "problems": json.dumps(list(problems)), "revision": revision}
    uow.execute(update(publication).where(publication.c.id == number).values(values))


def change_proposal(uow: UnitOfWork, number: int, proposal: Document) -> None:
    """What is consented to was added to."""
    uow.execute(
        update(publication).where(publication.c.id == number).values(proposal=_text(proposal))
    )


def publications(uow: UnitOfWork, *, limit: int = 100) -> list[Publication]:
    """The newest first."""
    rows = uow.execute(select(publication).order_by(publication.c.id.desc()).limit(limit))
    return [_publication(row) for row in rows]


def open_publications(uow: UnitOfWork) -> list[Publication]:
    """Those that are not over."""
    rows = uow.execute(select(publication).where(publication.c.state.in_(OPEN)))
    return [_publication(row) for row in rows]


def publication_of(
    uow: UnitOfWork, *, number: int | None = None, uid: str | None = None
) -> Publication | None:
    """One publication, locked until commit when the unit writes."""
    key = publication.c.uid == uid if number is None else publication.c.id == number
    statement = select(publication).where(key)
    row = uow.execute(statement.with_for_update() if uow.writable else statement).one_or_none()
    return None if row is None else _publication(row)


# --- fields on their way ------------------------------------------------------------------
def put_change(uow: UnitOfWork, **values: Any) -> SchemaChange:  # noqa: ANN401 - the columns of a change
    """Start a change."""
    made = uow.execute(
        insert(schema_change)
        .values(
            {
                **values,
                "before": _text(values["before"]),
                "after": _text(values["after"]),
                "converted": 0,
            }
        )
        .returning(schema_change)
    )
    return _change(made.one())


def move_change(uow: UnitOfWork, number: int, **values: int | str) -> SchemaChange:
    """Say how far a change is."""
    moved = uow.execute(
        update(schema_change)
        .where(schema_change.c.id == number)
        .values(values)
        .returning(schema_change)
    )
    return _change(moved.one())


def changes_of(uow: UnitOfWork, publication_id: int) -> list[SchemaChange]:
    """The changes one publication waits for."""
    mine = schema_change.c.publication_id == publication_id
    rows = uow.execute(select(schema_change).where(mine).order_by(schema_change.c.id))
    return [_change(row) for row in rows]


def changes(uow: UnitOfWork, *, limit: int = 200) -> list[SchemaChange]:
    """The newest first."""
    rows = uow.execute(select(schema_change).order_by(schema_change.c.id.desc()).limit(limit))
    return [_change(row) for row in rows]


def change_of(uow: UnitOfWork, uid: str) -> SchemaChange | None:
    """One change."""
    row = uow.execute(select(schema_change).where(schema_change.c.uid == uid)).one_or_none()
    return None if row is None else _change(row)


def switched_into(uow: UnitOfWork, column: int) -> SchemaChange | None:
    """The newest change that put this column in force."""
    row = uow.execute(
        select(schema_change)
        .where(schema_change.c.target == column, schema_change.c.phase == "switched")
        .order_by(schema_change.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _change(row)


# --- what failed --------------------------------------------------------------------------
def put_failures(
    uow: UnitOfWork,
    change: SchemaChange,
    *,
    history: bool,
    rows: Sequence[int],
    failures: Sequence[Failure],
) -> None:
    """These rows were tried again: their failures are these now."""
    table = schema_change_failure
    mine = and_(table.c.change_id == change.id, table.c.history.is_(history))
    uow.execute(delete(table).where(mine, bulk.among(uow, table.c.row, rows)))
    if failures:
        values = [
            {
                "change_id": change.id,
                "history": history,
                "row": each.row,
                "record_id": each.record_id,
                "uid": each.uid,
                "code": each.code,
                "args": _text(each.args),
            }
            for each in failures
        ]
        uow.execute(insert(table), values)


def failures(
    uow: UnitOfWork, change_id: int, *, history: bool = False, after: int = 0, limit: int = 100
) -> list[Failure]:
    """A page of what failed, by row."""
    table = schema_change_failure
    rows = uow.execute(
        select(table)
        .where(table.c.change_id == change_id, table.c.history.is_(history), table.c.row > after)
        .order_by(table.c.row)
        .limit(limit)
    )
    return [_failure(row) for row in rows]


def failures_of_record(uow: UnitOfWork, change_id: int, uid: str) -> list[Failure]:
    """The versions of one record whose values stayed behind."""
    table = schema_change_failure
    rows = uow.execute(
        select(table)
        .where(
            table.c.change_id == change_id,
            table.c.uid == uid,
            table.c.history.is_(True),
        )
        .order_by(table.c.row)
    )
    return [_failure(row) for row in rows]


def count_failures(uow: UnitOfWork, change_id: int, *, history: bool = False) -> int:
    """How many rows failed."""
    table = schema_change_failure
    counted = select(func.count()).where(
        table.c.change_id == change_id, table.c.history.is_(history)
    )
    return int(uow.execute(counted).scalar_one())


def _failure(row: Row[Any]) -> Failure:
    return Failure(row.row, row.record_id, row.uid, row.code, json.loads(row.args))


def _publication(row: Row[Any]) -> Publication:
    return Publication(
        row.id,
        row.uid,
        row.state,
        json.loads(row.proposal),
        row.author,
        row.note,
        json.loads(row.problems),
        row.revision,
        row.at,
    )


def _change(row: Row[Any]) -> SchemaChange:
    return SchemaChange(
        row.id,
        row.uid,
        row.publication_id,
        row.entity,
        row.key,
        row.source,
        row.target,
        json.loads(row.before),
        json.loads(row.after),
        row.phase,
        bool(row.back),
        row.cursor,
        row.mark,
        row.converted,
        row.switched_hid,
        row.real_switched_at,
    )


def _text(document: Document) -> str:
    return json.dumps(dict(document), ensure_ascii=False, separators=(",", ":"))
