"""What can go wrong in the store, as one hierarchy of exceptions."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_PG_TRY_AGAIN = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock time-out
# connection lost or refused, too many of them, server stopping or starting
_PG_AWAY = frozenset({"53300", "57P01", "57P02", "57P03"})
_PG_FULL, _SQLITE_FULL = "53100", 13
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_SQLITE_TRY_AGAIN = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED (low byte)


class StoreError(Exception):
    """Anything the store refuses; `code` is stable, `args` say what."""

    code = "STO000"


class DatabaseInUseError(StoreError):
    """Another process holds the SQLite database for itself; ask that process instead."""

    code = "STO001"


class BusyError(StoreError):
    """The writer's turn did not come in time."""

    code = "STO002"


class UnknownNameError(StoreError):
    """An entity or field that has no table or column."""

    code = "STO003"


class BadValueError(StoreError):
    """A value that its column cannot hold: (entity, field, problem)."""

    code = "STO004"


class NotFoundError(StoreError):
    """The record is not there, or is in the trash: (entity, id)."""

    code = "STO005"


class OverdrawnError(BadValueError):
    """A posting would leave an account of a ledger below nothing: (entity, amount, reason)."""


class DuplicateError(StoreError):
    """A unique key exists already on a current record: (entity, fields)."""

    code = "STO006"


class AppendOnlyError(StoreError):
    """A log entity is not changed after the fact: (entity,)."""

    code = "STO007"


class SchemaChangeError(StoreError):
    """A change of tables that is not additive: (entity, field, from, to)."""

    code = "STO008"


class HiddenFieldError(StoreError):
    """The scope does not show this field: (entity, field)."""

    code = "STO009"


class BadCursorError(StoreError):
    """A page cursor that this query did not hand out."""

    code = "STO010"


class NewerDatabaseError(StoreError):
    """A newer version of the program has changed the database: its unknown revision."""

    code = "STO014"


class DiskFullError(StoreError):
    """There is no room to store anything; what was there stays and can be read."""

    code = "STO011"


def is_full(error: BaseException) -> bool:
    """Whether there was no room on the disk, for the database or for a file beside it."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    if getattr(error.orig, "sqlstate", None) == _PG_FULL:
        return True
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    return sqlite_code is not None and sqlite_code & 0xFF == _SQLITE_FULL


def is_retryable(error: BaseException) -> bool:
    """Whether running the whole unit of work again may succeed (lock conflicts)."""
    if isinstance(error, BusyError):
        return True
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    if getattr(error.orig, "sqlstate", None) in _PG_TRY_AGAIN:
        return True
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    return sqlite_code is not None and sqlite_code & 0xFF in _SQLITE_TRY_AGAIN


def is_unavailable(error: BaseException) -> bool:
    """Whether the database can not be reached now; what became of a commit may be unknown."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # psycopg: the server was not there to give one
        ours = type(error.orig).__module__.startswith("psycopg")
        return ours and isinstance(error, OperationalError | InterfaceError)
    return state in _PG_AWAY or state.startswith("08")
