"""Balances of ledgers: accounts locked until commit, amounts added up."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sqlalchemy import func, select, tuple_

from store.column_types import alive

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dsl.types import Raw
    from store.record_tables import EntityTables
    from store.unit import UnitOfWork

_LEDGER_LOCK = 7_341_002  # beside other advisory locks
Account = tuple["Raw", ...]


def lock_accounts(uow: UnitOfWork, ledger: EntityTables, accounts: Collection[Account]) -> None:
    """Let nobody else post to these accounts until this unit commits.

    On SQLite a unit that writes is alone anyway. All units lock in the same order.
    """
    if uow.dialect != "postgresql":
        return
    names = (f"{ledger.number}/{account!r}".encode() for account in accounts)
    for key in sorted({zlib.crc32(name) - 2**31 for name in names}):
        uow.execute(select(func.pg_advisory_xact_lock(_LEDGER_LOCK, key)))


def balances(
    uow: UnitOfWork,
    ledger: EntityTables,
    accounts: Collection[Account],
    *,
    group_by: Sequence[str],
    amount: str,
) -> dict[Account, int]:
    """What the postings to each account add up to, as a raw value of the amount."""
    current = ledger.current
    columns = [current.c[ledger.column(key).name] for key in group_by]
    total = func.sum(current.c[ledger.column(amount).name])
    found = uow.execute(
        select(*columns, total.label("total"))
        .where(alive(current), tuple_(*columns).in_(list(accounts)))
        .group_by(*columns)
    )
    return {tuple(row[:-1]): int(row.total or 0) for row in found}
