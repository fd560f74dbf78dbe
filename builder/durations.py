"""ISO 8601 durations as they stand in documents, in seconds: PT8H, PT5M, P1D."""

from __future__ import annotations

from dsl import values

SECOND = 1_000_000


def parse_duration(text: str) -> int | None:
    """Seconds, or None when the text is not a duration."""
    try:
        return values.parse_duration(text) // SECOND
    except ValueError:
        return None


def format_duration(seconds: int) -> str:
    """The canonical text."""
    return values.format_duration(seconds * SECOND)
