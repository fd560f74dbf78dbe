"""The OPC UA connector against a real server that freezes, dies and comes back different."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import (
    ConnectorContext,
    EventReading,
    Gap,
    Heartbeat,
    Reading,
    StateChange,
    Window,
)
from connectors.errors import ConfigError
from connectors.opcua import supervisor
from connectors.opcua.connector import OpcUaConnector
from connectors.opcua.nodes import item_of, node_id
from connectors.opcua.values import Stamper, overflowed
from tests.connectors.plant import URI, Heap, Plant, free_port, item, now, planted, until
from tests.connectors.servers import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [
    pytest.mark.opcua,
    # the server half of the library, which only tests run
    pytest.mark.filterwarnings("ignore::DeprecationWarning:asyncua"),
]
OPCUA = OpcUaConnector()


def context(plant: Plant, **more: Any) -> ConnectorContext:
    config = {"endpoint": plant.url, "security": "none", "publishing_ms": 50, "keep_alive_s": 0.4,
              "timeout_s": 2, "fill_gaps": False, **more}  # fmt: skip
    base = World().context(config, ports=(plant.port,))
    return ConnectorContext(
        source="plant", config=config, egress=base.egress, secrets={}, now=now,
        random=lambda: 0.0, sleep=lambda _: None,
    )  # fmt: skip


@asynccontextmanager
async def listening(plant: Plant, *items: str, **more: Any) -> AsyncIterator[Heap]:
    heap = Heap()
    wanted = [item(name) for name in items or plant.names]
    task = asyncio.create_task(OPCUA.subscribe(context(plant, **more), wanted, heap))
    try:
        yield heap
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def values(heap: Heap, name: str) -> list[Any]:
    return [r.value for r in heap.of(Reading) if r.item == item(name)]


def states(heap: Heap) -> list[str]:
    return [s.state for s in heap.of(StateChange)]


async def test_values_come_with_time_and_quality() -> None:
    async with planted() as plant, listening(plant) as heap:
        await until(lambda: "ok" in states(heap))
        at = now() - 1_000_000
        await plant.write("M1.Temp", 61.5, at=at)
        await plant.write("M1.Temp", 62.5, at=at + 1, status=0x808C0000)
        await until(lambda: 62.5 in values(heap, "M1.Temp") or len(values(heap, "M1.Temp")) > 2)
        good, bad = [r for r in heap.of(Reading) if r.source_at in (at, at + 1)]
    assert (good.value, good.quality, good.source_at, good.stamp) == (61.5, 0, at, "source")
    assert bad.quality == 0x808C0000


async def test_every_change_of_a_burst_arrives() -> None:
    async with planted() as plant, listening(plant) as heap:
        await until(lambda: "ok" in states(heap))
        start = now() - 60_000_000
        for n in range(500):
            await plant.write("M1.Wear", float(n), at=start + n)
        await until(lambda: 499.0 in values(heap, "M1.Wear"))
        assert values(heap, "M1.Wear")[-500:] == [float(n) for n in range(500)]


async def test_alarms_come_as_rows() -> None:
    events = [{"stream": "alarms", "type": item("AlarmType")}]
    async with planted() as plant, listening(plant, events=events) as heap:
        await until(lambda: "ok" in states(heap))
        await plant.alarm("A-1", code="尺寸超差")
        await until(lambda: bool(heap.of(EventReading)))
        (event,) = heap.of(EventReading)
    assert event.stream == "alarms"
    assert event.row["MachineCode"] == "M1"
    assert event.row["AlarmCode"] == "尺寸超差"
    assert event.row["Message"] == "alarm A-1"
    assert event.row["Time"].endswith("Z")
    assert event.row["EventType"] == item("AlarmType")


async def test_a_restarted_server_is_found_again_and_the_gap_is_declared() -> None:
    async with planted() as plant, listening(plant) as heap:
        await until(lambda: "ok" in states(heap))
        await plant.write("M1.Temp", 1.0)
        await until(lambda: 1.0 in values(heap, "M1.Temp"))
        await plant.stop()
        await until(lambda: "lost" in states(heap))
        plant.extra_namespaces = ("urn:other:a", "urn:other:b")  # every index moves
        await plant.start()
        await until(lambda: states(heap)[-1] == "ok")
        await plant.write("M1.Temp", 2.0)
        await until(lambda: 2.0 in values(heap, "M1.Temp"))
    assert states(heap) == ["ok", "lost", "ok"], "said once each"
    opened, closed = [g for g in heap.of(Gap) if g.item == "*"]
    assert opened.to_at is None
    assert closed.from_at == opened.from_at
    assert closed.to_at is not None
    assert closed.to_at > closed.from_at


async def test_a_frozen_server_is_noticed_by_its_silence() -> None:
    """The socket stays open and nobody answers: the fault that fools the library."""
    async with planted() as plant, relay(plant.port) as (port, switch):
        hidden = Plant(port)
        async with listening(hidden, "M1.Temp") as heap:
            await until(lambda: "ok" in states(heap))
            switch.clear()
            await until(lambda: "lost" in states(heap))
            switch.set()
            await until(lambda: states(heap)[-1] == "ok")
            await plant.write("M1.Temp", 7.0)
            await until(lambda: 7.0 in values(heap, "M1.Temp"))
    lost = next(s for s in heap.of(StateChange) if s.state == "lost")
    assert lost.code in {"CON145", "CON141"}


async def test_a_server_that_is_not_there_yet_is_waited_for() -> None:
    plant = Plant(free_port())
    async with listening(plant) as heap:
        await until(lambda: "lost" in states(heap))
        await plant.start()
        try:
            await until(lambda: "ok" in states(heap))
            assert states(heap) == ["lost", "ok"]
        finally:
            await plant.stop()


async def test_a_missing_node_is_a_gap_of_its_own_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("connectors.opcua.subscription.RECONCILE_S", 0.2)
    async with planted() as plant, listening(plant, "M1.Temp", "M1.New") as heap:
        await until(lambda: "ok" in states(heap))
        await until(lambda: any(g.item == item("M1.New") for g in heap.of(Gap)))
        await plant.write("M1.Temp", 3.0)
        await until(lambda: 3.0 in values(heap, "M1.Temp"))
        index = await plant.server.get_namespace_index(URI)
        machine = plant.server.get_node(f"ns={index};s=M1")
        await machine.add_variable(f"ns={index};s=M1.New", f"{index}:New", 42.0)
        await until(lambda: 42.0 in values(heap, "M1.New"))


async def test_a_gap_is_filled_from_the_servers_own_history() -> None:
    async with planted(historize=True) as plant, relay(plant.port) as (port, switch):
        hidden = Plant(port)
        async with listening(hidden, "M1.Temp", fill_gaps=True) as heap:
            await until(lambda: "ok" in states(heap))
            switch.clear()
            await until(lambda: "lost" in states(heap))
            for n in range(20):
                await plant.write("M1.Temp", 100.0 + n)
                await asyncio.sleep(0.005)
            switch.set()
            await until(lambda: states(heap)[-1] == "ok")
            await until(lambda: {100.0 + n for n in range(20)} <= set(values(heap, "M1.Temp")))
            closed = [g for g in heap.of(Gap) if g.to_at is not None]
            assert closed[-1].cause.endswith("filled")


async def test_life_is_shown_even_when_nothing_changes() -> None:
    async with planted() as plant, listening(plant) as heap:
        await until(lambda: len(heap.of(Heartbeat)) >= 2)


async def test_a_full_sink_holds_the_server_back_and_is_not_taken_for_death() -> None:
    gate = asyncio.Event()
    gate.set()

    class Slow(Heap):
        async def put(self, signals: Any) -> None:
            await gate.wait()
            await super().put(signals)

    async with planted() as plant:
        heap = Slow()
        task = asyncio.create_task(OPCUA.subscribe(context(plant), [item("M1.Wear")], heap))
        await until(lambda: "ok" in states(heap))
        gate.clear()
        start = now() - 1_000_000
        for n in range(100):
            await plant.write("M1.Wear", float(n), at=start + n)
        await asyncio.sleep(2)
        gate.set()
        await until(lambda: 99.0 in values(heap, "M1.Wear"))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert values(heap, "M1.Wear")[-100:] == [float(n) for n in range(100)]
    assert states(heap) == ["ok"]


async def test_an_unusable_configuration_is_said_once_and_not_repeated() -> None:
    heap = Heap()
    ctx = World().context({"endpoint": "opc.tcp://h:1/", "security": "strong"}, ports=())
    await OPCUA.subscribe(ctx, [], heap)
    (state,) = heap.of(StateChange)
    assert (state.state, state.code) == ("stopped", "CON121")


async def test_a_server_off_the_allow_list_is_never_contacted() -> None:
    async with planted() as plant:
        heap = Heap()
        ctx = World().context({"endpoint": plant.url, "security": "none"}, ports=())
        await OPCUA.subscribe(ctx, [], heap)
        assert heap.of(StateChange)[0].code == "CON102"


async def test_history_discovery_and_test() -> None:
    async with planted(historize=True) as plant:
        start = now()
        for n in range(1, 6):
            await plant.write("M1.Temp", float(n))
            await asyncio.sleep(0.01)
        ctx = context(
            plant, items=[item("M1.Temp")], events=[{"stream": "a", "type": item("AlarmType")}]
        )
        await asyncio.sleep(0.2)
        window = Window(start, now())
        read = await asyncio.to_thread(lambda: list(OPCUA.history(ctx, [], window=window)))
        assert [r.value for r in read] == [1.0, 2.0, 3.0, 4.0, 5.0]
        found = await asyncio.to_thread(OPCUA.discover, ctx)
        assert {f.path for f in found[0].fields} == {item("M1.Temp"), item("M1.Wear")}
        assert {f.path for f in found[1].fields} >= {"MachineCode", "EventId", "Message"}
        assert (await asyncio.to_thread(OPCUA.test, ctx)).state == "ok"
        wrong = context(plant, items=[item("M9.Nothing")])
        health = await asyncio.to_thread(OPCUA.test, wrong)
        assert health.failed is not None
        assert health.failed.name == "nodes"


# --- values and names ---------------------------------------------------------------------
def test_names_survive_moved_indexes() -> None:
    before, after = ["0", URI], ["0", "urn:x", URI]
    node = node_id(item("a;s=b.c"), after)
    assert node.NamespaceIndex == 2
    assert (
        item_of(node, after) == item_of(node_id(item("a;s=b.c"), before), before) == item("a;s=b.c")
    )
    assert item_of(node_id("i=2258", after), after) == "i=2258"
    for bad in ("ns=2;s=x", "x", "nsu=;s=x", f"nsu={URI};i=abc"):
        with pytest.raises(ConfigError):
            node_id(bad, after)


def test_equal_stamps_are_kept_apart_and_repeats_are_dropped() -> None:
    from asyncua import ua

    stamper = Stamper(tolerance=1_000_000)
    at = supervisor.moment(1_000_000)

    def change(value: float) -> Any:
        return ua.DataValue(ua.Variant(value), SourceTimestamp=at, ServerTimestamp=at)

    first = stamper.reading("x", change(1.0), now=1_000_000)
    second = stamper.reading("x", change(2.0), now=1_000_000)
    assert first is not None
    assert second is not None
    assert (first.sequence, second.sequence) == (0, 1)
    assert stamper.reading("x", change(2.0), now=1_000_000) is None
    late = stamper.reading("x", change(3.0), now=99_000_000)
    assert late is not None
    assert (late.stamp, late.source_at) == ("received", 99_000_000)


def test_the_overflow_bit() -> None:
    assert overflowed(0x480)
    assert not overflowed(0x80)
    assert not overflowed(0)


@asynccontextmanager
async def relay(target: int) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """A wire between client and server; clear the event and it stays open but carries nothing."""
    flowing = asyncio.Event()
    flowing.set()
    tasks: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(65_536):
                    await flowing.wait()
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", target)
            for a, b in ((reader, back), (there, writer)):
                task = asyncio.create_task(pump(a, b))
                tasks.add(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], flowing
    finally:
        flowing.set()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # let closed transports close
