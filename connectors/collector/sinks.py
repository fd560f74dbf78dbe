"""Gather what sources signal and write it to the journal, a flush at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connectors.base import Gap, Signal
from connectors.collector.crossings import Crossings
from connectors.collector.frames import body_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.collector.journal import Journal
    from connectors.collector.sources import Clock

FLUSH_S = 0.05
MOST_WAITING = 50_000  # signals per source before its subscription has to wait
MOST_PER_ENTRY = 2_000
FULL = "journal full"


@dataclass(slots=True)
class SourceSink:
    """The signals of one source that wait for the next flush."""

    crossings: Crossings
    waiting: list[Signal] = field(default_factory=list)
    room: asyncio.Event = field(default_factory=asyncio.Event)
    dropping_since: int | None = None

    async def put(self, signals: Sequence[Signal]) -> None:
        """Take these; waits while too much waits already."""
        while len(self.waiting) >= MOST_WAITING:
            self.room.clear()
            await self.room.wait()
        self.waiting += self.crossings.marked(signals)

    def take(self) -> list[Signal]:
        """Everything that waits."""
        taken, self.waiting = self.waiting, []
        self.room.set()
        return taken


class Flusher:
    """Moves signals from the sinks to the journal; what does not fit becomes a declared gap."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal, self._clock = journal, clock
        self._inside = journal.crossings()
        self.sinks: dict[str, SourceSink] = {}
        self.flushed = asyncio.Event()  # something new lies in the journal

    def set(self, specs: Mapping[str, Mapping[str, Any]]) -> Mapping[str, SourceSink]:
        """A sink for each source; one that stays keeps what waits in it."""
        for name, spec in specs.items():
            crossings = Crossings.of(spec.get("crossings", ()), self._inside)
            if name in self.sinks:
                crossings.inside.update(self.sinks[name].crossings.inside)
                self.sinks[name].crossings = crossings
            else:
                self.sinks[name] = SourceSink(crossings)
        return self.sinks

    async def run(self) -> None:
        """Flush until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            self.flush()

    def flush(self) -> None:
        """Write what waits, all sources in one transaction."""
        entries: list[tuple[str, str]] = []
        states: dict[str, bool] = {}
        for name, sink in self.sinks.items():
            signals = self._fitting(sink, sink.take())
            states |= sink.crossings.taken()
            entries += [
                (name, body_of(signals[at : at + MOST_PER_ENTRY]))
                for at in range(0, len(signals), MOST_PER_ENTRY)
            ]
        if entries:
            self._journal.append(entries, crossings=states)
            self._inside |= states
            self.flushed.set()

    def _fitting(self, sink: SourceSink, signals: list[Signal]) -> list[Signal]:
        """The signals the journal still takes; the start and end of dropping are told."""
        now = self._clock.now()
        if self._journal.is_full:
            if not signals or sink.dropping_since is not None:
                return []
            sink.dropping_since = now
            return [Gap("*", now, None, FULL)]
        if sink.dropping_since is not None:
            signals = [Gap("*", sink.dropping_since, now, FULL), *signals]
            sink.dropping_since = None
        return signals
