"""Bring values to one type: for branches, for comparisons, for the wanted result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dsl import build
from dsl import types as t
from dsl.codes import (
    BRANCH_TYPES,
    COMPARED_WITH_NULL,
    DATE_IN_QUOTES,
    EMPTY_TEXT,
    NOT_A_KIND,
    NOT_COMPARABLE,
    NUMBER_IN_QUOTES,
    OTHER_ENTITY,
    RESULT_TYPE,
    UNKNOWN_OPTION,
)
from dsl.diagnostics import Span
from dsl.ir import Call, Const, Field, Node
from dsl.report import OptionName, Report
from dsl.source import fold
from dsl.units import DAY_US
from dsl.values import parse_date, parse_number
from dsl.words import got, hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.types import Type

_START = Span(0, 0)


def is_null(node: Node) -> bool:
    """Whether it is the literal NULL (or empty text), which takes any type."""
    return isinstance(node, Const) and node.value is None


def span_of(node: Node) -> Span:
    """Where a node stands in the source."""
    return node.span or _START


def _typed(nodes: Sequence[Node]) -> list[Node]:
    return [node for node in nodes if not is_null(node)]


def unify(nodes: tuple[Node, ...], report: Report) -> tuple[Node, ...] | None:
    """The branches of an expression with one common type."""
    real = _typed(nodes)
    if not real:
        return nodes
    choice = next((node.type for node in real if isinstance(node.type, t.Choice)), None)
    if choice is not None:
        return _unify_choice(nodes, choice, report)
    lead = real[0]
    for node in real[1:]:
        if not _same_kind(lead.type, node.type):
            args = got(lead.type, "left") | got(node.type, "right")
            report.add(BRANCH_TYPES, span_of(node), args)
            return None
    if isinstance(lead.type, t.Number):
        aligned = iter(build.align(tuple(real)))
        units = {build.unit_of(node) for node in real if not isinstance(node, Const)}
        unit = units.pop() if len(units) == 1 else None
        kind: Type = t.Number(max(build.scale_of(node) for node in real), unit)
        return tuple(replace(n, type=kind) if is_null(n) else next(aligned) for n in nodes)
    return tuple(replace(n, type=lead.type) if is_null(n) else n for n in nodes)


def _unify_choice(
    nodes: tuple[Node, ...], choice: t.Choice, report: Report
) -> tuple[Node, ...] | None:
    result: list[Node] = []
    for node in nodes:
        converted = to_option(node, choice, report)
        if converted is None:
            return None
        if not isinstance(converted.type, t.Choice):
            args = got(choice, "left") | got(converted.type, "right")
            report.add(BRANCH_TYPES, span_of(node), args)
            return None
        result.append(converted)
    return tuple(result)


def _same_kind(left: Type, right: Type) -> bool:
    if isinstance(left, t.Reference) and isinstance(right, t.Reference):
        return left.entity == right.entity
    return type(left) is type(right)


def to_option(node: Node, choice: t.Choice, report: Report) -> Node | None:
    """A text literal as the option it names; anything else unchanged; None when there is none."""
    if not isinstance(node, Const) or not isinstance(node.type, t.Text):
        return node
    if node.value is None:
        return replace(node, type=choice)
    wanted = fold(str(node.value))
    for key, labels in choice.options:
        if wanted == key or wanted in (fold(label) for label in labels):
            report.names[span_of(node)] = OptionName(key, labels)
            return replace(node, value=key, type=choice)
    spellings = [word for key, labels in choice.options for word in (key, *labels)]
    suggestion = report.closest(wanted, spellings)
    listed = ", ".join(key for key, _labels in choice.options[:12])
    args = {"name": str(node.value), "options": listed} | hint(suggestion)
    fix = None if suggestion is None else f"'{suggestion}'"
    report.add(UNKNOWN_OPTION, span_of(node), args, fix=fix)
    return None


def comparable(
    nodes: tuple[Node, ...], report: Report, *, ordered: str = ""
) -> tuple[Node, ...] | None:
    """The nodes made comparable with the first; `ordered` names an operator that needs an order."""
    for node in nodes:
        if is_null(node):
            empty = report.text(span_of(node))[:1] not in {"N", "n", ""}
            report.add(EMPTY_TEXT if empty else COMPARED_WITH_NULL, span_of(node))
            return None
    choice = next((node.type for node in nodes if isinstance(node.type, t.Choice)), None)
    if choice is not None:
        options = [to_option(node, choice, report) for node in nodes]
        nodes = tuple(option for option in options if option is not None)
        if len(nodes) < len(options):
            return None
    pairs = [_comparable_pair(nodes[0], other, report, ordered) for other in nodes[1:]]
    found = [pair for pair in pairs if pair is not None]
    if len(found) < len(pairs):
        return None
    first = found[0][0] if found else nodes[0]
    result = (first, *(pair[1] for pair in found))
    return build.align(result) if isinstance(first.type, t.Number) else result


def _comparable_pair(
    left: Node, right: Node, report: Report, ordered: str
) -> tuple[Node, Node] | None:
    left, right = _days_for(left, right), _days_for(right, left)
    pointer = next((x.type for x in (left, right) if isinstance(x.type, t.Pointer)), None)
    if pointer is not None:
        sides = [_as_pointer(side, pointer, report) for side in (left, right)]
        if sides[0] is None or sides[1] is None:
            return None
        left, right = sides[0], sides[1]
    if isinstance(left.type, t.Reference) and isinstance(right.type, t.Reference):
        if left.type.entity != right.type.entity:
            args = {"left": left.type.entity, "right": right.type.entity}
            report.add(OTHER_ENTITY, span_of(right), args)
            return None
    elif type(left.type) is not type(right.type):
        _explain_mismatch(left, right, report)
        return None
    if ordered and isinstance(left.type, t.Boolean | t.Choice | t.Reference | t.Pointer):
        args = got(left.type, "left") | got(right.type, "right")
        report.add(NOT_COMPARABLE, span_of(right), args)
        return None
    return left, right


def _as_pointer(node: Node, pointer: t.Pointer, report: Report) -> Node | None:
    """A reference or a text like `entity/uid` as what it is compared with."""
    match node:
        case Field(path=path, type=t.Reference(entity=entity)):
            name = entity
            uid = replace(node, path=f"{path}.uid", type=build.TEXT)
            whole = Call("concat", (build.text(f"{entity}/"), uid), pointer)
            blank = Call("is_null", (uid,), build.BOOLEAN)
            found: Node = Call("case", (blank, build.null(pointer), whole), pointer, node.span)
        case Const(value=str(text), type=t.Text()):
            name = text if "/" not in text else text.partition("/")[0]
            found = replace(node, type=pointer)
        case _:
            return node
    if name in pointer.entities:
        return found
    args = {"name": name, "kinds": ", ".join(pointer.entities)}
    report.add(NOT_A_KIND, span_of(node), args)
    return None


def _days_for(node: Node, other: Node) -> Node:
    """A length like `7天` as a number of days when it meets the difference of two dates."""
    if not (isinstance(node, Const) and isinstance(node.type, t.Duration)):
        return node
    whole = isinstance(node.value, int) and node.value % DAY_US == 0
    if build.unit_of(other) != "d" or not whole:
        return node
    return replace(node, value=int(node.value or 0) // DAY_US, type=t.Number(0, "d"))


def _explain_mismatch(left: Node, right: Node, report: Report) -> None:
    for literal, other in ((left, right), (right, left)):
        if isinstance(literal, Const) and isinstance(literal.type, t.Text):
            text = str(literal.value)
            if isinstance(other.type, t.Number) and _reads_as_number(text):
                args = {"found": text}
                report.add(NUMBER_IN_QUOTES, span_of(literal), args, fix=text)
                return
            if isinstance(other.type, t.Date) and _reads_as_date(text):
                report.add(DATE_IN_QUOTES, span_of(literal), {"found": text}, fix=text)
                return
    args = got(left.type, "left") | got(right.type, "right")
    report.add(NOT_COMPARABLE, span_of(right), args)


def _reads_as_number(text: str) -> bool:
    try:
        parse_number(text, 8)
    except ValueError:
        return False
    return True


def _reads_as_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def to_wanted(node: Node, wanted: Type, report: Report) -> Node | None:
    """The result of a formula as the type its place needs; numbers are rounded to its scale."""
    if is_null(node):
        return replace(node, type=wanted)
    if isinstance(wanted, t.Number) and isinstance(node.type, t.Number):
        rounded = build.rescale(node, wanted.scale)
        return rounded if rounded is node else replace(rounded, span=node.span)
    if isinstance(wanted, t.Choice):
        return _to_choice(node, wanted, report)
    if _same_kind(node.type, wanted):
        return node
    report.add(RESULT_TYPE, span_of(node), got(wanted, "wanted") | got(node.type))
    return None


_VALUE_FROM = {"case": 1, "switch": 2, "coalesce": 0}


def _to_choice(node: Node, wanted: t.Choice, report: Report) -> Node | None:
    """Text literals in the branches of a result become options."""
    if isinstance(node, Call) and node.op in _VALUE_FROM and isinstance(node.type, t.Text):
        last = len(node.args) - 1
        first, step = _VALUE_FROM[node.op], 1 if node.op == "coalesce" else 2
        places = {*range(first, last + 1, step), last}
        args = [
            _to_choice(arg, wanted, report) if i in places else arg
            for i, arg in enumerate(node.args)
        ]
        kept = tuple(arg for arg in args if arg is not None)
        return replace(node, args=kept, type=wanted) if len(kept) == len(args) else None
    converted = to_option(node, wanted, report)
    if converted is not None and not isinstance(converted.type, t.Choice):
        report.add(RESULT_TYPE, span_of(node), got(wanted, "wanted") | got(node.type))
        return None
    return converted
