"""Convert the values of a field batch by batch: what pointers need is looked up for each batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.fields import Problem
from builder.retyping import SEVERAL, Around, convert, family_of
from runtime.natural import natural_keys, target_of
from store import business_keys, query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.model.entity import Field
    from dsl.types import Raw
    from runtime.context import Context


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one field to another. `back`: the other column was filled before and is kept.

    A former value stays where it still says what the present one says, so going back brings the
    very values of before, except where something else was written since.
    """

    ctx: Context
    before: Field
    after: Field
    back: bool = False

    def __call__(self, source: Sequence[Raw], target: Sequence[Raw]) -> Sequence[Raw | Problem]:
        """The values of one batch."""
        around = around_of(self.ctx, self.before, self.after, source)
        fresh = [convert(self.before, self.after, raw, around=around) for raw in source]
        if not self.back:
            return fresh
        there = around_of(self.ctx, self.after, self.before, target)
        said = [convert(self.after, self.before, raw, around=there) for raw in target]
        return [
            old if (None if isinstance(says, Problem) else says) == now else new
            for old, says, now, new in zip(target, said, source, fresh, strict=True)
        ]


def around_of(ctx: Context, before: Field, after: Field, values: Sequence[Raw]) -> Around:
    """What the values of a batch need: names of records that are pointed to, ids of names."""
    names: dict[int, str] = {}
    texts = {raw.strip() for raw in values if isinstance(raw, str)}
    if family_of(before) == "pointer":
        ids = sorted({raw for raw in values if isinstance(raw, int)})
        names = names_of(ctx, target_of(before), ids)
        texts = set(names.values())
    pointed = family_of(after) == "pointer"
    ids_by_text = ids_of(ctx, target_of(after), sorted(texts)) if pointed else {}
    return Around(zone=ctx.zone, names=names, ids=ids_by_text)


def names_of(ctx: Context, entity: str, ids: Sequence[int]) -> dict[int, str]:
    """What records are called by their natural key; their uid when they have none."""
    if not ids or entity not in ctx.tables.entities:
        return {}
    names = query.id_to_uid(ctx.uow, ctx.tables, entity, ids)
    for key in reversed(_keys(ctx, entity)):
        found = business_keys.texts_of(ctx.uow, ctx.tables, entity, by=key, ids=ids)
        names.update({row: str(text) for row, text in found.items()})
    return names


def ids_of(ctx: Context, entity: str, texts: Sequence[str]) -> dict[str, int]:
    """The records that texts name: by uid, by a unique key, by what they are called."""
    if not texts or entity not in ctx.tables.entities:
        return {}
    found = query.uid_to_id(ctx.uow, ctx.tables, entity, texts)
    for key in _keys(ctx, entity):
        missing = [text for text in texts if text not in found]
        named = business_keys.all_ids_by(ctx.uow, ctx.tables, entity, by=key, values=missing)
        for text, ids in named.items():
            found[str(text)] = ids[0] if len(ids) == 1 else SEVERAL
    return found


def _keys(ctx: Context, entity: str) -> tuple[str, ...]:
    known = ctx.tables[entity].fields
    return tuple(key for key in natural_keys(ctx.catalog.entity(entity)) if key in known)
