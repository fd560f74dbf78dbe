"""Do durable work in our database: lease a job, then act and finish in one transaction."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from runtime.asking import ask_a_person
from runtime.clock import SECOND, real_now
from runtime.context import SYSTEM_ACTOR, Cause
from runtime.jobs_table import ALONE, BEFORE, HANDLERS
from runtime.patience import patiently
from store import jobs
from store.crash import crash_at
from store.errors import DiskFullError

if TYPE_CHECKING:
    import threading

    from runtime.context import Context
    from runtime.wiring import Wiring
    from store.jobs import Job

log = logging.getLogger(__name__)
IDLE_S = 0.2
FULL_PAUSE_S = 2.0
LEASE_US = 10 * SECOND  # from the lease to the lock on the row, which lasts as long as the work


def run_once(wiring: Wiring, owner: str) -> bool:
    """Take one due job and carry it out; False when nothing is due."""
    with wiring.reading(SYSTEM_ACTOR) as ctx:
        now, kinds = real_now(), tuple(HANDLERS)
        due = jobs.oldest_due(ctx.uow, now=ctx.now, real_now=now, kinds=kinds)
        if due is None and not jobs.any_lapsed(ctx.uow, real_now=now):
            return False
    job = wiring.attempt(lambda ctx: _lease(ctx, owner), cause="worker")
    if job is None:
        return False
    crash_at("after_lease")
    try:
        patiently(lambda: _carry_out(wiring, job))
    except Exception as error:
        log.exception("job %s %s failed", job.kind, job.key)
        record_failure(wiring, job, error)
    return True


def _lease(ctx: Context, owner: str) -> Job | None:
    """Count the attempt before it is made: the job may take this process down with it."""
    now = real_now()
    for gone in jobs.lapse(ctx.uow, real_now=now):
        args = {"kind": gone.kind, "key": gone.key, "count": str(gone.attempts)}
        ask_a_person(ctx, "job", gone.key, code="RUN703", args=args)
    return jobs.claim(
        ctx.uow,
        now=ctx.now,
        real_now=now,
        owner=owner,
        kinds=tuple(HANDLERS),
        lease_us=LEASE_US,
    )


def _carry_out(wiring: Wiring, job: Job) -> None:
    """Do the job and finish it in one transaction; nothing when the lease is lost."""
    if job.kind in BEFORE:
        BEFORE[job.kind](wiring)
    with wiring.writing(SYSTEM_ACTOR, publishing=job.kind in ALONE) as ctx:
        if not jobs.hold(ctx.uow, job):
            log.warning("job %s %s was taken over by another worker", job.kind, job.key)
            return
        HANDLERS[job.kind](replace(ctx, cause=Cause(job.cause, job.depth)), job.payload)
        jobs.done(ctx.uow, job, at=ctx.now)


def record_failure(wiring: Wiring, job: Job, error: Exception) -> None:
    """Put the job off, or give it up and open an incident."""
    text = f"{type(error).__name__}: {error}"[:2000]

    def note(ctx: Context) -> None:
        if jobs.fail(ctx.uow, job, error=text, real_now=real_now()) == "dead":
            args = {"kind": job.kind, "key": job.key, "error": str(error)[:500]}
            ask_a_person(ctx, "job", job.key, code="RUN701", args=args)

    wiring.attempt(note, cause="worker")


def drain(wiring: Wiring, owner: str) -> int:
    """Do everything that is due now; the number of jobs done."""
    done = 0
    while run_once(wiring, owner):
        done += 1
    return done


def run(wiring: Wiring, owner: str, stop: threading.Event) -> None:
    """Work until told to stop; sleep when nothing is due."""
    while not stop.is_set():
        try:
            busy = run_once(wiring, owner)
            if wiring.database.is_full:
                wiring.database.look_for_room()
        except DiskFullError:  # the database has said so, once
            stop.wait(FULL_PAUSE_S)
            busy = False
        except Exception:
            log.exception("the worker could not claim a job")
            busy = False
        if not busy:
            stop.wait(IDLE_S)
