"""Short references in documents, full names inside: the one place that translates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from builder.model.common import Labels

BUILT_IN_ENTITIES = frozenset(
    {"person", "department", "position", "assignment", "plan", "plan_item"}
)
BUILT_IN_CALENDARS = frozenset({"office"})
BUILT_IN = BUILT_IN_ENTITIES | BUILT_IN_CALENDARS
SYSTEM_PREFIX = "sys."


@dataclass(frozen=True, slots=True)
class Names:
    """Names as one pack writes them. `own` holds built-in names the pack has its own thing of."""

    pack: str
    own: Collection[str] = frozenset()

    def full(self, short: str) -> str:
        """The full name of a reference: same pack first, then built-in, then as it stands."""
        if "." in short or not self.pack:
            return short
        if short in BUILT_IN and short not in self.own:
            return short
        return f"{self.pack}.{short}"

    def own_name(self, key: str) -> str:
        """The full name of what a document defines: never a built-in one, whatever its key."""
        return f"{self.pack}.{key}" if self.pack else key

    def optional(self, short: str | None) -> str | None:
        """The full name, or None for nothing."""
        return None if short is None else self.full(short)

    def short(self, name: str) -> str:
        """How a file of this pack writes the full name."""
        pack, _, key = name.rpartition(".")
        return key if pack == self.pack and key not in BUILT_IN else name

    def full_series(self, series: str) -> str:
        """`machine.tool_wear` with the full name of the entity."""
        entity, _, key = series.rpartition(".")
        return f"{self.full(entity)}.{key}" if entity else series

    def short_series(self, series: str) -> str:
        """The opposite of `full_series`."""
        entity, _, key = series.rpartition(".")
        return f"{self.short(entity)}.{key}" if entity else series


def labels_of(document: Mapping[str, Any], key: str) -> Labels:
    """The labels of a thing; its key where none is written."""
    labels: Labels = document.get("label") or {"zh-CN": key, "en": key}
    return dict(labels)


def written_labels(labels: Labels, key: str) -> dict[str, str] | None:
    """The labels as a document writes them; nothing when they only repeat the key."""
    return None if labels == {"zh-CN": key, "en": key} else dict(labels)


def drop_defaults(document: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what a reader would assume anyway."""
    return {
        key: value
        for key, value in document.items()
        if value is not None and (key not in defaults or value != defaults[key])
    }
