"""The syntax tree: what was typed, with spans; equality ignores the spans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from dsl.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

NOWHERE = Span(0, 0)
BinaryOp = Literal["+", "-", "*", "/", "^", "=", "<>", "<", "<=", ">", ">="]
NaryOp = Literal["AND", "OR", "&"]


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal `raw / 10**scale` without trailing zeros, with `%`, a unit key or nothing."""

    raw: int
    scale: int
    suffix: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Date:
    """A date like 2026-02-08, as days since 1970-01-01."""

    day: int
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """One name of a path, with the filter behind it."""

    name: str
    where: Node | None = None
    name_span: Span = field(default=NOWHERE, compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A name, or names joined by dots."""

    segments: tuple[Segment, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    args: tuple[Node, ...]
    name_span: Span = field(default=NOWHERE, compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """A sign or a negation."""

    op: Literal["-", "+", "NOT"]
    operand: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic or a comparison."""

    op: BinaryOp
    left: Node
    right: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Nary:
    """A chain of AND, OR or `&`."""

    op: NaryOp
    operands: tuple[Node, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Within:
    """`x IN (...)` or `x NOT IN (...)`."""

    item: Node
    options: tuple[Node, ...]
    negated: Literal["", "NOT"] = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """`x BETWEEN low AND high`, both ends included."""

    item: Node
    low: Node
    high: Node
    span: Span = field(default=NOWHERE, compare=False)


Node = Number | Text | Date | Path | Call | Unary | Binary | Nary | Within | Between


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, from left to right."""
    match node:
        case Path(segments=segments):
            return tuple(s.where for s in segments if s.where is not None)
        case Call(args=args):
            return args
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Nary(operands=operands):
            return operands
        case Within(item=item, options=options):
            return (item, *options)
        case Between(item=item, low=low, high=high):
            return (item, low, high)
        case _:
            return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth, without recursion."""
    stack = [(node, 1)]
    while stack:
        current, depth = stack.pop()
        yield current, depth
        stack.extend((child, depth + 1) for child in children(current))
