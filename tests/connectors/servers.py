"""A small real HTTP server whose answers a test writes as functions."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from connectors.base import ConnectorContext, Secret
from connectors.egress import Egress


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip_s: float = 0.0
    cut: bool = False

    def content(self) -> bytes:
        return json.dumps(self.body).encode() if self.raw is None else self.raw


Answer = Callable[[Request], Reply]


@dataclass
class Site:
    url: str
    port: int
    requests: list[Request]
    answer: Answer
    date: str | None = None

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@contextmanager
def serving(answer: Answer) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            request = Request(
                self.command, url.path, dict(parse_qsl(url.query)),
                {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length),
            )  # fmt: skip
            site.requests.append(request)
            reply = site.answer(request)
            content = reply.content()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            try:
                self._write(reply, content)
            except OSError:
                self.close_connection = True

        def _write(self, reply: Reply, content: bytes) -> None:
            if reply.cut:
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
            elif reply.drip_s:
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.drip_s)
            else:
                self.wfile.write(content)

        do_GET = do_POST = _do  # noqa: N815 - the names the library calls

        def date_time_string(self, timestamp: float | None = None) -> str:
            return site.date or super().date_time_string(timestamp)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """Clients that hang up are the point of some tests."""

    server = Server(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    site = Site(f"http://127.0.0.1:{port}", port, [], answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class World:
    """The clock and the patience of a test."""

    now: int = 1_770_000_000_000_000
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def context(
        self,
        config: dict[str, object],
        *,
        ports: tuple[int, ...],
        secrets: dict[str, tuple[str, str | None]] | None = None,
        **more: object,
    ) -> ConnectorContext:
        return ConnectorContext(
            source="test",
            config=config,
            egress=Egress.of(("127.0.0.1", port) for port in ports),
            secrets={k: Secret(k, v, origin=o) for k, (v, o) in (secrets or {}).items()},
            now=lambda: self.now,
            random=lambda: 0.5,
            sleep=self.sleep,
            **more,  # type: ignore[arg-type]
        )
