"""Small promises that no larger test happens to touch."""

import json

import pytest

from builder import codec, packs
from builder.catalog import Catalog
from builder.check import check
from builder.durations import format_duration, parse_duration
from builder.fields import FIELD_TYPES, Problem
from builder.model.entity import Field
from builder.packs import load
from builder.schemas import did_you_mean
from tests.builder import samples


def field(kind, **settings):
    return Field(key="f", type=kind, label={}, **settings)


@pytest.mark.parametrize(
    ("kind", "value", "raw"),
    [
        ("duration", "P1D", 86_400_000_000),
        ("decimal", 1e-4, 0),
        ("decimal", 1e3, 10_000_000),
        ("tree", '[{"id": "1", "text": "t"}]', '[{"id":"1","text":"t","children":[]}]'),
    ],
)
def test_values_in_other_spellings(kind, value, raw):
    assert FIELD_TYPES[kind].parse(field(kind), value) == raw


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("duration", "P999999999W"),
        ("tree", "[" * 50),
        ("tree", "{}"),
        ("decimal", [1]),
        ("date", "2027-01-01"),
        ("text", ["x"]),
    ],
)
def test_values_that_are_none(kind, value):
    limited = field(kind, max="2026-12-31" if kind == "date" else None)
    assert isinstance(FIELD_TYPES[kind].parse(limited, value), Problem)


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_every_type_says_how_its_json_looks(kind):
    json.dumps(FIELD_TYPES[kind].json_schema(field(kind)))


def test_durations_of_documents():
    assert parse_duration("PT90M") == 5400
    assert format_duration(5400) == "PT1H30M"
    assert parse_duration("soon") is None


def test_a_catalog_says_what_it_does_not_know():
    catalog = Catalog.of([], revision=0)
    with pytest.raises(KeyError):
        catalog.field_type("person", "none")
    assert catalog.computed_field("person", "name") is None
    assert catalog.metrics_reading("person") == ()
    assert did_you_mean("xyz", []) is None


def test_a_schema_mark_of_the_editor_is_ignored():
    document = {"$schema": "./entity.v1.json", **samples.MACHINE}
    assert codec.decode("entity", document, pack="perf").name == "perf.machine"


def test_a_pack_may_have_images_and_a_second_readme():
    made = samples.files() | {"images/a.png": b"\x89PNG", "README.zh-CN.md": b"x"}
    pack = load(made)
    assert pack.images == {"images/a.png": b"\x89PNG"}
    assert pack.readme == "# Performance\n"


def test_a_pack_without_a_shape_of_its_own_is_refused():
    made = samples.files() | {"pack.json": b'{"kind": "pack", "key": "perf"}'}
    assert [d.code for d in load(made)] == ["BLD110"]
    assert [d.code for d in load(samples.files() | {"tests/a.json": b"[1"})] == ["BLD101"]


def test_a_folder_larger_than_a_pack_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "MAX_FILES", 1)
    for name in ("pack.json", "README.md"):
        (tmp_path / name).write_text("{}")
    assert [d.code for d in packs.read_folder(tmp_path)] == ["BLD304"]


def test_a_distinct_count_and_a_computed_target_field():
    metric = json.loads(json.dumps(samples.PROGRESS))
    metric["inputs"]["progress"] |= {"agg": "count", "distinct": "week"}
    source = json.loads(json.dumps(samples.PLANT))
    source["streams"][0]["into"] = "goal"
    source["streams"][0]["key"] = ["name"]
    source["streams"][0]["fields"] = [{"from": "n", "to": "name"}, {"from": "d", "to": "days"}]
    made = samples.files() | {
        "metrics/goal_progress.json": json.dumps(metric).encode(),
        "sources/plant.json": json.dumps(source).encode(),
    }
    found = {(d.code, d.pointer) for d in check(load(made).definitions, manifests={})}
    assert ("BLD203", "/inputs/progress/distinct") in found
    assert ("BLD233", "/streams/0/fields/1/to") in found
