"""Keys of programs: scoped, expiring, stored as hashes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from store.tables import api_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A key to keep."""

    uid: str
    token_hash: str
    account_id: int
    label: str
    scopes: Sequence[str]
    real_expires: int


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A key without its value, which nobody has but its holder."""

    uid: str
    account_id: int
    label: str
    scopes: tuple[str, ...]
    real_expires: int
    real_used: int | None


def create(uow: UnitOfWork, new: NewToken) -> None:
    """Keep a key."""
    uow.execute(
        insert(api_token).values(
            uid=new.uid,
            token_hash=new.token_hash,
            account_id=new.account_id,
            label=new.label,
            scopes=json.dumps(list(new.scopes)),
            real_expires=new.real_expires,
        )
    )


def by_hash(uow: UnitOfWork, token_hash: str) -> StoredToken | None:
    """The key with that hash."""
    row = uow.execute(select(api_token).where(api_token.c.token_hash == token_hash)).first()
    return None if row is None else _token(row)


def of_account(uow: UnitOfWork, account_id: int) -> list[StoredToken]:
    """The keys of an account, oldest first."""
    mine = select(api_token).where(api_token.c.account_id == account_id).order_by(api_token.c.id)
    return [_token(row) for row in uow.execute(mine)]


def touch(uow: UnitOfWork, token_hash: str, *, real_at: int) -> None:
    """Note that a key was used."""
    mine = api_token.c.token_hash == token_hash
    uow.execute(update(api_token).where(mine).values(real_used=real_at))


def remove(uow: UnitOfWork, account_id: int, uid: str) -> bool:
    """Take a key of an account back; False when it has none of that uid."""
    mine = (api_token.c.account_id == account_id, api_token.c.uid == uid)
    return bool(uow.execute(delete(api_token).where(*mine)).rowcount)


def purge(uow: UnitOfWork, *, expired_before: int) -> int:
    """Forget keys that ended long ago."""
    old = api_token.c.real_expires < expired_before
    return int(uow.execute(delete(api_token).where(old)).rowcount)


def _token(row: Row[Any]) -> StoredToken:
    return StoredToken(
        uid=row.uid,
        account_id=row.account_id,
        label=row.label,
        scopes=tuple(json.loads(row.scopes)),
        real_expires=row.real_expires,
        real_used=row.real_used,
    )
