"""All definitions in force at one revision, by full name, compiled on first use."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, TypeVar, cast

from builder.builtin import BUILT_IN_DEFINITIONS
from builder.compile import (
    compile_event_rule,
    compile_form,
    compile_metric,
    compile_now_rule,
    compile_period_rule,
    compile_role,
)
from builder.compiler import Compiler, entity_scope, words
from builder.errors import BrokenDefinitionError
from builder.fields import FIELD_TYPES
from builder.model.common import Definition
from builder.model.entity import Entity
from builder.model.entity import Field as EntityField
from builder.model.form import Form
from builder.model.metric import Metric
from builder.model.others import Calendar, Dashboard, Document, Flow, Pack, Role, Source
from builder.model.rule import EventRule, NowRule, PeriodRule, Rule
from dsl.formula import Compiled, Formula
from dsl.scope import RowScope, Symbol
from dsl.types import Number, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from builder.codec import AnyDefinition
    from builder.compiled import (
        CompiledForm,
        CompiledMetric,
        CompiledRole,
        CompiledRule,
    )
    from dsl import ir

MAX_TYPED = 1000  # filters typed by users are remembered, but not without end
T = TypeVar("T")
D = TypeVar("D", bound=Definition)


@dataclass(slots=True, eq=False)
class _Memory:
    """What has been compiled so far; guarded by one lock, since web threads share a catalog."""

    lock: RLock = field(default_factory=RLock)
    values: dict[tuple[object, ...], object] = field(default_factory=dict)
    busy: list[tuple[str, str]] = field(default_factory=list)  # computed fields being compiled
    cycles: set[tuple[tuple[str, str], ...]] = field(default_factory=set)
    typed: dict[tuple[object, ...], Compiled] = field(default_factory=dict)  # by users, bounded


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """A set of checked definitions. Look-ups raise KeyError for names that do not exist."""

    revision: int
    entities: Mapping[str, Entity]
    forms: Mapping[str, Form]
    flows: Mapping[str, Flow]
    rules: Mapping[str, Rule]
    metrics: Mapping[str, Metric]
    dashboards: Mapping[str, Dashboard]
    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    documents: Mapping[str, Document]
    calendars: Mapping[str, Calendar]
    packs: Mapping[str, Pack]
    _memory: _Memory = field(default_factory=_Memory, repr=False)

    @staticmethod
    def of(definitions: Iterable[AnyDefinition], *, revision: int) -> Catalog:
        """The catalog of these definitions and the built-in ones."""
        given: tuple[AnyDefinition, ...] = (*BUILT_IN_DEFINITIONS, *definitions)
        lists = (e for d in given if isinstance(d, Entity) for e in d.lists())
        every: tuple[AnyDefinition, ...] = (*given, *lists)
        rules = (d for d in every if isinstance(d, PeriodRule | EventRule | NowRule))
        return Catalog(
            revision=revision,
            entities=_only(every, Entity),
            forms=_only(every, Form),
            flows=_only(every, Flow),
            rules={rule.name: rule for rule in rules},
            metrics=_only(every, Metric),
            dashboards=_only(every, Dashboard),
            sources=_only(every, Source),
            roles=_only(every, Role),
            documents=_only(every, Document),
            calendars=_only(every, Calendar),
            packs=_only(every, Pack),
        )

    def definitions(self) -> tuple[AnyDefinition, ...]:
        """Everything that is not built in, by kind and name."""
        built_in = {id(definition) for definition in BUILT_IN_DEFINITIONS}
        groups: tuple[Mapping[str, AnyDefinition], ...] = (
            self.packs, self.entities, self.forms, self.flows, self.rules, self.metrics,
            self.dashboards, self.sources, self.roles, self.documents, self.calendars,
        )  # fmt: skip
        return tuple(
            group[name]
            for group in groups
            for name in sorted(group)
            if id(group[name]) not in built_in and not _is_implied(group[name])
        )

    # --- calendars ------------------------------------------------------------------------
    @property
    def calendar_names(self) -> Mapping[str, str]:
        """The full name of a calendar by each name a formula may call it."""
        return self.once(("calendar_names",), lambda: _names_of(self.calendars))

    # --- entities -------------------------------------------------------------------------
    def entity(self, name: str) -> Entity:
        """One entity by its full name."""
        return self.entities[name]

    def resolve(self, name: str, pack: str) -> str | None:
        """The full name a short reference means: same pack, then built-in, then as it stands."""
        known = (
            self.entities, self.forms, self.flows, self.rules, self.metrics, self.dashboards,
            self.sources, self.roles, self.documents, self.calendars,
        )  # fmt: skip
        for candidate in (f"{pack}.{name}", name):
            if any(candidate in group for group in known):
                return candidate
        return None

    def scope(self, entity_name: str) -> RowScope:
        """The names a row formula over that entity may use. Same object every time."""
        return self.once(("scope", entity_name), lambda: self._scope(self.entities[entity_name]))

    def field_type(self, entity_name: str, key: str) -> Type:
        """The formula type of a field; of a computed one, the type its formula yields."""
        wanted = self.entities[entity_name].field(key)
        if wanted is None:
            raise KeyError(f"{entity_name}.{key}")
        return self._type(entity_name, wanted)

    def computed_field(self, entity_name: str, key: str) -> Formula | None:
        """The formula of a computed field, over stored fields only; None for a stored field."""
        wanted = self.entities[entity_name].field(key)
        if wanted is None or wanted.formula is None:
            return None
        with self._memory.lock:
            return self._computed(entity_name, wanted)

    def computed_ir(self, entity_name: str, key: str) -> ir.Node | None:
        """The meaning of a computed field over stored fields only."""
        formula = self.computed_field(entity_name, key)
        return None if formula is None else formula.ir

    def row_formula(self, source: str, entity_name: str, *, expect: Type | None = None) -> Compiled:
        """Compile a formula over one record (a filter, say), computed fields written out."""

        def compile_row() -> Compiled:
            compiler = Compiler(self)
            formula = compiler.row(source, entity_name, pointer="", expect=expect)
            return Compiled(formula, tuple(compiler.diagnostics))

        key = (source, entity_name, expect)
        with self._memory.lock:
            typed = self._memory.typed
            if key not in typed:
                if len(typed) >= MAX_TYPED:
                    del typed[next(iter(typed))]
                typed[key] = compile_row()
            return typed[key]

    # --- compiled definitions -------------------------------------------------------------
    def compiled_metric(self, name: str) -> CompiledMetric:
        """A metric ready to be measured."""
        metric = self.metrics[name]
        return self._compiled("metric", name, lambda compiler: compile_metric(compiler, metric))

    def compiled_rule(self, name: str) -> CompiledRule:
        """A rule ready to be judged."""
        rule = self.rules[name]
        compiled = self._compiled("rule", name, lambda c: self._compile_rule(c, rule))
        return cast("CompiledRule", compiled)

    def compiled_form(self, name: str) -> CompiledForm:
        """A form ready to be filled in."""
        form = self.forms[name]
        return self._compiled("form", name, lambda compiler: compile_form(compiler, form))

    def compiled_role(self, name: str) -> CompiledRole:
        """A role with its row conditions."""
        role = self.roles[name]
        return self._compiled("role", name, lambda compiler: compile_role(compiler, role))

    # --- who depends on what --------------------------------------------------------------
    def metrics_reading(self, entity: str) -> tuple[tuple[str, str], ...]:
        """(metric, input) pairs whose records are of that entity."""
        return self._index("reading", self._reading).get(entity, ())

    def period_rules_on(self, metric: str) -> tuple[str, ...]:
        """Enabled period rules that judge the metric."""
        rules = [r for r in self.rules.values() if isinstance(r, PeriodRule) and r.enabled]
        return self._index("period", lambda: ((r.signal, r.name) for r in rules)).get(metric, ())

    def event_rules_on(self, entity: str) -> tuple[str, ...]:
        """Enabled event rules for which a new record of that entity matters, breakers included."""
        rules = [r for r in self.rules.values() if isinstance(r, EventRule) and r.enabled]
        pairs = {
            (log, rule.name): None
            for rule in rules
            for log in (rule.events, *(b.events for b in rule.quantifier.broken_by))
        }
        return self._index("event", lambda: pairs).get(entity, ())

    # --- inside ---------------------------------------------------------------------------
    def _reading(self) -> Iterable[tuple[str, tuple[str, str]]]:
        for metric in self.metrics.values():
            for item in metric.inputs:
                yield item.entity, (metric.name, item.key)

    def _compile_rule(self, compiler: Compiler, rule: Rule) -> CompiledRule | None:
        match rule:
            case PeriodRule(signal=signal):
                return compile_period_rule(compiler, rule, self.metrics[signal])
            case EventRule():
                return compile_event_rule(compiler, rule)
            case NowRule():
                return compile_now_rule(compiler, rule)

    def _index(
        self, what: str, pairs: Callable[[], Iterable[tuple[str, T]]]
    ) -> dict[str, tuple[T, ...]]:
        def build() -> dict[str, tuple[T, ...]]:
            found: dict[str, list[T]] = {}
            for key, value in pairs():
                found.setdefault(key, []).append(value)
            return {key: tuple(values) for key, values in found.items()}

        return self.once(("index", what), build)

    def _compiled(self, kind: str, name: str, build: Callable[[Compiler], T | None]) -> T:
        def once() -> T:
            compiler = Compiler(self)
            compiled = build(compiler)
            if compiled is None:
                raise BrokenDefinitionError(name, compiler.diagnostics)
            return compiled

        return self.once((kind, name), once)

    def once(self, key: tuple[object, ...], build: Callable[[], T]) -> T:
        """What follows from the definitions alone: worked out on first use and kept with them."""
        values = self._memory.values
        if key not in values:
            with self._memory.lock:
                if key not in values:
                    values[key] = build()
        return cast("T", values[key])

    def _scope(self, entity: Entity) -> RowScope:
        symbols = {field.key: self._symbol(entity.name, field) for field in entity.fields}
        return RowScope(symbols, entity_scope(self), calendars=self.calendar_names)

    def _symbol(self, entity: str, field: EntityField) -> Symbol:
        if field.formula is not None:
            return _ComputedSymbol(self, entity, field)
        kind = FIELD_TYPES[field.type].formula_type(field)
        return Symbol(field.key, kind, words(field.label), field.blank_as_zero)

    def _type(self, entity: str, field: EntityField) -> Type:
        if field.formula is not None:
            formula = self.computed_field(entity, field.key)
            if formula is not None:
                return formula.type
        return FIELD_TYPES[field.type].formula_type(field)

    def _computed(self, entity: str, field: EntityField) -> Formula | None:
        memory, me = self._memory, (entity, field.key)
        if me in memory.busy:
            memory.cycles.add((*memory.busy[memory.busy.index(me) :], me))
            return None
        key = ("computed", *me)
        if key not in memory.values:
            memory.busy.append(me)
            try:
                wanted = None if field.decimals is None else Number(field.decimals, field.unit)
                formula = Compiler(self).row(field.formula, entity, pointer="", expect=wanted)
            finally:
                memory.busy.pop()
            memory.values[key] = formula
        return cast("Formula | None", memory.values[key])

    def computed_cycles(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Computed fields that need themselves, as chains of (entity, field)."""
        for entity in self.entities.values():
            for item in entity.fields:
                self.computed_field(entity.name, item.key)
        return tuple(sorted(self._memory.cycles))


