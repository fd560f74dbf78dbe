"""One contract for every type of field, from its definition to its history, on both databases."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from builder.check import check
from builder.codec import decode, encode
from builder.fields import FIELD_TYPES, Problem
from builder.fields.region import regions
from builder.fields.sequence import numbering
from builder.model.entity import Field, Option
from dsl.types import Rows
from runtime import (
    accounts,
    anywhere,
    describe,
    edit,
    exports,
    files,
    imports,
    lists,
    read,
    records,
    submit,
    trash,
    versions,
    worker,
    works,
)
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Invalid
from runtime.import_cells import read_columns
from runtime.lists import Listing
from runtime.lookups import one_id
from runtime.publish import Proposal, publish

OPTIONS = [
    {"id": "a", "label": {"zh-CN": "甲", "en": "A"}},
    {"id": "b", "label": {"zh-CN": "乙", "en": "B"}},
]
APRIL = 1_775_005_200_000_000  # 2026-04-01T09:00+08:00
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def field(kind, **settings):
    return {"key": kind, "type": kind, "label": {"en": kind}, **settings}


ALL = {
    "kind": "entity", "key": "all", "label": {"en": "all"}, "display": "text",
    "fields": [
        field("text"), field("long_text"), field("integer"), field("decimal"), field("money"),
        field("percent"), field("date"), field("datetime"), field("duration"), field("boolean"),
        field("choice", options=OPTIONS), field("multi_choice", options=OPTIONS, max="2"),
        field("person"), field("department"), field("reference", entity="mate"),
        field("any_reference", entities=["mate", "person"]),
        field("reference_list", entity="mate"), field("child_table", entity="all_row"),
        field("incoming", entity="mate", by="of"), field("file"), field("image"),
        field("signature"), field("location"), field("region"),
        field("sequence", rule="QC-{yyyy}{mm}-{000}"), field("tree"),
        field("formula", formula="integer * 2", decimals=0), field("lookup", path="reference.rank"),
        field("rollup", of="child_table", agg="sum", value="n", where="n > 1"),
        {**field("rollup", of="incoming", agg="max", value="rank"), "key": "top",
         "label": {"en": "top"}},
        {**field("rollup", of="multi_choice"), "key": "chosen", "label": {"en": "chosen"}},
    ],
}  # fmt: skip
ALL_ROW = {
    "kind": "entity", "key": "all_row", "display": "n", "parent": "all",
    "fields": [{"key": "n", "type": "integer"}],
}  # fmt: skip
MATE = {
    "kind": "entity", "key": "mate", "display": "name",
    "fields": [
        {"key": "name", "type": "text"}, {"key": "rank", "type": "integer"},
        {"key": "of", "type": "reference", "entity": "all"},
    ],
}  # fmt: skip
PACK = {"kind": "pack", "key": "types", "version": "1.0.0"}
MADE = {"formula", "lookup", "rollup", "incoming", "sequence"}
# the values a person sends, and what comes back where it differs
PLAIN = {
    "text": "中文 text", "long_text": "two\nlines", "integer": "-12", "decimal": "1.25",
    "money": "0.07", "percent": "0.125", "date": "2026-02-08", "duration": "PT8H30M",
    "datetime": "2026-02-08T01:00:00Z", "boolean": False, "choice": "b",
    "multi_choice": ["b", "a"], "child_table": [{"n": "1"}, {"n": "2"}, {"n": "3"}],
    "location": "31.2304, 121.4737", "region": "330106",
    "tree": [{"id": "1", "text": "因", "children": []}],
}  # fmt: skip
BACK = {"location": "31.2304,121.4737"}


@pytest.fixture
def typed(either_world):
    """A record with a value in every type of field, and its uid."""
    world = either_world
    documents = [("pack", PACK), ("entity", ALL), ("entity", ALL_ROW), ("entity", MATE)]
    found = [decode(kind, document, pack="types") for kind, document in documents]
    assert [each for each in found if isinstance(each, list)] == []
    publish(world.wiring, Proposal(tuple(found)), actor=SYSTEM_ACTOR)
    with world.writing() as ctx:
        one, two = records.insert(
            ctx, "types.mate", [{"name": "one", "rank": 1}, {"name": "two", "rank": 7}]
        )
        uploads = {
            k: files.upload(ctx, "a.png", PNG)["uid"] for k in ("file", "image", "signature")
        }
        there = read.list_records(ctx, "department")["items"][0]["uid"]
    sent = {
        **PLAIN, **uploads, "person": world.uids["li"], "department": there,
        "reference": two.uid, "any_reference": f"types.mate/{one.uid}", "reference_list": [two.uid, one.uid],
    }  # fmt: skip
    with world.writing() as ctx:
        uid = edit.create_record(ctx, "types.all", sent)
    with world.writing() as ctx:
        records.update(ctx, "types.mate", one.id, {"of": _id(ctx, uid)})
        records.update(ctx, "types.mate", two.id, {"of": _id(ctx, uid)})
    return world, uid, sent


def _id(ctx, uid):
    return one_id(ctx, "types.all", uid)


def one(world, uid):
    with world.reading() as ctx:
        return read.get_record(ctx, "types.all", uid)


def test_the_contract_meets_every_type():
    assert {f["type"] for f in ALL["fields"]} == set(FIELD_TYPES)
    assert set(FIELD_TYPES) - set(PLAIN) - MADE == {
        "person", "department", "reference", "any_reference", "reference_list", "file", "image", "signature",
    }  # fmt: skip


def test_the_document_comes_back_as_it_was_written():
    entity = decode("entity", ALL, pack="types")
    again = encode(entity)
    assert decode("entity", again, pack="types") == entity
    shown = {f["key"]: f for f in again["fields"]}
    assert shown["rollup"]["where"] == "n > 1"
    assert "formula" not in shown["rollup"]
    assert shown["lookup"]["path"] == "reference.rank"


def test_every_type_is_stored_and_read_back(typed):
    world, uid, sent = typed
    values = one(world, uid)["values"]
    for key, value in sent.items():
        if key == "child_table":
            assert [row["n"] for row in values[key]] == ["1", "2", "3"]
        else:
            assert values[key] == BACK.get(key, value), key
    assert values["sequence"] == "QC-202603-001"
    assert (values["formula"], values["lookup"]) == ("-24", "7")
    assert (values["rollup"], values["top"], values["chosen"]) == ("5", "7", "2")


def test_what_the_system_makes_is_not_taken_from_outside(typed):
    world, uid, _ = typed
    for key in sorted(MADE):
        with pytest.raises(Invalid) as refused, world.writing() as ctx:
            edit.change_record(ctx, "types.all", uid, {key: "1"}, base_version=None)
        assert [p.code for p in refused.value.problems] == ["RUN103"], key


def test_lists_are_shown_by_name_and_changed_as_a_whole(typed):
    world, uid, sent = typed
    found = one(world, uid)
    assert found["display_values"]["reference_list"] == "two、one"
    assert found["display_values"]["any_reference"] == "one"
    assert found["display_values"]["region"] == "浙江省/杭州市/西湖区"
    first = sent["reference_list"][0]
    assert found["display_values"][f"reference_list.{first}"] == "two"
    with world.writing() as ctx:
        edit.change_record(
            ctx, "types.all", uid, {"reference_list": [first, first], "multi_choice": []},
            base_version=found["version"],
        )  # fmt: skip
    values = one(world, uid)["values"]
    assert (values["reference_list"], values["multi_choice"]) == ([first], [])
    assert values["chosen"] == "0"


def test_a_pointer_to_any_entity_is_written_by_name_and_keeps_its_target(typed):
    world, uid, sent = typed
    kept = sent["any_reference"]
    with world.reading() as ctx:
        assert anywhere.written(ctx, [kept, "gone.entity/x"]) == {kept: "mate: one"}
        item = ctx.catalog.entity("types.all").field("any_reference")
        cells = ("mate: one", "types.mate：one", kept, "", "mate: nobody", "hall: one", "one")
        rows, problems = read_columns(ctx, {"any_reference": cells}, {"any_reference": item})
        versions = read.record_history(ctx, "types.all", uid)["items"]
    assert [row.get("any_reference") for row in rows] == [kept, kept, kept, None, None, None, None]
    assert [[p.code for p in each] for each in problems] == [[]] * 4 + [["RUN104"]] * 3
    assert versions[0]["display_values"]["any_reference"] == "one"
    entity, target = kept.split("/")
    with world.writing() as ctx:
        records.remove(ctx, entity, one_id(ctx, entity, target))
    assert "any_reference" not in one(world, uid)["display_values"]
    with pytest.raises(Invalid) as refused, world.writing() as ctx:
        trash.purge(ctx, entity, target, at_once=True)
    assert [p.code for p in refused.value.problems] == ["RUN221"]


WRONG = (
    ({"multi_choice": ["a", "zz"]}, "BLD406", "/values/multi_choice/1/value"),
    ({"multi_choice": "a"}, "RUN106", "/values/multi_choice"),
    ({"multi_choice": ["a", "b", "a"]}, "RUN107", "/values/multi_choice"),
    ({"reference_list": ["nobody"]}, "RUN104", "/values/reference_list/0/value"),
    ({"any_reference": "types.mate/nobody"}, "RUN104", "/values/any_reference"),
    ({"any_reference": "types.all/x"}, "BLD402", "/values/any_reference"),
    ({"any_reference": "nobody"}, "BLD402", "/values/any_reference"),
    ({"location": "91,0"}, "BLD402", "/values/location"),
    ({"region": "999999"}, "BLD402", "/values/region"),
)


def test_wrong_values_are_named_at_their_place(typed):
    world, uid, _ = typed
    for sent, code, pointer in WRONG:
        with pytest.raises(Invalid) as refused, world.writing() as ctx:
            edit.change_record(ctx, "types.all", uid, sent, base_version=None)
        assert [(p.code, p.pointer) for p in refused.value.problems] == [(code, pointer)]


FILTERS = (
    'COUNT(multi_choice[value = "a"]) = 1',
    "COUNT(reference_list[value.rank > 5]) = 1",
    "COUNT(incoming[rank > 5]) = 1",
    "top = 7",
    "rollup = 5",
    "lookup = 7",
    'region = "330106"',
    'POINTSTO(any_reference, "mate") AND NOT POINTSTO(any_reference, "person")',
    "NOT ISBLANK(any_reference) AND any_reference = any_reference",
    'sequence = "QC-202603-001"',
    "duration > 8小时",
)


# what is asked, and whether the record is found: it has b and a, both mates, and is in 330106
ASKED = (
    ("multi_choice", "has_any", ["a"], True), ("multi_choice", "has_all", ["a", "b"], True),
    ("multi_choice", "has_none", ["a"], False), ("reference_list", "has_any", ["one"], True),
    ("reference_list", "has_all", ["one", "strange"], False),
    ("reference_list", "has_none", ["strange"], True),
    ("region", "within", "330000", True), ("region", "within", "330100", True),
    ("region", "within", "330106", True), ("region", "within", "110000", False),
    ("region", "not_within", "330200", True), ("region", "not_within", "330100", False),
    ("child_table", "filled", None, True), ("incoming", "blank", None, False),
    ("reference.of.multi_choice", "has_any", ["b"], True),
    ("reference.of.region", "within", "440000", False),
)  # fmt: skip


def test_every_type_can_be_filtered_in_the_database(typed):
    world, uid, sent = typed
    with world.reading() as ctx:
        for where in FILTERS:
            found = read.list_records(ctx, "types.all", Listing(where=where))["items"]
            assert [item["uid"] for item in found] == [uid], where
            assert (
                read.list_records(ctx, "types.all", Listing(where=f"NOT({where})"))["items"] == []
            )
    uids = {"one": sent["reference_list"][1]}
    with world.reading() as ctx:
        for path, how, value, is_found in ASKED:
            given = [uids.get(each, each) for each in value] if isinstance(value, list) else value
            test = {"field": path, "op": how, **({} if value is None else {"value": given})}
            found = read.list_records(ctx, "types.all", Listing(match=(test,)))["items"]
            assert ([item["uid"] for item in found] == [uid]) == is_found, test
        for path, how, value in (("multi_choice", "has_any", ["zz"]), ("region", "within", "浙江")):
            test = {"field": path, "op": how, "value": value}
            with pytest.raises(Invalid) as refused:
                read.list_records(ctx, "types.all", Listing(match=(test,)))
            assert [each.code for each in refused.value.problems] == ["RUN210"]
        told = lists.group_records(ctx, "types.all", Listing(), by="region,any_reference")["items"]
    assert [key["display"] for key in told[0]["keys"]] == ["浙江省/杭州市/西湖区", "one"]


def test_lists_keep_their_history_and_go_with_their_record(typed):
    world, uid, sent = typed
    before = one(world, uid)
    with world.writing() as ctx:
        edit.change_record(ctx, "types.all", uid, {"multi_choice": ["a"]}, base_version=None)
    assert one(world, uid)["version"] == before["version"] + 1
    with world.reading() as ctx:
        told = read.record_history(ctx, "types.all", uid)["items"]
    assert [item["values"]["multi_choice"] for item in told] == [["b", "a"], ["a"]]
    assert told[0]["values"]["reference_list"] == sent["reference_list"]
    with world.writing() as ctx:
        gone = _id(ctx, uid)
        records.remove(ctx, "types.all", gone)
    with world.writing() as ctx:
        records.bring_back(ctx, "types.all", gone)
    assert one(world, uid)["values"]["multi_choice"] == ["a"]


# --- lists, files, forms and histories of every type ----------------------------------------
NO_CELL = {"child_table", "incoming", "file", "image", "signature"}


def test_every_type_goes_through_a_file_and_back(typed):
    world, uid, _ = typed
    with world.reading() as ctx:
        told = exports.export_now(ctx, "types.all", exports.Wanted(Listing(), how="csv"))
    titles, row = csv.reader(io.StringIO(told.content.decode("utf-8-sig")))
    cells = dict(zip(titles, row, strict=True))
    rowed = {"child_table", "incoming"}
    assert set(FIELD_TYPES) - rowed <= set(cells)
    assert [key for key, cell in cells.items() if not cell] == []
    assert (cells["multi_choice"], cells["reference_list"]) == ("乙、甲", "two、one")
    filled = [key for key in cells if key in FIELD_TYPES and key not in MADE | NO_CELL]
    with world.writing() as ctx:
        accounts.create_account(ctx, "boss", "correct horse 9", roles=["admin"])
    boss = replace(SYSTEM_ACTOR, kind="user", name="boss")
    with world.writing(boss) as ctx:
        file = files.upload(ctx, "again.csv", told.content)["uid"]
        wanted = imports.Wanted(file, {key: key for key in filled})
        work = imports.start(ctx, "types.all", wanted, imports.table_of(ctx, file))
    worker.drain(world.wiring, "t")
    with world.reading(boss) as ctx:
        assert works.show(ctx, work["uid"])["rows"] == []
        found = read.list_records(ctx, "types.all")["items"]
    old, new = (item["values"] for item in sorted(found, key=lambda item: item["uid"] != uid))
    assert {key: new[key] for key in filled} == {key: old[key] for key in filled}
    with world.reading() as ctx:
        given = imports.importable(ctx, ctx.catalog.entity("types.all"))
    assert set(given) == set(filled)  # nobody puts somebody else's file into a cell


def test_wrong_cells_of_lists_are_named(typed):
    world, _, _ = typed
    with world.reading() as ctx:
        given = imports.importable(ctx, ctx.catalog.entity("types.all"))
        for key, cell, code in (
            ("multi_choice", "甲;zz", "BLD406"), ("multi_choice", "a,b,c", "BLD406"),
            ("reference_list", "one、nobody", "RUN104"), ("multi_choice", "a,乙", None),
            ("reference_list", "", None),
        ):  # fmt: skip
            (row,), (wrong,) = read_columns(ctx, {key: [cell]}, given)
            assert [each.code for each in wrong] == ([] if code is None else [code]), cell
            assert (key in row) == (code is None)
        two = replace(given["multi_choice"], max="1")
        _, (wrong,) = read_columns(ctx, {"multi_choice": ["a;b"]}, {"multi_choice": two})
        assert [each.code for each in wrong] == ["RUN107"]


def test_every_comparison_of_every_type_runs_in_the_database(typed):
    world, uid, _ = typed
    with world.writing() as ctx:
        blank = edit.create_record(ctx, "types.all", {})
    values = one(world, uid)["values"]
    asked, told = 0, {}
    with world.reading() as ctx:
        for item in describe.describe_entity(ctx, "types.all")["fields"]:
            key, mine = item["key"], values.get(item["key"])
            for each in item["comparisons"]:
                if key == "tree":  # nobody types a whole tree
                    if each["key"] not in ("contains", "filled", "blank"):
                        continue
                    mine = "因"
                several = mine if isinstance(mine, list) else [mine]
                given = {
                    "none": {}, "one": {"value": mine}, "two": {"value": [mine, mine]},
                    "many": {"value": several},
                }[each["takes"]]  # fmt: skip
                test = {"field": key, "op": each["key"], **given}
                found = read.list_records(ctx, "types.all", Listing(match=(test,)))["items"]
                assert (uid in [n["uid"] for n in found]) == (each["key"] in HITS), test
                asked += 1
            if item["comparisons"] and key != "sequence" and item["type"] not in MADE:
                empty = Listing(match=({"field": key, "op": "blank"},))
                found = read.list_records(ctx, "types.all", empty)["items"]
                assert [n["uid"] for n in found] == [blank], key
            told[key] = {each["key"] for each in item["comparisons"]}
    assert asked > 150
    assert [key for key, offered in told.items() if not {"blank", "filled"} <= offered] == []
    assert {key for key, offered in told.items() if "<" in offered} == {
        "integer", "decimal", "money", "percent", "date", "datetime", "duration",
        "formula", "lookup", "rollup", "top", "chosen",
    }  # fmt: skip


HITS = {
    "=", "<=", ">=", "between", "in", "contains", "starts", "filled", "has_any", "has_all", "within",
}  # fmt: skip


def test_every_type_has_its_history_and_comes_back(typed):
    world, uid, _ = typed
    before = one(world, uid)["values"]
    kept = [key for key in before if key in FIELD_TYPES and key not in MADE]
    lists = {"child_table", "multi_choice", "reference_list"}
    with world.writing() as ctx:
        gone = {key: [] if key in lists else None for key in kept}
        edit.change_record(ctx, "types.all", uid, gone, base_version=None)
    assert [key for key in kept if one(world, uid)["values"][key]] == []
    with world.reading() as ctx:
        told = read.record_history(ctx, "types.all", uid)["items"]
    first = next(item for item in told if item["values"]["text"])
    assert {key: first["values"][key] for key in kept} == {key: before[key] for key in kept}
    assert {each["field"] for each in told[-1]["changes"]} == set(kept)
    with world.writing() as ctx:
        versions.restore_version(ctx, "types.all", uid, first["version"], base_version=None)
    after = one(world, uid)["values"]
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
    assert [row["n"] for row in after["child_table"]] == ["1", "2", "3"]


def test_every_type_stands_on_a_form_and_is_taken_from_it(typed):
    world, _, sent = typed
    keys = [item["key"] for item in ALL["fields"]]
    form = {
        "kind": "form", "key": "all_form", "entity": "all",
        "layout": [{"id": "s", "box": "section", "children": [
            {"id": f"n{n}", "field": key} for n, key in enumerate(keys)]}],
    }  # fmt: skip
    publish(world.wiring, Proposal((decode("form", form, pack="types"),)), actor=SYSTEM_ACTOR)
    with world.writing() as ctx:
        shown = describe.describe_form(ctx, "types.all_form")
        given = {k: v for k, v in sent.items() if k not in {"file", "image", "signature"}}
        made = submit.submit_form(ctx, "types.all_form", given, key="opened-once")
    computed = {item["key"] for item in shown["fields"] if item["computed"]}
    assert {item["type"] for item in shown["fields"]} == set(FIELD_TYPES)
    assert computed == {*MADE, "top", "chosen"}
    values = one(world, made.record_uid)["values"]
    for key, value in given.items():
        if key != "child_table":
            assert values[key] == BACK.get(key, value), key


# --- values there and back, for any value -------------------------------------------------
def _bare(kind):
    options = (Option("a", {"zh-CN": "甲"}), Option("b", {"zh-CN": "乙"}), Option("甲", {}))
    return Field(
        key="f", type=kind, label={"zh-CN": "字段"}, options=options, entity="x", entities=("x",)
    )


INT64 = st.integers(-(2**63) + 1, 2**63 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(
    lambda text: text.strip() == text
)
RAW = {
    "text": WORDS, "long_text": WORDS, "integer": INT64,
    "decimal": st.integers(-(10**16), 10**16).map(lambda n: n * 100),
    "money": st.integers(-(10**16), 10**16).map(lambda n: n * 100),
    "percent": st.integers(-(10**16), 10**16).map(lambda n: n * 100),
    "date": st.integers(-700_000, 2_900_000), "duration": st.integers(-(10**15), 10**15),
    "datetime": st.integers(-(10**16), 10**17), "boolean": st.booleans(),
    "choice": st.sampled_from(["a", "b"]), "person": st.uuids().map(str),
    "department": st.uuids().map(str), "reference": st.uuids().map(str),
    "any_reference": st.uuids().map(lambda uid: f"x/{uid}"),
    "file": st.uuids().map(str), "image": st.uuids().map(str), "signature": st.uuids().map(str),
    "location": st.tuples(st.integers(-90, 90), st.integers(-180, 180)).map(
        lambda at: f"{at[0]},{at[1]}"
    ),
    "region": st.sampled_from(sorted(regions())),
    "tree": st.just('[{"id":"1","text":"因","children":[]}]'),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(RAW))
@given(data=st.data())
def test_a_value_written_is_the_value_read(kind, data):
    item, spec = _bare(kind), FIELD_TYPES[kind]
    raw = data.draw(RAW[kind])
    assert spec.parse(item, spec.dump(item, raw)) == raw
    assert spec.from_text(item, spec.to_text(item, raw)) == raw
    Draft202012Validator(spec.json_schema(item)).validate(spec.dump(item, raw))


@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
def test_null_is_an_empty_cell(kind):
    assert FIELD_TYPES[kind].to_text(_bare(kind), None) == ""
    if kind not in MADE:
        assert FIELD_TYPES[kind].from_text(_bare(kind), "") is None


def test_rows_stand_in_formulas_as_rows():
    rows = {kind for kind in FIELD_TYPES if isinstance(FIELD_TYPES[kind].formula_type(_bare(kind)), Rows)}  # fmt: skip
    assert rows == {"child_table", "multi_choice", "reference_list", "incoming"}


def test_a_table_file_may_hold_the_words_a_person_writes():
    assert FIELD_TYPES["boolean"].from_text(_bare("boolean"), "是") is True
    assert FIELD_TYPES["choice"].from_text(_bare("choice"), "乙") == "b"
    assert FIELD_TYPES["region"].from_text(_bare("region"), "浙江省/杭州市") == "330100"
    assert isinstance(FIELD_TYPES["region"].from_text(_bare("region"), "Atlantis"), Problem)


@pytest.mark.parametrize(
    ("rule", "number"),
    [("QC-{yyyy}{mm}-{0000}", "QC-202603-0012"), ("{0}", "12"), ("{yy}{dd}/{00}号", "2602/12号")],
)
def test_numbers_look_as_their_rule_says(rule, number):
    made = numbering(rule)
    assert made.number(12, made.period((2026, 3, 2))) == number


@pytest.mark.parametrize("rule", ["QC", "{00}{00}", "{mmm}-{0}", "{0", "0}", "#{0}", "{}"])
def test_a_rule_that_can_not_count_is_none(rule):
    assert numbering(rule) is None


def test_numbers_have_no_gaps_under_concurrent_writers_and_start_anew_each_month(typed):
    world, uid, _ = typed

    def make(n):
        with suppress(ZeroDivisionError), world.writing() as ctx:
            records.insert(ctx, "types.all", [{"text": str(n)}])
            if n % 3 == 0:
                raise ZeroDivisionError("every third is rolled back")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(12)))
    with world.writing() as ctx:
        records.remove(ctx, "types.all", one_id(ctx, "types.all", uid))
    assert numbers(world) == [f"QC-202603-{n:03d}" for n in range(2, 10)]
    world.at(APRIL)
    with world.writing() as ctx:
        records.insert(ctx, "types.all", [{"text": "x"}, {"text": "y"}])
    assert numbers(world)[-2:] == ["QC-202604-001", "QC-202604-002"]


def numbers(world):
    with world.reading() as ctx:
        items = read.list_records(ctx, "types.all", Listing(sort="sequence"), limit=100)["items"]
    return [item["values"]["sequence"] for item in items]


def test_a_rollup_counts_only_what_the_reader_may_see(typed):
    world, uid, _ = typed
    role = {"kind": "role", "key": "half", "grants": [
        {"entity": "all", "actions": ["read"], "rows": "all"},
        {"entity": "mate", "actions": ["read"], "rows": "formula", "formula": "rank < 5"}]}  # fmt: skip
    publish(world.wiring, Proposal((decode("role", role, pack="types"),)), actor=SYSTEM_ACTOR)
    actor = replace(world.actor("li"), roles=("types.half",))
    with world.reading(actor) as ctx:
        assert read.get_record(ctx, "types.all", uid)["values"]["top"] == "1"


def test_what_incoming_records_say_is_for_metrics_and_for_rules_about_the_moment():
    metric = {
        "kind": "metric", "key": "m", "subject": "all", "grain": "month", "decimals": 2,
        "inputs": {"n": {"from": "all", "agg": "sum", "value": "top", "subject": "", "date": "date"}},
        "versions": [{"from": "2026-01-01", "formula": "n"}],
    }  # fmt: skip
    rule = {"kind": "rule", "key": "r", "entity": "all", "enter": "top > 1", "exit": "top < 1"}
    documents = [("pack", PACK), ("entity", ALL), ("entity", ALL_ROW), ("entity", MATE)]
    documents += [("metric", metric), ("rule", {**rule, "actions": []})]
    assert check([decode(k, d, pack="types") for k, d in documents], manifests={}) == []
