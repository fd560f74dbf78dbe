"""Write what the server decides about filled forms as JSON, for the browser to decide the same."""

import json
from pathlib import Path

from builder.catalog import Catalog
from builder.codec import decode
from dsl.backends.python import Params
from runtime.decide.forms import controls, fill, with_defaults
from runtime.describe import describe_rules

FILE = Path(__file__).parents[2] / "web/client/src/form/model/vectors.json"
PARAMS = Params(today=20_000, now=0)
OPTIONS = [{"id": each, "label": {"en": each}} for each in ("a", "b", "c")]
TEXT = {"en": "no"}


def field(key, kind, **more):
    return {"key": key, "type": kind, "label": {"en": key}, **more}


ORDER = {
    "kind": "entity", "key": "order", "display": "name",
    "fields": [
        field("name", "text", required=True), field("kind", "choice", options=OPTIONS),
        field("place", "choice", options=OPTIONS), field("tags", "multi_choice", options=OPTIONS),
        field("size", "integer", default="3"), field("note", "text"), field("deep", "text"),
        field("lines", "child_table", entity="line"),
        field("total", "rollup", of="lines", agg="sum", value="sum"),
    ],
}  # fmt: skip
LINE = {
    "kind": "entity", "key": "line", "display": "code", "parent": "order",
    "fields": [
        field("code", "text", required=True), field("count", "integer", default="1"),
        field("price", "money"), field("why", "text"),
        field("unit", "choice", options=OPTIONS), field("sum", "formula", formula="count * price"),
    ],
}  # fmt: skip
FORM = {
    "kind": "form", "key": "order_form", "entity": "order",
    "layout": [{"id": f["key"], "field": f["key"]} for f in ORDER["fields"]],
    "rules": [
        {"id": "show", "when": 'kind = "b"', "then": [{"show": "note"}, {"require": "note"}]},
        {"id": "chain", "when": 'note = "x"', "then": [{"show": "deep"}, {"require": "deep"}]},
        {"id": "lock", "when": "total > 100", "then": [{"read_only": "size"}]},
        {"id": "a", "when": 'kind = "a"', "then": [{"offer": "place", "options": ["a", "b"]},
                                                   {"offer": "tags", "options": ["a"]}]},
        {"id": "tagged", "when": 'COUNT(tags[value = "c"]) > 0', "then": [{"require": "place"}]},
        {"id": "sum", "check": "total <= 1000", "message": TEXT, "at": "lines"},
        {"id": "dear", "rows": "lines", "when": "sum > 50", "then": [{"require": "why"},
                                                                     {"show": "why"}]},
        {"id": "unit", "rows": "lines", "when": "count > 5",
         "then": [{"offer": "unit", "options": ["b"]}]},
        {"id": "some", "rows": "lines", "check": "count > 0", "message": TEXT, "at": "count"},
    ],
}  # fmt: skip
# the rows of a child table differ: each is judged by itself, not by the first
CASES = [
    {},
    {"name": "n", "kind": "b"},
    {"name": "n", "kind": "b", "note": "x"},
    {"name": "n", "kind": "a", "note": "x", "deep": "y"},
    {"name": "n", "kind": "a", "place": "c"},
    {"name": "n", "kind": "a", "place": "a", "tags": ["a"]},
    {"name": "n", "kind": "a", "tags": ["a", "b"]},
    {"name": "n", "kind": "c", "tags": ["c", "b"]},
    {"name": "n", "lines": [{"code": "1", "count": "2", "price": "10"}]},
    {"name": "n", "lines": [{"code": "1", "count": "2", "price": "10", "why": "w"},
                            {"code": "2", "count": "2", "price": "30"}]},
    {"name": "n", "lines": [{"code": "1", "count": "9", "price": "1", "unit": "a"},
                            {"count": "0", "price": "1", "unit": "a"}]},
    {"name": "n", "size": "5", "lines": [{"code": "1", "count": "2", "price": "60", "why": "w"}]},
    {"name": "n", "lines": [{"code": "1", "count": "20", "price": "60", "why": "w"}]},
]  # fmt: skip


def compiled_form():
    """The form, ready to be filled in."""
    made = [decode(each["kind"], each, pack="p") for each in (ORDER, LINE, FORM)]
    assert [each for each in made if isinstance(each, list)] == []
    return Catalog.of(made, revision=1).compiled_form("p.order_form")


def described(entity):
    """The fields as a descriptor has them."""
    return [
        {
            "key": f["key"], "type": f["type"], "label": f["label"],
            "required": f.get("required", False), "options": f.get("options", []),
            "computed": f["type"] in {"formula", "rollup"},
            **({"columns": described(LINE)} if f["type"] == "child_table" else {}),
        }
        for f in entity["fields"]
    ]  # fmt: skip


def raw(entity, values):
    """What `runtime.values.parse` makes of wire values."""
    kinds = {f["key"]: f["type"] for f in entity["fields"]}
    scales = {"integer": 1, "money": 10_000}

    def one(key, value):
        if kinds[key] == "child_table":
            return [raw(LINE, row) for row in value]
        if kinds[key] == "multi_choice":
            return [{"value": each} for each in value]
        return int(value) * scales[kinds[key]] if kinds[key] in scales else value

    return {key: one(key, value) for key, value in values.items()}


def decided(compiled, values):
    """What the server decides."""
    sent = raw(ORDER, values)
    defaults = with_defaults(compiled, sent, facts={}, params=PARAMS)
    filled = fill(compiled, sent, defaults=defaults, facts={}, params=PARAMS)
    on_it = controls(compiled.form)
    return {
        "hidden": sorted(k for k in on_it if not filled.states[k].visible),
        "required": sorted(k for k in on_it if filled.states[k].required),
        "read_only": sorted(k for k in on_it if filled.states[k].read_only),
        "offered": {
            k: sorted(offered) for k in on_it if (offered := filled.states[k].offered) is not None
        },
        "wrong": sorted(
            {(p.pointer or "").removeprefix("/values/").replace("/", ".") for p in filled.problems}
        ),
    }


def vectors():
    """The form as a client gets it, and each case with the server's decision."""
    compiled = compiled_form()
    form = {
        "name": "p.order_form", "label": {"en": "order"}, "entity": "p.order",
        "layout": FORM["layout"], "fields": described(ORDER), **describe_rules(compiled),
        "rows": {key: describe_rules(below) for key, below in compiled.rows.items()},
    }  # fmt: skip
    return {
        "form": form,
        "cases": [{"values": case, **decided(compiled, case)} for case in CASES],
    }


def text():
    """The file as it is committed: one case a line."""
    made = vectors()
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in made["cases"])
    form = json.dumps(made["form"], ensure_ascii=False)
    return f'{{"form": {form}, "cases": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
