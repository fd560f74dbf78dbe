"""Public links to forms: their tokens as hashes, what they fix, when they end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from store.tables import public_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link; `fixed` are values that go into every record made through it."""

    uid: str
    form: str
    label: str
    fixed: Mapping[str, Any]
    created_by: str
    real_created: int
    real_expires: int
    real_revoked: int | None = None


def put(uow: UnitOfWork, link: Link, *, token_hash: str) -> None:
    """Keep a new link."""
    uow.execute(
        insert(public_link).values(
            uid=link.uid,
            form=link.form,
            label=link.label,
            token_hash=token_hash,
            fixed=json.dumps(link.fixed, ensure_ascii=False),
            created_by=link.created_by,
            real_created=link.real_created,
            real_expires=link.real_expires,
        )
    )


def by_token(uow: UnitOfWork, token_hash: str) -> Link | None:
    """The link of a token."""
    row = uow.execute(select(public_link).where(public_link.c.token_hash == token_hash)).first()
    return None if row is None else _link(row)


def of_form(uow: UnitOfWork, form: str) -> list[Link]:
    """The links to a form, newest first."""
    mine = select(public_link).where(public_link.c.form == form)
    return [_link(row) for row in uow.execute(mine.order_by(public_link.c.id.desc()))]


def revoke(uow: UnitOfWork, form: str, uid: str, *, real_at: int) -> bool:
    """End a link; whether there was one."""
    mine = (public_link.c.form == form) & (public_link.c.uid == uid)
    ended = update(public_link).where(mine).values(real_revoked=real_at)
    return uow.execute(ended.returning(public_link.c.id)).first() is not None


def _link(row: Row[Any]) -> Link:
    return Link(
        uid=row.uid,
        form=row.form,
        label=row.label,
        fixed=json.loads(row.fixed),
        created_by=row.created_by,
        real_created=row.real_created,
        real_expires=row.real_expires,
        real_revoked=row.real_revoked,
    )
