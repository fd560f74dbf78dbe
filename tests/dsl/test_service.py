"""The commands for machines: one line in, one line out."""

import json

import pytest

from dsl.service import answer_text, check_line, explain_line, format_line, run

FIELDS = {
    "a": {"type": "number", "scale": 2},
    "z": {"type": "number", "blank_as_zero": True},
    "s": {"type": "text"},
    "b": {"type": "boolean"},
    "d": {"type": "date"},
    "m": {"type": "datetime"},
    "u": {"type": "duration"},
    "c": {"type": "choice", "options": ["x", {"id": "y", "label": {"zh-CN": "乙", "en": "Y"}}]},
}


def value(formula, row=None, **more):
    return run({"id": 1, "formula": formula, "fields": FIELDS, "row": row or {}} | more)


def test_formula_without_fields_works():
    assert run({"formula": "ROUND(2.5, 0)"}) == {
        "id": None, "value": "3", "type": "number", "reason": None, "errors": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "row", "expected"),
    [
        ("a / 3", {"a": "1"}, "0.33333333"),
        ("a * 100", {"a": "0.10"}, "10"),
        ("z + 1", {}, "1"),
        ("s & '!'", {"s": "点"}, "点!"),
        ("NOT b", {"b": False}, True),
        ("d + 1mo", {"d": "2026-01-31"}, "2026-02-28"),
        ("m + u", {"m": "2026-01-31T23:00:00+08:00", "u": "PT2H"}, "2026-01-31T17:00:00Z"),
        ("c = '乙'", {"c": "y"}, True),
    ],
)
def test_values_travel_as_text(formula, row, expected):
    assert value(formula, row)["value"] == expected


def test_null_has_a_reason():
    assert value("a + 1")["reason"] == "DSL204"
    assert value("a / 0", {"a": "1"})["reason"] == "DSL201"


def test_parameters_are_given():
    assert value("TODAY() + 1d", today="2026-02-28")["value"] == "2026-03-01"
    assert value("PERIOD_END()", period_end="2026-02-28")["value"] == "2026-02-28"
    assert value("NOW()", now="2026-02-28T09:00:00+08:00")["value"] == "2026-02-28T01:00:00Z"


def test_errors_have_a_place_and_a_fix():
    (error,) = value("（ａ1＋１）")["errors"]
    assert (error["code"], error["start"], error["end"]) == ("DSL102", 1, 3)
    assert error["fix"] == {"start": 1, "end": 3, "text": "a"}


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", "[" * 100_000, '{"formula": 1}', '{"formula": "a", "fields": []}',
        '{"formula": "a", "fields": {"a": {"type": "magic"}}}', '{"formula": "1", "today": "soon"}',
        '{"formula": "a", "fields": {"a": {"type": "number", "scale": 99}}}',
        '{"formula": "1", "zone": 5}',
        '{"formula": "a", "fields": {"a": {"type": "number"}}, "row": {"a": "NaN"}}',
        '{"formula": "a", "fields": {"a": {"type": "boolean"}}, "row": {"a": "yes"}}',
        '{"formula": "a", "fields": {"a": {"type": "choice", "options": [5]}}}',
        '{"formula": "a", "fields": {"a": 5}}',
        '{"formula": "a", "fields": {"a": {"type": "text"}}, "row": {"a": []}}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", [run, explain_line, check_line, format_line])
def test_bad_line_is_answered(text, command):
    answer = json.loads(answer_text(text, command))
    assert answer["errors"] or answer.get("formula")


def test_explanation_is_a_tree():
    answer = explain_line({"formula": "a + 1", "fields": FIELDS, "row": {"a": "2"}})
    assert [part["value"] for part in answer["tree"]["children"]] == ["2", "1"]
    assert explain_line({"formula": "a +"})["tree"] is None


def test_check_tells_type_and_inputs():
    answer = check_line({"formula": "a > 1 AND d < TODAY()", "fields": FIELDS})
    assert (answer["ok"], answer["type"]) == (True, "boolean")
    assert (answer["paths"], answer["params"]) == (["a", "d"], ["today"])
    assert check_line({"formula": "a >"})["ok"] is False


def test_format_needs_no_fields():
    assert format_line({"formula": "（Ａ＋1）×２"})["formula"] == "(A + 1) * 2"
    assert format_line({"formula": "求和(a,1)", "fields": FIELDS})["formula"] == "SUM(a, 1)"
    assert format_line({"formula": "1 +"})["errors"][0]["code"] == "DSL007"
