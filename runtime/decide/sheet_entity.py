"""Guess an entity and its form from a table: keys from titles, types from what stands below."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsl.pinyin import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Json = dict[str, Any]
TYPES = frozenset(
    {"text", "long_text", "integer", "decimal", "percent", "date", "datetime", "boolean", "choice"}
)
MAX_KEY = 40
MAX_OPTIONS, FEWEST_PER_OPTION, MAX_OPTION = 12, 4, 30
LONG = 200  # characters; longer texts get more room to write
TRUTHS = frozenset({"true", "false", "yes", "no", "是", "否"})
_DAY = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column seems to be."""

    title: str
    key: str
    type: str
    options: tuple[str, ...] = ()


def guess_columns(
    titles: Sequence[str], rows: Sequence[Sequence[str | None]], chosen: Mapping[str, str]
) -> list[Guess]:
    """A field for each title; `chosen` types by title win."""
    found: list[Guess] = []
    for n, title in enumerate(titles):
        if not title:
            continue
        cells = [cell for row in rows if (cell := row[n])]
        kind = chosen.get(title) or guess_type(cells)
        options = tuple(dict.fromkeys(cells))[:200] if kind == "choice" else ()
        key = key_of(title, [each.key for each in found], otherwise=f"field_{n + 1}")
        found.append(Guess(title, key, kind, options))
    return found


def guess_type(cells: Sequence[str]) -> str:
    """The narrowest type that every cell fits."""
    if not cells:
        return "text"
    for kind, fits in _FITS.items():
        if all(fits(cell.strip()) for cell in cells):
            return kind
    different = set(cells)
    few = len(different) <= MAX_OPTIONS and len(cells) >= FEWEST_PER_OPTION * len(different)
    if few and max(map(len, different)) <= MAX_OPTION:
        return "choice"
    return "long_text" if max(map(len, cells)) > LONG else "text"


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda cell: compiled.fullmatch(cell) is not None


# A number that begins with zeros or is very long is a code, not a number.
_FITS: Mapping[str, Callable[[str], bool]] = {
    "boolean": lambda cell: cell.lower() in TRUTHS,
    "integer": _matches(r"[-+]?(0|[1-9]\d{0,14})"),
    "decimal": _matches(r"[-+]?(0|[1-9]\d{0,13})(\.\d{1,4})?"),
    "percent": _matches(r"[-+]?\d{1,9}(\.\d{1,4})?\s*[%％]"),
    "date": _matches(_DAY),
    "datetime": _matches(rf"{_DAY}[ T]+\d{{1,2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?"),
}


def key_of(title: str, taken: Sequence[str], *, otherwise: str) -> str:
    """A key in pinyin or as the title reads, free of others."""
    plain = re.sub(r"[^a-z0-9]+", "_", spelled(title)[1].lower()).strip("_")
    start = re.sub(r"^[^a-z]+", "", plain)[:MAX_KEY].strip("_") or otherwise
    key, number = start, 2
    while key in taken:
        key, number = f"{start}_{number}", number + 1
    return key


def documents_of(key: str, label: str, columns: Sequence[Guess]) -> tuple[Json, Json]:
    """The entity and a form with all its fields."""
    words = {"zh-CN": label, "en": label}
    entity: Json = {
        "kind": "entity",
        "key": key,
        "label": words,
        "display": next((c.key for c in columns if c.type == "text"), columns[0].key),
        "fields": [_field(column) for column in columns],
    }
    controls = [{"id": f"c{n}", "field": c.key} for n, c in enumerate(columns, 1)]
    form: Json = {
        "kind": "form",
        "key": f"{key}_form",
        "label": words,
        "entity": key,
        "layout": [{"id": "s1", "box": "section", "children": controls}],
    }
    return entity, form


def _field(column: Guess) -> Json:
    found: Json = {
        "key": column.key,
        "type": column.type,
        "label": {"zh-CN": column.title, "en": column.title},
    }
    if column.options:
        taken: list[str] = []
        for n, option in enumerate(column.options, 1):
            taken.append(key_of(option, taken, otherwise=f"option_{n}"))
        found["options"] = [
            {"id": id_, "label": {"zh-CN": option, "en": option}}
            for id_, option in zip(taken, column.options, strict=True)
        ]
    return found
