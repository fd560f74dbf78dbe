"""Accounts, their sessions, and the answers kept for repeated requests."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, or_, select, true, update

from store.bulk import among
from store.in_force import ASKED, told
from store.people import PERSON, is_here
from store.prepared import Prepared
from store.record_tables import last_known, tables_of
from store.statements import made_once
from store.tables import account, api_token, idempotency, view_as
from store.tables import session as session_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Row, Select

    from store.record_tables import Tables
    from store.unit import UnitOfWork

_OWNER = "owner_"  # what the columns of the account are called beside those of its session


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to make."""

    uid: str
    login: str
    password_hash: str | None
    person_id: int | None
    roles: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in; `security_version` rises when older sessions must end."""

    id: int
    uid: str
    login: str
    password_hash: str | None
    person_id: int | None
    roles: tuple[str, ...]
    language: str
    active: bool
    security_version: int
    failed_logins: int
    real_locked_until: int | None


_STORED = tuple(field.name for field in fields(Account))


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session and its account as it is now.

    `person` is what the account's person is called, None when there is none who is at work;
    `viewing` is the row id of the account that the session looks as.
    """

    token_hash: str
    account: Account
    security_version: int
    csrf: str
    real_created: int
    real_seen: int
    agent: str | None
    person: str | None = None
    has_left: bool = False
    viewing: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, for the same request sent again."""

    request_hash: str
    response: str


# --- accounts -----------------------------------------------------------------------------
def create(uow: UnitOfWork, new: NewAccount) -> int:
    """Make an account; its row id."""
    statement = insert(account).values(
        uid=new.uid,
        login=new.login,
        password_hash=new.password_hash,
        person_id=new.person_id,
        roles=json.dumps(list(new.roles)),
        language=new.language,
    )
    return int(uow.execute(statement.returning(account.c.id)).scalar_one())


def by_login(uow: UnitOfWork, login: str) -> Account | None:
    """The account with that login."""
    row = uow.execute(select(account).where(account.c.login == login)).first()
    return None if row is None else _account(row)


def by_id(uow: UnitOfWork, account_id: int) -> Account | None:
    """The account with that row id."""
    row = uow.execute(select(account).where(account.c.id == account_id)).first()
    return None if row is None else _account(row)


def by_uid(uow: UnitOfWork, uid: str) -> Account | None:
    """The account with that uid."""
    row = uow.execute(select(account).where(account.c.uid == uid)).first()
    return None if row is None else _account(row)


def list_accounts(uow: UnitOfWork) -> list[Account]:
    """All accounts by login."""
    return [_account(row) for row in uow.execute(select(account).order_by(account.c.login))]


def of_person(uow: UnitOfWork, person_id: int) -> list[Account]:
    """The accounts of a person that may be used."""
    mine = select(account).where(account.c.person_id == person_id, account.c.active.is_(true()))
    return [_account(row) for row in uow.execute(mine.order_by(account.c.id))]


def having_role(uow: UnitOfWork, roles: Collection[str]) -> list[Account]:
    """The accounts that may be used and have one of these roles."""
    told = or_(*(account.c.roles.contains(json.dumps(role), autoescape=True) for role in roles))
    active = select(account).where(account.c.active.is_(true()), told)
    return [_account(row) for row in uow.execute(active.order_by(account.c.id))]


def languages(uow: UnitOfWork, people: Collection[int]) -> dict[int, str]:
    """The language of persons who have an account."""
    rows = uow.execute(
        select(account.c.person_id, account.c.language)
        .where(among(uow, account.c.person_id, people))
        .order_by(account.c.id)
    )
    return {row.person_id: row.language for row in rows}


def person_name(uow: UnitOfWork, person_id: int | None) -> str | None:
    """What the person of an account is called."""
    if person_id is None:
        return None
    tables = tables_of(uow)
    person, name = tables.table("person"), tables.column("person", "name")
    named = made_once(
        person, "named", lambda: select(name).where(person.c.id == bindparam("wanted"))
    )
    found = uow.execute(named, {"wanted": person_id}).scalar()
    return None if found is None else str(found)


def set_password(uow: UnitOfWork, account_id: int, password_hash: str) -> None:
    """A new password; sessions and keys made under the old one end."""
    _secure(uow, account_id, password_hash=password_hash, failed_logins=0, real_locked_until=None)
    uow.execute(delete(api_token).where(api_token.c.account_id == account_id))


def end_sessions(uow: UnitOfWork, account_id: int) -> None:
    """Sign an account out everywhere."""
    _secure(uow, account_id)


def set_roles(uow: UnitOfWork, account_id: int, roles: Sequence[str]) -> None:
    """Other roles; sessions end, so that nothing keeps the old ones."""
    _secure(uow, account_id, roles=json.dumps(list(roles)))


def set_active(uow: UnitOfWork, account_id: int, *, active: bool) -> None:
    """Let somebody in again, or keep out; sessions end."""
    _secure(uow, account_id, active=active, failed_logins=0, real_locked_until=None)


def set_language(uow: UnitOfWork, account_id: int, language: str) -> None:
    """The language for screens and mails."""
    uow.execute(update(account).where(account.c.id == account_id).values(language=language))


def set_person(uow: UnitOfWork, account_id: int, person_id: int | None) -> None:
    """The person the account stands for; sessions end."""
    _secure(uow, account_id, person_id=person_id)


def count_failure(
    uow: UnitOfWork, account_id: int, *, failures: int, real_locked_until: int | None
) -> None:
    """Note a wrong password, and until when nobody may try again."""
    values: dict[str, Any] = {"failed_logins": failures}
    if real_locked_until is not None:
        values["real_locked_until"] = real_locked_until
    uow.execute(update(account).where(account.c.id == account_id).values(values))


def _secure(uow: UnitOfWork, account_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    uow.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(values | {"security_version": account.c.security_version + 1})
    )
    uow.execute(delete(session_table).where(session_table.c.account_id == account_id))
    uow.rights_touched = True


# --- sessions -----------------------------------------------------------------------------
def open_session(
    uow: UnitOfWork,
    of: Account,
    *,
    token_hash: str,
    csrf: str,
    real_at: int,
    agent: str | None = None,
) -> None:
    """Begin a session; earlier failures are forgotten."""
    uow.execute(
        insert(session_table).values(
            token_hash=token_hash,
            account_id=of.id,
            security_version=of.security_version,
            csrf=csrf,
            real_created=real_at,
            real_seen=real_at,
            agent=agent,
        )
    )
    if of.failed_logins:
        forgiven = {"failed_logins": 0, "real_locked_until": None}
        uow.execute(update(account).where(account.c.id == of.id).values(forgiven))


def session(uow: UnitOfWork, token_hash: str) -> StoredSession | None:
    """The session of a token with all that every request asks about it."""
    tables = last_known(uow) or tables_of(uow)
    row = _session_row(uow, tables, token_hash)
    if row is not None and told(uow, row).map_version != tables.version:
        row = _session_row(uow, tables_of(uow), token_hash)  # the map has changed meanwhile
    if row is None:
        return None
    owner = _account(row, _OWNER)
    return replace(
        _session(row, owner),
        person=row.person_name,
        has_left=owner.person_id is not None and row.person_at_work is None,
        viewing=row.viewing,
    )


def _session_row(uow: UnitOfWork, tables: Tables, token_hash: str) -> Row[Any] | None:
    asked = made_once(tables.table(PERSON), "session", lambda: Prepared(_session_of(tables)))
    return uow.rows(asked, {"wanted": token_hash}).first()


def _session_of(tables: Tables) -> Select[Any]:
    person, name = tables.table(PERSON), tables.column(PERSON, "name")
    at_work = (person.c.id == account.c.person_id) & is_here(tables)
    return (
        select(
            session_table,
            *(column.label(_OWNER + column.name) for column in account.c),
            person.c.id.label("person_at_work"),
            name.label("person_name"),
            view_as.c.account_id.label("viewing"),
            *ASKED,
        )
        .join(account, account.c.id == session_table.c.account_id)
        .outerjoin(person, at_work)
        .outerjoin(view_as, view_as.c.token_hash == session_table.c.token_hash)
        .where(session_table.c.token_hash == bindparam("wanted"))
    )


def sessions_of(uow: UnitOfWork, of: Account) -> list[StoredSession]:
    """The sessions of an account, newest first."""
    mine = select(session_table).where(session_table.c.account_id == of.id)
    rows = uow.execute(mine.order_by(session_table.c.real_seen.desc(), session_table.c.id))
    return [_session(row, of) for row in rows]


def touch_session(uow: UnitOfWork, token_hash: str, *, real_at: int) -> None:
    """Note that a session was used."""
    mine = session_table.c.token_hash == token_hash
    uow.execute(update(session_table).where(mine).values(real_seen=real_at))


def close_session(uow: UnitOfWork, token_hash: str) -> None:
    """End a session."""
    uow.execute(delete(session_table).where(session_table.c.token_hash == token_hash))


def purge_sessions(uow: UnitOfWork, *, seen_before: int, created_before: int) -> int:
    """Forget sessions nobody can use any more."""
    old = (session_table.c.real_seen < seen_before) | (
        session_table.c.real_created < created_before
    )
    return int(uow.execute(delete(session_table).where(old)).rowcount)


# --- requests sent twice ------------------------------------------------------------------
def recall(uow: UnitOfWork, *, actor: str, key: str) -> Answer | None:
    """The answer an actor got for that key."""
    mine = (idempotency.c.actor == actor, idempotency.c.key == key)
    row = uow.execute(select(idempotency).where(*mine)).first()
    return None if row is None else Answer(row.request_hash, row.response)


def remember(
    uow: UnitOfWork, *, actor: str, key: str, request_hash: str, response: str, real_at: int
) -> None:
    """Keep an answer. Of two at once the second fails on the unique key and is rolled back."""
    uow.execute(
        insert(idempotency).values(
            actor=actor, key=key, request_hash=request_hash, response=response, real_at=real_at
        )
    )


def purge_answers(uow: UnitOfWork, *, before: int) -> int:
    """Forget old answers."""
    old = idempotency.c.real_at < before
    return int(uow.execute(delete(idempotency).where(old)).rowcount)


def _session(row: Row[Any], owner: Account) -> StoredSession:
    return StoredSession(
        token_hash=row.token_hash,
        account=owner,
        security_version=row.security_version,
        csrf=row.csrf,
        real_created=row.real_created,
        real_seen=row.real_seen,
        agent=row.agent,
    )


def _account(row: Row[Any], prefix: str = "") -> Account:
    said = {name: getattr(row, prefix + name) for name in _STORED}
    said["roles"], said["active"] = tuple(json.loads(said["roles"])), bool(said["active"])
    return Account(**said)
