"""Turn journal entries into samples, records, gaps and states; each entry once."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, register_messages
from runtime import intake
from runtime.decide.mapping import Reject, key_of, raw_of
from runtime.intake import Fetch, added
from runtime.source_states import note_loss, note_recovery, open_incident
from runtime.stream_run import actor_of
from store import ingest as book
from store import samples
from store import sources as stored
from store.db import is_retryable
from store.errors import BadValueError, DuplicateError
from store.samples import Sample
from store.sources import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.model.others import Source, StreamMapping
    from connectors.base import EventReading, Gap, Reading, StateChange
    from connectors.collector.frames import Entry
    from runtime.collecting import Assignment, Collected
    from runtime.context import Context
    from runtime.wiring import Wiring

log = logging.getLogger(__name__)
PAUSES_S = (0.05, 0.2, 1.0, 3.0)
ITEMS = "*"  # the checkpoint and run of a source's values; event streams have their own

register_messages(
    {
        "ING101": (
            "采集数据无法入库：{error}",
            "what the collector sent can not be stored: {error}",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Open:
    """The run of one stream during one connection, and what it has done so far."""

    run: int
    counts: Counts


class Intake:
    """Stores the entries of one connected collector."""

    def __init__(self, wiring: Wiring, journal: str) -> None:
        self._wiring = wiring
        self._journal = journal
        self._sources: Mapping[str, Collected] = {}
        self._runs: dict[tuple[str, str], Open] = {}
        self._unknown: set[tuple[str, str]] = set()

    def assigned(self, wanted: Assignment) -> None:
        """The sources and items as the collector has them from now on."""
        # what is still under way from the time before keeps its meaning
        self._sources = {**self._sources, **wanted.sources}

    def take(self, entries: Sequence[Entry]) -> None:
        """Store these entries: all in one transaction, or one by one to find the broken one."""
        for pause_s in (*PAUSES_S, None):
            try:
                self._store(entries)
            except Exception as error:
                if is_retryable(error) and pause_s is not None:
                    time.sleep(pause_s)
                    continue
                if not isinstance(error, DuplicateError | BadValueError):
                    log.exception("a frame of the collector could not be stored whole")
                self._piecemeal(entries)
            return

    def _store(self, entries: Sequence[Entry]) -> None:
        with self._unit() as ctx:
            known = book.last_sequence(ctx.uow, self._journal) or 0
            fresh = [entry for entry in entries if entry.sequence > known]
            if not fresh:
                return
            book.take_batch(ctx.uow, self._journal, fresh[-1].sequence)
            by_source: dict[str, list[Entry]] = {}
            for entry in fresh:
                by_source.setdefault(entry.source, []).append(entry)
            for name, own in by_source.items():
                self._source(ctx, name, own)

    @contextmanager
    def _unit(self) -> Iterator[Context]:
        """One transaction; what is remembered of runs goes back with it."""
        before = dict(self._runs)
        try:
            with self._wiring.writing(cause="collector") as ctx:
                yield ctx
        except BaseException:
            self._runs = before
            raise

    def _source(self, ctx: Context, name: str, entries: Sequence[Entry]) -> None:
        collected = self._sources.get(name)
        if collected is None:
            return  # it was removed while entries were under way
        mine = replace(ctx, actor=actor_of(name))
        source = collected.source
        self._samples(mine, collected, [r for entry in entries for r in entry.readings])
        for mapping in source.streams:
            own = [e for entry in entries for e in entry.events if e.stream == mapping.stream]
            if own:
                self._events(mine, source, mapping, own)
        self._note_unknown(source, entries)
        for entry in entries:
            for gap in entry.gaps:
                note_gap(mine, name, gap)
            for state in entry.states:
                note_state(mine, source, state)
        self._checked(mine, source, entries)

    def _samples(self, ctx: Context, collected: Collected, readings: Sequence[Reading]) -> None:
        found: list[Sample] = []
        units: dict[str, str | None] = {}
        for reading in readings:
            for meant in collected.items.get(reading.item, ()):
                units[meant.series] = meant.unit
                found.append(
                    Sample(
                        series=meant.series, subject_id=meant.subject_id, at=reading.source_at,
                        value=number_of(reading.value), quality=reading.quality,
                        sequence=reading.sequence, at_kind=reading.stamp,
                    )
                )  # fmt: skip
        samples.append(ctx.uow, found, source=collected.source.name, units=units)

    def _events(
        self, ctx: Context, source: Source, mapping: StreamMapping, events: Sequence[EventReading]
    ) -> None:
        rows = [event.row for event in events]
        newest = max(event.source_at for event in events)
        fetch = Fetch(source.name, mapping, self._run(ctx, source, mapping.stream), newest)
        decided = intake.decide(ctx, mapping, rows, fingerprint=None)
        self._count(ctx, source, mapping.stream, intake.store(ctx, fetch, decided))

    def _run(self, ctx: Context, source: Source, stream: str) -> int:
        """The run that stands for this connection: where the records say they come from."""
        known = self._runs.get((source.name, stream))
        if known is not None:
            return known.run
        run = stored.start_run(
            ctx.uow, uid=ctx.new_uid(), source=source.name, stream=stream, at=ctx.now
        )
        self._runs[source.name, stream] = Open(run, Counts())
        return run

    def _count(self, ctx: Context, source: Source, stream: str, done: Counts) -> None:
        known = self._runs[source.name, stream]
        total = added(known.counts, done)
        stored.end_run(ctx.uow, known.run, state="done", counts=total, at=ctx.now)
        self._runs[source.name, stream] = Open(known.run, total)

    def _checked(self, ctx: Context, source: Source, entries: Sequence[Entry]) -> None:
        """A heartbeat is the proof that all streams of the source were looked at."""
        alive = max((e.heartbeat for e in entries if e.heartbeat is not None), default=None)
        if alive is None:
            return
        known = stored.checkpoints(ctx.uow, source.name)
        for stream in (ITEMS, *(mapping.stream for mapping in source.streams)):
            before = known.get(stream)
            newest = _newest(stream, entries)
            past = before.newest_at if before is not None else None
            stored.put_checkpoint(
                ctx.uow, source.name, stream, state={}, checked_at=alive,
                newest_at=max((at for at in (newest, past) if at is not None), default=None),
            )  # fmt: skip

    def _note_unknown(self, source: Source, entries: Sequence[Entry]) -> None:
        mapped = {mapping.stream for mapping in source.streams}
        for entry in entries:
            for event in entry.events:
                key = (source.name, event.stream)
                if event.stream not in mapped and key not in self._unknown:
                    self._unknown.add(key)
                    log.warning("source %s: stream %s is not mapped", *key)

    # --- when a frame can not be stored whole ---------------------------------------------
    def _piecemeal(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            try:
                self._store([entry])
            except Exception as error:
                if is_retryable(error):
                    raise  # the database is away: no acknowledgement, it all comes again
                self._crumbs(entry, error)

    def _crumbs(self, entry: Entry, error: Exception) -> None:
        """Store an entry's parts one by one; what still fails is put aside for a person."""
        rest = replace(entry, events=())
        crumbs = [replace(entry, readings=(), gaps=(), states=(), heartbeat=None, events=(event,))
                  for event in entry.events]  # fmt: skip
        for crumb in (rest, *crumbs):
            try:
                with self._unit() as ctx:
                    self._source(ctx, entry.source, [crumb])
            except Exception as failure:
                if is_retryable(failure):
                    raise
                self._put_aside(crumb, failure)
        with self._wiring.writing(cause="collector") as ctx:
            book.take_batch(ctx.uow, self._journal, entry.sequence)
        log.warning("entry %s of %s was broken: %s", entry.sequence, entry.source, error)

    def _put_aside(self, crumb: Entry, failure: Exception) -> None:
        collected = self._sources[crumb.source]
        args = {"error": f"{type(failure).__name__}: {failure}"[:300]}
        with self._wiring.writing(cause="collector") as ctx:
            for mapping in collected.source.streams:
                rows = [event.row for event in crumb.events if event.stream == mapping.stream]
                problem = Diagnostic("ING101", args)
                rejects = [Reject(0, key_of(mapping, r), raw_of(r), problem) for r in rows]
                intake.put_aside(ctx, Fetch(crumb.source, mapping), rejects)
            open_incident(ctx, collected.source, "ING101", args)


def note_gap(ctx: Context, source: str, gap: Gap) -> None:
    """Declare a gap, or its end."""
    if gap.to_at is None or gap.from_at < gap.to_at:
        book.open_gap(ctx.uow, source, gap.item, from_at=gap.from_at, cause=gap.cause)
    if gap.to_at is not None:
        book.close_gaps(ctx.uow, source, gap.item, to_at=gap.to_at)


def note_state(ctx: Context, source: Source, change: StateChange) -> None:
    """The collector lost a source, or has it back."""
    if change.state == "ok":
        note_recovery(ctx, source)
        return
    code = change.code or "CON141"
    note_loss(ctx, source, state=change.state, code=code, args=change.args)
    if change.state == "stopped":
        open_incident(ctx, source, code, change.args)


def number_of(value: float | str | None) -> float | None:
    """The number a series keeps; a text has none."""
    return None if value is None or isinstance(value, str) else float(value)


def _newest(stream: str, entries: Sequence[Entry]) -> int | None:
    if stream == ITEMS:
        return max((r.source_at for e in entries for r in e.readings), default=None)
    return max((v.source_at for e in entries for v in e.events if v.stream == stream), default=None)
