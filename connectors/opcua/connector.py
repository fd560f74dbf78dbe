"""The OPC UA connector: test, discover, subscribe and read history."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError

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
from connectors.opcua.browse import event_types, variables
from connectors.opcua.nodes import node_id, standard
from connectors.opcua.plan import Plan, plan_of
from connectors.opcua.session import connected, session_error
from connectors.opcua.supervisor import Supervisor, history_signals
from connectors.opcua.values import micros

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from asyncua.client.client import Client

T = TypeVar("T")
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
        try:
            plan = self._plan(ctx, ())
            steps = asyncio.run(_within(ctx, plan, lambda client: _steps(ctx, plan, client)))
        except ConnectorError as error:
            place = PLACES.get(error.code, "session")
            return Health((Step(place, "fail", error.code, error.arguments),))
        return Health(steps)

    def discover(self, ctx: ConnectorContext) -> tuple[StreamInfo, ...]:
        """The variables as one stream `items`, each event type as a stream of its own."""
        plan = self._plan(ctx, ())

        async def browse(client: Client) -> tuple[StreamInfo, ...]:
            return (await variables(client), *await event_types(client))

        return asyncio.run(_within(ctx, plan, browse))

    async def subscribe(self, ctx: ConnectorContext, items: Sequence[str], sink: Sink) -> None:
        """Feed the sink until cancelled; an unusable configuration is said and ends it."""
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
        plan = self._plan(ctx, items)

        async def read(client: Client) -> list[Reading]:
            namespaces = await client.get_namespace_array()
            found: list[Reading] = []
            for item in plan.items:
                signals = await history_signals(
                    client, item, node_id(item, namespaces), span=(window.start, window.end)
                )
                found += [signal for signal in signals if isinstance(signal, Reading)]
            return found

        yield from asyncio.run(_within(ctx, plan, read))

    def _plan(self, ctx: ConnectorContext, items: Sequence[str]) -> Plan:
        check_config(ctx.config, self.MANIFEST)
        return plan_of(ctx, items)


async def _within(ctx: ConnectorContext, plan: Plan, work: Callable[[Client], Awaitable[T]]) -> T:
    try:
        async with connected(ctx, plan) as client:
            return await work(client)
    except Exception as error:  # noqa: BLE001 - asyncua raises nearly anything
        raise session_error(error) from None


async def _steps(ctx: ConnectorContext, plan: Plan, client: Client) -> tuple[Step, ...]:
    steps = [Step("connect", "ok"), Step("auth", "ok")]
    namespaces = await client.get_namespace_array()
    clock = client.get_node(standard(ObjectIds.Server_ServerStatus_CurrentTime))
    theirs = micros(await clock.read_value())
    offset_s = 0 if theirs is None else abs(theirs - ctx.now()) // 1_000_000
    late = offset_s * 1_000_000 > plan.tolerance
    steps.append(Step("clock", "warn" if late else "ok", None, {"offset_s": str(offset_s)}))
    wanted = [*plan.items, *(spec.type for spec in plan.events)]
    for item in wanted:
        try:
            await client.get_node(node_id(item, namespaces)).read_browse_name()
        except ConnectorError as error:
            steps.append(Step("nodes", "fail", error.code, error.arguments))
            return tuple(steps)
        except UaError as error:
            reason = {"item": item, "status": type(error).__name__}
            steps.append(Step("nodes", "fail", "CON143", reason))
            return tuple(steps)
    return (*steps, Step("nodes", "ok"))
