"""The entities, the people and the random rows that random formulas speak about."""

from dataclasses import dataclass
from datetime import date

from builder.catalog import Catalog
from builder.model.entity import Entity, Field, Option
from dsl.types import INT64_MAX
from dsl.values import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT

SCALES = {"integer": 0, "decimal": 4, "money": 4, "percent": 6}
OPTIONS = {"dim_out": "尺寸超差", "coolant": "冷却液低", "x_other": "其他"}


def _field(key, kind, label=None, **settings):
    options = tuple(Option(key, _words(label)) for key, label in OPTIONS.items())
    return Field(
        key=key,
        type=kind,
        label=_words(label or key),
        options=options if kind == "choice" else (),
        **settings,
    )


def _words(text):
    return {"zh-CN": text, "en": text}


def _entity(name, *fields, parent=None):
    return Entity(name=f"f.{name}", label=_words(name), display="", parent=parent, fields=fields)


TEAM = _entity(
    "team",
    _field("name", "text", "名称"),
    _field("budget", "money", "预算"),
    _field("since", "date", "成立日期"),
)
PERSON = _entity(
    "person",
    _field("name", "text", "姓名"),
    _field("share", "percent", "占比"),
    _field("hired", "date", "入职日期"),
    _field("team", "reference", "班组", entity="f.team"),
    _field("marks", "child_table", "评分", entity="f.mark"),
)
MARK = _entity(
    "mark",
    _field("score", "integer", "分数"),
    _field("on", "date", "评分日期"),
    parent="f.person",
)
LINE = _entity(
    "line",
    _field("quantity", "integer", "数量"),
    _field("amount", "money", "金额"),
    _field("ratio", "percent", "比例"),
    _field("zeroed", "money", "按零金额", blank_as_zero=True),
    _field("valid", "boolean", "有效"),
    _field("day", "date", "日期"),
    _field("at", "datetime", "时刻"),
    _field("took", "duration", "耗时"),
    _field("note", "text", "备注"),
    _field("kind", "choice", "种类"),
    _field("maker", "reference", "生产者", entity="f.person"),
    _field("value", "formula", "货值", formula="quantity * amount"),
    parent="f.row",
)
ROW = _entity(
    "row",
    _field("confirmed", "percent", "传感器确认次数"),
    _field("due", "percent", "应检次数"),
    _field("rate", "percent", "一次合格率(%)"),
    _field("price", "money", "单价", unit="元"),
    _field("cost", "decimal", "成本"),
    _field("zeroed", "money", "按零", blank_as_zero=True),
    _field("count", "integer", "件数"),
    _field("limit", "integer", "上限"),
    _field("big", "integer", "大数"),
    _field("name", "text", "名称"),
    _field("note", "text", "备注"),
    _field("passed", "boolean", "合格"),
    _field("seen", "boolean", "已看"),
    _field("code", "choice", "报警代码"),
    _field("was", "choice", "上次代码"),
    _field("start", "date", "开始日期"),
    _field("end", "date", "结束日期"),
    _field("raised", "datetime", "发生时间"),
    _field("closed", "datetime", "关闭时间"),
    _field("response", "duration", "响应时间"),
    _field("pause", "duration", "暂停"),
    _field("owner", "reference", "负责人", entity="f.person"),
    _field("boss", "reference", "上级", entity="f.person"),
    _field("lines", "child_table", "明细", entity="f.line"),
    _field("worth", "formula", "总值", formula="price * cost * big"),
    _field("more", "formula", "更多", formula="worth - price * big"),
)
CATALOG = Catalog.of([TEAM, PERSON, MARK, LINE, ROW], revision=1)
SCOPE = CATALOG.scope("f.row")

