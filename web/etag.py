"""Spare the wire: an answer that has not changed is 304 without a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Response


def with_etag(response: Response, tag: str) -> None:
    """Mark the answer, and empty it when the asker has the same one."""
    response.set_etag(tag)
    response.headers["Vary"] = "Cookie, Accept-Language"
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"]
