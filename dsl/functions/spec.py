"""What a function is: one row with signature, words, examples, meaning and tier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from dsl.ir import Node

if TYPE_CHECKING:
    from dsl.diagnostics import Span
    from dsl.scope import RowScope
    from dsl.series import Grain

# `summable`, `ordered` and `countable` take a value or child rows; `whole` is a written-out
# integer, `calendar`, `pattern` and `entity` a text in quotes; `child` is an expression over one
# row of the `rows` argument before it.
Kind = Literal[
    "number",
    "text",
    "condition",
    "date",
    "duration",
    "any",
    "whole",
    "rows",
    "child",
    "summable",
    "averaged",
    "ordered",
    "countable",
    "calendar",
    "pattern",
    "pointer",
    "entity",
]
Category = Literal["math", "logic", "text", "date", "aggregate", "period"]
Tier = Literal[0, 1, 2, 3]

CATEGORY_WORDS: dict[Category, tuple[str, str]] = {
    "math": ("数字", "Numbers"),
    "logic": ("条件与空值", "Conditions and blanks"),
    "aggregate": ("汇总", "Aggregates"),
    "text": ("文本", "Text"),
    "date": ("日期与时间", "Dates and times"),
    "period": ("周期", "Periods"),
}
TIER_WORDS: dict[Tier, tuple[str, str]] = {
    0: ("可下推，浏览器可算", "database and browser"),
    1: ("可下推", "database"),
    2: ("部分数据库可下推", "some databases"),
    3: ("仅服务器", "server only"),
}


@dataclass(frozen=True, slots=True)
class RowsValue:
    """Child rows as an argument: their path, the filter, the field behind them, their scope."""

    path: str
    where: Node | None
    value: Node | None
    scope: RowScope
    span: Span


Argument = Node | RowsValue


class Site(Protocol):
    """Where a function is called: it reports problems at the right place."""

    @property
    def grain(self) -> Grain | None:
        """How long a period is, where there are periods."""

    @property
    def calendar(self) -> Node:
        """The calendar that counts where none is named."""

    def unify(self, nodes: tuple[Node, ...]) -> tuple[Node, ...] | None:
        """The nodes with one common type, or None after reporting that there is none."""

    def back(self, node: Node, periods: int) -> Node | None:
        """What a node was some periods ago; None when it has no past."""

    def refuse(self, code: str, span: Span | None, **args: str) -> None:
        """Report a problem; the function yields nothing."""

    def comparable(self, nodes: tuple[Node, ...]) -> tuple[Node, ...] | None:
        """The nodes made comparable with the first, or None after reporting why not."""


Lower = Callable[[tuple[Argument, ...], Site], Node | None]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `low` and `high` bound a `whole` number."""

    name: str
    zh: str
    kind: Kind
    optional: bool = False
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A formula over the sample record and what it gives."""

    formula: str
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function. The last `repeat` parameters may be given again and again."""

    name: str
    aliases: tuple[str, ...]
    category: Category
    parameters: tuple[Parameter, ...]
    zh: str
    en: str
    examples: tuple[Example, ...]
    lower: Lower
    tier: Tier = 0
    repeat: int = 0
    trailing_default: bool = False

    @property
    def signature(self) -> str:
        """How it is written, with optional parts in brackets."""
        names = [f"[{p.name}]" if p.optional else p.name for p in self.parameters]
        tail = ["..."] if self.repeat else []
        return f"{self.name}({', '.join([*names, *tail])})"

    def accepts(self, count: int) -> bool:
        """Whether that many arguments fit."""
        least = sum(not parameter.optional for parameter in self.parameters)
        if not self.repeat:
            return least <= count <= len(self.parameters)
        extra = count - len(self.parameters)
        fits = extra % self.repeat == 0 or (self.trailing_default and extra % self.repeat == 1)
        return extra >= 0 and fits

    def wanted(self) -> str:
        """How many arguments it takes, in words."""
        least = sum(not parameter.optional for parameter in self.parameters)
        most = len(self.parameters)
        if self.repeat:
            return f">= {most}"
        return str(least) if least == most else f"{least}-{most}"

    def parameter(self, index: int, count: int) -> Parameter:
        """The parameter an argument belongs to."""
        if index < len(self.parameters):
            return self.parameters[index]
        if self.trailing_default and index == count - 1 and self._has_default(count):
            return self.parameters[-1]
        first = len(self.parameters) - self.repeat
        return self.parameters[first + (index - first) % self.repeat]

    def _has_default(self, count: int) -> bool:
        return (count - len(self.parameters)) % self.repeat == 1
