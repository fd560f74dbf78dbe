"""Clients that send requests over kept connections: closed loops, and an open one at a rate."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field

from web.crowding import RETRY_S

AWAY = 503


class Connection:
    """One HTTP/1.1 connection: bytes out, status in; as little work as possible."""

    def __init__(self, port):
        self.port = port
        self.socket = None

    def ask(self, request):
        """The status of the answer and its body."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head = got[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        while len(got) < end + 4 + length:
            got += self._more()
        if b"connection: close" in head:
            self.close()
        return int(got[9:12]), got[end + 4 :]

    def _more(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server closed the connection")
        return more

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


@dataclass
class Heard:
    """What became of the requests: seconds by status."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    taken: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status, seconds):
        with self.lock:
            self.seconds.setdefault(status, []).append(seconds)

    def p(self, share, status=201):
        """The time a share of the accepted ones stayed within."""
        ordered = sorted(self.seconds[status])
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def accepted(self):
        return len(self.seconds.get(201, ()))

    @property
    def rate(self):
        return self.accepted / self.taken


def post(path, body, headers=()):
    """The bytes of a request."""
    text = json.dumps(body, ensure_ascii=False).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
             f"Content-Length: {len(text)}", *(f"{k}: {v}" for k, v in headers)]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + text


def closed_loop(port, make, *, clients, seconds):
    """`clients` that send the next request as soon as the last one is answered."""
    heard, numbers = Heard(), _Counter()
    ends = time.monotonic() + seconds

    def client():
        connection = Connection(port)
        while (began := time.monotonic()) < ends:
            status, _ = connection.ask(make(numbers.next()))
            heard.note(status, time.monotonic() - began)
            if status == AWAY:
                time.sleep(RETRY_S)  # as the answer asks for
        connection.close()

    _together(client, clients, heard)
    return heard


def open_loop(port, make, *, rate, seconds, clients):
    """Requests at fixed moments, answered or not; their times count from there."""
    heard, numbers = Heard(), _Counter()
    began = time.monotonic()

    def client():
        connection = Connection(port)
        while (number := numbers.next()) < rate * seconds:
            due = began + number / rate
            time.sleep(max(0, due - time.monotonic()))
            status, _ = connection.ask(make(number))
            heard.note(status, time.monotonic() - due)
        connection.close()

    _together(client, clients, heard)
    return heard


class _Counter:
    def __init__(self):
        self._next, self._lock = 0, threading.Lock()

    def next(self):
        with self._lock:
            self._next += 1
            return self._next - 1


def _together(client, clients, heard):
    began = time.monotonic()
    failures = []

    def guarded():
        try:
            client()
        except BaseException as failure:  # noqa: BLE001 - told below
            failures.append(failure)

    threads = [threading.Thread(target=guarded) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard.taken = time.monotonic() - began
    if failures:
        raise failures[0]
