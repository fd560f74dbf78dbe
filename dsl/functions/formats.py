"""Values as text and back: formats, capital amounts, numbers that were typed."""

from __future__ import annotations

import re

from dsl import build
from dsl import types as t
from dsl.codes import BAD_FORMAT
from dsl.functions.nodes import EIGHT, nodes_of
from dsl.functions.spec import Argument, Example, Function, Parameter, Site
from dsl.ir import Call, Const, Node
from dsl.number_format import NUMBER_FORMAT

_DATE_FORMAT = re.compile(r"(?=.*[ymd])(?:yyyy|yy|mm|m|dd|d|[^A-Za-z])+", re.IGNORECASE)


def _text(args: tuple[Argument, ...], site: Site) -> Node | None:
    value, pattern = nodes_of(args)
    known = NUMBER_FORMAT if isinstance(value.type, t.Number) else _DATE_FORMAT
    text = pattern.value if isinstance(pattern, Const) else None
    is_date = isinstance(value.type, t.Date)
    fits = isinstance(value.type, t.Number) or is_date
    if not fits or not isinstance(text, str) or not known.fullmatch(text):
        site.refuse(BAD_FORMAT, pattern.span, text=str(text or ""))
        return None
    if is_date:
        return Call("write_date", (value, pattern), build.TEXT)
    scale = build.number(build.scale_of(value))
    return Call("write_number", (value, scale, pattern), build.TEXT)


def _capitals(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("capital_amount", (build.rescale(nodes_of(args)[0], 2),), build.TEXT)


def _value(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("read_number", nodes_of(args), EIGHT)


FUNCTIONS = (
    Function(
        name="TEXT",
        aliases=("文本格式",),
        category="text",
        parameters=(Parameter("value", "值", "any"), Parameter("format", "格式", "text")),
        zh="把数字或日期写成文本；格式要直接写出，如 '#,##0.00'、'0.0%'、'yyyy年m月d日'。",
        en="A number or date as text; the format is written out: '#,##0.00', '0.0%', 'yyyy-mm-dd'.",
        examples=(
            Example("TEXT(12345.678, '#,##0.00')", "12,345.68"),
            Example("TEXT(0.1234, '0.0%')", "12.3%"),
            Example("TEXT(2026-02-08, 'yyyy年m月d日')", "2026年2月8日"),
        ),
        lower=_text,
        tier=2,
    ),
    Function(
        name="RMB",
        aliases=("大写金额", "人民币大写"),
        category="text",
        parameters=(Parameter("amount", "金额", "number"),),
        zh="金额的中文大写，四舍五入到分。",
        en="An amount in Chinese capitals, rounded to fen.",
        examples=(
            Example("RMB(1680.32)", "壹仟陆佰捌拾元叁角贰分"),
            Example("大写金额(107000.5)", "壹拾万柒仟元伍角整"),
            Example("RMB(0)", "零元整"),
        ),
        lower=_capitals,
        tier=2,
    ),
    Function(
        name="VALUE",
        aliases=("转数字",),
        category="text",
        parameters=(Parameter("text", "文本", "text"),),
        zh="把输入的文本读成数字：可有千位分隔符、全角数字和百分号；不是数字时没有结果。",
        en="Typed text as a number: with separators, full-width digits or a percent sign; "
        "no result when it is none.",
        examples=(
            Example("VALUE('1,234.5')", "1234.5"),
            Example("VALUE('２０％')", "0.2"),
            Example("VALUE('约20')", None),
        ),
        lower=_value,
        tier=2,
    ),
)
