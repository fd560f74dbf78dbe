"""What the installation holds for each source: settings, allow-list, checkpoints, runs, state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, func, insert, select, update

from store import conflict
from store.bulk import among
from store.tables import (
    checkpoint as checkpoint_table,
)
from store.tables import (
    egress_rule,
    rejected_row,
    source_setting,
    source_state,
    sync_run,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork

RunState = Literal["done", "failed"]
# held: the batch it came in was refused as a whole, so the row comes again
RejectState = Literal["open", "held"]
WAITING: tuple[RejectState, ...] = ("open", "held")


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter, or a secret as encrypted text bound to the origin it was entered for."""

    name: str
    value: str
    secret: bool
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a stream has got to."""

    state: Mapping[str, Any]
    checked_at: int
    newest_at: int | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one stream."""

    id: int
    uid: str
    source: str
    stream: str
    started_at: int
    ended_at: int | None
    state: str
    code: str | None
    args: Mapping[str, str]
    rows_read: int
    rows_written: int
    rows_unchanged: int
    rows_rejected: int
    rev: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did."""

    read: int = 0
    written: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class SourceState:
    """Whether a source works, and since when that is so."""

    source: str
    state: str  # ok lost stopped
    since: int
    code: str | None
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row put aside for a person."""

    id: int
    source: str
    stream: str
    key: str
    raw: str
    code: str
    args: Mapping[str, str]
    field: str | None
    state: str  # open held retried ignored
    first_at: int
    attempts: int


# --- settings and allow-list --------------------------------------------------------------
def settings(uow: UnitOfWork, source: str) -> list[Setting]:
    """The settings of a source by name."""
    rows = uow.execute(
        select(source_setting)
        .where(source_setting.c.source == source)
        .order_by(source_setting.c.name)
    )
    return [Setting(row.name, row.value, bool(row.secret), row.origin) for row in rows]


def put_setting(uow: UnitOfWork, source: str, setting: Setting) -> None:
    """Store a setting; secrets come encrypted."""
    conflict.put(
        uow,
        source_setting,
        {"source": source, "name": setting.name},
        {"value": setting.value, "secret": setting.secret, "origin": setting.origin},
    )


def delete_setting(uow: UnitOfWork, source: str, name: str) -> None:
    """Forget a setting."""
    mine = (source_setting.c.source == source, source_setting.c.name == name)
    uow.execute(delete(source_setting).where(*mine))


def egress_rules(uow: UnitOfWork, source: str) -> list[tuple[str, int]]:
    """The hosts and ports a source may talk to."""
    rows = uow.execute(
        select(egress_rule).where(egress_rule.c.source == source).order_by(egress_rule.c.id)
    )
    return [(row.host, row.port) for row in rows]


def set_egress_rules(uow: UnitOfWork, source: str, rules: Sequence[tuple[str, int]]) -> None:
    """Replace the allow-list of a source."""
    uow.execute(delete(egress_rule).where(egress_rule.c.source == source))
    for host, port in dict.fromkeys(rules):
        uow.execute(insert(egress_rule).values(source=source, host=host, port=port))


# --- checkpoints and runs -----------------------------------------------------------------
def checkpoint(uow: UnitOfWork, source: str, stream: str) -> Checkpoint | None:
    """Where a stream has got to; None before its first run."""
    c = checkpoint_table.c
    mine = (c.source == source, c.stream == stream)
    row = uow.execute(select(checkpoint_table).where(*mine)).first()
    if row is None:
        return None
    return Checkpoint(json.loads(row.state), row.checked_at, row.newest_at, row.fingerprint)


def put_checkpoint(
    uow: UnitOfWork,
    source: str,
    stream: str,
    *,
    state: Mapping[str, Any],
    checked_at: int,
    newest_at: int | None = None,
    fingerprint: str | None = None,
) -> None:
    """Move a checkpoint; belongs into the transaction of the rows it stands for."""
    values = {
        "state": _text(state),
        "checked_at": checked_at,
        "newest_at": newest_at,
        "fingerprint": fingerprint,
    }
    conflict.put(uow, checkpoint_table, {"source": source, "stream": stream}, values)


