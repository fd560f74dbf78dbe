"""Start a form with what the same person sent last: the goals of last period, once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime.decide.forms import controls
from runtime.errors import NotFound
from runtime.files import FILES
from runtime.org import hidden_of, require, unwritable_of
from runtime.read import get_record
from store.business_keys import last_by

if TYPE_CHECKING:
    from runtime.context import Context

UNLIKE = FILES | {"sequence", "incoming"}  # uploads belong to one record, numbers are never reused


def last_sent(ctx: Context, name: str) -> dict[str, Any]:
    """The values of the actor's newest record that the form may start with.

    Raises:
        NotFound: no such form, or nothing was sent yet that the actor may still read.
    """
    form = ctx.catalog.forms.get(name)
    if form is None:
        raise NotFound(name)
    require(ctx, form.entity, "create")
    uid = last_by(ctx.uow, ctx.tables, form.entity, actor=ctx.actor.name)
    if uid is None:
        raise NotFound(name)
    record = get_record(ctx, form.entity, uid)
    hidden = hidden_of(ctx, form.entity) | unwritable_of(ctx, form.entity, "create")
    entity = ctx.catalog.entity(form.entity)
    fields = [entity.field(key) for key in controls(form) if key not in hidden]
    keys = [f.key for f in fields if f is not None and f.is_filled and f.type not in UNLIKE]
    names = record["display_values"]
    return {
        "values": {key: record["values"].get(key) for key in keys},
        "display_values": {k: v for k, v in names.items() if k.partition(".")[0] in keys},
    }
