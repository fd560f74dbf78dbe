"""Judge a rule for all subjects at once, and keep where it stands with each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from store.bulk import relation
from store.column_types import alive
from store.statements import made_once
from store.tables import alert, measurement, rule_run, rule_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, CompoundSelect, FromClause, Select, Table, Update

    from store.unit import Dialect, UnitOfWork

BIG = BigInteger()
_NEVER = -(2**63)
INACTIVE, FIRING = "inactive", "firing"
_KNOWN = rule_state.alias("known")
_RULE, _PERIOD = bindparam("of_rule", type_=Text), bindparam("now", type_=BIG)


@dataclass(frozen=True, slots=True)
class Truths:
    """The two conditions of a rule over one row of numbers."""

    enter: ColumnElement[bool]
    exit: ColumnElement[bool]

    @property
    def counts(self) -> ColumnElement[bool]:
        """The period counts towards an episode: enter is true and exit is not.

        The bare condition, not that it is true: SQLite stops at the first part that decides.
        The exit is asked first: it seldom looks back, and most subjects pass it most of the time.
        """
        return and_(self.exit.is_not(true()), self.enter)

    @property
    def known(self) -> ColumnElement[bool]:
        """The period has a truth at all."""
        return or_(self.enter.is_not(None), self.exit.is_(true()))

    @property
    def leaves(self) -> ColumnElement[bool]:
        """The period ends an episode."""
        return self.exit.is_(true())


Where = Callable[["FromClause"], "tuple[ColumnElement[bool], ...]"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where the numbers stand, one row per subject and period."""

    rows: FromClause  # has the columns subject_id and period
    of: FromClause  # `rows` with what the conditions need joined to it
    where: Where  # which of `rows`, or of an alias of it, are meant
    truths: Callable[[FromClause], Truths]  # the conditions over `rows` or an alias of it
    # whether a period so many before counts, where the row itself tells
    before: Callable[[int], ColumnElement[bool]] | None = None
    alive: ColumnElement[bool] | None = None  # the subject is not deleted, where the row tells


@dataclass(frozen=True, slots=True)
class Question:
    """A period rule, ready to be asked of the database."""

    rule: str
    metric: str
    subject_entity: str
    periods: int
    ignores_missing: bool
    numbers: Numbers
    subjects: Table | None = None  # rows of the subject entity: nobody deleted is alarmed


@dataclass(frozen=True, slots=True)
class Now:
    """When a question is asked, in business time and in knowledge."""

    at: int
    rev: int
    uid: str  # makes the public ids of new alerts


@dataclass(frozen=True, slots=True)
class Opened:
    """A new episode with its alert row."""

    alert_id: int
    uid: str
    subject_id: int
    episode: int


# --- one period, all subjects ------------------------------------------------------------------
def judge(uow: UnitOfWork, question: Question, period: int, now: Now) -> list[Opened]:
    """Judge one closed period: states move, episodes open and close; returns the opened ones."""
    uow.execute(_move(uow, question, period))
    given = {
        "of_rule": question.rule, "entity": question.subject_entity, "now": period,
        "at": now.at, "at_rev": now.rev, "uids": now.uid[:-8],
    }  # fmt: skip
    opened = uow.execute(made_once(alert, ("open", uow.dialect), lambda: _open(uow.dialect)), given)
    found = [Opened(row.id, row.uid, row.subject_id, row.episode) for row in opened]
    uow.execute(made_once(alert, "close", _close), given)
    uow.execute(made_once(rule_run, "judged", _judged), given)
    return sorted(found, key=lambda each: each.subject_id)


def _move(uow: UnitOfWork, question: Question, period: int) -> Any:  # noqa: ANN401 - both dialects' Insert
    """One statement: every subject whose state changes with this period."""
    return upsert_states(uow, union_all(_opening(question, period), _closing(question, period)))


