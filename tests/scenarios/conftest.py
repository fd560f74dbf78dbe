"""The whole product as a user starts it: plant, application, collector, on real protocols."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_S = 90
STOP_S = 40


def until(claim, timeout_s=30, every_s=0.1):
    """Wait until `claim()` is truthy and return what it gave."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := claim():
            return found
        time.sleep(every_s)
    raise AssertionError(f"not within {timeout_s} s")


class Client:
    """Somebody signed in, speaking JSON."""

    def __init__(self, url, login, password):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Origin"] = url
        answer = self.http.post(
            f"{url}/api/v1/session", json={"login": login, "password": password}, timeout=20
        )
        assert answer.status_code == 200, answer.text
        self.http.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def get(self, path, **params):
        answer = self.http.get(f"{self.url}/api/v1{path}", params=params, timeout=30)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def post(self, path, body=None, expect=(200, 201)):
        answer = self.http.post(f"{self.url}/api/v1{path}", json=body or {}, timeout=60)
        assert answer.status_code in expect, f"{path}: {answer.status_code} {answer.text[:800]}"
        return answer.json() if answer.content else None

    def all(self, path, **params):
        """Every item of a list, page by page."""
        items, cursor = [], None
        while True:
            page = self.get(path, **params, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items


@dataclass
class Demo:
    """A running demo; `stop` and `start` keep its data."""

    data: Path
    port: int
    speed: int = 60
    start_at: str | None = None
    process: subprocess.Popen | None = None
    ready: dict = field(default_factory=dict)

    def start(self):
        ready_file = self.data / "ready.json"
        ready_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "cli", "demo", "--port", str(self.port)]
        command += ["--data", str(self.data / "data"), "--speed", str(self.speed)]
        command += ["--ready-file", str(ready_file)]
        if self.start_at:
            command += ["--start", self.start_at]
        log = (self.data / "demo.log").open("ab")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PLUMBLINE_LOG": "INFO", "PYTHONFAULTHANDLER": "1"},
        )
        began = time.monotonic()
        while not ready_file.exists():
            if self.process.poll() is not None or time.monotonic() - began > READY_S:
                log.close()
                raise AssertionError((self.data / "demo.log").read_text(encoding="utf-8")[-4000:])
            time.sleep(0.05)
        log.close()
        self.ready = json.loads(ready_file.read_text(encoding="utf-8"))
        return self

    def stop(self, number=signal.SIGINT):
        if self.process is None:
            return None
        self.process.send_signal(number)
        try:
            code = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # it says where each thread stands
            self.process.wait()
            log = (self.data / "demo.log").read_text(encoding="utf-8")
            raise AssertionError(f"still running after {STOP_S} s:\n{log[-8000:]}") from None
        self.process = None
        return code

    def as_(self, login):
        return Client(self.ready["url"], login, self.ready["password"])

    @property
    def plant(self):
        return self.ready["plant"]["http"]

    def mails(self):
        return requests.get(f"{self.plant}/mails.json", timeout=10).json()["items"]

    def switch(self, **values):
        answer = requests.post(f"{self.plant}/switches", json=values, timeout=10)
        assert answer.status_code == 200, answer.text

    def raise_alarm(self, machine, code="dim_out_of_tolerance"):
        answer = requests.post(
            f"{self.plant}/raise_alarm", json={"machine": machine, "code": code}, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def running(data, **options):
    demo = Demo(data, free_port(), **options)
    try:
        yield demo.start()
    finally:
        if demo.process is not None and demo.process.poll() is None:
            os.killpg(demo.process.pid, signal.SIGKILL)
            demo.process.wait()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo")) as found:
        yield found
