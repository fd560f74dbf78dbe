"""Mark the numbers that changes of records put out of date, and have them measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.decide.dependencies import edges_of, touches
from runtime.measuring import period_of_date
from runtime.reaching import touched, versions
from runtime.reading import source_of
from store import jobs, leaves, measurements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.compiled import CompiledInput, CompiledMetric
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.dependencies import FarEdge, LeafEdge
    from runtime.reaching import Reach
    from store.record_changes import Change

Mark = tuple[str, int, int]  # metric, subject, period


def mark(reach: Reach, by_entity: Mapping[str, Sequence[Change]], rev: int) -> None:
    """Mark what is out of date, and ask for one measurement of each metric."""
    edges = edges_of(reach.ctx.catalog)
    marker = _Marker(reach.ctx, reach, rev, set(), set())
    for entity, changes in by_entity.items():
        for leaf in edges.leaves.get(entity, ()):
            marker.leaf(leaf, changes)
        for subject in edges.subjects.get(entity, ()):
            marker.subjects(subject.metric, touched(subject.fields, changes))
        for far in edges.far.get(entity, ()):
            marker.far(far, changes)
    marker.write()


@dataclass(frozen=True, slots=True)
class _Marker:
    """Collects what is out of date, then marks it and has it measured."""

    ctx: Context
    reach: Reach
    rev: int
    marks: set[Mark]
    metrics: set[str]

    def leaf(self, edge: LeafEdge, changes: Sequence[Change]) -> None:
        """Records of an input: where they counted before and where they count now."""
        compiled = self.ctx.catalog.compiled_metric(edge.metric)
        item = compiled.inputs[edge.input_key]
        rows = list(versions(c for c in changes if touches(edge.fields, c.before, c.after)))
        subjects = self.reach.follow(item.input.entity, item.subject_path, rows)
        dates = self.reach.follow(item.input.entity, item.date_path, rows)
        self._add(compiled, item, zip(subjects, dates, strict=True))

    def subjects(self, metric: str, ids: Sequence[int]) -> None:
        """Subjects whose target, scope or dates changed: all their numbers."""
        if ids and measurements.mark_known(self.ctx.uow, metric, rev=self.rev, subjects=ids):
            self.metrics.add(metric)

    def far(self, edge: FarEdge, changes: Sequence[Change]) -> None:
        """Records that others reach: whatever goes through them."""
        prefix, ids = self.reach.owners(edge, changes)
        if not ids:
            return
        if edge.input_key is not None:
            self._counted(edge, prefix, ids=ids, changed=() if edge.hops else changes)
            return
        subject = self.ctx.catalog.metrics[edge.metric].subject
        self.subjects(edge.metric, self.reach.reaching(subject, prefix, ids))

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
        days = self.reach.follow(changed[0].entity, rest, list(versions(changed)))
        return {period_of_date(self.ctx, compiled, item, at) for at in days if isinstance(at, int)}

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
