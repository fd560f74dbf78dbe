"""Mark when a value crosses a threshold; a plain comparison, before any database."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from connectors.base import EventReading, Reading, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GOOD_BITS = 30
COMPARE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Enter when `value op enter`, leave when no longer `value op exit`."""

    stream: str
    item: str
    op: str
    enter: Decimal
    exit: Decimal
    code: str = ""  # business key of the subject the item belongs to

    @property
    def name(self) -> str:
        """What its state is kept under."""
        return f"{self.stream}|{self.item}|{self.op}|{self.enter}"

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Crossing:
        """A threshold from its configuration."""
        return cls(
            stream=spec["stream"],
            item=spec["item"],
            op=spec["op"],
            enter=Decimal(spec["enter"]),
            exit=Decimal(spec["exit"]),
            code=spec.get("code", ""),
        )


@dataclass(slots=True)
class Crossings:
    """All thresholds of one source and on which side each value is."""

    by_item: Mapping[str, Sequence[Crossing]]
    inside: dict[str, bool]
    changed: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, specs: Sequence[Mapping[str, Any]], inside: Mapping[str, bool]) -> Crossings:
        """The thresholds of a configuration with the states they had."""
        by_item: dict[str, list[Crossing]] = {}
        for spec in specs:
            crossing = Crossing.of(spec)
            by_item.setdefault(crossing.item, []).append(crossing)
        return cls(by_item, dict(inside))

    def marked(self, signals: Sequence[Signal]) -> list[Signal]:
        """The signals, each reading that crosses followed by its crossing event."""
        if not self.by_item:
            return list(signals)
        found: list[Signal] = []
        for signal in signals:
            found.append(signal)
            if isinstance(signal, Reading):
                found += self._crossed(signal)
        return found

    def taken(self) -> dict[str, bool]:
        """The states that changed since the last call, to be journaled with the signals."""
        changed, self.changed = self.changed, {}
        return changed

    def _crossed(self, reading: Reading) -> list[Signal]:
        value = reading.value
        if reading.quality >> GOOD_BITS or isinstance(value, bool | str) or value is None:
            return []
        number = Decimal(repr(value))
        events: list[Signal] = []
        for crossing in self.by_item.get(reading.item, ()):
            was = self.inside.get(crossing.name, False)
            limit = crossing.exit if was else crossing.enter
            now = COMPARE[crossing.op](number, limit)
            if now != was:
                self.inside[crossing.name] = self.changed[crossing.name] = now
                events.append(_event(crossing, reading, "enter" if now else "exit"))
        return events


def _event(crossing: Crossing, reading: Reading, phase: Literal["enter", "exit"]) -> EventReading:
    at = (EPOCH + timedelta(microseconds=reading.source_at)).isoformat().replace("+00:00", "Z")
    row = {
        "key": f"{crossing.stream}|{crossing.item}|{reading.source_at}|{phase}",
        "item": crossing.item,
        "code": crossing.code,
        "phase": phase,
        "value": reading.value,
        "threshold": str(crossing.enter if phase == "enter" else crossing.exit),
        "at": at,
    }
    return EventReading(crossing.stream, row, reading.source_at, reading.received_at)
