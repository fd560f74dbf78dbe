"""What is submitted: an order with a check, a computed field, and rows that belong to people."""

from __future__ import annotations

import json

from builder.packs import load


def _words(chinese, english):
    return {"zh-CN": chinese, "en": english}


PACK = {
    "kind": "pack", "key": "bench", "label": _words("压测", "Bench"), "version": "1.0.0",
    "description": _words("提交的速度", "Speed of submitting"),
}  # fmt: skip
ORDER = {
    "kind": "entity", "key": "order", "label": _words("订单", "Order"), "display": "number",
    "access": {"owner": "owner"},
    "fields": [
        {"key": "number", "type": "text", "label": _words("编号", "Number"), "required": True},
        {"key": "customer", "type": "text", "label": _words("客户", "Customer"), "required": True},
        {"key": "owner", "type": "person", "label": _words("负责人", "Owner")},
        {"key": "quantity", "type": "integer", "label": _words("数量", "Quantity"), "min": "1"},
        {"key": "price", "type": "money", "label": _words("单价", "Price")},
        {"key": "ordered_on", "type": "date", "label": _words("下单日期", "Ordered on")},
        {"key": "due_on", "type": "date", "label": _words("交期", "Due on")},
        {"key": "state", "type": "choice", "label": _words("状态", "State"), "options": [
            {"id": "open", "label": _words("未完成", "Open")},
            {"id": "done", "label": _words("已完成", "Done")}]},
        {"key": "note", "type": "long_text", "label": _words("备注", "Note")},
        {"key": "amount", "type": "formula", "label": _words("金额", "Amount"),
         "formula": "quantity * price"},
    ],
}  # fmt: skip
FORM = {
    "kind": "form", "key": "order_form", "label": _words("下单", "Order"), "entity": "order",
    "layout": [{"id": "s1", "box": "section", "children": [
        {"id": f"n{n}", "field": field["key"]} for n, field in enumerate(ORDER["fields"])]}],
    "rules": [
        {"id": "r1", "when": "quantity * price > 1000000", "then": [{"require": "note"}]},
        {"id": "r2", "check": "due_on >= ordered_on",
         "message": _words("交期不能早于下单日期", "Due before ordered"), "at": "due_on"},
    ],
}  # fmt: skip
ROLE = {
    "kind": "role", "key": "clerk", "label": _words("文员", "Clerk"),
    "grants": [
        {"entity": "order", "actions": ["read", "create", "update"], "rows": "own"},
        {"entity": "person", "actions": ["read"], "rows": "own"},
    ],
}  # fmt: skip


def pack():
    """The pack as it is installed."""
    files = {"pack.json": PACK, "entities/order.json": ORDER, "forms/order_form.json": FORM,
             "roles/clerk.json": ROLE}  # fmt: skip
    return load({name: json.dumps(document).encode() for name, document in files.items()})


def values(number, owner):
    """The answers of one form; `owner` is the uid of the clerk."""
    return {
        "number": f"SO-{number:07d}", "customer": f"客户 {number % 997}", "quantity": "12",
        "price": "35.5", "ordered_on": "2026-03-02", "due_on": "2026-04-01", "state": "open",
        "note": "急单，周五前发货", "owner": owner,
    }  # fmt: skip
