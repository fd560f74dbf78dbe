"""What all definitions share: labels, names and the kinds there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "entity", "form", "flow", "rule", "metric", "dashboard",
    "source", "role", "document", "calendar", "pack",
]  # fmt: skip
Labels = Mapping[str, str]  # {"zh-CN": ..., "en": ...}
Grain = Literal["day", "week", "month", "quarter", "year"]
BUILT_IN_PACK = ""  # person, department, ... have no prefix; `sys.` entities are system tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What every definition has. `name` is the full key: `pack.key`, or `key` when built in."""

    name: str
    label: Labels

    @property
    def key(self) -> str:
        """The last part of the full key."""
        return self.name.rpartition(".")[2]

    @property
    def pack(self) -> str:
        """The pack the object came with."""
        return self.name.rpartition(".")[0]
