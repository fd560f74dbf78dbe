"""The machines as an OPC UA server: variables, their history, alarm and inspection events."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from asyncua import Server, ua
from asyncua.server.history import HistoryDict

from examples.plant.company import MACHINES, machine_code
from examples.plant.signals import SIGNALS, Signal
from examples.plant.times import Event, parse_iso, utc

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from asyncua.common.node import Node
    from asyncua.server.event_generator import EventGenerator

    from examples.plant.ledger import Ledger
    from examples.plant.switches import Switches

NAMESPACE = "urn:plumbline:plant"
_TICK_S = 0.1
_READY_S = 60
_MAX_HISTORY = 5_000
_BAD = ua.StatusCode(ua.StatusCodes.BadSensorFailure)
_GOOD = ua.StatusCode(ua.StatusCodes.Good)
_TEXT, _TIME = ua.VariantType.String, ua.VariantType.DateTime
# stream -> event type, its properties: (name, field of the record, kind)
EVENT_TYPES: dict[str, tuple[str, tuple[tuple[str, str, ua.VariantType], ...]]] = {
    "alarms": ("PlantAlarmEventType", (
        ("SourceEventId", "source_event_id", _TEXT), ("MachineCode", "machine_code", _TEXT),
        ("Code", "code", _TEXT), ("Batch", "batch", _TEXT), ("RaisedAt", "raised_at", _TIME),
    )),
    "inspections": ("PlantInspectionEventType", (
        ("SourceEventId", "record_no", _TEXT), ("MachineCode", "machine_code", _TEXT),
        ("DueNo", "due_no", _TEXT), ("DueOn", "due_on", _TEXT),
        ("ConfirmedAt", "confirmed_at", _TIME),
    )),
}  # fmt: skip


class OpcUaServer:
    """Runs in a thread of its own, so that freezing it freezes nothing else."""

    def __init__(self, ledger: Ledger, switches: Switches, *, host: str, port: int) -> None:
        self._ledger, self._switches = ledger, switches
        self.url = f"opc.tcp://{host}:{port}/plant"
        self._closing = threading.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="plant-opcua")

    def start(self) -> None:
        """Serve; gives back control when clients can connect."""
        self._thread.start()
        self._ready.wait(_READY_S)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Serve no more."""
        self._closing.set()
        self._thread.join()

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except OSError as failure:
            self._failure = failure
        finally:
            self._ready.set()

    async def _run(self) -> None:
        while not self._closing.is_set():
            if self._switches.is_on("opcua_drop"):
                await asyncio.sleep(_TICK_S)
                continue
            session = _Session(self._ledger, self._switches)
            await session.open(self.url)
            self._ready.set()
            try:
                while not self._closing.is_set() and not self._switches.is_on("opcua_drop"):
                    self._freeze()
                    await session.tick()
                    await asyncio.sleep(_TICK_S)
            finally:
                await session.close()

    def _freeze(self) -> None:
        """Block the whole loop: sockets stay open, nobody answers."""
        while self._switches.is_on("opcua_freeze") and not self._closing.is_set():
            time.sleep(_TICK_S)


