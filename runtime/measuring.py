"""Compute numbers from records and store those that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.decide.calendars import calendar_of, last_closed, period_at, period_starts
from runtime.decide.metrics import Asked, Leaf, carried, compute, meaning_hashes, period_params
from runtime.decide.periods import first_day, period_of
from runtime.reading import source_of
from runtime.subjects import subject_facts
from store import leaves, measurements
from store.leaves import Grid, LeafQuery
from store.measurements import NewMeasurement, WrittenBy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from builder.compiled import CompiledInput, CompiledMetric
    from builder.model.metric import Metric
    from runtime.context import Context
    from runtime.decide.metrics import Computed
    from store.measurements import Pair

MAX_GRID = 4_000  # periods folded by one statement
PAIRS_AT_ONCE = 20_000


def measure(ctx: Context, metric: str) -> list[NewMeasurement]:
    """Bring the numbers that are out of date up to date; returns those that changed.

    Draws the change number first: nothing is committed between what is read and that number,
    so the records as known at it are exactly the ones that were counted.
    """
    ctx.uow.rev()
    pairs = measurements.take_dirty(ctx.uow, metric)
    compiled = ctx.catalog.compiled_metric(metric)
    if not pairs or compiled.metric.status == "draft":
        return []
    return store_numbers(ctx, compiled, _with_carried(ctx, compiled, pairs))


def measure_all(ctx: Context, metric: str) -> list[NewMeasurement]:
    """Compute every number of a metric from all records; returns those that changed."""
    ctx.uow.rev()
    measurements.take_dirty(ctx.uow, metric)
    compiled = ctx.catalog.compiled_metric(metric)
    if compiled.metric.status == "draft":
        return []
    pairs = measurements.known_pairs(ctx.uow, metric)
    spans = [_span(ctx, compiled, item) for item in compiled.inputs.values()]
    periods = [period for span in spans if span is not None for period in span]
    for item in compiled.inputs.values() if periods else ():
        for low, high in _slices(item, min(periods), max(periods)):
            query = leaf_query(ctx, compiled, item, periods=(low, high))
            pairs |= leaves.pairs_of(ctx.uow, query)
    return store_numbers(ctx, compiled, _with_carried(ctx, compiled, sorted(pairs)))


def carry_into(ctx: Context, metric: str, period: int) -> list[NewMeasurement]:
    """Give a closed period the carried numbers of those who have no record in it."""
    compiled = ctx.catalog.compiled_metric(metric)
    if not carries(compiled.metric):
        return []
    newest = measurements.newest_periods(ctx.uow, metric, before=period)
    missing = {(s, p) for s, last in newest.items() for p in range(last + 1, period + 1)}
    return store_numbers(ctx, compiled, missing)


def store_numbers(
    ctx: Context, compiled: CompiledMetric, pairs: Collection[Pair]
) -> list[NewMeasurement]:
    """Compute these numbers and store the ones that differ from those in force."""
    metric = compiled.metric.name
    by = WrittenBy(metric, ctx.catalog.revision, ctx.uow.rev(), ctx.now)
    changed: list[NewMeasurement] = []
    for part in _parts(pairs):
        known = set(measurements.current(ctx.uow, metric, part))
        numbers = [
            _new(ctx, pair, computed)
            for pair, computed in compute_pairs(ctx, compiled, part).items()
            if computed.says_something or pair in known
        ]
        changed += measurements.write(ctx.uow, numbers, by)
    return changed


def _parts(pairs: Collection[Pair]) -> Iterator[list[Pair]]:
    """The pairs in handy parts, all those of a subject in one part."""
    part: list[Pair] = []
    last: int | None = None
    for pair in sorted(pairs):
        if len(part) >= PAIRS_AT_ONCE and pair[0] != last:
            yield part
            part = []
        part.append(pair)
        last = pair[0]
    if part:
        yield part


def compute_pairs(
    ctx: Context, compiled: CompiledMetric, pairs: Collection[Pair], *, as_of: int | None = None
) -> dict[Pair, Computed]:
    """Compute the numbers of these subjects and periods, as known now or at `as_of`."""
    if not pairs:
        return {}
    periods = [period for _, period in pairs]
    subjects = sorted({subject for subject, _ in pairs})
    span = (min(periods), max(periods))
    found = fold_inputs(ctx, compiled, periods=span, subjects=subjects, as_of=as_of)
    facts = subject_facts(ctx, compiled, subjects, as_of=as_of)
    computed, hashes = {}, meaning_hashes(compiled)
    for subject, period in sorted(pairs):
        asked = Asked(
            period,
            {
                key: leaf
                for key, by_pair in found.items()
                if (leaf := by_pair.get((subject, period))) is not None
            },
            facts.rows.get(subject, {}),
            facts.measures(subject, period),
        )
        computed[subject, period] = compute(compiled, asked, ctx.params, hashes=hashes)
    return computed


# --- leaves -------------------------------------------------------------------------------------
def fold_inputs(
    ctx: Context,
    compiled: CompiledMetric,
    *,
    periods: tuple[int, int],
    subjects: Sequence[int] | None = None,
    as_of: int | None = None,
) -> dict[str, dict[Pair, Leaf]]:
    """The leaves of every input, by subject and period."""
    return {
        key: _fold_input(ctx, compiled, item, periods=periods, subjects=subjects, as_of=as_of)
        for key, item in compiled.inputs.items()
    }


def _fold_input(
    ctx: Context,
    compiled: CompiledMetric,
    item: CompiledInput,
    *,
    periods: tuple[int, int],
    subjects: Sequence[int] | None,
    as_of: int | None,
) -> dict[Pair, Leaf]:
    first, last = periods
    if item.input.carry:
        span = _span(ctx, compiled, item)
        first = first if span is None else min(first, span[0])
    found: dict[Pair, Leaf] = {}
    for low, high in _slices(item, first, last):
        query = leaf_query(ctx, compiled, item, periods=(low, high), subjects=subjects, as_of=as_of)
        for row in leaves.fold(ctx.uow, query):
            found[row.subject_id, row.period] = Leaf(
                item.input.agg,
                count=row.count,
                total=row.total,
                records=row.records,
                automatic=row.automatic,
            )
    return _carry(found, periods) if item.input.carry else found


def leaf_query(
    ctx: Context,
    compiled: CompiledMetric,
    item: CompiledInput,
    *,
    periods: tuple[int, int],
    subjects: Sequence[int] | None = None,
    as_of: int | None = None,
) -> LeafQuery:
    """Which records of an input belong to these periods and subjects."""
    source = source_of(ctx, item.input.entity, as_of=as_of)
    params = period_params(compiled.metric, periods[0], ctx.params)
    return LeafQuery(source, item, grid_of(ctx, compiled, item, periods), params, subjects)


def grid_of(
    ctx: Context, compiled: CompiledMetric, item: CompiledInput, periods: tuple[int, int]
) -> Grid:
    """Where the periods begin, in the unit of the input's date."""
    metric, (first, last) = compiled.metric, periods
    every = range(first, last + 2)
    if item.date_type == "date":
        return Grid(first, tuple(first_day(period, metric.grain) for period in every))
    calendar = calendar_of(ctx.catalog.calendars, metric.calendar)
    return Grid(first, tuple(period_starts(calendar, period, metric.grain) for period in every))


