"""Look up how people are reached: name, address and language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.lookups import facts_of
from store import accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.context import Context

DEFAULT_LANGUAGE = "zh-CN"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person as messages see one."""

    name: str
    email: str | None
    language: str


def receivers(ctx: Context, people: Sequence[int]) -> dict[int, Receiver]:
    """Persons by row id; the language is that of their account."""
    if not people:
        return {}
    rows = facts_of(ctx, "person", people, ["name", "email"])
    languages = accounts.languages(ctx.uow, people)
    return {
        person: Receiver(
            name=str(row["name"] or ""),
            email=None if row["email"] is None else str(row["email"]),
            language=languages.get(person, DEFAULT_LANGUAGE),
        )
        for person, row in rows.items()
    }
