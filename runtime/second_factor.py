"""One-time codes from an authenticator app (TOTP): set up, confirm, check, each code once."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Any

import pyotp

from dsl.diagnostics import Diagnostic
from runtime.clock import SECOND, real_now
from runtime.errors import Invalid, NotFound
from runtime.passwords import token_hash
from runtime.qr import qr_svg
from store import accounts, audit, second_factors

if TYPE_CHECKING:
    from runtime.context import Context
    from store.accounts import Account
    from store.second_factors import SecondFactor
    from store.secrets import Keyring
    from store.unit import UnitOfWork

ISSUER = "Plumbline"
STEP_US = 30 * SECOND
DRIFT = (0, -1, 1)  # steps a telephone's clock may be off
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits: nobody guesses one, so a plain hash is enough


def state(ctx: Context) -> dict[str, Any]:
    """Whether the actor's account asks for codes, and how many recovery codes are left."""
    found = second_factors.of_account(ctx.uow, own_account(ctx).id)
    return {"active": _is_on(found), "recovery_left": len(found.recovery) if found else 0}


def begin(ctx: Context) -> dict[str, Any]:
    """A fresh secret, as text and as a picture; it counts once a code has confirmed it.

    Raises:
        Invalid: codes are asked for already.
    """
    account = own_account(ctx)
    if _is_on(second_factors.of_account(ctx.uow, account.id)):
        raise Invalid(Diagnostic("RUN313"))
    secret = pyotp.random_base32()
    second_factors.begin(ctx.uow, account.id, _keyring(ctx).encrypt(secret))
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)
    return {"secret": secret, "uri": uri, "svg": qr_svg(uri)}


def confirm(ctx: Context, code: str) -> list[str]:
    """Ask for codes from now on; gives the recovery codes, which are shown this once.

    All sessions end: those opened with the password alone prove less than will be asked for.

    Raises:
        Invalid: there is nothing to confirm, or the code is wrong.
    """
    account = own_account(ctx)
    found = second_factors.of_account(ctx.uow, account.id)
    if found is None or _is_on(found):
        raise Invalid(Diagnostic("RUN313"))
    now = real_now()
    if not _is_code(ctx.uow, _keyring(ctx), account.id, found, code, now=now):
        raise Invalid(Diagnostic("RUN311", pointer="/code"))
    fresh = [secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
    hashes = [token_hash(each) for each in fresh]
    second_factors.confirm(ctx.uow, account.id, real_at=now, recovery=hashes)
    accounts.end_sessions(ctx.uow, account.id)
    _audit(ctx, "account.second_factor", account)
    return fresh


def end(ctx: Context, code: str) -> None:
    """Ask for codes no more; a code proves that it is really the owner who says so.

    Raises:
        Invalid: the code is wrong.
    """
    account = own_account(ctx)
    if not is_right(ctx.uow, _keyring(ctx), account, code):
        raise Invalid(Diagnostic("RUN311", pointer="/code"))
    remove(ctx, account)


def remove(ctx: Context, account: Account) -> None:
    """Take the codes from an account; its sessions end."""
    second_factors.remove(ctx.uow, account.id)
    accounts.end_sessions(ctx.uow, account.id)
    _audit(ctx, "account.second_factor_off", account)


def is_asked_for(uow: UnitOfWork, account: Account) -> bool:
    """Whether a password alone does not let this account in."""
    return _is_on(second_factors.of_account(uow, account.id))


def is_right(uow: UnitOfWork, keyring: Keyring, account: Account, code: str) -> bool:
    """Whether a code, or a recovery code, is good; it is used up by that."""
    found = second_factors.of_account(uow, account.id)
    if found is None or not _is_on(found):
        return False
    typed = code.replace(" ", "").lower()
    if _is_code(uow, keyring, account.id, found, typed, now=real_now()):
        return True
    hashed = token_hash(typed)
    known = hashed in found.recovery
    return known and second_factors.use_recovery(uow, account.id, found, hashed)


def own_account(ctx: Context) -> Account:
    """The account of the actor.

    Raises:
        NotFound: the actor has none.
    """
    account = accounts.by_login(ctx.uow, ctx.actor.name)
    if account is None or ctx.actor.kind != "user":
        raise NotFound("account")
    return account


def _is_on(found: SecondFactor | None) -> bool:
    return found is not None and found.real_since is not None


def _is_code(
    uow: UnitOfWork, keyring: Keyring, account_id: int, found: SecondFactor, code: str, *, now: int
) -> bool:
    codes = pyotp.TOTP(keyring.decrypt(found.secret))
    step = now // STEP_US
    matching = [
        step + off
        for off in DRIFT
        if hmac.compare_digest(codes.generate_otp(step + off).encode(), code.encode())
    ]
    return any(second_factors.use_step(uow, account_id, each) for each in matching)


def _keyring(ctx: Context) -> Keyring:
    if ctx.keyring is None:
        message = "a context made by hand has no keys"
        raise TypeError(message)
    return ctx.keyring


def _audit(ctx: Context, action: str, account: Account) -> None:
    audit.append(
        ctx.uow, actor=ctx.actor.name, action=action, target=account.login, detail={}, at=ctx.now
    )
