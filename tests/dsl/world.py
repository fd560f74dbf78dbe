"""The scope and the row the case files speak about."""

from dsl import types as t
from dsl.scope import RowScope, Symbol
from dsl.values import parse_date, parse_datetime

CODES = t.Choice(
    (
        ("dim_out_of_tolerance", ("尺寸超差", "Out of tolerance")),
        ("coolant_low", ("冷却液低", "Coolant low")),
    )
)


def _scope(*symbols):
    return {symbol.key: symbol for symbol in symbols}


ENTITIES = {
    "line": _scope(
        Symbol("quantity", t.Number(0), ("数量",)),
        Symbol("amount", t.Number(4), ("金额",)),
        Symbol("valid", t.Boolean(), ("有效",)),
        Symbol("product", t.Reference("product"), ("产品",)),
    ),
    "product": _scope(Symbol("price", t.Number(4), ("单价",))),
    "person": _scope(
        Symbol("name", t.Text(), ("姓名",)),
        Symbol("department", t.Reference("department"), ("部门",)),
    ),
    "department": _scope(Symbol("name", t.Text(), ("名称",))),
}


def entity(name):
    symbols = ENTITIES.get(name)
    return None if symbols is None else RowScope(symbols, entity)


SCOPE = RowScope(
    _scope(
        Symbol("confirmed", t.Number(6), ("传感器确认次数",)),
        Symbol("due", t.Number(6), ("应检次数",)),
        Symbol("review", t.Number(6), ("人工复核通过率",)),
        Symbol("value", t.Number(6), ("实际值",)),
        Symbol("target", t.Number(6), ("目标值",)),
        Symbol("none", t.Number(4), ("空数",)),
        Symbol("zeroed", t.Number(4), ("按零",), blank_as_zero=True),
        Symbol("count", t.Number(0), ("件数",)),
        Symbol("big", t.Number(0), ("大数",)),
        Symbol("rate", t.Number(6), ("一次合格率(%)",)),
        Symbol("name", t.Text(), ("名称",)),
        Symbol("blank", t.Text(), ("空文本",)),
        Symbol("passed", t.Boolean(), ("合格",)),
        Symbol("unknown", t.Boolean(), ("未知",)),
        Symbol("code", CODES, ("报警代码",)),
        Symbol("start", t.Date(), ("开始日期",)),
        Symbol("end", t.Date(), ("结束日期",)),
        Symbol("raised", t.DateTime(), ("发生时间",)),
        Symbol("closed", t.DateTime(), ("关闭时间",)),
        Symbol("response", t.Duration(), ("响应时间",)),
        Symbol("owner", t.Reference("person"), ("负责人",)),
        Symbol("boss", t.Reference("person"), ("上级",)),
        Symbol("about", t.Pointer(("p.machine", "person")), ("相关",)),
        Symbol("was", t.Pointer(("p.machine", "person")), ("曾相关",)),
        Symbol("lines", t.Rows("line"), ("明细",)),
        Symbol("a1", t.Number(0), ("重名",)),
        Symbol("a2", t.Number(0), ("重名",)),
    ),
    entity,
)

ROW = {
    "confirmed": 92_000_000,
    "due": 100_000_000,
    "review": 950_000,
    "value": 700_000,
    "target": 900_000,
    "none": None,
    "zeroed": None,
    "count": 7,
    "big": 9_000_000_000_000_000_000,
    "rate": 985_000,
    "name": "点检 A-12",
    "blank": None,
    "passed": True,
    "unknown": None,
    "code": "dim_out_of_tolerance",
    "start": parse_date("2026-01-05"),
    "end": parse_date("2026-06-28"),
    "raised": parse_datetime("2026-03-02T08:00:00+08:00"),
    "closed": parse_datetime("2026-03-02T16:42:00+08:00"),
    "response": 31_320_000_000,
    "owner": 11,
    "boss": 12,
    "owner.name": "李",
    "owner.uid": "li",
    "boss.uid": "wang",
    "about": "person/li",
    "was": None,
    "owner.department.name": "质量部",
    "lines": [
        {"quantity": 2, "amount": 102_500, "valid": True, "product.price": 10_000},
        {"quantity": 1, "amount": 252_500, "valid": None, "product.price": None},
        {"quantity": 0, "amount": None, "valid": False, "product.price": 30_000},
    ],
    "a1": 1,
    "a2": 2,
}
PARAMS = {
    "today": parse_date("2026-03-02"),
    "now": parse_datetime("2026-03-02T09:00:00+08:00"),
    "period_start": parse_date("2026-02-02"),
    "period_end": parse_date("2026-02-08"),
}
