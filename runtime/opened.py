"""What a person has opened to fill in, by the right that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.errors import NotFound
from runtime.lookups import one_id
from runtime.org import require
from store import tasks

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from runtime.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A form, or an entity that is filled in without one; with a card, or a record to change."""

    form: str
    task: str | None = None
    record: str | None = None
    record_version: int | None = None  # that was seen when it was opened


def entity_of(ctx: Context, form: str) -> Entity | None:
    """The entity of a form, or of a place without one."""
    found = ctx.catalog.forms.get(form)
    return ctx.catalog.entities.get(form if found is None else found.entity)


def opened(ctx: Context, place: Place) -> Entity:
    """The entity of what was opened.

    Raises:
        NotFound: there is none, or it is not for the actor.
        NotAllowed: the actor may not fill it in.
    """
    entity = entity_of(ctx, place.form)
    if entity is None:
        raise NotFound(place.form[:64])
    if place.task is not None:
        found = tasks.task_by_uid(ctx.uow, place.task)
        if found is None or found.assignee_id != ctx.actor.person_id:
            raise NotFound(f"task {place.task[:64]}")
    elif place.record is not None:
        require(ctx, entity.name, "update")
        one_id(ctx, entity.name, place.record)
    else:
        require(ctx, entity.name, "create")
    return entity
