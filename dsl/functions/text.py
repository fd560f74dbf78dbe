"""Text functions; texts are compared and counted by code point."""

from __future__ import annotations

from dsl import build
from dsl.functions.nodes import nodes_of, whole
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, Site
from dsl.ir import Call, Const, Node
from dsl.types import Number

_TEXT = Parameter("text", "文本", "text")
_PART = Parameter("part", "部分", "text")
_COUNT = Parameter("count", "字数", "number")


def _text(op: str) -> Lower:
    """A text from a text and perhaps whole numbers (decimals are cut off, as Excel does)."""

    def lower(args: tuple[Argument, ...], _site: Site) -> Node | None:
        first, *rest = nodes_of(args)
        given = (whole(each) if isinstance(each.type, Number) else each for each in rest)
        return Call(op, (first, *given), build.TEXT)

    return lower


def _substitute(args: tuple[Argument, ...], _site: Site) -> Node | None:
    """Replaced by nothing, when the new text is written out as ''."""
    text, old, new = nodes_of(args)
    if isinstance(new, Const) and new.value is None:
        return Call("remove", (text, old), build.TEXT)
    return Call("substitute", (text, old, new), build.TEXT)


def _find(args: tuple[Argument, ...], _site: Site) -> Node | None:
    part, text, *start = nodes_of(args)
    first = whole(start[0]) if start else build.number(1)
    return Call("find", (part, text, first), build.WHOLE)


def _test(op: str) -> Lower:
    return lambda args, _site: Call(op, nodes_of(args), build.BOOLEAN)


def _length(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("length", nodes_of(args), Number(0))


def _concat(args: tuple[Argument, ...], _site: Site) -> Node | None:
    return Call("concat", nodes_of(args), build.TEXT)


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
        name="MATCHES",
        aliases=("符合模式",),
        category="text",
        parameters=(_TEXT, Parameter("pattern", "模式", "pattern")),
        zh="整个文本是否符合模式：* 为任意多个字，? 为一个字，~* ~? ~~ 为这些符号本身；区分大小写。"
        "模式要直接写出。",
        en="Whether the whole text fits a pattern: * is any text, ? one character, ~* ~? ~~ those "
        "signs themselves; case counts. The pattern is written out.",
        examples=(
            Example("MATCHES('CNC-07', 'CNC-??')", "true"),
            Example("MATCHES('返工：尺寸超差', '*尺寸*')", "true"),
            Example("MATCHES('cnc-07', 'CNC*')", "false"),
            Example("MATCHES('5*3', '?~*?')", "true"),
        ),
        lower=_test("matches"),
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
    Function(
        name="SUBSTITUTE",
        aliases=("替换文本",),
        category="text",
        parameters=(_TEXT, Parameter("old", "旧文本", "text"), Parameter("new", "新文本", "text")),
        zh="把文本里的一部分全部换成另一段。",
        en="A text with every occurrence of a part replaced.",
        examples=(
            Example("SUBSTITUTE('A-12-3', '-', '/')", "A/12/3"),
            Example("SUBSTITUTE('A-12', '-', '')", "A12"),
        ),
        lower=_substitute,
        tier=2,
    ),
    Function(
        name="FIND",
        aliases=("查找位置",),
        category="text",
        parameters=(
            _PART,
            _TEXT,
            Parameter("start", "起始位置", "number", optional=True),
        ),
        zh="一部分在文本里从第几个字开始；没有时没有结果。区分大小写。",
        en="Where a part begins, counted from 1; no result when it does not occur.",
        examples=(Example("FIND('-', 'AB-12')", "3"), Example("FIND('x', 'AB')", None)),
        lower=_find,
        tier=2,
    ),
    Function(
        name="REPT",
        aliases=("重复",),
        category="text",
        parameters=(_TEXT, _COUNT),
        zh="把文本重复若干次，最多 4096 个字。",
        en="A text several times, at most 4096 characters.",
        examples=(Example("REPT('█', 3)", "███"), Example("REPT('█', 5000)", None)),
        lower=_text("repeat"),
        tier=2,
    ),
    Function(
        name="EXACT",
        aliases=("完全相同",),
        category="text",
        parameters=(_TEXT, Parameter("other", "另一文本", "text")),
        zh="两个文本是否完全相同（区分大小写，与 = 一样）。",
        en="Whether two texts are the same, case included, just as with =.",
        examples=(Example("EXACT('a', 'A')", "false"),),
        lower=_test("eq"),
    ),
)
