"""Documents of flows, dashboards, sources, roles, message templates, calendars and packs."""

from __future__ import annotations

from typing import Any

from builder.codec.names import Names, drop_defaults, labels_of
from builder.durations import format_duration, parse_duration
from builder.masks import Mask
from builder.model.others import (
    Calendar,
    Dashboard,
    Document,
    FieldMapping,
    Flow,
    Grant,
    Pack,
    Role,
    SeriesMapping,
    Source,
    StreamMapping,
    Tile,
)


def _common(document: dict[str, Any], names: Names) -> dict[str, Any]:
    key = document["key"]
    return {"name": names.own_name(key), "label": labels_of(document, key)}


def _seconds(document: dict[str, Any], key: str, default: int) -> int:
    return (parse_duration(document[key]) or 0) if key in document else default


def decode_flow(document: dict[str, Any], names: Names) -> Flow:
    """The flow of a document that fits the schema."""
    start = dict(document["start"])
    start |= {key: names.full(start[key]) for key in ("form", "rule") if key in start}
    return Flow(
        entity=names.full(document["entity"]),
        start=start,
        steps=tuple(document["steps"]),
        **_common(document, names),
    )


def encode_flow(flow: Flow, names: Names) -> dict[str, Any]:
    """The document of a flow."""
    start = dict(flow.start)
    start |= {key: names.short(start[key]) for key in ("form", "rule") if key in start}
    return {"entity": names.short(flow.entity), "start": start, "steps": list(flow.steps)}


def decode_dashboard(document: dict[str, Any], names: Names) -> Dashboard:
    """The dashboard of a document that fits the schema."""
    tiles = tuple(
        Tile(
            id=item["id"],
            type=item["type"],
            metric=names.optional(item.get("metric")),
            entity=names.optional(item.get("entity")),
            label=item.get("label"),
            width=int(item.get("width", 4)),
            height=int(item.get("height", 4)),
        )
        for item in document["tiles"]
    )
    return Dashboard(tiles=tiles, **_common(document, names))


def encode_dashboard(dashboard: Dashboard, names: Names) -> dict[str, Any]:
    """The document of a dashboard."""
    tiles = [
        drop_defaults(
            {
                "id": tile.id,
                "type": tile.type,
                "metric": tile.metric and names.short(tile.metric),
                "entity": tile.entity and names.short(tile.entity),
                "label": tile.label,
                "width": tile.width,
                "height": tile.height,
            },
            {"width": 4, "height": 4},
        )
        for tile in dashboard.tiles
    ]
    return {"tiles": tiles}


def decode_source(document: dict[str, Any], names: Names) -> Source:
    """The source of a document that fits the schema."""
    return Source(
        connector=document["connector"],
        config=document["config"],
        streams=tuple(_stream(item, names) for item in document.get("streams", [])),
        series=tuple(
            SeriesMapping(
                item=item["item"],
                entity=names.full(item["entity"]),
                code=item["code"],
                series=item["series"],
                unit=item.get("unit"),
            )
            for item in document.get("series", [])
        ),
        every_s=_seconds(document, "every", 300),
        limit_s=_seconds(document, "limit", 900),
        owner=document.get("owner"),
        **_common(document, names),
    )


def _stream(document: dict[str, Any], names: Names) -> StreamMapping:
    fields = tuple(
        FieldMapping(
            source=item["from"],
            target=item["to"],
            convert=item.get("convert"),
            options=dict(item.get("options", {})),
            lookup=item.get("lookup"),
            default=item.get("default"),
        )
        for item in document["fields"]
    )
    return StreamMapping(
        stream=document["stream"],
        into=names.full(document["into"]),
        key=tuple(document["key"]),
        fields=fields,
        drift=document.get("drift", "evolve"),
        origin=document.get("origin", "system"),
    )


def encode_source(source: Source, names: Names) -> dict[str, Any]:
    """The document of a source."""
    series = [
        {
            "item": item.item,
            "entity": names.short(item.entity),
            "code": item.code,
            "series": item.series,
            "unit": item.unit,
        }
        for item in source.series
    ]
    document = {
        "connector": source.connector,
        "config": dict(source.config),
        "streams": [_encode_stream(stream, names) for stream in source.streams],
        "series": [drop_defaults(item, {}) for item in series],
        "every": format_duration(source.every_s),
        "limit": format_duration(source.limit_s),
        "owner": source.owner,
    }
    return drop_defaults(document, {"streams": [], "series": [], "every": "PT5M", "limit": "PT15M"})


def _encode_stream(stream: StreamMapping, names: Names) -> dict[str, Any]:
    fields = [
        drop_defaults(
            {
                "from": item.source,
                "to": item.target,
                "convert": item.convert,
                "options": dict(item.options),
                "lookup": item.lookup,
                "default": item.default,
            },
            {"options": {}},
        )
        for item in stream.fields
    ]
    document = {
        "stream": stream.stream,
        "into": names.short(stream.into),
        "key": list(stream.key),
        "fields": fields,
        "drift": stream.drift,
        "origin": stream.origin,
    }
    return drop_defaults(document, {"drift": "evolve", "origin": "system"})


