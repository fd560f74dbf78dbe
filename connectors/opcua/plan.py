"""What an OPC UA source is configured to do, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.addresses import Target, target_of
from connectors.substitution import fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.base import ConnectorContext

SECOND = 1_000_000
SERVER = "i=2253"


@dataclass(frozen=True, slots=True)
class EventSpec:
    """Events of one type (and its subtypes) from one notifier, into one stream."""

    stream: str
    node: str
    type: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One subscription as it should be."""

    endpoint: str
    target: Target
    user: str | None
    password: str | None
    items: tuple[str, ...]
    events: tuple[EventSpec, ...]
    publishing_ms: int
    sampling_ms: int
    keep_alive_s: float
    timeout_s: float
    tolerance: int  # microseconds of business time
    fill_gaps: bool


def plan_of(ctx: ConnectorContext, items: Sequence[str]) -> Plan:
    """The plan of a checked configuration."""
    config = ctx.config
    target = target_of(config["endpoint"], schemes=("opc.tcp",))
    publishing_ms = int(config.get("publishing_ms", 100))
    tolerance_s = float(config.get("clock_tolerance_s", 300)) * max(1.0, ctx.clock_factor)
    return Plan(
        endpoint=str(config["endpoint"]),
        target=target,
        user=_text(ctx, config.get("user"), target),
        password=_text(ctx, config.get("password"), target),
        items=tuple(dict.fromkeys([*items, *config.get("items", ())])),
        events=tuple(_event(spec) for spec in config.get("events", ())),
        publishing_ms=publishing_ms,
        sampling_ms=int(config.get("sampling_ms", publishing_ms)),
        keep_alive_s=float(config.get("keep_alive_s", 2)),
        timeout_s=float(config.get("timeout_s", 4)),
        tolerance=int(tolerance_s * SECOND),
        fill_gaps=bool(config.get("fill_gaps", True)),
    )


def _event(spec: Mapping[str, str]) -> EventSpec:
    return EventSpec(spec["stream"], spec.get("node", SERVER), spec["type"])


def _text(ctx: ConnectorContext, value: str | None, target: Target) -> str | None:
    if value is None:
        return None

    def lookup(kind: str, name: str) -> str | None:
        return ctx.secret(name, target.origin) if kind == "secret" else None

    return str(fill(value, lookup))
