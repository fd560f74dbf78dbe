"""Durable work in our own database, as rows: ready, retry, leased, done, dead.

A worker leases a job in a transaction of its own, which counts the attempt, then holds and does it
in another: a job whose process dies with it is counted too, and ends as dead like one that fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, delete, func, select, update

from store.conflict import insert_new
from store.tables import job

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Row

    from store.unit import UnitOfWork

WAITING = ("ready", "retry")
FIRST_PAUSE_US = 5_000_000
LONGEST_PAUSE_US = 3_600_000_000
_FREE: Mapping[str, Any] = {"owner": None, "real_lease_until": None}  # nobody holds it


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job; `attempts` counts this one."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    run_at: int
    attempts: int
    max_attempts: int
    cause: str
    depth: int


def put(  # noqa: PLR0913 - the columns of a job
    uow: UnitOfWork,
    *,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    at: int,
    run_at: int | None = None,
    cause: str = "",
    depth: int = 0,
    merge: bool = False,
) -> bool:
    """Ask for work; False when it is asked for already.

    The same key is done once, ever. With `merge` it only joins a job that still waits, and one
    that runs now is followed by another: for "work off what is marked" jobs.
    """
    values = {
        "kind": kind,
        "payload": json.dumps(dict(payload), ensure_ascii=False, sort_keys=True),
        "state": "ready",
        "run_at": at if run_at is None else run_at,
        "cause": cause,
        "depth": depth,
        "at": at,
    }
    if not merge:
        return insert_new(uow, job, {**values, "key": key}, unique=("key",)) is not None
    if _joins(uow, key):
        return False
    values |= {"merge_key": key, "key": f"{key}~{_nonce(uow)}"}
    return insert_new(uow, job, values, unique=("key",)) is not None


def _joins(uow: UnitOfWork, key: str) -> bool:
    """Whether an equal job waits, and cannot start before this unit has committed.

    A job locked by its worker is skipped, not waited for: it may have read its input already.
    """
    waiting = (
        select(job.c.id)
        .where(job.c.merge_key == key, job.c.state.in_(WAITING))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return uow.execute(waiting).first() is not None


def _nonce(uow: UnitOfWork) -> int:
    if uow.dialect == "postgresql":
        return int(uow.execute(select(func.nextval("job_id_seq"))).scalar_one())
    return int(uow.execute(select(func.coalesce(func.max(job.c.id), 0))).scalar_one()) + 1


def oldest_due(
    uow: UnitOfWork, *, now: int, real_now: int, kinds: Sequence[str] | None = None
) -> int | None:
    """When the job that waits longest was due; None when nothing is due."""
    found = uow.execute(
        select(func.min(job.c.run_at)).where(*_due(now=now, real_now=real_now, kinds=kinds))
    ).scalar()
    return None if found is None else int(found)


def claim(
    uow: UnitOfWork,
    *,
    now: int,
    real_now: int,
    owner: str,
    kinds: Sequence[str] | None = None,
    lease_us: int | None = None,
) -> Job | None:
    """Take the next due job: for this unit of work, or with a lease for one that follows.

    Without a lease a crash puts it back by rolling back, and the attempt is not counted.
    """
    row = uow.execute(
        select(job)
        .where(*_due(now=now, real_now=real_now, kinds=kinds))
        .order_by(job.c.run_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    attempts = row.attempts + 1
    taken = {"state": "leased", "owner": owner, "attempts": attempts}
    if lease_us is not None:
        taken["real_lease_until"] = real_now + lease_us
    uow.execute(update(job).where(job.c.id == row.id).values(taken))
    return _job(row, attempts)


def hold(uow: UnitOfWork, leased: Job) -> bool:
    """Lock a leased job until commit: nobody takes it back; False when somebody has already."""
    mine = select(job.c.id).where(_mine(leased)).with_for_update()
    return uow.execute(mine).first() is not None


def any_lapsed(uow: UnitOfWork, *, real_now: int) -> bool:
    """Whether `lapse` would find something."""
    return uow.execute(select(job.c.id).where(_lapsed(real_now)).limit(1)).first() is not None


def lapse(uow: UnitOfWork, *, real_now: int) -> list[Job]:
    """Take back what processes held that died; returns what is given up.

    The first time it is due at once, then later and later: a job that takes its process down does
    not keep the next one from other work.
    """
    rows = uow.execute(select(job).where(_lapsed(real_now)).with_for_update(skip_locked=True))
    given_up: list[Job] = []
    for row in rows.all():
        dead = row.attempts >= row.max_attempts
        pause = pause_us(row.attempts - 1, row.id) if row.attempts > 1 else 0
        uow.execute(
            update(job)
            .where(job.c.id == row.id)
            .values(
                state="dead" if dead else "retry",
                real_not_before=real_now + pause,
                error="the process ended while doing it",
                **_FREE,
            )
        )
        if dead:
            given_up.append(_job(row, row.attempts))
    return given_up


def end_leases(uow: UnitOfWork, *, real_now: int) -> int:
    """End every lease: whoever held one is gone. Only for a process that is alone."""
    held = update(job).where(job.c.state == "leased").values(real_lease_until=real_now)
    return int(uow.execute(held).rowcount)


def done(uow: UnitOfWork, claimed: Job, *, at: int) -> bool:
    """Finish a job claimed in this unit; False when it is not ours any more."""
    mine = _mine(claimed)
    if uow.execute(delete(job).where(mine, job.c.merge_key.is_not(None))).rowcount:
        return True
    finished = uow.execute(
        update(job).where(mine).values(state="done", done_at=at, error=None, **_FREE)
    )
    return bool(finished.rowcount)


def fail(uow: UnitOfWork, claimed: Job, *, error: str, real_now: int) -> Literal["retry", "dead"]:
    """Count a failed attempt, in a unit after the failed one: later again, or dead."""
    dead = claimed.attempts >= claimed.max_attempts
    uow.execute(
        update(job)
        .where(job.c.id == claimed.id, job.c.state.in_((*WAITING, "leased")))
        .values(
            state="dead" if dead else "retry",
            attempts=claimed.attempts,
            real_not_before=real_now + pause_us(claimed.attempts, claimed.id),
            error=error,
            **_FREE,
        )
    )
    return "dead" if dead else "retry"


def retry(uow: UnitOfWork, key: str) -> bool:
    """Give a dead job a fresh start; False when there is none."""
    found = uow.execute(
        update(job)
        .where(job.c.key == key, job.c.state == "dead")
        .values(state="ready", attempts=0, real_not_before=0, error=None)
    )
    return found.rowcount > 0


def purge(uow: UnitOfWork, *, done_before: int) -> int:
    """Forget jobs done long ago; their keys may be used again then."""
    old = (job.c.state == "done", job.c.done_at < done_before)
    return int(uow.execute(delete(job).where(*old)).rowcount)


def pause_us(attempts: int, number: int) -> int:
    """Back-off: doubles from 5 s to an hour, spread by 25 % so that failures do not march."""
    base = min(FIRST_PAUSE_US * 2 ** (attempts - 1), LONGEST_PAUSE_US)
    spread = (number * 2_654_435_761) % 501  # Knuth's multiplicative hash
    return int(base * (750 + spread) // 1000)


def _due(*, now: int, real_now: int, kinds: Sequence[str] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        job.c.state.in_(WAITING),
        job.c.run_at <= now,
        job.c.real_not_before <= real_now,
    ]
    if kinds is not None:
        conditions.append(job.c.kind.in_(kinds))
    return conditions


def _mine(claimed: Job) -> ColumnElement[bool]:
    """The fence: still the same claim."""
    return and_(job.c.id == claimed.id, job.c.state == "leased", job.c.attempts == claimed.attempts)


def _lapsed(real_now: int) -> ColumnElement[bool]:
    return and_(job.c.state == "leased", job.c.real_lease_until <= real_now)


def _job(row: Row[Any], attempts: int) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        key=row.key,
        payload=json.loads(row.payload),
        run_at=row.run_at,
        attempts=attempts,
        max_attempts=row.max_attempts,
        cause=row.cause or "",
        depth=row.depth,
    )
