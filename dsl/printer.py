"""Write a syntax tree as text again: parse(print(x)) = x, with keys or with labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from dsl import ast
from dsl.report import Constant, FunctionName, Meaning, OptionName
from dsl.resolve import is_plain_name
from dsl.scope import Symbol
from dsl.values import format_date, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.diagnostics import Span

_OR, _AND, _NOT, _COMPARE, _CONCAT, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 11)
_BINARY = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER}
_NARY = {"OR": (_OR, _AND), "AND": (_AND, _NOT), "&": (_CONCAT, _SUM)}
_NO_NAMES: Mapping[Span, Meaning] = {}


def print_formula(
    node: ast.Node, names: Mapping[Span, Meaning] = _NO_NAMES, *, label: int | None = None
) -> str:
    """The canonical text. With the names of a check: keys, or the label with that index."""
    return _Printer(names, label).text(node)


class _Printer:
    """Prints with as few parentheses as the grammar allows."""

    def __init__(self, names: Mapping[Span, Meaning], label: int | None) -> None:
        self._names = names
        self._label = label

    def text(self, node: ast.Node, floor: int = _OR) -> str:
        """The text of a node where at least the binding strength `floor` is needed."""
        printed, strength = self._print(node)
        return printed if strength >= floor else f"({printed})"

    def _print(self, node: ast.Node) -> tuple[str, int]:
        match node:
            case ast.Number(raw=raw, scale=scale, suffix=suffix):
                return format_number(raw, scale) + suffix, _ATOM
            case ast.Text():
                return self._quoted(node), _ATOM
            case ast.Date(day=day):
                return format_date(day), _ATOM
            case ast.Path(segments=segments):
                return ".".join(self._segment(segment) for segment in segments), _ATOM
            case ast.Call(args=args):
                meaning = self._names.get(node.name_span)
                name = meaning.name if isinstance(meaning, FunctionName) else node.name
                return f"{name}({', '.join(map(self.text, args))})", _ATOM
            case _:
                return self._operation(node)

    def _operation(
        self, node: ast.Unary | ast.Binary | ast.Nary | ast.Within | ast.Between
    ) -> tuple[str, int]:
        match node:
            case ast.Unary(op="NOT", operand=operand):
                return f"NOT {self._negated(operand)}", _NOT
            case ast.Unary(op=op, operand=operand):
                # A power behind a sign is ambiguous to people, so it always gets parentheses.
                is_power = isinstance(operand, ast.Binary) and operand.op == "^"
                return op + self.text(operand, _ATOM if is_power else _SIGN), _SIGN
            case ast.Binary():
                return self._binary(node)
            case ast.Nary(op=op, operands=operands):
                strength, below = _NARY[op]
                return f" {op} ".join(self.text(part, below) for part in operands), strength
            case ast.Within(item=item, options=options, negated=negated):
                word = "NOT IN" if negated else "IN"
                listed = ", ".join(map(self.text, options))
                return f"{self.text(item, _CONCAT)} {word} ({listed})", _COMPARE
            case ast.Between(item=item, low=low, high=high):
                parts = [self.text(part, _CONCAT) for part in (item, low, high)]
                return f"{parts[0]} BETWEEN {parts[1]} AND {parts[2]}", _COMPARE
            case _:
                assert_never(node)

    def _negated(self, operand: ast.Node) -> str:
        """`NOT (a) = b` would be read as the function, so what opens with a bracket gets one."""
        text, strength = self._print(operand)
        return f"({text})" if strength < _NOT or text.startswith("(") else text

    def _binary(self, node: ast.Binary) -> tuple[str, int]:
        strength = _BINARY.get(node.op)
        if strength is None:
            left, right = self.text(node.left, _CONCAT), self.text(node.right, _CONCAT)
            return f"{left} {node.op} {right}", _COMPARE
        if strength == _POWER:
            is_power = isinstance(node.right, ast.Binary) and node.right.op == "^"
            right = self.text(node.right, _ATOM if is_power else _SIGN)
            return f"{self.text(node.left, _ATOM)}^{right}", _POWER
        left, right = self.text(node.left, strength), self.text(node.right, strength + 1)
        return f"{left} {node.op} {right}", strength

    def _segment(self, segment: ast.Segment) -> str:
        name = segment.name
        match self._names.get(segment.name_span):
            case Symbol(key=key, labels=labels):
                name = self._chosen(key, labels)
            case Constant(name=word):
                name = word
            case _:
                pass
        shown = name if is_plain_name(name) else "{" + name + "}"
        return shown if segment.where is None else f"{shown}[{self.text(segment.where)}]"

    def _quoted(self, node: ast.Text) -> str:
        meaning = self._names.get(node.span)
        value = node.value
        if isinstance(meaning, OptionName):
            value = self._chosen(meaning.key, meaning.labels)
        return "'" + value.replace("'", "''") + "'"

    def _chosen(self, key: str, labels: tuple[str, ...]) -> str:
        if self._label is None or not labels:
            return key
        return labels[min(self._label, len(labels) - 1)]
