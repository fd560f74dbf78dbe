import json

import pytest

from builder.builtin import BUILT_IN_DEFINITIONS
from builder.fields import FIELD_TYPES, Problem
from builder.model.entity import Entity, Field, Option
from builder.schemas import schema_of
from dsl.types import Choice, Number, Reference, Rows


def field(kind, **settings):
    return Field(key="f", type=kind, label={"zh-CN": "字段", "en": "Field"}, **settings)


def test_the_registry_and_the_schema_know_the_same_types():
    assert set(FIELD_TYPES) == set(
        schema_of("entity")["$defs"]["field"]["properties"]["type"]["enum"]
    )


CHOICE = field("choice", options=(Option("a", {"zh-CN": "甲", "en": "A"}),))


@pytest.mark.parametrize(
    ("f", "value", "raw"),
    [
        (field("text"), "中文", "中文"),
        (field("text"), "", None),
        (field("integer"), "12", 12),
        (field("integer"), "12.5", 13),
        (field("integer"), -3, -3),
        (field("decimal"), "1.005", 10100),
        (field("decimal", decimals=4), "1.00005", 10001),
        (field("decimal"), "-1.005", -10100),
        (field("decimal"), 0.1, 1000),
        (field("money"), "0.07", 700),
        (field("percent"), "0.3", 300000),
        (field("percent", decimals=2), "0.125", 130000),
        (field("date"), "2026-02-08", 20492),
        (field("datetime"), "2026-02-08T09:00:00+08:00", 1770512400000000),
        (field("datetime"), "2026-02-08T01:00:00Z", 1770512400000000),
        (field("duration"), "PT8H30M", 30_600_000_000),
        (field("boolean"), True, True),
        (CHOICE, "a", "a"),
        (field("person"), "018f-aa", "018f-aa"),
        (field("reference", entity="x"), "018f-aa", "018f-aa"),
        (field("tree"), [], None),
        (
            field("tree"),
            [{"text": "因", "id": "1", "children": [{"id": "2", "text": "x"}]}],
            '[{"id":"1","text":"因","children":[{"id":"2","text":"x","children":[]}]}]',
        ),
    ],
)
def test_values_are_read(f, value, raw):
    assert FIELD_TYPES[f.type].parse(f, value) == raw


@pytest.mark.parametrize(
    "kind", [k for k in FIELD_TYPES if k not in {"formula", "lookup", "rollup", "incoming"}]
)
def test_null_is_null_for_every_type(kind):
    assert FIELD_TYPES[kind].parse(field(kind), None) is None
    assert FIELD_TYPES[kind].dump(field(kind), None) is None


DEEP: list = []
for _ in range(7):
    DEEP = [{"id": str(_), "text": "t", "children": DEEP}]


@pytest.mark.parametrize(
    ("f", "value", "code"),
    [
        (field("text"), 5, "BLD402"),
        (field("text"), "x" * 501, "BLD405"),
        (field("text", max="3"), "abcd", "BLD405"),
        (field("text", min="3"), "ab", "BLD411"),
        (field("text"), "a\x00", "BLD402"),
        (field("integer"), "1e3", "BLD402"),
        (field("integer"), "１２", "BLD402"),
        (field("integer"), True, "BLD402"),
        (field("integer"), "9" * 19, "BLD402"),
        (field("percent"), "9" * 14, "BLD402"),
        (field("decimal"), 0.1 + 0.2, "BLD402"),
        (field("decimal"), float("nan"), "BLD402"),
        (field("percent", min="0", max="1"), "1.01", "BLD404"),
        (field("percent", min="0", max="1"), "-0.01", "BLD403"),
        (field("date"), "2026-02-30", "BLD402"),
        (field("date"), 20492, "BLD402"),
        (field("date", min="2026-01-01"), "2025-12-31", "BLD403"),
        (field("datetime"), "2026-02-08T09:00:00", "BLD402"),
        (field("datetime"), "0001-01-01T00:00:00+23:59", "BLD402"),
        (field("boolean"), "true", "BLD402"),
        (field("boolean"), 1, "BLD402"),
        (CHOICE, "b", "BLD406"),
        (CHOICE, ["a"], "BLD406"),
        (field("person"), {"uid": 1}, "BLD402"),
        (field("person"), "a b", "BLD402"),
        (field("formula"), "1", "BLD408"),
        (field("tree"), [{"id": "1"}], "BLD402"),
        (field("tree"), [{"id": "1", "text": "a"}, {"id": "1", "text": "b"}], "BLD402"),
        (field("tree"), DEEP, "BLD409"),
        (field("tree"), [{"id": str(n), "text": "t"} for n in range(201)], "BLD409"),
    ],
)
def test_wrong_values_are_problems(f, value, code):
    problem = FIELD_TYPES[f.type].parse(f, value)
    assert isinstance(problem, Problem)
    assert problem.code == code


@pytest.mark.parametrize(
    ("f", "value"),
    [
        (field("decimal"), "1.5"),
        (field("percent"), "-0.3"),
        (field("date"), "2026-02-08"),
        (field("datetime"), "2026-02-08T01:00:00Z"),
        (field("duration"), "PT8H30M"),
        (field("tree"), [{"id": "1", "text": "t", "children": []}]),
    ],
)
def test_dump_of_parse_is_the_value(f, value):
    kind = FIELD_TYPES[f.type]
    assert kind.dump(f, kind.parse(f, value)) == value
    json.dumps(kind.json_schema(f))


def test_types_in_formulas():
    assert FIELD_TYPES["percent"].formula_type(
        field("percent", min="0", max="1", required=True)
    ) == (Number(6, None, nullable=False, lo=0, hi=1_000_000))
    assert FIELD_TYPES["choice"].formula_type(CHOICE) == Choice((("a", ("甲", "A")),))
    assert FIELD_TYPES["person"].formula_type(field("person")) == Reference("person")
    assert FIELD_TYPES["child_table"].formula_type(field("child_table", entity="x")) == Rows("x")


def test_built_in_entities_use_known_types():
    for definition in BUILT_IN_DEFINITIONS:
        if isinstance(definition, Entity):
            assert all(f.type in FIELD_TYPES for f in definition.fields)
            assert definition.field(definition.display)
