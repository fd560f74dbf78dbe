"""Pickers offer what the filters of a form let see, and what they leave out is refused."""

from dataclasses import replace

import pytest

from builder.check import check
from builder.codec import decode, encode
from runtime import describe, records
from runtime.choosing import choices
from runtime.context import SYSTEM_ACTOR
from runtime.errors import NotAllowed, NotFound
from runtime.opened import Place
from runtime.publish import Proposal, publish
from runtime.submit import Submitted, submit_form
from tests.runtime.worlds import entity, field, ref

PACK = {"kind": "pack", "key": "yard", "version": "1.0.0"}
FORM = {
    "kind": "form", "key": "job_form", "entity": "job",
    "layout": [{"id": f"n{n}", "field": key} for n, key in enumerate(
        ("hall", "line", "kind", "tools", "parts"))],
    "rules": [
        {"id": "lines", "filter": "hall = form.hall AND open", "at": "line"},
        {"id": "tools", "filter": "line.hall = form.line.hall", "at": "tools"},
        {"id": "parts", "rows": "parts", "at": "tool",
         "filter": "line = form.line AND size >= row.least"},
        {"id": "hide", "when": "kind <> \"free\"", "then": [{"show": "line"}]},
    ],
}  # fmt: skip
ROLE = {
    "kind": "role", "key": "fitter", "grants": [
        {"entity": name, "actions": ["read", "create"], "rows": "all"}
        for name in ("hall", "line", "job")
    ] + [{"entity": "tool", "actions": ["read"], "rows": "formula", "formula": "size < 9"}],
}  # fmt: skip
DOCUMENTS = [
    PACK,
    entity("hall", field("name", "text")),
    entity("line", field("name", "text"), ref("hall", "hall"), field("open", "boolean")),
    entity("tool", field("name", "text"), ref("line", "line"), field("size", "integer")),
    entity(
        "job", ref("hall", "hall"), ref("line", "line"), field("kind", "text"),
        field("tools", "reference_list", entity="tool"),
        field("parts", "child_table", entity="part"), display="kind",
    ),
    entity("part", field("least", "integer"), ref("tool", "tool"), display="least", parent="job"),
    FORM,
    ROLE,
]  # fmt: skip


def put_up(world):
    found = [decode(each["kind"], each, pack="yard") for each in DOCUMENTS]
    assert [each for each in found if isinstance(each, list)] == []
    publish(world.wiring, Proposal(tuple(found)), actor=SYSTEM_ACTOR)
    uids = {}
    with world.writing() as ctx:

        def put(kind, name, **values):
            (made,) = records.insert(ctx, f"yard.{kind}", [{"name": name, **values}])
            uids[name] = made.uid
            return made.id

        east, west = put("hall", "east"), put("hall", "west")
        e1, e2 = put("line", "e1", hall=east, open=True), put("line", "e2", hall=east, open=True)
        put("line", "e3", hall=east, open=False)
        w1 = put("line", "w1", hall=west, open=True)
        for name, line, size in (("t1", e1, 1), ("t5", e1, 5), ("t9", e1, 9), ("u5", e2, 5)):
            put("tool", name, line=line, size=size)
        put("tool", "v5", line=w1, size=5)
    who = world.actor("li")
    return replace(who, roles=("yard.fitter",)), uids


def offered(world, who, **asked):
    with world.reading(who) as ctx:
        return [item["display"] for item in choices(ctx, Place(form="yard.job_form"), asked)]


def sent(world, who, key, **values):
    with world.writing(who) as ctx:
        return submit_form(ctx, "yard.job_form", values, key=key)


