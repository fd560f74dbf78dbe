"""kill -9 at random moments: nothing acknowledged is lost, nothing of ours is done twice.

PLUMBLINE_KILLS sets how often (default 20 per database; docs/evidence holds the log of more).
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from builder.packs import load, read_folder
from dsl.values import parse_datetime
from examples import demo
from runtime import measure, scheduler, sync, worker
from runtime.clock import real_now
from runtime.context import SYSTEM_ACTOR
from runtime.deliver import Courier
from runtime.endpoints import settle
from runtime.packs import install_pack
from runtime.wiring import Wiring
from store import audit, jobs, outbox, tables
from store.query import Query, read
from store.system_scope import SYSTEM
from tests.faults.driver import SOURCE, settings_of
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("PLUMBLINE_KILLS", "20"))
SPEED = 20_000  # a week takes thirty seconds
PROCESSES = {"sqlite": ("all",), "postgresql": ("submit", "worker", "worker")}


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled(dialect, tmp_path, request):
    directory = tmp_path
    (directory / "database-url").write_text(_url(dialect, directory, request), encoding="utf-8")
    wiring = Wiring.open(settings_of(directory))
    try:
        wiring.move_clock(business=parse_datetime("2026-06-28T21:30:00+08:00"), factor=SPEED)
        with demo.running_plant(wiring, "127.0.0.1", free_port()) as plant:
            _prepare(wiring, plant, directory)
            wiring.close()
            kills = _kill_loop(directory, PROCESSES[dialect])
            wiring = Wiring.open(settings_of(directory))
            _settle(wiring)
            _check(wiring, plant, directory, kills)
    finally:
        wiring.close()


def _url(dialect, directory, request):
    if dialect == "sqlite":
        return ""
    server = request.getfixturevalue("postgresql_server")
    return server.url(server.take())


def _prepare(wiring, plant, directory):
    core = ROOT / "templates_lib" / "performance_core"
    for folder in (core, ROOT / "tests" / "faults" / "slips"):
        parameters = {"base_url": plant["http"]} if folder == core else {}
        install_pack(wiring, load(read_folder(folder)), parameters=parameters, actor=SYSTEM_ACTOR)
    host, _, port = plant["smtp"].rpartition(":")
    mail = {"host": host, "port": port, "security": "none", "sender": "kill@demo.example"}
    secrets = {"user": plant["user"], "password": plant["password"]}
    with wiring.writing() as ctx:
        settle(ctx, "mail", mail, allow=[(host, int(port))])
        settle(ctx, SOURCE, {"base_url": plant["http"], **secrets})
    sync.sync_source(wiring, SOURCE, force=True)
    worker.drain(wiring, "prepare")
    with wiring.reading() as ctx:
        page = read(
            ctx.uow, SYSTEM, Query("person", ("code",)), tables=ctx.tables, catalog=ctx.catalog
        )
    people = {row["code"]: row["uid"] for row in page.rows}
    (directory / "people.json").write_text(json.dumps(people), encoding="utf-8")


def _kill_loop(directory, roles):
    rng = random.Random(f"{roles}{KILLS}")
    running, kills, started = {}, 0, Counter()
    try:
        while kills < KILLS:
            for place, role in enumerate(roles):
                if place not in running:
                    started[place] += 1
                    running[place] = _start(directory, role, f"{place}-{started[place]}")
            time.sleep(rng.uniform(0.1, 1.6))
            place = rng.choice(sorted(running))
            child = running.pop(place)
            assert child.poll() is None, f"a driver ended by itself: {_log(directory)}"
            child.send_signal(signal.SIGKILL)
            child.wait()
            kills += 1
    finally:
        for child in running.values():
            child.kill()
            child.wait()
    return kills + len(running)


def _start(directory, role, seed):
    log = (directory / "driver.log").open("ab")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.driver", str(directory), role, seed],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=log,
    )
    log.close()
    assert child.stdout.readline() == b"ready\n", _log(directory)
    child.stdout.close()
    return child


def _log(directory):
    return (directory / "driver.log").read_text(encoding="utf-8")[-3000:]


def _settle(wiring):
    """Run everything that is due; leases of the killed are waited for by moving them."""
    with wiring.writing() as ctx:
        jobs.end_leases(ctx.uow, real_now=real_now())
        jobs.lapse(ctx.uow, real_now=real_now())
        ctx.uow.execute(tables.job.update().values(real_not_before=0))
        ctx.uow.execute(
            tables.outbox.update()
            .where(tables.outbox.c.state == "sending")
            .values(real_lease_until=real_now())
        )
        outbox.lapse(ctx.uow, real_now=real_now())
        ctx.uow.execute(tables.outbox.update().values(real_next=0))
    courier = Courier(wiring, "settle")
    sync.sync_source(wiring, SOURCE, force=True)
    for _ in range(3):
        scheduler.tick(wiring)
        while sync.run_once(wiring, "settle"):
            pass
        worker.drain(wiring, "settle")
        courier.drain()


def _check(wiring, plant, directory, kills):
    with wiring.reading() as ctx:
        written = _check_acknowledged(ctx, directory)
        _check_work(ctx)
        mails = requests.get(f"{plant['http']}/mails.json", timeout=10).json()["items"]
        _check_mails(ctx, mails, kills)
        assert audit.verify(ctx.uow, wiring.keyring.audit_key) == []
        incremental = _measurements(ctx)
        effects = {
            table.name: ctx.uow.execute(select(func.count()).select_from(table)).scalar()
            for table in (tables.alert, tables.measurement, tables.sync_run, tables.revision)
        }
        print(f"{written} acknowledged writes, {len(incremental)} numbers in force, {effects}")
        metrics = sorted(ctx.catalog.metrics)
    assert incremental
    with wiring.writing() as ctx:
        for metric in metrics:
            measure.recompute_all(ctx, metric)
    with wiring.reading() as ctx:
        assert _measurements(ctx) == incremental


def _check_acknowledged(ctx, directory):
    lines = (directory / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    acknowledged = [json.loads(line) for line in lines]
    assert len(acknowledged) > KILLS
    for form, entity in (("slips.slip_form", "slips.slip"), ("slips.ping_form", "slips.ping")):
        page = read(
            ctx.uow, SYSTEM, Query(entity, ("code",)), tables=ctx.tables, catalog=ctx.catalog
        )
        stored = Counter((row["code"], row["uid"]) for row in page.rows)
        wanted = {(a["code"], a["uid"]) for a in acknowledged if a["form"] == form}
        assert wanted <= set(stored), "an acknowledged submit is lost"
        assert set(stored.values()) <= {1}
        assert len({code for code, _ in stored}) == len(stored), "a submit was done twice"
    return len(acknowledged)


def _check_work(ctx):
    states = Counter(ctx.uow.execute(select(tables.job.c.state)).scalars())
    assert set(states) <= {"done", "ready"}, states
    assert states["ready"] <= 3, f"work became due while we looked, but not as much: {states}"
    doubled = ctx.uow.execute(
        select(tables.alert.c.rule, tables.alert.c.subject_id, tables.alert.c.episode)
        .group_by(tables.alert.c.rule, tables.alert.c.subject_id, tables.alert.c.episode)
        .having(func.count() > 1)
    ).all()
    assert doubled == []


def _check_mails(ctx, mails, kills):
    keys = ctx.uow.execute(select(tables.outbox.c.key, tables.outbox.c.state)).all()
    assert {row.state for row in keys} == {"sent"}
    received = Counter(mail["message_id"] for mail in mails)
    assert len(received) == len(keys), "a mail is lost, or one has two Message-IDs"
    assert sum(received.values()) - len(received) <= kills
    print(f"{kills} kills, {len(keys)} mails, {sum(received.values()) - len(received)} doubled")


def _measurements(ctx):
    table = tables.measurement
    rows = ctx.uow.execute(
        select(table.c.metric, table.c.subject_id, table.c.period, table.c.value, table.c.n)
        .where(table.c.current.is_(True))
        .order_by(table.c.metric, table.c.subject_id, table.c.period)
    )
    return [tuple(row) for row in rows]
