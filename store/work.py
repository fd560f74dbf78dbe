"""Long work on many records, as rows: how far it is, what became of each row, when to stop."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from store.bulk import among, insert_rows
from store.tables_records import record_work, work_item

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work; `place` says where the next batch begins."""

    id: int
    uid: str
    kind: str
    actor: str
    entity: str
    request: Mapping[str, Any]
    state: str
    total: int
    done: int
    written: int
    unchanged: int
    refused: int
    place: Any
    file_uid: str | None
    cancel: bool
    at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the work: which record, or what came, and what is wrong with it."""

    place: int
    record_id: int | None = None
    version: int | None = None
    problems: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    row: Any = None


def start(
    uow: UnitOfWork,
    *,
    uid: str,
    kind: str,
    actor: str,
    entity: str,
    request: Mapping[str, Any],
    total: int,
    at: int,
) -> int:
    """Begin; its row id."""
    values = {
        "uid": uid, "kind": kind, "actor": actor, "entity": entity, "state": "running",
        "request": json.dumps(request, ensure_ascii=False), "total": total, "at": at,
    }  # fmt: skip
    row = uow.execute(insert(record_work).values(values).returning(record_work.c.id))
    return int(row.scalar_one())


def by_uid(uow: UnitOfWork, uid: str, *, lock: bool = False) -> Work | None:
    """One piece of work."""
    chosen = select(record_work).where(record_work.c.uid == uid)
    row = uow.execute(chosen.with_for_update() if lock else chosen).first()
    return None if row is None else _work(row)


def of_actor(uow: UnitOfWork, actor: str, *, limit: int) -> list[Work]:
    """The newest work of a person."""
    chosen = select(record_work).where(record_work.c.actor == actor)
    rows = uow.execute(chosen.order_by(record_work.c.id.desc()).limit(limit))
    return [_work(row) for row in rows]


def advance(uow: UnitOfWork, work_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    """Note how far it is."""
    if "place" in values:
        values["place"] = json.dumps(values["place"], ensure_ascii=False)
    uow.execute(update(record_work).where(record_work.c.id == work_id).values(values))


def ask_to_stop(uow: UnitOfWork, work_id: int) -> bool:
    """Have it stop before its next batch; False when it is over already."""
    running = (record_work.c.id == work_id, record_work.c.state == "running")
    return bool(uow.execute(update(record_work).where(*running).values(cancel=True)).rowcount)


def put_items(uow: UnitOfWork, work_id: int, items: Sequence[Item]) -> None:
    """Keep rows of the work."""
    if not items:
        return
    columns: dict[str, Sequence[Any]] = {
        "place": [each.place for each in items],
        "record_id": [each.record_id for each in items],
        "version": [each.version for each in items],
        "problems": [_problems(each) for each in items],
        "row": [None if i.row is None else json.dumps(i.row, ensure_ascii=False) for i in items],
    }
    insert_rows(uow, work_item, columns, {"work_id": work_id})


def items(
    uow: UnitOfWork, work_id: int, *, after: int, limit: int, refused_only: bool = False
) -> list[Item]:
    """The rows behind a place, in order."""
    c = work_item.c
    chosen = select(work_item).where(c.work_id == work_id, c.place > after)
    if refused_only:
        chosen = chosen.where(c.problems.is_not(None))
    return [_item(row) for row in uow.execute(chosen.order_by(c.place).limit(limit))]


def settle(uow: UnitOfWork, work_id: int, settled: Sequence[Item]) -> None:
    """Replace rows by what became of them."""
    drop(uow, work_id, [each.place for each in settled])
    put_items(uow, work_id, settled)


def drop(uow: UnitOfWork, work_id: int, places: Collection[int]) -> None:
    """Forget rows of which nothing has to be remembered."""
    mine = (work_item.c.work_id == work_id, among(uow, work_item.c.place, places))
    uow.execute(delete(work_item).where(*mine))


def count_items(uow: UnitOfWork, work_id: int) -> int:
    """How many rows are kept."""
    mine = select(func.count()).select_from(work_item).where(work_item.c.work_id == work_id)
    return int(uow.execute(mine).scalar_one())


def purge(uow: UnitOfWork, *, ended_before: int) -> int:
    """Forget work that ended long ago."""
    old = select(record_work.c.id).where(record_work.c.ended_at < ended_before)
    uow.execute(delete(work_item).where(work_item.c.work_id.in_(old)))
    gone = delete(record_work).where(record_work.c.ended_at < ended_before)
    return int(uow.execute(gone).rowcount)


def _problems(item: Item) -> str | None:
    return json.dumps(list(item.problems), ensure_ascii=False) if item.problems else None


def _item(row: Row[Any]) -> Item:
    return Item(
        place=row.place,
        record_id=row.record_id,
        version=row.version,
        problems=() if row.problems is None else tuple(json.loads(row.problems)),
        row=None if row.row is None else json.loads(row.row),
    )


def _work(row: Row[Any]) -> Work:
    return Work(
        id=row.id, uid=row.uid, kind=row.kind, actor=row.actor, entity=row.entity,
        request=json.loads(row.request), state=row.state, total=row.total, done=row.done,
        written=row.written, unchanged=row.unchanged, refused=row.refused,
        place=None if row.place is None else json.loads(row.place), file_uid=row.file_uid,
        cancel=bool(row.cancel), at=row.at, ended_at=row.ended_at,
    )  # fmt: skip
