"""Conditions, branches and blanks."""

from __future__ import annotations

from dsl import build
from dsl.codes import NOT_A_KIND
from dsl.functions.nodes import nodes_of
from dsl.functions.spec import Argument, Example, Function, Parameter, Site
from dsl.ir import Call, Const, Node
from dsl.types import Pointer

_CONDITION = Parameter("condition", "条件", "condition")
_VALUE = Parameter("value", "值", "any")


def _and(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return build.logic("and", nodes_of(args))


def _or(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return build.logic("or", nodes_of(args))


def _not(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return build.negation(nodes_of(args)[0])


def _branches(args: tuple[Argument, ...], site: Site) -> Node | None:
    """IF and IFS: condition, value, condition, value, ..., with or without a last value."""
    nodes = nodes_of(args)
    conditions = nodes[0 : len(nodes) // 2 * 2 : 2]
    values = (*nodes[1::2], *((nodes[-1],) if len(nodes) % 2 else ()))
    unified = site.unify(values)
    if unified is None:
        return None
    pairs = [part for pair in zip(conditions, unified, strict=False) for part in pair]
    otherwise = unified[-1] if len(nodes) % 2 else build.null(unified[0].type)
    return Call("case", (*pairs, otherwise), unified[0].type)


def _switch(args: tuple[Argument, ...], site: Site) -> Node | None:
    item, *rest = nodes_of(args)
    keys, values = tuple(rest[0 : len(rest) // 2 * 2 : 2]), tuple(rest[1::2])
    has_default = len(rest) % 2 == 1
    compared = site.comparable((item, *keys))
    unified = site.unify((*values, *((rest[-1],) if has_default else ())))
    if compared is None or unified is None:
        return None
    pairs = [part for pair in zip(compared[1:], unified, strict=False) for part in pair]
    otherwise = unified[-1] if has_default else build.null(unified[0].type)
    return Call("switch", (compared[0], *pairs, otherwise), unified[0].type)


def _is_blank(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("is_null", nodes_of(args), build.BOOLEAN)


def _coalesce(args: tuple[Argument, ...], site: Site) -> Node | None:
    unified = site.unify(nodes_of(args))
    return None if unified is None else Call("coalesce", unified, unified[0].type)


def _points_to(args: tuple[Argument, ...], site: Site) -> Node | None:
    pointer, entity = nodes_of(args)
    kinds = pointer.type.entities if isinstance(pointer.type, Pointer) else ()
    wanted = str(entity.value) if isinstance(entity, Const) else ""
    found = [kind for kind in kinds if wanted in (kind, kind.rpartition(".")[2])]
    if len(found) != 1:
        site.refuse(NOT_A_KIND, entity.span, name=wanted, kinds=", ".join(kinds))
        return None
    return Call("starts_with", (pointer, build.text(f"{found[0]}/")), build.BOOLEAN)


def _below(args: tuple[Argument, ...], _site: Site) -> Node | None:
    """Percent is a share of the plan, percentage points are taken from it."""
    value, plan, by = nodes_of(args)
    if build.unit_of(by) == "pp":
        limit = build.same_scale("sub", (plan, by))
    else:
        limit = build.multiply(plan, build.same_scale("sub", (build.number(1), by)))
    return Call("lt", build.align((value, limit)), build.BOOLEAN)


def _deviates(args: tuple[Argument, ...], _site: Site) -> Node | None:
    value, base, share = nodes_of(args)
    apart, size = build.same_scale("sub", (value, base)), Call("abs", (base,), base.type)
    both = (Call("abs", (apart,), apart.type), build.multiply(size, share))
    return Call("gt", build.align(both), build.BOOLEAN)


def _between(args: tuple[Argument, ...], site: Site) -> Node | None:
    compared = site.comparable(nodes_of(args))
    return None if compared is None else Call("between", compared, build.BOOLEAN)


FUNCTIONS = (
    Function(
        name="IF",
        aliases=("如果",),
        category="logic",
        parameters=(
            _CONDITION,
            Parameter("then", "成立时", "any"),
            Parameter("else", "否则", "any", optional=True),
        ),
        zh="条件成立取第一个值，否则取第二个。条件未知按“否则”处理，解释中会注明。",
        en="The first value if the condition holds, else the second. An unknown condition counts "
        "as false, and the explanation says so.",
        examples=(Example("IF(2 > 1, 'a', 'b')", "a"), Example("IF(missing > 1, 1, 2)", "2")),
        lower=_branches,
    ),
    Function(
        name="IFS",
        aliases=("多条件",),
        category="logic",
        parameters=(_CONDITION, _VALUE),
        repeat=2,
        trailing_default=True,
        zh="依次检查条件，取第一个成立的值；最后可以单独给一个默认值。",
        en="The value behind the first condition that holds; a last single value is the default.",
        examples=(
            Example("IFS(0.6 < 0.7, 'red', 0.6 < 0.85, 'yellow', 'green')", "red"),
            Example("IFS(1 > 2, 'a')", None),
        ),
        lower=_branches,
    ),
    Function(
        name="SWITCH",
        aliases=("匹配",),
        category="logic",
        parameters=(
            _VALUE,
            Parameter("key", "比较值", "any"),
            Parameter("result", "结果", "any"),
        ),
        repeat=2,
        trailing_default=True,
        zh="与比较值逐个相比，取相等者的结果；最后可以单独给一个默认值。",
        en="The result behind the key that equals the value; a last single value is the default.",
        examples=(
            Example("SWITCH(2, 1, 'a', 2, 'b', 'c')", "b"),
            Example("SWITCH(9, 1, 'a', 'c')", "c"),
        ),
        lower=_switch,
    ),
    Function(
        name="AND",
        aliases=("并且",),
        category="logic",
        parameters=(_CONDITION,),
        repeat=1,
        zh="全部成立才成立；有一个不成立即不成立，否则未知。",
        en="True if all hold, false if one does not, else unknown.",
        examples=(
            Example("AND(1 < 2, 2 < 3)", "true"),
            Example("AND(missing > 1, 1 > 2)", "false"),
        ),
        lower=_and,
    ),
    Function(
        name="OR",
        aliases=("或者",),
        category="logic",
        parameters=(_CONDITION,),
        repeat=1,
        zh="有一个成立即成立；全部不成立才不成立，其余情况未知则未知。",
        en="True if one holds, false if none does, else unknown.",
        examples=(Example("OR(1 > 2, 2 < 3)", "true"), Example("OR(missing > 1, 1 > 2)", None)),
        lower=_or,
    ),
    Function(
        name="NOT",
        aliases=("非",),
        category="logic",
        parameters=(_CONDITION,),
        zh="相反；未知仍为未知。",
        en="The opposite; unknown stays unknown.",
        examples=(Example("NOT(1 > 2)", "true"),),
        lower=_not,
    ),
    Function(
        name="BETWEEN",
        aliases=("介于",),
        category="logic",
        parameters=(_VALUE, Parameter("low", "下限", "any"), Parameter("high", "上限", "any")),
        zh="是否在两个边界之间，含边界。",
        en="Whether a value lies between two bounds, both included.",
        examples=(Example("BETWEEN(5, 1, 5)", "true"), Example("0 BETWEEN 1 AND 5", "false")),
        lower=_between,
    ),
    Function(
        name="ISBLANK",
        aliases=("是否为空", "为空", "ISERROR", "ISERR", "ISNA"),
        category="logic",
        parameters=(_VALUE,),
        zh="是否没有值。空文本也算没有值。",
        en="Whether there is no value. Empty text is no value.",
        examples=(Example("ISBLANK('')", "true"), Example("ISBLANK(0)", "false")),
        lower=_is_blank,
    ),
    Function(
        name="COALESCE",
        aliases=("空值按", "IFBLANK", "IFERROR", "IFNA"),
        category="logic",
        parameters=(_VALUE, Parameter("other", "替代值", "any")),
        repeat=1,
        zh="第一个不为空的值。",
        en="The first value that is not blank.",
        examples=(Example("COALESCE(NULL, 0)", "0"),),
        lower=_coalesce,
    ),
    Function(
        name="BELOW",
        aliases=("低于",),
        category="logic",
        parameters=(
            Parameter("x", "值", "number"),
            Parameter("plan", "计划", "number"),
            Parameter("by", "幅度", "number"),
        ),
        zh="值是否低于计划超过一定幅度：20% 指计划的 20%，20个百分点 指计划减去 20 个百分点。",
        en="Whether a value is below a plan by more than that: 20% is a share of the plan, 20pp "
        "are percentage points taken from it.",
        examples=(
            Example("BELOW(0.7, 0.9, 20%)", "true"),
            Example("低于(0.72, 0.9, 20%)", "false"),
            Example("BELOW(0.72, 0.9, 10个百分点)", "true"),
        ),
        lower=_below,
    ),
    Function(
        name="DEVIATES",
        aliases=("偏离",),
        category="logic",
        parameters=(
            Parameter("x", "值", "number"),
            Parameter("base", "基准", "number"),
            Parameter("share", "比例", "number"),
        ),
        zh="值偏离基准是否超过基准的一定比例，不论高低；正好等于不算。",
        en="Whether a value is further from a base than a share of it, above or below; exactly "
        "that far does not count.",
        examples=(
            Example("DEVIATES(116, 100, 15%)", "true"),
            Example("偏离(85, 100, 15%)", "false"),
        ),
        lower=_deviates,
    ),
    Function(
        name="POINTSTO",
        aliases=("指向",),
        category="logic",
        parameters=(
            Parameter("reference", "任意关联", "pointer"),
            Parameter("entity", "实体", "entity"),
        ),
        zh="可以指向几种记录的字段，现在指向的是不是这一种；空值没有结果。",
        en="Whether a field that may point to records of several kinds points to this kind now.",
        examples=(
            Example("POINTSTO(about, 'person')", "true"),
            Example("指向(about, 'goal')", "false"),
            Example("about = 'person/li'", "true"),
        ),
        lower=_points_to,
    ),
)
