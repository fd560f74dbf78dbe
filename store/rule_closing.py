"""One closing of a metric: its numbers, with those of earlier periods beside them.

Many rules judge the same numbers. They are read once into a table that lasts as long as the
transaction at most; each rule then scans that instead of looking up the past for itself.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, MetaData, Table, and_, insert, literal, select
from sqlalchemy.schema import CreateTable, DropTable

from dsl import series
from store.column_types import BIGINT, alive
from store.statements import made_once
from store.tables import measurement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from store.unit import UnitOfWork

Closing = Table
MOST_PERIODS = 40  # SQLite joins 64 tables at most
_PLAIN = ("subject_id", "period", "value", "target")
ALIVE = "alive"  # null for a subject that was deleted


def there(back: int) -> str:
    """The column that is null when there was no number so many periods ago."""
    return f"there[-{back}]"


def earlier(paths: Collection[str]) -> set[int]:
    """How many periods ago the numbers are that some columns hold."""
    found = {series.split(path) for path in paths}
    return {back for name, back in found if back and name not in series.APART}


@contextmanager
def read_closing(
    uow: UnitOfWork, metric: str, period: int, paths: Collection[str], *, subjects: Table | None
) -> Iterator[Closing]:
    """The numbers in force of one period; `paths` name what of other periods is wanted.

    Whether their subjects are still there is looked up once as well.
    """
    columns = tuple(sorted({*paths} - {*_PLAIN}))
    # the same table each time, so that statements over it are known to SQLAlchemy
    table = made_once(measurement, ("closing", columns), lambda: _table(columns))
    uow.execute(CreateTable(table))
    chosen = _chosen(metric, period, columns, subjects)
    uow.execute(insert(table).from_select([*_PLAIN, ALIVE, *columns], chosen))
    yield table
    uow.execute(DropTable(table))


def _table(columns: Sequence[str]) -> Closing:
    return Table(
        "closing",
        MetaData(),
        Column("subject_id", BIGINT, primary_key=True, autoincrement=False),
        *(Column(name, BigInteger) for name in (*_PLAIN[1:], ALIVE, *columns)),
        prefixes=["TEMPORARY"],
    )


def _chosen(metric: str, period: int, columns: Sequence[str], subjects: Table | None) -> Any:  # noqa: ANN401 - a select
    """A join per distance, so that the index is asked once for each and not for each mention."""
    m = measurement
    past = {back: m.alias(f"ago{back}") for back in sorted(earlier(columns))}
    source: Any = m
    for back, then in past.items():
        mine = (then.c.metric == metric, then.c.current, then.c.subject_id == m.c.subject_id)
        source = source.outerjoin(then, and_(*mine, then.c.period == period - back))

    def value(path: str) -> ColumnElement[Any]:
        name, back = series.split(path)
        if name in series.APART:
            return literal(series.periods_apart(name, period - back), BigInteger)
        return past[back].c["period" if name == "there" else name]

    there: ColumnElement[Any] = m.c.subject_id
    if subjects is not None:
        source = source.outerjoin(subjects, and_(subjects.c.id == there, alive(subjects)))
        there = subjects.c.id
    plain = [*(m.c[name] for name in _PLAIN), there.label(ALIVE)]
    wanted = [value(path).label(path) for path in columns]
    mine = (m.c.metric == metric, m.c.current, m.c.period == period)
    return select(*plain, *wanted).select_from(source).where(*mine)
