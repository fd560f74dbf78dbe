"""Open the database and run units of work, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import logging
import secrets
import shutil
import tempfile
import time
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, make_url, select

from store import audit, engines, history, schema, settings_table
from store.ballast import Ballast
from store.crash import crash_at
from store.errors import DiskFullError, StoreError, is_full, is_retryable
from store.lock_file import WriterLock
from store.unit import Dialect, UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

__all__ = ["Database", "UnitOfWork", "is_retryable"]

log = logging.getLogger(__name__)
T = TypeVar("T")
_CATALOG_LOCK = 0x706C756D62  # advisory lock: writers share it, publishing has it alone
ROOM = 64 * 1024  # bytes, as much as a small file takes
_RETRY_PAUSE_S = (0.01, 0.05, 0.2, 0.5)


class Database:
    """Both engines, the writer's turn and the key of the audit chain."""

    def __init__(
        self,
        *,
        dialect: Dialect,
        writer: Engine,
        reader: Engine,
        turn: WriterLock | None,
        scratch: Path | None = None,
        ballast: Ballast | None = None,
    ) -> None:
        self.dialect: Dialect = dialect
        self.audit_key = b""  # set by the wiring from the key file
        self.memo: dict[str, Any] = {}
        self._writer = writer
        self._reader = reader
        self._turn = turn
        self._scratch = scratch
        self._ballast = ballast
        self.is_full = False  # a write found no room, and since then none was proven

    @classmethod
    def open(cls, url: str, *, exclusive: bool = False, audit_key: bytes = b"") -> Database:
        """Open `sqlite:////path/x.db`, `sqlite://` (scratch) or `postgresql+psycopg://...`.

        `exclusive` keeps every other writing process out (SQLite; servers and workers).
        """
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            database = cls._open_sqlite(parsed.database, exclusive=exclusive)
        elif parsed.get_backend_name() == "postgresql":
            writer = engines.postgresql_writer(url)
            reader = engines.postgresql_reader(writer)
            database = cls(dialect="postgresql", writer=writer, reader=reader, turn=None)
        else:
            raise StoreError(f"no database of kind {parsed.get_backend_name()}")
        database.audit_key = audit_key
        return database

    @classmethod
    def _open_sqlite(cls, path: str | None, *, exclusive: bool) -> Database:
        scratch = None if path else Path(tempfile.mkdtemp(prefix="plumbline-"))
        file = str(Path(path).absolute()) if path else str(scratch) + "/scratch.db"
        return cls(
            dialect="sqlite",
            writer=engines.sqlite_writer(file, durable=scratch is None),
            reader=engines.sqlite_reader(file),
            turn=WriterLock(
                Path(file + ".lock"),
                exclusive=exclusive,
                timeout_s=engines.BUSY_TIMEOUT_MS / 1000,
            ),
            scratch=scratch,
            ballast=Ballast.beside(Path(file)) if exclusive else None,
        )

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """One snapshot; nothing can be written."""
        with self._reader.connect() as connection, connection.begin():
            yield UnitOfWork(connection, dialect=self.dialect, writable=False, memo=self.memo)

    @contextmanager
    def write(self, *, publishing: bool = False, needed: bool = False) -> Iterator[UnitOfWork]:
        """One transaction: stored as a whole when the block ends, or not at all.

        `publishing` waits for all writers and keeps them out, so the catalog changes between
        units of work only. `needed` is tried on a full disk too, with the room of the ballast.

        Raises:
            DiskFullError: there is no room; nothing of the block is stored, reading goes on.
        """
        if self.is_full and self._ballast is not None and not needed:
            self.look_for_room()
        try:
            with self._write(publishing=publishing) as uow:
                yield uow
        except Exception as error:
            if not is_full(error):
                raise
            self._no_room()
            raise DiskFullError(str(error)) from error
        if not uow.rolled_back:
            if self.is_full:
                with suppress(DiskFullError):
                    self.look_for_room()
            uow.committed()

    @contextmanager
    def _write(self, *, publishing: bool) -> Iterator[UnitOfWork]:
        with self._writers_turn():
            with self._writer.connect() as connection, connection.begin() as transaction:
                uow = UnitOfWork(
                    connection,
                    dialect=self.dialect,
                    writable=True,
                    memo=self.memo,
                    settlers=(history.write_versions, self._write_audit),
                )
                self._share_catalog(uow, publishing=publishing)
                yield uow
                if uow.rolled_back:
                    transaction.rollback()
                else:
                    uow.settle()
                    crash_at("before_commit")
            crash_at("after_commit")

    def look_for_room(self) -> None:
        """Store something and take it away again: only that proves a full disk to be over.

        A write that is small enough finds a place on a full disk too, and says nothing.

        Raises:
            DiskFullError: there is still no room.
        """
        if self._ballast is not None and not self._ballast.has_room(within=self._unused()):
            raise DiskFullError("the disk is full")
        try:
            for size in (ROOM, 0):
                with self._write(publishing=False) as uow:  # nothing to compress:
                    settings_table.put(uow, "room", secrets.token_hex(size // 2))
        except Exception as error:
            if not is_full(error):
                raise
            raise DiskFullError(str(error)) from error
        self.is_full = False
        if self._ballast is not None:
            self._ballast.hold()
        log.info("there is room to write again")

    def _no_room(self) -> None:
        if not self.is_full:
            self.is_full = True
            if self._ballast is not None:
                self._ballast.give_up()
            log.error("the disk is full: nothing is written until there is room")

    def _unused(self) -> int:
        """The bytes within the file that deletions have left free."""
        with self._reader.connect() as connection:
            pages, size = (
                int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("freelist_count", "page_size")
            )
        return pages * size

    def attempt(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a whole unit of work, again if it lost a lock conflict."""
        for pause_s in _RETRY_PAUSE_S:
            try:
                with self.write() as uow:
                    return work(uow)
            except Exception as error:
                if not is_retryable(error):
                    raise
            time.sleep(pause_s)
        with self.write() as uow:
            return work(uow)

    @property
    def is_shared(self) -> bool:
        """Whether several processes may serve people from this database at once."""
        return self.dialect == "postgresql"

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A connection that stores each statement at once, for what is no data and no unit.

        Raises:
            DiskFullError: there is no room.
        """
        try:
            with self._writer.execution_options(isolation_level="AUTOCOMMIT").connect() as found:
                yield found
        except Exception as error:
            if is_full(error):
                raise DiskFullError(str(error)) from error
            raise

    def migrate(self) -> None:
        """Bring the system tables to the newest form."""
        with self.write(publishing=True) as uow:
            schema.migrate(uow)

    def scrub(self) -> None:
        """Leave nothing in the file of what was overwritten or deleted.

        SQLite keeps old content in free pages and in the log until somebody needs the room;
        PostgreSQL gives no way to do it while people work: its own cleaning comes to it.
        """
        if self._turn is None:
            return
        with self._turn.held(), self._writer.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def version(self) -> str:
        """The database's own version, for the health page."""
        with self._reader.connect() as connection:
            numbers = connection.dialect.server_version_info or ()
        return f"{self.dialect} {'.'.join(map(str, numbers))}"

    def close(self) -> None:
        """Let go of connections, the lock and a scratch file."""
        self._reader.dispose()
        self._writer.dispose()
        if self._turn is not None:
            self._turn.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _writers_turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self._turn is None else self._turn.held()

    def _share_catalog(self, uow: UnitOfWork, *, publishing: bool) -> None:
        if self.dialect == "postgresql":
            lock = func.pg_advisory_xact_lock if publishing else func.pg_advisory_xact_lock_shared
            uow.execute(select(lock(_CATALOG_LOCK)))

    def _write_audit(self, uow: UnitOfWork) -> None:
        audit.write_entries(uow, key=self.audit_key)
