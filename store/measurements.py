"""Keep what was measured: versions of numbers, and which of them are out of date."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.bulk import among, insert_rows
from store.tables import dirty, measurement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row as SqlRow

    from store.unit import UnitOfWork

Pair = tuple[int, int]  # subject row id, dense period
BIG = BigInteger()
COMPARED = (
    "value", "target", "n", "reasons", "automatic_share", "leaves", "formula_version",
    "formula_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One version of a number, as stored."""

    id: int
    uid: str
    metric: str
    subject_id: int
    period: int
    value: int | None
    target: int | None
    n: int
    reasons: tuple[str, ...]
    automatic_share: int | None
    leaves: Mapping[str, Mapping[str, Any]]
    formula_version: str
    formula_hash: str
    revision: int
    rev: int
    at: int
    current: bool


@dataclass(frozen=True, slots=True)
class NewMeasurement:
    """One number to store; `leaves` is JSON-able."""

    uid: str
    subject_id: int
    period: int
    value: int | None
    target: int | None
    n: int
    reasons: tuple[str, ...]
    automatic_share: int | None
    leaves: Mapping[str, Mapping[str, Any]]
    formula_version: str
    formula_hash: str

    def stored(self) -> dict[str, Any]:
        """The columns that decide whether the number changed."""
        return {
            "value": self.value,
            "target": self.target,
            "n": self.n,
            "reasons": dumps(list(self.reasons)),
            "automatic_share": self.automatic_share,
            "leaves": dumps(self.leaves),
            "formula_version": self.formula_version,
            "formula_hash": self.formula_hash,
        }


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """What all numbers of one run share."""

    metric: str
    revision: int
    rev: int
    at: int


