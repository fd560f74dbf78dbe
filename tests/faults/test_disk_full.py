"""A disk that is really full: writes are refused whole, reading goes on, room is used at once.

SQLite's data folder, or the tablespace of the PostgreSQL database, lies on a file system of its
own of a few megabytes. Who may not mount one has SQLite refuse to grow its file instead.
"""

import io
import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from runtime import accounts, edit
from runtime.clock import FixedClock
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import audit, settings_table
from store.errors import DiskFullError
from tests.web.conftest import PASSWORD, Caller
from web.api import health
from web.app_factory import create_app

NOW = 1_772_413_200_000_000
SCAN = 200_000  # bytes of a file
IS_ROOT = os.geteuid() == 0
ROUNDS = 3  # the disk fills and is freed so often, without a restart


@contextmanager
def small_disk(folder, megabytes):
    """A file system of that size, mounted at the folder."""
    folder.mkdir(exist_ok=True)
    size = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(wiring, folder):
    """Take what room is left."""
    if not IS_ROOT:
        _limit(wiring, "page_count FROM pragma_page_count")
        return
    with (folder / "taken").open("wb", buffering=0) as file:
        for piece in (65_536, 4_096, 512, 1):
            try:
                while True:
                    file.write(b"\1" * piece)
            except OSError:
                continue


def free(wiring, folder):
    """Give it back."""
    if not IS_ROOT:
        _limit(wiring, "1073741823")
        return
    (folder / "taken").unlink()


def _limit(wiring, pages):
    with wiring.database._writer.connect() as connection:
        raw = connection.connection.dbapi_connection
        (number,) = raw.execute(f"SELECT {pages}").fetchone()
        raw.execute(f"PRAGMA max_page_count = {number}")


@pytest.fixture(params=["sqlite", "postgresql"] if IS_ROOT else ["sqlite"])
def full(request, tmp_path):
    """An application on a disk that can be filled: the wiring, a caller, the disk."""
    disk = tmp_path / "disk"
    if not IS_ROOT:
        disk.mkdir()
        yield from _open(disk, "", disk)
        return
    with small_disk(disk, 24):
        if request.param == "sqlite":
            yield from _open(disk, "", disk)
            return
        server = request.getfixturevalue("postgresql_server")
        space = disk / "space"
        space.mkdir()
        with _tablespace(server, space) as name:
            yield from _open(tmp_path / "data", server.url(name), disk)


def _open(data, url, disk):
    settings = Settings(data_dir=data, database_url=url, exclusive=True)  # as a server has it
    wiring = Wiring.open(settings, clock=FixedClock(NOW))
    with wiring.writing() as ctx:
        edit.create_record(ctx, "department", {"name": "Plant", "code": "d1"})
        accounts.create_account(ctx, "admin", PASSWORD, roles=["admin"], language="en")
    (disk / "index.html").write_text("desk")
    app = create_app(wiring, static=disk)
    caller = Caller(app)
    assert caller.sign_in("admin").status_code == 200
    yield wiring, caller, disk
    app.extensions["renderer"].close()
    wiring.close()


@contextmanager
def _tablespace(server, folder):
    """A database whose tables lie in the folder, which the server's user owns."""
    with open_admin(server) as connection:
        data = connection.execute("SHOW data_directory").fetchone()[0]
        found = Path(data).stat()
        for each in (folder, *folder.parents):
            if each == Path("/tmp"):
                break
            each.chmod(0o755)
        os.chown(folder, found.st_uid, found.st_gid)
        folder.chmod(0o700)
        connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        connection.execute("CREATE DATABASE full_disk TABLESPACE small")
    try:
        yield "full_disk"
    finally:
        with open_admin(server) as connection:
            connection.execute("DROP DATABASE full_disk WITH (FORCE)")
            connection.execute("DROP TABLESPACE small")


def open_admin(server):
    import psycopg

    return psycopg.connect(server.admin_uri, autocommit=True)


def department(caller, code):
    values = {"name": "x" * 480, "code": code}
    return caller.post("/entities/department/records", {"values": values})


