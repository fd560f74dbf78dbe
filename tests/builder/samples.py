"""A small pack in the shapes of the document examples, used by the builder's tests."""

from __future__ import annotations

import json
from typing import Any


def zh(chinese: str, english: str) -> dict[str, str]:
    return {"zh-CN": chinese, "en": english}


PACK: dict[str, Any] = {
    "kind": "pack",
    "key": "perf",
    "label": zh("绩效", "Performance"),
    "version": "1.0.0",
    "description": zh("目标与周报", "Goals and weekly reports"),
    "parameters": {"plant_url": zh("工厂系统地址", "Plant system URL")},
}
GOAL: dict[str, Any] = {
    "kind": "entity",
    "key": "goal",
    "label": zh("个人目标", "Goal"),
    "display": "name",
    "access": {"owner": "owner", "department": "owner.department"},
    "fields": [
        {"key": "name", "type": "text", "label": zh("目标名称", "Goal name"), "required": True},
        {"key": "owner", "type": "person", "label": zh("责任人", "Owner")},
        {
            "key": "weight",
            "type": "percent",
            "label": zh("权重", "Weight"),
            "min": "0",
            "max": "1",
            "decimals": 2,
        },
        {"key": "start", "type": "date", "label": zh("开始日期", "Start")},
        {"key": "end", "type": "date", "label": zh("结束日期", "End")},
        {"key": "reason", "type": "long_text", "label": zh("理由", "Reason")},
        {
            "key": "state",
            "type": "choice",
            "label": zh("状态", "State"),
            "options": [
                {"id": "open", "label": zh("进行中", "Open")},
                {"id": "done", "label": zh("已完成", "Done")},
            ],
        },
        {
            "key": "plan_points",
            "type": "child_table",
            "label": zh("计划点", "Plan points"),
            "entity": "plan_point",
        },
        {
            "key": "days",
            "type": "formula",
            "label": zh("天数", "Days"),
            "formula": "DAYS(start, end)",
        },
    ],
    "unique": [["owner", "name", "start"]],
}
PLAN_POINT: dict[str, Any] = {
    "kind": "entity",
    "key": "plan_point",
    "label": zh("计划点", "Plan point"),
    "display": "on",
    "parent": "goal",
    "fields": [
        {"key": "on", "type": "date", "label": zh("日期", "On"), "required": True},
        {"key": "percent", "type": "percent", "label": zh("完成度", "Percent")},
    ],
}
REPORT: dict[str, Any] = {
    "kind": "entity",
    "key": "weekly_report",
    "label": zh("周报", "Weekly report"),
    "display": "week_end",
    "access": {"owner": "goal.owner"},
    "fields": [
        {"key": "goal", "type": "reference", "label": zh("目标", "Goal"), "entity": "goal"},
        {"key": "week_end", "type": "date", "label": zh("周末日期", "Week end")},
        {"key": "progress", "type": "percent", "label": zh("进展", "Progress")},
    ],
    "unique": [["goal", "week_end"]],
}
PROGRESS: dict[str, Any] = {
    "kind": "metric",
    "key": "goal_progress",
    "label": zh("目标进度", "Goal progress"),
    "subject": "goal",
    "grain": "week",
    "unit": "ratio",
    "decimals": 3,
    "inputs": {
        "progress": {
            "label": zh("周报进展", "Reported progress"),
            "from": "weekly_report",
            "subject": "goal",
            "date": "week_end",
            "agg": "latest",
            "value": "progress",
        }
    },
    "versions": [
        {
            "from": "2026-01-01",
            "formula": "progress",
            "target": "CLAMP(DAYS(start, PERIOD_END()) ÷ DAYS(start, end), 0, 1)",
            "bands": {"red": "< target × 0.8", "yellow": "< target"},
        }
    ],
    "during": ["start", "end"],
}
BEHIND: dict[str, Any] = {
    "kind": "rule",
    "key": "behind_plan",
    "label": zh("进度落后", "Behind plan"),
    "signal": "goal_progress",
    "enter": "value < target × (1 − 20%)",
    "exit": "value >= target × (1 − 15%)",
    "quantifier": {"consecutive": 2},
    "missing": "unknown",
    "actions": [
        {
            "type": "mail",
            "to": ["subject.owner", "subject.owner.manager"],
            "template": "behind_plan",
        }
    ],
}
TEMPLATE: dict[str, Any] = {
    "kind": "document",
    "key": "behind_plan",
    "label": zh("进度预警", "Behind plan"),
    "subject": zh("目标落后", "Goal behind plan"),
    "body": zh("{{ subject.name }}", "{{ subject.name }}"),
}
FORM: dict[str, Any] = {
    "kind": "form",
    "key": "goal_form",
    "label": zh("目标表单", "Goal form"),
    "entity": "goal",
    "layout": [
        {
            "id": "s1",
            "box": "section",
            "label": zh("基本", "Basics"),
            "children": [
                {"id": "n1", "field": "name"},
                {"id": "n2", "field": "weight"},
                {"id": "n3", "field": "reason"},
                {"id": "n4", "field": "start"},
                {"id": "n5", "field": "end"},
            ],
        }
    ],
    "rules": [
        {"id": "r1", "when": "weight > 30%", "then": [{"require": "reason"}, {"show": "reason"}]},
        {
            "id": "r2",
            "check": "end > start",
            "message": zh("结束日期要晚于开始日期", "The end must be after the start"),
            "at": "end",
        },
    ],
}
MACHINE: dict[str, Any] = {
    "kind": "entity",
    "key": "machine",
    "label": zh("设备", "Machine"),
    "display": "name",
    "fields": [
        {"key": "name", "type": "text", "label": zh("名称", "Name")},
        {"key": "code", "type": "text", "label": zh("编号", "Code")},
        {"key": "leader", "type": "person", "label": zh("组长", "Leader")},
    ],
    "unique": [["code"]],
}
ALARM: dict[str, Any] = {
    "kind": "entity",
    "key": "alarm",
    "label": zh("报警", "Alarm"),
    "display": "code",
    "log": True,
    "fields": [
        {
            "key": "machine",
            "type": "reference",
            "label": zh("设备", "Machine"),
            "entity": "machine",
        },
        {"key": "code", "type": "text", "label": zh("代码", "Code")},
        {"key": "batch", "type": "text", "label": zh("批次", "Batch")},
        {"key": "raised_at", "type": "datetime", "label": zh("时间", "Raised at")},
        {"key": "source_event_id", "type": "text", "label": zh("事件号", "Event id")},
    ],
}
TICKET: dict[str, Any] = {
    "kind": "entity",
    "key": "qc_ticket",
    "label": zh("质检单", "QC ticket"),
    "display": "batch",
    "log": True,
    "fields": [
        {
            "key": "station",
            "type": "reference",
            "label": zh("工位", "Station"),
            "entity": "machine",
        },
        {"key": "batch", "type": "text", "label": zh("批次", "Batch")},
        {"key": "passed", "type": "boolean", "label": zh("合格", "Passed")},
        {"key": "checked_at", "type": "datetime", "label": zh("检验时间", "Checked at")},
    ],
}
ALARM_X3: dict[str, Any] = {
    "kind": "rule",
    "key": "dim_alarm_x3",
    "label": zh("连续尺寸超差", "Dimension out of tolerance x3"),
    "events": "alarm",
    "subject": "machine",
    "order": ["raised_at", "source_event_id"],
    "when": "code = 'dim_out_of_tolerance'",
    "quantifier": {
        "events": 3,
        "broken_by": [{"events": "qc_ticket", "when": "passed"}],
        "within": "PT8H",
    },
    "close": "task_done",
    "actions": [
        {
            "type": "task_card",
            "label": zh("处理尺寸超差", "Handle the deviation"),
            "to": "machine.leader",
            "due": {"hours": 12, "calendar": "shop_24x7"},
            "steps": [
                {"type": "chart", "series": "machine.tool_wear", "last": "PT2H"},
                {"type": "records", "entity": "qc_ticket", "where": "batch = event.batch"},
                {"type": "form", "form": "goal_form"},
            ],
        }
    ],
}
SHOP: dict[str, Any] = {
    "kind": "calendar",
    "key": "shop_24x7",
    "label": zh("车间", "Shop floor"),
    "workdays": [1, 2, 3, 4, 5, 6, 7],
    "shifts": [["08:00", "20:00"], ["20:00", "08:00"]],
    "holidays": "none",
}
PLANT: dict[str, Any] = {
    "kind": "source",
    "key": "plant",
    "label": zh("工厂系统", "Plant system"),
    "connector": "rest",
    "config": {
        "base_url": "${param.plant_url}",
        "streams": {"tickets": {"request": {"path": "/t"}}},
    },
    "streams": [
        {
            "stream": "tickets",
            "into": "qc_ticket",
            "key": ["batch"],
            "fields": [
                {"from": "batch", "to": "batch"},
                {"from": "machine", "to": "station", "lookup": "code"},
                {"from": "at", "to": "checked_at", "convert": "datetime:Asia/Shanghai"},
            ],
        }
    ],
    "series": [
        {
            "item": "nsu=urn:plant;s={code}.ToolWear",
            "entity": "machine",
            "code": "code",
            "series": "tool_wear",
            "unit": "um",
        }
    ],
    "every": "PT5M",
}
MANAGER: dict[str, Any] = {
    "kind": "role",
    "key": "manager",
    "label": zh("主管", "Manager"),
    "grants": [
        {"entity": "goal", "actions": ["read", "update"], "rows": "subordinates"},
        {"entity": "goal", "actions": ["read"], "rows": "formula", "formula": "weight > 10%"},
    ],
    "metrics": ["goal_progress"],
}
BOARD: dict[str, Any] = {
    "kind": "dashboard",
    "key": "board",
    "label": zh("看板", "Board"),
    "tiles": [{"id": "t1", "type": "line", "metric": "goal_progress"}],
}
FLOW: dict[str, Any] = {
    "kind": "flow",
    "key": "goal_approval",
    "label": zh("目标审批", "Goal approval"),
    "entity": "goal",
    "start": {"form": "goal_form"},
    "steps": [
        {"id": "sign", "type": "handle", "props": {"by": {"field": "owner"}}},
        {
            "id": "c1",
            "type": "condition",
            "branches": [
                {"id": "big", "when": "weight > 30%", "steps": [{"id": "head", "type": "approve"}]},
                {"id": "other", "default": True, "steps": [{"id": "boss", "type": "approve"}]},
            ],
        },
    ],
}
DOCUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("entities", GOAL),
    ("entities", PLAN_POINT),
    ("entities", REPORT),
    ("entities", MACHINE),
    ("entities", ALARM),
    ("entities", TICKET),
    ("metrics", PROGRESS),
    ("rules", BEHIND),
    ("rules", ALARM_X3),
    ("documents", TEMPLATE),
    ("forms", FORM),
    ("calendars", SHOP),
    ("sources", PLANT),
    ("roles", MANAGER),
    ("dashboards", BOARD),
    ("flows", FLOW),
]


def files() -> dict[str, bytes]:
    """The pack as files."""
    made = {f"{folder}/{d['key']}.json": _bytes(d) for folder, d in DOCUMENTS}
    made["pack.json"] = _bytes(PACK)
    made["samples/goal.json"] = _bytes([{"name": "g1", "weight": "0.3"}])
    made["tests/behind.json"] = _bytes({"case": "two weeks below plan warns once"})
    made["README.md"] = b"# Performance\n"
    return made


def _bytes(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
