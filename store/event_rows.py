"""Read the events of some subjects, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, func, literal, select

from store.bulk import among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from dsl.backends.python import Params
    from dsl.formula import Formula
    from store.query import Source
    from store.unit import UnitOfWork


SEPARATOR = "\x1f"  # between the parts of a key


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which records are events, whose, and what puts them in order."""

    source: Source
    subject_path: str
    at_path: str
    key_paths: tuple[str, ...]
    when: Formula | None
    params: Params


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event; `key` orders events of the same time."""

    id: int
    subject_id: int
    at: int
    key: str


def read_events(
    uow: UnitOfWork,
    query: EventQuery,
    *,
    subjects: Sequence[int] | None = None,
    ids: Sequence[int] | None = None,
    since: int | None = None,
) -> list[EventRow]:
    """The events that match, of these subjects, records and times."""
    source = query.source
    row_id, at = source.column("id"), source.column(query.at_path)
    subject = source.column(query.subject_path or "id")
    keys = [func.coalesce(cast(source.column(path), Text), "") for path in query.key_paths]
    source.narrow(subject.is_not(None), at.is_not(None))
    if subjects is not None:
        source.narrow(among(uow, subject, subjects))
    if ids is not None:
        source.narrow(among(uow, row_id, ids))
    if since is not None:
        source.narrow(at >= since)
    if query.when is not None:  # last: what needs Python is computed for the fewest rows
        source.narrow(source.formula(query.when, query.params))
    key: ColumnElement[Any] = literal("", Text)
    for place, part in enumerate(keys):
        key = part if not place else key.op("||")(SEPARATOR).op("||")(part)
    rows = uow.execute(
        select(row_id.label("id"), subject.label("subject"), at.label("at"), key.label("key"))
        .select_from(source.from_)
        .where(*source.conditions)
        .order_by(at, row_id)
    )
    return [EventRow(int(row.id), int(row.subject), int(row.at), row.key) for row in rows]
