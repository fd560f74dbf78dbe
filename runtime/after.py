"""Hear of changes in the transaction that makes them: mark numbers, fire event and now rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime import transfers
from runtime.decide.dependencies import edges_of, touches
from runtime.enabling import after_publish
from runtime.fire_events import fire_events
from runtime.fire_now import fire_now
from runtime.measuring import period_of_date
from runtime.reading import read_ids, source_of
from store import jobs, leaves, measurements
from store.record_children import parents_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.compiled import CompiledInput, CompiledMetric
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.dependencies import FarEdge, Hop, LeafEdge
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
            marker.far(far, changes)
    marker.write()


def _touched(fields: frozenset[str], changes: Iterable[Change]) -> list[int]:
    return sorted({c.id for c in changes if touches(fields, c.before, c.after)})


def _versions(changes: Iterable[Change]) -> Iterator[tuple[int, Mapping[str, Raw]]]:
    """Each record as it was and as it is."""
    for change in changes:
        for row in (change.before, change.after):
            if row is not None:
                yield change.id, row


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
        rows = list(_versions(c for c in changes if touches(edge.fields, c.before, c.after)))
        subjects = self._follow(item.input.entity, item.subject_path, rows)
        dates = self._follow(item.input.entity, item.date_path, rows)
        self._add(compiled, item, zip(subjects, dates, strict=True))

    def subjects(self, metric: str, ids: Sequence[int]) -> None:
        """Subjects whose target, scope or dates changed: all their numbers."""
        if ids and measurements.mark_known(self.ctx.uow, metric, rev=self.rev, subjects=ids):
            self.metrics.add(metric)

    def far(self, edge: FarEdge, changes: Sequence[Change]) -> None:
        """Records that others reach: whatever goes through them."""
        own = [c for c in changes if touches(edge.fields, c.before, c.after)]
        ids, prefix = sorted({change.id for change in own}), edge.prefix
        for place, hop in reversed(list(enumerate(edge.hops))):
            at_end = not prefix and place == len(edge.hops) - 1
            if ids:
                ids = self._owners(hop, prefix, ids=ids, changed=own if at_end else ())
            prefix = hop.owner
        if not ids:
            return
        if edge.input_key is not None:
            self._counted(edge, prefix, ids=ids, changed=() if edge.hops else own)
            return
        subject = self.ctx.catalog.metrics[edge.metric].subject
        self.subjects(edge.metric, self._reaching(subject, prefix, ids))

    def _counted(
        self, edge: FarEdge, prefix: str, *, ids: Sequence[int], changed: Sequence[Change]
    ) -> None:
        """The numbers that the records behind `prefix` of an input count for."""
        compiled = self.ctx.catalog.compiled_metric(edge.metric)
        item = compiled.inputs[edge.input_key or ""]
        source = source_of(self.ctx, item.input.entity)
        through = prefix or "id"
        pairs = leaves.pairs_reached(self.ctx.uow, source, item, prefix=through, ids=ids)
        periods = self._add(compiled, item, pairs)
        if not changed:
            return
        periods |= self._periods_behind(compiled, item, prefix, changed)
        # whoever the records counted for before has a number in one of these periods
        if periods and measurements.mark_known(
            self.ctx.uow, edge.metric, rev=self.rev, periods=sorted(periods)
        ):
            self.metrics.add(edge.metric)

    def _periods_behind(
        self, compiled: CompiledMetric, item: CompiledInput, prefix: str, changed: Sequence[Change]
    ) -> set[int]:
        """The periods before and after, where the date itself is read behind `prefix`."""
        rest = item.date_path.removeprefix(f"{prefix}.")
        if rest == item.date_path:
            return set()
        days = self._follow(changed[0].entity, rest, list(_versions(changed)))
        return {period_of_date(self.ctx, compiled, item, at) for at in days if isinstance(at, int)}

    def _owners(
        self, hop: Hop, prefix: str, *, ids: Sequence[int], changed: Sequence[Change]
    ) -> list[int]:
        """The records whose rows are these, or reach these by `prefix`, now or before."""
        if changed and hop.by is not None:
            found = {row.get(hop.by) for _, row in _versions(changed)}
            return sorted(owner for owner in found if isinstance(owner, int))
        if changed:
            return parents_of(self.ctx.uow, self.ctx.tables[hop.entity], ids)
        rows = self._reaching(hop.entity, prefix, ids)
        source = source_of(self.ctx, hop.entity)
        return leaves.ends_of(self.ctx.uow, source, path=hop.by or "parent_id", ids=rows)

    def _reaching(self, entity: str, prefix: str, ids: Sequence[int]) -> Sequence[int]:
        """The records that reach these by a path; "" are the records themselves."""
        if not prefix or not ids:
            return ids
        source = source_of(self.ctx, entity)
        return leaves.ids_reaching(self.ctx.uow, source, prefix=prefix, ids=ids)

    def write(self) -> None:
        """Mark it all, and one waiting job per metric."""
        measurements.mark_dirty(self.ctx.uow, self.marks, rev=self.rev)
        for metric in sorted(self.metrics | {metric for metric, _, _ in self.marks}):
            put_measure_job(self.ctx, metric)

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