_WHOLE = (
    *(0, 0, 1, -1, 1, 2, -2, 3, 5, 7, -7, 10, 12, 13, 31, 100, 999, -1000),
    *(10**6, 10**9 - 1, 10**9, -(10**9), 2**31 - 1, 2**31, 2**32, 2**53, 2**53 + 1, -(2**53) - 1),
    *(10**18, -(10**18), 3 * 10**18, 2**62, -(2**62)),
    *(INT64_MAX, INT64_MAX - 1, -INT64_MAX, 1 - INT64_MAX),
)
_TIES = (5, 15, 25, 50, 500, 5000, 25_000, 500_000, 1_500_000, 2_500_000, 123_450, 4_999, 50_001)
_DAYS = (FIRST_DAY, FIRST_DAY + 30, LAST_DAY, LAST_DAY - 31, 0, -1, 19_782, 11_016, 20_514, 20_515)
_PIECES = (
    *("a", "b", "A", "Z", "é", "É", "ß", "ı", "İ", "ﬁ", "０", "Ａ", "ａ", "中", "点检", "张", "李"),
    *("\U0001f600", "\U0001f469\u200d\U0001f4bb", "\U00020bb7", "\ue000", "\uffff", "e\u0301"),
    *(
        " ",
        "  ",
        "\t",
        "\n",
        "\r",
        "\u00a0",
        "\u3000",
        "\u2003",
        "\u200b",
        "\ufeff",
        "\x01",
        "\x7f",
    ),
    *(
        "%",
        "_",
        "\\",
        "'",
        '"',
        "--",
        ";",
        "$1",
        "%s",
        "%%",
        ":x",
        "{}",
        "12",
        "-",
        ".",
        "CNC",
        "cnc",
    ),
)
TEXTS = (
    *("点检 A-12", "a", "A", "ab", "CNC-07", "cnc-07", "需加强沟通", " a ", "12", "\ufb01"),
    *("\U0001f600中", "\U00020bb7野家", "\U0001f469\u200d\U0001f4bbab", "e\u0301a", "Ａ１"),
)
_MONTH_ENDS = tuple(
    (date(2023 + n // 12, n % 12 + 1, 1) - date(1970, 1, 2)).days for n in range(1, 40)
)


def a_number(random, scale, before=()):
    """A raw number: round, tiny, a tie, close to a limit, or one that occurred before."""
    pick = random.random()
    if pick < 0.15:
        return None
    if pick < 0.3 and before:
        return random.choice(before)
    if pick < 0.5:
        return random.choice(_WHOLE)
    if pick < 0.65:
        small = random.choice(_WHOLE[:18])
        return small * 10**scale
    if pick < 0.8:
        return random.choice(_TIES) * random.choice((1, -1, 3))
    digits = random.randint(1, 18)
    return random.randint(-(10**digits), 10**digits)


def a_day(random):
    pick = random.random()
    if pick < 0.15:
        return None
    if pick < 0.3:
        return random.choice(_DAYS)
    if pick < 0.55:
        return random.choice(_MONTH_ENDS)
    if pick < 0.85:
        return random.randint(20_400, 20_600)
    return random.randint(FIRST_DAY, LAST_DAY)


def an_instant(random):
    pick = random.random()
    if pick < 0.15:
        return None
    if pick < 0.25:
        return random.choice((FIRST_INSTANT, LAST_INSTANT, 0, -1))
    if pick < 0.8:
        return random.randint(20_500, 20_520) * 86_400_000_000 + random.randint(-3, 3)
    return random.randint(FIRST_INSTANT, LAST_INSTANT)


def a_duration(random):
    pick = random.random()
    if pick < 0.15:
        return None
    if pick < 0.5:
        return random.randint(-5, 40) * random.choice((86_400_000_000, 3_600_000_000, 1, 10**6))
    if pick < 0.6:
        return random.choice(_WHOLE)
    return random.randint(-(10**12), 10**12)


def a_text(random):
    pick = random.random()
    if pick < 0.15:
        return None
    if pick < 0.4:
        return random.choice(TEXTS)
    return "".join(random.choice(_PIECES) for _ in range(random.randint(1, 5)))


def a_boolean(random):
    return random.choice((True, False, None))


def a_choice(random):
    return random.choice((*OPTIONS, None))


_MAKERS = {
    "text": a_text,
    "boolean": a_boolean,
    "choice": a_choice,
    "date": a_day,
    "datetime": an_instant,
    "duration": a_duration,
}


def _values(random, entity, references):
    """The stored fields of one record."""
    found = {}
    numbers = []
    for field in entity.fields:
        if field.type in SCALES:
            value = a_number(random, SCALES[field.type], numbers)
            numbers += [value]
        elif field.type == "reference":
            pool = references[field.entity]
            value = None if random.random() < 0.15 else random.randint(1, len(pool))
        elif field.type in {"child_table", "formula"}:
            continue
        else:
            value = _MAKERS[field.type](random)
        found[field.key] = value
    return found


@dataclass(frozen=True)
class People:
    """The records that references point to; the id of the n-th is n, from 1."""

    teams: tuple
    persons: tuple

    @property
    def pools(self):
        return {"f.team": self.teams, "f.person": self.persons}


def make_people(random, *, teams=4, persons=12):
    """The records behind references, made once per run; the first of each is blank."""
    made = [dict.fromkeys(("name", "budget", "since"))]
    made += [_values(random, TEAM, {}) for _ in range(teams - 1)]
    pools = {"f.team": made}
    staff = [{"name": None, "share": None, "hired": None, "team": None, "marks": []}]
    staff += [
        _values(random, PERSON, pools)
        | {"marks": [_values(random, MARK, {}) for _ in range(random.choice((0, 1, 3)))]}
        for _ in range(persons - 1)
    ]
    return People(tuple(made), tuple(staff))


def make_row(random, people):
    """One record with its child rows, as it is stored."""
    lines = range(random.choice((0, 1, 1, 2, 3, 6)))
    return _values(random, ROW, people.pools) | {
        "lines": [_values(random, LINE, people.pools) for _ in lines]
    }


def flat(row, people):
    """The record as Python formulas see it: what references lead to, by dotted path."""
    found = dict(row)
    for key in ("owner", "boss"):
        found |= _person(key, row[key], people)
    found["lines"] = [line | _person("maker", line["maker"], people) for line in row["lines"]]
    return found


def _person(key, number, people):
    person = people.persons[number - 1] if number else people.persons[0]
    team = people.teams[person["team"] - 1] if person["team"] else people.teams[0]
    found = {f"{key}.{name}": value for name, value in person.items()}
    return found | {f"{key}.team.{name}": value for name, value in team.items()}
