"""The operations of the API, one module per noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.api import (
    accounts,
    alerts,
    calendars,
    definitions,
    departures,
    entities,
    environments,
    exchange,
    files,
    form_drafts,
    forms,
    formulas,
    health,
    incidents,
    keys,
    links,
    me,
    metrics,
    packs,
    people,
    publications,
    record_life,
    records,
    rules,
    session,
    sources,
    tasks,
    views,
)

if TYPE_CHECKING:
    from web.routes import Route

MODULES = (
    session, keys, accounts, people, departures, me, tasks, alerts, entities, records,
    record_life, views, exchange, forms, form_drafts, links, files, metrics, rules, packs,
    sources, incidents, definitions,
    publications, environments, calendars, formulas, health,
)  # fmt: skip


def all_routes() -> list[Route]:
    """Every operation, module by module."""
    return [route for module in MODULES for route in module.routes.listed]
