"""Read what a request carries: strict JSON bodies and query parameters, checked by schema."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from flask import request
from marshmallow import ValidationError

from builder.json_text import parse_json, pointer_of
from dsl.diagnostics import Diagnostic
from web.problems import MOST_TOLD, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from web.payload_parts import Payload

MAX_BODY = 1024 * 1024
MAX_DEPTH = 32
JSON_TYPE = "application/json"
TEXT_CODES = {
    "WEB201",
    "WEB202",
    "WEB203",
    "WEB204",
    "WEB205",
    "WEB206",
    "WEB207",
    "WEB209",
    "WEB210",
}


def read_body(schema: type[Payload] | None) -> Mapping[str, Any]:
    """The JSON object of the request, or a Problem that names the field."""
    request.max_content_length = MAX_BODY
    data = request.get_data(cache=False)
    if schema is None and not data:
        return {}
    if request.mimetype != JSON_TYPE:
        raise Problem(415, Diagnostic("WEB107", {"expected": JSON_TYPE}))
    value = parse_json(data, max_depth=MAX_DEPTH)
    if isinstance(value, Diagnostic):
        raise Problem(400, value)
    if not isinstance(value, dict):
        raise Problem(400, Diagnostic("WEB101"))
    if schema is None:
        raise_unknown(value)
        return {}
    return checked(schema, value)


def read_upload(kind: str, *, limit: int) -> bytes:
    """The bytes of a request that carries a file of one kind."""
    request.max_content_length = limit
    if request.mimetype != kind:
        raise Problem(415, Diagnostic("WEB107", {"expected": kind}))
    return request.get_data(cache=False)


def read_json(text: str, *, field: str) -> dict[str, str]:
    """A JSON object of texts in a query parameter."""
    value = parse_json(text, max_depth=1)
    texts = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    if not texts:
        raise Problem(422, Diagnostic("WEB202", {"field": field}, pointer=pointer_of([field])))
    return cast("dict[str, str]", value)


def read_list(text: str, *, field: str) -> list[object]:
    """A JSON list in a query parameter."""
    value = parse_json(text, max_depth=MAX_DEPTH)
    if not isinstance(value, list):
        raise Problem(422, Diagnostic("WEB202", {"field": field}, pointer=pointer_of([field])))
    return cast("list[object]", value)


def read_query(schema: type[Payload] | None) -> Mapping[str, Any]:
    """The query parameters; each at most once, none unknown."""
    for key, values in request.args.lists():
        if len(values) > 1:
            raise Problem(422, Diagnostic("WEB208", {"field": key[:60]}, pointer=pointer_of([key])))
    flat = request.args.to_dict()
    if schema is None:
        raise_unknown(flat)
        return {}
    return checked(schema, flat)


def raise_unknown(value: Mapping[str, Any]) -> None:
    """Nothing was expected here."""
    if value:
        told = islice(value, MOST_TOLD)
        problems = (Diagnostic("WEB203", {"field": k[:60]}, pointer=pointer_of([k])) for k in told)
        raise Problem(422, *problems)


def checked(schema: type[Payload], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The value as the schema reads it."""
    try:
        loaded: Mapping[str, Any] = _made(schema).load(dict(value))
    except ValidationError as error:
        # the rest would not be told anyway: twenty thousand unknown keys are no reason to list them
        raise Problem(422, *islice(_diagnostics(error.messages, ()), MOST_TOLD)) from None
    return loaded


@cache
def _made(schema: type[Payload]) -> Payload:
    """One of each: making one costs more than reading a body with it."""
    return schema()


def _diagnostics(messages: object, path: tuple[object, ...]) -> Iterator[Diagnostic]:
    """Marshmallow's nested messages; ours are codes."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            here = path if key == "_schema" else (*path, key)
            yield from _diagnostics(inner, here)
    elif isinstance(messages, list):
        for code in dict.fromkeys(map(str, messages)):
            known = code if code in TEXT_CODES else "WEB202"
            field = ".".join(str(part)[:60] for part in path) or "body"
            yield Diagnostic(known, {"field": field}, pointer=pointer_of(path))
