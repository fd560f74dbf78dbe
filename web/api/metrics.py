"""Metrics: the numbers, and where each one comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import read_metrics
from runtime.decide.periods import label
from runtime.errors import NotFound
from runtime.explain import passport
from web import queries
from web.passport_json import passport_json
from web.periods import read_period
from web.routes import Routes, signed_in

if TYPE_CHECKING:
    from builder.model.common import Grain
    from web.routes import Asked

routes = Routes()


@routes.get("/metrics", answer="MetricPage")
@signed_in
def list_metrics(asked: Asked) -> dict[str, Any]:
    """The metrics whose numbers I may see."""
    with asked.reading() as ctx:
        return {"items": read_metrics.list_metrics(ctx), "next": None}


@routes.get(
    "/metrics/<name:name>/measurements", query=queries.MeasurementQuery, answer="MeasurementPage"
)
@signed_in
def list_measurements(asked: Asked, name: str) -> dict[str, Any]:
    """The numbers in force of one metric, for subjects I may read."""
    query = asked.query
    with asked.reading() as ctx:
        metric = ctx.catalog.metrics.get(name)
        if metric is None:
            raise NotFound(name)
        return read_metrics.list_measurements(
            ctx,
            name,
            subject=query.get("subject"),
            from_label=_label(query.get("from_"), metric.grain, "from"),
            to_label=_label(query.get("to"), metric.grain, "to"),
        )


@routes.get("/passports/<uid:uid>", answer="Passport")
@signed_in
def get_passport(asked: Asked, uid: str) -> dict[str, Any]:
    """Formula, inputs and records behind one number, as they were known then."""
    with asked.reading() as ctx:
        return passport_json(ctx, passport(ctx, uid), language=asked.language)


def _label(text: str | None, grain: Grain, field: str) -> str | None:
    return None if text is None else label(read_period(text, grain, field=field), grain)
