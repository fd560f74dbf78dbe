"""2,000 submissions through one public link within a minute: none lost, none doubled.

`python -m benchmarks public_link`: a real server process, eight clients, every third
request sent twice (a phone that heard no answer sends again; one network may send 3,000 a minute),
then the records are counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.machines import free_port
from builder.codec import decode
from runtime import links
from runtime.context import SYSTEM_ACTOR
from runtime.publish import Proposal, publish
from runtime.settings import Settings
from runtime.wiring import Wiring
from store.tables import idempotency

COUNT, CLIENTS = 2_000, 8
TWICE = 3  # every which one is sent again
DOCUMENTS = [
    ("pack", {"kind": "pack", "key": "gate", "version": "1.0.0"}),
    ("entity", {"kind": "entity", "key": "visit", "display": "no", "fields": [
        {"key": "no", "type": "sequence", "rule": "V{yyyy}-{00000}"},
        {"key": "name", "type": "text", "required": True},
        {"key": "people", "type": "integer", "min": "1"},
        {"key": "topics", "type": "multi_choice", "options": [{"id": "a"}, {"id": "b"}]}]}),
    ("form", {"kind": "form", "key": "visit_form", "entity": "visit", "layout": [
        {"id": k, "field": k} for k in ("name", "people", "topics")],
        "rules": [{"id": "r", "when": "people > 5", "then": [{"require": "topics"}]}]}),
]  # fmt: skip


def prepare(folder: Path, base_url: str) -> str:
    """An installation with one form and one link; the token."""
    wiring = Wiring.open(Settings(data_dir=folder, base_url=base_url))
    found = tuple(decode(kind, each, pack="gate") for kind, each in DOCUMENTS)
    publish(wiring, Proposal(found), actor=SYSTEM_ACTOR)
    with wiring.writing() as ctx:
        made = links.make(
            ctx,
            "gate.visit_form",
            label="gate",
            terms=links.Terms(days=1, fixed={}),
            base_url=base_url,
        )
    wiring.close()
    return made.url.rpartition("/")[2]


def send(address: str, number: int) -> tuple[str, str, float]:
    """One visitor, some submit twice: both uids and the time of the first answer."""
    body = {
        "key": f"visitor-{number:06d}",
        "values": {"name": f"visitor {number}", "people": str(1 + number % 4), "topics": ["a"]},
    }
    started = time.perf_counter()
    first = post(address, body)
    took = time.perf_counter() - started
    return first, first if number % TWICE else post(address, body), took


def post(address: str, body: dict[str, object]) -> str:
    """The record's uid; waits when told to."""
    while True:
        request = urllib.request.Request(
            address, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return str(json.load(answer)["record_uid"])
        except urllib.error.HTTPError as refused:
            if refused.code not in {429, 503}:
                raise
            time.sleep(float(refused.headers.get("Retry-After", "1")))


def wait_for(base_url: str) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{base_url}/api/v1/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def run(count: int = COUNT) -> list[Figure]:
    """Send them, count them, and say how long it took."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        token = prepare(folder, base_url)
        server = subprocess.Popen(
            [sys.executable, "cli.py", "serve", "--port", str(port)],
            env={**os.environ, "PLUMBLINE_DATA": str(folder), "PLUMBLINE_BASE_URL": base_url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(base_url)
            address = f"{base_url}/api/v1/public/{token}/submissions"
            started = time.perf_counter()
            with ThreadPoolExecutor(CLIENTS) as pool:
                found = list(pool.map(lambda n: send(address, n), range(count)))
            took = time.perf_counter() - started
        finally:
            server.terminate()
            server.wait(30)
        return judge(folder, found, took)


def judge(folder: Path, found: list[tuple[str, str, float]], took: float) -> list[Figure]:
    """Count what is there against what was answered."""
    wiring = Wiring.open(Settings(data_dir=folder))
    with wiring.database.read() as uow:
        keys = len(uow.execute(idempotency.select()).all())
    with wiring.reading() as ctx:
        table = ctx.tables.table("gate.visit")
        number = ctx.tables.column("gate.visit", "no")
        stored = {row.uid: row for row in ctx.uow.execute(table.select())}
        numbers = {getattr(row, number.name) for row in stored.values()}
    wiring.close()
    uids = {first for first, _, _ in found}
    waits = sorted(each for _, _, each in found)
    same = all(first == second for first, second, _ in found)
    assert uids == set(stored), "none lost, none invented"
    assert len(uids) == len(found) == len(numbers) == keys, "none doubled"
    assert same, "the same key gives the same answer"
    return [
        Figure(
            f"{len(found):,} forms through one public link, some sent twice",
            took,
            limit_s=60 * len(found) / COUNT,
            note=f"{(len(found) + -(-len(found) // TWICE)) / took:.0f} requests/s, "
            f"p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} ms",
        )
    ]
