"""Run a formula in Python: a function built as `ast` nodes, for rows, columns, explanations."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dsl.backends import python_ops as w
from dsl.backends.python_branches import SPECIALS, read_level, write_fold
from dsl.backends.python_code import Mode, Writer
from dsl.bounds import leaves_int64
from dsl.interpret import Row, interpret
from dsl.needs import Needs, needs_of
from dsl.types import INT64_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dsl.backends.python_ops import Expr
    from dsl.formula import Formula
    from dsl.ir import Node
    from dsl.types import Raw

CACHE_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Params:
    """What an evaluation is given besides the row; stored with the result."""

    today: int | None = None
    now: int | None = None
    zone: str = "Asia/Shanghai"
    period_start: int | None = None
    period_end: int | None = None

    def by_name(self) -> dict[str, int | None]:
        """The values by name."""
        return {
            "today": self.today,
            "now": self.now,
            "period_start": self.period_start,
            "period_end": self.period_end,
        }


NO_PARAMS = Params()


class Outcome(NamedTuple):
    """A value, or None with the code of the reason (`dsl.codes`, DSL2xx)."""

    value: Raw
    reason: str | None = None


class _Unset:
    """Marks a part of a formula that was not computed, such as a branch not taken."""


UNSET = _Unset()


class Program:
    """A formula ready to run; each mode is built when it is first used."""

    __slots__ = ("_columns", "_row", "_slots", "needs", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.needs: Needs = needs_of(node)
        self._row: Callable[..., Raw] | None = None
        self._columns: Callable[..., None] | None = None
        self._slots: tuple[Callable[..., tuple[object, ...]], tuple[int, ...]] | None = None

    def bind(self, params: Params = NO_PARAMS) -> Callable[[Row], Raw]:
        """The bare function from a row that has every needed field to a value: the fastest way."""
        if self._row is None:
            self._row = _row_function(self.node, self._parameters())
        given = self._given(params)
        return partial(self._row, **given) if given else self._row

    def evaluate(self, row: Row, params: Params = NO_PARAMS) -> Outcome:
        """The value for one row; a field that the row does not have is blank."""
        run = self.bind(params)
        try:
            value = run(row)
        except KeyError:
            row = _complete(row, self.needs)
            value = run(row)
        if value is None:
            return Outcome(None, interpret(self.node, row, params.by_name())[1])
        return Outcome(value)

    def evaluate_columns(
        self, columns: Mapping[str, Sequence[Any]], n: int, params: Params = NO_PARAMS
    ) -> list[Raw]:
        """The values for n rows given as columns (child tables: a sequence of rows per row)."""
        if self._columns is None:
            self._columns = _column_function(self.node, self.needs, self._parameters())
        result: list[Raw] = []
        names = (*self.needs.paths, *self.needs.rows)
        given = (columns[name] if name in columns else (None,) * n for name in names)
        self._columns(result.append, range(n), *given, **self._given(params))
        return result

    def slots(self, row: Row, params: Params = NO_PARAMS) -> tuple[object, ...]:
        """The value of each part, in the order of `slot_ids`; UNSET where it was not needed."""
        run, _ids = self._slot_mode()
        given = self._given(params)
        try:
            return run(row, **given)
        except KeyError:
            return run(_complete(row, self.needs), **given)

    def slot_ids(self) -> tuple[int, ...]:
        """The id of the IR node behind each slot."""
        return self._slot_mode()[1]

    def _slot_mode(self) -> tuple[Callable[..., tuple[object, ...]], tuple[int, ...]]:
        if self._slots is None:
            self._slots = _slot_function(self.node, self._parameters())
        return self._slots

    def _parameters(self) -> list[str]:
        return [f"p_{name}" for name in sorted(self.needs.params)]

    def _given(self, params: Params) -> dict[str, int | None]:
        return {f"p_{name}": getattr(params, name) for name in self.needs.params}


_programs: dict[str, Program] = {}


def program(formula: Formula) -> Program:
    """The program of a formula; built on first use and kept by hash."""
    found = _programs.get(formula.hash)
    if found is None:
        if len(_programs) >= CACHE_LIMIT:
            _programs.clear()
        found = _programs[formula.hash] = Program(formula.ir)
    return found


def flat_function(node: Node, leaves: Sequence[Node]) -> Callable[..., Raw]:
    """A function of the values of some nodes (fields, aggregates, parameters), in that order.

    It is the exact fallback of a database that has no large integers.
    """
    writer = _writer("plain")
    arguments = [writer.given(leaf) for leaf in leaves]
    body = _result(writer, node)
    return cast("Callable[..., Raw]", _function(arguments, body))


def _complete(row: Row, needs: Needs) -> Row:
    """The row with every field it needs; what is missing is blank."""
    complete: dict[str, Any] = {path: row.get(path) for path in needs.paths}
    for path, inner in needs.rows.items():
        children = row.get(path) or ()
        complete[path] = [_complete(cast("Row", child), inner) for child in children]  # type: ignore[union-attr]
    return complete


# -- the three functions


def _writer(mode: Mode) -> Writer:
    return Writer(mode, SPECIALS, write_fold)


def _result(writer: Writer, node: Node) -> list[ast.stmt]:
    """The statements that return the value."""
    value = _fitting(writer, node)
    return [*writer.block, ast.Return(value)]


def _fitting(writer: Writer, node: Node) -> Expr:
    """The value; a number that may have left 64 bits is looked at."""
    value = writer.value(node)
    if not leaves_int64(node):
        return value
    limits = [w.constant(-INT64_MAX), value, w.constant(INT64_MAX)]
    inside: Expr = ast.Compare(limits[0], [ast.LtE(), ast.LtE()], limits[1:])
    if writer.nullable(node):
        inside = w.either([w.is_none(value), inside])
    return w.chosen(inside, value, w.constant(None))


def _row_function(node: Node, parameters: list[str]) -> Callable[..., Raw]:
    writer = _writer("plain")
    body = _result(writer, node)
    function = _function(["row", *parameters], [*read_level(writer.level, "row"), *body])
    return cast("Callable[..., Raw]", function)


def _column_function(node: Node, needs: Needs, parameters: list[str]) -> Callable[..., None]:
    """One loop over all columns; the same statements as for a row."""
    writer = _writer("plain")
    value = _fitting(writer, node)
    names = [writer.level.field(path) for path in needs.paths]
    tables = [writer.level.table(path) for path in needs.rows]
    body = [
        *(_blank_table(table) for table in tables),
        *writer.block,
        ast.Expr(w.called("append", [value])),
    ]
    targets = ["_", *names, *tables]
    columns = [f"c{index}" for index in range(len(targets))]
    target = ast.Tuple([ast.Name(name, ast.Store()) for name in targets], ast.Store())
    loop = ast.For(target, w.called("zip", [w.load(column) for column in columns]), body, [])
    return cast("Callable[..., None]", _function(["append", *columns, *parameters], [loop]))


def _blank_table(name: str) -> ast.stmt:
    rows = w.either([w.load(name), ast.Tuple([], ast.Load())])
    return ast.Assign([ast.Name(name, ast.Store())], rows)


def _slot_function(
    node: Node, parameters: list[str]
) -> tuple[Callable[..., tuple[object, ...]], tuple[int, ...]]:
    """The same statements, one variable per part, all of them returned."""
    writer = _writer("slots")
    writer.value(node)
    ids, names = tuple(writer.slots), list(writer.slots.values())
    start: list[ast.stmt] = [
        ast.Assign([ast.Name(name, ast.Store())], w.load("UNSET")) for name in writer.optional
    ]
    values = ast.Return(ast.Tuple([w.load(name) for name in names], ast.Load()))
    body = [*start, *read_level(writer.level, "row"), *writer.block, values]
    function = _function(["row", *parameters], body)
    return cast("Callable[..., tuple[object, ...]]", function), ids


def _function(arguments: list[str], body: list[ast.stmt]) -> FunctionType:
    """Compile statements to a function that sees our helpers and nothing else."""
    args = ast.arguments(
        posonlyargs=[], args=[ast.arg(name) for name in arguments], kwonlyargs=[],
        kw_defaults=[], defaults=[],
    )  # fmt: skip
    definition = ast.FunctionDef("formula", args, body, [])
    module = ast.Module([definition], [])
    for node in ast.walk(module):
        if isinstance(node, ast.expr | ast.stmt | ast.arg):
            node.lineno = node.end_lineno = 1
            node.col_offset = node.end_col_offset = 0
    code = compile(module, "<formula>", "exec")
    inner = next(const for const in code.co_consts if isinstance(const, CodeType))
    return FunctionType(inner, {**w.HELPERS, "UNSET": UNSET})
