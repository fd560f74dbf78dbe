"""Write records for a verb: rights, the store's one write path, and what follows a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime import ledger
from runtime.admins import keep_one
from runtime.decide.forms import Cell, in_both, pointer_to
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound
from runtime.files import attach
from runtime.lookups import reachable
from runtime.numbering import numbered
from runtime.org import require, scope_for
from runtime.standing import amended
from store import records as stored
from store.errors import AppendOnlyError, DuplicateError, NotFoundError, OverdrawnError
from store.people import PERSON
from store.record_changes import Change, Conflict
from store.record_writes import Origin, Stamp
from store.scope import Leads

if TYPE_CHECKING:
    from builder.model.others import ActionRight
    from runtime.context import Context
    from store.scope import RowTest

Values = Mapping[str, Cell]
BY_HAND = Origin()


def stamp(ctx: Context, origin: Origin = BY_HAND) -> Stamp:
    """Who writes, when and from where."""
    return Stamp(ctx.actor.name, ctx.now, origin)


def create(
    ctx: Context, entity: str, rows: Sequence[Values], *, origin: Origin = BY_HAND
) -> list[Change]:
    """Insert records the actor may create; each must lie within the rows he may create."""
    require(ctx, entity, "create")
    changes = insert(ctx, entity, rows, origin=origin)
    test = scope_for(ctx, "create").rows(entity, parent=ctx.catalog.entity(entity).parent)
    if not _are_within(changes, test):
        _check_reach(ctx, entity, [change.id for change in changes], "create")
    return changes


def insert(
    ctx: Context, entity: str, rows: Sequence[Values], *, origin: Origin = BY_HAND
) -> list[Change]:
    """Insert records whose right was settled by the caller (a task, a pack, a rule)."""
    uids = [ctx.new_uid() for _ in rows]
    rows = numbered(ctx, ctx.catalog.entity(entity), rows)
    try:
        with ledger.kept(ctx, ctx.catalog.entity(entity), rows):
            ids = stored.insert_many(
                ctx.uow, ctx.tables, entity, rows, uids=uids, stamp=stamp(ctx, origin)
            )
    except DuplicateError as error:
        raise Invalid(*taken(ctx, error)) from error
    except OverdrawnError as error:
        raise ledger.refusal(ctx.catalog.entity(entity)) from error
    changes = list(stored.inserted(ctx.tables, entity, rows, ids=ids, uids=uids))
    for change, row in zip(changes, rows, strict=True):
        attach(ctx, ctx.catalog.entity(entity), change.id, row)
    follow(ctx, changes)
    return changes


def change(
    ctx: Context,
    entity: str,
    record_id: int,
    values: Values,
    *,
    base_version: int | None,
    form: str | None = None,
) -> Change:
    """Change fields of a record the actor may update, before and after the change.

    The rules of the form hold, whoever asks: a person, a bulk change, an import, an undo. A record
    that somebody else has changed is told before what a rule says of it: it is not what was seen.
    """
    require(ctx, entity, "update")
    _check_reach(ctx, entity, [record_id], "update")
    try:
        values = amended(ctx, entity, record_id, values, form=form)
    except Invalid:
        _check_version(ctx, entity, record_id, values, base_version=base_version)
        raise
    changed = update(ctx, entity, record_id, values, base_version=base_version)
    _check_reach(ctx, entity, [record_id], "update")
    return changed


def update(
    ctx: Context,
    entity: str,
    record_id: int,
    values: Values,
    *,
    base_version: int | None = None,
    origin: Origin = BY_HAND,
) -> Change:
    """Change fields of a record whose right was settled by the caller."""
    try:
        changed = stored.update(
            ctx.uow,
            ctx.tables,
            entity,
            record_id,
            values,
            base_version=base_version,
            stamp=stamp(ctx, origin),
        )
    except DuplicateError as error:
        raise Invalid(*taken(ctx, error)) from error
    except AppendOnlyError as error:
        raise Invalid(Diagnostic("RUN206")) from error
    except NotFoundError as error:
        raise NotFound(entity) from error
    if isinstance(changed, Conflict):
        raise _conflicting(ctx, changed)
    attach(ctx, ctx.catalog.entity(entity), record_id, values)
    _keep_admins(ctx, changed)
    follow(ctx, [changed])
    return changed


def remove(ctx: Context, entity: str, record_id: int) -> Change:
    """Put a record the actor may delete into the trash."""
    require(ctx, entity, "delete")
    _check_reach(ctx, entity, [record_id], "delete")
    try:
        gone = stored.delete(ctx.uow, ctx.tables, entity, record_id, stamp=stamp(ctx))
    except AppendOnlyError as error:
        raise Invalid(Diagnostic("RUN206")) from error
    except NotFoundError as error:
        raise NotFound(entity) from error
    _keep_admins(ctx, gone)
    follow(ctx, [gone])
    return gone


def bring_back(ctx: Context, entity: str, record_id: int) -> Change:
    """Take a record out of the trash; whoever may delete it may do that."""
    require(ctx, entity, "delete")
    try:
        back = stored.restore(ctx.uow, ctx.tables, entity, record_id, stamp=stamp(ctx))
    except NotFoundError as error:
        raise NotFound(entity) from error
    except DuplicateError as error:
        raise Invalid(*taken(ctx, error)) from error
    _check_reach(ctx, entity, [record_id], "delete")
    follow(ctx, [back])
    return back


def follow(ctx: Context, changes: Sequence[Change]) -> None:
    """Metrics and rules hear of real changes in the same unit of work, child rows included."""
    heard = [
        each
        for change in changes
        for each in (change, *change.children)
        if each.before != each.after
    ]
    if heard and ctx.after is not None:
        ctx.after(ctx, heard)


def taken(ctx: Context, error: DuplicateError) -> list[Diagnostic]:
    """The fields whose values another record has already."""
    entity, *keys = error.args
    known = ctx.catalog.entity(entity)
    fields = [item for key in keys if (item := known.field(key)) is not None]
    return [
        Diagnostic("RUN108", in_both("label", item.label, item.key), pointer=pointer_to(item.key))
        for item in fields
    ] or [Diagnostic("RUN108", {"label": "uid", "label_en": "uid"})]


def _check_reach(ctx: Context, entity: str, ids: Sequence[int], action: ActionRight) -> None:
    """Refuse what lies outside the rows the actor's grants of that action reach."""
    if ctx.actor.admin or not ids:
        return
    scope = scope_for(ctx, action)
    if scope.rows(entity, parent=ctx.catalog.entity(entity).parent) == "all":
        return
    if reachable(ctx, entity, ids, scope=scope) != frozenset(ids):
        raise NotAllowed(f"{action} {entity}")


