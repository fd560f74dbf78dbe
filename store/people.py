"""Who belongs where and who stands above whom on one day.

Nothing of this is stored a second time: every answer is read from the records that say it, for
the day that is asked about. A transfer that begins at midnight counts at midnight.

A person stands where the main assignment in force says, with what other assignments in force add.
Before the first main assignment begins, the fields of the person say where; after the last one has
ended the person stands nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from store.bulk import among, among_named, ids_for
from store.column_types import alive
from store.statements import made_once

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement, FromClause, Select

    from store.record_tables import Tables
    from store.unit import UnitOfWork

Side: TypeAlias = Literal["person", "place"]
Day: TypeAlias = "int | ColumnElement[int]"  # days since 1970-01-01
PERSON, DEPARTMENT, ASSIGNMENT = "person", "department", "assignment"
DATED: frozenset[str] = frozenset({"department", "manager", "position"})  # fields of a person
LONG_AGO = -(10**9)  # a day before every day: what has no beginning


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation of one day."""

    uow: UnitOfWork
    tables: Tables
    day: int

    def ways_to(self, key: str, targets: Collection[int]) -> list[tuple[int, int]]:
        """Who stands at these places that day: person and place."""
        return self._standing(key, "place", sorted(targets)) if targets else []

    def departments_of(self, person: int) -> frozenset[int]:
        """The departments a person belongs to."""
        found = self._standing("department", "person", [person])
        return frozenset(place for _, place in found)

    def subordinates(self, person: int) -> frozenset[int]:
        """Everybody below a person, directly or not; never the person."""
        return frozenset(self.line(person)) - {person}

    def line(self, person: int) -> dict[int, int | None]:
        """The person and everybody below, each with the one it was reached through.

        Whoever was met is not walked again: a circle of managers ends where it closes.
        """
        met: dict[int, int | None] = {person: None}
        front = {person}
        while front:
            ways = self.ways_to("manager", front)
            fresh = {each: manager for each, manager in ways if each not in met}
            met |= fresh
            front = set(fresh)
        return met

    def departments_under(self, departments: Collection[int]) -> frozenset[int]:
        """These departments and all that belong to them."""
        return frozenset(self.tree(departments))

    def tree(self, departments: Collection[int]) -> dict[int, int | None]:
        """These departments and all under them, each with the one it was reached through."""
        table, parent = self._own(DEPARTMENT, "parent")
        met: dict[int, int | None] = dict.fromkeys(departments)
        front = set(departments)
        while front:
            chosen = select(table.c.id, parent.label("above")).where(
                among(self.uow, parent, sorted(front)), alive(table)
            )
            found = {row.id: row.above for row in self.uow.execute(chosen)}
            fresh = {each: above for each, above in found.items() if each not in met}
            met |= fresh
            front = set(fresh)
        return met

    def pointing(self, entity: str, key: str, targets: Collection[int]) -> frozenset[int]:
        """The records of an entity whose reference points to one of these that day."""
        if entity == PERSON and key in DATED:
            return frozenset(person for person, _ in self.ways_to(key, targets))
        table, column = self._own(entity, key)
        chosen = select(table.c.id).where(among(self.uow, column, sorted(targets)))
        return frozenset(self.uow.execute(chosen).scalars())

    def _standing(self, key: str, side: Side, wanted: Sequence[int]) -> list[tuple[int, int]]:
        """Persons who are not in the trash, and where they stand."""
        dialect = self.uow.dialect
        statements = made_once(
            self.tables[PERSON].current,
            ("standing", dialect, key, side, self.tables[ASSIGNMENT].current),
            lambda: self._halves(dialect, key, side),
        )
        values = {"day": self.day, "wanted": ids_for(dialect, wanted)}
        return [(r.person, r.place) for each in statements for r in self.uow.execute(each, values)]

    def _halves(self, dialect: str, key: str, side: Side) -> tuple[Select[Any], Select[Any]]:
        """What the persons' own fields say, and what assignments say.

        Each half has the condition itself: that is what lets it use an index.
        """
        person, own = self._own(PERSON, key)
        day = bindparam("day", type_=BigInteger())
        given = Assignments(self.tables, "a")
        at_own = {"person": person.c.id, "place": own}
        said = select(*(column.label(name) for name, column in at_own.items())).where(
            among_named(dialect, at_own[side], "wanted"),
            own.is_not(None),
            alive(person),
            ~begun(self.tables, person.c.id, day),
        )
        at_given = {"person": given["person"], "place": given[key]}
        dated = (
            select(*(column.label(name) for name, column in at_given.items()))
            .join(person, and_(person.c.id == given["person"], alive(person)))
            .where(
                among_named(dialect, at_given[side], "wanted"),
                given[key].is_not(None),
                alive(given.table),
                given.in_force(day),
            )
        )
        return said, dated

    def _own(self, entity: str, key: str) -> tuple[FromClause, ColumnElement[Any]]:
        return self.tables.table(entity), self.tables.column(entity, key)


