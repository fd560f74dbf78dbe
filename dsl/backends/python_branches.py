"""Write the parts of a formula that need statements: branches, defaults, loops over child rows."""

from __future__ import annotations

import ast
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dsl.backends import python_nodes as n
from dsl.backends import python_ops as w
from dsl.backends.python_code import Level, Special, Writer, effort
from dsl.host import FOLDS
from dsl.ir import Call, Const, Fold, Node
from dsl.types import DIVISION_SCALE, Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.backends.python_ops import Expr

    End = Callable[[Node, list[Expr], Expr], ast.stmt]


_FEW = 3


def _if(test: Expr, then: list[ast.stmt], otherwise: list[ast.stmt] | None = None) -> ast.stmt:
    return n.If(test, then, [] if otherwise is None else otherwise)


# -- branches


def _branches(writer: Writer, name: str, tests: list[tuple[Node, Node]], otherwise: Node) -> None:
    """The value behind the first true test, each test computed only when it is reached."""
    with ExitStack() as opened:
        for condition, value in tests:
            test = writer.truth(condition)
            then: list[ast.stmt] = []
            with writer.inside(then):
                writer.assign(name, writer.value(value))
            below: list[ast.stmt] = []
            writer.block.append(_if(test, then, below))
            opened.enter_context(writer.inside(below))
        writer.assign(name, writer.value(otherwise))


def _case(writer: Writer, node: Call, name: str) -> None:
    *pairs, otherwise = node.args
    _branches(writer, name, list(zip(pairs[0::2], pairs[1::2], strict=True)), otherwise)


def write_last(writer: Writer, node: Node, end: End) -> None:
    """The value as the last act of the function: every branch ends by itself."""
    if isinstance(node, Call) and node.op == "case":
        _last_case(writer, node, end)
    elif isinstance(node, Call) and node.op in {"and", "or"} and writer.nullable(node):
        writer.prepare(node)
        _last_logic(writer, node, end)
    else:
        guards, value = writer.last(node)
        writer.block.append(end(node, guards, value))


def _last_case(writer: Writer, node: Call, end: End) -> None:
    *pairs, otherwise = node.args
    with ExitStack() as opened:
        for condition, value in zip(pairs[0::2], pairs[1::2], strict=True):
            test = writer.truth(condition)
            then: list[ast.stmt] = []
            with writer.inside(then):
                write_last(writer, value, end)
            below: list[ast.stmt] = []
            writer.block.append(_if(test, then, below))
            opened.enter_context(writer.inside(below))
        write_last(writer, otherwise, end)


def _last_logic(writer: Writer, node: Call, end: End) -> None:
    """AND ends at the first part that is false; behind it every known part is true (OR: turned).

    Only the last part is asked for all its three values, and only if all before it are known.
    """
    conjunction = node.op == "and"
    settles, settled = (writer.falsity, w.FALSE) if conjunction else (writer.truth, w.TRUE)
    *parts, final = sorted(node.args, key=effort)
    with ExitStack() as opened:
        known: list[Expr] = []
        for at, part in enumerate(parts, 1):
            there = [] if len(parts) > _FEW else writer.demanded(part)
            if there:  # the rest is written twice: behind a known part, behind an unknown one
                unsettled = [settles(other) for other in (*parts[at:], final)]
                blank = w.chosen(w.either(unsettled), settled, w.constant(None))
                block: list[ast.stmt] = []
                test = w.both([w.is_not_none(w.load(each)) for each in there])
                writer.block.append(_if(test, block, [end(node, [], blank)]))
                opened.enter_context(writer.inside(block))
                opened.enter_context(writer.all_there(there))
            below: list[ast.stmt] = []
            then = [end(node, [], settled)]
            writer.block.append(_if(settles(part), then, below))
            opened.enter_context(writer.inside(below))
            known += writer.known(part, conjunction=conjunction)
        unknown = end(node, [], w.chosen(settles(final), settled, w.constant(None)))
        if known:
            block = []
            writer.block.append(_if(w.both(known), block, [unknown]))
            opened.enter_context(writer.inside(block))
        write_last(writer, final, end)


def _switch(writer: Writer, node: Call, name: str) -> None:
    item, *pairs, otherwise = node.args
    writer.value(item)
    tests: list[tuple[Node, Node]] = [
        (writer.kept(Call("eq", (item, key), node.type)), value)
        for key, value in zip(pairs[0::2], pairs[1::2], strict=True)
    ]
    _branches(writer, name, tests, otherwise)


