"""Messages to the outside world: pending, sending, sent, uncertain, dead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update

from store.bulk import insert_rows
from store.conflict import insert_new
from store.jobs import pause_us
from store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from store.unit import UnitOfWork

Guarantee = Literal["at_least_once", "at_most_once"]
# The pauses double to an hour in the first 85 minutes and stay there: with the shortest spread the
# last of these attempts comes 49 hours after the first.
MAX_ATTEMPTS = 75


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message; only the holder of this claim can complete it."""

    id: int
    key: str
    connector: str
    operation: str
    guarantee: Guarantee
    payload: Mapping[str, Any]
    owner: str
    attempts: int
    possibly_twice: bool
    cause: str
    at: int


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A message that may or may not have left; a person decides."""

    id: int
    key: str
    connector: str
    error: str


def put(
    uow: UnitOfWork,
    *,
    key: str,
    connector: str,
    operation: str,
    guarantee: Guarantee,
    payload: Mapping[str, Any],
    at: int,
    cause: str = "",
) -> bool:
    """Send something once this unit commits; False when that key is known already."""
    values = {
        "key": key,
        "connector": connector,
        "operation": operation,
        "guarantee": guarantee,
        "payload": _json(payload),
        "state": "pending",
        "cause": cause,
        "at": at,
    }
    return insert_new(uow, outbox, values, unique=("key",)) is not None


def put_all(
    uow: UnitOfWork,
    payloads: Mapping[str, Mapping[str, Any]],
    *,
    connector: str,
    operation: str,
    at: int,
    cause: str = "",
) -> None:
    """Send many things of one kind at least once, by key; keys that are known are left out."""
    if not payloads:
        return
    columns = {
        "key": list(payloads),
        "payload": [_json(payload) for payload in payloads.values()],
    }
    same = {
        "connector": connector,
        "operation": operation,
        "guarantee": "at_least_once",
        "state": "pending",
        "attempts": 0,
        "real_next": 0,
        "possibly_twice": False,
        "cause": cause,
        "at": at,
    }
    insert_rows(uow, outbox, columns, same, unless_known=("key",))


def any_due(uow: UnitOfWork, *, real_now: int) -> bool:
    """Whether `claim` would find something to do."""
    due = select(outbox.c.id).where(or_(_pending(real_now), _expired(real_now))).limit(1)
    return uow.execute(due).first() is not None


def claim(uow: UnitOfWork, *, owner: str, real_now: int, lease_us: int) -> Message | None:
    """Lease the next message; commit, call, then `sent` or `failed`.

    A lease that ran out means a call of unknown outcome: sent again with `possibly_twice`, or
    left for `lapse` when it was promised at most once.
    """
    row = uow.execute(
        select(outbox)
        .where(or_(_pending(real_now), _expired(real_now)))
        .order_by(outbox.c.real_next, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    again = row.state == "sending"
    changed = {
        "state": "sending",
        "owner": owner,
        "attempts": row.attempts + 1,
        "real_lease_until": real_now + lease_us,
        "possibly_twice": bool(row.possibly_twice) or again,
    }
    uow.execute(update(outbox).where(outbox.c.id == row.id).values(changed))
    return _message(row, owner, possibly_twice=bool(changed["possibly_twice"]))


def lapse(uow: UnitOfWork, *, real_now: int) -> list[Uncertain]:
    """Set aside what a courier held that died and that is not simply sent again.

    What was promised at most once waits for a person; so does what was cut off too often. In
    between, a message that takes its process down comes back later and later.
    """
    lapsed = (
        select(outbox).where(_lapsed(real_now), _once_or_again()).with_for_update(skip_locked=True)
    )
    aside: list[Uncertain] = []
    for row in uow.execute(lapsed).all():
        once = row.guarantee == "at_most_once"
        dead = once or row.attempts >= MAX_ATTEMPTS
        values: dict[str, Any] = {
            "state": ("uncertain" if once else "dead") if dead else "pending",
            "real_next": real_now + pause_us(row.attempts - 1, row.id) if row.attempts > 1 else 0,
            "possibly_twice": True,
            "owner": None,
            "error": "the call was cut off",
        }
        uow.execute(update(outbox).where(outbox.c.id == row.id).values(values))
        if dead:
            aside.append(Uncertain(row.id, row.key, row.connector, values["error"]))
    return aside


def any_lapsed(uow: UnitOfWork, *, real_now: int) -> bool:
    """Whether `lapse` would find something."""
    found = select(outbox.c.id).where(_lapsed(real_now), _once_or_again()).limit(1)
    return uow.execute(found).first() is not None


def expire_leases(uow: UnitOfWork, *, real_now: int) -> int:
    """End every lease: whoever held one is gone. Only for a process that is alone."""
    held = update(outbox).where(outbox.c.state == "sending").values(real_lease_until=real_now)
    return int(uow.execute(held).rowcount)


def renew(uow: UnitOfWork, message: Message, *, real_now: int, lease_us: int) -> bool:
    """Keep the lease while the call lasts; False when it is lost."""
    kept = uow.execute(
        update(outbox).where(_mine(message)).values(real_lease_until=real_now + lease_us)
    )
    return kept.rowcount == 1


def sent(uow: UnitOfWork, message: Message, *, response: Mapping[str, Any], at: int) -> bool:
    """Complete a message; False when another worker has taken it over."""
    finished = uow.execute(
        update(outbox)
        .where(_mine(message))
        .values(state="sent", response=_json(response), sent_at=at, error=None, owner=None)
    )
    return finished.rowcount == 1


def failed(
    uow: UnitOfWork,
    message: Message,
    *,
    error: str,
    real_now: int,
    final: bool = False,
    maybe_sent: bool = False,
) -> Literal["retry", "dead", "uncertain", "lost"]:
    """Put the message off, or give it up; "lost" when another worker has taken it over.

    What may have left already goes out again as `possibly_twice`, or waits for a person when it
    was promised at most once.
    """
    state = "dead" if final or message.attempts >= MAX_ATTEMPTS else "pending"
    if maybe_sent and message.guarantee == "at_most_once":
        state = "uncertain"
    changed = uow.execute(
        update(outbox)
        .where(_mine(message))
        .values(
            state=state,
            error=error,
            owner=None,
            real_next=real_now + pause_us(message.attempts, message.id),
            possibly_twice=message.possibly_twice or maybe_sent,
        )
    )
    if changed.rowcount == 0:
        return "lost"
    outcomes: dict[str, Literal["retry", "dead", "uncertain"]] = {
        "pending": "retry", "dead": "dead", "uncertain": "uncertain",
    }  # fmt: skip
    return outcomes[state]


def retry(uow: UnitOfWork, key: str) -> bool:
    """A person sends a dead or uncertain message again."""
    found = uow.execute(
        update(outbox)
        .where(outbox.c.key == key, outbox.c.state.in_(("dead", "uncertain")))
        .values(
            state="pending",
            attempts=0,
            real_next=0,
            possibly_twice=or_(outbox.c.possibly_twice, outbox.c.state == "uncertain"),
        )
    )
    return found.rowcount > 0


def uncertain(uow: UnitOfWork) -> list[Uncertain]:
    """Messages that wait for a person's decision."""
    rows = uow.execute(select(outbox).where(outbox.c.state == "uncertain").order_by(outbox.c.id))
    return [Uncertain(row.id, row.key, row.connector, row.error or "") for row in rows]


