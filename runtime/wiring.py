"""Hold what one process needs: database, keys, clock, connectors and the catalog in force."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import uuid_utils

from builder.builtin import BUILT_IN_DEFINITIONS
from builder.catalog import Catalog
from builder.codec import decode_stored
from connectors.registry import load_registry
from runtime import admins
from runtime.after import after_changes
from runtime.clock import BusinessClock, Clock, real_now
from runtime.context import SYSTEM_ACTOR, Cause, Context, day_of
from runtime.notify import Renderer
from runtime.org import scope_of
from runtime.patience import patiently
from runtime.view_buffer import ViewLog
from store import definitions, record_schema, settings_table
from store.db import Database
from store.record_tables import tables_of
from store.secrets import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from builder.codec import AnyDefinition
    from builder.model.common import Kind
    from connectors.registry import Registry
    from runtime.context import Actor
    from runtime.settings import Settings
    from store.accounts import Account
    from store.unit import UnitOfWork

CLOCK, BUILT_IN = "clock", "built_in"
T = TypeVar("T")


def new_uid() -> str:
    """A UUIDv7: unique everywhere, sorted by time."""
    return str(uuid_utils.uuid7())


@dataclass(slots=True)
class _Known:
    """The newest catalog this process has read."""

    catalog: Catalog | None = None


class Wiring:
    """Everything long-lived; `reading` and `writing` hand out units of work."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        keyring: Keyring,
        clock: Clock,
        connectors: Registry,
    ) -> None:
        self.settings = settings
        self.database = database
        self.keyring = keyring
        self.clock: Clock = clock
        self.connectors = connectors
        self.new_uid: Callable[[], str] = new_uid
        self.renderer = Renderer()  # its child starts with the first message
        self.stopping = threading.Event()  # set when the process ends; long work looks at it
        self.operator_token: str | None = None  # set while a server offers `operator_line`
        self.views = ViewLog(database)
        self._known = _Known()
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, settings: Settings, *, clock: Clock | None = None, connectors: Registry | None = None
    ) -> Wiring:
        """Open the installation; the first time make its keys, tables and clock."""
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        keyring = Keyring.open(settings.key_file)
        database = Database.open(
            settings.url, exclusive=settings.exclusive, audit_key=keyring.audit_key
        )
        with _closed_unless_good(database):
            database.migrate()
            with database.write(publishing=True) as uow:
                stored = _stored_clock(uow)
                _ensure_built_in(uow)
        return cls(
            settings,
            database=database,
            keyring=keyring,
            clock=clock or stored,
            connectors=connectors or load_registry(),
        )

    @classmethod
    def look(cls, settings: Settings) -> Wiring:
        """Open an installation at which a server may be at work, to read and nothing else."""
        keyring = Keyring.open(settings.key_file)
        database = Database.open(settings.url, audit_key=keyring.audit_key)
        with _closed_unless_good(database), database.read() as uow:
            text = settings_table.get(uow, CLOCK)
        return cls(
            settings,
            database=database,
            keyring=keyring,
            clock=_clock(text or _clock_text(BusinessClock(real_now(), real_now(), 1))),
            connectors=load_registry(),
        )

    def close(self) -> None:
        """Let go of the database and of the renderer."""
        self.views.close()
        self.renderer.close()
        self.database.close()

    @contextmanager
    def reading(self, actor: Actor = SYSTEM_ACTOR) -> Iterator[Context]:
        """One snapshot with the actor's scope."""
        with self.database.read() as uow:
            yield self._context(uow, actor, Cause("read"))

    @contextmanager
    def writing(
        self,
        actor: Actor = SYSTEM_ACTOR,
        *,
        cause: Cause | str = "api",
        publishing: bool = False,
        needed: bool = False,
    ) -> Iterator[Context]:
        """One transaction with the actor's scope; stored when the block ends without error.

        What is `needed` is tried on a full disk too: what takes things away, what must leave a
        trace.
        """
        with self.database.write(publishing=publishing, needed=needed) as uow:
            ctx = self._context(uow, actor, Cause(cause) if isinstance(cause, str) else cause)
            yield ctx
            if not uow.rolled_back and admins.may_have_gone(uow):
                admins.keep_any(uow, self._roles(ctx), before=self._administrators)

    def attempt(
        self,
        work: Callable[[Context], T],
        actor: Actor = SYSTEM_ACTOR,
        *,
        cause: str = "api",
        publishing: bool = False,
    ) -> T:
        """Do a whole unit of work, again when it lost against another one."""

        def once() -> T:
            with self.writing(actor, cause=cause, publishing=publishing) as ctx:
                return work(ctx)

        return patiently(once)

    def catalog(self, uow: UnitOfWork) -> Catalog:
        """The catalog in force when a unit of work begins, decoded only after a publication."""
        revision = definitions.current_revision(uow)
        known = self._known.catalog
        if known is not None and known.revision == revision:
            return known
        with self._lock:
            newest = self._known.catalog
            if newest is not None and newest.revision == revision:
                return newest
            found = decode_catalog(uow, revision)
            if newest is None or newest.revision < revision:  # an old snapshot does not set it back
                self._known.catalog = found
            return found

    def _roles(self, ctx: Context) -> Catalog:
        """A catalog with the roles in force at the end of a unit of work; it may publish some."""
        revision = definitions.current_revision(ctx.uow)
        same = revision == ctx.catalog.revision
        return ctx.catalog if same else decode_catalog(ctx.uow, revision, only="role")

    def _administrators(self) -> list[Account]:
        """The administrators there are as others see it."""
        with self.database.read() as uow:
            return admins.administrators(uow, self.catalog(uow))

    def move_clock(self, *, business: int, factor: int) -> BusinessClock:
        """Set the business clock for all processes that start from now on, and for this one."""
        moved = BusinessClock(real_now(), business, factor)
        with self.database.write() as uow:
            settings_table.put(uow, CLOCK, _clock_text(moved))
        self.clock = moved
        return moved

    def _context(self, uow: UnitOfWork, actor: Actor, cause: Cause) -> Context:
        catalog = self.catalog(uow)
        tables = tables_of(uow, catalog)
        now = self.clock.now()
        today = day_of(now, self.settings.zone)
        uow.memo["tables"] = tables  # nothing is written yet: this is what others see too
        return Context(
            uow=uow,
            catalog=catalog,
            tables=tables,
            scope=scope_of(uow, catalog, tables, actor=actor, today=today),
            actor=actor,
            now=now,
            new_uid=self.new_uid,
            cause=cause,
            zone=self.settings.zone,
            sample_days=self.settings.sample_days,
            keyring=self.keyring,
            views=self.views,
            after=after_changes,
        )


