"""Decide what a submitted form becomes: what is shown, dropped, missing or wrong; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.model.entity import VALUE
from builder.model.form import Box, Control
from dsl.backends.python import Params, program
from dsl.diagnostics import Diagnostic
from dsl.types import Raw

if TYPE_CHECKING:
    from builder.compiled import CompiledForm
    from builder.model.common import Labels
    from builder.model.entity import Field
    from builder.model.form import Consequence, Form
    from dsl.formula import Formula

Cell = Raw | Sequence[Mapping[str, Raw]]
Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class FieldState:
    """How one field of the form stands under its rules."""

    visible: bool = True
    required: bool = False
    read_only: bool = False
    offered: frozenset[str] | None = None  # the only options to choose from; None: all


_FREE, _ASKED = FieldState(), FieldState(required=True)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is to be stored and what is wrong with it."""

    values: Cells
    states: Mapping[str, FieldState]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a record becomes, before anybody asks whether that is right."""

    values: Cells
    states: Mapping[str, FieldState]
    rows: Mapping[str, Sequence[Filled]]  # of its child tables
    row: Cells  # with everything a formula may name


def pointer_to(*path: str | int) -> str:
    """The JSON pointer of a value in a submission."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in ("values", *path))
    return "/" + "/".join(parts)


def controls(form: Form) -> tuple[str, ...]:
    """The fields that stand on the form, in order of reading."""

    def walk(nodes: Sequence[Box | Control]) -> Iterator[str]:
        for node in nodes:
            match node:
                case Control(field=key):
                    yield key
                case Box(children=children):
                    yield from walk(children)

    return tuple(dict.fromkeys(walk(form.layout)))


def with_defaults(compiled: CompiledForm, values: Cells, *, facts: Cells, params: Params) -> Cells:
    """What each field with a default holds when nothing is sent for it."""
    found: dict[str, Cell] = {}
    for key, formula in compiled.defaults.items():
        value = evaluate(formula, {**facts, **found, **values}, params)
        if value is not None:
            found[key] = value
    return found


def fill(
    compiled: CompiledForm, values: Cells, *, defaults: Cells, facts: Cells, params: Params
) -> Filled:
    """Apply the form's rules to what was sent; a hidden field is neither required nor trusted."""
    settled = settle(compiled, values, defaults=defaults, facts=facts, params=params)
    problems = judged(compiled, settled, fields=compiled.entity.fields, params=params)
    return Filled(settled.values, settled.states, tuple(problems))


def settle(
    compiled: CompiledForm, values: Cells, *, defaults: Cells, facts: Cells, params: Params
) -> Settled:
    """What stays of what was sent: nothing hidden, and the defaults where nobody may write."""
    rows = {
        key: _fill_rows(sub, values.get(key), facts.get(key), params)
        for key, sub in compiled.rows.items()
        if key in values
    }
    values = {
        **values,
        **{key: [plain_cells(each.values) for each in found] for key, found in rows.items()},
    }
    facts = {**facts, **_row_facts(facts, values, rows)}
    kept, states, row = _settle(compiled, {**defaults, **values}, defaults, (facts, params))
    return Settled(kept, states, rows, row)


def judged(
    compiled: CompiledForm, settled: Settled, *, fields: Sequence[Field], params: Params
) -> Iterator[Diagnostic]:
    """What is wrong: at these fields, in the rows of the form's child tables, by its checks."""
    kept, states = settled.values, settled.states
    rows = {key: found for key, found in settled.rows.items() if key in compiled.rows}
    yield from _missing(fields, kept, states)
    yield from _not_offered(fields, kept, states)
    yield from _wrong_rows(rows, kept)
    yield from _failed_checks(compiled, settled.row, states, params)


def _fill_rows(compiled: CompiledForm, rows: Cell, facts: Cell, params: Params) -> list[Filled]:
    """Each row of a child table, judged by itself."""
    behind = list(rows_of(facts)) or [{} for _ in rows_of(rows)]
    found = []
    for row, known in zip(rows_of(rows), behind, strict=True):
        defaults = with_defaults(compiled, row, facts=known, params=params)
        found.append(fill(compiled, row, defaults=defaults, facts=known, params=params))
    return found


def _row_facts(facts: Cells, values: Cells, rows: Mapping[str, Sequence[Filled]]) -> Cells:
    """The facts named like child tables: what is behind references, and the rows as they became."""
    return {
        key: [
            {
                **{path: fact for path, fact in known.items() if "." in path},
                **plain_cells(each.values),
            }
            for known, each in zip(rows_of(facts[key]), rows[key], strict=True)
        ]
        for key in rows
        if key in facts and values.get(key)
    }


def plain_cells(cells: Cells) -> dict[str, Raw]:
    """The cells of a child row, which has no rows of its own."""
    return {k: v for k, v in cells.items() if v is None or isinstance(v, str | int)}


def _wrong_rows(rows: Mapping[str, Sequence[Filled]], kept: Cells) -> Iterator[Diagnostic]:
    for key, found in rows.items():
        for number, each in enumerate(found if kept.get(key) else ()):
            for problem in each.problems:
                inside = (problem.pointer or "").removeprefix("/values")
                yield replace(problem, pointer=pointer_to(key, number) + inside)


