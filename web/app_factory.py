"""Build the Flask application from a wiring: routes, policies, errors, files."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from runtime.notify import Renderer
from web import auth, crowding, openapi, problems, static_files
from web.api import all_routes
from web.bodies import MAX_BODY
from web.routes import PREFIX, add_routes, check_policies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runtime.wiring import Wiring

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(self)",
    "Content-Security-Policy": API_POLICY,
}


def create_app(
    wiring: Wiring, *, static: Path | None = None, waiting: Callable[[], int] = lambda: 0
) -> Flask:
    """The application. It does not start when a view has no policy.

    `waiting` says how many requests wait for a thread of the server.
    """
    app = Flask("plumbline", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.json.ensure_ascii = False
    renderer = Renderer()  # a child process that starts with the first message to render
    app.extensions["renderer"] = renderer
    atexit.register(renderer.close)
    app.before_request(lambda: _give(renderer))
    crowding.install(app, waiting)
    problems.install(app)
    auth.install(app, wiring)
    add_routes(app, wiring, [*all_routes(), *openapi.routes.listed])
    static_files.install(app, static or static_files.FOLDER)
    app.after_request(lambda response: _with_headers(response, wiring))
    check_policies(app)
    return app


def _give(renderer: Renderer) -> None:
    g.renderer = renderer


def _with_headers(response: Response, wiring: Wiring) -> Response:
    said = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in said:
            response.headers.add(name, value)
    if request.path.startswith(PREFIX) or response.status_code >= 400:  # noqa: PLR2004 -- errors
        response.headers.setdefault("Cache-Control", "no-store")
    if wiring.settings.base_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