def upload(caller):
    sent = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + os.urandom(SCAN)), "scan.png")}
    return caller.http.post("/api/v1/files", data=sent, headers={"X-CSRF-Token": caller.csrf})


def until_refused(write):
    """Write until there is no room, also not within the files; the answer that says so."""
    for n in range(400):
        answer = write(n)
        if answer.status_code != 201:
            return answer
    raise AssertionError("the disk was never full")


def stored(wiring):
    """The codes there are, and how many versions and audit rows."""
    with wiring.reading() as ctx:
        tables = ctx.tables["department"]
        column = ctx.tables.column("department", "code")
        codes = set(ctx.uow.execute(tables.current.select().with_only_columns(column)).scalars())
        versions = ctx.uow.execute(text(f"SELECT count(*) FROM {tables.history.name}")).scalar_one()
        noted = ctx.uow.execute(
            text("SELECT count(*) FROM audit WHERE target = 'department'")
        ).scalar_one()
        assert audit.verify(ctx.uow, wiring.keyring.audit_key) == []
        problems = health_of(ctx)
    assert problems == []
    return codes, versions, noted


def health_of(ctx):
    from store.health import integrity

    return integrity(ctx.uow)


def writable(caller, monkeypatch):
    monkeypatch.setattr(health._readiness, "_at", float("-inf"))
    answer = caller.get("/readyz")
    assert answer.status_code == 200
    return answer.get_json()["writable"]


def test_a_full_disk_refuses_writes_whole_and_recovers_by_itself(full, monkeypatch):
    wiring, caller, disk = full
    made = {"d1"}
    for number in range(ROUNDS):
        fill(wiring, disk)
        assert until_refused(lambda _: upload(caller)).status_code == 507

        def one(n, number=number):
            answer = department(caller, f"r{number}n{n}")
            made.update({f"r{number}n{n}"} if answer.status_code == 201 else ())
            return answer

        refused = until_refused(one)
        assert refused.status_code == 507, refused.get_data(as_text=True)
        body = refused.get_json()
        assert body["code"] == "WEB119"
        assert "room" in body["detail"]
        assert int(refused.headers["Retry-After"]) > 0
        assert not writable(caller, monkeypatch)
        with (
            suppress(DiskFullError),
            wiring.writing(needed=True) as ctx,
        ):  # so small that it may find a place
            settings_table.put(ctx.uow, "small", "x")
        assert not writable(caller, monkeypatch), "which proves nothing"
        listed = caller.get("/entities/department/records?limit=1")
        assert listed.status_code == 200, "reading goes on"
        assert stored(wiring) == (made, len(made), len(made)), "nothing half stored"
        free(wiring, disk)
        code = f"r{number}again"
        assert department(caller, code).status_code == 201, "no restart"
        made.add(code)
        assert writable(caller, monkeypatch)
        assert stored(wiring) == (made, len(made), len(made))
    if IS_ROOT and wiring.database.dialect == "sqlite":
        what_must_go_on(wiring, caller, disk)


def what_must_go_on(wiring, caller, disk):
    """The room of the ballast is for what is needed, and only for that."""
    ballast = disk / "ballast"
    assert ballast.stat().st_blocks * 512 >= ballast.stat().st_size > 500_000, "room, not a hole"
    (one,) = caller.get("/entities/department/records?limit=1").get_json()["items"]
    fill(wiring, disk)
    assert until_refused(lambda n: department(caller, f"last{n}")).status_code == 507
    assert not ballast.exists()
    again = Caller(caller.http.application)
    assert again.sign_in("admin").status_code == 200
    exported = again.get("/entities/department/export?format=csv")
    assert exported.status_code == 200
    place = f"/entities/department/records/{one['uid']}"
    assert again.call("DELETE", place).status_code == 204
    assert (
        again.call("DELETE", f"{place.replace('records', 'trash')}?at_once=yes").status_code == 204
    )
    assert department(again, "more").status_code == 507, "what is left is not for this"
    with wiring.reading() as ctx:
        assert audit.verify(ctx.uow, wiring.keyring.audit_key) == []
    free(wiring, disk)
    assert department(again, "more").status_code == 201
    assert ballast.exists()
