"""Change many records at once: first the preview, then batches that can be stopped and undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime import records, works
from runtime.decide.forms import is_blank, missing, named, pointer_to
from runtime.describe import known_entity
from runtime.errors import Invalid, Refused
from runtime.lists import Listing, readable, told
from runtime.lookups import reachable, read
from runtime.org import require, scope_for, unwritable_of
from runtime.read import record_items, selected
from runtime.standing import is_ruled, refusals
from runtime.values import parse
from runtime.versions import values_at
from runtime.works import Batch, as_json
from store import work
from store.query import Query
from store.work import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from store.work import Work

Json = dict[str, Any]
EDIT, UNDO = "edit", "undo"
MAX_RECORDS = 50_000
BATCH = 200
SAMPLE = 20
JUDGED = 500  # records on which a preview tries the rules of forms


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which records: those of a list, or these uids."""

    listing: Listing
    uids: tuple[str, ...] | None = None


def preview(ctx: Context, name: str, chosen: Chosen, values: Mapping[str, object]) -> Json:
    """How many records would change and which are refused, with the reason; nothing is written.

    The rules of forms are tried on the first `judged` records; on the others when it is done.

    Raises:
        Invalid: a new value is not one, or too many records are chosen.
    """
    entity, parsed = _asked(ctx, name, values)
    ids = _ids(ctx, entity, chosen)
    mine = reachable(ctx, name, ids, scope=scope_for(ctx, "update")) if ids else frozenset()
    within = [id_ for id_ in ids if id_ in mine]
    ruled = is_ruled(ctx, name)
    tried = within[:JUDGED] if ruled else within
    against = refusals(ctx, name, tried, parsed) if ruled and tried else {}
    refused = [id_ for id_ in ids if id_ not in mine or id_ in against]
    reasons = {id_: _reason(ctx, against.get(id_)) for id_ in refused}
    same = _unchanged(ctx, name, within, parsed) - against.keys()
    return {
        "count": len(ids),
        "would_change": len(within) - len(same) - len(against),
        "unchanged": len(same),
        "refused": len(reasons),
        "judged": len(tried),
        "is_partial": len(tried) < len(within),
        "rows": _shown(ctx, entity, reasons),
    }


def _reason(ctx: Context, problems: Sequence[Diagnostic] | None) -> str:
    """What a rule says against it; where none does, the actor has no right to it."""
    said = problems or (Diagnostic("RUN226"),)
    return "; ".join(each.text(ctx.actor.language) for each in said)


def _shown(ctx: Context, entity: Entity, reasons: Mapping[int, str]) -> list[Json]:
    """The first records that are refused."""
    sample = list(reasons)[:SAMPLE]
    wanted = Query(entity.name, select=selected(ctx, entity), ids=sample)
    rows = read(ctx, wanted).rows if sample else []
    said = [reasons[int(row["id"])] for row in rows]
    return [
        {"uid": item["uid"], "display": item["display"], "reason": reason}
        for item, reason in zip(record_items(ctx, entity, rows), said, strict=True)
    ]


def start(ctx: Context, name: str, chosen: Chosen, values: Mapping[str, object]) -> Json:
    """Change the records chosen now, in batches in the background."""
    entity, _ = _asked(ctx, name, values)
    wanted = _query(ctx, entity, chosen)
    with told():
        rows = read(ctx, wanted).rows
    _check_size(len(rows))
    items = [
        Item(n, record_id=int(row["id"]), version=int(row["version"])) for n, row in enumerate(rows)
    ]
    return works.start(ctx, EDIT, name, request={"values": dict(values)}, items=items)


def undo(ctx: Context, uid: str) -> Json:
    """Give the fields a change has set the values they had, unless somebody changed them since.

    Raises:
        Invalid: it has not ended, or the actor may no longer write one of its fields.
    """
    done = works.mine(ctx, uid)
    if done.kind != EDIT or done.state == "running":
        raise Invalid(Diagnostic("RUN227"))
    require(ctx, done.entity, "update")
    _check_fields(ctx, known_entity(ctx, done.entity), done.request["values"])
    changed = [
        each
        for each in work.items(ctx.uow, done.id, after=-1, limit=MAX_RECORDS)
        if not each.problems and each.version is not None and each.place < done.done
    ]
    return works.start(ctx, UNDO, done.entity, request={}, items=changed)


