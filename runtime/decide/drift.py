"""Notice when a source changes its shape: columns that come, go or change their type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builder.model.others import StreamMapping

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drift:
    """How the rows differ from what the source used to send."""

    fingerprint: str  # to be stored
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # column -> old, new
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def drift_of(mapping: StreamMapping, rows: Sequence[Row], before: str | None) -> Drift:
    """Compare the columns of a batch with the fingerprint of earlier ones."""
    known: dict[str, str] = json.loads(before) if before else {}
    seen = _columns(rows)
    if not seen:
        return Drift(before or "{}")
    used = {item.source.partition(".")[0].strip('"') for item in mapping.fields}
    changed = {
        name: (known[name], kind)
        for name, kind in seen.items()
        if known.get(name, "null") != "null" and kind not in {"null", known[name]}
    }
    missing = tuple(sorted(used & set(known) - set(seen)))
    added = tuple(sorted(set(seen) - set(known))) if known else ()
    merged = {**known, **{n: k for n, k in seen.items() if k != "null" or n not in known}}
    text = json.dumps(merged, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Drift(text, {n: c for n, c in changed.items() if n in used}, missing, added)


def _columns(rows: Sequence[Row]) -> dict[str, str]:
    seen: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            seen.setdefault(name, set()).add(type(value))
    return {name: _together({_kind(each) for each in types}) for name, types in seen.items()}


def _together(kinds: set[str]) -> str:
    """The kind of a column: a null says nothing about it."""
    real = kinds - {"null"}
    if not real:
        return "null"
    return next(iter(real)) if len(real) == 1 else "mixed"


def _kind(of: type) -> str:
    return next((name for kind, name in KINDS if issubclass(of, kind)), "object")


KINDS: tuple[tuple[type[Any], str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (Decimal, "number"),
    (str, "text"),
    (list, "list"),
    (Mapping, "object"),
)
