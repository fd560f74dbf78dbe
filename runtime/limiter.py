"""Count attempts per key in a sliding window, in this process."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field

MOST_KEYS = 10_000  # an attacker who invents keys must not fill the memory


@dataclass(slots=True)
class Limiter:
    """At most `limit` attempts of one key within `window_us`."""

    limit: int
    window_us: int
    _seen: OrderedDict[str, deque[int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_us(self, key: str, now: int, *, limit: int | None = None) -> int:
        """Count an attempt; 0 when it may go on, else how long to wait. A key may have less."""
        most = self.limit if limit is None else limit
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

    def forget(self, key: str) -> None:
        """Start anew for a key that proved to be good."""
        with self._lock:
            self._seen.pop(key, None)

    def undo(self, key: str) -> None:
        """Take back the last attempt: it was a good one, and many people share a network."""
        with self._lock:
            times = self._seen.get(key)
            if times:
                times.pop()
