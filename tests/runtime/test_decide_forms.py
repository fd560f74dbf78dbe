"""What a form does with what was sent, without a database."""

from __future__ import annotations

import pytest

from builder.catalog import Catalog
from builder.codec import decode
from dsl.backends.python import Params
from runtime.decide.amending import Known, amend
from runtime.decide.forms import controls, fill, is_blank, pointer_to, with_defaults

ENTITY = {
    "kind": "entity", "key": "thing", "display": "name",
    "fields": [
        {"key": "name", "type": "text", "required": True},
        {"key": "kind", "type": "choice",
         "options": [{"id": "a", "label": {"en": "A"}}, {"id": "b", "label": {"en": "B"}}]},
        {"key": "size", "type": "integer", "default": "3"},
        {"key": "twice", "type": "formula", "formula": "size * 2"},
        {"key": "total", "type": "formula", "formula": "SUM(parts.count)"},
        {"key": "note", "type": "text"},
        {"key": "deep", "type": "text", "required": True},
        {"key": "parts", "type": "child_table", "entity": "part"},
    ]}  # fmt: skip
PART = {"kind": "entity", "key": "part", "display": "code", "parent": "thing",
        "fields": [{"key": "code", "type": "text"},
                   {"key": "count", "type": "integer"}]}  # fmt: skip
RULES = [
    {"id": "show", "when": 'kind = "b"', "then": [{"show": "note"}]},
    {"id": "chain", "when": 'note = "x"', "then": [{"show": "deep"}]},
    {"id": "lock", "when": "twice > 10", "then": [{"read_only": "size"}]},
    {"id": "sum", "check": "total <= 10", "at": "parts",
     "message": {"zh-CN": "太多", "en": "too many"}},
    {"id": "hush", "check": 'note <> "bad"', "at": "note", "message": {"en": "no"}},
]  # fmt: skip
PARAMS = Params(today=20_000, now=0)


@pytest.fixture(scope="module")
def compiled():
    """The form with all its rules."""
    layout = [{"id": k, "field": k} for k in ("name", "kind", "size", "note", "deep", "parts")]
    form = {"kind": "form", "key": "thing_form", "entity": "thing", "layout": [
        {"id": "s", "box": "section", "children": layout[:3]}, *layout[3:]],
        "rules": RULES}  # fmt: skip
    made = [decode(d["kind"], d, pack="p") for d in (ENTITY, PART, form)]
    assert [each for each in made if isinstance(each, list)] == []
    return Catalog.of(made, revision=1).compiled_form("p.thing_form")


def filled(compiled, values, facts=None):
    facts = facts or {}
    defaults = with_defaults(compiled, values, facts=facts, params=PARAMS)
    return fill(compiled, values, defaults=defaults, facts=facts, params=PARAMS)


def test_the_fields_of_a_form_in_order_of_reading(compiled):
    assert controls(compiled.form) == ("name", "kind", "size", "note", "deep", "parts")


def test_a_default_fills_what_was_not_sent(compiled):
    assert filled(compiled, {"name": "n"}).values["size"] == 3
    assert filled(compiled, {"name": "n", "size": 4}).values["size"] == 4
    assert filled(compiled, {"name": "n", "size": None}).values["size"] is None


def test_what_hides_a_field_hides_what_hangs_on_it(compiled):
    sent = {"name": "n", "kind": "a", "note": "x", "deep": "d"}
    found = filled(compiled, sent)
    assert found.problems == ()
    assert {"note", "deep"} & set(found.values) == set()
    shown = filled(compiled, {**sent, "kind": "b"})
    assert (shown.values["note"], shown.values["deep"]) == ("x", "d")


def test_a_hidden_field_is_not_required(compiled):
    assert filled(compiled, {"name": "n", "kind": "a"}).problems == ()
    found = filled(compiled, {"name": "n", "kind": "b", "note": "x"})
    assert [(p.code, p.pointer) for p in found.problems] == [("RUN101", "/values/deep")]


