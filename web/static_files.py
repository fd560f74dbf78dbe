"""Serve the built client: pages with a fresh nonce, hashed assets for a year, nothing else."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter
from werkzeug.security import safe_join

from web.routes import public

if TYPE_CHECKING:
    from flask import Flask

FOLDER = Path(__file__).parent / "static"
NONCE = "__CSP_NONCE__"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
YEAR = "public, max-age=31536000, immutable"
MISSING = (
    "<!doctype html><meta charset=utf-8><title>Plumbline</title>"
    "<p>界面尚未构建，请运行 make run。The client is not built yet: run make run.</p>"
)
FILL_PREFIX = "fill/"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}


def page(folder: Path, name: str) -> Response:
    """An html page: never cached, with its own nonce."""
    path = folder / name
    nonce = secrets.token_urlsafe(16)
    html = path.read_text("utf-8").replace(NONCE, nonce) if path.is_file() else MISSING
    status = 200 if path.is_file() else 503
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    response.headers["Cache-Control"] = "no-cache"
    return response


def asset(folder: Path, name: str, *, cache: str) -> Response:
    """A file of the build, packed when the browser takes that; 404 when there is none."""
    joined = safe_join(str(folder), name)
    path = Path(joined) if joined else None
    if path is None or not path.is_file() or path.suffix in {".gz", ".html"}:
        raise NotFound
    packed = path.with_name(path.name + ".gz")
    use_packed = packed.is_file() and request.accept_encodings["gzip"] > 0
    kind = TYPES.get(path.suffix, "application/octet-stream")
    response = Response((packed if use_packed else path).read_bytes(), mimetype=kind)
    response.headers["Cache-Control"] = cache
    response.headers["Vary"] = "Accept-Encoding"
    if use_packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


class PagePath(BaseConverter):
    """Any address that is neither the API's nor an asset's."""

    regex = r"(?!(?:api|assets)(?:/|$)).*?"
    part_isolating = False


def install(app: Flask, folder: Path = FOLDER) -> None:
    """Register the pages and files of the client."""
    app.url_map.converters["page"] = PagePath

    @public
    def assets(name: str) -> Response:
        return asset(folder, f"assets/{name}", cache=YEAR)

    @public
    def pages(path: str = "") -> Response:
        if path == "fill.html" or path.startswith(FILL_PREFIX):
            return page(folder, "fill.html")
        # names of definitions have dots too, so only known kinds of files count as files
        if Path(path).suffix in TYPES:
            return asset(folder, path, cache="no-cache")
        return page(folder, "index.html")

    app.add_url_rule("/assets/<path:name>", view_func=assets, methods=["GET"])
    app.add_url_rule("/", view_func=pages, methods=["GET"])
    app.add_url_rule("/<page:path>", view_func=pages, methods=["GET"])
