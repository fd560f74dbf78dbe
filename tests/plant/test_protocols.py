"""The plant over its real protocols."""

from __future__ import annotations

import asyncio
import smtplib
from datetime import timedelta
from email.message import EmailMessage

import pytest
import requests
from asyncua import ua
from asyncua.client.client import Client

from examples.plant.times import DAY, iso, parse_iso, real_now
from examples.plant.world import STREAMS
from tests.plant.running import BUSINESS0, running_plant, wait_for

NAMESPACE = "urn:plumbline:plant"


def test_without_a_token_there_is_no_data(plant):
    assert requests.get(f"{plant.http}/api/people", timeout=10).status_code == 401
    wrong = requests.post(
        f"{plant.http}/api/login", json={"user": "plumbline", "password": "x"}, timeout=10
    )
    assert wrong.status_code == 401


def test_every_list_pages_through_all_its_records(plant):
    counts = requests.get(f"{plant.http}/status.json", timeout=10).json()["counts"]
    for stream, key in STREAMS.items():
        rows = plant.all(stream, page_size=450)
        names = [tuple(row[part] for part in key.split("+")) for row in rows]
        assert len(set(names)) == len(names) >= counts[stream] > 0
        assert rows == sorted(rows, key=lambda row: parse_iso(row["updated_at"]))


