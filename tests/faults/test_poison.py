"""A job that takes its process down is counted, put off and given up; others get their turn."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from runtime import watch, worker
from runtime.jobs_table import HANDLERS
from runtime.wiring import Wiring
from store import jobs, tables
from tests.faults.poison import shared

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]
LIMIT = 3  # of this job; tests/store does the usual number without processes


@pytest.fixture(params=["sqlite", "postgresql"])
def directory(request, tmp_path):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    (tmp_path / "database-url").write_text(url, encoding="utf-8")
    return tmp_path


@pytest.fixture
def wiring(directory):
    found = Wiring.open(shared(directory))
    yield found
    found.close()


def die(directory, how="kill"):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.poison", str(directory), how],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def state(wiring, key="poison"):
    with wiring.reading() as ctx:
        found = select(tables.job.c.state, tables.job.c.attempts).where(tables.job.c.key == key)
        return tuple(ctx.uow.execute(found).one())


def let_time_pass(wiring):
    """Leases end and pauses are over; a test does not wait an hour."""
    with wiring.writing() as ctx:
        ctx.uow.execute(
            tables.job.update()
            .where(tables.job.c.state.in_(("leased", "retry")))
            .values(real_lease_until=0, real_not_before=0)
        )


def test_a_job_that_kills_its_process_is_counted_and_given_up(directory, wiring, monkeypatch):
    with wiring.writing() as ctx:
        jobs.put(ctx.uow, kind="poison", key="poison", payload={}, at=ctx.now - 10)
        jobs.put(ctx.uow, kind="note", key="note", payload={"n": 7}, at=ctx.now)
        ctx.uow.execute(tables.job.update().values(max_attempts=LIMIT))
    deaths = (("crash", -signal.SIGABRT), ("kill", -signal.SIGKILL), ("kill", -signal.SIGKILL))
    for attempt, (how, code) in enumerate(deaths, 1):
        returned, said = die(directory, how)
        assert returned == code, said
        assert state(wiring) == ("leased", attempt)
        assert state(wiring, "note") == ("ready", 0)
        let_time_pass(wiring)
        if attempt == 2:  # this process takes it back, to be tried later; it knows no such jobs
            assert worker.drain(wiring, "test") == 0
            assert state(wiring) == ("retry", attempt)
            let_time_pass(wiring)
    returned, said = die(directory)
    assert returned == 0, said
    assert state(wiring) == ("dead", LIMIT)
    assert state(wiring, "note") == ("done", 1)
    assert (directory / "noted").read_text(encoding="utf-8") == "7"
    # an administrator sees it and can have it tried again
    with wiring.writing() as ctx:
        (incident,) = watch.list_incidents(ctx)
        assert (incident["code"], incident["can_retry"]) == ("RUN703", True)
        assert str(LIMIT) in incident["message"]
        watch.retry_incident(ctx, incident["uid"])
        assert watch.list_incidents(ctx) == []
    assert state(wiring) == ("ready", 0)
    # the reason is gone: the job is done like any other
    done = []
    monkeypatch.setitem(HANDLERS, "poison", lambda _, payload: done.append(payload))
    assert worker.drain(wiring, "test") == 1
    assert done == [{}]
    assert state(wiring) == ("done", 1)
