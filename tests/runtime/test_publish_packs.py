"""Definitions come into force together or not at all; packs bring more than definitions."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest

from builder.codec import decode, kind_of
from builder.packs import to_zip
from connectors.registry import Registry
from runtime import draft, packs, read, records
from runtime.context import SYSTEM_ACTOR
from runtime.endpoints import settle
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound
from runtime.publish import Proposal, export_catalog, publish
from runtime.wiring import Wiring
from store import audit, definitions
from store import sources as stored_sources
from tests.runtime.conftest import new_wiring

TOOL = {
    "kind": "entity", "key": "tool", "display": "name", "unique": [["code"]],
    "fields": [{"key": "code", "type": "text"}, {"key": "name", "type": "text"},
               {"key": "keeper", "type": "person"},
               {"key": "spare", "type": "reference", "entity": "tool"},
               {"key": "bought", "type": "date"}],
}  # fmt: skip
SOURCE = {
    "kind": "source", "key": "mes", "connector": "rest",
    "config": {"base_url": "${param.base_url}", "token": "${secret.token}",
               "proxy": "http://proxy.example:3128/x"},
    "streams": [],
}  # fmt: skip
PACK = {"kind": "pack", "key": "depot", "version": "1.0.0",
        "parameters": {"base_url": {"zh-CN": "地址", "en": "Address"}}}  # fmt: skip
SAMPLES = {
    "tool": [{"code": "t1", "name": "saw", "keeper": "ma", "spare": "t2"},
             {"code": "t2", "name": "axe", "keeper": "ma", "spare": "t1", "bought": "2026-01-05"}],
    "person": [{"name": "马", "code": "ma", "department": "depot"},
               {"name": "牛", "code": "niu", "manager": "ma"}],
    "department": [{"name": "库房", "code": "depot", "head": "ma"}],
}  # fmt: skip


class Anything:
    """A connector that takes any configuration."""

    MANIFEST: ClassVar = {"id": "rest", "capabilities": [], "config_schema": {}, "streams": {}}


def files(pack=PACK, entities=(TOOL,), sources=(), samples=SAMPLES):
    made = {"pack.json": pack}
    made |= {f"entities/{e['key']}.json": e for e in entities}
    made |= {f"sources/{s['key']}.json": s for s in sources}
    made |= {f"samples/{name}.json": rows for name, rows in samples.items()}
    return {name: json.dumps(each, ensure_ascii=False).encode() for name, each in made.items()}


def install(wiring, made, **more):
    return packs.install_pack(
        wiring, packs.load_files(made), parameters=more.pop("parameters", {}),
        actor=more.pop("actor", SYSTEM_ACTOR), **more,
    )  # fmt: skip


def rows(wiring, entity):
    with wiring.reading() as ctx:
        return read.list_records(ctx, entity)["items"]


# --- publish ------------------------------------------------------------------------------------
def test_a_broken_definition_publishes_nothing_and_says_where(wiring):
    broken = {**TOOL, "fields": [*TOOL["fields"], {"key": "age", "type": "formula",
                                                   "formula": "DAYS(boght, TODAY())"}]}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        install(wiring, files(entities=[broken]))
    problem = refused.value.problems[0]
    assert problem.file == "entities/tool.json" or problem.pointer == "/fields/5/formula"
    assert problem.span is not None
    with wiring.reading() as ctx:
        assert ctx.catalog.revision == 0
        assert "depot.tool" not in ctx.tables.entities
        assert definitions.installs(ctx.uow) == []


def test_every_reader_sees_the_new_catalog_after_a_publication(either_world):
    wiring = either_world.wiring
    with wiring.reading() as before:
        assert before.catalog.revision == 1
    found = publish(wiring, Proposal(_decoded(PACK, TOOL)), actor=SYSTEM_ACTOR)
    assert found.revision == 2
    assert [type(step).__name__ for step in found.plan.steps] == ["AddEntity"]
    with wiring.reading() as ctx:
        assert ctx.catalog.revision == 2
        assert "depot.tool" in ctx.catalog.entities
    other = Wiring.open(wiring.settings, clock=wiring.clock, connectors=Registry({}, {}))
    with other.reading() as ctx:
        assert ctx.catalog.definitions() == wiring._known.catalog.definitions()
    other.close()


def test_publishing_the_same_again_changes_nothing(world):
    with world.reading() as ctx:
        same = ctx.catalog.definitions()
    found = publish(world.wiring, Proposal(same), actor=SYSTEM_ACTOR)
    assert (found.revision, found.plan.empty) == (1, True)


def test_a_new_field_keeps_the_data(world):
    with world.writing() as ctx:
        records.insert(ctx, "shop.goal", [{"name": "g1"}])
        goal = ctx.catalog.entity("shop.goal")
        document = _document(goal)
    document["fields"].append({"key": "colour", "type": "text"})
    publish(world.wiring, Proposal(_decoded(document, pack="shop")), actor=SYSTEM_ACTOR)
    (row,) = rows(world.wiring, "shop.goal")
    assert (row["values"]["name"], row["values"]["colour"]) == ("g1", None)


def test_only_administrators_publish(world):
    with pytest.raises(NotAllowed):
        publish(world.wiring, Proposal(()), actor=world.actor("wang", "boss"))


def test_drafts_are_published_together_and_then_gone(world):
    with world.writing() as ctx:
        draft.save_draft(ctx, ("pack", "depot"), PACK, expected_version=0)
        saved = draft.save_draft(ctx, ("entity", "depot.tool"), {"kind": "entity"},
                                 expected_version=0)  # fmt: skip
    with world.writing() as ctx, pytest.raises(Conflicting):
        draft.save_draft(ctx, ("entity", "depot.tool"), TOOL, expected_version=0)
    names = [("pack", "depot"), ("entity", "depot.tool")]
    with pytest.raises(Invalid):
        draft.publish_drafts(world.wiring, names, actor=SYSTEM_ACTOR, note="")
    with world.writing() as ctx:
        draft.save_draft(ctx, ("entity", "depot.tool"), TOOL, expected_version=saved.version)
    assert draft.publish_drafts(world.wiring, names, actor=SYSTEM_ACTOR, note="tools").revision == 2
    with world.reading() as ctx:
        assert draft.list_drafts(ctx) == []
    with world.writing() as ctx:
        draft.save_draft(ctx, ("entity", "depot.tool"), None, expected_version=0)
        draft.save_draft(ctx, ("pack", "depot"), None, expected_version=0)
        draft.throw_away(ctx, ("pack", "depot"))
    with pytest.raises(NotFound):
        draft.publish_drafts(world.wiring, names, actor=SYSTEM_ACTOR, note="")
    with pytest.raises(Invalid):
        draft.publish_drafts(world.wiring, names[1:], actor=SYSTEM_ACTOR, note="")
    draft.publish_drafts(
        world.wiring, names[1:], actor=SYSTEM_ACTOR, note="", consent=["entity depot.tool"]
    )
    with world.reading() as ctx:
        assert "depot.tool" not in ctx.catalog.entities


# --- packs --------------------------------------------------------------------------------------
def test_samples_come_in_whatever_order_they_refer_to_each_other(wiring):
    found = install(wiring, files())
    assert found.samples == 5
    tools = {row["values"]["code"]: row for row in rows(wiring, "depot.tool")}
    assert tools["t1"]["display_values"] == {"keeper": "马", "spare": "axe"}
    assert tools["t2"]["display_values"]["spare"] == "saw"
    (depot,) = rows(wiring, "department")
    assert depot["display_values"]["head"] == "马"
    people = {row["values"]["code"]: row["display_values"] for row in rows(wiring, "person")}
    assert people["niu"]["manager"] == "马"
    with wiring.reading() as ctx:
        (first, *_) = read.record_history(ctx, "depot.tool", tools["t1"]["uid"])["items"]
        assert first["origin"]["kind"] == "backfilled"


def test_installing_again_leaves_the_records_alone(wiring):
    install(wiring, files())
    found = install(wiring, files())
    assert (found.samples, found.published.plan.empty) == (0, True)
    assert len(rows(wiring, "depot.tool")) == 2


def test_an_upgrade_takes_away_what_the_pack_no_longer_brings(wiring):
    other = {"kind": "entity", "key": "shelf", "display": "name",
             "fields": [{"key": "name", "type": "text"}]}  # fmt: skip
    install(wiring, files(entities=[TOOL, other]))
    newer = {**PACK, "version": "1.1.0"}
    found = install(wiring, files(pack=newer))
    assert found.published.plan.removed == (("entity", "depot.shelf"),)
    with wiring.reading() as ctx:
        assert [i.version for i in definitions.installs(ctx.uow)] == ["1.1.0"]


@pytest.mark.parametrize(
    ("samples", "code"),
    [({"tool": [{"code": "t1", "keeper": "nobody"}]}, "RUN104"),
     ({"tool": [{"code": "t1", "bought": "soon"}]}, "BLD402"),
     ({"unknown": []}, "RUN405")],
)  # fmt: skip
def test_a_wrong_sample_installs_nothing(wiring, samples, code):
    with pytest.raises(Invalid) as refused:
        install(wiring, files(samples=samples))
    assert refused.value.problems[0].code == code
    with wiring.reading() as ctx:
        assert ctx.catalog.revision == 0


def test_what_a_pack_requires_must_be_there_and_parameters_must_be_known(wiring):
    needy = {**PACK, "requires": ["base"]}
    with pytest.raises(Invalid) as refused:
        install(wiring, files(pack=needy), parameters={"colour": "red"})
    assert {problem.code for problem in refused.value.problems} == {"RUN403", "RUN404"}


def test_an_address_is_called_only_when_an_administrator_named_it(tmp_path):
    wiring = new_wiring(tmp_path / "data")
    wiring.connectors = Registry({"rest": Anything()}, {})
    made = files(sources=[SOURCE], samples={})
    parameters = {"base_url": "http://plant.local:8080/api", "token": "top secret"}
    with pytest.raises(Invalid) as refused:  # two addresses: whose secret is it?
        install(wiring, made, parameters=parameters)
    assert refused.value.problems[0].code == "RUN408"
    one = {**SOURCE, "config": {k: v for k, v in SOURCE["config"].items() if k != "proxy"}}
    found = install(wiring, files(sources=[one], samples={}), parameters=parameters)
    assert [(e.host, e.port) for e in found.allowed] == [("plant.local", 8080)]
    fixed = {**SOURCE, "config": {"base_url": "https://elsewhere.example/x"}}
    found = install(wiring, files(sources=[fixed], samples={}))
    assert [(e.host, e.port) for e in found.asks] == [("elsewhere.example", 443)]
    found = install(wiring, files(sources=[fixed], samples={}), allow=[("elsewhere.example", 443)])
    assert found.asks == ()
    with wiring.reading() as ctx:
        settings = {s.name: s for s in stored_sources.settings(ctx.uow, "depot.mes")}
        assert settings["token"].origin == "http://plant.local:8080"
        assert "top secret" not in settings["token"].value
        assert wiring.keyring.decrypt(settings["token"].value) == "top secret"
    with wiring.writing() as ctx, pytest.raises(Invalid):
        settle(ctx, "depot.mes", {"nonsense": "x"})
    wiring.close()


def test_a_pack_exports_to_what_it_was_made_from(wiring, tmp_path):
    install(wiring, files())
    with wiring.reading() as ctx:
        exported = packs.export_catalog(ctx, "depot")
        assert set(export_catalog(ctx)) == {f"depot/{name}" for name in exported}
        with pytest.raises(NotFound):
            packs.export_catalog(ctx, "nothing")
    again = packs.load_files(exported)
    assert {(kind_of(d), d.name) for d in again.definitions} == {
        ("pack", "depot"), ("entity", "depot.tool"),
    }  # fmt: skip
    zipped = tmp_path / "depot.zip"
    zipped.write_bytes(to_zip(files()))
    assert packs.install_folder(wiring, zipped).published.plan.empty


def test_packs_on_offer_are_listed_with_what_is_installed(wiring, tmp_path):
    shelf = tmp_path / "shelf"
    for name, content in files().items():
        path = shelf / "depot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (shelf / "broken").mkdir()
    (shelf / "broken" / "pack.json").write_text("{")
    assert packs.check_folder(shelf / "depot") == []
    assert [p.code for p in packs.check_folder(shelf / "broken")] == ["BLD101"]
    with wiring.reading() as ctx:
        (offered,) = packs.list_packs(ctx, shelf)
    assert (offered["name"], offered["installed_version"]) == ("depot", None)
    assert offered["parameters"] == [
        {"name": "base_url", "label": {"zh-CN": "地址", "en": "Address"}}
    ]
    packs.install_folder(wiring, shelf / "depot")
    with wiring.reading() as ctx:
        assert packs.list_packs(ctx, shelf)[0]["installed_version"] == "1.0.0"
    with pytest.raises(NotFound):
        packs.install_offered(wiring, "../x", parameters={}, actor=SYSTEM_ACTOR)


def test_the_audit_chain_holds_over_all_of_this(either_world):
    wiring = either_world.wiring
    publish(wiring, Proposal(_decoded(PACK, TOOL)), actor=SYSTEM_ACTOR)
    with wiring.reading() as ctx:
        assert audit.verify(ctx.uow, wiring.keyring.audit_key) == []


def _decoded(*documents, pack="depot"):
    found = [decode(each["kind"], each, pack=pack) for each in documents]
    assert [each for each in found if isinstance(each, list)] == []
    return tuple(found)


def _document(definition):
    from builder.codec import encode

    return encode(definition)
