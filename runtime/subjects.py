"""Read what metrics ask of their subjects: for targets, scope and dates, and for bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsl.needs import Needs
from runtime.decide.metrics import band_of
from runtime.decide.periods import first_day, last_day
from store.conditions import Test
from store.query import Query, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.compiled import CompiledMetric, CompiledVersion
    from runtime.context import Context
    from store.measurements import Measured

    Rows = Mapping[int, Mapping[str, Any]]  # by subject; one that is not there is missing

READ_AT_ONCE = 5_000
SUBJECT = "subject."


@dataclass(frozen=True, slots=True)
class Pointing:
    """Records that point at a subject: of an entity, by a reference, with what is read of them."""

    entity: str
    by: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """What formulas read of a subject: of itself, and of records that point at it, by field."""

    own: tuple[str, ...]
    pointing: Mapping[str, Pointing]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a metric needs to know of its subjects."""

    compiled: CompiledMetric
    rows: Rows
    in_scope: frozenset[int]

    def measures(self, subject: int, period: int) -> bool:
        """Whether the subject is measured in a period: there, in scope, inside its dates."""
        if subject not in self.in_scope:
            return False
        metric = self.compiled.metric
        if metric.during is None:
            return True
        start, end = (self.rows[subject].get(key) for key in metric.during)
        begins_late = isinstance(start, int) and start > last_day(period, metric.grain)
        ended_before = isinstance(end, int) and end < first_day(period, metric.grain)
        return not (begins_late or ended_before)


def subject_facts(
    ctx: Context, compiled: CompiledMetric, subjects: Sequence[int], *, as_of: int | None = None
) -> Facts:
    """The subjects' fields that targets and dates read, and who is in scope."""
    targets = [version.target.needs for version in compiled.versions if version.target]
    rows = _rows(ctx, compiled, subjects, [Needs(compiled.metric.during or ()), *targets], as_of)
    in_scope = set(rows)
    for part in _chunks(subjects) if compiled.scope is not None else ():
        wanted = Query(compiled.metric.subject, where=compiled.scope, ids=part, as_of=as_of)
        in_scope -= set(part) - {int(row["id"]) for row in _read(ctx, wanted)}
    return Facts(compiled, rows, frozenset(in_scope))


# --- bands -------------------------------------------------------------------------------------
def bands(
    ctx: Context,
    compiled: CompiledMetric,
    found: Sequence[tuple[Measured, CompiledVersion | None]],
    *,
    as_of: int | None = None,
) -> list[str | None]:
    """The band of each number, by the version given and by its subject as it is, or was known."""
    versions = {
        version.version.start: version for _, version in found if version is not None
    }.values()
    needs = [_of_subject(band.needs) for each in versions for band in each.bands.values()]
    subjects = sorted({number.subject_id for number, _ in found})
    asks = any(each.paths or each.rows for each in needs)
    rows = _rows(ctx, compiled, subjects, needs, as_of) if asks else {}
    return [
        None
        if version is None
        else band_of(version, number.value, number.target, facts=rows.get(number.subject_id))
        for number, version in found
    ]


def _of_subject(needs: Needs) -> Needs:
    """What a condition over value, target and subject reads of the subject."""
    paths = tuple(p.removeprefix(SUBJECT) for p in needs.paths if p.startswith(SUBJECT))
    return Needs(paths, {path.removeprefix(SUBJECT): each for path, each in needs.rows.items()})


# --- reading -----------------------------------------------------------------------------------
def _rows(
    ctx: Context,
    compiled: CompiledMetric,
    subjects: Sequence[int],
    needs: Iterable[Needs],
    as_of: int | None,
) -> Rows:
    entity = compiled.metric.subject
    reads = _reads(ctx, entity, needs)
    rows: dict[int, Mapping[str, Any]] = {}
    for part in _chunks(subjects):
        beside = {key: _rows_of(ctx, p, part, as_of=as_of) for key, p in reads.pointing.items()}
        for row in _read(ctx, Query(entity, reads.own, ids=part, as_of=as_of)):
            id_ = int(row["id"])
            rows[id_] = {**row, **{key: found.get(id_, []) for key, found in beside.items()}}
    return rows


def _reads(ctx: Context, subject: str, needs: Iterable[Needs]) -> Reads:
    """Each thing read goes one of two ways: with the subject, or by what points at it."""
    entity = ctx.catalog.entity(subject)
    own: dict[str, None] = {}
    pointing: dict[str, Pointing] = {}
    for each in needs:
        own |= dict.fromkeys(each.paths)
        for key, inner in each.rows.items():
            item = entity.field(key)
            if item is None or item.type != "incoming":
                own[key] = None
                continue
            known = pointing[key].paths if key in pointing else ()
            paths = tuple(dict.fromkeys((*known, *inner.paths, *inner.rows)))
            pointing[key] = Pointing(item.entity or "", item.by or "", paths)
    return Reads(tuple(own), pointing)


def _rows_of(
    ctx: Context, pointing: Pointing, subjects: Sequence[int], *, as_of: int | None
) -> dict[int, list[Mapping[str, Any]]]:
    """The records that point at each of these, in order of id."""
    by = pointing.by
    select = tuple(dict.fromkeys((*pointing.paths, by)))
    match = Test(by, "in", tuple(subjects))
    found: dict[int, list[Mapping[str, Any]]] = {}
    rows = _read(ctx, Query(pointing.entity, select, match=match, as_of=as_of))
    for row in sorted(rows, key=lambda each: int(each["id"])):
        found.setdefault(int(row[by]), []).append(row)
    return found


def _read(ctx: Context, query: Query) -> list[dict[str, Any]]:
    page = read(
        ctx.uow,
        ctx.as_system.scope,
        query,
        tables=ctx.tables,
        catalog=ctx.catalog,
        params=ctx.params,
    )
    return list(page.rows)


def _chunks(subjects: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(subjects), READ_AT_ONCE):
        yield subjects[start : start + READ_AT_ONCE]
