"""Rows become records exactly, or are put aside with the field and the reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from builder.model.entity import Entity, Field, Option
from builder.model.others import FieldMapping, StreamMapping
from dsl.values import parse_date, parse_datetime
from runtime.decide.conversions import CONVERTERS, Unconvertible, convert
from runtime.decide.drift import drift_of
from runtime.decide.mapping import look_ups, map_rows

LABEL = {"zh-CN": "字段", "en": "field"}
MACHINE = Entity(
    name="shop.machine", label=LABEL, display="code",
    fields=(Field(key="code", type="text", label=LABEL),
            Field(key="no", type="integer", label=LABEL)),
)  # fmt: skip
TICKET = Entity(
    name="shop.ticket",
    label=LABEL,
    display="no",
    fields=(
        Field(key="no", type="text", label=LABEL, required=True),
        Field(key="qty", type="decimal", label=LABEL, decimals=4),
        Field(key="rate", type="percent", label=LABEL, decimals=4),
        Field(key="on", type="date", label=LABEL),
        Field(key="at", type="datetime", label=LABEL),
        Field(key="ok", type="boolean", label=LABEL),
        Field(key="state", type="choice", label=LABEL,
              options=(Option("open", LABEL), Option("done", LABEL))),
        Field(key="machine", type="reference", label=LABEL, entity="shop.machine"),
    ),
)  # fmt: skip
ENTITIES = {"shop.machine": MACHINE, "shop.ticket": TICKET}


def mapped_to(source: str, target: str, **more: Any) -> FieldMapping:
    return FieldMapping(source=source, target=target, **more)


def stream(*fields: FieldMapping, **more: Any) -> StreamMapping:
    return StreamMapping(stream="tickets", into="shop.ticket", key=("no",), fields=fields, **more)


def one(row: dict[str, Any], *fields: FieldMapping, found: Any = None) -> Any:
    mapping = stream(mapped_to("id", "no"), *fields)
    mapped = map_rows(
        mapping, TICKET, [{"id": "T1", **row}], entities=ENTITIES.__getitem__, found=found or {}
    )
    return mapped.records[0] if mapped.records else mapped.rejects[0].problem


def converted(value: object, how: str, **options: str) -> object:
    return convert(value, mapped_to("x", "y", convert=how, options=options))


@pytest.mark.parametrize(
    ("value", "how", "expected"),
    [
        ("  a　", "trim", "a"), (7, "text", "7"), (Decimal("1.50"), "text", "1.5"),
        ("1,234.50", "number", "1234.5"), ("１２．５", "number", "12.5"), ("-3", "number", "-3"),
        ("1.234,5", "number:,", "1234.5"), (0.1, "number", "0.1"),
        (Decimal("0.1"), "number", "0.1"),
        ("93.2%", "percent", "0.932"), (Decimal(45), "percent", "0.45"),
        ("7％", "percent", "0.07"),
        ("0.932", "ratio", "0.932"), ("93.2%", "ratio", "0.932"), (1500, "unit:0.001", "1.5"),
        ("2026/02/08", "date:%Y/%m/%d", "2026-02-08"),
        ("2026-02-08T23:00:00", "date", "2026-02-08"),
        ("2026-02-08 09:00:00", "datetime:Asia/Shanghai", "2026-02-08T09:00:00+08:00"),
        ("2026-02-08T09:00:00Z", "datetime:Asia/Shanghai", "2026-02-08T09:00:00+00:00"),
        ("08.02.2026 09:00", "datetime:Asia/Shanghai|%d.%m.%Y %H:%M", "2026-02-08T09:00:00+08:00"),
        (1770512400, "epoch_s", "2026-02-08T01:00:00+00:00"),
        ("1770512400500", "epoch_ms", "2026-02-08T01:00:00.500000+00:00"),
        ("是", "boolean", True), (0, "boolean", False), (True, "boolean", True),
        ("1.5", "duration:hours", "PT5400S"), ("PT5M", "duration", "PT5M"), ("ab ", "upper", "AB"),
    ],
)  # fmt: skip
def test_a_conversion(value: object, how: str, expected: object) -> None:
    assert converted(value, how) == expected


@pytest.mark.parametrize(
    ("value", "how"),
    [
        ("abc", "number"), ("1e5", "number"), ("", "number"), (True, "number"), ("1.2.3", "number"),
        ("2026-02-30", "date"), ("2026-02-08 09:00", "datetime"), ("x", "datetime:Asia/Shanghai"),
        ("2026-02-08 09:00", "datetime:Mars/Base"), ("vielleicht", "boolean"), ({"a": 1}, "text"),
        ("1", "duration:moons"), ("1", "eval:os"), (float("nan"), "number"),
        (Decimal("1e999999"), "text"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(value: object, how: str) -> None:
    with pytest.raises(Unconvertible):
        converted(value, how)


def test_map_knows_its_options_only() -> None:
    assert converted(1, "map", **{"1": "open"}) == "open"
    assert converted("Y", "map", Y="true") is True
    with pytest.raises(Unconvertible):
        converted("2", "map", **{"1": "open"})


def test_the_builders_list_of_conversions_is_carried_out() -> None:
    from builder.conversions import CONVERSIONS

    assert set(CONVERSIONS) <= set(CONVERTERS)


def test_a_row_becomes_raw_values() -> None:
    record = one(
        {"q": Decimal("12.3456"), "r": "93.2", "d": "2026-02-08", "t": "2026-02-08 09:00:00",
         "s": 2,
         "ok": False, "m": {"code": " M-7 "}},
        mapped_to("q", "qty"), mapped_to("r", "rate", convert="percent"), mapped_to("d", "on"),
        mapped_to("t", "at", convert="datetime:Asia/Shanghai"), mapped_to("ok", "ok"),
        mapped_to("s", "state", convert="map", options={"2": "done"}),
        mapped_to("m.code", "machine", convert="trim", lookup="code"),
        found={"machine": {"M-7": 42}},
    )  # fmt: skip
    assert record == {
        "no": "T1", "qty": 123_456, "rate": 932_000, "on": parse_date("2026-02-08"), "ok": False,
        "at": parse_datetime("2026-02-08T09:00:00+08:00"), "state": "done", "machine": 42,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"q": "many"}, mapped_to("q", "qty"), "BLD402"),
        ({"q": "many"}, mapped_to("q", "qty", convert="number"), "MAP101"),
        ({"q": "x"}, mapped_to("q", "state"), "BLD406"),
        ({"q": "M-9"}, mapped_to("q", "machine", lookup="code"), "MAP102"),
        ({"q": [1]}, mapped_to("q", "machine", lookup="no"), "MAP102"),
        ({"q": "2026-02-08T09:00:00"}, mapped_to("q", "at"), "BLD402"),
    ],
)
def test_a_bad_row_names_its_field(row: dict[str, Any], field: FieldMapping, code: str) -> None:
    problem = one(row, field, found={"machine": {"M-7": 42}})
    assert problem.code == code
    assert problem.pointer == f"/{field.target}"
    assert problem.text("zh-CN")
    assert problem.text("en")


def test_blank_is_null_or_the_default_and_never_a_key() -> None:
    assert one({"q": "  "}, mapped_to("q", "qty"))["qty"] is None
    assert one({}, mapped_to("q", "qty", default="1.5"))["qty"] == 15_000
    assert one({"id": ""}).code == "MAP103"
    assert one({"id": None}).code == "MAP103"


def test_the_good_rows_of_a_batch_go_on() -> None:
    mapping = stream(mapped_to("id", "no"), mapped_to("q", "qty"))
    rows = [{"id": "1", "q": 1}, {"id": "2", "q": "x"}, {"id": "3", "q": 3}]
    mapped = map_rows(mapping, TICKET, rows, entities=ENTITIES.__getitem__, found={})
    assert mapped.places == (0, 2)
    assert [(r.place, r.key) for r in mapped.rejects] == [(1, '["2"]')]
    assert mapped.rejects[0].raw == '{"id": "2", "q": "x"}'


def test_business_keys_are_asked_for_in_bulk() -> None:
    mapping = stream(
        mapped_to("id", "no"), mapped_to("m", "machine", convert="trim", lookup="code")
    )
    rows = [
        {"id": "1", "m": "A "},
        {"id": "2", "m": "A"},
        {"id": "3", "m": None},
        {"id": "4", "m": "B"},
    ]
    (wanted,) = look_ups(mapping, TICKET, rows, entities=ENTITIES.__getitem__)
    assert (wanted.field, wanted.entity, wanted.by) == ("machine", "shop.machine", "code")
    assert wanted.values == {"A", "B"}


def test_drift_is_seen() -> None:
    mapping = stream(mapped_to("id", "no"), mapped_to("q", "qty"))
    first = drift_of(mapping, [{"id": "1", "q": 1, "z": None}], None)
    assert not first.changed
    assert drift_of(mapping, [{"id": "1", "q": None, "z": "x"}], first.fingerprint).changed == {}
    changed = drift_of(mapping, [{"id": "1", "q": "1", "n": 1}], first.fingerprint)
    assert changed.changed == {"q": ("number", "text")}
    assert changed.added == ("n",)
    assert drift_of(mapping, [{"id": "1"}], first.fingerprint).missing == ("q",)
    assert drift_of(mapping, [], first.fingerprint).fingerprint == first.fingerprint


def test_a_list_of_objects_becomes_the_rows_of_a_child_table() -> None:
    point = Entity(
        name="shop.point", label=LABEL, display="on", parent="shop.plan",
        fields=(Field(key="on", type="date", label=LABEL, required=True),
                Field(key="share", type="percent", label=LABEL, decimals=4)),
    )  # fmt: skip
    plan = Entity(
        name="shop.plan", label=LABEL, display="no",
        fields=(Field(key="no", type="text", label=LABEL),
                Field(key="points", type="child_table", label=LABEL, entity="shop.point")),
    )  # fmt: skip
    mapping = stream(mapped_to("id", "no"), mapped_to("points", "points"))
    rows = [
        {"id": "1", "points": [{"on": "2026-01-05", "share": Decimal("0.25")}]},
        {"id": "2", "points": [{"share": Decimal("0.25")}]},
        {"id": "3", "points": "none"},
    ]
    entities = {"shop.point": point, "shop.plan": plan}.__getitem__
    mapped = map_rows(mapping, plan, rows, entities=entities, found={})
    assert mapped.records[0]["points"] == ({"on": parse_date("2026-01-05"), "share": 250_000},)
    assert [reject.problem.code for reject in mapped.rejects] == ["BLD401", "MAP101"]
