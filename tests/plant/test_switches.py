"""Each way the plant can misbehave, and that it comes back."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import struct
import time
from email.message import EmailMessage

import pytest
import requests
from asyncua import ua
from asyncua.client.client import Client

from examples.plant.switches import SWITCHES
from examples.plant.times import parse_iso
from tests.plant.running import wait_for


@pytest.fixture(autouse=True)
def all_off(plant):
    yield
    plant.switch(**{switch.name: False for switch in SWITCHES})
    wait_for(lambda: _greets(plant))


def _greets(plant) -> bool:
    host, port = plant.line["smtp"].split(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=5):
            return True
    except OSError:
        return False


def test_all_switches_are_listed_and_off(plant):
    answer = requests.get(f"{plant.http}/switches", timeout=10).json()
    assert answer == {switch.name: False for switch in SWITCHES}


def test_drop_connection_breaks_the_answer_off(plant):
    plant.login()
    plant.switch(drop_connection=True)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        plant.get("people")
    plant.switch(drop_connection=False)
    assert plant.get("people").status_code == 200


def test_http_500_fails_the_given_share(plant):
    plant.login()
    plant.switch(http_500=0.5)
    codes = [plant.get("people").status_code for _ in range(8)]
    assert sorted(codes) == [200] * 4 + [500] * 4


def test_slow_answers_late(plant):
    plant.login()
    plant.switch(slow=0.6)
    started = time.monotonic()
    assert plant.get("people").status_code == 200
    assert time.monotonic() - started >= 0.6


def test_bad_rows_spoil_the_given_share(plant):
    good = plant.all("weekly_progress")
    plant.switch(bad_rows=0.1)
    rows = plant.all("weekly_progress")
    bad = [row for row in rows if row["progress"] == "??"]
    assert len(rows) // 10 - 1 <= len(bad) <= len(rows) // 10 + 1
    assert all(row["updated_at"] != "??" for row in rows)
    keyless = [row for row in plant.all("people") if row["code"] is None]
    assert keyless
    plant.switch(bad_rows=False)
    assert plant.all("weekly_progress")[: len(good)] == good


def test_late_data_hides_new_records_and_stamps_them_on_arrival(plant):
    plant.switch(late_data=7 * 86400)
    raised = plant.post("/raise_alarm", machine="CNC-04")["items"][0]
    keys = {row["source_event_id"] for row in plant.all("alarms")}
    assert raised["source_event_id"] not in keys
    hidden_until = plant.get("people").json()["server_time"]
    plant.switch(late_data=False)
    row = next(
        row
        for row in plant.all("alarms", updated_since=hidden_until)
        if row["source_event_id"] == raised["source_event_id"]
    )
    assert parse_iso(row["updated_at"]) >= parse_iso(hidden_until)


def test_rate_limit_says_when_to_come_again(plant):
    plant.login()
    plant.switch(rate_limit=True)
    answer = plant.get("people")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")


def test_expired_tokens_need_a_new_log_in(plant):
    plant.login()
    plant.switch(expire_tokens=True)
    assert plant.get("people").status_code == 401
    plant.login()
    assert plant.get("people").status_code == 200


def test_refused_log_in(plant):
    plant.switch(refuse_login=True)
    body = {"user": plant.line["user"], "password": plant.line["password"]}
    assert requests.post(f"{plant.http}/api/login", json=body, timeout=10).status_code == 401


def _acknowledges(plant, *, timeout_s: float = 1.5) -> bool:
    """Whether the OPC UA server answers the first message of a connection."""
    url = plant.line["opcua"].encode()
    host, port = plant.line["opcua"].removeprefix("opc.tcp://").partition("/")[0].split(":")
    hello = struct.pack("<IIIIII", 0, 65536, 65536, 0, 0, len(url)) + url
    try:
        with socket.create_connection((host, int(port)), timeout=timeout_s) as connection:
            connection.sendall(b"HELF" + struct.pack("<I", len(hello) + 8) + hello)
            return connection.recv(4) == b"ACKF"
    except OSError:
        return False


@pytest.mark.opcua
def test_a_frozen_opcua_server_answers_nothing_and_http_goes_on(plant):
    assert _acknowledges(plant)
    plant.switch(opcua_freeze=True)
    wait_for(lambda: not _acknowledges(plant))
    host, port = plant.line["opcua"].removeprefix("opc.tcp://").partition("/")[0].split(":")
    with socket.create_connection((host, int(port)), timeout=5):
        pass  # the system still takes the connection
    assert plant.get("people").status_code == 200
    plant.switch(opcua_freeze=False)
    wait_for(lambda: _acknowledges(plant))


@pytest.mark.opcua
def test_a_dropped_opcua_server_comes_back_on_the_same_address(plant):
    plant.switch(opcua_drop=True)
    wait_for(lambda: not _acknowledges(plant))
    plant.switch(opcua_drop=False)
    wait_for(lambda: _acknowledges(plant), seconds=30)


def _quality_is_good(plant) -> bool:
    async def read() -> ua.DataValue:
        async with Client(plant.line["opcua"], timeout=20) as client:
            index = await client.get_namespace_index("urn:plumbline:plant")
            node = client.get_node(ua.NodeId("CNC-01.CoolantLevel", index))
            return await node.read_data_value(raise_on_bad_status=False)

    return asyncio.run(read()).StatusCode.is_good()


@pytest.mark.opcua
def test_bad_quality_shows_in_the_status_code(plant):
    plant.switch(opcua_bad_quality=True)
    wait_for(lambda: not _quality_is_good(plant))
    plant.switch(opcua_bad_quality=False)
    wait_for(lambda: _quality_is_good(plant))


def _send(plant, subject: str) -> None:
    host, port = plant.line["smtp"].split(":")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@app.example", "b@beichen.example", subject
    with smtplib.SMTP(host, int(port), timeout=5) as client:
        client.send_message(mail)


def _subjects(plant) -> list[str]:
    kept = requests.get(f"{plant.http}/mails.json", timeout=10).json()["items"]
    return [mail["subject"] for mail in kept]


def test_a_stopped_mail_server_refuses_connections_and_returns(plant):
    plant.switch(smtp_down=True)
    wait_for(lambda: not _greets(plant))
    plant.switch(smtp_down=False)
    wait_for(lambda: _greets(plant))
    _send(plant, "back again")
    assert "back again" in _subjects(plant)


def test_a_refused_mail_is_not_kept(plant):
    plant.switch(smtp_refuse=True)
    with pytest.raises(smtplib.SMTPDataError):
        _send(plant, "refused")
    assert "refused" not in _subjects(plant)


def test_a_line_that_breaks_after_the_mail_was_kept_leaves_the_sender_unsure(plant):
    plant.switch(smtp_drop_after_data=True)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(plant, "unsure")
    assert "unsure" in _subjects(plant)
