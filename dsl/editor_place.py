"""Read a formula that is being typed: which names mean what, and where the cursor stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from dsl import types as t
from dsl.codes import BAD_CHARACTER, STRAY_PERCENT, UNCLOSED_NAME, UNCLOSED_TEXT
from dsl.diagnostics import Diagnostic, Span
from dsl.functions import find_function
from dsl.lexer import Token, tokens
from dsl.per_row import PER_ROW
from dsl.resolve import OUTER, Level
from dsl.source import Source, fold, read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.functions import Function, Parameter
    from dsl.scope import RowScope, Symbol

NAMES = frozenset({"NAME", "BRACED"})
WORDS = frozenset({"NAME", "NOT", "_AND", "_OR", "_IN", "_BETWEEN"})
_ENDS_VALUE = frozenset({"NUMBER", "TEXT", "DATE", "NAME", "BRACED", "RPAR", "RSQB"})
_ROW_KINDS = frozenset({"rows", "summable", "averaged", "ordered", "countable"})
_BETWEEN = frozenset({"PLUS", "MINUS", "TIMES"})
_TAIL = re.compile(r"\w*")
_LETTERS = re.compile(r"[^\W\d]\w*\Z")
_UNIT = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(\w*)\Z")
_PASSED = ("NUMBER", "TEXT", "DATE", "PLUS", "MINUS", "TIMES", "POWER", "_AMP", "_AND", "_OR")
MOST_STRAY = 50  # characters that fit nowhere and are passed over


@dataclass(frozen=True, slots=True)
class Found:
    """A name with what it stands for: a symbol and the scope that has it, or a function."""

    span: Span
    symbol: Symbol | None = None
    scope: RowScope | None = None
    function: Function | None = None


@dataclass(slots=True)
class Frame:
    """An open bracket: of a call, a filter, a list of options, or plain parentheses."""

    level: Level
    function: Function | None = None
    index: int = 0
    compared: t.Type | None = None
    column: t.Type | None = None  # of the argument before
    options: t.Type | None = None  # of a list behind IN
    first: t.Type | None = None  # of the first argument, when it is a plain name
    rows: RowScope | None = None  # of the child rows that were given before
    behind: Found | None = None  # the child table a filter belongs to


@dataclass(slots=True)
class Reading:
    """What was read up to the cursor."""

    frames: list[Frame]
    names: list[Found] = field(default_factory=list)
    last: Found | None = None  # the name right before
    token: Token | None = None  # the token right before
    inside: RowScope | None = None  # behind a dot: whose fields
    before_path: Token | None = None  # the token before the path that is being read
    may_lead_to_rows: bool = True  # no path leads through two child tables

    @property
    def frame(self) -> Frame:
        """The innermost bracket."""
        return self.frames[-1]

    @property
    def level(self) -> Level:
        """The rows a name is read in here."""
        frame = self.frame
        if self._kind() == "child" and frame.rows is not None:
            return Level(frame.rows, frame.level.scope)
        return frame.level

    @property
    def wants_rows(self) -> bool:
        """Whether child rows may stand here, at the start of an argument or behind a dot."""
        start = self.token
        if start is not None and start.type == "_DOT":
            start = self.before_path if self.may_lead_to_rows else None
        if start is None:
            return False
        if start.type in _BETWEEN:  # in an expression over each row
            return self._kind() in PER_ROW
        return start.type in {"LPAR", "_COMMA"} and self._kind() in _ROW_KINDS

    @property
    def parameter_kind(self) -> str:
        """What the argument that begins here should be; "" when nobody says."""
        at_start = self.token is not None and self.token.type in {"LPAR", "_COMMA"}
        return self._kind() if at_start else ""

    def _kind(self) -> str:
        parameter = self._parameter()
        return "" if parameter is None else parameter.kind

    def _parameter(self) -> Parameter | None:
        """What the argument stands for; None outside a function, or beyond its last argument."""
        frame = self.frame
        if frame.function is None or not frame.function.parameters:
            return None
        count = max(frame.index + 1, len(frame.function.parameters))
        if not frame.function.repeat and frame.index >= len(frame.function.parameters):
            return None
        return frame.function.parameter(frame.index, count)

    @property
    def compared(self) -> t.Type | None:
        """The type of what the value here is compared with."""
        frame, token = self.frame, self.token
        if token is None:
            return None
        if token.type == "COMPARE":
            return frame.compared
        if token.type in {"LPAR", "LSQB", "_COMMA"}:
            parameter = self._parameter()
            if parameter is not None and parameter.name == "criterion":
                return frame.column
            switched = frame.function is not None and frame.function.name == "SWITCH"
            return frame.first if switched and frame.index % 2 else frame.options
        return None


def tolerant(text: str) -> tuple[Source, list[Token]] | None:
    """The tokens of a text, characters that fit nowhere passed over; None when it is hopeless."""
    source = read_source(text)
    for _ in range(MOST_STRAY):
        problem = source if isinstance(source, Diagnostic) else None
        if isinstance(source, Source):
            found = tokens(source)
            if not isinstance(found, Diagnostic):
                return source, found
            problem = found
        if problem is None or problem.code not in {BAD_CHARACTER, STRAY_PERCENT}:
            return None
        at = (problem.span or Span(0, 1)).start
        text = text[:at] + " " + text[at + 1 :]
        source = read_source(text)
    return None


def read(found: list[Token], source: Source, scope: RowScope) -> Reading:
    """Follow tokens through the scopes; what is wrong is passed over."""
    reading = Reading([Frame(Level(scope))])
    for at, token in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        if token.type in NAMES:
            _name(reading, token, source, called=after is not None and after.type == "LPAR")
        else:
            action = _ACTIONS.get(token.type)
            if action is not None:
                action(reading, token)
            if token.type != "_DOT":
                reading.inside = None
        reading.token = token
    return reading


def _name(reading: Reading, token: Token, source: Source, *, called: bool) -> None:
    braced = token.type == "BRACED"
    name = source.quoted(token.span) if braced else token.text
    inside, reading.inside = reading.inside, None
    behind_dot = reading.token is not None and reading.token.type == "_DOT"
    if called and not braced and not behind_dot:
        reading.last = Found(token.span, function=find_function(name))
    elif behind_dot:
        reading.last = _found(token.span, name, inside)
    else:
        level = reading.level
        reading.before_path, reading.may_lead_to_rows = reading.token, True
        reading.last = _found(token.span, name, level.scope)
        if reading.last.symbol is None and fold(name) in OUTER and level.outer is not None:
            reading.inside = level.outer  # what a dot will lead to
            reading.may_lead_to_rows = False
        _note_argument(reading, reading.last)
    if reading.last.symbol is not None and isinstance(reading.last.symbol.type, t.Rows):
        reading.may_lead_to_rows = False
    if reading.last.symbol is not None or reading.last.function is not None:
        reading.names.append(reading.last)


def _note_argument(reading: Reading, found: Found) -> None:
    frame = reading.frame
    if found.symbol is None or frame.function is None:
        return
    kind = found.symbol.type
    if frame.index == 0 and frame.first is None:
        frame.first = kind
    if isinstance(kind, t.Rows) and frame.rows is None:
        frame.rows = behind(found)


def _found(span: Span, name: str, scope: RowScope | None) -> Found:
    known = () if scope is None else scope.find(name)
    return Found(span, known[0], scope) if known else Found(span)


def behind(found: Found | None) -> RowScope | None:
    """The fields a dot behind a reference or a child table leads to."""
    if found is None or found.symbol is None or found.scope is None:
        return None
    kind = found.symbol.type
    return found.scope.entity_of(kind.entity) if isinstance(kind, t.Reference | t.Rows) else None


def _dot(reading: Reading, _token: Token) -> None:
    if reading.inside is None:
        reading.inside = behind(reading.last)


def _open_round(reading: Reading, _token: Token) -> None:
    last, before = reading.last, reading.token
    called = before is not None and before.type == "NAME" and last is not None
    level = reading.level
    reading.frames.append(Frame(level, last.function if called and last is not None else None))
    _options(reading, before)


def _open_square(reading: Reading, _token: Token) -> None:
    before, level = reading.token, reading.level
    child = behind(reading.last) if before is not None and before.type in NAMES else None
    inner = level if child is None else Level(child, level.scope)
    reading.frames.append(Frame(inner, behind=reading.last if child is not None else None))
    _options(reading, before)


def _options(reading: Reading, before: Token | None) -> None:
    if before is not None and before.type == "_IN":
        reading.frame.options = reading.frames[-2].compared
    reading.last = None


def _close(reading: Reading, _token: Token) -> None:
    if len(reading.frames) > 1:
        reading.last = reading.frames.pop().behind
    else:
        reading.last = None


def _comma(reading: Reading, _token: Token) -> None:
    reading.frame.index += 1
    reading.frame.compared = None
    symbol = None if reading.last is None else reading.last.symbol
    reading.frame.column = None if symbol is None else symbol.type
    reading.last = None


def _compare(reading: Reading, _token: Token) -> None:
    symbol = None if reading.last is None else reading.last.symbol
    reading.frame.compared = None if symbol is None else symbol.type
    reading.last = None


def _other(reading: Reading, _token: Token) -> None:
    reading.last = None


_ACTIONS: dict[str, Callable[[Reading, Token], None]] = {
    "_DOT": _dot,
    "LPAR": _open_round,
    "LSQB": _open_square,
    "RPAR": _close,
    "RSQB": _close,
    "_COMMA": _comma,
    "COMPARE": _compare,
    "_IN": _compare,
    **dict.fromkeys(_PASSED, _other),
}

Typing = Literal["word", "braced", "text", "unit"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cursor stands: what is being typed, and what was read before it."""

    typing: Typing
    typed: str
    span: Span
    reading: Reading
    source: Source
    called: bool  # an opening parenthesis follows


