"""Sources: where data comes from, how late it is, what could not be taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.errors import ConnectorError
from dsl.diagnostics import MESSAGES, Diagnostic
from runtime import watch
from runtime.endpoints import settings_of, settle
from runtime.sources import test_source
from web import payloads
from web.routes import Routes, admin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.diagnostics import Language
    from web.routes import Asked

routes = Routes()


@routes.get("/sources", answer="SourcePage")
@admin
def list_sources(asked: Asked) -> dict[str, Any]:
    """Every source with its state, its delay and its limit."""
    with asked.reading() as ctx:
        return {"items": watch.list_sources(ctx), "next": None}


@routes.post("/sources/<name:name>/test", answer="SourceTest")
@admin
def test(asked: Asked, name: str) -> dict[str, Any]:
    """Try the connection; the step that fails is named."""
    try:
        health = test_source(asked.wiring, name)
    except ConnectorError as error:
        said = _words(error.code, error.arguments, asked.language)
        return {"ok": False, "step": None, "code": error.code, "message": said, "steps": []}
    failed = health.failed
    return {
        "ok": failed is None,
        "state": health.state,
        "step": None if failed is None else failed.name,
        "code": None if failed is None else failed.code,
        "message": None if failed is None else _words(failed.code, failed.args, asked.language),
        "steps": [
            {
                "name": step.name,
                "state": step.state,
                "code": step.code,
                "message": _words(step.code, step.args, asked.language),
            }
            for step in health.steps
        ],
    }


@routes.post("/sources/<name:name>/run", answer="Queued", status=202)
@admin
def run(asked: Asked, name: str) -> dict[str, Any]:
    """Read it now, also when it was stopped."""
    with asked.writing("api") as ctx:
        return {"queued": watch.ask_for_run(ctx, name)}


@routes.get("/sources/<name:name>/settings", answer="SettingsOfSource")
@admin
def get_settings(asked: Asked, name: str) -> dict[str, Any]:
    """What the source asks for; a secret is only said to be set, never given back."""
    with asked.reading() as ctx:
        return settings_of(ctx, name)


@routes.put("/sources/<name:name>/settings", body=payloads.SourceSettings, answer="Settled")
@admin
def put_settings(asked: Asked, name: str) -> dict[str, Any]:
    """Set parameters and secrets; an address that is typed here may be called from now on."""
    with asked.writing("api") as ctx:
        settled = settle(ctx, name, asked.body["values"])
    return {
        "allowed": [{"host": e.host, "port": e.port} for e in settled.allowed],
        "asks": [{"host": e.host, "port": e.port} for e in settled.asks],
    }


@routes.get("/sources/<name:name>/rejects", answer="RejectPage")
@admin
def rejects(asked: Asked, name: str) -> dict[str, Any]:
    """The rows that wait for a person."""
    with asked.reading() as ctx:
        return {"items": watch.list_rejects(ctx, name), "next": None}


def _words(code: str | None, args: Mapping[str, str], language: Language) -> str | None:
    if code is None or code not in MESSAGES:
        return code
    try:
        return Diagnostic(code, dict(args)).text(language)
    except KeyError:
        return code
