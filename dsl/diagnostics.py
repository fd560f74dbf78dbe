"""What is wrong, where, and what to do about it: the one error value of the house."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")


class Span(NamedTuple):
    """A half-open range of code points in a source text; made and compared very often."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fix:
    """A one-click remedy: replace `span` of the source by `replacement`."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem with its code, its place and the arguments of its message.

    `file` and `pointer` (RFC 6901) say where in a document, `span` where inside a formula there.
    """

    code: str
    args: Mapping[str, str] = field(default_factory=dict)
    span: Span | None = None
    pointer: str | None = None
    file: str | None = None
    severity: Literal["error", "warning"] = "error"
    fix: Fix | None = None

    def at(self, *, file: str | None = None, pointer: str | None = None) -> Diagnostic:
        """The same problem, placed in a document."""
        return replace(self, file=file or self.file, pointer=pointer or self.pointer)

    def text(self, language: Language = "zh-CN") -> str:
        """The message in words, looked up by code."""
        template = MESSAGES[self.code][language]
        return template.format_map({name: said(name, v, language) for name, v in self.args.items()})


# arguments that may hold words of ours, not only what users call things
PHRASED = frozenset(
    {"actual", "capability", "convert", "error", "expected", "kind", "problem", "reason", "state",
     "what"}
)  # fmt: skip
PHRASES: dict[str, str] = {}


def said(name: str, value: str, language: Language) -> str:
    """An argument as it reads in a language: a phrase of ours, with what follows it left as it is.

    `reason: detail` translates the reason, and so does the first word of what was not found.
    """
    if language == "en" or name not in PHRASED or not isinstance(value, str):
        return value
    if value in PHRASES:
        return PHRASES[value]
    mark = " " if name == "what" else ": "
    head, found, tail = value.partition(mark)
    return f"{PHRASES[head]}{found}{tail}" if head in PHRASES else value


def register_phrases(phrases: Mapping[str, str]) -> None:
    """Add phrases of arguments, English -> Chinese; a phrase has one translation."""
    for english, chinese in phrases.items():
        if PHRASES.setdefault(english, chinese) != chinese:
            message = f"the phrase {english!r} is translated twice"
            raise ValueError(message)


MESSAGES: dict[str, Mapping[Language, str]] = {}


def register_messages(messages: Mapping[str, tuple[str, str]]) -> None:
    """Add a package's table of code -> (zh-CN text, en text); a code has one owner."""
    for code, (chinese, english) in messages.items():
        entry: Mapping[Language, str] = {"zh-CN": chinese, "en": english}
        if MESSAGES.setdefault(code, entry) != entry:
            message = f"diagnostic code {code} is defined twice"
            raise ValueError(message)
