"""What a configured source may use: its settings, its secrets, its allow-list, our language."""

from __future__ import annotations

import secrets as randomness
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.base import ConnectorContext, Health, Preview, Secret, StreamInfo
from connectors.egress import Egress
from connectors.errors import MESSAGES, PHRASES, ConfigError
from connectors.substitution import fill_parameters
from dsl.backends.python import program
from dsl.diagnostics import register_messages, register_phrases
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import DIVISION_SCALE, Boolean, Number, Raw, Text, Type
from dsl.values import parse_number
from runtime.clock import BusinessClock
from runtime.errors import NotFound
from runtime.stream_run import Interrupted
from store import sources as stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.model.others import Source
    from connectors.base import Connector
    from dsl.formula import Formula
    from runtime.context import Context
    from runtime.wiring import Wiring

register_messages(MESSAGES)
register_phrases(PHRASES)
Answer = TypeVar("Answer")
LEAST_BUDGET_S = 5.0
_random = randomness.SystemRandom()


@dataclass(frozen=True, slots=True)
class Held:
    """What the installation holds for a source."""

    parameters: Mapping[str, str]
    secrets: Mapping[str, Secret]
    allow: tuple[tuple[str, int], ...]


def source_of(ctx: Context, name: str) -> Source:
    """A source by its full name."""
    found = ctx.catalog.sources.get(name)
    if found is None:
        raise NotFound(name)
    return found


def held(ctx: Context, wiring: Wiring, source: str) -> Held:
    """Read settings, secrets and allow-list of a source."""
    parameters: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for setting in stored.settings(ctx.uow, source):
        if setting.secret:
            text = wiring.keyring.decrypt(setting.value)
            secrets[setting.name] = Secret(setting.name, text, origin=setting.origin)
        else:
            parameters[setting.name] = setting.value
    return Held(parameters, secrets, tuple(stored.egress_rules(ctx.uow, source)))


def connector_context(wiring: Wiring, source: Source, holds: Held) -> ConnectorContext:
    """Everything the source's connector may use."""
    clock = wiring.clock
    factor = float(clock.factor) if isinstance(clock, BusinessClock) else 1.0
    return ConnectorContext(
        source=source.name,
        config=fill_parameters(source.config, holds.parameters),
        egress=Egress.of(holds.allow),
        secrets=holds.secrets,
        now=clock.now,
        random=_random.random,
        sleep=lambda seconds: _pause(wiring, seconds),
        evaluate=evaluate,
        # half the poll interval, in real seconds
        budget_s=max(LEAST_BUDGET_S, source.every_s / 2 / factor),
        clock_factor=factor,
    )


def _pause(wiring: Wiring, seconds: float) -> None:
    if wiring.stopping.wait(seconds):
        raise Interrupted


def test_source(wiring: Wiring, name: str) -> Health:
    """Try the source's connection; the failing step is named."""
    return _asked(wiring, name, "test", lambda c, context: c.test(context))


def discover_source(wiring: Wiring, name: str) -> tuple[StreamInfo, ...]:
    """What the source offers."""
    return _asked(wiring, name, "discover", lambda c, context: c.discover(context))


def preview_source(wiring: Wiring, name: str, stream: str) -> Preview:
    """A few rows of a stream; nothing is stored."""
    return _asked(wiring, name, "preview", lambda c, context: c.preview(context, stream))


def _asked(
    wiring: Wiring,
    name: str,
    capability: str,
    ask: Callable[[Connector, ConnectorContext], Answer],
) -> Answer:
    with wiring.reading() as ctx:
        source = source_of(ctx, name)
        holds = held(ctx, wiring, name)
    connector = wiring.connectors.require(source.connector, capability)
    return ask(connector, connector_context(wiring, source, holds))


# --- the platform's language over foreign rows --------------------------------------------
def evaluate(expression: str, row: Mapping[str, Any]) -> Raw:
    """The value of a formula over the plain columns of a row."""
    cells: dict[str, Raw] = {}
    types: list[tuple[str, Type]] = []
    for key, value in row.items():
        kind, raw = _cell(value)
        types.append((key, kind))
        cells[key] = raw
    return program(_formula(expression, tuple(types))).evaluate(cells).value


@lru_cache(maxsize=256)
def _formula(expression: str, types: tuple[tuple[str, Type], ...]) -> Formula:
    symbols = {key: Symbol(key, kind) for key, kind in types}
    compiled = compile_formula(expression, RowScope(symbols, lambda _: None), expect=Boolean())
    if compiled.formula is None:
        reason = "; ".join(problem.text("en") for problem in compiled.diagnostics)
        raise ConfigError(
            "CON121", pointer="/filter", reason=f"the filter is not a formula: {reason}"[:200]
        )
    return compiled.formula


def _cell(value: object) -> tuple[Type, Raw]:
    if isinstance(value, bool):
        return Boolean(), value
    if isinstance(value, int | Decimal):
        try:
            return Number(DIVISION_SCALE), parse_number(format(Decimal(value), "f"), DIVISION_SCALE)
        except ValueError:
            return Number(DIVISION_SCALE), None
    return Text(), value if isinstance(value, str) else None
