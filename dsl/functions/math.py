"""Rounding and arithmetic functions."""

from __future__ import annotations

from dataclasses import replace

from dsl import build
from dsl import types as t
from dsl.functions.nodes import nodes_of
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, Site
from dsl.ir import Call, Const, Node

_X = Parameter("x", "数字", "number")
_DIGITS = Parameter("digits", "小数位数", "whole", optional=True, low=-15, high=8)


def rounding(op: str) -> Lower:
    """A change of scale by a named rounding; negative digits round to tens, hundreds, ..."""

    def lower(args: tuple[Argument, ...], _site: Site) -> Node | None:
        x, *rest = nodes_of(args)
        digits = int(rest[0].value or 0) if rest and isinstance(rest[0], Const) else 0
        if digits >= build.scale_of(x):
            return x
        rounded = build.rescale(x, digits, op=op)
        return build.rescale(rounded, max(digits, 0))

    return lower


def simple(op: str) -> Lower:
    """An operation on one number that keeps its type."""
    return lambda args, _site: Call(op, nodes_of(args), nodes_of(args)[0].type)


def scaled(op: str) -> Lower:
    """An operation on numbers of one scale."""
    return lambda args, _site: build.same_scale(op, nodes_of(args))


def _sign(args: tuple[Argument, ...], _site: Site) -> Node | None:
    x = nodes_of(args)[0]
    # The sign of the raw value is the sign of the number; as a literal 0 it would have no type.
    return Call("sign", (x,), t.Number(0))


def _modulo(args: tuple[Argument, ...], _site: Site) -> Node | None:
    result = build.same_scale("mod", nodes_of(args))
    return replace(result, type=t.Number(build.scale_of(result)))


FUNCTIONS = (
    Function(
        name="ROUND",
        aliases=("四舍五入",),
        category="math",
        parameters=(_X, _DIGITS),
        zh="四舍五入到指定的小数位数；5 总是远离零进位。位数为负时取到十、百等。",
        en="Rounds to so many decimals; ties go away from zero. Negative digits: tens, hundreds.",
        examples=(
            Example("ROUND(2.5, 0)", "3"),
            Example("ROUND(-2.5, 0)", "-3"),
            Example("ROUND(1.005, 2)", "1.01"),
            Example("ROUND(1250, -2)", "1300"),
        ),
        lower=rounding("div"),
    ),
    Function(
        name="ROUNDUP",
        aliases=("向上舍入",),
        category="math",
        parameters=(_X, _DIGITS),
        zh="朝远离零的方向舍入。",
        en="Rounds away from zero.",
        examples=(Example("ROUNDUP(2.1)", "3"), Example("ROUNDUP(-2.1)", "-3")),
        lower=rounding("div_up"),
    ),
    Function(
        name="ROUNDDOWN",
        aliases=("向下舍入",),
        category="math",
        parameters=(_X, _DIGITS),
        zh="朝零的方向舍入。",
        en="Rounds towards zero.",
        examples=(Example("ROUNDDOWN(2.79, 1)", "2.7"), Example("ROUNDDOWN(-2.79, 1)", "-2.7")),
        lower=rounding("div_down"),
    ),
    Function(
        name="TRUNC",
        aliases=("截断",),
        category="math",
        parameters=(_X, _DIGITS),
        zh="去掉多余的小数。",
        en="Cuts decimals off.",
        examples=(Example("TRUNC(-2.9)", "-2"),),
        lower=rounding("div_down"),
    ),
    Function(
        name="INT",
        aliases=("取整",),
        category="math",
        parameters=(_X,),
        zh="不大于它的最大整数。",
        en="The largest whole number that is not larger.",
        examples=(Example("INT(2.9)", "2"), Example("INT(-2.1)", "-3")),
        lower=rounding("div_floor"),
    ),
    Function(
        name="ABS",
        aliases=("绝对值",),
        category="math",
        parameters=(_X,),
        zh="绝对值。",
        en="The value without its sign.",
        examples=(Example("ABS(-1.5)", "1.5"),),
        lower=simple("abs"),
    ),
    Function(
        name="SIGN",
        aliases=("符号",),
        category="math",
        parameters=(_X,),
        zh="正数为 1，零为 0，负数为 -1。",
        en="1 for positive, 0 for zero, -1 for negative numbers.",
        examples=(Example("SIGN(-0.2)", "-1"),),
        lower=_sign,
    ),
    Function(
        name="MOD",
        aliases=("求余",),
        category="math",
        parameters=(_X, Parameter("divisor", "除数", "number")),
        zh="余数，符号与除数相同；除数为 0 时没有结果。",
        en="The remainder, with the sign of the divisor; no result when the divisor is 0.",
        examples=(
            Example("MOD(-7, 3)", "2"),
            Example("MOD(7.5, 2)", "1.5"),
            Example("MOD(1, 0)", None),
        ),
        lower=_modulo,
    ),
    Function(
        name="CLAMP",
        aliases=("限定",),
        category="math",
        parameters=(
            _X,
            Parameter("low", "下限", "number"),
            Parameter("high", "上限", "number"),
        ),
        zh="把数值限制在下限与上限之间。",
        en="Keeps a number between a lower and an upper bound.",
        examples=(Example("CLAMP(1.2, 0, 1)", "1"), Example("CLAMP(-3, 0, 1)", "0")),
        lower=scaled("clamp"),
    ),
)
