"""Move the values of a field from one column to another, batch by batch, while writes go on.

The current rows go first, by id. Then come the versions by `hid`, to the end of the history: a
version written since the start stands for a write, and its record is converted again with it. So
whatever is written meanwhile is caught up in the order it was written, and nothing is added to
the path of a write. The last few versions are taken while writers are kept out, and the columns
change places in that transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import and_, exists, func, literal, select

from builder.fields import Problem
from store import bulk
from store import schema_changes as stored
from store.column_types import alive
from store.errors import SchemaChangeError
from store.rows import by_name
from store.schema_changes import Failure, SchemaChange
from store.tables import schema_change_failure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Row, Select, Table

    from dsl.types import Raw
    from store.record_tables import EntityTables, Tables
    from store.unit import UnitOfWork

BATCH = 1_000


class Converter(Protocol):
    """What a change does to values: one batch from the old column, beside the new one's."""

    def __call__(self, source: Sequence[Raw], target: Sequence[Raw], /) -> Sequence[Raw | Problem]:
        """The values of the new column, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one batch in one of the two tables of an entity."""

    table: Table
    history: bool
    key: str  # id or hid
    rows: Sequence[Row[Any]]


def fill(
    uow: UnitOfWork,
    tables: Tables,
    change: SchemaChange,
    convert: Converter,
    *,
    most: int | None = None,
) -> bool:
    """Convert the next batch, of `most` rows; whether there may be more."""
    mine, most = tables[change.entity], min(most or BATCH, BATCH)
    if change.phase == "current":
        return _fill_current(uow, mine, change, convert, most=most)
    if mine.history is None:
        return _fill_log(uow, mine, change, convert, most=most)
    return _fill_history(uow, mine, mine.history, change=change, convert=convert, most=most)


def start_mark(uow: UnitOfWork, tables: Tables, entity: str) -> int:
    """The newest version there is; versions are numbered in the order of their commits."""
    history = tables.history(entity)
    if history is None:
        return 0
    return int(uow.execute(select(func.coalesce(func.max(history.c.hid), 0))).scalar_one())


def few_rows(uow: UnitOfWork, tables: Tables, entity: str, *, after: int | None, most: int) -> bool:
    """Whether the rows to convert are few: all, or those of versions written after `after`."""
    mine = tables[entity]
    if mine.history is None:
        after = None
    counted = 0
    for table in (mine.current if after is None else None, mine.history):
        if table is not None:
            some = (
                select(table.c.uid)
                if after is None
                else select(table.c.uid).where(table.c.hid > after)
            )
            limited = some.limit(most + 1).subquery()
            counted += int(uow.execute(select(func.count()).select_from(limited)).scalar_one())
    return counted <= most


def count_rows(uow: UnitOfWork, tables: Tables, entity: str, *, after: int | None = None) -> int:
    """How many rows and versions a change converts: all, or only versions written after that."""
    mine = tables[entity]
    counted = [] if after is not None else [select(func.count()).select_from(mine.current)]
    if mine.history is not None:
        versions = select(func.count()).select_from(mine.history)
        counted.append(versions if after is None else versions.where(mine.history.c.hid > after))
    return sum(int(uow.execute(each).scalar_one()) for each in counted)


def progress(uow: UnitOfWork, tables: Tables, change: SchemaChange) -> tuple[int, int]:
    """How many rows and versions are done, and of how many; both grow with what is written."""
    mine = tables[change.entity]
    if mine.history is None and change.phase != "current":  # the rest of a log has no order
        total = count_rows(uow, tables, change.entity)
        failed = stored.count_failures(uow, change.id)
        return min(change.converted + failed, total), total
    start = change.mark if change.back else None
    total = count_rows(uow, tables, change.entity, after=start)
    table, key = (mine.current, "id") if change.phase == "current" else (mine.history, "hid")
    if table is None:
        return 0, total
    left = select(func.count()).select_from(table).where(table.c[key] > change.cursor)
    open_ = int(uow.execute(left).scalar_one())
    if change.phase == "current" and mine.history is not None:
        open_ += count_rows(uow, tables, change.entity, after=0)
    return total - open_, total


