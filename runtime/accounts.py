"""Keep the accounts of people who sign in: create, roles, reset, disable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime import second_factor
from runtime.admins import ADMIN
from runtime.errors import Invalid, NotFound
from runtime.lookups import uids_of
from runtime.org import require_admin
from runtime.passwords import hash_password, is_right, weakness
from runtime.second_factor import own_account
from store import accounts, audit
from store.accounts import NewAccount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.context import Context
    from store.accounts import Account

LANGUAGES = ("zh-CN", "en")


def create_account(
    ctx: Context,
    login: str,
    password: str,
    *,
    roles: Sequence[str] = (),
    person_id: int | None = None,
    language: str = "zh-CN",
) -> str:
    """Make an account; its uid.

    Raises:
        Invalid: the login is taken, the password is weak, or a role does not exist.
    """
    require_admin(ctx)
    login = login.strip().lower()
    problems = [*_weak(password, login), *_unknown(ctx, roles)]
    if not login or not login.isprintable():
        problems.append(Diagnostic("RUN210", {"name": "login", "value": login[:40]}))
    elif accounts.by_login(ctx.uow, login) is not None:
        problems.append(Diagnostic("RUN305", {"login": login}, pointer="/login"))
    if language not in LANGUAGES:
        problems.append(Diagnostic("RUN210", {"name": "language", "value": language[:40]}))
    if problems:
        raise Invalid(*problems)
    uid = ctx.new_uid()
    accounts.create(
        ctx.uow,
        NewAccount(
            uid=uid,
            login=login,
            password_hash=hash_password(password),
            person_id=person_id,
            roles=tuple(roles),
            language=language,
        ),
    )
    _audit(ctx, "account.create", login, {"roles": list(roles)})
    return uid


def reset_password(ctx: Context, uid: str, password: str) -> None:
    """Give an account a new password; all its sessions end."""
    account = administered(ctx, uid)
    weak = _weak(password, account.login)
    if weak:
        raise Invalid(*weak)
    accounts.set_password(ctx.uow, account.id, hash_password(password))
    _audit(ctx, "account.reset_password", account.login, {})


def change_password(ctx: Context, old: str, new: str) -> Account:
    """The actor's own password; every session and every key made under the old one ends.

    Raises:
        Invalid: the present password is wrong, or the new one is weak.
    """
    account = own_account(ctx)
    wrong = [] if is_right(old, account.password_hash) else [Diagnostic("RUN312", pointer="/old")]
    problems = wrong or [each.at(pointer="/new") for each in _weak(new, account.login)]
    if problems:
        raise Invalid(*problems)
    accounts.set_password(ctx.uow, account.id, hash_password(new))
    _audit(ctx, "account.change_password", account.login, {})
    return own_account(ctx)


def reset_second_factor(ctx: Context, uid: str) -> None:
    """Take the one-time codes from somebody who has lost the telephone."""
    second_factor.remove(ctx, administered(ctx, uid))


def set_roles(ctx: Context, uid: str, roles: Sequence[str]) -> None:
    """Give an account other roles; all its sessions end.

    Raises:
        Conflicting: nobody would be an administrator any more.
    """
    account = administered(ctx, uid)
    unknown = _unknown(ctx, roles)
    if unknown:
        raise Invalid(*unknown)
    accounts.set_roles(ctx.uow, account.id, tuple(roles))
    _audit(ctx, "account.roles", account.login, {"roles": list(roles)})


def disable(ctx: Context, uid: str) -> None:
    """Keep somebody out from the next request on.

    Raises:
        Conflicting: nobody would be an administrator any more.
    """
    account = administered(ctx, uid)
    accounts.set_active(ctx.uow, account.id, active=False)
    _audit(ctx, "account.disable", account.login, {})


def enable(ctx: Context, uid: str) -> None:
    """Let somebody in again."""
    account = administered(ctx, uid)
    accounts.set_active(ctx.uow, account.id, active=True)
    _audit(ctx, "account.enable", account.login, {})


def set_language(ctx: Context, language: str) -> None:
    """The actor's own language for screens and mails."""
    account = accounts.by_login(ctx.uow, ctx.actor.name)
    if account is None:
        raise NotFound("account")
    if language not in LANGUAGES:
        raise Invalid(Diagnostic("RUN210", {"name": "language", "value": language[:40]}))
    accounts.set_language(ctx.uow, account.id, language)


def list_accounts(ctx: Context) -> list[dict[str, Any]]:
    """All accounts, for administrators."""
    require_admin(ctx)
    found = accounts.list_accounts(ctx.uow)
    people = [each.person_id for each in found if each.person_id is not None]
    uids = uids_of(ctx, "person", people)
    return [
        {
            "uid": each.uid,
            "login": each.login,
            "roles": list(each.roles),
            "language": each.language,
            "active": each.active,
            "person": None if each.person_id is None else uids.get(each.person_id),
        }
        for each in found
    ]


def administered(ctx: Context, uid: str) -> Account:
    """An account, for an administrator.

    Raises:
        NotFound: there is none.
    """
    require_admin(ctx)
    account = accounts.by_uid(ctx.uow, uid)
    if account is None:
        raise NotFound(f"account {uid[:64]}")
    return account


def _weak(password: str, login: str) -> list[Diagnostic]:
    problem = weakness(password, login)
    return [] if problem is None else [problem]


def _unknown(ctx: Context, roles: Sequence[str]) -> list[Diagnostic]:
    return [
        Diagnostic("RUN306", {"role": role[:80]}, pointer="/roles")
        for role in roles
        if role != ADMIN and role not in ctx.catalog.roles
    ]


def _audit(ctx: Context, action: str, login: str, detail: dict[str, Any]) -> None:
    audit.append(
        ctx.uow, actor=ctx.actor.name, action=action, target=login, detail=detail, at=ctx.now
    )