def checkpoints(uow: UnitOfWork, source: str) -> dict[str, Checkpoint]:
    """The checkpoints of a source by stream."""
    rows = uow.execute(select(checkpoint_table).where(checkpoint_table.c.source == source))
    return {
        row.stream: Checkpoint(
            json.loads(row.state), row.checked_at, row.newest_at, row.fingerprint
        )
        for row in rows
    }


def start_run(uow: UnitOfWork, *, uid: str, source: str, stream: str, at: int) -> int:
    """Note that a run began; its row id, which is the origin of what it writes."""
    statement = insert(sync_run).values(
        uid=uid, source=source, stream=stream, started_at=at, state="running"
    )
    run_id = int(uow.execute(statement.returning(sync_run.c.id)).scalar_one())
    _stamp_run(uow, run_id)
    return run_id


def end_run(
    uow: UnitOfWork,
    run_id: int,
    *,
    state: RunState,
    counts: Counts,
    at: int,
    code: str | None = None,
    args: Mapping[str, str] | None = None,
) -> None:
    """Note how a run ended."""
    uow.execute(
        update(sync_run)
        .where(sync_run.c.id == run_id)
        .values(
            ended_at=at,
            state=state,
            code=code,
            args=None if args is None else _text(args),
            rows_read=counts.read,
            rows_written=counts.written,
            rows_unchanged=counts.unchanged,
            rows_rejected=counts.rejected,
        )
    )
    _stamp_run(uow, run_id)


def runs(uow: UnitOfWork, source: str, *, limit: int = 100) -> list[Run]:
    """The newest runs of a source first."""
    rows = uow.execute(
        select(sync_run)
        .where(sync_run.c.source == source)
        .order_by(sync_run.c.id.desc())
        .limit(limit)
    )
    return [_run(row) for row in rows]


def run(uow: UnitOfWork, run_id: int) -> Run | None:
    """One run, as the origin of a record names it."""
    row = uow.execute(select(sync_run).where(sync_run.c.id == run_id)).first()
    return None if row is None else _run(row)


def last_run_at(uow: UnitOfWork, source: str) -> int | None:
    """When the newest run of a source began."""
    mine = sync_run.c.source == source
    found = uow.execute(select(func.max(sync_run.c.started_at)).where(mine)).scalar()
    return None if found is None else int(found)


def fail_abandoned_runs(
    uow: UnitOfWork, *, at: int, code: str, started_before: int | None = None
) -> int:
    """Runs that a crash left running have failed: all, or those that can not be running still."""
    mine = sync_run.c.state == "running"
    if started_before is not None:
        mine &= sync_run.c.started_at < started_before
    changed = uow.execute(
        update(sync_run).where(mine).values(state="failed", ended_at=at, code=code)
    )
    return int(changed.rowcount)


def purge_runs(uow: UnitOfWork, *, before: int) -> int:
    """Forget runs of long ago that brought nothing; one that brought records explains them."""
    old = (sync_run.c.started_at < before, sync_run.c.rows_written == 0)
    return int(uow.execute(delete(sync_run).where(*old)).rowcount)


def _stamp_run(uow: UnitOfWork, run_id: int) -> None:
    mine = sync_run.c.id == run_id
    uow.on_rev(lambda rev: uow.execute(update(sync_run).where(mine).values(rev=rev)))


# --- state --------------------------------------------------------------------------------
def state(uow: UnitOfWork, source: str) -> SourceState | None:
    """The state of a source; None before anything happened."""
    row = uow.execute(select(source_state).where(source_state.c.source == source)).first()
    return None if row is None else _state(row)


def states(uow: UnitOfWork) -> dict[str, SourceState]:
    """The states of all sources by name."""
    return {row.source: _state(row) for row in uow.execute(select(source_state))}


def set_state(
    uow: UnitOfWork,
    source: str,
    new: str,
    *,
    at: int,
    code: str | None = None,
    args: Mapping[str, str] | None = None,
) -> bool:
    """Note a state; True when it is another one than before, which is worth a log line."""
    known = uow.execute(
        select(source_state).where(source_state.c.source == source).with_for_update()
    ).first()
    text = None if args is None else _text(args)
    if known is not None and known.state == new:
        if (known.code, known.args) != (code, text):
            mine = source_state.c.source == source
            uow.execute(update(source_state).where(mine).values(code=code, args=text))
        return False
    values = {"state": new, "since": at, "code": code, "args": text}
    conflict.put(uow, source_state, {"source": source}, values)
    return True


