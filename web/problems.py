"""The one shape of every error on the wire: RFC 9457 with diagnostics in the user's language."""

from __future__ import annotations

import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

from flask import Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

import web.codes  # noqa: F401 -- registers the messages of the codes used here
from dsl.diagnostics import Diagnostic
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound, Refused, TooMany
from runtime.watch import Busy, Full
from web.language import DEFAULT, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Flask

    from dsl.diagnostics import Language

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TITLES: dict[int, tuple[str, str]] = {
    400: ("请求无效", "Bad request"),
    401: ("未登录", "Not signed in"),
    403: ("没有权限", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("方法不支持", "Method not allowed"),
    409: ("内容冲突", "Conflict"),
    413: ("内容过大", "Content too large"),
    415: ("内容类型不支持", "Unsupported content type"),
    422: ("填写有误", "Some fields need attention"),
    429: ("请求过多", "Too many requests"),
    500: ("系统错误", "Internal error"),
    503: ("系统繁忙", "Busy"),
    507: ("存储空间已满", "Disk full"),
}
CODE_OF_STATUS = {
    400: "WEB100", 401: "WEB102", 403: "WEB103", 404: "WEB104", 405: "WEB105", 413: "WEB106",
    415: "WEB107", 429: "WEB112", 503: "WEB111",
}  # fmt: skip
FULL_RETRY_S = 60  # somebody has to make room first
MOST_TOLD = 100  # a small request must not make a large answer
FIELD_ROOT = "/values/"  # the values of a form or record: the rest of the pointer is the field


class Problem(Exception):  # noqa: N818 -- it is the thing itself
    """A request is refused by the web floor."""

    def __init__(self, status: int, *diagnostics: Diagnostic) -> None:
        super().__init__(f"{status} {[d.code for d in diagnostics]}")
        self.status = status
        self.diagnostics = diagnostics


def language() -> Language:
    """The language of this answer."""
    account: Language | None = getattr(g, "account_language", None)
    return chosen(request.accept_languages, account) if request else DEFAULT


def described(diagnostic: Diagnostic, spoken: Language) -> dict[str, Any]:
    """A diagnostic as JSON."""
    pointer, span, fix = diagnostic.pointer, diagnostic.span, diagnostic.fix
    body: dict[str, Any] = {
        "code": diagnostic.code,
        "message": diagnostic.text(spoken),
        "severity": diagnostic.severity,
        "field": field_of(pointer),
        "pointer": pointer,
        "file": diagnostic.file,
        "span": None if span is None else {"start": span.start, "end": span.end},
        "fix": None
        if fix is None
        else {"start": fix.span.start, "end": fix.span.end, "replacement": fix.replacement},
    }
    return {key: value for key, value in body.items() if value is not None}


def field_of(pointer: str | None) -> str | None:
    """The field of a submission a pointer leads to: `weight`, `rows.0.points`."""
    if not pointer:
        return None
    path = pointer.removeprefix(FIELD_ROOT).removeprefix("/")
    return ".".join(part.replace("~1", "/").replace("~0", "~") for part in path.split("/"))


def answer(
    status: int,
    diagnostics: Sequence[Diagnostic] = (),
    *,
    details: Mapping[str, object] | None = None,
) -> Response:
    """The problem document."""
    spoken = language()
    title = TITLES.get(status, TITLES[400])[0 if spoken == "zh-CN" else 1]
    listed = [described(d, spoken) for d in diagnostics[:MOST_TOLD]]
    code = diagnostics[0].code if diagnostics else CODE_OF_STATUS.get(status, "WEB100")
    body: dict[str, Any] = {
        "type": f"urn:plumbline:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": listed[0]["message"] if listed else title,
        "diagnostics": listed,
    }
    if details:
        body["details"] = dict(details)
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, mimetype=MEDIA_TYPE)


def _status_of(refused: Refused) -> int:
    match refused:
        case NotFound():
            return 404
        case NotAllowed():
            return 403
        case Conflicting():
            return 409
        case TooMany():
            return 429
        case Invalid():
            return 422
        case _:
            return 422


def of_refusal(refused: Refused) -> Response:
    """A verb of the runtime said no."""
    details = refused.details if isinstance(refused, Conflicting) else None
    response = answer(_status_of(refused), refused.problems, details=details)
    if isinstance(refused, TooMany):
        response.headers["Retry-After"] = str(refused.retry_s)
    return response


def of_problem(problem: Problem) -> Response:
    """The web floor itself said no."""
    return answer(problem.status, problem.diagnostics)


def of_http(error: HTTPException) -> Response:
    """Flask or werkzeug said no; redirects and ready answers pass."""
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 -- errors start there
        ready = error.get_response(request.environ)
        return Response(ready.get_data(), status, dict(ready.headers))
    args = {"method": request.method, "limit": _limit(), "expected": "application/json"}
    code = CODE_OF_STATUS.get(status, "WEB100")
    response = answer(status, [Diagnostic(code, args)])
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _limit() -> str:
    limit = request.max_content_length or 0
    return f"{limit // 1024} KiB"


def of_busy(error: Exception) -> Response:
    """The database had no turn for us in time."""
    log.warning("request %s %s: %s", request.method, request.path, error)
    response = answer(503, [Diagnostic("WEB111")])
    response.headers["Retry-After"] = "1"
    return response


def of_full(error: Exception) -> Response:
    """There is no room to write; the database has said so in the log."""
    log.warning("request %s %s: %s", request.method, request.path, type(error).__name__)
    response = answer(507, [Diagnostic("WEB119")])
    response.headers["Retry-After"] = str(FULL_RETRY_S)
    return response


def of_bug(error: Exception) -> Response:
    """Anything else is a bug: logged with a number, nothing of it is told."""
    number = secrets.token_hex(4)
    log.error(
        "request %s %s failed, number %s", request.method, request.path, number, exc_info=error
    )
    return answer(500, [Diagnostic("WEB110", {"number": number})])


def install(app: Flask) -> None:
    """Answer every exception in the one shape."""
    app.register_error_handler(Refused, of_refusal)
    app.register_error_handler(Problem, of_problem)
    app.register_error_handler(Busy, of_busy)
    app.register_error_handler(Full, of_full)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_bug)
