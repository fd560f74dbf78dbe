"""Metric documents."""

from __future__ import annotations

from typing import Any

from builder.codec.names import Names, drop_defaults, labels_of, written_labels
from builder.model.metric import Input, Metric, MetricVersion

_PLAIN: dict[str, Any] = {
    "unit": None, "decimals": 2, "direction": "up", "status": "live", "scope": None,
}  # fmt: skip


def decode(document: dict[str, Any], names: Names) -> Metric:
    """The metric of a document that fits the schema."""
    key = document["key"]
    plain = {name: document.get(name, default) for name, default in _PLAIN.items()}
    plain["decimals"] = int(plain["decimals"])
    during = document.get("during")
    return Metric(
        name=names.own_name(key),
        label=labels_of(document, key),
        subject=names.full(document["subject"]),
        grain=document["grain"],
        inputs=tuple(_input(k, item, names) for k, item in document["inputs"].items()),
        versions=tuple(_version(item) for item in document["versions"]),
        calendar=names.full(document.get("calendar", "office")),
        parent=names.optional(document.get("parent")),
        counter_metric=names.optional(document.get("counter_metric")),
        during=None if during is None else (during[0], during[1]),
        **plain,
    )


def _input(key: str, document: dict[str, Any], names: Names) -> Input:
    return Input(
        key=key,
        label=labels_of(document, key),
        entity=names.full(document["from"]),
        agg=document["agg"],
        subject=document["subject"],
        date=document["date"],
        where=document.get("where"),
        value=document.get("value"),
        distinct=document.get("distinct"),
        carry=document.get("carry", False),
    )


def _version(document: dict[str, Any]) -> MetricVersion:
    return MetricVersion(
        start=document["from"],
        formula=document["formula"],
        target=document.get("target"),
        bands=dict(document.get("bands", {})),
    )


def encode(metric: Metric, names: Names) -> dict[str, Any]:
    """The document of a metric."""
    document = {name: getattr(metric, name) for name in _PLAIN}
    document |= {
        "subject": names.short(metric.subject),
        "grain": metric.grain,
        "calendar": names.short(metric.calendar),
        "parent": None if metric.parent is None else names.short(metric.parent),
        "counter_metric": metric.counter_metric and names.short(metric.counter_metric),
        "during": None if metric.during is None else list(metric.during),
        "inputs": {item.key: _encode_input(item, names) for item in metric.inputs},
        "versions": [_encode_version(version) for version in metric.versions],
    }
    return drop_defaults(document, {**_PLAIN, "calendar": names.short("office")})


def _encode_input(item: Input, names: Names) -> dict[str, Any]:
    document = {
        "label": written_labels(item.label, item.key),
        "from": names.short(item.entity),
        "where": item.where,
        "agg": item.agg,
        "value": item.value,
        "distinct": item.distinct,
        "subject": item.subject,
        "date": item.date,
        "carry": item.carry,
    }
    return drop_defaults(document, {"carry": False})


def _encode_version(version: MetricVersion) -> dict[str, Any]:
    document = {
        "from": version.start,
        "formula": version.formula,
        "target": version.target,
        "bands": dict(version.bands),
    }
    return drop_defaults(document, {"bands": {}})
