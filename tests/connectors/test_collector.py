"""The collector as a real process: journal, line, kill -9, thresholds and its end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import EventReading, Gap, Heartbeat, Reading, StateChange
from connectors.collector.crossings import Crossings
from connectors.collector.frames import Entry, body_of, entries_line, entry_of, line, parse
from connectors.collector.journal import Journal, JournalBusy, open_journal
from connectors.collector.sinks import Flusher
from connectors.collector.sources import Clock
from tests.connectors.plant import Plant, item, planted, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "let me in"


# --- frames and journal -------------------------------------------------------------------
def test_signals_survive_the_journey() -> None:
    signals = [
        Reading("i", 0.1, 0, 1, 2, 3, "server"),
        Reading("i", None, 0x80000000, 1, 2),
        EventReading("alarms", {"qty": 1.25, "text": "尺寸", "none": None}, 4, 5),
        Gap("*", 1, None, "CON140"),
        StateChange("lost", 9, "CON140", {"host": "h"}),
        Heartbeat(77),
    ]
    frame = parse(entries_line([(8, "mes", body_of(signals))]))
    entry = entry_of(frame["entries"][0])
    assert entry.sequence == 8
    assert [*entry.readings, *entry.gaps, *entry.states] == [
        *signals[:2], signals[3], signals[4],
    ]  # fmt: skip
    assert entry.events[0].row == {"qty": Decimal("1.25"), "text": "尺寸", "none": None}
    assert entry.heartbeat == 77


def test_the_journal_keeps_order_and_forgets_what_is_acknowledged(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", identity="a")
    journal.append([("s", "1"), ("s", "2")])
    assert journal.append([("t", "3")]) == 3
    assert [s.body for s in journal.read(0, rows=10, size=100)] == ["1", "2", "3"]
    journal.acknowledged(2)
    assert [s.sequence for s in journal.read(0, rows=10, size=100)] == [3]
    journal.acknowledged(3)
    assert journal.append([("s", "4")]) == 4, "numbers are never used twice"
    journal.close()
    again = Journal(tmp_path / "j.db", identity="b")
    assert again.identity == "a"
    assert [s.body for s in again.read(0, rows=10, size=100)] == ["4"]
    again.close()


def test_a_journal_has_one_collector(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", identity="a")
    with pytest.raises(JournalBusy):
        open_journal(tmp_path / "j.db", identity="b", patience_s=0.2)
    journal.close()
    open_journal(tmp_path / "j.db", identity="b").close()


def test_a_journal_from_an_old_copy_numbers_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", identity="a")
    journal.append([("s", "1"), ("s", "2")])
    journal.raise_to(50)
    assert [s.sequence for s in journal.read(0, rows=9, size=99)] == [51, 52]
    journal.raise_to(10)
    assert journal.append([("s", "3")]) == 53
    journal.close()


async def test_a_full_journal_declares_its_gap(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", identity="a", limit=200)
    flusher = Flusher(journal, Clock())
    sink = flusher.set({"s": {}})["s"]
    for n in range(30):
        await sink.put([Reading("i", float(n), 0, n, n)])
        flusher.flush()
    stored = journal.read(0, rows=99, size=99_999)
    entries = [entry_of([s.sequence, s.source, parse(s.body.encode())]) for s in stored]
    assert entries[-1].gaps[0].cause == "journal full"
    assert entries[-1].gaps[0].to_at is None
    kept = sum(len(e.readings) for e in entries)
    assert 0 < kept < 30
    journal.acknowledged(stored[-1].sequence)
    await sink.put([Reading("i", 99.0, 0, 99, 99)])
    flusher.flush()
    (after,) = journal.read(0, rows=99, size=99_999)
    entry = entry_of([1, "s", parse(after.body.encode())])
    assert entry.gaps[0].to_at is not None
    assert entry.readings[0].value == 99.0
    journal.close()


def test_a_threshold_is_crossed_once_in_each_direction() -> None:
    spec = {"stream": "hot", "item": "i", "op": ">", "enter": "80", "exit": "75.5", "code": "M1"}
    crossings = Crossings.of([spec], {})

    def phases(*values: float, quality: int = 0) -> list[str]:
        readings = [Reading("i", v, quality, n, n) for n, v in enumerate(values)]
        return [s.row["phase"] for s in crossings.marked(readings) if isinstance(s, EventReading)]

    assert phases(79.9, 80.0, 80.1, 90.0, 76.0, 75.6) == ["enter"]
    assert phases(75.5, 75.0, 79.0) == ["exit"]
    assert phases(99.0, quality=0x80000000) == [], "a bad value crosses nothing"
    assert phases(81.0) == ["enter"]
    remembered = Crossings.of([spec], crossings.taken())
    assert remembered.marked([Reading("i", 85.0, 0, 9, 9)])[1:] == [], "a restart is no crossing"


# --- the process --------------------------------------------------------------------------
@dataclass
class Server:
    """The parent's end of the line, as a test wants it."""

    address: str
    config: dict[str, Any]
    entries: list[Entry] = field(default_factory=list)
    stored: int = 0
    acknowledging: bool = True
    tokens: list[str] = field(default_factory=list)
    writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = parse(await reader.readline())
        self.tokens.append(hello["token"])
        self.writer = writer
        writer.write(line({"type": "config", "stored": self.stored, **self.config}))
        try:
            while text := await reader.readline():
                for part in parse(text)["entries"]:
                    entry = entry_of(part)
                    if entry.sequence > self.stored:
                        self.entries.append(entry)
                if self.acknowledging:
                    self.stored = max(e.sequence for e in self.entries)
                    writer.write(line({"type": "ack", "sequence": self.stored}))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def readings(self, name: str) -> list[Any]:
        return [r.value for e in self.entries for r in e.readings if r.item == item(name)]

    def is_up(self) -> bool:
        """Everything is subscribed: alarms raised from now on are heard."""
        return any(state.state == "ok" for entry in self.entries for state in entry.states)

    def events(self) -> list[EventReading]:
        return [event for entry in self.entries for event in entry.events]


