"""Raw sensor samples: a table per day, each sample once, a whole day dropped at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Double,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    delete,
    func,
    inspect,
    select,
)

from store import bulk, conflict
from store.bulk import among
from store.column_types import BIGINT, TEXT
from store.errors import BadValueError
from store.tables import sample_day, series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.types import TypeEngine

    from store.unit import UnitOfWork

DAY_US = 86_400_000_000
_SAMPLE_LOCK = 0x73616D70  # PostgreSQL advisory lock: one unit makes a day's table
_STORED_REAL: TypeEngine[float] = Double()
SeriesKey = tuple[str, int]  # (name, subject id)


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one item of a subject, as it came.

    `at_kind` says whose clock `at` is: source, server or received. `sequence` tells samples of
    the same time apart.
    """

    series: str  # <entity>.<series>
    subject_id: int
    at: int
    value: float | None
    quality: int = 0  # OPC UA status code; 0 is good
    sequence: int = 0
    at_kind: str = "source"


@dataclass(frozen=True, slots=True)
class Point:
    """A stored sample."""

    at: int
    value: float | None
    quality: int


@dataclass(frozen=True, slots=True)
class SeriesState:
    """A series and its newest value."""

    id: int
    name: str
    subject_id: int
    source: str
    unit: str | None
    latest_at: int | None
    latest_value: float | None
    latest_quality: int | None