class _ComputedSymbol(Symbol):
    """A symbol whose type is worked out when a formula really uses it.

    Two computed fields may name each other's entity without naming each other, so types can not
    be known when the scope is made.
    """

    __slots__ = ("_catalog", "_entity")
    _catalog: Catalog
    _entity: str

    def __init__(self, catalog: Catalog, entity: str, field: EntityField) -> None:
        put = object.__setattr__  # the parent is frozen, and its `type` is ours to compute
        put(self, "key", field.key)
        put(self, "labels", words(field.label))
        put(self, "blank_as_zero", field.blank_as_zero)
        put(self, "_catalog", catalog)
        put(self, "_entity", entity)

    @property
    def type(self) -> Type:
        """The type the formula yields."""
        return self._catalog.field_type(self._entity, self.key)


def _only(definitions: Iterable[Definition], kind: type[D]) -> dict[str, D]:
    return {d.name: d for d in definitions if isinstance(d, kind)}


def _names_of(calendars: Mapping[str, Calendar]) -> dict[str, str]:
    """By full name, by label, and by the name without its pack; not by what two are called."""
    called: dict[str, set[str]] = {}
    for name, calendar in calendars.items():
        for other in (*words(calendar.label), name.rpartition(".")[2]):
            called.setdefault(other, set()).add(name)
    alone = {other: names.pop() for other, names in called.items() if len(names) == 1}
    return alone | {name: name for name in calendars}


def _is_implied(definition: AnyDefinition) -> bool:
    return isinstance(definition, Entity) and definition.implied
