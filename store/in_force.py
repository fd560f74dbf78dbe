"""Which revision of the definitions and which map of tables a unit of work sees; asked once.

Neither changes under a unit that writes unless it does so itself: who changes them has the
catalog lock alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from store.prepared import Prepared
from store.tables import revision, setting

if TYPE_CHECKING:
    from sqlalchemy import Row

    from store.unit import UnitOfWork

MAP_VERSION = "map_version"  # setting: raised with every change of the map
_KEY = "in_force"
ASKED = (
    select(func.max(revision.c.id)).scalar_subquery().label("revision"),
    select(setting.c.value)
    .where(setting.c.name == MAP_VERSION)
    .scalar_subquery()
    .label("map_version"),
)
_BOTH = Prepared(select(*ASKED))


@dataclass(frozen=True, slots=True)
class InForce:
    """Both are 0 before the first publication."""

    revision: int
    map_version: int


def in_force(uow: UnitOfWork) -> InForce:
    """What the unit of work sees."""
    known = uow.snapshot.get(_KEY)
    if not isinstance(known, InForce):
        known = told(uow, uow.rows(_BOTH, {}).one())
    return known


def told(uow: UnitOfWork, row: Row[Any]) -> InForce:
    """What a row with the columns `ASKED` says: whoever reads one anyway need not ask twice."""
    found = uow.snapshot[_KEY] = InForce(row.revision or 0, int(row.map_version or 0))
    return found


def changed(uow: UnitOfWork) -> None:
    """Say that the unit of work has written one of the two."""
    uow.snapshot.pop(_KEY, None)
