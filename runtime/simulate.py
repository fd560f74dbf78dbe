"""Try something out: do it in a unit of work, see what follows, and take everything back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from runtime.clock import real_now
from runtime.context import Cause
from runtime.jobs_table import HANDLERS
from store import followed, jobs

if TYPE_CHECKING:
    from runtime.context import Actor, Context
    from runtime.wiring import Wiring
    from store.followed import Followed

Act = Callable[["Context"], None]
MOST_JOBS = 1_000  # a trial that asks for more goes in circles


def simulate(wiring: Wiring, actor: Actor, act: Act) -> Followed:
    """What would follow: the jobs that are asked for are done too, nothing is stored or sent."""
    with wiring.writing(actor, cause=Cause("simulate")) as ctx:
        found = rehearse(ctx, act)
        ctx.uow.roll_back()
    return found


def rehearse(ctx: Context, act: Act) -> Followed:
    """Do something and the jobs it asks for in this unit of work; what followed."""
    ctx.uow.rev()  # rules and metrics hear of changes once the change number is drawn
    before = followed.mark(ctx.uow)
    act(ctx)
    for _ in range(MOST_JOBS):
        job = jobs.claim(
            ctx.uow, now=ctx.now, real_now=real_now(), owner="simulate", kinds=tuple(HANDLERS)
        )
        if job is None:
            break
        HANDLERS[job.kind](ctx.as_system, job.payload)
        jobs.done(ctx.uow, job, at=ctx.now)
    return followed.followed(ctx.uow, before)
