"""Measure both applications turn and turn about, and hold the product to its figures."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import requests
from sqlalchemy import create_engine, func, select

from app import WEB_THREADS
from benchmarks.databases import folder
from benchmarks.figures import Figure
from benchmarks.machines import free_port
from benchmarks.opcua import application, until
from benchmarks.submit import bare, load, order
from runtime import records
from runtime.accounts import create_account
from runtime.context import SYSTEM_ACTOR
from runtime.packs import install_pack
from runtime.settings import Settings
from runtime.wiring import Wiring
from store.query import Query, count
from store.system_scope import SYSTEM

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, SECONDS, TURNS = 32, 10, 3
OPEN_RATE, OPEN_SECONDS = 200, 60
CROWD = 10 * CLIENTS
SHARE = 0.6  # of what the machine bears: the open loop of one that is not the fastest
PATH = "/api/v1/forms/bench.order_form/submissions"


def p95(heard):
    return heard.p(0.95)


# --- the two applications ---------------------------------------------------------------------
@contextmanager
def product(where):
    """`plumbline serve` with the pack and one clerk; the port and a maker of requests."""
    settings = Settings(data_dir=where / "data")
    password = secrets.token_urlsafe(12)
    with closing(Wiring.open(settings)) as wiring:
        install_pack(wiring, order.pack(), parameters={}, actor=SYSTEM_ACTOR)
        with wiring.writing(cause="benchmark") as ctx:
            (clerk,) = records.insert(ctx, "person", [{"name": "C", "code": "P1", "active": True}])
            create_account(ctx, "clerk", password, roles=("bench.clerk",), person_id=clerk.id)
    port = free_port()
    with application(settings, port) as process:
        url = f"http://127.0.0.1:{port}"
        session = requests.Session()
        session.trust_env = False
        until(lambda: _answers(session, f"{url}/api/v1/healthz"), "the application to answer")
        answer = session.post(
            f"{url}/api/v1/session", json={"login": "clerk", "password": password}, timeout=20
        )
        assert answer.status_code == 200, answer.text
        cookie = "; ".join(f"{each.name}={each.value}" for each in session.cookies)
        headers = (("Cookie", cookie), ("X-CSRF-Token", answer.json()["csrf"]))
        yield (
            process,
            port,
            lambda n: load.post(
                PATH, {"key": str(uuid.uuid4()), "values": order.values(n, clerk.uid)}, headers
            ),
        )
    with closing(Wiring.open(settings)) as wiring, wiring.reading() as ctx:
        process.stored = count(
            ctx.uow, SYSTEM, Query("bench.order"), tables=ctx.tables, catalog=ctx.catalog
        )


@contextmanager
def bare_application(where):
    port = free_port()
    url = f"sqlite:///{where}/bare.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.submit.bare", "--url", url, "--port", str(port),
         "--threads", str(WEB_THREADS)],
        cwd=ROOT, env={**os.environ}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        session = requests.Session()
        session.trust_env = False
        until(lambda: _answers(session, f"http://127.0.0.1:{port}/"), "the bare one to answer")
        yield process, port, lambda n: load.post("/orders", {"values": order.values(n, "P1")})
    finally:
        process.terminate()
        process.wait(20)
    engine = create_engine(url)
    with engine.connect() as connection:
        process.stored = connection.execute(
            select(func.count()).select_from(bare.ORDER)
        ).scalar_one()
    engine.dispose()


def _answers(session, url):
    try:
        return session.get(url, timeout=5).status_code < 500
    except requests.ConnectionError:
        return False


# --- the figures ------------------------------------------------------------------------------
def run():
    """Closed loops of many clients and of one, then open loops."""
    with folder() as where, product(where) as ours, bare_application(where) as theirs:
        best = {}
        sent = {"ours": 0, "theirs": 0}
        for _ in range(TURNS):
            for clients in (CLIENTS, 1):
                for name, (_, port, make) in (("ours", ours), ("theirs", theirs)):
                    heard = load.closed_loop(port, make, clients=clients, seconds=SECONDS)
                    assert set(heard.seconds) == {201}, {
                        s: len(t) for s, t in heard.seconds.items()
                    }
                    sent[name] += heard.accepted
                    known = best.get((name, clients))
                    if known is None or heard.rate > known.rate:
                        best[name, clients] = heard
        bearable = round(best["ours", CLIENTS].rate * SHARE)
        opened = {}
        for rate in (bearable, OPEN_RATE):
            opened[rate] = load.open_loop(
                ours[1], ours[2], rate=rate, seconds=OPEN_SECONDS, clients=CLIENTS * 2
            )
            assert set(opened[rate].seconds) == {201}
            sent["ours"] += opened[rate].accepted
        crowd = load.closed_loop(ours[1], ours[2], clients=CROWD, seconds=SECONDS)
        assert set(crowd.seconds) <= {201, 503}, set(crowd.seconds)
        sent["ours"] += crowd.accepted
        memory = psutil.Process(ours[0].pid).memory_info().rss
    assert ours[0].stored == sent["ours"], "nothing lost, nothing doubled"
    assert theirs[0].stored == sent["theirs"]
    return list(_figures(best, opened, crowd, memory))


def _figures(best, opened, crowd, memory):
    for clients, ratio in ((CLIENTS, 0.42), (1, 0.3)):
        own, other = best["ours", clients], best["theirs", clients]
        yield Figure(
            f"a submit, {clients} clients in a closed loop",
            1 / own.rate,
            limit_s=1 / 300 if clients > 1 else None,
            baseline_s=1 / other.rate,
            ratio_limit=1 / ratio,
            baseline="bare Flask and SQLAlchemy",
            note=f"{own.rate:.0f}/s beside {other.rate:.0f}/s, p95 {1000 * p95(own):.0f} ms",
        )
    for rate, heard in opened.items():
        yield Figure(
            f"a submit at {rate}/s for {OPEN_SECONDS} s, p95",
            p95(heard),
            limit_s=0.15,
            note=f"memory of the server after it all {memory / 1e6:.0f} MB",
        )
    yield Figure(
        f"a submit beside {CROWD} clients, p99 of the accepted",
        crowd.p(0.99),
        limit_s=1,
        note=f"{crowd.rate:.0f}/s accepted, {len(crowd.seconds.get(503, ()))} sent away",
    )
    assert memory <= 300e6, f"{memory / 1e6:.0f} MB"