def _check_version(
    ctx: Context, entity: str, record_id: int, values: Values, *, base_version: int | None
) -> None:
    """Refuse what was made of a version that others have changed."""
    try:
        stale = stored.stale(
            ctx.uow, ctx.tables, entity, record_id, values, base_version=base_version
        )
    except NotFoundError as error:
        raise NotFound(entity) from error
    if stale is not None:
        raise _conflicting(ctx, stale)


def _keep_admins(ctx: Context, change: Change) -> None:
    """A person who is no longer there is no administrator any more."""
    if change.entity == PERSON and (change.after is None or change.after.get("active") is False):
        keep_one(ctx, change.id)


def _are_within(changes: Sequence[Change], test: RowTest) -> bool:
    """Whether new records pass a test that their own fields decide (the usual "own")."""
    match test:
        case "all":
            return True
        case Leads(path=path, ids=ids):
            return all((change.after or {}).get(path) in ids for change in changes)
        case _:
            return False


def _conflicting(ctx: Context, conflict: Conflict) -> Conflicting:
    known = ctx.catalog.entity(conflict.entity)
    labels = [item.label for key in conflict.fields if (item := known.field(key)) is not None]
    args = {
        "fields": "、".join(each.get("zh-CN", "") for each in labels),
        "fields_en": ", ".join(each.get("en", "") for each in labels),
    }
    details = {
        "version": conflict.version,
        "fields": {
            key: {"base": clash.base, "theirs": clash.theirs, "mine": clash.mine}
            for key, clash in conflict.fields.items()
        },
    }
    return Conflicting(Diagnostic("RUN203", args), details)
