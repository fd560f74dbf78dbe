"""The operation tree for databases: complete, equal in meaning, and never beyond 64 bits."""

import pytest
from hypothesis import HealthCheck, given, settings

from dsl import ir
from dsl import types as t
from dsl.backends import sql
from dsl.bounds import is_integer
from dsl.formula import compile_formula
from dsl.interpret import interpret
from dsl.ops import OPERATIONS
from dsl.types import INT64_MAX
from tests.dsl.strategies import formulas, rows
from tests.dsl.world import PARAMS, ROW, SCOPE


def formula(text):
    compiled = compile_formula(text, SCOPE)
    assert compiled.formula is not None, compiled.diagnostics
    return compiled.formula


def back(op):
    """The operation tree as IR, guards left out."""
    match op:
        case sql.Const(value=value, type=kind):
            return ir.Const(value, kind)
        case sql.Field(path=path, type=kind, outer=outer):
            return ir.Field(path, kind, outer)
        case sql.Param(name=name, type=kind):
            return ir.Param(name, kind)
        case sql.Op(name=name, args=args, type=kind):
            return ir.Call(name, tuple(map(back, args)), kind)
        case sql.Fold(kind=kind, rows=path, where=where, value=value, type=result):
            values = () if value is None else (back(value),)
            return ir.Fold(kind, path, None if where is None else back(where), values, (), result)
        case sql.Guarded(body=body):
            return back(body)


def value_of(node, row):
    return interpret(node, row, PARAMS)[0]


def fits(value):
    return value is None or -INT64_MAX <= value <= INT64_MAX


def test_every_operation_is_in_the_table():
    everywhere = {row.name for row in OPERATIONS.values() if not row.server}
    assert everywhere - {"pow"} == sql.OP_NAMES
    for name in sql.OP_NAMES:
        assert name in sql.__doc__


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(formulas, rows)
def test_lowered_tree_means_the_same(text, row):
    compiled = compile_formula(text, SCOPE).formula
    if compiled is None:
        return
    lowered = sql.lower(compiled)
    expected = value_of(compiled.ir, row)
    assert value_of(back(lowered), row) == expected
    if isinstance(lowered, sql.Guarded):
        inputs = [interpret(back(leaf), row, PARAMS)[0] for leaf in lowered.inputs]
        inputs = [int(found) if found is True or found is False else found for found in inputs]
        assert sql.exact(lowered)(*inputs) == expected


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(formulas, rows)
def test_guarded_body_never_leaves_int64(text, row):
    compiled = compile_formula(text, SCOPE).formula
    lowered = None if compiled is None else sql.lower(compiled)
    if lowered is None:
        return
    body, limit = lowered, INT64_MAX
    if isinstance(lowered, sql.Guarded):
        if lowered.limit is None:
            return
        body, limit = lowered.body, lowered.limit
        clipped = {key: clip(found, limit) for key, found in row.items()}
        watched = [value_of(back(leaf), clipped) for leaf in lowered.leaves]
        if not all(found is None or abs(found) <= limit for found in watched):
            return
        row = clipped
    for node in ir.walk(back(body)):
        if not isinstance(node, ir.Call):
            continue
        if is_integer(node):
            assert fits(raw(node, row)), node
        if node.op == "div":
            a, b = (raw(arg, row) for arg in node.args)
            assert a is None or b is None or fits(2 * abs(a) + abs(b))


def raw(node, row):
    """The value without the final cut to 64 bits."""
    guard = ir.Call("coalesce", (node,), node.type)
    text = ir.Call("eq", (guard, guard), t.Boolean())
    if value_of(text, row) is None:
        return None
    low, high = -(10**40), 10**40
    while low < high:
        middle = (low + high + 1) // 2
        test = ir.Call("ge", (node, ir.Const(middle, node.type)), t.Boolean())
        low, high = (middle, high) if value_of(test, row) else (low, middle - 1)
    return low


def clip(found, limit):
    if isinstance(found, list):
        return [{key: clip(value, limit) for key, value in child.items()} for child in found]
    if isinstance(found, int) and not isinstance(found, bool):
        return max(-limit, min(limit, found))
    return found


def test_plain_comparison_needs_no_guard():
    assert isinstance(sql.lower(formula("count > 5 AND code = '尺寸超差'")), sql.Op)


def test_arithmetic_is_guarded_once_at_the_root():
    lowered = sql.lower(formula("confirmed / due * 0.6 + review * 0.4"))
    assert isinstance(lowered, sql.Guarded)
    assert 4 * 10**9 < lowered.limit < 8 * 10**9
    assert [leaf.path for leaf in lowered.leaves] == ["confirmed", "due", "review"]
    assert lowered.inputs == lowered.leaves
    assert sql.exact(lowered)(92_000_000, 100_000_000, 950_000) == 93_200_000


def test_filter_of_a_fold_has_its_own_guard():
    lowered = sql.lower(formula("SUM(lines[quantity * amount > this.count * 2].amount)"))
    assert isinstance(lowered, sql.Fold)
    assert isinstance(lowered.where, sql.Guarded)
    assert [(leaf.path, leaf.outer) for leaf in lowered.where.leaves] == [
        ("quantity", False),
        ("amount", False),
        ("count", True),
    ]
    assert sql.exact(lowered.where)(3, 10_000, 1) is True


def test_mean_becomes_sum_and_count():
    lowered = sql.lower(formula("AVG(lines.amount)"))
    folds = [leaf.kind for leaf in lowered.inputs]
    assert folds == ["sum", "count"]
    assert value_of(back(lowered), ROW) == 1_775_000_000


def test_interpolation_is_not_pushed():
    from dsl.functions.sample import SAMPLE_SCOPE

    text = "INTERPOLATE(points, on, percent, PERIOD_END())"
    compiled = compile_formula(text, SAMPLE_SCOPE).formula
    assert not sql.is_pushable(compiled)
    with pytest.raises(sql.NotPushable):
        sql.lower(compiled)
