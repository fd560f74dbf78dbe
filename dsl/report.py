"""What the checker collects while it walks: problems, and the meaning of each name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, Fix, Span
from dsl.scope import Symbol
from dsl.words import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_SUGGESTED = 12  # of one formula; each costs a few milliseconds at worst


@dataclass(frozen=True, slots=True)
class OptionName:
    """An option that a text literal named."""

    key: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """TRUE, FALSE, NULL or the word for the outer row."""

    name: str


Meaning = Symbol | OptionName | FunctionName | Constant


@dataclass(slots=True)
class Report:
    """The notebook of one check."""

    source: str
    problems: list[Diagnostic] = field(default_factory=list)
    names: dict[Span, Meaning] = field(default_factory=dict)
    suggested: int = 0

    def closest(self, name: str, candidates: Iterable[str]) -> str | None:
        """What a typist most likely meant; a text of nothing but wrong names is no typo."""
        self.suggested += 1
        return closest(name, candidates) if self.suggested <= MOST_SUGGESTED else None

    def add(
        self,
        code: str,
        span: Span,
        args: Mapping[str, str] | None = None,
        *,
        fix: str | None = None,
    ) -> None:
        """Note a problem; `fix` is what the text at `span` should be replaced by."""
        remedy = None if fix is None else Fix(span, fix)
        self.problems.append(Diagnostic(code, args or {}, span, fix=remedy))

    def text(self, span: Span) -> str:
        """The source at a span."""
        return self.source[span.start : span.end]