def decode_catalog(uow: UnitOfWork, revision: int, *, only: Kind | None = None) -> Catalog:
    """The catalog of a revision as stored, or one kind of its definitions."""
    stored = definitions.load(uow, revision or None)
    decoded = (_decoded(*each) for each in stored if only in (None, each[0]))
    return Catalog.of(decoded, revision=revision)


@contextmanager
def _closed_unless_good(database: Database) -> Iterator[None]:
    """Let go of a database at which an installation could not be opened."""
    try:
        yield
    except BaseException:
        database.close()
        raise


def _decoded(kind: str, name: str, document: dict[str, Any]) -> AnyDefinition:
    pack = name if kind == "pack" else name.rpartition(".")[0]
    definition = decode_stored(kind_of_text(kind), document, pack=pack)
    if isinstance(definition, list):
        details = "; ".join(f"{p.pointer}: {p.text('en')}" for p in definition[:5])
        message = f"the stored {kind} {name} can not be read: {details}"
        raise TypeError(message)
    return definition


def kind_of_text(kind: str) -> Kind:
    """A stored kind, known to be one."""
    if kind not in KINDS:
        message = f"there is no kind of definition '{kind}'"
        raise ValueError(message)
    return KINDS[kind]


KINDS: Mapping[str, Kind] = {
    "entity": "entity", "form": "form", "flow": "flow", "rule": "rule", "metric": "metric",
    "dashboard": "dashboard", "source": "source", "role": "role", "document": "document",
    "calendar": "calendar", "pack": "pack",
}  # fmt: skip


def _ensure_built_in(uow: UnitOfWork) -> None:
    """Give the built-in entities their tables, and new fields after an upgrade."""
    known = hashlib.sha256(repr(BUILT_IN_DEFINITIONS).encode()).hexdigest()
    if settings_table.get(uow, BUILT_IN) != known:
        record_schema.ensure(uow, decode_catalog(uow, definitions.current_revision(uow)))
        settings_table.put(uow, BUILT_IN, known)


def _stored_clock(uow: UnitOfWork) -> BusinessClock:
    text = settings_table.get(uow, CLOCK)
    if text is None:
        now = real_now()
        fresh = BusinessClock(now, now, 1)
        settings_table.put(uow, CLOCK, _clock_text(fresh))
        return fresh
    return _clock(text)


def _clock(text: str) -> BusinessClock:
    stored = json.loads(text)
    return BusinessClock(stored["real0"], stored["business0"], stored["factor"])


def _clock_text(clock: BusinessClock) -> str:
    return json.dumps({"real0": clock.real0, "business0": clock.business0, "factor": clock.factor})
