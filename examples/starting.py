"""Start the demo: the plant's modules are loaded beside the application's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtime.clock import Clock
    from runtime.settings import Settings

STOP_S = 10
PORTS = {"http": 100, "opcua": 101, "smtp": 102}  # above the application's port


@dataclass(frozen=True, slots=True)
class Asked:
    """What the demo is started with."""

    host: str
    port: int
    speed: int  # business seconds per real second
    start: str | None  # business time of the first start
    ready_file: Path | None


def run(settings: Settings, asked: Asked) -> None:
    """Run plant and application until Ctrl-C; the next run goes on where this one stopped."""
    began = time.monotonic()
    with waiting_plant(settings.data_dir, asked.host, asked.port) as child:
        from examples import demo  # noqa: PLC0415 - loaded while the plant loads its own modules

        demo.run(settings, asked, child, began=began)


@contextmanager
def waiting_plant(data_dir: Path, host: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """The plant process, which waits to be told the clock; ended with the block."""
    command = [sys.executable, "-m", "examples.plant", "--host", host]
    command += ["--state-dir", str(data_dir / "plant")]
    command += ["--clock", "-", "--parent-pid", str(os.getpid())]
    for name, offset in PORTS.items():
        command += [f"--port-{name}", str(port + offset)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def tell_clock(child: subprocess.Popen[str], clock: Clock) -> None:
    """Let the plant begin, on the same clock as the application."""
    instants = {name: getattr(clock, name) for name in ("real0", "business0", "factor")}
    if child.stdin:
        child.stdin.write(json.dumps(instants) + "\n")
        child.stdin.flush()


def said_by(child: subprocess.Popen[str]) -> dict[str, Any]:
    """What the plant says once it is ready."""
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise click.ClickException("the demo plant could not start; its message is above")
    return dict(json.loads(line))
