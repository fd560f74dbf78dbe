"""Rows of an entity with everything reachable from them, inside one SELECT."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, and_, distinct, false, func, or_, select

from builder.model.entity import VALUE
from dsl.backends import sql
from dsl.backends.python import NO_PARAMS, Params, program
from store import history, people
from store.bulk import among, read_columns, relation
from store.column_types import BIGINT, alive
from store.errors import HiddenFieldError, UnknownNameError
from store.formula_elements import TYPES, operate
from store.formula_sql import FoldParts, Resolve, formula_sql, shape_of
from store.scope import AnyOf, Leads
from store.system_entities import ONE_VERSION, system_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import FromClause, Select, Subquery

    from builder.catalog import Catalog
    from builder.model.entity import Entity
    from dsl.formula import Formula
    from dsl.needs import Needs
    from dsl.types import Raw
    from store.record_tables import EntityTables, Tables
    from store.scope import RowTest, Scope
    from store.unit import UnitOfWork

Trash = Literal["without", "only", "with"]
SYSTEM_COLUMNS = frozenset(
    {"id", "uid", "version", "rev", "deleted", "created_at", "created_by", "updated_at"}
    | {"updated_by", "parent_id", "position"}
    | {"origin_kind", "origin_source", "origin_run", "origin_delay_us"}
)
_COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class _Rows:
    """One entity in the FROM clause."""

    entity: Entity
    tables: EntityTables | None  # None: a system entity
    clause: FromClause

    def system_column(self, name: str) -> ColumnElement[Any]:
        """A column every row has."""
        columns = self.clause.c
        if self.tables is None:
            if name == "version":
                return ONE_VERSION
            if name not in {"id", "uid"}:
                raise UnknownNameError(self.entity.name, name)
        elif name == "rev" and "rev" not in columns:
            return columns.rev_from
        return columns[name]

    def field_column(self, key: str) -> ColumnElement[Any]:
        """The column of a stored field."""
        if self.tables is None:
            return self.clause.c[key]
        return self.clause.c[self.tables.column(key).name]


class Source:
    """Rows of one entity, now or as known at a change number, as far as the scope shows them.

    `column` and `formula` add the joins they need to `from_`: ask for them first, then build the
    SELECT from `from_` and `conditions`. What a reference points to is blank where the scope
    does not show it, except for the display field, which names it.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        tables: Tables,
        catalog: Catalog,
        entity: str,
        *,
        scope: Scope,
        as_of: int | None = None,
        params: Params = NO_PARAMS,
        trash: Trash = "without",
    ) -> None:
        self._uow, self._tables, self._catalog = uow, tables, catalog
        self._scope, self._as_of, self._params = scope, as_of, params
        if as_of is not None and uow.touched:
            history.write_versions(uow)  # this unit's own changes are part of what is known
        self._aliases: Counter[str] = Counter()
        self._rows = self._own_rows(entity)
        self._from: FromClause = self._rows.clause
        self._joins: dict[tuple[FromClause, str, bool, bool], _Rows] = {}
        self._computed: dict[tuple[object, ...], Subquery] = {}
        self._there = self._present(self._rows, trash)
        self._narrowed: list[ColumnElement[bool]] = []
        self._narrowed = self._seen()

    # --- what a SELECT is built from --------------------------------------------------------
    @property
    def from_(self) -> FromClause:
        """The rows with the joins asked for so far."""
        return self._from

    @property
    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """What holds for the rows: last what nearly all of them are, for SQLite asks in order."""
        return [*self._narrowed, *self._there]

    @property
    def entity(self) -> Entity:
        """The entity of the rows."""
        return self._rows.entity

    @property
    def is_system(self) -> bool:
        """Whether the rows come from a system table."""
        return self._rows.tables is None

    def column(self, path: str) -> ColumnElement[Any]:
        """A field at a dotted to-one path, as the reader may see it; "" or "id" is the row."""
        return self._column(path, viewer=True)

    def unseen(self, key: str) -> ColumnElement[Any]:
        """A field of the row itself whatever the reader sees of it, to be shown as its mask."""
        return self._rows.field_column(key)

    def formula(self, formula: Formula, params: Params | None = None) -> ColumnElement[Any]:
        """A formula over the row, with only what the reader may see."""
        return self._formula(formula, "", params=params or self._params, viewer=True)

    def narrow(self, *conditions: ColumnElement[bool]) -> None:
        """Only the rows for which these hold as well.

        What is asked for afterwards is computed for those rows alone where Python computes it.
        """
        self._narrowed += conditions

    def has_rows(self, path: str, values: Sequence[Raw] | None) -> ColumnElement[bool]:
        """Whether rows stand behind the field at a path; of a list, with one of these values."""
        return self.children(path, viewer=True).behind(values)

    def facts(self, paths: Sequence[str]) -> FromClause:
        """A sub-select with `id` and the paths as f0, f1, ..."""
        columns = [self.column(path).label(f"f{n}") for n, path in enumerate(paths)]
        chosen = select(self.column("id").label("id"), *columns)
        return chosen.select_from(self.from_).where(*self.conditions).correlate(None).subquery()

    def ids(self) -> Select[tuple[int]]:
        """The ids of the rows."""
        chosen = select(self.column("id")).select_from(self.from_).where(*self.conditions)
        return chosen.correlate(None)  # it may stand inside a SELECT from the same table

    # --- rows and joins -----------------------------------------------------------------------
    def _own_rows(self, entity: str) -> _Rows:
        return self._rows_of(entity, joined=False)

    def _rows_of(self, name: str, *, joined: bool) -> _Rows:
        entity = self._catalog.entities.get(name)
        if entity is None:
            raise UnknownNameError(name)
        if entity.system:
            return _Rows(entity, None, system_rows(name, self._as_of))
        tables = self._tables[name]
        table = tables.current
        if self._as_of is not None and tables.history is not None:
            table = tables.history
        if not joined:
            return _Rows(entity, tables, table)
        self._aliases[table.name] += 1
        return _Rows(entity, tables, tables.alias(table, self._aliases[table.name]))

    def _present(self, rows: _Rows, trash: Trash) -> list[ColumnElement[bool]]:
        """The rows that are there, now or then."""
        if rows.tables is None:
            return []
        if self._as_of is not None:
            return self._as_known(rows)
        if trash == "with":
            return []
        return [alive(rows.clause) if trash == "without" else ~alive(rows.clause)]

    def _as_known(self, rows: _Rows) -> list[ColumnElement[bool]]:
        if self._as_of is None or rows.tables is None:
            return []
        if rows.tables.history is None:
            return [rows.clause.c.rev <= self._as_of]
        return [history.as_of(rows.clause, self._as_of)]

    def _step(self, rows: _Rows, key: str, *, guarded: bool, viewer: bool) -> _Rows:
        """The record that a reference points to, joined once."""
        name = (rows.clause, key, guarded, not viewer and self._is_dated(rows, key))
        known = self._joins.get(name)
        if known is not None:
            return known
        field = rows.entity.field(key)
        if field is None or field.entity is None or field.rows is not None:
            raise UnknownNameError(rows.entity.name, key)
        target = self._rows_of(field.entity, joined=True)
        pointer = self._stored(rows, key, viewer=viewer)
        found = [target.clause.c.id == pointer, *self._as_known(target)]
        if guarded and self._scope.rows(field.entity, parent=target.entity.parent) != "all":
            found.append(target.clause.c.id.in_(self._of_today(field.entity)))
        self._from = self._from.outerjoin(target.clause, and_(*found))
        self._joins[name] = target
        return target

    def _stored(self, rows: _Rows, key: str, *, viewer: bool) -> ColumnElement[Any]:
        """The value of a field; tests of rows read where a person stands today."""
        today = self._scope.today
        if viewer or today is None or not self._is_dated(rows, key):
            return rows.field_column(key)
        return people.in_force(self._tables, rows.clause, key, day=today)

    def _is_dated(self, rows: _Rows, key: str) -> bool:
        """Whether assignments say what the field of a person is; known is what was written."""
        is_person = rows.entity.name == people.PERSON and self._as_of is None
        return is_person and key in people.DATED and self._scope.today is not None

    def _of_today(self, entity: str) -> Select[tuple[int]]:
        """The records the reader may see by today's state, those in the trash included."""
        today = Source(
            self._uow,
            self._tables,
            self._catalog,
            entity,
            scope=self._scope,
            params=self._params,
            trash="with",
        )
        return today.ids()

    # --- values -------------------------------------------------------------------------------
    def _column(self, path: str, *, viewer: bool) -> ColumnElement[Any]:
        rows, here = self._rows, ""
        *steps, last = (path or "id").split(".")
        for n, key in enumerate(steps):
            self._check_shown(rows.entity, key, viewer=viewer)
            guarded = viewer and not self._names_target(rows.entity, key, [*steps, last][n + 1 :])
            rows = self._step(rows, key, guarded=guarded, viewer=viewer)
            here = f"{here}.{key}" if here else key
        return self._value(rows, here, last, viewer=viewer)

    def _names_target(self, entity: Entity, key: str, rest: Sequence[str]) -> bool:
        """Whether the rest of the path is the display of what the reference points to."""
        field = entity.field(key)
        target = self._catalog.entities.get(field.entity or "") if field else None
        return target is not None and list(rest) == [target.display]

    def _value(self, rows: _Rows, path: str, key: str, *, viewer: bool) -> ColumnElement[Any]:
        if key in SYSTEM_COLUMNS and rows.entity.field(key) is None:  # a person has a position
            return rows.system_column(key)
        self._check_shown(rows.entity, key, viewer=viewer)
        field = rows.entity.field(key)
        if field is None or field.rows is not None:
            raise UnknownNameError(rows.entity.name, key)
        if field.formula is None:
            return self._stored(rows, key, viewer=viewer)
        computed = self._catalog.computed_field(rows.entity.name, key)
        if computed is None:
            raise UnknownNameError(rows.entity.name, key)
        return self._formula(computed, path, params=self._params, viewer=viewer)

    def _check_shown(self, entity: Entity, key: str, *, viewer: bool) -> None:
        if viewer and self._scope.hides(entity.name, key):
            raise HiddenFieldError(entity.name, key)

    def _formula(
        self, formula: Formula, path: str, *, params: Params, viewer: bool
    ) -> ColumnElement[Any]:
        leaves = _Leaves(self, path, viewer)
        try:
            return formula_sql(formula, leaves, dialect=self._uow.dialect, params=params)
        except sql.NotPushable:
            return self._from_python(formula, leaves, params)

    # --- what the database cannot compute -----------------------------------------------------
    def _from_python(self, formula: Formula, leaves: _Leaves, params: Params) -> ColumnElement[Any]:
        """The values of a formula, computed in Python and joined to the rows.

        So the database filters, sorts, groups and adds up whatever computed them.
        """
        given = tuple(params.value(name) for name in sorted(formula.needs.params))
        name = (formula.hash, leaves.path, leaves.viewer, given)
        known = self._computed.get(name)
        if known is None:
            ids, values = self._compute(formula, leaves, params)
            kind = TYPES[shape_of(formula.type)]
            self._aliases[_COMPUTED] += 1
            known = self._computed[name] = relation(
                self._uow,
                f"{_COMPUTED}_{self._aliases[_COMPUTED]}",
                {"id": (BIGINT, ids), "value": (kind, values)},
            )
            mine = known.c.id == self._rows.system_column("id")
            self._from = self._from.outerjoin(known, mine)
        return known.c.value

    def _compute(
        self, formula: Formula, leaves: _Leaves, params: Params
    ) -> tuple[Sequence[int], Sequence[Raw]]:
        """The ids of the rows there are so far, and the value of the formula for each."""
        before = self._from, dict(self._joins), dict(self._computed)
        needs = formula.needs
        columns = self._read_columns([leaves.column(path) for path in needs.paths])
        ids, *found = columns
        given: dict[str, Sequence[Any]] = dict(zip(needs.paths, found, strict=True))
        for rows, inner in needs.rows.items():
            of_each = leaves.child(rows).rows_by_owner(inner)
            given[rows] = [of_each.get(each, ()) for each in ids]
        self._from, self._joins, self._computed = before
        return ids, program(formula).evaluate_columns(given, len(ids), params)

    def _read_columns(self, columns: Sequence[ColumnElement[Any]]) -> list[Sequence[Any]]:
        """The ids of the rows, and these columns of theirs."""
        wanted = [self._rows.system_column("id"), *columns]
        return read_columns(self._uow, wanted, self.from_, self.conditions)

    # --- who sees what ------------------------------------------------------------------------
    def _seen(self) -> list[ColumnElement[bool]]:
        """The condition of the scope on the rows themselves, always by today's state."""
        entity = self._rows.entity
        test = self._scope.rows(entity.name, parent=entity.parent)
        if test == "all":
            return []
        if self._as_of is not None and not self.is_system:
            return [self._rows.clause.c.id.in_(self._of_today(entity.name))]
        if entity.parent is not None and entity.name not in self._scope.filters:
            return [self._rows.clause.c.parent_id.in_(self._of_today(entity.parent))]
        return [self._passes(test)]

    def _passes(self, test: RowTest) -> ColumnElement[bool]:
        match test:
            case "all":
                return self._rows.clause.c.id.is_not(None)
            case "none":
                return false()
            case Leads(path=path, ids=ids):
                return among(self._uow, self._column(path, viewer=False), sorted(ids))
            case AnyOf(tests=tests):
                return or_(false(), *(self._passes(each) for each in tests))
            case _:
                return self._formula(test, "", params=self._params, viewer=False)

    # --- child rows ---------------------------------------------------------------------------
    def children(self, path: str, *, viewer: bool) -> _ChildSource:
        """The child rows at a path."""
        *steps, key = path.split(".")
        owner = self._rows
        for step in steps:
            self._check_shown(owner.entity, step, viewer=viewer)
            owner = self._step(owner, step, guarded=viewer, viewer=viewer)
        self._check_shown(owner.entity, key, viewer=viewer)
        field = owner.entity.field(key)
        if field is None or field.rows is None:
            raise UnknownNameError(owner.entity.name, key)
        return _ChildSource(self, field.rows, owner.clause, by=field.by, viewer=viewer)


