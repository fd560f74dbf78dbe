"""The packs' sources against the running demo plant: nothing refused, nothing stored twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.base import EventReading, Reading
from connectors.opcua.connector import OpcUaConnector
from dsl.values import parse_date
from runtime import intake, packs, sync, worker
from runtime.clock import BusinessClock, real_now
from runtime.decide.periods import period_of
from runtime.natural import natural_ids
from runtime.settings import Settings
from runtime.sources import connector_context, held, source_of
from runtime.wiring import Wiring
from store import measurements
from tests.plant.running import BUSINESS0, running_plant

PERFORMANCE, QUALITY = "performance_core", "quality_red_line"
FLOOR = "quality_red_line.machine_floor"


@dataclass
class World:
    plant: Any
    wiring: Wiring


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    real0 = real_now()
    with running_plant(folder / "plant", factor=60, real0=real0) as plant:
        clock = BusinessClock(real0, BUSINESS0, 60)
        wiring = Wiring.open(Settings(data_dir=folder / "app"), clock=clock)
        line = plant.line
        known = {"base_url": line["http"], "user": line["user"], "password": line["password"]}
        for pack, extra in ((PERFORMANCE, {}), (QUALITY, {"opcua_url": line["opcua"]})):
            done = packs.install_folder(wiring, packs.SHIPPED / pack, parameters={**known, **extra})
            assert done.asks == ()  # every address was typed as a parameter
        yield World(plant, wiring)
        wiring.close()


@pytest.mark.parametrize("source", [f"{PERFORMANCE}.business_system", f"{QUALITY}.quality_system"])
def test_a_first_sync_takes_everything_and_a_second_writes_nothing_old(world, source):
    first = sync.sync_source(world.wiring, source)
    assert first.state == "done"
    assert {
        stream: counts.rejected for stream, counts in first.streams.items() if counts.rejected
    } == {}
    for stream, counts in first.streams.items():
        assert counts.read > 0, stream
    again = sync.sync_source(world.wiring, source)
    assert again.state == "done"
    # a minute of business time passes each second, so a few records may be new
    assert sum(counts.written for counts in again.streams.values()) < 60


def test_the_plants_exact_month_gives_0_932(world):
    worker.drain(world.wiring, "test")
    month = period_of(parse_date("2026-02-01"), "month")
    with world.wiring.reading() as ctx:
        team = natural_ids(ctx, "department", [world.plant.line["script"]["exact_team"]])
        (subject,) = team.values()
        metric = f"{QUALITY}.inspection_credibility"
        series = measurements.read_series(ctx.uow, metric, subjects=[subject])
        assert [m.value for m in series if m.period == month] == [932_000]


def test_plan_points_make_the_target(world):
    week = period_of(parse_date("2026-03-01"), "week")
    with world.wiring.reading() as ctx:
        goal = natural_ids(ctx, f"{PERFORMANCE}.goal", ["G04-1"])["G04-1"]
        metric = f"{PERFORMANCE}.goal_progress"
        series = measurements.read_series(ctx.uow, metric, subjects=[goal])
        points = {
            p["on"]: p["percent"]
            for row in world.plant.all("goals") if row["code"] == "G04-1"
            for p in row["plan_points"]
        }  # fmt: skip
        target = int(points["2026-03-01"].replace(".", "").lstrip("0")) * 10_000
        assert [m.target for m in series if m.period == week] == [target]


class Heard:
    """A sink that keeps everything."""

    def __init__(self):
        self.signals = []

    async def put(self, signals):
        self.signals += signals

    def events(self, stream):
        return [s for s in self.signals if isinstance(s, EventReading) and s.stream == stream]


async def _listen(context, items, heard, action):
    task = asyncio.create_task(OpcUaConnector().subscribe(context, items, heard))
    for step in range(300):
        readings = {s.item for s in heard.signals if isinstance(s, Reading)}
        if step == 0 or not set(items) <= readings:
            await asyncio.sleep(0.1)
        elif action is not None:
            await asyncio.to_thread(action)
            action = None
        elif heard.events("alarms"):
            break
        else:
            await asyncio.sleep(0.1)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.opcua
def test_an_alarm_heard_over_opcua_is_the_record_that_http_gives_later(world):
    wiring, heard = world.wiring, Heard()
    with wiring.reading() as ctx:
        source = source_of(ctx, FLOOR)
        context = connector_context(wiring, source, held(ctx, wiring, FLOOR))
    items = [series.item.replace("{code}", "CNC-07") for series in source.series]

    def raise_it():
        world.plant.post("/raise_alarm", machine="CNC-07")

    asyncio.run(_listen(context, items, heard, raise_it))
    (event,) = heard.events("alarms")[:1]
    mapping = next(stream for stream in source.streams if stream.stream == "alarms")
    with wiring.writing(cause="test") as ctx:
        decided = intake.decide(ctx, mapping, [event.row], fingerprint=None)
        assert decided.rejects == ()
        stored = intake.store(ctx, intake.Fetch(FLOOR, mapping), decided)
    assert (stored.written, stored.unchanged) == (1, 0)
    polled = sync.sync_source(wiring, f"{QUALITY}.quality_system")
    assert polled.streams["alarms"].unchanged >= 1
    with wiring.reading() as ctx:
        key = event.row["SourceEventId"]
        assert key in natural_ids(ctx, f"{QUALITY}.alarm", [key])
