"""Rules: what they say, and what they would have done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.model.rule import PeriodRule
from dsl.diagnostics import Diagnostic
from runtime.backtest import backtest
from runtime.errors import Invalid, NotFound
from runtime.read_metrics import list_rules
from web import payloads
from web.periods import read_period
from web.problems import Problem
from web.routes import Routes, admin, signed_in

if TYPE_CHECKING:
    from runtime.backtest import Backtest
    from web.routes import Asked

routes = Routes()
MOST_PERIODS = 1_000


@routes.get("/rules", answer="RulePage")
@signed_in
def rules(asked: Asked) -> dict[str, Any]:
    """The rules in one sentence each."""
    with asked.reading() as ctx:
        found: list[dict[str, Any]] = list_rules(ctx)
        grains = {name: metric.grain for name, metric in ctx.catalog.metrics.items()}
    return {
        "items": [{**rule, "grain": grains.get(rule.get("metric") or "")} for rule in found],
        "next": None,
    }


@routes.post("/rules/<name:name>/backtest", body=payloads.BacktestRange, answer="Backtest")
@admin
def try_on_the_past(asked: Asked, name: str) -> dict[str, Any]:
    """Who would have been told, and when; nothing is sent."""
    with asked.reading() as ctx:
        rule = ctx.catalog.rules.get(name)
        if rule is None:
            raise NotFound(name)
        if not isinstance(rule, PeriodRule):
            raise Invalid(Diagnostic("RUN607", {"rule": name}))
        grain = ctx.catalog.metrics[rule.signal].grain
        first = read_period(asked.body["from_"], grain, field="from")
        last = read_period(asked.body["to"], grain, field="to")
        if not first <= last < first + MOST_PERIODS:
            raise Problem(422, Diagnostic("WEB207", {"field": "to"}, pointer="/to"))
        found = backtest(
            ctx, name, from_period=first, to_period=last, known=asked.body.get("known", "today")
        )
    return _json(found)


def _json(found: Backtest) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "known": found.known,
        "periods": [
            {"period": p.period, "period_label": p.period_label, "firings": p.firings}
            for p in found.periods
        ],
        "episodes": [
            {
                "subject": episode.subject_uid,
                "display": episode.display,
                "from": episode.opened_label,
                "to": episode.closed_label,
                "receivers": list(episode.receivers),
            }
            for episode in found.episodes
        ],
        "receivers": [{"name": told.name, "count": told.count} for told in found.receivers],
    }
