"""A second server on the same data or port is refused in one sentence."""

import os
import socket
from contextlib import closing

from runtime.settings import Settings
from runtime.wiring import Wiring
from tests.scenarios.test_broken_definition import command


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
