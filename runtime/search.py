"""Have the words of records stored that were there before words were stored, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import jobs, words

if TYPE_CHECKING:
    from runtime.context import Context

KIND = "search"
BATCH = 1_000


def catch_up(ctx: Context) -> int:
    """Have the words of every entity stored that lacks some; how many entities."""
    lacking = [
        name for name, tables in ctx.tables.entities.items()
        if words.needs_learning(ctx.uow, tables)
    ]  # fmt: skip
    for name in lacking:
        learn(ctx, name, after=0)
    return len(lacking)


def learn(ctx: Context, entity: str, *, after: int) -> None:
    """Store the words of one batch and ask for the next."""
    tables = ctx.tables.entities.get(entity)
    if tables is None:
        return  # it was removed while the job waited
    last = words.learn(ctx.uow, tables, after=after, limit=BATCH)
    if last is not None:
        jobs.put(
            ctx.uow,
            kind=KIND,
            key=f"{KIND}:{entity}",
            payload={"entity": entity, "after": last},
            at=ctx.now,
            merge=True,
        )
