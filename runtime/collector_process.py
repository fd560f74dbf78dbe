"""Keep the collector process running beside the server."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # a collector that lived this long starts again at once
ENDING_S = 10.0


class CollectorProcess:
    """Starts the collector, and again when it ends unasked."""

    def __init__(self, *, address: str, token_file: Path, journal: Path) -> None:
        self._command = [
            sys.executable, "-m", "connectors.collector",
            "--address", address, "--token-file", str(token_file), "--journal", str(journal),
            "--parent-pid", str(os.getpid()),
        ]  # fmt: skip
        self._ending = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="collector", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process now running."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Start it and keep it."""
        self._thread.start()

    def expect_end(self) -> None:
        """From now on its end is wanted."""
        self._ending.set()

    def stop(self) -> None:
        """End it: it flushes its journal first."""
        self._ending.set()
        child = self._child
        if child is not None:
            try:
                child.wait(ENDING_S / 2)
            except subprocess.TimeoutExpired:
                child.terminate()
        self._thread.join(ENDING_S)
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._ending.is_set():
            self._child = self._spawn()
            try:
                self._child.wait(STEADY_S)
            except subprocess.TimeoutExpired:
                pause_s = FIRST_PAUSE_S
                self._child.wait()
            if self._ending.is_set():
                return
            log.warning("the collector ended (%s), it is started again", self._child.returncode)
            self._ending.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _spawn(self) -> subprocess.Popen[bytes]:
        # found next to us also when the server was started from elsewhere
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        environment = {**os.environ, "PYTHONPATH": path}
        # a Ctrl-C in the terminal is for the server; it ends the collector in good order
        return subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            self._command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
