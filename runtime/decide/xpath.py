"""Expressions of XLSForm (a little of XPath) as formulas of ours, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dsl import ast
from dsl.values import format_date, format_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAX_DEPTH = 60
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<field>\$\{\s*[^}\s]+\s*\})|(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|"[^"]*")
    |(?P<word>[A-Za-z_][A-Za-z0-9_:-]*)|(?P<sign><=|>=|!=|[()=<>+*,.|/\[\]-]))""",
    re.VERBOSE,
)
_COMPARISONS: Mapping[str, ast.BinaryOp] = {
    "=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_BLANK = ast.Text("")


class UntranslatableError(ValueError):
    """There is no such expression on the other side; the text says what of it."""


def path(*names: str) -> ast.Path:
    """A name, or names joined by dots."""
    return ast.Path(tuple(ast.Segment(name) for name in names))


def call(name: str, *args: ast.Node) -> ast.Call:
    """A function with its arguments."""
    return ast.Call(name, args)


# --- from XLSForm ---------------------------------------------------------------------------
class Standing(Protocol):
    """Where an expression stands: what names mean there."""

    @property
    def here(self) -> ast.Node:
        """What the dot stands for."""
        ...

    def name(self, name: str) -> ast.Node:
        """What `${name}` stands for."""
        ...

    def selected(self, field: ast.Node, option: ast.Node) -> ast.Node:
        """Whether an option is chosen: that depends on the type of the field."""
        ...


def read_xpath(text: str, standing: Standing) -> ast.Node:
    """The formula an expression means.

    Raises:
        UntranslatableError: it uses what formulas do not have.
    """
    reader = _Reader(_tokens(text), standing)
    node = reader.chain(0)
    reader.end()
    return node


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found, at = list[_Token](), 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise UntranslatableError(text[at:].strip()[:20])
        found.append(_Token(str(match.lastgroup), match.group().strip()))
        at = match.end()
    return found


class _Reader:
    """Reads by descent: or, and, comparison, sum, product, sign."""

    def __init__(self, tokens: Sequence[_Token], standing: Standing) -> None:
        self._tokens, self._standing = tokens, standing
        self._at = self._depth = 0

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        text = self._peek()
        if text and text in wanted:
            self._at += 1
            return text
        return ""

    def _must(self, wanted: str) -> None:
        if not self._take(wanted):
            raise UntranslatableError(self._peek() or wanted)

    def end(self) -> None:
        """Nothing may follow."""
        if self._at < len(self._tokens):
            raise UntranslatableError(self._peek())

    def chain(self, level: int) -> ast.Node:
        """Parts joined by `or` (level 0) or `and` (level 1)."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UntranslatableError("((((")
        word = ("or", "and")[level]
        parts = [self._part(level)]
        while self._take(word):
            parts.append(self._part(level))
        self._depth -= 1
        if len(parts) == 1:
            return parts[0]
        return ast.Nary("OR" if level == 0 else "AND", tuple(parts))

    def _part(self, level: int) -> ast.Node:
        return self.chain(1) if level == 0 else self._comparison()

    def _comparison(self) -> ast.Node:
        left = self._sum()
        sign = self._take(*_COMPARISONS)
        if not sign:
            return left
        right = self._sum()
        if _BLANK in (left, right) and sign in ("=", "!="):
            blank = call("ISBLANK", left if right == _BLANK else right)
            return blank if sign == "=" else ast.Unary("NOT", blank)
        return ast.Binary(_COMPARISONS[sign], left, right)

    def _sum(self) -> ast.Node:
        left = self._product()
        while sign := self._take("+", "-"):
            left = ast.Binary("+" if sign == "+" else "-", left, self._product())
        return left

    def _product(self) -> ast.Node:
        left = self._sign()
        while word := self._take("*", "div", "mod"):
            right = self._sign()
            if word == "mod":
                left = call("MOD", left, right)
            else:
                left = ast.Binary("*" if word == "*" else "/", left, right)
        return left

    def _sign(self) -> ast.Node:
        if self._take("-"):
            return ast.Unary("-", self._sign())
        return self._atom()

    def _atom(self) -> ast.Node:
        if self._take("("):
            node = self.chain(0)
            self._must(")")
            return node
        if self._take("."):
            return self._standing.here
        if self._at >= len(self._tokens):
            raise UntranslatableError("...")
        token = self._tokens[self._at]
        self._at += 1
        match token.kind:
            case "field":
                return self._standing.name(token.text[2:-1].strip())
            case "number":
                return number(token.text)
            case "text":
                return ast.Text(token.text[1:-1])
            case "word" if self._take("("):
                return self._function(token.text)
            case _:
                raise UntranslatableError(token.text)

    def _function(self, name: str) -> ast.Node:
        args: list[ast.Node] = []
        while not self._take(")"):
            if args:
                self._must(",")
            args.append(self.chain(0))
        if name == "selected" and len(args) == len(("field", "option")):
            return self._standing.selected(*args)
        least, most, ours = _FUNCTIONS.get(name, (1, 0, ""))
        if not least <= len(args) <= most:
            raise UntranslatableError(f"{name}()")
        if ours in ("TRUE", "FALSE"):
            return path(ours)
        return ast.Unary("NOT", args[0]) if ours == "NOT" else call(ours, *args)


def number(text: str) -> ast.Number:
    """A decimal without trailing zeros."""
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return ast.Number(int(whole + fraction), len(fraction))


_MANY = 99
_FUNCTIONS: Mapping[str, tuple[int, int, str]] = {
    "true": (0, 0, "TRUE"), "false": (0, 0, "FALSE"), "not": (1, 1, "NOT"), "if": (3, 3, "IF"),
    "coalesce": (2, 2, "COALESCE"), "concat": (1, _MANY, "CONCAT"), "round": (2, 2, "ROUND"),
    "int": (1, 1, "INT"), "abs": (1, 1, "ABS"), "sqrt": (1, 1, "SQRT"), "pow": (2, 2, "POWER"),
    "today": (0, 0, "TODAY"), "now": (0, 0, "NOW"), "sum": (1, 1, "SUM"),
    "count": (1, 1, "COUNT"), "count-selected": (1, 1, "COUNT"), "min": (1, _MANY, "MIN"),
    "max": (1, _MANY, "MAX"), "contains": (2, 2, "CONTAINS"),
    "starts-with": (2, 2, "STARTSWITH"), "ends-with": (2, 2, "ENDSWITH"),
    "string-length": (1, 1, "LEN"), "normalize-space": (1, 1, "TRIM"),
}  # fmt: skip


# --- to XLSForm -----------------------------------------------------------------------------
_OUT = {ours: name for name, (_, _, ours) in _FUNCTIONS.items() if name != "count-selected"}
_SIGNS = {"<>": "!=", "/": "div"}


def write_xpath(node: ast.Node, *, name: Callable[[tuple[str, ...]], str]) -> str:
    """The expression a formula means; `name` writes the path of a field.

    Raises:
        UntranslatableError: XLSForm has nothing of the kind.
    """
    return _Writer(name).write(node)


class _Writer:
    """Writes with parentheses around whatever is made of parts."""

    def __init__(self, name: Callable[[tuple[str, ...]], str]) -> None:
        self._name = name

    def write(self, node: ast.Node) -> str:
        match node:
            case ast.Number(raw=raw, scale=scale, suffix=suffix) if suffix in ("", "%"):
                return format_number(raw, scale + (2 if suffix else 0))
            case ast.Text(value=value) if "'" not in value:
                return f"'{value}'"
            case ast.Date(day=day):
                return f"date('{format_date(day)}')"
            case ast.Path():
                return self._path(node)
            case ast.Call():
                return self._call(node)
            case ast.Unary(op="NOT", operand=operand):
                return f"not({self.write(operand)})"
            case ast.Unary(op=op, operand=operand):
                return ("-" if op == "-" else "") + self._inner(operand)
            case _:
                return self._joined(node)

    def _joined(self, node: ast.Node) -> str:
        match node:
            case ast.Binary(op=">", left=left, right=right) if found := _chosen(left, right):
                return f"selected({self._name((found[0],))}, {self.write(found[1])})"
            case ast.Binary(op="^", left=left, right=right):
                return f"pow({self.write(left)}, {self.write(right)})"
            case ast.Binary(op=op, left=left, right=right):
                return f"{self._inner(left)} {_SIGNS.get(op, op)} {self._inner(right)}"
            case ast.Nary(op="&", operands=operands):
                return f"concat({', '.join(map(self.write, operands))})"
            case ast.Nary(op=op, operands=operands):
                return f" {op.lower()} ".join(map(self._inner, operands))
            case ast.Within(item=item, options=options, negated=negated):
                any_of = " or ".join(f"{self._inner(item)} = {self._inner(o)}" for o in options)
                return f"not({any_of})" if negated else any_of
            case ast.Between(item=item, low=low, high=high):
                one = self._inner(item)
                return f"{one} >= {self._inner(low)} and {one} <= {self._inner(high)}"
            case _:
                raise UntranslatableError(type(node).__name__)

    def _inner(self, node: ast.Node) -> str:
        parts = ast.Binary | ast.Nary | ast.Within | ast.Between
        return f"({self.write(node)})" if isinstance(node, parts) else self.write(node)

    def _path(self, node: ast.Path) -> str:
        names = tuple(segment.name for segment in node.segments)
        if names in (("TRUE",), ("FALSE",)):
            return f"{names[0].lower()}()"
        if any(segment.where is not None for segment in node.segments):
            raise UntranslatableError("[...]")
        return self._name(names)

    def _call(self, node: ast.Call) -> str:
        if node.name in ("AND", "OR"):
            return f"({f' {node.name.lower()} '.join(map(self._inner, node.args))})"
        if node.name == "ISBLANK":
            return f"({self._inner(node.args[0])} = '')"
        if node.name == "MOD":
            return f"({self._inner(node.args[0])} mod {self._inner(node.args[1])})"
        least, most, _ = _FUNCTIONS.get(_OUT.get(node.name, ""), (1, 0, ""))
        if not least <= len(node.args) <= most:
            raise UntranslatableError(f"{node.name}()")
        return f"{_OUT[node.name]}({', '.join(map(self.write, node.args))})"


def _chosen(left: ast.Node, right: ast.Node) -> tuple[str, ast.Node] | None:
    """The field and the option of `COUNT(field[value = option]) > 0`."""
    match left, right:
        case ast.Call(name="COUNT", args=(ast.Path(segments=(segment,)),)), ast.Number(raw=0):
            where = segment.where
        case _:
            return None
    if isinstance(where, ast.Binary) and where.op == "=" and where.left == path("value"):
        return segment.name, where.right
    return None
