"""Write records given the way people write them: references by code or name instead of uid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime import records
from runtime.decide.forms import Cell, named
from runtime.errors import Invalid
from runtime.lookups import POINTING
from runtime.values import parse
from store import business_keys, query
from store.record_writes import Origin

if TYPE_CHECKING:
    from builder.model.entity import Entity, Field
    from runtime.context import Context

Rows = Sequence[Mapping[str, Any]]
BACK_FILLED = Origin("backfilled")


@dataclass(frozen=True, slots=True)
class Later:
    """A reference to a record that was not there yet when its own record was written."""

    entity: Entity
    record_id: int
    field: Field
    text: str


def write_samples(
    ctx: Context, samples: Mapping[str, Rows], *, origin: Origin = BACK_FILLED
) -> int:
    """Insert records by entity, whatever order they refer to each other in; how many are new.

    A record whose unique key is there already is left as it is.

    Raises:
        Invalid: a value can not be read, or a reference leads nowhere.
    """
    written, later = 0, list[Later]()
    for name in in_order(ctx, samples):
        entity = ctx.catalog.entity(name)
        fresh = without_known(ctx, entity, samples[name])
        for at in range(0, len(fresh), 500):
            part = fresh[at : at + 500]
            written += len(part)
            later += _write(ctx, entity, part, origin=origin)
    for each in later:
        found = natural_ids(ctx, target_of(each.field), [each.text]).get(each.text)
        if found is None:
            raise Invalid(Diagnostic("RUN104", named(each.field), pointer=each.entity.name))
        records.update(
            ctx, each.entity.name, each.record_id, {each.field.key: found}, origin=origin
        )
    return written


def natural_ids(ctx: Context, entity: str, texts: Sequence[str]) -> dict[str, int]:
    """Row ids by uid, else by a unique text field, else by what the record is called."""
    wanted = list(dict.fromkeys(texts))
    found = query.uid_to_id(ctx.uow, ctx.tables, entity, wanted)
    for key in natural_keys(ctx.catalog.entity(entity)):
        missing = [text for text in wanted if text not in found]
        by_key = business_keys.ids_by(ctx.uow, ctx.tables, entity, by=key, values=missing)
        found.update({str(text): record_id for text, record_id in by_key.items()})
    return found


def natural_keys(entity: Entity) -> tuple[str, ...]:
    """The fields people name a record by: unique ones first, then the display."""
    unique = [keys[0] for keys in entity.unique if len(keys) == 1]
    texts = [key for key in (*unique, entity.display) if _is_text(entity, key)]
    return tuple(dict.fromkeys(texts))


def in_order(ctx: Context, samples: Mapping[str, Rows]) -> list[str]:
    """The entities so that what is pointed to comes first, as far as there are no circles."""
    left, ordered = list(samples), list[str]()
    while left:
        free = [name for name in left if not (_points_to(ctx, name) & set(left)) - {name}]
        chosen = free or left[:1]
        ordered += chosen
        left = [name for name in left if name not in chosen]
    return ordered


def target_of(item: Field) -> str:
    """The entity a field points to."""
    return item.entity or item.type


def without_known(ctx: Context, entity: Entity, rows: Rows) -> list[Mapping[str, Any]]:
    """The rows whose unique text key no record has yet."""
    keys = [keys[0] for keys in entity.unique if len(keys) == 1 and _is_text(entity, keys[0])]
    fresh = list(rows)
    for key in keys:
        values = [row[key] for row in fresh if isinstance(row.get(key), str)]
        known = business_keys.ids_by(ctx.uow, ctx.tables, entity.name, by=key, values=values)
        fresh = [row for row in fresh if row.get(key) not in known]
    return fresh


def resolved(
    ctx: Context, entity: Entity, rows: Rows
) -> tuple[list[dict[str, Cell]], list[tuple[int, Field, str]]]:
    """Rows as raw values, and (row, field, text) of references that lead nowhere yet."""
    pointers = [f for f in entity.fields if f.type in POINTING]
    known = {
        item.key: natural_ids(
            ctx, target_of(item), [str(r[item.key]) for r in rows if r.get(item.key) is not None]
        )
        for item in pointers
    }
    parsed: list[dict[str, Cell]] = []
    missing: list[tuple[int, Field, str]] = []
    for number, row in enumerate(rows):
        plain = {key: value for key, value in row.items() if key not in known}
        cells = parse(ctx, entity, plain)
        for item in pointers:
            text = row.get(item.key)
            if text is None:
                continue
            cells[item.key] = known[item.key].get(str(text))
            if cells[item.key] is None:
                missing.append((number, item, str(text)))
        parsed.append(cells)
    return parsed, missing


def _write(ctx: Context, entity: Entity, rows: Rows, *, origin: Origin) -> list[Later]:
    try:
        parsed, missing = resolved(ctx, entity, rows)
    except Invalid as refused:
        raise Invalid(
            *(p.at(file=f"samples/{entity.key}.json") for p in refused.problems)
        ) from None
    changes = records.insert(ctx, entity.name, parsed, origin=origin)
    return [Later(entity, changes[n].id, item, text) for n, item, text in missing]


def _points_to(ctx: Context, name: str) -> set[str]:
    return {target_of(f) for f in ctx.catalog.entity(name).fields if f.type in POINTING}


def _is_text(entity: Entity, key: str) -> bool:
    item = entity.field(key)
    return item is not None and item.type in ("text", "long_text")
