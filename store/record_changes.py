"""What a write did, or why it did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.types import Raw

    Rows = Sequence[Mapping[str, Raw]]


@dataclass(frozen=True, slots=True)
class Change:
    """One record before and after, all fields by key; None: it was not there, or is gone."""

    entity: str
    id: int
    uid: str
    before: Mapping[str, Raw] | None
    after: Mapping[str, Raw] | None
    children: tuple[Change, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return self.before == self.after and not self.children


@dataclass(frozen=True, slots=True)
class Clash:
    """One field changed by somebody else since the base version; of a child table its rows."""

    base: Raw | Rows
    theirs: Raw | Rows
    mine: Raw | Rows


@dataclass(frozen=True, slots=True)
class Conflict:
    """An update refused because submitted fields were changed meanwhile."""

    entity: str
    id: int
    version: int  # the version in force now
    fields: Mapping[str, Clash]


@dataclass(frozen=True, slots=True)
class Upserted:
    """What a batch did, and the places of rows that were left out.

    `refused` would have changed an append-only record, `incomplete` would have made a new one
    without a field it needs.
    """

    changes: tuple[Change, ...]
    unchanged: int
    refused: tuple[int, ...] = ()
    incomplete: tuple[int, ...] = ()