def values_in(
    uow: UnitOfWork, tables: Tables, entity: str, *, source: int, target: int | None = None
) -> Iterator[list[tuple[str, Raw, Raw]]]:
    """What current rows, the trash included, hold in one or two columns, as (uid, value, other)."""
    current = tables.table(entity)
    here = current.c[f"c{source}"]
    other = literal(None) if target is None else current.c[f"c{target}"]
    last = 0
    while True:
        chosen = (
            select(current.c.id, current.c.uid, here.label("here"), other.label("other"))
            .where(current.c.id > last)
            .order_by(current.c.id)
            .limit(BATCH)
        )
        rows = uow.execute(chosen).all()
        if rows:
            last = rows[-1].id
            yield [(row.uid, row.here, row.other) for row in rows]
        if len(rows) < BATCH:
            return


def values_at(
    uow: UnitOfWork, tables: Tables, change: SchemaChange, rows: Collection[int], *, history: bool
) -> dict[int, Raw]:
    """What the old column holds in these rows, by row."""
    mine = tables[change.entity]
    table = mine.history if history and mine.history is not None else mine.current
    key = table.c.hid if history else table.c.id
    chosen = select(key.label("row"), table.c[f"c{change.source}"].label("value"))
    found = uow.execute(chosen.where(bulk.among(uow, key, rows)))
    return {row.row: row.value for row in found}


def revs_of(
    uow: UnitOfWork, tables: Tables, change: SchemaChange, hids: Collection[int]
) -> dict[int, int]:
    """The change numbers of versions, by hid."""
    history = tables.history(change.entity)
    if history is None or not hids:
        return {}
    chosen = select(history.c.hid, history.c.rev_from)
    rows = uow.execute(chosen.where(bulk.among(uow, history.c.hid, hids)))
    return {row.hid: row.rev_from for row in rows}


def duplicates(
    uow: UnitOfWork, tables: Tables, entity: str, columns: Sequence[int], *, most: int = 100
) -> list[tuple[str, ...]]:
    """The uids of current records that share what is to be unique, group by group."""
    mine = tables[entity]
    current = mine.current
    wanted: list[ColumnElement[Any]] = [current.c[f"c{number}"] for number in columns]
    if mine.parent is not None:
        wanted.insert(0, current.c.parent_id)
    present = and_(alive(current), *(column.is_not(None) for column in wanted))
    shared = (
        select(*(column.label(f"k{n}") for n, column in enumerate(wanted)))
        .where(present)
        .group_by(*wanted)
        .having(func.count() > 1)
        .limit(most)
        .subquery()
    )
    joined = and_(*(column == shared.c[f"k{n}"] for n, column in enumerate(wanted)))
    chosen = (
        select(current.c.uid, *shared.c)
        .select_from(current.join(shared, joined))
        .where(alive(current))
        .order_by(current.c.id)
    )
    found: dict[tuple[Raw, ...], list[str]] = {}
    for row in uow.execute(chosen):
        found.setdefault(tuple(row[1:]), []).append(row.uid)
    return [tuple(uids) for uids in found.values()]


def lost(uow: UnitOfWork, tables: Tables, change: SchemaChange) -> int:
    """Values that are neither in the new column nor listed as failed: must be none."""
    mine = tables[change.entity]
    places = [(mine.current, False, "id")]
    if mine.history is not None:
        places.append((mine.history, True, "hid"))
    count = 0
    for table, history, key in places:
        failed = exists().where(
            schema_change_failure.c.change_id == change.id,
            schema_change_failure.c.history.is_(history),
            schema_change_failure.c.row == table.c[key],
        )
        chosen = select(func.count()).select_from(table)
        chosen = chosen.where(_unfilled(table, change), ~failed)
        count += int(uow.execute(chosen).scalar_one())
    return count


# --- batches ------------------------------------------------------------------------------
def _fill_current(
    uow: UnitOfWork, mine: EntityTables, change: SchemaChange, convert: Converter, *, most: int
) -> bool:
    current = mine.current
    chosen = _columns(current, change).where(current.c.id > change.cursor)
    rows = _locked(uow, chosen.order_by(current.c.id).limit(most))
    done = _convert(uow, change, _Part(current, history=False, key="id", rows=rows), convert)
    if len(rows) < most:
        stored.move_change(uow, change.id, phase="history", cursor=0, converted=done)
        return True
    stored.move_change(uow, change.id, cursor=rows[-1].id, converted=done)
    return True


