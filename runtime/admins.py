"""The last administrator stays: without one nobody could define, publish or let anybody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.decide.access import is_admin
from runtime.errors import Conflicting
from store import accounts, people
from store.record_tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable

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


class LastAdministrator(Conflicting):
    """What was asked for would leave nobody who could let others in."""

    def __init__(self, login: str) -> None:
        super().__init__(Diagnostic("RUN158", {"login": login}))


def may_have_gone(uow: UnitOfWork) -> bool:
    """Whether a unit of work has written what makes somebody an administrator."""
    written = uow.touched.get(people.PERSON)
    return uow.rights_touched or (written is not None and bool(written.ids - written.fresh))


def keep_any(uow: UnitOfWork, catalog: Catalog, *, before: Callable[[], list[Account]]) -> None:
    """At the end of a unit of work: refuse it when it took the last administrator's place.

    Every way passes here: accounts, people, what a source brings, roles that are published.
    `head` is locked first: of two who take one another's place at once, the second sees what the
    first one did. `before` gives those there were; without any there is nobody to keep.

    Raises:
        LastAdministrator: nobody who could let others in would be left.
    """
    uow.rev()
    if not administrators(uow, catalog):
        for each in before():
            raise LastAdministrator(each.login)


def keep_one(ctx: Context, person: int) -> None:
    """After a person went: refuse it at once, so that of many rows only this one is refused.

    Raises:
        LastAdministrator: nobody who could let others in would be left.
    """
    mine = accounts.of_person(ctx.uow, person)
    lost = [each for each in mine if administers(ctx.catalog, each)]
    if lost:
        ctx.uow.rev()
        if not administrators(ctx.uow, ctx.catalog):
            raise LastAdministrator(lost[0].login)


def keep_one_without(ctx: Context, person: int) -> None:
    """Before something is arranged: refuse it when only this person is an administrator.

    Raises:
        LastAdministrator: nobody who could let others in would be left.
    """
    found = administrators(ctx.uow, ctx.catalog)
    if found and all(each.person_id == person for each in found):
        raise LastAdministrator(found[0].login)


def administrators(uow: UnitOfWork, catalog: Catalog) -> list[Account]:
    """The accounts by which somebody may act as administrator today."""
    roles = [ADMIN, *(name for name, role in catalog.roles.items() if is_admin([role]))]
    return [each for each in accounts.having_role(uow, roles) if not has_left(uow, each)]
