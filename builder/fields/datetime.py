"""An instant, kept as microseconds since 1970-01-01T00:00Z."""

from builder.fields.temporal import Notation, temporal
from dsl.types import DateTime
from dsl.values import FIRST_INSTANT, LAST_INSTANT, format_datetime, parse_datetime


def _read(text: str) -> int:
    raw = parse_datetime(text)
    if not FIRST_INSTANT <= raw <= LAST_INSTANT:
        message = f"out of range: {text[:40]}"
        raise ValueError(message)
    return raw


FIELD_TYPE = temporal(
    "datetime",
    Notation(
        example="2026-03-31T08:00:00+08:00",
        reader=_read,
        writer=format_datetime,
        kind=lambda nullable: DateTime(nullable=nullable),
    ),
)