def _fill_history(
    uow: UnitOfWork,
    mine: EntityTables,
    history: Table,
    *,
    change: SchemaChange,
    convert: Converter,
    most: int,
) -> bool:
    """The next versions; those written since the start bring their records with them."""
    chosen = _columns(history, change).add_columns(history.c.id.label("record"))
    rows = uow.execute(
        chosen.where(history.c.hid > change.cursor).order_by(history.c.hid).limit(most)
    ).all()
    again = sorted({row.record for row in rows if row.hid > change.mark})
    if again:
        current = mine.current
        newer = _columns(current, change).where(bulk.among(uow, current.c.id, again))
        part = _Part(
            current, history=False, key="id", rows=_locked(uow, newer.order_by(current.c.id))
        )
        change = replace(change, converted=_convert(uow, change, part, convert))
    done = _convert(uow, change, _Part(history, history=True, key="hid", rows=rows), convert)
    if rows:
        stored.move_change(uow, change.id, cursor=rows[-1].hid, converted=done)
    return len(rows) == most


def _fill_log(
    uow: UnitOfWork, mine: EntityTables, change: SchemaChange, convert: Converter, *, most: int
) -> bool:
    """Rows of a log never change: what is left is what has no value in the new column yet."""
    current = mine.current
    failed = exists().where(
        schema_change_failure.c.change_id == change.id,
        schema_change_failure.c.row == current.c.id,
    )
    chosen = _columns(current, change).where(_unfilled(current, change), ~failed)
    rows = _locked(uow, chosen.order_by(current.c.id).limit(most))
    done = _convert(uow, change, _Part(current, history=False, key="id", rows=rows), convert)
    if rows:
        stored.move_change(uow, change.id, converted=done)
    return len(rows) == most


def _convert(uow: UnitOfWork, change: SchemaChange, part: _Part, convert: Converter) -> int:
    """Write what a batch becomes, list what it can not be; how many are converted by now."""
    if not part.rows:
        return change.converted
    rows = [by_name(row) for row in part.rows]
    before = [row["target_value"] for row in rows]
    results = convert([row["source_value"] for row in rows], before)
    failures = [
        Failure(row[part.key], row.get("record", row["id"]), row["uid"], r.code, dict(r.args))
        for row, r in zip(rows, results, strict=True)
        if isinstance(r, Problem)
    ]
    after = [None if isinstance(each, Problem) else each for each in results]
    other = [n for n, value in enumerate(after) if value != before[n]]
    if other:
        bulk.update_rows(
            uow,
            part.table,
            [rows[n][part.key] for n in other],
            columns={f"c{change.target}": [after[n] for n in other]},
            constants={},
            by=part.key,
        )
    keys = [row[part.key] for row in rows]
    stored.put_failures(uow, change, history=part.history, rows=keys, failures=failures)
    _check(uow, change, part, keys=keys, failed=len(failures))
    return change.converted + sum(each is not None for each in after)


def _check(
    uow: UnitOfWork, change: SchemaChange, part: _Part, *, keys: Sequence[int], failed: int
) -> None:
    """What was there is either converted or listed; otherwise the batch is rolled back."""
    table = part.table
    missing = uow.execute(
        select(func.count())
        .select_from(table)
        .where(bulk.among(uow, table.c[part.key], keys), _unfilled(table, change))
    ).scalar_one()
    if missing != failed:
        raise SchemaChangeError(change.entity, change.key, f"{missing} without value", str(failed))


def _unfilled(table: Table, change: SchemaChange) -> ColumnElement[bool]:
    source, target = table.c[f"c{change.source}"], table.c[f"c{change.target}"]
    there: ColumnElement[bool] = source.is_not(None)
    if source.type.python_type is str:
        there = and_(there, func.trim(source) != "")
    return and_(there, target.is_(None))


def _columns(table: Table, change: SchemaChange) -> Select[Any]:
    key = [table.c.hid] if "hid" in table.c else []
    return select(
        *key,
        table.c.id,
        table.c.uid,
        table.c[f"c{change.source}"].label("source_value"),
        table.c[f"c{change.target}"].label("target_value"),
    )


def _locked(uow: UnitOfWork, chosen: Select[Any]) -> Sequence[Row[Any]]:
    """The rows, so that no write comes between reading and converting them."""
    return uow.execute(chosen.with_for_update()).all()
