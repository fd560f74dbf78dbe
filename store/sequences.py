"""Running numbers: taken in the transaction of the record that gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.conflict import add
from store.tables import sequence

if TYPE_CHECKING:
    from store.unit import UnitOfWork


def take(uow: UnitOfWork, entity: str, field: str, period: str, *, count: int) -> int:
    """Take `count` numbers of a sequence; the first of them.

    The row is locked until commit: whoever comes next waits, and sees a number only when the
    record before it is stored. A rolled-back unit gives its numbers back with everything else.
    """
    key = {"entity": entity, "field": field, "period": period}
    return add(uow, sequence, key, column="last", amount=count) - count + 1
