"""Fold the records of a metric's inputs by subject and period, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    case,
    distinct,
    func,
    literal,
    literal_column,
    null,
    select,
)

from store.bulk import among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from builder.compiled import CompiledInput
    from dsl.backends.python import Params
    from dsl.formula import Formula
    from store.query import Source
    from store.unit import UnitOfWork

HALF = 10**9  # sums are taken of x / HALF and x % HALF: neither can overflow
BIG = BigInteger()
AUTOMATIC = ("sensor", "system")


@dataclass(frozen=True, slots=True)
class Grid:
    """Consecutive periods and where they begin and end, as days or instants."""

    first: int
    bounds: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many periods."""
        return len(self.bounds) - 1

    def period_of(self, at: ColumnElement[int]) -> ColumnElement[int]:
        """The period of a value inside the grid, as a balanced tree of comparisons."""
        return self._tree(at, 0, self.count)

    def _tree(self, at: ColumnElement[int], low: int, high: int) -> ColumnElement[int]:
        if high - low == 1:
            return literal_column(str(self.first + low), BIG)
        middle = (low + high) // 2
        return case(
            (at < literal_column(str(self.bounds[middle]), BIG), self._tree(at, low, middle)),
            else_=self._tree(at, middle, high),
        )


@dataclass(frozen=True, slots=True)
class LeafRow:
    """One folded group; `total` is the sum (sum, avg) or the value (min, max, latest)."""

    subject_id: int
    period: int
    records: int
    automatic: int
    count: int
    total: int | None


@dataclass(frozen=True, slots=True)
class LeafQuery:
    """Which records of an input are folded."""

    source: Source
    item: CompiledInput
    grid: Grid
    params: Params
    subjects: Sequence[int] | None = None  # None: all


def fold(uow: UnitOfWork, query: LeafQuery) -> list[LeafRow]:
    """One row per subject and period that has a record."""
    rows = _rows(uow, query)
    statement = _latest(rows) if query.item.input.agg == "latest" else _grouped(query, rows)
    return [_leaf_row(query, row) for row in uow.execute(statement)]


def pairs_of(uow: UnitOfWork, query: LeafQuery) -> set[tuple[int, int]]:
    """Subject and period of every record that is folded."""
    rows = _rows(uow, query)
    found = uow.execute(select(rows.c.subject_id, rows.c.period).distinct())
    return {(int(row.subject_id), int(row.period)) for row in found}


def _rows(uow: UnitOfWork, query: LeafQuery) -> Subquery:
    """The records that count, with subject, period and value, each computed once."""
    source, item = query.source, query.item
    at = source.column(item.date_path)
    subject = _counted_for(uow, query)
    _restrict(uow, query)
    value = null() if item.value is None else source.formula(item.value, query.params)
    chosen = select(
        subject.label("subject_id"),
        query.grid.period_of(at).label("period"),
        _automatic(source).label("automatic"),
        value.label("value"),
        _distinct(source, item).label("key"),
        at.label("at"),
        source.column("id").label("id"),
    )
    return chosen.select_from(source.from_).where(*source.conditions).subquery("counted")


def _restrict(uow: UnitOfWork, query: LeafQuery) -> None:
    """Only the records that count; what may need Python comes last, over the fewest rows."""
    source, item, bounds = query.source, query.item, query.grid.bounds
    at, subject = source.column(item.date_path), _counted_for(uow, query)
    source.narrow(at >= bounds[0], at < bounds[-1], subject.is_not(None))
    if query.subjects is not None:
        source.narrow(among(uow, subject, query.subjects))
    if item.where is not None:
        source.narrow(source.formula(item.where, query.params))


def _subject(source: Source, item: CompiledInput) -> ColumnElement[int]:
    return source.column(item.subject_path or "id")


def _counted_for(uow: UnitOfWork, query: LeafQuery) -> ColumnElement[int]:
    """The subject of a record, for conditions and groups.

    Asked for all subjects, SQLite must not walk the index on them: it would fetch each row by
    itself, four times slower than one pass over the table.
    """
    subject = _subject(query.source, query.item)
    if uow.dialect == "sqlite" and query.subjects is None:
        return subject + literal_column("0", BIG)
    return subject


def _distinct(source: Source, item: CompiledInput) -> ColumnElement[Any]:
    return null() if item.input.distinct is None else source.column(item.input.distinct)


def _automatic(source: Source) -> ColumnElement[int]:
    """1 when nobody typed the record in."""
    if source.is_system:
        return literal(1, BIG)
    return case((source.column("origin_kind").in_(AUTOMATIC), 1), else_=0)


