"""A formula's operation tree as a SQLAlchemy element: bound parameters, int64 guards, exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, Numeric, and_, case, cast, literal, null, or_

from dsl import ir
from dsl.backends import sql
from dsl.backends.python import NO_PARAMS, Params
from dsl.types import Boolean, Choice, Raw, Text, Type
from dsl.wildcards import as_glob, as_like
from store.calendar_sql import CALENDAR_OPERATIONS, calendar_arrays
from store.formula_elements import TYPES, Shape, operate
from store.sql_operations import MOST_ARGUMENTS, REPEATING
from store.sqlite_functions import register_exact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.formula import Formula
    from store.unit import Dialect

_COMPARED = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "between"})
_CHEAP = 6  # nodes; an argument up to this size is repeated rather than computed aside
# SQLite's parser has a stack of 100; deeper formulas are computed by the exact function instead.
_SQLITE_STACK = 60
_SQLITE_STACK_OF_FILTER = 40
_STACK_OF = {"case": 5, "switch": 5}
_STACK = 3
_STACK_ASIDE = 9


@dataclass(frozen=True, slots=True)
class FoldParts:
    """The translated parts of a fold."""

    where: ColumnElement[bool] | None
    value: ColumnElement[Any] | None


class Resolve(Protocol):
    """Where the leaves of a formula come from."""

    def column(self, path: str) -> ColumnElement[Any]:
        """The column at a dotted to-one path."""
        ...

    def outer(self, path: str) -> ColumnElement[Any]:
        """The column of the record that owns the child rows being folded."""
        ...

    def fold(self, fold: sql.Fold, inside: Callable[[Resolve], FoldParts]) -> ColumnElement[Any]:
        """An aggregate over child rows; `inside` translates its parts for the child's leaves."""
        ...


def formula_sql(
    formula: Formula, resolve: Resolve, *, dialect: Dialect, params: Params
) -> ColumnElement[Any]:
    """The value of a formula for each row; raises `dsl.backends.sql.NotPushable`."""
    op = lowered(formula)
    translation = _Translation(resolve, dialect, params)
    if (
        dialect == "sqlite"
        and not isinstance(op, sql.Guarded | sql.Hosted)
        and stack_need(op) > _SQLITE_STACK
    ):
        return translation.by_function(formula.ir, formula.hash)
    return translation.element(op)


def to_sql(
    op: sql.SqlOp,
    resolve: Callable[[str], ColumnElement[Any]],
    dialect: Dialect,
    params: Params = NO_PARAMS,
) -> ColumnElement[Any]:
    """An operation tree over plain columns, without child tables."""
    return _Translation(plain_columns(resolve), dialect, params).element(op)


def plain_columns(find: Callable[[str], ColumnElement[Any]]) -> Resolve:
    """Leaves found by a function, without child tables."""
    return _Columns(find)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Leaves found by a function."""

    find: Callable[[str], ColumnElement[Any]]

    def column(self, path: str) -> ColumnElement[Any]:
        """The column the function gives."""
        return self.find(path)

    def outer(self, path: str) -> ColumnElement[Any]:
        """There is no owning record."""
        raise sql.NotPushable(path)

    def fold(self, fold: sql.Fold, inside: Callable[[Resolve], FoldParts]) -> ColumnElement[Any]:
        """There are no child rows."""
        del inside
        raise sql.NotPushable(fold.rows)


@lru_cache(maxsize=4096)
def _lowered(_hash: str, kept: _Kept) -> sql.SqlOp:
    return sql.lower(kept.formula)


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Carries a formula through the cache, which looks at the hash alone."""

    formula: Formula

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


def lowered(formula: Formula) -> sql.SqlOp:
    """The operation tree of a formula, kept by its hash."""
    return _lowered(formula.hash, _Kept(formula))


def shape_of(kind: Type) -> Shape:
    """How values of a type are stored."""
    match kind:
        case Text() | Choice():
            return "text"
        case Boolean():
            return "boolean"
        case _:
            return "integer"


