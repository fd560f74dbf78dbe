"""Write a passport as JSON, with labels for keys in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.compile import measure_scope
from builder.compiler import Compiler
from dsl.formula import relabel
from dsl.ir import type_name
from dsl.types import MEASUREMENT_SCALE, Boolean, Number
from dsl.values import format_datetime, format_number, format_value

if TYPE_CHECKING:
    from builder.model.metric import Metric
    from dsl.diagnostics import Language
    from dsl.explain import Node
    from dsl.scope import RowScope
    from runtime.behind import Behind, RecordBehind
    from runtime.context import Context
    from runtime.explain import Passport, PassportInput, Recomputed

Json = dict[str, Any]


def passport_json(ctx: Context, found: Passport, *, language: Language) -> Json:
    """The whole passport."""
    metric, measured = found.metric, found.measurement
    words = _Words(measure_scope(Compiler(ctx.catalog), metric), 0 if language == "zh-CN" else 1)
    return {
        "metric": _metric(metric),
        "subject": {
            "uid": found.subject_uid,
            "display": found.subject,
            "entity": metric.subject,
        },
        "period": measured.period,
        "period_label": found.period_label,
        "value": _number(measured.value, metric.decimals),
        "target": _number(measured.target, metric.decimals),
        "band": found.band,
        "n": measured.n,
        "reasons": list(measured.reasons),
        "rev": measured.rev,
        "at": format_datetime(measured.at),
        "formula": {
            "text": words.spoken(found.formula.text),
            "canonical": found.formula.canonical,
            "version": found.formula.version,
            "hash": found.formula.hash,
        },
        "tree": words.tree(found.tree),
        "inputs": [_input(item) for item in found.inputs],
        "recomputes": found.recomputes,
        "now": _now(found.now, metric, words, found.inputs),
    }


class _Words:
    """Formulas with labels for keys."""

    def __init__(self, scope: RowScope, label: int) -> None:
        self._scope = scope
        self._label = label

    def spoken(self, source: str) -> str:
        """The text with labels; as it is when it is no formula of its own."""
        return relabel(source, self._scope, label=self._label) if source else ""

    def tree(self, node: Node | None) -> Json | None:
        """A part of the formula with its value and its own parts."""
        if node is None:
            return None
        return {
            "text": self.spoken(node.text),
            "value": _value(node),
            "type": type_name(node.type),
            "reason": node.reason,
            "evaluated": node.evaluated,
            "children": [self.tree(child) for child in node.children],
        }


def _value(node: Node) -> str | bool | None:
    if isinstance(node.type, Boolean) and isinstance(node.value, bool):
        return node.value
    return format_value(node.value, node.type)


def _metric(metric: Metric) -> Json:
    return {
        "name": metric.name,
        "label": dict(metric.label),
        "unit": metric.unit,
        "decimals": metric.decimals,
        "direction": metric.direction,
        "grain": metric.grain,
        "subject": metric.subject,
        "status": metric.status,
    }


def _number(raw: int | None, decimals: int | None = None) -> str | None:
    return None if raw is None else format_number(raw, MEASUREMENT_SCALE, decimals=decimals)


def _input(item: PassportInput) -> Json:
    behind = item.behind
    shown = len(behind.records)
    return {
        "key": item.key,
        "label": dict(item.label),
        "aggregate": item.aggregate,
        "value": item.value,
        "count": item.count,
        "sum": item.sum,
        "entity": behind.entity,
        "columns": _columns(behind),
        "hidden_columns": behind.hidden_columns,
        "records": [_record(record, behind.entity) for record in behind.records],
        "truncated_total": behind.total if behind.total > shown else None,
    }


def _columns(behind: Behind) -> list[Json]:
    return [
        {
            "key": column.key,
            "label": dict(column.label),
            "type": type_name(column.type),
            "decimals": None,
            "unit": column.type.unit if isinstance(column.type, Number) else None,
        }
        for column in behind.columns
    ]


def _record(record: RecordBehind, entity: str) -> Json:
    if record.masked:
        return {"masked": True, "uid": None, "entity": entity, "display": "", "values": {}}
    return {
        "masked": False,
        "uid": record.uid,
        "entity": entity,
        "version": record.version,
        "display": record.display or "",
        "values": dict(record.values or {}),
        "origin": {
            "kind": record.origin_kind,
            "source": record.origin_source,
            "run": record.origin_run,
        },
        "changed_since": record.changed_since,
    }


def _now(now: Recomputed, metric: Metric, words: _Words, inputs: tuple[PassportInput, ...]) -> Json:
    labels = {item.key: dict(item.label) for item in inputs}
    aggregates = {item.key: item.aggregate for item in inputs}
    return {
        "value": _number(now.value, metric.decimals),
        "target": _number(now.target, metric.decimals),
        "difference": _number(now.difference, metric.decimals),
        "formula_hash": now.formula_hash,
        "tree": words.tree(now.tree),
        "inputs": [
            {
                "key": key,
                "label": labels.get(key, {"zh-CN": key, "en": key}),
                "aggregate": aggregates.get(key, ""),
                "value": body["value"],
                "count": body.get("count"),
                "sum": body.get("sum"),
                "columns": [],
                "records": [],
                "truncated_total": None,
            }
            for key, body in now.inputs.items()
        ],
    }
