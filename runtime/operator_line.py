"""Let the command line reach a running server: a file that only the operator can read.

On SQLite one process writes. A command that finds the server at work asks it over loopback with
the token in `server.json`, which is made new at every start and is gone after a clean stop.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from runtime.context import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtime.wiring import Wiring

FILE = "server.json"
TIMEOUT_S = 300
OPERATOR = Actor(kind="system", name="operator", admin=True)


@contextmanager
def reachable(wiring: Wiring, host: str, port: int) -> Iterator[None]:
    """Offer this server to the command line while the block lasts."""
    path = wiring.settings.data_dir / FILE
    token = secrets.token_urlsafe(32)
    wiring.operator_token = token
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"host": host, "port": port, "token": token}, file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    status: int
    body: Any


def ask(
    data_dir: Path,
    path: str,
    *,
    body: bytes | None = None,
    media_type: str = "application/json",
    query: Mapping[str, str] | None = None,
) -> Reply:
    """POST to the running server as its operator; without a body GET.

    Raises:
        OSError: no server can be reached.
    """
    line = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
    connection = http.client.HTTPConnection(line["host"], line["port"], timeout=TIMEOUT_S)
    asked = "&".join(f"{quote(name)}={quote(value)}" for name, value in (query or {}).items())
    headers = {"Authorization": f"Bearer {line['token']}", "Content-Type": media_type}
    try:
        method = "GET" if body is None else "POST"
        connection.request(method, f"/api/v1{path}?{asked}", body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        is_json = "json" in answer.headers.get("Content-Type", "json")
        return Reply(answer.status, json.loads(content or b"null") if is_json else content)
    finally:
        connection.close()
