"""Say once when a source is lost and once when it is back; ask a person when one is needed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from runtime.clock import SECOND
from runtime.stream_run import RunStopped, writing
from store import incidents
from store import sources as book

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from builder.model.others import Source
    from connectors.errors import ConnectorError
    from runtime.collecting import Assignment
    from runtime.context import Context
    from runtime.wiring import Wiring

log = logging.getLogger(__name__)
NEEDS_PERSON = frozenset({"ask", "stop"})


def lose(wiring: Wiring, source: Source, error: ConnectorError) -> None:
    """A run failed: note it, log the transition, open an incident when a person has to act."""
    with writing(wiring, source) as ctx:
        note_trouble(ctx, source, error)


def note_trouble(ctx: Context, source: Source, error: ConnectorError) -> None:
    """The same in the caller's unit of work."""
    needs_person = error.reaction in NEEDS_PERSON or isinstance(error, RunStopped)
    state = "stopped" if error.reaction in NEEDS_PERSON else "lost"
    note_loss(ctx, source, state=state, code=error.code, args=error.arguments)
    if needs_person:
        open_incident(ctx, source, error.code, error.arguments)


def recover(wiring: Wiring, source: Source) -> None:
    """A run went well: note it if the source was lost."""
    with wiring.reading() as ctx:
        known = book.state(ctx.uow, source.name)
    if known is None or known.state != "ok":
        with writing(wiring, source) as ctx:
            note_recovery(ctx, source)


def note_loss(
    ctx: Context, source: Source, *, state: str, code: str, args: Mapping[str, str]
) -> None:
    """The state in the caller's unit of work; a loss longer than the limit is an incident too."""
    before = book.state(ctx.uow, source.name)
    book.set_state(ctx.uow, source.name, state, at=ctx.now, code=code, args=args)
    if before is None or before.state == "ok":
        ctx.uow.after_commit(lambda: log.warning("source %s is lost: %s", source.name, code))
    elif ctx.now - before.since > source.limit_s * SECOND:
        open_incident(ctx, source, code, args)


def note_overdue(wiring: Wiring, names: Collection[str]) -> None:
    """Ask a person about sources that stay lost longer than their limit; a loss is said once."""
    with wiring.reading() as ctx:
        known = {each.key for each in incidents.list_open(ctx.uow)}
        late = [
            ctx.catalog.sources[name]
            for name, state in book.states(ctx.uow).items()
            if name in names and name in ctx.catalog.sources and state.state == "lost"
            and ctx.now - state.since > ctx.catalog.sources[name].limit_s * SECOND
        ]  # fmt: skip
    for source in late:
        if key_of(source) in known:
            continue
        with writing(wiring, source) as ctx:
            state = book.state(ctx.uow, source.name)
            if state is not None and state.state == "lost":
                open_incident(ctx, source, state.code or "CON141", state.args)


def note_recovery(ctx: Context, source: Source) -> None:
    """The source works again."""
    before = book.state(ctx.uow, source.name)
    if not book.set_state(ctx.uow, source.name, "ok", at=ctx.now):
        return
    incidents.close(ctx.uow, key_of(source), at=ctx.now)
    if before is not None:
        ctx.uow.after_commit(lambda: log.info("source %s is back", source.name))


def open_incident(ctx: Context, source: Source, code: str, args: Mapping[str, str]) -> None:
    """Ask the owner of the source to look."""
    incidents.open_incident(
        ctx.uow, uid=ctx.new_uid(), kind="source", key=key_of(source), owner=source.owner,
        code=code, args=args, at=ctx.now,
    )  # fmt: skip


def note_assignment(wiring: Wiring, wanted: Assignment) -> None:
    """Sources the collector can not be told about: a person has to complete their settings."""
    for name, error in wanted.failed.items():
        with wiring.reading() as ctx:
            source = ctx.catalog.sources[name]
        lose(wiring, source, error)


def key_of(source: Source) -> str:
    """What a source's incident is called."""
    return f"source:{source.name}"