def _opening(question: Question, period: int) -> Select[Any]:
    """The subjects whose episode begins: few are asked for their state, those that count."""
    numbers, known = question.numbers, _KNOWN
    rows = numbers.rows
    mine = and_(known.c.rule == question.rule, known.c.subject_id == rows.c.subject_id)
    opens = (*_of_period(numbers, period), numbers.truths(rows).counts)
    if numbers.alive is not None:
        opens = (*opens, numbers.alive)
    elif question.subjects is not None:
        there = question.subjects
        opens = (*opens, exists().where(there.c.id == rows.c.subject_id, alive(there)))
    is_open = func.coalesce(known.c.state, INACTIVE) != INACTIVE
    episode = func.coalesce(known.c.episode, 0) + 1
    return (
        _moved(question, period, rows.c.subject_id, state=FIRING, episode=episode)
        .select_from(numbers.of.outerjoin(known, mine))
        .where(*opens, ~is_open, _row_before(question, period))
    )


def _closing(question: Question, period: int) -> Select[Any]:
    """The subjects whose episode ends, found among the open ones."""
    numbers, known = question.numbers, _KNOWN
    rows = numbers.rows
    is_open = (known.c.rule == question.rule, known.c.state != INACTIVE)
    leaves = (*_of_period(numbers, period), numbers.truths(rows).leaves)
    return (
        _moved(question, period, rows.c.subject_id, state=INACTIVE, episode=known.c.episode)
        .select_from(numbers.of.join(known, known.c.subject_id == rows.c.subject_id))
        .where(*is_open, *leaves)
    )


def _of_period(numbers: Numbers, period: int) -> tuple[ColumnElement[bool], ...]:
    rows = numbers.rows
    mine = (*numbers.where(rows), rows.c.period == period)
    # never false; without a column that the index of whole series has not, SQLite reads every
    # period from that one instead of finding this period in the other
    return (*mine, measurement.c.uid.is_not(None)) if rows is measurement else mine


def _moved(
    question: Question, period: int, subject: ColumnElement[int],
    *, state: str, episode: ColumnElement[int],
) -> Select[Any]:  # fmt: skip
    """The columns of a state that changes with a period."""
    columns: list[ColumnElement[Any]] = [
        literal(question.rule, Text).label("rule"),
        subject,
        literal(state, Text).label("state"),
        episode.label("episode"),
        literal(question.periods if state == FIRING else 0, BIG).label("streak"),
        literal(period, BIG).label("since_period"),
        literal(period, BIG).label("last_period"),
    ]
    return select(*columns)


def upsert_states(uow: UnitOfWork, chosen: Select[Any] | CompoundSelect[Any]) -> Any:  # noqa: ANN401 - both dialects' Insert
    """The statement that makes `chosen` the state of a rule's subjects."""
    dialect = postgresql if uow.dialect == "postgresql" else sqlite
    names = ["rule", "subject_id", "state", "episode", "streak", "since_period", "last_period"]
    statement = dialect.insert(rule_state).from_select(names, chosen)
    return statement.on_conflict_do_update(
        index_elements=["rule", "subject_id"],
        set_={name: statement.excluded[name] for name in names[2:]},
    )


def _row_before(question: Question, period: int) -> ColumnElement[bool]:
    """Whether the periods before this one count as well, so that it completes a row."""
    needed = question.periods - 1
    numbers = question.numbers
    if not needed:
        return true()
    if numbers.before is not None:
        return and_(*map(numbers.before, range(1, needed + 1)))
    before = numbers.rows.alias("before")
    if question.ignores_missing:
        return _newest_known(question, before, period) == needed
    subject, truths = numbers.rows.c.subject_id, numbers.truths(before)
    mine = (*numbers.where(before), before.c.subject_id == subject, truths.counts)
    return and_(  # one EXISTS per period: PostgreSQL may hash it, SQLite asks the index
        *(
            exists().where(*mine, before.c.period == period - back).correlate_except(before)
            for back in range(1, needed + 1)
        )
    )


