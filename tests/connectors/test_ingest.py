"""From the plant through the collector process into records, samples, gaps and states."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from builder.model.others import Source
from connectors.base import EventReading, Gap, Heartbeat, Reading, StateChange
from connectors.collector.frames import Entry
from runtime.clock import BusinessClock, real_now
from runtime.collecting import assignment
from runtime.ingest import IngestServer
from runtime.take_in import Intake
from store import incidents, samples
from store import ingest as ingested
from store import sources as book
from store.sources import Setting
from tests.connectors.plant import URI, Plant, planted, until
from tests.connectors.shop import ALARMS, NOW, SECOND, WEAR, Shop, label, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SERIES = "shop.machine.wear"


def plant_source(**config: Any) -> Source:
    return Source(
        name="shop.plant", label=label("plant"), connector="opcua",
        streams=(ALARMS,), series=(WEAR,),
        config={"endpoint": "${param.url}", "security": "none", "publishing_ms": 50,
                "keep_alive_s": 1,
                "events": [{"stream": "alarms", "type": f"nsu={URI};s=AlarmType"}],
                **config},
    )  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    with opened(tmp_path, plant_source(), url=database_url) as found:
        allow(found, 4840, "opc.tcp://127.0.0.1:4840/x")
        yield found


def allow(shop: Shop, port: int, url: str) -> None:
    with shop.wiring.writing() as ctx:
        book.put_setting(ctx.uow, "shop.plant", Setting("url", url, False))
        book.set_egress_rules(ctx.uow, "shop.plant", [("127.0.0.1", port)])


def intake(shop: Shop) -> Intake:
    found = Intake(shop.wiring, "journal:j")
    with shop.wiring.reading() as ctx:
        found.assigned(assignment(ctx, shop.wiring))
    return found


def entry(sequence: int, *signals: Any) -> Entry:
    def of(kind: type[Any]) -> tuple[Any, ...]:
        return tuple(signal for signal in signals if isinstance(signal, kind))

    beats = of(Heartbeat)
    return Entry(sequence, "shop.plant", of(Reading), of(EventReading), of(Gap), of(StateChange),
                 beats[-1].at if beats else None)  # fmt: skip


def alarm(number: object, code: str = "dim", machine: str = "M1", at: int = NOW) -> EventReading:
    row = {"EventNo": str(number), "AlarmCode": code, "MachineCode": machine,
           "Time": "2026-02-02T03:00:00Z"}  # fmt: skip
    return EventReading("alarms", row, at, at)


def wear(value: float | None, at: int = NOW, quality: int = 0, sequence: int = 0) -> Reading:
    return Reading(f"nsu={URI};s=M1.Wear", value, quality, at, at, sequence)


def alarms(shop: Shop) -> list[Any]:
    return [row["no"] for row in shop.rows("shop.alarm", "no")]


def points(shop: Shop, machine: str = "M1") -> list[tuple[float | None, int]]:
    (subject,) = [
        row["id"] for row in shop.rows("shop.machine", "code", "id") if row["code"] == machine
    ]
    with shop.wiring.reading() as ctx:
        found = samples.window(ctx.uow, SERIES, subject, from_at=0, to_at=2**62)
    return [(point.value, point.quality) for point in found]


# --- taking in ----------------------------------------------------------------------------
def test_an_entry_becomes_records_and_samples_once(shop: Shop) -> None:
    entries = [
        entry(1, wear(1.5), alarm("A1"), Heartbeat(NOW)),
        entry(2, wear(2.5, NOW + 1, 0x80000000)),
    ]
    found = intake(shop)
    found.take(entries)
    found.take(entries)
    intake(shop).take(entries)
    assert alarms(shop) == ["A1"]
    assert points(shop) == [(1.5, 0), (2.5, 0x80000000)]
    row = shop.rows("shop.alarm", "no", "code", "machine.code")[0]
    assert (row["code"], row["machine.code"]) == ("dim", "M1")
    with shop.wiring.reading() as ctx:
        stored = ctx.uow.execute(ctx.tables.table("shop.alarm").select()).one()
        (run,) = book.runs(ctx.uow, "shop.plant")
        assert ingested.last_sequence(ctx.uow, "journal:j") == 2
        assert book.checkpoints(ctx.uow, "shop.plant")["alarms"].checked_at == NOW
    assert (stored.origin_kind, stored.origin_source, stored.origin_run) == (
        "sensor",
        "shop.plant",
        run.id,
    )
    assert run.rows_written == 1


def test_the_runs_of_a_connection_count_on(shop: Shop) -> None:
    found = intake(shop)
    for n in range(1, 4):
        found.take([entry(n, alarm(n), alarm(f"{n}b"))])
    with shop.wiring.reading() as ctx:
        (run,) = book.runs(ctx.uow, "shop.plant")
    assert (run.rows_read, run.rows_written) == (6, 6)


def test_the_same_event_from_a_second_journal_is_no_second_record(shop: Shop) -> None:
    intake(shop).take([entry(1, alarm("A1"))])
    other = Intake(shop.wiring, "journal:other")
    with shop.wiring.reading() as ctx:
        other.assigned(assignment(ctx, shop.wiring))
    other.take([entry(1, alarm("A1"), alarm("A2"))])
    assert alarms(shop) == ["A1", "A2"]


def test_a_bad_event_is_put_aside_and_the_others_go_on(shop: Shop) -> None:
    strange = EventReading("alarms", {"EventNo": "A9", "MachineCode": "M404"}, NOW, NOW)
    intake(shop).take([entry(1, alarm("A1"), strange, alarm("A2"))])
    assert alarms(shop) == ["A1", "A2"]
    with shop.wiring.reading() as ctx:
        (row,) = book.rejects(ctx.uow, "shop.plant")
    assert (row.code, row.field) == ("MAP102", "machine")


def test_a_log_entry_that_comes_back_different_is_refused(shop: Shop) -> None:
    found = intake(shop)
    found.take([entry(1, alarm("A1", code="dim"))])
    found.take([entry(2, alarm("A1", code="other"), alarm("A2"))])
    assert alarms(shop) == ["A1", "A2"]
    with shop.wiring.reading() as ctx:
        assert [row.code for row in book.rejects(ctx.uow, "shop.plant")] == ["MAP106"]


def test_a_poisonous_entry_does_not_block_those_behind_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runtime import take_in

    real = take_in.intake.store

    def fragile(ctx: Any, fetch: Any, decided: Any) -> Any:
        if any(row["EventNo"] == "BOOM" for row in decided.rows):
            raise RuntimeError("boom")
        return real(ctx, fetch, decided)

    monkeypatch.setattr(take_in.intake, "store", fragile)
    found = intake(shop)
    found.take(
        [
            entry(1, alarm("A1")),
            entry(2, alarm("A2"), alarm("BOOM"), wear(7.0)),
            entry(3, alarm("A3")),
        ]
    )
    assert alarms(shop) == ["A1", "A2", "A3"]
    assert points(shop) == [(7.0, 0)]
    with shop.wiring.reading() as ctx:
        assert [row.code for row in book.rejects(ctx.uow, "shop.plant")] == ["ING101"]
        assert [each.code for each in incidents.list_open(ctx.uow)] == ["ING101"]
        assert ingested.last_sequence(ctx.uow, "journal:j") == 3


def test_gaps_and_states_are_kept(shop: Shop) -> None:
    found = intake(shop)
    found.take([entry(1, StateChange("ok", NOW))])
    found.take(
        [entry(2, Gap("*", NOW, None, "CON140"), StateChange("lost", NOW, "CON140", {"host": "h"}))]
    )
    with shop.wiring.reading() as ctx:
        state = book.state(ctx.uow, "shop.plant")
        assert state is not None
        assert (state.state, state.code) == ("lost", "CON140")
        assert ingested.gaps(ctx.uow, "shop.plant", from_at=0, to_at=2**62)[0].to_at is None
    end = NOW + 5 * SECOND
    found.take([entry(3, Gap("*", NOW, end, "CON140"), StateChange("ok", end))])
    with shop.wiring.reading() as ctx:
        (gap,) = ingested.gaps(ctx.uow, "shop.plant", from_at=0, to_at=2**62)
        assert (gap.from_at, gap.to_at, gap.cause) == (NOW, end, "CON140")
        assert book.state(ctx.uow, "shop.plant").state == "ok"  # type: ignore[union-attr]


def test_the_assignment_names_the_items_of_todays_subjects(shop: Shop) -> None:
    with shop.wiring.reading() as ctx:
        found = assignment(ctx, shop.wiring)
    (spec,) = found.message["sources"]
    assert spec["items"] == [f"nsu={URI};s=M1.Wear", f"nsu={URI};s=M2.Wear"]
    assert spec["allow"] == [["127.0.0.1", 4840]]
    assert spec["config"]["endpoint"] == "opc.tcp://127.0.0.1:4840/x"


def test_a_threshold_is_assigned_to_each_subject(tmp_path: Path, sqlite_url: str) -> None:
    hot = {"stream": "hot", "item": WEAR.item, "op": ">", "enter": "80", "exit": "70"}
    with opened(tmp_path, plant_source(crossings=[hot]), url=sqlite_url) as shop:
        allow(shop, 1, "opc.tcp://127.0.0.1:1/x")
        with shop.wiring.reading() as ctx:
            (spec,) = assignment(ctx, shop.wiring).message["sources"]
    assert [(c["code"], c["item"]) for c in spec["crossings"]] == [
        ("M1", f"nsu={URI};s=M1.Wear"), ("M2", f"nsu={URI};s=M2.Wear"),
    ]  # fmt: skip


# --- the whole way ------------------------------------------------------------------------
@asynccontextmanager
async def working(
    tmp_path: Path, url: str, plant: Plant
) -> AsyncIterator[tuple[Shop, IngestServer]]:
    with opened(tmp_path, plant_source(), url=url) as shop:
        shop.wiring.clock = BusinessClock(real_now(), real_now(), 1)
        allow(shop, plant.port, plant.url)
        server = IngestServer(shop.wiring)
        await asyncio.to_thread(server.start)
        try:
            await until(lambda: _state(shop) == "ok", within_s=40)
            yield shop, server
        finally:
            await asyncio.to_thread(server.stop)


def _state(shop: Shop) -> str | None:
    with shop.wiring.reading() as ctx:
        found = book.state(ctx.uow, "shop.plant")
    return None if found is None else found.state


@pytest.mark.opcua
async def test_a_change_in_the_plant_is_a_record_soon(tmp_path: Path, sqlite_url: str) -> None:
    async with (
        planted(names=("M1.Wear", "M2.Wear")) as plant,
        working(tmp_path, sqlite_url, plant) as (shop, _),
    ):
        await plant.write("M1.Wear", 12.5)
        started = time.monotonic()
        await plant.alarm("A1")
        await until(lambda: alarms(shop) == ["A1"])
        assert time.monotonic() - started < 3
        await until(lambda: (12.5, 0) in points(shop))


@pytest.mark.opcua
@pytest.mark.faults
async def test_the_collector_is_killed_again_and_again_and_nothing_is_lost_or_doubled(
    tmp_path: Path, sqlite_url: str
) -> None:
    """Alarms raised while a subscription lives reach the records exactly once."""
    async with planted(names=("M1.Wear", "M2.Wear")) as plant:
        async with working(tmp_path, sqlite_url, plant) as (shop, server):
            sent: list[str] = []
            for life in range(3):
                for n in range(30):
                    number = f"{life}-{n:02}"
                    await plant.alarm(number)
                    sent.append(number)
                    await asyncio.sleep(0.005)
                await until(lambda: _seen(tmp_path / "collector" / "journal.db", shop, sent[-1]))
                assert server._process is not None
                pid = server._process.pid
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                await until(lambda pid=pid: server._process.pid != pid)
                runs = len(alarms(shop))
                await _alive_again(plant, shop, life)
                assert runs <= len(alarms(shop))
            await until(lambda: set(sent) <= set(alarms(shop)))
        assert len(alarms(shop)) == len(set(alarms(shop)))


async def _alive_again(plant: Plant, shop: Shop, life: int) -> None:
    """Probe until the next collector hears alarms again."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        await plant.alarm(f"probe-{life}")
        await asyncio.sleep(0.3)
        if f"probe-{life}" in alarms(shop):
            return
    raise AssertionError("the collector did not come back")


def _seen(journal: Path, shop: Shop, number: str) -> bool:
    """It lies in the journal, or has been taken in already."""
    files = journal.parent.glob("journal.db*")
    return any(number.encode() in file.read_bytes() for file in files) or number in alarms(shop)


def _call(address: str) -> socket.socket:
    """A socket in a folder, or a port where the folder's path is too long for one."""
    kind, _, rest = address.partition(":")
    if kind == "tcp":
        host, port = rest.split(":")
        return socket.create_connection((host, int(port)))
    caller = socket.socket(socket.AF_UNIX)
    caller.connect(rest)
    return caller


def test_a_caller_without_the_token_is_shown_out(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    from connectors.collector.frames import PROTOCOL, line

    server = IngestServer(shop.wiring, spawn=False)
    server.start()
    try:
        with _call(server.address) as caller:
            caller.sendall(
                line({"type": "hello", "token": "x", "protocol": PROTOCOL, "journal": "j"})
            )
            assert caller.recv(1000) == b""
        assert "without the token" in caplog.text
        assert (server.token_file.stat().st_mode & 0o077) == 0
    finally:
        server.stop()
