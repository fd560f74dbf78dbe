"""Rule documents: the shape is told by signal (period), events (event) or entity (now)."""

from __future__ import annotations

from typing import Any, assert_never

from builder.codec.names import Names, drop_defaults, labels_of
from builder.durations import format_duration, parse_duration
from builder.model.rule import (
    Action,
    Breaker,
    CardStep,
    Consecutive,
    Due,
    EventCount,
    EventRule,
    Mail,
    Notify,
    NowRule,
    PeriodRule,
    Rule,
    TaskCard,
)

_DEFAULT_STEP_LABELS = {
    "chart": {"zh-CN": "曲线", "en": "Chart"},
    "records": {"zh-CN": "记录", "en": "Records"},
    "form": {"zh-CN": "填写表单", "en": "Form"},
    "confirm": {"zh-CN": "确认", "en": "Confirm"},
}


def decode(document: dict[str, Any], names: Names) -> Rule:
    """The rule of a document that fits the schema."""
    key = document["key"]
    common: dict[str, Any] = {
        "name": names.own_name(key),
        "label": labels_of(document, key),
        "actions": tuple(_action(item, names, document) for item in document["actions"]),
        "enabled": document.get("enabled", True),
        "limits": {name: int(value) for name, value in document.get("limits", {}).items()},
    }
    if "signal" in document:
        return _period(document, names, common)
    if "events" in document:
        return _event(document, names, common)
    return NowRule(
        entity=names.full(document["entity"]),
        enter=document["enter"],
        exit=document["exit"],
        **common,
    )


def _period(document: dict[str, Any], names: Names, common: dict[str, Any]) -> PeriodRule:
    quantifier = document.get("quantifier", {"consecutive": 1})
    return PeriodRule(
        signal=names.full(document["signal"]),
        enter=document["enter"],
        exit=document["exit"],
        quantifier=Consecutive(int(quantifier["consecutive"])),
        missing=document.get("missing", "unknown"),
        **common,
    )


def _event(document: dict[str, Any], names: Names, common: dict[str, Any]) -> EventRule:
    quantifier = document["quantifier"]
    breakers = tuple(
        Breaker(
            events=names.full(item["events"]),
            when=item.get("when"),
            subject=item.get("subject"),
            at=item.get("at"),
        )
        for item in quantifier.get("broken_by", [])
    )
    return EventRule(
        events=names.full(document["events"]),
        subject=document["subject"],
        order=tuple(document["order"]),
        when=document["when"],
        quantifier=EventCount(
            int(quantifier["events"]), parse_duration(quantifier["within"]) or 0, breakers
        ),
        close=document.get("close", "task_done"),
        **common,
    )


def _action(document: dict[str, Any], names: Names, rule: dict[str, Any]) -> Action:
    match document["type"]:
        case "mail":
            return Mail(tuple(document["to"]), names.full(document["template"]))
        case "notify":
            return Notify(tuple(document["to"]), names.full(document["template"]))
        case _:
            due = document["due"]
            label = document.get("label") or labels_of(rule, rule["key"])
            return TaskCard(
                to=document["to"],
                due=Due(int(due["hours"]), names.full(due["calendar"])),
                steps=tuple(_step(item, names) for item in document["steps"]),
                label=dict(label),
            )


def _step(document: dict[str, Any], names: Names) -> CardStep:
    kind = document["type"]
    props = {key: text for key, text in document.items() if key not in {"type", "label"}}
    for key, full in (("entity", names.full), ("form", names.full), ("series", names.full_series)):
        if key in props:
            props[key] = full(props[key])
    return CardStep(kind, props, dict(document.get("label") or _DEFAULT_STEP_LABELS[kind]))


def encode(rule: Rule, names: Names) -> dict[str, Any]:
    """The document of a rule."""
    document: dict[str, Any] = {
        "actions": [_encode_action(action, names) for action in rule.actions],
        "enabled": rule.enabled,
        "limits": dict(rule.limits),
    }
    match rule:
        case PeriodRule():
            document |= {
                "signal": names.short(rule.signal),
                "enter": rule.enter,
                "exit": rule.exit,
                "quantifier": {"consecutive": rule.quantifier.periods},
                "missing": rule.missing,
            }
        case EventRule():
            document |= _encode_event(rule, names)
        case NowRule():
            document |= {
                "entity": names.short(rule.entity),
                "enter": rule.enter,
                "exit": rule.exit,
            }
        case _:
            assert_never(rule)
    return drop_defaults(document, {"enabled": True, "limits": {}})


def _encode_event(rule: EventRule, names: Names) -> dict[str, Any]:
    breakers = [
        drop_defaults(
            {"events": names.short(b.events), "when": b.when, "subject": b.subject, "at": b.at}, {}
        )
        for b in rule.quantifier.broken_by
    ]
    quantifier = {
        "events": rule.quantifier.events,
        "broken_by": breakers,
        "within": format_duration(rule.quantifier.within_s),
    }
    return {
        "events": names.short(rule.events),
        "subject": rule.subject,
        "order": list(rule.order),
        "when": rule.when,
        "quantifier": drop_defaults(quantifier, {"broken_by": []}),
        "close": rule.close,
    }


def _encode_action(action: Action, names: Names) -> dict[str, Any]:
    match action:
        case Mail() | Notify():
            kind = "mail" if isinstance(action, Mail) else "notify"
            return {"type": kind, "to": list(action.to), "template": names.short(action.template)}
        case TaskCard():
            due = {"hours": action.due.hours, "calendar": names.short(action.due.calendar)}
            return {
                "type": "task_card",
                "label": dict(action.label),
                "to": action.to,
                "due": due,
                "steps": [_encode_step(step, names) for step in action.steps],
            }
        case _:
            assert_never(action)


def _encode_step(step: CardStep, names: Names) -> dict[str, Any]:
    document: dict[str, Any] = {"type": step.type, "label": dict(step.label), **step.props}
    for key, short in (
        ("entity", names.short),
        ("form", names.short),
        ("series", names.short_series),
    ):
        if key in document:
            document[key] = short(document[key])
    return document
