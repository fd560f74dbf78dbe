"""What decisions ask for, as data; `runtime.apply` carries it out in the unit of work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.types import Raw


@dataclass(frozen=True, slots=True)
class PutMail:
    """One mail to one person; `key` makes its Message-ID."""

    key: str
    person_id: int
    template: str  # document name
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PutNotice:
    """One in-app message to one person."""

    key: str
    person_id: int
    template: str
    values: Mapping[str, Any]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class PutTask:
    """One task card for one person."""

    key: str
    person_id: int
    title: Mapping[str, str]
    card: tuple[Mapping[str, Any], ...]
    due_hours: int
    due_calendar: str
    alert_id: int | None = None
    rule: str | None = None
    subject_entity: str | None = None
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class PutJob:
    """Durable work for later. The same key twice is one job."""

    kind: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    run_at: int | None = None


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """Insert (uid None) or update a record."""

    entity: str
    values: Mapping[str, Raw]
    uid: str | None = None


Effect = PutMail | PutNotice | PutTask | PutJob | WriteRecord
