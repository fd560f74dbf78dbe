"""Tell which numbers and which judgements a change of a record puts out of date; no I/O."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from builder.compiled import CompiledNowRule
from builder.diff import RetypeField
from builder.errors import BrokenDefinitionError
from builder.model.rule import NowRule
from builder.paths import Reached, follow
from dsl.calendars import parameter_of
from dsl.needs import Needs
from runtime.decide.metrics import meaning_hashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.catalog import Catalog
    from builder.compiled import CompiledInput, CompiledMetric
    from builder.diff import Plan
    from builder.model.rule import Rule
    from dsl.formula import Formula
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
class Hop:
    """From records to the rows behind the record at `owner`; "" is the record itself.

    The rows are of `entity` and point back `by` a reference; without one they are owned.
    """

    owner: str
    entity: str
    by: str | None


@dataclass(frozen=True, slots=True)
class FarEdge:
    """A record is reached from the records of an input, or from the subject (None).

    The way goes through the rows of `hops`, the first one nearest, and then by `prefix`; ""
    ends at such a row itself.
    """

    metric: str
    input_key: str | None
    prefix: str
    fields: frozenset[str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleEdge:
    """A record is judged by a now rule (no way), or reached from records that are."""

    rule: str
    prefix: str
    fields: frozenset[str]
    hops: tuple[Hop, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether the changed record itself is judged."""
        return not self.prefix and not self.hops


@dataclass(frozen=True, slots=True)
class Edges:
    """The dependency graph of metrics and now rules, by the entity of the changed record."""

    leaves: Mapping[str, tuple[LeafEdge, ...]] = field(default_factory=dict)
    subjects: Mapping[str, tuple[SubjectEdge, ...]] = field(default_factory=dict)
    far: Mapping[str, tuple[FarEdge, ...]] = field(default_factory=dict)
    rules: Mapping[str, tuple[RuleEdge, ...]] = field(default_factory=dict)

    def reads(self, entity: str) -> bool:
        """Whether any metric depends on records of that entity."""
        return entity in self.leaves or entity in self.subjects or entity in self.far


def input_paths(item: CompiledInput) -> tuple[str, ...]:
    """Every path an input reads of its records."""
    return _paths(_input_needs(item))


def _input_needs(item: CompiledInput) -> list[Needs]:
    own = (item.subject_path, item.date_path, item.input.distinct or "")
    read = [f.needs for f in (item.where, item.value) if f is not None]
    return [Needs(tuple(path for path in own if path)), *read]


def _subject_needs(compiled: CompiledMetric) -> list[Needs]:
    """What a metric reads of its subject: targets, scope, dates; bands are asked when shown."""
    formulas = [compiled.scope, *(version.target for version in compiled.versions)]
    read = [f.needs for f in formulas if f is not None]
    return [*read, Needs(compiled.metric.during or ())]


def _paths(needs: Iterable[Needs]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for each in needs for path in (*each.paths, *each.rows)))


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
        roots: list[tuple[str | None, str, list[Needs]]] = [
            (None, metric.subject, _subject_needs(compiled)),
            *((key, i.input.entity, _input_needs(i)) for key, i in compiled.inputs.items()),
        ]
        for key, entity, read in roots:
            needs = [_stored(catalog, entity, each) for each in read]
            fields = _first_segments(_paths(needs))
            if key is None:
                subjects[entity].append(SubjectEdge(name, fields))
            else:
                leaves[entity].append(LeafEdge(name, key, fields))
            for reached in _reached(catalog, entity, needs):
                edge = FarEdge(name, key, reached.prefix, reached.fields, reached.hops)
                far[reached.entity].append(edge)
    return Edges(
        {entity: tuple(found) for entity, found in leaves.items()},
        {entity: tuple(found) for entity, found in subjects.items()},
        {entity: tuple(found) for entity, found in far.items()},
        _rule_edges(catalog),
    )


def _rule_edges(catalog: Catalog) -> dict[str, tuple[RuleEdge, ...]]:
    """By entity: the now rules that read its records, their own and those on the way."""
    found: dict[str, list[RuleEdge]] = defaultdict(list)
    for name, rule in catalog.rules.items():
        compiled = catalog.compiled_rule(name) if _is_now(rule) else None
        if not isinstance(compiled, CompiledNowRule):
            continue
        entity, read = compiled.rule.entity, [compiled.enter.needs, compiled.exit.needs]
        needs = [_stored(catalog, entity, each) for each in read]
        own = _first_segments(_paths(needs))
        if any(each.params for each in read):  # the time is not seen to change: any change asks
            own |= {item.key for item in catalog.entity(entity).fields}
        found[entity].append(RuleEdge(name, "", own))
        for reached in _reached(catalog, entity, needs):
            edge = RuleEdge(name, reached.prefix, reached.fields, reached.hops)
            found[reached.entity].append(edge)
    return {entity: tuple(edges) for entity, edges in found.items()}


