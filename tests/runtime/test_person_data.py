"""The data of one person: exported over all entities, then erased so that nothing is found."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import cli
from runtime import dossier_records, erase, read, remote, view_buffer, works
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound
from runtime.lists import Listing
from store import audit, erasure
from store.view_log import View
from tests.runtime import persons
from tests.runtime.persons import ADMIN, export, part


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """One installation per database: what is erased last is erased for the whole file."""
    folder = tmp_path_factory.mktemp("persons")
    if request.param == "sqlite":
        made = persons.install(folder / "data")
        yield made
        made.wiring.close()
        return
    server = request.getfixturevalue("postgresql_server")
    name = server.take()
    made = persons.install(folder / "data", server.url(name))
    yield made
    made.wiring.close()
    server.give_back(name)


def test_an_export_holds_everything_about_the_person(world, monkeypatch):
    monkeypatch.setattr(dossier_records, "BATCH", 1)
    found = export(world, ADMIN)
    assert len(part(found, "performance_core.weekly_report")) == 2
    every = b"\n".join(found.values()).decode()
    assert {mark for mark in persons.SECRET if mark not in every} == set()
    (dossier,) = part(found, "hr.dossier")
    assert dossier["values"]["illness"] == "knee operation 99"
    assert [each["values"]["illness"] for each in dossier["versions"]] == [
        "knee operation 88", "knee operation 99",
    ]  # fmt: skip
    assert {each["actor"] for each in part(found, "audit")} >= {persons.LOGIN}
    assert part(found, "account")[0]["login"] == persons.LOGIN
    assert [each["entity"] for each in part(found, "looked_at_by")] != []
    assert "about.json" in found


def test_of_somebody_elses_record_that_names_the_person_nothing_personal_is_told(world):
    (pair,) = part(export(world, ADMIN), "hr.pair")
    assert set(pair["values"]) == {"host", "helper"}
    every = b"\n".join(export(world, ADMIN).values()).decode()
    assert "about the other" not in every
    assert "none of hers" not in every


def test_a_person_gets_all_of_the_own_data_and_nobody_elses(world):
    with world.wiring.reading(world.ottilie) as ctx, pytest.raises(NotFound):
        read.get_record(ctx, "hr.dossier", world.made["dossier"])
    found = export(world, world.ottilie)
    (dossier,) = part(found, "hr.dossier")  # though the role does not show it
    assert dossier["values"]["illness"] == "knee operation 99"
    assert [each["name"] for each in dossier["values"]["relatives"]] == ["uncle Yevgeny"]
    assert [each["values"]["illness"] for each in dossier["versions"]] == [
        "knee operation 88", "knee operation 99",
    ]  # fmt: skip
    every = b"\n".join(found.values()).decode()
    assert {mark for mark in persons.SECRET if mark not in every} == set()
    (pair,) = part(found, "hr.pair")  # of the other's: that it names her
    assert (pair["values"], pair["display"]) == ({"helper": world.uids["ottilie"]}, "")
    assert {
        mark for mark in ("about the other", "none of hers", "other@") if mark in every
    } == set()
    (me,) = part(found, "person")
    assert me["values"]["manager"] == world.uids["boss"]
    assert "manager" not in me["display_values"], "her role does not show who that is"
    assert part(export(world, ADMIN), "person")[0]["display_values"]["manager"] == "Boss"
    assert [each["values"]["note"] for each in part(found, "performance_core.weekly_report")] == [
        "hoarse 4711", "hoarse 4711",
    ]  # fmt: skip
    assert me["values"]["email"] == persons.MAIL
    stranger = persons.Actor("user", "other", world.ids["other"], ("performance_core.employee",))
    with pytest.raises(NotFound), world.wiring.writing(stranger) as ctx:
        persons.dossier.start(ctx, world.uids["ottilie"])


def test_the_command_line_writes_the_same_archive(world, tmp_path):
    if world.wiring.database.dialect == "postgresql":
        content = remote.export_person(world.wiring.settings, persons.CODE)
    else:
        target, data = tmp_path / "out.zip", world.wiring.settings.data_dir
        asked = ["person", "export", persons.CODE, str(target), "--data", str(data)]
        said = CliRunner().invoke(cli.main, asked)
        assert said.exit_code == 0, said.output
        content = target.read_bytes()
    names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert names >= {"person.json", "hr.dossier.csv", "audit.json"}


# --- erased; from here on the marks are gone ------------------------------------------------
def texts(world):
    """Every text of every table, as table, column and value."""
    with world.wiring.reading() as ctx:
        inspector = inspect(ctx.uow.connection)
        for table in inspector.get_table_names():
            quoted = f'"{table}"'
            for row in ctx.uow.execute(text(f"SELECT * FROM {quoted}")):
                for name, value in row._mapping.items():
                    if isinstance(value, bytes | memoryview):
                        yield table, name, bytes(value).decode("utf-8", "replace")
                    elif value is not None:
                        yield table, name, str(value)


ALL = persons.SECRET | {persons.RETIRED}


def where_found(world, marks=ALL):
    """Where a mark of the person is still to be read, as rows or in the files of the database."""
    found = {(t, c, mark) for t, c, value in texts(world) for mark in marks
             if mark.lower() in value.lower()}  # fmt: skip
    if world.wiring.database.dialect == "sqlite":
        for path in world.wiring.settings.data_dir.glob("plumbline.db*"):
            content = path.read_bytes()
            found |= {(path.name, "", mark) for mark in marks if mark.encode() in content}
    return found


def sums(world):
    """What is counted over the person's records."""
    with world.wiring.reading() as ctx:
        rows = read.list_records(ctx, "hr.dossier")["items"]
        goals = read.list_records(ctx, "performance_core.goal")["items"]
        measured = ctx.uow.execute(text("SELECT count(*), sum(value) FROM measurement")).all()
        pointed = [each["values"]["about"] for each in rows]
        return (
            sum(int(each["values"]["days"]) for each in rows), sorted(pointed),
            [(each["values"]["weight"], each["values"]["owner"]) for each in goals],
            [tuple(each) for each in measured],
        )  # fmt: skip


