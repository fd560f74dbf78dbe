"""Do durable work in our database: claim, act and finish in one transaction per job."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from runtime.clock import real_now
from runtime.context import SYSTEM_ACTOR, Cause
from runtime.jobs_table import HANDLERS
from store import incidents, jobs

if TYPE_CHECKING:
    import threading

    from runtime.wiring import Wiring
    from store.jobs import Job

log = logging.getLogger(__name__)
IDLE_S = 0.2


def run_once(wiring: Wiring, owner: str) -> bool:
    """Take one due job and carry it out; False when nothing is due."""
    with wiring.reading(SYSTEM_ACTOR) as ctx:
        if (
            jobs.oldest_due(ctx.uow, now=ctx.now, real_now=real_now(), kinds=tuple(HANDLERS))
            is None
        ):
            return False
    job: Job | None = None
    try:
        with wiring.writing(SYSTEM_ACTOR) as ctx:
            job = jobs.claim(
                ctx.uow, now=ctx.now, real_now=real_now(), owner=owner, kinds=tuple(HANDLERS)
            )
            if job is None:
                return False
            HANDLERS[job.kind](replace(ctx, cause=Cause(job.cause, job.depth)), job.payload)
            jobs.done(ctx.uow, job, at=ctx.now)
    except Exception as error:
        if job is None:
            raise
        log.exception("job %s %s failed", job.kind, job.key)
        record_failure(wiring, job, error)
    return True


def record_failure(wiring: Wiring, job: Job, error: Exception) -> None:
    """Put the job off, or give it up and open an incident."""
    with wiring.writing(SYSTEM_ACTOR) as ctx:
        outcome = jobs.fail(
            ctx.uow, job, error=f"{type(error).__name__}: {error}"[:2000], real_now=real_now()
        )
        if outcome == "dead":
            incidents.open_incident(
                ctx.uow,
                uid=ctx.new_uid(),
                kind="job",
                key=f"job:{job.key}",
                code="RUN701",
                args={"kind": job.kind, "key": job.key, "error": str(error)[:500]},
                at=ctx.now,
            )


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
        except Exception:
            log.exception("the worker could not claim a job")
            busy = False
        if not busy:
            stop.wait(IDLE_S)