def _newest_known(question: Question, before: FromClause, period: int) -> ColumnElement[int]:
    """How many of the newest periods with a truth count, missing ones left out."""
    numbers, needed = question.numbers, question.periods - 1
    truths = numbers.truths(before)
    mine = (*numbers.where(before), before.c.subject_id == numbers.rows.c.subject_id)
    newest = (
        select(case((truths.counts, 1), else_=0).label("counts"))
        .where(*mine, before.c.period < period, truths.known)
        .order_by(before.c.period.desc())
        .limit(needed)
        .correlate(numbers.of, numbers.rows)
        .subquery("newest")
    )
    hits = select(func.count()).select_from(newest).where(newest.c.counts == 1)
    return hits.correlate_except(before).scalar_subquery()


def _open(dialect: Dialect) -> Any:  # noqa: ANN401 - both dialects' Insert
    """An alert for each state that began to fire with the period."""
    s = rule_state
    number = func.row_number().over(order_by=s.c.subject_id)
    chosen = select(
        _numbered_uid(dialect, number),
        s.c.rule,
        bindparam("entity", type_=Text),
        s.c.subject_id,
        s.c.episode,
        literal(FIRING, Text),
        bindparam("at", type_=BIG),
        bindparam("at_rev", type_=BIG),
        _PERIOD,
        literal("{}", Text),
    ).where(*_moved_to(FIRING))
    names = [
        "uid", "rule", "subject_entity", "subject_id", "episode", "state", "opened_at",
        "opened_rev", "period", "evidence",
    ]  # fmt: skip
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    statement = insert(alert).from_select(names, chosen)
    once = statement.on_conflict_do_nothing(index_elements=["rule", "subject_id", "episode"])
    return once.returning(alert.c.id, alert.c.uid, alert.c.subject_id, alert.c.episode)


def _numbered_uid(dialect: Dialect, number: ColumnElement[int]) -> ColumnElement[str]:
    """Public ids for a whole set: a fresh one whose last eight digits count the rows."""
    hexed = (
        func.lpad(func.to_hex(number), 8, "0")
        if dialect == "postgresql"
        else func.printf("%08x", number)
    )
    return bindparam("uids", type_=Text).op("||")(hexed)


def _moved_to(state: str) -> tuple[ColumnElement[bool], ...]:
    """The states of a rule that became this with the period."""
    s = rule_state
    then = (s.c.since_period == _PERIOD, s.c.last_period == _PERIOD)
    return (s.c.rule == _RULE, s.c.state == state, *then)


def _close() -> Update:
    """The alerts of the states that ended with the period."""
    recovered = select(rule_state.c.subject_id).where(*_moved_to(INACTIVE))
    return (
        update(alert)
        .where(alert.c.rule == _RULE, alert.c.state != "closed", alert.c.subject_id.in_(recovered))
        .values(
            state="closed",
            closed_at=bindparam("at"),
            closed_rev=bindparam("at_rev"),
            closed_period=bindparam("now"),
        )
    )


def _judged() -> Update:
    """How far a rule has been judged."""
    return update(rule_run).where(rule_run.c.rule == _RULE).values(last_period=bindparam("now"))


# --- the whole past, one statement --------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Span:
    """An episode of a subject: the periods that opened and closed it; None: it goes on."""

    subject_id: int
    opened: int
    closed: int | None


def spans(uow: UnitOfWork, question: Question, *, to_period: int) -> list[Span]:
    """Every episode of a rule had it always been on, by subject and period.

    Wherever a row of periods that count is complete, an episode goes on to the first period
    after it that ends one: all that end with the same period are one episode.
    """
    numbers, rows = question.numbers, question.numbers.rows
    starts = _starts(question, to_period).subquery("starts")
    ends = (
        select(rows.c.subject_id, rows.c.period)
        .select_from(numbers.of)
        .where(*numbers.where(rows), rows.c.period <= to_period, numbers.truths(rows).leaves)
        .subquery("ends")
    )
    after = and_(ends.c.subject_id == starts.c.subject_id, ends.c.period > starts.c.period)
    ended = (
        select(starts.c.subject_id, starts.c.period, func.min(ends.c.period).label("closed"))
        .select_from(starts.outerjoin(ends, after))
        .group_by(starts.c.subject_id, starts.c.period)
        .subquery("ended")
    )
    opened = func.min(ended.c.period).label("opened")
    statement = (
        select(ended.c.subject_id, opened, ended.c.closed)
        .group_by(ended.c.subject_id, ended.c.closed)
        .order_by(ended.c.subject_id, opened)
    )
    return [Span(r.subject_id, r.opened, r.closed) for r in uow.execute(statement)]


