"""Files: uploads that records will take, and handing them out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, request

from dsl.diagnostics import Diagnostic
from runtime import files
from web.problems import Problem
from web.routes import Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()
FORM = "multipart/form-data"
PART = "file"
ROOM = 64 * 1024  # for the frame around the file
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@routes.post("/files", upload=FORM, answer="File", status=201)
@signed_in
def upload(asked: Asked) -> dict[str, Any]:
    """Keep a file (part `file` of a form) until a record takes it."""
    return take(asked)


def take(asked: Asked) -> dict[str, Any]:
    """The file of a request, kept for whoever sent it."""
    request.max_content_length = files.MAX_BYTES + ROOM
    if request.mimetype != FORM:
        raise Problem(415, Diagnostic("WEB107", {"expected": FORM}))
    sent = request.files.getlist(PART)
    if len(sent) != 1 or len(request.files) != 1 or request.form:
        raise Problem(422, Diagnostic("WEB201", {"field": PART}, pointer=f"/{PART}"))
    with asked.writing("api") as ctx:
        return files.upload(ctx, sent[0].filename or "", sent[0].stream.read())


@routes.get("/files/<uid:uid>")
@signed_in
def download(asked: Asked, uid: str) -> Response:
    """One's own upload, or a file of a record one may read."""
    with asked.reading() as ctx:
        found = files.download(ctx, uid)
    response = handed_out(found)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.set_etag(found.sha256)
    response.make_conditional(request)
    return response


def handed_out(found: files.Download) -> Response:
    """A file as an answer; a browser saves it, or shows it without letting it do anything."""
    response = Response(found.content, mimetype=found.media_type)
    where = "inline" if found.is_inline else "attachment"
    response.headers["Content-Disposition"] = f"{where}; filename*=UTF-8''{quote(found.name, '')}"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
