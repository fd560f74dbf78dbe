"""Compile formulas against a catalog; every failure is a Diagnostic with its pointer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from builder.codes import hint
from builder.inline import Lookup, inline
from builder.paths import Missing, Reached, follow
from dsl.calendars import OFFICE
from dsl.diagnostics import LANGUAGES, Diagnostic, Span
from dsl.formula import Compiled, Formula, compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import MEASUREMENT_SCALE, Boolean, Number, Reference, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.common import Grain, Labels
    from builder.model.entity import Entity
    from dsl import ir

MEASURED = Number(MEASUREMENT_SCALE)
TRUTH = Boolean()
COMPARISONS = ("<", ">", "=", "≤", "≥", "≠", "＜", "＞", "＝", "!")
VALUE = "value "


class Scopes(Protocol):
    """What compiling needs of a catalog."""

    @property
    def entities(self) -> Mapping[str, Entity]:
        """All entities by full name."""
        ...

    def scope(self, entity_name: str) -> RowScope:
        """The names a row formula over that entity may use."""
        ...

    @property
    def calendar_names(self) -> Mapping[str, str]:
        """The full name of a calendar by each name a formula may call it."""
        ...

    def computed_ir(self, entity_name: str, key: str) -> ir.Node | None:
        """The meaning of a computed field over stored fields only."""
        ...


def words(labels: Labels) -> tuple[str, ...]:
    """The labels a user may type, each once."""
    ordered = (labels[language] for language in LANGUAGES if language in labels)
    return tuple(dict.fromkeys(ordered))


NO_PAST: frozenset[str] = frozenset()
PAST = frozenset({"value", "target"})


def judge_scope(
    scopes: Scopes, subject: str, *, grain: Grain | None = None, calendar: str = OFFICE
) -> RowScope:
    """What enter, exit and bands read: value, target, and the subject with its fields.

    The conditions of a rule know the `grain` of its periods and see earlier ones; bands do not.
    """
    symbols = (
        Symbol("value", MEASURED, ("实际值", "value")),
        Symbol("target", MEASURED, ("目标值", "target")),
        Symbol("subject", Reference(subject, nullable=False), ("对象", "subject")),
    )
    past = PAST if grain else NO_PAST
    known = {s.key: s for s in symbols}
    return RowScope(known, entity_scope(scopes), past, grain, scopes.calendar_names, calendar)


def card_scope(scopes: Scopes, entity: str, *, event: str | None, subject: str) -> RowScope:
    """What the `where` of a card step reads: its records, and what raised the card."""
    symbols = dict(scopes.scope(entity).symbols)
    for key, target in (("event", event), ("subject", subject)):
        if target is not None:
            symbols[key] = Symbol(key, Reference(target, nullable=False))
    return replace(scopes.scope(entity), symbols=symbols)


class entity_scope:  # noqa: N801 - reads as a function: entity name -> scope
    """The scope behind a reference, None for an entity that does not exist."""

    __slots__ = ("_scopes",)

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes

    def __call__(self, name: str) -> RowScope | None:
        """The scope of one entity."""
        return self._scopes.scope(name) if name in self._scopes.entities else None


class Compiler:
    """Compiles the formulas of one definition and collects what is wrong with them.

    `calendar` counts in them where they name none.
    """

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.calendar = OFFICE
        self.diagnostics: list[Diagnostic] = []

    @property
    def failed(self) -> bool:
        """Something is wrong enough to refuse the definition."""
        return any(d.severity == "error" for d in self.diagnostics)

    def add(self, code: str, pointer: str, **args: str) -> None:
        """Note a problem."""
        self.diagnostics.append(Diagnostic(code, args, pointer=pointer))

    def row(
        self, source: str | None, entity: str, *, pointer: str, expect: Type | None
    ) -> Formula | None:
        """A formula over one record of an entity; None for no source."""
        if source is None or entity not in self.scopes.entities:
            return None
        scope = self.scopes.scope(entity)
        if scope.calendar != self.calendar:
            scope = replace(scope, calendar=self.calendar)
        formula = self.formula(source, scope, pointer=pointer, expect=expect)
        return None if formula is None else self._inlined(formula, {"": entity})

    def judged(
        self, source: str, subject: str, *, pointer: str, grain: Grain | None = None
    ) -> Formula | None:
        """A condition over value, target and subject, and earlier periods if there is a grain."""
        scope = judge_scope(self.scopes, subject, grain=grain, calendar=self.calendar)
        formula = self.formula(source, scope, pointer=pointer, expect=TRUTH)
        return None if formula is None else self._inlined(formula, {"subject": subject})

    def band(self, tail: str, subject: str, *, pointer: str) -> Formula | None:
        """A band: a condition, or only its tail (`< 0.7`) about the value."""
        if not tail.lstrip().startswith(COMPARISONS):
            return self.judged(tail, subject, pointer=pointer)
        before = len(self.diagnostics)
        formula = self.judged(VALUE + tail, subject, pointer=pointer)
        shifted = [_shifted(d, len(VALUE)) for d in self.diagnostics[before:]]
        self.diagnostics[before:] = shifted
        return formula

    def card_filter(
        self, source: str, entity: str, *, event: str | None, subject: str, pointer: str
    ) -> Formula | None:
        """The `where` of a card step."""
        scope = card_scope(self.scopes, entity, event=event, subject=subject)
        formula = self.formula(source, scope, pointer=pointer, expect=TRUTH)
        if formula is None:
            return None
        roots = {"": entity, "subject": subject} | ({} if event is None else {"event": event})
        return self._inlined(formula, roots)

    def choosing(
        self, source: str, target: str, *, form: str, row: str | None, pointer: str
    ) -> Formula | None:
        """Which records of the target may be chosen on a form, or in a row of its child table."""
        roots = {"form": form} | ({} if row is None else {"row": row})
        scope = self.scopes.scope(target)
        names = {key: Symbol(key, Reference(entity)) for key, entity in roots.items()}
        scope = replace(scope, symbols={**scope.symbols, **names})
        formula = self.formula(source, scope, pointer=pointer, expect=TRUTH)
        if formula is None:
            return None
        for path in formula.needs.rows:
            if path.partition(".")[0] in roots:
                self.add("BLD436", pointer, name=path)
        return self._inlined(formula, {"": target, **roots})

    def formula(
        self, source: str, scope: RowScope, *, pointer: str, expect: Type | None
    ) -> Formula | None:
        """A formula over any scope."""
        compiled: Compiled = compile_formula(source, scope, expect=expect)
        self.diagnostics += [d.at(pointer=pointer) for d in compiled.diagnostics]
        return compiled.formula

    def end(self, entity: str, path: str, *, pointer: str) -> Reached | None:
        """Where a path leads; notes where it breaks."""
        if entity not in self.scopes.entities:
            return None  # the unknown entity is reported where it is named
        match follow(self.scopes.entities, entity, path):
            case Missing(entity=where, segment=segment, guess=guess):
                self.add("BLD203", pointer, entity=where, name=segment, hint=hint(guess))
                return None
            case reached:
                return reached

    def written_out(self, formula: Formula, roots: Mapping[str, str]) -> Formula:
        """The formula over stored fields only; `roots` are the entities its paths start from."""
        return self._inlined(formula, roots)

    def _inlined(self, formula: Formula, roots: Mapping[str, str]) -> Formula:
        return inline(
            formula, self._lookup(roots), lookup_child=lambda rows: self._child(roots, rows)
        )

    def _child(self, roots: Mapping[str, str], rows: str) -> Lookup:
        start, path = _root(roots, rows)
        reached = follow(self.scopes.entities, start, path)
        field = reached.field if isinstance(reached, Reached) else None
        return self._lookup({"": (field.rows if field else None) or ""})

    def _lookup(self, roots: Mapping[str, str]) -> Lookup:
        def computed(path: str) -> ir.Node | None:
            start, rest = _root(roots, path)
            if start not in self.scopes.entities:
                return None
            owner_path, _, key = rest.rpartition(".")
            owner = follow(self.scopes.entities, start, owner_path)
            entity = None if isinstance(owner, Missing) else owner.entity
            if entity is None or entity not in self.scopes.entities:
                return None
            return self.scopes.computed_ir(entity, key)

        return computed


def _root(roots: Mapping[str, str], path: str) -> tuple[str, str]:
    """The entity a path starts from and the rest of the path."""
    first, _, rest = path.partition(".")
    if first and first in roots:
        return roots[first], rest
    return roots.get("", ""), path


def _shifted(diagnostic: Diagnostic, by: int) -> Diagnostic:
    span = diagnostic.span
    if span is None:
        return diagnostic
    moved = Span(max(span.start - by, 0), max(span.end - by, 0))
    return Diagnostic(
        diagnostic.code,
        diagnostic.args,
        moved,
        diagnostic.pointer,
        diagnostic.file,
        diagnostic.severity,
    )
