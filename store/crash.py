"""Named points where tests kill the process, to prove what a crash there leaves behind."""

from __future__ import annotations

import os
from collections import Counter

VARIABLE = "PLUMBLINE_CRASH_AT"  # "name" or "name:3" (the third visit)
_visits: Counter[str] = Counter()


def crash_at(name: str) -> None:
    """End the process at once, like kill -9, if the environment asks for it here."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    point, _, visit = wanted.partition(":")
    if point != name:
        return
    _visits[name] += 1
    if _visits[name] >= int(visit or "1"):
        os._exit(137)
