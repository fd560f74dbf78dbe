"""Generate the OpenAPI 3.1 document from the routes, the payloads and the answers."""

from __future__ import annotations

import json
import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response

from web.answers import ANSWERS
from web.answers_access import ACCESS_ANSWERS
from web.api import all_routes
from web.routes import PREFIX, Asked, Policy, Route, Routes, signed_in

VERSION = "1"
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
routes = Routes()
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def document() -> dict[str, Any]:
    """The whole document."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(
        title="Plumbline",
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": "准绳: forms, flows, rules and KPIs; every number explained."},
        servers=[{"url": PREFIX}],
        plugins=[plugin],
    )
    spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": "plumbline_session"}
    )
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme(
        "csrf", {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"}
    )
    for name, schema in {**ANSWERS, **ACCESS_ANSWERS}.items():
        spec.components.schema(name, dict(schema))
    for route in (*all_routes(), *routes.listed):
        spec.path(path=PLACE.sub(r"{\2}", route.path), operations=_operations(route))
    made: dict[str, Any] = spec.to_dict()
    made["paths"] = dict(sorted(made["paths"].items()))
    return made


def openapi_text() -> str:
    """The document as docs/openapi.json holds it."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


@routes.get("/openapi.json")
@signed_in
def openapi(asked: Asked) -> Response:
    """This API as an OpenAPI 3.1 document."""
    del asked
    return Response(openapi_text(), mimetype="application/json")


def _schema_name(schema: Any) -> str:  # noqa: ANN401 -- a class or an instance
    return schema.__name__ if isinstance(schema, type) else type(schema).__name__


def _operations(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": (route.view.__doc__ or "").strip().partition("\n")[0],
        "tags": [route.name.partition(".")[0]],
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": _security(route),
    }
    if route.upload is not None:
        binary = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {route.upload: binary}}
    if route.body is not None:
        content = {"application/json": {"schema": route.body}}
        operation["requestBody"] = {"required": True, "content": content}
    return {route.method.lower(): operation}


def _parameters(route: Route) -> list[Any]:
    found: list[Any] = [
        {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
        for _, name in PLACE.findall(route.path)
    ]
    if route.query is not None:
        found.append({"in": "query", "schema": route.query})
    return found


def _responses(route: Route) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "done"}
    if route.answer is not None:
        schema = {"$ref": f"#/components/schemas/{route.answer}"}
        done["content"] = {"application/json": {"schema": schema}}
    problem = {
        "description": "refused",
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
    return {str(route.status): done, "default": problem}


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.policy in {Policy.PUBLIC, Policy.LINK}:  # the token in the address is the right
        return []
    needed: dict[str, list[str]] = {"session": []}
    by_session = needed if route.method == "GET" else {**needed, "csrf": []}
    if route.policy is Policy.OWN:
        return [by_session]
    return [by_session, {"key": [route.scope]}]
