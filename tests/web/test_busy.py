"""A request that meets a lock waits its turn, then says 503 and when to come again; never 500."""

import io
import threading
import time
from contextlib import contextmanager

import pytest
from flask import request
from sqlalchemy import text

from runtime import accounts, edit
from runtime.clock import FixedClock
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import engines, tables
from tests.web.conftest import PASSWORD, Caller
from web.app_factory import create_app
from web.crowding import MOST_WAITING, RETRY_S, SERVED

NOW = 1_772_413_200_000_000
WAIT_MS = 150  # for a lock, instead of half a minute


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request, tmp_path, monkeypatch):
    """An application on each database, whose locks are not waited for long."""
    url = ""
    if request.param == "sqlite":
        monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", WAIT_MS)
    else:
        url = request.getfixturevalue("postgresql_url")
        url += ("&" if "?" in url else "?") + f"options=-clock_timeout%3D{WAIT_MS}"
    wiring = Wiring.open(Settings(data_dir=tmp_path, database_url=url), clock=FixedClock(NOW))
    with wiring.writing() as ctx:
        edit.create_record(ctx, "department", {"name": "Plant", "code": "d1"})
        accounts.create_account(ctx, "admin", PASSWORD, roles=["admin"], language="en")
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("desk")
    app = create_app(wiring, static=static)
    caller = Caller(app)
    assert caller.sign_in("admin").status_code == 200
    yield wiring, caller
    app.extensions["renderer"].close()
    wiring.close()


@contextmanager
def held(wiring):
    """Another unit of work has locked what every write needs last."""
    locked, leave = threading.Event(), threading.Event()

    def hold():
        with wiring.database.write() as uow:
            uow.rev()
            if wiring.database.dialect == "postgresql":
                uow.execute(text("LOCK TABLE file IN EXCLUSIVE MODE"))  # an upload draws no number
            locked.set()
            assert leave.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert locked.wait(30)
    try:
        yield leave
    finally:
        leave.set()
        thread.join()


def department(caller, code):
    values = {"name": "Line", "code": code}
    return caller.post("/entities/department/records", {"values": values})


def codes(wiring):
    with wiring.reading() as ctx:
        table = ctx.tables.table("department")
        column = ctx.tables.column("department", "code")
        return sorted(ctx.uow.execute(table.select().with_only_columns(column)).scalars())


def test_a_write_that_finds_no_turn_says_when_to_come_again(busy):
    wiring, caller = busy
    with held(wiring):
        refused = department(caller, "d2")
        assert refused.status_code == 503
        assert refused.mimetype == "application/problem+json"
        assert int(refused.headers["Retry-After"]) >= 1
        body = refused.get_json()
        assert (body["status"], body["code"]) == (503, "WEB111")
        assert "lock" not in refused.get_data(as_text=True), "nothing of the database is told"
        assert caller.get("/entities/department/records").status_code == 200, "reading goes on"
    assert codes(wiring) == ["d1"]
    assert department(caller, "d2").status_code == 201
    assert codes(wiring) == ["d1", "d2"]


def test_a_write_that_meets_a_lock_is_made_again(busy):
    """The lock lasts longer than one try waits, and shorter than all of them."""
    wiring, caller = busy
    with held(wiring) as leave:
        threading.Timer(2 * WAIT_MS / 1000, leave.set).start()
        started = time.monotonic()
        assert department(caller, "d2").status_code == 201
        assert time.monotonic() - started > WAIT_MS / 1000
    assert codes(wiring) == ["d1", "d2"]
    with wiring.reading() as ctx:
        audit = tables.audit
        made = audit.select().where(audit.c.target.like("department %"))
        assert len(ctx.uow.execute(made).all()) <= 2, "no try left anything behind"


def test_an_upload_that_finds_no_turn_is_refused_whole(busy):
    wiring, caller = busy
    sent = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\nrest"), "x.png")}
    with held(wiring):
        refused = caller.http.post(
            "/api/v1/files", data=sent, headers={"X-CSRF-Token": caller.csrf}
        )
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)
def test_a_database_that_went_away_is_503_and_comes_back(busy):
    wiring, caller = busy
    with wiring.database.write() as uow:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        uow.execute(text(others))
    assert caller.get("/entities/department/records").status_code in {200, 503}
    assert department(caller, "d2").status_code == 201


@pytest.mark.parametrize("busy", ["sqlite"], indirect=True)
def test_a_crowd_is_sent_away_while_as_many_are_served_as_can_be(busy, tmp_path):
    wiring, _ = busy
    waiting, inside, over = [MOST_WAITING], threading.Barrier(SERVED + 1), threading.Event()
    app = create_app(wiring, static=tmp_path / "static", waiting=lambda: waiting[0])

    def wait_inside():
        if request.headers.get("X-Slow"):
            inside.wait(10)
            over.wait(10)

    app.before_request_funcs[None].insert(0, wait_inside)

    def get(path="/api/v1/session", **headers):
        return app.test_client().get(path, headers={"Accept-Language": "en", **headers})

    waiting[0] = MOST_WAITING + 1
    assert get().status_code == 401, "nobody is served yet"
    served = [threading.Thread(target=get, kwargs={"X-Slow": "1"}) for _ in range(SERVED)]
    for each in served:
        each.start()
    inside.wait(10)
    refused = get()
    assert (refused.status_code, refused.get_json()["code"]) == (503, "WEB111")
    assert refused.headers["Retry-After"] == str(RETRY_S)
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert get("/api/v1/healthz").status_code == get("/").status_code == 200
    waiting[0] = MOST_WAITING
    assert get().status_code == 503, "half of them have to be through first"
    waiting[0] = MOST_WAITING // 2
    assert get().status_code == 401
    over.set()
    for each in served:
        each.join(10)
