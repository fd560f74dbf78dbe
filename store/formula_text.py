"""The text of a formula's operation tree for a database, with a place for each leaf."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsl import ir
from dsl.backends import sql
from dsl.types import Boolean, Choice, Pointer, Text, Type
from dsl.wildcards import as_glob, as_like
from store.calendar_sql import (
    CALENDAR_OPERATIONS,
    CALENDAR_PARTS,
    working_day_after,
    working_days,
)
from store.formula_elements import Shape, int64
from store.sql_operations import MOST_ARGUMENTS, REPEATING, WRITE, Writer
from store.sqlite_functions import register_exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.unit import Dialect

_COMPARED = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "between"})
_CHEAP = 6  # nodes; an argument up to this size is repeated rather than computed aside
# SQLite's parser has a stack of 100; deeper formulas are computed by the exact function instead.
_SQLITE_STACK = 60
_SQLITE_STACK_OF_FILTER = 40
_STACK_OF = {"case": 5, "switch": 5}
_STACK = 3
_STACK_ASIDE = 9


def shape_of(kind: Type) -> Shape:
    """How values of a type are stored."""
    match kind:
        case Text() | Choice() | Pointer():
            return "text"
        case Boolean():
            return "boolean"
        case _:
            return "integer"


_WRITE = {**WRITE, "working_days": working_days, "working_day_after": working_day_after}


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """One of the arrays PostgreSQL reads a calendar from."""

    param: str
    part: int


@dataclass(frozen=True, slots=True)
class FoldTemplate:
    """An aggregate with the texts of its parts."""

    fold: sql.Fold
    where: Template | None
    value: Template | None


Leaf = sql.Const | sql.Param | sql.Field | FoldTemplate | CalendarPart


@dataclass(frozen=True, slots=True)
class Template:
    """The text of an operation tree for one database, and what belongs in its places."""

    text: str
    leaves: tuple[Leaf, ...]
    shape: Shape


def formula_template(node: ir.Node, op: sql.SqlOp, key: str, dialect: Dialect) -> Template:
    """A whole formula, from its operation tree; `key` is its hash."""
    guarded = isinstance(op, sql.Guarded | sql.Hosted)
    if dialect == "sqlite" and not guarded and stack_need(op) > _SQLITE_STACK:
        return _function_template(node, key)
    return template(op, dialect)


def template(op: sql.SqlOp, dialect: Dialect) -> Template:
    """An operation tree; raises `dsl.backends.sql.NotPushable`."""
    return _written(op, _Scribe(dialect, Writer(dialect), _Places()))


def _written(op: sql.SqlOp, scribe: _Scribe) -> Template:
    return _finished(scribe.write(op), scribe, op.type)


def _finished(text: str, scribe: _Scribe, kind: Type) -> Template:
    dialect = scribe.dialect
    leaves = [_folded(x, dialect) if isinstance(x, sql.Fold) else x for x in scribe.places.leaves]
    return Template(text, tuple(leaves), shape_of(kind))


def _folded(fold: sql.Fold, dialect: Dialect) -> FoldTemplate:
    write = _term if fold.has_term else template
    value = None if fold.value is None else write(fold.value, dialect)
    return FoldTemplate(fold, _filter(fold, dialect), value)


def _term(op: sql.SqlOp, dialect: Dialect) -> Template:
    """What a fold counts or adds up: exact, even beyond 64 bits."""
    return _written(op, _Scribe(dialect, Writer(dialect), _Places(), beyond=True))


def _filter(fold: sql.Fold, dialect: Dialect) -> Template | None:
    """The condition of a fold if it has one, as a function where SQLite could not read it."""
    where = fold.where
    if where is None:
        return None
    hosted = isinstance(where, sql.Hosted)
    if dialect != "sqlite" or hosted or fold.condition is None or not _is_deep(where):
        return template(where, dialect)
    return _function_template(fold.condition, ir.hash_of(fold.condition))


def _function_template(node: ir.Node, key: str) -> Template:
    """A whole formula as one function of its leaves, for SQLite."""
    leaves = sql.leaves_of(node)
    key = f"whole:{key}"
    register_exact(key, lambda: sql.exact_function(node))
    scribe = _Scribe("sqlite", Writer("sqlite"), _Places())
    text = scribe.called(key, [sql.lower_node(leaf) for leaf in leaves])
    return _finished(text, scribe, node.type)


_Placed = sql.Const | sql.Param | sql.Field | sql.Fold | CalendarPart


@dataclass(frozen=True, slots=True)
class _Places:
    """Every different leaf has one place, however often it occurs."""

    leaves: list[_Placed] = field(default_factory=list)
    known: dict[object, str] = field(default_factory=dict)

    def of(self, leaf: _Placed) -> str:
        """The place of a leaf."""
        key = _identity(leaf)
        place = self.known.get(key)
        if place is None:
            place = self.known[key] = f"{{{len(self.leaves)}}}"
            self.leaves.append(leaf)
        return place


@dataclass(frozen=True, slots=True)
class _Scribe:
    """Writes operations."""

    dialect: Dialect
    writer: Writer  # of the dialect, or of PostgreSQL's numeric
    places: _Places
    beyond: bool = False  # a number that leaves 64 bits is kept, not NULL

    def write(self, op: sql.SqlOp) -> str:
        """The text of an operation tree."""
        if isinstance(op, sql.Op):
            return self._operation(op)
        if isinstance(op, sql.Guarded):
            return self._guarded(op)
        if isinstance(op, sql.Hosted):
            return self._exact_sqlite(op)
        return self._leaf(op)

    def _leaf(self, leaf: sql.Const | sql.Param | sql.Field | sql.Fold) -> str:
        place = self.places.of(leaf)
        counts = self._is_numeric() and shape_of(leaf.type) == "integer"
        return f"CAST({place} AS NUMERIC)" if counts else place

    def _is_numeric(self) -> bool:
        return self.writer.flavour == "numeric"

    def _operation(self, op: sql.Op) -> str:
        name = op.name
        if name == "fits_int64" and not self._is_numeric():
            return self.write(op.args[0])  # the guard sees to it
        if name in _COMPARED and shape_of(op.args[0].type) == "text":
            name = f"text_{name}"
        if name in CALENDAR_OPERATIONS and self.dialect == "postgresql":
            *others, calendar = op.args
            args = [*map(self.write, others), *self._calendar(calendar)]
            return self._aside(name, args)
        args = [self.write(each) for each in op.args]
        if name == "matches":
            args[1] = self._pattern(op.args[1])
        return self._aside(name, args) if _is_costly(op) else _WRITE[name](self.writer, args)

    def _pattern(self, op: sql.SqlOp) -> str:
        """Wildcards as the database writes them."""
        pattern = str(op.value) if isinstance(op, sql.Const) else ""
        written = as_glob(pattern) if self.dialect == "sqlite" else as_like(pattern)
        return self.places.of(sql.Const(written, Text()))

    def _calendar(self, op: sql.SqlOp) -> list[str]:
        name = op.name if isinstance(op, sql.Param) else ""
        return [self.places.of(CalendarPart(name, part)) for part in range(CALENDAR_PARTS)]

    def _aside(self, name: str, args: list[str]) -> str:
        """The arguments computed once, in a sub-select."""
        names = [f"l.x{n}" for n in range(len(args))]
        return self._from(_WRITE[name](self.writer, names), args)

    def _from(self, value: str, args: list[str]) -> str:
        # OFFSET 0 keeps PostgreSQL from putting the arguments back in; SQLite never does
        inner = ", ".join(f"{arg} AS x{n}" for n, arg in enumerate(args))
        fence = "" if self.dialect == "sqlite" else " OFFSET 0"
        return f"(SELECT {value} FROM (SELECT {inner}{fence}) AS l)"  # noqa: S608 - fixed texts

    def _guarded(self, op: sql.Guarded) -> str:
        if self._is_numeric():
            return self.write(op.body)
        too_deep = self.dialect == "sqlite" and stack_need(op.body) > _SQLITE_STACK
        if op.limit is None or too_deep:
            return self._exact(op)
        places = [self.places.of(leaf) for leaf in op.leaves]
        if not places:
            return self.write(op.body)
        within = [
            f"({place} IS NULL OR {place} BETWEEN -{op.limit} AND {op.limit})" for place in places
        ]
        body = self.write(op.body)
        return f"CASE WHEN {' AND '.join(within)} THEN {body} ELSE {self._exact(op)} END"

    def _exact(self, op: sql.Guarded) -> str:
        if self.dialect == "sqlite":
            return self._exact_sqlite(op)
        body = _Scribe(self.dialect, Writer("numeric"), self.places).write(op.body)
        if self.beyond or shape_of(op.type) != "integer":
            return body
        return self._from(int64("l.x0"), [body])

    def _exact_sqlite(self, op: sql.Guarded | sql.Hosted) -> str:
        if self.dialect == "postgresql":
            raise sql.NotPushable(op.key)
        key, build = (f"term:{op.key}", sql.exact_term) if self.beyond else (op.key, sql.exact)
        register_exact(key, lambda: build(op))
        return self.called(key, op.inputs)

    def called(self, key: str, inputs: Sequence[sql.SqlOp]) -> str:
        """A registered function of the values; SQLite takes only so many arguments at once."""
        name, args = "pl_exact", [self.write(each) for each in inputs]
        if len(args) > MOST_ARGUMENTS:
            packs = range(0, len(args), MOST_ARGUMENTS)
            name = "pl_exact_packed"
            args = [f"pl_pack({', '.join(args[n : n + MOST_ARGUMENTS])})" for n in packs]
        return f"{name}({', '.join([self.write(sql.Const(key, Text())), *args])})"


def _identity(leaf: _Placed) -> object:
    """What makes two leaves one: a bound value, a column, the same aggregate."""
    match leaf:
        case sql.Field(path=path, outer=outer):
            return path, outer
        case sql.Const(value=value, type=kind):
            return type(value), value, shape_of(kind)
        case sql.Param(name=name):
            return "param", name
        case CalendarPart():
            return leaf
        case _:
            return id(leaf)


def _is_deep(where: sql.SqlOp) -> bool:
    return stack_need(where) > _SQLITE_STACK_OF_FILTER


def _is_costly(op: sql.Op) -> bool:
    """Whether an argument is named more than once and is more than a few operations."""
    return op.name in REPEATING and any(_is_large(each) for each in op.args)


def _is_large(op: sql.SqlOp) -> bool:
    stack, count = [op], 0
    while stack and count <= _CHEAP:
        current = stack.pop()
        count += 1
        if isinstance(current, sql.Op):
            stack.extend(current.args)
        elif isinstance(current, sql.Fold | sql.Guarded | sql.Hosted):
            return True
    return count > _CHEAP


def stack_need(op: sql.SqlOp) -> int:
    """How deep SQLite's parser has to stack to read an operation tree."""
    match op:
        case sql.Op(name=name, args=args):
            own = _STACK_ASIDE if _is_costly(op) else _STACK_OF.get(name, _STACK)
            return own + max((stack_need(each) for each in args), default=0)
        case sql.Fold(where=where, value=value):
            parts = [stack_need(each) for each in (where, value) if each is not None]
            return _STACK_ASIDE + min(max(parts, default=0), _SQLITE_STACK_OF_FILTER)
        case sql.Guarded(body=body):
            return _STACK_OF["case"] + stack_need(body)
        case _:
            return 1
