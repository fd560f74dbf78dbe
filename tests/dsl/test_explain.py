"""The tree behind a number."""

import json

from dsl import ir
from dsl.backends.python import Params
from dsl.explain import explain
from dsl.formula import compile_formula
from dsl.interpret import interpret
from dsl.values import format_value
from tests.dsl.world import ROW, SCOPE


def told(text, row=ROW, **params):
    return explain(compile_formula(text, SCOPE).formula, row, Params(**params))


def test_every_part_shows_its_text_and_value():
    tree = told("（传感器确认次数 ÷ 应检次数） × 0.6 + 人工复核通过率 × 0.4").tree
    first, second = tree.children
    assert (first.text, first.value, first.type.scale) == (
        "（传感器确认次数 ÷ 应检次数） × 0.6",
        55_200_000,
        8,
    )
    assert [part.text for part in first.children] == ["（传感器确认次数 ÷ 应检次数）", "0.6"]
    assert first.children[0].value == 92_000_000
    assert [(part.text, format_value(part.value, part.type)) for part in second.children] == [
        ("人工复核通过率", "0.95"),
        ("0.4", "0.4"),
    ]
    assert tree.value == 93_200_000


def test_null_names_its_cause():
    explained = told("confirmed / due", ROW | {"due": 0})
    assert (explained.value, explained.reason) == (None, "DSL201")
    blank = told("confirmed / due + 1", ROW | {"due": None})
    assert blank.reason == "DSL204"
    due = blank.tree.children[0].children[1]
    assert (due.text, due.reason) == ("due", "DSL204")


def test_unknown_condition_is_noted():
    tree = told("IF(none > 1, 'a', 'b')").tree
    assert (tree.value, tree.reason) == ("b", "DSL210")
    condition, then, otherwise = tree.children
    assert (condition.value, condition.reason) == (None, "DSL204")
    assert (then.text, otherwise.value) == ("'a'", "b")


def test_branch_not_taken_is_not_evaluated():
    tree = told("IF(passed, 1, 1 / 0)").tree
    assert tree.children[2].evaluated is False
    assert tree.children[2].reason is None


def test_missing_parameter_is_a_reason():
    assert told("TODAY()").reason == "DSL209"
    assert told("TODAY()", today=20_000).value == 20_000


def test_equal_formulas_share_a_program_but_not_their_texts():
    labels, keys = told("传感器确认次数 + 1"), told("confirmed   + 1")
    assert labels.tree.children[0].text == "传感器确认次数"
    assert keys.tree.children[0].text == "confirmed"
    assert labels.value == keys.value


def test_missing_fields_of_a_row_are_blank():
    assert (
        told("confirmed + SUM(lines[valid].amount)", {"lines": [{"amount": 5}]}).reason == "DSL204"
    )


def test_an_else_left_out_differs_from_an_else_of_null_whichever_was_compiled_first():
    for _turn in range(2):
        assert told("IF(FALSE, 1)").reason == "DSL206"
        assert told("IF(FALSE, 1, NULL)").reason == "DSL211"
        assert told("SWITCH(2, 1, 1)").reason == "DSL206"
        assert told("SWITCH(2, 1, 1, NULL)").reason == "DSL211"


def test_an_else_left_out_is_kept_in_a_stored_formula():
    for text, reason in (("IF(FALSE, 1)", "DSL206"), ("IF(FALSE, 1, NULL)", "DSL211")):
        stored = json.dumps(ir.to_json(compile_formula(text, SCOPE).formula.ir))
        assert interpret(ir.from_json(json.loads(stored)), {}, {})[1] == reason
