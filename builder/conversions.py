"""The closed list of conversions a source mapping may name (`convert`, before the colon)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONVERSIONS: Mapping[str, str] = {
    "text": "as text",
    "trim": "as text without blanks around it",
    "upper": "as text in capitals",
    "lower": "as text in small letters",
    "number": "a decimal number without thousands separators; number:, reads a decimal comma",
    "percent": "a number of per cent: 12 becomes 0.12",
    "ratio": "a share: 0.12 stays, 12% becomes 0.12",
    "unit": "a number times a factor: unit:0.001",
    "boolean": "true/false, yes/no, 1/0, 是/否",
    "date": "a date, with a format: date:%Y-%m-%d",
    "datetime": "an instant; the zone of local times: datetime:Asia/Shanghai",
    "epoch_s": "an instant in seconds since 1970",
    "epoch_ms": "an instant in milliseconds since 1970",
    "duration": "a length of time: ISO 8601, or a number of a unit: duration:minutes",
    "map": "one of `options`",
}
