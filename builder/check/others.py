"""Check sources, roles, dashboards, calendars and packs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator
from referencing import Registry

from builder.codes import hint
from builder.compile import compile_role
from builder.conversions import CONVERSIONS
from builder.json_text import pointer_of
from builder.paths import POINTERS
from builder.schemas import did_you_mean
from dsl.values import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError

    from builder.check.place import Place
    from builder.model.others import Calendar, Dashboard, Grant, Pack, Role, Source, StreamMapping

PARAMETER = re.compile(r"\$\{param\.([A-Za-z0-9_]{1,63})\}")
ANCHOR = {
    "own": "owner",
    "subordinates": "owner",
    "department": "department",
    "subtree": "department",
}
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def check_source(place: Place, source: Source) -> None:
    """Everything that can be wrong with a source."""
    manifest = place.manifests.get(source.connector)
    if manifest is None and place.manifests:
        guess = hint(did_you_mean(source.connector, place.manifests))
        place.add("BLD217", "/connector", name=source.connector, hint=guess)
    if manifest is not None:
        _config(place, source, manifest.get("config_schema", {}))
    _parameters(place, source)
    for number, stream in enumerate(source.streams):
        _stream(place, source, stream, f"/streams/{number}")
    for number, series in enumerate(source.series):
        at = f"/series/{number}"
        if place.own_table(series.entity, f"{at}/entity"):
            place.field(series.entity, series.code, f"{at}/code")


def _config(place: Place, source: Source, schema: Mapping[str, Any]) -> None:
    validator = Draft202012Validator(schema, registry=Registry())
    for error in validator.iter_errors(dict(source.config)):
        if _waits_for_a_parameter(error):
            continue
        where = pointer_of(error.absolute_path)
        place.add("BLD229", f"/config{where}", setting=where or "/", reason=_reason(error))


def _reason(error: ValidationError) -> str:
    return f"it does not fit the rule: {error.validator} {error.validator_value}"[:200]


def _waits_for_a_parameter(error: ValidationError) -> bool:
    """Whether the value is known only when the parameters are."""
    if isinstance(error.instance, str):
        return "${" in error.instance
    is_choice = error.validator in {"anyOf", "oneOf"}
    return is_choice and "${" in json.dumps(error.instance, ensure_ascii=False)


def _parameters(place: Place, source: Source) -> None:
    pack = place.catalog.packs.get(source.pack)
    declared = set(pack.parameters) if pack is not None else set()
    used = PARAMETER.findall(json.dumps(dict(source.config), ensure_ascii=False))
    for name in sorted(set(used) - declared):
        place.add("BLD224", "/config", name=name)


def _stream(place: Place, source: Source, stream: StreamMapping, at: str) -> None:
    offered = source.config.get("streams")
    if isinstance(offered, dict) and stream.stream not in offered:
        guess = hint(did_you_mean(stream.stream, offered))
        args = {"name": source.connector, "stream": stream.stream, "hint": guess}
        place.add("BLD218", f"{at}/stream", **args)
    if not place.own_table(stream.into, f"{at}/into"):
        return
    mapped = {item.target for item in stream.fields}
    for number, key in enumerate(stream.key):
        if place.field(stream.into, key, f"{at}/key/{number}") and key not in mapped:
            place.add("BLD220", f"{at}/key/{number}", key=key)
    for number in range(len(stream.fields)):
        _mapping(place, stream, number, f"{at}/fields/{number}")


def _mapping(place: Place, stream: StreamMapping, number: int, at: str) -> None:
    item = stream.fields[number]
    conversion = (item.convert or "").partition(":")[0]
    if conversion and conversion not in CONVERSIONS:
        guess = hint(did_you_mean(conversion, CONVERSIONS))
        place.add("BLD219", f"{at}/convert", value=conversion, hint=guess)
    reached = place.end(stream.into, item.target, pointer=f"{at}/to")
    if reached is None or reached.field is None:
        return
    field = reached.field
    if field.formula is not None:
        place.add("BLD233", f"{at}/to", name=field.key)
    if item.lookup is not None:
        if field.type not in POINTERS or field.entity is None:
            place.add("BLD232", f"{at}/lookup", name=field.key)
        else:
            place.field(field.entity, item.lookup, f"{at}/lookup")


def check_role(place: Place, role: Role) -> None:
    """Everything that can be wrong with a role."""
    for number, grant in enumerate(role.grants):
        at = f"/grants/{number}"
        if place.refer("entity", grant.entity, f"{at}/entity"):
            _grant(place, grant, at)
    for number, name in enumerate(role.metrics):
        place.refer("metric", name, f"/metrics/{number}")
    compiled = compile_role(place, role)
    for number, formula in compiled.formulas.items() if compiled else ():
        place.for_many(formula, f"/grants/{number}/formula")


def _grant(place: Place, grant: Grant, at: str) -> None:
    entity = place.catalog.entities[grant.entity]
    anchor = ANCHOR.get(grant.rows)
    if anchor is not None and getattr(entity.access, anchor) is None:
        args = {"entity": grant.entity, "rows": grant.rows, "anchor": anchor}
        place.add("BLD208", f"{at}/rows", **args)
    if (grant.rows == "formula") != (grant.formula is not None):
        place.add("BLD228", f"{at}/formula")
    for name in ("hidden_fields", "masked_fields", "read_only_fields", "known_fields"):
        for number, key in enumerate(getattr(grant, name)):
            place.field(grant.entity, key, f"{at}/{name}/{number}")
    if grant.new_fields != "shown" and not grant.known_fields:
        place.add("BLD447", f"{at}/new_fields", value=grant.new_fields)
    _masks(place, grant, at)


def _masks(place: Place, grant: Grant, at: str) -> None:
    entity = place.catalog.entities[grant.entity]
    for key in grant.masks:
        item = entity.field(key)
        if key not in grant.masked_fields:
            place.add("BLD445", f"{at}/masks/{key}", name=key)
        elif item is not None and item.type not in ("text", "long_text"):
            place.add("BLD446", f"{at}/masks/{key}", name=key)


def check_dashboard(place: Place, dashboard: Dashboard) -> None:
    """Everything that can be wrong with a dashboard."""
    for number, tile in enumerate(dashboard.tiles):
        place.refer("metric", tile.metric, f"/tiles/{number}/metric")
        place.refer("entity", tile.entity, f"/tiles/{number}/entity")


def check_calendar(place: Place, calendar: Calendar) -> None:
    """Everything that can be wrong with a calendar."""
    try:
        ZoneInfo(calendar.zone)
    except (KeyError, ValueError, OSError):
        place.add("BLD120", "/zone", value=calendar.zone)
    if not TIME.fullmatch(calendar.day_start):
        place.add("BLD119", "/day_start", value=calendar.day_start)
    for number, shift in enumerate(calendar.shifts):
        for index, time in enumerate(shift):
            if not TIME.fullmatch(time):
                place.add("BLD119", f"/shifts/{number}/{index}", value=time)
    for day in calendar.days:
        try:
            parse_date(day)
        except ValueError:
            place.add("BLD117", f"/days/{day}", value=day)


def check_pack(place: Place, pack: Pack) -> None:
    """Everything that can be wrong with pack.json."""
    for number, name in enumerate(pack.requires):
        place.refer("pack", name, f"/requires/{number}")
