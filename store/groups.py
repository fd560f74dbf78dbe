"""Groups of the rows a scope shows, with exact aggregates, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.exc import OperationalError

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
SUMS = frozenset({"sum", "avg"})


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
    *,
    keys: Sequence[Key],
    measures: Sequence[Measure],
    limit: int,
) -> list[Group]:
    """The groups in order of their keys, blanks last; at most `limit`."""
    asked = _Asked(uow, source, tuple(keys), tuple(measures))
    try:
        rows = _run(asked, limit=limit, halves=False)
    except OperationalError as error:
        if "integer overflow" not in str(error.orig):
            raise
        rows = _run(asked, limit=limit, halves=True)  # SQLite's SUM has 64 bits and says so
    found = []
    for row in rows:
        at = tuple(row[f"k{n}"] for n in range(len(keys)))
        values = tuple(_value(row, asked, n, measure) for n, measure in enumerate(measures))
        found.append(Group(at, int(row["n"]), values))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question; what is added up of a field is added up once."""

    uow: UnitOfWork
    source: Source
    keys: tuple[Key, ...]
    measures: tuple[Measure, ...]

    @property
    def summed(self) -> list[str]:
        """The paths of which sums are wanted."""
        return list(dict.fromkeys(m.path for m in self.measures if m.aggregate in SUMS))


def _run(asked: _Asked, *, limit: int, halves: bool) -> list[Mapping[str, Any]]:
    source = asked.source
    by = [_key(asked.uow, source, key) for key in asked.keys]
    chosen = select(
        *(column.label(f"k{n}") for n, column in enumerate(by)),
        func.count().label("n"),
        *(part.label(name) for name, part in _parts(asked)),
        *(part.label(name) for name, part in _sums(asked, halves=halves)),
    )
    statement = (
        chosen.select_from(source.from_)
        .where(*source.conditions)
        .group_by(*by)
        .order_by(*(column.asc().nulls_last() for column in by))
        .limit(limit)
    )
    return [by_name(row) for row in asked.uow.execute(statement)]


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


def _parts(asked: _Asked) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """What the database counts and compares for each measure."""
    for n, measure in enumerate(asked.measures):
        column = asked.source.column(measure.path)
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
                continue


def _sums(asked: _Asked, *, halves: bool) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """Sums and how many values are in them; in halves no number of rows makes one overflow."""
    for n, path in enumerate(asked.summed):
        column = asked.source.column(path)
        yield f"c{n}", func.count(column)
        if not halves:
            yield f"l{n}", func.sum(column)  # of bigint it is numeric on PostgreSQL
            continue
        yield f"h{n}", func.sum(operate("half_high", "integer", column), type_=BIGINT)
        yield f"l{n}", func.sum(operate("half_low", "integer", column), type_=BIGINT)


def _value(row: Mapping[str, Any], asked: _Asked, n: int, measure: Measure) -> Raw:
    if measure.aggregate not in SUMS:
        value: Raw = row[f"m{n}"]
        return value
    at = asked.summed.index(measure.path)
    total = int(row.get(f"h{at}") or 0) * HALF + int(row[f"l{at}"] or 0)
    if measure.aggregate == "sum":
        return fits_int64(total)
    number = int(row[f"c{at}"])
    return None if not number else fits_int64(div_half_away(total * measure.factor, number))
