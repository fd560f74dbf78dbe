"""From the third alarm in a row to the task card in the API, while 500 values a second change."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import requests
from asyncua import Client, ua
from sqlalchemy import func, select

from benchmarks.databases import KINDS, folder, fresh
from benchmarks.figures import Figure
from benchmarks.machines import code_of, free_port
from builder.packs import load, read_folder
from examples.plant.opcua_server import EVENT_TYPES, NAMESPACE, quiet_logs
from examples.plant.signals import SIGNALS
from runtime import records
from runtime.accounts import create_account
from runtime.context import SYSTEM_ACTOR
from runtime.packs import SHIPPED, install_pack
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import samples
from store.db import Database
from store.tables import sample_day, series

ROOT = Path(__file__).resolve().parents[1]
MACHINES, ROWS, RATE = 40, 35, 500
LIMIT_S = 1.0
POLL_S = 0.1  # between two looks at the tasks; a look counts as part of the way
PUBLISHING_MS = 200  # of the pack's source; the bare client asks for the same
LEADER = ("performance_core.leader", "quality_red_line.shift_leader")
FLOOR = "quality_red_line.machine_floor"


def p95(values):
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


# --- the installation ---------------------------------------------------------------------
def build(settings, url):
    """Both packs with the machines' source only, forty machines, one leader; his password."""
    password = secrets.token_urlsafe(12)
    with closing(Wiring.open(settings)) as wiring:
        for pack, asked in (("performance_core", {}), ("quality_red_line", {"opcua_url": url})):
            files = {
                name: text
                for name, text in read_folder(SHIPPED / pack).items()
                if not name.startswith("sources/") or name.endswith("machine_floor.json")
            }
            install_pack(wiring, load(files), parameters=asked, actor=SYSTEM_ACTOR)
        with wiring.writing(cause="benchmark") as ctx:
            boss = records.insert(
                ctx, "person", [{"name": "L", "code": "P1", "email": "l@bench.example",
                                 "active": True}],
            )[0].id  # fmt: skip
            rows = [{"code": code_of(n), "leader": boss} for n in range(MACHINES)]
            records.insert(ctx, "quality_red_line.machine", rows)
            create_account(ctx, "leader", password, roles=LEADER, person_id=boss)
    return password