def _grouped(query: LeafQuery, rows: Subquery) -> Select[Any]:
    c, agg = rows.c, query.item.input.agg
    aggregates: list[ColumnElement[Any]]
    match agg:
        case "count":
            counted = (
                func.count() if query.item.input.distinct is None else func.count(distinct(c.key))
            )
            aggregates = [counted.label("count"), null().label("high"), null().label("low")]
        case "min" | "max":
            fold_value = func.min(c.value) if agg == "min" else func.max(c.value)
            aggregates = [
                func.count(c.value).label("count"), null().label("high"), fold_value.label("low"),
            ]  # fmt: skip
        case _:
            aggregates = [
                func.count(c.value).label("count"),
                func.sum(c.value // literal_column(str(HALF), BIG)).label("high"),
                func.sum(c.value % literal_column(str(HALF), BIG)).label("low"),
            ]
    return select(
        c.subject_id,
        c.period,
        func.count().label("records"),
        func.sum(c.automatic).label("automatic"),
        *aggregates,
    ).group_by(c.subject_id, c.period)


def _latest(rows: Subquery) -> Select[Any]:
    """The newest record that has a value, by (date, id), with the counts of its group."""
    c = rows.c
    group: dict[str, Any] = {"partition_by": (c.subject_id, c.period)}
    newest = func.row_number().over(**group, order_by=(c.value.is_(None), c.at.desc(), c.id.desc()))
    ranked = select(
        c.subject_id,
        c.period,
        func.count().over(**group).label("records"),
        func.sum(c.automatic).over(**group).label("automatic"),
        func.count(c.value).over(**group).label("count"),
        null().label("high"),
        c.value.label("low"),
        newest.label("place"),
    ).subquery("ranked")
    names = ("subject_id", "period", "records", "automatic", "count", "high", "low")
    return select(*(ranked.c[name] for name in names)).where(ranked.c.place == 1)


def _leaf_row(query: LeafQuery, row: Any) -> LeafRow:  # noqa: ANN401 - a row of either statement
    subject_id, period, records, automatic, count, high, low = row
    total = None if low is None else int(low) + int(high or 0) * HALF
    counted = int(count)
    if query.item.input.agg == "count":
        total = None
    return LeafRow(int(subject_id), int(period), int(records), int(automatic), counted, total)


def date_range(uow: UnitOfWork, source: Source, item: CompiledInput) -> tuple[int, int] | None:
    """The oldest and the newest date of an input's records; None when there is none."""
    at = source.column(item.date_path)
    row = uow.execute(
        select(func.min(at).label("low"), func.max(at).label("high"))
        .select_from(source.from_)
        .where(*source.conditions)
    ).one()
    return None if row.low is None else (int(row.low), int(row.high))


def record_ids(
    uow: UnitOfWork, query: LeafQuery, *, limit: int, offset: int = 0
) -> tuple[list[int], int]:
    """A page of the records behind one leaf by date, and how many there are."""
    source = query.source
    at, row_id = source.column(query.item.date_path), source.column("id")
    _restrict(uow, query)
    rows = select(row_id.label("id"), at.label("at")).select_from(source.from_)
    chosen = rows.where(*source.conditions).subquery("behind")
    total = int(uow.execute(select(func.count()).select_from(chosen)).scalar_one())
    first = select(chosen.c.id).order_by(chosen.c.at, chosen.c.id).limit(limit).offset(offset)
    return [int(each) for each in uow.execute(first).scalars()], total


def pairs_reached(
    uow: UnitOfWork, source: Source, item: CompiledInput, *, prefix: str, ids: Sequence[int]
) -> list[tuple[int, int]]:
    """(subject, date) of the records whose path `prefix` ends at one of these records."""
    at, subject = source.column(item.date_path), _subject(source, item)
    through = source.column(prefix)
    rows = uow.execute(
        select(subject.label("subject"), at.label("at"))
        .distinct()
        .select_from(source.from_)
        .where(
            *source.conditions,
            among(uow, through, ids),
            subject.is_not(None),
            at.is_not(None),
        )
    )
    return [(int(row.subject), int(row.at)) for row in rows]


def ids_reaching(
    uow: UnitOfWork,
    source: Source,
    *,
    prefix: str,
    ids: Sequence[int],
    after: int | None = None,
    limit: int | None = None,
) -> list[int]:
    """The records whose path `prefix` ends at one of these; with `limit` the next ones by id."""
    through, own = source.column(prefix), source.column("id")
    chosen = source.ids().where(among(uow, through, ids))
    if after is not None:
        chosen = chosen.where(own > after)
    if limit is not None:
        chosen = chosen.order_by(own).limit(limit)
    return [int(each) for each in uow.execute(chosen).scalars()]


def ends_of(uow: UnitOfWork, source: Source, *, path: str, ids: Sequence[int]) -> list[int]:
    """The records that these ones point to by a path."""
    end = source.column(path)
    chosen = select(end).distinct().select_from(source.from_)
    reached = chosen.where(*source.conditions, among(uow, source.column("id"), ids))
    return sorted(int(each) for each in uow.execute(reached.where(end.is_not(None))).scalars())


def ids_where(uow: UnitOfWork, source: Source, condition: Formula, params: Params) -> list[int]:
    """The records for which a condition is true."""
    holds = source.formula(condition, params)
    return [int(each) for each in uow.execute(source.ids().where(holds)).scalars()]


def truths_of(
    uow: UnitOfWork,
    source: Source,
    conditions: Sequence[Formula],
    params: Params,
    *,
    ids: Sequence[int],
) -> dict[int, tuple[bool, ...]]:
    """By record, of these that are there: which of the conditions are true."""
    own = source.column("id")
    source.narrow(among(uow, own, ids))
    holds = [source.formula(each, params).label(f"c{n}") for n, each in enumerate(conditions)]
    chosen = select(own.label("id"), *holds).select_from(source.from_).where(*source.conditions)
    found = (tuple(row) for row in uow.execute(chosen))
    return {int(id_): tuple(map(bool, truths)) for id_, *truths in found}