def _starts(question: Question, to_period: int) -> Select[Any]:
    """Each period that completes a row of periods that count, unless the one before did too."""
    numbers, rows = question.numbers, question.numbers.rows
    truths = numbers.truths(rows)
    by_period: dict[str, Any] = {"partition_by": rows.c.subject_id, "order_by": rows.c.period}
    place: ColumnElement[int] = rows.c.period
    source, where = numbers.of, (*numbers.where(rows), rows.c.period + 0 <= to_period)
    if question.ignores_missing:  # places count known periods instead of all
        known = (
            select(
                rows.c.subject_id,
                rows.c.period,
                func.row_number().over(**by_period).label("place"),
                case((truths.counts, 1), else_=0).label("counts"),
            )
            .select_from(source)
            .where(*where, truths.known)
            .subquery("known")
        )
        source, rows, place, where = known, known, known.c.place, (known.c.counts == 1,)
    else:
        where = (*where, truths.counts)
    by_period = {"partition_by": rows.c.subject_id, "order_by": rows.c.period}
    needed = question.periods
    counted = (
        select(
            rows.c.subject_id,
            rows.c.period,
            place.label("place"),
            func.lag(place, needed - 1).over(**by_period).label("first"),
            func.lag(place, needed).over(**by_period).label("earlier"),
        )
        .select_from(source)
        .where(*where)
        .subquery("counted")
    )
    return select(counted.c.subject_id, counted.c.period).where(
        counted.c.first == counted.c.place - (needed - 1),
        func.coalesce(counted.c.earlier, counted.c.place) != counted.c.place - needed,
    )


# --- where numbers come from ----------------------------------------------------------------------
def current_numbers(metric: str) -> tuple[FromClause, Where]:
    """The numbers in force."""
    return measurement, lambda rows: (rows.c.metric == metric, rows.c.current)


def numbers_then(
    uow: UnitOfWork, metric: str, closings: Sequence[tuple[int, int]]
) -> tuple[FromClause, Where]:
    """Each period's numbers as they stood when it closed; `closings` = (period, instant)."""
    m = measurement
    listed = relation(
        uow, "listed", {"p": (BIG, [p for p, _ in closings]), "at": (BIG, [a for _, a in closings])}
    )
    closed = select(*listed.c).cte("closed").prefix_with("MATERIALIZED")
    age = func.row_number().over(partition_by=(m.c.subject_id, m.c.period), order_by=m.c.id.desc())
    versions = (
        select(m.c.subject_id, m.c.period, m.c.value, m.c.target, age.label("age"))
        # an outer join: SQLite would read the whole history once for each closing
        .outerjoin(closed, closed.c.p == m.c.period)
        .where(m.c.metric == metric, m.c.at <= func.coalesce(closed.c.at, _NEVER))
        .subquery("versions")
    )
    return versions, lambda rows: (rows.c.age == 1,)


@dataclass(frozen=True, slots=True)
class Computed:
    """Both truths of one subject and period, computed elsewhere."""

    subject_id: int
    period: int
    enter: bool | None
    exit: bool | None


def computed_numbers(uow: UnitOfWork, truths: Sequence[Computed]) -> Numbers:
    """A truth table computed outside the database; everything else stays in SQL."""
    table = relation(
        uow,
        "computed",
        {
            "subject_id": (BIG, [each.subject_id for each in truths]),
            "period": (BIG, [each.period for each in truths]),
            "enter": (BIG, [None if t.enter is None else int(t.enter) for t in truths]),
            "exit": (BIG, [None if t.exit is None else int(t.exit) for t in truths]),
        },
    )
    return Numbers(
        table, table, lambda _rows: (), lambda rows: Truths(rows.c.enter == 1, rows.c.exit == 1)
    )
