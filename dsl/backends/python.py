"""Run a formula in Python: a function built as `ast` nodes, for rows or for columns."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import CodeType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dsl.backends import python_nodes as n
from dsl.backends import python_ops as w
from dsl.backends.python_branches import SPECIALS, read_level, write_fold, write_last
from dsl.backends.python_code import Writer
from dsl.backends.python_late import as_expression, late
from dsl.bounds import leaves_int64
from dsl.calendars import OFFICE, WEEKDAYS, parameter_of
from dsl.interpret import Row, interpret
from dsl.ir import PARAMETERS, without_params
from dsl.needs import Needs, needs_of
from dsl.types import INT64_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dsl.backends.python_ops import Expr
    from dsl.formula import Formula
    from dsl.ir import Node
    from dsl.types import Raw

CACHE_LIMIT = 20_000
_NO_CATALOG: Mapping[str, str] = MappingProxyType({parameter_of(OFFICE): WEEKDAYS})


@dataclass(frozen=True, slots=True)
class Params:
    """What an evaluation is given besides the row; stored with the result.

    `calendars` has the working days (`dsl.calendars`) by the name of their parameter; it may look
    them up when one is asked for.
    """

    today: int | None = None
    now: int | None = None
    zone: str = "Asia/Shanghai"
    period_start: int | None = None
    period_end: int | None = None
    calendars: Mapping[str, str] = field(default_factory=lambda: _NO_CATALOG, hash=False)

    def value(self, name: str) -> int | str | None:
        """The parameter of that name; None when it was not given."""
        return getattr(self, name) if name in PARAMETERS else self.calendars.get(name)

    def by_name(self, names: Iterable[str] | None = None) -> dict[str, int | str | None]:
        """The parameters of those names, or all of them."""
        wanted = (*PARAMETERS, *self.calendars) if names is None else names
        return {name: self.value(name) for name in wanted}


NO_PARAMS = Params()


class Outcome(NamedTuple):
    """A value, or None with the code of the reason (`dsl.codes`, DSL2xx)."""

    value: Raw
    reason: str | None = None


class Program:
    """A formula ready to run; each mode is built when it is first used.

    Rows and columns have a function for each set of parameters that is missing, as a rule for none:
    what is given needs no test for None in every row.
    """

    __slots__ = ("_columns", "_row", "needs", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.needs: Needs = needs_of(node)
        self._row: dict[frozenset[str], FunctionType] = {}
        self._columns: dict[frozenset[str], FunctionType] = {}

    def bind(self, params: Params = NO_PARAMS) -> Callable[[Row], Raw]:
        """The bare function from a row that has every needed field to a value: the fastest way."""
        missing = self._missing(params)
        run = self._row.get(missing)
        if run is None:
            node = without_params(self.node, missing)
            run = self._row[missing] = _row_function(node, self._parameters())
        return self._bound(run, params)

    def evaluate(self, row: Row, params: Params = NO_PARAMS) -> Outcome:
        """The value for one row; a field that the row does not have is blank."""
        run = self.bind(params)
        try:
            value = run(row)
        except KeyError:
            row = _complete(row, self.needs)
            value = run(row)
        if value is None:
            return Outcome(None, self._reason(row, params))
        return Outcome(value)

    def evaluate_columns(
        self, columns: Mapping[str, Sequence[Any]], n: int, params: Params = NO_PARAMS
    ) -> list[Raw]:
        """The values for n rows given as columns (child tables: a sequence of rows per row)."""
        missing = self._missing(params)
        run = self._columns.get(missing)
        if run is None:
            node = without_params(self.node, missing)
            run = self._columns[missing] = _column_function(node, self.needs, self._parameters())
        names = (*self.needs.paths, *self.needs.rows)
        given = [_column(columns.get(name), n) for name in names]
        found: list[Raw] = run(*(given or [range(n)]), **self._given(params))
        return found

    def _bound(self, run: FunctionType, params: Params) -> Callable[[Row], Raw]:
        """The function with the parameters as defaults: a call costs no more than without."""
        if not self.needs.params:
            return run
        values = tuple(params.value(name) for name in sorted(self.needs.params))
        return FunctionType(run.__code__, run.__globals__, "formula", values)

    def _parameters(self) -> list[str]:
        return [f"p_{name}" for name in sorted(self.needs.params)]

    def _missing(self, params: Params) -> frozenset[str]:
        needed = self.needs.params
        return needed and frozenset([name for name in needed if params.value(name) is None])

    def _given(self, params: Params) -> dict[str, int | str | None]:
        return {f"p_{name}": params.value(name) for name in self.needs.params}

    def _reason(self, row: Row, params: Params) -> str | None:
        return interpret(self.node, row, params.by_name(self.needs.params))[1]


_programs: dict[str, Program] = {}


def program(formula: Formula) -> Program:
    """The program of a formula; built on first use and kept by hash."""
    found = _programs.get(formula.hash)
    if found is None:
        if len(_programs) >= CACHE_LIMIT:
            _programs.clear()
        found = _programs[formula.hash] = Program(formula.ir)
    return found


def flat_function(node: Node, leaves: Sequence[Node], *, cut: bool = True) -> Callable[..., Raw]:
    """A function of the values of some nodes (fields, aggregates, parameters), in that order.

    It is the exact fallback of a database that has no large integers; not `cut`, it gives those.
    """
    writer = _writer()
    arguments = [writer.given(leaf) for leaf in leaves]
    body = _body(writer, node, n.Return, cut=cut)
    return cast("Callable[..., Raw]", _function(arguments, body))


def _column(given: Sequence[Any] | None, n: int) -> Sequence[Any]:
    """The first n values; copying them would take an eighth of the time of a formula."""
    if given is None:
        return (None,) * n
    return given if len(given) == n else given[:n]


def _complete(row: Row, needs: Needs) -> Row:
    """The row with every field it needs; what is missing is blank."""
    complete: dict[str, Any] = {path: row.get(path) for path in needs.paths}
    for path, inner in needs.rows.items():
        children = row.get(path) or ()
        complete[path] = [_complete(cast("Row", child), inner) for child in children]  # type: ignore[union-attr]
    return complete


# -- the two functions


def _writer() -> Writer:
    return Writer(SPECIALS, write_fold)


def _body(
    writer: Writer, node: Node, end: Callable[[Expr], ast.stmt], *, cut: bool = True
) -> list[ast.stmt]:
    """The statements that hand the value to `end`; a number may have left 64 bits."""
    outgrows = cut and leaves_int64(node)

    def last(part: Node, guards: list[Expr], value: Expr) -> ast.stmt:
        if outgrows and (part is node or leaves_int64(part)):
            first, value = w.kept(value, writer)
            limits = [w.constant(-INT64_MAX), first, w.constant(INT64_MAX)]
            guards = [*guards, n.Compare(limits[0], [ast.LtE(), ast.LtE()], limits[1:])]
        elif isinstance(value, n.Name) and {w.tested(each) for each in guards} == {value.id}:
            guards = []  # `v if v is not None else None`
        return end(w.chosen(w.both(guards), value, w.constant(None)) if guards else value)

    write_last(writer, node, last)
    return writer.block


def _row_function(node: Node, parameters: list[str]) -> FunctionType:
    writer = _writer()
    body = _body(writer, node, n.Return)
    return _function(["row", *parameters], late(read_level(writer.level, "row"), body))


def _column_function(node: Node, needs: Needs, parameters: list[str]) -> FunctionType:
    """One loop over all columns; the same statements as for a row."""
    writer = _writer()
    names = [writer.level.field(path) for path in needs.paths]
    tables = [writer.level.table(path) for path in needs.rows]
    body = [*map(_blank_table, tables), *_body(writer, node, _appended)]
    targets = [*names, *tables] or ["_"]
    columns = [f"c{index}" for index in range(len(targets))]
    target = n.Tuple([n.Name(name, n.STORE) for name in targets], n.STORE)
    zipped = w.called("zip", [w.load(column) for column in columns])
    single = as_expression(body)
    if single is not None:
        statements: list[ast.stmt] = [
            n.Return(n.ListComp(single, [ast.comprehension(target, zipped, [], 0)]))
        ]
    else:
        statements = [
            n.Assign([n.Name("result", n.STORE)], n.List([], n.LOAD)),
            n.For(target, zipped, body, []),
            n.Return(w.load("result")),
        ]
    return _function([*columns, *parameters], statements)


def _appended(value: Expr) -> ast.stmt:
    append = n.Attribute(w.load("result"), "append", n.LOAD)
    return n.Expr(n.Call(append, [value], []))


def _blank_table(name: str) -> ast.stmt:
    rows = w.either([w.load(name), n.Tuple([], n.LOAD)])
    return n.Assign([n.Name(name, n.STORE)], rows)


def _function(arguments: list[str], body: list[ast.stmt]) -> FunctionType:
    """Compile statements to a function that sees our helpers and nothing else."""
    args = ast.arguments(
        posonlyargs=[], args=[n.Arg(name) for name in arguments], kwonlyargs=[],
        kw_defaults=[], defaults=[],
    )  # fmt: skip
    definition = n.FunctionDef("formula", args, body, [])
    module = ast.Module([definition], [])
    code = compile(module, "<formula>", "exec")
    inner = next(const for const in code.co_consts if isinstance(const, CodeType))
    return FunctionType(inner, w.HELPERS)
