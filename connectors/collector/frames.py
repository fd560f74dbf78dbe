"""What travels between collector and server: one JSON object per line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.base import EventReading, Gap, Heartbeat, Reading, Signal, StateChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LONGEST_LINE = 64 * 1024 * 1024
PROTOCOL = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry: what one source signalled in one flush."""

    sequence: int
    source: str
    readings: tuple[Reading, ...]
    events: tuple[EventReading, ...]
    gaps: tuple[Gap, ...]
    states: tuple[StateChange, ...]
    heartbeat: int | None


def body_of(signals: Sequence[Signal]) -> str:
    """The signals of one source as JSON, in order within their kinds."""
    found: dict[str, Any] = {}
    for signal in signals:
        match signal:
            case Reading():
                found.setdefault("r", []).append([
                    signal.item, signal.value, signal.quality, signal.source_at,
                    signal.received_at, signal.sequence, signal.stamp,
                ])  # fmt: skip
            case EventReading():
                event = [signal.stream, dict(signal.row), signal.source_at, signal.received_at]
                found.setdefault("e", []).append(event)
            case Gap():
                gap = [signal.item, signal.from_at, signal.to_at, signal.cause]
                found.setdefault("g", []).append(gap)
            case StateChange():
                state = [signal.state, signal.at, signal.code, dict(signal.args)]
                found.setdefault("s", []).append(state)
            case Heartbeat():
                found["h"] = signal.at
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def entries_line(entries: Iterable[tuple[int, str, str]]) -> bytes:
    """One frame of journal entries (sequence, source, body); bodies are JSON already."""
    parts = (f"[{sequence},{json.dumps(source)},{body}]" for sequence, source, body in entries)
    return f'{{"type":"entries","entries":[{",".join(parts)}]}}\n'.encode()


def line(message: Mapping[str, Any]) -> bytes:
    """One frame."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def parse(text: bytes) -> dict[str, Any]:
    """One frame back; decimals stay exact."""
    message = json.loads(text, parse_float=Decimal)
    if not isinstance(message, dict):
        raise TypeError("a frame is a JSON object")
    return message


def entry_of(parts: Sequence[Any]) -> Entry:
    """One journal entry of a frame."""
    sequence, source, body = parts
    return Entry(
        sequence=int(sequence),
        source=str(source),
        readings=tuple(_reading(part) for part in body.get("r", ())),
        events=tuple(EventReading(*part) for part in body.get("e", ())),
        gaps=tuple(Gap(*part) for part in body.get("g", ())),
        states=tuple(StateChange(*part) for part in body.get("s", ())),
        heartbeat=body.get("h"),
    )


def _reading(part: Sequence[Any]) -> Reading:
    item, value, *rest = part
    # a sensor value is a binary float by nature; only event rows need exact decimals
    return Reading(item, float(value) if isinstance(value, Decimal) else value, *rest)