def append(
    uow: UnitOfWork,
    samples: Sequence[Sample],
    *,
    source: str,
    units: Mapping[str, str | None] | None = None,
) -> int:
    """Store samples; those that are in already are left alone. How many were new."""
    if not samples:
        return 0
    ids = _series_ids(uow, samples, source=source, units=units or {})
    by_day: dict[int, list[Sample]] = {}
    for sample in samples:
        _check(sample)
        by_day.setdefault(sample.at // DAY_US, []).append(sample)
    new = sum(_append_day(uow, day, rows, ids) for day, rows in sorted(by_day.items()))
    _move_latest(uow, samples, ids)
    return new


def window(uow: UnitOfWork, name: str, subject_id: int, *, from_at: int, to_at: int) -> list[Point]:
    """The samples of a series with from_at <= at < to_at, oldest first."""
    found = state(uow, name, subject_id)
    if found is None:
        return []
    points: list[Point] = []
    for day in _days(uow, from_at // DAY_US, (to_at - 1) // DAY_US):
        table = _table(day)
        rows = uow.execute(
            select(table.c.at, table.c.value, table.c.quality)
            .where(table.c.series_id == found.id, table.c.at >= from_at, table.c.at < to_at)
            .order_by(table.c.at, table.c.seq)
        )
        points += [Point(row.at, row.value, row.quality) for row in rows]
    return points


def last_window(
    uow: UnitOfWork, name: str, subject_id: int, *, until: int, length_us: int
) -> list[Point]:
    """The samples of the last while, and the one before it, which still holds at its start."""
    points = window(uow, name, subject_id, from_at=until - length_us, to_at=until + 1)
    before = _before(uow, name, subject_id, until - length_us)
    return points if before is None else [before, *points]


def state(uow: UnitOfWork, name: str, subject_id: int) -> SeriesState | None:
    """A series with its newest value."""
    mine = (series.c.name == name, series.c.subject_id == subject_id)
    row = uow.execute(select(series).where(*mine)).first()
    if row is None:
        return None
    return SeriesState(
        *(row.id, row.name, row.subject_id, row.source, row.unit, row.latest_at),
        None if row.latest_value is None else float(row.latest_value),
        row.latest_quality,
    )


def latest(uow: UnitOfWork, name: str, subject_id: int) -> Point | None:
    """The newest value of a series."""
    found = state(uow, name, subject_id)
    if found is None or found.latest_at is None:
        return None
    return Point(found.latest_at, found.latest_value, found.latest_quality or 0)


def oldest_day(uow: UnitOfWork) -> int | None:
    """The first day that still has raw samples."""
    found = uow.execute(select(func.min(sample_day.c.day))).scalar()
    return None if found is None else int(found)


def drop_days(uow: UnitOfWork, *, before_day: int) -> int:
    """Drop the raw samples of days long past; how many days."""
    old = list(uow.execute(select(sample_day.c.day).where(sample_day.c.day < before_day)).scalars())
    for day in old:
        _table(day).drop(uow.connection, checkfirst=True)
    uow.execute(delete(sample_day).where(sample_day.c.day < before_day))
    return len(old)


# --- inside -------------------------------------------------------------------------------
def _check(sample: Sample) -> None:
    if sample.value is not None and not math.isfinite(sample.value):
        raise BadValueError(sample.series, "value", "not a finite number")


def _table(day: int) -> Table:
    return Table(
        f"s_{day}" if day >= 0 else f"s_m{-day}",
        MetaData(),
        Column("series_id", BIGINT, nullable=False, autoincrement=False),
        Column("at", BIGINT, nullable=False, autoincrement=False),
        Column("seq", BIGINT, nullable=False, autoincrement=False),
        Column("value", Double().with_variant(_SqliteReal(), "sqlite")),
        Column("quality", BIGINT, nullable=False),
        Column("at_kind", TEXT, nullable=False),
        PrimaryKeyConstraint("series_id", "at", "seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _days(uow: UnitOfWork, first: int, last: int) -> list[int]:
    known = sample_day.c.day
    rows = uow.execute(select(known).where(known.between(first, last)).order_by(known))
    return [int(day) for day in rows.scalars()]


def _append_day(
    uow: UnitOfWork, day: int, rows: Sequence[Sample], ids: Mapping[SeriesKey, int]
) -> int:
    table = _table(day)
    _make_day(uow, day, table)
    given = bulk.relation(
        uow,
        "given",
        {
            "series_id": (BIGINT, [ids[row.series, row.subject_id] for row in rows]),
            "at": (BIGINT, [row.at for row in rows]),
            "seq": (BIGINT, [row.sequence for row in rows]),
            "value": (_STORED_REAL, [None if r.value is None else float(r.value) for r in rows]),
            "quality": (BIGINT, [row.quality for row in rows]),
            "at_kind": (TEXT, [row.at_kind for row in rows]),
        },
    )
    return conflict.insert_from(uow, table, given)


def _make_day(uow: UnitOfWork, day: int, table: Table) -> None:
    if uow.execute(select(sample_day.c.day).where(sample_day.c.day == day)).first() is not None:
        return
    if uow.dialect == "postgresql":
        uow.execute(select(func.pg_advisory_xact_lock(_SAMPLE_LOCK)))
    if not inspect(uow.connection).has_table(table.name):
        table.create(uow.connection)
    conflict.put_new(uow, sample_day, {"day": day})


def _series_ids(
    uow: UnitOfWork,
    samples: Sequence[Sample],
    *,
    source: str,
    units: Mapping[str, str | None],
) -> dict[SeriesKey, int]:
    wanted = sorted({(sample.series, sample.subject_id) for sample in samples})
    known = _known_series(uow, wanted)
    missing = [key for key in wanted if key not in known]
    for name, subject_id in missing:
        values = {
            "name": name,
            "subject_id": subject_id,
            "source": source,
            "unit": units.get(name),
        }
        conflict.insert_new(uow, series, values, unique=("name", "subject_id"))
    return known if not missing else _known_series(uow, wanted)


def _known_series(uow: UnitOfWork, wanted: Sequence[SeriesKey]) -> dict[SeriesKey, int]:
    names = sorted({name for name, _ in wanted})
    rows = uow.execute(
        select(series.c.id, series.c.name, series.c.subject_id).where(
            among(uow, series.c.name, names),
            among(uow, series.c.subject_id, sorted({subject for _, subject in wanted})),
        )
    )
    return {(row.name, row.subject_id): row.id for row in rows}


def _move_latest(uow: UnitOfWork, samples: Sequence[Sample], ids: Mapping[SeriesKey, int]) -> None:
    newest: dict[int, Sample] = {}
    for sample in samples:
        number = ids[sample.series, sample.subject_id]
        known = newest.get(number)
        if known is None or (sample.at, sample.sequence) >= (known.at, known.sequence):
            newest[number] = sample
    stored = uow.execute(
        select(series.c.id, series.c.latest_at)
        .where(among(uow, series.c.id, sorted(newest)))
        .order_by(series.c.id)  # all units lock in the same order
        .with_for_update()
    )
    moved = [
        row.id for row in stored if row.latest_at is None or row.latest_at <= newest[row.id].at
    ]
    if not moved:
        return
    values = [newest[number].value for number in moved]
    columns: dict[str, list[Any]] = {
        "latest_at": [newest[number].at for number in moved],
        "latest_value": [None if value is None else repr(float(value)) for value in values],
        "latest_quality": [newest[number].quality for number in moved],
    }
    bulk.update_rows(uow, series, moved, columns=columns, constants={})


def _before(uow: UnitOfWork, name: str, subject_id: int, at: int) -> Point | None:
    found = state(uow, name, subject_id)
    if found is None:
        return None
    for day in reversed(_days(uow, at // DAY_US - 1, at // DAY_US)):
        table = _table(day)
        row = uow.execute(
            select(table.c.at, table.c.value, table.c.quality)
            .where(table.c.series_id == found.id, table.c.at < at)
            .order_by(table.c.at.desc(), table.c.seq.desc())
            .limit(1)
        ).first()
        if row is not None:
            return Point(row.at, row.value, row.quality)
    return None


class _SqliteReal(Double[Any]):
    """STRICT tables say REAL."""

    __visit_name__ = "REAL"