def _not_offered(
    fields: Sequence[Field], values: Cells, states: Mapping[str, FieldState]
) -> Iterator[Diagnostic]:
    for field in fields:
        offered, value = states[field.key].offered, values.get(field.key)
        if offered is None or value is None:
            continue
        chosen = [value] if isinstance(value, str | int) else [row[VALUE] for row in value]
        if not offered.issuperset(chosen):
            yield Diagnostic("RUN111", named(field), pointer=pointer_to(field.key))


def complete_row(compiled: CompiledForm, values: Cells, *, facts: Cells, params: Params) -> Cells:
    """The values with everything a formula may name: facts by path and computed fields.

    A fact named like a child table is its rows again, with what lies behind their references.
    """
    row: dict[str, Cell] = {field.key: None for field in compiled.entity.fields}
    row.update(values)
    row.update({path: fact for path, fact in facts.items() if _is_known(path, values)})
    for key, formula in compiled.computed.items():
        row[key] = evaluate(formula, row, params)
    return row


def evaluate(formula: Formula, row: Cells, params: Params) -> Raw:
    """The value of a formula on a row in which missing names are null."""
    known: dict[str, Cell] = {path: row.get(path) for path in formula.needs.paths}
    for path, needs in formula.needs.rows.items():
        known[path] = [
            {key: child.get(key) for key in needs.paths} for child in rows_of(row.get(path))
        ]
    return program(formula).evaluate(known, params).value


def rows_of(cell: Cell) -> Sequence[Mapping[str, Raw]]:
    """The rows of a child table; none for anything else."""
    return () if cell is None or isinstance(cell, str | int) else cell


def _is_known(path: str, values: Cells) -> bool:
    """Facts hang on the reference they were read through; without it they are null."""
    return values.get(path.partition(".")[0]) is not None


def _settle(
    compiled: CompiledForm, sent: Cells, defaults: Cells, given: tuple[Cells, Params]
) -> tuple[dict[str, Cell], Mapping[str, FieldState], Cells]:
    """Drop hidden values until nothing changes; what was hidden once stays hidden."""
    facts, params = given
    kept = dict(sent)
    hidden: set[str] = set()
    while True:
        row = complete_row(compiled, kept, facts=facts, params=params)
        states = _states(compiled, row, params)
        newly = {key for key, state in states.items() if not state.visible} - hidden
        locked = {
            key
            for key, state in states.items()
            if state.read_only and key not in hidden | newly and kept.get(key) != defaults.get(key)
        }
        if not newly and not locked:
            return kept, {**states, **dict.fromkeys(hidden, FieldState(visible=False))}, row
        hidden |= newly
        kept = {key: value for key, value in kept.items() if key not in hidden | locked}
        kept.update({key: defaults[key] for key in locked if key in defaults})


def _states(compiled: CompiledForm, row: Cells, params: Params) -> dict[str, FieldState]:
    said: dict[str, list[tuple[Consequence, bool]]] = {}
    for condition, formula in compiled.conditions:
        holds = evaluate(formula, row, params) is True
        for consequence in condition.then:
            said.setdefault(consequence.field, []).append((consequence, holds))
    return {field.key: _state(field, said.get(field.key)) for field in compiled.entity.fields}


def _state(field: Field, said: Sequence[tuple[Consequence, bool]] | None) -> FieldState:
    if said is None:  # most fields are in no rule
        return _ASKED if field.required else _FREE

    def asked(action: str) -> list[bool]:
        return [on for consequence, on in said if consequence.action == action]

    shows = asked("show")
    offers = [frozenset(each.options) for each, on in said if on and each.action == "offer"]
    return FieldState(
        visible=any(shows) if shows else True,
        required=field.required or any(asked("require")),
        read_only=any(asked("read_only")),
        offered=frozenset.intersection(*offers) if offers else None,
    )


def _missing(
    fields: Sequence[Field], values: Cells, states: Mapping[str, FieldState]
) -> Iterator[Diagnostic]:
    for field in fields:
        state = states[field.key]
        is_asked = state.visible and state.required and field.is_filled
        if is_asked and is_blank(values.get(field.key)):
            yield missing(field)


def is_blank(value: Cell) -> bool:
    """Nothing was filled in: null, white space or no row."""
    match value:
        case None:
            return True
        case str():
            return not value.strip()
        case bool() | int():
            return False
        case _:
            return len(value) == 0


def missing(field: Field, *path: str | int) -> Diagnostic:
    """The problem of a required field without a value."""
    return Diagnostic("RUN101", named(field), pointer=pointer_to(*(path or (field.key,))))


def named(field: Field) -> dict[str, str]:
    """A field's name in both languages, as arguments of a message."""
    return in_both("label", field.label, field.key)


def in_both(name: str, labels: Labels, otherwise: str) -> dict[str, str]:
    """A text in both languages as an argument of a message."""
    chinese = labels.get("zh-CN") or labels.get("en") or otherwise
    english = labels.get("en") or chinese
    return {name: chinese, f"{name}_en": english}


def _failed_checks(
    compiled: CompiledForm, row: Cells, states: Mapping[str, FieldState], params: Params
) -> Iterator[Diagnostic]:
    for check, formula in compiled.checks:
        state = states.get(check.at, FieldState())
        if state.visible and evaluate(formula, row, params) is False:
            message = in_both("message", check.message, check.check)
            yield Diagnostic("RUN109", message, pointer=pointer_to(check.at))
