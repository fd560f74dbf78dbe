"""A worker process that dies with one job: `python -m tests.faults.poison DIRECTORY HOW`."""

import os
import resource
import signal
import sys
from dataclasses import replace
from pathlib import Path

from runtime import worker
from runtime.jobs_table import HANDLERS
from runtime.recovery import recover
from runtime.wiring import Wiring
from tests.faults.driver import settings_of


def shared(directory):
    """The test looks on."""
    return replace(settings_of(directory), exclusive=False)


def killed(_ctx, _payload):
    """As the kernel ends a process that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def crashed(_ctx, _payload):
    """As a library that fails in its own code ends a process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.abort()


def noted(ctx, payload):
    """A harmless job, to show that others get their turn."""
    (Path(sys.argv[1]) / "noted").write_text(f"{payload['n']}", encoding="utf-8")


if __name__ == "__main__":
    HANDLERS.update(poison={"kill": killed, "crash": crashed}[sys.argv[2]], note=noted)
    wiring = Wiring.open(shared(Path(sys.argv[1])))
    recover(wiring)
    worker.drain(wiring, f"worker:{os.getpid()}")
    wiring.close()
