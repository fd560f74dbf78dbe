"""Turn a period rule into a question to the database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, literal, null, or_, select

from dsl import series
from dsl.backends.sql import NotPushable as NotPushableError
from store import rule_states
from store.formula_sql import formula_sql
from store.query import Source
from store.rule_closing import ALIVE, MOST_PERIODS, earlier, there
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


def closing_paths(compiled: CompiledPeriodRule) -> set[str] | None:
    """What a rule needs of a closing table, None when that is too much or not enough.

    A row of periods that leaves out missing ones may reach back without end.
    """
    needed = compiled.rule.quantifier.periods - 1
    if needed and compiled.rule.missing == "ignored":
        return None
    about = {path for path in paths_of(compiled) if not path.startswith(SUBJECT)} - {"subject"}
    paths = {series.moved(path, back) for path in about for back in range(needed + 1)}
    paths |= {there(back) for back in range(1, needed + 1)}
    return paths if len(earlier(paths)) <= MOST_PERIODS else None


def question_at(asker: Asker, compiled: CompiledPeriodRule, closing: FromClause) -> Question:
    """The rule over a table of `store.rule_closing`."""
    numbers = _numbers(asker, compiled, closing, lambda _rows: (), closing=True)
    return _question(asker, compiled, numbers)


def question_then(
    asker: Asker, compiled: CompiledPeriodRule, closings: Sequence[tuple[int, int]]
) -> Question:
    """The rule over each period's numbers as they stood at its closing (period, instant).

    Earlier periods count with the numbers they had at their own closing.
    """
    rows, where = rule_states.numbers_then(asker.uow, compiled.metric.name, closings)
    rows, where = _with_past(compiled, rows, where)
    return _question(asker, compiled, _numbers(asker, compiled, rows, where))


def points_then(
    uow: UnitOfWork, metric: str, closings: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int | None, int | None]]:
    """Those numbers themselves: subject, period, value, target, oldest first."""
    rows, where = rule_states.numbers_then(uow, metric, closings)
    c = rows.c
    chosen = select(c.subject_id, c.period, c.value, c.target).where(*where(rows))
    found = uow.execute(chosen.order_by(c.subject_id, c.period))
    return [(row.subject_id, row.period, row.value, row.target) for row in found]


def paths_of(compiled: CompiledPeriodRule) -> tuple[str, ...]:
    """Every path that the conditions read."""
    return (*compiled.enter.needs.paths, *compiled.exit.needs.paths)


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


def _numbers(
    asker: Asker, compiled: CompiledPeriodRule, rows: FromClause, where: Where,
    *, closing: bool = False,
) -> Numbers:  # fmt: skip
    """Rows of numbers with the subject's fields beside them, and both conditions over them.

    A `closing` table has what they look back at in its own columns.
    """
    for condition in (compiled.enter, compiled.exit):
        for rows_of in condition.needs.rows:
            raise NotPushableError(rows_of)  # child rows of the subject are left to Python
    paths = subject_paths(compiled)
    facts = _facts(asker, compiled, paths) if paths else None

    looks_back = set(_back(compiled)) - {*rows.c.keys()}

    made: dict[tuple[FromClause, int], Truths] = {}  # writing conditions takes milliseconds

    def truths(numbers: FromClause, back: int = 0) -> Truths:
        if (numbers, back) not in made:
            then = numbers.alias() if looks_back else None
            resolve = _Resolve(numbers, facts, paths, where, then, back)
            both = [_sql(asker, each, resolve) for each in (compiled.enter, compiled.exit)]
            made[numbers, back] = Truths(*both)
        return made[numbers, back]

    def before(back: int) -> ColumnElement[bool]:
        return and_(rows.c[there(back)].is_not(None), truths(rows, back).counts)

    truths(rows)  # now, to learn whether the conditions can be pushed at all
    joined = rows if facts is None else rows.outerjoin(facts, facts.c.id == rows.c.subject_id)
    if not closing:
        return Numbers(rows, joined, where, truths)
    return Numbers(rows, joined, where, truths, before, rows.c[ALIVE].is_not(None))


def _with_past(
    compiled: CompiledPeriodRule, rows: FromClause, where: Where
) -> tuple[FromClause, Where]:
    """The rows with what they were in earlier periods beside them, under the name of the path.

    Both steps are named more than once, so either database computes them once.
    """
    paths = _back(compiled)
    if len(earlier(paths)) > MOST_PERIODS:
        raise NotPushableError(compiled.rule.name)
    c = rows.c
    now = select(c.subject_id, c.period, c.value, c.target).where(*where(rows)).cte("then")
    source: FromClause = now
    past: dict[int, FromClause] = {}
    for back in sorted(earlier(paths)):
        ago = past[back] = now.alias(f"ago{back}")
        mine = (ago.c.subject_id == now.c.subject_id, ago.c.period == now.c.period - back)
        source = source.outerjoin(ago, and_(*mine))

    def value(path: str) -> ColumnElement[Any]:
        apart = _apart(path, now.c.period)
        name, back = series.split(path)
        return past[back].c[name] if apart is None else apart

    chosen = select(*now.c, *(value(path).label(path) for path in paths)).select_from(source)
    return chosen.cte("past"), lambda _rows: ()


def _back(compiled: CompiledPeriodRule) -> list[str]:
    """The paths that are about other periods, each once."""
    paths = dict.fromkeys(paths_of(compiled))
    return [path for path in paths if _looks_away(path)]


def _looks_away(path: str) -> bool:
    name, back = series.split(path)
    return back > 0 or name in series.APART


def _apart(path: str, period: ColumnElement[int]) -> ColumnElement[Any] | None:
    """The distance to a year before, if that is what a path stands for."""
    name, back = series.split(path)
    if name == "@week":
        return _weeks_apart((period - back) * 7)
    return _days_apart(period - back) if name == "@day" else None


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
    then: FromClause | None  # an alias of `rows` for earlier periods; it takes long to make
    back: int = 0  # judge the period so many before, out of the same row
    _known: dict[tuple[str, int], ColumnElement[Any]] = field(default_factory=dict)

    def column(self, path: str) -> ColumnElement[Any]:
        """A leaf of a condition."""
        if path == "subject":
            return self.rows.c.subject_id
        if self.facts is not None and path in self.paths:
            return self.facts.c[f"f{self.paths.index(path)}"]
        path = series.moved(path, self.back) if self.back else path
        if self.then is None or not _looks_away(path):
            return self.rows.c[path]
        apart = _apart(path, self.rows.c.period)
        return self._earlier(self.then, *series.split(path)) if apart is None else apart

    def _earlier(self, then: FromClause, name: str, back: int) -> ColumnElement[Any]:
        """The value of the same subject some periods ago, found by the index."""
        found = self._known.get((name, back))
        if found is None:
            mine = (then.c.subject_id == self.rows.c.subject_id, *self.where(then))
            chosen = select(then.c[name]).where(*mine, then.c.period == self.rows.c.period - back)
            found = chosen.correlate_except(then).scalar_subquery()
            self._known[name, back] = found
        return found

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


# --- the distance to a year before ----------------------------------------------------------------
# Days repeat after 400 years, and but for one leap day after 100 and after 4.
_DAYS_400, _DAYS_100, _DAYS_4, _DAYS = 146_097, 36_524, 1_461, 365
_MARCH_1600 = 135_080  # days from there to 1970-01-01: years that end with their leap day
_JANUARY_1601 = 134_774


def _days_apart(day: ColumnElement[int]) -> ColumnElement[Any]:
    """`series.periods_apart` for days."""
    in_400 = (day + _MARCH_1600) % _DAYS_400
    leap_day = or_(in_400 == _DAYS_400 - 1, _in_4(in_400) == _DAYS_4 - 1)
    return case((leap_day, null()), (_after_leap_year(in_400), _big(_DAYS + 1)), else_=_big(_DAYS))


def _weeks_apart(thursday: ColumnElement[int]) -> ColumnElement[Any]:
    """`series.periods_apart` for weeks, each of which its Thursday stands for.

    It is 52 weeks if the Thursday of then has the same number among those of its year.
    """
    in_400 = (thursday + _JANUARY_1601) % _DAYS_400
    in_4 = _in_4(in_400)
    of_year = in_4 % _DAYS
    last = or_(in_400 == _DAYS_400 - 1, in_4 == _DAYS_4 - 1, of_year == _DAYS - 1)
    longer = and_(_after_leap_year(in_400), in_4 % 7 >= 5)  # noqa: PLR2004 -- 366 = 52 x 7 + 2
    return case((last, null()), (or_(longer, of_year % 7 == 6), _big(53)), else_=_big(52))  # noqa: PLR2004


def _big(number: int) -> ColumnElement[int]:
    return literal(number, rule_states.BIG)


def _in_4(in_400: ColumnElement[int]) -> ColumnElement[int]:
    return in_400 % _DAYS_100 % _DAYS_4


def _after_leap_year(in_400: ColumnElement[int]) -> ColumnElement[bool]:
    """The first of four years, but for the centuries whose last year was no leap year."""
    in_100 = in_400 % _DAYS_100
    return and_(_in_4(in_400) < _DAYS, or_(in_100 >= _DAYS_4, in_400 < _DAYS_100))
