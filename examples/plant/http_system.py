"""The plant's business system: token-protected, paged JSON, and the page to play with it."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from examples.plant import page
from examples.plant.by_hand import BadRequest, correct, raise_alarm, raise_qc
from examples.plant.times import iso, parse_iso
from examples.plant.world import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from examples.plant.ledger import Ledger, Mark
    from examples.plant.mail_sink import MailSink
    from examples.plant.switches import Switches

USER, PASSWORD = "plumbline", "plant-demo"
TOKEN_LIFE_S = 600
_DEFAULT_SIZE, _MAX_SIZE = 100, 500
_RETRY_AFTER_S = 2
_MAX_BODY = 100_000
_RESERVED = {"updated_since", "cursor", "page_size"}
_START: Mark = (-(2**62), "")


@dataclass(frozen=True, slots=True)
class Plant:
    """What a request can touch."""

    ledger: Ledger
    switches: Switches
    mails: MailSink
    addresses: dict[str, Any]


class Tokens:
    """Tokens that end after a while, or when the switch says so."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._known: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def issue(self) -> str:
        """A new token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            ends = time.monotonic() + TOKEN_LIFE_S
            self._known[token] = (ends, self._switches.token_epoch)
        return token

    def is_good(self, token: str) -> bool:
        """Whether a token still opens the door."""
        ends, epoch = self._known.get(token, (0.0, -1))
        return epoch == self._switches.token_epoch and time.monotonic() < ends


class HttpSystem:
    """The server and its thread."""

    def __init__(self, plant: Plant, *, host: str, port: int) -> None:
        handler = type("PlantHandler", (_Handler,), {
            "plant": plant, "tokens": Tokens(plant.switches),
        })  # fmt: skip
        self._server = _Server((host, port), handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="plant-http")

    def start(self) -> None:
        """Answer requests."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller who did not wait for his answer; the plant prints one line."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "plant/1"
    timeout = 60
    plant: ClassVar[Plant]
    tokens: ClassVar[Tokens]

    def do_GET(self) -> None:
        """Pages for people, and the API."""
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        zh = query.get("lang") != "en"
        routes: dict[str, Callable[[], None]] = {
            "/": lambda: self._html(page.overview(self.plant, zh=zh)),
            "/mails": lambda: self._html(page.mails(self.plant.mails.mails(), zh=zh)),
            "/mails.json": lambda: self._json({"items": self.plant.mails.mails()}),
            "/switches": lambda: self._json(self.plant.switches.all()),
            "/status.json": lambda: self._json(page.status(self.plant)),
        }
        if url.path in routes:
            routes[url.path]()
        elif url.path.startswith("/api/"):
            self._api(url.path.removeprefix("/api/"), query)
        else:
            self._fail(HTTPStatus.NOT_FOUND, "no such page")

    def do_POST(self) -> None:
        """Log-in and everything done by hand."""
        routes: dict[str, Callable[[dict[str, Any]], None]] = {
            "/api/login": self._login,
            "/switches": self._switch,
            "/raise_alarm": lambda body: self._json(raise_alarm(self.plant.ledger, body)),
            "/raise_qc": lambda body: self._json(raise_qc(self.plant.ledger, body)),
            "/correct": lambda body: self._json(correct(self.plant.ledger, body)),
        }
        answer = routes.get(urlsplit(self.path).path)
        try:
            body = self._body()
            if answer is None:
                self._fail(HTTPStatus.NOT_FOUND, "no such address")
            else:
                answer(body)
        except BadRequest as problem:
            self._fail(HTTPStatus.BAD_REQUEST, str(problem))

    def _login(self, body: dict[str, Any]) -> None:
        if self._misbehaves():
            return
        is_right = (body.get("user"), body.get("password")) == (USER, PASSWORD)
        if not is_right or self.plant.switches.is_on("refuse_login"):
            self._fail(HTTPStatus.UNAUTHORIZED, "wrong user or password")
        else:
            self._json({"token": self.tokens.issue(), "expires_in": TOKEN_LIFE_S})

    def _switch(self, body: dict[str, Any]) -> None:
        wrong = self.plant.switches.set(body)
        if wrong:
            raise BadRequest("; ".join(wrong))
        self.plant.ledger.advance()
        self._json(self.plant.switches.all())

    def _api(self, stream: str, query: dict[str, str]) -> None:
        if self._misbehaves():
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.tokens.is_good(token):
            self._fail(HTTPStatus.UNAUTHORIZED, "log in first: POST /api/login")
        elif stream not in STREAMS:
            self._fail(HTTPStatus.NOT_FOUND, f"no such list; there are: {', '.join(STREAMS)}")
        else:
            try:
                self._json(self._page(stream, query), breakable=True)
            except BadRequest as problem:
                self._fail(HTTPStatus.BAD_REQUEST, str(problem))

    def _page(self, stream: str, query: Mapping[str, str]) -> dict[str, Any]:
        ledger = self.plant.ledger
        now = ledger.advance()
        where = {name: value for name, value in query.items() if name not in _RESERVED}
        rows, mark = ledger.page(stream, after=_after(query), size=_size(query), where=where)
        rows = [self._spoiled(stream, row) for row in rows]
        return {
            "items": rows, "next": None if mark is None else _cursor(mark),
            "has_more": mark is not None, "server_time": iso(now),
        }  # fmt: skip

    def _spoiled(self, stream: str, row: dict[str, object]) -> dict[str, object]:
        if not self.plant.switches.hits("bad_rows"):
            return row
        key = STREAMS[stream].split("+")[-1]
        spoil = {name: "??" for name in row if name.endswith(("_at", "_on", "_end", "progress"))}
        spoil.pop("updated_at", None)
        return {**row, **spoil} if spoil else {**row, key: None}

    def _misbehaves(self) -> bool:
        switches = self.plant.switches
        time.sleep(switches.value("slow"))
        if switches.hits("http_500"):
            self._fail(HTTPStatus.INTERNAL_SERVER_ERROR, "the plant was told to fail")
        elif switches.is_on("rate_limit"):
            headers = {"Retry-After": str(_RETRY_AFTER_S)}
            self._fail(HTTPStatus.TOO_MANY_REQUESTS, "slower, please", headers)
        else:
            return False
        return True

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MAX_BODY:
            raise BadRequest("the body is too long")
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            raise BadRequest("the body is not JSON") from None
        if not isinstance(body, dict):
            raise BadRequest("the body is not an object")
        return body

    def _json(self, body: object, *, breakable: bool = False) -> None:
        raw = json.dumps(body, ensure_ascii=False, default=str).encode()
        self._send(HTTPStatus.OK, raw, "application/json; charset=utf-8", breakable=breakable)

    def _html(self, text: str) -> None:
        self._send(HTTPStatus.OK, text.encode(), "text/html; charset=utf-8")

    def _fail(
        self, status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        raw = json.dumps({"error": text}, ensure_ascii=False).encode()
        self._send(status, raw, "application/json; charset=utf-8", headers=headers)

    def _send(
        self, status: HTTPStatus, raw: bytes, kind: str, *,
        headers: Mapping[str, str] | None = None, breakable: bool = False,
    ) -> None:  # fmt: skip
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)),
                            "Cache-Control": "no-store", **(headers or {})}.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if breakable and self.plant.switches.hits("drop_connection"):
            self.wfile.write(raw[: len(raw) // 2])
            self.close_connection = True
        else:
            self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Say nothing: the plant prints one line only."""


def _size(query: Mapping[str, str]) -> int:
    text = query.get("page_size", str(_DEFAULT_SIZE))
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_SIZE:
        raise BadRequest(f"page_size: 1 to {_MAX_SIZE}")
    return int(text)


def _after(query: Mapping[str, str]) -> Mark:
    """Where to go on: after the cursor, or from the asked time on (that instant included)."""
    if "cursor" in query:
        try:
            at, key = json.loads(base64.urlsafe_b64decode(query["cursor"]))
            return int(at), str(key)
        except (ValueError, TypeError, binascii.Error):
            raise BadRequest("cursor: not one of ours") from None
    if "updated_since" in query:
        try:
            return parse_iso(query["updated_since"].replace(" ", "+")), ""
        except ValueError:
            raise BadRequest("updated_since: not an ISO date and time") from None
    return _START


def _cursor(mark: Mark) -> str:
    return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()
