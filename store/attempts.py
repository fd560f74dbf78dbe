"""Attempts per key, counted together by all processes that work on one PostgreSQL database.

SQLite has one process that serves people, whose own memory is enough. The table is not logged:
counting waits for no disk, and after a crash of the server counts begin anew.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from store.tables import attempt

if TYPE_CHECKING:
    from store.db import Database
    from store.unit import UnitOfWork

_NOW = bindparam("now", type_=BigInteger)
_WINDOW = bindparam("window", type_=BigInteger)
_IS_OVER = attempt.c.began <= _NOW - _WINDOW
_MINE = attempt.c.key == bindparam("mine")
_COUNT = (
    insert(attempt)
    .values(key=bindparam("mine"), began=_NOW, seen=1)
    .on_conflict_do_update(
        index_elements=[attempt.c.key],
        set_={
            "began": case((_IS_OVER, _NOW), else_=attempt.c.began),
            "seen": case((_IS_OVER, 1), else_=attempt.c.seen + 1),
        },
        where=or_(_IS_OVER, attempt.c.seen < bindparam("most")),
    )
    .returning(attempt.c.seen)
)
_BEGAN = select(attempt.c.began).where(_MINE)
_UNDO = update(attempt).where(_MINE, attempt.c.seen > 0).values(seen=attempt.c.seen - 1)
_FORGET = delete(attempt).where(_MINE)


def count(database: Database, key: str, *, now: int, window_us: int, limit: int) -> int:
    """Count an attempt; 0 when it may go on, else how long to wait.

    A window begins with its first attempt; what is refused does not count.
    """
    if not database.is_shared:
        return 0
    mine = {"mine": _hashed(key)}
    asked = {**mine, "now": now, "window": window_us, "most": limit}
    with database.beside() as connection:
        if connection.execute(_COUNT, asked).first() is not None:
            return 0
        began = connection.execute(_BEGAN, mine).scalar()
    return max(1, (now if began is None else int(began)) + window_us - now)


def undo(database: Database, key: str) -> None:
    """Take back one attempt."""
    if database.is_shared:
        with database.beside() as connection:
            connection.execute(_UNDO, {"mine": _hashed(key)})


def forget(database: Database, key: str) -> None:
    """Start anew for a key."""
    if database.is_shared:
        with database.beside() as connection:
            connection.execute(_FORGET, {"mine": _hashed(key)})


def purge(uow: UnitOfWork, *, before: int) -> int:
    """Forget windows that began before then."""
    return int(uow.execute(delete(attempt).where(attempt.c.began < before)).rowcount)


def _hashed(key: str) -> str:
    """Names of people and addresses of networks are nobody's to read here."""
    return hashlib.sha256(key.encode()).hexdigest()
