"""The operations of the API, one module per noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.api import (
    accounts,
    alerts,
    definitions,
    entities,
    files,
    forms,
    formulas,
    health,
    incidents,
    links,
    me,
    metrics,
    packs,
    records,
    rules,
    session,
    sources,
    tasks,
)

if TYPE_CHECKING:
    from web.routes import Route

MODULES = (
    session, accounts, me, tasks, alerts, entities, records, forms, links, files, metrics, rules,
    packs, sources, incidents, definitions, formulas, health,
)  # fmt: skip


def all_routes() -> list[Route]:
    """Every operation, module by module."""
    return [route for module in MODULES for route in module.routes.listed]
