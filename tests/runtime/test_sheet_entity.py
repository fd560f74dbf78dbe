"""A table becomes an entity and a form: guesses, preview, drafts, and the table goes in."""

from __future__ import annotations

import pytest

from runtime import accounts, draft, files, imports, read, sheet_entity
from runtime.context import Actor
from runtime.decide.sheet_entity import guess_type, key_of
from runtime.errors import Conflicting, Invalid, NotAllowed
from runtime.imports import Wanted as ImportWanted
from runtime.sheet_entity import Wanted
from runtime.worker import drain

ADMIN = Actor("user", "root", admin=True)
CSV = (
    "设备编号,名称,数量,单价,合格率,日期,启用,班次,1st\n"
    "007,铣床,3,12.5,25%,2026-03-02,是,早班,a\n"
    "008,车床,-4,7,100%,2026/3/3,否,晚班,b\n"
    "009,磨床,5,0.1,3.5%,2026年3月4日,是,早班,c\n"
    "010,钻床,6,1,0%,2026-03-05,是,晚班,d\n"
    "011,镗床,7,2,1%,2026-03-06,是,早班,e\n"
    "012,刨床,8,3,2%,2026-03-07,是,晚班,f\n"
    "013,锯床,9,4,3%,2026-03-08,是,早班,g\n"
    "014,拉床,10,5,4%,2026-03-09,是,晚班,h\n"
)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ((), "text"), (("1", "-2"), "integer"), (("1", "2.5"), "decimal"), (("007", "1"), "text"),
        (("12345678901234567890",), "text"), (("1.23456",), "text"), (("5%", "6 ％"), "percent"),
        (("2026-03-02", "2026年3月2日"), "date"), (("2026-03-02 09:00", "2026/3/2 9:00:00"), "datetime"),
        (("是", "no"), "boolean"), (("a", "b") * 4, "choice"), (("a", "b"), "text"),
        (("x" * 201,), "long_text"),
    ],
)  # fmt: skip
def test_types_are_guessed_from_all_cells(cells, kind):
    assert guess_type(cells) == kind


def test_keys_are_pinyin_and_free():
    assert key_of("设备编号", [], otherwise="f1") == "shebeibianhao"
    assert key_of("Unit price (€)", [], otherwise="f1") == "unit_price"
    assert key_of("名称", ["mingcheng"], otherwise="f1") == "mingcheng_2"
    assert key_of("123", [], otherwise="field_1") == "field_1"


def uploaded(world, text=CSV):
    with world.writing(ADMIN) as ctx:
        return files.upload(ctx, "t.csv", text.encode())["uid"]


def test_the_preview_keeps_nothing_and_tells_what_would_be_wrong(world):
    wanted = Wanted(uploaded(world), "shop", "machine", "设备")
    with world.reading(ADMIN) as ctx:
        found = sheet_entity.preview(ctx, wanted, manifests={})
        assert found["problems"] == []
        assert [c["type"] for c in found["columns"]] == [
            "text", "text", "integer", "decimal", "percent", "date", "boolean", "choice", "text",
        ]  # fmt: skip
        assert found["columns"][8]["key"] == "st"
        assert found["columns"][0]["samples"][0] == "007"
        taken = Wanted(wanted.file, "shop", "goal", "目标")
        assert [p["code"] for p in sheet_entity.preview(ctx, taken, manifests={})["problems"]] == [
            "RUN242", "RUN242",
        ]  # fmt: skip
    with world.reading(world.actor("li", "employee")) as ctx, pytest.raises(NotAllowed):
        sheet_entity.preview(ctx, wanted, manifests={})


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"pack": "No"}, "/pack"), ({"key": "9"}, "/key"), ({"types": {"数量": "secret"}}, "/types")],
)
def test_wrong_names_and_types_are_refused(world, change, pointer):
    given = {"pack": "shop", "key": "machine", "label": "x", **change}
    uid = uploaded(world)
    with world.reading(ADMIN) as ctx, pytest.raises(Invalid) as refused:
        sheet_entity.preview(ctx, Wanted(uid, **given), manifests={})
    assert refused.value.problems[0].pointer == pointer


@pytest.mark.parametrize("pack", ["shop", "fresh"])
def test_drafts_are_published_and_the_table_goes_in(either_world, pack):
    world = either_world
    uid = uploaded(world)
    wanted = Wanted(uid, pack, "machine", "设备", types={"1st": "long_text"})
    with world.writing(ADMIN) as ctx:
        made = sheet_entity.make_drafts(ctx, wanted, manifests={})
        names = [(each["kind"], each["name"]) for each in made["drafts"]]
        assert (("pack", "fresh") in names) == (pack == "fresh")
    with pytest.raises(Conflicting), world.writing(ADMIN) as ctx:
        sheet_entity.make_drafts(ctx, wanted, manifests={})
    draft.publish_drafts(world.wiring, names, actor=ADMIN, note="")
    entity = f"{pack}.machine"
    with world.writing() as ctx:
        accounts.create_account(ctx, "root", "correct horse 9", roles=["admin"])
    with world.writing(ADMIN) as ctx:
        found = imports.inspect(ctx, entity, uid)
        mapping = {c["title"]: c["field"] for c in found["columns"]}
        assert None not in mapping.values()
        imports.start(ctx, entity, ImportWanted(uid, mapping), imports.table_of(ctx, uid))
    drain(world.wiring, "test")
    with world.reading() as ctx:
        items = read.list_records(ctx, entity)["items"]
    assert len(items) == 8
    first = items[0]["values"]
    assert (first["shebeibianhao"], first["hegelv"], first["riqi"]) == ("007", "0.25", "2026-03-02")
    assert (first["qiyong"], first["banci"]) == (True, "zaoban")