def _coalesce(writer: Writer, node: Call, name: str) -> None:
    first, *others = node.args
    start = writer.value(first)
    if len(others) == 1 and isinstance(others[0], Const):
        writer.assign(name, w.chosen(w.is_none(start), writer.value(others[0]), start))
        return
    writer.assign(name, start)
    for other in others:
        block: list[ast.stmt] = []
        with writer.inside(block):
            writer.assign(name, writer.value(other))
        writer.block.append(_if(w.is_none(w.load(name)), block))


# -- operations over several values, blanks skipped


def _extreme(writer: Writer, node: Call, name: str) -> None:
    values = [writer.value(arg) for arg in node.args]
    two = 2
    if len(values) == two and not any(map(writer.nullable, node.args)):
        before = ast.LtE() if node.op == "least" else ast.GtE()
        test = w.compared(values[0], before, values[1])
        writer.assign(name, w.chosen(test, values[0], values[1]))
    else:
        writer.assign(name, w.called(node.op, values))


def _added(parts: list[Expr]) -> Expr:
    total = parts[0]
    for part in parts[1:]:
        total = w.arithmetic(total, ast.Add(), part)
    return total


def _total(writer: Writer, node: Call, name: str) -> None:
    parts: list[Expr] = []
    for arg in node.args:
        value = writer.value(arg)
        blank = w.chosen(w.is_none(value), w.constant(0), value)
        parts.append(blank if writer.nullable(arg) else value)
    writer.assign(name, _added(parts))


def _filled(writer: Writer, node: Call, name: str) -> None:
    parts = [
        w.chosen(w.is_none(writer.value(arg)), w.constant(0), w.constant(1)) for arg in node.args
    ]
    writer.assign(name, _added(parts))


def _concat(writer: Writer, node: Call, name: str) -> None:
    writer.assign(name, w.called("concat", [writer.value(arg) for arg in node.args]))


def _length(writer: Writer, node: Call, name: str) -> None:
    text = writer.value(node.args[0])
    length = w.called("len", [text])
    writer.assign(name, w.chosen(w.is_none(text), w.constant(0), length))


SPECIALS: dict[str, Special] = {
    **dict.fromkeys(("and", "or", "not", "in", "between", "is_null"), Writer.logic),
    "case": _case,
    "switch": _switch,
    "coalesce": _coalesce,
    "least": _extreme,
    "greatest": _extreme,
    "total": _total,
    "filled": _filled,
    "concat": _concat,
    "length": _length,
}


# -- child rows


def write_fold(writer: Writer, node: Fold, name: str) -> None:
    """A loop over the child rows; the fields of a row are read at the top of its body."""
    result = _FOLDS[node.kind]
    args = [writer.value(arg) for arg in node.args]
    rows = w.load(writer.level.table(node.rows))
    result.start(writer, name)
    row = writer.fresh()
    level = Level(writer, writer.level)
    body: list[ast.stmt] = []
    before, writer.level = writer.level, level
    with writer.inside(body):
        inner: list[ast.stmt] = body
        if node.where is not None:
            test = writer.truth(node.where)
            inner = []
            body.append(_if(test, inner))
        with writer.inside(inner):
            result.step(writer, node, name)
    writer.level = before
    loop = [*read_level(level, row), *body] or [n.Pass()]
    writer.block.append(n.For(n.Name(row, n.STORE), rows, loop, []))
    result.finish(writer, node, name, args)


def read_level(level: Level, row: str) -> list[ast.stmt]:
    """Statements that read the fields and child tables of one row."""
    statements: list[ast.stmt] = []
    for path, variable in level.fields.items():
        statements.append(n.Assign([n.Name(variable, n.STORE)], _item(row, path)))
    for path, variable in level.rows.items():
        rows = w.either([_item(row, path), n.Tuple([], n.LOAD)])
        statements.append(n.Assign([n.Name(variable, n.STORE)], rows))
    return statements


def _item(row: str, key: str) -> Expr:
    return n.Subscript(w.load(row), w.constant(key), n.LOAD)


class _Sum:
    """Adds up; also the base of what counts."""

    def start(self, writer: Writer, name: str) -> None:
        writer.assign(name, w.constant(0))

    def step(self, writer: Writer, node: Fold, name: str) -> None:
        value = writer.value(node.values[0])
        _guarded(writer, value, [_increase(name, value)])

    def finish(self, writer: Writer, _node: Fold, name: str, _args: list[Expr]) -> None:
        writer.assign(name, w.called("fits_int64", [w.load(name)]))