class Assignments:
    """The assignment records under a name of their own."""

    def __init__(self, tables: Tables, name: str) -> None:
        self._tables = tables[ASSIGNMENT]
        self.table = self._tables.current.alias(f"{name}_{self._tables.current.name}")

    def __getitem__(self, key: str) -> ColumnElement[Any]:
        """The column of a field."""
        return self.table.c[self._tables.column(key).name]

    def has_begun(self, day: Day) -> ColumnElement[bool]:
        """It began that day or before."""
        return or_(self["from"].is_(None), self["from"] <= day)

    def in_force(self, day: Day) -> ColumnElement[bool]:
        """It counts that day; the last day counts too."""
        return and_(self.has_begun(day), or_(self["to"].is_(None), self["to"] >= day))


def begun(tables: Tables, person: ColumnElement[Any], day: Day) -> ColumnElement[bool]:
    """Whether assignments say where a person stands: a main one has begun."""
    given = Assignments(tables, "g")
    return exists(
        select(literal(1)).where(
            given["person"] == person,
            given["main"].is_(true()),
            alive(given.table),
            given.has_begun(day),
        )
    )


def in_force(tables: Tables, person: FromClause, key: str, *, day: int) -> ColumnElement[Any]:
    """A person's one department, manager or position that day, as a column of the row."""
    given = Assignments(tables, "m")
    main = (
        select(given[key])
        .where(
            given["person"] == person.c.id,
            given["main"].is_(true()),
            alive(given.table),
            given.in_force(day),
        )
        .order_by(func.coalesce(given["from"], LONG_AGO).desc(), given.table.c.id.desc())
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )
    own = person.c[tables[PERSON].column(key).name]
    return case((begun(tables, person.c.id, day), main), else_=own)


def mains_in_force(
    uow: UnitOfWork, tables: Tables, day: int, *, persons: Sequence[int] | None = None
) -> dict[int, dict[str, int | None]]:
    """What the main assignment in force says of each person whose own fields say otherwise."""
    person = tables.table(PERSON)
    wanted = {key: in_force(tables, person, key, day=day) for key in sorted(DATED)}
    own = {key: tables.column(PERSON, key) for key in wanted}
    chosen = select(person.c.id, *(column.label(key) for key, column in wanted.items())).where(
        alive(person),
        begun(tables, person.c.id, day),
        or_(*(own[key].is_distinct_from(column) for key, column in wanted.items())),
    )
    if persons is not None:
        chosen = chosen.where(among(uow, person.c.id, persons))
    return {row.id: {key: getattr(row, key) for key in wanted} for row in uow.execute(chosen)}


def is_assigned(uow: UnitOfWork, tables: Tables, person_id: int, day: int) -> bool:
    """Whether assignments say where a person stands, not the person's own fields."""
    person = tables.table(PERSON)
    mine = select(person.c.id).where(person.c.id == person_id, begun(tables, person.c.id, day))
    return uow.execute(mine).first() is not None


def manager_of(uow: UnitOfWork, tables: Tables, person_id: int, day: int) -> int | None:
    """The one manager a person has that day."""
    person = tables.table(PERSON)
    manager = in_force(tables, person, "manager", day=day)
    found = uow.execute(select(manager).where(person.c.id == person_id)).scalar()
    return None if found is None else int(found)


def has_left(uow: UnitOfWork, tables: Tables, person_id: int) -> bool:
    """Whether a person is no longer active, or in the trash; nobody said anything means active."""
    person = tables.table(PERSON)
    here = made_once(
        person,
        "here",
        lambda: select(person.c.id).where(person.c.id == bindparam("wanted"), is_here(tables)),
    )
    return uow.execute(here, {"wanted": person_id}).first() is None


def is_here(tables: Tables) -> ColumnElement[bool]:
    """The test that a person is not known to have left."""
    return alive(tables.table(PERSON)) & tables.column(PERSON, "active").is_not(false())
