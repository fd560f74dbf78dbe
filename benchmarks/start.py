"""From a fresh clone to the first page, and from a stop to the next start.

The clone, its virtual environment and its HOME are new; the package caches of pip and npm are the
machine's own, and the variables that say how packages are reached are kept.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests

from benchmarks.databases import folder
from benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[1]
LIMIT_RUN_S, LIMIT_RESTART_S = 180.0, 5.0
LONGEST_S = 900.0
RESTARTS = 5
KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR")
KEPT_STARTS = ("PIP_", "NPM_CONFIG_", "NODE_EXTRA_", "SSL_CERT", "REQUESTS_CA", "CURL_CA")
KEPT_ENDS = ("_PROXY",)
LIBRARIES = (
    "sqlalchemy, flask, marshmallow, jsonschema, lark, requests, jinja2, waitress, asyncua, "
    "apscheduler.schedulers.background, cryptography.fernet, argon2"
)


def said(*command):
    """The first line a command prints; nothing where there is no such command."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip().partition("\n")[0] if done.returncode == 0 else ""


def environment(home):
    """What a new user has, with the caches of this machine."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.upper().startswith(KEPT_STARTS) or name.upper().endswith(KEPT_ENDS)
    }
    caches = {
        "PIP_CACHE_DIR": said(sys.executable, "-m", "pip", "cache", "dir"),
        "npm_config_cache": said("npm", "config", "get", "cache"),
    }
    return {**kept, **{name: path for name, path in caches.items() if path}, "HOME": str(home)}


def clone(target):
    """The files git knows or would take up: a clone of what stands here."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*command, "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if source.is_file():  # not one that was deleted and is still in the index
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def free_ports():
    """A port for the application whose plant's ports are free too."""
    for port in range(21_000, 29_000, 200):
        try:
            for each in (port, port + 100, port + 101, port + 102):
                with socket.socket() as found:
                    found.bind(("127.0.0.1", each))
        except OSError:
            continue
        return port
    raise AssertionError("no free ports")


@contextmanager
def running(command, *, cwd, env):
    """A process and its children; ended with the block."""
    with (cwd / "benchmark.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)  # SIGINT may be ignored by background jobs
        process.wait(60)
        while group_lives(process.pid):  # make is gone before what it started
            time.sleep(0.05)


def group_lives(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(process, found, cwd):
    end = time.monotonic() + LONGEST_S
    while not (answer := found()):
        if process.poll() is not None or time.monotonic() > end:
            text = (cwd / "benchmark.log").read_text("utf-8", errors="replace")
            raise AssertionError(f"it did not start:\n{text[-3000:]}")
        time.sleep(0.02)
    return answer


def page(url):
    """The first page, when it is there."""
    try:
        with requests.Session() as http:
            http.trust_env = False
            answer = http.get(url, timeout=20)
    except requests.ConnectionError:
        return None
    return answer if answer.ok else None


def assert_works(url, password=None):
    """It is the client, its script is there, and the API answers who signs in."""
    with requests.Session() as http:
        http.trust_env = False
        first = http.get(url, timeout=20)
        assert first.ok
        assert "<script" in first.text, first.text[:500]
        script = first.text.partition('src="')[2].partition('"')[0]
        found = http.get(url + script, timeout=20)
        assert found.ok, script
        assert len(found.content) > 1000, script
        if password is not None:
            answer = http.post(
                f"{url}/api/v1/session",
                json={"login": "leader", "password": password},
                headers={"Origin": url},
                timeout=20,
            )
            assert answer.status_code == 200, answer.text
            tasks = http.get(f"{url}/api/v1/tasks", timeout=20)
            assert tasks.status_code == 200, tasks.text


def first_run(target, env, port):
    """`make run` in the clone: seconds to the first page."""
    url = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    with running(["make", "run", f"PORT={port}"], cwd=target, env=env) as process:
        wait_for(process, lambda: page(url), target)
        taken = time.monotonic() - began
        password = (target / "var" / "demo" / "demo-password").read_text("utf-8")
        assert_works(url, password)
    return taken


def restart(target, env, port):
    """The demo on the data that are there: seconds until it is ready."""
    url, ready = f"http://127.0.0.1:{port}", target / "ready.json"
    ready.unlink(missing_ok=True)
    command = [str(target / ".venv" / "bin" / "plumbline"), "demo", "--port", str(port)]
    command += ["--data", "var/demo", "--ready-file", str(ready)]
    began = time.monotonic()
    with running(command, cwd=target, env=env) as process:
        wait_for(process, lambda: ready.exists() and page(url), target)
        taken = time.monotonic() - began
        assert_works(url, json.loads(ready.read_text("utf-8"))["password"])
    return taken


def timed(command, cwd, env):
    began = time.monotonic()
    subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True)
    return time.monotonic() - began


def run():
    with folder() as place:
        home, ours, other = (place / name for name in ("home", "clone", "other"))
        home.mkdir()
        env = environment(home)
        clone(ours)
        clone(other)
        installing = timed(["make", ".venv/.run"], other, env)  # also warms the caches
        port = free_ports()
        first = first_run(ours, env, port)
        again, bare = [], []
        python = str(ours / ".venv" / "bin" / "python")
        for _ in range(RESTARTS):
            again.append(restart(ours, env, port))
            bare.append(timed([python, "-c", f"import {LIBRARIES}"], ours, env))
    return [
        Figure(
            "`make run` in a fresh clone to the first page",
            first,
            limit_s=LIMIT_RUN_S,
            baseline_s=installing,
            baseline="installing the packages and building the client alone",
            note="new HOME and virtual environment, warm package caches",
        ),
        Figure(
            "restart until ready, median",
            median(again),
            limit_s=LIMIT_RESTART_S,
            baseline_s=median(bare),
            baseline="a Python that only imports the libraries",
            note=f"{RESTARTS} restarts, the longest {max(again):.2f} s",
        ),
    ]
