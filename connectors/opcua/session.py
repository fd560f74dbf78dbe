"""One OPC UA session from connect to drop; nothing in it survives a fault."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from asyncua.client.client import Client
from asyncua.ua import uaerrors
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError

from connectors.errors import AuthError, ConnectorError, TransientError
from connectors.opcua.nodes import standard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from asyncua import ua
    from asyncua.ua.attribute_ids import AttributeIds

    from connectors.base import ConnectorContext
    from connectors.opcua.plan import Plan

# asyncua logs every lost connection with a stack trace; we report a loss once, ourselves
logging.getLogger("asyncua").setLevel(logging.CRITICAL)

T = TypeVar("T")
FOREVER_S = 10.0**8
DROP_S = 2.0
DEFAULT_CHUNK = 1000
LIMIT_NODES = {
    "monitored": ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    "read": ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    "browse": ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
}
REFUSALS = (
    uaerrors.BadIdentityTokenRejected,
    uaerrors.BadIdentityTokenInvalid,
    uaerrors.BadUserAccessDenied,
    uaerrors.BadUserSignatureInvalid,
    uaerrors.BadCertificateUntrusted,
)


class _GuardedClient(Client):
    """Connects its socket to the address the egress guard has checked, wherever names lead."""

    def __init__(self, plan: Plan, address: str) -> None:
        # watchdog and automatic reconnect off: they lose data while they say CONNECTED
        super().__init__(plan.endpoint, timeout=plan.timeout_s, watchdog_intervall=FOREVER_S)
        self._checked = (address, plan.target.port)
        self.session_timeout = 60_000

    async def connect_socket(self) -> None:
        await self.uaclient.connect_socket(*self._checked)


@asynccontextmanager
async def connected(ctx: ConnectorContext, plan: Plan) -> AsyncIterator[Client]:
    """A session within a hard time limit; dropped whole at the end."""
    address = await asyncio.to_thread(ctx.egress.check, plan.target.host, plan.target.port)
    client = _GuardedClient(plan, address)
    if plan.user is not None:
        client.set_user(plan.user)
    if plan.password is not None:
        client.set_password(plan.password)
    try:
        try:
            await asyncio.wait_for(client.connect(), plan.timeout_s * 2)
        except Exception as error:  # noqa: BLE001 - asyncua raises nearly anything here
            raise connect_error(error, plan) from None
        yield client
    finally:
        await _drop(client)


async def _drop(client: Client) -> None:
    with suppress(Exception):
        await asyncio.wait_for(client.disconnect(), DROP_S)
    with suppress(Exception):
        client.disconnect_socket()


def connect_error(error: Exception, plan: Plan) -> ConnectorError:
    """What a failed connect means."""
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, REFUSALS):
        return AuthError("CON144", status=type(error).__name__)
    return TransientError("CON140", host=f"{plan.target.host}:{plan.target.port}")


def session_error(error: Exception) -> ConnectorError:
    """What a failure within a session means: the session is over."""
    if isinstance(error, ConnectorError):
        return error
    return TransientError("CON141", reason=type(error).__name__)


async def operation_limit(client: Client, name: str) -> int:
    """How many operations the server takes in one call."""
    node = client.get_node(standard(LIMIT_NODES[name]))
    try:
        value = await node.read_value()
    except UaError:
        return DEFAULT_CHUNK
    return min(int(value), DEFAULT_CHUNK) if isinstance(value, int) and value > 0 else DEFAULT_CHUNK


def chunks(values: Sequence[T], size: int) -> list[Sequence[T]]:
    """The values in pieces a server accepts."""
    return [values[at : at + size] for at in range(0, len(values), size)]


async def read_many(
    client: Client, nodes: Sequence[ua.NodeId], attribute: AttributeIds
) -> list[Any]:
    """One attribute of many nodes; None where the server refuses."""
    size = await operation_limit(client, "read")
    found: list[Any] = []
    for part in chunks(nodes, size):
        values = await client.uaclient.session.read_attributes(list(part), attribute)
        found += [v.Value.Value if v.Value is not None and v.StatusCode is not None
                  and v.StatusCode.is_good() else None for v in values]  # fmt: skip
    return found
