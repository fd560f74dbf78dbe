"""One-time codes of accounts, and who outside providers say somebody is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from store import conflict
from store.tables import identity, second_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The secret is encrypted; before `real_since` is set it proves nothing."""

    secret: str
    real_since: int | None
    last_step: int
    recovery: tuple[str, ...]  # hashes


def of_account(uow: UnitOfWork, account_id: int) -> SecondFactor | None:
    """What an account has set up."""
    row = uow.execute(select(second_factor).where(second_factor.c.account_id == account_id)).first()
    if row is None:
        return None
    recovery = tuple(json.loads(row.recovery))
    return SecondFactor(row.secret, row.real_since, row.last_step, recovery)


def begin(uow: UnitOfWork, account_id: int, secret: str) -> None:
    """Keep a fresh secret that still has to be confirmed."""
    values = {"secret": secret, "real_since": None, "last_step": 0, "recovery": "[]"}
    conflict.put(uow, second_factor, {"account_id": account_id}, values)


def confirm(uow: UnitOfWork, account_id: int, *, real_at: int, recovery: Sequence[str]) -> None:
    """From now on a code is asked for."""
    mine = second_factor.c.account_id == account_id
    values = {"real_since": real_at, "recovery": json.dumps(list(recovery))}
    uow.execute(update(second_factor).where(mine).values(values))


def use_step(uow: UnitOfWork, account_id: int, step: int) -> bool:
    """Use the code of a time step up; False when it, or a later one, was used before."""
    mine = (second_factor.c.account_id == account_id, second_factor.c.last_step < step)
    return bool(uow.execute(update(second_factor).where(*mine).values(last_step=step)).rowcount)


def use_recovery(uow: UnitOfWork, account_id: int, found: SecondFactor, used: str) -> bool:
    """Use a recovery code up; False when somebody else just did."""
    rest = json.dumps([each for each in found.recovery if each != used])
    mine = (
        second_factor.c.account_id == account_id,
        second_factor.c.recovery == json.dumps(list(found.recovery)),
    )
    return bool(uow.execute(update(second_factor).where(*mine).values(recovery=rest)).rowcount)


def remove(uow: UnitOfWork, account_id: int) -> None:
    """No code is asked for any more."""
    uow.execute(delete(second_factor).where(second_factor.c.account_id == account_id))


# --- identities ---------------------------------------------------------------------------
def account_of_identity(uow: UnitOfWork, provider: str, subject: str) -> int | None:
    """The account that belongs to somebody of a provider."""
    mine = (identity.c.provider == provider, identity.c.subject == subject)
    found = uow.execute(select(identity.c.account_id).where(*mine)).scalar()
    return None if found is None else int(found)


def link_identity(uow: UnitOfWork, provider: str, subject: str, account_id: int) -> None:
    """From now on that somebody is this account."""
    values = {"provider": provider, "subject": subject, "account_id": account_id}
    conflict.insert_new(uow, identity, values, unique=("provider", "subject"))


def is_linked(uow: UnitOfWork, provider: str, account_id: int) -> bool:
    """Whether an account belongs to somebody of that provider already."""
    mine = (identity.c.provider == provider, identity.c.account_id == account_id)
    return uow.execute(select(identity.c.id).where(*mine)).first() is not None
