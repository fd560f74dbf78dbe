"""Ways to prove who one is: a password, or an outside provider by OpenID Connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from runtime.passwords import is_right
from store import accounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.wiring import Wiring
    from store.accounts import Account
    from store.unit import UnitOfWork


class Proof(Protocol):
    """What a provider found; asked again in the transaction that opens the session."""

    @property
    def login(self) -> str:
        """Whom the audit log names."""
        ...

    @property
    def has_second_factor(self) -> bool:
        """Whether the provider answers for more than a password, so that no code is asked for."""
        ...

    def account(self, uow: UnitOfWork) -> Account | None:
        """Whose account it is now; None when nobody's."""
        ...


class Provider(Protocol):
    """One way to sign in."""

    key: str

    def prove(self, wiring: Wiring, given: Mapping[str, str]) -> Proof:
        """Check what was given; slow and outside of any transaction."""
        ...


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """A password that fitted a stored hash, or not."""

    login: str
    right: bool
    checked: str | None  # the hash it was held against
    has_second_factor: bool = False

    def account(self, uow: UnitOfWork) -> Account | None:
        """The account, unless its password was changed while the hash was computed."""
        found = accounts.by_login(uow, self.login)
        good = found is not None and self.right and found.password_hash == self.checked
        return found if good else None


class PasswordProvider:
    """Name and password; an unknown name takes as long as a wrong password."""

    key = "password"

    def prove(self, wiring: Wiring, given: Mapping[str, str]) -> PasswordProof:
        """Hold the password against the stored hash."""
        with wiring.database.read() as uow:
            account = accounts.by_login(uow, given["login"])
        known = None if account is None else account.password_hash
        return PasswordProof(given["login"], is_right(given["password"], known), known)