def decode_role(document: dict[str, Any], names: Names) -> Role:
    """The role of a document that fits the schema."""
    grants = tuple(
        Grant(
            entity=names.full(item["entity"]),
            actions=tuple(item["actions"]),
            rows=item["rows"],
            formula=item.get("formula"),
            hidden_fields=tuple(item.get("hidden_fields", [])),
            masked_fields=tuple(item.get("masked_fields", [])),
            read_only_fields=tuple(item.get("read_only_fields", [])),
            masks={key: Mask(**each) for key, each in item.get("masks", {}).items()},
            new_fields=item.get("new_fields", "shown"),
            known_fields=tuple(item.get("known_fields", [])),
        )
        for item in document["grants"]
    )
    return Role(
        grants=grants,
        metrics=tuple(names.full(name) for name in document.get("metrics", [])),
        admin=document.get("admin", False),
        **_common(document, names),
    )


def encode_role(role: Role, names: Names) -> dict[str, Any]:
    """The document of a role."""
    grants = [
        drop_defaults(
            {
                "entity": names.short(grant.entity),
                "actions": list(grant.actions),
                "rows": grant.rows,
                "formula": grant.formula,
                "hidden_fields": list(grant.hidden_fields),
                "masked_fields": list(grant.masked_fields),
                "read_only_fields": list(grant.read_only_fields),
                "masks": {key: _mask(each) for key, each in grant.masks.items()},
                "new_fields": grant.new_fields,
                "known_fields": list(grant.known_fields),
            },
            {
                "hidden_fields": [],
                "masked_fields": [],
                "read_only_fields": [],
                "masks": {},
                "new_fields": "shown",
                "known_fields": [],
            },
        )
        for grant in role.grants
    ]
    document = {
        "grants": grants,
        "metrics": [names.short(name) for name in role.metrics],
        "admin": role.admin,
    }
    return drop_defaults(document, {"metrics": [], "admin": False})


def _mask(mask: Mask) -> dict[str, int]:
    return drop_defaults({"first": mask.first, "last": mask.last}, {"first": 0, "last": 0})


def decode_document(document: dict[str, Any], names: Names) -> Document:
    """The message template of a document that fits the schema."""
    return Document(subject=document["subject"], body=document["body"], **_common(document, names))


def encode_document(template: Document, names: Names) -> dict[str, Any]:  # noqa: ARG001 - one shape for all kinds
    """The document of a message template."""
    return {"subject": dict(template.subject), "body": dict(template.body)}


def decode_calendar(document: dict[str, Any], names: Names) -> Calendar:
    """The calendar of a document that fits the schema."""
    return Calendar(
        zone=document.get("zone", "Asia/Shanghai"),
        day_start=document.get("day_start", "00:00"),
        week_start=int(document.get("week_start", 1)),
        workdays=tuple(int(day) for day in document.get("workdays", [1, 2, 3, 4, 5])),
        shifts=tuple((start, end) for start, end in document.get("shifts", [])),
        close_delay_s=_seconds(document, "close_delay", 600),
        days=dict(document.get("days", {})),
        holidays=document.get("holidays", "cn"),
        **_common(document, names),
    )


def encode_calendar(calendar: Calendar, names: Names) -> dict[str, Any]:  # noqa: ARG001 - one shape for all kinds
    """The document of a calendar."""
    document = {
        "zone": calendar.zone,
        "day_start": calendar.day_start,
        "week_start": calendar.week_start,
        "workdays": list(calendar.workdays),
        "shifts": [list(shift) for shift in calendar.shifts],
        "close_delay": format_duration(calendar.close_delay_s),
        "days": dict(calendar.days),
        "holidays": calendar.holidays,
    }
    return drop_defaults(document, {"shifts": [], "days": {}})


def decode_pack(document: dict[str, Any], names: Names) -> Pack:
    """What pack.json says; the name of a pack is its key."""
    del names
    key = document["key"]
    return Pack(
        name=key,
        label=labels_of(document, key),
        version=document["version"],
        requires=tuple(document.get("requires", [])),
        description=dict(document.get("description", {})),
        parameters={name: dict(text) for name, text in document.get("parameters", {}).items()},
    )


def encode_pack(pack: Pack, names: Names) -> dict[str, Any]:  # noqa: ARG001 - one shape for all kinds
    """The pack.json of a pack."""
    document = {
        "version": pack.version,
        "description": dict(pack.description),
        "requires": list(pack.requires),
        "parameters": {name: dict(labels) for name, labels in pack.parameters.items()},
    }
    return drop_defaults(document, {"description": {}, "requires": [], "parameters": {}})
