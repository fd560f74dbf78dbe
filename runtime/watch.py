"""See how the platform itself is doing: sources, incidents, the audit chain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import MESSAGES, Diagnostic
from dsl.values import format_datetime
from runtime.clock import SECOND, real_now
from runtime.errors import Invalid, NotFound
from runtime.org import require_admin
from store import audit, incidents, jobs, outbox, sources
from store.errors import BusyError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.others import Source
    from runtime.context import Context
    from store.incidents import Incident
    from store.sources import SourceState

Full = DiskFullError  # nothing can be written until somebody makes room; reading goes on
Busy = BusyError  # the database can not take a write now; the caller may try again
Json = dict[str, Any]
MOST = 200
RETRIED = {"job": jobs.retry, "outbox": outbox.retry}


# --- sources ------------------------------------------------------------------------------
def list_sources(ctx: Context) -> list[Json]:
    """Every source with its state, its delay and its limit."""
    require_admin(ctx)
    states = sources.states(ctx.uow)
    waiting = sources.count_rejects(ctx.uow)
    unsent = outbox.oldest_waiting(ctx.uow)
    return [
        {
            **_source(ctx, source, states.get(name), unsent=unsent.get(source.connector)),
            "rejects": waiting.get(name, 0),
        }
        for name, source in sorted(ctx.catalog.sources.items())
    ]


def _source(ctx: Context, source: Source, state: SourceState | None, *, unsent: int | None) -> Json:
    """The delay is that of the stream checked longest ago, or of the oldest unsent message."""
    marks = sources.checkpoints(ctx.uow, source.name)
    checked = min((mark.checked_at for mark in marks.values()), default=None)
    late = unsent if checked is None else checked
    runs = sources.runs(ctx.uow, source.name, limit=MOST)
    return {
        "name": source.name,
        "label": dict(source.label),
        "connector": source.connector,
        "state": "new" if state is None else state.state,
        "since": None if state is None else format_datetime(state.since),
        "checked_at": None if checked is None else format_datetime(checked),
        "delay_s": None if late is None else max(0, (ctx.now - late) // SECOND),
        "limit_s": source.limit_s,
        "code": None if state is None else state.code,
        "message": _words(
            ctx, None if state is None else state.code, None if state is None else state.args
        ),
        "rows": sum(run.rows_written for run in runs),
    }


def list_rejects(ctx: Context, name: str) -> list[Json]:
    """The rows of a source that wait for a person."""
    require_admin(ctx)
    _known(ctx, name)
    return [
        {
            "uid": str(row.id),
            "at": format_datetime(row.first_at),
            "stream": row.stream,
            "key": row.key,
            "code": row.code,
            "message": _words(ctx, row.code, row.args),
            "field": row.field,
            "attempts": row.attempts,
            "row": _json(row.raw),
        }
        for row in sources.rejects(ctx.uow, name, limit=MOST)
    ]


def ask_for_run(ctx: Context, name: str) -> bool:
    """Have a source read soon, also one that was stopped; False when that is asked for already."""
    require_admin(ctx)
    _known(ctx, name)
    return jobs.put(
        ctx.uow,
        kind="sync",
        key=f"sync:{name}:by-hand:{real_now()}",
        payload={"source": name, "force": True},
        at=ctx.now,
        cause=ctx.cause.what,
    )


def _known(ctx: Context, name: str) -> Source:
    source = ctx.catalog.sources.get(name)
    if source is None:
        raise NotFound(name)
    return source


# --- incidents ----------------------------------------------------------------------------
def list_incidents(ctx: Context) -> list[Json]:
    """What needs a person, newest first."""
    require_admin(ctx)
    return [
        {
            "uid": each.uid,
            "at": format_datetime(each.last_at),
            "opened_at": format_datetime(each.opened_at),
            "kind": each.kind,
            "code": each.code,
            "title": each.key,
            "message": _words(ctx, each.code, each.args),
            "state": "open",
            "owner": each.owner,
            "count": each.count,
            "can_retry": each.kind in RETRIED or each.kind == "source",
        }
        for each in incidents.list_open(ctx.uow)
    ]


def retry_incident(ctx: Context, uid: str) -> None:
    """Try again what failed; a source's incident closes when the source works again."""
    require_admin(ctx)
    found = incidents.get(ctx.uow, uid)
    if found is None or found.closed_at is not None:
        raise NotFound(f"incident {uid[:64]}")
    if found.kind == "source":
        ask_for_run(ctx, found.key.partition(":")[2])
    elif found.kind in RETRIED:
        RETRIED[found.kind](ctx.uow, found.key.partition(":")[2])
        incidents.close(ctx.uow, found.key, at=ctx.now)
    else:
        raise Invalid(Diagnostic("RUN210", {"name": "incident", "value": found.kind}))
    _note(ctx, found)


def _note(ctx: Context, found: Incident) -> None:
    audit.append(
        ctx.uow,
        actor=ctx.actor.name,
        action="incident.retry",
        target=found.key,
        detail={"code": found.code},
        at=ctx.now,
    )


# --- the audit chain ----------------------------------------------------------------------
def verify_audit(ctx: Context) -> Json:
    """Whether every entry of the audit log is still the one that was written."""
    require_admin(ctx)
    if ctx.keyring is None:
        message = "a context made by hand has no keys"
        raise TypeError(message)
    breaks = audit.verify(ctx.uow, ctx.keyring.audit_key)
    return {
        "ok": not breaks,
        "entries": audit.chain_head(ctx.uow).seq,
        "breaks": [{"seq": each.seq, "problem": each.problem} for each in breaks],
    }


def _words(ctx: Context, code: str | None, args: Mapping[str, str] | None) -> str | None:
    """A code in the actor's language; the code itself when nobody knows its text."""
    if code is None:
        return None
    if code not in MESSAGES:
        return code
    try:
        return Diagnostic(code, dict(args or {})).text(ctx.actor.language)
    except KeyError:  # an argument is missing: the code still says what it is
        return code


def _json(raw: str) -> object:
    try:
        return json.loads(raw)
    except ValueError:  # cut off because it was too long
        return raw
