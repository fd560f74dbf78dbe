"""The sample record behind the examples of the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import types as t
from dsl.scope import RowScope, Symbol
from dsl.values import parse_date, parse_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.types import Raw

_KINDS = t.Choice((("a", ("甲",)), ("b", ("乙",))))
_LINE = {
    "quantity": Symbol("quantity", t.Number(0), ("数量",)),
    "amount": Symbol("amount", t.Number(4), ("金额",)),
    "kind": Symbol("kind", _KINDS, ("种类",)),
    "note": Symbol("note", t.Text(), ("备注",)),
}
_POINT = {
    "on": Symbol("on", t.Date(), ("计划日期",)),
    "percent": Symbol("percent", t.Number(6), ("计划进度",)),
}
_RECORD = {
    "start": Symbol("start", t.Date(), ("开始日期",)),
    "end": Symbol("end", t.Date(), ("结束日期",)),
    "progress": Symbol("progress", t.Number(6), ("进度",)),
    "value": Symbol("value", t.Number(6), ("实际值",)),
    "target": Symbol("target", t.Number(6), ("目标值",)),
    "missing": Symbol("missing", t.Number(0), ("空字段",)),
    "about": Symbol("about", t.Pointer(("goal", "person")), ("相关",)),
    "lines": Symbol("lines", t.Rows("line"), ("明细",)),
    "points": Symbol("points", t.Rows("point"), ("计划点",)),
}


def _entity(name: str) -> RowScope | None:
    fields = {"line": _LINE, "point": _POINT}.get(name)
    return None if fields is None else RowScope(fields, _entity)


SAMPLE_SCOPE = RowScope(_RECORD, _entity, frozenset({"value", "target"}), "month")
SAMPLE_ROW: Mapping[str, Raw | Sequence[Mapping[str, Raw]]] = {
    "start": parse_date("2026-01-01"),
    "end": parse_date("2026-06-24"),
    "progress": 250_000,
    "value": 700_000,
    "value[-1]": 800_000,
    "value[-2]": 900_000,
    "value[-3]": None,
    "value[-12]": 500_000,
    "target": 1_000_000,
    "target[-1]": 1_000_000,
    "target[-2]": 1_000_000,
    "target[-3]": 1_000_000,
    "missing": None,
    "about": "person/li",
    "lines": [
        {"quantity": 2, "amount": 102_500, "kind": "a", "note": "急"},
        {"quantity": 1, "amount": 252_500, "kind": "b", "note": "缓"},
        {"quantity": 0, "amount": None, "kind": "a", "note": None},
    ],
    "points": [
        {"on": parse_date("2026-01-01"), "percent": 0},
        {"on": parse_date("2026-03-04"), "percent": 500_000},
        {"on": parse_date("2026-06-30"), "percent": 1_000_000},
    ],
}
SAMPLE_TODAY = parse_date("2026-03-02")
SAMPLE_NOW = parse_datetime("2026-03-02T09:00:00+08:00")
SAMPLE_PERIOD = (parse_date("2026-02-01"), parse_date("2026-02-28"))
