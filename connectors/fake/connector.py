"""A scripted connector: what it answers, and when it fails, is data."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import (
    ActResult,
    Batch,
    Connector,
    ConnectorContext,
    Health,
    Preview,
    Row,
    Signal,
    Sink,
    Step,
    StreamInfo,
    Window,
)
from connectors.errors import ConfigError, ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(slots=True)
class Script:
    """What the source does: per stream, batches and errors in order; each run takes one list."""

    runs: dict[str, list[list[Batch | ConnectorError]]] = field(default_factory=dict)
    signals: list[list[Signal]] = field(default_factory=list)
    refusals: list[ConnectorError] = field(default_factory=list)
    acts: list[tuple[str, Row, str]] = field(default_factory=list)  # what was done
    states: list[Mapping[str, Any]] = field(default_factory=list)  # what runs were asked with


class FakeConnector(Connector):
    """Does what its script says."""

    MANIFEST: ClassVar[Mapping[str, Any]] = {
        "id": "fake",
        "version": "1.0.0",
        "api": 1,
        "name": {"zh-CN": "脚本", "en": "Script"},
        "kind": "python",
        "capabilities": ["test", "discover", "preview", "read", "subscribe", "act"],
        "config_schema": {"type": "object"},
        "tier": "none",
    }

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()

    def test(self, ctx: ConnectorContext) -> Health:  # noqa: ARG002 - the contract's
        """Always well."""
        return Health((Step("script", "ok"),))

    def discover(self, ctx: ConnectorContext) -> tuple[StreamInfo, ...]:  # noqa: ARG002
        """The scripted streams."""
        return tuple(StreamInfo(name, ()) for name in self.script.runs)

    def preview(self, ctx: ConnectorContext, stream: str, *, limit: int = 20) -> Preview:  # noqa: ARG002
        """The rows of the next run, which stays to be read."""
        run = next(iter(self.script.runs.get(stream, [])), [])
        rows = [row for batch in run if isinstance(batch, Batch) for row in batch.rows]
        return Preview(tuple(rows[:limit]), StreamInfo(stream, ()))

    def read(
        self, ctx: ConnectorContext, stream: str, state: Mapping[str, Any], *, window: Window | None
    ) -> Iterator[Batch]:
        """The next scripted run; nothing new when the script is at its end."""
        del window
        if stream not in self.script.runs:
            raise ConfigError("CON127", stream=stream)
        self.script.states.append(state)
        left = self.script.runs[stream]
        if not left:
            yield Batch((), state, None, ctx.now())
            return
        for part in left.pop(0):
            if isinstance(part, ConnectorError):
                raise part
            yield part

    async def subscribe(self, ctx: ConnectorContext, items: Sequence[str], sink: Sink) -> None:
        """Put the scripted signals, then wait to be cancelled."""
        del ctx, items
        for signals in self.script.signals:
            await sink.put(signals)
        await asyncio.Event().wait()

    def act(self, ctx: ConnectorContext, operation: str, payload: Row, *, key: str) -> ActResult:
        """Note what was done, unless the script refuses."""
        del ctx
        if self.script.refusals:
            raise self.script.refusals.pop(0)
        self.script.acts.append((operation, payload, key))
        return ActResult(f"done {key}")
