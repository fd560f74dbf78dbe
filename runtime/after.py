"""Hear of changes in the transaction that makes them: mark numbers, fire event and now rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime import transfers
from runtime.decide.dependencies import edges_of, owning_fields, touches
from runtime.enabling import after_publish
from runtime.fire_events import fire_events
from runtime.fire_now import fire_now
from runtime.measuring import period_of_date
from runtime.reading import read_ids, source_of
from store import jobs, leaves, measurements
from store.record_children import parents_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.compiled import CompiledInput, CompiledMetric
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.dependencies import FarEdge, LeafEdge
    from store.record_changes import Change

__all__ = ["after_changes", "after_publish"]

Mark = tuple[str, int, int]  # metric, subject, period


def after_changes(ctx: Context, changes: Sequence[Change]) -> None:
    """Mark what is out of date and fire what follows, once the change number is drawn.

    With the number `head` is locked: whoever measures has either seen these records or will find
    their marks, and two batches with events of one machine see each other.
    """
    heard = [change for change in changes if change.before != change.after]
    transfers.after_changes(ctx, heard)
    if heard:
        ctx.uow.on_rev(lambda rev: _settle(ctx, heard, rev))


def _settle(ctx: Context, changes: Sequence[Change], rev: int) -> None:
    by_entity: dict[str, list[Change]] = {}
    for change in changes:
        by_entity.setdefault(change.entity, []).append(change)
    _mark(ctx, by_entity, rev)
    rules: dict[str, list[Change]] = {}
    for entity, own in by_entity.items():
        for name in ctx.catalog.event_rules_on(entity):
            rules.setdefault(name, []).extend(own)
    for name, own in rules.items():
        fire_events(ctx, name, own)
    for entity, own in by_entity.items():
        for name in ctx.catalog.now_rules_on(entity):
            fire_now(ctx, name, own)


# --- numbers ---------------------------------------------------------------------------------
def _mark(ctx: Context, by_entity: Mapping[str, Sequence[Change]], rev: int) -> None:
    edges = edges_of(ctx.catalog)
    marker = _Marker(ctx, rev, set(), set())
    for entity, changes in by_entity.items():
        for leaf in edges.leaves.get(entity, ()):
            marker.leaf(leaf, changes)
        for subject in edges.subjects.get(entity, ()):
            ids = _touched(subject.fields, changes)
            marker.subjects(subject.metric, ids)
        for far in edges.far.get(entity, ()):
            marker.far(far, _touched(far.fields, changes))
        marker.child_rows(entity, changes)
    marker.write()


def _touched(fields: frozenset[str], changes: Iterable[Change]) -> list[int]:
    return sorted({c.id for c in changes if touches(fields, c.before, c.after)})


@dataclass(frozen=True, slots=True)
class _Marker:
    """Collects what is out of date, then marks it and has it measured."""

    ctx: Context
    rev: int
    marks: set[Mark]
    metrics: set[str]

    def leaf(self, edge: LeafEdge, changes: Sequence[Change]) -> None:
        """Records of an input: where they counted before and where they count now."""
        compiled = self.ctx.catalog.compiled_metric(edge.metric)
        item = compiled.inputs[edge.input_key]
        own = [c for c in changes if touches(edge.fields, c.before, c.after)]
        rows = [
            row for c in own for row in ((c.id, c.before), (c.id, c.after)) if row[1] is not None
        ]
        subjects = self._follow(item.input.entity, item.subject_path, rows)
        dates = self._follow(item.input.entity, item.date_path, rows)
        self._add(compiled, item, zip(subjects, dates, strict=True))

    def subjects(self, metric: str, ids: Sequence[int]) -> None:
        """Subjects whose target, scope or dates changed: all their numbers."""
        if ids and measurements.mark_known(self.ctx.uow, metric, rev=self.rev, subjects=ids):
            self.metrics.add(metric)

    def far(self, edge: FarEdge, ids: Sequence[int]) -> None:
        """Records that others reach by a path: whatever goes through them."""
        if not ids:
            return
        compiled = self.ctx.catalog.compiled_metric(edge.metric)
        if edge.input_key is None:
            source = source_of(self.ctx, compiled.metric.subject)
            reached = leaves.ids_reaching(self.ctx.uow, source, prefix=edge.prefix, ids=ids)
            self.subjects(edge.metric, reached)
            return
        item = compiled.inputs[edge.input_key]
        source = source_of(self.ctx, item.input.entity)
        pairs = leaves.pairs_reached(self.ctx.uow, source, item, prefix=edge.prefix, ids=ids)
        periods = self._add(compiled, item, pairs)
        # whoever the records counted for before has a number in one of these periods
        if periods and measurements.mark_known(
            self.ctx.uow, edge.metric, rev=self.rev, periods=sorted(periods)
        ):
            self.metrics.add(edge.metric)

    def child_rows(self, entity: str, changes: Sequence[Change]) -> None:
        """Rows of a child table: their record is read through them."""
        owner = owning_fields(self.ctx.catalog, entity)
        edges = edges_of(self.ctx.catalog)
        if owner is None or not edges.reads(owner[0]):
            return
        name, keys = owner
        ids = [change.id for change in changes]
        parents = parents_of(self.ctx.uow, self.ctx.tables[entity], ids)
        for subject in edges.subjects.get(name, ()):
            if keys & subject.fields:
                self.subjects(subject.metric, parents)
        for leaf in edges.leaves.get(name, ()):
            if keys & leaf.fields:
                self._records(leaf, parents)
        for far in edges.far.get(name, ()):
            if keys & far.fields:
                self.far(far, parents)

    def write(self) -> None:
        """Mark it all, and one waiting job per metric."""
        measurements.mark_dirty(self.ctx.uow, self.marks, rev=self.rev)
        for metric in sorted(self.metrics | {metric for metric, _, _ in self.marks}):
            put_measure_job(self.ctx, metric)

    def _records(self, leaf: LeafEdge, ids: Sequence[int]) -> None:
        compiled = self.ctx.catalog.compiled_metric(leaf.metric)
        item = compiled.inputs[leaf.input_key]
        source = source_of(self.ctx, item.input.entity)
        pairs = leaves.pairs_reached(self.ctx.uow, source, item, prefix="id", ids=ids)
        self._add(compiled, item, pairs)

    def _add(
        self,
        compiled: CompiledMetric,
        item: CompiledInput,
        pairs: Iterable[tuple[Raw, Raw]],
    ) -> set[int]:
        periods: dict[int, int] = {}
        for subject, at in pairs:
            if not isinstance(subject, int) or not isinstance(at, int):
                continue
            if at not in periods:
                periods[at] = period_of_date(self.ctx, compiled, item, at)
            self.marks.add((compiled.metric.name, subject, periods[at]))
        return set(periods.values())

    def _follow(
        self, entity: str, path: str, rows: Sequence[tuple[int, Mapping[str, Raw] | None]]
    ) -> list[Raw]:
        """The value at the end of a path, for rows given by id and fields."""
        if not path:
            return [record_id for record_id, _ in rows]
        first, _, rest = path.partition(".")
        values = [None if row is None else row.get(first) for _, row in rows]
        field = self.ctx.catalog.entity(entity).field(first)
        if not rest or field is None or field.entity is None:
            return values
        ids = sorted({value for value in values if isinstance(value, int)})
        found = {row["id"]: row[rest] for row in read_ids(self.ctx, field.entity, ids, (rest,))}
        return [found.get(value) for value in values]


def put_measure_job(ctx: Context, metric: str) -> None:
    """Have a metric brought up to date soon; one waiting job does for everybody."""
    jobs.put(
        ctx.uow,
        kind="measure",
        key=f"measure:{metric}",
        payload={"metric": metric},
        at=ctx.now,
        cause=ctx.cause.what,
        depth=ctx.cause.depth,
        merge=True,
    )
