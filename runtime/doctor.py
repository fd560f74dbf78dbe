"""Look for what is wrong with an installation, without changing anything."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.clock import SECOND, real_now
from runtime.wiring import Wiring
from store import audit, health, incidents, jobs, outbox
from store.errors import DatabaseInUseError

if TYPE_CHECKING:
    from runtime.context import Context
    from runtime.settings import Settings

LATE_S = 600
LOW_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Everything that is looked at, in a fixed order; a server may be at work meanwhile."""
    with closing(_opened(settings)) as wiring, wiring.reading() as ctx:
        breaks = audit.verify(ctx.uow, wiring.keyring.audit_key)
        return [
            Finding("database", *_integrity(ctx)),
            Finding("audit chain", not breaks, f"{len(breaks)} breaks"),
            _listed("files", health.orphans(ctx.uow)),
            _listed("tables", health.map_problems(ctx.uow)),
            _late_work(ctx),
            _messages(ctx),
            _incidents(ctx),
            _disk(settings),
        ]


def _opened(settings: Settings) -> Wiring:
    """The installation; beside a running server nothing is brought up to date."""
    try:
        return Wiring.open(settings)
    except DatabaseInUseError:
        return Wiring.look(settings)


def _disk(settings: Settings) -> Finding:
    """Room beside the data; PostgreSQL has a disk of its own to look after."""
    free = shutil.disk_usage(settings.data_dir).free
    return Finding("disk", free >= LOW_BYTES, f"{free // 2**20} MiB free")


def _integrity(ctx: Context) -> tuple[bool, str]:
    problems = health.integrity(ctx.uow)
    return not problems, "; ".join(problems[:3]) or health.version(ctx.uow)


def _listed(what: str, problems: list[str]) -> Finding:
    return Finding(what, not problems, "; ".join(problems[:3]) or "as they should be")


def _late_work(ctx: Context) -> Finding:
    oldest = jobs.oldest_due(ctx.uow, now=ctx.now, real_now=real_now())
    late_s = 0 if oldest is None else (ctx.now - oldest) // SECOND
    return Finding("jobs", late_s <= LATE_S, f"the oldest is {late_s} s late")


def _messages(ctx: Context) -> Finding:
    states = outbox.states(ctx.uow)
    stuck = states.get("dead", 0) + states.get("uncertain", 0)
    return Finding("messages", stuck == 0, f"{stuck} dead or uncertain of {sum(states.values())}")


def _incidents(ctx: Context) -> Finding:
    found = incidents.list_open(ctx.uow)
    return Finding("incidents", not found, f"{len(found)} open")
