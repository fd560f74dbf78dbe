"""Forget once a day what nobody needs any more: how long each thing is kept stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime import retention
from runtime.clock import SECOND, real_now
from runtime.decide.calendars import next_every
from runtime.sign_in import IDLE_US, LONGEST_US
from store import (
    accounts,
    api_tokens,
    attempts,
    files,
    form_drafts,
    jobs,
    samples,
    schedules,
    sources,
    view_as,
    work,
)

if TYPE_CHECKING:
    from runtime.context import Context

KIND = "tidy"
CUT_OFF = "SYN105"
EVERY_S = 24 * 3600
DAY = EVERY_S * SECOND
KEEP_RUNS = 30 * DAY  # runs of sources that brought nothing; the others stay with their records
KEEP_JOBS = 90 * DAY  # jobs that are done; dead ones stay until somebody has seen to them
KEEP_FIRES = 90 * DAY  # which occurrences of schedules have fired
KEEP_WORK = 30 * DAY  # what became of each row of an import or a bulk change
KEEP_DRAFTS = 14 * DAY  # forms somebody began and did not come back to; real time
KEEP_LOOSE = KEEP_DRAFTS + DAY  # uploads that no record took: a draft may still name them
KEEP_KEYS = 90 * DAY  # keys of programs after their end; real time
KEEP_ANSWERS = 30 * DAY  # for repeated requests; real time, like sessions


def put_schedule(ctx: Context) -> None:
    """Have it done every day from now on."""
    schedules.put(
        ctx.uow,
        key=KIND,
        kind=KIND,
        spec={"every_s": EVERY_S},
        next_fire=next_every(EVERY_S, ctx.now).at,
        policy="last",
    )


def tidy(ctx: Context) -> dict[str, int]:
    """Forget what is old, end what was cut off; how many rows of each kind."""
    uow, now, real = ctx.uow, ctx.now, real_now()
    cut_off = sources.fail_abandoned_runs(uow, at=now, code=CUT_OFF, started_before=now - DAY)
    return {
        "cut off": cut_off,
        "runs": sources.purge_runs(uow, before=now - KEEP_RUNS),
        "jobs": jobs.purge(uow, done_before=now - KEEP_JOBS),
        "fires": schedules.purge_fires(uow, before=now - KEEP_FIRES),
        "works": work.purge(uow, ended_before=now - KEEP_WORK),
        "uploads": files.purge_loose(uow, before=now - KEEP_LOOSE),
        "drafts": form_drafts.purge(uow, before=real - KEEP_DRAFTS),
        "answers": accounts.purge_answers(uow, before=real - KEEP_ANSWERS),
        "keys": api_tokens.purge(uow, expired_before=real - KEEP_KEYS),
        "sessions": accounts.purge_sessions(
            uow, seen_before=real - IDLE_US, created_before=real - LONGEST_US
        ),
        "views": view_as.purge(uow),
        "attempts": attempts.purge(uow, before=real - DAY),
        "samples": samples.drop_days(uow, before_day=now // samples.DAY_US - ctx.sample_days),
        "retained": retention.ask(ctx),
    }
