"""Read records the way rules and metrics do: as the system, by row id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.query import Query, Source, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtime.context import Context

AT_ONCE = 5_000


def source_of(ctx: Context, entity: str, *, as_of: int | None = None) -> Source:
    """All records of an entity, as the system sees them."""
    return Source(
        ctx.uow,
        ctx.tables,
        ctx.catalog,
        entity,
        scope=ctx.as_system.scope,
        as_of=as_of,
        params=ctx.params,
    )


def read_ids(
    ctx: Context, entity: str, ids: Sequence[int], select: tuple[str, ...]
) -> list[Mapping[str, Any]]:
    """Records by row id, as the system sees them."""
    found: list[Mapping[str, Any]] = []
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), AT_ONCE):
        page = read(
            ctx.uow,
            ctx.as_system.scope,
            Query(entity, select, ids=wanted[start : start + AT_ONCE]),
            tables=ctx.tables,
            catalog=ctx.catalog,
            params=ctx.params,
        )
        found += page.rows
    return found
