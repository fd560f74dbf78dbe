"""SQLAlchemy engines set up as the measurements in the design ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, QueuePool, create_engine, event

from store.sqlite_functions import FUNCTIONS, ExactSum

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    import psycopg
    from sqlalchemy import PoolProxiedConnection
    from sqlalchemy.engine.interfaces import DBAPIConnection

BUSY_TIMEOUT_MS = 30_000
_COMMON = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)
# Writes and checkpoints stay on the one writing connection: SQLite before 3.51.3 has a race
# between two connections that write or checkpoint at the same moment.
_WRITE = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 67108864",
)
_READ = ("PRAGMA query_only = ON", "PRAGMA wal_autocheckpoint = 0")


def sqlite_writer(path: str, *, durable: bool) -> Engine:
    """The engine of the one writing connection."""
    pragmas = _WRITE if durable else (*_WRITE, "PRAGMA synchronous = OFF")
    return _sqlite(path, begin="BEGIN IMMEDIATE", pragmas=(*_COMMON, *pragmas), size=1)


def sqlite_reader(path: str) -> Engine:
    """The engine of the reading connections, which cannot write."""
    return _sqlite(path, begin="BEGIN", pragmas=(*_COMMON, *_READ), size=16)


def postgresql_writer(url: str) -> Engine:
    """READ COMMITTED and row locks."""
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=8,
        max_overflow=16,
        pool_pre_ping=True,
        connect_args={"application_name": "plumbline", "connect_timeout": 10},
    )
    event.listen(engine, "connect", _send_arrays_binary)
    return engine


def postgresql_reader(writer: Engine) -> Engine:
    """The same connections, but one snapshot per unit of work and no writing."""
    return writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _send_arrays_binary(connection: DBAPIConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    from store.postgresql_arrays import ArrayDumper  # noqa: PLC0415 - SQLite starts without it

    raw: psycopg.Connection[Any] = connection  # type: ignore[assignment]
    raw.adapters.register_dumper(list, ArrayDumper)


def _sqlite(path: str, *, begin: str, pragmas: Sequence[str], size: int) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _on_connect(pragmas))
    # not as an event: SQLAlchemy would ask for listeners at every statement of the engine
    engine.dialect.do_begin = _begin_by(begin)  # type: ignore[assignment, method-assign]
    return engine


def _on_connect(pragmas: Sequence[str]) -> Callable[[DBAPIConnection, Any], None]:
    def prepare(connection: DBAPIConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        raw: sqlite3.Connection = connection  # type: ignore[assignment]
        raw.isolation_level = None  # we say BEGIN ourselves; the driver's own loses updates
        for pragma in pragmas:
            raw.execute(pragma)
        for function in FUNCTIONS:
            raw.create_function(
                function.name, function.arguments, function.call, deterministic=True
            )
        raw.create_aggregate("pl_sum", 1, ExactSum)  # type: ignore[arg-type]  # typeshed: no NULL

    return prepare


def _begin_by(statement: str) -> Callable[[PoolProxiedConnection], None]:
    def begin(connection: PoolProxiedConnection) -> None:
        raw: sqlite3.Connection = connection.dbapi_connection  # type: ignore[assignment]
        raw.execute(statement)

    return begin