def oldest_waiting(uow: UnitOfWork) -> dict[str, int]:
    """Since when the oldest message that has not left waits, by connector."""
    waiting = outbox.c.state.in_(("pending", "sending"))
    rows = uow.execute(
        select(outbox.c.connector, func.min(outbox.c.at).label("at"))
        .where(waiting)
        .group_by(outbox.c.connector)
    )
    return {row.connector: int(row.at) for row in rows}


def states(uow: UnitOfWork) -> dict[str, int]:
    """How many messages are in which state."""
    rows = uow.execute(select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state))
    return {row.state: int(row.n) for row in rows}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)


def _pending(real_now: int) -> ColumnElement[bool]:
    return and_(outbox.c.state == "pending", outbox.c.real_next <= real_now)


def _lapsed(real_now: int) -> ColumnElement[bool]:
    return and_(outbox.c.state == "sending", outbox.c.real_lease_until <= real_now)


def _once_or_again() -> ColumnElement[bool]:
    """What is not simply sent again: promised at most once, or cut off not for the first time."""
    return or_(outbox.c.guarantee == "at_most_once", outbox.c.attempts > 1)


def _expired(real_now: int) -> ColumnElement[bool]:
    """A call that was cut off for the first time: sent again at once."""
    return and_(_lapsed(real_now), not_(_once_or_again()))


def _mine(message: Message) -> ColumnElement[bool]:
    """The fence: still the same claim."""
    return and_(
        outbox.c.id == message.id,
        outbox.c.state == "sending",
        outbox.c.owner == message.owner,
        outbox.c.attempts == message.attempts,
    )


def _message(row: Row[Any], owner: str, *, possibly_twice: bool) -> Message:
    return Message(
        id=row.id,
        key=row.key,
        connector=row.connector,
        operation=row.operation,
        guarantee=row.guarantee,
        payload=json.loads(row.payload),
        owner=owner,
        attempts=row.attempts + 1,
        possibly_twice=possibly_twice,
        cause=row.cause or "",
        at=row.at,
    )
