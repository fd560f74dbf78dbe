"""The OPC UA connector: test, discover, subscribe and read history.

What needs asyncua is imported when it is used: half a second that a starting server, which only
knows the manifest, does not have to spend.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import (
    Connector,
    ConnectorContext,
    Health,
    Reading,
    Sink,
    StateChange,
    Step,
    StreamInfo,
    Window,
)
from connectors.errors import ConnectorError
from connectors.manifests import check_config, load_manifest
from connectors.opcua.plan import Plan, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PLACES = {
    "CON101": "dns",
    "CON102": "egress",
    "CON103": "egress",
    "CON140": "connect",
    "CON144": "auth",
}


class OpcUaConnector(Connector):
    """Machines that speak OPC UA."""

    MANIFEST: ClassVar[Mapping[str, Any]] = load_manifest(Path(__file__).parent)

    def test(self, ctx: ConnectorContext) -> Health:
        """Connect, log in, compare clocks, resolve every configured node."""
        from connectors.opcua import asking  # noqa: PLC0415 - see above

        try:
            plan = self._plan(ctx, ())
            steps = asyncio.run(asking.steps(ctx, plan))
        except ConnectorError as error:
            place = PLACES.get(error.code, "session")
            return Health((Step(place, "fail", error.code, error.arguments),))
        return Health(steps)

    def discover(self, ctx: ConnectorContext) -> tuple[StreamInfo, ...]:
        """The variables as one stream `items`, each event type as a stream of its own."""
        from connectors.opcua import asking  # noqa: PLC0415 - see above

        return asyncio.run(asking.streams(ctx, self._plan(ctx, ())))

    async def subscribe(self, ctx: ConnectorContext, items: Sequence[str], sink: Sink) -> None:
        """Feed the sink until cancelled; an unusable configuration is said and ends it."""
        from connectors.opcua.supervisor import Supervisor  # noqa: PLC0415 - see above

        try:
            plan = self._plan(ctx, items)
        except ConnectorError as error:
            await sink.put([StateChange("stopped", ctx.now(), error.code, error.arguments)])
            return
        await Supervisor(ctx, plan, sink).run()

    def history(
        self, ctx: ConnectorContext, items: Sequence[str], *, window: Window
    ) -> Iterator[Reading]:
        """Raw values the server kept, item by item."""
        from connectors.opcua import asking  # noqa: PLC0415 - see above

        yield from asyncio.run(asking.past(ctx, self._plan(ctx, items), window))

    def _plan(self, ctx: ConnectorContext, items: Sequence[str]) -> Plan:
        check_config(ctx.config, self.MANIFEST)
        return plan_of(ctx, items)
