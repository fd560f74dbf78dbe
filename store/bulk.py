"""Many rows in one statement: arrays on PostgreSQL, prepared runs and JSON on SQLite."""

from __future__ import annotations

import json
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Double,
    Text,
    any_,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from store.prepared import Prepared
from store.statements import made_once

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, FromClause, Insert, Select, Subquery, Table
    from sqlalchemy.types import TypeEngine

    from store.unit import UnitOfWork

CHUNK = 20_000
FEW = 50  # rows for which SQLAlchemy's cached statements are faster than preparing one
_ID = "b_id"
_ITEM_TYPES: dict[type, TypeEngine[Any]] = {int: BigInteger(), bool: Boolean(), float: Double()}


def among(
    uow: UnitOfWork, element: ColumnElement[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """`element IN values` with one parameter, however many values there are."""
    if len(values) == 1:
        (only,) = values
        one: ColumnElement[bool] = element == only
        return one
    if uow.dialect == "postgresql":
        return element == any_(_array(element.type, list(values)))
    return element.in_(_items(literal(json.dumps(list(values)))))


def among_named(dialect: str, element: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """`element IN values` for a statement made once; `ids_for` gives what is bound to the name."""
    if dialect == "postgresql":
        return element == any_(bindparam(name, type_=ARRAY(BigInteger())))
    return element.in_(_items(bindparam(name, type_=Text())))


def _items(values: ColumnElement[str]) -> Select[tuple[Any]]:
    """The items of a JSON list, on SQLite."""
    each = func.json_each(values).table_valued("value")
    return select(each.c.value)


def ids_for(dialect: str, ids: Collection[int]) -> list[int] | str:
    """Ids as the parameter that `among_named` compares with."""
    return list(ids) if dialect == "postgresql" else json.dumps(list(ids))


def among_ids(uow: UnitOfWork, element: ColumnElement[int], ids: set[int]) -> ColumnElement[bool]:
    """Like `among`, a plain range when the ids follow each other."""
    if follow_each_other(ids):
        return element.between(min(ids), max(ids))
    return among(uow, element, ids)


def follow_each_other(ids: set[int]) -> bool:
    """Whether the ids are a range without gaps."""
    return bool(ids) and max(ids) - min(ids) == len(ids) - 1


def relation(
    uow: UnitOfWork, name: str, columns: Mapping[str, tuple[TypeEngine[Any], Sequence[Any]]]
) -> Subquery:
    """Values as a table to join with."""
    names = list(columns)
    if uow.dialect == "postgresql":
        arrays = [_array(type_, values) for type_, values in columns.values()]
        derived = func.unnest(*arrays).table_valued(
            *(column(key, columns[key][0]) for key in names), name=f"{name}_u"
        )
        return select(*derived.render_derived().c).subquery(name)
    rows = json.dumps(list(zip(*(values for _, values in columns.values()), strict=True)))
    each = func.json_each(rows).table_valued("value")
    return select(
        *(
            func.json_extract(each.c.value, f"$[{index}]", type_=columns[key][0]).label(key)
            for index, key in enumerate(names)
        )
    ).subquery(name)


def read_columns(
    uow: UnitOfWork,
    columns: Sequence[ColumnElement[Any]],
    source: FromClause,
    conditions: Sequence[ColumnElement[bool]],
) -> list[Sequence[Any]]:
    """The values of each column, rows in any order; the first column is an id.

    PostgreSQL sends arrays of them: a row for each would take several times as long to read.
    """
    if uow.dialect == "postgresql":
        wanted = [func.array_agg(each, type_=ARRAY(each.type)) for each in columns]
        chosen = select(*wanted).select_from(source).where(*conditions)
        parts = uow.execute(chosen.group_by(columns[0] // CHUNK)).all()
        return [list(chain.from_iterable(part[n] for part in parts)) for n in range(len(columns))]
    labelled = [each.label(f"f{n}") for n, each in enumerate(columns)]
    rows = uow.execute(select(*labelled).select_from(source).where(*conditions)).all()
    return [[row[n] for row in rows] for n in range(len(columns))]


def next_ids(uow: UnitOfWork, table: Table, count: int) -> Sequence[int]:
    """Ids for new rows; on PostgreSQL from the sequence, on SQLite nobody else is writing."""
    if uow.dialect == "postgresql":
        sequence = func.nextval(literal(f"{table.name}_id_seq"))
        series = func.generate_series(1, count).table_valued("n")
        return list(uow.execute(select(sequence).select_from(series)).scalars())
    newest = made_once(table, "newest_id", lambda: Prepared(select(func.max(table.c.id))))
    first = (uow.rows(newest, {}).scalar() or 0) + 1
    return range(first, first + count)


def insert_rows(
    uow: UnitOfWork,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    *,
    unless_known: Sequence[str] = (),
) -> None:
    """Insert rows given column by column; `constants` are the same in each.

    A row whose columns `unless_known`, which are unique, are there already is left out.
    """
    count = len(next(iter(columns.values())))
    if uow.dialect == "postgresql":
        into = _insert(uow, table, unless_known)
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            given = relation(
                uow, "given", {k: (table.c[k].type, v[part]) for k, v in columns.items()}
            )
            same = [literal(value, table.c[name].type) for name, value in constants.items()]
            chosen = select(*given.c, *same)
            uow.execute(into.from_select([*columns, *constants], chosen))
        return
    source = {**columns, **{name: repeat(value) for name, value in constants.items()}}
    usual = made_once(
        table,
        ("into", tuple(source), *unless_known),
        lambda: Prepared(_insert(uow, table, unless_known), names=source),
    )
    uow.change_each(usual, source)


def _insert(uow: UnitOfWork, table: Table, unless_known: Sequence[str]) -> Insert:
    if not unless_known:
        return insert(table)
    if uow.dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=unless_known)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=unless_known)


def update_rows(
    uow: UnitOfWork,
    table: Table,
    ids: Sequence[int],
    *,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    by: str = "id",
) -> None:
    """Update rows by id, or another key; `constants` may be SQL expressions over the table."""
    if uow.dialect == "postgresql":
        given = relation(
            uow,
            "given",
            {
                _ID: (BigInteger(), ids),
                **{f"b_{name}": (table.c[name].type, values) for name, values in columns.items()},
            },
        )
        uow.execute(
            update(table)
            .where(table.c[by] == given.c[_ID])
            .values({name: given.c[f"b_{name}"] for name in columns} | dict(constants))
        )
        return
    statement = (
        update(table)
        .where(table.c[by] == bindparam(_ID))
        .values({name: bindparam(f"b_{name}") for name in columns} | dict(constants))
    )
    source: dict[str, Any] = {_ID: ids, **{f"b_{name}": v for name, v in columns.items()}}
    if len(ids) <= FEW:
        uow.execute(statement, _as_rows(source, len(ids)))
        return
    uow.change_each(Prepared(statement), source)


def _as_rows(source: Mapping[str, Iterable[Any]], count: int) -> list[dict[str, Any]]:
    rows = zip(*source.values(), range(count), strict=False)
    return [dict(zip(source, row, strict=False)) for row in rows]


def _array(type_: TypeEngine[Any], values: Sequence[Any]) -> ColumnElement[Any]:
    return literal(list(values), ARRAY(_ITEM_TYPES.get(type_.python_type, Text())))
