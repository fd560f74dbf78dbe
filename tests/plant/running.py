"""A demo plant in a process of its own, driven only through its ports."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from examples.plant.times import parse_iso, real_now

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BUSINESS0 = parse_iso("2026-03-04T08:00:00+08:00")  # a Wednesday


class RunningPlant:
    """A plant process and the addresses it printed."""

    def __init__(self, process: subprocess.Popen[str], line: dict[str, Any]) -> None:
        self.process, self.line = process, line
        self.http: str = line["http"]
        self._token = ""

    def login(self) -> str:
        answer = requests.post(
            f"{self.http}/api/login",
            json={"user": self.line["user"], "password": self.line["password"]},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        self._token = answer.json()["token"]
        return self._token

    def get(self, stream: str, **query: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token or self.login()}"}
        url = f"{self.http}/api/{stream}"
        return requests.get(url, params=query, headers=headers, timeout=20)

    def all(self, stream: str, **query: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        query = {"page_size": 500, **query}
        while True:
            page = self.get(stream, **query).json()
            found += page["items"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    def switch(self, **changes: object) -> None:
        answer = requests.post(f"{self.http}/switches", json=changes, timeout=10)
        assert answer.status_code == 200, answer.text

    def post(self, path: str, **body: object) -> dict[str, Any]:
        answer = requests.post(self.http + path, json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def running_plant(
    state_dir: Path, *, factor: int = 60, real0: int | None = None, business0: int = BUSINESS0
) -> Iterator[RunningPlant]:
    clock = {"real0": real0 or real_now(), "business0": business0, "factor": factor}
    command = [sys.executable, "-m", "examples.plant", "--clock", json.dumps(clock)]
    process = subprocess.Popen(
        [*command, "--seed", "7", "--state-dir", str(state_dir)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield RunningPlant(process, json.loads(line))
    finally:
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert (rest, errors) == ("", "")


def wait_for(claim, *, seconds: float = 15.0):
    """The first true value of a claim that is asked again and again."""
    ends = time.monotonic() + seconds
    while True:
        value = claim()
        if value:
            return value
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.1)