class _Session:
    """One life of the server, from start to drop."""

    def __init__(self, ledger: Ledger, switches: Switches) -> None:
        self._ledger, self._switches = ledger, switches
        self._server = Server()
        self._nodes: list[tuple[ua.NodeId, int, Signal]] = []
        self._events: dict[str, EventGenerator] = {}
        self._machines: dict[str, ua.NodeId] = {}
        self._shown_at = 0

    async def open(self, url: str) -> None:
        server, setting = self._server, self._ledger.world.setting
        await server.init()
        server.set_endpoint(url)
        server.set_server_name("Plumbline demo plant")
        await server.set_application_uri(NAMESPACE + ":server")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        index = await server.register_namespace(NAMESPACE)
        server.iserver.history_manager.set_storage(_History(self._ledger, index))
        folder = await server.nodes.objects.add_folder(ua.NodeId("Plant", index), f"{index}:Plant")
        for machine in range(MACHINES):
            code = machine_code(machine)
            node = await folder.add_object(ua.NodeId(code, index), f"{index}:{code}")
            self._machines[code] = node.nodeid
            for signal in SIGNALS:
                value = signal.value(setting, machine, self._ledger.clock.now())
                await self._add_variable(node, signal, machine=machine, value=value)
        for stream, (name, properties) in EVENT_TYPES.items():
            # a fixed node id: configurations that name the type outlive a restart
            kind = await server.nodes.base_event_type.add_object_type(
                ua.NodeId(name, index), ua.QualifiedName(name, index)
            )
            for prop, _, variant in properties:
                default = ua.get_default_value(variant)
                await kind.add_property(index, prop, default, varianttype=variant)
            self._events[stream] = await server.get_event_generator(kind, ua.ObjectIds.Server)
        with contextlib.suppress(queue.Empty):
            while True:  # what happened while the server was down is lost to OPC UA
                self._ledger.live.get_nowait()
        await server.start()

    async def close(self) -> None:
        await self._server.stop()

    async def tick(self) -> None:
        """Tell what has happened; once a second show all values."""
        await asyncio.to_thread(self._ledger.advance)  # clients are served while the past is made
        with contextlib.suppress(queue.Empty):
            while True:
                await self._tell(self._ledger.live.get_nowait())
        now = self._ledger.clock.now()
        at = now - now % self._ledger.step
        if at != self._shown_at:
            self._shown_at = at
            quality = _BAD if self._switches.is_on("opcua_bad_quality") else _GOOD
            for node_id, machine, signal in self._nodes:
                value = _reading(self._ledger, machine, signal, at, quality)
                await self._server.write_attribute_value(node_id, value)

    async def _add_variable(
        self, parent: Node, signal: Signal, *, machine: int, value: float
    ) -> None:
        index = parent.nodeid.NamespaceIndex
        node_id = ua.NodeId(f"{machine_code(machine)}.{signal.name}", index)
        kind = ua.VariantType.Int64 if signal.is_whole else ua.VariantType.Double
        node = await parent.add_variable(node_id, f"{index}:{signal.name}", value, kind)
        limits = ua.Range(signal.low, signal.high)
        await node.add_property(0, "EURange", limits)
        if signal.unit:
            unit = ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", -1)
            unit.DisplayName = ua.LocalizedText(signal.unit)
            await node.add_property(0, "EngineeringUnits", unit)
        for attribute in (ua.AttributeIds.AccessLevel, ua.AttributeIds.UserAccessLevel):
            await node.set_attr_bit(attribute, ua.AccessLevel.HistoryRead)
        await node.write_attribute(ua.AttributeIds.Historizing, ua.DataValue(ua.Variant(True)))  # noqa: FBT003
        self._nodes.append((node_id, machine, signal))

    async def _tell(self, event: Event) -> None:
        if event.stream == "inspections" and event.record["source"] != "sensor":
            return  # a hand tick is not known to any machine
        generator = self._events[event.stream]
        code = str(event.record["machine_code"])
        generator.event.SourceName, generator.event.SourceNode = code, self._machines[code]
        generator.event.Severity = 700 if event.stream == "alarms" else 100
        for name, source, kind in EVENT_TYPES[event.stream][1]:
            value: Any = event.record[source]
            setattr(generator.event, name, utc(parse_iso(value)) if kind == _TIME else value)
        message = f"{code} {event.record.get('code', 'inspection confirmed')}"
        await generator.trigger(time_attr=utc(event.at), message=message)


def _reading(
    ledger: Ledger, machine: int, signal: Signal, at: int, quality: ua.StatusCode
) -> ua.DataValue:
    kind = ua.VariantType.Int64 if signal.is_whole else ua.VariantType.Double
    value = ua.Variant(signal.value(ledger.world.setting, machine, at), kind)
    moment = utc(at)
    return ua.DataValue(value, quality, SourceTimestamp=moment, ServerTimestamp=moment)


class _History(HistoryDict):
    """Nothing is stored: the past is computed, and equals what was shown."""

    def __init__(self, ledger: Ledger, index: int) -> None:
        super().__init__(_MAX_HISTORY)
        self._ledger = ledger
        self._known = {
            ua.NodeId(f"{machine_code(machine)}.{signal.name}", index): (machine, signal)
            for machine in range(MACHINES)
            for signal in SIGNALS
        }

    async def new_historized_node(
        self, node_id: ua.NodeId, period: timedelta | None, count: int = 0
    ) -> None:
        """Nothing has to be prepared."""

    async def read_node_history(
        self, node_id: ua.NodeId, start: datetime | None, end: datetime | None, nb_values: int
    ) -> tuple[list[ua.DataValue], datetime | None]:
        """The values between two instants, both included; newest first when start is later."""
        if node_id not in self._known:
            return [], None
        machine, signal = self._known[node_id]
        now, open_end = self._ledger.clock.now(), ua.get_win_epoch()
        first = self._ledger.world.start if start in (None, open_end) else _us(start)
        last = now if end in (None, open_end) else _us(end)
        low, high = max(min(first, last), self._ledger.world.start), min(max(first, last), now)
        step = self._ledger.step
        wanted = min(nb_values or _MAX_HISTORY, _MAX_HISTORY) + 1
        stamps: range | list[int] = range(-(-low // step) * step, high + 1, step)
        if first > last:
            stamps = stamps[::-1]
        chosen = list(stamps[:wanted])
        values = [_reading(self._ledger, machine, signal, at, _GOOD) for at in chosen]
        more = len(values) == wanted and not nb_values
        return values[: wanted - 1], (values[-1].SourceTimestamp if more else None)


def _us(moment: datetime | None) -> int:
    return parse_iso(moment.isoformat() if moment.tzinfo else moment.isoformat() + "+00:00")  # type: ignore[union-attr]  # None was handled


def quiet_logs() -> None:
    """asyncua writes a line for every lost client; the plant prints one line only."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
