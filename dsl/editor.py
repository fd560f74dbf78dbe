"""What an editor of formulas asks: problems with fixes, what stands where, other names, layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dsl import codes
from dsl import types as t
from dsl.diagnostics import Diagnostic, Language, Span
from dsl.editor_complete import name_text, type_words
from dsl.editor_place import NAMES, Found, read, tolerant
from dsl.formula import compile_formula, relabel
from dsl.functions import TIER_WORDS
from dsl.parser import parse
from dsl.printer import print_formula
from dsl.source import fold

if TYPE_CHECKING:
    from dsl.functions import Function
    from dsl.lexer import Token
    from dsl.scope import RowScope, Symbol
    from dsl.source import Source
    from dsl.types import Type

Names = Literal["typed", "keys", "labels"]
_CLOSING = {"LPAR": ")", "LSQB": "]"}
_QUOTES = {"“": "”", "‘": "’"}
_PERCENT = re.compile(r"([0-9.]+)\s*[%％](\s*\)*)\Z")


# --- problems -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Remedy:
    """One click: what it does in words, and the part of the text it replaces."""

    title: str
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic with all its remedies; the first is the likeliest."""

    diagnostic: Diagnostic
    remedies: tuple[Remedy, ...]


def problems(
    text: str, scope: RowScope, *, expect: Type | None = None, language: Language = "zh-CN"
) -> tuple[Problem, ...]:
    """What is wrong with a formula, and what to do about each."""
    found = compile_formula(text, scope, expect=expect).diagnostics
    return tuple(Problem(each, remedies(each, text, language=language)) for each in found)


def remedies(problem: Diagnostic, text: str, *, language: Language = "zh-CN") -> tuple[Remedy, ...]:
    """The changes that would mend a problem."""
    changes = dict.fromkeys(
        [
            *([] if problem.fix is None else [(problem.fix.span, problem.fix.replacement)]),
            *_more(problem, text),
        ]
    )
    return tuple(Remedy(_title(span, new, language), span, new) for span, new in changes)


def _title(span: Span, new: str, language: Language) -> str:
    if span.start == span.end:
        return f"补上 {new}" if language == "zh-CN" else f"add {new}"
    return f"改为 {new}" if language == "zh-CN" else f"change to {new}"


def _more(problem: Diagnostic, text: str) -> list[tuple[Span, str]]:
    span = problem.span or Span(0, len(text))
    part, end = text[span.start : span.end], Span(len(text), len(text))
    match problem.code:
        case codes.AMBIGUOUS_NAME:
            return [(span, key) for key in problem.args["choices"].split(", ")]
        case codes.MINUS_OR_POWER if part.startswith(minus := problem.args["minus"]):
            return [(span, f"({minus}){part[len(minus) :]}")]
        case codes.PERCENT_OR_POINTS if _PERCENT.search(part):
            return [(span, _PERCENT.sub(r"\1pp\2", part))]
        case codes.UNCLOSED_TEXT:
            return [(end, _QUOTES.get(part[:1]) or fold(part[:1]))]
        case codes.UNCLOSED_NAME:
            return [(end, "}")]
        case codes.UNEXPECTED_END if "a value" not in problem.args["expected"]:
            closing = _closing(text)
            return [(end, closing)] if closing else []
        case _:
            return []


def _closing(text: str) -> str:
    """The brackets that finish a text; "" when more than brackets is missing."""
    seen = tolerant(text)
    opened: list[str] = []
    for token in seen[1] if seen is not None else ():
        if token.type in _CLOSING:
            opened.append(_CLOSING[token.type])
        elif opened and token.text == opened[-1]:
            opened.pop()
    added = "".join(reversed(opened))
    return added if parse(text + added).tree is not None else ""


# --- what stands where --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Shown:
    """A formula and its result."""

    formula: str
    result: str | None


@dataclass(frozen=True, slots=True)
class Hover:
    """What stands at a place: a field, a function or a literal."""

    span: Span
    kind: Literal["field", "function", "literal", "option"]
    title: str
    detail: str
    doc: str = ""
    examples: tuple[Shown, ...] = ()


def hover(text: str, offset: int, scope: RowScope, *, language: Language = "zh-CN") -> Hover | None:
    """What stands at an offset; also in a text that does not compile."""
    seen = tolerant(text)
    if seen is None:
        return None
    source, found = seen
    token = next((x for x in found if x.start_pos <= offset < x.end_pos), None)
    if token is None:
        return None
    if token.type in NAMES:
        named = _names(text, scope).get(token.span)
        return None if named is None else _of_name(named, language)
    before = [each for each in found if each.start_pos < token.start_pos]
    return _of_literal(token, source, read(before, source, scope).compared, language)


