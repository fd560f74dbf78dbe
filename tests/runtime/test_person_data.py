"""The data of one person: exported over all entities, then erased so that nothing is found."""

from __future__ import annotations

import io
import zipfile

import pytest
from click.testing import CliRunner

import cli
from runtime import remote
from runtime.errors import NotFound
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


def test_an_export_holds_everything_about_the_person(world):
    found = export(world, ADMIN)
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


def test_a_person_gets_the_own_data_within_the_own_rights_and_nobody_elses(world):
    found = export(world, world.ottilie)
    assert "hr.dossier.json" not in found  # the role does not show it
    assert [each["values"]["note"] for each in part(found, "performance_core.weekly_report")] == [
        "hoarse 4711", "hoarse 4711",
    ]  # fmt: skip
    assert "email" not in part(found, "person")[0]["values"]
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
