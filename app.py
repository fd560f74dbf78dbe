"""The composition root: settings -> wiring -> Flask app, and the server process around it."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from waitress.server import create_server

from runtime import deliver, scheduler, sync, worker
from runtime.ending import end_on_signals
from runtime.ingest import IngestServer
from runtime.operator_line import reachable
from runtime.recovery import recover
from runtime.settings import Settings
from runtime.wiring import Wiring
from web.app_factory import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from apscheduler.schedulers.background import BackgroundScheduler as Ticker
    from flask import Flask

log = logging.getLogger(__name__)
logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # `web.crowding` tells when it matters
WEB_THREADS = 12
CONNECTION_LIMIT = 400
STOP_S = 30


def create(settings: Settings | None = None) -> Flask:
    """The Flask application on its own wiring, for any WSGI server."""
    settings = settings or Settings.from_environment(os.environ)
    return create_app(Wiring.open(settings))


@dataclass(slots=True)
class Background:
    """The loops beside the web: worker, courier, fetchers, ticker and collector."""

    wiring: Wiring
    stop: threading.Event
    threads: list[threading.Thread]
    ticker: Ticker
    ingest: IngestServer | None

    @classmethod
    def start(cls, wiring: Wiring, *, collect: bool) -> Background:
        """Start every loop; `collect` also starts the collector process."""
        recover(wiring)
        stop = wiring.stopping
        loops: list[Callable[[Wiring, str, threading.Event], None]] = [worker.run, deliver.run]
        loops += [sync.run] * sync.FETCHERS
        owner = f"{os.uname().nodename}:{os.getpid()}"
        threads = [
            threading.Thread(
                target=loop, args=(wiring, f"{owner}:{number}", stop), name=f"{loop.__module__}"
            )
            for number, loop in enumerate(loops)
        ]
        for thread in threads:
            thread.start()
        ingest = IngestServer(wiring) if collect else None
        if ingest:
            ingest.start()
        return cls(wiring, stop, threads, scheduler.start(wiring), ingest)

    def end(self) -> None:
        """Stop claiming, finish what is in hand, and leave."""
        self.stop.set()
        self.ticker.shutdown(wait=True)
        if self.ingest:
            self.ingest.stop()
        deadline = time.monotonic() + STOP_S
        for thread in self.threads:
            thread.join(max(0, deadline - time.monotonic()))


def serve(settings: Settings, *, host: str, port: int, ready: Callable[[Wiring], None]) -> None:
    """Run the whole application in this process until SIGINT or SIGTERM.

    Raises:
        OSError: the address cannot be bound.
    """
    with closing(Wiring.open(replace(settings, exclusive=True))) as wiring:
        serve_on(wiring, host=host, port=port, ready=ready)


def serve_on(wiring: Wiring, *, host: str, port: int, ready: Callable[[Wiring], None]) -> None:
    """The same on an installation that is open already, for itself alone."""
    server = create_server(
        create_app(wiring, waiting=lambda: len(server.task_dispatcher.queue)),
        host=host,
        port=port,
        threads=WEB_THREADS,
        connection_limit=CONNECTION_LIMIT,
        ident="plumbline",
    )
    background = Background.start(wiring, collect=True)
    end_on_signals()
    gc.freeze()  # modules and catalog stay: no collection has to look through them again
    try:
        with reachable(wiring, "127.0.0.1" if host == "0.0.0.0" else host, port):  # noqa: S104
            ready(wiring)
            server.run()
    except (KeyboardInterrupt, SystemExit):
        log.info("stopping")
    finally:
        server.close()
        background.end()


def work(settings: Settings) -> None:
    """Run the loops without the web, as a further process on PostgreSQL."""
    with closing(Wiring.open(replace(settings, exclusive=True))) as wiring:
        background = Background.start(wiring, collect=False)
        end_on_signals()
        try:
            threading.Event().wait()
        except (KeyboardInterrupt, SystemExit):
            log.info("stopping")
        finally:
            background.end()