# --- the processes ------------------------------------------------------------------------
class Plant:
    """The machines in a process of their own."""

    def __init__(self):
        command = [sys.executable, "-m", "benchmarks.machines", "--machines", str(MACHINES)]
        command += ["--rows", str(ROWS), "--rate", str(RATE)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.heard()["url"]

    def heard(self):
        line = self.process.stdout.readline()
        assert line, f"the machines ended with {self.process.wait(10)}"
        return json.loads(line)

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()


@contextmanager
def machines():
    plant = Plant()
    try:
        yield plant
    finally:
        plant.process.terminate()
        plant.process.wait(30)
        plant.process.stdin.close()
        plant.process.stdout.close()


@contextmanager
def application(settings, port):
    """`plumbline serve`, the product as it is delivered."""
    environment = {**os.environ, "PLUMBLINE_DATA": str(settings.data_dir),
                   "PLUMBLINE_DATABASE": settings.database_url}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(40)


class Leader:
    """Somebody signed in who looks at his tasks again and again."""

    def __init__(self, url, password):
        self.url = f"{url}/api/v1"
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Origin"] = url
        until(self._is_up, "the application to answer")
        answer = self.http.post(
            f"{self.url}/session", json={"login": "leader", "password": password}, timeout=20
        )
        assert answer.status_code == 200, answer.text

    def _is_up(self):
        try:
            return self.http.get(f"{self.url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    def tasks(self):
        answer = self.http.get(f"{self.url}/tasks", params={"state": "open"}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


@dataclass
class Watch:
    """When each card was first seen, and how many there are."""

    leader: Leader
    seen: dict[str, float] = field(default_factory=dict)  # machine -> moment
    cards: dict[str, str] = field(default_factory=dict)  # uid -> machine
    polls: list[float] = field(default_factory=list)
    failure: BaseException | None = None

    def run(self, stop):
        try:
            while not stop.is_set():
                self.look()
                stop.wait(POLL_S)
        except BaseException as failure:  # noqa: BLE001 - told by the main thread
            self.failure = failure

    def look(self):
        asked = time.monotonic()
        items = self.leader.tasks()
        now = time.monotonic()
        self.polls.append(now - asked)
        for item in items:
            machine = item["subject"]["display"]
            self.cards[item["uid"]] = machine
            self.seen.setdefault(machine, now)


class Bare:
    """What a client hears that does nothing but listen: no product can be faster."""

    def __init__(self, url):
        self.url = url
        self.heard = {}
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(30), "the bare client can not connect"
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()

    def event_notification(self, event):
        self.heard.setdefault(event.SourceEventId, time.monotonic())

    async def _run(self):
        async with Client(self.url) as client:
            index = await client.get_namespace_index(NAMESPACE)
            kind = client.get_node(ua.NodeId(EVENT_TYPES["alarms"][0], index))
            subscription = await client.create_subscription(PUBLISHING_MS, self)
            await subscription.subscribe_events(client.nodes.server, kind)
            self._ready.set()
            await self._stop.wait()


def until(claim, what, within_s=90, every_s=0.1):
    end = time.monotonic() + within_s
    while not (found := claim()):
        assert time.monotonic() < end, f"waited {within_s} s in vain for {what}"
        time.sleep(every_s)
    return found


# --- what is stored -----------------------------------------------------------------------
def listening(database):
    """Whether every variable has given its first value: the subscription is complete."""
    with database.read() as uow:
        known = uow.execute(select(func.count()).select_from(series)).scalar()
        return known == MACHINES * len(SIGNALS)


def stored(database, since):
    """How many samples each series has from a moment on."""
    with database.read() as uow:
        names = uow.execute(select(series.c.id, series.c.name, series.c.subject_id)).all()
        found = Counter()
        for day in uow.execute(select(sample_day.c.day)).scalars():
            table = samples._table(day)
            counted = select(table.c.series_id, func.count().label("n"))
            rows = uow.execute(counted.where(table.c.at >= since).group_by(table.c.series_id))
            for row in rows:
                found[row.series_id] += row.n
    return {(each.name, each.subject_id): found[each.id] for each in names}


def wanted(written):
    """The server's own counts, by the series they belong to."""
    item_series = {
        "ToolWear": "tool_wear", "CoolantLevel": "coolant_level", "State": "state",
        "BearingTemperature": "bearing_temperature", "OeeGoodCount": "oee_good_count",
        "OeeTotalCount": "oee_total_count",
    }  # fmt: skip
    found = {}
    for item, count in written.items():
        code, _, signal = item.partition(".")
        found[f"quality_red_line.machine.{item_series[signal]}", int(code[1:])] = count
    return found


def measure(settings):
    with machines() as plant:
        password = build(settings, plant.url)
        database = Database.open(settings.url)
        port = free_port()
        try:
            with application(settings, port):
                leader = Leader(f"http://127.0.0.1:{port}", password)
                until(lambda: listening(database), "all variables to be subscribed")
                return observe(plant, leader, database)
        finally:
            database.close()


def observe(plant, leader, database):
    """Let it run; every row is one card, every change one sample."""
    watch, stop = Watch(leader), threading.Event()
    watcher = threading.Thread(target=watch.run, args=(stop,))
    with Bare(plant.url) as bare:
        watcher.start()
        plant.tell("go")
        told = plant.heard()
        raised = {row["machine"]: row for row in told["rows"]}
        try:
            until(lambda: watch.failure or len(watch.seen) >= len(raised), "every card", 30)
            due = wanted(told["written"])
            until(lambda: stored(database, told["since"]) == due, "every sample", 30)
            time.sleep(1.0)  # a card that is doubled would come now
        finally:
            stop.set()
            watcher.join()
    assert watch.failure is None, watch.failure
    cards = Counter(watch.cards.values())
    assert cards == Counter(dict.fromkeys(raised, 1)), f"not one card for each row: {cards}"
    rate = sum(told["written"].values()) / told["seconds"]
    assert rate >= 0.98 * RATE, f"the machines only managed {rate:.0f} changes/s"
    ours = [watch.seen[machine] - row["at"] for machine, row in raised.items()]
    floor = [bare.heard[row["event"]] - row["at"] for row in raised.values()]
    return ours, floor, rate, watch.polls


def run():
    quiet_logs()
    figures = []
    for kind in KINDS:
        with fresh(kind) as url, folder() as data:
            settings = Settings(data_dir=data / "data", database_url=url)
            ours, floor, rate, polls = measure(settings)
        figures.append(
            Figure(
                f"OPC UA alarm to card in the API, {kind}, p95",
                p95(ours),
                limit_s=LIMIT_S,
                baseline_s=p95(floor),
                baseline="a bare client that only hears the alarm",
                note=f"{len(ours)} cards, none doubled, {rate:.0f} changes/s, none lost; "
                f"median {median(ours):.2f} s, longest {max(ours):.2f} s; "
                f"one look at the tasks {median(polls) * 1000:.0f} ms",
            )
        )
    return figures