def edit_step(ctx: Context, found: Work) -> Batch:
    """Change the next records."""
    entity, parsed = _asked(ctx, found.entity, found.request["values"])
    batch = _batch(ctx, found)
    settled: list[Item] = []
    written = 0
    for item in batch:
        try:
            with ctx.uow.savepoint():
                change = records.change(
                    ctx, entity.name, item.record_id or 0, parsed, base_version=item.version
                )
        except Refused as refused:
            settled.append(_refused(item, refused))
            continue
        if change.is_empty:
            settled.append(Item(item.place, item.record_id))  # there is nothing to undo
        else:
            written += 1
    work.settle(ctx.uow, found.id, settled)
    bad = sum(1 for each in settled if each.problems)
    return _told(batch, found, written=written, refused=bad)


def undo_step(ctx: Context, found: Work) -> Batch:
    """Give the next records their values back."""
    entity = known_entity(ctx, found.entity)
    batch = _batch(ctx, found)
    settled: list[Item] = []
    for item in batch:
        try:
            with ctx.uow.savepoint():
                _give_back(ctx, entity, item)
        except Refused as refused:
            settled.append(_refused(item, refused))
    work.settle(ctx.uow, found.id, settled)
    return _told(batch, found, written=len(batch) - len(settled), refused=len(settled))


def _give_back(ctx: Context, entity: Entity, item: Item) -> None:
    """What the change made of one record goes back, what it emptied by the way too.

    Rights, rows and rules are those of whoever undoes, today.
    """
    record_id, version = item.record_id or 0, item.version or 0
    before, after = values_at(ctx, entity, record_id, version, version + 1)
    values = {key: value for key, value in before.items() if after.get(key) != value}
    _check_fields(ctx, entity, values)
    records.change(ctx, entity.name, record_id, values, base_version=version + 1)


def _check_fields(ctx: Context, entity: Entity, keys: Iterable[str]) -> None:
    barred = unwritable_of(ctx, entity.name, "update")
    refused = [f for f in entity.fields if f.key in barred.intersection(keys)]
    if refused:
        raise Invalid(*(Diagnostic("RUN216", named(f), pointer=pointer_to(f.key)) for f in refused))


def _batch(ctx: Context, found: Work) -> list[Item]:
    after = -1 if found.place is None else int(found.place)
    return work.items(ctx.uow, found.id, after=after, limit=BATCH)


def _told(batch: Sequence[Item], found: Work, *, written: int, refused: int) -> Batch:
    is_last = found.done + len(batch) >= found.total or not batch
    return Batch(
        done=len(batch),
        written=written,
        unchanged=len(batch) - written - refused,
        refused=refused,
        place=None if is_last else batch[-1].place,
    )


def _refused(item: Item, refused: Refused) -> Item:
    return Item(item.place, item.record_id, problems=[as_json(each) for each in refused.problems])


def _asked(ctx: Context, name: str, values: Mapping[str, object]) -> tuple[Entity, dict[str, Cell]]:
    """The new values, each as good as if it were typed into one record."""
    entity = readable(ctx, name)
    require(ctx, name, "update")
    if entity.log or entity.system:
        raise Invalid(Diagnostic("RUN206"))
    if not values:
        raise Invalid(Diagnostic("RUN228", pointer="/values"))
    parsed = parse(ctx, entity, values, action="update")
    blanks = [
        missing(item)
        for item in entity.fields
        if item.required and item.key in parsed and is_blank(parsed[item.key])
    ]
    if blanks:
        raise Invalid(*blanks)
    return entity, parsed


def _query(ctx: Context, entity: Entity, chosen: Chosen) -> Query:
    most = MAX_RECORDS + 1
    if chosen.uids is not None:
        return Query(entity.name, uids=chosen.uids, limit=most)
    return replace(chosen.listing.query(ctx, entity), order=(), limit=most)


def _ids(ctx: Context, entity: Entity, chosen: Chosen) -> list[int]:
    with told():
        rows = read(ctx, _query(ctx, entity, chosen)).rows
    _check_size(len(rows))
    return [int(row["id"]) for row in rows]


def _check_size(count: int) -> None:
    if count > MAX_RECORDS:
        raise Invalid(Diagnostic("RUN229", {"limit": str(MAX_RECORDS)}))


def _unchanged(ctx: Context, name: str, ids: Sequence[int], values: Mapping[str, Cell]) -> set[int]:
    """Which of the records have all the values already."""
    plain = {key: value for key, value in values.items() if value is None or is_plain(value)}
    if not ids or len(plain) < len(values):
        return set()
    rows = read(ctx, Query(name, select=tuple(plain), ids=ids)).rows
    return {
        int(row["id"]) for row in rows if all(row[key] == value for key, value in plain.items())
    }


def is_plain(value: Cell) -> bool:
    """Whether a value is one of a field, not the rows of a child table."""
    return isinstance(value, str | int)
