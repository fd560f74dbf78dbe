"""Take up what a killed process left in its hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.clock import real_now
from runtime.context import SYSTEM_ACTOR
from store import outbox, sources

if TYPE_CHECKING:
    from runtime.wiring import Wiring

CUT_OFF = "SYN105"


def recover(wiring: Wiring) -> None:
    """On SQLite this process is alone: runs and leases of others are over.

    On PostgreSQL other processes may be at work; their leases run out by themselves.
    """
    if wiring.database.dialect != "sqlite":
        return
    with wiring.writing(SYSTEM_ACTOR, cause="start") as ctx:
        sources.fail_abandoned_runs(ctx.uow, at=ctx.now, code=CUT_OFF)
        outbox.expire_leases(ctx.uow, real_now=real_now())
