"""Who and what the plant consists of: departments, people, machines, customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.plant.times import Event, Setting, dice, instant

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIL_DOMAIN = "beichen.example"
TEAMS = 4
MACHINES = 12
CUSTOMERS = 24
OPERATORS_PER_TEAM = 4

# code, name, parent
_DEPARTMENTS = (
    ("D00", "北辰精工 Beichen Precision", None),
    ("D10", "生产部 Production", "D00"),
    ("D11", "机加一班 Machining team 1", "D10"),
    ("D12", "机加二班 Machining team 2", "D10"),
    ("D13", "机加三班 Machining team 3", "D10"),
    ("D14", "机加四班 Machining team 4", "D10"),
    ("D20", "质量部 Quality", "D00"),
    ("D30", "采购部 Purchasing", "D00"),
    ("D40", "销售部 Sales", "D00"),
    ("D50", "工艺工程部 Process engineering", "D00"),
    ("D60", "人力资源部 Human resources", "D00"),
    ("D70", "客户服务部 Customer service", "D00"),
)
# department, title of its head, name of its head, titles and names of the others
_HEADS = (
    ("D00", "总经理", "周明远"),
    ("D10", "生产经理", "陈国强"),
    ("D11", "班组长", "李伟"),
    ("D12", "班组长", "王建军"),
    ("D13", "班组长", "赵丽华"),
    ("D14", "班组长", "刘志刚"),
    ("D20", "质量经理", "孙敏"),
    ("D30", "采购经理", "何平"),
    ("D40", "销售总监", "吴晓峰"),
    ("D50", "工艺主管", "郑凯"),
    ("D60", "人力资源经理", "林静"),
    ("D70", "客服主管", "黄婷"),
)
_STAFF = (
    ("D20", "质检员", ("钱进", "许文", "沈洁", "潘涛")),
    ("D30", "采购员", ("杜娟", "范勇")),
    ("D40", "销售代表", ("冯磊", "高远", "郭敏", "韩雪", "蒋欣")),
    ("D50", "工艺工程师", ("曹阳", "程琳", "邓超")),
    ("D60", "人事专员", ("彭佳",)),
    ("D70", "客服专员", ("姚兰", "余波")),
)
_SURNAMES = "张杨朱徐马胡罗梁宋谢唐董袁于"
_GIVEN = [
    "海",
    "强",
    "军",
    "勇",
    "杰",
    "涛",
    "斌",
    "鹏",
    "芳",
    "娜",
    "秀英",
    "玉兰",
    "建国",
    "晓东",
]
_REGIONS = ("华东", "华南", "华北", "西南")


@dataclass(frozen=True, slots=True)
class Person:
    """One employee."""

    code: str
    name: str
    department: str
    manager: str | None
    position: str
    is_head: bool


def team_code(number: int) -> str:
    """The department code of team 0..3."""
    return f"D{11 + number}"


def machine_code(number: int) -> str:
    """The code of machine 0..11."""
    return f"CNC-{number + 1:02}"


def team_of(machine: int) -> int:
    """Which team runs a machine."""
    return machine * TEAMS // MACHINES


def people(setting: Setting) -> tuple[Person, ...]:
    """Everybody; heads first, so that a manager always stands before his people."""
    parents = {code: parent for code, _, parent in _DEPARTMENTS}
    heads = {dept: f"P{number:03}" for number, (dept, _, _) in enumerate(_HEADS, 1)}
    found = [
        Person(heads[dept], name, dept, heads.get(parents[dept] or ""), title, is_head=True)
        for dept, title, name in _HEADS
    ]
    names = _operator_names(setting)
    staff = [(team_code(n), "数控操作工", tuple(next(names) for _ in range(OPERATORS_PER_TEAM)))
             for n in range(TEAMS)]  # fmt: skip
    for dept, title, members in (*staff, *_STAFF):
        for name in members:
            code = f"P{len(found) + 1:03}"
            found.append(Person(code, name, dept, heads[dept], title, is_head=False))
    return tuple(found)


def _operator_names(setting: Setting) -> Iterator[str]:
    rng = dice(setting.seed, "names")
    surnames = rng.sample(_SURNAMES, len(_SURNAMES)) * 2
    given = rng.sample(_GIVEN, len(_GIVEN))
    for number, surname in enumerate(surnames):
        yield surname + given[(number + number // len(given)) % len(given)]


def leader_of(setting: Setting, machine: int) -> str:
    """The shift leader who owns a machine."""
    wanted = team_code(team_of(machine))
    return next(p.code for p in people(setting) if p.department == wanted and p.is_head)


def static_events(setting: Setting) -> Iterator[Event]:
    """Everything that is there from the first day on."""
    at = instant(setting.first_day)
    staff = people(setting)
    heads = {p.department: p.code for p in staff if p.is_head}
    for code, name, parent in _DEPARTMENTS:
        record = {"code": code, "name": name, "parent_code": parent, "head_code": heads[code]}
        yield Event(at, "departments", code, record)
    for person in staff:
        yield Event(at, "people", person.code, {
            "code": person.code, "name": person.name, "position": person.position,
            "email": f"{person.code.lower()}@{MAIL_DOMAIN}", "department_code": person.department,
            "manager_code": person.manager, "active": True,
        })  # fmt: skip
    for number in range(MACHINES):
        yield Event(at, "machines", machine_code(number), {
            "code": machine_code(number), "name": f"数控机床 {machine_code(number)}",
            "model": ("VMC-850", "HMC-630", "CK-6150")[number % 3],
            "team_code": team_code(team_of(number)), "leader_code": leader_of(setting, number),
        })  # fmt: skip
    reps = [p.code for p in staff if p.department == "D40" and not p.is_head]
    for number in range(CUSTOMERS):
        code = f"C{number + 1:03}"
        region = _REGIONS[number % len(_REGIONS)]
        yield Event(at, "customers", code, {
            "code": code, "name": f"{region}客户{number + 1:02}", "region": region,
            "level": "KA" if number % 6 == 0 else "A" if number % 2 else "B",
            "owner_code": reps[number % len(reps)],
        })  # fmt: skip
