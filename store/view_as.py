"""Which sessions look at the system as somebody else; ends with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from store.tables import session, view_as

if TYPE_CHECKING:
    from store.unit import UnitOfWork


def begin(uow: UnitOfWork, token_hash: str, account_id: int, *, by: str, real_at: int) -> None:
    """Look as that account from the next request on."""
    end(uow, token_hash)
    uow.execute(
        insert(view_as).values(token_hash=token_hash, account_id=account_id, by=by, real_at=real_at)
    )


def end(uow: UnitOfWork, token_hash: str) -> bool:
    """Look as oneself again; whether there was anything to end."""
    mine = delete(view_as).where(view_as.c.token_hash == token_hash)
    return bool(uow.execute(mine).rowcount)


def purge(uow: UnitOfWork) -> int:
    """Forget what belongs to sessions that are gone."""
    gone = view_as.c.token_hash.not_in(select(session.c.token_hash))
    return int(uow.execute(delete(view_as).where(gone)).rowcount)
