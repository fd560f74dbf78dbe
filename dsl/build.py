"""Make IR from typed operands: every change of scale and every rounding is decided here."""

from __future__ import annotations

from dataclasses import replace

from dsl import types as t
from dsl.ir import Call, Const, Node
from dsl.types import DIVISION_SCALE, Raw, Type
from dsl.values import div_half_away

BOOLEAN = t.Boolean()
DATE = t.Date()
TEXT = t.Text()
WHOLE = t.Number(0)


def number(raw: int, scale: int = 0) -> Const:
    """A number that is written out."""
    return Const(raw, t.Number(scale, nullable=False))


def text(value: str) -> Const:
    """A text that is written out."""
    return Const(value, t.Text(nullable=False))


def null(kind: Type) -> Const:
    """No value where nobody wrote one: behind the last branch that means that none matches."""
    return Const(None, kind, unsaid=True)


def scale_of(node: Node) -> int:
    """The decimals of a number (0 for anything else that is an integer)."""
    return node.type.scale if isinstance(node.type, t.Number) else 0


def unit_of(node: Node) -> str | None:
    """The unit of a number."""
    return node.type.unit if isinstance(node.type, t.Number) else None


def rescale(node: Node, scale: int, *, op: str = "div") -> Node:
    """The same number with another scale; `op` says how digits are dropped (default 四舍五入)."""
    change = scale - scale_of(node)
    if change == 0:
        return node
    kind = t.Number(scale, unit_of(node))
    if isinstance(node, Const) and (change > 0 or op == "div"):
        return replace(node, value=_shift(node.value, change), type=kind)
    if change > 0 and isinstance(node, Call) and node.op == "mul":
        base, factor = node.args
        if isinstance(factor, Const):  # one multiplication instead of two
            return replace(node, args=(base, _enlarged(factor, change)), type=kind)
    power = number(10 ** abs(change))
    return Call("mul" if change > 0 else op, (node, power), kind)


def _enlarged(factor: Const, change: int) -> Const:
    scale = scale_of(factor) + change
    return replace(factor, value=_shift(factor.value, change), type=t.Number(scale))


def _shift(raw: Raw, change: int) -> Raw:
    if raw is None:
        return None
    return int(raw) * 10**change if change > 0 else div_half_away(int(raw), 10**-change)


def align(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The numbers with the largest scale among them."""
    scale = max(scale_of(node) for node in nodes)
    return tuple(rescale(node, scale) for node in nodes)


def _common_unit(nodes: tuple[Node, ...]) -> str | None:
    units = {unit_of(node) for node in nodes if not isinstance(node, Const)} - {"pp"}
    return units.pop() if len(units) == 1 else None


def same_scale(op: str, nodes: tuple[Node, ...]) -> Node:
    """An operation that keeps the scale: add, sub, least, greatest, total, mod, clamp."""
    aligned = align(nodes)
    return Call(op, aligned, t.Number(scale_of(aligned[0]), _common_unit(nodes)))


def multiply(left: Node, right: Node) -> Node:
    """A product: scales add up, cut back to 8."""
    scale = scale_of(left) + scale_of(right)
    unit = unit_of(left) or unit_of(right)
    product = Call("mul", (left, right), t.Number(scale, unit))
    return rescale(product, DIVISION_SCALE) if scale > DIVISION_SCALE else product


def divide(left: Node, right: Node) -> Node:
    """A quotient with 8 decimals."""
    shift = DIVISION_SCALE + scale_of(right) - scale_of(left)
    kind = t.Number(DIVISION_SCALE, unit_of(left) if unit_of(left) != unit_of(right) else None)
    if shift >= 0:
        numerator = rescale(as_number(left), scale_of(left) + shift)
        return Call("div", (numerator, right), kind)
    denominator = rescale(as_number(right), scale_of(right) - shift)
    return Call("div", (left, denominator), kind)


def as_number(node: Node) -> Node:
    """A length of time as its number of microseconds, so that numbers can be made of it."""
    if isinstance(node.type, t.Number):
        return node
    return Call("add", (node, number(0)), WHOLE)


def power(base: Node, exponent: int) -> Node:
    """A number to a written-out exponent, rounded once to 8 decimals."""
    if exponent == 1:
        return base
    scale = scale_of(base) * exponent
    result = Call("pow", (base, number(exponent)), t.Number(scale))
    return rescale(result, min(scale, DIVISION_SCALE))


def negate(node: Node) -> Node:
    """The opposite number or duration."""
    if isinstance(node, Const) and isinstance(node.value, int):
        return replace(node, value=-node.value)
    return Call("neg", (node,), node.type)


def logic(op: str, operands: tuple[Node, ...]) -> Node:
    """Three-valued AND or OR."""
    return operands[0] if len(operands) == 1 else Call(op, operands, BOOLEAN)


def negation(operand: Node) -> Node:
    """Three-valued NOT."""
    return Call("not", (operand,), BOOLEAN)
