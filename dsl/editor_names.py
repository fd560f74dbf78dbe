"""List what a formula may use, to look through: fields, also behind a reference, and functions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from dsl import types as t
from dsl.editor_complete import is_offered, name_text, type_words
from dsl.editor_place import NAMES, Reading, read, tolerant
from dsl.functions import CATEGORY_WORDS, FUNCTIONS, TIER_WORDS
from dsl.pinyin import is_chinese, spelled

if TYPE_CHECKING:
    from dsl.diagnostics import Language, Span
    from dsl.functions import Example, Function
    from dsl.scope import RowScope, Symbol

MarkKind = Literal["field", "rows", "reference", "function"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A name in a text that means something, and what kind of thing."""

    span: Span
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class ListedField:
    """A field to choose: `text` is typed for it; `path` leads on when there are fields behind."""

    key: str
    label: str
    text: str
    detail: str
    kind: MarkKind
    path: str
    words: tuple[str, ...]  # what it is found by: names, and how they sound


@dataclass(frozen=True, slots=True)
class ListedFunction:
    """A function to choose."""

    name: str
    category: str
    signature: str
    doc: str
    where: str
    examples: tuple[Example, ...]
    words: tuple[str, ...]


def marks(text: str, scope: RowScope) -> tuple[Mark, ...]:
    """Every name of a text that is known, in order; also in a text that does not compile."""
    seen = tolerant(text)
    if seen is None:
        return ()
    return tuple(
        Mark(found.span, "function" if found.symbol is None else _kind(found.symbol))
        for found in read(seen[1], seen[0], scope).names
    )


def fields(scope: RowScope, *, path: str, language: Language) -> tuple[ListedField, ...]:
    """The fields of a scope, or those a path leads to; () when it leads nowhere."""
    if not path:
        return tuple(filter(None, (_field(each, scope, "", language) for each in _all(scope))))
    seen = tolerant(f"{path}.")
    if seen is None or not _is_path([token.type for token in seen[1]]):
        return ()
    reading = read(seen[1], seen[0], scope)
    inside = reading.inside
    if inside is None:
        return ()
    listed = (_field(each, inside, path, language) for each in _all(inside))
    through = _has_rows(reading)
    return tuple(_summed(each, inside) if through else each for each in listed if each)


def _is_path(kinds: list[str]) -> bool:
    """Whether tokens are names with a dot behind each, nothing else."""
    steps = [("name" if kind in NAMES else kind) for kind in kinds]
    return steps[::2] == ["name"] * (len(steps) // 2) and all(
        {left, right} == {"name", "_DOT"} for left, right in pairwise(steps)
    )


def _all(scope: RowScope) -> tuple[Symbol, ...]:
    return tuple(scope.symbols.values())


def _has_rows(reading: Reading) -> bool:
    return any(each.symbol and isinstance(each.symbol.type, t.Rows) for each in reading.names)


def _kind(symbol: Symbol) -> MarkKind:
    match symbol.type:
        case t.Rows():
            return "rows"
        case t.Reference():
            return "reference"
        case _:
            return "field"


def _field(symbol: Symbol, scope: RowScope, path: str, language: Language) -> ListedField | None:
    labels = symbol.labels or (symbol.key,)
    label = labels[0] if language == "zh-CN" else labels[-1]
    alone = [each.key for each in scope.find(label)] == [symbol.key]
    spelling = (name_text(label) if alone else None) or name_text(symbol.key)
    if spelling is None:
        return None
    whole, kind = f"{path}.{spelling}" if path else spelling, _kind(symbol)
    return ListedField(
        key=symbol.key,
        label=label,
        text=f"COUNT({whole})" if kind == "rows" else whole,
        detail=type_words(symbol.type, language),
        kind=kind,
        path="" if kind == "field" else whole,
        words=_words((symbol.key, *symbol.labels)),
    )


def _summed(field: ListedField, scope: RowScope) -> ListedField:
    """A field of child rows is typed inside the aggregate that fits its type."""
    match scope.symbols[field.key].type:
        case t.Number() | t.Duration():
            function = "SUM"
        case t.Date() | t.DateTime():
            function = "MAX"
        case _:  # how many rows have it; no path leads through two child tables
            function = "COUNT"
    text = f"{function}({field.text})" if field.kind != "rows" else ""
    return ListedField(field.key, field.label, text, field.detail, field.kind, "", field.words)


def functions(scope: RowScope, *, language: Language) -> tuple[ListedFunction, ...]:
    """The functions that can be used in a scope, category by category."""
    listed = [each for each in FUNCTIONS if is_offered(each, scope)]
    order = list(CATEGORY_WORDS)
    return tuple(
        _function(each, language)
        for each in sorted(listed, key=lambda function: order.index(function.category))
    )


def _function(function: Function, language: Language) -> ListedFunction:
    which = 0 if language == "zh-CN" else 1
    return ListedFunction(
        name=function.name,
        category=CATEGORY_WORDS[function.category][which],
        signature=function.signature,
        doc=(function.zh, function.en)[which],
        where=TIER_WORDS[function.tier][which],
        examples=function.examples,
        words=_words((function.name, *function.aliases)),
    )


def _words(names: tuple[str, ...]) -> tuple[str, ...]:
    sounds = (sound for name in names if is_chinese(name) for sound in spelled(name))
    return tuple(dict.fromkeys(each.casefold() for each in (*names, *sounds)))
