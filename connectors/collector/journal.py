"""The collector's journal: what was heard stays on disk until the server has it."""

from __future__ import annotations

import fcntl
import sqlite3
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entry (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
"""
DEFAULT_LIMIT = 512 * 1024 * 1024
CROSSING = "crossing:"


class JournalBusy(Exception):  # noqa: N818 - says what it is
    """Another collector holds this journal."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry as it lies in the journal."""

    sequence: int
    source: str
    body: str


class Journal:
    """An append-only file of entries; every append is on disk when it returns."""

    def __init__(self, path: Path, *, identity: str, limit: int = DEFAULT_LIMIT) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path.with_suffix(".lock"))
        self._limit = limit
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (identity,))
        (self.identity,) = self._db.execute(
            "SELECT value FROM meta WHERE name = 'identity'"
        ).fetchone()
        (size,) = self._db.execute("SELECT coalesce(sum(length(body)), 0) FROM entry").fetchone()
        self._size = int(size)

    @property
    def is_full(self) -> bool:
        """Whether no more entries are taken."""
        return self._size >= self._limit

    @property
    def size(self) -> int:
        """Characters waiting for the server."""
        return self._size

    def append(
        self, entries: Iterable[tuple[str, str]], *, crossings: Mapping[str, bool] | None = None
    ) -> int:
        """Write (source, body) pairs and crossing states; the last sequence number."""
        rows = list(entries)
        with self._transaction():
            cursor = self._db.executemany("INSERT INTO entry (source, body) VALUES (?, ?)", rows)
            self._db.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [(CROSSING + name, str(int(inside))) for name, inside in (crossings or {}).items()],
            )
        del cursor
        self._size += sum(len(body) for _, body in rows)
        (last,) = self._db.execute("SELECT coalesce(max(sequence), 0) FROM entry").fetchone()
        return int(last)

    def read(self, after: int, *, rows: int, size: int) -> list[Stored]:
        """The oldest entries after a sequence number, as many as fit."""
        found: list[Stored] = []
        total = 0
        for sequence, source, body in self._db.execute(
            "SELECT sequence, source, body FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?",
            (after, rows),
        ):
            if found and total + len(body) > size:
                break
            found.append(Stored(sequence, source, body))
            total += len(body)
        return found

    def acknowledged(self, sequence: int) -> None:
        """Forget what the server has."""
        (gone,) = self._db.execute(
            "SELECT coalesce(sum(length(body)), 0) FROM entry WHERE sequence <= ?", (sequence,)
        ).fetchone()
        self._db.execute("DELETE FROM entry WHERE sequence <= ?", (sequence,))
        self._size -= int(gone)

    def raise_to(self, sequence: int) -> None:
        """Number on from here: the server knows more of this journal than the journal itself.

        That is a journal restored from a copy. What it holds is sent again under new numbers;
        the server writes nothing twice.
        """
        (top,) = self._db.execute(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'entry'"
        ).fetchone()
        if top >= sequence:
            return
        rows = self._db.execute("SELECT source, body FROM entry ORDER BY sequence").fetchall()
        with self._transaction():
            self._db.execute("DELETE FROM entry")
            self._db.execute("DELETE FROM sqlite_sequence WHERE name = 'entry'")
            self._db.execute("INSERT INTO sqlite_sequence VALUES ('entry', ?)", (sequence,))
            self._db.executemany("INSERT INTO entry (source, body) VALUES (?, ?)", rows)

    def crossings(self) -> dict[str, bool]:
        """Which thresholds were crossed when the journal was last written."""
        rows: Sequence[tuple[str, str]] = self._db.execute(
            "SELECT name, value FROM meta WHERE name LIKE ?", (f"{CROSSING}%",)
        ).fetchall()
        return {name.removeprefix(CROSSING): value == "1" for name, value in rows}

    def close(self) -> None:
        """Let another collector have it."""
        self._db.close()
        self._lock.close()

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def open_journal(
    path: Path, *, identity: str, patience_s: float = 15.0, limit: int = DEFAULT_LIMIT
) -> Journal:
    """The journal, after waiting for a predecessor that is still ending."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return Journal(path, identity=identity, limit=limit)
        except JournalBusy:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _locked(path: Path) -> IO[bytes]:
    handle = path.open("wb")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise JournalBusy(str(path)) from None
    return handle
