"""The collector's end of the line to the server: configuration in, entries out, in order."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from connectors.collector.frames import LONGEST_LINE, PROTOCOL, entries_line, line, parse

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.collector.journal import Journal

log = logging.getLogger(__name__)
MOST_ROWS = 500
MOST_SIZE = 4 * 1024 * 1024
CONNECT_S = 5.0
RETRY_S = 0.5

Configure = Callable[[Mapping[str, Any]], Awaitable[None]]


class StoppedByServer(Exception):  # noqa: N818 - a signal
    """The server told the collector to end."""


class Link:
    """Connects, says who it is, takes configuration, sends what the journal holds."""

    def __init__(
        self, address: str, token_file: Path, journal: Journal, *, flushed: asyncio.Event
    ) -> None:
        self._address, self._token_file, self._journal = address, token_file, journal
        self._flushed = flushed
        self._acknowledged = asyncio.Event()
        self._sent = 0
        self._up = False
        self._lost_at: float = asyncio.get_running_loop().time()

    def silent_s(self) -> float:
        """For how long there has been no line to the server."""
        return 0.0 if self._up else asyncio.get_running_loop().time() - self._lost_at

    async def run(self, configure: Configure) -> None:
        """Keep the line up until the server says stop."""
        while True:
            try:
                await self._once(configure)
            except (OSError, ValueError, TypeError, KeyError, asyncio.IncompleteReadError) as error:
                log.debug("line to the server: %s", error)
            await asyncio.sleep(RETRY_S)

    async def _once(self, configure: Configure) -> None:
        reader, writer = await asyncio.wait_for(self._connect(), CONNECT_S)
        sender: asyncio.Task[None] | None = None
        try:
            token = self._token_file.read_text("utf-8").strip()
            hello = {"type": "hello", "protocol": PROTOCOL, "token": token, "pid": os.getpid(),
                     "journal": self._journal.identity}  # fmt: skip
            writer.write(line(hello))
            while text := await reader.readline():
                self._up = True
                message = parse(text)
                if message["type"] == "config" and sender is None:
                    self._resume(int(message["stored"]))
                    sender = asyncio.create_task(self._send(writer))
                await self._heard(message, configure)
        finally:
            if self._up:
                self._up, self._lost_at = False, asyncio.get_running_loop().time()
            if sender is not None:
                sender.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await sender
            writer.close()

    async def _heard(self, message: Mapping[str, Any], configure: Configure) -> None:
        match message["type"]:
            case "stop":
                raise StoppedByServer
            case "ack":
                self._take_ack(int(message["sequence"]))
            case "config":
                await configure(message)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        kind, _, rest = self._address.partition(":")
        if kind == "unix":
            return await asyncio.open_unix_connection(rest, limit=LONGEST_LINE)
        host, _, port = rest.rpartition(":")
        return await asyncio.open_connection(host, int(port), limit=LONGEST_LINE)

    def _resume(self, stored: int) -> None:
        self._journal.acknowledged(stored)
        self._journal.raise_to(stored)
        self._sent = stored
        self._acknowledged.set()
        self._flushed.set()

    def _take_ack(self, sequence: int) -> None:
        self._journal.acknowledged(sequence)
        self._acknowledged.set()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        """One frame at a time: while the server commits, the next one grows."""
        while True:
            await self._acknowledged.wait()
            stored = self._journal.read(self._sent, rows=MOST_ROWS, size=MOST_SIZE)
            if not stored:
                self._flushed.clear()
                await self._flushed.wait()
                continue
            self._acknowledged.clear()
            writer.write(entries_line((s.sequence, s.source, s.body) for s in stored))
            await writer.drain()
            self._sent = stored[-1].sequence