class _Rows(_Sum):
    def step(self, writer: Writer, node: Fold, name: str) -> None:  # noqa: ARG002 -- one shape
        writer.block.append(_increase(name, w.constant(1)))

    def finish(self, _writer: Writer, _node: Fold, _name: str, _args: list[Expr]) -> None:
        pass


class _Count(_Rows):
    def step(self, writer: Writer, node: Fold, name: str) -> None:
        _guarded(writer, writer.value(node.values[0]), [_increase(name, w.constant(1))])


class _Average(_Sum):
    """Sum in the variable, count in a second one named after it."""

    def start(self, writer: Writer, name: str) -> None:
        super().start(writer, name)
        writer.assign(f"{name}_n", w.constant(0))

    def step(self, writer: Writer, node: Fold, name: str) -> None:
        value = writer.value(node.values[0])
        counted = _increase(f"{name}_n", w.constant(1))
        _guarded(writer, value, [_increase(name, value), counted])

    def finish(self, writer: Writer, node: Fold, name: str, _args: list[Expr]) -> None:
        kind = node.values[0].type
        scale = kind.scale if isinstance(kind, Number) else 0
        factor = w.constant(int(10 ** (DIVISION_SCALE - scale)))
        mean = w.called("mean", [w.load(name), w.load(f"{name}_n"), factor])
        writer.assign(name, mean)


class _Extreme(_Rows):
    def __init__(self, better: Callable[[], ast.cmpop]) -> None:
        self._better = better

    def start(self, writer: Writer, name: str) -> None:
        writer.assign(name, w.constant(None))

    def step(self, writer: Writer, node: Fold, name: str) -> None:
        value = writer.value(node.values[0])
        better = w.compared(value, self._better(), w.load(name))
        test = w.either([w.is_none(w.load(name)), better])
        assign = n.Assign([n.Name(name, n.STORE)], value)
        _guarded(writer, value, [_if(test, [assign])])


class _Interpolate(_Rows):
    """Collects the points in a list."""

    def start(self, writer: Writer, name: str) -> None:
        writer.assign(name, n.List([], n.LOAD))

    def step(self, writer: Writer, node: Fold, name: str) -> None:
        x, y = (writer.value(value) for value in node.values)
        point = n.Tuple([x, y], n.LOAD)
        test = w.both([w.is_not_none(x), w.is_not_none(y)])
        writer.block.append(_if(test, [_increase(name, n.List([point], n.LOAD))]))

    def finish(self, writer: Writer, _node: Fold, name: str, args: list[Expr]) -> None:
        writer.assign(name, w.called("interpolate", [w.load(name), args[0]]))


class _Listed(_Rows):
    """Collects the values in a list and hands it to a function with one argument more."""

    def start(self, writer: Writer, name: str) -> None:
        writer.assign(name, n.List([], n.LOAD))

    def step(self, writer: Writer, node: Fold, name: str) -> None:
        value = writer.value(node.values[0])
        _guarded(writer, value, [_increase(name, n.List([value], n.LOAD))])

    def finish(self, writer: Writer, node: Fold, name: str, args: list[Expr]) -> None:
        found = w.called(node.kind, [w.load(name), args[0]])
        known = writer.nullable(node.args[0])
        test = w.is_not_none(args[0])
        writer.assign(name, w.chosen(test, found, w.constant(None)) if known else found)


class _Distinct(_Listed):
    def finish(self, writer: Writer, _node: Fold, name: str, _args: list[Expr]) -> None:
        writer.assign(name, w.called("distinct", [w.load(name)]))


def _increase(name: str, value: Expr) -> ast.stmt:
    return n.AugAssign(n.Name(name, n.STORE), ast.Add(), value)


def _guarded(writer: Writer, value: Expr, statements: list[ast.stmt]) -> None:
    writer.block.append(_if(w.is_not_none(value), statements))


_FOLDS: dict[str, _Sum] = {
    "sum": _Sum(),
    "rows": _Rows(),
    "count": _Count(),
    "avg": _Average(),
    "min": _Extreme(ast.Lt),
    "max": _Extreme(ast.Gt),
    "interpolate": _Interpolate(),
    "distinct": _Distinct(),
    **dict.fromkeys(FOLDS, _Listed()),
}
