"""Groups of the rows a scope shows, with exact aggregates, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, distinct, func, select

from dsl.exact import fits_int64
from dsl.values import div_half_away
from store.column_types import BIGINT
from store.formula_elements import Written, operate
from store.rows import by_name
from store.sql_operations import WRITE, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dsl.types import Raw
    from store.source import Source
    from store.unit import UnitOfWork

Aggregate = Literal["count", "distinct", "sum", "avg", "min", "max"]
Step = Literal["year", "quarter", "month", "day"]
HALF = 10**9


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are grouped by: a field, or the year, quarter or month a date lies in."""

    path: str
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What is said of each group; a mean is `factor` times larger than the values."""

    aggregate: Aggregate
    path: str = ""
    factor: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its keys, how many rows it has, and the measures; None when one leaves 64 bits."""

    keys: tuple[Raw, ...]
    count: int
    values: tuple[Raw, ...]


def groups(
    uow: UnitOfWork,
    source: Source,
    where: Sequence[ColumnElement[bool]],
    *,
    keys: Sequence[Key],
    measures: Sequence[Measure],
    limit: int,
) -> list[Group]:
    """The groups in order of their keys, blanks last; at most `limit`."""
    by = [_key(uow, source, key) for key in keys]
    parts = list(_parts(uow, source, measures))
    chosen = select(
        *(column.label(f"k{n}") for n, column in enumerate(by)),
        func.count().label("n"),
        *(part.label(name) for name, part in parts),
    )
    statement = (
        chosen.select_from(source.from_)
        .where(*where)
        .group_by(*by)
        .order_by(*(column.asc().nulls_last() for column in by))
        .limit(limit)
    )
    found = []
    for row in uow.execute(statement):
        mapping = by_name(row)
        at = tuple(mapping[f"k{n}"] for n in range(len(by)))
        values = tuple(_value(mapping, n, measure) for n, measure in enumerate(measures))
        found.append(Group(at, int(mapping["n"]), values))
    return found


def _key(uow: UnitOfWork, source: Source, key: Key) -> ColumnElement[Any]:
    column = source.column(key.path)
    if key.step is None or key.step == "day":
        return column
    year, month = (
        Written(WRITE[name](Writer(uow.dialect), ["{0}"]), [column], "integer")
        for name in ("civil_year", "civil_month")
    )
    if key.step == "year":
        return year * 100 + 1  # as its first month
    if key.step == "quarter":
        return year * 100 + (month + 2) // 3 * 3 - 2
    return year * 100 + month


def _parts(
    uow: UnitOfWork, source: Source, measures: Sequence[Measure]
) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """What the database adds up for each measure."""
    for n, measure in enumerate(measures):
        column = source.column(measure.path)
        match measure.aggregate:
            case "count":
                yield f"m{n}", func.count(column)
            case "distinct":
                yield f"m{n}", func.count(distinct(column))
            case "min":
                yield f"m{n}", func.min(column)
            case "max":
                yield f"m{n}", func.max(column)
            case "sum" | "avg":
                yield f"m{n}c", func.count(column)
                yield from _sums(uow, column, f"m{n}")


def _sums(
    uow: UnitOfWork, column: ColumnElement[Any], name: str
) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """A sum that no number of rows makes overflow: in halves on SQLite, which has 64 bits."""
    if uow.dialect == "postgresql":
        yield f"{name}l", func.sum(column)  # of bigint it is numeric there
        return
    yield f"{name}h", func.sum(operate("half_high", "integer", column), type_=BIGINT)
    yield f"{name}l", func.sum(operate("half_low", "integer", column), type_=BIGINT)


def _value(row: Mapping[str, Any], n: int, measure: Measure) -> Raw:
    name = f"m{n}"
    if measure.aggregate not in ("sum", "avg"):
        value: Raw = row[name]
        return value
    total = int(row.get(f"{name}h") or 0) * HALF + int(row[f"{name}l"] or 0)
    if measure.aggregate == "sum":
        return fits_int64(total)
    number = int(row[f"{name}c"])
    return None if not number else fits_int64(div_half_away(total * measure.factor, number))