# --- rows put aside -----------------------------------------------------------------------
def reject(  # noqa: PLR0913 - the columns of a row put aside
    uow: UnitOfWork,
    source: str,
    stream: str,
    *,
    key: str,
    raw: str,
    code: str,
    args: Mapping[str, str],
    field: str | None,
    at: int,
    state: RejectState = "open",
) -> None:
    """Put a row aside; the same row again counts an attempt."""
    c = rejected_row.c
    values = {"raw": raw, "code": code, "args": _text(args), "field": field, "state": state}
    mine = {"source": source, "stream": stream, "key": key}
    if conflict.insert_new(
        uow, rejected_row, {**mine, **values, "first_at": at}, unique=tuple(mine)
    ):
        return
    uow.execute(
        update(rejected_row)
        .where(c.source == source, c.stream == stream, c.key == key)
        .values({**values, "attempts": c.attempts + 1})
    )


def has_rejects(uow: UnitOfWork, source: str, stream: str) -> bool:
    """Whether rows of this stream wait to come in well."""
    c = rejected_row.c
    mine = select(c.id).where(c.source == source, c.stream == stream, c.state.in_(WAITING))
    return uow.execute(mine.limit(1)).first() is not None


def resolve_rejects(uow: UnitOfWork, source: str, stream: str, *, keys: Collection[str]) -> int:
    """These rows came in well this time."""
    c = rejected_row.c
    changed = uow.execute(
        update(rejected_row)
        .where(
            c.source == source, c.stream == stream, c.state.in_(WAITING), among(uow, c.key, keys)
        )
        .values(state="retried")
    )
    return int(changed.rowcount)


def resolve_held(uow: UnitOfWork, source: str, stream: str) -> int:
    """The refused batches have been read again: what is still bad was put aside anew."""
    c = rejected_row.c
    mine = (c.source == source, c.stream == stream, c.state == "held")
    return int(uow.execute(update(rejected_row).where(*mine).values(state="retried")).rowcount)


def ignore_reject(uow: UnitOfWork, reject_id: int) -> bool:
    """A person does not want the row."""
    mine = (rejected_row.c.id == reject_id, rejected_row.c.state.in_(WAITING))
    return bool(uow.execute(update(rejected_row).where(*mine).values(state="ignored")).rowcount)


def rejects(uow: UnitOfWork, source: str, *, limit: int = 100) -> list[Rejected]:
    """The rows of a source that wait for a person, newest first."""
    c = rejected_row.c
    rows = uow.execute(
        select(rejected_row)
        .where(c.source == source, c.state.in_(WAITING))
        .order_by(c.id.desc())
        .limit(limit)
    )
    return [
        Rejected(
            *(row.id, row.source, row.stream, row.key, row.raw, row.code),
            *(_args(row.args), row.field, row.state, row.first_at, row.attempts),
        )
        for row in rows
    ]


def count_rejects(uow: UnitOfWork) -> dict[str, int]:
    """How many rows wait, by source."""
    c = rejected_row.c
    rows = uow.execute(
        select(c.source, func.count().label("n")).where(c.state.in_(WAITING)).group_by(c.source)
    )
    return {row.source: int(row.n) for row in rows}


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        uid=row.uid,
        source=row.source,
        stream=row.stream,
        started_at=row.started_at,
        ended_at=row.ended_at,
        state=row.state,
        code=row.code,
        args=_args(row.args),
        rows_read=row.rows_read,
        rows_written=row.rows_written,
        rows_unchanged=row.rows_unchanged,
        rows_rejected=row.rows_rejected,
        rev=row.rev,
    )


def _state(row: Row[Any]) -> SourceState:
    return SourceState(row.source, row.state, row.since, row.code, _args(row.args))


def _args(text: str | None) -> dict[str, str]:
    return {} if text is None else dict(json.loads(text))


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)
