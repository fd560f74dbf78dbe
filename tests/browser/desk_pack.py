"""Equipment to work on in the tests of record screens: an entity, its form, a role that sees less."""

import json

PACK = "desk"
ENTITY = f"{PACK}.tool"
FORM = f"{PACK}.tool_form"
ROLE = f"{PACK}.clerk"


def labels(chinese, english):
    return {"zh-CN": chinese, "en": english}


def field(key, kind, chinese, english, **more):
    return {"key": key, "type": kind, "label": labels(chinese, english), **more}


OPTIONS = [
    {"id": "ready", "label": labels("可用", "Ready")},
    {"id": "broken", "label": labels("故障", "Broken")},
]
FILES = {
    "pack.json": {
        "kind": "pack",
        "key": PACK,
        "version": "1.0.0",
        "label": labels("工装", "Tools"),
    },
    "entities/tool.json": {
        "kind": "entity",
        "key": "tool",
        "label": labels("工装", "Tool"),
        "display": "name",
        "unique": [["serial"]],
        "fields": [
            field("name", "text", "名称", "Name", required=True),
            field("serial", "text", "编号", "Serial"),
            field("state", "choice", "状态", "State", options=OPTIONS),
            field("price", "decimal", "价格", "Price", decimals=2),
            field("checked", "date", "检查日期", "Checked on"),
            field("size", "text", "尺寸", "Size"),
        ],
    },
    "forms/tool_form.json": {
        "kind": "form",
        "key": "tool_form",
        "label": labels("工装登记", "Register a tool"),
        "entity": "tool",
        "layout": [
            {"id": f"n{n}", "field": key}
            for n, key in enumerate(("name", "serial", "state", "price", "checked", "size"))
        ],
    },
    "roles/clerk.json": {
        "kind": "role",
        "key": "clerk",
        "label": labels("文员", "Clerk"),
        "grants": [
            {
                "entity": "tool",
                "actions": ["read", "update"],
                "rows": "all",
                "masked_fields": ["price"],
                "read_only_fields": ["serial"],
            },
        ],
    },
}
RECORDS = [
    {"name": "虎钳", "serial": "T-1", "state": "ready", "price": "4200", "size": "12"},
    {"name": "卡盘", "serial": "T-2", "state": "ready", "price": "880.5", "size": "约 30"},
    {"name": "量规", "serial": "T-3", "state": "broken", "price": "95", "size": "8"},
]


def install(stage):
    """Publish it and put some records in, once for a demo; what came of it."""
    if PACK not in stage.made:
        texts = {path: json.dumps(each, ensure_ascii=False) for path, each in FILES.items()}
        stage.admin.post("/definitions/publish", {"files": texts})
        for values in RECORDS:
            stage.admin.post(f"/entities/{ENTITY}/records", {"values": values})
        stage.made.add(PACK)
    found = stage.admin.get(f"/entities/{ENTITY}/records", sort="serial")["items"]
    return {"records": [each["uid"] for each in found]}
