"""Take up what a killed process left in its hands, and see to it that old things are forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime import transfers
from runtime.clock import real_now
from runtime.context import SYSTEM_ACTOR
from runtime.decide.calendars import next_midnight
from runtime.search import catch_up
from runtime.tidy import CUT_OFF, put_schedule
from store import jobs, outbox, sources

if TYPE_CHECKING:
    from runtime.wiring import Wiring


def recover(wiring: Wiring) -> None:
    """On SQLite this process is alone: runs and leases of others are over.

    On PostgreSQL other processes may be at work; their leases run out by themselves.
    """
    with wiring.writing(SYSTEM_ACTOR, cause="start") as ctx:
        put_schedule(ctx)
        transfers.put_schedule(ctx, next_fire=next_midnight(ctx.zone, ctx.now))
        transfers.follow(ctx)
        catch_up(ctx)
        if wiring.database.dialect != "sqlite":
            return
        sources.fail_abandoned_runs(ctx.uow, at=ctx.now, code=CUT_OFF)
        outbox.expire_leases(ctx.uow, real_now=real_now())
        jobs.end_leases(ctx.uow, real_now=real_now())
