"""Statements of every request, compiled once: the driver gets their text and values directly.

SQLAlchemy takes several times as long to hand on a small statement, compiled before or not, as
SQLite takes to run it. Errors stay SQLAlchemy's, as of every other statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Insert
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect, Result, Select, UpdateBase

    Convert = Callable[[Any], Any]
    Statement = Select[Any] | UpdateBase


class Prepared:
    """A statement with its parameters by name, as text for each database it was run on.

    An INSERT says with `names` which columns it is given. Lists that grow (`IN` of a Python list)
    and defaults that Python computes have no place here.
    """

    __slots__ = ("_names", "_statement", "_texts")

    def __init__(self, statement: Statement, *, names: Iterable[str] = ()) -> None:
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._names = list(names)
        self._texts: dict[str, _Text] = {}

    def text(self, dialect: Dialect) -> _Text:
        """The statement as this database understands it."""
        known = self._texts.get(dialect.name)
        if known is None:
            known = self._texts[dialect.name] = _compiled(self._statement, self._names, dialect)
        return known


@dataclass(frozen=True, slots=True)
class _Text:
    sql: str
    fixed: Mapping[str, Any]  # values that are part of the statement
    order: Sequence[str] | None  # of the parameters; None where the driver takes them by name
    binds: Sequence[tuple[str, Convert]]
    columns: SimpleResultMetaData | None
    converts: Sequence[tuple[int, Convert]]

    def values(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a tuple or a mapping, as the driver wants
        """The parameters of one run."""
        all_ = {**self.fixed, **given}
        for name, convert in self.binds:
            all_[name] = convert(all_[name])
        return all_ if self.order is None else tuple([all_[name] for name in self.order])

    def rows(self, columns: Mapping[str, Iterable[Any]]) -> list[Any]:
        """The parameters of a run for each row."""
        source = {name: repeat(value) for name, value in self.fixed.items()} | dict(columns)
        for name, convert in self.binds:
            source[name] = map(convert, source[name])
        names = self.order or list(source)
        rows = zip(*(source[name] for name in names), strict=False)
        return list(rows) if self.order else [dict(zip(names, row, strict=True)) for row in rows]

    def result(self, rows: Sequence[Sequence[Any]]) -> Result[Any]:
        """What came back, as SQLAlchemy gives it."""
        if self.columns is None:
            return IteratorResult(SimpleResultMetaData(()), iter(()))
        return IteratorResult(
            self.columns, map(self._converted, rows) if self.converts else iter(rows)
        )

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for at, convert in self.converts:
            values[at] = convert(values[at])
        return values


def rows(connection: Connection, statement: Prepared, given: Mapping[str, Any]) -> Result[Any]:
    """Run a statement; the rows it gives."""
    text = statement.text(connection.dialect)
    cursor = _run(connection, text, text.values(given))
    return text.result(() if text.columns is None else cursor.fetchall())


def change(connection: Connection, statement: Prepared, given: Mapping[str, Any]) -> int:
    """Run a statement; how many rows it changed."""
    text = statement.text(connection.dialect)
    return int(_run(connection, text, text.values(given)).rowcount)


def change_each(
    connection: Connection, statement: Prepared, columns: Mapping[str, Iterable[Any]]
) -> None:
    """Run a statement for each row of the columns; one that is the same in all may be endless."""
    text = statement.text(connection.dialect)
    _run(connection, text, text.rows(columns), many=True)


def _run(connection: Connection, text: _Text, values: Any, *, many: bool = False) -> Any:  # noqa: ANN401 - the driver's
    cursor = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(text.sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, text, values, error) from error
    return cursor


def _told(connection: Connection, text: _Text, values: Any, error: Any) -> DBAPIError:  # noqa: ANN401 - the driver's
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if is_gone:
        connection.invalidate(error)
    told = DBAPIError.instance(
        text.sql,
        values,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=is_gone,
        dialect=dialect,
    )
    return cast("DBAPIError", told)  # the driver's own errors always become one


def _compiled(statement: Statement, names: list[str], dialect: Dialect) -> _Text:
    compiled = statement.compile(dialect=dialect, column_keys=names or None)
    if compiled.post_compile_params or compiled.prefetch:
        raise ValueError(f"not a statement that stays the same: {compiled}")
    given = {*names, *(name for each, name in compiled.bind_names.items() if each.required)}
    binds = {
        name: each.type.dialect_impl(dialect).bind_processor(dialect)
        for each, name in compiled.bind_names.items()
    }
    columns = list(statement.exported_columns)
    converts = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
    return _Text(
        sql=compiled.string,
        fixed={name: value for name, value in compiled.params.items() if name not in given},
        order=compiled.positiontup,
        binds=[(name, convert) for name, convert in binds.items() if convert is not None],
        columns=SimpleResultMetaData([str(each.key) for each in columns]) if columns else None,
        converts=[(at, convert) for at, convert in enumerate(converts) if convert is not None],
    )