def dumps(value: object) -> str:
    """Canonical JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- out of date -------------------------------------------------------------------------------
def mark_dirty(uow: UnitOfWork, marks: Iterable[tuple[str, int, int]], *, rev: int) -> None:
    """Remember (metric, subject, period) for the next run; marking twice is once."""
    rows = sorted(set(marks))
    if not rows:
        return
    dialect = postgresql if uow.dialect == "postgresql" else sqlite
    uow.execute(
        dialect.insert(dirty).on_conflict_do_nothing(),
        [{"metric": m, "subject_id": s, "period": p, "rev": rev} for m, s, p in rows],
    )


def mark_known(
    uow: UnitOfWork,
    metric: str,
    *,
    rev: int,
    subjects: Sequence[int] | None = None,
    periods: Sequence[int] | None = None,
) -> bool:
    """Mark the numbers there are, of these subjects and periods; whether any is marked now."""
    m = measurement
    chosen = select(m.c.metric, m.c.subject_id, m.c.period, literal(rev, BIG).label("rev")).where(
        m.c.metric == metric, m.c.current
    )
    if subjects is not None:
        chosen = chosen.where(among(uow, m.c.subject_id, subjects))
    if periods is not None:
        chosen = chosen.where(among(uow, m.c.period, periods))
    dialect = postgresql if uow.dialect == "postgresql" else sqlite
    statement = dialect.insert(dirty).from_select(["metric", "subject_id", "period", "rev"], chosen)
    uow.execute(statement.on_conflict_do_nothing())
    return has_dirty(uow, metric)


def has_dirty(uow: UnitOfWork, metric: str) -> bool:
    """Whether a number of that metric is out of date."""
    found = uow.execute(select(dirty.c.period).where(dirty.c.metric == metric).limit(1)).first()
    return found is not None


def take_dirty(uow: UnitOfWork, metric: str) -> list[Pair]:
    """The numbers that are out of date; they are not any more once this unit commits."""
    statement = delete(dirty).where(dirty.c.metric == metric)
    taken = uow.execute(statement.returning(dirty.c.subject_id, dirty.c.period))
    return sorted((row.subject_id, row.period) for row in taken)


# --- numbers -----------------------------------------------------------------------------------
def current(uow: UnitOfWork, metric: str, pairs: Sequence[Pair]) -> dict[Pair, SqlRow[Any]]:
    """The numbers in force of these subjects and periods."""
    if not pairs:
        return {}
    m, wanted = measurement, set(pairs)
    periods = [period for _, period in wanted]
    rows = uow.execute(
        select(m)
        .where(m.c.metric == metric, m.c.current)
        .where(among(uow, m.c.subject_id, sorted({subject for subject, _ in wanted})))
        .where(m.c.period.between(min(periods), max(periods)))
    )
    found = {(row.subject_id, row.period): row for row in rows}
    return {pair: row for pair, row in found.items() if pair in wanted}


def write(
    uow: UnitOfWork, numbers: Sequence[NewMeasurement], by: WrittenBy
) -> list[NewMeasurement]:
    """Store the numbers that differ from those in force; returns the ones that did."""
    known = current(uow, by.metric, [(n.subject_id, n.period) for n in numbers])
    stored = [(number, number.stored()) for number in numbers]
    changed = [
        (number, values)
        for number, values in stored
        if _differs(known.get((number.subject_id, number.period)), values)
    ]
    if not changed:
        return []
    replaced = [known[pair].id for n, _ in changed if (pair := (n.subject_id, n.period)) in known]
    if replaced:
        retire = update(measurement).where(among(uow, measurement.c.id, replaced))
        uow.execute(retire.values(current=False))
    columns: dict[str, list[Any]] = {
        "uid": [n.uid for n, _ in changed],
        "subject_id": [n.subject_id for n, _ in changed],
        "period": [n.period for n, _ in changed],
        **{name: [values[name] for _, values in changed] for name in COMPARED},
    }
    insert_rows(
        uow,
        measurement,
        columns,
        {
            "metric": by.metric, "revision": by.revision, "rev": by.rev, "at": by.at,
            "edition": 1, "current": True,
        },
    )  # fmt: skip
    return [number for number, _ in changed]


def _differs(row: SqlRow[Any] | None, values: Mapping[str, Any]) -> bool:
    return row is None or any(getattr(row, name) != values[name] for name in COMPARED)


def get(uow: UnitOfWork, uid: str) -> Measured | None:
    """One version of a number, by its public id."""
    row = uow.execute(select(measurement).where(measurement.c.uid == uid)).first()
    return None if row is None else _measured(row)


def read_series(
    uow: UnitOfWork,
    metric: str,
    *,
    subjects: Sequence[int] | None = None,
    from_period: int | None = None,
    to_period: int | None = None,
) -> list[Measured]:
    """The numbers in force, by subject and period."""
    m = measurement
    chosen = select(m).where(m.c.metric == metric, m.c.current)
    if subjects is not None:
        chosen = chosen.where(among(uow, m.c.subject_id, subjects))
    if from_period is not None:
        chosen = chosen.where(m.c.period >= from_period)
    if to_period is not None:
        chosen = chosen.where(m.c.period <= to_period)
    return [_measured(row) for row in uow.execute(chosen.order_by(m.c.subject_id, m.c.period))]


def points(
    uow: UnitOfWork, metric: str, subjects: Sequence[int], *, to_period: int
) -> dict[int, list[tuple[int, int | None, int | None]]]:
    """(period, value, target) of each subject up to a period, oldest first."""
    m = measurement
    rows = uow.execute(
        select(m.c.subject_id, m.c.period, m.c.value, m.c.target)
        .where(m.c.metric == metric, m.c.current, m.c.period <= to_period)
        .where(among(uow, m.c.subject_id, subjects))
        .order_by(m.c.subject_id, m.c.period)
    )
    series: dict[int, list[tuple[int, int | None, int | None]]] = {s: [] for s in subjects}
    for row in rows:
        series[row.subject_id].append((row.period, row.value, row.target))
    return series


def known_pairs(uow: UnitOfWork, metric: str, *, period: int | None = None) -> set[Pair]:
    """Subject and period of every number in force."""
    m = measurement
    chosen = select(m.c.subject_id, m.c.period).where(m.c.metric == metric, m.c.current)
    if period is not None:
        chosen = chosen.where(m.c.period == period)
    return {(row.subject_id, row.period) for row in uow.execute(chosen)}


def newest_periods(uow: UnitOfWork, metric: str, *, before: int) -> dict[int, int]:
    """By subject: its newest period, for those that have none from `before` on."""
    m = measurement
    newest = func.max(m.c.period)
    rows = uow.execute(
        select(m.c.subject_id, newest.label("period"))
        .where(m.c.metric == metric, m.c.current)
        .group_by(m.c.subject_id)
        .having(newest < before)
    )
    return {row.subject_id: row.period for row in rows}


def later_pairs(uow: UnitOfWork, metric: str, pairs: Iterable[Pair]) -> set[Pair]:
    """The numbers in force of the same subjects in later periods."""
    first: dict[int, int] = {}
    for subject, period in pairs:
        first[subject] = min(period, first.get(subject, period))
    if not first:
        return set()
    m = measurement
    rows = uow.execute(
        select(m.c.subject_id, m.c.period)
        .where(m.c.metric == metric, m.c.current, m.c.period > min(first.values()))
        .where(among(uow, m.c.subject_id, sorted(first)))
    )
    found = {(row.subject_id, row.period) for row in rows}
    return {(subject, period) for subject, period in found if period > first[subject]}


def oldest_period(uow: UnitOfWork, metric: str) -> int | None:
    """The oldest period there is a number of."""
    m = measurement
    statement = select(func.min(m.c.period)).where(m.c.metric == metric, m.c.current)
    found = uow.execute(statement).scalar()
    return None if found is None else int(found)


def _measured(row: SqlRow[Any]) -> Measured:
    return Measured(
        id=row.id,
        uid=row.uid,
        metric=row.metric,
        subject_id=row.subject_id,
        period=row.period,
        value=row.value,
        target=row.target,
        n=row.n,
        reasons=tuple(json.loads(row.reasons)),
        automatic_share=row.automatic_share,
        leaves=json.loads(row.leaves),
        formula_version=row.formula_version,
        formula_hash=row.formula_hash,
        revision=row.revision,
        rev=row.rev,
        at=row.at,
        current=bool(row.current),
    )
