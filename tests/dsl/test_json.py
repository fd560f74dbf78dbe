"""The formula for the browser is plain JSON."""

import json

from dsl import ir
from dsl.backends.javascript import to_json
from dsl.formula import compile_formula
from tests.dsl.world import SCOPE


def test_json_carries_everything_the_browser_needs():
    total = "SUM(lines[quantity > this.count].amount) × 0.5"
    text = f"IF(code = '尺寸超差', {total}, big) > DAYS(start, TODAY())"
    formula = compile_formula(text, SCOPE).formula
    data = json.loads(json.dumps(to_json(formula)))
    assert data["v"] == 1
    assert data["hash"] == formula.hash
    assert data["type"][0] == "boolean"
    assert data["needs"] == {
        "paths": ["code", "count", "big", "start"],
        "rows": {"lines": ["quantity", "amount"]},
        "params": ["today"],
    }
    assert ir.from_json(data["ir"]) == formula.ir


def test_integers_travel_as_text():
    formula = compile_formula("9007199254740993 + count", SCOPE).formula
    assert '"9007199254740993"' in json.dumps(to_json(formula))


def test_hash_ignores_labels_and_spelling_but_not_meaning():
    def hash_of(text):
        return compile_formula(text, SCOPE).formula.hash

    assert hash_of("count + 1") == hash_of("件数＋１") == hash_of("(count)+1.0")
    assert hash_of("count + 1") != hash_of("count + 2")
    assert hash_of("count > 1 AND passed") != hash_of("passed AND count > 1")
