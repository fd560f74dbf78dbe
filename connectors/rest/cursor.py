"""Ask only for what is new, without ever missing a late commit: server clock and look-back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.errors import ConfigError
from connectors.rest.decode import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.base import Window
    from connectors.rest.config import CursorSpec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
EPOCH_UNITS = {"epoch_s": SECOND, "epoch_ms": 1_000}
SKEW_S = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where (and, for back-fill, to where) to ask; None asks for everything."""

    start: int | None
    end: int | None


def bounds(
    spec: CursorSpec, state: Mapping[str, Any], *, window: Window | None, factor: float
) -> Bounds:
    """What to ask for: everything since the server's clock of the last run, less the look-back."""
    if window is not None:
        return Bounds(window.start, window.end)
    until = state.get("until")
    if until is None:
        return Bounds(None, None)
    # a late commit is late in real time, so a fast business clock needs a longer look-back
    return Bounds(int(until) - int(spec.lookback_s * SECOND * max(1.0, factor)), None)


def upper(
    spec: CursorSpec, headers: Mapping[str, str], document: object, *, now: int, factor: float
) -> int:
    """The time up to which the first page can be trusted to be complete."""
    if spec.upper.startswith("body:"):
        found = instant(find(document, spec.upper.removeprefix("body:")), spec)
        if found is not None:
            return found
    if spec.upper == "server_date" and "date" in headers:
        try:
            return micros(parsedate_to_datetime(headers["date"]))
        except (ValueError, OverflowError):
            pass
    return now - int(SKEW_S * SECOND * max(1.0, factor))


def newest(spec: CursorSpec, rows: Sequence[Mapping[str, Any]]) -> int | None:
    """The newest source time among the rows; only shown as delay, never used as a cursor."""
    stamps = [instant(_stamp(spec, row), spec) for row in rows]
    return max((stamp for stamp in stamps if stamp is not None), default=None)


def spelled(at: int, spec: CursorSpec) -> str:
    """An instant as the source wants it."""
    if spec.format == "epoch_s":
        return str(at // SECOND)
    if spec.format == "epoch_ms":
        return str(at // 1_000)
    moment = EPOCH + timedelta(microseconds=at)
    if spec.zone is not None:
        moment = moment.astimezone(zone_of(spec.zone))
    if spec.format == "date":
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(value: object, spec: CursorSpec) -> int | None:
    """The instant a source's value means; None when it can not be known."""
    if isinstance(value, bool) or value is None:
        return None
    unit = EPOCH_UNITS.get(spec.format)
    if isinstance(value, int | Decimal):
        return None if unit is None else int(value * unit)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        if spec.zone is None:
            return None
        moment = moment.replace(tzinfo=zone_of(spec.zone))
    return micros(moment)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError("CON121", pointer="/cursor/zone", reason="unknown zone") from None


def micros(moment: datetime) -> int:
    """Microseconds since the epoch, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def _stamp(spec: CursorSpec, row: Mapping[str, Any]) -> object:
    value = find(row, spec.field)
    if value is None and spec.fallback is not None:
        return find(row, spec.fallback)
    return value
