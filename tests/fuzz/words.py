"""The words random formulas are made of: fields by type and level of rows, and literals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """The fields of the rows of a level by type, the level that `this.` leads to, child tables."""

    fields: dict
    outer: str | None = None
    tables: tuple = ()


@dataclass(frozen=True)
class Words:
    """What a scope offers: its levels, from "row" on, and how options of a choice are written."""

    levels: dict
    options: tuple


def words(text):
    """The words of a text."""
    return tuple(text.split())


def fields(**by_type):
    """Field names by type, from texts of names."""
    return {kind: words(names) for kind, names in by_type.items()}


_ROW = fields(
    number="confirmed due rate price cost zeroed count limit big 传感器确认次数 {一次合格率(%)}"
    " owner.share boss.team.budget 负责人.班组.预算",
    text="name note owner.name boss.team.name",
    condition="passed seen 合格",
    choice="code was",
    day="start end owner.hired boss.team.since",
    instant="raised closed",
    duration="response pause",
    reference="owner boss",
)
_LINE = fields(
    number="quantity amount ratio zeroed maker.share maker.team.budget",
    text="note maker.name",
    condition="valid 有效",
    choice="kind",
    day="day maker.hired",
    instant="at",
    duration="took",
    reference="maker",
)
_MARK = fields(number="score", day="on")
WORLD = Words(
    {
        "row": Level(_ROW, None, (("lines", "line"), ("明细", "line"), ("owner.marks", "mark"))),
        "line": Level(_LINE, "row", (("maker.marks", "maker_mark"),)),
        "mark": Level(_MARK, "row"),
        "maker_mark": Level(_MARK, "line"),
    },
    words("'dim_out' 'coolant' 'x_other' '尺寸超差' '冷却液低'"),
)

NUMBERS = words(
    "0 1 2 3 5 7 9 10 12 100 -1 0.1 0.5 0.25 1.5 2.5 0.005 0.05 1.005 2.675 33.33333333 0.00000001"
    " 1000000 20% 150% 0.5% 4.2亿 1万元 3元 2147483647 2147483648 4294967296 3000000000"
    " 9007199254740993 1000000000000000000 9223372036854775807 92233720368.54775807"
)
COUNTS = words("0 1 1 2 2 3 5 -1 2.9 2147483648 9223372036854775807")
TEXTS = (
    *words("'a' 'A' \"点\" '点检' 'CNC' 'cnc' '12' '%' '_' 'it''s' “ＡＢ” '' 'é' '-' '\\'"),
    *("' '", "'　'", "'%s %%'", "'\U0001f600'", "'\U00020bb7'", "'\uffff'"),
)
DAYS = words(
    "2026-02-28 2024-02-29 0001-01-01 9999-12-31 1970-01-01 2026-03-02 2026-01-31"
    " TODAY() PERIOD_START() PERIOD_END() 今天()"
)
DURATIONS = words("7d 1d 2w 90min 8h 1s 36小时 0d 3天 5000000d 100000000d")
WHOLE_DAYS = words("7d 1d 2w 3天 0d 5000000d 100000000d")
MONTHS = words("1mo 13个月 1y 100y 9000年 0mo 200000000y")
DIGITS = words("0 0 1 2 4 6 8 -1 -2 -6 -15")
COMPARE = words("= <> < <= > >=")
SPELLED = {"*": "×", "/": "÷", "+": "＋", "<=": "≤", ">=": "≥", "<>": "≠", "=": "＝"}
