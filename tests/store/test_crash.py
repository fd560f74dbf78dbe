"""A killed process leaves whole units of work or none, and a chain that verifies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store import audit
from store.crash import VARIABLE
from store.db import Database
from store.tables import job

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from builder.catalog import Catalog
from store import jobs, records
from store.db import Database
from store.record_tables import tables_of
from store.records import Stamp

url, key, count, prefix = sys.argv[1:]
database = Database.open(url, audit_key=key.encode())
with database.read() as uow:
    tables = tables_of(uow)
for n in range(int(count)):
    name = f"{prefix}{n}"
    with database.write() as uow:
        values = {"name": name, "points": [{"on": n, "percent": n}]}
        change = records.insert(uow, tables, "test.goal", values, uid=name, stamp=Stamp("w", n))
        jobs.put(uow, kind="k", key=name, payload={}, at=n)
        records.update(
            uow, tables, "test.goal", change.id, {"weight": n}, base_version=None,
            stamp=Stamp("w", n),
        )
    print(name, flush=True)
"""


def start(url, key, count, prefix, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, key.decode(), str(count), prefix],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def stored(url, tables, audit_key):
    """The names that are in, checked to be whole."""
    database = Database.open(url, audit_key=audit_key)
    goal, point = tables.table("test.goal"), tables.table("test.point")
    history = tables.history("test.goal")
    with database.read() as uow:
        names = set(uow.execute(select(goal.c.uid)).scalars())
        for table in (point, history):
            assert uow.execute(select(func.count()).select_from(table)).scalar() == len(names)
        assert set(uow.execute(select(job.c.key)).scalars()) == names
        assert audit.verify(uow, audit_key) == []
        assert uow.known_rev() == len(names)
    database.close()
    return names


@pytest.mark.faults
@pytest.mark.parametrize(("point", "left"), [("before_commit", 2), ("after_commit", 3)])
def test_a_crash_around_commit_leaves_whole_units(database_url, tables, audit_key, point, left):
    child = start(database_url, audit_key, 5, "a", **{VARIABLE: f"{point}:3"})
    acknowledged, _ = child.communicate(timeout=60)
    assert child.returncode == 137
    assert acknowledged.split() == ["a0", "a1"]
    assert stored(database_url, tables, audit_key) == {f"a{n}" for n in range(left)}
    again = start(database_url, audit_key, 2, "b")
    again.communicate(timeout=60)
    assert again.returncode == 0
    assert {"b0", "b1"} <= stored(database_url, tables, audit_key)


@pytest.mark.faults
def test_kill_at_random_moments_loses_nothing_acknowledged(database_url, tables, audit_key):
    acknowledged = set()
    for turn in range(3):
        child = start(database_url, audit_key, 10_000, f"k{turn}-")
        first = child.stdout.readline().strip()
        time.sleep(0.05 + 0.1 * turn)
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate(timeout=60)
        # a last line may be cut off by the kill; a whole one is a promise
        acknowledged |= {first, *(line for line in rest.split("\n")[:-1])}
        names = stored(database_url, tables, audit_key)
        assert acknowledged <= names
        assert len(names - acknowledged) <= turn + 1
