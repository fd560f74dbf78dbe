"""One unit of work: a transaction, its change number and what is done when it commits.

Lock order on PostgreSQL: rows first, then `head` (by `rev()`), then commit. Code that only needs
the number *in* its rows registers `on_rev` and so keeps that order; code that calls `rev()` at
once holds `head` from there on, and should do so last, or first of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update

from store import prepared
from store.prepared import Prepared
from store.tables import head

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Executable, Result, Table

Dialect = Literal["sqlite", "postgresql"]
PENDING_REV = 0  # stands in a row until `head` is locked; never visible to others
OPEN_REV = 2**63 - 1  # rev_to of the version in force

# statements of every unit of work are made once: making one takes longer than running it
_DRAW = Prepared(
    update(head)
    .where(head.c.id == 1)
    .values(rev=head.c.rev + 1)
    .returning(head.c.rev, head.c.audit_seq, head.c.audit_hash)
)
_NEWEST = select(head.c.rev).where(head.c.id == 1)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What will be one row of the audit chain when the unit commits."""

    actor: str
    action: str
    target: str
    detail: str
    at: int


@dataclass(slots=True)
class Touched:
    """The rows of one entity that this unit wrote and that still owe a version."""

    table: Table
    history: Table | None
    ids: set[int] = field(default_factory=set)
    fresh: set[int] = field(default_factory=set)  # inserted here: no older version to close
    pending: set[int] = field(default_factory=set)  # carry PENDING_REV

    def copy(self) -> Touched:
        """The same, on its own."""
        return replace(self, ids=set(self.ids), fresh=set(self.fresh), pending=set(self.pending))


@dataclass(frozen=True, slots=True)
class Head:
    """The change number of a unit and the end of the audit chain before it."""

    rev: int
    audit_seq: int
    audit_hash: str


Settler = Callable[["UnitOfWork"], None]
Stood = dict[str, dict[int, Mapping[str, Any]]]  # records by entity and row id, as they were


class UnitOfWork:
    """A transaction in the hands of one thread. `Database.read` and `Database.write` make it."""

    def __init__(
        self,
        connection: Connection,
        *,
        dialect: Dialect,
        writable: bool,
        memo: dict[str, Any],
        settlers: Sequence[Settler] = (),
    ) -> None:
        self.connection = connection
        self.dialect: Dialect = dialect
        self.writable = writable
        self.memo = memo  # per database: caches that carry their own version
        self.snapshot: dict[str, Any] = {}  # what this unit need not ask again
        self.touched: dict[str, Touched] = {}
        self.bumped: dict[str, set[int]] = {}  # records whose version was raised already
        self.versions_written = False
        self.audit_entries: list[AuditEntry] = []
        self.rolled_back = False
        self.rights_touched = False  # accounts or roles were written
        self._stood: Stood = {}
        self._settlers = settlers
        self._head: Head | None = None
        self._on_rev: list[Callable[[int], object]] = []
        self._after_commit: list[Callable[[], None]] = []

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Run one statement; a sequence of parameters runs it for each."""
        return self.connection.execute(statement, parameters)

    def rows(self, statement: Prepared, given: Mapping[str, Any]) -> Result[Any]:
        """Run one statement that every request runs; the rows it gives."""
        return prepared.rows(self.connection, statement, given)

    def change(self, statement: Prepared, given: Mapping[str, Any]) -> int:
        """Run one statement that every request runs; how many rows it changed."""
        return prepared.change(self.connection, statement, given)

    def change_each(self, statement: Prepared, columns: Mapping[str, Iterable[Any]]) -> None:
        """Run such a statement for each row of the columns."""
        prepared.change_each(self.connection, statement, columns)

    @property
    def is_waiting(self) -> bool:
        """Whether the change number waits for commit; SQLite has one writer: nothing can wait."""
        return self.dialect != "sqlite" and self._head is None

    def rev(self) -> int:
        """This unit's change number; the first call locks `head` until commit."""
        return self.locked_head().rev

    def locked_head(self) -> Head:
        """The locked head row, drawn once."""
        if self._head is None:
            if not self.writable:
                raise RuntimeError("a reading unit of work has no change number")
            row = self.rows(_DRAW, {}).one()
            self._head = Head(row.rev, row.audit_seq, row.audit_hash)
        return self._head

    def chain_moved(self, audit_seq: int, audit_hash: str) -> None:
        """Remember the new end of the audit chain, in case this unit extends it again."""
        self._head = Head(self.rev(), audit_seq, audit_hash)

    def early_rev(self) -> int:
        """The number to write into rows now: drawn, or PENDING_REV on PostgreSQL."""
        return PENDING_REV if self.is_waiting else self.rev()

    def on_rev(self, callback: Callable[[int], object]) -> None:
        """Call back with the change number once it is drawn (at commit, or now if it is)."""
        if self.is_waiting:
            self._on_rev.append(callback)
        else:
            callback(self.rev())

    def stood_before(self) -> Stood:
        """Where to note records as they were before what is told of next.

        While the change number waits that is one book for all changes, which are told of together;
        a savepoint that is undone need not undo it: its records are again as noted.
        """
        if self.is_waiting:
            return self._stood
        return {entity: dict(rows) for entity, rows in self._stood.items()}

    def known_rev(self) -> int:
        """The newest change number this unit's snapshot can see."""
        return int(self.execute(_NEWEST).scalar_one())

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run something once everything is safely stored; not run after a rollback."""
        self._after_commit.append(callback)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that is undone as a whole when it fails, while the rest of the unit stays."""
        kept = (
            {name: each.copy() for name, each in self.touched.items()},
            {name: set(ids) for name, ids in self.bumped.items()},
            list(self.audit_entries),
            list(self._on_rev),
            list(self._after_commit),
            (self._head, self.versions_written),
        )
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self.touched, self.bumped, self.audit_entries = kept[0], kept[1], kept[2]
            self._on_rev, self._after_commit = kept[3], kept[4]
            self._head, self.versions_written = kept[5]
            self.snapshot.clear()
            raise

    def roll_back(self) -> None:
        """End this unit without storing anything (simulations)."""
        self.rolled_back = True

    def touch(self, entity: str, table: Table, history: Table | None) -> Touched:
        """The list of rows of that entity which owe a version."""
        found = self.touched.get(entity)
        if found is None:
            found = self.touched[entity] = Touched(table, history)
        return found

    def settle(self) -> None:
        """Draw the change number and write everything that waited for it."""
        if self._on_rev:
            rev = self.rev()
            waiting, self._on_rev = self._on_rev, []
            for callback in waiting:
                callback(rev)
        for settler in self._settlers:
            settler(self)

    def committed(self) -> None:
        """Run the callbacks registered by `after_commit`."""
        for callback in self._after_commit:
            callback()
