"""What a mask lets through: nothing, or both ends of a text."""

from __future__ import annotations

from dataclasses import dataclass

MASK = "***"  # says that there is something, never what: one pattern for every value
STARS = "****"
LEAST_HIDDEN = 3  # a text of which less would be out of sight is not shown in part


@dataclass(frozen=True, slots=True)
class Mask:
    """How many signs stay in sight at the beginning and at the end of a text."""

    first: int = 0
    last: int = 0

    def covers(self, other: Mask) -> bool:
        """Whether it shows at least as much as another."""
        return self.first >= other.first and self.last >= other.last

    def of(self, value: object) -> str:
        """The value as it is shown; how much is hidden is not told. Twice is the same as once."""
        kept = self.first + self.last
        if not isinstance(value, str) or not kept or len(value) - kept < LEAST_HIDDEN:
            return MASK
        return value[: self.first] + STARS + value[len(value) - self.last :]