def _is_now(rule: Rule) -> bool:
    return isinstance(rule, NowRule) and rule.enabled


def _stored(catalog: Catalog, start: str, needs: Needs) -> Needs:
    """The same over stored fields: what a filter reads of `this` may still be computed."""
    paths, rows = dict.fromkeys(needs.paths), dict(needs.rows)
    for path in needs.paths:
        computed = _computed(catalog, start, path)
        if computed is None:
            continue
        owner, dot, _ = path.rpartition(".")
        del paths[path]
        paths |= dict.fromkeys(owner + dot + each for each in computed.paths)
        for behind, inner in computed.rows.items():
            rows[owner + dot + behind] = _both(rows.get(owner + dot + behind), inner)
    below = {path: (follow(catalog.entities, start, path), inner) for path, inner in rows.items()}
    return Needs(
        tuple(paths),
        {
            path: _stored(catalog, reached.field.rows, inner)
            for path, (reached, inner) in below.items()
            if isinstance(reached, Reached) and reached.field and reached.field.rows
        },
    )


def _computed(catalog: Catalog, start: str, path: str) -> Needs | None:
    owner, _, key = path.rpartition(".")
    reached = follow(catalog.entities, start, owner)
    entity = catalog.entities.get(reached.entity or "") if isinstance(reached, Reached) else None
    if entity is None or entity.field(key) is None:
        return None
    formula = catalog.computed_field(entity.name, key)
    return None if formula is None else formula.needs


def _both(one: Needs | None, other: Needs) -> Needs:
    if one is None:
        return other
    rows = dict(one.rows)
    for path, inner in other.rows.items():
        rows[path] = _both(rows.get(path), inner)
    return Needs((*one.paths, *other.paths), rows)


def metrics_changed(before: Catalog, after: Catalog, plan: Plan) -> list[str]:
    """The metrics whose numbers a publication puts out of date.

    They are new or other themselves, or something they read is: a computed field with another
    formula, a field that is stored another way.
    """
    own = {name for kind, name in (*plan.added, *plan.changed) if kind == "metric"}
    below = any(kind == "entity" for kind, _ in plan.changed)
    retyped = [(s.entity, s.after.key) for s in plan.steps if isinstance(s, RetypeField)]
    reading = {name for entity, key in retyped for name in _reading(after, entity, key)}
    return [
        name
        for name, metric in after.metrics.items()
        if metric.status != "draft"
        and (name in own or name in reading or (below and _means_another(before, after, name)))
    ]


def _means_another(before: Catalog, after: Catalog, metric: str) -> bool:
    """Whether the formulas of a metric say something else, computed fields written out."""
    try:
        was = meaning_hashes(before.compiled_metric(metric))
    except BrokenDefinitionError:  # it could not be measured until now
        return True
    return was != meaning_hashes(after.compiled_metric(metric))


def _reading(catalog: Catalog, entity: str, key: str) -> Iterator[str]:
    edges = edges_of(catalog)
    for group in (edges.leaves, edges.subjects, edges.far):
        for edge in group.get(entity, ()):
            if key in edge.fields:
                yield edge.metric


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


@dataclass(frozen=True, slots=True)
class _Reached:
    """Records of an entity that formulas come by, and what they read there."""

    entity: str
    prefix: str
    fields: frozenset[str]
    hops: tuple[Hop, ...]


def _reached(
    catalog: Catalog, start: str, needs: Iterable[Needs], hops: tuple[Hop, ...] = ()
) -> Iterator[_Reached]:
    """Every record that formulas over records of `start` come by on their way."""
    needs = tuple(needs)
    for (entity, prefix), fields in _passed(catalog, start, _paths(needs)).items():
        yield _Reached(entity, prefix, frozenset(fields), hops)
    behind: dict[Hop, list[Needs]] = defaultdict(list)
    for path, inner in (item for each in needs for item in each.rows.items()):
        reached = follow(catalog.entities, start, path)
        item = reached.field if isinstance(reached, Reached) else None
        if item is not None and item.rows is not None:
            behind[Hop(path.rpartition(".")[0], item.rows, item.by)].append(inner)
    for hop, inside in behind.items():
        way = (*hops, hop)
        own = _first_segments(_paths(inside)) | ({hop.by} if hop.by else frozenset())
        yield _Reached(hop.entity, "", own, way)
        yield from _reached(catalog, hop.entity, inside, way)


def _passed(catalog: Catalog, start: str, paths: Iterable[str]) -> dict[tuple[str, str], set[str]]:
    """By (entity, prefix) the fields read there, for every record a path goes through."""
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
    return read


def touches(
    fields: frozenset[str], before: Mapping[str, Raw] | None, after: Mapping[str, Raw] | None
) -> bool:
    """Whether a change of a record changes any of these fields."""
    if before is None or after is None:
        return True
    return any(before.get(key) != after.get(key) for key in fields)
