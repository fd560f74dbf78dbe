"""What a grant says of each field of its entity, those that came after it included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from builder.model.others import Grant


def settled(grant: Grant, entity: Entity) -> Grant:
    """The grant with the fields that came after it in the list where it wants them."""
    later = () if grant.new_fields == "shown" else later_fields(grant, entity)
    if not later:
        return grant
    match grant.new_fields:
        case "hidden":
            return replace(grant, hidden_fields=(*grant.hidden_fields, *later))
        case "masked":
            return replace(grant, masked_fields=(*grant.masked_fields, *later))
        case _:
            return replace(grant, read_only_fields=(*grant.read_only_fields, *later))


def later_fields(grant: Grant, entity: Entity) -> tuple[str, ...]:
    """The fields that a grant names nowhere."""
    barred = (*grant.hidden_fields, *grant.masked_fields, *grant.read_only_fields)
    named = {*grant.known_fields, *barred}
    return tuple(item.key for item in entity.fields if item.key not in named)
