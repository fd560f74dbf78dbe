"""Commands of the operator while a server is at work on the same data folder."""

import subprocess
import sys
import threading
import zipfile
from contextlib import closing, contextmanager

from click.testing import CliRunner

import cli
from runtime import accounts, records
from runtime.settings import Settings
from runtime.wiring import Wiring
from tests.scenarios.conftest import Client, free_port
from tests.scenarios.test_broken_definition import ROOT

PASSWORD = "correct horse 9"


@contextmanager
def server(data):
    """A real server in a process of its own; its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--data", str(data), "--port", str(port)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline().startswith("Plumbline: http")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(40)
        process.stdout.close()


@contextmanager
def writing(client):
    """Somebody goes on writing; how many records were stored so far."""
    stop, made = threading.Event(), []

    def go_on():
        while not stop.wait(0.05):
            values = {"name": f"d{len(made)}", "code": f"d{len(made)}"}
            made.append(client.post("/entities/department/records", {"values": values})["uid"])

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join()


def asked(*arguments):
    """A command of the operator."""
    return CliRunner().invoke(cli.main, [str(each) for each in arguments])


def test_the_doctor_and_an_export_of_a_person_work_beside_a_server_that_writes(tmp_path):
    data = tmp_path / "data"
    with closing(Wiring.open(Settings(data_dir=data))) as wiring, wiring.writing() as ctx:
        records.insert(ctx, "person", [{"name": "Ada", "code": "a-1", "email": "ada@example.org"}])
        accounts.create_account(ctx, "admin", PASSWORD, roles=["admin"], language="en")
    with server(data) as url:
        client = Client(url, "admin", PASSWORD)
        with writing(client) as made:
            said = asked("doctor", "--data", data)
            told = asked("person", "export", "a-1", tmp_path / "ada.zip", "--data", data)
            unknown = asked("person", "export", "nobody", tmp_path / "x.zip", "--data", data)
        assert made, "nothing was written meanwhile"
        assert client.get("/entities/department/count")["count"] == len(made)
    assert said.exit_code == told.exit_code == 0, said.output + told.output
    assert "ok   audit chain: 0 breaks" in said.output
    assert "ok   database" in said.output
    assert "BAD" not in said.output
    assert (unknown.exit_code, "nobody" in unknown.output) == (1, True)
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert b"ada@example.org" in archive.read("person.csv")