def _names(text: str, scope: RowScope) -> dict[Span, Found]:
    seen = tolerant(text)
    if seen is None:
        return {}
    return {found.span: found for found in read(seen[1], seen[0], scope).names}


def _of_name(found: Found, language: Language) -> Hover:
    if found.function is not None:
        return _of_function(found.span, found.function, language)
    assert found.symbol is not None  # noqa: S101 -- only names that mean something are kept
    symbol = found.symbol
    labels = symbol.labels or (symbol.key,)
    title = labels[0] if language == "zh-CN" else labels[-1]
    zero = ("空值按 0 计算", "blank counts as 0")[language == "en"] if symbol.blank_as_zero else ""
    return Hover(found.span, "field", title, type_words(symbol.type, language),
                 " · ".join(filter(None, (symbol.key, zero))))  # fmt: skip


def _of_function(span: Span, function: Function, language: Language) -> Hover:
    which = 0 if language == "zh-CN" else 1
    doc = (function.zh, function.en)[which]
    also = " · ".join((*function.aliases, TIER_WORDS[function.tier][which]))
    examples = tuple(Shown(each.formula, each.result) for each in function.examples)
    return Hover(span, "function", function.name, function.signature, f"{doc}\n{also}", examples)


def _of_literal(
    token: Token, source: Source, compared: Type | None, language: Language
) -> Hover | None:
    words = {
        "NUMBER": ("数字", "a number"), "TEXT": ("文本", "text"), "DATE": ("日期", "a date"),
    }.get(token.type)  # fmt: skip
    if words is None:
        return None
    shown = source.original[token.start_pos : token.end_pos]
    if token.type == "TEXT" and isinstance(compared, t.Choice):
        typed = fold(source.quoted(token.span))
        for key, labels in compared.options:
            if typed in (key, *map(fold, labels)):
                return Hover(token.span, "option", " · ".join(labels) or key, key)
    if token.type != "TEXT":  # a number as it is understood: `２０％` is 20%
        tree = parse(shown).tree
        shown = shown if tree is None else print_formula(tree)
    return Hover(token.span, "literal", shown, words[0] if language == "zh-CN" else words[1])


# --- other names, other layout ------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Edit:
    """A part of the text and what it becomes."""

    span: Span
    replacement: str


def field_at(text: str, offset: int, scope: RowScope) -> Found | None:
    """The field named at an offset, its end included."""
    for span, found in _names(text, scope).items():
        if span.start <= offset <= span.end and found.symbol is not None:
            return found
    return None


def rename(text: str, scope: RowScope, found: Found, *, new: str) -> tuple[Edit, ...]:
    """The changes that give a field another name where it is named like at `found`.

    A field named by its key elsewhere keeps the key there when a label is renamed, and the other
    way round. Nothing else is touched; () when the name can not be typed.
    """
    spelled, old = name_text(new.strip()), _named(text, found.span)
    if spelled is None or found.symbol is None:
        return ()
    return tuple(
        Edit(span, spelled)
        for span, each in sorted(_names(text, scope).items())
        if _is_same(each, found.symbol, found.scope) and _named(text, span) == old
    )


def _is_same(found: Found, symbol: Symbol, scope: RowScope | None) -> bool:
    same = found.symbol is not None and found.symbol.key == symbol.key
    # scopes are made anew for every look behind a reference; their symbols are not
    return same and _fields(found.scope) is _fields(scope)


def _fields(scope: RowScope | None) -> object:
    return None if scope is None else scope.symbols


def _named(text: str, span: Span) -> str:
    part = fold(text[span.start : span.end])
    return part[1:-1].strip() if part[:1] == "{" else part


def apply_edits(text: str, edits: tuple[Edit, ...]) -> str:
    """The text after the changes."""
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return text


def format_text(
    text: str, scope: RowScope, *, names: Names = "typed", language: Language = "zh-CN"
) -> str:
    """The formula in canonical spacing; a text that can not be read stays as it is."""
    if names != "typed":
        label = None if names == "keys" else 0 if language == "zh-CN" else 1
        return relabel(text, scope, label=label)
    tree = parse(text).tree
    return text if tree is None else print_formula(tree)