@dataclass(frozen=True, slots=True)
class _Translation:
    """One walk over a tree; `numeric`: every integer leaf as PostgreSQL's numeric."""

    resolve: Resolve
    dialect: Dialect
    params: Params
    numeric: bool = False

    def element(self, op: sql.SqlOp) -> ColumnElement[Any]:
        match op:
            case sql.Const() | sql.Param():
                value = op.value if isinstance(op, sql.Const) else self.params.value(op.name)
                return self._constant(value, shape_of(op.type))
            case sql.Field(path=path, outer=outer, type=kind):
                found = self.resolve.outer(path) if outer else self.resolve.column(path)
                return self._leaf(found, shape_of(kind))
            case sql.Op():
                return self._operation(op)
            case sql.Fold(type=kind):
                return self._leaf(self._fold(op), shape_of(kind))
            case sql.Guarded():
                return self._guarded(op)
            case sql.Hosted():
                return self._hosted(op)

    def _constant(self, value: Raw, shape: Shape) -> ColumnElement[Any]:
        if value is None:
            return cast(null(), Numeric() if self._counts(shape) else TYPES[shape])
        if self._counts(shape):
            return literal(Decimal(int(value)), Numeric())
        return literal(value, TYPES[shape])

    def _leaf(self, found: ColumnElement[Any], shape: Shape) -> ColumnElement[Any]:
        return operate("exact_number", "integer", found) if self._counts(shape) else found

    def _counts(self, shape: Shape) -> bool:
        return self.numeric and shape == "integer"

    def _operation(self, op: sql.Op) -> ColumnElement[Any]:
        name = op.name
        if name in _COMPARED and shape_of(op.args[0].type) == "text":
            name = f"text_{name}"
        args = [self.element(each) for each in op.args]
        if name == "matches":
            args[1] = self._pattern(op.args[1])
        aside = _is_costly(op)
        if name in CALENDAR_OPERATIONS and self.dialect == "postgresql":
            args, aside = [*args[:-1], *self._calendar(op.args[-1])], True
        return operate(name, shape_of(op.type), *args, numeric=self.numeric, aside=aside)

    def _pattern(self, op: sql.SqlOp) -> ColumnElement[Any]:
        pattern = str(op.value) if isinstance(op, sql.Const) else ""
        written = as_glob(pattern) if self.dialect == "sqlite" else as_like(pattern)
        return literal(written, TYPES["text"])

    def _calendar(self, op: sql.SqlOp) -> list[ColumnElement[Any]]:
        given = self.params.value(op.name) if isinstance(op, sql.Param) else None
        return calendar_arrays(given if isinstance(given, str) else None)

    def _guarded(self, op: sql.Guarded) -> ColumnElement[Any]:
        if self.numeric:
            return self.element(op.body)
        exact = (
            self._exact_postgresql(op) if self.dialect == "postgresql" else self._exact_sqlite(op)
        )
        too_deep = self.dialect == "sqlite" and stack_need(op.body) > _SQLITE_STACK
        if op.limit is None or too_deep:
            return exact
        found = [self.element(leaf) for leaf in op.leaves]
        if not found:
            return self.element(op.body)
        within = [or_(each.is_(None), each.between(-op.limit, op.limit)) for each in found]
        return case((and_(*within), self.element(op.body)), else_=exact)

    def _hosted(self, op: sql.Hosted) -> ColumnElement[Any]:
        if self.dialect == "postgresql":
            raise sql.NotPushable(op.key)
        return self._exact_sqlite(op)

    def _exact_postgresql(self, op: sql.Guarded) -> ColumnElement[Any]:
        wide = _Translation(self.resolve, self.dialect, self.params, numeric=True)
        body = wide.element(op.body)
        if shape_of(op.type) == "integer":
            return operate("int64", "integer", body, aside=True)
        return body

    def _exact_sqlite(self, op: sql.Guarded | sql.Hosted) -> ColumnElement[Any]:
        register_exact(op.key, lambda: sql.exact(op))
        return self._called(op.key, op.type, op.inputs)

    def by_function(self, node: ir.Node, key: str) -> ColumnElement[Any]:
        """A whole formula as one function of its leaves."""
        leaves = sql.leaves_of(node)
        key = f"whole:{key}"
        register_exact(key, lambda: sql.exact_function(node))
        return self._called(key, node.type, [sql.lower_node(leaf) for leaf in leaves])

    def _called(self, key: str, kind: Type, inputs: Sequence[sql.SqlOp]) -> ColumnElement[Any]:
        """A registered function of the values; SQLite takes only so many arguments at once."""
        name, args = "pl_exact", [self.element(each) for each in inputs]
        if len(args) > MOST_ARGUMENTS:
            packs = range(0, len(args), MOST_ARGUMENTS)
            name = "pl_exact_packed"
            args = [operate("pl_pack", "text", *args[n : n + MOST_ARGUMENTS]) for n in packs]
        return operate(name, shape_of(kind), literal(key, TYPES["text"]), *args)

    def _fold(self, fold: sql.Fold) -> ColumnElement[Any]:
        def inside(resolve: Resolve) -> FoldParts:
            rows = _Translation(resolve, self.dialect, self.params)
            return FoldParts(
                where=None if fold.where is None else rows.filter(fold.where, fold.condition),
                value=None if fold.value is None else rows.element(fold.value),
            )

        return self.resolve.fold(fold, inside)

    def filter(self, where: sql.SqlOp, condition: ir.Node | None) -> ColumnElement[Any]:
        """The condition of a fold, as a function where SQLite could not read it."""
        guarded = isinstance(where, sql.Guarded | sql.Hosted)
        if self.dialect != "sqlite" or guarded or condition is None or not _is_deep(where):
            return self.element(where)
        return self.by_function(condition, ir.hash_of(condition))


def _is_deep(where: sql.SqlOp) -> bool:
    return stack_need(where) > _SQLITE_STACK_OF_FILTER


def _is_costly(op: sql.Op) -> bool:
    """Whether an argument is named more than once and is more than a few operations."""
    return op.name in REPEATING and any(_size(each) > _CHEAP for each in op.args)


def _size(op: sql.SqlOp) -> int:
    match op:
        case sql.Op(args=args):
            return 1 + sum(_size(each) for each in args)
        case sql.Fold() | sql.Guarded() | sql.Hosted():
            return _CHEAP + 1
        case _:
            return 1


def stack_need(op: sql.SqlOp) -> int:
    """How deep SQLite's parser has to stack to read an operation tree."""
    match op:
        case sql.Op(name=name, args=args):
            own = _STACK_ASIDE if _is_costly(op) else _STACK_OF.get(name, _STACK)
            return own + max((stack_need(each) for each in args), default=0)
        case sql.Fold(where=where, value=value):
            parts = [stack_need(each) for each in (where, value) if each is not None]
            return _STACK_ASIDE + min(max(parts, default=0), _SQLITE_STACK_OF_FILTER)
        case sql.Guarded(body=body):
            return _STACK_OF["case"] + stack_need(body)
        case _:
            return 1
