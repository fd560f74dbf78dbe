"""`python -m benchmarks.machines`: an OPC UA server whose machines change values and raise alarms.

It says its address in one line, waits for `go` on its standard input, changes so many values a
second, raises three alarms in a row on one machine after the other, and at the end says in one
line what it wrote and raised.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import time
from datetime import UTC, datetime

from asyncua import Server, ua

from examples.plant.opcua_server import EVENT_TYPES, NAMESPACE, quiet_logs
from examples.plant.signals import SIGNALS

TICK_S = 0.05
APART_S = 0.1  # two alarms of a row
DIM = "dim_out_of_tolerance"


def code_of(machine):
    return f"M{machine + 1:03}"


class Machines:
    """The server, and what it has told."""

    def __init__(self, asked):
        self.asked = asked
        self.server = Server()
        self.nodes, self.written = [], {}
        self.since = 0  # microseconds: everything written from here on counts
        self.raised = []

    async def open(self):
        server = self.server
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self.asked.port}/bench")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        index = await server.register_namespace(NAMESPACE)
        folder = await server.nodes.objects.add_folder(ua.NodeId("Plant", index), f"{index}:Plant")
        for machine in range(self.asked.machines):
            for signal in SIGNALS:
                item = f"{code_of(machine)}.{signal.name}"
                kind = ua.VariantType.Int64 if signal.is_whole else ua.VariantType.Double
                start = 0 if signal.is_whole else 0.0
                node = await folder.add_variable(
                    ua.NodeId(item, index), f"{index}:{item}", start, kind
                )
                self.nodes.append((item, node.nodeid, kind))
        self.alarms = await self._events("alarms", index)
        await self._events("inspections", index)
        await server.start()

    async def _events(self, stream, index):
        name, properties = EVENT_TYPES[stream]
        kind = await self.server.nodes.base_event_type.add_object_type(
            ua.NodeId(name, index), ua.QualifiedName(name, index)
        )
        for prop, _, variant in properties:
            await kind.add_property(index, prop, ua.get_default_value(variant), varianttype=variant)
        return await self.server.get_event_generator(kind, ua.ObjectIds.Server)

    async def change(self, stop):
        """So many changes a second, each of another value at another time."""
        began, done = time.monotonic(), 0
        self.since = time.time_ns() // 1_000
        while not stop.is_set():
            due = int((time.monotonic() - began) * self.asked.rate)
            for number in range(done, due):
                item, node, kind = self.nodes[number % len(self.nodes)]
                value = number if kind == ua.VariantType.Int64 else number / 8
                now = datetime.now(UTC)
                written = ua.DataValue(
                    ua.Variant(value, kind), SourceTimestamp=now, ServerTimestamp=now
                )
                await self.server.write_attribute_value(node, written)
                self.written[item] = self.written.get(item, 0) + 1
            done = due
            await asyncio.sleep(TICK_S)
        self.seconds = time.monotonic() - began

    async def rows(self):
        """Three alarms on one machine, then on the next; the third one's moment is kept."""
        for row in range(self.asked.rows):
            began = time.monotonic()
            machine = code_of(row % self.asked.machines)
            for number in range(3):
                key = f"{machine}-{row}-{number}"
                moment = datetime.now(UTC)
                event = self.alarms.event
                event.SourceName, event.Severity = machine, 700
                event.SourceEventId, event.MachineCode = key, machine
                event.Code, event.Batch, event.RaisedAt = DIM, "B1", moment
                at = time.monotonic()
                await self.alarms.trigger(time_attr=moment, message=key)
                if number == 2:
                    self.raised.append({"machine": machine, "event": key, "at": at})
                await asyncio.sleep(APART_S)
            # not in step with the publishing of the server
            await asyncio.sleep(max(0.0, self.asked.every - (time.monotonic() - began)))

    async def run(self):
        await self.open()
        say({"url": f"opc.tcp://127.0.0.1:{self.asked.port}/bench"})
        await asyncio.to_thread(sys.stdin.readline)
        stop = asyncio.Event()
        changing = asyncio.create_task(self.change(stop))
        await asyncio.sleep(self.asked.warm_up)
        await self.rows()
        stop.set()
        await changing
        say({"written": self.written, "since": self.since, "seconds": self.seconds,
             "rows": self.raised})  # fmt: skip
        await asyncio.to_thread(sys.stdin.readline)  # until it may go
        await self.server.stop()


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def main():
    parser = argparse.ArgumentParser("python -m benchmarks.machines")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--machines", type=int, default=40)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--rows", type=int, default=35)
    parser.add_argument("--every", type=float, default=1.03)
    parser.add_argument("--warm-up", type=float, default=5.0)
    asked = parser.parse_args()
    asked.port = asked.port or free_port()
    quiet_logs()
    asyncio.run(Machines(asked).run())


if __name__ == "__main__":
    main()