def test_a_read_only_field_takes_its_default(compiled):
    assert filled(compiled, {"name": "n", "size": 9}).values["size"] == 3


def test_a_check_counts_child_rows(compiled):
    rows = [{"code": "a", "count": 6}, {"code": "b", "count": 5}, {"code": "c"}]
    found = filled(compiled, {"name": "n", "parts": rows})
    assert [(p.code, p.pointer) for p in found.problems] == [("RUN109", "/values/parts")]
    assert found.problems[0].text("zh-CN") == "太多"
    assert filled(compiled, {"name": "n", "parts": rows[:1]}).problems == ()


def test_a_check_of_a_hidden_field_is_silent_and_unknown_is_no_failure(compiled):
    assert filled(compiled, {"name": "n", "kind": "a", "note": "bad"}).problems == ()
    assert filled(compiled, {"name": "n", "kind": "b"}).problems == ()
    found = filled(compiled, {"name": "n", "kind": "b", "note": "bad"})
    assert [p.pointer for p in found.problems] == ["/values/note"]


@pytest.mark.parametrize(
    ("value", "blank"),
    [(None, True), ("", True), (" \t", True), ([], True), ("x", False), (0, False), (False, False),
     ([{}], False)],
)  # fmt: skip
def test_what_counts_as_blank(value, blank):
    assert is_blank(value) is blank


def test_pointers_are_escaped():
    assert pointer_to("a/b", 0, "c~d") == "/values/a~1b/0/c~0d"


# --- a record that is there ---------------------------------------------------------------
THERE = {"name": "n", "kind": "b", "note": "ok", "size": 3, "deep": None,
         "parts": [{"code": "a", "count": 1}]}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "sent", "written", "problems"),
    [
        ({}, {"name": "m"}, {"name": "m"}, []),
        ({}, {"name": " "}, {"name": " "}, [("RUN101", "name")]),
        # what the change hides is emptied; what was sent for it is not taken
        ({}, {"kind": "a"}, {"kind": "a", "note": None}, []),
        ({}, {"kind": "a", "note": "z"}, {"kind": "a", "note": None}, []),
        ({"kind": "a", "note": "old"}, {"name": "m"}, {"name": "m"}, []),  # hidden before: stays
        # what it makes required is asked for, by way of another field too
        ({}, {"note": "x"}, {"note": "x"}, [("RUN101", "deep")]),
        ({}, {"note": "x", "deep": "d"}, {"note": "x", "deep": "d"}, []),
        # what was wrong before is not held against a change that does not touch it
        ({"note": "bad"}, {"name": "m"}, {"name": "m"}, []),
        ({"note": "bad", "kind": "a"}, {"kind": "b"}, {"kind": "b"}, [("RUN109", "note")]),
        ({"note": "x"}, {"name": "m"}, {"name": "m"}, []),
        ({}, {"note": "bad"}, {"note": "bad"}, [("RUN109", "note")]),
        # rows that were not sent count all the same
        ({"parts": [{"count": 11}]}, {"name": "m"}, {"name": "m"}, []),
        ({}, {"parts": [{"code": "a", "count": 11}]},
         {"parts": [{"code": "a", "count": 11}]}, [("RUN109", "parts")]),
        # nobody writes what is read-only, unless the same change ends that
        ({"size": 6}, {"size": 7}, {"size": 6}, [("RUN156", "size")]),
        ({"size": 6}, {"size": 6, "name": "m"}, {"size": 6, "name": "m"}, []),
        ({"size": 6}, {"size": 5}, {"size": 5}, []),
    ],
)  # fmt: skip
def test_a_change_is_judged_as_the_record_it_makes(compiled, before, sent, written, problems):
    was = Known({**THERE, **before}, {})
    found = amend(compiled, was, sent, facts={}, params=PARAMS)
    told = [(p.code, p.pointer.removeprefix("/values/")) for p in found.problems]
    assert (found.values, told) == (written, problems)