def period_of_date(ctx: Context, compiled: CompiledMetric, item: CompiledInput, at: int) -> int:
    """The period of one value of the input's date."""
    metric = compiled.metric
    if item.date_type == "date":
        return period_of(at, metric.grain)
    return period_at(calendar_of(ctx.catalog.calendars, metric.calendar), at, metric.grain)


def _slices(item: CompiledInput, first: int, last: int) -> Iterable[tuple[int, int]]:
    """Periods folded by one statement: single ones when a formula asks for the period itself."""
    needs = [f.needs for f in (item.where, item.value) if f is not None]
    by_period = any(need.params & {"period_start", "period_end"} for need in needs)
    step = 1 if by_period else MAX_GRID
    for low in range(first, last + 1, step):
        yield low, min(low + step - 1, last)


def _span(ctx: Context, compiled: CompiledMetric, item: CompiledInput) -> tuple[int, int] | None:
    """The first and the last period with a record of the input."""
    found = leaves.date_range(ctx.uow, source_of(ctx, item.input.entity), item)
    if found is None:
        return None
    low, high = (period_of_date(ctx, compiled, item, at) for at in found)
    return low, high


def _carry(found: Mapping[Pair, Leaf], periods: tuple[int, int]) -> dict[Pair, Leaf]:
    by_subject: dict[int, dict[int, Leaf]] = {}
    for (subject, period), leaf in found.items():
        by_subject.setdefault(subject, {})[period] = leaf
    filled: dict[Pair, Leaf] = {}
    for subject, of_subject in by_subject.items():
        for period in range(periods[0], periods[1] + 1):
            found_leaf = carried(of_subject, period)
            if found_leaf is not None:
                filled[subject, period] = found_leaf
    return filled


def carries(metric: Metric) -> bool:
    """Whether a period without records has a number all the same."""
    return any(item.carry for item in metric.inputs)


def _with_carried(
    ctx: Context, compiled: CompiledMetric, pairs: Sequence[Pair]
) -> Collection[Pair]:
    """The pairs, and the later periods their values are carried into."""
    if not carries(compiled.metric):
        return pairs
    metric = compiled.metric
    closed = last_closed(calendar_of(ctx.catalog.calendars, metric.calendar), ctx.now, metric.grain)
    first: dict[int, int] = {}
    for subject, period in pairs:
        first[subject] = min(period, first.get(subject, period))
    through = {(s, p) for s, since in first.items() for p in range(since, closed + 1)}
    return {*pairs, *through, *measurements.later_pairs(ctx.uow, metric.name, pairs)}


def _new(ctx: Context, pair: Pair, computed: Computed) -> NewMeasurement:
    return NewMeasurement(
        uid=ctx.new_uid(),
        subject_id=pair[0],
        period=pair[1],
        value=computed.value,
        target=computed.target,
        n=computed.n,
        reasons=computed.reasons,
        automatic_share=computed.automatic_share,
        leaves={key: leaf.as_json() for key, leaf in computed.leaves.items()},
        formula_version=computed.formula_version,
        formula_hash=computed.formula_hash,
    )