def place(text: str, offset: int, scope: RowScope) -> Place | None:
    """The place of a cursor in a text, however broken; None when nothing can be said."""
    before = text[:offset]
    opened = read_source(before)
    codes = {UNCLOSED_TEXT, UNCLOSED_NAME}
    if isinstance(opened, Diagnostic) and opened.code in codes and opened.span is not None:
        return _in_quotes(text, offset, opened, scope)
    seen = tolerant(before)
    if seen is None:
        return None
    source, found = seen
    typing, start = _word(before, found, offset)
    end = offset
    if typing == "word":
        tail = _TAIL.match(text, offset)
        end = tail.end() if tail is not None else offset
    kept = [token for token in found if token.start_pos < start]
    called = fold(text[end:].lstrip()[:1]) == "("
    reading = read(kept, source, scope)
    return Place(typing, before[start:], Span(start, end), reading, source, called)


def _word(before: str, found: list[Token], offset: int) -> tuple[Typing, int]:
    """What is typed at the end of the text, and where it begins."""
    last = found[-1] if found else None
    if last is None:
        return "word", offset
    glued = last.type != "NUMBER" and len(found) > 1 and last.end_pos == offset
    number = found[-2] if glued else last
    if number.type == "NUMBER":
        unit = _UNIT.search(before[number.start_pos :])
        if unit is not None:
            return "unit", number.start_pos + unit.start(2)
    if last.type in WORDS and last.end_pos == offset and _LETTERS.match(last.text):
        return "word", last.start_pos
    return "word", offset


def _in_quotes(text: str, offset: int, opened: Diagnostic, scope: RowScope) -> Place | None:
    at = (opened.span or Span(0, 0)).start
    seen = tolerant(text[:at])
    if seen is None:
        return None
    typing: Typing = "braced" if opened.code == UNCLOSED_NAME else "text"
    reading = read(seen[1], seen[0], scope)
    end = _closed(text, at, offset)
    called = fold(text[end:].lstrip()[:1]) == "("
    return Place(typing, text[at + 1 : offset], Span(at, end), reading, seen[0], called)


def _closed(text: str, at: int, offset: int) -> int:
    """Where the quotes that open at a place end; the cursor when nothing closes them."""
    whole = tolerant(text)
    if whole is None:
        return offset
    return next((x.end_pos for x in whole[1] if x.start_pos == at), offset)


def at_value(reading: Reading) -> bool:
    """Whether a value is due here, by the token before alone."""
    return reading.token is None or reading.token.type not in _ENDS_VALUE
