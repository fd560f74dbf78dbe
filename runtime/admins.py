"""The last administrator stays: without one nobody could define, publish or let anybody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.decide.access import is_admin
from runtime.errors import Conflicting
from store import accounts, people
from store.record_tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.catalog import Catalog
    from runtime.context import Context
    from store.accounts import Account
    from store.unit import UnitOfWork

ADMIN = "admin"  # the one built-in role: the first account has it before any pack is there


def administers(catalog: Catalog, account: Account) -> bool:
    """Whether the roles of an account make an administrator."""
    roles = [catalog.roles[name] for name in account.roles if name in catalog.roles]
    return ADMIN in account.roles or is_admin(roles)


def has_left(uow: UnitOfWork, account: Account) -> bool:
    """Whether the person of the account is no longer there: no request of theirs is answered."""
    person = account.person_id
    return person is not None and people.has_left(uow, tables_of(uow), person)


def keep_one(ctx: Context, touched: Iterable[Account]) -> None:
    """After a change: refuse it when it took the last administrator's place.

    `touched` are the accounts as they were before. `head` is locked first: of two who take one
    another's place at once, the second sees what the first one did.

    Raises:
        Conflicting: nobody who could let others in would be left.
    """
    lost = [each for each in touched if each.active and administers(ctx.catalog, each)]
    if not lost:
        return
    ctx.uow.rev()
    if not administrators(ctx):
        raise Conflicting(Diagnostic("RUN158", {"login": lost[0].login}))


def keep_one_without(ctx: Context, person: int) -> None:
    """Before something is arranged: refuse it when only this person is an administrator.

    Raises:
        Conflicting: nobody who could let others in would be left.
    """
    found = administrators(ctx)
    if found and all(each.person_id == person for each in found):
        raise Conflicting(Diagnostic("RUN158", {"login": found[0].login}))


def administrators(ctx: Context) -> list[Account]:
    """The accounts by which somebody may act as administrator today."""
    return [
        each
        for each in accounts.list_accounts(ctx.uow)
        if each.active and administers(ctx.catalog, each) and not has_left(ctx.uow, each)
    ]
