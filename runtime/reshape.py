"""Publish what changes the type of fields: convert beside the running writes, then switch.

Few rows are converted in the transaction of the publication. Many are converted by jobs, a batch
each, and the publication waits for them; how far it is stands in rows, so a process that is killed
leaves work for the next one and nothing else. Only the last job, the switch, keeps writers out.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.codec import decode_stored, encode, kind_of
from builder.diff import ChangeUnique, NarrowField, RetypeField, storage_of
from builder.model.entity import Access, Entity
from dsl.diagnostics import Diagnostic
from runtime.clock import SECOND, real_now
from runtime.context import SYSTEM_ACTOR
from runtime.converting import Conversion
from runtime.errors import Conflicting, Invalid, NotFound, Refused
from runtime.proposals import Checked, Proposal, Published, plan, put_in_force, taken_away
from runtime.trial import try_field
from runtime.wiring import kind_of_text
from store import definitions, jobs, record_schema, reshape, schema_changes
from store.record_tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.model.entity import Field
    from runtime.context import Context
    from store.schema_changes import Publication, SchemaChange, State

FEW = 2_000  # rows and versions that are converted while the publication holds everything
UNDO_US = 30 * 24 * 3600 * SECOND
FILL, SWITCH = "reshape", "reshape_switch"
CHECKED, BATCH = "checked publication", "rows of a batch"
LONG_S, FEWEST = 0.15, 50  # a busy machine gets smaller batches: a write waits for one of them


# --- start --------------------------------------------------------------------------------
def begin(
    ctx: Context, proposal: Proposal, checked: Checked, *, drafts: Iterable[tuple[str, str]] = ()
) -> tuple[Context, Published]:
    """Publish now, or start what has to be done before.

    Raises:
        Conflicting: another publication that goes on touches the same definitions.
        Invalid: something is taken away without consent, or is not unique.
    """
    _refuse_pending(ctx, proposal)
    unconsented = [*_deletions(proposal, checked), *_narrowed(ctx, proposal, checked)]
    if unconsented:
        raise Invalid(*unconsented)
    steps = [step for step in checked.plan.steps if isinstance(step, RetypeField)]
    changes = [_start(ctx, step) for step in steps]
    ctx = replace(ctx, tables=tables_of(ctx.uow))
    if all(_is_short(ctx, change) for change in changes):
        return _at_once(ctx, proposal, checked, changes=changes)
    uid = ctx.new_uid()
    number = schema_changes.put_publication(
        ctx.uow,
        uid=uid,
        proposal=_written(proposal, drafts),
        author=ctx.actor.name,
        note=proposal.note,
        at=ctx.now,
        real_at=real_now(),
    )
    for change in changes:
        schema_changes.move_change(ctx.uow, change.id, publication_id=number)
    _ask(ctx, FILL, number)
    return ctx, Published(ctx.catalog.revision, checked.plan, checked.warnings, waiting=uid)


def at_once(ctx: Context, proposal: Proposal, checked: Checked) -> tuple[Context, Published]:
    """Publish in this unit of work; a pack comes whole or not at all.

    Raises:
        Invalid: a field with many values would have to be converted, or has values that will not.
    """
    _refuse_pending(ctx, proposal)
    steps = [step for step in checked.plan.steps if isinstance(step, RetypeField)]
    changes = [_start(ctx, step) for step in steps]
    ctx = replace(ctx, tables=tables_of(ctx.uow))
    long = [change for change in changes if not _is_short(ctx, change)]
    if long:
        raise Invalid(*(Diagnostic("RUN414", {"field": name_of(change)}) for change in long))
    return _at_once(ctx, proposal, checked, changes=changes)


def _at_once(
    ctx: Context, proposal: Proposal, checked: Checked, *, changes: Sequence[SchemaChange]
) -> tuple[Context, Published]:
    done = [_fill_all(ctx, change) for change in changes]
    obstacles = _obstacles(ctx, proposal, checked, changes=done)
    if obstacles:
        raise Invalid(*obstacles)
    return _switch(ctx, proposal, checked, changes=done)


def _start(ctx: Context, step: RetypeField) -> SchemaChange:
    """A column for the new type: the one it had before, if not long ago, or a new one."""
    entity = ctx.catalog.entity(step.entity)
    source = tables_of(ctx.uow)[step.entity].column(step.after.key).id
    former = former_column(ctx, step)
    mark = reshape.start_mark(ctx.uow, ctx.tables, step.entity)
    if former is None:
        target, phase, cursor = record_schema.expand(ctx.uow, entity, step.after), "current", 0
    else:
        target, phase, cursor = former.source, "history", former.switched_hid or 0
        mark = cursor
    return schema_changes.put_change(
        ctx.uow,
        uid=ctx.new_uid(),
        entity=step.entity,
        key=step.after.key,
        source=source,
        target=target,
        before=_document(entity, step.before),
        after=_document(entity, step.after),
        phase=phase,
        back=former is not None,
        cursor=cursor,
        mark=mark,
    )


def former_column(ctx: Context, step: RetypeField) -> SchemaChange | None:
    """The change that a step takes back: not older than the time for which it can be undone."""
    source = tables_of(ctx.uow)[step.entity].column(step.after.key).id
    found = schema_changes.switched_into(ctx.uow, source)
    if found is None or storage_of(fields_of(found)[0]) != storage_of(step.after):
        return None
    return found if is_fresh(found) else None


def is_fresh(change: SchemaChange) -> bool:
    """Whether a change can still be undone."""
    return real_now() - (change.real_switched_at or 0) <= UNDO_US


def _is_short(ctx: Context, change: SchemaChange) -> bool:
    after = change.cursor if change.back else None
    return reshape.few_rows(ctx.uow, ctx.tables, change.entity, after=after, most=FEW)


# --- the jobs -----------------------------------------------------------------------------
def fill(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Convert one batch of every field that a publication waits for, then ask for the next."""
    found = schema_changes.publication_of(ctx.uow, number=int(payload["publication"]))
    if found is None or found.state != "filling":
        return
    most = ctx.uow.memo.get(BATCH, reshape.BATCH)
    began = time.monotonic()
    more = [
        reshape.fill(ctx.uow, ctx.tables, change, _conversion(ctx, change), most=most)
        for change in schema_changes.changes_of(ctx.uow, found.id)
    ]
    slow = time.monotonic() - began > LONG_S
    ctx.uow.memo[BATCH] = max(most // 2, FEWEST) if slow else min(most * 2, reshape.BATCH)
    if any(more):
        _ask(ctx, FILL, found.id)
        return
    with suppress(Refused):  # said by the switch, which asks again
        _checked(ctx, found, _read(found))
    _ask(ctx, SWITCH, found.id)


def switch(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Convert what was written last and put the publication in force; writers are kept out.

    What stands in the way is written down for a person, and everything stays as it was.
    """
    found = schema_changes.publication_of(ctx.uow, number=int(payload["publication"]))
    if found is None or found.state != "filling":
        return
    proposal = _read(found)
    changes = [_fill_all(ctx, change) for change in schema_changes.changes_of(ctx.uow, found.id)]
    try:
        checked = _checked(ctx, found, proposal)
    except Refused as refused:
        _stop(ctx, found, "failed", refused.problems)
        return
    obstacles = _obstacles(ctx, proposal, checked, changes=changes)
    if obstacles:
        waits = all(each.code == "RUN411" for each in obstacles)
        _stop(ctx, found, "waiting" if waits else "failed", obstacles)
        return
    author = replace(ctx, actor=replace(SYSTEM_ACTOR, name=found.author))
    _, published = _switch(author, proposal, checked, changes=changes)
    drafts = [(kind, name) for kind, name in found.proposal["drafts"]]
    definitions.delete_drafts(ctx.uow, drafts)
    schema_changes.move_publication(ctx.uow, found.id, "done", revision=published.revision)


HANDLERS = {FILL: fill, SWITCH: switch}


def _checked(ctx: Context, found: Publication, proposal: Proposal) -> Checked:
    """The check of a proposal, remembered: it takes long, and the switch keeps writers out."""
    about = (found.id, ctx.catalog.revision)
    known = ctx.uow.memo.get(CHECKED)
    if known is None or known[0] != about:
        known = (about, plan(ctx, proposal, manifests={}))
        ctx.uow.memo[CHECKED] = known
    checked: Checked = known[1]
    return checked


def _ask(ctx: Context, kind: str, publication: int) -> None:
    jobs.put(
        ctx.uow,
        kind=kind,
        key=f"{kind}:{publication}",
        payload={"publication": publication},
        at=ctx.now,
        cause="publish",
        merge=True,
    )


def _stop(
    ctx: Context,
    found: Publication,
    state: State,
    problems: Sequence[Diagnostic],
) -> None:
    written = [{"code": each.code, "args": dict(each.args)} for each in problems]
    schema_changes.move_publication(ctx.uow, found.id, state, problems=written)
    if state == "failed":
        _give_up(ctx, found)


def _give_up(ctx: Context, found: Publication) -> None:
    for change in schema_changes.changes_of(ctx.uow, found.id):
        schema_changes.move_change(ctx.uow, change.id, phase="cancelled")


def _fill_all(ctx: Context, change: SchemaChange) -> SchemaChange:
    while reshape.fill(ctx.uow, ctx.tables, change, _conversion(ctx, change)):
        change = _again(ctx, change)
    return _again(ctx, change)


def _again(ctx: Context, change: SchemaChange) -> SchemaChange:
    found = schema_changes.change_of(ctx.uow, change.uid)
    return change if found is None else found


def _conversion(ctx: Context, change: SchemaChange) -> Conversion:
    before, after = fields_of(change)
    return Conversion(ctx, before, after, back=change.back)


# --- the switch ---------------------------------------------------------------------------
def _switch(
    ctx: Context, proposal: Proposal, checked: Checked, *, changes: Sequence[SchemaChange]
) -> tuple[Context, Published]:
    """The only visible moment: columns change places, the catalog is another one."""
    now = real_now()
    for change in changes:
        record_schema.exchange(
            ctx.uow, change.key, source=change.source, target=change.target, real_at=now
        )
        schema_changes.move_change(
            ctx.uow,
            change.id,
            phase="switched",
            switched_hid=reshape.start_mark(ctx.uow, ctx.tables, change.entity),
            real_switched_at=now,
        )
    return put_in_force(ctx, proposal, checked)


def _obstacles(
    ctx: Context, proposal: Proposal, checked: Checked, *, changes: Sequence[SchemaChange]
) -> list[Diagnostic]:
    """Values that will not convert without consent to it, and keys that would not be unique."""
    return [*_stuck(ctx, proposal, changes), *_doubles(ctx, checked, changes)]


def _stuck(
    ctx: Context, proposal: Proposal, changes: Sequence[SchemaChange]
) -> Iterator[Diagnostic]:
    for change in changes:
        count = schema_changes.count_failures(ctx.uow, change.id)
        if count and name_of(change) not in proposal.consent:
            yield Diagnostic("RUN411", {"field": name_of(change), "count": str(count)})


def _doubles(
    ctx: Context, checked: Checked, changes: Sequence[SchemaChange]
) -> Iterator[Diagnostic]:
    """Unique keys over fields that are converted, or that are new, on records that are there."""
    moved = {(change.entity, change.key): change.target for change in changes}
    asked = {step.entity for step in checked.plan.steps if isinstance(step, ChangeUnique)}
    for name in sorted(asked | {change.entity for change in changes}):
        yield from doubles(ctx, checked.catalog.entity(name), moved)


def doubles(
    ctx: Context, entity: Entity, moved: Mapping[tuple[str, str], int]
) -> Iterator[Diagnostic]:
    """Records that share what is to be unique; `moved` are fields on their way to a column."""
    known = ctx.tables.entities.get(entity.name)
    for keys in entity.unique if known is not None else ():
        if any(key not in known.fields for key in keys):  # type: ignore[union-attr]  # known here
            continue  # a new field is empty everywhere
        columns = [
            moved.get((entity.name, key), ctx.tables[entity.name].column(key).id) for key in keys
        ]
        for uids in reshape.duplicates(ctx.uow, ctx.tables, entity.name, columns):
            args = {"entity": entity.name, "fields": ", ".join(keys), "uids": ", ".join(uids[:10])}
            yield Diagnostic("RUN412", args)


def _deletions(proposal: Proposal, checked: Checked) -> Iterator[Diagnostic]:
    for name in taken_away(checked.plan):
        if name not in proposal.consent:
            yield Diagnostic("RUN413", {"name": name})


def _narrowed(ctx: Context, proposal: Proposal, checked: Checked) -> Iterator[Diagnostic]:
    for step in checked.plan.steps:
        if isinstance(step, NarrowField):
            tried = try_field(ctx, step)
            if tried.failed and tried.name not in proposal.consent:
                yield Diagnostic("RUN411", {"field": tried.name, "count": str(tried.failed)})


def _refuse_pending(ctx: Context, proposal: Proposal) -> None:
    for each in schema_changes.open_publications(ctx.uow):
        names = sorted(f"{kind} {name}" for kind, name in _read(each).names & proposal.names)
        if names:
            raise Conflicting(Diagnostic("RUN415", {"names": ", ".join(names)}))


# --- what a person decides about one that waits -------------------------------------------
def cancel(ctx: Context, uid: str) -> None:
    """Give a publication up before its switch: nothing was visible, nothing is lost."""
    found = _open(ctx, uid)
    schema_changes.move_publication(ctx.uow, found.id, "cancelled")
    _give_up(ctx, found)


def consent(ctx: Context, uid: str, names: Iterable[str]) -> None:
    """Let a publication go on although values stay behind."""
    found = _open(ctx, uid)
    given = sorted({*found.proposal["consent"], *names})
    schema_changes.change_proposal(ctx.uow, found.id, {**found.proposal, "consent": given})
    schema_changes.move_publication(ctx.uow, found.id, "filling")
    _ask(ctx, FILL, found.id)


def _open(ctx: Context, uid: str) -> Publication:
    found = schema_changes.publication_of(ctx.uow, uid=uid)
    if found is None:
        raise NotFound(f"publication {uid[:64]}")
    if found.state not in schema_changes.OPEN:
        raise Conflicting(Diagnostic("RUN416", {"state": found.state}))
    return found


# --- as rows ------------------------------------------------------------------------------
def name_of(change: SchemaChange) -> str:
    """The field, as consent names it."""
    return f"{change.entity}.{change.key}"


def fields_of(change: SchemaChange) -> tuple[Field, Field]:
    """The field before and after."""
    return _field(change.entity, change.before), _field(change.entity, change.after)


def _field(entity: str, document: Mapping[str, Any]) -> Field:
    found = decode_stored("entity", dict(document), pack=entity.rpartition(".")[0])
    if not isinstance(found, Entity):
        raise TypeError(entity)
    return found.fields[0]


def _document(entity: Entity, field: Field) -> dict[str, Any]:
    """A field as the document of an entity that has no other."""
    alone = replace(entity, fields=(field,), display=field.key, unique=(), access=Access())
    return encode(alone)


def _written(proposal: Proposal, drafts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        "put": [[kind_of(each), each.name, encode(each)] for each in proposal.put],
        "removed": [list(name) for name in proposal.removed],
        "origin": proposal.origin,
        "note": proposal.note,
        "consent": sorted(proposal.consent),
        "drafts": [list(name) for name in drafts],
    }


def _read(found: Publication) -> Proposal:
    put = []
    for kind, name, document in found.proposal["put"]:
        pack = name if kind == "pack" else name.rpartition(".")[0]
        decoded = decode_stored(kind_of_text(kind), document, pack=pack)
        if isinstance(decoded, list):
            raise Invalid(*decoded)
        put.append(decoded)
    return Proposal(
        tuple(put),
        tuple((kind_of_text(kind), name) for kind, name in found.proposal["removed"]),
        found.proposal["origin"],
        found.proposal["note"],
        frozenset(found.proposal["consent"]),
    )
