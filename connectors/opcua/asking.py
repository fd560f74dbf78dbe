"""What the connector asks a server beside the subscription: a test, a browse, the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError

from connectors.base import Reading, Step
from connectors.errors import ConnectorError
from connectors.opcua.browse import event_types, variables
from connectors.opcua.nodes import node_id, standard
from connectors.opcua.session import connected, session_error
from connectors.opcua.supervisor import history_signals
from connectors.opcua.values import micros

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asyncua.client.client import Client

    from connectors.base import ConnectorContext, StreamInfo, Window
    from connectors.opcua.plan import Plan

T = TypeVar("T")


async def within(ctx: ConnectorContext, plan: Plan, work: Callable[[Client], Awaitable[T]]) -> T:
    """Do some work in a session of its own."""
    try:
        async with connected(ctx, plan) as client:
            return await work(client)
    except Exception as error:  # noqa: BLE001 - asyncua raises nearly anything
        raise session_error(error) from None


async def steps(ctx: ConnectorContext, plan: Plan) -> tuple[Step, ...]:
    """Connect, log in, compare clocks, resolve every configured node."""
    return await within(ctx, plan, lambda client: _steps(ctx, plan, client))


async def streams(ctx: ConnectorContext, plan: Plan) -> tuple[StreamInfo, ...]:
    """The variables as one stream, each event type as a stream of its own."""

    async def browse(client: Client) -> tuple[StreamInfo, ...]:
        return (await variables(client), *await event_types(client))

    return await within(ctx, plan, browse)


async def past(ctx: ConnectorContext, plan: Plan, window: Window) -> list[Reading]:
    """Raw values the server kept, item by item."""

    async def read(client: Client) -> list[Reading]:
        namespaces = await client.get_namespace_array()
        found: list[Reading] = []
        for item in plan.items:
            signals = await history_signals(
                client, item, node_id(item, namespaces), span=(window.start, window.end)
            )
            found += [signal for signal in signals if isinstance(signal, Reading)]
        return found

    return await within(ctx, plan, read)


async def _steps(ctx: ConnectorContext, plan: Plan, client: Client) -> tuple[Step, ...]:
    found = [Step("connect", "ok"), Step("auth", "ok")]
    namespaces = await client.get_namespace_array()
    clock = client.get_node(standard(ObjectIds.Server_ServerStatus_CurrentTime))
    theirs = micros(await clock.read_value())
    offset_s = 0 if theirs is None else abs(theirs - ctx.now()) // 1_000_000
    late = offset_s * 1_000_000 > plan.tolerance
    found.append(Step("clock", "warn" if late else "ok", None, {"offset_s": str(offset_s)}))
    wanted = [*plan.items, *(spec.type for spec in plan.events)]
    for item in wanted:
        try:
            await client.get_node(node_id(item, namespaces)).read_browse_name()
        except ConnectorError as error:
            found.append(Step("nodes", "fail", error.code, error.arguments))
            return tuple(found)
        except UaError as error:
            reason = {"item": item, "status": type(error).__name__}
            found.append(Step("nodes", "fail", "CON143", reason))
            return tuple(found)
    return (*found, Step("nodes", "ok"))
