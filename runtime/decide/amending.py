"""Decide what a change makes of a record that is there, by the rules of a form; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.decide.forms import (
    is_blank,
    judged,
    named,
    pointer_to,
    rows_of,
    settle,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from builder.compiled import CompiledForm
    from builder.model.entity import Field
    from dsl.backends.python import Params
    from dsl.formula import Formula
    from runtime.decide.forms import Cell, Cells, FieldState, Settled


@dataclass(frozen=True, slots=True)
class Known:
    """A record, and what the form reads behind its references."""

    values: Cells
    facts: Cells


@dataclass(frozen=True, slots=True)
class Amended:
    """What is to be written, and what is wrong with it."""

    values: dict[str, Cell]
    whole: Cells  # the record as it would be
    asked: CompiledForm  # the form with only those rules that the change touches
    problems: tuple[Diagnostic, ...]


def amend(
    compiled: CompiledForm, was: Known, sent: Cells, *, facts: Cells, params: Params
) -> Amended:
    """Apply the form's rules to a record with these changes.

    What hides a field empties it, and what nobody may write stays. A rule that reads nothing the
    change touches is not asked again: who corrects one thing is not held up by another.
    """
    stood = settle(compiled, was.values, defaults=was.values, facts=was.facts, params=params)
    merged = {**was.values, **sent}
    settled = settle(compiled, merged, defaults=was.values, facts=facts, params=params)
    paths = settled.row.keys() | stood.row.keys()
    touched = {*sent, *(path for path in paths if settled.row.get(path) != stood.row.get(path))}
    asked = _asked(compiled, touched, sent)
    fields = [
        f
        for f in compiled.entity.fields
        if f.key in sent or settled.states[f.key] != stood.states[f.key]
    ]
    problems = (
        *_locked(compiled, was, sent, settled),
        *judged(asked, settled, fields=fields, params=params),
    )
    values = {
        field.key: value
        for field in compiled.entity.fields
        for value in _written(field, was, sent, settled, stood.states[field.key])
    }
    return Amended(values, settled.values, asked, problems)


def _asked(compiled: CompiledForm, touched: Collection[str], sent: Cells) -> CompiledForm:
    """The rules that read something of what the change touches."""
    return replace(
        compiled,
        checks=tuple(each for each in compiled.checks if _reads(each[1], touched)),
        filters=tuple(
            each for each in compiled.filters if each[0].at in sent or _reads(each[1], touched)
        ),
        rows={
            key: below
            for key, below in compiled.rows.items()
            if key in sent or any(_reads(formula, touched) for _, formula in below.filters)
        },
    )


def _reads(formula: Formula, touched: Collection[str]) -> bool:
    """Whether a formula names something of this; filters name the form's fields behind `form.`."""
    paths = (path.removeprefix("form.") for path in (*formula.needs.paths, *formula.needs.rows))
    return any(path in touched or path.partition(".")[0] in touched for path in paths)


def _locked(
    compiled: CompiledForm, was: Known, sent: Cells, settled: Settled
) -> Iterator[Diagnostic]:
    for field in compiled.entity.fields:
        state = settled.states[field.key]
        is_other = field.key in sent and not _same(sent[field.key], was.values.get(field.key))
        if is_other and state.visible and state.read_only:
            yield Diagnostic("RUN156", named(field), pointer=pointer_to(field.key))


def _same(one: Cell, other: Cell) -> bool:
    if one is None or other is None or isinstance(one, str | int) or isinstance(other, str | int):
        return one == other
    keys = {key for row in (*one, *other) for key in row}
    return [[row.get(key) for key in keys] for row in one] == [
        [row.get(key) for key in keys] for row in other
    ]


def _written(
    field: Field, was: Known, sent: Cells, settled: Settled, stood: FieldState
) -> Iterator[Cell]:
    """What the change writes into a field; nothing where it has nothing to say."""
    key = field.key
    if settled.states[key].visible:
        if key in sent:
            yield _whole_rows(sent[key], settled.values.get(key))
    elif stood.visible and (key in sent or not is_blank(was.values.get(key))):
        yield () if field.owns_rows else None


def _whole_rows(sent: Cell, kept: Cell) -> Cell:
    """Rows with every cell that was sent: one that was hidden is emptied, not left as it is."""
    if kept is None or isinstance(kept, str | int):
        return kept
    given: list[Mapping[str, Cell]] = list(rows_of(sent))
    return [
        {**dict.fromkeys(given[n] if n < len(given) else ()), **row} for n, row in enumerate(kept)
    ]