def chain(world):
    with world.wiring.reading() as ctx:
        known = audit.chain_head(ctx.uow)
        assert audit.verify(ctx.uow, world.wiring.keyring.audit_key) == []
    return known


def asked_for(world, actor=ADMIN, who="ottilie", reason="she left; art. 47", **more):
    with world.wiring.reading(ADMIN) as ctx:
        consent = erase.preview(ctx, world.uids[who])["consent"]
    with world.wiring.writing(actor) as ctx:
        return erase.start(ctx, world.uids[who], **{"reason": reason, "consent": consent} | more)


def test_the_preview_counts_what_would_go(world):
    with world.wiring.reading(ADMIN) as ctx:
        shown = erase.preview(ctx, world.uids["ottilie"])
    counted = {each["entity"]: each["records"] for each in shown["items"]}
    assert counted == {
        "person": 1, "hr.dossier": 1, "hr.visit": 1, "performance_core.goal": 1,
        "performance_core.weekly_report": 2,
    }  # fmt: skip
    assert shown["accounts"] == 1
    with world.wiring.reading(world.ottilie) as ctx, pytest.raises(NotAllowed):
        erase.preview(ctx, world.uids["ottilie"])


def test_without_consent_to_what_is_there_now_nothing_begins(world):
    with pytest.raises(Conflicting, match="preview"):
        asked_for(world, consent="0123456789abcdef")
    with pytest.raises(Invalid, match="why"):
        asked_for(world, reason="  ")
    own = persons.Actor("user", "x", world.ids["ottilie"], admin=True)
    with pytest.raises(Invalid, match="another"):
        asked_for(world, own)


