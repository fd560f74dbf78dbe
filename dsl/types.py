"""The types of the formula language and the raw values that carry them.

A raw value is `int | str | bool | None` (a tuple of rows for child tables):

- Number: an integer scaled by 10**scale (scale 4: 1.5 is 15000)
- Date: days since 1970-01-01; DateTime: microseconds since 1970-01-01T00:00Z
- Duration: microseconds; Text and Choice (its option id): str; Boolean: bool
- Reference: the integer id of the row it points to; Pointer: `entity/uid` as a str
"""

from __future__ import annotations

from dataclasses import dataclass

Raw = int | str | bool | None

MEASUREMENT_SCALE = 6
DIVISION_SCALE = 8
INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Number:
    """An exact decimal with a static scale; `lo`/`hi` are raw bounds when known."""

    scale: int
    unit: str | None = None
    nullable: bool = True
    lo: int | None = None
    hi: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Unicode text, compared by code point."""

    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Boolean:
    """True, false or unknown."""

    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Date:
    """A civil date without a zone."""

    nullable: bool = True


@dataclass(frozen=True, slots=True)
class DateTime:
    """An instant."""

    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time."""

    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a closed list: (option id, labels in any language)."""

    options: tuple[tuple[str, tuple[str, ...]], ...]
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to one record of an entity; its fields are reached by a path."""

    entity: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer to one record of any of several entities; nothing behind it can be reached."""

    entities: tuple[str, ...]
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """The child records of a record, only usable inside an aggregate."""

    entity: str


Type = Number | Text | Boolean | Date | DateTime | Duration | Choice | Reference | Pointer | Rows
