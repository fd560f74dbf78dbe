"""Versions of a record: what changed from one to the next, and going back to one."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from runtime import records
from runtime.errors import NotFound
from runtime.lists import readable
from runtime.lookups import one_id, read
from runtime.org import hidden_of, require, unwritable_of
from runtime.standing import own_cell
from store import query
from store.errors import NotFoundError
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from store.record_changes import Change


def with_changes(
    versions: Sequence[dict[str, Any]], *, tables: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Each version with the fields that differ from the version before; of tables, which rows."""
    found = []
    before: Mapping[str, Any] = {}
    for version in versions:
        values = version["values"]
        changes: list[dict[str, Any]] = [
            {"field": key, "before": before.get(key), "after": value}
            for key, value in values.items()
            if before.get(key) != value
        ]
        for each in changes:
            if each["field"] in tables:
                each["rows"] = paired(each["before"] or (), each["after"] or ())
        found.append({**version, "changes": changes})
        before = values
    return found


def paired(before: Sequence[object], after: Sequence[object]) -> list[dict[str, int | None]]:
    """Which row became which, by number: changed, gone and new ones; equal rows are left out."""
    was, now = [repr(row) for row in before], [repr(row) for row in after]
    found: list[dict[str, int | None]] = []
    for kind, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            lines = zip_longest(range(a, b), range(c, d))
            found += [{"before": old, "after": new} for old, new in lines]
    return found


def restore_version(
    ctx: Context, name: str, uid: str, number: int, *, base_version: int | None
) -> Change:
    """Make a record what it was in a version, as a new version; fields out of reach stay.

    Raises:
        NotFound: there is no such version.
        Invalid: what it was then is against the rules of today.
        Conflicting: somebody changed the record since `base_version`.
    """
    entity = readable(ctx, name)
    require(ctx, name, "update")
    record_id = one_id(ctx, name, uid)
    (values,) = values_at(ctx, entity, record_id, number)
    barred = unwritable_of(ctx, name, "update")
    mine = {key: value for key, value in values.items() if key not in barred}
    return records.change(ctx, name, record_id, mine, base_version=base_version)


def values_at(ctx: Context, entity: Entity, record_id: int, *numbers: int) -> list[dict[str, Cell]]:
    """What a record's fields held in each version, rows included, as far as the actor sees them.

    Raises:
        NotFound: there is no such version.
    """
    try:
        versions = query.history(
            ctx.uow, ctx.scope, ctx.tables, ctx.catalog, entity.name, record_id, params=ctx.params
        )
    except NotFoundError as error:
        raise NotFound(f"{entity.name} {record_id}") from error
    known = {each.version: each.rev_from for each in reversed(versions) if not each.deleted}
    missing = [str(number) for number in numbers if number not in known]
    if missing:
        raise NotFound(f"{entity.name} {record_id} {' '.join(missing)}")
    return [_known_at(ctx, entity, record_id, known[number]) for number in numbers]


def _known_at(ctx: Context, entity: Entity, record_id: int, rev: int) -> dict[str, Cell]:
    unseen = hidden_of(ctx, entity.name)
    keys = tuple(
        f.key for f in entity.fields if f.is_filled and not f.hidden and f.key not in unseen
    )
    (row,) = read(ctx, Query(entity.name, select=keys, ids=(record_id,), as_of=rev)).rows
    return {key: own_cell(ctx, entity, key, row[key]) for key in keys}
