"""The lock file that keeps a second writing process away from a SQLite database."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from store.errors import BusyError, DatabaseInUseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE_S = 0.005


class WriterLock:
    """The writer's turn: one thread of one process.

    An exclusive holder (server, worker) keeps the file for its lifetime and leaves its process
    id in it; others are refused at once. Anybody else holds it for one transaction.
    """

    def __init__(self, path: Path, *, exclusive: bool, timeout_s: float) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._exclusive = exclusive
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if exclusive:
            if not self._try_file():
                holder = self._holder()
                os.close(self._file)
                raise DatabaseInUseError(str(path), holder or "another process")
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, str(os.getpid()).encode(), 0)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the turn, then keep it for the block."""
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("this thread already writes: units of work do not nest")
        if not self._turn.acquire(timeout=self._timeout_s):
            raise BusyError(str(self._path))
        self._owner = me
        try:
            self._take_file()
            try:
                yield
            finally:
                if not self._exclusive:
                    fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._owner = None
            self._turn.release()

    def close(self) -> None:
        """Let the file go."""
        if self._exclusive:
            os.ftruncate(self._file, 0)
        os.close(self._file)

    def _take_file(self) -> None:
        if self._exclusive:
            return
        deadline = time.monotonic() + self._timeout_s
        while not self._try_file():
            if holder := self._holder():
                raise DatabaseInUseError(str(self._path), holder)
            if time.monotonic() > deadline:
                raise BusyError(str(self._path))
            time.sleep(_PAUSE_S)

    def _try_file(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> str:
        process = os.pread(self._file, 32, 0).decode("ascii", "replace").strip()
        return f"process {process}" if process else ""
