"""Submit a form: one record, everything that follows from it, all in one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime import records
from runtime.clock import real_now
from runtime.errors import Conflicting, Invalid, NotFound
from runtime.filling import fill_in
from runtime.org import require
from store import accounts, audit, form_drafts
from store.conflict import insert_new, put
from store.tables import idempotency

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.compiled import CompiledForm
    from runtime.context import Context
    from store.record_changes import Change


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission."""

    form: str
    entity: str
    record_uid: str
    record_id: int


def submit_form(
    ctx: Context, form: str, values: Mapping[str, object], *, key: str
) -> Submitted | list[Diagnostic]:
    """Fill in a form; the same key again gives the same answer and writes nothing.

    Problems come back as a list, each at its field; then nothing is stored.
    """
    request = {"form": form, "values": values}
    return submit_once(ctx, request, key=key, write=lambda: _submit(ctx, form, values))


def submit_once(
    ctx: Context, request: object, *, key: str, write: Callable[[], Submitted]
) -> Submitted | list[Diagnostic]:
    """Write unless the actor did so with this key already."""
    hashed = request_hash(request)
    earlier = remembered(ctx, key, hashed)
    if earlier is not None:
        return Submitted(**json.loads(earlier))
    try:
        submitted = write()
    except Invalid as refused:
        ctx.uow.roll_back()
        return list(refused.problems)
    remember(ctx, key, hashed, response=json.dumps(asdict(submitted)))
    return submitted


def _submit(ctx: Context, name: str, values: Mapping[str, object]) -> Submitted:
    form = ctx.catalog.forms.get(name)
    if form is None:
        raise NotFound(name)
    require(ctx, form.entity, "create")
    compiled = ctx.catalog.compiled_form(name)
    filled = fill_in(ctx, compiled, values, action="create")
    (change,) = records.create(ctx, form.entity, [filled.values])
    return note(ctx, compiled, change)


def note(ctx: Context, compiled: CompiledForm, change: Change) -> Submitted:
    """Write the submission into the audit log."""
    audit.append(
        ctx.uow,
        actor=ctx.actor.name,
        action="form.submit",
        target=compiled.form.name,
        detail={"entity": change.entity, "uid": change.uid, "revision": ctx.catalog.revision},
        at=ctx.now,
    )
    return Submitted(compiled.form.name, change.entity, change.uid, change.id)


def request_hash(request: object) -> str:
    """The identity of a request: the same content gives the same hash."""
    text = json.dumps(request, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def remembered(ctx: Context, key: str, request: str) -> str | None:
    """The answer an actor got for this key; else the key is taken, before anything is written.

    A second request at the same moment waits here until the first one is through.

    Raises:
        Conflicting: the key was used with other content.
    """
    values = {"actor": ctx.actor.name, "key": key, **_answer(request, "")}
    if insert_new(ctx.uow, idempotency, values, unique=("actor", "key")) is not None:
        return None
    found = accounts.recall(ctx.uow, actor=ctx.actor.name, key=key)
    if found is None or found.request_hash != request:
        raise Conflicting(Diagnostic("RUN204"))
    return found.response


def remember(ctx: Context, key: str, request: str, *, response: str) -> None:
    """Keep the answer for a repetition; what was typed under the key is done with."""
    form_drafts.remove(ctx.uow, ctx.actor.name, key)
    taken = {"actor": ctx.actor.name, "key": key}
    put(ctx.uow, idempotency, taken, _answer(request, response))


def _answer(request: str, response: str) -> dict[str, str | int]:
    return {"request_hash": request, "response": response, "real_at": real_now()}
