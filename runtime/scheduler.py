"""Tick: turn schedules that are due into jobs, each occurrence once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from runtime.clock import SECOND
from runtime.context import SYSTEM_ACTOR
from runtime.schedules_table import INTERCHANGEABLE, JOB_OF, NEXT
from store import jobs, schedules

if TYPE_CHECKING:
    from runtime.context import Context
    from runtime.wiring import Wiring
    from store.schedules import Schedule

log = logging.getLogger(__name__)
TICK_S = 0.5
MOST_OCCURRENCES = 10_000  # per schedule and tick; the rest follows with the next tick
SKIP_GRACE_S = 60  # a skipped schedule still runs when it is this little late


def tick(wiring: Wiring) -> int:
    """Enqueue what is due on the business clock; the number of occurrences."""
    with wiring.reading(SYSTEM_ACTOR) as ctx:
        if not schedules.any_due(ctx.uow, now=ctx.now):
            return 0
    with wiring.writing(SYSTEM_ACTOR) as ctx:
        return sum(catch_up(ctx, due) for due in schedules.claim_due(ctx.uow, now=ctx.now))


def catch_up(ctx: Context, due: Schedule) -> int:
    """Fire the occurrences of one schedule up to now, as its policy says."""
    missed, next_fire = occurrences(due, ctx.now)
    fired = 0
    for occurrence in wanted(due, missed, ctx.now):
        label, put = JOB_OF[due.kind](due, occurrence)
        if schedules.record_fire(ctx.uow, due.id, label, at=ctx.now):
            fired += jobs.put(
                ctx.uow,
                kind=put.kind,
                key=due.key if due.kind in INTERCHANGEABLE else put.key,
                payload=put.payload,
                run_at=put.run_at if put.run_at is not None else occurrence,
                at=ctx.now,
                cause=f"schedule:{due.key}",
                depth=0,
                merge=due.kind in INTERCHANGEABLE,
            )
    schedules.move(ctx.uow, due.id, next_fire=next_fire)
    return fired


def occurrences(due: Schedule, now: int) -> tuple[list[int], int]:
    """The occurrences from `next_fire` up to now, and the one after them."""
    found: list[int] = []
    at = due.next_fire
    while at <= now and len(found) < MOST_OCCURRENCES:
        found.append(at)
        at = NEXT[due.kind](due.spec, at)
    return found, at


def wanted(due: Schedule, missed: list[int], now: int) -> list[int]:
    """The occurrences that the schedule's policy still wants to run."""
    max_age_s = due.max_age_s
    if due.policy == "skip" and max_age_s is None:
        max_age_s = SKIP_GRACE_S
    if max_age_s is not None:
        missed = [each for each in missed if each >= now - max_age_s * SECOND]
    return missed if due.policy == "all" else missed[-1:]


def start(wiring: Wiring) -> BackgroundScheduler:
    """Tick in the background until `shutdown()`; the library's only job."""
    # a tick that is still running makes the library warn; the rows remember what is due anyway
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick,
        "interval",
        args=[wiring],
        seconds=TICK_S,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    return scheduler
