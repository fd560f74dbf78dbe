"""What a verb is given: one unit of work, one catalog, one actor, one `now`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias
from zoneinfo import ZoneInfo

from dsl.backends.python import Params
from runtime.clock import SECOND
from runtime.settings import SAMPLE_DAYS
from runtime.working_days import WorkingDays
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.catalog import Catalog
    from runtime.view_buffer import ViewLog
    from store.db import UnitOfWork
    from store.record_changes import Change
    from store.record_tables import Tables
    from store.scope import Scope
    from store.secrets import Keyring

After: TypeAlias = "Callable[[Context, Sequence[Change]], None]"
DEFAULT_ZONE = "Asia/Shanghai"
EPOCH = date(1970, 1, 1)

ActorKind = Literal["user", "token", "public_form", "partner", "connector", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. `person_id` is the row id of the person; roles are full role names."""

    kind: ActorKind
    name: str  # login, source name or "system"
    person_id: int | None = None
    roles: tuple[str, ...] = ()
    admin: bool = False
    language: Literal["zh-CN", "en"] = "zh-CN"


SYSTEM_ACTOR = Actor(kind="system", name="system", admin=True)


@dataclass(frozen=True, slots=True)
class Cause:
    """The chain that led here; rules refuse to go deeper than MAX_DEPTH."""

    what: str  # e.g. "form:goal_form", "sync:mes", "rule:performance_core.behind_plan"
    depth: int = 0

    def then(self, what: str) -> Cause:
        """The next link of the chain."""
        return Cause(f"{self.what} > {what}"[-500:], self.depth + 1)


MAX_DEPTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a verb may touch."""

    uow: UnitOfWork
    catalog: Catalog
    tables: Tables
    scope: Scope  # the rows and fields the actor may read; every read takes it
    actor: Actor
    now: int  # business time
    new_uid: Callable[[], str]  # UUIDv7
    cause: Cause = field(default_factory=lambda: Cause("api"))
    zone: str = DEFAULT_ZONE
    sample_days: int = SAMPLE_DAYS  # how long raw samples are kept
    keyring: Keyring | None = None
    views: ViewLog | None = None  # takes who looked at whose personal data
    after: After | None = None  # what follows a change: metrics and rules (set by the wiring)

    @property
    def today(self) -> int:
        """The day it is where the installation is."""
        return day_of(self.now, self.zone)

    @property
    def params(self) -> Params:
        """What TODAY(), NOW() and the calendars mean in this unit of work."""
        return Params(
            today=self.today,
            now=self.now,
            zone=self.zone,
            calendars=WorkingDays(self.uow, self.catalog.calendars),
        )

    @property
    def as_system(self) -> Context:
        """The same unit of work with the rights of the system."""
        actor = replace(SYSTEM_ACTOR, language=self.actor.language)
        return replace(self, actor=actor, scope=SYSTEM)


def day_of(at: int, zone: str) -> int:
    """The civil day (since the epoch) that an instant falls on in a zone."""
    local = datetime.fromtimestamp(at // SECOND, tz=ZoneInfo(zone))
    return local.date().toordinal() - EPOCH.toordinal()
