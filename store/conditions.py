"""Conditions on fields as data, turned into SQL over what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, true

from store.bulk import among

if TYPE_CHECKING:
    from dsl.types import Raw
    from store.source import Source
    from store.unit import UnitOfWork

Operator = Literal[
    "=", "!=", "<", "<=", ">", ">=", "between", "in", "not_in",
    "contains", "not_contains", "starts", "blank", "filled",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Test:
    """One field against values; blank fields are not equal to anything."""

    path: str
    operator: Operator
    values: tuple[Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class HasRows:
    """Rows stand behind a field: any, or one of a list that has one of these values."""

    path: str
    values: tuple[Raw, ...] | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """All of them hold; of nothing, true."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them holds; of nothing, false."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: Condition


Condition: TypeAlias = "Test | HasRows | Every | Some | Not"
Column = ColumnElement[Any]
Write = Callable[["UnitOfWork", Column, tuple["Raw", ...]], ColumnElement[bool]]


def condition_sql(uow: UnitOfWork, source: Source, condition: Condition) -> ColumnElement[bool]:
    """The condition over the rows of a source; null where a blank field decides it.

    Raises:
        HiddenFieldError: it names a field the reader may not see.
    """
    match condition:
        case Test(path=path, operator=operator, values=values):
            return WRITE[operator](uow, source.column(path), values)
        case HasRows(path=path, values=values):
            return source.has_rows(path, values)
        case Every(of=parts):
            return and_(true(), *(condition_sql(uow, source, each) for each in parts))
        case Some(of=parts):
            return or_(false(), *(condition_sql(uow, source, each) for each in parts))
        case Not(of=inner):
            return not_(func.coalesce(condition_sql(uow, source, inner), false()))


def has_part(uow: UnitOfWork, column: Column, part: str) -> ColumnElement[bool]:
    """Whether a text has a part, whatever the case of its Latin letters."""
    find = func.strpos if uow.dialect == "postgresql" else func.instr
    return find(func.lower(column), func.lower(literal(part, column.type))) > 0


def _bound(column: Column, value: Raw) -> Column:
    return literal(value, column.type)


def _starts(uow: UnitOfWork, column: Column, values: tuple[Raw, ...]) -> ColumnElement[bool]:
    part = str(values[0])
    del uow
    head = func.substr(column, 1, len(part))
    return func.lower(head) == func.lower(literal(part, column.type))


def _contains(uow: UnitOfWork, column: Column, values: tuple[Raw, ...]) -> ColumnElement[bool]:
    return has_part(uow, column, str(values[0]))


def _in(uow: UnitOfWork, column: Column, values: tuple[Raw, ...]) -> ColumnElement[bool]:
    return among(uow, column, values)


WRITE: Mapping[Operator, Write] = {
    "=": lambda _, c, v: c == _bound(c, v[0]),
    "!=": lambda _, c, v: or_(c.is_(None), c != _bound(c, v[0])),
    "<": lambda _, c, v: c < _bound(c, v[0]),
    "<=": lambda _, c, v: c <= _bound(c, v[0]),
    ">": lambda _, c, v: c > _bound(c, v[0]),
    ">=": lambda _, c, v: c >= _bound(c, v[0]),
    "between": lambda _, c, v: and_(c >= _bound(c, v[0]), c <= _bound(c, v[1])),
    "in": _in,
    "not_in": lambda uow, c, v: or_(c.is_(None), not_(_in(uow, c, v))),
    "contains": _contains,
    "not_contains": lambda uow, c, v: or_(c.is_(None), not_(_contains(uow, c, v))),
    "starts": _starts,
    "blank": lambda _, c, v: c.is_(None),  # noqa: ARG005 -- one shape for all
    "filled": lambda _, c, v: c.is_not(None),  # noqa: ARG005 -- one shape for all
}
