"""What the collector is told to do, and what its items mean: worked out from the catalog."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connectors.errors import ConnectorError
from runtime.clock import BusinessClock
from runtime.sources import connector_context, held
from store import business_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.others import SeriesMapping, Source
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.sources import Held
    from runtime.wiring import Wiring

PLACE = "{code}"


@dataclass(frozen=True, slots=True)
class Meant:
    """What the values of one item are: a series of a subject."""

    series: str  # <entity>.<series>
    subject_id: int
    code: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Collected:
    """One source for the collector: its configuration and the meaning of its items."""

    source: Source
    spec: Mapping[str, Any]
    items: Mapping[str, tuple[Meant, ...]]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything the collector should do now; `failed` sources can not be configured."""

    clock: Mapping[str, int]
    sources: Mapping[str, Collected]
    failed: Mapping[str, ConnectorError] = field(default_factory=dict)

    @property
    def message(self) -> dict[str, Any]:
        """The frame that tells it."""
        specs = [collected.spec for _, collected in sorted(self.sources.items())]
        return {"type": "config", "clock": dict(self.clock), "sources": specs}


def assignment(ctx: Context, wiring: Wiring) -> Assignment:
    """What the catalog, the settings and today's subjects ask for."""
    found: dict[str, Collected] = {}
    failed: dict[str, ConnectorError] = {}
    for name, source in sorted(ctx.catalog.sources.items()):
        if not wiring.connectors.having(source.connector, "subscribe"):
            continue
        try:
            found[name] = _collected(ctx, wiring, source)
        except ConnectorError as error:
            failed[name] = error
    return Assignment(_clock(wiring), found, failed)


def _collected(ctx: Context, wiring: Wiring, source: Source) -> Collected:
    holds = held(ctx, wiring, source.name)
    config = connector_context(wiring, source, holds).config
    items = _items(ctx, source)
    spec = {
        "source": source.name,
        "connector": source.connector,
        "config": config,
        "secrets": _secrets(holds),
        "allow": [[host, port] for host, port in holds.allow],
        "items": sorted(items),
        "crossings": _crossings(source, config, items),
    }
    return Collected(source, spec, items)


def _secrets(holds: Held) -> dict[str, dict[str, str | None]]:
    # over a local socket to our own child, which holds them in memory only
    return {
        name: {"text": secret.sealed_text(), "origin": secret.origin}
        for name, secret in holds.secrets.items()
    }


def _items(ctx: Context, source: Source) -> dict[str, tuple[Meant, ...]]:
    items: dict[str, tuple[Meant, ...]] = {}
    for mapping in source.series:
        for subject_id, code in _codes(ctx, mapping).items():
            item = mapping.item.replace(PLACE, str(code))
            series = f"{mapping.entity}.{mapping.series}"
            meant = Meant(series, subject_id, str(code), mapping.unit)
            items[item] = (*items.get(item, ()), meant)
    return items


def _codes(ctx: Context, mapping: SeriesMapping) -> dict[int, Raw]:
    return business_keys.keys_of(ctx.uow, ctx.tables, mapping.entity, by=mapping.code)


def _crossings(
    source: Source, config: Mapping[str, Any], items: Mapping[str, tuple[Meant, ...]]
) -> list[dict[str, str]]:
    """The thresholds of the configuration, one for each subject whose item they name."""
    found: list[dict[str, str]] = []
    for crossing in config.get("crossings", ()):
        if PLACE not in crossing["item"]:
            found.append({**crossing, "code": ""})
            continue
        for mapping in source.series:
            if mapping.item == crossing["item"]:
                found += [
                    {**crossing, "item": item, "code": meant.code}
                    for item, meanings in sorted(items.items())
                    for meant in meanings
                    if item == mapping.item.replace(PLACE, meant.code)
                ]
                break
    return found


def _clock(wiring: Wiring) -> dict[str, int]:
    clock = wiring.clock
    if isinstance(clock, BusinessClock):
        return {"real0": clock.real0, "business0": clock.business0, "factor": clock.factor}
    return {"real0": 0, "business0": 0, "factor": 1}  # a clock that stands still is a test's
