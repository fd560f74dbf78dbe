"""Ledgers: postings are written only while every account stays at or above nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.decide.forms import named, pointer_to
from runtime.errors import Invalid
from store import ledgers
from store.errors import OverdrawnError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from store.ledgers import Account


@contextmanager
def kept(ctx: Context, entity: Entity, rows: Sequence[Mapping[str, Cell]]) -> Iterator[None]:
    """Hold the accounts of these postings while they are written; judge what it came to.

    Raises:
        OverdrawnError: an account would end below nothing; the unit must not be committed.
    """
    balance = entity.balance
    if balance is None:
        yield
        return
    ledger = ctx.tables[entity.name]
    accounts = {_account(row, balance.group_by) for row in rows}
    ledgers.lock_accounts(ctx.uow, ledger, accounts)
    yield
    sums = ledgers.balances(
        ctx.uow, ledger, accounts, group_by=balance.group_by, amount=balance.amount
    )
    if any(total < 0 for total in sums.values()):
        raise OverdrawnError(entity.name, balance.amount, "the balance is too low")


def refusal(entity: Entity) -> Invalid:
    """What a person is told whose posting is refused."""
    item = next(f for f in entity.fields if entity.balance and f.key == entity.balance.amount)
    return Invalid(Diagnostic("RUN114", named(item), pointer=pointer_to(item.key)))


def _account(row: Mapping[str, Cell], group_by: Sequence[str]) -> Account:
    cells = (row.get(key) for key in group_by)
    return tuple(cell for cell in cells if cell is None or isinstance(cell, str | int))
