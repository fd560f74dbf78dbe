"""Drafts of forms: what somebody has typed so far, kept for him alone until it is sent.

A draft has the key its form will be sent with, so sending it ends it in the same transaction.
Nothing in it is judged: it may be incomplete and wrong.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime.clock import real_now
from runtime.errors import Conflicting, Invalid, NotFound
from runtime.opened import Place, entity_of, opened
from store import accounts
from store import form_drafts as stored
from store.form_drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity
    from runtime.context import Context

Json = dict[str, Any]
MOST_CHARACTERS = 256 * 1024
MOST_DRAFTS = 100


def list_drafts(
    ctx: Context, *, form: str | None = None, task: str | None = None, record: str | None = None
) -> list[Json]:
    """The actor's drafts, newest first; what is no longer defined is left out."""
    found = stored.of_owner(ctx.uow, ctx.actor.name, form=form, task=task, record=record)
    return [_described(ctx, draft) for draft in found if entity_of(ctx, draft.form) is not None]


def get_draft(ctx: Context, key: str) -> Json:
    """One draft of the actor with what was typed.

    Raises:
        NotFound: the actor has none of that key.
    """
    draft = stored.by_key(ctx.uow, ctx.actor.name, key)
    if draft is None or entity_of(ctx, draft.form) is None:
        raise NotFound(f"draft {key[:64]}")
    return {**_described(ctx, draft), "inputs": json.loads(draft.inputs)}


def put_draft(
    ctx: Context,
    key: str,
    inputs: Mapping[str, object],
    *,
    place: Place,
    base_version: int,
) -> Json:
    """Keep what was typed on top of the version that was seen; 0 for a form opened now.

    Raises:
        Conflicting: it was sent, or changed on another device meanwhile.
    """
    entity = opened(ctx, place)
    _check(ctx, entity, inputs, is_new=base_version == 0)
    if accounts.recall(ctx.uow, actor=ctx.actor.name, key=key) is not None:
        raise Conflicting(Diagnostic("RUN131"))
    draft = Draft(
        key=key,
        **asdict(place),
        inputs=_text(inputs),
        version=base_version,
        real_at=real_now(),
    )
    if not stored.put(ctx.uow, ctx.actor.name, draft):
        raise Conflicting(Diagnostic("RUN130"))
    return {"key": key, "version": base_version + 1, "at": format_datetime(draft.real_at)}


def remove_draft(ctx: Context, key: str) -> None:
    """Forget a draft of the actor."""
    if not stored.remove(ctx.uow, ctx.actor.name, key):
        raise NotFound(f"draft {key[:64]}")


def _check(ctx: Context, entity: Entity, inputs: Mapping[str, object], *, is_new: bool) -> None:
    strange = [key for key in inputs if entity.field(key) is None]
    if strange:
        said = (Diagnostic("RUN102", {"field": k[:80]}, pointer=f"/inputs/{k}") for k in strange)
        raise Invalid(*said)
    if len(_text(inputs)) > MOST_CHARACTERS:
        limit = {"limit": str(MOST_CHARACTERS // 1024)}
        raise Invalid(Diagnostic("RUN132", limit, pointer="/inputs"))
    if is_new and stored.count(ctx.uow, ctx.actor.name) >= MOST_DRAFTS:
        raise Invalid(Diagnostic("RUN133", {"limit": str(MOST_DRAFTS)}))


def _text(inputs: Mapping[str, object]) -> str:
    return json.dumps(inputs, separators=(",", ":"))


def _described(ctx: Context, draft: Draft) -> Json:
    entity = entity_of(ctx, draft.form)
    named = ctx.catalog.forms.get(draft.form) or ctx.catalog.entity(draft.form)
    return {
        "key": draft.key,
        "form": draft.form,
        "entity": "" if entity is None else entity.name,
        "label": dict(named.label),
        "task": draft.task,
        "record": draft.record,
        "record_version": draft.record_version,
        "version": draft.version,
        "at": format_datetime(draft.real_at),
    }
