"""The collector process: sources, journal and line to the server, and when to end."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from connectors.collector.journal import open_journal
from connectors.collector.link import Link, StoppedByServer
from connectors.collector.sinks import Flusher
from connectors.collector.sources import Clock, Sources
from connectors.registry import load_registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.collector.options import Options

log = logging.getLogger(__name__)
WATCH_S = 0.5


async def run(options: Options) -> None:
    """Collect until told to stop, or until nobody is left to collect for."""
    identity = secrets.token_hex(16)
    journal = open_journal(
        options.journal, identity=identity, limit=int(options.limit_mb * 1_000_000)
    )
    clock = Clock()
    flusher = Flusher(journal, clock)
    sources = Sources(load_registry(), clock)
    link = Link(options.address, options.token_file, journal, flushed=flusher.flushed)

    async def configure(message: Mapping[str, Any]) -> None:
        clock.set(message["clock"])
        specs = {spec["source"]: spec for spec in message["sources"]}
        await sources.set(specs, flusher.set(specs))

    tasks = [
        asyncio.create_task(flusher.run(), name="flush"),
        asyncio.create_task(link.run(configure), name="line"),
        asyncio.create_task(_watch(options, link), name="watch"),
    ]
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks.append(asyncio.create_task(_told(stop), name="signal"))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            with suppress(StoppedByServer):
                task.result()
    finally:
        await sources.stop_all()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        flusher.flush()
        journal.close()


async def _told(stop: asyncio.Event) -> None:
    await stop.wait()


async def _watch(options: Options, link: Link) -> None:
    """Return when the parent process is gone, or the line has been dead for too long."""
    # a dead parent stays visible to kill(0) until it is reaped; a changed parent id does not lie
    is_child = os.getppid() == options.parent_pid
    while True:
        await asyncio.sleep(WATCH_S)
        if options.parent_pid is not None and not _is_alive(options.parent_pid, is_child=is_child):
            log.info("the server is gone, the collector ends")
            return
        if link.silent_s() > options.linger_s:
            log.warning("no server for %s s, the collector ends", options.linger_s)
            return


def _is_alive(pid: int, *, is_child: bool) -> bool:
    if is_child:
        return os.getppid() == pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
