"""A length of time, kept as microseconds."""

from builder.fields.temporal import Notation, temporal
from dsl.types import INT64_MAX, Duration
from dsl.values import format_duration, parse_duration


def _read(text: str) -> int:
    raw = parse_duration(text)
    if abs(raw) > INT64_MAX:
        message = f"out of range: {text[:40]}"
        raise ValueError(message)
    return raw


FIELD_TYPE = temporal(
    "duration",
    Notation(
        example="PT8H30M",
        reader=_read,
        writer=format_duration,
        kind=lambda nullable: Duration(nullable=nullable),
    ),
)
