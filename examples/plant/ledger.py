"""What the HTTP system knows now: the world's events so far plus those made by hand."""

from __future__ import annotations

import bisect
import heapq
import json
import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from examples.plant.times import SECOND, Event, PlantClock, iso
from examples.plant.world import STREAMS, World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from examples.plant.switches import Switches

LIVE_STREAMS = ("alarms", "inspections")  # told by OPC UA as they happen
Mark = tuple[int, str]  # (updated_at, key): the place of a record in its stream


@dataclass(frozen=True, slots=True)
class _Row:
    updated_at: int
    happened_at: int
    record: Mapping[str, object]


class Ledger:
    """The records of each stream, in the order they changed. Safe to use from many threads.

    It is empty until the first `advance`, which makes the whole past.
    """

    def __init__(
        self, world: World, clock: PlantClock, *, switches: Switches, state_dir: Path
    ) -> None:
        self.world = world
        self.clock = clock
        self._switches = switches
        self._lock = threading.RLock()
        self._hand_file = state_dir / "hand.jsonl"
        self._arrival_file = state_dir / "arrivals.jsonl"
        self._rows: dict[str, dict[str, _Row]] = {name: {} for name in STREAMS}
        self._marks: dict[str, list[Mark]] = {name: [] for name in STREAMS}
        self._pending: list[tuple[int, int, Event]] = []  # (arrival, sequence, event)
        self._sequence = 0
        self.step = SECOND * clock.factor  # business time between two readings of a sensor
        self._opened_at = clock.now()
        self._arrivals: dict[str, int | None] = {}  # versions that came late, and when
        self._read_arrivals()
        self._hand = [Event(**line) for line in _lines(self._hand_file)]
        self._at = world.start - 1
        self.live: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def advance(self) -> int:
        """Bring everything up to the present; gives the present."""
        with self._lock:
            now = max(self.clock.now(), self._at)
            events = self.world.events(self._at, now)
            by_hand = [e for e in self._hand if self._at < e.at <= now]
            for event in sorted((*events, *by_hand), key=lambda e: (e.at, e.stream, e.key)):
                self._happen(event)
            self._at = now
            self._arrive(now)
            return now

    def add_by_hand(self, event: Event) -> None:
        """Let something happen that the world had not planned; kept over restarts."""
        with self._lock:
            self._hand.append(event)
            line = {"at": event.at, "stream": event.stream, "key": event.key}
            _append(self._hand_file, {**line, "record": event.record})
            if event.at <= self._at:
                self._happen(event)
        self.advance()

    def record(self, stream: str, key: str) -> Mapping[str, object] | None:
        """One record as it stands."""
        with self._lock:
            row = self._rows[stream].get(key)
            return None if row is None else row.record

    def count(self, stream: str) -> int:
        """How many records a stream has."""
        with self._lock:
            return len(self._rows[stream])

    def page(
        self, stream: str, *, after: Mark, size: int, where: Mapping[str, str]
    ) -> tuple[list[dict[str, object]], Mark | None]:
        """The next records after a mark in the order they changed, and the mark to go on from."""
        found: list[dict[str, object]] = []
        with self._lock:
            marks, rows = self._marks[stream], self._rows[stream]
            for mark in marks[bisect.bisect_right(marks, after) :]:
                record = rows[mark[1]].record
                if all(str(record.get(name)) == value for name, value in where.items()):
                    if len(found) == size:
                        return found, after
                    found.append({**record, "updated_at": iso(mark[0])})
                    after = mark
        return found, None

    def _happen(self, event: Event) -> None:
        is_new = event.at > self._opened_at
        if is_new and event.stream in LIVE_STREAMS:
            self.live.put(event)
        name = _version_name(event)
        delay = int(self._switches.value("late_data") * 1_000_000)
        if delay and is_new:
            self._sequence += 1
            heapq.heappush(self._pending, (event.at + delay, self._sequence, event))
            self._note_arrival(name, None)
        else:
            self._keep(event, self._arrivals.get(name) or event.at)

    def _arrive(self, now: int) -> None:
        is_late = self._switches.is_on("late_data")
        while self._pending and (not is_late or self._pending[0][0] <= now):
            event = heapq.heappop(self._pending)[2]
            self._note_arrival(_version_name(event), now)
            self._keep(event, now)

    def _keep(self, event: Event, at: int) -> None:
        marks, rows = self._marks[event.stream], self._rows[event.stream]
        old = rows.get(event.key)
        if old is not None:
            if old.happened_at > event.at:
                return  # it arrived late and a newer version was faster
            marks.pop(bisect.bisect_left(marks, (old.updated_at, event.key)))
        rows[event.key] = _Row(at, event.at, event.record)
        bisect.insort(marks, (at, event.key))

    def _note_arrival(self, name: str, at: int | None) -> None:
        self._arrivals[name] = at
        _append(self._arrival_file, {"name": name, "at": at})

    def _read_arrivals(self) -> None:
        for line in _lines(self._arrival_file):
            self._arrivals[str(line["name"])] = cast("int | None", line["at"])
        for name, at in list(self._arrivals.items()):
            if at is None:  # still on its way when the plant was stopped: it is here now
                self._note_arrival(name, self._opened_at)


def _version_name(event: Event) -> str:
    return f"{event.stream}/{event.key}/{event.at}"


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def _append(path: Path, line: dict[str, object]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
