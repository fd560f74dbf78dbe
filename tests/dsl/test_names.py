"""Labels, keys, suggestions and fixes."""

import pytest

from dsl import types as t
from dsl.diagnostics import Fix, Span
from dsl.formula import compile_formula, relabel
from dsl.scope import RowScope, Symbol
from tests.dsl.world import SCOPE


def problem(text, scope=SCOPE, **more):
    return compile_formula(text, scope, **more).diagnostics[0]


def test_labels_and_keys_have_one_meaning():
    labels = compile_formula("（传感器确认次数 ÷ 应检次数） × 0.6 ＋ 人工复核通过率 × 0.4", SCOPE)
    keys = compile_formula("confirmed / due * 0.6 + review * 0.4", SCOPE)
    assert labels.formula.canonical == keys.formula.canonical == keys.formula.source
    assert labels.formula.hash == keys.formula.hash
    assert labels.formula.needs.paths == ("confirmed", "due", "review")


def test_formula_is_shown_with_labels():
    shown = relabel("IF({rate} > 98% AND code = 'coolant_low', owner.name, 'x')", SCOPE, label=0)
    assert shown == "IF({一次合格率(%)} > 98% AND 报警代码 = '冷却液低', 负责人.姓名, 'x')"
    assert relabel(shown, SCOPE, label=None).startswith("IF(rate > 98%")
    english = relabel("code = 'coolant_low'", SCOPE, label=1)
    assert english == "报警代码 = 'Coolant low'"


def test_ambiguous_labels_are_shown_as_keys():
    assert relabel("a1 + a2", SCOPE, label=0) == "a1 + a2"


def test_broken_formula_is_shown_as_it_is():
    assert relabel("a1 +", SCOPE, label=0) == "a1 +"
    assert relabel("nothing + 1", SCOPE, label=0) == "nothing + 1"


@pytest.mark.parametrize(
    ("text", "start", "end", "replacement"),
    [
        ("confirmd + 1", 0, 8, "confirmed"),
        ("（１＋confirmd）", 3, 11, "confirmed"),
        ("code = '尺寸超叉'", 7, 13, "'尺寸超差'"),
        ("roud(1.5)", 0, 4, "ROUND"),
        ("start + 7", 8, 9, "7d"),
        ("start > '2026-01-01'", 8, 20, "2026-01-01"),
        ("count > '5'", 8, 11, "5"),
        ("target - 20%", 0, 12, "target * (1 - 20%)"),
        ("target + value - 20%", 0, 20, "(target + value) * (1 - 20%)"),
        ("-count^2", 0, 8, "-(count^2)"),
        ("3月目标", 0, 4, "{3月目标}"),
        ("SUM(lines[count > 1].amount)", 10, 15, "this.count"),
        ("重名 > 1", 0, 2, "a1"),
        ("target * 20pp", 9, 13, "20%"),
    ],
)
def test_problem_has_a_fix(text, start, end, replacement):
    assert problem(text).fix == Fix(Span(start, end), replacement)


@pytest.mark.parametrize(
    "text", ["confirmd + 1", "code = '尺寸超叉'", "start + 7", "-count^2", "target - 20%"]
)
def test_applied_fix_compiles(text):
    fix = problem(text).fix
    fixed = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
    assert compile_formula(fixed, SCOPE).formula is not None


def test_all_problems_are_reported_in_order():
    found = compile_formula("confirmd + roud(1) + (name - 1)", SCOPE).diagnostics
    assert [item.code for item in found] == ["DSL102", "DSL101", "DSL106"]


def test_message_names_the_closest_field():
    assert problem("confirmd").text("en") == "unknown field 'confirmd'; did you mean 'confirmed'?"
    assert problem("confirmd").text("zh-CN") == "没有字段“confirmd”，是不是“confirmed”？"


def test_references_of_other_entities_do_not_compare():
    symbols = {
        "a": Symbol("a", t.Reference("person")),
        "b": Symbol("b", t.Reference("machine")),
    }
    scope = RowScope(symbols, lambda _name: None)
    assert problem("a = b", scope).code == "DSL121"
    assert problem("a.name", scope).code == "DSL114"
    assert compile_formula("ISBLANK(a)", scope).formula is not None


def test_result_is_brought_to_the_wanted_type():
    rounded = compile_formula("1 / 3", SCOPE, expect=t.Number(2)).formula
    assert rounded.type == t.Number(2)
    assert problem("count", expect=t.Boolean()).code == "DSL115"
    assert problem("name", expect=t.Number(2)).code == "DSL115"
    codes = SCOPE.symbols["code"].type
    chosen = compile_formula("IF(passed, '冷却液低', 'dim_out_of_tolerance')", SCOPE, expect=codes)
    assert chosen.formula.canonical == "IF(passed, 'coolant_low', 'dim_out_of_tolerance')"
    assert problem("IF(passed, '冷却液', name)", expect=codes).code in {"DSL108", "DSL115"}
    assert compile_formula("NULL", SCOPE, expect=t.Date()).formula.type == t.Date()


def test_keyword_like_fields_work():
    keys = ("end", "and", "or", "in", "between", "not", "true", "date", "sum")
    scope = RowScope({key: Symbol(key, t.Number(0)) for key in keys}, lambda _name: None)
    assert compile_formula("end + and + or + in + between + not + true + date + sum", scope).formula


def test_filter_sees_the_child_first():
    symbols = {"lines": Symbol("lines", t.Rows("line")), "n": Symbol("n", t.Number(0))}
    child = RowScope({"n": Symbol("n", t.Number(0))}, lambda _name: None)
    scope = RowScope(symbols, lambda _name: child)
    formula = compile_formula("COUNT(lines[n > this.n])", scope).formula
    assert formula.needs.paths == ("n",)
    assert formula.needs.rows["lines"].paths == ("n",)
