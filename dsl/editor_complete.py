"""Complete what is being typed in a formula: fields, functions, options, units and operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Literal

from dsl import types as t
from dsl.diagnostics import Language, Span
from dsl.editor_place import Place, Reading, at_value, place
from dsl.functions import FUNCTIONS, TIER_WORDS
from dsl.parser import following
from dsl.pinyin import is_chinese, spelled
from dsl.resolve import OUTER, is_plain_name
from dsl.source import fold
from dsl.units import UNITS
from dsl.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.functions import Function
    from dsl.scope import RowScope, Symbol
    from dsl.types import Type

MOST = 50
ItemKind = Literal["field", "function", "option", "unit", "operator", "constant"]
_FITS: dict[str, tuple[type[Type], ...]] = {
    "number": (t.Number,),
    "text": (t.Text,),
    "date": (t.Date,),
    "duration": (t.Duration,),
    "condition": (t.Boolean,),
    "rows": (t.Rows,),
    "summable": (t.Rows, t.Number, t.Duration),
    "averaged": (t.Rows, t.Number),
    "ordered": (t.Rows, t.Number, t.Date, t.DateTime, t.Duration),
    "countable": (t.Rows,),
    "pointer": (t.Pointer,),
}
_OPERATORS: tuple[tuple[str, str, str, str], ...] = (
    ("AND", "_AND", "并且", "both hold"),
    ("OR", "_OR", "或者", "one of them holds"),
    ("IN", "_IN", "是其中之一", "is one of"),
    ("NOT IN", "NOT", "不是其中之一", "is none of"),
    ("BETWEEN", "_BETWEEN", "在两者之间", "lies between"),
)
PERIOD_BOUNDS = frozenset({"PERIOD_START", "PERIOD_END"})
_CONSTANTS = (("TRUE", "是", "true"), ("FALSE", "否", "false"), ("NULL", "空值", "blank"))


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal: `text` replaces the completion's span; `label` is what the list shows."""

    label: str
    kind: ItemKind
    text: str
    detail: str  # the type of a field, the signature of a function
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What to propose, best first, and the part of the text it replaces."""

    span: Span
    items: tuple[Item, ...]


# how well it matches (0 is best), then how well its type fits
Rank = tuple[int, int]
Ranked = tuple[Rank, Callable[[], Item | None]]  # most are never shown, so never made


def complete(
    text: str, offset: int, scope: RowScope, *, language: Language = "zh-CN", most: int = MOST
) -> Completion:
    """Proposals for a cursor in a text, which is usually not finished."""
    offset = min(max(offset, 0), len(text))
    here = place(text, offset, scope)
    if here is None:
        return Completion(Span(offset, offset), ())
    found = sorted(_Completer(here, language).ranked(text), key=lambda each: each[0])
    made = (make() for _, make in found)
    return Completion(here.span, tuple(islice((item for item in made if item), most)))


def is_offered(function: Function, scope: RowScope) -> bool:
    """Whether a function makes sense in a scope: what looks back needs a past, the rest periods."""
    if function.category != "period" or scope.series:
        return True
    return scope.grain is not None and function.name in PERIOD_BOUNDS


def match(small: str, names: tuple[str, ...]) -> int | None:
    """How names fit what was typed (folded): 0 exactly, 1 from the start, 2 by sound, 3 inside."""
    if not small:
        return 1
    folded = _folded(names)
    if small in folded:
        return 0
    for name in folded:
        if name.startswith(small):
            return 1
    if small.isascii():
        for sound in _sounds(names):
            if sound.startswith(small):
                return 2
    return 3 if any(small in name for name in folded) else None


@lru_cache(maxsize=16384)
def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_small(name) for name in names)


@lru_cache(maxsize=16384)
def _sounds(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sound for name in names if is_chinese(name) for sound in spelled(name))


def _small(text: str) -> str:
    return fold(text).casefold()


def name_text(name: str) -> str | None:
    """A name as it is typed, in braces where it needs them; None when it can not be typed."""
    if is_plain_name(name):
        return name
    return None if "}" in fold(name) or not fold(name) else "{" + name + "}"


class _Completer:
    """Collects the proposals for one place."""

    def __init__(self, here: Place, language: Language) -> None:
        self._here = here
        self._typed = here.typed
        self._small = _small(here.typed)
        self._language = language
        self._compared = here.reading.compared
        self._wanted = _FITS.get(here.reading.parameter_kind)

    def ranked(self, text: str) -> Iterator[Ranked]:
        """Every proposal with its rank."""
        here, reading = self._here, self._here.reading
        compared = self._compared
        match here.typing:
            case "unit":
                yield from self._units()
                if self._head(text)[-1:].isspace():
                    yield from self._operators(text)
            case "text":
                yield from self._options(compared)
                yield from self._calendars(reading)
            case _ if reading.token is not None and reading.token.type == "_DOT":
                if reading.inside is not None:
                    yield from self._fields(reading.inside, dotted=True)
            case _ if self._value_due(text):
                yield from self._options(compared)
                yield from self._calendars(reading)
                yield from self._values(reading)
            case "word":
                yield from self._operators(text)
            case _:
                return

    def _head(self, text: str) -> str:
        return text[: self._here.span.start]

    def _value_due(self, text: str) -> bool:
        accepted = following(self._head(text))
        return at_value(self._here.reading) if accepted is None else "NAME" in accepted

    def _values(self, reading: Reading) -> Iterator[Ranked]:
        level = reading.level
        yield from self._fields(level.scope, dotted=False)
        if self._here.typing == "braced":
            return
        if level.outer is not None:
            yield from self._outer(level.scope)
        yield from self._functions(level.scope)
        for word, chinese, english in _CONSTANTS:
            rank = match(self._small, (word,))
            if rank is not None and self._typed and not level.scope.find(word):
                said = self._say(chinese, english)
                yield (rank, 3), partial(Item, word, "constant", word, said)

    def _say(self, chinese: str, english: str) -> str:
        return chinese if self._language == "zh-CN" else english

    # -- fields

    def _fields(self, scope: RowScope, *, dotted: bool) -> Iterator[Ranked]:
        for symbol in scope.symbols.values():
            rank = match(self._small, (symbol.key, *symbol.labels))
            if rank is not None:
                make = partial(self._field, symbol, scope, dotted=dotted)
                yield (rank, self._fit(symbol.type)), make

    def _field(self, symbol: Symbol, scope: RowScope, *, dotted: bool) -> Item | None:
        name = self._chosen(symbol, scope)
        text = self._field_text(symbol, name, dotted=dotted)
        if text is None:
            return None
        also = " · ".join(dict.fromkeys((symbol.key, *symbol.labels)))
        return Item(name, "field", text, type_words(symbol.type, self._language), also)

    def _field_text(self, symbol: Symbol, name: str, *, dotted: bool) -> str | None:
        """What is inserted; child rows stand in an aggregate, which is opened where none is."""
        text = name_text(name)
        if text is None or not isinstance(symbol.type, t.Rows) or self._here.reading.wants_rows:
            return text
        return None if dotted or self._here.typing == "braced" else f"SUM({text}."

    def _chosen(self, symbol: Symbol, scope: RowScope) -> str:
        """The label in the reader's language; the key when that was typed or is needed."""
        small = self._small
        labels = symbol.labels
        if not labels or (small and symbol.key.casefold().startswith(small)):
            return symbol.key
        label = labels[0] if self._language == "zh-CN" else labels[-1]
        # who types a label of the other language, or its sound, means that label
        typed = [each for each in labels if small and match(small, (each,)) in {0, 1, 2}]
        label = typed[0] if typed else label
        alone = [each.key for each in scope.find(label)] == [symbol.key]
        return label if alone and name_text(label) is not None else symbol.key

    def _fit(self, kind: Type) -> int:
        if self._compared is not None:
            return 0 if type(kind) is type(self._compared) else 1
        wanted = self._wanted
        if wanted is None or isinstance(kind, wanted[0]):
            return 0
        return 1 if isinstance(kind, wanted) else 2

    def _outer(self, scope: RowScope) -> Iterator[Ranked]:
        for word in sorted(OUTER):
            rank = match(self._small, (word,))
            if rank is not None and not scope.find(word):
                said = self._say("外层记录", "the outer record")
                yield (rank, 1), partial(Item, word, "constant", f"{word}.", said)

    # -- functions

    def _functions(self, scope: RowScope) -> Iterator[Ranked]:
        for function in FUNCTIONS:
            if not is_offered(function, scope):
                continue
            rank = match(self._small, (function.name, *function.aliases))
            if rank is not None:
                yield (rank, 3), partial(self._function, function)

    def _function(self, function: Function) -> Item:
        small = self._small
        name = function.name
        if small and not name.casefold().startswith(small):
            aliases = (each for each in function.aliases if match(small, (each,)) is not None)
            name = next(aliases, name)
        tail = "" if self._here.called else "(" if function.parameters else "()"
        shown = name if name == function.name else f"{name} · {function.name}"
        doc = self._say(function.zh, function.en)
        tier = self._say(*TIER_WORDS[function.tier])
        return Item(shown, "function", name + tail, function.signature, f"{doc}\n{tier}")

    # -- options, units, operators

    def _options(self, kind: Type | None) -> Iterator[Ranked]:
        if not isinstance(kind, t.Choice) or self._here.typing == "braced":
            return
        for key, labels in kind.options:
            rank = match(self._small, (key, *labels))
            if rank is None:
                continue
            label = key if not labels else labels[0] if self._language == "zh-CN" else labels[-1]
            quoted = "'" + label.replace("'", "''") + "'"
            yield (rank, -1), partial(Item, label, "option", quoted, key)

    def _calendars(self, reading: Reading) -> Iterator[Ranked]:
        """The calendars by name, where an argument is one."""
        if reading.parameter_kind != "calendar":
            return
        names: dict[str, list[str]] = {}
        for name, key in reading.level.scope.calendars.items():
            names.setdefault(key, []).append(name)
        for key, others in names.items():
            rank = match(self._small, (key, *others))
            if rank is not None:
                quoted = "'" + key.replace("'", "''") + "'"
                yield (rank, -1), partial(Item, key, "option", quoted, " · ".join(others))

    def _units(self) -> Iterator[Ranked]:
        for unit in UNITS:
            spellings = (unit.key, *unit.spellings)
            rank = match(self._small, spellings)
            if rank is None:
                continue
            chinese = self._language == "zh-CN"
            spoken = next((s for s in spellings if is_chinese(s) == chinese), spellings[0])
            name = self._typed if self._typed in spellings else spoken
            yield (rank, 0), partial(Item, name, "unit", name, " ".join(spellings))
        if not self._typed:
            yield (1, 1), partial(Item, "%", "unit", "%", self._say("百分之", "percent"))

    def _operators(self, text: str) -> Iterator[Ranked]:
        accepted = following(self._head(text))
        for word, terminal, chinese, english in _OPERATORS:
            rank = match(self._small, (word,))
            if rank is None or (accepted is not None and terminal not in accepted):
                continue
            tail = " (" if word.endswith("IN") and not self._here.called else " "
            said = self._say(chinese, english)
            yield (rank, 0), partial(Item, word, "operator", word + tail, said)


def type_words(kind: Type, language: Language) -> str:
    """A type as people read it: with decimals and unit, options, or where it leads."""
    chinese, english = words(kind)
    named = chinese if language == "zh-CN" else english
    match kind:
        case t.Number(scale=scale, unit=unit):
            decimals = f"{scale} 位小数" if language == "zh-CN" else f"{scale} decimals"
            return " · ".join(filter(None, (named, decimals if scale else "", unit)))
        case t.Choice(options=options):
            listed: Iterable[str] = (labels[0] if labels else key for key, labels in options[:5])
            return f"{named} · {', '.join(listed)}"
        case t.Reference(entity=entity) | t.Rows(entity=entity):
            return f"{named} · {entity}"
        case t.Pointer(entities=entities):
            return f"{named} · {', '.join(entities)}"
        case _:
            return named
