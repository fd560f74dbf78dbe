"""Tell which numbers a change of a record puts out of date; no I/O."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from dsl.calendars import parameter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.catalog import Catalog
    from builder.compiled import CompiledInput, CompiledMetric
    from dsl.formula import Formula, Needs
    from dsl.types import Raw


@dataclass(frozen=True, slots=True)
class LeafEdge:
    """A record is counted by an input; `fields` are those of its own that matter."""

    metric: str
    input_key: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class SubjectEdge:
    """A record is the subject of a metric whose target, scope or dates read `fields` of it."""

    metric: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class FarEdge:
    """A record is reached by `prefix` from the records of an input, or from the subject (None)."""

    metric: str
    input_key: str | None
    prefix: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Edges:
    """The dependency graph of all metrics, by the entity of the changed record."""

    leaves: Mapping[str, tuple[LeafEdge, ...]] = field(default_factory=dict)
    subjects: Mapping[str, tuple[SubjectEdge, ...]] = field(default_factory=dict)
    far: Mapping[str, tuple[FarEdge, ...]] = field(default_factory=dict)

    def reads(self, entity: str) -> bool:
        """Whether any metric depends on records of that entity."""
        return entity in self.leaves or entity in self.subjects or entity in self.far


def input_paths(item: CompiledInput) -> tuple[str, ...]:
    """Every path an input reads of its records."""
    needs = [f.needs for f in (item.where, item.value) if f is not None]
    own = (item.subject_path, item.date_path, item.input.distinct or "")
    return (*(path for path in own if path), *_paths(needs))


def subject_paths(compiled: CompiledMetric) -> tuple[str, ...]:
    """Every path a metric reads of its subject: targets, bands, scope, dates."""
    formulas: list[Formula | None] = [compiled.scope]
    for version in compiled.versions:
        formulas += [version.target, *version.bands.values()]
    paths = _paths(f.needs for f in formulas if f is not None)
    own = [p.removeprefix("subject.") for p in paths if p not in {"value", "target", "subject"}]
    return (*own, *(compiled.metric.during or ()))


def _paths(needs: Iterable[Needs]) -> list[str]:
    found: dict[str, None] = {}
    for each in needs:
        found.update(dict.fromkeys((*each.paths, *each.rows)))
    return list(found)


@lru_cache(maxsize=4)
def edges_of(catalog: Catalog) -> Edges:
    """The dependency graph of a catalog; built once."""
    leaves: dict[str, list[LeafEdge]] = defaultdict(list)
    subjects: dict[str, list[SubjectEdge]] = defaultdict(list)
    far: dict[str, list[FarEdge]] = defaultdict(list)
    for name, metric in catalog.metrics.items():
        if metric.status == "draft":
            continue
        compiled = catalog.compiled_metric(name)
        paths = subject_paths(compiled)
        subjects[metric.subject].append(SubjectEdge(name, _first_segments(paths)))
        for entity, prefix, fields in _passed(catalog, metric.subject, paths):
            far[entity].append(FarEdge(name, None, prefix, fields))
        for key, item in compiled.inputs.items():
            paths = input_paths(item)
            leaves[item.input.entity].append(LeafEdge(name, key, _first_segments(paths)))
            for entity, prefix, fields in _passed(catalog, item.input.entity, paths):
                far[entity].append(FarEdge(name, key, prefix, fields))
    return Edges(
        {entity: tuple(found) for entity, found in leaves.items()},
        {entity: tuple(found) for entity, found in subjects.items()},
        {entity: tuple(found) for entity, found in far.items()},
    )


def metrics_counting_in(catalog: Catalog, calendar: str) -> list[str]:
    """The metrics whose periods or working days come from a calendar."""
    return [
        name
        for name, metric in catalog.metrics.items()
        if metric.status != "draft"
        and (metric.calendar == calendar or _counts_in(catalog.compiled_metric(name), calendar))
    ]


def _counts_in(compiled: CompiledMetric, calendar: str) -> bool:
    formulas: list[Formula | None] = [compiled.scope]
    for version in compiled.versions:
        formulas += [version.formula, version.target]
    for item in compiled.inputs.values():
        formulas += [item.where, item.value]
    return any(f is not None and parameter_of(calendar) in f.needs.params for f in formulas)


def _first_segments(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path.partition(".")[0] for path in paths)


def _passed(
    catalog: Catalog, start: str, paths: Iterable[str]
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(entity, prefix, fields read there) for every record a path goes through."""
    read: dict[tuple[str, str], set[str]] = {}
    for path in paths:
        here, segments = start, path.split(".")
        for place, segment in enumerate(segments[:-1]):
            entity = catalog.entities.get(here)
            step = None if entity is None else entity.field(segment)
            if step is None or step.entity is None:
                break
            here, prefix = step.entity, ".".join(segments[: place + 1])
            read.setdefault((here, prefix), set()).add(segments[place + 1])
    for (entity_name, prefix), fields in read.items():
        yield entity_name, prefix, frozenset(fields)


def touches(
    fields: frozenset[str], before: Mapping[str, Raw] | None, after: Mapping[str, Raw] | None
) -> bool:
    """Whether a change of a record changes any of these fields."""
    if before is None or after is None:
        return True
    return any(before.get(key) != after.get(key) for key in fields)


def owning_fields(catalog: Catalog, child: str) -> tuple[str, frozenset[str]] | None:
    """The entity that owns the rows of a child table, and the keys it calls them by."""
    entity = catalog.entities.get(child)
    owner = catalog.entities.get(entity.parent or "") if entity is not None else None
    if owner is None:
        return None
    keys = (f.key for f in owner.fields if f.owns_rows and f.rows == child)
    return owner.name, frozenset(keys)
