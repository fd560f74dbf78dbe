"""Count attempts per key in a sliding window: in this process, and with all beside it.

What this process has seen refuses first, at no cost; where several processes share a database,
what it lets pass is counted there too, so a limit is not multiplied by the processes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from store import attempts
from store.errors import DiskFullError

if TYPE_CHECKING:
    from store.db import Database

MOST_KEYS = 10_000  # an attacker who invents keys must not fill the memory


@dataclass(slots=True)
class Limiter:
    """At most `limit` attempts of one key within `window_us`; `name` tells it from others."""

    name: str
    limit: int
    window_us: int
    _seen: OrderedDict[str, deque[int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_us(self, database: Database, key: str, now: int, *, limit: int | None = None) -> int:
        """Count an attempt; 0 when it may go on, else how long to wait. A key may have less."""
        most = self.limit if limit is None else limit
        wait = self._wait_here(key, now, most)
        if wait == 0:
            with suppress(DiskFullError):  # reading goes on
                wait = attempts.count(
                    database, self._named(key), now=now, window_us=self.window_us, limit=most
                )
            if wait:
                self._undo_here(key)
        return wait

    def forget(self, database: Database, key: str) -> None:
        """Start anew for a key that proved to be good."""
        with self._lock:
            self._seen.pop(key, None)
        attempts.forget(database, self._named(key))

    def undo(self, database: Database, key: str) -> None:
        """Take back the last attempt: it was a good one, and many people share a network."""
        self._undo_here(key)
        attempts.undo(database, self._named(key))

    def _undo_here(self, key: str) -> None:
        with self._lock:
            times = self._seen.get(key)
            if times:
                times.pop()

    def _wait_here(self, key: str, now: int, most: int) -> int:
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while len(self._seen) > MOST_KEYS:
                self._seen.popitem(last=False)
            while times and times[0] <= now - self.window_us:
                times.popleft()
            if len(times) >= most:
                return times[0] + self.window_us - now
            times.append(now)
            return 0

    def _named(self, key: str) -> str:
        return f"{self.name}:{key}"
