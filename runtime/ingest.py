"""Take in what the collector sends: one transaction per frame, then the acknowledgement."""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from connectors.collector.frames import PROTOCOL, entry_of, line, parse
from runtime.collecting import Assignment, assignment
from runtime.collector_process import CollectorProcess
from runtime.source_states import note_assignment, note_overdue
from runtime.take_in import Intake
from store import ingest as book

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from runtime.wiring import Wiring

log = logging.getLogger(__name__)
LOOK_S = 2.0  # how often the assignment is worked out again
LONGEST_PATH = 100  # of a unix socket
HELLO_S = 10.0


class IngestServer:
    """The server's end of the line; `start` also starts the collector process."""

    def __init__(self, wiring: Wiring, *, spawn: bool = True) -> None:
        self._wiring = wiring
        self._spawn = spawn
        self._folder = wiring.settings.data_dir / "collector"
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self._line: _Line | None = None
        self._process: CollectorProcess | None = None
        self._token = secrets.token_urlsafe(32)
        self.address = ""

    def start(self) -> None:
        """Listen, and have somebody to listen to."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._write_token()
        self._listener, self.address = _listen(self._folder / "line")
        self._run(self._accept, "ingest")
        if self._spawn:
            self._process = CollectorProcess(
                address=self.address,
                token_file=self.token_file,
                journal=self._folder / "journal.db",
            )
            self._process.start()

    def stop(self) -> None:
        """Tell the collector to end, take in what it still sends, and close the line."""
        self._stop.set()
        if self._process is not None:
            self._process.expect_end()
        if self._line is not None:
            self._line.send({"type": "stop"})
        if self._process is not None:
            self._process.stop()
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # closing alone wakes no accept()
            self._listener.close()
        if self._line is not None:
            self._line.close()
        for thread in self._threads:
            thread.join(timeout=10)

    @property
    def token_file(self) -> Path:
        """Where the collector reads what opens the line."""
        return self._folder / "token"

    def _write_token(self) -> None:
        self.token_file.unlink(missing_ok=True)
        self.token_file.touch(mode=0o600)
        self.token_file.write_text(self._token, "utf-8")

    def _run(self, target: Any, name: str, *args: object) -> None:  # noqa: ANN401 - any callable
        thread = threading.Thread(target=target, args=args, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        while not self._stop.is_set() and self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._run(self._serve, "ingest-line", connection)

    def _serve(self, connection: socket.socket) -> None:
        """One collector, from hello to the end of its line."""
        with connection, connection.makefile("rb") as lines:
            journal = self._hello(connection, lines)
            if journal is None:
                return
            if self._line is not None:
                self._line.close()  # a successor has come
            found = self._line = _Line(self._wiring, connection, journal)
            self._run(self._look, "ingest-look", found)
            with suppress(OSError, ValueError):
                for text in lines:
                    found.take(parse(text)["entries"])
            found.close()

    def _hello(self, connection: socket.socket, lines: IO[bytes]) -> str | None:
        connection.settimeout(HELLO_S)
        try:
            hello = parse(lines.readline())
        except (OSError, ValueError, TypeError):
            return None
        connection.settimeout(None)
        token = str(hello.get("token", ""))
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            log.warning("somebody without the token called the ingest line")
            return None
        if hello.get("protocol") != PROTOCOL:
            log.error("the collector speaks protocol %s, not %s", hello.get("protocol"), PROTOCOL)
            return None
        return f"journal:{hello['journal']}"

    def _look(self, found: _Line) -> None:
        """Send the assignment whenever it has changed."""
        while not found.closed.is_set():
            try:
                found.assign()
                note_overdue(self._wiring, found.sources)
            except Exception:
                log.exception("the collector could not be told what to do")
            found.closed.wait(LOOK_S)


class _Line:
    """One connected collector."""

    def __init__(self, wiring: Wiring, connection: socket.socket, journal: str) -> None:
        self._wiring, self._connection, self._journal = wiring, connection, journal
        self._lock = threading.Lock()
        self._assigned: Assignment | None = None
        self._ready = threading.Event()
        self.closed = threading.Event()
        self._intake = Intake(wiring, journal)

    @property
    def sources(self) -> Collection[str]:
        """What it collects."""
        return () if self._assigned is None else self._assigned.sources.keys()

    def assign(self) -> None:
        """Work out what to do; tell the collector when it is something else than before."""
        with self._wiring.reading() as ctx:
            wanted = assignment(ctx, self._wiring)
            stored = book.last_sequence(ctx.uow, self._journal) or 0
        before = self._assigned
        if before is not None and before.message == wanted.message:
            return
        self._assigned = wanted
        self._intake.assigned(wanted)
        note_assignment(self._wiring, wanted)
        self.send({**wanted.message, "stored": stored})
        self._ready.set()

    def take(self, parts: Sequence[Any]) -> None:
        """Store a frame of entries, then acknowledge it."""
        self._ready.wait()
        entries = [entry_of(part) for part in parts]
        if entries:
            self._intake.take(entries)
            self.send({"type": "ack", "sequence": entries[-1].sequence})

    def send(self, message: dict[str, Any]) -> None:
        """One frame to the collector; a line that is gone is noticed by its reader."""
        with self._lock, suppress(OSError):
            self._connection.sendall(line(message))

    def close(self) -> None:
        """Wake whoever waits on this line."""
        self.closed.set()
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


def _listen(path: Path) -> tuple[socket.socket, str]:
    if len(str(path)) < LONGEST_PATH and hasattr(socket, "AF_UNIX"):
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
        return listener, f"unix:{path}"
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"tcp:127.0.0.1:{listener.getsockname()[1]}"