class _ChildSource(Source):
    """The rows behind the records of another source.

    Child rows are seen with their record. Records that point here `by` a reference are seen by
    the rights on themselves.
    """

    def __init__(
        self, owner: Source, entity: str, record: FromClause, *, by: str | None, viewer: bool
    ) -> None:
        self._owner, self._record, self._by, self._viewer = owner, record, by, viewer
        super().__init__(
            owner._uow,  # noqa: SLF001 - the same class
            owner._tables,  # noqa: SLF001
            owner._catalog,  # noqa: SLF001
            entity,
            scope=owner._scope,  # noqa: SLF001
            as_of=owner._as_of,  # noqa: SLF001
            params=owner._params,  # noqa: SLF001
        )

    def _own_rows(self, entity: str) -> _Rows:
        # the filter may read the statement around it, so no name there may be taken again
        self._aliases = self._owner._aliases  # noqa: SLF001 - the same class
        return self._rows_of(entity, joined=True)

    def _seen(self) -> list[ColumnElement[bool]]:
        return super()._seen() if self._by is not None and self._viewer else []

    def _owner_id(self) -> ColumnElement[Any]:
        if self._by is None:
            return self._rows.system_column("parent_id")
        self._check_shown(self._rows.entity, self._by, viewer=self._viewer)
        return self._rows.field_column(self._by)

    def behind(self, values: Sequence[Raw] | None) -> ColumnElement[bool]:
        """Whether the owning record has such rows."""
        owner = self._owner_id()
        wanted = [] if values is None else [among(self._uow, self.column(VALUE), list(values))]
        chosen = select(owner).select_from(self.from_).where(*self.conditions, *wanted)
        return self._record.c.id.in_(chosen.correlate(None))

    def folded(self, fold: sql.Fold, parts: FoldParts) -> ColumnElement[Any]:
        """An aggregate as a scalar sub-select for each owning record."""
        value = self.column("id") if parts.value is None else parts.value
        where = [] if parts.where is None else [parts.where]
        inner = (
            select(value.label("v"))
            .select_from(self.from_)
            .where(self._owner_id() == self._record.c.id, *self.conditions, *where)
            .correlate_except(self._rows.clause, *(j.clause for j in self._joins.values()))
            .subquery()
        )
        folded = select(self._aggregate(fold, inner.c.v)).select_from(inner)
        return folded.scalar_subquery()

    def rows_by_owner(self, needs: Needs) -> dict[int, list[dict[str, Any]]]:
        """What a formula reads of the child rows, by the id of the owner's row, in order."""
        owner = self._owner
        columns = [self._column(path, viewer=self._viewer) for path in needs.paths]
        order = [self._rows.system_column("id")]
        if self._by is None:
            order.insert(0, self._rows.system_column("position"))
        owned = owner.from_.join(self.from_, self._owner_id() == self._record.c.id)
        chosen = (
            select(owner.column("id").label("owner"))
            .add_columns(*(column.label(f"f{n}") for n, column in enumerate(columns)))
            .select_from(owned)
            .where(*owner.conditions, *self.conditions)
        )
        found: dict[int, list[dict[str, Any]]] = {}
        for row in self._uow.execute(chosen.order_by(*order)):
            values: dict[str, Any] = dict(zip(needs.paths, row[1:], strict=True))
            found.setdefault(row.owner, []).append(values)
        return found

    def _aggregate(self, fold: sql.Fold, v: ColumnElement[Any]) -> ColumnElement[Any]:
        match fold.kind:
            case "rows":
                return func.count()
            case "count":
                return func.count(v)
            case "distinct":
                return func.count(distinct(v))
            case "min":
                return func.min(v)
            case "max":
                return func.max(v)
            case _:
                return self._sum(fold, v)

    def _sum(self, fold: sql.Fold, v: ColumnElement[Any]) -> ColumnElement[Any]:
        """The exact sum, NULL when it leaves 64 bits."""
        if self._uow.dialect == "postgresql":  # SUM of bigint is numeric there
            return operate("int64", "integer", func.coalesce(func.sum(v, type_=BIGINT), 0))
        if fold.has_term:
            return operate("pl_sum", "integer", v)
        high, low = (func.sum(operate(name, "integer", v)) for name in ("half_high", "half_low"))
        return operate("pl_join_halves", "integer", high, low)


@dataclass(frozen=True, slots=True)
class _Leaves:
    """What a formula over the record at `path` reads."""

    source: Source
    path: str
    viewer: bool
    owner: _Leaves | None = None  # inside an aggregate: the record that has the child rows

    def column(self, path: str) -> ColumnElement[Any]:
        """A column of the record."""
        whole = f"{self.path}.{path}" if self.path else path
        return self.source._column(whole, viewer=self.viewer)  # noqa: SLF001 - the same module

    def outer(self, path: str) -> ColumnElement[Any]:
        """A column of the owning record."""
        return (self.owner or self).column(path)

    def fold(self, fold: sql.Fold, inside: Callable[[Resolve], FoldParts]) -> ColumnElement[Any]:
        """An aggregate over child rows of the record."""
        child = self.child(fold.rows)
        return child.folded(fold, inside(_Leaves(child, "", self.viewer, owner=self)))

    def child(self, path: str) -> _ChildSource:
        """Child rows of the record."""
        whole = f"{self.path}.{path}" if self.path else path
        return self.source.children(whole, viewer=self.viewer)
