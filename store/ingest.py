"""What has come in from collectors: batches by number, and declared gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from store import conflict
from store.tables import gap, ingest_batch

if TYPE_CHECKING:
    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Gap:
    """A time for which an item has no data, and why; `to_at` None: still so."""

    source: str
    item: str
    from_at: int
    to_at: int | None
    cause: str


def last_sequence(uow: UnitOfWork, source: str) -> int | None:
    """The number of the newest batch that is in."""
    found = uow.execute(
        select(ingest_batch.c.sequence).where(ingest_batch.c.source == source)
    ).scalar()
    return None if found is None else int(found)


def take_batch(uow: UnitOfWork, source: str, sequence: int) -> bool:
    """Whether this batch is new; then it counts as in when the unit commits."""
    known = uow.execute(
        select(ingest_batch.c.sequence).where(ingest_batch.c.source == source).with_for_update()
    ).scalar()
    if known is not None and sequence <= known:
        return False
    conflict.put(uow, ingest_batch, {"source": source}, {"sequence": sequence})
    return True


def open_gap(uow: UnitOfWork, source: str, item: str, *, from_at: int, cause: str) -> None:
    """Declare that data is missing from a time on."""
    key = {"source": source, "item": item, "from_at": from_at}
    conflict.insert_new(uow, gap, {**key, "cause": cause}, unique=tuple(key))


def close_gaps(uow: UnitOfWork, source: str, item: str | None, *, to_at: int) -> int:
    """Data is back: end the open gaps of an item, or of the whole source."""
    mine = [gap.c.source == source, gap.c.to_at.is_(None)]
    if item is not None:
        mine.append(gap.c.item == item)
    return int(uow.execute(update(gap).where(*mine).values(to_at=to_at)).rowcount)


def gaps(uow: UnitOfWork, source: str, *, from_at: int, to_at: int) -> list[Gap]:
    """The gaps that touch a time."""
    rows = uow.execute(
        select(gap)
        .where(
            gap.c.source == source,
            gap.c.from_at < to_at,
            or_(gap.c.to_at.is_(None), gap.c.to_at > from_at),
        )
        .order_by(gap.c.from_at, gap.c.id)
    )
    return [Gap(row.source, row.item, row.from_at, row.to_at, row.cause) for row in rows]
