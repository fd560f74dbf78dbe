"""Hostile inputs: whole bodies, and values for every field of every operation."""

import json
import re
from functools import cache
from pathlib import Path

from marshmallow import fields

from web.policies import every_route

FOLDER = Path(__file__).parents[1] / "cases" / "attack"
MEGABYTE = 2**20
BIG = 2**63
OPERATIONS = {f"{route.method} {route.path}": route for route in every_route()}
WITH_BODY = [name for name, route in OPERATIONS.items() if route.body is not None]
WITH_QUERY = [name for name, route in OPERATIONS.items() if route.query is not None]


@cache
def naughty():
    return json.loads((FOLDER / "naughty.json").read_text("utf-8"))


@cache
def xss():
    return json.loads((FOLDER / "xss.json").read_text("utf-8"))


@cache
def json_texts():
    """Name and text of every case of the JSON parsing suite."""
    rows = json.loads((FOLDER / "json_texts.json").read_text("utf-8"))
    return [(name, part * times + rest) for name, part, times, rest in rows]


# --- whole bodies: (what, bytes, content type) ----------------------------------------------
WRONG_TYPES = (
    "", "text/plain", "application/xml", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded", "application/jsonx", "text/json", "application/json2",
)  # fmt: skip
BODIES = [
    ("deep list", b"[" * 100_000),
    ("deep list, closed", b"[" * 100_000 + b"]" * 100_000),
    ("deep object", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("deep in a field", b'{"values":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ("too large", b'{"x":"' + b"a" * MEGABYTE + b'"}'),
    ("many keys", json.dumps({f"k{n}": n for n in range(20_000)}).encode()),
    ("not UTF-8", b'{"x":"\xff\xfe"}'),
    ("UTF-16", '{"x":1}'.encode("utf-16")),
    ("cut off", b'{"values":{"a":1'),
    ("two values", b"{}{}"),
    ("a comment", b'{"a":1}//x'),
    ("a list", b"[1,2]"),
    ("a text", b'"x"'),
    ("null", b"null"),
    ("nothing", b""),
    ("prototype", b'{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'),
    (
        "XML",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    ),
]
# --- values of one field: what JSON says in its place ---------------------------------------
VALUES = {
    "NUL": r'"a\u0000b"',
    "lone surrogate": r'"\ud800"',
    "second half alone": r'"x\udfff"',
    "2^63": str(BIG),
    "-2^63-1": str(-BIG - 1),
    "very large": "9" * 5_000,
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "1e999": "1e999",
    "deep": "[" * 1_000 + "]" * 1_000,
    "a megabyte": '"' + "a" * (MEGABYTE - 1_000) + '"',
    "null": "null",
    "nested object": '{"a":{"b":1}}',
    "list of lists": "[[1],[2]]",
    "surrogate as a key": r'{"\ud800":1}',
    "the same key twice": '{"a":1,"a":2}',
    "fraction": "1.5",
}
ALWAYS_BAD = frozenset(VALUES) - {
    "null",
    "nested object",
    "list of lists",
    "fraction",
    "a megabyte",
}


def plain_value(field):
    """A value that a field of a payload takes."""
    match field:
        case fields.Boolean():
            return False
        case fields.Integer():
            return 1
        case fields.Dict():
            return {}
        case fields.List():
            return ["x"]
        case _:
            choices = getattr(field.validate, "choices", None)
            least = getattr(field.validate, "min", None) or 1
            return choices[0] if choices else "x" * least


def good_body(schema, *, without=None):
    """A body that has the shape the schema asks for; what it names does not exist."""
    return {
        field.data_key or name: plain_value(field)
        for name, field in schema().fields.items()
        if (field.data_key or name) != without
    }


def field_names(schema):
    return [field.data_key or name for name, field in schema().fields.items()]


def body_with(schema, name, literal):
    """A good body as JSON text, with this literal in the place of one field."""
    rest = json.dumps(good_body(schema, without=name))
    return f"{{{json.dumps(name)}: {literal}{', ' if len(rest) > 2 else ''}{rest[1:]}".encode()


def address(path, **names):
    """An address whose names lead nowhere unless given."""
    return "/api/v1" + re.sub(
        r"<(\w+):(\w+)>",
        lambda found: names.get(found[2]) or ("perf.goal" if found[1] == "name" else "none"),
        path,
    )
