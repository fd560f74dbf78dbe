"""What the system tables hold about a person beside records: accounts, remarks, looks, audit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from store.bulk import among
from store.rows import by_name
from store.tables import account, audit, file, form_draft, notice, record_comment, view_log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from store.record_tables import EntityTables, FieldColumn
    from store.unit import UnitOfWork

Json = dict[str, Any]
PERSON = "person"


def logins_of(uow: UnitOfWork, person_id: int) -> list[str]:
    """The logins of a person, of closed accounts too."""
    mine = select(account.c.login).where(account.c.person_id == person_id)
    return list(uow.execute(mine.order_by(account.c.id)).scalars())


def made_by(uow: UnitOfWork, tables: EntityTables, logins: Collection[str]) -> frozenset[int]:
    """The records that these accounts made."""
    current = tables.current
    mine = select(current.c.id).where(among(uow, current.c.created_by, logins))
    return frozenset(uow.execute(mine).scalars()) if logins else frozenset()


def pointing(
    uow: UnitOfWork,
    tables: EntityTables,
    columns: Collection[FieldColumn],
    person_id: int,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[int]:
    """The records that point to the person in one of these columns, in order of their ids."""
    current = tables.current
    tests = [current.c[column.name] == person_id for column in columns]
    chosen = select(current.c.id).where(or_(*tests), current.c.id > after)
    rows = uow.execute(chosen.order_by(current.c.id).limit(limit)) if tests else None
    return [] if rows is None else list(rows.scalars())


def comments(uow: UnitOfWork, person_id: int, logins: Collection[str]) -> list[Json]:
    """What the person said about records."""
    c = record_comment.c
    mine = or_(c.person_id == person_id, among(uow, c.author, logins))
    chosen = select(c.entity, c.record_id, c.author, c.body, c.at, c.edited_at).where(mine)
    return [dict(by_name(row)) for row in uow.execute(chosen.order_by(c.id))]


def notices(uow: UnitOfWork, person_id: int) -> list[Json]:
    """The messages in the person's inbox."""
    c = notice.c
    chosen = select(c.subject, c.body, c.at, c.read_at).where(c.person_id == person_id)
    return [dict(by_name(row)) for row in uow.execute(chosen.order_by(c.id))]


def drafts(uow: UnitOfWork, logins: Collection[str]) -> list[Json]:
    """The forms the person has filled in half."""
    c = form_draft.c
    chosen = select(c.form, c.inputs, c.real_at).where(among(uow, c.owner, logins))
    return [dict(by_name(row)) for row in uow.execute(chosen.order_by(c.id))]


def views_by(uow: UnitOfWork, logins: Collection[str]) -> list[Json]:
    """What the person looked at."""
    c = view_log.c
    chosen = select(c.entity, c.record_id, c.at).where(among(uow, c.actor, logins))
    return [dict(by_name(row)) for row in uow.execute(chosen.order_by(c.id))]


def audit_lines(uow: UnitOfWork, person_id: int, logins: Collection[str]) -> Iterator[Json]:
    """What the audit log says of the person: as the one who did it, or to whom it was done."""
    c = audit.c
    mine = or_(among(uow, c.actor, logins), among(uow, c.target, logins), c.target == PERSON)
    chosen = select(c.seq, c.at, c.actor, c.action, c.target, c.detail).where(mine)
    for row in uow.execute(chosen.order_by(c.seq)):
        detail = json.loads(row.detail)
        named = row.actor in logins or row.target in logins
        if named or _covers(detail.get("ids", ()), person_id):
            yield {**by_name(row), "detail": detail}


def files_of(
    uow: UnitOfWork, logins: Collection[str], *, entity: str = "", ids: Collection[int] = ()
) -> list[str]:
    """The uids of the files that records hold, and of those that these accounts sent."""
    c = file.c
    held = (c.record_entity == entity) & among(uow, c.record_id, ids)
    mine = or_(held, among(uow, c.uploader, logins))
    return list(uow.execute(select(c.uid).where(mine).order_by(c.id)).scalars())


def _covers(ranges: Collection[Any], number: int) -> bool:
    return any(isinstance(each, list) and each[0] <= number <= each[-1] for each in ranges)
