"""Public links to forms: their tokens as hashes, what they fix, when they end."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from store.rows import told_by
from store.tables import public_link

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    per_minute: int | None = None  # how often it may be sent
    most: int | None = None  # how often in all
    sent: int = 0


def put(uow: UnitOfWork, link: Link, *, token_hash: str) -> None:
    """Keep a new link."""
    uow.execute(
        insert(public_link).values(
            **asdict(link) | {"fixed": json.dumps(link.fixed, ensure_ascii=False)},
            token_hash=token_hash,
        )
    )


def by_token(uow: UnitOfWork, token_hash: str) -> Link | None:
    """The link of a token."""
    row = uow.execute(select(public_link).where(public_link.c.token_hash == token_hash)).first()
    return None if row is None else told_by(row, Link, parsed=("fixed",))


def of_form(uow: UnitOfWork, form: str) -> list[Link]:
    """The links to a form, newest first."""
    mine = select(public_link).where(public_link.c.form == form)
    rows = uow.execute(mine.order_by(public_link.c.id.desc()))
    return [told_by(row, Link, parsed=("fixed",)) for row in rows]


def revoke(uow: UnitOfWork, form: str, uid: str, *, real_at: int) -> bool:
    """End a link; whether there was one."""
    mine = (public_link.c.form == form) & (public_link.c.uid == uid)
    ended = update(public_link).where(mine).values(real_revoked=real_at)
    return uow.execute(ended.returning(public_link.c.id)).first() is not None


def count_sent(uow: UnitOfWork, uid: str) -> bool:
    """One more was sent through the link; False when it takes no more."""
    takes = or_(public_link.c.most.is_(None), public_link.c.sent < public_link.c.most)
    counted = (
        update(public_link)
        .where(public_link.c.uid == uid, takes)
        .values(sent=public_link.c.sent + 1)
    )
    return uow.execute(counted.returning(public_link.c.id)).first() is not None