def test_updated_since_includes_that_instant_and_nothing_earlier(plant):
    rows = plant.all("alarms")
    middle = rows[len(rows) // 2]
    newer = plant.all("alarms", updated_since=middle["updated_at"])
    assert newer[0]["updated_at"] == middle["updated_at"]
    assert newer[: len(rows) - len(rows) // 2][-1] == rows[-1]


def test_other_parameters_filter_by_field(plant):
    sources = {row["source"] for row in plant.all("inspections", source="manual")}
    assert sources == {"manual"}


@pytest.mark.parametrize(
    "query", [{"page_size": 0}, {"page_size": 9999}, {"cursor": "x"}, {"updated_since": "soon"}]
)
def test_a_wrong_question_is_answered_with_400(plant, query):
    assert plant.get("alarms", **query).status_code == 400


def test_the_answer_names_the_business_time(plant):
    page = plant.get("people").json()
    since = parse_iso(page["server_time"]) - BUSINESS0
    assert 0 < since < 60 * 600 * 1_000_000  # ten real minutes at most


def test_unknown_addresses_are_not_found(plant):
    assert plant.get("secrets").status_code == 404
    assert requests.get(f"{plant.http}/nothing", timeout=10).status_code == 404
    assert requests.post(f"{plant.http}/nothing", timeout=10).status_code == 404


def test_the_pages_speak_both_languages(plant):
    for path in ("/", "/mails"):
        for lang, word in (("zh", "lang=en"), ("en", "中文")):
            answer = requests.get(plant.http + path, params={"lang": lang}, timeout=10)
            assert answer.status_code == 200
            assert word in answer.text


@pytest.mark.opcua
def test_machines_are_variables_with_units_ranges_and_history(plant):
    async def look():
        async with Client(plant.line["opcua"], timeout=20) as client:
            index = await client.get_namespace_index(NAMESPACE)
            plant_node = client.get_node(ua.NodeId("Plant", index))
            machines = [(await n.read_browse_name()).Name for n in await plant_node.get_children()]
            node = client.get_node(ua.NodeId("CNC-07.ToolWear", index))
            value = await node.read_data_value()
            names = {(await n.read_browse_name()).Name for n in await node.get_properties()}
            end = value.SourceTimestamp
            history = await node.read_raw_history(end - timedelta(hours=2), end)
            return machines, value, names, history

    machines, value, names, history = asyncio.run(look())
    assert machines == [f"CNC-{n:02}" for n in range(1, 13)]
    assert 0 < value.Value.Value < 0.5
    assert names == {"EURange", "EngineeringUnits"}
    assert len(history) == 121  # one a real second, which is a minute of business time
    assert (history[-1].SourceTimestamp, history[-1].Value) == (value.SourceTimestamp, value.Value)


class Listener:
    def __init__(self):
        self.values, self.events = [], []

    def datachange_notification(self, _node, val, data):
        self.values.append((data.monitored_item.Value.SourceTimestamp, val))

    def event_notification(self, event):
        self.events.append(event)


async def _listen(plant, listener, action, *, until):
    async with Client(plant.line["opcua"], timeout=20) as client:
        index = await client.get_namespace_index(NAMESPACE)
        subscription = await client.create_subscription(100, listener)
        node = client.get_node(ua.NodeId("CNC-02.BearingTemperature", index))
        await subscription.subscribe_data_change(node)
        kind = client.get_node(ua.NodeId("PlantAlarmEventType", index))
        await subscription.subscribe_events(ua.ObjectIds.Server, kind)
        await asyncio.to_thread(action)
        for _ in range(200):
            if until():
                break
            await asyncio.sleep(0.1)


@pytest.mark.opcua
def test_an_alarm_is_an_event_and_the_same_record_over_http(plant):
    listener = Listener()

    def raise_it():
        plant.post("/raise_alarm", machine="CNC-03", code="dim_out_of_tolerance", batch="B-TEST")

    def done():
        return len(listener.values) > 2 and any(e.Batch == "B-TEST" for e in listener.events)

    asyncio.run(_listen(plant, listener, raise_it, until=done))
    event = next(e for e in listener.events if e.Batch == "B-TEST")
    assert (event.MachineCode, event.Code) == ("CNC-03", "dim_out_of_tolerance")
    record = next(r for r in plant.all("alarms") if r["source_event_id"] == event.SourceEventId)
    assert (event.RaisedAt - parse_utc(record["raised_at"])) < timedelta(milliseconds=1)
    stamps = [at for at, _ in listener.values]
    assert stamps == sorted(set(stamps))


def parse_utc(text):
    from datetime import UTC, datetime

    return datetime.fromisoformat(text).astimezone(UTC)


def test_mails_are_kept_and_copies_counted(plant):
    mail = EmailMessage()
    mail["From"], mail["To"] = "plumbline@app.example", "p005@beichen.example"
    mail["Subject"], mail["Message-ID"] = "进度落后", "<one@app.example>"
    mail.set_content("目标 A 连续两周低于计划。<b>")
    host, port = plant.line["smtp"].split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        client.send_message(mail)
        client.send_message(mail)
    kept = requests.get(f"{plant.http}/mails.json", timeout=10).json()["items"]
    assert [(m["subject"], m["message_id"], m["copy"]) for m in kept] == [
        ("进度落后", "<one@app.example>", 0),
        ("进度落后", "<one@app.example>", 1),
    ]
    assert kept[0]["to"] == ["p005@beichen.example"]
    page = requests.get(f"{plant.http}/mails", timeout=10).text
    assert "低于计划" in page
    assert "<b>目标" not in page
    assert "&lt;b&gt;" in page


def test_a_corrected_record_comes_again_as_updated(plant):
    review = plant.all("reviews")[-1]
    before = plant.get("reviews").json()["server_time"]
    plant.post(
        "/correct", stream="reviews", key=review["review_no"], changes={"passed_share": "0.5000"}
    )
    again = plant.all("reviews", updated_since=before)
    assert [(r["review_no"], r["passed_share"]) for r in again if r["passed_share"] == "0.5000"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/raise_alarm", {"machine": "CNC-99"}),
        ("/raise_alarm", {"machine": "CNC-01", "code": "boredom"}),
        ("/raise_alarm", {"machine": "CNC-01", "count": 0}),
        ("/raise_qc", {"machine": "CNC-01", "passed": "yes"}),
        ("/correct", {"stream": "reviews", "key": "none", "changes": {}}),
        ("/switches", {"no_such": True}),
        ("/switches", {"http_500": 2}),
        ("/switches", {"smtp_down": 0.5}),
    ],
)
def test_what_can_not_be_done_by_hand_says_why(plant, path, body):
    answer = requests.post(plant.http + path, json=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_restarted_plant_goes_on_where_it_was(tmp_path):
    real0 = real_now()
    with running_plant(tmp_path, factor=600, real0=real0) as first:
        first.post("/raise_alarm", machine="CNC-05")
        host, port = first.line["smtp"].split(":")
        with smtplib.SMTP(host, int(port), timeout=10) as client:
            client.sendmail("a@app.example", ["b@beichen.example"], "Subject: kept\r\n\r\nx\r\n")
        seen = {stream: first.all(stream) for stream in ("alarms", "weekly_progress", "orders")}
        until = parse_iso(first.get("people").json()["server_time"])
    with running_plant(tmp_path, factor=600, real0=real0) as again:
        for stream, rows in seen.items():
            known = [r for r in again.all(stream) if parse_iso(r["updated_at"]) <= until]
            old = [r for r in rows if r in known]
            # an order may have moved on meanwhile; nothing else may differ
            assert len(old) == len(known), stream
        assert any(r["source_event_id"].startswith("H-CNC-05") for r in again.all("alarms"))
        mails = requests.get(f"{again.http}/mails.json", timeout=10).json()["items"]
        assert [m["subject"] for m in mails] == ["kept"]
        assert wait_for(lambda: again.get("people").json()["server_time"] > iso(until))
    # a clock that was moved does not change the past either
    with running_plant(tmp_path, factor=1, business0=BUSINESS0 + 9 * DAY) as moved:
        for stream, rows in seen.items():
            known = {tuple(row.items()) for row in moved.all(stream)}
            assert {tuple(row.items()) for row in rows if stream != "orders"} <= known, stream