def test_an_erased_person_is_found_nowhere_and_what_was_counted_stays(world):
    before, head = sums(world), chain(world)
    made = asked_for(world, reason=f"{persons.NAME} left")
    with world.wiring.writing(ADMIN) as ctx, pytest.raises(Invalid, match="half way"):
        works.cancel(ctx, made["uid"])
    assert {mark for *_, mark in where_found(world)} == ALL
    world.drain()
    with world.wiring.reading(ADMIN) as ctx:
        assert works.show(ctx, made["uid"])["state"] == "done"
        gone = read.get_record(ctx, "person", world.uids["ottilie"])
        kept = read.get_record(ctx, "hr.dossier", world.made["other"])
        cleared = read.get_record(ctx, "hr.dossier", world.made["dossier"])
        found = read.list_records(ctx, "person", Listing(q="Quarzbach"))["items"]
    assert where_found(world) == set()
    assert gone["display"] == f"anon-{world.ids['ottilie']}"
    assert gone["values"]["active"] is False
    assert kept["values"]["illness"] == "none of hers"
    assert (len(kept["values"]["relatives"]), kept["values"]["allergies"]) == (1, ["pollen"])
    empty = {k for k, v in cleared["values"].items() if v in (None, [])}
    assert empty >= {"illness", "blood", "allergies", "passport", "badge"}
    assert [row["name"] for row in cleared["values"]["relatives"]] == [None]
    assert found == []
    assert sums(world) == before
    with world.wiring.reading() as ctx:
        known = audit.verify(ctx.uow, world.wiring.keyring.audit_key, known=[head])
        assert known == []
        told = ctx.uow.execute(text("SELECT actor, detail FROM audit WHERE action='person.erase'"))
        (told,) = told.all()
        letters = ctx.uow.execute(text("SELECT payload FROM outbox")).scalars().all()
    assert told.actor == "root"
    assert [json.loads(each)["to"] for each in letters] == ["boss@example.org"]
    assert f"anon-{world.ids['ottilie']} left" in told.detail


def test_a_redacted_line_of_the_chain_is_sealed_again(world):
    with world.wiring.writing() as ctx:
        uow = ctx.uow
        (seq,) = uow.execute(text("SELECT max(seq) FROM audit WHERE redacted IS NOT NULL")).one()
        with pytest.raises(DBAPIError, match="append-only"), uow.connection.begin_nested():
            uow.execute(text("UPDATE audit SET actor = 'x', redacted = NULL"))
        with pytest.raises(DBAPIError, match="append-only"), uow.connection.begin_nested():
            uow.execute(text("UPDATE audit SET hash = 'x' WHERE redacted IS NOT NULL"))
        uow.execute(text(f"UPDATE audit SET detail = '{{}}', redacted = 'x' WHERE seq = {seq}"))
        broken = audit.verify(uow, world.wiring.keyring.audit_key)
        assert [(each.seq, each.problem) for each in broken] == [(seq, "changed")]
        uow.roll_back()


def test_erasing_twice_does_nothing_more(world):
    asked_for(world)
    world.drain()
    assert where_found(world) == set()
    chain(world)


def test_a_look_that_waits_is_stored_without_the_name(world, monkeypatch):
    monkeypatch.setattr(view_buffer, "PAUSE_S", 60)
    views = world.wiring.views
    asked_for(world)
    views.note([View("ottiliq", "person", world.ids["other"], 1)])
    world.drain()
    views.flush()
    assert where_found(world) == set()


def _cut_off(*_of):
    raise OSError("the power went")


def test_small_batches_and_a_part_that_failed_come_to_the_same(world, monkeypatch):
    marks = {"o-1", "other@example.org", "none of hers", "her son", "other one", "about the other"}
    monkeypatch.setattr(erase, "BATCH", 1)
    monkeypatch.setattr(erase, "AUDIT_BATCH", 3)
    monkeypatch.setattr(erasure, "BATCH", 2)
    assert {mark for *_, mark in where_found(world, marks)} == marks
    made = asked_for(world, who="other")
    with monkeypatch.context() as broken:
        broken.setitem(erase.PARTS, "words", _cut_off)
        world.drain()  # the job of that batch waits to be tried again; what was done is stored
    with world.wiring.writing(ADMIN) as ctx:
        assert works.show(ctx, made["uid"])["state"] == "running"
        assert 0 < works.show(ctx, made["uid"])["done"] < works.show(ctx, made["uid"])["total"]
        ctx.uow.execute(text("UPDATE job SET real_not_before = 0"))
    world.drain()
    with world.wiring.reading(ADMIN) as ctx:
        assert works.show(ctx, made["uid"])["state"] == "done"
    assert where_found(world, marks) == set()
    chain(world)
