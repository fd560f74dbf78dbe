"""An OPC UA server in the test's own loop: machines, an alarm type, faults on demand."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from asyncua import Server, ua

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from connectors.base import Signal

URI = "urn:test:plant"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def now() -> int:
    return time.time_ns() // 1000


def item(name: str) -> str:
    return f"nsu={URI};s={name}"


@dataclass
class Plant:
    port: int
    names: tuple[str, ...] = ("M1.Temp", "M1.Wear")
    extra_namespaces: tuple[str, ...] = ()
    historize: bool = False
    server: Any = None
    nodes: dict[str, Any] = field(default_factory=dict)
    generator: Any = None

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/plant"

    async def start(self) -> None:
        self.server = server = Server()
        await server.init()
        server.set_endpoint(self.url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        for uri in self.extra_namespaces:
            await server.register_namespace(uri)
        index = await server.register_namespace(URI)
        machine = await server.nodes.objects.add_object(ua.NodeId("M1", index), f"{index}:M1")
        for name in self.names:
            node = await machine.add_variable(ua.NodeId(name, index), f"{index}:{name}", 0.0)
            self.nodes[name] = node
        kind = await server.nodes.base_event_type.add_object_type(
            ua.NodeId("AlarmType", index), ua.QualifiedName("AlarmType", index)
        )
        for prop in ("MachineCode", "AlarmCode", "EventNo"):
            await kind.add_property(index, prop, "", varianttype=ua.VariantType.String)
        self.generator = await server.get_event_generator(kind, ua.ObjectIds.Server)
        await server.start()
        if self.historize:
            for node in self.nodes.values():
                await server.historize_node_data_change(node, period=None, count=1000)
                await node.write_attribute(ua.AttributeIds.Historizing, ua.DataValue(True))

    async def stop(self) -> None:
        await self.server.stop()

    async def write(
        self, name: str, value: float, *, at: int | None = None, status: int = 0
    ) -> None:
        moment = EPOCH + timedelta(microseconds=now() if at is None else at)
        await self.server.write_attribute_value(
            self.nodes[name].nodeid,
            ua.DataValue(ua.Variant(value, ua.VariantType.Double), ua.StatusCode(status),
                         SourceTimestamp=moment, ServerTimestamp=moment),
        )  # fmt: skip

    async def alarm(self, number: str, code: str = "dim", machine: str = "M1") -> None:
        event = self.generator.event
        event.MachineCode, event.AlarmCode, event.EventNo = machine, code, number
        await self.generator.trigger(message=f"alarm {number}")


@asynccontextmanager
async def planted(**more: Any) -> AsyncIterator[Plant]:
    plant = Plant(free_port(), **more)
    await plant.start()
    try:
        yield plant
    finally:
        await plant.stop()


@dataclass
class Heap:
    """A sink that keeps everything."""

    signals: list[Signal] = field(default_factory=list)

    async def put(self, signals: Sequence[Signal]) -> None:
        self.signals += signals

    def of(self, kind: type[Any]) -> list[Any]:
        return [signal for signal in self.signals if isinstance(signal, kind)]


async def until(true: Callable[[], bool], *, within_s: float = 25) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)