@asynccontextmanager
async def parent(tmp_path: Path, plant: Plant, **more: Any) -> AsyncIterator[Server]:
    clock = {"real0": 0, "business0": 0, "factor": 1}
    source = {
        "source": "mes", "connector": "opcua", "secrets": {}, "allow": [["127.0.0.1", plant.port]],
        "config": {"endpoint": plant.url, "security": "none", "publishing_ms": 50,
                   "keep_alive_s": 1, "events": [{"stream": "alarms", "type": item("AlarmType")}]},
        "items": [item(name) for name in plant.names], **more,
    }  # fmt: skip
    (tmp_path / "token").write_text(TOKEN)
    path = str(tmp_path / "line")
    server = Server(f"unix:{path}", {"clock": clock, "sources": [source]})
    listener = await asyncio.start_unix_server(server.serve, path)
    try:
        yield server
    finally:
        listener.close()
        if server.writer is not None:
            server.writer.close()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def collecting(
    tmp_path: Path, server: Server, *more: str
) -> AsyncIterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.collector", "--address", server.address,
         "--token-file", str(tmp_path / "token"), "--journal", str(tmp_path / "journal.db"),
         "--parent-pid", str(os.getpid()), *more],
        cwd=ROOT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


opcua = pytest.mark.opcua
faults = pytest.mark.faults


@opcua
async def test_values_and_alarms_reach_the_server(tmp_path: Path) -> None:
    hot = {"stream": "hot", "item": item("M1.Temp"), "op": ">", "enter": "80", "exit": "70"}
    async with planted() as plant, parent(tmp_path, plant, crossings=[hot]) as server:
        async with collecting(tmp_path, server):
            await until(server.is_up, within_s=30)
            await plant.write("M1.Temp", 85.0)
            await plant.alarm("A-1")
            await until(lambda: len(server.events()) >= 2)
        assert server.tokens == [TOKEN]
        streams = {event.stream: event.row for event in server.events()}
        assert streams["hot"]["phase"] == "enter"
        assert streams["alarms"]["EventNo"] == "A-1"
        assert 85.0 in server.readings("M1.Temp")


@opcua
@faults
async def test_kill_9_loses_nothing_that_was_journaled(tmp_path: Path) -> None:
    """The server stops acknowledging, the collector is killed, its successor sends it all."""
    async with planted() as plant, parent(tmp_path, plant) as server:
        async with collecting(tmp_path, server) as process:
            await until(server.is_up, within_s=30)
            server.acknowledging = False
            stored = server.stored
            for n in range(40):
                await plant.alarm(f"K-{n}")
                await asyncio.sleep(0.01)
            journal = tmp_path / "journal.db"
            await until(lambda: _journaled(journal, "K-39"))
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        server.entries.clear()
        server.stored, server.acknowledging = stored, True
        async with collecting(tmp_path, server):
            await until(lambda: len(server.events()) >= 40, within_s=30)
        numbers = [event.row["EventNo"] for event in server.events()]
        assert numbers == [f"K-{n}" for n in range(40)], "all, once, in order"


@opcua
@faults
async def test_the_collector_goes_on_while_the_server_is_away(tmp_path: Path) -> None:
    async with planted() as plant:
        async with parent(tmp_path, plant) as first:
            process = await asyncio.to_thread(_spawn, tmp_path, first)
            await until(first.is_up, within_s=30)
            journal_stored = first.stored
        (tmp_path / "line").unlink(missing_ok=True)
        await plant.alarm("away-1")
        await asyncio.sleep(0.5)
        async with parent(tmp_path, plant) as second:
            second.stored = journal_stored
            try:
                await until(lambda: bool(second.events()), within_s=30)
            finally:
                process.terminate()
                process.wait(20)
        assert second.events()[0].row["EventNo"] == "away-1"


@opcua
async def test_a_collector_ends_when_told_and_when_its_parent_is_gone(tmp_path: Path) -> None:
    async with planted() as plant, parent(tmp_path, plant) as server:
        async with collecting(tmp_path, server) as process:
            await until(lambda: server.writer is not None, within_s=30)
            assert server.writer is not None
            server.writer.write(line({"type": "stop"}))
            assert await asyncio.to_thread(process.wait, 20) == 0
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        async with collecting(tmp_path, server, "--parent-pid", str(dead.pid)) as orphan:
            assert await asyncio.to_thread(orphan.wait, 20) == 0


def _spawn(tmp_path: Path, server: Server) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "connectors.collector", "--address", server.address,
         "--token-file", str(tmp_path / "token"), "--journal", str(tmp_path / "journal.db"),
         "--parent-pid", str(os.getpid())],
        cwd=ROOT,
    )  # fmt: skip


def _journaled(path: Path, text: str) -> bool:
    return any(text.encode() in p.read_bytes() for p in path.parent.glob("journal.db*"))
