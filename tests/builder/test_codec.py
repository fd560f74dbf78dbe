import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import codec, packs
from builder.codec.names import Names
from builder.model.rule import EventRule
from builder.schemas import FOLDERS, KINDS, schema_of
from builder.upgrade import upgrade
from dsl.diagnostics import LANGUAGES, Diagnostic
from tests.builder import samples

KIND_OF = {folder: kind for kind, folder in FOLDERS.items()}
ALL = [(KIND_OF[folder], document) for folder, document in samples.DOCUMENTS]
ALL.append(("pack", samples.PACK))
IDS = [f"{kind}-{document['key']}" for kind, document in ALL]


@pytest.mark.parametrize(("kind", "document"), ALL, ids=IDS)
def test_decode_of_encode_is_the_same_definition(kind, document):
    definition = codec.decode(kind, document, pack="perf")
    assert not isinstance(definition, list), definition
    written = codec.encode(definition)
    assert codec.decode(kind, written, pack="perf") == definition
    assert codec.encode(codec.decode(kind, written, pack="perf")) == written
    again = codec.decode_text(kind, codec.dumps(written), pack="perf")
    assert again == definition


@pytest.mark.parametrize(("kind", "document"), ALL, ids=IDS)
def test_a_stored_document_is_read_without_being_checked_again(kind, document):
    definition = codec.decode(kind, document, pack="perf")
    stored = json.loads(codec.dumps(codec.encode(definition)))
    assert codec.decode_stored(kind, stored, pack="perf") == codec.decode(kind, stored, pack="perf")


def test_a_stored_document_that_can_not_be_read_says_why():
    broken = {**samples.ALARM_X3, "quantifier": {"events": "three"}}
    problems = codec.decode_stored("rule", broken, pack="perf")
    assert {problem.code for problem in problems} >= {"BLD110", "BLD112"}


@pytest.mark.parametrize(("kind", "document"), ALL, ids=IDS)
def test_bytes_do_not_depend_on_the_order_of_keys(kind, document):
    def turned(value):
        if isinstance(value, dict):
            kept = value.keys() if "progress" in value else reversed(value.keys())
            return {key: turned(value[key]) for key in kept}
        return [turned(item) for item in value] if isinstance(value, list) else value

    first = codec.decode(kind, document, pack="perf")
    second = codec.decode(kind, turned(document), pack="perf")
    assert codec.dumps(codec.encode(first)) == codec.dumps(codec.encode(second))


def test_references_become_full_names():
    rule = codec.decode("rule", samples.ALARM_X3, pack="perf")
    assert isinstance(rule, EventRule)
    assert rule.events == "perf.alarm"
    assert rule.actions[0].due.calendar == "perf.shop_24x7"
    assert rule.actions[0].steps[0].props["series"] == "perf.machine.tool_wear"
    assert rule.quantifier.within_s == 8 * 3600


def test_built_in_names_have_no_prefix_unless_the_pack_has_its_own():
    names = Names("perf")
    assert names.full("person") == "person"
    assert names.full("sys.task") == "sys.task"
    assert names.full("other.goal") == "other.goal"
    own = Names("perf", frozenset({"office"}))
    assert own.full("office") == "perf.office"
    assert names.short("perf.office") == "perf.office"
    assert names.full(names.short("perf.office")) == "perf.office"


OFFICE_ROLE = {
    "kind": "role", "key": "office", "label": {"zh-CN": "办公室", "en": "Office"}, "grants": [],
}  # fmt: skip


@pytest.mark.parametrize("key", ["office", "person", "plan"])
@pytest.mark.parametrize("kind", ["role", "form", "document", "calendar"])
def test_a_definition_with_a_built_in_word_for_a_key_belongs_to_its_pack(kind, key):
    document = {
        "role": {"grants": []},
        "form": {"entity": "goal", "layout": [{"id": "a", "field": "name"}]},
        "document": {"subject": {"en": "s"}, "body": {"en": "b"}},
        "calendar": {"workdays": [1]},
    }[kind]
    document = {"kind": kind, "key": key, "label": {"zh-CN": "名", "en": "Name"}, **document}
    for decoded in (
        codec.decode(kind, document, pack="perf"),
        codec.decode_stored(kind, document, pack="perf"),
    ):
        assert decoded.name == f"perf.{key}"
        assert decoded.key == key
        again = codec.decode_stored(kind, codec.encode(decoded), pack="perf")
        assert again == decoded


def test_what_a_grant_says_of_fields_is_kept():
    said = {
        "entity": "goal", "actions": ["read"], "rows": "all", "masked_fields": ["name"],
        "masks": {"name": {"first": 3, "last": 4}}, "new_fields": "hidden",
        "known_fields": ["name", "owner"],
    }  # fmt: skip
    document = {**OFFICE_ROLE, "grants": [said]}
    decoded = codec.decode("role", document, pack="perf")
    assert codec.encode(decoded)["grants"] == [said]
    (grant,) = decoded.grants
    assert (grant.masks["name"].last, grant.new_fields) == (4, "hidden")


