"""A catalog goes from a test instance to a live one as files; nothing is deleted unasked."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from cli import main
from runtime import environments
from runtime.context import SYSTEM_ACTOR
from runtime.environments import Pushed
from runtime.errors import Invalid
from runtime.instances import Here, write_folders
from runtime.packs import SHIPPED, install_pack, load_folder
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import definitions
from tests.runtime.reshaping import NAME, Depot, entity, field


@pytest.fixture
def two(tmp_path):
    """A test instance with more than the live one."""
    test, live = Depot(tmp_path / "test"), Depot(tmp_path / "live")
    test.put(entity(NAME, field("amount", "integer")), entity(NAME, key="place"))
    live.put(entity(NAME, field("amount")), entity(NAME, key="spare"))
    yield test, live
    test.close()
    live.close()


def files(depot):
    with depot.wiring.reading() as ctx:
        return environments.definition_files(ctx)


def test_the_same_catalog_gives_the_same_bytes(two):
    test, live = two
    environments.push(live.wiring, Pushed(files(test), delete=True), actor=SYSTEM_ACTOR)
    assert files(live) == files(test)
    assert environments.canonical(files(test)) == files(test)


def test_a_difference_names_files(two):
    test, live = two
    found = environments.compare(files(test), files(live))
    assert found.added == ("depot/entities/place.json",)
    assert found.changed == ("depot/entities/item.json",)
    assert found.missing == ("depot/entities/spare.json",)
    assert environments.compare(files(live), files(live)).empty


def test_without_delete_nothing_is_taken_away(two):
    test, live = two
    environments.push(live.wiring, Pushed(files(test)), actor=SYSTEM_ACTOR)
    with live.wiring.reading() as ctx:
        assert {"depot.place", "depot.spare"} <= ctx.catalog.entities.keys()
    test.put(entity(NAME), consent=["depot.item.amount"])
    with pytest.raises(Invalid) as refused:
        environments.push(live.wiring, Pushed(files(test)), actor=SYSTEM_ACTOR)
    assert refused.value.problems[0].args == {"name": "depot.item.amount"}
    environments.push(live.wiring, Pushed(files(test), delete=True), actor=SYSTEM_ACTOR)
    assert files(live) == files(test)


def test_values_that_do_not_convert_need_their_own_consent(two):
    test, live = two
    live.add({"name": "a", "amount": "many"})
    asked = Pushed(files(test), delete=True)
    with pytest.raises(Invalid) as refused:
        environments.push(live.wiring, asked, actor=SYSTEM_ACTOR)
    assert [each.code for each in refused.value.problems] == ["RUN411"]
    plan = Here(live.wiring).plan(asked)
    assert "! depot.item.amount: 1 of 1 values do not convert" in plan.lines
    assert plan.consent == ("depot.item.amount", "entity depot.spare")


def test_a_broken_file_is_named_and_changes_nothing(two):
    _, live = two
    broken = {**files(live), "depot/entities/item.json": b'{"kind": "entity"}'}
    before = files(live)
    with pytest.raises(Invalid) as refused:
        environments.push(live.wiring, Pushed(broken), actor=SYSTEM_ACTOR)
    assert refused.value.problems[0].file.startswith("depot/")
    assert files(live) == before
    with pytest.raises(Invalid):
        environments.push(live.wiring, Pushed({"../x.json": b"{}"}), actor=SYSTEM_ACTOR)


def test_what_a_pack_brought_stays_the_packs(two):
    test, live = two
    environments.push(live.wiring, Pushed(files(test), delete=True), actor=SYSTEM_ACTOR)
    with live.wiring.reading() as ctx:
        stored = {each.name: each.origin for each in definitions.load_stored(ctx.uow)}
    assert set(stored.values()) == {"local"}


# --- the commands -------------------------------------------------------------------------
def command(*words, data, code=0):
    found = CliRunner().invoke(main, [*map(str, words), "--data", str(data)])
    assert found.exit_code == code, found.output
    return found.output


def test_the_commands_go_from_a_folder_to_an_instance_and_back(tmp_path):
    data, folder = tmp_path / "data", tmp_path / "files"
    pack = {"pack.json": {"kind": "pack", "key": "depot", "version": "1.0.0"},
            "entities/item.json": entity(NAME, field("amount"))}  # fmt: skip
    texts = {f"depot/{name}": json.dumps(each).encode() for name, each in pack.items()}
    write_folders(folder, texts, delete=False)
    assert "+ entity depot.item" in command("plan", folder, data=data)
    assert "+ depot/entities/item.json" in command("diff", folder, data=data, code=1)
    assert "revision 1" in command("push", folder, "--note", "first", data=data)
    assert command("diff", folder, data=data) == ""
    copy = tmp_path / "copy"
    assert "2 new, 0 changed" in command("pull", copy, data=data)
    assert "0 new, 0 changed" in command("pull", copy, data=data)
    (copy / "depot/entities/item.json").unlink()
    assert "- depot/entities/item.json" in command("diff", copy, data=data, code=1)
    assert "- entity depot.item" in command("plan", copy, "--delete", data=data)
    command("push", copy, data=data)
    assert command("diff", folder, data=data) == ""
    command("push", copy, "--delete", data=data)
    assert command("diff", copy, data=data) == ""
    assert "1 removed" in command("pull", folder, "--delete", data=data)


def test_secrets_are_names_in_the_files(tmp_path):
    wiring = Wiring.open(Settings(data_dir=tmp_path / "data"))
    secret = "only-for-the-plant"
    install_pack(
        wiring, load_folder(SHIPPED / "performance_core"),
        parameters={"base_url": "https://plant.example", "user": "reader", "password": secret},
        actor=SYSTEM_ACTOR,
    )  # fmt: skip
    with wiring.reading() as ctx:
        every = b"".join(environments.definition_files(ctx).values())
    assert b"${secret.password}" in every
    assert secret.encode() not in every
    wiring.close()
