"""Turn what OPC UA sends into readings and rows: quality and time stay with every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from asyncua import ua

from connectors.base import EventReading, Reading
from connectors.opcua.nodes import item_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OVERFLOW = 0x480  # info type "data value" and its overflow bit
Stamp = Literal["source", "server", "received"]
Simple = float | int | bool | str | None


def _iso(value: datetime) -> str:
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


# kind of value -> its JSON; the first that fits
PLAIN: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    (int, int),
    (float, lambda value: float(value) if isfinite(value) else None),  # NaN is no JSON
    (bytes, bytes.hex),
    (datetime, _iso),
    (UUID, str),
    (ua.LocalizedText, lambda value: value.Text),
    (ua.QualifiedName, lambda value: value.Name),
    (ua.StatusCode, lambda value: int(value.value)),
)


@dataclass(slots=True)
class Stamper:
    """Chooses the time of a value and keeps equal times apart."""

    tolerance: int  # how far a source time may be from ours
    last: dict[str, tuple[int, int, Simple, int]] = field(default_factory=dict)

    def reading(self, item: str, value: ua.DataValue, *, now: int) -> Reading | None:
        """The reading of one change; None when it is the very one we had."""
        quality = status_of(value)
        simple = simple_value(value.Value.Value if value.Value is not None else None)
        at, stamp = self._time(value, now)
        sequence = 0
        before = self.last.get(item)
        if before is not None and before[0] == at:
            if before[2:] == (simple, quality):
                return None  # a new subscription repeats the current value
            sequence = before[1] + 1
        self.last[item] = (at, sequence, simple, quality)
        return Reading(item, simple, quality, at, now, sequence, stamp)

    def _time(
        self, value: ua.DataValue, now: int
    ) -> tuple[int, Literal["source", "server", "received"]]:
        source, server = micros(value.SourceTimestamp), micros(value.ServerTimestamp)
        if source is not None and abs(source - now) <= self.tolerance:
            return source, "source"
        if server is not None and abs(server - now) <= self.tolerance:
            return server, "server"
        return now, "received"


def status_of(value: ua.DataValue) -> int:
    """The raw 32-bit status code; a value without one is good."""
    return 0 if value.StatusCode is None else int(value.StatusCode.value)


def overflowed(status: int) -> bool:
    """Whether the server says that its queue lost values before this one."""
    return status & OVERFLOW == OVERFLOW


def micros(moment: datetime | None) -> int | None:
    """Microseconds since the epoch; a time without zone is UTC by the standard."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """The instant of a number of microseconds."""
    return EPOCH + timedelta(microseconds=at)


def simple_value(value: Any) -> Simple:  # noqa: ANN401 - whatever a variant holds
    """A value a series can keep; structures and arrays are shown as text."""
    plain = value if isinstance(value, float) and isfinite(value) else plain_value(value)
    if plain is None or isinstance(plain, bool | int | float | str):
        return plain
    return str(plain)[:1000]


def plain_value(value: Any, namespaces: Sequence[str] = ()) -> Any:  # noqa: ANN401 - any variant
    """A value fit for JSON."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, ua.NodeId):
        return item_of(value, namespaces) if namespaces else value.to_string()
    if isinstance(value, ua.Variant):
        return plain_value(value.Value, namespaces)
    if isinstance(value, list | tuple):
        return [plain_value(part, namespaces) for part in value]
    for kind, convert in PLAIN:
        if isinstance(value, kind):
            return convert(value)
    return str(value)


def event_reading(
    stream: str,
    names: Sequence[str],
    fields: Sequence[ua.Variant],
    *,
    namespaces: Sequence[str],
    now: int,
) -> EventReading:
    """The row of one event: the names of the selected fields with their values."""
    row = {
        name: plain_value(variant.Value, namespaces)
        for name, variant in zip(names, fields, strict=False)
    }
    stamped = next((v.Value for n, v in zip(names, fields, strict=False) if n == "Time"), None)
    at = micros(stamped) if isinstance(stamped, datetime) else None
    return EventReading(stream, row, now if at is None else at, now)


def clause_name(clause: ua.SimpleAttributeOperand) -> str:
    """What a selected event field is called in a row."""
    if not clause.BrowsePath:
        return "ConditionId"
    return "/".join(part.Name for part in clause.BrowsePath)
