"""Turn a period rule into a question to the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from dsl import series
from dsl.backends.sql import NotPushable as NotPushableError
from store import rule_states
from store.formula_sql import formula_sql
from store.query import Source
from store.rule_states import Numbers, Question, Truths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, FromClause

    from builder.catalog import Catalog
    from builder.compiled import CompiledPeriodRule
    from dsl.backends.python import Params
    from dsl.backends.sql import Fold as SqlFold
    from dsl.formula import Formula
    from store.formula_sql import FoldParts, Resolve
    from store.record_tables import Tables
    from store.rule_states import Computed, Where
    from store.scope import Scope
    from store.unit import UnitOfWork

SUBJECT = "subject."


@dataclass(frozen=True, slots=True)
class Asker:
    """What a question is made with."""

    uow: UnitOfWork
    tables: Tables
    catalog: Catalog
    scope: Scope
    params: Params


def question_of(asker: Asker, compiled: CompiledPeriodRule) -> Question:
    """The rule over the numbers in force; NotPushable when its conditions need Python."""
    rows, where = rule_states.current_numbers(compiled.metric.name)
    return _question(asker, compiled, _numbers(asker, compiled, rows, where))


def question_then(
    asker: Asker, compiled: CompiledPeriodRule, closings: Sequence[tuple[int, int]]
) -> Question:
    """The rule over each period's numbers as they stood at its closing (period, instant)."""
    rows, where = rule_states.numbers_then(asker.uow, compiled.metric.name, closings)
    return _question(asker, compiled, _numbers(asker, compiled, rows, where))


def question_computed(
    asker: Asker, compiled: CompiledPeriodRule, truths: Sequence[Computed]
) -> Question:
    """The rule over a truth table computed in Python, where enter says that a row is complete."""
    question = _question(asker, compiled, rule_states.computed_numbers(asker.uow, truths))
    return replace(question, periods=1, ignores_missing=False)


def subject_paths(compiled: CompiledPeriodRule) -> tuple[str, ...]:
    """The paths of the subject that the conditions read."""
    needs = (compiled.enter.needs, compiled.exit.needs)
    paths = dict.fromkeys(path for need in needs for path in (*need.paths, *need.rows))
    return tuple(path for path in paths if path.startswith(SUBJECT))


def _question(asker: Asker, compiled: CompiledPeriodRule, numbers: Numbers) -> Question:
    subject = compiled.metric.subject
    known = asker.tables.entities.get(subject)
    return Question(
        rule=compiled.rule.name,
        metric=compiled.metric.name,
        subject_entity=subject,
        periods=compiled.rule.quantifier.periods,
        ignores_missing=compiled.rule.missing == "ignored",
        numbers=numbers,
        subjects=None if known is None else known.current,
    )


def _numbers(asker: Asker, compiled: CompiledPeriodRule, rows: FromClause, where: Where) -> Numbers:
    """Rows of numbers with the subject's fields beside them, and both conditions over them."""
    for condition in (compiled.enter, compiled.exit):
        for rows_of in condition.needs.rows:
            raise NotPushableError(rows_of)  # child rows of the subject are left to Python
    paths = subject_paths(compiled)
    facts = _facts(asker, compiled, paths) if paths else None

    def truths(numbers: FromClause) -> Truths:
        resolve = _Resolve(numbers, facts, paths, where)
        return Truths(_sql(asker, compiled.enter, resolve), _sql(asker, compiled.exit, resolve))

    truths(rows)  # now, to learn whether the conditions can be pushed at all
    joined = rows if facts is None else rows.outerjoin(facts, facts.c.id == rows.c.subject_id)
    return Numbers(rows, joined, where, truths)


def _facts(asker: Asker, compiled: CompiledPeriodRule, paths: Sequence[str]) -> FromClause:
    source = Source(
        asker.uow, asker.tables, asker.catalog, compiled.metric.subject, scope=asker.scope
    )
    return source.facts([path.removeprefix(SUBJECT) for path in paths])


def _sql(asker: Asker, formula: Formula, resolve: _Resolve) -> ColumnElement[bool]:
    return formula_sql(formula, resolve, dialect=asker.uow.dialect, params=asker.params)


@dataclass(frozen=True, slots=True)
class _Resolve:
    """Finds value and target among the numbers, and the subject's fields beside them."""

    rows: FromClause
    facts: FromClause | None
    paths: tuple[str, ...]
    where: Where  # which rows are meant, for those of earlier periods

    def column(self, path: str) -> ColumnElement[Any]:
        """A leaf of a condition."""
        if path == "subject":
            return self.rows.c.subject_id
        if self.facts is not None and path in self.paths:
            return self.facts.c[f"f{self.paths.index(path)}"]
        name, back = series.split(path)
        return self._earlier(name, back) if back else self.rows.c[name]

    def _earlier(self, name: str, back: int) -> ColumnElement[Any]:
        """The value of the same subject some periods ago, found by the index."""
        then = self.rows.alias()
        mine = (then.c.subject_id == self.rows.c.subject_id, *self.where(then))
        chosen = select(then.c[name]).where(*mine, then.c.period == self.rows.c.period - back)
        return chosen.correlate_except(then).scalar_subquery()

    def outer(self, path: str) -> ColumnElement[Any]:
        """Conditions have no owning row."""
        raise NotPushableError(path)

    def fold(
        self,
        fold: SqlFold,
        inside: Callable[[Resolve], FoldParts],  # noqa: ARG002 -- the protocol's signature
    ) -> ColumnElement[Any]:
        """Child rows of the subject are left to Python."""
        raise NotPushableError(fold.rows)
