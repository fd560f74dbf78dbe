"""Who leaves on which day, and who takes over."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, insert, select, update

from store.rows import told_by
from store.tables import departure

if TYPE_CHECKING:
    from store.unit import UnitOfWork

State = Literal["planned", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class Departure:
    """One departure; `leaves_on` is the first day without the person."""

    uid: str
    person_id: int
    leaves_on: int
    successor_id: int | None
    by: str
    at: int
    state: State = "planned"
    handed: int | None = None
    reassign: tuple[str, ...] = ()  # the entities whose records go to the successor
    moved: int | None = None  # how many of them did


def put(uow: UnitOfWork, new: Departure) -> None:
    """Keep a departure; one that was planned before is no longer."""
    cancel(uow, new.person_id)
    uow.execute(insert(departure).values(asdict(new) | {"reassign": json.dumps(new.reassign)}))


def cancel(uow: UnitOfWork, person_id: int) -> bool:
    """What was planned does not happen; whether anything was."""
    planned = (departure.c.person_id == person_id, departure.c.state == "planned")
    return bool(uow.execute(update(departure).where(*planned).values(state="cancelled")).rowcount)


def by_uid(uow: UnitOfWork, uid: str) -> Departure | None:
    """One departure."""
    row = uow.execute(select(departure).where(departure.c.uid == uid)).first()
    return None if row is None else told_by(row, Departure, parsed=("reassign",))


def latest(uow: UnitOfWork, person_id: int) -> Departure | None:
    """What was arranged last for a person and not taken back."""
    mine = (departure.c.person_id == person_id, departure.c.state != "cancelled")
    row = uow.execute(select(departure).where(*mine).order_by(departure.c.id.desc())).first()
    return None if row is None else told_by(row, Departure, parsed=("reassign",))


def finish(uow: UnitOfWork, uid: str, *, handed: int) -> None:
    """The person has left; so many tasks went to somebody else."""
    mine = departure.c.uid == uid
    uow.execute(update(departure).where(mine).values(state="done", handed=handed))


def count_moved(uow: UnitOfWork, uid: str, moved: int) -> None:
    """So many records more have another owner."""
    more = func.coalesce(departure.c.moved, 0) + moved
    uow.execute(update(departure).where(departure.c.uid == uid).values(moved=more))
