"""Ask a person to look at what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import incidents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context


def ask_a_person(ctx: Context, kind: str, key: str, *, code: str, args: Mapping[str, str]) -> None:
    """Open an incident, one for each thing that can be wrong."""
    incidents.open_incident(
        ctx.uow,
        uid=ctx.new_uid(),
        kind=kind,
        key=f"{kind}:{key}",
        code=code,
        args=args,
        at=ctx.now,
    )
