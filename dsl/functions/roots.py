"""Steps, roots, powers and logarithms."""

from __future__ import annotations

from dsl import build
from dsl.functions.nodes import EIGHT, eight, nodes_of
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, Site
from dsl.ir import Call, Const, Node

_X = Parameter("x", "数字", "number")
_STEP = Parameter("step", "步长", "number")
_MAX_EXPONENT = 64


def _stepped(op: str) -> Lower:
    """The multiple of a step that a rounding of the quotient gives."""

    def lower(args: tuple[Argument, ...], _site: Site) -> Node | None:
        given = nodes_of(args)
        x, step = build.align((given[0], given[1] if len(given) > 1 else build.number(1)))
        if not (isinstance(step, Const) and isinstance(step.value, int) and step.value > 0):
            step = Call("abs", (step,), step.type)  # a multiple of -2 is one of 2
        if op == "ceiling":
            return build.negate(_multiple("div_floor", build.negate(x), step))
        return _multiple(op, x, step)

    return lower


def _multiple(op: str, x: Node, step: Node) -> Node:
    return Call("mul", (Call(op, (x, step), build.WHOLE), step), x.type)


def _quotient(args: tuple[Argument, ...], _site: Site) -> Node | None:
    x, divisor = nodes_of(args)
    return Call("div_down", build.align((x, divisor)), build.WHOLE)


def _hosted(op: str) -> Lower:
    """Computed by Python with 8 decimals."""
    return lambda args, _site: Call(op, tuple(eight(arg) for arg in nodes_of(args)), EIGHT)


def _power(args: tuple[Argument, ...], site: Site) -> Node | None:
    base, exponent = nodes_of(args)
    value = exponent.value if isinstance(exponent, Const) else None
    is_whole = build.scale_of(exponent) == 0 and isinstance(value, int)
    if is_whole and isinstance(value, int) and 1 <= value <= _MAX_EXPONENT:
        return build.power(base, value)
    return _hosted("power")(args, site)


FUNCTIONS = (
    Function(
        name="CEILING",
        aliases=("向上取整",),
        category="math",
        parameters=(_X, Parameter("step", "步长", "number", optional=True)),
        zh="不小于它的、步长的最小倍数；步长省略时为 1。",
        en="The smallest multiple of the step that is not smaller; the step is 1 if left out.",
        examples=(
            Example("CEILING(2.1)", "3"),
            Example("CEILING(-2.1)", "-2"),
            Example("CEILING(7.3, 0.5)", "7.5"),
        ),
        lower=_stepped("ceiling"),
    ),
    Function(
        name="FLOOR",
        aliases=("向下取整",),
        category="math",
        parameters=(_X, Parameter("step", "步长", "number", optional=True)),
        zh="不大于它的、步长的最大倍数；步长省略时为 1。",
        en="The largest multiple of the step that is not larger; the step is 1 if left out.",
        examples=(Example("FLOOR(2.9)", "2"), Example("FLOOR(7.3, 0.5)", "7")),
        lower=_stepped("div_floor"),
    ),
    Function(
        name="MROUND",
        aliases=("按步长舍入",),
        category="math",
        parameters=(_X, _STEP),
        zh="最接近的步长倍数；正中间时远离零。",
        en="The nearest multiple of the step; ties go away from zero.",
        examples=(Example("MROUND(7.3, 0.5)", "7.5"), Example("MROUND(7, 0)", None)),
        lower=_stepped("div"),
    ),
    Function(
        name="QUOTIENT",
        aliases=("整除",),
        category="math",
        parameters=(_X, Parameter("divisor", "除数", "number")),
        zh="商的整数部分。",
        en="The whole part of a quotient.",
        examples=(Example("QUOTIENT(7, 2)", "3"), Example("QUOTIENT(-7, 2)", "-3")),
        lower=_quotient,
    ),
    Function(
        name="POWER",
        aliases=("乘方",),
        category="math",
        parameters=(_X, Parameter("exponent", "指数", "number")),
        zh="乘方；指数直接写成 1 到 64 的整数时到处可算，其他指数由服务器计算，保留 8 位小数。",
        en="A power. With an exponent written out as 1 to 64 it runs everywhere, "
        "others are computed by the server, with 8 decimals.",
        examples=(
            Example("POWER(1.1, 2)", "1.21"),
            Example("POWER(2, 0.5)", "1.41421356"),
            Example("POWER(0, 0)", "1"),
            Example("POWER(0 - 8, 0.5)", None),
        ),
        lower=_power,
        tier=2,
    ),
    Function(
        name="SQRT",
        aliases=("平方根",),
        category="math",
        parameters=(_X,),
        zh="平方根，保留 8 位小数；负数没有结果。",
        en="The square root, with 8 decimals; none of a negative number.",
        examples=(Example("SQRT(2)", "1.41421356"), Example("SQRT(-1)", None)),
        lower=_hosted("root"),
        tier=2,
    ),
    Function(
        name="LN",
        aliases=("自然对数",),
        category="math",
        parameters=(_X,),
        zh="自然对数，保留 8 位小数；零和负数没有结果。",
        en="The natural logarithm, with 8 decimals; none of zero or less.",
        examples=(Example("LN(10)", "2.30258509"), Example("LN(0)", None)),
        lower=_hosted("natural_logarithm"),
        tier=2,
    ),
    Function(
        name="LOG10",
        aliases=("常用对数",),
        category="math",
        parameters=(_X,),
        zh="以 10 为底的对数，保留 8 位小数。",
        en="The logarithm to base 10, with 8 decimals.",
        examples=(Example("LOG10(1000)", "3"),),
        lower=_hosted("decimal_logarithm"),
        tier=2,
    ),
    Function(
        name="EXP",
        aliases=("指数",),
        category="math",
        parameters=(_X,),
        zh="e 的乘方，保留 8 位小数。",
        en="e to a power, with 8 decimals.",
        examples=(Example("EXP(1)", "2.71828183"), Example("EXP(100)", None)),
        lower=_hosted("exponential"),
        tier=2,
    ),
)
