"""Run the subscriptions the server asks for, each in a task of its own."""

from __future__ import annotations

import asyncio
import logging
import secrets as randomness
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.base import ConnectorContext, Secret, Sink, StateChange
from connectors.egress import Egress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.registry import Registry

log = logging.getLogger(__name__)
AFTER_BUG_S = 5.0
MILLION = 1_000_000
_random = randomness.SystemRandom()


@dataclass(slots=True)
class Clock:
    """The business clock as the server has it."""

    real0: int = 0
    business0: int = 0
    factor: int = 1

    def now(self) -> int:
        """Business time, microseconds since the epoch."""
        return self.business0 + (time.time_ns() // 1_000 - self.real0) * self.factor

    def set(self, spec: Mapping[str, int]) -> None:
        """Take over the server's clock."""
        self.real0, self.business0 = int(spec["real0"]), int(spec["business0"])
        self.factor = int(spec["factor"])


@dataclass(slots=True)
class _Running:
    spec: Mapping[str, Any]
    task: asyncio.Task[None]


class Sources:
    """The running subscriptions; only what changed is restarted."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry, self._clock = registry, clock
        self._running: dict[str, _Running] = {}

    async def set(self, specs: Mapping[str, Mapping[str, Any]], sinks: Mapping[str, Sink]) -> None:
        """Stop what is gone or changed, start what is new or changed."""
        stale = [name for name, run in self._running.items() if specs.get(name) != run.spec]
        for name in stale:
            await self.stop(name)
        for name, spec in specs.items():
            if name not in self._running:
                task = asyncio.create_task(self._run(name, spec, sinks[name]))
                self._running[name] = _Running(spec, task)

    async def stop(self, name: str) -> None:
        """End one subscription."""
        task = self._running.pop(name).task
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def stop_all(self) -> None:
        """End all subscriptions."""
        for name in list(self._running):
            await self.stop(name)

    async def _run(self, name: str, spec: Mapping[str, Any], sink: Sink) -> None:
        while True:
            try:
                connector = self._registry.require(spec["connector"], "subscribe")
                await connector.subscribe(self._context(name, spec), spec["items"], sink)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.exception("source %s: a bug in its connector", name)
                reason = {"reason": f"{type(error).__name__}: {error}"[:200]}
                await sink.put([StateChange("lost", self._clock.now(), "CON190", reason)])
            else:
                return  # it has said why a person has to act
            await asyncio.sleep(AFTER_BUG_S)

    def _context(self, name: str, spec: Mapping[str, Any]) -> ConnectorContext:
        return ConnectorContext(
            source=name,
            config=spec["config"],
            egress=Egress.of((host, int(port)) for host, port in spec["allow"]),
            secrets={
                key: Secret(key, held["text"], origin=held["origin"])
                for key, held in spec["secrets"].items()
            },
            now=self._clock.now,
            random=_random.random,
            sleep=time.sleep,
            clock_factor=float(self._clock.factor),
        )
