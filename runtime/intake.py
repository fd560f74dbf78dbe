"""Store the rows of a stream in one transaction: map, upsert, put aside, tell what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime import ledger
from runtime.decide.drift import Drift, drift_of
from runtime.decide.mapping import (
    BY_UID,
    Reject,
    identity_of,
    key_of,
    labels_of,
    look_ups,
    map_rows,
    raw_of,
)
from runtime.numbering import numbered
from runtime.records import follow
from store import business_keys, query
from store import records as stored
from store import sources as book
from store.record_upsert import Fresh
from store.record_writes import Origin, Stamp
from store.sources import Counts

if TYPE_CHECKING:
    from builder.model.entity import Entity, Field
    from builder.model.others import StreamMapping
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.mapping import Record
    from store.record_changes import Upserted
    from store.sources import RejectState

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decided batch: records to store, rows to put aside."""

    records: tuple[Record, ...]
    rows: tuple[Row, ...]  # of the records, in the same order
    rejects: tuple[Reject, ...]
    drift: Drift


@dataclass(frozen=True, slots=True)
class Fetch:
    """Where a batch comes from."""

    source: str
    mapping: StreamMapping
    run: int | None = None
    newest_at: int | None = None
    bad: tuple[tuple[str, str, Mapping[str, str]], ...] = field(default=())


def added(one: Counts, other: Counts) -> Counts:
    """Both together."""
    return Counts(
        one.read + other.read,
        one.written + other.written,
        one.unchanged + other.unchanged,
        one.rejected + other.rejected,
    )


def decide(
    ctx: Context, mapping: StreamMapping, rows: Sequence[Row], *, fingerprint: str | None
) -> Decided:
    """Map the rows; business keys are looked up in bulk in this unit of work."""
    entity = ctx.catalog.entity(mapping.into)
    drift = drift_of(mapping, rows, fingerprint)
    kept, strange = _without_drift(mapping, rows, drift)
    found = _found(ctx, mapping, entity, kept)
    mapped = map_rows(mapping, entity, kept, entities=ctx.catalog.entity, found=found)
    return Decided(
        records=mapped.records,
        rows=tuple(kept[place] for place in mapped.places),
        rejects=(*strange, *mapped.rejects),
        drift=drift,
    )


def store(ctx: Context, fetch: Fetch, decided: Decided) -> Counts:
    """Upsert the records, keep the rejects, hear what follows."""
    mapping = fetch.mapping
    needs = _needs(mapping, ctx.catalog.entity(mapping.into))
    delay = None if fetch.newest_at is None else max(0, ctx.now - fetch.newest_at)
    origin = Origin(kind=mapping.origin, source=fetch.source, run=fetch.run, delay_us=delay)
    with ledger.kept(ctx, ctx.catalog.entity(mapping.into), decided.records):
        upserted = stored.upsert_many(
            ctx.uow, ctx.tables, mapping.into, key=mapping.key, rows=decided.records,
            new_uid=ctx.new_uid, stamp=Stamp(ctx.actor.name, ctx.now, origin),
            fresh=Fresh(list(needs), partial(numbered, ctx, ctx.catalog.entity(mapping.into))),
        )  # fmt: skip
    rejects = [*decided.rejects, *_left_out(mapping, decided.rows, upserted, needs)]
    put_aside(ctx, fetch, rejects)
    if book.has_rejects(ctx.uow, fetch.source, mapping.stream):
        bad = {*upserted.refused, *upserted.incomplete}
        good = [key_of(mapping, row) for place, row in enumerate(decided.rows) if place not in bad]
        book.resolve_rejects(ctx.uow, fetch.source, mapping.stream, keys=good)
    follow(ctx, upserted.changes)
    count = len(decided.rows) + len(decided.rejects) + len(fetch.bad)
    return Counts(
        read=count,
        written=len(upserted.changes),
        unchanged=upserted.unchanged,
        rejected=len(rejects) + len(fetch.bad),
    )


def put_aside(
    ctx: Context, fetch: Fetch, rejects: Sequence[Reject], *, state: RejectState = "open"
) -> None:
    """Keep rows that can not be stored, with the reason, for a person to look at."""
    problems = [(each.key, each.raw, each.problem) for each in rejects]
    problems += [(identity_of(raw), raw, Diagnostic(code, args)) for raw, code, args in fetch.bad]
    for key, raw, problem in problems:
        book.reject(
            ctx.uow, fetch.source, fetch.mapping.stream, key=key, raw=raw, code=problem.code,
            args=problem.args, field=(problem.pointer or "").lstrip("/") or None, at=ctx.now,
            state=state,
        )  # fmt: skip


def reject_one(ctx: Context, fetch: Fetch, row: Row, problem: Diagnostic) -> None:
    """Put one row aside that can not be stored beside what is there."""
    put_aside(ctx, fetch, [Reject(0, key_of(fetch.mapping, row), raw_of(row), problem)])


def _needs(mapping: StreamMapping, entity: Entity) -> dict[str, Field]:
    """Required fields this stream does not bring: it can add to a record, not make one."""
    brought = {item.target for item in mapping.fields}
    return {
        item.key: item
        for item in entity.fields
        if item.required and item.default is None and item.key not in brought
    }


def _left_out(
    mapping: StreamMapping, rows: Sequence[Row], upserted: Upserted, needs: Mapping[str, Field]
) -> list[Reject]:
    """The rows the store left out, with the reason."""
    found = [(place, Diagnostic("MAP106")) for place in upserted.refused]
    for place in upserted.incomplete:
        key, item = next(iter(needs.items()))
        found.append((place, Diagnostic("MAP107", labels_of(item), pointer=f"/{key}")))
    return [
        Reject(place, key_of(mapping, rows[place]), raw_of(rows[place]), problem)
        for place, problem in found
    ]


def _without_drift(
    mapping: StreamMapping, rows: Sequence[Row], drift: Drift
) -> tuple[list[Row], list[Reject]]:
    """With `discard_row`, rows whose mapped columns changed their type are put aside."""
    if mapping.drift != "discard_row" or not drift.changed:
        return list(rows), []
    kept: list[Row] = []
    strange: list[Reject] = []
    for place, row in enumerate(rows):
        alone = drift_of(mapping, [row], drift.fingerprint)
        if not alone.changed:
            kept.append(row)
            continue
        path, (old, new) = next(iter(alone.changed.items()))
        problem = Diagnostic("MAP104", {"path": path, "old": old, "new": new})
        strange.append(Reject(place, key_of(mapping, row), raw_of(row), problem))
    return kept, strange


def _found(
    ctx: Context, mapping: StreamMapping, entity: Entity, rows: Sequence[Row]
) -> dict[str, Mapping[Raw, int]]:
    found: dict[str, Mapping[Raw, int]] = {}
    for wanted in look_ups(mapping, entity, rows, entities=ctx.catalog.entity):
        if wanted.by == BY_UID:
            uids = [value for value in wanted.values if isinstance(value, str)]
            ids = query.uid_to_id(ctx.uow, ctx.tables, wanted.entity, uids)
            found[wanted.field] = dict(ids.items())
        else:
            found[wanted.field] = business_keys.ids_by(
                ctx.uow, ctx.tables, wanted.entity, by=wanted.by, values=wanted.values
            )
    return found