def test_a_role_does_not_hide_the_calendar_of_its_name():
    files = samples.files() | {"roles/office.json": json.dumps(OFFICE_ROLE).encode()}
    metric = json.loads(files["metrics/goal_progress.json"]) | {"calendar": "office"}
    files["metrics/goal_progress.json"] = json.dumps(metric).encode()
    loaded = packs.load(files)
    by_name = {definition.name: definition for definition in loaded.definitions}
    assert by_name["perf.office"].key == "office"
    assert by_name["perf.goal_progress"].calendar == "office", "the built-in one"
    calendar = {"kind": "calendar", "key": "office", "workdays": [1]}
    files["calendars/office.json"] = json.dumps(calendar).encode()
    del files["roles/office.json"]
    loaded = packs.load(files)
    by_name = {definition.name: definition for definition in loaded.definitions}
    assert by_name["perf.goal_progress"].calendar == "perf.office", "the pack's own"


def problems(kind, document):
    found = codec.decode(kind, document, pack="perf", file="x.json")
    assert isinstance(found, list)
    for d in found:
        assert d.file == "x.json"
        for language in LANGUAGES:
            assert d.text(language)
    return [(d.code, d.pointer) for d in found]


def changed(document, **more):
    return {**deepcopy(document), **more}


@pytest.mark.parametrize(
    ("kind", "document", "wanted"),
    [
        ("entity", [], ("BLD112", "")),
        ("entity", {"kind": "entity"}, ("BLD110", "")),
        ("entity", changed(samples.GOAL, displai="x"), ("BLD111", "/displai")),
        ("entity", changed(samples.GOAL, key="Goal"), ("BLD114", "/key")),
        ("entity", changed(samples.GOAL, key="goal\n"), ("BLD114", "/key")),
        ("entity", changed(samples.GOAL, log="yes"), ("BLD112", "/log")),
        ("entity", changed(samples.GOAL, kind="form"), ("BLD113", "/kind")),
        ("entity", changed(samples.GOAL, schema=9), ("BLD121", "/schema")),
        ("entity", changed(samples.GOAL, fields=[]), ("BLD115", "/fields")),
        (
            "entity",
            changed(samples.GOAL, fields=[samples.GOAL["fields"][0]] * 2),
            ("BLD116", "/fields/1"),
        ),
        (
            "entity",
            changed(samples.GOAL, fields=[{"key": "a", "type": "txt"}]),
            ("BLD113", "/fields/0/type"),
        ),
        (
            "rule",
            changed(samples.ALARM_X3, quantifier={"events": 3, "within": "PT"}),
            ("BLD118", "/quantifier/within"),
        ),
        ("rule", {"kind": "rule", "key": "a"}, ("BLD110", "")),
        ("rule", changed(samples.BEHIND, actions=[{"type": "sms"}]), ("BLD113", "/actions/0/type")),
        (
            "rule",
            changed(samples.BEHIND, actions=[{"type": "mail", "to": ["subject.owner"]}]),
            ("BLD110", "/actions/0"),
        ),
        (
            "form",
            changed(
                samples.FORM, layout=[{"id": "a", "box": "section", "children": [{"id": "b"}]}]
            ),
            ("BLD110", "/layout/0/children/0"),
        ),
        ("source", changed(samples.PLANT, every="soon"), ("BLD114", "/every")),
        ("metric", changed(samples.PROGRESS, inputs={"A b": {}}), ("BLD114", "/inputs")),
    ],
)
def test_a_wrong_document_names_the_place(kind, document, wanted):
    assert wanted in problems(kind, document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_damaged_documents_give_diagnostics_and_never_an_exception(data):
    kind, document = data.draw(st.sampled_from(ALL))
    damaged = deepcopy(document)
    node = damaged
    while True:
        key = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
        )
        below = node[key]
        if isinstance(below, dict | list) and below and data.draw(st.booleans()):
            node = below
            continue
        node[key] = data.draw(JSON)
        break
    decoded = codec.decode(kind, damaged, pack="perf")
    if isinstance(decoded, list):
        assert all(isinstance(d, Diagnostic) and d.text("en") for d in decoded)
    else:
        assert codec.decode(kind, codec.encode(decoded), pack="perf") == decoded


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_says_how_it_is_merged_and_every_object_is_closed(kind):
    free = {"config", "props"}

    def visit(node, path):
        if isinstance(node, list):
            for item in node:
                visit(item, path)
        elif isinstance(node, dict):
            if node.get("type") == "array":
                assert node.get("x-merge") in {"keyed", "atomic"}, path
            if node.get("type") == "object" and path[-1] not in free and "if" not in node:
                assert "additionalProperties" in node, path
            for key, value in node.items():
                visit(value, (*path, key))

    schema = schema_of(kind)
    visit(schema, (kind,))
    assert schema["$schema"].endswith("2020-12/schema")


def test_upgrades_go_hop_by_hop():
    hops = {
        ("role", 1): lambda d: {**d, "one": True},
        ("role", 2): lambda d: {**d, "two": True},
    }
    newest = {"role": 3}
    assert upgrade("role", {}, hops=hops, newest=newest) == {"one": True, "two": True, "schema": 3}
    assert upgrade("role", {"schema": 2}, hops=hops, newest=newest) == {"two": True, "schema": 3}
    assert isinstance(upgrade("role", {"schema": "1"}, hops=hops, newest=newest), Diagnostic)


def test_text_with_a_duplicate_key_is_refused():
    text = json.dumps(samples.GOAL)[:-1] + ', "key": "again"}'
    found = codec.decode_text("entity", text, pack="perf", file="f.json")
    assert isinstance(found, list)
    assert found[0].code == "BLD102"
