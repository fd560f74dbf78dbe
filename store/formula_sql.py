"""A formula as a SQLAlchemy element: its text for the database over columns and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, Numeric

from dsl.backends import sql
from dsl.backends.python import NO_PARAMS, Params
from dsl.types import INT64_MAX, Raw
from store.calendar_sql import calendar_arrays
from store.formula_elements import TYPES, Shape, Written
from store.formula_text import (
    CalendarPart,
    FoldTemplate,
    Leaf,
    Template,
    formula_template,
    shape_of,
    template,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsl.formula import Formula
    from store.unit import Dialect

__all__ = ["FoldParts", "Resolve", "formula_sql", "lowered", "plain_columns", "shape_of", "to_sql"]


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
    known = _template(formula.hash, dialect, _Kept(formula))
    if known is None:
        raise sql.NotPushable(formula.hash)
    return _Filling(resolve, dialect, params).element(known)


def to_sql(
    op: sql.SqlOp,
    resolve: Callable[[str], ColumnElement[Any]],
    dialect: Dialect,
    params: Params = NO_PARAMS,
) -> ColumnElement[Any]:
    """An operation tree over plain columns, without child tables."""
    return _Filling(plain_columns(resolve), dialect, params).element(template(op, dialect))


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


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Carries a formula through a cache, which looks at the hash alone."""

    formula: Formula

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4096)
def _lowered(_hash: str, kept: _Kept) -> sql.SqlOp:
    return sql.lower(kept.formula)


def lowered(formula: Formula) -> sql.SqlOp:
    """The operation tree of a formula, kept by its hash."""
    return _lowered(formula.hash, _Kept(formula))


@lru_cache(maxsize=8192)
def _template(_hash: str, dialect: Dialect, kept: _Kept) -> Template | None:
    """None when the database cannot compute the formula: that is decided once as well."""
    formula = kept.formula
    try:
        return formula_template(formula.ir, lowered(formula), formula.hash, dialect)
    except sql.NotPushable:
        return None


def forget() -> None:
    """Empty the caches: what is asked for next is written again."""
    _lowered.cache_clear()
    _template.cache_clear()


@dataclass(frozen=True, slots=True)
class _Filling:
    """Puts columns and bound parameters into the places of templates."""

    resolve: Resolve
    dialect: Dialect
    params: Params

    def element(self, written: Template) -> ColumnElement[Any]:
        """A template over the leaves of these rows."""
        parts = [self._part(leaf) for leaf in written.leaves]
        if written.text == "{0}":
            return parts[0]
        return Written(written.text, parts, written.shape)

    def _part(self, leaf: Leaf) -> ColumnElement[Any]:
        match leaf:
            case sql.Field(path=path, outer=outer):
                return self.resolve.outer(path) if outer else self.resolve.column(path)
            case sql.Const(value=value, type=kind):
                return _bound(value, shape_of(kind))
            case sql.Param(name=name, type=kind):
                return _bound(self.params.value(name), shape_of(kind))
            case CalendarPart(param=name, part=part):
                calendar = self.params.value(name)
                return calendar_arrays(calendar if isinstance(calendar, str) else None)[part]
            case FoldTemplate():
                return self._fold(leaf)

    def _fold(self, folded: FoldTemplate) -> ColumnElement[Any]:
        where, value = folded.where, folded.value

        def inside(resolve: Resolve) -> FoldParts:
            rows = _Filling(resolve, self.dialect, self.params)
            return FoldParts(
                where=None if where is None else rows.element(where),
                value=None if value is None else rows.element(value),
            )

        return self.resolve.fold(folded.fold, inside)


def _bound(value: Raw, shape: Shape) -> ColumnElement[Any]:
    """A parameter of the statement, without the guesses of `literal`."""
    if type(value) is int and abs(value) > INT64_MAX:
        return BindParameter(None, Decimal(value), Numeric(), unique=True)
    return BindParameter(None, value, TYPES[shape], unique=True)
