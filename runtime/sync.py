"""Poll sources: fetch outside transactions, stream by stream, and say how it went."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connectors.errors import ConnectorError
from runtime.clock import SECOND, real_now
from runtime.context import SYSTEM_ACTOR
from runtime.source_states import lose, recover
from runtime.sources import connector_context, held, source_of
from runtime.stream_run import Interrupted, StreamRun
from store import jobs
from store import sources as book

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.others import Source
    from runtime.context import Context
    from runtime.sources import Held
    from runtime.wiring import Wiring
    from store.sources import Counts

log = logging.getLogger(__name__)
FETCHERS = 2
IDLE_S = 0.2
KIND = "sync"
PROBE_EVERY = 4  # a stopped source is tried at a quarter of its pace, so it can recover by itself

_busy: set[str] = set()
_busy_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Synced:
    """How one run of a source went, stream by stream."""

    source: str
    state: Literal["done", "failed", "skipped"]
    streams: Mapping[str, Counts]
    code: str | None = None


def sync_source(wiring: Wiring, name: str, *, force: bool = False) -> Synced:
    """One run of all streams. Never inside a unit of work: it talks to the outside.

    `force` also runs a source that was stopped because a person has to act.
    """
    with _busy_lock:
        if name in _busy:
            return Synced(name, "skipped", {})
        _busy.add(name)
    try:
        with wiring.reading() as ctx:
            source = source_of(ctx, name)
            if not _is_polled(wiring, source) or (not force and _rests(ctx, source)):
                return Synced(name, "skipped", {})
            holds = held(ctx, wiring, name)
        return _run(wiring, source, holds)
    finally:
        with _busy_lock:
            _busy.discard(name)


def run(wiring: Wiring, owner: str, stop: threading.Event) -> None:
    """Work off sync jobs until told to stop."""
    while not stop.is_set():
        try:
            busy = run_once(wiring, owner)
        except Exception:
            log.exception("a source could not be read")
            busy = False
        if not busy:
            stop.wait(IDLE_S)


def run_once(wiring: Wiring, owner: str) -> bool:
    """Take one due sync job and run it; False when none is due.

    The job is finished when it is taken: a run that is lost is made up for by the next one, and
    what it had stored is not stored twice.
    """
    with wiring.reading(SYSTEM_ACTOR) as ctx:
        due = jobs.oldest_due(ctx.uow, now=ctx.now, real_now=real_now(), kinds=(KIND,))
        if due is None:
            return False
    with wiring.writing(SYSTEM_ACTOR) as ctx:
        job = jobs.claim(ctx.uow, now=ctx.now, real_now=real_now(), owner=owner, kinds=(KIND,))
        if job is None:
            return False
        jobs.done(ctx.uow, job, at=ctx.now)
        name = str(job.payload["source"])
        if name not in ctx.catalog.sources:
            return True
    sync_source(wiring, name, force=bool(job.payload.get("force", False)))
    return True


def _run(wiring: Wiring, source: Source, holds: Held) -> Synced:
    done: dict[str, Counts] = {}
    try:
        connector = wiring.connectors.require(source.connector, "read")
        context = connector_context(wiring, source, holds)
        for mapping in source.streams:
            stream = StreamRun.start(wiring, source, mapping)
            done[mapping.stream] = stream.read(connector, context)
    except Interrupted as error:
        return Synced(source.name, "failed", done, error.code)
    except ConnectorError as error:
        lose(wiring, source, error)
        return Synced(source.name, "failed", done, error.code)
    recover(wiring, source)
    return Synced(source.name, "done", done)


def _is_polled(wiring: Wiring, source: Source) -> bool:
    """Whether this is ours: not the collector's, not one that only acts. A broken one says so."""
    known = source.connector in wiring.connectors.connectors
    return not known or wiring.connectors.having(source.connector, "read")


def _rests(ctx: Context, source: Source) -> bool:
    """Whether a stopped source is left alone this time."""
    state = book.state(ctx.uow, source.name)
    if state is None or state.state != "stopped":
        return False
    last = book.last_run_at(ctx.uow, source.name) or state.since
    return ctx.now - last < PROBE_EVERY * source.every_s * SECOND
