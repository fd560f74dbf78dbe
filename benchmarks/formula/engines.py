"""Two other engines as their documentation recommends: an expression compiled once, then reused.

They are no dependency of ours: `pip install zen-engine==2.1.3 rule-engine==5.1.0` beside the
product to measure them; without them their figures are left out. Both get the row as a dict of
floats, texts and day numbers that is made beforehand: nothing is converted while the clock runs.
They compute with floats, or do not know blank, so nine rows in ten must agree with ours within a
millionth; that is enough to know that they compute the same thing.
"""

from __future__ import annotations

import importlib.util
from decimal import Decimal

TODAY = 20_000
SCALES = {"review": 10_000, "progress": 10_000, "plan": 10_000, "amount": 100}
ZEN = {
    "weighted score": "due == null or confirmed == null or due == 0 ? null : "
    "round((confirmed / due * 0.6 + (review ?? 0) * 0.4) * 100, 2)",
    "nested IF": "status == 'done' ? (done_on == null or due_on == null ? 'very late' : "
    "done_on <= due_on ? 'on time' : done_on - due_on <= 3 ? 'late' : 'very late') : "
    "(due_on != null and due_on < today ? 'overdue' : 'open')",
    "AND and OR": "progress == null or plan == null or amount == null ? null : "
    "progress < plan * 0.8 and (level == 'A' or amount >= 1000000) and owner != null",
}
RULE = {
    "weighted score": "(due == null or confirmed == null or due == 0) ? null : "
    "((confirmed / due * 0.6 + (review == null ? 0 : review) * 0.4) * 100)",
    "nested IF": "status == 'done' ? ((done_on == null or due_on == null) ? 'very late' : "
    "(done_on <= due_on ? 'on time' : ((done_on - due_on) <= 3 ? 'late' : 'very late'))) : "
    "((due_on != null and due_on < today) ? 'overdue' : 'open')",
    "AND and OR": "(progress == null or plan == null or amount == null) ? null : "
    "(progress < plan * 0.8 and (level == 'A' or amount >= 1000000) and owner != null)",
}
AVAILABLE = {
    name: expressions
    for name, module, expressions in (
        ("zen-engine", "zen", ZEN),
        ("rule-engine", "rule_engine", RULE),
    )
    if importlib.util.find_spec(module) is not None
}


def plain(row, paths):
    """A row with numbers as the engines want them."""
    given = {"today": TODAY}
    for path in paths:
        value = row[path]
        given[path] = value / SCALES[path] if path in SCALES and value is not None else value
    return given


def prepare(engine, expression, paths, rows):
    """A function that computes every row."""
    given = [plain(row, paths) for row in rows]
    evaluate = {"zen-engine": zen_engine, "rule-engine": rule_engine}[engine](expression)
    return lambda: [evaluate(row) for row in given]


def zen_engine(expression):
    import zen  # noqa: PLC0415 - only when it is there

    return zen.compile_expression(expression).evaluate


def rule_engine(expression):
    import rule_engine as engine  # noqa: PLC0415 - only when it is there

    return engine.Rule(expression).evaluate


def compare(engine, name, answers, wanted):
    """The same question was answered: most rows must have the value we give."""
    same = sum(map(agrees, answers, wanted))
    assert same > len(wanted) * 0.9, (engine, name, same)


def agrees(found, wanted):
    if isinstance(found, float | int | Decimal) and not isinstance(found, bool):
        return wanted is not None and abs(float(found) * 100 - wanted) < 1
    return found == wanted
