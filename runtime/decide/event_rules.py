"""Decide when a row of events opens an episode; no I/O.

Events are ordered by their own time, then by the id the source gave them, never by arrival. A
breaker starts the row anew; events of another kind do not. What has opened or joined an episode
is used up: the next episode takes n new events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Mark = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event or breaker of a subject."""

    at: int
    key: str  # what the source calls it: orders events of the same instant
    record_id: int
    breaks: bool = False

    @property
    def mark(self) -> Mark:
        """Its place in the order of events."""
        return (self.at, self.key)


@dataclass(frozen=True, slots=True)
class Run:
    """The events that open an episode, and those that follow and join it at once."""

    events: tuple[Happened, ...]
    joined: tuple[Happened, ...]

    @property
    def count(self) -> int:
        """How many events the episode has."""
        return len(self.events) + len(self.joined)

    @property
    def mark(self) -> Mark:
        """Up to here events are used up."""
        return max(each.mark for each in (*self.events, *self.joined))


def find_run(
    happened: Iterable[Happened], *, count: int, within_us: int, after: Mark | None = None
) -> Run | None:
    """The first `count` events in a row, later than `after`, within the time; else None."""
    row: list[Happened] = []
    ordered = sorted((h for h in happened if after is None or h.mark > after), key=_order)
    for place, each in enumerate(ordered):
        if each.breaks:
            row.clear()
            continue
        row = [h for h in row if each.at - h.at <= within_us]
        row.append(each)
        if len(row) == count:
            later = tuple(h for h in ordered[place + 1 :] if not h.breaks)
            return Run(tuple(row), later)
    return None


def _order(each: Happened) -> tuple[int, bool, str, int]:
    # a breaker of the same instant comes after the event: a piece is alarmed, then checked
    return (each.at, each.breaks, each.key, each.record_id)


def is_broken(events: Sequence[Happened], breakers: Iterable[Happened]) -> bool:
    """Whether a breaker that came to light later lies inside an opened row."""
    if not events:
        return False
    first, last = min(e.at for e in events), max(e.at for e in events)
    return any(first <= breaker.at < last for breaker in breakers)
