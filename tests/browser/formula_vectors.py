"""Write the cases of the formula language as JSON for the browser's interpreter."""

import json
from pathlib import Path

from dsl import ir
from dsl import types as t
from dsl.backends.javascript import to_json
from dsl.backends.python import Params, program
from dsl.formula import compile_formula
from dsl.host import FOLDS
from dsl.ops import OPERATIONS
from dsl.values import format_duration, format_value
from tests.dsl.loader import CASES
from tests.dsl.world import ENTITIES, PARAMS, ROW, SCOPE

FILE = Path(__file__).parents[2] / "web/client/src/formula/vectors.json"
OPEN = frozenset({"decimal", "formulajs", "grist"})
LINES = ENTITIES["line"] | {"product.price": ENTITIES["product"]["price"]}
PATHS = {
    "owner.name": t.Text(), "owner.department.name": t.Text(), "owner.uid": t.Text(),
    "boss.uid": t.Text(),
}  # fmt: skip


def shown(value, kind):
    """A raw value as it travels between server and browser."""
    if isinstance(value, bool) or value is None:
        return value
    return format_duration(value) if isinstance(kind, t.Duration) else format_value(value, kind)


def wire_row():
    """The row of the case files as a client has it."""
    types = {key: symbol.type for key, symbol in SCOPE.symbols.items()} | PATHS
    lines = [
        {key: shown(value, LINES[key].type) for key, value in line.items()} for line in ROW["lines"]
    ]
    plain = {key: shown(value, types[key]) for key, value in ROW.items() if key != "lines"}
    return plain | {"lines": lines}


def wire_params():
    """The parameters of the case files as text."""
    types = {"now": t.DateTime()}
    return {key: shown(value, types.get(key, t.Date())) for key, value in PARAMS.items()}


def is_for_browsers(formula):
    """Whether it has no operation that the server keeps to itself."""
    return not any(
        node.kind in FOLDS
        if isinstance(node, ir.Fold)
        else isinstance(node, ir.Call) and not OPERATIONS[node.op].in_browser
        for node in ir.walk(formula.ir)
    )


def vectors():
    """Every case of our own that a browser computes: formula, its JSON, the value of Python.

    The open case material is asked of the same interpreter by `tests/dsl/test_executors.py`.
    """
    found = []
    for path in sorted(path for path in CASES.glob("*.txt") if path.stem not in OPEN):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            formula = compile_formula(line[3:], SCOPE).formula if line.startswith(">> ") else None
            if formula is None or not is_for_browsers(formula):
                continue
            value = program(formula).evaluate(ROW, Params(**PARAMS)).value
            found.append(
                {
                    "case": f"{path.name}:{number}",
                    "source": line[3:],
                    "formula": to_json(formula),
                    "value": shown(value, formula.type),
                }
            )
    return {"row": wire_row(), "params": wire_params(), "cases": found}


def text():
    """The file as it is committed: one case a line."""
    made = vectors()
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in made.pop("cases"))
    head = json.dumps(made, ensure_ascii=False)[:-1]
    return f'{head}, "cases": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
