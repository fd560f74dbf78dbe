"""A second server on the same data or port is refused in one sentence; one ends when told."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from runtime.settings import Settings
from runtime.wiring import Wiring
from tests.ports import free_port
from tests.scenarios.test_broken_definition import ROOT, command


def test_the_data_folder_belongs_to_one_process(tmp_path):
    with closing(Wiring.open(Settings(data_dir=tmp_path / "data", exclusive=True))):
        said = command("serve", "--data", tmp_path / "data")
    assert f"process {os.getpid()} works on this data folder" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = command("serve", "--data", tmp_path / "data", "--port", taken.getsockname()[1])
    assert "--port" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_when_told_also_if_it_was_started_in_the_background(tmp_path, number):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a shell does to `command &`
    try:
        server = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--data", str(tmp_path / "data"),
             "--port", str(free_port())],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        assert server.stdout.readline().startswith("Plumbline: http")
        server.send_signal(number)
        assert server.wait(40) == 0
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