def test_choices_follow_one_from_the_other(either_world):
    world = either_world
    who, uid = put_up(world)
    east = {"hall": uid["east"]}
    on_e1 = {**east, "line": uid["e1"]}
    for asked, found in (
        ({"field": "hall"}, ["east", "west"]),
        ({"field": "line"}, []),
        ({"field": "line", "values": east}, ["e1", "e2"]),
        ({"field": "line", "values": {**east, "kind": 5}}, ["e1", "e2"]),
        ({"field": "line", "values": {"hall": "no such"}}, []),
        ({"field": "line", "values": east, "q": "2"}, ["e2"]),
        ({"field": "line", "values": east, "limit": 1}, ["e1"]),
        ({"field": "tools", "values": on_e1}, ["t1", "t5", "u5"]),  # t9 is not for this reader
        ({"field": "tool", "table": "parts", "values": on_e1, "row": {"least": "2"}}, ["t5"]),
        ({"field": "tool", "table": "parts", "values": on_e1, "row": {}}, []),
    ):
        assert offered(world, who, **asked) == found, asked
    good = {**on_e1, "kind": "bound", "tools": [uid["t1"], uid["u5"]],
            "parts": [{"least": "2", "tool": uid["t5"]}]}  # fmt: skip
    for number, (change, places) in enumerate((
        ({"line": uid["e3"]}, {"/values/line", "/values/parts/0/tool"}),
        ({"line": uid["w1"]}, {"/values/line", "/values/tools", "/values/parts/0/tool"}),
        ({"tools": [uid["t1"], uid["v5"]]}, {"/values/tools"}),
        ({"parts": [*good["parts"], {"least": "6", "tool": uid["t5"]}]},
         {"/values/parts/1/tool"}),
        ({"hall": None}, {"/values/line"}),
    )):  # fmt: skip
        problems = sent(world, who, f"bad{number}", **{**good, **change})
        assert {(p.code, p.pointer) for p in problems} == {("RUN134", at) for at in places}
    assert isinstance(sent(world, who, "good", **good), Submitted)
    # a hidden field is not trusted, so it is not held against its filter either
    hidden = {"kind": "free", "line": uid["e3"]}
    assert isinstance(sent(world, who, "hidden", **hidden), Submitted)


def test_who_may_ask_and_what_is_told(world):
    who, uid = put_up(world)
    asked = {"field": "line", "values": {"hall": uid["east"]}}
    with world.reading(world.actor("li")) as ctx, pytest.raises(NotAllowed):
        choices(ctx, Place(form="yard.job_form"), asked)
    with world.reading(who) as ctx:
        for place, other in (
            (Place(form="yard.none"), asked),
            (Place(form="yard.job"), asked),
            (Place(form="yard.job_form"), {"field": "kind"}),
            (Place(form="yard.job_form"), {"field": "tool", "table": "none"}),
            (Place(form="yard.job_form", task="nobodys"), asked),
        ):
            with pytest.raises(NotFound):
                choices(ctx, place, other)
        told = describe.describe_form(ctx, "yard.job_form")
    assert told["filters"][0] == {"at": "line", "reads": ["form.hall", "hall", "open"]}
    assert told["rows"]["parts"]["filters"][0]["reads"] == [
        "form.line", "line", "row.least", "size"
    ]  # fmt: skip
    narrowed = {**ROLE, "grants": [
        {**g, "hidden_fields": ["open"]} if g["entity"] == "line" else g for g in ROLE["grants"]
    ]}  # fmt: skip
    publish(world.wiring, Proposal((decode("role", narrowed, pack="yard"),)), actor=SYSTEM_ACTOR)
    with world.reading(who) as ctx, pytest.raises(NotAllowed):
        choices(ctx, Place(form="yard.job_form"), asked)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"filter": "hall = form.nothing", "at": "line"}, "DSL102"),
        ({"filter": "name", "at": "line"}, "DSL115"),
        ({"filter": "TRUE", "at": "kind"}, "BLD435"),
        ({"filter": "TRUE", "at": "least"}, "BLD203"),
        ({"filter": "COUNT(form.parts) > 0", "at": "line"}, "BLD436"),
        ({"filter": "TRUE", "at": "tool", "rows": "kind"}, "BLD239"),
    ],
)
def test_filters_that_can_not_be(rule, code):
    form = {**FORM, "rules": [{"id": "x", **rule}]}
    found = [decode(d["kind"], d, pack="yard") for d in [*DOCUMENTS[:-2], form]]
    told = check(found, manifests={})
    assert code in {d.code for d in told if d.severity == "error"}


def test_the_document_comes_back_as_it_was_written():
    form = decode("form", FORM, pack="yard")
    assert encode(form)["rules"] == FORM["rules"]
