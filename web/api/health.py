"""Is it alive, is it ready, what can it do."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from web.routes import Answer, Routes, public

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()
FRESH_S = 5.0


class _Readiness:
    """Asks the database at most every five seconds, however often it is called."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._ready = False

    def ask(self, asked: Asked) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._at >= FRESH_S:
                self._ready = _database_answers(asked)
                self._at = now
            return self._ready


def _database_answers(asked: Asked) -> bool:
    try:
        with asked.wiring.reading():
            return True
    except Exception:  # noqa: BLE001 -- whatever it is, we are not ready
        return False


_readiness = _Readiness()


@routes.get("/healthz", answer="Done")
@public
def healthz(asked: Asked) -> dict[str, Any]:
    """The process answers; nothing else is asked."""
    del asked
    return {"done": True}


@routes.get("/readyz", answer="Ready")
@public
def readyz(asked: Asked) -> Answer:
    """The database answers, and whether there is room to write; a full disk can be read."""
    ready = _readiness.ask(asked)
    body = {"done": ready, "writable": ready and not asked.wiring.database.is_full}
    return Answer(body, 200 if ready else 503)
