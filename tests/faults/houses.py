"""A plant process and installations beside it, for tests that let the plant misbehave."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from sqlalchemy import func, select

from builder.packs import load, read_folder
from dsl.values import parse_datetime
from runtime import sync, watch, worker
from runtime.clock import BusinessClock, FixedClock, real_now
from runtime.context import SYSTEM_ACTOR
from runtime.endpoints import settle
from runtime.ingest import IngestServer
from runtime.packs import SHIPPED, install_pack
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import sources as book
from store import tables
from store.query import Query, read
from store.system_scope import SYSTEM
from tests.plant.running import ROOT, RunningPlant

SECOND = 1_000_000
START = parse_datetime("2026-06-28T21:30:00+08:00")  # Sunday: the week closes at midnight
CORE, RED = "performance_core", "quality_red_line"
BUSINESS, QUALITY, FLOOR = (
    f"{CORE}.business_system",
    f"{RED}.quality_system",
    f"{RED}.machine_floor",
)
KEPT = {"machines", "alarms"}  # of the quality system: enough for a card
PAGE = 40


def until(claim, *, within_s=60, what="it"):
    """What `claim()` gives once it is true."""
    ends = time.monotonic() + within_s
    while not (found := claim()):
        assert time.monotonic() < ends, f"{what} did not happen within {within_s} s"
        time.sleep(0.05)
    return found


# --- the plant ----------------------------------------------------------------------------
@contextmanager
def plant_process(folder, *, weeks=4):
    """A plant of few weeks, on a business clock that runs as ours does."""
    clock = {"real0": real_now(), "business0": START, "factor": 1}
    process = subprocess.Popen(
        [sys.executable, "-m", "examples.plant", "--clock", json.dumps(clock), "--seed", "7",
         "--history-weeks", str(weeks), "--state-dir", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        assert line, "the plant did not start"
        running = RunningPlant(process, json.loads(line))
        running.clock = BusinessClock(clock["real0"], START, 1)
        yield running
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def switches_off(plant):
    names = requests.get(f"{plant.http}/switches", timeout=10).json()
    plant.switch(**dict.fromkeys(names, False))


def mails(plant):
    return requests.get(f"{plant.http}/mails.json", timeout=10).json()["items"]


# --- an installation ----------------------------------------------------------------------
@dataclass
class House:
    """An installation with both packs, its sources pointed at the plant."""

    wiring: Wiring
    plant: RunningPlant
    ingest: IngestServer | None = field(default=None)

    def at(self, seconds):
        """Set the business clock to so many seconds after the start."""
        self.wiring.clock = FixedClock(START + int(seconds * SECOND))

    def sync(self, name=BUSINESS, *, force=False):
        return sync.sync_source(self.wiring, name, force=force)

    def work(self):
        return worker.drain(self.wiring, "test")

    def shown(self, name=BUSINESS):
        """The source as the operator sees it."""
        with self.wiring.reading() as ctx:
            return next(each for each in watch.list_sources(ctx) if each["name"] == name)

    def incidents(self):
        with self.wiring.reading() as ctx:
            return [each["code"] for each in watch.list_incidents(ctx)]

    def rejects(self, name=BUSINESS):
        with self.wiring.reading() as ctx:
            return watch.list_rejects(ctx, name)

    def records(self, entity, *fields):
        with self.wiring.reading() as ctx:
            page = read(
                ctx.uow, SYSTEM, Query(entity, fields), tables=ctx.tables, catalog=ctx.catalog,
                params=ctx.params,
            )  # fmt: skip
        return [tuple(row[name] for name in fields) for row in page.rows]

    def rows(self, table, *columns, **where):
        with self.wiring.reading() as ctx:
            chosen = select(*(table.c[name] for name in columns)).order_by(*table.primary_key)
            for name, value in where.items():
                chosen = chosen.where(table.c[name] == value)
            return [tuple(row) for row in ctx.uow.execute(chosen)]

    def write(self, statement):
        with self.wiring.writing() as ctx:
            ctx.uow.execute(statement)

    def contents(self):
        """Everything a batch stores: records and versions, rejects, checkpoints."""
        with self.wiring.reading() as ctx:
            counts = {}
            for name in sorted(ctx.catalog.entities):
                if name.startswith("sys."):
                    continue
                mine = ctx.tables[name]
                for table in (mine.current, mine.history):
                    if table is not None:
                        counts[table.name] = ctx.uow.execute(
                            select(func.count()).select_from(table)
                        ).scalar()
            marks = ctx.uow.execute(
                select(tables.checkpoint).order_by(*tables.checkpoint.primary_key)
            ).all()
            put_aside = ctx.uow.execute(select(func.count()).select_from(tables.rejected_row))
            return counts, [tuple(mark) for mark in marks], put_aside.scalar()

    def checkpoints(self, name=BUSINESS):
        with self.wiring.reading() as ctx:
            return book.checkpoints(ctx.uow, name)

    def collect(self):
        """Start the collector process."""
        self.ingest = IngestServer(self.wiring)
        self.ingest.start()

    def close(self):
        if self.ingest is not None:
            self.ingest.stop()
        self.wiring.close()


def build(folder, plant, *, url="", clock=None):
    """Install both packs and settle their sources; nothing is synced yet."""
    wiring = Wiring.open(
        Settings(data_dir=folder / "data", database_url=url), clock=clock or FixedClock(START)
    )
    for pack, asked in ((CORE, {}), (RED, {"opcua_url": plant.line["opcua"]})):
        files = {name: _patient(name, text) for name, text in read_folder(SHIPPED / pack).items()}
        parameters = {"base_url": plant.http, **asked}
        install_pack(wiring, load(files), parameters=parameters, actor=SYSTEM_ACTOR)
    host, _, port = plant.line["smtp"].rpartition(":")
    mail = {"host": host, "port": port, "security": "none", "sender": "faults@demo.example"}
    secret = {"user": plant.line["user"], "password": plant.line["password"]}
    with wiring.writing(cause="test") as ctx:
        settle(ctx, "mail", mail, allow=[(host, int(port))])
        for source in (BUSINESS, QUALITY):
            settle(ctx, source, {"base_url": plant.http, **secret})
    return House(wiring, plant)


def copied(template, folder, plant, *, clock=None):
    """An installation as the template is."""
    shutil.copytree(template / "data", folder / "data")
    wiring = Wiring.open(Settings(data_dir=folder / "data"), clock=clock or FixedClock(START))
    return House(wiring, plant)


def _patient(name, text):
    """The packs' sources as a customer with little patience sets them up: small pages, short waits."""
    if not name.startswith("sources/"):
        return text
    source = json.loads(text)
    config = source["config"]
    if source["connector"] == "opcua":
        config |= {"keep_alive_s": 1, "publishing_ms": 100, "timeout_s": 3}
        source["series"] = source["series"][:1]
        source["limit"] = "PT2S"
    else:
        config["retry"] = {"base_s": 0.02, "cap_s": 1, "max": 0}
        config["timeout"] = {"connect_s": 2, "read_s": 2, "total_s": 2}
        for stream in config["streams"].values():
            stream["paginator"]["size"] = PAGE
    if source["key"] == "quality_system":
        source["streams"] = [each for each in source["streams"] if each["stream"] in KEPT]
    return json.dumps(source).encode()
