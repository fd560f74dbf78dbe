"""Copies of the whole database while work goes on, and putting one back."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, func, inspect, make_url, select, table, text

from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

    from store.unit import UnitOfWork

TIMEOUT_S = 3600
SCRATCH = "plumbline_verify"


class CopyError(StoreError):
    """A copy can not be made or put back: (what went wrong)."""

    code = "STO013"


def copy_out(uow: UnitOfWork, url: str, target: Path) -> None:
    """Write what this snapshot sees into a file: SQLite pages, or an archive of pg_dump."""
    parsed = make_url(url)
    if uow.dialect == "sqlite":
        # on this very connection: its open transaction is the snapshot that is copied
        source: sqlite3.Connection = uow.connection.connection.driver_connection  # type: ignore[assignment]
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        return
    snapshot = uow.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
         f"--file={target}", f"--dbname={_plain(parsed)}")  # fmt: skip


def put_back(url: str, source: Path) -> None:
    """Fill an empty database from a copy.

    Raises:
        CopyError: there is something in the database already.
    """
    parsed = make_url(url)
    if not is_empty(url):
        raise CopyError("the database is not empty")
    if parsed.get_backend_name() == "sqlite":
        shutil.copyfile(source, str(parsed.database))
        return
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         f"--dbname={_plain(parsed)}", str(source))  # fmt: skip


def is_empty(url: str) -> bool:
    """Whether nothing would be overwritten."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(str(parsed.database))
        return not path.exists() or path.stat().st_size == 0
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return not inspect(connection).get_table_names()
    finally:
        engine.dispose()


@contextmanager
def scratch_url(url: str, folder: Path) -> Iterator[str]:
    """The address of an empty place of the same kind, gone when the block ends."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        yield f"sqlite:///{folder / 'scratch.db'}"
        return
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {SCRATCH} TEMPLATE template0"))
            yield parsed.set(database=SCRATCH).render_as_string(hide_password=False)
            connection.execute(text(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)"))
    finally:
        engine.dispose()


def row_counts(uow: UnitOfWork) -> dict[str, int]:
    """How many rows every table has."""
    return {
        name: int(uow.execute(select(func.count()).select_from(table(name))).scalar_one())
        for name in sorted(inspect(uow.connection).get_table_names())
    }


def _plain(url: URL) -> str:
    """The address as PostgreSQL's own programs read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise CopyError(
            f"install PostgreSQL's client programs, there is none on the path: {program}"
        )
    done = subprocess.run(  # noqa: S603 -- our own arguments, no shell
        [found, *arguments], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode:
        raise CopyError(f"{program}: {done.stderr.strip()[-500:]}")
