"""What people say about records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import false, insert, select, update

from store.bulk import among
from store.tables_records import record_comment

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark; `mentions` are row ids of persons."""

    uid: str
    entity: str
    record_id: int
    author: str
    person_id: int | None
    body: str
    mentions: tuple[int, ...]
    at: int
    edited_at: int | None = None
    id: int = 0


def put(uow: UnitOfWork, new: Comment) -> None:
    """Keep a remark."""
    values = {
        "uid": new.uid, "entity": new.entity, "record_id": new.record_id, "author": new.author,
        "person_id": new.person_id, "body": new.body, "mentions": json.dumps(new.mentions),
        "at": new.at,
    }  # fmt: skip
    uow.execute(insert(record_comment).values(values))


def of_record(
    uow: UnitOfWork, entity: str, record_id: int, *, after: int = 0, limit: int = 50
) -> list[Comment]:
    """The remarks on a record in order."""
    c = record_comment.c
    chosen = select(record_comment).where(
        c.entity == entity, c.record_id == record_id, c.deleted.is_(false()), c.id > after
    )
    return [_comment(row) for row in uow.execute(chosen.order_by(c.id).limit(limit))]


def by_uid(uow: UnitOfWork, uid: str) -> Comment | None:
    """One remark that was not withdrawn, locked until commit."""
    c = record_comment.c
    chosen = select(record_comment).where(c.uid == uid, c.deleted.is_(false())).with_for_update()
    row = uow.execute(chosen).first()
    return None if row is None else _comment(row)


def edit(uow: UnitOfWork, uid: str, body: str, mentions: Sequence[int], *, at: int) -> None:
    """Say it differently."""
    _change(uow, uid, body=body, mentions=json.dumps(list(mentions)), edited_at=at)


def withdraw(uow: UnitOfWork, uid: str, *, at: int) -> None:
    """Take it back; the words are gone."""
    _change(uow, uid, body="", mentions="[]", deleted=True, edited_at=at)


def redact(uow: UnitOfWork, entity: str, record_ids: Collection[int]) -> None:
    """Take the words out of every remark on these records; that there was one stays."""
    c = record_comment.c
    here = (c.entity == entity, among(uow, c.record_id, record_ids))
    uow.execute(update(record_comment).where(*here).values(body="", mentions="[]", deleted=True))


def _change(uow: UnitOfWork, uid: str, **values: Any) -> None:  # noqa: ANN401 - columns
    uow.execute(update(record_comment).where(record_comment.c.uid == uid).values(values))


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        uid=row.uid, entity=row.entity, record_id=row.record_id, author=row.author,
        person_id=row.person_id, body=row.body, mentions=tuple(json.loads(row.mentions)),
        at=row.at, edited_at=row.edited_at, id=row.id,
    )  # fmt: skip
