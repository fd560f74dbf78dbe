"""Text functions; texts are compared and counted by code point."""

from __future__ import annotations

from dsl import build
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, Site
from dsl.ir import Call, Node
from dsl.types import Number

_TEXT = Parameter("text", "文本", "text")
_PART = Parameter("part", "部分", "text")
_COUNT = Parameter("count", "字数", "number")


def _nodes(args: tuple[Argument, ...]) -> tuple[Node, ...]:
    return tuple(arg for arg in args if isinstance(arg, Node))


def _text(op: str) -> Lower:
    """A text from a text and perhaps whole numbers (decimals are cut off, as Excel does)."""

    def lower(args: tuple[Argument, ...], _site: Site) -> Node | None:
        first, *counts = _nodes(args)
        whole = tuple(build.rescale(count, 0, op="div_down") for count in counts)
        return Call(op, (first, *whole), build.TEXT)

    return lower


def _test(op: str) -> Lower:
    return lambda args, _site: Call(op, _nodes(args), build.BOOLEAN)


def _length(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("length", _nodes(args), Number(0))


def _concat(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("concat", _nodes(args), build.TEXT)


FUNCTIONS = (
    Function(
        name="LEN",
        aliases=("长度",),
        category="text",
        parameters=(_TEXT,),
        zh="字数，一个汉字或表情算一个；空文本为 0。",
        en="The number of characters; blank text has 0.",
        examples=(Example("LEN('点检a')", "3"), Example("LEN('')", "0")),
        lower=_length,
    ),
    Function(
        name="LEFT",
        aliases=("左取",),
        category="text",
        parameters=(_TEXT, _COUNT),
        zh="开头的若干个字。",
        en="The first characters.",
        examples=(Example("LEFT('AB-12', 2)", "AB"), Example("LEFT('AB', 0)", None)),
        lower=_text("left"),
    ),
    Function(
        name="RIGHT",
        aliases=("右取",),
        category="text",
        parameters=(_TEXT, _COUNT),
        zh="末尾的若干个字。",
        en="The last characters.",
        examples=(Example("RIGHT('AB-12', 2)", "12"),),
        lower=_text("right"),
    ),
    Function(
        name="MID",
        aliases=("中取",),
        category="text",
        parameters=(_TEXT, Parameter("start", "起始位置", "number"), _COUNT),
        zh="从第几个字起的若干个字，第一个字为 1。",
        en="So many characters from a position; the first is 1.",
        examples=(Example("MID('AB-12', 4, 1)", "1"),),
        lower=_text("mid"),
    ),
    Function(
        name="CONTAINS",
        aliases=("包含",),
        category="text",
        parameters=(_TEXT, _PART),
        zh="是否包含某段文本，区分大小写。",
        en="Whether a text holds another, case counts.",
        examples=(Example("CONTAINS('需加强沟通', '沟通')", "true"),),
        lower=_test("contains"),
    ),
    Function(
        name="STARTSWITH",
        aliases=("开头是",),
        category="text",
        parameters=(_TEXT, _PART),
        zh="是否以某段文本开头，区分大小写。",
        en="Whether a text starts with another, case counts.",
        examples=(Example("STARTSWITH('CNC-07', 'cnc')", "false"),),
        lower=_test("starts_with"),
    ),
    Function(
        name="ENDSWITH",
        aliases=("结尾是",),
        category="text",
        parameters=(_TEXT, _PART),
        zh="是否以某段文本结尾，区分大小写。",
        en="Whether a text ends with another, case counts.",
        examples=(Example("ENDSWITH('CNC-07', '07')", "true"),),
        lower=_test("ends_with"),
    ),
    Function(
        name="TRIM",
        aliases=("去空格",),
        category="text",
        parameters=(_TEXT,),
        zh="去掉两端的空白，包括全角空格。",
        en="Without white space at both ends, full-width spaces included.",
        examples=(Example("TRIM('　a b ')", "a b"), Example("TRIM(' ')", None)),
        lower=_text("trim"),
    ),
    Function(
        name="UPPER",
        aliases=("大写",),
        category="text",
        parameters=(_TEXT,),
        zh="英文字母变大写，只影响 a-z。",
        en="Letters a-z in capitals, others unchanged.",
        examples=(Example("UPPER('cnc-é')", "CNC-é"),),
        lower=_text("upper"),
    ),
    Function(
        name="LOWER",
        aliases=("小写",),
        category="text",
        parameters=(_TEXT,),
        zh="英文字母变小写，只影响 A-Z。",
        en="Letters A-Z in small letters, others unchanged.",
        examples=(Example("LOWER('CNC')", "cnc"),),
        lower=_text("lower"),
    ),
    Function(
        name="CONCAT",
        aliases=("连接",),
        category="text",
        parameters=(_TEXT,),
        repeat=1,
        zh="连接文本，同 &；空值当作空文本。",
        en="Joins texts, like &; blanks count as empty.",
        examples=(Example("CONCAT('a', NULL, 'b')", "ab"), Example("'A' & '-' & '1'", "A-1")),
        lower=_concat,
    ),
)
